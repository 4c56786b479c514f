//! Small pieces that several screens share: states, cards, figures, chips, buttons.

mod figures;
mod tabs;

use egui::collapsing_header::CollapsingState;
use egui::{Align, Color32, Layout, Response, RichText, Role, Sense, Stroke, Ui, Vec2, WidgetInfo};

use super::text::common as t;
use super::theme::{self, GRID, HALF};
use crate::diagnostic::ProgressState;

pub use figures::{figure, low_figure};
pub use tabs::{Tab, tabs};

/// A number with thousands separators: `38,000`.
#[must_use]
pub fn thousands(value: u64) -> String {
    crate::text::number::thousands(i128::from(value))
}

/// A decimal with so many places and thousands separators.
#[must_use]
pub fn decimal(value: f64, places: usize) -> String {
    crate::text::number::grouped(value, places)
}

/// The one primary button of a place.
pub fn primary(ui: &mut Ui, text: &str) -> Response {
    let palette = theme::of(ui);
    let enabled = ui.is_enabled();
    let (fill, ink) = if enabled { (palette.accent, palette.on_accent) } else { palette.off() };
    let words = RichText::new(text).font(theme::bold(theme::BODY)).color(ink);
    // a short word stands in the middle of the least width
    let response = ui.add(
        egui::Button::new((egui::Atom::grow(), words, egui::Atom::grow()))
            .gap(0.0)
            .fill(fill)
            .stroke(Stroke::NONE)
            .min_size(Vec2::new(72.0, theme::control(ui))),
    );
    if response.has_focus() {
        // its ground is the accent already: a ring around it shows where Enter goes
        let ring = response.rect.expand(2.5);
        ui.painter().rect_stroke(ring, theme::RADIUS + 2, Stroke::new(1.5, fill), egui::StrokeKind::Middle);
    }
    response
}

/// An enabled or disabled primary button; the reason why it is off shows on hover.
pub fn primary_if(ui: &mut Ui, enabled: bool, text: &str, why_not: &str) -> Response {
    ui.add_enabled_ui(enabled, |ui| primary(ui, text)).inner.on_disabled_hover_text(why_not)
}

/// Waiting: what is done, and a bar where the end is known.
pub fn loading(ui: &mut Ui, label: &str, state: &ProgressState) {
    waiting(ui, label, |ui| {
        if state.total > 0 {
            let part = (state.done as f32 / state.total as f32).min(1.0);
            ui.add(egui::ProgressBar::new(part).desired_width(280.0).text(format!("{} / {}", state.done, state.total)));
        }
    });
}

/// Waiting, with what stands below the words.
pub fn waiting(ui: &mut Ui, label: &str, below: impl FnOnce(&mut Ui)) {
    centred(ui, |ui| {
        ui.spinner();
        ui.add_space(GRID);
        ui.label(RichText::new(label).font(theme::regular(theme::SECTION)));
        below(ui);
    });
    ui.ctx().request_repaint_after_secs(0.1);
}

/// Something failed: what, why, and a way on. True where the button was clicked.
pub fn failed(ui: &mut Ui, what: &str, why: &str, button: &str) -> bool {
    failed_choice(ui, what, why, &[button]).is_some()
}

/// Gives a field without a label beside it its name: a hint in it is none, for it goes with the first letter.
pub fn name_field(field: &Response, text: &str, name: &str) {
    field.widget_info(|| WidgetInfo { label: Some(name.to_owned()), ..WidgetInfo::text_edit(true, text, text, "") });
}

/// Where the first code in brackets (`[PRJ-002] `) of a text stands.
fn code_in(text: &str) -> Option<std::ops::Range<usize>> {
    text.match_indices('[').find_map(|(from, _)| {
        let inner = text.get(from + 1..)?.split(']').next()?;
        let (room, number) = inner.split_once('-')?;
        let fits = room.len() == 3
            && room.bytes().all(|b| b.is_ascii_uppercase())
            && number.len() == 3
            && number.bytes().all(|b| b.is_ascii_digit());
        let to = from + inner.len() + 2;
        let space = usize::from(text.get(to..)?.starts_with(' '));
        fits.then_some(from..to + space)
    })
}

