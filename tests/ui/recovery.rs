//! Killed, damaged, open twice: what the next start says.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use fairdraw::policy::Milli;
use fairdraw::ui::screens::ScreenId;
use fairdraw::workspace::deeds::accept::Acceptance;
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::session::{DRAFT_FILE, DraftCommand, ViewCommand, load_draft};

use super::support::{Begin, LAPTOP, SOURCES, Window, copy_folder, find_file, input_folder};

#[test]
fn a_killed_window_loses_no_draft_and_says_what_it_recovered() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let mut policy = (*window.app().session.project().unwrap().draft.now().policy).clone();
    policy.tiers[0].min_score = Milli(policy.tiers[0].min_score.0 + 5000);
    let wanted = policy.tiers[0].min_score;
    window.send(DraftCommand::SetPolicy { policy: Arc::new(policy), label: "门槛".into(), gesture: 0 });
    let draft = window.project_folder().join(DRAFT_FILE);
    window.until("the draft's file", |_| draft.exists());
    let folder = Arc::clone(&window.folder);
    // no closing: the process is gone, and with it, in a moment, the threads that hold the project
    let root = window.project_folder();
    drop(window);
    while fairdraw::workspace::store::project::Project::open(&root, Some("测试员")).is_err() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let mut again = Window::within(folder, LAPTOP, false, Begin::City);
    // said for some seconds only, and a busy machine takes long over the rest
    again.until("what was recovered", |w| w.shows("已恢复 2026-12-21T09:0"));
    again.settle();
    let open = again.app().session.project().unwrap();
    assert_eq!(open.draft.now().policy.tiers[0].min_score, wanted);
    assert!(open.draft.is_changed());
    again.send(DraftCommand::Revert);
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
    second.send(DraftCommand::SetPolicy { policy, label: "上限".into(), gesture: 0 });
    assert!(second.shows("项目以只读方式打开，不能更改"));
    assert!(!second.app().session.project().unwrap().draft.is_changed());
}

#[test]
fn a_file_changed_by_another_hand_stops_a_deed_until_two_people_answer() {
    for dark in [false, true] {
        let mut window = Window::new(LAPTOP, dark, Begin::City);
        window.settle();
        super::work::name_operator(&mut window, "张三");
        let root = window.project_folder();
        std::fs::write(root.join("frames/sources_旧.csv"), b"x").unwrap();
        let before = window.app().session.project().unwrap().saved.file.page_address.clone();
        let address = || Deed::PageAddress("https://a.gov.cn/ssj/".to_owned());
        window.send(address());
        window.until("what was changed", |w| w.shows("下列文件与操作日志所记的不同"));
        window.rest();
        assert!(window.shows("frames/sources_旧.csv（不是程序写入的文件）") && window.shows("操作人：张三"));
        if let Some(folder) = std::env::var_os("FAIRDRAW_PICTURES") {
            window.picture().save(&std::path::Path::new(&folder).join(format!("改动-{dark}.png")));
        }
        // nobody but the operator himself, and no reason: there is no way on
        assert!(!window.enabled("采用改动后的文件"));
        for (field, text) in [("共同负责的另一人", "李四"), ("理由", "误放入的旧表")] {
            window.harness.get_by_role_and_label(Role::TextInput, field).focus();
            window.harness.run_steps(2);
            window.ime(text);
        }
        window.click("采用改动后的文件");
        window.until("it is accepted", |w| w.shows("已采用 1 个文件的外部改动"));
        window.settle();
        assert_eq!(window.app().session.project().unwrap().saved.file.page_address, before);
        window.send(address());
        window.settle();
        assert!(window.app().session.changed_outside().is_none());
        let lines = window.app().session.project().unwrap().saved.journal().check().unwrap().0;
        let last: Vec<&str> = lines.iter().rev().take(2).map(|line| line.command.as_str()).collect();
        assert_eq!(last, ["settings", "accept-changes"]);
        assert_eq!(lines[lines.len() - 2].detail["second"], "李四");
    }
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

#[test]
fn a_second_window_neither_takes_nor_touches_the_draft_of_the_first() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    change_tier(&mut window, 5000);
    let draft = window.project_folder().join(DRAFT_FILE);
    window.until("the draft's file", |_| draft.exists());
    let mut second = Window::new(LAPTOP, false, Begin::Folder(window.project_folder()));
    second.settle();
    let open = second.app().session.project().unwrap();
    assert!(open.saved.is_read_only() && !open.draft.is_changed() && open.draft.undo_label().is_none());
    assert!(!second.shows("已恢复"));
    second.app_mut().session.close();
    assert!(draft.exists());
}

