//! What districts can be coloured by, and the figures behind it under the session's filters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{AppResult, Progress};
use crate::disclosure::DeadlineState;
use crate::domain::{DistrictCode, PlanMonth};
use crate::plan::model::ByMonth;
use crate::policy::Policy;
use crate::ui::map::{Measure, RowFilter};
use crate::ui::text::map as t;
use crate::workspace::session::{AnalysisView, AreaProgress, Books, ProjectData};

/// Tiers that count as urgent: A and B.
pub(super) const URGENT: usize = 2;

/// A measure on offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MeasureId {
    /// Sources.
    #[default]
    Sources,
    /// Sources of the policy's first category: the key ones.
    Key,
    /// Special sources.
    Special,
    /// Mean score.
    MeanScore,
    /// Sources of the two most urgent tiers.
    Urgent,
    /// Expected visits of the year.
    ExpectedYear,
    /// Expected visits of the month looked at.
    ExpectedMonth,
    /// On a list so far.
    Listed,
    /// Checked so far.
    Done,
    /// Results past their deadline.
    Overdue,
    /// Problems per check.
    ProblemRate,
}

impl MeasureId {
    /// All, in the order of the chooser.
    pub const ALL: [Self; 11] = [
        Self::Sources,
        Self::Key,
        Self::Special,
        Self::MeanScore,
        Self::Urgent,
        Self::ExpectedYear,
        Self::ExpectedMonth,
        Self::Listed,
        Self::Done,
        Self::Overdue,
        Self::ProblemRate,
    ];

    /// Name, unit and decimals.
    #[must_use]
    pub fn describe(self, policy: &Policy, month: Option<PlanMonth>) -> Measure {
        let (name, unit, decimals) = match self {
            Self::Sources => (t::count_of(t::SOURCES), t::UNIT_SOURCES, 0),
            Self::Key => (
                policy.categories.first().map_or_else(|| t::count_of(t::SOURCES), |c| t::category(&c.name)),
                t::UNIT_SOURCES,
                0,
            ),
            Self::Special => (t::count_of(t::SPECIAL), t::UNIT_SOURCES, 0),
            Self::MeanScore => (t::MEAN_SCORE.to_owned(), t::UNIT_POINTS, 1),
            Self::Urgent => {
                let ids: Vec<String> = policy.tiers.iter().take(URGENT).map(|tier| tier.id.clone()).collect();
                (t::urgent(&ids), t::UNIT_SOURCES, 0)
            }
            Self::ExpectedYear => (t::EXPECTED_YEAR.to_owned(), t::UNIT_VISITS, 0),
            Self::ExpectedMonth => (t::expected_month(month.map_or(1, PlanMonth::month)), t::UNIT_VISITS, 1),
            Self::Listed => (t::LISTED.to_owned(), t::UNIT_ITEMS, 0),
            Self::Done => (t::DONE.to_owned(), t::UNIT_ITEMS, 0),
            Self::Overdue => (t::OVERDUE.to_owned(), t::UNIT_ITEMS, 0),
            Self::ProblemRate => (t::PROBLEMS.to_owned(), t::PERCENT, 1),
        };
        Measure { name, unit: unit.to_owned(), decimals }
    }

    /// Its value in an area; `None` where it has none.
    #[must_use]
    pub fn value(self, area: &AreaSums, month: Option<usize>) -> Option<f64> {
        let progress = area.progress;
        match self {
            Self::Sources => Some(f64::from(area.sources)),
            Self::Key => Some(f64::from(area.key)),
            Self::Special => Some(f64::from(area.special)),
            Self::MeanScore => (area.sources > 0).then(|| area.score_sum as f64 / f64::from(area.sources) / 1000.0),
            Self::Urgent => Some(f64::from(area.urgent)),
            Self::ExpectedYear => Some(area.expected.iter().sum()),
            Self::ExpectedMonth => month.and_then(|m| area.expected.get(m)).copied(),
            Self::Listed => progress.map(|p| f64::from(p.listed)),
            Self::Done => progress.map(|p| f64::from(p.done)),
            Self::Overdue => progress.map(|p| f64::from(p.overdue)),
            Self::ProblemRate => {
                progress.filter(|p| p.inspected > 0).map(|p| 100.0 * f64::from(p.problems) / f64::from(p.inspected))
            }
        }
    }
}

