//! What an export tells as plain tables, for a database: the same cells as the workbooks, under the product's own
//! columns (an office's own order and headings are for people; a database keeps its columns).

use crate::diagnostic::AppResult;
use crate::disclosure::{Audience, CheckResult, ResultList};

use super::columns::{ColumnCatalogue, SheetKind};
use super::csv_text::render_csv;
use super::manifest::ExportFile;
use super::plan_book::PlanBook;
use super::plan_sheets::{quota_sheet, sorted_targets, target_cell};
use super::public::result_sheet;
use super::sheet::{Cell, CellKind, SheetColumn, SheetSpec};
use crate::text::csv::CsvStyle;

/// A table of an export.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordSheet {
    /// Its name in a database.
    pub id: &'static str,
    /// Who may see it: one that names inspectors or targets not visited is internal.
    pub audience: Audience,
    /// Columns, cells and, as title, what it is.
    pub sheet: SheetSpec,
}

impl RecordSheet {
    /// The table as a file, for the gate that every public file passes.
    ///
    /// # Errors
    /// As [`render_csv`].
    pub fn as_file(&self) -> AppResult<ExportFile> {
        let bytes = render_csv(&self.sheet, CsvStyle::Plain)?;
        Ok(ExportFile { name: format!("{}.csv", self.id), bytes, audience: self.audience })
    }
}

/// The same rows with the month in front of each.
fn with_month(sheet: &mut SheetSpec, rows: Vec<Vec<Cell>>, month: &str) {
    for mut row in rows {
        row.insert(0, Cell::text(month));
        sheet.rows.push(row);
    }
}

fn month_column() -> SheetColumn {
    SheetColumn::new("month", "月份", 9.0, CellKind::Id)
}

/// Plan, month lists, results and disclosures as tables.
///
/// # Errors
/// `EXP-01x` for a damaged build.
pub fn record_sheets(book: &PlanBook, results: &[CheckResult], lists: &[ResultList]) -> AppResult<Vec<RecordSheet>> {
    let catalogue = ColumnCatalogue::built_in()?;
    let mut plan = quota_sheet(book, &catalogue);
    "双随机：年度计划，各月各主体各类的配额".clone_into(&mut plan.title);
    let none: [&super::plan_book::TargetRow; 0] = [];
    let name = "双随机：各月检查名单（内部，检查前不得外传）";
    let mut targets = catalogue.sheet(SheetKind::Targets, "", name, &none, |_, _, _| Cell::Empty);
    targets.columns.insert(0, month_column());
    for month in &book.months {
        let rows = sorted_targets(&month.targets);
        let own = catalogue.sheet(SheetKind::Targets, "", "", &rows, |at, row, id| target_cell(at, row, id));
        with_month(&mut targets, own.rows, &month.month.to_string());
    }
    let name = "双随机：检查结果可公开的内容（个人信息已隐去）";
    let empty: [(); 0] = [];
    let mut disclosures = catalogue.sheet(SheetKind::Results, "", name, &empty, |_, (), _| Cell::Empty);
    disclosures.columns.insert(0, month_column());
    for list in lists {
        with_month(&mut disclosures, result_sheet(list, String::new(), &catalogue).rows, &list.month.to_string());
    }
    let internal = |id, sheet| RecordSheet { id, audience: Audience::Internal, sheet };
    Ok(vec![
        internal("plan", plan),
        internal("month_list", targets),
        internal("results", results_table(book, results, &catalogue)),
        RecordSheet { id: "disclosures", audience: Audience::Public, sheet: disclosures },
    ])
}

/// The results as they were entered, with those who made the checks.
fn results_table(book: &PlanBook, results: &[CheckResult], catalogue: &ColumnCatalogue) -> SheetSpec {
    let rows = book.months.iter().flat_map(|month| &month.targets);
    let units: std::collections::BTreeMap<_, _> = rows.map(|row| (&row.unit.unit_id, &row.unit)).collect();
    let name = "双随机：检查结果（内部）";
    let mut sheet = catalogue.sheet(SheetKind::ResultsTemplate, "", name, results, |_, result, id| match id {
        "name" => Cell::text(units.get(&result.unit_id).map_or("", |unit| &unit.name)),
        "uscc" => Cell::text(units.get(&result.unit_id).map_or("", |unit| &unit.uscc)),
        id => result_cell(result, id),
    });
    // answers to single items are the checklists' own record
    if let Some(at) = sheet.columns.iter().position(|column| column.id == "answers") {
        sheet.columns.remove(at);
        for row in &mut sheet.rows {
            row.remove(at);
        }
    }
    sheet
}

fn result_cell(result: &CheckResult, id: &str) -> Cell {
    let inspector = |at: usize| Cell::text(result.inspectors.get(at).map_or("", |id| id.as_str()));
    let follow_up = &result.follow_up;
    match id {
        "plan_code" => Cell::text(&result.plan_code),
        "unit_id" => Cell::text(result.unit_id.as_str()),
        "month" => Cell::text(result.month.to_string()),
        "inspected_on" => Cell::Date(result.inspected_on),
        "completed_on" => Cell::date(result.completed_on),
        "manner" => Cell::text(result.manner.label()),
        "matters" => Cell::text(&result.matters),
        "outcome" => Cell::text(result.outcome.label()),
        "handling" => Cell::text(&result.handling),
        "problem" => Cell::text(&result.problem),
        "rectify_by" => Cell::date(result.rectify_by),
        "closed_on" => Cell::date(result.closed_on),
        "evidence" => Cell::text(&follow_up.evidence),
        "closed_by" => Cell::text(&follow_up.closed_by),
        "handed_over_on" => Cell::date(follow_up.handed_over_on),
        "handed_over" => Cell::text(&follow_up.handed_over),
        "exempted" => Cell::text(&follow_up.exempted),
        "first_inspector" => inspector(0),
        "second_inspector" => inspector(1),
        "checklist" => Cell::text(result.checklist.as_ref().map_or("", |list| &list.name)),
        "recheck" => Cell::flag(result.recheck),
        "disclosed_on" => Cell::date(result.disclosed_on),
        "withheld" => Cell::text(result.withheld.as_ref().map_or("", |ground| ground.as_str())),
        _ => Cell::Empty,
    }
}
