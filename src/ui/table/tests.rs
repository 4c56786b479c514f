use std::borrow::Cow;
use std::sync::Arc;

use egui::{Key, Modifiers, Vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, Node};
use polars::prelude::*;

use super::*;
use crate::workspace::view::{SortKey, TableView};

/// Rows that no memory could hold as cells.
struct Counted {
    count: usize,
    defs: Vec<ColumnDef>,
}

impl Rows for Counted {
    fn len(&self) -> usize {
        self.count
    }
    fn columns(&self) -> &[ColumnDef] {
        &self.defs
    }
    fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        if column == 0 { format!("第{}行", row + 1).into() } else { format!("{row}-{column}").into() }
    }
}

struct Shown<R> {
    rows: R,
    table: TableState,
    last: TableOutput,
    all: Vec<TableOutput>,
}

fn counted(count: usize, columns: usize) -> Counted {
    let mut defs = vec![ColumnDef::text("first", "首列", 100.0)];
    defs.extend((1..columns).map(|i| ColumnDef::number(format!("c{i}"), format!("列{i}"), 100.0)));
    Counted { count, defs }
}

fn harness<R: Rows + 'static>(rows: R) -> Harness<'static, Shown<R>> {
    harness_by(rows, 0.25)
}

/// Every frame so many seconds after the one before.
fn harness_by<R: Rows + 'static>(rows: R, seconds: f32) -> Harness<'static, Shown<R>> {
    let shown = Shown { rows, table: TableState::default(), last: TableOutput::default(), all: Vec::new() };
    let mut set_up = false;
    Harness::builder().with_size(Vec2::new(700.0, 400.0)).with_max_steps(60).with_step_dt(seconds).build_ui_state(
        move |ui, shown: &mut Shown<R>| {
            if !set_up {
                crate::ui::fonts::install(ui.ctx());
                theme::apply(ui.ctx());
                set_up = true;
                return;
            }
            let input = TableInput::new(ListId::Pivot, &shown.rows).named("试表").empty("没有行");
            shown.last = Table::show(ui, &mut shown.table, &input);
            if shown.last != TableOutput::default() {
                shown.all.push(shown.last.clone());
            }
        },
        shown,
    )
}

fn focus<R: Rows + 'static>(harness: &mut Harness<'static, Shown<R>>) {
    let label = text::named("试表", &thousands(harness.state().rows.len() as u64));
    harness.get_by_label(&label).focus();
    harness.run();
}

