//! The briefing as files: one PDF, one presentation, or a picture a page through the house's export.

use std::path::PathBuf;
use std::sync::Arc;

use egui::Ui;

use super::super::Cx;
use super::BriefingScreen;
use super::pages::FONTS;
use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::Audience;
use crate::export::FileName;
use crate::export::documents::Typesetter;
use crate::ui::picker::{PickKind, PickRequest, Picking};
use crate::ui::slot::Slot;
use crate::ui::text::briefing as t;
use crate::ui::theme;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::reports::export::{BRIEFING, BRIEFING_ENDINGS, briefing_files, workbook_date};
use crate::workspace::session::{OpenProject, ViewCommand};
use crate::workspace::store::templates::load_templates;

/// How far saving is.
#[derive(Default)]
pub(super) enum Saving {
    /// None.
    #[default]
    Idle,
    /// The user is asked where to.
    Asking(Picking, &'static str),
    /// It is made.
    Making(Box<Slot<PathBuf, Vec<u8>>>),
}

impl BriefingScreen {
    /// The button with its menu.
    pub(super) fn save_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, ready: bool) {
        if !matches!(self.saving, Saving::Idle) {
            ui.spinner();
            ui.label(theme::note(ui, t::SAVING));
            return;
        }
        ui.add_enabled_ui(ready, |ui| {
            ui.menu_button(t::SAVE, |ui| {
                for (ending, name) in BRIEFING_ENDINGS.into_iter().zip(t::SAVE_KINDS) {
                    if ui.button(name).clicked() {
                        self.ask(cx, open, ending);
                        ui.close();
                    }
                }
            });
        });
    }

    fn ask(&mut self, cx: &mut Cx<'_>, open: &OpenProject, ending: &'static str) {
        // pictures are many: they go into a folder, with their manifest
        let request = if ending == "png" {
            PickRequest::new(PickKind::TargetFolder, t::SAVE_TITLE)
        } else {
            let day = cx.session.now().date().to_string();
            let name = FileName {
                agency: &open.project.policy.agency_name,
                document: BRIEFING,
                period: &day,
                version: 1,
                audience: Audience::Internal,
                mark: self.pages.deck().and_then(|deck| deck.mark.as_deref()),
                extension: ending,
            };
            PickRequest::new(PickKind::SaveFile(name.render()), t::SAVE_TITLE).filter(&ending.to_uppercase(), &[ending])
        };
        self.saving = Saving::Asking(cx.pick(request), ending);
    }

    /// Takes the dialog's answer and the job's result.
    pub(super) fn save_poll(&mut self, cx: &mut Cx<'_>) {
        let answer = match &self.saving {
            Saving::Asking(picking, ending) => picking.poll().map(|paths| (paths, *ending)),
            _ => None,
        };
        if let Some((paths, ending)) = answer {
            self.saving = Saving::Idle;
            match paths.into_iter().next() {
                Some(to) if ending == "png" => {
                    let only = vec![BRIEFING.to_owned(), ending.to_owned()];
                    cx.send(Deed::Export { to, month: None, only });
                }
                Some(to) => self.make(cx, to, ending),
                None => {}
            }
        }
        let made = match &mut self.saving {
            Saving::Making(slot) => slot.take(),
            _ => None,
        };
        match made {
            Some((path, Ok(bytes))) => {
                self.saving = Saving::Idle;
                cx.send(ViewCommand::WriteFile(path, Arc::new(bytes)));
            }
            // the error stands in its toast already: the page says it, too, where a template is at fault
            Some((_, Err(_))) => self.saving = Saving::Idle,
            None => {}
        }
    }

    fn make(&mut self, cx: &mut Cx<'_>, to: PathBuf, ending: &'static str) {
        let (Some(deck), Some(open)) = (self.pages.deck().cloned(), cx.session.project()) else { return };
        let (project, created) = (Arc::clone(&open.project), workbook_date(cx.session.now()));
        let mut slot = Slot::default();
        slot.start(cx.session, to, t::SAVING, move |_| -> AppResult<Vec<u8>> {
            let templates = load_templates(&project)?;
            let typesetter = Typesetter { fonts: &FONTS, templates: &templates, program: PROGRAM, created };
            let made = briefing_files(&deck, &typesetter, |wanted| wanted == ending)?;
            let file = made.files.into_iter().next();
            file.map(|file| file.bytes).ok_or_else(|| AppError::new("EXP-063", "文档「简报」无法生成"))
        });
        self.saving = Saving::Making(Box::new(slot));
    }
}
