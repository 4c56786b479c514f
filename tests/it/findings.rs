//! How the user learns what was found: the file with every finding, the terminal's first of each kind, findings
//! confirmed and asked anew.

use std::fs;
use std::path::Path;

use fairdraw::registry::confirmed::keys_of;
use fairdraw::registry::schema::{quality, violations};
use fairdraw::registry::{FindingKey, kinds_of, read_report_csv};
use fairdraw::workspace::deeds::confirm::{Confirmation, confirm_findings, withdraw_findings};
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::perform::{Frames, perform_deed};
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::{CommandContext, Project};
use fairdraw::workspace::store::quality::load_report;
use polars::prelude::DataFrame;

use super::command_line::{fairdraw, text, words};
use super::project::{at, proved};

const REGISTER: &str = "排污许可证编号,单位名称,统一社会信用代码,行政区,管理类别,经度,纬度\n\
    91310115MA1H00013P001P,浦东试验制造厂,,浦东新区,重点管理,121.54,31.22\n\
    91310101MA1H00014K001P,黄浦试验制造厂,,黄浦区,简化管理,121.48,31.23\n\
    91310106MA1H00015H001P,静安试验制造厂,,静安区,登记管理,125.5,31.2\n";
const PENALTIES: &str = "当事人名称,处罚决定日期,文号,罚款金额（万元）\n\
    黄浦试验制造厂,2026-03-01,沪罚〔2026〕1号,3\n\
    浦东试验制造分厂,2026-04-01,沪罚〔2026〕2号,5\n";

/// Register and penalties in a folder.
fn office(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("污染源名录.csv"), REGISTER).unwrap();
    fs::write(folder.join("行政处罚.csv"), PENALTIES).unwrap();
}

/// A project of them, by the command line.
fn made(folder: &Path) -> std::path::PathBuf {
    let (input, root) = (folder.join("输入"), folder.join("项目"));
    office(&input);
    let output = fairdraw(&["new", text(&root), "--from", text(&input), "--year", "2027"]);
    assert_ne!(output.status.code(), Some(2), "{}", words(&output));
    root
}

fn rows(report: &DataFrame, code: &str) -> Vec<usize> {
    let codes = quality::CODE.of(report).unwrap();
    (0..report.height()).filter(|row| codes.get(*row) == Some(code)).collect()
}

fn key(report: &DataFrame, code: &str) -> FindingKey {
    keys_of(report).unwrap().remove(rows(report, code)[0]).expect("a kind that may be confirmed")
}

#[test]
fn a_report_says_unit_file_row_column_and_value_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let root = made(folder.path());
    let bytes = fs::read(root.join("quality.csv")).unwrap();
    let head = String::from_utf8_lossy(&bytes).lines().next().unwrap().to_owned();
    for heading in ["级别", "代码", "文件", "工作表", "行", "列", "单位", "实际值", "应为", "处理建议", "确认理由"]
    {
        assert!(head.split(',').any(|own| own.trim_start_matches('\u{feff}') == heading), "{heading} in {head}");
    }
    let report = read_report_csv(&bytes).unwrap();
    let outside = rows(&report, "IMP-033")[0];
    let cell = |column: &fairdraw::registry::Column<fairdraw::registry::columns::Text>| {
        column.of(&report).unwrap().get(outside).unwrap_or_default().to_owned()
    };
    assert_eq!((cell(&quality::UNIT), cell(&quality::COLUMN)), ("静安试验制造厂".to_owned(), "经度".to_owned()));
    assert_eq!((cell(&quality::FILE), cell(&quality::VALUE)), ("污染源名录.csv".to_owned(), "125.5, 31.2".to_owned()));
    assert_eq!(quality::ROW.of(&report).unwrap()[outside], Some(4));
    // the map's findings are there too
    assert!(!rows(&report, "GIS-060").is_empty());
}

