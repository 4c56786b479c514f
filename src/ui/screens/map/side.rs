//! The panel beside the map: figures of the area, selected sources, base map.

use std::borrow::Cow;
use std::sync::Arc;

use egui::{Align2, Role, Sense, Ui, Vec2, WidgetInfo};

use super::measures::{Area, MeasureId, index_of};
use super::{MapScreen, Ready};
use crate::ui::picker::{Door, PickKind, PickRequest};
use crate::ui::screens::{Cx, ScreenId};
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, TableInput, Target};
use crate::ui::text::map as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::session::{DraftCommand, ViewCommand};

/// Room that the base map's controls take at the foot.
const FOOT: f32 = 86.0;

impl MapScreen {
    /// Draws the panel.
    pub(super) fn side_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready<'_>) {
        let filter = cx.session.filter();
        let index = filter.district.and_then(|code| ready.map.set.index_of(crate::domain::DistrictCode(code)));
        let (name, area) = index
            .and_then(|i| ready.figures.district(i).map(|area| (ready.map.name(i), area)))
            .unwrap_or((t::CITY, ready.figures.city()));
        ui.horizontal(|ui| {
            widgets::heading(ui, name);
            if index.is_some() {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.small_button(t::BACK_TO_CITY).clicked() {
                        cx.send(ViewCommand::SetDistrict(None));
                    }
                });
            }
        });
        self.figures_ui(ui, cx, ready, area);
        ui.add_space(GRID);
        ui.separator();
        self.selection_ui(ui, cx, ready);
        ui.separator();
        self.base_map_ui(ui, cx, ready);
    }

    /// One line a measure; a click colours the map by it.
    fn figures_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, ready: &Ready<'_>, area: Area<'_>) {
        let palette = theme::of(ui);
        let month = cx.session.month();
        ui.spacing_mut().item_spacing.y = 0.0;
        for id in MeasureId::ALL {
            let measure = id.describe(&ready.open.project.policy, month);
            let value = id
                .value(area, index_of(month))
                .map_or_else(|| "—".to_owned(), |v| t::value(v, measure.decimals, &measure.unit));
            let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 21.0), Sense::click());
            let chosen = self.look.measure == id;
            response.widget_info(|| {
                WidgetInfo::selected(Role::RadioButton, true, chosen, format!("{} {value}", measure.name))
            });
            if response.clicked() {
                self.look.measure = id;
            }
            if chosen || response.hovered() || response.has_focus() {
                ui.painter().rect_filled(rect, theme::RADIUS, palette.row_ground(chosen, true, false));
            }
            let inner = rect.shrink2(Vec2::new(6.0, 0.0));
            let ink = if chosen { palette.text } else { palette.muted };
            ui.painter().text(
                inner.left_center(),
                Align2::LEFT_CENTER,
                &measure.name,
                theme::regular(theme::BODY),
                ink,
            );
            ui.painter().text(
                inner.right_center(),
                Align2::RIGHT_CENTER,
                value,
                theme::bold(theme::BODY),
                palette.text,
            );
        }
        ui.spacing_mut().item_spacing.y = GRID - 2.0;
    }

    fn selection_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready<'_>) {
        let rows = Arc::clone(&self.chosen.list.rows);
        ui.horizontal(|ui| {
            ui.label(theme::strong(t::SELECTION));
            if !rows.is_empty() {
                ui.label(theme::note(ui, t::selected(rows.len())));
            }
        });
        let height =
            (ui.available_height() - FOOT - if rows.is_empty() { 0.0 } else { theme::CONTROL + GRID }).max(52.0);
        if rows.is_empty() {
            ui.allocate_ui(Vec2::new(ui.available_width(), height), |ui| {
                ui.set_min_height(height);
                ui.add(egui::Label::new(theme::note(ui, t::SELECTION_NONE)).wrap());
            });
            return;
        }
        let unit = cx.session.filter().unit;
        let count = ready.tiers.entries.len();
        let data = &ready.open.data;
        let tier_of = |row: u32| {
            let tier = usize::from(*ready.tiers.of_row.get(row as usize)?);
            ready.tiers.entries.get(tier).map(|entry| (tier, entry))
        };
        let columns = [
            ColumnDef::text("tier", t::TIER, 60.0),
            ColumnDef::text("name", t::NAME, 120.0).share(1.0),
            ColumnDef::text("place", "", 58.0),
        ];
        // the narrow list keeps its room for the names where every unit has its place
        let placed = rows.iter().all(|row| ready.map.points.place(*row).is_some());
        let columns = if placed { &columns[..2] } else { &columns[..] };
        let cell = |at: usize, column: usize| {
            let Some(row) = rows.get(at).copied() else { return Cow::Borrowed("") };
            Cow::Borrowed(match column {
                0 => tier_of(row).map_or("", |(_, entry)| entry.id.as_str()),
                1 => data.name(row).or_else(|| data.unit_id(row)).unwrap_or_default(),
                _ if ready.map.points.place(row).is_none() => t::NOWHERE,
                _ => "",
            })
        };
        let palette = theme::of(ui);
        let style = |at: usize, column: usize, _: &str| {
            let tier = rows.get(at).filter(|_| column == 0).and_then(|row| tier_of(*row));
            let ground = tier.map(|(tier, _)| palette.tier(tier, count));
            let ink = ground.map(|ground| palette.ink_on(ground)).or((column == 2).then_some(palette.amber));
            CellStyle { chip: ground, ink, strong: column == 0, ..CellStyle::default() }
        };
        let target = |at: usize| rows.get(at).and_then(|row| Target::of_source(data, *row));
        let cells = CellRows::new(columns, rows.len(), &cell).targets(&target);
        let input = TableInput::new(ListId::Selection, &cells).decorate(&style).height(height);
        let at = unit.and_then(|unit| rows.iter().position(|row| *row == unit));
        // the same rows while only the unit looked at is another: what is selected in the list stays
        let out = List::show_kept(ui, Some(at), &input, Arc::as_ptr(&rows).addr() as u64);
        if let Some(row) = out.chosen.and_then(|at| rows.get(at)) {
            cx.send(ViewCommand::SelectUnit(Some(*row)));
            self.chosen.fly_to = Some(*row);
        }
        ui.horizontal(|ui| {
            if ui.button(t::IN_TABLE).clicked() {
                cx.go(ScreenId::Data);
            }
            if ui.button(t::CLEAR).clicked() {
                self.clear(cx);
            }
        });
    }

    fn base_map_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready<'_>) {
        let writable = !ready.open.saved.is_read_only() && !cx.session.is_acting();
        let set = &ready.map.set;
        ui.horizontal(|ui| {
            ui.label(theme::strong(t::BASE_MAP));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let button = ui.add_enabled(writable, egui::Button::new(t::OWN_MAP)).accessible_name(t::OWN_MAP_NAME);
                if button.on_hover_text(t::OWN_MAP_NAME).on_disabled_hover_text(t::READ_ONLY).clicked() {
                    let request = PickRequest::new(PickKind::OpenFile, t::OWN_MAP_TITLE).door(Door::Setting);
                    let request = request.filter("Shapefile", &["shp", "zip"]);
                    self.own_map = Some(cx.pick(request));
                }
                let file = if ready.sketch { t::SKETCH_FILE } else { set.file.as_str() };
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.add(egui::Label::new(theme::note(ui, file)).truncate());
                });
            });
        });
        ui.horizontal(|ui| {
            let name = ui.label(t::REVIEW);
            let saved = &ready.open.draft.now().review_number;
            let field = egui::TextEdit::singleline(&mut self.review).hint_text(t::REVIEW_HINT);
            let response = ui.add_enabled(writable, field.desired_width(ui.available_width())).labelled_by(name.id);
            if response.lost_focus() && self.review.trim() != saved {
                cx.send(DraftCommand::SetReviewNumber(self.review.trim().to_owned()));
            } else if !response.has_focus() && self.review != *saved {
                self.review.clone_from(saved);
            }
        });
        if let Some(paths) = self.own_map.as_ref().and_then(crate::ui::picker::Picking::poll) {
            self.own_map = None;
            if let Some(path) = paths.into_iter().next() {
                cx.send(Deed::LoadDistricts(path));
            }
        }
    }
}
