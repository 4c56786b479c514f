//! Commands carried out: what is looked at and the draft at once, deeds in the background.

use std::sync::Arc;

use super::action::{Action, SavedSlot, Saving, Work, verify, write_file};
use super::command::{Command, DraftCommand, ViewCommand};
use super::draft::{Draft, DraftHistory};
use super::open::Loaded;
use super::running::{Kind, Output, Running};
use super::{Session, open};
use crate::diagnostic::{AppError, AppResult, Diagnostics, Progress, Severity};
use crate::policy::{Policy, policy_fault};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::mends::apply_with_ground;
use crate::workspace::deeds::seal::Pledge;
use crate::workspace::deeds::settings::check_bodies;
use crate::workspace::session::job::{Job, Stage};
use crate::workspace::store::project::CommandContext;

impl Session {
    /// Carries out a command. Long work goes on in the background.
    pub fn apply(&mut self, command: impl Into<Command>) {
        match command.into() {
            Command::View(view) => self.view(view),
            Command::Draft(draft) => self.change(draft),
            Command::Deed(deed) => {
                self.begin_as(Command::Deed(deed.clone()), |session| session.act(Action::Deed(*deed)));
            }
        }
    }

    /// Begins an action that may be asked for again as it is.
    fn begin_as(&mut self, asked: Command, begin: impl FnOnce(&mut Self)) {
        let before = self.running.len();
        begin(self);
        if let Some(begun) = self.running.get_mut(before) {
            begun.asked = Some(asked);
        }
    }

    fn view(&mut self, command: ViewCommand) {
        match command {
            ViewCommand::OpenDemo => {
                let (paths, context, held) = (self.paths.clone(), self.context(), self.held.clone());
                self.load("打开演示城市", move |progress| open::load_demo(&paths, &held, &context, progress));
            }
            ViewCommand::OpenProject(path) => {
                let (context, held) = (self.context(), self.held.clone());
                self.load("打开项目", move |progress| open::load_project(&path, &held, &context, progress));
            }
            ViewCommand::Import(request) => {
                let context = self.context();
                self.load("导入数据", move |progress| open::import(&request, &context, progress));
            }
            ViewCommand::Verify(request) => self.act_aside("核验证书", verify(*request)),
            ViewCommand::WriteFile(path, bytes) => {
                let asked = ViewCommand::WriteFile(path.clone(), Arc::clone(&bytes));
                self.begin_as(asked.into(), |session| session.act_aside("写入文件", write_file(path, bytes)));
            }
            ViewCommand::SetDistrict(district) => {
                if self.filter.district != district {
                    self.filter.district = district;
                    self.filter.area_revision += 1;
                }
            }
            ViewCommand::SetBody(body) => {
                if self.filter.body != body {
                    self.filter.body = body;
                    self.filter.area_revision += 1;
                }
            }
            ViewCommand::SetMonth(month) => self.filter.month = Some(month),
            ViewCommand::SelectUnit(unit) => {
                self.filter.unit = unit;
                self.filter.selection_revision += 1;
            }
            ViewCommand::SelectRows(rows) => {
                self.filter.unit = rows.first().copied().filter(|_| rows.len() == 1).or(self.filter.unit);
                self.filter.rows = rows;
                self.filter.selection_revision += 1;
            }
            ViewCommand::SetOperator(name) => self.set_preferences(|prefs| name.trim().clone_into(&mut prefs.operator)),
            ViewCommand::CancelJob(id) => {
                if let Some(running) = self.running.iter().find(|r| r.id == id) {
                    running.job.progress().cancel();
                }
            }
            ViewCommand::DismissFindings => {
                self.messages.findings = Diagnostics::new();
                self.messages.title.clear();
            }
            ViewCommand::Veil(on) => self.veiled = on,
        }
    }

    fn change(&mut self, command: DraftCommand) {
        match command {
            DraftCommand::Save => {
                self.begin_as(DraftCommand::Save.into(), |session| session.act(Action::Save));
            }
            DraftCommand::Undo => self.step(DraftHistory::undo, "已撤销"),
            DraftCommand::Redo => self.step(DraftHistory::redo, "已重做"),
            DraftCommand::Revert => {
                let saved = self.open.as_ref().map(|open| open.draft.saved().clone());
                if let Some(saved) = saved {
                    self.change_draft(saved, "放弃草稿", 0);
                }
            }
            DraftCommand::SetPolicy { policy, label, gesture } => self.set_policy(policy, &label, gesture),
            DraftCommand::SetEdits { edits, label, gesture } => {
                self.edit(|draft| Ok(Draft { edits, ..draft }), &label, gesture);
            }
            DraftCommand::SetReviewNumber(review_number) => {
                self.edit(|draft| Ok(Draft { review_number, ..draft }), "审图号", 0);
            }
            DraftCommand::SetBriefing { briefing, label, gesture } => {
                self.edit(|draft| Ok(Draft { briefing, ..draft }), &label, gesture);
            }
            DraftCommand::TakeMend { mend, ground } => self.edit(
                |mut draft| {
                    let mut policy = (*draft.policy).clone();
                    apply_with_ground(&mut policy, &mut draft.edits, &mend.action, &ground)?;
                    draft.policy = Arc::new(policy);
                    Ok(draft)
                },
                &match ground.trim() {
                    "" => format!("采取办法：{}", mend.text),
                    ground => format!("采取办法：{}（依据：{ground}）", mend.text),
                },
                0,
            ),
        }
    }

