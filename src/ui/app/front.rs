//! What the window keeps to itself in front of others: the veil over names, files that name units, the whole screen.

use std::sync::Arc;

use egui::{Context, Ui};

use super::Workstation;
use crate::diagnostic::ProgressState;
use crate::ui::screens::{Outbox, ScreenId};
use crate::ui::slot::Same;
use crate::ui::text::shell as s;
use crate::ui::veil::{Secrets, Veil};
use crate::ui::widgets;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::session::{Command, ViewCommand};

impl Workstation {
    /// Carries a command out; one that is for good waits until the operator has said his name, one that writes a file
    /// with units' names until he has said that he means it, where they are veiled.
    pub fn send(&mut self, command: impl Into<Command>) {
        let command = command.into();
        if self.session.is_veiled() && self.names_units(&command) {
            self.dialogs.unveiled = Some(command);
        } else {
            self.send_unveiled(command);
        }
    }

    /// What is hidden at this moment; `None` while nothing is.
    pub(super) fn secrets_in_force(&self) -> Option<&Arc<Secrets>> {
        self.secrets.current().filter(|_| self.session.is_veiled())
    }

    /// True where a command writes a file that may name units. Pictures show none while the veil is on.
    fn names_units(&self, command: &Command) -> bool {
        match command {
            Command::Deed(deed) => matches!(**deed, Deed::Export { .. } | Deed::WriteList { .. }),
            Command::View(ViewCommand::WriteFile(path, bytes)) => {
                let picture = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
                match (std::str::from_utf8(bytes), self.secrets.current()) {
                    (Ok(text), Some(secrets)) => secrets.hide(text).is_some(),
                    _ => !picture,
                }
            }
            _ => false,
        }
    }

    pub(in crate::ui) fn send_unveiled(&mut self, command: Command) {
        if command.needs_operator() && self.session.preferences().operator.trim().is_empty() {
            self.dialogs.operator = Some((String::new(), Some(command)));
        } else {
            self.session.apply(command);
        }
    }

    /// Hands what has to be hidden to the gate; false where it is not known yet, and nothing else may be shown.
    pub(super) fn veil_ui(&mut self, ui: &mut Ui) -> bool {
        // the ceremony over real data hides its units until somebody says otherwise
        if let Some(open) = self.session.project()
            && self.screen == ScreenId::Draw
            && !open.saved.file.synthetic
            && self.offered.as_deref() != Some(open.saved.root())
        {
            self.offered = Some(open.saved.root().to_owned());
            self.session.apply(ViewCommand::Veil(true));
        }
        let data = self.session.project().filter(|_| self.session.is_veiled()).map(|open| Arc::clone(&open.data));
        let Some(data) = data else {
            ui.ctx().plugin::<Veil>().lock().set(None);
            self.doors.veil(None);
            return true;
        };
        let of = Arc::clone(&data);
        self.secrets.ask(&self.session, &Same::of(&data), s::VEILING, move |progress| Secrets::of(&of, progress));
        let current = self.secrets.current().cloned();
        ui.ctx().plugin::<Veil>().lock().set(current.as_ref());
        self.doors.veil(current.clone());
        if current.is_none() {
            egui::CentralPanel::default().show(ui, |ui| match self.secrets.error().map(str::to_owned) {
                None => widgets::loading(ui, s::VEILING, &ProgressState::default()),
                Some(error) => {
                    if widgets::failed(ui, s::VEIL_FAILED, &error, s::VEIL_LIFT) {
                        self.session.apply(ViewCommand::Veil(false));
                    }
                }
            });
        }
        current.is_some()
    }

    /// Gives the ceremony the whole screen, or takes it back. In front of others names are veiled.
    pub(in crate::ui) fn set_stage(&mut self, ctx: &Context, on: bool) {
        if on == self.stage {
            return;
        }
        self.stage = on;
        ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(on));
        if on {
            self.go(ScreenId::Draw);
            self.dialogs.findings = false;
            self.session.apply(ViewCommand::Veil(true));
        } else {
            ctx.set_zoom_factor(self.zoom);
        }
        ctx.request_repaint();
    }

    /// Carries out what a screen asked for in a frame.
    pub(in crate::ui) fn deliver(&mut self, ctx: &Context, out: Outbox) {
        let any = !out.commands.is_empty() || out.go.is_some();
        for command in out.commands {
            self.send(command);
        }
        if let Some(screen) = out.go {
            self.go(screen);
        }
        if !out.dropped.is_empty() {
            self.take_paths(out.dropped);
        }
        for action in out.actions {
            self.act(ctx, action);
        }
        if out.shortages {
            self.screens.plan.show_shortages();
        }
        if out.verify {
            self.screens.audit.show_verification();
        }
        if let Some(text) = out.copy {
            ctx.copy_text(text);
        }
        for (action, chart) in out.charts {
            self.chart_action(action, chart);
        }
        if any {
            ctx.request_repaint();
        }
    }
}
