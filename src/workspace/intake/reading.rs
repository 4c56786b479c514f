//! Files read together, before anything is written: for a new project, and to be checked without one.

use std::path::{Path, PathBuf};

use super::database::{DatabaseRead, check_mapping};
use super::folder::{FolderContents, LAYER_PARTS, Single, file_name};
use super::import::{
    NewProject, find_districts, fit_policy, judged_on, load_mapping, load_policy_by_name, registry_options,
    year_to_plan,
};
use super::left_out::{left_out, note_no_register, tables_in};
use super::map::ProjectMap;
use super::nested::{Chosen, is_archive};
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding, Severity};
use crate::district::DistrictSet;
use crate::engine::RemoteSource;
use crate::export::write_atomic;
use crate::policy::{DEFAULT_PRESET, Policy};
use crate::registry::ids::LastingIds;
use crate::registry::mapping::Mapping;
use crate::registry::{FileMapping, InputFile, Registry, TableKind, load_registry, render_report, report_csv};
use crate::workspace::store::project::{CommandContext, load_bytes};

/// Reasons named where no row can be used.
const REASONS: usize = 3;

/// Ending of the name of a report that lies beside the files it is about; such files hold no tables.
pub const REPORT_BESIDE: &str = "_质量报告.csv";

/// Where the report on a file or folder goes that is in no project: beside it.
#[must_use]
pub fn report_beside(path: &Path) -> PathBuf {
    let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
    let name = name.map_or_else(|| "数据".to_owned(), |name| name.to_string_lossy().into_owned());
    path.with_file_name(format!("{name}{REPORT_BESIDE}"))
}

/// Writes the report on files that are not taken in beside them; says where, nothing where it can't be written.
pub(super) fn written_beside(from: &Path, registry: &Registry) -> String {
    let to = report_beside(from);
    let written = write_atomic(&to, report_csv(&render_report(registry)).as_bytes()).is_ok();
    if written { format!("；全部问题见 {}", to.display()) } else { String::new() }
}

/// The error for files of which no table can be used: with the first reasons, and where all of them are written.
pub(super) fn nothing_usable(from: &Path, registry: &Registry) -> AppError {
    let reason = |finding: &Finding| {
        let file = finding.file.as_deref().unwrap_or_default();
        let what = [finding.column.as_deref(), finding.value.as_deref()].into_iter().flatten().next();
        let what = what.map_or_else(String::new, |what| format!("「{what}」"));
        let colon = if file.is_empty() { "" } else { "：" };
        format!("{file}{colon}{}{what}", finding.what)
    };
    let errors = registry.diagnostics.findings().iter().filter(|finding| finding.severity == Severity::Error);
    let reasons: Vec<String> = errors.take(REASONS).map(reason).collect();
    Finding::error("PRJ-046", format!("文件中没有可用的表，没有建立项目：{}", reasons.join("；")))
        .hint(format!("请改正文件，或在映射文件中指明各列{}", written_beside(from, registry)))
        .file(from.display().to_string())
        .into()
}

/// What was read of files, before anything is written.
pub(super) struct ReadContents {
    pub(super) mapping: Mapping,
    pub(super) districts: DistrictSet,
    pub(super) map_path: Option<PathBuf>,
    pub(super) policy: Policy,
    pub(super) policy_bytes: Vec<u8>,
    pub(super) year: i32,
    /// With the findings on the map.
    pub(super) registry: Registry,
}

/// The mapping: what was made by hand, the file that was named, the folder's own.
pub(super) fn mapping_of(by_hand: Option<&Mapping>, new: &NewProject, contents: &FolderContents) -> AppResult<Mapping> {
    let mapping = match (by_hand, new.mapping.as_ref().or(contents.mapping.as_ref())) {
        (Some(mapping), _) => mapping.clone(),
        (None, Some(path)) => load_mapping(path)?,
        (None, None) => Mapping::default(),
    };
    check_mapping(&mapping)?;
    Ok(mapping)
}

