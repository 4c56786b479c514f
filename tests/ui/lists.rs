//! Every list has the tools of a table: search, sorting, filter, selecting, copying, pasting, figures, file, a row's
//! menu. One table of all lists of the program; a list that is not in it, or that is drawn without its tools, fails.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, open_workbook_auto};
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::{audit, common, draw, plan, results, table};
use fairdraw::ui::widgets::thousands;

use super::results::tab;
use super::support::{Begin, LAPTOP, PROJECTOR, Window};
use super::work::{draw_month, name_operator};

/// The lists by their ids in the code; those marked are walked through below, the others need more than one drawn
/// month to be in sight and are held by their own tests.
const LISTS: [(&str, bool); 15] = [
    ("board", false),
    ("checks", false),
    ("hand", true),
    ("journal", true),
    ("lights", true),
    ("map selection", true),
    ("month list", true),
    ("movers", false),
    ("pairs", false),
    ("plan-four", false),
    ("public list", false),
    ("register", true),
    ("strata", true),
    ("values", false),
    ("verification steps", false),
];

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn every_list_of_the_program_is_a_list_with_tools_and_stands_in_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/screens");
    let mut files = Vec::new();
    files_below(&root, &mut files);
    // the journal's three pages share one call
    let mut ids: BTreeSet<String> = ["journal", "register", "hand"].map(str::to_owned).into();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().to_string();
        // the bare table is the tools' own; the register's tables bring a frame and draw the same tools around it
        assert!(!text.contains("Table::show(") || name == "sheet.rs", "{name} draws a table without its tools");
        for part in text.split("TableInput::new(\"").skip(1) {
            ids.insert(part.split('"').next().unwrap().to_owned());
        }
    }
    let known: BTreeSet<String> = LISTS.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(ids, known);
}

fn clipboard(window: &mut Window) -> String {
    window.harness.event(Event::Copy);
    window.harness.step();
    let copied = window.harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    window.harness.run_steps(2);
    copied.unwrap_or_default()
}

/// Rows that a table of this name says it shows.
fn rows_of(window: &Window, name: &str) -> Option<usize> {
    // a table that a search has emptied says so instead
    if window.shows(&format!("{name}：没有符合条件的行")) {
        return Some(0);
    }
    let (start, end) = (format!("{name}，"), " 行");
    window.shown().iter().find_map(|shown| shown.strip_prefix(&start)?.strip_suffix(end)?.replace(',', "").parse().ok())
}

fn focus(window: &mut Window, name: &str) {
    let rows = rows_of(window, name).unwrap_or_else(|| panic!("{name}: {}", window.shown().join(" | ")));
    window.harness.get_by_label(&table::named(name, &thousands(rows as u64))).focus();
    window.harness.run_steps(2);
}

/// A tool: a button where there is room, an item of the tools' menu where not.
fn tool(window: &mut Window, label: &str) {
    if window.harness.query_by_label(label).is_none() {
        window.click(table::TOOLS);
    }
    window.click(label);
    window.harness.run_steps(3);
}

