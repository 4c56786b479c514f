//! Sums by area: sources, scores and expected visits of an analysis, progress of the checks, for the city, its
//! districts and its enforcing bodies. One pass each; the window's figures, charts and map read them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::disclosure::{CheckResult, DeadlineState, DisclosureBoard};
use crate::district::DistrictSet;
use crate::domain::{DistrictCode, WorkCalendar};
use crate::plan::model::ByMonth;
use crate::policy::Policy;
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::inputs::due::{ListPlace, OpenedDraw};

/// No district or body known.
pub const NOWHERE: u16 = u16::MAX;

/// Where sources lie.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// The map.
    pub map: &'a DistrictSet,
    /// District of each source as an index of the map; [`NOWHERE`] where it is not on it.
    pub district: &'a [u16],
    /// Enforcing body of each source as an index of the policy's bodies; [`NOWHERE`] where unknown.
    pub body: &'a [u16],
}

impl Places<'_> {
    /// District on the map of a listed check's unit; [`NOWHERE`] where the map lacks it.
    fn district_of(&self, place: &ListPlace) -> u16 {
        let on_map = place.district.and_then(|code| self.map.index_of(DistrictCode(code)));
        on_map.map_or(NOWHERE, |index| index as u16)
    }
}

/// The same sum over the city, each district and each body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Areas<T> {
    /// The city, sources outside the map included.
    pub city: T,
    /// By district in the map's order.
    pub districts: Vec<T>,
    /// By body of the policy.
    pub bodies: Vec<T>,
}

impl<T: Clone> Areas<T> {
    fn of(empty: T, places: &Places<'_>, bodies: usize) -> Self {
        Self { districts: vec![empty.clone(); places.map.len()], bodies: vec![empty.clone(); bodies], city: empty }
    }

    fn add(&mut self, district: u16, body: u16, mut add: impl FnMut(&mut T)) {
        add(&mut self.city);
        if let Some(area) = self.districts.get_mut(usize::from(district)) {
            add(area);
        }
        if let Some(area) = self.bodies.get_mut(usize::from(body)) {
            add(area);
        }
    }
}

/// Figures of an area.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AreaFigures {
    /// Sources.
    pub sources: u32,
    /// Sources by tier, the most urgent first.
    pub by_tier: Vec<u32>,
    /// Sources by category of the policy.
    pub by_category: Vec<u32>,
    /// Special sources.
    pub special: u32,
    /// Sum of scores, thousandths.
    pub score_sum: i64,
    /// Expected visits by month, drawn and mandatory.
    pub expected: ByMonth<f64>,
}

impl AreaFigures {
    /// Mean score in points; `None` without sources.
    #[must_use]
    pub fn mean_score(&self) -> Option<f64> {
        (self.sources > 0).then(|| self.score_sum as f64 / f64::from(self.sources) / 1000.0)
    }

    /// Expected visits of the year.
    #[must_use]
    pub fn expected_year(&self) -> f64 {
        self.expected.iter().sum()
    }

    /// Sources of the so many most urgent tiers.
    #[must_use]
    pub fn of_first_tiers(&self, tiers: usize) -> u32 {
        self.by_tier.iter().take(tiers).sum()
    }
}

/// Figures of an analysis by area, of all sources or of those of one body. `tiers` and `scores` (thousandths) are
/// the analysis' own columns, a value a source.
#[must_use]
pub fn compute_area_figures(
    analysis: &Analysis,
    policy: &Policy,
    (tiers, scores): (&[u8], &[i64]),
    places: &Places<'_>,
    only_body: Option<u16>,
) -> Areas<AreaFigures> {
    let sites = &analysis.population.inputs.sites;
    let empty = AreaFigures {
        by_tier: vec![0; policy.tiers.len()],
        by_category: vec![0; policy.categories.len()],
        ..AreaFigures::default()
    };
    let mut areas = Areas::of(empty, places, policy.bodies.len());
    for (site, ((tier, score), (district, body))) in
        tiers.iter().zip(scores).zip(places.district.iter().zip(places.body)).enumerate()
    {
        if only_body.is_some_and(|wanted| wanted != *body) {
            continue;
        }
        areas.add(*district, *body, |area| {
            area.sources += 1;
            if let Some(count) = area.by_tier.get_mut(usize::from(*tier)) {
                *count += 1;
            }
            let category = sites.category.get(site).copied().map_or(usize::MAX, usize::from);
            if let Some(count) = area.by_category.get_mut(category) {
                *count += 1;
            }
            area.special += u32::from(sites.special.get(site).copied().unwrap_or(false));
            area.score_sum += score;
        });
    }
    for ((district, body), visits) in &analysis.plan.districts {
        if only_body.is_some_and(|wanted| wanted != *body) {
            continue;
        }
        let code = analysis.population.districts.get(usize::from(*district)).copied().unwrap_or(0);
        let on_map = places.map.index_of(DistrictCode(code)).map_or(NOWHERE, |index| index as u16);
        areas.add(on_map, *body, |area| {
            for (sum, visits) in area.expected.iter_mut().zip(visits) {
                *sum += visits;
            }
        });
    }
    areas
}

