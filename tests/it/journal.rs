//! The journal in sentences: names instead of numbers, Chinese instead of codes, on a real project.

use fairdraw::disclosure::{CheckResult, DueCheck, Outcome, PlanDatesEntry};
use fairdraw::domain::{SubstituteCase, TriggerKind, UnitId};
use fairdraw::registry::schema::sources;
use fairdraw::workspace::deeds::batch::{ClearDays, key_of, record_clear_results};
use fairdraw::workspace::deeds::change::{TriggeredRequest, add_triggered_check, replace_inspector, substitute_unit};
use fairdraw::workspace::deeds::plan_record::record_year_plan_dates;
use fairdraw::workspace::deeds::publish::{Publication, PublicationCorrection, correct_disclosure, record_disclosure};
use fairdraw::workspace::deeds::results::record_result;
use fairdraw::workspace::reports::journal_words::{JournalWords, time_text};

use super::disclosure::day;
use super::project::{at, month};
use super::results::{good, january};

#[test]
fn every_entry_is_a_sentence_with_names_and_without_codes() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = january(folder.path());
    let words = JournalWords::new(&registry, &project.policy);
    let last = || words.sentence(project.journal().check().unwrap().0.last().unwrap());
    let now = at("2027-01-20T09:00:00");
    let paired: Vec<&DueCheck> = checks.iter().filter(|c| c.inspectors.len() == 2).collect();

    record_result(&project, &registry, good(paired[0]), "", &now).unwrap();
    let (name, unit) = (&paired[0].name, &paired[0].unit_id);
    assert_eq!(last(), format!("{name}（{unit}），2027-01-12 现场检查，未发现问题，2027-01-13 办结"));
    let stopped = CheckResult { outcome: Outcome::Stopped, completed_on: None, ..good(paired[0]) };
    record_result(&project, &registry, stopped, "现场停产", &now).unwrap();
    assert_eq!(
        last(),
        format!(
            "{name}（{unit}）：办结日期由「2027-01-13」改为「未办结」，检查结果由「未发现问题」改为「停产」。原因：现场停产"
        )
    );

    let keys: Vec<_> = paired[1..9].iter().map(|check| key_of(check)).collect();
    let days = ClearDays { inspected_on: day("2027-01-12"), completed_on: Some(day("2027-01-13")) };
    record_clear_results(&project, &registry, &keys, days, &now).unwrap();
    let said = last();
    assert!(said.starts_with("8 项检查均为「未发现问题」，检查日期 2027-01-12，办结日期 2027-01-13："), "{said}");
    assert!(said.contains(&paired[1].name) && said.ends_with("等 8 家"), "{said}");

    let codes = vec![paired[1].plan_code.clone()];
    record_disclosure(&project, &Publication { codes: codes.clone(), on: Some(day("2027-01-15")) }, &now).unwrap();
    assert_eq!(last(), format!("登记 1 项结果于 2027-01-15 公开：{}", paired[1].name));
    let back = PublicationCorrection { codes, on: None, reason: "网站退回".to_owned() };
    correct_disclosure(&project, &back, &now).unwrap();
    assert_eq!(last(), format!("撤回 1 项结果的公开登记：{}。原因：网站退回", paired[1].name));

    let entered = PlanDatesEntry { approved_on: Some(day("2027-01-05")), ..PlanDatesEntry::default() };
    record_year_plan_dates(&project, &registry, &entered, &now).unwrap();
    assert_eq!(last(), "年度计划批准日期 2027-01-05，第 1 版");

    let january = month("2027-01");
    let dead: &UnitId = &paired[10].unit_id;
    let put =
        substitute_unit(&project, &registry, january, dead, (SubstituteCase::Closed, "厂房已拆除"), &now).unwrap();
    let by = words.unit(put.by.as_str());
    assert!(by.contains('（'), "the reserve has a name: {by}");
    assert_eq!(last(), format!("2027 年 1 月：{}（关闭）由 {by} 替换。原因：厂房已拆除", words.unit(dead.as_str())));
    let leaving = &paired[11].inspectors[0];
    replace_inspector(&project, january, &paired[11].unit_id, leaving, "出差", &now).unwrap();
    assert!(last().contains(&words.inspector(leaving.as_str())) && last().contains(&paired[11].name), "{}", last());
    let listed: Vec<&UnitId> = checks.iter().map(|c| &c.unit_id).collect();
    let units = sources::UNIT_ID.of(&registry.sources).unwrap();
    let status = sources::STATUS.of(&registry.sources).unwrap();
    let other = (0..units.len())
        .filter(|row| status.get(*row) == Some("active"))
        .filter_map(|row| UnitId::new(units.get(row)?).ok())
        .find(|unit| !listed.contains(&unit))
        .unwrap();
    let request = TriggeredRequest {
        unit: other.clone(),
        kind: TriggerKind::Report,
        reason: "夜间异味举报".to_owned(),
        although_closed: None,
    };
    add_triggered_check(&project, &registry, january, &request, &now).unwrap();
    assert!(last().contains(&words.unit(other.as_str())) && last().contains("夜间异味举报"), "{}", last());

    // no word of the program's own language, no raw name of a field or a value
    let mut faults = Vec::new();
    for entry in project.journal().check().unwrap().0 {
        let mut said = words.sentence(&entry);
        for allowed in ["csv", "xlsx", "shp", "SHA-256", "drand", "ods"] {
            said = said.replace(allowed, "");
        }
        let latin = said.split(|c: char| !c.is_ascii_alphabetic() && c != '_').find(|word| {
            word.len() > 2
                && word.bytes().any(|b| b.is_ascii_lowercase())
                && !word.bytes().all(|b| b.is_ascii_hexdigit())
        });
        if said.trim().is_empty() || latin.is_some() {
            faults.push(format!("{}: {latin:?} in 「{}」", entry.command, words.sentence(&entry)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(time_text("2026-11-28T13:21:24+08:00"), "2026-11-28 13:21");
}
