//! The ceremony before others: on the whole screen, by keys and a clicker alone; nothing is sealed by a second click; the
//! next month is a button away.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Shape, Vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::ui::screens::ScreenId;
use fairdraw::workspace::session::ViewCommand;

use super::support::{Begin, LAPTOP, PROJECTOR, Window};
use super::work::{choose_month, draw_month, name_operator};

/// Sizes of the glyphs that a text is painted with, in points.
fn sizes_of(window: &Window, text: &str) -> Vec<f32> {
    fn take(shape: &Shape, text: &str, sizes: &mut Vec<f32>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| take(shape, text, sizes)),
            Shape::Text(shape) if shape.galley.text() == text => {
                sizes.extend(shape.galley.job.sections.iter().map(|section| section.format.font_id.size));
            }
            _ => {}
        }
    }
    let mut sizes = Vec::new();
    for clipped in &window.harness.output().shapes {
        take(&clipped.shape, text, &mut sizes);
    }
    sizes
}

fn is_asked(window: &Window) -> bool {
    window.shows("确认封存")
}

fn pending(window: &Window) -> bool {
    window.app().session.project().unwrap().books.value().is_some_and(|books| books.pending.is_some())
}

fn stage_at(size: Vec2) {
    let mut window = Window::new(size, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    window.key(Modifiers::NONE, Key::F11);
    window.until("the stage", |w| w.shows("退出全屏") && w.enabled("核对无误，选定公开数"));
    assert!(window.app().session.is_veiled() && window.shows("保密遮盖已开"));
    for gone in ["文件", "查找与命令", "审计", "操作人 王晓明"] {
        assert!(!window.shows(gone), "{gone}: {:?}", window.shown());
    }
    let height = window.harness.ctx.content_rect().height();
    let figure = sizes_of(&window, "1,500").into_iter().fold(0.0, f32::max);
    assert!(figure >= height / 25.0, "{figure} of {height}");
    // a clicker goes on where nothing is done for good, and no further
    window.key(Modifiers::NONE, Key::PageDown);
    window.until("the pledge", |w| w.enabled("冻结并封存"));
    for key in [Key::PageDown, Key::ArrowRight] {
        window.key(Modifiers::NONE, key);
        assert!(!is_asked(&window) && !pending(&window));
    }
    window.key(Modifiers::NONE, Key::PageUp);
    window.until("back", |w| w.enabled("核对无误，选定公开数"));
    window.key(Modifiers::NONE, Key::PageDown);
    window.until("the pledge", |w| w.enabled("冻结并封存"));
    // the keyboard seals: the button has the focus, the question's yes is a Tab away
    window.key(Modifiers::NONE, Key::Enter);
    window.until("the question", |w| w.enabled("确认封存"));
    window.harness.get_by_label("确认封存").focus();
    window.harness.run_steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    window.until("the commitment", |w| w.enabled("承诺值已公布，录入公开数"));
    let commitment = {
        let books = window.app().session.project().unwrap().books.value().unwrap().clone();
        fairdraw::sampling::to_hex(&books.pending.as_ref().unwrap().draw.seal.commitment())
    };
    let line = [0, 4, 8, 12].map(|at| commitment.get(at..at + 4).unwrap()).join(" ");
    let size_of_line = sizes_of(&window, &line).into_iter().fold(0.0, f32::max);
    assert!(size_of_line >= height / 25.0, "{size_of_line} of {height}");
    window.key(Modifiers::NONE, Key::PageDown);
    window.until("the field", |w| w.shows("再录一遍"));
    // Esc leaves the field, then the whole screen; the ceremony stays where it is
    window.key(Modifiers::NONE, Key::Escape);
    window.key(Modifiers::NONE, Key::Escape);
    window.until("the window", |w| w.shows("审计"));
    assert!(window.shows("再录一遍") && window.app().session.is_veiled());
}

#[test]
fn the_ceremony_has_the_whole_screen_at_a_laptop() {
    stage_at(LAPTOP);
}

#[test]
fn the_ceremony_has_the_whole_screen_at_a_projector() {
    stage_at(PROJECTOR);
}

#[test]
fn nothing_is_sealed_by_a_second_click() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    window.click("月度抽取");
    window.until("the freeze", |w| w.enabled("核对无误，选定公开数"));
    let before = window.harness.get_by_label("核对无误，选定公开数").rect();
    window.click("核对无误，选定公开数");
    window.until("the pledge", |w| w.enabled("冻结并封存"));
    let seal = window.harness.get_by_label("冻结并封存").rect();
    assert!(!seal.intersects(before), "{seal} {before}");
    // a second click where the first one was, delivered late
    let click = |window: &mut Window, pos: egui::Pos2| {
        for pressed in [true, false] {
            window.harness.event(egui::Event::PointerMoved(pos));
            window.harness.event(egui::Event::PointerButton {
                pos,
                button: egui::PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
        }
        window.harness.step();
    };
    click(&mut window, before.center());
    window.harness.run_steps(6);
    assert!(!is_asked(&window) && !pending(&window));
    // a double click on the seal: the question's second half is no answer
    click(&mut window, seal.center());
    click(&mut window, seal.center());
    window.until("the question", |w| w.enabled("确认封存"));
    for words in ["将封存全年抽样框 1,500 家", "演示"] {
        assert!(window.shows(words), "{words}: {:?}", window.shown());
    }
    assert!(!pending(&window));
    // Enter gives up: the way back has the focus
    assert!(window.harness.get_by_role_and_label(Role::Button, "取消").accesskit_node().is_focused());
    window.key(Modifiers::NONE, Key::Enter);
    window.harness.run_steps(3);
    assert!(!is_asked(&window) && !pending(&window));
    window.click("冻结并封存");
    // before it could be read its yes is off
    assert!(!window.enabled("确认封存"));
    window.until("the question", |w| w.enabled("确认封存"));
    window.click("确认封存");
    window.until("the seal", pending);
}

#[test]
fn the_next_month_is_a_button_away() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let january = draw_month(&mut window);
    assert_eq!(january.month(), 1);
    window.settle();
    window.click("开始 2 月");
    assert_eq!(window.app().session.month(), Some(january.plus(1)));
    window.until("the freeze", |w| w.enabled("核对无误，选定公开数"));
    // from 总览 too, whatever month is looked at
    choose_month(&mut window, "2027-06");
    window.app_mut().go(ScreenId::Overview);
    window.settle();
    window.harness.get_all_by_label("去办理").next().unwrap().click();
    window.harness.run_steps(3);
    assert_eq!((window.app().screen, window.app().session.month()), (ScreenId::Draw, Some(january.plus(1))));
}

#[test]
fn the_keyboards_place_is_ringed_and_the_window_has_a_name() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.send(ViewCommand::SelectUnit(None));
    let rings = |window: &Window| {
        let shapes = &window.harness.output().shapes;
        let ring = |shape: &Shape| matches!(shape, Shape::Rect(rect) if (rect.stroke.width - 2.0).abs() < 1e-3 && rect.fill == egui::Color32::TRANSPARENT);
        shapes.iter().filter(|clipped| ring(&clipped.shape)).count()
    };
    let before = rings(&window);
    for name in ["审计", "深色", "操作人未填写", "文件", "保密遮盖"] {
        window.harness.get_by_label(name).focus();
        window.harness.run_steps(2);
        assert_eq!(rings(&window), before + 1, "{name}");
    }
    let title = window.app().title();
    assert!(window.shown().contains(&title), "{title}");
    assert!(!window.shown().iter().any(|name| name.contains("Resize")));
}
