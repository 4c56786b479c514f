//! The ledger of problems: what closes one, what is entered on it, where it stands; attempts to interfere.

use std::fs;
use std::path::Path;

use fairdraw::disclosure::{CheckResult, Closing, DueCheck, FollowUp, Ledger, LedgerState, Outcome};
use fairdraw::district::load_bundled_districts;
use fairdraw::registry::Registry;
use fairdraw::workspace::deeds::follow_up::{FollowUpEntry, Interference, record_follow_up, record_interference};
use fairdraw::workspace::deeds::results::{record_result, take_results};
use fairdraw::workspace::reports::export::{ExportRequest, INTERNAL, PUBLIC, export_project};
use fairdraw::workspace::reports::journal_words::JournalWords;
use fairdraw::workspace::reports::status::compute_status;
use fairdraw::workspace::store::project::Project;
use fairdraw::workspace::store::results::load_results;

use super::command_line::fairdraw;
use super::disclosure::day;
use super::project::at;
use super::results::{good, january};

fn problem(check: &DueCheck, by: Option<&str>) -> CheckResult {
    CheckResult {
        outcome: Outcome::Ordered,
        problem: "危废台账缺失".to_owned(),
        handling: "责令改正".to_owned(),
        rectify_by: by.map(day),
        ..good(check)
    }
}

fn ledger(project: &Project, today: &str) -> Ledger {
    compute_status(project, day(today)).unwrap().ledger
}

/// Five problems: overdue, due soon, in time, without a term, closed late.
fn with_problems(folder: &Path) -> (Project, Registry, Vec<DueCheck>) {
    let (project, registry, checks) = january(folder);
    let paired: Vec<DueCheck> = checks.into_iter().filter(|c| c.inspectors.len() == 2).take(6).collect();
    let now = at("2027-02-10T09:00:00");
    let terms = [Some("2027-01-31"), Some("2027-02-15"), Some("2027-03-31"), None, Some("2027-01-20")];
    for (check, by) in paired.iter().zip(terms) {
        record_result(&project, &registry, problem(check, by), "", &now).unwrap();
    }
    (project, registry, paired)
}

fn close(code: &str, on: &str, evidence: &str) -> FollowUpEntry {
    FollowUpEntry {
        codes: vec![code.to_owned()],
        closed_on: Some(day(on)),
        follow_up: FollowUp { evidence: evidence.to_owned(), closed_by: "李明".to_owned(), ..FollowUp::default() },
        ..FollowUpEntry::default()
    }
}

#[test]
fn a_problem_stands_by_its_term_until_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = with_problems(folder.path());
    let now = at("2027-02-10T09:00:00");
    let last = &checks[4].plan_code;
    // without its proof nothing is closed; the code comes to whoever forgot it
    let refused = record_follow_up(&project, &registry, &close(last, "2027-01-25", ""), &now).unwrap_err();
    assert_eq!(refused.code(), "RES-014", "{refused}");
    assert_eq!(record_follow_up(&project, &registry, &close(last, "2027-01-25", "整改报告"), &now).unwrap(), 1);
    let told = ledger(&project, "2027-02-10");
    let states: Vec<LedgerState> = told.rows.iter().map(|row| row.state).collect();
    let all = [LedgerState::Overdue, LedgerState::Soon, LedgerState::InTime, LedgerState::NoTerm, LedgerState::Closed];
    assert_eq!(states, all, "the most urgent first");
    let late: Vec<u32> = told.rows.iter().map(|row| row.days_late).collect();
    assert_eq!(late, [10, 0, 0, 0, 5], "to this day, or to the day of the closing");
    assert_eq!(told.rows[4].closed, Some((day("2027-01-25"), Closing::Entered)));
    assert_eq!((told.closed().part, told.closed().whole), (1, 5));
    assert_eq!((told.in_time().part, told.in_time().whole), (0, 1));
    // as of a day before, the same problem was open
    assert_eq!(ledger(&project, "2027-01-24").rows.iter().filter(|row| row.state == LedgerState::Closed).count(), 0);
    // what is closed comes back as no mandatory check, what is open does
    let status = compute_status(&project, day("2027-02-10")).unwrap();
    assert!(status.attention.iter().any(|a| a.text.contains("4 个问题尚未销号，其中 1 个已过整改期限")), "{status:?}");
}

