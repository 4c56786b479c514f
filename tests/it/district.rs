//! The district room: foreign files against an independent reader, variants, projections, faults, round trips.
//!
//! Foreign files lie in `tests/fixtures/foreign`; those whose licence does not let them into the repository in the
//! folder that `FAIRDRAW_FOREIGN_DATA` names, and their tests are ignored unless asked for. `GOLDEN` was computed with dbfread 2.0.7
//! (attributes) and pyshp 3.1.6 (geometry), see `tests/fixtures/README_foreign.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fairdraw::diagnostic::{AppResult, Diagnostics};
use fairdraw::district::coords::{distance_m, in_china};
use fairdraw::district::{
    CoordinateSystem, Crs, District, DistrictOptions, DistrictSet, EncodingSource, Layer, LayerFiles, LocationCheck,
    NOWHERE, Shape, ShapeKind, ShapeOptions, TextColumn, area_km2, check_districts, check_layer, check_zip_layers,
    load_bundled_districts, load_districts, load_layers, pole_of_inaccessibility, write_district_files,
    write_layer_files,
};
use fairdraw::domain::{DistrictCode, WorkCalendar};
use geo::{Area, BooleanOps, MultiPolygon};

/// File, layer, live records, deleted records, fields, checksum of names and values, points, checksum of geometry.
type Golden = (&'static str, &'static str, usize, usize, usize, u64, usize, u64);

