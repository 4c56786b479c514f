//! Tickets fall into place: a sequence of short steps, one stratum each, then pairs in batches.

use std::borrow::Cow;

use egui::{Align2, Pos2, Rect, RichText, Sense, Stroke, Ui, Vec2};

use super::bar::{big_figure, big_width, line_figures};
use super::entropy::in_groups;
use super::facts::{BINS, DrawFacts, Facts};
use crate::domain::PlanMonth;
use crate::ui::help::help_marks;
use crate::ui::table::{CellRows, ColumnDef, List, ListId, TableInput};
use crate::ui::text::draw as t;
use crate::ui::text::help::Term;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, thousands};

/// Longest that all strata take together, seconds.
const STRATA_SECONDS: f64 = 9.0;
/// Steps in which pairs appear.
const PAIR_STEPS: usize = 16;

/// Where the show stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Show {
    /// When it began, seconds of the window's clock; `None` where all is shown.
    began: Option<f64>,
}

impl Show {
    /// Begins; shows all at once where motion is off.
    #[must_use]
    pub fn begin(now: f64, still: bool) -> Self {
        Self { began: (!still).then_some(now) }
    }

    /// Everything is shown.
    #[must_use]
    pub fn over() -> Self {
        Self { began: None }
    }

    /// True while something moves.
    #[must_use]
    pub fn is_running(self) -> bool {
        self.began.is_some()
    }

    /// How many of so many steps are done, the last in part. Each takes at most [`theme::MOTION`].
    #[must_use]
    pub fn steps(self, now: f64, count: usize, seconds: f64) -> f32 {
        let Some(began) = self.began else { return count as f32 };
        let step = (seconds / count.max(1) as f64).min(f64::from(theme::MOTION));
        (((now - began) / step) as f32).clamp(0.0, count as f32)
    }
}

/// Room of a figure.
fn figure_width(size: f32) -> f32 {
    (size * 5.4).max(240.0)
}

/// Room of the seed: eight groups of four characters in a line; their size.
const SEED: f32 = 370.0;
const SEED_SIZE: f32 = 14.0;
/// Width of a large figure, in its sizes, and the height of a page that has room for them above the seed.
const LARGE: f32 = 4.4;
const HIGH: f32 = 520.0;

/// The seed as it is compared by eye: in groups of four, as the year's.
fn seed_lines(draw: &DrawFacts, projected: bool) -> Vec<String> {
    if projected {
        let head: String = draw.seed.chars().take(8).collect();
        return vec![format!("{}…　{}", in_groups(&head, 4), t::SEED_HIDDEN)];
    }
    in_groups(&draw.seed, 32).split(' ').map(|line| in_groups(line, 4)).collect()
}

/// Least height of strata and map, points.
fn least_strata(count: usize, width: f32) -> f32 {
    (count.div_ceil(columns_of(count, width)) as f32 * LEAST_ROW + GRID * 2.0).max(160.0)
}

/// Columns of so many strata; each has room for its name and its line.
fn columns_of(count: usize, width: f32) -> usize {
    if count > 24 && width >= 2.0 * LEAST_COLUMN { 2 } else { 1 }
}

/// Least width of a column of strata, and of a stratum's line in it.
const LEAST_COLUMN: f32 = 290.0;
const LEAST_LINE: f32 = 60.0;
/// Room of a stratum's numbers.
const NUMBERS: f32 = 60.0;

/// Least height of a stratum's line: its name can be read.
const LEAST_ROW: f32 = 15.0;

