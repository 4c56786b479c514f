//! 执行与公开: results in, deadlines, what is ready to go public, and the 100 % meter.
//!
//! The screen reads the books and sends commands; what it derives from them is made once per reading
//! (`index`). Nothing is published or recorded without a confirmation that says what it means.

mod address;
mod answers;
mod batch;
mod board;
mod entry;
mod fields;
mod figures;
mod form;
mod index;
mod ledger;
mod lists;
mod pack;
mod publication;

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::Ui;

use self::address::AddressDialog;
use self::batch::{Answer, Batch};
use self::index::{Index, Own};
use self::pack::PackDialog;
use self::publication::PublishDialog;
use super::{Cx, Screen, ScreenId, ready, title};
use crate::diagnostic::ProgressState;
use crate::domain::{PlanMonth, UnitId};
use crate::ui::picker::{Door, PickKind, PickRequest, Picking};
use crate::ui::table::ListState;
use crate::ui::text::common;
use crate::ui::text::results as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::pack_password::PackPassword;
use crate::workspace::reports::export::{INTERNAL, PUBLIC};
use crate::workspace::session::job::Stage;
use crate::workspace::session::{Books, OpenProject, ViewCommand};

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tab {
    #[default]
    Board,
    Entry,
    Ledger,
    Lists,
    Figures,
}

/// What a file dialog is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Results,
    Tasks,
    Public,
    Packs,
}

/// A question before something is for good.
enum Question {
    /// Results were published, or their publication is corrected.
    Publish(PublishDialog),
    /// Ticked checks are to be entered at once.
    Batch(Batch),
    /// The public lists are to be exported.
    Export,
    /// The bodies' folders are to be packed.
    Pack(PackDialog),
    /// The address of the public pages.
    Address(AddressDialog),
}

/// Height below which the page scrolls as a whole: figures, tabs, a list of some rows.
const LEAST: f32 = 290.0;
/// Height of the screen below which the figures give the list some of their room.
const LOW: f32 = 420.0;

/// State of the screen.
#[derive(Default)]
pub struct ResultsScreen {
    tab: Tab,
    own: Own,
    index: Index,
    selected: BTreeSet<String>,
    board: ListState,
    entry: entry::State,
    ledger: ledger::State,
    lists: lists::State,
    asked: Option<(Asked, Picking)>,
    question: Option<Question>,
    /// The packs' password, until their folder is chosen.
    password: Option<PackPassword>,
    /// A unit of a month's list whose form is to be opened, once the books are there.
    wanted: Option<(UnitId, PlanMonth)>,
}

