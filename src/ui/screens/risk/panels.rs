//! Matrix of moves, list of movers, charts.

use std::borrow::Cow;

use egui::{Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::effect::{BAR, Effect};
use crate::chart::{Axis, Bars, Categories, Chart, ChartKind, Columns, Direction, Ink, Reference, Series};
use crate::policy::{Milli, Policy};
use crate::risk::{Contribution, HistogramBin, Mover};
use crate::text::figure::points;
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, TableInput, Target};
use crate::ui::text::risk as t;
use crate::ui::theme;
use crate::ui::widgets::thousands;
use crate::workspace::session::ProjectData;

/// A tier's letter.
pub(super) fn letter(policy: &Policy, tier: usize) -> &str {
    policy.tiers.get(tier).map_or("?", |t| t.id.as_str())
}

/// The distribution of scores by tier with its thresholds.
pub(super) fn histogram(effect: &Effect, policy: &Policy, source: String) -> Chart {
    let count = policy.tiers.len().max(1);
    let of_tier = |bar: &HistogramBin, tier: usize| bar.by_tier.get(tier).copied().unwrap_or(0);
    let in_top: u64 = effect.bars.iter().map(|bar| of_tier(bar, 0)).sum();
    let moved = effect.moves.raised() + effect.moves.lowered();
    // every threshold stands at its place, even where no site reaches it
    let highest = policy.tiers.iter().map(|tier| tier.min_score.0).max().unwrap_or(0);
    let reach = usize::try_from(highest / BAR.0 + 2).unwrap_or(0).min(2000);
    let mut series: Vec<Series> = policy
        .tiers
        .iter()
        .enumerate()
        .map(|(tier, rule)| {
            let mut values: Vec<f64> = effect.bars.iter().map(|bar| of_tier(bar, tier) as f64).collect();
            values.resize(values.len().max(reach), 0.0);
            Series::new(format!("{} {}", rule.id, rule.name), Ink::Tier(tier, count), values)
        })
        .collect();
    series.reverse();
    let thresholds = policy.tiers.iter().take(policy.tiers.len().saturating_sub(1)).map(|tier| Reference {
        direction: Direction::Upright,
        at: tier.min_score.to_f64(),
        label: format!("{} ≥ {}", tier.id, t::plain(tier.min_score.to_f64())),
        ink: Ink::Muted,
    });
    Chart {
        title: t::histogram_title(letter(policy, 0), in_top, effect.sites, moved),
        x: Axis::new(t::SCORE, t::POINTS),
        y: Axis::new(t::SOURCES, t::SITES),
        source,
        kind: ChartKind::Columns(Columns {
            categories: Categories::Bins { from: 0.0, width: BAR.to_f64() },
            series,
            references: thresholds.collect(),
            ..Columns::default()
        }),
    }
}

/// Why a site scores what it scores: the factors that give anything first, by points.
pub(super) fn contributions(name: &str, score: Milli, tier: &str, parts: &[Contribution], source: String) -> Chart {
    let mut order: Vec<&Contribution> = parts.iter().collect();
    order.sort_by_key(|part| std::cmp::Reverse(part.points));
    let from: Vec<&str> = order.iter().filter(|p| p.points.0 > 0).take(2).map(|p| p.name.as_str()).collect();
    Chart {
        title: t::why_title(name, &points(score.0), tier, &from),
        x: Axis::default(),
        y: Axis::new(t::POINTS, "").decimals(1),
        source,
        kind: ChartKind::Bars(Bars {
            labels: order.iter().map(|p| p.name.clone()).collect(),
            series: vec![Series::new("得分", Ink::Accent, order.iter().map(|p| p.points.to_f64()).collect())],
            tracks: order.iter().map(|p| p.cap.to_f64()).collect(),
            notes: order
                .iter()
                .map(|p| format!("{} / {}", t::plain(p.points.to_f64()), t::plain(p.cap.to_f64())))
                .collect(),
            details: order
                .iter()
                .map(|p| p.articles.iter().map(|a| format!("{} {}", a.document, a.article)).collect())
                .collect(),
            ..Bars::default()
        }),
    }
}