#[rustfmt::skip]
#[allow(clippy::unreadable_literal, reason = "checksums")]
const GOLDEN: &[Golden] = &[
    ("districts/china_provinces_tianditu_simplified.shp", "china_provinces_tianditu_simplified", 34, 0, 2, 0xa9d38375eaa595a6, 74081, 0x8669508be23bac39),
    ("districts/shanghai_districts.shp", "shanghai_districts", 16, 0, 2, 0x30b2daca22443327, 14780, 0x705cd2c6940e03bb),
    ("districts/shanghai_districts_gcj02.shp", "shanghai_districts_gcj02", 16, 0, 2, 0x30b2daca22443327, 14780, 0xf67640ed4a20aebe),
    ("districts/shanghai_districts_tianditu_simplified.shp", "shanghai_districts_tianditu_simplified", 16, 0, 2, 0x30b2daca22443327, 780, 0x6f079827b9868dfd),
    ("districts/variants/cn_fieldnames_gbk.shp", "cn_fieldnames_gbk", 16, 0, 2, 0xfef3e9a2f8db6af4, 14780, 0x705cd2c6940e03bb),
    ("districts/variants/gbk_cpg936.shp", "gbk_cpg936", 16, 0, 2, 0x30b2daca22443327, 14780, 0x705cd2c6940e03bb),
    ("districts/variants/gbk_cpgGBK.shp", "gbk_cpgGBK", 16, 0, 2, 0x30b2daca22443327, 14780, 0x705cd2c6940e03bb),
    ("districts/variants/gbk_ldid4d_nocpg.shp", "gbk_ldid4d_nocpg", 16, 0, 2, 0x30b2daca22443327, 14780, 0x705cd2c6940e03bb),
    ("districts/variants/gbk_nocpg_noldid.shp", "gbk_nocpg_noldid", 16, 0, 2, 0x30b2daca22443327, 14780, 0x705cd2c6940e03bb),
    ("districts/variants/polygonz.shp", "polygonz", 16, 0, 2, 0x30b2daca22443327, 14780, 0x9f61d24f8404fbcb),
    ("districts/variants/utf8_noshx.shp", "utf8_noshx", 16, 0, 2, 0x30b2daca22443327, 14780, 0x705cd2c6940e03bb),
    ("districts/variants/utf8_wrong_cpg_gbk.shp", "utf8_wrong_cpg_gbk", 16, 0, 2, 0x30b2daca22443327, 14780, 0x705cd2c6940e03bb),
    ("real/dbf_dbase/KUNDEN-schema-only.DBF", "KUNDEN-schema-only", 0, 0, 49, 0x1cb24ee41648c55b, 0, 0xcbf29ce484222325),
    ("real/dbf_dbase/contain_none_float.dbf", "contain_none_float", 1, 0, 5, 0xdf36d0ace06eb03c, 0, 0xcbf29ce484222325),
    ("real/dbf_dbase/contain_null_padded_numeric.dbf", "contain_null_padded_numeric", 1, 0, 1, 0x0ded17b99d96c5ce, 0, 0xcbf29ce484222325),
    ("real/dbf_dbase/cp850.dbf", "cp850", 1, 0, 1, 0x70fef2d8187336e3, 0, 0xcbf29ce484222325),
    ("real/dbf_dbase/cp936.dbf", "cp936", 1, 0, 1, 0x7e0ef41c1b360475, 0, 0xcbf29ce484222325),
    ("real/dbf_dbase/line.dbf", "line", 1, 0, 1, 0x2c795ca8f96218a8, 0, 0xcbf29ce484222325),
    ("real/dbf_dbase/stations.dbf", "stations", 86, 0, 4, 0xe60b0e197ffcbf90, 0, 0xcbf29ce484222325),
    ("real/dbf_dbase/stations_optional.dbf", "stations_optional", 6, 0, 4, 0x66829ef0bfc52d1b, 0, 0xcbf29ce484222325),
    ("real/dbf_dbase/stations_with_deleted.dbf", "stations_with_deleted", 5, 1, 4, 0xfcd45e98901e32ca, 0, 0xcbf29ce484222325),
    ("real/shp_fiona/coutwildrnp.shp", "coutwildrnp", 67, 0, 10, 0xf1ad492362ba781d, 6606, 0xd875e30eb0bf89a5),
    ("real/shp_fiona/coutwildrnp.zip", "coutwildrnp", 67, 0, 10, 0xf1ad492362ba781d, 6606, 0xd875e30eb0bf89a5),
    ("real/shp_fiona/gre.shp", "gre", 1, 0, 25, 0x4906bac8e194250f, 426, 0xed2ec41ebc178a6f),
    ("real/shp_fiona/test_tin.shp", "test_tin", 1, 0, 1, 0x204d8363f1cf8dd7, 4, 0xe32ee249923d591e),
    ("real/shp_pyshp/REL.zip", "releaseArea20090407", 1, 0, 4, 0xc71fac87d7ef8463, 10, 0x2b61baa5ac6fe041),
    ("real/shp_pyshp/blockgroups.shp", "blockgroups", 663, 0, 43, 0x9b75332ff2691f2c, 10705, 0xfcd579029006b1f1),
    ("real/shp_pyshp/blockgroups.zip", "blockgroups", 663, 0, 43, 0x9b75332ff2691f2c, 10705, 0xfcd579029006b1f1),
    ("real/shp_pyshp/blockgroups_multishapefile.zip", "blockgroups", 663, 0, 43, 0x9b75332ff2691f2c, 10705, 0xfcd579029006b1f1),
    ("real/shp_pyshp/blockgroups_multishapefile.zip", "blockgroups2", 663, 0, 43, 0x9b75332ff2691f2c, 10705, 0xfcd579029006b1f1),
    ("real/shp_pyshp/corrupt_too_long.shp", "corrupt_too_long", 10, 0, 1, 0xe55fdd1c050c820a, 30, 0x8b9b868ab5a4a645),
    ("real/shp_pyshp/latin1.shp", "latin1", 1, 0, 2, 0x7ce5882048d23fbd, 4, 0xe641701e54ae4748),
];

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

/// True for files whose licence keeps them out of the repository.
fn is_outside(path: &str) -> bool {
    path.starts_with("districts/") || path == "real/shp_fiona/gre.shp"
}

