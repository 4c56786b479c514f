//! `refresh`: another register, or one table of it, into a project; its differences beforehand, and the way back.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Finish;
use super::args::DatabaseArgs;
use super::database::source_in;
use super::deeds::{carry_out, open_to_work};
use super::output::{json, line, say, write_report};
use crate::diagnostic::{AppResult, Severity};
use crate::registry::{Mapping, tell_kinds};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::intake::database::{DatabaseRead, NextFiles};
use crate::workspace::intake::import::load_mapping;
use crate::workspace::intake::reading::report_beside;
use crate::workspace::intake::refresh::{check_may_refresh, may_come_back};
use crate::workspace::perform::{RefreshPreview, Refreshed, preview_refresh};
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::kept::load_kept;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::quality::{QUALITY, load_report};

/// One of these.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct RefreshWhat {
    /// 新文件所在文件夹，或一个文件；其中没有的表保持不变
    #[arg(long, value_name = "文件夹或文件", required_unless_present_any = ["database", "engine", "back", "list", "forget"])]
    pub from: Option<PathBuf>,
    /// 返回更新前的名录；不写编号则为最近一次
    #[arg(long, value_name = "编号", num_args = 0..=1, default_missing_value = "", conflicts_with = "database")]
    pub back: Option<String>,
    /// 列出保留的旧名录
    #[arg(long, conflicts_with = "database")]
    pub list: bool,
    /// 删除一份保留的旧名录
    #[arg(long, value_name = "编号", conflicts_with = "database")]
    pub forget: Option<String>,
}

/// `refresh`.
#[derive(Debug, Args)]
pub struct RefreshArgs {
    /// 项目文件夹
    pub project: PathBuf,
    #[command(flatten)]
    pub what: RefreshWhat,
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// 列对应文件（.ron）
    #[arg(long, conflicts_with_all = ["back", "list", "forget"])]
    pub mapping: Option<PathBuf>,
    /// 只列出差异与新文件的问题，项目不变
    #[arg(long, conflicts_with_all = ["back", "list", "forget"])]
    pub dry_run: bool,
}

pub(super) fn refresh(args: &RefreshArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    if args.what.list {
        return list(args, as_json);
    }
    if let Some(id) = &args.what.forget {
        return carry_out(&args.project, |_| Ok(Deed::ForgetKept(id.clone())), as_json, context);
    }
    if let Some(id) = &args.what.back {
        let id = Some(id.clone()).filter(|id| !id.is_empty());
        return carry_out(&args.project, |_| Ok(Deed::RefreshBack(id)), as_json, context);
    }
    let from = args.what.from.clone().unwrap_or_default();
    let mapping: Option<Mapping> = args.mapping.as_ref().map(|path| load_mapping(path)).transpose()?;
    let source_for =
        |project: &Project| source_in(&args.database, args.mapping.as_deref(), Some(&project.file.mapping));
    if !args.dry_run {
        let deed = |project: &Project| {
            Ok(match source_for(project)? {
                Some(source) => Deed::RefreshDatabase { from, remote: Box::new(source), mapping },
                None => Deed::Refresh { from, mapping, looked_at: None },
            })
        };
        return carry_out(&args.project, deed, as_json, context);
    }
    let project = open_to_work(&args.project, context)?;
    let (registry, districts) = load_project_data(&project)?;
    check_may_refresh(&project)?;
    let source = source_for(&project)?;
    let known = mapping.as_ref().unwrap_or(&project.file.mapping);
    let read = source.map(|source| DatabaseRead::read(&source, known, &context.progress)).transpose()?;
    let files = NextFiles { from: &from, database: read.as_ref() };
    let preview = preview_refresh(&project, (&registry, &districts), files, mapping, context)?;
    show_preview(&preview, &from, as_json)
}

fn show_preview(preview: &RefreshPreview, from: &Path, as_json: bool) -> AppResult<Finish> {
    let flawed = preview.changes.findings_of(Severity::Error) > 0;
    if as_json {
        json(preview)?;
    } else {
        line(preview.changes.to_text().trim_end())?;
        if !preview.left_out.is_empty() {
            line(&format!("按列对应设置未读取：{}", preview.left_out.join("、")))?;
        }
    }
    if !preview.told.is_empty() {
        say(preview.told.trim());
    }
    write_report(&preview.report, preview.told.is_empty(), &report_beside(from));
    say("只是预览，项目中什么也没有写入；去掉 --dry-run 即更新");
    Ok(if flawed { Finish::Flawed } else { Finish::Done })
}

pub(super) fn show_refreshed(project: &Project, refreshed: &Refreshed, as_json: bool) -> AppResult<Finish> {
    let report = project.root().join(QUALITY);
    if as_json {
        let mut value = serde_json::json!({
            "kept": refreshed.kept, "set_aside": refreshed.set_aside, "report": report.display().to_string(),
        });
        value["counts"] = refreshed.changes.counts();
        json(&value)?;
    } else {
        line(&refreshed.told())?;
    }
    let told = tell_kinds(&load_report(project.root())?)?;
    if !told.is_empty() {
        say(&format!("{}\n全部问题见 {}", told.trim(), report.display()));
    }
    say("名录有误时可用 refresh --back 返回（此后没有新的封存）");
    let errors = refreshed.changes.findings_of(Severity::Error);
    Ok(if refreshed.set_aside > 0 || errors > 0 { Finish::Flawed } else { Finish::Done })
}

pub(super) fn show_back(id: &str, sources: usize, as_json: bool) -> AppResult<Finish> {
    if as_json {
        json(&serde_json::json!({ "back_to": id, "sources": sources }))?;
    } else {
        line(&format!("已返回 {id} 保留的名录：{sources} 个污染源"))?;
    }
    Ok(Finish::Done)
}

fn list(args: &RefreshArgs, as_json: bool) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let mut rows = Vec::new();
    for state in load_kept(&project)? {
        let sources = state.note.rows.get("sources").copied().unwrap_or(0);
        rows.push((may_come_back(&project, &state)?, sources, state));
    }
    if as_json {
        let values: Vec<serde_json::Value> = rows
            .iter()
            .map(|(back, sources, state)| {
                serde_json::json!({
                    "id": state.id, "kept_at": state.note.kept_at, "operator": state.note.operator,
                    "replaced_by": state.note.replaced_by, "sources": sources, "may_come_back": back,
                })
            })
            .collect();
        json(&values)?;
        return Ok(Finish::Done);
    }
    if rows.is_empty() {
        say("没有保留的旧名录");
    }
    for (back, sources, state) in rows {
        let may = if back { "可返回" } else { "此后已有封存，只供查阅" };
        let note = &state.note;
        let why = match note.replaced_by.as_str() {
            "" => "返回之前".to_owned(),
            by => format!("更新为「{by}」之前"),
        };
        line(&format!("{}　{}　{}　{why}　{sources} 个污染源　{may}", state.id, note.kept_at, note.operator))?;
    }
    Ok(Finish::Done)
}
