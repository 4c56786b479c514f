//! The plan in whole checks, where people count whole checks: the public plan.
//!
//! Rounded once for all, so that no two tables of it disagree: a month's numbers add up to the city's sum of the
//! month, the months' to the year's, each cumulated sum is the rounded cumulated expectation; a body's category is
//! never off by more than what its share of a whole check can't decide, and what was left out one month comes in the
//! next. Months drawn are whole already and stay as they are.

use super::AnnualPlan;
use crate::plan::model::{ByMonth, MONTHS};

/// What counts as nothing in a sum of probabilities.
const GRAIN: f64 = 1e-6;

/// Whole checks of a body's category by month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WholeRow {
    /// Body index.
    pub body: usize,
    /// Category index.
    pub category: usize,
    /// 抽查 by month.
    pub drawn: ByMonth<u64>,
    /// 必查 by month.
    pub mandatory: ByMonth<u64>,
}

impl AnnualPlan {
    /// The plan in whole checks: a row for each body and category.
    #[must_use]
    pub fn whole(&self) -> Vec<WholeRow> {
        let mut rows = Vec::new();
        let mut expected = Vec::new();
        for (body, cells) in self.matrix.iter().enumerate() {
            for category in 0..cells.first().map_or(0, |cell| cell.drawn.len()) {
                let mut mandatory = [0; MONTHS];
                let mut drawn = [0.0; MONTHS];
                for (m, cell) in cells.iter().enumerate().take(MONTHS) {
                    mandatory[m] = u64::from(cell.mandatory.get(category).copied().unwrap_or(0));
                    drawn[m] = cell.drawn.get(category).copied().unwrap_or(0.0);
                }
                rows.push(WholeRow { body, category, drawn: [0; MONTHS], mandatory });
                expected.push(drawn);
            }
        }
        for (row, whole) in rows.iter_mut().zip(whole_numbers(&expected)) {
            row.drawn = whole;
        }
        rows
    }
}

/// Whole numbers for rows of expectations by month.
fn whole_numbers(rows: &[ByMonth<f64>]) -> Vec<ByMonth<u64>> {
    let mut whole = vec![[0_u64; MONTHS]; rows.len()];
    // what is owed to each row so far, and the city's sums up to the month
    let mut owed = vec![0.0_f64; rows.len()];
    let (mut upto, mut given) = (0.0_f64, 0_i64);
    for m in 0..MONTHS {
        for (owed, row) in owed.iter_mut().zip(rows) {
            *owed += row[m];
        }
        upto += rows.iter().map(|row| row[m]).sum::<f64>();
        let mut left = (upto + GRAIN).round() as i64 - given;
        given += left;
        for (number, owed) in whole.iter_mut().zip(&mut owed) {
            let take = (*owed + GRAIN).floor().max(0.0);
            number[m] = take as u64;
            *owed -= take;
            left -= take as i64;
        }
        // the largest rests get one more, or the smallest one less
        let mut order: Vec<usize> = (0..rows.len()).filter(|i| rows[*i][m] > GRAIN).collect();
        order.sort_by(|a, b| owed[*b].total_cmp(&owed[*a]).then(a.cmp(b)));
        for &i in order.iter().take(left.max(0) as usize) {
            number_up(&mut whole[i][m], &mut owed[i]);
        }
        for &i in order.iter().rev().filter(|i| rows[**i][m].fract() > GRAIN).take((-left).max(0) as usize) {
            if whole[i][m] > 0 {
                whole[i][m] -= 1;
                owed[i] += 1.0;
            }
        }
    }
    whole
}

fn number_up(number: &mut u64, owed: &mut f64) {
    *number += 1;
    *owed -= 1.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_add_up_both_ways() {
        let rows: Vec<ByMonth<f64>> = (0..40)
            .map(|i| {
                std::array::from_fn(
                    |m| if m == 0 { f64::from(i % 5) } else { 0.13 * f64::from(i % 7) + 0.01 * m as f64 },
                )
            })
            .collect();
        let whole = whole_numbers(&rows);
        let mut upto = 0.0;
        let mut given = 0;
        for m in 0..MONTHS {
            upto += rows.iter().map(|row| row[m]).sum::<f64>();
            given += whole.iter().map(|row| row[m]).sum::<u64>();
            assert!((upto - given as f64).abs() <= 0.5 + 1e-6, "month {m}: {upto} {given}");
        }
        for (row, whole) in rows.iter().zip(&whole) {
            assert!((row[0] - whole[0] as f64).abs() < 1e-9, "what is whole stays");
            let (expected, given) = (row.iter().sum::<f64>(), whole.iter().sum::<u64>());
            assert!((expected - given as f64).abs() < 1.5, "{expected} {given}");
        }
    }
}
