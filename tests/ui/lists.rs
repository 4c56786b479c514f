//! Every list has the tools of a table: search, sorting, filter, selecting, copying, pasting, figures, file, a row's
//! menu. The program declares its lists in one place; each of them is walked through here, by keys and clicks.

use std::path::{Path, PathBuf};

use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::domain::Period;
use fairdraw::registry::TableKind;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::table::{About, ListId};
use fairdraw::ui::text::{audit, data, draw, plan, refresh, results, table};
use fairdraw::ui::widgets::thousands;

use super::abilities::{double_click, has_all, searches, sorts};
use super::hands::{Hands, rows_of};
use super::plan::on_the_matrix;
use super::refresh::{next_register, open_refresh};
use super::results::{record_all, record_problems, tab};
use super::support::{Begin, LAPTOP, PROJECTOR, Window};
use super::work::{ceremony_with, choose_month, draw_month, name_operator, seal_year, write_exported};

/// On which of the walks a list is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    Register,
    Plan,
    Draw,
    Results,
    /// In `database`, beside a server.
    Database,
}

/// A list that is added is told here where it is met: the walk there then holds its abilities.
fn walk(list: ListId) -> Walk {
    match list {
        ListId::Table(_)
        | ListId::Quality
        | ListId::SetAside
        | ListId::Selection
        | ListId::Pivot
        | ListId::RefreshUnits
        | ListId::RefreshFrequency => Walk::Register,
        ListId::Movers | ListId::Shortages | ListId::Record | ListId::Lights | ListId::Values => Walk::Plan,
        ListId::Strata | ListId::Pairs | ListId::Month => Walk::Draw,
        ListId::Checks
        | ListId::Board
        | ListId::Ledger
        | ListId::PublicList
        | ListId::Progress
        | ListId::Journal
        | ListId::Register
        | ListId::Verification
        | ListId::Manifest
        | ListId::Hand => Walk::Results,
        // readings: before another list, whose rows hands would take too; only its search is held, in `database::real`
        ListId::DatabaseTables | ListId::DatabaseRows | ListId::Readings => Walk::Database,
        list if format!("{list:?}").starts_with("Effect") => Walk::Results,
        list => panic!("{list:?} is met nowhere"),
    }
}

fn lists_of(of: Walk) -> impl Iterator<Item = ListId> {
    ListId::all().filter(move |list| walk(*list) == of)
}

/// Holds a list that is in sight, and what a double click on it does.
pub fn hold(window: &mut Window, list: ListId) {
    let name = list.name();
    window.until(name, |w| rows_of(w, name).is_some());
    let file = window.folder.path().join(format!("{name}.xlsx"));
    has_all(window, name, list.about(), &file);
    double_click(window, name);
    match list {
        // the card of the unit; the boards lead to the result
        ListId::Checks | ListId::Board => {
            assert_eq!(window.app().screen, ScreenId::Results, "{name}");
            window.until("the form", |w| w.shows(results::INSPECTED));
        }
        // a problem's mending is entered
        ListId::Ledger => {
            window.until("the dialog", |w| w.shows(results::FOLLOW_UP_NOTE));
            window.key(Modifiers::NONE, Key::Escape);
            window.until("no dialog", |w| !w.shows(results::FOLLOW_UP_NOTE));
        }
        list if list.about() == About::Units => {
            assert_eq!(window.app().screen, ScreenId::Data, "{name}: the card");
            assert!(window.app().session.filter().unit.is_some(), "{name}: the card");
        }
        _ => {}
    }
}

/// Clicks the tab whose name begins so, wherever it stands.
fn begin_with(window: &mut Window, label: &str) {
    let found = window.shown().into_iter().find(|shown| shown.starts_with(label));
    let found = found.unwrap_or_else(|| panic!("no {label}: {}", window.shown().join(" | ")));
    window.harness.get_all_by_label(&found).next().unwrap().click();
    window.harness.run_steps(3);
}

fn go(window: &mut Window, screen: ScreenId) {
    window.app_mut().go(screen);
    window.settle();
}

