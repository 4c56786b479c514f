//! Mandatory checks by month, in words: how many, of which kinds, how many of them backlog; why a month stands out;
//! and what the plan takes of the capacity.

use std::fmt::Write as _;

use crate::domain::PlanMonth;
use crate::plan::model::{MONTHS, Resource};
use crate::plan::{AnnualPlan, PlanInputs, VisitKind};
use crate::policy::Policy;
use crate::text::number::{grouped, thousands};
use crate::workspace::inputs::analysis::Analysis;

/// A month this much above the mean of all is told to stand out.
const STANDS_OUT: f64 = 1.1;

/// The mandatory checks of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MandatoryMonth {
    /// The month.
    pub month: PlanMonth,
    /// Checks.
    pub checks: u32,
    /// By kind, the most frequent first: name of the rule, checks.
    pub kinds: Vec<(String, u32)>,
    /// Of these, backlog: their term ended before the first month that is still planned.
    pub backlog: u32,
    /// Of these, later than they should be.
    pub late: u32,
}

impl MandatoryMonth {
    /// `1 月含必查 202 次（问题整改复查 107、首次申领质量检查 57），其中积压 190 次`; empty without any.
    #[must_use]
    pub fn sentence(&self) -> String {
        if self.checks == 0 {
            return String::new();
        }
        let kinds: Vec<String> =
            self.kinds.iter().map(|(name, n)| format!("{name} {}", thousands(i128::from(*n)))).collect();
        let mut text = format!(
            "{} 月含必查 {} 次（{}）",
            self.month.month(),
            thousands(i128::from(self.checks)),
            kinds.join("、")
        );
        if self.backlog > 0 {
            let _ = write!(text, "，其中积压 {} 次", thousands(i128::from(self.backlog)));
        }
        if self.late > 0 {
            let _ = write!(text, "，{} 次排在期限之后", thousands(i128::from(self.late)));
        }
        text
    }
}

/// The mandatory checks by month: those on the lists of months drawn, those planned of the others.
#[must_use]
pub fn compute_mandatory_months(policy: &Policy, inputs: &PlanInputs) -> Vec<MandatoryMonth> {
    let rules = policy.mandatory.len();
    let mut counts = vec![(vec![0_u32; rules], 0_u32, 0_u32); MONTHS];
    for visit in inputs.mandatory_in_effect() {
        let (kinds, backlog, late) = &mut counts[usize::from(visit.month)];
        if let Some(kind) = kinds.get_mut(usize::from(visit.rule)) {
            *kind += 1;
        }
        *backlog += u32::from(visit.overdue);
        *late += u32::from(visit.is_late());
    }
    for check in inputs.history.listed.iter().filter(|check| check.month < inputs.history.next) {
        if let VisitKind::Mandatory(rule) = check.kind
            && let Some(kind) = counts[usize::from(check.month)].0.get_mut(usize::from(rule))
        {
            *kind += 1;
        }
    }
    let month = |(m, (kinds, backlog, late)): (usize, (Vec<u32>, u32, u32))| {
        let checks = kinds.iter().sum();
        let mut kinds: Vec<(String, u32)> =
            policy.mandatory.iter().map(|rule| rule.name.clone()).zip(kinds).filter(|(_, n)| *n > 0).collect();
        kinds.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        MandatoryMonth { month: PlanMonth::nth_of(inputs.year, m), checks, kinds, backlog, late }
    };
    counts.into_iter().enumerate().map(month).collect()
}

