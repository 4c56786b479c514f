//! The journal and the interventions as rows of text, made once a reading of the books.

use serde_json::Value;

use crate::diagnostic::AppResult;
use crate::domain::PlanMonth;
use crate::export::{Cell, CellKind, CsvStyle, SheetColumn, SheetSpec, render_csv};
use crate::sampling::to_hex;
use crate::ui::text::audit as t;
use crate::workspace::reports::journal_words::{JournalWords, time_text};
use crate::workspace::session::Books;
use crate::workspace::store::changes::DrawChange;
use crate::workspace::store::journal::JournalEntry;

/// Commands that are interventions by hand where no change of a draw tells them.
const BY_HAND: [&str; 5] = ["void", "mend", "correct-result", "correct-publication", "accept-changes"];

/// A row; texts ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Cells in the order of the page's columns.
    pub cells: Vec<String>,
    /// The one unit that it is about, and the month of its check.
    pub unit: Option<(String, Option<PlanMonth>)>,
}

/// The unit that an entry is about; `None` where it is about none or several.
fn unit_of(detail: &Value) -> Option<(String, Option<PlanMonth>)> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let after = detail.get("after");
    let change = detail.get("change");
    let one = detail.get("checks").and_then(Value::as_array).filter(|checks| checks.len() == 1);
    let unit = text(detail, "unit")
        .or_else(|| text(after?, "unit_id"))
        .or_else(|| text(change?, "unit"))
        .or_else(|| text(change?.get("need")?, "unit_id"))
        .or_else(|| text(one?.first()?, "unit"))?;
    let month = text(detail, "period").or_else(|| text(after?, "month")).and_then(|month| month.parse().ok());
    Some((unit, month))
}

/// `2027-02-28 21:15:00` of a journal's time.
fn time(text: &str) -> String {
    text.get(..19).unwrap_or(text).replace('T', " ")
}

/// The journal, the newest first.
#[must_use]
pub fn journal_rows(entries: &[JournalEntry], words: &JournalWords<'_>) -> Vec<Row> {
    let row = |entry: &JournalEntry| {
        let command = t::command(&entry.command).to_owned();
        Row {
            cells: vec![
                entry.sequence.to_string(),
                time_text(&entry.at),
                entry.operator.clone(),
                command.clone(),
                words.sentence(entry),
            ],
            unit: unit_of(&entry.detail),
        }
    };
    entries.iter().rev().map(row).collect()
}

/// True where saving changed the planner's edits of the plan: quotas, loans, moved checks.
fn changes_plan(entry: &JournalEntry) -> bool {
    let changed = entry.detail.get("changed").and_then(Value::as_array);
    entry.command == "settings" && changed.is_some_and(|list| list.iter().any(|v| v.as_str() == Some("edits")))
}

/// What was done by hand, the newest first: changes of draws, voided seals, mends, corrections.
#[must_use]
pub fn hand_rows(books: &Books, words: &JournalWords<'_>) -> Vec<Row> {
    let mut rows: Vec<(String, Row)> = Vec::new();
    let mut push = |at: &str, operator: &str, command: &str, content: String, reason: String, unit| {
        let command = t::command(command).to_owned();
        let cells = vec![time_text(at), operator.to_owned(), command, content, reason];
        rows.push((at.to_owned(), Row { cells, unit }));
    };
    for draw in &books.draws {
        let of = t::period(draw.draw.period);
        for change in &draw.draw.changes {
            let content = format!("{of}：{}", words.change(change));
            let month = draw.draw.period.month();
            match change {
                DrawChange::Substitute { unit, reason, at, operator, .. } => {
                    let unit = Some((unit.to_string(), month));
                    push(at, operator, "substitute", content, reason.clone(), unit);
                }
                DrawChange::Replace { unit, reason, at, operator, .. } => {
                    let unit = Some((unit.to_string(), month));
                    push(at, operator, "replace-inspector", content, reason.clone(), unit);
                }
                DrawChange::Add { need, trigger, reason, at, operator, although_closed, .. } => {
                    let reason = match although_closed {
                        Some(grounds) => format!("{reason}；{}{grounds}", t::ALTHOUGH_CLOSED),
                        None => reason.clone(),
                    };
                    let reason = trigger.map_or_else(|| reason.clone(), |kind| format!("{}：{reason}", kind.label()));
                    push(at, operator, "add-check", content, reason, Some((need.unit_id.to_string(), month)));
                }
            }
        }
    }
    for entry in books.journal.iter().filter(|e| BY_HAND.contains(&e.command.as_str()) || changes_plan(e)) {
        let reason = entry.detail.get("reason").and_then(Value::as_str).unwrap_or_default();
        let sentence = words.sentence(entry);
        let content = sentence.strip_suffix(&t::because(reason)).unwrap_or(&sentence).to_owned();
        let reason = reason.to_owned();
        push(&entry.at, &entry.operator, &entry.command, content, reason, unit_of(&entry.detail));
    }
    rows.sort_by(|a, b| b.0.cmp(&a.0));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The register: a row a seal, the latest first, with its commitment.
#[must_use]
pub fn register_rows(books: &Books) -> Vec<Row> {
    let mut rows: Vec<Row> = books
        .register
        .seals()
        .map(|seal| {
            let (line, end) = (seal.sealed, seal.end);
            let reason = match (line.reason.as_str(), end.map_or("", |e| e.reason.as_str())) {
                (again, "") => again.to_owned(),
                ("", void) => void.to_owned(),
                (again, void) if again == void => again.to_owned(),
                (again, void) => format!("{again}；{void}"),
            };
            let state = end.map_or(t::PENDING, |end| end.event.label());
            Row {
                cells: vec![
                    t::period(line.period),
                    line.sequence.to_string(),
                    to_hex(&line.commitment),
                    state.to_owned(),
                    time(line.at.as_str()),
                    end.map(|end| time(end.at.as_str())).unwrap_or_default(),
                    reason,
                ],
                unit: None,
            }
        })
        .collect();
    rows.reverse();
    rows
}

/// Rows as csv for a spreadsheet: UTF-8 with BOM, formulas made harmless.
///
/// # Errors
/// `EXP-040`.
pub fn render_rows(name: &str, headings: &[&str], rows: &[Row], shown: &[u32]) -> AppResult<Vec<u8>> {
    let column = |heading: &&str| SheetColumn {
        id: (*heading).to_owned(),
        heading: (*heading).to_owned(),
        width: 16.0,
        kind: CellKind::Text,
        choices: Vec::new(),
        input: false,
    };
    let sheet = SheetSpec {
        name: name.to_owned(),
        title: name.to_owned(),
        notes: Vec::new(),
        columns: headings.iter().map(column).collect(),
        rows: shown
            .iter()
            .filter_map(|i| rows.get(*i as usize))
            .map(|row| row.cells.iter().map(|cell| Cell::text(cell.as_str())).collect())
            .collect(),
        marks: Vec::new(),
        frozen_columns: 0,
        filter: false,
        spare_rows: 0,
    };
    render_csv(&sheet, CsvStyle::Office)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_for_spreadsheets_has_a_bom_and_no_formula() {
        let rows = [Row {
            cells: vec!["1".into(), "2027".into(), "张三".into(), "作废".into(), "=1+1".into()],
            unit: None,
        }];
        let bytes = render_rows("日志", &t::JOURNAL_COLUMNS, &rows, &[0]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with('\u{feff}') && text.contains("'=1+1") && text.contains("序号,时间"));
    }
}
