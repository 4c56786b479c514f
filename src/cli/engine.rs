//! `engine`: monitoring that is counted where it lies: one unit's readings there, and scripts that a data centre runs
//! itself.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use super::Finish;
use super::database::with_questions;
use super::explain::find;
use super::output::{json, line, say};
use crate::diagnostic::AppResult;
use crate::engine::feed::Dialect;
use crate::registry::{Mapping, TableKind};
use crate::workspace::intake::feed_folder::{Round, write_scripts};
use crate::workspace::intake::feed_unit::{names_of, readings_of};
use crate::workspace::intake::import::load_mapping;
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::project::{CommandContext, Project};

/// Whose SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DialectArg {
    /// Spark SQL、Hive
    Spark,
    /// PostgreSQL 及说同一协议的数据库
    Postgresql,
}

/// `engine`.
#[derive(Debug, Subcommand)]
pub enum EngineCommand {
    /// 查询一个单位在计算引擎或数据库中的监测数据：按原样列出，最近的在前，不写入项目
    Rows {
        /// 项目文件夹
        project: PathBuf,
        /// 单位编号、许可证编号、统一社会信用代码或名称
        unit: String,
        /// 最多列出多少行
        #[arg(long, default_value_t = 200)]
        most: usize,
    },
    /// 写出自动监控的统计脚本：由数据中心执行，结果放回同一文件夹，再执行本命令得到下一轮，直至全部取回
    Sql {
        /// 存放脚本与结果的文件夹
        folder: PathBuf,
        /// 自动监控的表或视图，如 env.monitoring_hourly
        #[arg(long, value_name = "库.表")]
        table: String,
        /// 脚本用哪种写法
        #[arg(long, value_enum, default_value = "spark")]
        dialect: DialectArg,
        /// 各行是原始小时值：按日求均值（有效小时不少于 20 个），再与限值比较
        #[arg(long)]
        hours: bool,
        /// 列对应文件（.ron）
        #[arg(long)]
        mapping: Option<PathBuf>,
    },
}

pub(super) fn engine(command: &EngineCommand, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    match command {
        EngineCommand::Rows { project, unit, most } => rows(project, unit, *most, as_json, context),
        EngineCommand::Sql { folder, table, dialect, hours, mapping } => {
            let mapping = mapping.as_deref().map(load_mapping).transpose()?.unwrap_or_default();
            let dialect = match dialect {
                DialectArg::Spark => Dialect::Spark,
                DialectArg::Postgresql => Dialect::Postgres,
            };
            scripts(folder, table, (dialect, *hours), &mapping, as_json)
        }
    }
}

fn rows(project: &Path, unit: &str, most: usize, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let project = Project::open(project, None)?;
    let (registry, _) = load_project_data(&project)?;
    let unit = names_of(&registry, find(&registry, unit)?)?;
    let mapping = &project.file.mapping;
    let found = readings_of(mapping, &unit, most, (String::new(), Some(with_questions)), &context.progress)?;
    let columns = found.cells.columns();
    let heading = |id: &str| TableKind::Monitoring.column(id).map_or(id, |column| column.name).to_owned();
    let headings: Vec<String> = columns.iter().map(|column| heading(column.name())).collect();
    let cells = |row: usize| columns.iter().map(move |column| column.str().ok().and_then(|cells| cells.get(row)));
    if as_json {
        let rows: Vec<serde_json::Map<String, serde_json::Value>> = (0..found.cells.height())
            .map(|row| columns.iter().map(|column| column.name().to_string()).zip(cells(row).map(Into::into)).collect())
            .collect();
        json(&serde_json::json!({ "unit": unit.name, "rows": rows, "more": found.more }))?;
    } else {
        line(&headings.join("\t"))?;
        for row in 0..found.cells.height() {
            line(&cells(row).map(Option::unwrap_or_default).collect::<Vec<_>>().join("\t"))?;
        }
    }
    let more = if found.more { "，还有更早的" } else { "" };
    say(&format!("{}：服务器上 {} 行{more}；按原样列出，没有核查", unit.name, found.cells.height()));
    Ok(Finish::Done)
}

fn scripts(
    folder: &Path,
    table: &str,
    (dialect, hours): (Dialect, bool),
    mapping: &Mapping,
    as_json: bool,
) -> AppResult<Finish> {
    let written = write_scripts(folder, table, (dialect, hours), mapping)?;
    let files: Vec<String> = written.files.iter().map(|path| path.display().to_string()).collect();
    let round = match written.round {
        Round::Columns => "columns",
        Round::Words => "words",
        Round::Rows => "rows",
        Round::Complete => "complete",
    };
    if as_json {
        json(&serde_json::json!({ "round": round, "files": files }))?;
    } else {
        for file in &files {
            line(file)?;
        }
    }
    let hours = if hours { " --hours" } else { "" };
    let engine = folder.display();
    say(&match written.round {
        Round::Complete => format!(
            "结果已全部取回；下一步：fairdraw refresh 项目 --engine {engine} --table monitoring={table}{hours}（或 fairdraw new …）"
        ),
        _ => format!("请数据中心依次执行以上脚本，把结果放回 {engine}，再执行同一命令"),
    });
    Ok(Finish::Done)
}
