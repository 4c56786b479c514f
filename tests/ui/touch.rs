//! By finger alone: rows, the plan's matrix and the map are moved, two fingers zoom the map, a long press opens menus.

use egui::accesskit::Role;
use egui::{Event, PointerButton, Pos2, Shape, TouchDeviceId, TouchId, TouchPhase, Vec2};
use egui_kittest::kittest::Queryable;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::table;
use fairdraw::workspace::session::ViewCommand;

use super::plan::on_the_matrix;
use super::support::{Begin, LAPTOP, Window};

/// What the system's window hands on of a finger, in one frame: the first one moves the pointer too.
fn finger(window: &mut Window, id: u64, phase: TouchPhase, at: Pos2) {
    let events = &mut window.harness.input_mut().events;
    events.push(Event::Touch { device_id: TouchDeviceId(1), id: TouchId(id), phase, pos: at, force: None });
    if id == 1 {
        if phase != TouchPhase::End {
            events.push(Event::PointerMoved(at));
        }
        if phase != TouchPhase::Move {
            let (button, pressed) = (PointerButton::Primary, phase == TouchPhase::Start);
            events.push(Event::PointerButton { pos: at, button, pressed, modifiers: egui::Modifiers::NONE });
        }
        if phase == TouchPhase::End {
            events.push(Event::PointerGone);
        }
    }
    window.harness.step();
}

fn drag(window: &mut Window, from: Pos2, by: Vec2) {
    finger(window, 1, TouchPhase::Start, from);
    for step in 1..=8_u8 {
        finger(window, 1, TouchPhase::Move, from + by * (f32::from(step) / 8.0));
    }
    finger(window, 1, TouchPhase::End, from + by);
    window.harness.run_steps(3);
}

fn tap(window: &mut Window, at: Pos2) {
    finger(window, 1, TouchPhase::Start, at);
    finger(window, 1, TouchPhase::End, at);
    window.harness.run_steps(3);
}

fn long_press(window: &mut Window, at: Pos2) {
    finger(window, 1, TouchPhase::Start, at);
    window.harness.run_steps(8);
    finger(window, 1, TouchPhase::End, at);
    window.harness.run_steps(3);
}

/// Where a text is painted, the first time.
fn place_of(window: &Window, text: &str) -> Option<Pos2> {
    fn find(shape: &Shape, text: &str) -> Option<Pos2> {
        match shape {
            Shape::Vec(shapes) => shapes.iter().find_map(|shape| find(shape, text)),
            Shape::Text(shape) if shape.galley.text() == text => Some(shape.visual_bounding_rect().center()),
            _ => None,
        }
    }
    window.harness.output().shapes.iter().find_map(|clipped| find(&clipped.shape, text))
}

/// The rows in sight and where the first of them stands.
fn rows(window: &Window) -> Vec<(String, egui::Rect)> {
    use egui_kittest::kittest::NodeT as _;
    let rows = window.harness.get_all_by_role(Role::Row);
    rows.map(|row| (row.accesskit_node().label().unwrap_or_default(), row.rect())).collect()
}

fn selected(window: &Window) -> usize {
    let filter = window.app().session.filter();
    filter.rows.len().max(usize::from(filter.unit.is_some()))
}

/// Names of districts on the map, where they stand.
fn names(window: &Window) -> Vec<(&'static str, Pos2)> {
    let all = ["浦东新区", "嘉定区", "青浦区", "奉贤区", "崇明区", "松江区", "金山区", "宝山区", "闵行区"];
    all.into_iter().filter_map(|name| Some((name, place_of(window, name)?))).collect()
}

/// The places before and after of each name that is shown both times.
fn both(before: &[(&str, Pos2)], after: &[(&str, Pos2)]) -> Vec<[Pos2; 2]> {
    let after = |name: &str| after.iter().find(|(other, _)| *other == name).map(|(_, place)| *place);
    before.iter().filter_map(|(name, place)| Some([*place, after(name)?])).collect()
}

