//! Headings, tables recognised, files of one table, mappings.

use super::*;

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
    fn apart(&self, _lon: f64, _lat: f64, _stated: u32) -> Option<Apart> {
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
        Mapping::from_ron(include_str!("../../fixtures/registry/power_plants.ron"), "power_plants.ron").unwrap();
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
