//! Upright bars: stacked or side by side, over names or bins, with thresholds and lines over them.

use plotters_backend::DrawingBackend;

use super::Drawn;
use super::layout::{Key, LANE, Lanes, Plot, Swatch, level_caption, level_references, sheet, upright_axis};
use super::model::{Bars, Categories, Chart, Columns, Direction, Overlay};
use super::pen::{Hold, Mark, Pen, PxBox, SMALL};
use crate::text::number::grouped;

/// Number of categories.
fn count(columns: &Columns) -> usize {
    let longest = columns.series.iter().map(|s| s.values.len()).max().unwrap_or(0);
    match &columns.categories {
        Categories::Labels { names, .. } => names.len(),
        Categories::Bins { .. } => longest,
    }
}

fn value(values: &[f64], at: usize) -> f64 {
    values.get(at).copied().filter(|v| v.is_finite()).unwrap_or(0.0)
}

/// The same as lying bars where the names need more than two lines in their slots and have no order to keep.
pub(super) fn as_bars<DB: DrawingBackend>(columns: &Columns, pen: &Pen<'_, DB>) -> Option<Bars> {
    let Categories::Labels { names, ordered: false } = &columns.categories else { return None };
    if !columns.overlays.is_empty() || names.is_empty() || !columns.stacks.is_empty() {
        return None;
    }
    let slot = (pen.bounds().width() - pen.px(74.0)) / names.len() as i32;
    let fits = |name: &String| {
        let lines = pen.wrapped(name, (SMALL, false), slot - pen.px(4.0), 3);
        lines.len() <= 2 && (lines.len() < 2 || slot > pen.px(SMALL * 3.5)) && !lines.iter().any(|l| l.ends_with('…'))
    };
    if names.iter().all(fits) {
        return None;
    }
    Some(Bars {
        labels: names.clone(),
        series: columns.series.clone(),
        grouped: columns.grouped,
        references: columns
            .references
            .iter()
            .filter(|r| r.direction == Direction::Level)
            .map(|r| super::model::Reference { direction: Direction::Upright, ..r.clone() })
            .collect(),
        ..Bars::default()
    })
}

pub(super) fn draw<DB: DrawingBackend>(chart: &Chart, columns: &Columns, pen: &Pen<'_, DB>) -> Drawn<Vec<Mark>, DB> {
    let mut keys: Vec<Key<'_>> =
        columns.series.iter().map(|s| Key { name: &s.name, ink: pen.style.ink(s.ink), swatch: Swatch::Fill }).collect();
    for overlay in &columns.overlays {
        keys.push(Key { name: &overlay.name, ink: pen.style.ink(overlay.ink), swatch: Swatch::Line });
    }
    let room = sheet(&chart.title, &chart.source, &keys, pen)?;
    let n = count(columns);
    if n == 0 {
        return Ok(Vec::new());
    }
    let range = chart.y.range.unwrap_or_else(|| extent(columns, n));
    // The lanes depend on the plot's width only by the labels' right end: the full room is close enough to find them.
    let about = |v: f64| room.left + pen.px(40.0) + slot_of(columns, v, n, f64::from(room.width() - pen.px(42.0)));
    let lanes = Lanes::of(&columns.references, (room.left + pen.px(40.0), room.right), about, pen);
    let slot = (room.width() - pen.px(42.0)) / n as i32;
    let lines = label_lines(columns, slot, pen);
    let row = pen.px(15.0);
    let caption = chart.x.caption();
    let below = pen.px(3.0) + row * lines + if caption.is_empty() { 0 } else { row };
    let plot = upright_axis(chart, room, range, (lanes.count * pen.px(LANE), below), pen)?;
    let width = f64::from(plot.at.width());
    let edge = |i: usize| plot.at.left + (width * i as f64 / n as f64).round() as i32;
    for i in 0..n {
        bars_of(columns, i, (edge(i), edge(i + 1)), &plot, pen)?;
    }
    pen.level(plot.at.left, plot.at.right, plot.y(plot.steps.from.max(0.0)), 1.0, pen.style.muted)?;
    level_references(&columns.references, &plot, pen)?;
    let x_of = |v: f64| plot.at.left + slot_of(columns, v, n, width);
    Lanes::of(&columns.references, (plot.at.left, plot.at.right), x_of, pen).draw(
        &columns.references,
        plot.at,
        x_of,
        pen,
    )?;
    for overlay in &columns.overlays {
        line_over(overlay, n, edge, &plot, pen)?;
    }
    if columns.values {
        for i in 0..n {
            figures(columns, i, (edge(i), edge(i + 1)), &plot, pen)?;
        }
    }
    names_below(columns, n, lines, edge, &plot, pen)?;
    if !caption.is_empty() {
        let middle = plot.at.bottom + pen.px(3.0) + row * lines + row / 2;
        level_caption(&caption, plot.at.right, middle, plot.at.width(), pen)?;
    }
    Ok((0..n).map(|i| mark(chart, columns, i, (edge(i), edge(i + 1)), &plot)).collect())
}

