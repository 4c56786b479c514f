//! Plain tables as offices keep them: a workbook with a title row above the header, or delimited text.
//!
//! Used for the synthetic city. Workbooks are written in constant memory, a row at a time, with a fixed
//! creation date, so that the same rows give the same bytes.

use chrono::NaiveDate;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet};

use super::pack::same_everywhere;
use crate::diagnostic::{AppError, AppResult};

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum OfficeCell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// Number.
    Number(f64),
    /// Date as a real date cell; `2026-03-01` in delimited text.
    Date(NaiveDate),
}

impl From<&str> for OfficeCell {
    /// Empty text is no cell.
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

impl From<String> for OfficeCell {
    /// Empty text is no cell.
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

fn failed(cause: rust_xlsxwriter::XlsxError) -> AppError {
    AppError::new("EXP-090", "无法生成工作簿").caused_by(cause)
}

/// A workbook of one sheet in the making: title in row 1, headings in row 2, rows below.
pub struct OfficeBook {
    book: Workbook,
    row: u32,
    date: Format,
}

impl OfficeBook {
    /// Begins the workbook.
    ///
    /// # Errors
    /// `EXP-090` where the sheet's name, a heading or the title can't be written.
    pub fn new(sheet: &str, title: &str, headings: &[&str]) -> AppResult<Self> {
        let mut book = Workbook::new();
        let created = ExcelDateTime::from_ymd(2026, 1, 1).map_err(failed)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let heading = Format::new().set_bold().set_align(FormatAlign::Center);
        let worksheet: &mut Worksheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
        worksheet.set_name(sheet).map_err(failed)?;
        let last = headings.len().saturating_sub(1).max(1) as u16;
        for column in 0..=last {
            worksheet.set_column_width(column, 16).map_err(failed)?;
        }
        let big = Format::new().set_bold().set_font_size(14).set_align(FormatAlign::Center);
        worksheet.merge_range(0, 0, 0, last, title, &big).map_err(failed)?;
        for (column, text) in headings.iter().enumerate() {
            worksheet.write_with_format(1, column as u16, *text, &heading).map_err(failed)?;
        }
        Ok(Self { book, row: 2, date: Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"") })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// `EXP-090` where a cell can't be written (a text above 32 767 characters, a row above 1 048 576).
    pub fn push(&mut self, cells: &[OfficeCell]) -> AppResult<()> {
        let worksheet = self.book.worksheet_from_index(0).map_err(failed)?;
        for (column, cell) in cells.iter().enumerate() {
            let column = column as u16;
            match cell {
                OfficeCell::Empty => {}
                OfficeCell::Text(text) => {
                    worksheet.write_string(self.row, column, text).map_err(failed)?;
                }
                OfficeCell::Number(number) => {
                    worksheet.write_number(self.row, column, *number).map_err(failed)?;
                }
                OfficeCell::Date(date) => {
                    worksheet.write_date_with_format(self.row, column, excel(*date)?, &self.date).map_err(failed)?;
                }
            }
        }
        self.row += 1;
        Ok(())
    }

    /// The workbook's bytes.
    ///
    /// # Errors
    /// `EXP-090` where it can't be packed.
    pub fn finish(mut self) -> AppResult<Vec<u8>> {
        self.book.save_to_buffer().map(same_everywhere).map_err(failed)
    }
}

fn excel(date: NaiveDate) -> AppResult<ExcelDateTime> {
    use chrono::Datelike;
    ExcelDateTime::from_ymd(date.year() as u16, date.month() as u8, date.day() as u8).map_err(failed)
}

/// Delimited text in the making, in GBK or UTF-8 with BOM; Windows line ends.
pub struct OfficeText {
    bytes: Vec<u8>,
    gbk: bool,
}

impl OfficeText {
    /// Begins the text with its headings.
    #[must_use]
    pub fn new(gbk: bool, headings: &[&str]) -> Self {
        let mut text = Self { bytes: if gbk { Vec::new() } else { b"\xef\xbb\xbf".to_vec() }, gbk };
        let cells: Vec<OfficeCell> = headings.iter().map(|h| OfficeCell::Text((*h).to_owned())).collect();
        text.push(&cells);
        text
    }

    /// Adds a row.
    pub fn push(&mut self, cells: &[OfficeCell]) {
        let mut line = String::new();
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                line.push(',');
            }
            match cell {
                OfficeCell::Empty => {}
                OfficeCell::Text(text) if text.contains([',', '"', '\n', '\r']) => {
                    line.push('"');
                    line.push_str(&text.replace('"', "\"\""));
                    line.push('"');
                }
                OfficeCell::Text(text) => line.push_str(text),
                OfficeCell::Number(number) => line.push_str(&number.to_string()),
                OfficeCell::Date(date) => line.push_str(&date.format("%Y-%m-%d").to_string()),
            }
        }
        line.push_str("\r\n");
        if self.gbk {
            self.bytes.extend_from_slice(&encoding_rs::GBK.encode(&line).0);
        } else {
            self.bytes.extend_from_slice(line.as_bytes());
        }
    }

    /// The text's bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
