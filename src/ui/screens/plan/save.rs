//! The matrix as it is shown, and the four columns beside it, as a workbook.

use std::sync::Arc;

use chrono::NaiveDateTime;

use super::PlanScreen;
use super::model::{Model, Row, Shown};
use crate::diagnostic::AppResult;
use crate::disclosure::Audience;
use crate::export::{BookMeta, Cell, CellKind, CellMark, Emphasis, FileName, SheetColumn, SheetSpec, render_workbook};
use crate::plan::model::MONTHS;
use crate::ui::picker::{PickKind, PickRequest};
use crate::ui::screens::Cx;
use crate::ui::text::common::SYNTHETIC;
use crate::ui::text::plan as t;
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::session::{OpenProject, ViewCommand};

/// The rows as shown: a line a row, a column a month, the year last.
fn matrix_sheet(rows: &[Row], shown: Shown, title: &str) -> SheetSpec {
    let kind = if matches!(shown, Shown::Drawn | Shown::Done) { CellKind::Integer } else { CellKind::Decimal(1) };
    let mut columns = vec![SheetColumn::new("body", t::BODY, 28.0, CellKind::Text)];
    columns.extend((1..=MONTHS).map(|m| SheetColumn::new(&format!("m{m}"), t::month(m), 9.0, kind)));
    columns.push(SheetColumn::new("year", t::YEAR, 11.0, kind));
    let lines = rows
        .iter()
        .map(|row| {
            let values = row.cells.iter().map(|cell| cell.value).chain([row.year_value]);
            let number = |value: Option<f64>| match (value, kind) {
                (Some(value), CellKind::Integer) => Cell::Integer(value.round() as i64),
                (value, _) => Cell::number(value),
            };
            std::iter::once(Cell::text(&row.name)).chain(values.map(number)).collect()
        })
        .collect();
    SheetSpec {
        name: shown.label().to_owned(),
        title: title.to_owned(),
        notes: vec![t::table_note(shown.label())],
        columns,
        rows: lines,
        marks: vec![CellMark { row: 0, column: None, emphasis: Emphasis::Strong }],
        frozen_columns: 1,
        filter: false,
        spare_rows: 0,
    }
}

fn mark_of(open: &OpenProject) -> Option<&'static str> {
    open.saved.file.synthetic.then_some(SYNTHETIC)
}

/// The workbook's name, as proposed.
fn name_of(open: &OpenProject, model: &Model) -> String {
    let year = open.project.file.year.to_string();
    FileName {
        agency: &open.project.policy.agency_name,
        document: t::TABLE_DOCUMENT,
        period: &year,
        version: model.record.as_ref().and_then(|record| record.version).unwrap_or(1),
        audience: Audience::Internal,
        mark: mark_of(open),
        extension: "xlsx",
    }
    .render()
}

/// The workbook: the rows as shown, and the four columns.
///
/// # Errors
/// `EXP-…`.
fn workbook(
    open: &OpenProject,
    model: &Model,
    rows: &[Row],
    shown: Shown,
    created: NaiveDateTime,
) -> AppResult<Vec<u8>> {
    let title = t::table_title(open.project.file.year, shown.label(), open.draft.is_changed());
    let mut sheets = vec![matrix_sheet(rows, shown, &title)];
    sheets.extend(model.record.as_ref().map(|record| record.table().sheet(&title)));
    let meta = BookMeta {
        title,
        agency: open.project.policy.agency_name.clone(),
        program: PROGRAM.to_owned(),
        created,
        audience: Audience::Internal,
        data_mark: mark_of(open).map(str::to_owned),
    };
    render_workbook(&sheets, &meta)
}

impl PlanScreen {
    /// Asks where the table is to go.
    pub(super) fn ask_save(&mut self, cx: &mut Cx<'_>, open: &OpenProject) {
        let created = cx.session.now().date().and_time(chrono::NaiveTime::MIN);
        let shown = if self.by_district { Shown::Progress } else { self.look.shown };
        self.save_failed = None;
        match workbook(open, &self.model, self.rows(), shown, created) {
            Ok(bytes) => {
                let name = name_of(open, &self.model);
                let request =
                    PickRequest::new(PickKind::SaveFile(name), t::SAVE_TABLE_TITLE).filter(t::WORKBOOK, &["xlsx"]);
                self.saving = Some((bytes, cx.pick(request)));
            }
            Err(error) => self.save_failed = Some(error.to_string()),
        }
    }

    /// Takes in where the table is to go.
    pub(super) fn poll_save(&mut self, cx: &mut Cx<'_>) {
        let Some(paths) = self.saving.as_ref().and_then(|(_, picking)| picking.poll()) else { return };
        if let (Some((bytes, _)), Some(path)) = (self.saving.take(), paths.into_iter().next()) {
            let path = if path.extension().is_some() { path } else { path.with_extension("xlsx") };
            cx.send(ViewCommand::WriteFile(path, Arc::new(bytes)));
        }
    }
}
