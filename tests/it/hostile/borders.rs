//! Maps that take a reader's time or memory: bounded, said, and to be stopped.

use std::path::Path;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::{DistrictOptions, LayerFiles, ShapeOptions, check_districts, check_layer};
use fairdraw::workspace::store::frames::load_project_data_watched;

use super::{MOST_TIME, Numbers, full, peak_mb, timed};
use crate::project::demo_project;

/// The rings of a district.
pub(super) type Record = Vec<Vec<[f64; 2]>>;

/// Writes a layer of polygons: `path` and its companions.
pub(super) fn write_layer(path: &Path, records: &[Record]) {
    let files = layer(records);
    for (ending, bytes) in [("shp", files.shp), ("dbf", files.dbf), ("prj", files.prj)] {
        std::fs::write(path.with_extension(ending), bytes.unwrap()).unwrap();
    }
}

/// The files of a layer of polygons: one record a district, with a code each.
fn layer(records: &[Record]) -> LayerFiles {
    let mut body: Vec<u8> = Vec::new();
    for (i, rings) in records.iter().enumerate() {
        let points: usize = rings.iter().map(Vec::len).sum();
        let length = 44 + 4 * rings.len() + 16 * points;
        body.extend((i as u32 + 1).to_be_bytes());
        body.extend((length as u32 / 2).to_be_bytes());
        body.extend(5_u32.to_le_bytes());
        for bound in [0.0_f64, 0.0, 1.0, 1.0] {
            body.extend(bound.to_le_bytes());
        }
        body.extend((rings.len() as u32).to_le_bytes());
        body.extend((points as u32).to_le_bytes());
        let mut from = 0_u32;
        for ring in rings {
            body.extend(from.to_le_bytes());
            from += ring.len() as u32;
        }
        body.extend(rings.iter().flatten().flatten().flat_map(|c| c.to_le_bytes()));
    }
    let mut shp: Vec<u8> = Vec::new();
    shp.extend(9994_u32.to_be_bytes());
    shp.extend([0; 20]);
    shp.extend(((100 + body.len()) as u32 / 2).to_be_bytes());
    shp.extend(1000_u32.to_le_bytes());
    shp.extend(5_u32.to_le_bytes());
    shp.extend([0; 64]);
    shp.extend(body);
    let mut dbf: Vec<u8> = vec![3, 126, 1, 1];
    dbf.extend((records.len() as u32).to_le_bytes());
    dbf.extend((32_u16 + 32 + 1).to_le_bytes());
    dbf.extend(7_u16.to_le_bytes());
    dbf.extend([0; 20]);
    let mut field = b"adcode\0\0\0\0\0C".to_vec();
    field.extend([0, 0, 0, 0, 6]);
    field.resize(32, 0);
    dbf.extend(field);
    dbf.push(0x0d);
    for i in 0..records.len() {
        dbf.extend(format!(" {}", 310_101 + i).bytes());
    }
    LayerFiles {
        name: "a".to_owned(),
        shown: "a.shp".to_owned(),
        shp: Some(shp),
        shx: None,
        dbf: Some(dbf),
        cpg: None,
        prj: Some(fairdraw::district::WGS84_WKT.as_bytes().to_vec()),
        memo: None,
    }
}

/// Makes districts; the code where none is left, else the codes of what was said.
#[track_caller]
fn districts(name: &str, records: &[Record]) -> (usize, Vec<&'static str>) {
    let before = peak_mb().unwrap_or(0);
    let mut diagnostics = Diagnostics::new();
    let (set, took) = timed(|| {
        let layer = check_layer(layer(records), &ShapeOptions::default(), &mut diagnostics)?;
        let set = check_districts(&layer, &DistrictOptions::default(), &mut diagnostics, &Progress::none())?;
        // what a screen asks of it
        for district in set.districts() {
            let _ = fairdraw::district::pole_of_inaccessibility(&district.shape);
            let _ = fairdraw::district::area_km2(&district.shape);
        }
        let _ = set.locate(121.51, 31.21);
        Ok::<_, fairdraw::diagnostic::AppError>(set)
    });
    let peak = peak_mb().unwrap_or(0);
    // no index and no names beside it: said of each
    let told = diagnostics.findings().iter().map(|finding| finding.code);
    let codes: Vec<&'static str> = told.filter(|code| !["GIS-005", "GIS-043"].contains(code)).collect();
    let left = set.as_ref().map_or(0, fairdraw::district::DistrictSet::len);
    println!("{name}: {left} districts in {took:.1?}, peak {peak} MB (+{}), {codes:?}", peak - before);
    assert!(took < MOST_TIME, "{name} took {took:?}");
    assert!(peak.saturating_sub(before) < 1_024, "{name}: {before} to {peak} MB");
    (left, codes)
}

