//! Disclosure: deadlines, the board, intake of results, masking in lists, the gate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;
use fairdraw::diagnostic::{AppError, Diagnostics};
use fairdraw::disclosure::{
    BoardFigures, CapStatement, CheckOrigin, CheckResult, DeadlineRule, DeadlineState, DueCheck, Intake, IntakeContext,
    KeyIndustry, LeakNeedle, ListScope, Manner, MaskCounts, Masker, MonthCount, Outcome, PenaltyNote, PublicScan,
    PublicTarget, ResultColumns, ResultListInput, Share, TextTable, WithholdingGround, YearPlan, YearPlanRow,
    check_all_visited, check_results, check_year_plan, compute_board, compute_dead_records, compute_deadline,
    compute_figures, compute_industry_coverage, compute_rechecks, compute_result_list, working_days_between,
};
use fairdraw::domain::{BodyId, InspectorId, PlanMonth, UnitId, Uscc, WorkCalendar};
use proptest::prelude::*;

pub(crate) const RULE: DeadlineRule = DeadlineRule { working_days: 20, soon: 5 };

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn calendar() -> WorkCalendar {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/calendar");
    let mut calendar = WorkCalendar::default();
    for file in ["cn_workdays_2023_2026.csv", "cn_statutory_2027_PROVISIONAL.csv"] {
        calendar.load_csv_text(&std::fs::read_to_string(folder.join(file)).unwrap()).unwrap();
    }
    calendar
}

pub(crate) fn uscc(prefix: &str, serial: u32) -> String {
    let mut code = format!("{prefix}{serial:08}").into_bytes();
    assert_eq!(code.len(), 16);
    code.push(Uscc::organisation_character(&code[8..16]));
    code.push(Uscc::check_character(&code));
    let code = String::from_utf8(code).unwrap();
    assert!(Uscc::parse(&code).is_ok(), "{code}");
    code
}

pub(crate) fn due(n: u32) -> DueCheck {
    let code = uscc("91310115", n);
    DueCheck {
        plan_code: format!("202603-310115-{n:04}"),
        unit_id: UnitId::new(format!("{code}001P")).unwrap(),
        name: format!("上海试验第{n}号化工有限公司"),
        uscc: Some(code.clone()),
        number: format!("{code}001P"),
        enterprise: code,
        industry: Some("2641".into()),
        body: BodyId::new("310115").unwrap(),
        body_name: "浦东新区综合执法局".into(),
        month: PlanMonth::new(2026, 3).unwrap(),
        sequence: 1,
        origin: CheckOrigin::Drawn,
        drawn_on: day("2026-03-02"),
        manner: Manner::OnSite,
        joint: false,
        inspectors: vec![InspectorId::new("31011501").unwrap(), InspectorId::new("31011502").unwrap()],
        commitment: "ab".repeat(32),
        certificate: Some("certificate-2026-03.json".into()),
        withdrawn: false,
    }
}

pub(crate) fn result(check: &DueCheck, inspected: &str, completed: Option<&str>, outcome: Outcome) -> CheckResult {
    CheckResult {
        plan_code: check.plan_code.clone(),
        unit_id: check.unit_id.clone(),
        month: check.month,
        sequence: check.sequence,
        inspected_on: day(inspected),
        completed_on: completed.map(day),
        manner: check.manner,
        matters: "排污许可证后监管".into(),
        outcome,
        handling: if outcome.is_problem() { "责令改正".into() } else { String::new() },
        problem: if outcome.is_problem() { "台账缺失".into() } else { String::new() },
        rectify_by: None,
        closed_on: None,
        inspectors: check.inspectors.clone(),
        checklist: Some("通用".into()),
        recheck: false,
        disclosed_on: None,
        withheld: None,
        penalties: Vec::new(),
    }
}

#[test]
fn deadlines_follow_the_notices() {
    let calendar = calendar();
    for (done, wanted) in [
        ("2026-01-30", "2026-03-05"),
        ("2026-02-10", "2026-03-16"),
        ("2026-09-15", "2026-10-19"),
        ("2025-09-15", "2025-10-17"),
        ("2026-11-23", "2026-12-21"),
    ] {
        let due = compute_deadline(&calendar, RULE, day(done));
        assert_eq!((due.date, due.provisional), (day(wanted), false), "{done}");
    }
    // Past the last notice the deadline is provisional, and only then.
    assert!(!compute_deadline(&calendar, RULE, day("2026-12-03")).provisional);
    assert!(compute_deadline(&calendar, RULE, day("2026-12-04")).provisional);
}