/// A message in its ink, its code (`[PRJ-002] …`) in small print behind the words.
pub fn message(ui: &Ui, text: &str, ink: Color32) -> egui::text::LayoutJob {
    let (mut words, mut codes) = (text.to_owned(), String::new());
    while let Some(range) = code_in(&words) {
        codes.push_str("  ");
        let code: String = words.drain(range).collect();
        codes.push_str(code.trim_matches(['[', ']', ' ']));
    }
    let mut job = egui::text::LayoutJob::default();
    job.append(&words, 0.0, egui::TextFormat::simple(theme::regular(theme::BODY), ink));
    job.append(&codes, 0.0, egui::TextFormat::simple(theme::regular(theme::SMALL), theme::of(ui).muted));
    job
}

/// Something failed: what, why, and several ways on. The index of the button clicked.
pub fn failed_choice(ui: &mut Ui, what: &str, why: &str, buttons: &[&str]) -> Option<usize> {
    let palette = theme::of(ui);
    let mut clicked = None;
    centred(ui, |ui| {
        ui.label(RichText::new(what).font(theme::bold(theme::SECTION)).color(palette.red));
        ui.add_space(GRID);
        ui.set_max_width(640.0);
        ui.add(egui::Label::new(message(ui, why, palette.text)).selectable(true).wrap());
        ui.add_space(GRID * 2.0);
        for (i, button) in buttons.iter().enumerate() {
            if ui.button(*button).clicked() {
                clicked = Some(i);
            }
        }
    });
    clicked
}

/// Nothing here yet: what it means and what to do next. The index of the button clicked; the first is primary.
pub fn empty(ui: &mut Ui, what: &str, hint: &str, buttons: &[&str]) -> Option<usize> {
    let mut clicked = None;
    centred(ui, |ui| {
        ui.label(RichText::new(what).font(theme::bold(theme::SECTION)));
        ui.add_space(GRID);
        ui.set_max_width(560.0);
        ui.label(RichText::new(hint).color(theme::of(ui).muted));
        ui.add_space(GRID * 2.0);
        for (i, text) in buttons.iter().enumerate() {
            let button = if i == 0 { primary(ui, text) } else { ui.button(*text) };
            if button.clicked() {
                clicked = Some(i);
            }
        }
    });
    clicked
}

/// A column in the middle of what is left.
pub fn centred(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let top = (ui.available_height() * 0.3).max(GRID * 2.0);
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.add_space(top);
        add(ui);
    });
}

/// A thin bar of a part of a whole with a tick where it ought to be.
pub fn meter(ui: &mut Ui, width: f32, part: f32, ought: Option<f32>, ink: Color32, name: &str) -> Response {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 14.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, name));
    let track = egui::Rect::from_center_size(rect.center(), Vec2::new(width, 8.0));
    ui.painter().rect_filled(track, 2.0, palette.track());
    let mut full = track;
    full.set_width(track.width() * part.clamp(0.0, 1.0));
    ui.painter().rect_filled(full, 2.0, ink);
    if let Some(ought) = ought {
        let x = track.left() + track.width() * ought.clamp(0.0, 1.0);
        ui.painter().vline(x, rect.y_range(), Stroke::new(2.0, palette.text));
    }
    response
}

/// A small word on a ground: a state, a mark. It is one piece: in a row that wraps it goes to the next line whole.
pub fn chip(ui: &mut Ui, text: &str, ground: Color32, ink: Color32) -> Response {
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::regular(theme::SMALL), ink);
    let padding = Vec2::new(6.0, 2.0);
    let (rect, response) = ui.allocate_exact_size(galley.size() + padding * 2.0, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    if ui.is_rect_visible(rect) {
        ui.painter().rect_filled(rect, theme::RADIUS, ground);
        ui.painter().galley(rect.min + padding, galley, ink);
    }
    response
}

/// Room that is never squashed: where fewer than `least` points of height are left, the page scrolls as a whole.
pub fn page(ui: &mut Ui, id: &str, least: f32, add: impl FnOnce(&mut Ui)) {
    if ui.available_height() >= least {
        add(ui);
        return;
    }
    egui::ScrollArea::vertical().id_salt(id).auto_shrink([false, false]).show(ui, |ui| {
        let rect = egui::Rect::from_min_size(ui.cursor().min, Vec2::new(ui.available_width(), least));
        ui.scope_builder(egui::UiBuilder::new().max_rect(rect), |ui| {
            ui.set_min_size(rect.size());
            add(ui);
        });
    });
}

/// What a dialog or menu holds, as high as it likes but never higher than the window: then it scrolls. `around` is what
/// stands above and below it.
pub fn within_window(ui: &mut Ui, around: f32, add: impl FnOnce(&mut Ui)) {
    let most = (ui.ctx().content_rect().height() - around).max(120.0);
    // as high as what it holds from the first frame on
    egui::ScrollArea::vertical().max_height(most).min_scrolled_height(most).auto_shrink([false, true]).show(ui, add);
}

