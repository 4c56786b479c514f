//! The plan of record: approved by version and kept, the plan before each draw kept with it, four columns that stay
//! apart as the months go by.

use std::fs;
use std::process::Command;

use fairdraw::diagnostic::Progress;
use fairdraw::disclosure::PlanDatesEntry;
use fairdraw::domain::Period;
use fairdraw::registry::Registry;
use fairdraw::workspace::deeds::open::open_period;
use fairdraw::workspace::deeds::plan_record::record_year_plan_dates;
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::reports::plan_record::{FourColumns, PlanRecord, load_plan_files, plan_versions};
use fairdraw::workspace::store::plan_dates::load_plan_dates;
use fairdraw::workspace::store::project::Project;
use serde_json::Value;

use super::project::{DICE, accepted_in, at, month, project, seal};

fn record(project: &Project, registry: &Registry, before: &str, version: Option<u32>) -> PlanRecord {
    let analysis = compute_analysis(project, registry, month(before), &Progress::none()).unwrap();
    PlanRecord::compute(&analysis, &load_plan_files(project).unwrap(), version).unwrap()
}

fn approve(project: &Project, registry: &Registry, on: &str, now: &str) {
    let entry = PlanDatesEntry {
        approved_on: Some(on.parse().unwrap()),
        approved_by: Some("局长办公会".to_owned()),
        ..PlanDatesEntry::default()
    };
    record_year_plan_dates(project, registry, &entry, &at(now)).unwrap();
}

#[test]
fn what_was_approved_and_planned_stays_when_the_month_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let fresh = record(&project, &registry, "2027-01", None);
    assert_eq!(fresh.version, None);
    assert!(fresh.differences().is_empty());

    approve(&project, &registry, "2026-12-27", "2026-12-27T09:00:00");
    let approved = record(&project, &registry, "2027-01", None);
    assert_eq!(approved.version, Some(1));
    let january = approved.city()[0];
    assert!((january.approved.unwrap().total() - january.rolling.total()).abs() < 0.01);
    assert_eq!(january.listed, None);
    assert_eq!(approved.differences(), ["全年与批准计划（第 1 版）相同"]);

    let draw = seal(&project, &registry, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00");
    assert!(draw.join("plan.json").exists());
    open_period(&project, Period::Month(month("2027-01")), DICE, &at("2026-12-30T09:00:00")).unwrap();
    let drawn = record(&project, &registry, "2027-02", None);
    let after = drawn.city()[0];
    assert_eq!(after.rolling, january.rolling, "the plan of a drawn month is what it was before the draw");
    assert_eq!(after.approved, january.approved);
    let listed = after.listed.unwrap();
    assert!(listed.planned() > 0 && listed.done == 0);
    assert!(drawn.drawn[0] && !drawn.lost[0] && !drawn.drawn[1]);
    assert!((after.rolling.total() - f64::from(listed.planned())).abs() < 60.0, "{after:?}");
    // what lies in the sealed frame is as ever
    for body in &drawn.bodies {
        assert_eq!(body.months[0].listed.is_some(), drawn.drawn[0], "{}", body.name);
    }

    // a second version, before anybody knows when it will be filed and published
    approve(&project, &registry, "2027-01-20", "2027-01-20T09:00:00");
    let (dates, files) = (load_plan_dates(&project).unwrap(), load_plan_files(&project).unwrap());
    let versions = plan_versions(&dates, &files);
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[1].approval.as_ref().unwrap().by, "局长办公会");
    assert!(versions[1].text().contains("局长办公会批准，全年"), "{}", versions[1].text());
    let second = record(&project, &registry, "2027-02", None);
    assert_eq!(second.version, Some(2));
    assert_eq!(second.city()[0].approved, Some(january.rolling), "January in version 2 is its plan, not its draw");
    assert_eq!(record(&project, &registry, "2027-02", Some(1)).city(), drawn.city(), "version 1 is as it was");
    let analysis = compute_analysis(&project, &registry, month("2027-02"), &Progress::none()).unwrap();
    assert_eq!(PlanRecord::compute(&analysis, &files, Some(3)).unwrap_err().code(), "PLN-110");
    let year = FourColumns::sum(second.city().into_iter());
    assert!(
        (second.city().iter().map(FourColumns::expected).sum::<f64>() - analysis.plan.expected_visits()).abs() < 0.1
    );
    assert_eq!(year.figures().map(|figure| figure.is_some()), [true; 4]);

    let journal = fs::read_to_string(project.root().join("journal.jsonl")).unwrap();
    let lines: Vec<Value> = journal.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kept: Vec<&Value> = lines.iter().filter(|line| line["command"] == "plan-dates").collect();
    assert_eq!(kept.len(), 2);
    let bytes = fs::read(project.root().join("plans/2.json")).unwrap();
    let hash = fairdraw::sampling::to_hex(&fairdraw::sampling::sha256(&[&bytes]));
    assert_eq!(kept[1]["detail"]["plan_sha256"], hash, "a kept plan can't be changed unseen");
}