/// What is said under the chart by month: the next month's mandatory checks, and the fullest month where it stands out.
#[must_use]
pub fn month_sentences(policy: &Policy, analysis: &Analysis) -> Vec<String> {
    let plan = &analysis.plan;
    let months = compute_mandatory_months(policy, &analysis.population.inputs);
    let totals: Vec<f64> = plan.city_cells().iter().map(crate::plan::PlanCell::expected).collect();
    let next = analysis.month.index_in(plan.year).unwrap_or(0);
    let mean = totals.iter().sum::<f64>() / MONTHS as f64;
    let fullest = (0..totals.len()).max_by(|a, b| totals[*a].total_cmp(&totals[*b]).then(b.cmp(a))).unwrap_or(0);
    let mut lines = Vec::new();
    if totals.get(fullest).is_some_and(|most| mean > 0.0 && *most >= mean * STANDS_OUT) {
        let more = (totals[fullest] / mean - 1.0) * 100.0;
        lines.push(format!(
            "{} 月检查最多，{} 次，比月均 {} 次多 {}%：抽查 {} 次、必查 {} 次",
            fullest + 1,
            grouped(totals[fullest], 0),
            grouped(mean, 0),
            grouped(more, 0),
            grouped(totals[fullest] - f64::from(months[fullest].checks), 0),
            thousands(i128::from(months[fullest].checks)),
        ));
    }
    let mut told = vec![next];
    if !lines.is_empty() && fullest != next {
        told.push(fullest);
    }
    told.sort_unstable();
    lines.extend(told.into_iter().map(|m| months[m].sentence()).filter(|line| !line.is_empty()));
    lines
}

/// What the plan, the reserve for triggered checks and other work take of the city's team-days in the year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapacityUse {
    /// Team-days of all bodies, the reserve included.
    pub all: f64,
    /// Needed by the plan.
    pub plan: f64,
    /// Kept for triggered checks.
    pub reserve: f64,
}

impl CapacityUse {
    /// `全市全年可用 23,000 组日：计划用 18%，预留触发式检查 20%，其余 62% 用于专项行动、信访和其他工作`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let part = |v: f64| (v / self.all * 100.0).round();
        let (plan, reserve) = (part(self.plan), part(self.reserve));
        let rest = 100.0 - plan - reserve;
        let left = if rest >= 0.0 {
            format!("其余 {}% 可用于专项行动、信访和其他工作", grouped(rest, 0))
        } else {
            format!("超出 {}%", grouped(-rest, 0))
        };
        format!(
            "全市全年 {} 组日：计划用 {}%，预留触发式检查 {}%，{left}",
            grouped(self.all, 0),
            grouped(plan, 0),
            grouped(reserve, 0)
        )
    }
}

/// The city's use of team-days; `None` where some body's are not limited.
#[must_use]
pub fn compute_capacity_use(policy: &Policy, plan: &AnnualPlan) -> Option<CapacityUse> {
    let team = Resource::TeamDays.index();
    let cells = plan.city_cells();
    let have: f64 = cells.iter().map(|cell| cell.have[team]).sum::<Option<f64>>()?;
    let keep = 1.0 - policy.capacity.triggered_reserve.to_f64();
    if have <= 0.0 || keep <= 0.0 {
        return None;
    }
    let all = have / keep;
    Some(CapacityUse { all, plan: cells.iter().map(|cell| cell.need[team]).sum(), reserve: all - have })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_tells_its_kinds_and_its_backlog() {
        let month = PlanMonth::nth_of(2027, 0);
        let mut of = MandatoryMonth {
            month,
            checks: 1_202,
            kinds: vec![("问题整改复查".to_owned(), 1_100), ("首次申领质量检查".to_owned(), 102)],
            backlog: 1_150,
            late: 0,
        };
        assert_eq!(of.sentence(), "1 月含必查 1,202 次（问题整改复查 1,100、首次申领质量检查 102），其中积压 1,150 次");
        of.late = 3;
        assert!(of.sentence().ends_with("，3 次排在期限之后"));
        of.checks = 0;
        assert_eq!(of.sentence(), "");
    }

    #[test]
    fn capacity_says_what_is_left() {
        let of = CapacityUse { all: 10_000.0, plan: 1_800.0, reserve: 2_000.0 };
        assert_eq!(
            of.sentence(),
            "全市全年 10,000 组日：计划用 18%，预留触发式检查 20%，其余 62% 可用于专项行动、信访和其他工作"
        );
        let over = CapacityUse { plan: 9_000.0, ..of };
        assert!(over.sentence().ends_with("超出 10%"));
    }
}
