//! Everything that a plan is computed from, checked.

use std::sync::Arc;

use super::{
    Body, ByMonth, Capacity, History, MONTHS, MandatoryVisit, PlanEdits, PlanSites, Visit, VisitKind, Waivable,
};
use crate::diagnostic::{AppError, AppResult};
use crate::domain::BodyId;
use crate::policy::Policy;

/// Everything that the plan of a year is computed from, beside the policy.
#[derive(Debug, Clone)]
pub struct PlanInputs {
    /// Calendar year.
    pub year: i32,
    /// Sites in unit order.
    pub sites: Arc<PlanSites>,
    /// Bodies in the order of the policy.
    pub bodies: Vec<Body>,
    /// What they have.
    pub capacity: Capacity,
    /// Working days of each month.
    pub working_days: ByMonth<u32>,
    /// Factor of each of `Policy::periods` on each month (see
    /// [`crate::plan::shares::compute_period_factors`]).
    pub period_factors: Vec<ByMonth<f64>>,
    /// What has happened.
    pub history: History,
    /// Checks that must take place, sorted by (site, month).
    pub mandatory: Vec<MandatoryVisit>,
    /// Those of them that a drawn check may make needless, sorted by (site, month).
    pub waivable: Vec<Waivable>,
    /// The planner's own changes.
    pub edits: PlanEdits,
}

impl PlanInputs {
    /// Checks lengths and ranges, so that the rest of the room may index.
    ///
    /// # Errors
    /// `PLN-001` for columns of different length, `PLN-002` for an index out of range, `PLN-003` for
    /// a mandatory check, visit or target that points nowhere, `PLN-004` for a policy without tiers or
    /// categories, `PLN-005` for a number that is negative or not finite.
    pub fn check(&self, policy: &Policy) -> AppResult<()> {
        let s = &*self.sites;
        let n = s.len();
        let optional = |len: usize| len == 0 || len == n;
        if [s.category.len(), s.district.len(), s.tier.len(), s.special.len(), s.aggravated.len()]
            .iter()
            .any(|l| *l != n)
            || s.enterprise.len() != n
            || s.exclusion.len() != n
            || !optional(s.skill.len())
            || !optional(s.off_site.len())
            || !optional(s.periods.len())
            || !optional(self.history.last_visit.len())
        {
            return Err(AppError::new("PLN-001", "计划数据各列长度不一致，请重新导入名录后再编制计划"));
        }
        if policy.tiers.is_empty() || policy.categories.is_empty() {
            return Err(AppError::new("PLN-004", "规则文件没有风险等级或监管类别，无法编制计划"));
        }
        let out = |what: &str, i: usize| {
            Err(AppError::new("PLN-002", format!("第 {} 个污染源的{what}超出规则或名录的范围", i + 1)))
        };
        let (bodies, categories, tiers) = (self.bodies.len(), policy.categories.len(), policy.tiers.len());
        for i in 0..n {
            if s.body[i] as usize >= bodies {
                return out("执法主体", i);
            }
            if s.category[i] as usize >= categories {
                return out("监管类别", i);
            }
            if s.tier[i] as usize >= tiers {
                return out("风险等级", i);
            }
            if s.enterprise[i] as usize >= n {
                return out("企业编号", i);
            }
        }
        if let Some(i) = s.skill.iter().position(|k| *k as usize > policy.skills.len()) {
            return out("所需资质", i);
        }
        if self.capacity.limits.len() != bodies || self.period_factors.len() != policy.periods.len() {
            return Err(AppError::new("PLN-001", "力量配置或特殊时段与执法主体、规则文件的条数不一致"));
        }
        let bad = |v: f64| !v.is_finite() || v < 0.0;
        if self.capacity.limits.iter().flatten().flatten().flatten().any(|v| bad(*v))
            || self.period_factors.iter().flatten().any(|v| bad(*v))
            || self.edits.quotas.iter().any(|e| bad(e.visits))
            || self.edits.loans.iter().any(|e| bad(e.amount))
            || self.edits.moves.iter().any(|e| bad(e.share) || e.share > 1.0)
        {
            return Err(AppError::new("PLN-005", "力量、时段系数或人工调整中有负数或无效数字，请改正后重新编制"));
        }
        let mandatory = |m: &MandatoryVisit| {
            (m.site as usize) < n && (m.month as usize) < MONTHS && (m.rule as usize) < policy.mandatory.len()
        };
        let enterprises = s.enterprises();
        let visit = |v: &Visit| {
            v.site.is_none_or(|i| (i as usize) < n)
                && (v.month as usize) < MONTHS
                && (v.enterprise as usize) < enterprises
        };
        if !self.mandatory.iter().all(mandatory)
            || !self.mandatory.windows(2).all(|w| (w[0].site, w[0].month) < (w[1].site, w[1].month))
            || !self.history.visits.iter().all(visit)
            || !self.history.listed.iter().all(|v| {
                (v.body as usize) < bodies && (v.category as usize) < categories && (v.month as usize) < MONTHS
            })
            || !self.history.past_targets.iter().all(|t| t.own_ppb.len() == n && (t.month as usize) < MONTHS)
        {
            return Err(AppError::new(
                "PLN-003",
                "必查项目、已查记录或往月目标与名录不符（未排序、重复或指向不存在的污染源）",
            ));
        }
        Ok(())
    }

