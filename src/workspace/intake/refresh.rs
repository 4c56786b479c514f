//! Other files into a project that exists: the register of a new quarter, one table alone, or the way back.
//!
//! A table that the files hold takes the place of the project's own; the others stay, byte for byte where nothing of
//! them changes. Reading ([`read_next_register`]) writes nothing; taking ([`take_next_register`]) writes everything
//! in one staged change together with a copy of what was there before and the journal's line. The copy may come back
//! ([`take_back`]) while no seal was made on what replaced it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{BooleanChunked, DataFrame};
use serde_json::{Value, json};

use super::database::{DatabaseRead, NextFiles, check_mapping, inputs_of};
use super::folder::{FolderContents, file_name, is_table_file};
use super::import::{judged_on, load_mapping, no_tables, record_input, registry_options};
use super::left_out::left_out as name_left_out;
use super::nested::{Chosen, is_archive};
use super::reading::written_beside;
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding};
use crate::district::DistrictSet;
use crate::domain::PlanMonth;
use crate::registry::codes::{NAME_AMBIGUOUS, UNIT_UNMATCHED};
use crate::registry::confirmed::{mark_confirmed, same_names};
use crate::registry::ids::LastingIds;
use crate::registry::mapping::Mapping;
use crate::registry::schema::{origin, quality, set_aside, sources};
use crate::registry::{FileMapping, Registry, TableKind, load_registry_onto, render_next_report};
use crate::workspace::demo::MARKER;
use crate::workspace::intake::map::ProjectMap;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::frames::{FRAMES, load_frames, put_former, put_next_registry};
use crate::workspace::store::kept::{KeptNote, KeptState, copy_frames, find_kept, keep_state, kept_folder, load_kept};
use crate::workspace::store::project::{
    CommandContext, InputRecord, Project, ProjectFile, TableRows, load_bytes, load_project_file,
};
use crate::workspace::store::quality::{
    MAP_TABLE, QUALITY, RESULTS_TABLE, damaged, load_confirmed, load_report, put_report,
};
use crate::workspace::store::register::load_register;
use crate::workspace::store::staged::Change;

/// What is said of a folder's entries, anew with every folder.
const OF_THE_FOLDER: [&str; 3] = ["PRJ-024", "PRJ-026", "PRJ-027"];

/// The next state of a project's register, read and checked, nothing written.
#[derive(Debug)]
pub struct NextRegister {
    /// The frames.
    pub registry: Registry,
    /// Tables that the files hold.
    pub read: BTreeSet<TableKind>,
    /// Files that the mapping leaves out.
    pub left_out: Vec<String>,
    /// `project.ron` with the new inputs and mapping.
    file: ProjectFile,
    /// The quality report, with what was confirmed earlier.
    pub quality: DataFrame,
    /// What it was read from, in a word for the journal.
    from: String,
    /// What was read of a database.
    database: Option<Arc<DatabaseRead>>,
    /// The files' hashes, the mapping and the state that they replace: what was looked at is what is taken.
    pub mark: String,
}

/// The files of a folder, or one file alone; nothing for an empty path.
fn contents_of(from: &Path) -> AppResult<Chosen> {
    if from.as_os_str().is_empty() || from.is_dir() || is_archive(from) {
        return Chosen::of_any(from);
    }
    if !from.exists() {
        let cause = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(AppError::io("读取文件", from, cause));
    }
    let synthetic = from.parent().is_some_and(|folder| folder.join(MARKER).exists());
    let tables = if is_table_file(from) { vec![from.to_owned()] } else { Vec::new() };
    Ok(Chosen::plain(FolderContents { tables, synthetic, ..FolderContents::default() }))
}

/// Refused while a seal waits: its opening has to find what it froze.
fn check_no_pending(project: &Project) -> AppResult<usize> {
    let register = load_register(project)?;
    if let Some(pending) = register.pending() {
        return Err(Finding::error("PRJ-012", format!("{} 已封存、尚未开封，此时不能更新名录", pending.period))
            .hint("请先开封，或写明理由作废封签，再更新名录")
            .into());
    }
    Ok(register.seals().count())
}