#[test]
fn rows_are_moved_by_a_finger_and_chosen_by_a_tap_and_a_long_press_opens_their_menu() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Data);
    window.rest();
    let before = rows(&window);
    // the first touch tells that there is a touch screen
    tap(&mut window, before[0].1.center());
    assert_eq!(selected(&window), 1, "a tap chooses the row");
    window.app_mut().session.apply(ViewCommand::SelectRows(std::sync::Arc::default()));
    window.app_mut().session.apply(ViewCommand::SelectUnit(None));
    window.rest();
    let before = rows(&window);
    let height = before[1].1.height();
    let at = before[before.len() / 2].1.center();
    drag(&mut window, at, Vec2::new(0.0, -6.0 * height));
    let after = rows(&window);
    let moved = before.iter().position(|(name, _)| *name == after[0].0).expect("a row of before");
    assert!((5..=6).contains(&moved), "{moved} rows up");
    assert_eq!(selected(&window), 0, "moved, not chosen");
    // and back to the top, no further
    drag(&mut window, at, Vec2::new(0.0, 9.0 * height));
    assert_eq!(rows(&window)[0].0, before[0].0);
    long_press(&mut window, before[1].1.center());
    assert!(window.shows(table::COPY_ROWS), "{}", window.shown().join(" | "));
    window.key(egui::Modifiers::NONE, egui::Key::Escape);
    let heading = window.harness.get_by_role_and_label(Role::Button, "单位名称").rect().center();
    long_press(&mut window, heading);
    assert!(window.shows(table::FILTER), "{}", window.shown().join(" | "));
}

#[test]
fn the_map_is_moved_by_one_finger_and_zoomed_by_two() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Map);
    window.rest();
    let map = window.harness.get_by_role(Role::Canvas).rect();
    let before = names(&window);
    drag(&mut window, map.center(), Vec2::new(-48.0, 24.0));
    window.rest();
    let moved = both(&before, &names(&window));
    assert!(!moved.is_empty());
    for [before, after] in moved {
        assert!((after - before - Vec2::new(-48.0, 24.0)).length() < 12.0, "{before:?} {after:?}");
    }
    assert_eq!(window.app().session.filter().district, None, "moved, not chosen");
    // spread from 100 to 150 points: the names go apart as much, around the place between the fingers
    let (middle, before) = (map.center(), names(&window));
    let side = |part: f32| Vec2::new(50.0 * part, 0.0);
    finger(&mut window, 1, TouchPhase::Start, middle - side(1.0));
    finger(&mut window, 2, TouchPhase::Start, middle + side(1.0));
    for step in 1..=8_u8 {
        let part = 1.0 + 0.5 * f32::from(step) / 8.0;
        finger(&mut window, 1, TouchPhase::Move, middle - side(part));
        finger(&mut window, 2, TouchPhase::Move, middle + side(part));
    }
    finger(&mut window, 2, TouchPhase::End, middle + side(1.5));
    finger(&mut window, 1, TouchPhase::End, middle - side(1.5));
    window.rest();
    let moved = both(&before, &names(&window));
    assert!(!moved.is_empty());
    for [before, after] in moved {
        assert!((after - middle - (before - middle) * 1.5).length() < 16.0, "{before:?} {after:?} of {middle:?}");
    }
    assert_eq!(window.app().session.filter().district, None, "zoomed, not chosen");
    // a tap on a district chooses it
    let (_, district) = names(&window)[0];
    tap(&mut window, district);
    assert!(window.app().session.filter().district.is_some() || window.app().session.filter().unit.is_some());
}

#[test]
fn the_matrix_is_moved_by_a_finger_and_nothing_is_chosen_on_the_way() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.resize(Vec2::new(1366.0, 648.0), 1.5);
    on_the_matrix(&mut window, "1月");
    window.rest();
    let chosen = |w: &Window| w.shown().into_iter().filter(|name| name.starts_with("选中 ")).collect::<Vec<_>>();
    let (before, at) = (chosen(&window), place_of(&window, "2月").expect("a month"));
    tap(&mut window, at);
    drag(&mut window, at + Vec2::new(60.0, 60.0), Vec2::new(-90.0, 0.0));
    let after = place_of(&window, "2月").map_or(f32::MIN, |place| place.x);
    assert!(after < at.x - 30.0, "{after} of {}", at.x);
    assert_eq!(chosen(&window), before);
}
