//! Two risk tables side by side, and the distribution of scores.

use std::collections::BTreeMap;

use polars::prelude::Column;

use crate::diagnostic::{AppError, AppResult};
use crate::policy::Milli;

use super::RiskTable;
use super::input::failed;

/// How sites moved between tiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierMoves {
    /// `moves[from][to]`: sites in tier `from` before and in `to` after.
    pub moves: Vec<Vec<u64>>,
    /// Sites only in the second table, by tier.
    pub appeared: Vec<u64>,
    /// Sites only in the first table, by tier.
    pub vanished: Vec<u64>,
}

impl TierMoves {
    /// Sites that became more urgent (a smaller tier).
    #[must_use]
    pub fn raised(&self) -> u64 {
        self.sum(|from, to| to < from)
    }

    /// Sites that became less urgent.
    #[must_use]
    pub fn lowered(&self) -> u64 {
        self.sum(|from, to| to > from)
    }

    /// Sites that stayed in their tier.
    #[must_use]
    pub fn stayed(&self) -> u64 {
        self.sum(|from, to| from == to)
    }

    fn sum(&self, counts: impl Fn(usize, usize) -> bool) -> u64 {
        let rows = self.moves.iter().enumerate();
        let cells = rows.flat_map(|(from, row)| row.iter().enumerate().map(move |(to, n)| (from, to, *n)));
        cells.filter(|(from, to, _)| counts(*from, *to)).map(|(_, _, n)| n).sum()
    }
}

/// Tier moves from one table to another, by site id.
///
/// # Errors
/// `RSK-002` where a column is not there.
pub fn compare_risk(before: &RiskTable, after: &RiskTable) -> AppResult<TierMoves> {
    let mut result = TierMoves {
        moves: vec![vec![0; after.tier_count()]; before.tier_count()],
        appeared: vec![0; after.tier_count()],
        vanished: vec![0; before.tier_count()],
    };
    let (old_ids, old_tiers) = (ids(before)?, before.tiers()?);
    let (new_ids, new_tiers) = (ids(after)?, after.tiers()?);
    let add = |row: Option<&mut Vec<u64>>, place: u8| {
        if let Some(count) = row.and_then(|row| row.get_mut(usize::from(place))) {
            *count += 1;
        }
    };
    if old_ids == new_ids {
        for (from, to) in old_tiers.iter().zip(&new_tiers) {
            add(result.moves.get_mut(usize::from(*from)), *to);
        }
        return Ok(result);
    }
    let mut old: BTreeMap<&str, u8> = old_ids.iter().copied().zip(old_tiers.iter().copied()).collect();
    for (id, to) in new_ids.iter().zip(&new_tiers) {
        match old.remove(id) {
            Some(from) => add(result.moves.get_mut(usize::from(from)), *to),
            None => add(Some(&mut result.appeared), *to),
        }
    }
    for tier in old.into_values() {
        add(Some(&mut result.vanished), tier);
    }
    Ok(result)
}

fn ids(table: &RiskTable) -> AppResult<Vec<&str>> {
    let column = table.frame.column("unit_id").and_then(Column::str).map_err(failed)?;
    Ok(column.iter().map(Option::unwrap_or_default).collect())
}

/// One bar of the distribution of scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistogramBin {
    /// Least score.
    pub from: Milli,
    /// Scores below this.
    pub to: Milli,
    /// Sites by tier.
    pub by_tier: Vec<u64>,
}

impl HistogramBin {
    /// Sites of all tiers.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.by_tier.iter().sum()
    }
}

/// More bars than any screen has pixels would only cost memory.
const MOST_BINS: i64 = 10_000;

/// The distribution of scores in bars of equal width from 0 to the highest score; empty without sites.
///
/// # Errors
/// `RSK-006` for a width that is not positive or gives more than 10 000 bars.
pub fn compute_histogram(table: &RiskTable, width: Milli) -> AppResult<Vec<HistogramBin>> {
    let scores = table.scores()?;
    let highest = scores.iter().copied().max().unwrap_or(0);
    if width.0 <= 0 || highest / width.0 >= MOST_BINS {
        return Err(AppError::new("RSK-006", "分布图的组距有误")
            .with(|finding| finding.value(width.to_f64().to_string()).expected("大于 0，且分组不超过一万")));
    }
    if scores.is_empty() {
        return Ok(Vec::new());
    }
    let mut bins: Vec<HistogramBin> = (0..=highest / width.0)
        .map(|i| HistogramBin {
            from: Milli(i * width.0),
            to: Milli((i + 1) * width.0),
            by_tier: vec![0; table.tier_count()],
        })
        .collect();
    for (score, tier) in scores.iter().zip(table.tiers()?) {
        let bin = usize::try_from(score / width.0).ok().and_then(|i| bins.get_mut(i));
        if let Some(count) = bin.and_then(|bin| bin.by_tier.get_mut(usize::from(tier))) {
            *count += 1;
        }
    }
    Ok(bins)
}
