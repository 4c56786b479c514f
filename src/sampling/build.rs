//! From the month's targets to the rows of a frame.
//!
//! Per stratum: excluded units get 0 with their reason; mandatory units are certainties with theirs; the
//! others share the stratum's quota in proportion to their targets (rules: π = p·n/F), capped and rounded as
//! [`super::inclusion`] says, with ranks calibrated where the stratum is small. Certainties are drawn on top
//! of the quota.
//! Invariants: every unit given comes out as one row; the order of the input changes nothing.

use rayon::prelude::*;

use super::calibrate::compute_calibrated_ranks;
use super::frame::{FrameRow, SamplingFrame, is_reason};
use super::inclusion::{compute_inclusion_of_quota, compute_inclusion_with_certainties, compute_ppb};
use super::method::Method;
use super::probability::{from_ppb, is_realised, spread};
use super::realised::compute_realised;
use super::secret::FrameKey;
use crate::diagnostic::{AppError, AppResult};
use crate::domain::{PPB, StratumId, UnitId};

/// Reason of a unit whose own target makes it a certainty.
pub const REASON_CERTAIN: &str = "certain";
/// Reason of a unit whose stratum draws nobody this month.
pub const REASON_NO_QUOTA: &str = "no_quota";

/// What a unit goes into the month with.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A free unit with its month's target p > 0, at most 0.999. (By `pareto-pps/1` any positive scale would do.)
    Weight(f64),
    /// Drawn for certain, with a reason (`mandatory_renewal`, `recheck`, …; may be empty).
    Certain(String),
    /// Not drawn, with a reason (`closed`, `window`, `cap`, …; never empty).
    Excluded(String),
}

/// A stratum's units and its quota.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumTargets {
    /// The stratum.
    pub id: StratumId,
    /// Units to draw among the free ones; certainties come on top.
    pub quota: usize,
    /// Every unit of the stratum, in any order.
    pub units: Vec<(UnitId, Target)>,
}

/// How a stratum came out.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumReport {
    /// The stratum.
    pub id: StratumId,
    /// Units with a probability above 0.
    pub size: usize,
    /// Units to draw, certainties included.
    pub draw: usize,
    /// Free units raised to certainty by their own target, in order of ids.
    pub raised: Vec<UnitId>,
    /// Σπ(1−π) of the units still free.
    pub spread: f64,
    /// Rounds of calibration; 0 where the ranks are the probabilities.
    pub rounds: u32,
    /// Largest relative deviation left by the calibration; 0 without one.
    pub deviation: f64,
}

/// A frame's rows before they are salted: all that follows from the targets alone.
#[derive(Debug, Clone, PartialEq)]
pub struct UnsaltedFrame {
    /// Every unit's row, its salt all zero, stratum by stratum.
    pub rows: Vec<FrameRow>,
    /// Strata in the order given.
    pub strata: Vec<StratumReport>,
}

/// A frame with a report on each stratum.
#[derive(Debug, Clone, PartialEq)]
pub struct BuiltFrame {
    /// The frame.
    pub frame: SamplingFrame,
    /// Strata in the order given.
    pub strata: Vec<StratumReport>,
}

/// Builds a month's frame: the rows of [`compute_unsalted_frame`], salted with the key.
///
/// # Errors
/// `SMP-001` a unit that stands twice; those of [`compute_unsalted_frame`].
pub fn compute_frame(method: Method, strata: Vec<StratumTargets>, key: &FrameKey) -> AppResult<BuiltFrame> {
    let UnsaltedFrame { mut rows, strata } = compute_unsalted_frame(method, strata)?;
    rows.par_iter_mut().for_each(|row| row.salt = key.salt(row.unit_id.as_str()));
    Ok(BuiltFrame { frame: SamplingFrame::from_rows(rows)?, strata })
}

/// Makes the rows of a month's frame, all but their salts.
///
/// # Errors
/// `SMP-020` a stratum that stands twice; `SMP-021` a quota above the number of free units; `SMP-022` a target that is
/// no positive number; `SMP-023` an exclusion without a valid reason; `SMP-024` a target so small that its probability
/// rounds to 0; `SMP-025` ranks that can't be calibrated.
pub fn compute_unsalted_frame(method: Method, strata: Vec<StratumTargets>) -> AppResult<UnsaltedFrame> {
    let mut names: Vec<&StratumId> = strata.iter().map(|s| &s.id).collect();
    names.sort_unstable();
    if let Some([twice, ..]) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(AppError::new("SMP-020", format!("层 {twice} 给了两次")));
    }
    let built: Vec<AppResult<(Vec<FrameRow>, StratumReport)>> =
        strata.into_par_iter().map(|stratum| build_stratum(method, stratum)).collect();
    let (mut rows, mut reports) = (Vec::new(), Vec::new());
    for stratum in built {
        let (stratum_rows, report) = stratum?;
        rows.extend(stratum_rows);
        reports.push(report);
    }
    Ok(UnsaltedFrame { rows, strata: reports })
}

