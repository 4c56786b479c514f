//! One log: what another hand did to a project's files, its register, its changes or its journal is named, at the next
//! deed and by `verify --log`; what a forger with the whole folder can still do needs a head that somebody else keeps.

mod altered;
mod lost;
mod papers;
mod steered;

use std::fs;
use std::path::Path;
use std::process::Command;

use fairdraw::domain::Period;
use fairdraw::sampling::{DEMONSTRATION_SOURCE, sha256, to_hex};
use fairdraw::workspace::deeds::accept::{Acceptance, accept_changes};
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::follow_up::{Interference, record_interference};
use fairdraw::workspace::deeds::verify_log::{LogRequest, LogVerified, verify_log};
use fairdraw::workspace::perform::{Frames, perform_deed};
use fairdraw::workspace::store::journal::{JournalEntry, LogHead};
use fairdraw::workspace::store::project::Project;

use super::faults::world::{World, copy};
use super::project::{DICE, at, pledge};

/// A copy of a stage of the small project.
fn staged(stage: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("项目");
    copy(&World::shared().stage(stage), &root);
    (place, root)
}

/// The code with which the next deed is refused; empty where it is done.
fn next_deed(root: &Path) -> String {
    let project = Project::open(root, Some("测试员")).unwrap();
    let told =
        Interference { who: "某人".into(), how: "电话".into(), handled: "拒绝".into(), ..Default::default() };
    let done = record_interference(&project, &told, &at("2027-06-01T09:00:00"));
    done.err().map(|error| error.code().to_owned()).unwrap_or_default()
}

fn act(root: &Path, deed: Deed, now: &str) -> Result<(), String> {
    let mut project = Project::open(root, Some("测试员")).unwrap();
    let done = perform_deed(&mut project, &Frames::on_disk(), deed, &at(now));
    done.map(|_| ()).map_err(|error| error.code().to_owned())
}

fn verified(root: &Path, heads: &[LogHead]) -> LogVerified {
    let request = LogRequest { log: root.to_owned(), heads: heads.to_vec(), ..LogRequest::default() };
    verify_log(&request).unwrap()
}

/// The codes of what a check of the log names.
fn named(root: &Path, heads: &[LogHead]) -> Vec<&'static str> {
    verified(root, heads).report.faults.iter().map(|fault| fault.code).collect()
}

fn lines(root: &Path) -> Vec<JournalEntry> {
    let text = fs::read_to_string(root.join("journal.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The journal as a forger writes it: numbers, chain and heads made anew.
fn forge(root: &Path, entries: Vec<JournalEntry>) {
    fs::remove_file(root.join("journal.jsonl")).unwrap();
    let project = Project::open(root, None).unwrap();
    for entry in entries {
        let place = (entry.at.as_str(), entry.operator.as_str(), entry.command.as_str());
        let (_, line) = project.journal().compose(place, entry.detail.clone(), entry.files.clone()).unwrap();
        project.journal().put(&line).unwrap();
    }
}

#[test]
fn what_nobody_touched_holds_at_every_stage() {
    for stage in ["新", "年封", "年开", "月封", "月开", "结果", "公开", "更新"] {
        let (_place, root) = staged(stage);
        let found = verified(&root, &[]);
        assert!(found.report.is_verified(), "{stage}: {:?}", found.report.faults);
        assert_eq!(found.head.size as usize, lines(&root).len());
        assert_eq!(next_deed(&root), "", "{stage}");
        assert!(verified(&root, &[found.head]).report.is_verified(), "the head of before is one of this log");
    }
    // a demonstration, opened before its number's hour
    let (_place, root) = staged("新");
    act(&root, Deed::SealYear(pledge("2026-12-22T20:00:00", DEMONSTRATION_SOURCE)), "2026-12-21T09:00:00").unwrap();
    act(&root, Deed::Open(Period::Year(2027), DICE.into()), "2026-12-21T09:00:05").unwrap();
    assert_eq!(named(&root, &[]), Vec::<&str>::new());
}

#[test]
fn two_people_answer_for_a_changed_file_and_work_goes_on() {
    let (place, root) = staged("结果");
    let path = root.join("project.ron");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("review_number: \"", "review_number: \"沪S")).unwrap();
    fs::write(root.join("frames/多出.csv"), "x").unwrap();
    assert_eq!(next_deed(&root), "LOG-001");
    let refused = {
        let project = Project::open(&root, Some("测试员")).unwrap();
        let told = Interference { who: "某".into(), how: "某".into(), handled: "某".into(), ..Default::default() };
        record_interference(&project, &told, &at("2027-06-01T09:00:00")).unwrap_err().to_string()
    };
    assert!(
        refused.contains("project.ron（内容被改动") && refused.contains("frames/多出.csv（不是程序写入"),
        "{refused}"
    );
    let accept = |second: &str, reason: &str| {
        let project = Project::open(&root, Some("测试员")).unwrap();
        let accepted = Acceptance { second: second.to_owned(), reason: reason.to_owned() };
        accept_changes(&project, &accepted, &at("2027-03-01T09:00:00")).map_err(|error| error.code())
    };
    assert_eq!(accept("", "换机器"), Err("LOG-002"));
    assert_eq!(accept("测试员", "换机器"), Err("LOG-002"));
    assert_eq!(accept("李四", " "), Err("LOG-003"));
    assert_eq!(next_deed(&root), "LOG-001");
    assert_eq!(accept("李四", "换机器").unwrap(), ["frames/多出.csv", "project.ron"]);
    assert_eq!(accept("李四", "换机器"), Err("LOG-004"));
    assert_eq!(next_deed(&root), "");
    let found = verified(&root, &[]);
    assert!(found.report.is_verified(), "{:?}", found.report.faults);
    let told = &found.interventions;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].operator.as_str(), told[0].second.as_str(), told[0].files.len()), ("测试员", "李四", 2));
    // it leaves with the evidence
    let to = place.path().join("导出");
    let only = vec!["抽取存证".to_owned()];
    act(&root, Deed::Export { to: to.clone(), month: None, only }, "2027-06-02T09:00:00").unwrap();
    let evidence = to.join("抽取存证/2027-01-1");
    let out: serde_json::Value =
        serde_json::from_slice(&fs::read(evidence.join("interventions.json")).unwrap()).unwrap();
    assert_eq!(out[0]["reason"], "换机器");
    assert!(evidence.join("log.json").exists());
}