/// Refused where another register can't be taken now, whatever it holds: asked before a server is.
///
/// # Errors
/// `PRJ-011`, `PRJ-012` while a seal waits for its opening.
pub fn check_may_refresh(project: &Project) -> AppResult<()> {
    project.check_writable()?;
    check_no_pending(project).map(|_| ())
}

/// Old numbers and lasting ids: the files' own list, then what the register of today knows of each site.
fn lasting_ids(contents: &FolderContents, before: &Registry) -> AppResult<LastingIds> {
    let mut lasting = match &contents.predecessors {
        Some(path) => {
            let text = String::from_utf8_lossy(&load_bytes(path)?).into_owned();
            LastingIds::from_csv(&text, &path.display().to_string())?
        }
        None => LastingIds::default(),
    };
    let (units, numbers) = (sources::UNIT_ID.of(&before.sources)?, sources::NUMBER.of(&before.sources)?);
    lasting.add_earlier(numbers.iter().zip(units.iter()).filter_map(|(number, unit)| Some((number?, unit?))));
    Ok(lasting)
}

/// The mapping to be kept: the new entries, then those of before for other files. An entry that leaves a file out
/// was for this one time.
fn next_mapping(new: &Mapping, before: &Mapping) -> Mapping {
    let mut files: Vec<FileMapping> = new.files.iter().filter(|entry| !entry.ignore).cloned().collect();
    for entry in &before.files {
        if !files.iter().any(|known| known.file == entry.file && known.sheet == entry.sheet) {
            files.push(entry.clone());
        }
    }
    Mapping {
        files,
        districts: before.districts.clone(),
        bodies: new.bodies.or(before.bodies),
        database: before.database.clone(),
        feed: before.feed.clone(),
    }
}

