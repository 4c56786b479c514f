//! The ledger of visits: triggered checks, substitutes, and the meter of the yearly cap.
//!
//! Triggered checks may take place although the cap is used up, which is then said; they open no window, use no slot
//! and lower nothing, and count towards the cap where the policy says so. A unit that is known to be dead is not
//! inspected without grounds. A substitute takes the place of a selected unit found dead, within the cap.

use std::collections::BTreeSet;

use super::model::{PlanInputs, Visit, VisitKind};
use super::reason::{Exclusion, TargetReason};
use super::state::{counted_visits, counts_towards_cap};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::policy::Policy;

/// An enterprise on the meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CapReading {
    /// Enterprise.
    pub enterprise: u32,
    /// Visits counted so far.
    pub counted: u32,
    /// Counting mandatory checks still ahead.
    pub ahead: u32,
    /// The cap.
    pub cap: u32,
}

impl CapReading {
    /// Visits left for the draw.
    #[must_use]
    pub fn left(&self) -> u32 {
        self.cap.saturating_sub(self.counted + self.ahead)
    }
}

/// The meter of all enterprises, from `month` (0 to 11) on; index = enterprise.
#[must_use]
pub fn compute_cap_meter(policy: &Policy, inputs: &PlanInputs, month: usize) -> Vec<CapReading> {
    let counted = counted_visits(policy, inputs.sites.enterprises(), &inputs.history.visits);
    let mut meter: Vec<CapReading> = counted
        .into_iter()
        .enumerate()
        .map(|(e, counted)| CapReading { enterprise: e as u32, counted, ahead: 0, cap: policy.cap.visits })
        .collect();
    let made: BTreeSet<(Option<u32>, u8)> = inputs
        .history
        .visits
        .iter()
        .filter(|v| matches!(v.kind, VisitKind::Mandatory(_)))
        .map(|v| (v.site, v.month))
        .collect();
    for v in inputs.mandatory_in_effect() {
        let made = made.contains(&(Some(v.site), v.month));
        let counts = counts_towards_cap(&policy.cap, VisitKind::Mandatory(v.rule));
        if v.month as usize >= month && counts && !made {
            meter[inputs.sites.enterprise[v.site as usize] as usize].ahead += 1;
        }
    }
    meter
}

/// What a triggered check does to its enterprise's yearly cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TriggeredReading {
    /// The enterprise before the check.
    pub before: CapReading,
    /// Whether the policy counts triggered checks towards the cap.
    pub counts: bool,
}

impl TriggeredReading {
    /// Visits of the year with this one: those that count towards the cap, and the check itself.
    #[must_use]
    pub fn visits(&self) -> u32 {
        self.before.counted + self.before.ahead + 1
    }

    /// True where the enterprise had no visit left before it: it takes place all the same, and must be said.
    #[must_use]
    pub fn is_past_cap(&self) -> bool {
        self.before.left() == 0
    }
}

/// What the days after a draw ask of a month's history: may a reserve come in, does a triggered check pass the cap.
#[derive(Debug, Clone)]
pub struct Ledger<'a> {
    policy: &'a Policy,
    inputs: &'a PlanInputs,
    meter: Vec<CapReading>,
    month: u8,
}

impl<'a> Ledger<'a> {
    /// The ledger from `month` (0 to 11) on.
    #[must_use]
    pub fn of_month(policy: &'a Policy, inputs: &'a PlanInputs, month: u8) -> Self {
        Self { policy, inputs, meter: compute_cap_meter(policy, inputs, month as usize), month }
    }

    /// What a triggered check of a site does to the cap. A site that is known to be closed, moved or merged is
    /// refused, unless `although_dead` says that there are grounds to go there all the same (to see whether it
    /// works on, say).
    ///
    /// # Errors
    /// `PLN-010` for a site that is not in the register, `PLN-015` for a dead one.
    pub fn triggered(&self, site: u32, although_dead: bool) -> AppResult<TriggeredReading> {
        let enterprise = self.enterprise_of(site)?;
        let exclusion = self.inputs.sites.exclusion[site as usize];
        if exclusion.is_dead() && !although_dead {
            let state = TargetReason::Excluded(exclusion).label(self.policy);
            return Err(Finding::error("PLN-015", format!("该单位{state}，触发式检查没有对象"))
                .hint("确需前往（如举报其仍在生产）的，请另写明仍须检查的依据（命令行用 --although-closed）")
                .into());
        }
        Ok(TriggeredReading {
            before: self.meter[enterprise as usize],
            counts: counts_towards_cap(&self.policy.cap, VisitKind::Triggered),
        })
    }

    /// Takes a unit found dead off the month's list: its visit no longer counts for its enterprise.
    ///
    /// # Errors
    /// `PLN-010` for a site that is not in the register, `PLN-012` where it is not on the month's list.
    pub fn withdraw(&mut self, dead: u32) -> AppResult<()> {
        let enterprise = self.enterprise_of(dead)?;
        let visit = self.visits_of(dead).find(|v| v.kind != VisitKind::Triggered);
        let kind = visit.ok_or_else(|| AppError::new("PLN-012", "该单位不在当月抽取结果中，不能替换"))?.kind;
        if counts_towards_cap(&self.policy.cap, kind) {
            let reading = &mut self.meter[enterprise as usize];
            reading.counted = reading.counted.saturating_sub(1);
        }
        Ok(())
    }

    /// Whether a reserve may come onto the month's list.
    ///
    /// # Errors
    /// `PLN-010` for a site that is not in the register, `PLN-013` where it is dead, excluded or on the list already,
    /// `PLN-014` where its enterprise has no visit left under the cap.
    pub fn check_reserve(&self, reserve: u32) -> AppResult<()> {
        let enterprise = self.enterprise_of(reserve)?;
        let excluded = self.inputs.sites.exclusion[reserve as usize] != Exclusion::None;
        if excluded || self.visits_of(reserve).next().is_some() {
            return Err(AppError::new("PLN-013", "备选单位已关闭、已排除或已在当月抽取结果中，请取下一个备选"));
        }
        if self.policy.cap.counts_drawn && self.meter[enterprise as usize].left() == 0 {
            return Err(AppError::new("PLN-014", "备选单位所属企业已达年度检查频次上限，请取下一个备选"));
        }
        Ok(())
    }

    /// Our own visits of a site in the month.
    fn visits_of(&self, site: u32) -> impl Iterator<Item = &Visit> {
        let own = |v: &&Visit| !matches!(v.kind, VisitKind::OtherDepartment { .. });
        self.inputs.history.visits.iter().filter(move |v| v.site == Some(site) && v.month == self.month).filter(own)
    }

    fn enterprise_of(&self, site: u32) -> AppResult<u32> {
        self.inputs
            .sites
            .enterprise
            .get(site as usize)
            .copied()
            .ok_or_else(|| AppError::new("PLN-010", "污染源不在名录中，请先更新名录"))
    }
}
