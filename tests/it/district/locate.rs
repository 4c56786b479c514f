//! Where points lie; labels and simplified borders.

use super::*;

/// The even-odd rule spelled out, in the manner of the standard ray test, without index and grid.
fn plainly_inside(shape: &MultiPolygon<f64>, lon: f64, lat: f64) -> bool {
    let mut inside = false;
    for ring in shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())) {
        for line in ring.lines() {
            let (a, b) = if line.start.y < line.end.y { (line.start, line.end) } else { (line.end, line.start) };
            if (a.y <= lat) && (lat < b.y) && lon < a.x + (lat - a.y) * (b.x - a.x) / (b.y - a.y) {
                inside = !inside;
            }
        }
    }
    inside
}

fn check_partition(set: &DistrictSet) {
    let bounds = set.bounds().unwrap();
    let mut next = numbers(7);
    for _ in 0..4000 {
        let lon = bounds.west + (next() * 1.1 - 0.05) * (bounds.east - bounds.west);
        let lat = bounds.south + (next() * 1.1 - 0.05) * (bounds.north - bounds.south);
        let plain = set.districts().iter().position(|d| plainly_inside(&d.shape, lon, lat));
        assert_eq!(set.locate(lon, lat), plain, "{lon} {lat}");
    }
    // Every corner and every edge's middle lies in at most one district taken alone, and in exactly one where
    // there are districts all around.
    let alone: Vec<DistrictSet> = set.districts().iter().map(|d| DistrictSet::of(vec![d.clone()])).collect();
    let mut inner = 0;
    let rings = set.districts().iter().flat_map(|d| &d.shape).map(geo::Polygon::exterior);
    for line in rings.flat_map(geo::LineString::lines) {
        let middle = (line.start + line.end) / 2.0;
        for c in [line.start, middle] {
            let holders = alone.iter().filter(|s| s.locate(c.x, c.y).is_some()).count();
            let around = [(1e-6, 0.0), (-1e-6, 0.0), (0.0, 1e-6), (0.0, -1e-6), (7e-7, 7e-7), (-7e-7, -7e-7)];
            let surrounded = around.iter().all(|(x, y)| set.locate(c.x + x, c.y + y).is_some());
            assert_eq!(holders == 1, set.locate(c.x, c.y).is_some(), "{c:?}");
            assert!(holders <= 1, "{c:?} lies in {holders} districts");
            if surrounded {
                assert_eq!(holders, 1, "{c:?}");
                inner += 1;
            }
        }
    }
    assert!(inner > 300, "only {inner} inner border points were met");
}

#[test]
fn every_point_lies_in_exactly_one_district_borders_included() {
    check_partition(&bundled());
}

#[test]
fn locating_does_not_hang_on_threads_and_survives_anything() {
    let set = bundled();
    let bounds = set.bounds().unwrap();
    let mut next = numbers(11);
    let lon: Vec<f64> = (0..50_000).map(|_| bounds.west + next() * (bounds.east - bounds.west)).collect();
    let lat: Vec<f64> = (0..50_000).map(|_| bounds.south + next() * (bounds.north - bounds.south)).collect();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| set.locate_many(&lon, &lat))
    };
    let one = with(1);
    assert_eq!(one, with(3));
    assert!(lon.iter().zip(&lat).zip(&one).all(|((x, y), k)| set.locate(*x, *y).map_or(NOWHERE, |i| i as u32) == *k));
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -0.0, 1e-320] {
        assert_eq!(set.locate(bad, 31.2), None);
        assert_eq!(set.locate(121.4, bad), None);
        assert!(set.distance_to_border_m(bad, 31.2, 0) >= 0.0);
    }
    assert_eq!(set.locate_many(&[121.4737, 121.4], &[31.2304]), [0, NOWHERE]);
    assert!(set.distance_to_border_m(121.4, 31.2, 99).is_infinite());
}

#[test]
fn a_register_row_is_held_against_the_district_that_it_states() {
    use fairdraw::registry::DistrictLookup;
    let set = bundled();
    let map = fairdraw::workspace::intake::map::ProjectMap(&set);
    // in 黄浦, near its border with 静安: stated as 静安 the sketch may be wrong, stated as 崇明 the row is
    let near = map.apart(121.4737, 31.2304, 310_106).unwrap();
    let far = map.apart(121.4737, 31.2304, 310_151).unwrap();
    assert!(near.near && (near.metres - 1115.77).abs() < 3.0, "{near:?}");
    assert!(!far.near && far.metres > 25_000.0, "{far:?}");
    assert!(map.apart(121.4737, 31.2304, 310_101).is_none() && map.apart(121.4737, 31.2304, 110_101).is_none());
}

