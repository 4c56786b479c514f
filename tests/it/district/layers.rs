//! Layers to districts: columns, records that can't be used, companions, declarations.

use super::*;

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
