//! Delimited text (csv, txt, tsv) of any size, encoding, delimiter and line end.
//!
//! Duty: read such a file into String columns quickly and in little memory, and say everything that was odd
//! about it: how the encoding was found, bytes that could not be decoded, quotes out of place, records of an
//! unusual number of fields, NUL characters.
//!
//! Method: the file is read in windows that end at a line end; a window is decoded piece by piece and read
//! chunk by chunk in parallel (see `record`), then dropped, so that memory holds the columns and one
//! window. Windows, pieces and chunks are cut by size only: the result doesn't depend on the threads.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use polars::prelude::{Column, DataFrame, IntoSeries, PlSmallStr, StringChunkedBuilder};
use rayon::prelude::*;

use super::facts::Facts;
use super::input::Input;
use super::mixed::decode_mixed;
use super::record::{self, Chunk, Oddity};
use super::report::{Report, delimiter_name, report_encoding};
use super::{RawTable, ReadOptions, delimiter, lines};
use crate::diagnostic::{AppResult, Diagnostics, Finding, Progress};
use crate::text::encoding::{self, Detected, How, TextEncoding, Undecodable, whole_utf8};

/// Bytes of the file read at a time, and of text read by one task.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Bytes of the file in a window.
    pub(super) window: usize,
    /// Bytes of text in a chunk.
    pub(super) chunk: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { window: 32 << 20, chunk: 256 << 10 }
    }
}

/// Text looked at to find the delimiter.
const SAMPLE: usize = 1 << 18;
/// Bytes of a record: a cell of a spreadsheet holds 32 767 characters.
const LONGEST_RECORD: usize = 64 << 20;

/// Reads a delimited text.
///
/// # Errors
/// `RAW-007` for an unknown encoding name, `RAW-011` for an impossible delimiter, `IO-0xx`, `JOB-001`.
pub(super) fn load(
    input: &Input,
    options: &ReadOptions,
    sizes: Sizes,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<RawTable> {
    let detected = find_encoding(input, options)?;
    report_encoding(input, &detected, diagnostics);
    let chosen = match options.delimiter {
        None => None,
        Some(c) if c.is_ascii() && !matches!(c, '"' | '\n' | '\r' | '\0') => Some(c as u8),
        Some(c) => {
            return Err(input
                .error("RAW-011", "分隔符无效")
                .with(|f| f.value(c.to_string()).expected("一个英文半角字符，如逗号、制表符、分号或竖线")));
        }
    };
    progress.begin(&format!("读取 {}", input.name), input.length);
    let mut reader = input.open()?;
    let mut mark = vec![0; detected.mark];
    reader.read_exact(&mut mark).map_err(|e| input.io_error(e))?;

    let mut state = State::new(input, chosen, sizes);
    state.head = sample(input, &detected)?;
    state.may_mix = options.encoding.is_none();
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        progress.check()?;
        let before = bytes.len();
        let read = reader.by_ref().take(sizes.window as u64).read_to_end(&mut bytes).map_err(|e| input.io_error(e))?;
        let last = read < sizes.window;
        // What was searched in vain before need not be searched again.
        let cut = if last { bytes.len() } else { last_line_end(&bytes, before, detected.encoding) };
        if cut > 0 || last {
            state.window(detected.encoding, &bytes[..cut], last, diagnostics);
            bytes.drain(..cut);
        }
        if state.wide {
            return Err(input.bomb(format!("第 {} 行附近：一行超过 {} 列", state.line, record::MOST_FIELDS)));
        }
        if bytes.len().max(state.carry.len()) > LONGEST_RECORD {
            return Err(input.bomb(format!("第 {} 行起：一行超过 {} MB", state.line, LONGEST_RECORD >> 20)));
        }
        progress.advance(read as u64);
        if last {
            break;
        }
    }
    state.finish(detected.encoding, diagnostics)
}

