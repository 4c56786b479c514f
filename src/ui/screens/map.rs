//! 地图: districts coloured by a measure, sources as points by tier, selection shared with every screen.
//!
//! The widget is [`crate::ui::map`]; this screen makes its data in jobs (districts and points once a project,
//! figures once a change of analysis, books, filter or month), turns what the user does into commands, and
//! saves pictures.

mod measures;
mod save;
mod side;

use std::sync::Arc;

use egui::Ui;
use geo::CoordsIter;

use super::{Cx, Screen, ScreenId, ready, title};
use crate::diagnostic::{Diagnostics, ProgressState};
use crate::district::{DistrictSet, SKETCH_NOTICE, load_bundled_districts};
use crate::domain::DistrictCode;
use crate::text::figure::{how_often, per_year, points};
use crate::ui::map::{
    Card, Caught, ClassMethod, FEWEST_CLASSES, MOST_CLASSES, MapData, MapInput, MapOutput, MapView, Measure, RowList,
    TierColumn, TierEntry,
};
use crate::ui::picker::Picking;
use crate::ui::slot::{Same, Slot};
use crate::ui::text::{common, map as t};
use crate::ui::widgets;
use crate::workspace::session::job::Stage;
use crate::workspace::session::{AnalysisView, OpenProject, ProjectData, ViewCommand};
use measures::{Figures, Inputs, MeasureId, index_of};
use save::Saving;

/// Width of the side panel at least and at most.
const SIDE: [f32; 2] = [232.0, 420.0];
/// Height below which it scrolls as a whole: the figures, some selected sources, the base map.
const SIDE_LEAST: f32 = 470.0;

/// A map, and whether its districts are the bundled sketch.
type Prepared = (Arc<MapData>, bool);

/// The measure's values of the figures shown.
#[derive(Default)]
struct Values {
    of_district: Vec<Option<f64>>,
    /// Number of the figures, and the measure.
    key: Option<(u64, MeasureId)>,
    revision: u64,
}

/// What is selected, as the map shows it.
#[derive(Default)]
struct Chosen {
    list: RowList,
    /// The selection's revision, and whether it is veiled.
    key: Option<(u64, bool)>,
    /// The next change comes from this screen.
    own_change: bool,
    /// A source to be brought into sight.
    fly_to: Option<u32>,
}

/// What the user has chosen to see.
struct Look {
    measure: MeasureId,
    method: ClassMethod,
    class_count: usize,
    show_points: bool,
    show_names: bool,
    /// Pictures hold what the window shows, not the whole map.
    window_only: bool,
    /// One bit a tier that is hidden.
    hidden: u32,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            measure: MeasureId::default(),
            method: ClassMethod::default(),
            class_count: 5,
            show_points: true,
            show_names: true,
            window_only: false,
            hidden: 0,
        }
    }
}

/// State of the screen.
#[derive(Default)]
pub struct MapScreen {
    view: MapView,
    look: Look,
    /// The map of a project's data, and whether its districts are the bundled sketch.
    map: Slot<Same<ProjectData>, Prepared>,
    figures: Slot<Inputs, Figures>,
    made: u64,
    values: Values,
    tiers: TierColumn,
    tiers_of: Option<Arc<AnalysisView>>,
    chosen: Chosen,
    review: String,
    /// Whether the map has been shown, and the district that it framed last.
    framed: (bool, Option<u32>),
    /// The next change of district comes from a click on the map.
    own_district: bool,
    own_map: Option<Picking>,
    saving: Saving,
    failed: Option<String>,
}

/// What the parts of the screen read in a frame.
struct Ready<'a> {
    open: &'a OpenProject,
    map: &'a Arc<MapData>,
    figures: &'a Figures,
    tiers: &'a TierColumn,
    measure: &'a Measure,
    drawn: &'a RowList,
    notice: &'a str,
    sketch: bool,
}

