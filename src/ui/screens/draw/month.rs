//! An opened month: the draw and the pairs as they fall, then the month's list and what is done to it by hand.

use std::sync::Arc;

use egui::{Key, Ui};

use super::bar::{Bar, Pressed, ten_metres};
use super::dialogs::{Answer, Intervention};
use super::facts::{Facts, ListRow, compute_facts};
use super::files::Saving;
use super::reveal::Show;
use super::step::{Marks, Step};
use super::{DrawScreen, list, reveal, why_not};
use crate::diagnostic::ProgressState;
use crate::domain::{DistrictCode, PlanMonth};
use crate::ui::picker::{PickKind, PickRequest};
use crate::ui::screens::{Cx, ScreenId};
use crate::ui::text::common;
use crate::ui::text::draw as t;
use crate::ui::widgets;
use crate::workspace::deeds::change::none_opened;
use crate::workspace::reports::pairing::compute_pairing_chances;
use crate::workspace::session::job::Stage;
use crate::workspace::session::{Books, NOWHERE, OpenProject, ViewCommand};

/// Simulated pairings behind the line on their chances.
const SIMULATED_PAIRINGS: u64 = 300;

impl DrawScreen {
    pub(super) fn opened(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        month: PlanMonth,
        shown: Step,
    ) {
        let key = (open.saved.root().to_owned(), open.books_revision, month);
        if matches!(open.books, Stage::Ready(..)) {
            let (project, data, books) = (Arc::clone(&open.saved), Arc::clone(&open.data), Arc::clone(books));
            self.facts.ask(cx.session, &key, t::ARRANGING, move |progress| {
                compute_facts(&project, &data, &books, month, progress)
            });
        }
        if let Some(error) = self.facts.error() {
            if widgets::failed(ui, t::ARRANGE_FAILED, error, common::AGAIN) {
                self.facts.forget();
            }
            return;
        }
        // while a change is taken in the list before it stays in sight
        let facts = if self.marks.revealing { self.facts.current() } else { self.facts.latest() };
        let Some(facts) = facts.cloned() else {
            widgets::loading(ui, t::ARRANGING, &ProgressState::default());
            return;
        };
        let Some(draw) = facts.draws.last() else {
            widgets::loading(ui, t::ARRANGING, &ProgressState::default());
            return;
        };
        let size = ten_metres(ui, cx.stage);
        let projected = cx.session.is_veiled();
        if !self.marks.revealing && shown == Step::Pair {
            self.list_ui(ui, cx, open, books, &facts, month);
            return;
        }
        let now = ui.input(|i| i.time);
        let still = cx.session.preferences().still;
        let mut show = *self.show.get_or_insert_with(|| Show::begin(now, still));
        let draw_step = shown == Step::Draw;
        if show.is_running() {
            let bar = Bar { text: t::SKIP, enabled: true, focus: true, clicker: cx.stage, ..Bar::default() };
            let space = ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Space));
            if bar.show(ui) == Pressed::Next || space {
                show = Show::over();
            }
        } else {
            let pairs_next = draw_step && self.marks.revealing;
            let text = if pairs_next { t::TO_PAIRS } else { t::TO_LIST };
            let bar = Bar { text, enabled: true, focus: true, clicker: cx.stage, ..Bar::default() };
            if bar.show(ui) == Pressed::Next {
                if pairs_next {
                    self.paired = true;
                    show = Show::begin(now, still);
                } else {
                    self.marks.revealing = false;
                    self.back = None;
                }
            }
        }
        if self.paired && self.marks.revealing && !draw_step {
            widgets::page(ui, "pairs page", 340.0, |ui| reveal::pairs_ui(ui, &facts, draw, &mut show, (month, size)));
        } else {
            widgets::page(ui, "strata page", 340.0, |ui| {
                reveal::strata_ui(ui, &facts, draw, &mut show, projected, size);
            });
        }
        self.show = Some(show);
    }

    /// A line on how likely the last draw's pairs are: simulated once a draw, as nothing that comes later has a say in it.
    fn pairing_chances(
        &mut self,
        cx: &Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        facts: &Facts,
        month: PlanMonth,
    ) -> Option<String> {
        let sequence = facts.draws.iter().rfind(|draw| draw.pairs > 0)?.sequence;
        let opened = books.draws_of(month).find(|opened| opened.draw.sequence == sequence)?;
        let key = (open.saved.root().to_owned(), opened.draw.seal.commitment());
        let (project, books) = (Arc::clone(&open.saved), Arc::clone(books));
        self.chances.ask(cx.session, &key, t::SIMULATING, move |_| {
            let opened = books.draws_of(month).find(|opened| opened.draw.sequence == sequence);
            let opened = opened.ok_or_else(|| none_opened(month))?;
            compute_pairing_chances(&project.policy, &opened.draw, Some(&opened.order), SIMULATED_PAIRINGS)
        });
        match self.chances.current() {
            Some(chances) => list::pairing_words(chances),
            None if self.chances.error().is_some() => None,
            None => Some(t::SIMULATING.to_owned()),
        }
    }

    pub(super) fn list_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        facts: &Facts,
        month: PlanMonth,
    ) {
        let why = why_not(cx, open);
        let chances = self.pairing_chances(cx, open, books, facts, month);
        let today = cx.session.now().date();
        if let Some((unit, _)) = self.list.wanted.take_if(|(_, of)| *of == month)
            && let Some(at) = facts.rows.iter().position(|row| row.unit == unit && row.may_substitute)
        {
            self.list.chosen = Some(at);
            self.dialog = facts.rows.get(at).map(|row| Intervention::substitute(row, month, today));
        }
        let filter = cx.session.filter();
        let key = (std::ptr::from_ref(facts).addr(), filter.area_revision);
        let in_area = filter.district.is_some() || filter.body.is_some();
        if self.list.area.as_ref().is_none_or(|(of, _)| *of != key) {
            let district = filter.district.map(|code| {
                let index = open.data.districts.index_of(DistrictCode(code));
                index.map_or(NOWHERE, |index| index as u16)
            });
            let inside = |row: &ListRow| {
                district.is_none_or(|d| d == row.place.0) && filter.body.is_none_or(|body| body == row.place.1)
            };
            let rows = facts.rows.iter().enumerate().filter(|(_, row)| inside(row));
            self.list.area = Some((key, rows.map(|(at, _)| at).collect()));
        }
        let shown = self.list.area.as_ref().map_or(&[][..], |(_, rows)| rows.as_slice());
        let ask = list::show(ui, facts, (shown, in_area), month, self.list.chosen, chances, why);
        let row = self.list.chosen.and_then(|i| facts.rows.get(i));
        match ask {
            None => {}
            Some(list::Ask::Choose(i)) => {
                self.list.chosen = Some(i);
                if let Some(source) = facts.rows.get(i).and_then(|r| r.source) {
                    cx.send(ViewCommand::SelectUnit(Some(source)));
                }
            }
            Some(list::Ask::Substitute) => {
                self.dialog = row.map(|row| Intervention::substitute(row, month, today));
            }
            Some(list::Ask::Replace) => {
                self.dialog = row.and_then(|row| Intervention::replace(row, month, today));
            }
            Some(list::Ask::Add) => {
                let filter = cx.session.filter();
                let rows = Arc::clone(&filter.rows);
                let selected = if rows.is_empty() { Arc::new(filter.unit.into_iter().collect()) } else { rows };
                self.dialog = Some(Intervention::add(month, selected, today));
            }
            Some(list::Ask::SealAgain) => {
                self.marks = Marks { again: true, ..Marks::default() };
                self.pledge = None;
            }
            Some(list::Ask::Export) => {
                let picking = cx.pick(PickRequest::new(PickKind::TargetFolder, t::EXPORT_PICK));
                self.saving.push((Saving::Tasks(month), picking));
            }
            Some(list::Ask::Replay) => {
                self.marks.revealing = true;
                self.paired = false;
                self.show = None;
            }
            Some(list::Ask::Audit) => {
                cx.out.verify = true;
                cx.go(ScreenId::Audit);
            }
        }
    }

    pub(super) fn dialog_ui(&mut self, ui: &Ui, cx: &mut Cx<'_>, open: &OpenProject) {
        let Some(dialog) = &mut self.dialog else { return };
        self.evidence.of(cx, &mut dialog.proof);
        match dialog.show(ui.ctx(), open, cx.session.now().date()) {
            Answer::Open => {}
            Answer::GivenUp => self.dialog = None,
            Answer::Send(command) => {
                self.dialog = None;
                cx.send(*command);
            }
        }
    }
}