pub fn change_tier(window: &mut Window, by: i64) {
    let mut policy = (*window.app().session.project().unwrap().draft.now().policy).clone();
    policy.tiers[0].min_score = Milli(policy.tiers[0].min_score.0 + by);
    window.send(DraftCommand::SetPolicy { policy: Arc::new(policy), label: "门槛".into(), gesture: 0 });
}

#[test]
fn closing_at_any_moment_keeps_the_draft() {
    for pause in [0, 1, 2, 5, 1_490, 1_500, 1_505] {
        let mut window = Window::new(LAPTOP, false, Begin::City);
        window.settle();
        change_tier(&mut window, 5000);
        let wanted = window.app().session.project().unwrap().draft.now().clone();
        let time = f64::from(pause) / 1000.0;
        let seconds = window.harness.ctx.input(|i| i.time);
        window.app_mut().session.poll(seconds + time);
        window.app_mut().session.close();
        let kept = load_draft(&window.project_folder()).unwrap().unwrap();
        assert_eq!(kept.draft, wanted, "closed after {pause} ms");
    }
}

#[test]
fn steady_changes_are_written_while_they_go_on() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let draft = window.project_folder().join(DRAFT_FILE);
    let begun = window.harness.ctx.input(|i| i.time);
    for step in 1..=6 {
        change_tier(&mut window, 100);
        window.app_mut().session.poll(begun + f64::from(step));
    }
    window.until("the draft's file", |_| draft.exists());
}

#[test]
fn what_an_action_saved_stays_saved_where_the_rest_of_it_fails() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    change_tier(&mut window, 5000);
    // a folder that can't be made: the export fails after the draft was saved
    let blocked = window.folder.path().join("占用");
    std::fs::write(&blocked, b"x").unwrap();
    window.send(Deed::Export { to: blocked.join("导出"), month: None, only: Vec::new() });
    window.until("the end of the export", |w| !w.app().session.is_acting());
    let open = window.app().session.project().unwrap();
    assert!(!open.draft.is_changed(), "the draft is on the disk");
    let on_disk = fairdraw::workspace::store::project::Project::open(&window.project_folder(), None).unwrap();
    assert_eq!(on_disk.policy, open.saved.policy);
    assert_eq!(on_disk.policy_bytes(), open.saved.policy_bytes());
    window.send(DraftCommand::Undo);
    assert!(window.app().session.project().unwrap().draft.is_changed(), "undo goes behind what is saved");
}

#[test]
fn an_opening_that_fails_leaves_the_open_project_at_work() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.until("the project", |w| w.app().session.project().is_some());
    // its books and analysis are still being made
    let nothing = window.folder.path().join("不是项目");
    window.send(ViewCommand::OpenProject(nothing));
    window.until("the refusal", |w| w.shows("此文件夹不是项目（缺少 project.ron）"));
    window.settle();
}

#[test]
fn the_same_folder_spelled_otherwise_is_not_another_window() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let root = window.project_folder();
    let other = root.join("frames").join("..");
    window.send(ViewCommand::OpenProject(other));
    window.settle();
    assert!(!window.app().session.project().unwrap().saved.is_read_only());
}

#[test]
fn a_change_of_the_map_that_was_broken_off_is_said() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let (folder, root) = (Arc::clone(&window.folder), window.project_folder());
    drop(window);
    std::fs::create_dir_all(root.join("change.tmp/frames")).unwrap();
    std::fs::write(root.join("change.tmp/frames/sources.parquet"), b"half").unwrap();
    let mut again = Window::within(folder, LAPTOP, false, Begin::City);
    again.settle();
    let codes: Vec<&str> = again.app().session.findings().1.findings().iter().map(|f| f.code).collect();
    assert!(codes.contains(&"PRJ-031"), "{codes:?}");
    assert!(!root.join("change.tmp").exists());
}

#[test]
fn the_demo_opens_where_the_programs_folder_cannot_be_written() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("data"), b"in the way").unwrap();
    let mut window = Window::within(folder, LAPTOP, false, Begin::Program);
    window.settle();
    let root = window.app().session.project().unwrap().saved.root().to_owned();
    assert!(window.app().session.preferences().recent.is_empty());
    drop(window);
    std::fs::remove_dir_all(root.parent().unwrap()).unwrap();
}

#[test]
fn a_torn_line_of_the_journal_is_said_once() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let (folder, root) = (Arc::clone(&window.folder), window.project_folder());
    drop(window);
    let journal = root.join("journal.jsonl");
    let mut bytes = std::fs::read(&journal).unwrap();
    bytes.extend(b"{\"at\":\"2026");
    std::fs::write(&journal, bytes).unwrap();
    for said in [true, false] {
        let mut again = Window::within(Arc::clone(&folder), LAPTOP, false, Begin::City);
        again.settle();
        let session = &again.app().session;
        assert_eq!(session.findings().1.findings().iter().any(|f| f.code == "JRN-010"), said);
        assert!(session.project().unwrap().books.value().unwrap().journal_faults.is_empty());
    }
}

