//! From frames to the plan's columns: sites, bodies, capacity, history.
//!
//! Duty: the one place where the registry's and the risk table's rows become the plan's indices. Rows keep
//! the order of the sources frame, which is the order of the `unit_id` bytes.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use polars::prelude::{PlHashMap, StringChunked};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::people::{Person, compute_people};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::{BodyId, PlanMonth};
use crate::plan::capacity::{RosterEntry, compute_team_days};
use crate::plan::model::{ByMonth, MONTHS, RESOURCES};
use crate::plan::shares::{compute_period_bits, compute_period_factors, compute_working_days};
use crate::plan::{Body, Capacity, Exclusion, History, NEVER, PlanInputs, PlanSites, Resource, Visit, VisitKind};
use crate::policy::Policy;
use crate::registry::schema::{capacity, past_checks, sources, violations};
use crate::registry::{CheckKind, NO_ROW, Registry, RowIndex, SiteStatus};
use crate::risk::RiskTable;
use crate::risk::columns as scored;
use crate::workspace::inputs::grounds::Entered;
use crate::workspace::store::project::Project;

/// Index of unit ids and enterprises over the sources frame. The texts stay in the frame's own columns: a nation's ids
/// are not held twice.
#[derive(Debug, Clone)]
pub struct SiteIndex {
    units: StringChunked,
    by_unit: RowIndex,
    by_enterprise: RowIndex,
    /// The dense index of each row's enterprise, in the order in which the rows name them; a unit without one is its own.
    owners: Vec<u32>,
}

impl SiteIndex {
    fn new(units: &StringChunked, enterprises: &StringChunked) -> Self {
        let ((by_unit, _), (by_enterprise, firsts)) =
            rayon::join(|| RowIndex::of(&[units]), || RowIndex::of(&[enterprises, units]));
        let mut owners: Vec<u32> = Vec::with_capacity(firsts.len());
        let mut next = 0;
        for (row, first) in firsts.into_iter().enumerate() {
            let owner = owners.get(first as usize).copied().unwrap_or(next);
            debug_assert!(owner < next || first == NO_ROW || first as usize == row, "a first row is never behind");
            next += u32::from(owner == next);
            owners.push(owner);
        }
        Self { units: units.clone(), by_unit, by_enterprise, owners }
    }

    /// The row of a unit.
    #[must_use]
    pub fn row(&self, unit: &str) -> Option<u32> {
        self.by_unit.row(unit)
    }

    /// The row of each unit of a column. The search is most of the work of going through a nation's events: side by
    /// side.
    pub(super) fn rows(&self, units: &StringChunked) -> Vec<Option<u32>> {
        let row = |i: usize| units.get(i).and_then(|unit| self.row(unit));
        (0..units.len()).into_par_iter().with_min_len(4096).map(row).collect()
    }

    /// Unit ids in the order of the rows.
    pub fn units(&self) -> impl Iterator<Item = &str> {
        self.units.iter().map(Option::unwrap_or_default)
    }

    /// The dense index of an enterprise.
    #[must_use]
    pub fn enterprise(&self, name: &str) -> Option<u32> {
        self.by_enterprise.row(name).map(|row| self.owners[row as usize])
    }
}

/// The population of a plan, ready for the plan's functions.
#[derive(Debug, Clone)]
pub struct Population {
    /// The plan's inputs.
    pub inputs: PlanInputs,
    /// Indices by id.
    pub index: Arc<SiteIndex>,
    /// The roster's people, by certificate.
    pub people: Vec<Person>,
    /// District codes in the order of `PlanSites::district`.
    pub districts: Vec<u32>,
    /// Findings met on the way (positive-list members to be dropped, rows that point nowhere).
    pub findings: Vec<Finding>,
    /// Sites that are out by what was found in the program since the import.
    pub entered: Entered,
}

/// Prefix test of an industry code against a rule's list.
fn industry_in(industry: &str, list: &[String]) -> bool {
    !industry.is_empty() && list.iter().any(|prefix| industry.starts_with(prefix.as_str()))
}