#[test]
fn the_registers_lists_can_all_that_a_table_can() {
    let mut window = Window::new(PROJECTOR, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    // the city has no row that was left out: another register brings some
    let (last, before): (Vec<ListId>, Vec<ListId>) =
        lists_of(Walk::Register).partition(|list| *list == ListId::SetAside);
    for list in before.into_iter().chain(last) {
        match list {
            ListId::Table(kind) => {
                go(&mut window, ScreenId::Data);
                let open = window.app().session.project().unwrap();
                let rows = open.data.registry.frame(kind).height();
                assert!(rows > 0, "the city has no {kind:?}");
                window.click(&format!("{} {}", data::tab(kind), thousands(rows as u64)));
            }
            ListId::Quality => {
                go(&mut window, ScreenId::Data);
                begin_with(&mut window, &format!("{} ", list.name()));
            }
            ListId::SetAside => {
                differences(&mut window);
                window.click(refresh::CONFIRM);
                let aside = |w: &Window| w.app().session.project().map_or(0, |p| p.data.registry.set_aside.height());
                window.until("rows left out", |w| aside(w) > 0 && w.shows(refresh::KEPT));
                assert!(window.shows(&format!("{} 3", list.name())), "{}", window.shown().join(" | "));
                // its sheet is the one of the tables and findings held above
                continue;
            }
            ListId::Selection => {
                go(&mut window, ScreenId::Data);
                begin_with(&mut window, &format!("{} ", data::tab(TableKind::Sources)));
                let mut hands = Hands::on(&mut window, TableKind::Sources.label());
                hands.focus();
                hands.window.key(Modifiers::NONE, Key::Home);
                for _ in 0..11 {
                    hands.window.key(Modifiers::SHIFT, Key::ArrowDown);
                }
                go(&mut window, ScreenId::Map);
                assert_eq!(window.app().session.filter().rows.len(), 12);
            }
            ListId::Pivot => {
                go(&mut window, ScreenId::Data);
                begin_with(&mut window, &format!("{} ", data::tab(TableKind::Sources)));
                let name = TableKind::Sources.label();
                Hands::on(&mut window, name).tool(table::PIVOT);
                let title = table::pivot_title(name, table::PIVOT_COUNT);
                window.until("the pivot", |w| rows_of(w, &title).is_some());
                let copied = Hands::on(&mut window, &title).all();
                assert!(copied.len() > 2 && copied[0].len() > 1, "{copied:?}");
                // a word that is nowhere: Esc brings the rows back, and the pivot stays open
                let mut hands = Hands::on(&mut window, &title);
                searches(&mut hands);
                sorts(&mut hands);
                window.key(Modifiers::NONE, Key::Escape);
                window.until("no pivot", |w| rows_of(w, &title).is_none());
                continue;
            }
            _ => {
                differences(&mut window);
                let (units, ways) = ([refresh::ALL_CHANGES], [refresh::UP, refresh::DOWN]);
                let begins: &[&str] = if list == ListId::RefreshUnits { &units } else { &ways };
                let shown = window.shown();
                let label = begins.iter().find(|label| shown.iter().any(|shown| shown.starts_with(**label)));
                begin_with(&mut window, label.unwrap_or_else(|| panic!("{}", shown.join(" | "))));
            }
        }
        hold(&mut window, list);
    }
}

/// The page of what another register would change: units that come, go, close and change, and rows without a number.
fn differences(window: &mut Window) {
    go(window, ScreenId::Data);
    if window.shown().iter().any(|shown| shown == refresh::TITLE) {
        window.harness.get_all_by_label(refresh::TITLE).next().unwrap().click();
        window.harness.run_steps(3);
    }
    if window.enabled(refresh::CONFIRM) {
        return;
    }
    let folder = next_register(window, 3, 40);
    let file = folder.join("固定污染源名录.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    let lines = text.lines().enumerate().map(|(at, line)| match at {
        100..400 => line.replace("登记管理", "重点管理"),
        _ => line.to_owned(),
    });
    let bad = (1..=3).map(|at| format!(",无编号{at}厂,,黄浦区,登记管理,,在产"));
    std::fs::write(&file, lines.chain(bad).collect::<Vec<_>>().join("\n")).unwrap();
    // the findings' headings have the words of the menu
    begin_with(window, &format!("{} ", data::tab(TableKind::Sources)));
    open_refresh(window);
    window.answers.push(&folder);
    window.click(refresh::CHOOSE_FOLDER);
    window.until("the differences", |w| w.enabled(refresh::CONFIRM));
}