/// The matrix of moves; a click on a cell picks the pair, or lets it go.
pub(super) fn matrix(ui: &mut Ui, effect: &Effect, policy: &Policy, chosen: &mut Option<(u8, u8)>) {
    let palette = theme::of(ui);
    let (rows, columns) = (effect.moves.moves.len(), effect.moves.moves.first().map_or(0, Vec::len));
    if rows == 0 || columns == 0 {
        return;
    }
    let lines = rows as f32 + 2.0;
    let height = (ui.available_height() / lines).clamp(22.0, 34.0);
    let head = 44.0;
    let width = ((ui.available_width() - head) / (columns as f32 + 1.0)).max(36.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height * lines), Sense::hover());
    let cell = |row: f32, column: f32| {
        let left = if column < 0.0 { rect.left() } else { rect.left() + head + width * column };
        let size = vec2(if column < 0.0 { head } else { width }, height);
        Rect::from_min_size(pos2(left, rect.top() + height * row), size)
    };
    let small = theme::regular(theme::SMALL);
    let painter = ui.painter_at(rect);
    for to in 0..columns {
        chip(ui, cell(0.0, to as f32).right_center() - vec2(18.0, 0.0), to, columns, letter(policy, to));
    }
    let sums = cell(0.0, columns as f32);
    painter.text(sums.right_center() - vec2(6.0, 0.0), Align2::RIGHT_CENTER, t::SUM, small, palette.muted);
    let figure = |at: Rect, count: u64, ink: egui::Color32, bold: bool| {
        let size = if width < 56.0 { theme::SMALL } else { theme::BODY };
        let font = if bold { theme::bold(size) } else { theme::regular(size) };
        painter.text(at.right_center() - vec2(4.0, 0.0), Align2::RIGHT_CENTER, thousands(count), font, ink);
    };
    for (from, counts) in effect.moves.moves.iter().enumerate() {
        let y = from as f32 + 1.0;
        painter.hline(rect.x_range(), cell(y, 0.0).top(), Stroke::new(1.0, palette.line));
        chip(ui, cell(y, -1.0).center(), from, rows, letter(policy, from));
        for (to, count) in counts.iter().enumerate() {
            let at = cell(y, to as f32);
            let pair = (from as u8, to as u8);
            let moved = from != to && *count > 0;
            let response = ui.interact(
                at,
                ui.scope_id().with(("cell", from, to)),
                if moved { Sense::click() } else { Sense::hover() },
            );
            if moved {
                let ground = if to < from { palette.amber_wash } else { palette.wash };
                painter.rect_filled(at.shrink(1.5), 2.0, ground);
                let label = t::cell(letter(policy, from), letter(policy, to), *count);
                response.widget_info(|| WidgetInfo::selected(Role::Button, true, *chosen == Some(pair), &label));
                if *chosen == Some(pair) || response.hovered() || response.has_focus() {
                    painter.rect_stroke(
                        at.shrink(1.5),
                        2.0,
                        Stroke::new(1.5, palette.accent),
                        egui::StrokeKind::Inside,
                    );
                }
                if response.clicked() {
                    *chosen = if *chosen == Some(pair) { None } else { Some(pair) };
                }
            }
            let ink = if *count == 0 || from == to { palette.muted } else { palette.text };
            figure(at, *count, ink, moved);
        }
        figure(cell(y, columns as f32), counts.iter().sum(), palette.text, false);
    }
    let y = rows as f32 + 1.0;
    painter.hline(rect.x_range(), cell(y, 0.0).top(), Stroke::new(1.0, palette.muted));
    painter.text(cell(y, -1.0).center(), Align2::CENTER_CENTER, t::SUM, theme::regular(theme::SMALL), palette.muted);
    for to in 0..columns {
        figure(cell(y, to as f32), effect.moves.moves.iter().filter_map(|r| r.get(to)).sum(), palette.text, false);
    }
    figure(cell(y, columns as f32), effect.sites, palette.text, true);
}

/// A tier's letter on its colour, painted.
pub(super) fn chip(ui: &Ui, centre: egui::Pos2, tier: usize, count: usize, id: &str) {
    let palette = theme::of(ui);
    let ground = palette.tier(tier, count);
    let rect = Rect::from_center_size(centre, vec2(24.0, 18.0));
    ui.painter().rect_filled(rect, theme::RADIUS, ground);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, id, theme::bold(theme::SMALL), palette.ink_on(ground));
}

/// The movers; the row of the source that was gone to.
pub(super) fn movers(
    ui: &mut Ui,
    moves: &[Mover],
    shown: &[u32],
    policy: &Policy,
    data: &ProjectData,
    selected: Option<u32>,
) -> Option<u32> {
    let palette = theme::of(ui);
    let count = policy.tiers.len();
    let columns = [
        ColumnDef::text("name", t::MOVER_COLUMNS[0], 150.0).share(1.0),
        ColumnDef::text("district", t::MOVER_COLUMNS[1], 84.0),
        ColumnDef::text("from", t::MOVER_COLUMNS[2], 44.0),
        ColumnDef::text("to", t::MOVER_COLUMNS[3], 44.0),
        ColumnDef::number("before", t::MOVER_COLUMNS[4], 60.0),
        ColumnDef::number("after", t::MOVER_COLUMNS[5], 60.0),
    ];
    let mover = |at: usize| shown.get(at).and_then(|i| moves.get(*i as usize));
    let cell = |at: usize, column: usize| {
        let Some(one) = mover(at) else { return Cow::Borrowed("") };
        match column {
            0 => Cow::Borrowed(data.name(one.row).unwrap_or_default()),
            1 => {
                let district = data.district.get(one.row as usize);
                Cow::Borrowed(district.and_then(|d| data.district_name(*d)).unwrap_or_default())
            }
            2 => Cow::Borrowed(letter(policy, usize::from(one.from))),
            3 => Cow::Borrowed(letter(policy, usize::from(one.to))),
            4 => Cow::Owned(points(one.before)),
            _ => Cow::Owned(points(one.after)),
        }
    };
    let sentence = |at: usize| {
        mover(at).map_or_else(String::new, |one| {
            let (from, to) = (letter(policy, usize::from(one.from)), letter(policy, usize::from(one.to)));
            t::mover(data.name(one.row).unwrap_or_default(), from, to, &points(one.before), &points(one.after))
        })
    };
    let style = |at: usize, column: usize, _: &str| {
        let tier = mover(at).and_then(|one| match column {
            2 => Some(one.from),
            3 => Some(one.to),
            _ => None,
        });
        let ground = tier.map(|tier| palette.tier(usize::from(tier), count));
        let ink = ground.map(|ground| palette.ink_on(ground)).or((column != 0).then_some(palette.muted));
        CellStyle { chip: ground, ink, strong: tier.is_some(), ..CellStyle::default() }
    };
    let target = |at: usize| mover(at).and_then(|one| Target::of_source(data, one.row));
    let rows = CellRows::new(&columns, shown.len(), &cell).sentence(&sentence).targets(&target);
    let input = TableInput::new(ListId::Movers, &rows).decorate(&style);
    let at = selected.and_then(|row| (0..shown.len()).find(|at| mover(*at).is_some_and(|one| one.row == row)));
    let out = List::show_kept(ui, Some(at), &input, std::ptr::from_ref(shown).addr() as u64);
    out.chosen.and_then(mover).map(|one| one.row)
}
