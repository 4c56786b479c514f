//! What helps whoever helps: log, reports of faults, the pack of diagnostics, none of which names anybody; and what a
//! path given to the program opens.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output};

use fairdraw::registry::TableKind;
use fairdraw::workspace::deeds::page_address::set_page_address;
use fairdraw::workspace::deeds::verify_log::{LogRequest, verify_log};
use fairdraw::workspace::store::door::{DOOR_FILE, project_at};
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::Project;
use fairdraw::workspace::support::{crash, log};
use polars::prelude::AnyValue;

use crate::command_line::{text, walk, words};
use crate::project::{at, project};

/// The program with its own things in this folder.
fn fairdraw(own: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairdraw"));
    command.args(arguments).env("FAIRDRAW_FOLDER", own).output().unwrap()
}

/// Names and numbers of units and people of a project.
fn names(root: &Path) -> BTreeSet<String> {
    let project = Project::open(root, None).unwrap();
    let registry = load_project_data(&project).unwrap().0;
    let mut names = BTreeSet::from([project.file.name.clone()]);
    for kind in [TableKind::Sources, TableKind::Inspectors] {
        let frame = registry.frame(kind);
        for column in ["unit_id", "name", "uscc", "address", "certificate", "inspector_id"] {
            let Ok(column) = frame.column(column) else { continue };
            for row in 0..frame.height() {
                if let AnyValue::String(value) = column.get(row).unwrap()
                    && value.chars().count() > 2
                {
                    names.insert(value.to_owned());
                }
            }
        }
    }
    names
}

fn logged(own: &Path) -> String {
    let logs = walk(&own.join("data/logs"));
    let texts = logs.iter().filter(|path| path.extension().is_some_and(|ending| ending == "log"));
    texts.map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[track_caller]
fn names_nobody(text: &str, names: &BTreeSet<String>, what: &str) {
    for name in names {
        assert!(!text.contains(name.as_str()), "{what} names {name}");
    }
}

/// The files of a zip, with their texts.
fn zipped(path: &Path) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut files = Vec::new();
    for i in 0..zip.len() {
        let mut file = zip.by_index(i).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.push((file.name().unwrap().into_owned(), String::from_utf8(bytes).unwrap()));
    }
    files
}

#[test]
fn log_and_diagnostics_of_the_main_job_name_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (own, out) = (folder.path().join("自己的"), folder.path().join("输出"));
    let done = fairdraw(&own, &["run", "--demo", "--sources", "1500", "--to", text(&out), "--operator", "欧阳测试"]);
    assert!(matches!(done.status.code(), Some(0 | 1)), "{}", words(&done));
    let root = out.join("项目");
    let mut names = names(&root);
    assert!(names.len() > 3_000, "{}", names.len());
    let unit = names.iter().find(|name| name.chars().count() > 6 && !name.is_ascii()).unwrap().clone();
    // a deed that is done, one that is refused, a command about one unit
    let marked = fairdraw(&own, &["page-address", text(&root), "https://a.gov.cn/ssj/", "--operator", "欧阳测试"]);
    assert!(marked.status.success(), "{}", words(&marked));
    let refused = ["substitute", text(&root), "--month", "2027-03", "--unit", "没有这家化工厂", "--reason", "试"];
    assert_eq!(fairdraw(&own, &refused).status.code(), Some(2));
    let _ = fairdraw(&own, &["explain", text(&root), &unit]);
    names.extend(["欧阳测试", "没有这家化工厂", "a.gov.cn", text(folder.path())].map(str::to_owned));
    let log = logged(&own);
    names_nobody(&log, &names, "the log");
    for line in ["what=\"run\"", "command id=\"run\" ms=", "deed id=\"settings\" ms=", "command id=\"substitute\""] {
        assert!(log.contains(line), "{line}: {log}");
    }
    let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(log.contains(&version) && log.contains("code=\"ok\""), "{log}");

    let pack = folder.path().join("诊断.zip");
    let written = fairdraw(&own, &["diagnostics", text(&root), "--to", text(&pack)]);
    assert!(written.status.success(), "{}", words(&written));
    let files = zipped(&pack);
    let listed = String::from_utf8(written.stdout).unwrap();
    let told: Vec<&str> = listed.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(told, files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), "the list is what is in it");
    for (name, text) in &files {
        names_nobody(text, &names, name);
    }
    let of = |wanted: &str| &files.iter().find(|(name, _)| name == wanted).unwrap().1;
    assert!(of("程序与系统.txt").contains(std::env::consts::OS), "{}", of("程序与系统.txt"));
    assert!(of("问题代码.txt").contains("IMP-"), "{}", of("问题代码.txt"));
    assert!(of("说明.txt").contains("不含单位名称"));
    assert!(files.iter().any(|(name, text)| name.starts_with("日志/") && text.contains("id=\"run\"")));
}

