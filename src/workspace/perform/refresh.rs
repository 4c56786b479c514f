//! Another register: looked at, then taken.
//!
//! A look reads the files, plans with them and tells the differences; it writes nothing. Taking reads them again and
//! is refused where they, or the project, are not what was looked at.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::DeedOutcome;
use crate::diagnostic::{AppResult, Finding};
use crate::district::DistrictSet;
use crate::registry::{Mapping, Registry, report_csv, tell_kinds};
use crate::workspace::inputs::analysis::{Analysis, compute_analysis};
use crate::workspace::intake::database::{DatabaseRead, NextFiles};
use crate::workspace::intake::inspect::forget_staging;
use crate::workspace::intake::refresh::{NextRegister, check_may_refresh, read_next_register, take_next_register};
use crate::workspace::reports::refresh::{PlannedState, RefreshChanges, compute_refresh_changes};
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::register::{load_register, next_month};

/// What another register would change, before it is taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RefreshPreview {
    /// The differences.
    #[serde(flatten)]
    pub changes: RefreshChanges,
    /// Files that the mapping leaves out.
    pub left_out: Vec<String>,
    /// What was looked at: files, mapping and the state that they replace.
    #[serde(skip)]
    pub mark: String,
    /// The quality report that the project would have, as csv.
    #[serde(skip)]
    pub report: String,
    /// Its kinds in words; empty where nothing was found.
    #[serde(skip)]
    pub told: String,
}

/// What came of taking another register.
#[derive(Debug, Clone, PartialEq)]
pub struct Refreshed {
    /// The differences.
    pub changes: RefreshChanges,
    /// Rows of the new files that were set aside.
    pub set_aside: u64,
    /// Name of the copy of the register before.
    pub kept: String,
}

impl Refreshed {
    /// What was done, in a sentence.
    #[must_use]
    pub fn told(&self) -> String {
        let aside = if self.set_aside > 0 { format!("；{} 行被搁置", self.set_aside) } else { String::new() };
        format!(
            "名录已更新（{}），全年预计检查 {:.1} → {:.1} 次{aside}；更新前的名录保留为 {}",
            self.changes.headline(),
            self.changes.plan.before.year,
            self.changes.plan.after.year,
            self.kept
        )
    }
}

/// The plan from a register, before the month that comes next.
fn planned(project: &Project, registry: &Registry, context: &CommandContext) -> AppResult<Analysis> {
    let months = project.months();
    let month = next_month(&load_register(project)?, &months).unwrap_or(crate::domain::PlanMonth::nth_of(2000, 0));
    compute_analysis(project, registry, month, &context.progress)
}

fn read(
    project: &Project,
    before: (&Registry, &DistrictSet),
    from: NextFiles<'_>,
    mapping: Option<Mapping>,
    context: &CommandContext,
) -> AppResult<(NextRegister, RefreshChanges)> {
    let next = read_next_register(project, before, from, mapping, context)?;
    let old = planned(project, before.0, context)?;
    context.progress.check()?;
    // a register that nothing can be planned from is refused before anything is written
    let new = planned(project, &next.registry, context)?;
    let changes = compute_refresh_changes(
        project,
        before.1,
        &PlannedState { registry: before.0, analysis: &old },
        &PlannedState { registry: &next.registry, analysis: &new },
        &next.read,
    )?;
    Ok((next, changes))
}

/// Looks at files as the next register of a project; nothing is written.
///
/// # Errors
/// Those of [`read_next_register`] and of the plan made from it.
pub fn preview_refresh<'a>(
    project: &Project,
    before: (&Registry, &DistrictSet),
    from: impl Into<NextFiles<'a>>,
    mapping: Option<Mapping>,
    context: &CommandContext,
) -> AppResult<RefreshPreview> {
    let (next, changes) = read(project, before, from.into(), mapping, context)?;
    let (report, told) = (report_csv(&next.quality), tell_kinds(&next.quality)?);
    Ok(RefreshPreview { changes, left_out: next.left_out, mark: next.mark, report, told })
}

/// Takes a folder or a file; copies that an import was made from are forgotten then.
pub(super) fn take_files(
    project: &Project,
    before: (&Registry, &DistrictSet),
    (from, mapping): (&PathBuf, Option<Mapping>),
    looked_at: Option<&str>,
    context: &CommandContext,
) -> AppResult<DeedOutcome> {
    let taken = take_refresh(project, before, (NextFiles::from(from), mapping), looked_at, context)?;
    forget_staging(from);
    Ok(DeedOutcome::Refreshed(Box::new(taken)))
}

/// Reads tables of a database and takes them, with the files of a folder beside them.
pub(super) fn take_database(
    project: &Project,
    before: (&Registry, &DistrictSet),
    (from, mapping): (&Path, Option<Mapping>),
    read: impl FnOnce(&Mapping) -> AppResult<Arc<DatabaseRead>>,
    context: &CommandContext,
) -> AppResult<DeedOutcome> {
    // a server is not asked for what can't be taken
    check_may_refresh(project)?;
    let read = read(mapping.as_ref().unwrap_or(&project.file.mapping))?;
    let files = NextFiles { from, database: Some(&read) };
    Ok(DeedOutcome::Refreshed(Box::new(take_refresh(project, before, (files, mapping), None, context)?)))
}

/// Takes what was read of a database before, and looked at.
pub(super) fn take_read(
    project: &Project,
    before: (&Registry, &DistrictSet),
    (read, mapping): (&Arc<DatabaseRead>, Option<Mapping>),
    looked_at: &str,
    context: &CommandContext,
) -> AppResult<DeedOutcome> {
    let taken = take_refresh(project, before, (NextFiles::from(read), mapping), Some(looked_at), context)?;
    Ok(DeedOutcome::Refreshed(Box::new(taken)))
}

/// Takes files as the next register of a project. `looked_at` is the mark of the preview that was agreed to.
fn take_refresh(
    project: &Project,
    before: (&Registry, &DistrictSet),
    (from, mapping): (NextFiles<'_>, Option<Mapping>),
    looked_at: Option<&str>,
    context: &CommandContext,
) -> AppResult<Refreshed> {
    let (next, changes) = read(project, before, from, mapping, context)?;
    if looked_at.is_some_and(|mark| mark != next.mark) {
        return Err(Finding::error("PRJ-045", "预览之后文件或项目有了变化，名录没有更新")
            .hint("请重新预览，核对后再确认")
            .file(from.from.display().to_string())
            .into());
    }
    let set_aside = changes.tables.iter().map(|table| table.set_aside).sum();
    let kept = take_next_register(project, before.0, &next, &changes.counts(), context)?;
    Ok(Refreshed { changes, set_aside, kept })
}
