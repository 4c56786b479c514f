//! What leaves the project: internal workbooks, the evidence of each draw, public plan and lists.
//!
//! ```text
//! DIR/内部/        the city's plan workbook
//! DIR/内部/执法主体/  a body's plan workbook, tasks, results templates and field files a month, calendar of deadlines
//! DIR/抽取存证/2027-03-1/  frame, roster, needs, inputs, policy, seal, opening, result, assignment, certificate, register
//! DIR/公开/        yearly plan, results lists, commitments, register
//! DIR/公开/网页/    the same as pages for any web server
//! DIR/简报/        the pages for leadership, where they are asked for
//! ```
//! Public files pass the gate: they are searched for every target not yet visited before they are written.

mod briefing;
mod documents;
mod public;
mod request;
mod side_by_side;
mod written;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use chrono::NaiveDateTime;

use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::{Audience, DueCheck, Ledger, MandatoryChecks, MaskCounts, MaskLog, PublicScan, compute_ledger};
use crate::district::DistrictSet;
use crate::domain::BodyId;
use crate::export::documents::{Fonts, RenderedDocuments, TEMPLATE_FOLDER, Templates, Typesetter};
use crate::export::{
    BookHeader, CalendarEntry, ColumnCatalogue, ExportFile, ExportInfo, MonthSheet, PlanBook, TaskBook, check_export,
    render_calendar, render_field_files, render_ledger, render_off_site_list, render_plan_book,
    render_results_template, render_task_book,
};
use crate::registry::Registry;
use crate::sampling::SealRegister;
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::inputs::analysis::{Analysis, compute_analysis_beside};
use crate::workspace::inputs::due::{OpenedDraw, load_opened};
use crate::workspace::reports::body_folders::InternalFiles;
use crate::workspace::reports::book_header::book_header;
use crate::workspace::reports::deadlines::body_deadlines;
use crate::workspace::reports::evidence::evidence_files;
use crate::workspace::reports::month_list::ResultsByCheck;
use crate::workspace::reports::plan_book::BookInput;
use crate::workspace::reports::plan_record::load_plan_files;
use crate::workspace::reports::public_list::PublicLists;
use crate::workspace::reports::target_rows::RowMaker;
use crate::workspace::reports::task_sheets::TaskSheets;
use crate::workspace::store::clock::Moment;
use crate::workspace::store::columns::load_columns;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::register::{load_register, next_month};
#[cfg(feature = "charts")]
pub use briefing::{BRIEFING_ENDINGS, briefing_files};
use documents::{CERTIFICATE_PAPER, PACKS, template_files};
use public::public_certificates;
pub use request::ExportRequest;
use side_by_side::side_by_side;
pub(super) use written::{ExportPart, commit_parts, written_detail};

/// Folders of the families.
pub const INTERNAL: &str = "内部";
/// Evidence of the draws; internal until every target was visited.
pub const EVIDENCE: &str = "抽取存证";
/// Public.
pub const PUBLIC: &str = "公开";
/// Public pages, of every month whichever is exported.
pub const PAGES: &str = "公开/网页";

/// Of the internal files the month's task sheets alone.
pub const TASKS: &str = "任务单";
/// Of the internal files the month's forms for results alone.
pub const FORMS: &str = "结果填报表";

/// The product's templates, to be changed and put into the project: written only where they are asked for.
pub const TEMPLATES: &str = TEMPLATE_FOLDER;

/// The pages for leadership: PDF, presentation and pictures; written only where they are asked for.
pub const BRIEFING: &str = "简报";

/// Findings of a list told to the operator.
const MOST_REMARKS: usize = 20;

/// What an export wrote.
#[derive(Debug, Clone, Default)]
pub struct Exported {
    /// Every file, by family.
    pub files: Vec<PathBuf>,
    /// The city's plan workbook: the one to open first.
    pub main: Option<PathBuf>,
    /// Sentences for the operator.
    pub notes: Vec<String>,
    /// `模拟数据` or `演示`, where it stands on the files.
    pub mark: Option<String>,
    /// What was masked in the public files, and where.
    pub masked: MaskLog,
}

fn created(context: &CommandContext) -> NaiveDateTime {
    workbook_date(context.now)
}

