//! Files as tables of text.
//!
//! Duty: whatever an office sends — csv in any encoding, workbooks of any age, pages and XML that call
//! themselves .xls, Parquet, one of these in a zip — becomes [`RawTable`]s: String columns with the physical
//! row of each record. No header is looked for and nothing is interpreted here; what was odd is said.
//!
//! Invariants: what a file is, is decided by its content, its name only breaks ties. Whatever the bytes, the
//! answer is tables or one [`AppError`] with a code, never a panic, and memory
//! is bounded before it is taken. The result doesn't depend on the number of threads.
//!
//! | code | meaning |
//! |---|---|
//! | RAW-001 | empty file |
//! | RAW-002 | not a kind of file that is read here |
//! | RAW-003 | encrypted |
//! | RAW-004 | truncated or damaged |
//! | RAW-005 | too large, or unpacks to too much |
//! | RAW-006 | no sheet of the wanted name |
//! | RAW-007 | unknown encoding name |
//! | RAW-008 | archive without exactly one readable file |
//! | RAW-009 | page without a table |
//! | RAW-010 | a reader gave up on strange content |
//! | RAW-011 | impossible delimiter |
//! | RAW-020 | how the encoding was found (hint) |
//! | RAW-021 | encoding not certain (warning) |
//! | RAW-022 | delimiter not certain (warning) |
//! | RAW-023 | bytes that could not be decoded (error, row) |
//! | RAW-024 | unbalanced quote (error, row) |
//! | RAW-025 | text behind a closing quote (warning, row) |
//! | RAW-026 | quoted field over many lines (warning, row) |
//! | RAW-027 | NUL characters left out (warning, row) |
//! | RAW-028 | rows of another width than most (warning or hint, row) |
//! | RAW-029 | the name says another kind than the content (hint) |
//! | RAW-030 | hidden sheet, left out of an import unless chosen (warning) |
//! | RAW-031 | sheet without cells by its kind, passed over (hint) |
//! | RAW-032 | cells that could not be read (error) |
//! | RAW-033 | end of a sheet missing (warning) |
//! | RAW-034 | Parquet column without a text form (error) |
//! | RAW-035 | nothing in the whole file (warning) |
//! | RAW-036 | formulas without a stored value (error) |
//! | RAW-037 | hidden rows or columns, read all the same (warning) |
//! | RAW-038 | error value of a spreadsheet, taken as blank (warning, row) |
//! | RAW-039 | dates beyond what can be read (warning) |
//! | RAW-040 | rows struck through, read all the same (warning, row) |

use std::path::{Path, PathBuf};

use polars::prelude::DataFrame;

use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding, Progress};
use crate::text::encoding::{TextEncoding, byte_order_mark};

mod ahead;
pub mod archive;
mod biff;
mod columnar;
mod compound;
mod crypt;
mod delimiter;
pub mod dump;
mod facts;
mod fence;
mod input;
mod lines;
mod markup;
mod mixed;
mod ods;
mod package;
mod pages;
mod parts;
mod record;
mod report;
mod settle;
mod sheet;
mod spreadsheet_xml;
mod text;
mod value;
mod web;
mod xls;
mod xlsb;
mod xlsx;
mod xlsx_sheet;
mod xlsx_xml;
mod xml;

pub use facts::{Facts, Merged};
use input::Input;
pub use settle::{load_head, load_tables};
use text::Sizes;

/// One sheet, csv or parquet as text, columnar. No header is assumed.
#[derive(Debug, Clone)]
pub struct RawTable {
    /// File name for messages; in an archive, the name of the file in it.
    pub file: String,
    /// The file on disk.
    pub path: PathBuf,
    /// Worksheet; `None` for csv and Parquet.
    pub sheet: Option<String>,
    /// Encoding of a text file, such as `GB18030` or `UTF-8`.
    pub encoding: Option<String>,
    /// Delimiter of a text file.
    pub delimiter: Option<char>,
    /// Physical row of each row of `cells`, from 1; in a text file the line on which the record starts.
    /// Blank rows are left out of both.
    pub rows: Vec<u32>,
    /// String columns `c0`, `c1`, …; an empty cell is null.
    pub cells: DataFrame,
    /// True where the columns carry real names already (Parquet); then there is no header row.
    pub named: bool,
    /// What the file says of its cells beside their texts.
    pub facts: Facts,
}

