//! 执行与公开: search and ticks in the list of checks, results in batches, publications with their day.

use std::collections::BTreeMap;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::disclosure::{Answer, CheckResult, ChecklistRecord, Outcome};
use fairdraw::workspace::deeds::deed::Deed;

use super::support::{Begin, LAPTOP, Window};
use super::work::{choose_month, draw_month, name_operator};

/// A window with January drawn, on the list of checks without a result.
fn to_be_entered() -> Window {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    draw_month(&mut window);
    window.settle();
    window.click("执行与公开");
    window.settle();
    choose_month(&mut window, "2027-01");
    tab(&mut window, "待录入 ");
    window
}

/// Goes to the tab whose name begins so.
pub fn tab(window: &mut Window, name: &str) {
    let tab = window.shown().into_iter().find(|shown| shown.starts_with(name)).expect("the tab");
    window.harness.get_all_by_label(&tab).next().unwrap().click();
    window.harness.run_steps(3);
}

fn type_into(window: &mut Window, field: &str, text: &str) {
    // of the dialog, where the form behind it has a field of this name
    window.harness.get_all_by_role_and_label(Role::TextInput, field).last().unwrap().focus();
    window.harness.run_steps(2);
    window.key(Modifiers::COMMAND, Key::A);
    window.text(text);
    window.harness.run_steps(2);
}

/// Fills in when the check was made, and that nothing was found.
pub fn answer(window: &mut Window, day: &str) {
    type_into(window, "检查日期", day);
    window.harness.get_by_role_and_label(egui::accesskit::Role::ComboBox, "检查结果").click();
    window.harness.run_steps(3);
    window.click("未发现问题");
}

fn results(window: &Window) -> usize {
    window.app().session.project().unwrap().books.value().map_or(0, |b| b.results.len())
}

#[test]
fn a_months_checks_are_found_ticked_and_entered_at_once() {
    let mut window = to_be_entered();
    let books = window.app().session.project().unwrap().books.value().unwrap().clone();
    let checks: Vec<_> = books.draws[0].checks.iter().filter(|c| c.inspectors.len() == 2).cloned().collect();
    let first = checks[0].clone();
    // by name: only it is listed, and ticked by the button
    window.key(Modifiers::COMMAND, Key::F);
    window.text(&first.plan_code);
    window.harness.run_steps(3);
    assert!(window.shows(&format!("{} {}", first.name, first.plan_code)));
    assert!(!window.shows(&checks[1].plan_code), "others are not listed");
    assert!(!window.enabled("均为未发现问题…"), "nothing is ticked");
    window.click("全选所列");
    assert!(window.enabled("1 项均为未发现问题…"));
    // all of the month
    type_into(&mut window, "查找检查对象", "");
    window.key(Modifiers::NONE, Key::Delete);
    window.click("全选所列");
    let all = books.draws[0].all_checks().filter(|c| !c.withdrawn).count();
    window.click(&format!("{all} 项均为未发现问题…"));
    // a day before the draw: each is refused, by name, and nothing can be entered
    type_into(&mut window, "检查日期", "2026-12-01");
    assert!(window.shows("项不能录入") && !window.enabled(&format!("录入 {all} 项")), "{:?}", window.shown());
    type_into(&mut window, "检查日期", "2026-12-21");
    type_into(&mut window, "办结日期", "2026-12-21");
    // nobody was paired for an off-site check: whoever is on duty looks through the data
    let whole = checks.len() + books.draws[0].off_site.len();
    let unpaired = all - whole;
    if unpaired > 0 {
        window.click(&format!("取消勾选这 {unpaired} 项"));
    }
    let button = format!("录入 {whole} 项");
    window.until("a whole batch", |w| w.enabled(&button));
    window.click(&button);
    window.until("the records", |w| results(w) == whole);
    window.settle();
    let books = window.app().session.project().unwrap().books.value().unwrap().clone();
    let last = books.journal.last().unwrap();
    assert_eq!(last.command, "record-results");
    assert!(books.results.iter().all(|r| r.completed_on.is_some()));
}

