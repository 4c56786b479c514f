//! The month's list as the workbooks print it: each entry with what the register, the scores and the plan know.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use polars::prelude::{DataFrame, StringChunked};

use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::{CheckOrigin, Manner};
use crate::district::DistrictSet;
use crate::domain::{BodyId, Category, DistrictCode, InspectorId, PlanMonth, UnitId};
use crate::export::{InspectorRef, TargetDraw, TargetPlace, TargetRow, TargetStaff, TargetUnit};
use crate::plan::PlanInputs;
use crate::plan::ledger::{CapReading, compute_cap_meter};
use crate::policy::{BodyPlaces, Policy};
use crate::registry::schema::{past_checks, sources};
use crate::registry::{Registry, row_of_unit};
use crate::risk::Aggravator;
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::reports::month_list::{
    ListEntry, ResultsByCheck, list_entries, off_site_entries, reserve_entries,
};

/// Columns of the sources frame that rows of the lists show.
struct SourceText<'a> {
    name: &'a StringChunked,
    uscc: &'a StringChunked,
    number: &'a StringChunked,
    address: &'a StringChunked,
    industry: &'a StringChunked,
    management: &'a StringChunked,
    body: &'a StringChunked,
    district: Vec<Option<u32>>,
    lon: Vec<Option<f64>>,
    lat: Vec<Option<f64>>,
}

impl<'a> SourceText<'a> {
    fn of(frame: &'a DataFrame) -> AppResult<Self> {
        Ok(Self {
            name: sources::NAME.of(frame)?,
            uscc: sources::USCC.of(frame)?,
            number: sources::NUMBER.of(frame)?,
            address: sources::ADDRESS.of(frame)?,
            industry: sources::INDUSTRY.of(frame)?,
            management: sources::MANAGEMENT.of(frame)?,
            body: sources::BODY.of(frame)?,
            district: sources::DISTRICT.of(frame)?,
            lon: sources::LON.of(frame)?,
            lat: sources::LAT.of(frame)?,
        })
    }
}

/// Makes the rows of the lists.
pub struct RowMaker<'a> {
    pub(super) policy: &'a Policy,
    registry: &'a Registry,
    districts: &'a DistrictSet,
    analysis: &'a Analysis,
    columns: SourceText<'a>,
    /// The same of units that left the register.
    former: SourceText<'a>,
    /// Places of the policy's bodies.
    bodies: BodyPlaces<'a>,
    people: BTreeMap<&'a str, &'a str>,
    last_visit: BTreeMap<u32, NaiveDate>,
    /// Problems found at each site: day and words.
    problems: BTreeMap<u32, Vec<(NaiveDate, String)>>,
    scores: Vec<i64>,
}

/// Who of a body may not inspect a unit, by the roster that was sealed with the draw.
type Recused<'a> = BTreeMap<(&'a BodyId, &'a UnitId), Vec<&'a InspectorId>>;

fn recused(opened: &OpenedDraw) -> Recused<'_> {
    let mut recused = Recused::new();
    for inspector in opened.draw.roster.inspectors() {
        for unit in &inspector.recusals {
            recused.entry((&inspector.body, unit)).or_default().push(&inspector.certificate);
        }
    }
    recused
}

/// Name of a district by its code.
#[must_use]
pub fn district_name(districts: &DistrictSet, code: u32) -> String {
    districts
        .index_of(DistrictCode(code))
        .and_then(|i| districts.districts().get(i))
        .map_or_else(|| if code == 0 { "未知".to_owned() } else { format!("{code:06}") }, |d| d.name.clone())
}

impl<'a> RowMaker<'a> {
    /// Takes what the rows are made of.
    ///
    /// # Errors
    /// `FRM-001`, `RSK-…`.
    pub fn new(
        policy: &'a Policy,
        registry: &'a Registry,
        districts: &'a DistrictSet,
        analysis: &'a Analysis,
    ) -> AppResult<Self> {
        let people = registry.inspector_names()?;
        let mut last_visit = BTreeMap::new();
        let past_units = past_checks::UNIT_ID.of(&registry.past_checks)?;
        for (unit, date) in past_units.iter().zip(past_checks::DATE.of(&registry.past_checks)?) {
            if let (Some(site), Some(date)) = (unit.and_then(|u| analysis.population.index.row(u)), date) {
                let last = last_visit.entry(site).or_insert(date);
                *last = (*last).max(date);
            }
        }
        let mut problems: BTreeMap<u32, Vec<(NaiveDate, String)>> = BTreeMap::new();
        let checks = &registry.past_checks;
        let (words, found) = (past_checks::RESULT.of(checks)?, past_checks::PROBLEM.of(checks)?);
        let days = past_checks::DATE.of(checks)?;
        for (row, unit) in past_units.iter().enumerate().filter(|(row, _)| found.get(*row) == Some(&Some(true))) {
            if let (Some(site), Some(Some(day))) = (unit.and_then(|u| analysis.population.index.row(u)), days.get(row))
            {
                let text = words.get(row).unwrap_or("发现问题").to_owned();
                problems.entry(site).or_default().push((*day, text));
            }
        }
        for result in analysis.results.iter().filter(|r| r.outcome.is_problem()) {
            if let Some(site) = analysis.population.index.row(result.unit_id.as_str()) {
                let told = if result.problem.is_empty() { result.outcome.label() } else { &result.problem };
                problems.entry(site).or_default().push((result.inspected_on, told.to_owned()));
            }
        }
        let (columns, former) = (SourceText::of(&registry.sources)?, SourceText::of(&registry.former)?);
        Ok(Self {
            policy,
            registry,
            districts,
            analysis,
            columns,
            former,
            bodies: policy.body_places(),
            people,
            last_visit,
            problems,
            scores: analysis.risk.scores()?,
        })
    }

