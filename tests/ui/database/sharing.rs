//! A shared project in the window: what other desks did comes, what is typed stays in memory, bodies' reports come in.

use std::fs;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::ui::text::{database, results as r, sharing as t, shell as s};
use fairdraw::workspace::deeds::bodies::{NOTHING_REPORTED, told_reported};
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::session::{DraftCommand, ViewCommand};

#[cfg(unix)]
use super::real::{
    at_the_hour,
    server::{PASSWORD, Server},
};
use super::{field, holding};
use crate::support::{Begin, LAPTOP, Window};
use crate::work::{draw_month, name_operator};

fn city() -> Window {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    window
}

/// What the panel of findings holds.
fn said(window: &Window) -> Vec<String> {
    window.app().session.findings().1.findings().iter().map(ToString::to_string).collect()
}

/// Opens the dialog of the status bar, types a password where there is one, and lets the changes come.
fn level(window: &mut Window, password: &str) {
    window.click(if window.shows(s::SHARED_BEHIND) { s::SHARED_BEHIND } else { s::SHARED });
    window.harness.run_steps(3);
    if !password.is_empty() {
        window.harness.get_by_role_and_label(Role::PasswordInput, s::SHARED_PASSWORD).focus();
        window.harness.run_steps(2);
        window.text(password);
        window.harness.run_steps(2);
    }
    window.click(t::LEVEL);
    window.harness.run_steps(2);
    window.key(Modifiers::NONE, Key::Escape);
    window.harness.run_steps(2);
}

/// Opens the dialog from the menu, at one of its pages.
fn open_dialog(window: &mut Window, page: usize) {
    window.click("文件");
    window.harness.run_steps(3);
    window.click(t::OPEN);
    window.harness.run_steps(3);
    window.click(t::PAGES[page]);
    window.harness.run_steps(3);
}

/// A question is read before it is answered.
fn agree(window: &mut Window, deed: &str) {
    window.until("that it can be answered", |w| w.enabled(deed));
    window.click(deed);
    window.harness.run_steps(2);
}

#[test]
fn what_sharing_needs_is_named_and_a_server_that_is_away_is_said() {
    let mut window = city();
    let journal = |w: &Window| fs::read(w.project_folder().join("journal.jsonl")).unwrap();
    let before = journal(&window);
    open_dialog(&mut window, 0);
    assert!(!window.enabled(t::SHARE), "no server is named");
    field(&mut window, Role::TextInput, database::ADDRESS, "https://x");
    window.click(t::SHARE);
    window.until("that this is no address", |w| w.shows("DBS-001"));
    field(&mut window, Role::TextInput, database::ADDRESS, "postgresql://fd@127.0.0.1:9/hjjc");
    field(&mut window, Role::PasswordInput, s::SHARED_PASSWORD, "测试口令-4711");
    window.click(t::SHARE);
    window.harness.run_steps(2);
    assert!(window.shows("127.0.0.1:9") && !window.shows("测试口令-4711"), "the question names the place");
    agree(&mut window, t::SHARE);
    window.until("why not", |w| said(w).iter().any(|said| said.starts_with("[DBS-010]")));
    window.settle();
    assert_eq!(journal(&window), before);
    assert!(!window.project_folder().join("shared.ron").exists());
    assert_eq!(holding(window.folder.path(), "测试口令-4711"), Vec::<String>::new());
    // joining and a body's desk say the same, and what is named already stays
    window.click(t::PAGES[1]);
    window.harness.run_steps(3);
    assert!(!window.enabled(t::JOIN), "no folder is chosen");
    let copy = window.folder.path().join("副本");
    window.answers.push(&copy);
    window.click(t::CHOOSE_FOLDER);
    window.until("the folder", |w| w.enabled(t::JOIN));
    window.click(t::JOIN);
    window.until("why not", |w| w.shows("DBS-010"));
    assert!(!copy.join("project.ron").exists());
    window.click(t::PAGES[2]);
    window.harness.run_steps(3);
    assert!(!window.shows("DBS-010"), "that was the other page's");
    window.click(t::ANSWERS);
    window.until("why not", |w| w.shows("DBS-010"));
}

