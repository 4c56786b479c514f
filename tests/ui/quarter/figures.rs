//! The year's figures at a moment of the year, read from the screens, the command line, the workbook and the public
//! plan: one plan, one number.

use std::process::Command;

use egui::{Key, Modifiers};

use super::super::support::Window;
use super::accounts::figures;
use super::desk::{beginning, number_after, press, press_beginning, screen, see};
use super::office::{file, rows_of};
use super::steps::off_site;

/// What `fairdraw plan` prints.
pub fn printed(window: &Window) -> String {
    let open = window.app().session.project().unwrap();
    let root = open.saved.root().to_str().unwrap().to_owned();
    let output = Command::new(env!("CARGO_BIN_EXE_fairdraw")).args(["plan", &root]).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Of it the whole city: twelve months, the year, drawn and mandatory checks of it.
fn command_line(window: &Window) -> Vec<f64> {
    let words = printed(window);
    let line = words.lines().find(|line| line.starts_with("合计,")).unwrap_or_else(|| panic!("{words}"));
    let told: Vec<f64> = line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect();
    assert_eq!(told.len(), 15, "{line}");
    let head = format!("预计检查 {:.1} 次（抽查 {:.1}，必查 {:.1}）", told[12], told[13], told[14]);
    assert!(words.contains(&head), "{head}: {words}");
    told
}

/// How far the year is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The year's seed was not opened yet: no month can be frozen.
    Unseeded,
    /// So many shortages have to be mended before anything is sealed.
    Blocked(usize),
    /// So many months were drawn; the next can be frozen.
    Drawn(usize),
}

/// The name of the city's cell of a month, brought in sight by the keyboard where the window is too narrow for it.
#[track_caller]
pub fn city_month(window: &mut Window, month: usize) -> String {
    let start = format!("全市 {month}月 ");
    for _ in 0..12 {
        if window.shown().iter().any(|name| name.starts_with(&start)) {
            break;
        }
        window.key(Modifiers::NONE, Key::ArrowRight);
    }
    beginning(window, &start)
}

/// Reads the figures everywhere.
#[track_caller]
pub fn one_number(window: &mut Window, moment: &str, stage: Stage) {
    let drawn = if let Stage::Drawn(months) = stage { months } else { 0 };
    let told = command_line(window);
    let near = |place: &str, read: f64, of: f64, within: f64| {
        assert!((read - of).abs() <= within + 1e-6, "{moment}, {place}: {read} against {of}");
    };
    // 总览 says whole checks
    screen(window, "总览");
    let card = beginning(window, "全年计划检查 ");
    near("总览", number_after(&card, "全年计划检查 "), told[12], 0.55);
    near("总览，抽查", number_after(&card, "抽查 "), told[13], 0.55);
    near("总览，必查", number_after(&card, "必查 "), told[14], 0.55);
    // 年度计划 says tenths by month; what is drawn is whole
    screen(window, "年度计划");
    press(window, "计划矩阵");
    press_beginning(window, "全市 1月 ");
    near("年度计划", number_after(&beginning(window, "2027 年预计检查 "), "2027 年预计检查 "), told[12], 0.55);
    for m in 1..=12 {
        let cell = city_month(window, m);
        let shown = if m <= drawn {
            number_after(&cell, "已抽取 ")
        } else {
            number_after(&cell, &format!("全市 {m}月 "))
        };
        near(&format!("年度计划，{m}月"), shown, told[m - 1], 0.1);
    }
    window.key(Modifiers::NONE, Key::Home);
    // 计划对照 says the same year with one decimal, and what was drawn for the plan
    press(window, "计划对照");
    let summary = beginning(window, "2027 年：");
    near("计划对照", number_after(&summary, "全年预计 "), told[12], 0.1);
    near("计划对照，已抽取", number_after(&summary, "已抽取 "), told[..drawn].iter().sum(), 0.0);
    // 月度抽取 offers what the plan expects of the next month
    screen(window, "总览");
    press(window, "去办理");
    match stage {
        Stage::Unseeded => {
            see(window, &["为什么先做这一步"]);
            assert!(!window.shows("计划预计 "), "{moment}: the year's seed counts no checks");
        }
        // the tab looked at last was another
        Stage::Blocked(shortages) => {
            see(window, &[&format!("计划不可行：{shortages} 项缺口未解决，不能封存"), "全部采取最省的办法"]);
        }
        Stage::Drawn(months) => {
            see(window, &["请见证人核对数量"]);
            let offered = beginning(window, "计划预计 ");
            near("月度抽取", number_after(&offered, "计划预计 "), told[months], 0.55);
            near("月度抽取，取整前", number_after(&offered, "取整前 "), told[months], 0.1);
        }
    }
    // 执行与公开 waits for what is listed and not done, the triggered checks too
    let listed: f64 = told[..drawn].iter().sum();
    if drawn > 0 {
        screen(window, "总览");
        let card = beginning(window, "已完成 ");
        near("总览，已抽取", number_after(&card, "已抽取 "), listed, 0.0);
        let triggered = if card.contains("触发式检查 ") { number_after(&card, "触发式检查 ") } else { 0.0 };
        screen(window, "执行与公开");
        let waiting = number_after(&beginning(window, "待检查或待录入 "), "待检查或待录入 ");
        near(
            "执行与公开",
            waiting + number_after(&card, "已完成 "),
            listed + triggered + off_site(window, None) as f64,
            0.0,
        );
    }
    // the exported files
    let folder = window.folder.path().join(moment);
    window.answers.push(&folder);
    window.key(Modifiers::COMMAND, Key::E);
    window.until("the export", |w| folder.join("公开").exists() && !w.app().session.is_acting());
    window.settle();
    let agency = window.app().session.project().unwrap().project.policy.agency_name.clone();
    let book = rows_of(&file(&folder.join("内部"), &[&format!("{agency}_年度计划_"), ".xlsx"]), "年度计划", "1月");
    let rows = figures(&book, "预计检查（次）");
    for (m, (read, of)) in rows.iter().zip(&told).enumerate() {
        near(&format!("工作簿，{m}"), *read, *of, 0.05);
    }
    let public = rows_of(&file(&folder.join("公开"), &["_年度检查计划_", ".xlsx"]), "分月数量", "1月");
    let of_public = figures(&public, "合计");
    near("公开的计划", of_public[12], told[12], 0.55);
    for (m, (read, of)) in of_public.iter().zip(&told).enumerate().take(drawn) {
        near(&format!("公开的计划，{}月", m + 1), *read, *of, 0.0);
    }
}
