//! The tour's further stops: whatever asks. Every button whose name ends in an ellipsis is pressed on every page, menus
//! and cards are opened, starts that say something are made.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, LayerId, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::{audit, common, data, database, effect, shell, table};
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::session::ViewCommand;

use super::plan::{PLAN_TABS, on_the_matrix};
use super::support::{Begin, LAPTOP, Window};
use super::tour::{Look, press, quiet};
use super::work::{draw_month, name_operator};

/// Buttons that lead to another page, which the tour itself looks at.
const ELSEWHERE: [&str; 2] = ["更新名录…", database::OPEN];

fn escape(window: &mut Window) {
    window.key(Modifiers::NONE, Key::Escape);
    quiet(window);
}

/// A dialog or menu is open.
fn is_asking(window: &Window) -> bool {
    let ctx = &window.harness.ctx;
    egui::Popup::is_any_open(ctx) || !ctx.memory(|memory| memory.is_above_modal_layer(LayerId::background()))
}

/// Names of the enabled buttons that ask for something more.
fn asking_buttons(window: &Window) -> Vec<String> {
    let enabled = window.harness.query_all_by_role(Role::Button).filter(|node| !node.accesskit_node().is_disabled());
    let mut names: Vec<String> = enabled.filter_map(|node| node.accesskit_node().label()).collect();
    names.retain(|name| name.ends_with('…') && !ELSEWHERE.contains(&name.as_str()));
    names.sort_unstable();
    names.dedup();
    names
}

/// Presses each of them, and looks at what is asked.
fn crawl(window: &mut Window, look: &mut Look<'_>, place: &str) {
    let screen = window.app().screen;
    for (at, name) in asking_buttons(window).into_iter().enumerate() {
        let Some(button) = window.harness.query_all_by_role_and_label(Role::Button, &name).next() else { continue };
        button.click();
        quiet(window);
        if is_asking(window) {
            look(window, &format!("ask-{place}-{at}"));
            escape(window);
        }
        window.app_mut().go(screen);
        quiet(window);
    }
}

/// Pages and tabs of a screen, each with its questions.
fn pages(window: &mut Window, look: &mut Look<'_>, screen: ScreenId, tabs: &[&str]) {
    window.app_mut().go(screen);
    quiet(window);
    if tabs.is_empty() {
        crawl(window, look, screen.id());
    }
    for (at, tab) in tabs.iter().enumerate() {
        press(window, tab);
        crawl(window, look, &format!("{}{at}", screen.id()));
    }
}

/// Questions, menus and cards, then what certain starts say.
pub fn asked_for(look: &mut Look<'_>) {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    press(&mut window, shell::NO_OPERATOR);
    look(&mut window, "ask-operator");
    escape(&mut window);
    name_operator(&mut window, "王晓明");
    menus(&mut window, look);
    tables(&mut window, look);
    on_the_matrix(&mut window, "5月");
    window.harness.event(egui::Event::Paste("1".to_owned()));
    quiet(&mut window);
    look(&mut window, "ask-matrix");
    escape(&mut window);
    draw_month(&mut window);
    window.settle();
    // the first of them last: it is the one that stands open
    let mut kinds = PLAN_TABS;
    kinds.rotate_left(1);
    pages(&mut window, look, ScreenId::Plan, &kinds);
    for screen in [ScreenId::Overview, ScreenId::Map, ScreenId::Risk, ScreenId::Briefing, ScreenId::Draw] {
        pages(&mut window, look, screen, &[]);
    }
    pages(&mut window, look, ScreenId::Results, &["待录入 ", "公开清单", "指标与分主体", "公开期限 "]);
    pages(&mut window, look, ScreenId::Effect, &[effect::RATES, effect::FIRMS, effect::LISTS]);
    pages(&mut window, look, ScreenId::Audit, &audit::PAGES);
    starts(look);
}