fn build_stratum(method: Method, stratum: StratumTargets) -> AppResult<(Vec<FrameRow>, StratumReport)> {
    let StratumTargets { id, quota, mut units } = stratum;
    units.sort_by(|a, b| a.0.cmp(&b.0));
    let mut free: Vec<(UnitId, f64)> = Vec::new();
    let mut rows: Vec<FrameRow> = Vec::with_capacity(units.len());
    let row = |unit_id: UnitId, pi_ppb: u64, rank_ppb: u64, reason: String| FrameRow {
        unit_id,
        stratum: id.clone(),
        pi_ppb,
        rank_ppb,
        reason,
        salt: [0; 16],
    };
    let mut mandatory = 0;
    for (unit, target) in units {
        match target {
            Target::Weight(weight) => {
                if !(weight.is_finite() && weight > 0.0) {
                    return Err(AppError::new("SMP-022", format!("层 {id} 中单元 {unit} 的月度目标不是正数")).with(
                        |f| f.value(weight.to_string()).expected("大于 0 的数；不参加抽取的单元应注明原因排除"),
                    ));
                }
                free.push((unit, weight));
            }
            Target::Certain(reason) => {
                check_reason(&id, &unit, &reason, true)?;
                mandatory += 1;
                rows.push(row(unit, PPB, PPB, reason));
            }
            Target::Excluded(reason) => {
                check_reason(&id, &unit, &reason, false)?;
                rows.push(row(unit, 0, 0, reason));
            }
        }
    }
    if quota > free.len() {
        return Err(AppError::new("SMP-021", format!("层 {id} 的名额多于可抽的单元")).with(|f| {
            f.value(format!("{quota} 个名额，{} 个单元", free.len())).hint("请减少该层名额，或检查排除原因")
        }));
    }
    let mut report = StratumReport {
        size: mandatory,
        draw: mandatory + quota,
        raised: Vec::new(),
        spread: 0.0,
        rounds: 0,
        deviation: 0.0,
        id: id.clone(),
    };
    if quota == 0 {
        rows.extend(free.into_iter().map(|(unit, _)| row(unit, 0, 0, REASON_NO_QUOTA.to_owned())));
        return Ok((rows, report));
    }
    report.size += free.len();
    let weights: Vec<f64> = free.iter().map(|(_, weight)| *weight).collect();
    let ids: Vec<&UnitId> = free.iter().map(|(unit, _)| unit).collect();
    let pis = match method {
        Method::V1 => compute_inclusion_with_certainties(&weights, quota),
        Method::V2 => compute_inclusion_of_quota(&weights, quota),
    };
    let ppb = compute_ppb(&pis, quota, &ids);
    if let Some(i) = ppb.iter().position(|p| *p == 0) {
        return Err(AppError::new("SMP-024", format!("层 {id} 中单元 {} 的入选概率不足十亿分之一", ids[i]))
            .with(|f| f.value(weights[i].to_string()).hint("请检查月度目标，或注明原因排除该单元")));
    }
    let ranks = compute_rank_ppb(method, &ppb, quota, &id, &mut report)?;
    for (((unit, _), pi), rank) in free.into_iter().zip(ppb).zip(ranks) {
        let reason = if pi == PPB {
            report.raised.push(unit.clone());
            REASON_CERTAIN.to_owned()
        } else {
            String::new()
        };
        rows.push(row(unit, pi, rank, reason));
    }
    Ok((rows, report))
}

fn check_reason(stratum: &StratumId, unit: &UnitId, reason: &str, may_be_empty: bool) -> AppResult<()> {
    if is_reason(reason) && (may_be_empty || !reason.is_empty()) {
        return Ok(());
    }
    Err(AppError::new("SMP-023", format!("层 {stratum} 中单元 {unit} 的原因不对"))
        .with(|f| f.value(reason).expected("1 到 24 位小写字母或下划线，如 closed")))
}

