//! The project's journal held against its files, its draws and a head of it that was published.

use std::path::{Path, PathBuf};

use egui::{RichText, Ui};

use super::super::Cx;
use super::verify::steps_ui;
use crate::diagnostic::ProgressState;
use crate::text::fold_width;
use crate::ui::slot::Slot;
use crate::ui::table::ListState;
use crate::ui::text::audit as t;
use crate::ui::text::common;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::deeds::verify_log::{LogRequest, LogVerified, parse_head, verify_log};
use crate::workspace::store::journal::LogHead;

/// What is asked: the project, the head, and how often it was asked.
type Asked = (PathBuf, Option<LogHead>, u64);

/// State of the check.
#[derive(Default)]
pub struct LogView {
    head: String,
    asked: Option<Asked>,
    checked: Slot<Asked, LogVerified>,
    steps: ListState,
}

/// A head as typed: half-width, without blanks.
fn typed_head(text: &str) -> Result<Option<LogHead>, ()> {
    let folded: String = fold_width(text).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    if folded.is_empty() { Ok(None) } else { parse_head(&folded).map(Some).map_err(|_| ()) }
}

impl LogView {
    /// Draws the card that asks for the head; true where the check was just asked for.
    pub fn card(&mut self, ui: &mut Ui, root: &Path) -> bool {
        let mut asked = false;
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            widgets::heading(ui, t::LOG);
            ui.add(egui::Label::new(theme::note(ui, t::LOG_WHY)).wrap());
            let name = ui.label(t::LOG_HEAD);
            let field = egui::TextEdit::multiline(&mut self.head)
                .desired_rows(2)
                .desired_width(ui.available_width())
                .font(egui::FontId::monospace(theme::BODY))
                .hint_text(t::LOG_HEAD_HINT);
            ui.add(field).labelled_by(name.id);
            let head = typed_head(&self.head);
            match &head {
                Err(()) => {
                    ui.label(RichText::new(t::E_LOG_HEAD).color(theme::of(ui).red));
                }
                Ok(None) => {
                    ui.add(egui::Label::new(theme::note(ui, t::NO_LOG_HEAD)).wrap());
                }
                Ok(Some(_)) => {}
            }
            if ui.add_enabled(head.is_ok(), egui::Button::new(t::LOG_CHECK)).clicked()
                && let Ok(head) = head
            {
                let round = self.asked.as_ref().map_or(0, |(.., round)| round + 1);
                self.asked = Some((root.to_owned(), head, round));
                asked = true;
            }
        });
        asked
    }

    /// Draws what was found.
    pub fn result(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(asked) = self.asked.clone() else { return };
        let (log, heads) = (asked.0.clone(), asked.1.clone().into_iter().collect());
        self.checked
            .ask(cx.session, &asked, t::LOG, move |_| verify_log(&LogRequest { log, heads, ..LogRequest::default() }));
        if let Some(error) = self.checked.error() {
            if widgets::failed(ui, t::LOG_FAILED, error, common::AGAIN) {
                self.checked.forget();
            }
            return;
        }
        let Some(found) = self.checked.current() else {
            widgets::loading(ui, t::LOG, &ProgressState::default());
            return;
        };
        let palette = theme::of(ui);
        let (words, ink) = match found.report.faults.len() {
            0 if asked.1.is_some() => (t::LOG_HOLDS.to_owned(), palette.green),
            0 => (t::PARTLY.to_owned(), palette.amber),
            faults => (t::faults(faults), palette.red),
        };
        ui.label(RichText::new(words).font(theme::bold(theme::TITLE)).color(ink));
        let head = format!("{}:{}", found.head.size, found.head.root);
        ui.add(egui::Label::new(theme::note(ui, t::log_head_now(&head))).wrap().selectable(true));
        if !found.interventions.is_empty() {
            let words = t::log_interventions(found.interventions.len());
            ui.add(egui::Label::new(RichText::new(words).color(palette.amber)).wrap());
        }
        ui.add_space(GRID);
        egui::ScrollArea::vertical().id_salt("log-report").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let steps = found.report.steps.iter().map(|step| (step.name, step.state, step.detail.as_str()));
            let steps: Vec<_> = steps.collect();
            steps_ui(ui, &mut self.steps, &steps);
            ui.add_space(GRID);
            for fault in &found.report.faults {
                let text = widgets::message(ui, &fault.to_string(), palette.red);
                ui.add(egui::Label::new(text).wrap().selectable(true));
            }
        });
    }
}