/// A moment as workbooks hold it: the office's own time, without its zone.
#[must_use]
pub fn workbook_date(now: Moment) -> NaiveDateTime {
    now.to_string().get(..19).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The mark of what is made of invented data.
#[must_use]
pub fn synthetic_mark(project: &Project) -> Option<String> {
    project.file.synthetic.then(|| "模拟数据".to_owned())
}

/// The mark that stands on every sheet of synthetic data or of a demonstration.
/// `模拟数据` or `演示`, where a file must say so.
#[must_use]
pub fn data_mark<'a>(project: &Project, mut draws: impl Iterator<Item = &'a OpenedDraw>) -> Option<String> {
    synthetic_mark(project).or_else(|| draws.any(|opened| opened.draw.demonstration).then(|| "演示".to_owned()))
}

/// What the manifests of an export say.
#[must_use]
pub fn export_info(
    project: &Project,
    context: &CommandContext,
    data_mark: Option<String>,
    audience: Audience,
) -> ExportInfo {
    ExportInfo {
        agency: project.policy.agency_name.clone(),
        program: PROGRAM.to_owned(),
        created: created(context),
        audience,
        data_mark,
        masked: None,
    }
}

/// What the files of an export are made of.
struct Exporter<'a> {
    project: &'a Project,
    registry: &'a Registry,
    districts: &'a DistrictSet,
    /// As of the month whose lists are told.
    analysis: &'a Analysis,
    /// As of the month that comes next: the plan as it stands.
    planned: &'a Analysis,
    register: &'a SealRegister,
    catalogue: &'a ColumnCatalogue,
    /// The opened draws of the months asked for.
    draws: &'a [OpenedDraw],
    /// Problems of all months.
    ledger: &'a Ledger,
    header: BookHeader,
    /// Open deadlines of each body.
    deadlines: BTreeMap<BodyId, Vec<CalendarEntry>>,
    /// What documents are set with; empty until one is: the fonts of the machine are many.
    paper: OnceLock<(Fonts, Templates)>,
    context: &'a CommandContext,
}

