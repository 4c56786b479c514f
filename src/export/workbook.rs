//! Tables as an .xlsx workbook that looks and prints well.
//!
//! Layout of a sheet: title, notes, mark of simulated data, header (frozen, repeated on every page, with a
//! filter), rows. A4 landscape, fitted to the width, page numbers. Numbers are numbers, dates are dates,
//! codes are text. The creation date is an argument, and nothing else depends on time or chance, so that
//! the same input gives the same bytes.

mod format;
mod measure;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDateTime, Timelike};
use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties,
    ExcelDateTime, Format, IgnoreError, Workbook, Worksheet, XlsxError,
};

use self::format::{Styles, cell_format, styles};
use self::measure::{compute_width, wrapped_lines};
use super::pack::same_everywhere;
use super::sheet::{Cell, CellKind, Emphasis, SheetSpec, display_width};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::Audience;
use crate::text::csv::is_formula;

/// Rows of a worksheet.
const MOST_ROWS: usize = 1_048_576;
/// Characters of a cell.
const LONGEST_CELL: usize = 32_767;
/// Height of a line of the standard font, in points.
const LINE_HEIGHT: f64 = 14.5;
/// Highest row that Excel takes, in points.
const HIGHEST_ROW: f64 = 409.0;

/// What a workbook says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookMeta {
    /// Title.
    pub title: String,
    /// Agency.
    pub agency: String,
    /// Program and version.
    pub program: String,
    /// Creation date of the file.
    pub created: NaiveDateTime,
    /// Family: said in the page header.
    pub audience: Audience,
    /// `模拟数据` or `演示`: on every sheet and page.
    pub data_mark: Option<String>,
}

/// The tables as a workbook.
///
/// # Errors
/// `EXP-020` more rows than a worksheet holds, `EXP-021` a text longer than a cell holds (with its place),
/// `EXP-022` a row whose length differs from the header's, `EXP-023` no sheet or no column, `EXP-029` what
/// the writer itself refuses.
pub fn render_workbook(sheets: &[SheetSpec], meta: &BookMeta) -> AppResult<Vec<u8>> {
    if sheets.is_empty() {
        return Err(AppError::new("EXP-023", "工作簿没有任何工作表"));
    }
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(
        u16::try_from(meta.created.year()).unwrap_or(1900),
        u8::try_from(meta.created.month()).unwrap_or(1),
        u8::try_from(meta.created.day()).unwrap_or(1),
    )
    .and_then(|date| {
        let time = meta.created.time();
        date.and_hms(time.hour() as u16, time.minute() as u8, time.second())
    })
    .map_err(|cause| writer_error("", cause))?;
    let properties = DocProperties::new()
        .set_title(&meta.title)
        .set_company(&meta.agency)
        .set_author(&meta.program)
        .set_status(meta.data_mark.as_deref().unwrap_or_default())
        .set_creation_datetime(&created);
    workbook.set_properties(&properties);
    let styles = styles();
    let mut names = BTreeSet::new();
    for sheet in sheets {
        check_sheet(sheet)?;
        let name = unique_sheet_name(&sheet.name, &mut names);
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(&name).map_err(|cause| writer_error(&name, cause))?;
        write_sheet(worksheet, sheet, meta, &styles).map_err(|cause| writer_error(&name, cause))?;
    }
    workbook.save_to_buffer().map(same_everywhere).map_err(|cause| writer_error("", cause))
}

fn writer_error(sheet: &str, cause: XlsxError) -> AppError {
    let finding = Finding::error("EXP-029", "工作簿无法生成").value(cause.to_string());
    AppError::from(if sheet.is_empty() { finding } else { finding.sheet(sheet) }).caused_by(cause)
}