impl Screen for MapScreen {
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(open) = ready(ui, cx) else { return };
        if open.data.is_empty() {
            if widgets::empty(ui, t::EMPTY, t::EMPTY_HINT, &[common::IMPORT]).is_some() {
                cx.go(ScreenId::Data);
            }
            return;
        }
        if let Stage::Failed(error) = &open.analysis {
            if widgets::failed(ui, common::FAILED, error, t::TO_DATA) {
                cx.go(ScreenId::Data);
            }
            return;
        }
        let failed = [self.failed.as_deref(), self.map.error(), self.figures.error()];
        let failed = failed.into_iter().flatten().next().map(str::to_owned);
        if let Some(error) = failed {
            if widgets::failed(ui, common::FAILED, &error, common::AGAIN) {
                self.failed = None;
                self.map.clear();
                self.figures.clear();
            }
            return;
        }
        self.prepare(cx, open);
        let (Some(prepared), Some((inputs, figures))) =
            (self.map.latest(), self.figures.latest_key().zip(self.figures.latest()))
        else {
            let label = if open.view().is_none() { common::COMPUTING } else { t::PREPARING };
            widgets::loading(ui, label, &ProgressState::default());
            return;
        };
        let (map, sketch) = (Arc::clone(&prepared.0), prepared.1);
        let (figures, number) = (Arc::clone(figures), inputs.number);
        let measure = self.look.measure.describe(&open.project.policy, cx.session.month());
        self.take_values(&map, &figures, number, cx);
        let tiers = self.tiers_shown(&figures);
        let notice = if sketch {
            SKETCH_NOTICE
        } else if open.draft.now().review_number.trim().is_empty() {
            t::NO_REVIEW
        } else {
            ""
        };
        // a ring says who is drawn without a word: none while names are veiled
        let veiled = cx.session.is_veiled();
        let rows = if veiled { Arc::default() } else { Arc::clone(&figures.drawn) };
        let drawn = RowList { rows, revision: number * 2 + u64::from(veiled) };
        let ready = Ready {
            open,
            map: &map,
            figures: &figures,
            tiers: &tiers,
            measure: &measure,
            drawn: &drawn,
            notice,
            sketch,
        };
        self.save_step(cx, &ready);
        title(ui, t::TITLE, &t::shown(figures.passing, figures.located), |ui| self.save_ui(ui, cx, &ready));
        self.toolbar_ui(ui, cx, &ready);
        let frame = egui::Frame::new().inner_margin(egui::Margin { left: 12, ..egui::Margin::ZERO });
        egui::Panel::right("map side")
            .resizable(true)
            .show_separator_line(false)
            .frame(frame)
            .default_size(264.0)
            .size_range(widgets::side_range(ui, SIDE[0], SIDE[1], 0.4))
            .show(ui, |ui| widgets::page(ui, "map side page", SIDE_LEAST, |ui| self.side_ui(ui, cx, &ready)));
        self.map_ui(ui, cx, &ready);
    }
}

impl MapScreen {
    /// Starts and takes in what is made off the frame thread.
    fn prepare(&mut self, cx: &Cx<'_>, open: &OpenProject) {
        if self.map.latest_key().is_some_and(|of| !of.is(&open.data)) {
            self.map.clear();
            self.figures.clear();
            self.tiers_of = None;
        }
        let data = Arc::clone(&open.data);
        self.map.ask(cx.session, &Same::of(&open.data), "map", move |_| {
            let map = MapData::new(Arc::clone(&data.districts), &data.lon, &data.lat);
            Ok((Arc::new(map), is_sketch(&data.districts)))
        });
        let Some(view) = open.view() else { return };
        if self.tiers_of.as_ref().is_none_or(|old| !Arc::ptr_eq(old, view)) {
            self.tiers_of = Some(Arc::clone(view));
            self.tiers = TierColumn {
                of_row: Arc::clone(&view.tiers),
                entries: open
                    .project
                    .policy
                    .tiers
                    .iter()
                    .map(|tier| TierEntry { id: tier.id.clone(), name: tier.name.clone(), count: 0, shown: true })
                    .collect(),
                revision: self.tiers.revision + 1,
            };
        }
        let filter = cx.session.filter();
        let wanted = Inputs {
            data: Arc::clone(&open.data),
            project: Arc::clone(&open.project),
            view: Arc::clone(view),
            books: open.books.value().map(Arc::clone),
            district: filter.district,
            body: filter.body,
            month: filter.month,
            number: self.made + 1,
        };
        if !self.figures.is_for(&wanted) {
            self.made += 1;
        }
        let inputs = wanted.clone();
        self.figures.ask(cx.session, &wanted, "map figures", move |progress| inputs.compute(progress));
    }

