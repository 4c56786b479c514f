//! The card of a source: everything known of it, gathered once per selection by a job.

use std::fmt::Write as _;
use std::sync::Arc;

use egui::{Color32, RichText, ScrollArea, Ui, Vec2};
use polars::prelude::DataFrame;

mod readings;
mod score;

use self::readings::{ReadingsDialog, monitoring_ui};
use self::score::score_ui;
use super::columns;
use crate::export::render_score_sheet;
use crate::registry::TableKind;
use crate::registry::schema::{complaints, credit, event, past_checks, sources, violations};
use crate::risk::SpecialReason;
use crate::text::figure::{expected_checks, how_often, per_year, points};
use crate::ui::picker::{PickKind, PickRequest, Picking};
use crate::ui::screens::{Cx, ScreenId};
use crate::ui::slot::Slot;
use crate::ui::text::data as t;
use crate::ui::widgets::thousands;
use crate::ui::{theme, widgets};
use crate::workspace::reports::card::{CardRisk, ListedCheck, SourceCard, compute_card};
use crate::workspace::reports::explain::company_sheet;
use crate::workspace::session::{AnalysisView, Books, OpenProject, ProjectData, ViewCommand};
use crate::workspace::view::{cell_text, date_text};

/// Rows of a history shown before "others".
const SHOWN: usize = 12;

/// Register facts, in order; empty ones are left out.
const FACTS: [&str; 14] = [
    sources::NUMBER.name(),
    sources::USCC.name(),
    sources::DISTRICT.name(),
    sources::BODY.name(),
    sources::ADDRESS.name(),
    sources::INDUSTRY.name(),
    sources::MANAGEMENT.name(),
    sources::SUPERVISION.name(),
    sources::KEY_UNIT.name(),
    sources::STATUS.name(),
    sources::ENV_RISK.name(),
    sources::AUTO_MONITORING.name(),
    sources::SUPERVISED.name(),
    sources::RECTIFY_BY.name(),
];

/// Permit facts.
const PERMIT: [&str; 10] = [
    sources::ISSUED.name(),
    sources::EXPIRES.name(),
    sources::ISSUING_BODY.name(),
    sources::PERMIT_EVENT.name(),
    sources::PERMIT_EVENT_DATE.name(),
    sources::REPORTS_OVERDUE.name(),
    sources::SELF_MONITORING_OVERDUE.name(),
    sources::POSITIVE_FROM.name(),
    sources::POSITIVE_TO.name(),
    sources::POSITIVE_REMOVED.name(),
];

/// What a card was gathered from.
#[derive(Clone)]
struct Of {
    row: u32,
    data: Arc<ProjectData>,
    view: Option<Arc<AnalysisView>>,
    books: Option<Arc<Books>>,
}

impl PartialEq for Of {
    fn eq(&self, other: &Self) -> bool {
        fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
            match (a, b) {
                (None, None) => true,
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                _ => false,
            }
        }
        self.row == other.row
            && Arc::ptr_eq(&self.data, &other.data)
            && same(self.view.as_ref(), other.view.as_ref())
            && same(self.books.as_ref(), other.books.as_ref())
    }
}

