//! Splitting delimited text into records and fields (RFC 4180 as files really are).
//!
//! Duty: turn a stretch of text into columnar strings, with the line on which each record starts.
//!
//! Rules: LF, CRLF and CR all end a record; a quote opens a quoted field only as its first character; inside
//! it `""` is a quote and line ends belong to the text; what follows the closing quote is kept. A quote that
//! isn't closed within [`LONGEST_QUOTED`] bytes, or by the end of the file, is an ordinary character and
//! reported; so is one whose field would swallow lines: over a line end a quoted field is believed only where a
//! delimiter or line end follows its closing quote, and where the lines that it reaches over are no records of the
//! file's usual width by themselves. NUL characters are left out and reported. An empty field is null; a record of empty fields is
//! left out, and its line number with it.
//!
//! Method: text is cut at line ends into chunks that are read at the same time, each on the assumption that
//! no quoted field spans the cut. A chunk that starts where the one before it really ended was right; any
//! other is read again from there. So the result is that of reading from start to end, whatever the chunks
//! and threads (speculative parsing as in Ge et al., "Speculative Distributed CSV Data Parsing", SIGMOD 2019).

use std::collections::BTreeMap;

use polars::prelude::StringChunkedBuilder;

use super::lines::fields_of;
pub(super) use super::lines::{WidthTally, cuts};
use super::settle::is_marked;

/// Longest quoted field, in bytes of UTF-8.
pub(super) const LONGEST_QUOTED: usize = 16 << 20;

/// Something about a record that somebody should hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Oddity {
    /// A quote that isn't closed; the text after it.
    Unclosed(String),
    /// Text between the closing quote and the delimiter.
    AfterQuote(String),
    /// A quoted field over many lines: how many.
    ManyLines(u32),
    /// NUL characters left out: how many.
    Nul(u32),
}

/// A quoted field over more lines than this is probably a quote out of place.
const MANY_LINES: u32 = 50;

/// Most fields of a record: the columns of a spreadsheet.
pub(super) const MOST_FIELDS: usize = 16_384;
/// Most narrow records of a chunk that are looked at: where so many are narrow, it is their width that is usual.
const MOST_NARROW: usize = 10_000;

/// The records of a stretch of text. Line numbers count from the stretch's first line, which is 0.
#[derive(Debug)]
pub(super) struct Chunk {
    /// All fields, record after record; empty ones at the end of a record are left out.
    fields: Vec<Field>,
    /// The first field of each record, and one more at the end.
    firsts: Vec<u32>,
    /// Texts that are no slices of the file.
    scratch: String,
    /// Where in the text the fields count from.
    origin: usize,
    /// Most fields of a record.
    pub(super) columns: usize,
    /// The line on which each record starts.
    pub(super) rows: Vec<u32>,
    /// Records by number of fields, and by number of fields up to the last that isn't empty.
    pub(super) widths: BTreeMap<(usize, usize), WidthTally>,
    /// Oddities by line.
    pub(super) oddities: Vec<(u32, Oddity)>,
    /// Records narrower than usual: index among the chunk's records, and number of fields.
    pub(super) narrow: Vec<(u32, u32)>,
    /// Line ends passed.
    pub(super) lines: u32,
    /// Where the next record starts.
    pub(super) end: usize,
    /// A record has more fields than any table has columns.
    pub(super) wide: bool,
}

/// A field: a slice of the text, or of the scratch text where quotes or NULs had to be taken out.
#[derive(Debug, Clone, Copy)]
struct Field {
    start: u32,
    /// The length, and [`SCRATCH`] where it is a slice of the scratch text.
    length: u32,
}

/// Marks a slice of the scratch text; no field comes near this length.
const SCRATCH: u32 = 1 << 31;