/// The ranks of a stratum's non-mandatory units, given their probabilities.
fn compute_rank_ppb(
    method: Method,
    ppb: &[u64],
    quota: usize,
    id: &StratumId,
    report: &mut StratumReport,
) -> AppResult<Vec<u64>> {
    let free: Vec<usize> = (0..ppb.len()).filter(|i| ppb[*i] < PPB).collect();
    let pis: Vec<f64> = free.iter().map(|i| from_ppb(ppb[*i] as u32)).collect();
    let draws = quota - (ppb.len() - free.len()).min(quota);
    report.spread = spread(&pis);
    let mut ranks = ppb.to_vec();
    if free.is_empty() || report.spread >= method.calibrate_below() {
        return Ok(ranks);
    }
    let found = compute_calibrated_ranks(method, &pis, draws);
    (report.rounds, report.deviation) = (found.rounds, found.deviation);
    for (i, rank) in free.iter().zip(&found.ranks) {
        ranks[*i] = ((rank * 1e9).round_ties_even() as u64).clamp(1, PPB - 1);
    }
    if !found.is_close() {
        let rounded: Vec<f64> = free.iter().map(|i| from_ppb(ranks[*i] as u32)).collect();
        let realised = compute_realised(method, &rounded, draws);
        if let Some(worst) = realised.iter().zip(&pis).position(|(got, p)| !is_realised(*got, *p)) {
            return Err(AppError::new("SMP-025", format!("层 {id} 的入选概率过于悬殊，排序参数无法校准")).with(|f| {
                f.value(format!("应为 {:.9}，只能做到 {:.9}", pis[worst], realised[worst]))
                    .expected("偏差不超过十万分之一")
                    .hint("请把该层并入同一执法主体的其他层，或把目标接近 1 的单元列为必查")
            }));
        }
    }
    Ok(ranks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(i: usize) -> UnitId {
        UnitId::new(format!("U{i:03}")).unwrap()
    }

    fn targets(quota: usize, weights: &[f64]) -> StratumTargets {
        let units = weights.iter().enumerate().map(|(i, w)| (unit(i), Target::Weight(*w))).collect();
        StratumTargets { id: StratumId::new("310115/key").unwrap(), quota, units }
    }

    fn key() -> FrameKey {
        FrameKey::from_bytes([9; 32])
    }

    #[test]
    fn excluded_mandatory_raised_and_free_units_each_get_their_row() {
        let mut stratum = targets(2, &[1.0, 1.0, 1.0, 90.0]);
        stratum.units.push((unit(10), Target::Excluded("closed".into())));
        stratum.units.push((unit(11), Target::Certain("recheck".into())));
        let built = compute_frame(Method::LATEST, vec![stratum], &key()).unwrap();
        let rows: Vec<(u32, &str)> = built.frame.rows().map(|r| (r.pi_ppb, r.reason)).collect();
        assert_eq!(
            rows,
            [
                (333_333_334, ""),
                (333_333_333, ""),
                (333_333_333, ""),
                (1_000_000_000, "certain"),
                (0, "closed"),
                (1_000_000_000, "recheck")
            ]
        );
        let report = &built.strata[0];
        assert_eq!((report.size, report.draw, report.raised.as_slice()), (5, 3, [unit(3)].as_slice()));
        assert_eq!(built.frame.seal_strata().unwrap()[0].draw, 3);
    }

    #[test]
    fn a_stratum_without_quota_leaves_its_reason() {
        let built = compute_frame(Method::LATEST, vec![targets(0, &[0.1, 0.2])], &key()).unwrap();
        assert!(built.frame.rows().all(|r| r.pi_ppb == 0 && r.reason == REASON_NO_QUOTA));
        assert!(compute_frame(Method::LATEST, vec![], &key()).unwrap().frame.is_empty());
    }

    #[test]
    fn the_order_of_the_input_changes_nothing() {
        let stratum = targets(4, &[0.3, 0.1, 0.25, 0.7, 0.4, 0.4, 0.9, 0.15]);
        let mut turned = stratum.clone();
        turned.units.reverse();
        let built = |stratum| compute_frame(Method::LATEST, vec![stratum], &key()).unwrap();
        assert_eq!(built(stratum), built(turned));
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let code = |stratum: StratumTargets| compute_frame(Method::LATEST, vec![stratum], &key()).unwrap_err().code();
        assert_eq!(code(targets(3, &[1.0, 1.0])), "SMP-021");
        assert_eq!(code(targets(1, &[1.0, 0.0])), "SMP-022");
        assert_eq!(code(targets(1, &[1.0, f64::NAN])), "SMP-022");
        assert_eq!(code(targets(1, &[1.0, 1.0, 1e-12])), "SMP-024");
        let mut stratum = targets(1, &[1.0, 1.0]);
        stratum.units.push((unit(5), Target::Excluded(String::new())));
        assert_eq!(code(stratum), "SMP-023");
        let mut stratum = targets(1, &[1.0, 1.0]);
        stratum.units.push((unit(0), Target::Weight(1.0)));
        assert_eq!(code(stratum), "SMP-001");
        let twice = compute_frame(Method::LATEST, vec![targets(1, &[1.0]), targets(1, &[1.0])], &key()).unwrap_err();
        assert_eq!(twice.code(), "SMP-020");
        assert_eq!(code(targets(1, &[99_999.0, 1.0])), "SMP-025");
    }
}