    /// Values of the measure and the selection, once a change.
    fn take_values(&mut self, map: &MapData, figures: &Figures, number: u64, cx: &Cx<'_>) {
        if self.values.key != Some((number, self.look.measure)) {
            self.values.key = Some((number, self.look.measure));
            self.values.revision += 1;
            let month = index_of(cx.session.month());
            self.values.of_district = figures.districts().map(|area| self.look.measure.value(area, month)).collect();
        }
        let filter = cx.session.filter();
        let veiled = cx.session.is_veiled();
        let key = (filter.selection_revision, veiled);
        if self.chosen.key != Some(key) {
            let first = self.chosen.key.is_none_or(|(_, before)| before != veiled);
            self.chosen.key = Some(key);
            let rows = match filter.unit {
                // what is chosen in a list of drawn units would be marked here
                _ if veiled => Arc::default(),
                Some(unit) if filter.rows.is_empty() => Arc::new(vec![unit]),
                _ => Arc::clone(&filter.rows),
            };
            self.chosen.list = RowList { rows, revision: filter.selection_revision * 2 + u64::from(veiled) };
            if !std::mem::take(&mut self.chosen.own_change) && !first {
                self.chosen.fly_to = filter.unit.filter(|unit| !veiled && map.points.place(*unit).is_some());
            }
        }
    }

    fn tiers_shown(&self, figures: &Figures) -> TierColumn {
        let mut tiers = self.tiers.clone();
        for (i, entry) in tiers.entries.iter_mut().enumerate() {
            entry.count = figures.by_tier.get(i).copied().unwrap_or(0);
            entry.shown = self.look.hidden >> i & 1 == 0;
        }
        tiers
    }

    fn toolbar_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, ready: &Ready<'_>) {
        let month = cx.session.month();
        ui.horizontal_wrapped(|ui| {
            let label = ui.label(t::MEASURE);
            egui::ComboBox::from_id_salt("measure")
                .width(168.0)
                .height(360.0)
                .selected_text(&ready.measure.name)
                .show_ui(ui, |ui| {
                    for id in MeasureId::ALL {
                        let name = id.describe(&ready.open.project.policy, month).name;
                        ui.selectable_value(&mut self.look.measure, id, name);
                    }
                })
                .response
                .labelled_by(label.id);
            let label = ui.label(t::METHOD);
            let name = |method| match method {
                ClassMethod::Quantile => t::QUANTILE,
                ClassMethod::EqualInterval => t::EQUAL,
            };
            egui::ComboBox::from_id_salt("method")
                .width(104.0)
                .selected_text(name(self.look.method))
                .show_ui(ui, |ui| {
                    for method in [ClassMethod::Quantile, ClassMethod::EqualInterval] {
                        ui.selectable_value(&mut self.look.method, method, name(method));
                    }
                })
                .response
                .labelled_by(label.id);
            let label = ui.label(t::CLASSES);
            egui::ComboBox::from_id_salt("classes")
                .width(48.0)
                .selected_text(self.look.class_count.to_string())
                .show_ui(ui, |ui| {
                    for count in FEWEST_CLASSES..=MOST_CLASSES {
                        ui.selectable_value(&mut self.look.class_count, count, count.to_string());
                    }
                })
                .response
                .labelled_by(label.id);
            ui.checkbox(&mut self.look.show_points, t::SHOW_POINTS);
            ui.checkbox(&mut self.look.show_names, t::SHOW_NAMES);
        });
    }

    fn map_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready<'_>) {
        let filter = cx.session.filter();
        let selected_district = filter.district.and_then(|code| ready.map.set.index_of(DistrictCode(code)));
        let month = index_of(cx.session.month());
        let (open, policy) = (ready.open, &ready.open.project.policy);
        let describe_point = |row: u32| point_card(open, row);
        let describe_district = |district: usize| {
            let Some(area) = ready.figures.district(district) else { return Vec::new() };
            [MeasureId::Sources, MeasureId::Urgent, MeasureId::ExpectedYear, MeasureId::Listed, MeasureId::Done]
                .into_iter()
                .filter(|id| *id != self.look.measure)
                .filter_map(|id| {
                    let measure = id.describe(policy, cx.session.month());
                    let value = id.value(area, month)?;
                    Some((measure.name, t::value(value, measure.decimals, &measure.unit)))
                })
                .collect()
        };
        let input = MapInput {
            data: ready.map,
            values: &self.values.of_district,
            values_revision: self.values.revision,
            measure: ready.measure,
            method: self.look.method,
            class_count: self.look.class_count,
            tiers: ready.tiers,
            filter: ready.figures.filter.as_ref(),
            selected: &self.chosen.list,
            highlighted: ready.drawn,
            selected_district,
            show_points: self.look.show_points,
            show_labels: self.look.show_names,
            notice: ready.notice,
            review_number: &open.draft.now().review_number,
            mark: if open.saved.file.synthetic { common::SYNTHETIC } else { "" },
            describe_point: &describe_point,
            describe_district: &describe_district,
        };
        if let Some(at) = self.chosen.fly_to.take().and_then(|row| ready.map.points.place(row)) {
            self.view.show_place(ui, &input, at);
        }
        if self.framed != (true, filter.district) {
            let first = !std::mem::replace(&mut self.framed, (true, filter.district)).0;
            // who has gone nearer and clicks there stays there
            let stays = std::mem::take(&mut self.own_district) && !self.view.whole;
            // a kept camera stays where it was while nothing is chosen
            let kept = first && filter.district.is_none();
            if !stays && !kept {
                self.view.frame(ui, &input, selected_district);
            }
        }
        let output = self.view.show(ui, &input);
        self.carry_out(cx, ready, output);
    }

    /// Turns what the user did on the map into commands.
    fn carry_out(&mut self, cx: &mut Cx<'_>, ready: &Ready<'_>, output: MapOutput) {
        let filter = cx.session.filter();
        if let Some(tier) = output.toggled_tier {
            self.look.hidden ^= 1 << tier;
        }
        if let Some(index) = output.clicked_district {
            let code = ready.map.set.districts().get(index).map(|d| d.code.0);
            self.own_district = true;
            // A second click gives the district up again.
            cx.send(ViewCommand::SetDistrict(code.filter(|code| filter.district != Some(*code))));
        }
        if let Some(row) = output.clicked_point {
            let mut rows = if output.click_adds { filter.rows.as_ref().clone() } else { Vec::new() };
            match rows.binary_search(&row) {
                Ok(at) => drop(rows.remove(at)),
                Err(at) => rows.insert(at, row),
            }
            self.select(cx, rows);
        }
        if let Some(Caught { mut rows, add }) = output.caught {
            if add {
                rows.extend_from_slice(&filter.rows);
                rows.sort_unstable();
                rows.dedup();
            }
            self.select(cx, rows);
        }
        if output.cleared {
            if self.chosen.list.rows.is_empty() {
                cx.send(ViewCommand::SetDistrict(None));
            } else {
                self.clear(cx);
            }
        }
    }

    fn select(&mut self, cx: &mut Cx<'_>, rows: Vec<u32>) {
        self.chosen.own_change = true;
        if rows.is_empty() {
            cx.send(ViewCommand::SelectUnit(None));
        }
        cx.send(ViewCommand::SelectRows(Arc::new(rows)));
    }

    fn clear(&mut self, cx: &mut Cx<'_>) {
        self.select(cx, Vec::new());
    }
}

