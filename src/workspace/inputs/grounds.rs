//! On what ground units are out of a month's draw and inspectors kept away from units: by imported files, whose hashes
//! are the evidence, or by deeds in the program, each of which has its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::reason::Exclusion;
use crate::sampling::{GROUNDED, ReasonGrounds, SamplingFrame};
use crate::staffing::Roster;
use crate::workspace::inputs::population::Population;

/// Name of recusals among the reasons.
const RECUSAL: &str = "recusal";

/// The units that a frame excludes by each reason that somebody states, and the roster's recusals; by where they come
/// from.
#[must_use]
pub fn compute_grounds(frame: &SamplingFrame, roster: &Roster, population: &Population) -> Vec<ReasonGrounds> {
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for row in frame.rows().filter(|row| row.pi_ppb == 0 && GROUNDED.contains(&row.reason)) {
        let count = counts.entry(row.reason.to_owned()).or_default();
        let site = population.index.row(row.unit_id);
        if site.is_some_and(|site| population.entered.contains(&site)) {
            count.0 += 1;
        } else {
            count.1 += 1;
        }
    }
    let recusals: u64 = roster.inspectors().iter().map(|person| person.recusals.len() as u64).sum();
    if recusals > 0 {
        counts.insert(RECUSAL.to_owned(), (0, recusals));
    }
    let of = |(reason, (entered, imported))| ReasonGrounds { entered, imported, reason };
    counts.into_iter().map(of).collect()
}

/// The sites that are out by what was found in the program, not by what the register says of them.
pub type Entered = BTreeSet<u32>;

/// Notes a site that a deed took out or that another reason holds out already.
pub(super) fn note_entered(entered: &mut Entered, site: u32, was: Exclusion, is: Exclusion) {
    if was != is {
        entered.insert(site);
    }
}