/// Reads one record at a time.
struct Scanner<'a> {
    text: &'a str,
    origin: usize,
    delimiter: u8,
    last: bool,
    /// Fields of most records; 0 where not known.
    usual: usize,
    /// Where the record under way begins.
    begin: usize,
    special: [bool; 256],
    fields: Vec<Field>,
    scratch: String,
    oddities: Vec<(u32, Oddity)>,
    line: u32,
    /// Fields of a record beyond [`MOST_FIELDS`] were left out.
    wide: bool,
}

/// What reading a record came to.
enum Step {
    /// A record; the next starts here.
    Record(usize),
    /// The text ends before the record does.
    Incomplete,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, origin: usize, delimiter: u8, usual: usize, last: bool) -> Self {
        let mut special = [false; 256];
        for byte in [delimiter, b'\n', b'\r', 0] {
            special[usize::from(byte)] = true;
        }
        Self {
            text,
            origin,
            delimiter,
            last,
            usual,
            begin: origin,
            special,
            fields: Vec::new(),
            scratch: String::new(),
            oddities: Vec::new(),
            line: 0,
            wide: false,
        }
    }

    /// Reads the record at `at`; its fields are appended, `line` moves on.
    fn record(&mut self, at: usize) -> Step {
        let (fields, scratch, oddities) = (self.fields.len(), self.scratch.len(), self.oddities.len());
        let mut lines = 0;
        let mut at = at;
        self.begin = at;
        loop {
            let bytes = self.text.as_bytes();
            let next =
                if bytes.get(at) == Some(&b'"') { self.quoted(at, &mut lines) } else { self.plain(at, at, None) };
            let Some(stop) = next else {
                self.fields.truncate(fields);
                self.scratch.truncate(scratch);
                self.oddities.truncate(oddities);
                return Step::Incomplete;
            };
            if self.fields.len() > fields + MOST_FIELDS {
                self.fields.truncate(fields + MOST_FIELDS);
                self.wide = true;
            }
            match bytes.get(stop) {
                Some(&byte) if byte == self.delimiter => at = stop + 1,
                Some(b'\r') if bytes.get(stop + 1) == Some(&b'\n') => {
                    self.line += lines + 1;
                    return Step::Record(stop + 2);
                }
                Some(_) => {
                    self.line += lines + 1;
                    return Step::Record(stop + 1);
                }
                None => {
                    self.line += lines;
                    return Step::Record(stop);
                }
            }
        }
    }

    /// An unquoted field, or what follows a closing quote: `from` is where scanning goes on, `start` where
    /// the field began, `prefix` where its scratch text began. Gives the place of the byte that ends it.
    fn plain(&mut self, start: usize, from: usize, prefix: Option<usize>) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut stop = from;
        let mut nuls = 0;
        loop {
            while let Some(&byte) = bytes.get(stop) {
                if self.special[usize::from(byte)] {
                    break;
                }
                stop += 1;
            }
            if bytes.get(stop) != Some(&0) {
                break;
            }
            nuls += 1;
            stop += 1;
        }
        if stop == bytes.len() && !self.last {
            return None;
        }
        let tail = self.text.get(from..stop).unwrap_or_default();
        if let Some(prefix) = prefix {
            if !tail.trim().is_empty() {
                self.oddities.push((self.line, Oddity::AfterQuote(tail.chars().take(40).collect())));
            }
            self.scratch.extend(tail.chars().filter(|&c| c != '\0'));
            self.push_scratch(prefix);
        } else if nuls > 0 {
            let prefix = self.scratch.len();
            self.scratch.extend(tail.chars().filter(|&c| c != '\0'));
            self.push_scratch(prefix);
        } else {
            self.fields.push(Field { start: (start - self.origin) as u32, length: (stop - start) as u32 });
        }
        if nuls > 0 {
            self.oddities.push((self.line, Oddity::Nul(nuls)));
        }
        Some(stop)
    }

    fn push_scratch(&mut self, prefix: usize) {
        let length = (self.scratch.len() - prefix) as u32;
        self.fields.push(Field { start: prefix as u32, length: if length == 0 { 0 } else { length | SCRATCH } });
    }

    /// A field that begins with the quote at `at`.
    fn quoted(&mut self, at: usize, lines: &mut u32) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let start = at + 1;
        let limit = bytes.len().min(start + LONGEST_QUOTED);
        let prefix = self.scratch.len();
        // Most quoted fields hold no quote: those stay slices of the text.
        let mut piece = start;
        let mut place = start;
        let mut inner = 0;
        let mut nuls = 0;
        let close = loop {
            let mut found = None;
            while place < limit {
                match bytes[place] {
                    b'"' => {
                        found = Some(place);
                        break;
                    }
                    b'\n' => inner += 1,
                    b'\r' if bytes.get(place + 1) != Some(&b'\n') => inner += 1,
                    0 => nuls += 1,
                    _ => {}
                }
                place += 1;
            }
            let Some(quote) = found else {
                if !self.last && limit < start + LONGEST_QUOTED {
                    self.scratch.truncate(prefix);
                    return None;
                }
                return self.unclosed(at, prefix, *lines);
            };
            if bytes.get(quote + 1) == Some(&b'"') {
                self.scratch.push_str(self.text.get(piece..=quote).unwrap_or_default());
                piece = quote + 2;
                place = piece;
                continue;
            }
            if quote + 1 == bytes.len() && !self.last {
                return None;
            }
            break quote;
        };
        let ends = bytes.get(close + 1).is_none_or(|&b| b == self.delimiter || b == b'\n' || b == b'\r');
        if inner > 0 {
            let end = bytes.get(close + 1..).and_then(|rest| rest.iter().position(|b| matches!(b, b'\n' | b'\r')));
            if end.is_none() && !self.last {
                self.scratch.truncate(prefix);
                return None;
            }
            let end = end.map_or(bytes.len(), |end| close + 1 + end);
            if !ends || self.swallows(at, end) {
                return self.unclosed(at, prefix, *lines);
            }
        }
        *lines += inner;
        if inner >= MANY_LINES {
            self.oddities.push((self.line, Oddity::ManyLines(inner)));
        }
        if piece == start && nuls == 0 && ends {
            self.fields.push(Field { start: (start - self.origin) as u32, length: (close - start) as u32 });
            return Some(close + 1);
        }
        self.scratch.push_str(self.text.get(piece..close).unwrap_or_default());
        if nuls > 0 {
            self.oddities.push((self.line, Oddity::Nul(nuls)));
            let clean: String = self.scratch.get(prefix..).unwrap_or_default().replace('\0', "");
            self.scratch.truncate(prefix);
            self.scratch.push_str(&clean);
        }
        if ends {
            self.push_scratch(prefix);
            return Some(close + 1);
        }
        self.plain(start, close + 1, Some(prefix))
    }
}