    fn set_policy(&mut self, policy: Arc<Policy>, label: &str, gesture: u64) {
        if let Some(Err(error)) = self.open.as_ref().map(|open| check_bodies(&open.saved.policy, &policy)) {
            self.fail(&error);
            return;
        }
        match policy_fault(&policy) {
            // a slider at such a place stays where it was
            Some(fault) => self.toast(Severity::Error, fault.to_string()),
            None => self.edit(|draft| Ok(Draft { policy, ..draft }), label, gesture),
        }
    }

    fn load(&mut self, name: &str, work: impl FnOnce(&Progress) -> AppResult<Loaded> + Send + 'static) {
        if self.is_acting() {
            self.fail(&AppError::new("SES-002", "有操作正在进行，请等它完成后再打开其他项目"));
            return;
        }
        // whoever reads the folder next finds the draft as it is now
        let waits = self.keeping.changed_at.is_some() || self.running.iter().any(|r| r.kind == Kind::Autosave);
        if waits && let Err(error) = self.write_draft_here() {
            self.fail(&error);
        }
        // what was computed for another project has no home any more
        let stays = |kind| matches!(kind, Kind::Action | Kind::Autosave | Kind::Preferences);
        for running in self.running.iter().filter(|r| !stays(r.kind)) {
            running.job.progress().cancel();
        }
        let (stay, go): (Vec<Running>, Vec<Running>) =
            std::mem::take(&mut self.running).into_iter().partition(|r| stays(r.kind));
        self.running = stay;
        let earlier: Vec<Job<Output>> = go.into_iter().filter(|r| r.kind == Kind::Load).map(|r| r.job).collect();
        self.opening = Stage::Running(Progress::none());
        self.spawn(Kind::Load, name, move |progress| {
            // an opening that was given up lets go of its folder first: it may be the same one
            for job in earlier {
                drop(job.wait());
            }
            work(progress).map(|loaded| Output::Loaded(Box::new(loaded)))
        });
        if let Some(running) = self.running.iter().rfind(|r| r.kind == Kind::Load) {
            self.opening = Stage::Running(running.job.progress().clone());
        }
    }

    fn edit(&mut self, change: impl FnOnce(Draft) -> AppResult<Draft>, label: &str, gesture: u64) {
        let Some(open) = &self.open else { return };
        match change(open.draft.now().clone()) {
            Ok(next) => self.change_draft(next, label, gesture),
            Err(error) => self.fail(&error),
        }
    }

    fn change_draft(&mut self, next: Draft, label: &str, gesture: u64) {
        if self.is_opening() {
            self.fail(&AppError::new("SES-004", "正在打开项目，请稍候"));
            return;
        }
        let Some(open) = &mut self.open else { return };
        if open.saved.is_read_only() {
            self.fail(&AppError::new("PRJ-011", "项目以只读方式打开，不能更改"));
            return;
        }
        if open.draft.change(next, label, gesture) {
            open.draft_changed();
            self.mark_draft();
            self.analyse_if_stale();
        }
    }

    fn step(&mut self, step: impl FnOnce(&mut DraftHistory) -> Option<String>, word: &str) {
        if self.is_opening() {
            self.fail(&AppError::new("SES-004", "正在打开项目，请稍候"));
            return;
        }
        let Some(open) = &mut self.open else { return };
        let Some(label) = step(&mut open.draft) else { return };
        open.draft_changed();
        self.mark_draft();
        self.say(format!("{word}：{label}"));
        self.analyse_if_stale();
    }

    /// Deeds and the draft's saving: one at a time, in the background.
    fn act(&mut self, action: Action) {
        if self.is_acting() {
            self.fail(&AppError::new("SES-001", "上一项操作还在进行，请稍候"));
            return;
        }
        if self.is_opening() {
            self.fail(&AppError::new("SES-004", "正在打开项目，请稍候"));
            return;
        }
        let Some(open) = &self.open else { return };
        let context = self.context();
        let action = match action {
            Action::Deed(Deed::SealYear(pledge)) => Action::Deed(Deed::SealYear(demonstrated(pledge, &context))),
            Action::Deed(Deed::SealMonth(month, pledge)) => {
                Action::Deed(Deed::SealMonth(month, demonstrated(pledge, &context)))
            }
            other => other,
        };
        let slot = SavedSlot::default();
        let steps = open.draft.unsaved().to_vec();
        let saving = Saving { slot: slot.clone(), ticket: self.keeping.gate.ticket(), steps };
        let name = action.label();
        let work = action.work(open, &context, saving);
        self.spawn_work(name, slot, work);
    }

    /// Work beside the project: it needs none, and what is being opened need not be waited for.
    fn act_aside(&mut self, name: &str, work: Work) {
        if self.is_acting() {
            self.fail(&AppError::new("SES-001", "上一项操作还在进行，请稍候"));
            return;
        }
        self.spawn_work(name, SavedSlot::default(), work);
    }

    fn spawn_work(&mut self, name: &str, slot: SavedSlot, work: Work) {
        self.end_retry();
        self.spawn_saving(Kind::Action, name, slot, move |progress| {
            work(progress).map(|done| Output::Done(Box::new(done)))
        });
    }
}

/// A demonstration's number counts as known a moment after the command itself: the command may have waited, for
/// the operator's name say, since the screen made it.
fn demonstrated(pledge: Pledge, context: &CommandContext) -> Pledge {
    match context.now.plus_seconds(1) {
        Some(at) if pledge.demonstration => Pledge { available_at: at.to_string(), ..pledge },
        _ => pledge,
    }
}
