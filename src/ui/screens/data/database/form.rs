//! The server's address and the password for it: typed, used, never kept.
//!
//! Invariants: the field is emptied, its undo history with it, as soon as the password is used; the login that has it is
//! gone once the page is left or everything was read.

use egui::{Id, Key, TextEdit, Ui};

use crate::diagnostic::AppResult;
use crate::ui::screens::Cx;
use crate::ui::slot::Slot;
use crate::ui::text::database as t;
use crate::ui::{theme, widgets};
use crate::workspace::intake::database_look::{Login, PasswordPlace, known_password};

/// Width of the password's field, and the least and most of the address's.
const PASSWORD: f32 = 140.0;
const ADDRESS: std::ops::RangeInclusive<f32> = 220.0..=520.0;
/// What stands beside the address in its row.
const BESIDE: f32 = 410.0;

/// What was typed.
#[derive(Default)]
pub(super) struct Form {
    /// The server's address.
    pub(super) address: String,
    typed: String,
    login: Option<Login>,
    known: Slot<String, Option<PasswordPlace>>,
    /// The address is to be typed next.
    wants_focus: bool,
}

fn password_id() -> Id {
    Id::unique("database password")
}

impl Form {
    /// Who reads, where that is known and the address is still the same.
    pub(super) fn known_login(&self) -> Option<&Login> {
        self.login.as_ref().filter(|login| login.is_for(&self.address))
    }

    /// Who reads: with the password just typed, else the one of before.
    pub(super) fn log_in(&mut self, ctx: &egui::Context) -> AppResult<Login> {
        if self.typed.is_empty()
            && let Some(login) = self.known_login()
        {
            return Ok(login.clone());
        }
        // an address that is none leaves the password in its field
        Login::new(&self.address, String::new())?;
        let login = Login::new(&self.address, std::mem::take(&mut self.typed))?;
        widgets::forget_typing(ctx, password_id());
        self.login = Some(login.clone());
        Ok(login)
    }

    /// Forgets the password, typed or used.
    pub(super) fn forget(&mut self, ctx: &egui::Context) {
        self.typed.clear();
        self.login = None;
        widgets::forget_typing(ctx, password_id());
    }

    /// An empty address is to be typed next.
    pub(super) fn focus(&mut self) {
        self.wants_focus = true;
    }

    /// Draws the fields; true where one is to connect.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, connected: bool) -> bool {
        let mut connect = false;
        ui.horizontal_wrapped(|ui| {
            let width = (ui.available_width() - BESIDE).clamp(*ADDRESS.start(), *ADDRESS.end());
            let address = widgets::field(ui, t::ADDRESS, width, &mut self.address, t::ADDRESS_HINT);
            if std::mem::take(&mut self.wants_focus) && self.address.is_empty() {
                address.request_focus();
            }
            let password = ui
                .horizontal(|ui| {
                    let name = ui.label(t::PASSWORD);
                    let edit = TextEdit::singleline(&mut self.typed).id(password_id()).password(true);
                    ui.add(edit.desired_width(PASSWORD)).labelled_by(name.id)
                })
                .inner;
            let entered = ui.input(|input| input.key_pressed(Key::Enter));
            connect = entered && (address.lost_focus() || password.lost_focus());
            let ready = !self.address.trim().is_empty();
            let button = if connected {
                ui.add_enabled(ready, egui::Button::new(t::CONNECT_AGAIN)).on_disabled_hover_text(t::NO_ADDRESS)
            } else {
                widgets::primary_if(ui, ready, t::CONNECT, t::NO_ADDRESS)
            };
            connect = ready && (connect || button.clicked());
        });
        self.note_ui(ui, cx);
        connect
    }

    /// Where the password comes from.
    fn note_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let address = self.address.trim().to_owned();
        let asked = address.clone();
        self.known.ask(cx.session, &address, t::PASSWORD, move |_| Ok(known_password(&asked)));
        let known = self.known.current().and_then(|known| **known);
        let words = match known {
            _ if address.is_empty() => "",
            _ if !self.typed.is_empty() || self.known_login().is_some_and(Login::has_typed) => t::PASSWORD_TYPED,
            Some(known) => t::known_password(known),
            None => t::PASSWORD_UNKNOWN,
        };
        if !words.is_empty() {
            ui.add(egui::Label::new(theme::note(ui, words)).wrap());
        }
    }
}