impl Scanner<'_> {
    /// The quote at `at` is an ordinary character.
    fn unclosed(&mut self, at: usize, prefix: usize, lines: u32) -> Option<usize> {
        self.scratch.truncate(prefix);
        let rest = self.text.get(at..).unwrap_or_default();
        let shown = rest.chars().take_while(|c| !matches!(c, '\n' | '\r')).take(40).collect();
        self.oddities.push((self.line + lines, Oddity::Unclosed(shown)));
        self.plain(at, at, None)
    }

    /// True where the lines from that of `at` up to `end` are records of the usual width by themselves: the first and
    /// the last, or one between them.
    fn swallows(&self, at: usize, end: usize) -> bool {
        if self.usual < 4 {
            // Text has that many commas too.
            return false;
        }
        let bytes = self.text.as_bytes();
        let before = bytes.get(self.begin..at).unwrap_or_default();
        let from = before.iter().rposition(|b| matches!(b, b'\n' | b'\r')).map_or(self.begin, |i| self.begin + i + 1);
        let lines = self.text.get(from..end).unwrap_or_default().split(['\n', '\r']).filter(|line| !line.is_empty());
        let whole: Vec<bool> = lines.map(|line| fields_of(line, self.delimiter) == self.usual).collect();
        match whole.as_slice() {
            [first, between @ .., last] => *first && *last || between.contains(&true),
            _ => false,
        }
    }
}