    /// The map that district names come from.
    #[must_use]
    pub fn districts(&self) -> &DistrictSet {
        self.districts
    }

    fn inputs(&self) -> &PlanInputs {
        &self.analysis.population.inputs
    }

    /// The rows of an opened draw: its targets, then its reserves.
    ///
    /// # Errors
    /// `RSK-…`, `WSP-004`.
    pub fn rows(&self, opened: &OpenedDraw, results: &ResultsByCheck<'_>) -> AppResult<Vec<TargetRow>> {
        let meter = compute_cap_meter(self.policy, self.inputs(), opened.month.month() as usize - 1);
        let recused = recused(opened);
        let mut entries = list_entries(opened, self.policy, results);
        entries.extend(off_site_entries(opened, results));
        entries.extend(reserve_entries(opened, self.policy, self.registry));
        entries.into_iter().map(|entry| self.row(opened, entry, (&meter, &recused))).collect()
    }

    fn person(&self, certificate: &InspectorId) -> InspectorRef {
        InspectorRef {
            certificate: certificate.to_string(),
            name: self.people.get(certificate.as_str()).copied().unwrap_or_default().to_owned(),
        }
    }

    fn row(
        &self,
        opened: &OpenedDraw,
        entry: ListEntry,
        (meter, recused): (&[CapReading], &Recused<'_>),
    ) -> AppResult<TargetRow> {
        let policy = self.policy;
        let inputs = self.inputs();
        let left = row_of_unit(&self.registry.former, entry.unit_id.as_str()).filter(|_| entry.source.is_none());
        let columns = if left.is_some() { &self.former } else { &self.columns };
        // its row in the register, or among those that left it
        let at = entry.source.or(left).map(|row| row as usize);
        let text = |column: &StringChunked| at.and_then(|i| column.get(i)).unwrap_or_default().to_owned();
        let frame_row = opened.draw.frame.position(entry.unit_id.as_str()).and_then(|i| opened.draw.frame.row(i));
        let site = entry.source.map_or(0, |row| row as usize);
        let known = entry.source.is_some();
        // body and category are those that it was drawn in, whatever the register says since
        let drawn = entry.stratum.split_once('/');
        let body_rule = inputs.sites.body.get(site).and_then(|body| policy.bodies.get(*body as usize));
        let (body, body_name) = match (drawn, body_rule) {
            (None, Some(rule)) if known => (rule.id.clone(), rule.name.clone()),
            (drawn, _) => {
                let id = drawn.map_or_else(|| text(columns.body), |(body, _)| body.to_owned());
                let id = if id.is_empty() { "unknown".to_owned() } else { id };
                let body = BodyId::new(id.as_str()).map_err(|what| AppError::new("WSP-004", what))?;
                let rule = self.bodies.rule(body.as_str());
                let name = rule.map_or(id, |rule| rule.name.clone());
                (body, name)
            }
        };
        let category = match drawn {
            Some((_, id)) => policy.category(id),
            None => inputs.sites.category.get(site).filter(|_| known).and_then(|c| policy.categories.get(*c as usize)),
        };
        let tier = inputs.sites.tier.get(site).filter(|_| known).and_then(|tier| policy.tiers.get(*tier as usize));
        let score = self.scores.get(site).copied().filter(|_| known);
        let skill = inputs
            .sites
            .skill
            .get(site)
            .copied()
            .filter(|s| known && *s > 0)
            .and_then(|s| policy.skills.get(s as usize - 1));
        let enterprise = inputs.sites.enterprise.get(site).copied().unwrap_or(0);
        let reading = meter.get(enterprise as usize).filter(|_| known);
        let industry_code = text(columns.industry);
        let management = text(columns.management);
        let code = at.and_then(|i| columns.district.get(i).copied().flatten());
        let mut reasons = if known { self.reasons(site, frame_row.map_or("", |r| r.reason))? } else { String::new() };
        if matches!(entry.origin, CheckOrigin::Triggered | CheckOrigin::OffSite) && !entry.reason.is_empty() {
            reasons =
                [entry.reason, reasons].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("；");
        }
        let unit = TargetUnit {
            name: text(columns.name),
            uscc: text(columns.uscc),
            permit: text(columns.number),
            checklist: self.checklist(&industry_code),
            industry: industry_code,
            management: Category::ALL
                .into_iter()
                .find(|c| c.id() == management)
                .map(|c| c.label().to_owned())
                .unwrap_or_default(),
            supervision: category.map(|c| c.name.clone()).unwrap_or_default(),
            special: known && inputs.sites.special.get(site).copied().unwrap_or(false),
            tier: tier.map(|t| format!("{} {}", t.id, t.name)).unwrap_or_default(),
            score,
            last_visit: self.last_visit.get(&(site as u32)).copied().filter(|_| known),
            visits: reading.map(|r| r.counted),
            cap_left: reading.map(CapReading::left),
            focus: if known { self.focus(site as u32, opened.month) } else { String::new() },
            unit_id: entry.unit_id,
        };
        let place = TargetPlace {
            district: code.map(|code| district_name(self.districts, code)).unwrap_or_default(),
            address: text(columns.address),
            lon: at.and_then(|i| columns.lon.get(i).copied().flatten()),
            lat: at.and_then(|i| columns.lat.get(i).copied().flatten()),
        };
        let draw = TargetDraw {
            month: opened.month,
            role: entry.role,
            plan_code: entry.plan_code,
            origin: entry.origin,
            reasons,
            pi_ppb: frame_row.map(|r| u64::from(r.pi_ppb)),
            order: entry.rank,
            basis: policy.cite(&policy.disclosure.basis, opened.month.last_day()),
            complete_by: Some(opened.month.last_day()),
            status: entry.state.label().to_owned(),
        };
        let staff = TargetStaff {
            recusal: recused.get(&(&body, &unit.unit_id)).map_or_else(String::new, |who| self.recusal(who)),
            body,
            body_name,
            lead: entry.pair.as_ref().map(|pair| self.person(&pair.0)),
            second: entry.pair.as_ref().map(|pair| self.person(&pair.1)),
            skill: skill.and_then(|s| s.names.first().cloned()).unwrap_or_default(),
            manner: if entry.origin == CheckOrigin::OffSite { Manner::OffSite } else { Manner::OnSite },
            monitoring: category.is_some_and(|c| c.cost.monitoring_days.0 >= 1000),
            visit: None,
        };
        Ok(TargetRow { unit, place, draw, staff })
    }

    /// The checklist of a key industry; empty for the others.
    fn checklist(&self, industry: &str) -> String {
        let key = self.policy.key_industries.codes.iter().find(|(prefix, _)| industry.starts_with(prefix.as_str()));
        key.map(|(_, name)| format!("{name}检查表")).unwrap_or_default()
    }

    /// Who of the body may not inspect the unit.
    fn recusal(&self, who: &[&InspectorId]) -> String {
        let person = |certificate: &InspectorId| {
            let person = self.person(certificate);
            if person.name.is_empty() { person.certificate } else { person.name }
        };
        let names: Vec<String> = who.iter().map(|certificate| person(certificate)).collect();
        format!("{}回避", names.join("、"))
    }

    /// What checks before a month found in a unit, the latest first: day and words.
    #[must_use]
    pub fn earlier_findings(&self, unit: &UnitId, month: PlanMonth) -> Vec<String> {
        let Some(site) = self.analysis.population.index.row(unit.as_str()) else { return Vec::new() };
        self.found_before(site, month).into_iter().map(|(day, text)| format!("{day} {text}")).collect()
    }

    fn found_before(&self, site: u32, month: PlanMonth) -> Vec<&(NaiveDate, String)> {
        let mut found: Vec<&(NaiveDate, String)> =
            self.problems.get(&site).into_iter().flatten().filter(|(day, _)| *day < month.first_day()).collect();
        found.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
        found
    }

    /// The problems found last before a month, the latest first.
    fn focus(&self, site: u32, month: PlanMonth) -> String {
        let found = self.found_before(site, month);
        let told: Vec<String> = found.iter().take(2).map(|(day, text)| format!("{day} {text}")).collect();
        told.join("；")
    }

    /// Why a unit stands where it does: the mandatory rule, aggravators, special, its three largest factors.
    fn reasons(&self, site: usize, reason: &str) -> AppResult<String> {
        let policy = self.policy;
        let inputs = self.inputs();
        let mut words: Vec<String> = Vec::new();
        if let Some(rule) = policy.mandatory.iter().find(|rule| rule.reason == reason) {
            words.push(rule.name.clone());
        }
        if inputs.sites.special.get(site).copied().unwrap_or(false) {
            words.push("特殊监管对象".to_owned());
        }
        let bits = inputs.sites.aggravated.get(site).copied().unwrap_or(0);
        words.extend(Aggravator::ALL.iter().filter(|a| bits & a.bit() != 0).map(|a| a.label().to_owned()));
        let mut factors = self.analysis.risk.explain(site, policy)?;
        factors.retain(|f| f.points.0 > 0);
        factors.sort_by_key(|f| std::cmp::Reverse(f.points));
        let top: Vec<String> = factors.iter().take(3).map(|f| format!("{}{}", f.name, f.points.to_f64())).collect();
        if !top.is_empty() {
            words.push(format!("评分：{}", top.join("、")));
        }
        Ok(words.join("；"))
    }
}