pub(super) fn at(x: f64, y: f64) -> [f64; 2] {
    [121.5 + x * 0.1, 31.2 + y * 0.1]
}

pub(super) fn closed(mut ring: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    ring.push(ring[0]);
    ring
}

/// An arm of one width that winds about its middle.
pub(super) fn spiral(corners: usize, turns: f64) -> Vec<[f64; 2]> {
    let arm = |shift: f64| {
        (0..corners / 2).map(move |i| {
            let t = i as f64 / (corners / 2) as f64;
            let (r, a) = (0.05 + t * 0.9 + shift / turns, t * turns * std::f64::consts::TAU);
            at(r * a.cos(), r * a.sin())
        })
    };
    closed(arm(0.0).chain(arm(0.4).collect::<Vec<_>>().into_iter().rev()).collect())
}

pub(super) fn square(x: f64, y: f64, size: f64) -> Vec<[f64; 2]> {
    closed(vec![at(x, y), at(x, y + size), at(x + size, y + size), at(x + size, y)])
}

/// Long thin teeth side by side, upright or slanting.
pub(super) fn comb(teeth: usize, slant: f64) -> Vec<[f64; 2]> {
    let width = 1.0 / teeth as f64;
    let mut ring: Vec<[f64; 2]> = vec![at(-0.01, -0.01)];
    for i in 0..teeth {
        let x = i as f64 * width;
        ring.extend([
            at(x, 0.0),
            at(x + 0.2 * width + slant, 1.0),
            at(x + 0.4 * width + slant, 1.0),
            at(x + 0.6 * width, 0.0),
        ]);
    }
    ring.push(at(1.0, -0.01));
    closed(ring)
}

/// So many corners anywhere.
pub(super) fn random_corners(count: usize, numbers: &mut Numbers) -> Vec<[f64; 2]> {
    closed((0..count).map(|_| at(numbers.part(), numbers.part())).collect())
}

/// About so many rings side by side.
pub(super) fn rings_apart(count: usize) -> Record {
    let side = (count as f64).sqrt() as usize;
    let part = |i: usize| i as f64 / side as f64;
    (0..side * side).map(|i| square(part(i % side), part(i / side), 0.5 / side as f64)).collect()
}

/// So many rings, each in the one before.
pub(super) fn rings_inside(count: usize) -> Record {
    let inside = |i: usize| {
        let size = 1.0 - i as f64 / count as f64;
        let mut ring = square(-size / 2.0, -size / 2.0, size);
        if i % 2 == 1 {
            ring.reverse();
        }
        ring
    };
    (0..count).map(inside).collect()
}

#[test]
fn reading_a_map_can_be_stopped() {
    let n = 20_000;
    let layer =
        check_layer(layer(&[vec![spiral(n, 200.0)]]), &ShapeOptions::default(), &mut Diagnostics::new()).unwrap();
    let check = |progress: &Progress| {
        timed(|| check_districts(&layer, &DistrictOptions::default(), &mut Diagnostics::new(), progress))
    };
    let (set, whole) = check(&Progress::none());
    assert_eq!(set.unwrap().len(), 1);
    let progress = Progress::none();
    let watcher = progress.clone();
    let stop = std::thread::spawn(move || {
        std::thread::sleep(whole / 4);
        watcher.cancel();
    });
    let (stopped, took) = check(&progress);
    stop.join().unwrap();
    assert_eq!(stopped.unwrap_err().code(), "JOB-001");
    assert!(took < whole, "{took:?} of {whole:?}");
}

#[test]
fn opening_a_project_can_be_stopped_while_its_map_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (mut project, _) = demo_project(folder.path(), 60);
    project.file.districts = Some("盘旋.shp".into());
    write_layer(&project.root().join("盘旋.shp"), &[vec![spiral(20_000, 200.0)]]);
    let (opened, whole) = timed(|| load_project_data_watched(&project, &Progress::none()));
    assert_eq!(opened.unwrap().1.len(), 1);
    let progress = Progress::none();
    let watcher = progress.clone();
    let stop = std::thread::spawn(move || {
        while watcher.state().label != "读取地图" {
            std::thread::yield_now();
        }
        watcher.cancel();
    });
    let (stopped, took) = timed(|| load_project_data_watched(&project, &progress));
    stop.join().unwrap();
    assert_eq!(stopped.unwrap_err().code(), "JOB-001");
    assert!(took < whole, "{took:?} of {whole:?}");
}

