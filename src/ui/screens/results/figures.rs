//! The figures that the city reports, with their counts, and progress by body.

use std::borrow::Cow;

use egui::{RichText, Ui, Vec2};

use crate::disclosure::{Completeness, Share};
use crate::ui::screens::Cx;
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, RowItem, TableInput};
use crate::ui::text::results as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, decimal, thousands};
use crate::workspace::reports::areas::AreaProgress;
use crate::workspace::session::{Books, OpenProject, ViewCommand};

/// What stands around the rows of the table by body, points.
const AROUND: f32 = 72.0;

/// Draws the tab.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, books: &Books) {
    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("figures").show(ui, |ui| {
        let wide = ui.available_width() > 1000.0;
        let left = if wide { (ui.available_width() - GRID) * 0.42 } else { ui.available_width() };
        let mut both = |ui: &mut Ui| {
            ui.allocate_ui(Vec2::new(left, 0.0), |ui| ui.vertical(|ui| shares(ui, books, left - 26.0)));
            ui.vertical(|ui| {
                theme::card(ui).show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    widgets::heading(ui, t::BY_BODY);
                    bodies(ui, cx, open, books);
                });
            });
        };
        if wide {
            ui.horizontal_top(&mut both)
        } else {
            ui.vertical(&mut both)
        };
    });
}

fn shares(ui: &mut Ui, books: &Books, width: f32) {
    let f = &books.status.figures;
    theme::card(ui).show(ui, |ui| {
        ui.set_width(width);
        widgets::heading(ui, t::FIGURES);
        egui::Grid::new("figures").striped(true).num_columns(3).spacing(Vec2::new(18.0, 6.0)).show(ui, |ui| {
            let rows: [(&str, Share); 10] = [
                (t::F_DISCLOSED, f.disclosed),
                (t::F_IN_TIME, f.disclosed_in_time),
                (t::F_DONE, f.plan_done),
                (t::F_PLANNED, f.planned),
                (t::F_OFF_SITE, f.off_site),
                (t::F_JOINT, f.joint),
                (t::F_PROBLEM, f.problem_found),
                (t::F_CHECKLIST, f.checklist),
                (t::F_GONE, f.dead.gone),
                (t::F_STOPPED, f.dead.stopped),
            ];
            for (name, share) in rows {
                ui.label(name);
                ui.label(RichText::new(share.percent_text()).font(theme::bold(theme::BODY)));
                ui.label(theme::note(ui, t::part_of(share.part, share.whole)));
                ui.end_row();
            }
            ui.label(t::F_VISITS);
            let visits = f.visits_per_enterprise;
            let mean = visits.fraction().map_or_else(|| "—".to_owned(), |mean| t::times(&decimal(mean, 2)));
            ui.label(RichText::new(mean).font(theme::bold(theme::BODY)));
            ui.label(theme::note(ui, t::visits_of(visits.part, visits.whole)));
            ui.end_row();
            ui.label(t::F_LATE);
            ui.label(RichText::new(t::working_days(f.longest_late)).font(theme::bold(theme::BODY)));
            ui.label("");
            ui.end_row();
        });
    });
}

/// Progress by body, with the sums of all.
fn bodies(ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, books: &Books) {
    let none = Completeness::default();
    let rules = open.project.policy.bodies.iter().zip(&books.areas.bodies).enumerate();
    let lines: Vec<_> = rules
        .filter(|(_, (_, progress))| progress.listed > 0)
        .map(|(at, (rule, progress))| {
            (at as u16, rule.name.as_str(), progress, books.status.board.by_body.get(&rule.id).unwrap_or(&none))
        })
        .collect();
    let c = t::BODY_COLUMNS;
    let columns = [
        ColumnDef::text("body", c[0], 170.0).share(1.0),
        ColumnDef::number("listed", c[1], 72.0).adds(),
        ColumnDef::number("done", c[2], 72.0).adds(),
        ColumnDef::number("finished", c[3], 72.0).adds(),
        ColumnDef::number("published", c[4], 72.0).adds(),
        ColumnDef::number("overdue", c[5], 64.0).adds(),
        ColumnDef::number("share", c[6], 84.0),
    ];
    let cells = |name: &str, listed: u64, done: u64, complete: &Completeness, overdue: u64| {
        [
            name.to_owned(),
            thousands(listed),
            thousands(done),
            thousands(complete.finished),
            thousands(complete.published),
            thousands(overdue),
            complete.share().percent_text(),
        ]
    };
    let texts: Vec<[String; 7]> = lines
        .iter()
        .map(|(_, name, progress, complete)| {
            cells(
                name,
                u64::from(progress.listed),
                u64::from(progress.done),
                complete,
                u64::from(progress.overdue),
            )
        })
        .collect();
    let sum = |of: fn(&AreaProgress) -> u32| lines.iter().map(|line| u64::from(of(line.2))).sum::<u64>();
    let of_all = |of: fn(&Completeness) -> u64| lines.iter().map(|line| of(line.3)).sum::<u64>();
    let whole = Completeness {
        finished: of_all(|complete| complete.finished),
        published: of_all(|complete| complete.published),
        withheld: of_all(|complete| complete.withheld),
        ..Completeness::default()
    };
    let total = cells(t::ALL_BODIES, sum(|p| p.listed), sum(|p| p.done), &whole, sum(|p| p.overdue));
    let cell = |at: usize, column: usize| {
        Cow::Borrowed(texts.get(at).and_then(|line| line.get(column)).map_or("", String::as_str))
    };
    let sentence = |at: usize| texts.get(at).map_or_else(String::new, |line| t::body_meter(&line[0], &line[6]));
    let palette = theme::of(ui);
    let style = |at: usize, column: usize, _: &str| {
        let late = column == 5 && lines.get(at).is_some_and(|line| line.2.overdue > 0);
        CellStyle { ink: late.then_some(palette.red), strong: late, ..CellStyle::default() }
    };
    let items = |_: usize| vec![RowItem::new("body", t::ONLY_BODY)];
    let rows = CellRows::new(&columns, lines.len(), &cell).sentence(&sentence);
    let height = AROUND + (lines.len() + 1) as f32 * theme::ROW;
    let input = TableInput::new(ListId::Progress, &rows).decorate(&style).items(&items).total(&total).height(height);
    let out = List::show_kept(ui, None, &input, std::ptr::from_ref(books).addr() as u64);
    if let Some((body, ..)) = out.item.and_then(|(at, _)| lines.get(at)) {
        cx.send(ViewCommand::SetBody(Some(*body)));
    }
}
