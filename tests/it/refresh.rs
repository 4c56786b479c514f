//! Another register into a project: what stays, what is told beforehand, the way back.

mod commands;
mod lists;
mod office;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fairdraw::registry::TableKind;
use fairdraw::registry::mapping::Mapping;
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::perform::{DeedOutcome, Frames, RefreshPreview, Refreshed, perform_deed, preview_refresh};
use fairdraw::workspace::reports::refresh::UnitChangeKind;
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::kept::load_kept;
use fairdraw::workspace::store::project::{Project, load_project_file};
use fairdraw::workspace::store::staged::Recovery;

use super::project::{accepted, at};
use office::{FILES, Plant, name_of, office, register, unit_of, write};

pub(crate) const LATER: &str = "2027-01-05T09:00:00";

/// A project of the office's folder.
fn made(folder: &Path, plants: &[Plant]) -> Project {
    made_on(folder, plants, "2026-12-20T09:00:00")
}

/// The same, made at this hour: the program goes by the machine's own clock, which must be later.
fn made_on(folder: &Path, plants: &[Plant], now: &str) -> Project {
    let input = folder.join("输入");
    office(&input, plants);
    let new = NewProject { from: input, year: Some(2027), ..NewProject::default() };
    create_project(&folder.join("项目"), &new, &at(now)).unwrap().project
}

fn plants(count: usize) -> Vec<Plant> {
    (0..count).map(Plant::nth).collect()
}

fn look(project: &Project, from: &Path) -> RefreshPreview {
    let (registry, districts) = load_project_data(project).unwrap();
    preview_refresh(project, (&registry, &districts), from, None, &at(LATER)).unwrap()
}

fn refused(project: &Project, from: &Path) -> String {
    let (registry, districts) = load_project_data(project).unwrap();
    preview_refresh(project, (&registry, &districts), from, None, &at(LATER)).unwrap_err().code().to_owned()
}

fn refresh_as(project: &Project, from: &Path, looked_at: Option<String>) -> Result<Refreshed, String> {
    let deed = Deed::Refresh { from: from.to_owned(), mapping: None, looked_at };
    let mut own = project.clone();
    match perform_deed(&mut own, &Frames::on_disk(), deed, &at(LATER)) {
        Ok(DeedOutcome::Refreshed(refreshed)) => Ok(*refreshed),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.code().to_owned()),
    }
}

fn refresh(project: &Project, from: &Path) -> (Project, Refreshed) {
    let refreshed = refresh_as(project, from, None).unwrap();
    (project.reopen().unwrap(), refreshed)
}

