//! Districts, bodies, industries and coordinates.

use fairdraw::registry::TableKind;

use super::support::{HEAD, Table, cell, firm, found, new_from_both, register, rows_of, told, uscc};

fn in_districts(texts: &[&str]) -> Table<'static> {
    let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
    for (n, text) in texts.iter().enumerate() {
        rows.push(vec![format!("{}001P", uscc(n)), firm(n), uscc(n), (*text).to_owned(), "登记管理".to_owned()]);
    }
    ("污染源名录", rows)
}

#[test]
fn a_district_is_one_or_a_cascade_that_leads_to_one() {
    let good = [
        "浦东新区",
        "浦东",
        "上海市浦东新区",
        "上海市/浦东新区",
        "上海市-市辖区-浦东新区",
        "上海市、浦东新区",
        "浦东 新区",
        "310115",
        "310115.0",
        "310115 浦东新区",
        "浦东新区(310115)",
        "310000/310100/310115",
        "中国/上海市/浦东新区",
        "浦东新区、浦东",
    ];
    new_from_both(&[in_districts(&good)], |registry| {
        assert_eq!(registry.sources.height(), good.len(), "{}", told(registry));
        for row in 0..good.len() {
            assert_eq!(cell(registry, TableKind::Sources, "district", row), "310115");
        }
    });
    let two = [
        "浦东新区、闵行区",
        "闵行区、浦东新区",
        "浦东新区/宝山区",
        "宝山区,浦东新区",
        "嘉定区 青浦区",
        "浦东新区和闵行区",
        "浦东新区;闵行区",
        "310115、310112",
        "310115/310112",
        "310115 310112",
        "浦东新区(310112)",
        "310115闵行区",
    ];
    let unknown = [
        "浦东新区与闵行区交界",
        "跨区（浦东新区、闵行区）",
        "浦东新区闵行区",
        "原南汇区、浦东新区",
        "全市",
        "市级",
        "上海市",
        "浦东新区、江苏省昆山市",
        "外省、浦东新区",
        "不详、浦东新区",
        "江苏省、浦东新区",
        "昆山市/浦东新区",
        "浦东新区/川沙新镇",
    ];
    let all: Vec<&str> = two.iter().chain(&unknown).copied().collect();
    new_from_both(&[in_districts(&all)], |registry| {
        assert_eq!(registry.sources.height(), 0, "{}", told(registry));
        let rows: Vec<u64> = (2..2 + two.len() as u64).collect();
        assert_eq!(rows_of(registry, "IMP-114"), rows, "{}", told(registry));
        assert_eq!(rows_of(registry, "IMP-030").len(), unknown.len(), "{}", told(registry));
    });
}

#[test]
fn two_bodies_or_two_industries_in_a_cell_are_an_error() {
    let bodies = [
        "浦东新区、闵行区",
        "闵行区生态环境局/宝山区生态环境局",
        "310115 310112",
        "宝山区和嘉定区",
        "浦东新区；宝山区",
    ];
    let cells: Vec<Vec<&str>> = bodies.iter().map(|body| vec![*body]).collect();
    new_from_both(&[register(&["执法主体"], &cells)], |registry| {
        assert_eq!(rows_of(registry, "IMP-115"), [2, 3, 4, 5, 6], "{}", told(registry));
        assert_eq!(registry.sources.height(), 0);
    });
    let industries = ["2511、3360", "C2511/C3360", "2511 3360", "原油加工及石油制品制造；3360", "3360,2511"];
    let one =
        ["C2511 原油加工及石油制品制造", "2511/原油加工及石油制品制造", "3360", "金属表面处理及热处理加工", "3360.0"];
    let cells: Vec<Vec<&str>> = industries.iter().chain(&one).map(|text| vec![*text]).collect();
    new_from_both(&[register(&["行业类别"], &cells)], |registry| {
        assert_eq!(rows_of(registry, "IMP-116"), [2, 3, 4, 5, 6], "{}", told(registry));
        assert_eq!(registry.sources.height(), one.len());
        for (row, class) in ["2511", "2511", "3360", "3360", "3360"].into_iter().enumerate() {
            assert_eq!(cell(registry, TableKind::Sources, "industry", row), class, "{}", told(registry));
        }
    });
}

