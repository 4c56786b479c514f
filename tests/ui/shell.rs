//! Menus, palette, filters, operator, undo, zoom.

use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::policy::Milli;
use fairdraw::ui::screens::ScreenId;
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::publish::Publication;
use fairdraw::workspace::session::{DraftCommand, ViewCommand};

use super::recovery::later;
use super::support::{Begin, LAPTOP, Window};

#[test]
fn the_program_begins_on_the_demo_city() {
    let mut window = Window::new(LAPTOP, false, Begin::Program);
    window.settle();
    assert_eq!(window.app().screen, ScreenId::Overview);
    assert!(window.shows("这是模拟数据"));
    assert!(window.shows("全年计划检查"));
    let open = window.app().session.project().unwrap();
    assert!(open.saved.file.synthetic && open.data.len() > 37_000);
    assert_eq!(window.app().session.preferences().recent.len(), 1);
}

#[test]
fn the_palette_goes_by_keyboard_alone() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.key(Modifiers::COMMAND, Key::K);
    window.text("风险");
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(window.app().screen, ScreenId::Risk);
    window.key(Modifiers::COMMAND, Key::K);
    window.ime("浦东");
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(window.app().session.filter().district, Some(310_115));
    window.key(Modifiers::COMMAND, Key::K);
    window.text("2027-05");
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(window.app().session.month(), Some("2027-05".parse().unwrap()));
    window.key(Modifiers::NONE, Key::F5);
    assert_eq!(window.app().screen, ScreenId::Briefing);
    let numbered = ScreenId::ALL.into_iter().filter(|screen| *screen != ScreenId::Briefing);
    for (i, screen) in numbered.enumerate() {
        let digit = Key::from_name(&(i + 1).to_string()).unwrap();
        window.key(Modifiers::COMMAND, digit);
        assert_eq!(window.app().screen, screen);
    }
    window.key(Modifiers::ALT, Key::PageDown);
    assert_eq!(window.app().session.month(), Some("2027-06".parse().unwrap()));
}

#[test]
fn the_rail_and_the_filters_go_by_mouse() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.click("地图");
    assert_eq!(window.app().screen, ScreenId::Map);
    window.click("审计");
    assert_eq!(window.app().screen, ScreenId::Audit);
    window.click("帮助");
    window.click("快捷键与入门 F1");
    assert!(window.shows("把本单位的文件夹拖到窗口里"));
}

#[test]
fn a_draft_is_undone_redone_and_saved() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    let before = window.app().session.project().unwrap().draft.now().policy.tiers[0].min_score;
    let change = |window: &mut Window, points: i64, gesture: u64| {
        let mut policy = (*window.app().session.project().unwrap().draft.now().policy).clone();
        policy.tiers[0].min_score = Milli(before.0 + points);
        window.send(DraftCommand::SetPolicy { policy: Arc::new(policy), label: "门槛".into(), gesture });
    };
    // one drag, three positions
    for points in [1000, 2000, 3000] {
        change(&mut window, points, 7);
    }
    let now = |window: &Window| window.app().session.project().unwrap().draft.now().policy.tiers[0].min_score.0;
    assert_eq!(now(&window), before.0 + 3000);
    assert!(window.shows("草稿未保存"));
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(now(&window), before.0);
    window.key(Modifiers::COMMAND, Key::Y);
    assert_eq!(now(&window), before.0 + 3000);
    window.settle();
    window.key(Modifiers::COMMAND, Key::S);
    window.until("saved", |w| !w.app().session.project().unwrap().draft.is_changed());
    window.settle();
    let journal = std::fs::read_to_string(window.project_folder().join("journal.jsonl")).unwrap();
    assert!(journal.contains("\"门槛\"") && journal.contains("撤销：门槛") && journal.contains("王晓明"), "{journal}");
    let text = std::fs::read_to_string(window.project_folder().join("policy.ron")).unwrap();
    let saved = fairdraw::policy::load_policy(&text, "policy.ron").unwrap();
    assert_eq!(saved.tiers[0].min_score.0, before.0 + 3000);
    assert!(!window.project_folder().join("draft.ron").exists());
}

#[test]
fn the_operator_is_asked_once_and_an_input_method_may_answer() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.send(Deed::Publish(Publication::default()));
    assert!(window.shows("请填写操作人姓名"));
    window.harness.get_by_label("操作人").focus();
    window.harness.run_steps(2);
    window.ime("王晓明");
    window.click("确定");
    assert_eq!(window.app().session.preferences().operator, "王晓明");
    window.until("done", |w| w.app().session.last_done().0 == 1);
    window.settle();
    window.send(Deed::Publish(Publication::default()));
    assert!(!window.shows("请填写操作人姓名"));
}