#[test]
fn a_project_opened_again_is_numbered_on() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    change_tier(&mut window, 5000);
    window.settle();
    let numbers = |w: &Window| {
        let open = w.app().session.project().unwrap();
        (open.revision, open.books_revision)
    };
    let before = numbers(&window);
    window.send(ViewCommand::OpenProject(window.project_folder()));
    window.settle();
    let after = numbers(&window);
    // what screens derived from the register before is never taken for the new one's
    assert!(after.0 > before.0 && after.1 > before.1, "{before:?} {after:?}");
    let open = window.app().session.project().unwrap();
    assert!(!open.saved.is_read_only() && open.draft.is_changed(), "the draft goes along");
}

#[test]
fn going_to_another_project_and_back_does_not_lock_oneself_out() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    // screens keep what they derived, and with it the project
    for screen in ScreenId::ALL {
        window.app_mut().go(screen);
        window.settle();
    }
    let (first, second) = (window.project_folder(), window.folder.path().join("另一个"));
    copy_folder(&first, &second);
    // twice: the first opening is given up
    window.app_mut().session.apply(ViewCommand::OpenProject(second.clone()));
    window.app_mut().session.apply(ViewCommand::OpenProject(second.clone()));
    window.settle();
    let is = |w: &Window, root: &std::path::Path| {
        let open = w.app().session.project().unwrap();
        open.saved.root() == root && !open.saved.is_read_only()
    };
    assert!(is(&window, &second));
    window.app_mut().session.apply(ViewCommand::OpenProject(first.clone()));
    window.settle();
    assert!(is(&window, &first));
}

#[test]
fn another_register_and_another_map_come_whole_and_the_draft_goes_along() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    let root = window.project_folder();
    change_tier(&mut window, 5000);
    let wanted = window.app().session.project().unwrap().draft.now().clone();
    let map = find_file(input_folder(), ".shp").unwrap();
    // a companion that the new map does not bring
    std::fs::create_dir_all(root.join("districts")).unwrap();
    std::fs::write(root.join("districts/districts.old"), b"x").unwrap();
    let accepted = Acceptance { second: "李四".to_owned(), reason: "测试".to_owned() };
    window.send(Deed::AcceptChanges(accepted));
    window.settle();
    let refresh = Deed::Refresh { from: input_folder().to_owned(), mapping: None, looked_at: None };
    for command in [refresh, Deed::LoadDistricts(map)] {
        let before = window.app().session.project().unwrap().revision;
        window.send(command);
        window.until("the project again", |w| w.app().session.project().is_some_and(|p| p.revision > before));
        window.settle();
        let open = window.app().session.project().unwrap();
        assert_eq!(*open.draft.now(), wanted);
        assert_eq!(open.data.len(), SOURCES);
        assert!(!root.join("change").exists() && !root.join("change.tmp").exists());
    }
    assert!(!root.join("districts/districts.old").exists());
    let (lines, faults) = fairdraw::workspace::store::journal::check_journal_file(&root.join("journal.jsonl")).unwrap();
    assert_eq!(faults, Vec::<String>::new());
    let last: Vec<&str> = lines.iter().rev().take(2).map(|line| line.command.as_str()).collect();
    assert_eq!(last, ["districts", "refresh"]);
}

#[test]
fn synthetic_data_is_not_mixed_with_an_offices_own() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    let own = window.folder.path().join("本单位");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("名录.csv"), "企业名称,排污许可证编号\n甲厂,1\n").unwrap();
    window.send(Deed::Refresh { from: own, mapping: None, looked_at: None });
    window.until("the refusal", |w| w.shows("模拟数据与本单位数据不能放进同一个项目"));
}

/// Asks the window to close, as its frame's button does; true where it goes.
fn closes(window: &mut Window) -> bool {
    let input = window.harness.input_mut();
    let id = input.viewport_id;
    input.viewports.entry(id).or_default().events.push(egui::ViewportEvent::Close);
    window.harness.step();
    let output = window.harness.output();
    let commands = output.viewport_output.get(&id).map(|v| v.commands.clone()).unwrap_or_default();
    let input = window.harness.input_mut();
    input.viewports.entry(id).or_default().events.clear();
    window.harness.run_steps(2);
    !commands.iter().any(|command| matches!(command, egui::ViewportCommand::CancelClose))
}

