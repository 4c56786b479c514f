//! The planner's whole job by clicks: import a folder, seal and open the year, seal and open a month, take the day
//! after, export; and what came out verifies.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::domain::Period;
use fairdraw::sampling::EntropyFormat;
use fairdraw::ui::screens::ScreenId;
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::seal::Pledge;
use fairdraw::workspace::deeds::verify::{VerifyRequest, verify_files};
use fairdraw::workspace::session::ViewCommand;

use super::results::answer;
use super::support::{Begin, LAPTOP, Window, find_file, input_folder};
use super::work::{DICE, choose_month, draw_month, name_operator};

#[test]
fn from_a_folder_to_a_verified_certificate_by_clicks() {
    let mut window = Window::new(LAPTOP, false, Begin::Nothing);
    window.harness.run_steps(2);
    name_operator(&mut window, "王晓明");

    // the office's folder, by the menu and the dialog
    let office = window.folder.path().join("某区文件");
    super::support::copy_folder(input_folder(), &office);
    window.answers.push(&office);
    window.key(Modifiers::COMMAND, Key::I);
    assert_eq!(window.app().screen, ScreenId::Data);
    window.until("what each file was taken for", |w| w.shows("污染源名录") && w.enabled("导入为新项目"));
    window.click("导入为新项目");
    window.until("the project", |w| w.app().session.project().is_some());
    window.settle();
    assert!(window.app().session.project().unwrap().data.len() > 1_000);

    // the year's seed, then January
    let month = draw_month(&mut window);
    assert_eq!(month.to_string(), "2027-01");

    // exported by a click, and every file of the evidence holds
    let out = window.folder.path().join("导出");
    std::fs::create_dir_all(&out).unwrap();
    // the month's task sheets alone, one a body, and the way to their folder
    let sheets = window.folder.path().join("任务单");
    window.answers.push(&sheets);
    window.click("导出任务单");
    window.until("the sheets", |w| w.enabled("打开所在文件夹"));
    let bodies = std::fs::read_dir(sheets.join("内部")).unwrap().map(|entry| entry.unwrap().path());
    let internal: Vec<String> = bodies
        .flat_map(|body| std::fs::read_dir(body).unwrap())
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.rsplit_once('.').is_some_and(|(_, ending)| ["xlsx", "pdf", "docx"].contains(&ending)))
        .collect();
    // the list as a workbook, the sheets on paper and for Word
    let is_task = |name: &String| name.contains("任务单") || name.contains("任务书");
    assert!(internal.len() >= 3 && internal.iter().all(is_task), "{internal:?}");
    assert_eq!(std::fs::read_dir(&sheets).unwrap().count(), 1, "no evidence, no public files");
    assert!(window.shows(&format!("已导出 {} 个文件", internal.len())), "{}", window.shown().join(" | "));
    window.click("打开所在文件夹");
    window.until("the folder", |w| *w.answers.shown.lock().unwrap() == [sheets.clone()]);
    window.answers.push(&out);
    window.key(Modifiers::COMMAND, Key::E);
    window.until("the export", |w| find_file(&w.folder.path().join("导出"), "certificate.json").is_some());
    window.settle();
    let certificate = find_file(&out, "certificate.json").unwrap();
    let folder = certificate.parent().unwrap();
    let verified = verify_files(&VerifyRequest {
        certificate: certificate.clone(),
        frame: Some(folder.join("frame.csv")),
        roster: Some(folder.join("roster.csv")),
        needs: Some(folder.join("needs.csv")),
        assignment: Some(folder.join("assignment.csv")),
        ..VerifyRequest::default()
    })
    .unwrap();
    assert!(verified.report.faults.is_empty(), "{:?}", verified.report.faults);
    assert_eq!(verified.pairing, Some(Vec::new()));
    let books = window.app().session.project().unwrap().books.value().unwrap().clone();
    let drawn = books.draws[0].targets.len();
    assert!(drawn > 5, "{drawn} drawn");
    // a result entered by hand: the next object moves up, and the meter counts it once it is published
    window.click("执行与公开");
    window.settle();
    choose_month(&mut window, "2027-02");
    assert!(window.shows("其中 2027-02 有 0 项"), "{:?}", window.shown());
    choose_month(&mut window, "2027-01");
    let check = books.draws[0].checks[0].clone();
    let tab = window.shown().into_iter().find(|name| name.starts_with("待录入 ")).unwrap();
    window.harness.get_all_by_label(&tab).next().unwrap().click();
    window.harness.run_steps(3);
    window.click(&format!("{} {}", check.name, check.plan_code));
    window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "办结日期").focus();
    window.harness.run_steps(2);
    window.text("2026-12-21");
    answer(&mut window, "2026-12-21");
    window.until("a whole form", |w| w.enabled("录入"));
    window.click("录入");
    window.until("the record", |w| {
        w.app().session.project().unwrap().books.value().is_some_and(|b| b.results.len() == 1)
    });
    window.settle();
    assert!(window.shows("办结日期"), "the next object's form is open: {:?}", window.shown());
    // made public by its row on the board, the button and the question
    let tab = window.shown().into_iter().find(|name| name.starts_with("公开期限 ")).unwrap();
    window.click(&tab);
    assert!(!window.enabled("登记公开…"), "nothing is ticked yet");
    let row = window.shown().into_iter().find(|name| name.starts_with(&check.plan_code)).unwrap();
    window.click(&row);
    window.click("登记公开（1 项）…");
    assert!(window.shows(&format!("{} {}", check.plan_code, check.name)), "{:?}", window.shown());
    window.click("确已公开，登记");
    window.until("the meter", |w| {
        let books = w.app().session.project().unwrap().books.value();
        books.is_some_and(|b| b.status.board.completeness.published == 1)
    });
    window.settle();
    assert!(window.shows("100.0%"));
    // and the project's journal holds
    let (entries, faults) = window.app().session.project().unwrap().saved.journal().check().unwrap();
    assert!(faults.is_empty());
    assert!(entries.iter().all(|e| e.operator == "王晓明"));
}

