//! The charts of 总览: checks by month or quarter, progress by enforcing body. Drawn and mandatory checks, what was
//! drawn and what was made have one colour each in all of them.

use crate::chart::{Axis, Bars, Categories, Chart, ChartKind, Columns, Ink, Overlay, Series};
use crate::domain::PlanMonth;
use crate::plan::model::MONTHS;
use crate::ui::text::overview as o;
use crate::workspace::reports::areas::{AreaFigures, AreaProgress};
use crate::workspace::reports::plan_record::{FOUR, FourColumns, Listed, PlanFiles, PlanRecord, Planned};
use crate::workspace::session::{AnalysisView, Books, OpenProject};

/// Planned checks to be drawn.
const DRAWN: Ink = Ink::Pale;
/// Planned mandatory checks.
const MANDATORY: Ink = Ink::Second;
/// On an opened list.
const LISTED: Ink = Ink::Accent;
/// Made.
const DONE: Ink = Ink::Green;

/// Whole numbers by month, or by quarter.
fn summed(by_month: impl Iterator<Item = f64>, quarters: bool) -> Vec<f64> {
    let months: Vec<f64> = by_month.collect();
    let size = if quarters { 3 } else { 1 };
    months.chunks(size).map(|part| part.iter().sum::<f64>().round()).collect()
}

/// Planned checks by month or quarter in two colours: of months drawn as they stood before the draw, so that what was
/// drawn and done beside them can be held against them. The approved plan is a line over all.
pub(super) fn by_month(open: &OpenProject, view: &AnalysisView, books: Option<&Books>, quarters: bool) -> Chart {
    let months = open.saved.months();
    let city = books.map(|b| b.areas.city).unwrap_or_default();
    let none = PlanFiles::default();
    let record = PlanRecord::compute(&view.analysis, books.map_or(&none, |b| &b.plans), None).ok();
    let four = record.as_ref().map(PlanRecord::city).unwrap_or_default();
    let planned = |of: fn(Planned) -> f64| summed(four.iter().map(|cell| of(cell.rolling)), quarters);
    let mut series = vec![
        Series::new(o::S_PLAN, DRAWN, planned(|plan| plan.drawn)),
        Series::new(o::S_MANDATORY, MANDATORY, planned(|plan| plan.mandatory)),
    ];
    let mut stacks = vec![2];
    let listed = FourColumns::sum(four.iter().copied()).listed.unwrap_or_default();
    let triggered = record.as_ref().map_or(0, |record| record.triggered().0);
    if city.listed > 0 {
        let count = |of: fn(&Listed) -> u32| {
            summed(four.iter().map(|cell| cell.listed.map_or(0.0, |listed| f64::from(of(&listed)))), quarters)
        };
        series.push(Series::new(o::S_DRAWN, LISTED, count(|&listed| listed.planned())));
        series.push(Series::new(o::S_DONE, DONE, count(|listed| listed.done)));
        stacks.extend([1, 1]);
    }
    let mut overlays = Vec::new();
    if four.iter().any(|cell| cell.approved.is_some()) {
        let approved = four.iter().map(|cell| cell.approved.map_or(0.0, Planned::total));
        let values = summed(approved, quarters);
        overlays.push(Overlay { name: FOUR[0].to_owned(), ink: Ink::Amber, values, step: false });
    }
    let names = if quarters {
        (0..MONTHS / 3).map(o::quarter).collect()
    } else {
        months.iter().map(|m: &PlanMonth| o::month(m.month())).collect()
    };
    Chart {
        title: o::month_title(listed.done, listed.planned(), triggered, view.areas.city.expected_year()),
        x: Axis::new(if quarters { o::QUARTER } else { o::MONTH }, ""),
        y: Axis::new(o::CHECKS, o::VISITS),
        source: o::SOURCE.to_owned(),
        kind: ChartKind::Columns(Columns {
            categories: Categories::Labels { names, ordered: true },
            series,
            stacks,
            overlays,
            values: city.listed == 0 || quarters,
            ..Columns::default()
        }),
    }
}

/// A body's progress, for its rank.
struct Row {
    body: usize,
    progress: AreaProgress,
    /// Checks missing of those that should be made by today.
    behind: f64,
}

/// All bodies: what was done of what was drawn, those behind first; before the first draw what the year asks of them.
pub(super) fn by_body(open: &OpenProject, view: &AnalysisView, books: Option<&Books>) -> Chart {
    let names: Vec<&str> = open.project.policy.bodies.iter().map(|b| b.name.as_str()).collect();
    let drawn = books.filter(|b| b.areas.city.listed > 0);
    let (title, bars) = match drawn {
        Some(books) => progress(&names, books),
        None => loads(&names, view),
    };
    Chart {
        title,
        x: Axis::new(o::BODY, ""),
        y: Axis::new(o::CHECKS, o::VISITS),
        source: o::SOURCE.to_owned(),
        kind: ChartKind::Bars(bars),
    }
}

fn progress(names: &[&str], books: &Books) -> (String, Bars) {
    let mut rows: Vec<Row> = (0..names.len())
        .map(|body| {
            let progress = books.areas.bodies.get(body).copied().unwrap_or_default();
            let due = books.due_by_today.bodies.get(body).copied().unwrap_or_default();
            Row { body, progress, behind: (due - f64::from(progress.done)).max(0.0) }
        })
        .collect();
    rows.sort_by(|a, b| {
        let open = |row: &Row| row.progress.open();
        b.behind.floor().total_cmp(&a.behind.floor()).then(open(b).cmp(&open(a))).then(a.body.cmp(&b.body))
    });
    let behind = rows.iter().filter(|row| row.behind >= 1.0).count();
    let values = |of: fn(&AreaProgress) -> u32| rows.iter().map(|row| f64::from(of(&row.progress))).collect();
    let bars = Bars {
        labels: rows.iter().map(|row| names[row.body].to_owned()).collect(),
        series: vec![
            Series::new(o::S_DONE, DONE, values(|p| p.done)),
            Series::new(o::S_OPEN, LISTED, values(AreaProgress::open)),
        ],
        notes: rows.iter().map(|row| o::progress_note(row.progress.done, row.progress.listed, row.behind)).collect(),
        ..Bars::default()
    };
    (o::progress_title(behind, books.areas.city.listed, books.areas.city.done), bars)
}

fn loads(names: &[&str], view: &AnalysisView) -> (String, Bars) {
    let matrix = &view.analysis.plan.matrix;
    let load = |i: usize| view.areas.bodies.get(i).map_or(0.0, AreaFigures::expected_year);
    let mandatory = |i: usize| -> f64 {
        matrix.get(i).map_or(0, |cells| cells.iter().flat_map(|cell| &cell.mandatory).sum::<u32>()).into()
    };
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|a, b| load(*b).total_cmp(&load(*a)).then(a.cmp(b)));
    let title = order.first().map_or_else(String::new, |i| o::load_title(names[*i], load(*i)));
    let bars = Bars {
        labels: order.iter().map(|i| names[*i].to_owned()).collect(),
        series: vec![
            Series::new(o::S_PLAN, DRAWN, order.iter().map(|i| (load(*i) - mandatory(*i)).max(0.0)).collect()),
            Series::new(o::S_MANDATORY, MANDATORY, order.iter().map(|i| mandatory(*i)).collect()),
        ],
        ..Bars::default()
    };
    (title, bars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_sums_of_months() {
        let months = (1..=12).map(f64::from);
        assert_eq!(summed(months.clone(), true), vec![6.0, 15.0, 24.0, 33.0]);
        assert_eq!(summed(months, false).len(), 12);
    }
}
