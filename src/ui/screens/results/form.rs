//! A result typed by hand: the fields as text, checked as they are typed.
//!
//! Invariants: the rules are the core's ([`crate::disclosure::check_result`]); a correction needs a reason; what the
//! form does not show (penalties, disclosure, police, exemption) is kept from the record that is corrected.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::diagnostic::{Finding, Severity};
use crate::disclosure::{
    Answer, CheckResult, ChecklistRecord, DueCheck, FollowUp, Manner, Outcome, ResultField, WithholdingGround,
    check_readable, read_inspectors,
};
use crate::domain::InspectorId;
use crate::text::day::{self, Accept};
use crate::ui::proof::ProofForm;
use crate::ui::text::results as t;
use crate::workspace::deeds::results::reason_missing;
use crate::workspace::inputs::due::KnownInspectors;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Inspected,
    Completed,
    Manner,
    Outcome,
    Matters,
    Handling,
    Problem,
    Rectify,
    Closed,
    Evidence,
    Inspectors,
    Answers,
    Ground,
    Reason,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) inspected: String,
    pub(super) completed: String,
    pub(super) manner: Manner,
    /// What was found; nothing is presumed.
    pub(super) outcome: Option<Outcome>,
    pub(super) matters: String,
    pub(super) handling: String,
    pub(super) problem: String,
    pub(super) rectify: String,
    pub(super) closed: String,
    pub(super) evidence: String,
    pub(super) inspectors: String,
    pub(super) checklist: String,
    /// What the checklist's items were answered.
    pub(super) answers: BTreeMap<String, Answer>,
    pub(super) recheck: bool,
    pub(super) withheld: bool,
    pub(super) ground: String,
    pub(super) reason: String,
    /// Evidence and second person of a unit that is found gone.
    pub(super) proof: ProofForm,
}

/// A day in the usual spellings.
pub(super) fn parse_day(text: &str) -> Option<NaiveDate> {
    day::parse_day(text, Accept::Typed).ok().flatten()
}

/// What came of a form.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    /// The record; `None` while something keeps it out.
    pub(super) result: Option<CheckResult>,
    /// What there is to say of each field.
    pub(super) told: Vec<(Field, Finding)>,
}

