//! One table on the screen: search, filters, chips, columns, rows; its view computed by a job.
//!
//! Serves the nine tables, the rows set aside and the quality report alike. The old view stays in sight while a
//! new one is computed; a job that nobody waits for any more is cancelled and its result dropped.

use std::sync::Arc;

use egui::{Align, Key, Layout, Ui};
use polars::prelude::DataFrame;

use super::columns;
use super::filter::{Answer, FilterPopup, words_of};
use crate::diagnostic::Severity;
use crate::registry::TableKind;
use crate::registry::schema::quality;
use crate::risk::columns as scored;
use crate::ui::screens::Cx;
use crate::ui::slot::Slot;
use crate::ui::table::{
    CellStyle, ColumnDef, FrameRows, Rows, Table, TableInput, TableOutput, TableState, column_menu,
};
use crate::ui::text::data as t;
use crate::ui::widgets::thousands;
use crate::ui::{theme, widgets};
use crate::workspace::session::{AnalysisView, OpenProject, ProjectData};
use crate::workspace::view::{CellFormat, ColumnFilter, SortKey, TableView, ViewRequest, compute_view};

/// Which frame is shown; equal where it is the same one in memory.
#[derive(Clone)]
pub(super) struct FrameId {
    pub(super) data: Arc<ProjectData>,
    pub(super) view: Option<Arc<AnalysisView>>,
    /// Tells apart what neither of these does (a report read anew).
    pub(super) number: u64,
}

impl PartialEq for FrameId {
    fn eq(&self, other: &Self) -> bool {
        let view = match (&self.view, &other.view) {
            (None, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        Arc::ptr_eq(&self.data, &other.data) && view && self.number == other.number
    }
}

/// What a sheet shows in a frame.
pub(super) struct Source<'a> {
    pub(super) id: FrameId,
    pub(super) frame: &'a DataFrame,
    /// The table; `None` for the report and the rows set aside.
    pub(super) kind: Option<TableKind>,
    /// Name for screen readers.
    pub(super) name: &'a str,
    /// Text for a frame without rows.
    pub(super) empty: &'a str,
    /// Conditions from outside (a group of findings), beside the user's own.
    pub(super) also: &'a [ColumnFilter],
}

/// All that a view depends on.
#[derive(Clone, PartialEq)]
struct ViewKey {
    frame: FrameId,
    filters: Vec<ColumnFilter>,
    search: String,
    sort: Vec<SortKey>,
    /// District and body, for the sources.
    area: Option<(Option<u32>, Option<u16>)>,
    /// Number of the selection that is shown alone.
    only: Option<u64>,
}

/// A view and the rows that it was restricted to.
type Computed = (TableView, Option<Arc<Vec<u32>>>);

/// The rows shown.
struct Shown {
    key: ViewKey,
    /// Revision of the policy that names tiers and bodies.
    revision: u64,
    rows: FrameRows,
    view: TableView,
}

/// A table with its state.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) table: TableState,
    restored: bool,
    search: String,
    pub(super) filters: Vec<ColumnFilter>,
    /// Rows shown alone: the selection as it was when that was asked for.
    only: Option<Arc<Vec<u32>>>,
    only_number: u64,
    popup: Option<FilterPopup>,
    shown: Option<Shown>,
    view: Slot<ViewKey, Computed>,
    within: Option<Arc<Vec<u32>>>,
    /// Row of the frame to be jumped to once it is in the view.
    pub(super) jump: Option<u32>,
    focus_search: bool,
    defs: Arc<Vec<ColumnDef>>,
    defs_of: Option<FrameId>,
}

impl Sheet {
    /// Puts the cursor into the search field in the next frame.
    pub(super) fn find(&mut self) {
        self.focus_search = true;
    }

    /// Shows only rows with this in a column.
    pub(super) fn show_only(&mut self, filter: ColumnFilter) {
        self.search.clear();
        self.only = None;
        self.filters = vec![filter];
    }

