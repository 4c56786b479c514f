//! A project through two months, by its own commands: what January drew, February knows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::domain::{PPB, Period, PlanMonth, UnitId};
use fairdraw::plan::PlanEdits;
use fairdraw::registry::Registry;
use fairdraw::sampling::{DEMONSTRATION_SOURCE, EntropyFormat};
use fairdraw::workspace::deeds::accept::{Acceptance, accept_changes};
use fairdraw::workspace::deeds::evidence::Ground;
use fairdraw::workspace::deeds::open::{open_period, void_period};
use fairdraw::workspace::deeds::results::take_results;
use fairdraw::workspace::deeds::seal::{Pledge, seal_month, seal_year};
use fairdraw::workspace::deeds::settings::{Settings, save_settings};
use fairdraw::workspace::demo::{DemoOptions, write_demo};
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::store::clock::Moment;
use fairdraw::workspace::store::draws::StoredDraw;
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::{CommandContext, Project, bundled_calendar};
use fairdraw::workspace::store::results::load_results;

pub(crate) const DICE: &str = "4162253614235516";

pub(crate) fn at(time: &str) -> CommandContext {
    CommandContext {
        operator: "测试员".to_owned(),
        now: Moment::parse(&format!("{time}+08:00")).unwrap(),
        progress: Progress::none(),
    }
}

pub(crate) fn month(text: &str) -> PlanMonth {
    text.parse().unwrap()
}

/// A ground with a document's number and another person: of what takes a unit out of the draw, or an inspector away.
pub(crate) fn proved(text: &str) -> Ground {
    Ground {
        text: text.to_owned(), evidence: None, document: "检查笔录第7号".to_owned(), second: "李四".to_owned()
    }
}

/// Two people answer for what a test changed by hand.
pub(crate) fn accepted(root: &Path, now: &str) {
    accepted_in(&Project::open(root, Some("测试员")).unwrap(), now);
}

/// The same in a project that is open.
pub(crate) fn accepted_in(project: &Project, now: &str) {
    let acceptance = Acceptance { second: "李四".to_owned(), reason: "试验时改动".to_owned() };
    accept_changes(project, &acceptance, &at(now)).unwrap();
}

pub(crate) fn pledge(available_at: &str, source: &str) -> Pledge {
    Pledge {
        format: EntropyFormat::Dice,
        entropy_source: source.to_owned(),
        reference: "第1次".to_owned(),
        available_at: format!("{available_at}+08:00"),
        again: None,
        demonstration: source == DEMONSTRATION_SOURCE,
    }
}

/// A demo city as a project, at `folder/项目`.
pub(crate) fn demo_project(folder: &Path, sources: usize) -> (Project, Registry) {
    let input = folder.join("输入");
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let options = DemoOptions { sources, ..DemoOptions::default() };
    write_demo(&input, options, &districts, &bundled_calendar().unwrap(), &Progress::none()).unwrap();
    let new = NewProject { from: input, year: Some(2027), ..NewProject::default() };
    let imported = create_project(&folder.join("项目"), &new, &at("2026-12-20T09:00:00")).unwrap();
    (imported.project, imported.registry)
}

/// A demo city of 2 000 sources as a project with its year's seed open.
pub(crate) fn project(folder: &Path) -> (Project, Registry) {
    let (project, registry) = demo_project(folder, 2_000);
    seal_year(&project, &registry, &pledge("2026-12-22T20:00:00", "区公证处掷骰"), &at("2026-12-21T09:00:00")).unwrap();
    open_period(&project, Period::Year(2027), DICE, &at("2026-12-23T09:00:00")).unwrap();
    (project, registry)
}

/// The settings of a project as they are.
pub(crate) fn saved(project: &Project) -> Settings {
    Settings {
        policy: project.policy.clone().into(),
        edits: project.file.edits.clone(),
        review_number: project.file.review_number.clone(),
        briefing: project.file.briefing.clone(),
        steps: Vec::new(),
    }
}

/// Saves other edits of the plan.
pub(crate) fn save_edits(project: &mut Project, edits: PlanEdits, now: &str) {
    let settings = Settings { edits, ..saved(project) };
    save_settings(project, &settings, &at(now)).unwrap();
}

