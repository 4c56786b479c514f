//! Holds the crate's paths against the table of rooms: who may use which room and name which package.
//!
//! An arrow that no code draws, a package that no code names, a room without a row are faults too: the table
//! says what is. `docs/architecture.md` shows it.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::paths::named_by;
use crate::house::scan::{Source, sources};
use crate::house::{hold_part, text_of};

/// A room or a wing of `workspace`: its duty, the rooms that it uses, the packages that it names.
struct Room {
    name: &'static str,
    duty: &'static str,
    uses: &'static str,
    names: &'static str,
}

const fn room(name: &'static str, duty: &'static str, uses: &'static str, names: &'static str) -> Room {
    Room { name, duty, uses, names }
}

/// In the order in which the data walks through them: each may use those above it only.
const ROOMS: [Room; 30] = [
    room(
        "text",
        "what every reader and writer of text needs once: encodings, width folding, days, numbers for people, csv \
         quoting and the formula guard, search by writing and pinyin",
        "",
        "chardetng chrono codepage csv encoding_rs pinyin ron rustc_hash simdutf8 strsim",
    ),
    room("domain", "plain values: ids, codes, months, periods, the calendar of working days", "text", "chrono serde"),
    room(
        "diagnostic",
        "a finding (code, place, got, expected, what to do), its collection, errors, progress",
        "",
        "ron serde",
    ),
    room(
        "policy",
        "the RON policy: factors, weights, tiers, floors, caps, terms; load, check, edit, presets",
        "text domain diagnostic",
        "chrono ron serde serde_json",
    ),
    room(
        "checklist",
        "what is looked at on the spot: a general list and those of the five industries, with the law of the day",
        "domain diagnostic",
        "chrono ron serde",
    ),
    room(
        "tabular",
        "files → text tables: workbooks of every age, csv, web pages, parquet; knows no register",
        "text diagnostic",
        "cfb chrono md5 office_crypto polars polars_parquet quick_xml rayon rc4 serde_json zip",
    ),
    room(
        "district",
        "vector files → valid districts; locate, project, simplify, coordinate systems",
        "text domain diagnostic tabular",
        "chrono encoding_rs geo polylabel proj4rs rayon rstar serde shapefile",
    ),
    room(
        "registry",
        "text tables → checked frames; columns, joins, quality",
        "domain text diagnostic tabular",
        "chrono csv polars rayon ron rustc_hash serde serde_json",
    ),
    room(
        "risk",
        "frames → score, tier, explanation: events summed by site, points by tables over codes",
        "text domain diagnostic policy registry",
        "chrono polars rayon rustc_hash",
    ),
    room(
        "sampling",
        "the sealed draw: frame, probabilities, seal, tickets, draw, certificate, verify, estimate",
        "domain diagnostic",
        "chrono csv getrandom hmac rayon serde serde_json sha2",
    ),
    room(
        "anchor",
        "what others say of a sealed draw: time stamps, public numbers and their hours, signatures, witness, trust",
        "diagnostic policy sampling",
        "blst chrono getrandom hmac ring serde serde_json sha2 sm3",
    ),
    room(
        "engine",
        "servers outside the program: tables of the office's database read as snapshots, results written back, a shared \
         project's log, files and bodies; monitoring counted where it lies, in a database or a cluster",
        "diagnostic tabular registry anchor",
        "chrono getrandom http hyper_util polars polars_arrow postgres prost rustls rustls_native_certs serde_json tokio \
         tokio_rustls tonic tonic_prost tower",
    ),
    room(
        "plan",
        "frequency, capacity, month × stratum quotas, feasibility, replanning",
        "domain diagnostic policy",
        "chrono rand rand_chacha rayon rustc_hash serde",
    ),
    room(
        "staffing",
        "inspectors: roster, pairing, shortage, remedies, change",
        "domain diagnostic",
        "rayon serde sha2",
    ),
    room(
        "disclosure",
        "rules of a result, deadlines in working days, public lists, masking, completeness",
        "text domain diagnostic policy checklist",
        "chrono serde",
    ),
    room(
        "chart",
        "charts and maps as data, drawn on any plotters backend (screen, PNG, SVG)",
        "text diagnostic district",
        "ab_glyph geo plotters plotters_backend serde tiny_skia",
    ),
    room(
        "export",
        "plain values → xlsx, csv, public pages, documents (pdf, docx), slides (pdf, pptx, png), field files, calendars, \
         packs; atomic writes; a manifest of hashes beside every export",
        "text domain diagnostic checklist tabular sampling disclosure chart",
        "ab_glyph chrono docx_rs encoding_rs flate2 geo geojson gpx icalendar kml qrcode rayon ron rust_xlsxwriter rustc_hash serde serde_json \
         shapefile tempfile tiny_skia typst typst_kit typst_layout typst_pdf zip",
    ),
    room(
        "workspace/store",
        "what lies on the disk: project, lock, journal, staged writes, kept registers, clock, draws, results",
        "text domain diagnostic policy district registry engine sampling plan staffing disclosure export",
        "chrono polars rayon ron serde serde_json sha2",
    ),
    room(
        "workspace/support",
        "what helps whoever helps: the log, reports of faults, the mark of a running window, the pack of diagnostics",
        "diagnostic export workspace/store",
        "chrono tracing tracing_appender tracing_subscriber zip",
    ),
    room(
        "workspace/demo",
        "the synthetic city or nation, written as an office's folder; the city bundled",
        "domain diagnostic policy district registry export workspace/store",
        "chrono geo polars rand rand_chacha ron serde_json",
    ),
    room(
        "workspace/intake",
        "an office's folder comes in: inspect, import, refresh, quality",
        "text domain diagnostic policy tabular district registry engine export workspace/store workspace/demo",
        "chrono csv polars rayon ron serde serde_json tempfile",
    ),
    room(
        "workspace/inputs",
        "frames → the plan's columns, pure: population, analysis, schedule, month frame, due",
        "domain diagnostic policy registry engine risk sampling plan staffing disclosure workspace/store",
        "chrono polars rayon rustc_hash",
    ),
    room(
        "workspace/deeds",
        "what is for good: seal, open, change, results, publish, mends, verify; each with operator and journal line",
        "text domain diagnostic policy tabular registry engine sampling anchor plan staffing disclosure export \
         workspace/store workspace/intake workspace/inputs",
        "chrono serde serde_json tempfile",
    ),
    room(
        "workspace/reports",
        "what is told: plain values that window, command line and export read",
        "text domain diagnostic policy checklist district registry engine risk sampling anchor plan staffing disclosure \
         chart export workspace/store workspace/inputs workspace/deeds",
        "chrono polars rayon serde serde_json tempfile",
    ),
    room(
        "workspace/view",
        "a frame as a table to look at: filter, sort, rows as text",
        "text diagnostic",
        "chrono polars rayon serde",
    ),
    room(
        "workspace/perform",
        "a deed asked for by window or command line, carried out in one place",
        "diagnostic disclosure district domain registry workspace/store workspace/support workspace/intake \
         workspace/inputs workspace/deeds workspace/reports",
        "chrono serde",
    ),
    room(
        "workspace/session",
        "an open project: commands, draft, stages, background jobs",
        "text domain diagnostic policy registry plan export \
         workspace/store workspace/support workspace/demo workspace/intake workspace/inputs workspace/deeds \
         workspace/reports workspace/perform",
        "chrono directories rayon ron serde tempfile",
    ),
    room(
        "workspace/run",
        "the whole job of a month in one call",
        "domain diagnostic registry engine sampling workspace/store workspace/intake workspace/deeds workspace/reports",
        "",
    ),
    room(
        "ui",
        "the window: paints what reports tell, sends commands",
        "domain text diagnostic policy checklist district registry risk sampling anchor plan disclosure chart export \
         workspace/store workspace/support workspace/demo workspace/intake workspace/inputs workspace/deeds \
         workspace/reports workspace/view workspace/perform workspace/session",
        "ab_glyph chrono eframe egui geo opener plotters plotters_backend polars qrcode rayon rfd serde serde_json \
         tiny_skia",
    ),
    room(
        "cli",
        "the same deeds without a window; without a command it opens the window",
        "text domain diagnostic policy tabular district registry engine sampling anchor plan disclosure export \
         workspace/store workspace/support workspace/demo workspace/intake workspace/inputs workspace/deeds \
         workspace/reports workspace/perform workspace/session workspace/run ui",
        "clap console indicatif serde serde_json",
    ),
];

