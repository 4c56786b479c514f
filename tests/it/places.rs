//! Where offices keep their projects: deep folders with Chinese names, shares that two people open, disks that fill up,
//! folders that are not to be written, machines whose clock was set back.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use fairdraw::diagnostic::AppResult;
use fairdraw::export::{check_manifest, write_all_atomic, write_atomic};
use fairdraw::workspace::deeds::accept::Acceptance;
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::verify_log::{LogRequest, verify_log};
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::perform::{Frames, perform_deed};
use fairdraw::workspace::store::journal::check_journal_file;
use fairdraw::workspace::store::lock::HOLDER_FILE;
use fairdraw::workspace::store::project::Project;

use super::faults::world::{World, copy};
use super::project::at;

/// Of the child's environment: the project that it holds.
const HELD: &str = "FAIRDRAW_TEST_HOLDS";

fn act(root: &Path, deed: Deed, now: &str) -> AppResult<()> {
    let mut project = Project::open(root, Some("测试员"))?;
    perform_deed(&mut project, &Frames::on_disk(), deed, &at(now)).map(|_| ())
}

fn page(n: usize) -> Deed {
    Deed::PageAddress(format!("https://a.gov.cn/ssj/{n}/"))
}

fn fairdraw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fairdraw")).args(arguments).output().unwrap()
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A folder whose path has more than 300 characters, most of them Chinese, with blanks.
fn deep(below: &Path) -> PathBuf {
    let mut path = below.to_owned();
    for n in 1.. {
        if path.to_str().unwrap().encode_utf16().count() > 310 {
            break;
        }
        path.push(format!("生态环境保护综合行政执法大队 双随机 一公开 第 {n} 科室"));
    }
    fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn every_deed_is_done_in_a_folder_whose_path_has_300_characters() {
    let world = World::shared();
    let mut done = 0;
    for case in World::cases() {
        let place = tempfile::tempdir().unwrap();
        let root = deep(place.path()).join("项目 2027 年");
        copy(&world.stage(case.stage), &root);
        case.run(world, &root, &|| ()).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let project = Project::open(&root, None).unwrap();
        assert!(project.journal().check().unwrap().1.is_empty(), "{}", case.name);
        let found = verify_log(&LogRequest { log: root.clone(), ..LogRequest::default() }).unwrap();
        assert!(found.report.faults.is_empty(), "{}: {:?}", case.name, found.report.faults);
        done += 1;
    }
    assert!(done > 25, "{done}");
}

#[test]
fn files_go_out_to_a_folder_whose_path_has_300_characters_and_come_in_from_one() {
    let world = World::shared();
    let place = tempfile::tempdir().unwrap();
    let far = deep(place.path());
    let input = far.join("单位 名录");
    copy(&world.input(), &input);
    let new = NewProject { from: input, year: Some(2027), ..NewProject::default() };
    drop(create_project(&far.join("新建 项目"), &new, &at("2026-12-20T09:00:00")).unwrap());
    let root = far.join("抽取 项目");
    copy(&world.stage("月开"), &root);
    let to = far.join("导出 文件");
    act(&root, Deed::Export { to: to.clone(), month: None, only: Vec::new() }, "2027-01-05T09:00:00").unwrap();
    let check = check_manifest(&to).unwrap();
    assert!(check.findings.is_empty() && check.files > 30, "{} files, {:?}", check.files, check.findings);
    let packs = Deed::PackBodies { to: to.clone(), month: None, password: None };
    act(&root, packs, "2027-01-05T10:00:00").unwrap();
    assert!(fs::read_dir(to.join("打包发送")).unwrap().count() > 3);
    // whatever the data is called, no file system refuses a name
    for path in crate::command_line::walk(&far) {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name.len() <= 255 && name.encode_utf16().count() <= 255, "{name}");
        assert!(!name.contains(['<', '>', ':', '"', '|', '?', '*', '\\']) && !name.ends_with(['.', ' ']), "{name}");
    }
}

/// A process that holds a project until it is let go: this test, started by others.
#[test]
#[ignore = "the second process of the tests of two users"]
fn holds_a_project() {
    let Some(root) = std::env::var_os(HELD) else { return };
    let held = Project::open(Path::new(&root), Some("张三")).unwrap();
    println!("held");
    std::io::stdout().flush().unwrap();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    drop(held);
}

fn holder(root: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "places::holds_a_project", "--nocapture"])
        .env(HELD, root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("held")), "the other process holds the project");
    child
}

/// A project made long ago, so that the program's own clock is after it.
fn old_project(below: &Path) -> PathBuf {
    let root = below.join("共享 项目");
    let new = NewProject { from: World::shared().input(), year: Some(2027), ..NewProject::default() };
    drop(create_project(&root, &new, &at("2020-01-02T09:00:00")).unwrap());
    root
}

