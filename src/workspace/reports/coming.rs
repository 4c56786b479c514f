//! Mandatory checks still to come (预计新增必查): what is not in the register yet and so not in the plan's number.
//!
//! Renewals are known by the permits that run out; first, changed permits and rectifications come at the rate of the
//! last twelve months; re-checks follow from the checks still to be made and the share of checks that find a problem.
//! Each cause's check is spread evenly over its rule's term. The figure stands beside the plan, never in it.

use chrono::{Months, NaiveDate};

use crate::diagnostic::AppResult;
use crate::domain::{PermitEvent, PlanMonth};
use crate::plan::capacity::cost_by_resource;
use crate::plan::mandatory::term_of;
use crate::plan::model::{ByMonth, MONTHS, RESOURCES, Resource};
use crate::plan::{Exclusion, PlanCell};
use crate::policy::{MandatoryRule, MandatoryTrigger, Policy};
use crate::registry::Registry;
use crate::registry::schema::past_checks;
use crate::text::number::{grouped, thousands};
use crate::workspace::inputs::analysis::Analysis;

/// Months back over which rates are taken.
const RATE_MONTHS: u32 = 12;

/// Results of one's own from which on they alone give the share of problems.
const ENOUGH_RESULTS: usize = 100;

/// Places without room that are named.
const NAMED: usize = 3;

/// The checks to come by one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct ComingKind {
    /// Index into the policy's mandatory rules.
    pub rule: usize,
    /// Its name.
    pub name: String,
    /// Checks expected by month.
    pub by_month: ByMonth<f64>,
    /// How they are estimated, in words.
    pub how: String,
}

impl ComingKind {
    /// Checks expected in the rest of the year.
    #[must_use]
    pub fn year(&self) -> f64 {
        self.by_month.iter().sum()
    }
}

/// The mandatory checks to come.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ComingChecks {
    /// By rule, those that bring any.
    pub kinds: Vec<ComingKind>,
    /// Bodies' months that they would not fit into, in words.
    pub tight: Vec<String>,
    /// Checks left to the next year because their term reaches into it.
    pub carried: u32,
}

impl ComingChecks {
    /// Expected by month.
    #[must_use]
    pub fn by_month(&self) -> ByMonth<f64> {
        std::array::from_fn(|m| self.kinds.iter().map(|kind| kind.by_month[m]).sum())
    }

    /// Expected in the rest of the year.
    #[must_use]
    pub fn year(&self) -> f64 {
        self.kinds.iter().map(ComingKind::year).sum()
    }

    /// `预计年内还会新增必查约 310 次（问题整改复查 200、…），未计入计划`; empty where none is expected.
    #[must_use]
    pub fn sentence(&self) -> String {
        if self.year() < 0.5 {
            return String::new();
        }
        let mut kinds: Vec<&ComingKind> = self.kinds.iter().filter(|kind| kind.year() >= 0.5).collect();
        kinds.sort_by(|a, b| b.year().total_cmp(&a.year()));
        let kinds: Vec<String> =
            kinds.iter().map(|kind| format!("{} {}", kind.name, grouped(kind.year(), 0))).collect();
        format!("预计年内还会新增必查约 {} 次（{}），未计入计划", grouped(self.year(), 0), kinds.join("、"))
    }

    /// How it is estimated and how it falls on the months, a line each.
    #[must_use]
    pub fn details(&self) -> Vec<String> {
        let months = |by_month: &ByMonth<f64>| {
            let parts: Vec<String> = by_month
                .iter()
                .enumerate()
                .filter(|(_, n)| **n >= 0.5)
                .map(|(m, n)| format!("{} 月 {}", m + 1, grouped(*n, 0)))
                .collect();
            parts.join("、")
        };
        let mut lines: Vec<String> =
            self.kinds.iter().map(|k| format!("{}：{}；{}", k.name, k.how, months(&k.by_month))).collect();
        if self.carried > 0 {
            lines.push(format!("另有 {} 次必查期限跨年，结转下一年", thousands(i128::from(self.carried))));
        }
        lines
    }

    /// What would not fit; that all would, where it does.
    #[must_use]
    pub fn room_sentence(&self) -> String {
        match self.tight.len() {
            0 => "照此新增，各主体各月力量均可容纳".to_owned(),
            n => {
                let named = self.tight.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("；");
                let more = if n > NAMED { format!("等 {n} 处") } else { String::new() };
                format!("照此新增，以下月份力量不足：{named}{more}")
            }
        }
    }
}

