//! Opening, importing, and keeping what is open: stages with the revisions of their inputs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Saved;
use super::command::ImportRequest;
use super::draft::{Draft, DraftHistory, KeptDraft, load_draft};
use super::merge::{Merged, merge_draft};
use super::prefs::AppPaths;
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding, Progress, Severity};
use crate::domain::PlanMonth;
use crate::policy::Policy;
use crate::workspace::demo::{DEFAULT_YEAR, unpack_demo};
use crate::workspace::inputs::analysis::{Analysis, compute_analysis, is_light_change, recompute_analysis};
use crate::workspace::intake::import::{Imported, NewProject, create_project_with};
use crate::workspace::intake::inspect::{STAGING, forget_staging};
use crate::workspace::reports::books::Books;
use crate::workspace::reports::project_data::{AnalysisView, ProjectData};
use crate::workspace::session::job::Stage;
use crate::workspace::store::frames::load_project_data_watched;
use crate::workspace::store::lock::{HOLDER_FILE, ProjectLock};
use crate::workspace::store::log::changed_finding;
use crate::workspace::store::project::{CommandContext, HeldLock, Project};
use crate::workspace::store::set_back::warn_of_clock;
use crate::workspace::store::staged::changed_by_another_hand;

/// Places named of those that a draft and others changed alike.
const MOST_CLASHES: usize = 12;

/// A project that is open.
pub struct OpenProject {
    /// As it lies on the disk.
    pub saved: Saved,
    /// With the draft applied: what screens read.
    pub project: Arc<Project>,
    /// Registry, map, plain columns.
    pub data: Arc<ProjectData>,
    /// The draft with its steps.
    pub draft: DraftHistory,
    /// Risk and plan of the draft.
    pub analysis: Stage<AnalysisView>,
    /// Seals, draws, results, journal.
    pub books: Stage<Books>,
    /// Rises with each change of the draft.
    pub revision: u64,
    /// Rises with each reading of the books.
    pub books_revision: u64,
    /// Policy and month that the shown analysis was made for, and its base.
    base: Option<Base>,
    /// Draft and books for which an analysis failed: it isn't tried again until something changes.
    failed: Option<(u64, u64)>,
    /// Draft and books that the running analysis is made for.
    analysing: (u64, u64),
}

struct Base {
    analysis: Arc<Analysis>,
    policy: Arc<Policy>,
    /// Books that it was made from.
    books: u64,
}

/// A project fresh from the disk.
pub(super) struct Loaded {
    pub(super) project: Project,
    pub(super) data: ProjectData,
    pub(super) draft: Option<Draft>,
    pub(super) findings: Diagnostics,
    pub(super) title: String,
    pub(super) say: Vec<String>,
    pub(super) remember: bool,
    /// What an import took in, in one line.
    pub(super) summary: Option<String>,
}

/// An analysis to be made.
pub(super) struct Analyse {
    revision: u64,
    books: u64,
    month: PlanMonth,
    project: Arc<Project>,
    policy: Arc<Policy>,
    data: Arc<ProjectData>,
    base: Option<Arc<Analysis>>,
}

/// An analysis made.
pub(super) struct Analysed {
    revision: u64,
    books: u64,
    policy: Arc<Policy>,
    view: AnalysisView,
}

impl Analyse {
    pub(super) fn run(self, progress: &Progress) -> AppResult<Analysed> {
        let analysis = match &self.base {
            Some(base) => recompute_analysis(&self.project, base)?,
            None => compute_analysis(&self.project, &self.data.registry, self.month, progress)?,
        };
        let view = AnalysisView::new(&self.project, &self.data, Arc::new(analysis))?;
        Ok(Analysed { revision: self.revision, books: self.books, policy: self.policy, view })
    }
}

impl OpenProject {
    pub(super) fn new(project: Project, data: ProjectData, draft: Option<Draft>) -> Self {
        let saved = Draft::of(&project);
        let mut history = DraftHistory::new(saved);
        if let Some(draft) = draft {
            history.change(draft, "恢复的草稿", 0);
        }
        let drafted = history.now().applied_to(&project);
        Self {
            saved: Arc::new(project),
            project: Arc::new(drafted),
            data: Arc::new(data),
            draft: history,
            analysis: Stage::Empty,
            books: Stage::Empty,
            revision: 1,
            books_revision: 0,
            base: None,
            failed: None,
            analysing: (0, 0),
        }
    }

    /// The analysis shown, up to date or not.
    #[must_use]
    pub fn view(&self) -> Option<&Arc<AnalysisView>> {
        self.analysis.value()
    }

    /// True where the analysis shown is the draft's own.
    #[must_use]
    pub fn is_current(&self) -> bool {
        matches!(&self.analysis, Stage::Ready(revision, _) if *revision == self.revision)
    }

