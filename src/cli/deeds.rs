//! Deeds of the command line: carried out as the window carries them out, and what each gave, told.

use std::path::Path;

use super::Finish;
use super::output::{json, line, say};
use super::{anchors, data, draw, plan, plan_dates, refresh};
use crate::diagnostic::AppResult;
use crate::workspace::deeds::bodies::NOTHING_REPORTED;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::perform::{DeedOutcome, Frames, perform_and_show};
use crate::workspace::store::project::{CommandContext, Project};

/// Opens a project for writing, carries out the deed made for it and tells what it gave.
pub(super) fn carry_out(
    project: &Path,
    deed: impl FnOnce(&Project) -> AppResult<Deed>,
    as_json: bool,
    context: &CommandContext,
) -> AppResult<Finish> {
    let mut project = open_to_work(project, context)?;
    let deed = deed(&project)?;
    let (outcome, unshown) = perform_and_show(&mut project, &Frames::on_disk(), deed, context)?;
    if let Some(finding) = unshown {
        say(&finding.to_string());
    }
    match outcome {
        DeedOutcome::Sealed(_, sealed) => draw::show_sealed(&sealed, as_json),
        DeedOutcome::Opened(period, opened) => draw::show_opened(period, &opened, as_json),
        DeedOutcome::Voided(period) => told(&format!("{}的封签已作废，理由记入登记簿", period.label())),
        DeedOutcome::Substituted(month, unit, put) => draw::show_substituted(month, &unit, &put, as_json),
        DeedOutcome::Replaced(month, unit, pair) => draw::show_replaced(month, &unit, &pair, as_json),
        DeedOutcome::Added(month, unit, added) => draw::show_added(month, &unit, &added, as_json),
        DeedOutcome::AnchorsTaken(taken) => anchors::show_taken(&taken, as_json),
        DeedOutcome::Results(taken) | DeedOutcome::Reported(Some(taken)) => {
            data::show_results(&project, &taken, as_json)
        }
        DeedOutcome::Reported(None) => told(NOTHING_REPORTED),
        DeedOutcome::PlanDated(dates) => plan_dates::show_plan_dates(project.file.year, &dates, as_json),
        DeedOutcome::Exported(_, exported) => plan::show_exported(&exported, as_json),
        DeedOutcome::ExportedToDatabase(export) if as_json => json(&export).map(|()| Finish::Done),
        DeedOutcome::ExportedToDatabase(export) => told(&export.told()),
        DeedOutcome::Refreshed(refreshed) => refresh::show_refreshed(&project, &refreshed, as_json),
        DeedOutcome::CameBack(id, sources) => refresh::show_back(&id, sources, as_json),
        DeedOutcome::Forgotten(id) => told(&format!("已删除保留的名录 {id}")),
        DeedOutcome::Shared(place) => told(&place.told()),
        DeedOutcome::ListWritten(to) => told(&format!("已导出到 {}", to.display())),
        // what changed is told by the command that asked for it
        DeedOutcome::Saved => Ok(Finish::Done),
        DeedOutcome::Mended(mend) => told(&format!("已采取：{mend}")),
        DeedOutcome::Recorded => told("已录入"),
        DeedOutcome::RecordedMany(count) => told(&format!("已录入 {count} 项「未发现问题」")),
        DeedOutcome::Published(count, on) => told(&format!("已登记 {count} 项结果于 {on} 公开")),
        DeedOutcome::PublicationCorrected(count, Some(on)) => told(&format!("已把 {count} 项的公开日期更正为 {on}")),
        DeedOutcome::PublicationCorrected(count, None) => told(&format!("已撤回 {count} 项的公开登记")),
        DeedOutcome::FollowedUp(count) => told(&format!("已登记 {count} 个问题的整改情况")),
        DeedOutcome::InterferenceRecorded => told("过问干预已记入操作日志"),
        DeedOutcome::FindingsConfirmed(count) => told(&format!("已确认 {count} 条数据问题，更新名录时不再提出")),
        DeedOutcome::FindingsWithdrawn(count) => told(&format!("已撤回 {count} 条数据问题的确认")),
        DeedOutcome::MapTaken => told("区划图已更换"),
        DeedOutcome::CalendarTaken => told("工作日历已更换"),
        DeedOutcome::ChangesAccepted(files) => told(&format!("已采用外部改动：{}", files.join("、"))),
    }
}

/// Opens a project to work in it; says what became of a deed that was broken off.
pub(super) fn open_to_work(project: &Path, context: &CommandContext) -> AppResult<Project> {
    let project = Project::open(project, Some(&context.operator))?;
    if let Some(finding) = &project.recovered().finding {
        say(&finding.to_string());
    }
    Ok(project)
}

fn told(text: &str) -> AppResult<Finish> {
    line(text)?;
    Ok(Finish::Done)
}
