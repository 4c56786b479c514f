//! Finding the delimiter of a text table.
//!
//! Method: read the first records with each candidate, quotes and all, and take the one under which most
//! records have the same number of fields, at least two. A tie goes to the one with more fields. Title rows
//! above the header and notes below the table cost a candidate little, prose full of commas costs it much.

use std::collections::BTreeMap;

use super::record::sample_widths;

/// The candidates, the likelier first where nothing else tells them apart.
pub(super) const CANDIDATES: [u8; 4] = [b'\t', b',', b';', b'|'];

/// Records looked at.
const RECORDS: usize = 2_000;

/// A delimiter and whether the evidence is clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The delimiter.
    pub(super) delimiter: u8,
    /// False where two candidates come close.
    pub(super) sure: bool,
}

/// Finds the delimiter from the beginning of the text.
pub(super) fn find(sample: &str) -> Found {
    let mut best: Option<(u64, usize, u8)> = None;
    let mut second = 0;
    for delimiter in CANDIDATES {
        let widths = sample_widths(sample, delimiter, RECORDS);
        let mut tally: BTreeMap<usize, u64> = BTreeMap::new();
        for width in widths.iter().filter(|&&width| width >= 2) {
            *tally.entry(*width).or_default() += 1;
        }
        let Some((&width, &count)) = tally.iter().max_by_key(|&(&width, &count)| (count, width)) else {
            continue;
        };
        // Per mille, in whole numbers: the choice must be the same everywhere.
        let mut score = count * 1_000 / (widths.len() as u64).max(1);
        // The header is among the first few records and has every column.
        let head = widths.iter().take(5).max().copied().unwrap_or(0);
        score += if head == width { 100 } else { 0 };
        let better = best.is_none_or(|(top, fields, _)| score > top + 20 || score + 20 >= top && width > fields);
        if better {
            second = best.map_or(0, |(top, ..)| top);
            best = Some((score, width, delimiter));
        } else {
            second = second.max(score);
        }
    }
    match best {
        Some((score, _, delimiter)) => Found { delimiter, sure: second + 200 < score || second == 0 },
        // One column: any delimiter reads it.
        None => Found { delimiter: b',', sure: true },
    }
}

/// The delimiter that a first line `sep=;` declares, as spreadsheets write it.
pub(super) fn declared(first_line: &str) -> Option<u8> {
    let line = first_line.trim_end_matches(['\r', '\n', '"']).trim_start_matches('"');
    let head = line.get(..4)?;
    let rest = line.get(4..)?;
    (head.eq_ignore_ascii_case("sep=") && rest.len() == 1).then(|| rest.as_bytes()[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found() {
        for (text, delimiter) in [
            ("a,b,c\n1,2,3\n", b','),
            ("a\tb\n1,5\t2,5\n", b'\t'),
            ("a;b;c\n1,5;2;3\n4,5;5;6\n", b';'),
            ("a|b\n1|2\n", b'|'),
            ("2026年名录\na,b,c\n\"x;y\",2,3\n4,5,6\n", b','),
            ("name,remark\nx,\"a;b;c\"\ny,\"a;b;c\"\n", b','),
            ("one column\nonly\n", b','),
        ] {
            assert_eq!(find(text).delimiter, delimiter, "{text}");
        }
        assert_eq!(declared("sep=;\r\n"), Some(b';'));
        assert_eq!(declared("\"sep=\t\""), Some(b'\t'));
        assert_eq!(declared("separate;x"), None);
    }
}
