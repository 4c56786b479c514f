//! The list of pages: chosen by their boxes, ordered by dragging, by keys or by buttons.

use egui::{Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::super::Cx;
use super::BriefingScreen;
use crate::ui::text::briefing as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets;
use crate::workspace::session::OpenProject;
use crate::workspace::store::briefing::{BriefingChoice, PageChoice, PageKind};

/// Height of a page in the list, and of its picture.
const ROW: f32 = 62.0;
const THUMB: f32 = 50.0;
/// Room of the box.
const BOX: f32 = 26.0;

impl BriefingScreen {
    pub(super) fn list_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        (choice, all): (&BriefingChoice, &[PageChoice]),
    ) {
        ui.vertical(|ui| {
            widgets::heading(ui, t::PAGES);
            ui.add(egui::Label::new(theme::note(ui, t::ORDER_HINT)).wrap());
            ui.add_space(HALF);
            let writable = !open.saved.is_read_only();
            ui.add_enabled_ui(writable, |ui| self.buttons(ui, cx, choice, all));
            ui.add_space(HALF);
            egui::ScrollArea::vertical().id_salt("briefing-pages").auto_shrink([false, false]).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let mut tops = Vec::new();
                for (at, page) in all.iter().enumerate() {
                    let rect = self.row(ui, cx, (choice, all), at, page, writable);
                    tops.push(rect.top());
                    if at + 1 == all.len() {
                        tops.push(rect.bottom());
                    }
                }
                self.drop_page(ui, cx, choice, &tops);
            });
        });
    }

    fn buttons(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, choice: &BriefingChoice, all: &[PageChoice]) {
        let last = all.len().saturating_sub(1);
        ui.horizontal_wrapped(|ui| {
            if ui.button(t::ADD).clicked() {
                let next = choice.with_own_after(self.selected, t::NEW_TITLE);
                self.send(cx, next, t::STEP_ADD, None);
                self.selected += 1;
            }
            if ui.add_enabled(self.selected > 0, egui::Button::new(t::UP)).clicked() {
                self.move_page(cx, choice, self.selected, self.selected - 1);
            }
            if ui.add_enabled(self.selected < last, egui::Button::new(t::DOWN)).clicked() {
                self.move_page(cx, choice, self.selected, self.selected + 1);
            }
            let own = all.get(self.selected).is_some_and(|page| page.page == PageKind::Own);
            if own && ui.button(t::REMOVE).clicked() {
                self.remove(cx, choice);
            }
            if !choice.is_empty() && ui.button(t::RESET).clicked() {
                self.send(cx, BriefingChoice::default(), t::STEP_RESET, None);
            }
        });
    }

    /// A page: its box, its picture, its name and title.
    fn row(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        (choice, all): (&BriefingChoice, &[PageChoice]),
        at: usize,
        page: &PageChoice,
        writable: bool,
    ) -> Rect {
        let palette = theme::of(ui);
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width() - HALF, ROW), Sense::hover());
        let body = Rect::from_min_max(pos2(rect.left() + BOX, rect.top()), rect.max);
        let response = ui.interact(body, ui.scope_id().with(("page", at)), Sense::click_and_drag());
        let title = self.pages.title(at).to_owned();
        let name = t::page_name(at + 1, page.page.label(), &title);
        let selected = self.selected == at;
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &name));
        let mut shown = !page.hidden;
        let place = Rect::from_min_size(rect.min, vec2(BOX, ROW));
        let ticked = ui.put(place, egui::Checkbox::without_text(&mut shown));
        ticked
            .widget_info(|| WidgetInfo::selected(Role::CheckBox, writable, !page.hidden, t::choose(page.page.label())));
        if ticked.changed() && writable {
            let page = PageChoice { hidden: !shown, ..page.clone() };
            self.send(cx, choice.with_page(at, page), t::STEP_SHOWN, None);
        }
        if selected || response.hovered() {
            let ground = if selected { palette.wash } else { palette.stripe };
            ui.painter().rect_filled(body, theme::RADIUS, ground);
        }
        if response.has_focus() {
            ui.painter().rect_stroke(body, theme::RADIUS, Stroke::new(1.5, palette.accent), egui::StrokeKind::Inside);
        }
        let thumb = Rect::from_min_size(body.min + vec2(HALF, (ROW - THUMB) / 2.0), vec2(THUMB * 16.0 / 9.0, THUMB));
        let ink = if page.hidden { palette.muted } else { palette.text };
        let tint = if page.hidden { egui::Color32::from_white_alpha(90) } else { egui::Color32::WHITE };
        match self.pages.texture(ui.ctx(), at) {
            Some(texture) => {
                let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture.id(), thumb, whole, tint);
            }
            None => {
                ui.painter().rect_filled(thumb, 0.0, palette.stripe);
            }
        }
        ui.painter().rect_stroke(thumb, 0.0, Stroke::new(1.0, palette.line), egui::StrokeKind::Outside);
        let left = thumb.right() + GRID;
        let width = body.right() - left - HALF;
        let number = Self::place_of(all, at).map_or_else(|| "—".to_owned(), |place| (place + 1).to_string());
        let head = format!("{number}　{}", page.page.label());
        let mut job = egui::text::LayoutJob::simple(head, theme::bold(theme::BODY), ink, width);
        job.wrap.max_rows = 1;
        ui.painter().galley(pos2(left, body.top() + 7.0), ui.painter().layout_job(job), ink);
        let mut job = egui::text::LayoutJob::simple(title, theme::regular(theme::SMALL), palette.muted, width);
        job.wrap.max_rows = 2;
        ui.painter().galley(pos2(left, body.top() + 25.0), ui.painter().layout_job(job), palette.muted);
        if response.clicked() {
            self.selected = at;
        }
        if response.drag_started() && writable {
            self.dragged = Some(at);
            self.selected = at;
        }
        rect
    }

    /// Where a dragged page would come to stand, and its coming to stand there.
    fn drop_page(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, choice: &BriefingChoice, tops: &[f32]) {
        let Some(from) = self.dragged else { return };
        let pointer = ui.input(|input| input.pointer.interact_pos());
        let gap = pointer.map(|pointer| {
            let nearest =
                |a: &(usize, &f32), b: &(usize, &f32)| (a.1 - pointer.y).abs().total_cmp(&(b.1 - pointer.y).abs());
            tops.iter().enumerate().min_by(nearest).map_or(from, |(at, _)| at)
        });
        if let Some(y) = gap.and_then(|gap| tops.get(gap)) {
            let line = egui::Rangef::new(ui.min_rect().left(), ui.min_rect().right());
            ui.painter().hline(line, *y - 1.0, Stroke::new(2.0, theme::of(ui).accent));
            ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
        }
        if ui.input(|input| input.pointer.any_released()) {
            self.dragged = None;
            if let Some(gap) = gap {
                // the page itself is gone from above the gap
                let to = if gap > from { gap - 1 } else { gap };
                self.move_page(cx, choice, from, to);
            }
        }
    }
}

/// Paints a page's picture as large as a box has room for, in its middle; gives back where.
pub(super) fn fitted(room: Rect, aspect: f32) -> Rect {
    let wide = room.width().min(room.height() * aspect);
    Rect::from_center_size(room.center(), Vec2::new(wide, wide / aspect))
}