/// Exports a project.
///
/// # Errors
/// `EXP-…`, `DIS-…`, `PLN-…`, `IO-…`, `JOB-001`.
pub fn export_project(
    project: &Project,
    registry: &Registry,
    districts: &DistrictSet,
    to: &Path,
    request: &ExportRequest,
    context: &CommandContext,
) -> AppResult<Exported> {
    // an export stands in the journal
    project.check_writable()?;
    let register = load_register(project)?;
    // public files are held against the targets of every month, whichever is exported
    let all = load_opened(project, registry)?;
    let mut months = all.iter().map(|opened| opened.month).filter(|month| request.wants(*month));
    let at = request.month.or_else(|| months.next_back()).or_else(|| project.months().first().copied());
    let Some(at) = at else { return Err(AppError::new("EXP-050", "项目年度不在 2000 至 2100 年之间")) };
    let stored: Vec<Arc<StoredDraw>> = all.iter().map(|opened| Arc::clone(&opened.draw)).collect();
    // the lists tell what was known when they were drawn, the plan what is known now
    let analysis = Arc::new(compute_analysis_beside(project, registry, at, &stored, &context.progress)?);
    let next = next_month(&register, &project.months()).unwrap_or(at);
    let planned = if next == at {
        Arc::clone(&analysis)
    } else {
        Arc::new(compute_analysis_beside(project, registry, next, &stored, &context.progress)?)
    };
    context.progress.begin("导出", 0);
    let checks: Vec<DueCheck> = all.iter().flat_map(OpenedDraw::all_checks).cloned().collect();
    let today = context.now.date();
    let ledger = compute_ledger(&analysis.results, &checks, &MandatoryChecks::of(&checks), today);
    let lists = PublicLists::new(project, registry, &all, &analysis.results, context.now.date())?;
    let deadlines = body_deadlines(project, &all, &analysis.results, context.now.date());
    let (certificates, named) = public_certificates(project, &all, &register, &analysis.results, context)?;
    let draws: Vec<OpenedDraw> = all.into_iter().filter(|opened| request.wants(opened.month)).collect();
    let mark = data_mark(project, draws.iter());
    let header = book_header(project, &register, context, mark.clone());
    let catalogue = load_columns(project)?;
    let exporter = Exporter {
        project,
        registry,
        districts,
        analysis: &analysis,
        planned: &planned,
        register: &register,
        catalogue: &catalogue,
        draws: &draws,
        ledger: &ledger,
        header,
        deadlines,
        paper: OnceLock::new(),
        context,
    };

    let mut exported = Exported { mark: mark.clone(), ..Exported::default() };
    let mut parts: Vec<ExportPart> = Vec::new();
    let mut add =
        |family: &str, mut files: Vec<ExportFile>, public: Option<(&PublicScan, MaskCounts)>| -> AppResult<()> {
            files.retain(|file| request.takes(family, &file.name));
            if files.is_empty() {
                return Ok(());
            }
            let folder = to.join(family);
            let audience = if public.is_some() { Audience::Public } else { Audience::Internal };
            let masked = public.map(|(_, counts)| counts);
            let mut info = ExportInfo { masked, ..export_info(project, context, mark.clone(), audience) };
            if audience == Audience::Public {
                info.agency = lists.masker().mask_text(&info.agency, &mut MaskCounts::default());
            }
            check_export(&folder, &files, &info, public.map(|(scan, _)| scan))?;
            parts.push(ExportPart { family: family.to_owned(), folder, files, info });
            Ok(())
        };
    let mut internal = exporter.internal_files(request)?;
    let mut notes = std::mem::take(&mut internal.notes);
    let main_name = internal.own.first().map(|file| file.name.clone());
    let (own, folders) = internal.parts();
    add(INTERNAL, own, None)?;
    for (name, files) in folders {
        add(&format!("{INTERNAL}/{name}"), files, None)?;
    }
    let journal = project.journal().check()?.0;
    for opened in &draws {
        let mut files = evidence_files(project, opened, &register, &journal)?;
        let folder = format!("{EVIDENCE}/{}-{}", opened.draw.period, opened.draw.sequence);
        if request.takes(&folder, CERTIFICATE_PAPER) {
            let (paper, said) = exporter.certificate(opened, CERTIFICATE_PAPER.to_owned(), Audience::Internal)?;
            files.push(paper);
            notes.extend(said);
        }
        add(&folder, files, None)?;
    }
    exported.notes.append(&mut notes);
    add(TEMPLATES, template_files(), None)?;
    if request.takes_briefing() {
        let made = briefing::of_project(project, (registry, districts), Arc::clone(&planned), request, context)?;
        add(BRIEFING, made.files, None)?;
        exported.notes.extend(made.notes);
    }
    let (scan, unvisited) = lists.scan_beside(&named);
    let public = exporter.public_files(&lists, &certificates, request)?;
    add(PUBLIC, public.files, Some((&scan, public.masked.counts)))?;
    add(PAGES, public.pages, Some((&scan, public.masked.counts)))?;
    exported.files.extend(parts.iter().flat_map(ExportPart::paths));
    exported.notes.extend(public.remarks);
    if exported.files.is_empty() {
        exported.notes.push(NOTHING_ASKED.to_owned());
    }
    exported.masked = public.masked;
    if public.not_entered > 0 {
        exported.notes.push(format!(
            "清单中有 {} 项结果尚未登记公开。导出不等于公开：公布之后请在「执行与公开」登记真实的公开日期（命令行用 publish --on 日期）",
            public.not_entered
        ));
    }
    exported.main = main_name.map(|name| to.join(INTERNAL).join(name)).filter(|path| exported.files.contains(path));
    if let Some((fonts, templates)) = exporter.paper.get().filter(|_| exported.has_documents()) {
        exported.notes.push(fonts.note().to_owned());
        exported.notes.extend(templates.note());
    }
    if unvisited > 0 {
        exported.notes.push(secrecy_note(&exported, to, unvisited));
    }
    let mut detail = written_detail(&parts);
    detail["files"] = exported.files.len().into();
    detail["month"] = request.month.map(|month| month.to_string()).into();
    commit_parts(project, &parts, detail, context)?;
    Ok(exported)
}

/// Said where no file is of the kinds asked for.
const NOTHING_ASKED: &str = "没有符合所选类型与月份的文件，未写出任何文件";

