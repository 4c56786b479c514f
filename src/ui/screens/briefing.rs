//! 简报: the pages that leadership is shown; chosen, ordered and annotated here, then shown on the projector or saved.
//!
//! Every page is painted by the same template that sets the PDF, so that what is seen is what is saved. Pages are made
//! in two jobs: the figures when plan or books change, the pictures when a figure or a word does.

mod list;
mod page;
mod pages;
mod save;
mod show;

pub(in crate::ui) use pages::{FONTS, image_of};

use egui::{Key, Modifiers, Ui};

use self::pages::Pages;
use self::save::Saving;
use self::show::Show;
use super::{Cx, Screen, ready, title};
use crate::ui::action::Action;
use crate::ui::text::briefing as t;
use crate::ui::text::common;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::session::job::Stage;
use crate::workspace::session::{DraftCommand, OpenProject};
use crate::workspace::store::briefing::{BriefingChoice, PageChoice, PageKind};

/// Width of the list, points.
const LIST: f32 = 268.0;

/// State of the screen.
#[derive(Default)]
pub struct BriefingScreen {
    /// Figures, deck, pictures.
    pages: Pages,
    /// The page looked at, of all.
    selected: usize,
    /// A page being dragged.
    dragged: Option<usize>,
    /// Number of the writing that is one step of undo, and its field.
    writing: (u64, Option<egui::Id>),
    show: Option<Show>,
    saving: Saving,
}

impl Screen for BriefingScreen {
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(open) = ready(ui, cx) else { return };
        self.pages.refresh(ui, cx, open, self.show.is_some());
        self.save_poll(cx);
        let choice = open.project.file.briefing.clone();
        let all = choice.complete();
        self.selected = self.selected.min(all.len().saturating_sub(1));
        if self.show.is_some() {
            self.show_ui(ui, cx);
            return;
        }
        self.head(ui, cx, open, &all);
        if let Stage::Failed(error) = &open.analysis {
            widgets::failed(ui, common::FAILED, error, common::CLOSE);
            return;
        }
        if let Some(error) = self.pages.error().map(str::to_owned) {
            if widgets::failed(ui, t::FAILED, &error, t::LOOK_AT_TEMPLATES) {
                cx.out.actions.push(Action::Templates);
            }
            return;
        }
        if self.pages.briefing().is_none() {
            widgets::loading(ui, t::COMPUTING, &self.pages.progress());
            return;
        }
        self.keys(ui, cx, open, &choice);
        let room = ui.available_size();
        ui.horizontal_top(|ui| {
            ui.allocate_ui(egui::vec2(LIST, room.y), |ui| self.list_ui(ui, cx, open, (&choice, &all)));
            ui.add_space(GRID);
            ui.vertical(|ui| self.page_ui(ui, cx, open, (&choice, &all)));
        });
    }
}

impl BriefingScreen {
    fn head(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, all: &[PageChoice]) {
        let shown = all.iter().filter(|page| !page.hidden).count();
        let mut begin = false;
        title(ui, t::TITLE, &t::count(shown, all.len()), |ui| {
            let ready = shown > 0 && self.pages.painted().is_some();
            let why_not = if shown == 0 { t::NONE_SHOWN } else { t::PAINTING };
            begin = widgets::primary_if(ui, ready, t::SHOW, why_not).on_hover_text(t::SHOW_HINT).clicked();
            self.save_ui(ui, cx, open, ready);
            if ui.button(t::TEMPLATES).clicked() {
                cx.out.actions.push(Action::Templates);
            }
            if self.pages.is_painting() {
                ui.spinner();
                ui.label(theme::note(ui, t::PAINTING));
            }
        });
        if begin {
            let first = all.iter().take(self.selected).filter(|page| !page.hidden).count();
            let first = if all.get(self.selected).is_some_and(|page| page.hidden) { 0 } else { first };
            let (now, own, screen) = ui.input(|i| (i.time, i.viewport().outer_rect, i.viewport().monitor_size));
            self.show = Some(Show::begin(first, now, own, screen));
        }
    }

    /// Sends other pages; what is written into one field without leaving it is one step of undo.
    fn send(&mut self, cx: &mut Cx<'_>, briefing: BriefingChoice, label: &str, field: Option<(egui::Id, f64)>) {
        let gesture = if let Some((field, now)) = field {
            if self.writing.1 != Some(field) {
                self.writing = (super::plan::gesture_at(now), Some(field));
            }
            self.writing.0
        } else {
            self.writing.1 = None;
            0
        };
        cx.send(DraftCommand::SetBriefing { briefing, label: label.to_owned(), gesture });
    }

    /// Arrows choose a page, with Alt they move it, Delete takes an own one away.
    fn keys(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, choice: &BriefingChoice) {
        let ctx = ui.ctx().clone();
        let dialog = !ctx.memory(|memory| memory.is_above_modal_layer(egui::LayerId::background()));
        if ctx.text_edit_focused() || dialog || egui::Popup::is_any_open(&ctx) {
            return;
        }
        let last = choice.complete().len().saturating_sub(1);
        let pressed = |modifiers, key| ctx.input_mut(|input| input.consume_key(modifiers, key));
        let writable = !open.saved.is_read_only();
        if writable && pressed(Modifiers::ALT, Key::ArrowUp) {
            self.move_page(cx, choice, self.selected, self.selected.saturating_sub(1));
        } else if writable && pressed(Modifiers::ALT, Key::ArrowDown) {
            self.move_page(cx, choice, self.selected, (self.selected + 1).min(last));
        } else if pressed(Modifiers::NONE, Key::ArrowUp) {
            self.selected = self.selected.saturating_sub(1);
        } else if pressed(Modifiers::NONE, Key::ArrowDown) {
            self.selected = (self.selected + 1).min(last);
        } else if writable && pressed(Modifiers::NONE, Key::Delete) {
            self.remove(cx, choice);
        }
    }

    fn move_page(&mut self, cx: &mut Cx<'_>, choice: &BriefingChoice, from: usize, to: usize) {
        if from != to {
            self.selected = to;
            self.send(cx, choice.with_moved(from, to), t::STEP_ORDER, None);
        }
    }

    fn remove(&mut self, cx: &mut Cx<'_>, choice: &BriefingChoice) {
        if choice.complete().get(self.selected).is_some_and(|page| page.page == PageKind::Own) {
            self.send(cx, choice.without_own(self.selected), t::STEP_REMOVE, None);
        }
    }

    /// The page's place among those shown; `None` where it is left out.
    fn place_of(all: &[PageChoice], at: usize) -> Option<usize> {
        all.get(at).filter(|page| !page.hidden)?;
        Some(all.iter().take(at).filter(|page| !page.hidden).count())
    }

    /// Paints the pages anew: a template was changed.
    pub fn forget(&mut self) {
        self.pages.forget();
    }
}
