//! Thousands of damaged files: no panic, none long, none large.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::{Crs, DistrictOptions, load_districts};
use fairdraw::tabular::{ReadOptions, load_raw};

use super::generate::{Good, good_files, hostile};
use super::{Folder, MOST_TIME, peak_mb, readers, timed};

/// Gives a file to whoever reads files of its name.
fn read(path: &Path, file: &Good) {
    let bytes = &file.bytes;
    let table = || drop(load_raw(path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none()));
    match file.name.rsplit('.').next().unwrap() {
        "json" => readers::papers(bytes),
        "tsr" | "pem" => readers::tsr(bytes),
        "drand" => readers::drand(bytes),
        "key" | "pub" => readers::keys(bytes),
        "ron" => readers::ron(bytes),
        "jsonl" => readers::log(bytes),
        "prj" => drop(Crs::parse_wkt(&String::from_utf8_lossy(bytes))),
        "shp" | "dbf" => {
            let table = path.with_extension("dbf");
            if let Some(companion) = &file.companion {
                std::fs::write(&table, companion).unwrap();
            }
            let _ = load_districts(path, &DistrictOptions::default(), &mut Diagnostics::new(), &Progress::none());
        }
        "csv" => {
            readers::csv(bytes);
            readers::register(bytes);
        }
        "parquet" => {
            readers::parquet(bytes);
            table();
        }
        _ => table(),
    }
}

#[test]
fn damaged_files_are_read_or_refused() {
    let count: u64 = std::env::var("FAIRDRAW_HOSTILE_FILES").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let files = good_files();
    let kinds: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    for kind in [
        "xlsx",
        "xls",
        "xlsb",
        "ods",
        "csv",
        "parquet",
        "shp",
        "dbf",
        "prj",
        "ron",
        "certificate.json",
        "seal.json",
        "jsonl",
        "tsr",
        "pem",
        "drand",
        "anchors.json",
        "key",
        "pub",
        "roster.csv",
    ] {
        assert!(kinds.iter().any(|name| name.ends_with(kind)), "{kind}: {kinds:?}");
    }
    let folder = Folder::new();
    let before = peak_mb().unwrap_or(0);
    let mut longest = (std::time::Duration::ZERO, 0);
    for number in 0..count {
        let file = hostile(&files, number);
        let path = folder.file(&file.name, &file.bytes);
        let (outcome, took) = timed(|| catch_unwind(AssertUnwindSafe(|| read(&path, &file))));
        let kept = || {
            let kept = std::env::temp_dir().join(format!("hostile-{number}-{}", file.name));
            std::fs::write(&kept, &file.bytes).unwrap();
            kept.display().to_string()
        };
        assert!(outcome.is_ok(), "panic at number {number}: {}", kept());
        assert!(took < MOST_TIME, "number {number} took {took:?}: {}", kept());
        longest = longest.max((took, number));
        std::fs::remove_file(&path).unwrap();
        let _ = std::fs::remove_file(path.with_extension("dbf"));
    }
    let peak = peak_mb().unwrap_or(0);
    println!("{count} hostile files, longest {:?} (number {}), peak {peak} MB (before {before})", longest.0, longest.1);
    assert!(peak.saturating_sub(before) < 2_048, "{peak} MB");
}

#[test]
fn the_same_number_gives_the_same_file() {
    let files = good_files();
    for number in [0, 7, 99] {
        let (one, two) = (hostile(&files, number), hostile(&files, number));
        assert_eq!((one.name, one.bytes), (two.name, two.bytes));
    }
    assert_ne!(hostile(&files, 1).bytes, hostile(&files, 14).bytes);
}