#[test]
fn degrees_minutes_and_seconds_in_every_spelling() {
    let spellings = [
        ("121°37′12″", "31°13′12″"),
        ("121度37分12秒", "31度13分12秒"),
        ("东经121°37′12″", "北纬31°13′12″"),
        ("E121°37'12\"", "N31°13'12\""),
        ("121-37-12", "31-13-12"),
        ("121:37:12", "31:13:12"),
        ("121 37 12", "31 13 12"),
        ("121.37.12", "31.13.12"),
        ("121º37´12˝", "31º13´12˝"),
        ("121°37.2′", "31°13.2′"),
        ("121°37'12''", "31°13'12''"),
        ("#121.62", "#31.22"),
        ("121.62°", "31.22°"),
    ];
    let cells: Vec<Vec<&str>> = spellings.iter().map(|(lon, lat)| vec![*lon, *lat]).collect();
    let near = |registry: &fairdraw::registry::Registry, row: usize| {
        for (column, degrees) in [("lon", 121.62), ("lat", 31.22)] {
            let found: f64 = cell(registry, TableKind::Sources, column, row).parse().unwrap_or_default();
            assert!((found - degrees).abs() < 1e-9, "{row} {column} {found}\n{}", told(registry));
        }
    };
    new_from_both(&[register(&["经度", "纬度"], &cells)], |registry| {
        (0..cells.len()).for_each(|row| near(registry, row))
    });
    let headings: [[&str; 6]; 4] = [
        ["经度（度）", "经度（分）", "经度（秒）", "纬度（度）", "纬度（分）", "纬度（秒）"],
        ["经度度", "经度分", "经度秒", "纬度度", "纬度分", "纬度秒"],
        ["东经度", "东经分", "东经秒", "北纬度", "北纬分", "北纬秒"],
        ["经度-度", "经度-分", "经度-秒", "纬度-度", "纬度-分", "纬度-秒"],
    ];
    for headings in headings {
        let cells = [
            vec!["121", "37", "12", "31", "13", "12"],
            vec!["#121", "#37", "#12", "#31", "#13", "#12"],
            vec!["121", "37.2", "", "31", "13.2", ""],
        ];
        new_from_both(&[register(&headings, &cells)], |registry| (0..3).for_each(|row| near(registry, row)));
    }
    let wrong = [
        vec!["121", "77", "12", "31", "13", "12"],
        vec!["121.62", "37", "12", "31", "13", "12"],
        vec!["121", "三", "12", "31", "13", "12"],
    ];
    new_from_both(&[register(&headings[0], &wrong)], |registry| {
        assert_eq!(rows_of(registry, "IMP-015"), [2, 3, 4], "{}", told(registry));
        assert_eq!(cell(registry, TableKind::Sources, "lon", 0), "");
    });
    let packed = [
        vec!["1213712", "311312"],
        vec!["12137.2", "3113.2"],
        vec!["121°37′12″W", "31°13′12″"],
        vec!["121°67′", "31°13′"],
        vec!["121,62", "31,22"],
    ];
    new_from_both(&[register(&["经度", "纬度"], &packed)], |registry| {
        for row in 0..packed.len() {
            assert_eq!(cell(registry, TableKind::Sources, "lon", row), "", "{}", told(registry));
        }
    });
}

#[test]
fn whole_degrees_say_nothing_and_another_system_is_told() {
    for value in [("121", "31"), ("121.0", "31.0"), ("#121", "#31"), ("121°", "31°"), ("121度", "31度")] {
        let cells: Vec<Vec<&str>> = (0..4).map(|_| vec![value.0, value.1]).collect();
        new_from_both(&[register(&["经度", "纬度"], &cells)], |registry| {
            assert_eq!(found(registry, "IMP-125").len(), 1, "{value:?}\n{}", told(registry));
            assert_eq!(cell(registry, TableKind::Sources, "lon", 0), "");
        });
    }
}
