//! `plan-dates`: when the yearly plan was approved, filed, published.

use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::deeds::carry_out;
use super::output::{json, line};
use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::{PlanDates, PlanDatesEntry};
use crate::text::day::{Accept, Date, parse_day};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::store::plan_dates::load_plan_dates;
use crate::workspace::store::project::{CommandContext, Project};

/// `plan-dates`.
#[derive(Debug, Args)]
pub struct PlanDatesArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 批准日期，如 2027-03-10
    #[arg(long, value_name = "日期")]
    pub approved: Option<String>,
    /// 备案日期
    #[arg(long, value_name = "日期")]
    pub filed: Option<String>,
    /// 公布日期；调整后再次公布的，再登记一次，版次随之增加
    #[arg(long, value_name = "日期")]
    pub published: Option<String>,
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
        filed_on: day(&args.filed)?,
        published_on: day(&args.published)?,
    };
    if !entered.is_empty() {
        return carry_out(&args.project, |_| Ok(Deed::PlanDates(entered)), as_json, context);
    }
    let project = Project::open(&args.project, None)?;
    show_plan_dates(project.file.year, &load_plan_dates(&project)?, as_json)
}

pub(super) fn show_plan_dates(year: i32, dates: &PlanDates, as_json: bool) -> AppResult<Finish> {
    if as_json {
        json(&serde_json::json!({
            "approved_on": dates.approved_on, "filed_on": dates.filed_on, "published_on": dates.published_on(),
            "publications": dates.publications, "version": dates.version(),
        }))?;
        return Ok(Finish::Done);
    }
    line(&format!("{year}年度检查计划{}", dates.text()))?;
    Ok(Finish::Done)
}
