//! What a window does while nobody does anything, and while an input method composes.

use std::sync::atomic::Ordering;
use std::time::Duration;

use egui::accesskit::Role;
use egui::{Event, ImeEvent, ViewportId};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::theme;
use fairdraw::workspace::session::ThemeChoice;

use super::support::{Begin, LAPTOP, Window};

/// How long nothing may be asked for.
const IDLE: Duration = Duration::from_secs(10);

/// When the window wants to be painted next of itself.
fn next_frame(window: &Window) -> Duration {
    window.harness.output().viewport_output[&ViewportId::ROOT].repaint_delay
}

#[test]
fn no_screen_asks_for_a_frame_while_nothing_changes() {
    let mut window = Window::new(LAPTOP, false, Begin::Program);
    window.settle();
    for screen in ScreenId::ALL {
        window.app_mut().go(screen);
        window.rest();
        let wanted = next_frame(&window);
        let causes: Vec<String> = window.harness.ctx.repaint_causes().iter().map(ToString::to_string).collect();
        assert!(wanted > IDLE, "{screen:?} is painted again after {wanted:?}: {causes:?}");
    }
}

#[test]
fn a_composition_stays_in_its_field_while_frames_pass_and_the_candidates_stand_at_its_caret() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.click("操作人未填写");
    let field = |w: &Window| w.harness.get_by_role(Role::TextInput).accesskit_node().value().unwrap_or_default();
    window.text("甲");
    for typed in ["z", "zh", "zhong", "zhong'g", "zhong'guo"] {
        window.harness.event(Event::Ime(ImeEvent::Preedit { text: typed.into(), active_range_chars: None }));
        // work goes on beneath, and is taken in
        window.app_mut().session.set_preferences(|prefs| prefs.still = !prefs.still);
        window.harness.run_steps(4);
        assert_eq!(field(&window), format!("甲{typed}"));
        let ime = window.harness.output().platform_output.ime.expect("the field takes input methods");
        let rect = window.harness.get_by_role(Role::TextInput).rect();
        assert!(rect.expand(4.0).contains(ime.cursor_rect.center()), "{:?} in {rect:?}", ime.cursor_rect);
    }
    window.harness.event(Event::Ime(ImeEvent::Commit("中国".into())));
    window.harness.run_steps(2);
    assert_eq!(field(&window), "甲中国");
    // a composition that is given up leaves what was there
    window.harness.event(Event::Ime(ImeEvent::Preedit { text: "ren".into(), active_range_chars: None }));
    window.harness.run_steps(2);
    window.harness.event(Event::Ime(ImeEvent::Preedit { text: String::new(), active_range_chars: None }));
    window.harness.run_steps(2);
    assert_eq!(field(&window), "甲中国");
}

#[test]
fn high_contrast_is_chosen_by_its_name_and_kept() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.key(egui::Modifiers::COMMAND, egui::Key::K);
    window.text("高对比");
    window.key(egui::Modifiers::NONE, egui::Key::Enter);
    window.settle();
    assert_eq!(window.app().session.preferences().theme, ThemeChoice::HighContrast);
    let palette = |w: &Window| *theme::palette(&w.harness.ctx.global_style().visuals);
    assert_eq!(palette(&window), theme::CONTRAST);
    for screen in ScreenId::ALL {
        window.app_mut().go(screen);
        window.rest();
        if let Some(folder) = std::env::var_os("FAIRDRAW_PICTURES") {
            window.picture().save(&std::path::Path::new(&folder).join(format!("高对比-{}.png", screen.id())));
        }
    }
    // 浅色 in the rail's foot leads out of it, as out of the dark theme
    window.click("浅色");
    window.harness.run_steps(3);
    assert_eq!(palette(&window), theme::LIGHT);
    window.app_mut().session.set_preferences(|prefs| prefs.theme = ThemeChoice::Dark);
    window.harness.run_steps(3);
    assert_eq!(palette(&window), theme::DARK);
}

/// Who has the system in high contrast has the window so too, unless another look was chosen; it is changed elsewhere, so
/// it is asked for again when the window is turned to.
#[test]
fn high_contrast_follows_the_system() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let palette = |w: &Window| *theme::palette(&w.harness.ctx.global_style().visuals);
    let turn_to = |w: &mut Window| {
        for focused in [false, true] {
            w.harness.input_mut().events.push(egui::Event::WindowFocused(focused));
            w.harness.run_steps(2);
        }
    };
    window.answers.contrast.store(true, Ordering::Relaxed);
    turn_to(&mut window);
    assert_eq!(palette(&window), theme::LIGHT, "light was chosen");
    window.app_mut().session.set_preferences(|prefs| prefs.theme = ThemeChoice::System);
    window.harness.run_steps(3);
    assert_eq!(palette(&window), theme::CONTRAST);
    window.answers.contrast.store(false, Ordering::Relaxed);
    window.harness.run_steps(3);
    assert_eq!(palette(&window), theme::CONTRAST, "nothing was asked yet");
    turn_to(&mut window);
    assert_eq!(palette(&window), theme::LIGHT);
}