pub(crate) fn seal(project: &Project, registry: &Registry, text: &str, now: &str, available: &str) -> PathBuf {
    seal_month(project, registry, month(text), &pledge(available, "区公证处掷骰"), &at(now)).unwrap();
    project.draw_folder(text.parse().unwrap(), 1)
}

/// unit → (π in ppb, reason) of a frame.
fn frame(folder: &Path) -> BTreeMap<String, (u64, String)> {
    fs::read_to_string(folder.join("frame.csv"))
        .unwrap()
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0].to_owned(), (cells[2].parse().unwrap(), cells[4].to_owned()))
        })
        .collect()
}

pub(crate) fn drawn(folder: &Path) -> Vec<String> {
    let result: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("result.json")).unwrap()).unwrap();
    result["strata"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|s| s["selected"].as_array().unwrap().iter().map(|u| u.as_str().unwrap().to_owned()))
        .collect()
}

/// The units that chance drew in the first stratum that has more than `reserves` reserves and drew more than `drawn`
/// by chance. A mandatory check has no substitute, so what is substituted in a test is never just "the first drawn".
pub(crate) fn drawn_by_chance(draw: &StoredDraw, drawn: usize, reserves: usize) -> Vec<UnitId> {
    let (order, pi) = (draw.order().unwrap(), draw.frame.pi_ppb());
    let unit = |row: usize| UnitId::new(draw.frame.unit_id(row)).unwrap();
    let strata = order.strata.iter().filter(|stratum| stratum.reserves().len() > reserves);
    let mut by_chance = strata.map(|stratum| {
        let rows = stratum.selected().iter().map(|selected| selected.row as usize);
        rows.filter(|row| u64::from(pi[*row]) < PPB).map(unit).collect::<Vec<_>>()
    });
    by_chance.find(|units| units.len() > drawn).expect("a stratum that chance drew from")
}

#[test]
fn february_knows_what_january_drew() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let january = seal(&project, &registry, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00");
    open_period(&project, Period::Month(month("2027-01")), DICE, &at("2026-12-30T09:00:00")).unwrap();
    let (first, listed) = (frame(&january), drawn(&january));
    assert!(listed.len() > 20, "{} drawn", listed.len());

    // results of half of the list, one of them with a problem
    let mut csv = String::from("单位标识,检查日期,办结日期,检查结果,处理情况,执法人员\n");
    let assignment = fs::read_to_string(january.join("assignment.csv")).unwrap();
    for (i, unit) in listed.iter().enumerate().filter(|(i, _)| i % 2 == 0) {
        let row: Vec<&str> =
            assignment.lines().find(|l| l.starts_with(&format!("{unit},"))).unwrap().split(',').collect();
        let outcome = if i == 0 { "发现问题已责令改正" } else { "未发现问题" };
        writeln!(csv, "{unit},2027-01-12,2027-01-13,{outcome},,{}、{}", row[2], row[3]).unwrap();
    }
    let path = folder.path().join("结果.csv");
    fs::write(&path, csv).unwrap();
    let taken = take_results(&project, &path, &at("2027-01-20T09:00:00")).unwrap();
    assert_eq!((taken.added, taken.set_aside), (listed.len().div_ceil(2), 0), "{:?}", taken.diagnostics.findings());
    assert_eq!(load_results(&project).unwrap().len(), taken.added);

    let february = seal(&project, &registry, "2027-02", "2027-01-25T09:00:00", "2027-01-26T20:00:00");
    let second = frame(&february);
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>(), "every unit leaves a trace");
    // the problem found returns as a re-check; nobody else of January's list is drawn again so soon
    let (pi, reason) = &second[&listed[0]];
    assert!(reason == "recheck" || *pi == 0, "{pi} {reason}");
    for unit in &listed[1..] {
        let (pi, reason) = &second[unit];
        assert!(*pi == 0 && !reason.is_empty(), "{unit} was drawn in January and is back: {pi} {reason}");
    }
    // the problem found in January scores in February
    let (registry, _) = load_project_data(&project).unwrap();
    let before = compute_analysis(&project, &registry, month("2027-01"), &Progress::none()).unwrap();
    let after = compute_analysis(&project, &registry, month("2027-02"), &Progress::none()).unwrap();
    // the plan's January is what was drawn, in every sum; before, it was what was expected
    let bodies: f64 = after.plan.matrix.iter().map(|cells| cells[0].expected()).sum();
    let districts: f64 = after.plan.districts.values().map(|row| row[0]).sum();
    assert!((bodies - listed.len() as f64).abs() < 1e-9 && (districts - bodies).abs() < 1e-9, "{bodies} {districts}");
    let factor = |analysis: &fairdraw::workspace::inputs::analysis::Analysis| {
        let row = fairdraw::registry::row_of_unit(&registry.sources, &listed[0]).unwrap() as usize;
        let all = analysis.risk.explain(row, &project.policy).unwrap();
        all.iter().find(|c| c.name.contains("发现问题")).unwrap().points
    };
    assert!(factor(&after) > factor(&before), "{:?} {:?}", factor(&before), factor(&after));
}

