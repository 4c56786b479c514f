//! An export into a database: the same rows as the files, for the city's other systems to read.
//!
//! Order: the rows are made and pass the gate, are written in one transaction, the project's journal takes its line,
//! and only then does anybody see them. A connection cut between the last two leaves a line whose number the database
//! has not: an export that nobody got, never one that nobody knows of.

use std::sync::Arc;

use serde::Serialize;
use serde_json::json;

use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::{Audience, MaskCounts, PublicScan};
use crate::district::DistrictSet;
use crate::engine::database::{DatabaseTarget, OutCell, OutColumn, OutKind, OutTable, Written, write_tables};
use crate::export::{Cell, CellKind, RecordSheet, record_sheets, scan_public_file};
use crate::registry::Registry;
use crate::sampling::{sha256, to_hex};
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::inputs::analysis::compute_analysis_beside;
use crate::workspace::inputs::due::load_opened;
use crate::workspace::reports::book_header::book_header;
use crate::workspace::reports::export::data_mark;
use crate::workspace::reports::month_list::ResultsByCheck;
use crate::workspace::reports::plan_book::BookInput;
use crate::workspace::reports::plan_record::load_plan_files;
use crate::workspace::reports::public_list::PublicLists;
use crate::workspace::reports::target_rows::RowMaker;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::register::{load_register, next_month};
use crate::workspace::store::staged::Change;

/// What an export into a database gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatabaseExport {
    /// Its number there.
    pub number: i64,
    /// Rows of each table, schema in front.
    pub tables: Vec<(String, u64)>,
    /// Targets not yet visited; they are named in internal tables alone.
    pub unvisited: usize,
}

impl DatabaseExport {
    /// In a sentence.
    #[must_use]
    pub fn told(&self) -> String {
        let tables: Vec<String> = self.tables.iter().map(|(name, rows)| format!("{name} {rows} 行")).collect();
        let secret = match self.unvisited {
            0 => String::new(),
            n => format!("；{n} 个检查对象尚未检查，只在内部的表中，请勿把内部模式的权限授予无关用户"),
        };
        format!("已写入数据库，第 {} 次导出：{}{secret}", self.number, tables.join("，"))
    }
}

fn out_kind(kind: CellKind) -> OutKind {
    match kind {
        CellKind::Text | CellKind::Id => OutKind::Text,
        CellKind::Integer => OutKind::Integer,
        CellKind::Decimal(_) | CellKind::Percent(_) => OutKind::Number,
        CellKind::Date => OutKind::Date,
    }
}

fn out_cell(cell: &Cell, kind: OutKind) -> OutCell {
    match (cell, kind) {
        (Cell::Empty, _) => OutCell::Empty,
        (Cell::Text(text), _) => OutCell::Text(text.clone()),
        (Cell::Integer(number), OutKind::Number) => OutCell::Number(*number as f64),
        (Cell::Integer(number), _) => OutCell::Integer(*number),
        (Cell::Number(number), _) => OutCell::Number(*number),
        (Cell::Date(day), _) => OutCell::Date(*day),
    }
}

fn out_table(record: &RecordSheet) -> OutTable {
    let columns: Vec<OutColumn> = record
        .sheet
        .columns
        .iter()
        .map(|c| OutColumn { name: c.id.clone(), comment: c.heading.clone(), kind: out_kind(c.kind) })
        .collect();
    let cells = |row: &Vec<Cell>| row.iter().zip(&columns).map(|(cell, column)| out_cell(cell, column.kind)).collect();
    OutTable {
        name: record.id.to_owned(),
        comment: record.sheet.title.clone(),
        public: record.audience == Audience::Public,
        rows: record.sheet.rows.iter().map(cells).collect(),
        columns,
    }
}