#[test]
fn days_left_and_overdue_count_working_days() {
    let calendar = calendar();
    let between = |a: &str, b: &str| working_days_between(&calendar, day(a), day(b));
    assert_eq!(between("2026-03-05", "2026-03-05"), 0);
    assert_eq!(between("2026-03-04", "2026-03-05"), 1);
    assert_eq!(between("2026-01-30", "2026-03-05"), 20);
    assert_eq!(between("2026-03-09", "2026-03-05"), -2);
    // The Spring Festival holiday: 2026-02-14 is a make-up Saturday, 02-15 to 02-23 are off.
    assert_eq!(between("2026-02-13", "2026-02-23"), 1);
}

#[test]
fn the_board_groups_rows_and_meters_the_year() {
    let calendar = calendar();
    let checks: Vec<DueCheck> = (1..=8).map(due).collect();
    let mut results = vec![
        result(&checks[0], "2026-03-03", Some("2026-03-03"), Outcome::Clear), // due 2026-03-31
        result(&checks[1], "2026-03-05", Some("2026-03-10"), Outcome::Ordered), // due 2026-04-08
        result(&checks[2], "2026-03-25", Some("2026-03-31"), Outcome::Clear),
        result(&checks[3], "2026-03-25", None, Outcome::Pending),
        result(&checks[4], "2026-03-04", Some("2026-03-04"), Outcome::Clear), // due 2026-04-01
        result(&checks[5], "2026-03-04", Some("2026-03-04"), Outcome::Clear),
        result(&checks[6], "2026-03-04", Some("2026-03-04"), Outcome::Gone),
    ];
    results[4].disclosed_on = Some(day("2026-03-20"));
    results[5].disclosed_on = Some(day("2026-04-03")); // two working days late
    results[6].withheld = Some(WithholdingGround::new("《政府信息公开条例》第十五条").unwrap());
    let as_of = day("2026-04-03");
    let board = compute_board(&checks, &results, &calendar, RULE, 2026, as_of);
    let of = |state: DeadlineState| -> Vec<&str> { board.of_state(state).map(|r| r.plan_code.as_str()).collect() };
    assert_eq!(of(DeadlineState::Overdue), [&checks[0].plan_code]);
    assert_eq!(of(DeadlineState::Soon), [&checks[1].plan_code]);
    assert_eq!(of(DeadlineState::InTime), [&checks[2].plan_code]);
    assert_eq!(of(DeadlineState::Running), [&checks[3].plan_code]);
    assert_eq!(of(DeadlineState::Published).len(), 2);
    assert_eq!(of(DeadlineState::Withheld), [&checks[6].plan_code]);
    assert_eq!(board.rows[0].days_left, Some(-3));
    assert_eq!(board.missing, [checks[7].plan_code.clone()]);
    let meter = &board.completeness;
    assert_eq!((meter.finished, meter.published, meter.withheld), (6, 2, 1));
    assert_eq!((meter.published_late, meter.late_days, meter.longest_late), (1, 2, 2));
    assert_eq!(meter.share(), Share { part: 2, whole: 5 });
    assert_eq!(board.by_body[&checks[0].body], *meter);
    // A plan year's check that is finished in another calendar year is still that plan year's.
    let late = vec![result(&checks[0], "2026-03-03", Some("2027-01-05"), Outcome::Clear)];
    let next = compute_board(&checks, &late, &calendar, RULE, 2026, day("2027-01-06"));
    assert_eq!(next.completeness.finished, 1);
    assert_eq!(compute_board(&checks, &late, &calendar, RULE, 2027, day("2027-01-06")).completeness.finished, 0);
    // As of an earlier day neither disclosures nor completions that lie ahead count.
    let early = compute_board(&checks, &results, &calendar, RULE, 2026, day("2026-03-04"));
    assert_eq!(early.completeness.published, 0);
    assert_eq!(early.of_state(DeadlineState::Running).count(), 3);
    // A result of an unknown check is said.
    let unknown = result(&due(99), "2026-03-04", None, Outcome::Clear);
    let board = compute_board(&checks, std::slice::from_ref(&unknown), &calendar, RULE, 2026, as_of);
    assert_eq!(board.unattributed, [unknown.unit_id]);
}

#[test]
fn a_rest_day_after_the_deadline_is_overdue() {
    let calendar = calendar();
    let check = due(1);
    // Due on Friday 2026-03-13; Saturday comes before any working day.
    let done = calendar_day_due(&calendar, day("2026-03-13"));
    let one = result(&check, "2026-02-02", Some(&done.to_string()), Outcome::Clear);
    let board = compute_board(&[check], &[one], &calendar, RULE, 2026, day("2026-03-14"));
    assert_eq!(board.rows[0].due.unwrap().date, day("2026-03-13"));
    assert_eq!((board.rows[0].state, board.rows[0].days_left), (DeadlineState::Overdue, Some(-1)));
}

