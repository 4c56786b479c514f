//! Another register by clicks; file dialogs that the system lacks; folders shown; lists in the mapping dialog.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use egui::{Event, Key, Modifiers, PointerButton};
use egui_kittest::kittest::Queryable;
use fairdraw::registry::TableKind;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::{data, path, refresh as t, shell};
use fairdraw::workspace::demo::MARKER;

use super::support::{Begin, LAPTOP, SOURCES, Window, find_file};
use super::work::name_operator;

/// A folder with the register alone: of the city's units the first few are gone, some are closed, two are new.
pub fn next_register(window: &Window, gone: usize, closed: usize) -> PathBuf {
    let open = window.app().session.project().unwrap();
    let frame = &open.data.registry.sources;
    let text =
        |column: &str, row: usize| frame.column(column).unwrap().str().unwrap().get(row).unwrap_or_default().to_owned();
    let mut csv = String::from("排污许可证编号,单位名称,统一社会信用代码,行政区,管理类别,行业类别,生产状态\n");
    for row in gone..frame.height() {
        let district = open.data.district_name(open.data.district[row]).unwrap_or_default();
        let management = match text("management", row).as_str() {
            "key" => "重点管理",
            "simplified" => "简化管理",
            _ => "登记管理",
        };
        let status = if row < gone + closed { "关闭" } else { "在产" };
        let cells = ["unit_id", "name", "uscc"].map(|column| text(column, row));
        writeln!(csv, "{},{district},{management},{},{status}", cells.join(","), text("industry", row)).unwrap();
    }
    for n in 1..=2 {
        writeln!(csv, "91310101MA1NEW00{n}X001P,新来{n}厂,,黄浦区,登记管理,,在产").unwrap();
    }
    let folder = window.folder.path().join(format!("新名录{gone}"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("固定污染源名录.csv"), csv).unwrap();
    std::fs::write(folder.join(MARKER), "x").unwrap();
    folder
}

pub fn open_refresh(window: &mut Window) {
    window.click(shell::MENU_FILE);
    window.click("更新名录…");
    window.harness.run_steps(3);
}

#[test]
fn the_differences_are_shown_confirmed_and_taken_back_by_clicks() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let credit = window.app().session.project().unwrap().data.registry.credit.height();
    let before = window.app().session.project().unwrap().data.len();
    let folder = next_register(&window, 3, 4);
    let frames = window.project_folder().join("frames");
    let bytes = |name: &str| std::fs::read(frames.join(format!("{name}.parquet"))).unwrap();
    let (sources, credit_file) = (bytes("sources"), bytes("credit"));

    open_refresh(&mut window);
    assert_eq!(window.app().screen, ScreenId::Data);
    window.answers.push(&folder);
    window.click(t::CHOOSE_FOLDER);
    window.until("the differences", |w| w.enabled(t::CONFIRM));
    assert!(window.shows("新增 2、消失 3"), "{}", window.shown().join(" | "));
    assert!(window.shows(&format!("不变（{credit} 行）")), "{}", window.shown().join(" | "));
    assert!(window.shows(t::YEAR) && window.shows(t::VERDICT));
    assert_eq!(bytes("sources"), sources, "nothing is written yet");
    // each list unfolds to named rows
    assert!(!window.shows("新来1厂"));
    window.click("新增 2");
    window.until("the list", |w| w.shows("新来1厂"));
    // and can be had as a file
    let file = window.folder.path().join("差异.csv");
    window.answers.push(&file);
    window.click(t::EXPORT);
    window.until("the file", |_| file.exists());
    assert!(std::fs::read_to_string(&file).unwrap().contains("新来2厂"));
    window.settle();

    window.click(t::CONFIRM);
    window.until("the new register", |w| {
        w.app().session.project().is_some_and(|open| open.data.len() == before - 1 && open.is_current())
    });
    window.settle();
    assert_eq!(window.app().session.project().unwrap().data.registry.credit.height(), credit);
    assert_eq!(bytes("credit"), credit_file);
    window.until("what was kept", |w| w.shows(t::KEPT) && w.shows("王晓明"));

    // the way back asks, and brings every byte
    window.click(t::BACK);
    assert!(window.shows(t::BACK_TITLE));
    window.harness.get_all_by_label(t::BACK).last().unwrap().click();
    window.harness.run_steps(3);
    window.until("the old register", |w| {
        w.app().session.project().is_some_and(|open| open.data.len() == before && open.is_current())
    });
    window.settle();
    assert_eq!(bytes("sources"), sources);
}