fn check_sheet(sheet: &SheetSpec) -> AppResult<()> {
    let place = |finding: Finding| finding.sheet(&sheet.name);
    if sheet.columns.is_empty() {
        return Err(place(Finding::error("EXP-023", "工作表没有任何列")).into());
    }
    if sheet.rows.len() + sheet.spare_rows as usize + sheet.notes.len() + 3 > MOST_ROWS {
        return Err(place(Finding::error("EXP-020", "行数超过工作表上限"))
            .value(sheet.rows.len().to_string())
            .expected(format!("不超过 {} 行", MOST_ROWS - sheet.notes.len() - 3))
            .hint("请改为导出 csv，或按执法主体分开导出")
            .into());
    }
    for (at, row) in sheet.rows.iter().enumerate() {
        if row.len() != sheet.columns.len() {
            return Err(place(Finding::error("EXP-022", "该行的列数与表头不同"))
                .row(at as u64 + 1)
                .value(row.len().to_string())
                .expected(sheet.columns.len().to_string())
                .into());
        }
        for (cell, column) in row.iter().zip(&sheet.columns) {
            if let Cell::Text(text) = cell
                && text.len() > LONGEST_CELL
                && text.encode_utf16().count() > LONGEST_CELL
            {
                return Err(place(Finding::error("EXP-021", "文字超过单元格上限"))
                    .row(at as u64 + 1)
                    .column(&column.heading)
                    .value(text)
                    .expected(format!("不超过 {LONGEST_CELL} 字"))
                    .into());
            }
        }
    }
    Ok(())
}

/// A name that Excel takes: at most 31 characters, none of `[]:*?/\`, no apostrophe at either end, unique
/// whatever the case, not `History`.
fn unique_sheet_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let clean: String = wanted
        .chars()
        .map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') || c.is_control() { '_' } else { c })
        .collect();
    let clean = clean.trim_matches(['\'', ' ']).to_owned();
    let clean = if clean.is_empty() || clean.eq_ignore_ascii_case("history") { format!("表{clean}") } else { clean };
    let fit = |text: &str, suffix: &str| {
        let room = 31 - suffix.encode_utf16().count();
        let mut used = 0;
        let head: String = text
            .chars()
            .take_while(|c| {
                used += c.len_utf16();
                used <= room
            })
            .collect();
        format!("{}{suffix}", head.trim_end_matches('\''))
    };
    let mut name = fit(&clean, "");
    let mut n = 2;
    while !taken.insert(name.to_lowercase()) {
        name = fit(&clean, &format!("({n})"));
        n += 1;
    }
    name
}

/// Draws a sheet.
fn write_sheet(
    worksheet: &mut Worksheet,
    sheet: &SheetSpec,
    meta: &BookMeta,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let last_column = (sheet.columns.len() - 1) as u16;
    worksheet.set_default_row_height(17.0);
    let widths: Vec<f64> = (0..sheet.columns.len()).map(|at| compute_width(sheet, at)).collect();
    let whole: f64 = widths.iter().sum();
    for (at, width) in widths.iter().enumerate() {
        worksheet.set_column_width(at as u16, *width)?;
    }
    let mut row = 0_u32;
    let mut line = |worksheet: &mut Worksheet, text: &str, format: &Format, unit: f64, size: f64| {
        let lines = (display_width(text) as f64 * size / (whole - 2.0).max(10.0)).ceil().max(1.0);
        worksheet.set_row_height(row, unit * lines + 2.0)?;
        if last_column > 0 {
            worksheet.merge_range(row, 0, row, last_column, text, format)?;
        } else {
            worksheet.write_string_with_format(row, 0, text, format)?;
        }
        row += 1;
        Ok::<(), XlsxError>(())
    };
    line(worksheet, &sheet.title, &styles.title.clone().set_text_wrap(), 22.0, 1.5)?;
    if let Some(mark) = &meta.data_mark {
        let said = if mark.contains("模拟") {
            "本文件所列单位、人员均为虚构"
        } else {
            "不作为正式检查依据"
        };
        line(worksheet, &format!("【{mark}】{said}"), &styles.mark, 16.0, 1.05)?;
    }
    for note in &sheet.notes {
        line(worksheet, note, &styles.note, 15.0, 1.0)?;
    }
    let header = row;
    let mut header_lines = 1.0_f64;
    for (at, column) in sheet.columns.iter().enumerate() {
        let format = if column.input { &styles.input_header } else { &styles.header };
        worksheet.write_string_with_format(header, at as u16, &column.heading, format)?;
        let room = (widths[at] - if sheet.filter { 3.0 } else { 1.0 }).max(2.0);
        header_lines = header_lines.max((display_width(&column.heading) as f64 / room).ceil());
    }
    worksheet.set_row_height(header, 16.0 * header_lines + 6.0)?;
    write_rows(worksheet, sheet, &widths, header + 1)?;
    let last_row = header + (sheet.rows.len() as u32).max(1);
    let ready_row = last_row + sheet.spare_rows;
    worksheet.set_freeze_panes(header + 1, sheet.frozen_columns)?;
    if sheet.filter {
        worksheet.autofilter(header, 0, last_row, last_column)?;
    }
    if !sheet.rows.is_empty() {
        let band = ConditionalFormatFormula::new().set_rule("=MOD(ROW(),2)=0").set_format(&styles.band);
        worksheet.add_conditional_format(header + 1, 0, last_row, last_column, &band)?;
        for (at, column) in sheet.columns.iter().enumerate() {
            if column.kind == CellKind::Id {
                worksheet.ignore_error_range(
                    header + 1,
                    at as u16,
                    ready_row,
                    at as u16,
                    IgnoreError::NumberStoredAsText,
                )?;
            }
        }
    }
    write_validations(worksheet, sheet, header + 1, ready_row)?;
    set_up_page(worksheet, sheet, meta, header, ready_row, last_column)
}

