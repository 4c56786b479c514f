//! What the draft does: the policy it is compared with, and who moves.
//!
//! Both are computed in jobs and kept by what they were made from; while a slider is dragged the last ones stay on
//! the screen.

use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::AppResult;
use crate::domain::DistrictCode;
use crate::policy::edit::adopt_scoring;
use crate::policy::{Milli, Policy, load_preset, presets};
use crate::risk::{HistogramBin, TierMoves, compare_risk, compute_histogram};
use crate::ui::slot::{Same, Slot};
use crate::ui::text::risk as t;
use crate::workspace::inputs::analysis::compute_analysis;
use crate::workspace::intake::import::load_policy_file;
use crate::workspace::reports::areas::AreaFigures;
use crate::workspace::session::job::Stage;
use crate::workspace::session::{AnalysisView, OpenProject, ProjectData, Session};
use crate::workspace::store::project::Project;

/// What the draft is compared with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::ui::screens) enum Against {
    /// The saved policy.
    #[default]
    Saved,
    /// A preset's scoring.
    Preset(&'static str),
    /// A policy file's scoring.
    File(PathBuf),
}

impl Against {
    /// Its name.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Saved => t::SAVED_POLICY.to_owned(),
            Self::Preset(id) => presets().iter().find(|p| p.0 == *id).map_or_else(String::new, |p| p.1.to_owned()),
            Self::File(path) => path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
        }
    }

    fn policy(&self, own: &Policy) -> AppResult<Policy> {
        match self {
            Self::Saved => Ok(own.clone()),
            Self::Preset(id) => Ok(adopt_scoring(own, &load_preset(id)?)),
            Self::File(path) => Ok(adopt_scoring(own, &load_policy_file(path)?.0)),
        }
    }
}

/// What a reference is made from: the policy compared with, the saved project, the books' revision.
type Of = (Against, Same<Project>, u64);

/// The policy compared with, analysed.
#[derive(Default)]
pub(in crate::ui::screens) struct Reference {
    /// What is wished.
    pub(super) against: Against,
    made: Slot<Of, AnalysisView>,
    /// Tells the values made from each other.
    number: u64,
}

impl Reference {
    /// The analysis of the policy compared with, where it is at hand, with a number that tells it
    /// from others.
    pub(in crate::ui::screens) fn view(&self) -> Option<(u64, &Arc<AnalysisView>)> {
        let (against, ..) = self.made.latest_key()?;
        (*against == self.against).then_some((self.number, self.made.latest()?))
    }

    /// Why it could not be analysed.
    pub(super) fn fault(&self) -> Option<&str> {
        self.made.error().filter(|_| self.made.key().is_some_and(|(against, ..)| *against == self.against))
    }

    /// Takes in what is finished and starts what is missing.
    pub(in crate::ui::screens) fn poll(&mut self, session: &Session, open: &OpenProject) {
        if self.made.poll() {
            self.number += 1;
        }
        let of = (self.against.clone(), Same::of(&open.saved), open.books_revision);
        let Some(view) = open.view() else { return };
        if self.made.is_for(&of) {
            return;
        }
        if self.against == Against::Saved && !open.draft.is_changed() {
            if open.is_current() {
                self.made.put(of, Arc::clone(view));
                self.number += 1;
            }
            return;
        }
        if !matches!(open.books, Stage::Ready(..)) {
            return;
        }
        let (saved, data, month) = (Arc::clone(&open.saved), Arc::clone(&open.data), view.month());
        let against = self.against.clone();
        self.made.ask_in_turn(session, &of, "计算对比规则", move |progress| {
            let mut project = (*saved).clone();
            project.policy = against.policy(&project.policy)?;
            let analysis = Arc::new(compute_analysis(&project, &data.registry, month, progress)?);
            AnalysisView::new(&project, &data, analysis)
        });
    }
}

/// Width of the histogram's bars, points.
pub(super) const BAR: Milli = Milli(2000);

/// What an effect was made from: the shown analysis, the reference, district and body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Key {
    pub(super) view: u64,
    pub(super) books: u64,
    pub(super) reference: u64,
    pub(super) area: u64,
}

