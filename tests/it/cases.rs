//! Small office files and files of other programs that are odd in one way each (`tests/fixtures/cases`): every one
//! is read, or refused with one code. What comes of each stands in `outcomes.csv`; a change there is looked at and
//! written anew with `FAIRDRAW_BLESS=1`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fairdraw::diagnostic::{AppResult, Diagnostics, Progress};
use fairdraw::district::{ShapeOptions, load_layers};
use fairdraw::tabular::{ReadOptions, load_raw};

/// Unpacks to gigabytes where nothing bounds it; a measurement, not a test.
const BOMB: &str = "foreign/12-parquet-bomb/";

/// What belongs to a case but is no input: how it was made, what is right, parts of a layer.
const BESIDE: [&str; 7] = ["py", "md", "shx", "dbf", "prj", "cpg", "csv~"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases")
}

/// Every input below the folder, as a path with `/`.
fn inputs(folder: &Path, found: &mut BTreeSet<String>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        // a shapefile may lie in a folder that is called like it
        if path.is_dir() {
            inputs(&path, found);
        } else if !BESIDE.contains(&extension) && !name.starts_with(BOMB) && name != "outcomes.csv" {
            found.insert(name);
        }
    }
}

/// Layers, records; or tables, rows, columns.
fn read(path: &Path, diagnostics: &mut Diagnostics) -> AppResult<String> {
    if path.extension().is_some_and(|e| e == "shp") {
        let layers = load_layers(path, &ShapeOptions::default(), diagnostics)?;
        let records: usize = layers.iter().map(|l| l.live().count()).sum();
        return Ok(format!("{} layers {records} records", layers.len()));
    }
    let tables = load_raw(path, &ReadOptions::default(), diagnostics, &Progress::none())?;
    let rows: usize = tables.iter().map(|t| t.rows.len()).sum();
    let columns: usize = tables.iter().map(|t| t.cells.width()).sum();
    Ok(format!("{} tables {rows} rows {columns} columns", tables.len()))
}

#[test]
fn every_case_is_read_or_refused_as_it_was() {
    let mut names = BTreeSet::new();
    inputs(&root(), &mut names);
    assert!(names.len() > 100, "{} cases", names.len());
    let mut page = String::from("file,outcome,findings\n");
    for name in &names {
        let mut diagnostics = Diagnostics::new();
        let outcome = match read(&root().join(name), &mut diagnostics) {
            Ok(outcome) => outcome,
            Err(error) => {
                assert!(!error.to_string().contains("panick"), "{name}: {error}");
                error.code().to_owned()
            }
        };
        let codes: Vec<String> = diagnostics.summary().map(|(_, code, count)| format!("{code}×{count}")).collect();
        page.push_str(&format!("{name},{outcome},{}\n", codes.join(" ")));
    }
    let file = root().join("outcomes.csv");
    if std::env::var_os("FAIRDRAW_BLESS").is_some() {
        fs::write(&file, &page).unwrap();
    }
    let known = fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
    let differs: Vec<(&str, &str)> = known.lines().zip(page.lines()).filter(|(a, b)| a != b).collect();
    assert!(known == page, "{} lines differ (was, is): {differs:#?}", differs.len());
}
