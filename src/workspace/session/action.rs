//! Commands that write, as background work.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::command::Command;
use super::data::ProjectData;
use super::draft::{Draft, DraftTicket, remove_draft};
use super::open::OpenProject;
use super::{Saved, command::ImportRequest};
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding, Progress};
use crate::domain::Period;
use crate::domain::{InspectorId, UnitId};
use crate::export::write_atomic;
use crate::policy::write_policy;
use crate::workspace::deeds::change::{add_triggered_check, replace_inspector, substitute_unit};
use crate::workspace::deeds::open::{Opened, open_period, void_period};
use crate::workspace::deeds::publish::record_disclosure;
use crate::workspace::deeds::results::{ResultsTaken, record_result, take_results};
use crate::workspace::deeds::seal::{Sealed, seal_month, seal_year};
use crate::workspace::deeds::verify::{Verified, verify_files};
use crate::workspace::intake::import::{refresh_project, take_calendar, take_districts};
use crate::workspace::intake::inspect::forget_staging;
use crate::workspace::reports::export::{ExportRequest, Exported, export_project};
use crate::workspace::store::project::{CommandContext, Project};

/// What an action gave.
#[derive(Debug)]
pub enum Outcome {
    /// The draft was saved.
    Saved(Saved),
    /// The draft was saved and something sealed.
    SavedFor(Saved, Sealed),
    /// A seal was opened.
    Opened(Opened),
    /// A seal was given up.
    Voided(Period),
    /// A reserve came in.
    Substituted(UnitId, UnitId),
    /// A pair changed or was made.
    Paired(UnitId, Option<(InspectorId, InspectorId)>),
    /// Results came in.
    Results(ResultsTaken),
    /// A result was entered.
    Recorded,
    /// Results went public.
    Published(usize),
    /// Files were written.
    Exported(PathBuf, Exported),
    /// A certificate was checked.
    Verified(PathBuf, Arc<Verified>),
    /// The project's files changed: it is opened anew.
    Reload,
    /// A file was written.
    Written(PathBuf),
}

impl Outcome {
    pub(super) fn is_reload(&self) -> bool {
        matches!(self, Self::Reload)
    }

    pub(super) fn changes_books(&self) -> bool {
        !matches!(self, Self::Verified(..) | Self::Reload | Self::Written(_))
    }
}

/// An action that ended well.
#[derive(Debug)]
pub struct Done {
    /// What it gave.
    pub outcome: Outcome,
    /// Words for a toast.
    pub say: Option<String>,
    /// What it had to say at length.
    pub findings: Diagnostics,
    /// Title of that.
    pub title: String,
}

impl Done {
    fn new(outcome: Outcome, say: impl Into<String>) -> Self {
        Self { outcome, say: Some(say.into()), findings: Diagnostics::new(), title: String::new() }
    }
}

type Work = Box<dyn FnOnce(&Progress) -> AppResult<Done> + Send>;

/// What an action saved of the draft, told to the session whether the rest of the action succeeds or not.
#[derive(Debug, Clone, Default)]
pub(super) struct SavedSlot(Arc<Mutex<Option<Saved>>>);

impl SavedSlot {
    fn put(&self, project: Project) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(project));
    }

    /// The project as it lies on the disk now, where the action has changed it.
    pub(super) fn take(&self) -> Option<Saved> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Saving as a step of an action.
pub(super) struct Saving {
    pub(super) slot: SavedSlot,
    pub(super) ticket: DraftTicket,
    /// What was done to the draft, in words.
    pub(super) steps: Vec<String>,
}

/// Writes the draft into policy and project. Returns the project as it is saved now.
fn save(saved: &Project, draft: &Draft, context: &CommandContext, saving: Saving) -> AppResult<Project> {
    saved.check_writable()?;
    match write_settings(saved, draft, &saving.steps, context) {
        Ok(project) => {
            saving.slot.put(project.clone());
            saving.ticket.change(|| remove_draft(project.root()))?;
            Ok(project)
        }
        Err(error) => {
            // one of the files may have been written
            if let Ok(project) = saved.reopen() {
                saving.slot.put(project);
            }
            Err(error)
        }
    }
}

