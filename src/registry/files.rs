//! Files → recognised tables, each kind when its turn comes.
//!
//! Files are read side by side. A large text (automatic monitoring of a nation has a gigabyte) waits: what its beginning
//! says it is decides when it is read, so that one of them is in memory at a time, beside the frames that stand already.
//! Its real layout is found once all of it is there; where that is another than the beginning's, the reading starts over
//! with nothing waiting. So the same files give the same registry, whatever waits: findings and mappings keep the order
//! of the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rayon::prelude::*;

use crate::diagnostic::{AppResult, Diagnostics, Finding, Progress, Severity};

use super::codes;
use super::districts::DistrictLookup;
use super::header::{Layout, check_layout};
use super::mapping::{FileMapping, Mapping};
use super::options::{InputFile, RegistryOptions};
use super::schema::TableKind;
use crate::tabular::{RawTable, ReadOptions, load_head, load_tables};

/// Of a large text so many bytes tell what it is.
const HEAD: u64 = 1 << 20;

/// A raw table with what is known about it beforehand.
#[derive(Debug, Clone)]
pub struct InputTable {
    /// The cells.
    pub raw: RawTable,
    /// Which table, where that was said.
    pub table: Option<TableKind>,
    /// Its mapping, where there is one.
    pub mapping: Option<FileMapping>,
}

/// Files that are read when the turn of their table comes, by their place among the inputs.
pub(super) type Waiting = BTreeMap<usize, TableKind>;

/// What the turn of a kind brings.
pub(super) enum Turn {
    /// Its tables, with their layouts, in the order of the inputs; none where no file has it.
    Tables(Vec<(InputTable, Layout)>),
    /// A file that waited is not what its beginning said.
    Misled,
}

fn name_of(input: &InputFile) -> String {
    input.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// How a file is read; `None` where the mapping leaves it out.
fn reading(input: &InputFile, name: &str, options: &RegistryOptions) -> Option<ReadOptions> {
    let general = input.mapping.as_ref().or_else(|| options.mapping.find(name, None).map(|(_, entry)| entry));
    if general.is_some_and(|entry| entry.ignore && entry.sheet.is_none()) {
        return None;
    }
    Some(ReadOptions {
        encoding: general.and_then(|entry| entry.encoding.clone()),
        delimiter: general.and_then(|entry| entry.delimiter),
        sheet: input.mapping.as_ref().and_then(|entry| entry.sheet.clone()),
    })
}

/// The mapping of a table of a file.
fn mapping_of(input: &InputFile, raw: &RawTable, options: &RegistryOptions) -> Option<FileMapping> {
    let found = || options.mapping.find(&raw.file, raw.sheet.as_deref()).map(|(_, entry)| entry.clone());
    input.mapping.clone().or_else(found)
}

/// The large texts among the inputs, with the tables that they begin as. A file that is named twice waits for nothing.
///
/// # Errors
/// `JOB-001` when cancelled.
pub(super) fn waiting_files(
    inputs: &[InputFile],
    options: &RegistryOptions,
    districts: &dyn DistrictLookup,
    progress: &Progress,
) -> AppResult<Waiting> {
    let mut waiting = Waiting::new();
    for (place, input) in inputs.iter().enumerate() {
        progress.check()?;
        let large = std::fs::metadata(&input.path).is_ok_and(|data| data.len() >= options.large_file);
        if !large || inputs.iter().filter(|other| other.path == input.path).count() > 1 {
            continue;
        }
        let Some(read) = reading(input, &name_of(input), options) else { continue };
        let Some(head) = load_head(&input.path, &read, HEAD) else { continue };
        let mapping = mapping_of(input, &head, options);
        if mapping.as_ref().is_some_and(|entry| entry.ignore) {
            continue;
        }
        let layout = check_layout(&head, input.table, mapping.as_ref(), &options.aliases, districts, &mut Vec::new());
        if let Ok(layout) = layout {
            waiting.insert(place, layout.kind);
        }
    }
    Ok(waiting)
}

/// The files of an import: read but for those that wait.
pub(super) struct Files<'a> {
    inputs: &'a [InputFile],
    options: &'a RegistryOptions,
    districts: &'a dyn DistrictLookup,
    waiting: Waiting,
    /// What was found while reading, by file.
    read: BTreeMap<usize, Diagnostics>,
    found: Recognition,
}

