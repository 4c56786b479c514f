//! Every screen and dialog speaks Chinese: no Latin word and no raw code in what is painted or read aloud.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::help::Term;
use fairdraw::ui::theme;
use fairdraw::workspace::deeds::deed::Deed;

use super::support::{Begin, LAPTOP, Window, copy_folder, find_file, input_folder};
use super::walk::{Painted, painted_parts, reset_to, walk};
use super::work::{Look, name_operator, rich_month};

/// Words of another language that are names or signs which everybody uses so.
const NAMES: [&str; 37] = [
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
    "Big5",
    "windows",
    "postgresql",
];

/// The first Latin word of a text that is none of the names, no code of a unit, a plan or a person, and no hexadecimal.
fn latin(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').find(|word| {
        let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
        let small = word.bytes().filter(u8::is_ascii_lowercase).count();
        letters >= 3 && small >= 2 && !word.bytes().all(|b| b.is_ascii_hexdigit()) && !NAMES.contains(word)
    })
}

/// The first code of a message (`DFT-010`) in a text.
fn code(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').find(|word| {
        let (head, tail) = word.split_once('-').unwrap_or_default();
        head.len() == 3
            && head != "SHA"
            && head.bytes().all(|b| b.is_ascii_uppercase())
            && tail.len() == 3
            && tail.bytes().all(|b| b.is_ascii_digit())
    })
}

/// A moment as machines write it.
fn machine_time(text: &str) -> Option<&str> {
    text.split(char::is_whitespace).find(|word| {
        let shape: Vec<u8> = word.bytes().map(|b| if b.is_ascii_digit() { b'0' } else { b }).collect();
        shape.windows(13).any(|part| part == b"0000-00-00T00")
    })
}

/// Words that the glossary refuses, with what may stand in spite of them.
pub struct Refused {
    words: Vec<String>,
    allowed: Vec<String>,
    /// What decrees say, in the rules that come with the program: their words are theirs.
    quoted: String,
}

impl Refused {
    pub fn read() -> Self {
        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/glossary.md")).unwrap();
        let part = page.split("<!-- terms -->").nth(1).unwrap().split("<!-- /terms -->").next().unwrap();
        let last = |line: &str| line.trim_matches(['|', ' ']).rsplit('|').next().unwrap().trim().to_owned();
        let rows = part.lines().filter(|line| line.starts_with('|')).skip(2);
        let words: Vec<String> =
            rows.flat_map(|line| last(line).split('、').map(str::to_owned).collect::<Vec<_>>()).collect();
        let said = |line: &str| line.strip_prefix("- 「")?.split('」').next().map(str::to_owned);
        let policies = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/policy");
        let files = std::fs::read_dir(policies).unwrap().map(|entry| entry.unwrap().path());
        let quoted = files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap()).collect();
        Self {
            quoted,
            words: words.into_iter().filter(|word| word != "–").collect(),
            allowed: part.lines().filter_map(said).collect(),
        }
    }

    fn find(&self, text: &str) -> Option<&str> {
        if self.quoted.contains(text.trim()) {
            return None;
        }
        let mut text = text.to_owned();
        self.allowed.iter().for_each(|part| text = text.replace(part.as_str(), ""));
        self.words.iter().find(|word| text.contains(word.as_str())).map(String::as_str)
    }
}

/// A code that is said before the words: read aloud it belongs behind them.
fn leading_code(text: &str) -> Option<&str> {
    text.strip_prefix('[').and_then(code).filter(|code| text.get(1..).is_some_and(|rest| rest.starts_with(code)))
}

/// What is wrong with a text besides its codes. Where a folder or file of the machine is named it is the user's own.
fn wrong<'t>(text: &'t str, refused: &'t Refused) -> Option<&'t str> {
    let words = text.split(char::is_whitespace).filter(|word| !word.starts_with('/'));
    words.into_iter().find_map(latin).or_else(|| machine_time(text)).or_else(|| refused.find(text))
}

/// What a window shows, painted or read aloud, that is no Chinese.
pub fn faults_of(window: &Window, refused: &Refused) -> Vec<String> {
    let folder = window.folder.path().display().to_string();
    let mut faults = Vec::new();
    let mut take = |text: &str, bare: Option<&str>| {
        let text = text.replace(&folder, "");
        if let Some(word) = wrong(&text, refused).or(bare) {
            faults.push(format!("{word:?} in 「{}」", text.chars().take(120).collect::<String>()));
        }
    };
    for Painted { text, parts } in painted_parts(window) {
        // a column of codes holds nothing else
        let large = parts.iter().filter(|(_, size)| *size > theme::SMALL).find_map(|(part, _)| code(part));
        take(&text, large.filter(|code| *code != text));
    }
    window.whole_texts().iter().for_each(|text| take(text, leading_code(text)));
    faults
}

/// Nothing opened; an office's folder looked at before it is taken in, with its columns.
fn before_a_project(look: Look<'_>) {
    let mut window = Window::new(LAPTOP, false, Begin::Nothing);
    window.harness.run_steps(2);
    for screen in ScreenId::ALL {
        window.app_mut().go(screen);
        window.harness.run_steps(3);
        look(&mut window, &format!("{} (nothing open)", screen.label()));
    }
    let office = window.folder.path().join("某区文件");
    copy_folder(input_folder(), &office);
    std::fs::write(office.join("说明.docx"), b"PK").unwrap();
    std::fs::write(office.join("空表.csv"), b"").unwrap();
    window.answers.push(&office);
    window.key(Modifiers::COMMAND, Key::I);
    window.until("what each file was taken for", |w| w.shows("污染源名录") && w.enabled("导入为新项目"));
    look(&mut window, "what comes in");
    window.harness.get_all_by_label("指定列…").next().unwrap().click();
    window.harness.run_steps(4);
    look(&mut window, "columns by hand");
    let lists = window.harness.get_all_by_role(Role::ComboBox).count();
    for at in 0..lists.min(6) {
        window.harness.get_all_by_role(Role::ComboBox).nth(at).unwrap().click();
        window.harness.run_steps(3);
        look(&mut window, "a column's list");
        window.key(Modifiers::NONE, Key::Escape);
    }
}