/// The field of the form that shows a field of the record.
fn field_of(field: ResultField) -> Field {
    match field {
        // the day of disclosure is not in the form: what contradicts it is the day of completion
        ResultField::CompletedOn | ResultField::DisclosedOn => Field::Completed,
        ResultField::Manner => Field::Manner,
        ResultField::Outcome => Field::Outcome,
        ResultField::Matters => Field::Matters,
        ResultField::Handling => Field::Handling,
        ResultField::Problem => Field::Problem,
        ResultField::RectifyBy => Field::Rectify,
        ResultField::ClosedOn => Field::Closed,
        ResultField::Evidence => Field::Evidence,
        ResultField::FirstInspector | ResultField::SecondInspector => Field::Inspectors,
        ResultField::Checklist | ResultField::Answers => Field::Answers,
        ResultField::Withheld => Field::Ground,
        // what the form can't change stands at its head, with the first of its fields
        _ => Field::Inspected,
    }
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
                outcome: Some(r.outcome),
                matters: r.matters.clone(),
                handling: r.handling.clone(),
                problem: r.problem.clone(),
                rectify: day(r.rectify_by),
                closed: day(r.closed_on),
                evidence: r.follow_up.evidence.clone(),
                inspectors: join(&r.inspectors),
                checklist: r.checklist.as_ref().map_or_else(String::new, |list| list.name.clone()),
                answers: r.checklist.as_ref().map(|list| list.answers.clone()).unwrap_or_default(),
                recheck: r.recheck,
                withheld: r.withheld.is_some(),
                ground: r.withheld.as_ref().map_or_else(String::new, |g| g.as_str().to_owned()),
                reason: String::new(),
                proof: ProofForm::default(),
            },
            None => Self {
                // before its month nobody was there: then the day is left to be typed
                inspected: day(Some(today.max(check.drawn_on)).filter(|day| *day >= check.month.first_day())),
                completed: String::new(),
                manner: check.manner,
                outcome: None,
                matters: matters.to_owned(),
                handling: String::new(),
                problem: String::new(),
                rectify: String::new(),
                closed: String::new(),
                evidence: String::new(),
                inspectors: join(&check.inspectors),
                checklist: String::new(),
                answers: BTreeMap::new(),
                recheck: false,
                withheld: false,
                ground: String::new(),
                reason: String::new(),
                proof: ProofForm::default(),
            },
        }
    }

    /// True where the result takes the unit out of the draws that follow.
    pub(super) fn takes_out(&self, record: Option<&CheckResult>) -> bool {
        self.outcome.is_some_and(Outcome::is_dead) && record.is_none_or(|record| !record.outcome.is_dead())
    }

    /// The record and what is to be said of it by field: the core's own rules, and what the form alone knows
    /// (text that can't be read, a correction without a reason).
    pub(super) fn check(
        &self,
        check: &DueCheck,
        record: Option<&CheckResult>,
        people: &KnownInspectors,
        today: NaiveDate,
    ) -> Checked {
        let mut told: Vec<(Field, Finding)> = Vec::new();
        let mut unread: Vec<ResultField> = Vec::new();
        let mut day = |field: ResultField, text: &str, needed: bool| {
            let day = parse_day(text);
            if day.is_none() && (needed || !text.trim().is_empty()) {
                told.push((field_of(field), Finding::error("DIS-014", t::DAY_FORM)));
                unread.push(field);
            }
            day
        };
        let inspected_on = day(ResultField::InspectedOn, &self.inspected, true);
        let completed_on = day(ResultField::CompletedOn, &self.completed, false);
        // fields of a problem are shown, and count, only where there is one
        let problem = self.outcome.is_some_and(Outcome::is_problem);
        let (rectify_by, closed_on) = if problem {
            (day(ResultField::RectifyBy, &self.rectify, false), day(ResultField::ClosedOn, &self.closed, false))
        } else {
            (None, None)
        };
        let (inspectors, wrong) = read_inspectors(&self.inspectors, |name| people.named(name));
        if !wrong.is_empty() {
            unread.push(ResultField::FirstInspector);
        }
        told.extend(wrong.into_iter().map(|finding| (Field::Inspectors, finding)));
        let mut withheld = None;
        if self.withheld {
            match WithholdingGround::read(&self.ground) {
                Ok(ground) => withheld = Some(ground),
                Err(finding) => {
                    told.push((Field::Ground, *finding));
                    unread.push(ResultField::Withheld);
                }
            }
        }
        let result = CheckResult {
            plan_code: check.plan_code.clone(),
            unit_id: check.unit_id.clone(),
            month: check.month,
            sequence: check.sequence,
            inspected_on: inspected_on.unwrap_or(check.drawn_on),
            completed_on,
            manner: self.manner,
            matters: self.matters.trim().to_owned(),
            outcome: self.outcome.unwrap_or(Outcome::Clear),
            handling: self.handling.trim().to_owned(),
            problem: if problem { self.problem.trim().to_owned() } else { String::new() },
            rectify_by,
            closed_on,
            inspectors,
            checklist: ChecklistRecord::of(
                self.checklist.trim(),
                self.answers.clone(),
                check.industry.as_deref().unwrap_or_default(),
            ),
            recheck: self.recheck,
            disclosed_on: record.and_then(|r| r.disclosed_on),
            withheld,
            penalties: record.map(|r| r.penalties.clone()).unwrap_or_default(),
            follow_up: if problem {
                let kept = record.map(|r| r.follow_up.clone()).unwrap_or_default();
                FollowUp { evidence: self.evidence.trim().to_owned(), ..kept }
            } else {
                FollowUp::default()
            },
        };
        let found = check_readable(&result, check, people.roster.as_ref(), today, &unread);
        told.extend(found.into_iter().map(|f| (field_of(f.field), f.finding)));
        if self.outcome.is_none() {
            told.push((Field::Outcome, Finding::error("DIS-018", t::NO_OUTCOME)));
        }
        if record.is_some() && self.reason.trim().is_empty() {
            told.push((Field::Reason, reason_missing()));
        }
        let good = told.iter().all(|(_, finding)| finding.severity != Severity::Error);
        Checked { result: good.then_some(result), told }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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

    fn roster() -> KnownInspectors {
        let ids = ["A001", "A002", "A003"].map(|id| InspectorId::new(id).unwrap());
        KnownInspectors { roster: Some(BTreeSet::from(ids)), ..KnownInspectors::default() }
    }

    fn fields(form: &Form, record: Option<&CheckResult>) -> Vec<Field> {
        let checked = form.check(&check(), record, &roster(), day("2027-03-20"));
        checked.told.into_iter().map(|(field, _)| field).collect()
    }

    /// A form with nothing found.
    fn clear(matters: &str) -> Form {
        Form { outcome: Some(Outcome::Clear), ..Form::of(&check(), None, matters, day("2027-03-20")) }
    }

    #[test]
    fn of_a_fresh_form_only_the_outcome_is_open() {
        let form = Form::of(&check(), None, "排污许可证执行情况", day("2027-03-20"));
        assert_eq!(form.inspectors, "A001、A002");
        assert_eq!((form.outcome, fields(&form, None)), (None, vec![Field::Outcome]), "nothing is presumed");
        assert!(form.check(&check(), None, &roster(), day("2027-03-20")).result.is_none());
        // before its month nobody was there: no day is proposed either
        assert_eq!(Form::of(&check(), None, "事项", day("2027-02-27")).inspected, "");
        let form = Form { outcome: Some(Outcome::Clear), ..form };
        let result = form.check(&check(), None, &roster(), day("2027-03-20")).result.unwrap();
        assert_eq!(result.inspected_on, day("2027-03-20"));
        assert_eq!(result.completed_on, None);
        assert_eq!(result.matters, "排污许可证执行情况");
    }

    #[test]
    fn dates_must_follow_each_other() {
        let base = clear("事项");
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
        let base = clear("事项");
        let problem = Form { outcome: Some(Outcome::Ordered), ..base.clone() };
        assert_eq!(fields(&problem, None), [Field::Problem]);
        assert_eq!(fields(&Form { inspectors: "A001, A001".to_owned(), ..base.clone() }, None), [Field::Inspectors]);
        assert_eq!(fields(&Form { inspectors: "A001 B900".to_owned(), ..base.clone() }, None), [Field::Inspectors]);
        let hidden = Form { withheld: true, ground: "领导要求".to_owned(), ..base.clone() };
        assert_eq!(fields(&hidden, None), [Field::Ground]);
        let lawful = Form { ground: "《政府信息公开条例》第十五条".to_owned(), ..hidden };
        assert_eq!(fields(&lawful, None), []);
        let clear = Form { problem: "旧文字".to_owned(), rectify: "2027-04-01".to_owned(), ..base };
        let result = clear.check(&check(), None, &roster(), day("2027-03-20")).result.unwrap();
        assert!(result.problem.is_empty() && result.rectify_by.is_none(), "no problem, nothing to rectify");
    }

    #[test]
    fn answers_of_the_checklist_go_with_the_record() {
        let mut form = clear("事项");
        form.answers = BTreeMap::from([("P01".to_owned(), Answer::Met), ("E02".to_owned(), Answer::NotApplicable)]);
        let result = form.check(&check(), None, &roster(), day("2027-03-20")).result.unwrap();
        let record = result.checklist.clone().unwrap();
        assert_eq!((record.name.as_str(), record.answers.len()), ("通用检查表", 2));
        // what is on record stands in the form again
        assert_eq!(Form::of(&check(), Some(&result), "", day("2027-03-20")).answers, form.answers);
        // not met, and nothing found: told, and taken; an item that the site's lists don't have is not
        form.answers.insert("P03".to_owned(), Answer::NotMet);
        assert_eq!(fields(&form, None), [Field::Answers]);
        assert!(form.check(&check(), None, &roster(), day("2027-03-20")).result.is_some());
        form.answers.insert("X264-1".to_owned(), Answer::Met);
        assert!(form.check(&check(), None, &roster(), day("2027-03-20")).result.is_none());
    }

    #[test]
    fn a_bad_form_gets_the_codes_of_the_other_doors() {
        let base = clear("事项");
        let dated = |inspected: &str, completed: &str| Form {
            inspected: inspected.to_owned(),
            completed: completed.to_owned(),
            ..base.clone()
        };
        let problem = Form {
            outcome: Some(Outcome::Ordered),
            problem: "台账缺失".into(),
            handling: "责令改正".into(),
            ..base.clone()
        };
        for (code, form) in [
            ("DIS-015", dated("2027-02-25", "")),
            ("DIS-016", dated("2027-03-21", "")),
            ("DIS-017", dated("2027-03-10", "2027-03-09")),
            ("DIS-017", Form { rectify: "2027-03-01".into(), ..problem }),
            ("DIS-022", Form { inspectors: "A001".into(), ..base.clone() }),
            ("DIS-024", Form { inspectors: "A001 B900".into(), ..base.clone() }),
            ("DIS-032", Form { matters: String::new(), ..base.clone() }),
        ] {
            let checked = form.check(&check(), None, &roster(), day("2027-03-20"));
            let codes: Vec<&str> = checked.told.iter().map(|(_, finding)| finding.code).collect();
            assert!(checked.result.is_none() && codes == [code], "{code}: {codes:?}");
        }
        // a problem without its words is told, and taken as the workbook takes it
        let checked =
            Form { outcome: Some(Outcome::Ordered), ..base }.check(&check(), None, &roster(), day("2027-03-20"));
        assert!(checked.result.is_some() && checked.told[0].1.code == "DIS-026");
    }

    #[test]
    fn a_correction_keeps_what_it_does_not_show_and_needs_a_reason() {
        let form = Form { completed: "2027-03-05".to_owned(), inspected: "2027-03-04".to_owned(), ..clear("事项") };
        let mut record = form.check(&check(), None, &roster(), day("2027-03-20")).result.unwrap();
        record.disclosed_on = Some(day("2027-03-10"));
        let mut again = Form::of(&check(), Some(&record), "", day("2027-03-20"));
        assert_eq!(fields(&again, Some(&record)), [Field::Reason]);
        again.reason = "日期录错".to_owned();
        let result = again.check(&check(), Some(&record), &roster(), day("2027-03-20")).result.unwrap();
        assert_eq!(result.disclosed_on, Some(day("2027-03-10")));
        again.completed = "2027-03-12".to_owned();
        assert_eq!(fields(&again, Some(&record)), [Field::Completed], "public before it was completed");
        again.completed.clear();
        assert_eq!(fields(&again, Some(&record)), [Field::Completed]);
    }
}