/// A history on the card: title, table, rows, columns that say when, columns that say what.
type History<'a> = (&'a str, TableKind, &'a [u32], &'a [&'a str], &'a [&'a str]);

/// What a click on the card asks for.
pub(super) enum CardAnswer {
    /// Nothing.
    None,
    /// Fold the card.
    Close,
    /// Show all rows of a table that belong to the source.
    ShowAll(TableKind),
}

/// The card's state.
#[derive(Default)]
pub(super) struct CardPanel {
    card: Slot<Of, SourceCard>,
    /// A page on its way to a file.
    saving: Option<(Arc<Vec<u8>>, Picking)>,
    fault: Option<String>,
    /// Readings on a server, looked at.
    readings: Option<ReadingsDialog>,
}

impl CardPanel {
    fn request(&mut self, cx: &Cx<'_>, open: &OpenProject, row: u32) {
        let of =
            Of { row, data: Arc::clone(&open.data), view: open.view().cloned(), books: open.books.value().cloned() };
        // while a source's card is made anew the old one stays, another source's never does
        if self.card.latest_key().is_some_and(|was| was.row != row || !Arc::ptr_eq(&was.data, &of.data)) {
            self.card.clear();
        }
        // scores of another policy than the draft's would not be explained by it
        if !open.is_current() && self.card.latest().is_some_and(|card| card.row == row) {
            self.card.poll();
            return;
        }
        let (project, inputs) = (Arc::clone(&open.project), of.clone());
        self.card.ask(cx.session, &of, "汇总污染源情况", move |progress| {
            let (view, books) = (inputs.view.as_deref(), inputs.books.as_deref());
            compute_card(&inputs.data, &project, view, books, inputs.row, progress)
        });
    }

    /// Asks where the page that the unit is given goes.
    fn print(&mut self, cx: &mut Cx<'_>, open: &OpenProject, risk: &CardRisk) {
        match company_sheet(&risk.sheet, &open.data.registry) {
            Ok(sheet) => {
                let request =
                    PickRequest::new(PickKind::SaveFile(sheet.file_name()), t::PRINT_SCORE.trim_end_matches('…'))
                        .filter(t::WEB_PAGE, &["html"]);
                self.saving = Some((Arc::new(render_score_sheet(&sheet)), cx.pick(request)));
                self.fault = None;
            }
            Err(error) => self.fault = Some(error.to_string()),
        }
    }

    fn poll_saving(&mut self, cx: &mut Cx<'_>) {
        let Some((bytes, picking)) = &mut self.saving else { return };
        let Some(paths) = picking.poll() else { return };
        if let Some(path) = paths.into_iter().next() {
            let path = if path.extension().is_some() { path } else { path.with_extension("html") };
            cx.send(ViewCommand::WriteFile(path, Arc::clone(bytes)));
        }
        self.saving = None;
    }

    /// Draws the card of the source looked at.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) -> CardAnswer {
        let mut answer = CardAnswer::None;
        self.poll_saving(cx);
        let Some(row) = cx.session.filter().unit.filter(|row| (*row as usize) < open.data.len()) else {
            return answer;
        };
        self.request(cx, open, row);
        let data = &open.data;
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width((ui.available_width() - 60.0).max(80.0));
                let name = data.name(row).unwrap_or_default();
                ui.add(egui::Label::new(RichText::new(name).font(theme::bold(theme::SECTION))).wrap());
                ui.label(theme::note(ui, data.unit_id(row).unwrap_or_default()));
            });
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
                if ui.button(t::CLOSE_CARD).clicked() {
                    answer = CardAnswer::Close;
                }
            });
        });
        ui.separator();
        if let Some(fault) = &self.fault {
            ui.label(widgets::message(ui, fault, theme::of(ui).red));
        }
        if let Some(failed) = self.card.error() {
            ui.label(widgets::message(ui, failed, theme::of(ui).red));
            return answer;
        }
        let Some(card) = self.card.latest().cloned() else {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(theme::note(ui, t::GATHERING));
            });
            return answer;
        };
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            ui.spacing_mut().interact_size.y = 18.0;
            let wanted = card_ui(ui, cx, open, &card);
            if let Some(kind) = wanted.all {
                answer = CardAnswer::ShowAll(kind);
            }
            if wanted.print
                && let Some(risk) = &card.risk
            {
                self.print(cx, open, risk);
            }
            if wanted.readings {
                self.readings = Some(ReadingsDialog::new(cx, open, row));
            }
        });
        self.readings.take_if(|dialog| !dialog.is_of(row));
        if self.readings.as_mut().is_some_and(|dialog| dialog.ui(ui, cx, open)) {
            self.readings = None;
        }
        answer
    }
}

/// What is asked for on the card.
#[derive(Default)]
struct Wanted {
    /// The table to be shown whole.
    all: Option<TableKind>,
    /// The printable explanation.
    print: bool,
    /// The readings on a server.
    readings: bool,
}

fn card_ui(ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, card: &SourceCard) -> Wanted {
    let Wanted { mut all, mut print, mut readings } = Wanted::default();
    if let Some(risk) = &card.risk {
        print = risk_ui(ui, open, risk);
    } else {
        section(ui, t::SECTION_RISK, None);
        ui.label(theme::note(ui, t::NOT_YET));
    }
    section(ui, t::SECTION_LISTED, None);
    match card.listed.as_deref() {
        None => _ = ui.label(theme::note(ui, t::NOT_YET)),
        Some([]) => _ = ui.label(theme::note(ui, t::NOT_LISTED)),
        Some(listed) => listed.iter().for_each(|check| listed_ui(ui, check)),
    }
    section(ui, t::SECTION_FACTS, None);
    facts_ui(ui, open, card.row, &FACTS, card.industry.as_deref());
    if ui.link(t::ON_MAP).clicked() {
        cx.go(ScreenId::Map);
    }
    section(ui, t::SECTION_PERMIT, None);
    facts_ui(ui, open, card.row, &PERMIT, None);
    let day = [event::DATE.name()];
    let histories: [History<'_>; 4] = [
        (
            t::SECTION_CREDIT,
            TableKind::Credit,
            &card.credit,
            &[credit::YEAR.name(), credit::DATE.name()],
            &[credit::GRADE.name(), credit::SCORE.name()],
        ),
        (
            t::SECTION_VIOLATIONS,
            TableKind::Violations,
            &card.violations,
            &day,
            &[
                violations::KIND.name(),
                violations::PENALTY_KIND.name(),
                violations::AMOUNT_WAN.name(),
                violations::DOCUMENT.name(),
            ],
        ),
        (
            t::SECTION_COMPLAINTS,
            TableKind::Complaints,
            &card.complaints,
            &day,
            &[complaints::POLLUTION.name(), complaints::SUBSTANTIATED.name()],
        ),
        (
            t::SECTION_CHECKS,
            TableKind::PastChecks,
            &card.past_checks,
            &day,
            &[
                past_checks::DEPARTMENT.name(),
                past_checks::KIND.name(),
                past_checks::RESULT.name(),
                past_checks::PROBLEM.name(),
            ],
        ),
    ];
    for (title, kind, rows, when, what) in histories {
        if kind == TableKind::PastChecks {
            readings = monitoring_ui(ui, open, card, &mut all);
        }
        if section(ui, title, Some(rows.len())) && !rows.is_empty() {
            all = Some(kind);
        }
        history_ui(ui, open, kind, rows, when, what);
        if rows.len() > SHOWN && ui.link(t::others(rows.len() - SHOWN)).clicked() {
            all = Some(kind);
        }
    }
    ui.add_space(theme::GRID);
    Wanted { all, print, readings }
}

