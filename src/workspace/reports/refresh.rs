//! What another register would change, told before it is taken: tables, units, findings, and the plan.
//!
//! Two states of a project are compared, each with its plan; nothing is computed that the screens don't show of
//! either. The same values are the page of the window, the text and JSON of the command line, and the counts of the
//! journal's line.

mod plan;
mod units;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use polars::prelude::{ChunkCompareEq, DataFrame};
use serde::Serialize;

pub use self::plan::{BodyChange, PlanChange, PlanFigures, compute_plan_change};
use self::units::compute_unit_changes;
pub use self::units::{FrequencyChange, FrequencyLine, UnitChange, UnitChangeKind, UnitLine, compute_frequency_change};
use crate::diagnostic::{AppResult, Finding, Severity};
use crate::district::DistrictSet;
use crate::policy::Policy;
use crate::registry::codes::by_id;
use crate::registry::schema::{event, origin};
use crate::registry::{Registry, TableKind};
use crate::text::csv::{CsvStyle, CsvWriter};
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::store::project::Project;

/// A table before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableChange {
    /// Which.
    #[serde(serialize_with = "table_id")]
    pub table: TableKind,
    /// The files hold it: it takes the place of the one before.
    pub replaced: bool,
    /// Rows before.
    pub before: usize,
    /// Rows after.
    pub after: usize,
    /// Rows set aside of those read.
    pub set_aside: u64,
    /// Files that it is read from.
    pub files: Vec<String>,
    /// Of a table that stays: rows that are led to another unit or enterprise of the new register.
    pub led_anew: usize,
    /// Of a table that is replaced by as many rows: rows that don't say what they said.
    pub edited: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn table_id<S: serde::Serializer>(table: &TableKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(table.id())
}

/// Findings of one code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingCount {
    /// Code.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong.
    pub what: String,
    /// How many.
    pub count: u64,
    /// The first of them in words.
    pub first: String,
}

/// Everything that another register would change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RefreshChanges {
    /// Every table, in the order in which they are loaded.
    pub tables: Vec<TableChange>,
    /// Units, by kind of change; kinds without any are left out.
    pub units: Vec<UnitChange>,
    /// Units before and after.
    pub sources: (usize, usize),
    /// Frequencies of the units that both registers have.
    pub frequency: FrequencyChange,
    /// Findings of the new files, errors first.
    pub findings: Vec<FindingCount>,
    /// The plan.
    pub plan: PlanChange,
    /// What to look at before saying yes, in sentences.
    pub warnings: Vec<String>,
}

/// A state of the project: its register, and what is planned from it.
pub struct PlannedState<'a> {
    /// Register.
    pub registry: &'a Registry,
    /// Risk and plan.
    pub analysis: &'a Analysis,
}

/// Compares two states of a project.
///
/// # Errors
/// `FRM-001`, `RSK-…`.
pub fn compute_refresh_changes(
    project: &Project,
    districts: &DistrictSet,
    before: &PlannedState<'_>,
    after: &PlannedState<'_>,
    read: &BTreeSet<TableKind>,
) -> AppResult<RefreshChanges> {
    let names = Names { policy: &project.policy, districts };
    let tables = TableKind::ALL
        .into_iter()
        .map(|kind| table_change(kind, before.registry, after.registry, read.contains(&kind)))
        .collect::<AppResult<Vec<_>>>()?;
    let units = compute_unit_changes(&names, before, after)?;
    let plan = compute_plan_change(project, before.analysis, after.analysis);
    let mut changes = RefreshChanges {
        sources: (before.registry.sources.height(), after.registry.sources.height()),
        frequency: compute_frequency_change(before, after)?,
        findings: finding_counts(after.registry),
        warnings: Vec::new(),
        tables,
        units,
        plan,
    };
    changes.warnings = warnings(&changes);
    Ok(changes)
}

/// Names of codes.
struct Names<'a> {
    policy: &'a Policy,
    districts: &'a DistrictSet,
}

fn table_change(kind: TableKind, before: &Registry, after: &Registry, replaced: bool) -> AppResult<TableChange> {
    let (old, new) = (before.frame(kind), after.frame(kind));
    let summary = after.summary(kind);
    let led_anew = if replaced || !kind.refers_to_units() || old.height() != new.height() {
        0
    } else {
        let (a, b) = (event::ENTERPRISE.of(old)?, event::ENTERPRISE.of(new)?);
        let (c, d) = (event::UNIT_ID.of(old)?, event::UNIT_ID.of(new)?);
        (0..old.height()).filter(|i| a.get(*i) != b.get(*i) || c.get(*i) != d.get(*i)).count()
    };
    let edited = if replaced && old.height() == new.height() { edited_rows(old, new) } else { 0 };
    Ok(TableChange {
        table: kind,
        edited,
        replaced,
        before: old.height(),
        after: new.height(),
        set_aside: summary.map_or(0, |summary| summary.set_aside),
        files: summary.map(|summary| summary.files.clone()).unwrap_or_default(),
        led_anew,
    })
}