/// Sums over an area.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AreaSums {
    /// Sources.
    pub sources: u32,
    /// Of the policy's first category.
    pub key: u32,
    /// Special ones.
    pub special: u32,
    /// Of the urgent tiers.
    pub urgent: u32,
    /// Scores, thousandths.
    pub score_sum: i64,
    /// Expected visits by month.
    pub expected: ByMonth<f64>,
    /// Drawn, done, overdue; `None` while the books are not read.
    pub progress: Option<AreaProgress>,
}

/// Figures under a filter.
#[derive(Debug)]
pub struct Figures {
    /// By district in the map's order; under the filter of the body.
    pub districts: Vec<AreaSums>,
    /// All districts, and sources outside the map.
    pub city: AreaSums,
    /// Rows that pass; `None` where all do.
    pub filter: Option<RowFilter>,
    /// Rows that pass, by tier.
    pub by_tier: Vec<u64>,
    /// Rows that pass.
    pub passing: u64,
    /// Of these, with coordinates.
    pub located: u64,
    /// Rows on the list of the month looked at that pass.
    pub drawn: Arc<Vec<u32>>,
}

/// What figures are made from.
#[derive(Clone)]
pub(super) struct Inputs {
    pub data: Arc<ProjectData>,
    pub view: Arc<AnalysisView>,
    pub books: Option<Arc<Books>>,
    pub district: Option<u32>,
    pub body: Option<u16>,
    pub month: Option<PlanMonth>,
    /// For the filter's revision.
    pub number: u64,
}

impl Inputs {
    /// True where the other makes the same figures.
    pub fn same(&self, other: &Self) -> bool {
        let books = match (&self.books, &other.books) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        books
            && Arc::ptr_eq(&self.data, &other.data)
            && Arc::ptr_eq(&self.view, &other.view)
            && (self.district, self.body, self.month) == (other.district, other.body, other.month)
    }

    /// Walks over all rows: in a job.
    pub fn compute(&self, progress: &Progress) -> AppResult<Figures> {
        let (data, view) = (&self.data, &self.view);
        let policy_body = self.body;
        let district = self.district.and_then(|code| data.districts.index_of(DistrictCode(code)));
        let sites = &view.analysis.population.inputs.sites;
        let tiers = view.tiers.iter().copied().max().map_or(0, |t| usize::from(t) + 1).max(view.city.by_tier.len());
        let mut figures = Figures {
            districts: vec![AreaSums::default(); data.districts.len()],
            city: AreaSums::default(),
            filter: None,
            by_tier: vec![0; tiers],
            passing: 0,
            located: 0,
            drawn: Arc::default(),
        };
        let mut keep = vec![false; data.len()];
        for (row, kept) in keep.iter_mut().enumerate() {
            if row % 65_536 == 0 {
                progress.check()?;
            }
            if policy_body.is_some_and(|body| data.body[row] != body) {
                continue;
            }
            let tier = usize::from(view.tiers.get(row).copied().unwrap_or(u8::MAX));
            let add = |area: &mut AreaSums| {
                area.sources += 1;
                area.key += u32::from(sites.category.get(row).is_some_and(|c| *c == 0));
                area.special += u32::from(sites.special.get(row).copied().unwrap_or(false));
                area.urgent += u32::from(tier < URGENT);
                area.score_sum += view.scores.get(row).copied().unwrap_or(0);
            };
            add(&mut figures.city);
            let at = usize::from(data.district[row]);
            if let Some(area) = figures.districts.get_mut(at) {
                add(area);
            }
            if district.is_none_or(|d| d == at) {
                *kept = true;
                figures.passing += 1;
                figures.located += u64::from(data.lon[row].is_finite() && data.lat[row].is_finite());
                if let Some(count) = figures.by_tier.get_mut(tier) {
                    *count += 1;
                }
            }
        }
        for ((district, body), months) in &view.analysis.plan.districts {
            if policy_body.is_some_and(|wanted| *body != wanted) {
                continue;
            }
            let code = view.analysis.population.districts.get(usize::from(*district)).copied().unwrap_or(0);
            let on_map = data.districts.index_of(DistrictCode(code));
            for (m, visits) in months.iter().enumerate() {
                figures.city.expected[m] += visits;
                if let Some(area) = on_map.and_then(|i| figures.districts.get_mut(i)) {
                    area.expected[m] += visits;
                }
            }
        }
        if let Some(books) = &self.books {
            self.add_progress(books, &mut figures);
            let listed = self.month.and_then(|month| books.listed_rows.get(&month));
            let drawn = listed.into_iter().flatten().copied();
            figures.drawn = Arc::new(drawn.filter(|row| keep.get(*row as usize).copied().unwrap_or(false)).collect());
        }
        if (district.is_some() || policy_body.is_some()) && figures.passing < data.len() as u64 {
            figures.filter = Some(RowFilter { keep: keep.into(), revision: self.number });
        }
        Ok(figures)
    }

