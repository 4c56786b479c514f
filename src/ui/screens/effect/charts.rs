//! The charts of 成效.

use crate::chart::{Axis, Bars, Chart, ChartKind, Direction, Ink, LineSeries, Lines, Reference, Series};
use crate::ui::text::effect as t;
use crate::workspace::reports::effect::{Effect, GroupKind, Randomness, Rate, Standing};

/// Items shown in their chart.
const ITEMS: usize = 20;
/// Tenths of the axis at least, below the lowest interval.
const STEP: f64 = 10.0;

/// Dots with whiskers, in percent, over an axis that begins at a whole ten below them.
fn intervals(title: String, axis: &str, rows: Vec<(String, f64, (f64, f64), String)>) -> Chart {
    let low = rows.iter().map(|(_, _, (low, _), _)| low * 100.0).fold(100.0, f64::min);
    let high = rows.iter().map(|(_, _, (_, high), _)| high * 100.0).fold(0.0, f64::max);
    let (from, to) = ((low / STEP).floor() * STEP, ((high / STEP).ceil() * STEP).min(100.0));
    let percent = |share: f64| share * 100.0;
    Chart {
        title,
        x: Axis::new(t::GROUP, ""),
        y: Axis::new(axis, "%").decimals(1).range(from, to.max(from + STEP)),
        source: t::SOURCE.to_owned(),
        kind: ChartKind::Bars(Bars {
            labels: rows.iter().map(|row| row.0.clone()).collect(),
            series: vec![Series::new("", Ink::Accent, rows.iter().map(|row| percent(row.1)).collect())],
            notes: rows.iter().map(|row| row.3.clone()).collect(),
            intervals: rows.iter().map(|row| (percent(row.2.0), percent(row.2.1))).collect(),
            ..Bars::default()
        }),
    }
}

/// The rates of a kind, below them the city's.
pub(super) fn rates(effect: &Effect, kind: GroupKind) -> Chart {
    let note = |rate: &Rate| {
        let few = if rate.standing == Standing::Small { " *" } else { "" };
        format!("{}{few}", t::percent(rate.compliance))
    };
    let row = |rate: &Rate| (rate.group.clone(), rate.compliance, rate.interval, note(rate));
    let city = effect.city();
    let shown: Vec<_> = city.into_iter().chain(effect.of_kind(kind)).map(row).collect();
    let title = city.map_or_else(String::new, |city| {
        let (low, high) = city.interval;
        t::rates_title(kind.label(), &t::percent(city.compliance), &t::percent(low), &t::percent(high))
    });
    intervals(title, t::AXIS_RATE, shown)
}

/// Dead records by body.
pub(super) fn dead(effect: &Effect) -> Chart {
    let rows = effect.dead.iter().map(|of| {
        let few = if of.standing == Standing::Small { " *" } else { "" };
        (of.body.clone(), of.rate, of.interval, format!("{}{few}", t::percent(of.rate)))
    });
    let city = effect.dead.first().map_or_else(String::new, |of| t::percent(of.rate));
    intervals(t::dead_title(&city), t::AXIS_DEAD, rows.collect())
}

/// The items that are most often not met; `None` where none was.
pub(super) fn items(effect: &Effect) -> Option<Chart> {
    let shown: Vec<_> = effect.items.iter().filter(|item| item.not_met > 0).take(ITEMS).collect();
    let first = shown.first()?;
    Some(Chart {
        title: t::items_title(&first.item, first.not_met),
        x: Axis::new(t::ITEMS_LIST, ""),
        y: Axis::new(t::AXIS_NOT_MET, t::TIMES),
        source: t::SOURCE_ITEMS.to_owned(),
        kind: ChartKind::Bars(Bars {
            labels: shown.iter().map(|item| format!("{} {}", item.id, item.item)).collect(),
            series: vec![Series::new("", Ink::Accent, shown.iter().map(|item| item.not_met as f64).collect())],
            ..Bars::default()
        }),
    })
}

/// Year against year.
pub(super) fn years(effect: &Effect) -> Chart {
    let mut places = Vec::new();
    let (mut points, mut band, mut own) = (Vec::new(), Vec::new(), Vec::new());
    for year in &effect.years {
        let (Some(share), Some((low, high))) = (year.share, year.interval) else { continue };
        let at = places.len() as f64;
        places.push(year.year.to_string());
        points.push((at, share * 100.0));
        band.push((at, low * 100.0, high * 100.0));
        own.extend(year.estimate.map(|(estimate, ..)| (at, estimate * 100.0)));
    }
    let mut series = vec![LineSeries { name: t::S_SHARE.to_owned(), ink: Ink::Accent, points, band }];
    if !own.is_empty() {
        let name = t::S_ESTIMATE.to_owned();
        series.push(LineSeries { name, ink: Ink::Amber, points: own, band: Vec::new() });
    }
    Chart {
        title: t::YEARS_TITLE.to_owned(),
        x: Axis::new(t::AXIS_YEAR, ""),
        y: Axis::new(t::AXIS_RATE, "%").decimals(1),
        source: t::SOURCE_YEARS.to_owned(),
        kind: ChartKind::Lines(Lines { series, names: places, references: Vec::new() }),
    }
}

/// The price of randomness.
pub(super) fn price(of: &Randomness) -> Chart {
    let level =
        |at: f64, label: &str, ink: Ink| Reference { direction: Direction::Level, at, label: label.to_owned(), ink };
    let (price, low, high) = of.price;
    Chart {
        title: t::price_title(of.visits, price, low, high),
        x: Axis::new(t::AXIS_FLOOR, "%").decimals(1),
        y: Axis::new(t::AXIS_FOUND, t::ITEMS),
        source: t::SOURCE_PRICE.to_owned(),
        kind: ChartKind::Lines(Lines {
            series: vec![LineSeries {
                name: t::S_CURVE.to_owned(),
                ink: Ink::Accent,
                points: of.curve.iter().map(|point| (point.floor * 100.0, point.found)).collect(),
                band: of.curve.iter().map(|point| (point.floor * 100.0, point.interval.0, point.interval.1)).collect(),
            }],
            names: Vec::new(),
            references: vec![
                level(of.by_risk.found, t::R_ORDER, Ink::Amber),
                level(of.found as f64, t::R_FOUND, Ink::Muted),
            ],
        }),
    }
}
