//! The project's journal held against its files, its draws and a head of it that was published.

use std::path::{Path, PathBuf};

use egui::{RichText, Ui};

use super::super::Cx;
use super::verify::{published_ui, steps_ui};
use crate::diagnostic::ProgressState;
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

impl LogView {
    /// Draws the card that asks for the head; true where the check was just asked for.
    pub fn card(&mut self, ui: &mut Ui, root: &Path) -> bool {
        let mut asked = false;
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            widgets::heading(ui, t::LOG);
            ui.add(egui::Label::new(theme::note(ui, t::LOG_WHY)).wrap());
            let missing = theme::note(ui, t::NO_LOG_HEAD);
            let words = [t::LOG_HEAD, t::LOG_HEAD_HINT, t::E_LOG_HEAD];
            let head = published_ui(ui, &mut self.head, words, missing, |text| parse_head(&text).ok());
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
            0 => (t::LOG_ALONE.to_owned(), palette.amber),
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
                let text = widgets::message(ui, &fault.in_chinese(), palette.red);
                ui.add(egui::Label::new(text).wrap().selectable(true));
            }
        });
    }
}
