//! What will be frozen: frame, strata, expected draw, certainties and exclusions by reason.

use std::collections::BTreeMap;

use egui::{RichText, Ui};

use super::big_figure;
use super::grid;
use crate::diagnostic::{AppResult, Progress};
use crate::domain::PlanMonth;
use crate::plan::{TargetReason, compute_strata};
use crate::sampling::REASON_CERTAIN;
use crate::ui::text::draw as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{decimal, thousands};
use crate::workspace::inputs::analysis::{Analysis, compute_analysis};
use crate::workspace::session::ProjectData;
use crate::workspace::store::project::Project;

/// A stratum before the draw.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumPreview {
    name: String,
    free: String,
    certain: String,
    expected: String,
    share: String,
}

/// A month before it is frozen.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Rows of the frame: every unit of the registry.
    pub frame: usize,
    /// Expected draw, certainties included.
    pub expected: f64,
    /// Units that are sure to be drawn.
    pub certain: usize,
    /// Strata with anybody in them.
    pub strata: Vec<StratumPreview>,
    certain_by: Vec<(String, String)>,
    excluded_by: Vec<(String, String)>,
    /// Blocking shortages in words.
    pub blocking: Vec<String>,
}

/// Sums the month up. `second` where an earlier draw of the month was opened: only mandatory checks are left.
///
/// # Errors
/// Those of the analysis.
pub fn compute_preview(
    project: &Project,
    data: &ProjectData,
    analysis: Option<&Analysis>,
    month: PlanMonth,
    second: bool,
    progress: &Progress,
) -> AppResult<Preview> {
    let made;
    let analysis = if let Some(analysis) = analysis.filter(|a| a.month == month) {
        analysis
    } else {
        made = compute_analysis(project, &data.registry, month, progress)?;
        &made
    };
    let policy = &project.policy;
    let mut targets = analysis.targets(project, month);
    if second {
        for (p, reason) in targets.p.iter_mut().zip(&mut targets.reason) {
            if *reason == TargetReason::Free {
                (*p, *reason) = (0.0, TargetReason::Offered);
            }
        }
    }
    let inputs = &analysis.population.inputs;
    let strata = compute_strata(policy, inputs, &targets);
    let mut certain_by: BTreeMap<&str, usize> = BTreeMap::new();
    let mut excluded_by: BTreeMap<TargetReason, usize> = BTreeMap::new();
    let mut preview = Preview {
        frame: targets.p.len(),
        expected: 0.0,
        certain: 0,
        strata: Vec::new(),
        certain_by: Vec::new(),
        excluded_by: Vec::new(),
        blocking: analysis.plan.shortages.iter().filter(|s| s.blocking).map(|s| s.text.clone()).collect(),
    };
    for stratum in &strata {
        for site in &stratum.certain {
            let reason = targets.reason[*site as usize];
            let label =
                if matches!(reason, TargetReason::Mandatory(_)) { reason.label(policy) } else { REASON_CERTAIN };
            *certain_by.entry(label).or_default() += 1;
        }
        for site in &stratum.excluded {
            *excluded_by.entry(targets.reason[*site as usize]).or_default() += 1;
        }
        let expected = stratum.expected + stratum.certain.len() as f64;
        let chance: usize = stratum.units.len() + stratum.certain.len();
        preview.expected += expected;
        preview.certain += stratum.certain.len();
        if chance > 0 {
            let body = inputs.bodies.get(stratum.body as usize).map_or("", |b| b.name.as_str());
            let category = policy.categories.get(stratum.category as usize).map_or("", |c| c.name.as_str());
            preview.strata.push(StratumPreview {
                name: format!("{body} · {category}"),
                free: thousands(stratum.units.len() as u64),
                certain: thousands(stratum.certain.len() as u64),
                expected: decimal(expected, 1),
                share: format!("{}%", decimal(expected / chance as f64 * 100.0, 1)),
            });
        }
    }
    let count = |n: usize| format!("{} {}", thousands(n as u64), t::U_UNITS);
    let certain_label =
        |label: &str| if label == REASON_CERTAIN { t::PROBABILITY_ONE.to_owned() } else { label.to_owned() };
    preview.certain_by = certain_by.into_iter().map(|(label, n)| (certain_label(label), count(n))).collect();
    preview.excluded_by = excluded_by.into_iter().map(|(r, n)| (r.label(policy).to_owned(), count(n))).collect();
    Ok(preview)
}

