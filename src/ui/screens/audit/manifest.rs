//! An exported folder held against its manifests: a folder is picked, what doesn't agree is listed.

use std::path::PathBuf;

use egui::{RichText, Ui};

use super::super::Cx;
use crate::diagnostic::ProgressState;
use crate::export::{ManifestCheck, check_manifest};
use crate::ui::picker::{Door, PickKind, PickRequest, Picking};
use crate::ui::slot::Slot;
use crate::ui::text::audit as t;
use crate::ui::text::common;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;

/// State of the check.
#[derive(Default)]
pub struct ManifestView {
    picking: Option<Picking>,
    /// The folder, and how often one was chosen: choosing it again checks it again.
    folder: Option<(PathBuf, u64)>,
    checked: Slot<(PathBuf, u64), ManifestCheck>,
}

impl ManifestView {
    /// Draws the card that asks for the folder; true where one was just chosen.
    pub fn card(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) -> bool {
        let mut chosen = false;
        if let Some(paths) = self.picking.as_ref().and_then(Picking::poll) {
            self.picking = None;
            if let Some(path) = paths.into_iter().next() {
                let round = self.folder.as_ref().map_or(0, |(_, round)| round + 1);
                self.folder = Some((path, round));
                chosen = true;
            }
        }
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            widgets::heading(ui, t::MANIFEST);
            ui.add(egui::Label::new(theme::note(ui, t::MANIFEST_WHY)).wrap());
            if ui.button(t::MANIFEST_CHOOSE).clicked() {
                self.picking =
                    Some(cx.pick(PickRequest::new(PickKind::Folder, t::MANIFEST_CHOOSE).door(Door::Evidence)));
            }
        });
        chosen
    }

    /// Draws what was found.
    pub fn result(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(key) = self.folder.clone() else { return };
        let folder = key.0.clone();
        self.checked.ask(cx.session, &key, t::MANIFEST, move |_| check_manifest(&folder));
        if let Some(error) = self.checked.error() {
            if widgets::failed(ui, t::MANIFEST_FAILED, error, common::AGAIN) {
                self.checked.forget();
            }
            return;
        }
        let Some(check) = self.checked.current() else {
            widgets::loading(ui, t::MANIFEST, &ProgressState::default());
            return;
        };
        let palette = theme::of(ui);
        let (words, ink) = if check.findings.is_empty() {
            (t::manifest_holds(check.files), palette.green)
        } else {
            (t::manifest_faults(check.findings.len()), palette.red)
        };
        ui.label(RichText::new(words).font(theme::bold(theme::TITLE)).color(ink));
        ui.label(theme::note(ui, t::manifest_read(check.manifests, check.files)));
        ui.label(theme::note(ui, key.0.display().to_string()));
        ui.add_space(GRID);
        egui::ScrollArea::vertical().id_salt("manifest").auto_shrink([false, false]).show(ui, |ui| {
            for finding in &check.findings {
                let text = widgets::message(ui, &finding.to_string(), palette.red);
                ui.add(egui::Label::new(text).wrap().selectable(true));
            }
        });
    }
}