#[test]
fn a_real_seal_waits_for_its_public_number_and_can_be_given_up() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    window.app_mut().go(ScreenId::Draw);
    let pledge = Pledge {
        format: EntropyFormat::Dice,
        entropy_source: "区公证处掷骰".into(),
        reference: "第1次".into(),
        available_at: "2026-12-22T20:00:00+08:00".into(),
        again: None,
        demonstration: false,
    };
    window.send(Deed::SealYear(pledge.clone()));
    window.until("the seal", |w| w.app().session.last_done().0 == 1);
    window.settle();
    assert!(window.shows("距公开数产生还有"), "{:?}", window.shown());
    assert!(!window.enabled("承诺值已公布，录入公开数"));
    // nothing opens it early, whatever is sent
    window.send(Deed::Open(Period::Year(2027), DICE.into()));
    window.until("the refusal", |w| w.app().session.findings().1.findings().iter().any(|f| f.code == "SEL-011"));
    window.settle();
    assert!(window.app().session.project().unwrap().books.value().unwrap().pending.is_some());
    // a second seal is refused while one waits
    let again = pledge.clone();
    window.send(Deed::SealYear(pledge));
    window.until("the second refusal", |w| w.app().session.findings().1.findings().iter().any(|f| f.code == "SEL-031"));
    window.settle();
    // given up before its hour, with a reason that the register keeps
    window.send(Deed::Void(Period::Year(2027), "骰子丢失".into()));
    window.until("the register", |w| {
        let books = w.app().session.project().unwrap().books.value();
        books.is_some_and(|b| b.pending.is_none() && b.register.lines().iter().any(|l| l.reason == "骰子丢失"))
    });
    // sealed again; once its hour has come it can only be opened
    window.send(Deed::SealYear(Pledge { again: Some("换一副骰子".into()), ..again }));
    window.until("the second seal", |w| {
        w.app().session.project().unwrap().books.value().is_some_and(|b| b.pending.is_some())
    });
    window.settle();
    window.at("2026-12-22T20:00:10");
    window.until("the number's hour", |w| w.enabled("承诺值已公布，录入公开数"));
    window.send(Deed::Void(Period::Year(2027), "不满意".into()));
    window.until("the third refusal", |w| w.app().session.findings().1.findings().iter().any(|f| f.code == "ANC-080"));
    window.settle();
    assert!(window.app().session.project().unwrap().books.value().unwrap().pending.is_some());
}
