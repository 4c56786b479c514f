//! Dead records: units found moved, closed or merged, by the body whose register they stand in.

use serde::Serialize;

use super::rates::{Standing, sample_of, standing_of};
use crate::diagnostic::AppResult;
use crate::sampling::compute_estimate;
use crate::workspace::inputs::first_phase::{FirstPhase, Found, SampleUnit};
use crate::workspace::store::project::Project;

/// A body's rate of dead records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeadRate {
    /// The body's name; `全市` for all.
    pub body: String,
    /// Units visited.
    pub visited: usize,
    /// Those of them found dead.
    pub dead: usize,
    /// Share of dead records among the sources that the visited ones stand for.
    pub rate: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
    /// How far it is to be trusted.
    pub standing: Standing,
}

/// Computes them, the city first, then the bodies in the policy's order; bodies without a visit are left out.
///
/// # Errors
/// `SMP-030`.
pub(super) fn compute_dead(project: &Project, phase: &FirstPhase) -> AppResult<Vec<DeadRate>> {
    let mut rows = Vec::new();
    let all = std::iter::once((None, "全市"));
    let bodies = project.policy.bodies.iter().map(|body| (Some(body.id.as_str()), body.name.as_str()));
    for (id, name) in all.chain(bodies) {
        let belongs = |unit: &SampleUnit| {
            id.is_none_or(|id| phase.check(unit).stratum.split_once('/').is_some_and(|(body, _)| body == id))
        };
        let value = |found: Found| Some(f64::from(u8::from(found == Found::Dead)));
        let Some(estimate) = compute_estimate(&sample_of(phase, belongs, value))? else { continue };
        let own = phase.units.iter().filter(|unit| belongs(unit)).map(|unit| phase.check(unit).found);
        let (interval, _, standing) = standing_of(&estimate, 0);
        rows.push(DeadRate {
            body: name.to_owned(),
            visited: estimate.observed,
            dead: own.filter(|found| *found == Found::Dead).count(),
            rate: estimate.mean,
            interval,
            standing,
        });
    }
    Ok(rows)
}
