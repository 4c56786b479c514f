//! Ctrl+K: a company by any part of what somebody remembers of it, and the words of the glossary.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::registry::schema::sources;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::help::Term;

use super::support::{Begin, LAPTOP, Window};

/// Types into the palette and presses Enter.
fn ask(window: &mut Window, text: &str) {
    window.key(Modifiers::COMMAND, Key::K);
    window.text(text);
    window.key(Modifiers::NONE, Key::Enter);
}

#[test]
fn a_company_is_found_by_name_code_number_and_pinyin_and_its_card_opens() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let open = window.app().session.project().unwrap();
    let data = std::sync::Arc::clone(&open.data);
    let row = (0..data.len() as u32).find(|row| data.name(*row).unwrap().contains("石油化工")).unwrap_or(7);
    let (name, unit) = (data.name(row).unwrap().to_owned(), data.unit_id(row).unwrap().to_owned());
    let firm = sources::USCC.of(&data.registry.sources).unwrap().get(row as usize).unwrap_or(&unit).to_owned();
    for typed in [name.clone(), unit.clone(), firm] {
        window.app_mut().go(ScreenId::Audit);
        ask(&mut window, &typed);
        assert_eq!(window.app().screen, ScreenId::Data, "{typed}");
        let found = window.app().session.filter().unit.unwrap();
        assert_eq!(data.name(found), Some(name.as_str()), "{typed}");
        window.until("the card", |w| w.shows("近三年") || w.shown().iter().filter(|s| s.contains(&name)).count() > 1);
    }
    // in the line: where it is, what kind, its number
    let district = data.district_name(data.district[row as usize]).unwrap().to_owned();
    window.key(Modifiers::COMMAND, Key::K);
    window.text(&unit);
    let line = window.shown().into_iter().find(|s| s.starts_with(&name) && s.contains(&unit)).expect("the line");
    assert!(line.contains(&district) && line.contains("监管对象"), "{line}");
    window.key(Modifiers::NONE, Key::Escape);
    // initials: every line found has them
    window.key(Modifiers::COMMAND, Key::K);
    window.text("yxgs");
    let lines =
        window.shown().into_iter().filter(|line| line.contains("有限公司") && line.contains("监管对象")).count();
    assert!(lines >= 10, "{lines} companies by initials: {:?}", window.shown());
    window.key(Modifiers::NONE, Key::Escape);
    window.key(Modifiers::COMMAND, Key::K);
    window.text("zzzzqqqq");
    assert!(window.shows("没有找到"));
}

#[test]
fn screens_districts_and_terms_are_found_by_pinyin_too() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    ask(&mut window, "fengxian");
    assert_eq!(window.app().screen, ScreenId::Risk, "风险 stands before every company");
    ask(&mut window, "pudongxinqu");
    assert_eq!(window.app().session.filter().district, Some(310_115));
    ask(&mut window, "承诺值");
    assert!(window.shows(Term::Commitment.help().words), "the term is explained");
    window.harness.get_by_label("关闭").click();
    window.harness.run_steps(3);
    assert!(!window.shows(Term::Commitment.help().words));
}