/// The line of an export in the list of exports, whose names go out with the public tables too: masked and looked through
/// as those of public files are.
fn about(
    project: &Project,
    (lists, scan): (&PublicLists<'_>, &PublicScan),
    context: &CommandContext,
    mark: Option<&str>,
) -> AppResult<Vec<(OutColumn, OutCell)>> {
    let head = project.journal().head()?;
    let text = |text: &str| OutCell::Text(text.to_owned());
    let [agency, name, operator] = [&project.policy.agency_name, &project.file.name, &context.operator]
        .map(|name| lists.masker().mask_text(name, &mut MaskCounts::default()));
    scan_public_file("exports", format!("{agency}\n{name}\n{operator}").as_bytes(), scan)?;
    let columns = [
        ("exported_at", "导出时间", OutKind::Moment, text(&context.now.to_string())),
        ("operator", "操作人", OutKind::Text, text(&operator)),
        ("agency", "机关", OutKind::Text, text(&agency)),
        ("project", "项目", OutKind::Text, text(&name)),
        ("year", "年度", OutKind::Integer, OutCell::Integer(i64::from(project.file.year))),
        ("data_mark", "数据说明（模拟数据、演示）", OutKind::Text, mark.map_or(OutCell::Empty, text)),
        ("program", "程序与版本", OutKind::Text, text(PROGRAM)),
        ("log_size", "操作日志行数（导出之前）", OutKind::Integer, OutCell::Integer(head.size.cast_signed())),
        ("log_root", "操作日志根值（导出之前）", OutKind::Text, text(&head.root)),
    ];
    let column =
        |name: &str, comment: &str, kind| OutColumn { name: name.to_owned(), comment: comment.to_owned(), kind };
    Ok(columns.into_iter().map(|(name, comment, kind, cell)| (column(name, comment, kind), cell)).collect())
}

/// Adds a project's plan, month lists, results and disclosures to tables of a database.
///
/// # Errors
/// `DBS-…`; `DIS-044` where a public table would name a target not yet visited; `PRJ-011`, `PLN-…`, `IO-…`, `JOB-001`.
pub fn export_to_database(
    project: &Project,
    (registry, districts): (&Registry, &DistrictSet),
    target: &DatabaseTarget,
    context: &CommandContext,
) -> AppResult<DatabaseExport> {
    project.check_writable()?;
    let register = load_register(project)?;
    let draws = load_opened(project, registry)?;
    let at = next_month(&register, &project.months())
        .ok_or_else(|| AppError::new("EXP-050", "项目年度不在 2000 至 2100 年之间"))?;
    let stored: Vec<Arc<StoredDraw>> = draws.iter().map(|opened| Arc::clone(&opened.draw)).collect();
    let analysis = compute_analysis_beside(project, registry, at, &stored, &context.progress)?;
    let rows = RowMaker::new(&project.policy, registry, districts, &analysis)?;
    let results: ResultsByCheck<'_> = analysis.results.iter().map(|result| (result.key(), result)).collect();
    let mark = data_mark(project, draws.iter());
    let plans = load_plan_files(project)?;
    let input = BookInput {
        project,
        analysis: &analysis,
        draws: &draws,
        register: &register,
        results: &results,
        rows: &rows,
        plans: &plans,
    };
    let book = input.compute(book_header(project, &register, context, mark.clone()))?;
    let lists = PublicLists::new(project, registry, &draws, &analysis.results, context.now.date())?;
    let told = lists.months().into_iter().map(|month| lists.list(month)).collect::<AppResult<Vec<_>>>()?;
    let records = record_sheets(&book, &analysis.results, &told)?;
    let (scan, unvisited) = lists.scan();
    let mut hashes = serde_json::Map::new();
    for record in &records {
        let file = record.as_file()?;
        if record.audience == Audience::Public {
            scan_public_file(&file.name, &file.bytes, &scan)?;
        }
        hashes.insert(record.id.to_owned(), to_hex(&sha256(&[&file.bytes])).into());
    }
    let tables: Vec<OutTable> = records.iter().map(out_table).collect();
    let change = Change::begin(project)?;
    let journal = |written: &Written| {
        let detail = json!({
            "database": target.address.to_string(), "schema": target.schema, "number": written.number,
            "tables": written.tables, "sha256": hashes,
        });
        change.commit(context, CommandId::Export, detail).map(|_| ())
    };
    let about = about(project, (&lists, &scan), context, mark.as_deref())?;
    let written = write_tables(target, &about, &tables, journal, &context.progress)?;
    Ok(DatabaseExport { number: written.number, tables: written.tables.into_iter().collect(), unvisited })
}