/// Fills the plan's inputs; the history holds the checks imported, the draws of the project come after.
///
/// `first_month` is the first month still to be planned: checks before it are past.
///
/// # Errors
/// `FRM-001`, or a fault of the plan's own.
pub fn compute_population(
    project: &Project,
    registry: &Registry,
    risk: &RiskTable,
    first_month: PlanMonth,
) -> AppResult<Population> {
    let policy = &project.policy;
    let sources = &registry.sources;
    let n = sources.height();
    let mut findings = Vec::new();
    let unit = sources::UNIT_ID.of(sources)?;
    let body = sources::BODY.of(sources)?;
    let enterprise = sources::ENTERPRISE.of(sources)?;
    let industry = sources::INDUSTRY.of(sources)?;
    let status = sources::STATUS.of(sources)?;
    let district = sources::DISTRICT.of(sources)?;
    let risk_frame = &risk.frame;
    let (tier, aggravated) = (scored::TIER.of(risk_frame)?, scored::AGGRAVATED.of(risk_frame)?);
    let special = scored::SPECIAL.of(risk_frame)?;
    let stratum = scored::STRATUM.of(risk_frame)?;

    let places = policy.body_places();
    let categories: PlHashMap<&str, u8> =
        policy.categories.iter().enumerate().map(|(i, c)| (c.id.as_str(), i as u8)).collect();
    if risk_frame.height() != n {
        return Err(AppError::new("FRM-001", "风险表与污染源名录的行数不同，请重新导入"));
    }
    // 0: no district known
    let mut district_codes: Vec<u32> = district.iter().map(|code| code.unwrap_or(0)).collect();
    district_codes.sort_unstable();
    district_codes.dedup();
    let districts: FxHashMap<u32, u16> = district_codes.iter().enumerate().map(|(i, c)| (*c, i as u16)).collect();

    let mut sites = PlanSites::default();
    let index = SiteIndex::new(unit, enterprise);
    let exclusion = compute_exclusions(registry, policy, first_month.first_day(), &mut findings)?;
    // industries repeat: the rules are asked once for each code
    let mut by_industry: PlHashMap<&str, (u8, u64)> = PlHashMap::default();
    for row in 0..n {
        let id = unit.get(row).unwrap_or_default();
        let body_id = body.get(row).unwrap_or_default();
        let Some(body) = places.of(body_id) else {
            return Err(Finding::error("WSP-001", "污染源的执法主体不在规则的执法主体之列")
                .value(format!("{id} {body_id}"))
                .hint("请在规则文件的 bodies 中加入该主体，或在列对应中改正")
                .into());
        };
        let category = stratum
            .get(row)
            .and_then(|s| categories.get(s))
            .copied()
            .ok_or_else(|| AppError::new("WSP-002", "污染源的监管类别不在规则之列").with(|f| f.value(id)))?;
        let code = industry.get(row).unwrap_or_default();
        let (skill, periods) = *by_industry.entry(code).or_insert_with(|| {
            let skill = policy.skills.iter().position(|s| industry_in(code, &s.industries)).map_or(0, |i| i as u8 + 1);
            (skill, compute_period_bits(policy, code))
        });
        sites.body.push(body);
        sites.category.push(category);
        sites.district.push(districts.get(&district[row].unwrap_or(0)).copied().unwrap_or(0));
        sites.tier.push(tier[row].unwrap_or(0));
        sites.special.push(special[row].unwrap_or(false));
        sites.aggravated.push(aggravated[row].unwrap_or(0));
        sites.skill.push(skill);
        sites.periods.push(periods);
        sites.exclusion.push(match status.get(row).and_then(SiteStatus::from_id) {
            Some(SiteStatus::Closed) => Exclusion::Closed,
            Some(SiteStatus::Moved) => Exclusion::Moved,
            // a stopped unit stays in the draw
            Some(SiteStatus::Active | SiteStatus::Stopped) | None => exclusion[row],
        });
    }
    sites.enterprise.clone_from(&index.owners);
    sites.off_site = sites.exclusion.iter().map(|e| *e == Exclusion::PositiveList).collect();

    let people = compute_people(&registry.inspectors, policy, &mut findings)?;
    let mut valid: Vec<Vec<&Person>> = vec![Vec::new(); policy.bodies.len()];
    for person in people.iter().filter(|person| person.is_valid_in(first_month)) {
        valid[usize::from(person.body)].push(person);
    }
    let bodies = policy
        .bodies
        .iter()
        .enumerate()
        .map(|(i, rule)| {
            let own = std::mem::take(&mut valid[i]);
            Body {
                id: rule.id.clone(),
                name: rule.name.clone(),
                level: rule.level,
                inspectors: own.len() as u32,
                leads: own.iter().filter(|p| p.lead).count() as u32,
                skills: policy
                    .skills
                    .iter()
                    .map(|skill| own.iter().filter(|p| p.skills.contains(&skill.id)).count() as u32)
                    .collect(),
            }
        })
        .collect();
    let history = compute_history(project, registry, &index, &sites, first_month)?;
    let inputs = PlanInputs {
        year: project.file.year,
        sites: Arc::new(sites),
        bodies,
        capacity: compute_capacity(project, registry, &people)?,
        working_days: compute_working_days(&project.calendar, project.file.year),
        period_factors: compute_period_factors(policy, &project.calendar, project.file.year),
        history,
        mandatory: Vec::new(),
        waivable: Vec::new(),
        edits: project.file.edits.clone(),
    };
    let entered = Entered::new();
    Ok(Population { inputs, index: Arc::new(index), people, districts: district_codes, findings, entered })
}

