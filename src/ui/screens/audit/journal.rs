//! The journal and the interventions as rows of text, made once a reading of the books.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostic::AppResult;
use crate::export::{Cell, CellKind, CsvStyle, SheetColumn, SheetSpec, render_csv};
use crate::sampling::to_hex;
use crate::ui::text::audit as t;
use crate::workspace::session::Books;
use crate::workspace::store::draws::DrawChange;
use crate::workspace::store::journal::JournalEntry;

/// Commands that are interventions by hand where no change of a draw tells them.
const BY_HAND: [&str; 3] = ["void", "mend", "correct-result"];

/// A row; texts ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Cells in the order of the page's columns.
    pub cells: Vec<String>,
    /// Whom it concerns for the filters: operator and command in words.
    pub operator: String,
    /// Command in words.
    pub command: String,
}

/// `2027-02-28 21:15:00` of a journal's time.
fn time(text: &str) -> String {
    text.get(..19).unwrap_or(text).replace('T', " ")
}

/// A journal's detail in words: `期间 2027-03，序号 1`.
#[must_use]
pub fn describe(detail: &Value) -> String {
    match detail {
        Value::Null => String::new(),
        Value::Bool(yes) => (if *yes { "是" } else { "否" }).to_owned(),
        Value::String(text) => t::value(text).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => {
            let mut words: Vec<String> = items.iter().take(8).map(item).collect();
            if items.len() > 8 {
                words.push(format!("等 {} 项", items.len()));
            }
            words.join("、")
        }
        Value::Object(fields) => {
            let words = fields.iter().filter(|(key, value)| !is_empty(value) && *key != "at" && *key != "operator");
            words
                .map(|(key, value)| match value {
                    Value::Object(_) => format!("{}（{}）", t::field(key), describe(value)),
                    Value::String(text) if key == "period" => {
                        let words = text.parse().map_or_else(|_| text.clone(), t::period);
                        format!("{} {words}", t::field(key))
                    }
                    value => format!("{} {}", t::field(key), describe(value)),
                })
                .collect::<Vec<_>>()
                .join("，")
        }
    }
}

/// An entry of a list; a file with its digest goes by its name.
fn item(value: &Value) -> String {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    match (text("file"), text("sha256")) {
        (Some(file), Some(digest)) => format!("{file}（SHA-256 {digest}）"),
        _ => describe(value),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(is_empty),
        _ => false,
    }
}