/// What [`fail_on_purpose`] says.
const SAID: &str = "inside `某某化工有限公司` of 91310000MA1K35XY12, index 7";

#[test]
#[ignore = "fails on purpose: a_fault_leaves_a_report_that_names_nobody runs it in a process of its own"]
fn fail_on_purpose() {
    let folder = std::env::var_os("FAIRDRAW_FOLDER").expect("the folder of the test that runs this");
    let logs = Path::new(&folder).join("data/logs");
    log::begin(&logs);
    crash::report_faults(&logs);
    panic!("{}", SAID);
}

#[test]
fn a_fault_leaves_a_report_that_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let fail = || {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "support::fail_on_purpose", "--ignored"]).env("FAIRDRAW_FOLDER", own);
        child.output().unwrap()
    };
    let failed = fail();
    // what happens to a panic otherwise happens still
    assert!(!failed.status.success() && words(&failed).contains(SAID), "{}", words(&failed));
    let reports = || -> Vec<String> {
        let files = walk(&own.join("data/logs"));
        let texts = files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "txt"));
        texts.map(|path| fs::read_to_string(path).unwrap()).collect()
    };
    let report = reports().concat();
    for part in
        ["tests/it/support.rs:", "message: inside … of …, index 7", "fail_on_purpose", env!("CARGO_PKG_VERSION")]
    {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert!(!report.contains("化工") && !report.contains("91310000"), "{report}");
    let log = logged(own);
    assert!(log.contains("fault") && log.contains("tests/it/support.rs:") && !log.contains("化工"), "{log}");
    // the oldest go
    for _ in 0..11 {
        fail();
    }
    assert_eq!(reports().len(), 10);
    let pack = own.join("诊断.zip");
    assert!(fairdraw(own, &["diagnostics", "--to", text(&pack)]).status.success());
    let faults = zipped(&pack).iter().filter(|(name, _)| name.starts_with("内部错误/")).count();
    assert_eq!(faults, 10);
}

#[test]
fn a_project_has_a_file_that_opens_it_and_only_a_deed_writes_that() {
    let folder = tempfile::tempdir().unwrap();
    let (mut project, _) = project(folder.path());
    let root = project.root().to_owned();
    let door = root.join(DOOR_FILE);
    let said = fs::read_to_string(&door).unwrap();
    assert!(said.contains("FairDraw") && !said.contains(text(folder.path())), "{said}");
    assert_eq!(project_at(&door), Some(root.clone()));
    // as in a project of an earlier version: looking at it does not write it, nor is anything said of it
    fs::remove_file(&door).unwrap();
    drop(Project::open(&root, None).unwrap());
    let verify = || verify_log(&LogRequest { log: root.clone(), ..LogRequest::default() }).unwrap();
    assert!(verify().report.faults.is_empty(), "{:?}", verify().report.faults);
    drop(project);
    project = Project::open(&root, Some("测试员")).unwrap();
    assert!(!door.exists());
    set_page_address(&mut project, "https://a.gov.cn/ssj/", &at("2026-12-24T10:00:00")).unwrap();
    assert_eq!(fs::read_to_string(&door).unwrap(), said);
    // changed by hand it stops nothing, and a deed leaves it as it is
    fs::write(&door, "别的").unwrap();
    set_page_address(&mut project, "https://b.gov.cn/ssj/", &at("2026-12-24T11:00:00")).unwrap();
    assert!(verify().report.faults.is_empty(), "{:?}", verify().report.faults);
    assert_eq!(fs::read_to_string(&door).unwrap(), "别的");
    // a copy of the folder is opened by its own
    let copy = folder.path().join("另一处 副本");
    crate::faults::world::copy(&root, &copy);
    assert_eq!(project_at(&copy.join(DOOR_FILE)), Some(copy));
}

#[test]
fn what_is_no_project_is_said_before_a_window_opens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("名录.xlsx");
    fs::write(&file, b"x").unwrap();
    for (arguments, code) in [
        (vec![text(&file)], "CLI-037"),
        (vec!["没有的文件夹"], "CLI-036"),
        (vec![text(folder.path()), "status", "x"], "CLI-038"),
    ] {
        let output = fairdraw(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{}", words(&output));
        assert!(words(&output).contains(code), "{arguments:?}: {}", words(&output));
    }
}
