//! Districts, bodies, industries and coordinates.

use fairdraw::diagnostic::Diagnostics;
use fairdraw::district::load_bundled_districts;
use fairdraw::registry::{CoordinateSystem, DistrictLookup, TableKind};
use fairdraw::workspace::intake::map::ProjectMap;

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
        (0..cells.len()).for_each(|row| near(registry, row));
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

/// Points of 16 districts near their borders, written in another system than the register says.
fn near_borders(system: CoordinateSystem, step: usize) -> Table<'static> {
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let map = ProjectMap(&districts);
    let written = |lon: f64, lat: f64| {
        let (mut a, mut b) = (lon, lat);
        for _ in 0..8 {
            let (back_lon, back_lat) = map.to_wgs84(system, a, b);
            (a, b) = (a + lon - back_lon, b + lat - back_lat);
        }
        (a, b)
    };
    let mut table = in_districts(&[]);
    table.1[0].extend(["经度".to_owned(), "纬度".to_owned()]);
    for i in 0..60 * 60 {
        let (lon, lat) = (121.2 + f64::from(i / 60) * 0.008, 31.0 + f64::from(i % 60) * 0.006);
        let (a, b) = written(lon, lat);
        let at = map.locate_many(&[lon, a], &[lat, b]);
        let near = system == CoordinateSystem::Wgs84 || at[0] != at[1];
        let (Some(district), true) = (at[0], near) else { continue };
        let n = table.1.len();
        let cells = [
            format!("{}001P", uscc(n)),
            firm(n),
            uscc(n),
            district.to_string(),
            "登记管理".to_owned(),
            a.to_string(),
            b.to_string(),
        ];
        table.1.push(cells.to_vec());
    }
    let mut kept = 0;
    table.1.retain(|_| {
        kept += 1;
        kept == 1 || usize::is_multiple_of(kept, step)
    });
    assert!(table.1.len() > 6, "{}", table.1.len());
    table
}

#[test]
fn points_that_fit_another_coordinate_system_better_are_told() {
    for (system, step) in [
        (CoordinateSystem::Gcj02, 1),
        (CoordinateSystem::Gcj02, 2),
        (CoordinateSystem::Gcj02, 4),
        (CoordinateSystem::Bd09, 1),
        (CoordinateSystem::Bd09, 3),
    ] {
        let name = if system == CoordinateSystem::Gcj02 { "GCJ-02" } else { "BD-09" };
        new_from_both(&[near_borders(system, step)], |registry| {
            let finding = found(registry, "IMP-126").first().copied().unwrap_or_else(|| panic!("{}", told(registry)));
            assert!(finding.expected.as_deref().unwrap().contains(name), "{finding}");
        });
    }
    new_from_both(&[near_borders(CoordinateSystem::Wgs84, 1)], |registry| {
        assert!(found(registry, "IMP-126").is_empty(), "{}", told(registry));
    });
}
