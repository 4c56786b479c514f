//! From an office's folder to a project: find the files, read them, check them, keep what was checked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use rayon::prelude::*;

use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding, Progress};
use crate::district::{DistrictOptions, DistrictSet, load_bundled_districts, load_districts};
use crate::domain::DistrictCode;
use crate::engine::RemoteSource;
use crate::policy::{Policy, derive_bodies, load_policy, load_preset, preset_text, presets, write_policy};
use crate::registry::industry::IndustryTable;
use crate::registry::mapping::Mapping;
use crate::registry::{BodyName, NamedId, Registry, RegistryOptions, TableKind, render_report};
use crate::workspace::demo::last_day;
use crate::workspace::intake::database::{DatabaseRead, inputs_of};
use crate::workspace::intake::folder::{FolderContents, TABLE_ENDINGS, file_name};
use crate::workspace::intake::left_out::not_used;
use crate::workspace::intake::nested::Chosen;
use crate::workspace::intake::reading::{ReadContents, mapping_of, nothing_usable, read_contents};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::frames::{district_options, hash_file, put_registry};
use crate::workspace::store::project::{
    CommandContext, InputRecord, Project, ProjectFile, TableRows, check_calendar, load_bytes,
};
use crate::workspace::store::quality::{MAP_TABLE, put_findings, put_report};
use crate::workspace::store::staged::Change;

/// What a project is made from.
#[derive(Debug, Clone, Default)]
pub struct NewProject {
    /// Name shown; agency and year where empty.
    pub name: String,
    /// What tells it from others of its year, behind a name that is not given: a folder, a number.
    pub mark: String,
    /// The folder with the office's files; empty where all comes from the database.
    pub from: PathBuf,
    /// What comes from servers.
    pub remote: Option<RemoteSource>,
    /// What was read of a database before; then none is read here.
    pub read: Option<Arc<DatabaseRead>>,
    /// Year; `None` takes that of [`year_to_plan`].
    pub year: Option<i32>,
    /// A policy file or a preset's id.
    pub policy: Option<String>,
    /// A mapping file.
    pub mapping: Option<PathBuf>,
    /// The day for which expiry and future dates are judged; `None` takes the day of the command.
    pub as_of: Option<NaiveDate>,
}

/// A project with its fresh registry.
#[derive(Debug)]
pub struct Imported {
    /// The project.
    pub project: Project,
    /// The registry; its findings are those on the map too.
    pub registry: Registry,
    /// The map.
    pub districts: DistrictSet,
}

/// The policy that a word names: a file or a preset.
///
/// # Errors
/// `POL-…`, `IO-…`; `PRJ-020` where it is neither.
pub fn load_policy_by_name(name: &str) -> AppResult<(Policy, Vec<u8>)> {
    if let Some(text) = preset_text(name) {
        return Ok((load_preset(name)?, text.as_bytes().to_vec()));
    }
    let path = Path::new(name);
    if !path.exists() {
        let known: Vec<&str> = presets().iter().map(|(id, _, _)| *id).collect();
        return Err(Finding::error("PRJ-020", "没有这个规则文件或内置规则")
            .value(name)
            .expected(format!("文件路径，或内置规则 {}", known.join("、")))
            .into());
    }
    load_policy_file(path)
}

/// Reads a policy file: the policy and its bytes.
///
/// # Errors
/// `POL-…`, `PRJ-005`, `IO-…`.
pub fn load_policy_file(path: &Path) -> AppResult<(Policy, Vec<u8>)> {
    let bytes = load_bytes(path)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|cause| AppError::new("PRJ-005", "规则文件不是 UTF-8 文本").caused_by(cause))?;
    Ok((load_policy(text, &path.display().to_string())?, bytes))
}

/// The year that is planned on a day: from October on the next one.
#[must_use]
pub fn year_to_plan(day: NaiveDate) -> i32 {
    day.year() + i32::from(day.month() >= 10)
}

/// The day for which expiry and future dates are judged. A demo city's files know of days that are to come: none of
/// them is a typing error.
pub(super) fn judged_on(day: NaiveDate, synthetic: bool, year: i32) -> NaiveDate {
    if synthetic { day.max(last_day(year)) } else { day }
}

