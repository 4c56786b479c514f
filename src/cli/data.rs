//! Commands on files and data: demo, new, check, results, backtest.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Finish;
use super::args::{CheckArgs, DemoArgs, NewArgs};
use super::deeds::carry_out;
use super::output::{data, json, line, say, say_findings};
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding, Severity};
use crate::district::{ShapeOptions, load_bundled_districts, load_layers};
use crate::export::write_atomic;
use crate::policy::DEFAULT_PRESET;
use crate::registry::columns::text_cells;
use crate::registry::{InputFile, Mapping, TableKind, check_file, render_report_csv, render_summary};
use crate::tabular::archive::Archive;
use crate::tabular::{ReadOptions, dump, load_raw};
use crate::text::csv::{CsvStyle, CsvWriter};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::results::ResultsTaken;
use crate::workspace::demo::{DemoOptions, write_demo};
use crate::workspace::intake::import::{Imported, NewProject, create_project, load_policy_by_name, registry_options};
use crate::workspace::intake::map::ProjectMap;
use crate::workspace::reports::backtest::{BacktestUnit, compute_backtest};
use crate::workspace::store::project::{CommandContext, bundled_calendar, load_bytes};

/// `backtest`.
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// 带评分与结果的 csv
    pub file: PathBuf,
    /// 评分列
    #[arg(long)]
    pub score: String,
    /// 结果列（0/1 或 True/False）
    #[arg(long)]
    pub outcome: String,
    /// 时间列
    #[arg(long)]
    pub time: String,
    /// 检查量
    #[arg(long)]
    pub budget: usize,
    /// 只取此列等于此值的行，如 Test=True
    #[arg(long = "where", value_name = "列=值")]
    pub filter: Option<String>,
    /// 最低概率
    #[arg(long, value_delimiter = ',', default_values_t = [0.0, 0.05, 0.1, 0.2])]
    pub floors: Vec<f64>,
}

pub(super) fn demo(args: &DemoArgs, context: &CommandContext) -> AppResult<Finish> {
    let mut findings = Diagnostics::new();
    let districts = load_bundled_districts(&mut findings)?;
    let options = DemoOptions { sources: args.sources, seed: args.seed, year: args.year };
    let files = write_demo(&args.dir, options, &districts, &bundled_calendar()?, &context.progress)?;
    for file in files {
        line(&file.display().to_string())?;
    }
    say(&format!("模拟城市已写入 {}；下一步：fairdraw run {0} --to out --month {}-03", args.dir.display(), args.year));
    Ok(Finish::Done)
}

pub(super) fn new_project(args: &NewArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let new = NewProject {
        name: String::new(),
        mark: String::new(),
        from: args.from.clone(),
        year: args.year,
        policy: args.policy.clone(),
        mapping: args.mapping.clone(),
        as_of: None,
    };
    let Imported { project, registry, findings, .. } = create_project(&args.project, &new, context)?;
    if as_json {
        json(&serde_json::json!({
            "project": project.root().display().to_string(), "year": project.file.year,
            "sources": registry.sources.height(), "set_aside": registry.set_aside.height(),
            "errors": registry.diagnostics.count(Severity::Error),
            "warnings": registry.diagnostics.count(Severity::Warning),
        }))?;
    } else {
        line(&render_summary(&registry))?;
    }
    say_findings(&findings, Severity::Error, 5);
    say_findings(&findings, Severity::Warning, 5);
    say(&format!("项目已建立：{}；质量报告：quality.csv", project.root().display()));
    let flawed = registry.set_aside.height() > 0 || registry.diagnostics.count(Severity::Error) > 0;
    Ok(if flawed { Finish::Flawed } else { Finish::Done })
}

fn is_map(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "shp" | "dbf" => true,
        // A packed table is read like one that isn't.
        "zip" => load_bytes(path).is_ok_and(|bytes| holds_layer(&bytes)),
        _ => false,
    }
}

/// True for an archive with a part of a layer in it.
fn holds_layer(bytes: &[u8]) -> bool {
    let Ok(mut archive) = Archive::open(bytes) else { return true };
    (0..archive.len()).any(|index| {
        let name = archive.name(index).ok().flatten().unwrap_or_default().to_lowercase();
        matches!(Path::new(&name).extension().and_then(|e| e.to_str()), Some("shp" | "dbf"))
    })
}