fn fnv(mut hash: u64, bytes: &[u8]) -> u64 {
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// The same text that the independent reader's script hashes: doubles by their bits, everything else as it is.
fn value_text(kind: char, value: Option<&str>) -> String {
    let text = value.unwrap_or_default();
    if matches!(kind, 'N' | 'F') && text.contains(['.', 'e']) {
        return format!("f{:016x}", text.parse::<f64>().unwrap().to_bits());
    }
    text.to_owned()
}

fn sums(layer: &Layer) -> (u64, usize, u64) {
    let mut values = FNV_START;
    for field in &layer.fields {
        values = fnv(values, field.name.as_bytes());
        values = fnv(values, &[0x1f]);
    }
    for row in layer.live().filter(|_| !layer.records.is_empty()) {
        for (k, field) in layer.fields.iter().enumerate() {
            values = fnv(values, value_text(field.kind, layer.value(row, k)).as_bytes());
            values = fnv(values, &[0x1f]);
        }
    }
    let (mut geometry, mut points) = (FNV_START, 0);
    for shape in &layer.shapes {
        geometry = fnv(geometry, &shape.type_code.to_le_bytes());
        for part in &shape.parts {
            geometry = fnv(geometry, &u32::try_from(part.len()).unwrap().to_le_bytes());
            for [x, y] in part {
                geometry = fnv(fnv(geometry, &x.to_le_bytes()), &y.to_le_bytes());
                points += 1;
            }
        }
        for z in &shape.z {
            geometry = fnv(geometry, &z.to_le_bytes());
        }
    }
    (values, points, geometry)
}

#[test]
fn every_foreign_file_reads_as_an_independent_reader_reads_it() {
    let ours: Vec<&Golden> = GOLDEN.iter().filter(|golden| !is_outside(golden.0)).collect();
    assert_eq!(ours.len(), 19);
    for golden in ours {
        equals(&foreign(golden.0), golden);
    }
}

#[test]
#[ignore = "reads the outside folder FAIRDRAW_FOREIGN_DATA"]
fn every_file_of_the_outside_folder_reads_as_an_independent_reader_reads_it() {
    let theirs: Vec<&Golden> = GOLDEN.iter().filter(|golden| is_outside(golden.0)).collect();
    assert_eq!(theirs.len(), 13);
    for golden in theirs {
        equals(&outside(golden.0), golden);
    }
}

fn equals(file: &Path, (path, name, live, deleted, fields, values, points, geometry): &Golden) {
    let mut diagnostics = Diagnostics::new();
    let layers = load_layers(file, &ShapeOptions::default(), &mut diagnostics).unwrap();
    let layer = layers.iter().find(|l| l.name == *name).unwrap_or_else(|| panic!("{path}: no layer {name}"));
    let gone = layer.deleted.iter().filter(|d| **d).count();
    assert_eq!((layer.live().count(), gone, layer.fields.len()), (*live, *deleted, *fields), "{path}");
    let found = sums(layer);
    assert_eq!(found.0, *values, "{path}: attributes differ");
    assert_eq!((found.1, found.2), (*points, *geometry), "{path}: geometry differs");
    assert_eq!(diagnostics.count_code("GIS-014"), 0, "{path}: garbled text");
}

/// What must be noticed in which file.
#[test]
fn oddities_of_foreign_files_are_noticed_by_code() {
    notices("real/shp_pyshp/corrupt_too_long.shp", foreign, &["GIS-009", "GIS-009"]);
    notices("real/shp_pyshp/latin1.shp", foreign, &["GIS-005", "GIS-013"]);
    notices("real/dbf_dbase/stations_with_deleted.dbf", foreign, &["GIS-021", "GIS-027"]);
    notices("real/dbf_dbase/cp850.dbf", foreign, &["GIS-012"]);
    notices("real/dbf_dbase/cp936.dbf", foreign, &[]);
}

#[test]
#[ignore = "reads the outside folder FAIRDRAW_FOREIGN_DATA"]
fn oddities_of_the_outside_folder_are_noticed_by_code() {
    notices("districts/variants/gbk_nocpg_noldid.shp", outside, &["GIS-013"]);
    notices("districts/variants/utf8_noshx.shp", outside, &["GIS-005"]);
    notices("districts/variants/utf8_wrong_cpg_gbk.shp", outside, &["GIS-012"]);
    notices("districts/variants/gbk_ldid4d_nocpg.shp", outside, &[]);
    notices("districts/variants/gbk_cpg936.shp", outside, &[]);
    notices("districts/variants/polygonz.shp", outside, &[]);
    notices("real/shp_fiona/gre.shp", outside, &[]);
}

fn notices(path: &str, at: fn(&str) -> PathBuf, codes: &[&str]) {
    let mut diagnostics = Diagnostics::new();
    load_layers(&at(path), &ShapeOptions::default(), &mut diagnostics).unwrap();
    let met: Vec<&str> = diagnostics.findings().iter().map(|f| f.code).collect();
    assert_eq!(met, *codes, "{path}");
}

/// The first record's value of a field.
fn first_value(file: &Path, field: &str) -> Option<String> {
    let layer = load_layers(file, &ShapeOptions::default(), &mut Diagnostics::new()).unwrap().remove(0);
    let field = layer.fields.iter().position(|f| f.name == field).unwrap();
    layer.value(0, field).map(str::to_owned)
}

#[test]
fn texts_of_foreign_files_are_not_garbled() {
    let value = |path: &str, field: &str| first_value(&foreign(path), field);
    assert_eq!(value("real/dbf_dbase/cp936.dbf", "TEST").as_deref(), Some("测试中文"));
    assert_eq!(value("real/dbf_dbase/cp850.dbf", "TEXT").as_deref(), Some("Äöü!§$%&/"));
    assert_eq!(value("real/shp_pyshp/latin1.shp", "Name").as_deref(), Some("Ñandú"));
}

#[test]
#[ignore = "reads the outside folder FAIRDRAW_FOREIGN_DATA"]
fn texts_of_the_outside_folder_are_not_garbled() {
    assert_eq!(first_value(&outside("real/shp_fiona/gre.shp"), "name_ru").as_deref(), Some("Гренада"));
}

#[test]
fn zips_with_several_layers_and_without_any() {
    let error =
        load_layers(&foreign("real/shp_pyshp/empty_zipfile.zip"), &ShapeOptions::default(), &mut Diagnostics::new())
            .unwrap_err();
    assert_eq!(error.code(), "GIS-011");
    assert_eq!(
        error.to_string(),
        "[GIS-011] 压缩包中没有 .shp 或 .dbf 文件。请确认压缩包内含完整的 Shapefile（.shp .shx .dbf .prj）（文件：empty_zipfile.zip）"
    );
    let file = foreign("real/shp_pyshp/blockgroups_multishapefile.zip");
    let layers = load_layers(&file, &ShapeOptions::default(), &mut Diagnostics::new()).unwrap();
    assert_eq!(layers.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["blockgroups", "blockgroups2"]);
    let whole = std::fs::read(foreign("real/shp_pyshp/REL.zip")).unwrap();
    for cut in [0, 1, 30, whole.len() / 2, whole.len() - 1] {
        let error =
            check_zip_layers(&whole[..cut], "a.zip", &ShapeOptions::default(), &mut Diagnostics::new()).unwrap_err();
        assert!(matches!(error.code(), "GIS-010" | "GIS-011"), "{cut}: {error}");
    }
}

#[test]
fn files_that_are_no_vector_files_get_one_clear_message() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), bytes).unwrap();
        path
    };
    let code =
        |path: &Path| load_districts(path, &DistrictOptions::default(), &mut Diagnostics::new()).unwrap_err().code();
    assert_eq!(code(&write("a.txt", b"x")), "GIS-001");
    assert_eq!(code(&write("b.shp", b"x")), "GIS-002");
    assert_eq!(code(&write("c.shp", &[7; 500])), "GIS-002");
    assert_eq!(code(&write("d.dbf", b"x")), "GIS-020");
    assert_eq!(code(&write("e.prj", b"x")), "GIS-011");
    assert_eq!(code(&write("f.zip", b"PK")), "GIS-010");
    assert_eq!(code(&folder.path().join("none.shp")), "IO-001");
    assert_eq!(code(tempfile::tempdir().unwrap().path()), "GIS-011");
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
    for name in ["", "区", "上海市", "朝阳区"] {
        assert_eq!(by(name), None, "{name}");
    }
}

