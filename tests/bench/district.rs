//! Times of the district room: reading, checking, indexing, locating, distances, simplifying.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::{DistrictOptions, DistrictSet, NOWHERE, load_bundled_districts, load_districts};

/// Points located, as many as a nation's registers may hold in one city's file.
const POINTS: usize = 1_000_000;

/// Points over the set's bounds from a fixed 64-bit linear congruential sequence.
fn points(set: &DistrictSet) -> (Vec<f64>, Vec<f64>) {
    let bounds = set.bounds().expect("the set is not empty");
    let mut state = 20_270_301_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut lon = Vec::with_capacity(POINTS);
    let mut lat = Vec::with_capacity(POINTS);
    for _ in 0..POINTS {
        lon.push(bounds.west + next() * (bounds.east - bounds.west));
        lat.push(bounds.south + next() * (bounds.north - bounds.south));
    }
    (lon, lat)
}

fn measure(name: &str, set: &DistrictSet, load_ms: f64) {
    let cores = rayon::current_num_threads();
    let corners: usize = set
        .districts()
        .iter()
        .flat_map(|d| &d.shape)
        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
        .map(|r| r.0.len())
        .sum();
    println!(
        "district | {name} | {} districts, {corners} corners | load and check | {load_ms:.1} ms | {cores} cores",
        set.len()
    );
    let (lon, lat) = points(set);
    let start = Instant::now();
    let found = black_box(set.locate_many(&lon, &lat));
    let took = start.elapsed();
    let inside = found.iter().filter(|k| **k != NOWHERE).count();
    println!(
        "district | {name} | {POINTS} points, {inside} inside | locate_many | {:.1} ms | {cores} cores",
        took.as_secs_f64() * 1e3
    );
    assert!(took.as_secs_f64() <= 1.5, "locating {POINTS} points took {took:?}, allowed are 1.5 s");
    let start = Instant::now();
    let one: Vec<Option<usize>> = lon.iter().zip(&lat).map(|(x, y)| set.locate(*x, *y)).collect();
    println!(
        "district | {name} | {POINTS} points | locate, one by one | {:.1} ms | 1 core",
        start.elapsed().as_secs_f64() * 1e3
    );
    let same = one.iter().zip(&found).all(|(a, b)| a.map_or(NOWHERE, |k| k as u32) == *b);
    assert!(same, "one by one and in parallel must agree");
    let start = Instant::now();
    let sum: f64 = lon
        .iter()
        .zip(&lat)
        .zip(&found)
        .filter(|(_, k)| **k != NOWHERE)
        .take(38_000)
        .map(|((x, y), k)| set.distance_to_border_m(*x, *y, *k as usize))
        .sum();
    println!(
        "district | {name} | 38000 points, mean {:.0} m | distance_to_border_m | {:.1} ms | 1 core",
        sum / 38_000.0,
        start.elapsed().as_secs_f64() * 1e3
    );
    let start = Instant::now();
    let simple = black_box(set.simplified(200.0));
    let left: usize = simple.iter().flatten().map(|p| p.exterior().0.len()).sum();
    println!(
        "district | {name} | {corners} to {left} corners | simplified 200 m | {:.1} ms | 1 core",
        start.elapsed().as_secs_f64() * 1e3
    );
    let start = Instant::now();
    black_box((set.label_points(), set.areas_km2()));
    println!("district | {name} | labels and areas | {:.1} ms | {cores} cores", start.elapsed().as_secs_f64() * 1e3);
}

/// Prints one row a measurement. The finer map lies among the foreign data (`FAIRDRAW_FOREIGN_DATA`).
pub fn run() {
    let mut diagnostics = Diagnostics::new();
    let start = Instant::now();
    let set = load_bundled_districts(&mut diagnostics).expect("the bundled map is sound");
    measure("bundled sketch", &set, start.elapsed().as_secs_f64() * 1e3);
    let Some(root) = std::env::var_os("FAIRDRAW_FOREIGN_DATA").map(PathBuf::from) else {
        println!("district | skipped: FAIRDRAW_FOREIGN_DATA is not set");
        return;
    };
    for name in ["shanghai_districts", "china_provinces_tianditu_simplified"] {
        let path = root.join(Path::new("districts")).join(format!("{name}.shp"));
        let start = Instant::now();
        let set = load_districts(&path, &DistrictOptions::default(), &mut diagnostics, &Progress::none())
            .expect("a readable file");
        measure(name, &set, start.elapsed().as_secs_f64() * 1e3);
    }
}
