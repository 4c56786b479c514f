//! The monthly public list of results.
//!
//! Columns as published by cities (rules.md, "Disclosure"): number, inspecting body, object, matters, manner,
//! date, result, handling, disclosure date, due date, the draw's certificate, inspectors by certificate
//! number. Withheld results are counted and listed with their ground, without naming the object. The draw's
//! certificate is quoted only once every target of its draw is visited or withdrawn; until then its
//! commitment, so that a list never lets the rest be worked out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::diagnostic::{AppResult, Diagnostics, Finding};
use crate::domain::{BodyId, Deadline, PlanMonth, WorkCalendar};

use super::board::{DeadlineRule, compute_deadline, working_days_between};
use super::gate::{PublicTarget, check_all_visited};
use super::mask::{MaskLog, Masker};
use super::penalty::{plain, without_hidden};
use super::result::{CheckOrigin, CheckResult, DueCheck, PenaltyNote};

/// What a list is made of.
#[derive(Debug, Clone, Copy)]
pub struct ResultListInput<'a> {
    /// The month of whose draw, mandatory and triggered checks the results are listed.
    pub month: PlanMonth,
    /// Only this body's; `None` for all.
    pub body: Option<&'a BodyId>,
    /// The checks due.
    pub checks: &'a [DueCheck],
    /// The results recorded.
    pub results: &'a [CheckResult],
    /// Working days.
    pub calendar: &'a WorkCalendar,
    /// Deadline rule.
    pub rule: DeadlineRule,
    /// Day of this publication: the disclosure date of results that had none.
    pub published_on: NaiveDate,
    /// Masks personal data.
    pub masker: &'a Masker,
}

/// One published result. Made by [`compute_result_list`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultListRow {
    /// Number in the list, from 1.
    pub number: u32,
    /// Inspecting body.
    pub body_name: String,
    /// Matters.
    pub matters: String,
    /// Manner.
    pub manner: &'static str,
    /// Day of the check.
    pub inspected_on: NaiveDate,
    /// Result, in the published vocabulary.
    pub outcome: &'static str,
    /// Handling, with the penalties that may appear.
    pub handling: String,
    /// Day of disclosure; the list's own where none is entered.
    pub disclosed_on: NaiveDate,
    /// The disclosure is entered with its day: exports tell no other.
    pub entered: bool,
    /// Last day for disclosure.
    pub due: Deadline,
    /// Working days late; 0 in time.
    pub late_days: u32,
    /// Where the check came from.
    pub origin: CheckOrigin,
    /// The draw: certificate, or commitment while the month is open; origin where it was not drawn.
    pub draw: String,
    /// Inspectors by certificate number.
    pub inspectors: String,
    target: PublicTarget,
}

impl ResultListRow {
    /// The object, visited and masked.
    #[must_use]
    pub fn target(&self) -> &PublicTarget {
        &self.target
    }
}

/// A withheld result: counted, with its ground, without its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithheldRow {
    /// Number in the list, from 1.
    pub number: u32,
    /// Inspecting body.
    pub body_name: String,
    /// Month of the check.
    pub month: PlanMonth,
    /// Legal ground.
    pub ground: String,
}

/// The list.
#[derive(Debug, Clone)]
pub struct ResultList {
    /// Month of the checks.
    pub month: PlanMonth,
    /// Day of publication.
    pub published_on: NaiveDate,
    /// Rows by day of check, body, unit: never in the order of the draw.
    pub rows: Vec<ResultListRow>,
    /// Plan codes of the rows, in their order: internal, to record the disclosure.
    pub plan_codes: Vec<String>,
    /// Withheld results.
    pub withheld: Vec<WithheldRow>,
    /// Results in scope whose task isn't completed: they follow in a later list.
    pub running: u64,
    /// Penalties left out because repaired or no longer publishable.
    pub penalties_left_out: u64,
    /// What was masked, and where.
    pub masked: MaskLog,
    /// Findings: results without a check, late rows, rows whose text lost a clause.
    pub diagnostics: Diagnostics,
}

impl ResultList {
    /// Rows that were the turn of a member of the positive list, checked without a visit.
    #[must_use]
    pub fn off_site(&self) -> usize {
        self.rows.iter().filter(|row| row.origin == CheckOrigin::OffSite).count()
    }
}

/// The public list of the results in scope as of the day of publication.
///
/// # Errors
/// Where a row would name an unvisited target (`DIS-040`, `DIS-041`); such results never come this far
/// except through broken input, so that the whole list is refused.
pub fn compute_result_list(input: &ResultListInput<'_>) -> AppResult<ResultList> {
    let checks: BTreeMap<_, &DueCheck> = input.checks.iter().map(|c| ((&c.unit_id, c.month, c.sequence), c)).collect();
    let closed_draws = compute_closed_draws(input);
    let mut diagnostics = Diagnostics::new();
    let mut chosen: Vec<(&CheckResult, &DueCheck)> = Vec::new();
    for result in input.results.iter().filter(|r| r.month == input.month) {
        match checks.get(&result.key()) {
            Some(check) if input.body.is_none_or(|body| *body == check.body) => chosen.push((result, check)),
            Some(_) => {}
            None => diagnostics.push(
                Finding::error("DIS-060", "检查结果没有对应的检查任务，未列入公开名单")
                    .value(format!("{} {}", result.unit_id, result.month))
                    .hint("请先补录该次检查的来源（抽取、必查或触发）"),
            ),
        }
    }
    chosen.sort_by_key(|(r, c)| (r.inspected_on, &c.body, &c.unit_id, c.month, c.sequence));
    let mut list = ResultList {
        month: input.month,
        published_on: input.published_on,
        rows: Vec::new(),
        plan_codes: Vec::new(),
        withheld: Vec::new(),
        running: 0,
        penalties_left_out: 0,
        masked: MaskLog::default(),
        diagnostics,
    };
    for (result, check) in chosen {
        let Some(completed_on) = result.completed_on.filter(|day| *day <= input.published_on) else {
            list.running += 1;
            continue;
        };
        if let Some(ground) = &result.withheld {
            let number = list.withheld.len() as u32 + 1;
            let place = |column: &str| format!("{} 不予公开第 {number} 项 {column}", input.month);
            list.withheld.push(WithheldRow {
                number,
                body_name: input.masker.mask_noted(&check.body_name, &place("执法主体"), &mut list.masked),
                month: result.month,
                ground: input.masker.mask_noted(ground.as_str(), &place("依据"), &mut list.masked),
            });
            continue;
        }
        let row = compute_row(input, &closed_draws, &mut list, result, check, completed_on)?;
        list.rows.push(row);
        list.plan_codes.push(check.plan_code.clone());
    }
    Ok(list)
}

