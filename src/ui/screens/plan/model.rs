//! The matrix as it is painted: texts and loads of each cell, made once per analysis and look.

use std::sync::Arc;

use crate::domain::PlanMonth;
use crate::plan::model::{ByMonth, MONTHS, Resource};
use crate::plan::{Exclusion, PlanCell};
use crate::ui::slot::Same;
use crate::ui::text::plan as t;
use crate::ui::widgets::decimal;
use crate::workspace::reports::plan_record::{FourColumns, PlanRecord, Planned, signed};
use crate::workspace::session::{AnalysisView, OpenProject};

/// A cell's change that flashes, visits.
const VISIBLE_CHANGE: f64 = 0.05;

/// What the cells show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shown {
    /// What the year comes to: months drawn as they were drawn, the others as planned.
    #[default]
    Progress,
    /// The approved plan.
    Approved,
    /// The rolling plan; of months drawn, the plan before the draw.
    Rolling,
    /// What was drawn.
    Drawn,
    /// What is done.
    Done,
    /// Rolling less approved.
    Difference,
}

impl Shown {
    /// All, in the order of the switch.
    pub(super) const ALL: [Self; 6] =
        [Self::Progress, Self::Approved, Self::Rolling, Self::Drawn, Self::Done, Self::Difference];

    /// Its name.
    pub(super) fn label(self) -> &'static str {
        t::SHOWN[self as usize]
    }
}

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum RowKey {
    /// The whole city.
    #[default]
    City,
    /// A body by its index.
    Body(usize),
    /// A district by its index on the map and its code.
    District(usize, u32),
}

/// The colour of a small figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Drawn checks.
    Drawn,
    /// Mandatory checks.
    Mandatory,
    /// Done.
    Done,
    /// The plan that was.
    Plan,
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cell {
    /// What is shown, as a number; `None` where there is none.
    pub(super) value: Option<f64>,
    /// What is painted large.
    pub(super) text: String,
    /// What is painted small below it, from the left.
    pub(super) small: Vec<(Tone, String)>,
    /// Accessible name.
    pub(super) name: String,
    /// Load of the tightest resource, 1 is full; `None` where nothing limits.
    pub(super) load: Option<f32>,
    /// Fuller than its capacity.
    pub(super) over: bool,
    /// A number of the planner's own.
    pub(super) locked: bool,
    /// Drawn already.
    pub(super) past: bool,
}

/// A row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    pub(super) key: RowKey,
    pub(super) name: String,
    pub(super) cells: Vec<Cell>,
    /// The year's sum.
    pub(super) year: String,
    pub(super) year_small: Vec<(Tone, String)>,
    pub(super) year_value: Option<f64>,
}

/// What a matrix is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Look {
    pub(super) shown: Shown,
    /// One category alone; only of [`Shown::Progress`].
    pub(super) category: Option<usize>,
    /// The approved version compared; `None` for the last.
    pub(super) version: Option<u32>,
}

/// The matrix.
#[derive(Default)]
pub(super) struct Model {
    of: Same<AnalysisView>,
    books: u64,
    pub(super) look: Look,
    /// Rises with each making.
    pub(super) revision: u64,
    /// First the city, then the bodies.
    pub(super) bodies: Vec<Row>,
    /// First the city, then the districts.
    pub(super) districts: Vec<Row>,
    /// Working days of each month.
    pub(super) days: Vec<String>,
    /// Cells of `bodies` that changed with the last analysis.
    pub(super) changed: Vec<(usize, usize)>,
    /// When.
    pub(super) changed_at: f64,
    /// Approved, rolling, drawn, done; `None` until the books are read.
    pub(super) record: Option<PlanRecord>,
    /// Sites that can be drawn, by body and category.
    pub(super) possible: Vec<Vec<u32>>,
}

/// Visits as a cell has room for them.
pub(super) fn visits(value: f64) -> String {
    decimal(value, usize::from(value < 999.95))
}

/// Drawn and mandatory checks below their sum; nothing where all are drawn ones.
fn two(planned: Planned) -> Vec<(Tone, String)> {
    if planned.mandatory < VISIBLE_CHANGE {
        return Vec::new();
    }
    vec![(Tone::Drawn, visits(planned.drawn)), (Tone::Mandatory, format!("+{}", decimal(planned.mandatory, 0)))]
}