/// What is kept of an input file: name, hash, and the tables that were read from it.
///
/// # Errors
/// `IO-…`.
pub(super) fn record_input(path: &Path, registry: &Registry) -> AppResult<InputRecord> {
    let (sha256, bytes) = hash_file(path)?;
    let file = file_name(path);
    let entries = registry.recognised.files.iter().filter(|entry| entry.file == file);
    let tables: BTreeSet<TableKind> = entries.filter_map(|entry| entry.table).collect();
    Ok(InputRecord { file, sha256, bytes, tables: tables.into_iter().collect() })
}

/// The error for files of which none may hold a table.
pub(super) fn no_tables(from: &Path) -> AppError {
    Finding::error("PRJ-022", "输入文件夹里没有可读取的表格文件")
        .expected(format!("{} 或 parquet 文件", TABLE_ENDINGS.join("、")))
        .file(from.display().to_string())
        .into()
}

/// Reads a mapping file.
///
/// # Errors
/// `MAP-…`, `IO-…`.
pub fn load_mapping(path: &Path) -> AppResult<Mapping> {
    let text = String::from_utf8(load_bytes(path)?)
        .map_err(|cause| AppError::new("MAP-001", "列对应文件不是 UTF-8 文本").caused_by(cause))?;
    Mapping::from_ron(&text, &path.display().to_string())
}

