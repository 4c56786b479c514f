//! The policy's numbers confirmed and changed by clicks and keys; a score explained and printed from the card.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::ui::screens::ScreenId;
use fairdraw::workspace::session::ViewCommand;

use super::support::{Begin, LAPTOP, Window};

fn open_values() -> Window {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.send(ViewCommand::SetOperator("王晓明".into()));
    window.app_mut().go(ScreenId::Plan);
    window.until("the plan", |w| w.shows("数值与确认"));
    let tab = window.shown().into_iter().find(|text| text.starts_with("数值与确认 ")).unwrap();
    window.click(&tab);
    window.until("the table", |w| w.shows("待本单位确认"));
    window
}

/// How many parts the screen says are open.
fn open_parts(window: &Window) -> usize {
    let sums = window.shown().into_iter().find(|text| text.starts_with("共 ") && text.contains("项待本单位确认"));
    let count = sums.and_then(|text| text.split("项，").nth(1)?.split(' ').next()?.parse().ok());
    count.unwrap_or(0)
}

fn type_into(window: &mut Window, label: &str, text: &str) {
    window.harness.get_by_role_and_label(Role::TextInput, label).focus();
    window.harness.run_steps(2);
    window.key(Modifiers::COMMAND, Key::A);
    window.text(text);
    window.harness.run_steps(2);
}

/// Clicks what may have to be scrolled to.
fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).scroll_to_me();
    window.harness.run_steps(4);
    window.click(label);
}

#[test]
fn all_that_is_open_is_confirmed_at_once_and_taken_back() {
    let mut window = open_values();
    let open = open_parts(&window);
    assert!(open > 40, "{open}");
    window.click("全选待确认");
    window.click(&format!("确认所选 {open} 项…"));
    // without a basis nothing can be confirmed, and it says so
    window.until("what is lacking", |w| w.shows("还需填写：依据") && !w.enabled("确认"));
    type_into(&mut window, "依据", "局务会纪要〔2026〕12号");
    window.click("确认");
    window.until("all confirmed", |w| w.shows("均有依据或已由本单位确认"));
    let decisions = |w: &Window| w.app().session.project().unwrap().draft.now().policy.decisions.clone();
    let made = decisions(&window);
    assert_eq!(made.len(), open);
    assert!(made.iter().all(|d| d.confirmed && d.basis == "局务会纪要〔2026〕12号" && !d.by.is_empty()), "{made:?}");
    // one step of undo
    window.key(Modifiers::COMMAND, Key::Z);
    window.until("open again", |w| open_parts(w) == open);
    assert!(decisions(&window).is_empty());
}

#[test]
fn a_number_is_changed_with_basis_and_reason_and_journaled() {
    let mut window = open_values();
    let open = open_parts(&window);
    let row = window.shown().into_iter().find(|text| text.contains("一般监管对象最低频次（区级）：")).unwrap();
    window.click(&row);
    window.until("the part", |w| w.shows("据此单户每年至多") && !w.shows("更改理由"));
    type_into(&mut window, "每名执法人员每年检查", "很久");
    window.until("the reason's field", |w| w.shows("更改理由"));
    type_into(&mut window, "依据", "沪环执法〔2026〕9号第3条");
    type_into(&mut window, "更改理由", "春节前后排不开");
    click(&mut window, "更改并确认");
    // a number that is none: said with its code, the policy stays
    window.until("the refusal", |w| w.shows("POL-141"));
    let visits =
        |w: &Window| w.app().session.project().unwrap().draft.now().policy.categories[1].floor_county.per_inspector.0;
    assert_eq!(visits(&window), 2000);
    type_into(&mut window, "每名执法人员每年检查", "3");
    click(&mut window, "更改并确认");
    window.until("the change", |w| visits(w) == 3000 && open_parts(w) == open - 1);
    assert!(window.shows("沪环执法〔2026〕9号第3条"), "{:?}", window.shown());
    window.settle();
    window.until("the effect", |w| w.shows("对计划的影响") && !w.shows("正在重算对计划的影响"));
    assert!(window.shows("全市："), "{:?}", window.shown());
    window.key(Modifiers::COMMAND, Key::S);
    window.until("saved", |w| !w.app().session.project().unwrap().draft.is_changed());
    let journal = std::fs::read_to_string(window.project_folder().join("journal.jsonl")).unwrap();
    let last = journal.lines().last().unwrap();
    for words in ["更改：一般监管对象最低频次（区级）", "2 → 3", "沪环执法〔2026〕9号第3条", "春节前后排不开"]
    {
        assert!(last.contains(words), "{words}: {last}");
    }
    let saved = std::fs::read_to_string(window.project_folder().join("policy.ron")).unwrap();
    assert!(saved.contains("decisions") && saved.contains("春节前后排不开"));
}

