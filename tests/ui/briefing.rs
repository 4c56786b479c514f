//! 简报: F5 from anywhere, pages chosen, ordered and annotated, the show by keys, files, templates with a fault.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::{briefing as t, templates};
use fairdraw::workspace::session::{DraftCommand, ViewCommand};
use fairdraw::workspace::store::briefing::PageKind;

use super::support::{Begin, LAPTOP, Window};
use super::work::name_operator;

fn order(window: &Window) -> Vec<PageKind> {
    window.app().session.project().unwrap().project.file.briefing.complete().iter().map(|page| page.page).collect()
}

/// The screen with its pages painted.
fn ready() -> Window {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    window.app_mut().go(ScreenId::Map);
    window.settle();
    window.key(Modifiers::NONE, Key::F5);
    window.until("the pages", |w| w.app().screen == ScreenId::Briefing && w.enabled(t::SHOW));
    window
}

#[test]
fn pages_are_chosen_ordered_and_annotated_and_all_of_it_can_be_undone() {
    let mut window = ready();
    assert!(window.shows("第 1 页 封面：2027 年双随机检查工作简报"), "{:?}", window.shown());
    let revision = window.app().session.project().unwrap().revision;
    // by keys: the second page is moved down, then by a button up again and to the front
    window.key(Modifiers::NONE, Key::ArrowDown);
    window.key(Modifiers::ALT, Key::ArrowDown);
    assert_eq!(order(&window)[1..3], [PageKind::Districts, PageKind::Year]);
    window.click(t::UP);
    window.click(t::UP);
    assert_eq!(order(&window)[..2], [PageKind::Year, PageKind::Cover]);
    // by mouse: from the first place to below the third
    let name = |window: &Window, begin: &str| window.shown().into_iter().find(|name| name.starts_with(begin)).unwrap();
    let (from, to) = (name(&window, "第 1 页"), name(&window, "第 3 页"));
    let from = window.harness.get_by_label(&from).rect().center();
    let to = window.harness.get_by_label(&to).rect();
    window.harness.hover_at(from);
    window.harness.run_steps(2);
    window.harness.drag_at(from);
    window.harness.run_steps(2);
    window.harness.hover_at(egui::pos2(to.center().x, to.bottom() - 4.0));
    window.harness.run_steps(2);
    window.harness.drop_at(egui::pos2(to.center().x, to.bottom() - 4.0));
    window.harness.run_steps(4);
    assert_eq!(order(&window)[..3], [PageKind::Cover, PageKind::Districts, PageKind::Year]);
    // a page is left out
    let whole = window.app().session.project().unwrap().project.file.briefing.complete().len();
    window.click(&t::choose(PageKind::Bodies.label()));
    assert!(window.shows(&t::count(whole - 1, whole)));
    // notes of the page looked at; what is typed without leaving the field is one step
    window.harness.get_by_label(t::NOTES_FIELD).focus();
    window.harness.run_steps(2);
    window.text("先讲");
    window.text("进展");
    window.until("the notes", |w| w.shows("先讲进展"));
    let notes = |w: &Window| {
        let pages = w.app().session.project().unwrap().project.file.briefing.complete();
        pages.iter().filter_map(|page| page.notes.clone()).collect::<Vec<_>>()
    };
    assert!(notes(&window)[0].contains("先讲进展"));
    assert_eq!(window.app().session.project().unwrap().revision, revision, "no plan was computed anew for it");
    window.app_mut().session.apply(DraftCommand::Undo);
    window.harness.run_steps(3);
    assert!(notes(&window).is_empty() && window.shows(&t::count(whole - 1, whole)));
    window.app_mut().session.apply(DraftCommand::Redo);
    window.app_mut().session.apply(DraftCommand::Save);
    window.until("it is saved", |w| !w.app().session.project().unwrap().draft.is_changed());
    let kept = std::fs::read_to_string(window.project_folder().join("project.ron")).unwrap();
    assert!(kept.contains("briefing") && kept.contains("先讲进展"), "{kept}");
}

#[test]
fn the_show_goes_by_keys_with_notes_next_page_and_clock_on_this_screen() {
    let mut window = ready();
    window.click(t::ADD);
    window.until("an own page", |w| w.shows("第 2 页 自拟页：自拟页"));
    window.harness.get_by_label(t::TEXT_FIELD).focus();
    window.harness.run_steps(2);
    window.text("请各区按期完成");
    window.until("it is painted", |w| w.enabled(t::SHOW) && !w.shows(t::PAINTING));
    window.app_mut().session.apply(ViewCommand::Veil(false));
    window.harness.run_steps(2);
    window.click(t::SHOW);
    window.until("the show", |w| w.shows(t::END) && w.shows(&t::place(2, 11)));
    assert!(window.shows("简报放映：自拟页") && window.shows(t::NO_NOTES) && window.shows("00:0"));
    for (key, page) in [(Key::ArrowRight, 3), (Key::Space, 4), (Key::ArrowLeft, 3), (Key::End, 11), (Key::Space, 11)] {
        window.key(Modifiers::NONE, key);
        assert!(window.shows(&t::place(page, 11)), "{key:?}: {:?}", window.shown());
    }
    assert!(window.shows(t::LAST), "nothing follows");
    window.key(Modifiers::NONE, Key::B);
    assert!(window.shows("简报放映：黑屏"));
    window.key(Modifiers::NONE, Key::B);
    assert!(window.shows("简报放映：") && !window.shows("简报放映：黑屏"));
    window.key(Modifiers::NONE, Key::Escape);
    assert!(!window.shows(t::END) && window.enabled(t::SHOW), "Esc ends it");
}

#[test]
fn it_is_saved_as_a_presentation_and_a_template_with_a_fault_says_where() {
    let mut window = ready();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("简报.pptx");
    window.answers.push(&file);
    window.click(t::SAVE);
    window.click(t::SAVE_KINDS[1]);
    window.until("the file", |_| file.exists());
    let asked = window.answers.asked.lock().unwrap().last().unwrap().clone();
    assert!(format!("{asked:?}").contains(".pptx"), "{asked:?}");
    assert!(std::fs::read(&file).unwrap().starts_with(b"PK"));
    // an office's own template is taken, looked at, broken, and told with its line
    window.until("nothing runs", |w| !w.app().session.is_busy());
    window.click(t::TEMPLATES);
    let line = templates::line("简报", templates::STANDINGS[0]);
    window.until("the list", |w| w.shows(&line) && w.shows("样张第 1 页"));
    window.click(&line);
    window.until("the sample", |w| w.shows(&templates::picture("简报", 1)) && w.enabled(templates::TAKE));
    window.click(templates::TAKE);
    let own = window.project_folder().join("模板").join("简报.typ");
    window.until("the standing", |w| own.exists() && w.shows(&templates::line("简报", templates::STANDINGS[1])));
    std::fs::write(&own, "#let a = 1\n#b\n").unwrap();
    window.click(templates::AGAIN);
    window.until("the fault", |w| w.shows("EXP-060") && w.shows("第 2 行") && w.shows("第 2 个字符"));
    assert!(window.shows(&templates::line("简报", templates::STANDINGS[2])));
    // and the page of the briefing says the same
    window.key(Modifiers::NONE, Key::Escape);
    window.until("the screen's fault", |w| w.shows(t::FAILED) && w.shows("EXP-060"));
}
