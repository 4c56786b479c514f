//! `plan-dates`: the yearly plan is approved, filed, published. `plan-record`: what was approved against what became
//! of it.

use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::deeds::carry_out;
use super::output::{json, line, say};
use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::{PlanDates, PlanDatesEntry};
use crate::text::day::{Accept, Date, parse_day};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::inputs::analysis::compute_analysis;
use crate::workspace::reports::plan_record::{
    FOUR, FourColumns, PlanRecord, Planned, VersionLine, load_plan_files, plan_versions,
};
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::plan_dates::load_plan_dates;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::register::{load_register, next_month};

/// `plan-dates`.
#[derive(Debug, Args)]
pub struct PlanDatesArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 批准日期，如 2027-03-10：现有计划即留存为一版；再次批准的，再登记一次，为下一版
    #[arg(long, value_name = "日期")]
    pub approved: Option<String>,
    /// 批准人或批准机关，如 局长办公会；不填为操作人
    #[arg(long, value_name = "名称", requires = "approved")]
    pub by: Option<String>,
    /// 备案日期
    #[arg(long, value_name = "日期")]
    pub filed: Option<String>,
    /// 公布日期；未经批准登记而再次公布的，也为下一版
    #[arg(long, value_name = "日期")]
    pub published: Option<String>,
}

/// `plan-record`.
#[derive(Debug, Args)]
pub struct PlanRecordArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 与第几版批准计划对照；不填为最后留存的一版
    #[arg(long, value_name = "版次")]
    pub against: Option<u32>,
}

/// A day of the command line, spelled as in the window's fields.
pub(super) fn day_of(text: &str) -> AppResult<Date> {
    parse_day(text, Accept::Typed).ok().flatten().ok_or_else(|| {
        AppError::new("CLI-012", "日期写法不对").with(|f| f.value(text).expected(" 2027-04-20 这样的日期"))
    })
}

/// Enters days of the yearly plan; without any says what is known.
pub(super) fn plan_dates(args: &PlanDatesArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let day = |text: &Option<String>| text.as_deref().map(day_of).transpose();
    let entered = PlanDatesEntry {
        approved_on: day(&args.approved)?,
        approved_by: args.by.clone(),
        filed_on: day(&args.filed)?,
        published_on: day(&args.published)?,
    };
    if !entered.is_empty() {
        return carry_out(&args.project, |_| Ok(Deed::PlanDates(entered)), as_json, context);
    }
    let project = Project::open(&args.project, None)?;
    let dates = load_plan_dates(&project)?;
    show_plan_dates(project.file.year, &dates, as_json)?;
    if !as_json {
        for version in plan_versions(&dates, &load_plan_files(&project)?) {
            line(&version.text())?;
        }
    }
    Ok(Finish::Done)
}

pub(super) fn show_plan_dates(year: i32, dates: &PlanDates, as_json: bool) -> AppResult<Finish> {
    if as_json {
        let standing = dates.standing();
        json(&serde_json::json!({
            "approved_on": standing.approved_on, "filed_on": standing.filed_on,
            "published_on": standing.published_on, "publications": dates.publications().collect::<Vec<_>>(),
            "version": dates.version(), "versions": dates.versions,
        }))?;
        return Ok(Finish::Done);
    }
    line(&format!("{year}年度检查计划{}", dates.text()))?;
    Ok(Finish::Done)
}

/// Tells the plan of record: the four columns of the city by month, of each body, and the differences in words.
pub(super) fn plan_record(args: &PlanRecordArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let (registry, _) = load_project_data(&project)?;
    let month = next_month(&load_register(&project)?, &project.months())
        .ok_or_else(|| AppError::new("CLI-011", "项目年度不在 2000 至 2100 年之间"))?;
    let analysis = compute_analysis(&project, &registry, month, &context.progress)?;
    let files = load_plan_files(&project)?;
    let record = PlanRecord::compute(&analysis, &files, args.against)?;
    if as_json {
        json(&record_json(&record, &plan_versions(&load_plan_dates(&project)?, &files)))?;
        return Ok(Finish::Done);
    }
    line(&format!("范围,月份,{}", FOUR.join(",")))?;
    let row = |name: &str, month: &str, cell: &FourColumns| {
        let [approved, rolling, drawn, done] = cell.figures();
        let figure = |value: Option<f64>, places: usize| value.map_or_else(String::new, |v| format!("{v:.places$}"));
        let cells = [figure(approved, 1), figure(rolling, 1), figure(drawn, 0), figure(done, 0)];
        line(&format!("{name},{month},{}", cells.join(",")))
    };
    let city = record.city();
    for (m, cell) in city.iter().enumerate() {
        row("全市", &format!("{}月", m + 1), cell)?;
    }
    row("全市", "全年", &FourColumns::sum(city.into_iter()))?;
    for body in &record.bodies {
        row(&body.name, "全年", &body.year())?;
    }
    say(&record.summary());
    for text in record.differences() {
        say(&text);
    }
    Ok(Finish::Done)
}

fn record_json(record: &PlanRecord, versions: &[VersionLine]) -> serde_json::Value {
    let cell = |cell: &FourColumns| {
        let [approved, rolling, drawn, done] = cell.figures();
        serde_json::json!({
            "approved": approved, "rolling": rolling, "drawn": drawn, "done": done,
            "triggered": cell.listed.map(|listed| listed.triggered),
        })
    };
    let months = |months: &[FourColumns]| months.iter().map(cell).collect::<Vec<_>>();
    let city = record.city();
    serde_json::json!({
        "year": record.year, "version": record.version, "city": months(&city),
        "total": cell(&FourColumns::sum(city.into_iter())),
        "bodies": record.bodies.iter().map(|body| serde_json::json!({
            "body": body.body.as_str(), "name": body.name, "months": months(&body.months), "total": cell(&body.year()),
        })).collect::<Vec<_>>(),
        "differences": record.differences(),
        "versions": versions.iter().map(|version| serde_json::json!({
            "version": version.version, "dates": version.dates, "approval": version.approval,
            "visits": version.visits.map(Planned::total), "feasible": version.feasible,
        })).collect::<Vec<_>>(),
    })
}