/// Reads files as the next state of a project's register. Sites keep their lasting ids.
///
/// # Errors
/// `PRJ-011`, `PRJ-012` while a seal waits for its opening, `PRJ-013` where one side is synthetic and the other is
/// not, `PRJ-022` without files, `PRJ-042` where none of them is a table, `PRJ-043` where the new register is empty,
/// `MAP-…`, `IO-…`, `JOB-001`.
pub fn read_next_register(
    project: &Project,
    before: (&Registry, &DistrictSet),
    NextFiles { from, database }: NextFiles<'_>,
    by_hand: Option<Mapping>,
    context: &CommandContext,
) -> AppResult<NextRegister> {
    check_may_refresh(project)?;
    let (registry, districts) = before;
    let mut chosen = contents_of(from)?;
    if let Some(read) = database {
        read.join(&mut chosen.contents);
    }
    // a database says of nothing that it is synthetic
    chosen.contents.synthetic |= from.as_os_str().is_empty() && project.file.synthetic;
    let contents = &chosen.contents;
    if contents.tables.is_empty() {
        return Err(no_tables(from));
    }
    if contents.synthetic != project.file.synthetic {
        return Err(Finding::error("PRJ-013", "模拟数据与本单位数据不能放进同一个项目")
            .hint("请用「导入本单位数据」另建项目")
            .file(from.display().to_string())
            .into());
    }
    let mapping = match (by_hand, contents.mapping.as_ref()) {
        (Some(mapping), _) => mapping,
        (None, Some(path)) => load_mapping(path)?,
        (None, None) => project.file.mapping.clone(),
    };
    check_mapping(&mapping)?;
    let january = PlanMonth::new(project.file.year, 1).map(PlanMonth::first_day);
    let as_of = january.map_or(context.now.date(), |day| day.max(context.now.date()));
    let as_of = judged_on(as_of, contents.synthetic, project.file.year);
    let mut options = registry_options(&project.policy, mapping.clone(), as_of)?;
    options.lasting = lasting_ids(contents, registry)?;
    let confirmed = load_confirmed(project.root())?;
    options.same_names = same_names(&confirmed);
    let inputs = inputs_of(contents, database.map(AsRef::as_ref));
    let mut next = load_registry_onto(registry, &inputs, &options, &ProjectMap(districts), &context.progress)?;
    let read: BTreeSet<TableKind> = next.summaries.iter().map(|summary| summary.kind).collect();
    if read.is_empty() {
        let first = next.diagnostics.findings().first().map(ToString::to_string).unwrap_or_default();
        return Err(Finding::error("PRJ-042", "文件中没有认出任何一张表，名录没有更新")
            .value(first)
            .hint(format!("请在「数据」页导入这些文件，为其中的表指定列{}", written_beside(from, &next)))
            .file(from.display().to_string())
            .into());
    }
    if next.sources.height() == 0 {
        return Err(Finding::error("PRJ-043", "新的污染源名录没有一行可用，名录没有更新")
            .hint(format!("请先改正文件{}", written_beside(from, &next)))
            .file(from.display().to_string())
            .into());
    }
    next.note_former(registry, context.now.date())?;
    name_kept_tables(&mut next, &read)?;
    if from.is_dir() || !contents.notes.is_empty() {
        // as for a new project: what lies in the folder and is not read is named
        let mut entries = Diagnostics::new();
        if from.is_dir() {
            name_left_out(from, contents, &mut entries)?;
        }
        contents.notes.iter().for_each(|note| entries.push(note.clone()));
        entries.append(std::mem::take(&mut next.diagnostics));
        next.diagnostics = entries;
    }
    let left_out = left_out(contents, &mapping);
    let mut file = project.file.clone();
    file.mapping = next_mapping(&mapping, &project.file.mapping);
    if let Some(read) = database {
        read.remembered(&mut file.mapping);
    }
    if read.contains(&TableKind::Monitoring)
        && !database.is_some_and(|read| read.has_feed())
        && let Some(feed) = &mut file.mapping.feed
    {
        // the table comes from elsewhere now
        feed.stayed.clear();
    }
    let mut inputs = kept_inputs(project, registry, &read)?;
    let mut mark = project.file.inputs.iter().map(|input| input.sha256.clone()).collect::<Vec<_>>();
    for path in &contents.tables {
        let record = record_input(path, &next)?;
        mark.push(format!("{} {}", record.file, record.sha256));
        if !left_out.contains(&record.file) {
            inputs.push(record);
        }
    }
    file.inputs = inputs;
    file.rows.retain(|rows| !read.contains(&rows.table));
    file.rows.extend(TableRows::of(&next));
    mark.extend(confirmed.iter().map(|c| format!("{:?} {:?}", c.key, c.same_as)));
    mark.push(mapping.to_ron()?);
    mark.push(load_kept(project)?.len().to_string());
    let still =
        still_found(project, &read, &left_in(contents, &left_out), from.is_dir() || !contents.opened.is_empty())?;
    let quality = mark_confirmed(&render_next_report(&still, &next), &confirmed)?;
    let from = match database {
        Some(read) if from.as_os_str().is_empty() => read.place(),
        _ => file_name(from),
    };
    let database = database.cloned();
    Ok(NextRegister { registry: next, read, left_out, file, quality, from, database, mark: mark.join("\n") })
}

/// Names of the files that the mapping leaves out whole.
fn left_out(contents: &FolderContents, mapping: &Mapping) -> Vec<String> {
    let names = contents.tables.iter().map(|path| file_name(path));
    let out = |name: &String| mapping.find(name, None).is_some_and(|(_, entry)| entry.ignore && entry.sheet.is_none());
    names.filter(out).collect()
}

fn left_in(contents: &FolderContents, left_out: &[String]) -> BTreeSet<String> {
    contents.tables.iter().map(|path| file_name(path)).filter(|name| !left_out.contains(name)).collect()
}

/// Says of the files that tables which stay came from what they are, so that findings on their rows name the table.
fn name_kept_tables(next: &mut Registry, read: &BTreeSet<TableKind>) -> AppResult<()> {
    for kind in TableKind::ALL.into_iter().filter(|kind| !read.contains(kind)) {
        for file in files_of(next.frame(kind))? {
            next.recognised.files.push(FileMapping { file, table: Some(kind), ..FileMapping::default() });
        }
    }
    Ok(())
}

fn files_of(frame: &DataFrame) -> AppResult<BTreeSet<String>> {
    Ok(origin::FILE.of(frame)?.iter().flatten().map(str::to_owned).collect())
}

