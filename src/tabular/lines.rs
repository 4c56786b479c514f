//! Lines of a delimited text: where it may be cut, how wide a line is by itself, how many records have which width.

use std::collections::BTreeSet;

/// Records with a certain number of fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct WidthTally {
    /// How many.
    pub(super) count: u64,
    /// Lines of the first few.
    pub(super) lines: Vec<u32>,
}

/// How many line numbers a tally keeps.
const KEPT_LINES: usize = 10;

impl WidthTally {
    pub(super) fn add(&mut self, line: u32) {
        self.count += 1;
        if self.lines.len() < KEPT_LINES {
            self.lines.push(line);
        }
    }

    /// Adds another tally, whose lines count from `base`.
    pub(super) fn append(&mut self, other: &Self, base: u32) {
        self.count += other.count;
        let room = KEPT_LINES.saturating_sub(self.lines.len());
        self.lines.extend(other.lines.iter().take(room).map(|line| line + base));
    }
}

/// Where chunks may begin: just after line ends, about `size` bytes apart. The first is `start`.
pub(super) fn cuts(text: &str, start: usize, size: usize) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut cuts = vec![start];
    let mut target = start + size.max(1);
    while target < bytes.len() {
        let Some(cut) = line_start(bytes, target) else {
            break;
        };
        if cut >= bytes.len() {
            break;
        }
        cuts.push(cut);
        target = cut + size.max(1);
    }
    cuts
}

/// The first line start at or after `from`.
fn line_start(bytes: &[u8], from: usize) -> Option<usize> {
    let tail = bytes.get(from..)?;
    let mut ends = tail.iter().enumerate().filter(|(_, byte)| matches!(byte, b'\n' | b'\r'));
    ends.find(|(i, byte)| **byte == b'\n' || tail.get(i + 1).is_some_and(|&b| b != b'\n')).map(|(i, _)| from + i + 1)
}

/// The fields of a line by itself: delimiters within quotes that are closed on it don't count.
pub(super) fn fields_of(line: &str, delimiter: u8) -> usize {
    let bytes = line.as_bytes();
    let (mut at, mut fields) = (0, 1);
    let mut starts = true;
    while at < bytes.len() {
        if starts && bytes[at] == b'"' {
            let close =
                (at + 1..bytes.len()).find(|i| bytes[*i] == b'"' && bytes.get(i + 1).is_none_or(|&b| b == delimiter));
            at = close.map_or(at, |close| close) + 1;
            starts = false;
            continue;
        }
        starts = bytes[at] == delimiter;
        fields += usize::from(starts);
        at += 1;
    }
    fields
}

/// Lines that together make one record of the usual width: it was broken by line ends outside of quotes. `narrow` are
/// records with fewer fields than usual, by index; `rows` the lines of all records.
pub(super) fn broken(narrow: &[(u32, u32)], rows: &[u32], usual: usize) -> BTreeSet<u32> {
    let mut broken = BTreeSet::new();
    if usual < 3 {
        return broken;
    }
    let mut at = 0;
    while let Some(&(index, fields)) = narrow.get(at) {
        let (mut sum, mut end) = (fields as usize, at);
        while let Some(&(next, fields)) = narrow.get(end + 1)
            && sum < usual
            && next == index + (end + 1 - at) as u32
        {
            sum += fields as usize - 1;
            end += 1;
        }
        if sum == usual && end > at {
            broken.extend((index..=index + (end - at) as u32).filter_map(|i| rows.get(i as usize)));
            at = end;
        }
        at += 1;
    }
    broken
}

/// Lines of one field right above a record of the usual width, or above another such line.
pub(super) fn lone(narrow: &[(u32, u32)], rows: &[u32], usual: usize) -> BTreeSet<u32> {
    let mut lone = BTreeSet::new();
    if usual < 3 {
        return lone;
    }
    let mut above: Option<u32> = None;
    for &(index, fields) in narrow.iter().rev() {
        let next = index + 1;
        let whole = (next as usize) < rows.len() && narrow.binary_search_by_key(&next, |n| n.0).is_err();
        if fields == 1 && (whole || above == Some(next)) {
            lone.extend(rows.get(index as usize));
            above = Some(index);
        }
    }
    lone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_never_parts_a_line_end() {
        let text = "ab\r\ncd\re\nf";
        assert_eq!(cuts(text, 0, 3), vec![0, 4, 9]);
        assert_eq!(cuts(text, 0, 1), vec![0, 4, 7, 9]);
    }

    #[test]
    fn delimiters_in_closed_quotes_do_not_count() {
        for (line, fields) in
            [("a,b", 2), ("\"a,b\",c", 2), ("\"a,b,c", 3), ("a,\"b,c\"d,e", 4), ("", 1), ("a,\"\",b", 3)]
        {
            assert_eq!(fields_of(line, b','), fields, "{line}");
        }
    }
}
