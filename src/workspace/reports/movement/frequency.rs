//! Why frequencies changed since a month was sealed, site by site: new records, a new credit grade, time gone by, or
//! data that was imported anew.

use std::collections::HashSet;

use chrono::NaiveDate;
use polars::prelude::DataFrame;

use super::{LEAST, MovementCause, MovementKind, signed, tenths};
use crate::diagnostic::AppResult;
use crate::registry::Registry;
use crate::registry::columns::{Column, Day, Text};
use crate::registry::schema::{complaints, credit, monitoring, past_checks, sources, violations};
use crate::risk::columns as scored;
use crate::risk::{RiskFeatures, RiskTable, score_risk};
use crate::workspace::inputs::analysis::{Analysis, risk_inputs, with_results};
use crate::workspace::store::project::Project;

/// What became known of sites between two days, and what their risk was at the first.
pub(super) struct Since {
    /// Sites with a penalty, complaint, exceedance or check of these days.
    records: HashSet<u32>,
    /// Sites whose enterprise was graded in these days.
    graded: HashSet<u32>,
    /// The risk at the first day, by what is known today.
    then: Option<RiskTable>,
}

impl Since {
    /// What became known after `then` up to `now`.
    pub fn compute(
        project: &Project,
        registry: &Registry,
        analysis: &Analysis,
        (then, now): (NaiveDate, NaiveDate),
    ) -> AppResult<Self> {
        let enterprises = sources::ENTERPRISE.of(&registry.sources)?;
        let index = &analysis.population.index;
        let mut units: HashSet<u32> = HashSet::new();
        let mut owners: HashSet<String> = HashSet::new();
        let mut enter = |frame: &DataFrame, unit: Option<Column<Text>>, owner: Column<Text>, day: Column<Day>| {
            let (unit, owner) = (unit.map(|unit| unit.of(frame)).transpose()?, owner.of(frame)?);
            for (row, day) in day.of(frame)?.into_iter().enumerate() {
                if day.is_some_and(|day| then < day && day <= now) {
                    let site = unit.as_ref().and_then(|unit| unit.get(row)).and_then(|unit| index.row(unit));
                    units.extend(site);
                    owners.extend(owner.get(row).filter(|_| site.is_none()).map(str::to_owned));
                }
            }
            AppResult::Ok(())
        };
        enter(&registry.violations, Some(violations::UNIT_ID), violations::ENTERPRISE, violations::DATE)?;
        enter(&registry.complaints, Some(complaints::UNIT_ID), complaints::ENTERPRISE, complaints::DATE)?;
        enter(&registry.monitoring, Some(monitoring::UNIT_ID), monitoring::ENTERPRISE, monitoring::DATE)?;
        enter(&registry.past_checks, Some(past_checks::UNIT_ID), past_checks::ENTERPRISE, past_checks::DATE)?;
        for result in analysis.results.iter().filter(|r| then <= r.inspected_on && r.inspected_on < now) {
            units.extend(index.row(result.unit_id.as_str()));
        }
        let mut graded = HashSet::new();
        let (owner, day) = (credit::ENTERPRISE.of(&registry.credit)?, credit::DATE.of(&registry.credit)?);
        for (owner, day) in owner.iter().zip(&day) {
            if day.is_some_and(|day| then < day && day <= now) {
                graded.extend(owner);
            }
        }
        let of = |named: &dyn Fn(&str) -> bool| -> HashSet<u32> {
            let rows = enterprises.iter().enumerate();
            rows.filter(|(_, e)| e.is_some_and(named)).map(|(row, _)| row as u32).collect()
        };
        units.extend(of(&|e| owners.contains(e)));
        let graded = of(&|e| graded.contains(e));
        let checks = with_results(&registry.past_checks, &analysis.results, project, then)?;
        let features = RiskFeatures::compute(&risk_inputs(registry, &checks), &project.policy, then)?;
        Ok(Self { records: units, graded, then: Some(score_risk(&features, &project.policy)?) })
    }

    /// What changed a site's frequency; `aged` tells whether its risk is another than it was.
    fn kind_of(&self, site: u32, aged: bool) -> MovementKind {
        if self.records.contains(&site) {
            MovementKind::Records
        } else if self.graded.contains(&site) {
            MovementKind::Grade
        } else if aged {
            MovementKind::Decay
        } else {
            MovementKind::Data
        }
    }

    /// Sites whose tier, category, aggravators or 特殊 are other than they were at the first day.
    fn aged(&self, now: &RiskTable) -> AppResult<Vec<bool>> {
        let Some(then) = &self.then else { return Ok(Vec::new()) };
        let (a, b) = (&then.frame, &now.frame);
        let mut aged = vec![false; b.height()];
        let tiers = (scored::TIER.of(a)?, scored::TIER.of(b)?);
        let bits = (scored::AGGRAVATED.of(a)?, scored::AGGRAVATED.of(b)?);
        let special = (scored::SPECIAL.of(a)?, scored::SPECIAL.of(b)?);
        let strata = (scored::STRATUM.of(a)?, scored::STRATUM.of(b)?);
        for (site, aged) in aged.iter_mut().enumerate().take(a.height()) {
            *aged = tiers.0[site] != tiers.1[site]
                || bits.0[site] != bits.1[site]
                || special.0[site] != special.1[site]
                || strata.0.get(site) != strata.1.get(site);
        }
        Ok(aged)
    }

    /// The causes of sites' changes: (site, visits).
    pub fn causes(&self, now: &RiskTable, changes: &[(u32, f64)]) -> AppResult<Vec<MovementCause>> {
        const KINDS: [(MovementKind, &str); 4] = [
            (MovementKind::Records, "新增的处罚、投诉、监测异常和检查记录"),
            (MovementKind::Grade, "信用等级变化"),
            (MovementKind::Decay, "随时间变化（分值衰减、期限届满）"),
            (MovementKind::Data, "导入资料更新，以及最低频次分摊、企业上限和力量折减随之变化"),
        ];
        let aged = self.aged(now)?;
        let mut sums = [((0, 0.0), (0, 0.0)); KINDS.len()];
        for (site, visits) in changes {
            let kind = self.kind_of(*site, aged.get(*site as usize).copied().unwrap_or(false));
            let Some(at) = KINDS.iter().position(|(of, _)| *of == kind) else { continue };
            let sum = if *visits < 0.0 { &mut sums[at].1 } else { &mut sums[at].0 };
            sum.0 += usize::from(visits.abs() >= LEAST);
            sum.1 += visits;
        }
        let causes = KINDS.into_iter().zip(sums).map(|((kind, words), ((raised, more), (lowered, less)))| {
            // printed numbers add up: the smaller side takes what rounding leaves
            let all = tenths(more + less);
            let more_shown = if less == 0.0 { all } else { tenths(more) };
            let mut parts = Vec::new();
            for (sites, way, visits) in [(raised, "提高", more_shown), (lowered, "降低", all - more_shown)] {
                if sites > 0 && tenths(visits).abs() > 0.0 {
                    parts.push(format!("{sites} 家{way} {} 次", signed(visits)));
                }
            }
            let sum = if parts.len() == 1 { String::new() } else { format!("，合计 {} 次", signed(all)) };
            MovementCause {
                kind,
                visits: more + less,
                shown: all,
                sites: raised + lowered,
                sentence: format!("{words}使频次变化：{}{sum}", parts.join("，")),
            }
        });
        Ok(causes.collect())
    }
}
