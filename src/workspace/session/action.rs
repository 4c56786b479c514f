//! Background work of commands that write: deeds, the draft's saving, files beside the project.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Saved;
use super::draft::{Draft, DraftTicket, remove_draft};
use super::open::OpenProject;
use crate::diagnostic::{AppResult, Diagnostics, Finding, Progress};
use crate::domain::{InspectorId, Period, UnitId};
use crate::export::write_atomic;
use crate::text::number::thousands;
use crate::workspace::deeds::bodies::NOTHING_REPORTED;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::settings::Settings;
use crate::workspace::deeds::verify::{Verified, VerifyRequest, verify_files};
use crate::workspace::perform::{DeedOutcome, Frames, perform_and_show, perform_deed};
use crate::workspace::reports::project_data::ProjectData;
use crate::workspace::store::project::{CommandContext, Project};

/// What an action gave.
#[derive(Debug)]
pub enum Outcome {
    /// A deed is done.
    Deed(DeedOutcome),
    /// A certificate was checked.
    Verified(PathBuf, Arc<Verified>),
    /// A file was written.
    Written(PathBuf),
}

impl Outcome {
    /// True where the project's files are others now: it is opened anew.
    pub(super) fn is_reload(&self) -> bool {
        use DeedOutcome::{CalendarTaken, CameBack, ChangesAccepted, MapTaken, Refreshed, Shared};
        matches!(
            self,
            Self::Deed(Refreshed(_) | CameBack(..) | MapTaken | CalendarTaken | ChangesAccepted(_) | Shared(_))
        )
    }

    /// The folder that files were written into.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        match self {
            Self::Deed(DeedOutcome::Exported(to, _)) => Some(to.clone()),
            Self::Written(path) => path.parent().map(Path::to_owned),
            Self::Deed(_) | Self::Verified(..) => None,
        }
    }

    pub(super) fn changes_books(&self) -> bool {
        matches!(self, Self::Deed(_)) && !self.is_reload()
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
    pub title: &'static str,
}

impl Done {
    fn new(outcome: Outcome, say: impl Into<String>) -> Self {
        Self { outcome, say: Some(say.into()), findings: Diagnostics::new(), title: "" }
    }
}

pub(super) type Work = Box<dyn FnOnce(&Progress) -> AppResult<Done> + Send>;

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

/// Saves the draft as a deed, and removes its file.
fn save(
    project: &mut Project,
    frames: &Frames<'_>,
    draft: Draft,
    context: &CommandContext,
    saving: Saving,
) -> AppResult<()> {
    project.check_writable()?;
    let Saving { slot, ticket, steps } = saving;
    let Draft { policy, edits, review_number, briefing } = draft;
    let settings = Settings { policy, edits, review_number, briefing, steps };
    match perform_deed(project, frames, Deed::Settings(Box::new(settings)), context) {
        Ok(_) => {
            slot.put(project.clone());
            ticket.change(|| remove_draft(project.root()))
        }
        Err(error) => {
            // one of the files may have been written; where another desk was first none was, and its changes meet the draft
            // when the project is read anew
            if error.code() != "SHR-002"
                && let Ok(project) = project.reopen()
            {
                slot.put(project);
            }
            Err(error)
        }
    }
}

/// What is to be done in the background.
pub(super) enum Action {
    Save,
    Deed(Deed),
}

impl Action {
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Save => "保存",
            Self::Deed(deed) => deed.label(),
        }
    }

    /// The work on the open project.
    pub(super) fn work(self, open: &OpenProject, context: &CommandContext, saving: Saving) -> Work {
        let (saved, data, draft) = (Arc::clone(&open.saved), Arc::clone(&open.data), open.draft.now().clone());
        let context = context.clone();
        Box::new(move |progress| {
            let context = CommandContext { progress: progress.clone(), ..context };
            let frames = Frames::Given(&data.registry, &data.districts);
            let mut project = (*saved).clone();
            let Self::Deed(deed) = self else {
                save(&mut project, &frames, draft, &context, saving)?;
                return Ok(Done::new(Outcome::Deed(DeedOutcome::Saved), "已保存"));
            };
            let slot = saving.slot.clone();
            if deed.saves_draft() {
                save(&mut project, &frames, draft, &context, saving)?;
            }
            // it stands in project.ron, beside what the draft is saved into
            let changes_file = matches!(deed, Deed::PageAddress(_));
            let (outcome, unshown) = perform_and_show(&mut project, &frames, deed, &context)?;
            if changes_file {
                slot.put(project);
            }
            let mut done = tell(outcome, &data);
            if let Some(finding) = unshown {
                done.title = if done.findings.is_empty() { "共享项目" } else { done.title };
                done.findings.push(finding);
            }
            Ok(done)
        })
    }
}

