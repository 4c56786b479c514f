//! What stands around every table: search, filters with their chips, columns, pasting, pivot, file; figures of what is
//! selected. The same for the tables of the register and for the lists of every screen.

use std::sync::Arc;

use egui::{Align, Key, Layout, RichText, Ui};
use polars::prelude::{Column, DataFrame};

use super::desk::{Desk, TableAsk};
use super::file::SheetFile;
use super::filter::{Answer, FilterPopup, words_of};
use super::header::column_menu;
use super::paste::{PasteAnswer, PastePanel};
use super::pivot::PivotPanel;
use super::{ColumnDef, TableOutput, TableState, text as t};
use crate::diagnostic::{AppResult, Progress};
use crate::ui::slot::Slot;
use crate::ui::widgets::thousands;
use crate::ui::{theme, widgets};
use crate::workspace::session::Session;
use crate::workspace::view::{
    CellFormat, ColumnFilter, NamedColumn, SortKey, Totals, ViewRequest, compute_totals, is_numeric, number_text,
};

/// Width from which the tools stand side by side, points; below it they are in one menu.
const WIDE: f32 = 620.0;
/// Height of the figures below a table, points.
const STATUS: f32 = 22.0;
/// Space above them, points.
const GAP: f32 = 8.0;

/// Where work is done: by a job, or at once where a table is small.
#[derive(Clone, Copy)]
pub enum Work<'a> {
    /// At once.
    Now,
    /// By a job of the session.
    Job(&'a Session),
}

impl Work<'_> {
    /// Has a slot's value made.
    pub(super) fn start<K: PartialEq + Clone, T: Send + 'static>(
        self,
        slot: &mut Slot<K, T>,
        key: K,
        name: &str,
        work: impl FnOnce(&Progress) -> AppResult<T> + Send + 'static,
    ) {
        match self {
            Self::Job(session) => slot.start(session, key, name, work),
            Self::Now => match work(&Progress::none()) {
                Ok(value) => slot.put(key, Arc::new(value)),
                Err(error) => slot.begin(key, Err(error)),
            },
        }
    }
}

/// What the tools work on.
pub trait Ground {
    /// Name of the table: titles of files and windows.
    fn name(&self) -> &str;
    /// Columns.
    fn defs(&self) -> &[ColumnDef];
    /// The rows' values, typed; asked only where a tool needs them.
    fn frame(&mut self) -> DataFrame;
    /// What names the rows' units beside the columns: a pasted value is looked for there too.
    fn identities(&mut self) -> Vec<Column> {
        Vec::new()
    }
    /// Columns whose values read by their names.
    fn named(&self) -> Vec<NamedColumn> {
        Vec::new()
    }
    /// How a column's values read.
    fn format(&self, column: &str) -> CellFormat;
    /// Rows of the frame in the order shown.
    fn order(&self) -> Arc<Vec<u32>>;
    /// Rows of the frame that a restriction from outside leaves; `None` for all.
    fn within(&self) -> Option<Arc<Vec<u32>>>;
    /// Rows of the frame.
    fn whole(&self) -> usize;
    /// Where work is done.
    fn work(&self) -> Work<'_>;
    /// True where the rows name units of a month's list: a file of them is journaled.
    fn names_targets(&self) -> bool;
}

/// The heading of a column.
pub(super) fn heading_of<'a>(defs: &'a [ColumnDef], column: &str) -> &'a str {
    defs.iter().find(|def| def.id == column).map_or("", |def| def.heading.as_ref())
}

/// Rows shown alone, and which making of them it is.
type Only = (Arc<Vec<u32>>, u64);

/// What the figures below a table were computed for: the selection, the order's address, the column.
type StatusKey = (u64, usize, String);

/// State of the tools of a table.
#[derive(Default)]
pub struct Tools {
    search: String,
    /// The conditions of the user.
    pub filters: Vec<ColumnFilter>,
    only: Option<Only>,
    number: u64,
    popup: Option<FilterPopup>,
    paste: Option<PastePanel>,
    pivot: Option<Box<PivotPanel>>,
    /// Column whose figures are shown; the first numeric one where it is none.
    figures_of: Option<String>,
    figures: Option<(StatusKey, u64, Totals)>,
    focus_search: bool,
    /// The search field had the keyboard in the last frame.
    typing: bool,
    /// Tools that are folded away were asked for.
    pub(super) unfolded: bool,
}

impl Tools {
    /// Puts the cursor into the search field in the next frame.
    pub fn find(&mut self) {
        self.focus_search = true;
        self.unfolded = true;
    }

