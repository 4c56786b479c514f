//! The matrix as it is painted: texts and loads of each cell, made once per analysis.

use std::sync::Arc;

use crate::domain::PlanMonth;
use crate::plan::PlanCell;
use crate::plan::model::{MONTHS, Resource};
use crate::ui::slot::Same;
use crate::ui::text::plan as t;
use crate::ui::widgets::decimal;
use crate::workspace::session::{AnalysisView, OpenProject};

/// A cell's change that flashes, visits.
const VISIBLE_CHANGE: f64 = 0.05;

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKey {
    /// The whole city.
    City,
    /// A body by its index.
    Body(usize),
    /// A district by its index on the map and its code.
    District(usize, u32),
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cell {
    /// Expected visits.
    pub(super) value: f64,
    /// What is painted: `12.4`, or `12/10` for a month past.
    pub(super) text: String,
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
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) key: RowKey,
    pub(super) name: String,
    pub(super) cells: Vec<Cell>,
    pub(super) year: String,
}

/// The matrix.
#[derive(Default)]
pub(super) struct Model {
    of: Same<AnalysisView>,
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
}

/// Visits as a cell has room for them.
fn visits(value: f64) -> String {
    decimal(value, usize::from(value < 999.95))
}

fn cell_of(name: &str, month: usize, cell: &PlanCell, past: bool) -> Cell {
    let value = cell.expected();
    let load = cell.tightest().map(|(_, need, have)| if have > 0.0 { (need / have) as f32 } else { 2.0 });
    let over = Resource::ALL.into_iter().any(|resource| cell.is_over(resource));
    let listed = cell.past_listed();
    let (text, words) = if past {
        (format!("{listed}/{}", cell.past_done), t::cell_past(name, month + 1, listed, cell.past_done))
    } else {
        let shown = visits(value);
        let words = t::cell_name(name, month + 1, &shown, cell.locked, over);
        (shown, words)
    };
    Cell { value, text, name: words, load: load.filter(|_| !past), over: over && !past, locked: cell.locked, past }
}

fn row_of(key: RowKey, name: &str, cells: &[PlanCell], first: usize) -> Row {
    let year = decimal(cells.iter().map(PlanCell::expected).sum(), 0);
    let cells = cells.iter().enumerate().map(|(m, cell)| cell_of(name, m, cell, m < first)).collect();
    Row { key, name: name.to_owned(), cells, year }
}

impl Model {
    /// Makes the matrix of an analysis, unless it is there already. True where it is new.
    pub(super) fn refresh(&mut self, open: &OpenProject, view: &Arc<AnalysisView>, seconds: f64) -> bool {
        if self.of.is(view) {
            return false;
        }
        let analysis = &view.analysis;
        let (plan, year) = (&analysis.plan, open.project.file.year);
        let first = analysis.month.index_in(year).unwrap_or(0);
        let first = if view.month().year() > year { MONTHS } else { first };
        let mut bodies = vec![row_of(RowKey::City, t::CITY, &plan.city_cells(), first)];
        for (i, (body, cells)) in analysis.population.inputs.bodies.iter().zip(&plan.matrix).enumerate() {
            bodies.push(row_of(RowKey::Body(i), &body.name, cells, first));
        }
        let plain = |key: RowKey, name: &str, months: &[f64]| {
            let cell = |(m, value): (usize, &f64)| {
                let text = visits(*value);
                let words = t::cell_name(name, m + 1, &text, false, false);
                Cell { value: *value, name: words, text, past: m < first, ..Cell::default() }
            };
            let year = decimal(months.iter().sum(), 0);
            Row { key, name: name.to_owned(), cells: months.iter().enumerate().map(cell).collect(), year }
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
        self.changed.clear();
        for (r, row) in bodies.iter().enumerate() {
            let Some(old) = self.bodies.get(r).filter(|old| old.key == row.key) else { continue };
            for (m, (a, b)) in old.cells.iter().zip(&row.cells).enumerate() {
                if (a.value - b.value).abs() > VISIBLE_CHANGE || a.locked != b.locked {
                    self.changed.push((r, m));
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
        (self.bodies, self.districts, self.of) = (bodies, districts, Same::of(view));
        true
    }
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
        let now = cell_of("黄浦区生态环境局", 2, &cell(9.4, Some(20.0)), false);
        assert_eq!(now.name, "黄浦区生态环境局 3月 12.4 次");
        let past = cell_of("黄浦区生态环境局", 2, &PlanCell { past_drawn: 9, past_done: 7, ..cell(9.4, None) }, true);
        assert_eq!(past.text, "9/7");
        assert!(past.load.is_none());
    }
}
