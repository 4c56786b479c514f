//! Verification: the project's own draws by one click, and any certificate with what lies beside it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use egui::{RichText, Ui};

use super::super::Cx;
use super::log_head::LogView;
use super::manifest::ManifestView;
use crate::sampling::{StepState, hash_from_hex, to_hex};
use crate::text::fold_width;
use crate::ui::help::heading_with;
use crate::ui::picker::{Door, PickKind, PickRequest, Picking};
use crate::ui::slot::Slot;
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, ListState, Shape, TableInput};
use crate::ui::text::anchor;
use crate::ui::text::audit as t;
use crate::ui::text::help::Term;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::deeds::verify::{Verified, VerifyRequest};
use crate::workspace::session::{Books, OpenedDraw, ViewCommand};

/// What the right side shows the check of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Shown {
    #[default]
    Certificate,
    Folder,
    Log,
}

/// State of the page.
#[derive(Default)]
pub struct VerifyPage {
    picking: Option<Picking>,
    chosen: Option<PathBuf>,
    beside: Slot<PathBuf, VerifyRequest>,
    commitment: String,
    head: String,
    manifest: ManifestView,
    log: LogView,
    shown: Shown,
    /// The request that was sent last: what the result was held against.
    sent: Option<(PathBuf, Option<String>, bool)>,
    steps: ListState,
}

/// What lies beside a certificate.
#[must_use]
pub fn find_beside(certificate: &Path) -> VerifyRequest {
    let beside = |name: &str| Some(certificate.with_file_name(name)).filter(|path| path.is_file());
    VerifyRequest {
        certificate: certificate.to_owned(),
        frame: beside("frame.csv"),
        roster: beside("roster.csv"),
        needs: beside("needs.csv"),
        assignment: beside("assignment.csv"),
        changes: beside("changes.json"),
        ..VerifyRequest::default()
    }
}

/// The request for a draw of the project's own.
#[must_use]
pub fn own_request(opened: &OpenedDraw) -> VerifyRequest {
    let at = |name: &str| opened.draw.folder.join(name);
    let paired = opened.assignment.is_some();
    VerifyRequest {
        certificate: at("certificate.json"),
        frame: Some(at("frame.csv")),
        roster: paired.then(|| at("roster.csv")),
        needs: paired.then(|| at("needs.csv")),
        assignment: paired.then(|| at("assignment.csv")),
        changes: (!opened.draw.changes.is_empty()).then(|| at("changes.json")),
        commitment: Some(to_hex(&opened.draw.seal.commitment())),
        ..VerifyRequest::default()
    }
}

/// A value as typed: read half-width, without blanks, in lower case; `Err` where it is none.
fn typed<T>(text: &str, read: impl FnOnce(String) -> Option<T>) -> Result<Option<T>, ()> {
    let folded: String = fold_width(text).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    if folded.is_empty() { Ok(None) } else { read(folded).map(Some).ok_or(()) }
}

/// A hash as typed: hexadecimal digits; `None` where it is none.
fn typed_hash(text: String) -> Option<String> {
    hash_from_hex(&text).map(|_| text)
}

impl VerifyPage {
    fn send(&mut self, cx: &mut Cx<'_>, request: VerifyRequest, own: bool) {
        self.shown = Shown::Certificate;
        self.sent = Some((request.certificate.clone(), request.commitment.clone(), own));
        cx.send(ViewCommand::Verify(Box::new(request)));
    }

    /// True where the page shows a list.
    pub fn has_list(&self) -> bool {
        match self.shown {
            Shown::Certificate => self.sent.is_some(),
            Shown::Folder => self.manifest.has_findings(),
            Shown::Log => true,
        }
    }

