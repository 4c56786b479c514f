//! Killed, damaged, open twice: what the next start says.

use std::sync::Arc;

use fairdraw::policy::Milli;
use fairdraw::workspace::session::{Command, DRAFT_FILE};

use super::support::{Begin, LAPTOP, Window};

#[test]
fn a_killed_window_loses_no_draft_and_says_what_it_recovered() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let mut policy = (*window.app().session.project().unwrap().draft.now().policy).clone();
    policy.tiers[0].min_score = Milli(policy.tiers[0].min_score.0 + 5000);
    let wanted = policy.tiers[0].min_score;
    window.send(Command::SetPolicy { policy: Arc::new(policy), label: "门槛".into(), gesture: 0 });
    let draft = window.project_folder().join(DRAFT_FILE);
    window.until("the draft's file", |_| draft.exists());
    let folder = Arc::clone(&window.folder);
    // no closing: the process is gone, and with it, in a moment, the threads that hold the project
    let root = window.project_folder();
    drop(window);
    while fairdraw::workspace::project::Project::open(&root, Some("测试员")).is_err() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let mut again = Window::within(folder, LAPTOP, false, Begin::City);
    again.settle();
    let open = again.app().session.project().unwrap();
    assert_eq!(open.draft.now().policy.tiers[0].min_score, wanted);
    assert!(open.draft.is_changed());
    assert!(again.shows("已恢复 2026-12-21T09:0"), "{:?}", again.shown());
    again.send(Command::Revert);
    assert!(!again.app().session.project().unwrap().draft.is_changed());
    again.until("the draft's file is gone", |_| !draft.exists());
}

#[test]
fn a_damaged_draft_is_set_aside_and_said() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let folder = Arc::clone(&window.folder);
    let root = window.project_folder();
    drop(window);
    std::fs::write(root.join(DRAFT_FILE), b"(at: \"2026").unwrap();
    let mut again = Window::within(folder, LAPTOP, false, Begin::City);
    again.settle();
    let codes: Vec<&str> = again.app().session.findings().1.findings().iter().map(|f| f.code).collect();
    assert!(codes.contains(&"DFT-002"), "{codes:?}");
    assert!(root.join("draft.damaged").exists() && !root.join(DRAFT_FILE).exists());
}

#[test]
fn a_second_window_reads_only() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let mut second = Window::new(LAPTOP, false, Begin::Folder(window.project_folder()));
    second.settle();
    let open = second.app().session.project().unwrap();
    assert!(open.saved.is_read_only());
    assert!(second.shows("只读"));
    let policy = Arc::new({
        let mut policy = open.project.policy.clone();
        policy.cap.visits += 1;
        policy
    });
    second.send(Command::SetPolicy { policy, label: "上限".into(), gesture: 0 });
    assert!(second.shows("[PRJ-011]"));
    assert!(!second.app().session.project().unwrap().draft.is_changed());
}

#[test]
fn a_damaged_preferences_file_is_no_reason_not_to_start() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    std::fs::create_dir_all(folder.path().join("config")).unwrap();
    std::fs::write(folder.path().join("config/preferences.ron"), b"\xff\xfe(").unwrap();
    let mut window = Window::within(folder, LAPTOP, false, Begin::City);
    window.settle();
    let codes: Vec<&str> = window.app().session.findings().1.findings().iter().map(|f| f.code).collect();
    assert!(codes.contains(&"PRF-001"), "{codes:?}");
}