/// What the user settles beforehand; nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Encoding of a text file (or of an old .xls), by any name people use.
    pub encoding: Option<String>,
    /// Delimiter of a text file.
    pub delimiter: Option<char>,
    /// The only sheet wanted.
    pub sheet: Option<String>,
}

/// Reads a file into one table a sheet.
///
/// # Errors
/// `RAW-001` to `RAW-011` as listed in the module, `IO-0xx` from the file system, `JOB-001` when cancelled.
pub fn load_raw(
    path: &Path,
    options: &ReadOptions,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    let input = Input::file(path)?;
    if let Some(name) = &options.encoding
        && TextEncoding::from_label(name).is_none()
    {
        return Err(unknown_encoding(&input, name));
    }
    let tables = load_input(&input, options, false, diagnostics, progress)?;
    if let Some(sheet) = &options.sheet
        && tables.is_empty()
    {
        return Err(input.error("RAW-006", "没有这个名称的工作表").with(|f| f.value(sheet).hint("请核对工作表名称")));
    }
    if tables.iter().all(|table| table.rows.is_empty()) {
        diagnostics.push(
            Finding::warning("RAW-035", "文件里没有任何内容").file(input.name.clone()).hint("请确认是否选错了文件"),
        );
    }
    Ok(tables)
}

/// The first rows of a delimited text of a file; `None` for another kind of file, or one that can't be read.
fn load_raw_head(path: &Path, options: &ReadOptions, bytes: u64) -> Option<RawTable> {
    let input = Input::file(path).ok()?;
    let mut head = input.head(bytes).ok()?;
    // a record that is cut off is none
    let end = head.iter().rposition(|byte| *byte == b'\n')?;
    head.truncate(end + 1);
    let input = Input::memory(input.name, path, head);
    let tables = load_input(&input, options, true, &mut Diagnostics::new(), &Progress::none()).ok()?;
    let [table] = <[RawTable; 1]>::try_from(tables).ok()?;
    (table.sheet.is_none() && table.delimiter.is_some()).then_some(table)
}

/// Reads a frame that this program wrote as parquet, fenced and bounded as one from outside.
///
/// # Errors
/// `RAW-004` damaged, `RAW-005` too large unpacked, `RAW-010` after a panic in the reader.
pub(crate) fn read_frame(bytes: Vec<u8>, name: &str) -> AppResult<DataFrame> {
    columnar::read_own(bytes, name)
}

/// A frame's columns as the texts in which a file's cells come: office time, plain numbers. A column without a text form
/// is left empty.
pub(crate) fn frame_as_text(frame: &DataFrame) -> DataFrame {
    columnar::frame_as_text(frame)
}

fn unknown_encoding(input: &Input, name: &str) -> AppError {
    input
        .error("RAW-007", "无法识别的文字编码")
        .with(|f| f.value(name).expected("UTF-8、GB18030（GBK）、UTF-16LE、UTF-16BE、Big5、macintosh、windows-1252 等"))
}

/// Another kind of file.
fn unsupported(input: &Input, kind: &str) -> AppError {
    input.error("RAW-002", "不是能够读取的表格文件").with(|f| {
        f.value(kind)
            .expected("csv、txt、xlsx、xls、xlsb、ods 或 parquet")
            .hint("请在原来的软件中另存为 xlsx 或 CSV 再导入")
    })
}

/// True where the options want this sheet.
fn wanted(options: &ReadOptions, sheet: &str) -> bool {
    options.sheet.as_deref().is_none_or(|wanted| wanted == sheet)
}

