//! The command palette: everything that can be asked for, found by typing.

use egui::{Align2, Context, Key, RichText, ScrollArea, Sense, Vec2};

use super::action::Action;
use super::text::common as t;
use super::theme;
use crate::domain::PlanMonth;
use crate::workspace::session::Session;

/// What an entry of the palette does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// An action.
    Action(Action),
    /// Filter by a district (code).
    District(u32),
    /// Filter by a body.
    Body(u16),
    /// Look at a month.
    Month(PlanMonth),
}

/// The palette's state.
#[derive(Debug, Default)]
pub struct Palette {
    shown: bool,
    fresh: bool,
    text: String,
    at: usize,
}

/// Most entries listed.
const MOST: usize = 60;

impl Palette {
    /// Shows it, empty.
    pub fn open(&mut self) {
        *self = Self { shown: true, fresh: true, ..Self::default() };
    }

    /// True while it is shown.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.shown
    }

    fn entries(&self, session: &Session) -> Vec<(String, String, Choice)> {
        let wanted = self.text.trim().to_lowercase();
        let fits = |name: &str| wanted.is_empty() || name.to_lowercase().contains(&wanted);
        let mut found: Vec<(String, String, Choice)> = Action::all()
            .into_iter()
            .filter(|a| *a != Action::Palette && a.is_enabled(session) && fits(a.label()))
            .map(|a| (a.label().to_owned(), a.shortcut_text(), Choice::Action(a)))
            .collect();
        if let Some(open) = session.project() {
            for district in open.data.districts.districts() {
                if fits(&district.name) {
                    found.push((district.name.clone(), t::DISTRICT.to_owned(), Choice::District(district.code.0)));
                }
            }
            for (i, body) in open.project.policy.bodies.iter().enumerate() {
                if fits(&body.name) {
                    found.push((body.name.clone(), t::BODY.to_owned(), Choice::Body(i as u16)));
                }
            }
            for month in open.saved.months() {
                let name = format!("{} 年 {} 月", month.year(), month.month());
                if fits(&name) || fits(&month.to_string()) {
                    found.push((name, t::MONTH.to_owned(), Choice::Month(month)));
                }
            }
        }
        found.truncate(MOST);
        found
    }

    /// Draws it; the entry chosen.
    pub fn show(&mut self, ctx: &Context, session: &Session) -> Option<Choice> {
        if !self.shown {
            return None;
        }
        let entries = self.entries(session);
        self.at = self.at.min(entries.len().saturating_sub(1));
        let (up, down, enter) = ctx.input_mut(|i| {
            (
                i.consume_key(egui::Modifiers::NONE, Key::ArrowUp),
                i.consume_key(egui::Modifiers::NONE, Key::ArrowDown),
                // taken away: what is chosen may open a dialog in this very frame
                i.consume_key(egui::Modifiers::NONE, Key::Enter),
            )
        });
        if down {
            self.at = (self.at + 1).min(entries.len().saturating_sub(1));
        }
        if up {
            self.at = self.at.saturating_sub(1);
        }
        let mut chosen = enter.then(|| entries.get(self.at).map(|e| e.2.clone())).flatten();
        let modal = egui::Modal::new(egui::Id::unique("palette"))
            .area(egui::Modal::default_area(egui::Id::unique("palette")).anchor(Align2::CENTER_TOP, [0.0, 72.0]))
            .show(ctx, |ui| {
                ui.set_width(520.0);
                let field = ui.add(
                    egui::TextEdit::singleline(&mut self.text)
                        .hint_text(t::PALETTE_HINT)
                        .desired_width(f32::INFINITY)
                        .font(theme::regular(theme::SECTION)),
                );
                field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, t::PALETTE));
                if self.fresh {
                    field.request_focus();
                    self.fresh = false;
                }
                if field.changed() {
                    self.at = 0;
                }
                ui.add_space(theme::HALF);
                if entries.is_empty() {
                    ui.label(theme::note(ui, t::PALETTE_NONE));
                }
                ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for (i, (name, note, choice)) in entries.iter().enumerate() {
                        let (rect, row) =
                            ui.allocate_exact_size(Vec2::new(ui.available_width(), theme::ROW), Sense::click());
                        row.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, i == self.at, name));
                        let palette = theme::of(ui);
                        if i == self.at || row.hovered() {
                            ui.painter().rect_filled(rect, theme::RADIUS, palette.wash);
                        }
                        if i == self.at && (up || down) {
                            ui.scroll_to_rect(rect, None);
                        }
                        let inner = rect.shrink2(Vec2::new(8.0, 0.0));
                        ui.painter().text(
                            inner.left_center(),
                            Align2::LEFT_CENTER,
                            name,
                            theme::regular(theme::BODY),
                            palette.text,
                        );
                        ui.painter().text(
                            inner.right_center(),
                            Align2::RIGHT_CENTER,
                            note,
                            theme::regular(theme::SMALL),
                            palette.muted,
                        );
                        if row.clicked() {
                            chosen = Some(choice.clone());
                        }
                    }
                });
                ui.label(
                    RichText::new("↑ ↓ · Enter · Esc").font(theme::regular(theme::SMALL)).color(theme::of(ui).muted),
                );
            });
        if chosen.is_some() || modal.should_close() {
            self.shown = false;
        }
        chosen
    }
}