/// Least and greatest value of the vertical axis.
fn extent(columns: &Columns, n: usize) -> (f64, f64) {
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for i in 0..n {
        for bar in columns.bars() {
            if bar.len() == 1 {
                let v = value(&columns.series[bar.start].values, i);
                (low, high) = (low.min(v), high.max(v));
            } else {
                high = high.max(columns.series[bar].iter().map(|s| value(&s.values, i).max(0.0)).sum());
            }
        }
        for overlay in &columns.overlays {
            high = high.max(value(&overlay.values, i));
        }
    }
    for reference in columns.references.iter().filter(|r| r.direction == Direction::Level) {
        high = high.max(reference.at);
    }
    (low, if columns.values { high * 1.06 } else { high })
}

/// Pixels from the plot's left edge to a value of the horizontal axis.
fn slot_of(columns: &Columns, value: f64, n: usize, width: f64) -> i32 {
    let place = match &columns.categories {
        Categories::Bins { from, width: bin } if *bin > 0.0 => (value - from) / bin,
        _ => value + 0.5,
    };
    (place.clamp(0.0, n as f64) / n as f64 * width).round() as i32
}

/// Lines that the names below take: 1 or 2.
fn label_lines<DB: DrawingBackend>(columns: &Columns, slot: i32, pen: &Pen<'_, DB>) -> i32 {
    let Categories::Labels { names, .. } = &columns.categories else { return 1 };
    let room = slot - pen.px(4.0);
    let wide = names.iter().any(|n| pen.width(n, SMALL, false) > room);
    // Two lines help only where each holds three characters.
    i32::from(wide && room >= pen.px(SMALL * 3.0)) + 1
}

fn bars_of<DB: DrawingBackend>(
    columns: &Columns,
    i: usize,
    (left, right): (i32, i32),
    plot: &Plot,
    pen: &Pen<'_, DB>,
) -> Drawn<(), DB> {
    let bins = matches!(columns.categories, Categories::Bins { .. });
    let bars = columns.bars();
    let k = bars.len().max(1) as i32;
    let slot = right - left;
    let thick = if bins {
        (slot - pen.px(1.0)).max(1)
    } else {
        let share = if columns.side_by_side() { 0.78 } else { 0.62 };
        ((f64::from(slot) * share) as i32).clamp(1, pen.px(44.0) * k)
    };
    let from = left + (slot - thick) / 2;
    let base = plot.y(plot.steps.from.max(0.0));
    for (j, bar) in bars.into_iter().enumerate() {
        let (x0, x1) = (from + thick * j as i32 / k, from + thick * (j as i32 + 1) / k);
        let gap = i32::from(columns.side_by_side() && x1 - x0 > pen.px(3.0));
        if bar.len() == 1 && columns.side_by_side() {
            let series = &columns.series[bar.start];
            let y = plot.y(value(&series.values, i));
            let rect = PxBox { left: x0, right: x1 - gap, top: y.min(base), bottom: y.max(base) };
            pen.rect(rect, pen.style.ink(series.ink), 1.0)?;
            continue;
        }
        let (mut sum, mut y) = (0.0, base);
        for series in &columns.series[bar] {
            let v = value(&series.values, i).max(0.0);
            if v <= 0.0 {
                continue;
            }
            sum += v;
            let top = plot.y(sum);
            pen.rect(PxBox { left: x0, right: x1 - gap, top, bottom: y }, pen.style.ink(series.ink), 1.0)?;
            y = top;
        }
    }
    Ok(())
}