fn menus(window: &mut Window, look: &mut Look<'_>) {
    for menu in [shell::MENU_EDIT, shell::MENU_HELP] {
        press(window, menu);
        look(window, &format!("ask-menu-{menu}"));
        escape(window);
    }
    press(window, shell::MENU_HELP);
    press(window, fairdraw::ui::text::support::OPEN);
    window.until("the list", |w| w.shows("问题代码"));
    quiet(window);
    look(window, "ask-diagnostics");
    escape(window);
    window.key(Modifiers::COMMAND, Key::K);
    window.text("入样概率");
    window.key(Modifiers::NONE, Key::Enter);
    quiet(window);
    look(window, "ask-term");
    escape(window);
    window.app_mut().session.apply(ViewCommand::Veil(true));
    quiet(window);
    window.answers.push(window.folder.path().join("导出"));
    let ctx = window.harness.ctx.clone();
    window.app_mut().act(&ctx, fairdraw::ui::action::Action::Export);
    quiet(window);
    look(window, "ask-unveiled");
    escape(window);
    window.app_mut().session.apply(ViewCommand::Veil(false));
    quiet(window);
}

fn tables(window: &mut Window, look: &mut Look<'_>) {
    window.app_mut().go(ScreenId::Data);
    quiet(window);
    press(window, common::FINDINGS);
    look(window, "ask-findings");
    press(window, common::CLOSE);
    let heading = |w: &mut Window| {
        w.harness.get_by_role_and_label(Role::Button, "单位名称").click_secondary();
        quiet(w);
    };
    heading(window);
    look(window, "ask-heading");
    press(window, table::FILTER);
    look(window, "ask-filter");
    escape(window);
    window.harness.get_all_by_role(Role::Row).nth(2).unwrap().click_secondary();
    quiet(window);
    look(window, "ask-row");
    escape(window);
    crawl(window, look, "data");
    press(window, data::QUALITY);
    crawl(window, look, "quality");
}

/// What is said over a project, or without one.
fn starts(look: &mut Look<'_>) {
    let mut nothing = Window::new(LAPTOP, false, Begin::Nothing);
    quiet(&mut nothing);
    look(&mut nothing, "ask-nothing");

    let mut changed = Window::new(LAPTOP, false, Begin::City);
    changed.settle();
    name_operator(&mut changed, "张三");
    let root = changed.project_folder();
    for at in 0..12 {
        std::fs::write(root.join(format!("frames/sources_误放入文件夹的旧名录第{at}份.csv")), b"x").unwrap();
    }
    changed.send(Deed::PageAddress("https://a.gov.cn/ssj/".to_owned()));
    changed.until("what was changed", |w| w.shows(shell::CHANGED_TITLE));
    quiet(&mut changed);
    look(&mut changed, "ask-changed");
    escape(&mut changed);

    let place = "(format: 1, address: \"postgresql://fd@127.0.0.1:9/hjjc\", schema: \"fairdraw_2027\")";
    let mut shared = Window::new(LAPTOP, false, Begin::City);
    shared.settle();
    let root = shared.project_folder();
    std::fs::write(root.join("shared.ron"), place).unwrap();
    shared.send(ViewCommand::OpenProject(root));
    shared.until("that it is a copy", |w| w.shows(shell::SHARED_BEHIND));
    shared.settle();
    press(&mut shared, shell::SHARED_BEHIND);
    look(&mut shared, "ask-shared");
    escape(&mut shared);

    let folder = Arc::new(tempfile::tempdir().unwrap());
    let own = Arc::clone(&folder);
    let failed = std::thread::spawn(move || {
        let mut window = Window::within(own, LAPTOP, false, Begin::Nothing);
        quiet(&mut window);
        std::panic::panic_any("it fails");
    });
    failed.join().unwrap_err();
    let mut again = Window::within(folder, LAPTOP, false, Begin::City);
    again.settle();
    look(&mut again, "ask-ended");
}
