//! 审计: the journal with its chain and attempts to interfere, the register of seals, verification of any certificate, and what was done
//! by hand.

mod interference;
mod journal;
mod log_head;
mod manifest;
mod verify;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use egui::{RichText, Ui};

use self::journal::{Row, hand_rows, journal_rows, register_rows, render_rows};
use self::verify::VerifyPage;
use super::{Cx, Screen, ScreenId, ready, title};
use crate::diagnostic::ProgressState;
use crate::ui::picker::{PickKind, PickRequest, Picking};
use crate::ui::table::{CellRows, ColumnDef, List, ListId, ListState, RowItem, TableInput, Target};
use crate::ui::text::audit as t;
use crate::ui::text::common;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::reports::journal_words::JournalWords;
use crate::workspace::session::job::Stage;
use crate::workspace::session::{Books, ViewCommand};

/// Least width of a column that takes a share of the room, points.
const LEAST: f32 = 200.0;

/// The pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Page {
    #[default]
    Journal,
    Register,
    Verify,
    Hand,
}

impl Page {
    const ALL: [Self; 4] = [Self::Journal, Self::Register, Self::Verify, Self::Hand];
}

/// A page's rows, remade where the books change.
#[derive(Default)]
struct Rows {
    all: Vec<Row>,
    /// Counts the changes of `all`.
    version: u64,
    list: ListState,
}

impl Rows {
    fn take(&mut self, rows: Vec<Row>) {
        self.all = rows;
        self.version += 1;
        self.list.follow(None);
    }

    /// The row looked at.
    fn chosen(&self) -> Option<&Row> {
        self.list.chosen().and_then(|at| self.all.get(at))
    }
}

/// State of the screen.
#[derive(Default)]
pub struct AuditScreen {
    page: Page,
    /// Project and books that the rows were made of.
    made: Option<(PathBuf, u64)>,
    journal: Rows,
    register: Rows,
    hand: Rows,
    verify: VerifyPage,
    saving: Option<(Arc<Vec<u8>>, Picking)>,
    failed: Option<String>,
    interference: Option<interference::Dialog>,
}

impl Screen for AuditScreen {
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(open) = ready(ui, cx) else { return };
        self.poll_file(cx);
        if let Stage::Failed(error) = &open.books {
            if widgets::failed(ui, common::FAILED, error, t::TO_DRAW) {
                cx.go(ScreenId::Draw);
            }
            return;
        }
        let (Some(books), Stage::Ready(revision, _) | Stage::Stale(revision, _)) = (open.books.value(), &open.books)
        else {
            widgets::loading(ui, common::READING_BOOKS, &ProgressState::default());
            return;
        };
        let made = (open.saved.root().to_owned(), *revision);
        if self.made.as_ref() != Some(&made) {
            let words = JournalWords::new(&open.data.registry, &open.project.policy);
            self.journal.take(journal_rows(&books.journal, &words));
            self.register.take(register_rows(books));
            self.hand.take(hand_rows(books, &words));
            self.made = Some(made);
        }
        let can_write = !open.saved.is_read_only() && !cx.session.is_acting();
        title(ui, t::TITLE, "", |ui| {
            if ui.add_enabled(can_write, egui::Button::new(t::INTERFERENCE_BUTTON)).clicked() {
                self.interference = Some(interference::Dialog::new(cx.session.now().date()));
            }
            chain(ui, books);
        });
        if let Some(dialog) = &mut self.interference
            && let Some(answer) = dialog.show(ui, cx.session.now().date())
        {
            self.interference = None;
            if let Some(told) = answer {
                cx.send(Deed::Interference(told));
            }
        }
        let size = theme::by_height(ui.ctx(), theme::BODY, theme::SECTION);
        let pages = Page::ALL.into_iter().zip(t::PAGES);
        let all: Vec<_> = pages
            .map(|(page, label)| widgets::Tab::new(page, RichText::new(label).font(theme::regular(size))))
            .collect();
        if let Some(page) = widgets::tabs(ui, "audit", &self.page, &all, |_| {}) {
            self.page = page;
        }
        ui.add_space(theme::by_height(ui.ctx(), 0.0, GRID));
        if !books.journal_faults.is_empty() && self.page == Page::Journal {
            faults(ui, &books.journal_faults);
        }
        if let Some(words) = &self.failed {
            ui.label(widgets::message(ui, words, theme::of(ui).red));
        }
        match self.page {
            Page::Journal => {
                let c = t::JOURNAL_COLUMNS;
                let columns = columns(c, [64.0, 154.0, 114.0, 144.0, 0.0]);
                let empty = (t::NO_JOURNAL, t::NO_JOURNAL_HINT);
                let export = page_ui(ui, cx, &mut self.journal, ListId::Journal, &columns, empty);
                self.export(cx, export, t::PAGES[0], &t::JOURNAL_COLUMNS, Page::Journal);
            }
            Page::Register => {
                let c = t::REGISTER_COLUMNS;
                let columns = columns(c, [108.0, 56.0, 0.0, 80.0, 142.0, 142.0, 142.0]);
                let export =
                    page_ui(ui, cx, &mut self.register, ListId::Register, &columns, (t::NO_SEALS, t::NO_SEALS_HINT));
                self.export(cx, export, t::PAGES[1], &t::REGISTER_COLUMNS, Page::Register);
            }
            Page::Verify => self.verify.ui(ui, cx, (books, open.saved.root())),
            Page::Hand => {
                let c = t::HAND_COLUMNS;
                let columns = columns(c, [154.0, 114.0, 144.0, 0.0, 0.0]);
                let export = page_ui(ui, cx, &mut self.hand, ListId::Hand, &columns, (t::NO_HAND, t::NO_HAND_HINT));
                self.export(cx, export, t::PAGES[3], &t::HAND_COLUMNS, Page::Hand);
            }
        }
    }

    fn find(&mut self) -> bool {
        // the page without a list has nothing to look for
        if self.page == Page::Verify && !self.verify.has_list() {
            self.page = Page::Journal;
        }
        false
    }
}

