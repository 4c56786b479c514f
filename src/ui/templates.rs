//! The dialog of templates: whose text each has, how it looks, what is wrong in it.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Context, Label, Rect, Role, Sense, Stroke, TextureHandle, Ui, WidgetInfo, pos2, vec2};

use super::screens::briefing::{FONTS, image_of};
use super::slot::Slot;
use super::text::common;
use super::text::templates as t;
use super::theme::{self, GRID, HALF};
use super::widgets;
use crate::export::documents::{Painted, Template, TemplateStanding, Templates, Typesetter, preview_template};
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::reports::export::workbook_date;
use crate::workspace::session::Session;
use crate::workspace::store::project::Project;
use crate::workspace::store::templates::{load_templates, write_own_template};

/// Pixels across of a page, and pages painted.
const PIXELS: u32 = 1100;
const MOST_PAGES: usize = 6;
/// Width of the list.
const LIST: f32 = 250.0;

/// What is looked at: the templates' standing and a sample.
struct Looked {
    standings: Vec<TemplateStanding>,
    sample: Result<Painted, String>,
}

/// State of the dialog.
#[derive(Default)]
pub(super) struct TemplatesDialog {
    chosen: usize,
    page: usize,
    /// Rises where files may have changed.
    reading: u64,
    looked: Slot<(usize, u64), Looked>,
    taking: Slot<usize, PathBuf>,
    texture: Option<((usize, usize), TextureHandle)>,
}

/// A folder that can't be read is a fault of the sample, told in its place.
fn look(project: &Project, chosen: usize, created: chrono::NaiveDateTime) -> Looked {
    let loaded = load_templates(project);
    let known = loaded.as_ref().map(Templates::clone).unwrap_or_default();
    let standings = Template::ALL.iter().map(|template| known.standing(*template)).collect();
    let sample = loaded.and_then(|templates| {
        let typesetter = Typesetter { fonts: &FONTS, templates: &templates, program: PROGRAM, created };
        preview_template(Template::ALL[chosen.min(Template::ALL.len() - 1)], &typesetter, (PIXELS, MOST_PAGES))
    });
    Looked { standings, sample: sample.map_err(|error| error.to_string()) }
}