    /// Row of the frame at a position of the view shown.
    pub(super) fn frame_row(&self, position: usize) -> Option<u32> {
        self.shown.as_ref().and_then(|shown| shown.rows.frame_row(position))
    }

    /// Draws the sheet. `right` adds to the far end of the toolbar.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        source: &Source<'_>,
        right: impl FnOnce(&mut Ui, &mut Cx<'_>),
    ) -> TableOutput {
        self.restore(ui, source);
        self.request(cx, open, source);
        self.toolbar(ui, cx, open, source, right);
        self.popup_ui(ui);
        if let Some(failed) = self.view.error() {
            if widgets::failed(ui, t::VIEW_FAILED, failed, t::CLEAR_ALL) {
                self.clear();
                self.table.sort.clear();
                self.view.clear();
            }
            return TableOutput::default();
        }
        let Some(shown) = &mut self.shown else {
            widgets::loading(ui, t::READING, &crate::diagnostic::ProgressState::default());
            return TableOutput::default();
        };
        if let (Some(row), None) = (self.jump, self.view.running()) {
            match shown.rows.position(u64::from(row)) {
                Some(position) => {
                    self.table.jump_to(position, &shown.rows);
                    self.jump = None;
                }
                // it is filtered away: the filters go, the next view has it
                None if !self.filters.is_empty() || !self.search.is_empty() || self.only.is_some() => {
                    self.filters.clear();
                    self.search.clear();
                    self.only = None;
                    ui.ctx().request_repaint();
                }
                None => self.jump = None,
            }
        }
        let filtered: Vec<&str> = self.filters.iter().map(|filter| filter.column.as_str()).collect();
        let none = if shown.view.total == 0 { source.empty } else { t::EMPTY_VIEW };
        let policy = &open.draft.now().policy;
        let palette = *theme::of(ui);
        let defs = Arc::clone(&self.defs);
        let decorate = move |_: usize, column: usize, text: &str| match defs.get(column).map(|def| def.id.as_ref()) {
            Some(id) if id == scored::TIER.name() => {
                let tier = policy.tiers.iter().position(|tier| tier.id == text).unwrap_or(0);
                let ground = palette.tier(tier, policy.tiers.len());
                CellStyle { chip: Some(ground), ink: Some(theme::ink_on(ground)), strong: true, ..CellStyle::default() }
            }
            Some(id) if id == quality::SEVERITY.name() => {
                let ink = match text {
                    text if text == Severity::Error.label() => palette.red,
                    text if text == Severity::Warning.label() => palette.amber,
                    _ => palette.muted,
                };
                CellStyle { ink: Some(ink), strong: true, ..CellStyle::default() }
            }
            _ => CellStyle::default(),
        };
        let input = TableInput::new(("data", source.name), source.name, &shown.rows)
            .decorate(&decorate)
            .filtered(&filtered)
            .empty(none);
        let out = Table::show(ui, &mut self.table, &input);
        if let Some((column, rect)) = &out.filter {
            let heading = self.defs.iter().find(|def| def.id == *column).map_or("", |def| def.heading.as_ref());
            let format = columns::formats(open, source.kind)(column);
            let at = rect.left_bottom();
            self.popup = Some(FilterPopup::open(
                cx.session,
                source.frame,
                self.within.clone(),
                column,
                heading,
                at,
                format,
                &self.filters,
            ));
        }
        if out.layout_changed || out.sort.is_some() {
            self.keep(ui, source);
        }
        out
    }

    /// Takes the layout of an earlier session, once.
    fn restore(&mut self, ui: &Ui, source: &Source<'_>) {
        if !std::mem::replace(&mut self.restored, true) {
            let kept = ui.data_mut(|data| data.get_persisted::<TableState>(memory_id(source.name)));
            if let Some(kept) = kept {
                self.table.columns = kept.columns;
                self.table.frozen = kept.frozen;
                self.table.sort = kept.sort.into_iter().filter(|k| source.frame.column(&k.column).is_ok()).collect();
            }
        }
    }

