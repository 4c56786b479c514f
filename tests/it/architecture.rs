//! Holds the crate's `use` lines against the table of rooms: who may name which room and which package.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Room → rooms that it may use, packages (of those that are bound) that it may name.
fn table() -> BTreeMap<&'static str, (Vec<&'static str>, Vec<&'static str>)> {
    let below_workspace = vec![
        "domain",
        "diagnostic",
        "policy",
        "district",
        "registry",
        "risk",
        "sampling",
        "plan",
        "disclosure",
        "chart",
        "export",
    ];
    let mut everything = below_workspace.clone();
    everything.push("workspace");
    BTreeMap::from([
        ("domain", (vec![], vec![])),
        ("diagnostic", (vec!["domain"], vec![])),
        ("policy", (vec!["domain", "diagnostic"], vec![])),
        (
            "district",
            (
                vec!["domain", "diagnostic"],
                vec!["shapefile", "dbase", "geo", "rstar", "proj4rs", "zip", "encoding_rs", "chardetng"],
            ),
        ),
        (
            "registry",
            (
                vec!["domain", "diagnostic", "district"],
                vec!["polars", "calamine", "encoding_rs", "chardetng", "csv", "zip"],
            ),
        ),
        ("risk", (vec!["domain", "diagnostic", "policy", "registry"], vec!["polars"])),
        ("sampling", (vec!["domain", "diagnostic"], vec!["csv"])),
        ("plan", (vec!["domain", "diagnostic", "policy", "risk", "sampling"], vec!["csv"])),
        ("disclosure", (vec!["domain", "diagnostic", "policy", "plan"], vec![])),
        ("chart", (vec!["domain", "diagnostic", "district"], vec!["plotters"])),
        (
            "export",
            (
                vec!["domain", "diagnostic", "policy", "plan", "disclosure", "chart", "sampling"],
                vec!["rust_xlsxwriter", "csv", "encoding_rs", "zip"],
            ),
        ),
        ("workspace", (below_workspace, vec!["polars", "csv"])),
        // the window draws the districts' own geometry
        ("ui", (everything.clone(), vec!["egui", "eframe", "rfd", "plotters", "polars", "geo"])),
        // without a command the command line opens the window
        ("cli", (everything.into_iter().chain(["ui"]).collect(), vec!["clap", "indicatif"])),
    ])
}

/// Packages that only some rooms may name; serde, ron, thiserror and std are anyone's.
const BOUND: [&str; 19] = [
    "polars",
    "plotters",
    "egui",
    "eframe",
    "rfd",
    "calamine",
    "shapefile",
    "dbase",
    "geo",
    "rstar",
    "proj4rs",
    "rust_xlsxwriter",
    "zip",
    "csv",
    "clap",
    "indicatif",
    "encoding_rs",
    "chardetng",
    "docx_rs",
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The names that stand before `::` in code (comments and strings left out roughly).
fn names_before_colons(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let bytes: Vec<char> = code.chars().collect();
    let mut names = Vec::new();
    for i in 0..bytes.len().saturating_sub(1) {
        if bytes[i] == ':' && bytes[i + 1] == ':' {
            let start = (0..i).rev().take_while(|j| bytes[*j].is_alphanumeric() || bytes[*j] == '_').last();
            if let Some(start) = start {
                let before: String = bytes[..start].iter().collect();
                // only the first segment of a path names a package
                if !before.ends_with("::") {
                    names.push(bytes[start..i].iter().collect());
                }
            }
        }
    }
    names
}

#[test]
fn rooms_use_only_what_stands_above_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table = table();
    let mut faults = Vec::new();
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    assert!(files.len() > 30, "the sources were not found");
    for path in files {
        let inside = path.strip_prefix(&root).unwrap();
        let Some(room) = inside.components().next().and_then(|c| c.as_os_str().to_str()) else { continue };
        if room == "lib.rs" || room == "main.rs" {
            continue;
        }
        let Some((rooms, packages)) = table.get(room) else {
            faults.push(format!("{}: the room {room} is not in the table", inside.display()));
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        for (i, line) in text.lines().enumerate() {
            if line.trim_start() == "#[cfg(test)]" {
                break; // tests may reach wider
            }
            for name in names_before_colons(line) {
                if BOUND.contains(&name.as_str()) && !packages.contains(&name.as_str()) {
                    faults.push(format!("{}:{}: {room} may not name {name}", inside.display(), i + 1));
                }
            }
            for other in table.keys() {
                if *other != room
                    && line.split("//").next().unwrap_or_default().contains(&format!("crate::{other}::"))
                    && !rooms.contains(other)
                {
                    faults.push(format!("{}:{}: {room} may not use {other}", inside.display(), i + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