#[test]
fn zoom_and_theme_are_kept() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.key(Modifiers::COMMAND, Key::Equals);
    window.key(Modifiers::COMMAND, Key::Equals);
    assert!((window.app().session.preferences().zoom - 1.2).abs() < 1e-6);
    window.app_mut().session.close();
    let folder = Arc::clone(&window.folder);
    drop(window);
    let mut again = Window::within(folder, LAPTOP, true, Begin::Program);
    again.settle();
    assert!((again.harness.ctx.zoom_factor() - 1.2).abs() < 1e-6);
}

#[test]
fn the_maps_review_number_is_typed_and_kept() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    window.click("地图");
    window.until("the map", |w| w.shows("审图号"));
    window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "审图号").focus();
    window.harness.run_steps(2);
    window.ime("沪S(2026)001号");
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(window.app().session.project().unwrap().draft.now().review_number, "沪S(2026)001号");
    window.key(Modifiers::COMMAND, Key::S);
    window.until("saved", |w| !w.app().session.project().unwrap().draft.is_changed());
    let text = std::fs::read_to_string(window.project_folder().join("project.ron")).unwrap();
    assert!(text.contains("沪S(2026)001号"));
}

#[test]
fn what_the_palette_opens_by_enter_stays_open_and_shortcuts_rest_under_it() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    window.key(Modifiers::COMMAND, Key::K);
    window.text("操作人姓名");
    window.key(Modifiers::NONE, Key::Enter);
    assert!(window.shows("确定"), "the dialog is not answered by the Enter that opened it");
    let month = window.app().session.month();
    window.key(Modifiers::ALT, Key::PageDown);
    assert_eq!(window.app().session.month(), month);
    window.key(Modifiers::NONE, Key::Escape);
    window.key(Modifiers::NONE, Key::F1);
    let screen = window.app().screen;
    window.key(Modifiers::COMMAND, Key::Num4);
    assert_eq!(window.app().screen, screen, "under the help nothing moves");
}

#[test]
fn a_filter_is_seen_in_the_top_bar_and_one_that_leaves_nothing_is_said() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let open = window.app().session.project().unwrap();
    let (data, bodies) = (Arc::clone(&open.data), open.project.policy.bodies.clone());
    // a district and a body that have nothing in common
    let district = data.districts.districts()[0].clone();
    let (body, name) = bodies
        .iter()
        .enumerate()
        .find(|(b, _)| !data.district.iter().zip(data.body.iter()).any(|(d, of)| *d == 0 && usize::from(*of) == *b))
        .map(|(b, body)| (b as u16, body.name.clone()))
        .unwrap();
    let chip = format!("取消筛选 {}", district.name);
    assert!(!window.enabled(&chip));
    window.send(ViewCommand::SetDistrict(Some(district.code.0)));
    assert!(window.enabled(&chip), "what filters every screen stands above them");
    window.send(ViewCommand::SetBody(Some(body)));
    assert!(window.shows(&format!("{}没有{name}的污染源", district.name)), "{:?}", window.shown());
    window.click("清除筛选与选择");
    window.harness.run_steps(3);
    assert_eq!((window.app().session.filter().district, window.app().session.filter().body), (None, None));
    assert!(!window.enabled(&chip) && !window.shows("的污染源，所以各页都是空的"));
    // one chip takes one away
    window.send(ViewCommand::SetDistrict(Some(district.code.0)));
    window.click(&chip);
    assert_eq!(window.app().session.filter().district, None);
}

#[test]
fn a_message_does_not_go_from_under_a_hand() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let to = window.folder.path().join("图.png");
    window.send(ViewCommand::WriteFile(to, Arc::new(b"png".to_vec())));
    window.until("the message", |w| w.enabled("关闭"));
    let button = window.harness.get_by_label("关闭").rect();
    let mut beside = false;
    // far longer than it stands by itself
    for _ in 0..60 {
        beside = !beside;
        window.harness.hover_at(button.center() + egui::vec2(if beside { 1.0 } else { 0.0 }, 0.0));
        later(&mut window, 1.0);
        assert!(window.enabled("关闭"));
    }
    // one that rests there by chance holds nothing
    later(&mut window, 20.0);
    window.until("that it goes", |w| w.app().session.toasts().is_empty());
}
