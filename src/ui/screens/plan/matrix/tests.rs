//! The matrix heard and seen.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::*;

struct Shown {
    model: Model,
    row: usize,
    month: usize,
    editable: [bool; MONTHS],
    events: Vec<Event>,
    focus: bool,
}

fn row(key: RowKey, name: &str) -> Row {
    let cell = |m: usize| Cell {
        value: m as f64,
        text: format!("{m}.0"),
        name: t::cell_name(name, m + 1, &format!("{m}.0"), m == 4, false),
        load: Some(0.5),
        locked: m == 4,
        ..Cell::default()
    };
    Row { key, name: name.to_owned(), cells: (0..MONTHS).map(cell).collect(), year: "66".to_owned() }
}

fn harness(bodies: usize, height: f32) -> Harness<'static, Shown> {
    let mut rows = vec![row(RowKey::City, "全市")];
    rows.extend((0..bodies).map(|i| row(RowKey::Body(i), &format!("第{}局", i + 1))));
    let mut model = Model::default();
    model.bodies = rows;
    let shown = Shown { model, row: 1, month: 2, editable: [true; MONTHS], events: Vec::new(), focus: true };
    let mut set_up = false;
    Harness::builder().with_size(Vec2::new(900.0, height)).with_max_steps(60).build_ui_state(
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
                row: shown.row,
                month: shown.month,
                marked: None,
                dragged: None,
                editable: shown.editable,
                motion: false,
                take_focus: shown.focus,
                bring: shown.focus,
            };
            let event = show(ui, &of);
            shown.focus = false;
            if let Some(event) = event {
                if let Event::Select(row, month) = event {
                    (shown.row, shown.month, shown.focus) = (row, month, true);
                }
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
    assert_eq!((harness.state().row, harness.state().month), (2, 11));
    harness.key_press(Key::F2);
    harness.run();
    assert_eq!(harness.state().events.last(), Some(&Event::Edit(2, 11)));
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(harness.state().month, 11, "the last month is the last");
}

#[test]
fn cells_have_names_and_are_selected_by_click() {
    let mut harness = harness(6, 400.0);
    harness.run();
    harness.get_by_label("第3局 5月 4.0 次，已锁定").click();
    harness.run();
    assert_eq!((harness.state().row, harness.state().month), (3, 4));
}

#[test]
fn a_drag_is_heard_from_beginning_to_end_where_the_month_is_open() {
    let drag = |harness: &mut Harness<'static, Shown>| {
        let at = harness.get_by_label("第3局 6月 5.0 次").rect().center();
        harness.hover_at(at);
        harness.run();
        harness.drag_at(at);
        harness.run();
        for step in 1..=4 {
            harness.hover_at(at - Vec2::new(0.0, 10.0 * step as f32));
            harness.run();
        }
        harness.drop_at(at - Vec2::new(0.0, 40.0));
        harness.run();
    };
    let mut open = harness(6, 400.0);
    open.run();
    drag(&mut open);
    let events = &open.state().events;
    assert!(events.contains(&Event::DragStart(3, 5)) && events.contains(&Event::DragEnd), "{events:?}");
    assert!(events.iter().any(|e| matches!(e, Event::Drag(down) if *down < -30.0)), "{events:?}");
    let mut shut = harness(6, 400.0);
    shut.state_mut().editable = [false; MONTHS];
    shut.run();
    drag(&mut shut);
    assert!(!shut.state().events.iter().any(|e| matches!(e, Event::DragStart(..) | Event::Drag(_))));
}

#[test]
fn the_selected_cell_is_brought_out_from_under_the_heading() {
    let mut harness = harness(40, 260.0);
    harness.run();
    for _ in 0..30 {
        harness.key_press(Key::ArrowDown);
        harness.run();
    }
    assert_eq!(harness.state().row, 31);
    harness.get_by_label("第31局 3月 2.0 次");
    for _ in 0..30 {
        harness.key_press(Key::ArrowUp);
        harness.run();
    }
    let cell = harness.get_by_label("第1局 3月 2.0 次").rect();
    assert!((cell.height() - ROW).abs() < 1.0, "seen whole: {cell:?}");
    assert!(harness.query_by_label("第38局 3月 2.0 次").is_none(), "only what is seen is laid out");
}