/// Reads the records that start in `start..limit`.
///
/// `last` says that no text follows; otherwise a record that the text cuts off is left for the next time, and
/// `end` of the result points at it.
pub(super) fn read_chunk(text: &str, start: usize, limit: usize, (delimiter, usual): (u8, usize), last: bool) -> Chunk {
    let mut scanner = Scanner::new(text, start, delimiter, usual, last);
    let mut narrow: Vec<(u32, u32)> = Vec::new();
    let mut rows: Vec<u32> = Vec::new();
    let mut firsts: Vec<u32> = vec![0];
    let mut widths: BTreeMap<(usize, usize), WidthTally> = BTreeMap::new();
    let mut at = start;
    let mut columns = 0;
    // Most records have the width of the one before: a run is counted without the map.
    let mut run = ((0, 0), WidthTally::default());
    while at < limit {
        let line = scanner.line;
        let first = scanner.fields.len();
        let Step::Record(next) = scanner.record(at) else {
            break;
        };
        at = next;
        let fields = &scanner.fields[first..];
        let filled = fields.iter().rposition(|field| field.length > 0).map_or(0, |last| last + 1);
        if filled == 0 {
            scanner.fields.truncate(first);
            continue;
        }
        let width = (fields.len(), filled);
        if width != run.0 {
            widths.entry(run.0).or_default().append(&run.1, 0);
            run = (width, WidthTally::default());
        }
        run.1.add(line);
        if width.0 < usual && narrow.len() < MOST_NARROW {
            narrow.push((rows.len() as u32, width.0 as u32));
        }
        scanner.fields.truncate(first + filled);
        columns = columns.max(filled);
        rows.push(line);
        firsts.push(scanner.fields.len() as u32);
    }
    widths.entry(run.0).or_default().append(&run.1, 0);
    widths.remove(&(0, 0));
    let Scanner { fields, scratch, oddities, line: lines, wide, .. } = scanner;
    Chunk { fields, firsts, scratch, origin: start, columns, rows, widths, oddities, narrow, lines, end: at, wide }
}

impl Chunk {
    /// Adds one column of the records to a column under construction. `text` is the text that was read. True where one of
    /// the cells may hold an error value or a mark.
    pub(super) fn append_to(&self, builder: &mut StringChunkedBuilder, text: &str, column: usize) -> bool {
        let origin = text.get(self.origin..).unwrap_or_default();
        let mut marked = false;
        for record in self.firsts.windows(2) {
            let at = record[0] as usize + column;
            let field = if at < record[1] as usize { self.fields[at] } else { Field { start: 0, length: 0 } };
            if field.length == 0 {
                builder.append_null();
                continue;
            }
            let source = if field.length & SCRATCH == 0 { origin } else { self.scratch.as_str() };
            let start = field.start as usize;
            let cell = source.get(start..start + (field.length & !SCRATCH) as usize).unwrap_or_default();
            marked = marked || is_marked(cell);
            builder.append_value(cell);
        }
        marked
    }
}

