//! The steering attempts of an operator with a text editor, one by one: today named.

use std::fs;
use std::path::Path;

use fairdraw::domain::{Period, SubstituteCase};
use fairdraw::registry::{frame_from_bytes, frame_to_bytes};
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::verify_log::{LogRequest, verify_log};

use super::{act, forge, lines, named, next_deed, staged, verified};
use crate::faults::world::World;
use crate::project::{DICE, month, pledge, proved};

fn dice() -> fairdraw::workspace::deeds::seal::Pledge {
    pledge("2026-12-29T20:00:00", "区公证处掷骰")
}

fn february() -> Deed {
    Deed::SealMonth(month("2027-02"), pledge("2027-01-29T20:00:00", "区公证处掷骰"))
}

fn open() -> Deed {
    Deed::Open(Period::Month(month("2027-01")), DICE.into())
}

fn evidence(to: &Path) -> Deed {
    Deed::Export { to: to.to_owned(), month: Some(month("2027-01")), only: vec!["抽取存证".to_owned()] }
}

fn append(path: &Path, text: &str) {
    let mut bytes = fs::read(path).unwrap();
    bytes.extend(text.as_bytes());
    fs::write(path, bytes).unwrap();
}

#[test]
fn s3_a_folder_put_back_is_not_the_log_whose_head_is_known() {
    let (_place, root) = staged("年开");
    let before = lines(&root);
    act(&root, Deed::SealMonth(month("2027-01"), dice()), "2026-12-28T09:00:00").unwrap();
    let published = verified(&root, &[]).head;
    // looked at, disliked, put back, sealed again
    let (_other, again) = staged("年开");
    assert_eq!(lines(&again), before);
    act(&again, Deed::SealMonth(month("2027-01"), dice()), "2026-12-28T09:30:00").unwrap();
    assert_eq!(named(&again, &[]), Vec::<&str>::new(), "nothing in the folder itself can show it");
    assert_eq!(named(&again, &[published]), ["LOG-016"]);
}

#[test]
fn s7_what_the_seal_binds_is_hashed_again_at_opening_and_export() {
    let change = |root: &Path, name: &str| {
        let path = root.join("draws/2027-01/1").join(name);
        if name == "schedule.parquet" { fs::remove_file(&path).unwrap() } else { append(&path, " \n") }
    };
    for name in ["policy.ron", "inputs.txt", "targets.csv", "schedule.parquet", "plan.json", "roster.csv", "needs.csv"]
    {
        let (_place, root) = staged("月封");
        change(&root, name);
        let refused = act(&root, open(), "2026-12-30T09:00:00").unwrap_err();
        assert!(["LOG-001", "SEL-043"].contains(&refused.as_str()) || refused.starts_with("ROS-"), "{name}: {refused}");
        assert!(!named(&root, &[]).is_empty(), "{name}");
        let (place, root) = staged("月开");
        change(&root, name);
        assert!(act(&root, evidence(&place.path().join("出")), "2027-01-20T09:00:00").is_err(), "{name}");
        assert!(!place.path().join("出").exists(), "{name}: nothing goes out");
    }
    // where the journal knows no hashes the seal's own still bind
    let (place, root) = staged("月开");
    let bare = lines(&root).into_iter().map(|mut entry| {
        entry.files.clear();
        entry
    });
    forge(&root, bare.collect());
    change(&root, "policy.ron");
    let refused = act(&root, evidence(&place.path().join("出")), "2027-01-20T09:00:00").unwrap_err();
    assert_eq!(refused, "LOG-006");
    assert!(named(&root, &[]).contains(&"LOG-020"));
}

#[test]
fn s8_an_edited_frame_stops_the_seal() {
    let (_place, root) = staged("年开");
    let path = root.join("frames/sources.parquet");
    let frame = frame_from_bytes(fs::read(&path).unwrap(), "sources").unwrap();
    fs::write(&path, frame_to_bytes(&frame.slice(1, frame.height())).unwrap()).unwrap();
    let seal = Deed::SealMonth(month("2027-01"), dice());
    assert_eq!(act(&root, seal, "2026-12-28T09:00:00"), Err("LOG-001".to_owned()));
    assert_eq!(named(&root, &[]), ["LOG-015"]);
}

