//! The matrix heard and seen.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use egui::{Key, Modifiers};

use super::super::model::{Cell, Tone};
use super::*;

struct Shown {
    model: Model,
    selection: Selection,
    dragged: Option<(usize, usize, String)>,
    widths: Widths,
    editable: [bool; MONTHS],
    events: Vec<Event>,
    focus: bool,
    bring: bool,
}

fn row(key: RowKey, name: &str) -> Row {
    let cell = |m: usize| Cell {
        value: Some(m as f64),
        text: format!("{m}.0"),
        name: t::cell_name(name, m + 1, &format!("{m}.0"), "") + &t::cell_marks(m == 4, false),
        load: Some(0.5),
        locked: m == 4,
        ..Cell::default()
    };
    let cells = (0..MONTHS).map(cell).collect();
    Row { key, name: name.to_owned(), cells, year: "66".to_owned(), ..Row::default() }
}

fn harness(bodies: usize, height: f32) -> Harness<'static, Shown> {
    sized(bodies, Vec2::new(900.0, height))
}

fn sized(bodies: usize, size: Vec2) -> Harness<'static, Shown> {
    let mut rows = vec![row(RowKey::City, "全市")];
    rows.extend((0..bodies).map(|i| row(RowKey::Body(i), &format!("第{}局", i + 1))));
    let mut model = Model::default();
    model.bodies = rows;
    let shown = Shown {
        model,
        selection: Selection::at((1, 2)),
        dragged: None,
        widths: Widths::default(),
        editable: [true; MONTHS],
        events: Vec::new(),
        focus: true,
        bring: true,
    };
    let mut set_up = false;
    Harness::builder().with_size(size).with_max_steps(60).build_ui_state(
        move |ui, shown: &mut Shown| {
            if !set_up {
                crate::ui::fonts::install(ui.ctx());
                theme::apply(ui.ctx());
                set_up = true;
                return;
            }
            let of = View {
                model: &shown.model,
                rows: &shown.model.bodies,
                selection: &shown.selection,
                month: shown.selection.cursor().1,
                marked: None,
                dragged: shown.dragged.clone(),
                editable: shown.editable,
                motion: false,
                take_focus: shown.focus,
                bring: std::mem::take(&mut shown.bring),
            };
            let (event, in_sight, _) = show(ui, &mut shown.widths, &of);
            shown.focus &= !in_sight;
            if let Some(event) = event {
                match &event {
                    Event::Select(to, Join::Alone) => shown.selection = Selection::at(*to),
                    Event::Select(to, Join::Grow) => shown.selection.extend(*to),
                    Event::Select(to, Join::Add) => shown.selection.add(*to),
                    Event::DragStart(at) => shown.dragged = Some((at.0, at.1, "1".to_owned())),
                    Event::DragEnd => shown.dragged = None,
                    _ => {}
                }
                shown.focus |= matches!(event, Event::Select(..));
                shown.bring = shown.focus;
                shown.events.push(event);
            }
        },
        shown,
    )
}

#[test]
fn arrows_move_and_enter_edits() {
    let mut harness = harness(6, 400.0);
    harness.run();
    for key in [Key::ArrowRight, Key::ArrowDown, Key::End] {
        harness.key_press(key);
        harness.run();
    }
    assert_eq!(harness.state().selection.cursor(), (2, 11));
    harness.key_press(Key::F2);
    harness.run();
    assert_eq!(harness.state().events.last(), Some(&Event::Edit((2, 11))));
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(harness.state().selection.cursor().1, 11, "the last month is the last");
}

#[test]
fn keys_go_on_where_the_cursor_leaves_the_window() {
    // too narrow for twelve months, too low for forty rows; the city's row is always in sight, its months are not
    for from in ["全市 1月 ", "第1局 1月 "] {
        let mut harness = sized(40, Vec2::new(500.0, 300.0));
        harness.run();
        let start = harness.query_all_by_label_contains(from).next().unwrap();
        start.click();
        harness.run();
        let row = harness.state().selection.cursor().0;
        for (key, month) in [(Key::End, 11), (Key::ArrowLeft, 10), (Key::Home, 0), (Key::ArrowRight, 1)] {
            harness.key_press(key);
            harness.run();
            assert_eq!(harness.state().selection.cursor(), (row, month), "{from} {key:?}");
            let name = harness.state().model.bodies[row].cells[month].name.clone();
            assert!(harness.query_by_label(&name).is_some(), "{name} is in sight");
        }
        for _ in 0..3 {
            harness.key_press(Key::PageDown);
            harness.run();
        }
        harness.key_press(Key::F2);
        harness.run();
        let cursor = harness.state().selection.cursor();
        assert!(cursor.0 > row + 10, "{cursor:?}");
        assert_eq!(harness.state().events.last(), Some(&Event::Edit(cursor)));
    }
}

#[test]
fn cells_have_names_and_are_selected_by_click() {
    let mut harness = harness(6, 400.0);
    harness.run();
    harness.get_by_label("第3局 5月 4.0 次，已锁定").click();
    harness.run();
    assert_eq!(harness.state().selection.cursor(), (3, 4));
}