    /// Shows only rows with this in a column.
    pub fn show_only(&mut self, filter: ColumnFilter) {
        self.clear();
        self.filters = vec![filter];
    }

    /// Takes search, filters and restriction away.
    pub fn clear(&mut self) {
        self.filters.clear();
        self.search.clear();
        self.only = None;
    }

    /// True where not all rows are shown.
    #[must_use]
    pub fn is_restricting(&self) -> bool {
        !self.filters.is_empty() || !self.search.trim().is_empty() || self.only.is_some()
    }

    /// True while one of its windows is open: filter, pasting, pivot.
    pub(super) fn is_asking(&self) -> bool {
        self.popup.is_some() || self.paste.is_some() || self.pivot.is_some()
    }

    /// Forgets what hangs on rows that are no more.
    pub(super) fn rows_changed(&mut self) {
        self.only = None;
        self.popup = None;
        self.figures = None;
        if let Some(pivot) = &mut self.pivot {
            pivot.forget();
        }
    }

    /// What the view is to be made of: filters, search and sorting; the restriction is [`Tools::only`].
    #[must_use]
    pub fn request(&self, sort: &[SortKey], search_columns: Vec<String>) -> ViewRequest {
        ViewRequest {
            filters: self.filters.clone(),
            search: self.search.trim().to_owned(),
            search_columns,
            search_named: Vec::new(),
            within: None,
            sort: sort.to_vec(),
            natural: false,
        }
    }

    /// The rows shown alone, and the number of their choice.
    #[must_use]
    pub fn only(&self) -> Option<(Arc<Vec<u32>>, u64)> {
        self.only.clone()
    }

    /// Shows these rows alone.
    pub(super) fn set_only(&mut self, rows: Arc<Vec<u32>>) {
        self.number += 1;
        self.only = Some((rows, self.number));
    }

    /// Drops sort keys and filters of columns that the table has not.
    pub fn retain(&mut self, has: impl Fn(&str) -> bool) {
        self.filters.retain(|filter| has(&filter.column));
    }

