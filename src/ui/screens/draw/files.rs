//! Files that the ceremony writes and takes: notices, pictures, task lists, the page of a number; a dialog asks for them.

use std::sync::Arc;

use super::DrawScreen;
use crate::domain::PlanMonth;
use crate::ui::picker::{Door, PickKind, PickRequest};
use crate::ui::screens::Cx;
use crate::ui::text::anchor;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::reports::export::TASKS;
use crate::workspace::session::{Command, ViewCommand};

/// What a dialog for files is for.
pub(super) enum Saving {
    Bytes(Arc<Vec<u8>>, &'static str),
    Tasks(PlanMonth),
    /// The page or picture of a public number.
    Source,
}

impl DrawScreen {
    pub(super) fn save(&mut self, cx: &mut Cx<'_>, bytes: Vec<u8>, name: &str, ending: &'static str) {
        let request = PickRequest::new(PickKind::SaveFile(name.to_owned()), name).filter(ending, &[ending]);
        let picking = cx.pick(request);
        self.saving.push((Saving::Bytes(Arc::new(bytes), ending), picking));
    }

    /// Asks for the page or picture that a public number was read from.
    pub(super) fn choose_source(&mut self, cx: &mut Cx<'_>) {
        let request = PickRequest::new(PickKind::OpenFile, anchor::SOURCE_CHOOSE).door(Door::Evidence);
        let picking = cx.pick(request);
        self.saving.push((Saving::Source, picking));
    }

    pub(super) fn poll_files(&mut self, cx: &mut Cx<'_>) {
        let mut commands: Vec<Command> = Vec::new();
        let mut source = None;
        self.saving.retain(|(saving, picking)| match picking.poll() {
            None => true,
            Some(paths) => {
                if let Some(path) = paths.into_iter().next() {
                    commands.push(match saving {
                        Saving::Source => {
                            source = Some(path);
                            return false;
                        }
                        Saving::Bytes(bytes, ending) => {
                            let path = if path.extension().is_some() { path } else { path.with_extension(ending) };
                            ViewCommand::WriteFile(path, Arc::clone(bytes)).into()
                        }
                        Saving::Tasks(month) => {
                            Deed::Export { to: path, month: Some(*month), only: vec![TASKS.to_owned()] }.into()
                        }
                    });
                }
                false
            }
        });
        if source.is_some() {
            self.entropy.source = source;
        }
        for command in commands {
            cx.send(command);
        }
    }
}
