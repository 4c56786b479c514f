//! The project folder: what a user saves, copies and backs up.
//!
//! ```text
//! project.ron      name, agency, year, inputs with their hashes, column mapping, the planner's edits
//! policy.ron       this year's policy; its bytes are sealed
//! districts/       the map used (shapefile)
//! frames/          the checked registry, one parquet file a table
//! inputs/          what was read of a database, as it was, each file under its hash
//! draws/2027-03/1/ one sealed draw: frame, roster, needs, inputs, seal, secret, opening, assignment, certificate
//! register.csv     every seal, opened or voided
//! results/         what came back
//! evidence/        files that prove what was entered by hand, each under its hash
//! year_plan.json   when the yearly plan was approved, filed, published
//! journal.jsonl    append-only, chained
//! shared.ron       the server, where the folder is a desk's copy of a shared project
//! 打开项目.fairdraw  opens this folder by a double click
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, FileFault, Finding, Progress, plain_path, shown_path};
use crate::domain::{Period, PlanMonth, WorkCalendar};
use crate::export::disk::{self, make_folder};
use crate::plan::PlanEdits;
use crate::policy::{Policy, load_policy};
use crate::registry::load::{TableSummary, told_rows};
use crate::registry::mapping::Mapping;
use crate::registry::{Registry, TableKind};
use crate::text::ron_layout;
use crate::workspace::store::briefing::BriefingChoice;
use crate::workspace::store::clock::Moment;
use crate::workspace::store::journal::Journal;
use crate::workspace::store::lock::{Changing, ProjectLock};
use crate::workspace::store::shared::Shared;
use crate::workspace::store::staged::{BEHIND, Change, Recovered, is_broken_off, open_level, recover_change};

/// Format of `project.ron`.
const FORMAT: u32 = 1;
/// What makes a folder a project.
pub(in crate::workspace::store) const PROJECT_FILE: &str = "project.ron";

/// An input file as it was when it was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputRecord {
    /// File name.
    pub file: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub bytes: u64,
    /// The tables that were read from it; empty in projects of version 0.1, and for a map.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableKind>,
}

/// What became of the rows of a table when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRows {
    /// Which table.
    pub table: TableKind,
    /// Rows below the headings.
    pub read: u64,
    /// Rows used.
    pub kept: u64,
    /// Rows set aside.
    pub set_aside: u64,
    /// Rows merged into an equal one.
    pub merged: u64,
}

impl TableRows {
    /// Of the tables that were read.
    #[must_use]
    pub fn of(registry: &Registry) -> Vec<Self> {
        let of = |s: &TableSummary| Self {
            table: s.kind,
            read: s.rows_read,
            kept: s.kept,
            set_aside: s.set_aside,
            merged: s.merged,
        };
        registry.summaries.iter().map(of).collect()
    }

    /// In words: rows read are rows used, set aside or merged.
    #[must_use]
    pub fn told(&self) -> String {
        told_rows(self.table, (self.read, self.kept, self.set_aside, self.merged))
    }
}

/// `project.ron`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectFile {
    /// Format; 1.
    pub format: u32,
    /// Name shown.
    pub name: String,
    /// Year planned.
    pub year: i32,
    /// Made of synthetic data: said on every screen and export.
    pub synthetic: bool,
    /// Input files taken in.
    pub inputs: Vec<InputRecord>,
    /// What became of their rows; empty in projects of version 0.1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<TableRows>,
    /// How their tables and columns were recognised or mapped by hand.
    pub mapping: Mapping,
    /// Districts file within the project, relative; `None` for the bundled sketch of Shanghai.
    #[serde(default)]
    pub districts: Option<String>,
    /// Old number → lasting site id.
    #[serde(default)]
    pub predecessors: BTreeMap<String, String>,
    /// The planner's edits of the plan.
    #[serde(default)]
    pub edits: PlanEdits,
    /// Review number (审图号) of the map, printed with it.
    #[serde(default)]
    pub review_number: String,
    /// Address of the public pages' `verify.html`, which the codes on task sheets lead to; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub page_address: String,
    /// Pages of the briefing as the office wants them.
    #[serde(default, skip_serializing_if = "BriefingChoice::is_empty")]
    pub briefing: BriefingChoice,
}