#[test]
#[ignore = "reads the outside folder FAIRDRAW_FOREIGN_DATA"]
fn all_variants_of_the_outside_folder_give_identical_districts() {
    let plain = outside("districts/shanghai_districts.shp");
    let load = |path: &Path| load_districts(path, &DistrictOptions::default(), &mut Diagnostics::new()).unwrap();
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
    let true_set = load_districts(&plain, &DistrictOptions::default(), &mut Diagnostics::new()).unwrap();
    let options = DistrictOptions { coordinates: Some(CoordinateSystem::Gcj02), ..DistrictOptions::default() };
    let mut diagnostics = Diagnostics::new();
    let back = load_districts(&moved, &options, &mut diagnostics).unwrap();
    let worst =
        corners(&true_set).iter().zip(corners(&back)).map(|(a, b)| distance_m(a.0, a.1, b.0, b.1)).fold(0.0, f64::max);
    println!("GCJ-02 to WGS 84, {} corners: largest difference {worst:.6} m", corners(&back).len());
    // Both files are rounded to six decimals, half a step of which is 0.073 m along the diagonal.
    assert!(worst < 0.08, "{worst} m");
    assert_eq!(diagnostics.count_code("GIS-030"), 0);
    // Without the option it is taken for what it looks like, and the finding says what may be wrong.
    let mut diagnostics = Diagnostics::new();
    let taken = load_districts(&moved, &DistrictOptions::default(), &mut diagnostics).unwrap();
    assert_eq!(diagnostics.count_code("GIS-030"), 1);
    let (a, b) = (corners(&true_set)[0], corners(&taken)[0]);
    assert!((300.0..700.0).contains(&distance_m(a.0, a.1, b.0, b.1)));
}

