//! One table on the screen: search, filters, chips, columns, rows; its view computed by a job.
//!
//! Serves the nine tables, the rows set aside and the quality report alike, with the tools of every table. The old view stays in sight while a
//! new one is computed; a job that nobody waits for any more is cancelled and its result dropped.

use std::sync::Arc;

use egui::Ui;
use polars::prelude::DataFrame;

use super::columns;
use crate::diagnostic::Severity;
use crate::registry::TableKind;
use crate::registry::schema::quality;
use crate::risk::columns as scored;
use crate::ui::screens::Cx;
use crate::ui::slot::Slot;
use crate::ui::table::{
    CellStyle, ColumnDef, FrameRows, Ground, ListId, RowItem, Rows, Table, TableInput, TableMenu, TableOutput,
    TableState, TargetOf, Tools, Work,
};
use crate::ui::text::data as t;
use crate::ui::text::table as table_text;
use crate::ui::{theme, widgets};
use crate::workspace::session::{AnalysisView, OpenProject, ProjectData, Session};
use crate::workspace::view::{CellFormat, ColumnFilter, NamedColumn, SortKey, TableView, ViewRequest, compute_view};

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
    /// The list.
    pub(super) list: ListId,
    /// Text for a frame without rows.
    pub(super) empty: &'a str,
    /// Conditions from outside (a group of findings), beside the user's own.
    pub(super) also: &'a [ColumnFilter],
    /// The unit that a row is about.
    pub(super) targets: Option<TargetOf>,
    /// What the screen adds to a row's menu; the first is what a double click does.
    pub(super) items: Vec<RowItem>,
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
    pub(super) tools: Tools,
    restored: bool,
    shown: Option<Shown>,
    view: Slot<ViewKey, Computed>,
    within: Option<Arc<Vec<u32>>>,
    /// Row of the frame to be jumped to once it is in the view.
    pub(super) jump: Option<u32>,
    defs: Arc<Vec<ColumnDef>>,
    defs_of: Option<FrameId>,
    /// Columns without any value: hidden, and said.
    blank: Vec<String>,
    menu: TableMenu,
}

/// A sheet as what its tools work on.
struct SheetGround<'a> {
    source: &'a Source<'a>,
    defs: Arc<Vec<ColumnDef>>,
    order: Arc<Vec<u32>>,
    within: Option<Arc<Vec<u32>>>,
    format: &'a dyn Fn(&str) -> CellFormat,
    session: &'a Session,
}

impl Ground for SheetGround<'_> {
    fn name(&self) -> &str {
        self.source.list.name()
    }
    fn defs(&self) -> &[ColumnDef] {
        &self.defs
    }
    fn frame(&mut self) -> DataFrame {
        self.source.frame.clone()
    }
    fn named(&self) -> Vec<NamedColumn> {
        columns::named(&self.defs, self.format)
    }
    fn format(&self, column: &str) -> CellFormat {
        (self.format)(column)
    }
    fn order(&self) -> Arc<Vec<u32>> {
        Arc::clone(&self.order)
    }
    fn within(&self) -> Option<Arc<Vec<u32>>> {
        self.within.clone()
    }
    fn whole(&self) -> usize {
        self.source.frame.height()
    }
    fn work(&self) -> Work<'_> {
        Work::Job(self.session)
    }
    fn names_targets(&self) -> bool {
        false
    }
}