fn drag(harness: &mut Harness<'static, Shown>, held: Modifiers, by: Vec2) {
    let at = harness.get_by_label("第3局 6月 5.0 次").rect().center();
    harness.event(egui::Event::PointerMoved(at));
    harness.event_modifiers(
        egui::Event::PointerButton { pos: at, button: PointerButton::Primary, pressed: true, modifiers: held },
        held,
    );
    harness.run();
    for step in 1..=4 {
        harness.event_modifiers(egui::Event::PointerMoved(at + by * (step as f32 / 4.0)), held);
        harness.run();
    }
    let up =
        egui::Event::PointerButton { pos: at + by, button: PointerButton::Primary, pressed: false, modifiers: held };
    harness.event_modifiers(up, held);
    harness.run();
}

#[test]
fn a_drag_selects_and_with_alt_changes_the_number_where_the_month_is_open() {
    let mut plain = harness(6, 400.0);
    plain.run();
    drag(&mut plain, Modifiers::NONE, Vec2::new(120.0, 45.0));
    let chosen = plain.state().selection.cells();
    assert!(chosen.len() >= 4 && chosen.contains(&(3, 5)) && chosen.contains(&(4, 7)), "{chosen:?}");
    assert!(!plain.state().events.iter().any(|e| matches!(e, Event::DragStart(..) | Event::Drag(_))));
    let mut open = harness(6, 400.0);
    open.run();
    drag(&mut open, Modifiers::ALT, Vec2::new(0.0, -40.0));
    let events = &open.state().events;
    assert!(events.contains(&Event::DragStart((3, 5))) && events.contains(&Event::DragEnd), "{events:?}");
    assert!(events.iter().any(|e| matches!(e, Event::Drag(down) if *down < -30.0)), "{events:?}");
    let mut shut = harness(6, 400.0);
    shut.state_mut().editable = [false; MONTHS];
    shut.run();
    drag(&mut shut, Modifiers::ALT, Vec2::new(0.0, -40.0));
    assert!(!shut.state().events.iter().any(|e| matches!(e, Event::DragStart(..) | Event::Drag(_))));
}

#[test]
fn keys_select_copy_paste_fill_and_type() {
    let mut harness = harness(6, 400.0);
    harness.run();
    for key in [Key::ArrowRight, Key::ArrowDown] {
        harness.key_press_modifiers(Modifiers::SHIFT, key);
        harness.run();
    }
    assert_eq!(harness.state().selection.cells().len(), 4, "{:?}", harness.state().selection);
    harness.event(egui::Event::Copy);
    harness.run();
    harness.event(egui::Event::Paste("1\t2".to_owned()));
    harness.run();
    for (key, _) in [(Key::R, 0), (Key::D, 0), (Key::A, 0)] {
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        harness.run();
    }
    harness.event(egui::Event::Text("7".to_owned()));
    harness.run();
    harness.key_press(Key::Delete);
    harness.run();
    let events = &harness.state().events;
    let tail = &events[events.len() - 7..];
    assert_eq!(
        tail,
        [
            Event::Copy,
            Event::Paste("1\t2".to_owned()),
            Event::Fill { right: true },
            Event::Fill { right: false },
            Event::All,
            Event::Type("7".to_owned()),
            Event::Clear,
        ]
    );
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.state().selection.is_single());
}

#[test]
fn no_figure_is_cut_however_wide() {
    let mut harness = harness(2, 400.0);
    harness.state_mut().model.bodies[0].cells[0].text = "1,409".to_owned();
    harness.state_mut().model.bodies[0].cells[0].small =
        vec![(Tone::Plan, "1,410.0".to_owned()), (Tone::Done, "1,409".to_owned())];
    harness.state_mut().model.revision += 1;
    harness.run();
    let (month, needed) = (harness.state().widths.month, {
        let width = |text: &str| {
            harness.ctx.fonts_mut(|f| {
                f.layout_no_wrap(text.to_owned(), theme::regular(theme::SMALL), egui::Color32::BLACK).size().x
            })
        };
        width("1,410.0") + GAP + width("1,409")
    });
    assert!(month >= needed + 6.0, "{month} {needed}");
}

#[test]
fn the_selected_cell_is_brought_out_from_under_the_heading() {
    let mut harness = harness(40, 260.0);
    harness.run();
    for _ in 0..30 {
        harness.key_press(Key::ArrowDown);
        harness.run();
    }
    assert_eq!(harness.state().selection.cursor().0, 31);
    harness.get_by_label("第31局 3月 2.0 次");
    for _ in 0..30 {
        harness.key_press(Key::ArrowUp);
        harness.run();
    }
    let cell = harness.get_by_label("第1局 3月 2.0 次").rect();
    assert!((cell.height() - LOW_ROW).abs() < 1.0, "seen whole: {cell:?}");
    assert!(harness.query_by_label("第38局 3月 2.0 次").is_none(), "only what is seen is laid out");
}