#[test]
fn files_checked_together_are_joined_as_in_a_project_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    office(&input);
    let (register, penalties) = (input.join("污染源名录.csv"), input.join("行政处罚.csv"));
    let alone = words(&fairdraw(&["check", text(&penalties)]));
    assert!(alone.contains("在污染源名录中找不到该单位：2 条"), "{alone}");
    let beside = input.join("行政处罚_质量报告.csv");
    assert!(alone.contains(text(&beside)) && beside.exists(), "{alone}");
    let both = fairdraw(&["check", text(&register), text(&penalties)]);
    let said = words(&both);
    assert!(said.contains("在污染源名录中找不到该单位：1 条"), "{said}");
    assert!(said.contains("如：行政处罚.csv 第 3 行，单位「浦东试验制造分厂」"), "the first of the kind: {said}");
    // a code is said once
    assert_eq!(said.matches("IMP-060").count(), 1, "{said}");
    // what lies beside the files is no table, and a project of the folder says the same
    let root = folder.path().join("项目");
    let new = words(&fairdraw(&["new", text(&root), "--from", text(&input)]));
    let kinds = |said: &str| {
        said.lines().filter(|line| line.trim_start().starts_with('[')).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&new), kinds(&said));
    let folder_checked = words(&fairdraw(&["check", text(&input)]));
    assert_eq!(kinds(&folder_checked), kinds(&said));
}

/// Where one of several files can be used, the one that was not is named: rules, a mapping, a map, in folders or alone.
#[test]
fn of_two_rules_or_maps_the_one_not_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = ["甲", "乙"].map(|name| folder.path().join(name));
    office(&a);
    let preset = |name: &str| format!("assets/policy/{name}.ron");
    let [shanghai, generic] = ["规则甲.ron", "规则乙.ron"].map(|name| folder.path().join(name));
    fs::copy(preset("shanghai_154"), &shanghai).unwrap();
    fs::copy(preset("generic"), &generic).unwrap();
    let report = folder.path().join("报告.csv");
    let check = |paths: &[&Path]| {
        let paths: Vec<&str> = paths.iter().map(|path| text(path)).collect();
        words(&fairdraw(&[&["check", "--report", text(&report)], &paths[..]].concat()))
    };
    let files = |code: &str| {
        let report = read_report_csv(&fs::read(&report).unwrap()).unwrap();
        let cell = |column: &fairdraw::registry::Column<fairdraw::registry::columns::Text>, row: usize| {
            column.of(&report).unwrap().get(row).unwrap_or_default().to_owned()
        };
        let told = rows(&report, code).into_iter().map(|row| (cell(&quality::FILE, row), cell(&quality::VALUE, row)));
        told.collect::<Vec<_>>()
    };
    let used = |name: &str| format!("已采用「{name}」");
    // two that are named: the first
    let said = check(&[&a, &shanghai, &generic]);
    assert!(said.contains("规则文件不止一份，这一份没有采用"), "{said}");
    assert_eq!(files("PRJ-048"), [("规则乙.ron".to_owned(), used("规则甲.ron"))]);
    // one that is named goes before the folder's own
    fs::copy(&generic, a.join("policy.ron")).unwrap();
    check(&[&a, &shanghai]);
    assert_eq!(files("PRJ-048"), [("policy.ron".to_owned(), used("规则甲.ron"))]);
    // one alone, and the same one twice
    for paths in [vec![a.as_path()], vec![a.as_path(), &a]] {
        assert!(!check(&paths).contains("PRJ-048"), "{paths:?}");
    }
    // two folders, each with one of its own: paths tell them apart; what else is not read of the second is told
    fs::create_dir(&b).unwrap();
    fs::copy(&shanghai, b.join("policy.ron")).unwrap();
    fs::write(b.join("说明.docx"), b"x").unwrap();
    fs::copy(a.join("行政处罚.csv"), b.join("行政处罚.csv")).unwrap();
    check(&[&a, &b]);
    let [first, second] = [&a, &b].map(|folder| folder.join("policy.ron").display().to_string());
    assert_eq!(files("PRJ-048"), [(second, used(&first))]);
    assert!(files("PRJ-024").iter().any(|(file, _)| file == "说明.docx"), "{:?}", files("PRJ-024"));
    // two maps of one folder, in a check and in a project
    let demo = folder.path().join("模拟");
    assert_eq!(fairdraw(&["demo", text(&demo), "--sources", "300"]).status.code(), Some(0));
    let map = "上海市区县（示意）";
    for ending in ["shp", "dbf", "shx", "prj", "cpg"] {
        fs::copy(demo.join(format!("{map}.{ending}")), demo.join(format!("另一份.{ending}"))).unwrap();
    }
    check(&[&demo]);
    assert_eq!(files("PRJ-048"), [("另一份.shp".to_owned(), used(&format!("{map}.shp")))]);
    // the map that is used, named a second time, is no other
    let used_map = demo.join(format!("{map}.shp"));
    check(&[&used_map, &demo, &used_map]);
    assert_eq!(files("PRJ-048").iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>(), ["另一份.shp"]);
    let new = words(&fairdraw(&["new", text(&folder.path().join("项目")), "--from", text(&demo)]));
    assert!(new.contains("[PRJ-048] 区划文件不止一份，这一份没有采用：1 条"), "{new}");
}

