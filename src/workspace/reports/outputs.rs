//! What leaves the project: internal workbooks, the evidence of each draw, public plan and lists.
//!
//! ```text
//! DIR/内部/        plan workbooks (city, one a body), tasks and results templates a month
//! DIR/抽取存证/2027-03-1/  frame, roster, needs, inputs, policy, seal, opening, result, assignment, certificate, register
//! DIR/公开/        yearly plan, results lists, commitments, register
//! ```
//! Public files pass the gate: they are searched for every target not yet visited before they are written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveDateTime};

use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::{
    Audience, CapStatement, CheckOrigin, CheckResult, DeadlineRule, DueCheck, KeyIndustry, ListScope, Manner, Masker,
    MonthCount, PenaltyNote, PublicScan, ResultListInput, YearPlan, YearPlanRow, compute_industry_coverage,
    compute_result_list, select_penalties,
};
use crate::district::DistrictSet;
use crate::domain::{Category, DistrictCode, PlanMonth, UnitId};
use crate::export::{
    BookHeader, DistrictRow, ExportFile, ExportInfo, InspectorRef, MatrixRow, MonthFigures, MonthSheet, MonthState,
    PlanBook, PublicHeader, QuotaRow, TargetRole, TargetRow, TaskBook, UnconfirmedNumber, render_plan_books,
    render_result_list, render_results_template, render_task_book, render_year_plan, write_export,
};
use crate::plan::PlanInputs;
use crate::plan::ledger::{CapReading, compute_cap_meter};
use crate::registry::Registry;
use crate::registry::columns::{dates, numbers, texts};
use crate::sampling::{RegisterEvent, SealRegister, sha256, to_hex};
use crate::workspace::deeds::certificate::compute_draw_certificate;
use crate::workspace::deeds::publish::record_disclosure;
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::inputs::analysis::{Analysis, compute_analysis};
use crate::workspace::inputs::due::{due_checks, is_all_visited, rows_of};
use crate::workspace::store::columns::load_columns;
use crate::workspace::store::draws::{StoredDraw, TargetOrigin};
use crate::workspace::store::project::{CommandContext, Project, load_bytes};
use crate::workspace::store::register::load_register;
use crate::workspace::store::results::load_results;

/// Folders of the families.
pub const INTERNAL: &str = "内部";
/// Evidence of the draws; internal until every target was visited.
pub const EVIDENCE: &str = "抽取存证";
/// Public.
pub const PUBLIC: &str = "公开";

/// The off-site checks of each body's positive list, in words, by body index.
#[must_use]
pub fn off_site_lines(analysis: &Analysis) -> BTreeMap<usize, String> {
    let line = |quota: &crate::plan::OffSiteQuota| {
        let body = analysis.population.inputs.bodies.get(usize::from(quota.body))?;
        let text = format!("{}非现场检查：名单内 {} 家，全年 {} 次", body.name, quota.members, quota.checks);
        Some((usize::from(quota.body), text))
    };
    analysis.plan.off_site.iter().filter_map(line).collect()
}

/// What an export wrote.
#[derive(Debug, Clone, Default)]
pub struct Exported {
    /// Every file, by family.
    pub files: Vec<PathBuf>,
    /// The city's plan workbook: the one to open first.
    pub main: Option<PathBuf>,
    /// Sentences for the operator.
    pub notes: Vec<String>,
}

/// What to export.
#[derive(Debug, Clone, Default)]
pub struct ExportRequest {
    /// Only this month's lists; all where `None`.
    pub month: Option<PlanMonth>,
    /// Endings (`xlsx`, `csv`, `json`) and families (`内部`, `抽取存证`, `公开`) wanted; a file must be of one of
    /// either kind that is named. All where empty.
    pub only: Vec<String>,
}

impl ExportRequest {
    fn takes(&self, folder: &str, name: &str) -> bool {
        let is_family = |word: &&String| [INTERNAL, EVIDENCE, PUBLIC].contains(&word.trim());
        let (families, endings): (Vec<&String>, Vec<&String>) = self.only.iter().partition(is_family);
        let name = name.to_lowercase();
        (families.is_empty() || families.iter().any(|family| folder.starts_with(family.trim())))
            && (endings.is_empty()
                || endings.iter().any(|ending| name.ends_with(&format!(".{}", ending.trim().to_lowercase()))))
    }
}

/// The mark that stands on every sheet of synthetic data or of a demonstration.
fn data_mark(project: &Project, draws: &[DrawView]) -> Option<String> {
    if project.file.synthetic {
        Some("模拟数据".to_owned())
    } else if draws.iter().any(|d| d.draw.demonstration) {
        Some("演示".to_owned())
    } else {
        None
    }
}

/// A draw with what the lists need of it.
struct DrawView {
    month: PlanMonth,
    draw: StoredDraw,
    checks: Vec<DueCheck>,
}

/// Columns of the sources frame that rows of the lists show.
struct SourceText<'a> {
    name: &'a polars::prelude::StringChunked,
    uscc: &'a polars::prelude::StringChunked,
    number: &'a polars::prelude::StringChunked,
    address: &'a polars::prelude::StringChunked,
    industry: &'a polars::prelude::StringChunked,
    management: &'a polars::prelude::StringChunked,
    lon: Vec<Option<f64>>,
    lat: Vec<Option<f64>>,
}