#[test]
fn a_recheck_closes_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = january(folder.path());
    let check = checks.iter().find(|c| c.inspectors.len() == 2).unwrap();
    let now = at("2027-02-10T09:00:00");
    let gone = CheckResult { closed_on: None, ..problem(check, Some("2027-02-01")) };
    record_result(&project, &registry, gone, "", &now).unwrap();
    let mut results = load_results(&project).unwrap();
    let again = CheckResult {
        month: "2027-02".parse().unwrap(),
        plan_code: "SSJ202702-RE".to_owned(),
        inspected_on: day("2027-02-05"),
        recheck: true,
        ..good(check)
    };
    results.push(again);
    let listed = fairdraw::disclosure::MandatoryChecks::of(&checks);
    let told = fairdraw::disclosure::compute_ledger(&results, &checks, &listed, day("2027-02-10"));
    assert_eq!(told.rows[0].closed, Some((day("2027-02-05"), Closing::ReCheck)));
    assert_eq!((told.rows[0].state, told.rows[0].days_late), (LedgerState::Closed, 4));
}

#[test]
fn a_follow_up_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = with_problems(folder.path());
    let now = at("2027-02-10T09:00:00");
    let code = checks[0].plan_code.clone();
    let of = |follow_up: FollowUp| FollowUpEntry { codes: vec![code.clone()], follow_up, ..FollowUpEntry::default() };
    let police = |on: &str, document: &str| {
        of(FollowUp { handed_over_on: Some(day(on)), handed_over: document.to_owned(), ..FollowUp::default() })
    };
    let exempted = |ground: &str| of(FollowUp { exempted: ground.to_owned(), ..FollowUp::default() });
    for (wanted, entry) in [
        ("RES-012", of(FollowUp::default())),
        ("RES-013", close("没有这个编码", "2027-02-01", "报告")),
        // a check at which nothing was found, or that has no result
        ("RES-013", close(&checks[5].plan_code, "2027-02-01", "报告")),
        ("DIS-016", close(&code, "2027-02-11", "报告")),
        ("DIS-017", close(&code, "2027-01-11", "报告")),
        ("DIS-016", police("2027-02-11", "沪环移〔2027〕1号")),
        ("DIS-017", police("2027-01-01", "沪环移〔2027〕1号")),
        ("DIS-038", of(FollowUp { handed_over: "沪环移〔2027〕1号".to_owned(), ..FollowUp::default() })),
        ("DIS-036", exempted("情节轻微")),
    ] {
        let refused = record_follow_up(&project, &registry, &entry, &now).unwrap_err();
        assert_eq!(refused.code(), wanted, "{refused}");
    }
    assert!(load_results(&project).unwrap().iter().all(|r| r.follow_up.is_empty() && r.closed_on.is_none()));
    // what stands is changed with a reason only, and both stand in the journal
    record_follow_up(&project, &registry, &exempted("《中华人民共和国行政处罚法》第三十三条"), &now).unwrap();
    record_follow_up(&project, &registry, &police("2027-02-01", "沪环移〔2027〕1号"), &now).unwrap();
    record_follow_up(&project, &registry, &close(&code, "2027-02-01", "整改报告"), &now).unwrap();
    let other = close(&code, "2027-02-02", "整改报告");
    assert_eq!(record_follow_up(&project, &registry, &other, &now).unwrap_err().code(), "RES-007");
    let other = FollowUpEntry { reason: "日期录错".to_owned(), ..other };
    assert_eq!(record_follow_up(&project, &registry, &other, &now).unwrap(), 1);
    assert_eq!(record_follow_up(&project, &registry, &other, &now).unwrap(), 0, "nothing is other than before");
    let words = JournalWords::new(&registry, &project.policy);
    let (entries, faults) = project.journal().check().unwrap();
    assert!(faults.is_empty());
    let told = words.sentence(entries.last().unwrap());
    assert!(told.contains("销号日期由「2027-02-01」改为「2027-02-02」") && told.contains("日期录错"), "{told}");
}

