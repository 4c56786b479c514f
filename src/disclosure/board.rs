//! Disclosure deadlines, the board and the completeness meter.
//!
//! The 20 working days count from the day after completion (decree item 13; the number is policy data,
//! [`DeadlineRule`]); working days by the State Council's notices. A deadline that runs into a year whose
//! notice is not known is 暂定. Completeness means 100 % of the year's finished checks disclosed, withheld
//! ones set apart with their ground (环办执法〔2021〕18号).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::{BodyId, Deadline, PlanMonth, UnitId, WorkCalendar};
use crate::policy::DisclosureRule;

use super::figures::Share;
use super::result::{CheckResult, DueCheck};

/// The policy's numbers for disclosure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadlineRule {
    /// Working days from the day after completion.
    pub working_days: u32,
    /// A row is "soon" with at most so many working days left.
    pub soon: u32,
}

/// With at most so many working days left a result is due soon.
const SOON: u32 = 5;

impl DeadlineRule {
    /// The policy's rule.
    #[must_use]
    pub fn of(rule: &DisclosureRule) -> Self {
        Self { working_days: rule.working_days, soon: SOON }
    }
}

/// How a result stands with its deadline. Ordered by urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineState {
    /// Past the deadline and not disclosed.
    Overdue,
    /// Due within the rule's last working days.
    Soon,
    /// Not disclosed yet, in good time.
    InTime,
    /// Inspected, the task not completed yet: no deadline runs.
    Running,
    /// Disclosed.
    Published,
    /// Withheld on a legal ground.
    Withheld,
}

impl DeadlineState {
    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Overdue => "已逾期",
            Self::Soon => "即将到期",
            Self::InTime => "期限内",
            Self::Running => "检查未完结",
            Self::Published => "已公开",
            Self::Withheld => "依法不公开",
        }
    }
}

/// One result on the board. Internal: it names targets whatever their state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// Plan code of the check.
    pub plan_code: String,
    /// The site.
    pub unit_id: UnitId,
    /// The site's name; the unit id where the check is unknown.
    pub name: String,
    /// Enforcing body, where the check is known.
    pub body: Option<BodyId>,
    /// The body's name.
    pub body_name: String,
    /// Month of the check.
    pub month: PlanMonth,
    /// Day of completion.
    pub completed_on: Option<NaiveDate>,
    /// Last day for disclosure; `None` while the task runs.
    pub due: Option<Deadline>,
    /// Day of disclosure.
    pub disclosed_on: Option<NaiveDate>,
    /// State as of the board's day.
    pub state: DeadlineState,
    /// Working days left (0: due today or at the next working day's start); negative: working days overdue
    /// (for published rows: of lateness). `None` while the task runs, and for withheld rows.
    pub days_left: Option<i32>,
}

/// The 100 % meter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completeness {
    /// Checks of the plan year that were finished.
    pub finished: u64,
    /// Of these, disclosed.
    pub published: u64,
    /// Of these, withheld on a legal ground.
    pub withheld: u64,
    /// Of the disclosed, those disclosed after their deadline.
    pub published_late: u64,
    /// Sum of working days of lateness of the disclosed.
    pub late_days: u64,
    /// Longest lateness, working days.
    pub longest_late: u32,
}

impl Completeness {
    /// Disclosed of those that have to be (finished less withheld).
    #[must_use]
    pub fn share(&self) -> Share {
        Share { part: self.published, whole: self.finished - self.withheld }
    }
}

/// The board as of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureBoard {
    /// The day.
    pub as_of: NaiveDate,
    /// All rows: by state (most urgent first), due date, body, unit.
    pub rows: Vec<BoardRow>,
    /// The meter of the year asked for.
    pub completeness: Completeness,
    /// Meter by body.
    pub by_body: BTreeMap<BodyId, Completeness>,
    /// Checks whose month is over and that have no result yet, by plan code.
    pub missing: Vec<String>,
    /// Results whose check is not known, by unit id: they can't be attributed to a body.
    pub unattributed: Vec<UnitId>,
}

impl DisclosureBoard {
    /// Rows of one state.
    pub fn of_state(&self, state: DeadlineState) -> impl Iterator<Item = &BoardRow> {
        self.rows.iter().filter(move |row| row.state == state)
    }
}

/// Last day for disclosure of a task completed on `completed_on`.
#[must_use]
pub fn compute_deadline(calendar: &WorkCalendar, rule: DeadlineRule, completed_on: NaiveDate) -> Deadline {
    calendar.deadline(completed_on, rule.working_days)
}

/// Working days after `from` up to and with `to`; negative (working days after `to` up to `from`) where
/// `to` is earlier.
#[must_use]
pub fn working_days_between(calendar: &WorkCalendar, from: NaiveDate, to: NaiveDate) -> i32 {
    let after = |a: NaiveDate, b: NaiveDate| {
        a.succ_opt().filter(|next| *next <= b).map_or(0, |next| calendar.count(next, b)).cast_signed()
    };
    if from <= to { after(from, to) } else { -after(to, from) }
}