/// The input files of before from which a table that stays was read, and the map's.
fn kept_inputs(project: &Project, before: &Registry, read: &BTreeSet<TableKind>) -> AppResult<Vec<InputRecord>> {
    let mut used = BTreeSet::new();
    for kind in TableKind::ALL.into_iter().filter(|kind| !read.contains(kind)) {
        used.extend(files_of(before.frame(kind))?);
    }
    let aside = &before.set_aside;
    for (table, file) in set_aside::TABLE.of(aside)?.iter().zip(set_aside::FILE.of(aside)?.iter()) {
        let kind = TableKind::ALL.into_iter().find(|kind| Some(kind.id()) == table);
        if kind.is_none_or(|kind| !read.contains(&kind)) {
            used.extend(file.map(str::to_owned));
        }
    }
    let mut kept = Vec::new();
    for mut input in project.file.inputs.iter().cloned() {
        let named = !input.tables.is_empty();
        input.tables.retain(|kind| !read.contains(kind));
        let stays = if named {
            !input.tables.is_empty()
        } else {
            used.contains(&input.file) || !is_table_file(Path::new(&input.file))
        };
        if stays {
            kept.push(input);
        }
    }
    Ok(kept)
}

/// The findings of before that still hold: on tables that stay, and on files that are not read again. Where the
/// register is another, which rows name nobody of it is found anew; what a folder holds and is not read, with the folder.
fn still_found(
    project: &Project,
    read: &BTreeSet<TableKind>,
    files: &BTreeSet<String>,
    whole_folder: bool,
) -> AppResult<DataFrame> {
    let report = load_report(project.root())?;
    let (tables, codes) = (quality::TABLE.of(&report)?, quality::CODE.of(&report)?);
    let (named, rows) = (quality::FILE.of(&report)?, quality::ROW.of(&report)?);
    let anew = [UNIT_UNMATCHED.id, NAME_AMBIGUOUS.id];
    let stays = |row: usize| {
        let code = codes.get(row).unwrap_or_default();
        if read.contains(&TableKind::Sources) && anew.contains(&code) || whole_folder && OF_THE_FOLDER.contains(&code) {
            return false;
        }
        // map and results are not what is read here
        if tables.get(row).is_some_and(|table| [MAP_TABLE, RESULTS_TABLE].contains(&table)) {
            return true;
        }
        match (tables.get(row).and_then(TableKind::parse), named.get(row)) {
            (Some(kind), _) => !read.contains(&kind),
            (None, Some(file)) => !files.contains(file),
            (None, None) => false,
        }
    };
    let of_code = |code: &str, still: bool| {
        (0..report.height()).any(|row| rows[row].is_some() && codes.get(row) == Some(code) && stays(row) == still)
    };
    let keep: BooleanChunked = (0..report.height())
        .map(|row| {
            // "so many more of this kind": true as long as none of its kind has gone
            let more = tables.get(row).is_none() && named.get(row).is_none();
            let code = codes.get(row).unwrap_or_default();
            Some(if more { of_code(code, true) && !of_code(code, false) } else { stays(row) })
        })
        .collect();
    report.filter(&keep).map_err(|cause| damaged(&cause))
}

fn note(before: &Registry, replaced_by: &str, seals: usize, context: &CommandContext) -> KeptNote {
    let rows = TableKind::ALL.into_iter().map(|kind| (kind.id().to_owned(), before.frame(kind).height() as u64));
    KeptNote {
        kept_at: context.now.to_string(),
        operator: context.operator.clone(),
        replaced_by: replaced_by.to_owned(),
        seals,
        rows: rows.collect(),
    }
}

/// Rows before and after, the files with their hashes: what the journal says of any such change.
fn detail_of(before: &Registry, after: &Registry, file: &ProjectFile, kept: &str) -> Value {
    let table = |kind: TableKind| {
        let (old, new) = (before.frame(kind).height(), after.frame(kind).height());
        json!({ "table": kind.id(), "before": old, "after": new })
    };
    json!({
        "tables": TableKind::ALL.map(table),
        "inputs": file.inputs.iter().map(|i| json!({ "file": i.file, "sha256": i.sha256 })).collect::<Vec<_>>(),
        "sources": after.sources.height(),
        "set_aside": after.set_aside.height(),
        "kept": kept,
    })
}