#[test]
fn files_named_with_their_map_and_rules_are_checked_by_them() {
    let folder = tempfile::tempdir().unwrap();
    let nation = folder.path().join("全国");
    let made = fairdraw(&["demo", text(&nation), "--nation", "--sources", "1333"]);
    assert_eq!(made.status.code(), Some(0), "{}", words(&made));
    // as a shell names them: the layer's other parts too, the rules under any name
    std::fs::rename(nation.join("policy.ron"), nation.join("三县规则.ron")).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(&nation).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_none_or(|ending| ending != "txt"));
    files.sort();
    let named: Vec<&str> = files.iter().map(|path| text(path)).collect();
    let report = folder.path().join("报告.csv");
    let checked = words(&fairdraw(&[&["check", "--report", text(&report)], &named[..]].concat()));
    // unknown bodies, files that hold no table
    for code in ["IMP-039", "PRJ-024", "RAW-029", "RAW-001"] {
        assert!(!checked.contains(code), "{code} in {checked}");
    }
    let register = |said: &str| said.lines().find(|line| line.starts_with("污染源名录：")).map(str::to_owned);
    std::fs::rename(nation.join("三县规则.ron"), nation.join("policy.ron")).unwrap();
    let whole = words(&fairdraw(&["check", text(&nation), "--report", text(&report)]));
    assert_eq!(register(&checked), register(&whole));
    // but for the rows that the demo spoils
    assert!(
        register(&checked).is_some_and(|line| line.contains("读入 1,33") && line.contains("采用 1,33")),
        "{checked}"
    );
}

#[test]
fn files_without_a_usable_row_leave_no_project_and_say_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    fs::create_dir_all(&input).unwrap();
    fs::write(
        input.join("污染源名录.csv"),
        "排污许可证编号,单位名称,统一社会信用代码,行政区\n91310115MA1H00013P001P,甲厂,,浦东新区\n",
    )
    .unwrap();
    let root = folder.path().join("项目");
    let output = fairdraw(&["new", text(&root), "--from", text(&input)]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(!root.exists(), "no project is left behind");
    for part in ["PRJ-046", "污染源名录", "管理类别", "输入_质量报告.csv"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(folder.path().join("输入_质量报告.csv").exists());
}

#[test]
fn a_map_that_cannot_be_used_is_said_and_ends_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    office(&input);
    // without it everything is clean but for hints and warnings
    let clean = fairdraw(&["new", text(&folder.path().join("甲")), "--from", text(&input)]);
    assert_eq!(clean.status.code(), Some(0), "{}", words(&clean));
    fs::write(input.join("区划.shp"), b"no shapefile").unwrap();
    let output = fairdraw(&["new", text(&folder.path().join("乙")), "--from", text(&input)]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("GIS-061") && said.contains("内置的区划示意图") && said.contains("区划.shp"), "{said}");
    let report = load_report(&folder.path().join("乙")).unwrap();
    assert_eq!(quality::TABLE.of(&report).unwrap().get(rows(&report, "GIS-061")[0]), Some("区划图"));
}

