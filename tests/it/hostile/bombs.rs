//! The few files that take a reader's time or memory: bounded, and said.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::{DistrictOptions, LayerFiles, ShapeOptions, check_districts, check_layer};
use fairdraw::tabular::{ReadOptions, load_raw};
use polars::prelude::{Column, DataFrame, DataType, ParquetWriter};
use zip::write::SimpleFileOptions;

use super::{Folder, MOST_TIME, Numbers, peak_mb, timed};

/// True for the whole sizes; small ones run in the suite.
fn full() -> bool {
    std::env::var("FAIRDRAW_HOSTILE_SIZE").is_ok_and(|size| size == "full")
}

/// Reads a table; its code where it was refused.
fn read(path: &Path) -> Result<usize, String> {
    let read = load_raw(path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none());
    read.map(|tables| tables.len()).map_err(|error| error.code().to_owned())
}

/// Reads a file, says how long it took, and holds it against its bounds.
#[track_caller]
fn bounded(name: &str, path: &Path, expected: &str) {
    let before = peak_mb().unwrap_or(0);
    let (outcome, took) = timed(|| read(path));
    let peak = peak_mb().unwrap_or(0);
    println!(
        "{name}: {outcome:?} in {took:.1?}, {} KB, peak {peak} MB (+{})",
        path.metadata().unwrap().len() / 1024,
        peak - before
    );
    match expected {
        "read" => assert!(outcome.is_ok(), "{name}: {outcome:?}"),
        code => assert_eq!(outcome.as_ref().unwrap_err(), code, "{name}"),
    }
    assert!(took < MOST_TIME, "{name} took {took:?}");
    assert!(peak.saturating_sub(before) < 1_024, "{name}: {before} to {peak} MB");
}

const NS: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#;
const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>SHEETS</sheets></workbook>"#;
const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
const LEAST: &str = r#"<row r="1"><c r="A1"><v>1</v></c></row>"#;

/// What repeats in a part, between its head and its tail.
struct Part<'a> {
    name: &'a str,
    head: String,
    again: &'a str,
    count: usize,
    tail: &'a str,
}