/// Every file of a project with its bytes, the journal and the lock left out.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            if path.is_dir() {
                walk(root, &path, found);
            } else if name != "journal.jsonl" && name.rsplit_once('.').is_none_or(|(_, ending)| ending != "lock") {
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

fn frame_of(root: &Path, kind: TableKind) -> Vec<u8> {
    fs::read(root.join("frames").join(format!("{}.parquet", kind.id()))).unwrap()
}

fn last_line(project: &Project) -> (String, serde_json::Value) {
    let (lines, faults) = project.journal().check().unwrap();
    assert!(faults.is_empty(), "{faults:?}");
    let last = lines.last().unwrap();
    (last.command.clone(), last.detail.clone())
}

#[test]
fn each_table_alone_leaves_the_others_byte_for_byte() {
    for (kind, name) in FILES {
        let folder = tempfile::tempdir().unwrap();
        let project = made(folder.path(), &plants(40));
        let before: BTreeMap<TableKind, Vec<u8>> =
            TableKind::ALL.into_iter().map(|k| (k, frame_of(project.root(), k))).collect();
        let hashes: BTreeMap<String, String> =
            project.file.inputs.iter().map(|i| (i.file.clone(), i.sha256.clone())).collect();
        let new = folder.path().join("新");
        fs::create_dir(&new).unwrap();
        let text = fs::read_to_string(folder.path().join("输入").join(name)).unwrap();
        // the last row goes: another table, whichever it is
        let shorter: Vec<&str> = text.lines().collect();
        write(&new, name, &shorter[..shorter.len() - 1].join("\n"));
        let (project, refreshed) = refresh(&project, &new);
        for other in TableKind::ALL {
            let same = frame_of(project.root(), other) == before[&other];
            assert_eq!(same, other != kind, "{} after {}", other.id(), kind.id());
            let change = refreshed.changes.tables.iter().find(|table| table.table == other).unwrap();
            assert_eq!((change.replaced, change.before == change.after), (other == kind, other != kind));
        }
        for input in &project.file.inputs {
            let same = hashes.get(&input.file) == Some(&input.sha256);
            assert_eq!(same, input.file != name, "{}", input.file);
        }
        assert_eq!(project.file.inputs.len(), hashes.len(), "the sources of what stays are still named");
    }
}

#[test]
fn the_register_alone_is_told_taken_and_taken_back() {
    use UnitChangeKind as K;
    let folder = tempfile::tempdir().unwrap();
    let old = plants(60);
    let project = made(folder.path(), &old);
    let before = files(project.root());

    // two gone, three new, one closed, one standing still, one of another kind, one in another place, one renamed
    let mut new: Vec<Plant> = plants(63).into_iter().filter(|p| p.number != 7 && p.number != 8).collect();
    let plant = |new: &mut Vec<Plant>, number: usize| new.iter().position(|p| p.number == number).unwrap();
    let (closed, still, kind, moved, named) =
        (plant(&mut new, 1), plant(&mut new, 2), plant(&mut new, 3), plant(&mut new, 5), plant(&mut new, 6));
    new[closed].status = "关闭";
    new[still].status = "停产";
    new[kind].management = "重点管理";
    new[moved].district = "徐汇区";
    new[named].name = "改名后的厂".to_owned();
    let from = folder.path().join("一季度");
    fs::create_dir(&from).unwrap();
    write(&from, "污染源名录2027.csv", &register(&new));

    let preview = look(&project, &from);
    assert_eq!(files(project.root()), before, "a look writes nothing");
    let changes = &preview.changes;
    assert_eq!(changes.sources, (60, 61));
    let count = |kind| changes.count(kind);
    assert_eq!(
        [K::New, K::Gone, K::Closed, K::State, K::Management, K::Place, K::Name].map(count),
        [3, 2, 1, 1, 1, 1, 1]
    );
    let gone = changes.units.iter().find(|change| change.kind == K::Gone).unwrap();
    assert_eq!(gone.units.iter().map(|u| u.name.clone()).collect::<Vec<_>>(), [name_of(7), name_of(8)]);
    assert!(changes.plan.before.year > 0.0 && (changes.plan.before.year - changes.plan.after.year).abs() > 0.01);
    assert!(changes.frequency.down.len() + changes.frequency.up.len() + changes.frequency.slight > 0);
    let credit = changes.tables.iter().find(|t| t.table == TableKind::Credit).unwrap();
    assert!(!credit.replaced && credit.before == 60 && credit.after == 60);

    // what was looked at is what is taken: other bytes are refused, nothing is written
    let good = fs::read_to_string(from.join("污染源名录2027.csv")).unwrap();
    write(&from, "污染源名录2027.csv", &register(&new[1..]));
    assert_eq!(refresh_as(&project, &from, Some(preview.mark.clone())).unwrap_err(), "PRJ-045");
    assert_eq!(files(project.root()), before);
    fs::write(from.join("污染源名录2027.csv"), good).unwrap();
    let refreshed = refresh_as(&project, &from, Some(preview.mark)).unwrap();
    let project = project.reopen().unwrap();
    assert_eq!(&refreshed.changes, changes, "the plan that was shown is the plan that is");
    assert_eq!(refreshed.kept, "2027-01-05-1");
    let (registry, _) = load_project_data(&project).unwrap();
    assert_eq!((registry.sources.height(), registry.credit.height(), registry.former.height()), (61, 60, 2));
    let (command, detail) = last_line(&project);
    assert_eq!((command.as_str(), detail["counts"]["gone"].as_u64()), ("refresh", Some(2)));
    assert_eq!(detail["kept"], "2027-01-05-1");
    assert!(detail["inputs"].as_array().unwrap().iter().any(|i| i["file"] == "污染源名录2027.csv"));

    // and back: every frame as it was; what was new is kept now
    let mut own = project.clone();
    let back = perform_deed(&mut own, &Frames::on_disk(), Deed::RefreshBack(None), &at("2027-01-06T09:00:00")).unwrap();
    assert!(matches!(&back, DeedOutcome::CameBack(id, 60) if id == "2027-01-05-1"), "{back:?}");
    let project = project.reopen().unwrap();
    for kind in TableKind::ALL {
        assert_eq!(frame_of(project.root(), kind), before[&format!("frames/{}.parquet", kind.id())], "{}", kind.id());
    }
    assert_eq!(fs::read(project.root().join("quality.csv")).unwrap(), before["quality.csv"]);
    assert_eq!(project.file.inputs, load_project_file(&folder.path().join("项目/project.ron")).unwrap().inputs);
    assert_eq!(last_line(&project).0, "refresh-back");
    let kept: Vec<String> = load_kept(&project).unwrap().into_iter().map(|state| state.id).collect();
    assert_eq!(kept, ["2027-01-06-1"]);
    let (registry, _) = load_project_data(&project).unwrap();
    assert_eq!(registry.former.height(), 3, "the three new ones are gone, and known");
    assert!(registry.unit(&unit_of(60)).is_some() && registry.unit(&unit_of(7)).is_some());
    // a kept one goes only by a word of its own
    let forget = Deed::ForgetKept("2027-01-06-1".into());
    perform_deed(&mut project.clone(), &Frames::on_disk(), forget, &at("2027-01-07T09:00:00")).unwrap();
    assert!(load_kept(&project).unwrap().is_empty());
    assert_eq!(last_line(&project).0, "forget-kept");
}

/// The tables that stay follow the new register as an import of everything would have them.
#[test]
fn refreshing_the_register_is_importing_all_files_with_it() {
    let folder = tempfile::tempdir().unwrap();
    // plant 45 has no row in the register yet; its credit, penalty and past checks are there
    let project = made(folder.path(), &plants(50).into_iter().filter(|p| p.number != 45).collect::<Vec<_>>());
    let new: Vec<Plant> = plants(50).into_iter().filter(|p| p.number != 3).collect();
    let from = folder.path().join("新");
    fs::create_dir(&from).unwrap();
    write(&from, "污染源名录.csv", &register(&new));
    let (project, refreshed) = refresh(&project, &from);
    let led: usize = refreshed.changes.tables.iter().map(|table| table.led_anew).sum();
    assert!(led >= 3, "the new unit's rows find it: {led}");
    let (got, _) = load_project_data(&project).unwrap();

    let whole = folder.path().join("全部");
    fs::create_dir(&whole).unwrap();
    for (_, name) in FILES {
        fs::copy(folder.path().join("输入").join(name), whole.join(name)).unwrap();
    }
    write(&whole, "污染源名录.csv", &register(&new));
    let other = NewProject { from: whole, year: Some(2027), ..NewProject::default() };
    let want = create_project(&folder.path().join("另一个"), &other, &at("2026-12-20T09:00:00")).unwrap().registry;
    assert!(got.sources.equals_missing(&want.sources));
    for kind in TableKind::ALL.into_iter().filter(|kind| kind.refers_to_units()) {
        let column = |frame: &polars::prelude::DataFrame, name: &str| -> Vec<Option<String>> {
            frame.column(name).unwrap().str().unwrap().iter().map(|cell| cell.map(str::to_owned)).collect()
        };
        let (have, ought) = (column(got.frame(kind), "enterprise"), column(want.frame(kind), "enterprise"));
        for (row, (have, ought)) in have.iter().zip(&ought).enumerate() {
            // rows of the unit that left stay led to it: its lists ask for them
            assert!(have == ought || ought.is_none(), "{} row {row}: {have:?} for {ought:?}", kind.id());
        }
    }
}

#[test]
fn the_same_files_again_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let project = made(folder.path(), &plants(30));
    let before = files(project.root());
    let preview = look(&project, &folder.path().join("输入"));
    assert!(preview.changes.is_nothing() && preview.changes.warnings.is_empty(), "{}", preview.changes.to_text());
    let (project, _) = refresh(&project, &folder.path().join("输入"));
    for kind in TableKind::ALL {
        assert_eq!(frame_of(project.root(), kind), before[&format!("frames/{}.parquet", kind.id())]);
    }
    // as many rows that say something else are a difference, though the plan has none of it
    let people = folder.path().join("输入").join("执法人员.csv");
    let text = fs::read_to_string(&people).unwrap();
    fs::write(&people, text.replace("黄某1,", "黄新某,")).unwrap();
    let changes = look(&project, &folder.path().join("输入")).changes;
    assert!(!changes.is_nothing(), "{}", changes.to_text());
    let edited: Vec<usize> = changes.tables.iter().map(|table| table.edited).filter(|rows| *rows > 0).collect();
    assert_eq!(edited, [1]);
    assert!(changes.to_text().contains("其中 1 行与原来不同"), "{}", changes.to_text());
}

