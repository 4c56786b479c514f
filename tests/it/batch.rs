//! Many results at once, and publications dated by hand, corrected and taken back.

use fairdraw::disclosure::{CheckResult, DeadlineState, DueCheck, Outcome};
use fairdraw::workspace::deeds::batch::{ClearDays, key_of, record_clear_results};
use fairdraw::workspace::deeds::publish::{Publication, PublicationCorrection, correct_disclosure, record_disclosure};
use fairdraw::workspace::deeds::results::record_result;
use fairdraw::workspace::reports::status::compute_status;
use fairdraw::workspace::store::results::load_results;

use super::disclosure::day;
use super::project::at;
use super::results::{good, january};

fn days(inspected: &str, completed: &str) -> ClearDays {
    ClearDays { inspected_on: day(inspected), completed_on: Some(day(completed)) }
}

#[test]
fn a_batch_is_recorded_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = january(folder.path());
    let now = at("2027-01-20T09:00:00");
    let paired: Vec<&DueCheck> = checks.iter().filter(|c| c.inspectors.len() == 2).collect();
    let keys: Vec<_> = paired.iter().map(|check| key_of(check)).collect();
    assert!(keys.len() > 20, "{}", keys.len());
    let journal = || project.journal().check().unwrap().0;
    let before = journal().len();

    // one has a result already: nothing at all is entered, and it is named with the reason
    record_result(&project, &registry, good(paired[3]), "", &now).unwrap();
    let refused = record_clear_results(&project, &registry, &keys, days("2027-01-12", "2027-01-13"), &now).unwrap_err();
    assert_eq!(refused.code(), "RES-009");
    let said = refused.to_string();
    assert!(
        said.contains(&paired[3].name) && said.contains(&paired[3].plan_code) && said.contains("已有结果"),
        "{said}"
    );
    assert_eq!(load_results(&project).unwrap().len(), 1, "all or nothing");
    // a day that no check can have
    let rest: Vec<_> = keys.iter().filter(|key| **key != keys[3]).cloned().collect();
    for wrong in [days("2026-12-01", "2026-12-02"), days("2027-01-12", "2027-01-11"), days("2027-02-12", "2027-02-13")]
    {
        let refused = record_clear_results(&project, &registry, &rest, wrong, &now).unwrap_err();
        assert_eq!(refused.code(), "RES-009", "{refused}");
    }

    let count = record_clear_results(&project, &registry, &rest, days("2027-01-12", "2027-01-13"), &now).unwrap();
    assert_eq!(count, rest.len());
    let results = load_results(&project).unwrap();
    assert_eq!(results.len(), keys.len());
    for check in &paired {
        let result = results.iter().find(|r| r.unit_id == check.unit_id).unwrap();
        assert_eq!((result.outcome, result.inspected_on), (Outcome::Clear, day("2027-01-12")));
        assert_eq!(result.inspectors, check.inspectors);
        assert!(!result.matters.is_empty(), "the office's matters");
    }
    // one line of the journal names them all
    let lines = journal();
    assert_eq!(lines.len(), before + 2);
    let last = lines.last().unwrap();
    assert_eq!((last.command.as_str(), last.detail["count"].as_u64()), ("record-results", Some(count as u64)));
    assert!(last.detail["checks"].as_array().unwrap().iter().any(|c| c["name"] == paired[0].name.as_str()));
    // each can be corrected by itself
    let corrected = CheckResult { outcome: Outcome::Stopped, ..good(paired[0]) };
    record_result(&project, &registry, corrected, "现场停产，误录", &now).unwrap();
    assert!(load_results(&project).unwrap().iter().any(|r| r.outcome == Outcome::Stopped));
}

#[test]
fn a_publication_has_its_own_day_and_can_be_corrected_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = january(folder.path());
    let paired: Vec<&DueCheck> = checks.iter().filter(|c| c.inspectors.len() == 2).take(2).collect();
    for check in &paired {
        record_result(&project, &registry, good(check), "", &at("2027-01-20T09:00:00")).unwrap();
    }
    let codes: Vec<String> = paired.iter().map(|c| c.plan_code.clone()).collect();
    // completed on Wednesday 13 January: due on 10 February; entered on a Monday in March for the 5th of February
    let monday = at("2027-03-15T09:00:00");
    let put = |on: &str| record_disclosure(&project, &Publication { codes: codes.clone(), on: Some(day(on)) }, &monday);
    assert_eq!(put("2027-03-16").unwrap_err().code(), "DIS-016", "not in the future");
    assert_eq!(put("2027-01-12").unwrap_err().code(), "DIS-028", "not before completion");
    assert_eq!(put("2027-02-05").unwrap(), 2);
    let board = || compute_status(&project, monday.now.date()).unwrap().board;
    assert!(board().rows.iter().all(|r| r.disclosed_on == Some(day("2027-02-05")) && r.days_left == Some(0)));
    assert_eq!(board().completeness.published_late, 0);

    let correct = |codes: &[String], on: Option<&str>, reason: &str| {
        let correction = PublicationCorrection { codes: codes.to_vec(), on: on.map(day), reason: reason.to_owned() };
        correct_disclosure(&project, &correction, &monday)
    };
    assert_eq!(correct(&codes[..1], Some("2027-03-15"), " ").unwrap_err().code(), "RES-007");
    assert_eq!(correct(&codes[..1], Some("2027-03-16"), "录错").unwrap_err().code(), "DIS-016");
    assert_eq!(correct(&codes[..1], Some("2027-01-12"), "录错").unwrap_err().code(), "DIS-028");
    // it really went out today: the board counts it late
    assert_eq!(correct(&codes[..1], Some("2027-03-15"), "网站当天才发布").unwrap(), 1);
    assert_eq!(board().completeness.published_late, 1);
    assert!(board().completeness.longest_late > 0);
    // it did not go out at all: it is due again, and overdue
    assert_eq!(correct(&codes[..1], None, "网站退回").unwrap(), 1);
    assert_eq!(board().of_state(DeadlineState::Overdue).count(), 1);
    assert_eq!(correct(&codes[..1], None, "再撤").unwrap_err().code(), "RES-011");
    let entries = project.journal().check().unwrap().0;
    let last = entries.last().unwrap();
    assert_eq!((last.command.as_str(), last.detail["reason"].as_str()), ("correct-publication", Some("网站退回")));
    assert_eq!(last.detail["checks"][0]["before"], "2027-03-15");
    // and can go out again
    assert_eq!(record_disclosure(&project, &Publication { codes, on: None }, &monday).unwrap(), 1);
}