struct Maker<'a> {
    project: &'a Project,
    registry: &'a Registry,
    districts: &'a DistrictSet,
    analysis: &'a Analysis,
    header: BookHeader,
    people: BTreeMap<&'a str, &'a str>,
    last_visit: BTreeMap<u32, NaiveDate>,
    reserve_share: f64,
    scores: Vec<i64>,
    results: BTreeMap<(&'a UnitId, PlanMonth, u32), &'a CheckResult>,
}

fn created(context: &CommandContext) -> NaiveDateTime {
    context.now.to_string().get(..19).and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn header(project: &Project, context: &CommandContext, mark: Option<String>) -> AppResult<BookHeader> {
    let policy = &project.policy;
    let register = load_register(project)?;
    let year = format!("{:04}-00", project.file.year);
    let year_commitment = register
        .seals_of(&year)
        .into_iter()
        .rfind(|(_, end)| end.is_none_or(|end| end.event == RegisterEvent::Opened))
        .map(|(line, _)| to_hex(&line.commitment));
    let inputs: Vec<String> = project.file.inputs.iter().map(|i| format!("{}\t{}", i.sha256, i.file)).collect();
    let unconfirmed = policy
        .unconfirmed(context.now.date())
        .into_iter()
        .map(|item| UnconfirmedNumber {
            value: if item.path == "cap" { format!("{} 次", policy.cap.visits) } else { String::new() },
            note: if item.articles.is_empty() {
                "请本单位确认后在规则文件中注明".to_owned()
            } else {
                policy.cite(&item.articles, context.now.date())
            },
            label: item.name,
        })
        .collect();
    Ok(BookHeader {
        agency: policy.agency_name.clone(),
        body: None,
        year: project.file.year,
        version: 1,
        policy_name: policy.name.clone(),
        policy_sha256: to_hex(&sha256(&[project.policy_bytes()])),
        inputs_sha256: to_hex(&sha256(&[inputs.join("\n").as_bytes()])),
        cap_rule_set: policy.cap.rule_set.clone(),
        cap_visits: policy.cap.visits,
        cap_confirmed: policy.cap.confirmed,
        year_commitment,
        data_mark: mark,
        unconfirmed,
        notes: Vec::new(),
        program: PROGRAM.to_owned(),
        operator: context.operator.clone(),
        created: created(context),
    })
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
    // an export publishes: what went out must be recorded
    project.check_writable()?;
    let register = load_register(project)?;
    let mut views = Vec::new();
    for month in project.months() {
        for (line, end) in register.seals_of(&month.to_string()) {
            if end.is_some_and(|end| end.event == RegisterEvent::Opened) {
                let draw = StoredDraw::load(project, &line.period, line.sequence)?;
                let checks = due_checks(&draw, registry, &project.policy)?;
                views.push(DrawView { month, draw, checks });
            }
        }
    }
    // public files are held against the targets of every month, whichever is exported
    let mut all_checks: Vec<DueCheck> = views.iter().flat_map(|v| v.checks.iter().cloned()).collect();
    let wanted = |month: PlanMonth| request.month.is_none_or(|wanted| wanted == month);
    views.retain(|view| wanted(view.month));
    let at = request.month.or_else(|| views.last().map(|v| v.month)).or_else(|| project.months().first().copied());
    let Some(at) = at else { return Err(AppError::new("EXP-050", "项目年度不在 2000 至 2100 年之间")) };
    let analysis = compute_analysis(project, registry, at, &context.progress)?;
    context.progress.begin("导出", 0);
    let mark = data_mark(project, &views);
    let mut header = header(project, context, mark.clone())?;
    header.notes = analysis.plan.shortages.iter().map(|s| s.text.clone()).take(20).collect();
    header.notes.extend(off_site_lines(&analysis).into_values());
    header.notes.extend(analysis.plan.overloads.iter().map(|o| o.text.clone()).take(20));
    let certificates = texts(&registry.inspectors, "certificate")?;
    let names = texts(&registry.inspectors, "name")?;
    let people =
        certificates.iter().zip(names.iter()).filter_map(|(certificate, name)| Some((certificate?, name?))).collect();
    let mut last_visit = BTreeMap::new();
    let past_units = texts(&registry.past_checks, "unit_id")?;
    for (unit, date) in past_units.iter().zip(dates(&registry.past_checks, "date")?) {
        if let (Some(site), Some(date)) = (unit.and_then(|u| analysis.population.index.row(u)), date) {
            let last = last_visit.entry(site).or_insert(date);
            *last = (*last).max(date);
        }
    }
    let maker = Maker {
        project,
        registry,
        districts,
        analysis: &analysis,
        header,
        people,
        last_visit,
        reserve_share: project.policy.draw.reserve_share.to_f64(),
        scores: analysis.risk.scores()?,
        results: analysis.results.iter().map(|r| (r.key(), r)).collect(),
    };
    let catalogue = load_columns(project)?;
    let book = maker.plan_book(&views)?;
    let mut internal = render_plan_books(&book, &catalogue)?;
    let main_name = internal.first().map(|file| file.name.clone());
    let matters = project.policy.disclosure.matters.join("、");
    for sheet in book.months.iter().filter(|sheet| !sheet.targets.is_empty()) {
        let bodies: BTreeMap<_, _> = sheet.targets.iter().map(|t| (t.body.clone(), t.body_name.clone())).collect();
        for (body, name) in bodies {
            let task = TaskBook {
                header: BookHeader { body: Some((body, name)), ..book.header.clone() },
                month: sheet.month,
                targets: sheet.targets.clone(),
                matters: matters.clone(),
            };
            internal.push(render_task_book(&task, &catalogue)?);
            internal.push(render_results_template(&task, &catalogue)?);
        }
    }
    let mut exported = Exported::default();
    let info = |audience| ExportInfo {
        agency: project.policy.agency_name.clone(),
        program: PROGRAM.to_owned(),
        created: created(context),
        audience,
        data_mark: mark.clone(),
    };
    let mut write = |folder: &str, mut files: Vec<ExportFile>, audience, scan: Option<&PublicScan>| -> AppResult<()> {
        files.retain(|file| request.takes(folder, &file.name));
        if files.is_empty() {
            return Ok(());
        }
        let folder = to.join(folder);
        write_export(&folder, &files, &info(audience), scan)?;
        exported.files.extend(files.iter().map(|file| folder.join(&file.name)));
        Ok(())
    };
    write(INTERNAL, internal, Audience::Internal, None)?;
    for view in &views {
        let files = evidence(project, &view.draw, &register)?;
        write(&format!("{EVIDENCE}/{}-{}", view.draw.period, view.draw.sequence), files, Audience::Internal, None)?;
    }

    let mut results = load_results(project)?;
    add_penalties(&mut results, &all_checks, registry, context.now.date())?;
    let visited: BTreeSet<(&UnitId, PlanMonth, u32)> = results.iter().map(CheckResult::key).collect();
    let (done, open): (Vec<DueCheck>, Vec<DueCheck>) =
        all_checks.iter().cloned().partition(|c| visited.contains(&(&c.unit_id, c.month, c.sequence)));
    let unvisited: Vec<DueCheck> = open.into_iter().filter(|c| !c.withdrawn).collect();
    let scan = PublicScan::new(&unvisited, &done);
    let public_header = PublicHeader {
        agency: project.policy.agency_name.clone(),
        version: 1,
        program: PROGRAM.to_owned(),
        created: created(context),
        data_mark: mark.clone(),
    };
    let mut public = render_year_plan(&maker.year_plan(context)?, &public_header, &catalogue)?;
    public.push(ExportFile {
        name: "封存登记簿.csv".to_owned(), bytes: register.to_csv(), audience: Audience::Public
    });
    let masker =
        Masker::new(maker.people.iter().map(|(certificate, name)| ((*name).to_owned(), (*certificate).to_owned())));
    let rule = DeadlineRule { working_days: project.policy.disclosure.working_days, soon: 5 };
    for view in &views {
        // A certificate names its targets: it is public once every one of them was visited or withdrawn.
        let sequence = view.draw.sequence as u32;
        if is_all_visited(&view.checks, &results, view.month, sequence) {
            let name = format!("抽取证书_{}_{}.json", view.draw.period, view.draw.sequence);
            for check in all_checks.iter_mut().filter(|c| c.month == view.month && c.sequence == sequence) {
                check.certificate = Some(name.clone());
            }
            if let Some(order) = view.draw.order() {
                let bytes = compute_draw_certificate(&view.draw, &order, &register)?.to_json();
                public.push(ExportFile { name, bytes, audience: Audience::Public });
            }
        }
    }
    let (mut publishable, mut remarks) = (Vec::new(), Vec::new());
    let months: BTreeSet<PlanMonth> = results.iter().map(|r| r.month).filter(|month| wanted(*month)).collect();
    for month in months {
        let list = compute_result_list(&ResultListInput {
            scope: ListScope::OfMonth(month),
            body: None,
            checks: &all_checks,
            results: &results,
            calendar: &project.calendar,
            rule,
            published_on: context.now.date(),
            masker: &masker,
        })?;
        let files = render_result_list(&list, &public_header, &catalogue)?;
        // only what goes out counts as disclosed
        if files.iter().any(|file| request.takes(PUBLIC, &file.name)) {
            publishable.extend(list.plan_codes.iter().cloned());
        }
        remarks.extend(list.diagnostics.findings().iter().take(20).map(ToString::to_string));
        public.extend(files);
    }
    write(PUBLIC, public, Audience::Public, Some(&scan))?;
    record_disclosure(project, &publishable, context)?;
    exported.notes.extend(remarks);
    exported.main = main_name.map(|name| to.join(INTERNAL).join(name)).filter(|path| exported.files.contains(path));
    if !unvisited.is_empty() {
        exported.notes.push(format!("{} 个检查对象尚未检查：名单与抽取证书只在「{INTERNAL}」「{EVIDENCE}」，公开文件已逐一核对，不含其名称、代码与编号", unvisited.len()));
    }
    project.log(
        context,
        "export",
        serde_json::json!({ "files": exported.files.len(), "month": request.month.map(|m| m.to_string()) }),
    )?;
    Ok(exported)
}

/// Gives each result the penalties of its enterprise that its handling speaks of, from the register of today,
/// so that the public list can leave out those repaired or no longer publishable.
fn add_penalties(
    results: &mut [CheckResult],
    checks: &[DueCheck],
    registry: &Registry,
    on: NaiveDate,
) -> AppResult<()> {
    let frame = &registry.violations;
    let (enterprise, document) = (texts(frame, "enterprise")?, texts(frame, "document")?);
    let (kind, penalty) = (texts(frame, "kind")?, texts(frame, "penalty_kind")?);
    let (amount, until, repaired) =
        (numbers(frame, "amount_wan")?, dates(frame, "publicity_until")?, dates(frame, "repaired_on")?);
    let mut notes: BTreeMap<&str, Vec<PenaltyNote>> = BTreeMap::new();
    for row in 0..frame.height() {
        let word = penalty.get(row).unwrap_or_default();
        let fine = amount[row].filter(|wan| *wan > 0.0);
        // warnings and cases of the simplified procedure are not published
        let warning = (word.contains("警告") || word.contains("通报批评")) && !word.contains("罚款") && fine.is_none();
        let simple = [word, kind.get(row).unwrap_or_default()]
            .iter()
            .any(|text| ["简易程序", "当场处罚"].iter().any(|mark| text.contains(mark)));
        // where the register knows no enterprise, the document's number alone tells
        notes.entry(enterprise.get(row).unwrap_or_default()).or_default().push(PenaltyNote {
            document: document.get(row).unwrap_or_default().to_owned(),
            text: fine.map(|wan| format!("罚款{wan}万元")).unwrap_or_default(),
            publicity_until: until[row],
            repaired_on: repaired[row],
            publishable: !warning && !simple,
        });
    }
    let of_check: BTreeMap<_, &str> =
        checks.iter().map(|c| ((&c.unit_id, c.month, c.sequence), c.enterprise.as_str())).collect();
    for result in results.iter_mut().filter(|r| !r.handling.trim().is_empty()) {
        let enterprise = of_check.get(&result.key()).copied().filter(|e| !e.is_empty());
        let own = enterprise.and_then(|e| notes.get(e)).map_or(&[][..], Vec::as_slice);
        let mut found = select_penalties(&result.handling, own, on);
        let unknown = notes.get("").map_or(&[][..], Vec::as_slice);
        found.extend(unknown.iter().filter(|p| p.is_named_in(&result.handling)).cloned());
        result.penalties = found;
    }
    Ok(())
}

/// The evidence of a draw: everything that a checker needs, in the bytes that were sealed.
///
/// Result, pairing and certificate are computed afresh from the draw and its changes, so that they agree even
/// where a crash came between the files of a change.
fn evidence(project: &Project, draw: &StoredDraw, register: &SealRegister) -> AppResult<Vec<ExportFile>> {
    let mut files = Vec::new();
    for name in [
        "frame.csv",
        "roster.csv",
        "needs.csv",
        "inputs.txt",
        "policy.ron",
        "seal.json",
        "opening.json",
        "changes.json",
    ] {
        let path = draw.folder.join(name);
        if path.exists() {
            files.push(ExportFile { name: name.to_owned(), bytes: load_bytes(&path)?, audience: Audience::Internal });
        }
    }
    let mut push = |name: &str, bytes: Vec<u8>| {
        files.push(ExportFile { name: name.to_owned(), bytes, audience: Audience::Internal });
    };
    if let Some(order) = draw.order() {
        push("result.json", order.to_result(&draw.frame, usize::MAX).to_json());
        if let Some(assignment) = draw.assignment(&order)? {
            push("assignment.csv", assignment.write_csv());
        }
        push("certificate.json", compute_draw_certificate(draw, &order, register)?.to_json());
    }
    push("register.csv", load_bytes(&project.root().join("register.csv"))?);
    Ok(files)
}

impl Maker<'_> {
    fn inputs(&self) -> &PlanInputs {
        &self.analysis.population.inputs
    }

    fn plan_book(&self, views: &[DrawView]) -> AppResult<PlanBook> {
        let inputs = self.inputs();
        let plan = &self.analysis.plan;
        let mut drawn: BTreeMap<(String, PlanMonth), u32> = BTreeMap::new();
        let mut done: BTreeMap<(String, PlanMonth), u32> = BTreeMap::new();
        for check in views.iter().flat_map(|v| &v.checks).filter(|c| !c.withdrawn && c.origin.is_planned()) {
            *drawn.entry((check.body.to_string(), check.month)).or_insert(0) += 1;
            if self.results.contains_key(&(&check.unit_id, check.month, check.sequence)) {
                *done.entry((check.body.to_string(), check.month)).or_insert(0) += 1;
            }
        }
        let months = self.project.months();
        let mut matrix = Vec::new();
        for (b, body) in inputs.bodies.iter().enumerate() {
            let figures: [MonthFigures; 12] = std::array::from_fn(|m| {
                let cell = &plan.matrix[b][m];
                let key = (body.id.to_string(), months[m]);
                let expected = cell.expected();
                // visits that fit: of every limited resource the fewest, at the month's own mix of checks
                let capacity = cell
                    .have
                    .iter()
                    .zip(&cell.need)
                    .filter_map(|(have, need)| have.filter(|_| *need > 0.0).map(|have| have / need * expected))
                    .fold(None, |least: Option<f64>, fits| Some(least.map_or(fits, |l| l.min(fits))));
                MonthFigures {
                    expected: Some(expected),
                    capacity,
                    drawn: drawn.get(&key).copied(),
                    done: drawn.get(&key).map(|_| done.get(&key).copied().unwrap_or(0)),
                }
            });
            if figures.iter().any(|f| f.expected.unwrap_or(0.0) > 0.0 || f.drawn.is_some()) {
                matrix.push(MatrixRow { body: body.id.clone(), body_name: body.name.clone(), months: figures });
            }
        }
        let mut districts = Vec::new();
        for ((district, body), row) in &plan.districts {
            let code = self.analysis.population.districts.get(*district as usize).copied().unwrap_or(0);
            let Some(body) = inputs.bodies.get(*body as usize) else { continue };
            districts.push(DistrictRow {
                district: self.district_name(code),
                body: body.id.clone(),
                months: row.map(|expected| MonthFigures { expected: Some(expected), ..MonthFigures::default() }),
            });
        }
        let quotas = self.quotas(views);
        let mut sheets = Vec::new();
        for month in months {
            let m = month.index_in(self.project.file.year).unwrap_or(0);
            let expected: f64 = plan.matrix.iter().map(|row| row[m].expected()).sum();
            let mut targets = Vec::new();
            let mut state = MonthState::Planned;
            let (mut commitments, mut demonstration) = (Vec::new(), false);
            for view in views.iter().filter(|v| v.month == month) {
                targets.extend(self.target_rows(view)?);
                commitments.push((
                    format!("{} 第{}次", self.project.policy.agency_name, view.draw.sequence),
                    to_hex(&view.draw.seal.commitment()),
                ));
                demonstration |= view.draw.demonstration;
                state = MonthState::Drawn { commitments: commitments.clone(), demonstration };
            }
            sheets.push(MonthSheet { month, state, expected: Some(expected), targets });
        }
        Ok(PlanBook { header: self.header.clone(), matrix, districts, quotas, months: sheets })
    }

    fn quotas(&self, views: &[DrawView]) -> Vec<QuotaRow> {
        let policy = &self.project.policy;
        let inputs = self.inputs();
        let categories = policy.categories.len();
        let mut population = vec![0_u64; inputs.bodies.len() * categories];
        for (body, category) in inputs.sites.body.iter().zip(&inputs.sites.category) {
            population[*body as usize * categories + *category as usize] += 1;
        }
        let mut rows = Vec::new();
        for month in self.project.months() {
            let m = month.index_in(self.project.file.year).unwrap_or(0);
            let view = views.iter().rfind(|v| v.month == month);
            let mut certain_of: BTreeMap<&str, u32> = BTreeMap::new();
            for row in view.iter().flat_map(|v| v.draw.frame.rows()) {
                if u64::from(row.pi_ppb) == crate::domain::PPB {
                    *certain_of.entry(row.stratum.as_str()).or_insert(0) += 1;
                }
            }
            for (b, body) in inputs.bodies.iter().enumerate() {
                for (c, category) in policy.categories.iter().enumerate() {
                    let count = population[b * categories + c];
                    if count == 0 {
                        continue;
                    }
                    let cell = &self.analysis.plan.matrix[b][m];
                    let id = format!("{}/{}", body.id, category.id);
                    let rule = policy.body(&body.id).map(|rule| policy.floor(rule, category));
                    let sealed = view.and_then(|v| v.draw.seal.strata.iter().find(|s| s.id == id));
                    let certain = view.map_or(cell.mandatory[c], |_| certain_of.get(id.as_str()).copied().unwrap_or(0));
                    let of_view = |done: bool| {
                        view.map(|v| {
                            v.checks
                                .iter()
                                .filter(|check| check.body == body.id && !check.withdrawn && check.origin.is_planned())
                                .filter(|check| {
                                    v.draw
                                        .frame
                                        .position(check.unit_id.as_str())
                                        .and_then(|i| v.draw.frame.row(i))
                                        .is_some_and(|r| r.stratum.as_str() == id)
                                })
                                .filter(|check| {
                                    !done || self.results.contains_key(&(&check.unit_id, check.month, check.sequence))
                                })
                                .count() as u32
                        })
                    };
                    rows.push(QuotaRow {
                        month,
                        body: body.id.clone(),
                        body_name: body.name.clone(),
                        category: category.name.clone(),
                        population: count,
                        expected: cell.drawn[c] + f64::from(cell.mandatory[c]),
                        certain,
                        quota: sealed.map(|s| s.draw as u32),
                        reserves: sealed
                            .map(|s| self.reserves(s.draw).min((s.size - s.draw.min(s.size)) as usize) as u32),
                        drawn: of_view(false),
                        done: of_view(true),
                        basis: rule.map(|floor| policy.cite(&floor.basis, month.first_day())).unwrap_or_default(),
                    });
                }
            }
        }
        rows
    }

    /// Reserves listed for so many targets: at least the policy's share, rounded up.
    fn reserves(&self, draw: u64) -> usize {
        (draw as f64 * self.reserve_share).ceil() as usize
    }

    fn district_name(&self, code: u32) -> String {
        self.districts
            .index_of(DistrictCode(code))
            .and_then(|i| self.districts.districts().get(i))
            .map_or_else(|| if code == 0 { "未知".to_owned() } else { format!("{code:06}") }, |d| d.name.clone())
    }

    fn target_rows(&self, view: &DrawView) -> AppResult<Vec<TargetRow>> {
        let draw = &view.draw;
        let Some(order) = draw.order() else { return Ok(Vec::new()) };
        let assignment = draw.assignment(&order)?;
        let current = draw.targets(&order);
        let used: BTreeSet<&UnitId> = current.iter().map(|t| &t.unit_id).collect();
        let mut reserves: Vec<(UnitId, String, u32)> = Vec::new();
        for (stratum, units) in draw.reserves(&order) {
            let quota = order.strata.iter().find(|s| s.id == stratum).map_or(0, |s| s.draw as u64);
            let free: Vec<UnitId> = units.into_iter().filter(|u| !used.contains(u)).collect();
            reserves.extend(
                free.into_iter().take(self.reserves(quota)).zip(1..).map(|(u, rank)| (u, stratum.clone(), rank)),
            );
        }
        let wanted: BTreeSet<&str> =
            current.iter().map(|t| t.unit_id.as_str()).chain(reserves.iter().map(|(u, _, _)| u.as_str())).collect();
        let rows = rows_of(&self.registry.sources, &wanted)?;
        let sources = &self.registry.sources;
        let columns = SourceText {
            name: texts(sources, "name")?,
            uscc: texts(sources, "uscc")?,
            number: texts(sources, "number")?,
            address: texts(sources, "address")?,
            industry: texts(sources, "industry")?,
            management: texts(sources, "management")?,
            lon: numbers(sources, "lon")?,
            lat: numbers(sources, "lat")?,
        };
        let meter = compute_cap_meter(&self.project.policy, self.inputs(), view.month.month() as usize - 1);
        let of_check: BTreeMap<&UnitId, &DueCheck> = view.checks.iter().map(|c| (&c.unit_id, c)).collect();
        let mut out = Vec::with_capacity(current.len() + reserves.len());
        for target in &current {
            let role = match (&target.replaced_by, &target.origin) {
                (Some(by), _) => TargetRole::Withdrawn { reason: format!("{}（由 {by} 递补）", target.note) },
                (None, TargetOrigin::Substitute(dropped)) => TargetRole::Substitute { replaces: dropped.clone() },
                _ => TargetRole::Selected,
            };
            let check = of_check.get(&target.unit_id).copied();
            let pair = assignment.as_ref().and_then(|a| a.get(&target.unit_id));
            let mut row = self.row(view, &columns, &rows, &target.unit_id, role, &meter)?;
            row.draw_order = (target.rank > 0).then_some(target.rank);
            row.origin = check.map_or(CheckOrigin::Drawn, |c| c.origin);
            row.plan_code = check.map(|c| c.plan_code.clone()).unwrap_or_default();
            if target.replaced_by.is_none() {
                row.lead = pair.map(|p| self.person(p.lead.as_str()));
                row.second = pair.map(|p| self.person(p.second.as_str()));
            }
            if !target.note.is_empty() && target.origin == TargetOrigin::Triggered {
                row.reasons = if row.reasons.is_empty() {
                    target.note.clone()
                } else {
                    format!("{}；{}", target.note, row.reasons)
                };
            }
            row.status = match check {
                _ if target.replaced_by.is_some() => "已替换".to_owned(),
                Some(check) => self
                    .results
                    .get(&(&check.unit_id, check.month, check.sequence))
                    .map_or_else(|| "待检查".to_owned(), |r| r.outcome.label().to_owned()),
                None => "待检查".to_owned(),
            };
            out.push(row);
        }
        for (unit, _, rank) in &reserves {
            let mut row = self.row(view, &columns, &rows, unit, TargetRole::Reserve(*rank), &meter)?;
            "备选".clone_into(&mut row.status);
            out.push(row);
        }
        Ok(out)
    }

    fn person(&self, certificate: &str) -> InspectorRef {
        InspectorRef {
            certificate: certificate.to_owned(),
            name: self.people.get(certificate).copied().unwrap_or_default().to_owned(),
        }
    }

    fn row(
        &self,
        view: &DrawView,
        columns: &SourceText<'_>,
        rows: &BTreeMap<String, usize>,
        unit: &UnitId,
        role: TargetRole,
        meter: &[CapReading],
    ) -> AppResult<TargetRow> {
        let policy = &self.project.policy;
        let inputs = self.inputs();
        let at = rows.get(unit.as_str()).copied();
        let text =
            |column: &polars::prelude::StringChunked| at.and_then(|i| column.get(i)).unwrap_or_default().to_owned();
        let frame_row = view.draw.frame.position(unit.as_str()).and_then(|i| view.draw.frame.row(i));
        let site = at.unwrap_or(0);
        let known = at.is_some();
        let body_rule = policy.bodies.get(inputs.sites.body.get(site).copied().unwrap_or(0) as usize);
        let (body, body_name) = if let (true, Some(rule)) = (known, body_rule) {
            (rule.id.clone(), rule.name.clone())
        } else {
            let id = frame_row.map_or("unknown", |r| r.stratum.body());
            let body = crate::domain::BodyId::new(id).map_err(|what| AppError::new("WSP-004", what))?;
            let name = policy.body(&body).map_or_else(|| id.to_owned(), |rule| rule.name.clone());
            (body, name)
        };
        let category = policy.categories.get(inputs.sites.category.get(site).copied().unwrap_or(0) as usize);
        let tier = policy.tiers.get(inputs.sites.tier.get(site).copied().unwrap_or(0) as usize);
        let score = self.scores.get(site).copied().filter(|_| known);
        let skill =
            inputs.sites.skill.get(site).copied().filter(|s| *s > 0).and_then(|s| policy.skills.get(s as usize - 1));
        let enterprise = inputs.sites.enterprise.get(site).copied().unwrap_or(0);
        let reading = meter.get(enterprise as usize).filter(|_| known);
        let industry_code = text(columns.industry);
        let management = text(columns.management);
        let code =
            inputs.sites.district.get(site).and_then(|d| self.analysis.population.districts.get(*d as usize)).copied();
        Ok(TargetRow {
            role,
            plan_code: String::new(),
            month: view.month,
            unit_id: unit.clone(),
            name: text(columns.name),
            uscc: text(columns.uscc),
            permit: text(columns.number),
            body,
            body_name,
            district: code.filter(|_| known).map(|code| self.district_name(code)).unwrap_or_default(),
            address: text(columns.address),
            industry: industry_code,
            management: Category::ALL
                .into_iter()
                .find(|c| c.id() == management)
                .map(|c| c.label().to_owned())
                .unwrap_or_default(),
            supervision: category.map(|c| c.name.clone()).unwrap_or_default(),
            special: inputs.sites.special.get(site).copied().unwrap_or(false),
            tier: tier.map(|t| format!("{} {}", t.id, t.name)).unwrap_or_default(),
            score,
            reasons: if known { self.reasons(site, frame_row.map_or("", |r| r.reason))? } else { String::new() },
            origin: CheckOrigin::Drawn,
            pi_ppb: frame_row.map(|r| u64::from(r.pi_ppb)),
            draw_order: None,
            lead: None,
            second: None,
            skill: skill.and_then(|s| s.names.first().cloned()).unwrap_or_default(),
            recusal: String::new(),
            manner: Manner::OnSite,
            monitoring: category.is_some_and(|c| c.cost.monitoring_days.0 >= 1000),
            joint_with: String::new(),
            checklist: String::new(),
            focus: String::new(),
            basis: policy.cite(&policy.disclosure.basis, view.month.last_day()),
            last_visit: self.last_visit.get(&(site as u32)).copied().filter(|_| known),
            visits: reading.map(|r| r.counted),
            cap_left: reading.map(CapReading::left),
            complete_by: Some(view.month.last_day()),
            lon: at.and_then(|i| columns.lon.get(i).copied().flatten()),
            lat: at.and_then(|i| columns.lat.get(i).copied().flatten()),
            scan_code: String::new(),
            status: String::new(),
        })
    }

    /// Why a unit stands where it does: the mandatory rule, aggravators, special, its three largest factors.
    fn reasons(&self, site: usize, reason: &str) -> AppResult<String> {
        let policy = &self.project.policy;
        let inputs = self.inputs();
        let mut words: Vec<String> = Vec::new();
        if let Some(rule) = policy.mandatory.iter().find(|rule| rule.reason == reason) {
            words.push(rule.name.clone());
        }
        if inputs.sites.special.get(site).copied().unwrap_or(false) {
            words.push("特殊监管对象".to_owned());
        }
        let bits = inputs.sites.aggravated.get(site).copied().unwrap_or(0);
        for (bit, word) in [(1, "违法"), (2, "投诉集中"), (4, "环境风险高"), (8, "信用差")] {
            if bits & bit != 0 {
                words.push(word.to_owned());
            }
        }
        let mut factors = self.analysis.risk.explain(site, policy)?;
        factors.retain(|f| f.points.0 > 0);
        factors.sort_by_key(|f| std::cmp::Reverse(f.points));
        let top: Vec<String> = factors.iter().take(3).map(|f| format!("{}{}", f.name, f.points.to_f64())).collect();
        if !top.is_empty() {
            words.push(format!("评分：{}", top.join("、")));
        }
        Ok(words.join("；"))
    }

    fn year_plan(&self, context: &CommandContext) -> AppResult<YearPlan> {
        let policy = &self.project.policy;
        let inputs = self.inputs();
        let plan = &self.analysis.plan;
        let categories = policy.categories.len();
        let mut population = vec![0_u64; inputs.bodies.len() * categories];
        for (body, category) in inputs.sites.body.iter().zip(&inputs.sites.category) {
            population[*body as usize * categories + *category as usize] += 1;
        }
        let mut off_site = off_site_lines(self.analysis);
        let (mut rows, mut months) = (Vec::new(), Vec::new());
        for (b, body) in inputs.bodies.iter().enumerate() {
            // whole numbers that add up: each month's cumulated expectation, rounded
            let mut by_category = vec![0_u64; categories];
            for (m, month) in self.project.months().into_iter().enumerate() {
                let mut visits = 0;
                for (c, sum) in by_category.iter_mut().enumerate() {
                    let upto = |last: usize| -> f64 {
                        (0..last)
                            .map(|k| plan.matrix[b][k].drawn[c] + f64::from(plan.matrix[b][k].mandatory[c]))
                            .sum::<f64>()
                    };
                    let number = (upto(m + 1).round() - upto(m).round()).max(0.0) as u64;
                    *sum += number;
                    visits += number;
                }
                if plan.matrix[b].iter().any(|cell| cell.expected() > 0.0) {
                    months.push(MonthCount { body_name: body.name.clone(), month, visits });
                }
            }
            for (c, category) in policy.categories.iter().enumerate() {
                let count = population[b * categories + c];
                if count == 0 {
                    continue;
                }
                let number = by_category[c];
                let rule = policy.body(&body.id).map(|rule| policy.floor(rule, category));
                rows.push(YearPlanRow {
                    body_name: body.name.clone(),
                    plan_name: format!("{}年度{}双随机检查", self.project.file.year, category.name),
                    plan_code: format!(
                        "SSJ{:04}-{}-{}",
                        self.project.file.year,
                        body.id.as_str().to_uppercase(),
                        c + 1
                    ),
                    scope: format!("{}辖区内{}", body.name, category.name),
                    population: count,
                    manner: policy.disclosure.manners.join("、"),
                    matters: policy.disclosure.matters.join("、"),
                    ratio_ppm: (u128::from(number) * 1_000_000 / u128::from(count)) as u64,
                    number,
                    period: format!("{}年1月至12月，按月抽取", self.project.file.year),
                    basis: rule.map(|floor| policy.cite(&floor.basis, context.now.date())).unwrap_or_default(),
                    // once a body, on its first row
                    remark: off_site.remove(&b).unwrap_or_default(),
                });
            }
        }
        let industries: Vec<KeyIndustry> = policy
            .key_industries
            .codes
            .iter()
            .map(|(prefix, name)| KeyIndustry { prefix: prefix.clone(), name: name.clone() })
            .collect();
        let (units, codes) = (texts(&self.registry.sources, "unit_id")?, texts(&self.registry.sources, "industry")?);
        let listed: Vec<(UnitId, String)> = units
            .iter()
            .zip(codes.iter())
            .filter_map(|(unit, code)| {
                let code = code?;
                industries
                    .iter()
                    .any(|i| code.starts_with(&i.prefix))
                    .then(|| Some((UnitId::new(unit?).ok()?, code.to_owned())))
                    .flatten()
            })
            .collect();
        Ok(YearPlan {
            agency: policy.agency_name.clone(),
            year: self.project.file.year,
            version: 1,
            prepared_on: Some(context.now.date()),
            approved_on: None,
            filed_on: None,
            published_on: None,
            cap: CapStatement {
                visits: policy.cap.visits,
                rule_set: policy.cap.rule_set.clone(),
                confirmed: policy.cap.confirmed,
            },
            rows,
            months,
            industries: compute_industry_coverage(
                &industries,
                &listed,
                &self.analysis.results,
                self.project.file.year,
                context.now.date(),
            ),
            data_mark: self.header.data_mark.clone(),
            unconfirmed: self.header.unconfirmed.iter().map(|u| format!("{}{}", u.label, u.value)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_takes_the_families_and_endings_named() {
        let of = |only: &[&str]| ExportRequest { month: None, only: only.iter().map(|w| (*w).to_owned()).collect() };
        let evidence = format!("{EVIDENCE}/2027-03-1");
        assert!(of(&[]).takes(PUBLIC, "a.xlsx") && of(&[]).takes(&evidence, "frame.csv"));
        assert!(of(&["XLSX"]).takes(INTERNAL, "a.xlsx") && !of(&["xlsx"]).takes(INTERNAL, "a.csv"));
        assert!(of(&[INTERNAL]).takes(INTERNAL, "a.xlsx"));
        assert!(!of(&[INTERNAL]).takes(PUBLIC, "a.xlsx"), "what stays inside publishes nothing");
        assert!(of(&[EVIDENCE]).takes(&evidence, "frame.csv") && !of(&[PUBLIC]).takes(&evidence, "frame.csv"));
        assert!(of(&[PUBLIC, "csv"]).takes(PUBLIC, "a.csv") && !of(&[PUBLIC, "csv"]).takes(PUBLIC, "a.xlsx"));
    }
}
