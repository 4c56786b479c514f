//! `effect`: what the year's inspections say about the city, as text, JSON, or files.

use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::output::{json, line, say};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::export::{CsvStyle, render_csv, write_atomic};
use crate::workspace::inputs::analysis::compute_analysis;
use crate::workspace::reports::effect::{compute_effect, effect_sentences, effect_sheets, render_effect};
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::register::{load_register, next_month};

/// `effect`.
#[derive(Debug, Args)]
pub struct EffectArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 输出哪一张表：rates（合规率，默认）、coverage、years、randomness、dead、checklists、items、inspectors、firms
    #[arg(long, value_name = "表", default_value = "rates")]
    pub table: String,
    /// 全部写成文件（内部）：.xlsx 写成一个工作簿，.csv 写成 --table 的一张表
    #[arg(long, value_name = "文件")]
    pub to: Option<PathBuf>,
}

/// Tells, or writes, what the inspections say.
pub(super) fn effect(args: &EffectArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let (registry, districts) = load_project_data(&project)?;
    let month = next_month(&load_register(&project)?, &project.months())
        .ok_or_else(|| AppError::new("CLI-011", "项目年度不在 2000 至 2100 年之间"))?;
    let analysis = compute_analysis(&project, &registry, month, &context.progress)?;
    let effect = compute_effect(&project, &registry, &districts, &analysis, &context.progress)?;
    let sheets = effect_sheets(&effect);
    let wanted = || {
        sheets.iter().find(|sheet| sheet.id == args.table).map(|sheet| &sheet.sheet).ok_or_else(|| {
            let known: Vec<&str> = sheets.iter().map(|sheet| sheet.id).collect();
            AppError::from(
                Finding::error("CLI-033", "没有这一张表，或还没有结果可说")
                    .value(&args.table)
                    .expected(known.join("、")),
            )
        })
    };
    if let Some(to) = &args.to {
        let is_csv = to.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let bytes =
            if is_csv { render_csv(wanted()?, CsvStyle::Office)? } else { render_effect(&project, &effect, context)? };
        write_atomic(to, &bytes)?;
        say(&format!("已写入 {}（内部资料）", to.display()));
    } else if as_json {
        json(&effect)?;
    } else {
        line(String::from_utf8_lossy(&render_csv(wanted()?, CsvStyle::Plain)?).trim_end())?;
    }
    for sentence in effect_sentences(&effect) {
        say(&sentence);
    }
    Ok(if effect.city().is_some() { Finish::Done } else { Finish::Flawed })
}
