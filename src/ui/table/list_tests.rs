use std::borrow::Cow;

use egui::{Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::*;

/// 1 400 rows, as many as a month's list has.
const COUNT: usize = 1_400;

#[derive(Default)]
struct Shown {
    list: ListState,
    total: bool,
    version: u64,
    last: TableOutput,
    chosen: Vec<usize>,
    activated: Option<usize>,
    ticked: Option<usize>,
    from_menu: Option<usize>,
    asked: std::cell::Cell<usize>,
}

fn columns() -> [ColumnDef; 3] {
    [
        ColumnDef::text("tick", "", 30.0).unsorted(),
        ColumnDef::text("name", "名称", 100.0).share(1.0),
        ColumnDef::number("score", "得分", 80.0),
    ]
}

fn harness() -> Harness<'static, Shown> {
    let mut set_up = false;
    Harness::builder().with_size(Vec2::new(500.0, 300.0)).with_max_steps(60).build_ui_state(
        move |ui, shown: &mut Shown| {
            if !set_up {
                crate::ui::fonts::install(ui.ctx());
                theme::apply(ui.ctx());
                set_up = true;
                return;
            }
            let columns = columns();
            let asked = &shown.asked;
            let cell = |row: usize, column: usize| {
                asked.set(asked.get() + 1);
                match column {
                    1 => Cow::Owned(format!("第{}家", row + 1)),
                    // falls from 1,400.0 to 1.0
                    2 => Cow::Owned(crate::ui::widgets::decimal((COUNT - row) as f64, 1)),
                    _ => Cow::Borrowed(""),
                }
            };
            let ticked = |row: usize| (row == 2).then_some(true);
            let rows = CellRows::new(&columns, COUNT, &cell).ticked(&ticked);
            let total = [String::new(), "合计".to_owned(), "980,700.0".to_owned()];
            let items = |_: usize| vec![RowItem::new("correct", "更正")];
            let mut input = TableInput::new(ListId::Pivot, &rows).named("清单").items(&items);
            if shown.total {
                input = input.total(&total);
            }
            let out = List::show(ui, &mut shown.list, &input, shown.version);
            shown.from_menu = out.item.map(|(row, _)| row).or(shown.from_menu);
            shown.chosen.extend(out.chosen);
            shown.activated = out.activated.or(shown.activated);
            shown.ticked = out.ticked.or(shown.ticked);
            shown.last = out;
        },
        Shown::default(),
    )
}

fn focused() -> Harness<'static, Shown> {
    let mut harness = harness();
    harness.run();
    harness.get_by_label("清单，1,400 行").focus();
    harness.run();
    harness
}

fn press(harness: &mut Harness<'static, Shown>, keys: &[Key]) {
    for key in keys {
        harness.key_press(*key);
        harness.run();
    }
}

fn copied(harness: &Harness<'_, Shown>) -> Option<String> {
    harness.output().platform_output.commands.iter().find_map(|c| match c {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

#[test]
fn arrows_pages_home_and_end_move_and_enter_activates() {
    let mut harness = focused();
    press(&mut harness, &[Key::ArrowDown, Key::ArrowDown, Key::End]);
    assert_eq!(harness.state().chosen, [0, 1, COUNT - 1]);
    assert!(harness.query_by_label("第1400家，1.0").is_some(), "the last row is in sight");
    press(&mut harness, &[Key::PageUp, Key::Home, Key::ArrowDown, Key::Enter]);
    assert_eq!(harness.state().chosen.last(), Some(&1));
    assert_eq!(harness.state().activated, Some(1));
    press(&mut harness, &[Key::Space]);
    assert_eq!(harness.state().ticked, Some(1));
}

#[test]
fn headings_sort_by_mouse_and_by_keyboard_and_the_chosen_row_stays_the_same() {
    let mut harness = focused();
    press(&mut harness, &[Key::ArrowDown]);
    // by its value, not by its digits: 1.0 first, then 2.0, then 3.0
    harness.get_by_label("得分").click();
    harness.run();
    assert_eq!(harness.state().list.chosen(), Some(0));
    harness.get_by_label("清单，1,400 行").focus();
    press(&mut harness, &[Key::Home, Key::ArrowDown]);
    assert_eq!(harness.state().chosen[1..], [COUNT - 1, COUNT - 2]);
    // the heading has the keyboard's Enter: descending, then unsorted
    harness.get_by_label("得分").focus();
    press(&mut harness, &[Key::Enter]);
    harness.get_by_label("清单，1,400 行").focus();
    press(&mut harness, &[Key::Home]);
    assert_eq!(harness.state().chosen.last(), Some(&0));
    // other rows: nothing of the old selection stays
    harness.state_mut().version = 1;
    harness.run();
    assert_eq!(harness.state().list.chosen(), None);
    assert!(harness.state().list.table.selection.is_empty());
}

#[test]
fn the_selected_rows_are_copied_with_their_heading_and_without_the_shapes() {
    let mut harness = focused();
    press(&mut harness, &[Key::ArrowDown]);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.run();
    harness.event(egui::Event::Copy);
    harness.step();
    assert_eq!(copied(&harness).as_deref(), Some("名称\t得分\n第1家\t1,400.0\n第2家\t1,399.0\n"));
}

#[test]
fn only_rows_in_sight_are_asked_for() {
    let mut harness = focused();
    harness.state().asked.set(0);
    harness.step();
    let asked = harness.state().asked.get();
    assert!(asked > 0 && asked < 200, "{asked} cells for a frame");
}

#[test]
fn a_total_stands_below_the_rows_and_a_share_fills_the_room() {
    let mut harness = harness();
    harness.state_mut().total = true;
    harness.run();
    let total = harness.get_by_label("合计，980,700.0").rect();
    assert!((total.bottom() - 300.0).abs() < 10.0, "{total:?}");
    // 500 points less bar, margins and the fixed columns
    let name = harness.get_by_label("名称").rect();
    assert!(name.width() > 330.0 && name.width() < 390.0, "{name:?}");
}

#[test]
fn a_ticked_row_is_a_box_and_a_menu_is_there_for_mouse_and_keyboard() {
    let mut harness = focused();
    let boxed = harness.get_by_label("第3家，1,398.0");
    assert_eq!(boxed.accesskit_node().role(), egui::accesskit::Role::CheckBox);
    assert_eq!(boxed.accesskit_node().toggled(), Some(egui::accesskit::Toggled::True));
    boxed.click_secondary();
    harness.run();
    harness.get_by_label("更正").click();
    harness.run();
    assert_eq!(harness.state().from_menu, Some(2));
    harness.get_by_label("清单，1,400 行").focus();
    press(&mut harness, &[Key::Home]);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    harness.run();
    harness.get_by_label("更正").click();
    harness.run();
    assert_eq!(harness.state().from_menu, Some(0));
}