/// The map of a folder: the one the mapping names, else the first shapefile that holds districts, else the
/// bundled sketch of Shanghai. Returns the path of the file used.
pub(super) fn find_districts(
    contents: &FolderContents,
    folder: &Path,
    mapping: &Mapping,
    findings: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<(DistrictSet, Option<PathBuf>)> {
    if let Some(named) = &mapping.districts {
        let path = [folder.join(&named.path), PathBuf::from(&named.path)]
            .into_iter()
            .find(|path| path.exists())
            .ok_or_else(|| {
                AppError::from(
                    Finding::error("PRJ-021", "列对应文件所指的区划文件不存在")
                        .value(&named.path)
                        .hint("路径相对于输入文件夹；请把 .shp 及同名文件放入其中"),
                )
            })?;
        return Ok((load_districts(&path, &district_options(mapping), findings, progress)?, Some(path)));
    }
    for path in &contents.maps {
        let mut own = Diagnostics::new();
        match load_districts(path, &DistrictOptions::default(), &mut own, progress) {
            Ok(set) => {
                own.change_each(|finding| name_file(finding, path));
                findings.append(own);
                // those before it are told with what is wrong with them
                let after = contents.maps.iter().skip_while(|other| *other != path).filter(|other| *other != path);
                after.for_each(|other| findings.push(not_used("区划文件", other, path)));
                return Ok((set, Some(path.clone())));
            }
            Err(error) => {
                progress.check()?;
                let mut finding = error.finding().clone();
                name_file(&mut finding, path);
                findings.push(finding);
            }
        }
    }
    if let Some(path) = contents.maps.first() {
        let mut fallback = Finding::error("GIS-061", "本单位的区划文件都不能使用，已改用内置的区划示意图")
            .hint("示意图只有上海各区，且为概略图；请按上面的说明改正区划文件，再在「地图」中载入");
        name_file(&mut fallback, path);
        findings.push(fallback);
    }
    Ok((load_bundled_districts(findings)?, None))
}

/// Says which file a finding is of, by its name alone.
fn name_file(finding: &mut Finding, path: &Path) {
    finding.file = path.file_name().map(|name| name.to_string_lossy().into_owned());
}

/// Options of the registry for a project: bodies, skills, credit scale from the policy.
///
/// # Errors
/// `IMP-081` where the shipped aliases or codes are damaged.
pub fn registry_options(policy: &Policy, mapping: Mapping, as_of: NaiveDate) -> AppResult<RegistryOptions> {
    let mut options = RegistryOptions::new(as_of)?;
    options.mapping = mapping;
    options.industry = Arc::new(IndustryTable::shipped()?);
    options.bodies = policy
        .bodies
        .iter()
        .map(|body| BodyName {
            id: body.id.clone(),
            names: std::iter::once(body.name.clone()).chain(body.aliases.iter().cloned()).collect(),
            district: body.district.map(|code| code.0),
        })
        .collect();
    options.skills =
        policy.skills.iter().map(|skill| NamedId { id: skill.id.clone(), names: skill.names.clone() }).collect();
    options.credit_scale = policy
        .credit
        .grades
        .iter()
        .enumerate()
        .map(|(i, grade)| (i as u8, std::iter::once(grade.name.clone()).chain(grade.aliases.iter().cloned()).collect()))
        .collect();
    Ok(options)
}

/// Makes a project from a folder of files.
///
/// # Errors
/// `PRJ-…`, `POL-…`, `MAP-…`, `IO-…`, `JOB-001`; bad rows are findings, the import goes on.
pub fn create_project(root: &Path, new: &NewProject, context: &CommandContext) -> AppResult<Imported> {
    create_project_with(root, new, None, context)
}

/// As [`create_project`], with a mapping made by hand that stands before any file's.
///
/// # Errors
/// As [`create_project`].
pub fn create_project_with(
    root: &Path,
    new: &NewProject,
    by_hand: Option<Mapping>,
    context: &CommandContext,
) -> AppResult<Imported> {
    let mut chosen = Chosen::of_any(&new.from)?;
    let read_before = match (&new.read, &new.remote) {
        (Some(read), _) => Some(Arc::clone(read)),
        (None, None) => None,
        (None, Some(source)) => {
            let mapping = mapping_of(by_hand.as_ref(), new, &chosen.contents)?;
            Some(DatabaseRead::read(source, &mapping, &context.progress)?)
        }
    };
    let database = read_before.as_deref();
    if let Some(database) = database {
        database.join(&mut chosen.contents);
    }
    let contents = &chosen.contents;
    if contents.tables.is_empty() {
        return Err(no_tables(&new.from));
    }
    let read = read_contents(contents, &inputs_of(contents, database), new, by_hand, context)?;
    let ReadContents { mut mapping, districts, map_path, policy_bytes, policy, year, registry } = read;
    if let Some(database) = database {
        database.remembered(&mut mapping);
    }
    let general = new.policy.is_none() && contents.policy.is_none();
    let name = match new.name.as_str() {
        // the general rules have no authority's name
        "" if general => format!("{year}年双随机执法计划{}", new.mark),
        "" => format!("{} {year}年计划{}", policy.agency_name, new.mark),
        name => name.to_owned(),
    };
    if let Some(path) = &contents.calendar {
        // a calendar that can't be read would keep the project from opening
        check_calendar("calendar.csv", &String::from_utf8_lossy(&load_bytes(path)?))?;
    }
    // rows that were set aside are a project's too: they wait in it for the office's corrected file
    if registry.summaries.iter().all(|summary| summary.rows_read == 0) {
        return Err(nothing_usable(&new.from, &registry));
    }
    let mut file: ProjectFile = Project::fresh_file(&name, year, contents.synthetic, mapping);
    file.rows = TableRows::of(&registry);
    let files: Vec<&PathBuf> = contents.tables.iter().chain(&map_path).collect();
    file.inputs = files.into_par_iter().map(|path| record_input(path, &registry)).collect::<AppResult<_>>()?;

    let mut project = Project::create(root, file, policy_bytes, &context.operator)?;
    if let Some(path) = &map_path {
        project.file.districts = Some(map_place(path));
    }
    let change = Change::begin(&project)?;
    project.put_policy(&change)?;
    if let Some(path) = &contents.calendar {
        change.put(&root.join("calendar.csv"), &load_bytes(path)?)?;
    }
    if let Some(path) = &map_path {
        put_map(&change, path)?;
    }
    put_registry(&change, &registry, &context.progress)?;
    database.iter().try_for_each(|database| database.put(&change))?;
    put_report(&change, &render_report(&registry))?;
    project.put_file(&change)?;
    let mut detail = serde_json::json!({
        "from": new.from.file_name().map(|n| n.to_string_lossy().to_string()),
        "database": null,
        "year": year,
        "policy": named_policy(&project.policy),
        "inputs": project.file.inputs.iter().map(|i| serde_json::json!({"file": i.file, "sha256": i.sha256})).collect::<Vec<_>>(),
        "sources": registry.sources.height(),
        "set_aside": registry.set_aside.height(),
    });
    if let Some(database) = database {
        database.journaled(&mut detail);
    }
    change.commit(context, CommandId::Import, detail)?;
    Ok(Imported { project, registry, districts })
}

/// Puts another map of districts in the place of the project's.
///
/// # Errors
/// `PRJ-011`, `SHP-…` where the file holds no districts, `IO-…`.
pub fn take_districts(project: &Project, path: &Path, context: &CommandContext) -> AppResult<()> {
    project.check_writable()?;
    let mut findings = Diagnostics::new();
    let districts = load_districts(path, &DistrictOptions::default(), &mut findings, &context.progress)?;
    findings.change_each(|finding| name_file(finding, path));
    let mut changed = project.clone();
    changed.file.mapping.districts = None;
    changed.file.districts = Some(map_place(path));
    let mut change = Change::begin(project)?;
    change.replace_folder(MAP_FOLDER);
    put_map(&change, path)?;
    changed.put_file(&change)?;
    put_findings(&change, project, MAP_TABLE, None, &findings)?;
    change.commit(
        context,
        CommandId::Districts,
        serde_json::json!({
            "file": path.file_name().map(|n| n.to_string_lossy().to_string()),
            "sha256": hash_file(path)?.0,
            "districts": districts.len(),
        }),
    )?;
    Ok(())
}

/// Puts another calendar of working days in the place of the project's own.
///
/// # Errors
/// `PRJ-011`, `CAL-001` with the line, `IO-…`.
pub fn take_calendar(project: &Project, path: &Path, context: &CommandContext) -> AppResult<()> {
    project.check_writable()?;
    let bytes = load_bytes(path)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let name = file_name(path);
    check_calendar(&name, &text)?;
    let change = Change::begin(project)?;
    change.put(&project.root().join("calendar.csv"), &bytes)?;
    change.commit(context, CommandId::Calendar, serde_json::json!({ "file": name, "sha256": hash_file(path)?.0 }))?;
    Ok(())
}

fn named_policy(policy: &Policy) -> String {
    format!("{} {}", policy.id, policy.name)
}

/// A policy without bodies, or (where none was asked for) one whose bodies' districts the map does not
/// know, gets the map's districts as its bodies.
pub(super) fn fit_policy(
    (policy, bytes): (Policy, Vec<u8>),
    districts: &DistrictSet,
    may_change: bool,
) -> AppResult<(Policy, Vec<u8>)> {
    let known = |code: DistrictCode| districts.index_of(code).is_some();
    let fits = !policy.bodies.is_empty() && policy.bodies.iter().filter_map(|b| b.district).all(known);
    if fits || (!may_change && !policy.bodies.is_empty()) {
        return Ok((policy, bytes));
    }
    let mut policy = if policy.bodies.is_empty() { policy } else { load_preset("generic")? };
    let names: Vec<(DistrictCode, &str)> = districts.districts().iter().map(|d| (d.code, d.name.as_str())).collect();
    policy.bodies = derive_bodies(&names);
    let bytes = write_policy(&policy)?;
    Ok((policy, bytes))
}

/// Folder of the project's map.
const MAP_FOLDER: &str = "districts";

fn ending_of(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Where a map lies within the project.
fn map_place(path: &Path) -> String {
    format!("{MAP_FOLDER}/districts.{}", ending_of(path))
}

/// Puts a map, a shapefile with its companions, among the files of a deed.
fn put_map(change: &Change<'_>, path: &Path) -> AppResult<()> {
    if ending_of(path) != "shp" {
        return change.put(Path::new(&map_place(path)), &load_bytes(path)?);
    }
    // companions may be spelled .DBF beside .shp
    let beside = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let io = |cause| AppError::io("读取文件夹", beside, cause);
    for entry in std::fs::read_dir(beside).map_err(io)? {
        let part = entry.map_err(io)?.path();
        if part.file_stem() == path.file_stem()
            && ["shp", "shx", "dbf", "prj", "cpg"].contains(&ending_of(&part).as_str())
        {
            change.put(Path::new(&map_place(&part)), &load_bytes(&part)?)?;
        }
    }
    Ok(())
}
