//! What districts can be coloured by, and the figures behind it under the session's filters.

use std::sync::Arc;

use crate::diagnostic::{AppResult, Progress};
use crate::domain::{DistrictCode, PlanMonth};
use crate::policy::Policy;
use crate::ui::map::{Measure, RowFilter};
use crate::ui::text::map as t;
use crate::workspace::reports::areas::{AreaFigures, AreaProgress, Areas, compute_area_figures, compute_area_progress};
use crate::workspace::session::{AnalysisView, Books, ProjectData};
use crate::workspace::store::project::Project;

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
    pub fn value(self, area: Area<'_>, month: Option<usize>) -> Option<f64> {
        let Area { figures, progress } = area;
        match self {
            Self::Sources => Some(f64::from(figures.sources)),
            Self::Key => Some(figures.by_category.first().copied().map_or(0.0, f64::from)),
            Self::Special => Some(f64::from(figures.special)),
            Self::MeanScore => figures.mean_score(),
            Self::Urgent => Some(f64::from(figures.of_first_tiers(URGENT))),
            Self::ExpectedYear => Some(figures.expected_year()),
            Self::ExpectedMonth => month.and_then(|m| figures.expected.get(m)).copied(),
            Self::Listed => progress.map(|p| f64::from(p.listed)),
            Self::Done => progress.map(|p| f64::from(p.done)),
            Self::Overdue => progress.map(|p| f64::from(p.overdue)),
            Self::ProblemRate => progress.and_then(AreaProgress::problem_percent),
        }
    }
}

/// An area's sums.
#[derive(Debug, Clone, Copy)]
pub struct Area<'a> {
    /// Sources, scores, expected visits.
    pub figures: &'a AreaFigures,
    /// Drawn, done, overdue; `None` while the books are not read.
    pub progress: Option<&'a AreaProgress>,
}

/// Figures under a filter.
#[derive(Debug)]
pub struct Figures {
    /// Under the filter of the body.
    areas: Areas<AreaFigures>,
    /// The same of the checks; `None` while the books are not read.
    progress: Option<Areas<AreaProgress>>,
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

impl Figures {
    /// The city, sources outside the map included.
    #[must_use]
    pub fn city(&self) -> Area<'_> {
        Area { figures: &self.areas.city, progress: self.progress.as_ref().map(|p| &p.city) }
    }

    /// A district by its index on the map.
    #[must_use]
    pub fn district(&self, index: usize) -> Option<Area<'_>> {
        let progress = self.progress.as_ref().and_then(|p| p.districts.get(index));
        self.areas.districts.get(index).map(|figures| Area { figures, progress })
    }

    /// All districts in the map's order.
    pub fn districts(&self) -> impl Iterator<Item = Area<'_>> {
        (0..self.areas.districts.len()).filter_map(|index| self.district(index))
    }
}

/// What figures are made from.
#[derive(Clone)]
pub(super) struct Inputs {
    pub data: Arc<ProjectData>,
    /// With the draft that `view` is of.
    pub project: Arc<Project>,
    pub view: Arc<AnalysisView>,
    pub books: Option<Arc<Books>>,
    pub district: Option<u32>,
    pub body: Option<u16>,
    pub month: Option<PlanMonth>,
    /// For the filter's revision.
    pub number: u64,
}

impl PartialEq for Inputs {
    /// True where the other makes the same figures; the number tells only which came first.
    fn eq(&self, other: &Self) -> bool {
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
}

impl Inputs {
    /// Walks over all rows: in a job.
    pub fn compute(&self, progress: &Progress) -> AppResult<Figures> {
        let (data, view, policy) = (&self.data, &self.view, &self.project.policy);
        let (tiers, scores) = (&*view.tiers, &*view.scores);
        let areas = match self.body {
            None => view.areas.clone(),
            body => compute_area_figures(&view.analysis, policy, (tiers, scores), &data.places(), body),
        };
        progress.check()?;
        let of_books = |books: &Books| match self.body {
            None => books.areas.clone(),
            body => {
                let (board, bodies) = (&books.status.board, policy.bodies.len());
                compute_area_progress(&books.draws, &books.results, board, &data.places(), bodies, body)
            }
        };
        let mut figures = Figures {
            areas,
            progress: self.books.as_deref().map(of_books),
            filter: None,
            by_tier: vec![0; policy.tiers.len()],
            passing: 0,
            located: 0,
            drawn: Arc::default(),
        };
        let district = self.district.and_then(|code| data.districts.index_of(DistrictCode(code)));
        let mut keep = vec![false; data.len()];
        for (row, kept) in keep.iter_mut().enumerate() {
            if row % 65_536 == 0 {
                progress.check()?;
            }
            let elsewhere = self.body.is_some_and(|body| data.body[row] != body)
                || district.is_some_and(|d| d != usize::from(data.district[row]));
            if elsewhere {
                continue;
            }
            *kept = true;
            figures.passing += 1;
            // the legend counts the points that the map has
            if !(data.lon[row].is_finite() && data.lat[row].is_finite()) {
                continue;
            }
            figures.located += 1;
            let tier = tiers.get(row).copied().map_or(usize::MAX, usize::from);
            if let Some(count) = figures.by_tier.get_mut(tier) {
                *count += 1;
            }
        }
        if let Some(books) = &self.books {
            let listed = self.month.and_then(|month| books.listed_rows.get(&month));
            let drawn = listed.into_iter().flatten().copied();
            figures.drawn = Arc::new(drawn.filter(|row| keep.get(*row as usize).copied().unwrap_or(false)).collect());
        }
        if (district.is_some() || self.body.is_some()) && figures.passing < data.len() as u64 {
            figures.filter = Some(RowFilter { keep: keep.into(), revision: self.number });
        }
        Ok(figures)
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
        let mut figures =
            AreaFigures { sources: 4, by_tier: vec![1, 1, 2], score_sum: 90_000, ..AreaFigures::default() };
        figures.by_category = vec![1, 3];
        figures.expected = [0.5; 12];
        let unread = Area { figures: &figures, progress: None };
        assert_eq!(MeasureId::MeanScore.value(unread, Some(2)), Some(22.5));
        assert_eq!(MeasureId::Key.value(unread, Some(2)), Some(1.0));
        assert_eq!(MeasureId::Urgent.value(unread, Some(2)), Some(2.0));
        assert_eq!(MeasureId::ExpectedYear.value(unread, Some(2)), Some(6.0));
        assert_eq!(MeasureId::ExpectedMonth.value(unread, Some(2)), Some(0.5));
        assert_eq!(MeasureId::Done.value(unread, Some(2)), None);
        let progress = AreaProgress { listed: 10, triggered: 0, done: 5, overdue: 1, problems: 1, inspected: 4 };
        let read = Area { progress: Some(&progress), ..unread };
        assert_eq!(MeasureId::Done.value(read, Some(2)), Some(5.0));
        assert_eq!(MeasureId::ProblemRate.value(read, Some(2)), Some(25.0));
        let nothing = AreaProgress::default();
        let none = Area { figures: &AreaFigures::default(), progress: Some(&nothing) };
        assert_eq!(MeasureId::ProblemRate.value(none, Some(2)), None);
        assert_eq!(MeasureId::MeanScore.value(none, Some(2)), None);
    }
}
