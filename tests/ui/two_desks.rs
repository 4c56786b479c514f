//! A draft here, a saving at another desk: what comes of both.

use std::sync::Arc;

use fairdraw::diagnostic::Progress;
use fairdraw::policy::Milli;
use fairdraw::workspace::deeds::settings::{Settings, save_settings};
use fairdraw::workspace::store::clock::Moment;
use fairdraw::workspace::store::project::{CommandContext, Project};

use super::recovery::change_tier;
use super::support::{Begin, LAPTOP, Window};
use super::work::name_operator;

/// Another desk of a shared project has saved while a draft was open here: what both changed is there afterwards, and
/// where both changed the same the draft's stands and the place is said.
#[test]
fn a_draft_and_what_another_desk_saved_come_together() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut window = Window::within(Arc::clone(&folder), LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let before = window.app().session.project().unwrap().draft.now().policy.clone();
    change_tier(&mut window, 5000);
    let root = window.project_folder();
    window.app_mut().session.close();
    drop(window);
    let other_desk = |cap: u32, tier: i64| {
        // the window's threads let go of the folder in a moment
        let mut project = loop {
            match Project::open(&root, Some("乙")) {
                Ok(project) => break project,
                Err(_) => std::thread::sleep(std::time::Duration::from_millis(20)),
            }
        };
        let mut policy = project.policy.clone();
        policy.cap.visits = cap;
        policy.tiers[0].min_score = Milli(before.tiers[0].min_score.0 + tier);
        let settings = Settings {
            policy: Arc::new(policy),
            edits: project.file.edits.clone(),
            review_number: "GS(2026)1号".to_owned(),
            briefing: project.file.briefing.clone(),
            steps: vec!["乙的改动".to_owned()],
        };
        let context = CommandContext {
            operator: "乙".to_owned(),
            now: Moment::parse("2026-12-22T09:00:00+08:00").unwrap(),
            progress: Progress::none(),
        };
        save_settings(&mut project, &settings, &context).unwrap();
    };
    let cap = before.cap.visits + 2;
    other_desk(cap, 0);
    let found = |w: &Window, code: &str| w.app().session.findings().1.count_code(code);
    let draft = |w: &Window| w.app().session.project().unwrap().draft.now().clone();
    let mut window = Window::within(Arc::clone(&folder), LAPTOP, false, Begin::City);
    window.until("both changes", |w| w.app().session.project().is_some());
    window.settle();
    assert_eq!((found(&window, "DFT-011"), found(&window, "DFT-012"), found(&window, "DFT-010")), (1, 0, 0));
    let now = draft(&window);
    assert_eq!((now.policy.cap.visits, now.review_number.as_str()), (cap, "GS(2026)1号"));
    assert_eq!(now.policy.tiers[0].min_score.0, before.tiers[0].min_score.0 + 5000);
    assert!(window.app().session.project().unwrap().draft.is_changed());
    // the draft is kept on what is saved now; then the same value is changed there too
    change_tier(&mut window, 100);
    window.app_mut().session.close();
    drop(window);
    other_desk(cap, 3000);
    let mut window = Window::within(folder, LAPTOP, false, Begin::City);
    window.until("the clash", |w| w.app().session.project().is_some());
    window.settle();
    assert_eq!((found(&window, "DFT-011"), found(&window, "DFT-012")), (0, 1));
    let said = window.app().session.findings().1.findings().iter().map(ToString::to_string).collect::<String>();
    assert!(said.contains("1 处改在同一地方") && said.contains("规则："), "{said}");
    assert_eq!(draft(&window).policy.tiers[0].min_score.0, before.tiers[0].min_score.0 + 5100);
}
