//! Texts of a column → the first row that has each.
//!
//! Duty: ids of sites, codes and names of enterprises, asked for by millions of events. Method: open addressing with
//! linear probing (Knuth, TAOCP 3, 6.4); an entry is a row and 32 bits of its text's hash, so that a text is looked at
//! only where it is most likely the one, and none is held twice: they stay in the column. The table is looked up and
//! never walked, and of rows with one text the first counts, so what is found depends on the column alone.

use std::hash::Hasher;

use polars::prelude::StringChunked;
use rayon::prelude::*;
use rustc_hash::FxHasher;

/// No row.
pub const NO_ROW: u32 = u32::MAX;

/// Where a text is, and part of its hash.
#[derive(Debug, Clone, Copy)]
struct Entry {
    row: u32,
    mark: u32,
}

/// An index of a column's texts; the column itself is shared.
#[derive(Debug, Clone)]
pub struct RowIndex {
    /// The first of them that has a text in a row counts.
    columns: Vec<StringChunked>,
    /// A power of two of entries, at most half of them taken.
    table: Vec<Entry>,
}

impl RowIndex {
    /// The index of the first text of each row, and for each row the first that has the same: itself, or one before
    /// it; [`NO_ROW`] for a row without any. O(rows).
    #[must_use]
    pub fn of(columns: &[&StringChunked]) -> (Self, Vec<u32>) {
        let columns: Vec<StringChunked> = columns.iter().map(|column| (*column).clone()).collect();
        let rows = columns.first().map_or(0, StringChunked::len);
        let empty = Entry { row: NO_ROW, mark: 0 };
        let mut index = Self { columns, table: vec![empty; (2 * rows).next_power_of_two()] };
        let hashes: Vec<Option<u64>> =
            (0..rows).into_par_iter().with_min_len(4096).map(|row| index.text(row).map(hash_of)).collect();
        let mut firsts = Vec::with_capacity(rows);
        for (row, hash) in hashes.into_iter().enumerate() {
            let Some(hash) = hash else {
                firsts.push(NO_ROW);
                continue;
            };
            let at = index.place(hash, |known| index.text(known as usize) == index.text(row));
            if index.table[at].row == NO_ROW {
                index.table[at] = Entry { row: row as u32, mark: mark_of(hash) };
            }
            firsts.push(index.table[at].row);
        }
        (index, firsts)
    }

    /// The first row with this text.
    #[must_use]
    pub fn row(&self, text: &str) -> Option<u32> {
        let at = self.place(hash_of(text), |known| self.text(known as usize) == Some(text));
        Some(self.table[at].row).filter(|row| *row != NO_ROW)
    }

    fn text(&self, row: usize) -> Option<&str> {
        self.columns.iter().find_map(|column| column.get(row))
    }

    /// The entry of the text that `is` tells, or the empty one where it would stand.
    fn place(&self, hash: u64, is: impl Fn(u32) -> bool) -> usize {
        let last = self.table.len() - 1;
        let mut at = hash as usize & last;
        loop {
            let entry = self.table[at];
            if entry.row == NO_ROW || entry.mark == mark_of(hash) && is(entry.row) {
                return at;
            }
            at = (at + 1) & last;
        }
    }
}

/// The part of a hash that its place in the table does not tell.
fn mark_of(hash: u64) -> u32 {
    (hash >> 32) as u32
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As a map of the texts would say, with repeated and missing texts.
        #[test]
        fn each_text_is_found_in_its_first_row(
            texts in proptest::collection::vec(proptest::option::of("[ab]{0,3}"), 0..200),
            others in proptest::collection::vec(proptest::option::of("[ab]{0,3}"), 200),
        ) {
            let mut known: HashMap<&str, u32> = HashMap::new();
            let mut expected = Vec::new();
            for (row, (text, other)) in texts.iter().zip(&others).enumerate() {
                let text = text.as_ref().or(other.as_ref());
                expected.push(text.map_or(NO_ROW, |text| *known.entry(text).or_insert(row as u32)));
            }
            let column: StringChunked = texts.iter().map(Option::as_deref).collect();
            let behind: StringChunked = others[..texts.len()].iter().map(Option::as_deref).collect();
            let (index, firsts) = RowIndex::of(&[&column, &behind]);
            prop_assert_eq!(firsts, expected);
            for text in ["", "a", "b", "ab", "ba", "aab", "abc", "上海"] {
                prop_assert_eq!(index.row(text), known.get(text).copied());
            }
        }
    }
}
