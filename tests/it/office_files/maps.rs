//! Maps and registers in metres: no .prj, the wrong zone, the axes the other way round.

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::{DistrictOptions, load_districts};
use fairdraw::registry::TableKind;

use super::support::*;

#[test]
fn district_files_in_metres_come_to_lie_in_their_city() {
    for (name, said) in [
        ("a-zone40-prefix", None),
        ("b-cm120", None),
        ("c-noprj-cm120", Some("GIS-030")),
        ("d-noprj-zone40", Some("GIS-030")),
        ("e-zone-mismatch", Some("GIS-036")),
        ("f-cm123", None),
        ("g-xian80", Some("GIS-032")),
        ("h-bj54", Some("GIS-032")),
        ("i-axis-swapped", Some("GIS-037")),
    ] {
        let mut diagnostics = Diagnostics::new();
        let path = case("dirty/10-gauss-kruger/input").join(name).join("区县.shp");
        let set = load_districts(&path, &DistrictOptions::default(), &mut diagnostics, &Progress::none())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let bounds = set.bounds().unwrap();
        assert!(bounds.west > 120.5 && bounds.east < 122.6 && bounds.south > 30.4 && bounds.north < 32.0, "{name}");
        assert_eq!(set.len(), 16, "{name}");
        for code in ["GIS-030", "GIS-032", "GIS-036", "GIS-037"] {
            assert_eq!(diagnostics.count_code(code) > 0, said == Some(code), "{name} {code}");
        }
    }
}

#[test]
fn places_in_metres_become_degrees() {
    // Headings, and which of easting and northing stands first; with the zone's number or without.
    let zoned = [("40637934.794", "3476255.335"), ("40618977.842", "3472717.564")];
    let bare = [("637934.794", "3476255.335"), ("618977.842", "3472717.564")];
    let firms = [1, 2];
    for as_csv in [true, false] {
        for (x, y, places, turned) in [
            ("经度", "纬度", &zoned, false),
            ("经度", "纬度", &bare, false),
            ("X坐标", "Y坐标", &zoned, true),
            ("X坐标", "Y坐标", &bare, true),
            ("横坐标", "纵坐标", &bare, false),
            ("坐标X", "坐标Y", &bare, true),
        ] {
            let mut table =
                vec![HEAD.iter().map(ToString::to_string).chain([x, y].map(str::to_owned)).collect::<Vec<_>>()];
            for (firm, (east, north)) in firms.iter().zip(places.iter()) {
                let place = if turned { [*north, *east] } else { [*east, *north] };
                table.push(FIRMS[*firm].iter().chain(&place).map(ToString::to_string).collect());
            }
            let made = made_of(&table, as_csv);
            assert_eq!(made.of("IMP-098").len(), 1, "{x} {places:?} {:?}", made.findings());
            let lon: Vec<f64> = made.column(TableKind::Sources, "lon").iter().map(|v| v.parse().unwrap()).collect();
            let lat: Vec<f64> = made.column(TableKind::Sources, "lat").iter().map(|v| v.parse().unwrap()).collect();
            assert!((lon[0] - 121.4503).abs() < 1e-4 && (lat[0] - 31.4002).abs() < 1e-4, "{x} {lon:?} {lat:?}");
            assert!((lon[1] - 121.2506).abs() < 1e-4 && (lat[1] - 31.3704).abs() < 1e-4, "{x} {lon:?} {lat:?}");
        }
    }
    // Degrees stay degrees, and metres of nowhere are refused.
    for (place, converted) in
        [(["121.65", "31.24"], 0), (["31.24", "121.65"], 0), (["637934", "9476255"], 0), (["12", "3476255"], 0)]
    {
        let table = rows(&[
            &["排污许可证编号", "单位名称", "行政区", "管理类别", "经度", "纬度"],
            &[FIRMS[0][0], FIRMS[0][1], FIRMS[0][3], FIRMS[0][4], place[0], place[1]],
        ]);
        let office = Office::new();
        office.file("污染源名录.csv", &csv(&table));
        assert_eq!(office.make().of("IMP-098").len(), converted, "{place:?}");
    }
}

#[test]
fn places_in_metres_in_one_cell_become_degrees() {
    for as_csv in [true, false] {
        for (heading, place) in [
            ("坐标", "637934.794，3476255.335"),
            ("坐标", "40637934.794 3476255.335"),
            ("经纬度", "3476255.335/637934.794"),
            ("坐标", "X:3476255.335;Y:637934.794"),
            ("坐标", "(637934.794；3476255.335)"),
            ("坐标", "637934.794m、3476255.335m"),
        ] {
            let mut table = vec![HEAD.iter().map(ToString::to_string).chain([heading.to_owned()]).collect::<Vec<_>>()];
            table.push(FIRMS[1].iter().map(ToString::to_string).chain([place.to_owned()]).collect());
            let made = made_of(&table, as_csv);
            let of = |column: &str| made.column(TableKind::Sources, column)[0].parse::<f64>().unwrap_or_default();
            assert_eq!(made.of("IMP-098").len(), 1, "{place} {:?}", made.findings());
            assert!((of("lon") - 121.4503).abs() < 1e-4 && (of("lat") - 31.4002).abs() < 1e-4, "{place}");
        }
        // Degrees stay degrees; metres of nowhere are refused with their text.
        for (place, converted, refused) in
            [("121.4503，31.4002", 0, 0), ("637934，9476255", 0, 1), ("637934.794", 0, 1), ("12，3476255", 0, 1)]
        {
            let mut table = vec![HEAD.iter().map(ToString::to_string).chain(["坐标".to_owned()]).collect::<Vec<_>>()];
            table.push(FIRMS[1].iter().map(ToString::to_string).chain([place.to_owned()]).collect());
            let made = made_of(&table, as_csv);
            let said = (made.of("IMP-098").len(), made.of("IMP-037").len());
            assert_eq!(said, (converted, refused), "{place} {:?}", made.findings());
        }
    }
}
