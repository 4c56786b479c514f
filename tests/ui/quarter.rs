//! A quarter's work of a planning office by clicks, keys, typed and pasted text alone: nothing is sent to the session
//! behind the window's back. A newcomer imports the office's folder, opens the year's seed, has the plan approved and
//! draws three months; results come singly, in batches and as a file, are published and corrected; the register is
//! renewed once wrongly and once rightly; the plan is edited and approved again. What the window, the workbook and the
//! public lists say at the quarter's end agrees with each other and with what was done.

mod accounts;
pub mod desk;
mod figures;
mod five;
mod office;
mod steps;

use std::sync::atomic::Ordering;

use egui::{Event, Key, Modifiers};
use fairdraw::ui::text::path;

use self::desk::*;
use self::figures::{Stage, one_number};
use self::office::*;
use self::steps::*;
use super::support::{Begin, LAPTOP, Window};
use super::work::name_operator;

const SOURCES: usize = 600;

/// What was done, counted as it is done.
#[derive(Debug, Default)]
pub struct Done {
    /// Drawn by month.
    pub drawn: [usize; 3],
    /// Results entered, finished ones, and published ones.
    pub entered: usize,
    pub finished: usize,
    pub published: usize,
}

fn begin(window: &mut Window) -> std::path::PathBuf {
    window.harness.run_steps(2);
    name_operator(window, "王晓明");
    let office = office(window.folder.path(), "某区文件", SOURCES, 8);
    window.answers.push(&office);
    window.key(Modifiers::COMMAND, Key::I);
    see(window, &["污染源名录", "执法人员名录"]);
    press(window, "导入为新项目");
    see(window, &["第一版年度计划", "600 个污染源"]);
    window.settle();
    screen(window, "总览");
    see(window, &["已抽取 0 项", "开年第一步：封存并开封年度种子"]);
    press(window, "去办理");
    see(window, &["为什么先做这一步", "抽样框 600 家"]);
    ceremony(window, "2026-12-21", "开封取种子");
    see(window, &["年度种子已开封", "各月配额的取整从此确定"]);
    window.settle();
    office
}

#[test]
fn a_quarter_of_a_year() {
    let mut window = Window::new(LAPTOP, false, Begin::Nothing);
    let window = &mut window;
    window.stop_the_clock();
    let mut done = Done::default();
    let office = begin(window);
    approve(window, 1, "2026-12-21");
    one_number(window, "开年", Stage::Drawn(0));
    done.drawn[0] = draw_month(window, 1, "2026-12-28");
    export_sheets(window);
    january_changes(window, &office);
    january_results(window, &mut done);
    january_published(window, &mut done);
    one_number(window, "一月之后", Stage::Drawn(1));
    february_register(window, &office);
    one_number(window, "更新名录之后", Stage::Drawn(1));
    done.drawn[1] = draw_month(window, 2, "2027-02-02");
    february_results(window, &mut done);
    one_number(window, "二月之后", Stage::Drawn(2));
    second_version(window);
    one_number(window, "调整之后", Stage::Drawn(2));
    done.drawn[2] = draw_month(window, 3, "2027-03-01");
    march_results(window, &mut done);
    later(window, "2027-04-06T09:00:00");
    accounts::agree(window, &done);
}

/// All of February's list at once; the two that the web site held up are overdue in April.
fn february_results(window: &mut Window, done: &mut Done) {
    later(window, "2027-02-19T09:00:00");
    let (waiting, _) = open_checks(window, "2027-02");
    assert_eq!(waiting, done.drawn[1] + off_site(window, Some("2027-02")));
    press(window, "全选所列");
    enter_batch(window, waiting, ("2027-02-17", "2027-02-18"));
    done.entered += waiting;
    done.finished += waiting;
    see(window, &["检查对象都已录入结果", &format!("应公开 {} 项", done.finished)]);
    press_beginning(window, "公开期限 ");
    press_beginning(window, "期限内 ");
    press(window, "全选所列未公开的");
    let rows: Vec<String> = window.shown().into_iter().filter(|name| name.starts_with("SSJ202702")).take(2).collect();
    for row in &rows {
        window.click(row);
    }
    publish(window, waiting - 2, "2027-02-19");
    done.published += waiting - 2;
    assert_eq!(published(window), (done.published, done.finished));
}