#[test]
fn a_copy_whose_server_is_away_is_looked_at_and_says_so() {
    let mut window = city();
    assert!(!window.shows(s::SHARED), "a project of its own");
    let project = window.project_folder();
    // nothing listens on the port of "discard"
    let place = "(format: 1, address: \"postgresql://fd@127.0.0.1:9/hjjc\", schema: \"fairdraw_2027\")";
    fs::write(project.join("shared.ron"), place).unwrap();
    window.send(ViewCommand::OpenProject(project));
    window.until("that it is a copy", |w| w.shows(s::SHARED_BEHIND));
    window.settle();
    let warned = said(&window);
    assert!(warned.iter().any(|said| said.contains("SHR-012") && said.contains("DBS-010")), "{warned:?}");
    window.click(s::SHARED_BEHIND);
    window.harness.run_steps(3);
    assert!(window.shows("fairdraw_2027") && window.shows("127.0.0.1:9"), "{}", window.shown().join(" | "));
    assert!(window.shows(t::BEHIND) && window.shows(t::MEMBERS_BEHIND));
    window.key(Modifiers::NONE, Key::Escape);
    window.harness.run_steps(3);
    // nothing can be done
    let before = fs::read(window.project_folder().join("journal.jsonl")).unwrap();
    window.send(Deed::PageAddress("https://a.gov.cn/".to_owned()));
    window.until("why not", |w| said(w).iter().any(|said| said.starts_with("[DBS-010]")));
    window.settle();
    assert_eq!(fs::read(window.project_folder().join("journal.jsonl")).unwrap(), before);
}