/// The journal, the newest first.
#[must_use]
pub fn journal_rows(entries: &[JournalEntry]) -> Vec<Row> {
    let row = |entry: &JournalEntry| {
        let command = t::command(&entry.command).to_owned();
        Row {
            cells: vec![
                entry.sequence.to_string(),
                time(&entry.at),
                entry.operator.clone(),
                command.clone(),
                describe(&entry.detail),
            ],
            operator: entry.operator.clone(),
            command,
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
pub fn hand_rows(books: &Books) -> Vec<Row> {
    let mut rows: Vec<(String, Row)> = Vec::new();
    let mut push = |at: &str, operator: &str, command: &str, content: String, reason: String| {
        let command = t::command(command).to_owned();
        let cells = vec![time(at), operator.to_owned(), command.clone(), content, reason];
        rows.push((at.to_owned(), Row { cells, operator: operator.to_owned(), command }));
    };
    for draw in &books.draws {
        let of = format!("{} {}", draw.draw.period, draw.draw.sequence);
        for change in &draw.draw.changes {
            match change {
                DrawChange::Substitute { unit, by, reason, at, operator, .. } => {
                    push(at, operator, "substitute", format!("{of}：{unit} → {by}"), reason.clone());
                }
                DrawChange::Replace { unit, certificate, reason, at, operator } => {
                    push(at, operator, "replace-inspector", format!("{of}：{unit}，{certificate}"), reason.clone());
                }
                DrawChange::Add { need, trigger, reason, at, operator, past_cap, although_closed } => {
                    let mut content = format!("{of}：{}", need.unit_id);
                    if let Some(past) = past_cap {
                        content.push_str(&t::past_cap(past.visits, past.cap));
                    }
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
        let text = |key: &str| entry.detail.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (content, reason) = match entry.command.as_str() {
            "void" => (
                format!("{} {}", text("period"), entry.detail.get("sequence").map(describe).unwrap_or_default()),
                text("reason"),
            ),
            "mend" => (text("mend"), text("change")),
            "settings" => {
                let steps: Vec<&str> = entry
                    .detail
                    .get("steps")
                    .and_then(Value::as_array)
                    .map(|steps| steps.iter().filter_map(Value::as_str).collect())
                    .unwrap_or_default();
                let edits = entry.detail.get("edits").map(describe).unwrap_or_default();
                (if steps.is_empty() { edits } else { steps.join("；") }, String::new())
            }
            _ => (format!("{} {}", text("plan_code"), text("unit")), text("reason")),
        };
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
                operator: String::new(),
                command: state.to_owned(),
            }
        })
        .collect();
    rows.reverse();
    rows
}

/// Values of a filter in order.
#[must_use]
pub fn choices(rows: &[Row], of: impl Fn(&Row) -> &str) -> Vec<String> {
    let set: BTreeSet<&str> = rows.iter().map(of).filter(|text| !text.is_empty()).collect();
    set.into_iter().map(str::to_owned).collect()
}

/// Indices of the rows that pass.
#[must_use]
pub fn passing(rows: &[Row], text: &str, command: Option<&str>, operator: Option<&str>) -> Vec<usize> {
    let wanted = text.trim().to_lowercase();
    let passes = |row: &Row| {
        command.is_none_or(|c| c == row.command)
            && operator.is_none_or(|o| o == row.operator)
            && (wanted.is_empty() || row.cells.iter().any(|cell| cell.to_lowercase().contains(&wanted)))
    };
    rows.iter().enumerate().filter(|(_, row)| passes(row)).map(|(i, _)| i).collect()
}

/// Rows as csv for a spreadsheet: UTF-8 with BOM, formulas made harmless.
///
/// # Errors
/// `EXP-040`.
pub fn render_rows(name: &str, headings: &[&str], rows: &[Row], shown: &[usize]) -> AppResult<Vec<u8>> {
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
            .filter_map(|i| rows.get(*i))
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

    fn entry(sequence: u64, command: &str, operator: &str, detail: Value) -> JournalEntry {
        JournalEntry {
            at: format!("2027-03-0{sequence}T09:00:00+08:00"),
            command: command.to_owned(),
            detail,
            operator: operator.to_owned(),
            previous: String::new(),
            sequence,
        }
    }

    #[test]
    fn files_go_by_their_names() {
        let detail = serde_json::json!({ "inputs": [{ "file": "信访投诉.csv", "sha256": "c16f" }], "year": 2027 });
        assert_eq!(describe(&detail), "输入文件 信访投诉.csv（SHA-256 c16f），年度 2027");
    }

    #[test]
    fn rows_are_newest_first_and_filtered() {
        let entries = [
            entry(1, "seal", "张三", serde_json::json!({ "period": "2027-03", "sequence": 1, "again": null })),
            entry(2, "void", "李四", serde_json::json!({ "period": "2027-03", "reason": "=名录有误" })),
        ];
        let rows = journal_rows(&entries);
        assert_eq!(rows[0].cells, ["2", "2027-03-02 09:00:00", "李四", "作废封签", "期间 2027-03，理由 =名录有误"]);
        assert_eq!(rows[1].cells[4], "期间 2027-03，序号 1");
        assert_eq!(passing(&rows, "", None, None), [0, 1]);
        assert_eq!(passing(&rows, "名录", None, None), [0]);
        assert_eq!(passing(&rows, "", Some("封存"), None), [1]);
        assert_eq!(passing(&rows, "", None, Some("张三")), [1]);
        assert_eq!(choices(&rows, |r| &r.operator), ["张三", "李四"]);
    }

    #[test]
    fn a_file_for_spreadsheets_has_a_bom_and_no_formula() {
        let rows = [Row {
            cells: vec!["1".into(), "2027".into(), "张三".into(), "作废".into(), "=1+1".into()],
            operator: String::new(),
            command: String::new(),
        }];
        let bytes = render_rows("日志", &t::JOURNAL_COLUMNS, &rows, &[0]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with('\u{feff}') && text.contains("'=1+1") && text.contains("序号,时间"));
    }
}
