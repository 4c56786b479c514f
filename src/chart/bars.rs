//! Lying bars: one row a name, for long names, ranks and contributions.

use plotters_backend::DrawingBackend;

use super::Drawn;
use super::layout::{Key, LANE, Lanes, Swatch, level_caption, sheet};
use super::model::{Bars, Chart};
use super::number::Steps;
use super::pen::{Hold, LABEL, Mark, Pen, PxBox, SMALL};
use super::style::Rgb;
use crate::text::number::{grouped, thousands};

fn value(values: &[f64], at: usize) -> f64 {
    values.get(at).copied().filter(|v| v.is_finite()).unwrap_or(0.0)
}

/// Least and greatest value of the axis.
fn extent(bars: &Bars) -> (f64, f64) {
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for (from, to) in &bars.intervals {
        low = low.min(*from);
        high = high.max(*to);
    }
    for i in 0..bars.labels.len() {
        if bars.grouped || bars.series.len() == 1 {
            for s in &bars.series {
                low = low.min(value(&s.values, i));
                high = high.max(value(&s.values, i));
            }
        } else {
            high = high.max(bars.series.iter().map(|s| value(&s.values, i).max(0.0)).sum());
        }
        high = high.max(value(&bars.tracks, i));
    }
    for reference in &bars.references {
        high = high.max(reference.at);
    }
    (low, high)
}

/// What stands at a row's end.
fn end_of(chart: &Chart, bars: &Bars, i: usize) -> String {
    if let Some(note) = bars.notes.get(i) {
        return note.clone();
    }
    let format = |v: f64| grouped(v, chart.y.decimals);
    if bars.grouped && bars.series.len() > 1 {
        return bars.series.iter().map(|s| format(value(&s.values, i))).collect::<Vec<_>>().join(" / ");
    }
    format(bars.series.iter().map(|s| value(&s.values, i)).sum())
}

pub(super) fn draw<DB: DrawingBackend>(chart: &Chart, bars: &Bars, pen: &Pen<'_, DB>) -> Drawn<Vec<Mark>, DB> {
    let keys: Vec<Key<'_>> =
        bars.series.iter().map(|s| Key { name: &s.name, ink: pen.style.ink(s.ink), swatch: Swatch::Fill }).collect();
    let mut room = sheet(&chart.title, &chart.source, &keys, pen)?;
    if bars.labels.is_empty() {
        return Ok(Vec::new());
    }
    let line = pen.px(15.0);
    let axis = pen.px(4.0) + line + if chart.y.caption().is_empty() { 0 } else { line };
    let fits = ((room.height() - axis) / pen.px(14.0)).max(1) as usize;
    let shown = if bars.labels.len() > fits { fits.saturating_sub(1).max(1) } else { bars.labels.len() };
    if shown < bars.labels.len() {
        room.bottom -= line;
        let rest = format!("另有 {} 项未画出", thousands((bars.labels.len() - shown) as i128));
        pen.text(&rest, (room.left, room.bottom + line / 2), (SMALL, false), pen.style.muted, Hold::Left)?;
    }
    let widest = bars.labels.iter().take(shown).map(|l| pen.width(l, LABEL, false)).max().unwrap_or(0);
    let label_width = widest.min(room.width() * 42 / 100);
    let ends: Vec<String> = (0..shown).map(|i| end_of(chart, bars, i)).collect();
    let end_width = ends.iter().map(|e| pen.width(e, SMALL, false)).max().unwrap_or(0).min(room.width() * 35 / 100);
    let mut plot =
        PxBox { left: room.left + label_width + pen.px(8.0), right: room.right - end_width - pen.px(10.0), ..room };
    plot.right = plot.right.max(plot.left + pen.px(20.0)).min(room.right);
    let (low, high) = chart.y.range.unwrap_or_else(|| extent(bars));
    let most = (plot.width() / pen.px(56.0)).clamp(1, 8) as usize;
    let steps = Steps::over(low, high, most, chart.y.decimals == 0);
    let (left, across) = (plot.left, f64::from(plot.width()));
    let x_of = |v: f64| left + (steps.share(v) * across).round() as i32;
    let lanes = Lanes::of(&bars.references, (plot.left, room.right), x_of, pen);
    plot.top += lanes.count * pen.px(LANE);
    plot.bottom = (plot.bottom - axis).max(plot.top);
    // Rows need no more than 32 points; the axis then follows the last row.
    let row = (plot.height() / shown as i32).min(pen.px(32.0)).max(1);
    plot.bottom = plot.top + row * shown as i32;
    for v in steps.values() {
        let x = x_of(v);
        let base = v.abs() < steps.step * 1e-6;
        pen.upright(x, plot.top, plot.bottom, 1.0, if base { pen.style.muted } else { pen.style.line })?;
        let text = steps.label(v);
        let middle = plot.bottom + pen.px(4.0) + line / 2;
        pen.text(&text, (x, middle), (SMALL, false), pen.style.muted, Hold::Middle)?;
    }
    let mut marks = Vec::with_capacity(shown);
    for (i, end) in ends.iter().enumerate() {
        let top = plot.top + row * i as i32;
        let middle = top + row / 2;
        let label = pen.shortened(&bars.labels[i], LABEL, false, label_width);
        let at = (plot.left - pen.px(8.0), middle);
        pen.text(&label, at, (LABEL, false), pen.style.text, Hold::Right)?;
        let reach = draw_row(bars, i, (top, row), x_of, pen)?;
        let reach = if bars.intervals.is_empty() { reach.max(x_of(0.0)) } else { reach } + pen.px(6.0);
        let end = pen.shortened(end, SMALL, false, room.right - reach);
        pen.text(&end, (reach, middle), (SMALL, false), pen.style.text, Hold::Left)?;
        marks.push(mark(chart, bars, i, PxBox { left: room.left, right: room.right, top, bottom: top + row }));
    }
    lanes.draw(&bars.references, PxBox { right: room.right, ..plot }, x_of, pen)?;
    let caption = chart.y.caption();
    if !caption.is_empty() {
        let middle = plot.bottom + pen.px(4.0) + line + line / 2;
        level_caption(&caption, plot.right, middle, plot.right - room.left, pen)?;
    }
    Ok(marks)
}