/// Every check of the month that may have one gets its result, at once.
pub fn record_all(window: &mut Window) {
    window.click("全选所列");
    let button = window.shown().into_iter().find(|s| s.ends_with("项均为未发现问题…")).unwrap();
    window.click(&button);
    type_into(window, "检查日期", "2026-12-21");
    type_into(window, "办结日期", "2026-12-21");
    if let Some(untick) = window.shown().into_iter().find(|s| s.starts_with("取消勾选这")) {
        window.click(&untick);
    }
    let yes = window.shown().into_iter().find(|s| s.starts_with("录入 ") && s.ends_with(" 项")).unwrap();
    window.until("a whole batch", |w| w.enabled(&yes));
    window.click(&yes);
    window.until("the records", |w| results(w) > 5);
    window.settle();
}

#[test]
fn a_publication_is_dated_by_hand_and_corrected_with_its_reason() {
    let mut window = to_be_entered();
    record_all(&mut window);
    window.at("2026-12-28T09:00:00");
    tab(&mut window, "公开期限 ");
    let row = window.shown().into_iter().find(|name| name.starts_with("SSJ")).unwrap();
    let code = row.split(' ').next().unwrap().to_owned();
    window.click(&row);
    window.click("登记公开（1 项）…");
    type_into(&mut window, "公开日期", "2027-06-01");
    assert!(window.shows("之后：请在公布之后登记") && !window.enabled("确已公开，登记"));
    type_into(&mut window, "公开日期", "2026-12-20");
    assert!(window.shows("公开日期早于办结日期"));
    type_into(&mut window, "公开日期", "12月22日");
    type_into(&mut window, "公开日期", "2026-12-21");
    window.click("确已公开，登记");
    let day_of = |w: &Window| {
        let books = w.app().session.project().unwrap().books.value().cloned()?;
        books.results.iter().find(|r| r.plan_code == code)?.disclosed_on.map(|day| day.to_string())
    };
    window.until("the day", |w| day_of(w).as_deref() == Some("2026-12-21"));
    window.settle();
    // wrong after all: taken back, with the reason
    let published = window.shown().into_iter().find(|name| name.starts_with("已公开 ")).unwrap();
    window.click(&published);
    let row = window.shown().into_iter().find(|name| name.starts_with(&code)).unwrap();
    window.click(&row);
    window.click("更正公开登记（1 项）…");
    window.click("其实没有公开，撤回登记");
    assert!(!window.enabled("撤回登记"), "a reason is asked for");
    type_into(&mut window, "更正原因", "网站退回");
    window.click("撤回登记");
    window.until("no day", |w| day_of(w).is_none() && results(w) > 5);
    window.settle();
}

/// At so many of the recorded checks a problem was found after all: corrected one by one, as the deed takes them.
pub fn record_problems(window: &mut Window, count: usize) {
    let books = window.app().session.project().unwrap().books.value().unwrap().clone();
    for (at, old) in books.results.iter().take(count).enumerate() {
        let found = CheckResult {
            outcome: Outcome::Ordered,
            problem: format!("第 {} 处危废台账缺失", at + 1),
            handling: "责令改正".to_owned(),
            rectify_by: old.inspected_on.checked_add_days(chrono::Days::new(at as u64)),
            checklist: Some(ChecklistRecord {
                name: "通用".to_owned(),
                answers: BTreeMap::from([("P03".to_owned(), Answer::NotMet)]),
            }),
            ..old.clone()
        };
        window.app_mut().send(Deed::RecordResult(Box::new(found), "漏填问题".into()));
        window.settle();
    }
}

