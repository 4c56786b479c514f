//! The bundled sketch, variants of the same map, shipped tables.

use super::*;

#[test]
fn the_bundled_sketch_is_whole_and_says_what_it_is() {
    let mut diagnostics = Diagnostics::new();
    let set = load_bundled_districts(&mut diagnostics).unwrap();
    assert_eq!(names(&set), expected_names());
    assert!(set.sketch && (set.border_hint_m - 1500.0).abs() < 1e-9);
    assert_eq!(diagnostics.findings().iter().map(|f| f.code).collect::<Vec<_>>(), ["GIS-060"]);
    for (area, (_, name, expected, _)) in set.areas_km2().iter().zip(DISTRICTS) {
        assert!((area - expected).abs() < 0.001, "{name}: {area} against {expected}");
    }
    let at = |lon, lat| set.locate(lon, lat).map(|i| set.districts()[i].name.as_str());
    assert_eq!(at(121.4737, 31.2304), Some("黄浦区"));
    assert_eq!(at(121.5447, 31.2215), Some("浦东新区"));
    assert_eq!(at(121.4000, 31.6228), Some("崇明区"));
    assert_eq!(at(121.16, 30.85), Some("金山区"));
    assert_eq!(at(116.4, 39.9), None);
    let by = |name: &str| set.index_of_name(name).map(|i| set.districts()[i].name.as_str());
    for name in ["浦东新区", "浦东", "上海市浦东新区", "浦东 新区", "上海市浦东"] {
        assert_eq!(by(name), Some("浦东新区"), "{name}");
    }
    for name in ["", "区", "上海市", "朝阳区", "浦东新区闵行区", "江苏省浦东新区", "外省浦东新区", "浦东新区和闵行区"]
    {
        assert_eq!(by(name), None, "{name}");
    }
}

#[test]
#[ignore = "reads the outside folder FAIRDRAW_FOREIGN_DATA"]
fn all_variants_of_the_outside_folder_give_identical_districts() {
    let plain = outside("districts/shanghai_districts.shp");
    let load = |path: &Path| {
        load_districts(path, &DistrictOptions::default(), &mut Diagnostics::new(), &Progress::none()).unwrap()
    };
    let set = load(&plain);
    assert_eq!(names(&set), expected_names());
    for (area, (_, name, _, expected)) in set.areas_km2().iter().zip(DISTRICTS) {
        assert!((area - expected).abs() < 0.001, "{name}: {area} against {expected}");
    }
    for variant in [
        "cn_fieldnames_gbk",
        "gbk_cpg936",
        "gbk_cpgGBK",
        "gbk_ldid4d_nocpg",
        "gbk_nocpg_noldid",
        "polygonz",
        "utf8_noshx",
        "utf8_wrong_cpg_gbk",
    ] {
        let path = outside(&format!("districts/variants/{variant}.shp"));
        let other = load(&path);
        assert_eq!(names(&other), expected_names(), "{variant}");
        for (a, b) in set.districts().iter().zip(other.districts()) {
            assert_eq!(a.shape, b.shape, "{variant} {}", a.name);
        }
    }
    let provinces = load(&outside("districts/china_provinces_tianditu_simplified.shp"));
    assert_eq!(provinces.len(), 34);
    let at = |lon, lat| provinces.locate(lon, lat).map(|i| provinces.districts()[i].code.0);
    assert_eq!(at(121.4737, 31.2304), Some(310_000));
    assert_eq!(at(116.3913, 39.9075), Some(110_000));
    assert_eq!(at(91.1, 29.65), Some(540_000));
}

#[test]
#[ignore = "reads the outside folder FAIRDRAW_FOREIGN_DATA"]
fn gcj02_of_the_outside_folder_comes_back_to_wgs84() {
    let plain = outside("districts/shanghai_districts.shp");
    let moved = outside("districts/shanghai_districts_gcj02.shp");
    let corners = |set: &DistrictSet| -> Vec<(f64, f64)> {
        set.districts().iter().flat_map(|d| &d.shape).flat_map(|p| p.exterior().coords()).map(|c| (c.x, c.y)).collect()
    };
    let true_set =
        load_districts(&plain, &DistrictOptions::default(), &mut Diagnostics::new(), &Progress::none()).unwrap();
    let options = DistrictOptions { coordinates: Some(CoordinateSystem::Gcj02), ..DistrictOptions::default() };
    let mut diagnostics = Diagnostics::new();
    let back = load_districts(&moved, &options, &mut diagnostics, &Progress::none()).unwrap();
    let worst =
        corners(&true_set).iter().zip(corners(&back)).map(|(a, b)| distance_m(a.0, a.1, b.0, b.1)).fold(0.0, f64::max);
    println!("GCJ-02 to WGS 84, {} corners: largest difference {worst:.6} m", corners(&back).len());
    // Both files are rounded to six decimals, half a step of which is 0.073 m along the diagonal.
    assert!(worst < 0.08, "{worst} m");
    assert_eq!(diagnostics.count_code("GIS-030"), 0);
    // Without the option it is taken for what it looks like, and the finding says what may be wrong.
    let mut diagnostics = Diagnostics::new();
    let taken = load_districts(&moved, &DistrictOptions::default(), &mut diagnostics, &Progress::none()).unwrap();
    assert_eq!(diagnostics.count_code("GIS-030"), 1);
    let (a, b) = (corners(&true_set)[0], corners(&taken)[0]);
    assert!((300.0..700.0).contains(&distance_m(a.0, a.1, b.0, b.1)));
}

#[test]
fn shipped_tables_are_whole() {
    let mut calendar = WorkCalendar::default();
    calendar.load_csv_text(include_str!("../../../data/calendar/cn_workdays_2023_2026.csv")).unwrap();
    calendar.load_csv_text(include_str!("../../../data/calendar/cn_statutory_2027_PROVISIONAL.csv")).unwrap();
    assert_eq!(calendar.last_noticed_year(), Some(2026));
    let divisions = include_str!("../../../data/codes/cn_divisions_level3.csv");
    for (code, name, ..) in DISTRICTS {
        assert!(divisions.lines().any(|l| l.starts_with(&code.to_string()) && l.ends_with(name)), "{name}");
    }
    let classes = include_str!("../../../data/codes/gbt4754_2017.csv");
    for class in ["2511", "3110", "3360", "7724"] {
        assert!(classes.lines().any(|l| l.split(',').nth(1) == Some(class)), "{class}");
    }
    let streets = include_str!("../../../data/codes/shanghai_streets_codes.csv");
    assert!(streets.lines().skip(1).all(|l| DISTRICTS.iter().any(|d| l.ends_with(&d.0.to_string()))));
    let districts = bundled();
    assert!(districts.bounds().is_some_and(|b| in_china(b.west, b.south) && in_china(b.east, b.north)));
}