/// Magic numbers of files that people pick by mistake.
const FOREIGN: [(&[u8], &str); 14] = [
    (b"%PDF", "PDF 文件"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xBC\xAF\x27\x1C", "7z 压缩包"),
    (b"\x1F\x8B", "gzip 压缩包"),
    (b"BZh", "bzip2 压缩包"),
    (b"\xFD7zXZ", "xz 压缩包"),
    (b"\x89PNG", "图片"),
    (b"\xFF\xD8\xFF", "图片"),
    (b"GIF8", "图片"),
    (b"SQLite format 3", "SQLite 数据库"),
    (b"\x00\x01\x00\x00Standard", "Access 数据库"),
    (b"\x00\x00\x27\x0A", "shapefile"),
    (b"\x7FELF", "程序"),
    (b"{\\rtf", "RTF 文档"),
];

fn load_input(
    input: &Input,
    options: &ReadOptions,
    packed: bool,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    if input.length == 0 {
        return Err(input.error("RAW-001", "文件是空的（0 字节）").with(|f| f.hint("请重新导出或拷贝该文件")));
    }
    let head = input.head(4_096)?;
    let extension = input.extension();
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") || head.starts_with(b"PK\x07\x08") {
        return load_package(input, options, packed, diagnostics, progress);
    }
    if head.starts_with(&compound::SIGNATURE)
        && let Some(inner) = encrypted_package(input)?
    {
        return load_package(&inner, options, packed, diagnostics, progress);
    }
    if head.starts_with(&compound::SIGNATURE) || xls::is_bare(&head) {
        note_kind(input, &extension, &["xls", "xlt", "et", "xla"], "Excel 97-2003 工作簿", diagnostics);
        progress.begin(&format!("读取 {}", input.name), 0);
        return xls::load(input, options, diagnostics, progress);
    }
    if head.starts_with(b"PARE") {
        return Err(input.encrypted());
    }
    if head.starts_with(b"PAR1") {
        note_kind(input, &extension, &["parquet", "pq"], "Parquet 文件", diagnostics);
        progress.begin(&format!("读取 {}", input.name), 0);
        return Ok(vec![columnar::load(input, packed, diagnostics)?]);
    }
    if let Some((_, kind)) = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(unsupported(input, kind));
    }
    if is_sylk(&head) {
        return Err(unsupported(input, "SYLK 文件"));
    }
    if extension == "dbf" || extension == "shp" || extension == "shx" {
        return Err(unsupported(input, "shapefile 或 DBF"));
    }
    if let Some(tables) = load_markup(input, options, &head, diagnostics, progress)? {
        return Ok(tables);
    }
    if is_binary(&head) {
        return Err(unsupported(input, "二进制文件"));
    }
    note_kind(input, &extension, &["csv", "txt", "tsv", "tab", "dat", "prn", ""], "文本文件", diagnostics);
    Ok(vec![text::load(input, options, Sizes::default(), diagnostics, progress)?])
}

/// What an encrypted workbook holds, where its password is the one that every spreadsheet knows; `None` for one that
/// isn't encrypted.
fn encrypted_package(input: &Input) -> AppResult<Option<Input>> {
    let bytes = input.whole()?;
    let mut file = compound::Compound::open(input, &bytes)?;
    if !file.has("EncryptedPackage") && !file.has("EncryptionInfo") {
        return Ok(None);
    }
    crypt::open_package(input, &mut file, &bytes).map(Some)
}

/// SYLK, an exchange format of old spreadsheets: records of letters, and `C` for each cell.
fn is_sylk(head: &[u8]) -> bool {
    head.starts_with(b"ID;P") && head.windows(3).any(|three| matches!(three, b"\nC;" | b"\rC;" | b"\nF;"))
}

/// Says so where the name promises another kind of file.
fn note_kind(input: &Input, extension: &str, usual: &[&str], kind: &str, diagnostics: &mut Diagnostics) {
    if !usual.contains(&extension) {
        diagnostics.push(
            Finding::note("RAW-029", format!("扩展名与内容不符，已按内容当作{kind}读取"))
                .file(input.name.clone())
                .value(format!(".{extension}")),
        );
    }
}

