//! The seal as it is published: commitment in large groups, QR, notice, envelope.

use egui::{Rect, RichText, Sense, Ui, Vec2};
use qrcode::{Color as Module, EcLevel, QrCode};

use super::entropy::in_groups;
use crate::anchor::pledge::pledge_words;
use crate::sampling::{EntropyFormat, short_time, to_hex};
use crate::ui::help::help_mark;
use crate::ui::text::anchor;
use crate::ui::text::draw as t;
use crate::ui::text::help::Term;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, thousands};
use crate::workspace::store::draws::StoredDraw;

/// Light modules around a code, as its standard asks.
const QUIET: usize = 4;

/// The picture of a commitment's code, made once a commitment.
#[derive(Default)]
pub struct QrView {
    text: String,
    modules: Vec<bool>,
    width: usize,
}

impl QrView {
    fn prepare(&mut self, text: &str) {
        if self.text != text {
            text.clone_into(&mut self.text);
            (self.modules, self.width) = modules(text);
        }
    }
}

/// The dark modules of a code, and how many a side; none where the text is too long for any code.
#[must_use]
pub fn modules(text: &str) -> (Vec<bool>, usize) {
    QrCode::with_error_correction_level(text, EcLevel::M)
        .map(|code| (code.to_colors().into_iter().map(|c| c == Module::Dark).collect(), code.width()))
        .unwrap_or_default()
}

/// The notice to be published, as text.
#[must_use]
pub fn notice(draw: &StoredDraw, agency: &str, period: &str) -> String {
    let seal = &draw.seal;
    let format = seal.entropy_format().map_or(seal.entropy.format.as_str(), |f: EntropyFormat| f.label());
    let mut text = format!(
        "{agency}\n“双随机、一公开”抽取承诺值公告\n\n\
         机关编号：{}\n期间：{period}（{}，第 {} 次封存）\n承诺值（SHA-256）：\n{}\n（分组：{}）\n\n\
         封存时间：{}\n抽样框：{} 家；参加抽取的有 {} 层，将抽取 {} 家\n\
         公开数：{format}；来源：{}；期次：{}；产生时间：{}\n前一封存的承诺值：{}\n程序：{}\n\n\
         公开数产生后当场录入开封；任何人可用本承诺值核验抽取证书。\n",
        seal.agency,
        seal.period,
        seal.sequence,
        to_hex(&seal.commitment()),
        in_groups(&to_hex(&seal.commitment()), 4),
        short_time(&seal.sealed_at),
        thousands(seal.frame_size),
        seal.strata_with_chance(),
        thousands(seal.total_draw()),
        seal.entropy.source,
        seal.entropy.reference,
        short_time(&seal.entropy.available_at),
        if seal.previous.is_empty() { t::NONE } else { &seal.previous },
        seal.program,
    );
    if draw.demonstration {
        text.push_str("\n注意：本次为演示，公开数事先已知，不证明抽取公正。\n");
    }
    text
}

/// The envelope's contents, as text to be printed.
#[must_use]
pub fn envelope_notice(draw: &StoredDraw, agency: &str, period: &str, envelope: &str) -> String {
    format!(
        "{agency}\n抽取秘密（密封保存，开封前不得拆阅）\n\n期间：{period}（第 {} 次封存）\n承诺值：{}\n封存时间：{}\n\n秘密：\n{envelope}\n\n\
         密封人：____________  见证人：____________  ____________  日期：____________\n",
        draw.sequence,
        to_hex(&draw.seal.commitment()),
        short_time(&draw.seal.sealed_at),
    )
}

/// Draws a code as crisp squares, dark on light in both themes so that any camera reads it.
fn qr_ui(ui: &mut Ui, view: &QrView, side: f32) {
    let count = view.width + QUIET * 2;
    let ppp = ui.ctx().pixels_per_point();
    // whole pixels a module
    let module = ((side * ppp / count as f32).floor() / ppp).max(1.0 / ppp);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(module * count as f32), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, t::QR));
    response.on_hover_text(t::QR_HINT);
    let snap = |v: f32| (v * ppp).round() / ppp;
    let origin = egui::pos2(snap(rect.left()), snap(rect.top()));
    let painter = ui.painter();
    painter.rect_filled(Rect::from_min_size(origin, rect.size()), 0.0, theme::LIGHT.surface);
    for y in 0..view.width {
        let row = &view.modules[y * view.width..(y + 1) * view.width];
        let mut x = 0;
        while x < view.width {
            if !row[x] {
                x += 1;
                continue;
            }
            let run = row[x..].iter().take_while(|dark| **dark).count();
            let at = origin + Vec2::new((x + QUIET) as f32, (y + QUIET) as f32) * module;
            let block = Rect::from_min_size(at, Vec2::new(run as f32 * module, module));
            painter.rect_filled(block, 0.0, theme::LIGHT.text);
            x += run;
        }
    }
}

/// What was clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Copies the commitment.
    Copy,
    /// Saves the picture.
    Png,
    /// Saves the notice.
    Text,
    /// Saves the envelope.
    Envelope,
    /// Gives the seal up.
    Void,
}

