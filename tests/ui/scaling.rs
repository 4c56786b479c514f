//! The window goes from one screen to another of a different scaling, and from one theme to another: nothing of the first
//! stays painted, and what was chosen and where one stood is kept.

use std::collections::HashSet;

use egui::accesskit::Role;
use egui::{Color32, Shape, Vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::theme;
use fairdraw::workspace::session::{ThemeChoice, ViewCommand};

use super::layout::faults;
use super::support::{Begin, LAPTOP, PROJECTOR, Window};
use super::tour::quiet;

/// A laptop and the projector beside it.
const SCREENS: [(Vec2, f32); 3] = [(PROJECTOR, 1.0), (Vec2::new(1920.0, 960.0), 2.0), (LAPTOP, 1.25)];

/// Texts that were laid out for another scaling than the screen's.
fn stale(window: &Window) -> Vec<String> {
    fn take(shape: &Shape, scaling: f32, found: &mut Vec<String>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| take(shape, scaling, found)),
            Shape::Text(text) if (text.galley.pixels_per_point - scaling).abs() > 1e-4 => {
                found.push(text.galley.text().to_owned());
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    let scaling = window.harness.ctx.pixels_per_point();
    window.harness.output().shapes.iter().for_each(|clipped| take(&clipped.shape, scaling, &mut found));
    found
}

fn first_row(window: &Window) -> String {
    let row = window.harness.get_all_by_role(Role::Row).next().expect("rows");
    row.accesskit_node().label().unwrap_or_default()
}

#[test]
fn a_window_moved_to_another_screen_is_painted_sharp_whole_and_where_it_was() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    for screen in ScreenId::ALL {
        window.resize(LAPTOP, 1.0);
        window.app_mut().go(screen);
        if screen == ScreenId::Data {
            window.app_mut().session.apply(ViewCommand::SelectUnit(Some(3)));
        }
        window.rest();
        for (pixels, scaling) in SCREENS {
            window.resize(pixels, scaling);
            quiet(&mut window);
            assert!((window.harness.ctx.pixels_per_point() - scaling).abs() < 1e-4);
            assert_eq!(stale(&window), Vec::<String>::new(), "{screen:?} at {scaling}");
            assert_eq!(faults(&window), Vec::<String>::new(), "{screen:?} at {scaling}");
        }
    }
    assert_eq!(window.app().session.filter().unit, Some(3));
}

#[test]
fn rows_in_sight_and_selected_stay_where_the_window_is_moved() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Data);
    window.rest();
    let row = window.harness.get_all_by_role(Role::Row).nth(2).unwrap().rect().center();
    window.harness.hover_at(row);
    window.harness.run_steps(2);
    for _ in 0..6 {
        window.harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: Vec2::new(0.0, -400.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: egui::Modifiers::NONE,
        });
        window.harness.run_steps(20);
    }
    window.harness.get_all_by_role(Role::Row).nth(1).unwrap().click();
    window.rest();
    let (stood, chosen) = (first_row(&window), window.app().session.filter().unit);
    assert!(chosen.is_some());
    for (pixels, scaling) in SCREENS.into_iter().chain([(LAPTOP, 1.0)]) {
        window.resize(pixels, scaling);
        quiet(&mut window);
        assert_eq!(first_row(&window), stood, "at {scaling}");
        assert_eq!(window.app().session.filter().unit, chosen);
    }
}

#[test]
fn the_ceremony_has_its_room_on_every_screen() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    super::work::name_operator(&mut window, "王晓明");
    window.key(egui::Modifiers::NONE, egui::Key::F11);
    window.until("the stage", |w| w.shows("退出全屏") && w.enabled("核对无误，选定公开数"));
    for (pixels, scaling) in
        [(LAPTOP, 1.0), (LAPTOP, 1.5), (PROJECTOR, 2.0), (Vec2::new(2560.0, 1600.0), 2.0), (PROJECTOR, 1.0)]
    {
        window.resize(pixels, scaling);
        quiet(&mut window);
        let room = window.harness.ctx.content_rect().size();
        assert!(room.x >= 990.0 && room.y >= 610.0, "{pixels:?} at {scaling}: {room:?}");
        assert_eq!(faults(&window), Vec::<String>::new(), "{pixels:?} at {scaling}");
        assert_eq!(stale(&window), Vec::<String>::new(), "{pixels:?} at {scaling}");
    }
}

/// Colours that the map is painted with.
fn colours(window: &Window) -> HashSet<Color32> {
    let map = window.harness.get_by_role(Role::Canvas).rect();
    let meshes = window.meshes();
    let vertices = meshes.iter().flat_map(|mesh| &mesh.vertices);
    vertices.filter(|vertex| map.contains(vertex.pos)).map(|vertex| vertex.color).collect()
}

#[test]
fn the_map_is_painted_anew_in_high_contrast() {
    let mut window = Window::new(LAPTOP, true, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Map);
    window.rest();
    let dark = colours(&window);
    // borders of districts, and what stands around points and names
    let own = |palette: &theme::Palette| [palette.border, palette.surface];
    assert!(own(&theme::DARK).iter().all(|colour| dark.contains(colour)));
    window.app_mut().session.set_preferences(|prefs| prefs.theme = ThemeChoice::HighContrast);
    window.rest();
    let high = colours(&window);
    assert!(own(&theme::CONTRAST).iter().all(|colour| high.contains(colour)));
    assert!(
        !own(&theme::DARK).iter().any(|colour| high.contains(colour)),
        "what the dark theme painted is still there"
    );
    window.app_mut().session.set_preferences(|prefs| prefs.theme = ThemeChoice::Dark);
    window.rest();
    assert_eq!(colours(&window), dark);
}
