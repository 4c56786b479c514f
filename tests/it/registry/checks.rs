//! Every check of the registry, met.

use super::*;
use fairdraw::tabular::Merged;

/// A case: the code that must be given, and what is loaded.
type Case = (&'static codes::Code, Vec<InputTable>);

const CREDIT: [&str; 3] = ["统一社会信用代码", "评价年度", "信用等级"];
const FINE: [&str; 4] = ["统一社会信用代码", "处罚决定日期", "决定书文号", "罚款金额（万元）"];
const PEOPLE: [&str; 7] = ["姓名", "执法证号", "所在单位", "专长", "每月可用天数", "有效期至", "请假"];

fn event(file: &str, head: &[&str], row: &[&str]) -> Vec<InputTable> {
    vec![input(two_sources()), input(raw(file, &[head.to_vec(), row.to_vec()]))]
}

fn one(heading: &str, cell: &str) -> Vec<InputTable> {
    vec![input(sources_with(heading, [cell, ""]))]
}

fn first(row: [&str; 5]) -> Vec<InputTable> {
    vec![input(sources(&[row]))]
}

fn person(row: &[&str]) -> Vec<InputTable> {
    vec![input(raw("执法人员.csv", &[PEOPLE.to_vec(), row.to_vec()]))]
}

fn capacity_rows(rows: &[[&str; 3]]) -> Vec<InputTable> {
    let mut table = vec![vec!["执法主体", "月份", "执法车辆"]];
    table.extend(rows.iter().map(|row| row.to_vec()));
    vec![input(raw("力量装备经费.csv", &table))]
}

fn capacity(months: &[&str]) -> Vec<InputTable> {
    let rows: Vec<[&str; 3]> = months.iter().map(|month| ["徐汇区", *month, "3"]).collect();
    capacity_rows(&rows)
}

/// Units with coordinates, all in 徐汇区.
fn placed(points: &[(&'static str, &'static str)]) -> Vec<InputTable> {
    let numbers: Vec<String> = (0..points.len()).map(|i| format!("3101150000{i:05}")).collect();
    let mut rows = vec![vec![HEAD[0], HEAD[1], HEAD[3], HEAD[4], "经度", "纬度"]];
    for (number, (lon, lat)) in numbers.iter().zip(points) {
        rows.push(vec![number, "甲公司", "徐汇区", "登记管理", lon, lat]);
    }
    vec![input(raw("污染源名录.csv", &rows))]
}

fn whole_degrees() -> Vec<InputTable> {
    placed(&[("121", "31"), ("121", "31"), ("121", "31")])
}

/// Just across the border, but for the shift of another system.
fn in_another_system() -> Vec<InputTable> {
    placed(&[
        ("121.503", "31.2"),
        ("121.5031", "31.2"),
        ("121.5032", "31.2"),
        ("121.5033", "31.2"),
        ("121.5034", "31.2"),
    ])
}

/// Files, headings, single cells.
fn cases_of_cells() -> Vec<Case> {
    vec![
        (&codes::TOO_WIDE, vec![input(raw("x.csv", &[vec!["列"; 1_001], vec!["1"; 1_001]]))]),
        (&codes::TABLE_UNKNOWN, vec![input(raw("x.csv", &[vec!["甲", "乙"], vec!["1", "2"]]))]),
        (
            &codes::COLUMNS_MISSING,
            vec![input(raw("污染源名录.csv", &[vec!["排污许可证编号", "单位名称", "管理类别"]]))],
        ),
        (&codes::COLUMN_TWICE, one("企业名称", "甲")),
        (&codes::COLUMN_UNKNOWN, one("备注", "甲")),
        (
            &codes::HEADER_MISSING,
            vec![InputTable { raw: raw("x.csv", &[vec!["1", "2"]]), table: Some(TableKind::Sources), mapping: None }],
        ),
        (
            &codes::HEADING_ABSENT,
            vec![mapped(two_sources(), "(files: [(file: \"*\", table: sources, columns: {\"address\": \"厂址\"})])")],
        ),
        (&codes::HEADER_BELOW, vec![input(raw("名录.csv", &[vec!["2026年名录"], HEAD.to_vec()]))]),
        (&codes::TABLE_EMPTY, vec![input(sources(&[]))]),
        (&codes::VALUE_MISSING, first([UNIT_A, "", USCC_A, "徐汇", "重点"])),
        (&codes::CHOICE_UNKNOWN, one("环境风险等级", "很高")),
        (&codes::STATUS_UNKNOWN, one("生产状态", "半死不活")),
        (&codes::STATUS_MISSING, one("生产状态", "停产")),
        (&codes::CHOICE_REQUIRED, first([UNIT_A, "甲公司", USCC_A, "徐汇", "甲类"])),
        (&codes::DATE_BAD, one("发证日期", "2026年2月30日")),
        (&codes::DATE_REQUIRED, event("处罚.csv", &FINE, &[USCC_A, "去年", "1号", "5"])),
        (&codes::NUMBER_BAD, event("处罚.csv", &FINE, &[USCC_A, "2026-3-1", "1号", "若干"])),
        (&codes::NUMBER_NEGATIVE, event("处罚.csv", &FINE, &[USCC_A, "2026-3-1", "1号", "-5"])),
        (&codes::FOOTNOTE, first(["合计", "1 家", "", "", ""])),
        (&codes::FLAG_BAD, one("挂牌督办", "也许")),
        (&codes::RANGE_BAD, one("有效期限", "五年")),
        (&codes::USCC_BAD, first([UNIT_A, "甲公司", "911302006992296170", "徐汇", "重点"])),
        (&codes::NUMBER_COVERED, first(["310113197503021234001W", "甲公司", USCC_A, "徐汇", "登记"])),
        (&codes::NUMBER_FORM, first(["A-2026-001", "甲公司", USCC_A, "徐汇", "重点"])),
        (&codes::USCC_UNLIKE, first([UNIT_A, "甲公司", "正在办理", "徐汇", "重点"])),
        (&codes::CODE_DESTROYED, first(["3.10115E+14", "甲公司", USCC_A, "徐汇", "重点"])),
        (&codes::CODE_DESTROYED_SPARE, first([UNIT_A, "甲公司", "9.11302E+17", "徐汇", "重点"])),
        (&codes::CODE_SEVERAL, first(["310115000012345、310115000012346", "甲公司", USCC_A, "徐汇", "重点"])),
        (&codes::NUMBER_OLD, first(["310115000012345", "甲公司", USCC_A, "徐汇", "重点"])),
        (&codes::USCC_DIFFERS, first([UNIT_A, "甲公司", USCC_B, "徐汇", "重点"])),
        (&codes::USCC_FROM_NUMBER, first([UNIT_A, "甲公司", "", "徐汇", "重点"])),
        (&codes::NUMBER_UNUSABLE, first(["尚未办理", "甲公司", USCC_A, "徐汇", "重点"])),
        (
            &codes::NUMBER_COLLIDES,
            vec![input(sources(&[["A-1", "甲公司", "", "徐汇", "重点"], ["A1", "乙公司", "", "徐汇", "重点"]]))],
        ),
        (
            &codes::DUPLICATE_MERGED,
            vec![input(sources(&[[UNIT_A, "甲公司", "", "徐汇", "重点"], [UNIT_A, "甲公司", "", "徐汇", "重点"]]))],
        ),
        (
            &codes::DUPLICATE_CONFLICT,
            vec![input(sources(&[[UNIT_A, "甲公司", "", "徐汇", "重点"], [UNIT_A, "甲公司", "", "徐汇", "登记"]]))],
        ),
    ]
}

/// Districts and points.
fn cases_of_places() -> Vec<Case> {
    let points = |lon: &'static str, lat: &'static str| {
        let mut head = HEAD.to_vec();
        head.extend(["经度", "纬度"]);
        vec![input(raw("名录.csv", &[head, vec![UNIT_A, "甲公司", USCC_A, "浦东新区", "重点", lon, lat]]))]
    };
    let no_district = |lon: &'static str, lat: &'static str| {
        let head = vec![HEAD[0], HEAD[1], HEAD[3], HEAD[4], "经度", "纬度"];
        vec![input(raw("污染源名录.csv", &[head, vec![UNIT_A, "甲公司", "", "重点", lon, lat]]))]
    };
    let many: Vec<Vec<String>> = (0..25).map(|i| vec![format!("3101150000{i:05}"), format!("单位{i}")]).collect();
    let shared: Vec<Vec<&str>> = std::iter::once(vec![HEAD[0], HEAD[1], HEAD[3], HEAD[4], "经度", "纬度"])
        .chain(
            many.iter().map(|row| vec![row[0].as_str(), row[1].as_str(), "徐汇区", "登记管理", "121.4737", "31.2304"]),
        )
        .collect();
    vec![
        (&codes::DISTRICT_SEVERAL, first([UNIT_A, "甲公司", USCC_A, "浦东新区、徐汇区", "重点"])),
        (&codes::DISTRICT_UNKNOWN, first([UNIT_A, "甲公司", USCC_A, "南汇区", "重点"])),
        (&codes::DISTRICT_DIFFERS, points("121.3", "31.2")),
        (&codes::DISTRICT_NEAR_BORDER, points("121.49", "31.2")),
        (&codes::POINT_OUTSIDE, points("120.5", "31.2")),
        (&codes::POINT_SWAPPED, points("31.2", "121.7")),
        (&codes::POINT_BAD, points("121.7", "")),
        (&codes::POINT_WHOLE, whole_degrees()),
        (&codes::POINT_SYSTEM, in_another_system()),
        (&codes::POINT_SHARED, vec![input(raw("污染源名录.csv", &shared))]),
        (&codes::DISTRICT_FROM_POINT, no_district("121.7", "31.2")),
        (&codes::DISTRICT_NOWHERE, no_district("120.2", "31.2")),
    ]
}

/// Dates, industries, money, events and people: what compares cells, rows and tables.
fn cases_of_rows() -> Vec<Case> {
    let measured = ["排污许可证编号", "监测时间", "排口编号", "污染因子", "监测值", "标准限值", "超标倍数", "数据标记"];
    vec![
        (&codes::BODY_SEVERAL, one("执法主体", "徐汇区生态环境局、浦东新区综合执法局")),
        (&codes::INDUSTRY_SEVERAL, one("行业类别", "2511、3360")),
        (&codes::DATE_SHIFTED, one("发证日期", "2024-02-29 23:59:17")),
        (
            &codes::DATE_LAST,
            event("检查台账.csv", &["统一社会信用代码", "检查日期", "检查结果"], &[USCC_A, "2026.3.5-3.8", "合格"]),
        ),
        (
            &codes::RESULT_UNKNOWN,
            event("检查台账.csv", &["统一社会信用代码", "检查日期", "检查结果"], &[USCC_A, "2026-3-5", "√"]),
        ),
        (&codes::LEAVE_BAD, person(&["张三", "A1", "徐汇区生态环境局", "", "10", "", "3月1日-3月5日"])),
        (&codes::MONTH_SETTLED, capacity(&["2027.09", "2027.1"])),
        (&codes::EVENT_CONFLICT, capacity_rows(&[["徐汇区", "2027-01", "3"], ["徐汇区", "2027-01", "4"]])),
        (&codes::BODY_UNKNOWN, one("执法主体", "某某大队")),
        (&codes::BODY_REQUIRED, person(&["张三", "A1", "某某大队", "", "10", "", ""])),
        (&codes::EXPIRES_BEFORE_ISSUE, one("有效期限", "2029-09-10至2024-09-09")),
        (&codes::PERMIT_EXPIRED, one("有效期至", "2026-11-22")),
        (&codes::PERMIT_EXPIRING, one("有效期至", "2027-01-22")),
        (&codes::DATE_FUTURE, event("处罚.csv", &FINE, &[USCC_A, "2027-3-1", "1号", "5"])),
        (&codes::PERIOD_REVERSED, {
            let mut head = HEAD.to_vec();
            head.extend(["正面清单列入日期", "正面清单截止日期"]);
            vec![input(raw(
                "名录.csv",
                &[head, vec![UNIT_A, "甲公司", USCC_A, "徐汇", "重点", "2026-01-01", "2025-01-01"]],
            ))]
        }),
        (&codes::INDUSTRY_UNKNOWN, one("行业类别", "9999")),
        (&codes::INDUSTRY_2011, one("行业类别", "2519")),
        (&codes::INDUSTRY_AMBIGUOUS, one("行业类别", "2614")),
        (
            &codes::MONEY_YUAN,
            event("处罚.csv", &["统一社会信用代码", "处罚决定日期", "罚款金额（元）"], &[USCC_A, "2026-3-1", "50,000"]),
        ),
        (&codes::MONEY_SUSPECT, event("处罚.csv", &FINE, &[USCC_A, "2026-3-1", "1号", "50000"])),
        (
            &codes::MONEY_NO_UNIT,
            event("处罚.csv", &["统一社会信用代码", "处罚决定日期", "罚款金额"], &[USCC_A, "2026-3-1", "50000"]),
        ),
        (
            &codes::MULTIPLE_DIFFERS,
            event("超标.csv", &measured, &[UNIT_A, "2026-3-1", "DA001", "SO2", "60", "50", "2", ""]),
        ),
        (
            &codes::MONITORING_INVALID,
            event("超标.csv", &measured, &[UNIT_A, "2026-3-1", "DA001", "SO2", "60", "50", "", "停产"]),
        ),
        (&codes::UNIT_UNMATCHED, event("信用.csv", &CREDIT, &[USCC_C, "2025", "好"])),
        (&codes::NAME_AMBIGUOUS, {
            let both = sources(&[
                [UNIT_A, "上海甲化工有限公司", USCC_A, "徐汇", "重点"],
                [UNIT_B, "上海甲化工有限公司", USCC_B, "徐汇", "重点"],
            ]);
            vec![
                input(both),
                input(raw(
                    "信用.csv",
                    &[vec!["企业名称", "年度", "信用等级"], vec!["上海甲化工 有限公司", "2025", "好"]],
                )),
            ]
        }),
        (
            &codes::UNIT_BY_OTHER,
            event(
                "处罚.csv",
                &["排污许可证编号", "统一社会信用代码", "处罚决定日期", "文号"],
                &["X999", USCC_A, "2026-3-1", "1"],
            ),
        ),
        (
            &codes::KEYS_DISAGREE,
            event(
                "处罚.csv",
                &["排污许可证编号", "统一社会信用代码", "处罚决定日期", "文号"],
                &[UNIT_A, USCC_B, "2026-3-1", "1"],
            ),
        ),
        (&codes::GRADE_UNKNOWN, event("信用.csv", &CREDIT, &[USCC_A, "2025", "金牌"])),
        (&codes::GRADE_CONFLICT, {
            let rows = [CREDIT.to_vec(), vec![USCC_A, "2025", "好"], vec![USCC_A, "2025", "差"]];
            vec![input(two_sources()), input(raw("信用.csv", &rows))]
        }),
        (&codes::DAYS_MISSING, person(&["张三", "A1", "徐汇区生态环境局", "", "", "", ""])),
        (&codes::CERTIFICATE_EXPIRED, person(&["张三", "A1", "徐汇区生态环境局", "", "10", "2025-1-1", ""])),
        (&codes::CERTIFICATE_BAD, person(&["张三", "沪证一号", "徐汇区生态环境局", "", "10", "", ""])),
        (&codes::RECUSAL_UNKNOWN, {
            let mut tables = person(&["张三", "A1", "徐汇区生态环境局", "", "10", "", ""]);
            tables.push(input(two_sources()));
            tables.push(input(raw(
                "回避.csv",
                &[vec!["执法证号", "单位名称", "回避原因"], vec!["B2", "甲化工", "亲属"]],
            )));
            tables
        }),
        (&codes::SKILL_UNKNOWN, person(&["张三", "A1", "徐汇区生态环境局", "大气、炼丹", "10", "", ""])),
        (&codes::BODY_SHORT, {
            let mut tables = person(&["张三", "A1", "徐汇区生态环境局", "", "10", "", ""]);
            tables.push(input(two_sources()));
            tables
        }),
    ]
}

/// What a file breaks, shows or holds beside its data.
fn cases_of_files() -> Vec<Case> {
    let mut merged = sources_with("地址", ["甲路", ""]);
    merged.facts.merged = vec![Merged { top: 2, bottom: 3, column: 5 }];
    let fines = [FINE.to_vec(), vec![USCC_A, "2026-3-1", "1号", "5"], vec![USCC_B, "2026-3-2", "2号", ""]];
    let mut sum = raw("处罚.csv", &fines);
    sum.facts.merged = vec![Merged { top: 2, bottom: 3, column: 3 }];
    let mut broken = two_sources();
    broken.facts.broken = [2].into();
    let mut glued = sources_with("地址", ["甲路 1 号", "\"乙路 2 号,上海"]);
    glued.facts.run_together = [3].into();
    let mut shifted = raw("污染源名录.csv", &[HEAD.to_vec(), vec![UNIT_A, "甲", USCC_A, "徐汇", "重点", "多"]]);
    shifted.delimiter = Some(',');
    let head = ["排污许可证编号", "单位名称", "管理类别"];
    let sheet = raw_at("名录.xlsx", Some("徐汇区"), 1, &[head.to_vec(), vec![UNIT_A, "甲公司", "重点"]]);
    vec![
        (&codes::MERGED_HELD, vec![input(merged)]),
        (&codes::MERGED_AMOUNT, vec![input(two_sources()), input(sum)]),
        (&codes::ROW_BROKEN, vec![input(broken)]),
        (&codes::ROW_RUN_TOGETHER, vec![input(glued)]),
        (&codes::ROW_SHIFTED, vec![input(shifted)]),
        (&codes::EXAMPLE_ROW, first([UNIT_A, "XXX公司", USCC_A, "徐汇", "重点"])),
        (&codes::TEXT_DESTROYED, first([UNIT_A, "上海锟斤拷公司", USCC_A, "徐汇", "重点"])),
        (&codes::TEXT_DOUBTFUL, one("地址", "涓婃捣铏氭瀯")),
        (&codes::PLACE_FROM_NAME, vec![input(sheet)]),
        (&codes::NAME_SEVERAL, first([UNIT_A, "上海甲有限公司；上海乙有限公司", USCC_A, "徐汇", "重点"])),
        (
            &codes::CODE_AS_DATE,
            vec![input(raw(
                "监测.csv",
                &[
                    vec!["排污许可证编号", "监测时间", "排口编号", "监测值"],
                    vec![UNIT_A, "2026-03-01 13:00", "2026-01-02", "1"],
                ],
            ))],
        ),
    ]
}

/// Every check, met by a small table of its own.
fn cases() -> Vec<Case> {
    cases_of_cells().into_iter().chain(cases_of_places()).chain(cases_of_rows()).chain(cases_of_files()).collect()
}

#[test]
fn every_check_is_met() {
    let mut met: Vec<&str> = Vec::new();
    for (code, tables) in cases() {
        let registry = check(tables);
        assert!(has(&registry, code), "{} was not met; found:\n{}", code.id, messages(&registry));
        let finding = registry.diagnostics.findings().iter().find(|finding| finding.code == code.id).unwrap();
        assert!(finding.what.chars().count() >= 4, "{finding}");
        met.push(code.id);
    }
    // Codes that stop a file of their own kind, and places in metres, which need a map with figures, are met elsewhere;
    // the last one is for faults of the program.
    for code in codes::ALL {
        let elsewhere =
            ["IMP-009", "IMP-029", "IMP-080", "IMP-081", "IMP-082", "IMP-083", "IMP-084", "IMP-098", "IMP-099"];
        assert!(met.contains(&code.id) || elsewhere.contains(&code.id), "{} has no case", code.id);
    }
}

#[test]
fn a_clean_register_and_its_tables_give_no_warning() {
    let registry = check(vec![
        input(sources_with("发证日期", ["2024-09-10", "46082"])),
        input(raw("信用.csv", &[vec!["统一社会信用代码", "年度", "信用等级"], vec![USCC_A, "2025年", "很 好"]])),
    ]);
    assert_eq!(
        registry.diagnostics.count(Severity::Error) + registry.diagnostics.count(Severity::Warning),
        0,
        "{}",
        messages(&registry)
    );
    assert_eq!(registry.credit.column("grade_index").unwrap().u8().unwrap().get(0), Some(0));
    assert_eq!(registry.credit.column("year").unwrap().i32().unwrap().get(0), Some(2025));
    assert_eq!(date(&registry.sources, "issued", 0), "2026-03-01");
}