/// The beginning of the text, up to the end of a line: what is usual in the file is learnt from it, however the file
/// is cut for reading.
fn sample(input: &Input, detected: &Detected) -> AppResult<String> {
    let bytes = input.head((detected.mark + SAMPLE) as u64)?;
    let body = bytes.get(detected.mark..).unwrap_or_default();
    let cut = if body.len() < SAMPLE { body.len() } else { last_line_end(body, 0, detected.encoding) };
    Ok(detected.encoding.decode(body.get(..cut).unwrap_or_default()).0.into_owned())
}

fn find_encoding(input: &Input, options: &ReadOptions) -> AppResult<Detected> {
    let Some(name) = &options.encoding else {
        return encoding::detect(input.open()?).map_err(|e| input.io_error(e));
    };
    let Some(chosen) = TextEncoding::from_label(name) else {
        return Err(input.error("RAW-007", "无法识别的文字编码").with(|f| {
            f.value(name).expected("UTF-8、GB18030（GBK）、UTF-16LE、UTF-16BE、Big5、macintosh、windows-1252 等")
        }));
    };
    let head = input.head(4)?;
    let mark = encoding::byte_order_mark(&head);
    Ok(match mark {
        // "UTF-16" without more leaves the byte order to the mark.
        Some((marked, mark)) if marked == chosen || chosen.is_utf16() && marked.is_utf16() => {
            Detected { encoding: marked, how: How::Chosen, sure: true, mark }
        }
        _ => Detected { encoding: chosen, how: How::Chosen, sure: mark.is_none(), mark: 0 },
    })
}

/// The end of the last whole line, 0 where there is none. `from` is where looking may stop.
///
/// In all encodings taken the bytes of LF and CR stand for nothing else, except in UTF-16, where pairs count.
fn last_line_end(bytes: &[u8], from: usize, encoding: TextEncoding) -> usize {
    if encoding.is_utf16() {
        let unit = |i: usize| -> Option<u16> {
            let pair = [*bytes.get(i)?, *bytes.get(i + 1)?];
            Some(if encoding == TextEncoding::UTF_16LE { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
        };
        let mut at = bytes.len() & !1;
        while at >= 2 && at + 2 > from {
            let next = unit(at);
            match unit(at - 2) {
                Some(0x0A) => return at,
                Some(0x0D) if next.is_some_and(|n| n != 0x0A) => return at,
                _ => at -= 2,
            }
        }
        return 0;
    }
    let mut at = bytes.len();
    while at > 0 && at + 1 > from {
        match bytes[at - 1] {
            b'\n' => return at,
            b'\r' if bytes.get(at).is_some_and(|&b| b != b'\n') => return at,
            _ => at -= 1,
        }
    }
    0
}

/// Cuts a window's bytes at line ends into pieces of about `size`.
fn pieces(mut bytes: &[u8], size: usize, encoding: TextEncoding) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    while bytes.len() > size {
        let cut = match last_line_end(&bytes[..size], 0, encoding) {
            0 => bytes.len(),
            cut => cut,
        };
        let (piece, rest) = bytes.split_at(cut);
        pieces.push(piece);
        bytes = rest;
    }
    pieces.push(bytes);
    pieces
}

/// A column under construction.
struct TextColumn {
    cells: StringChunkedBuilder,
    /// One of them may hold an error value or a mark.
    marked: bool,
}

/// The columns so far and what is left of the last window.
struct State<'a> {
    input: &'a Input,
    sizes: Sizes,
    delimiter: Option<u8>,
    carry: String,
    /// The beginning of the text, until what is usual is known.
    head: String,
    /// Fields of most records.
    usual: Option<usize>,
    /// Lines may be in another encoding than the file.
    may_mix: bool,
    /// Lines that were.
    mixed: u64,
    /// Records narrower than usual: index and fields.
    narrow: Vec<(u32, u32)>,
    /// Lines of records with text behind a closing quote.
    run_on: BTreeSet<u32>,
    columns: Vec<TextColumn>,
    /// A record had more fields than any table has columns.
    wide: bool,
    rows: Vec<u32>,
    line: u32,
    report: Report<'a>,
}

