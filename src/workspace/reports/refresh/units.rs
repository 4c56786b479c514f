//! Units of two registers held against each other.

use std::collections::BTreeMap;

use polars::prelude::StringChunked;
use serde::Serialize;

use super::{Names, PlannedState};
use crate::diagnostic::AppResult;
use crate::domain::{Category, DistrictCode};
use crate::registry::Registry;
use crate::registry::schema::sources;
use crate::registry::{SiteStatus, row_of_unit};
use crate::risk::columns as scored;

/// How a unit changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitChangeKind {
    /// The register did not have it before.
    New,
    /// The register has it no more.
    Gone,
    /// It is closed or has moved now.
    Closed,
    /// It was closed or moved and is there again.
    Reopened,
    /// It runs or stands still, the other way round.
    State,
    /// Another 管理类别 of its permit.
    Management,
    /// Another 监管类别 of the policy.
    Category,
    /// Another enforcing body or district.
    Place,
    /// Another name.
    Name,
}

impl UnitChangeKind {
    const ALL: [Self; 9] = [
        Self::New,
        Self::Gone,
        Self::Closed,
        Self::Reopened,
        Self::State,
        Self::Management,
        Self::Category,
        Self::Place,
        Self::Name,
    ];

    /// Stable id, as the journal and the JSON write it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::State => "state",
            Self::Management => "management",
            Self::Category => "category",
            Self::Place => "place",
            Self::Name => "name",
        }
    }

    /// In words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::New => "新增",
            Self::Gone => "消失",
            Self::Closed => "转为关闭或搬迁",
            Self::Reopened => "恢复存续",
            Self::State => "停产或复产",
            Self::Management => "管理类别变化",
            Self::Category => "监管类别变化",
            Self::Place => "执法主体或行政区划变化",
            Self::Name => "名称变化",
        }
    }
}

/// A unit that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitLine {
    /// Id.
    pub unit_id: String,
    /// Name, of today's register where that has it.
    pub name: String,
    /// District.
    pub district: String,
    /// What it was; empty for a new one.
    pub before: String,
    /// What it is; empty for one that is gone.
    pub after: String,
}

impl UnitLine {
    /// The unit and its change in one line.
    #[must_use]
    pub fn words(&self) -> String {
        let change = match (self.before.as_str(), self.after.as_str()) {
            ("", "") => String::new(),
            ("", one) | (one, "") => format!("：{one}"),
            (before, after) => format!("：{before} → {after}"),
        };
        format!("{}（{}）{}{change}", self.name, self.unit_id, self.district)
    }
}

/// Units that changed in one way, in the register's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitChange {
    /// How.
    pub kind: UnitChangeKind,
    /// Which.
    pub units: Vec<UnitLine>,
}

/// A unit whose frequency changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrequencyLine {
    /// Id.
    pub unit_id: String,
    /// Name.
    pub name: String,
    /// Drawn checks expected in the year before.
    pub before: f64,
    /// And after.
    pub after: f64,
}

/// Frequencies of the units that both registers have, the largest change first.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FrequencyChange {
    /// Units drawn more often.
    pub up: Vec<FrequencyLine>,
    /// Units drawn less often.
    pub down: Vec<FrequencyLine>,
    /// Units whose change is too small for a line of its own: what one unit no more takes is spread over the others.
    pub slight: usize,
    /// Checks more (less where negative) that these come to together.
    pub slight_sum: f64,
}

impl FrequencyChange {
    /// Checks more in the year.
    #[must_use]
    pub fn up_sum(&self) -> f64 {
        self.up.iter().fold(0.0, |sum, line| sum + (line.after - line.before))
    }

    /// Checks less in the year.
    #[must_use]
    pub fn down_sum(&self) -> f64 {
        self.down.iter().fold(0.0, |sum, line| sum + (line.before - line.after))
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.up.is_empty() && self.down.is_empty() && self.slight == 0
    }
}

/// Columns of a register that are compared.
struct Columns<'a> {
    unit: &'a StringChunked,
    name: &'a StringChunked,
    status: &'a StringChunked,
    management: &'a StringChunked,
    body: &'a StringChunked,
    district: Vec<Option<u32>>,
    stratum: &'a StringChunked,
}

impl<'a> Columns<'a> {
    fn of(state: &PlannedState<'a>) -> AppResult<Self> {
        let frame = &state.registry.sources;
        Ok(Self {
            unit: sources::UNIT_ID.of(frame)?,
            name: sources::NAME.of(frame)?,
            status: sources::STATUS.of(frame)?,
            management: sources::MANAGEMENT.of(frame)?,
            body: sources::BODY.of(frame)?,
            district: sources::DISTRICT.of(frame)?,
            stratum: scored::STRATUM.of(&state.analysis.risk.frame)?,
        })
    }

    fn district_at(&self, row: usize) -> Option<u32> {
        self.district.get(row).copied().flatten()
    }

    fn status_at(&self, row: usize) -> SiteStatus {
        self.status.get(row).and_then(SiteStatus::from_id).unwrap_or(SiteStatus::Active)
    }
}

fn is_dead(status: SiteStatus) -> bool {
    matches!(status, SiteStatus::Closed | SiteStatus::Moved)
}

