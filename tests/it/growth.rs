//! No stage's work grows faster than the number of sources: allocations are counted, nothing is timed.
//!
//! A nation whose counties all have as many sources is made three times, each twice as large as the one before, in a
//! process of its own (the counter counts the whole process). What the second doubling adds is held against what the first
//! added: twice as much where a stage grows with its sources, four times where it grows with their square; what a stage
//! asks for whatever it is given counts in neither. A stage that looks at every source for every body, or at every event
//! for every firm of a name, asks for memory there as a rule; what loops without memory is seen by `cargo bench --bench
//! growth` alone, in processor time.

use std::process::Command;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::domain::Period;
use fairdraw::workspace::deeds::open::open_period;
use fairdraw::workspace::deeds::seal::seal_year;
use fairdraw::workspace::demo::{DemoOptions, write_demo};
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::reports::export::{ExportRequest, INTERNAL, export_project};
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::bundled_calendar;
use stats_alloc::Region;

use super::project::{DICE, at, month, pledge, seal};

/// Two counties, four, eight.
const SIZES: [usize; 3] = [2_666, 5_332, 10_664];
/// How many times as much the second doubling may add as the first.
const MOST: [f64; 2] = [2.4, 2.3];
/// A doubling that adds fewer pieces of memory, or bytes, than these is told from nothing by chance alone.
const FEW: [f64; 2] = [3_000.0, 3e6];
const STAGE: &str = "stage ";

fn stages(sources: usize) {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let options = DemoOptions { sources, nation: true, ..DemoOptions::default() };
    write_demo(&input, options, &districts, &bundled_calendar().unwrap(), &Progress::none()).unwrap();
    let mut region = Region::new(crate::ALLOCATOR);
    let mut tell = |name: &str| {
        let change = region.change_and_reset();
        println!("{STAGE}{name}, pieces {}", change.allocations);
        println!("{STAGE}{name}, bytes {}", change.bytes_allocated);
    };
    let new = NewProject { from: input, year: Some(2027), ..NewProject::default() };
    let imported = create_project(&folder.path().join("项目"), &new, &at("2026-12-20T09:00:00")).unwrap();
    let project = imported.project;
    tell("import");
    let (registry, districts) = load_project_data(&project).unwrap();
    tell("reopening");
    compute_analysis(&project, &registry, month("2027-01"), &Progress::none()).unwrap();
    tell("plan");
    seal_year(&project, &registry, &pledge("2026-12-22T20:00:00", "区公证处掷骰"), &at("2026-12-21T09:00:00")).unwrap();
    open_period(&project, Period::Year(2027), DICE, &at("2026-12-23T09:00:00")).unwrap();
    seal(&project, &registry, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00");
    tell("sealing");
    open_period(&project, Period::Month(month("2027-01")), DICE, &at("2026-12-30T09:00:00")).unwrap();
    tell("opening and pairing");
    let request = ExportRequest { month: Some(month("2027-01")), only: vec![INTERNAL.to_owned(), "xlsx".to_owned()] };
    let to = folder.path().join("导出");
    export_project(&project, &registry, &districts, &to, &request, &at("2026-12-30T10:00:00")).unwrap();
    tell("lists");
}

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn stages_of_a_nation() {
    stages(std::env::var("FAIRDRAW_SOURCES").unwrap().parse().unwrap());
}

fn counted(sources: usize) -> Vec<(String, f64)> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["growth::stages_of_a_nation", "--exact", "--ignored", "--nocapture"])
        .env("FAIRDRAW_SOURCES", sources.to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let lines = said.lines().filter_map(|line| line.split_once(STAGE)?.1.rsplit_once(' '));
    lines.map(|(name, count)| (name.to_owned(), count.parse().unwrap())).collect()
}

#[test]
fn no_stage_asks_for_more_than_in_proportion_to_the_sources() {
    let [small, double, large] = SIZES.map(counted);
    assert_eq!(small.len(), 12, "{small:?}");
    let mut too_fast = Vec::new();
    for ((((name, a), (_, b)), (_, c)), of) in small.iter().zip(&double).zip(&large).zip([0, 1].into_iter().cycle()) {
        let times = (c - b) / (b - a).max(FEW[of]);
        let told = format!("{name}: {a} {b} {c}, {times:.2}");
        println!("{told}");
        if times > MOST[of] {
            too_fast.push(told);
        }
    }
    assert_eq!(too_fast, Vec::<String>::new());
}