/// True for the bundled sketch, also where a project (the demo city's) keeps a copy of it as a file.
fn is_sketch(set: &DistrictSet) -> bool {
    let same = |bundled: DistrictSet| {
        let vertices = |set: &DistrictSet| set.districts().iter().map(|d| d.shape.coords_count()).sum::<usize>();
        bundled.len() == set.len()
            && vertices(&bundled) == vertices(set)
            && bundled.districts().iter().zip(set.districts()).all(|(a, b)| a.code == b.code)
    };
    set.sketch || load_bundled_districts(&mut Diagnostics::new()).is_ok_and(same)
}

/// The hover card of a source.
fn point_card(open: &OpenProject, row: u32) -> Card {
    let data = &open.data;
    let at = row as usize;
    let mut lines = Vec::new();
    let mut line = |name: &str, value: String| lines.push((name.to_owned(), value));
    if let Some(id) = data.unit_id(row) {
        line(t::UNIT_ID, id.to_owned());
    }
    if let Some(view) = open.view() {
        let tier = view.tiers.get(at).and_then(|tier| open.project.policy.tiers.get(usize::from(*tier)));
        if let Some(tier) = tier {
            line(t::TIER, format!("{} {}", tier.id, tier.name));
        }
        if let Some(score) = view.scores.get(at) {
            line(t::SCORE, t::points(&points(*score)));
        }
        if let Some(lambda) = view.analysis.plan.frequencies.lambda.get(at) {
            line(t::EXPECTED, t::frequency(&how_often(*lambda), &per_year(*lambda)));
        }
    }
    if let Some(name) = data.district.get(at).and_then(|d| data.district_name(*d)) {
        line(t::DISTRICT, name.to_owned());
    }
    Card { title: data.name(row).unwrap_or_default().to_owned(), lines, note: String::new() }
}
