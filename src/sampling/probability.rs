//! Whether a frame's probabilities are what its seal says, and whether its ranks realise them.
//!
//! The claim that is checked: in every stratum the probabilities sum to exactly the number drawn, and the
//! sealed ranks realise each of them to 10⁻⁵ (relative to the smaller of π and 1 − π), or are the probabilities where
//! the stratum is so large that this comes to the same (see [`Method::calibrate_below`]).

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::fault::Fault;
use super::frame::{RowView, SamplingFrame};
use super::hash::{hash_from_hex, to_hex};
use super::method::Method;
use super::realised::compute_realised;
use super::seal::{Seal, SealStratum};
use crate::domain::PPB;

/// Largest relative deviation of a realised probability, against min(π, 1 − π).
const TOLERANCE: f64 = 1e-5;
/// What rounding of π and rank to parts per billion may add.
const ROUNDING: f64 = 4e-9;

const BILLION: f64 = 1e9;

/// Parts per billion as a number.
pub(super) fn from_ppb(ppb: u32) -> f64 {
    f64::from(ppb) / BILLION
}

/// Σπ(1−π), summed in the order given.
pub(super) fn spread(pis: &[f64]) -> f64 {
    let mut sum = 0.0;
    for p in pis {
        sum += p * (1.0 - p);
    }
    sum
}

/// Whether a rank that realises `got` is good for the probability `p`. NaN is not.
pub(super) fn is_realised(got: f64, p: f64) -> bool {
    (got - p).abs() <= TOLERANCE * p.min(1.0 - p) + ROUNDING
}

/// Everything that is wrong between a frame and its seal: rows, size, root, sums, ranks.
#[must_use]
pub fn check_frame(frame: &SamplingFrame, seal: &Seal) -> Vec<Fault> {
    let mut faults = row_faults(frame, seal);
    if faults.is_empty() {
        faults.extend(root_faults(frame, seal));
        faults.extend(sum_faults(frame, seal));
        faults.extend(rank_faults(frame, seal));
    }
    faults
}

/// Rows whose stratum the seal does not have, whose fields don't agree; the number of rows.
pub(super) fn row_faults(frame: &SamplingFrame, seal: &Seal) -> Vec<Fault> {
    let sealed: BTreeMap<&str, &SealStratum> = seal.strata.iter().map(|s| (s.id.as_str(), s)).collect();
    let known: Vec<bool> = frame.strata().iter().map(|id| sealed.contains_key(id.as_str())).collect();
    let mut faults = Vec::new();
    for (row, stratum) in frame.rows().zip(frame.stratum_index()) {
        if !known[*stratum as usize] {
            faults.push(Fault::new(
                "VER-016",
                format!("抽样框中 {} 的层 {} 不在封签中", row.unit_id, row.stratum),
                format!("frame: row of {}", row.unit_id),
            ));
        }
        if !agrees(&row) {
            faults.push(Fault::new(
                "VER-017",
                format!("抽样框中 {} 的概率、排序参数与原因互相矛盾", row.unit_id),
                format!("frame: {}: pi, rank and reason do not agree", row.unit_id),
            ));
        }
    }
    if frame.len() as u64 != seal.frame_size {
        faults.push(Fault::new(
            "VER-018",
            format!("抽样框有 {} 行，封签为 {} 行", frame.len(), seal.frame_size),
            "frame size",
        ));
    }
    faults
}

/// 0 and certainty go together in π and rank; a reason stands with 0, may stand with certainty, and not else.
pub(super) fn agrees(row: &RowView<'_>) -> bool {
    let certain = PPB as u32;
    (row.pi_ppb == 0) == (row.rank_ppb == 0)
        && (row.pi_ppb == certain) == (row.rank_ppb == certain)
        && (row.pi_ppb == certain || (row.pi_ppb == 0) != row.reason.is_empty())
        && row.pi_ppb <= certain
        && row.rank_ppb <= certain
}