#[test]
fn projects_of_earlier_programs_open_without_kept_plans() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let draw = seal(&project, &registry, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00");
    open_period(&project, Period::Month(month("2027-01")), DICE, &at("2026-12-30T09:00:00")).unwrap();
    fs::remove_file(draw.join("plan.json")).unwrap();
    let days = r#"{"approved_on":"2026-12-27","filed_on":null,"publications":["2026-12-28"]}"#;
    fs::write(project.root().join("year_plan.json"), days).unwrap();
    accepted_in(&project, "2026-12-30T10:00:00");
    let record = record(&project, &registry, "2027-02", None);
    assert_eq!((record.version, record.lost[0]), (None, true));
    let january = record.city()[0];
    assert_eq!(january.rolling.total(), f64::from(january.listed.unwrap().planned()), "what was drawn stands for it");
    let files = load_plan_files(&project).unwrap();
    let versions = plan_versions(&load_plan_dates(&project).unwrap(), &files);
    assert!(versions[0].text().contains("批准时未留存计划"), "{}", versions[0].text());
    // approved now: the next version, and it says what was lost
    approve(&project, &registry, "2027-01-05", "2027-01-05T09:00:00");
    let record = self::record(&project, &registry, "2027-02", None);
    assert_eq!(record.version, Some(2));
    assert!(record.differences().iter().any(|line| line.contains("1月抽取时未留存")), "{:?}", record.differences());
    fs::write(project.root().join("plans/2.json"), "{").unwrap();
    assert_eq!(load_plan_files(&project).unwrap_err().code(), "RES-020");
}

#[test]
fn the_command_line_approves_and_tells_the_four_columns() {
    let folder = tempfile::tempdir().unwrap();
    let (project, _) = project(folder.path());
    let root = project.root().to_owned();
    drop(project);
    let fairdraw = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_fairdraw")).args(arguments).output().unwrap();
        (
            output.status.code(),
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)),
        )
    };
    let path = root.to_str().unwrap();
    let today = "2026-12-01";
    let (code, said) = fairdraw(&["plan-dates", path, "--by", "局长办公会"]);
    assert_eq!(code, Some(2), "who approved, without a day: {said}");
    // the program's clock decides what is a day after today
    let (code, said) = fairdraw(&["plan-dates", path, "--approved", "2099-01-01"]);
    let is_early = |said: &str| said.contains("DIS-057") || said.contains("LOG-009");
    assert!(code == Some(2) && is_early(&said), "{said}");
    let approve = ["plan-dates", path, "--approved", today, "--by", "局长办公会", "--operator", "张三"];
    let (code, said) = fairdraw(&approve);
    if code == Some(2) && is_early(&said) {
        // the machine's clock stands before the project's year
        return;
    }
    assert_eq!(code, Some(0), "{said}");
    let (_, said) = fairdraw(&["plan-dates", path]);
    assert!(said.contains("局长办公会批准，全年") && said.contains("张三登记"), "{said}");
    let (code, said) = fairdraw(&["plan-record", path]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("范围,月份,批准计划,滚动计划,已抽取,已完成\n全市,1月,"), "{said}");
    assert!(said.contains("全年与批准计划（第 1 版）相同"), "{said}");
    let (_, said) = fairdraw(&["plan-record", path, "--json"]);
    let told: Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!(told["city"].as_array().unwrap().len(), 12);
    assert_eq!(told["city"][0]["drawn"], Value::Null);
    let (_, plan) = fairdraw(&["plan", path, "--json"]);
    let plan: Value = serde_json::from_str(&plan[..=plan.rfind('}').unwrap()]).unwrap();
    let (of_plan, of_record) = (plan["expected_visits"].as_f64().unwrap(), told["total"]["rolling"].as_f64().unwrap());
    assert!((of_plan - of_record).abs() < 0.1, "one number: {of_plan} {of_record}");
    assert_eq!(fairdraw(&["plan-record", path, "--against", "7"]).0, Some(2));
}
