//! The quarter's accounts: what the screens, the workbook and the public lists say, each read as it is shown, against
//! what was done.

#![expect(clippy::float_cmp, reason = "figures as they are printed, read from two places")]

use std::path::Path;

use egui::{Key, Modifiers};

use super::super::support::Window;
use super::Done;
use super::desk::{beginning, number_after, press, press_beginning, said, screen, see, whole_after};
use super::figures::city_month;
use super::office::{file, rows_of};

/// Checks made of the plan: a triggered one is no part of it.
const TRIGGERED: usize = 1;

/// Reads every place where the quarter is told.
pub fn agree(window: &mut Window, done: &Done) {
    let drawn: usize = done.drawn.iter().sum();
    let made = [done.drawn[0] - 1, done.drawn[1], 5];
    assert_eq!(made.iter().sum::<usize>() + TRIGGERED, done.entered);
    let total = overview(window, done, drawn);
    matrix(window, &done.drawn, &made, total);
    let (expected, movement) = record(window, &done.drawn, &made);
    assert!((expected - total).abs() <= 0.5 + 1e-9, "{expected} {total}");
    screen(window, "总览");
    see(window, &[&movement]);
    progress(window, done, drawn);
    let all = exported(window);
    workbook(&all, &done.drawn, &made, expected);
    public(&all, done, expected);
}

/// 总览: the year, what is listed and done, how much is public; the year's checks.
fn overview(window: &mut Window, done: &Done, drawn: usize) -> f64 {
    screen(window, "总览");
    let card = beginning(window, "已完成 ");
    assert_eq!(whole_after(&card, "已完成 "), done.entered, "{card}");
    assert!(card.contains(&format!("已抽取 {drawn} 项，另有触发式检查 1 项")), "{card}");
    let rate = beginning(window, "结果公开率 ");
    // rounded, as every share: how many off-site checks the year's seed asks for differs from run to run
    let share = (2_000 * done.published + done.finished) / (2 * done.finished);
    assert!(rate.contains(&format!("{}.{}%", share / 10, share % 10)) && rate.contains("逾期 2 项"), "{rate}");
    let total = number_after(&beginning(window, "全年计划检查 "), "全年计划检查 ");
    let chart = beginning(window, "全年预计 ");
    let told = format!("已抽取 {drawn} 项、完成 {} 项，另有触发式检查 1 项", done.entered - TRIGGERED);
    assert!(chart.contains(&told), "{told}: {chart}");
    assert_eq!(number_after(&chart, "全年预计 "), total, "{chart}");
    see(window, &["2 项检查结果超过公开期限", "2027-01 有 1 个检查对象尚无结果", "封存 2027-04 的抽样框"]);
    total
}

/// 年度计划: what was drawn and done by month; the months make the year.
fn matrix(window: &mut Window, drawn: &[usize; 3], made: &[usize; 3], total: f64) {
    screen(window, "年度计划");
    press(window, "计划矩阵");
    press_beginning(window, "全市 1月 ");
    assert_eq!(number_after(&beginning(window, "2027 年预计检查 "), "2027 年预计检查 "), total);
    let mut year = 0.0;
    for m in 1..=12 {
        let cell = city_month(window, m);
        if let (Some(drawn), Some(made)) = (drawn.get(m - 1), made.get(m - 1)) {
            let told = format!("已抽取 {drawn} 项，已完成 {made} 项");
            assert!(cell.contains(&told), "{told}: {cell}");
            year += *drawn as f64;
        } else {
            year += number_after(&cell, &format!("全市 {m}月 "));
        }
    }
    assert!((year - total).abs() <= 0.5 + 9.0 * 0.05, "{year} {total}");
}

/// 计划对照: the four columns; gives back the year expected with one decimal, and why it moved.
fn record(window: &mut Window, drawn: &[usize; 3], made: &[usize; 3]) -> (f64, String) {
    press(window, "计划对照");
    see(window, &["全年预计的变动", "批准计划（第 2 版）"]);
    let sums = format!("已抽取 {} 次，已完成 {} 次", drawn.iter().sum::<usize>(), made.iter().sum::<usize>());
    let summary = beginning(window, "2027 年：批准计划");
    assert!(summary.contains(&sums), "{sums}: {summary}");
    assert!(summary.contains("另有触发式检查 1 次（已查 1），不计入计划"), "{summary}");
    for (m, (drawn, made)) in drawn.iter().zip(made).enumerate() {
        let row = beginning(window, &format!("{}月，", m + 1));
        let cells: Vec<&str> = row.split('，').collect();
        assert_eq!((cells[3], cells[4]), (&*drawn.to_string(), &*made.to_string()), "{row}");
    }
    let version = beginning(window, "第 2 版：批准 2027-02-22");
    let approved = number_after(&summary, "批准计划（第 2 版）");
    assert_eq!(number_after(&version, "全年 "), approved, "{version}");
    let year = beginning(window, "全年，");
    assert_eq!(number_after(&year, "全年，"), approved, "{year}");
    assert!(window.shows("第 1 版：批准 2026-12-21"), "{}", said(window));
    let expected = number_after(&summary, "全年预计 ");
    let movement = beginning(window, "全年预计检查 ");
    assert_eq!(number_after(&movement, "全年预计检查 "), expected, "{movement}");
    assert!(movement.contains("2027-03 抽取前为"), "{movement}");
    (expected, movement)
}

