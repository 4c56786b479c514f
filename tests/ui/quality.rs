//! 质量 and 搁置的行: kinds with examples, findings confirmed and taken back, from a row set aside to its finding.

use std::fmt::Write as _;
use std::sync::Arc;

use egui_kittest::kittest::Queryable;
use fairdraw::diagnostic::Progress;
use fairdraw::registry::kinds_of;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::data as t;
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::store::clock::Moment;
use fairdraw::workspace::store::project::CommandContext;
use fairdraw::workspace::store::quality::load_report;

use super::support::{Begin, LAPTOP, Window};
use super::work::name_operator;

/// The data screen of a small office's project on a tab: three expired permits, a district that nobody knows, a row
/// that stands twice.
fn on_tab(name: &str) -> Window {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let input = folder.path().join("输入");
    std::fs::create_dir(&input).unwrap();
    let mut text = "排污许可证编号,单位名称,行政区,管理类别,有效期截止\n".to_owned();
    for i in 0..30 {
        let district = if i == 7 { "不知何处" } else { "浦东新区" };
        let until = if i < 3 { "2020-01-01" } else { "2029-01-01" };
        writeln!(text, "91310115MA1H{i:04}X001Q,第{i}试验厂,{district},登记管理,{until}").unwrap();
    }
    let twice = text.lines().last().unwrap().to_owned();
    std::fs::write(input.join(FILE), format!("{text}{twice}\n")).unwrap();
    let root = folder.path().join("项目");
    let new = NewProject { from: input, year: Some(2027), ..NewProject::default() };
    let now = Moment::parse("2026-12-20T09:00:00+08:00").unwrap();
    let context = CommandContext { operator: "测试员".into(), now, progress: Progress::none() };
    drop(create_project(&root, &new, &context).unwrap());
    let mut window = Window::within(folder, LAPTOP, false, Begin::Folder(root));
    window.settle();
    name_operator(&mut window, "王晓明");
    window.app_mut().go(ScreenId::Data);
    window.until("the table", |w| w.shows("单位名称"));
    let tab = window.shown().into_iter().find(|label| label.starts_with(name)).unwrap();
    window.click(&tab);
    window
}

const FILE: &str = "污染源名录.csv";

fn root_of(window: &Window) -> std::path::PathBuf {
    window.app().session.project().unwrap().saved.root().to_owned()
}

/// Name of the button of a kind.
fn kind(window: &Window, what: &str) -> String {
    let found = window.shown().into_iter().find(|name| name.contains('\n') && name.contains(what));
    found.unwrap_or_else(|| panic!("{what} among the kinds"))
}

#[test]
fn a_kind_says_its_count_an_example_and_what_to_do() {
    let mut window = on_tab(t::QUALITY);
    window.until("the kinds", |w| w.shows(t::KINDS));
    for kind_of in kinds_of(&load_report(&root_of(&window)).unwrap()).unwrap() {
        let button = kind(&window, &kind_of.what);
        assert!(!button.contains(&kind_of.code), "codes are aside: {button}");
    }
    let expired = kind(&window, "排污许可或登记已过期");
    assert!(expired.contains("如 污染源名录.csv 第 2 行") && expired.contains("单位「第0试验厂」"), "{expired}");
    window.click(&expired);
    window.until("what to do", |w| w.shown().iter().any(|name| name.starts_with("怎样改：")));
    assert!(window.shows(t::MAY_CONFIRM));
    assert!(window.shows("IMP-042"), "the code stands aside, in small type");
}

