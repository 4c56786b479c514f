//! 成效: what the inspections say about the city. Every figure is the report's ([`crate::workspace::reports::effect`]);
//! its tables are those of the workbook.

mod charts;
mod tables;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Label, Ui, Vec2};

use self::tables::Shown;
use super::{Cx, Screen, ScreenId, ready, title};
use crate::chart::Chart;
use crate::diagnostic::{Progress, ProgressState};
use crate::export::{SheetSpec, write_atomic};
use crate::ui::help::sentences;
use crate::ui::picker::{PickKind, PickRequest, Picking};
use crate::ui::plot;
use crate::ui::slot::{Same, Slot};
use crate::ui::table::{ListId, ListState, Target};
use crate::ui::text::common;
use crate::ui::text::effect as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, decimal};
use crate::workspace::reports::effect::{
    Effect, EffectSheet, FirmKind, GroupKind, compute_effect, effect_sheets, render_effect,
};
use crate::workspace::session::job::Stage;
use crate::workspace::session::{AnalysisView, OpenProject, ViewCommand};
use crate::workspace::store::project::CommandContext;

/// Least height of a chart, points.
const CHART: f32 = 200.0;
/// Height of a row of a chart, points.
const CHART_ROW: f32 = 22.0;
/// Height of what stands around the rows of a chart, points.
const CHART_AROUND: f32 = 104.0;
/// Height below which the page scrolls as a whole.
const LEAST: f32 = 520.0;
/// The same in a low window, whose head is lower.
const LOW_LEAST: f32 = 470.0;
/// Height of the screen below which the figures are low.
const LOW: f32 = 560.0;
/// Width from which on chart and table stand side by side.
const WIDE: f32 = 1000.0;

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tab {
    #[default]
    Rates,
    Years,
    Price,
    Dead,
    Firms,
    Lists,
    Items,
    People,
    Cover,
}

impl Tab {
    const ALL: [Self; 9] = [
        Self::Rates,
        Self::Years,
        Self::Price,
        Self::Dead,
        Self::Firms,
        Self::Lists,
        Self::Items,
        Self::People,
        Self::Cover,
    ];

    fn list(self) -> ListId {
        match self {
            Self::Rates => ListId::EffectRates,
            Self::Years => ListId::EffectYears,
            Self::Price => ListId::EffectPrice,
            Self::Dead => ListId::EffectDead,
            Self::Firms => ListId::EffectFirms,
            Self::Lists => ListId::EffectLists,
            Self::Items => ListId::EffectItems,
            Self::People => ListId::EffectPeople,
            Self::Cover => ListId::EffectCover,
        }
    }

    /// Id of its table in the report.
    fn sheet(self) -> &'static str {
        match self {
            Self::Rates => "rates",
            Self::Years => "years",
            Self::Price => "randomness",
            Self::Dead => "dead",
            Self::Firms => "firms",
            Self::Lists => "checklists",
            Self::Items => "items",
            Self::People => "inspectors",
            Self::Cover => "coverage",
        }
    }

    fn note(self) -> &'static str {
        match self {
            Self::Rates => t::RATES_NOTE,
            Self::Years => t::YEARS_NOTE,
            Self::Price => t::PRICE_NOTE,
            Self::People => t::PEOPLE_NOTE,
            Self::Dead | Self::Firms | Self::Lists | Self::Items | Self::Cover => "",
        }
    }
}

/// What is made of a report.
struct Told {
    effect: Effect,
    sheets: Vec<EffectSheet>,
}

impl Told {
    fn sheet(&self, id: &str) -> Option<&SheetSpec> {
        self.sheets.iter().find(|sheet| sheet.id == id).map(|sheet| &sheet.sheet)
    }
}

/// Rows and chart of a tab, kept while nothing changes.
struct Made {
    key: (usize, Tab, GroupKind, Option<FirmKind>, Option<u32>),
    revision: u64,
    rows: Vec<usize>,
    chart: Option<Chart>,
}

/// State of the screen.
pub struct EffectScreen {
    told: Slot<(Same<AnalysisView>, u64), Told>,
    tab: Tab,
    kind: GroupKind,
    firms: Option<FirmKind>,
    lists: [ListState; Tab::ALL.len()],
    made: Option<Made>,
    asked: Option<Picking>,
    writing: Slot<PathBuf, ()>,
    write_again: bool,
}

