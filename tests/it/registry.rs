//! The registry: every check met, joins, headings, mappings, and that no row is ever lost.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use fairdraw::diagnostic::{Progress, Severity};
use fairdraw::registry::codes;
use fairdraw::registry::{
    BodyName, CoordinateSystem, DistrictLookup, IndustryTable, InputFile, InputTable, LastingIds, Mapping, NamedId,
    NoMap, Registry, RegistryOptions, TableKind, check_tables, frame_from_bytes, frame_to_bytes, load_registry,
    render_report, render_report_csv, render_set_aside_csv, render_summary,
};
use fairdraw::tabular::RawTable;
use polars::prelude::*;
use proptest::prelude::*;

/// Two districts side by side, the border at 121.5 degrees east: west 徐汇区, east 浦东新区.
struct TwoDistricts;

impl DistrictLookup for TwoDistricts {
    fn by_name(&self, name: &str) -> Option<u32> {
        match name {
            "浦东新区" => Some(310_115),
            "徐汇区" => Some(310_104),
            _ => None,
        }
    }
    fn by_code(&self, code: u32) -> Option<u32> {
        [310_104, 310_115].contains(&code).then_some(code)
    }
    fn locate_many(&self, lon: &[f64], lat: &[f64]) -> Vec<Option<u32>> {
        lon.iter()
            .zip(lat)
            .map(|(lon, lat)| {
                ((121.0..122.0).contains(lon) && (30.8..31.5).contains(lat)).then_some(if *lon < 121.5 {
                    310_104
                } else {
                    310_115
                })
            })
            .collect()
    }
    fn distance_to_border_m(&self, lon: f64, _lat: f64) -> Option<f64> {
        Some((lon - 121.5).abs() * 95_000.0)
    }
    fn name_of(&self, code: u32) -> Option<String> {
        Some(if code == 310_115 { "浦东新区" } else { "徐汇区" }.to_owned())
    }
    fn bounds(&self) -> Option<[f64; 4]> {
        Some([121.0, 30.8, 122.0, 31.5])
    }
    fn to_wgs84(&self, system: CoordinateSystem, lon: f64, lat: f64) -> (f64, f64) {
        match system {
            CoordinateSystem::Wgs84 => (lon, lat),
            _ => (lon - 0.0045, lat + 0.002),
        }
    }
}

const USCC_A: &str = "91130200699229617X";
const USCC_B: &str = "91110000802100433B";
const USCC_C: &str = "91350100M000100Y43";
const UNIT_A: &str = "91130200699229617X001P";
const UNIT_B: &str = "91110000802100433B001V";

fn raw_at(file: &str, sheet: Option<&str>, first_row: u32, rows: &[Vec<&str>]) -> RawTable {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let columns = (0..width)
        .map(|c| {
            let cells: StringChunked =
                rows.iter().map(|row| row.get(c).copied().filter(|text| !text.is_empty())).collect();
            cells.with_name(format!("c{c}").as_str().into()).into_column()
        })
        .collect();
    RawTable {
        file: file.to_owned(),
        path: PathBuf::from(file),
        sheet: sheet.map(str::to_owned),
        encoding: None,
        delimiter: None,
        rows: (0..rows.len() as u32).map(|i| first_row + i).collect(),
        cells: DataFrame::new(rows.len(), columns).unwrap(),
        named: false,
    }
}

fn raw(file: &str, rows: &[Vec<&str>]) -> RawTable {
    raw_at(file, None, 1, rows)
}

fn input(raw: RawTable) -> InputTable {
    InputTable { raw, table: None, mapping: None }
}

fn mapped(raw: RawTable, ron: &str) -> InputTable {
    let mapping = Mapping::from_ron(ron, "m.ron").unwrap();
    InputTable { raw, table: None, mapping: mapping.files.into_iter().next() }
}