/// Draws a row's track and bars and gives back where they end.
fn draw_row<DB: DrawingBackend>(
    bars: &Bars,
    i: usize,
    (top, row): (i32, i32),
    x_of: impl Fn(f64) -> i32,
    pen: &Pen<'_, DB>,
) -> Drawn<i32, DB> {
    if let (Some((from, to)), Some(series)) = (bars.intervals.get(i), bars.series.first()) {
        return draw_interval((value(&series.values, i), *from, *to), (top, row), x_of, pen.style.ink(series.ink), pen);
    }
    let zero = x_of(0.0);
    let thick = ((f64::from(row) * if bars.grouped { 0.78 } else { 0.58 }) as i32).clamp(1, pen.px(22.0));
    let from = top + (row - thick) / 2;
    let mut reach = zero;
    if let Some(cap) = bars.tracks.get(i) {
        let track = PxBox { left: zero, right: x_of(*cap), top: from, bottom: from + thick };
        pen.rect(track, pen.style.wash, 0.75)?;
        reach = reach.max(track.right);
    }
    if bars.grouped || bars.series.len() == 1 {
        let k = bars.series.len().max(1) as i32;
        for (j, s) in bars.series.iter().enumerate() {
            let x = x_of(value(&s.values, i));
            let (y0, y1) = (from + thick * j as i32 / k, from + thick * (j as i32 + 1) / k);
            let bar = PxBox { left: zero.min(x), right: zero.max(x), top: y0, bottom: y1 };
            pen.rect(bar, pen.style.ink(s.ink), 1.0)?;
            reach = reach.max(x);
        }
        return Ok(reach);
    }
    let (mut sum, mut x) = (0.0, zero);
    for s in &bars.series {
        sum += value(&s.values, i).max(0.0);
        let right = x_of(sum);
        pen.rect(PxBox { left: x, right, top: from, bottom: from + thick }, pen.style.ink(s.ink), 1.0)?;
        x = right;
    }
    Ok(reach.max(x))
}

/// Draws a dot with its whisker and gives back where it ends.
fn draw_interval<DB: DrawingBackend>(
    (at, from, to): (f64, f64, f64),
    (top, row): (i32, i32),
    x_of: impl Fn(f64) -> i32,
    ink: Rgb,
    pen: &Pen<'_, DB>,
) -> Drawn<i32, DB> {
    let (middle, cap) = (top + row / 2, (row / 5).min(pen.px(5.0)));
    let (left, right) = (x_of(from), x_of(to));
    pen.path(vec![(left, middle), (right, middle)], 1.5, ink)?;
    for x in [left, right] {
        pen.upright(x, middle - cap, middle + cap, 1.5, ink)?;
    }
    pen.dot((x_of(at), middle), 4.0, ink)?;
    Ok(right)
}

fn mark(chart: &Chart, bars: &Bars, i: usize, rect: PxBox) -> Mark {
    let mut lines = vec![bars.labels[i].clone()];
    for s in &bars.series {
        let name = if s.name.is_empty() { chart.y.name.as_str() } else { s.name.as_str() };
        lines.push(format!("{name}：{}", chart.y.value(value(&s.values, i))));
    }
    if let Some(cap) = bars.tracks.get(i) {
        lines.push(format!("上限：{}", chart.y.value(*cap)));
    }
    if let Some((from, to)) = bars.intervals.get(i) {
        lines.push(format!("95% 区间：{} 至 {}", chart.y.value(*from), chart.y.value(*to)));
    }
    if let Some(more) = bars.details.get(i) {
        lines.extend(more.iter().cloned());
    }
    Mark { rect, lines }
}
