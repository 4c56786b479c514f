//! What is gone: a journal deleted, emptied or cut, register, changes or results deleted. The next deed names each;
//! where everything was put back as it once was, a head that was published does.

use std::fs;
use std::path::Path;

use fairdraw::sampling::SealRegister;
use fairdraw::workspace::deeds::accept::{Acceptance, accept_changes};
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::follow_up::{Interference, record_interference};
use fairdraw::workspace::deeds::verify_log::parse_head;
use fairdraw::workspace::store::journal::LogHead;
use fairdraw::workspace::store::project::Project;

use super::{act, as_version_0_1, forge, lines, named, next_deed, staged, verified};
use crate::faults::world::World;
use crate::project::{at, month, proved};

const JOURNAL: &str = "journal.jsonl";

/// What the next deed is told.
fn told(root: &Path) -> String {
    let project = Project::open(root, Some("测试员")).unwrap();
    let told = Interference { who: "某".into(), how: "某".into(), handled: "某".into(), ..Default::default() };
    record_interference(&project, &told, &at("2027-06-01T09:00:00")).unwrap_err().to_string()
}

fn replaced(root: &Path) {
    let check = &World::shared().checks[1];
    let deed = Deed::ReplaceInspector {
        month: month("2027-01"),
        unit: check.unit_id.clone(),
        certificate: check.inspectors[1].clone(),
        reason: proved("住院"),
    };
    act(root, deed, "2027-01-18T09:00:00").unwrap();
}

#[test]
fn a_journal_that_is_gone_empty_or_cut_stops_the_next_deed() {
    for stage in ["新", "年封", "年开", "月封", "月开", "结果", "公开", "更新"] {
        let (_place, root) = staged(stage);
        let path = root.join(JOURNAL);
        let good = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(next_deed(&root), "LOG-007", "{stage}: deleted");
        assert!(told(&root).contains("journal.jsonl（操作日志被删除）"), "{}", told(&root));
        assert!(!path.exists(), "no journal is begun in its place");
        assert!(named(&root, &[]).contains(&"LOG-010"), "{stage}");
        fs::write(&path, b"").unwrap();
        assert_eq!(next_deed(&root), "LOG-007", "{stage}: emptied");
        assert!(told(&root).contains("操作日志被清空"), "{}", told(&root));
        assert!(named(&root, &[]).contains(&"LOG-010"), "{stage}");
        // cut at each line's end
        let text = String::from_utf8(good.clone()).unwrap();
        let all: Vec<&str> = text.lines().collect();
        for left in 1..all.len() {
            fs::write(&path, all[..left].join("\n") + "\n").unwrap();
            let code = next_deed(&root);
            assert!(["LOG-001", "LOG-007"].contains(&code.as_str()), "{stage}: {left} of {} lines: {code}", all.len());
        }
        // a line altered, and one taken out
        if all.len() > 2 {
            fs::write(&path, text.replacen("测试员", "别的人", 1)).unwrap();
            assert_eq!(next_deed(&root), "LOG-007", "{stage}: altered");
            assert!(told(&root).contains("操作日志被重写：前"), "{}", told(&root));
        }
        fs::write(&path, good).unwrap();
        assert_eq!(next_deed(&root), "", "{stage}");
    }
}

#[test]
fn a_journal_cut_behind_a_draws_deed_is_told_by_the_draws_own_heads() {
    let (_place, root) = staged("月开");
    replaced(&root);
    let path = root.join(JOURNAL);
    let text = fs::read_to_string(&path).unwrap();
    let all: Vec<&str> = text.lines().collect();
    fs::write(&path, all[..2].join("\n") + "\n").unwrap();
    let words = told(&root);
    assert!(words.contains("操作日志末尾被截去：抽取时已有") && words.contains("现为 2 行"), "{words}");
    // written anew with another operator's name: another log
    fs::write(&path, &text).unwrap();
    let mut entries = lines(&root);
    entries[0].operator = "王五".to_owned();
    forge(&root, entries);
    assert_eq!(next_deed(&root), "LOG-007");
    assert!(told(&root).contains("操作日志被重写"), "{}", told(&root));
}

#[test]
fn a_file_that_was_deleted_is_named_by_the_next_deed() {
    let (_place, root) = staged("公开");
    replaced(&root);
    for name in [
        "register.csv",
        "draws/2027-01/1/changes.json",
        "draws/2027-01/1/log.json",
        "draws/2027-01/1/certificate.json",
        "results/results.json",
        "frames/sources.parquet",
        "quality.csv",
    ] {
        let path = root.join(name);
        let good = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(next_deed(&root), "LOG-001", "{name}");
        assert!(told(&root).contains(&format!("{name}（被删除）")), "{}", told(&root));
        assert!(!named(&root, &[]).is_empty(), "{name}");
        fs::write(&path, good).unwrap();
    }
    assert_eq!(next_deed(&root), "");
}