#[test]
fn one_file_alone_in_another_encoding_and_order_of_columns() {
    let folder = tempfile::tempdir().unwrap();
    let project = made(folder.path(), &plants(30));
    let path = folder.path().join("信用评价结果.csv");
    let mut text = String::from("评价等级,备注,企业名称,年度\n");
    for plant in plants(12) {
        text.push_str(&format!("差,x,{},2026\n", plant.name));
    }
    let (bytes, _, lost) = encoding_rs::GB18030.encode(&text);
    assert!(!lost);
    fs::write(&path, bytes).unwrap();
    let (project, refreshed) = refresh(&project, &path);
    let credit = refreshed.changes.tables.iter().find(|table| table.table == TableKind::Credit).unwrap();
    assert_eq!((credit.replaced, credit.before, credit.after), (true, 30, 12));
    assert!(
        refreshed.changes.warnings.iter().any(|w| w.contains("30 行减为 12 行")),
        "{:?}",
        refreshed.changes.warnings
    );
    assert!(refreshed.changes.units.iter().all(|change| change.kind == UnitChangeKind::Category));
    let (registry, _) = load_project_data(&project).unwrap();
    let enterprise = registry.credit.column("enterprise").unwrap().str().unwrap();
    assert_eq!(enterprise.null_count(), 0, "matched by name to the register that stayed");
}