#[test]
fn a_body_gets_a_floor_of_its_own() {
    let mut window = open_values();
    let row = window.shown().into_iter().find(|text| text.contains("重点监管对象最低频次（区级）：")).unwrap();
    window.click(&row);
    window.until("the menu", |w| w.shows("为一个执法主体另定…"));
    click(&mut window, "为一个执法主体另定…");
    window.click("黄浦区生态环境局");
    window.until("its own floor", |w| w.shows("黄浦区生态环境局：重点监管对象最低频次"));
    let overrides = |w: &Window| w.app().session.project().unwrap().draft.now().policy.floor_overrides.len();
    assert_eq!(overrides(&window), 1);
    window.until("the way back", |w| w.shows("取消另定"));
    click(&mut window, "取消另定");
    window.until("gone", |w| overrides(w) == 0);
}

#[test]
fn a_cap_that_nobody_reaches_says_so() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Risk);
    window.until("the effect", |w| w.shows("等级变动的单位：0 家"));
    // looking at the sliders turns none of them, not even one that stands between two steps
    assert!(!window.app().session.project().unwrap().draft.is_changed());
    // points of one event come before the cap
    let top = |w: &Window, label: &str| {
        let slider = |n: &egui_kittest::Node<'_>| n.accesskit_node().role() == Role::Slider;
        w.harness.get_all_by_label(label).find(slider).unwrap().rect().top()
    };
    assert!(top(&window, "行政处罚 每起") < top(&window, "行政处罚 上限"));
    assert!(window.shows("展开：行政处罚"), "the expander has a name");
    let open = window.app().session.project().unwrap();
    let caps: Vec<(String, u64)> = open
        .draft
        .now()
        .policy
        .factors
        .iter()
        .map(|f| (f.name.clone(), open.view().unwrap().analysis.risk.sites_at(&f.id, f.cap).unwrap()))
        .collect();
    let (name, _) = caps.iter().find(|(name, reached)| *reached == 0 && name.contains("处罚")).unwrap();
    let field = format!("{name} 上限");
    let slider = |n: &egui_kittest::Node<'_>| n.accesskit_node().role() == Role::Slider;
    window.harness.get_all_by_label(&field).find(slider).unwrap().focus();
    window.harness.run_steps(2);
    window.key(Modifiers::NONE, Key::ArrowRight);
    window.until("the words", |w| w.shows("目前无单位达到上限，提高上限没有影响"));
}

#[test]
fn a_preset_taken_names_itself() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Risk);
    window.until("the title", |w| w.shows("上海市双随机执法计划（沪环执法〔2023〕154号），与"));
    window.click("套用预置");
    window.click("全国通用（环办〔2015〕88号）");
    window.until("its name", |w| w.shows("污染源日常监管随机抽查（环办〔2015〕88号），与"));
    window.settle();
    let slider = |n: &egui_kittest::Node<'_>| n.accesskit_node().role() == Role::Slider;
    window.harness.get_all_by_label("行政处罚 每起").find(slider).unwrap().focus();
    window.harness.run_steps(2);
    window.key(Modifiers::NONE, Key::ArrowRight);
    window.until("the changed name", |w| w.shows("在「污染源日常监管随机抽查（环办〔2015〕88号）」基础上修改"));
}

#[test]
fn a_card_explains_the_score_and_prints_it() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Data);
    let row = {
        let open = window.app().session.project().unwrap();
        let scores = open.view().unwrap().scores.clone();
        (0..scores.len()).max_by_key(|row| scores[*row]).unwrap() as u32
    };
    window.send(ViewCommand::SelectUnit(Some(row)));
    window.until("the sum", |w| w.shows("合计："));
    let credit = window.shown().into_iter().find(|text| text.starts_with("展开：")).unwrap();
    window.click(&credit);
    window.until("its records", |w| w.shows("依据：") && w.shows(" 分"));
    let page = window.folder.path().join("说明.html");
    window.answers.push(&page);
    click(&mut window, "得分说明（可打印）…");
    window.until("the page", |_| page.exists());
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains("风险得分说明") && text.contains("合计："), "{text}");
}