impl Names<'_> {
    fn district(&self, code: Option<u32>) -> String {
        let Some(code) = code else { return String::new() };
        let known = self.districts.index_of(DistrictCode(code)).and_then(|i| self.districts.districts().get(i));
        known.map_or_else(|| code.to_string(), |district| district.name.clone())
    }

    fn body(&self, id: &str) -> String {
        self.policy.bodies.iter().find(|body| body.id.as_str() == id).map_or_else(|| id.to_owned(), |b| b.name.clone())
    }

    fn category(&self, id: &str) -> String {
        let known = self.policy.categories.iter().find(|category| category.id.as_str() == id);
        known.map_or_else(|| id.to_owned(), |category| category.name.clone())
    }
}

fn management(id: &str) -> String {
    Category::ALL.into_iter().find(|c| c.id() == id).map_or_else(|| id.to_owned(), |c| c.label().to_owned())
}

/// Every unit that is not as it was, by kind of change; a unit may stand in several.
pub(super) fn compute_unit_changes(
    names: &Names<'_>,
    before: &PlannedState<'_>,
    after: &PlannedState<'_>,
) -> AppResult<Vec<UnitChange>> {
    let (old, new) = (Columns::of(before)?, Columns::of(after)?);
    let mut changes: BTreeMap<UnitChangeKind, Vec<UnitLine>> = BTreeMap::new();
    for row in 0..new.unit.len() {
        let Some(unit) = new.unit.get(row) else { continue };
        let mut put = |kind: UnitChangeKind, before: String, after: String| {
            changes.entry(kind).or_default().push(UnitLine {
                unit_id: unit.to_owned(),
                name: new.name.get(row).unwrap_or_default().to_owned(),
                district: names.district(new.district_at(row)),
                before,
                after,
            });
        };
        let text = |cells: &StringChunked, at: usize| cells.get(at).unwrap_or_default().to_owned();
        let Some(at) = row_of_unit(&before.registry.sources, unit).map(|at| at as usize) else {
            put(UnitChangeKind::New, String::new(), names.category(&text(new.stratum, row)));
            continue;
        };
        let (was, is) = (old.status_at(at), new.status_at(row));
        if was != is {
            let kind = match (is_dead(was), is_dead(is)) {
                (false, true) => UnitChangeKind::Closed,
                (true, false) => UnitChangeKind::Reopened,
                _ => UnitChangeKind::State,
            };
            put(kind, was.label().to_owned(), is.label().to_owned());
        }
        if old.management.get(at) != new.management.get(row) {
            let word = |cells, at| management(&text(cells, at));
            put(UnitChangeKind::Management, word(old.management, at), word(new.management, row));
        }
        if old.stratum.get(at) != new.stratum.get(row) {
            let word = |cells, at| names.category(&text(cells, at));
            put(UnitChangeKind::Category, word(old.stratum, at), word(new.stratum, row));
        }
        if old.body.get(at) != new.body.get(row) || old.district_at(at) != new.district_at(row) {
            let word = |columns: &Columns<'_>, at: usize| {
                let (district, body) = (names.district(columns.district_at(at)), names.body(&text(columns.body, at)));
                if district == body { body } else { format!("{district}·{body}") }
            };
            put(UnitChangeKind::Place, word(&old, at), word(&new, row));
        }
        if old.name.get(at) != new.name.get(row) {
            put(UnitChangeKind::Name, text(old.name, at), text(new.name, row));
        }
    }
    for row in 0..old.unit.len() {
        let Some(unit) = old.unit.get(row) else { continue };
        if row_of_unit(&after.registry.sources, unit).is_none() {
            changes.entry(UnitChangeKind::Gone).or_default().push(UnitLine {
                unit_id: unit.to_owned(),
                name: old.name.get(row).unwrap_or_default().to_owned(),
                district: names.district(old.district_at(row)),
                before: names.category(old.stratum.get(row).unwrap_or_default()),
                after: String::new(),
            });
        }
    }
    let kinds = UnitChangeKind::ALL.into_iter();
    Ok(kinds.filter_map(|kind| changes.remove(&kind).map(|units| UnitChange { kind, units })).collect())
}

/// Least change of a frequency that is one: below it are roundings.
const LEAST: f64 = 1e-6;
/// Least change that gets a line: one check in two hundred years.
const TOLD: f64 = 0.005;

/// Frequencies of the units that both registers have.
///
/// # Errors
/// `FRM-001`.
pub fn compute_frequency_change(before: &PlannedState<'_>, after: &PlannedState<'_>) -> AppResult<FrequencyChange> {
    let registry: &Registry = after.registry;
    let (units, names) = (sources::UNIT_ID.of(&registry.sources)?, sources::NAME.of(&registry.sources)?);
    let (old, new) = (&before.analysis.plan.frequencies.lambda, &after.analysis.plan.frequencies.lambda);
    let mut change = FrequencyChange::default();
    for (row, is) in new.iter().enumerate() {
        let Some(unit) = units.get(row) else { continue };
        let at = row_of_unit(&before.registry.sources, unit).map(|at| at as usize);
        let Some(was) = at.and_then(|at| old.get(at)) else { continue };
        if (is - was).abs() < LEAST {
            continue;
        }
        if (is - was).abs() < TOLD {
            change.slight += 1;
            change.slight_sum += is - was;
            continue;
        }
        let line = FrequencyLine {
            unit_id: unit.to_owned(),
            name: names.get(row).unwrap_or_default().to_owned(),
            before: *was,
            after: *is,
        };
        if is > was { change.up.push(line) } else { change.down.push(line) }
    }
    for lines in [&mut change.up, &mut change.down] {
        lines.sort_by(|a, b| (b.after - b.before).abs().total_cmp(&(a.after - a.before).abs()));
    }
    Ok(change)
}