/// Sums up what comes: by month of a body and resource.
struct Load<'a> {
    policy: &'a Policy,
    analysis: &'a Analysis,
    first_open: usize,
    need: Vec<[ByMonth<f64>; RESOURCES]>,
}

impl Load<'_> {
    /// Spreads causes of a month (0 is January) over the rule's term; a cost each.
    fn spread(
        &mut self,
        kind: &mut ComingKind,
        rule: &MandatoryRule,
        (body, month): (usize, usize),
        (causes, cost): (f64, [f64; RESOURCES]),
    ) {
        let year = self.analysis.plan.year;
        let Some(term) = term_of(rule, PlanMonth::nth_of(year, month).first_day(), year) else { return };
        let months = f64::from(term.to - term.from + 1).max(1.0);
        for m in term.from.max(self.first_open as i32)..=term.to.min(MONTHS as i32 - 1) {
            let checks = causes / months;
            kind.by_month[m as usize] += checks;
            for (row, cost) in self.need[body].iter_mut().zip(cost) {
                row[m as usize] += checks * cost;
            }
        }
    }

    fn site_cost(&self, site: usize) -> [f64; RESOURCES] {
        let category = self.analysis.population.inputs.sites.category[site];
        cost_by_resource(&self.policy.categories[usize::from(category)].cost)
    }

    /// Body's months that the plan fits into and the checks to come do not, in words.
    fn tight(&self) -> Vec<String> {
        let plan = &self.analysis.plan;
        let mut found = Vec::new();
        for (b, cells) in plan.matrix.iter().enumerate() {
            for (m, cell) in cells.iter().enumerate().skip(self.first_open) {
                for resource in Resource::ALL {
                    let r = resource.index();
                    let all = PlanCell { need: cell.need, have: cell.have, ..PlanCell::default() };
                    let mut more = all.clone();
                    more.need[r] += self.need[b][r][m];
                    if more.is_over(resource) && !all.is_over(resource) {
                        found.push(format!(
                            "{} {} 计划 {} {}，加新增 {}，可用 {}",
                            self.analysis.population.inputs.bodies[b].name,
                            PlanMonth::nth_of(plan.year, m),
                            grouped(cell.need[r], 1),
                            resource.unit(),
                            grouped(more.need[r] - cell.need[r], 1),
                            grouped(cell.have[r].unwrap_or(0.0), 1)
                        ));
                        break;
                    }
                }
            }
        }
        found
    }
}

/// Estimates the mandatory checks that the rest of the year still brings.
///
/// # Errors
/// `FRM-001`.
pub fn compute_coming(policy: &Policy, registry: &Registry, analysis: &Analysis) -> AppResult<ComingChecks> {
    let first_open = analysis.month.index_in(analysis.plan.year).unwrap_or(0);
    let mut load = Load {
        policy,
        analysis,
        first_open,
        need: vec![[[0.0; MONTHS]; RESOURCES]; analysis.population.inputs.bodies.len()],
    };
    let problems = problem_share(registry, analysis)?;
    let mut kinds = Vec::new();
    for (index, rule) in policy.mandatory.iter().enumerate() {
        let mut kind = ComingKind { rule: index, name: rule.name.clone(), by_month: [0.0; MONTHS], how: String::new() };
        kind.how = match rule.trigger {
            MandatoryTrigger::RenewedPermit => renewals(&mut load, &mut kind, rule),
            MandatoryTrigger::FirstPermit => at_rate(&mut load, &mut kind, rule, &[PermitEvent::First]),
            MandatoryTrigger::ChangedPermit => {
                at_rate(&mut load, &mut kind, rule, &[PermitEvent::Reapplied, PermitEvent::Changed])
            }
            MandatoryTrigger::RectificationDue => at_rate(&mut load, &mut kind, rule, &[]),
            MandatoryTrigger::Recheck => rechecks(&mut load, &mut kind, rule, problems),
            // Known from the register to the last one.
            MandatoryTrigger::Expiring(_) => continue,
        };
        if kind.year() > 0.0 {
            kinds.push(kind);
        }
    }
    Ok(ComingChecks { kinds, tight: load.tight(), carried: analysis.carried.iter().sum() })
}

/// True where a site can be checked and the rule concerns it.
fn concerns(analysis: &Analysis, rule: &MandatoryRule, site: usize) -> bool {
    let excluded = analysis.population.inputs.sites.exclusion[site];
    let fits = analysis.facts.management.get(site).is_some_and(|m| rule.management.contains(m));
    fits && matches!(excluded, Exclusion::None | Exclusion::PositiveList)
}