#[test]
fn cancelled_nothing_has_changed() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let folder = next_register(&window, 5, 0);
    let before = std::fs::read(window.project_folder().join("frames/sources.parquet")).unwrap();
    open_refresh(&mut window);
    window.answers.push(&folder);
    window.click(t::CHOOSE_FOLDER);
    window.until("the differences", |w| w.enabled(t::CONFIRM));
    window.click(t::LEAVE);
    window.harness.run_steps(3);
    assert!(!window.shows(t::CONFIRM));
    assert_eq!(std::fs::read(window.project_folder().join("frames/sources.parquet")).unwrap(), before);
    assert!(!window.project_folder().join("kept").exists());
    assert_eq!(
        window.app().session.project().unwrap().data.len(),
        SOURCES.min(window.app().session.project().unwrap().data.len())
    );
    // the dialog given up: the page stays and offers one file
    open_refresh(&mut window);
    window.click(t::CHOOSE_FOLDER);
    assert!(window.shows(t::NOTHING) && window.enabled(t::CHOOSE_FILE));
    let one = window.folder.path().join("空表.csv");
    std::fs::write(&one, "甲,乙\n1,2\n").unwrap();
    window.answers.push(&one);
    window.click(t::CHOOSE_FILE);
    window.until("why not", |w| w.shows(t::FAILED));
}

#[test]
fn without_dialogs_a_path_is_typed_looked_at_and_taken() {
    let mut window = Window::new(LAPTOP, false, Begin::Nothing);
    window.harness.run_steps(3);
    window.answers.absent.store(true, Ordering::Relaxed);
    let office = window.folder.path().join("本单位 数据");
    super::support::copy_folder(super::support::input_folder(), &office);
    window.key(Modifiers::COMMAND, Key::I);
    window.until("the window's own question", |w| w.shows(path::WHY));
    assert!(window.shows(path::DROP) && window.shows(shell::PICK_IMPORT));
    assert!(!window.enabled(path::OK), "nothing is typed yet");
    window.text(&format!("\"{}/没有\"", office.display()));
    window.until("that it is not there", |w| w.shows(path::NO_SUCH_FOLDER));
    assert!(!window.enabled(path::OK));
    // given up: nothing happens
    window.click("取消");
    window.harness.run_steps(3);
    assert!(!window.shows(path::WHY));
    // pasted whole, with the quotes of a file manager
    window.key(Modifiers::COMMAND, Key::I);
    window.until("the question", |w| w.shows(path::WHY));
    window.harness.event(Event::Paste(format!("\"{}\"", office.display())));
    window.harness.run_steps(3);
    window.until("that it is a folder", |w| w.shows(path::FOLDER_THERE));
    window.click(path::OK);
    window.until("what each file was taken for", |w| w.shows("污染源名录") && w.enabled("导入为新项目"));
    // the next question of this kind begins where this one was
    window.key(Modifiers::COMMAND, Key::I);
    window.until("the question", |w| w.shows(path::WHY));
    assert!(window.shows(office.to_str().unwrap()), "{}", window.shown().join(" | "));
    let asked = window.answers.asked.lock().unwrap().last().unwrap().clone();
    assert_eq!(asked.start_in.as_deref(), Some(office.as_path()));
}

#[test]
fn a_dialog_that_keeps_silent_is_told_and_its_late_answer_closes_the_field() {
    let mut window = Window::new(LAPTOP, false, Begin::Nothing);
    window.harness.run_steps(3);
    let answered = Arc::new(AtomicBool::new(false));
    *window.answers.silent.lock().unwrap() = Some(Arc::clone(&answered));
    window.key(Modifiers::COMMAND, Key::I);
    window.until("the sentence and the field", |w| w.shows(path::SILENT) && w.shows(path::PATH));
    answered.store(true, Ordering::Relaxed);
    window.harness.run_steps(3);
    assert!(!window.shows(path::SILENT), "the system's dialog was there after all");
}

/// The same files again: said, and nothing to confirm.
#[test]
fn without_differences_there_is_nothing_to_confirm() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let folder = window.folder.path().join("同样的名单");
    super::support::copy_folder(super::support::input_folder(), &folder);
    open_refresh(&mut window);
    window.answers.push(&folder);
    window.click(t::CHOOSE_FOLDER);
    window.until("that nothing differs", |w| w.shows(t::SAME));
    assert!(window.shows(t::CONFIRM) && !window.enabled(t::CONFIRM));
}

