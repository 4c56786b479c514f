//! The ledger of visits: triggered checks, substitutes, and the meter of the yearly cap.
//!
//! Triggered checks always may take place; they open no window, use no slot and lower nothing, and count
//! towards the cap where the policy says so. A substitute takes the place of a selected unit found dead.

use std::collections::BTreeSet;

use super::model::{Exclusion, History, PlanInputs, Visit, VisitKind};
use super::state::{counted_visits, counts_towards_cap};
use crate::diagnostic::{AppError, AppResult};
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

    /// Visits above the cap (only mandatory, triggered and other departments' checks can bring them).
    #[must_use]
    pub fn over(&self) -> u32 {
        (self.counted + self.ahead).saturating_sub(self.cap)
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

/// Enters a triggered check and returns the enterprise's reading after it.
///
/// # Errors
/// `PLN-010` for a site that is not in the register, `PLN-011` for a month outside the year.
pub fn add_triggered(policy: &Policy, inputs: &mut PlanInputs, site: u32, month: u8) -> AppResult<CapReading> {
    let enterprise = enterprise_of(inputs, site)?;
    if month > 11 {
        return Err(AppError::new("PLN-011", format!("月份应为 1 至 12 月，实际为第 {} 月", u32::from(month) + 1)));
    }
    inputs.history.visits.push(Visit { site: Some(site), enterprise, month, kind: VisitKind::Triggered, done: false });
    let meter = compute_cap_meter(policy, inputs, month as usize);
    Ok(meter[enterprise as usize])
}

/// Puts a reserve in the place of a drawn unit found dead, in the same month.
///
/// # Errors
/// `PLN-010` for a site that is not in the register, `PLN-012` where the unit was not drawn in that month,
/// `PLN-013` where the reserve is dead or excluded itself or was drawn already, `PLN-014` where its
/// enterprise has no visit left under the cap.
pub fn substitute(policy: &Policy, inputs: &mut PlanInputs, dead: u32, reserve: u32, month: u8) -> AppResult<()> {
    enterprise_of(inputs, dead)?;
    let enterprise = enterprise_of(inputs, reserve)?;
    let drawn = |site: u32, history: &History| {
        history.visits.iter().position(|v| v.site == Some(site) && v.month == month && v.kind == VisitKind::Drawn)
    };
    let Some(place) = drawn(dead, &inputs.history) else {
        return Err(AppError::new("PLN-012", "该单位不在当月抽取结果中，不能替换"));
    };
    if inputs.sites.exclusion[reserve as usize] != Exclusion::None || drawn(reserve, &inputs.history).is_some() {
        return Err(AppError::new("PLN-013", "备选单位已关闭、已排除或已在当月抽取结果中，请取下一个备选"));
    }
    // The dead unit's visit no longer counts for its own enterprise.
    let removed = inputs.history.visits.remove(place);
    let left = compute_cap_meter(policy, inputs, month as usize)[enterprise as usize].left();
    if policy.cap.counts_drawn && left == 0 {
        inputs.history.visits.insert(place, removed);
        return Err(AppError::new("PLN-014", "备选单位所属企业已达年度检查频次上限，请取下一个备选"));
    }
    let visit = Visit { site: Some(reserve), enterprise, month, kind: VisitKind::Drawn, done: false };
    inputs.history.visits.insert(place, visit);
    Ok(())
}

fn enterprise_of(inputs: &PlanInputs, site: u32) -> AppResult<u32> {
    inputs
        .sites
        .enterprise
        .get(site as usize)
        .copied()
        .ok_or_else(|| AppError::new("PLN-010", "污染源不在名录中，请先更新名录"))
}
