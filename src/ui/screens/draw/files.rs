//! Files that the ceremony writes: notices, pictures, task lists; where to is asked in a dialog.

use std::sync::Arc;

use super::DrawScreen;
use crate::domain::PlanMonth;
use crate::ui::picker::{PickKind, PickRequest};
use crate::ui::screens::Cx;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::reports::export::TASKS;
use crate::workspace::session::{Command, ViewCommand};

/// What a dialog for files is for.
pub(super) enum Saving {
    Bytes(Arc<Vec<u8>>, &'static str),
    Tasks(PlanMonth),
}

impl DrawScreen {
    pub(super) fn save(&mut self, cx: &mut Cx<'_>, bytes: Vec<u8>, name: &str, ending: &'static str) {
        let request = PickRequest::new(PickKind::SaveFile(name.to_owned()), name).filter(ending, &[ending]);
        let picking = cx.pick(request);
        self.saving.push((Saving::Bytes(Arc::new(bytes), ending), picking));
    }

    pub(super) fn poll_files(&mut self, cx: &mut Cx<'_>) {
        let mut commands: Vec<Command> = Vec::new();
        self.saving.retain(|(saving, picking)| match picking.poll() {
            None => true,
            Some(paths) => {
                if let Some(path) = paths.into_iter().next() {
                    commands.push(match saving {
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
        for command in commands {
            cx.send(command);
        }
    }
}