/// Reads the files of a folder together: map, policy, mapping, tables.
pub(super) fn read_contents(
    contents: &FolderContents,
    inputs: &[InputFile],
    new: &NewProject,
    by_hand: Option<Mapping>,
    context: &CommandContext,
) -> AppResult<ReadContents> {
    let mapping = mapping_of(by_hand.as_ref(), new, contents)?;
    let mut findings = Diagnostics::new();
    if new.from.is_dir() {
        left_out(&new.from, contents, &mut findings)?;
    }
    contents.notes.iter().for_each(|note| findings.push(note.clone()));
    context.progress.begin("读取区划", 0);
    let (districts, map_path) = find_districts(contents, &new.from, &mapping, &mut findings, &context.progress)?;
    let named = match (&new.policy, &contents.policy) {
        (Some(name), _) => name.clone(),
        (None, Some(path)) => path.display().to_string(),
        (None, None) => DEFAULT_PRESET.to_owned(),
    };
    let general = new.policy.is_none() && contents.policy.is_none();
    let (policy, policy_bytes) = fit_policy(load_policy_by_name(&named)?, &districts, general)?;
    let year = new.year.unwrap_or_else(|| year_to_plan(context.now.date()));
    let as_of = judged_on(new.as_of.unwrap_or_else(|| context.now.date()), contents.synthetic, year);
    let mut options = registry_options(&policy, mapping.clone(), as_of)?;
    if let Some(path) = &contents.predecessors {
        let text = String::from_utf8_lossy(&load_bytes(path)?).into_owned();
        options.lasting = LastingIds::from_csv(&text, &path.display().to_string())?;
    }
    let mut registry = load_registry(inputs, &options, &ProjectMap(&districts), &context.progress)?;
    if new.from.is_dir() || new.remote.is_some() || new.read.is_some() || !contents.opened.is_empty() {
        note_no_register(&mut registry);
    }
    findings.append(std::mem::take(&mut registry.diagnostics));
    registry.diagnostics = findings;
    Ok(ReadContents { mapping, districts, map_path, policy, policy_bytes, year, registry })
}

/// Files to be checked without a project.
#[derive(Debug, Clone, Default)]
pub struct CheckRequest {
    /// Files, and folders whose files are meant; a map, rules (`.ron`), `mapping.ron`, `predecessors.csv` may be among
    /// them.
    pub paths: Vec<PathBuf>,
    /// The table that all of them are.
    pub table: Option<TableKind>,
    /// A mapping file.
    pub mapping: Option<PathBuf>,
    /// Encoding of all of them.
    pub encoding: Option<String>,
    /// What comes from servers, to be checked with them.
    pub remote: Option<RemoteSource>,
}

/// True for the file beside a layer's own that is read with it, where that one is named too.
fn is_part_of_named_layer(path: &Path, paths: &[PathBuf]) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_layer = |other: &PathBuf| {
        other.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("shp"))
            && other.with_extension("") == path.with_extension("")
    };
    LAYER_PARTS.contains(&ending.as_str()) && paths.iter().any(is_layer)
}

/// Reads and checks files together, as a new project made of them would: rows are merged and joined across files.
///
/// # Errors
/// As `create_project`; `IO-…` for a path that is not there.
pub fn check_paths(request: &CheckRequest, context: &CommandContext) -> AppResult<Registry> {
    let mut contents = FolderContents::default();
    // rules and the like that are named go before those that lie in a folder
    let mut taken: Vec<&PathBuf> = Vec::new();
    for path in request.paths.iter().filter(|path| path.is_file()) {
        let is_rules = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ron"));
        let known = contents.take_known(path);
        if !known && is_rules {
            contents.take_single(Single::Policy, path);
        }
        if known || is_rules {
            taken.push(path);
        }
    }
    // the copies of what lay deeper stay until all is read
    let mut copies = Vec::new();
    for path in &request.paths {
        std::fs::metadata(path).map_err(|cause| AppError::io("无法读取文件", path, cause))?;
        // an archive of one table is read like the table
        let several = is_archive(path) && tables_in(path).len() > 1;
        if path.is_dir() || several {
            let chosen = Chosen::of(path)?;
            let own = chosen.contents.clone();
            copies.push(chosen);
            // those of the first are told with the tables
            if path.is_dir() && request.paths.first() != Some(path) {
                let mut findings = Diagnostics::new();
                left_out(path, &own, &mut findings)?;
                contents.notes.extend(findings.findings().iter().cloned());
            }
            own.singles().for_each(|(kind, path)| contents.take_single(kind, path));
            contents.opened.extend(own.opened);
            contents.notes.extend(own.notes);
            contents.tables.extend(own.tables);
            contents.maps.extend(own.maps);
            contents.synthetic |= own.synthetic;
        } else if taken.contains(&path) || is_part_of_named_layer(path, &request.paths) {
            // named with the tables: they are judged by these rules, on this map
        } else {
            contents.tables.push(path.clone());
        }
    }
    let input = |path: &PathBuf| InputFile {
        path: path.clone(),
        table: request.table,
        mapping: request.encoding.as_ref().map(|encoding| FileMapping {
            file: file_name(path),
            encoding: Some(encoding.clone()),
            ..FileMapping::default()
        }),
        key: Vec::new(),
    };
    let mut inputs: Vec<InputFile> = contents.tables.iter().map(input).collect();
    let from = request.paths.first().cloned().unwrap_or_default();
    let mut new = NewProject { from, mapping: request.mapping.clone(), ..NewProject::default() };
    if let Some(source) = &request.remote {
        let mapping = mapping_of(None, &new, &contents)?;
        new.read = Some(DatabaseRead::read(source, &mapping, &context.progress)?);
    }
    if let Some(read) = &new.read {
        read.join(&mut contents);
        inputs.extend(read.inputs.iter().cloned());
    }
    Ok(read_contents(&contents, &inputs, &new, None, context)?.registry)
}
