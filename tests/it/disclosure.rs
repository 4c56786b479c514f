//! Disclosure: deadlines, the board, intake of results, masking in lists, the gate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;
use fairdraw::diagnostic::{AppError, Diagnostics};
use fairdraw::disclosure::{
    BoardFigures, CapStatement, CheckOrigin, CheckResult, DeadlineRule, DeadlineState, DueCheck, FollowUp, Intake,
    IntakeContext, KeyIndustry, LeakNeedle, MandatoryChecks, Manner, MaskCounts, Masker, MonthCount, Outcome,
    PenaltyNote, PublicScan, PublicTarget, ResultColumns, ResultListInput, Share, TextTable, WithholdingGround,
    YearPlan, YearPlanRow, check_all_visited, check_results, check_year_plan, compute_board, compute_dead_records,
    compute_deadline, compute_figures, compute_industry_coverage, compute_rechecks, compute_result_list,
    working_days_between,
};
use fairdraw::domain::{BodyId, InspectorId, PlanMonth, UnitId, Uscc, WorkCalendar};
use proptest::prelude::*;

mod intake;
mod lists;

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
        follow_up: FollowUp::default(),
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

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
    let none = MandatoryChecks::default();
    let open = compute_rechecks(&results, &none, day("2026-04-15"));
    let units: Vec<&UnitId> = open.iter().map(|r| &r.unit_id).collect();
    assert_eq!(units, [&checks[1].unit_id, &checks[0].unit_id]);
    // Before the closings all four were open.
    assert_eq!(compute_rechecks(&results, &none, day("2026-03-10")).len(), 4);
    let mut dead = results.clone();
    dead.push(later(&checks[1], false, Outcome::Gone));
    dead.push(later(&checks[3], false, Outcome::Stopped));
    assert_eq!(compute_rechecks(&dead, &none, day("2026-04-15")).len(), 1);
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
        month: PlanMonth::new(2026, 3).unwrap(),
        body: None,
        checks,
        results,
        calendar,
        rule: RULE,
        published_on: day(on),
        masker,
    }
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
        mandatory: number / 5,
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
        first_published_on: Some(day("2026-03-20")),
        cap: CapStatement {
            visits: 2, rule_set: "日常检查计入，触发式检查不计入".into(), confirmed: false
        },
        rows: vec![
            row("浦东新区综合执法局", "重点监管对象", 480, 1_000_000, 480),
            row("崇明区生态环境局", "一般监管对象", 1_280, 75_000, 96),
        ],
        months: PlanMonth::of_year(2026)
            .into_iter()
            .flat_map(|month| {
                [("浦东新区综合执法局", 30, 10), ("崇明区生态环境局", 6, 2)].map(|(body, drawn, mandatory)| {
                    MonthCount { body_name: body.into(), month, drawn, mandatory, listed: false }
                })
            })
            .collect(),
        industries: Vec::new(),
        data_mark: Some("模拟数据".into()),
        unconfirmed: vec!["同一企业年度上限 2 次：本市数值待确认".into()],
    }
}

/// First published on a day, and not since.
fn first(plan: &mut YearPlan, on: Option<&str>) {
    (plan.published_on, plan.first_published_on) = (on.map(day), on.map(day));
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
    code(|p| first(p, Some("2026-04-01")), "DIS-051");
    // what is published again stays late
    code(
        |p| (p.first_published_on, p.published_on, p.version) = (Some(day("2026-04-01")), Some(day("2026-05-20")), 2),
        "DIS-051",
    );
    code(|p| p.rows[0].number = 400, "DIS-052");
    code(|p| p.months[0].drawn = 400, "DIS-053");
    code(|p| p.rows.clear(), "DIS-054");
    code(|p| first(p, None), "DIS-055");
    let mut unpublished = year_plan();
    first(&mut unpublished, None);
    assert!(check_year_plan(&unpublished, march, day("2026-03-31")).is_empty());
}