fn calendar_day_due(calendar: &WorkCalendar, due: NaiveDate) -> NaiveDate {
    day("2026-01-20").iter_days().find(|d| compute_deadline(calendar, RULE, *d).date == due).unwrap()
}

const HEADINGS: [&str; 14] = [
    "计划编码",
    "许可证编号",
    "单位名称",
    "计划月份",
    "检查日期",
    "完成日期",
    "检查方式",
    "检查结果",
    "处理情况",
    "存在问题",
    "主办执法证号",
    "协办执法证号",
    "公开日期",
    "不予公开依据",
];

fn table(rows: &[[&str; 14]]) -> TextTable {
    TextTable {
        file: "结果.xlsx".into(),
        sheet: Some("Sheet1".into()),
        headings: HEADINGS.map(str::to_owned).to_vec(),
        rows: rows.iter().enumerate().map(|(i, r)| (i as u64 * 2 + 5, r.map(str::to_owned).to_vec())).collect(),
    }
}

struct Setting {
    checks: Vec<DueCheck>,
    known: BTreeSet<UnitId>,
    roster: BTreeSet<InspectorId>,
    names: BTreeMap<String, InspectorId>,
    existing: Vec<CheckResult>,
}

impl Setting {
    fn new() -> Self {
        let checks: Vec<DueCheck> = (1..=3).map(due).collect();
        let mut known: BTreeSet<UnitId> = checks.iter().map(|c| c.unit_id.clone()).collect();
        known.insert(due(50).unit_id);
        let ids = ["31011501", "31011502", "31011503"].map(|t| InspectorId::new(t).unwrap());
        let names = BTreeMap::from([("王小明".to_owned(), ids[0].clone())]);
        Self { checks, known, roster: BTreeSet::from(ids), names, existing: Vec::new() }
    }

    fn take(&self, table: &TextTable) -> (Result<Intake, AppError>, Diagnostics) {
        let mut found = Diagnostics::new();
        let context = IntakeContext {
            checks: &self.checks,
            known_units: &self.known,
            roster: Some(&self.roster),
            inspector_names: &self.names,
            existing: &self.existing,
            as_of: day("2026-04-20"),
            default_matters: "排污许可证后监管",
        };
        let intake = check_results(table, &ResultColumns::default(), &context, &mut found);
        (intake, found)
    }
}

const GOOD: [&str; 14] =
    ["202603-310115-0001", "", "", "", "2026年3月9日", "2026/3/10", "现场检查", "未发现问题", "", "", "", "", "", ""];