/// WKT by pyproj 3.7.2 (`to_wkt("WKT1_ESRI")`) and its coordinates of four points.
const POINTS: [[f64; 2]; 4] = [[120.9, 30.7], [121.4737, 31.2304], [121.95, 31.85], [121.8, 30.9]];

fn gauss_kruger_wkt(name: &str, easting: &str, meridian: &str) -> String {
    format!(
        r#"PROJCS["{name}",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#
    )
}

const WEB_WKT: &str = r#"PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]"#;

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

/// The files of a map in memory, to be changed by the tests.
fn files_of(shapes: &[Shape], columns: &[(&str, Vec<&str>)], encoding: &str) -> LayerFiles {
    let columns: Vec<TextColumn> = columns
        .iter()
        .map(|(name, values)| TextColumn {
            name: (*name).to_owned(),
            values: values.iter().map(|v| (!v.is_empty()).then(|| (*v).to_owned())).collect(),
        })
        .collect();
    let written = write_layer_files("map", ShapeKind::Polygon, shapes, &columns, encoding).unwrap();
    into_files(written)
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
    let set = check_districts(&layer, options, &mut diagnostics);
    (set, diagnostics.findings().iter().map(|f| f.code).collect())
}

fn two() -> Vec<Shape> {
    vec![square(121.0, 31.0, 0.1), square(121.1, 31.0, 0.1)]
}

#[test]
fn columns_are_found_by_content_and_name() {
    let codes = |columns: &[(&str, Vec<&str>)], encoding| {
        let (set, found) = districts_of(files_of(&two(), columns, encoding), &DistrictOptions::default());
        let set = set.unwrap();
        (set.districts().iter().map(|d| (d.code.0, d.name.clone())).collect::<Vec<_>>(), found)
    };
    let expected = vec![(310_101, "黄浦区".to_owned()), (310_104, "徐汇区".to_owned())];
    // Province, city and county side by side; Chinese names; GBK.
    let columns = [
        ("省代码", vec!["310000", "310000"]),
        ("省", vec!["上海市", "上海市"]),
        ("县代码", vec!["310104", "310101"]),
        ("县名称", vec!["徐汇区", "黄浦区"]),
    ];
    assert_eq!(codes(&columns, "GBK"), (expected.clone(), vec![]));
    // The country's code before the division's, and twelve digits.
    for values in [vec!["156310104", "156310101"], vec!["310104000000", "310101000000"]] {
        assert_eq!(codes(&[("gb", values), ("NAME", vec!["徐汇区", "黄浦区"])], "UTF-8"), (expected.clone(), vec![]));
    }
    // Names only.
    assert_eq!(codes(&[("MC", vec!["徐汇区", "黄浦区"])], "UTF-8"), (expected.clone(), vec![]));
    // No names.
    let (found, diagnostics) = codes(&[("PAC", vec!["310104", "310101"])], "UTF-8");
    assert_eq!((found[0].1.as_str(), diagnostics), ("310101", vec!["GIS-043"]));
    // Names of columns in UTF-8 cut at ten bytes: 行政区划代码 and 行政区划名称 both end as 行政区 and one byte.
    let mut files = files_of(
        &two(),
        &[("aaaaaaaaaa", vec!["310104", "310101"]), ("bbbbbbbbbb", vec!["徐汇区", "黄浦区"])],
        "UTF-8",
    );
    let dbf = files.dbf.as_mut().unwrap();
    dbf[32..42].copy_from_slice(&"行政区划代码".as_bytes()[..10]);
    dbf[64..74].copy_from_slice(&"行政区划名称".as_bytes()[..10]);
    let (set, found) = districts_of(files, &DistrictOptions::default());
    let set = set.unwrap();
    assert_eq!((set.districts()[0].name.as_str(), found), ("黄浦区", vec![]));
    assert_eq!(set.districts()[0].attributes[0].0, "行政区");
    assert_eq!(set.districts()[0].attributes[1].0, "行政区_2");
    // By hand.
    let columns = [("a", vec!["310101", "310104"]), ("b", vec!["310105", "310106"])];
    let options = DistrictOptions { code_field: Some("b".to_owned()), ..DistrictOptions::default() };
    let (set, _) = districts_of(files_of(&two(), &columns, "UTF-8"), &options);
    assert_eq!(set.unwrap().districts()[0].code.0, 310_105);
    let options = DistrictOptions { code_field: Some("c".to_owned()), ..DistrictOptions::default() };
    assert_eq!(districts_of(files_of(&two(), &columns, "UTF-8"), &options).0.unwrap_err().code(), "GIS-046");
    // Nothing usable.
    let (set, _) = districts_of(files_of(&two(), &[("x", vec!["a", "b"])], "UTF-8"), &DistrictOptions::default());
    assert_eq!(set.unwrap_err().code(), "GIS-042");
}