/// The journal as version 0.1 wrote it: neither hashes nor heads.
fn as_version_0_1(root: &Path) {
    let mut text = String::new();
    let mut previous = String::new();
    for entry in lines(root) {
        let line = serde_json::json!({
            "at": entry.at, "command": entry.command, "detail": entry.detail, "operator": entry.operator,
            "previous": previous, "sequence": entry.sequence,
        })
        .to_string();
        previous = to_hex(&sha256(&[line.as_bytes()]));
        text += &(line + "\n");
    }
    fs::write(root.join("journal.jsonl"), text).unwrap();
}

#[test]
fn a_project_of_an_earlier_version_goes_on_and_is_not_said_to_hold() {
    let (_place, root) = staged("新");
    as_version_0_1(&root);
    let found = verified(&root, &[]);
    assert!(found.report.is_verified(), "{:?}", found.report.faults);
    let unchecked = |found: &LogVerified| -> Vec<&'static str> {
        let steps = found.report.steps.iter();
        steps.filter(|step| step.state.label() == "未核对").map(|step| step.name).collect()
    };
    assert!(["日志中的文件校验值", "项目文件", "日志根值"].iter().all(|name| unchecked(&found).contains(name)));
    assert_eq!(next_deed(&root), "");
    // from the first deed on the files are known
    let found = verified(&root, &[]);
    assert!(found.report.is_verified(), "{:?}", found.report.faults);
    assert!(!unchecked(&found).contains(&"项目文件") && unchecked(&found).contains(&"日志中的文件校验值"));
    fs::write(root.join("quality.csv"), "[]").unwrap();
    assert_eq!(next_deed(&root), "LOG-001");
    assert!(named(&root, &[]).contains(&"LOG-015"));
}

fn fairdraw(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_fairdraw")).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn a_stranger_with_the_head_alone_sees_that_a_line_is_there() {
    let (place, root) = staged("公开");
    let text = root.to_str().unwrap();
    let head = verified(&root, &[]).head;
    let published = format!("{}:{}", head.size, head.root);
    let proof = place.path().join("证明.json");
    let to = proof.to_str().unwrap();
    for line in 1..=head.size {
        let (done, said) = fairdraw(&["log-proof", text, "--line", &line.to_string(), "--to", to]);
        assert!(done, "{said}");
        let (done, said) = fairdraw(&["verify", "--log", to, "--log-head", &published]);
        assert!(done && said.contains("通过  日志根值"), "{said}");
    }
    let other = format!("{}:{}", head.size, "ab".repeat(32));
    assert!(!fairdraw(&["verify", "--log", to, "--log-head", &other]).0);
    let written = fs::read_to_string(&proof).unwrap();
    fs::write(&proof, written.replace("publish", "publisk")).unwrap();
    let (done, said) = fairdraw(&["verify", "--log", to, "--log-head", &published]);
    assert!(!done && said.contains("LOG-022"), "{said}");
    assert!(!fairdraw(&["log-proof", text, "--line", "99", "--to", to]).0);
    // the project by its folder, with the published head
    let (done, said) = fairdraw(&["verify", "--log", text, "--log-head", &published]);
    assert!(done && said.contains("通过  登记簿与日志") && said.contains("日志根值"), "{said}");
    assert!(!fairdraw(&["verify", "--log", text, "--log-head", "7:xy"]).0);
}
