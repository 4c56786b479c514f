//! A shared project in the window: what other desks did comes, what is typed stays in memory, bodies' reports come in.

use std::fs;
use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use fairdraw::ui::text::results as r;
use fairdraw::ui::text::shell as s;
use fairdraw::workspace::deeds::bodies::NOTHING_REPORTED;
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::session::ViewCommand;

use super::holding;
#[cfg(unix)]
use super::real::server::{PASSWORD, Server, fairdraw};
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
    window.click(s::SHARED_LEVEL);
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
    window.click("取消");
    window.harness.run_steps(3);
    // nothing can be done
    let before = fs::read(window.project_folder().join("journal.jsonl")).unwrap();
    window.send(Deed::PageAddress("https://a.gov.cn/".to_owned()));
    window.until("why not", |w| said(w).iter().any(|said| said.starts_with("[DBS-010]")));
    window.settle();
    assert_eq!(fs::read(window.project_folder().join("journal.jsonl")).unwrap(), before);
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
        let done = fairdraw(&[&["--operator", "乙", "shared", what, &text(root)][..], &place].concat(), Some(PASSWORD));
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
    let done = fairdraw(&told, Some(PASSWORD));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    // a deed on a project that another desk changed is not done; what was done comes, and then it is done
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
    // what bodies reported is asked for where results are taken in
    window.click("执行与公开");
    window.settle();
    window.click(r::TAKE_REPORTED);
    window.until("that nothing waits", |w| w.shows(NOTHING_REPORTED));
    assert_eq!(holding(window.folder.path(), PASSWORD), Vec::<String>::new());
}