    /// Draws the page.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, (books, root): (&Books, &Path)) {
        if let Some(paths) = self.picking.as_ref().and_then(Picking::poll) {
            self.picking = None;
            self.chosen = paths.into_iter().next().or(self.chosen.take());
        }
        let height = ui.available_height();
        ui.horizontal_top(|ui| {
            let side = 400.0;
            ui.allocate_ui(egui::vec2(side, height), |ui| {
                egui::ScrollArea::vertical().id_salt("asks").auto_shrink([false, false]).show(ui, |ui| {
                    ui.vertical(|ui| {
                        self.own(ui, cx, books);
                        ui.add_space(GRID);
                        self.foreign(ui, cx);
                        ui.add_space(GRID);
                        if self.manifest.card(ui, cx) {
                            self.shown = Shown::Folder;
                        }
                        ui.add_space(GRID);
                        if self.log.card(ui, root) {
                            self.shown = Shown::Log;
                        }
                    });
                });
            });
            ui.add_space(GRID);
            let width = ui.available_width();
            ui.allocate_ui(egui::vec2(width, height), |ui| {
                ui.vertical(|ui| match self.shown {
                    Shown::Certificate => self.result(ui, cx),
                    Shown::Folder => self.manifest.result(ui, cx),
                    Shown::Log => self.log.result(ui, cx),
                });
            });
        });
    }

    fn own(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, books: &Books) {
        let palette = theme::of(ui);
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            heading_with(ui, t::OWN, &[Term::Verification, Term::Certificate, Term::Proof, Term::Merkle]);
            if books.draws.is_empty() {
                ui.add(egui::Label::new(theme::note(ui, t::NO_DRAWS)).wrap());
            }
            for opened in &books.draws {
                ui.horizontal(|ui| {
                    ui.label(theme::strong(format!("{} · {}", opened.draw.period, opened.draw.sequence)));
                    let words: String = to_hex(&opened.draw.seal.commitment()).chars().take(12).collect();
                    ui.label(theme::note(ui, words));
                    if opened.draw.demonstration {
                        widgets::chip(ui, t::DEMONSTRATION, palette.amber_wash, palette.amber);
                    }
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        let button = ui.add_enabled(!cx.session.is_acting(), egui::Button::new(t::VERIFY_OWN));
                        let name = format!("{} {}", t::VERIFY_OWN, opened.draw.period);
                        button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
                        if button.clicked() {
                            self.send(cx, own_request(opened), true);
                        }
                    });
                });
            }
        });
    }

    fn foreign(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let palette = theme::of(ui);
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            widgets::heading(ui, t::FOREIGN);
            if ui.button(t::CHOOSE).clicked() {
                let request =
                    PickRequest::new(PickKind::OpenFile, t::CHOOSE).door(Door::Evidence).filter("JSON", &["json"]);
                self.picking = Some(cx.pick(request));
            }
            let mut request = None;
            match &self.chosen {
                None => {
                    ui.label(theme::note(ui, t::NOT_CHOSEN));
                }
                Some(path) => {
                    ui.add(egui::Label::new(path.display().to_string()).wrap());
                    let at = path.clone();
                    self.beside.ask(cx.session, path, t::FOREIGN, move |_| Ok(find_beside(&at)));
                    request = self.beside.current().map(|found| (**found).clone());
                    if let Some(found) = &request {
                        let all = [&found.frame, &found.roster, &found.needs, &found.assignment, &found.changes];
                        let names: Vec<String> = all
                            .into_iter()
                            .flatten()
                            .filter_map(|p| p.file_name())
                            .map(|name| name.to_string_lossy().to_string())
                            .collect();
                        let words = if names.is_empty() { t::ALONE.to_owned() } else { t::beside(&names.join("、")) };
                        ui.add(egui::Label::new(theme::note(ui, words)).wrap());
                    }
                }
            }
            let missing = RichText::new(t::NOT_PUBLISHED).color(palette.amber);
            let words = [t::COMMITMENT, t::COMMITMENT_HINT, t::E_COMMITMENT];
            let typed = published_ui(ui, &mut self.commitment, words, missing, typed_hash);
            let missing = theme::note(ui, t::NO_HEAD);
            let words = [t::HEAD, t::HEAD_HINT, t::E_HEAD];
            let head = published_ui(ui, &mut self.head, words, missing, typed_hash);
            let ready = typed.is_ok() && head.is_ok() && request.is_some() && !cx.session.is_acting();
            if widgets::primary_if(ui, ready, t::VERIFY, t::NOT_CHOSEN).clicked()
                && let (Ok(commitment), Ok(head), Some(request)) = (typed, head, request)
            {
                self.send(cx, VerifyRequest { commitment, head, ..request }, false);
            }
        });
    }

    fn result(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some((path, commitment, own)) = &self.sent else {
            widgets::heading(ui, t::RESULT);
            ui.add(egui::Label::new(theme::note(ui, t::NOTHING_YET)).wrap());
            return;
        };
        let running = cx.session.is_acting();
        match cx.session.verified().filter(|(of, _)| of == path && !running) {
            Some((_, verified)) => report(ui, path, verified, commitment.is_some(), *own, &mut self.steps),
            None if running => widgets::loading(ui, t::VERIFYING, &crate::diagnostic::ProgressState::default()),
            None => {
                widgets::heading(ui, t::RESULT);
                ui.add(egui::Label::new(theme::note(ui, t::NOTHING_YET)).wrap());
            }
        }
    }
}

/// The field of a published value, named, with its hint and what is said of one that is none (which is the `Err`), and
/// what is said where nothing is typed.
pub(super) fn published_ui<T>(
    ui: &mut Ui,
    text: &mut String,
    [label, hint, wrong]: [&str; 3],
    missing: RichText,
    read: impl FnOnce(String) -> Option<T>,
) -> Result<Option<T>, ()> {
    let name = ui.label(label);
    let field = egui::TextEdit::multiline(text)
        .desired_rows(2)
        .desired_width(ui.available_width())
        .font(egui::FontId::monospace(theme::BODY))
        .hint_text(hint);
    ui.add(field).labelled_by(name.id);
    let typed = typed(text, read);
    match &typed {
        Err(()) => {
            ui.label(RichText::new(wrong).color(theme::of(ui).red));
        }
        Ok(None) => {
            ui.add(egui::Label::new(missing).wrap());
        }
        Ok(Some(_)) => {}
    }
    typed
}