fn reasons(ui: &mut Ui, title: &str, list: &[(String, String)]) {
    ui.label(theme::strong(title));
    if list.is_empty() {
        ui.label(theme::note(ui, t::NONE));
    }
    for (label, count) in list {
        ui.horizontal(|ui| {
            ui.label(label);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| ui.label(theme::note(ui, count)));
        });
    }
    ui.add_space(GRID);
}

/// Draws the preview.
pub fn show(ui: &mut Ui, preview: &Preview, size: f32) {
    ui.horizontal(|ui| {
        let width = (ui.available_width() - GRID * 3.0) / 4.0;
        big_figure(ui, width, size, t::F_FRAME, &thousands(preview.frame as u64), t::U_UNITS);
        big_figure(ui, width, size, t::F_EXPECTED, &decimal(preview.expected, 1), t::U_UNITS);
        big_figure(ui, width, size, t::F_CERTAIN, &thousands(preview.certain as u64), t::U_UNITS);
        big_figure(ui, width, size, t::F_STRATA, &preview.strata.len().to_string(), t::U_STRATA);
    });
    ui.add_space(GRID);
    if !preview.blocking.is_empty() {
        let palette = theme::of(ui);
        egui::Frame::new().fill(palette.red_wash).inner_margin(8).corner_radius(theme::RADIUS).show(ui, |ui| {
            ui.set_width(ui.available_width());
            let title = t::blocked(preview.blocking.len());
            ui.label(RichText::new(title).font(theme::bold(theme::SECTION)).color(palette.red));
            for text in preview.blocking.iter().take(3) {
                ui.add(egui::Label::new(text).wrap());
            }
        });
        ui.add_space(GRID);
    }
    let height = ui.available_height();
    let side = 300.0;
    ui.horizontal_top(|ui| {
        let width = ui.available_width() - side - GRID;
        ui.allocate_ui(egui::vec2(width, height), |ui| {
            ui.vertical(|ui| {
                let c = t::STRATA_COLUMNS;
                let columns = [(c[0], 0.0), (c[1], 90.0), (c[2], 70.0), (c[3], 90.0), (c[4], 90.0)];
                grid::table(ui, "strata", &columns, preview.strata.len(), height, |ui, i, widths| {
                    let s = &preview.strata[i];
                    grid::row(
                        ui,
                        widths,
                        &[&s.name, &s.free, &s.certain, &s.expected, &s.share],
                        i % 2 == 1,
                        false,
                        false,
                    );
                });
            });
        });
        ui.allocate_ui(egui::vec2(side, height), |ui| {
            theme::card(ui).show(ui, |ui| {
                ui.set_width(side - 26.0);
                ui.set_height(height - 26.0);
                egui::ScrollArea::vertical().id_salt("reasons").auto_shrink([false, false]).show(ui, |ui| {
                    ui.vertical(|ui| {
                        reasons(ui, t::CERTAIN_BY, &preview.certain_by);
                        reasons(ui, t::EXCLUDED_BY, &preview.excluded_by);
                    });
                });
            });
        });
    });
}

/// Draws the year's: every unit stands in its frame, none is drawn.
pub fn show_year(ui: &mut Ui, units: usize, bodies: usize, size: f32) {
    ui.horizontal(|ui| {
        let width = (ui.available_width() - GRID * 3.0) / 4.0;
        big_figure(ui, width, size, t::F_FRAME, &thousands(units as u64), t::U_UNITS);
        big_figure(ui, width, size, t::F_BODIES, &bodies.to_string(), t::U_BODIES);
    });
    ui.add_space(GRID);
    ui.label(theme::note(ui, t::YEAR_FRAME));
}
