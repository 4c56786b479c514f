//! The screens, in the order of the rail.
//!
//! How a screen is written: a struct with its own state (what is folded, which row is looked at, a job of its
//! own), and [`Screen::ui`], which reads `cx.session` (stages, filter, selection) and sends commands
//! (`cx.send(Command::…)`, `cx.go(ScreenId::…)`, `cx.pick(…)`); it changes nothing else, runs no query and
//! waits for nothing. What is derived from a stage is cached by the stage's revision
//! (`OpenProject::revision`, `books_revision`, `Filter::area_revision`) or made by a job in a [`super::slot::Slot`].
//! Lists are the light table's ([`super::table::List`]), with the grounds of the theme.
//!
//! Every screen has four states. [`ready`] shows empty, loading and failed alike for all of them and gives the
//! open project where there is one; the screen then looks at the stages that it needs (`analysis`, `books`).

pub mod audit;
pub mod briefing;
pub mod data;
pub mod draw;
pub mod effect;
pub mod map;
mod movement;
pub mod overview;
pub mod plan;
pub mod results;
pub mod risk;

use std::path::PathBuf;

use super::action::Action;
use super::help::sentences_mark;
use super::picker::{Doors, PickRequest, Picking, Waker};
use super::text::common as t;
use super::theme;
use crate::workspace::session::job::Stage;
use crate::workspace::session::{Command, OpenProject, Session, ViewCommand};

/// The screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub enum ScreenId {
    /// 总览.
    #[default]
    Overview,
    /// 数据.
    Data,
    /// 地图.
    Map,
    /// 风险.
    Risk,
    /// 年度计划.
    Plan,
    /// 月度抽取.
    Draw,
    /// 执行与公开.
    Results,
    /// 成效.
    Effect,
    /// 简报.
    Briefing,
    /// 审计.
    Audit,
}

impl ScreenId {
    /// All, in the order of the rail.
    pub const ALL: [Self; 10] = [
        Self::Overview,
        Self::Data,
        Self::Map,
        Self::Risk,
        Self::Plan,
        Self::Draw,
        Self::Results,
        Self::Effect,
        Self::Briefing,
        Self::Audit,
    ];

    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Overview => "总览",
            Self::Data => "数据",
            Self::Map => "地图",
            Self::Risk => "风险",
            Self::Plan => "年度计划",
            Self::Draw => "月度抽取",
            Self::Results => "执行与公开",
            Self::Effect => "成效",
            Self::Briefing => "简报",
            Self::Audit => "审计",
        }
    }

    /// Stable id, kept in the preferences.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Data => "data",
            Self::Map => "map",
            Self::Risk => "risk",
            Self::Plan => "plan",
            Self::Draw => "draw",
            Self::Results => "results",
            Self::Effect => "effect",
            Self::Briefing => "briefing",
            Self::Audit => "audit",
        }
    }

    /// The screen of an id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|screen| screen.id() == id)
    }
}

/// What a screen sends back.
#[derive(Default)]
pub struct Outbox {
    /// Commands, in order.
    pub commands: Vec<Command>,
    /// Where to go.
    pub go: Option<ScreenId>,
    /// Files to be looked at for an import: the 数据 screen shows what each was taken for.
    pub dropped: Vec<PathBuf>,
    /// Actions of the shell: dialogs for opening and importing.
    pub actions: Vec<Action>,
    /// The 审计 screen is to show its page of verification.
    pub verify: bool,
    /// The 年度计划 screen is to show what does not fit, and the ways out.
    pub shortages: bool,
    /// Text for the clipboard.
    pub copy: Option<String>,
    /// Charts whose menu asked for something; the shell asks for the file and writes it.
    pub charts: Vec<(super::plot::PlotAction, crate::chart::Chart)>,
}

/// What a screen works with in a frame.
pub struct Cx<'a> {
    /// The session, to read.
    pub session: &'a Session,
    /// What goes back.
    pub out: &'a mut Outbox,
    /// Dialogs for files.
    pub doors: &'a mut Doors,
    /// The ceremony has the whole screen: it is watched from afar and driven by keys.
    pub stage: bool,
}

impl Cx<'_> {
    /// Sends a command; it is carried out after this frame.
    pub fn send(&mut self, command: impl Into<Command>) {
        self.out.commands.push(command.into());
    }

    /// Goes to another screen.
    pub fn go(&mut self, screen: ScreenId) {
        self.out.go = Some(screen);
    }

    /// Goes to what does not fit in the plan.
    pub fn go_shortages(&mut self) {
        self.out.shortages = true;
        self.go(ScreenId::Plan);
    }

    /// Puts a text on the clipboard.
    pub fn copy(&mut self, text: impl Into<String>) {
        self.out.copy = Some(text.into());
    }

    /// Asks for files; the screen keeps the answer on its way and polls it each frame.
    pub fn pick(&mut self, request: PickRequest) -> Picking {
        let waker: Waker = self.session.waker();
        self.doors.ask(request, waker)
    }
}