fn sheet(path: &Path) -> Vec<Vec<Data>> {
    let mut book = open_workbook_auto(path).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

/// A cell of a file as the table copies it.
fn text_of(cell: &Data) -> String {
    match cell {
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What each list must be able to do, by keys and clicks.
fn has_all_tools(window: &mut Window, name: &str, file: &Path) {
    let all = rows_of(window, name).unwrap_or_else(|| panic!("{name}: {}", window.shown().join(" | ")));
    assert!(all > 0, "{name} is empty");
    // search: nothing is left of a word that nobody wrote, Esc brings all back
    focus(window, name);
    window.key(Modifiers::COMMAND, Key::F);
    window.text("无此内容ｑｑ");
    window.harness.run_steps(3);
    assert_eq!(rows_of(window, name), Some(0), "{name}: search; {}", window.shown().join(" | "));
    window.key(Modifiers::NONE, Key::Escape);
    window.harness.run_steps(3);
    assert_eq!(rows_of(window, name), Some(all), "{name}: Esc ends the search");
    // all rows with their headings go to the clipboard
    focus(window, name);
    window.key(Modifiers::COMMAND, Key::A);
    let copied = clipboard(window);
    let lines: Vec<Vec<String>> = copied.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    assert_eq!(lines.len(), all + 1, "{name}: a heading and every row");
    if all > 1 {
        assert!(window.shows(&table::selected(&thousands(all as u64))), "{name}: what is selected is counted");
    }
    // the file holds what was copied, cell by cell
    window.answers.push(file);
    tool(window, table::EXPORT);
    window.until("the file", |_| file.exists());
    window.until("a quiet session", |w| !w.app().session.is_busy());
    let rows = sheet(file);
    let head = rows.iter().position(|row| row.iter().any(|cell| text_of(cell) == lines[0][0])).expect("the header");
    assert!(rows[..head].iter().flatten().any(|cell| text_of(cell).contains(name)), "{name}: title");
    assert_eq!(rows.len() - head - 1, all, "{name}: rows of the file");
    for (line, row) in lines[1..].iter().zip(&rows[head + 1..]) {
        for (cell, written) in line.iter().zip(row) {
            let (cell, written) = (cell.trim_start_matches('\'').to_owned(), text_of(written));
            let number = |text: &str| text.replace([',', '%'], "").parse::<f64>().ok();
            match (number(&cell), number(&written)) {
                (Some(a), Some(b)) => assert!((a - b).abs() < 0.051, "{name}: {cell} {written}"),
                _ => assert_eq!(cell.trim(), written.trim().trim_end_matches(" 00:00:00"), "{name}"),
            }
        }
    }
    // a row's menu is there for the keyboard; what can be pasted is found again
    focus(window, name);
    window.key(Modifiers::NONE, Key::Home);
    window.key(Modifiers::SHIFT, Key::F10);
    window.until("the row's menu", |w| w.shows(table::COPY_ROWS));
    window.key(Modifiers::NONE, Key::Escape);
    focus(window, name);
    window.harness.event(Event::Paste("没有这个单位\r\n  \"没有那个单位\" \r\n".to_owned()));
    window.harness.run_steps(4);
    assert!(window.shows(&table::pasted("2", "0", "0")), "{name}: pasting says what it found");
    assert!(window.shows("没有那个单位"), "{name}");
    window.click(common::CANCEL);
    // a click on a heading sorts, and again the other way
    let heading = lines[0].iter().find(|heading| window.harness.query_all_by_label(heading).count() == 1).cloned();
    if let Some(heading) = heading {
        window.click(&heading);
        focus(window, name);
        window.key(Modifiers::COMMAND, Key::A);
        let up = clipboard(window);
        window.click(&heading);
        focus(window, name);
        window.key(Modifiers::COMMAND, Key::A);
        let down = clipboard(window);
        window.click(&heading);
        let at = lines[0].iter().position(|own| *own == heading).unwrap();
        let column = |text: &str| -> Vec<String> {
            text.lines().skip(1).filter_map(|line| line.split('\t').nth(at).map(str::to_owned)).collect()
        };
        let mut different = column(&up);
        different.sort();
        different.dedup();
        if different.len() > 1 {
            assert_ne!(column(&up), column(&down), "{name}: sorting by {heading}");
        }
    }
}

#[test]
fn lists_can_all_that_a_table_can() {
    let mut window = Window::new(PROJECTOR, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(format!("{name}.xlsx"));

    window.app_mut().go(ScreenId::Plan);
    window.settle();
    window.click(plan::TAB_LIGHTS);
    window.until("lights", |w| rows_of(w, plan::LIGHTS).is_some());
    has_all_tools(&mut window, plan::LIGHTS, &file("lights"));

    draw_month(&mut window);
    window.settle();
    window.until("the month's list", |w| rows_of(w, draw::LIST).is_some());
    has_all_tools(&mut window, draw::LIST, &file("month"));

    window.app_mut().go(ScreenId::Audit);
    window.settle();
    for (page, at) in [("journal", 0), ("register", 1)] {
        window.click(audit::PAGES[at]);
        window.until("the page", |w| rows_of(w, audit::PAGES[at]).is_some());
        has_all_tools(&mut window, audit::PAGES[at], &file(page));
    }
    let _ = results::BOARD;
}

#[test]
fn the_months_list_obeys_the_area_is_pasted_into_and_leads_to_card_result_and_proof() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let month = draw_month(&mut window);
    window.settle();
    let books = window.app().session.project().unwrap().books.value().unwrap().clone();
    let data = std::sync::Arc::clone(&window.app().session.project().unwrap().data);
    let opened = &books.draws[0];
    let all = opened.targets.len();
    assert_eq!(rows_of(&window, draw::LIST), Some(all));
    // who accompanies stands within the window, without scrolling
    let second = window.harness.get_by_label(draw::LIST_COLUMNS[9]).rect();
    assert!(second.right() < LAPTOP.x && second.width() > 100.0, "{second:?}");
    // a file of the list is an export, and stands in the journal
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("名单.xlsx");
    let before = books.journal.len();
    window.answers.push(&file);
    tool(&mut window, table::EXPORT);
    window.until("the file", |_| file.exists());
    window.settle();
    let journal = window.app().session.project().unwrap().books.value().unwrap().journal.clone();
    assert_eq!(journal.len(), before + 1);
    assert_eq!(journal.last().unwrap().command, "export");

    // codes as a spreadsheet gives them: line ends, blanks, quotes, full width; one company that is not on the list
    let row = opened.rows[2].unwrap();
    let (name, unit) = (data.name(row).unwrap().to_owned(), opened.targets[2].unit_id.to_string());
    let wide: String = opened.targets[5]
        .unit_id
        .as_str()
        .chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(c as u32 - '!' as u32 + '！' as u32).unwrap(),
            c => c,
        })
        .collect();
    let uscc = fairdraw::registry::schema::sources::USCC.of(&data.registry.sources).unwrap();
    let code = uscc.get(opened.rows[7].unwrap() as usize).unwrap();
    focus(&mut window, draw::LIST);
    window.harness.event(Event::Paste(format!("{name}  \r\n'{wide}\r\n\"{code}\"\t\r\n不在名单的公司\r\n")));
    window.harness.run_steps(4);
    assert!(window.shows("未找到 1 个") && window.shows("不在名单的公司"), "{}", window.shown().join(" | "));
    window.click(table::PASTE_ONLY);
    window.harness.run_steps(3);
    let found = rows_of(&window, draw::LIST).unwrap();
    assert!((3..8).contains(&found), "{found} rows of three companies");
    window.click(table::CLEAR_ALL);
    assert_eq!(rows_of(&window, draw::LIST), Some(all));

    // an area picked at the top
    let district = data.district[row as usize];
    let code = data.districts.districts()[usize::from(district)].code.0;
    window.send(fairdraw::workspace::session::ViewCommand::SetDistrict(Some(code)));
    window.settle();
    let here = opened.rows.iter().flatten().filter(|row| data.district[**row as usize] == district).count();
    assert_eq!(rows_of(&window, draw::LIST), Some(here));
    window.send(fairdraw::workspace::session::ViewCommand::SetDistrict(None));
    window.settle();

    // the menu of the row: the proof, the result, the card
    let open_menu = |window: &mut Window| {
        let label = window.shown().into_iter().find(|shown| shown.contains(&name) && shown.contains('，')).unwrap();
        window.harness.get_by_label(&label).click_secondary();
        window.harness.run_steps(3);
    };
    let proof = folder.path().join("证明.json");
    window.answers.push(&proof);
    open_menu(&mut window);
    window.click(table::PROOF);
    window.until("the proof", |_| proof.exists());
    let parsed = fairdraw::sampling::UnitProof::parse(&std::fs::read(&proof).unwrap()).unwrap();
    assert_eq!(parsed.row.unit_id.as_str(), unit);
    assert!(parsed.draw.is_none(), "before all were visited the proof holds the chance alone");
    window.settle();
    open_menu(&mut window);
    window.click(table::SUBSTITUTE);
    window.until("the dialog", |w| w.shows(draw::D_SUBSTITUTE_WHY));
    window.key(Modifiers::NONE, Key::Escape);
    open_menu(&mut window);
    window.click(table::RESULT);
    window.until("the form", |w| w.app().screen == ScreenId::Results && w.shows(results::INSPECTED));
    assert!(window.shows(&name));
    tab(&mut window, "待录入 ");
    window.app_mut().go(ScreenId::Draw);
    window.settle();
    open_menu(&mut window);
    window.click(table::CARD);
    window.settle();
    assert_eq!(window.app().screen, ScreenId::Data);
    assert_eq!(window.app().session.filter().unit, Some(row));
    assert_eq!(window.app().session.month(), Some(month));
}

#[test]
fn the_register_is_summed_pivoted_and_pasted_into() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Data);
    window.until("the table", |w| w.shows("风险等级"));
    let data = std::sync::Arc::clone(&window.app().session.project().unwrap().data);
    let name = fairdraw::registry::TableKind::Sources.label();
    let names: Vec<String> = [3, 11, 40].iter().map(|row| data.name(*row).unwrap().to_owned()).collect();
    focus(&mut window, name);
    window.harness.event(Event::Paste(format!("{}\r\n查无此厂\r\n", names.join("\r\n"))));
    window.until("the answer", |w| w.shows("未找到 1 个"));
    window.click(table::PASTE_SELECT);
    window.until("figures", |w| w.shows("平均"));
    assert!(window.app().session.filter().rows.len() <= 3 || window.shows("已选"), "selected");
    // by body, as a table with bars
    tool(&mut window, table::PIVOT);
    window.until("the pivot", |w| w.shows(table::PIVOT_COUNT) && w.shows(table::PIVOT_SUM));
    assert!(window.shows(&thousands(data.len() as u64)), "all sites are counted");
}

#[test]
fn events_without_a_name_show_the_registers() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Data);
    window.settle();
    let kind = fairdraw::registry::TableKind::Monitoring;
    let data = std::sync::Arc::clone(&window.app().session.project().unwrap().data);
    let rows = data.registry.frame(kind).height();
    let label = format!("{} {}", fairdraw::ui::text::data::tab(kind), thousands(rows as u64));
    window.click(&label);
    let units = fairdraw::registry::schema::event::UNIT_ID.of(data.registry.frame(kind)).unwrap();
    let unit = (0..rows).find_map(|row| units.get(row)).unwrap();
    let source = fairdraw::registry::row_of_unit(&data.registry.sources, unit).unwrap();
    let name = data.name(source).unwrap().to_owned();
    window.until("the name", |w| w.shows(&format!("{name}，")));
    // a word of the office's file, not a flag
    assert!(window.shows("小时值") || window.shows("日均值"));
    assert!(!window.shows("，是，") && !window.shows("，否，"));
}