/// Members of the positive list, in force on a day; one penalised after its entry is dropped where the
/// policy says so.
fn compute_exclusions(
    registry: &Registry,
    policy: &Policy,
    day: NaiveDate,
    findings: &mut Vec<Finding>,
) -> AppResult<Vec<Exclusion>> {
    let sources = &registry.sources;
    let (from, to, removed) = (
        sources::POSITIVE_FROM.of(sources)?,
        sources::POSITIVE_TO.of(sources)?,
        sources::POSITIVE_REMOVED.of(sources)?,
    );
    let unit = sources::UNIT_ID.of(sources)?;
    let enterprise = sources::ENTERPRISE.of(sources)?;
    let penalties = &registry.violations;
    let (of, when) = (violations::ENTERPRISE.of(penalties)?, violations::DATE.of(penalties)?);
    let mut latest: PlHashMap<&str, NaiveDate> = PlHashMap::default();
    for (enterprise, date) in of.iter().zip(&when) {
        if let (Some(enterprise), Some(date)) = (enterprise, date)
            && *date < day
        {
            let entry = latest.entry(enterprise).or_insert(*date);
            *entry = (*entry).max(*date);
        }
    }
    let mut exclusions = vec![Exclusion::None; sources.height()];
    if !policy.positive_list.exempt_on_site {
        return Ok(exclusions);
    }
    for (row, exclusion) in exclusions.iter_mut().enumerate() {
        let Some(start) = from[row] else { continue };
        if start > day || to[row].is_some_and(|end| end < day) || removed[row].is_some_and(|end| end <= day) {
            continue;
        }
        let penalised = enterprise.get(row).and_then(|e| latest.get(e)).is_some_and(|date| *date >= start);
        if penalised && policy.positive_list.drop_on_penalty {
            findings.push(
                Finding::warning("POS-001", "正面清单单位在列入后受到处罚，按规则不再免于现场检查")
                    .value(unit.get(row).unwrap_or_default())
                    .hint("请办理移出正面清单"),
            );
        } else {
            *exclusion = Exclusion::PositiveList;
        }
    }
    Ok(exclusions)
}