/// Permits that run out in the rest of the year and are then renewed.
fn renewals(load: &mut Load<'_>, kind: &mut ComingKind, rule: &MandatoryRule) -> String {
    let analysis = load.analysis;
    let year = analysis.plan.year;
    let mut permits = 0_u32;
    for (site, expires) in analysis.facts.expires.iter().enumerate() {
        let month = expires.and_then(PlanMonth::of).and_then(|m| m.index_in(year)).filter(|m| *m >= load.first_open);
        let Some(month) = month.filter(|_| concerns(analysis, rule, site)) else { continue };
        permits += 1;
        let body = usize::from(analysis.population.inputs.sites.body[site]);
        let cost = load.site_cost(site);
        load.spread(kind, rule, (body, month), (1.0, cost));
    }
    format!("年内还有 {} 张许可证到期，按到期后期限内均匀安排", thousands(i128::from(permits)))
}

/// Events as frequent as in the last months; without kinds of events, the dates of 限期整改.
fn at_rate(load: &mut Load<'_>, kind: &mut ComingKind, rule: &MandatoryRule, events: &[PermitEvent]) -> String {
    let analysis = load.analysis;
    let until = analysis.month.first_day();
    let since = until.checked_sub_months(Months::new(RATE_MONTHS)).unwrap_or(NaiveDate::MIN);
    let mut seen = 0_u32;
    for site in 0..analysis.population.inputs.sites.len() {
        let day = if events.is_empty() {
            analysis.facts.rectify_by.get(site).copied().flatten()
        } else {
            let event = analysis.facts.permit_event.get(site).copied().flatten();
            event.filter(|(kind, _)| events.contains(kind)).map(|(_, day)| day)
        };
        if !day.is_some_and(|day| since <= day && day < until) || !concerns(analysis, rule, site) {
            continue;
        }
        seen += 1;
        let body = usize::from(analysis.population.inputs.sites.body[site]);
        let cost = load.site_cost(site);
        for month in load.first_open..MONTHS {
            load.spread(kind, rule, (body, month), (1.0 / f64::from(RATE_MONTHS), cost));
        }
    }
    let rate = f64::from(seen) / f64::from(RATE_MONTHS);
    format!("近 {RATE_MONTHS} 个月 {} 件，每月约 {} 件", thousands(i128::from(seen)), grouped(rate, 1))
}

/// Problems found and checks made: our results where there are enough, the imported checks of two years otherwise.
fn problem_share(registry: &Registry, analysis: &Analysis) -> AppResult<(u64, u64)> {
    let own = analysis.results.iter().filter(|r| r.outcome.is_inspected());
    let (checks, problems) =
        own.fold((0, 0), |(n, found), result| (n + 1, found + u64::from(result.outcome.is_problem())));
    if checks >= ENOUGH_RESULTS as u64 {
        return Ok((problems, checks));
    }
    let past = &registry.past_checks;
    let since = analysis.month.first_day().checked_sub_months(Months::new(24)).unwrap_or(NaiveDate::MIN);
    let (mut problems, mut checks) = (problems, checks);
    let (done, pending) = (past_checks::DONE.of(past)?, past_checks::PENDING.of(past)?);
    for (row, day) in past_checks::DATE.of(past)?.into_iter().enumerate() {
        if day.is_none_or(|day| day < since) || done.get(row) == Some(&Some(false)) {
            continue;
        }
        checks += 1;
        problems += u64::from(pending.get(row) == Some(&Some(true)));
    }
    Ok((problems, checks))
}

/// Re-checks of what the checks still to be made will find.
fn rechecks(
    load: &mut Load<'_>,
    kind: &mut ComingKind,
    rule: &MandatoryRule,
    (problems, checks): (u64, u64),
) -> String {
    let share = if checks > 0 { problems as f64 / checks as f64 } else { 0.0 };
    let analysis = load.analysis;
    for (b, cells) in analysis.plan.matrix.iter().enumerate() {
        // Listed and not made yet: they will be in the month that is planned next.
        let owed: f64 = cells.iter().take(load.first_open).map(|c| f64::from(c.past_listed() - c.past_done)).sum();
        for (m, cell) in cells.iter().enumerate().skip(load.first_open) {
            let visits = cell.expected() + if m == load.first_open { owed } else { 0.0 };
            if cell.expected() > 0.0 {
                let cost = cell.need.map(|need| need / cell.expected());
                load.spread(kind, rule, (b, m), (visits * share, cost));
            }
        }
    }
    format!(
        "按待查次数和问题率 {}%（{} 次检查中 {} 次）推算",
        grouped(share * 100.0, 1),
        thousands(i128::from(checks)),
        thousands(i128::from(problems))
    )
}