#[test]
fn a_calendar_that_cannot_be_read_leaves_no_project() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    office(&input);
    fs::write(input.join("calendar.csv"), "日期,类型\n不是日期,holiday\n").unwrap();
    let root = folder.path().join("项目");
    let output = fairdraw(&["new", text(&root), "--from", text(&input)]);
    assert!(output.status.code() == Some(2) && words(&output).contains("CAL-001"), "{}", words(&output));
    assert!(!root.exists(), "no project is left behind");
}

#[test]
fn a_raw_look_ends_as_its_errors_say() {
    let folder = tempfile::tempdir().unwrap();
    let (good, odd) = (folder.path().join("好.csv"), folder.path().join("坏.csv"));
    fs::write(&good, "甲,乙\n1,2\n").unwrap();
    fs::write(&odd, "甲,乙\n\"1,2\n3,4\n").unwrap();
    assert_eq!(fairdraw(&["check", "--raw", text(&good)]).status.code(), Some(0));
    let output = fairdraw(&["check", "--raw", text(&odd)]);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert!(folder.path().join("坏_质量报告.csv").exists());
}

#[test]
fn mistakes_in_mapping_and_policy_are_said_in_chinese_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    office(&input);
    for (name, bad) in [
        ("mapping.ron", "(\n  files: [(file: 3, table: sources)],\n)"),
        ("mapping.ron", "(\n  files: [(file: \"a.csv\", table: sources],\n)"),
        ("policy.ron", "(\n  format: 1,\n  id: 3,\n)"),
    ] {
        fs::write(input.join(name), bad).unwrap();
        let output = fairdraw(&["new", text(&folder.path().join("项目")), "--from", text(&input)]);
        let said = words(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("第 2 行") || said.contains("第 3 行"), "{said}");
        for english in ["expected", "Expected", "invalid", "string", "missing"] {
            assert!(!said.contains(english), "{english} in {said}");
        }
        fs::remove_file(input.join(name)).unwrap();
    }
}

fn refresh(root: &Path, from: &Path, now: &CommandContext) {
    let mut project = Project::open(root, Some("测试员")).unwrap();
    let deed = Deed::Refresh { from: from.to_owned(), mapping: None, looked_at: None };
    perform_deed(&mut project, &Frames::on_disk(), deed, now).unwrap();
}

#[test]
fn what_is_confirmed_is_not_asked_again_until_its_value_changes() {
    let folder = tempfile::tempdir().unwrap();
    let (root, input) = (made(folder.path()), folder.path().join("输入"));
    let outside = key(&load_report(&root).unwrap(), "IMP-033");
    let asked = |reason: &str| Confirmation { keys: vec![outside.clone()], same_as: None, reason: proved(reason) };
    {
        let project = Project::open(&root, Some("测试员")).unwrap();
        let now = at("2026-12-21T09:00:00");
        assert_eq!(confirm_findings(&project, &asked(" "), &now).unwrap_err().code(), "QLT-003");
        assert_eq!(confirm_findings(&project, &asked("岛上的厂区"), &now).unwrap(), 1);
        assert_eq!(confirm_findings(&project, &asked("岛上的厂区"), &now).unwrap(), 0, "confirmed already");
    }
    let state = |root: &Path| {
        let report = load_report(root).unwrap();
        let row = rows(&report, "IMP-033")[0];
        let cell = |column: &fairdraw::registry::Column<fairdraw::registry::columns::Text>| {
            column.of(&report).unwrap().get(row).unwrap_or_default().to_owned()
        };
        (cell(&quality::CONFIRMED_BY), cell(&quality::CONFIRMED_WHY))
    };
    let done = ("测试员".to_owned(), "岛上的厂区".to_owned());
    assert_eq!(state(&root), done);
    // read again, under another name and in another order: the same finding
    let again = folder.path().join("再来");
    office(&again);
    refresh(&root, &again, &at("2026-12-22T09:00:00"));
    assert_eq!(state(&root), done);
    let said = words(&fairdraw(&["findings", text(&root)]));
    assert!(said.contains("坐标落在地图范围之外：1 条（已确认 1 条）"), "{said}");
    // another point of the same unit
    fs::write(input.join("污染源名录.csv"), REGISTER.replace("125.5", "125.6")).unwrap();
    refresh(&root, &input, &at("2026-12-23T09:00:00"));
    assert_eq!(state(&root), (String::new(), String::new()), "a changed value is asked anew");
    // the value of before comes back, and the confirmation is taken back for good
    refresh(&root, &again, &at("2026-12-24T09:00:00"));
    assert_eq!(state(&root), done);
    let project = Project::open(&root, Some("测试员")).unwrap();
    assert_eq!(withdraw_findings(&project, &[outside], &at("2026-12-25T09:00:00")).unwrap(), 1);
    assert_eq!(state(&root), (String::new(), String::new()));
    let lines: Vec<String> = project.journal().check().unwrap().0.into_iter().map(|entry| entry.command).collect();
    assert!(["confirm-findings", "withdraw-findings"].iter().all(|c| lines.contains(&(*c).to_owned())), "{lines:?}");
}