    pub(super) fn draft_changed(&mut self) {
        let before = Arc::clone(&self.project);
        self.project = Arc::new(self.draft.now().applied_to(&self.saved));
        // nothing is computed from the pages of the briefing: a word in a speaker's notes makes no plan stale
        if before.file.briefing != self.project.file.briefing {
            let mut same = before.file.clone();
            same.briefing.clone_from(&self.project.file.briefing);
            if same == self.project.file && before.policy == self.project.policy {
                return;
            }
        }
        self.revision += 1;
        self.analysis.invalidate();
    }

    pub(super) fn take_saved(&mut self, saved: Saved) {
        self.saved = saved;
        self.draft.mark_saved(Draft::of(&self.saved));
        self.project = Arc::new(self.draft.now().applied_to(&self.saved));
        self.revision += 1;
        self.analysis.invalidate();
    }

    pub(super) fn accept_books(&mut self, revision: u64, books: Books) {
        if revision == self.books_revision {
            self.books = Stage::Ready(revision, Arc::new(books));
        }
    }

    /// The same books by a new day: what was analysed from them stays.
    pub(super) fn accept_day(&mut self, revision: u64, books: Books) {
        if revision != self.books_revision || !matches!(self.books, Stage::Ready(..)) {
            return;
        }
        self.books_revision += 1;
        self.books = Stage::Ready(self.books_revision, Arc::new(books));
        if let Some(base) = self.base.as_mut().filter(|base| base.books == revision) {
            base.books = self.books_revision;
        }
    }

    pub(super) fn accept_analysis(&mut self, analysed: Analysed) {
        self.failed = None;
        let base =
            Base { analysis: Arc::clone(&analysed.view.analysis), policy: analysed.policy, books: analysed.books };
        let view = Arc::new(analysed.view);
        // While a slider is dragged each result is a step on the way: shown as stale until the last one comes.
        let stage = if analysed.revision == self.revision && analysed.books == self.books_revision {
            Stage::Ready(analysed.revision, view)
        } else {
            Stage::Stale(analysed.revision, view)
        };
        let before = (self.base.replace(base), std::mem::replace(&mut self.analysis, stage));
        // giving back a city's memory takes longer than a frame may
        rayon::spawn(move || drop(before));
    }

    pub(super) fn fail_analysis(&mut self, error: &AppError) {
        self.failed = Some(self.analysing);
        if self.analysis.value().is_none() {
            self.analysis = Stage::Failed(error.to_string());
        }
    }

    /// The month to be planned next.
    fn month(&self) -> PlanMonth {
        let months = self.saved.months();
        let next = self.books.value().and_then(|books| books.next_month(&months));
        next.or_else(|| months.first().copied()).unwrap_or_else(|| PlanMonth::nth_of(2000, 0))
    }

    /// What has to be analysed; `None` where the shown analysis is up to date, or the books aren't read yet.
    pub(super) fn next_analysis(&mut self) -> Option<Analyse> {
        let books = match &self.books {
            Stage::Ready(revision, _) if *revision == self.books_revision => *revision,
            _ => return None,
        };
        let month = self.month();
        let fresh_books = self.base.as_ref().is_some_and(|base| base.books == books && base.analysis.month == month);
        if self.is_current() && fresh_books {
            return None;
        }
        if self.failed == Some((self.revision, books)) {
            return None;
        }
        self.analysing = (self.revision, books);
        let policy = Arc::clone(&self.draft.now().policy);
        let base = self
            .base
            .as_ref()
            .filter(|base| fresh_books && is_light_change(&base.analysis, &base.policy, &policy))
            .map(|base| Arc::clone(&base.analysis));
        if self.analysis.value().is_none() {
            self.analysis = Stage::Running(Progress::none());
        }
        Some(Analyse {
            revision: self.revision,
            books,
            month,
            project: Arc::clone(&self.project),
            policy,
            data: Arc::clone(&self.data),
            base,
        })
    }
}

/// The same, where nothing was stopped by it.
const CHANGED: &str = "项目文件在程序之外被改动";
/// Of the journal.
const JOURNAL_CHANGED: &str = "操作日志在程序之外被删除、截短或改动";

fn is_writable(folder: &Path) -> bool {
    tempfile::Builder::new().prefix(".fairdraw-").tempfile_in(folder).is_ok()
}

/// What is said at once of files that were changed outside the program; the next deed asks about them.
fn untold_changes(project: &Project) -> AppResult<Option<Finding>> {
    let log = project.journal().standing()?;
    let found = changed_finding(&changed_by_another_hand(project.root(), &log)?.0);
    let what = |found: &Finding| if found.code == "LOG-007" { JOURNAL_CHANGED } else { CHANGED }.to_owned();
    Ok(found.map(|found| Finding { severity: Severity::Warning, what: what(&found), ..found }))
}