#[test]
fn two_people_answer_for_a_lost_journal_and_the_loss_stays_named() {
    let (_place, root) = staged("结果");
    let before = verified(&root, &[]).head;
    fs::remove_file(root.join(JOURNAL)).unwrap();
    let accept = |second: &str| {
        let project = Project::open(&root, Some("测试员")).unwrap();
        let accepted = Acceptance { second: second.to_owned(), reason: "硬盘损坏，没有备份".to_owned() };
        accept_changes(&project, &accepted, &at("2027-03-01T09:00:00")).map_err(|error| error.code())
    };
    assert_eq!(accept("测试员"), Err("LOG-002"));
    assert_eq!(accept("李四").unwrap(), [JOURNAL]);
    assert_eq!(next_deed(&root), "");
    let entries = lines(&root);
    assert_eq!((entries[0].command.as_str(), entries[0].sequence), ("accept-changes", 1));
    assert!(entries[0].files.contains_key("register.csv"), "from here on the files are known again");
    assert!(!entries[0].detail["journal"]["heads"].as_array().unwrap().is_empty());
    // whoever asks is told for ever, with the folder alone or with a head
    assert!(named(&root, &[]).contains(&"LOG-016"));
    assert!(named(&root, &[before]).contains(&"LOG-016"));
    assert_eq!(verified(&root, &[]).interventions[0].second, "李四");
    // and another loss stops again
    fs::remove_file(root.join(JOURNAL)).unwrap();
    assert_eq!(next_deed(&root), "LOG-007");
}

#[test]
fn a_journal_of_version_0_1_is_held_against_the_register() {
    let (_place, root) = staged("结果");
    // such a project's draws keep no heads
    fs::remove_dir_all(root.join("draws")).unwrap();
    as_version_0_1(&root);
    let good = fs::read_to_string(root.join(JOURNAL)).unwrap();
    let all: Vec<&str> = good.lines().collect();
    // two seals, two openings: cut behind the first of them
    fs::write(root.join(JOURNAL), all[..3].join("\n") + "\n").unwrap();
    assert_eq!(next_deed(&root), "LOG-007");
    assert!(told(&root).contains("登记簿有 4 行，日志只记有 2 次"), "{}", told(&root));
    fs::write(root.join(JOURNAL), good).unwrap();
    assert_eq!(next_deed(&root), "");
}

/// The head that a published register ends with.
fn published_head(root: &Path, to: &Path, now: &str) -> LogHead {
    let only = vec!["公开".to_owned()];
    act(root, Deed::Export { to: to.to_owned(), month: None, only }, now).unwrap();
    let text = fs::read_to_string(to.join("公开/封签登记簿.csv")).unwrap();
    SealRegister::parse_csv(text.as_bytes()).unwrap();
    let last: Vec<&str> = text.trim_end().lines().last().unwrap().split(',').collect();
    assert_eq!(last[0], "log", "{text}");
    // the page says the same
    let head = parse_head(&format!("{}:{}", last[4], last[5])).unwrap();
    let page = fs::read_to_string(to.join("公开/网页/seals.html")).unwrap();
    assert!(page.contains(&format!("操作日志 {} 行，根值 {}", head.size, head.root)));
    head
}

#[test]
fn a_tail_cut_with_all_its_files_is_found_by_the_published_register_alone() {
    let (place, root) = staged("公开");
    let head = published_head(&root, &place.path().join("出"), "2027-01-20T09:00:00");
    assert_eq!(head.size as usize, lines(&root).len() - 1, "before the export's own line");
    assert!(named(&root, std::slice::from_ref(&head)).is_empty());
    // journal and files as they were before the publication: nothing in the folder tells
    let (_other, back) = staged("结果");
    assert_eq!(next_deed(&back), "");
    assert_eq!(named(&back, &[]), Vec::<&str>::new());
    assert_eq!(named(&back, std::slice::from_ref(&head)), ["LOG-016"]);
    // and when as many lines stand there again
    while lines(&back).len() < head.size as usize + 2 {
        assert_eq!(next_deed(&back), "");
    }
    assert_eq!(named(&back, &[head]), ["LOG-016"]);
}