/// Drawn, done and overdue in an area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AreaProgress {
    /// On the lists of opened months, withdrawn ones left out.
    pub listed: u32,
    /// Of these, triggered: beside what was drawn and what is mandatory.
    pub triggered: u32,
    /// With a result.
    pub done: u32,
    /// Results past their deadline and not disclosed.
    pub overdue: u32,
    /// Results with a problem.
    pub problems: u32,
    /// Results of units that could be inspected.
    pub inspected: u32,
}

impl AreaProgress {
    /// Problems per check that could be made, percent; `None` without any.
    #[must_use]
    pub fn problem_percent(&self) -> Option<f64> {
        (self.inspected > 0).then(|| 100.0 * f64::from(self.problems) / f64::from(self.inspected))
    }

    /// On a list and without a result.
    #[must_use]
    pub fn open(&self) -> u32 {
        self.listed - self.done
    }
}

/// Checks that should be made before a day, by area: of each list as many as its month's working days before it are of
/// all of its working days; none of a month that has not begun, all of one that is over.
#[must_use]
pub fn compute_due_by(
    draws: &[OpenedDraw],
    places: &Places<'_>,
    bodies: usize,
    calendar: &WorkCalendar,
    today: NaiveDate,
) -> Areas<f64> {
    let mut areas = Areas::of(0.0, places, bodies);
    for draw in draws {
        let (first, last) = (draw.month.first_day(), draw.month.last_day());
        let gone = match today.pred_opt() {
            Some(yesterday) if yesterday >= first => calendar.count(first, yesterday.min(last)),
            _ => 0,
        };
        let part = f64::from(gone) / f64::from(calendar.in_month(draw.month).max(1));
        for (_, place) in draw.checks.iter().zip(&draw.places).filter(|(check, _)| !check.withdrawn) {
            areas.add(places.district_of(place), place.body.unwrap_or(NOWHERE), |sum| *sum += part);
        }
    }
    areas
}

/// Progress of the checks on opened lists by area, of all bodies or of one: each in the body that it was drawn for,
/// and in the district of its unit, be it in the register still or not.
#[must_use]
pub fn compute_area_progress(
    draws: &[OpenedDraw],
    results: &[CheckResult],
    board: &DisclosureBoard,
    places: &Places<'_>,
    bodies: usize,
    only_body: Option<u16>,
) -> Areas<AreaProgress> {
    let results: BTreeMap<_, &CheckResult> = results.iter().map(|result| (result.key(), result)).collect();
    let overdue: BTreeSet<&str> = board.of_state(DeadlineState::Overdue).map(|row| row.plan_code.as_str()).collect();
    let mut areas = Areas::of(AreaProgress::default(), places, bodies);
    for (check, place) in draws.iter().flat_map(|draw| draw.checks.iter().zip(&draw.places)) {
        let district = places.district_of(place);
        let body = place.body.unwrap_or(NOWHERE);
        if check.withdrawn || only_body.is_some_and(|wanted| wanted != body) {
            continue;
        }
        let result = results.get(&(&check.unit_id, check.month, check.sequence));
        areas.add(district, body, |area| {
            area.listed += 1;
            area.triggered += u32::from(!check.origin.is_planned());
            area.done += u32::from(result.is_some());
            area.overdue += u32::from(overdue.contains(check.plan_code.as_str()));
            if let Some(result) = result {
                area.problems += u32::from(result.outcome.is_problem());
                area.inspected += u32::from(result.outcome.is_inspected());
            }
        });
    }
    areas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_an_area() {
        let mut area = AreaFigures { sources: 4, by_tier: vec![1, 1, 2], score_sum: 90_000, ..AreaFigures::default() };
        area.expected = [0.5; 12];
        assert_eq!(area.mean_score(), Some(22.5));
        assert!((area.expected_year() - 6.0).abs() < 1e-9);
        assert_eq!(area.of_first_tiers(2), 2);
        assert_eq!(AreaFigures::default().mean_score(), None);
        let progress = AreaProgress { listed: 10, triggered: 0, done: 5, overdue: 1, problems: 1, inspected: 4 };
        assert_eq!((progress.open(), progress.problem_percent()), (5, Some(25.0)));
        assert_eq!(AreaProgress::default().problem_percent(), None);
    }

    #[test]
    fn an_unknown_place_counts_for_the_city_only() {
        let mut areas = Areas { city: 0, districts: vec![0; 3], bodies: vec![0; 2] };
        areas.add(NOWHERE, NOWHERE, |n| *n += 1);
        areas.add(2, 1, |n| *n += 1);
        assert_eq!(areas, Areas { city: 2, districts: vec![0, 0, 1], bodies: vec![0, 1] });
    }
}