    fn keep(&self, ui: &Ui, source: &Source<'_>) {
        let table = self.table.kept();
        ui.data_mut(|data| data.insert_persisted(memory_id(source.name), table));
    }

    /// Asks for a view where another one is wanted than was asked for.
    fn request(&mut self, cx: &Cx<'_>, open: &OpenProject, source: &Source<'_>) {
        if self.defs_of.as_ref() != Some(&source.id) {
            self.defs = columns::define(source.frame, source.kind);
            self.defs_of = Some(source.id.clone());
            // what was kept for a frame with other columns must not stop the view
            let has = |column: &str| source.frame.column(column).is_ok();
            self.table.sort.retain(|key| has(&key.column));
            self.filters.retain(|filter| has(&filter.column));
            let same = |shown: &Shown| Arc::ptr_eq(&shown.key.frame.data, &source.id.data);
            if !self.shown.as_ref().is_some_and(same) {
                self.shown = None;
                self.table.selection.clear();
                self.table.scroll_to_top();
            }
        }
        let filter = cx.session.filter();
        let is_sources = source.kind == Some(TableKind::Sources);
        let mut filters = self.filters.clone();
        filters.extend(source.also.iter().cloned());
        let key = ViewKey {
            frame: source.id.clone(),
            filters,
            search: self.search.trim().to_owned(),
            sort: self.table.sort.clone(),
            area: is_sources.then_some((filter.district, filter.body)),
            only: self.only.as_ref().map(|_| self.only_number),
        };
        let revision = open.revision;
        if let Some(shown) = &mut self.shown
            && (shown.revision != revision || shown.key.frame != key.frame)
            && Arc::ptr_eq(&shown.key.frame.data, &key.frame.data)
            && shown.key.frame.number == key.frame.number
        {
            // the same rows with newer scores or names
            let view = Arc::clone(&shown.view.rows);
            shown.rows = FrameRows::with_formats(
                source.frame,
                view,
                Arc::clone(&self.defs),
                columns::formats(open, source.kind),
            );
            shown.revision = revision;
            shown.key.frame = key.frame.clone();
        }
        if let Some((ready, view)) = self.finished(source) {
            let formats = columns::formats(open, source.kind);
            let rows = FrameRows::with_formats(source.frame, Arc::clone(&view.rows), Arc::clone(&self.defs), formats);
            self.shown = Some(Shown { key: ready, revision, rows, view });
        }
        if self.view.is_for(&key) {
            return;
        }
        let request = ViewRequest {
            filters: key.filters.clone(),
            search: key.search.clone(),
            search_columns: columns::searched(source.frame),
            within: None,
            sort: key.sort.clone(),
        };
        let area = key.area.and_then(|(district, body)| {
            let district = district.map(|code| {
                let index = open.data.districts.index_of(crate::domain::DistrictCode(code));
                index.map_or(crate::workspace::session::NOWHERE, |i| i as u16)
            });
            (district.is_some() || body.is_some()).then_some((district, body))
        });
        let chosen = self.only.clone();
        let (frame, data) = (source.frame.clone(), Arc::clone(&source.id.data));
        self.view.start(cx.session, key, "筛选与排序", move |progress| {
            let within = rows_within(&data, area, chosen);
            let request = ViewRequest { within: within.clone(), ..request };
            Ok((compute_view(&frame, &request, progress)?, within))
        });
    }

    /// The view that has just been computed for the frame shown.
    fn finished(&mut self, source: &Source<'_>) -> Option<(ViewKey, TableView)> {
        if !self.view.poll() {
            return None;
        }
        let key = self.view.latest_key().filter(|key| key.frame == source.id)?.clone();
        let (view, within) = &**self.view.latest()?;
        self.within.clone_from(within);
        Some((key, view.clone()))
    }