impl<'a> State<'a> {
    fn new(input: &'a Input, delimiter: Option<u8>, sizes: Sizes) -> Self {
        Self {
            input,
            sizes,
            delimiter,
            carry: String::new(),
            head: String::new(),
            usual: None,
            may_mix: false,
            mixed: 0,
            narrow: Vec::new(),
            run_on: BTreeSet::new(),
            columns: Vec::new(),
            rows: Vec::new(),
            line: 1,
            wide: false,
            report: Report::new(input),
        }
    }

    /// Decodes a window and reads the records in it.
    fn window(&mut self, encoding: TextEncoding, bytes: &[u8], last: bool, diagnostics: &mut Diagnostics) {
        // a window of clean UTF-8 is read where it lies
        let clean = if self.carry.is_empty() && encoding == TextEncoding::UTF_8 { whole_utf8(bytes) } else { None };
        let text = match clean {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(self.decode(encoding, bytes, diagnostics)),
        };
        let start = self.find_delimiter(&text, diagnostics);
        let form = (self.delimiter.unwrap_or(b','), self.usual());

        let cuts = record::cuts(&text, start, self.sizes.chunk);
        let limits = cuts.iter().skip(1).copied().chain([text.len()]);
        let jobs: Vec<(usize, usize)> = cuts.iter().copied().zip(limits).collect();
        let chunks: Vec<Chunk> =
            jobs.par_iter().map(|&(from, limit)| record::read_chunk(&text, from, limit, form, last)).collect();
        let mut at = start;
        let mut taken: Vec<Chunk> = Vec::with_capacity(chunks.len());
        for ((from, limit), chunk) in jobs.into_iter().zip(chunks) {
            if at >= limit {
                // The record before reached over this whole chunk.
                continue;
            }
            let chunk = if from == at { chunk } else { record::read_chunk(&text, at, limit, form, last) };
            at = chunk.end;
            self.take(&chunk, diagnostics);
            taken.push(chunk);
            if at < limit {
                // Cut off by the end of the window: the rest comes with the next one.
                break;
            }
        }
        self.wide |= taken.iter().any(|chunk| chunk.wide);
        self.append(&text, &taken);
        text.get(at..).unwrap_or_default().clone_into(&mut self.carry);
    }