impl Default for EffectScreen {
    fn default() -> Self {
        Self {
            told: Slot::default(),
            tab: Tab::default(),
            kind: GroupKind::Category,
            firms: None,
            lists: std::array::from_fn(|_| ListState::default()),
            made: None,
            asked: None,
            writing: Slot::default(),
            write_again: false,
        }
    }
}

impl Screen for EffectScreen {
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(open) = ready(ui, cx) else { return };
        if let Stage::Failed(error) = &open.analysis {
            title(ui, t::TITLE, "", |_| {});
            if widgets::failed(ui, common::FAILED, error, t::GO_RESULTS) {
                cx.go(ScreenId::Results);
            }
            return;
        }
        if let Some(view) = open.view().filter(|_| open.is_current()) {
            let (project, data, of) = (Arc::clone(&open.project), Arc::clone(&open.data), Arc::clone(view));
            let key = (Same::of(view), open.books_revision);
            self.told.ask(cx.session, &key, t::COMPUTING, move |progress: &Progress| {
                let effect = compute_effect(&project, &data.registry, &data.districts, &of.analysis, progress)?;
                let sheets = effect_sheets(&effect);
                Ok(Told { effect, sheets })
            });
        }
        if let Some(error) = self.told.error() {
            title(ui, t::TITLE, "", |_| {});
            if widgets::failed(ui, t::FAILED, error, t::AGAIN) {
                self.told.clear();
            }
            return;
        }
        let Some(told) = self.told.latest().map(Arc::clone) else {
            title(ui, t::TITLE, "", |_| {});
            widgets::loading(ui, common::COMPUTING, &ProgressState::default());
            return;
        };
        if told.effect.city().is_none() {
            title(ui, t::TITLE, "", |_| {});
            if widgets::empty(ui, t::NOTHING, t::NOTHING_HINT, &[t::GO_RESULTS]).is_some() {
                cx.go(ScreenId::Results);
            }
            return;
        }
        let effect = &told.effect;
        title(ui, t::TITLE, &t::span(&effect.span(), effect.sampled, effect.missing), |ui| {
            if ui.button(t::EXPORT).on_hover_text(t::EXPORT_HINT).clicked() {
                let name = format!("成效_{}_内部.xlsx", effect.year);
                let request = PickRequest::new(PickKind::SaveFile(name), t::PICK_FILE).filter(t::WORKBOOK, &["xlsx"]);
                self.asked = Some(cx.pick(request));
            }
            self.writing_ui(ui);
        });
        self.write(cx, open, &told);
        let least = theme::by_height(ui.ctx(), LOW_LEAST, LEAST);
        widgets::page(ui, "effect page", least, |ui| {
            let gap = theme::by_height(ui.ctx(), 0.0, HALF);
            self.head(ui, cx, open, effect);
            ui.add_space(gap);
            self.tabs(ui, effect);
            ui.add_space(gap);
            self.part(ui, cx, open, &told);
        });
    }
}

impl EffectScreen {
    /// Writes the workbook where the file was chosen.
    fn write(&mut self, cx: &mut Cx<'_>, open: &OpenProject, told: &Arc<Told>) {
        self.writing.poll();
        let chosen = if std::mem::take(&mut self.write_again) {
            self.writing.key().cloned()
        } else {
            let Some(paths) = self.asked.as_ref().and_then(Picking::poll) else { return };
            self.asked = None;
            paths.into_iter().next()
        };
        let Some(path) = chosen else { return };
        let (project, told, to) = (Arc::clone(&open.project), Arc::clone(told), path.clone());
        let context = CommandContext {
            operator: cx.session.preferences().operator.clone(),
            now: cx.session.now(),
            progress: Progress::none(),
        };
        self.writing.start(cx.session, path, t::WRITING, move |_| {
            write_atomic(&to, &render_effect(&project, &told.effect, &context)?)
        });
    }

