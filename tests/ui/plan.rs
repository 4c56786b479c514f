//! 年度计划 by keys and clicks: blocks selected, pasted, filled with one reason and one step of undo; the plan approved,
//! a month drawn, approved again, and the four columns that stay apart.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::{overview, plan};
use fairdraw::ui::widgets::decimal;
use fairdraw::workspace::reports::plan_record::{FourColumns, PlanRecord, Planned};
use fairdraw::workspace::session::AnalysisView;

use super::support::{Begin, LAPTOP, Window};
use super::work::{draw_month, name_operator};

/// The tabs of the plan, as they stand.
pub const PLAN_TABS: [&str; 8] = [
    plan::TAB_MATRIX,
    plan::TAB_RECORD,
    plan::TAB_LIGHTS,
    plan::TAB_VALUES,
    plan::TAB_SHORTAGES,
    plan::TAB_FREQUENCIES,
    plan::TAB_CALENDAR,
    plan::TAB_TRIAL,
];

fn edits(window: &Window) -> usize {
    window.app().session.project().unwrap().draft.now().edits.quotas.len()
}

/// The matrix with the focus on the first body's cell of a month.
pub fn on_the_matrix(window: &mut Window, month: &str) {
    window.app_mut().go(ScreenId::Plan);
    window.harness.run_steps(4);
    window.settle();
    let open = window.app().session.project().unwrap();
    let body = open.project.policy.bodies[0].name.clone();
    let name = format!("{body} {month} ");
    let label = window.shown().into_iter().find(|shown| shown.starts_with(&name)).unwrap();
    window.click(&label);
}

#[test]
fn blocks_are_pasted_filled_and_undone_as_one_step() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    on_the_matrix(&mut window, "5月");
    for key in [Key::ArrowRight, Key::ArrowDown] {
        window.key(Modifiers::SHIFT, key);
    }
    assert!(window.shows("选中 4 格"), "{}", window.shown().join(" | "));
    // one number for all that is selected, with one reason; what is none is said
    window.harness.event(Event::Paste("1\t约2\n1\t1".to_owned()));
    window.harness.run_steps(4);
    assert!(window.shows("「约2」不是数字"), "{}", window.shown().join(" | "));
    let before = edits(&window);
    window.click("更改 3 格");
    window.settle();
    let pasted = edits(&window);
    assert!(pasted >= before + 3, "{before} {pasted}");
    window.key(Modifiers::COMMAND, Key::R);
    window.until("the filling", |w| w.shows("填充所选单元格"));
    let open = window.app().session.project().unwrap();
    assert_eq!(open.draft.undo_label(), Some("3 格的检查次数（手工调整）"));
    window.key(Modifiers::NONE, Key::Escape);
    window.key(Modifiers::COMMAND, Key::Z);
    window.settle();
    assert_eq!(edits(&window), before, "one step of undo for the whole block");
}

#[test]
fn more_than_can_be_drawn_is_capped_and_told_wherever_the_plan_is_judged() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    on_the_matrix(&mut window, "5月");
    window.harness.get_by_role_and_label(Role::SpinButton, "重点监管对象").focus();
    window.harness.run_steps(3);
    window.key(Modifiers::COMMAND, Key::A);
    window.text("400");
    window.key(Modifiers::NONE, Key::Enter);
    window.settle();
    let told = |window: &Window| {
        let told = |line: &String| line.contains(" 家可抽，按 ") && line.contains("（原填 ");
        window.shown().into_iter().filter(told).collect::<Vec<String>>()
    };
    let beside = told(&window);
    assert!(!beside.is_empty(), "{}", window.shown().join(" | "));
    // the plan stays what can be done, and says so nowhere without the number that can't
    window.click("缺口与办法");
    window.settle();
    let row = window.shown().join(" | ");
    assert!(row.contains("已封顶") && beside.iter().all(|line| row.contains(line)), "{row}");
    window.app_mut().go(ScreenId::Overview);
    window.settle();
    let shown = told(&window);
    let more = window.shown().iter().any(|line| line.contains("个人工锁定的数量超过可抽的对象"));
    assert!(beside.iter().all(|line| shown.contains(line) || more), "{}", window.shown().join(" | "));
    assert!(!shown.is_empty(), "{}", window.shown().join(" | "));
}