#[test]
fn two_users_of_one_share_the_second_reads_and_is_told_who_works_since_when() {
    let place = tempfile::tempdir().unwrap();
    let root = old_project(place.path());
    let (path, address) = (root.to_str().unwrap(), "https://a.gov.cn/ssj/");
    let mut first = holder(&root);
    // the second user writes: refused, with who it is, from which machine, since when
    let refused = fairdraw(&["--operator", "李四", "page-address", path, address]);
    let said = words(&refused);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("PRJ-010") && said.contains("张三") && said.contains("，自 2"), "{said}");
    assert!(said.contains(" 起") && said.contains("只读"), "{said}");
    if cfg!(target_os = "linux") {
        assert!(said.contains("（电脑 "), "{said}");
    }
    // reading goes on
    let read = fairdraw(&["status", path]);
    assert_eq!(read.status.code(), Some(0), "{}", words(&read));
    assert!(Project::open(&root, None).unwrap().is_read_only());
    // the first lets go: the second takes over, and nothing is left
    first.stdin.take().unwrap().write_all(b"\n").unwrap();
    // its own last words find no reader
    first.wait().unwrap();
    assert!(!root.join(HOLDER_FILE).exists());
    let taken = fairdraw(&["--operator", "李四", "page-address", path, address]);
    assert_eq!(taken.status.code(), Some(0), "{}", words(&taken));
    // one that is killed holds nobody up, whatever it left
    let mut killed = holder(&root);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(root.join(HOLDER_FILE).exists());
    let taken = fairdraw(&["--operator", "李四", "page-address", path, "https://b.gov.cn/ssj/"]);
    assert_eq!(taken.status.code(), Some(0), "{}", words(&taken));
    assert!(!root.join(HOLDER_FILE).exists());
    let (entries, faults) = check_journal_file(&root.join("journal.jsonl")).unwrap();
    assert!(faults.is_empty() && entries.iter().filter(|line| line.operator == "李四").count() == 2);
}

#[test]
fn a_project_that_can_not_be_reached_is_said_as_what_it_is() {
    let place = tempfile::tempdir().unwrap();
    let code_and_words = |path: &Path| {
        let error = Project::open(path, Some("测试员")).unwrap_err();
        (error.code(), error.to_string())
    };
    // a stick that was pulled: nothing of that name is there
    let (code, said) = code_and_words(&place.path().join("盘/项目"));
    assert!(code == "PRJ-002" && said.contains("请先插好或连上"), "{said}");
    // a folder of another kind, a file
    let (code, said) = code_and_words(place.path());
    assert!(code == "PRJ-002" && said.contains("fairdraw new"), "{said}");
    fs::write(place.path().join("文件"), b"x").unwrap();
    assert_eq!(code_and_words(&place.path().join("文件")).0, "PRJ-002");
    // longer than any file system takes
    let (code, said) = code_and_words(&place.path().join("双随机".repeat(100)));
    assert!(code == "IO-012" && said.contains("太长"), "{said}");
}

#[test]
fn a_clock_that_was_set_back_stops_deeds_and_is_said() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("项目");
    copy(&World::shared().stage("月开"), &root);
    // the last line is of 2026-12-30 09:00; another machine's clock is a little behind
    act(&root, page(1), "2026-12-30T08:55:00").unwrap();
    let last = || Project::open(&root, None).unwrap().journal().last().unwrap().unwrap();
    assert_eq!(last().at, "2026-12-30T09:00:00+08:00", "as the line before");
    let before = fs::read(root.join("journal.jsonl")).unwrap();
    let refused = act(&root, page(2), "2020-01-01T08:00:00").unwrap_err();
    assert_eq!(refused.code(), "LOG-009");
    let said = refused.to_string();
    assert!(said.contains("2020-01-01 08:00") && said.contains("不早于 2026-12-30 09:00"), "{said}");
    assert!(said.contains("校准本机的日期和时间"), "{said}");
    assert_eq!(fs::read(root.join("journal.jsonl")).unwrap(), before, "nothing is written");
    act(&root, page(2), "2026-12-30T09:30:00").unwrap();
    // a clock that ran ahead once: two people answer for going on
    act(&root, page(3), "2036-01-01T09:00:00").unwrap();
    assert_eq!(act(&root, page(4), "2027-01-04T09:00:00").unwrap_err().code(), "LOG-009");
    let alone = Acceptance { second: "测试员".into(), reason: "主板电池失效".into() };
    assert_eq!(act(&root, Deed::AcceptChanges(alone), "2027-01-04T09:00:00").unwrap_err().code(), "LOG-002");
    let both = || Deed::AcceptChanges(Acceptance { second: "李四".into(), reason: "主板电池失效".into() });
    act(&root, both(), "2027-01-04T09:00:00").unwrap();
    assert_eq!(act(&root, both(), "2027-01-04T09:10:00").unwrap_err().code(), "LOG-004", "once");
    act(&root, page(4), "2027-01-04T09:20:00").unwrap();
    let found = verify_log(&LogRequest { log: root, ..LogRequest::default() }).unwrap();
    assert!(found.report.faults.is_empty(), "{:?}", found.report.faults);
}