#[test]
fn a_draft_that_cannot_be_written_is_not_dropped_unseen() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    // in the way of the draft's file
    let draft = window.project_folder().join(DRAFT_FILE);
    std::fs::create_dir_all(draft.join("占用")).unwrap();
    assert!(closes(&mut window), "nothing is lost: no change yet");
    change_tier(&mut window, 5000);
    assert!(!closes(&mut window));
    assert!(window.shows("草稿未能保存") && window.shows("[IO-"), "{:?}", window.shown());
    window.click("留在窗口");
    assert!(!window.shows("草稿未能保存"));
    assert!(window.app().session.project().unwrap().draft.is_changed());
    // there is room again
    std::fs::remove_dir_all(&draft).unwrap();
    assert!(closes(&mut window) && draft.is_file());
    // or the user does not want the draft
    std::fs::remove_file(&draft).unwrap();
    std::fs::create_dir_all(draft.join("占用")).unwrap();
    assert!(!closes(&mut window));
    window.click("放弃草稿并退出");
    assert!(closes(&mut window), "asked once");
}

/// So many seconds pass.
pub fn later(window: &mut Window, seconds: f64) {
    let now = window.harness.ctx.input(|i| i.time);
    window.harness.input_mut().time = Some(now + seconds);
    window.harness.step();
    window.harness.input_mut().time = None;
    window.harness.run_steps(3);
}

#[test]
fn what_could_not_be_written_is_written_on_trying_again() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    super::work::name_operator(&mut window, "张三");
    // a folder in the file's place stands in the way as an office program that has the file open
    let to = window.folder.path().join("地图.png");
    std::fs::create_dir_all(to.join("占")).unwrap();
    window.send(ViewCommand::WriteFile(to.clone(), Arc::new(b"png".to_vec())));
    let said = "保存文件失败：同名的文件与文件夹相冲突（地图.png）。请换一个名称或文件夹";
    window.until("what stands in the way", |w| w.shows(said) && w.enabled("重试"));
    // it takes a while to find and close the other program
    later(&mut window, 300.0);
    window.click("重试");
    window.until("it stands in the way still", |w| !w.app().session.is_busy() && w.enabled("重试"));
    std::fs::remove_dir_all(&to).unwrap();
    window.click("重试");
    window.until("the file", |w| to.is_file() && !w.app().session.is_busy());
    assert_eq!(std::fs::read(&to).unwrap(), b"png");
    assert!(!window.enabled("重试") && !window.shows(said));
    // an export with all that was chosen for it
    let folder = window.folder.path().join("导出");
    std::fs::write(&folder, b"x").unwrap();
    let only = vec!["公开".to_owned()];
    window.send(Deed::Export { to: folder.clone(), month: None, only });
    // alone: the message of the file goes by itself, and what stands below it would move away under the click
    window.until("what stands in the way", |w| w.enabled("重试") && w.app().session.toasts().len() == 1);
    std::fs::remove_file(&folder).unwrap();
    window.click("重试");
    window.until("the export", |w| w.shows("已导出"));
    let families: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(families, ["公开"]);
}

#[test]
fn preferences_that_could_not_be_written_are_written_when_the_disk_is_back() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let file = window.folder.path().join("config/preferences.ron");
    window.until("the preferences' file", |_| file.is_file());
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir_all(file.join("占")).unwrap();
    window.send(ViewCommand::SetOperator("王晓明".into()));
    window.until("that it failed", |w| w.shows("保存文件失败") && w.shows("preferences.ron"));
    later(&mut window, 25.0);
    window.until("another try", |w| w.app().session.jobs().is_empty());
    assert_eq!(window.app().session.findings().1.count_code("IO-007"), 1, "said once");
    std::fs::remove_dir_all(&file).unwrap();
    later(&mut window, 25.0);
    window.until("the preferences' file", |_| file.is_file());
    assert!(std::fs::read_to_string(&file).unwrap().contains("王晓明"));
}

#[test]
fn a_draft_that_could_not_be_written_is_written_when_the_disk_is_back() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let draft = window.project_folder().join(DRAFT_FILE);
    std::fs::create_dir_all(draft.join("占")).unwrap();
    let told = |w: &Window| w.app().session.findings().1.count_code("IO-007");
    change_tier(&mut window, 5000);
    window.until("that it failed", |w| w.shows("保存文件失败") && told(w) == 1);
    // tried again in vain, and not said again
    later(&mut window, 25.0);
    window.until("another try", |w| w.app().session.jobs().is_empty());
    assert_eq!(told(&window), 1);
    let wanted = window.app().session.project().unwrap().draft.now().clone();
    std::fs::remove_dir_all(&draft).unwrap();
    later(&mut window, 25.0);
    window.until("the draft's file", |_| draft.is_file());
    window.until("that it is kept", |w| w.shows("草稿已重新自动保存"));
    assert_eq!(load_draft(&window.project_folder()).unwrap().unwrap().draft, wanted);
}