/// The figures of a category: above its bars, or within a bar where a line crosses the place above.
fn figures<DB: DrawingBackend>(
    columns: &Columns,
    i: usize,
    (left, right): (i32, i32),
    plot: &Plot,
    pen: &Pen<'_, DB>,
) -> Drawn<(), DB> {
    let bars = columns.bars();
    let k = bars.len().max(1) as i32;
    let share = if columns.side_by_side() { (right - left) * 78 / 100 } else { right - left };
    let from = left + (right - left - share) / 2;
    let (base, half) = (plot.y(plot.steps.from.max(0.0)), pen.px(8.0));
    let lines: Vec<i32> = columns.overlays.iter().map(|o| plot.y(value(&o.values, i))).collect();
    for (j, bar) in bars.into_iter().enumerate() {
        let j = j as i32;
        // The parts of this bar, from the base up: where each ends, and its colour.
        let mut parts = Vec::new();
        let mut sum = 0.0;
        for series in &columns.series[bar] {
            sum += value(&series.values, i).max(0.0);
            parts.push((plot.y(sum), pen.style.ink(series.ink)));
        }
        let text = grouped(sum, usize::from(sum.fract().abs() > 1e-9));
        let (x0, x1) = (from + share * j / k, from + share * (j + 1) / k);
        if sum <= 0.0 || pen.width(&text, SMALL, false) > x1 - x0 {
            continue;
        }
        let y = plot.y(sum);
        let free = |middle: i32| lines.iter().all(|l| (l - middle).abs() > half);
        let ground = |middle: i32| {
            let mut bottom = base;
            for (top, ink) in &parts {
                if *top <= middle - half * 3 / 4 && middle + half * 3 / 4 <= bottom {
                    return Some(*ink);
                }
                bottom = *top;
            }
            None
        };
        let place = if free(y - half) {
            Some((y - half, pen.style.text))
        } else {
            (2..6)
                .map(|step| y + half * step / 2)
                .filter(|m| free(*m))
                .find_map(|m| Some((m, pen.style.on(ground(m)?))))
        };
        if let Some((middle, ink)) = place {
            pen.text(&text, (i32::midpoint(x0, x1), middle), (SMALL, false), ink, Hold::Middle)?;
        }
    }
    Ok(())
}

fn line_over<DB: DrawingBackend>(
    overlay: &Overlay,
    n: usize,
    edge: impl Fn(usize) -> i32,
    plot: &Plot,
    pen: &Pen<'_, DB>,
) -> Drawn<(), DB> {
    let ink = pen.style.ink(overlay.ink);
    let mut points = Vec::new();
    for i in 0..n.min(overlay.values.len()) {
        let y = plot.y(value(&overlay.values, i));
        if overlay.step {
            points.push((edge(i), y));
            points.push((edge(i + 1), y));
        } else {
            points.push((i32::midpoint(edge(i), edge(i + 1)), y));
        }
    }
    if !overlay.step {
        for at in &points {
            pen.dot(*at, 2.5, ink)?;
        }
    }
    pen.path(points, 1.75, ink)
}