/// Rows that differ between two frames of one height, wherever in a file they stand. What a file has beyond the
/// table's own columns counts too.
fn edited_rows(old: &DataFrame, new: &DataFrame) -> usize {
    let origins = [origin::ROW.name(), origin::FILE.name()];
    let mut differs = vec![false; new.height()];
    let names: BTreeSet<&str> =
        [old, new].into_iter().flat_map(DataFrame::columns).map(|column| column.name().as_str()).collect();
    for name in names.into_iter().filter(|name| !origins.contains(name)) {
        let same = match (old.column(name), new.column(name)) {
            (Ok(before), Ok(after)) => before.equal_missing(after).ok(),
            (Ok(only), Err(_)) | (Err(_), Ok(only)) => Some(only.is_null()),
            _ => None,
        };
        for (row, differs) in differs.iter_mut().enumerate() {
            *differs |= same.as_ref().is_none_or(|same| same.get(row) == Some(false));
        }
    }
    differs.into_iter().filter(|differs| *differs).count()
}

fn finding_counts(registry: &Registry) -> Vec<FindingCount> {
    let found = registry.diagnostics.findings();
    let mut counts: Vec<FindingCount> = registry
        .diagnostics
        .summary()
        .map(|(severity, code, count)| {
            let first = found.iter().find(|f| f.code == code && f.severity == severity);
            FindingCount {
                code,
                severity,
                what: by_id(code)
                    .map(|code| code.what.to_owned())
                    .or_else(|| first.map(|f| f.what.clone()))
                    .unwrap_or_default(),
                count,
                first: first.map(Finding::words).unwrap_or_default(),
            }
        })
        .collect();
    counts.sort_by(|a, b| a.severity.cmp(&b.severity).then(b.count.cmp(&a.count)).then(a.code.cmp(b.code)));
    counts
}

/// What should make one stop: most of the register gone, a table that becomes empty.
fn warnings(changes: &RefreshChanges) -> Vec<String> {
    let mut said = Vec::new();
    let (before, _) = changes.sources;
    let gone = changes.count(UnitChangeKind::Gone);
    if before > 0 && gone * 2 > before {
        said.push(format!(
            "名录中的 {gone} 个污染源在新文件里都找不到，超过原名录（{before} 个）的一半：请确认选的是本单位、完整的名录"
        ));
    }
    for table in changes.tables.iter().filter(|table| table.replaced && table.before > 0) {
        if table.after == 0 {
            said.push(format!("{}将由 {} 行变为空表", table.table.label(), table.before));
        } else if table.table != TableKind::Sources && table.after * 2 < table.before {
            said.push(format!(
                "{}将由 {} 行减为 {} 行：整张表以新文件为准，不是追加",
                table.table.label(),
                table.before,
                table.after
            ));
        }
    }
    said
}

impl RefreshChanges {
    /// How many units changed in a way.
    #[must_use]
    pub fn count(&self, kind: UnitChangeKind) -> usize {
        self.units.iter().find(|change| change.kind == kind).map_or(0, |change| change.units.len())
    }

    /// Findings of a severity.
    #[must_use]
    pub fn findings_of(&self, severity: Severity) -> u64 {
        self.findings.iter().filter(|f| f.severity == severity).map(|f| f.count).sum()
    }

