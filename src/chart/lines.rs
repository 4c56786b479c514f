//! Lines with optional bands.

use plotters_backend::DrawingBackend;

use super::Drawn;
use super::layout::{Key, LANE, Lanes, Swatch, level_caption, level_references, sheet, upright_axis};
use super::model::{Chart, Direction, Lines};
use super::number::Steps;
use super::pen::{Hold, Mark, Pen, PxBox, SMALL};

/// Points with dots on them, at most so many a line.
const DOTS: usize = 24;

pub(super) fn draw<DB: DrawingBackend>(chart: &Chart, lines: &Lines, pen: &Pen<'_, DB>) -> Drawn<Vec<Mark>, DB> {
    let keys: Vec<Key<'_>> =
        lines.series.iter().map(|s| Key { name: &s.name, ink: pen.style.ink(s.ink), swatch: Swatch::Line }).collect();
    let room = sheet(&chart.title, &chart.source, &keys, pen)?;
    let mut xs: Vec<f64> = lines.series.iter().flat_map(|s| s.points.iter().map(|p| p.0)).collect();
    xs.retain(|x| x.is_finite());
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    let (Some(first), Some(last)) = (xs.first().copied(), xs.last().copied()) else { return Ok(Vec::new()) };
    let named = !lines.names.is_empty();
    let (low, high) = if named {
        (-0.5, lines.names.len() as f64 - 0.5)
    } else {
        chart.x.range.unwrap_or((first, if last > first { last } else { first + 1.0 }))
    };
    let row = pen.px(15.0);
    let caption = chart.x.caption();
    let below = pen.px(4.0) + row + if caption.is_empty() { 0 } else { row };
    let about_left = room.left + pen.px(40.0);
    let share = |v: f64| ((v - low) / (high - low)).clamp(0.0, 1.0);
    let about = |v: f64| about_left + (share(v) * f64::from(room.right - about_left)) as i32;
    let lanes = Lanes::of(&lines.references, (about_left, room.right), about, pen);
    let range = chart.y.range.unwrap_or_else(|| extent(lines));
    let mut plot = upright_axis(chart, room, range, (lanes.count * pen.px(LANE), below), pen)?;
    if !named {
        plot.at.right -= pen.px(10.0);
    }
    let x_of = |v: f64| plot.at.left + (share(v) * f64::from(plot.at.width())).round() as i32;
    for s in &lines.series {
        if s.band.len() > 1 {
            let upper = s.band.iter().map(|(x, _, high)| (x_of(*x), plot.y(*high)));
            let lower = s.band.iter().rev().map(|(x, low, _)| (x_of(*x), plot.y(*low)));
            pen.polygon(upper.chain(lower).collect(), pen.style.ink(s.ink), 0.16)?;
        }
    }
    level_references(&lines.references, &plot, pen)?;
    Lanes::of(&lines.references, (plot.at.left, plot.at.right), x_of, pen).draw(
        &lines.references,
        plot.at,
        x_of,
        pen,
    )?;
    for s in &lines.series {
        let ink = pen.style.ink(s.ink);
        let points: Vec<(i32, i32)> =
            s.points.iter().filter(|p| p.1.is_finite()).map(|(x, y)| (x_of(*x), plot.y(*y))).collect();
        if points.len() <= DOTS {
            for at in &points {
                pen.dot(*at, 2.75, ink)?;
            }
        }
        pen.path(points, 2.0, ink)?;
    }
    let top = plot.at.bottom + pen.px(4.0);
    if named {
        names_below(lines, &plot.at, top + row / 2, x_of, pen)?;
    } else {
        let steps =
            Steps::over(low, high, (plot.at.width() / pen.px(60.0)).clamp(2, 12) as usize, chart.x.decimals == 0);
        for v in steps.values().filter(|v| *v >= low - 1e-9 && *v <= high + 1e-9) {
            pen.upright(x_of(v), plot.at.bottom, top - pen.px(1.0), 1.0, pen.style.muted)?;
            pen.text(&steps.label(v), (x_of(v), top + row / 2), (SMALL, false), pen.style.muted, Hold::Middle)?;
        }
    }
    if !caption.is_empty() {
        level_caption(&caption, plot.at.right, top + row + row / 2, plot.at.width(), pen)?;
    }
    Ok(marks(chart, lines, &xs, &plot.at, x_of))
}

fn names_below<DB: DrawingBackend>(
    lines: &Lines,
    plot: &PxBox,
    middle: i32,
    x_of: impl Fn(f64) -> i32,
    pen: &Pen<'_, DB>,
) -> Drawn<(), DB> {
    let slot = (plot.width() / lines.names.len().max(1) as i32).max(1);
    let widest = lines.names.iter().map(|n| pen.width(n, SMALL, false)).max().unwrap_or(0) + pen.px(6.0);
    let every = (widest + slot - 1) / slot;
    for (i, name) in lines.names.iter().enumerate().step_by(every.max(1) as usize) {
        let half = pen.width(name, SMALL, false) / 2;
        let x = x_of(i as f64).min(pen.bounds().right - half - pen.px(2.0)).max(half);
        pen.text(name, (x, middle), (SMALL, false), pen.style.text, Hold::Middle)?;
    }
    Ok(())
}

/// From zero, or from the least value where all lie in the upper half of their reach.
fn extent(lines: &Lines) -> (f64, f64) {
    let points = lines.series.iter().flat_map(|s| s.points.iter().map(|p| p.1));
    let bands = lines.series.iter().flat_map(|s| s.band.iter().flat_map(|b| [b.1, b.2]));
    let level = lines.references.iter().filter(|r| r.direction == Direction::Level).map(|r| r.at);
    let all = points.chain(bands).chain(level).filter(|v| v.is_finite());
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    if (low > 0.0 && low < high * 0.6) || (low >= 0.0 && (high - low).abs() < f64::EPSILON) {
        (0.0, high)
    } else {
        (low, high)
    }
}

fn marks(chart: &Chart, lines: &Lines, xs: &[f64], plot: &PxBox, x_of: impl Fn(f64) -> i32) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(xs.len());
    for (i, x) in xs.iter().enumerate() {
        let at = x_of(*x);
        let left = if i == 0 { plot.left } else { i32::midpoint(x_of(xs[i - 1]), at) };
        let right = xs.get(i + 1).map_or(plot.right, |next| i32::midpoint(at, x_of(*next)));
        let head = lines
            .names
            .get(x.max(0.0) as usize)
            .cloned()
            .unwrap_or_else(|| format!("{} {}", chart.x.name, chart.x.value(*x)).trim().to_owned());
        let mut text = vec![head];
        for s in &lines.series {
            let Some((_, y)) = s.points.iter().find(|p| p.0.total_cmp(x).is_eq()) else { continue };
            let band = s.band.iter().find(|b| b.0.total_cmp(x).is_eq());
            let range = band.map_or_else(String::new, |(_, low, high)| {
                format!("（{} – {}）", chart.y.value(*low), chart.y.value(*high))
            });
            text.push(format!("{}：{}{range}", s.name, chart.y.value(*y)));
        }
        marks.push(Mark { rect: PxBox { left, right, top: plot.top, bottom: plot.bottom }, lines: text });
    }
    marks
}
