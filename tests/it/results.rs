//! Results and what is told of them, on a real project: one set of rules, one public list, the plan's three days.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::disclosure::{CheckResult, DueCheck, FollowUp, Manner, Outcome, PlanDatesEntry, WithholdingGround};
use fairdraw::district::load_bundled_districts;
use fairdraw::domain::{InspectorId, Period, TriggerKind, UnitId};
use fairdraw::registry::Registry;
use fairdraw::registry::schema::{past_checks, sources, violations};
use fairdraw::workspace::deeds::change::{TriggeredRequest, add_triggered_check};
use fairdraw::workspace::deeds::open::open_period;
use fairdraw::workspace::deeds::plan_record::record_year_plan_dates;
use fairdraw::workspace::deeds::publish::{Publication, record_disclosure};
use fairdraw::workspace::deeds::results::{record_result, take_results};
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::inputs::due::load_opened;
use fairdraw::workspace::reports::export::{ExportRequest, Exported, PUBLIC, export_project};
use fairdraw::workspace::reports::public_list::PublicLists;
use fairdraw::workspace::reports::status::compute_status;
use fairdraw::workspace::store::project::Project;
use fairdraw::workspace::store::results::load_results;

use super::disclosure::day;
use super::project::{DICE, at, month, project, seal};

/// January drawn; its checks.
pub(super) fn january(folder: &Path) -> (Project, Registry, Vec<DueCheck>) {
    let (project, registry) = project(folder);
    seal(&project, &registry, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00");
    open_period(&project, Period::Month(month("2027-01")), DICE, &at("2026-12-30T09:00:00")).unwrap();
    let checks = load_opened(&project, &registry).unwrap().remove(0).checks;
    (project, registry, checks)
}

fn export(project: &Project, registry: &Registry, to: &Path, now: &str) -> Exported {
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let request = ExportRequest { month: None, only: vec![PUBLIC.to_owned()] };
    export_project(project, registry, &districts, to, &request, &at(now)).unwrap()
}

pub(super) fn good(check: &DueCheck) -> CheckResult {
    CheckResult {
        plan_code: check.plan_code.clone(),
        unit_id: check.unit_id.clone(),
        month: check.month,
        sequence: check.sequence,
        inspected_on: day("2027-01-12"),
        completed_on: Some(day("2027-01-13")),
        manner: Manner::OnSite,
        matters: "排污许可证后监管".to_owned(),
        outcome: Outcome::Clear,
        handling: String::new(),
        problem: String::new(),
        rectify_by: None,
        closed_on: None,
        inspectors: check.inspectors.clone(),
        checklist: None,
        recheck: false,
        disclosed_on: None,
        withheld: None,
        penalties: Vec::new(),
        follow_up: FollowUp::default(),
    }
}

pub(super) const GROUND: &str = "《政府信息公开条例》第十五条";

/// A fault of a record, as code, columns of a workbook's row that say it, and the change of the typed record.
type BadResult = (&'static str, &'static [(&'static str, &'static str)], fn(&mut CheckResult));

const BAD: [BadResult; 10] = [
    ("DIS-015", &[("检查日期", "2026-12-01")], |r| r.inspected_on = day("2026-12-01")),
    ("DIS-016", &[("检查日期", "2027-01-21"), ("完成日期", "")], |r| {
        r.inspected_on = day("2027-01-21");
        r.completed_on = None;
    }),
    ("DIS-017", &[("完成日期", "2027-01-11")], |r| r.completed_on = Some(day("2027-01-11"))),
    // the day of rectification: the typed record took any
    ("DIS-017", &[("整改期限", "2027-01-02")], |r| r.rectify_by = Some(day("2027-01-02"))),
    ("DIS-022", &[("协办执法证号", "")], |r| r.inspectors.truncate(1)),
    // nobody of the roster: the typed record took anyone
    ("DIS-024", &[("协办执法证号", "99999999")], |r| r.inspectors[1] = InspectorId::new("99999999").unwrap()),
    ("DIS-028", &[("公开日期", "2027-01-12")], |r| r.disclosed_on = Some(day("2027-01-12"))),
    ("DIS-029", &[("公开日期", "2027-01-14"), ("不予公开依据", GROUND)], |r| {
        r.disclosed_on = Some(day("2027-01-14"));
        r.withheld = Some(WithholdingGround::new(GROUND).unwrap());
    }),
    ("DIS-037", &[("销号依据", "整改报告")], |r| "整改报告".clone_into(&mut r.follow_up.evidence)),
    ("DIS-037", &[("免予处罚依据", GROUND)], |r| GROUND.clone_into(&mut r.follow_up.exempted)),
];

#[test]
fn a_bad_result_is_refused_with_the_same_code_by_workbook_and_record() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = january(folder.path());
    let check = checks.iter().find(|c| c.inspectors.len() == 2).unwrap();
    let now = at("2027-01-20T09:00:00");
    for (code, cells, change) in BAD {
        let mut result = good(check);
        change(&mut result);
        let refused = record_result(&project, &registry, result, "", &now).unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
        let [lead, second] = [0, 1].map(|i: usize| check.inspectors[i].to_string());
        let mut row = vec![
            ("计划编码", check.plan_code.as_str()),
            ("检查日期", "2027-01-12"),
            ("完成日期", "2027-01-13"),
            ("整改期限", ""),
            ("公开日期", ""),
            ("不予公开依据", ""),
            ("主办执法证号", &lead),
            ("协办执法证号", &second),
            ("检查结果", "未发现问题"),
            ("销号依据", ""),
            ("免予处罚依据", ""),
        ];
        for (column, text) in cells {
            row.iter_mut().find(|(name, _)| name == column).unwrap().1 = text;
        }
        let line = |texts: Vec<&str>| texts.join(",") + "\n";
        let csv = line(row.iter().map(|c| c.0).collect()) + &line(row.iter().map(|c| c.1).collect());
        let path = folder.path().join("结果.csv");
        fs::write(&path, csv).unwrap();
        let taken = take_results(&project, &path, &now).unwrap();
        let codes: Vec<&str> = taken.diagnostics.findings().iter().map(|f| f.code).collect();
        assert!((taken.added, taken.set_aside) == (0, 1) && codes.contains(&code), "{code}: {codes:?}");
    }
    // a problem without its words is told and taken
    let mut result = good(check);
    result.outcome = Outcome::Ordered;
    record_result(&project, &registry, result, "", &now).unwrap();
    let status = compute_status(&project, day("2027-01-20")).unwrap();
    assert_eq!(status.ledger.open().map(|r| &r.unit_id).collect::<Vec<_>>(), [&check.unit_id]);
    assert!(status.attention.iter().any(|a| a.text.contains("1 个问题尚未销号")), "{:?}", status.attention);
}