    /// What was left over and a window's text, piece by piece side by side; what could not be decoded is reported.
    fn decode(&mut self, encoding: TextEncoding, bytes: &[u8], diagnostics: &mut Diagnostics) -> String {
        let may_mix = self.may_mix;
        let decode = |piece| {
            if may_mix {
                return decode_mixed(encoding, piece);
            }
            let (text, bad) = encoding.decode(piece);
            (text, bad, 0)
        };
        let decoded: Vec<(Cow<'_, str>, Vec<Undecodable>, u32)> =
            pieces(bytes, self.sizes.chunk, encoding).into_par_iter().map(decode).collect();
        let mut text = std::mem::take(&mut self.carry);
        text.reserve(decoded.iter().map(|(piece, ..)| piece.len()).sum());
        let mut bad: Vec<Undecodable> = Vec::new();
        for (piece, list, mixed) in decoded {
            self.mixed += u64::from(mixed);
            let base = text.len();
            bad.extend(list.into_iter().map(|b| Undecodable { offset: b.offset + base, bytes: b.bytes }));
            text.push_str(&piece);
        }
        self.report.undecodable(self.line, &text, &bad, diagnostics);
        text
    }

    /// The number of fields that most records of the file's beginning have, 0 where there is no such number.
    fn usual(&mut self) -> usize {
        let delimiter = self.delimiter.unwrap_or(b',');
        let head = std::mem::take(&mut self.head);
        *self.usual.get_or_insert_with(|| {
            let mut tally: BTreeMap<usize, u32> = BTreeMap::new();
            let widths = record::sample_widths(&head, delimiter, 2_000);
            for width in &widths {
                *tally.entry(*width).or_default() += 1;
            }
            let most = tally.into_iter().max_by_key(|(width, count)| (*count, *width));
            most.filter(|(_, count)| *count as usize * 2 > widths.len()).map_or(0, |(width, _)| width)
        })
    }

    /// Adds the records to the columns: each thread has columns of its own, and takes a chunk's while the chunk is near.
    fn append(&mut self, text: &str, chunks: &[Chunk]) {
        let width = chunks.iter().map(|chunk| chunk.columns).max().unwrap_or(0);
        let before = self.rows.len() - chunks.iter().map(|chunk| chunk.rows.len()).sum::<usize>();
        while self.columns.len() < width {
            let name = PlSmallStr::from(format!("c{}", self.columns.len()));
            let mut cells = StringChunkedBuilder::new(name, 0);
            // A column that begins here was empty before.
            for _ in 0..before {
                cells.append_null();
            }
            self.columns.push(TextColumn { cells, marked: false });
        }
        let share = self.columns.len().div_ceil(rayon::current_num_threads()).max(1);
        self.columns.par_chunks_mut(share).enumerate().for_each(|(group, columns)| {
            for chunk in chunks {
                for (index, column) in columns.iter_mut().enumerate() {
                    column.marked |= chunk.append_to(&mut column.cells, text, group * share + index);
                }
            }
        });
    }

    /// Settles the delimiter on the first window; gives where reading starts.
    fn find_delimiter(&mut self, text: &str, diagnostics: &mut Diagnostics) -> usize {
        if self.line > 1 || !self.rows.is_empty() {
            return 0;
        }
        let first = text.split(['\n', '\r']).next().unwrap_or_default();
        let mut start = 0;
        if let Some(declared) = delimiter::declared(first) {
            start = first.len();
            start += text
                .get(start..)
                .map_or(0, |rest| if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) });
            self.line += u32::from(start > first.len());
            if self.delimiter.is_none() {
                self.delimiter = Some(declared);
            }
        }
        if self.delimiter.is_none() {
            let mut end = text.len().min(start + SAMPLE);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let sample = text.get(start..end).unwrap_or_default();
            // A record cut off by the end of the sample would look narrow.
            let whole =
                if end < text.len() { sample.rfind(['\n', '\r']).map_or(sample.len(), |i| i + 1) } else { end - start };
            let found = delimiter::find(sample.get(..whole).unwrap_or(sample));
            self.delimiter = Some(found.delimiter);
            if !found.sure {
                let name = delimiter_name(found.delimiter);
                diagnostics.push(
                    Finding::warning("RAW-022", format!("分隔符不能确定，暂按{name}读取"))
                        .file(self.input.name.clone())
                        .hint("若列错位，请指定分隔符"),
                );
            }
        }
        start
    }

    /// Takes note of a chunk's records and reports what was odd about them.
    fn take(&mut self, chunk: &Chunk, diagnostics: &mut Diagnostics) {
        for (line, oddity) in &chunk.oddities {
            if matches!(oddity, Oddity::AfterQuote(_)) {
                self.run_on.insert(line + self.line);
            }
            self.report.oddity(line + self.line, oddity, diagnostics);
        }
        self.report.note_widths(&chunk.widths, self.line);
        let before = self.rows.len() as u32;
        self.narrow.extend(chunk.narrow.iter().map(|(index, fields)| (index + before, *fields)));
        self.rows.extend(chunk.rows.iter().map(|line| line + self.line));
        self.line += chunk.lines;
    }

    /// Joins the columns.
    fn finish(mut self, encoding: TextEncoding, diagnostics: &mut Diagnostics) -> AppResult<RawTable> {
        self.report.finish(diagnostics);
        if self.mixed > 0 {
            let other = if encoding == TextEncoding::UTF_8 { "GB18030" } else { "UTF-8" };
            diagnostics.push(
                Finding::warning(
                    "RAW-021",
                    format!("有 {} 行的文字编码是 {other}，与其余各行不同，已逐行识别", self.mixed),
                )
                .file(self.input.name.clone())
                .hint("请核对文字；这个文件多半是由两个文件拼接而成"),
            );
        }
        let usual = self.usual();
        // A quote that nothing closes ended at the next field's own: the two ran together, and what follows is shifted.
        let narrow = self.narrow.iter().filter_map(|(index, _)| self.rows.get(*index as usize).copied());
        let run_together = narrow.filter(|line| self.run_on.contains(line)).collect();
        let broken = lines::broken(&self.narrow, &self.rows, usual);
        let lone = lines::lone(&self.narrow, &self.rows, usual);
        let plain = (0..self.columns.len()).filter(|i| !self.columns[*i].marked).collect();
        let facts = Facts { broken, lone, run_together, plain, ..Facts::default() };
        let height = self.rows.len();
        let columns: Vec<Column> = self.columns.into_iter().map(|c| c.cells.finish().into_series().into()).collect();
        let cells = DataFrame::new(height, columns).map_err(|e| self.input.damaged(e))?;
        Ok(RawTable {
            file: self.input.name.clone(),
            path: self.input.path.clone(),
            sheet: None,
            encoding: Some(encoding.name()),
            delimiter: Some(char::from(self.delimiter.unwrap_or(b','))),
            rows: self.rows,
            cells,
            named: false,
            facts,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8], encoding: Option<&str>, sizes: Sizes) -> (RawTable, Vec<String>) {
        let input = Input::memory("x.csv".to_owned(), Path::new("x.csv"), text.to_vec());
        let options =
            ReadOptions { encoding: encoding.map(str::to_owned), delimiter: Some(','), ..ReadOptions::default() };
        let mut diagnostics = Diagnostics::new();
        let table = load(&input, &options, sizes, &mut diagnostics, &Progress::none()).unwrap();
        (table, diagnostics.findings().iter().map(ToString::to_string).collect())
    }

    fn assert_same(text: &[u8], encoding: Option<&str>, sizes: Sizes) {
        let (whole, whole_findings) = read(text, encoding, Sizes::default());
        let (parts, parts_findings) = read(text, encoding, sizes);
        assert_eq!(whole.rows, parts.rows, "{sizes:?}");
        assert!(whole.cells.equals_missing(&parts.cells), "{sizes:?}\n{}\n{}", whole.cells, parts.cells);
        assert_eq!(whole_findings, parts_findings, "{sizes:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Wherever windows and chunks are cut, the result is that of reading in one go, findings too.
        #[test]
        fn cutting_changes_nothing(
            text in proptest::collection::vec(
                prop_oneof![
                    Just("\""), Just("\"\""), Just(","), Just("\n"), Just("\r"), Just("\r\n"), Just("\0"), Just("a"),
                    Just("污染源"), Just("x y"), Just(",\"a\nb\",")
                ],
                0..60,
            ),
            window in 1_usize..40,
            chunk in 1_usize..20,
        ) {
            let text = text.concat();
            let sizes = Sizes { window, chunk };
            assert_same(text.as_bytes(), Some("utf-8"), sizes);
            assert_same(&TextEncoding::GB18030.encode(&text).unwrap(), Some("gbk"), sizes);
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_same(&wide, Some("utf-16be"), sizes);
        }
    }

    #[test]
    fn ms_dos_pages_are_read_when_named() {
        let (table, findings) = read(b"Gr\x94\xe1e,n\n", Some("CP850"), Sizes::default());
        assert_eq!(table.cells.column("c0").unwrap().str().unwrap().get(0), Some("Größe"));
        assert_eq!((table.encoding.as_deref(), findings.len()), (Some("CP850"), 0));
    }

    #[test]
    fn threads_change_nothing() {
        let mut text = String::from("编号,名称,备注\n");
        for i in 0..20_000 {
            let _ = writeln!(text, "{i},某某厂{i},\"第一行\n第二行 \"\"{i}\"\"\"");
        }
        let sizes = Sizes { window: 200_000, chunk: 10_000 };
        let (expected, _) = read(text.as_bytes(), None, sizes);
        assert_eq!((expected.rows.len(), expected.rows[2]), (20_001, 4));
        for threads in [1, 2, 7] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let (table, _) = pool.install(|| read(text.as_bytes(), None, sizes));
            assert!(table.rows == expected.rows && table.cells.equals_missing(&expected.cells), "{threads}");
        }
    }
}
