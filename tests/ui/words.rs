//! Every screen and dialog speaks Chinese: no Latin word and no raw code in what is painted or read aloud.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::help::Term;

use super::support::{Begin, LAPTOP, Window};
use super::work::{draw_month, name_operator};

/// Words of another language that are names or signs which everybody uses so.
const NAMES: [&str; 34] = [
    "FairDraw",
    "Ctrl",
    "Alt",
    "Shift",
    "Esc",
    "PageUp",
    "PageDown",
    "Excel",
    "CSV",
    "csv",
    "xlsx",
    "xls",
    "ods",
    "PNG",
    "SVG",
    "SHA",
    "QR",
    "drand",
    "json",
    "manifest",
    "certificate",
    "shp",
    "WGS",
    "CGCS",
    "GCJ",
    "GB",
    "VOCs",
    "COD",
    "Delete",
    "km",
    "kg",
    "mg",
    "pdf",
    "docx",
];

/// The first Latin word of a text that is none of the names, no code of a unit, a plan or a person, and no hexadecimal.
fn latin(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').find(|word| {
        let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
        let small = word.bytes().filter(u8::is_ascii_lowercase).count();
        letters >= 3 && small >= 2 && !word.bytes().all(|b| b.is_ascii_hexdigit()) && !NAMES.contains(word)
    })
}

/// A code in brackets at the head of a message: it belongs in small print.
fn leading_code(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('[') else { return false };
    rest.get(3..4) == Some("-") && rest.as_bytes().iter().take(3).all(u8::is_ascii_uppercase)
}

#[track_caller]
fn look(window: &Window, place: &str, faults: &mut Vec<String>) {
    for text in window.shown() {
        if let Some(word) = latin(&text).or_else(|| leading_code(&text).then_some("a code")) {
            // where a folder or file of the machine is named it is the user's own word
            if !text.contains('/') {
                faults.push(format!("{place}: {word:?} in 「{}」", text.chars().take(120).collect::<String>()));
            }
        }
    }
}

#[test]
fn no_latin_word_and_no_code_is_shown() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let mut faults = Vec::new();
    name_operator(&mut window, "王晓明");
    for round in ["planned", "drawn"] {
        for screen in ScreenId::ALL {
            window.app_mut().go(screen);
            window.harness.run_steps(4);
            window.settle();
            window.harness.run_steps(4);
            look(&window, &format!("{round} {}", screen.label()), &mut faults);
            // tabs and pages of the screen
            for tab in tabs(screen) {
                let Some(name) = window.shown().into_iter().find(|shown| shown.starts_with(tab)) else { continue };
                if let Some(node) = window.harness.get_all_by_label(&name).next() {
                    node.click();
                }
                window.harness.run_steps(4);
                window.settle();
                look(&window, &format!("{round} {} {tab}", screen.label()), &mut faults);
            }
        }
        for (name, key) in [("help", Key::F1), ("palette", Key::K)] {
            let modifiers = if key == Key::K { Modifiers::COMMAND } else { Modifiers::NONE };
            window.key(modifiers, key);
            look(&window, name, &mut faults);
            window.key(Modifiers::NONE, Key::Escape);
        }
        if round == "planned" {
            draw_month(&mut window);
            window.settle();
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{} texts\n{}", faults.len(), faults.join("\n"));
}

/// Beginnings of the names of a screen's tabs.
fn tabs(screen: ScreenId) -> &'static [&'static str] {
    match screen {
        ScreenId::Results => &["待录入 ", "公开清单", "指标与分主体"],
        ScreenId::Audit => &["封签登记簿", "核验证书", "人工干预"],
        ScreenId::Plan => &["缺口与办法", "频次", "工作日历", "底线与上限"],
        ScreenId::Data => &["环保信用", "行政处罚", "质量"],
        _ => &[],
    }
}

#[test]
fn latin_words_and_codes_are_found() {
    assert_eq!(latin("结果 clear / ordered"), Some("clear"));
    assert_eq!(latin("Resize panel"), Some("Resize"));
    assert_eq!(latin("承诺值 9f86d081884c7d65 Ctrl+S 91310115MA1FL00X7W001P λ = 0.2"), None);
    assert!(leading_code("[DFT-010] 已恢复") && !leading_code("[1] 甲"));
}

#[test]
fn a_mark_beside_a_term_explains_it_by_mouse_and_keyboard() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.click("月度抽取");
    window.until("the marks", |w| w.shows("年度种子是什么"));
    let words = Term::YearSeed.help().words;
    assert!(!window.shows(words));
    window.harness.get_all_by_label("年度种子是什么").next().unwrap().click();
    window.harness.run_steps(3);
    assert!(window.shows(words), "{:?}", window.shown());
    window.key(Modifiers::NONE, Key::Escape);
    assert!(!window.shows(words), "Esc closes it");
    window.harness.get_all_by_label("取整是什么").next().unwrap().focus();
    window.harness.run_steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    assert!(window.shows(Term::Rounding.help().words), "Enter opens it");
}