fn report(ui: &mut Ui, path: &Path, verified: &Verified, published: bool, own: bool, list: &mut ListState) {
    let palette = theme::of(ui);
    let pairing = verified.pairing.as_deref();
    let reports = || std::iter::once(&verified.report).chain(verified.anchors.as_ref().map(|anchors| &anchors.report));
    let faults = reports().map(|report| report.faults.len()).sum::<usize>() + pairing.map_or(0, <[String]>::len);
    let open_steps = verified.report.steps.iter().any(|s| s.state == StepState::NotChecked);
    let (words, ink) = if faults > 0 {
        (t::faults(faults), palette.red)
    } else if open_steps || !published {
        (t::PARTLY.to_owned(), palette.amber)
    } else {
        (t::VERIFIED.to_owned(), palette.green)
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(words).font(theme::bold(theme::TITLE)).color(ink));
        if verified.certificate.as_ref().is_some_and(|c| c.statement().is_some()) {
            widgets::chip(ui, t::DEMONSTRATION, palette.amber_wash, palette.amber);
        }
    });
    if !published {
        ui.label(RichText::new(t::NOT_PUBLISHED).font(theme::bold(theme::SECTION)).color(palette.amber));
    } else if own {
        ui.label(theme::note(ui, t::OWN_COMMITMENT));
    }
    if let Some(statement) = verified.certificate.as_ref().and_then(|c| c.statement()) {
        ui.label(RichText::new(statement).color(palette.amber));
    }
    if let Some(anchors) = &verified.anchors {
        ui.label(RichText::new(anchor::trust_words(&anchors.words(), anchors.stamp.is_some())).color(palette.text));
    }
    ui.label(theme::note(ui, path.display().to_string()));
    ui.add_space(GRID);
    egui::ScrollArea::vertical().id_salt("report").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let (state, detail) = match pairing {
            None => (StepState::NotChecked, t::PAIRING_NOT.to_owned()),
            Some([]) => (StepState::Passed, t::PAIRING_PASSED.to_owned()),
            Some(faults) => (StepState::Failed, faults.join("；")),
        };
        let steps = reports().flat_map(|report| &report.steps);
        let steps = steps.map(|step| (step.name, step.state, step.detail.as_str()));
        let steps: Vec<_> = steps.chain([(t::PAIRING, state, detail.as_str())]).collect();
        steps_ui(ui, list, &steps);
        ui.add_space(GRID);
        for fault in reports().flat_map(|report| &report.faults) {
            let text = widgets::message(ui, &fault.in_chinese(), palette.red);
            ui.add(egui::Label::new(text).wrap().selectable(true));
        }
        for fault in pairing.unwrap_or_default() {
            ui.add(egui::Label::new(RichText::new(fault).color(palette.red)).wrap().selectable(true));
        }
    });
}

/// The steps of the verification: name, how it ended, what was found.
pub(super) fn steps_ui(ui: &mut Ui, list: &mut ListState, steps: &[(&str, StepState, &str)]) {
    let palette = theme::of(ui);
    let c = t::STEP_COLUMNS;
    let columns = [
        ColumnDef::text("mark", "", 28.0).unsorted(),
        ColumnDef::text("step", c[0], 240.0),
        ColumnDef::text("state", c[1], 88.0),
        ColumnDef::text("detail", c[2], 200.0).share(1.0),
    ];
    let cell = |row: usize, column: usize| {
        let (name, state, detail) = steps[row];
        Cow::Borrowed(["", name, state.label(), detail][column])
    };
    let style = |row: usize, column: usize, _: &str| {
        // a mark in the colour of its end and of a shape of its own; the word stands beside it
        let (ink, shape) = match steps[row].1 {
            StepState::Passed => (palette.green, Shape::Dot),
            StepState::Failed => (palette.red, Shape::Square),
            StepState::NotChecked => (palette.amber, Shape::Dot),
        };
        match column {
            0 => CellStyle { ink: Some(ink), shape: Some(shape), ..CellStyle::default() },
            _ if steps[row].1 == StepState::NotChecked => {
                CellStyle { ink: Some(palette.muted), ..CellStyle::default() }
            }
            _ => CellStyle::default(),
        }
    };
    let rows = CellRows::new(&columns, steps.len(), &cell);
    let input = TableInput::new(ListId::Verification, &rows).decorate(&style).whole();
    List::show(ui, list, &input, steps.len() as u64);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_may_be_typed_in_groups() {
        let hex = "ab".repeat(32);
        let typed = format!(" {}\n{} ", hex.get(..32).unwrap().to_uppercase(), hex.get(32..).unwrap());
        assert_eq!(super::typed(&typed, typed_hash), Ok(Some(hex)));
        assert_eq!(super::typed("  \n", typed_hash), Ok(None));
        assert_eq!(super::typed("abc", typed_hash), Err(()));
    }

    #[test]
    fn what_lies_beside_is_found() {
        let dir = tempfile::tempdir().unwrap();
        crate::export::write_atomic(&dir.path().join("frame.csv"), b"x").unwrap();
        let found = find_beside(&dir.path().join("certificate.json"));
        assert!(found.frame.is_some() && found.roster.is_none() && found.changes.is_none());
    }
}