#[test]
fn records_that_can_not_be_used_are_set_aside_by_name() {
    let mut shapes = two();
    shapes.push(square(121.2, 31.0, 0.1));
    shapes.push(Shape::null());
    shapes.push(square(121.1, 31.1, 0.1));
    shapes.push(square(121.1, 31.2, 0.1));
    let columns = [
        ("adcode", vec!["310101", "310104", "", "310105", "310104", "310106"]),
        ("name", vec!["黄浦区", "徐汇区", "无码区", "空区", "徐汇区", "静安区"]),
    ];
    let (set, found) = districts_of(files_of(&shapes, &columns, "GBK"), &DistrictOptions::default());
    let set = set.unwrap();
    assert_eq!(found, ["GIS-044", "GIS-059", "GIS-045"]);
    assert_eq!(names(&set), [(310_101, "黄浦区"), (310_104, "徐汇区"), (310_106, "静安区")]);
    // The two records of 310104 are one rectangle now: their common edge is no border any more.
    assert_eq!(set.districts()[1].shape.0.len(), 1);
    assert!((set.districts()[1].shape.unsigned_area() - 0.02).abs() < 1e-9);
    assert_eq!(set.locate(121.15, 31.1), Some(1));
    // Deleted records stay out.
    let mut files = files_of(&two(), &[("adcode", vec!["310101", "310104"])], "UTF-8");
    let dbf = files.dbf.as_mut().unwrap();
    let header = usize::from(u16::from_le_bytes([dbf[8], dbf[9]]));
    dbf[header] = b'*';
    let (set, found) = districts_of(files, &DistrictOptions::default());
    assert_eq!((set.unwrap().len(), found), (1, vec!["GIS-027", "GIS-043"]));
}

#[test]
fn missing_companions_and_wrong_declarations() {
    let columns = [("adcode", vec!["310101", "310104"]), ("name", vec!["黄浦区", "徐汇区"])];
    let whole = files_of(&two(), &columns, "GBK");
    let run = |change: &dyn Fn(&mut LayerFiles)| {
        let mut files = whole.clone();
        change(&mut files);
        let (set, found) = districts_of(files, &DistrictOptions::default());
        (set.map(|s| s.districts()[0].name.clone()).map_err(|e| e.code()), found)
    };
    let good = Ok("黄浦区".to_owned());
    assert_eq!(run(&|_| ()), (good.clone(), vec![]));
    assert_eq!(run(&|f| f.shx = None), (good.clone(), vec!["GIS-005"]));
    assert_eq!(run(&|f| f.shx = Some(vec![1; 116])), (good.clone(), vec!["GIS-006"]));
    assert_eq!(run(&|f| f.prj = None), (good.clone(), vec!["GIS-030"]));
    assert_eq!(run(&|f| f.cpg = Some(b"UTF-8".to_vec())), (good.clone(), vec!["GIS-012"]));
    assert_eq!(run(&|f| f.cpg = Some(b"ISO-8859-1".to_vec())), (good.clone(), vec!["GIS-012"]));
    assert_eq!(run(&|f| f.cpg = Some(b"what".to_vec())), (good.clone(), vec!["GIS-016"]));
    assert_eq!(run(&|f| f.cpg = None), (good.clone(), vec![]));
    assert_eq!(run(&|f| f.prj = Some(b"GEOGCS[".to_vec())), (Err("GIS-031"), vec![]));
    let old = gauss_kruger_wkt("x", "500000", "120").replace("Gauss_Kruger", "Krovak");
    assert_eq!(run(&|f| f.prj = Some(old.clone().into_bytes())), (Err("GIS-031"), vec![]));
    assert_eq!(run(&|f| f.prj = Some(WEB_WKT.as_bytes().to_vec())).0, Ok("黄浦区".to_owned()));
    assert_eq!(run(&|f| f.dbf = None), (Err("GIS-042"), vec!["GIS-007", "GIS-043"]));
    assert_eq!(run(&|f| f.shp = None).0, Err("GIS-047"));
    let beijing = "GEOGCS[\"GCS_Beijing_1954\",DATUM[\"D_Beijing_1954\",SPHEROID[\"Krasovsky_1940\",6378245.0,298.3]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";
    assert_eq!(run(&|f| f.prj = Some(beijing.into())), (good, vec!["GIS-032"]));
    let options = DistrictOptions { encoding: Some("UTF-8".to_owned()), ..DistrictOptions::default() };
    let (_, found) = districts_of(whole.clone(), &options);
    assert_eq!(found[0], "GIS-018");
    let error = check_layer(whole, &ShapeOptions { encoding: Some("火星文".to_owned()) }, &mut Diagnostics::new());
    assert_eq!(error.unwrap_err().code(), "GIS-017");
}

