//! Two risk tables side by side, and the distribution of scores.

use std::collections::BTreeMap;

use crate::diagnostic::{AppError, AppResult};
use crate::policy::Milli;

use super::input::failed;
use super::{RiskTable, columns};

/// A site that moves between tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mover {
    /// Row of the second table.
    pub row: u32,
    /// Tier before.
    pub from: u8,
    /// Tier after.
    pub to: u8,
    /// Score before, thousandths.
    pub before: i64,
    /// Score after.
    pub after: i64,
}

/// How sites moved between tiers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TierMoves {
    /// `moves[from][to]`: sites in tier `from` before and in `to` after.
    pub moves: Vec<Vec<u64>>,
    /// Those that changed their tier, the longest way first, then the largest change of score.
    pub movers: Vec<Mover>,
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

    fn sum(&self, counts: impl Fn(usize, usize) -> bool) -> u64 {
        let rows = self.moves.iter().enumerate();
        let cells = rows.flat_map(|(from, row)| row.iter().enumerate().map(move |(to, n)| (from, to, *n)));
        cells.filter(|(from, to, _)| counts(*from, *to)).map(|(_, _, n)| n).sum()
    }
}

/// Tier moves from one table to another, by site id; of the sites whose row in the second table is wanted.
///
/// # Errors
/// `RSK-002` where a column is not there.
pub fn compare_risk(before: &RiskTable, after: &RiskTable, wanted: impl Fn(usize) -> bool) -> AppResult<TierMoves> {
    let mut result = TierMoves {
        moves: vec![vec![0; after.tier_count()]; before.tier_count()],
        movers: Vec::new(),
        appeared: vec![0; after.tier_count()],
        vanished: vec![0; before.tier_count()],
    };
    let (old_ids, old_tiers, old_scores) = (ids(before)?, before.tiers()?, before.scores()?);
    let (new_ids, new_tiers, new_scores) = (ids(after)?, after.tiers()?, after.scores()?);
    // two analyses of one register, as nearly always: rows are the same sites
    let same = old_ids == new_ids;
    let mut old: BTreeMap<&str, usize> =
        if same { BTreeMap::new() } else { old_ids.iter().copied().zip(0..).collect() };
    for (row, ((id, to), score)) in new_ids.iter().zip(&new_tiers).zip(&new_scores).enumerate() {
        let was = if same { Some(row) } else { old.remove(id) };
        if !wanted(row) {
            continue;
        }
        match was.and_then(|was| old_tiers.get(was).zip(old_scores.get(was))) {
            Some((from, before)) => {
                add(result.moves.get_mut(usize::from(*from)), *to);
                if from != to {
                    let mover = Mover { row: row as u32, from: *from, to: *to, before: *before, after: *score };
                    result.movers.push(mover);
                }
            }
            None => add(Some(&mut result.appeared), *to),
        }
    }
    for tier in old.into_values().filter_map(|row| old_tiers.get(row)) {
        add(Some(&mut result.vanished), *tier);
    }
    result.movers.sort_unstable_by_key(|m| {
        (std::cmp::Reverse(m.from.abs_diff(m.to)), std::cmp::Reverse(m.before.abs_diff(m.after)), m.row)
    });
    Ok(result)
}

fn add(row: Option<&mut Vec<u64>>, place: u8) {
    if let Some(count) = row.and_then(|row| row.get_mut(usize::from(place))) {
        *count += 1;
    }
}

fn ids(table: &RiskTable) -> AppResult<Vec<&str>> {
    let column = columns::UNIT_ID.cells(&table.frame).map_err(failed)?;
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

/// The distribution of scores in bars of equal width from 0 to the highest score, of the sites whose row is wanted;
/// empty without sites.
///
/// # Errors
/// `RSK-006` for a width that is not positive or gives more than 10 000 bars.
pub fn compute_histogram(
    table: &RiskTable,
    width: Milli,
    wanted: impl Fn(usize) -> bool,
) -> AppResult<Vec<HistogramBin>> {
    let tiers = table.tiers()?;
    let scores: Vec<(i64, u8)> = table
        .scores()?
        .into_iter()
        .zip(tiers)
        .enumerate()
        .filter(|(row, _)| wanted(*row))
        .map(|(_, site)| site)
        .collect();
    let highest = scores.iter().map(|(score, _)| *score).max().unwrap_or(0);
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
    for (score, tier) in scores {
        let bin = usize::try_from(score / width.0).ok().and_then(|i| bins.get_mut(i));
        if let Some(count) = bin.and_then(|bin| bin.by_tier.get_mut(usize::from(tier))) {
            *count += 1;
        }
    }
    Ok(bins)
}