/// What Ctrl+C gives on the matrix: headings, then a line a body.
fn copied(window: &mut Window) -> Vec<Vec<String>> {
    window.harness.event(Event::Copy);
    window.harness.step();
    let copied = window.harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    window.harness.run_steps(2);
    copied.unwrap_or_default().lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn figures(block: &[Vec<String>]) -> Vec<Vec<f64>> {
    let line = |line: &Vec<String>| line[1..].iter().map(|cell| cell.replace(',', "").parse().unwrap()).collect();
    block[1..].iter().map(line).collect()
}

/// The cells of two bodies and two months, from the first body's May.
fn select_block(window: &mut Window) {
    on_the_matrix(window, "5月");
    for key in [Key::ArrowRight, Key::ArrowDown] {
        window.key(Modifiers::SHIFT, key);
    }
    assert!(window.shows("选中 4 格"), "{}", window.shown().join(" | "));
}

#[test]
fn a_block_goes_to_a_spreadsheet_and_comes_back_with_one_reason_for_all() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    select_block(&mut window);
    let block = copied(&mut window);
    assert_eq!(block[0], ["执法主体", "5月", "6月"]);
    assert_eq!(block.len(), 3);
    let before = figures(&block);
    let sum = |block: &[Vec<f64>]| block.iter().flatten().sum::<f64>();
    assert!(window.shows(&format!("{:.1}", sum(&before))), "the selection is summed up: {:?}", window.shown());
    // changed in the spreadsheet, with its quotes and line ends, the bodies the other way round
    let wanted: Vec<Vec<f64>> =
        before.iter().map(|line| line.iter().map(|visits| (visits * 10.0 + 1.0).round() / 10.0).collect()).collect();
    let line = |at: usize| {
        let cells: Vec<String> = wanted[at].iter().map(|visits| format!("{visits}")).collect();
        format!("{}\t{}", block[at + 1][0], cells.join("\t"))
    };
    let text = format!("执法主体\t5月\t6月\r\n{}\r\n{}\r\n\r\n", line(1), line(0));
    // wherever the cursor stands: the headings say where the numbers belong
    window.key(Modifiers::NONE, Key::ArrowRight);
    window.key(Modifiers::NONE, Key::ArrowRight);
    window.harness.event(Event::Paste(text));
    window.harness.run_steps(4);
    window.harness.get_all_by_role_and_label(Role::TextInput, "调整理由").last().unwrap().focus();
    window.harness.run_steps(2);
    window.key(Modifiers::COMMAND, Key::A);
    window.text("二季度专项行动");
    window.click("更改 4 格");
    window.settle();
    let quotas = window.app().session.project().unwrap().draft.now().edits.quotas.clone();
    assert!(quotas.len() >= 4 && quotas.iter().all(|quota| quota.reason == "二季度专项行动"), "{quotas:?}");
    select_block(&mut window);
    assert_eq!(figures(&copied(&mut window)), wanted, "what was pasted stands there");
    // filled right: June is as May
    window.key(Modifiers::COMMAND, Key::R);
    window.until("the filling", |w| w.shows("填充所选单元格"));
    window.click("更改 2 格");
    window.settle();
    select_block(&mut window);
    let filled = figures(&copied(&mut window));
    assert!(filled.iter().all(|line| (line[0] - line[1]).abs() < 1e-9), "{filled:?}");
    assert_eq!(filled.iter().map(|line| line[0]).collect::<Vec<_>>(), [wanted[0][0], wanted[1][0]]);
    // a number typed over all that is selected
    let least = wanted.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    window.text(&format!("{least}"));
    window.until("the number", |w| w.enabled("更改 4 格"));
    window.click("更改 4 格");
    window.settle();
    select_block(&mut window);
    assert!(figures(&copied(&mut window)).iter().flatten().all(|visits| (visits - least).abs() < 1e-9));
    // three steps back: paste, fill, type are one step each
    for _ in 0..3 {
        window.key(Modifiers::COMMAND, Key::Z);
    }
    window.settle();
    assert_eq!(edits(&window), 0);
    select_block(&mut window);
    assert_eq!(figures(&copied(&mut window)), before);
}

#[test]
fn approved_drawn_and_approved_again_the_four_columns_stay_apart() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let approve = |window: &mut Window, day: &str| {
        window.app_mut().go(ScreenId::Plan);
        window.harness.run_steps(4);
        window.settle();
        window.click("批准、备案与公布…");
        window.harness.get_by_role_and_label(Role::TextInput, "批准日期").focus();
        window.harness.run_steps(2);
        window.key(Modifiers::COMMAND, Key::A);
        window.text(day);
        window.until("the approval", |w| w.enabled("批准并留存"));
        window.click("批准并留存");
        window.until("the version", |w| !w.app().session.is_busy());
        window.settle();
    };
    approve(&mut window, "2026-12-20");
    let plans = |w: &Window| w.app().session.project().unwrap().books.value().unwrap().plans.clone();
    assert_eq!(plans(&window).approved.len(), 1);
    let month = draw_month(&mut window);
    window.settle();
    approve(&mut window, "2026-12-21");
    let kept = plans(&window);
    assert_eq!(kept.approved.len(), 2);
    assert!(kept.before.contains_key(&month), "the plan before the draw is kept with it");
    window.click("计划对照");
    window.settle();
    for words in ["批准计划", "滚动计划", "已抽取", "已完成", "第 2 版：批准 2026-12-21", "王晓明批准"]
    {
        assert!(window.shows(words), "{words}: {}", window.shown().join(" | "));
    }
    // 总览 holds what had been planned against what was drawn, the approved plan over both
    let record = PlanRecord::compute(&view_of(&window).analysis, &kept, None).unwrap().city();
    let sum = |of: fn(&FourColumns) -> f64| decimal(record.iter().map(of).sum(), 0);
    window.app_mut().go(ScreenId::Overview);
    window.settle();
    let shown = window.shown();
    let chart = shown.iter().find(|text| text.contains(overview::S_PLAN) && text.contains("；")).unwrap();
    for (name, value) in [
        (overview::S_PLAN, sum(|cell| cell.rolling.drawn)),
        (overview::S_MANDATORY, sum(|cell| cell.rolling.mandatory)),
        (overview::S_DRAWN, sum(|cell| cell.listed.map_or(0.0, |listed| f64::from(listed.planned())))),
        ("批准计划", sum(|cell| cell.approved.map_or(0.0, Planned::total))),
    ] {
        assert!(chart.contains(&format!("{name} {value}")), "{name} {value}: {chart}");
    }
    let before: f64 = kept.before[&month].bodies.iter().map(|body| body.month(0).total()).sum();
    assert!((record[0].rolling.total() - before).abs() < 1e-9, "January as it was planned, not as it was drawn");
}

fn view_of(window: &Window) -> Arc<AnalysisView> {
    Arc::clone(window.app().session.project().unwrap().view().unwrap())
}