    /// The row above the table; true where the layout changed. `right` adds to its far end.
    pub fn bar(
        &mut self,
        ui: &mut Ui,
        ground: &mut dyn Ground,
        table: &mut TableState,
        running: bool,
        right: impl FnOnce(&mut Ui),
    ) -> bool {
        let mut changed = false;
        ui.horizontal(|ui| {
            let wide = ui.available_width() >= WIDE;
            let room = if wide { 200.0 } else { (ui.available_width() * 0.34).clamp(90.0, 180.0) };
            let field =
                ui.add(egui::TextEdit::singleline(&mut self.search).desired_width(room).hint_text(t::SEARCH_HINT));
            widgets::name_field(&field, &self.search, t::SEARCH_NAME);
            // a narrow field has no room for what it says while it is empty
            let field = if wide { field } else { field.on_hover_text(t::SEARCH_HINT) };
            if std::mem::take(&mut self.focus_search) {
                field.request_focus();
            }
            // the field may be another in the frame in which Esc takes the keyboard away from it: what counts is that it
            // was typed into
            let escaped = ui.input(|i| i.key_pressed(Key::Escape));
            if escaped && (field.lost_focus() || self.typing) {
                self.search.clear();
                // it has done its work: a dialog around the list stays open
                ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Escape));
            }
            self.typing = field.has_focus();
            if wide {
                changed |= self.buttons(ui, ground, table);
            } else {
                ui.menu_button(t::TOOLS, |ui| changed |= self.buttons(ui, ground, table));
            }
            let many = table.selection.len() > 1;
            if self.only.is_some() || many {
                let mut on = self.only.is_some();
                if ui.checkbox(&mut on, t::ONLY_SELECTED).changed() {
                    self.only = None;
                    if on {
                        self.set_only(Arc::new(table.selection.keys().iter().map(|key| *key as u32).collect()));
                    }
                }
            }
            if running {
                ui.add(egui::Spinner::new().size(14.0));
                ui.label(theme::note(ui, t::VIEWING));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                right(ui);
                let number = |n: usize| thousands(n as u64);
                let (shown, whole) = (number(ground.order().len()), number(ground.whole()));
                // the count goes before it would lie over the tools: the table's name has it too
                let mut word = |words: String| {
                    let font = theme::regular(theme::SMALL);
                    let galley = ui.painter().layout_no_wrap(words.clone(), font, egui::Color32::PLACEHOLDER);
                    if galley.size().x <= ui.available_width() {
                        ui.label(theme::note(ui, words));
                    }
                };
                word(t::rows_shown(&shown, &whole));
                if many {
                    word(t::selected(&number(table.selection.len())));
                }
            });
        });
        self.chips(ui, ground);
        changed
    }

    fn buttons(&mut self, ui: &mut Ui, ground: &mut dyn Ground, table: &mut TableState) -> bool {
        let changed = column_menu(ui, table, ground.defs());
        if ui.button(t::PASTE).on_hover_text(t::PASTE_HINT).clicked() {
            self.paste = Some(PastePanel::default());
            ui.close();
        }
        if ui.button(t::PIVOT).on_hover_text(t::PIVOT_HINT).clicked() {
            self.pivot = Some(Box::default());
            ui.close();
        }
        if ui.button(t::EXPORT).on_hover_text(t::EXPORT_HINT).clicked() {
            let file = self.file(ground, table);
            Desk::ask(ui.ctx(), TableAsk::Save(Box::new(file)));
            ui.close();
        }
        changed
    }

    /// The file of what is shown.
    fn file(&self, ground: &mut dyn Ground, table: &TableState) -> SheetFile {
        let mut notes: Vec<String> = Vec::new();
        let order = ground.order();
        let number = |n: usize| thousands(n as u64);
        notes.push(t::rows_shown(&number(order.len()), &number(ground.whole())));
        if !self.search.trim().is_empty() {
            notes.push(t::searched(self.search.trim()));
        }
        for filter in &self.filters {
            notes.push(words_of(filter, heading_of(ground.defs(), &filter.column), &ground.format(&filter.column)));
        }
        if self.only.is_some() {
            notes.push(t::ONLY_SELECTED.to_owned());
        }
        SheetFile::of(ground, table, order, notes)
    }

    fn chips(&mut self, ui: &mut Ui, ground: &dyn Ground) {
        if self.filters.is_empty() && self.only.is_none() {
            return;
        }
        let mut gone = None;
        ui.horizontal_wrapped(|ui| {
            let palette = theme::of(ui);
            let mut chip = |ui: &mut Ui, words: &str, what: usize| {
                let text = RichText::new(format!("{words} ×")).font(theme::regular(theme::SMALL));
                let chip = egui::Button::new(text).fill(palette.wash).corner_radius(theme::RADIUS);
                if ui.add(chip).on_hover_text(t::CLEAR).clicked() {
                    gone = Some(what);
                }
            };
            for (i, filter) in self.filters.iter().enumerate() {
                let heading = heading_of(ground.defs(), &filter.column);
                chip(ui, &words_of(filter, heading, &ground.format(&filter.column)), i);
            }
            if let Some((rows, _)) = &self.only {
                chip(ui, &t::only(&thousands(rows.len() as u64)), usize::MAX - 1);
            }
            if ui.small_button(t::CLEAR_ALL).clicked() {
                gone = Some(usize::MAX);
            }
        });
        match gone {
            Some(usize::MAX) => self.clear(),
            Some(i) if i == usize::MAX - 1 => self.only = None,
            Some(i) => {
                self.filters.remove(i);
            }
            None => {}
        }
    }

    /// What a frame of the table asked for, and the windows over it.
    pub fn after(&mut self, ui: &mut Ui, ground: &mut dyn Ground, table: &mut TableState, out: &TableOutput) {
        if out.find {
            self.find();
            ui.ctx().request_repaint();
        }
        if let Some((column, rect)) = &out.filter {
            let heading = heading_of(ground.defs(), column).to_owned();
            let (frame, within, format) = (ground.frame(), ground.within(), ground.format(column));
            let at = rect.left_bottom();
            let now = &self.filters;
            self.popup = Some(FilterPopup::open(ground.work(), &frame, within, column, &heading, at, format, now));
        }
        if let Some(popup) = &mut self.popup {
            match popup.ui(ui) {
                Answer::Open => {}
                Answer::Closed => self.popup = None,
                Answer::Set(filters) => {
                    let column = popup.column().to_owned();
                    self.filters.retain(|filter| filter.column != column);
                    self.filters.extend(filters);
                    self.popup = None;
                }
            }
        }
        if let Some(pasted) = &out.pasted {
            self.paste = Some(PastePanel::of(pasted));
        }
        if let Some(paste) = &mut self.paste {
            match paste.ui(ui, ground) {
                PasteAnswer::Open => {}
                PasteAnswer::Closed => self.paste = None,
                PasteAnswer::Select { rows, alone } => {
                    self.paste = None;
                    // what was pasted is shown, whatever was filtered before
                    self.clear();
                    table.selection.set(rows.iter().map(|row| u64::from(*row)));
                    if alone {
                        self.set_only(Arc::new(rows));
                    }
                    ui.ctx().request_repaint();
                }
            }
        }
        if let Some(pivot) = &mut self.pivot
            && !pivot.ui(ui, ground)
        {
            self.pivot = None;
        }
    }

    /// Figures of what is selected, below the table; nothing where less than two rows are.
    pub fn status(&mut self, ui: &mut Ui, ground: &mut dyn Ground, table: &TableState) {
        if !Self::has_status(table) {
            return;
        }
        let frame = ground.frame();
        let numeric: Vec<(String, String)> = table
            .columns
            .iter()
            .filter(|column| !column.hidden && is_numeric(&frame, &column.id))
            .map(|column| (column.id.clone(), heading_of(ground.defs(), &column.id).to_owned()))
            // codes and years are numbers that nobody adds up
            .filter(|(id, heading)| !heading.is_empty() && ground.format(id) != CellFormat::Code)
            .filter(|(id, _)| !matches!(ground.format(id), CellFormat::Named(_)))
            .collect();
        let chosen = self.figures_of.clone().filter(|id| numeric.iter().any(|(known, _)| known == id));
        let column = chosen.or_else(|| numeric.first().map(|(id, _)| id.clone())).unwrap_or_default();
        let (count, totals) = self.totals(ground, table, &frame, &column);
        ui.horizontal(|ui| {
            ui.set_min_height(STATUS);
            ui.label(theme::note(ui, t::selected(&thousands(count))));
            if numeric.is_empty() {
                return;
            }
            ui.separator();
            if let [(_, heading)] = numeric.as_slice() {
                ui.label(theme::note(ui, heading));
            } else {
                let mut of = column.clone();
                egui::ComboBox::from_id_salt("figures of")
                    .selected_text(theme::note(ui, heading_of(ground.defs(), &column)))
                    .show_ui(ui, |ui| {
                        for (id, heading) in &numeric {
                            ui.selectable_value(&mut of, id.clone(), heading);
                        }
                    })
                    .response
                    .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, t::FIGURES_OF));
                self.figures_of = Some(of);
            }
            ui.label(theme::note(ui, figures_text(&totals)));
        });
    }

    /// True where figures stand below the table.
    fn has_status(table: &TableState) -> bool {
        table.selection.len() > 1
    }

    /// Room that the figures below the table take, points.
    #[must_use]
    pub fn status_height(table: &TableState) -> f32 {
        if Self::has_status(table) { STATUS + GAP } else { 0.0 }
    }

    /// How many rows are selected among those shown, and the figures of a column over them.
    fn totals(&mut self, ground: &dyn Ground, table: &TableState, frame: &DataFrame, column: &str) -> (u64, Totals) {
        let order = ground.order();
        let key = (table.selection.revision(), Arc::as_ptr(&order).addr(), column.to_owned());
        if let Some((of, count, totals)) = &self.figures
            && *of == key
        {
            return (*count, *totals);
        }
        let rows: Vec<u32> = order.iter().copied().filter(|row| table.selection.contains(u64::from(*row))).collect();
        let totals = if column.is_empty() {
            Totals::default()
        } else {
            compute_totals(frame, column, &rows).unwrap_or_default()
        };
        self.figures = Some((key, rows.len() as u64, totals));
        (rows.len() as u64, totals)
    }

    /// Says that the view failed, with a way out; true where it was taken.
    pub fn failed(&mut self, ui: &mut Ui, why: &str) -> bool {
        let taken = widgets::failed(ui, t::VIEW_FAILED, why, t::CLEAR_ALL);
        if taken {
            self.clear();
        }
        taken
    }
}

/// Sum, count, mean, least and greatest in one line.
fn figures_text(totals: &Totals) -> String {
    let number = |n: f64| number_text(n, 3);
    let none = || "—".to_owned();
    let (least, greatest) =
        if totals.count == 0 { (none(), none()) } else { (number(totals.least), number(totals.greatest)) };
    t::figures(
        &number(totals.sum),
        &thousands(totals.count),
        &totals.mean().map_or_else(none, number),
        &least,
        &greatest,
    )
}

/// The sum of a column over these rows, with as many decimals as `like` has.
pub(super) fn figures_of(frame: &DataFrame, column: &str, rows: &[u32], like: &str) -> String {
    let decimals = like.split_once('.').map_or(0, |(_, rest)| rest.chars().take_while(char::is_ascii_digit).count());
    let totals = compute_totals(frame, column, rows).unwrap_or_default();
    crate::text::number::grouped(totals.sum, decimals)
}
