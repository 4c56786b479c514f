//! A result typed by hand: the fields as text, checked as they are typed.
//!
//! Invariants: what [`Form::check`] lets through is what the core accepts; a correction needs a reason; what the
//! form does not show (penalties, disclosure) is kept from the record that is corrected.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::disclosure::{CheckResult, DueCheck, Manner, Outcome, WithholdingGround};
use crate::domain::InspectorId;
use crate::text::day::{self, Accept};
use crate::ui::text::results as t;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Inspected,
    Completed,
    Matters,
    Problem,
    Rectify,
    Closed,
    Inspectors,
    Ground,
    Reason,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) inspected: String,
    pub(super) completed: String,
    pub(super) manner: Manner,
    pub(super) outcome: Outcome,
    pub(super) matters: String,
    pub(super) handling: String,
    pub(super) problem: String,
    pub(super) rectify: String,
    pub(super) closed: String,
    pub(super) inspectors: String,
    pub(super) checklist: String,
    pub(super) recheck: bool,
    pub(super) withheld: bool,
    pub(super) ground: String,
    pub(super) reason: String,
}

/// A day in the usual spellings.
pub(super) fn parse_day(text: &str) -> Option<NaiveDate> {
    day::parse_day(text, Accept::Typed).ok().flatten()
}

/// A day that may be left out: `Ok(None)` where the field is empty.
fn optional_day(text: &str) -> Result<Option<NaiveDate>, ()> {
    if text.trim().is_empty() { Ok(None) } else { parse_day(text).map(Some).ok_or(()) }
}

/// The certificates of a text, each once, in their order.
pub(super) fn parse_inspectors(text: &str) -> Vec<InspectorId> {
    let mut found: Vec<InspectorId> = Vec::new();
    for part in text.split(|c: char| c.is_whitespace() || matches!(c, '、' | ',' | '，' | ';' | '；')) {
        if let Ok(id) = InspectorId::new(part.trim())
            && !part.trim().is_empty()
            && !found.contains(&id)
        {
            found.push(id);
        }
    }
    found
}

