//! A query in the place of a table.

use egui::{ComboBox, TextEdit};

use crate::registry::TableKind;
use crate::ui::screens::data::mapping::keep_on_top;
use crate::ui::text::data::NO_TABLE;
use crate::ui::text::database as t;
use crate::ui::theme;
use crate::ui::widgets::{self, Gate};
use crate::workspace::intake::database_look::is_query;

/// Lines of the text in sight.
const LINES: usize = 6;

/// What became of the dialog.
pub(super) enum QueryAnswer {
    /// Still open.
    Open,
    /// Given up.
    Cancelled,
    /// A query, and what it is read as.
    Use(String, TableKind),
}

/// The dialog.
#[derive(Default)]
pub(super) struct QueryDialog {
    text: String,
    kind: Option<TableKind>,
    /// It takes the place of the query chosen.
    pub(super) over: bool,
}

impl QueryDialog {
    /// Opens it on a query that is there.
    pub(super) fn on(text: String, kind: Option<TableKind>) -> Self {
        Self { text, kind, over: true }
    }

    /// Draws it.
    pub(super) fn ui(&mut self, ctx: &egui::Context) -> QueryAnswer {
        let text = self.text.trim().trim_end_matches(';').trim_end().to_owned();
        let is_query = is_query(&text);
        let gate = Gate::of(&[(t::READ_AS, self.kind.is_some()), (t::QUERY_TEXT, !text.is_empty())]).and(is_query);
        let answer = widgets::dialog(ctx, "database query", t::QUERY_TITLE, t::QUERY_USE, gate, |ui| {
            ui.add(egui::Label::new(theme::note(ui, t::QUERY_NOTE)).wrap());
            ui.add_space(theme::HALF);
            ui.horizontal(|ui| {
                let label = ui.label(t::READ_AS);
                ComboBox::from_id_salt("query table")
                    .width(160.0)
                    .selected_text(self.kind.map_or(NO_TABLE, TableKind::label))
                    .show_ui(ui, |ui| {
                        keep_on_top(ui);
                        for kind in TableKind::ALL {
                            ui.selectable_value(&mut self.kind, Some(kind), kind.label());
                        }
                    })
                    .response
                    .labelled_by(label.id);
            });
            let label = ui.label(t::QUERY_TEXT);
            let edit = TextEdit::multiline(&mut self.text).desired_rows(LINES).desired_width(f32::INFINITY);
            ui.add(edit).labelled_by(label.id);
            // the line is there whether something is said or not: nothing below it moves
            let said = if text.is_empty() || is_query { " " } else { t::QUERY_NOT };
            let ink = theme::of(ui).amber;
            ui.label(egui::RichText::new(said).font(theme::regular(theme::SMALL)).color(ink));
        });
        match (answer, self.kind) {
            (None, _) => QueryAnswer::Open,
            (Some(true), Some(kind)) => QueryAnswer::Use(text, kind),
            (Some(_), _) => QueryAnswer::Cancelled,
        }
    }
}