#[test]
fn what_was_sealed_cannot_be_changed_before_the_opening() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let january = seal(&project, &registry, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00");
    let open = |now: &str, entropy: &str| open_period(&project, Period::Month(month("2027-01")), entropy, &at(now));
    assert_eq!(open("2026-12-29T19:59:59", DICE).unwrap_err().code(), "SEL-011");
    assert_eq!(open("2026-12-30T09:00:00", "4162 2536 1423 551").unwrap_err().code(), "VER-011");
    for name in ["frame.csv", "roster.csv", "needs.csv"] {
        let path = january.join(name);
        let good = fs::read(&path).unwrap();
        let text = String::from_utf8(good.clone()).unwrap();
        let (head, rest) = text.split_once('\n').unwrap();
        let (_, without) = rest.split_once('\n').unwrap();
        fs::write(&path, format!("{head}\n{without}")).unwrap();
        let refused = open("2026-12-30T09:00:00", DICE).unwrap_err();
        assert_eq!(refused.code(), "SEL-043", "{name}: {refused}");
        fs::write(&path, good).unwrap();
    }
    // notes beside the seal can't turn a real draw into one whose number is known
    let notes = january.join("notes.json");
    let good = fs::read(&notes).unwrap();
    fs::write(&notes, r#"{"demonstration":true,"opened_at":null,"voided_at":null}"#).unwrap();
    assert_eq!(open("2026-12-29T19:59:59", DICE).unwrap_err().code(), "SEL-011");
    // and what another hand changed stops the opening
    assert_eq!(open("2026-12-30T09:00:00", DICE).unwrap_err().code(), "LOG-001");
    fs::write(&notes, good).unwrap();
    open("2026-12-30T09:00:00", DICE).unwrap();
    // the month's chances were given once: drawing again would give them twice
    let twice =
        Pledge { again: Some("再抽一次".to_owned()), ..pledge("2027-01-02T20:00:00", "区公证处掷骰") };
    match seal_month(&project, &registry, month("2027-01"), &twice, &at("2026-12-31T09:00:00")) {
        Err(refused) => assert_eq!(refused.code(), "SEL-044", "{refused}"),
        Ok(sealed) => {
            let second = frame(&project.draw_folder("2027-01".parse().unwrap(), sealed.sequence));
            let taken: Vec<_> = second.iter().filter(|(_, (pi, _))| *pi > 0).collect();
            assert!(taken.iter().all(|(_, (pi, reason))| *pi == 1_000_000_000 && reason != "certain"), "{taken:?}");
            void_period(&project, Period::Month(month("2027-01")), "演练", &at("2026-12-31T10:00:00")).unwrap();
        }
    }
    // and the year's seed stays
    let again = Pledge { again: Some("换种子".to_owned()), ..pledge("2027-01-02T20:00:00", "区公证处掷骰") };
    assert_eq!(seal_year(&project, &registry, &again, &at("2027-01-01T09:00:00")).unwrap_err().code(), "SEL-046");
}

#[test]
fn a_second_window_reads_and_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let root = project.root().to_owned();
    assert_eq!(Project::open(&root, Some("李四")).unwrap_err().code(), "PRJ-010");
    let reader = Project::open(&root, None).unwrap();
    assert!(reader.is_read_only());
    let refused = seal_month(
        &reader,
        &registry,
        month("2027-01"),
        &pledge("2026-12-29T20:00:00", "x"),
        &at("2026-12-28T09:00:00"),
    );
    assert_eq!(refused.unwrap_err().code(), "PRJ-011");
    drop(project);
    assert!(!Project::open(&root, Some("李四")).unwrap().is_read_only());
}