impl Screen for ResultsScreen {
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(open) = ready(ui, cx) else { return };
        self.take_answer(cx);
        if let Stage::Failed(error) = &open.books {
            title(ui, t::TITLE, "", |_| {});
            if widgets::failed(ui, t::BOOKS_FAILED, error, t::OPEN_AGAIN) {
                cx.send(ViewCommand::OpenProject(open.saved.root().to_owned()));
            }
            return;
        }
        let Some(books) = open.books.value().map(Arc::clone) else {
            title(ui, t::TITLE, "", |_| {});
            widgets::loading(ui, common::READING_BOOKS, &ProgressState::default());
            return;
        };
        if books.draws.is_empty() {
            title(ui, t::TITLE, "", |_| {});
            let pending = books.pending.is_some();
            let hint = if pending { t::PENDING_HINT } else { t::NO_DRAW_HINT };
            if widgets::empty(ui, t::NO_DRAW, hint, &[t::GO_DRAW]).is_some() {
                cx.go(ScreenId::Draw);
            }
            return;
        }
        if self.index.refresh(open, &books) {
            let known: BTreeSet<&str> = books
                .status
                .board
                .rows
                .iter()
                .filter(|row| index::may_tick(row.state))
                .map(|row| row.plan_code.as_str())
                .collect();
            self.selected.retain(|code| known.contains(code.as_str()));
            self.entry.books_changed(&self.index, &books);
        }
        self.index.filter(open, &books, cx.session.filter(), self.own, &self.entry.search);
        if let Some((unit, month)) = self.wanted.take_if(|(_, of)| Some(*of) == cx.session.month())
            && let Some(entry) = self.index.of_unit(&books, &unit, month)
        {
            self.own.recorded = self.index.entry(entry).is_some_and(|entry| entry.result.is_some());
            self.index.filter(open, &books, cx.session.filter(), self.own, &self.entry.search);
            self.entry.choose(&self.index, &books, open, cx.session.now().date(), entry);
            self.tab = Tab::Entry;
        }
        let can_write = !open.saved.is_read_only() && !cx.session.is_acting();
        let why = if open.saved.is_read_only() { t::READ_ONLY } else { t::ACTING };
        title(ui, t::TITLE, &t::as_of(books.status.today), |ui| {
            if ui
                .add_enabled(can_write, egui::Button::new(t::EXPORT_TASKS))
                .on_hover_text(t::EXPORT_TASKS_HINT)
                .on_disabled_hover_text(why)
                .clicked()
            {
                self.pick(cx, Asked::Tasks);
            }
            if ui
                .add_enabled(can_write, egui::Button::new(t::PACK))
                .on_hover_text(t::PACK_HINT)
                .on_disabled_hover_text(why)
                .clicked()
            {
                self.question = Some(Question::Pack(PackDialog::default()));
            }
            if ui
                .add_enabled(can_write, egui::Button::new(t::IMPORT))
                .on_hover_text(t::IMPORT_HINT)
                .on_disabled_hover_text(why)
                .clicked()
            {
                self.pick(cx, Asked::Results);
            }
            let reported = egui::Button::new(t::TAKE_REPORTED);
            if open.saved.shared().is_some()
                && ui
                    .add_enabled(can_write, reported)
                    .on_hover_text(t::TAKE_REPORTED_HINT)
                    .on_disabled_hover_text(why)
                    .clicked()
            {
                cx.send(Deed::TakeReported);
            }
        });
        widgets::page(ui, "results page", LEAST, |ui| {
            let gap = theme::by_height(ui.ctx(), 0.0, HALF);
            self.head(ui, cx, &books);
            ui.add_space(gap);
            self.tabs(ui);
            ui.add_space(gap);
            match self.tab {
                Tab::Board => self.board(ui, cx, open, &books, can_write, why),
                Tab::Entry => self.entry(ui, cx, open, &books, can_write, why),
                Tab::Ledger => self.ledger.show(ui, cx, &books, &self.index, (can_write, why)),
                Tab::Lists => match self.lists.show(ui, cx, open, &books, can_write, why) {
                    Some(lists::Said::Export) => self.question = Some(Question::Export),
                    Some(lists::Said::Address) => {
                        self.question = Some(Question::Address(AddressDialog::new(&open.saved.file.page_address)));
                    }
                    None => {}
                },
                Tab::Figures => figures::show(ui, cx, open, &books),
            }
        });
        self.ask(ui, cx, open, &books);
    }

    fn find(&mut self) -> bool {
        // without a result there is nothing on the board to look for
        if self.tab == Tab::Board && self.index.board.is_empty() {
            self.tab = Tab::Entry;
        }
        self.entry.find = self.tab == Tab::Entry;
        self.entry.find
    }
}

impl ResultsScreen {
    /// Opens the form of a unit's check once its month's books are there.
    pub fn enter(&mut self, unit: UnitId, month: PlanMonth) {
        self.wanted = Some((unit, month));
    }

    fn pick(&mut self, cx: &mut Cx<'_>, asked: Asked) {
        let request = match asked {
            Asked::Results => PickRequest::new(PickKind::OpenFile, t::PICK_RESULTS)
                .door(Door::Data)
                .filter(t::SHEETS, &["xlsx", "xls", "csv", "ods", "xlsb"]),
            Asked::Tasks | Asked::Public | Asked::Packs => PickRequest::new(PickKind::TargetFolder, t::PICK_FOLDER),
        };
        self.asked = Some((asked, cx.pick(request)));
    }