impl<'a> Files<'a> {
    /// Reads the files that don't wait.
    ///
    /// # Errors
    /// `JOB-001` when cancelled.
    pub(super) fn read(
        inputs: &'a [InputFile],
        waiting: &Waiting,
        options: &'a RegistryOptions,
        districts: &'a dyn DistrictLookup,
        progress: &Progress,
    ) -> AppResult<Self> {
        let now: Vec<usize> = (0..inputs.len()).filter(|place| !waiting.contains_key(place)).collect();
        let (waiting, found) = (waiting.clone(), Recognition::default());
        let mut files = Self { inputs, options, districts, waiting, read: BTreeMap::new(), found };
        let tables = files.tables_of(&now, progress)?;
        files.found = recognise(tables, options, districts);
        Ok(files)
    }

    /// The kinds of table that the files hold.
    pub(super) fn kinds(&self) -> BTreeSet<TableKind> {
        self.found.kinds().into_iter().chain(self.waiting.values().copied()).collect()
    }

    /// The tables of a kind, after its files that waited were read.
    ///
    /// # Errors
    /// `JOB-001` when cancelled.
    pub(super) fn take(&mut self, kind: TableKind, progress: &Progress) -> AppResult<Turn> {
        let late: Vec<usize> = self.waiting.iter().filter(|(_, of)| **of == kind).map(|(place, _)| *place).collect();
        if !late.is_empty() {
            let tables = self.tables_of(&late, progress)?;
            let found = recognise(tables, self.options, self.districts);
            if found.by_kind.get(&kind).map_or(0, Vec::len) != late.len() || found.by_kind.len() != 1 {
                return Ok(Turn::Misled);
            }
            self.found.add(found);
        }
        Ok(Turn::Tables(self.found.take(kind)))
    }

    /// What was found of the files, and what they were recognised as.
    pub(super) fn finish(self) -> (Diagnostics, Mapping) {
        let Self { inputs, options, read, found, .. } = self;
        let mut diagnostics = Diagnostics::with_cap(options.finding_cap);
        for read in read.into_values() {
            diagnostics.append(read);
        }
        let names: Vec<String> = inputs.iter().map(name_of).collect();
        for entry in options.mapping.files.iter().filter(|entry| !names.iter().any(|name| entry.fits(name, None))) {
            diagnostics.push(codes::MAPPING_UNUSED.finding().value(&entry.file));
        }
        let recognised = found.finish(options, &mut diagnostics);
        (diagnostics, recognised)
    }

    /// Reads files side by side: a folder has one large file and many small ones.
    fn tables_of(&mut self, places: &[usize], progress: &Progress) -> AppResult<Vec<(usize, InputTable)>> {
        let read = |place: &usize| {
            let read = self.inputs.get(*place).map(|input| read_file(input, self.options, &progress.beside()));
            (*place, read.unwrap_or_else(|| Ok((Vec::new(), Diagnostics::new()))))
        };
        let read: Vec<_> = places.par_iter().map(read).collect();
        let mut all = Vec::new();
        for (place, read) in read {
            let (tables, found) = read?;
            all.extend(tables.into_iter().map(|table| (place, table)));
            self.read.insert(place, found);
        }
        Ok(all)
    }
}

/// The tables of a file that the mapping doesn't leave out, with what was found while reading. What can't be read is a
/// finding too.
fn read_file(
    input: &InputFile,
    options: &RegistryOptions,
    progress: &Progress,
) -> AppResult<(Vec<InputTable>, Diagnostics)> {
    let mut diagnostics = Diagnostics::with_cap(options.finding_cap);
    let mut tables = Vec::new();
    progress.check()?;
    let name = name_of(input);
    let Some(read) = reading(input, &name, options) else { return Ok((tables, diagnostics)) };
    // A hidden sheet is read where an entry names it.
    let chosen = |sheet: &str| {
        let mut entries = options.mapping.files.iter().chain(&input.mapping);
        entries.any(|entry| entry.sheet.as_deref() == Some(sheet) && !entry.ignore && entry.fits(&name, Some(sheet)))
    };
    match load_tables(&input.path, &read, &chosen, &mut diagnostics, progress) {
        Ok(raws) => {
            for mut raw in raws {
                raw.facts.key.clone_from(&input.key);
                let mapping = mapping_of(input, &raw, options);
                if !mapping.as_ref().is_some_and(|entry| entry.ignore) {
                    tables.push(InputTable { raw, table: input.table, mapping });
                }
            }
        }
        Err(error) if error.code() == "JOB-001" => return Err(error),
        Err(error) => diagnostics.push(error.finding().clone()),
    }
    Ok((tables, diagnostics))
}

