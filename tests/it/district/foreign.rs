//! Foreign files against an independent reader.

use super::*;

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
    let code = |path: &Path| {
        load_districts(path, &DistrictOptions::default(), &mut Diagnostics::new(), &Progress::none())
            .unwrap_err()
            .code()
    };
    assert_eq!(code(&write("a.txt", b"x")), "GIS-001");
    assert_eq!(code(&write("b.shp", b"x")), "GIS-002");
    assert_eq!(code(&write("c.shp", &[7; 500])), "GIS-002");
    assert_eq!(code(&write("d.dbf", b"x")), "GIS-020");
    assert_eq!(code(&write("e.prj", b"x")), "GIS-011");
    assert_eq!(code(&write("f.zip", b"PK")), "GIS-010");
    assert_eq!(code(&folder.path().join("none.shp")), "IO-001");
    assert_eq!(code(tempfile::tempdir().unwrap().path()), "GIS-011");
}
