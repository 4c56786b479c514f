//! Coordinate systems: projected maps come back to WGS 84.

use super::*;

/// WKT by pyproj 3.7.2 (`to_wkt("WKT1_ESRI")`) and its coordinates of four points.
const POINTS: [[f64; 2]; 4] = [[120.9, 30.7], [121.4737, 31.2304], [121.95, 31.85], [121.8, 30.9]];

#[test]
fn projections_agree_with_proj() {
    let cases = [
        (
            gauss_kruger_wkt("CGCS2000_3_Degree_GK_Zone_40", "40500000.0", "120.0"),
            [
                [40_586_223.453_425_795, 3_398_060.012_233_630_8],
                [40_640_412.315_036_625, 3_457_455.488_582_12],
                [40_684_576.884_183_13, 3_526_877.468_488_898],
                [40_672_100.280_418_634, 3_421_276.027_297_408],
            ],
        ),
        (
            gauss_kruger_wkt("CGCS2000_3_Degree_GK_CM_120E", "500000.0", "120.0"),
            [
                [586_223.453_425_798, 3_398_060.012_233_630_8],
                [640_412.315_036_627_2, 3_457_455.488_582_12],
                [684_576.884_183_132_3, 3_526_877.468_488_898],
                [672_100.280_418_633_4, 3_421_276.027_297_408],
            ],
        ),
        (
            gauss_kruger_wkt("CGCS2000_GK_Zone_21", "21500000.0", "123.0"),
            [
                [21_298_794.206_809_88, 3_399_597.303_226_781_5],
                [21_354_575.479_183_573, 3_457_523.538_959_080_4],
                [21_400_618.529_607_046, 3_525_700.179_749_423_6],
                [21_385_271.471_758_213, 3_420_504.505_307_237],
            ],
        ),
        (
            WEB_WKT.to_owned(),
            [
                [13_458_526.436_906_775, 3_593_849.414_225_508_5],
                [13_522_390.428_774_875, 3_662_707.257_050_403],
                [13_575_411.902_239_712, 3_743_636.861_580_953],
                [13_558_713.978_620_721, 3_619_769.038_150_870_7],
            ],
        ),
    ];
    for (wkt, plane) in cases {
        let crs = Crs::parse_wkt(&wkt).unwrap();
        let mut globe = plane;
        assert_eq!(crs.to_wgs84(&mut globe), Ok(0));
        let mut back = POINTS;
        assert_eq!(crs.from_wgs84(&mut back), Ok(0));
        for i in 0..4 {
            let there = distance_m(globe[i][0], globe[i][1], POINTS[i][0], POINTS[i][1]);
            let (dx, dy) = (back[i][0] - plane[i][0], back[i][1] - plane[i][1]);
            assert!(there < 1e-4, "{}: inverse off by {there} m", crs.name);
            assert!(dx.abs() < 1e-4 && dy.abs() < 1e-4, "{}: forward off by {dx} {dy} m", crs.name);
        }
    }
    // MGI / Austria Lambert as in REL.zip's .prj, and Albers of China; inverse by PROJ.
    let lambert = r#"PROJCS["MGI_Austria_Lambert",GEOGCS["GCS_MGI",DATUM["D_MGI",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",400000.0],PARAMETER["False_Northing",400000.0],PARAMETER["Central_Meridian",13.33333333333333],PARAMETER["Standard_Parallel_1",46.0],PARAMETER["Standard_Parallel_2",49.0],PARAMETER["Latitude_Of_Origin",47.5],UNIT["Meter",1.0]]"#;
    let albers = r#"PROJCS["China_Albers",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Albers"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",105.0],PARAMETER["Standard_Parallel_1",25.0],PARAMETER["Standard_Parallel_2",47.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;
    for (wkt, plane, globe) in [
        (lambert, [250_000.0, 380_000.0], [11.348_747_002_993_35, 47.302_790_050_950_584]),
        (albers, [1_550_000.0, 3_500_000.0], [121.684_276_544_544_19, 31.760_284_811_419_19]),
    ] {
        let mut point = [plane];
        Crs::parse_wkt(wkt).unwrap().to_wgs84(&mut point).unwrap();
        assert!(distance_m(point[0][0], point[0][1], globe[0], globe[1]) < 1e-3, "{point:?}");
    }
    // Kilometres as the unit, and a false easting in them.
    let kilometres =
        gauss_kruger_wkt("km", "500.0", "120.0").replace("UNIT[\"Meter\",1.0]", "UNIT[\"Kilometer\",1000.0]");
    let mut point = [[640.412_315_036_627, 3_457.455_488_582_12]];
    Crs::parse_wkt(&kilometres).unwrap().to_wgs84(&mut point).unwrap();
    assert!(distance_m(point[0][0], point[0][1], 121.4737, 31.2304) < 1e-3, "{point:?}");
}

