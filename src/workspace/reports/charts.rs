//! The charts of 总览 and of the briefing: checks by month or quarter, progress by enforcing body. Drawn and mandatory
//! checks, what was drawn and what was made have one colour each in all of them.

use crate::chart::{Axis, Bars, Categories, Chart, ChartKind, Columns, Ink, Overlay, Series};
use crate::domain::PlanMonth;
use crate::plan::model::MONTHS;
use crate::text::number::{grouped, thousands};
use crate::workspace::reports::areas::{AreaFigures, AreaProgress};
use crate::workspace::reports::books::Books;
use crate::workspace::reports::plan_record::{FOUR, FourColumns, Listed, PlanFiles, PlanRecord, Planned};
use crate::workspace::reports::project_data::AnalysisView;
use crate::workspace::store::project::Project;

/// Source line of the charts.
const SOURCE: &str = "数据来源：本项目的年度计划与抽取记录";
/// Unit: visits.
const VISITS: &str = "次";
/// Axis: checks.
const CHECKS: &str = "检查";
/// Axis: bodies.
const BODY: &str = "执法主体";
/// Series: planned, to be drawn.
pub const S_PLAN: &str = "计划抽查";
/// Series: planned, mandatory.
pub const S_MANDATORY: &str = "计划必查";
/// Series: done.
pub const S_DONE: &str = "已完成";
/// Series: drawn.
pub const S_DRAWN: &str = "已抽取";
/// Series: drawn and not done.
const S_OPEN: &str = "已抽取未完成";

/// Planned checks to be drawn.
const DRAWN: Ink = Ink::Pale;
/// Planned mandatory checks.
const MANDATORY: Ink = Ink::Second;
/// On an opened list.
const LISTED: Ink = Ink::Accent;
/// Made.
const DONE: Ink = Ink::Green;

/// Figures by month, or by quarter: as exact as they came, so that their sum is the year's.
fn summed(by_month: impl Iterator<Item = f64>, quarters: bool) -> Vec<f64> {
    let months: Vec<f64> = by_month.collect();
    let size = if quarters { 3 } else { 1 };
    months.chunks(size).map(|part| part.iter().sum::<f64>()).collect()
}

/// Planned checks by month or quarter in two colours: of months drawn as they stood before the draw, so that what was
/// drawn and done beside them can be held against them. The approved plan is a line over all.
#[must_use]
pub fn by_month(project: &Project, view: &AnalysisView, books: Option<&Books>, quarters: bool) -> Chart {
    let months = project.months();
    let city = books.map(|b| b.areas.city).unwrap_or_default();
    let none = PlanFiles::default();
    let record = PlanRecord::compute(&view.analysis, books.map_or(&none, |b| &b.plans), None).ok();
    let four = record.as_ref().map(PlanRecord::city).unwrap_or_default();
    let planned = |of: fn(Planned) -> f64| summed(four.iter().map(|cell| of(cell.rolling)), quarters);
    let mut series = vec![
        Series::new(S_PLAN, DRAWN, planned(|plan| plan.drawn)),
        Series::new(S_MANDATORY, MANDATORY, planned(|plan| plan.mandatory)),
    ];
    let mut stacks = vec![2];
    let listed = FourColumns::sum(four.iter().copied()).listed.unwrap_or_default();
    let triggered = record.as_ref().map_or(0, |record| record.triggered().0);
    if city.listed > 0 {
        let count = |of: fn(&Listed) -> u32| {
            summed(four.iter().map(|cell| cell.listed.map_or(0.0, |listed| f64::from(of(&listed)))), quarters)
        };
        series.push(Series::new(S_DRAWN, LISTED, count(|&listed| listed.planned())));
        series.push(Series::new(S_DONE, DONE, count(|listed| listed.done)));
        stacks.extend([1, 1]);
    }
    let mut overlays = Vec::new();
    if four.iter().any(|cell| cell.approved.is_some()) {
        let approved = four.iter().map(|cell| cell.approved.map_or(0.0, Planned::total));
        let values = summed(approved, quarters);
        overlays.push(Overlay { name: FOUR[0].to_owned(), ink: Ink::Amber, values, step: false });
    }
    let names = if quarters {
        (0..MONTHS / 3).map(quarter).collect()
    } else {
        months.iter().map(|m: &PlanMonth| format!("{}月", m.month())).collect()
    };
    Chart {
        title: month_title(listed.done, listed.planned(), triggered, view.areas.city.expected_year()),
        x: Axis::new(if quarters { "季度" } else { "月份" }, ""),
        y: Axis::new(CHECKS, VISITS),
        source: SOURCE.to_owned(),
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
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BodyProgress {
    /// The body, an index of the policy's.
    pub body: usize,
    /// Its progress.
    pub progress: AreaProgress,
    /// Checks missing of those that should be made by today.
    pub behind: f64,
}

impl BodyProgress {
    /// True where at least one whole check is missing.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.behind >= 1.0
    }
}

/// Progress of `bodies` bodies, those behind first, then those with the most left to do.
#[must_use]
pub fn bodies_by_need(books: &Books, bodies: usize) -> Vec<BodyProgress> {
    let mut rows: Vec<BodyProgress> = (0..bodies)
        .map(|body| {
            let progress = books.areas.bodies.get(body).copied().unwrap_or_default();
            let due = books.due_by_today.bodies.get(body).copied().unwrap_or_default();
            BodyProgress { body, progress, behind: (due - f64::from(progress.done)).max(0.0) }
        })
        .collect();
    rows.sort_by(|a, b| {
        let open = |row: &BodyProgress| row.progress.open();
        b.behind.floor().total_cmp(&a.behind.floor()).then(open(b).cmp(&open(a))).then(a.body.cmp(&b.body))
    });
    rows
}

/// All bodies: what was done of what was drawn, those behind first; before the first draw what the year asks of them.
#[must_use]
pub fn by_body(project: &Project, view: &AnalysisView, books: Option<&Books>) -> Chart {
    let names: Vec<&str> = project.policy.bodies.iter().map(|b| b.name.as_str()).collect();
    let drawn = books.filter(|b| b.areas.city.listed > 0);
    let (title, bars) = match drawn {
        Some(books) => progress(&names, books),
        None => loads(&names, view),
    };
    Chart {
        title,
        x: Axis::new(BODY, ""),
        y: Axis::new(CHECKS, VISITS),
        source: SOURCE.to_owned(),
        kind: ChartKind::Bars(bars),
    }
}

fn progress(names: &[&str], books: &Books) -> (String, Bars) {
    let rows = bodies_by_need(books, names.len());
    let behind = rows.iter().filter(|row| row.is_behind()).count();
    let values = |of: fn(&AreaProgress) -> u32| rows.iter().map(|row| f64::from(of(&row.progress))).collect();
    let bars = Bars {
        labels: rows.iter().map(|row| names[row.body].to_owned()).collect(),
        series: vec![
            Series::new(S_DONE, DONE, values(|p| p.done)),
            Series::new(S_OPEN, LISTED, values(AreaProgress::open)),
        ],
        notes: rows.iter().map(|row| progress_note(row.progress.done, row.progress.listed, row.behind)).collect(),
        ..Bars::default()
    };
    (progress_title(behind, books.areas.city.listed, books.areas.city.done), bars)
}

fn loads(names: &[&str], view: &AnalysisView) -> (String, Bars) {
    let matrix = &view.analysis.plan.matrix;
    let load = |i: usize| view.areas.bodies.get(i).map_or(0.0, AreaFigures::expected_year);
    let mandatory = |i: usize| -> f64 {
        matrix.get(i).map_or(0, |cells| cells.iter().flat_map(|cell| &cell.mandatory).sum::<u32>()).into()
    };
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|a, b| load(*b).total_cmp(&load(*a)).then(a.cmp(b)));
    let title = order.first().map_or_else(String::new, |i| load_title(names[*i], load(*i)));
    let bars = Bars {
        labels: order.iter().map(|i| names[*i].to_owned()).collect(),
        series: vec![
            Series::new(S_PLAN, DRAWN, order.iter().map(|i| (load(*i) - mandatory(*i)).max(0.0)).collect()),
            Series::new(S_MANDATORY, MANDATORY, order.iter().map(|i| mandatory(*i)).collect()),
        ],
        ..Bars::default()
    };
    (title, bars)
}