    /// Index of a body by its id.
    #[must_use]
    pub fn body_index(&self, id: &BodyId) -> Option<usize> {
        self.bodies.iter().position(|b| b.id == *id)
    }

    /// Bodies with the planner's loans and trainings applied.
    #[must_use]
    pub fn bodies_in_effect(&self, policy: &Policy) -> Vec<Body> {
        let mut bodies = self.bodies.clone();
        for loan in &self.edits.people {
            let skill = loan.skill.as_ref().and_then(|id| policy.skills.iter().position(|s| s.id == *id));
            let ends =
                [(loan.from.as_ref().and_then(|f| self.body_index(f)), false), (self.body_index(&loan.to), true)];
            for (body, gets) in ends {
                let Some(body) = body else { continue };
                let change = |v: &mut u32| {
                    *v = if gets { v.saturating_add(loan.inspectors) } else { v.saturating_sub(loan.inspectors) };
                };
                if !loan.trained {
                    change(&mut bodies[body].inspectors);
                }
                if let Some(skill) = skill {
                    bodies[body].skills.resize(policy.skills.len(), 0);
                    change(&mut bodies[body].skills[skill]);
                }
            }
        }
        bodies
    }

    /// Capacity with the planner's loans applied; never below 0.
    #[must_use]
    pub fn capacity_in_effect(&self) -> Capacity {
        let mut capacity = self.capacity.clone();
        for loan in &self.edits.loans {
            let Some(month) = loan.month.index_in(self.year) else { continue };
            let ends = [(loan.from.as_ref().and_then(|f| self.body_index(f)), -1.0), (self.body_index(&loan.to), 1.0)];
            for (body, sign) in ends {
                if let Some(limit) = body.and_then(|b| capacity.limits[b][loan.resource.index()][month].as_mut()) {
                    *limit = (*limit + sign * loan.amount).max(0.0);
                }
            }
        }
        capacity
    }

    /// The year's mandatory checks, sorted by (site, month, rule): those on the lists of months past, and those
    /// still to come. What a check takes of capacity and cap it takes whether or not it was made.
    #[must_use]
    pub fn mandatory_of_year(&self) -> Vec<MandatoryVisit> {
        let mut visits = self.mandatory_in_effect();
        visits.extend(self.history.visits.iter().filter(|v| v.month < self.history.next).filter_map(
            |v| match v.kind {
                VisitKind::Mandatory(rule) => {
                    Some(MandatoryVisit { site: v.site?, month: v.month, rule, overdue: false, by: v.month })
                }
                _ => None,
            },
        ));
        visits.sort_unstable();
        visits.dedup_by_key(|v| (v.site, v.month));
        visits
    }

    /// Mandatory checks with the planner's moves applied, sorted by (site, month, rule).
    #[must_use]
    pub fn mandatory_in_effect(&self) -> Vec<MandatoryVisit> {
        self.mandatory_with_dates().into_iter().map(|(visit, _)| visit).collect()
    }

    /// Mandatory checks with the planner's moves applied, each with the month that it had by the rules, sorted by
    /// (site, month, rule).
    #[must_use]
    pub fn mandatory_with_dates(&self) -> Vec<(MandatoryVisit, u8)> {
        let mut visits: Vec<(MandatoryVisit, u8)> = self.mandatory.iter().map(|v| (*v, v.month)).collect();
        for m in &self.edits.mandatory_moves {
            let (Some(body), Some(from), Some(to)) =
                (self.body_index(&m.body), m.from.index_in(self.year), m.to.index_in(self.year))
            else {
                continue;
            };
            let mut left = m.checks;
            for i in 0..visits.len() {
                let v = visits[i].0;
                if left == 0 {
                    break;
                }
                let taken = || visits.iter().any(|(o, _)| o.site == v.site && o.month as usize == to);
                if v.month as usize == from && self.sites.body[v.site as usize] as usize == body && !taken() {
                    visits[i].0.month = to as u8;
                    left -= 1;
                }
            }
        }
        visits.sort_unstable();
        visits
    }
}