fn planned_of(cell: &PlanCell, category: Option<usize>) -> Planned {
    match category {
        None => Planned { drawn: cell.drawn_visits(), mandatory: cell.mandatory_visits() },
        Some(c) => Planned {
            drawn: cell.drawn.get(c).copied().unwrap_or(0.0),
            mandatory: cell.mandatory.get(c).map_or(0.0, |n| f64::from(*n)),
        },
    }
}

/// What a cell of the year's progress shows; `four` is known once the books are read.
fn progress(name: &str, month: usize, cell: &PlanCell, four: Option<&FourColumns>, category: Option<usize>) -> Cell {
    let planned = planned_of(cell, category);
    let value = planned.total();
    let listed = four.and_then(|four| four.listed.map(|listed| (listed, four.rolling))).filter(|_| category.is_none());
    if let Some((listed, before)) = listed {
        let (text, done) = (decimal(value, 0), decimal(f64::from(listed.done), 0));
        let plan = visits(before.total());
        let name = t::cell_past(name, month + 1, &plan, &text, &done);
        return Cell {
            value: Some(value),
            small: vec![(Tone::Plan, plan), (Tone::Done, done)],
            text,
            name,
            ..Cell::default()
        };
    }
    let text = visits(value);
    let name = t::cell_name(name, month + 1, &text, &t::two(&visits(planned.drawn), planned.mandatory));
    Cell { value: Some(value), small: two(planned), text, name, ..Cell::default() }
}

/// A cell of one of the four columns.
fn column(name: &str, month: usize, four: &FourColumns, shown: Shown) -> Cell {
    let of = |planned: Planned| (planned.total(), two(planned));
    let figure = match shown {
        Shown::Approved => four.approved.map(of),
        Shown::Rolling | Shown::Progress => Some(of(four.rolling)),
        Shown::Drawn => four
            .listed
            .map(|listed| of(Planned { drawn: f64::from(listed.drawn), mandatory: f64::from(listed.mandatory) })),
        Shown::Done => four.listed.map(|listed| (f64::from(listed.done), Vec::new())),
        Shown::Difference => four.difference().map(|off| (off, Vec::new())),
    };
    let whole = matches!(shown, Shown::Drawn | Shown::Done);
    let text = match (&figure, shown) {
        (None, _) => t::NOTHING.to_owned(),
        (Some((off, _)), Shown::Difference) => signed(*off),
        (Some((value, _)), _) if whole => decimal(*value, 0),
        (Some((value, _)), _) => visits(*value),
    };
    let name = t::cell_of_column(name, month + 1, shown.label(), &text);
    let (value, small) = figure.map_or((None, Vec::new()), |(value, small)| (Some(value), small));
    Cell { value, text, small, name, ..Cell::default() }
}

/// Load and locks, which belong to the plan, whatever is shown.
fn with_load(mut shown: Cell, cell: &PlanCell, past: bool) -> Cell {
    let load = cell.tightest().map(|(_, need, have)| if have > 0.0 { (need / have) as f32 } else { 2.0 });
    shown.past = past;
    shown.load = load.filter(|_| !past);
    shown.over = !past && Resource::ALL.into_iter().any(|resource| cell.is_over(resource));
    shown.locked = cell.locked;
    shown.name.push_str(&t::cell_marks(shown.locked, shown.over));
    shown
}

/// The year's sum of what a row shows.
fn year_of(row: &mut Row, planned: Planned, shown: Shown) {
    let known = row.cells.iter().any(|cell| cell.value.is_some());
    let sum: f64 = row.cells.iter().filter_map(|cell| cell.value).sum();
    row.year_value = known.then_some(sum);
    row.year = match shown {
        _ if !known => t::NOTHING.to_owned(),
        Shown::Difference => signed(sum),
        _ => decimal(sum, 0),
    };
    row.year_small = match shown {
        Shown::Done | Shown::Difference => Vec::new(),
        _ if planned.mandatory < VISIBLE_CHANGE => Vec::new(),
        _ => vec![
            (Tone::Drawn, decimal(planned.drawn, 0)),
            (Tone::Mandatory, format!("+{}", decimal(planned.mandatory, 0))),
        ],
    };
}