/// Title of the chart by month: what it finds. Drawn and done without the triggered checks, which are no part of the
/// plan.
#[must_use]
pub fn month_title(done: u32, listed: u32, triggered: u32, planned: f64) -> String {
    let planned = grouped(planned, 0);
    let [listed, done] = [listed, done].map(|n| thousands(i128::from(n)));
    let beside = beside(triggered);
    match listed.as_str() {
        "0" => format!("全年计划 {planned} 次，尚未抽取{beside}"),
        _ => format!("全年预计 {planned} 次，已抽取 {listed} 项、完成 {done} 项{beside}"),
    }
}

/// Triggered checks beside the drawn and mandatory ones.
#[must_use]
pub fn beside(triggered: u32) -> String {
    match triggered {
        0 => String::new(),
        n => format!("，另有触发式检查 {} 项", thousands(i128::from(n))),
    }
}

/// Title of the chart by body: how many are behind what should be made by today, of how many checks.
#[must_use]
pub fn progress_title(behind: usize, listed: u32, done: u32) -> String {
    match behind {
        0 if done == listed => "已抽取的检查对象均已完成".to_owned(),
        0 => "各执法主体均未落后于进度（按工作日计）".to_owned(),
        n => format!("{n} 个执法主体落后于进度（按工作日计）"),
    }
}

/// Title of the chart by body before the first draw.
fn load_title(name: &str, load: f64) -> String {
    format!("{name}的检查任务最重，全年 {} 次", grouped(load, 0))
}

/// A body's row: done of listed, and how far it is behind.
fn progress_note(done: u32, listed: u32, behind: f64) -> String {
    let behind = if behind >= 1.0 { format!("，落后 {}", behind.floor()) } else { String::new() };
    format!("{done} / {listed}{behind}")
}

/// A quarter's name on an axis.
fn quarter(index: usize) -> String {
    format!("{}季度", ["一", "二", "三", "四"].get(index).unwrap_or(&""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_sums_of_months() {
        let months = (1..=12).map(f64::from);
        assert_eq!(summed(months.clone(), true), vec![6.0, 15.0, 24.0, 33.0]);
        assert_eq!(summed(months, false).len(), 12);
        // and what is told of the chart is the year's figure, not a sum of rounded months
        assert!((summed([19.4; 12].into_iter(), false).iter().sum::<f64>() - 232.8).abs() < 1e-9);
    }
}
