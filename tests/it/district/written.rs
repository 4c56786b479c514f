//! Written shapefiles, read back.

use super::*;

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
            let back = load_districts(other, &DistrictOptions::default(), &mut diagnostics, &Progress::none()).unwrap();
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
