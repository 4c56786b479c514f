//! The journal and the interventions as rows of text, made once a reading of the books.

use serde_json::Value;

use crate::diagnostic::AppResult;
use crate::export::{Cell, CellKind, CsvStyle, SheetColumn, SheetSpec, render_csv};
use crate::sampling::to_hex;
use crate::ui::text::audit as t;
use crate::workspace::reports::journal_words::{JournalWords, time_text};
use crate::workspace::session::Books;
use crate::workspace::store::draws::DrawChange;
use crate::workspace::store::journal::JournalEntry;

/// Commands that are interventions by hand where no change of a draw tells them.
const BY_HAND: [&str; 4] = ["void", "mend", "correct-result", "correct-publication"];

/// A row; texts ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Cells in the order of the page's columns.
    pub cells: Vec<String>,
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
    let mut push = |at: &str, operator: &str, command: &str, content: String, reason: String| {
        let command = t::command(command).to_owned();
        let cells = vec![time_text(at), operator.to_owned(), command.clone(), content, reason];
        rows.push((at.to_owned(), Row { cells }));
    };
    for draw in &books.draws {
        let of = t::period(draw.draw.period);
        for change in &draw.draw.changes {
            let content = format!("{of}：{}", words.change(change));
            match change {
                DrawChange::Substitute { reason, at, operator, .. } => {
                    push(at, operator, "substitute", content, reason.clone());
                }
                DrawChange::Replace { reason, at, operator, .. } => {
                    push(at, operator, "replace-inspector", content, reason.clone());
                }
                DrawChange::Add { trigger, reason, at, operator, although_closed, .. } => {
                    let reason = match although_closed {
                        Some(grounds) => format!("{reason}；{}{grounds}", t::ALTHOUGH_CLOSED),
                        None => reason.clone(),
                    };
                    let reason = trigger.map_or_else(|| reason.clone(), |kind| format!("{}：{reason}", kind.label()));
                    push(at, operator, "add-check", content, reason);
                }
            }
        }
    }
    for entry in books.journal.iter().filter(|e| BY_HAND.contains(&e.command.as_str()) || changes_plan(e)) {
        let reason = entry.detail.get("reason").and_then(Value::as_str).unwrap_or_default();
        let sentence = words.sentence(entry);
        let content = sentence.strip_suffix(&t::because(reason)).unwrap_or(&sentence).to_owned();
        let reason = reason.to_owned();
        push(&entry.at, &entry.operator, &entry.command, content, reason);
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
        let rows = [Row { cells: vec!["1".into(), "2027".into(), "张三".into(), "作废".into(), "=1+1".into()] }];
        let bytes = render_rows("日志", &t::JOURNAL_COLUMNS, &rows, &[0]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with('\u{feff}') && text.contains("'=1+1") && text.contains("序号,时间"));
    }
}