fn write_rows(worksheet: &mut Worksheet, sheet: &SheetSpec, widths: &[f64], first: u32) -> Result<(), XlsxError> {
    let mut marks: BTreeMap<usize, Vec<(Option<usize>, Emphasis)>> = BTreeMap::new();
    for mark in &sheet.marks {
        marks.entry(mark.row).or_default().push((mark.column, mark.emphasis));
    }
    // A format per column and look, made once: making one per cell would cost most of the time.
    let looks = [None, Some(Emphasis::Alert), Some(Emphasis::Strong)];
    let whole_kind = |kind: CellKind| if matches!(kind, CellKind::Decimal(_)) { CellKind::Integer } else { kind };
    let formats: Vec<Vec<[Format; 3]>> = sheet
        .columns
        .iter()
        .map(|c| {
            let of = |look: &Option<Emphasis>| {
                [
                    cell_format(c.kind, *look, false),
                    cell_format(c.kind, *look, true),
                    cell_format(whole_kind(c.kind), *look, false),
                ]
            };
            looks.iter().map(of).collect()
        })
        .collect();
    for (at, cells) in sheet.rows.iter().enumerate() {
        let row = first + at as u32;
        let own = marks.get(&at).map_or(&[][..], Vec::as_slice);
        for (column, cell) in cells.iter().enumerate() {
            let emphasis = own
                .iter()
                .filter(|(of, _)| of.is_none_or(|of| of == column))
                .map(|(_, emphasis)| *emphasis)
                .min_by_key(|emphasis| *emphasis == Emphasis::Strong);
            let look = looks.iter().position(|look| *look == emphasis).unwrap_or(0);
            let variant = match cell {
                Cell::Text(text) if is_formula(text) => 1,
                // A count in a column of decimals stays a count: 40, not 40.0.
                Cell::Integer(_) => 2,
                _ => 0,
            };
            write_cell(worksheet, row, column as u16, cell, &formats[column][look][variant])?;
        }
        let lines = cells.iter().zip(widths).map(|(cell, width)| wrapped_lines(cell, *width)).max().unwrap_or(1);
        if lines > 1 {
            // Said outright: not every program fits the height to wrapped text when it opens a file.
            worksheet.set_row_height(row, (LINE_HEIGHT * f64::from(lines) + 3.0).min(HIGHEST_ROW))?;
        }
    }
    for spare in 0..sheet.spare_rows {
        let row = first + sheet.rows.len() as u32 + spare;
        for (column, own) in formats.iter().enumerate() {
            worksheet.write_blank(row, column as u16, &own[0][0])?;
        }
    }
    Ok(())
}

