//! Commands on files and data: demo, new, check, results.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Finish;
use super::args::{CheckArgs, DemoArgs, NewArgs};
use super::database::{source_in, table_named};
use super::deeds::carry_out;
use super::output::{data, json, line, report_findings, say, write_report};
use crate::diagnostic::{AppResult, Diagnostics, Severity};
use crate::district::{ShapeOptions, load_bundled_districts, load_layers};
use crate::registry::{render_report, render_summary, report_csv, summary_of, tell_kinds};
use crate::tabular::archive::names_in;
use crate::tabular::{ReadOptions, dump, load_raw};
use crate::text::csv::{CsvStyle, CsvWriter};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::results::ResultsTaken;
use crate::workspace::demo::{DEFAULT_SOURCES, DemoOptions, NATION_SOURCES, write_demo};
use crate::workspace::intake::import::{Imported, NewProject, create_project};
use crate::workspace::intake::reading::{CheckRequest, check_paths, report_beside};
use crate::workspace::store::project::{CommandContext, Project, bundled_calendar};
use crate::workspace::store::quality::{QUALITY, RESULTS_TABLE, report_of};

pub(super) fn demo(args: &DemoArgs, context: &CommandContext) -> AppResult<Finish> {
    let mut findings = Diagnostics::new();
    let districts = load_bundled_districts(&mut findings)?;
    let sources = args.sources.unwrap_or(if args.nation { NATION_SOURCES } else { DEFAULT_SOURCES });
    let options = DemoOptions { sources, seed: args.seed, year: args.year, nation: args.nation };
    let files = write_demo(&args.dir, options, &districts, &bundled_calendar()?, &context.progress)?;
    for file in files {
        line(&file.display().to_string())?;
    }
    say(&format!("模拟数据已写入 {}；下一步：fairdraw run {0} --to out --month {}-03", args.dir.display(), args.year));
    Ok(Finish::Done)
}

pub(super) fn new_project(args: &NewArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let new = NewProject {
        name: String::new(),
        mark: String::new(),
        from: args.from.clone().unwrap_or_default(),
        remote: source_in(&args.database, args.mapping.as_deref(), None)?,
        read: None,
        year: args.year,
        policy: args.policy.clone(),
        mapping: args.mapping.clone(),
        as_of: None,
    };
    let Imported { project, registry, .. } = create_project(&args.project, &new, context)?;
    let report = project.root().join(QUALITY);
    if as_json {
        json(&serde_json::json!({
            "project": project.root().display().to_string(), "year": project.file.year,
            "sources": registry.sources.height(), "set_aside": registry.set_aside.height(),
            "errors": registry.diagnostics.count(Severity::Error),
            "warnings": registry.diagnostics.count(Severity::Warning), "report": report.display().to_string(),
        }))?;
    } else {
        line(&render_summary(&registry))?;
    }
    say(&format!("项目已建立：{}；全部问题见 {}", project.root().display(), report.display()));
    let flawed = registry.set_aside.height() > 0 || registry.diagnostics.count(Severity::Error) > 0;
    Ok(if flawed { Finish::Flawed } else { Finish::Done })
}

fn is_map(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "shp" | "dbf" => true,
        // A packed table is read like one that isn't.
        "zip" => names_in(path).map_or(true, |names| names.iter().any(|name| is_part_of_layer(name))),
        _ => false,
    }
}

fn is_part_of_layer(name: &str) -> bool {
    let ending = Path::new(name).extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    matches!(ending.as_str(), "shp" | "dbf")
}