/// A project is put on a server, its users added and removed, another desk joins, a body reports: all by clicks.
#[cfg(unix)]
#[test]
#[ignore = "needs PostgreSQL"]
fn database_sharing_by_clicks() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let server = Server::start(&[]);
    for role in ["zhuti", "yiban"] {
        server.sql(&format!("CREATE ROLE {role} LOGIN PASSWORD '口令-{role}'"));
    }
    let mut window = Window::within(Arc::clone(&folder), LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    draw_month(&mut window);
    window.settle();
    open_dialog(&mut window, 0);
    field(&mut window, Role::TextInput, database::ADDRESS, &server.address_text());
    field(&mut window, Role::PasswordInput, s::SHARED_PASSWORD, PASSWORD);
    window.click(t::SHARE);
    window.harness.run_steps(2);
    agree(&mut window, t::SHARE);
    window.until("that it is shared", |w| w.enabled(s::SHARED) && w.shows("移除 fairdraw"));
    // a user that the server does not know; a body's user; an office's
    let (body, named) = {
        let codes = server.client().query("SELECT body FROM fairdraw_project.target ORDER BY body", &[]).unwrap();
        let body: String = codes[0].get(0);
        let open = window.app().session.project().unwrap();
        let name = open.project.policy.bodies.iter().find(|of| of.id.as_str() == body).unwrap().name.clone();
        (body, name)
    };
    field(&mut window, Role::TextInput, t::ROLE, "nobody");
    window.click(t::ADD);
    window.until("that there is no such user", |w| w.shows("SHR-017"));
    field(&mut window, Role::TextInput, t::ROLE, "yiban");
    window.click(t::ADD);
    window.until("the office", |w| w.shows("yiban") && w.shows("移除 yiban"));
    field(&mut window, Role::TextInput, t::ROLE, "zhuti");
    choose_as(&mut window, &named);
    window.click(t::ADD);
    window.until("the body", |w| w.shows("移除 zhuti"));
    let members = |server: &Server| -> Vec<(String, Option<String>)> {
        let rows = server.client().query("SELECT role::text, body FROM fairdraw_project.member ORDER BY 1", &[]);
        rows.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    assert_eq!(
        members(&server),
        [("fairdraw".to_owned(), None), ("yiban".to_owned(), None), ("zhuti".to_owned(), Some(body))]
    );
    window.click("移除 yiban");
    window.harness.run_steps(2);
    assert!(window.shows(t::REMOVE_WHY) && window.shows(&t::whom("yiban", t::OFFICE)));
    agree(&mut window, t::REMOVE);
    window.until("that it has gone", |w| !w.shows("移除 yiban") && w.shows("移除 zhuti"));
    assert_eq!(members(&server).len(), 2);
    // nobody shuts himself out
    window.click("移除 fairdraw");
    window.harness.run_steps(2);
    agree(&mut window, t::REMOVE);
    window.until("the refusal", |w| w.shows("SHR-028") && w.shows("移除 fairdraw"));
    assert_eq!(members(&server).len(), 2);
    // the body's own desk: its form, a report, what became of it
    window.click(t::PAGES[2]);
    window.harness.run_steps(3);
    let desk = format!("postgresql://zhuti@127.0.0.1:{}/postgres", server.port);
    field(&mut window, Role::TextInput, database::ADDRESS, &desk);
    field(&mut window, Role::PasswordInput, s::SHARED_PASSWORD, "口令-zhuti");
    let form = folder.path().join("填报表.xlsx");
    window.answers.push(&form);
    window.click(t::WRITE_FORM);
    window.until("the form", |w| w.shows("填报表已写入"));
    window.answers.push(&form);
    window.click(t::REPORT);
    window.until("that nothing is filled in", |w| w.shows("SHR-021"));
    let own = "SELECT code FROM fairdraw_project.target t JOIN fairdraw_project.member m USING (body) ORDER BY code";
    let code: String = server.client().query(own, &[]).unwrap()[0].get(0);
    let filled = folder.path().join("填好.csv");
    let day = window.app().session.now().date();
    fs::write(&filled, format!("计划编码,检查日期,办结日期,检查结果\n{code},{day},{day},未发现问题\n")).unwrap();
    window.answers.push(&filled);
    window.click(t::REPORT);
    window.until("that it is reported", |w| w.shows(&told_reported(1)));
    window.click(t::ANSWERS);
    window.until("that it waits", |w| w.shows(&code) && w.shows(t::WAITING));
    // another desk joins
    window.click(t::PAGES[1]);
    window.harness.run_steps(3);
    field(&mut window, Role::TextInput, database::ADDRESS, &server.address_text());
    let copy = folder.path().join("乙办");
    window.answers.push(&copy);
    window.click(t::CHOOSE_FOLDER);
    window.until("the folder", |w| w.enabled(t::JOIN));
    window.click(t::JOIN);
    let is_copy = |w: &Window| w.app().session.project().is_some_and(|open| open.saved.root() == copy);
    window.until("the copy", |w| is_copy(w) && w.enabled(s::SHARED));
    window.settle();
    // it takes the body's report in, and the body reads so
    window.click("执行与公开");
    window.settle();
    window.click(r::TAKE_REPORTED);
    window.until("the report", |w| w.shows("新增 1 条、更新 0 条结果"));
    window.settle();
    open_dialog(&mut window, 2);
    field(&mut window, Role::TextInput, database::ADDRESS, &desk);
    window.click(t::ANSWERS);
    window.until("the answer", |w| w.shows(&code) && !w.shows(t::WAITING));
    // no password is written anywhere; the place is remembered
    assert_eq!(holding(folder.path(), PASSWORD), Vec::<String>::new());
    assert_eq!(holding(folder.path(), "口令-zhuti"), Vec::<String>::new());
    assert!(window.app().session.preferences().shared_place.as_ref().is_some_and(|place| place.address == desk));
}

/// Chooses who a user is that joins.
#[cfg(unix)]
fn choose_as(window: &mut Window, who: &str) {
    window.harness.get_by_role_and_label(Role::ComboBox, t::AS).click();
    window.harness.run_steps(3);
    window.harness.get_all_by_role_and_label(Role::Button, who).last().unwrap().click();
    window.harness.run_steps(3);
}

#[cfg(unix)]
#[test]
#[ignore = "needs PostgreSQL"]
fn database_shared_project_in_the_window() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut window = Window::within(Arc::clone(&folder), LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    draw_month(&mut window);
    window.settle();
    let project = window.project_folder();
    let other = folder.path().join("乙办");
    // the project's lock goes with the window
    drop(window);
    let server = Server::start(&[]);
    let address = server.address_text();
    let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let place = ["--database", address.as_str()];
    for (what, root) in [("create", &project), ("join", &other)] {
        let root = text(root);
        let arguments = [&["--operator", "乙", "shared", what, &root][..], &place].concat();
        let done = at_the_hour("2026-12-23 10:00:00", &arguments);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let mut window = Window::within(folder, LAPTOP, false, Begin::City);
    window.until("that it is a copy", |w| w.shows(s::SHARED_BEHIND));
    window.settle();
    // no password is kept: it is typed once, and stays in memory
    level(&mut window, PASSWORD);
    window.until("that it is level", |w| w.enabled(s::SHARED));
    window.settle();
    let told = [
        "--operator",
        "乙",
        "interference",
        &text(&other),
        "--who",
        "某单位",
        "--how",
        "来电",
        "--handled",
        "未予采纳",
    ]
    .map(str::to_owned);
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    let done = at_the_hour("2026-12-23 11:00:00", &told);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    // a deed on a project that another desk changed is not done; what was done comes, and then it is done
    window.at("2026-12-23T12:00:00");
    let deed = || Deed::PageAddress("https://a.gov.cn/".to_owned());
    window.send(deed());
    window.until("who did what", |w| w.shows("其他办公室刚刚更改了共享项目"));
    window.settle();
    // it stays to be read once the project is read anew
    assert!(
        said(&window).iter().any(|said| said.contains("SHR-002") && said.contains("乙「登记过问干预」")),
        "{:?}",
        said(&window)
    );
    window.send(deed());
    window.until("that it is done", |w| {
        w.app().session.project().is_some_and(|open| open.saved.file.page_address.contains("a.gov.cn"))
    });
    let journal = |root: &std::path::Path| fs::read_to_string(root.join("journal.jsonl")).unwrap();
    assert!(
        journal(&project).contains("某单位") && journal(&project).lines().count() > journal(&other).lines().count()
    );
    // a draft that is saved after another desk has saved: both changes are there, none is lost unseen
    let tier = |w: &Window| w.app().session.project().unwrap().draft.now().policy.tiers[0].min_score.0;
    let mut policy = (*window.app().session.project().unwrap().draft.now().policy).clone();
    let (wanted, visits) = (policy.tiers[0].min_score.0 + 5000, policy.cap.visits + 2);
    policy.tiers[0].min_score.0 = wanted;
    window.send(DraftCommand::SetPolicy { policy: Arc::new(policy), label: "门槛".into(), gesture: 0 });
    let set = format!("cap.visits={visits}");
    let other_root = text(&other);
    let done = at_the_hour(
        "2026-12-23 13:00:00",
        &["--operator", "乙", "policy", &other_root, "--set", &set, "--reason", "试"],
    );
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    window.at("2026-12-23T14:00:00");
    window.send(DraftCommand::Save);
    window.until("that both are there", |w| w.app().session.findings().1.count_code("DFT-011") == 1);
    window.settle();
    let now = window.app().session.project().unwrap();
    assert_eq!(
        (now.saved.policy.cap.visits, now.draft.now().policy.cap.visits, tier(&window)),
        (visits, visits, wanted)
    );
    window.send(DraftCommand::Save);
    window.until("that it is saved", |w| !w.app().session.project().is_none_or(|open| open.draft.is_changed()));
    window.settle();
    let saved = &window.app().session.project().unwrap().saved.policy;
    assert_eq!((saved.cap.visits, saved.tiers[0].min_score.0), (visits, wanted));
    // what bodies reported is asked for where results are taken in
    window.click("执行与公开");
    window.settle();
    window.click(r::TAKE_REPORTED);
    window.until("that nothing waits", |w| w.shows(NOTHING_REPORTED));
    assert_eq!(holding(window.folder.path(), PASSWORD), Vec::<String>::new());
}
