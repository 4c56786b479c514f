//! 数据: tables, card, quality, rows set aside, import with a mapping by hand.

use std::path::PathBuf;

use std::fmt::Write as _;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::registry::TableKind;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::{data as t, table};
use fairdraw::workspace::session::ViewCommand;

use super::support::{Begin, LAPTOP, PROJECTOR, SOURCES, Window};

fn data_screen(size: egui::Vec2, dark: bool) -> Window {
    let mut window = Window::new(size, dark, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Data);
    window.until("the table", |w| w.shows("风险等级"));
    window
}

/// The number of rows that the toolbar tells.
fn told(window: &Window) -> String {
    window.shown().into_iter().find(|name| name.ends_with(" 行") && !name.contains('，')).unwrap_or_default()
}

#[test]
fn every_table_is_there_in_both_looks_and_sizes() {
    for (size, dark) in [(LAPTOP, false), (PROJECTOR, true)] {
        let mut window = data_screen(size, dark);
        for kind in TableKind::ALL {
            let rows = window.app().session.project().unwrap().data.registry.frame(kind).height();
            let tab = format!("{} {}", t::tab(kind), fairdraw::ui::widgets::thousands(rows as u64));
            window.click(&tab);
            let name = table::named(kind.label(), &fairdraw::ui::widgets::thousands(rows as u64));
            window.until(&name, |w| w.harness.query_by_label(&name).is_some());
        }
    }
}

#[test]
fn searching_narrows_the_register_and_escape_brings_it_back() {
    let mut window = data_screen(LAPTOP, false);
    let all = told(&window);
    window.key(Modifiers::COMMAND, Key::F);
    window.text("电路");
    window.until("fewer rows", |w| told(w).starts_with("显示"));
    let shown = window.app().session.project().unwrap();
    assert!(shown.data.len() <= SOURCES);
    window.key(Modifiers::NONE, Key::Escape);
    window.until("all rows", |w| told(w) == all);
}

#[test]
fn the_citys_district_filters_the_register() {
    let mut window = data_screen(LAPTOP, false);
    window.send(ViewCommand::SetDistrict(Some(310_115)));
    let expected = {
        let data = &window.app().session.project().unwrap().data;
        let index = data.districts.index_of(fairdraw::domain::DistrictCode(310_115)).unwrap() as u16;
        data.district.iter().filter(|d| **d == index).count()
    };
    let name = table::named(TableKind::Sources.label(), &expected.to_string());
    window.until("the district's rows", |w| w.harness.query_by_label(&name).is_some());
}

#[test]
fn a_click_shows_the_sources_card_with_its_score() {
    let mut window = data_screen(LAPTOP, false);
    let data = std::sync::Arc::clone(&window.app().session.project().unwrap().data);
    let name = data.name(3).unwrap().to_owned();
    let row = window.shown().into_iter().find(|label| label.starts_with(&format!("{name}，"))).unwrap();
    window.harness.get_by_label(&row).click();
    window.harness.run_steps(3);
    assert_eq!(window.app().session.filter().unit, Some(3));
    window.until("the card", |w| w.shows(t::LAMBDA) && w.shows(t::SECTION_CHECKS));
    assert!(window.shows(data.unit_id(3).unwrap()));
    // the points on the card add up to the score
    let open = window.app().session.project().unwrap();
    let view = open.view().unwrap();
    let parts = view.analysis.risk.explain(3, &open.project.policy).unwrap();
    assert_eq!(parts.iter().map(|p| p.points.0).sum::<i64>(), view.scores[3]);
    assert!(window.shows(&fairdraw::text::figure::points(view.scores[3])));
}

#[test]
fn a_filter_on_a_column_is_made_shown_as_a_chip_and_taken_away() {
    let mut window = data_screen(LAPTOP, false);
    let all = told(&window);
    window.harness.get_by_label("行政区划").click_secondary();
    window.harness.run_steps(3);
    window.click(table::FILTER);
    window.until("the values", |w| w.harness.query_by_label("浦东新区").is_some());
    window.click("浦东新区");
    window.click(table::APPLY);
    window.until("fewer rows", |w| told(w).starts_with("显示"));
    window.click("行政区划：浦东新区 ×");
    window.until("all rows", |w| told(w) == all);
}

