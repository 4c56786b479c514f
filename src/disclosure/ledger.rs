//! The ledger of problems (整改台账): each problem found, its term, how and by whom it was closed, what else came of it.
//!
//! Internal. What closes a problem is the rule of [`super::recheck`]; a term that has passed on an open problem is
//! overdue, and the aim is none (限期整改到零, decree item 7).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::figures::Share;
use super::follow_up::FollowUp;
use super::recheck::{Closings, MandatoryChecks};
use super::result::{CheckResult, DueCheck, Outcome};
use crate::domain::{BodyId, PlanMonth, UnitId};

/// With at most so many days left a term ends soon.
const SOON_DAYS: i64 = 7;

/// How a problem was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// By the day entered with its own record.
    Entered,
    /// By a re-check that found nothing.
    ReCheck,
    /// The unit was found moved or closed.
    Gone,
}

impl Closing {
    /// In words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Entered => "登记销号",
            Self::ReCheck => "复查销号",
            Self::Gone => "搬迁或关闭",
        }
    }
}

/// How a problem stands. Ordered by urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerState {
    /// Open past its term.
    Overdue,
    /// Open, its term ends within a week.
    Soon,
    /// Open within its term.
    InTime,
    /// Open, and nobody set a term.
    NoTerm,
    /// Closed.
    Closed,
}

impl LedgerState {
    /// All states, the most urgent first.
    pub const ALL: [Self; 5] = [Self::Overdue, Self::Soon, Self::InTime, Self::NoTerm, Self::Closed];

    /// In words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Overdue => "逾期未改",
            Self::Soon => "即将到期",
            Self::InTime => "整改中",
            Self::NoTerm => "未定期限",
            Self::Closed => "已销号",
        }
    }

    /// True where the problem is open.
    #[must_use]
    pub fn is_open(self) -> bool {
        self != Self::Closed
    }
}

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerRow {
    /// Plan code of the check that found it.
    pub plan_code: String,
    /// The site.
    pub unit_id: UnitId,
    /// Its name.
    pub name: String,
    /// Enforcing body.
    pub body: BodyId,
    /// The body's name.
    pub body_name: String,
    /// Month of the check.
    pub month: PlanMonth,
    /// Sequence of the month's draw.
    pub sequence: u32,
    /// Day on which it was found.
    pub found_on: NaiveDate,
    /// Outcome of the check.
    pub outcome: Outcome,
    /// The problem, in the office's words.
    pub problem: String,
    /// Day by which it must be mended.
    pub rectify_by: Option<NaiveDate>,
    /// How it stands.
    pub state: LedgerState,
    /// Days past the term until the closing or today; 0 in time.
    pub days_late: u32,
    /// Day on which it was closed, and how.
    pub closed: Option<(NaiveDate, Closing)>,
    /// Proof, closer, police, exemption.
    pub follow_up: FollowUp,
}

/// The ledger as of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Problems: the most urgent first, then by term, day and plan code.
    pub rows: Vec<LedgerRow>,
}

impl Ledger {
    /// Number of problems in a state.
    #[must_use]
    pub fn count(&self, state: LedgerState) -> usize {
        self.rows.iter().filter(|row| row.state == state).count()
    }

    /// Problems that are open.
    pub fn open(&self) -> impl Iterator<Item = &LedgerRow> {
        self.rows.iter().filter(|row| row.state.is_open())
    }

    /// Closed (part) of all problems (whole).
    #[must_use]
    pub fn closed(&self) -> Share {
        Share { part: self.count(LedgerState::Closed) as u64, whole: self.rows.len() as u64 }
    }

    /// Closed within their term (part) of those closed that had one (whole).
    #[must_use]
    pub fn in_time(&self) -> Share {
        let with_term = || self.rows.iter().filter(|row| row.closed.is_some() && row.rectify_by.is_some());
        Share { part: with_term().filter(|row| row.days_late == 0).count() as u64, whole: with_term().count() as u64 }
    }
}

/// The problems of results inspected by a day, with their checks' facts. A problem whose check is not among
/// `checks` has no name and no body: it stays in the ledger by its plan code.
#[must_use]
pub fn compute_ledger(
    results: &[CheckResult],
    checks: &[DueCheck],
    mandatory: &MandatoryChecks,
    as_of: NaiveDate,
) -> Ledger {
    let closings = Closings::of(results, mandatory, as_of);
    let of: BTreeMap<(&UnitId, PlanMonth, u32), &DueCheck> =
        checks.iter().map(|check| ((&check.unit_id, check.month, check.sequence), check)).collect();
    let problems = results.iter().filter(|r| r.outcome.is_problem() && r.inspected_on <= as_of);
    let mut rows: Vec<LedgerRow> = problems
        .filter_map(|result| {
            let check = of.get(&result.key())?;
            let closed = closings.of_problem(result);
            let late = result.rectify_by.map_or(0, |by| (closed.map_or(as_of, |(day, _)| day) - by).num_days());
            let state = match (closed, result.rectify_by) {
                (Some(_), _) => LedgerState::Closed,
                (None, None) => LedgerState::NoTerm,
                (None, Some(by)) if by < as_of => LedgerState::Overdue,
                (None, Some(by)) if (by - as_of).num_days() <= SOON_DAYS => LedgerState::Soon,
                (None, Some(_)) => LedgerState::InTime,
            };
            Some(LedgerRow {
                plan_code: result.plan_code.clone(),
                unit_id: result.unit_id.clone(),
                name: check.name.clone(),
                body: check.body.clone(),
                body_name: check.body_name.clone(),
                month: result.month,
                sequence: result.sequence,
                found_on: result.inspected_on,
                outcome: result.outcome,
                problem: result.problem.clone(),
                rectify_by: result.rectify_by,
                state,
                days_late: late.max(0) as u32,
                closed,
                follow_up: result.follow_up.clone(),
            })
        })
        .collect();
    rows.sort_by(|a, b| {
        let order = |r: &LedgerRow| (r.state, r.rectify_by.is_none(), r.rectify_by, r.found_on);
        order(a).cmp(&order(b)).then_with(|| a.plan_code.cmp(&b.plan_code))
    });
    Ledger { rows }
}
