//! One plan, one number in five projects: of other rules, sizes and seeds, one with few staff, each read in all places
//! at five moments of the year.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairdraw::diagnostic::Progress;
use fairdraw::ui::widgets::thousands;
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::store::clock::Moment;
use fairdraw::workspace::store::project::CommandContext;

use super::super::support::{Begin, LAPTOP, Window};
use super::super::work::name_operator;
use super::desk::{beginning, later, press, screen, see, tick, whole_after};
use super::figures::{Stage, one_number, printed};
use super::office::{few_inspectors, next_register, office};
use super::steps::{approve, ceremony, draw_month, enter_batch, open_checks, refresh};

/// A project of the five.
struct Kind {
    sources: usize,
    seed: u64,
    policy: &'static str,
    /// Inspectors of each body and their days a month, where they are few.
    staff: Option<(usize, &'static str)>,
}

/// The office's folder, and the project made of it.
fn made(folder: &Path, kind: &Kind) -> (PathBuf, PathBuf) {
    let office = office(folder, "某区文件", kind.sources, kind.seed);
    if let Some((each, days)) = kind.staff {
        few_inspectors(&office, each, days);
    }
    let project = folder.join("项目");
    let policy = Some(kind.policy.to_owned());
    let new = NewProject { from: office.clone(), year: Some(2027), policy, ..NewProject::default() };
    let context = CommandContext {
        operator: "王晓明".into(),
        now: Moment::parse("2026-12-20T09:00:00+08:00").unwrap(),
        progress: Progress::none(),
    };
    // the window takes the project over
    drop(create_project(&project, &new, &context).unwrap());
    (office, project)
}

/// The five moments: before anything, after the year's seed and the approval, after January's draw, after another
/// register, after February's draw with some of January's results.
fn a_year_of(kind: &Kind) {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let (office, project) = made(folder.path(), kind);
    let mut window = Window::within(folder, LAPTOP, false, Begin::Folder(project));
    let window = &mut window;
    window.stop_the_clock();
    window.settle();
    name_operator(window, "王晓明");
    one_number(window, "开年之前", Stage::Unseeded);
    // few staff are felt in the plan, which can be sealed all the same
    let words = printed(window);
    assert!(words.contains("计划可行，可以封存"), "{words}");
    if kind.staff.is_some() {
        assert!(whole_after(&words, "未满足 ") > 0 && words.contains("因力量不足"), "{words}");
    }

    screen(window, "总览");
    press(window, "去办理");
    see(window, &["为什么先做这一步"]);
    ceremony(window, "2026-12-21", "开封取种子");
    see(window, &["年度种子已开封"]);
    window.settle();
    approve(window, 1, "2026-12-21");
    one_number(window, "批准之后", Stage::Drawn(0));

    let january = draw_month(window, 1, "2026-12-28");
    assert!(january > 0);
    one_number(window, "一月之后", Stage::Drawn(1));

    later(window, "2027-01-18T09:00:00");
    let sources = thousands(window.app().session.project().unwrap().data.len() as u64);
    let next = next_register(&office, "新名录", 12, |row| row >= 2);
    refresh(window, &next, "新增 2、消失 2");
    see(window, &[&format!("{sources} 个污染源")]);
    one_number(window, "更新名录之后", Stage::Drawn(1));

    let (waiting, rows) = open_checks(window, "2027-01");
    assert_eq!(waiting, january);
    let entered = january.div_ceil(2).min(3);
    for row in &rows[..entered] {
        tick(window, row);
    }
    enter_batch(window, entered, ("2027-01-13", "2027-01-14"));
    let february = draw_month(window, 2, "2027-02-02");
    one_number(window, "二月之后", Stage::Drawn(2));
    screen(window, "总览");
    let card = beginning(window, "已完成 ");
    assert_eq!(whole_after(&card, "已完成 "), entered, "{card}");
    assert_eq!(whole_after(&card, "已抽取 "), january + february, "{card}");
}

#[test]
fn one_number_by_the_rules_of_the_city() {
    a_year_of(&Kind { sources: 1_500, seed: 20_270_101, policy: "shanghai-154", staff: None });
}

#[test]
fn one_number_by_the_national_rules() {
    a_year_of(&Kind { sources: 900, seed: 5, policy: "national-88", staff: None });
}

#[test]
fn one_number_by_the_plainest_rules() {
    a_year_of(&Kind { sources: 1_000, seed: 8, policy: "generic", staff: None });
}

#[test]
fn one_number_in_a_small_office() {
    a_year_of(&Kind { sources: 300, seed: 42, policy: "shanghai-154", staff: None });
}

#[test]
fn one_number_where_staff_are_few() {
    a_year_of(&Kind { sources: 700, seed: 9, policy: "shanghai-154", staff: Some((8, "1")) });
}

/// A plan that cannot be sealed: one number all the same, and the next step leads to what does not fit.
#[test]
fn one_number_in_a_blocked_plan_that_leads_to_its_shortages() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let kind = Kind { sources: 300, seed: 42, policy: "shanghai-154", staff: Some((3, "1")) };
    let (_, project) = made(folder.path(), &kind);
    let mut window = Window::within(folder, LAPTOP, false, Begin::Folder(project));
    let window = &mut window;
    window.stop_the_clock();
    window.settle();
    name_operator(window, "王晓明");
    let words = printed(window);
    assert!(words.contains("计划不可行") && words.contains("不能封存"), "{words}");
    let shortages = whole_after(&words, "计划不可行：");
    assert!(shortages > 0, "{words}");
    one_number(window, "不可行的计划", Stage::Blocked(shortages));
}
