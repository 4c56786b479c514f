//! Column names stand in the schemas alone: everything else names them by their typed constants.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Files of the schemas: here the names are written.
const SCHEMAS: [&str; 2] = ["registry/schema/frames.rs", "risk/columns.rs"];

/// Calls that name a column of a frame by the text that follows.
const CALLS: [&str; 9] = [
    ".column(\"",
    "col(\"",
    ".alias(\"",
    ".drop(\"",
    ".rename(\"",
    "full_null(\"",
    "Series::new(\"",
    "Column::new(\"",
    "with_name(\"",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The names written in the schemas.
fn names(root: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in SCHEMAS {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            if let Some((_, rest)) = line.split_once("= \"") {
                names.extend(rest.split_once('"').map(|(name, _)| name.to_owned()));
            }
        }
    }
    names
}

/// Columns named by a text in a file's code, its tests left out.
fn literals(text: &str, names: &BTreeSet<String>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if line.trim_start() == "mod tests {" {
            break;
        }
        let code = line.split("//").next().unwrap_or_default();
        for call in CALLS {
            for rest in code.split(call).skip(1) {
                let name = rest.split('"').next().unwrap_or_default();
                if names.contains(name) {
                    found.push((i + 1, name.to_owned()));
                }
            }
        }
    }
    found
}

#[test]
fn no_column_is_named_by_a_text_outside_the_schemas() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let names = names(&root);
    assert!(["unit_id", "score", "grade_index", "cells"].iter().all(|name| names.contains(*name)), "{names:?}");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut faults = Vec::new();
    for path in files {
        let inside = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        if SCHEMAS.contains(&inside.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // A finding names a column to a person in the same way: only a file that reads frames can mean theirs.
        if !(text.contains("polars::") || text.contains("registry::schema")) || inside.ends_with("tests.rs") {
            continue;
        }
        faults.extend(literals(&text, &names).into_iter().map(|(line, name)| format!("src/{inside}:{line}: {name}")));
    }
    assert!(faults.is_empty(), "columns named by a text:\n{}", faults.join("\n"));
}

#[test]
fn a_text_in_a_call_is_found() {
    let names = BTreeSet::from(["score".to_owned()]);
    assert_eq!(literals("let a = frame.column(\"score\")?;\n", &names), [(1, "score".to_owned())]);
    assert_eq!(literals("// frame.column(\"score\")\nfinding.column(\"经度\")", &names), []);
}