/// Draws the strata. The show is over when the last step is done.
pub fn strata_ui(ui: &mut Ui, facts: &Facts, draw: &DrawFacts, show: &mut Show, projected: bool, size: f32) {
    let now = ui.input(|i| i.time);
    let count = draw.strata.len();
    let shown = show.steps(now, count, STRATA_SECONDS);
    let whole = (shown.floor() as usize).min(count);
    let partial: usize = draw.strata.iter().take(whole).map(|s| s.drawn).sum();
    let figures = [
        (t::DRAWN, thousands(partial as u64), t::U_UNITS),
        (t::F_CERTAIN, thousands(draw.certain as u64), t::U_UNITS),
        (t::F_STRATA, format!("{whole} / {count}"), t::U_STRATA),
    ];
    let seed = |ui: &mut Ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.horizontal(|ui| {
                ui.label(theme::note(ui, t::SEED));
                if draw.demonstration {
                    let palette = theme::of(ui);
                    widgets::chip(ui, t::DEMO_MARK, palette.amber_wash, palette.amber);
                }
            });
            for line in seed_lines(draw, projected) {
                let text = RichText::new(line).font(egui::FontId::monospace(SEED_SIZE));
                ui.add(egui::Label::new(text).wrap().selectable(true));
            }
        });
    };
    let beside = ((ui.available_width() - SEED) / 3.0 - GRID).min(figure_width(size));
    let large = |ui: &mut Ui, width: f32| {
        for (label, value, unit) in &figures {
            big_figure(ui, width, size * 1.2, label, value, unit);
        }
    };
    // as they are at the end
    let widest = big_width(ui, size * 1.2, &format!("{count} / {count}"), t::U_STRATA).max(big_width(
        ui,
        size * 1.2,
        &thousands(draw.drawn as u64),
        t::U_UNITS,
    ));
    // no figure is cut: without room beside the seed they stand above it, on a low page in a line
    if beside >= widest.max(size * LARGE) {
        ui.horizontal(|ui| {
            large(ui, beside);
            seed(ui);
        });
    } else if ui.available_height() >= HIGH && ui.available_width() / 3.0 - GRID >= widest {
        let width = ui.available_width() / 3.0 - GRID;
        ui.horizontal(|ui| large(ui, width));
        seed(ui);
    } else {
        ui.horizontal(|ui| {
            ui.allocate_ui(Vec2::new((ui.available_width() - SEED).max(150.0), 0.0), |ui| {
                ui.vertical(|ui| line_figures(ui, &figures));
            });
            seed(ui);
        });
    }
    ui.add_space(HALF);
    ui.horizontal_wrapped(|ui| {
        let palette = theme::of(ui);
        for (words, ink) in t::LEGEND_MARKS.into_iter().zip([palette.accent, palette.red, palette.muted]) {
            let (mark, _) = ui.allocate_exact_size(Vec2::new(8.0, 14.0), Sense::hover());
            ui.painter().vline(mark.center().x, mark.y_range(), Stroke::new(2.0, ink));
            ui.label(theme::note(ui, words));
        }
        ui.label(theme::note(ui, t::LEGEND));
        help_marks(ui, &[Term::Key, Term::Seed, Term::Reserve]);
    });
    // on a low page the page scrolls
    let map_width = (ui.available_width() * 0.26).clamp(190.0, 480.0);
    let width = ui.available_width() - map_width - GRID;
    let height = (ui.available_height() - GRID).max(least_strata(count, width));
    ui.horizontal_top(|ui| {
        lines_ui(ui, draw, shown, Vec2::new(width, height));
        map_ui(ui, facts, draw, whole, Vec2::new(map_width, height));
    });
    if show.is_running() {
        if shown >= count as f32 {
            *show = Show::over();
        }
        ui.ctx().request_repaint();
    }
}