/// Who moves, and how scores lie, in the area looked at.
#[derive(Debug, Default)]
pub(super) struct Effect {
    /// What it was made from.
    pub(super) key: Key,
    /// Bars of the histogram.
    pub(super) bars: Vec<HistogramBin>,
    /// Moves and movers.
    pub(super) moves: TierMoves,
    /// Sites of the area.
    pub(super) sites: u64,
    /// Sites of the city that reach each factor's cap, the lower of the draft's and the saved one: raising a cap that
    /// nobody reaches changes nothing.
    pub(super) reached: Vec<Option<u64>>,
}

impl Effect {
    fn compute(
        key: Key,
        before: &AnalysisView,
        after: &AnalysisView,
        data: &ProjectData,
        (district, body): (Option<u16>, Option<u16>),
        (policy, saved): (&Policy, &Policy),
    ) -> AppResult<Self> {
        let wanted = |row: usize| {
            district.is_none_or(|d| data.district.get(row) == Some(&d))
                && body.is_none_or(|b| data.body.get(row) == Some(&b))
        };
        let bars = compute_histogram(&after.analysis.risk, BAR, wanted)?;
        let moves = compare_risk(&before.analysis.risk, &after.analysis.risk, wanted)?;
        let reached = policy.factors.iter().map(|factor| {
            let old = saved.factors.iter().find(|own| own.id == factor.id).map_or(factor.cap, |own| own.cap);
            after.analysis.risk.sites_at(&factor.id, old.min(factor.cap)).ok()
        });
        let reached = reached.collect();
        Ok(Self { key, sites: bars.iter().map(HistogramBin::total).sum(), bars, moves, reached })
    }
}

/// The effect shown, and the one being made.
#[derive(Default)]
pub(super) struct Effects {
    made: Slot<Key, Effect>,
}

impl Effects {
    /// The last effect computed.
    pub(super) fn shown(&self) -> Option<&Arc<Effect>> {
        self.made.latest()
    }

    /// Why there is none.
    pub(super) fn fault(&self) -> Option<&str> {
        self.made.error()
    }

    /// Takes in what is finished and starts the effect of the analysis now shown.
    pub(super) fn poll(&mut self, session: &Session, open: &OpenProject, reference: &Reference) {
        let Some(after) = open.view() else { return };
        // Until the reference is at hand nobody is said to move.
        let (made, before) = reference.view().map_or((0, after), |(made, view)| (made, view));
        let filter = session.filter();
        let key = Key { view: revision(open), books: open.books_revision, reference: made, area: filter.area_revision };
        let district = filter.district.map(|code| {
            open.data.districts.index_of(DistrictCode(code)).map_or(crate::workspace::session::NOWHERE, |i| i as u16)
        });
        let area = (district, filter.body);
        let (before, after, data) = (Arc::clone(before), Arc::clone(after), Arc::clone(&open.data));
        let (policy, saved) = (Arc::clone(&open.draft.now().policy), Arc::clone(&open.draft.saved().policy));
        self.made.ask_in_turn(session, &key, "等级变动", move |_| {
            Effect::compute(key, &before, &after, &data, area, (&policy, &saved))
        });
    }
}

/// The revision of the analysis shown.
pub(super) fn revision(open: &OpenProject) -> u64 {
    match &open.analysis {
        Stage::Ready(revision, _) | Stage::Stale(revision, _) => *revision,
        _ => 0,
    }
}

/// Expected visits of the year in the area looked at.
pub(super) fn visits(view: &AnalysisView, data: &ProjectData, session: &Session) -> f64 {
    let filter = session.filter();
    if let Some(body) = filter.body {
        return view.areas.bodies.get(body as usize).map_or(0.0, AreaFigures::expected_year);
    }
    match filter.district.and_then(|code| data.districts.index_of(DistrictCode(code))) {
        Some(at) => view.areas.districts.get(at).map_or(0.0, AreaFigures::expected_year),
        None => view.areas.city.expected_year(),
    }
}
