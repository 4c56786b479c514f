//! What cells of many spellings become, and what is completed from other cells.

use super::*;

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
                vec!["", "", "上海乙电镀 有限公司", "2026-5-1", ""],
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
