//! A clock that was set back: the log's times never go back.
//!
//! Machines that share a folder differ by seconds or minutes: a deed that would be dated a little before the last line is
//! dated as that line. A clock further behind is wrong, or the last line was written by one that was ahead: the deed is
//! refused before anything is written, since seals, deadlines and publications count from its time. Where the log is at
//! fault two people answer for going on (`accept-changes`), in the log.

use crate::diagnostic::{AppResult, Finding, Severity};
use crate::workspace::store::clock::Moment;
use crate::workspace::store::journal::{JournalEntry, time_text};
use crate::workspace::store::project::{CommandContext, Project};

/// How far two machines' clocks may differ, seconds.
const TOLERANCE: i64 = 600;

/// Key of an acceptance's detail that says from when to when the log goes back.
pub const CLOCK: &str = "clock";

/// The last line of a project's log where it is later than now by more than clocks differ.
///
/// # Errors
/// `IO-…` where the journal can't be read.
pub fn later_line(project: &Project, now: Moment) -> AppResult<Option<JournalEntry>> {
    Ok(project.journal().last()?.filter(|last| is_later(last, now)))
}

fn is_later(last: &JournalEntry, now: Moment) -> bool {
    matches!((Moment::parse(&last.at), now.plus_seconds(TOLERANCE)), (Ok(at), Some(most)) if at > most)
}

fn set_back(last: &JournalEntry, now: Moment) -> Finding {
    Finding::error("LOG-009", "本机时间早于操作日志的最后一条，这一步没有执行")
        .value(time_text(&now.to_string()))
        .expected(format!("不早于 {}", time_text(&last.at)))
        .hint("请校准本机的日期和时间后重试；是日志那一条的时间有误的，由两人具名说明后继续（命令行用 accept-changes）")
}

/// What is said of a clock that was set back when a project is opened.
#[must_use]
pub fn warn_of_clock(project: &Project, now: Moment) -> Option<Finding> {
    let last = later_line(project, now).ok()??;
    Some(Finding {
        severity: Severity::Warning,
        what: "本机时间早于操作日志的最后一条，期限会按错误的日期计算，也不能进行新的操作".to_owned(),
        ..set_back(&last, now)
    })
}

/// The context of a deed, dated as the last line of the log where the clock is a little behind it.
///
/// # Errors
/// `LOG-009` where the clock is further behind; `IO-…`.
pub fn dated_after(project: &Project, context: &CommandContext) -> AppResult<CommandContext> {
    let now = match project.journal().last()? {
        Some(last) if is_later(&last, context.now) => return Err(set_back(&last, context.now).into()),
        Some(last) => Moment::parse(&last.at).map_or(context.now, |at| at.max(context.now)),
        None => context.now,
    };
    Ok(CommandContext { now, ..context.clone() })
}