/// A table with its layout, and its file's place among the inputs.
type Placed = (usize, (InputTable, Layout));

/// What tables were recognised as, each with its file's place among the inputs.
#[derive(Default)]
pub(super) struct Recognition {
    by_kind: BTreeMap<TableKind, Vec<Placed>>,
    mappings: Vec<(usize, FileMapping)>,
    notes: Vec<(usize, Finding)>,
    failed: Vec<(usize, Finding)>,
}

impl Recognition {
    /// The kinds of table.
    pub(super) fn kinds(&self) -> BTreeSet<TableKind> {
        self.by_kind.keys().copied().collect()
    }

    /// The tables of a kind, in the order of the inputs.
    pub(super) fn take(&mut self, kind: TableKind) -> Vec<(InputTable, Layout)> {
        let mut tables = self.by_kind.remove(&kind).unwrap_or_default();
        tables.sort_by_key(|(place, _)| *place);
        tables.into_iter().map(|(_, table)| table).collect()
    }

    fn add(&mut self, other: Self) {
        for (kind, tables) in other.by_kind {
            self.by_kind.entry(kind).or_default().extend(tables);
        }
        self.mappings.extend(other.mappings);
        self.notes.extend(other.notes);
        self.failed.extend(other.failed);
    }

    /// What is to be kept of it; what was found goes to the diagnostics.
    pub(super) fn finish(mut self, options: &RegistryOptions, diagnostics: &mut Diagnostics) -> Mapping {
        self.mappings.sort_by_key(|(place, _)| *place);
        self.notes.sort_by_key(|(place, _)| *place);
        self.failed.sort_by_key(|(place, _)| *place);
        for (_, finding) in self.notes.into_iter().chain(self.failed) {
            diagnostics.push(finding);
        }
        Mapping {
            files: self.mappings.into_iter().map(|(_, mapping)| mapping).collect(),
            districts: options.mapping.districts.clone(),
            bodies: options.mapping.bodies,
            ..Mapping::default()
        }
    }
}

/// Finds out what tables are.
pub(super) fn recognise(
    tables: Vec<(usize, InputTable)>,
    options: &RegistryOptions,
    districts: &dyn DistrictLookup,
) -> Recognition {
    let mut found = Recognition::default();
    let mut failed: Vec<(usize, PathBuf, Finding)> = Vec::new();
    let filled: BTreeSet<PathBuf> = tables
        .iter()
        .filter(|(_, table)| !table.raw.rows.is_empty())
        .map(|(_, table)| table.raw.path.clone())
        .collect();
    for (place, table) in tables {
        if table.raw.rows.is_empty() && filled.contains(&table.raw.path) {
            // Sheet2 and Sheet3, as every new workbook once had.
            continue;
        }
        let mut notes = Vec::new();
        match check_layout(&table.raw, table.table, table.mapping.as_ref(), &options.aliases, districts, &mut notes) {
            Ok(layout) => {
                found.notes.extend(notes.into_iter().map(|note| (place, note)));
                found.mappings.push((place, layout.as_mapping(&table.raw)));
                found.by_kind.entry(layout.kind).or_default().push((place, (table, layout)));
            }
            Err(finding) => failed.push((place, table.raw.path.clone(), *finding)),
        }
    }
    for (place, path, mut finding) in failed {
        // A workbook's sheet of instructions beside a good table is no error.
        let beside_a_table = found.by_kind.values().flatten().any(|(_, (other, _))| other.raw.path == path);
        if beside_a_table && finding.code == codes::TABLE_UNKNOWN.id {
            finding.severity = Severity::Hint;
        }
        found.failed.push((place, finding));
    }
    found
}