/// Vehicles, monitoring teams, instruments and money from the capacity table, team-days from the roster.
fn compute_capacity(project: &Project, registry: &Registry, people: &[Person]) -> AppResult<Capacity> {
    let policy = &project.policy;
    let year = project.file.year;
    let working = compute_working_days(&project.calendar, year);
    let mut limits: Vec<[ByMonth<Option<f64>>; RESOURCES]> = vec![[[None; MONTHS]; RESOURCES]; policy.bodies.len()];
    if !people.is_empty() {
        let roster: Vec<RosterEntry> = people.iter().map(|p| p.entry.clone()).collect();
        let days = compute_team_days(&roster, policy.bodies.len(), year, &project.calendar, policy);
        for (limit, days) in limits.iter_mut().zip(days) {
            limit[Resource::TeamDays.index()] = days.map(Some);
        }
    }
    let frame = &registry.capacity;
    let (body, month) = (capacity::BODY.of(frame)?, capacity::MONTH.of(frame)?);
    let columns = [
        (Resource::Vehicles, capacity::VEHICLES, true),
        (Resource::MonitoringDays, capacity::MONITORING_DAYS, false),
        (Resource::Instruments, capacity::INSTRUMENTS, true),
        (Resource::Budget, capacity::BUDGET_WAN, false),
    ];
    if !policy.capacity.missing_is_unlimited && frame.height() > 0 {
        for limit in &mut limits {
            for (resource, _, _) in columns {
                limit[resource.index()] = [Some(0.0); MONTHS];
            }
        }
    }
    let places = policy.body_places();
    for (resource, column, per_day) in columns {
        let amount = column.of(frame)?;
        for row in 0..frame.height() {
            let Some(index) = places.of(body.get(row).unwrap_or_default()) else { continue };
            let Some(m) = month.get(row).and_then(|m| m.parse::<PlanMonth>().ok()).and_then(|m| m.index_in(year))
            else {
                continue;
            };
            if let Some(amount) = amount[row] {
                let days = if per_day { f64::from(working[m]) } else { 1.0 };
                limits[usize::from(index)][resource.index()][m] = Some(amount * days);
            }
        }
    }
    Ok(Capacity { limits })
}

/// Checks imported: those of earlier years for the window and the last visit, those of this year before
/// `first_month` as visits.
fn compute_history(
    project: &Project,
    registry: &Registry,
    index: &SiteIndex,
    sites: &PlanSites,
    first_month: PlanMonth,
) -> AppResult<History> {
    let frame = &registry.past_checks;
    let year = project.file.year;
    let mut history = History { last_visit: vec![NEVER; sites.len()], ..History::default() };
    let (unit, enterprise, department, kind) = (
        past_checks::UNIT_ID.of(frame)?,
        past_checks::ENTERPRISE.of(frame)?,
        past_checks::DEPARTMENT.of(frame)?,
        past_checks::KIND.of(frame)?,
    );
    let (date, joint, done) =
        (past_checks::DATE.of(frame)?, past_checks::JOINT.of(frame)?, past_checks::DONE.of(frame)?);
    let mut own_department: FxHashMap<&str, bool> = FxHashMap::default();
    let rows = index.rows(unit);
    for row in 0..frame.height() {
        let Some(when) = date[row] else { continue };
        let Some(month) = PlanMonth::of(when) else { continue };
        if month >= first_month || done[row] == Some(false) {
            continue;
        }
        let site = rows[row];
        let kind = kind.get(row).and_then(CheckKind::from_id);
        let named = department.get(row).unwrap_or_default();
        let own = *own_department.entry(named).or_insert_with(|| is_own_department(&project.policy, named));
        if when.year() < year {
            if let (Some(site), true, true) = (site, own, kind != Some(CheckKind::Case)) {
                let relative = (month.ordinal() - year * 12) as i16;
                let last = &mut history.last_visit[site as usize];
                *last = (*last).max(relative);
            }
            continue;
        }
        let owner = match site {
            Some(site) => Some(sites.enterprise[site as usize]),
            None => enterprise.get(row).and_then(|e| index.enterprise(e)),
        };
        let (Some(owner), Some(m)) = (owner, month.index_in(year)) else { continue };
        let joint = joint[row].unwrap_or(false);
        let kind = match (own, kind) {
            (false, _) => VisitKind::OtherDepartment { joint },
            (true, Some(CheckKind::Case)) => VisitKind::Triggered,
            (true, _) => VisitKind::Drawn,
        };
        history.visits.push(Visit { site, enterprise: owner, month: m as u8, kind, done: true });
    }
    history.imported = history.visits.len();
    Ok(history)
}

/// True for a department that is one of the policy's bodies, by id, name or alias; an empty cell is ours.
pub(super) fn is_own_department(policy: &Policy, named: &str) -> bool {
    named.is_empty()
        || policy.bodies.iter().any(|body| {
            body.id.as_str() == named || body.name == named || body.aliases.iter().any(|alias| alias == named)
        })
        || ["生态环境", "环保局", "环境监察", "环境保护"].iter().any(|word| named.contains(word))
}

/// The body's id as a plan index.
#[must_use]
pub fn body_index(policy: &Policy, id: &BodyId) -> Option<usize> {
    policy.bodies.iter().position(|body| body.id == *id)
}
