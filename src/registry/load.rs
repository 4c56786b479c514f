//! Files → registry: the one way in.
//!
//! Order: read the files, find out what each is, check each by itself, put files of one table together, merge
//! duplicates, then join the tables to the register. A file that can't be used is a finding and the import
//! goes on. Invariant, shown by a property test: for every table, rows read = kept + set aside + merged.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::diagnostic::{AppError, AppResult, Diagnostics, Progress};

use super::assemble::{concat_parts, empty_frame, finish, render_set_aside};
use super::checks::{
    check_bodies, check_events, check_inspectors, check_shared_points, check_sources, merge_duplicates, merge_events,
    merge_sources,
};
use super::codes;
use super::collect::{Collector, MINUTE, PART, PartNames, Places};
use super::districts::DistrictLookup;
use super::files::{Files, InputTable, Turn, Waiting, recognise, waiting_files};
use super::intake::Intake;
use super::joins::{SourceIndex, join_events};
use super::mapping::Mapping;
use super::options::{InputFile, RegistryOptions};
use super::parse::collect_text;
use super::refresh::{empty_former, rejoin, with_kept_asides};
use super::row_words::complete_findings;
use super::schema::{TableKind, credit, inspectors, recusals, sources};
use crate::tabular::RawTable;
use crate::text::number::thousands;

/// What was read of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSummary {
    /// Which table.
    pub kind: TableKind,
    /// Its files, with worksheets.
    pub files: Vec<String>,
    /// Rows below the headings.
    pub rows_read: u64,
    /// Rows in the frame.
    pub kept: u64,
    /// Rows set aside.
    pub set_aside: u64,
    /// Rows merged into an equal one.
    pub merged: u64,
}

impl TableSummary {
    /// Rows read are rows used, set aside or merged: no other outcome.
    #[must_use]
    pub fn told(&self) -> String {
        told_rows(self.kind, (self.rows_read, self.kept, self.set_aside, self.merged))
    }
}

/// The rows of a table in words: read, used, set aside, merged.
#[must_use]
pub fn told_rows(kind: TableKind, (read, kept, aside, merged): (u64, u64, u64, u64)) -> String {
    let [read, kept, aside, merged] = [read, kept, aside, merged].map(|rows| thousands(i128::from(rows)));
    format!("{}：读入 {read} 行，采用 {kept} 行，搁置 {aside} 行，合并重复 {merged} 行", kind.label())
}

/// The checked registry. Every frame has the columns of its table ([`TableKind::frame_columns`]), then `row`
/// (u32) and `file`, then the unknown columns of its files as text.
#[derive(Debug, Clone)]
pub struct Registry {
    /// 污染源名录, sorted by `unit_id`, unique.
    pub sources: DataFrame,
    /// 环保信用评价.
    pub credit: DataFrame,
    /// 行政处罚.
    pub violations: DataFrame,
    /// 信访投诉.
    pub complaints: DataFrame,
    /// 自动监控异常.
    pub monitoring: DataFrame,
    /// 执法人员名录.
    pub inspectors: DataFrame,
    /// 回避.
    pub recusals: DataFrame,
    /// 历次检查.
    pub past_checks: DataFrame,
    /// 力量装备经费.
    pub capacity: DataFrame,
    /// Rows set aside: `table`, `file`, `sheet`, `row`, `code`, `reason`, `cells` (JSON, heading → text).
    pub set_aside: DataFrame,
    /// Units that an earlier register had, as they stood in it: lists of past months name them. Columns of the
    /// sources and `former`, sorted by `unit_id`.
    pub former: DataFrame,
    /// Inspectors that an earlier roster had, as they stood in it: pairs and results of past months name them.
    pub former_inspectors: DataFrame,
    /// All findings.
    pub diagnostics: Diagnostics,
    /// Rows by table, for the tables that were there.
    pub summaries: Vec<TableSummary>,
    /// What was recognised, to be kept in the project.
    pub recognised: Mapping,
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            sources: empty_frame(TableKind::Sources),
            credit: empty_frame(TableKind::Credit),
            violations: empty_frame(TableKind::Violations),
            complaints: empty_frame(TableKind::Complaints),
            monitoring: empty_frame(TableKind::Monitoring),
            inspectors: empty_frame(TableKind::Inspectors),
            recusals: empty_frame(TableKind::Recusals),
            past_checks: empty_frame(TableKind::PastChecks),
            capacity: empty_frame(TableKind::Capacity),
            set_aside: render_set_aside(&[]),
            former: empty_former(TableKind::Sources),
            former_inspectors: empty_former(TableKind::Inspectors),
            diagnostics: Diagnostics::new(),
            summaries: Vec::new(),
            recognised: Mapping::default(),
        }
    }

    /// The frame of a table.
    #[must_use]
    pub fn frame(&self, kind: TableKind) -> &DataFrame {
        match kind {
            TableKind::Sources => &self.sources,
            TableKind::Credit => &self.credit,
            TableKind::Violations => &self.violations,
            TableKind::Complaints => &self.complaints,
            TableKind::Monitoring => &self.monitoring,
            TableKind::Inspectors => &self.inspectors,
            TableKind::Recusals => &self.recusals,
            TableKind::PastChecks => &self.past_checks,
            TableKind::Capacity => &self.capacity,
        }
    }

    /// The frame of a table, to be replaced (when a project is opened).
    pub fn frame_mut(&mut self, kind: TableKind) -> &mut DataFrame {
        match kind {
            TableKind::Sources => &mut self.sources,
            TableKind::Credit => &mut self.credit,
            TableKind::Violations => &mut self.violations,
            TableKind::Complaints => &mut self.complaints,
            TableKind::Monitoring => &mut self.monitoring,
            TableKind::Inspectors => &mut self.inspectors,
            TableKind::Recusals => &mut self.recusals,
            TableKind::PastChecks => &mut self.past_checks,
            TableKind::Capacity => &mut self.capacity,
        }
    }

    /// The summary of a table, where it was there.
    #[must_use]
    pub fn summary(&self, kind: TableKind) -> Option<&TableSummary> {
        self.summaries.iter().find(|summary| summary.kind == kind)
    }
}

