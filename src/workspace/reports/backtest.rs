//! Back-test: what a weighting would have found on checks whose outcome is known.
//!
//! With π = clamp(k·weight, floor, 1) and Σπ = N, the expected number of detections is Σ π·outcome; it is
//! exact, not simulated. Beside it stand the order in which the checks really took place (first N by
//! time), simple random sampling of N, and the N highest scores; where several tie for the last places, each has the
//! same chance of them, and their expectation is told. The curve over floors is the price of
//! randomness: how many detections a higher least probability costs.

use serde::Serialize;

use crate::diagnostic::{AppError, AppResult, Finding};

/// A checked unit with what was known before and what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestUnit {
    /// Score before the check; at least 0.
    pub score: f64,
    /// What the check found: 0 or 1 (or a count).
    pub outcome: f64,
    /// When it took place: any number that grows with time.
    pub time: f64,
}

/// One line of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BacktestPoint {
    /// Least probability of any unit.
    pub floor: f64,
    /// Expected detections with π ∝ score.
    pub by_score: f64,
    /// Expected detections with π ∝ score².
    pub by_score_squared: f64,
}

/// The result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backtest {
    /// Units.
    pub units: usize,
    /// Checks that could be afforded.
    pub budget: usize,
    /// Detections if every unit were checked.
    pub total: f64,
    /// Expected detections among the first `budget` by time.
    pub business_order: f64,
    /// Expected detections of a simple random sample.
    pub random: f64,
    /// Expected detections among the `budget` highest scores.
    pub top_score: f64,
    /// The curve over floors.
    pub curve: Vec<BacktestPoint>,
}

/// Bisection steps for k: more than a double has bits.
const STEPS: usize = 200;

/// Computes the back-test.
///
/// # Errors
/// `BCK-001` where there are no units, the budget is 0 or above their number, a floor is outside
/// [0, budget / units], or a score or outcome is negative or not finite.
pub fn compute_backtest(units: &[BacktestUnit], budget: usize, floors: &[f64]) -> AppResult<Backtest> {
    let wrong = |what: &str| AppError::from(Finding::error("BCK-001", format!("无法回测：{what}")));
    if units.is_empty() || budget == 0 || budget > units.len() {
        return Err(wrong(&format!("检查量 {budget} 应在 1 与单位数 {} 之间", units.len())));
    }
    if units.iter().any(|u| !u.score.is_finite() || u.score < 0.0 || !u.outcome.is_finite() || u.outcome < 0.0) {
        return Err(wrong("评分与结果应为不小于 0 的数"));
    }
    let most = budget as f64 / units.len() as f64;
    if let Some(floor) = floors.iter().find(|f| !(0.0..=most).contains(*f)) {
        return Err(wrong(&format!("最低概率 {floor} 应在 0 与 {most:.4}（检查量÷单位数）之间")));
    }
    let total = units.iter().map(|u| u.outcome).sum::<f64>();
    let first = |rank: fn(&BacktestUnit) -> f64| expected_of_first(units, budget, rank);
    let expected = |weight: fn(f64) -> f64, floor: f64| {
        let weights: Vec<f64> = units.iter().map(|u| weight(u.score)).collect();
        compute_probabilities(&weights, budget as f64, floor).iter().zip(units).map(|(p, u)| p * u.outcome).sum()
    };
    Ok(Backtest {
        units: units.len(),
        budget,
        total,
        business_order: first(|unit| unit.time),
        random: total * most,
        top_score: first(|unit| -unit.score),
        curve: floors
            .iter()
            .map(|floor| BacktestPoint {
                floor: *floor,
                by_score: expected(|s| s, *floor),
                by_score_squared: expected(|s| s * s, *floor),
            })
            .collect(),
    })
}

/// Expected detections among the `budget` units of the lowest rank: of those that tie for the last places each has the
/// same chance.
fn expected_of_first(units: &[BacktestUnit], budget: usize, rank: fn(&BacktestUnit) -> f64) -> f64 {
    let mut order: Vec<&BacktestUnit> = units.iter().collect();
    order.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
    let (mut left, mut found) = (budget, 0.0);
    for tied in order.chunk_by(|a, b| rank(a).total_cmp(&rank(b)).is_eq()) {
        let places = left.min(tied.len());
        found += tied.iter().map(|unit| unit.outcome).sum::<f64>() * places as f64 / tied.len() as f64;
        left -= places;
        if left == 0 {
            break;
        }
    }
    found
}

/// π = clamp(k·weight, floor, 1) with Σπ = `sum`, k by bisection. Where too few units have a weight, those
/// without share what is left equally.
#[must_use]
pub fn compute_probabilities(weights: &[f64], sum: f64, floor: f64) -> Vec<f64> {
    let clamp = |k: f64| weights.iter().map(move |w| (k * w).max(floor).min(1.0));
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let smallest = weights.iter().copied().filter(|w| *w > 0.0).fold(f64::INFINITY, f64::min);
    if largest <= 0.0 {
        return vec![sum / weights.len() as f64; weights.len()];
    }
    let (mut low, mut high) = (0.0, 1.0 / smallest);
    if clamp(high).sum::<f64>() < sum {
        let weightless = weights.iter().filter(|w| **w <= 0.0).count() as f64;
        let share = (sum - (weights.len() as f64 - weightless)) / weightless;
        return weights.iter().map(|w| if *w > 0.0 { 1.0 } else { share }).collect();
    }
    for _ in 0..STEPS {
        let middle = f64::midpoint(low, high);
        if clamp(middle).sum::<f64>() < sum {
            low = middle;
        } else {
            high = middle;
        }
    }
    clamp(high).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_sum_to_the_budget_and_hold_their_bounds() {
        let weights = [0.0, 0.1, 0.2, 5.0, 9.0];
        for floor in [0.0, 0.1, 0.3] {
            let p = compute_probabilities(&weights, 2.0, floor);
            assert!((p.iter().sum::<f64>() - 2.0).abs() < 1e-9);
            assert!(p.iter().all(|p| (floor..=1.0).contains(p)));
        }
        let p = compute_probabilities(&weights, 4.5, 0.0);
        assert!((p.iter().sum::<f64>() - 4.5).abs() < 1e-9 && (p[0] - 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_perfect_score_finds_all_and_a_floor_costs() {
        let units: Vec<BacktestUnit> = (0..10)
            .map(|i| BacktestUnit { score: f64::from(i % 2), outcome: f64::from(i % 2), time: f64::from(i) })
            .collect();
        let b = compute_backtest(&units, 5, &[0.0, 0.2]).unwrap();
        assert!((b.top_score - 5.0).abs() < 1e-12 && (b.random - 2.5).abs() < 1e-12);
        assert!((b.business_order - 2.0).abs() < 1e-12);
        assert!((b.curve[0].by_score - 5.0).abs() < 1e-6 && b.curve[1].by_score < 4.1);
        // Five of each outcome on one day: any three of the ten are as likely.
        let tied: Vec<BacktestUnit> =
            units.iter().map(|unit| BacktestUnit { time: 1.0, score: 0.5, ..unit.clone() }).collect();
        let b = compute_backtest(&tied, 3, &[0.0]).unwrap();
        assert!((b.business_order - 1.5).abs() < 1e-12 && (b.top_score - 1.5).abs() < 1e-12);
        assert_eq!(compute_backtest(&units, 0, &[]).unwrap_err().code(), "BCK-001");
        assert_eq!(compute_backtest(&units, 5, &[0.6]).unwrap_err().code(), "BCK-001");
    }
}
