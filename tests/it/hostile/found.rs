//! What the fuzz targets found (`fuzz/`), kept small: a folder of `tests/fixtures/hostile` for each reader.

use std::path::Path;

use super::readers::READERS;
use super::{MOST_TIME, peak_mb, timed};

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