pub(super) fn check(args: &CheckArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    if args.raw {
        return check_raw(args, as_json, context);
    }
    let table = match &args.table {
        None => None,
        Some(name) => Some(TableKind::parse(name).ok_or_else(|| {
            let known: Vec<&str> = TableKind::ALL.iter().map(|kind| kind.id()).collect();
            AppError::from(Finding::error("CLI-002", "没有这个表").value(name).expected(known.join("、")))
        })?),
    };
    let mapping = match &args.mapping {
        None => Mapping::default(),
        Some(path) => Mapping::from_ron(&String::from_utf8_lossy(&load_bytes(path)?), &path.display().to_string())?,
    };
    let mut findings = Diagnostics::new();
    let districts = load_bundled_districts(&mut findings)?;
    let (policy, _) = load_policy_by_name(DEFAULT_PRESET)?;
    let options = registry_options(&policy, mapping, context.now.date())?;
    let mut flawed = false;
    let mut reports = Vec::new();
    for path in &args.files {
        let mut input = InputFile { path: path.clone(), table, mapping: None };
        if args.encoding.is_some() {
            input.mapping = Some(crate::registry::FileMapping {
                file: path.file_name().map(|n| n.to_string_lossy().to_string()).unwrap_or_default(),
                encoding: args.encoding.clone(),
                ..Default::default()
            });
        }
        let registry = check_file(&input, &options, &ProjectMap(&districts), &context.progress)?;
        line(&render_summary(&registry))?;
        flawed |= registry.set_aside.height() > 0 || registry.diagnostics.count(Severity::Error) > 0;
        reports.push(render_report_csv(&registry));
    }
    if let Some(path) = &args.report {
        // one header, then every file's rows
        let mut text = String::new();
        for (i, report) in reports.iter().enumerate() {
            match report.split_once('\n') {
                Some((_, rows)) if i > 0 => text.push_str(rows),
                _ => text.push_str(report),
            }
        }
        write_atomic(path, text.as_bytes())?;
        say(&format!("质量报告：{}", path.display()));
    }
    Ok(if flawed { Finish::Flawed } else { Finish::Done })
}

fn check_raw(args: &CheckArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let mut failed = 0;
    for path in &args.files {
        let outcome = if is_map(path) { raw_map(path, args, as_json) } else { raw_table(path, args, as_json, context) };
        match outcome {
            Ok(()) => {}
            Err(error) if args.files.len() == 1 => return Err(error),
            Err(error) if error.code() == super::output::CLOSED => return Err(error),
            Err(error) => {
                failed += 1;
                say(&error.to_string());
            }
        }
    }
    if failed > 0 {
        say(&format!("{failed} 个文件无法读取"));
    }
    Ok(if failed > 0 { Finish::Flawed } else { Finish::Done })
}

fn raw_table(path: &Path, args: &CheckArgs, as_json: bool, context: &CommandContext) -> AppResult<()> {
    let options = ReadOptions { encoding: args.encoding.clone(), ..ReadOptions::default() };
    let mut diagnostics = Diagnostics::new();
    let tables = load_raw(path, &options, &mut diagnostics, &context.progress)?;
    for finding in diagnostics.findings().iter().take(20) {
        say(&finding.to_string());
    }
    if as_json {
        return data(|out| dump::write_json(&tables, &diagnostics, out));
    }
    for table in &tables {
        say(&dump::describe(table));
    }
    data(|out| dump::write_tables(&tables, false, out))
}

fn raw_map(path: &Path, args: &CheckArgs, as_json: bool) -> AppResult<()> {
    let mut diagnostics = Diagnostics::new();
    let layers = load_layers(path, &ShapeOptions { encoding: args.encoding.clone() }, &mut diagnostics)?;
    for finding in diagnostics.findings().iter().take(20) {
        say(&finding.to_string());
    }
    for layer in &layers {
        let names: Vec<&str> = layer.fields.iter().map(|f| f.name.as_str()).collect();
        if as_json {
            json(&serde_json::json!({
                "layer": layer.name, "encoding": layer.encoding.clone(), "records": layer.len(), "fields": names,
            }))?;
            continue;
        }
        say(&format!(
            "图层「{}」：{} 条记录，{} 个字段，编码 {}",
            layer.name,
            layer.len(),
            names.len(),
            layer.encoding
        ));
        data(|out| {
            let mut writer = CsvWriter::new(out, CsvStyle::Plain)?;
            writer.record(&names)?;
            for record in layer.live() {
                writer.record((0..names.len()).map(|field| layer.value(record, field).unwrap_or_default()))?;
            }
            writer.finish()?.flush()
        })?;
    }
    Ok(())
}