#[test]
fn a_file_to_write_is_typed_too_and_its_folder_shown() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    window.answers.absent.store(true, Ordering::Relaxed);
    let out = window.folder.path().join("导出到这里");
    window.key(Modifiers::COMMAND, Key::E);
    window.until("the question", |w| w.shows(path::WHY));
    window.text(out.to_str().unwrap());
    window.until("that it will be made", |w| w.shows(path::WILL_MAKE));
    window.click(path::OK);
    window.until("the export", |w| find_file(&out, "封签登记簿.csv").is_some() && !w.app().session.is_acting());
    window.until("the way to the folder", |w| w.enabled(shell::OPEN_FOLDER));
    window.click(shell::OPEN_FOLDER);
    window.until("the folder", |w| !w.answers.shown.lock().unwrap().is_empty());
    assert_eq!(*window.answers.shown.lock().unwrap(), std::slice::from_ref(&out));
    // no file manager: the path is said, and can be copied
    window.answers.no_manager.store(true, Ordering::Relaxed);
    window.click(shell::OPEN_FOLDER);
    window.until("the path", |w| w.shows(shell::CANNOT_OPEN_FOLDER) && w.enabled(shell::COPY_PATH));
    assert!(window.shows(out.to_str().unwrap()));
}

/// A click whose press and release fall into one frame, as on a slow screen.
fn quick_click(window: &mut Window, label: &str) {
    let pos = window.harness.get_by_label(label).rect().center();
    let button =
        |pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    let input = window.harness.input_mut();
    input.events.extend([Event::PointerMoved(pos), button(true), button(false)]);
    window.harness.run_steps(8);
}

#[test]
fn lists_of_the_mapping_dialog_open_again_after_it_was_closed() {
    let mut window = Window::new(LAPTOP, false, Begin::Nothing);
    window.harness.run_steps(3);
    let folder = window.folder.path().join("外来");
    std::fs::create_dir_all(&folder).unwrap();
    let mut text = String::from("Plant,Label,X1,Y1,Kind\n");
    for i in 0..9 {
        writeln!(text, "91310115MA1H000{i}X001Q,第{i}厂,121.5,31.2,登记").unwrap();
    }
    std::fs::write(folder.join("plants.csv"), text).unwrap();
    window.app_mut().take_paths(vec![folder]);
    window.until("the look", |w| w.shows(data::UNRECOGNISED));
    // the list's topmost place is the entry's: it is reached by a click only where the list is over the dialog
    let choose = |window: &mut Window, kind: TableKind| {
        quick_click(window, data::WHICH_TABLE);
        quick_click(window, kind.label());
        window.harness.run_steps(4);
        window.shows(&format!("{}在文件中的列", kind.columns()[0].name))
    };
    for (round, kind) in [(1, TableKind::Credit), (2, TableKind::Inspectors), (3, TableKind::Sources)] {
        window.click(data::MAP_COLUMNS);
        window.harness.run_steps(8);
        assert!(choose(&mut window, kind), "round {round}: {}", window.shown().join(" | "));
        // what was chosen goes only where that is said
        window.key(Modifiers::NONE, Key::Escape);
        assert!(window.shows(data::LEAVE_MAPPING), "round {round}: {}", window.shown().join(" | "));
        window.harness.get_all_by_label("取消").last().unwrap().click();
        window.harness.run_steps(4);
        assert!(window.shows(data::MAPPING_TITLE) && !window.shows(data::LEAVE_MAPPING));
        window.key(Modifiers::NONE, Key::Escape);
        window.click(data::LEAVE_MAPPING_YES);
        window.harness.run_steps(4);
        assert!(!window.shows(data::MAPPING_TITLE));
    }
    // nothing entered: it closes without a question
    window.click(data::MAP_COLUMNS);
    window.harness.run_steps(8);
    window.key(Modifiers::NONE, Key::Escape);
    window.harness.run_steps(3);
    assert!(!window.shows(data::MAPPING_TITLE) && !window.shows(data::LEAVE_MAPPING));
}

#[test]
fn two_imports_have_two_titles_and_end_on_the_first_plan() {
    let mut titles = Vec::new();
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    for name in ["静安数据", "嘉定数据"] {
        let mut window = Window::within(std::sync::Arc::clone(&folder), LAPTOP, false, Begin::Nothing);
        window.harness.run_steps(3);
        let office = window.folder.path().join(name);
        super::support::copy_folder(super::support::input_folder(), &office);
        window.app_mut().take_paths(vec![office]);
        window.until("the look", |w| w.enabled("导入为新项目"));
        window.click("导入为新项目");
        window.until("the project", |w| w.app().session.project().is_some());
        window.settle();
        assert_eq!(window.app().screen, ScreenId::Plan);
        assert!(window.shows("第一版年度计划"), "{}", window.shown().join(" | "));
        titles.push(window.app().title());
        window.click(shell::SHOW_QUALITY);
        window.until("the quality report", |w| w.app().screen == ScreenId::Data && w.shows(data::EXPORT_CSV));
    }
    assert!(titles[0].contains("静安数据") && titles[1].contains("嘉定数据") && titles[0] != titles[1], "{titles:?}");
}