/// The bundled map written in another coordinate system comes back with and without its `.prj`.
#[test]
fn projected_maps_come_back() {
    let set = bundled();
    let zone = gauss_kruger_wkt("CGCS2000_3_Degree_GK_Zone_40", "40500000.0", "120.0");
    for (wkt, without) in [
        (zone, Ok("GIS-030")),
        (gauss_kruger_wkt("CGCS2000_3_Degree_GK_CM_120E", "500000.0", "120.0"), Err("GIS-034")),
        (WEB_WKT.to_owned(), Ok("GIS-030")),
    ] {
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
        match without {
            Ok(code) => {
                let area = area_km2(&guessed.unwrap().districts()[0].shape);
                assert!((area - DISTRICTS[0].2).abs() < 0.001);
                assert_eq!(found, [code]);
            }
            Err(code) => assert_eq!(guessed.unwrap_err().code(), code),
        }
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

#[test]
fn written_districts_are_read_back_equal() {
    let set = bundled();
    for (encoding, source) in [("UTF-8", EncodingSource::Cpg), ("GBK", EncodingSource::Cpg)] {
        let written = write_district_files("districts", &set, encoding).unwrap();
        let again = write_district_files("districts", &set, encoding).unwrap();
        assert_eq!(written, again, "the same bytes each time");
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in &written {
            let mut file = std::fs::File::create(folder.path().join(name)).unwrap();
            std::io::Write::write_all(&mut file, bytes).unwrap();
        }
        let path = folder.path().join("districts.shp");
        let mut diagnostics = Diagnostics::new();
        let layer = load_layers(&path, &ShapeOptions::default(), &mut diagnostics).unwrap().remove(0);
        assert_eq!(layer.encoding_source, source);
        // The same file through an independent reader.
        let mut points = 0;
        let others = shapefile::read(&path).unwrap();
        for ((shape, record), district) in others.iter().zip(set.districts()) {
            let shapefile::Shape::Polygon(polygon) = shape else { panic!("{} is no polygon", shape.shapetype()) };
            points += polygon.total_point_count();
            let code = district.code.to_string();
            assert_eq!(record.get("adcode"), Some(&shapefile::dbase::FieldValue::Character(Some(code))));
        }
        assert_eq!(others.len(), set.len());
        assert_eq!(points, layer.shapes.iter().flat_map(|s| &s.parts).map(Vec::len).sum::<usize>());
        // A folder and any companion lead to the same layer.
        for other in [folder.path(), &folder.path().join("districts.dbf"), &folder.path().join("districts.prj")] {
            let back = load_districts(other, &DistrictOptions::default(), &mut diagnostics).unwrap();
            assert_eq!(names(&back), expected_names());
            for (a, b) in set.districts().iter().zip(back.districts()) {
                assert_eq!(a.shape, b.shape, "{}", a.name);
            }
        }
        assert!(diagnostics.is_empty(), "{:?}", diagnostics.findings());
    }
    let error = write_district_files("districts", &set, "Latin1").unwrap_err();
    assert_eq!(error.code(), "GIS-070");
    assert_eq!(write_district_files("districts", &set, "??").unwrap_err().code(), "GIS-017");
}

/// Pseudo-random numbers in [0, 1), the same on every machine.
fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

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
    simplified(&load_districts(&path, &DistrictOptions::default(), &mut Diagnostics::new()).unwrap(), 150.0);
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

/// Whatever is done to a file, it is read, refused or noticed; nothing panics and nothing is allocated beyond reason.
#[test]
fn damaged_files_never_panic() {
    let columns = [("adcode", vec!["310101", "310104"]), ("name", vec!["黄浦区", "徐汇区"])];
    let whole = files_of(&two(), &columns, "GBK");
    let mut next = numbers(3);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..3000 {
        let mut files = whole.clone();
        for part in [&mut files.shp, &mut files.shx, &mut files.dbf, &mut files.prj, &mut files.cpg] {
            let Some(bytes) = part.as_mut() else { continue };
            if next() < 0.15 {
                let keep = (next() * bytes.len() as f64) as usize;
                bytes.truncate(keep);
            }
            for _ in 0..(next() * 4.0) as usize {
                if !bytes.is_empty() {
                    let at = (next() * bytes.len() as f64) as usize;
                    bytes[at] = (next() * 256.0) as u8;
                }
            }
        }
        let mut diagnostics = Diagnostics::new();
        let set = check_layer(files, &ShapeOptions::default(), &mut diagnostics)
            .and_then(|layer| check_districts(&layer, &DistrictOptions::default(), &mut diagnostics));
        match set {
            Ok(set) => {
                read += 1;
                assert!(set.districts().iter().all(|d: &District| !d.shape.0.is_empty()));
                let _ = set.locate(121.05, 31.05);
            }
            Err(error) => {
                refused += 1;
                assert!(error.code().starts_with("GIS-"), "{error}");
            }
        }
    }
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused");
}

#[test]
fn zip_entries_named_in_gbk_and_in_folders() {
    let set = bundled();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in write_district_files("区划", &set, "GBK").unwrap() {
        zip.start_file(format!("上海/{name}"), options).unwrap();
        std::io::Write::write_all(&mut zip, &bytes).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    // Chinese Windows writes the names in GBK without the UTF-8 flag; the length stays, so blanks fill up.
    let utf8 = check_zip_layers(&bytes, "a.zip", &ShapeOptions::default(), &mut Diagnostics::new()).unwrap();
    assert_eq!((utf8.len(), utf8[0].name.as_str()), (1, "区划"));
    let mut gbk = Vec::new();
    let (from, to) =
        ("上海/区划".as_bytes(), [0xc9, 0xcf, 0xba, 0xa3, b'/', b'/', b'/', b'/', b'/', 0xc7, 0xf8, 0xbb, 0xae]);
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(from) {
            gbk.extend(to);
            at += from.len();
        } else {
            gbk.push(bytes[at]);
            at += 1;
        }
    }
    for i in 0..gbk.len().saturating_sub(30) {
        // Bit 11 of the flags says UTF-8: at 6 in local headers, at 8 in the central directory.
        match &gbk[i..i + 4] {
            b"PK\x03\x04" => gbk[i + 7] &= !0x08,
            b"PK\x01\x02" => gbk[i + 9] &= !0x08,
            _ => {}
        }
    }
    let layers = check_zip_layers(&gbk, "a.zip", &ShapeOptions::default(), &mut Diagnostics::new()).unwrap();
    assert_eq!((layers.len(), layers[0].name.as_str()), (1, "区划"));
    assert_eq!(layers[0].value(10, 1), Some("浦东新区"));
}

#[test]
fn shipped_tables_are_whole() {
    let mut calendar = WorkCalendar::default();
    calendar.load_csv_text(include_str!("../../data/calendar/cn_workdays_2023_2026.csv")).unwrap();
    calendar.load_csv_text(include_str!("../../data/calendar/cn_statutory_2027_PROVISIONAL.csv")).unwrap();
    assert_eq!(calendar.last_noticed_year(), Some(2026));
    let divisions = include_str!("../../data/codes/cn_divisions_level3.csv");
    for (code, name, ..) in DISTRICTS {
        assert!(divisions.lines().any(|l| l.starts_with(&code.to_string()) && l.ends_with(name)), "{name}");
    }
    let classes = include_str!("../../data/codes/gbt4754_2017.csv");
    for class in ["2511", "3110", "3360", "7724"] {
        assert!(classes.lines().any(|l| l.split(',').nth(1) == Some(class)), "{class}");
    }
    let streets = include_str!("../../data/codes/shanghai_streets_codes.csv");
    assert!(streets.lines().skip(1).all(|l| DISTRICTS.iter().any(|d| l.ends_with(&d.0.to_string()))));
    let districts = bundled();
    assert!(districts.bounds().is_some_and(|b| in_china(b.west, b.south) && in_china(b.east, b.north)));
}