/// `results`.
#[derive(Debug, Args)]
pub struct ResultsArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 结果工作簿或 csv
    pub file: PathBuf,
}

pub(super) fn results(args: &ResultsArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    carry_out(&args.project, |_| Ok(Deed::TakeResults(args.file.clone())), as_json, context)
}

pub(super) fn show_results(taken: &ResultsTaken, as_json: bool) -> AppResult<Finish> {
    say_findings(&taken.diagnostics, Severity::Error, 20);
    say_findings(&taken.diagnostics, Severity::Warning, 20);
    if as_json {
        json(&serde_json::json!({
            "added": taken.added, "updated": taken.updated, "set_aside": taken.set_aside,
            "errors": taken.diagnostics.count(Severity::Error),
            "warnings": taken.diagnostics.count(Severity::Warning),
        }))?;
        return Ok(if taken.set_aside > 0 { Finish::Flawed } else { Finish::Done });
    }
    line(&format!("新增 {} 条结果，更新 {} 条，搁置 {} 行", taken.added, taken.updated, taken.set_aside))?;
    Ok(if taken.set_aside > 0 { Finish::Flawed } else { Finish::Done })
}

pub(super) fn backtest(args: &BacktestArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let mut diagnostics = Diagnostics::new();
    let tables = load_raw(&args.file, &ReadOptions::default(), &mut diagnostics, &context.progress)?;
    let table = tables.first().ok_or_else(|| AppError::new("BCK-002", "文件里没有表格"))?;
    let frame = &table.cells;
    let names: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    let columns = text_cells(frame)?;
    let headings: Vec<String> = if table.named {
        names.clone()
    } else {
        columns.iter().map(|c| c.get(0).unwrap_or_default().trim().to_owned()).collect()
    };
    let find = |wanted: &str| {
        headings.iter().position(|h| h == wanted).ok_or_else(|| {
            AppError::from(
                Finding::error("BCK-003", "文件没有这一列")
                    .value(wanted)
                    .expected(headings.join("、"))
                    .file(table.file.clone()),
            )
        })
    };
    let (score, outcome, time) = (find(&args.score)?, find(&args.outcome)?, find(&args.time)?);
    let filter = match &args.filter {
        None => None,
        Some(text) => {
            let (column, value) = text.split_once('=').ok_or_else(|| {
                AppError::from(
                    Finding::error("BCK-004", "筛选条件写法不对").value(text).expected("列=值，如 Test=True"),
                )
            })?;
            Some((find(column)?, value.to_owned()))
        }
    };
    let first = usize::from(!table.named);
    let mut units = Vec::new();
    for row in first..frame.height() {
        let cell = |column: usize| columns[column].get(row).unwrap_or_default().trim();
        if filter.as_ref().is_some_and(|(column, value)| !cell(*column).eq_ignore_ascii_case(value)) {
            continue;
        }
        let number = |column: usize, name: &str| -> AppResult<f64> {
            let text = cell(column);
            match text.to_ascii_lowercase().as_str() {
                "true" | "是" => return Ok(1.0),
                "false" | "否" => return Ok(0.0),
                _ => {}
            }
            text.parse().map_err(|_| {
                Finding::error("BCK-005", "不是数字")
                    .row(u64::from(table.rows[row]))
                    .column(name)
                    .value(text)
                    .file(table.file.clone())
                    .into()
            })
        };
        units.push(BacktestUnit {
            score: number(score, &args.score)?,
            outcome: number(outcome, &args.outcome)?,
            time: cell(time).to_owned(),
        });
    }
    let result = compute_backtest(&units, args.budget, &args.floors)?;
    if as_json {
        json(&result)?;
        return Ok(Finish::Done);
    }
    line(&format!("单位 {} 个，检查 {} 次，共有 {} 个问题", result.units, result.budget, result.total))?;
    line(&format!("按业务次序（时间在前）：{}", result.business_order))?;
    line(&format!("简单随机：{:.1}", result.random))?;
    line(&format!("只查最高分：{}", result.top_score))?;
    line("最低概率,按评分,按评分平方")?;
    for point in &result.curve {
        line(&format!("{},{:.1},{:.1}", point.floor, point.by_score, point.by_score_squared))?;
    }
    let most: BTreeSet<&str> = units.iter().map(|u| u.time.as_str()).collect();
    say(&format!("时间取值 {} 种；每一行最低概率下的预计发现数为 Σπ·结果，不是模拟", most.len()));
    Ok(Finish::Done)
}