    fn clear(&mut self) {
        self.filters.clear();
        self.search.clear();
        self.only = None;
    }

    fn toolbar(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        source: &Source<'_>,
        right: impl FnOnce(&mut Ui, &mut Cx<'_>),
    ) {
        ui.horizontal(|ui| {
            let hint = t::SEARCH;
            let field = ui.add(egui::TextEdit::singleline(&mut self.search).desired_width(220.0).hint_text(hint));
            field.widget_info(|| {
                egui::WidgetInfo::text_edit(true, self.search.as_str(), self.search.as_str(), t::SEARCH_NAME)
            });
            if std::mem::take(&mut self.focus_search) {
                field.request_focus();
            }
            if field.lost_focus() && ui.input(|i| i.key_pressed(Key::Escape)) {
                self.search.clear();
            }
            if column_menu(ui, &mut self.table, &self.defs) {
                self.keep(ui, source);
            }
            let rows = &cx.session.filter().rows;
            if source.kind == Some(TableKind::Sources) && (self.only.is_some() || rows.len() > 1) {
                let mut on = self.only.is_some();
                if ui.checkbox(&mut on, t::ONLY_SELECTED).changed() {
                    self.only = on.then(|| Arc::clone(rows));
                    self.only_number += 1;
                }
            }
            if self.view.running().is_some() {
                ui.add(egui::Spinner::new().size(14.0));
                ui.label(theme::note(ui, t::VIEWING));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                right(ui, cx);
                if let Some(shown) = &self.shown {
                    let number = |n: usize| thousands(n as u64);
                    ui.label(theme::note(ui, t::rows_shown(&number(shown.view.rows.len()), &number(shown.view.total))));
                    if self.table.selection.len() > 1 {
                        ui.label(theme::note(ui, t::selected(&number(self.table.selection.len()))));
                    }
                }
            });
        });
        if self.filters.is_empty() {
            return;
        }
        let formats = columns::formats(open, source.kind);
        let mut gone = None;
        ui.horizontal_wrapped(|ui| {
            for (i, filter) in self.filters.iter().enumerate() {
                let heading =
                    self.defs.iter().find(|def| def.id == filter.column).map_or("", |def| def.heading.as_ref());
                let format: CellFormat = formats(&filter.column);
                let words = format!("{} ×", words_of(filter, heading, &format));
                let palette = theme::of(ui);
                let chip = egui::Button::new(egui::RichText::new(words).font(theme::regular(theme::SMALL)))
                    .fill(palette.wash)
                    .corner_radius(theme::RADIUS);
                if ui.add(chip).on_hover_text(t::CLEAR).clicked() {
                    gone = Some(i);
                }
            }
            if ui.small_button(t::CLEAR_ALL).clicked() {
                gone = Some(usize::MAX);
            }
        });
        match gone {
            Some(usize::MAX) => self.clear(),
            Some(i) => {
                self.filters.remove(i);
            }
            None => {}
        }
    }

    fn popup_ui(&mut self, ui: &Ui) {
        let Some(popup) = &mut self.popup else { return };
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
}

fn memory_id(name: &str) -> egui::Id {
    egui::Id::unique(("data table layout", name))
}

/// Rows of the sources in an area, of those chosen where there is a choice.
fn rows_within(
    data: &ProjectData,
    area: Option<(Option<u16>, Option<u16>)>,
    chosen: Option<Arc<Vec<u32>>>,
) -> Option<Arc<Vec<u32>>> {
    let Some((district, body)) = area else { return chosen };
    let fits = |row: u32| {
        let of = |column: &[u16]| column.get(row as usize).copied();
        district.is_none_or(|d| of(&data.district) == Some(d)) && body.is_none_or(|b| of(&data.body) == Some(b))
    };
    Some(Arc::new(match chosen {
        Some(rows) => rows.iter().copied().filter(|row| fits(*row)).collect(),
        None => (0..data.len() as u32).filter(|row| fits(*row)).collect(),
    }))
}
