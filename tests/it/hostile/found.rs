//! What the fuzz targets found (`fuzz/`) and what was made by hand, kept small: a folder of `tests/fixtures/hostile` for
//! each reader.

use std::path::Path;

use fairdraw::registry::frame_from_bytes;

use super::bombs::hollow_columns;
use super::generate::good_parquet;
use super::readers::READERS;
use super::{Folder, MOST_TIME, peak_mb, timed};

#[test]
fn findings_of_the_fuzz_targets_stay_mended() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hostile");
    let mut tried = 0;
    for entry in std::fs::read_dir(&root).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap();
        let reader = READERS.iter().find(|(own, _)| *own == name).unwrap_or_else(|| panic!("no reader {name}")).1;
        for file in std::fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let before = peak_mb().unwrap_or(0);
            let ((), took) = timed(|| reader(&bytes));
            let grown = peak_mb().unwrap_or(0) - before;
            assert!(took < MOST_TIME && grown < 2_048, "{}: {took:?}, {grown} MB", path.display());
            tried += 1;
        }
    }
    assert!(tried > 0);
}

#[test]
fn each_target_has_its_reader() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let mut targets: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    targets.sort();
    let mut readers: Vec<&str> = READERS.iter().map(|(name, _)| *name).collect();
    readers.sort_unstable();
    assert_eq!(targets, readers);
}

#[test]
fn frames_of_a_project_are_read_as_carefully_as_files_from_outside() {
    let good = good_parquet();
    assert_eq!(frame_from_bytes(good.clone(), "sources").unwrap().height(), 3);
    for cut in 0..good.len() {
        assert_eq!(frame_from_bytes(good[..cut].to_vec(), "sources").unwrap_err().code(), "IMP-083", "{cut} bytes");
    }
    let folder = Folder::new();
    let path = folder.file("b.parquet", b"");
    hollow_columns(&path, 2_000_000);
    let error = frame_from_bytes(std::fs::read(&path).unwrap(), "sources").unwrap_err();
    assert!(error.code() == "IMP-083" && error.to_string().contains("文件展开后过大"), "{error}");
}