/// Opens a project folder; read-only where another window holds it.
pub(super) fn load_project(
    path: &Path,
    held: &[HeldLock],
    context: &CommandContext,
    progress: &Progress,
) -> AppResult<Loaded> {
    progress.begin("打开项目", 0);
    let mut say = Vec::new();
    let mut findings = Diagnostics::new();
    let project = match Project::open_again(path, held, &context.operator) {
        Err(error) if error.code() == "PRJ-010" || error.code() == "PRJ-047" => {
            let mut finding = error.finding().clone();
            finding.severity = Severity::Warning;
            let who = finding.value.as_deref().unwrap_or_default();
            say.push(format!("项目正被{who}使用，已以只读方式打开"));
            let how = if error.code() == "PRJ-010" {
                "关闭另一个窗口后重新打开即可编辑".to_owned()
            } else {
                format!("确已无人使用的，删除项目文件夹中的 {HOLDER_FILE} 后重新打开即可编辑")
            };
            finding.hint = Some(format!("已以只读方式打开；{how}"));
            findings.push(finding);
            Project::open(path, None)?
        }
        // a folder that can't be written: a colleague's share, a disc
        Err(error) if error.code().starts_with("IO-") && !is_writable(path) => {
            let project = Project::open(path, None)?;
            let mut finding = error.finding().clone();
            finding.severity = Severity::Warning;
            finding.hint = Some("已以只读方式打开；要编辑请把项目文件夹复制到可以写入的位置".to_owned());
            say.push("项目文件夹不能写入，已以只读方式打开".to_owned());
            findings.push(finding);
            project
        }
        other => other?,
    };
    if let Some(finding) = &project.recovered().finding {
        say.push(finding.what.clone());
        findings.push(finding.clone());
    }
    progress.check()?;
    if let Some(finding) = untold_changes(&project)? {
        say.push(finding.what.clone());
        findings.push(finding);
    }
    if let Some(finding) = warn_of_clock(&project, context.now) {
        say.push(finding.what.clone());
        findings.push(finding);
    }
    let (registry, districts) = load_project_data_watched(&project, progress)?;
    progress.check()?;
    let data = ProjectData::new(registry, districts, Diagnostics::new(), &project.policy)?;
    // another window's draft is not this one's
    let draft = if project.is_read_only() { None } else { load_draft(path) };
    let saved = Draft::of(&project);
    let draft = match draft {
        Some(Ok(kept)) if kept.draft != saved => {
            let (draft, finding) = recovered(kept, &saved);
            say.push(finding.what.clone());
            findings.push(finding);
            (draft != saved).then_some(draft)
        }
        // what was written is what is saved
        None | Some(Ok(_)) => None,
        Some(Err(finding)) => {
            say.push(finding.what.clone());
            findings.push(finding);
            None
        }
    };
    let title = "打开项目".to_owned();
    Ok(Loaded { project, data, draft, findings, title, say, remember: true, summary: None })
}

/// A draft that was kept, on what is saved now, and what is said of it.
fn recovered(kept: KeptDraft, saved: &Draft) -> (Draft, Finding) {
    let KeptDraft { draft, base, at } = kept;
    let hint = "保存后生效；也可在「编辑」菜单放弃草稿，回到最后保存的状态";
    let Some(base) = base.filter(|base| base != saved) else {
        return (draft, Finding::note("DFT-010", format!("已恢复 {at} 的未保存草稿")).hint(hint));
    };
    let Merged { draft, clashes } = merge_draft(&base, &draft, saved);
    let finding = if clashes.is_empty() {
        let words = format!("{at} 的未保存草稿已与此后保存的更改合并，双方的改动都在");
        Finding::note("DFT-011", words).hint(hint)
    } else {
        let words = format!("{at} 的未保存草稿与此后保存的更改有 {} 处改在同一地方，草稿的暂时保留", clashes.len());
        let named: Vec<&str> = clashes.iter().map(String::as_str).take(MOST_CLASHES).collect();
        let more = if clashes.len() > named.len() { "等" } else { "" };
        let finding = Finding::warning("DFT-012", words).value(format!("{}{more}", named.join("、")));
        finding.hint("请与保存的人核对这几处；保存草稿即以草稿为准，「编辑」菜单的放弃草稿回到最后保存的状态")
    };
    (draft, finding)
}

/// Folder of the demo city's project.
#[must_use]
pub fn demo_folder(paths: &AppPaths) -> PathBuf {
    paths.data.join(format!("演示城市-{DEFAULT_YEAR}"))
}

