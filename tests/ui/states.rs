//! Every screen empty, loading, failed and full, light and dark, at a laptop's and a projector's size.

use fairdraw::ui::screens::ScreenId;
use fairdraw::workspace::session::job::Stage;

use super::support::{Begin, LAPTOP, PROJECTOR, Window};

fn each_screen(window: &mut Window, check: impl Fn(&Window, ScreenId)) {
    for screen in ScreenId::ALL {
        window.app_mut().go(screen);
        window.harness.run_steps(4);
        check(window, screen);
    }
}

#[test]
fn empty() {
    for dark in [false, true] {
        let mut window = Window::new(LAPTOP, dark, Begin::Nothing);
        window.harness.run_steps(2);
        each_screen(&mut window, |w, screen| {
            assert!(w.shows("打开演示城市"), "{screen:?} {:?}", w.shown());
            assert!(w.shows("导入"), "{screen:?} {:?}", w.shown());
        });
    }
}

#[test]
fn failed() {
    for dark in [false, true] {
        let missing = std::env::temp_dir().join("没有这个项目");
        let mut window = Window::new(LAPTOP, dark, Begin::Folder(missing));
        window.until("the failure", |w| matches!(w.app().session.opening(), Stage::Failed(_)));
        each_screen(&mut window, |w, screen| {
            assert!(w.shows("PRJ-002"), "{screen:?} {:?}", w.shown());
            assert!(w.shows("打开演示城市"), "{screen:?}");
        });
    }
}

#[test]
fn loading() {
    for dark in [false, true] {
        let mut window = Window::new(LAPTOP, dark, Begin::City);
        // the job's result is taken in by `logic` only; screens are drawn while it runs
        window.harness.step();
        if matches!(window.app().session.opening(), Stage::Running(_)) {
            assert!(window.shows("打开项目"), "{:?}", window.shown());
        }
        window.settle();
    }
}

#[test]
fn full_at_both_sizes_in_both_themes() {
    for (size, dark) in [(LAPTOP, false), (PROJECTOR, true)] {
        let mut window = Window::new(size, dark, Begin::City);
        window.settle();
        each_screen(&mut window, |w, screen| {
            assert!(!w.shows("打开演示城市") || screen == ScreenId::Overview, "{screen:?} {:?}", w.shown());
        });
        // a district, a body and a source chosen: screens follow
        window.send(fairdraw::workspace::session::ViewCommand::SetDistrict(Some(310_115)));
        window.send(fairdraw::workspace::session::ViewCommand::SelectUnit(Some(3)));
        each_screen(&mut window, |_, _| {});
    }
}

#[test]
fn a_small_window_at_a_large_zoom_stands() {
    for size in [egui::Vec2::new(683.0, 384.0), egui::Vec2::new(480.0, 300.0)] {
        let mut window = Window::new(size, false, Begin::City);
        window.settle();
        for screen in ScreenId::ALL {
            window.app_mut().go(screen);
            window.harness.run_steps(4);
            window.settle();
        }
    }
}