#[test]
fn a_stated_district_is_compared_with_the_point() {
    let set = bundled();
    let code = |c| DistrictCode::new(c).unwrap();
    assert_eq!(set.check_location(121.4737, 31.2304, code(310_101)), LocationCheck::Same);
    assert_eq!(set.check_location(121.4737, 31.2304, code(110_101)), LocationCheck::Unknown);
    // Distances by PROJ (azimuthal equidistant around the point) and GEOS.
    let near = |metres: f64, expected: f64| (metres - expected).abs() < expected * 0.002;
    assert!(matches!(
        set.check_location(121.4737, 31.2304, code(310_106)),
        LocationCheck::NearBorder(Some(0), m) if near(m, 1115.77)
    ));
    assert!(matches!(
        set.check_location(121.4737, 31.2304, code(310_151)),
        LocationCheck::Different(0, m) if near(m, 25_052.87)
    ));
    assert!(matches!(set.check_location(116.4, 39.9, code(310_101)), LocationCheck::Outside(m) if m > 900_000.0));
    for (lon, lat, name, expected) in [(122.2, 30.8, "浦东新区", 24_121.76), (121.2489, 30.7419, "金山区", 923.37)]
    {
        let (index, metres) = set.nearest(lon, lat).unwrap();
        assert_eq!(set.districts()[index].name, name);
        assert!(near(metres, expected), "{name}: {metres} against {expected}");
    }
    assert_eq!(set.nearest(121.4737, 31.2304), Some((0, 0.0)));
    assert!(DistrictSet::of(vec![]).nearest(121.0, 31.0).is_none());
}

#[test]
fn simplified_borders_stay_shared() {
    // The sketch is coarse already, so that it takes a coarser tolerance to leave corners out.
    simplified(&bundled(), 1000.0);
}

#[test]
#[ignore = "reads the outside folder FAIRDRAW_FOREIGN_DATA"]
fn simplified_borders_of_the_outside_folder_stay_shared() {
    let path = outside("districts/shanghai_districts.shp");
    simplified(
        &load_districts(&path, &DistrictOptions::default(), &mut Diagnostics::new(), &Progress::none()).unwrap(),
        150.0,
    );
}

fn simplified(set: &DistrictSet, tolerance: f64) {
    let count = |shapes: &[MultiPolygon<f64>]| -> usize {
        shapes
            .iter()
            .flatten()
            .map(|p| p.exterior().0.len() + p.interiors().iter().map(|r| r.0.len()).sum::<usize>())
            .sum()
    };
    let before: Vec<MultiPolygon<f64>> = set.districts().iter().map(|d| d.shape.clone()).collect();
    let after = set.simplified(tolerance);
    assert!(count(&after) * 2 < count(&before), "{} of {} corners left", count(&after), count(&before));
    // No overlap appears and the whole loses next to nothing: what one district gives its neighbour gets.
    let total: f64 = after.iter().map(area_km2).sum();
    let union = geo::bool_ops::unary_union(&after);
    assert!((area_km2(&union) - total).abs() < total * 1e-4, "{} against {total}", area_km2(&union));
    for (shape, d) in after.iter().zip(set.districts()) {
        let (a, b) = (area_km2(shape), area_km2(&d.shape));
        assert!((a - b).abs() < b * 0.15, "{}: {a} against {b}", d.name);
        // What changes hands lies within the tolerance of the border.
        let length: f64 = d
            .shape
            .iter()
            .flat_map(|p| p.exterior().lines())
            .map(|l| distance_m(l.start.x, l.start.y, l.end.x, l.end.y))
            .sum();
        assert!(area_km2(&shape.xor(&d.shape)) < length * tolerance / 1e6, "{}", d.name);
        let (lon, lat, metres) = pole_of_inaccessibility(&d.shape).unwrap();
        assert_eq!(set.locate(lon, lat).map(|i| set.districts()[i].code), Some(d.code));
        let index = set.index_of(d.code).unwrap();
        assert!((set.distance_to_border_m(lon, lat, index) - metres).abs() < metres * 0.01 + 1.0, "{}", d.name);
    }
    // Without tolerance nothing moves.
    let same = set.simplified(0.0);
    assert!(same.iter().zip(&before).all(|(a, b)| (a.unsigned_area() - b.unsigned_area()).abs() < 1e-12));
}