/// Reads and checks all files of a registry. Optional tables may be absent.
///
/// # Errors
/// `JOB-001` when cancelled, `IMP-099` on an internal fault. A file that can't be read or used is a finding of
/// severity `Error` in the diagnostics.
pub fn load_registry(
    inputs: &[InputFile],
    options: &RegistryOptions,
    districts: &dyn DistrictLookup,
    progress: &Progress,
) -> AppResult<Registry> {
    load_registry_onto(&Registry::empty(), inputs, options, districts, progress)
}

/// Reads and checks files as the next state of a registry: a table that they hold takes the place of the registry's
/// own, whole; the others stay, led to the units of the new register where that is another. The summaries name the
/// tables read.
///
/// # Errors
/// As [`load_registry`].
pub fn load_registry_onto(
    base: &Registry,
    inputs: &[InputFile],
    options: &RegistryOptions,
    districts: &dyn DistrictLookup,
    progress: &Progress,
) -> AppResult<Registry> {
    let waiting = waiting_files(inputs, options, districts, progress)?;
    if let Some(registry) = load_with(base, inputs, &waiting, (options, districts), progress)? {
        return Ok(registry);
    }
    // a beginning misled: nothing waits then
    let read = load_with(base, inputs, &Waiting::new(), (options, districts), progress)?;
    read.ok_or_else(|| AppError::from(codes::INTERNAL.finding()))
}

/// Reads and checks files, those that wait when the turn of their table comes; `None` where one of them turns out to be
/// another table than it began as.
fn load_with(
    base: &Registry,
    inputs: &[InputFile],
    waiting: &Waiting,
    (options, districts): (&RegistryOptions, &dyn DistrictLookup),
    progress: &Progress,
) -> AppResult<Option<Registry>> {
    progress.begin("读取文件", 0);
    let mut files = Files::read(inputs, waiting, options, districts, progress)?;
    let kinds = files.kinds();
    let mut next = |kind: TableKind| files.take(kind, progress);
    let Some(mut registry) = check_kinds(base, &kinds, &mut next, (options, districts), progress)? else {
        return Ok(None);
    };
    let (mut diagnostics, recognised) = files.finish();
    diagnostics.append(std::mem::take(&mut registry.diagnostics));
    registry.diagnostics = diagnostics;
    registry.recognised = recognised;
    Ok(Some(registry))
}