#[test]
fn from_a_finding_to_its_row() {
    let mut window = data_screen(LAPTOP, false);
    let tab = window.shown().into_iter().find(|label| label.starts_with(t::QUALITY)).unwrap();
    window.click(&tab);
    window.until("the findings", |w| w.shows("问题"));
    // a kind of rows that were kept, then one of its findings about a row of the register
    let kind = window.shown().into_iter().find(|label| label.starts_with("警告") && label.contains("固定污染源名录"));
    window.click(&kind.unwrap());
    let of_register = |w: &Window| w.shown().into_iter().find(|l| !l.contains('\n') && l.contains("固定污染源名录"));
    window.until("its findings", |w| of_register(w).is_some());
    let row = of_register(&window).unwrap();
    window.harness.get_by_label(&row).click();
    window.harness.run_steps(3);
    window.click(t::JUMP);
    window.until("the source", |w| w.app().session.filter().unit.is_some());
    let open = window.app().session.project().unwrap();
    let at = window.app().session.filter().unit.unwrap();
    let rows = fairdraw::registry::schema::origin::ROW.of(&open.data.registry.sources).unwrap();
    let physical = rows[at as usize].unwrap().to_string();
    assert!(row.split('，').any(|cell| cell == physical), "{row}: {physical}");
    let name = open.data.name(at).unwrap().to_owned();
    window.until("its row", |w| w.shown().iter().any(|label| label.starts_with(&format!("{name}，"))));
}

#[test]
fn the_report_is_exported_where_the_dialog_says() {
    let mut window = data_screen(LAPTOP, false);
    let tab = window.shown().into_iter().find(|label| label.starts_with(t::QUALITY)).unwrap();
    window.click(&tab);
    window.until("the findings", |w| w.shows("问题"));
    let to = window.folder.path().join("报告.csv");
    window.answers.push(&to);
    window.click(t::EXPORT_CSV);
    window.until("the file", |_| to.exists());
    let own = std::fs::read(window.project_folder().join("quality.csv")).unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), own);
}

/// A register with headings that nobody knows, in a folder of its own.
fn foreign_register(window: &Window) -> PathBuf {
    let folder = window.folder.path().join("外来");
    std::fs::create_dir_all(&folder).unwrap();
    let mut text = "Plant,Label,X1,Y1,Kind\n".to_owned();
    for i in 0..40 {
        let _ = writeln!(text, "91310115MA1H{i:04}X001Q,第{i}厂,121.5{i:02},31.2{i:02},登记");
    }
    std::fs::write(folder.join("plants.csv"), text).unwrap();
    std::fs::write(folder.join("notes.csv"), "a,b\n1,2\n").unwrap();
    folder
}

fn choose(window: &mut Window, column: &str, heading: &str) {
    window.harness.get_by_label(&t::heading_of(column)).scroll_to_me();
    window.harness.run_steps(6);
    window.harness.get_by_label(&t::heading_of(column)).click();
    window.harness.run_steps(4);
    window.click(heading);
    window.harness.run_steps(2);
}

#[test]
fn a_file_that_is_not_recognised_is_mapped_by_hand_and_imported() {
    let mut window = Window::new(LAPTOP, false, Begin::Nothing);
    window.harness.run_steps(3);
    let folder = foreign_register(&window);
    window.app_mut().take_paths(vec![folder.join("plants.csv")]);
    window.until("the look", |w| w.shows(t::UNRECOGNISED));
    assert!(!window.shows("notes.csv"), "what was not dropped is left out");
    window.click(t::MAP_COLUMNS);
    window.harness.run_steps(10);
    window.harness.get_by_label(t::WHICH_TABLE).click();
    window.harness.run_steps(8);
    window.click(TableKind::Sources.label());
    for (column, heading) in [
        ("排污许可证编号或登记编号", "Plant"),
        ("单位名称", "Label"),
        ("经度", "X1"),
        ("纬度", "Y1"),
        ("管理类别", "Kind"),
    ] {
        choose(&mut window, column, heading);
    }
    window.until("recognised", |w| w.shows(&format!("{}：{}", t::RECOGNISED, TableKind::Sources.label())));
    window.click(t::USE_MAPPING);
    window.click(t::START_IMPORT);
    window.until("the project", |w| w.app().session.project().is_some());
    window.settle();
    let open = window.app().session.project().unwrap();
    assert_eq!(open.data.len(), 40);
    assert_eq!(open.data.name(7), Some("第7厂"));
    // an import ends on the first plan, and says what it took in
    assert_eq!(window.app().screen, ScreenId::Plan);
    assert!(window.shows("已导入 40 个污染源"), "{}", window.shown().join(" | "));
}