/// A unit beside the list whose enterprise has a penalty that was repaired before the year; the penalty's document.
fn repaired(registry: &Registry, listed: &BTreeSet<UnitId>) -> (UnitId, String) {
    let frame = &registry.violations;
    let (documents, enterprises) = (violations::DOCUMENT.of(frame).unwrap(), violations::ENTERPRISE.of(frame).unwrap());
    let repaired_on = violations::REPAIRED_ON.of(frame).unwrap();
    let (units, owners) =
        (sources::UNIT_ID.of(&registry.sources).unwrap(), sources::ENTERPRISE.of(&registry.sources).unwrap());
    for row in 0..frame.height() {
        let (Some(document), Some(enterprise), Some(on)) = (documents.get(row), enterprises.get(row), repaired_on[row])
        else {
            continue;
        };
        if on >= day("2027-01-01") || document.chars().count() < 6 || enterprise.is_empty() {
            continue;
        }
        let site = (0..units.len()).find(|i| owners.get(*i) == Some(enterprise)).and_then(|i| units.get(i));
        if let Some(unit) = site.and_then(|u| UnitId::new(u).ok()).filter(|unit| !listed.contains(unit)) {
            return (unit, document.to_owned());
        }
    }
    panic!("no repaired penalty in the demonstration");
}