/// What a window says of a deed that is done.
fn tell(outcome: DeedOutcome, data: &ProjectData) -> Done {
    let mut findings = Diagnostics::new();
    let mut title = "";
    let say = match &outcome {
        DeedOutcome::Saved => "已保存".to_owned(),
        DeedOutcome::Mended(mend) => format!("已采取：{mend}"),
        DeedOutcome::Sealed(Period::Year(_), _) => "年度种子已封存，请公布承诺值".to_owned(),
        DeedOutcome::Sealed(period, _) => format!("{} 已封存，请公布承诺值", period.label()),
        DeedOutcome::Opened(period, opened) => {
            title = "开封结果";
            if let Some(why) = &opened.secret_lost {
                let said = Finding::warning("SEL-051", "秘密取自信封，已与封签核对，并记入操作日志");
                findings.push(said.hint(why.clone()));
            }
            if let Some(why) = &opened.unpaired {
                findings.push(Finding::warning("ROS-060", why.clone()));
            }
            match period {
                Period::Year(_) => "年度种子已开封".to_owned(),
                Period::Month(_) => format!("已抽取 {} 个检查对象", thousands(opened.drawn as i128)),
            }
        }
        DeedOutcome::Voided(period) => format!("{}的封签已作废，理由已记入登记簿", period.label()),
        DeedOutcome::Substituted(_, unit, put) => {
            format!("{} 已由备选单位 {} 替换", name_of(data, unit), name_of(data, &put.by))
        }
        DeedOutcome::Replaced(_, unit, (lead, second)) => {
            let (lead, second) = (person(data, lead), person(data, second));
            format!("{}：主办 {lead}，协办 {second}", name_of(data, unit))
        }
        DeedOutcome::Added(_, unit, added) => {
            title = "新增触发式检查";
            let mut say = format!("{} 已列入本月检查对象", name_of(data, unit));
            if let Some(past) = &added.past_cap {
                say.push_str("；所属企业年度检查上限已用完");
                findings.push(Finding::warning("PLN-016", past.to_string()).value(name_of(data, unit)));
            }
            say
        }
        DeedOutcome::AnchorsTaken(taken) => {
            format!("已取回时间戳与签名，可信程度：{}", taken.result.words())
        }
        DeedOutcome::Reported(None) => NOTHING_REPORTED.to_owned(),
        DeedOutcome::Results(taken) | DeedOutcome::Reported(Some(taken)) => {
            title = "导入检查结果";
            findings = taken.diagnostics.clone();
            format!("新增 {} 条、更新 {} 条结果，{} 行被搁置", taken.added, taken.updated, taken.set_aside)
        }
        DeedOutcome::Recorded => "已录入".to_owned(),
        DeedOutcome::RecordedMany(count) => format!("已录入 {count} 项「未发现问题」"),
        DeedOutcome::Published(count, on) => format!("已登记 {count} 项结果于 {on} 公开"),
        DeedOutcome::PublicationCorrected(count, Some(on)) => format!("已把 {count} 项的公开日期更正为 {on}"),
        DeedOutcome::PublicationCorrected(count, None) => format!("已撤回 {count} 项的公开登记"),
        DeedOutcome::FollowedUp(count) => format!("已登记 {count} 个问题的整改情况"),
        DeedOutcome::InterferenceRecorded => "过问干预已记入操作日志".to_owned(),
        DeedOutcome::PlanDated(dates) => format!("年度检查计划{}", dates.text()),
        DeedOutcome::Exported(to, exported) => {
            title = "导出说明";
            for note in &exported.notes {
                findings.push(Finding::note("EXP-000", note.clone()));
            }
            format!("已导出 {} 个文件到 {}", exported.files.len(), to.display())
        }
        DeedOutcome::ExportedToDatabase(export) => export.told(),
        DeedOutcome::ListWritten(to) => format!("已导出到 {}", to.display()),
        DeedOutcome::Refreshed(refreshed) => refreshed.told(),
        DeedOutcome::CameBack(id, sources) => {
            format!("已返回 {id} 保留的名录：{} 个污染源", thousands(*sources as i128))
        }
        DeedOutcome::Forgotten(id) => format!("已删除保留的名录 {id}"),
        DeedOutcome::FindingsConfirmed(count) => format!("已确认 {count} 条数据问题，更新名录时不再提出"),
        DeedOutcome::FindingsWithdrawn(count) => format!("已撤回 {count} 条数据问题的确认"),
        DeedOutcome::MapTaken => "区划图已更换".to_owned(),
        DeedOutcome::CalendarTaken => "工作日历已更换".to_owned(),
        DeedOutcome::ChangesAccepted(files) => format!("已采用 {} 个文件的外部改动，请重新执行刚才的操作", files.len()),
        DeedOutcome::Shared(place) => place.told(),
    };
    Done { outcome: Outcome::Deed(outcome), say: Some(say), findings, title }
}

/// A unit's name with its number; the number alone where no register had it.
fn name_of(data: &ProjectData, unit: &UnitId) -> String {
    data.unit_name(unit.as_str()).map_or_else(|| unit.to_string(), |name| format!("{name}（{unit}）"))
}

/// An inspector's name with the certificate; the certificate alone where no roster had the name.
fn person(data: &ProjectData, id: &InspectorId) -> String {
    let names = data.registry.inspector_names().unwrap_or_default();
    names.get(id.as_str()).map_or_else(|| id.to_string(), |name| format!("{name}（{id}）"))
}

/// Checks a certificate.
pub(super) fn verify(request: VerifyRequest) -> Work {
    Box::new(move |_| {
        let verified = Arc::new(verify_files(&request)?);
        Ok(Done {
            outcome: Outcome::Verified(request.certificate, verified),
            say: None,
            findings: Diagnostics::new(),
            title: "",
        })
    })
}

/// Writes a file that a screen has made.
pub(super) fn write_file(path: PathBuf, bytes: Arc<Vec<u8>>) -> Work {
    Box::new(move |_| {
        write_atomic(&path, &bytes)?;
        let said = format!("已保存 {}", path.display());
        Ok(Done::new(Outcome::Written(path), said))
    })
}
