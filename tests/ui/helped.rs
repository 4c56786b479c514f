//! What helps whoever helps: the pack of diagnostics from the window, what is said after a run that ended badly, projects
//! opened by their file, the last one opened again.

use std::sync::Arc;

use fairdraw::policy::Milli;
use fairdraw::workspace::session::{DRAFT_FILE, DraftCommand, load_draft};
use fairdraw::workspace::store::door::DOOR_FILE;

use super::support::{Begin, LAPTOP, Window, copy_folder};

/// Moves a threshold of the draft and gives it.
fn change_threshold(window: &mut Window) -> Milli {
    let mut policy = (*window.app().session.project().unwrap().draft.now().policy).clone();
    policy.tiers[0].min_score = Milli(policy.tiers[0].min_score.0 + 5000);
    let wanted = policy.tiers[0].min_score;
    window.send(DraftCommand::SetPolicy { policy: Arc::new(policy), label: "门槛".into(), gesture: 0 });
    wanted
}

#[test]
fn the_help_menu_lists_the_diagnostics_and_saves_them() {
    for dark in [false, true] {
        let mut window = Window::new(LAPTOP, dark, Begin::City);
        window.settle();
        // names are veiled: the pack has none, and nobody is asked about it
        window.key(egui::Modifiers::NONE, egui::Key::F8);
        window.until("the veil", |w| w.app().session.is_veiled() && w.enabled("帮助"));
        window.click("帮助");
        window.click("导出诊断包…");
        window.until("the list", |w| w.shows("问题代码"));
        for part in ["说明", "程序与系统", "设置", "程序设置，不含姓名与路径", "不含单位名称与编号", "千字节"]
        {
            assert!(window.shows(part), "{part}: {:?}", window.shown());
        }
        if let Some(folder) = std::env::var_os("FAIRDRAW_PICTURES") {
            window.picture().save(&std::path::Path::new(&folder).join(format!("诊断-{dark}.png")));
        }
        let to = window.folder.path().join("诊断.zip");
        window.answers.push(&to);
        window.click("保存…");
        window.until("the file, and where it went", |w| {
            to.exists() && w.app().session.toasts().iter().any(|toast| toast.text.contains("诊断.zip"))
        });
        assert!(!window.shows("问题代码"));
        let asked = window.answers.asked.lock().unwrap().last().unwrap().clone();
        assert!(format!("{:?}", asked.kind).contains("诊断包_2026-12-21.zip"), "{asked:?}");
        let mut zip = zip::ZipArchive::new(std::fs::File::open(&to).unwrap()).unwrap();
        let text = std::io::read_to_string(zip.by_name("程序与系统.txt").unwrap()).unwrap();
        assert!(
            text.contains("窗口：13") && text.contains(" 点　屏幕：") && text.contains("项目：1,500 个污染源"),
            "{text}"
        );
    }
}

#[test]
fn a_fault_loses_no_draft_and_the_next_start_says_so_once() {
    for with_report in [false, true] {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let own = Arc::clone(&folder);
        let failed = std::thread::spawn(move || {
            let mut window = Window::within(own, LAPTOP, false, Begin::City);
            window.settle();
            let wanted = change_threshold(&mut window);
            // sooner than it is written by itself
            assert!(!window.project_folder().join(DRAFT_FILE).exists());
            std::panic::panic_any(wanted);
        });
        let wanted = *failed.join().unwrap_err().downcast::<Milli>().unwrap();
        let root = folder.path().join("项目");
        let draft = load_draft(&root).unwrap().unwrap().draft;
        assert_eq!(draft.policy.tiers[0].min_score, wanted);
        if with_report {
            let name = format!("fault-20261221T090000-{}-1.txt", std::process::id());
            std::fs::write(folder.path().join("data/logs").join(name), "place: src/x.rs:1").unwrap();
        }
        while fairdraw::workspace::store::project::Project::open(&root, Some("测试员")).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let mut again = Window::within(Arc::clone(&folder), LAPTOP, false, Begin::City);
        again.settle();
        assert!(again.shows("上次没有正常退出"));
        assert_eq!(again.shows("程序内部出错而终止"), with_report);
        assert!(again.shows("未保存的草稿"));
        assert_eq!(again.app().session.project().unwrap().draft.now().policy.tiers[0].min_score, wanted);
        if let Some(folder) = std::env::var_os("FAIRDRAW_PICTURES") {
            again.picture().save(&std::path::Path::new(&folder).join(format!("意外-{with_report}.png")));
        }
        again.click("导出诊断包…");
        again.until("the list", |w| w.shows("程序与系统") && !w.shows("上次没有正常退出"));
        assert_eq!(again.shows("程序内部错误的位置"), with_report);
        again.click("取消");
        again.app_mut().session.close();
        drop(again);
        let mut third = Window::within(folder, LAPTOP, false, Begin::City);
        third.settle();
        assert!(!third.shows("上次没有正常退出"), "it is said once");
    }
}

#[test]
fn a_projects_file_opens_it_where_it_is_dropped_and_the_last_project_comes_back() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let other = window.folder.path().join("另一处/2027年计划");
    copy_folder(&window.project_folder(), &other);
    window.app_mut().take_paths(vec![other.join(DOOR_FILE)]);
    window.until("the other", |w| w.app().session.project().is_some_and(|open| open.saved.root() == other));
    window.settle();
    window.app_mut().session.close();
    let folder = Arc::clone(&window.folder);
    drop(window);
    let mut again = Window::within(Arc::clone(&folder), LAPTOP, false, Begin::Program);
    again.settle();
    assert_eq!(again.app().session.project().unwrap().saved.root(), other);
    assert!(!again.shows("不在原处"));
    again.app_mut().session.close();
    drop(again);
    // its stick is gone: the one before it opens, and that is said
    std::fs::rename(folder.path().join("另一处"), folder.path().join("拔走")).unwrap();
    let mut without = Window::within(folder, LAPTOP, false, Begin::Program);
    without.settle();
    assert_eq!(without.app().session.project().unwrap().saved.root(), without.project_folder());
    // the message goes by itself, the finding stays
    let found = without.app().session.findings().1.findings();
    assert!(found.iter().any(|finding| finding.code == "SES-006"), "{found:?}");
}