    fn take_answer(&mut self, cx: &mut Cx<'_>) {
        let Some((asked, picking)) = &self.asked else { return };
        let Some(paths) = picking.poll() else { return };
        let asked = *asked;
        self.asked = None;
        let password = self.password.take();
        let Some(path) = paths.into_iter().next() else { return };
        let month = cx.session.month();
        cx.send(match asked {
            Asked::Results => Deed::TakeResults(path),
            Asked::Tasks => Deed::Export { to: path, month, only: vec![INTERNAL.to_owned()] },
            Asked::Public => Deed::Export { to: path, month, only: vec![PUBLIC.to_owned()] },
            Asked::Packs => Deed::PackBodies { to: path, month, password },
        });
    }

    /// The figures that say where things stand; each leads to its list.
    fn head(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, books: &Books) {
        use crate::disclosure::DeadlineState::{Overdue, Soon};
        use crate::ui::widgets::{figure, low_figure, thousands};
        // on a low screen the list has the room
        let low = ui.available_height() < LOW;
        let figure = if low { low_figure } else { figure };
        let palette = theme::of(ui);
        let width = (ui.available_width() - GRID * 4.0) / 5.0;
        let area = self.index.area.clone();
        let share = area.disclosed;
        ui.horizontal(|ui| {
            let note = t::published_of(share.part, share.whole);
            let ink = (area.overdue > 0).then_some(palette.amber);
            let shown = figure(ui, width, t::PUBLISHED, &share.percent_text(), t::PUBLISHED_OUGHT, &note, ink);
            let rect = shown.rect.shrink2(egui::vec2(12.0, if theme::is_low(ui.ctx()) { 1.0 } else { 3.0 }));
            let rect = if low { egui::Rect::from_min_max(rect.max - egui::vec2(48.0, 0.0), rect.max) } else { rect };
            let track = egui::Rect::from_min_max(egui::pos2(rect.left(), rect.bottom() - 3.0), rect.max);
            ui.painter().rect_filled(track, 1.0, palette.track());
            let mut full = track;
            full.set_width(track.width() * share.fraction().unwrap_or(0.0) as f32);
            ui.painter().rect_filled(full, 1.0, palette.accent);
            if shown.clicked() {
                self.tab = Tab::Figures;
            }
            let ink = (area.overdue > 0).then_some(palette.red);
            if figure(
                ui,
                width,
                t::OVERDUE,
                &thousands(area.overdue as u64),
                t::ITEMS,
                &t::longest(area.longest_late),
                ink,
            )
            .clicked()
            {
                (self.tab, self.own.state) = (Tab::Board, Some(Overdue));
            }
            let ink = (area.soon > 0).then_some(palette.amber);
            if figure(ui, width, t::SOON, &thousands(area.soon as u64), t::ITEMS, t::SOON_NOTE, ink).clicked() {
                (self.tab, self.own.state) = (Tab::Board, Some(Soon));
            }
            let here = self.index.of_month.0;
            let note = t::of_month(cx.session.month(), here);
            if figure(ui, width, t::TO_CHECK, &thousands(area.open as u64), t::ITEMS, &note, None).clicked() {
                (self.tab, self.own.recorded) = (Tab::Entry, false);
                // where the month looked at has none, the first that has some
                if here == 0
                    && let Some((month, _)) = books.status.open_checks.first()
                {
                    cx.send(ViewCommand::SetMonth(*month));
                }
            }
            let found = area.problem_found;
            if figure(ui, width, t::PROBLEMS, &found.percent_text(), "", &t::part_of(found.part, found.whole), None)
                .clicked()
            {
                self.tab = Tab::Figures;
            }
        });
    }

