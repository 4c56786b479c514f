//! Where a shared project lives: address, schema, and the password for them.

use egui::{Context, Id, Label, TextEdit, Ui};

use crate::diagnostic::AppResult;
use crate::ui::text::{database, sharing as t, shell};
use crate::ui::widgets::Gate;
use crate::ui::{theme, widgets};
use crate::workspace::store::shared::{Shared, SharedPlace};

/// The schema that is proposed.
const USUAL_SCHEMA: &str = "fairdraw_project";
/// Widths of the fields, points.
const ADDRESS: f32 = 430.0;
const SCHEMA: f32 = 240.0;
const PASSWORD: f32 = 200.0;

/// What was typed.
pub(super) struct PlaceForm {
    address: String,
    schema: String,
    password: String,
}

fn password_id() -> Id {
    Id::unique("sharing password")
}

impl PlaceForm {
    /// Filled with the place that was used last.
    pub(super) fn new(last: Option<&SharedPlace>) -> Self {
        let address = last.map(|place| place.address.clone()).unwrap_or_default();
        let schema = last.map_or_else(|| USUAL_SCHEMA.to_owned(), |place| place.schema.clone());
        Self { address, schema, password: String::new() }
    }

    /// Open once server and schema are named.
    pub(super) fn gate(&self) -> Gate {
        let given = |text: &str| !text.trim().is_empty();
        Gate::of(&[(database::ADDRESS, given(&self.address)), (t::SCHEMA, given(&self.schema))])
    }

    /// The place; a password that was typed for it is known from now on.
    pub(super) fn take(&mut self, ctx: &Context) -> AppResult<SharedPlace> {
        let place = SharedPlace::parse(self.address.trim(), self.schema.trim())?;
        Shared::at(place.clone())?.keep_password(self.take_password(ctx));
        Ok(place)
    }

    /// The password that was typed; the field is empty then.
    pub(super) fn take_password(&mut self, ctx: &Context) -> String {
        widgets::forget_typing(ctx, password_id());
        std::mem::take(&mut self.password)
    }

    /// The password's field.
    pub(super) fn password_ui(&mut self, ui: &mut Ui) {
        let name = ui.label(shell::SHARED_PASSWORD);
        let edit = TextEdit::singleline(&mut self.password).id(password_id()).desired_width(PASSWORD).password(true);
        ui.add(edit).labelled_by(name.id);
    }

    /// All fields.
    pub(super) fn ui(&mut self, ui: &mut Ui) {
        egui::Grid::new("sharing place").num_columns(2).spacing([12.0, 8.0]).show(ui, |ui| {
            let name = ui.label(database::ADDRESS);
            let hint = database::ADDRESS_HINT;
            ui.add(TextEdit::singleline(&mut self.address).desired_width(ADDRESS).hint_text(hint)).labelled_by(name.id);
            ui.end_row();
            let name = ui.label(t::SCHEMA);
            ui.add(TextEdit::singleline(&mut self.schema).desired_width(SCHEMA).hint_text(t::SCHEMA_HINT))
                .labelled_by(name.id);
            ui.end_row();
            self.password_ui(ui);
            ui.end_row();
        });
        ui.add(Label::new(theme::note(ui, t::PASSWORD_NOTE)).wrap());
    }
}
