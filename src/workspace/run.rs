//! The main job in one go: import, plan, seal, open, assign, export.
//!
//! Its public number is known beforehand, so its certificate says 演示 and `verify` repeats it.

use std::path::{Path, PathBuf};

use crate::diagnostic::{AppError, AppResult, Finding, Severity};
use crate::domain::Period;
use crate::domain::PlanMonth;
use crate::engine::RemoteSource;
use crate::sampling::DEMONSTRATION_SOURCE;
use crate::sampling::EntropyFormat;
use crate::workspace::deeds::open::{Opened, open_period};
use crate::workspace::deeds::seal::{Pledge, Sealed, seal_month, seal_year};
use crate::workspace::intake::import::{Imported, NewProject, create_project};
use crate::workspace::reports::export::{ExportRequest, Exported, export_project};
use crate::workspace::store::project::{CommandContext, create_folder};

/// The public number of a demonstration where none is given: sixteen throws of a die, written down here for
/// everybody to see.
pub const DEMONSTRATION_ENTROPY: &str = "4162253614235516";

/// What to run.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// The folder with the office's files; empty where all comes from the database.
    pub from: PathBuf,
    /// What comes from servers.
    pub remote: Option<RemoteSource>,
    /// Output folder.
    pub to: PathBuf,
    /// Month to draw.
    pub month: PlanMonth,
    /// The public number.
    pub entropy: String,
    /// Policy file or preset.
    pub policy: Option<String>,
    /// Mapping file.
    pub mapping: Option<PathBuf>,
}

/// What a run gave.
#[derive(Debug)]
pub struct RunOutcome {
    /// The project made.
    pub project: PathBuf,
    /// Sources in the register.
    pub sources: usize,
    /// Rows set aside.
    pub set_aside: usize,
    /// Errors met in the import, those of whole files and of the map included.
    pub errors: u64,
    /// Warnings met in the import.
    pub warnings: u64,
    /// The quality report in words.
    pub summary: String,
    /// The month's seal.
    pub sealed: Sealed,
    /// Its opening.
    pub opened: Opened,
    /// What was exported.
    pub exported: Exported,
}

/// Name of the project folder within the output folder.
pub const PROJECT_FOLDER: &str = "项目";

/// The format that a public number is spelled in.
///
/// # Errors
/// `VER-011` where it is none of the four.
pub fn entropy_format(value: &str) -> AppResult<EntropyFormat> {
    EntropyFormat::ALL.into_iter().find(|format| format.accepts(value)).ok_or_else(|| {
        Finding::error("VER-011", "公开数的写法不对")
            .value(value)
            .expected(
                "双色球「03 07 12 18 25 31+09」、指数「3245.67」、骰子 16 至 64 位 1–6，或 drand 的 64 位十六进制"
                    .to_owned(),
            )
            .into()
    })
}

fn later(context: &CommandContext, seconds: i64) -> AppResult<CommandContext> {
    let now = context.now.plus_seconds(seconds).ok_or_else(|| AppError::new("RUN-001", "系统时间超出范围"))?;
    Ok(CommandContext { now, ..context.clone() })
}

/// Runs the main job.
///
/// # Errors
/// `RUN-002` where the output folder holds a project already; otherwise those of the steps.
pub fn run(request: &RunRequest, context: &CommandContext) -> AppResult<RunOutcome> {
    let format = entropy_format(&request.entropy)?;
    // Each step of the ceremony has a second of its own; the last of them is now.
    let context = &later(context, -6)?;
    let root = request.to.join(PROJECT_FOLDER);
    if root.exists() {
        return Err(Finding::error("RUN-002", "输出文件夹里已有项目")
            .hint("请换一个空文件夹，或先删除旧的输出")
            .file(root.display().to_string())
            .into());
    }
    create_folder(&request.to)?;
    let new = NewProject {
        name: String::new(),
        from: request.from.clone(),
        remote: request.remote.clone(),
        read: None,
        year: Some(request.month.year()),
        policy: request.policy.clone(),
        mapping: request.mapping.clone(),
        as_of: Some(request.month.first_day().max(context.now.date())),
        mark: String::new(),
    };
    let Imported { project, registry, districts } = create_project(&root, &new, context)?;
    let pledge = |at: &CommandContext| -> AppResult<Pledge> {
        Ok(Pledge {
            format,
            entropy_source: DEMONSTRATION_SOURCE.to_owned(),
            reference: "演示".to_owned(),
            available_at: later(at, 1)?.now.to_string(),
            again: None,
            demonstration: true,
        })
    };
    let year = Period::Year(request.month.year());
    let first = later(context, 1)?;
    seal_year(&project, &registry, &pledge(&first)?, &first)?;
    open_period(&project, year, &request.entropy, &later(context, 2)?)?;
    let second = later(context, 3)?;
    let sealed = seal_month(&project, &registry, request.month, &pledge(&second)?, &second)?;
    let opened = open_period(&project, Period::Month(request.month), &request.entropy, &later(context, 4)?)?;
    let wanted = ExportRequest { month: Some(request.month), only: Vec::new() };
    let exported = export_project(&project, &registry, &districts, &request.to, &wanted, &later(context, 5)?)?;
    Ok(RunOutcome {
        project: root,
        sources: registry.sources.height(),
        set_aside: registry.set_aside.height(),
        errors: registry.diagnostics.count(Severity::Error),
        warnings: registry.diagnostics.count(Severity::Warning),
        summary: crate::registry::render_summary(&registry),
        sealed,
        opened,
        exported,
    })
}

/// The paths of an export, shown relative to a folder where they lie in it.
#[must_use]
pub fn shown<'a>(path: &'a Path, folder: &Path) -> &'a Path {
    path.strip_prefix(folder).unwrap_or(path)
}
