//! Office Open XML workbooks (.xlsx, .xlsm), read by calamine.
//!
//! Duty: every worksheet, visible or hidden, as text cells in one spelling.
//!
//! calamine streams the cells, so that a sheet's declared size costs nothing. It may panic on damaged files:
//! the call is fenced, because one bad file must not take the window down, and nothing of the workbook is used
//! after a panic. A cell that it can't read stops neither the sheet nor the file: it is reported and reading
//! goes on behind it.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use calamine::{DataRef, ExcelDateTime, Reader, Sheet, SheetType, SheetVisible, Xlsx, XlsxError};

use super::input::Input;
use super::sheet::{Cells, notes};
use super::value::{self, NumberKind};
use super::{RawTable, ReadOptions, wanted};
use crate::diagnostic::{AppError, AppResult, Diagnostics, Progress};

/// Cells between two looks at whether the work was cancelled.
const CHECK_EVERY: u32 = 1 << 14;
/// Unreadable cells after which a sheet counts as damaged.
const MOST_UNREADABLE: u32 = 1_000;

/// Runs a third party's reader; a panic in it becomes `RAW-010`.
///
/// # Errors
/// What `read` gives; `RAW-010` after a panic.
pub(super) fn fenced<T>(input: &Input, read: impl FnOnce() -> AppResult<T>) -> AppResult<T> {
    // Unwinding is safe here: everything that `read` touches is dropped with the error.
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(input
            .error("RAW-010", "文件内容异常，读取程序无法处理")
            .with(|f| f.hint("请用原来的软件打开并另存为 xlsx 或 CSV 再导入")))
    })
}

/// Reads an .xlsx or .xlsm workbook.
///
/// # Errors
/// `RAW-003` encrypted, `RAW-004` damaged, `RAW-005` too large, `RAW-010` after a panic in the reader.
pub(super) fn load_xlsx(
    input: &Input,
    options: &ReadOptions,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    let bytes = input.whole()?;
    fenced(input, move || {
        let mut book: Xlsx<Cursor<Arc<[u8]>>> = Xlsx::new(Cursor::new(bytes)).map_err(|e| refused(input, e))?;
        let sheets = worksheets(input, book.sheets_metadata(), diagnostics);
        let mut tables = Vec::new();
        for sheet in sheets {
            if !wanted(options, &sheet.name) {
                continue;
            }
            progress.check()?;
            note_hidden(input, &sheet, diagnostics);
            tables.push(read_sheet(input, &mut book, &sheet.name, diagnostics, progress)?);
        }
        Ok(tables)
    })
}

/// The sheets that hold cells; the others are noted.
fn worksheets(input: &Input, all: &[Sheet], diagnostics: &mut Diagnostics) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    for sheet in all {
        let kind = match sheet.typ {
            SheetType::WorkSheet => {
                sheets.push(sheet.clone());
                continue;
            }
            SheetType::ChartSheet => "图表",
            SheetType::DialogSheet => "对话框",
            SheetType::MacroSheet => "宏表",
            SheetType::Vba => "VBA 模块",
        };
        notes::skipped(input, &sheet.name, kind, diagnostics);
    }
    sheets
}

fn note_hidden(input: &Input, sheet: &Sheet, diagnostics: &mut Diagnostics) {
    if sheet.visible != SheetVisible::Visible {
        notes::hidden(input, &sheet.name, diagnostics);
    }
}

fn refused(input: &Input, error: XlsxError) -> AppError {
    match error {
        XlsxError::Password => input.encrypted(),
        error => input.damaged(error),
    }
}

fn read_sheet(
    input: &Input,
    book: &mut Xlsx<Cursor<Arc<[u8]>>>,
    name: &str,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<RawTable> {
    let mut cells = Cells::new(input);
    let is_1904 = book.has_1904_epoch();
    let mut reader = match book.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        Err(XlsxError::NotAWorksheet(kind)) => {
            notes::skipped(input, name, &kind, diagnostics);
            return cells.finish(Some(name.to_owned()));
        }
        Err(e) => return Err(input.damaged(e).with(|f| f.sheet(name))),
    };
    let (mut count, mut unreadable, mut row) = (0_u32, 0, 0_u32);
    loop {
        match reader.next_cell() {
            Ok(Some(cell)) => {
                let (at, column) = cell.get_position();
                row = at;
                let text = text_of(cell.get_value(), is_1904);
                if !text.is_empty() {
                    cells.put(at, column, &text)?;
                }
            }
            Ok(None) => return cells.finish(Some(name.to_owned())),
            Err(XlsxError::Xml(e)) => return Err(input.damaged(e).with(|f| f.sheet(name))),
            Err(e @ (XlsxError::XmlEof(_) | XlsxError::Zip(_) | XlsxError::Io(_))) => {
                return Err(input.damaged(e).with(|f| f.sheet(name)));
            }
            Err(e) => {
                unreadable += 1;
                if unreadable > MOST_UNREADABLE {
                    return Err(input.damaged(e).with(|f| f.sheet(name)));
                }
                // The reader stands behind the bad value; only its exact column is unknown.
                notes::unreadable(input, name, Some(u64::from(row) + 1), &e.to_string(), diagnostics);
            }
        }
        count += 1;
        if count.is_multiple_of(CHECK_EVERY) {
            progress.check()?;
        }
    }
}

/// The text of a value.
fn text_of(value: &DataRef<'_>, is_1904: bool) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => value::number(*number),
        DataRef::Bool(truth) => value::truth(*truth).to_owned(),
        DataRef::DateTime(serial) => date_text(serial, is_1904),
        DataRef::DateTimeIso(text) => value::iso_date(text),
        DataRef::DurationIso(text) => value::iso_duration(text),
        DataRef::Error(error) => error.to_string(),
    }
}

fn date_text(serial: &ExcelDateTime, is_1904: bool) -> String {
    let kind = if serial.is_duration() { NumberKind::Duration } else { NumberKind::Date };
    value::formatted(serial.as_f64(), kind, is_1904)
}
