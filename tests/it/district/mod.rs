//! The district room: foreign files against an independent reader, variants, projections, faults, round trips.
//!
//! Foreign files lie in `tests/fixtures/foreign`; those whose licence does not let them into the repository in the
//! folder that `FAIRDRAW_FOREIGN_DATA` names, and their tests are ignored unless asked for. `GOLDEN` was computed with dbfread 2.0.7
//! (attributes) and pyshp 3.1.6 (geometry), see `tests/fixtures/README_foreign.md`.

#![allow(clippy::wildcard_imports, reason = "the files of this room share one set of helpers")]

mod bundled;
mod damaged;
mod foreign;
mod layers;
mod locate;
mod memos;
mod projections;
mod refused;
mod written;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fairdraw::diagnostic::{AppResult, Diagnostics, Progress};
use fairdraw::district::coords::{distance_m, in_china};
use fairdraw::district::{
    CoordinateSystem, Crs, District, DistrictOptions, DistrictSet, EncodingSource, Layer, LayerFiles, LocationCheck,
    NOWHERE, Shape, ShapeKind, ShapeOptions, TextColumn, area_km2, check_districts, check_layer, check_zip_layers,
    load_bundled_districts, load_districts, load_layers, pole_of_inaccessibility, write_district_files,
    write_layer_files,
};
use fairdraw::domain::{DistrictCode, WorkCalendar};
use geo::{Area, BooleanOps, MultiPolygon};

/// Codes, names and geodesic areas (km², pyproj/GeographicLib on WGS 84) of the two maps of Shanghai.
#[rustfmt::skip]
const DISTRICTS: [(u32, &str, f64, f64); 16] = [
    (310_101, "黄浦区", 20.6816, 20.4522), (310_104, "徐汇区", 53.4947, 55.0973),
    (310_105, "长宁区", 38.1942, 37.1581), (310_106, "静安区", 36.8377, 36.7677),
    (310_107, "普陀区", 54.5344, 55.5595), (310_109, "虹口区", 24.0443, 23.4633),
    (310_110, "杨浦区", 59.7884, 60.7043), (310_112, "闵行区", 376.3112, 372.9554),
    (310_113, "宝山区", 303.2303, 315.9451), (310_114, "嘉定区", 455.9296, 462.4432),
    (310_115, "浦东新区", 1494.5617, 1697.1962), (310_116, "金山区", 601.4238, 667.0088),
    (310_117, "松江区", 602.1173, 606.207), (310_118, "青浦区", 669.9215, 667.1203),
    (310_120, "奉贤区", 716.455, 805.67), (310_151, "崇明区", 1699.4184, 2118.9733),
];

/// A foreign file that ships.
fn foreign(path: &str) -> PathBuf {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/foreign").join(path);
    assert!(found.exists(), "{path} is missing");
    found
}

/// A file of the outside folder.
fn outside(path: &str) -> PathBuf {
    let root = std::env::var_os("FAIRDRAW_FOREIGN_DATA").expect("FAIRDRAW_FOREIGN_DATA names the outside folder");
    let found = PathBuf::from(root).join(path);
    assert!(found.exists(), "{path} is missing");
    found
}

fn bundled() -> DistrictSet {
    load_bundled_districts(&mut Diagnostics::new()).unwrap()
}

fn names(set: &DistrictSet) -> Vec<(u32, &str)> {
    set.districts().iter().map(|d| (d.code.0, d.name.as_str())).collect()
}

fn expected_names() -> Vec<(u32, &'static str)> {
    DISTRICTS.iter().map(|d| (d.0, d.1)).collect()
}

/// The files of a map in memory, to be changed by the tests.
fn files_of(shapes: &[Shape], columns: &[(&str, Vec<&str>)], encoding: &str) -> LayerFiles {
    let columns: Vec<TextColumn> = columns
        .iter()
        .map(|(name, values)| TextColumn {
            name: (*name).to_owned(),
            values: values.iter().map(|v| (!v.is_empty()).then(|| (*v).to_owned())).collect(),
        })
        .collect();
    // The crate writes no null shape into a layer of polygons: such a record gets its type afterwards.
    let drawn: Vec<Shape> =
        shapes.iter().map(|s| if s.kind == ShapeKind::Null { square(0.0, 0.0, 1.0) } else { s.clone() }).collect();
    let mut files = into_files(write_layer_files("map", &drawn, &columns, encoding).unwrap());
    let (shp, shx) = (files.shp.as_mut().unwrap(), files.shx.as_ref().unwrap());
    for (i, _) in shapes.iter().enumerate().filter(|(_, s)| s.kind == ShapeKind::Null) {
        let entry = 100 + 8 * i;
        let at = u32::from_be_bytes(shx[entry..entry + 4].try_into().unwrap()) as usize * 2 + 8;
        shp[at..at + 4].fill(0);
    }
    files
}

fn into_files(written: Vec<(String, Vec<u8>)>) -> LayerFiles {
    let mut parts: BTreeMap<String, Vec<u8>> =
        written.into_iter().map(|(name, bytes)| (name.rsplit('.').next().unwrap().to_owned(), bytes)).collect();
    LayerFiles {
        name: "map".to_owned(),
        shown: "map.shp".to_owned(),
        shp: parts.remove("shp"),
        shx: parts.remove("shx"),
        dbf: parts.remove("dbf"),
        cpg: parts.remove("cpg"),
        prj: parts.remove("prj"),
        memo: None,
    }
}

fn square(x: f64, y: f64, size: f64) -> Shape {
    Shape::plain(ShapeKind::Polygon, vec![vec![[x, y], [x, y + size], [x + size, y + size], [x + size, y], [x, y]]])
}

fn districts_of(files: LayerFiles, options: &DistrictOptions) -> (AppResult<DistrictSet>, Vec<&'static str>) {
    let mut diagnostics = Diagnostics::new();
    let layer = check_layer(files, &ShapeOptions { encoding: options.encoding.clone() }, &mut diagnostics).unwrap();
    let set = check_districts(&layer, options, &mut diagnostics, &Progress::none());
    (set, diagnostics.findings().iter().map(|f| f.code).collect())
}

fn two() -> Vec<Shape> {
    vec![square(121.0, 31.0, 0.1), square(121.1, 31.0, 0.1)]
}

/// Pseudo-random numbers in [0, 1), the same on every machine.
fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn gauss_kruger_wkt(name: &str, easting: &str, meridian: &str) -> String {
    format!(
        r#"PROJCS["{name}",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#
    )
}

const WEB_WKT: &str = r#"PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]"#;