/// 执行与公开: the meters, and the figures to be reported.
fn progress(window: &mut Window, done: &Done, drawn: usize) {
    screen(window, "执行与公开");
    let rate = beginning(window, "结果公开率 ");
    assert_eq!(whole_after(&rate, "已公开 "), done.published, "{rate}");
    assert_eq!(whole_after(&rate, "应公开 "), done.finished, "{rate}");
    assert!(beginning(window, "逾期未公开 ").starts_with("逾期未公开 2项"));
    let waiting = beginning(window, "待检查或待录入 ");
    assert_eq!(whole_after(&waiting, "待检查或待录入 "), drawn + TRIGGERED - done.entered, "{waiting}");
    let problems = beginning(window, "问题发现率 ");
    assert!(problems.contains(&format!("2 / {} 项", done.entered)), "{problems}");
    press(window, "指标与分主体");
    let figures =
        [format!("{} / {} 项", done.published, done.finished), format!("{} / {drawn} 项", done.entered - TRIGGERED)];
    see(window, &figures.each_ref().map(String::as_str));
    super::super::work::choose_month(window, "2027-01");
}

/// Everything, for January's list.
fn exported(window: &mut Window) -> std::path::PathBuf {
    let all = window.folder.path().join("全部");
    window.answers.push(&all);
    window.key(Modifiers::COMMAND, Key::E);
    window.until("the export", |w| w.shows("个文件到"));
    window.settle();
    all
}

/// Twelve months and the year of the city's row.
pub fn figures(rows: &super::office::Rows, measure: &str) -> Vec<f64> {
    let row = rows.iter().find(|row| row[0] == "合计" && row[1] == measure).unwrap_or_else(|| panic!("{measure}"));
    row[2..15].iter().map(|cell| cell.parse().unwrap_or(0.0)).collect()
}

/// The workbook of the plan.
fn workbook(all: &Path, drawn: &[usize; 3], made: &[usize; 3], expected: f64) {
    let rows = rows_of(&file(&all.join("内部"), &["上海市生态环境局_年度计划", ".xlsx"]), "年度计划", "1月");
    let year = figures(&rows, "预计检查（次）");
    assert!((year[12] - expected).abs() <= 0.05 + 1e-9, "{} {expected}", year[12]);
    for (measure, counts) in [("预计检查（次）", drawn), ("已抽取（家）", drawn), ("已完成（家）", made)]
    {
        let told: Vec<usize> = figures(&rows, measure)[..3].iter().map(|n| *n as usize).collect();
        assert_eq!(told, counts, "{measure}");
    }
}

/// What everybody may read: the plan in whole checks, January's finished results and no others.
fn public(all: &Path, done: &Done, expected: f64) {
    let folder = all.join("公开");
    let rows = rows_of(&file(&folder, &["_年度检查计划_", ".xlsx"]), "分月数量", "1月");
    let told = figures(&rows, "合计");
    assert!((told[12] - expected).abs() <= 0.55, "{} {expected}", told[12]);
    let months: Vec<usize> = told[..3].iter().map(|n| *n as usize).collect();
    assert_eq!(months, done.drawn);
    let list = std::fs::read_to_string(file(&folder, &["检查结果公开表_2027-01", ".csv"])).unwrap();
    let codes = list.lines().filter(|line| line.contains("2027-01-1")).count();
    assert_eq!(codes, done.drawn[0] + TRIGGERED - 2, "neither the open check nor the unfinished one");
    let register = std::fs::read_to_string(folder.join("封签登记簿.csv")).unwrap();
    for period in ["2027-00", "2027-01", "2027-02", "2027-03"] {
        assert!(register.contains(period), "{period}: {register}");
    }
}