/// A workbook of `sheets` sheets on one part, with other parts written as they are told.
fn workbook(path: &Path, sheets: usize, parts: &[Part<'_>], packed: bool) {
    let method = if packed { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
    let options = SimpleFileOptions::default().compression_method(method);
    let mut writer = zip::ZipWriter::new(File::create(path).unwrap());
    let listed: String = (1..=sheets).map(|i| format!(r#"<sheet name="s{i}" sheetId="{i}" r:id="r{i}"/>"#)).collect();
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut relations: String = (1..=sheets)
        .map(|i| format!(r#"<Relationship Id="r{i}" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/>"#))
        .collect();
    for (id, part) in [("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")] {
        relations += &format!(r#"<Relationship Id="{id}" Type="{kind}/{id}" Target="{part}"/>"#);
    }
    let fixed = [
        ("[Content_Types].xml", TYPES.to_owned()),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships><Relationship Id="a" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        ("xl/workbook.xml", WORKBOOK.replace("SHEETS", &listed)),
        ("xl/_rels/workbook.xml.rels", format!("<Relationships>{relations}</Relationships>")),
    ];
    for (name, text) in fixed {
        writer.start_file(name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let usual = [
        ("xl/worksheets/sheet1.xml", format!("<worksheet {NS}><sheetData>{LEAST}</sheetData></worksheet>")),
        ("xl/sharedStrings.xml", format!("<sst {NS}/>")),
        ("xl/styles.xml", format!("<styleSheet {NS}/>")),
    ];
    for (name, text) in usual.iter().filter(|(name, _)| parts.iter().all(|part| part.name != *name)) {
        writer.start_file(*name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    for part in parts {
        writer.start_file(part.name, options.large_file(true)).unwrap();
        writer.write_all(part.head.as_bytes()).unwrap();
        let block = part.again.repeat(4_096);
        for _ in 0..part.count / 4_096 {
            writer.write_all(block.as_bytes()).unwrap();
        }
        writer.write_all(part.again.repeat(part.count % 4_096).as_bytes()).unwrap();
        writer.write_all(part.tail.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
}

fn strings(count: usize) -> Part<'static> {
    Part { name: "xl/sharedStrings.xml", head: format!("<sst {NS}>"), again: "<si/>", count, tail: "</sst>" }
}

#[test]
fn workbooks_that_unpack_without_end_are_refused() {
    let folder = Folder::new();
    let path = folder.file("b.xlsx", b"");
    let mb = if full() { 700 << 20 } else { 70 << 20 };
    workbook(&path, 1, &[strings(mb / 5)], true);
    bounded("empty shared strings, packed", &path, "RAW-005");
    workbook(&path, 1, &[strings(if full() { 40_000_000 } else { 10_000_001 })], false);
    bounded("empty shared strings, as they are", &path, "RAW-005");
    let head = format!("<styleSheet {NS}><cellXfs>");
    let styles = Part { name: "xl/styles.xml", head, again: "<xf/>", count: mb / 5, tail: "</cellXfs></styleSheet>" };
    workbook(&path, 1, &[styles], true);
    bounded("cell formats", &path, "RAW-005");
    let head = format!(r#"<worksheet {NS}><sheetData>{LEAST}<row r="2">"#);
    let count = if full() { 60_000_000 } else { 11_000_000 };
    let blank = |again| Part {
        name: "xl/worksheets/sheet1.xml",
        head: head.clone(),
        again,
        count,
        tail: "</row></sheetData></worksheet>",
    };
    workbook(&path, 1, &[blank(r#"<c r="B2"/>"#)], true);
    bounded("blank cells, packed", &path, "RAW-005");
    if full() {
        workbook(&path, 1, &[blank(r#"<c r="B2"/>"#)], false);
        bounded("blank cells, as they are", &path, "RAW-005");
    }
    // one long text in a hundred thousand cells
    let long = format!("<sst {NS}><si><t>{}</t></si>", "长".repeat(10_000));
    let one = Part { name: "xl/sharedStrings.xml", head: long, again: "", count: 0, tail: "</sst>" };
    let head = format!("<worksheet {NS}><sheetData>");
    let again = r#"<row><c t="s"><v>0</v></c></row>"#;
    let cells =
        Part { name: "xl/worksheets/sheet1.xml", head, again, count: 100_000, tail: "</sheetData></worksheet>" };
    workbook(&path, 1, &[one, cells], true);
    bounded("one long text everywhere", &path, "RAW-005");
}

#[test]
fn sheets_on_one_part_are_read_once() {
    let folder = Folder::new();
    let path = folder.file("b.xlsx", b"");
    let head = format!("<worksheet {NS}><sheetData>");
    let again = r"<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>";
    let rows = Part { name: "xl/worksheets/sheet1.xml", head, again, count: 20_000, tail: "</sheetData></worksheet>" };
    workbook(&path, 2_000, &[rows], true);
    let mut diagnostics = Diagnostics::new();
    let (tables, took) =
        timed(|| load_raw(&path, &ReadOptions::default(), &mut diagnostics, &Progress::none()).unwrap());
    println!("2000 sheets on one part: {took:.1?}");
    assert_eq!((tables.len(), tables[0].rows.len()), (1, 20_000));
    assert_eq!(diagnostics.count_code("RAW-004"), 1_999, "each of the others is named");
    assert!(took < MOST_TIME);
}

#[test]
fn xml_that_nests_or_calls_itself_is_harmless() {
    let folder = Folder::new();
    let path = folder.file("b.xlsx", b"");
    let sheet = |head: String, again, count, tail| Part { name: "xl/worksheets/sheet1.xml", head, again, count, tail };
    let count = if full() { 20_000_000 } else { 1_000_000 };
    let head = format!("<worksheet {NS}><sheetData>{LEAST}</sheetData>");
    workbook(&path, 1, &[sheet(head, "<a>", count, "</worksheet>")], false);
    bounded("deep markup", &path, "read");
    let laughs = format!(
        "<!DOCTYPE x [<!ENTITY a \"{}\"><!ENTITY b \"{}\"><!ENTITY c \"{}\">]><worksheet {NS}><sheetData><row><c t=\"str\"><v>&c;</v></c></row>",
        "ha".repeat(1_000),
        "&a;".repeat(1_000),
        "&b;".repeat(1_000)
    );
    workbook(&path, 1, &[sheet(laughs, "", 0, "</sheetData></worksheet>")], true);
    bounded("entities", &path, "read");
    // the directory says that a large part is small
    workbook(&path, 1, &[strings(2_000_000)], true);
    let mut bytes = Vec::new();
    File::open(&path).unwrap().read_to_end(&mut bytes).unwrap();
    let name = b"xl/sharedStrings.xml";
    let at: Vec<usize> = (0..bytes.len() - name.len()).filter(|at| bytes[*at..].starts_with(name)).collect();
    let entry = at.last().unwrap() - 46;
    bytes[entry + 24..entry + 28].copy_from_slice(&100_u32.to_le_bytes());
    let lying = folder.file("c.xlsx", &bytes);
    let (outcome, took) = timed(|| read(&lying));
    assert!(took < MOST_TIME && (outcome.is_ok() || outcome.as_ref().unwrap_err().starts_with("RAW-")), "{outcome:?}");
}

#[test]
fn hollow_columns_are_refused_before_they_are_read() {
    let folder = Folder::new();
    let path = folder.file("b.parquet", b"");
    let rows = if full() { 20_000_000 } else { 2_000_000 };
    let columns: Vec<Column> =
        (0..20).map(|i| Column::full_null(format!("c{i}").into(), rows, &DataType::Int8)).collect();
    let mut frame = DataFrame::new(rows, columns).unwrap();
    ParquetWriter::new(File::create(&path).unwrap()).finish(&mut frame).unwrap();
    drop(frame);
    bounded("columns of nothing", &path, "RAW-005");
}

#[test]
fn one_endless_line_is_bounded() {
    let folder = Folder::new();
    let path = folder.file("b.csv", b"");
    let mb = if full() { 500 } else { 20 };
    for (name, block) in
        [("one field", "x".repeat(1 << 20)), ("many fields", "x,".repeat(1 << 19)), ("quotes", "\"".repeat(1 << 20))]
    {
        let mut file = File::create(&path).unwrap();
        for _ in 0..mb {
            file.write_all(block.as_bytes()).unwrap();
        }
        drop(file);
        let before = peak_mb().unwrap_or(0);
        let (outcome, took) = timed(|| read(&path));
        let peak = peak_mb().unwrap_or(0);
        println!("csv of one line, {name}: {outcome:?} in {took:.1?}, peak {peak} MB (+{})", peak - before);
        assert!(took < MOST_TIME && peak.saturating_sub(before) < 1_024, "{name}: {took:?}, {before} to {peak} MB");
        if name == "many fields" || full() {
            assert_eq!(outcome.unwrap_err(), "RAW-005", "{name}");
        }
    }
}

#[test]
fn repeats_of_a_spreadsheet_are_bounded() {
    let folder = Folder::new();
    let table = |cell: &str| {
        format!(
            r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="a">{}</table:table></office:spreadsheet></office:body></office:document-content>"#,
            format!(r#"<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>"#).repeat(50)
        )
    };
    let text = r#"<table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>"#;
    let blank = r#"<table:table-cell table:number-columns-repeated="16384"/>"#;
    for (name, cell, expected) in [("filled repeats", text, "RAW-005"), ("blank repeats", blank, "read")] {
        let path = folder.file("b.fods", table(cell).replace("document-content", "document").as_bytes());
        bounded(name, &path, expected);
    }
}

/// The files of a layer of polygons: one record a district, with a code each.
fn layer(records: &[Vec<Vec<[f64; 2]>>]) -> LayerFiles {
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
fn districts(name: &str, records: &[Vec<Vec<[f64; 2]>>]) -> (usize, Vec<&'static str>) {
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

fn at(x: f64, y: f64) -> [f64; 2] {
    [121.5 + x * 0.1, 31.2 + y * 0.1]
}

fn closed(mut ring: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    ring.push(ring[0]);
    ring
}

/// An arm of one width that winds about its middle.
fn spiral(corners: usize, turns: f64) -> Vec<[f64; 2]> {
    let arm = |shift: f64| {
        (0..corners / 2).map(move |i| {
            let t = i as f64 / (corners / 2) as f64;
            let (r, a) = (0.05 + t * 0.9 + shift / turns, t * turns * std::f64::consts::TAU);
            at(r * a.cos(), r * a.sin())
        })
    };
    closed(arm(0.0).chain(arm(0.4).collect::<Vec<_>>().into_iter().rev()).collect())
}

fn square(x: f64, y: f64, size: f64) -> Vec<[f64; 2]> {
    closed(vec![at(x, y), at(x, y + size), at(x + size, y + size), at(x + size, y)])
}

/// Long thin teeth side by side, upright or slanting.
fn comb(teeth: usize, slant: f64) -> Vec<[f64; 2]> {
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
fn borders_that_wind_cross_or_nest_are_bounded() {
    let n = if full() { 20_000 } else { 400 };
    let mut numbers = Numbers(5);
    let mut random = |count: usize| closed((0..count).map(|_| at(numbers.part(), numbers.part())).collect());
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
    let side = (n as f64).sqrt() as usize;
    let apart = |i: usize| square((i % side) as f64 / side as f64, (i / side) as f64 / side as f64, 0.5 / side as f64);
    let (left, codes) = districts("rings side by side", &[(0..side * side).map(apart).collect()]);
    assert_eq!((left, codes.len()), (1, 0), "{codes:?}");
    let inside = |i: usize| {
        let size = 1.0 - i as f64 / n as f64;
        let mut ring = square(-size / 2.0, -size / 2.0, size);
        if i % 2 == 1 {
            ring.reverse();
        }
        ring
    };
    let (left, codes) = districts("rings in rings", &[(0..n).map(inside).collect()]);
    if full() {
        assert!(left == 0 && codes.contains(&"GIS-062"), "nested without end: {codes:?}");
    } else {
        assert!(left == 1 && codes.iter().all(|code| *code == "GIS-056"), "holes are gaps: {codes:?}");
    }
    for (name, slant) in [("upright teeth", 0.0), ("slanting teeth", 0.5)] {
        let (left, codes) = districts(name, &[vec![comb(n / 4, slant)]]);
        assert_eq!((left, codes.len()), (1, 0), "{name}: {codes:?}");
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