    fn add_progress(&self, books: &Books, figures: &mut Figures) {
        let results: BTreeMap<_, _> = books.results.iter().map(|r| (r.key(), r)).collect();
        let overdue: BTreeSet<&str> =
            books.status.board.of_state(DeadlineState::Overdue).map(|row| row.plan_code.as_str()).collect();
        for area in figures.districts.iter_mut().chain([&mut figures.city]) {
            area.progress = Some(AreaProgress::default());
        }
        for drawn in &books.draws {
            for (check, row) in drawn.checks.iter().zip(&drawn.rows) {
                let row = row.map(|row| row as usize);
                let of_body = self.body.is_none_or(|body| row.is_some_and(|row| self.data.body[row] == body));
                if check.withdrawn || !of_body {
                    continue;
                }
                let result = results.get(&(&check.unit_id, check.month, check.sequence));
                let at = row.map_or(usize::MAX, |row| usize::from(self.data.district[row]));
                let district = figures.districts.get_mut(at).and_then(|a| a.progress.as_mut());
                for area in [figures.city.progress.as_mut(), district].into_iter().flatten() {
                    area.listed += 1;
                    area.done += u32::from(result.is_some());
                    area.overdue += u32::from(overdue.contains(check.plan_code.as_str()));
                    if let Some(result) = result {
                        area.problems += u32::from(result.outcome.is_problem());
                        area.inspected += u32::from(!result.outcome.is_dead());
                    }
                }
            }
        }
    }
}

/// The month's index in its own year.
pub(super) fn index_of(month: Option<PlanMonth>) -> Option<usize> {
    month.and_then(|m| m.index_in(m.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_an_area() {
        let mut area = AreaSums { sources: 4, key: 1, urgent: 2, score_sum: 90_000, ..AreaSums::default() };
        area.expected = [0.5; 12];
        let value = |id: MeasureId, area: &AreaSums| id.value(area, Some(2));
        assert_eq!(value(MeasureId::MeanScore, &area), Some(22.5));
        assert_eq!(value(MeasureId::ExpectedYear, &area), Some(6.0));
        assert_eq!(value(MeasureId::ExpectedMonth, &area), Some(0.5));
        assert_eq!(value(MeasureId::Done, &area), None);
        area.progress = Some(AreaProgress { listed: 10, done: 5, overdue: 1, problems: 1, inspected: 4 });
        assert_eq!(value(MeasureId::Done, &area), Some(5.0));
        assert_eq!(value(MeasureId::ProblemRate, &area), Some(25.0));
        area.progress = Some(AreaProgress::default());
        assert_eq!(value(MeasureId::ProblemRate, &area), None);
        assert_eq!(value(MeasureId::MeanScore, &AreaSums::default()), None);
    }
}
