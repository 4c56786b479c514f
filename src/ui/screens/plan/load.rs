//! Load by month: what the plan takes of a resource against what there is, as a chart.

use std::sync::Arc;

use egui::{Ui, Vec2};

use super::model::resource_name;
use crate::chart::{Axis, Categories, Chart, ChartKind, Columns, Ink, Overlay, Series};
use crate::plan::PlanCell;
use crate::plan::model::{MONTHS, Resource};
use crate::policy::Policy;
use crate::ui::plot;
use crate::ui::screens::Cx;
use crate::ui::slot::Same;
use crate::ui::text::plan as t;
use crate::ui::theme::HALF;
use crate::workspace::reports::mandatory::month_sentences;
use crate::workspace::session::AnalysisView;

/// State of the chart.
#[derive(Default)]
pub(super) struct Load {
    of: Same<AnalysisView>,
    /// Body and resource that the chart was made for.
    made: (Option<usize>, usize),
    /// Which resource; `None` for the number of checks.
    which: Option<usize>,
    chart: Option<Chart>,
    revision: u64,
    /// What is said of the city's months, and the plan that it was made of.
    said: (Same<AnalysisView>, Vec<String>),
}

/// The chart of a row of cells.
pub(super) fn chart_of(name: &str, cells: &[PlanCell], resource: Resource, source: &str) -> Chart {
    let r = resource.index();
    let need: Vec<f64> = cells.iter().map(|cell| cell.need[r]).collect();
    let have: Option<Vec<f64>> = cells.iter().map(|cell| cell.have[r]).collect();
    let title = match &have {
        None => t::load_open(name, resource_name(resource)),
        Some(have) => {
            let over = cells.iter().filter(|cell| cell.is_over(resource)).count();
            let share = |m: usize| if have[m] > 0.0 { need[m] / have[m] } else { 0.0 };
            let fullest = (0..need.len()).max_by(|a, b| share(*a).total_cmp(&share(*b))).unwrap_or(0);
            let percent = if need.is_empty() { 0.0 } else { share(fullest) * 100.0 };
            t::load_title(name, resource_name(resource), over, fullest + 1, percent)
        }
    };
    Chart {
        title,
        x: Axis::new(t::MONTH, ""),
        y: Axis::new(resource_name(resource), resource.unit().trim_start_matches('个')).decimals(1),
        source: source.to_owned(),
        kind: ChartKind::Columns(Columns {
            categories: Categories::Labels {
                names: (1..=MONTHS).map(|m| t::month(m).to_owned()).collect(),
                ordered: true,
            },
            series: vec![Series::new(t::NEED, Ink::Accent, need)],
            overlays: have
                .map(|values| Overlay { name: t::HAVE.to_owned(), ink: Ink::Amber, values, step: true })
                .into_iter()
                .collect(),
            ..Columns::default()
        }),
    }
}

impl Load {
    /// Draws the chooser; true where the number of checks is to be shown instead of a resource.
    pub(super) fn chooser(&mut self, ui: &mut Ui) -> bool {
        ui.horizontal_wrapped(|ui| {
            if ui.selectable_label(self.which.is_none(), t::COUNT_CHART).clicked() {
                self.which = None;
            }
            for (r, which) in Resource::ALL.into_iter().enumerate() {
                if ui.selectable_label(self.which == Some(r), resource_name(which)).clicked() {
                    self.which = Some(r);
                }
            }
        });
        ui.add_space(HALF);
        self.which.is_none()
    }

    /// What is said of the city's months: the mandatory checks in them, and why one stands out.
    pub(super) fn sentences(&mut self, policy: &Policy, view: &Arc<AnalysisView>) -> Vec<String> {
        if !self.said.0.is(view) {
            self.said = (Same::of(view), month_sentences(policy, &view.analysis));
        }
        self.said.1.clone()
    }

    /// Draws the chart of a body, or of the city.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        view: &Arc<AnalysisView>,
        (body, name): (Option<usize>, &str),
        source: &str,
        height: f32,
    ) {
        let resource = self.which.unwrap_or_default();
        if self.chart.is_none() || !self.of.is(view) || self.made != (body, resource) {
            (self.of, self.made) = (Same::of(view), (body, resource));
            self.revision += 1;
            let plan = &view.analysis.plan;
            let which = Resource::ALL.get(resource).copied().unwrap_or(Resource::TeamDays);
            self.chart = Some(match body.and_then(|i| plan.matrix.get(i)) {
                Some(cells) => chart_of(name, cells, which, source),
                None => chart_of(name, &plan.city_cells(), which, source),
            });
        }
        let size = Vec2::new(ui.available_width(), height);
        if let Some(chart) = &self.chart {
            let plotted = plot::show(ui, "plan-load", chart, size, self.revision);
            if let Some(action) = plotted.action {
                cx.out.charts.push((action, chart.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::model::RESOURCES;

    fn cell(need: f64, have: Option<f64>) -> PlanCell {
        PlanCell { need: [need; RESOURCES], have: [have; RESOURCES], ..PlanCell::default() }
    }

    #[test]
    fn the_title_states_the_finding() {
        let cells: Vec<PlanCell> = (0..MONTHS).map(|m| cell(m as f64, Some(10.0))).collect();
        let chart = chart_of("黄浦区生态环境局", &cells, Resource::TeamDays, "来源");
        assert!(chart.title.contains("1 个月超出") && chart.title.contains("12月"), "{}", chart.title);
        let ChartKind::Columns(columns) = &chart.kind else { unreachable!() };
        assert!(columns.overlays.first().is_some_and(|o| o.step && o.values.len() == MONTHS));
        let open: Vec<PlanCell> = (0..MONTHS).map(|_| cell(1.0, None)).collect();
        let chart = chart_of("全市", &open, Resource::Budget, "来源");
        let ChartKind::Columns(columns) = &chart.kind else { unreachable!() };
        assert!(columns.overlays.is_empty() && chart.title.contains("不限"));
    }
}