    /// How the writing stands.
    fn writing_ui(&mut self, ui: &mut Ui) {
        let palette = theme::of(ui);
        if self.writing.running().is_some() {
            ui.label(theme::note(ui, t::WRITING));
        } else if let Some(error) = self.writing.error() {
            self.write_again = ui.small_button(t::WRITE_AGAIN).clicked();
            ui.add(Label::new(egui::RichText::new(error).color(palette.red)).truncate());
        } else if let (Some(()), Some(path)) = (self.writing.current().map(|_| ()), self.writing.key()) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            ui.add(Label::new(theme::note(ui, t::written(&name))).truncate());
        }
    }

    /// The figures that say the most; each leads to its part.
    fn head(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenProject, effect: &Effect) {
        let low = ui.available_height() < LOW;
        let figure = if low { widgets::low_figure } else { widgets::figure };
        let width = ((ui.available_width() - GRID * 3.0) / 4.0).floor();
        let district = cx.session.filter().district.and_then(|code| {
            let districts = &open.data.districts;
            let index = districts.index_of(crate::domain::DistrictCode(code))?;
            districts.districts().get(index).map(|district| district.name.as_str())
        });
        let own = district.and_then(|name| effect.of_kind(GroupKind::District).find(|rate| rate.group == name));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GRID;
            if let Some(rate) = own.or(effect.city()) {
                let label = own.map_or_else(|| t::F_CITY.to_owned(), |rate| format!("{}{}", rate.group, t::RATES));
                let note = format!("{}，{}", t::interval(rate.interval), t::of_units(rate.observed));
                if figure(ui, width, &label, &t::percent(rate.compliance), "", &note, None).clicked() {
                    self.tab = Tab::Rates;
                }
            }
            let cover = own.map_or(effect.cover, |rate| rate.cover);
            let share = cover.share().map_or_else(|| "—".to_owned(), t::percent);
            let note = t::cover_note(cover.covered, cover.sources);
            if figure(ui, width, t::F_COVER, &share, "", &note, None).clicked() {
                self.tab = Tab::Cover;
            }
            if let Some(dead) = effect.dead.first() {
                let note = t::interval(dead.interval);
                if figure(ui, width, t::F_DEAD, &t::percent(dead.rate), "", &note, None).clicked() {
                    self.tab = Tab::Dead;
                }
            }
            let (value, note) = effect.randomness.as_ref().map_or_else(
                || ("—".to_owned(), String::new()),
                |of| (decimal(of.price.0, 0), t::price_note(of.price.1, of.price.2)),
            );
            if figure(ui, width, t::F_PRICE, &value, t::F_PROBLEMS, &note, None).clicked() {
                self.tab = Tab::Price;
            }
        });
    }

    fn tabs(&mut self, ui: &mut Ui, effect: &Effect) {
        let all = Tab::ALL.map(|tab| {
            let name = tab.list().name();
            let name = if tab == Tab::Firms { t::tab(name, effect.firms.rows.len()) } else { name.to_owned() };
            widgets::Tab::new(tab, name)
        });
        let (low, note) = (theme::is_low(ui.ctx()), self.tab.note());
        let after = |ui: &mut Ui| {
            if low {
                sentences(ui, &[note]);
            }
        };
        if let Some(tab) = widgets::tabs(ui, "effect", &self.tab, &all, after) {
            self.tab = tab;
        }
    }

    /// What the tab may be narrowed to.
    fn choices(&mut self, ui: &mut Ui, effect: &Effect) {
        if !matches!(self.tab, Tab::Rates | Tab::Firms) {
            return;
        }
        if self.tab == Tab::Rates {
            let kinds = GroupKind::ALL.into_iter().filter(|kind| *kind != GroupKind::City);
            let all: Vec<_> = kinds.map(|kind| widgets::Tab::new(kind, kind.label())).collect();
            if let Some(kind) = widgets::tabs(ui, "rates", &self.kind, &all, |_| {}) {
                self.kind = kind;
            }
            return;
        }
        let mut all = vec![widgets::Tab::new(None, t::ALL_KINDS)];
        all.extend(FirmKind::ALL.into_iter().map(|kind| {
            let name = t::tab(kind.label(), effect.firms.count(kind));
            widgets::Tab::new(Some(kind), name).hint(kind.meaning())
        }));
        if let Some(kind) = widgets::tabs(ui, "firms", &self.firms, &all, |_| {}) {
            self.firms = kind;
        }
    }

    fn refresh(&mut self, cx: &Cx<'_>, open: &OpenProject, told: &Arc<Told>) {
        let district = cx.session.filter().district;
        let key = (Arc::as_ptr(told).addr(), self.tab, self.kind, self.firms, district);
        if self.made.as_ref().is_some_and(|made| made.key == key) {
            return;
        }
        let effect = &told.effect;
        let index = district.and_then(|code| open.data.districts.index_of(crate::domain::DistrictCode(code)));
        let rows = match self.tab {
            Tab::Rates => {
                let belongs = |kind: GroupKind| kind == GroupKind::City || kind == self.kind;
                (0..effect.rates.len()).filter(|at| belongs(effect.rates[*at].kind)).collect()
            }
            Tab::Firms => {
                let within = |row: u32| {
                    index.is_none_or(|index| {
                        open.data.district.get(row as usize).is_some_and(|d| usize::from(*d) == index)
                    })
                };
                let of = |at: &usize| {
                    let row = &effect.firms.rows[*at];
                    self.firms.is_none_or(|kind| row.kind == kind) && within(row.row)
                };
                (0..effect.firms.rows.len()).filter(of).collect()
            }
            tab => (0..told.sheet(tab.sheet()).map_or(0, |sheet| sheet.rows.len())).collect(),
        };
        let chart = match self.tab {
            Tab::Rates => Some(charts::rates(effect, self.kind)),
            Tab::Years => Some(charts::years(effect)),
            // without any problem found there is nothing to draw
            Tab::Price => effect.randomness.as_ref().filter(|of| of.found > 0).map(charts::price),
            Tab::Dead => Some(charts::dead(effect)),
            Tab::Items => charts::items(effect),
            Tab::Firms | Tab::Lists | Tab::People | Tab::Cover => None,
        };
        let revision = self.made.as_ref().map_or(1, |made| made.revision + 1);
        self.made = Some(Made { key, revision, rows, chart });
    }

    /// Chart and table of the tab.
    fn part(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, told: &Arc<Told>) {
        self.choices(ui, &told.effect);
        if self.tab == Tab::People {
            ui.add(Label::new(theme::strong(told.effect.inspectors.sentence())).wrap());
        }
        if !theme::is_low(ui.ctx()) {
            sentences(ui, &[self.tab.note()]);
            ui.add_space(HALF);
        }
        self.refresh(cx, open, told);
        let Some(sheet) = told.sheet(self.tab.sheet()) else {
            ui.label(theme::note(ui, t::NO_PRICE));
            return;
        };
        let Some(made) = &self.made else { return };
        if self.tab == Tab::Items && made.rows.is_empty() {
            ui.add(Label::new(theme::note(ui, t::NO_ITEMS)).wrap());
            return;
        }
        let mut wanted = None;
        if let Some(chart) = &made.chart {
            let (room, width) = (ui.available_height(), ui.available_width());
            let size = if width >= WIDE {
                Vec2::new((width * 0.46).floor(), room)
            } else {
                let rows = chart.comfortable_height().max(CHART_AROUND + CHART_ROW);
                Vec2::new(width, rows.clamp(CHART, (room * 0.5).max(CHART)))
            };
            let mut both = |ui: &mut Ui| {
                ui.allocate_ui(size, |ui| {
                    egui::ScrollArea::vertical().id_salt("effect chart").auto_shrink([false, false]).show(ui, |ui| {
                        let height = chart.comfortable_height().max(size.y - 4.0).min(size.y.max(900.0));
                        let space = Vec2::new(ui.available_width(), height);
                        let plotted = plot::show(ui, "effect-chart", chart, space, made.revision);
                        if let Some(action) = plotted.action {
                            cx.out.charts.push((action, chart.clone()));
                        }
                    });
                });
                ui.vertical(|ui| wanted = Self::table(ui, (self.tab, &mut self.lists), open, (told, sheet, made)));
            };
            if width >= WIDE {
                ui.horizontal_top(&mut both)
            } else {
                ui.vertical(&mut both)
            };
        } else {
            wanted = Self::table(ui, (self.tab, &mut self.lists), open, (told, sheet, made));
        }
        if let Some(row) = wanted {
            cx.send(ViewCommand::SelectUnit(Some(row)));
        }
    }

    /// The table; gives back the source that was chosen.
    fn table(
        ui: &mut Ui,
        (tab, lists): (Tab, &mut [ListState; Tab::ALL.len()]),
        open: &OpenProject,
        (told, sheet, made): (&Told, &SheetSpec, &Made),
    ) -> Option<u32> {
        let firm = |row: usize| told.effect.firms.rows.get(row).map(|firm| firm.row);
        let target = |row: usize| firm(row).and_then(|row| Target::of_source(&open.data, row));
        let (without, hidden): (&[&str], &[&str]) = match tab {
            Tab::Rates => (&["kind"], &["missing", "effective", "population", "sources", "covered"]),
            Tab::Firms => (&[], &["uscc"]),
            _ => (&[], &[]),
        };
        let shown = Shown { sheet, rows: &made.rows, without, hidden, version: made.revision };
        let of_units = (tab == Tab::Firms).then_some(&target as &dyn Fn(usize) -> Option<Target>);
        let chosen = tables::show(ui, (tab.list(), &mut lists[tab as usize]), &shown, of_units);
        if tab == Tab::Firms { chosen.and_then(firm) } else { None }
    }
}
