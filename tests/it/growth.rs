//! No stage's work grows faster than the number of sources: allocations are counted, nothing is timed.
//!
//! A nation whose counties all have as many sources is made twice, the second four times as large, each in a process of
//! its own (the counter counts the whole process). A stage that looks at every source for every body, or at every event
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

/// Two counties, and eight.
const SIZES: [usize; 2] = [2_666, 10_664];
/// Four times as many sources may ask for so many times as many pieces of memory.
const MOST: f64 = 4.5;
const STAGE: &str = "stage ";

fn stages(sources: usize) {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let options = DemoOptions { sources, nation: true, ..DemoOptions::default() };
    write_demo(&input, options, &districts, &bundled_calendar().unwrap(), &Progress::none()).unwrap();
    let mut region = Region::new(crate::ALLOCATOR);
    let mut tell = |name: &str| {
        println!("{STAGE}{name} {}", region.change_and_reset().allocations);
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
    let [small, large] = SIZES.map(counted);
    assert_eq!(small.len(), 6, "{small:?}");
    let grown: Vec<String> =
        small.iter().zip(&large).map(|((name, a), (_, b))| format!("{name} {a} {b} {:.2}", b / a)).collect();
    println!("{}", grown.join("\n"));
    for ((name, few), (_, many)) in small.iter().zip(&large) {
        assert!(many / few <= MOST, "{name}: {}", grown.join("; "));
    }
}
