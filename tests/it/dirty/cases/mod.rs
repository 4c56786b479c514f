//! The cases of `tests/fixtures/cases`, folder by folder, each with what is right for it.

mod foreign;
mod registers;
mod results;
mod texts;
mod workbooks;

use std::fs;
use std::path::{Path, PathBuf};

use fairdraw::diagnostic::AppResult;
use fairdraw::registry::Registry;
use fairdraw::workspace::intake::import::{NewProject, create_project};

use super::super::project::at;

/// A path below the cases.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases").join(name)
}

fn make(from: PathBuf) -> AppResult<Registry> {
    let folder = tempfile::tempdir().unwrap();
    let new = NewProject { from, year: Some(2027), ..NewProject::default() };
    Ok(create_project(&folder.path().join("项目"), &new, &at("2026-12-20T09:00:00"))?.registry)
}

/// A case's whole folder through `new`.
fn case(name: &str) -> Registry {
    make(path(name).join("input")).unwrap()
}

/// Some files of the cases, in a folder of their own, through `new`.
fn try_files(names: &[&str]) -> AppResult<Registry> {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    fs::create_dir(&input).unwrap();
    for name in names {
        let from = path(name);
        fs::copy(&from, input.join(from.file_name().unwrap())).unwrap();
    }
    make(input)
}

fn files(names: &[&str]) -> Registry {
    try_files(names).unwrap()
}

/// Every folder of cases has its test here: a new one is not forgotten.
#[test]
fn every_folder_has_a_test() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/dirty/cases");
    let sources: String =
        fs::read_dir(here).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    for side in ["dirty", "foreign"] {
        for entry in fs::read_dir(path(side)).unwrap().map(|entry| entry.unwrap()) {
            let name = format!("{side}/{}", entry.file_name().to_str().unwrap());
            assert!(entry.path().is_file() || sources.contains(&name), "{name} has no test");
        }
    }
}
