//! What the screen needs of the books, made once per reading of them, and filtered once per filter.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::disclosure::{CheckResult, DeadlineRule, DeadlineState, DueCheck, Share, compute_figures};
use crate::domain::{DistrictCode, PlanMonth, UnitId};
use crate::text::search::Search;
use crate::ui::slot::Same;
use crate::workspace::inputs::due::KnownInspectors;
use crate::workspace::session::{Books, Filter, NOWHERE, OpenProject};

/// A check with its place and its record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Index of the draw in the books.
    pub(super) draw: usize,
    /// Index of the check among all of the draw's month.
    pub(super) check: usize,
    /// Row of the sources frame.
    pub(super) row: Option<u32>,
    /// Index of the result.
    pub(super) result: Option<usize>,
    district: u16,
    body: u16,
}

impl Entry {
    /// The check itself.
    pub(super) fn check<'a>(&self, books: &'a Books) -> Option<&'a DueCheck> {
        books.draws.get(self.draw)?.check_at(self.check).map(|(check, ..)| check)
    }

    /// What is on record of it.
    pub(super) fn record<'a>(&self, books: &'a Books) -> Option<&'a CheckResult> {
        self.result.and_then(|at| books.results.get(at))
    }
}

/// What the lists are filtered by beside the session's filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Own {
    /// State on the board.
    pub(super) state: Option<DeadlineState>,
    /// Only the session's month on the board.
    pub(super) month_only: bool,
    /// Recorded checks instead of open ones.
    pub(super) recorded: bool,
}

/// Where the area looked at stands: the figures of the screen's head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Area {
    /// Results past their term.
    pub(super) overdue: usize,
    /// Results whose term ends soon.
    pub(super) soon: usize,
    /// Checks without a result, of all months.
    pub(super) open: usize,
    /// Disclosed of those that have to be.
    pub(super) disclosed: Share,
    /// Longest lateness of what is disclosed, working days.
    pub(super) longest_late: u32,
    /// Checks with a problem of those that could be inspected.
    pub(super) problem_found: Share,
}

/// The index.
#[derive(Default)]
pub(super) struct Index {
    of: Same<Books>,
    entries: Vec<Entry>,
    /// Entry of each row of the board.
    of_row: Vec<Option<usize>>,
    key: Option<(u64, Option<PlanMonth>, Own, String)>,
    /// Counts the changes of the lists.
    made: u64,
    /// Rows of the board that are shown.
    pub(super) board: Vec<usize>,
    /// Problems of the ledger within the area.
    pub(super) ledger: Vec<usize>,
    /// Entry of each problem of the ledger.
    of_problem: Vec<Option<usize>>,
    /// Entries listed for the form.
    pub(super) listed: Vec<usize>,
    /// Rows of the board by state, with area and month applied.
    pub(super) counts: BTreeMap<DeadlineState, usize>,
    /// Open and recorded checks of the month, with the area applied.
    pub(super) of_month: (usize, usize),
    /// The people who may have made a check.
    pub(super) people: KnownInspectors,
    /// Figures of the area looked at, and the area's revision that they were made for.
    pub(super) area: Area,
    area_of: Option<u64>,
}

impl Index {
    /// Makes the index of the books; true where they are new.
    pub(super) fn refresh(&mut self, open: &OpenProject, books: &Arc<Books>) -> bool {
        if self.of.is(books) {
            return false;
        }
        let results: BTreeMap<(&UnitId, PlanMonth, u32), usize> =
            books.results.iter().enumerate().map(|(at, r)| (r.key(), at)).collect();
        let data = &open.data;
        let index = |code: u32| data.districts.index_of(DistrictCode(code)).map(|index| index as u16);
        self.entries.clear();
        let mut codes: BTreeMap<(&UnitId, PlanMonth, &str), usize> = BTreeMap::new();
        for (d, drawn) in books.draws.iter().enumerate() {
            for (c, (check, row, place)) in (0..).map_while(|at| drawn.check_at(at)).enumerate() {
                let result = results.get(&(&check.unit_id, check.month, check.sequence)).copied();
                let district = place.and_then(|p| p.district).and_then(index).unwrap_or(NOWHERE);
                let body = place.and_then(|p| p.body).unwrap_or(NOWHERE);
                codes.insert((&check.unit_id, check.month, check.plan_code.as_str()), self.entries.len());
                self.entries.push(Entry { draw: d, check: c, row, result, district, body });
            }
        }
        self.of_row = books
            .status
            .board
            .rows
            .iter()
            .map(|row| codes.get(&(&row.unit_id, row.month, row.plan_code.as_str())).copied())
            .collect();
        let problems = books.status.ledger.rows.iter();
        self.of_problem =
            problems.map(|row| codes.get(&(&row.unit_id, row.month, row.plan_code.as_str())).copied()).collect();
        self.people = KnownInspectors::of(&open.data.registry).unwrap_or_default();
        self.of = Same::of(books);
        self.key = None;
        self.area_of = None;
        true
    }