/// A heading with a count; true where it was clicked.
fn section(ui: &mut Ui, title: &str, count: Option<usize>) -> bool {
    ui.add_space(theme::GRID);
    ui.horizontal(|ui| {
        ui.label(theme::strong(title));
        match count {
            Some(0) => {
                ui.label(theme::note(ui, t::NONE));
                false
            }
            Some(count) => ui.link(theme::note(ui, format!("{} 条", thousands(count as u64)))).clicked(),
            None => false,
        }
    })
    .inner
}

/// Score, frequency, months; true where the printable explanation is asked for.
fn risk_ui(ui: &mut Ui, open: &OpenProject, risk: &CardRisk) -> bool {
    let policy = &open.project.policy;
    let palette = *theme::of(ui);
    ui.horizontal_wrapped(|ui| {
        let id = policy.tiers.get(risk.tier as usize).map_or("", |tier| tier.id.as_str());
        widgets::tier_chip(ui, risk.tier as usize, policy.tiers.len(), id);
        ui.label(RichText::new(points(risk.score)).font(theme::bold(theme::SECTION)));
        ui.label(theme::note(ui, "分"));
        if let Some(category) = policy.categories.iter().find(|c| c.id == risk.category) {
            ui.label(theme::note(ui, &category.name));
        }
        if risk.special {
            widgets::chip(ui, "特殊监管", palette.amber_wash, palette.amber);
        }
    });
    for id in risk.special_reasons.split(';').filter(|id| !id.is_empty()) {
        let name = SpecialReason::from_id(id).map_or(id, |reason| reason.label());
        ui.label(theme::note(ui, name));
    }
    score_ui(ui, risk, &palette);
    let print = ui.button(t::PRINT_SCORE).on_hover_text(t::PRINT_SCORE_HINT).clicked();
    section(ui, t::SECTION_PLAN, None);
    if let Some(words) = t::exclusion(risk.exclusion) {
        ui.label(RichText::new(words).color(palette.amber));
    }
    ui.horizontal(|ui| {
        ui.label(theme::note(ui, t::LAMBDA));
        ui.label(theme::strong(how_often(risk.lambda)));
        ui.label(theme::note(ui, t::lambda(&per_year(risk.lambda))));
    });
    for note in &risk.pressed {
        ui.add(egui::Label::new(theme::note(ui, note)).wrap());
    }
    months_ui(ui, risk, &palette);
    if risk.crowded {
        ui.label(theme::note(ui, t::CROWDED));
    }
    for visit in &risk.mandatory {
        let rule = policy.mandatory.get(visit.rule as usize).map_or("", |rule| rule.name.as_str());
        ui.label(theme::note(ui, format!("必查 {}：{rule}", t::month_name(visit.month as usize))));
    }
    print
}