#[test]
fn what_is_no_register_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let project = made(folder.path(), &plants(30));
    let before = files(project.root());
    let new = |name: &str| {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    };
    assert_eq!(refused(&project, &folder.path().join("没有")), "IO-001");
    assert_eq!(refused(&project, &new("空")), "PRJ-022");
    let odd = new("无法识别");
    write(&odd, "备忘.csv", "甲,乙\n1,2\n");
    assert_eq!(refused(&project, &odd), "PRJ-042");
    let none = new("没有一行");
    write(&none, "污染源名录.csv", &register(&[]));
    assert_eq!(refused(&project, &none), "PRJ-043");
    let mock = new("模拟");
    write(&mock, "污染源名录.csv", &register(&plants(5)));
    fs::write(mock.join("这是模拟数据.txt"), "x").unwrap();
    assert_eq!(refused(&project, &mock), "PRJ-013");
    assert_eq!(files(project.root()), before);
    // another office's register is no fault of form: it is told in words
    let other = new("别的单位");
    let theirs: Vec<Plant> = (500..540).map(Plant::nth).collect();
    write(&other, "污染源名录.csv", &register(&theirs));
    let preview = look(&project, &other);
    assert!(preview.changes.warnings[0].contains("30 个污染源"), "{:?}", preview.changes.warnings);
}