fn names_below<DB: DrawingBackend>(
    columns: &Columns,
    n: usize,
    lines: i32,
    edge: impl Fn(usize) -> i32,
    plot: &Plot,
    pen: &Pen<'_, DB>,
) -> Drawn<(), DB> {
    let row = pen.px(15.0);
    let top = plot.at.bottom + pen.px(3.0);
    match &columns.categories {
        Categories::Labels { names, .. } => {
            let room = edge(1) - edge(0) - pen.px(4.0);
            let wrapped: Vec<Vec<String>> = names
                .iter()
                .map(|name| pen.wrapped(name, (SMALL, false), room.max(pen.px(SMALL * 2.0)), lines as usize))
                .collect();
            let cut = wrapped.iter().flatten().any(|l| l.ends_with('…'));
            let widest = names.iter().map(|name| pen.width(name, SMALL, false)).max().unwrap_or(0);
            // Where even two lines cut the names and there is an order, every k-th name stands, whole.
            let every =
                if cut && lines == 1 { ((widest + pen.px(6.0)) / (room + pen.px(4.0)).max(1) + 1).max(1) } else { 1 };
            for (i, name) in names.iter().enumerate().step_by(every as usize) {
                let middle = i32::midpoint(edge(i), edge(i + 1));
                let shown = if every > 1 { vec![name.clone()] } else { wrapped[i].clone() };
                for (j, text) in shown.iter().enumerate() {
                    let half = pen.width(text, SMALL, false) / 2;
                    let x = middle.min(pen.bounds().right - half - pen.px(2.0)).max(half);
                    let y = top + row * j as i32 + row / 2;
                    pen.text(text, (x, y), (SMALL, false), pen.style.text, Hold::Middle)?;
                }
            }
        }
        Categories::Bins { from, width } => {
            let steps = super::number::Steps::over(
                *from,
                from + width * n as f64,
                (plot.at.width() / pen.px(52.0)).clamp(2, 12) as usize,
                false,
            );
            let last = from + width * n as f64;
            for v in steps.values().filter(|v| *v >= *from - 1e-9 && *v <= last + 1e-9) {
                let x = plot.at.left + slot_of(columns, v, n, f64::from(plot.at.width()));
                pen.upright(x, plot.at.bottom, plot.at.bottom + pen.px(3.0), 1.0, pen.style.muted)?;
                let text = steps.label(v);
                let half = pen.width(&text, SMALL, false) / 2;
                let x = x.min(pen.bounds().right - half - pen.px(2.0));
                pen.text(&text, (x, top + row / 2), (SMALL, false), pen.style.muted, Hold::Middle)?;
            }
        }
    }
    Ok(())
}

fn mark(chart: &Chart, columns: &Columns, i: usize, (left, right): (i32, i32), plot: &Plot) -> Mark {
    let head = match &columns.categories {
        Categories::Labels { names, .. } => names.get(i).cloned().unwrap_or_default(),
        Categories::Bins { from, width } => {
            let decimals = usize::from(width.fract().abs() > 1e-9);
            let (low, high) = (from + width * i as f64, from + width * (i + 1) as f64);
            let range = format!("{} – {}", grouped(low, decimals), grouped(high, decimals));
            format!("{} {range} {}", chart.x.name, chart.x.unit).trim().to_owned()
        }
    };
    let mut lines = vec![head];
    let few = columns.side_by_side() || columns.series.len() < 3;
    let begun = lines.len();
    for bar in columns.bars() {
        let parts = &columns.series[bar];
        let shown: Vec<_> = parts.iter().filter(|s| few || value(&s.values, i) > 0.0).collect();
        lines.extend(shown.iter().map(|s| format!("{}：{}", s.name, chart.y.value(value(&s.values, i)))));
        if shown.len() > 1 {
            let sum = parts.iter().map(|s| value(&s.values, i)).sum();
            lines.push(format!("合计：{}", chart.y.value(sum)));
        }
    }
    if lines.len() == begun {
        lines.push(chart.y.value(0.0));
    }
    for overlay in &columns.overlays {
        lines.push(format!("{}：{}", overlay.name, chart.y.value(value(&overlay.values, i))));
    }
    Mark { rect: PxBox { left, right, top: plot.at.top, bottom: plot.at.bottom }, lines }
}