/// Expected checks by month as bars.
fn months_ui(ui: &mut Ui, risk: &CardRisk, palette: &theme::Palette) {
    let size = Vec2::new(ui.available_width().min(360.0), 58.0);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    let words: Vec<String> = risk
        .expected
        .iter()
        .enumerate()
        .filter(|(_, e)| **e > 0.0005)
        .map(|(m, e)| format!("{} {}", t::month_name(m), expected_checks(*e)))
        .collect();
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("逐月预计检查次数：{}", words.join("，")))
    });
    let greatest = risk.expected.iter().copied().fold(0.02_f64, f64::max);
    let step = rect.width() / 12.0;
    for (m, expected) in risk.expected.iter().enumerate() {
        let left = rect.left() + step * m as f32;
        let height = ((expected / greatest) as f32 * 38.0).max(if *expected > 0.0005 { 1.0 } else { 0.0 });
        let bar = egui::Rect::from_min_max(
            egui::pos2(left + 3.0, rect.top() + 40.0 - height),
            egui::pos2(left + step - 3.0, rect.top() + 40.0),
        );
        let due = risk.mandatory.iter().any(|visit| visit.month as usize == m);
        ui.painter().rect_filled(bar, 1.0, if due { palette.amber } else { palette.accent });
        ui.painter().text(
            egui::pos2(left + step / 2.0, rect.bottom()),
            egui::Align2::CENTER_BOTTOM,
            (m + 1).to_string(),
            theme::regular(10.0),
            palette.muted,
        );
    }
    ui.painter().hline(rect.x_range(), rect.top() + 40.0, (1.0, palette.line));
    if !words.is_empty() {
        response.on_hover_text(words.join("\n"));
    }
}

fn listed_ui(ui: &mut Ui, check: &ListedCheck) {
    let palette = *theme::of(ui);
    ui.horizontal_wrapped(|ui| {
        ui.label(theme::strong(check.month.to_string()));
        widgets::chip(ui, check.origin.label(), palette.wash, palette.accent);
        match (&check.replaced_by, &check.outcome) {
            (Some(other), _) => _ = ui.label(theme::note(ui, format!("已由 {other} 替换"))),
            (None, Some(outcome)) => {
                let ink: Color32 = if outcome.is_problem() { palette.red } else { palette.text };
                ui.label(RichText::new(outcome.label()).color(ink));
            }
            (None, None) => _ = ui.label(theme::note(ui, t::NO_RESULT)),
        }
    });
    let pair = check
        .pair
        .as_ref()
        .map_or_else(|| t::NO_PAIR.to_owned(), |(lead, second)| format!("{} {lead}，{} {second}", t::LEAD, t::SECOND));
    let mut words = format!("{}　{pair}", check.plan_code);
    if let Some(day) = check.inspected_on {
        let _ = write!(words, "　{}", date_text(day));
    }
    ui.label(theme::note(ui, words));
}

/// A column's cell; empty where there is none.
fn cell(open: &OpenProject, frame: &DataFrame, kind: TableKind, id: &str, row: u32) -> String {
    let format = columns::formats(open, Some(kind))(id);
    frame.column(id).map(|column| cell_text(column, row as usize, &format).into_owned()).unwrap_or_default()
}

/// Facts of the register; the industry with its name.
fn facts_ui(ui: &mut Ui, open: &OpenProject, row: u32, ids: &[&str], industry: Option<&str>) {
    let frame = &open.data.registry.sources;
    for id in ids {
        let named = industry.filter(|_| *id == sources::INDUSTRY.name()).map(str::to_owned);
        let value = named.unwrap_or_else(|| cell(open, frame, TableKind::Sources, id, row));
        if value.is_empty() {
            continue;
        }
        ui.horizontal_top(|ui| {
            ui.allocate_ui_with_layout(Vec2::new(96.0, 18.0), egui::Layout::left_to_right(egui::Align::Min), |ui| {
                ui.set_min_width(96.0);
                ui.label(theme::note(ui, t::heading(Some(TableKind::Sources), id)));
            });
            ui.add(egui::Label::new(value).wrap().selectable(true));
        });
    }
}

fn history_ui(ui: &mut Ui, open: &OpenProject, kind: TableKind, rows: &[u32], when: &[&str], what: &[&str]) {
    let frame = open.data.registry.frame(kind);
    for row in rows.iter().take(SHOWN) {
        let first = when.iter().map(|id| cell(open, frame, kind, id, *row)).find(|text| !text.is_empty());
        let rest: Vec<String> = what
            .iter()
            .filter_map(|id| {
                let text = cell(open, frame, kind, id, *row);
                let name = || t::heading(Some(kind), id);
                match text.as_str() {
                    "" => None,
                    "是" | "否" => Some(t::flag_words(&name(), text == "是")),
                    _ if *id == violations::AMOUNT_WAN.name() => Some(format!("{text} 万元")),
                    _ if *id == credit::SCORE.name() => Some(format!("{text} 分")),
                    _ => Some(text),
                }
            })
            .collect();
        ui.horizontal_top(|ui| {
            ui.allocate_ui_with_layout(Vec2::new(76.0, 18.0), egui::Layout::left_to_right(egui::Align::Min), |ui| {
                ui.set_min_width(76.0);
                ui.label(theme::note(ui, first.unwrap_or_default()));
            });
            ui.add(egui::Label::new(rest.join("，")).wrap().selectable(true));
        });
    }
}