/// How wide a panel beside something may be: as wide as it likes to be, but never more than its share of the room,
/// whatever it was given in a larger window.
#[must_use]
pub fn side_range(ui: &Ui, least: f32, most: f32, share: f32) -> std::ops::RangeInclusive<f32> {
    let most = most.min((ui.available_width() * share).floor());
    least.min(most)..=most
}

/// The letter of a tier on its colour.
pub fn tier_chip(ui: &mut Ui, tier: usize, count: usize, id: &str) -> Response {
    let palette = theme::of(ui);
    let ground = palette.tier(tier, count);
    chip(ui, id, ground, palette.ink_on(ground))
}

/// What unfolds: an expander with a name, a header beside it, a body below once it is open.
pub fn unfold<H>(
    ui: &mut Ui,
    id: egui::Id,
    name: &str,
    header: impl FnOnce(&mut Ui) -> H,
    body: impl FnOnce(&mut Ui),
) -> H {
    let mut state = CollapsingState::load_with_default_open(ui.ctx(), id, false);
    let shown = ui.horizontal(|ui| {
        let spacing = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, 0.0);
        let toggle = state.show_toggle_button(ui, egui::collapsing_header::paint_default_icon);
        ui.spacing_mut().item_spacing.x = spacing;
        let word = if state.is_open() { t::fold(name) } else { t::unfold(name) };
        toggle.widget_info(|| WidgetInfo::labeled(Role::Button, true, word.clone()));
        header(ui)
    });
    state.show_body_indented(&shown.response, ui, body);
    shown.inner
}

/// A section heading.
pub fn heading(ui: &mut Ui, text: &str) -> Response {
    ui.label(RichText::new(text).font(theme::bold(theme::SECTION)))
}

/// Ctrl+Z brings nothing back that was typed into a field: it held a secret.
pub fn forget_typing(ctx: &egui::Context, field: egui::Id) {
    if let Some(mut state) = egui::text_edit::TextEditState::load(ctx, field) {
        state.clear_undoer();
        state.store(ctx, field);
    }
}

/// A field with its label, in one row; the label names the field.
pub fn field<'t>(ui: &mut Ui, label: &str, width: f32, text: &'t mut String, hint: &'t str) -> Response {
    ui.horizontal(|ui| {
        let name = ui.label(label);
        ui.add(egui::TextEdit::singleline(text).desired_width(width).hint_text(hint)).labelled_by(name.id)
    })
    .inner
}

/// Height of a dialog's title, buttons and margins, and of what of the window stays seen around it.
pub const DIALOG_AROUND: f32 = 172.0;

/// A modal with the margins of dialogs.
pub fn modal(ctx: &egui::Context, id: &str) -> egui::Modal {
    let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(egui::Margin::same(20)).corner_radius(6);
    egui::Modal::new(egui::Id::unique(id)).frame(frame)
}

/// A dialog's buttons from the right, as high as one: a row that took the room that is left would be centred in it,
/// and the dialog would keep that height.
pub fn buttons(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let size = egui::vec2(ui.available_width(), theme::control(ui));
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), add);
}

/// Whether a dialog's primary button may be pressed; if not, why.
pub struct Gate {
    open: bool,
    /// What is said above the buttons; `None` where the dialog has no such line.
    said: Option<String>,
}

impl Gate {
    /// Open once every field is given; the others are named.
    #[must_use]
    pub fn of(fields: &[(&str, bool)]) -> Self {
        let missing: Vec<&str> = fields.iter().filter(|(_, given)| !given).map(|(name, _)| *name).collect();
        let open = missing.is_empty();
        Self { open, said: Some(if open { String::new() } else { t::missing(&missing) }) }
    }

    /// Open where nothing else is in the way either, which the dialog says itself.
    #[must_use]
    pub fn and(self, ready: bool) -> Self {
        Self { open: self.open && ready, ..self }
    }

    /// What is lacking; empty where nothing is.
    #[must_use]
    pub fn said(&self) -> &str {
        self.said.as_deref().unwrap_or_default()
    }

    /// True where the button may be pressed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }
}

impl From<bool> for Gate {
    fn from(open: bool) -> Self {
        Self { open, said: None }
    }
}

/// What keeps a button off, in amber; the line is there whether something is said or not, so that nothing moves.
pub fn lacking(ui: &mut Ui, said: &str) {
    let ink = theme::of(ui).amber;
    let words = if said.is_empty() { " " } else { said };
    ui.add(egui::Label::new(RichText::new(words).font(theme::regular(theme::SMALL)).color(ink)).wrap());
}

