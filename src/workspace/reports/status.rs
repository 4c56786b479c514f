//! Where the project stands: deadlines, completeness, what needs attention.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::diagnostic::AppResult;
use crate::disclosure::{
    BoardFigures, CheckResult, DeadlineRule, DeadlineState, DisclosureBoard, DueCheck, Ledger, LedgerState,
    MandatoryChecks, PlanDates, check_published, check_revived, compute_board, compute_figures, compute_ledger,
};
use crate::domain::PlanMonth;
use crate::registry::Registry;
use crate::workspace::inputs::due::all_due_checks;
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::plan_dates::load_plan_dates;
use crate::workspace::store::project::Project;
use crate::workspace::store::register::load_register;
use crate::workspace::store::results::load_results;

/// The state of a project on a day.
#[derive(Debug)]
pub struct Status {
    /// The day.
    pub today: NaiveDate,
    /// Deadlines and completeness.
    pub board: DisclosureBoard,
    /// Figures that the city reports.
    pub figures: BoardFigures,
    /// Checks due that have no result yet, by month.
    pub open_checks: Vec<(PlanMonth, usize)>,
    /// Problems found and what became of them.
    pub ledger: Ledger,
    /// When the yearly plan was approved, filed, published.
    pub plan_dates: PlanDates,
    /// What needs attention, the most urgent first.
    pub attention: Vec<Attention>,
}

/// What something that needs attention is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Results and their disclosure.
    Results,
    /// The yearly plan and its calendar.
    Plan,
    /// Sealing and drawing.
    Draw,
}

/// Something that needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attention {
    /// What it is about.
    pub about: About,
    /// In words.
    pub text: String,
}

/// Computes the state of a project.
///
/// # Errors
/// Those of loading it.
pub fn compute_status(project: &Project, today: NaiveDate) -> AppResult<Status> {
    compute_status_on(project, &load_project_data(project)?.0, today)
}

/// The state of a project whose register is at hand.
///
/// # Errors
/// Those of loading what was drawn and found.
pub fn compute_status_on(project: &Project, registry: &Registry, today: NaiveDate) -> AppResult<Status> {
    let checks = all_due_checks(project, registry)?;
    let results = load_results(project)?;
    status_of(project, &checks, &results, today)
}

/// The state of a project whose checks and results are at hand.
///
/// # Errors
/// Those of reading its register and the days of its plan.
pub fn status_of(
    project: &Project,
    checks: &[DueCheck],
    results: &[CheckResult],
    today: NaiveDate,
) -> AppResult<Status> {
    let plan_dates = load_plan_dates(project)?;
    let rule = DeadlineRule::of(&project.policy.disclosure);
    let board = compute_board(checks, results, &project.calendar, rule, project.file.year, today);
    let figures = compute_figures(checks, results, &project.calendar, rule, project.file.year, today);
    let done: BTreeSet<_> = results.iter().map(CheckResult::key).collect();
    let mut open_checks: Vec<(PlanMonth, usize)> = Vec::new();
    for check in checks.iter().filter(|c| !c.withdrawn) {
        if done.contains(&(&check.unit_id, check.month, check.sequence)) {
            continue;
        }
        match open_checks.iter_mut().find(|(month, _)| *month == check.month) {
            Some((_, count)) => *count += 1,
            None => open_checks.push((check.month, 1)),
        }
    }
    open_checks.sort_unstable();
    let mut attention = Vec::new();
    let overdue = board.of_state(DeadlineState::Overdue).count();
    if overdue > 0 {
        attention.push(Attention {
            about: About::Results,
            text: format!("{overdue} 项检查结果超过公开期限（{} 个工作日）", rule.working_days),
        });
    }
    for row in board.of_state(DeadlineState::Soon).take(10) {
        if let (Some(due), Some(left)) = (row.due, row.days_left) {
            let provisional = if due.provisional { "（暂定）" } else { "" };
            attention.push(Attention {
                about: About::Results,
                text: format!(
                    "{} {} 应于 {}{provisional} 前公开，还剩 {left} 个工作日",
                    row.plan_code, row.name, due.date
                ),
            });
        }
    }
    for (month, count) in &open_checks {
        if month.last_day() < today {
            attention.push(Attention {
                about: About::Results, text: format!("{month} 有 {count} 个检查对象尚无结果")
            });
        }
    }
    for finding in check_revived(checks, results) {
        attention.push(Attention { about: About::Results, text: finding.to_string() });
    }
    let ledger = compute_ledger(results, checks, &MandatoryChecks::of(checks), today);
    let open = ledger.open().count();
    if open > 0 {
        let late = ledger.count(LedgerState::Overdue);
        let late = if late > 0 { format!("，其中 {late} 个已过整改期限") } else { String::new() };
        attention.push(Attention {
            about: About::Results,
            text: format!("{open} 个问题尚未销号{late}，须复查或登记销号日期"),
        });
    }
    let register = load_register(project)?;
    if let Some(pending) = register.pending() {
        attention.push(Attention {
            about: About::Draw,
            text: format!("{} 已封存，公开数产生时间 {}，等待开封", pending.period, pending.available_at),
        });
    }
    if let Some(text) = plan_attention(project, &plan_dates, today) {
        attention.push(Attention { about: About::Plan, text });
    }
    if !project.calendar.is_noticed(project.file.year) {
        attention.push(Attention {
            about: About::Plan,
            text: format!("{} 年放假安排尚未发布，涉及该年的期限为暂定；发布后请更新日历", project.file.year),
        });
    }
    Ok(Status { today, board, figures, open_checks, ledger, plan_dates, attention })
}

/// With at most so many days left the plan's publication is told beforehand.
const PLAN_SOON_DAYS: i64 = 30;

/// What the yearly plan's publication asks for: late, not published though it should be, or due soon.
fn plan_attention(project: &Project, dates: &PlanDates, today: NaiveDate) -> Option<String> {
    let (year, by) = (project.file.year, project.policy.disclosure.plan_by);
    let first = dates.first_published_on();
    if let Some(finding) = check_published(year, first, by, today) {
        return Some(finding.what + &finding.hint.map_or_else(String::new, |hint| format!("。{hint}")));
    }
    let due = NaiveDate::from_ymd_opt(year, by.0, by.1).filter(|_| first.is_none())?;
    let left = (due - today).num_days();
    (left <= PLAN_SOON_DAYS).then(|| format!("年度检查计划应于 {due} 前公布，还剩 {left} 天；公布后请登记日期"))
}