pub(super) fn check(args: &CheckArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    if args.raw {
        return check_raw(args, as_json, context);
    }
    let table = match &args.table {
        None => None,
        Some(name) => Some(table_named(name)?),
    };
    let request = CheckRequest {
        paths: args.files.clone(),
        table,
        mapping: args.mapping.clone(),
        encoding: args.encoding.clone(),
        remote: source_in(&args.database, args.mapping.as_deref(), None)?,
    };
    let registry = check_paths(&request, context)?;
    let rendered = render_report(&registry);
    let report = report_path(args);
    let errors = registry.diagnostics.count(Severity::Error);
    if as_json {
        let rows = registry.summaries.iter().map(|s| {
            serde_json::json!({
                "table": s.kind.id(), "files": s.files, "read": s.rows_read, "kept": s.kept,
                "set_aside": s.set_aside, "merged": s.merged,
            })
        });
        json(&serde_json::json!({
            "tables": rows.collect::<Vec<_>>(), "set_aside": registry.set_aside.height(), "errors": errors,
            "warnings": registry.diagnostics.count(Severity::Warning), "report": report.display().to_string(),
        }))?;
    } else {
        line(&summary_of(&registry, &rendered))?;
    }
    write_report(&report_csv(&rendered), registry.diagnostics.is_empty(), &report);
    Ok(if registry.set_aside.height() > 0 || errors > 0 { Finish::Flawed } else { Finish::Done })
}

/// Where the findings of a check go: the file named, else one beside the first file.
fn report_path(args: &CheckArgs) -> PathBuf {
    let first = args.files.first().map_or(Path::new("数据"), PathBuf::as_path);
    args.report.clone().unwrap_or_else(|| report_beside(first))
}

fn check_raw(args: &CheckArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let mut failed = 0;
    let mut found = Diagnostics::new();
    for path in &args.files {
        let outcome = if is_map(path) {
            raw_map(path, args, as_json, &mut found)
        } else {
            raw_table(path, args, as_json, &mut found, context)
        };
        match outcome {
            Ok(()) => {}
            Err(error) if args.files.len() == 1 => return Err(error),
            Err(error) if error.code() == super::output::CLOSED => return Err(error),
            Err(error) => {
                failed += 1;
                found.push(error.finding().clone());
            }
        }
    }
    report_findings(&found, &report_path(args))?;
    if failed > 0 {
        say(&format!("{failed} 个文件无法读取"));
    }
    Ok(if found.count(Severity::Error) > 0 { Finish::Flawed } else { Finish::Done })
}

fn raw_table(
    path: &Path,
    args: &CheckArgs,
    as_json: bool,
    found: &mut Diagnostics,
    context: &CommandContext,
) -> AppResult<()> {
    let options = ReadOptions { encoding: args.encoding.clone(), ..ReadOptions::default() };
    let mut diagnostics = Diagnostics::new();
    let tables = load_raw(path, &options, &mut diagnostics, &context.progress)?;
    if as_json {
        let written = data(|out| dump::write_json(&tables, &diagnostics, out));
        found.append(diagnostics);
        return written;
    }
    found.append(diagnostics);
    for table in &tables {
        say(&dump::describe(table));
    }
    data(|out| dump::write_tables(&tables, false, out))
}

fn raw_map(path: &Path, args: &CheckArgs, as_json: bool, found: &mut Diagnostics) -> AppResult<()> {
    let layers = load_layers(path, &ShapeOptions { encoding: args.encoding.clone() }, found)?;
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

pub(super) fn show_results(project: &Project, taken: &ResultsTaken, as_json: bool) -> AppResult<Finish> {
    let report = project.root().join(QUALITY);
    let errors = taken.diagnostics.count(Severity::Error);
    if as_json {
        json(&serde_json::json!({
            "added": taken.added, "updated": taken.updated, "set_aside": taken.set_aside,
            "errors": errors, "warnings": taken.diagnostics.count(Severity::Warning),
            "report": report.display().to_string(),
        }))?;
    } else {
        line(&format!("新增 {} 条结果，更新 {} 条，搁置 {} 行", taken.added, taken.updated, taken.set_aside))?;
    }
    let told = tell_kinds(&report_of(&taken.diagnostics, RESULTS_TABLE))?;
    if !told.is_empty() {
        say(&format!("{}\n全部问题见 {}", told.trim(), report.display()));
    }
    Ok(if taken.set_aside > 0 || errors > 0 { Finish::Flawed } else { Finish::Done })
}