impl AuditScreen {
    /// Shows the page on which certificates are verified.
    pub fn show_verification(&mut self) {
        self.page = Page::Verify;
    }

    fn export(&mut self, cx: &mut Cx<'_>, asked: bool, name: &str, headings: &[&str], page: Page) {
        if !asked {
            return;
        }
        let rows = match page {
            Page::Register => &self.register,
            Page::Hand => &self.hand,
            Page::Journal | Page::Verify => &self.journal,
        };
        match render_rows(name, headings, &rows.all, rows.list.shown()) {
            Ok(bytes) => {
                self.failed = None;
                let request = PickRequest::new(PickKind::SaveFile(format!("{name}.csv")), t::EXPORT_CSV);
                self.saving = Some((Arc::new(bytes), cx.pick(request.filter("CSV", &["csv"]))));
            }
            Err(error) => self.failed = Some(error.to_string()),
        }
    }

    fn poll_file(&mut self, cx: &mut Cx<'_>) {
        let Some(paths) = self.saving.as_ref().and_then(|(_, picking)| picking.poll()) else { return };
        let Some((bytes, _)) = self.saving.take() else { return };
        if let Some(path) = paths.into_iter().next() {
            let path = if path.extension().is_some() { path } else { path.with_extension("csv") };
            cx.send(ViewCommand::WriteFile(path, bytes));
        }
    }
}

fn chain(ui: &mut Ui, books: &Books) {
    let palette = theme::of(ui);
    if books.journal_faults.is_empty() {
        ui.label(RichText::new(t::CHAIN_WHOLE).font(theme::bold(theme::SECTION)).color(palette.green));
    } else {
        let words = t::chain_broken(books.journal_faults.len());
        ui.label(RichText::new(words).font(theme::bold(theme::SECTION)).color(palette.red));
    }
}

fn faults(ui: &mut Ui, faults: &[String]) {
    let palette = theme::of(ui);
    egui::Frame::new().fill(palette.red_wash).inner_margin(8).corner_radius(theme::RADIUS).show(ui, |ui| {
        ui.set_width(ui.available_width());
        for fault in faults.iter().take(5) {
            ui.add(egui::Label::new(RichText::new(fault).color(palette.red)).wrap().selectable(true));
        }
        if faults.len() > 5 {
            ui.label(theme::note(ui, t::chain_broken(faults.len())));
        }
    });
    ui.add_space(GRID);
}

/// A page's columns: widths in points, 0 for a share of what is left.
fn columns<const N: usize>(headings: [&'static str; N], widths: [f32; N]) -> [ColumnDef; N] {
    let mut widths = widths.into_iter();
    headings.map(|heading| match widths.next().unwrap_or_default() {
        width if width > 0.0 => ColumnDef::text(heading, heading, width),
        _ => ColumnDef::text(heading, heading, LEAST).share(1.0),
    })
}

/// A page of rows; true where the export as csv was asked for.
fn page_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    rows: &mut Rows,
    list: ListId,
    columns: &[ColumnDef],
    empty: (&str, &str),
) -> bool {
    if rows.all.is_empty() {
        if widgets::empty(ui, empty.0, empty.1, &[t::TO_DRAW]).is_some() {
            cx.go(ScreenId::Draw);
        }
        return false;
    }
    let mut export = false;
    ui.horizontal(|ui| {
        export = ui.button(t::EXPORT_CSV).clicked();
        if list == ListId::Register
            && let Some(row) = rows.chosen()
            && ui.button(t::COPY).clicked()
        {
            cx.copy(row.cells[2].clone());
        }
    });
    // the chosen row in full below the table, since its cells are cut
    if let Some(row) = rows.chosen() {
        let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(0, 8));
        egui::Panel::bottom(egui::Id::unique(("chosen", list.name()))).resizable(false).frame(frame).show(ui, |ui| {
            egui::ScrollArea::vertical().id_salt("whole").max_height(140.0).show(ui, |ui| {
                for (column, cell) in columns.iter().zip(&row.cells).filter(|(_, cell)| !cell.is_empty()) {
                    ui.horizontal_wrapped(|ui| {
                        ui.label(theme::note(ui, column.heading.as_ref()));
                        ui.add(egui::Label::new(cell).wrap().selectable(true));
                    });
                }
            });
        });
    }
    let all = &rows.all;
    let cell = |at: usize, column: usize| {
        Cow::Borrowed(all.get(at).and_then(|row| row.cells.get(column)).map_or("", String::as_str))
    };
    let data = cx.session.project().map(|open| &open.data);
    let target = |at: usize| {
        let (unit, month) = all.get(at)?.unit.as_ref()?;
        Some(Target { month: *month, ..Target::of_unit(data?, unit) })
    };
    let items = |_: usize| match list {
        ListId::Register => vec![RowItem::new("copy", t::COPY)],
        _ => Vec::new(),
    };
    let cells = CellRows::new(columns, all.len(), &cell).targets(&target);
    let before = rows.list.chosen();
    let out = List::show(ui, &mut rows.list, &TableInput::new(list, &cells).items(&items), rows.version);
    if let Some(row) = out.item.and_then(|(at, _)| rows.all.get(at)) {
        cx.copy(row.cells[2].clone());
    }
    // a second click closes what is shown in full
    if out.clicked.is_some() && out.clicked == before {
        rows.list.follow(None);
    }
    export
}