pub(super) fn root_faults(frame: &SamplingFrame, seal: &Seal) -> Vec<Fault> {
    let root = frame.root();
    if hash_from_hex(&seal.frame_root) == Some(root) {
        return Vec::new();
    }
    vec![Fault::new(
        "VER-019",
        format!("抽样框的根为 {}，与封签不符：封存之后有行被改动、增减", to_hex(&root)),
        "frame does not match frame_root",
    )]
}

/// A seal's stratum with its rows of positive probability.
fn strata<'a>(frame: &SamplingFrame, seal: &'a Seal) -> Vec<(&'a SealStratum, Vec<u32>)> {
    let mut rows = frame.rows_by_stratum();
    seal.strata
        .iter()
        .map(|s| {
            let at = frame.strata().binary_search_by(|id| id.as_str().cmp(&s.id));
            (s, at.map(|at| std::mem::take(&mut rows[at])).unwrap_or_default())
        })
        .collect()
}

fn sum_of(frame: &SamplingFrame, rows: &[u32]) -> u64 {
    rows.iter().map(|i| u64::from(frame.pi_ppb()[*i as usize])).sum()
}

/// Sizes and sums of the strata.
pub(super) fn sum_faults(frame: &SamplingFrame, seal: &Seal) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (s, rows) in strata(frame, seal) {
        if rows.len() as u64 != s.size {
            faults.push(Fault::new(
                "VER-020",
                format!("层 {} 有 {} 个概率大于 0 的单元，封签为 {} 个", s.id, rows.len(), s.size),
                format!("stratum {}: size", s.id),
            ));
        }
        let sum = sum_of(frame, &rows);
        if s.draw.checked_mul(PPB) != Some(sum) {
            faults.push(Fault::new(
                "VER-021",
                format!("层 {} 的概率之和为 {sum} ppb，应为 {} 个单元", s.id, s.draw),
                format!("stratum {}: probabilities sum to {sum} ppb, not {} units", s.id, s.draw),
            ));
        }
    }
    faults
}

/// Ranks that don't realise their probabilities. Strata whose sums are wrong are left to [`sum_faults`].
pub(super) fn rank_faults(frame: &SamplingFrame, seal: &Seal) -> Vec<Fault> {
    let method = seal.method().unwrap_or(Method::LATEST);
    strata(frame, seal)
        .into_par_iter()
        .flat_map_iter(|(s, rows)| stratum_rank_faults(method, frame, s, &rows))
        .collect()
}

fn stratum_rank_faults(method: Method, frame: &SamplingFrame, s: &SealStratum, rows: &[u32]) -> Vec<Fault> {
    let sum = sum_of(frame, rows);
    if s.draw.checked_mul(PPB) != Some(sum) {
        return Vec::new();
    }
    let free: Vec<usize> = rows.iter().map(|i| *i as usize).filter(|i| u64::from(frame.pi_ppb()[*i]) < PPB).collect();
    let pis: Vec<f64> = free.iter().map(|i| from_ppb(frame.pi_ppb()[*i])).collect();
    if spread(&pis) >= method.calibrate_below() {
        return match free.iter().find(|i| frame.pi_ppb()[**i] != frame.rank_ppb()[**i]) {
            None => Vec::new(),
            Some(first) => vec![Fault::new(
                "VER-022",
                format!("层 {} 的排序参数应等于概率，{} 起不等", s.id, frame.unit_id(*first)),
                format!("stratum {}: rank differs from pi", s.id),
            )],
        };
    }
    let ranks: Vec<f64> = free.iter().map(|i| from_ppb(frame.rank_ppb()[*i])).collect();
    let draws = (s.draw as usize).saturating_sub(rows.len() - free.len());
    compute_realised(method, &ranks, draws)
        .into_iter()
        .zip(pis)
        .zip(free)
        .filter(|((got, p), _)| !is_realised(*got, *p))
        .map(|((got, p), i)| {
            let unit = frame.unit_id(i);
            Fault::new(
                "VER-023",
                format!("层 {} 中 {unit} 的排序参数实际给出概率 {got:.9}，应为 {p:.9}", s.id),
                format!("stratum {}: {unit}: rank realises {got:.9}, not {p:.9}", s.id),
            )
        })
        .collect()
}