impl TemplatesDialog {
    /// Draws it; true where it was closed.
    pub(super) fn show(&mut self, ctx: &Context, session: &mut Session) -> bool {
        let Some(open) = session.project() else { return true };
        let (project, created) = (Arc::clone(&open.project), workbook_date(session.now()));
        let (chosen, writable) = (self.chosen, !open.saved.is_read_only());
        let of = Arc::clone(&project);
        self.looked.ask(session, &(chosen, self.reading), t::SETTING, move |_| Ok(look(&of, chosen, created)));
        if let Some((_, taken)) = self.taking.take() {
            self.reading += 1;
            match taken {
                Ok(path) => session.say(t::taken(&path.display().to_string())),
                Err(error) => session.say(error),
            }
        }
        let mut take = false;
        let modal = widgets::modal(ctx, "templates").show(ctx, |ui| {
            let window = ctx.content_rect().size();
            ui.set_width((window.x - 120.0).clamp(420.0, 1100.0));
            ui.label(theme::strong(t::TITLE));
            ui.add(Label::new(theme::note(ui, t::INTRO)).wrap());
            ui.add_space(GRID);
            let high = (window.y - widgets::DIALOG_AROUND - 30.0).max(200.0);
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    ui.set_width(LIST);
                    take = self.list_ui(ui, writable);
                });
                ui.add_space(GRID);
                // always as high: nothing moves under the pointer when a sample comes
                let room = vec2(ui.available_width(), high);
                ui.allocate_ui_with_layout(room, egui::Layout::top_down(egui::Align::LEFT), |ui| {
                    ui.set_min_size(room);
                    self.sample_ui(ui);
                });
            });
            ui.add_space(GRID);
            widgets::buttons(ui, |ui| {
                if widgets::primary(ui, common::CLOSE).clicked() {
                    ui.close();
                }
                if ui.button(t::AGAIN).clicked() {
                    self.reading += 1;
                }
            });
        });
        if take {
            let template = Template::ALL[chosen];
            self.taking.start(session, chosen, t::TAKE, move |_| write_own_template(&project, template));
        }
        modal.should_close()
    }

    /// The templates with their standing; true where the chosen one is to be taken into the project.
    fn list_ui(&mut self, ui: &mut Ui, writable: bool) -> bool {
        let standings = self.looked.latest().map(|looked| looked.standings.clone()).unwrap_or_default();
        let mut bundled = false;
        for (at, template) in Template::ALL.into_iter().enumerate() {
            let standing = standings.get(at).copied();
            let words = match standing {
                None => "…",
                Some(TemplateStanding::Bundled) => t::STANDINGS[0],
                Some(TemplateStanding::Same) => t::STANDINGS[1],
                Some(TemplateStanding::Changed) => t::STANDINGS[2],
            };
            let selected = at == self.chosen;
            if ui.selectable_label(selected, t::line(name_of(template), words)).clicked() {
                self.chosen = at;
                self.page = 0;
            }
            bundled |= selected && standing == Some(TemplateStanding::Bundled);
        }
        ui.add_space(GRID);
        let taking = self.taking.running().is_some();
        let take = ui.add_enabled(bundled && writable && !taking, egui::Button::new(t::TAKE)).clicked();
        ui.add_space(GRID);
        ui.add(Label::new(theme::note(ui, t::SAMPLE)).wrap());
        take
    }

    /// The sample's page, or what is wrong.
    fn sample_ui(&mut self, ui: &mut Ui) {
        let Some(looked) = self.looked.latest().cloned().filter(|_| self.looked.running().is_none()) else {
            widgets::loading(ui, t::SETTING, &crate::diagnostic::ProgressState::default());
            return;
        };
        let painted = match &looked.sample {
            Err(error) => {
                let palette = theme::of(ui);
                ui.label(theme::strong(t::FAULT).color(palette.red));
                ui.add(Label::new(widgets::message(ui, error, palette.text)).wrap().selectable(true));
                return;
            }
            Ok(painted) => painted,
        };
        let count = painted.pages.len();
        self.page = self.page.min(count.saturating_sub(1));
        ui.horizontal(|ui| {
            if ui.add_enabled(self.page > 0, egui::Button::new(t::PREVIOUS)).clicked() {
                self.page -= 1;
            }
            if ui.add_enabled(self.page + 1 < count, egui::Button::new(t::NEXT)).clicked() {
                self.page += 1;
            }
            ui.label(theme::note(ui, t::page(self.page + 1, painted.count)));
        });
        for note in &painted.notes {
            ui.add(Label::new(theme::note(ui, note)).wrap());
        }
        ui.add_space(HALF);
        let Some(page) = painted.pages.get(self.page) else { return };
        let key = (Arc::as_ptr(&looked).addr(), self.page);
        if self.texture.as_ref().is_none_or(|(of, _)| *of != key) {
            let options = egui::TextureOptions::LINEAR.with_mipmap_mode(Some(egui::TextureFilter::Linear));
            self.texture = Some((key, ui.ctx().load_texture("template", image_of(page), options)));
        }
        let Some((_, texture)) = &self.texture else { return };
        let aspect = page.width as f32 / page.height.max(1) as f32;
        let room = vec2(ui.available_width(), ui.available_height().max(120.0));
        egui::ScrollArea::vertical().id_salt("template").max_height(room.y).auto_shrink([false, false]).show(
            ui,
            |ui| {
                // as wide as there is room: an upright page is scrolled, its text can be read
                let wide = room.x.min(760.0) - 12.0;
                let (rect, response) = ui.allocate_exact_size(vec2(wide, wide / aspect), Sense::hover());
                let name = name_of(Template::ALL[self.chosen]);
                response.widget_info(|| WidgetInfo::labeled(Role::Image, true, t::picture(name, self.page + 1)));
                let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture.id(), rect, whole, egui::Color32::WHITE);
                ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, theme::of(ui).line), egui::StrokeKind::Outside);
            },
        );
    }
}

/// A template's name as a screen says it: its file's without the ending.
fn name_of(template: Template) -> &'static str {
    let file = template.file_name();
    file.strip_suffix(".typ").unwrap_or(file)
}