    fn tabs(&mut self, ui: &mut Ui) {
        let all = [
            // as the list itself: of the area, and of the month where only that is asked for
            (Tab::Board, t::tab(t::TAB_BOARD, self.index.counts.values().sum())),
            (Tab::Entry, t::tab(t::TAB_ENTRY, self.index.of_month.0)),
            (Tab::Ledger, t::tab(t::TAB_LEDGER, self.index.ledger.len())),
            (Tab::Lists, t::TAB_LISTS.to_owned()),
            (Tab::Figures, t::TAB_FIGURES.to_owned()),
        ]
        .map(|(tab, name)| widgets::Tab::new(tab, name));
        if let Some(tab) = widgets::tabs(ui, "results", &self.tab, &all, |_| {}) {
            self.tab = tab;
        }
    }

    fn board(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, books: &Books, can_write: bool, why: &str) {
        let (own, selected, list) = (&mut self.own, &mut self.selected, &mut self.board);
        let said = board::show(ui, cx, open, books, &self.index, own, selected, list, (can_write, why));
        match said {
            Some(board::Said::Publish(codes)) => {
                self.question = Some(Question::Publish(PublishDialog::publish(codes, books.status.today)));
            }
            Some(board::Said::CorrectPublication(codes)) => {
                self.question = Some(Question::Publish(PublishDialog::correct(codes, books)));
            }
            Some(board::Said::Correct(entry)) => {
                self.own.recorded = true;
                if let Some(check) = self.index.entry(entry).and_then(|e| e.check(books)) {
                    cx.send(ViewCommand::SetMonth(check.month));
                }
                self.entry.choose(&self.index, books, open, cx.session.now().date(), entry);
                self.tab = Tab::Entry;
            }
            None => {}
        }
    }

    fn entry(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, books: &Books, can_write: bool, why: &str) {
        if self.entry.show(ui, cx, open, books, &self.index, &mut self.own, (can_write, why)) {
            self.question = Some(Question::Batch(Batch::new(self.entry.ticked.clone())));
        }
    }

    /// The confirmations.
    fn ask(&mut self, ui: &Ui, cx: &mut Cx<'_>, open: &OpenProject, books: &Books) {
        match &mut self.question {
            None => {}
            Some(Question::Publish(dialog)) => {
                let Some(answer) = dialog.show(ui, books) else { return };
                self.question = None;
                if let Some(deed) = answer {
                    cx.send(deed);
                    self.selected.clear();
                }
            }
            Some(Question::Batch(batch)) => {
                match batch.show(ui, open, books, &self.index, cx.session.now().date()) {
                    Answer::Open => return,
                    Answer::Close => {}
                    Answer::Record(deed) => cx.send(*deed),
                }
                self.question = None;
            }
            Some(Question::Pack(dialog)) => {
                let Some(answer) = dialog.show(ui) else { return };
                self.question = None;
                if let Some(password) = answer {
                    self.password = password;
                    self.pick(cx, Asked::Packs);
                }
            }
            Some(Question::Address(dialog)) => {
                let Some(answer) = dialog.show(ui) else { return };
                self.question = None;
                if let Some(deed) = answer {
                    cx.send(deed);
                }
            }
            Some(Question::Export) => {
                let month = cx.session.month();
                let rows = books.status.board.rows.iter();
                let of_month = rows.filter(|row| month.is_none_or(|m| m == row.month));
                let fresh = of_month.filter(|row| index::may_publish(row.state)).count();
                let agency = &open.project.policy.agency_name;
                let answer = widgets::dialog(ui.ctx(), "export-public", t::EXPORT_TITLE, t::EXPORT_YES, true, |ui| {
                    ui.add(egui::Label::new(t::export_text(month, fresh, agency)).wrap());
                });
                let Some(yes) = answer else { return };
                self.question = None;
                if yes {
                    self.pick(cx, Asked::Public);
                }
            }
        }
    }
}