/// A file system of its own, in memory, or a read-only view of a folder; taken down when dropped.
struct Mounted(PathBuf);

impl Mounted {
    fn new(at: PathBuf, arguments: &[&str]) -> Self {
        fs::create_dir_all(&at).unwrap();
        let done = Command::new("mount").args(arguments).arg(&at).status().unwrap();
        assert!(done.success(), "the right to mount is needed");
        Self(at)
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
#[ignore = "needs the right to mount file systems"]
fn a_disk_that_is_really_full_says_so_and_keeps_what_was() {
    let world = World::shared();
    let place = tempfile::tempdir().unwrap();
    let disk = Mounted::new(place.path().join("盘"), &["-t", "tmpfs", "-o", "size=24m", "tmpfs"]);
    let root = disk.0.join("项目");
    copy(&world.stage("月开"), &root);
    let to = disk.0.join("导出");
    let export = || Deed::Export { to: to.clone(), month: None, only: Vec::new() };
    act(&root, export(), "2027-01-05T09:00:00").unwrap();
    let files = || -> Vec<(PathBuf, Vec<u8>)> {
        let all = crate::command_line::walk(&disk.0).into_iter().filter(|path| !path.ends_with("填充"));
        all.map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
    };
    // the rest of the disk is taken
    let filler = disk.0.join("填充");
    let fill = || {
        let mut file = fs::File::create(&filler).unwrap();
        for size in [65_536, 4_096, 1] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
    };
    fill();
    let before = files();
    for deed in [export(), page(1), Deed::PackBodies { to: to.clone(), month: None, password: None }] {
        let refused = act(&root, deed, "2027-01-06T09:00:00").unwrap_err();
        assert_eq!(refused.code(), "IO-004", "{refused}");
        assert!(
            refused.to_string().contains("磁盘已满") && refused.to_string().contains("请清理出空间后重试"),
            "{refused}"
        );
        let now = files();
        for (path, bytes) in &before {
            let same = now.iter().any(|(other, now)| other == path && now == bytes);
            assert!(same || path.ends_with("journal.jsonl"), "{}", path.display());
        }
        let left: Vec<_> = now.iter().filter(|(path, _)| path.to_str().unwrap().contains(".fairdraw-")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
    assert!(write_atomic(&disk.0.join("图.png"), &vec![0; 100_000]).is_err());
    assert!(!disk.0.join("图.png").exists());
    // a reader opens it as before; with room again all is done
    assert!(Project::open(&root, None).is_ok());
    fs::remove_file(&filler).unwrap();
    act(&root, export(), "2027-01-06T10:00:00").unwrap();
    act(&root, page(1), "2027-01-06T11:00:00").unwrap();
    assert!(check_manifest(&to).unwrap().findings.is_empty());
    let (_, faults) = check_journal_file(&root.join("journal.jsonl")).unwrap();
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
#[ignore = "needs the right to mount file systems"]
fn a_folder_that_is_really_write_protected_says_so() {
    let world = World::shared();
    let place = tempfile::tempdir().unwrap();
    let own = place.path().join("可写");
    copy(&world.stage("月开"), &own.join("项目"));
    fs::create_dir_all(own.join("导出")).unwrap();
    let disk = Mounted::new(place.path().join("只读"), &["--bind", own.to_str().unwrap()]);
    let protect = Command::new("mount").args(["-o", "remount,ro,bind"]).arg(&disk.0).status().unwrap();
    assert!(protect.success(), "the right to mount is needed");
    let root = disk.0.join("项目");
    let refused = Project::open(&root, Some("测试员")).unwrap_err();
    assert_eq!(refused.code(), "IO-006", "{refused}");
    assert!(refused.to_string().contains("只读") && refused.to_string().contains("请解除写保护后重试"), "{refused}");
    assert!(Project::open(&root, None).unwrap().is_read_only());
    // the project can be written, the folder of the export can not
    let export = Deed::Export { to: disk.0.join("导出"), month: None, only: Vec::new() };
    let refused = act(&own.join("项目"), export, "2027-01-05T09:00:00").unwrap_err();
    assert_eq!(refused.code(), "IO-006", "{refused}");
    assert_eq!(fs::read_dir(own.join("导出")).unwrap().count(), 0);
    let refused = write_all_atomic(&[(disk.0.join("名单.csv"), b"x".as_slice())]).unwrap_err();
    assert_eq!(refused.code(), "IO-006");
}
