//! How many units a seal excludes and draws for certain, by reason and stratum: what is decided before the draw is
//! fixed, and shown, without naming anybody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::frame::{SamplingFrame, is_reason};
use super::seal::{Seal, SealStratum};
use crate::domain::PPB;

/// Units by reason and stratum.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealCounts {
    /// Rows with π = 0, by their reason.
    pub excluded: Vec<ReasonUnits>,
    /// Rows with π = 10⁹ that carry a reason: mandatory checks, and chances that reached 1 (`certain`).
    pub mandatory: Vec<ReasonUnits>,
}

/// A reason's units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonUnits {
    /// The reason, as rows of the frame carry it.
    pub reason: String,
    /// Units in each of the seal's strata, in their order.
    pub units: Vec<u64>,
}

/// Where a reason comes from: units (of `recusal` pairs of inspector and unit) that the files of the import say, and those
/// that were entered in the program since, each with ground, evidence and a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonGrounds {
    /// By deeds in the program, whose lines the log has.
    pub entered: u64,
    /// By imported files, whose hashes the sealed inputs have: they are the evidence.
    pub imported: u64,
    /// One of [`GROUNDED`].
    pub reason: String,
}

/// The reasons that need a ground: those that somebody states of a unit, and recusals.
pub const GROUNDED: [&str; 6] = ["closed", "merged", "moved", "positive_list", "recusal", "stopped"];

/// What is wrong with the grounds beside the counts, in Chinese: each reason once and in order, none empty, and as many
/// units as are excluded by it.
#[must_use]
pub(super) fn grounds_fault(grounds: &[ReasonGrounds], counts: &SealCounts) -> Option<String> {
    if !grounds.is_sorted_by(|a, b| a.reason < b.reason) {
        return Some("原因没有按次序，或有重复".to_owned());
    }
    let odd = |one: &&ReasonGrounds| {
        !GROUNDED.contains(&one.reason.as_str()) || u128::from(one.entered) + u128::from(one.imported) == 0
    };
    if let Some(one) = grounds.iter().find(odd) {
        return Some(format!("原因「{}」不在应列依据之列，或户数为零", one.reason));
    }
    for reason in GROUNDED.iter().filter(|reason| **reason != "recusal") {
        let excluded = counts.excluded.iter().find(|one| one.reason == *reason);
        let units = excluded.map_or(0, |one| one.units.iter().map(|n| u128::from(*n)).sum());
        let told = grounds.iter().find(|one| one.reason == *reason);
        let told = told.map_or(0, |one| u128::from(one.entered) + u128::from(one.imported));
        if units != told {
            return Some(format!("原因「{reason}」排除 {units} 户，列有依据的为 {told} 户"));
        }
    }
    None
}

impl SealCounts {
    /// Counts a frame's rows.
    #[must_use]
    pub fn of(frame: &SamplingFrame, strata: &[SealStratum]) -> Self {
        let at: BTreeMap<&str, usize> = strata.iter().enumerate().map(|(i, s)| (s.id.as_str(), i)).collect();
        let mut maps = [BTreeMap::<String, Vec<u64>>::new(), BTreeMap::new()];
        for row in frame.rows().filter(|row| !row.reason.is_empty()) {
            let map = &mut maps[usize::from(row.pi_ppb != 0)];
            let Some(stratum) = at.get(row.stratum.as_str()) else { continue };
            map.entry(row.reason.to_owned()).or_insert_with(|| vec![0; strata.len()])[*stratum] += 1;
        }
        let [excluded, mandatory] =
            maps.map(|map| map.into_iter().map(|(reason, units)| ReasonUnits { reason, units }).collect::<Vec<_>>());
        Self { excluded, mandatory }
    }

    /// What is wrong with the counts beside the strata and the size of the frame, in Chinese.
    #[must_use]
    pub fn fault(&self, strata: &[SealStratum], frame_size: u64) -> Option<String> {
        for list in [&self.excluded, &self.mandatory] {
            if !list.is_sorted_by(|a, b| a.reason < b.reason) {
                return Some("原因没有按次序，或有重复".to_owned());
            }
            let wrong = list.iter().find(|one| {
                one.reason.is_empty()
                    || !is_reason(&one.reason)
                    || one.units.len() != strata.len()
                    || one.units.iter().all(|n| *n == 0)
            });
            if let Some(one) = wrong {
                return Some(format!("原因「{}」的写法或层数不对", one.reason));
            }
        }
        let sum = |list: &[ReasonUnits], at: usize| list.iter().map(|one| u128::from(one.units[at])).sum::<u128>();
        let mut whole = 0;
        for (at, stratum) in strata.iter().enumerate() {
            if sum(&self.mandatory, at) > u128::from(stratum.draw) {
                return Some(format!("层 {} 的必查多于抽取数", stratum.id));
            }
            whole += u128::from(stratum.size) + sum(&self.excluded, at);
        }
        (whole != u128::from(frame_size)).then(|| format!("合计 {whole} 个单元，抽样框为 {frame_size} 个"))
    }

    /// Units that are excluded, in words: 「closed 12、visited 340」.
    #[must_use]
    pub fn excluded_words(&self) -> String {
        let words = self.excluded.iter().map(|one| format!("{} {}", one.reason, one.units.iter().sum::<u64>()));
        words.collect::<Vec<_>>().join("、")
    }
}

/// Whether a frame has the units by reason that its seal counts; nothing in format 1.
pub(super) fn count_faults(frame: &SamplingFrame, seal: &Seal) -> Vec<Fault> {
    let Some(counts) = &seal.counts else { return Vec::new() };
    if SealCounts::of(frame, &seal.strata) == *counts {
        return Vec::new();
    }
    vec![Fault::new("VER-066", "抽样框各层分原因的户数与封签不一致", "seal: counts differ from the frame's")]
}

/// True where a row is a mandatory check: certain for a reason of its own, not because its chance reached 1.
#[must_use]
pub fn is_mandatory(pi_ppb: u64, reason: &str) -> bool {
    pi_ppb == PPB && !reason.is_empty() && reason != super::build::REASON_CERTAIN
}