/// The bundled map written in another coordinate system comes back with and without its `.prj`.
#[test]
fn projected_maps_come_back() {
    let set = bundled();
    let zone = gauss_kruger_wkt("CGCS2000_3_Degree_GK_Zone_40", "40500000.0", "120.0");
    // An easting without its zone's number fits one meridian of the province that the codes name.
    let bare = gauss_kruger_wkt("CGCS2000_3_Degree_GK_CM_120E", "500000.0", "120.0");
    for wkt in [zone, bare, WEB_WKT.to_owned()] {
        let crs = Crs::parse_wkt(&wkt).unwrap();
        let shapes: Vec<Shape> = set
            .districts()
            .iter()
            .map(|d| {
                let rings = d.shape.iter().map(|p| {
                    let mut ring: Vec<[f64; 2]> = p.exterior().coords().rev().map(|c| [c.x, c.y]).collect();
                    crs.from_wgs84(&mut ring).unwrap();
                    ring
                });
                Shape::plain(ShapeKind::Polygon, rings.collect())
            })
            .collect();
        let codes: Vec<String> = set.districts().iter().map(|d| d.code.to_string()).collect();
        let mut files = files_of(
            &shapes,
            &[
                ("adcode", codes.iter().map(String::as_str).collect()),
                ("name", DISTRICTS.iter().map(|d| d.1).collect()),
            ],
            "UTF-8",
        );
        files.prj = Some(wkt.into_bytes());
        let (back, found) = districts_of(files.clone(), &DistrictOptions::default());
        let back = back.unwrap();
        assert_eq!(found, Vec::<&str>::new(), "{}", crs.name);
        let worst = set
            .districts()
            .iter()
            .zip(back.districts())
            .flat_map(|(a, b)| a.shape.iter().zip(&b.shape))
            .flat_map(|(a, b)| a.exterior().coords().zip(b.exterior().coords()))
            .map(|(a, b)| distance_m(a.x, a.y, b.x, b.y))
            .fold(0.0, f64::max);
        assert!(worst < 1e-3, "{}: {worst} m", crs.name);
        files.prj = None;
        let (guessed, found) = districts_of(files, &DistrictOptions::default());
        let area = area_km2(&guessed.unwrap().districts()[0].shape);
        assert!((area - DISTRICTS[0].2).abs() < 0.001);
        assert_eq!(found, ["GIS-030"]);
    }
}

#[test]
fn swapped_axes_are_turned_back() {
    let shapes: Vec<Shape> = two()
        .into_iter()
        .map(|mut s| {
            s.parts[0].iter_mut().for_each(|p| p.swap(0, 1));
            s
        })
        .collect();
    let columns = [("adcode", vec!["310101", "310104"]), ("name", vec!["黄浦区", "徐汇区"])];
    let mut files = files_of(&shapes, &columns, "UTF-8");
    files.prj = None;
    let (set, found) = districts_of(files.clone(), &DistrictOptions::default());
    // Latitudes above 90 are no degrees: only the swap can explain them.
    let set = set.unwrap();
    assert_eq!(found, ["GIS-030", "GIS-035"]);
    assert_eq!(set.locate(121.05, 31.05), Some(0));
}