    /// True where nothing would be another: the same files again.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.units.is_empty()
            && self.frequency.is_nothing()
            && self.tables.iter().all(|table| table.before == table.after && table.led_anew == 0 && table.edited == 0)
            && self.plan.is_nothing()
    }

    /// The counts for the journal.
    #[must_use]
    pub fn counts(&self) -> serde_json::Value {
        let mut counts = serde_json::Map::new();
        for change in &self.units {
            counts.insert(change.kind.id().to_owned(), change.units.len().into());
        }
        counts.insert("errors".to_owned(), self.findings_of(Severity::Error).into());
        counts.insert("warnings".to_owned(), self.findings_of(Severity::Warning).into());
        counts.insert("year_before".to_owned(), tenths(self.plan.before.year).into());
        counts.insert("year_after".to_owned(), tenths(self.plan.after.year).into());
        serde_json::Value::Object(counts)
    }

    /// One line: what comes, goes and changes.
    #[must_use]
    pub fn headline(&self) -> String {
        let mut parts: Vec<String> =
            self.units.iter().map(|change| format!("{} {}", change.kind.label(), change.units.len())).collect();
        if parts.is_empty() {
            parts.push("污染源没有变化".to_owned());
        }
        parts.join("、")
    }

    /// Every difference as text, for the command line.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |words: String| {
            text.push_str(&words);
            text.push('\n');
        };
        for warning in &self.warnings {
            line(format!("注意：{warning}"));
        }
        line(format!("污染源 {} → {}：{}", self.sources.0, self.sources.1, self.headline()));
        for table in &self.tables {
            line(format!("{}：{}", table.table.label(), table.words()));
        }
        let frequency = &self.frequency;
        line(format!(
            "检查频次：上升 {} 个（合计 +{:.1} 次），下降 {} 个（合计 −{:.1} 次）",
            frequency.up.len(),
            frequency.up_sum(),
            frequency.down.len(),
            frequency.down_sum()
        ));
        if frequency.slight > 0 {
            line(format!("　另有 {} 个各变化不足 0.005 次，合计 {:+.1} 次", frequency.slight, frequency.slight_sum));
        }
        let plan = &self.plan;
        line(format!("全年预计检查：{:.1} → {:.1} 次", plan.before.year, plan.after.year));
        line(format!("{} 预计检查：{:.1} → {:.1} 次", plan.month, plan.before.month, plan.after.month));
        for body in plan.bodies.iter().filter(|body| body.is_changed()) {
            line(format!("　{}：全年 {:.1} → {:.1} 次", body.name, body.year.0, body.year.1));
        }
        line(format!("可行性：{} → {}", plan.before.verdict, plan.after.verdict));
        for (word, list) in [("新出现的缺口", &plan.shortages_new), ("不再有的缺口", &plan.shortages_gone)]
        {
            for shortage in list {
                line(format!("　{word}：{shortage}"));
            }
        }
        for change in &self.units {
            line(format!("{}（{}）", change.kind.label(), change.units.len()));
            for unit in change.units.iter().take(20) {
                line(format!("　{}", unit.words()));
            }
            if change.units.len() > 20 {
                line(format!("　……另有 {} 个", change.units.len() - 20));
            }
        }
        for finding in &self.findings {
            line(format!("{} [{}] {}：{} 条", finding.severity.label(), finding.code, finding.what, finding.count));
            line(format!("　如：{}", finding.first));
        }
        text
    }

    /// Every difference a row, for a spreadsheet: UTF-8 with byte order mark.
    #[must_use]
    pub fn to_csv(&self) -> Vec<u8> {
        let write = || -> std::io::Result<Vec<u8>> {
            let mut writer = CsvWriter::new(Vec::new(), CsvStyle::Office)?;
            writer.record(["变化", "单位编号", "单位名称", "行政区划", "更新前", "更新后"])?;
            for change in &self.units {
                for unit in &change.units {
                    writer.record([
                        change.kind.label(),
                        &unit.unit_id,
                        &unit.name,
                        &unit.district,
                        &unit.before,
                        &unit.after,
                    ])?;
                }
            }
            for (word, lines) in [("频次上升", &self.frequency.up), ("频次下降", &self.frequency.down)] {
                for line in lines {
                    let (before, after) = (format!("{:.3}", line.before), format!("{:.3}", line.after));
                    writer.record([word, &line.unit_id, &line.name, "", &before, &after])?;
                }
            }
            for table in &self.tables {
                let (before, after) = (table.before.to_string(), table.after.to_string());
                writer.record(["表", "", table.table.label(), "", &before, &after])?;
            }
            for body in &self.plan.bodies {
                let (before, after) = (format!("{:.1}", body.year.0), format!("{:.1}", body.year.1));
                writer.record(["全年预计检查", "", &body.name, "", &before, &after])?;
            }
            writer.finish()
        };
        // memory takes every write, and all rows are as wide as the headings
        write().unwrap_or_default()
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

impl TableChange {
    /// What becomes of it, in words.
    #[must_use]
    pub fn words(&self) -> String {
        if !self.replaced {
            let mut words = format!("不变（{} 行）", self.after);
            if self.led_anew > 0 {
                let _ = write!(words, "，其中 {} 行改为对应新名录中的单位", self.led_anew);
            }
            return words;
        }
        let mut words = format!("以新文件为准，{} → {} 行", self.before, self.after);
        if self.edited > 0 {
            let _ = write!(words, "，其中 {} 行与原来不同", self.edited);
        }
        if self.set_aside > 0 {
            let _ = write!(words, "，另有 {} 行被搁置", self.set_aside);
        }
        words
    }
}
