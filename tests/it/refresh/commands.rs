//! `refresh` as a user types it.

use std::fs;
use std::process::{Command, Output};

use super::office::{register, write};
use super::{files, made_on, plants};

const LONG_AGO: &str = "2020-01-02T09:00:00";

fn fairdraw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fairdraw")).args(arguments).output().unwrap()
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_command_looks_takes_lists_and_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let project = made_on(folder.path(), &plants(30), LONG_AGO);
    let root = project.root().to_owned();
    drop(project);
    let from = folder.path().join("新");
    fs::create_dir(&from).unwrap();
    write(&from, "污染源名录.csv", &register(&plants(33)[2..]));
    let (root_text, from_text) = (root.to_str().unwrap(), from.to_str().unwrap());
    let before = files(&root);

    let dry = fairdraw(&["refresh", root_text, "--from", from_text, "--dry-run"]);
    let said = words(&dry);
    assert!(dry.status.success(), "{said}");
    for part in ["污染源 30 → 31：新增 3、消失 2", "环保信用评价：不变（30 行）", "全年预计检查：", "什么也没有写入"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
    let json = fairdraw(&["--json", "refresh", root_text, "--from", from_text, "--dry-run"]);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((value["sources"][0].as_u64(), value["sources"][1].as_u64()), (Some(30), Some(31)));
    assert_eq!(value["units"][0]["kind"], "new");
    assert_eq!(value["tables"][1]["table"], "credit");
    assert_eq!(files(&root), before, "a dry run writes nothing");

    let list = || words(&fairdraw(&["refresh", root_text, "--list"]));
    assert!(list().contains("没有保留的旧名录"));
    let taken = fairdraw(&["--operator", "张三", "refresh", root_text, "--from", from_text]);
    assert!(taken.status.success() && words(&taken).contains("新增 3、消失 2"), "{}", words(&taken));
    let kept = list();
    assert!(kept.contains("张三") || kept.contains("-1"), "{kept}");
    assert!(kept.contains("30 个污染源") && kept.contains("可返回"), "{kept}");
    let back = fairdraw(&["refresh", root_text, "--back"]);
    assert!(back.status.success() && words(&back).contains("30 个污染源"), "{}", words(&back));
    for name in ["frames/sources.parquet", "frames/credit.parquet", "quality.csv", "project.ron"] {
        assert_eq!(fs::read(root.join(name)).unwrap(), before[name], "{name}");
    }
    let id = list().split('　').next().unwrap().to_owned();
    assert!(fairdraw(&["refresh", root_text, "--forget", &id]).status.success());
    assert!(list().contains("没有保留的旧名录"));
    let none = fairdraw(&["refresh", root_text, "--back"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(words(&none).contains("PRJ-040"), "{}", words(&none));
    let odd = fairdraw(&["refresh", root_text]);
    assert_eq!(odd.status.code(), Some(2));
}

/// What lies in the folder and is not read is named, as for a new project, and not twice at the next refresh; a look
/// alone leaves its report beside the files.
#[test]
fn entries_that_are_not_read_are_named_and_a_look_writes_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let project = made_on(folder.path(), &plants(30), LONG_AGO);
    let root = project.root().to_owned();
    drop(project);
    let from = folder.path().join("新");
    fs::create_dir_all(from.join("往年")).unwrap();
    write(&from, "污染源名录.csv", &register(&plants(31)));
    write(&from.join("往年"), "污染源名录.csv", &register(&plants(20)));
    write(&from, "备份.rar", "Rar!");
    write(&from, "说明.docx", "PK");
    let (root_text, from_text) = (root.to_str().unwrap(), from.to_str().unwrap());
    let before = files(&root);
    let dry = fairdraw(&["refresh", root_text, "--from", from_text, "--dry-run"]);
    let said = words(&dry);
    let report = folder.path().join("新_质量报告.csv");
    assert!(said.contains("PRJ-024") && said.contains("新_质量报告.csv"), "{said}");
    let listed = |path: &std::path::Path| fs::read_to_string(path).unwrap().matches("PRJ-024").count();
    assert_eq!((listed(&report), files(&root) == before), (3, true));
    for _ in 0..2 {
        let taken = fairdraw(&["refresh", root_text, "--from", from_text]);
        assert!(words(&taken).contains("PRJ-024"), "{}", words(&taken));
        assert_eq!(listed(&root.join("quality.csv")), 3);
    }
    fs::remove_file(from.join("备份.rar")).unwrap();
    fairdraw(&["refresh", root_text, "--from", from_text]);
    assert_eq!(listed(&root.join("quality.csv")), 2);
}
