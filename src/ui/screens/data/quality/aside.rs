//! The rows set aside, with their original cells; from each to the finding that set it aside.

use std::sync::Arc;

use egui::{RichText, ScrollArea, Ui};
use polars::prelude::DataFrame;

use super::{Csv, Quality};
use crate::registry::schema::set_aside;
use crate::ui::screens::Cx;
use crate::ui::screens::data::sheet::{FrameId, Source};
use crate::ui::table::{ListId, RowItem};
use crate::ui::text::data as t;
use crate::ui::{theme, widgets};
use crate::workspace::session::OpenProject;

impl Quality {
    /// Draws the rows set aside; true where the finding of one is to be shown.
    pub(in super::super) fn aside_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) -> bool {
        let frame = &open.data.registry.set_aside;
        let source = Source {
            id: FrameId { data: Arc::clone(&open.data), view: None, number: 0 },
            frame,
            kind: None,
            list: ListId::SetAside,
            empty: t::EMPTY_ASIDE,
            also: &[],
            targets: None,
            items: vec![RowItem::new("finding", t::SHOW_FINDING)],
        };
        let chosen = self.aside.table.cursor().and_then(|position| self.aside.frame_row(position));
        // a low window has room for it only where there is something to show
        if chosen.is_some() || !theme::is_low(ui.ctx()) {
            Self::cells_ui(ui, frame, chosen);
        }
        let (mut export, mut show) = (false, false);
        let any = frame.height() > 0;
        let out = self.aside.ui(ui, cx, open, &source, |ui, _| {
            export = ui.add_enabled(any, egui::Button::new(t::EXPORT_CSV)).clicked();
            show = ui.add_enabled(chosen.is_some(), egui::Button::new(t::SHOW_FINDING)).clicked();
        });
        if export {
            self.ask(cx, Csv::SetAside);
        }
        let asked = out.item.and_then(|(position, _)| self.aside.frame_row(position));
        let Some(row) = asked.or(chosen.filter(|_| show)) else { return false };
        let file = set_aside::FILE.of(frame).ok().and_then(|files| files.get(row as usize));
        let at = set_aside::ROW.of(frame).ok().and_then(|rows| rows.get(row as usize).copied().flatten());
        self.looked_for = file.map(str::to_owned).zip(at);
        self.looked_for.is_some()
    }

    /// The original cells of the row looked at.
    fn cells_ui(ui: &mut Ui, frame: &DataFrame, chosen: Option<u32>) {
        let palette = *theme::of(ui);
        egui::Panel::bottom("aside cells")
            .resizable(true)
            .default_size(170.0)
            .max_size((ui.available_height() * 0.35).floor())
            .frame(egui::Frame::new().fill(palette.surface).inner_margin(egui::Margin::same(8)))
            .show(ui, |ui| {
                widgets::heading(ui, t::ORIGINAL);
                let cells =
                    chosen.and_then(|row| set_aside::CELLS.of(frame).ok()?.get(row as usize)).unwrap_or_default();
                let parsed: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_str(cells).unwrap_or_default();
                if parsed.is_empty() {
                    ui.label(theme::note(ui, t::CHOOSE_ASIDE));
                }
                ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| {
                    ui.spacing_mut().interact_size.y = 18.0;
                    let pairs = ((ui.available_width() / 330.0) as usize).clamp(1, 4);
                    egui::Grid::new("aside original").num_columns(pairs * 2).spacing([16.0, 4.0]).show(ui, |ui| {
                        for (i, (heading, value)) in parsed.iter().enumerate() {
                            ui.label(theme::note(ui, heading));
                            let value = value.as_str().unwrap_or_default();
                            ui.add(egui::Label::new(RichText::new(value)).selectable(true));
                            if (i + 1).is_multiple_of(pairs) {
                                ui.end_row();
                            }
                        }
                    });
                });
            });
    }
}
