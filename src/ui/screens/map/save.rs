//! The map as a picture at print size: asked for, drawn in a job, written by the session.

use std::path::PathBuf;
use std::sync::Arc;

use egui::Ui;

use super::{MapScreen, Ready};
use crate::chart::{ChartStyle, ChoroplethMap, Drawable, render_png, render_svg};
use crate::disclosure::Audience;
use crate::export::FileName;
use crate::ui::map::{
    Card, ClassMethod, MapData, MapInput, Measure, PrintTexts, RowFilter, RowList, TierColumn, choropleth,
    compute_classes, passing_of,
};
use crate::ui::picker::{PickKind, PickRequest, Picking};
use crate::ui::screens::Cx;
use crate::ui::slot::Slot;
use crate::ui::text::map as t;
use crate::ui::{text::common, theme};
use crate::workspace::session::ViewCommand;

/// A kind of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PictureKind {
    vector: bool,
    /// Points at 96 dpi.
    size: (u32, u32),
}

/// In the order of the menu.
pub(super) const KINDS: [PictureKind; 4] = [
    PictureKind { vector: false, size: (1123, 794) },
    PictureKind { vector: false, size: (1587, 1123) },
    PictureKind { vector: true, size: (1123, 794) },
    PictureKind { vector: true, size: (1587, 1123) },
];

/// Pixels a point at 300 dpi.
const PRINT_SCALE: f64 = 3.125;

impl PictureKind {
    fn extension(self) -> &'static str {
        if self.vector { "svg" } else { "png" }
    }

    fn render(self, map: &ChoroplethMap) -> crate::diagnostic::AppResult<Vec<u8>> {
        let (w, h) = self.size;
        if self.vector {
            return render_svg(Drawable::Map(map), w, h, &ChartStyle::print()).map(String::into_bytes);
        }
        let pixels = |points: u32| (f64::from(points) * PRINT_SCALE).round() as u32;
        render_png(Drawable::Map(map), pixels(w), pixels(h), &ChartStyle::print().at(PRINT_SCALE))
    }
}

/// A picture on its way.
#[derive(Default)]
pub(super) enum Saving {
    /// None.
    #[default]
    Idle,
    /// The user is asked where to.
    Asking(Picking, PictureKind),
    /// It is drawn.
    Drawing(Box<Slot<PathBuf, Vec<u8>>>),
}

/// Everything that a picture shows, owned: goes into the job.
struct Picture {
    data: Arc<MapData>,
    values: Vec<Option<f64>>,
    measure: Measure,
    method: ClassMethod,
    class_count: usize,
    tiers: TierColumn,
    filter: Option<RowFilter>,
    selected: RowList,
    highlighted: RowList,
    selected_district: Option<usize>,
    show_points: bool,
    show_labels: bool,
    notice: String,
    review_number: String,
    mark: String,
    texts: PrintTexts,
    window: Option<(f64, f64, f64, f64)>,
}

impl Picture {
    fn map(&self) -> ChoroplethMap {
        let input = MapInput {
            data: &self.data,
            values: &self.values,
            values_revision: 0,
            measure: &self.measure,
            method: self.method,
            class_count: self.class_count,
            tiers: &self.tiers,
            filter: self.filter.as_ref(),
            selected: &self.selected,
            highlighted: &self.highlighted,
            selected_district: self.selected_district,
            show_points: self.show_points,
            show_labels: self.show_labels,
            notice: &self.notice,
            review_number: &self.review_number,
            mark: &self.mark,
            describe_point: &|_| Card::default(),
            describe_district: &|_| Vec::new(),
        };
        let classes = compute_classes(&self.values, self.method, self.class_count);
        choropleth(&input, &classes, &passing_of(&input), &self.texts, self.window)
    }
}