/// Recognises and checks raw tables as the next state of a registry: [`load_registry_onto`] after reading. What was read
/// of a table goes as soon as its frame stands.
///
/// # Errors
/// `JOB-001` when cancelled, `IMP-099` on an internal fault.
pub fn check_tables(
    base: &Registry,
    tables: Vec<InputTable>,
    options: &RegistryOptions,
    districts: &dyn DistrictLookup,
    progress: &Progress,
) -> AppResult<Registry> {
    let mut found = recognise(tables.into_iter().map(|table| (0, table)).collect(), options, districts);
    let kinds = found.kinds();
    let mut next = |kind: TableKind| Ok(Turn::Tables(found.take(kind)));
    let Some(mut registry) = check_kinds(base, &kinds, &mut next, (options, districts), progress)? else {
        return Err(AppError::from(codes::INTERNAL.finding()));
    };
    let mut diagnostics = Diagnostics::with_cap(options.finding_cap);
    registry.recognised = found.finish(options, &mut diagnostics);
    diagnostics.append(std::mem::take(&mut registry.diagnostics));
    registry.diagnostics = diagnostics;
    Ok(registry)
}

/// Checks the tables of these kinds, one kind after the other: `next` gives those of a kind when its turn comes. `None`
/// where it was misled about what it would give. Recognised mappings are left to the caller.
fn check_kinds(
    base: &Registry,
    kinds: &BTreeSet<TableKind>,
    next: &mut dyn FnMut(TableKind) -> AppResult<Turn>,
    (options, districts): (&RegistryOptions, &dyn DistrictLookup),
    progress: &Progress,
) -> AppResult<Option<Registry>> {
    let mut registry = base.clone();
    registry.summaries.clear();
    registry.recognised = Mapping::default();
    let mut diagnostics = Diagnostics::with_cap(options.finding_cap);
    let mut set_aside = render_set_aside(&[]);
    // the register stands before all that refers to it: one index of it serves them all
    let (register, index) = (OnceCell::new(), OnceCell::new());
    for kind in TableKind::ALL {
        let Turn::Tables(parts) = next(kind)? else { return Ok(None) };
        let joins = kind.refers_to_units() && (!parts.is_empty() || kinds.contains(&TableKind::Sources));
        if joins && index.get().is_none() {
            let register = register.get_or_init(|| registry.sources.clone());
            let made = SourceIndex::new(register, &options.name_prefixes).map_err(|error| internal(&error))?;
            let _ = index.set(made);
        }
        let index = index.get().filter(|_| joins);
        if parts.is_empty() {
            if let Some(index) = index {
                let mut out = Collector::new(options.finding_cap);
                *registry.frame_mut(kind) = rejoin(base.frame(kind), (&registry.sources, index), options, &mut out)
                    .map_err(|error| internal(&error))?;
                diagnostics.append(out.into_findings());
            }
            continue;
        }
        progress.check()?;
        progress.begin(&format!("核对{}", kind.label()), parts.len() as u64);
        let mut out = Collector::new(options.finding_cap);
        let mut frames = Vec::with_capacity(parts.len());
        let mut rows_read = 0;
        for (part, (table, layout)) in parts.iter().enumerate() {
            progress.check()?;
            let below = table.raw.cells.height().saturating_sub(layout.first_row);
            rows_read += below as u64;
            if below == 0 {
                out.whole(codes::TABLE_EMPTY.finding().within(&table.raw.file, table.raw.sheet.as_deref()));
            }
            let mut intake = Intake::new(part as u32, &table.raw, layout, &mut out);
            intake.parse_columns(options, districts, &mut out);
            match kind {
                TableKind::Sources => check_sources(&mut intake, options, districts, &mut out),
                TableKind::Inspectors => check_inspectors(&mut intake, options, &mut out),
                _ => check_events(&mut intake, options, &mut out),
            }
            frames.push(finish(intake, &out).map_err(|error| internal(&error))?);
            progress.advance(1);
        }
        let names: Vec<(String, Option<String>)> =
            parts.iter().map(|(table, _)| (table.raw.file.clone(), table.raw.sheet.clone())).collect();
        let frame = concat_parts(frames)
            .and_then(|frame| complete(kind, frame, &registry, index, (&names, options), &mut out))
            .map_err(|error| internal(&error))?;
        registry.summaries.push(TableSummary {
            kind,
            files: parts.iter().map(|(table, _)| title(&table.raw)).collect(),
            rows_read,
            kept: frame.height() as u64,
            set_aside: out.aside_count() as u64,
            merged: out.merged,
        });
        *registry.frame_mut(kind) = frame;
        if kind == TableKind::Inspectors {
            check_bodies(&registry.sources, &registry.inspectors, options, &mut out)
                .map_err(|error| internal(&error))?;
        }
        let asides: Vec<_> = out
            .asides()
            .filter_map(|(part, row, aside)| {
                let (table, layout) = parts.get(part as usize)?;
                Some((kind, &table.raw, layout, row, aside.clone()))
            })
            .collect();
        if !asides.is_empty() {
            set_aside.vstack_mut(&render_set_aside(&asides)).map_err(|error| internal(&error))?;
        }
        drop(asides);
        let mut found = out.into_findings();
        complete_findings(&mut found, &parts);
        diagnostics.append(found);
    }
    let read = |kind: TableKind| kinds.contains(&kind);
    registry.set_aside = with_kept_asides(&base.set_aside, set_aside, read).map_err(|error| internal(&error))?;
    registry.diagnostics = diagnostics;
    Ok(Some(registry))
}