#[test]
fn a_problem_is_closed_in_the_ledger_with_its_proof() {
    let mut window = to_be_entered();
    record_all(&mut window);
    record_problems(&mut window, 3);
    window.at("2026-12-28T09:00:00");
    tab(&mut window, "整改台账 ");
    window.until("three problems", |w| w.shows("第 3 处危废台账缺失") && w.shows("逾期"));
    assert!(!window.enabled("登记整改…"), "nothing is selected");
    let row = window.shown().into_iter().find(|name| name.contains("，第 1 处危废台账缺失，")).unwrap();
    window.click(&row);
    window.click("登记整改…");
    type_into(&mut window, "销号日期", "2027-06-01");
    assert!(window.shows("日期不能晚于今天") && window.shows("还需填写：销号依据"), "{:?}", window.shown());
    type_into(&mut window, "销号日期", "2026-12-27");
    assert!(!window.enabled("登记"), "a closing needs its proof");
    type_into(&mut window, "销号依据", "整改报告与照片");
    window.until("a whole entry", |w| w.enabled("登记"));
    window.click("登记");
    let open = |w: &Window| {
        let books = w.app().session.project().unwrap().books.value().cloned();
        books.map_or(0, |books| books.status.ledger.open().count())
    };
    window.until("two are open", |w| open(w) == 2);
    window.settle();
    assert!(!window.shows("第 1 处危废台账缺失") && window.shows("第 2 处危废台账缺失"), "only what is open is shown");
    window.click("只看未销号");
    window.until("the closed one too", |w| w.shows("，第 1 处危废台账缺失，2026-12-27 登记销号"));
    let results = &window.app().session.project().unwrap().books.value().unwrap().results;
    let closed: Vec<&str> = results.iter().map(|r| r.follow_up.evidence.as_str()).filter(|e| !e.is_empty()).collect();
    assert_eq!(closed, ["整改报告与照片"]);
}

/// Where the fields of the form stand, by name.
fn places(window: &Window) -> Vec<(String, egui::Rect)> {
    ["检查日期", "办结日期", "检查事项", "处理情况", "执法人员", "检查表"]
        .into_iter()
        .map(|name| (name.to_owned(), window.harness.get_by_role_and_label(Role::TextInput, name).rect()))
        .collect()
}

#[test]
fn an_error_moves_no_field_of_the_form() {
    let mut window = to_be_entered();
    let books = window.app().session.project().unwrap().books.value().unwrap().clone();
    let check = books.draws[0].checks.iter().find(|c| c.inspectors.len() == 2).unwrap().clone();
    type_into(&mut window, "查找检查对象", &check.plan_code);
    window.click(&format!("{} {}", check.name, check.plan_code));
    let before = places(&window);
    for (field, text) in [("检查日期", "2026-12-01"), ("办结日期", "昨天"), ("检查事项", ""), ("执法人员", "99999999")]
    {
        type_into(&mut window, field, text);
        if text.is_empty() {
            window.key(Modifiers::NONE, Key::Delete);
        }
    }
    for said in ["检查日期早于抽取日期", "日期写作", "没有填写检查事项", "执法证号不在"] {
        assert!(window.shows(said), "{said}: {:?}", window.shown());
    }
    assert_eq!(places(&window), before, "every field stands where it stood");
}

#[test]
fn a_result_is_not_undone_but_corrected() {
    let mut window = to_be_entered();
    let books = window.app().session.project().unwrap().books.value().unwrap().clone();
    let check = books.draws[0].checks.iter().find(|c| c.inspectors.len() == 2).unwrap().clone();
    type_into(&mut window, "查找检查对象", &check.plan_code);
    window.click(&format!("{} {}", check.name, check.plan_code));
    // neither a day nor what was found is presumed
    window.until("what is lacking", |w| w.shows("还需填写：检查日期、检查结果") && !w.enabled("录入"));
    answer(&mut window, "2026-12-21");
    window.until("a whole form", |w| w.enabled("录入"));
    window.click("录入");
    window.until("the record", |w| results(w) == 1);
    window.settle();
    window.key(Modifiers::NONE, Key::Escape);
    window.key(Modifiers::COMMAND, Key::Z);
    let said = |w: &Window, words: &str| w.app().session.toasts().iter().any(|t| t.text.contains(words));
    assert!(said(&window, "结果不可撤销，请用更正"), "{:?}", window.app().session.toasts());
    assert_eq!(results(&window), 1);
}