#[test]
fn borders_that_wind_cross_or_nest_are_bounded() {
    let n = if full() { 20_000 } else { 400 };
    let mut numbers = Numbers(5);
    let mut random = |count: usize| random_corners(count, &mut numbers);
    let (left, codes) = districts("spiral", &[vec![spiral(n, n as f64 / 100.0)]]);
    assert_eq!(left, 1, "{codes:?}");
    let mut wound: Vec<[f64; 2]> = spiral(n, n as f64 / 100.0);
    wound.truncate(n / 2);
    let (left, codes) = districts("spiral closed across its turns", &[vec![closed(wound)]]);
    assert!(left == 1 && codes.contains(&"GIS-052"), "{codes:?}");
    let (left, codes) = districts("random corners", &[vec![random(if full() { 5_000 } else { 600 })]]);
    assert!(left == 0 && codes.contains(&"GIS-062"), "{codes:?}");
    let (left, codes) =
        districts("random corners beside a good district", &[vec![random(600)], vec![square(2.0, 0.0, 1.0)]]);
    assert!(left == 1 && codes.contains(&"GIS-062"), "the good one stays: {codes:?}");
    let (left, codes) = districts("random corners, repaired", &[vec![random(60)]]);
    assert!(left == 1 && codes.contains(&"GIS-052"), "{codes:?}");
    let (left, codes) = districts("rings side by side", &[rings_apart(n)]);
    assert_eq!((left, codes.len()), (1, 0), "{codes:?}");
    let (left, codes) = districts("rings in rings", &[rings_inside(n)]);
    if full() {
        assert!(left == 0 && codes.contains(&"GIS-062"), "nested without end: {codes:?}");
    } else {
        assert!(left == 1 && codes.iter().all(|code| *code == "GIS-056"), "holes are gaps: {codes:?}");
    }
    for (name, slant) in [("upright teeth", 0.0), ("slanting teeth", 0.5)] {
        let (left, codes) = districts(name, &[vec![comb(n / 4, slant)]]);
        if full() && slant > 0.0 {
            // every edge's box meets thousands of others: more than is looked at
            assert!(left == 0 && codes.contains(&"GIS-062"), "{name}: {codes:?}");
        } else {
            assert_eq!((left, codes.len()), (1, 0), "{name}: {codes:?}");
        }
    }
    let across =
        |ring: Vec<[f64; 2]>| ring.into_iter().map(|[x, y]| [121.5 + (y - 31.2), 31.2 + (x - 121.5)]).collect();
    let (left, _) = districts("teeth across teeth", &[vec![comb(n / 4, 0.0)], vec![across(comb(n / 4, 0.0))]]);
    assert_eq!(left, 2);
}

#[test]
fn strange_coordinates_and_touching_rings_are_taken_or_set_aside() {
    let odd = [f64::NAN, f64::INFINITY, 1e300, -1e300, 1e18, f64::MIN_POSITIVE, 0.0];
    for value in odd {
        let mut ring = square(0.0, 0.0, 1.0);
        ring[1][0] = value;
        ring[2][1] = value;
        districts(&format!("{value:e}"), &[vec![ring], vec![square(2.0, 0.0, 1.0)]]);
    }
    districts("all huge", &[vec![vec![[1e300, 1e300], [-1e300, 1e300], [-1e300, -1e300], [1e300, 1e300]]]]);
    // a bow tie that meets itself in a point, a ring given a hundred times, a corner given a thousand times
    let tie = closed(vec![at(0.0, 0.0), at(1.0, 1.0), at(2.0, 0.0), at(2.0, 2.0), at(1.0, 1.0), at(0.0, 2.0)]);
    let (left, codes) = districts("touching", &[vec![tie]]);
    assert_eq!(left, 1, "{codes:?}");
    let (left, codes) = districts("one ring again and again", &[vec![square(0.0, 0.0, 1.0); 300]]);
    assert!(left == 1 && codes.contains(&"GIS-051"), "{codes:?}");
    let mut ring = square(0.0, 0.0, 1.0);
    ring.splice(1..1, std::iter::repeat_n(at(0.0, 0.5), 1_000));
    let (left, codes) = districts("one corner again and again", &[vec![ring]]);
    assert_eq!((left, codes.len()), (1, 0), "{codes:?}");
    let mut back = square(0.0, 0.0, 1.0);
    back.splice(1..1, (0..500).map(|i| at(0.0, f64::from(i % 2) * 0.5)));
    let (left, codes) = districts("an edge to and fro", &[vec![back]]);
    assert!(left <= 1, "{codes:?}");
}