fn options() -> RegistryOptions {
    let mut options = RegistryOptions::new(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()).unwrap();
    let classes = "level,code,parent,name\nclass,2511,251,原油加工及石油制品制造\nclass,3360,336,金属表面处理及热处理加工\nclass,2612,261,甲\nclass,2613,261,乙\n";
    options.industry = Arc::new(IndustryTable::from_csv(classes, "a,b\n2519,2511\n2614,2612\n2614,2613\n").unwrap());
    options.credit_scale = ["很好", "好", "一般", "差", "很差"]
        .iter()
        .enumerate()
        .map(|(i, name)| (i as u8, vec![(*name).to_owned()]))
        .collect();
    let body = |id: &str, names: &[&str], district| BodyName {
        id: id.parse().unwrap(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        district,
    };
    options.bodies = vec![
        body("310104", &["徐汇区生态环境局"], Some(310_104)),
        body("310115", &["浦东新区综合执法局"], Some(310_115)),
        body("sh_brigade", &["市生态环境局执法总队"], None),
    ];
    options.skills = vec![
        NamedId { id: "air".to_owned(), names: vec!["大气".to_owned()] },
        NamedId { id: "monitoring".to_owned(), names: vec!["监测".to_owned()] },
    ];
    options
}

fn check(tables: Vec<InputTable>) -> Registry {
    check_with(tables, &options())
}

fn check_with(tables: Vec<InputTable>, options: &RegistryOptions) -> Registry {
    let registry = check_tables(&tables, options, &TwoDistricts, &Progress::none()).unwrap();
    nothing_is_lost(&registry);
    registry
}

fn nothing_is_lost(registry: &Registry) {
    for summary in &registry.summaries {
        assert_eq!(summary.rows_read, summary.kept + summary.set_aside + summary.merged, "{summary:?}");
        assert_eq!(summary.kept, registry.frame(summary.kind).height() as u64);
        for column in summary.kind.frame_columns() {
            assert!(registry.frame(summary.kind).column(column.name).is_ok(), "{}", column.name);
        }
    }
    let aside: u64 = registry.summaries.iter().map(|summary| summary.set_aside).sum();
    assert_eq!(aside, registry.set_aside.height() as u64);
}

fn texts(frame: &DataFrame, column: &str) -> Vec<Option<String>> {
    frame.column(column).unwrap().str().unwrap().iter().map(|text| text.map(str::to_owned)).collect()
}

fn text(frame: &DataFrame, column: &str, row: usize) -> String {
    texts(frame, column)[row].clone().unwrap_or_else(|| "∅".to_owned())
}

fn date(frame: &DataFrame, column: &str, row: usize) -> String {
    frame.column(column).unwrap().get(row).unwrap().to_string()
}

fn has(registry: &Registry, code: &codes::Code) -> bool {
    registry.diagnostics.count_code(code.id) > 0
}

fn messages(registry: &Registry) -> String {
    registry.diagnostics.findings().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

const HEAD: [&str; 5] = ["排污许可证编号", "单位名称", "统一社会信用代码", "行政区", "管理类别"];

fn sources(rows: &[[&str; 5]]) -> RawTable {
    let mut all = vec![HEAD.to_vec()];
    all.extend(rows.iter().map(|row| row.to_vec()));
    raw("污染源名录.csv", &all)
}

/// A register of two units with one more column.
fn sources_with(heading: &str, cells: [&str; 2]) -> RawTable {
    let mut head = HEAD.to_vec();
    head.push(heading);
    raw(
        "污染源名录.csv",
        &[
            head,
            vec![UNIT_A, "上海甲化工有限公司", USCC_A, "浦东新区", "重点管理", cells[0]],
            vec![UNIT_B, "上海乙电镀有限公司", USCC_B, "徐汇区", "简化", cells[1]],
        ],
    )
}

fn two_sources() -> RawTable {
    sources(&[
        [UNIT_A, "上海甲化工有限公司", USCC_A, "浦东新区", "重点管理"],
        [UNIT_B, "上海乙电镀有限公司", USCC_B, "徐汇区", "简化"],
    ])
}

#[test]
fn a_register_is_read_sorted_and_completed() {
    let registry = check(vec![input(two_sources())]);
    let frame = &registry.sources;
    assert_eq!(texts(frame, "unit_id"), [Some(UNIT_B.to_owned()), Some(UNIT_A.to_owned())]);
    assert_eq!(text(frame, "management", 0), "simplified");
    assert_eq!(text(frame, "body", 1), "310115");
    assert_eq!(text(frame, "status", 0), "active");
    assert_eq!(text(frame, "enterprise", 1), USCC_A);
    assert_eq!(frame.column("row").unwrap().u32().unwrap().get(0), Some(3));
    assert_eq!(text(frame, "file", 0), "污染源名录.csv");
    assert_eq!(registry.diagnostics.count(Severity::Error), 0, "{}", messages(&registry));
}

#[test]
fn headings_below_titles_and_over_two_rows() {
    let table = || {
        raw_at(
            "2026年台账.xlsx",
            Some("Sheet1"),
            1,
            &[
                vec!["2026年固定污染源名录（浦东新区）"],
                vec!["填报单位：某局", "", "", "", "", "", "填报日期：2026-11-01"],
                vec!["序号", "*排污许可证编号\n（必填）", "单位名称", "行政区划", "", "坐标", "", "管理类别", "备注"],
                vec!["", "", "", "区", "街镇", "经度", "纬度", "", ""],
                vec!["1", UNIT_A, "甲化工（集团）有限公司", "浦东新区", "川沙", "121.7", "31.2", "重点管理", "x"],
                vec!["2", UNIT_B, "乙电镀有限公司", "徐汇", "漕河泾", "121.4", "31.2", "登记", ""],
                vec!["合  计", "2家"],
                vec!["注：本表由各区填报"],
            ],
        )
    };
    let registry = check(vec![input(table())]);
    assert_eq!(registry.sources.height(), 2, "{}", messages(&registry));
    assert_eq!(registry.sources.column("lon").unwrap().f64().unwrap().get(1), Some(121.7));
    assert_eq!(text(&registry.sources, "name", 1), "甲化工（集团）有限公司");
    assert_eq!(texts(&registry.sources, "备注")[1].as_deref(), Some("x"));
    assert!(registry.sources.column("行政区划街镇").is_ok(), "{:?}", registry.sources.get_column_names());
    assert_eq!(registry.diagnostics.count_code("IMP-017"), 2);
    assert!(has(&registry, &codes::HEADER_BELOW));
    // What was recognised can be kept and gives the same again.
    let kept = Mapping::from_ron(&registry.recognised.to_ron().unwrap(), "kept.ron").unwrap();
    assert_eq!(kept.files[0].header_row, Some(3));
    assert_eq!(kept.files[0].header_rows, Some(2));
    assert_eq!(kept.files[0].columns["lon"], "经度");
    let again = InputTable { raw: table(), table: None, mapping: kept.files.first().cloned() };
    assert!(check(vec![again]).sources.equals_missing(&registry.sources));
}

#[test]
fn tables_are_recognised_by_their_headings_and_names() {
    for (file, head, kind) in [
        ("a.csv", vec!["许可证编号", "单位名称", "所属区", "管理类别", "有效期限", "发证日期"], TableKind::Sources),
        ("b.csv", vec!["企业名称", "统一社会信用代码", "评价年度", "信用等级"], TableKind::Credit),
        (
            "c.csv",
            vec!["行政相对人名称", "统一社会信用代码", "行政处罚决定书文号", "处罚决定日期", "罚款金额（万元）"],
            TableKind::Violations,
        ),
        ("d.csv", vec!["被投诉单位", "投诉时间", "污染类型", "是否属实"], TableKind::Complaints),
        (
            "e.csv",
            vec!["排污许可证编号", "监测时间", "排口编号", "污染因子", "监测值", "标准限值"],
            TableKind::Monitoring,
        ),
        ("f.csv", vec!["姓名", "执法证号", "所在单位", "专长"], TableKind::Inspectors),
        ("g.csv", vec!["执法证号", "单位名称", "回避原因"], TableKind::Recusals),
        ("h.csv", vec!["被检查单位", "统一社会信用代码", "检查日期", "检查结果"], TableKind::PastChecks),
        ("i.csv", vec!["执法主体", "月份", "执法车辆", "经费（万元）"], TableKind::Capacity),
    ] {
        let registry = check(vec![input(raw(file, &[head]))]);
        assert_eq!(registry.summaries.first().map(|s| s.kind), Some(kind), "{file}: {}", messages(&registry));
    }
    // Headings that could be two tables: the file's name decides.
    let head = vec!["企业名称", "统一社会信用代码", "日期"];
    for (file, kind) in [("行政处罚.csv", TableKind::Violations), ("12345投诉.csv", TableKind::Complaints)] {
        let registry = check(vec![input(raw(file, std::slice::from_ref(&head)))]);
        assert_eq!(registry.summaries.first().map(|s| s.kind), Some(kind), "{file}");
    }
    // Where the name says nothing either, it is asked, not guessed; `--as` settles it.
    let registry = check(vec![input(raw("x.csv", std::slice::from_ref(&head)))]);
    assert!(registry.summaries.is_empty() && has(&registry, &codes::TABLE_UNKNOWN), "{}", messages(&registry));
    let said = InputTable { raw: raw("x.csv", &[head]), table: Some(TableKind::PastChecks), mapping: None };
    assert_eq!(check(vec![said]).summaries.first().map(|s| s.kind), Some(TableKind::PastChecks));
}

#[test]
fn the_better_heading_is_taken_wherever_it_stands() {
    let head =
        vec!["编号", "省", "市", "注册地址", "单位名称", "排污许可证编号", "区县", "管理类别", "生产经营场所地址"];
    let row = vec!["7", "上海市", "上海市", "注册处", "甲公司", UNIT_A, "徐汇", "重点", "经营处"];
    let registry = check(vec![input(raw("名录.csv", &[head, row]))]);
    assert_eq!(text(&registry.sources, "unit_id", 0), UNIT_A, "{}", messages(&registry));
    assert_eq!(text(&registry.sources, "address", 0), "经营处");
    assert_eq!(text(&registry.sources, "编号", 0), "7");
    assert_eq!(registry.sources.column("district").unwrap().u32().unwrap().get(0), Some(310_104));
}

/// Every check, met by a small table of its own: (what is loaded, the code it must give).
fn cases() -> Vec<(&'static codes::Code, Vec<InputTable>)> {
    let event = |file: &str, head: &[&str], row: &[&str]| {
        vec![input(two_sources()), input(raw(file, &[head.to_vec(), row.to_vec()]))]
    };
    let one = |heading: &str, cell: &str| vec![input(sources_with(heading, [cell, ""]))];
    let first = |row: [&str; 5]| vec![input(sources(&[row]))];
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
    let credit = ["统一社会信用代码", "评价年度", "信用等级"];
    let fine = ["统一社会信用代码", "处罚决定日期", "决定书文号", "罚款金额（万元）"];
    let measured = ["排污许可证编号", "监测时间", "排口编号", "污染因子", "监测值", "标准限值", "超标倍数", "数据标记"];
    let people = ["姓名", "执法证号", "所在单位", "专长", "每月可用天数", "有效期至", "请假"];
    let person = |row: &[&str]| vec![input(raw("执法人员.csv", &[people.to_vec(), row.to_vec()]))];
    vec![
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
        (&codes::CHOICE_UNKNOWN, one("生产状态", "半死不活")),
        (&codes::CHOICE_REQUIRED, first([UNIT_A, "甲公司", USCC_A, "徐汇", "甲类"])),
        (&codes::DATE_BAD, one("发证日期", "2026年2月30日")),
        (&codes::DATE_REQUIRED, event("处罚.csv", &fine, &[USCC_A, "去年", "1号", "5"])),
        (&codes::NUMBER_BAD, event("处罚.csv", &fine, &[USCC_A, "2026-3-1", "1号", "五万"])),
        (&codes::NUMBER_NEGATIVE, event("处罚.csv", &fine, &[USCC_A, "2026-3-1", "1号", "-5"])),
        (&codes::FOOTNOTE, first(["合计", "1 家", "", "", ""])),
        (&codes::FLAG_BAD, one("挂牌督办", "也许")),
        (&codes::RANGE_BAD, one("有效期限", "五年")),
        (&codes::USCC_BAD, first([UNIT_A, "甲公司", "911302006992296170", "徐汇", "重点"])),
        (&codes::NUMBER_FORM, first(["A-2026-001", "甲公司", USCC_A, "徐汇", "重点"])),
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
        (&codes::DISTRICT_UNKNOWN, first([UNIT_A, "甲公司", USCC_A, "南汇区", "重点"])),
        (&codes::DISTRICT_DIFFERS, points("121.3", "31.2")),
        (&codes::DISTRICT_NEAR_BORDER, points("121.49", "31.2")),
        (&codes::POINT_OUTSIDE, points("120.5", "31.2")),
        (&codes::POINT_SWAPPED, points("31.2", "121.7")),
        (&codes::POINT_BAD, points("121.7", "")),
        (&codes::POINT_SHARED, vec![input(raw("污染源名录.csv", &shared))]),
        (&codes::DISTRICT_FROM_POINT, no_district("121.7", "31.2")),
        (&codes::DISTRICT_NOWHERE, no_district("120.2", "31.2")),
        (&codes::BODY_UNKNOWN, one("执法主体", "某某大队")),
        (&codes::BODY_REQUIRED, person(&["张三", "A1", "某某大队", "", "10", "", ""])),
        (&codes::EXPIRES_BEFORE_ISSUE, one("有效期限", "2029-09-10至2024-09-09")),
        (&codes::PERMIT_EXPIRED, one("有效期至", "2026-11-22")),
        (&codes::PERMIT_EXPIRING, one("有效期至", "2027-01-22")),
        (&codes::DATE_FUTURE, event("处罚.csv", &fine, &[USCC_A, "2027-3-1", "1号", "5"])),
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
        (&codes::MONEY_SUSPECT, event("处罚.csv", &fine, &[USCC_A, "2026-3-1", "1号", "50000"])),
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
        (&codes::UNIT_UNMATCHED, event("信用.csv", &credit, &[USCC_C, "2025", "好"])),
        (&codes::NAME_AMBIGUOUS, {
            let both = sources(&[
                [UNIT_A, "甲化工公司", USCC_A, "徐汇", "重点"],
                [UNIT_B, "上海甲化工有限公司", USCC_B, "徐汇", "重点"],
            ]);
            vec![
                input(both),
                input(raw(
                    "信用.csv",
                    &[vec!["企业名称", "年度", "信用等级"], vec!["甲化工股份有限公司", "2025", "好"]],
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
        (&codes::GRADE_UNKNOWN, event("信用.csv", &credit, &[USCC_A, "2025", "金牌"])),
        (&codes::GRADE_CONFLICT, {
            let rows = [credit.to_vec(), vec![USCC_A, "2025", "好"], vec![USCC_A, "2025", "差"]];
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
    // Codes that stop a file of their own kind are met elsewhere; this one is for faults of the program.
    for code in codes::ALL {
        let elsewhere = ["IMP-009", "IMP-029", "IMP-080", "IMP-081", "IMP-082", "IMP-083", "IMP-084", "IMP-099"];
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

#[test]
fn values_in_their_many_spellings() {
    for (heading, cell, column, expected) in [
        ("管理级别2", "", "status", "active"),
        ("运行状态", "已搬迁", "status", "moved"),
        ("运行状态", "关停", "status", "closed"),
        ("运行状态", "停产", "status", "stopped"),
        ("环境监管重点单位类型", "水环境、大气环境，土壤污染重点监管单位", "key_unit", "water;air;soil"),
        ("重点单位类型", "环境风险管控；噪声", "key_unit", "noise;risk"),
        ("监管类别", "重点监管对象", "supervision", "key"),
        ("业务类型", "首次申请", "permit_event", "first"),
        ("业务类型", "延续", "permit_event", "renewal"),
        ("业务类型", "重新申请", "permit_event", "reapply"),
        ("业务类型", "变更", "permit_event", "change"),
        ("环境风险等级", "较大环境风险", "env_risk", "larger"),
        ("行业类别", "C2511 原油加工及石油制品制造", "industry", "2511"),
        ("行业类别", "金属表面处理及热处理加工", "industry", "3360"),
        ("执法主体", "市生态环境局执法总队", "body", "sh_brigade"),
        ("执法主体", "徐汇区生态环境局执法大队", "body", "310104"),
        ("执法主体", "sh_brigade", "body", "sh_brigade"),
    ] {
        let registry = check(vec![input(sources_with(heading, [cell, ""]))]);
        assert_eq!(text(&registry.sources, column, 1), expected, "{heading} {cell}: {}", messages(&registry));
    }
    for (cell, expected) in [
        ("是", "true"),
        ("√", "true"),
        ("Y", "true"),
        ("1", "true"),
        ("有", "true"),
        ("否", "false"),
        ("×", "false"),
        ("", "null"),
        ("/", "null"),
    ] {
        let registry = check(vec![input(sources_with("是否挂牌督办", [cell, ""]))]);
        assert_eq!(date(&registry.sources, "supervised", 1), expected, "{cell}");
    }
    let registry =
        check(vec![input(sources_with("有效期限", ["2024年9月10日—2029年9月9日", "2024-09-10至2029-09-09"]))]);
    for row in 0..2 {
        assert_eq!(date(&registry.sources, "issued", row), "2024-09-10");
        assert_eq!(date(&registry.sources, "expires", row), "2029-09-09");
    }
    let registry = check(vec![input(sources_with("经纬度", ["121.7，31.2", "东经121°24′，北纬31°12′"]))]);
    assert_eq!(registry.sources.column("lat").unwrap().f64().unwrap().get(0), Some(31.2), "{}", messages(&registry));
}

#[test]
fn rare_characters_survive() {
    // Names from the far end of GBK and beyond must come out as they went in.
    for name in ["上海堃鑫㙦化工（集团）有限公司", "龘靐齉厂", "上海𠮷野家食品", "Ａ＆Ｂ 化工"]
    {
        let registry = check(vec![input(sources(&[[UNIT_A, name, USCC_A, "徐汇", "重点"]]))]);
        assert_eq!(text(&registry.sources, "name", 0), name);
    }
}

#[test]
fn coordinates_are_converted_and_swaps_mended() {
    let table = |lon: &'static str, lat: &'static str| {
        raw("a.csv", &[vec!["编号", "单位名称", "管理类别", "经度", "纬度"], vec![UNIT_A, "甲公司", "重点", lon, lat]])
    };
    let ron = "(files: [(file: \"*\", table: sources, coordinates: gcj02, district: from_point)])";
    let registry = check(vec![mapped(table("121.503", "31.2"), ron)]);
    assert_eq!(registry.sources.column("district").unwrap().u32().unwrap().get(0), Some(310_104));
    let registry = check(vec![input(table("31.2", "121.7"))]);
    assert_eq!(registry.sources.column("lon").unwrap().f64().unwrap().get(0), Some(121.7));
}

#[test]
fn events_meet_their_enterprises() {
    let registry = check(vec![
        input(two_sources()),
        input(raw(
            "信访投诉.csv",
            &[
                vec!["许可证编号", "统一社会信用代码", "被投诉单位", "投诉日期", "是否属实"],
                vec!["９１130200699229617x001p", "", "", "2026-5-1", "属实"],
                vec!["", USCC_B, "", "2026-5-1", "不属实"],
                vec!["", "", "甲化工（上海）", "2026-5-1", "部分属实"],
                vec!["", "", "上海市 乙电镀 有限责任公司", "2026-5-1", ""],
                vec!["91130200699229617X002P", "", "", "2026-5-1", "是"],
                vec!["", "", "上海甲化工厂", "2026-5-1", "是"],
            ],
        )),
    ]);
    let enterprise = texts(&registry.complaints, "enterprise");
    let expected = [Some(USCC_A), Some(USCC_B), None, Some(USCC_B), Some(USCC_A), None];
    assert_eq!(enterprise, expected.map(|code| code.map(str::to_owned)), "{}", messages(&registry));
    // A unit that the register has keeps its id; one that it has not is led to its enterprise.
    assert_eq!(texts(&registry.complaints, "unit_id")[0].as_deref(), Some(UNIT_A));
    assert_eq!(texts(&registry.complaints, "unit_id")[4], None);
    let found = messages(&registry);
    assert!(found.contains("上海甲化工厂") && found.contains("相近的有：上海甲化工有限公司"), "{found}");
    let flags: Vec<_> = registry.complaints.column("substantiated").unwrap().bool().unwrap().iter().collect();
    assert_eq!(flags, [Some(true), Some(false), Some(true), None, Some(true), Some(true)]);
}

#[test]
fn money_is_in_ten_thousands_whatever_the_unit() {
    for (heading, cell, wan) in [
        ("罚款金额（万元）", "5", 5.0),
        ("罚款金额（元）", "５０，０００", 5.0),
        ("罚款金额（万元）", "50000元", 5.0),
        ("罚款金额", "5万元", 5.0),
        ("罚款金额", "50000", 5.0),
        ("罚款金额（亿元）", "0.0005", 5.0),
    ] {
        let registry = check(vec![
            input(two_sources()),
            input(raw(
                "处罚.csv",
                &[vec!["统一社会信用代码", "处罚决定日期", heading], vec![USCC_A, "2026/3/1", cell]],
            )),
        ]);
        let amount = registry.violations.column("amount_wan").unwrap().f64().unwrap().get(0).unwrap();
        assert!((amount - wan).abs() < 1e-9, "{heading} {cell}: {amount}");
    }
}

#[test]
fn monitoring_and_past_checks_are_completed() {
    let registry = check(vec![
        input(two_sources()),
        input(raw(
            "在线监测超标.csv",
            &[
                vec!["排污许可证编号", "监测时间", "因子", "监测值", "标准限值", "数据标记"],
                vec![UNIT_A, "2026-05-01 13:00:00", "SO2", "75", "50", ""],
                vec![UNIT_A, "2026-05-01", "SO2", "75", "50", "设备故障"],
            ],
        )),
        input(raw(
            "检查台账.csv",
            &[
                vec!["被检查单位", "检查日期", "检查类型", "检查结果", "是否联合检查"],
                vec!["上海甲化工有限公司", "2026-03-01", "双随机", "发现问题已责令改正", "是"],
                vec!["上海乙电镀有限公司", "2026-12-01", "专项检查", "", "否"],
            ],
        )),
    ]);
    let monitoring = &registry.monitoring;
    assert_eq!(monitoring.column("multiple").unwrap().f64().unwrap().get(0), Some(0.5));
    let flags = |frame: &DataFrame, id: &str| frame.column(id).unwrap().bool().unwrap().iter().collect::<Vec<_>>();
    assert_eq!(flags(monitoring, "hourly"), [Some(true), Some(false)]);
    assert_eq!(flags(monitoring, "valid"), [Some(true), Some(false)]);
    assert_eq!(flags(&registry.past_checks, "problem"), [Some(true), None]);
    assert_eq!(flags(&registry.past_checks, "done"), [Some(true), Some(false)]);
    assert_eq!(texts(&registry.past_checks, "kind"), [Some("routine".to_owned()), Some("special".to_owned())]);
}

#[test]
fn inspectors_and_capacity() {
    let registry = check(vec![
        input(raw(
            "执法人员名录.xlsx",
            &[
                vec!["姓名", "执法证号", "所在单位", "专长", "主办", "每月可用天数", "请假", "证件有效期"],
                vec![
                    "张三",
                    "０９-001",
                    "浦东新区综合执法局",
                    "监测、大气",
                    "是",
                    "12",
                    "2027-03-01至2027-03-05；2027-04-01",
                    "2022-1-1至2028-1-1",
                ],
                vec!["李四", "09-002", "市生态环境局执法总队", "", "否", "8天", "", ""],
                vec!["李四", "09-002", "市生态环境局执法总队", "", "否", "8天", "", ""],
                vec!["王五", "09-002", "徐汇区生态环境局", "", "否", "8", "", ""],
            ],
        )),
        input(raw(
            "力量装备.csv",
            &[
                vec!["执法主体", "月份", "执法车辆", "监测天数", "经费（元）"],
                vec!["浦东新区综合执法局", "2027年3月", "6", "12.5", "120,000"],
            ],
        )),
    ]);
    let people = &registry.inspectors;
    assert_eq!(people.height(), 2, "{}", messages(&registry));
    assert_eq!(text(people, "certificate", 0), "09-001");
    assert_eq!(text(people, "skills", 0), "air;monitoring");
    assert_eq!(text(people, "leave", 0), "2027-03-01/2027-03-05;2027-04-01/2027-04-01");
    assert_eq!(date(people, "valid_to", 0), "2028-01-01");
    assert_eq!(people.column("days_per_month").unwrap().f64().unwrap().get(1), Some(8.0));
    assert_eq!(text(&registry.capacity, "month", 0), "2027-03");
    assert_eq!(registry.capacity.column("budget_wan").unwrap().f64().unwrap().get(0), Some(12.0));
}

#[test]
fn a_permit_that_follows_a_registration_keeps_its_id() {
    let mut options = options();
    options.lasting = LastingIds::from_csv(&format!("number,unit_id\n{UNIT_A},310115000012345\n"), "沿用.csv").unwrap();
    let registry = check_with(
        vec![
            input(two_sources()),
            input(raw("处罚.csv", &[vec!["排污许可证编号", "处罚决定日期", "文号"], vec![UNIT_A, "2026-3-1", "1号"]])),
        ],
        &options,
    );
    assert_eq!(text(&registry.sources, "unit_id", 0), "310115000012345");
    assert_eq!(text(&registry.sources, "number", 0), UNIT_A);
    assert_eq!(text(&registry.violations, "unit_id", 0), "310115000012345");
    assert!(has(&registry, &codes::LASTING_ID));
}

#[test]
fn several_files_of_one_table_are_put_together() {
    let second = raw_at(
        "浦东.xlsx",
        Some("名录"),
        5,
        &[
            vec!["单位名称", "排污许可证编号", "行政区", "管理类别", "联系人"],
            vec!["丙厂", "310115000099999", "浦东", "登记管理", "赵"],
            vec!["上海甲化工有限公司", UNIT_A, "徐汇", "重点管理", "钱"],
        ],
    );
    let registry = check(vec![input(two_sources()), input(second)]);
    assert_eq!(registry.sources.height(), 3, "{}", messages(&registry));
    assert_eq!(texts(&registry.sources, "联系人"), [Some("赵".to_owned()), None, None]);
    assert_eq!(registry.summary(TableKind::Sources).unwrap().files, ["污染源名录.csv", "浦东.xlsx「名录」"]);
    // The second row of a unit is set aside with both rows named and all its cells.
    let aside = &registry.set_aside;
    assert_eq!((text(aside, "code", 0), text(aside, "sheet", 0)), ("IMP-028".to_owned(), "名录".to_owned()));
    assert_eq!(aside.column("row").unwrap().u32().unwrap().get(0), Some(7));
    assert!(text(aside, "cells", 0).contains("\"联系人\":\"钱\""));
    assert!(text(aside, "reason", 0).contains("污染源名录.csv第 2 行"), "{}", text(aside, "reason", 0));
}

#[test]
fn a_sheet_of_instructions_beside_a_table_is_no_error() {
    let mut notes = raw_at("台账.xlsx", Some("填表说明"), 1, &[vec!["一、填表说明"], vec!["二、联系方式"]]);
    notes.path = PathBuf::from("台账.xlsx");
    let mut table = two_sources();
    table.path = PathBuf::from("台账.xlsx");
    let registry = check(vec![input(notes), input(table)]);
    assert_eq!(registry.diagnostics.count(Severity::Error), 0, "{}", messages(&registry));
    assert_eq!(registry.diagnostics.count_code("IMP-001"), 1);
}

#[test]
fn value_maps_and_constants_stand_in() {
    let table = raw(
        "plants.csv",
        &[
            vec!["Plant", "Title", "Lon", "Lat", "State"],
            vec!["1000453", "Xiluodu", "121.6", "31.0", "Operational"],
            vec!["1000463", "Ertan", "121.2", "31.0", "Closed"],
        ],
    );
    let registry = check(vec![mapped(
        table,
        r#"(files: [(file: "plants.csv", table: sources,
            columns: {"unit_id": "Plant", "name": "Title", "lon": "Lon", "lat": "Lat", "status": "State"},
            constants: {"management": "登记管理"},
            values: {"status": {"Operational": "active", "Closed": "关闭"}},
            district: from_point)])"#,
    )]);
    assert_eq!(registry.sources.height(), 2, "{}", messages(&registry));
    assert_eq!(texts(&registry.sources, "status"), [Some("active".to_owned()), Some("closed".to_owned())]);
    assert_eq!(text(&registry.sources, "management", 0), "registration");
    assert_eq!(text(&registry.sources, "body", 0), "310115");
    assert_eq!(registry.diagnostics.count_code("IMP-036"), 0);
}

#[test]
fn frames_come_back_from_parquet_as_they_were() {
    let registry = check(vec![
        input(sources_with("备注", ["=1+1", ""])),
        input(raw("信用.csv", &[vec!["企业名称", "年度", "信用等级"], vec!["甲化工", "2025", "好"]])),
    ]);
    let mut back = Registry::empty();
    for (name, frame) in registry.frames() {
        let bytes = frame_to_bytes(frame).unwrap();
        back.restore(name, frame_from_bytes(bytes, name).unwrap()).unwrap();
    }
    for kind in TableKind::ALL {
        assert!(registry.frame(kind).equals_missing(back.frame(kind)), "{}", kind.id());
    }
    assert!(registry.set_aside.equals_missing(&back.set_aside));
    assert_eq!(frame_from_bytes(b"PAR1 no parquet".to_vec(), "sources").unwrap_err().code(), "IMP-083");
    let wrong = back.credit.clone();
    assert_eq!(back.restore("sources", wrong).unwrap_err().code(), "IMP-083");
}

#[test]
fn the_report_names_everything() {
    let registry = check(vec![input(sources(&[
        [UNIT_A, "甲公司", USCC_A, "徐汇", "=重点"],
        [UNIT_B, "乙公司", USCC_B, "徐汇", "重点"],
    ]))]);
    let report = render_report(&registry);
    assert_eq!(report.height() as u64, registry.diagnostics.summary().map(|(_, _, n)| n).sum::<u64>());
    let csv = render_report_csv(&registry);
    assert!(csv.starts_with('\u{feff}') && csv.contains("IMP-012") && csv.contains("'=重点"), "{csv}");
    assert!(render_set_aside_csv(&registry).contains("IMP-012"));
    let summary = render_summary(&registry);
    assert!(summary.contains("污染源名录：读入 2 行，采用 1 行，搁置 1 行，合并重复 0 行"), "{summary}");
    assert!(summary.contains("[IMP-012] 必填项的取值不认识：1 条"), "{summary}");
}

#[test]
fn texts_of_findings_are_capped_but_all_are_counted() {
    let mut options = options();
    options.finding_cap = 3;
    let numbers: Vec<String> = (0..50).map(|i| format!("X-{i:03}")).collect();
    let rows: Vec<[&str; 5]> = numbers.iter().map(|number| [number.as_str(), "甲", "", "南汇", "重点"]).collect();
    let registry = check_with(vec![input(sources(&rows))], &options);
    assert_eq!(registry.diagnostics.count_code("IMP-030"), 50);
    assert_eq!(registry.set_aside.height(), 50);
    let csv = render_report_csv(&registry);
    assert!(csv.contains("另有 47 条未逐条列出"), "{csv}");
}

#[test]
fn files_are_loaded_and_a_bad_one_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("污染源名录.csv");
    // "排污许可证编号,单位名称,行政区划代码,管理类别" and one row, in GB18030.
    let text = format!(
        "排污许可证编号,单位名称,行政区划代码,管理类别\r\n{UNIT_A},上海堃鑫化工（集团）有限公司,310115,重点管理\r\n"
    );
    let (bytes, _, _) = encoding_rs::GB18030.encode(&text);
    std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), &bytes).unwrap();
    let mut options = options();
    options.mapping = Mapping::from_ron("(files: [(file: \"没有这个文件.csv\")])", "m.ron").unwrap();
    let files = [
        InputFile { path, ..InputFile::default() },
        InputFile { path: folder.path().join("缺.xlsx"), ..InputFile::default() },
    ];
    let registry = load_registry(&files, &options, &NoMap, &Progress::none()).unwrap();
    assert_eq!(text_of(&registry, "name"), "上海堃鑫化工（集团）有限公司", "{}", messages(&registry));
    assert!(registry.diagnostics.count(Severity::Error) >= 1);
    assert!(has(&registry, &codes::MAPPING_UNUSED));
    assert_eq!(registry.recognised.files[0].encoding.as_deref(), Some("GB18030"));
    let cancelled = Progress::none();
    cancelled.cancel();
    assert_eq!(load_registry(&files, &options, &NoMap, &cancelled).unwrap_err().code(), "JOB-001");
}

fn text_of(registry: &Registry, column: &str) -> String {
    text(&registry.sources, column, 0)
}

/// One province for all of China: the mapping, not the geometry, is what is shown here.
struct China;

impl DistrictLookup for China {
    fn by_name(&self, _name: &str) -> Option<u32> {
        None
    }
    fn by_code(&self, _code: u32) -> Option<u32> {
        None
    }
    fn locate_many(&self, lon: &[f64], lat: &[f64]) -> Vec<Option<u32>> {
        lon.iter()
            .zip(lat)
            .map(|(lon, lat)| {
                Some(if *lon < 110.0 {
                    510_000
                } else if *lat > 30.0 {
                    310_000
                } else {
                    440_000
                })
            })
            .collect()
    }
    fn distance_to_border_m(&self, _lon: f64, _lat: f64) -> Option<f64> {
        None
    }
    fn name_of(&self, code: u32) -> Option<String> {
        Some(code.to_string())
    }
    fn bounds(&self) -> Option<[f64; 4]> {
        Some([73.0, 3.0, 136.0, 54.0])
    }
    fn to_wgs84(&self, _system: CoordinateSystem, lon: f64, lat: f64) -> (f64, f64) {
        (lon, lat)
    }
}

#[test]
fn power_plants_by_a_mapping() {
    let mut options = options();
    options.bodies.clear();
    options.mapping =
        Mapping::from_ron(include_str!("../fixtures/registry/power_plants.ron"), "power_plants.ron").unwrap();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/foreign/real/facilities/China.csv");
    let file = InputFile { path, ..InputFile::default() };
    let registry = load_registry(&[file], &options, &China, &Progress::none()).unwrap();
    nothing_is_lost(&registry);
    let summary = registry.summary(TableKind::Sources).unwrap_or_else(|| panic!("{}", messages(&registry)));
    println!("{}", render_summary(&registry));
    assert!(summary.rows_read > 3000, "{summary:?}");
    assert!(summary.kept * 100 >= summary.rows_read * 95, "{summary:?}");
    assert!(
        texts(&registry.sources, "body")
            .iter()
            .flatten()
            .all(|body| ["510000", "310000", "440000"].contains(&body.as_str()))
    );
    assert!(texts(&registry.sources, "management").iter().flatten().all(|category| category == "registration"));
    assert!(registry.sources.column("Fuel").is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Whatever stands in the cells: no panic, no row lost, ids unique and sorted.
    #[test]
    fn nothing_is_lost_whatever_the_cells(rows in prop::collection::vec(
        (
            prop_oneof![
                Just(UNIT_A.to_owned()), Just(UNIT_B.to_owned()), Just("A-1".to_owned()), Just("A1".to_owned()),
                Just(String::new()), "[0-9A-Z]{1,45}", "\\PC{0,8}"
            ],
            prop_oneof![Just("甲公司".to_owned()), Just(String::new()), "\\PC{0,12}"],
            prop_oneof![Just(USCC_A.to_owned()), Just(String::new()), "\\PC{0,20}"],
            prop_oneof![Just("徐汇".to_owned()), Just("310115".to_owned()), Just(String::new()), "\\PC{0,9}"],
            prop_oneof![Just("重点".to_owned()), Just("登记".to_owned()), "\\PC{0,4}"],
            prop_oneof![Just("121.7".to_owned()), Just("2024-09-10至2029-09-09".to_owned()), "\\PC{0,24}", "[-0-9./:年月日至 ]{0,24}"],
        ), 0..30)) {
        let head = vec![HEAD[0], HEAD[1], HEAD[2], HEAD[3], HEAD[4], "经度", "纬度", "有效期限", "发证日期", "经纬度"];
        let mut all = vec![head];
        for (number, name, uscc, district, management, odd) in &rows {
            let odd = odd.as_str();
            all.push(vec![number, name, uscc, district, management, odd, odd, odd, odd, odd]);
        }
        let events = [
            vec!["统一社会信用代码", "排污许可证编号", "当事人名称", "处罚决定日期", "罚款金额", "文号"],
        ].into_iter().chain(rows.iter().map(|row| vec![row.2.as_str(), row.0.as_str(), row.1.as_str(), row.5.as_str(), row.5.as_str(), row.4.as_str()])).collect::<Vec<_>>();
        let registry = check(vec![input(raw("污染源名录.csv", &all)), input(raw("行政处罚.csv", &events))]);
        let ids = texts(&registry.sources, "unit_id");
        prop_assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        for id in ids.iter().flatten() {
            prop_assert!((1..=40).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric()));
        }
        let sources = registry.summary(TableKind::Sources).map_or(0, |s| s.rows_read);
        prop_assert_eq!(sources, rows.len() as u64);
    }
}

#[test]
fn the_order_of_files_decides_nothing_but_which_duplicate_stays() {
    let again =
        || BTreeMap::from([("a", two_sources()), ("b", sources(&[["310115000099999", "丙厂", "", "浦东", "登记"]]))]);
    let forward = check(again().into_values().map(input).collect());
    let backward = check(again().into_values().rev().map(input).collect());
    let ids = |registry: &Registry| texts(&registry.sources, "unit_id");
    assert_eq!(ids(&forward), ids(&backward));
}
