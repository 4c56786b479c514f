//! The show: the page alone on the projector, in a window of its own; notes, next page and clock on this screen.
//!
//! Keys serve in both windows: → ↓ PageDown space Enter go on, ← ↑ PageUp go back, Home and End, B blackens, M takes
//! the other screen, Esc ends.

use egui::{
    Color32, Key, Modifiers, Pos2, Rect, RichText, Role, Sense, Ui, Vec2, ViewportBuilder, ViewportClass, ViewportId,
    WidgetInfo, pos2, vec2,
};

use super::super::Cx;
use super::BriefingScreen;
use super::list::fitted;
use super::page::ASPECT;
use crate::ui::text::briefing as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::store::briefing::PageChoice;

/// The show as it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Show {
    /// The page, of those shown.
    at: usize,
    /// When it began, seconds of the window's clock.
    began: f64,
    black: bool,
    /// Which screen it is on: another than the notes' own, where there is one.
    screen: usize,
}

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    Next,
    Previous,
    First,
    Last,
    Black,
    Screen,
    End,
}

/// Keys and what they ask for.
const KEYS: [(Key, Ask); 14] = [
    (Key::ArrowRight, Ask::Next),
    (Key::ArrowDown, Ask::Next),
    (Key::PageDown, Ask::Next),
    (Key::Space, Ask::Next),
    (Key::Enter, Ask::Next),
    (Key::ArrowLeft, Ask::Previous),
    (Key::ArrowUp, Ask::Previous),
    (Key::PageUp, Ask::Previous),
    (Key::Home, Ask::First),
    (Key::End, Ask::Last),
    (Key::B, Ask::Black),
    (Key::Period, Ask::Black),
    (Key::M, Ask::Screen),
    (Key::Escape, Ask::End),
];

/// Size of the clock and of the notes, points.
const CLOCK: f32 = 34.0;
const NOTES: f32 = 20.0;

impl Show {
    /// `own` is the window with the notes, `screen` the size of the screen that it is on: where it is not on the first
    /// screen, which begins at the origin, the show takes that one, else the second. With one screen it takes that,
    /// above the notes.
    pub(super) fn begin(at: usize, now: f64, own: Option<Rect>, screen: Option<Vec2>) -> Self {
        let first =
            own.zip(screen).is_none_or(|(own, size)| Rect::from_min_size(Pos2::ZERO, size).contains(own.center()));
        Self { at, began: now, black: false, screen: usize::from(first) }
    }

    /// The show after what was asked; `None` where it ends. `count` pages are shown.
    fn after(self, ask: Ask, count: usize) -> Option<Self> {
        let last = count.saturating_sub(1);
        Some(match ask {
            Ask::End => return None,
            Ask::Black => Self { black: !self.black, ..self },
            Ask::Screen => Self { screen: 1 - self.screen.min(1), ..self },
            // on black the first step brings the page back
            Ask::Next | Ask::Previous if self.black => Self { black: false, ..self },
            Ask::Next => Self { at: (self.at + 1).min(last), ..self },
            Ask::Previous => Self { at: self.at.saturating_sub(1), ..self },
            Ask::First => Self { at: 0, ..self },
            Ask::Last => Self { at: last, ..self },
        })
    }
}

/// What the keys of a window ask for.
fn asked(ctx: &egui::Context) -> Vec<Ask> {
    let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    KEYS.into_iter().filter(|(key, _)| pressed(*key)).map(|(_, ask)| ask).collect()
}

