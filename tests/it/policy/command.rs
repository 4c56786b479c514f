//! The policy from the command line: listed, changed as a slider changes it, journaled.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use fairdraw::policy::{Milli, load_preset};
use fairdraw::workspace::deeds::settings::{Settings, save_settings};
use fairdraw::workspace::store::journal::check_journal_file;
use fairdraw::workspace::store::project::Project;

use crate::project::at;

fn fairdraw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fairdraw")).args(arguments).output().unwrap()
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn project_in(folder: &Path) -> String {
    let (input, project) = (folder.join("输入"), folder.join("项目"));
    let (input, project) = (input.to_str().unwrap(), project.to_str().unwrap().to_owned());
    let output = fairdraw(&["demo", input, "--sources", "200"]);
    assert!(output.status.success(), "{}", words(&output));
    let output = fairdraw(&["new", &project, "--from", input, "--year", "2027"]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", words(&output));
    project
}

#[test]
fn a_policy_is_listed_changed_and_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let project = project_in(folder.path());
    let saved = || Project::open(Path::new(&project), None).unwrap().policy;
    let before = saved();
    let output = fairdraw(&["policy", &project]);
    assert!(output.status.success() && words(&output).contains("tiers.C.min_score,风险等级「中风险」,18"));

    // a threshold pushes the one above it, and both are told and journaled
    let set = ["policy", &project, "--set", "tiers.C.min_score=40", "--json", "--operator", "测试员"];
    let output = fairdraw(&set);
    assert!(output.status.success(), "{}", words(&output));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let paths: Vec<&str> = told["changed"].as_array().unwrap().iter().map(|c| c["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["tiers.B.min_score", "tiers.C.min_score"]);
    assert_eq!((saved().tiers[1].min_score, saved().tiers[2].min_score), (Milli(40_500), Milli(40_000)));
    let journal = Path::new(&project).join("journal.jsonl");
    let (lines, faults) = check_journal_file(&journal).unwrap();
    let last = lines.last().unwrap();
    assert_eq!((last.command.as_str(), last.operator.as_str(), faults.len()), ("settings", "测试员", 0));
    assert!(last.detail["steps"].to_string().contains("tiers.C.min_score：18 → 40"), "{}", last.detail);

    // nothing that can't be is written, nor part of it
    for (wrong, code) in [
        (vec!["--set", "window.days=六十"], "POL-141"),
        (vec!["--set", "tiers.Z.min_score=1"], "POL-140"),
        (vec!["--set", "tiers.C.min_score"], "CLI-014"),
        (vec!["--set", "bodies[0].id=zzz"], "POL-140"),
        (vec!["--set", "window.days=30", "--set", "capacity.inspectors_per_check=1"], "POL-110"),
        (vec!["--preset", "nowhere"], "PRJ-020"),
    ] {
        let now = saved();
        let output = fairdraw(&[vec!["policy", &project], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{}", words(&output));
        assert!(words(&output).contains(code), "{code}: {}", words(&output));
        assert_eq!(saved(), now);
    }
    let again = fairdraw(&["policy", &project, "--set", "tiers.C.min_score=40"]);
    assert!(again.status.success() && words(&again).contains("没有更改"), "{}", words(&again));
    assert_eq!(check_journal_file(&journal).unwrap().0.len(), lines.len(), "nothing changed, nothing journaled");

    // another scoring; bodies and categories stay
    let output = fairdraw(&["policy", &project, "--preset", "generic"]);
    assert!(output.status.success(), "{}", words(&output));
    let (taken, generic) = (saved(), load_preset("generic").unwrap());
    assert_eq!((&taken.factors, &taken.tiers), (&generic.factors, &generic.tiers));
    assert_eq!((&taken.bodies, &taken.categories), (&before.bodies, &before.categories));
    // whoever saves: another city's bodies make it another project
    let mut project = Project::open(Path::new(&project), Some("测试员")).unwrap();
    let mut policy = project.policy.clone();
    policy.bodies.pop();
    let settings = Settings {
        policy: Arc::new(policy),
        edits: project.file.edits.clone(),
        review_number: String::new(),
        briefing: project.file.briefing.clone(),
        steps: Vec::new(),
    };
    let before = project.policy.clone();
    let refused = save_settings(&mut project, &settings, &at("2027-01-04T09:00:00")).unwrap_err();
    assert_eq!((refused.code(), saved()), ("SES-005", before));
}

#[test]
fn numbers_are_confirmed_by_the_command_and_leave_the_exported_plan() {
    let folder = tempfile::tempdir().unwrap();
    let project = project_in(folder.path());
    let saved = || Project::open(Path::new(&project), None).unwrap().policy;
    let open = |text: &str| text.lines().filter(|line| line.contains(',')).count() - 1;
    let output = fairdraw(&["policy", &project, "--confirm"]);
    let listed = words(&output);
    assert!(output.status.success() && listed.contains("tiers.A,风险等级「高风险」"), "{listed}");
    let before = open(&String::from_utf8_lossy(&output.stdout));
    assert!(before > 40, "{before}");
    let notes = |to: &str| {
        let to = folder.path().join(to);
        let output = fairdraw(&["export", &project, "--to", to.to_str().unwrap(), "--only", "公开"]);
        assert!(output.status.success(), "{}", words(&output));
        let plans = std::fs::read_dir(to.join("公开")).unwrap().map(|entry| entry.unwrap().path());
        let csv: Vec<_> = plans.filter(|path| path.extension().is_some_and(|e| e == "csv")).collect();
        csv.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect::<String>()
    };
    let public = notes("before");
    assert!(public.contains("待确认"), "{public}");

    // nothing is confirmed without a basis, nor what does not exist; the policy stays
    for (wrong, code) in [
        (vec!["--confirm", "tiers.A"], "POL-142"),
        (vec!["--confirm", "tiers.Z", "--basis", "纪要"], "POL-143"),
        (vec!["--set", "window.days=30", "--basis", "纪要"], "POL-142"),
    ] {
        let now = saved();
        let output = fairdraw(&[vec!["policy", &project], wrong].concat());
        assert!(output.status.code() == Some(2) && words(&output).contains(code), "{code}: {}", words(&output));
        assert_eq!(saved(), now);
    }
    let confirm = ["policy", &project, "--confirm", "tiers.A", "--confirm", "cap"];
    let by = ["--basis", "局务会纪要〔2026〕12号", "--operator", "测试员"];
    let output = fairdraw(&[&confirm[..], &by[..]].concat());
    assert!(output.status.success() && words(&output).contains("确认，依据：局务会纪要"), "{}", words(&output));
    let output = fairdraw(&["policy", &project, "--confirm"]);
    assert_eq!(open(&String::from_utf8_lossy(&output.stdout)), before - 2);
    let journal = Path::new(&project).join("journal.jsonl");
    let last = check_journal_file(&journal).unwrap().0.pop().unwrap();
    assert!(last.operator == "测试员" && last.detail["steps"].to_string().contains("tiers.A"), "{}", last.detail);

    // the rest at once: no line of it is left in the public plan
    let output = fairdraw(&[&["policy", &project, "--confirm", "all"][..], &by[..]].concat());
    assert!(output.status.success(), "{}", words(&output));
    let output = fairdraw(&["policy", &project, "--confirm"]);
    assert_eq!(open(&String::from_utf8_lossy(&output.stdout)), 0);
    let public = notes("after");
    assert!(!public.contains("待确认") && !public.contains("待本单位确认"), "{public}");
}

#[test]
fn a_score_is_explained_by_the_command_and_as_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let project = project_in(folder.path());
    let (registry, _) =
        fairdraw::workspace::store::frames::load_project_data(&Project::open(Path::new(&project), None).unwrap())
            .unwrap();
    let units = fairdraw::registry::schema::sources::UNIT_ID.of(&registry.sources).unwrap();
    let unit = units.get(3).unwrap();
    let output = fairdraw(&["explain", &project, unit]);
    let told = words(&output);
    assert!(output.status.success() && told.contains("合计：") && told.contains("依据："), "{told}");
    let output = fairdraw(&["explain", &project, unit, "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let sum: f64 = told["factors"].as_array().unwrap().iter().map(|f| f["points"].as_f64().unwrap()).sum();
    assert!((sum - told["score"].as_f64().unwrap()).abs() < 1e-9, "{told}");
    let page = folder.path().join("说明.html");
    let output = fairdraw(&["explain", &project, unit, "--to", page.to_str().unwrap()]);
    assert!(output.status.success(), "{}", words(&output));
    assert!(std::fs::read_to_string(&page).unwrap().contains("风险得分说明"));
    for (unit, code) in [("没有这一家", "CLI-017"), ("公司", "CLI-018")] {
        let output = fairdraw(&["explain", &project, unit]);
        assert!(output.status.code() == Some(2) && words(&output).contains(code), "{}", words(&output));
    }
}