fn row_of(
    (key, name): (RowKey, &str),
    cells: &[PlanCell],
    four: Option<&ByMonth<FourColumns>>,
    past: &ByMonth<bool>,
    look: Look,
) -> Row {
    let made = cells.iter().enumerate().map(|(m, cell)| {
        let four = four.map(|four| &four[m]);
        let made = match (look.shown, four) {
            (Shown::Progress, four) => progress(name, m, cell, four, look.category),
            (shown, Some(four)) => column(name, m, four, shown),
            (shown, None) => column(name, m, &FourColumns::default(), shown),
        };
        with_load(made, cell, past[m])
    });
    let mut row = Row { key, name: name.to_owned(), cells: made.collect(), ..Row::default() };
    let planned: Planned = match (look.shown, four) {
        (Shown::Progress, _) | (_, None) => cells.iter().map(|cell| planned_of(cell, look.category)).sum(),
        (Shown::Approved, Some(four)) => four.iter().filter_map(|four| four.approved).sum(),
        (Shown::Drawn, Some(four)) => {
            let listed = |four: &FourColumns| {
                four.listed.map(|l| Planned { drawn: f64::from(l.drawn), mandatory: f64::from(l.mandatory) })
            };
            four.iter().filter_map(listed).sum()
        }
        (_, Some(four)) => four.iter().map(|four| four.rolling).sum(),
    };
    year_of(&mut row, planned, look.shown);
    row
}

impl Model {
    /// Makes the matrix of an analysis, unless it is there already. True where it is new.
    pub(super) fn refresh(&mut self, open: &OpenProject, view: &Arc<AnalysisView>, look: Look, seconds: f64) -> bool {
        let books = open.books.value().map_or(0, |_| open.books_revision);
        let same = self.of.is(view);
        if same && self.books == books && self.look == look {
            return false;
        }
        let analysis = &view.analysis;
        let (plan, year) = (&analysis.plan, open.project.file.year);
        let files = open.books.value().map(|books| &books.plans);
        // a version that was not kept can't be asked for by the screen: without one the last is compared
        self.record = files.and_then(|files| {
            let version = look.version.filter(|version| files.approved.contains_key(version));
            PlanRecord::compute(analysis, files, version).ok()
        });
        let first = analysis.month.index_in(year).unwrap_or(0);
        let first = if view.month().year() > year { MONTHS } else { first };
        // the year's last month stays the next one after it was drawn
        let drawn = self.record.as_ref().map(|record| record.drawn);
        let past: ByMonth<bool> = std::array::from_fn(|m| m < first || drawn.is_some_and(|drawn| drawn[m]));
        let city = self.record.as_ref().map(PlanRecord::city);
        let mut bodies = vec![row_of((RowKey::City, t::CITY), &plan.city_cells(), city.as_ref(), &past, look)];
        for (i, (body, cells)) in analysis.population.inputs.bodies.iter().zip(&plan.matrix).enumerate() {
            let four = self.record.as_ref().and_then(|record| record.bodies.get(i)).map(|body| &body.months);
            bodies.push(row_of((RowKey::Body(i), &body.name), cells, four, &past, look));
        }
        let districts = districts_of(open, view, &past);
        self.changed.clear();
        if !same && self.look == look {
            for (r, row) in bodies.iter().enumerate() {
                let Some(old) = self.bodies.get(r).filter(|old| old.key == row.key) else { continue };
                for (m, (a, b)) in old.cells.iter().zip(&row.cells).enumerate() {
                    let moved = (a.value.unwrap_or(0.0) - b.value.unwrap_or(0.0)).abs();
                    if moved > VISIBLE_CHANGE || a.locked != b.locked {
                        self.changed.push((r, m));
                    }
                }
            }
        }
        self.changed_at = seconds;
        self.days = (0..MONTHS)
            .map(|m| {
                t::days(
                    open.project.calendar.in_month(PlanMonth::nth_of(year, m)),
                    open.project.calendar.is_noticed(year),
                )
            })
            .collect();
        self.revision += 1;
        if !same {
            self.possible = possible_of(view, open.project.policy.categories.len());
        }
        (self.bodies, self.districts, self.of) = (bodies, districts, Same::of(view));
        (self.books, self.look) = (books, look);
        true
    }
}

/// Sites that are not out for the year, by body and category.
fn possible_of(view: &AnalysisView, categories: usize) -> Vec<Vec<u32>> {
    let inputs = &view.analysis.population.inputs;
    let mut possible = vec![vec![0; categories]; inputs.bodies.len()];
    let sites = &inputs.sites;
    for ((body, category), exclusion) in sites.body.iter().zip(&sites.category).zip(&sites.exclusion) {
        let count = possible.get_mut(usize::from(*body)).and_then(|row| row.get_mut(usize::from(*category)));
        if let (Exclusion::None, Some(count)) = (exclusion, count) {
            *count += 1;
        }
    }
    possible
}