impl BriefingScreen {
    /// The presenter's screen, and the projector's.
    pub(super) fn show_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let (Some(mut show), Some(open)) = (self.show, cx.session.project()) else { return };
        let all = open.project.file.briefing.complete();
        let shown: Vec<usize> = (0..all.len()).filter(|at| all.get(*at).is_some_and(|page| !page.hidden)).collect();
        show.at = show.at.min(shown.len().saturating_sub(1));
        let mut asks = asked(ui.ctx());
        asks.extend(self.projector(ui, show, shown.get(show.at).copied()));
        self.presenter(ui, show, (&all, &shown), &mut asks);
        let mut next = Some(show);
        for ask in asks {
            next = next.and_then(|show| show.after(ask, shown.len()));
        }
        if next.is_none() {
            self.selected = shown.get(show.at).copied().unwrap_or(self.selected);
        }
        self.show = next;
        // the clock
        ui.ctx().request_repaint_after_secs(0.5);
    }

    /// The projector's window: the page on black, nothing else.
    fn projector(&mut self, ui: &Ui, show: Show, page: Option<usize>) -> Vec<Ask> {
        let id = ViewportId::from_hash_of("briefing-show");
        let builder = ViewportBuilder::default()
            .with_title(t::PROJECTOR)
            .with_fullscreen(true)
            .with_inner_size([960.0, 540.0])
            .with_monitor(show.screen);
        ui.ctx().show_viewport_immediate(id, builder, |ui, class| {
            let ctx = ui.ctx().clone();
            let mut asks = if class == ViewportClass::EmbeddedWindow { Vec::new() } else { asked(&ctx) };
            if ctx.input(|input| input.viewport().close_requested()) {
                asks.push(Ask::End);
            }
            let room = if class == ViewportClass::EmbeddedWindow {
                ui.allocate_exact_size(vec2(480.0, 270.0), Sense::hover()).0
            } else {
                ctx.content_rect()
            };
            ui.painter().rect_filled(room, 0.0, Color32::BLACK);
            let response = ui.interact(room, ui.scope_id().with("page"), Sense::click());
            let title = page.filter(|_| !show.black).map_or(t::BLACK, |at| self.pages.title(at)).to_owned();
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{}：{title}", t::PROJECTOR)));
            if response.clicked() {
                asks.push(Ask::Next);
            }
            if let Some(texture) = page.filter(|_| !show.black).and_then(|at| self.pages.texture(&ctx, at)) {
                let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture.id(), fitted(room, ASPECT), whole, Color32::WHITE);
            }
            asks
        })
    }

    fn presenter(&mut self, ui: &mut Ui, show: Show, (all, shown): (&[PageChoice], &[usize]), asks: &mut Vec<Ask>) {
        let palette = theme::of(ui);
        let now = ui.input(|input| input.time);
        ui.horizontal(|ui| {
            ui.label(RichText::new(t::clock(now - show.began)).font(theme::bold(CLOCK)));
            ui.add_space(GRID * 2.0);
            ui.label(RichText::new(t::place(show.at + 1, shown.len())).font(theme::bold(theme::TITLE)));
            if show.black {
                widgets::chip(ui, t::BLACK, palette.amber_wash, palette.amber);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                for (name, ask, can) in [
                    (t::END, Ask::End, true),
                    (t::OTHER_SCREEN, Ask::Screen, true),
                    (t::BLACK, Ask::Black, true),
                    (t::NEXT, Ask::Next, show.at + 1 < shown.len()),
                    (t::PREVIOUS, Ask::Previous, show.at > 0),
                ] {
                    if ui.add_enabled(can, egui::Button::new(name)).clicked() {
                        asks.push(ask);
                    }
                }
            });
        });
        ui.add(egui::Label::new(theme::note(ui, t::SHOW_HINT)).wrap());
        ui.add_space(GRID);
        let Some(page) = shown.get(show.at).and_then(|at| all.get(*at)) else { return };
        let room = ui.available_size();
        let side = (room.x * 0.36).floor();
        let notes = self.pages.notes(page);
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(side);
                for (label, at) in
                    [(t::place(show.at + 1, shown.len()), Some(show.at)), (t::NEXT.to_owned(), Some(show.at + 1))]
                {
                    ui.label(theme::note(ui, label));
                    let high = (side / ASPECT).min((room.y - 60.0) / 2.0);
                    let (rect, response) = ui.allocate_exact_size(vec2(side, high), Sense::hover());
                    let place = at.and_then(|at| shown.get(at).copied());
                    let title = place.map_or(t::LAST, |at| self.pages.title(at)).to_owned();
                    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, t::picture(&title)));
                    match place {
                        Some(at) => self.paint(ui, at, fitted(rect, ASPECT)),
                        None => {
                            ui.put(rect, egui::Label::new(theme::note(ui, t::LAST)));
                        }
                    }
                }
            });
            ui.add_space(GRID * 2.0);
            ui.vertical(|ui| {
                widgets::heading(ui, t::NOTES);
                egui::ScrollArea::vertical().id_salt("briefing-notes").auto_shrink([false, false]).show(ui, |ui| {
                    let words = if notes.trim().is_empty() { t::NO_NOTES } else { notes.as_str() };
                    ui.add(egui::Label::new(RichText::new(words).font(theme::regular(NOTES))).wrap());
                });
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_through_the_pages() {
        let show = Show::begin(0, 5.0, None, None);
        let go = |show: Show, ask| show.after(ask, 3).unwrap();
        assert_eq!(go(show, Ask::Previous).at, 0);
        assert_eq!(go(go(show, Ask::Next), Ask::Next).at, 2);
        assert_eq!(go(go(show, Ask::Last), Ask::Next).at, 2, "the last page stays");
        let black = go(show, Ask::Black);
        assert!(black.black && !go(black, Ask::Next).black && go(black, Ask::Next).at == 0);
        assert_eq!(go(go(show, Ask::Screen), Ask::Screen).screen, 1);
        assert_eq!(show.after(Ask::End, 3), None);
    }

    #[test]
    fn the_show_takes_the_screen_without_the_notes() {
        let screen = |x: f32, y: f32| {
            let own = Rect::from_min_size(pos2(x, y), vec2(1366.0, 720.0));
            Show::begin(0, 0.0, Some(own), Some(vec2(1920.0, 1080.0))).screen
        };
        assert_eq!((screen(0.0, 20.0), screen(540.0, 300.0)), (1, 1), "notes on the first screen");
        assert_eq!((screen(1920.0, 0.0), screen(-1800.0, 100.0), screen(0.0, 1100.0)), (0, 0, 0), "and on another");
        assert_eq!(Show::begin(0, 0.0, None, None).screen, 1);
    }
}
