//! Putting a project on a server for several desks, and joining one there.

use std::path::Path;

use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::text::number::thousands;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::lock::ProjectLock;
use crate::workspace::store::project::{CommandContext, Project, create_folder};
use crate::workspace::store::shared::{Shared, SharedPlace, put_project};
use crate::workspace::store::staged::{Change, join_shared};

fn taken(shared: &Shared) -> AppError {
    Finding::error("SHR-009", "这个模式里已有共享项目")
        .value(&shared.place.schema)
        .hint("请另取一个模式的名称；加入已有的共享项目请用「加入共享项目」（命令行 shared join）")
        .file(shared.address().to_string())
        .into()
}

/// Puts a project on a server: from then on its log there decides, and this folder is a desk's copy. Done again after
/// it broke off, it goes on. Gives the place.
///
/// # Errors
/// `SHR-009` where the schema holds another project, `SHR-015` where this one is shared already, `SHR-…`, `DBS-…`,
/// `LOG-…`, `IO-…`, `JRN-…`.
pub fn share_project(project: &mut Project, place: SharedPlace, context: &CommandContext) -> AppResult<SharedPlace> {
    project.check_writable()?;
    if let Some(shared) = project.shared() {
        return Err(Finding::error("SHR-015", "这个项目已经是共享项目")
            .value(&shared.place.schema)
            .file(shared.address().to_string())
            .into());
    }
    let shared = Shared::at(place)?;
    let change = Change::begin(project)?;
    let own = project.journal().standing()?;
    let mut log = shared.begin(&context.progress)?;
    if log.is_there()? {
        if !shared.lines_beyond(&mut log, &own).is_ok_and(|lines| lines.is_empty()) {
            return Err(taken(&shared));
        }
    } else {
        log.create()?;
        put_project(&mut log, project.root(), &own)?;
        log.commit().or_again()?;
    }
    shared.save(project.root())?;
    drop(change);
    *project = project.reopen()?;
    let detail = serde_json::json!({ "database": shared.place.address, "schema": shared.place.schema });
    Change::begin(project)?.commit(context, CommandId::Share, detail).map(|_| shared.place)
}

/// That a copy is there, in words.
#[must_use]
pub fn told_joined(name: &str, lines: usize) -> String {
    format!("已加入共享项目「{name}」，取得操作日志 {} 行", thousands(lines as i128))
}

/// Makes a folder a desk's copy of a shared project and opens it to work in. Gives the lines of its log too.
///
/// # Errors
/// `PRJ-001` where the folder holds a project, `PRJ-010`, `SHR-…`, `DBS-…`, `IO-…`.
pub fn join_project(
    root: &Path,
    place: SharedPlace,
    operator: &str,
    progress: &Progress,
) -> AppResult<(Project, usize)> {
    let shared = Shared::at(place)?;
    create_folder(root)?;
    let lock = ProjectLock::acquire(root, operator)?;
    let lines = join_shared(root, &shared, progress)?;
    drop(lock);
    Ok((Project::open(root, Some(operator))?, lines))
}