/// Opens the demo city; makes it where it is not there, or not whole.
pub(super) fn load_demo(
    paths: &AppPaths,
    held: &[HeldLock],
    context: &CommandContext,
    progress: &Progress,
) -> AppResult<Loaded> {
    let root = demo_folder(paths);
    if !root.join("project.ron").exists() {
        progress.begin("准备演示城市", 0);
        if root.exists() {
            // another window may be making it at this moment
            drop(ProjectLock::acquire(&root, &context.operator)?);
            // left by a start that was broken off: nothing in it was ever a project
            std::fs::remove_dir_all(&root).map_err(|cause| AppError::io("清理演示城市", &root, cause))?;
        }
        match unpack_demo(&root, context) {
            Err(error) if error.code().starts_with("IO-") => return load_demo_aside(&error, context, progress),
            other => other?,
        }
    }
    load_project(&root, held, context, progress)
}

/// The demo city in a temporary folder: where the program's own folder can't be written.
fn load_demo_aside(error: &AppError, context: &CommandContext, progress: &Progress) -> AppResult<Loaded> {
    let folder = tempfile::Builder::new().prefix("FairDraw-").tempdir();
    let io = |cause| AppError::io("准备演示城市", &std::env::temp_dir(), cause);
    let root = folder.map_err(io)?.keep().join(format!("演示城市-{DEFAULT_YEAR}"));
    unpack_demo(&root, context)?;
    let mut loaded = load_project(&root, &[], context, progress)?;
    let mut finding = error.finding().clone();
    finding.severity = Severity::Warning;
    finding.hint =
        Some("演示城市放在临时文件夹里，其中的更改可能不会保留；自己的项目可存到任何能写入的文件夹".to_owned());
    loaded.findings.push(finding);
    loaded.remember = false;
    Ok(loaded)
}

/// A folder for a project beside the files it is made of.
fn folder_beside(from: &Path, year: i32) -> PathBuf {
    folder_within(from.parent().unwrap_or(from), year)
}

/// A folder for a new project in another one.
#[must_use]
pub fn folder_within(parent: &Path, year: i32) -> PathBuf {
    let name = |n: usize| {
        if n == 0 { format!("{year}年双随机计划") } else { format!("{year}年双随机计划-{}", n + 1) }
    };
    (0..1000).map(|n| parent.join(name(n))).find(|path| !path.exists()).unwrap_or_else(|| parent.join(name(1000)))
}

/// What tells a project from others of its year: the folder of its files, and the number of its own.
fn mark_of(from: &Path, to: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let staged = name(from).starts_with(STAGING);
    let number = name(to).rsplit_once('-').and_then(|(_, n)| n.parse::<u32>().ok()).map(|n| n.to_string());
    let folder = Some(name(from)).filter(|folder| !staged && !folder.is_empty());
    let parts: Vec<String> = folder.into_iter().chain(number).collect();
    if parts.is_empty() { String::new() } else { format!("（{}）", parts.join(" ")) }
}

/// Makes a project of a folder of files.
pub(super) fn import(request: &ImportRequest, context: &CommandContext, progress: &Progress) -> AppResult<Loaded> {
    use chrono::Datelike;
    let year = request.year.unwrap_or_else(|| context.now.date().year());
    let to = if request.to.as_os_str().is_empty() { folder_beside(&request.from, year) } else { request.to.clone() };
    let january = PlanMonth::new(year, 1).map(PlanMonth::first_day);
    let new = NewProject {
        name: request.name.clone(),
        mark: mark_of(&request.from, &to),
        from: request.from.clone(),
        remote: None,
        read: request.read.clone(),
        year: Some(year),
        policy: request.policy.clone(),
        mapping: None,
        as_of: january.map(|day| day.max(context.now.date())),
    };
    let context = CommandContext { progress: progress.clone(), ..context.clone() };
    let Imported { project, registry, districts } = create_project_with(&to, &new, request.mapping.clone(), &context)?;
    forget_staging(&request.from);
    let all = registry.diagnostics.clone();
    let count = |number: usize| crate::text::number::thousands(number as i128);
    let merged: u64 = registry.summaries.iter().map(|table| table.merged).sum();
    let summary = format!(
        "已导入 {} 个污染源、{} 张表；{} 行被搁置，{} 行重复已合并，{} 条警告。这是按缺省规则编出的第一版年度计划",
        count(registry.sources.height()),
        registry.summaries.len(),
        count(registry.set_aside.height()),
        count(merged as usize),
        count(registry.diagnostics.count(Severity::Warning) as usize),
    );
    let say = vec![format!("项目存于 {}", to.display())];
    let data = ProjectData::new(registry, districts, Diagnostics::new(), &project.policy)?;
    Ok(Loaded {
        project,
        data,
        draft: None,
        findings: all,
        title: "导入结果".to_owned(),
        say,
        remember: true,
        summary: Some(summary),
    })
}