/// Packages of `[dependencies]` that no code names, each with its reason.
const CHOSEN_FOR_FEATURES: [(&str, &str); 4] = [
    (
        "polars_io",
        "polars' reader and writer of Parquet without its streaming engine, which brings a client of cloud stores",
    ),
    ("accesskit", "the version that egui's accesskit nodes are built from"),
    ("egui_wgpu", "switches eframe's wgpu renderer on for machines without OpenGL"),
    ("wgpu", "chooses the backends (Direct3D 12, Vulkan) of that renderer"),
];

/// The row to which a path below the crate's root belongs: `["workspace", "store", …]` → `workspace/store`.
fn row_of<S: AsRef<str>>(path: &[S]) -> Option<String> {
    let first = path.first()?.as_ref();
    match (first, path.get(1)) {
        ("lib" | "main" | "bin", _) | ("workspace", None) => None,
        ("workspace", Some(wing)) => Some(format!("workspace/{}", wing.as_ref())),
        _ => Some(first.to_owned()),
    }
}

/// The packages of `[dependencies]`, as code names them.
fn packages() -> BTreeSet<String> {
    let manifest = text_of("Cargo.toml");
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
    section.lines().filter_map(|line| line.split_once(" =")).map(|(name, _)| name.replace('-', "_")).collect()
}

/// Who uses and names what: (row, room or package) → the first place.
type Arrows = BTreeMap<(String, String), String>;