/// A dialog of its own; `None` while it is open, `Some(true)` for the primary button or Enter, `Some(false)`
/// for the other, Esc or a click outside.
pub fn dialog(
    ctx: &egui::Context,
    id: &str,
    title: &str,
    primary_text: &str,
    gate: impl Into<Gate>,
    add: impl FnOnce(&mut Ui),
) -> Option<bool> {
    let mut answer = None;
    let gate = gate.into();
    let modal = modal(ctx, id).show(ctx, |ui| {
        ui.set_width(440.0);
        ui.label(RichText::new(title).font(theme::bold(theme::SECTION)));
        ui.add_space(GRID);
        within_window(ui, DIALOG_AROUND, add);
        ui.add_space(GRID);
        if let Some(said) = &gate.said {
            lacking(ui, said);
        }
        ui.add_space(HALF);
        buttons(ui, |ui| {
            let why_not = gate.said.as_deref().filter(|said| !said.is_empty()).unwrap_or(t::FILL_IN);
            if primary_if(ui, gate.open, primary_text, why_not).clicked() {
                answer = Some(true);
            }
            if ui.button(t::CANCEL).clicked() {
                answer = Some(false);
            }
        });
    });
    if answer.is_none() && modal.should_close() {
        answer = Some(false);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_is_as_high_as_what_it_holds() {
        use egui_kittest::kittest::Queryable as _;
        let mut frames = 0;
        let show = move |ui: &mut Ui| {
            if frames == 0 {
                crate::ui::fonts::install(ui.ctx());
                ui.ctx().request_repaint();
            } else {
                dialog(ui.ctx(), "high", "新增触发式检查", "确定", true, |ui| {
                    egui::Grid::new("fields").num_columns(2).show(ui, |ui| {
                        ui.label("单位编号");
                        ui.vertical(|ui| {
                            ui.label("一家");
                            // a row more from the second frame on
                            if frames > 1 {
                                ui.label("用当前选中的污染源");
                            }
                        });
                        ui.end_row();
                    });
                    ui.label("理由");
                });
            }
            frames += 1;
        };
        let mut harness = egui_kittest::Harness::builder().with_size(egui::vec2(1366.0, 768.0)).build_ui(show);
        harness.run();
        harness.run();
        let last = harness.get_by_label("理由").rect().bottom();
        let button = harness.get_by_label("确定").rect();
        assert!((0.0..40.0).contains(&(button.top() - last)), "{last} {button}");
        assert!(harness.get_by_label("新增触发式检查").rect().top() > 250.0);
    }

    #[test]
    fn the_word_of_a_primary_button_stands_in_its_middle() {
        use egui_kittest::kittest::Queryable as _;
        let mut frames = 0;
        let mut harness = egui_kittest::Harness::builder().with_size(egui::vec2(400.0, 200.0)).build_ui(move |ui| {
            frames += 1;
            if frames == 1 {
                crate::ui::fonts::install(ui.ctx());
                ui.ctx().request_repaint();
                return;
            }
            primary(ui, "关闭");
        });
        harness.run();
        let button = harness.get_by_label("关闭").rect();
        let text = harness.output().shapes.iter().find_map(|clipped| match &clipped.shape {
            egui::Shape::Text(text) => Some(text.galley.rect.translate(text.pos.to_vec2())),
            _ => None,
        });
        assert!((text.unwrap().center().x - button.center().x).abs() < 1.5, "{text:?} {button}");
        assert!((button.width() - 72.0).abs() < 0.5, "{button}");
    }

    #[test]
    fn a_messages_code_is_found_wherever_it_stands() {
        assert_eq!(code_in("[PRJ-002] 文件不存在"), Some(0..10));
        assert_eq!(
            code_in("「门槛」未采用：[POL-021]不能为负"),
            Some("「门槛」未采用：".len().."「门槛」未采用：[POL-021]".len())
        );
        assert_eq!((code_in("第 [1] 行"), code_in("[2027-01] 甲"), code_in("甲")), (None, None, None));
    }

    #[test]
    fn numbers_have_separators() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(38_000), "38,000");
        assert_eq!(thousands(4_000_000), "4,000,000");
        assert_eq!(decimal(1234.56, 1), "1,234.6");
        assert_eq!(decimal(-0.04, 1), "0.0");
        assert_eq!(decimal(-12.5, 1), "−12.5");
        assert_eq!(decimal(f64::NAN, 1), "—");
    }
}