fn load_package(
    input: &Input,
    options: &ReadOptions,
    packed: bool,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    let extension = input.extension();
    let mut archive = package::open(input)?;
    let kind = package::kind(&mut archive);
    progress.begin(&format!("读取 {}", input.name), 0);
    match kind {
        package::Kind::Other(kind) => return Err(unsupported(input, kind)),
        package::Kind::Archive if packed => return Err(unsupported(input, "压缩包里的压缩包")),
        package::Kind::Archive => {
            let inner = package::only_file(input, &mut archive)?;
            drop(archive);
            return load_input(&inner, options, true, diagnostics, progress);
        }
        _ => package::check(input, &mut archive)?,
    }
    match kind {
        package::Kind::Xlsb => {
            note_kind(input, &extension, &["xlsb"], "二进制工作簿（xlsb）", diagnostics);
            xlsb::load(input, options, &mut archive, diagnostics, progress)
        }
        package::Kind::Ods => {
            note_kind(input, &extension, &["ods", "ots"], "OpenDocument 电子表格", diagnostics);
            ods::load(input, options, &mut archive, diagnostics, progress)
        }
        _ => {
            note_kind(
                input,
                &extension,
                &["xlsx", "xlsm", "xltx", "xltm", "xlam"],
                "Excel 工作簿（xlsx）",
                diagnostics,
            );
            xlsx::load(input, options, &mut archive, diagnostics, progress)
        }
    }
}

/// Reads pages and XML; `None` where the file is neither.
fn load_markup(
    input: &Input,
    options: &ReadOptions,
    head: &[u8],
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Option<Vec<RawTable>>> {
    // ASCII is enough to tell, in UTF-16 too: its zero bytes are left out.
    let ascii: String = head.iter().filter(|b| b.is_ascii() && **b != 0).map(|&b| char::from(b)).collect();
    let start = ascii.trim_start().to_ascii_lowercase();
    if start.starts_with("mime-version:") {
        return Err(unsupported(input, "单一文件网页（mht）"));
    }
    if !start.starts_with('<') {
        return Ok(None);
    }
    let extension = input.extension();
    progress.begin(&format!("读取 {}", input.name), 0);
    if start.contains("urn:schemas-microsoft-com:office:spreadsheet") && start.starts_with("<?xml") {
        note_kind(input, &extension, &["xml"], "XML 电子表格 2003 ", diagnostics);
        let text = web::decode(input, options, diagnostics)?;
        return spreadsheet_xml::load(input, options, &text, diagnostics, progress).map(Some);
    }
    if start.contains("<office:document") {
        note_kind(input, &extension, &["fods", "xml"], "OpenDocument 电子表格", diagnostics);
        let text = web::decode(input, options, diagnostics)?;
        return ods::read_document(input, options, &text, diagnostics, progress).map(Some);
    }
    let page = ["<html", "<!doctype html", "<table", "<head", "<meta", "<body", "<style", "<div", "<script", "<tr"];
    if page.iter().any(|tag| start.contains(tag)) {
        note_kind(input, &extension, &["html", "htm"], "网页表格", diagnostics);
        let text = web::decode(input, options, diagnostics)?;
        return web::read_html(input, options, &text, progress).map(Some);
    }
    if start.starts_with("<?xml") {
        return Err(unsupported(input, "XML 文件"));
    }
    // Angle brackets at the start of an ordinary text.
    Ok(None)
}

/// Control characters that no text has, beyond stray NULs and what UTF-16 is made of.
fn is_binary(head: &[u8]) -> bool {
    if byte_order_mark(head).is_some() {
        return false;
    }
    let odd = head.iter().filter(|&&b| b < 0x20 && !matches!(b, 0 | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C | 0x1A | 0x1B));
    odd.count() * 10 > head.len().max(20)
}