/// Draws the published side of a seal. `envelope` only while it waits (why it has none where its file is lost);
/// `shown` unfolds it. `projected`: others look on; `fixed`: the number is there, and a seal whose secret is whole can't
/// be given up any more.
pub fn show(
    ui: &mut Ui,
    draw: &StoredDraw,
    envelope: Option<&Result<String, String>>,
    shown: &mut bool,
    (projected, fixed): (bool, bool),
    qr: &mut QrView,
    size: f32,
) -> Option<Ask> {
    let palette = theme::of(ui);
    let mut ask = None;
    qr.prepare(&draw.seal.commitment_text());
    // read by telephones from the last row: as large as the screen has room for
    let side = (ui.available_height() * 0.72).clamp(180.0, 420.0).min(ui.available_width() * 0.36);
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            qr_ui(ui, qr, side);
        });
        ui.add_space(GRID);
        ui.vertical(|ui| {
            ui.horizontal(|ui| {
                widgets::heading(ui, t::COMMITMENT);
                help_mark(ui, Term::Commitment);
                if draw.demonstration {
                    widgets::chip(ui, t::DEMO_MARK, palette.amber_wash, palette.amber);
                }
            });
            let hex = to_hex(&draw.seal.commitment());
            // four groups of four a line: read aloud and compared line by line
            for line in in_groups(&hex, 16).split(' ') {
                let text = RichText::new(in_groups(line, 4)).font(egui::FontId::monospace(size)).color(palette.text);
                ui.add(egui::Label::new(text).selectable(true));
            }
            ui.add_space(GRID);
            ui.horizontal_wrapped(|ui| {
                for (text, what) in [(t::COPY, Ask::Copy), (t::SAVE_PNG, Ask::Png), (t::SAVE_TEXT, Ask::Text)] {
                    if ui.button(text).clicked() {
                        ask = Some(what);
                    }
                }
            });
        });
    });
    ui.add_space(GRID);
    facts(ui, draw);
    if let Some(words) = envelope {
        ui.add_space(GRID);
        ui.horizontal(|ui| {
            if projected || words.is_err() {
                *shown = false;
            }
            let text = if *shown { t::HIDE_ENVELOPE } else { t::SHOW_ENVELOPE };
            let off = if words.is_err() { t::SECRET_LOST } else { t::ENVELOPE_OFF };
            let button = ui.add_enabled(!projected && words.is_ok(), egui::Button::new(text));
            if button.on_disabled_hover_text(off).clicked() {
                *shown = !*shown;
            }
            if *shown && ui.button(t::SAVE_ENVELOPE).clicked() {
                ask = Some(Ask::Envelope);
            }
            let void = ui.add_enabled(!fixed || words.is_err(), egui::Button::new(t::VOID));
            if void.on_disabled_hover_text(anchor::VOID_OFF).clicked() {
                ask = Some(Ask::Void);
            }
        });
        match words {
            Ok(words) if *shown => {
                theme::card(ui).show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.label(theme::note(ui, t::ENVELOPE_WHY));
                    let text = RichText::new(words).font(egui::FontId::monospace(theme::SECTION));
                    ui.add(egui::Label::new(text).selectable(true).wrap());
                });
            }
            Ok(_) => {}
            Err(why) => {
                let text = format!("{}：{why}", t::SECRET_LOST);
                ui.add(egui::Label::new(RichText::new(text).color(palette.amber)).wrap());
            }
        }
    }
    ask
}

fn facts(ui: &mut Ui, draw: &StoredDraw) {
    let (seal, palette) = (&draw.seal, theme::of(ui));
    let format = seal.entropy_format().map_or(seal.entropy.format.as_str(), |f: EntropyFormat| f.label());
    let (source, reference) = pledge_words(&seal.entropy.source, &seal.entropy.reference);
    let entries = [
        (t::SEALED_AT, short_time(&seal.sealed_at)),
        (t::FRAME_SIZE, format!("{} {}", thousands(seal.frame_size), t::U_UNITS)),
        (t::TO_DRAW, format!("{} {}", thousands(seal.total_draw()), t::U_UNITS)),
        (t::F_CERTAIN, format!("{} {}", thousands(draw.frame.certain() as u64), t::U_UNITS)),
        (t::F_STRATA, format!("{} {}", seal.strata_with_chance(), t::U_STRATA)),
        (t::SEQUENCE, t::sequence(seal.sequence)),
        (t::PUBLIC_NUMBER, format!("{format}，{source}，{reference}")),
        (t::AVAILABLE, short_time(&seal.entropy.available_at)),
    ];
    // two lines: what was sealed, and what will open it
    for line in [&entries[..6], &entries[6..]] {
        ui.horizontal_wrapped(|ui| {
            for (label, value) in line {
                // a fact stays with its name; one longer than a row goes on in the next
                let wide = [(*label, theme::regular(theme::SMALL)), (value, theme::bold(theme::SECTION))]
                    .map(|(text, font)| ui.painter().layout_no_wrap(text.to_owned(), font, palette.text).size().x);
                let needed = wide.iter().sum::<f32>() + ui.spacing().item_spacing.x;
                let begun = ui.cursor().left() > ui.max_rect().left() + 1.0;
                if begun && needed > ui.available_size_before_wrap().x {
                    ui.end_row();
                }
                ui.label(theme::note(ui, *label));
                ui.label(RichText::new(value).font(theme::bold(theme::SECTION)));
                ui.add_space(GRID * 2.0);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitments_code_is_a_square_with_finders() {
        let text = format!("FAIRDRAW COMMITMENT\nagency=310000\nperiod=2027-03\nsequence=1\nsha256={}", "a".repeat(64));
        let (modules, width) = modules(&text);
        assert_eq!(modules.len(), width * width);
        // the finder's corner: seven dark, then a light one
        assert!(modules[..7].iter().all(|dark| *dark) && !modules[7]);
        assert_eq!(super::modules(&"x".repeat(5_000)).1, 0);
    }

    #[test]
    fn times_are_short() {
        assert_eq!(short_time("2027-02-28T21:15:00+08:00"), "2027-02-28 21:15:00");
    }
}
