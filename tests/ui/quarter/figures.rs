//! The year's figures at a moment of the year, read from the screens, the command line, the workbook and the public
//! plan: one plan, one number.

use std::process::Command;

use egui::{Key, Modifiers};

use super::super::support::Window;
use super::accounts::figures;
use super::desk::{beginning, number_after, press, press_beginning, screen, see};
use super::office::{file, rows_of};

/// What `fairdraw plan` prints of the whole city: twelve months, the year, drawn and mandatory checks of it.
fn command_line(window: &Window) -> Vec<f64> {
    let open = window.app().session.project().unwrap();
    let root = open.saved.root().to_str().unwrap().to_owned();
    let output = Command::new(env!("CARGO_BIN_EXE_fairdraw")).args(["plan", &root]).output().unwrap();
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = words.lines().find(|line| line.starts_with("合计,")).unwrap_or_else(|| panic!("{words}"));
    let told: Vec<f64> = line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect();
    assert_eq!(told.len(), 15, "{line}");
    let head = format!("预计检查 {:.1} 次（抽查 {:.1}，必查 {:.1}）", told[12], told[13], told[14]);
    assert!(words.contains(&head), "{head}: {words}");
    told
}

/// Reads the figures everywhere; `drawn` months are past, the next can be frozen.
#[track_caller]
pub fn one_number(window: &mut Window, moment: &str, drawn: usize) {
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
        // the months come into sight as the selection walks
        window.key(Modifiers::NONE, if m == 1 { Key::Home } else { Key::ArrowRight });
        let cell = beginning(window, &format!("全市 {m}月 "));
        let shown = if m <= drawn {
            number_after(&cell, "已抽取 ")
        } else {
            number_after(&cell, &format!("全市 {m}月 "))
        };
        near(&format!("年度计划，{m}月"), shown, told[m - 1], 0.1);
    }
    // 月度抽取 offers what the plan expects of the next month
    screen(window, "总览");
    press(window, "去办理");
    see(window, &["请见证人核对数量"]);
    let expected = number_after(&beginning(window, "计划预计 "), "取整前 ");
    near("月度抽取", expected, told[drawn], 0.1);
    // 执行与公开 counts what was drawn for the plan
    if drawn > 0 {
        screen(window, "执行与公开");
        press(window, "指标与分主体");
        let listed: f64 = told[..drawn].iter().sum();
        see(window, &[&format!("/ {listed} 项")]);
    }
    // the exported files
    let folder = window.folder.path().join(moment);
    window.answers.push(&folder);
    window.key(Modifiers::COMMAND, Key::E);
    window.until("the export", |w| folder.join("公开").exists() && !w.app().session.is_acting());
    window.settle();
    let book = rows_of(&file(&folder.join("内部"), &["上海市生态环境局_年度计划", ".xlsx"]), "年度计划", "1月");
    let rows = figures(&book, "预计检查（次）");
    for (m, (read, of)) in rows.iter().zip(&told).enumerate() {
        near(&format!("工作簿，{m}"), *read, *of, 0.05);
    }
    let public = rows_of(&file(&folder.join("公开"), &["_年度检查计划_", ".xlsx"]), "分月数量", "1月");
    near("公开的计划", figures(&public, "合计")[12], told[12], 0.55);
}