#[test]
fn a_finding_is_confirmed_with_its_reason_and_taken_back() {
    let mut window = on_tab(t::QUALITY);
    window.until("the kinds", |w| w.shows(t::KINDS));
    let expired = kind(&window, "排污许可或登记已过期");
    window.click(&expired);
    let row = |w: &Window| w.shown().into_iter().find(|n| n.contains(FILE) && !n.contains('\n'));
    window.until("its findings", |w| row(w).is_some());
    // as many rows as the kind counts, whatever kind was shown before
    let count = kinds_of(&load_report(&root_of(&window)).unwrap()).unwrap();
    let count = count.iter().find(|kind| kind.code == "IMP-042").unwrap().count;
    let listed = fairdraw::ui::text::table::named(t::QUALITY, &count.to_string());
    window.until(&listed, |w| w.harness.query_by_label(&listed).is_some());
    assert!(!window.enabled("确认无误…"), "nothing is chosen");
    let first = row(&window).unwrap();
    window.harness.get_by_label(&first).click();
    window.harness.run_steps(3);
    window.click("确认无误（1 条）…");
    window.harness.run_steps(3);
    assert!(!window.enabled(t::CONFIRM_YES), "no reason yet");
    window.harness.get_by_label(t::CONFIRM_WHY).focus();
    window.harness.run_steps(2);
    window.text("已电话核实，正在办理延续");
    window.harness.run_steps(2);
    window.click(t::CONFIRM_YES);
    window.until("the count", |w| w.shown().iter().any(|name| name.contains("已确认 1 条，待处理")));
    window.until("who and why", |w| {
        w.shown().iter().any(|name| name.contains("王晓明") && name.contains("已电话核实，正在办理延续"))
    });
    let report = load_report(&root_of(&window)).unwrap();
    assert_eq!(kinds_of(&report).unwrap().iter().map(|kind| kind.confirmed).sum::<u64>(), 1);
    // and back
    let confirmed = window.shown().into_iter().find(|n| n.contains("正在办理延续") && !n.contains('\n')).unwrap();
    if !window.shows("撤回确认（1 条）") {
        window.harness.get_by_label(&confirmed).click();
        window.harness.run_steps(3);
    }
    window.click("撤回确认（1 条）");
    window.until("open again", |w| !w.shown().iter().any(|name| name.contains("已确认 1 条")));
}

#[test]
fn a_row_set_aside_leads_to_its_finding() {
    let mut window = on_tab(t::SET_ASIDE);
    let row = |w: &Window| w.shown().into_iter().find(|name| name.contains(FILE) && name.contains("，9，"));
    window.until("the row", |w| row(w).is_some());
    let chosen = row(&window).unwrap();
    window.harness.get_by_label(&chosen).click();
    window.harness.run_steps(3);
    window.click(t::SHOW_FINDING);
    window.until("its kind", |w| w.shows(t::ONLY_MEND));
    window.until("its finding", |w| {
        let finding = |name: &String| !name.contains('\n') && name.contains("第7试验厂") && name.contains("不知何处");
        w.shown().iter().any(finding)
    });
}

#[test]
fn rows_read_are_rows_used_set_aside_or_merged() {
    let mut window = on_tab(t::SET_ASIDE);
    let rows = window.app().session.project().unwrap().saved.file.rows.clone();
    assert_eq!(rows.iter().map(|t| (t.read, t.kept, t.set_aside, t.merged)).collect::<Vec<_>>(), [(31, 29, 1, 1)]);
    window.until("the rows in words", |w| w.shows(&rows[0].told()));
    let tab = window.shown().into_iter().find(|label| label.starts_with("污染源 ")).unwrap();
    assert_eq!(tab, "污染源 29");
    window.click(&tab);
    window.until("the rows in words", |w| w.shows("污染源名录：读入 31 行，采用 29 行，搁置 1 行，合并重复 1 行"));
}

#[test]
fn the_import_page_counts_rows_of_data_without_the_heading() {
    let mut window = on_tab(t::SET_ASIDE);
    let input = root_of(&window).with_file_name("输入");
    window.answers.push(&input);
    window.click(t::IMPORT_FOLDER);
    window.until("what the file was taken for", |w| w.shows("31 行数据，认出 5 列"));
}
