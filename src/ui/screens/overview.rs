//! 总览: this year at a glance; every figure is a link to where it comes from.

use egui::{Align, Layout, RichText, Ui};

use super::{Cx, Screen, ScreenId, ready, title};
use crate::diagnostic::ProgressState;
use crate::disclosure::DeadlineState;
use crate::ui::text::common as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, decimal, thousands};
use crate::workspace::job::Stage;
use crate::workspace::session::{AnalysisView, Books, Command, OpenProject};

/// State of the screen: none of its own.
#[derive(Default)]
pub struct OverviewScreen;

impl Screen for OverviewScreen {
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(open) = ready(ui, cx) else { return };
        title(ui, "总览", &open.saved.file.name, |_| {});
        if let Stage::Failed(error) = &open.analysis {
            if widgets::failed(ui, t::FAILED, error, "查看数据") {
                cx.go(ScreenId::Data);
            }
            return;
        }
        let Some(view) = open.view() else {
            widgets::loading(ui, t::COMPUTING, &ProgressState::default());
            return;
        };
        egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            figures(ui, cx, open, view, open.books.value().map(AsRef::as_ref));
        });
    }
}

fn figures(ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &AnalysisView, books: Option<&Books>) {
    let palette = theme::of(ui);
    let width = (ui.available_width() - GRID * 3.0) / 4.0;
    let expected = view.city.expected_year();
    ui.horizontal(|ui| {
        let note = format!("{} 个执法主体", open.project.policy.bodies.len());
        if widgets::figure(ui, width, "全年计划检查", &decimal(expected, 0), "次", &note, None).clicked() {
            cx.go(ScreenId::Plan);
        }
        let city = books.map(|b| b.city).unwrap_or_default();
        let note = format!("已抽取 {} 项", thousands(u64::from(city.listed)));
        if widgets::figure(ui, width, "已完成", &thousands(u64::from(city.done)), "项", &note, None).clicked() {
            cx.go(ScreenId::Results);
        }
        let overdue = books.map_or(0, |b| b.status.board.of_state(DeadlineState::Overdue).count());
        let share = books.map_or_else(|| "—".to_owned(), |b| b.status.board.completeness.share().percent_text());
        let ink = (overdue > 0).then_some(palette.red);
        if widgets::figure(ui, width, "结果公开率", &share, "", &format!("逾期 {overdue} 项"), ink).clicked() {
            cx.go(ScreenId::Results);
        }
        let blocking = view.analysis.plan.shortages.iter().filter(|s| s.blocking).count();
        let ink = (blocking > 0).then_some(palette.red);
        if widgets::figure(ui, width, "计划缺口", &blocking.to_string(), "项", "须先解决才能封存", ink).clicked()
        {
            cx.go(ScreenId::Plan);
        }
    });
    ui.add_space(GRID);
    attention(ui, cx, books);
}

fn attention(ui: &mut Ui, cx: &mut Cx<'_>, books: Option<&Books>) {
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        widgets::heading(ui, "需要处理");
        let lines = books.map(|b| b.status.attention.as_slice()).unwrap_or_default();
        if lines.is_empty() {
            ui.label(theme::note(ui, "没有需要处理的事项"));
        }
        for line in lines {
            ui.horizontal(|ui| {
                ui.label(RichText::new(line));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if ui.small_button("查看").clicked() {
                        cx.go(ScreenId::Results);
                        cx.send(Command::SelectUnit(None));
                    }
                });
            });
        }
    });
}