#[test]
fn s12_an_export_over_another_shows() {
    let (place, root) = staged("结果");
    let to = place.path().join("出");
    act(&root, evidence(&to), "2027-01-20T09:00:00").unwrap();
    let first = fs::read(to.join("抽取存证/2027-01-1/certificate.json")).unwrap();
    act(
        &root,
        Deed::Substitute {
            month: month("2027-01"),
            unit: World::shared().replaceable.clone(),
            case: SubstituteCase::Closed,
            reason: proved("2027年1月4日现场核实已关闭"),
        },
        "2027-01-21T09:00:00",
    )
    .unwrap();
    act(&root, evidence(&to), "2027-01-22T09:00:00").unwrap();
    let exports: Vec<_> = lines(&root).into_iter().filter(|entry| entry.command == "export").collect();
    let name = "抽取存证/2027-01-1/certificate.json";
    assert_ne!(exports[0].detail["written"][name], exports[1].detail["written"][name]);
    assert!(exports[1].detail["replaced"].as_array().unwrap().contains(&name.into()));
    let check = |certificate| {
        let request = LogRequest { log: root.clone(), export: Some(to.clone()), certificate, ..LogRequest::default() };
        verify_log(&request).unwrap().report.faults.iter().map(|f| f.code).collect::<Vec<_>>()
    };
    assert_eq!(check(Some(to.join(name))), Vec::<&str>::new());
    // the certificate that somebody kept of the first export is not the log's any more
    fs::write(to.join(name), first).unwrap();
    assert_eq!(check(None), ["LOG-018"]);
    assert!(check(Some(to.join(name))).contains(&"LOG-017"), "a substitution lacks in it");
}

#[test]
fn s13_s16_edited_settings_and_targets_stop_the_next_seal() {
    let (_place, root) = staged("月开");
    let path = root.join("project.ron");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "\n// by hand\n").unwrap();
    assert_eq!(act(&root, february(), "2027-01-25T09:00:00"), Err("LOG-001".to_owned()));
    assert_eq!(named(&root, &[]), ["LOG-015"]);

    let (_place, root) = staged("月开");
    let path = root.join("draws/2027-01/1/targets.csv");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace('1', "8")).unwrap();
    // what of it can't be read is refused even before
    let refused = act(&root, february(), "2027-01-25T09:00:00").unwrap_err();
    assert!(["LOG-001", "DRW-004"].contains(&refused.as_str()), "{refused}");
    assert_eq!(named(&root, &[]), ["LOG-015"]);
}

/// A substitution as somebody writes it who wants one.
fn invented() -> serde_json::Value {
    let checks = &World::shared().checks;
    serde_json::json!([{
        "kind": "substitute", "unit": checks[2].unit_id, "by": World::shared().stranger,
        "reason": "现场核实已关闭", "at": "2027-01-05T09:00:00+08:00", "operator": "测试员",
    }])
}

#[test]
fn s14_an_invented_substitution_is_not_in_the_log() {
    let (place, root) = staged("月开");
    let path = root.join("draws/2027-01/1/changes.json");
    fs::write(&path, invented().to_string()).unwrap();
    assert_eq!(act(&root, evidence(&place.path().join("出")), "2027-01-20T09:00:00"), Err("LOG-001".to_owned()));
    let codes = named(&root, &[]);
    assert!(codes.contains(&"LOG-014") && codes.contains(&"LOG-015"), "{codes:?}");
    // with a line of the journal invented for it, the hashes right: whoever knows a later head sees it
    let (_place, root) = staged("公开");
    let known = verified(&root, &[]).head;
    let path = root.join("draws/2027-01/1/changes.json");
    fs::write(&path, invented().to_string()).unwrap();
    let mut entries = lines(&root);
    let at_line = entries.iter().position(|entry| entry.command == "record-result").unwrap();
    let mut line = entries[at_line].clone();
    line.command = "substitute".to_owned();
    line.detail = serde_json::json!({ "period": "2027-01", "sequence": 1, "change": invented()[0] });
    line.files.clear();
    let hash = fairdraw::sampling::to_hex(&fairdraw::sampling::sha256(&[&fs::read(&path).unwrap()]));
    line.files.insert("draws/2027-01/1/changes.json".to_owned(), Some(hash));
    entries.insert(at_line, line);
    forge(&root, entries);
    assert_eq!(next_deed(&root), "");
    assert_eq!(named(&root, &[known]), ["LOG-016"]);
}

#[test]
fn s17_a_row_of_the_register_turned_into_a_void() {
    let (_place, root) = staged("月开");
    let path = root.join("register.csv");
    let text = fs::read_to_string(&path).unwrap();
    let last = text.lines().last().unwrap();
    let voided = format!("{}不合适", last.replacen("opened", "voided", 1));
    fs::write(&path, text.replace(last, &voided)).unwrap();
    let mut again = dice();
    again.again = Some("重来".to_owned());
    again.available_at = "2027-01-01T20:00:00+08:00".to_owned();
    assert_eq!(act(&root, Deed::SealMonth(month("2027-01"), again), "2026-12-31T09:00:00"), Err("LOG-001".to_owned()));
    let codes = named(&root, &[]);
    assert!(["LOG-011", "LOG-012", "LOG-013", "LOG-015"].iter().all(|code| codes.contains(code)), "{codes:?}");
}
