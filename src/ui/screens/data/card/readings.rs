//! A source's monitoring: what the project has of it, and its readings where they are counted, which are asked of the
//! engine or database when somebody wants to see them, and kept nowhere.
//!
//! Invariant: what is typed as password or token is gone once it was used or the dialog closed.

use std::borrow::Cow;
use std::fmt::Write as _;

use egui::{Id, Key, Label, TextEdit, Ui};

use super::section;
use crate::diagnostic::ProgressState;
use crate::registry::TableKind;
use crate::registry::schema::monitoring;
use crate::ui::screens::Cx;
use crate::ui::slot::Slot;
use crate::ui::table::{CellRows, ColumnDef, List, ListId, TableInput};
use crate::ui::text::data as d;
use crate::ui::text::readings as t;
use crate::ui::text::{common, database};
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::intake::feed_unit::{UnitReadings, feed_of, names_of, readings_of};
use crate::workspace::reports::card::SourceCard;
use crate::workspace::session::OpenProject;
use crate::workspace::view::{date_text, number_text};

/// Rows that are asked for.
const MOST: usize = 500;
/// Room around the list: title, words, buttons.
const AROUND: f32 = 300.0;

/// The dialog of one source.
pub(super) struct ReadingsDialog {
    row: u32,
    typed: String,
    /// How often was asked.
    round: u64,
    found: Slot<u64, UnitReadings>,
}

fn typed_id() -> Id {
    Id::unique("readings password")
}

impl ReadingsDialog {
    /// For the source of a row; asks at once with what the environment knows.
    pub(super) fn new(cx: &Cx<'_>, open: &OpenProject, row: u32) -> Self {
        let mut dialog = Self { row, typed: String::new(), round: 0, found: Slot::default() };
        dialog.ask(cx, open);
        dialog
    }

    /// True where it is about this row.
    pub(super) fn is_of(&self, row: u32) -> bool {
        self.row == row
    }

    fn ask(&mut self, cx: &Cx<'_>, open: &OpenProject) {
        self.round += 1;
        let (data, row, typed) = (open.data.clone(), self.row as usize, std::mem::take(&mut self.typed));
        let mapping = open.project.file.mapping.clone();
        self.found.start(cx.session, self.round, t::ASKING, move |progress| {
            let unit = names_of(&data.registry, row)?;
            readings_of(&mapping, &unit, MOST, (typed, None), progress)
        });
    }

    /// Draws it; true where it is to be closed.
    pub(super) fn ui(&mut self, ui: &Ui, cx: &Cx<'_>, open: &OpenProject) -> bool {
        self.found.poll();
        let Some(feed) = feed_of(&open.project.file.mapping) else { return true };
        let (mut ask, mut close) = (false, false);
        let modal = widgets::modal(ui.ctx(), "readings").show(ui.ctx(), |ui| {
            ui.set_width((ui.ctx().content_rect().width() - 160.0).clamp(520.0, 900.0));
            widgets::heading(ui, t::TITLE);
            let unit = open.data.name(self.row).unwrap_or_default();
            ui.add(Label::new(theme::note(ui, t::of(unit, &feed.address, &feed.from))).wrap());
            ui.add_space(GRID);
            widgets::within_window(ui, AROUND, |ui| self.answer_ui(ui));
            ui.add_space(GRID);
            ask = self.typed_ui(ui);
            ui.add_space(GRID);
            widgets::buttons(ui, |ui| {
                close = ui.button(common::CLOSE).clicked();
            });
        });
        if ask {
            self.ask(cx, open);
        }
        let close = close || modal.should_close();
        if ask || close {
            widgets::forget_typing(ui.ctx(), typed_id());
        }
        close
    }

    fn answer_ui(&self, ui: &mut Ui) {
        if let Some(error) = self.found.error() {
            ui.label(theme::strong(t::FAILED));
            let ink = theme::of(ui).red;
            ui.add(Label::new(widgets::message(ui, error, ink)).wrap());
            return;
        }
        let Some(found) = self.found.current() else {
            widgets::loading(ui, t::ASKING, &ProgressState::default());
            return;
        };
        ui.add(Label::new(t::told(found.cells.height(), found.more)).wrap());
        if found.cells.height() > 0 {
            rows_ui(ui, found, self.round);
        }
    }

    /// The field for what the server wants to know; true where one is to ask again.
    fn typed_ui(&mut self, ui: &mut Ui) -> bool {
        ui.horizontal_wrapped(|ui| {
            let name = ui.label(t::SECRET);
            let edit = TextEdit::singleline(&mut self.typed).id(typed_id()).password(true).desired_width(160.0);
            let field = ui.add(edit).labelled_by(name.id).on_hover_text(database::PASSWORD_TYPED);
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            ui.button(t::AGAIN).clicked() || entered
        })
        .inner
    }
}

/// What the project has of its monitoring; true where the readings on the server are asked for.
pub(super) fn monitoring_ui(ui: &mut Ui, open: &OpenProject, card: &SourceCard, all: &mut Option<TableKind>) -> bool {
    let rows: u32 = card.monitoring.values().map(|figures| figures.rows).sum();
    if section(ui, d::SECTION_MONITORING, Some(rows as usize)) && rows > 0 {
        *all = Some(TableKind::Monitoring);
    }
    for (pollutant, figures) in &card.monitoring {
        let name = if pollutant.is_empty() { "（未注明因子）" } else { pollutant };
        let mut words = format!("{name}　{} 条，有效 {}", figures.rows, figures.valid);
        if let Some(worst) = figures.worst {
            let _ = write!(words, "，最大超标 {} 倍", number_text(worst, 2));
        }
        if let Some(last) = figures.last {
            let _ = write!(words, "，最近 {}", date_text(last));
        }
        ui.add(egui::Label::new(words).wrap());
    }
    feed_of(&open.project.file.mapping).is_some() && ui.link(t::OPEN).clicked()
}

/// Width of a column, and its share of what is left.
fn room(id: &str) -> (f32, f32) {
    match id {
        id if id == monitoring::DATE.name() => (150.0, 0.0),
        id if id == monitoring::UNIT_ID.name() => (120.0, 0.6),
        id if id == monitoring::POLLUTANT.name() || id == monitoring::OUTLET.name() => (80.0, 0.4),
        _ => (76.0, 0.2),
    }
}

fn rows_ui(ui: &mut Ui, found: &UnitReadings, version: u64) {
    let cells = found.cells.columns();
    let columns: Vec<ColumnDef> = cells
        .iter()
        .map(|column| {
            let (width, share) = room(column.name());
            ColumnDef::text(column.name().to_string(), d::heading(Some(TableKind::Monitoring), column.name()), width)
                .share(share)
        })
        .collect();
    let cell = |row: usize, column: usize| {
        let text = cells.get(column).and_then(|column| column.str().ok()).and_then(|cells| cells.get(row));
        Cow::Borrowed(text.unwrap_or_default())
    };
    let rows = CellRows::new(&columns, found.cells.height(), &cell);
    let input = TableInput::new(ListId::Readings, &rows).height((ui.ctx().content_rect().height() - 400.0).max(160.0));
    List::show_kept(ui, None, &input, version);
}