/// Who does something, when, and how it is watched.
#[derive(Debug, Clone)]
pub struct CommandContext {
    /// The operator's name.
    pub operator: String,
    /// The moment of the command.
    pub now: Moment,
    /// Progress and cancelling.
    pub progress: Progress,
}

/// An open project. A clone is a snapshot for a background job; the lock is shared and held until the last goes.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    /// Contents of `project.ron`.
    pub file: ProjectFile,
    /// The policy.
    pub policy: Policy,
    policy_bytes: Vec<u8>,
    /// Working days.
    pub calendar: WorkCalendar,
    lock: Option<Arc<ProjectLock>>,
    recovered: Recovered,
    shared: Option<Arc<Shared>>,
}

/// A lock that may still be kept by whoever took a snapshot of a project.
#[derive(Debug, Clone)]
pub struct HeldLock {
    root: PathBuf,
    lock: Weak<ProjectLock>,
}

impl HeldLock {
    /// True while something keeps it.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.lock.strong_count() > 0
    }
}

/// True where both paths name the same folder, however they are spelled.
fn is_same_folder(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// `PRJ-002`.
fn no_project(root: &Path) -> AppError {
    let hint = if root.exists() {
        "请选择由「fairdraw new」或「fairdraw run」建立的项目文件夹"
    } else {
        "文件夹不存在：在 U 盘或网络共享上的，请先插好或连上；移动过的，请重新选择"
    };
    let finding = Finding::error("PRJ-002", "此文件夹不是项目（缺少 project.ron）").hint(hint);
    finding.file(shown_path(root)).into()
}

/// Refuses a folder that holds a project.
///
/// # Errors
/// `PRJ-001`.
pub(in crate::workspace::store) fn check_free(root: &Path) -> AppResult<()> {
    if root.join(PROJECT_FILE).exists() {
        return Err(Finding::error("PRJ-001", "此文件夹已有项目")
            .hint("请换一个空文件夹，或打开已有项目")
            .file(root.display().to_string())
            .into());
    }
    Ok(())
}

/// Reads a file whole.
///
/// # Errors
/// `IO-…` with the path.
pub fn load_bytes(path: &Path) -> AppResult<Vec<u8>> {
    disk::read(path).map_err(|cause| AppError::io("读取文件", path, cause))
}

/// Makes a folder and its parents.
///
/// # Errors
/// `IO-…` with the path.
pub fn create_folder(path: &Path) -> AppResult<()> {
    make_folder(path).map_err(|cause| AppError::io("创建文件夹", path, cause))
}

/// The working days that ship with the product: State Council notices, then statutory days of later years.
///
/// # Errors
/// `CAL-001` where a shipped file can't be read (a fault of the build).
pub fn bundled_calendar() -> AppResult<WorkCalendar> {
    let mut calendar = WorkCalendar::default();
    for (name, text) in [
        ("cn_workdays_2023_2026.csv", include_str!("../../../data/calendar/cn_workdays_2023_2026.csv")),
        ("cn_statutory_2027_PROVISIONAL.csv", include_str!("../../../data/calendar/cn_statutory_2027_PROVISIONAL.csv")),
    ] {
        add_calendar(&mut calendar, name, text)?;
    }
    Ok(calendar)
}

/// Checks a calendar's text.
///
/// # Errors
/// `CAL-001` with the line.
pub fn check_calendar(name: &str, text: &str) -> AppResult<()> {
    add_calendar(&mut WorkCalendar::default(), name, text)
}

fn add_calendar(calendar: &mut WorkCalendar, name: &str, text: &str) -> AppResult<()> {
    calendar
        .load_csv_text(text)
        .map_err(|(line, what)| Finding::error("CAL-001", what).row(line).file(name.to_owned()).into())
}

impl Project {
    /// Begins a project in an empty or missing folder: nothing but the lock is written. It is one with its first deed
    /// ([`Change`]), which holds all of its files: an import that breaks off leaves no project behind.
    ///
    /// # Errors
    /// `PRJ-001` where the folder holds a project, `IO-…`, `PRJ-010`, or a fault of the policy.
    pub fn create(root: &Path, file: ProjectFile, policy_bytes: Vec<u8>, operator: &str) -> AppResult<Self> {
        let root = &plain_path(root);
        check_free(root)?;
        create_folder(root)?;
        let lock = ProjectLock::acquire(root, operator)?;
        // one that was decided and broken off is a project now
        let recovered = recover_change(root, true)?;
        check_free(root)?;
        let policy = parse_policy(&policy_bytes)?;
        Ok(Self {
            root: root.to_owned(),
            file,
            policy,
            policy_bytes,
            calendar: bundled_calendar()?,
            lock: Some(Arc::new(lock)),
            recovered,
            shared: None,
        })
    }

    /// Opens a project to work in it; `None` as operator opens it read-only.
    ///
    /// # Errors
    /// `PRJ-002` where the folder holds no project, `PRJ-003` where `project.ron` can't be read, `PRJ-010`
    /// where another window holds it, `IO-…`, or a fault of the policy.
    pub fn open(root: &Path, operator: Option<&str>) -> AppResult<Self> {
        let may_be_one = operator.is_some() && is_broken_off(root);
        let file = root.join(PROJECT_FILE);
        if let Err(cause) = std::fs::metadata(&file) {
            match FileFault::of(&cause) {
                Some(FileFault::Missing | FileFault::Clash) if may_be_one => {}
                Some(FileFault::Missing | FileFault::Clash) => return Err(no_project(root)),
                // a share that does not answer, a disk that fails
                _ => return Err(AppError::io("打开项目", &file, cause)),
            }
        }
        let lock = operator.map(|operator| ProjectLock::acquire(root, operator)).transpose()?.map(Arc::new);
        Self::load(root, lock, true)
    }

    /// The lock that this project holds, to open the folder again with while anything still keeps it;
    /// `None` where it is open read-only.
    #[must_use]
    pub fn held(&self) -> Option<HeldLock> {
        self.lock.as_ref().map(|lock| HeldLock { root: self.root.clone(), lock: Arc::downgrade(lock) })
    }

    /// Opens a project to work in it: under the held lock where that is this folder's and still kept, else as
    /// [`Project::open`].
    ///
    /// # Errors
    /// As [`Project::open`].
    pub fn open_again(root: &Path, held: &[HeldLock], operator: &str) -> AppResult<Self> {
        let lock = held.iter().filter(|held| is_same_folder(&held.root, root)).find_map(|held| held.lock.upgrade());
        match lock {
            Some(lock) => Self::load(root, Some(lock), false),
            None => Self::open(root, Some(operator)),
        }
    }

    /// Reads the folder's files again under the lock that this project holds.
    ///
    /// # Errors
    /// As [`Project::open`].
    pub fn reopen(&self) -> AppResult<Self> {
        Self::load(&self.root, self.lock.clone(), false)
    }

    /// `fresh`: the lock was taken just now.
    fn load(root: &Path, lock: Option<Arc<ProjectLock>>, fresh: bool) -> AppResult<Self> {
        let root = &plain_path(root);
        // while a deed is being written nothing is broken off
        let shared = Shared::load(root)?;
        let recovered = match (lock.as_ref().and_then(Changing::begin), &shared) {
            (Some(_changing), Some(shared)) => open_level(root, shared, recover_change(root, fresh)?),
            (Some(_changing), None) => recover_change(root, fresh)?,
            (None, _) => Recovered::default(),
        };
        let file = load_project_file(&root.join(PROJECT_FILE))?;
        let policy_bytes = load_bytes(&root.join("policy.ron"))?;
        let policy = parse_policy(&policy_bytes)?;
        let mut calendar = bundled_calendar()?;
        let own = root.join("calendar.csv");
        if own.exists() {
            let text = String::from_utf8_lossy(&load_bytes(&own)?).into_owned();
            add_calendar(&mut calendar, "calendar.csv", &text)?;
        }
        Ok(Self { root: root.to_owned(), file, policy, policy_bytes, calendar, lock, recovered, shared })
    }

    /// True where the project was opened without the lock.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.lock.is_none()
    }

    /// What opening it found of a deed that was broken off, and did about it.
    #[must_use]
    pub fn recovered(&self) -> &Recovered {
        &self.recovered
    }

    /// The server that the project is shared on; `None` for one that lives in its folder alone.
    #[must_use]
    pub fn shared(&self) -> Option<&Arc<Shared>> {
        self.shared.as_ref()
    }

    /// True where this copy of a shared project may lack what other desks did: its server could not be asked.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.shared.is_some() && self.recovered.finding.as_ref().is_some_and(|finding| finding.code == BEHIND)
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The policy's bytes as sealed.
    #[must_use]
    pub fn policy_bytes(&self) -> &[u8] {
        &self.policy_bytes
    }

    /// Puts `project.ron` among the files of a deed.
    ///
    /// # Errors
    /// `PRJ-004`, `IO-…`.
    pub(in crate::workspace) fn put_file(&self, change: &Change<'_>) -> AppResult<()> {
        let text = ron::ser::to_string_pretty(&self.file, ron_layout())
            .map_err(|cause| AppError::new("PRJ-004", "项目文件无法写成文本").caused_by(cause))?;
        change.put(&self.root.join(PROJECT_FILE), text.as_bytes())
    }

    /// Puts the policy among the files of a deed.
    ///
    /// # Errors
    /// `IO-…`.
    pub(in crate::workspace) fn put_policy(&self, change: &Change<'_>) -> AppResult<()> {
        change.put(&self.root.join("policy.ron"), &self.policy_bytes)
    }

    /// This project with other settings; refused where the policy does not hold together. Nothing is written.
    ///
    /// # Errors
    /// The policy's own.
    pub(in crate::workspace) fn with_policy(&self, bytes: Vec<u8>) -> AppResult<Self> {
        let policy = parse_policy(&bytes)?;
        Ok(Self { policy, policy_bytes: bytes, ..self.clone() })
    }

    /// Begins to write a deed.
    ///
    /// # Errors
    /// `PRJ-011` open read-only, `PRJ-035` while another is being written.
    pub(super) fn begin_changing(&self) -> AppResult<Changing> {
        self.check_writable()?;
        let lock = self.lock.as_ref().and_then(Changing::begin);
        lock.ok_or_else(|| AppError::new("PRJ-035", "上一项操作还在写入项目，请稍候"))
    }

    /// `Err(PRJ-011)` where the project is open read-only.
    ///
    /// # Errors
    /// `PRJ-011`.
    pub fn check_writable(&self) -> AppResult<()> {
        if self.is_read_only() {
            return Err(AppError::new("PRJ-011", "项目以只读方式打开，不能更改"));
        }
        Ok(())
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> Journal {
        Journal::at(self.root.join("journal.jsonl"))
    }

    /// The folder of a draw: `draws/2027-03/1`.
    #[must_use]
    pub fn draw_folder(&self, period: Period, sequence: u64) -> PathBuf {
        self.root.join("draws").join(period.to_string()).join(sequence.to_string())
    }

    /// The twelve months of the year planned.
    #[must_use]
    pub fn months(&self) -> Vec<PlanMonth> {
        PlanMonth::of_year(self.file.year)
    }

    /// A fresh `project.ron`.
    #[must_use]
    pub fn fresh_file(name: &str, year: i32, synthetic: bool, mapping: Mapping) -> ProjectFile {
        ProjectFile {
            format: FORMAT,
            name: name.to_owned(),
            year,
            synthetic,
            inputs: Vec::new(),
            rows: Vec::new(),
            mapping,
            districts: None,
            predecessors: BTreeMap::new(),
            edits: PlanEdits::default(),
            review_number: String::new(),
            page_address: String::new(),
            briefing: BriefingChoice::default(),
        }
    }
}

/// Reads a `project.ron`.
///
/// # Errors
/// `PRJ-003` where it can't be read, `IO-…`.
pub fn load_project_file(path: &Path) -> AppResult<ProjectFile> {
    let text = String::from_utf8(load_bytes(path)?)
        .map_err(|cause| AppError::new("PRJ-003", "project.ron 不是 UTF-8 文本").caused_by(cause))?;
    ron::from_str(&text).map_err(|cause| {
        AppError::from(
            Finding::error("PRJ-003", format!("项目文件第 {} 行无法识别", cause.span.start.line))
                .hint("请用备份恢复此文件")
                .file(path.display().to_string()),
        )
    })
}

fn parse_policy(bytes: &[u8]) -> AppResult<Policy> {
    let text = std::str::from_utf8(bytes)
        .map_err(|cause| AppError::new("PRJ-005", "规则文件不是 UTF-8 文本").caused_by(cause))?;
    load_policy(text, "policy.ron")
}