#[test]
fn the_public_list_on_the_screen_is_the_exported_one() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = january(folder.path());
    let listed: BTreeSet<UnitId> = checks.iter().map(|c| c.unit_id.clone()).collect();
    let (fined, document) = repaired(&registry, &listed);
    let request = TriggeredRequest {
        unit: fined.clone(),
        kind: TriggerKind::Report,
        reason: "信访举报".into(),
        although_closed: None,
    };
    add_triggered_check(&project, &registry, month("2027-01"), &request, &at("2027-01-05T09:00:00")).unwrap();
    let draws = load_opened(&project, &registry).unwrap();
    let checks = &draws[0].checks;
    let mut csv = String::from("计划编码,检查日期,完成日期,检查结果,处理情况,主办执法证号,协办执法证号\n");
    for check in checks {
        let people = if check.inspectors.len() == 2 { &check.inspectors } else { &checks[0].inspectors };
        let (outcome, handling) = if check.unit_id == fined {
            ("发现问题已责令改正", format!("责令改正；罚款（{document}）"))
        } else {
            ("未发现问题", String::new())
        };
        let (code, lead, second) = (&check.plan_code, &people[0], &people[1]);
        writeln!(csv, "{code},2027-01-12,2027-01-13,{outcome},{handling},{lead},{second}").unwrap();
    }
    let path = folder.path().join("结果.csv");
    fs::write(&path, csv).unwrap();
    let taken = take_results(&project, &path, &at("2027-01-20T09:00:00")).unwrap();
    assert_eq!((taken.added, taken.set_aside), (checks.len(), 0), "{:?}", taken.diagnostics.findings());

    // what the screen shows
    let results = load_results(&project).unwrap();
    let lists = PublicLists::new(&project, &registry, &draws, &results, day("2027-01-20")).unwrap();
    let shown = lists.shown(month("2027-01")).unwrap();
    let cells = |id: &str| -> Vec<&str> {
        let at = shown.texts.columns.iter().position(|(column, _)| column == id).unwrap();
        shown.texts.rows.iter().map(|row| row[at].as_str()).collect()
    };
    assert_eq!((shown.texts.rows.len(), shown.list.penalties_left_out), (checks.len(), 1));
    assert!(cells("handling").iter().all(|text| !text.contains(&document)), "a repaired penalty is named");
    assert_eq!(cells("handling").iter().filter(|text| **text == "责令改正").count(), 1);
    assert!(cells("draw").contains(&"抽取证书 抽取证书_2027-01_1.json"), "{:?}", cells("draw"));

    // what is exported
    let exported = export(&project, &registry, &folder.path().join("输出"), "2027-01-20T09:00:00");
    let is_list = |path: &&PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.contains("检查结果公开表") && path.extension().is_some_and(|e| e == "csv")
    };
    let bytes = fs::read(exported.files.iter().find(is_list).unwrap()).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap());
    let n = shown.texts.columns.len();
    let headings: Vec<String> = reader.headers().unwrap().iter().take(n).map(str::to_owned).collect();
    assert_eq!(headings, shown.texts.columns.iter().map(|(_, heading)| heading.clone()).collect::<Vec<_>>());
    let rows: Vec<Vec<String>> =
        reader.records().map(|r| r.unwrap().iter().take(n).map(str::to_owned).collect()).collect();
    assert_eq!(rows, shown.texts.rows);
}