/// The widths of the first records of a sample, for finding the delimiter: (fields, fields filled).
pub(super) fn sample_widths(text: &str, delimiter: u8, most: usize) -> Vec<usize> {
    let mut scanner = Scanner::new(text, 0, delimiter, 0, true);
    let mut widths = Vec::new();
    let mut at = 0;
    while at < text.len() && widths.len() < most {
        scanner.fields.clear();
        scanner.scratch.clear();
        let Step::Record(next) = scanner.record(at) else {
            break;
        };
        at = next;
        if scanner.fields.iter().any(|field| field.length > 0) {
            widths.push(scanner.fields.len());
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rows = Vec<(u32, Vec<Option<String>>)>;

    fn rows(text: &str) -> (Rows, Vec<(u32, Oddity)>) {
        let chunk = read_chunk(text, 0, text.len(), (b',', 0), true);
        let columns: Vec<_> = (0..chunk.columns)
            .map(|column| {
                let mut builder = StringChunkedBuilder::new("".into(), 0);
                chunk.append_to(&mut builder, text, column);
                builder.finish()
            })
            .collect();
        let rows = chunk
            .rows
            .iter()
            .enumerate()
            .map(|(i, line)| (*line, columns.iter().map(|column| column.get(i).map(str::to_owned)).collect()));
        (rows.collect(), chunk.oddities)
    }

    fn widths(text: &str, usual: usize) -> Vec<(u32, usize)> {
        let chunk = read_chunk(text, 0, text.len(), (b',', usual), true);
        let widths = chunk.firsts.windows(2).map(|pair| (pair[1] - pair[0]) as usize);
        chunk.rows.iter().copied().zip(widths).collect()
    }

    #[test]
    fn no_line_is_swallowed_by_a_stray_quote() {
        // Where the stray quotes stand, and what each line is read as.
        for (text, lines) in [
            ("a,b,c,d\n1,\"x,3,4\n5,6,7,8\n9,\"y,1,2\n3,4,5,6\n", vec![(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]),
            ("\"a,b,c,d\n1,2,3,4\"\n5,6,7,8\n", vec![(0, 4), (1, 4), (2, 4)]),
            ("1,\"x,3,4\n5,6,7,8\n9,y\",1,2\n", vec![(0, 4), (1, 4), (2, 4)]),
            ("1,2,3,\"x\n5,6,7,8\n9,8,7,y\"\n", vec![(0, 4), (1, 4), (2, 4)]),
            ("1,\"x, \"\"y\"\"\",3\n5,6,7,8\n", vec![(0, 3), (1, 4)]),
            // What is meant to reach over lines does.
            ("1,\"x\ny\",3,4\n5,6,7,8\n", vec![(0, 4), (2, 4)]),
            ("1,\"x, y\nz, w\nv\",3,4\n5,6,7,8\n", vec![(0, 4), (3, 4)]),
            ("1,2,3,\"x\ny\"\n5,6,7,\"v\nw\"\n", vec![(0, 4), (2, 4)]),
        ] {
            assert_eq!(widths(text, 4), lines, "{text}");
        }
    }

    fn some(texts: &[&str]) -> Vec<Option<String>> {
        texts.iter().map(|t| (!t.is_empty()).then(|| (*t).to_owned())).collect()
    }

    #[test]
    fn quotes_line_ends_and_blank_rows() {
        let (rows, oddities) = rows("a,b\r\n\"x\ny\",\"say \"\"hi\"\"\"\r\r,,\n1,\"\"\n2");
        assert_eq!(
            rows,
            vec![
                (0, some(&["a", "b"])),
                (1, some(&["x\ny", "say \"hi\""])),
                (5, some(&["1", ""])),
                (6, some(&["2", ""])),
            ]
        );
        assert!(oddities.is_empty());
    }

    #[test]
    fn an_unclosed_quote_is_a_character_and_reported() {
        let (rows, oddities) = rows("a,b\n\"x,1\ny,2\n");
        assert_eq!(rows, vec![(0, some(&["a", "b"])), (1, some(&["\"x", "1"])), (2, some(&["y", "2"]))]);
        assert!(matches!(oddities.as_slice(), [(1, Oddity::Unclosed(_))]));
    }

    #[test]
    fn text_after_a_quote_and_nul_are_reported() {
        let (rows, oddities) = rows("\"a\"b,\"c\0\"\"\"\nd\0e,5\" pipe\n");
        assert_eq!(rows, vec![(0, some(&["ab", "c\""])), (1, some(&["de", "5\" pipe"]))]);
        assert_eq!(oddities, vec![(0, Oddity::AfterQuote("b".to_owned())), (0, Oddity::Nul(1)), (1, Oddity::Nul(1))]);
    }
}