impl MapScreen {
    /// The button with its menu.
    pub(super) fn save_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready<'_>) {
        if !matches!(self.saving, Saving::Idle) {
            ui.spinner();
            ui.label(theme::note(ui, t::SAVING));
            return;
        }
        ui.menu_button(t::SAVE, |ui| {
            for (kind, name) in KINDS.into_iter().zip(t::SAVE_KINDS) {
                if ui.button(name).clicked() {
                    self.ask(cx, ready, kind);
                    ui.close();
                }
            }
            ui.separator();
            ui.checkbox(&mut self.look.window_only, t::SAVE_WINDOW);
        });
    }

    fn ask(&mut self, cx: &mut Cx<'_>, ready: &Ready<'_>, kind: PictureKind) {
        let file = &ready.open.saved.file;
        let month = cx.session.month().map_or_else(|| file.year.to_string(), |m| m.to_string());
        let document = format!("{}_{}", t::DOCUMENT, ready.measure.name);
        let name = FileName {
            agency: &file.name,
            document: &document,
            period: &month,
            version: 1,
            audience: Audience::Internal,
            mark: file.synthetic.then_some(common::SYNTHETIC),
            extension: kind.extension(),
        };
        let request = PickRequest::new(PickKind::SaveFile(name.render()), t::SAVE_TITLE)
            .filter(if kind.vector { "SVG" } else { "PNG" }, &[kind.extension()]);
        self.saving = Saving::Asking(cx.pick(request), kind);
    }

    /// Takes a picture a step further.
    pub(super) fn save_step(&mut self, cx: &mut Cx<'_>, ready: &Ready<'_>) {
        match std::mem::take(&mut self.saving) {
            Saving::Idle => {}
            Saving::Asking(picking, kind) => match picking.poll() {
                None => self.saving = Saving::Asking(picking, kind),
                Some(paths) => {
                    if let Some(mut path) = paths.into_iter().next() {
                        if path.extension().is_none() {
                            path.set_extension(kind.extension());
                        }
                        let picture = self.picture(cx, ready);
                        let mut drawing = Box::<Slot<PathBuf, Vec<u8>>>::default();
                        drawing.start(cx.session, path, "map picture", move |progress| {
                            progress.begin(t::SAVING, 0);
                            kind.render(&picture.map())
                        });
                        match drawing.error() {
                            Some(error) => self.failed = Some(error.to_owned()),
                            None => self.saving = Saving::Drawing(drawing),
                        }
                    }
                }
            },
            Saving::Drawing(mut drawing) => match drawing.take() {
                None => self.saving = Saving::Drawing(drawing),
                Some((path, Ok(bytes))) => cx.send(ViewCommand::WriteFile(path, Arc::new(bytes))),
                Some((_, Err(error))) => self.failed = Some(error),
            },
        }
    }

    fn picture(&self, cx: &Cx<'_>, ready: &Ready<'_>) -> Picture {
        let file = &ready.open.saved.file;
        let highest = self
            .values
            .of_district
            .iter()
            .enumerate()
            .filter_map(|(i, v)| v.map(|v| (i, v)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(i, v)| (ready.map.name(i), t::value(v, ready.measure.decimals, &ready.measure.unit)));
        let area = cx.session.filter().body.and_then(|b| ready.open.project.policy.bodies.get(usize::from(b)));
        let set = &ready.map.set;
        let base = if ready.sketch { t::SKETCH_FILE } else { set.file.as_str() };
        let date = cx.session.now().date().format("%Y-%m-%d").to_string();
        let window = self.look.window_only.then(|| {
            let view = self.view.in_sight();
            let plane = &ready.map.mesh.plane;
            let (west, south) = plane.unproject(f64::from(view.min[0]), f64::from(view.min[1]));
            let (east, north) = plane.unproject(f64::from(view.max[0]), f64::from(view.max[1]));
            (west, south, east, north)
        });
        Picture {
            data: Arc::clone(ready.map),
            values: self.values.of_district.clone(),
            measure: ready.measure.clone(),
            method: self.look.method,
            class_count: self.look.class_count,
            tiers: ready.tiers.clone(),
            filter: ready.figures.filter.clone(),
            selected: self.chosen.list.clone(),
            highlighted: ready.drawn.clone(),
            selected_district: None,
            show_points: self.look.show_points,
            show_labels: self.look.show_names,
            notice: ready.notice.to_owned(),
            review_number: ready.open.draft.now().review_number.clone(),
            mark: if file.synthetic { common::SYNTHETIC.to_owned() } else { String::new() },
            texts: PrintTexts {
                title: t::finding(&ready.measure.name, highest, area.map_or("", |b| b.name.as_str())),
                source: t::printed_source(&file.name, base, &date),
            },
            window,
        }
    }
}
