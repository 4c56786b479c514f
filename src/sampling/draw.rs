//! The draw: every stratum's units in the order of their keys.
//!
//! Pareto πps order sampling (Rosén 1997): sorted by (key, unit id) the first `draw` units of a stratum are
//! selected, the rest are its reserves in that order.
//! Invariant: the result does not depend on the order of the frame's rows or on the thread count.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fault::Fault;
use super::frame::SamplingFrame;
use super::json::{parse_value, to_canonical_json, typed};
use super::opening::DrawSeed;
use super::seal::Seal;
use super::ticket::{TicketMaker, compute_key, key_to_hex};

/// A unit in its stratum's order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankedUnit {
    /// Row of the frame.
    pub row: u32,
    /// Its Pareto key, not negative.
    pub key: f64,
}

/// A stratum's units in the order of the draw.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumOrder {
    /// `body/category`.
    pub id: String,
    /// How many are selected: the first of `units`.
    pub draw: usize,
    /// Every unit with a probability above 0.
    pub units: Vec<RankedUnit>,
}

impl StratumOrder {
    /// The selected units, in order.
    #[must_use]
    pub fn selected(&self) -> &[RankedUnit] {
        &self.units[..self.draw.min(self.units.len())]
    }

    /// The reserves, in order.
    #[must_use]
    pub fn reserves(&self) -> &[RankedUnit] {
        &self.units[self.draw.min(self.units.len())..]
    }

    /// The first reserve's key in 16 hexadecimal digits; empty where there is no reserve.
    #[must_use]
    pub fn threshold(&self) -> String {
        self.reserves().first().map(|unit| key_to_hex(unit.key)).unwrap_or_default()
    }
}

/// A whole draw, strata in the seal's order.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawOrder {
    /// The strata.
    pub strata: Vec<StratumOrder>,
}

/// Draws from a frame under a seal's strata.
#[must_use]
pub fn draw_units(frame: &SamplingFrame, seal: &Seal, seed: &DrawSeed) -> DrawOrder {
    let maker = TicketMaker::new(seed);
    let mut rows = frame.rows_by_stratum();
    let strata: Vec<(&str, usize, Vec<u32>)> = seal
        .strata
        .iter()
        .map(|s| {
            let at = frame.strata().binary_search_by(|id| id.as_str().cmp(&s.id));
            (s.id.as_str(), s.draw as usize, at.map(|at| std::mem::take(&mut rows[at])).unwrap_or_default())
        })
        .collect();
    let strata = strata
        .into_par_iter()
        .map(|(id, draw, rows)| {
            let rank = |row: u32| {
                let at = row as usize;
                RankedUnit { row, key: compute_key(maker.ticket(frame.unit_id(at)), u64::from(frame.rank_ppb()[at])) }
            };
            let mut units: Vec<RankedUnit> = rows.into_par_iter().with_min_len(4096).map(rank).collect();
            // Keys are not negative and no NaN, so that the total order is the numbers' order; rows are in
            // the order of unit ids.
            units.sort_unstable_by(|a, b| a.key.total_cmp(&b.key).then(a.row.cmp(&b.row)));
            StratumOrder { id: id.to_owned(), draw, units }
        })
        .collect();
    DrawOrder { strata }
}

/// `RESULT.json`: who is selected, and the reserves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawResult {
    /// Strata in the seal's order.
    pub strata: Vec<StratumResult>,
}

/// A stratum's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StratumResult {
    /// `body/category`.
    pub id: String,
    /// Selected unit ids in order.
    pub selected: Vec<String>,
    /// Reserves in order, all or the first few.
    #[serde(default)]
    pub reserves: Vec<String>,
    /// The first reserve's key, 16 hexadecimal digits; empty without a reserve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<String>,
}

impl DrawOrder {
    /// The result with at most `reserves` reserves a stratum (`usize::MAX` for all).
    #[must_use]
    pub fn to_result(&self, frame: &SamplingFrame, reserves: usize) -> DrawResult {
        let ids = |units: &[RankedUnit]| units.iter().map(|u| frame.unit_id(u.row as usize).to_owned()).collect();
        DrawResult {
            strata: self
                .strata
                .iter()
                .map(|s| StratumResult {
                    id: s.id.clone(),
                    selected: ids(s.selected()),
                    reserves: ids(&s.reserves()[..reserves.min(s.reserves().len())]),
                    threshold: Some(s.threshold()),
                })
                .collect(),
        }
    }
}

impl DrawResult {
    /// Reads `RESULT.json`.
    ///
    /// # Errors
    /// Not readable, unknown fields, wrong types: the fault says which.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        Self::from_value(parse_value(bytes, "result")?)
    }

    pub(super) fn from_value(value: Value) -> Result<Self, Fault> {
        typed(value, "result")
    }

    /// The bytes of `RESULT.json`.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        to_canonical_json(self)
    }

    /// What differs from the draw.
    #[must_use]
    pub fn faults(&self, frame: &SamplingFrame, order: &DrawOrder) -> Vec<Fault> {
        let listed: BTreeMap<&str, &StratumResult> = self.strata.iter().map(|s| (s.id.as_str(), s)).collect();
        let same = listed.len() == self.strata.len()
            && listed.len() == order.strata.len()
            && order.strata.iter().all(|s| listed.contains_key(s.id.as_str()));
        if !same {
            return vec![Fault::new("VER-024", "结果中的层与封签不一致", "result: strata differ from the seal's")];
        }
        let mut faults = Vec::new();
        for s in &order.strata {
            let Some(result) = listed.get(s.id.as_str()) else { continue };
            let is = |ids: &[String], units: &[RankedUnit]| {
                ids.len() == units.len() && ids.iter().zip(units).all(|(id, u)| id == frame.unit_id(u.row as usize))
            };
            if !is(&result.selected, s.selected()) {
                faults.push(Fault::new(
                    "VER-025",
                    format!("层 {} 的抽中名单与重新计算的不一致", s.id),
                    format!("stratum {}: selection differs", s.id),
                ));
            }
            let known = s.reserves().len().min(result.reserves.len());
            if !is(&result.reserves, &s.reserves()[..known]) {
                faults.push(Fault::new(
                    "VER-026",
                    format!("层 {} 的备选名单与重新计算的不一致", s.id),
                    format!("stratum {}: reserves differ", s.id),
                ));
            }
            if result.threshold.as_ref().is_some_and(|threshold| *threshold != s.threshold()) {
                faults.push(Fault::new(
                    "VER-027",
                    format!("层 {} 的界限值与重新计算的不一致", s.id),
                    format!("stratum {}: threshold differs", s.id),
                ));
            }
        }
        faults
    }
}
