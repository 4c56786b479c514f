//! The page looked at: as it will be, and what the office writes for it.

use egui::{Rect, Role, Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2};

use super::super::Cx;
use super::BriefingScreen;
use super::list::fitted;
use crate::ui::text::briefing as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets;
use crate::workspace::session::OpenProject;
use crate::workspace::store::briefing::{BriefingChoice, PageChoice};

/// Height of what is written under the page, at least; the page takes the rest.
const WRITING: f32 = 168.0;
/// A page is 16:9.
pub(super) const ASPECT: f32 = 16.0 / 9.0;

impl BriefingScreen {
    pub(super) fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        (choice, all): (&BriefingChoice, &[PageChoice]),
    ) {
        let Some(page) = all.get(self.selected) else { return };
        let room = ui.available_size();
        let high = (room.y - WRITING - GRID).max(180.0);
        let (rect, response) = ui.allocate_exact_size(vec2(room.x, high), Sense::hover());
        let title = self.pages.title(self.selected).to_owned();
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, t::picture(&title)));
        self.paint(ui, self.selected, fitted(rect, ASPECT));
        ui.add_space(GRID);
        egui::ScrollArea::vertical().id_salt("briefing-writing").auto_shrink([false, false]).show(ui, |ui| {
            ui.add_enabled_ui(!open.saved.is_read_only(), |ui| self.writing_ui(ui, cx, choice, page));
        });
    }

    /// Paints a page's picture.
    pub(super) fn paint(&mut self, ui: &Ui, at: usize, rect: Rect) {
        let palette = theme::of(ui);
        match self.pages.texture(ui.ctx(), at) {
            Some(texture) => {
                let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture.id(), rect, whole, egui::Color32::WHITE);
            }
            None => {
                ui.painter().rect_filled(rect, 0.0, palette.stripe);
            }
        }
        ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, palette.line), egui::StrokeKind::Outside);
    }

    /// Title and text at the left, the speaker's notes at the right.
    fn writing_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, choice: &BriefingChoice, page: &PageChoice) {
        let width = ((ui.available_width() - GRID * 2.0) / 2.0).max(160.0);
        let now = ui.input(|input| input.time);
        let at = self.selected;
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.label(theme::note(ui, t::PAGE_TITLE));
                let mut title = page.title.clone();
                let field = TextEdit::singleline(&mut title).desired_width(width).hint_text(t::TITLE_HINT);
                let field = ui.add(field.id(ui.scope_id().with(("title", at))));
                widgets::name_field(&field, &title, t::TITLE_FIELD);
                if field.changed() {
                    let page = PageChoice { title, ..page.clone() };
                    self.send(cx, choice.with_page(at, page), t::STEP_TEXT, Some((field.id, now)));
                }
                ui.add_space(HALF);
                ui.label(theme::note(ui, t::PAGE_TEXT));
                let mut text = page.text.clone();
                let field = TextEdit::multiline(&mut text).desired_width(width).desired_rows(4).hint_text(t::TEXT_HINT);
                let field = ui.add(field.id(ui.scope_id().with(("text", at))));
                widgets::name_field(&field, &text, t::TEXT_FIELD);
                if field.changed() {
                    let page = PageChoice { text, ..page.clone() };
                    self.send(cx, choice.with_page(at, page), t::STEP_TEXT, Some((field.id, now)));
                }
            });
            ui.add_space(GRID);
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.label(theme::note(ui, t::NOTES));
                let mut notes = self.pages.notes(page);
                let field =
                    TextEdit::multiline(&mut notes).desired_width(width).desired_rows(7).hint_text(t::NOTES_HINT);
                let field = ui.add(field.id(ui.scope_id().with(("notes", at))));
                widgets::name_field(&field, &notes, t::NOTES_FIELD);
                if field.changed() {
                    let page = PageChoice { notes: Some(notes), ..page.clone() };
                    self.send(cx, choice.with_page(at, page), t::STEP_NOTES, Some((field.id, now)));
                }
            });
        });
    }
}