#[test]
fn the_plans_three_days_are_entered_once_watched_and_printed() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let told = |on: &str| {
        let status = compute_status(&project, day(on)).unwrap();
        status.attention.into_iter().map(|a| a.text).filter(|text| text.contains("年度检查计划")).collect::<Vec<_>>()
    };
    assert!(told("2027-02-01").is_empty());
    assert!(told("2027-03-20")[0].contains("还剩 11 天"), "{:?}", told("2027-03-20"));
    assert!(told("2027-04-02")[0].contains("尚未公布"), "{:?}", told("2027-04-02"));
    let enter = |approved: Option<&str>, filed: Option<&str>, published: Option<&str>| {
        let entry = PlanDatesEntry {
            approved_on: approved.map(day),
            approved_by: None,
            filed_on: filed.map(day),
            published_on: published.map(day),
        };
        record_year_plan_dates(&project, &registry, &entry, &at("2027-08-02T09:00:00"))
    };
    assert_eq!(enter(None, None, Some("2027-08-03")).unwrap_err().code(), "DIS-057");
    // a slip in the year would stand as a version for good
    for (approved, filed, published) in
        [(Some("2017-03-10"), None, None), (None, Some("0001-01-01"), None), (None, None, Some("2025-12-31"))]
    {
        assert_eq!(enter(approved, filed, published).unwrap_err().code(), "DIS-059");
    }
    enter(Some("2027-03-10"), None, None).unwrap();
    assert_eq!(enter(None, None, Some("2027-03-09")).unwrap_err().code(), "DIS-058");
    assert_eq!(enter(None, Some("2027-03-15"), Some("2027-03-20")).unwrap().version(), 1);
    // the same day again is the same publication; another day is another version
    assert_eq!(enter(None, None, Some("2027-03-20")).unwrap().version(), 1);
    assert!(told("2027-04-02").is_empty());
    assert_eq!(enter(None, None, Some("2027-07-01")).unwrap().version(), 2);
    assert!(told("2027-08-02").is_empty(), "an adjusted plan is not late");
    let exported = export(&project, &registry, &folder.path().join("输出"), "2027-08-02T09:00:00");
    let names: Vec<String> = exported.files.iter().map(|path| path.display().to_string()).collect();
    assert!(names.iter().any(|name| name.contains("年度检查计划_2027_第2版")), "{names:?}");
    let journal = fs::read_to_string(project.root().join("journal.jsonl")).unwrap();
    assert_eq!(journal.matches("\"plan-dates\"").count(), 3);
}

#[test]
fn what_may_not_be_public_is_not_recorded_as_public_by_any_door() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = january(folder.path());
    let now = at("2027-01-20T09:00:00");
    let paired: Vec<&DueCheck> = checks.iter().filter(|c| c.inspectors.len() == 2).take(3).collect();
    let (running, withheld) = (
        CheckResult { completed_on: None, ..good(paired[0]) },
        CheckResult { withheld: Some(WithholdingGround::new(GROUND).unwrap()), ..good(paired[1]) },
    );
    for result in [running, withheld, good(paired[2])] {
        record_result(&project, &registry, result, "", &now).unwrap();
    }
    let publish = |which: &[usize]| {
        let codes: Vec<String> = which.iter().map(|i| paired[*i].plan_code.clone()).collect();
        record_disclosure(&project, &Publication { codes, on: None }, &now)
    };
    assert_eq!(publish(&[2, 0]).unwrap_err().code(), "DIS-028");
    assert_eq!(publish(&[2, 1]).unwrap_err().code(), "DIS-029");
    assert!(load_results(&project).unwrap().iter().all(|r| r.disclosed_on.is_none()), "all or nothing");
    assert_eq!(publish(&[2]).unwrap(), 1);
    assert_eq!(publish(&[2]).unwrap(), 0, "what is public already is not counted again");
}

#[test]
fn an_imported_problem_is_not_settled_by_another_departments_visit() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let unit = sources::UNIT_ID.of(&registry.sources).unwrap().get(7).unwrap().to_owned();
    // a problem left open in November, then a visit of the same unit in December
    let owed = |department: &str| {
        let mut registry = registry.clone();
        let mut rows = registry.past_checks.slice(0, 2);
        let days =
            ["2026-11-02", "2026-12-02"].map(|d| Some((day(d) - chrono::NaiveDate::default()).num_days() as i32));
        for column in [
            past_checks::UNIT_ID.column([Some(unit.as_str()); 2].into_iter().collect()),
            past_checks::DEPARTMENT.column([Some(""), Some(department)].into_iter().collect()),
            past_checks::DATE.column(days.into_iter().collect()),
            past_checks::DONE.column([Some(true); 2].into_iter().collect()),
            past_checks::PENDING.column([Some(true), Some(false)].into_iter().collect()),
        ] {
            rows.with_column(column).unwrap();
        }
        registry.past_checks.vstack_mut(&rows).unwrap();
        let analysis = compute_analysis(&project, &registry, month("2027-01"), &Progress::none()).unwrap();
        let site = analysis.population.index.row(&unit).unwrap();
        analysis.population.inputs.mandatory.iter().filter(|visit| visit.site == site).count()
    };
    assert_eq!(owed("应急管理局"), owed("") + 1, "it is no re-check of ours");
}
