//! How the program grows: `cargo bench --bench growth [-- SOURCES…]` (40 000, 160 000 and 640 000 by default).
//!
//! For each number of sources a demo nation (a county has the same number whatever the size) with all its event tables is
//! made, with `city` among the arguments a city, whose twenty bodies grow; then every stage runs as its own process:
//! import, reopening, the plan, and the month's main job (import, seal, opening, pairing, export). A line has wall clock
//! and processor seconds and peak memory of a stage, and by which power of the sources its processor time grew since the
//! size before. Linux alone tells processor time and memory.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures and stops at a fault"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Clock ticks a second in `/proc`.
const TICKS: f64 = 100.0;

/// What a stage took.
#[derive(Clone, Copy)]
struct Taken {
    wall: f64,
    cpu: f64,
    peak_mb: f64,
}

/// Processor seconds and peak memory in MB so far.
fn usage(pid: u32) -> Option<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let peak: f64 = peak.trim().trim_end_matches("kB").trim().parse().ok()?;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // behind the program's name, which may hold blanks
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    Some(((ticks(11)? + ticks(12)?) / TICKS, peak / 1024.0))
}

fn stage(args: &[&str]) -> Taken {
    let begin = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let said = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = std::io::Read::read_to_string(&mut stderr, &mut text);
        text
    });
    let (mut cpu, mut peak_mb) = (f64::NAN, f64::NAN);
    let status = loop {
        if let Some((now, peak)) = usage(child.id()) {
            (cpu, peak_mb) = (now, peak);
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let wall = begin.elapsed().as_secs_f64();
    let said = said.join().unwrap();
    // findings make 1, which is no failure of the stage
    assert!(status.code().is_some_and(|code| code <= 1), "{args:?}: {status}\n{said}");
    Taken { wall, cpu, peak_mb }
}

fn main() {
    let is_city = std::env::args().any(|arg| arg == "city");
    let mut sizes: Vec<usize> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![40_000, 160_000, 640_000];
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("== growth: {cores} cores; wall s / processor s (power) / peak MB");
    let mut before: BTreeMap<&str, (usize, Taken)> = BTreeMap::new();
    for sources in sizes {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let (input, project, out) = (at("in"), at("project"), at("out"));
        let count = sources.to_string();
        let mut demo = vec!["demo", &input, "--sources", &count];
        if !is_city {
            demo.push("--nation");
        }
        let stages: [(&str, Vec<&str>); 5] = [
            ("demo", demo),
            ("new", vec!["new", &project, "--from", &input, "--year", "2027"]),
            ("status", vec!["status", &project]),
            ("plan", vec!["plan", &project]),
            ("run", vec!["run", &input, "--to", &out, "--year", "2027"]),
        ];
        for (name, args) in stages {
            let taken = stage(&args);
            let power = before.get(name).map_or_else(String::new, |(size, last)| {
                let power = f64::log2(taken.cpu / last.cpu) / f64::log2(sources as f64 / *size as f64);
                format!(" (n^{power:.2})")
            });
            println!("{sources:>9} {name:<7} {:>8.2} / {:>8.2}{power} / {:>7.0}", taken.wall, taken.cpu, taken.peak_mb);
            before.insert(name, (sources, taken));
        }
        assert!(Path::new(&out).is_dir(), "the main job wrote nothing");
    }
}