/// What compares rows and tables, after the files of a table have been put together.
fn complete(
    kind: TableKind,
    mut frame: DataFrame,
    registry: &Registry,
    index: Option<&SourceIndex<'_>>,
    (names, options): (&PartNames, &RegistryOptions),
    out: &mut Collector,
) -> PolarsResult<DataFrame> {
    let places = Places::of(&frame, names)?;
    match kind {
        TableKind::Sources => {
            frame = merge_sources(&frame, &places, out)?;
            let places = Places::of(&frame, names)?;
            let enterprise = {
                let (ids, uscc) = (sources::UNIT_ID.cells(&frame)?, sources::USCC.cells(&frame)?);
                if uscc.null_count() == 0 {
                    uscc.clone()
                } else {
                    collect_text(frame.height(), |i| uscc.get(i).or_else(|| ids.get(i)).map(Into::into))
                }
            };
            frame.with_column(sources::ENTERPRISE.column(enterprise))?;
            check_shared_points(&frame, options.shared_point_units, &places, out)?;
        }
        TableKind::Inspectors => {
            frame = merge_duplicates(&frame, &inspectors::CERTIFICATE, &places, out)?;
        }
        _ => frame = merge_events(kind, &frame, &places, out)?,
    }
    if let Some(index) = index {
        let places = Places::of(&frame, names)?;
        join_events(&mut frame, index, options, &places, out)?;
        if kind == TableKind::Credit {
            check_grade_conflicts(&frame, &places, out)?;
        }
        if kind == TableKind::Recusals && registry.inspectors.height() > 0 {
            let roster = inspectors::CERTIFICATE.cells(&registry.inspectors)?;
            let mut known: Vec<&str> = roster.iter().flatten().collect();
            known.sort_unstable();
            for (i, certificate) in recusals::CERTIFICATE.cells(&frame)?.iter().enumerate() {
                if let Some(certificate) = certificate
                    && known.binary_search(&certificate).is_err()
                {
                    out.row(&codes::RECUSAL_UNKNOWN, places.at(i), |finding| finding.value(certificate));
                }
            }
        }
    }
    if kind == TableKind::Monitoring {
        frame = frame.drop(MINUTE.name())?;
    }
    frame.drop(PART.name())
}

/// One enterprise, one year, two grades.
fn check_grade_conflicts(frame: &DataFrame, places: &Places<'_>, out: &mut Collector) -> PolarsResult<()> {
    let enterprises = credit::ENTERPRISE.cells(frame)?;
    let years = credit::YEAR.cells(frame)?;
    let grades = credit::GRADE.cells(frame)?;
    let mut known: BTreeMap<(&str, i32), (usize, &str)> = BTreeMap::new();
    for i in 0..frame.height() {
        let (Some(enterprise), Some(year), Some(grade)) = (enterprises.get(i), years.get(i), grades.get(i)) else {
            continue;
        };
        let (first, earlier) = *known.entry((enterprise, year)).or_insert((i, grade));
        if super::credit::grade_key(earlier) != super::credit::grade_key(grade) {
            let place = places.at(first);
            out.row(&codes::GRADE_CONFLICT, places.at(i), |finding| {
                finding
                    .value(format!("{enterprise} {year} 年 {grade}"))
                    .expected(format!("与{}第 {} 行的 {earlier} 相同", place.file, place.row))
            });
        }
    }
    Ok(())
}

fn title(raw: &RawTable) -> String {
    raw.sheet.as_ref().map_or_else(|| raw.file.clone(), |sheet| format!("{}「{sheet}」", raw.file))
}

/// A fault of a table operation: never the user's doing.
pub(super) fn internal(error: &PolarsError) -> AppError {
    AppError::from(codes::INTERNAL.finding().value(error.to_string()))
}