fn lines_ui(ui: &mut Ui, draw: &DrawFacts, shown: f32, size: Vec2) {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, t::LEGEND));
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect(rect, theme::RADIUS, palette.surface, Stroke::new(1.0, palette.line), egui::StrokeKind::Inside);
    let count = draw.strata.len().max(1);
    let columns = columns_of(count, rect.width());
    let per = count.div_ceil(columns);
    let row = ((rect.height() - GRID * 2.0) / per as f32).clamp(LEAST_ROW, 44.0);
    let width = (rect.width() - GRID) / columns as f32;
    let font = theme::regular((row * 0.66).clamp(9.0, 18.0));
    // as wide as the longest name, but the line keeps its room
    let longest = draw
        .strata
        .iter()
        .map(|stratum| painter.layout_no_wrap(stratum.name.clone(), font.clone(), palette.text).size().x);
    let label = longest.fold(60.0, f32::max).min(width - NUMBERS - LEAST_LINE - 3.0 * GRID) + GRID;
    let ground = palette.muted.gamma_multiply(0.5);
    for (i, stratum) in draw.strata.iter().enumerate() {
        let part = (shown - i as f32).clamp(0.0, 1.0);
        let left = rect.left() + GRID + (i / per) as f32 * width;
        let middle = rect.top() + GRID + ((i % per) as f32 + 0.5) * row;
        let line = egui::Rangef::new(left + label, left + width - GRID - NUMBERS);
        let ink = if part > 0.0 { palette.text } else { palette.muted };
        // a name without room ends in an ellipsis
        let mut job = egui::text::LayoutJob::simple_singleline(stratum.name.clone(), font.clone(), ink);
        job.wrap = egui::text::TextWrapping::truncate_at_width(line.min - HALF - left);
        let name = painter.layout_job(job);
        painter.galley(Pos2::new(left, middle - name.size().y / 2.0), name, ink);
        painter.hline(line, middle, Stroke::new(1.0, palette.line));
        if part <= 0.0 {
            continue;
        }
        let half = row * 0.36;
        // marks come down onto the line
        let drop = (1.0 - part) * half;
        let x = |place: f32| line.min + place * line.span();
        for (bin, share) in stratum.reserves.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            let tall = half * (0.35 + 0.65 * share);
            let at = x((bin as f32 + 0.5) / BINS as f32);
            painter.vline(at, middle - tall - drop..=middle - drop, Stroke::new(1.0, ground));
        }
        let lit = if part < 1.0 { palette.amber } else { palette.accent };
        for place in &stratum.selected {
            painter.vline(x(*place), middle - half - drop..=middle + half - drop, Stroke::new(2.0, lit));
        }
        painter.vline(x(stratum.threshold), middle - half..=middle + half, Stroke::new(1.0, palette.red));
        let words = format!("{} / {}", thousands(stratum.drawn as u64), thousands(stratum.size as u64));
        let right = Pos2::new(left + width - GRID * 2.0, middle);
        painter.text(right, Align2::RIGHT_CENTER, words, theme::regular(font.size.min(12.0)), ink);
    }
}

/// Classes of the small map.
const CLASSES: usize = 6;

fn map_ui(ui: &mut Ui, facts: &Facts, draw: &DrawFacts, strata: usize, size: Vec2) {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, t::MAP));
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect(rect, theme::RADIUS, palette.surface, Stroke::new(1.0, palette.line), egui::StrokeKind::Inside);
    let title = Pos2::new(rect.left() + GRID, rect.top() + GRID);
    painter.text(title, Align2::LEFT_TOP, t::MAP, theme::bold(theme::BODY), palette.text);
    let mut room = rect.shrink(GRID * 2.0);
    room.min.y += GRID * 2.0;
    let aspect = facts.map.aspect.max(0.1);
    let wide = room.width().min(room.height() * aspect);
    // beside a long column of strata the map stands at its top, where it is seen without scrolling
    let high = wide / aspect;
    let middle = if room.height() > high * 1.5 { room.top() + high / 2.0 } else { room.center().y };
    let field = Rect::from_center_size(Pos2::new(room.center().x, middle), Vec2::new(wide, high));
    let at = |p: &[f32; 2]| Pos2::new(field.left() + p[0] * field.width(), field.top() + p[1] * field.height());
    let mut counts = vec![0_u32; facts.map.centres.len()];
    for (district, n) in draw.strata.iter().take(strata).flat_map(|s| &s.districts) {
        if let Some(count) = counts.get_mut(*district as usize) {
            *count += n;
        }
    }
    // a district lights up with its first unit and grows deeper with each stratum
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let fill = |count: u32| match count {
        0 => palette.no_data,
        n => palette.class(1 + (n * (CLASSES as u32 - 1) / (most + 1)) as usize, CLASSES + 1),
    };
    let mut mesh = egui::Mesh::default();
    for (triangles, count) in facts.map.triangles.iter().zip(&counts) {
        let ink = fill(*count);
        for corners in triangles.chunks_exact(3) {
            let first = mesh.vertices.len() as u32;
            for corner in corners {
                mesh.colored_vertex(facts.map.vertices.get(*corner as usize).map_or(field.min, at), ink);
            }
            mesh.add_triangle(first, first + 1, first + 2);
        }
    }
    painter.add(mesh);
    for line in facts.map.lines.iter().flatten() {
        painter.line(line.iter().map(at).collect(), Stroke::new(1.0, palette.surface));
    }
    for ((centre, radius), count) in facts.map.centres.iter().zip(&counts).filter(|(_, n)| **n > 0) {
        let font = theme::bold(theme::BODY);
        // a district too small for its number says it by its colour alone
        if radius * field.height() >= font.size * 0.55 {
            let ink = palette.ink_on(fill(*count));
            painter.text(at(centre), Align2::CENTER_CENTER, thousands(u64::from(*count)), font, ink);
        }
    }
}