/// Days left: positive or 0 up to the due day, negative from the day after it, even where that day is no
/// working day.
fn compute_days_left(calendar: &WorkCalendar, on: NaiveDate, due: NaiveDate) -> i32 {
    let days = working_days_between(calendar, on, due);
    // A rest day after the deadline is overdue already, though no working day has passed.
    if on > due { days.min(-1) } else { days }
}

/// The board of the results as of a day, and the meter over the finished checks of the plan of `year`, as the
/// other figures count them: a check of December that is finished in January is its plan year's.
///
/// A result disclosed in the future (relative to `as_of`) counts as not disclosed yet; results inspected or
/// completed in the future count as running.
#[must_use]
pub fn compute_board(
    checks: &[DueCheck],
    results: &[CheckResult],
    calendar: &WorkCalendar,
    rule: DeadlineRule,
    year: i32,
    as_of: NaiveDate,
) -> DisclosureBoard {
    let by_key: BTreeMap<(&UnitId, PlanMonth, u32), &DueCheck> =
        checks.iter().map(|c| ((&c.unit_id, c.month, c.sequence), c)).collect();
    let mut rows = Vec::with_capacity(results.len());
    let mut all = Completeness::default();
    let mut by_body: BTreeMap<BodyId, Completeness> = BTreeMap::new();
    let mut unattributed = Vec::new();
    for result in results {
        let check = by_key.get(&result.key()).copied();
        if check.is_none() {
            unattributed.push(result.unit_id.clone());
        }
        let row = compute_row(result, check, calendar, rule, as_of);
        if row.month.year() == year && row.completed_on.is_some() && row.state != DeadlineState::Running {
            count(&mut all, &row);
            if let Some(body) = &row.body {
                count(by_body.entry(body.clone()).or_default(), &row);
            }
        }
        rows.push(row);
    }
    rows.sort_by(|a, b| {
        let order = |r: &BoardRow| (r.state, r.due.map(|d| d.date), r.completed_on);
        order(a).cmp(&order(b)).then_with(|| a.body.cmp(&b.body)).then_with(|| a.unit_id.cmp(&b.unit_id))
    });
    unattributed.sort();
    unattributed.dedup();
    let done: std::collections::BTreeSet<_> = results.iter().map(CheckResult::key).collect();
    let mut missing: Vec<String> = checks
        .iter()
        .filter(|c| !c.withdrawn && c.month.last_day() < as_of && !done.contains(&(&c.unit_id, c.month, c.sequence)))
        .map(|c| c.plan_code.clone())
        .collect();
    missing.sort();
    DisclosureBoard { as_of, rows, completeness: all, by_body, missing, unattributed }
}

fn compute_row(
    result: &CheckResult,
    check: Option<&DueCheck>,
    calendar: &WorkCalendar,
    rule: DeadlineRule,
    as_of: NaiveDate,
) -> BoardRow {
    let completed_on = result.completed_on.filter(|day| *day <= as_of);
    let due = completed_on.map(|day| compute_deadline(calendar, rule, day));
    let disclosed_on = result.disclosed_on.filter(|day| *day <= as_of);
    let (state, days_left) = match (due, disclosed_on) {
        (_, Some(day)) => (DeadlineState::Published, due.map(|due| compute_days_left(calendar, day, due.date).min(0))),
        (Some(_), None) if result.withheld.is_some() => (DeadlineState::Withheld, None),
        (None, None) => (DeadlineState::Running, None),
        (Some(due), None) => {
            let left = compute_days_left(calendar, as_of, due.date);
            let state = if left < 0 {
                DeadlineState::Overdue
            } else if left <= rule.soon.cast_signed() {
                DeadlineState::Soon
            } else {
                DeadlineState::InTime
            };
            (state, Some(left))
        }
    };
    BoardRow {
        plan_code: result.plan_code.clone(),
        unit_id: result.unit_id.clone(),
        name: check.map_or_else(|| result.unit_id.to_string(), |c| c.name.clone()),
        body: check.map(|c| c.body.clone()),
        body_name: check.map_or_else(String::new, |c| c.body_name.clone()),
        month: result.month,
        completed_on,
        due,
        disclosed_on,
        state,
        days_left,
    }
}

fn count(meter: &mut Completeness, row: &BoardRow) {
    meter.finished += 1;
    match row.state {
        DeadlineState::Published => {
            meter.published += 1;
            let late = row.days_left.map_or(0, |days| days.min(0).unsigned_abs());
            if late > 0 {
                meter.published_late += 1;
                meter.late_days += u64::from(late);
                meter.longest_late = meter.longest_late.max(late);
            }
        }
        DeadlineState::Withheld => meter.withheld += 1,
        _ => {}
    }
}