fn districts_of(open: &OpenProject, view: &AnalysisView, past: &ByMonth<bool>) -> Vec<Row> {
    let plain = |key: RowKey, name: &str, months: &[f64]| {
        let cell = |(m, value): (usize, &f64)| {
            let text = visits(*value);
            let words = t::cell_name(name, m + 1, &text, "");
            Cell { value: Some(*value), name: words, text, past: past[m], ..Cell::default() }
        };
        let sum: f64 = months.iter().sum();
        let cells = months.iter().enumerate().map(cell).collect();
        Row { key, name: name.to_owned(), cells, year: decimal(sum, 0), year_value: Some(sum), ..Row::default() }
    };
    let mut districts = vec![plain(RowKey::City, t::CITY, &view.areas.city.expected)];
    let mut rest = view.areas.city.expected;
    for (i, (district, area)) in open.data.districts.districts().iter().zip(&view.areas.districts).enumerate() {
        for (left, n) in rest.iter_mut().zip(&area.expected) {
            *left -= n;
        }
        districts.push(plain(RowKey::District(i, district.code.0), &district.name, &area.expected));
    }
    if rest.iter().any(|n| *n > VISIBLE_CHANGE) {
        districts.push(plain(RowKey::District(usize::MAX, u32::MAX), t::OFF_MAP, &rest));
    }
    districts
}

/// Name of a resource.
pub(super) fn resource_name(resource: Resource) -> &'static str {
    match resource {
        Resource::TeamDays => t::TEAMS,
        Resource::Vehicles => t::VEHICLES,
        Resource::MonitoringDays => t::MONITORING,
        Resource::Instruments => t::INSTRUMENTS,
        Resource::Budget => t::BUDGET,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::reports::plan_record::Listed;

    fn cell(need: f64, have: Option<f64>) -> PlanCell {
        PlanCell {
            drawn: vec![need, 1.0],
            mandatory: vec![0, 2],
            need: [need, 0.0, 0.0, 0.0, 0.0],
            have: [have, Some(0.0), None, None, None],
            ..PlanCell::default()
        }
    }

    #[test]
    fn a_cell_says_what_it_is() {
        let past = [false; MONTHS];
        let cells = vec![cell(9.4, Some(20.0)); MONTHS];
        let row = row_of((RowKey::Body(0), "黄浦区生态环境局"), &cells, None, &past, Look::default());
        assert_eq!(row.cells[2].name, "黄浦区生态环境局 3月 12.4 次（抽查 10.4，必查 2）");
        assert_eq!(row.cells[2].small, [(Tone::Drawn, "10.4".to_owned()), (Tone::Mandatory, "+2".to_owned())]);
        assert_eq!((row.year.as_str(), row.year_small[1].1.as_str()), ("149", "+24"));
        let one = Look { category: Some(1), ..Look::default() };
        let row = row_of((RowKey::Body(0), "黄浦区生态环境局"), &cells, None, &past, one);
        assert_eq!(row.cells[2].text, "3.0", "one category alone: its drawn and mandatory checks");
    }

    #[test]
    fn a_month_that_was_drawn_keeps_its_plan_beside_what_was_drawn_and_done() {
        let mut past = [false; MONTHS];
        past[2] = true;
        // the plan holds what was drawn
        let cells = vec![PlanCell { drawn: vec![9.0], mandatory: vec![1], ..PlanCell::default() }; MONTHS];
        let mut four = [FourColumns::default(); MONTHS];
        four[2] = FourColumns {
            approved: Some(Planned { drawn: 8.0, mandatory: 1.0 }),
            rolling: Planned { drawn: 10.3, mandatory: 1.0 },
            listed: Some(Listed { drawn: 9, mandatory: 1, triggered: 2, done: 7, triggered_done: 1 }),
        };
        let shows = |shown| {
            let look = Look { shown, ..Look::default() };
            row_of((RowKey::Body(0), "甲局"), &cells, Some(&four), &past, look).cells[2].clone()
        };
        let progress = shows(Shown::Progress);
        assert_eq!(progress.name, "甲局 3月 计划 11.3 次，已抽取 10 项，已完成 7 项");
        assert_eq!(progress.text, "10");
        assert!(progress.load.is_none() && progress.past);
        assert_eq!(Shown::ALL.map(|shown| shows(shown).text), ["10", "9.0", "11.3", "10", "7", "+2.3"]);
        assert_eq!(shows(Shown::Approved).name, "甲局 3月 批准计划 9.0");
    }
}