fn write_cell(worksheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, format: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => worksheet.write_string_with_format(row, column, text, format)?,
        Cell::Integer(value) => worksheet.write_number_with_format(row, column, *value as f64, format)?,
        Cell::Number(value) if value.is_finite() => worksheet.write_number_with_format(row, column, *value, format)?,
        Cell::Date(date) => match u16::try_from(date.year()).ok().filter(|year| (1900..=9999).contains(year)) {
            Some(year) => {
                let value = ExcelDateTime::from_ymd(year, date.month() as u8, date.day() as u8)?;
                worksheet.write_datetime_with_format(row, column, &value, format)?
            }
            // Excel knows no date before 1900.
            None => worksheet.write_string_with_format(row, column, date.to_string(), format)?,
        },
        Cell::Empty | Cell::Number(_) => worksheet.write_blank(row, column, format)?,
    };
    Ok(())
}

fn write_validations(worksheet: &mut Worksheet, sheet: &SheetSpec, first: u32, last: u32) -> Result<(), XlsxError> {
    for (at, column) in sheet.columns.iter().enumerate().filter(|(_, c)| c.input) {
        let at = at as u16;
        if !column.choices.is_empty() {
            let rule = DataValidation::new()
                .allow_list_strings(&column.choices)?
                .set_error_style(DataValidationErrorStyle::Stop)
                .set_error_title("请从下拉列表选择")?
                .set_error_message("请从下拉列表中选择一项。")?;
            worksheet.add_data_validation(first, at, last, at, &rule)?;
        } else if column.kind == CellKind::Date {
            let (from, to) = (ExcelDateTime::from_ymd(2000, 1, 1)?, ExcelDateTime::from_ymd(2099, 12, 31)?);
            let rule = DataValidation::new()
                .allow_date(DataValidationRule::Between(from, to))
                .set_error_style(DataValidationErrorStyle::Stop)
                .set_error_title("日期")?
                .set_error_message("请填写日期，如 2027-03-01。")?;
            worksheet.add_data_validation(first, at, last, at, &rule)?;
        }
    }
    Ok(())
}

fn set_up_page(
    worksheet: &mut Worksheet,
    sheet: &SheetSpec,
    meta: &BookMeta,
    header: u32,
    last_row: u32,
    last_column: u16,
) -> Result<(), XlsxError> {
    let mark = meta.data_mark.as_ref().map_or_else(String::new, |mark| format!("　{mark}"));
    worksheet.set_paper_size(9);
    worksheet.set_landscape();
    worksheet.set_margins(0.4, 0.4, 0.7, 0.6, 0.3, 0.3);
    worksheet.set_print_fit_to_pages(1, 0);
    worksheet.set_repeat_rows(header, header)?;
    worksheet.set_print_area(0, 0, last_row, last_column)?;
    worksheet.set_header(format!(
        "&L{}&C{}&R{}",
        page_text(&meta.agency, 60),
        page_text(&sheet.title, 80),
        page_text(&format!("{}{mark}", meta.audience.label()), 30)
    ));
    worksheet.set_footer(format!(
        "&L{}&C第 &P 页，共 &N 页&R{}",
        page_text(&meta.program, 40),
        page_text(&meta.created.format("%Y-%m-%d").to_string(), 20)
    ));
    Ok(())
}

/// Text for a page header: `&` doubled, a digit at the beginning kept from being taken for a font size.
fn page_text(text: &str, most: usize) -> String {
    let cut: String = text.chars().filter(|c| !c.is_control()).take(most).collect();
    let escaped = cut.replace('&', "&&");
    if escaped.starts_with(|c: char| c.is_ascii_digit() || c == '"') { format!(" {escaped}") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_names_are_valid_and_unique() {
        let mut taken = BTreeSet::new();
        assert_eq!(unique_sheet_name("a/b[c]", &mut taken), "a_b_c_");
        assert_eq!(unique_sheet_name("A/B[C]", &mut taken), "A_B_C_(2)");
        assert_eq!(unique_sheet_name("", &mut taken), "表");
        assert_eq!(unique_sheet_name("History", &mut taken), "表History");
        let long = unique_sheet_name(&"污".repeat(40), &mut taken);
        assert_eq!(long.chars().count(), 31);
        assert!(unique_sheet_name(&"污".repeat(40), &mut taken).ends_with("(2)"));
    }

    #[test]
    fn page_texts_are_escaped() {
        assert_eq!(page_text("A&B", 9), "A&&B");
        assert_eq!(page_text("2027年", 9), " 2027年");
    }
}