/// A block for May and June is pasted into the matrix with a reason; the plan is approved again.
fn second_version(window: &mut Window) {
    later(window, "2027-02-22T09:00:00");
    screen(window, "年度计划");
    press(window, "计划矩阵");
    press_beginning(window, "闵行区生态环境局 5月 ");
    for key in [Key::ArrowRight, Key::ArrowDown] {
        window.key(Modifiers::SHIFT, key);
    }
    see(window, &["选中 4 格"]);
    window.harness.event(Event::Paste("5\t6\n3\t4".to_owned()));
    window.harness.run_steps(4);
    press(window, "更改 4 格");
    window.settle();
    for cell in [
        "闵行区生态环境局 5月 5.0 次",
        "闵行区生态环境局 6月 6.0 次",
        "宝山区生态环境局 5月 3.0 次",
        "宝山区生态环境局 6月 4.0 次",
    ] {
        let cell = beginning(window, cell);
        assert!(cell.contains("已锁定"), "{cell}");
    }
    approve(window, 2, "2027-02-22");
}

/// March: half of the list is visited by April.
fn march_results(window: &mut Window, done: &mut Done) {
    later(window, "2027-03-22T09:00:00");
    let (waiting, rows) = open_checks(window, "2027-03");
    assert_eq!(waiting, done.drawn[2] + off_site(window, Some("2027-03")));
    for row in &rows[..5] {
        tick(window, row);
    }
    enter_batch(window, 5, ("2027-03-18", "2027-03-19"));
    done.entered += 5;
    done.finished += 5;
}

/// The task sheets, on a computer without dialogs: the path is typed.
fn export_sheets(window: &mut Window) {
    window.answers.absent.store(true, Ordering::Relaxed);
    let sheets = window.folder.path().join("任务单");
    press(window, "导出任务单");
    see(window, &[path::WHY]);
    fill(window, "路径", sheets.to_str().unwrap());
    press(window, path::OK);
    see(window, &["打开所在文件夹"]);
    window.answers.absent.store(false, Ordering::Relaxed);
    assert!(walk(&sheets).iter().any(|file| file.to_string_lossy().contains("检查任务单_2027-01")));
    window.settle();
}

/// A target stands still, and somebody reports another company, which is found by its name.
fn january_changes(window: &mut Window, office: &std::path::Path) {
    later(window, "2027-01-08T09:00:00");
    // of a body large enough to have reserves
    let drawn = |row: &&String| {
        row.contains("，简易监管对象 · ")
            && row.contains("，抽取，待检查")
            && ["闵行", "嘉定", "浦东", "宝山"].iter().any(|body| row.contains(body))
    };
    let row = window.shown().iter().find(drawn).cloned().unwrap();
    let name = row.split('，').nth(1).unwrap().to_owned();
    window.click(&row);
    press(window, "替换");
    press(window, "停产");
    see(window, &["停产：间隔期内不再抽取"]);
    fill(window, "证据日期", "2027-01-07");
    fill(window, "理由", "现场核实停产，电表无读数");
    // nobody takes a unit out of the draw alone, nor without evidence
    see(window, &["证据文件或文书编号", "共同负责的另一人"]);
    assert!(!window.enabled("确定"));
    fill(window, "文书编号", "现场检查笔录第3号");
    fill(window, "共同负责的另一人", "李建国");
    press(window, "确定");
    see(window, &[&format!("接替 {name}"), "2027-01-07 停产：现场核实停产"]);
    window.settle();

    let rows = register(office);
    let (name_at, district, status) = (column(&rows, "单位名称"), column(&rows, "所在区"), column(&rows, "运行状态"));
    let listed = window.shown().join("，");
    let reported = rows[1..]
        .iter()
        .find(|row| row[district].contains("黄浦") && row[status] == "在产" && !listed.contains(row[name_at].trim()))
        .unwrap()[name_at]
        .trim()
        .to_owned();
    press(window, "新增触发式检查");
    fill(window, "单位", "没有这样一家");
    see(window, &["名录中没有这样的名称、信用代码或编号"]);
    fill(window, "单位", &reported);
    press(window, "举报");
    fill(window, "理由", "居民举报夜间排放");
    press(window, "确定");
    window.settle();
    let first = beginning(window, "2，");
    window.click(&first);
    window.key(Modifiers::NONE, Key::End);
    see(window, &["触发 · 举报", &reported]);
}