/// A screen.
pub trait Screen {
    /// Draws it and handles its input.
    fn ui(&mut self, ui: &mut egui::Ui, cx: &mut Cx<'_>);

    /// Ctrl+F: puts the cursor into the screen's own search field; false where it has none, or the table in sight has
    /// the one that is meant.
    fn find(&mut self) -> bool {
        false
    }
}

/// All screens with their states.
#[derive(Default)]
pub struct Screens {
    /// 总览.
    pub overview: overview::OverviewScreen,
    /// 数据.
    pub data: data::DataScreen,
    /// 地图.
    pub map: map::MapScreen,
    /// 风险.
    pub risk: risk::RiskScreen,
    /// 年度计划.
    pub plan: plan::PlanScreen,
    /// 月度抽取.
    pub draw: draw::DrawScreen,
    /// 执行与公开.
    pub results: results::ResultsScreen,
    /// 成效.
    pub effect: effect::EffectScreen,
    /// 简报.
    pub briefing: briefing::BriefingScreen,
    /// 审计.
    pub audit: audit::AuditScreen,
}

impl Screens {
    /// The screen of an id.
    pub fn get(&mut self, id: ScreenId) -> &mut dyn Screen {
        match id {
            ScreenId::Overview => &mut self.overview,
            ScreenId::Data => &mut self.data,
            ScreenId::Map => &mut self.map,
            ScreenId::Risk => &mut self.risk,
            ScreenId::Plan => &mut self.plan,
            ScreenId::Draw => &mut self.draw,
            ScreenId::Results => &mut self.results,
            ScreenId::Effect => &mut self.effect,
            ScreenId::Briefing => &mut self.briefing,
            ScreenId::Audit => &mut self.audit,
        }
    }
}

/// The open project; where there is none, the empty, loading or failed state is shown.
pub fn ready<'a>(ui: &mut egui::Ui, cx: &mut Cx<'a>) -> Option<&'a OpenProject> {
    let session = cx.session;
    match (session.project(), session.opening()) {
        (Some(open), Stage::Empty | Stage::Failed(_)) => return Some(open),
        (_, Stage::Running(progress)) => {
            let state = progress.state();
            super::widgets::loading(ui, if state.label.is_empty() { t::OPENING } else { &state.label }, &state);
        }
        (None, Stage::Failed(error)) => {
            let ways = [t::OPEN_OTHER, t::OPEN_DEMO];
            match super::widgets::failed_choice(ui, t::OPEN_FAILED, error, &ways) {
                Some(0) => cx.out.actions.push(Action::OpenProject),
                Some(_) => cx.send(ViewCommand::OpenDemo),
                None => {}
            }
        }
        _ => {
            let choice =
                super::widgets::empty(ui, t::NO_PROJECT, t::NO_PROJECT_HINT, &[t::IMPORT, t::OPEN_OTHER, t::OPEN_DEMO]);
            match choice {
                Some(0) => cx.out.actions.push(Action::Import),
                Some(1) => cx.out.actions.push(Action::OpenProject),
                Some(_) => cx.send(ViewCommand::OpenDemo),
                None => {}
            }
        }
    }
    None
}

/// Title row of a screen: the title, a muted sentence beside it as far as there is room, and what `right` adds at the
/// far end. On a narrow window what `right` adds has a row of its own where the sentence would be cut; in a low one the
/// sentence is behind a mark instead.
pub fn title(ui: &mut egui::Ui, text: &str, note: &str, right: impl FnOnce(&mut egui::Ui)) {
    let right_to_left = egui::Layout::right_to_left(egui::Align::Center);
    let size = theme::title(ui);
    let row = egui::vec2(ui.available_width(), theme::control(ui));
    let width = |ui: &egui::Ui, text: &str, font: egui::FontId| {
        ui.painter().layout_no_wrap(text.to_owned(), font, egui::Color32::PLACEHOLDER).size().x
    };
    let low = theme::is_low(ui.ctx());
    let words = |ui: &mut egui::Ui| {
        ui.label(egui::RichText::new(text).font(theme::bold(size)));
        let marked = low && width(ui, note, theme::regular(theme::SMALL)) > ui.available_width();
        if marked {
            sentences_mark(ui, &[note]);
        } else if !note.is_empty() {
            let shown = theme::note(ui, note);
            ui.add(egui::Label::new(shown).truncate());
        }
    };
    let beside = if low { MARK } else { width(ui, note, theme::regular(theme::SMALL)) };
    let wanted = width(ui, text, theme::bold(size)) + beside + theme::GRID * 4.0;
    // how wide the far end was when it was last drawn
    let id = ui.scope_id().with(("title", text));
    let known: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(0.0);
    let two_rows = row.x < NARROW_TITLE && wanted + known > row.x;
    let mut taken = 0.0;
    let far = |ui: &mut egui::Ui| {
        right(ui);
        taken = ui.min_rect().width();
    };
    let wraps = two_rows && known > row.x;
    if two_rows {
        ui.horizontal(words);
        ui.allocate_ui_with_layout(row, right_to_left.with_main_wrap(wraps), far);
    } else {
        ui.allocate_ui_with_layout(row, right_to_left, |ui| {
            far(ui);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), words);
        });
    }
    // wrapped it says no more how wide it is
    if !wraps && (taken - known).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, taken));
        if row.x < NARROW_TITLE && (wanted + taken > row.x) != two_rows || taken > row.x {
            ui.ctx().request_discard("the title folds");
        }
    }
    if !low {
        ui.add_space(theme::HALF);
    }
}

/// Room of a mark beside a title.
const MARK: f32 = 20.0;
/// Width below which a title row has two rows.
const NARROW_TITLE: f32 = 860.0;