fn arrows(sources: &[Source], packages: &BTreeSet<String>) -> (Arrows, Arrows) {
    let (mut uses, mut names) = (Arrows::new(), Arrows::new());
    for source in sources.iter().filter(|s| !s.is_test) {
        let Some(row) = row_of(&source.module()) else { continue };
        let named = named_by(source);
        for (path, line) in &named.inside {
            if let Some(to) = row_of(path).filter(|to| *to != row) {
                uses.entry((row.clone(), to)).or_insert_with(|| format!("{}:{line}", source.path));
            }
        }
        for (name, line) in named.outside.iter().filter(|(name, _)| packages.contains(name)) {
            names.entry((row.clone(), name.clone())).or_insert_with(|| format!("{}:{line}", source.path));
        }
    }
    (uses, names)
}

/// Differences between what is and what the table allows, in words.
fn faults(is: &Arrows, allowed: &BTreeSet<(String, String)>, verb: &str) -> Vec<String> {
    let new = is.iter().filter(|(arrow, _)| !allowed.contains(*arrow));
    let mut faults: Vec<String> = new.map(|((row, to), at)| format!("{at}: {row} may not {verb} {to}")).collect();
    let idle = allowed.iter().filter(|arrow| !is.contains_key(*arrow));
    faults.extend(idle.map(|(row, to)| format!("the table lets {row} {verb} {to}, but no code does")));
    faults
}

fn allowed(list: impl Fn(&Room) -> &'static str) -> BTreeSet<(String, String)> {
    let pairs = ROOMS.iter().flat_map(|r| list(r).split_whitespace().map(|to| (r.name.to_owned(), to.to_owned())));
    pairs.collect()
}

#[test]
fn rooms_use_only_what_stands_above_them() {
    let sources = sources();
    let packages = packages();
    let present: BTreeSet<String> = sources.iter().filter_map(|s| row_of(&s.module())).collect();
    let rows: Vec<&str> = ROOMS.iter().map(|r| r.name).collect();
    let mut found: Vec<String> = Vec::new();
    found
        .extend(present.iter().filter(|r| !rows.contains(&r.as_str())).map(|r| format!("{r} has no row in the table")));
    let missing = rows.iter().filter(|r| !present.contains(**r));
    found.extend(missing.map(|r| format!("the table's {r} is no folder")));
    for (i, room) in ROOMS.iter().enumerate() {
        for to in room.uses.split_whitespace().filter(|to| !rows[..i].contains(to)) {
            found.push(format!("{} may not use {to}: it does not stand above", room.name));
        }
    }
    let (uses, names) = arrows(&sources, &packages);
    found.extend(faults(&uses, &allowed(|r| r.uses), "use"));
    found.extend(faults(&names, &allowed(|r| r.names), "name"));
    assert!(found.is_empty(), "{} faults\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_package_is_named_by_a_room_or_has_its_reason() {
    let (_, names) = arrows(&sources(), &packages());
    let named: BTreeSet<&str> = names.keys().map(|(_, name)| name.as_str()).collect();
    let listed: BTreeSet<&str> = CHOSEN_FOR_FEATURES.iter().map(|(name, _)| *name).collect();
    let idle: Vec<String> = packages().into_iter().filter(|p| !named.contains(p.as_str())).collect();
    let unexplained: Vec<&String> = idle.iter().filter(|p| !listed.contains(p.as_str())).collect();
    assert!(unexplained.is_empty(), "no code names {unexplained:?}: take them out of Cargo.toml");
    let superfluous: Vec<&&str> = listed.iter().filter(|p| !idle.iter().any(|i| i == **p)).collect();
    assert!(
        superfluous.is_empty(),
        "{superfluous:?} need no reason: code names them, or Cargo.toml has them no longer"
    );
}

#[test]
fn the_page_shows_the_table() {
    let mut part = String::from("| folder | duty | may use | may name |\n|---|---|---|---|\n");
    for room in &ROOMS {
        let list = |text: &str| {
            let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if joined.is_empty() { "–".to_owned() } else { joined }
        };
        part.push_str(&format!(
            "| `src/{}` | {} | {} | {} |\n",
            room.name,
            room.duty,
            list(room.uses),
            list(room.names)
        ));
    }
    hold_part("docs/architecture.md", "rooms", &part);
}

#[test]
fn a_forbidden_arrow_and_an_idle_one_are_both_found() {
    let code = crate::house::scan::tokens("fn f() { crate::ui::show(); polars::x(); crate::workspace::store::y(); }");
    let source = Source { path: "plan/annual.rs".to_owned(), code, is_test: false };
    let packages = BTreeSet::from(["polars".to_owned(), "csv".to_owned()]);
    let (uses, names) = arrows(&[source], &packages);
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        faults(&uses, &BTreeSet::from([pair("plan", "ui"), pair("plan", "domain")]), "use"),
        ["plan/annual.rs:1: plan may not use workspace/store", "the table lets plan use domain, but no code does"]
    );
    assert_eq!(faults(&names, &BTreeSet::new(), "name"), ["plan/annual.rs:1: plan may not name polars"]);
}