fn write_settings(saved: &Project, draft: &Draft, steps: &[String], context: &CommandContext) -> AppResult<Project> {
    let mut project = saved.clone();
    let mut changes = Vec::new();
    if *draft.policy != project.policy {
        project.set_policy(write_policy(&draft.policy)?)?;
        changes.push("policy");
    }
    if draft.edits != project.file.edits || draft.review_number != project.file.review_number {
        project.file.edits = draft.edits.clone();
        project.file.review_number.clone_from(&draft.review_number);
        project.save()?;
        changes.push("edits");
    }
    if !changes.is_empty() {
        project.log(
            context,
            "settings",
            serde_json::json!({ "changed": changes, "steps": steps, "edits": project.file.edits }),
        )?;
    }
    Ok(project)
}

/// A unit's name with its number; the number alone where the register has it no more.
fn name_of(data: &ProjectData, unit: &UnitId) -> String {
    let row = (0..data.len() as u32).find(|row| data.unit_id(*row) == Some(unit.as_str()));
    row.and_then(|row| data.name(row)).map_or_else(|| unit.to_string(), |name| format!("{name}（{unit}）"))
}

/// The name of a command's work and the work; `None` where no project is open.
pub(super) fn plan(
    command: Command,
    open: Option<&OpenProject>,
    context: &CommandContext,
    saving: Saving,
) -> Option<(String, Work)> {
    let context = context.clone();
    if let Command::Verify(request) = command {
        return Some((
            "核验证书".to_owned(),
            Box::new(move |_| {
                let verified = Arc::new(verify_files(&request)?);
                Ok(Done {
                    outcome: Outcome::Verified(request.certificate.clone(), verified),
                    say: None,
                    findings: Diagnostics::new(),
                    title: String::new(),
                })
            }),
        ));
    }
    if let Command::WriteFile(path, bytes) = command {
        return Some((
            "写入文件".to_owned(),
            Box::new(move |_| {
                write_atomic(&path, &bytes)?;
                Ok(Done::new(Outcome::Written(path.clone()), format!("已保存 {}", path.display())))
            }),
        ));
    }
    let open = open?;
    let (saved, data, draft) = (Arc::clone(&open.saved), Arc::clone(&open.data), open.draft.now().clone());
    let with = move |progress: &Progress| CommandContext { progress: progress.clone(), ..context.clone() };
    let (name, work): (&str, Work) = match command {
        Command::Save => (
            "保存",
            Box::new(move |progress| {
                let project = save(&saved, &draft, &with(progress), saving)?;
                Ok(Done::new(Outcome::Saved(Arc::new(project)), "已保存"))
            }),
        ),
        Command::SealYear(pledge) => (
            "封存年度种子",
            Box::new(move |progress| {
                let context = with(progress);
                let project = save(&saved, &draft, &context, saving)?;
                let sealed = seal_year(&project, &data.registry, &pledge, &context)?;
                Ok(Done::new(Outcome::SavedFor(Arc::new(project), sealed), "年度种子已封存，请公布承诺值"))
            }),
        ),
        Command::SealMonth(month, pledge) => (
            "冻结并封存",
            Box::new(move |progress| {
                let context = with(progress);
                let project = save(&saved, &draft, &context, saving)?;
                let sealed = seal_month(&project, &data.registry, month, &pledge, &context)?;
                let text = format!("{} 已封存，请公布承诺值", Period::Month(month).label());
                Ok(Done::new(Outcome::SavedFor(Arc::new(project), sealed), text))
            }),
        ),
        Command::Open(period, entropy) => (
            "开封并抽取",
            Box::new(move |progress| {
                let opened = open_period(&saved, period, &entropy, &with(progress))?;
                let mut findings = Diagnostics::new();
                if let Some(why) = &opened.unpaired {
                    findings.push(Finding::warning("ROS-060", why.clone()));
                }
                let say = match period {
                    Period::Year(_) => "年度种子已开封".to_owned(),
                    Period::Month(_) => {
                        format!("已抽取 {} 个检查对象", crate::workspace::view::thousands(&opened.drawn.to_string()))
                    }
                };
                Ok(Done {
                    outcome: Outcome::Opened(opened), say: Some(say), findings, title: "开封结果".to_owned()
                })
            }),
        ),
        Command::Void(period, reason) => (
            "作废封存",
            Box::new(move |progress| {
                void_period(&saved, period, &reason, &with(progress))?;
                Ok(Done::new(Outcome::Voided(period), format!("{}的封存已作废，理由已记入登记簿", period.label())))
            }),
        ),
        Command::Substitute { month, unit, reason } => (
            "替换检查对象",
            Box::new(move |progress| {
                let put = substitute_unit(&saved, &data.registry, month, &unit, &reason, &with(progress))?;
                let say = format!("已由备选单位 {} 替换", name_of(&data, &put.by));
                Ok(Done::new(Outcome::Substituted(unit, put.by), say))
            }),
        ),
        Command::ReplaceInspector { month, unit, certificate, reason } => (
            "更换执法人员",
            Box::new(move |progress| {
                let pair = replace_inspector(&saved, month, &unit, &certificate, &reason, &with(progress))?;
                let say = format!("主办 {}，协办 {}", pair.0, pair.1);
                Ok(Done::new(Outcome::Paired(unit, Some(pair)), say))
            }),
        ),
        Command::AddCheck { month, unit, reason } => (
            "新增触发式检查",
            Box::new(move |progress| {
                let pair = add_triggered_check(&saved, &data.registry, month, &unit, &reason, &with(progress))?;
                Ok(Done::new(Outcome::Paired(unit, pair), "已列入本月检查对象"))
            }),
        ),
        Command::TakeResults(file) => (
            "导入检查结果",
            Box::new(move |progress| {
                let taken = take_results(&saved, &file, &with(progress))?;
                let say =
                    format!("新增 {} 条、更新 {} 条结果，{} 行被搁置", taken.added, taken.updated, taken.set_aside);
                let findings = taken.diagnostics.clone();
                Ok(Done {
                    outcome: Outcome::Results(taken),
                    say: Some(say),
                    findings,
                    title: "导入检查结果".to_owned(),
                })
            }),
        ),
        Command::RecordResult(result, reason) => (
            "录入检查结果",
            Box::new(move |progress| {
                record_result(&saved, &data.registry, *result, &reason, &with(progress))?;
                Ok(Done::new(Outcome::Recorded, "已录入"))
            }),
        ),
        Command::Publish(codes) => (
            "登记公开",
            Box::new(move |progress| {
                record_disclosure(&saved, &codes, &with(progress))?;
                Ok(Done::new(Outcome::Published(codes.len()), format!("已登记 {} 条结果今日公开", codes.len())))
            }),
        ),
        Command::Export { to, month, only } => (
            "导出",
            Box::new(move |progress| {
                let context = with(progress);
                let project = save(&saved, &draft, &context, saving)?;
                let request = ExportRequest { month, only };
                let exported = export_project(&project, &data.registry, &data.districts, &to, &request, &context)?;
                let say = format!("已导出 {} 个文件到 {}", exported.files.len(), to.display());
                let mut findings = Diagnostics::new();
                for note in &exported.notes {
                    findings.push(Finding::note("EXP-000", note.clone()));
                }
                Ok(Done {
                    outcome: Outcome::Exported(to, exported),
                    say: Some(say),
                    findings,
                    title: "导出说明".to_owned(),
                })
            }),
        ),
        Command::Refresh(request) => ("更新名录", Box::new(move |progress| refresh(&saved, &request, &with(progress)))),
        Command::LoadDistricts(path) => (
            "载入区划图",
            Box::new(move |progress| {
                take_districts(&saved, &path, &with(progress))?;
                Ok(Done::new(Outcome::Reload, "区划图已更换"))
            }),
        ),
        Command::LoadCalendar(path) => (
            "载入工作日历",
            Box::new(move |progress| {
                take_calendar(&saved, &path, &with(progress))?;
                Ok(Done::new(Outcome::Reload, "工作日历已更换"))
            }),
        ),
        other => {
            // every other command is carried out between frames and never comes here
            let code = format!("{other:?}");
            ("操作", Box::new(move |_| Err(AppError::new("SES-003", "此操作不能执行").with(|f| f.value(code)))))
        }
    };
    Some((name.to_owned(), work))
}

fn refresh(saved: &Project, request: &ImportRequest, context: &CommandContext) -> AppResult<Done> {
    let (sources, set_aside) = refresh_project(saved, &request.from, request.mapping.clone(), context)?;
    forget_staging(&request.from);
    Ok(Done::new(Outcome::Reload, format!("名录已更新：{sources} 个污染源，{set_aside} 行被搁置")))
}