/// Results one by one, in a batch, and from the inspectors' forms; one check stays open.
fn january_results(window: &mut Window, done: &mut Done) {
    later(window, "2027-01-18T09:00:00");
    let (waiting, rows) = open_checks(window, "2027-01");
    let turns = off_site(window, Some("2027-01"));
    assert_eq!(waiting, done.drawn[0] + 1 + turns, "the drawn ones, the reported one, the positive list");
    enter_problem(window, &rows[0], "发现问题已责令改正", ("2027-01-12", "2027-01-15"));
    enter_problem(window, &rows[1], "发现问题待后续处理", ("2027-01-12", ""));
    for row in &rows[2..5] {
        tick(window, row);
    }
    enter_batch(window, 3, ("2027-01-13", "2027-01-14"));
    let forms = window.folder.path().join("填报");
    window.answers.push(&forms);
    press(window, "导出本月清单与填报模板");
    see(window, &["个文件到"]);
    window.settle();
    let code = |row: &String| row.rsplit(' ').next().unwrap().to_owned();
    let (filled, count) =
        filled_in(&forms, &rows[..6].iter().map(code).collect::<Vec<_>>(), ("2027-01-14", "2027-01-15"));
    assert_eq!(count, waiting - 6, "one of the listed is not visited");
    window.answers.push(filled);
    press(window, "导入检查结果");
    window.until("the file", |w| w.shows("待录入 1"));
    window.settle();
    done.entered = waiting - 1;
    done.finished = waiting - 2;
    see(window, &[&format!("已录入 {}", done.entered), &format!("应公开 {} 项", done.finished)]);
}

/// Published with Friday's date, one of them corrected.
fn january_published(window: &mut Window, done: &mut Done) {
    later(window, "2027-01-25T09:00:00");
    press_beginning(window, "公开期限 ");
    press(window, "全选所列未公开的");
    publish(window, done.finished, "2027-01-22");
    done.published = done.finished;
    assert_eq!(published(window), (done.published, done.finished));
    see(window, &["100.0%"]);
    press_beginning(window, "已公开 ");
    let row = beginning(window, "SSJ202701");
    window.click(&row);
    press(window, "更正公开登记（1 项）…");
    fill(window, "公开日期", "2027-01-21");
    fill(window, "更正原因", "网站显示的是 1 月 21 日");
    press(window, "更正日期");
    window.until("the question answered", |w| !w.enabled("更正日期"));
    window.settle();
    screen(window, "审计");
    see(window, &["网站显示的是 1 月 21 日"]);
}

/// A wrong register is taken, and taken back; then the right one.
fn february_register(window: &mut Window, office: &std::path::Path) {
    later(window, "2027-02-01T09:00:00");
    let before = year_total(window);
    let half = next_register(office, "错发的名录", 0, |row| row % 2 == 0);
    refresh(window, &half, "新增 2、消失 300");
    see(window, &["302 个污染源"]);
    let halved = year_total(window);
    assert!(halved < before * 0.8, "{before} {halved}");
    press(window, "文件");
    press(window, "更新名录…");
    press(window, "返回");
    see(window, &["返回这份名录？"]);
    press(window, "返回");
    see(window, &["600 个污染源"]);
    window.settle();
    let back = year_total(window);
    assert!((back - before).abs() < 0.5, "{before} {back}");
    let right = next_register(office, "二月名录", 4, |row| row >= 3);
    refresh(window, &right, "新增 2、消失 3");
    see(window, &["599 个污染源"]);
}
