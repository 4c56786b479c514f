//! The ledger of problems as a workbook. Internal.

use crate::diagnostic::AppResult;
use crate::disclosure::{Ledger, LedgerRow, LedgerState};

use super::columns::{ColumnCatalogue, SheetKind};
use super::manifest::ExportFile;
use super::plan_book::BookHeader;
use super::plan_sheets::book_meta;
use super::sheet::{Cell, CellMark, Emphasis, SheetSpec};
use super::workbook::render_workbook;

/// The rows as a table; those overdue are marked.
#[must_use]
pub fn ledger_sheet(rows: &[&LedgerRow], title: &str, catalogue: &ColumnCatalogue) -> SheetSpec {
    let mut sheet = catalogue.sheet(SheetKind::Ledger, "整改台账", title, rows, |at, row, id| match id {
        "number" => Cell::Integer(at as i64 + 1),
        "plan_code" => Cell::text(&row.plan_code),
        "unit_id" => Cell::text(row.unit_id.as_str()),
        "name" => Cell::text(&row.name),
        "body" => Cell::text(&row.body_name),
        "found_on" => Cell::Date(row.found_on),
        "outcome" => Cell::text(row.outcome.label()),
        "problem" => Cell::text(&row.problem),
        "rectify_by" => row.rectify_by.map_or(Cell::Empty, Cell::Date),
        "state" => Cell::text(row.state.label()),
        "days_late" if row.days_late > 0 => Cell::Integer(i64::from(row.days_late)),
        "closed_on" => row.closed.map_or(Cell::Empty, |(day, _)| Cell::Date(day)),
        "closing" => row.closed.map_or(Cell::Empty, |(_, how)| Cell::text(how.label())),
        "evidence" => Cell::text(&row.follow_up.evidence),
        "closed_by" => Cell::text(&row.follow_up.closed_by),
        "handed_over_on" => row.follow_up.handed_over_on.map_or(Cell::Empty, Cell::Date),
        "handed_over" => Cell::text(&row.follow_up.handed_over),
        "exempted" => Cell::text(&row.follow_up.exempted),
        _ => Cell::Empty,
    });
    let late = rows.iter().enumerate().filter(|(_, row)| row.state == LedgerState::Overdue);
    sheet.marks.extend(late.map(|(row, _)| CellMark { row, column: None, emphasis: Emphasis::Alert }));
    sheet.frozen_columns = sheet.columns.iter().position(|c| c.id == "name").map_or(0, |at| (at as u16 + 1).min(4));
    sheet
}

/// How the ledger stands, in a sentence.
#[must_use]
pub fn ledger_summary(ledger: &Ledger) -> String {
    let (closed, in_time) = (ledger.closed(), ledger.in_time());
    format!(
        "问题 {} 个，已销号 {} 个（有期限的 {} 个中按期 {} 个）；未销号 {} 个，逾期 {} 个",
        closed.whole,
        closed.part,
        in_time.whole,
        in_time.part,
        ledger.open().count(),
        ledger.count(LedgerState::Overdue)
    )
}

/// The ledger of the year: the city's, or that of the header's body; `None` where it has no problem.
///
/// # Errors
/// As [`render_workbook`].
pub fn render_ledger(
    ledger: &Ledger,
    header: &BookHeader,
    catalogue: &ColumnCatalogue,
) -> AppResult<Option<ExportFile>> {
    let is_own = |row: &&LedgerRow| header.body.as_ref().is_none_or(|(body, _)| row.body == *body);
    let own = Ledger { rows: ledger.rows.iter().filter(is_own).cloned().collect() };
    if own.rows.is_empty() {
        return Ok(None);
    }
    let whose = header.whose();
    let title = format!("{whose} {}年度问题整改台账", header.year);
    let mut sheet = ledger_sheet(&own.rows.iter().collect::<Vec<_>>(), &title, catalogue);
    sheet.notes = vec![ledger_summary(&own), "内部资料。销号须有依据；逾期未改的，依法处理。".to_owned()];
    let bytes = render_workbook(&[sheet], &book_meta(header, title))?;
    Ok(Some(header.file("问题整改台账", &header.year.to_string(), "xlsx", bytes)))
}