fn with(changes: &[(usize, &'static str)]) -> [&'static str; 14] {
    let mut row = GOOD;
    for (at, text) in changes {
        row[*at] = text;
    }
    row
}

#[test]
fn a_good_row_becomes_a_record() {
    let setting = Setting::new();
    let (intake, found) = setting.take(&table(&[
        GOOD,
        with(&[
            (0, ""),
            (2, "上海试验第２号化工有限公司"),
            (7, "发现问题，已责令改正"),
            (8, "责令改正"),
            (9, "台账缺失"),
            (10, "王小明、31011503"),
        ]),
    ]));
    let intake = intake.unwrap();
    assert!(found.findings().iter().all(|f| f.code == "DIS-023"), "{:?}", found.findings());
    assert_eq!(found.count_code("DIS-023"), 1);
    assert_eq!((intake.records.len(), intake.set_aside.len()), (2, 0));
    let first = &intake.records[0];
    assert_eq!((first.inspected_on, first.completed_on), (day("2026-03-09"), Some(day("2026-03-10"))));
    assert_eq!(
        (first.outcome, &first.inspectors, first.matters.as_str()),
        (Outcome::Clear, &setting.checks[0].inspectors, "排污许可证后监管")
    );
    let second = &intake.records[1];
    assert_eq!((second.outcome, second.unit_id.clone()), (Outcome::Ordered, setting.checks[1].unit_id.clone()));
    assert_eq!(second.inspectors.iter().map(ToString::to_string).collect::<Vec<_>>(), ["31011501", "31011503"]);
}

#[test]
fn every_fault_has_its_code_and_row() {
    let mut setting = Setting::new();
    setting.checks[2].withdrawn = true;
    let drawn = due(50).unit_id.to_string().leak() as &'static str;
    for (row, code) in [
        (with(&[(0, "")]), "DIS-010"),
        (with(&[(0, ""), (1, "91310115XXXX")]), "DIS-011"),
        (with(&[(0, ""), (2, "没有这家公司")]), "DIS-011"),
        (with(&[(0, ""), (1, drawn)]), "DIS-012"),
        (with(&[(0, "202603-310115-9999")]), "DIS-012"),
        (with(&[(0, "202603-310115-0003")]), "DIS-012"),
        (with(&[(1, drawn)]), "DIS-013"),
        (with(&[(4, "")]), "DIS-014"),
        (with(&[(4, "三月九日")]), "DIS-014"),
        (with(&[(4, "2026-03-01")]), "DIS-015"),
        (with(&[(4, "2026-04-21"), (5, "")]), "DIS-016"),
        (with(&[(5, "2026-05-21")]), "DIS-016"),
        (with(&[(5, "2026-03-08")]), "DIS-017"),
        (with(&[(7, "")]), "DIS-018"),
        (with(&[(7, "还行")]), "DIS-019"),
        (with(&[(10, "31011501"), (11, "31011501")]), "DIS-022"),
        (with(&[(10, "31011501")]), "DIS-022"),
        (with(&[(10, "31011501"), (11, "99999999")]), "DIS-024"),
        (with(&[(10, "31011501"), (11, "李某")]), "DIS-024"),
        (with(&[(6, "航拍")]), "DIS-025"),
        (with(&[(13, "领导同意")]), "DIS-027"),
        (with(&[(5, ""), (12, "2026-03-20")]), "DIS-028"),
        (with(&[(12, "2026-03-09")]), "DIS-028"),
        (with(&[(12, "2026-03-20"), (13, "《政府信息公开条例》第十五条")]), "DIS-029"),
        (with(&[(0, ""), (1, "310115"), (3, "三月")]), "DIS-014"),
    ] {
        let (intake, found) = setting.take(&table(&[row]));
        let intake = intake.unwrap();
        assert_eq!(intake.set_aside, [5], "{code}: {:?}", found.findings());
        assert!(intake.records.is_empty());
        assert_eq!(found.count_code(code), 1, "{code}: {:?}", found.findings());
        let finding = found.findings().iter().find(|f| f.code == code).unwrap();
        assert_eq!((finding.row, finding.file.as_deref()), (Some(5), Some("结果.xlsx")));
    }
}

#[test]
fn warnings_keep_the_row() {
    let setting = Setting::new();
    for (row, code) in [
        (with(&[(7, "发现问题待后续处理")]), "DIS-026"),
        (with(&[(9, "有异味")]), "DIS-026"),
        (with(&[(10, "31011501"), (11, "31011503")]), "DIS-023"),
    ] {
        let (intake, found) = setting.take(&table(&[row]));
        assert_eq!(intake.unwrap().records.len(), 1);
        assert_eq!(found.count_code(code), 1, "{:?}", found.findings());
    }
}

#[test]
fn a_row_without_inspectors_needs_an_assignment() {
    let mut setting = Setting::new();
    setting.checks[0].inspectors.clear();
    let (intake, found) = setting.take(&table(&[GOOD]));
    assert!(intake.unwrap().records.is_empty());
    assert_eq!(found.count_code("DIS-022"), 1);
}

#[test]
fn duplicates_and_second_intakes() {
    let mut setting = Setting::new();
    let (intake, found) = setting.take(&table(&[GOOD, GOOD]));
    let intake = intake.unwrap();
    assert_eq!((intake.records.len(), intake.set_aside.clone(), found.count_code("DIS-020")), (1, vec![7], 1));
    setting.existing = intake.records;
    // The same again changes nothing; a disclosure date completes the record; a contradiction is refused.
    let (again, found) = setting.take(&table(&[GOOD]));
    let again = again.unwrap();
    assert_eq!((again.unchanged, again.records.len(), again.updates.len(), found.is_empty()), (1, 0, 0, true));
    let (more, _) = setting.take(&table(&[with(&[(12, "2026-03-20")])]));
    assert_eq!(more.unwrap().updates[0].disclosed_on, Some(day("2026-03-20")));
    for change in [(7, "停产"), (4, "2026-03-10"), (5, "2026-03-11"), (6, "非现场检查")] {
        let (other, found) = setting.take(&table(&[with(&[change])]));
        let other = other.unwrap();
        assert_eq!((other.updates.len(), found.count_code("DIS-021")), (0, 1), "{change:?}");
    }
}

#[test]
fn templates_left_blank_and_empty_rows_are_no_faults() {
    let setting = Setting::new();
    let blank = with(&[(4, ""), (5, ""), (7, "")]);
    let (intake, found) = setting.take(&table(&[blank, [""; 14], GOOD]));
    let intake = intake.unwrap();
    assert_eq!((intake.blank, intake.records.len(), found.is_empty()), (1, 1, true));
}

#[test]
fn tables_that_cannot_be_used_say_why() {
    let setting = Setting::new();
    let mut one = table(&[GOOD]);
    one.headings = vec!["甲".into(), "乙".into()];
    assert_eq!(setting.take(&one).0.unwrap_err().code(), "DIS-001");
    assert_eq!(setting.take(&table(&[])).0.unwrap_err().code(), "DIS-001");
    let mut two = table(&[GOOD]);
    two.headings[7] = "备注".into();
    let error = setting.take(&two).0.unwrap_err();
    assert!(error.code() == "DIS-002" && error.to_string().contains("检查结果"), "{error}");
    let mut three = table(&[GOOD]);
    three.headings[8] = "检查时间".into();
    assert_eq!(setting.take(&three).0.unwrap_err().code(), "DIS-003");
    assert_eq!(setting.take(&TextTable::default()).0.unwrap_err().code(), "DIS-001");
}

#[test]
fn several_sites_of_one_name_are_not_guessed() {
    let mut setting = Setting::new();
    setting.checks[1].name = setting.checks[0].name.clone();
    let (intake, found) = setting.take(&table(&[with(&[(0, ""), (2, "上海试验第1号化工有限公司")])]));
    assert!(intake.unwrap().records.is_empty());
    assert_eq!(found.count_code("DIS-031"), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in the cells: no panic, and every row is accounted for.
    #[test]
    fn no_row_is_lost(cells in prop::collection::vec(prop::collection::vec("[0-9年月日\\-/ 未发现问题停产王A＝]{0,8}", 0..16), 1..6)) {
        let setting = Setting::new();
        let table = TextTable {
            file: "x.csv".into(),
            sheet: None,
            headings: HEADINGS.map(str::to_owned).to_vec(),
            rows: cells.into_iter().enumerate().map(|(i, c)| (i as u64 + 2, c)).collect(),
        };
        let empty = table.rows.iter().filter(|(_, c)| c.iter().take(14).all(|t| t.trim().is_empty())).count() as u64;
        let (intake, found) = setting.take(&table);
        let intake = intake.unwrap();
        let told = intake.records.len() as u64 + intake.updates.len() as u64 + intake.set_aside.len() as u64 + intake.unchanged + intake.blank;
        prop_assert_eq!(told + empty, table.rows.len() as u64);
        prop_assert!(intake.set_aside.is_empty() || !found.is_empty());
    }

    /// Masking never panics and leaves no run of digits that is an identity number or a mobile number.
    #[test]
    fn masking_leaves_no_number(text in "[0-9X负责人张三：，。 \\-a-z]{0,40}") {
        let masked = Masker::default().mask_text(&text, &mut MaskCounts::default());
        prop_assert_eq!(masked.chars().count(), text.chars().count());
        for run in masked.split(|c: char| !c.is_ascii_alphanumeric()) {
            let mobile = run.len() == 11 && run.bytes().all(|b| b.is_ascii_digit()) && run.starts_with('1') && run.as_bytes()[1] >= b'3';
            prop_assert!(!mobile, "{}", masked);
        }
    }
}

#[test]
fn open_problems_come_back_and_are_closed() {
    let checks: Vec<DueCheck> = (1..=5).map(due).collect();
    let mut results: Vec<CheckResult> = vec![
        result(&checks[0], "2026-03-03", None, Outcome::Ordered),
        result(&checks[1], "2026-03-03", None, Outcome::Pending),
        result(&checks[2], "2026-03-03", None, Outcome::Obstructed),
        result(&checks[3], "2026-03-03", None, Outcome::Clear),
        result(&checks[4], "2026-03-03", None, Outcome::Ordered),
    ];
    results[1].rectify_by = Some(day("2026-04-01"));
    results[2].closed_on = Some(day("2026-03-20"));
    let later = |check: &DueCheck, recheck: bool, outcome: Outcome| {
        let again = DueCheck { month: PlanMonth::new(2026, 4).unwrap(), ..check.clone() };
        CheckResult { recheck, ..result(&again, "2026-04-10", None, outcome) }
    };
    results.push(later(&checks[0], false, Outcome::Clear)); // a routine visit closes nothing
    results.push(later(&checks[4], true, Outcome::Clear));
    let open = compute_rechecks(&results, day("2026-04-15"));
    let units: Vec<&UnitId> = open.iter().map(|r| &r.unit_id).collect();
    assert_eq!(units, [&checks[1].unit_id, &checks[0].unit_id]);
    // Before the closings all four were open.
    assert_eq!(compute_rechecks(&results, day("2026-03-10")).len(), 4);
    let mut dead = results.clone();
    dead.push(later(&checks[1], false, Outcome::Gone));
    dead.push(later(&checks[3], false, Outcome::Stopped));
    assert_eq!(compute_rechecks(&dead, day("2026-04-15")).len(), 1);
    let records = compute_dead_records(&dead, day("2026-04-15"), |_| true);
    assert_eq!((records.gone, records.stopped.part), (Share { part: 1, whole: 9 }, 1));
}

#[test]
fn figures_are_counts() {
    let calendar = calendar();
    let mut checks: Vec<DueCheck> = (1..=5).map(due).collect();
    checks[1].manner = Manner::OffSite;
    checks[2].origin = CheckOrigin::Triggered;
    checks[3].joint = true;
    // Two sites of one enterprise, visited on one day: one visit.
    checks[4].enterprise = checks[3].enterprise.clone();
    let mut results: Vec<CheckResult> =
        checks.iter().map(|c| result(c, "2026-03-10", Some("2026-03-10"), Outcome::Clear)).collect();
    results[0].outcome = Outcome::Ordered;
    results[0].disclosed_on = Some(day("2026-03-20"));
    results[1].outcome = Outcome::Gone;
    results[2].checklist = None;
    let figures: BoardFigures = compute_figures(&checks, &results, &calendar, RULE, 2026, day("2026-04-01"));
    assert_eq!(figures.planned, Share { part: 4, whole: 5 });
    assert_eq!(figures.off_site, Share { part: 1, whole: 5 });
    assert_eq!(figures.joint, Share { part: 1, whole: 4 });
    assert_eq!(figures.problem_found, Share { part: 1, whole: 4 });
    assert_eq!(figures.visits_per_enterprise, Share { part: 3, whole: 3 });
    assert_eq!(figures.disclosed, Share { part: 1, whole: 5 });
    assert_eq!(figures.checklist, Share { part: 3, whole: 4 });
    assert_eq!(figures.plan_done, Share { part: 4, whole: 4 });
    assert_eq!(figures.dead.gone, Share { part: 1, whole: 5 });
    let industries = [
        KeyIndustry { prefix: "264".into(), name: "涂料".into() },
        KeyIndustry { prefix: "2511".into(), name: "炼油".into() },
    ];
    let units: Vec<(UnitId, String)> = checks.iter().map(|c| (c.unit_id.clone(), "2641".to_owned())).collect();
    let coverage = compute_industry_coverage(&industries, &units, &results, 2026, day("2026-04-01"));
    assert_eq!((coverage[0].units, coverage[0].visited), (5, Share { part: 4, whole: 5 }));
    assert_eq!(coverage[0].checklist, Share { part: 3, whole: 4 });
    assert_eq!(coverage[1].visited, Share::default());
}

pub(crate) fn list_input<'a>(
    checks: &'a [DueCheck],
    results: &'a [CheckResult],
    calendar: &'a WorkCalendar,
    masker: &'a Masker,
    on: &str,
) -> ResultListInput<'a> {
    ResultListInput {
        scope: ListScope::OfMonth(PlanMonth::new(2026, 3).unwrap()),
        body: None,
        checks,
        results,
        calendar,
        rule: RULE,
        published_on: day(on),
        masker,
    }
}

#[test]
fn the_public_list_names_only_what_may_be_named() {
    let calendar = calendar();
    let masker = Masker::new([("王小明".to_owned(), "31011501".to_owned())]);
    let mut checks: Vec<DueCheck> = (1..=6).map(due).collect();
    checks[1].uscc = Some(uscc("92310115", 7));
    checks[1].number = format!("{}001W", uscc("92310115", 7));
    checks[1].name = "上海市浦东新区张三五金加工店".into();
    let mut results = vec![
        result(&checks[0], "2026-03-12", Some("2026-03-12"), Outcome::Ordered),
        result(&checks[1], "2026-03-10", Some("2026-03-10"), Outcome::Clear),
        result(&checks[2], "2026-03-10", None, Outcome::Clear),
        result(&checks[3], "2026-03-10", Some("2026-03-10"), Outcome::Clear),
        result(&checks[4], "2026-03-11", Some("2026-03-11"), Outcome::Pending),
    ];
    results[3].withheld = Some(WithholdingGround::new("《政府信息公开条例》第十五条").unwrap());
    results[0].handling =
        "王小明责令改正，联系人李四 13812345678；罚款 3 万元（沪0115环罚〔2026〕1 号）；限期 30 日".into();
    let penalty = |document: &str, repaired: Option<&str>| PenaltyNote {
        document: document.into(),
        text: "罚款 3 万元".into(),
        publicity_until: None,
        repaired_on: repaired.map(day),
        publishable: true,
    };
    results[0].penalties = vec![penalty("沪0115环罚〔2026〕1号", Some("2026-03-20"))];
    results[4].penalties = vec![penalty("沪0115环罚〔2026〕2号", None)];
    let list = compute_result_list(&list_input(&checks, &results, &calendar, &masker, "2026-03-31")).unwrap();
    assert_eq!((list.rows.len(), list.withheld.len(), list.running), (3, 1, 1));
    assert_eq!(list.withheld[0].ground, "《政府信息公开条例》第十五条");
    assert_eq!(list.plan_codes, [1, 4, 0].map(|i: usize| checks[i].plan_code.clone()));
    let shop = &list.rows[0];
    assert_eq!(shop.target().name(), "上海市浦东新区**五金加工店");
    assert!(shop.target().code().contains("********") && shop.target().number().contains("**********"));
    let fined = &list.rows[1];
    assert_eq!(fined.handling, "责令改正；罚款 3 万元（沪0115环罚〔2026〕2号）");
    let repaired = &list.rows[2];
    assert_eq!(repaired.handling, "31011501责令改正，联系人李* 138********；限期 30 日");
    assert_eq!(list.penalties_left_out, 1);
    assert_eq!(list.diagnostics.count_code("DIS-062"), 1);
    assert_eq!(
        (repaired.due.date, repaired.disclosed_on, repaired.late_days),
        (day("2026-04-10"), day("2026-03-31"), 0)
    );
    assert_eq!(repaired.inspectors, "31011501、31011502");
    // One check is still open: no certificate yet.
    assert!(list.rows.iter().all(|row| row.draw == format!("承诺值 {}", "ab".repeat(32))));
    results.push(result(&checks[5], "2026-03-30", Some("2026-03-30"), Outcome::Clear));
    let list = compute_result_list(&list_input(&checks, &results, &calendar, &masker, "2026-04-30")).unwrap();
    assert!(list.rows.iter().all(|row| row.draw == "抽取证书 certificate-2026-03.json"));
    assert!(list.rows.iter().any(|row| row.late_days > 0) && list.diagnostics.count_code("DIS-061") > 0);
}

#[test]
fn lists_refuse_what_lies_ahead() {
    let calendar = calendar();
    let masker = Masker::default();
    let checks = [due(1)];
    let mut one = result(&checks[0], "2026-04-09", Some("2026-03-10"), Outcome::Clear);
    let error = compute_result_list(&list_input(&checks, std::slice::from_ref(&one), &calendar, &masker, "2026-03-31"))
        .unwrap_err();
    assert_eq!(error.code(), "DIS-041");
    one.inspected_on = day("2026-03-09");
    assert_eq!(
        compute_result_list(&list_input(&checks, &[one], &calendar, &masker, "2026-03-31")).unwrap().rows.len(),
        1
    );
}

#[test]
fn the_gate_refuses_and_names_the_first_unvisited() {
    let checks: Vec<DueCheck> = (1..=3).map(due).collect();
    let mut results = vec![
        result(&checks[0], "2026-03-10", None, Outcome::Clear),
        result(&checks[2], "2026-03-20", None, Outcome::Clear),
    ];
    let error = check_all_visited(&checks, &results, day("2026-03-31")).unwrap_err();
    assert_eq!(error.code(), "DIS-043");
    assert!(error.to_string().contains(&checks[1].name) && error.to_string().contains("共 1 家"), "{error}");
    results.push(result(&checks[1], "2026-03-21", None, Outcome::Gone));
    assert!(check_all_visited(&checks, &results, day("2026-03-31")).is_ok());
    assert!(check_all_visited(&checks, &results, day("2026-03-20")).is_err());
    let masker = Masker::default();
    let target = |check: &DueCheck, result: &CheckResult, on: &str| {
        PublicTarget::of_result(check, result, day(on), &masker, &mut MaskCounts::default())
    };
    assert_eq!(target(&checks[0], &results[1], "2026-03-31").unwrap_err().code(), "DIS-040");
    assert_eq!(target(&checks[0], &results[0], "2026-03-09").unwrap_err().code(), "DIS-041");
    assert_eq!(target(&checks[0], &results[0], "2026-03-10").unwrap().name(), checks[0].name);
    results[0].withheld = Some(WithholdingGround::new("《政府信息公开条例》第十五条").unwrap());
    assert_eq!(target(&checks[0], &results[0], "2026-03-10").unwrap_err().code(), "DIS-042");
}

#[test]
fn the_scan_finds_leaks_and_excuses_visited_targets() {
    let secret = due(1);
    let open = due(2);
    let scan = PublicScan::new(std::slice::from_ref(&secret), std::slice::from_ref(&open));
    assert!(scan.check_bytes("a.csv", format!("1,{},{}", open.name, open.number).as_bytes()).is_ok());
    for leak in [secret.name.as_str(), secret.unit_id.as_str(), secret.uscc.as_deref().unwrap()] {
        let error = scan.check_bytes("a.csv", format!("前文{leak}后文").as_bytes()).unwrap_err();
        assert_eq!(error.code(), "DIS-044");
        assert!(error.to_string().contains(&secret.name));
    }
    // Another site of a visited enterprise: its own number is a leak, the shared name and code are not.
    let mut site = open.clone();
    site.unit_id = UnitId::new(open.unit_id.as_str().replace("001P", "002P")).unwrap();
    site.number = site.unit_id.to_string();
    let scan = PublicScan::new(std::slice::from_ref(&site), std::slice::from_ref(&open));
    assert!(
        scan.check_bytes("a", format!("{} {} {}", open.name, open.uscc.clone().unwrap(), open.number).as_bytes())
            .is_ok()
    );
    assert!(scan.check_bytes("a", site.number.as_bytes()).is_err());
    // A name inside a visited target's longer name is excused there and nowhere else.
    let needle = |text: &str| LeakNeedle { text: text.into(), unit: "u".into() };
    let scan = PublicScan::of_needles(&[needle("华新化工"), needle("12")], &["上海华新化工贸易".to_owned()]);
    assert!(scan.check_bytes("a", "名单：上海华新化工贸易".as_bytes()).is_ok());
    assert!(scan.check_bytes("a", "上海华新化工贸易、华新化工".as_bytes()).is_err());
    assert_eq!(scan.check_bytes("a", b"").unwrap().too_short, 1);
}

pub(crate) fn year_plan() -> YearPlan {
    let row = |body: &str, scope: &str, population: u64, ratio_ppm: u64, number: u64| YearPlanRow {
        body_name: body.into(),
        plan_name: "排污许可双随机检查".into(),
        plan_code: "2026-01".into(),
        scope: scope.into(),
        population,
        manner: "现场检查、非现场检查".into(),
        matters: "排污许可证执行情况".into(),
        ratio_ppm,
        number,
        period: "1—12月".into(),
        basis: "沪环执法〔2023〕154号第13项".into(),
        remark: String::new(),
    };
    YearPlan {
        agency: "上海市生态环境局".into(),
        year: 2026,
        version: 1,
        prepared_on: Some(day("2026-01-15")),
        approved_on: Some(day("2026-02-10")),
        filed_on: None,
        published_on: Some(day("2026-03-20")),
        cap: CapStatement {
            visits: 2, rule_set: "日常检查计入，触发式检查不计入".into(), confirmed: false
        },
        rows: vec![
            row("浦东新区综合执法局", "重点监管对象", 480, 1_000_000, 480),
            row("崇明区生态环境局", "一般监管对象", 1_333, 75_000, 100),
        ],
        months: PlanMonth::of_year(2026)
            .into_iter()
            .flat_map(|month| {
                [("浦东新区综合执法局", 40), ("崇明区生态环境局", 8)].map(|(body, visits)| MonthCount {
                    body_name: body.into(),
                    month,
                    visits,
                })
            })
            .collect(),
        industries: Vec::new(),
        data_mark: Some("模拟数据".into()),
        unconfirmed: vec!["同一企业年度上限 2 次：本市数值待确认".into()],
    }
}

#[test]
fn the_yearly_plan_is_checked() {
    let march = (3, 31);
    assert!(check_year_plan(&year_plan(), march, day("2026-06-01")).is_empty());
    let code = |change: fn(&mut YearPlan), code: &str| {
        let mut plan = year_plan();
        change(&mut plan);
        let found = check_year_plan(&plan, march, day("2026-06-01"));
        assert!(found.count_code(code) > 0, "{code}: {:?}", found.findings());
    };
    code(|p| p.rows[0].scope.clear(), "DIS-050");
    code(|p| p.rows[1].ratio_ppm = 0, "DIS-050");
    code(|p| p.published_on = Some(day("2026-04-01")), "DIS-051");
    code(|p| p.rows[0].number = 400, "DIS-052");
    code(|p| p.months[0].visits = 400, "DIS-053");
    code(|p| p.rows.clear(), "DIS-054");
    code(|p| p.published_on = None, "DIS-055");
    let mut unpublished = year_plan();
    unpublished.published_on = None;
    assert!(check_year_plan(&unpublished, march, day("2026-03-31")).is_empty());
}