impl Form {
    /// The form of a check: what is on record, or what can be known beforehand.
    pub(super) fn of(check: &DueCheck, record: Option<&CheckResult>, matters: &str, today: NaiveDate) -> Self {
        let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let join = |ids: &[InspectorId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
        match record {
            Some(r) => Self {
                inspected: r.inspected_on.to_string(),
                completed: day(r.completed_on),
                manner: r.manner,
                outcome: r.outcome,
                matters: r.matters.clone(),
                handling: r.handling.clone(),
                problem: r.problem.clone(),
                rectify: day(r.rectify_by),
                closed: day(r.closed_on),
                inspectors: join(&r.inspectors),
                checklist: r.checklist.clone().unwrap_or_default(),
                recheck: r.recheck,
                withheld: r.withheld.is_some(),
                ground: r.withheld.as_ref().map_or_else(String::new, |g| g.as_str().to_owned()),
                reason: String::new(),
            },
            None => Self {
                inspected: today.max(check.drawn_on).to_string(),
                completed: String::new(),
                manner: check.manner,
                outcome: Outcome::Clear,
                matters: matters.to_owned(),
                handling: String::new(),
                problem: String::new(),
                rectify: String::new(),
                closed: String::new(),
                inspectors: join(&check.inspectors),
                checklist: String::new(),
                recheck: false,
                withheld: false,
                ground: String::new(),
                reason: String::new(),
            },
        }
    }

    /// The record, or what is wrong by field. `roster` is empty where the office has none.
    pub(super) fn check(
        &self,
        check: &DueCheck,
        record: Option<&CheckResult>,
        roster: &BTreeSet<String>,
        today: NaiveDate,
    ) -> Result<CheckResult, Vec<(Field, String)>> {
        let mut wrong: Vec<(Field, String)> = Vec::new();
        let inspected = parse_day(&self.inspected);
        match inspected {
            None => wrong.push((Field::Inspected, t::DAY_FORM.to_owned())),
            Some(day) if day < check.drawn_on => wrong.push((Field::Inspected, t::not_before(check.drawn_on))),
            Some(day) if day > today => wrong.push((Field::Inspected, t::not_after(today))),
            Some(_) => {}
        }
        let mut later = |field: Field, text: &str, up_to_today: bool| match optional_day(text) {
            Err(()) => {
                wrong.push((field, t::DAY_FORM.to_owned()));
                None
            }
            Ok(Some(day)) if inspected.is_some_and(|first| day < first) => {
                wrong.push((field, t::BEFORE_INSPECTION.to_owned()));
                None
            }
            Ok(Some(day)) if up_to_today && day > today => {
                wrong.push((field, t::not_after(today)));
                None
            }
            Ok(day) => day,
        };
        let completed = later(Field::Completed, &self.completed, true);
        let rectify = later(Field::Rectify, &self.rectify, false);
        let closed = later(Field::Closed, &self.closed, true);
        if self.matters.trim().is_empty() {
            wrong.push((Field::Matters, t::MATTERS_MISSING.to_owned()));
        }
        if self.outcome.is_problem() && self.problem.trim().is_empty() {
            wrong.push((Field::Problem, t::PROBLEM_MISSING.to_owned()));
        }
        let inspectors = parse_inspectors(&self.inspectors);
        if !roster.is_empty() {
            if inspectors.len() < 2 {
                wrong.push((Field::Inspectors, t::TWO_INSPECTORS.to_owned()));
            } else if let Some(unknown) = inspectors.iter().find(|id| !roster.contains(id.as_str())) {
                wrong.push((Field::Inspectors, t::unknown_inspector(unknown.as_str())));
            }
        }
        let mut withheld = None;
        if self.withheld {
            match WithholdingGround::new(&self.ground) {
                Ok(ground) => withheld = Some(ground),
                Err(expected) => wrong.push((Field::Ground, t::ground_expected(&expected))),
            }
        }
        if let Some(disclosed) = record.and_then(|r| r.disclosed_on)
            && completed.is_none_or(|day| day > disclosed)
            && !wrong.iter().any(|(field, _)| *field == Field::Completed)
        {
            wrong.push((Field::Completed, t::already_public(disclosed)));
        }
        if record.is_some() && self.reason.trim().is_empty() {
            wrong.push((Field::Reason, t::REASON_MISSING.to_owned()));
        }
        let Some(inspected_on) = inspected.filter(|_| wrong.is_empty()) else { return Err(wrong) };
        let problem = self.outcome.is_problem();
        Ok(CheckResult {
            plan_code: check.plan_code.clone(),
            unit_id: check.unit_id.clone(),
            month: check.month,
            sequence: check.sequence,
            inspected_on,
            completed_on: completed,
            manner: self.manner,
            matters: self.matters.trim().to_owned(),
            outcome: self.outcome,
            handling: self.handling.trim().to_owned(),
            problem: if problem { self.problem.trim().to_owned() } else { String::new() },
            rectify_by: rectify.filter(|_| problem),
            closed_on: closed.filter(|_| problem),
            inspectors,
            checklist: Some(self.checklist.trim().to_owned()).filter(|text| !text.is_empty()),
            recheck: self.recheck,
            disclosed_on: record.and_then(|r| r.disclosed_on),
            withheld,
            penalties: record.map(|r| r.penalties.clone()).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disclosure::CheckOrigin;
    use crate::domain::{BodyId, PlanMonth, UnitId};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn check() -> DueCheck {
        DueCheck {
            plan_code: "SSJ202703-310101-0001".to_owned(),
            unit_id: UnitId::new("913100000000000001").unwrap(),
            name: "某厂".to_owned(),
            uscc: None,
            number: String::new(),
            enterprise: "913100000000000001".to_owned(),
            industry: None,
            body: BodyId::new("310101").unwrap(),
            body_name: "黄浦区生态环境局".to_owned(),
            month: PlanMonth::new(2027, 3).unwrap(),
            sequence: 1,
            origin: CheckOrigin::Drawn,
            drawn_on: day("2027-02-26"),
            manner: Manner::OnSite,
            joint: false,
            inspectors: vec![InspectorId::new("A001").unwrap(), InspectorId::new("A002").unwrap()],
            commitment: String::new(),
            certificate: None,
            withdrawn: false,
        }
    }

    fn roster() -> BTreeSet<String> {
        ["A001", "A002", "A003"].map(str::to_owned).into_iter().collect()
    }

    fn fields(form: &Form, record: Option<&CheckResult>) -> Vec<Field> {
        match form.check(&check(), record, &roster(), day("2027-03-20")) {
            Ok(_) => Vec::new(),
            Err(wrong) => wrong.into_iter().map(|(field, _)| field).collect(),
        }
    }

    #[test]
    fn a_fresh_form_is_right_as_it_stands() {
        let form = Form::of(&check(), None, "排污许可证执行情况", day("2027-03-20"));
        assert_eq!(form.inspectors, "A001、A002");
        let result = form.check(&check(), None, &roster(), day("2027-03-20")).unwrap();
        assert_eq!(result.inspected_on, day("2027-03-20"));
        assert_eq!(result.completed_on, None);
        assert_eq!(result.matters, "排污许可证执行情况");
    }

    #[test]
    fn dates_must_follow_each_other() {
        let base = Form::of(&check(), None, "事项", day("2027-03-20"));
        let with = |inspected: &str, completed: &str| Form {
            inspected: inspected.to_owned(),
            completed: completed.to_owned(),
            ..base.clone()
        };
        assert_eq!(fields(&with("2027-02-25", ""), None), [Field::Inspected], "before the draw");
        assert_eq!(fields(&with("2027-03-21", ""), None), [Field::Inspected], "tomorrow");
        assert_eq!(fields(&with("3月5日", ""), None), [Field::Inspected]);
        assert_eq!(fields(&with("2027-03-10", "2027-03-09"), None), [Field::Completed]);
        assert_eq!(fields(&with("2027年3月10日", "2027/3/12"), None), []);
        assert_eq!(parse_day("２０２７－０３－１０"), Some(day("2027-03-10")));
        assert_eq!(parse_day("20270310"), Some(day("2027-03-10")));
        assert_eq!(parse_day("2027-02-30"), None);
    }

    #[test]
    fn problems_people_and_grounds_are_asked_for() {
        let base = Form::of(&check(), None, "事项", day("2027-03-20"));
        let problem = Form { outcome: Outcome::Ordered, ..base.clone() };
        assert_eq!(fields(&problem, None), [Field::Problem]);
        assert_eq!(fields(&Form { inspectors: "A001, A001".to_owned(), ..base.clone() }, None), [Field::Inspectors]);
        assert_eq!(fields(&Form { inspectors: "A001 B900".to_owned(), ..base.clone() }, None), [Field::Inspectors]);
        let hidden = Form { withheld: true, ground: "领导要求".to_owned(), ..base.clone() };
        assert_eq!(fields(&hidden, None), [Field::Ground]);
        let lawful = Form { ground: "《政府信息公开条例》第十五条".to_owned(), ..hidden };
        assert_eq!(fields(&lawful, None), []);
        let clear = Form { problem: "旧文字".to_owned(), rectify: "2027-04-01".to_owned(), ..base };
        let result = clear.check(&check(), None, &roster(), day("2027-03-20")).unwrap();
        assert!(result.problem.is_empty() && result.rectify_by.is_none(), "no problem, nothing to rectify");
    }

    #[test]
    fn a_correction_keeps_what_it_does_not_show_and_needs_a_reason() {
        let form = Form {
            completed: "2027-03-05".to_owned(),
            inspected: "2027-03-04".to_owned(),
            ..Form::of(&check(), None, "事项", day("2027-03-20"))
        };
        let mut record = form.check(&check(), None, &roster(), day("2027-03-20")).unwrap();
        record.disclosed_on = Some(day("2027-03-10"));
        let mut again = Form::of(&check(), Some(&record), "", day("2027-03-20"));
        assert_eq!(fields(&again, Some(&record)), [Field::Reason]);
        again.reason = "日期录错".to_owned();
        let result = again.check(&check(), Some(&record), &roster(), day("2027-03-20")).unwrap();
        assert_eq!(result.disclosed_on, Some(day("2027-03-10")));
        again.completed = "2027-03-12".to_owned();
        assert_eq!(fields(&again, Some(&record)), [Field::Completed], "public before it was completed");
        again.completed.clear();
        assert_eq!(fields(&again, Some(&record)), [Field::Completed]);
    }
}
