//! Intake of results from tables.

use super::*;

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
}
