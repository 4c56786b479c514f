//! 风险: a drag is one step with its effect, movers lead to their reasons, policies are compared, charts saved.

use egui::{Key, Modifiers, Pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::policy::{Milli, load_preset, write_policy};
use fairdraw::risk::compare_risk;
use fairdraw::ui::screens::ScreenId;

use super::support::{Begin, LAPTOP, Window};

const CAP: &str = "行政处罚 上限";
const RATIO: &str = "最高与最低频次之比";

fn open() -> Window {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Risk);
    window.until("the effect", |w| w.shows("等级变动的单位：0 家"));
    window
}

fn cap(window: &Window) -> Milli {
    let policy = &window.app().session.project().unwrap().draft.now().policy;
    policy.factors.iter().find(|f| f.name == "行政处罚").unwrap().cap
}

pub fn drag(window: &mut Window) {
    drag_to_low_end(window, CAP);
}

/// Drags a slider to its low end, in several moves.
fn drag_to_low_end(window: &mut Window, label: &str) {
    let slider =
        window.harness.get_all_by_label(label).find(|n| n.accesskit_node().role() == egui::accesskit::Role::Slider);
    let rect = slider.unwrap().rect();
    let at = |part: f32| Pos2::new(rect.left() + rect.width() * part, rect.center().y);
    window.harness.hover_at(at(0.45));
    window.harness.drag_at(at(0.45));
    window.harness.run_steps(2);
    for part in [0.4, 0.3, 0.2, 0.1, 0.02] {
        window.harness.hover_at(at(part));
        window.harness.run_steps(2);
    }
    window.harness.drop_at(at(0.02));
    window.harness.run_steps(2);
}

#[test]
fn a_drag_is_one_step_and_shows_who_moves() {
    let mut window = open();
    let before = cap(&window);
    let old = window.app().session.project().unwrap().view().unwrap().analysis.clone();
    drag(&mut window);
    assert!(cap(&window) < Milli(2000), "{:?}", cap(&window));
    let label = window.app().session.project().unwrap().draft.undo_label().map(str::to_owned);
    assert_eq!(label.as_deref(), Some("权重：行政处罚 上限"));
    window.settle();
    window.until("movers", |w| !w.shows("等级变动的单位：0 家") && w.shows("等级变动的单位"));
    let new = window.app().session.project().unwrap().view().unwrap().analysis.clone();
    let moves = compare_risk(&old.risk, &new.risk, |_| true).unwrap();
    assert!(moves.lowered() > 0);
    assert!(window.shows(&format!("等级变动的单位：{} 家", moves.lowered() + moves.raised())), "{:?}", window.shown());
    // a cell of the matrix picks its pair
    let cell = window.shown().into_iter().find(|s| s.contains(" 到 ") && s.contains('：')).unwrap();
    window.click(&cell);
    assert!(window.shows("显示全部"));
    // a mover explains itself
    let mover =
        window.shown().into_iter().find(|s| s.contains("，") && s.contains(" 到 ") && s.ends_with(" 分")).unwrap();
    window.click(&mover);
    assert!(window.app().session.filter().unit.is_some());
    window.until("the reasons", |w| w.shows("分，") && w.shows(" 级，"));
    // one undo takes the whole drag back
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(cap(&window), before);
    assert!(!window.app().session.project().unwrap().draft.is_changed());
    window.settle();
    window.until("no movers", |w| w.shows("等级变动的单位：0 家"));
}

#[test]
fn a_factor_is_reset_and_a_faulty_number_is_refused() {
    let mut window = open();
    drag(&mut window);
    window.click("还原：行政处罚");
    assert!(!window.app().session.project().unwrap().draft.is_changed());
    // the highest frequency may not be more than so many times the lowest: the slider stops there and says why
    let node =
        window.harness.get_all_by_label(RATIO).find(|n| n.accesskit_node().role() == egui::accesskit::Role::Slider);
    node.unwrap().scroll_to_me();
    window.harness.run_steps(4);
    drag_to_low_end(&mut window, RATIO);
    assert!(window.shows("POL-076") && window.shows("没有更改"), "{:?}", window.shown());
    assert!(window.app().session.toasts().iter().all(|toast| !toast.text.contains("POL-076")));
    let open = window.app().session.project().unwrap();
    assert!(open.draft.now().policy.max_ratio > Milli(1000));
}

#[test]
fn policies_are_compared_and_taken() {
    let mut window = open();
    window.click("对比：已保存的规则");
    window.click("最简（自行填写）");
    window.until("the comparison", |w| w.shows("对比：最简") && !w.shows("等级变动的单位：0 家"));
    let file = window.folder.path().join("别处.ron");
    let other = load_preset("national-88").unwrap();
    std::fs::write(&file, write_policy(&other).unwrap()).unwrap();
    window.answers.push(&file);
    window.click("对比：最简（自行填写）");
    window.click("其他规则文件…");
    window.until("the file", |w| w.shows("对比：别处.ron"));
    window.answers.push(&file);
    window.click("套用预置");
    window.click("套用规则文件…");
    window.until("the draft", |w| w.app().session.project().unwrap().draft.is_changed());
    let draft = &window.app().session.project().unwrap().draft;
    assert_eq!(draft.now().policy.factors, other.factors);
    assert_eq!(draft.now().policy.bodies, draft.saved().policy.bodies);
    window.settle();
    // the draft is now what it is compared with
    window.until("no movers", |w| w.shows("等级变动的单位：0 家"));
}

#[test]
fn a_chart_is_saved_from_its_menu() {
    let mut window = open();
    let target = window.folder.path().join("分布.png");
    window.answers.push(&target);
    let chart = window.harness.get_all_by_role(egui::accesskit::Role::Image).next().unwrap();
    chart.click_secondary();
    window.harness.run_steps(3);
    window.click("保存为 PNG…");
    window.until("the picture", |_| target.exists());
    assert!(std::fs::read(&target).unwrap().starts_with(b"\x89PNG"));
}