/// Draws the pairs as they come.
pub fn pairs_ui(ui: &mut Ui, facts: &Facts, draw: &DrawFacts, show: &mut Show, (month, size): (PlanMonth, f32)) {
    let now = ui.input(|i| i.time);
    let steps = show.steps(now, PAIR_STEPS, PAIR_STEPS as f64);
    let shown = ((draw.paired.len() as f32 * steps / PAIR_STEPS as f32).ceil() as usize).min(draw.paired.len());
    ui.horizontal(|ui| {
        big_figure(ui, figure_width(size), size * 1.2, t::DRAWN, &thousands(draw.drawn as u64), t::U_UNITS);
        big_figure(ui, figure_width(size), size * 1.2, t::PAIRED, &thousands(shown as u64), t::U_PAIRS);
    });
    ui.add_space(GRID);
    if draw.paired.is_empty() {
        let palette = theme::of(ui);
        ui.label(RichText::new(t::UNPAIRED).font(theme::bold(theme::SECTION)).color(palette.amber));
        ui.label(t::UNPAIRED_WHY);
    } else {
        let c = t::LIST_COLUMNS;
        let columns = [
            ColumnDef::text("number", c[0], 64.0),
            ColumnDef::text("name", c[2], 190.0).share(1.0),
            ColumnDef::text("stratum", c[3], 190.0).share(1.0),
            ColumnDef::text("lead", c[8], 148.0).share(0.3),
            ColumnDef::text("second", c[9], 148.0).share(0.3),
        ];
        let running = show.is_running();
        let cell = |row: usize, column: usize| {
            // the latest on top while they come
            let at = if running { shown - 1 - row } else { row };
            let Some(row) = draw.paired.get(at).and_then(|at| facts.rows.get(*at)) else { return Cow::Borrowed("") };
            Cow::Borrowed([row.number.as_str(), &row.name, &row.stratum, &row.lead, &row.second][column])
        };
        let target = |row: usize| {
            let at = if running { shown.checked_sub(row + 1)? } else { row };
            draw.paired.get(at).and_then(|at| facts.rows.get(*at)).map(|row| row.target(month))
        };
        let rows = CellRows::new(&columns, shown, &cell).targets(&target);
        let version = std::ptr::from_ref(draw).addr() as u64 ^ (u64::from(running) << 1);
        List::show_kept(ui, None, &TableInput::new(ListId::Pairs, &rows).folded(), version);
    }
    if show.is_running() {
        if steps >= PAIR_STEPS as f32 {
            *show = Show::over();
        }
        ui.ctx().request_repaint();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_short_and_stillness_shows_all() {
        let show = Show::begin(10.0, false);
        assert!((show.steps(10.0, 50, STRATA_SECONDS)).abs() < 1e-6);
        // fifty strata take nine seconds, four take one
        assert!((show.steps(10.0 + 9.0, 50, STRATA_SECONDS) - 50.0).abs() < 1e-3);
        assert!((show.steps(10.0 + 4.0 * f64::from(theme::MOTION), 4, STRATA_SECONDS) - 4.0).abs() < 1e-3);
        assert!((Show::begin(10.0, true).steps(10.0, 50, STRATA_SECONDS) - 50.0).abs() < 1e-6);
        assert!(!Show::begin(10.0, true).is_running());
    }
}