#[test]
fn a_name_that_was_confirmed_counts_from_the_next_refresh_on() {
    let folder = tempfile::tempdir().unwrap();
    let (root, input) = (made(folder.path()), folder.path().join("输入"));
    let owner = || {
        let (registry, _) = load_project_data(&Project::open(&root, None).unwrap()).unwrap();
        violations::ENTERPRISE.of(&registry.violations).unwrap().get(1).map(str::to_owned)
    };
    assert_eq!(owner(), None, "a loose match counts for nobody");
    let output = fairdraw(&[
        "--operator",
        "王晓明",
        "findings",
        text(&root),
        "--kind",
        "IMP-060",
        "--unit",
        "浦东试验制造分厂",
        "--confirm",
        "--same-as",
        "浦东试验制造厂",
        "--reason",
        "分厂与总厂同一许可",
        "--document",
        "核对记录第1号",
        "--second",
        "李四",
    ]);
    assert!(output.status.success(), "{}", words(&output));
    assert_eq!(owner(), None, "nothing changes before the files are read again");
    refresh(&root, &input, &at("2026-12-22T09:00:00"));
    assert!(owner().is_some_and(|owner| owner.starts_with("91310115")), "{:?}", owner());
    let report = load_report(&root).unwrap();
    assert!(rows(&report, "IMP-060").is_empty(), "the name has found its unit");
    let journal = words(&fairdraw(&["journal", text(&root)]));
    assert!(journal.contains("浦东试验制造分厂") && journal.contains("分厂与总厂同一许可"), "{journal}");
}

#[test]
fn only_kinds_that_a_person_may_decide_can_be_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let root = made(folder.path());
    let report = load_report(&root).unwrap();
    for kind in kinds_of(&report).unwrap() {
        assert!(kind.standing().is_none() || kind.severity != "错误", "{kind:?}");
    }
    let project = Project::open(&root, Some("测试员")).unwrap();
    let blank = FindingKey {
        code: "IMP-013".to_owned(),
        table: String::new(),
        about: "甲".to_owned(),
        column: String::new(),
        value: String::new(),
        beside: String::new(),
    };
    let asked = Confirmation { keys: vec![blank.clone()], same_as: None, reason: proved("不知道") };
    let now = at("2026-12-21T09:00:00");
    assert_eq!(confirm_findings(&project, &asked, &now).unwrap_err().code(), "QLT-004");
    let gone = FindingKey { code: "IMP-033".to_owned(), ..blank };
    let asked = Confirmation { keys: vec![gone], ..asked };
    assert_eq!(confirm_findings(&project, &asked, &now).unwrap_err().code(), "QLT-005");
}
