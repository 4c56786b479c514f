//! The briefing: the pages that a leader asks for, each told from the answer that the other screens give.
//!
//! Duty: [`compute_briefing`] makes the program's pages from books, plan and scores; [`deck_of`] puts them in the
//! office's order, with its own texts and notes. Counts only: no page of the program's names a unit.

mod ahead;
mod done;

use crate::chart::{ChoroplethMap, ClassMethod, MapDistrict, MapLabel, compute_classes};
use crate::diagnostic::{AppResult, Progress};
use crate::district::DistrictSet;
use crate::export::slides::{Deck, Slide, SlideFigure};
use crate::risk::{TierMoves, compare_risk};
use crate::text::number::{grouped, thousands};
use crate::workspace::inputs::analysis::compute_analysis;
use crate::workspace::reports::books::Books;
use crate::workspace::reports::export::data_mark;
use crate::workspace::reports::project_data::{AnalysisView, ProjectData};
use crate::workspace::store::briefing::{BriefingChoice, PageChoice, PageKind};
use crate::workspace::store::project::Project;

/// Rows of a table at most: what a hall can read. The rest is summed up in one row.
const MOST_ROWS: usize = 10;

/// What a briefing tells, before the office has chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Briefing {
    /// Title of the document.
    pub title: String,
    /// Agency.
    pub agency: String,
    /// The day that it tells of, in words.
    pub day: String,
    /// `模拟数据` or `演示`.
    pub mark: Option<String>,
    /// The program's pages.
    pub pages: Vec<(PageKind, Slide)>,
}

/// What the pages are told from.
struct Told<'a> {
    project: &'a Project,
    data: &'a ProjectData,
    view: &'a AnalysisView,
    books: &'a Books,
    /// Who moved tier since the year began.
    moves: TierMoves,
}

impl Told<'_> {
    fn body_name(&self, body: usize) -> &str {
        self.project.policy.bodies.get(body).map_or(self.project.policy.agency_name.as_str(), |rule| rule.name.as_str())
    }
}

/// The program's pages, from the books and the plan as they stand. Scores of the year's first day are computed anew:
/// a job's work.
///
/// # Errors
/// Those of [`compute_analysis`]; `FRM-001`, `IMP-084`, `RSK-002`, `JOB-001`.
pub fn compute_briefing(
    project: &Project,
    data: &ProjectData,
    view: &AnalysisView,
    books: &Books,
    progress: &Progress,
) -> AppResult<Briefing> {
    let moves = match project.months().first().filter(|first| **first != view.month()) {
        Some(first) => {
            let began = compute_analysis(project, &data.registry, *first, progress)?;
            compare_risk(&began.risk, &view.analysis.risk, |_| true)?
        }
        None => compare_risk(&view.analysis.risk, &view.analysis.risk, |_| true)?,
    };
    progress.check()?;
    let told = Told { project, data, view, books, moves };
    let today = books.status.today;
    let pages = vec![
        (PageKind::Cover, told.cover()),
        (PageKind::Year, told.year()),
        (PageKind::Districts, told.districts()),
        (PageKind::Bodies, told.bodies()),
        (PageKind::Disclosure, told.disclosure()),
        (PageKind::Problems, told.problems()?),
        (PageKind::Tiers, told.tiers()),
        (PageKind::NextMonth, told.next_month()),
        (PageKind::Decisions, told.decisions()),
    ];
    Ok(Briefing {
        title: told.title(),
        agency: project.policy.agency_name.clone(),
        day: format!("截至 {}", day_words(today)),
        mark: data_mark(project, books.draws.iter()),
        pages,
    })
}

/// The deck as the office wants it: its order, without what it left out, with its own texts and notes.
#[must_use]
pub fn deck_of(briefing: &Briefing, choice: &BriefingChoice) -> Deck {
    let pages = choice.complete();
    Deck {
        title: briefing.title.clone(),
        agency: briefing.agency.clone(),
        day: briefing.day.clone(),
        mark: briefing.mark.clone(),
        slides: pages.iter().filter(|page| !page.hidden).map(|page| slide_of(briefing, page)).collect(),
    }
}

/// A page as it will look.
#[must_use]
pub fn slide_of(briefing: &Briefing, choice: &PageChoice) -> Slide {
    let made = briefing.pages.iter().find(|(kind, _)| *kind == choice.page);
    let mut slide = made.map(|(_, slide)| slide.clone()).unwrap_or_default();
    let own = choice.title.trim();
    if !own.is_empty() {
        own.clone_into(&mut slide.title);
    }
    let lines = choice.text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned);
    if slide.cover {
        slide.lead.extend(lines)
    } else {
        slide.lines.extend(lines)
    }
    if let Some(notes) = &choice.notes {
        notes.clone_into(&mut slide.notes);
    }
    slide
}

fn day_words(day: chrono::NaiveDate) -> String {
    day.format("%Y 年 %-m 月 %-d 日").to_string()
}

fn count(n: u64) -> String {
    thousands(i128::from(n))
}

fn figure(label: &str, value: impl Into<String>, unit: &str, note: impl Into<String>) -> SlideFigure {
    SlideFigure { label: label.to_owned(), value: value.into(), unit: unit.to_owned(), note: note.into(), alarm: false }
}

/// A part of a whole in percent; `—` without a whole.
fn percent(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{}%", grouped(100.0 * part / whole, 1)) } else { "—".to_owned() }
}

/// A map of the districts by a measure, for a page.
fn map_of(set: &DistrictSet, values: &[Option<f64>], (name, unit): (&str, &str), project: &Project) -> ChoroplethMap {
    let classes = compute_classes(values, ClassMethod::Quantile, 5);
    let text = |value: f64| grouped(value, 0);
    let district = |(i, district)| {
        let value = values.get(i).copied().flatten();
        let class = classes.of.get(i).copied().flatten().map(usize::from);
        MapDistrict::of(district, class, value.map_or_else(String::new, text))
    };
    let label = |(district, point): (&crate::district::District, Option<(f64, f64, f64)>)| {
        let (lon, lat, radius) = point?;
        Some(MapLabel { text: district.name.clone(), at: (lon, lat), weight: radius })
    };
    let range = |(from, to): &(f64, f64)| match (text(*from), text(*to)) {
        (from, to) if from == to => from,
        (from, to) => format!("{from} – {to}"),
    };
    ChoroplethMap {
        measure: format!("{name}（{unit}）"),
        method: "分位数分级".to_owned(),
        classes: classes.ranges.iter().map(range).collect(),
        districts: set.districts().iter().enumerate().map(district).collect(),
        labels: set.districts().iter().zip(set.label_points()).filter_map(label).collect(),
        notice: if set.sketch { "示意图，不作为界线依据".to_owned() } else { String::new() },
        review_number: project.file.review_number.trim().to_owned(),
        simulated: project.file.synthetic,
        ..ChoroplethMap::default()
    }
}