/// What stands over every screen: help, palette, paths by hand, the whole screen, files over the window, refusals.
fn over_the_screens(window: &mut Window, look: Look<'_>) {
    window.key(Modifiers::NONE, Key::F1);
    look(window, "help");
    window.key(Modifiers::NONE, Key::Escape);
    for word in ["公司", "月", "zz", "没有这个"] {
        window.key(Modifiers::COMMAND, Key::K);
        window.text(word);
        window.harness.run_steps(3);
        look(window, &format!("palette {word}"));
        window.key(Modifiers::NONE, Key::Escape);
    }
    window.harness.input_mut().hovered_files.push(egui::HoveredFile::default());
    window.harness.step();
    look(window, "files over the window");
    window.harness.input_mut().hovered_files.clear();
    // the system has no dialogs: the window asks for the path
    window.answers.absent.store(true, Ordering::Relaxed);
    for (key, place) in [(Key::E, "where to"), (Key::O, "which project")] {
        window.key(Modifiers::COMMAND, key);
        window.harness.run_steps(4);
        look(window, place);
        window.text("/没有这里/x");
        window.harness.run_steps(4);
        look(window, &format!("{place}, nowhere"));
        window.key(Modifiers::NONE, Key::Escape);
    }
    window.answers.absent.store(false, Ordering::Relaxed);
    window.key(Modifiers::NONE, Key::F11);
    window.harness.run_steps(4);
    look(window, "the whole screen");
    window.key(Modifiers::NONE, Key::Escape);
    window.key(Modifiers::NONE, Key::F8);
    // another register, looked at before it is taken
    let office = window.folder.path().join("新一期");
    std::fs::create_dir_all(&office).unwrap();
    let register = find_file(input_folder(), "固定污染源名录.xlsx").unwrap();
    std::fs::copy(register, office.join("固定污染源名录.xlsx")).unwrap();
    window.answers.push(&office);
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::I);
    window.app_mut().send(fairdraw::workspace::session::ViewCommand::SetOperator("王晓明".to_owned()));
    window.harness.run_steps(6);
    window.settle();
    look(window, "another register");
    // a refusal: message and list
    window.send(Deed::TakeResults(window.folder.path().join("没有这个文件.xlsx")));
    window.until("the refusal", |w| !w.app().session.is_busy() && !w.app().session.toasts().is_empty());
    look(window, "a message");
    if let Some(name) = window.shown().into_iter().find(|name| name.starts_with("提示与问题 ")) {
        window.click(&name);
        look(window, "what was found");
        window.click(&name);
    }
}

#[test]
fn no_latin_word_no_code_and_no_second_word_is_shown() {
    let refused = Refused::read();
    assert!(refused.words.len() > 40 && refused.allowed.len() > 4, "{:?}", refused.words);
    let mut faults: BTreeMap<String, String> = BTreeMap::new();
    let mut places = 0;
    let mut look = |window: &mut Window, place: &str| {
        for fault in faults_of(window, &refused) {
            faults.entry(fault).or_insert_with(|| place.to_owned());
        }
    };
    before_a_project(&mut look);
    // as one finds it, then with all that a month can have
    for drawn in [false, true] {
        let mut window = Window::new(LAPTOP, false, Begin::City);
        window.settle();
        name_operator(&mut window, "王晓明");
        let month = if drawn {
            rich_month(&mut window, &mut look)
        } else {
            over_the_screens(&mut window, &mut look);
            window.app().session.month().unwrap()
        };
        window.until("no message", |w| w.app().session.toasts().is_empty());
        let unit = window.app().session.project().unwrap().books.value().unwrap().listed_rows.values().flatten().next();
        let reset = reset_to(month, unit.copied().or(Some(3)));
        reset(&mut window);
        places += walk(&mut window, &ScreenId::ALL, 160, &reset, &mut look);
    }
    let lines: Vec<String> = faults.iter().map(|(fault, place)| format!("{place}: {fault}")).collect();
    assert!(lines.is_empty(), "{} texts\n{}", lines.len(), lines.join("\n"));
    assert!(places > 500, "{places}");
}

#[test]
fn latin_words_codes_and_second_words_are_found() {
    assert_eq!(latin("结果 clear / ordered"), Some("clear"));
    assert_eq!(latin("Resize panel"), Some("Resize"));
    assert_eq!(latin("承诺值 9f86d081884c7d65 Ctrl+S 91310115MA1FL00X7W001P λ = 0.2"), None);
    assert_eq!(code("[DFT-010] 已恢复"), Some("DFT-010"));
    assert_eq!((code("[1] 甲"), code("GB-T 2017"), code("2026-11-28")), (None, None, None));
    assert_eq!(machine_time("于 2026-11-28T13:21:24+08:00 封存"), Some("2026-11-28T13:21:24+08:00"));
    assert_eq!(machine_time("2026-11-28 13:21"), None);
    let refused = Refused::read();
    assert_eq!(refused.find("填写公开数字"), Some("公开数字"));
    assert_eq!(refused.find("重点排污单位 检查单位"), None);
    assert_eq!(leading_code("[DFT-010] 已恢复"), Some("DFT-010"));
    assert_eq!((leading_code("提示 DFT-010"), leading_code("[甲] DFT-010")), (None, None));
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