    /// Another number whenever the lists are others than before.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// Filters the lists, unless that was done.
    ///
    /// `text` is what the list of checks is searched for: name, plan code, number, credit code, body, pinyin.
    pub(super) fn filter(&mut self, open: &OpenProject, books: &Books, filter: &Filter, own: Own, text: &str) {
        let key = (filter.area_revision, filter.month, own, text.to_owned());
        if self.key.as_ref() == Some(&key) {
            return;
        }
        self.key = Some(key);
        let search = Search::new(text);
        self.made += 1;
        let district = filter
            .district
            .map(|code| open.data.districts.index_of(DistrictCode(code)).map_or(NOWHERE, |index| index as u16));
        let inside =
            |entry: &Entry| district.is_none_or(|d| d == entry.district) && filter.body.is_none_or(|b| b == entry.body);
        if self.area_of != Some(filter.area_revision) {
            self.area_of = Some(filter.area_revision);
            let whole = district.is_none() && filter.body.is_none();
            self.area = self.area(open, books, whole, &inside);
        }
        self.board.clear();
        self.counts.clear();
        for (r, row) in books.status.board.rows.iter().enumerate() {
            let entry = self.of_row.get(r).copied().flatten().and_then(|at| self.entries.get(at));
            let here = entry.map_or(district.is_none() && filter.body.is_none(), inside);
            if !here || (own.month_only && Some(row.month) != filter.month) {
                continue;
            }
            *self.counts.entry(row.state).or_default() += 1;
            if own.state.is_none_or(|state| state == row.state) {
                self.board.push(r);
            }
        }
        let entry = |at: &usize| self.of_problem[*at].and_then(|entry| self.entries.get(entry));
        let whole = district.is_none() && filter.body.is_none();
        self.ledger = (0..self.of_problem.len()).filter(|at| entry(at).map_or(whole, inside)).collect();
        self.listed.clear();
        self.of_month = (0, 0);
        for (e, entry) in self.entries.iter().enumerate() {
            let Some(check) = entry.check(books) else { continue };
            if check.withdrawn || Some(check.month) != filter.month || !inside(entry) {
                continue;
            }
            let recorded = entry.result.is_some();
            let count = if recorded { &mut self.of_month.1 } else { &mut self.of_month.0 };
            *count += 1;
            if recorded == own.recorded && answers(&search, check) {
                self.listed.push(e);
            }
        }
    }

    /// The figures of an area, by the rules of the city's.
    fn area(&self, open: &OpenProject, books: &Books, whole: bool, inside: &dyn Fn(&Entry) -> bool) -> Area {
        let entry_of = |row: usize| self.of_row.get(row).copied().flatten().and_then(|at| self.entries.get(at));
        let here = |row: usize| entry_of(row).map_or(whole, inside);
        let rows = books.status.board.rows.iter().enumerate();
        let count = |state| rows.clone().filter(|(at, row)| row.state == state && here(*at)).count();
        let of_area = || self.entries.iter().filter(|entry| inside(entry));
        let without = of_area().filter(|e| e.result.is_none() && e.check(books).is_some_and(|c| !c.withdrawn));
        let figures = if whole {
            books.status.figures.clone()
        } else {
            let checks: Vec<DueCheck> = of_area().filter_map(|e| e.check(books)).cloned().collect();
            let results: Vec<CheckResult> = of_area().filter_map(|e| e.record(books)).cloned().collect();
            let project = &open.project;
            let rule = DeadlineRule::of(&project.policy.disclosure);
            compute_figures(&checks, &results, &project.calendar, rule, project.file.year, books.status.today)
        };
        Area {
            overdue: count(DeadlineState::Overdue),
            soon: count(DeadlineState::Soon),
            open: without.count(),
            disclosed: figures.disclosed,
            longest_late: figures.longest_late,
            problem_found: figures.problem_found,
        }
    }

    /// An entry by its number.
    pub(super) fn entry(&self, at: usize) -> Option<&Entry> {
        self.entries.get(at)
    }

    /// Entry of a row of the board.
    pub(super) fn entry_of_row(&self, row: usize) -> Option<usize> {
        self.of_row.get(row).copied().flatten()
    }

    /// Entry of a problem of the ledger.
    pub(super) fn entry_of_problem(&self, problem: usize) -> Option<usize> {
        self.of_problem.get(problem).copied().flatten()
    }

    /// The entry of a unit's standing check in a month.
    pub(super) fn of_unit(&self, books: &Books, unit: &UnitId, month: PlanMonth) -> Option<usize> {
        let is = |c: &DueCheck| c.unit_id == *unit && c.month == month && !c.withdrawn;
        self.entries.iter().position(|entry| entry.check(books).is_some_and(is))
    }

    /// The entry of a check.
    pub(super) fn find(&self, books: &Books, unit: &UnitId, month: PlanMonth, sequence: u32) -> Option<usize> {
        self.entries.iter().position(|entry| {
            entry.check(books).is_some_and(|c| c.unit_id == *unit && c.month == month && c.sequence == sequence)
        })
    }
}

/// True where a check answers the search.
fn answers(search: &Search, check: &DueCheck) -> bool {
    search.is_empty()
        || search.is_in(&[
            &check.name,
            &check.plan_code,
            check.unit_id.as_str(),
            &check.number,
            check.uscc.as_deref().unwrap_or_default(),
            &check.body_name,
            check.origin.label(),
        ])
}

/// True where a result may be entered as public.
pub(super) fn may_publish(state: DeadlineState) -> bool {
    matches!(state, DeadlineState::Overdue | DeadlineState::Soon | DeadlineState::InTime)
}

/// True where a result can be ticked: to be entered as public, or to have that entry corrected.
pub(super) fn may_tick(state: DeadlineState) -> bool {
    may_publish(state) || state == DeadlineState::Published
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finished_and_unpublished_results_go_public() {
        let can: Vec<DeadlineState> = [
            DeadlineState::Overdue,
            DeadlineState::Soon,
            DeadlineState::InTime,
            DeadlineState::Running,
            DeadlineState::Published,
            DeadlineState::Withheld,
        ]
        .into_iter()
        .filter(|state| may_publish(*state))
        .collect();
        assert_eq!(can, [DeadlineState::Overdue, DeadlineState::Soon, DeadlineState::InTime]);
    }
}