#[test]
fn a_change_broken_off_leaves_the_register_or_makes_the_new_one_whole() {
    let folder = tempfile::tempdir().unwrap();
    let project = made(folder.path(), &plants(30));
    let from = folder.path().join("新");
    fs::create_dir(&from).unwrap();
    write(&from, "污染源名录.csv", &register(&plants(20)));
    let root = project.root().to_owned();
    let before = files(&root);
    // cancelled while the files are written: the next start is as before
    let context = at(LATER);
    context.progress.cancel();
    let deed = Deed::Refresh { from: from.clone(), mapping: None, looked_at: None };
    let error = perform_deed(&mut project.clone(), &Frames::on_disk(), deed, &context).unwrap_err();
    assert_eq!(error.code(), "JOB-001");
    fs::create_dir_all(root.join("change.tmp/kept/2027-01-05-1/frames")).unwrap();
    fs::write(root.join("change.tmp/kept/2027-01-05-1/frames/sources.parquet"), b"half").unwrap();
    let project = project.reopen().unwrap();
    assert_eq!(project.recovered().kind, Recovery::Dropped);
    assert_eq!(files(&root), before);

    // decided, and killed half way: the next start carries it out, copies of the old included
    let (project, _) = refresh(&project, &from);
    let after = files(&root);
    let changed =
        |file: &str| ["frames/", "kept/", "project.ron", "quality.csv"].iter().any(|part| file.starts_with(part));
    for (file, bytes) in after.iter().filter(|(file, _)| changed(file)) {
        let path = root.join("change").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let (lines, _) = project.journal().check().unwrap();
    let last = lines.last().unwrap();
    let line = serde_json::json!({
        "at": last.at, "operator": last.operator, "command": last.command, "detail": last.detail,
    });
    fs::write(root.join("change/journal.json"), line.to_string()).unwrap();
    fs::remove_dir_all(root.join("kept")).unwrap();
    for (file, bytes) in before.iter().filter(|(file, _)| file.starts_with("frames/")) {
        fs::write(root.join(file), bytes).unwrap();
    }
    let project = project.reopen().unwrap();
    assert_eq!(project.recovered().kind, Recovery::CarriedOut);
    assert_eq!(files(&root), after);
    assert_eq!(project.journal().check().unwrap().0.len(), lines.len(), "one line, once");
}

#[test]
fn a_project_of_before_is_refreshed_too() {
    let folder = tempfile::tempdir().unwrap();
    let project = made(folder.path(), &plants(30));
    let root = project.root().to_owned();
    drop(project);
    // version 0.1 named no tables of its inputs
    let text = fs::read_to_string(root.join("project.ron")).unwrap();
    let mut lines: Vec<&str> = Vec::new();
    let mut skipping = false;
    for line in text.lines() {
        skipping |= line.trim_start().starts_with("tables:");
        if !skipping {
            lines.push(line);
        }
        skipping &= !line.contains(']');
    }
    fs::write(root.join("project.ron"), lines.join("\n")).unwrap();
    accepted(&root, "2026-12-20T10:00:00");
    let project = Project::open(&root, Some("测试员")).unwrap();
    assert!(project.file.inputs.iter().all(|input| input.tables.is_empty()));
    let from = folder.path().join("新");
    fs::create_dir(&from).unwrap();
    write(&from, "名录（2027）.csv", &register(&plants(31)));
    let (project, refreshed) = refresh(&project, &from);
    assert_eq!(refreshed.changes.count(UnitChangeKind::New), 1);
    let names: Vec<&str> = project.file.inputs.iter().map(|input| input.file.as_str()).collect();
    assert!(
        !names.contains(&"污染源名录.csv") && names.contains(&"信用评价.csv") && names.contains(&"名录（2027）.csv")
    );
}

#[test]
fn a_site_keeps_its_id_where_its_number_has_changed_before() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    office(&input, &plants(20));
    // plant 4 is known by an older number
    write(&input, "predecessors.csv", &format!("编号,标识\n{},旧号0004\n", unit_of(4)).replace("旧号", "OLD"));
    let new = NewProject { from: input, year: Some(2027), ..NewProject::default() };
    let project = create_project(&folder.path().join("项目"), &new, &at("2026-12-20T09:00:00")).unwrap().project;
    let from = folder.path().join("新");
    fs::create_dir(&from).unwrap();
    write(&from, "污染源名录.csv", &register(&plants(20)));
    let preview = look(&project, &from);
    assert_eq!((preview.changes.count(UnitChangeKind::New), preview.changes.count(UnitChangeKind::Gone)), (0, 0));
}

#[test]
fn a_mapping_for_one_time_leaves_nothing_out_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let project = made(folder.path(), &plants(20));
    let from = folder.path().join("新");
    fs::create_dir(&from).unwrap();
    write(&from, "污染源名录.csv", &register(&plants(21)));
    write(&from, "信用评价.csv", &fs::read_to_string(folder.path().join("输入/信用评价.csv")).unwrap());
    let mapping = Mapping::from_ron("(files: [(file: \"信用评价.csv\", ignore: true)])", "m.ron").unwrap();
    let deed = Deed::Refresh { from: from.clone(), mapping: Some(mapping), looked_at: None };
    let done = perform_deed(&mut project.clone(), &Frames::on_disk(), deed, &at(LATER)).unwrap();
    let DeedOutcome::Refreshed(refreshed) = done else { panic!("{done:?}") };
    let credit = refreshed.changes.tables.iter().find(|table| table.table == TableKind::Credit).unwrap();
    assert!(!credit.replaced);
    let project = project.reopen().unwrap();
    let preview = look(&project, &from);
    assert!(preview.left_out.is_empty() && preview.changes.tables[1].replaced);
}
