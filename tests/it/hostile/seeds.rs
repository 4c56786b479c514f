//! The seeds of the fuzz targets: the generator's good files and some of its damaged ones, a folder a target.

use std::path::{Path, PathBuf};

use fairdraw::sampling::AnyCertificate;

use super::generate::{Good, good_files, hostile};
use super::readers::joined;

/// The targets that a file is a seed of, each with the bytes as it takes them.
fn seeds_of(file: &Good) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = file.bytes.clone();
    let wgs84 = fairdraw::district::WGS84_WKT.as_bytes();
    match file.name.rsplit('.').next().unwrap() {
        "csv" => vec![("csv", bytes.clone()), ("register", bytes)],
        "parquet" => vec![("parquet", bytes)],
        "ron" => vec![("ron", bytes)],
        "json" => vec![("papers", bytes)],
        "tsr" | "pem" => vec![("tsr", bytes)],
        "drand" => vec![("drand", bytes)],
        "key" | "pub" => vec![("keys", bytes)],
        "jsonl" => vec![("log", bytes)],
        "prj" => vec![("layer", joined(b"", b"", &bytes))],
        "dbf" => vec![("layer", joined(b"", &bytes, wgs84))],
        "shp" => vec![("layer", joined(&bytes, file.companion.as_deref().unwrap_or_default(), wgs84))],
        _ => {
            let mut all = parts_of(&bytes);
            all.push(("workbook", bytes));
            all
        }
    }
}

/// The parts of a workbook that the target `parts` puts into a sound one, each after the byte that names it.
fn parts_of(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    const PLACES: [(u8, &str); 6] = [
        (2, "xl/workbook.xml"),
        (3, "xl/_rels/workbook.xml.rels"),
        (4, "xl/worksheets/sheet1.xml"),
        (5, "xl/sharedStrings.xml"),
        (6, "xl/styles.xml"),
        (7, "content.xml"),
    ];
    let mut found = Vec::new();
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return found };
    for (place, name) in PLACES {
        if let Ok(mut part) = archive.by_name(name) {
            let mut content = vec![place];
            if std::io::Read::read_to_end(&mut part, &mut content).is_ok() && content.len() < 60_000 {
                found.push(("parts", content));
            }
        }
    }
    found
}

/// Certificates of format 2, as the reference vectors have them. The numbered damage of `generate` begins without them,
/// so that its numbers go on meaning the same files.
fn closed_certificates() -> Vec<Good> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/vectors.json");
    let vectors: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut found = Vec::new();
    let mut open = vec![&vectors];
    while let Some(value) = open.pop() {
        let bytes = value.to_string().into_bytes();
        if matches!(AnyCertificate::parse(&bytes), Ok(AnyCertificate::Second(_))) && found.len() < 6 {
            found.push(Good { name: "certificate.json".to_owned(), bytes, companion: None });
        }
        match value {
            serde_json::Value::Object(map) => open.extend(map.values()),
            serde_json::Value::Array(list) => open.extend(list.iter().take(40)),
            _ => {}
        }
    }
    found
}

/// The tables of `pages`, each written in several ways.
fn parquet_files() -> Vec<Good> {
    let name = || "a.parquet".to_owned();
    super::pages::fixtures().into_iter().map(|(_, bytes)| Good { name: name(), bytes, companion: None }).collect()
}

#[test]
#[ignore = "writes the seeds of the fuzz targets into fuzz/corpus"]
fn write_seeds() {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let root = std::env::var_os("FAIRDRAW_FUZZ_SEEDS").map_or(default, PathBuf::from);
    let files = good_files();
    let damaged = (0..600).map(|number| hostile(&files, number));
    let mut counts = std::collections::BTreeMap::new();
    let more = closed_certificates().into_iter().chain(parquet_files());
    for (target, bytes) in files.iter().cloned().chain(more).chain(damaged).flat_map(|file| seeds_of(&file)) {
        let folder = root.join(target);
        std::fs::create_dir_all(&folder).unwrap();
        let name = fairdraw::sampling::to_hex(&fairdraw::sampling::sha256(&[&bytes]));
        std::fs::write(folder.join(&name[..16]), bytes).unwrap();
        *counts.entry(target).or_insert(0) += 1;
    }
    println!("{counts:?}");
    assert_eq!(counts.len(), super::readers::READERS.len());
}