/// Takes the next register: whole or not at all, with a copy of the one before kept. `counts` stands in the journal
/// beside rows and hashes. Returns the id of the copy.
///
/// # Errors
/// `PRJ-011`, `PRJ-012`, `IO-…`, `IMP-099`, `JRN-…`, `JOB-001`.
pub fn take_next_register(
    project: &Project,
    before: &Registry,
    next: &NextRegister,
    counts: &Value,
    context: &CommandContext,
) -> AppResult<String> {
    project.check_writable()?;
    let seals = check_no_pending(project)?;
    let mut change = Change::begin(project)?;
    let kept = keep_state(project, &change, &note(before, &next.from, seals, context), context.now)?;
    put_next_registry(project, before, &next.registry, &mut change, &context.progress)?;
    put_report(&change, &next.quality)?;
    next.database.iter().try_for_each(|read| read.put(&change))?;
    let mut changed = project.clone();
    changed.file = next.file.clone();
    changed.put_file(&change)?;
    context.progress.check()?;
    let mut detail = detail_of(before, &next.registry, &next.file, &kept);
    detail["from"] = json!(next.from);
    detail["read"] = json!(next.read.iter().map(|kind| kind.id()).collect::<Vec<_>>());
    detail["counts"] = counts.clone();
    if let Some(read) = &next.database {
        read.journaled(&mut detail);
    }
    change.commit(context, CommandId::Refresh, detail)?;
    Ok(kept)
}

/// True while a kept state may come back: no seal was made since.
///
/// # Errors
/// `SEL-…`, `IO-…`.
pub fn may_come_back(project: &Project, state: &KeptState) -> AppResult<bool> {
    Ok(load_register(project)?.seals().count() == state.note.seals)
}

/// Brings a kept state back, the latest for `None`; the present one is kept in its place. Returns the state that came
/// back and the number of its sources.
///
/// # Errors
/// `PRJ-011`, `PRJ-012`, `PRJ-040` where there is none, `PRJ-044` where a seal was made since, `FRM-…`, `IO-…`,
/// `JRN-…`.
pub fn take_back(
    project: &Project,
    before: &Registry,
    id: Option<&str>,
    context: &CommandContext,
) -> AppResult<(KeptState, usize)> {
    project.check_writable()?;
    let seals = check_no_pending(project)?;
    let state = find_kept(project, id)?;
    if !may_come_back(project, &state)? {
        return Err(Finding::error("PRJ-044", "更新名录之后已有新的封存，不能再返回更新前的名录")
            .value(&state.id)
            .hint("如名录有误，请改正文件后再更新一次")
            .into());
    }
    let from = kept_folder(project, &state.id);
    let mut back = load_frames(&from.join("frames"))?;
    back.note_former(before, context.now.date())?;
    let old = load_project_file(&from.join("project.ron"))?;
    let mut change = Change::begin(project)?;
    let kept = keep_state(project, &change, &note(before, "", seals, context), context.now)?;
    copy_frames(&from.join(FRAMES), &change, Path::new(FRAMES))?;
    put_former(&change, &back)?;
    change.replace_folder(FRAMES);
    let report = from.join(QUALITY);
    if report.exists() {
        // what was confirmed since is confirmed of the rows that come back too
        put_report(&change, &mark_confirmed(&load_report(&from)?, &load_confirmed(project.root())?)?)?;
    }
    // name, edits and review number are the planner's, not the register's
    let mut changed = project.clone();
    (changed.file.inputs, changed.file.mapping, changed.file.rows) = (old.inputs, old.mapping, old.rows);
    changed.put_file(&change)?;
    change.remove_folder(&from)?;
    let mut detail = detail_of(before, &back, &changed.file, &kept);
    detail["back_to"] = json!(state.id);
    change.commit(context, CommandId::RefreshBack, detail)?;
    let sources = back.sources.height();
    Ok((state, sources))
}

/// Deletes a kept state for good.
///
/// # Errors
/// `PRJ-011`, `PRJ-040`, `IO-…`, `JRN-…`.
pub fn forget_kept(project: &Project, id: &str, context: &CommandContext) -> AppResult<()> {
    project.check_writable()?;
    let state = find_kept(project, Some(id))?;
    let mut change = Change::begin(project)?;
    change.remove_folder(&kept_folder(project, &state.id))?;
    let detail = json!({ "kept": state.id, "kept_at": state.note.kept_at });
    change.commit(context, CommandId::ForgetKept, detail).map(|_| ())
}
