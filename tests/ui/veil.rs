//! 保密遮盖: over a drawn month no screen paints, speaks or copies what names a unit that was drawn.

use std::collections::BTreeSet;

use egui::{Key, Modifiers};
use fairdraw::registry::schema::{inspectors, sources};
use fairdraw::ui::screens::ScreenId;
use fairdraw::workspace::session::ViewCommand;

use super::support::{Begin, LAPTOP, PROJECTOR, Window};
use super::walk::{painted, reset_to, walk};
use super::work::{draw_month, name_operator, rich_month};

/// Names, numbers, codes and addresses of the month's targets.
fn of_targets(window: &Window) -> BTreeSet<String> {
    let open = window.app().session.project().unwrap();
    let books = open.books.value().unwrap();
    let frame = &open.data.registry.sources;
    let columns = [sources::UNIT_ID, sources::NUMBER, sources::NAME, sources::USCC, sources::ADDRESS];
    let rows: Vec<u32> = books.listed_rows.values().flatten().copied().collect();
    assert!(rows.len() > 20, "{} targets", rows.len());
    let mut texts = BTreeSet::new();
    for column in columns {
        let cells = column.of(frame).unwrap();
        texts.extend(rows.iter().filter_map(|row| cells.get(*row as usize)).map(str::to_owned));
    }
    texts.retain(|text| text.chars().count() >= 5);
    // and who will come
    let people = &open.data.registry.inspectors;
    let (certificates, names) = (inspectors::CERTIFICATE.of(people).unwrap(), inspectors::NAME.of(people).unwrap());
    let coming: BTreeSet<&str> =
        books.draws.iter().flat_map(|d| &d.checks).flat_map(|c| &c.inspectors).map(|id| id.as_str()).collect();
    assert!(coming.len() > 10, "{}", coming.len());
    for (certificate, name) in certificates.iter().zip(names.iter()) {
        if let (Some(certificate), Some(name)) = (certificate, name)
            && coming.contains(certificate)
        {
            texts.insert(certificate.to_owned());
            // beside the certificate; alone, a name of two characters may be part of an ordinary word
            texts.insert(name.to_owned());
        }
    }
    texts
}

/// What of the window names a target: painted, in the screen reader's tree, on the clipboard.
fn leaks(window: &Window, secrets: &BTreeSet<String>) -> Vec<String> {
    let copied = window.harness.output().platform_output.commands.iter().filter_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let texts = painted(window).into_iter().chain(window.shown()).chain(copied);
    let named = |text: &String| secrets.iter().any(|secret| text.contains(secret.as_str()));
    texts.filter(named).collect()
}

fn drawn() -> (Window, BTreeSet<String>) {
    let mut window = Window::new(PROJECTOR, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    draw_month(&mut window);
    window.settle();
    let secrets = of_targets(&window);
    (window, secrets)
}

#[test]
fn no_screen_names_a_target_under_the_veil() {
    let (mut window, secrets) = drawn();
    assert!(!leaks(&window, &secrets).is_empty(), "the list names its targets while nothing hides them");
    // one of them is chosen: its card, its place on the map, its row
    let row = window.app().session.project().unwrap().books.value().unwrap().listed_rows.values().next().unwrap()[0];
    window.send(ViewCommand::SelectUnit(Some(row)));
    window.key(Modifiers::NONE, Key::F8);
    assert!(window.app().session.is_veiled());
    window.until("the veil", |w| w.shows("（已遮盖）"));
    for screen in ScreenId::ALL {
        window.app_mut().go(screen);
        window.settle();
        window.rest();
        let found = leaks(&window, &secrets);
        assert!(found.is_empty(), "{screen:?}: {found:?}");
        assert!(window.shows("保密遮盖"), "{screen:?}: the mark");
    }
    // what was copied before the frame's end
    window.app_mut().go(ScreenId::Draw);
    window.rest();
    let name = secrets.iter().find(|text| text.contains("公司")).unwrap().clone();
    window.harness.ctx.copy_text(format!("1\t{name}"));
    window.harness.step();
    assert!(leaks(&window, &secrets).is_empty());
    // and back
    window.key(Modifiers::NONE, Key::F8);
    assert!(!leaks(&window, &secrets).is_empty());
}

#[test]
fn nothing_that_can_be_opened_names_a_target_under_the_veil() {
    let mut window = Window::new(PROJECTOR, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let month = rich_month(&mut window, &mut |_, _| {});
    let secrets = of_targets(&window);
    let row = window.app().session.project().unwrap().books.value().unwrap().listed_rows[&month][0];
    window.send(ViewCommand::SelectUnit(Some(row)));
    window.key(Modifiers::NONE, Key::F8);
    window.until("the veil", |w| w.shows("（已遮盖）"));
    let mut faults = Vec::new();
    let places = walk(&mut window, &ScreenId::ALL, 120, &reset_to(month, Some(row)), &mut |window, place| {
        assert!(window.app().session.is_veiled(), "{place}");
        let asked: Vec<String> = window.answers.asked.lock().unwrap().drain(..).map(|a| format!("{a:?}")).collect();
        let asked = asked.into_iter().filter(|text| secrets.iter().any(|secret| text.contains(secret.as_str())));
        faults.extend(leaks(window, &secrets).into_iter().chain(asked).map(|text| format!("{place}: {text}")));
    });
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(places > 300, "{places}");
}

#[test]
fn the_map_rings_nobody_under_the_veil() {
    let (mut window, _) = drawn();
    window.app_mut().go(ScreenId::Map);
    window.rest();
    assert!(painted(&window).iter().any(|text| text.contains("本月抽中")), "{:?}", painted(&window));
    window.click("保密遮盖");
    window.rest();
    assert!(!painted(&window).iter().any(|text| text.contains("本月抽中")));
}

#[test]
fn a_file_with_names_is_asked_for_under_the_veil() {
    let (mut window, _) = drawn();
    window.click("保密遮盖");
    window.rest();
    let folder = window.folder.path().join("导出");
    window.answers.push(&folder);
    window.key(Modifiers::COMMAND, Key::E);
    window.until("the question", |w| w.shows("文件不遮盖"));
    // Enter is the way back
    window.harness.run_steps(8);
    window.key(Modifiers::NONE, Key::Enter);
    assert!(!window.shows("文件不遮盖") && !folder.exists());
    window.answers.push(&folder);
    window.key(Modifiers::COMMAND, Key::E);
    window.until("the button", |w| w.enabled("仍要写入"));
    window.click("仍要写入");
    window.until("the files", |w| !w.app().session.is_busy());
    assert!(folder.exists());
}

#[test]
fn real_data_are_veiled_from_the_ceremony_on() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    assert!(window.app().session.project().unwrap().saved.file.synthetic);
    window.click("月度抽取");
    window.settle();
    assert!(!window.app().session.is_veiled(), "the demo's units are nobody's secret");
    drop(window);

    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let mut window = Window::within(std::sync::Arc::clone(&folder), LAPTOP, false, Begin::City);
    window.settle();
    drop(window);
    let file = folder.path().join("项目/project.ron");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("synthetic: true"), "{text}");
    std::fs::write(&file, text.replace("synthetic: true", "synthetic: false")).unwrap();
    let mut window = Window::within(folder, LAPTOP, false, Begin::City);
    window.settle();
    assert!(!window.app().session.is_veiled());
    window.click("月度抽取");
    window.until("the veil", |w| w.app().session.is_veiled() && w.shows("保密遮盖"));
    // who says otherwise is not asked again
    window.click("保密遮盖");
    window.click("总览");
    window.click("月度抽取");
    assert!(!window.app().session.is_veiled());
}
