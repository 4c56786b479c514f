//! `quotas.csv`: what a month's quotas were made from, so that anybody can round them again with the year's seed.

use crate::plan::StratumTargets as PlannedStratum;
use crate::sampling::{StratumTargets, Target};

/// Name of the file in a draw's folder; the seal binds it by its line in `inputs.txt`.
pub const QUOTAS_FILE: &str = "quotas.csv";

/// One row a stratum in the order of the rounding: id, expected number of its free units (a double in its shortest
/// decimal spelling), free units, units that are drawn for certain on top.
#[must_use]
pub fn render_quotas(strata: &[StratumTargets], planned: &[PlannedStratum]) -> Vec<u8> {
    let line = |(stratum, plan): (&StratumTargets, &PlannedStratum)| {
        let count = |wanted: fn(&Target) -> bool| stratum.units.iter().filter(|(_, target)| wanted(target)).count();
        let free = count(|target| matches!(target, Target::Weight(_)));
        let certain = count(|target| matches!(target, Target::Certain(_)));
        format!("{},{},{free},{certain}\n", stratum.id, plan.expected)
    };
    let head = "stratum,expected,free,certain\n".to_owned();
    std::iter::once(head).chain(strata.iter().zip(planned).map(line)).collect::<String>().into_bytes()
}