fn copied<S>(harness: &Harness<'_, S>) -> Option<String> {
    harness.output().platform_output.commands.iter().find_map(|c| match c {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

fn fully_in_sight(node: &Node<'_>) -> bool {
    (node.rect().height() - theme::ROW).abs() < 1.0
}

#[test]
fn the_last_of_four_million_rows_is_seen_after_end_and_the_first_after_home() {
    let mut harness = harness(counted(4_000_000, 3));
    harness.run();
    assert!(harness.query_by_label_contains("第1行").is_some());
    focus(&mut harness);
    harness.key_press(Key::End);
    harness.run();
    assert!(fully_in_sight(&harness.get_by_label("第4000000行，3999999-1，3999999-2")));
    // one row further up at a time, exactly
    harness.key_press(Key::ArrowUp);
    harness.run();
    assert_eq!(harness.state().table.cursor(), Some(3_999_998));
    assert_eq!(harness.state().table.selection.keys(), [3_999_998]);
    harness.key_press(Key::PageUp);
    harness.run();
    assert!(harness.state().table.cursor() < Some(3_999_990));
    harness.key_press(Key::Home);
    harness.run();
    assert!(fully_in_sight(&harness.get_by_label("第1行，0-1，0-2")));
}

#[test]
fn the_wheel_moves_by_single_rows_deep_down() {
    let mut harness = harness(counted(4_000_000, 2));
    harness.run();
    harness.state_mut().table.scroll = 3_000_000.0;
    harness.hover_at(egui::pos2(200.0, 200.0));
    harness.run();
    let delta = egui::vec2(0.0, -theme::ROW);
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    harness.run_steps(30);
    assert!((harness.state().table.scroll - 3_000_001.0).abs() < 0.01, "{}", harness.state().table.scroll);
}

#[test]
fn rows_glide_on_after_a_quick_finger_and_stand_still_under_the_next() {
    let mut harness = harness_by(counted(4_000_000, 2), 1.0 / 60.0);
    harness.run();
    harness.ctx.all_styles_mut(|style| style.animation_time = 0.1);
    let finger = |harness: &mut Harness<'static, Shown<Counted>>, phase: egui::TouchPhase, y: f32| {
        let pos = egui::pos2(200.0, y);
        let (device_id, id) = (egui::TouchDeviceId(1), egui::TouchId(1));
        let button = egui::PointerButton::Primary;
        let pressed = phase == egui::TouchPhase::Start;
        let input = harness.input_mut();
        input.events.push(egui::Event::Touch { device_id, id, phase, pos, force: None });
        input.events.push(egui::Event::PointerMoved(pos));
        if phase != egui::TouchPhase::Move {
            input.events.push(egui::Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
        }
        harness.step();
    };
    // there is a touch screen
    finger(&mut harness, egui::TouchPhase::Start, 200.0);
    finger(&mut harness, egui::TouchPhase::End, 200.0);
    harness.run_steps(2);
    let before = harness.state().table.scroll;
    finger(&mut harness, egui::TouchPhase::Start, 320.0);
    for step in 1..=8_u8 {
        finger(&mut harness, egui::TouchPhase::Move, 320.0 - 25.0 * f32::from(step));
    }
    finger(&mut harness, egui::TouchPhase::End, 120.0);
    let let_go = harness.state().table.scroll;
    assert!(let_go > before + 4.0, "{before} {let_go}");
    harness.run_steps(3);
    let gone_on = harness.state().table.scroll;
    assert!(gone_on > let_go + 0.5, "{let_go} {gone_on}");
    finger(&mut harness, egui::TouchPhase::Start, 200.0);
    let held = harness.state().table.scroll;
    harness.run_steps(3);
    assert!((harness.state().table.scroll - held).abs() < 1e-9);
}

#[test]
fn the_bar_reaches_both_ends() {
    let mut harness = harness(counted(4_000_000, 2));
    harness.run();
    let bar = harness.get_by_label(text::VERTICAL_BAR).rect();
    harness.drag_at(bar.center_top() + egui::vec2(0.0, 5.0));
    harness.run();
    harness.hover_at(bar.center_bottom() + egui::vec2(0.0, 40.0));
    harness.run();
    assert!(harness.query_by_label_contains("第4000000行").is_some());
    harness.hover_at(bar.center_top() - egui::vec2(0.0, 40.0));
    harness.run();
    harness.drop_at(bar.center_top());
    harness.run();
    assert!(harness.query_by_label("第1行，0-1").is_some());
}

#[test]
fn headings_ask_for_sorting_and_shift_adds_a_key() {
    let mut harness = harness(counted(10, 3));
    harness.run();
    let key = |column: &str, descending| SortKey { column: column.into(), descending };
    let asked = |h: &Harness<'static, Shown<Counted>>| h.state().all.iter().rev().find_map(|o| o.sort.clone());
    harness.get_by_label("列1").click();
    harness.run();
    assert_eq!(asked(&harness), Some(vec![key("c1", false)]));
    harness.get_by_label("列1").click();
    harness.run();
    assert_eq!(asked(&harness), Some(vec![key("c1", true)]));
    assert_eq!(harness.get_by_label("列1").accesskit_node().description().as_deref(), Some(text::IS_DESCENDING));
    harness.get_by_label("列2").click_modifiers(Modifiers::SHIFT);
    harness.run();
    assert_eq!(asked(&harness), Some(vec![key("c1", true), key("c2", false)]));
    harness.get_by_label("首列").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(asked(&harness), Some(vec![key("first", false)]));
}

#[test]
fn the_headings_menu_filters_hides_and_brings_back() {
    let mut harness = harness(counted(10, 3));
    harness.run();
    harness.get_by_label("列1").click_secondary();
    harness.run();
    harness.get_by_label(text::FILTER).click();
    harness.run();
    assert!(harness.state().all.iter().any(|o| o.filter.as_ref().is_some_and(|f| f.0 == "c1")));
    harness.get_by_label("列1").focus();
    harness.run();
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowDown);
    harness.run();
    harness.get_by_label(text::HIDE).click();
    harness.run();
    assert!(harness.query_by_label("列1").is_none());
    assert!(harness.query_by_label("第1行，0-2").is_some());
    // what was hidden is remembered by id
    let kept = ron::to_string(&harness.state().table).unwrap();
    let mut again: TableState = ron::from_str(&kept).unwrap();
    assert_eq!(again.columns, harness.state().table.columns);
    again.reset_columns(&harness.state().rows.defs);
    assert!(again.columns.iter().all(|c| !c.hidden));
}

#[test]
fn columns_move_and_resize_by_dragging() {
    let mut harness = harness(counted(10, 3));
    harness.run();
    let from = harness.get_by_label("列1").rect().center();
    let to = harness.get_by_label("列2").rect().right_center() - egui::vec2(8.0, 0.0);
    harness.drag_at(from);
    harness.run();
    harness.hover_at(to);
    harness.run();
    harness.drop_at(to);
    harness.run();
    let order =
        |h: &Harness<'static, Shown<Counted>>| h.state().table.columns.iter().map(|c| c.id.clone()).collect::<Vec<_>>();
    assert_eq!(order(&harness), ["first", "c2", "c1"]);
    let edge = harness.get_by_label(&text::resize("列1")).rect().center();
    harness.drag_at(edge);
    harness.run();
    harness.hover_at(edge + egui::vec2(50.0, 0.0));
    harness.run();
    harness.drop_at(edge + egui::vec2(50.0, 0.0));
    harness.run();
    assert!((harness.state().table.columns[2].width - 150.0).abs() < 2.0);
}

fn frame_rows() -> FrameRows {
    let name = StringChunked::from_iter([Some("甲厂"), Some("=乙厂"), None, Some("丁\t厂")]);
    let score = Int64Chunked::from_iter([Some(12_500), Some(-1_000), Some(0), None]);
    let columns = vec![name.with_name("name".into()).into_column(), score.with_name("score".into()).into_column()];
    let frame = DataFrame::new(4, columns).unwrap();
    let defs = vec![FrameRows::define(&frame, "name", "名称"), FrameRows::define(&frame, "score", "得分")];
    FrameRows::new(&frame, Arc::new(vec![3, 1, 0]), Arc::new(defs))
}

#[test]
fn copying_gives_headings_and_the_selected_rows_in_the_order_shown() {
    let mut harness = harness(frame_rows());
    harness.run();
    harness.get_by_label("甲厂，12.5").click();
    harness.run();
    assert_eq!(harness.state().table.selection.keys(), [0]);
    harness.event(egui::Event::Copy);
    harness.step();
    assert_eq!(copied(&harness).as_deref(), Some("名称\t得分\n甲厂\t12.5\n"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run();
    harness.event(egui::Event::Copy);
    harness.step();
    assert_eq!(copied(&harness).as_deref(), Some("名称\t得分\n丁 厂\t\n'=乙厂\t-1\n甲厂\t12.5\n"));
    assert_eq!(harness.state().last.copied, Some(3));
}

#[test]
fn rows_are_selected_by_mouse_and_keyboard_and_stay_selected_in_another_order() {
    let mut harness = harness(frame_rows());
    harness.run();
    harness.get_by_label("丁 厂").click();
    harness.run();
    harness.get_by_label("甲厂，12.5").click_modifiers(Modifiers::COMMAND);
    harness.run();
    assert_eq!(harness.state().table.selection.keys(), [0, 3]);
    let other = harness.state().rows.with_view(TableView::all(4).rows);
    harness.state_mut().rows = other;
    harness.run();
    assert!(harness.get_by_label("甲厂，12.5").accesskit_node().is_selected() == Some(true));
    assert!(harness.get_by_label("=乙厂，−1").accesskit_node().is_selected() == Some(false));
    harness.get_by_label("甲厂，12.5").click();
    harness.run();
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.run();
    assert_eq!(harness.state().table.selection.keys(), [0, 1]);
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.state().all.iter().any(|o| o.activated == Some(1)));
}

#[test]
fn a_jump_shows_selects_and_flashes_and_then_is_quiet() {
    let mut harness = harness(counted(100_000, 2));
    harness.run();
    let rows = counted(100_000, 2);
    harness.state_mut().table.jump_to(77_777, &rows);
    harness.run();
    assert!(fully_in_sight(&harness.get_by_label("第77778行，77777-1")));
    assert_eq!(harness.state().table.selection.keys(), [77_777]);
    assert_eq!(harness.state().table.flash, None);
}

#[test]
fn an_empty_table_says_what_to_do() {
    let mut harness = harness(counted(0, 2));
    harness.run();
    assert!(harness.query_by_label_contains("没有行").is_some());
}

/// Time of a frame while scrolling; a figure, not a check.
#[test]
#[ignore = "a measurement; run with --release -- --ignored --nocapture"]
fn measure_scrolling() {
    let n = 100_000_u32;
    let mut columns = Vec::new();
    for c in 0..14 {
        let column = match c % 3 {
            0 => (0..n)
                .map(|i| Some(format!("上海市第{}化工有限公司{c}", i * 7)))
                .collect::<StringChunked>()
                .into_column(),
            1 => (0..n).map(|i| Some(i64::from(i) * 37)).collect::<Int64Chunked>().into_column(),
            _ => (0..n).map(|i| Some(i as i32 / 9)).collect::<Int32Chunked>().into_date().into_column(),
        };
        columns.push(column.with_name(format!("c{c}").as_str().into()));
    }
    let frame = DataFrame::new(n as usize, columns).unwrap();
    let defs: Vec<ColumnDef> = (0..14)
        .map(|c| ColumnDef { width: 110.0, ..FrameRows::define(&frame, &format!("c{c}"), &format!("列{c}")) })
        .collect();
    let rows = FrameRows::new(&frame, TableView::all(n as usize).rows, Arc::new(defs));
    let ctx = egui::Context::default();
    crate::ui::fonts::install(&ctx);
    theme::apply(&ctx);
    let mut state = TableState::default();
    let mut times = Vec::new();
    let mut with_shapes = Vec::new();
    for i in 0..600 {
        state.scroll = f64::from(i) * 3.37;
        let raw = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, Vec2::new(1700.0, 1000.0))),
            time: Some(f64::from(i) / 60.0),
            ..egui::RawInput::default()
        };
        let start = std::time::Instant::now();
        let mut inside = std::time::Duration::ZERO;
        let output = ctx.run_ui(raw, |ui| {
            let start = std::time::Instant::now();
            Table::show(ui, &mut state, &TableInput::new(ListId::Pivot, &rows));
            inside = start.elapsed();
        });
        let meshes = ctx.tessellate(output.shapes.clone(), output.pixels_per_point);
        assert!(!meshes.is_empty());
        output.drop_without_applying_deltas();
        times.push(inside);
        with_shapes.push(start.elapsed());
    }
    times.sort();
    with_shapes.sort();
    println!(
        "table {:?} median, {:?} worst; whole frame with tessellation {:?} median, {:?} 95 %",
        times[300], times[599], with_shapes[300], with_shapes[570]
    );
}