/// How many targets are not visited yet, and where they are named.
fn secrecy_note(exported: &Exported, to: &Path, unvisited: usize) -> String {
    let is_in = |family: &str| exported.files.iter().any(|path| path.starts_with(to.join(family)));
    let kept: Vec<String> =
        [INTERNAL, EVIDENCE].into_iter().filter(|f| is_in(f)).map(|family| format!("「{family}」")).collect();
    let kept = match kept.as_slice() {
        [] => String::new(),
        kept => format!("；其名单只在{}，检查前不得外传", kept.concat()),
    };
    let public = if is_in(PUBLIC) { "；公开文件已逐一核对，不含其名称、代码与编号" } else { "" };
    format!("{unvisited} 个检查对象尚未检查{kept}{public}")
}

impl Exporter<'_> {
    /// The city's plan workbook, and in each body's folder its own workbook, tasks, templates and field files a month,
    /// and its deadlines; with what the operator should know of them.
    fn internal_files(&self, request: &ExportRequest) -> AppResult<InternalFiles> {
        let rows = RowMaker::new(&self.project.policy, self.registry, self.districts, self.analysis)?;
        let results: ResultsByCheck<'_> = self.analysis.results.iter().map(|r| (r.key(), r)).collect();
        let input = BookInput {
            project: self.project,
            analysis: self.planned,
            draws: self.draws,
            register: self.register,
            results: &results,
            rows: &rows,
            plans: &load_plan_files(self.project)?,
        };
        let book = input.compute(self.header.clone())?;
        let mut internal = InternalFiles::default();
        internal.own.push(render_plan_book(&book, self.catalogue)?);
        internal.own.extend(render_ledger(self.ledger, &book.header, self.catalogue)?);
        let matters = self.project.policy.disclosure.matters.join("、");
        let mut tasks = Vec::new();
        for made in side_by_side(book.into_bodies(), |own| self.body_files(own)) {
            let (header, months, files) = made?;
            let Some((body, name)) = &header.body else { continue };
            internal.of(body, name).extend(files);
            tasks.extend(months.into_iter().filter(|sheet| !sheet.targets.is_empty()).map(|sheet| TaskBook {
                header: header.clone(),
                month: sheet.month,
                targets: sheet.targets,
                matters: matters.clone(),
            }));
        }
        let sheets = self.task_sheets(&rows, &tasks, request, &mut internal.notes)?;
        // a body's sheets know nothing of another's
        let set = |task: TaskBook| (task.header.body.clone(), self.task_files(task, sheets.as_ref(), request));
        for (whose, made) in side_by_side(tasks, set) {
            let made = made?;
            if let Some((body, name)) = whose {
                internal.of(&body, &name).extend(made.files);
            }
            internal.notes.extend(made.notes);
        }
        Ok(internal)
    }

    /// A body's workbook, ledger and calendar of deadlines, with the months that its tasks are made of.
    fn body_files(&self, own: PlanBook) -> AppResult<(BookHeader, Vec<MonthSheet>, Vec<ExportFile>)> {
        let mut files = vec![render_plan_book(&own, self.catalogue)?];
        files.extend(render_ledger(self.ledger, &own.header, self.catalogue)?);
        if let Some((body, name)) = &own.header.body
            && let Some(entries) = self.deadlines.get(body)
        {
            let title = format!("{name}双随机检查期限");
            let bytes = render_calendar(&title, &self.header.program, self.header.created, entries);
            files.push(own.header.file("期限日历", &self.header.year.to_string(), "ics", bytes));
        }
        Ok((own.header, own.months, files))
    }

    /// A body's tasks of a month: list, template for results, field files, sheets.
    fn task_files(
        &self,
        task: TaskBook,
        sheets: Option<&(TaskSheets<'_>, Typesetter<'_>)>,
        request: &ExportRequest,
    ) -> AppResult<RenderedDocuments> {
        let mut files = vec![render_task_book(&task, self.catalogue)?, render_results_template(&task, self.catalogue)?];
        files.extend(render_off_site_list(&task, self.catalogue)?);
        files.extend(render_field_files(&task.header, task.month, &task.targets)?);
        let mut notes = Vec::new();
        if let Some(sheets) = sheets {
            let made = self.task_pack(task, sheets, request)?;
            files.extend(made.files);
            notes.extend(made.notes);
        }
        Ok(RenderedDocuments { files, notes })
    }
}
