//! `quotas.csv`: what a month's quotas were made from, so that anybody can round them again with the year's seed.

use crate::plan::StratumTargets as PlannedStratum;
use crate::sampling::{StratumTargets, Target};

/// Name of the file in a draw's folder; the seal binds it by its line in `inputs.txt`.
pub const QUOTAS_FILE: &str = "quotas.csv";

/// One row a stratum in the order of the rounding: id, expected number of its free units (a double in its shortest
/// decimal spelling), free units, units that are drawn for certain on top.
#[must_use]
pub fn render_quotas(strata: &[StratumTargets], planned: &[PlannedStratum]) -> Vec<u8> {
    let mut text = String::from("stratum,expected,free,certain\n");
    for (stratum, plan) in strata.iter().zip(planned) {
        let count = |wanted: fn(&Target) -> bool| stratum.units.iter().filter(|(_, target)| wanted(target)).count();
        let free = count(|target| matches!(target, Target::Weight(_)));
        let certain = count(|target| matches!(target, Target::Certain(_)));
        text += &[stratum.id.to_string(), plan.expected.to_string(), free.to_string(), certain.to_string()].join(",");
        text.push('\n');
    }
    text.into_bytes()
}