#[test]
fn the_plans_lists_can_all_that_a_table_can() {
    let mut window = Window::new(PROJECTOR, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    for list in lists_of(Walk::Plan) {
        match list {
            ListId::Movers => {
                go(&mut window, ScreenId::Risk);
                super::risk::drag(&mut window);
                window.settle();
            }
            ListId::Shortages => {
                // more than can be drawn: cut to that, and said
                for month in ["5月", "7月"] {
                    on_the_matrix(&mut window, month);
                    window.key(Modifiers::NONE, Key::Enter);
                    window.key(Modifiers::COMMAND, Key::A);
                    window.text("9999");
                    window.key(Modifiers::NONE, Key::Enter);
                    window.settle();
                }
                begin_with(&mut window, plan::TAB_SHORTAGES);
            }
            ListId::Values => begin_with(&mut window, plan::TAB_VALUES),
            _ => {
                go(&mut window, ScreenId::Plan);
                begin_with(&mut window, if list == ListId::Record { plan::TAB_RECORD } else { plan::TAB_LIGHTS });
            }
        }
        hold(&mut window, list);
    }
}

#[test]
fn the_draws_lists_can_all_that_a_table_can() {
    let mut window = Window::new(PROJECTOR, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    seal_year(&mut window);
    for list in lists_of(Walk::Draw) {
        match list {
            ListId::Strata => {}
            ListId::Pairs => {
                ceremony_with(&mut window, "开封并抽取", &mut |_, _| {});
                window.until("the reveal", |w| w.enabled("进入配对"));
                window.click("进入配对");
                window.until("the pairs", |w| w.enabled("进入本月清单"));
            }
            _ => {
                go(&mut window, ScreenId::Draw);
                if window.enabled("进入本月清单") {
                    window.click("进入本月清单");
                }
                window.until("the list", |w| w.enabled("导出任务单"));
            }
        }
        hold(&mut window, list);
    }
}

#[test]
fn the_lists_of_results_and_audit_can_all_that_a_table_can() {
    let mut window = Window::new(PROJECTOR, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let month = draw_month(&mut window);
    // two changes by hand
    for number in ["3", "2"] {
        on_the_matrix(&mut window, "8月");
        window.harness.event(Event::Paste(number.to_owned()));
        window.harness.run_steps(4);
        if window.enabled("更改 1 格") {
            window.click("更改 1 格");
        }
        window.settle();
        window.key(Modifiers::COMMAND, Key::S);
        window.until("the project saved", |w| {
            !w.app().session.is_busy() && !w.app().session.project().unwrap().draft.is_changed()
        });
    }
    for list in lists_of(Walk::Results) {
        match list {
            ListId::Checks => {
                go(&mut window, ScreenId::Results);
                choose_month(&mut window, &month.to_string());
                tab(&mut window, "待录入 ");
            }
            ListId::Board => {
                record_all(&mut window);
                tab(&mut window, "公开期限 ");
            }
            ListId::Ledger => {
                go(&mut window, ScreenId::Results);
                record_problems(&mut window, 12);
                tab(&mut window, "整改台账 ");
            }
            ListId::PublicList | ListId::Progress => {
                go(&mut window, ScreenId::Results);
                let of = if list == ListId::Progress { results::TAB_FIGURES } else { results::TAB_LISTS };
                tab(&mut window, of);
            }
            list if format!("{list:?}").starts_with("Effect") => {
                go(&mut window, ScreenId::Effect);
                window.until("the report", |w| w.shown().iter().any(|shown| shown.starts_with(list.name())));
                begin_with(&mut window, list.name());
            }
            ListId::Verification => {
                go(&mut window, ScreenId::Audit);
                window.click(audit::PAGES[2]);
                window.click(&format!("{} {}", audit::VERIFY_OWN, Period::Month(month)));
            }
            ListId::Manifest => {
                let folder = window.folder.path().join("对外");
                changed_export(&folder);
                window.answers.push(&folder);
                window.click("选择导出的文件夹…");
            }
            _ => {
                go(&mut window, ScreenId::Audit);
                window.click(list.name());
            }
        }
        hold(&mut window, list);
    }
}

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

/// The bare table is the tools' own: the register's sheets bring a frame and draw the same tools around it.
#[test]
fn no_screen_draws_a_table_without_its_tools() {
    let mut files = Vec::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/screens"), &mut files);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().to_string();
        assert!(!text.contains("Table::show(") || name == "sheet.rs", "{name} draws a table without its tools");
    }
}

/// An exported folder whose files have been changed since.
fn changed_export(folder: &Path) {
    write_exported(folder, &["任务.csv", "名单.csv", "统计.csv"]);
    std::fs::write(folder.join("任务.csv"), b"1,3\n").unwrap();
    std::fs::remove_file(folder.join("名单.csv")).unwrap();
    std::fs::write(folder.join("多余.csv"), b"1\n").unwrap();
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
    Hands::on(&mut window, draw::LIST).tool(table::EXPORT);
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
    Hands::on(&mut window, draw::LIST).focus();
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
    Hands::on(&mut window, name).focus();
    window.harness.event(Event::Paste(format!("{}\r\n查无此厂\r\n", names.join("\r\n"))));
    window.until("the answer", |w| w.shows("未找到 1 个"));
    window.click(table::PASTE_SELECT);
    window.until("figures", |w| w.shows("平均"));
    assert!(window.app().session.filter().rows.len() <= 3 || window.shows("已选"), "selected");
    // by body, as a table with bars
    Hands::on(&mut window, name).tool(table::PIVOT);
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
