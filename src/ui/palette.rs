//! The command palette: everything that can be asked for, found by typing: commands, places, months, terms, companies.

mod entries;

use egui::{Align2, Context, Key, RichText, ScrollArea, Sense, Vec2};

use self::entries::{Units, entries};
use super::action::Action;
use super::text::common as t;
use super::text::help::Term;
use super::theme;
use crate::domain::PlanMonth;
use crate::workspace::session::Session;

/// What of a window's height the list leaves: above it, its field and its line of keys, and a little below.
const AROUND: f32 = 184.0;

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
    /// The card of a source: its row.
    Unit(u32),
    /// What a term means.
    Term(Term),
}

/// The palette's state.
#[derive(Default)]
pub struct Palette {
    shown: bool,
    fresh: bool,
    text: String,
    at: usize,
    units: Units,
}

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

    /// Draws it; the entry chosen.
    pub fn show(&mut self, ctx: &Context, session: &Session) -> Option<Choice> {
        if !self.shown {
            return None;
        }
        let entries = entries(&mut self.units, session, &self.text);
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
        let mut chosen = enter.then(|| entries.get(self.at).map(|e| e.choice.clone())).flatten();
        let modal = egui::Modal::new(egui::Id::unique("palette"))
            .area(egui::Modal::default_area(egui::Id::unique("palette")).anchor(Align2::CENTER_TOP, [0.0, 72.0]))
            .show(ctx, |ui| {
                ui.set_width(640.0);
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
                let room = (ctx.content_rect().height() - AROUND).clamp(theme::ROW * 3.0, 360.0);
                ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for (i, entry) in entries.iter().enumerate() {
                        let (rect, row) =
                            ui.allocate_exact_size(Vec2::new(ui.available_width(), theme::ROW), Sense::click());
                        let sentence = format!("{} {}", entry.name, entry.note);
                        row.widget_info(|| {
                            egui::WidgetInfo::selected(egui::Role::Button, true, i == self.at, &sentence)
                        });
                        let palette = theme::of(ui);
                        if i == self.at || row.hovered() {
                            ui.painter().rect_filled(rect, theme::RADIUS, palette.wash);
                        }
                        if i == self.at && (up || down) {
                            ui.scroll_to_rect(rect, None);
                        }
                        let inner = rect.shrink2(Vec2::new(8.0, 0.0));
                        let note = ui.painter().text(
                            inner.right_center(),
                            Align2::RIGHT_CENTER,
                            &entry.note,
                            theme::regular(theme::SMALL),
                            palette.muted,
                        );
                        // a long name is cut before what stands beside it
                        let room = inner.with_max_x(note.left() - 12.0);
                        ui.painter().with_clip_rect(room).text(
                            inner.left_center(),
                            Align2::LEFT_CENTER,
                            &entry.name,
                            theme::regular(theme::BODY),
                            palette.text,
                        );
                        if row.clicked() {
                            chosen = Some(entry.choice.clone());
                        }
                    }
                });
                ui.label(RichText::new(t::PALETTE_KEYS).font(theme::regular(theme::SMALL)).color(theme::of(ui).muted));
            });
        if chosen.is_some() || modal.should_close() {
            self.shown = false;
        }
        chosen
    }
}