#[test]
fn the_template_brings_a_follow_up_and_refuses_a_bad_one() {
    let folder = tempfile::tempdir().unwrap();
    let (project, _, checks) = january(folder.path());
    let check = checks.iter().find(|c| c.inspectors.len() == 2).unwrap();
    let now = at("2027-02-10T09:00:00");
    let [lead, second] = [0, 1].map(|i: usize| check.inspectors[i].to_string());
    let take = |outcome: &str, cells: &str| {
        let head = "计划编码,检查日期,办结日期,检查结果,处理情况,存在问题,主办执法证号,协办执法证号,整改期限,销号日期,销号依据,销号人,移送公安日期,移送文号,免予处罚依据\n";
        let code = &check.plan_code;
        let row = format!("{code},2027-01-12,2027-01-13,{outcome},已处理,台账缺失,{lead},{second},{cells}\n");
        let path = folder.path().join("结果.csv");
        fs::write(&path, format!("{head}{row}")).unwrap();
        take_results(&project, &path, &now).unwrap()
    };
    for (code, outcome, cells) in [
        ("DIS-037", "停产", ",,报告,,,,"),
        ("DIS-038", "发现问题已责令改正", ",,,,,沪环移〔2027〕1号,"),
        ("DIS-036", "发现问题已责令改正", ",,,,,,情节轻微"),
    ] {
        let taken = take(outcome, cells);
        let codes: Vec<&str> = taken.diagnostics.findings().iter().map(|f| f.code).collect();
        assert!(taken.added == 0 && taken.set_aside == 1 && codes.contains(&code), "{code}: {codes:?}");
    }
    let taken = take("发现问题已责令改正", "2027-01-31,2027-01-28,整改报告,李明,2027-01-20,沪环移〔2027〕1号,");
    assert_eq!((taken.added, taken.set_aside), (1, 0), "{:?}", taken.diagnostics);
    let row = &ledger(&project, "2027-02-10").rows[0];
    let wanted = FollowUp {
        evidence: "整改报告".to_owned(),
        closed_by: "李明".to_owned(),
        handed_over_on: Some(day("2027-01-20")),
        handed_over: "沪环移〔2027〕1号".to_owned(),
        exempted: String::new(),
    };
    assert_eq!((&row.follow_up, row.state, row.days_late), (&wanted, LedgerState::Closed, 0));
}

#[test]
fn the_ledger_leaves_for_the_office_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = with_problems(folder.path());
    let now = at("2027-02-10T09:00:00");
    let told = Interference {
        who: "某局王某".to_owned(),
        how: "来电要求推迟检查".to_owned(),
        handled: "未予采纳，已报告".to_owned(),
        ..Interference::default()
    };
    for (lacking, wrong) in [
        ("过问或干预的人", Interference { who: " ".to_owned(), ..told.clone() }),
        ("处置", Interference { handled: String::new(), ..told.clone() }),
    ] {
        let refused = record_interference(&project, &wrong, &now).unwrap_err();
        assert!(refused.code() == "RES-015" && refused.to_string().contains(lacking), "{refused}");
    }
    record_interference(&project, &told, &now).unwrap();
    let districts = load_bundled_districts(&mut fairdraw::diagnostic::Diagnostics::new()).unwrap();
    let to = folder.path().join("导出");
    let request = ExportRequest { month: None, only: vec!["xlsx".to_owned(), "csv".to_owned()] };
    let exported = export_project(&project, &registry, &districts, &to, &request, &now).unwrap();
    let ledgers: Vec<_> =
        exported.files.iter().filter(|f| f.file_name().unwrap().to_string_lossy().contains("整改台账")).collect();
    assert!(ledgers.len() >= 2, "the city's and a body's: {:?}", exported.files);
    assert!(ledgers.iter().all(|file| file.starts_with(to.join(INTERNAL))));
    // neither a problem nor an attempt stands in what is public
    for file in exported.files.iter().filter(|file| file.starts_with(to.join(PUBLIC))) {
        let bytes = fs::read(file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("危废台账缺失") && !text.contains("王某"), "{}", file.display());
    }
    drop(project);
    // the command line tells the same, and says by its exit that something is overdue
    let path = folder.path().join("项目");
    let out = fairdraw(&["ledger", path.to_str().unwrap(), "--today", "2027-02-10"]);
    let text = String::from_utf8_lossy(&out.stdout);
    assert_eq!(out.status.code(), Some(1), "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(text.lines().count(), 6, "{text}");
    assert!(text.contains(&checks[0].plan_code) && text.contains("逾期未改"), "{text}");
    let out = fairdraw(&["interference", path.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&out.stdout).contains("某局王某，来电要求推迟检查，处置：未予采纳，已报告"));
}
