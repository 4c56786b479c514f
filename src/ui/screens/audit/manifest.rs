//! An exported folder held against its manifests: a folder is picked, what doesn't agree is listed.

use std::borrow::Cow;
use std::path::PathBuf;

use egui::{RichText, Ui};

use super::super::Cx;
use crate::diagnostic::{Finding, ProgressState};
use crate::export::{ManifestCheck, check_manifest};
use crate::ui::picker::{Door, PickKind, PickRequest, Picking};
use crate::ui::slot::Slot;
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, TableInput};
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
        findings(ui, &check.findings, key.1);
    }
}

/// What does not agree, file by file.
fn findings(ui: &mut Ui, findings: &[Finding], version: u64) {
    if findings.is_empty() {
        return;
    }
    let c = t::MANIFEST_COLUMNS;
    let columns = [
        ColumnDef::text("code", c[0], 84.0),
        ColumnDef::text("file", c[1], 200.0).share(0.6),
        ColumnDef::text("what", c[2], 160.0).share(0.6),
        ColumnDef::text("got", c[3], 120.0).share(0.5),
        ColumnDef::text("expected", c[4], 120.0).share(0.5),
        ColumnDef::text("hint", c[5], 160.0).share(0.6),
    ];
    let cell = |at: usize, column: usize| {
        let text = |text: &'_ Option<String>| text.clone().map_or(Cow::Borrowed(""), Cow::Owned);
        let Some(finding) = findings.get(at) else { return Cow::Borrowed("") };
        match column {
            0 => Cow::Borrowed(finding.code),
            1 => text(&finding.file),
            2 => Cow::Borrowed(finding.what.as_str()),
            3 => text(&finding.value),
            4 => text(&finding.expected),
            _ => text(&finding.hint),
        }
    };
    let sentence = |at: usize| findings.get(at).map(ToString::to_string).unwrap_or_default();
    let palette = theme::of(ui);
    let style = |_: usize, column: usize, _: &str| CellStyle {
        ink: (column <= 2).then_some(palette.red),
        ..CellStyle::default()
    };
    let hint = |at: usize| findings.get(at).map(ToString::to_string).unwrap_or_default();
    let rows = CellRows::new(&columns, findings.len(), &cell).sentence(&sentence);
    let input = TableInput::new(ListId::Manifest, &rows).decorate(&style).hint(&hint);
    List::show_kept(ui, None, &input, version);
}