/// Draws (month, sequence) whose certificate may be named, by the rule of every public document: it names all of the
/// draw's targets, of whichever body.
fn compute_closed_draws(input: &ResultListInput<'_>) -> BTreeSet<(PlanMonth, u32)> {
    let mut draws: BTreeMap<(PlanMonth, u32), Vec<DueCheck>> = BTreeMap::new();
    for check in input.checks.iter().filter(|check| check.month == input.month) {
        draws.entry((check.month, check.sequence)).or_default().push(check.clone());
    }
    draws
        .into_iter()
        .filter(|(_, checks)| check_all_visited(checks, input.results, input.published_on).is_ok())
        .map(|(draw, _)| draw)
        .collect()
}

fn compute_row(
    input: &ResultListInput<'_>,
    closed_draws: &BTreeSet<(PlanMonth, u32)>,
    list: &mut ResultList,
    result: &CheckResult,
    check: &DueCheck,
    completed_on: NaiveDate,
) -> AppResult<ResultListRow> {
    let target = PublicTarget::of_result(check, result, input.published_on, input.masker, &mut list.masked.counts)?;
    let own = [(check.name.as_str(), target.name(), "单位名称"), (check.number.as_str(), target.number(), "编号")];
    for (before, after, column) in own {
        list.masked.note(&place_of(list, column), before, after);
    }
    let due = compute_deadline(input.calendar, input.rule, completed_on);
    let entered = result.disclosed_on.filter(|day| *day <= input.published_on);
    let disclosed_on = entered.unwrap_or(input.published_on);
    let late_days =
        working_days_between(input.calendar, due.date, disclosed_on).max(i32::from(disclosed_on > due.date));
    if late_days > 0 {
        list.diagnostics.push(
            Finding::warning("DIS-061", format!("「{}」的检查结果逾期 {late_days} 个工作日公开", check.name))
                .value(disclosed_on.to_string())
                .expected(format!("不晚于 {}", due.date)),
        );
    }
    let handling = compute_handling(input, list, result, check);
    let draw = match check.origin {
        CheckOrigin::Drawn => match &check.certificate {
            Some(certificate) if closed_draws.contains(&(check.month, check.sequence)) => {
                format!("抽取证书 {certificate}")
            }
            _ => format!("承诺值 {}", check.commitment),
        },
        other => other.label().to_owned(),
    };
    Ok(ResultListRow {
        number: list.rows.len() as u32 + 1,
        body_name: input.masker.mask_noted(&check.body_name, &place_of(list, "执法主体"), &mut list.masked),
        matters: input.masker.mask_noted(&result.matters, &place_of(list, "检查事项"), &mut list.masked),
        manner: result.manner.label(),
        inspected_on: result.inspected_on,
        outcome: result.outcome.label(),
        handling,
        disclosed_on,
        entered: entered.is_some(),
        due,
        late_days: late_days.unsigned_abs(),
        origin: check.origin,
        draw,
        inspectors: result.inspectors.iter().map(ToString::to_string).collect::<Vec<_>>().join("、"),
        target,
    })
}

/// Handling and publishable penalties; clauses that mention a penalty that may not appear are left out.
fn compute_handling(
    input: &ResultListInput<'_>,
    list: &mut ResultList,
    result: &CheckResult,
    check: &DueCheck,
) -> String {
    let (shown, hidden): (Vec<&PenaltyNote>, Vec<&PenaltyNote>) =
        result.penalties.iter().partition(|p| p.may_appear(input.published_on));
    list.penalties_left_out += hidden.len() as u64;
    let mut text = result.handling.trim().to_owned();
    if !hidden.is_empty() && !text.is_empty() {
        let cut = without_hidden(&text, &shown, &hidden);
        if cut != text {
            list.diagnostics.push(
                Finding::note("DIS-062", format!("「{}」的处理情况提到已修复或公示期满的处罚，已删去该句", check.name))
                    .value(&text),
            );
            text = cut;
        }
    }
    for penalty in shown {
        let (told, document) = (penalty.text.trim(), penalty.document.trim());
        let words = match (told.is_empty(), document.is_empty()) {
            (true, _) => document.to_owned(),
            (false, true) => told.to_owned(),
            (false, false) => format!("{told}（{document}）"),
        };
        if !words.is_empty() && (document.is_empty() || !plain(&text).contains(&plain(document))) {
            if !text.is_empty() {
                text = text.trim_end_matches(['。', '；']).to_owned();
                text.push('；');
            }
            text.push_str(&words);
        }
    }
    input.masker.mask_noted(&text, &place_of(list, "处理情况"), &mut list.masked)
}

/// Where a cell of the row that comes next stands, for the operator.
fn place_of(list: &ResultList, column: &str) -> String {
    format!("{} 第 {} 项 {column}", list.month, list.rows.len() + 1)
}
