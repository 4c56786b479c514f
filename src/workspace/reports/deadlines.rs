//! The deadlines of each body as entries of a calendar: checks to be made, results to be published, problems to be
//! mended. One entry a day and kind, so that a calendar stays readable.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::NaiveDate;

use crate::disclosure::{CheckResult, DeadlineRule, DeadlineState, DueCheck, compute_board};
use crate::domain::BodyId;
use crate::export::CalendarEntry;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::store::project::Project;

/// Names told in an entry; the rest is counted.
const MOST_NAMES: usize = 50;

/// What is due on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Check,
    Disclose,
    Mend,
}

impl Kind {
    /// Word of the entry's id.
    fn id(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Disclose => "disclose",
            Self::Mend => "mend",
        }
    }

    fn title(self, count: usize) -> String {
        match self {
            Self::Check => format!("本月检查截止：{count} 家尚未检查"),
            Self::Disclose => format!("检查结果公开截止：{count} 项"),
            Self::Mend => format!("整改期限：{count} 家"),
        }
    }
}

/// The open deadlines of each body as of a day; what is overdue stays on its day.
#[must_use]
pub fn body_deadlines(
    project: &Project,
    draws: &[OpenedDraw],
    results: &[CheckResult],
    today: NaiveDate,
) -> BTreeMap<BodyId, Vec<CalendarEntry>> {
    let checks: Vec<DueCheck> = draws.iter().flat_map(OpenedDraw::all_checks).cloned().collect();
    let by_key: BTreeMap<_, &DueCheck> = checks.iter().map(|c| ((&c.unit_id, c.month, c.sequence), c)).collect();
    let done: BTreeMap<_, &CheckResult> = results.iter().map(|result| (result.key(), result)).collect();
    let mut due: BTreeMap<(&BodyId, NaiveDate, Kind), Vec<&str>> = BTreeMap::new();
    for check in checks.iter().filter(|check| !check.withdrawn) {
        if !done.contains_key(&(&check.unit_id, check.month, check.sequence)) {
            due.entry((&check.body, check.month.last_day(), Kind::Check)).or_default().push(&check.name);
        }
    }
    let rule = DeadlineRule::of(&project.policy.disclosure);
    let board = compute_board(&checks, results, &project.calendar, rule, project.file.year, today);
    for row in &board.rows {
        let open = matches!(row.state, DeadlineState::Overdue | DeadlineState::Soon | DeadlineState::InTime);
        if let (true, Some(body), Some(day)) = (open, &row.body, row.due) {
            due.entry((body, day.date, Kind::Disclose)).or_default().push(&row.name);
        }
    }
    for result in results.iter().filter(|result| result.closed_on.is_none()) {
        if let (Some(day), Some(check)) = (result.rectify_by, by_key.get(&result.key())) {
            due.entry((&check.body, day, Kind::Mend)).or_default().push(&check.name);
        }
    }
    let mut entries: BTreeMap<BodyId, Vec<CalendarEntry>> = BTreeMap::new();
    for ((body, day, kind), mut names) in due {
        names.sort_unstable();
        let more = names.len().saturating_sub(MOST_NAMES);
        let mut text = names.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join("\n");
        if more > 0 {
            let _ = write!(text, "\n……另有 {more} 家");
        }
        entries.entry(body.clone()).or_default().push(CalendarEntry {
            id: format!("{}-{day}-{body}@fairdraw", kind.id()),
            day,
            title: kind.title(names.len()),
            text,
        });
    }
    entries
}