impl Sheet {
    /// Shows only rows with this in a column.
    pub(super) fn show_only(&mut self, filter: ColumnFilter) {
        self.tools.show_only(filter);
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
        let format = columns::formats(open, source.kind);
        let mut ground = SheetGround {
            source,
            defs: Arc::clone(&self.defs),
            order: self.shown.as_ref().map(|shown| Arc::clone(&shown.view.rows)).unwrap_or_default(),
            within: self.within.clone(),
            format: &format,
            session: cx.session,
        };
        let running = self.view.running().is_some();
        let blank = self.table.hidden_of(&self.blank);
        let headings = |ids: &[String]| {
            let of = |id: &String| self.defs.iter().find(|def| def.id == *id).map(|def| def.heading.to_string());
            ids.iter().filter_map(of).collect::<Vec<String>>()
        };
        let blank = headings(&blank);
        let mut changed = self.tools.bar(ui, &mut ground, &mut self.table, running, |ui| {
            right(ui, cx);
            if !blank.is_empty() {
                ui.label(theme::note(ui, t::blank_columns(blank.len()))).on_hover_text(blank.join("、"));
            }
        });
        if let Some(failed) = self.view.error().map(str::to_owned) {
            if self.tools.failed(ui, &failed) {
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
                None if self.tools.is_restricting() => {
                    self.tools.clear();
                    ui.ctx().request_repaint();
                }
                None => self.jump = None,
            }
        }
        let names: Vec<String> = self.tools.filters.iter().map(|filter| filter.column.clone()).collect();
        let filtered: Vec<&str> = names.iter().map(String::as_str).collect();
        let none = if shown.view.total == 0 { source.empty } else { table_text::EMPTY_VIEW };
        let policy = &open.draft.now().policy;
        let palette = *theme::of(ui);
        let defs = Arc::clone(&self.defs);
        let decorate = move |_: usize, column: usize, text: &str| match defs.get(column).map(|def| def.id.as_ref()) {
            Some(id) if id == scored::TIER.name() => {
                let tier = policy.tiers.iter().position(|tier| tier.id == text).unwrap_or(0);
                let ground = palette.tier(tier, policy.tiers.len());
                CellStyle {
                    chip: Some(ground),
                    ink: Some(palette.ink_on(ground)),
                    strong: true,
                    ..CellStyle::default()
                }
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
        let below = Tools::status_height(&self.table);
        let items = |_: usize| source.items.clone();
        let input = TableInput::new(source.list, &shown.rows)
            .decorate(&decorate)
            .filtered(&filtered)
            .empty(none)
            .items(&items)
            .height(ui.available_height() - below);
        let mut out = Table::show(ui, &mut self.table, &input);
        self.tools.status(ui, &mut ground, &self.table);
        self.tools.after(ui, &mut ground, &mut self.table, &out);
        self.menu.ui(ui, &mut self.table, &mut self.tools, &input, &mut out);
        changed |= out.layout_changed || out.sort.is_some();
        if changed {
            self.keep(ui, source);
        }
        out
    }

    /// Takes the layout of an earlier session, once.
    fn restore(&mut self, ui: &Ui, source: &Source<'_>) {
        if !std::mem::replace(&mut self.restored, true) {
            let kept = ui.data_mut(|data| data.get_persisted::<TableState>(memory_id(source.list.name())));
            if let Some(kept) = kept {
                self.table.columns = kept.columns;
                self.table.frozen = kept.frozen;
                self.table.sort = kept.sort.into_iter().filter(|k| source.frame.column(&k.column).is_ok()).collect();
            }
        }
    }

    fn keep(&self, ui: &Ui, source: &Source<'_>) {
        let table = self.table.kept();
        ui.data_mut(|data| data.insert_persisted(memory_id(source.list.name()), table));
    }

    /// Asks for a view where another one is wanted than was asked for.
    fn request(&mut self, cx: &Cx<'_>, open: &OpenProject, source: &Source<'_>) {
        if self.defs_of.as_ref() != Some(&source.id) {
            self.defs = columns::define(source.frame, source.kind);
            let blank =
                columns::hide_blank(source.frame, Arc::<Vec<ColumnDef>>::make_mut(&mut self.defs).as_mut_slice());
            // what has values by now is shown again
            let filled: Vec<String> = self.blank.iter().filter(|id| !blank.contains(id)).cloned().collect();
            self.table.unhide(&filled);
            self.blank = blank;
            self.defs_of = Some(source.id.clone());
            // what was kept for a frame with other columns must not stop the view
            let has = |column: &str| source.frame.column(column).is_ok();
            self.table.sort.retain(|key| has(&key.column));
            self.tools.retain(has);
            let same = |shown: &Shown| Arc::ptr_eq(&shown.key.frame.data, &source.id.data);
            if !self.shown.as_ref().is_some_and(same) {
                self.shown = None;
                self.table.selection.clear();
                self.table.scroll_to_top();
            }
        }
        let filter = cx.session.filter();
        let is_sources = source.kind == Some(TableKind::Sources);
        let mut request = self.tools.request(&self.table.sort, Vec::new());
        request.filters.extend(source.also.iter().cloned());
        let only = self.tools.only();
        let key = ViewKey {
            frame: source.id.clone(),
            filters: request.filters.clone(),
            search: request.search.clone(),
            sort: request.sort.clone(),
            area: is_sources.then_some((filter.district, filter.body)),
            only: only.as_ref().map(|(_, number)| *number),
        };
        let revision = open.revision;
        let rows_of = |sheet: &Self, rows: &Arc<Vec<u32>>| {
            let formats = columns::formats(open, source.kind);
            FrameRows::with_formats(source.frame, Arc::clone(rows), Arc::clone(&sheet.defs), formats)
                .targets(source.targets.clone())
        };
        let newer = self.shown.as_ref().filter(|shown| {
            (shown.revision != revision || shown.key.frame != key.frame)
                && Arc::ptr_eq(&shown.key.frame.data, &key.frame.data)
                && shown.key.frame.number == key.frame.number
        });
        if let Some(rows) = newer.map(|shown| rows_of(self, &shown.view.rows))
            && let Some(shown) = &mut self.shown
        {
            // the same rows with newer scores or names
            shown.rows = rows;
            shown.revision = revision;
            shown.key.frame = key.frame.clone();
        }
        if let Some((ready, view)) = self.finished(source) {
            let rows = rows_of(self, &view.rows);
            self.shown = Some(Shown { key: ready, revision, rows, view });
        }
        if self.view.is_for(&key) {
            return;
        }
        let area = key.area.and_then(|(district, body)| {
            let district = district.map(|code| {
                let index = open.data.districts.index_of(crate::domain::DistrictCode(code));
                index.map_or(crate::workspace::session::NOWHERE, |i| i as u16)
            });
            (district.is_some() || body.is_some()).then_some((district, body))
        });
        let chosen = only.map(|(rows, _)| rows);
        if !request.search.is_empty() {
            request.search_named = columns::named(&self.defs, &columns::formats(open, source.kind));
            request.search_columns = columns::searched(source.frame, &self.defs, &request.search_named);
        }
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
