//! 保密遮盖: over a drawn month no screen paints, speaks or copies what names a unit that was drawn.

use std::collections::BTreeSet;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::domain::InspectorId;
use fairdraw::registry::schema::{inspectors, sources};
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::map::SAVE_KINDS;
use fairdraw::ui::text::plot;
use fairdraw::workspace::session::ViewCommand;

use super::picture::Picture;
use super::support::{Begin, LAPTOP, MARGIN, PROJECTOR, Window};
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
        books.draws.iter().flat_map(|d| &d.checks).flat_map(|c| &c.inspectors).map(InspectorId::as_str).collect();
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

/// The map alone, as it is painted.
fn map_of(window: &mut Window, month: &str) -> Picture {
    window.send(ViewCommand::SetMonth(month.parse().unwrap()));
    window.rest();
    let rect = window.harness.get_by_role(Role::Canvas).rect();
    let whole = window.picture();
    let margin = MARGIN as usize;
    let [left, top] = [rect.left(), rect.top()].map(|at| at as usize - margin);
    let (width, height) = (rect.width() as usize, rect.height() as usize);
    let rows = (top..(top + height).min(whole.height)).flat_map(|y| {
        whole.pixels[y * whole.width + left..(y * whole.width + left + width).min((y + 1) * whole.width)].to_vec()
    });
    Picture { width, height, pixels: rows.collect() }
}

/// The map as a file, at print size.
fn print_of(window: &mut Window, month: &str, name: &str) -> Vec<u8> {
    window.send(ViewCommand::SetMonth(month.parse().unwrap()));
    window.rest();
    let file = window.folder.path().join(name);
    window.answers.push(&file);
    window.click("保存图片");
    window.click(SAVE_KINDS[0]);
    window.until("the picture", |w| w.folder.path().join(name).exists() && !w.app().session.is_busy());
    std::fs::read(file).unwrap()
}

#[test]
fn the_map_is_that_of_a_month_without_targets_under_the_veil() {
    let (mut window, _) = drawn();
    window.app_mut().go(ScreenId::Map);
    window.rest();
    // the measure that it begins with, sources, is the same in every month
    let row = window.app().session.project().unwrap().books.value().unwrap().listed_rows.values().next().unwrap()[3];
    let [open, none] = ["2027-01", "2027-03"].map(|month| map_of(&mut window, month));
    assert!(open != none, "rings are painted while nothing hides them");
    let [printed, plain] = [("2027-01", "a.png"), ("2027-03", "b.png")].map(|(m, n)| print_of(&mut window, m, n));
    assert!(printed != plain);
    window.send(ViewCommand::Veil(true));
    let hidden = map_of(&mut window, "2027-01");
    assert!(hidden == map_of(&mut window, "2027-03"), "pixels of the map differ with the targets");
    assert!(print_of(&mut window, "2027-01", "c.png") == plain, "the printed map differs with the targets");
    // one of them chosen elsewhere neither marks its place nor moves the map there
    window.send(ViewCommand::SelectUnit(Some(row)));
    assert!(map_of(&mut window, "2027-01") == hidden, "the map shows where the chosen target is");
}

#[test]
fn a_chart_leaves_the_window_without_names_under_the_veil() {
    let (mut window, secrets) = drawn();
    let row = window.app().session.project().unwrap().books.value().unwrap().listed_rows.values().next().unwrap()[0];
    window.send(ViewCommand::SelectUnit(Some(row)));
    window.app_mut().go(ScreenId::Risk);
    window.rest();
    let name = window.app().session.project().unwrap().data.name(row).unwrap().to_owned();
    // the copy of the chart that says why this unit scores what it scores
    let copy = |window: &mut Window, title: &str| {
        window.rest();
        let shown = window.shown().into_iter().find(|text| text.starts_with(title) && text.contains('；')).unwrap();
        let menu = |window: &mut Window, entry: &str| {
            let image = |n: &egui_kittest::Node<'_>| n.accesskit_node().role() == Role::Image;
            window.harness.get_all_by_label(&shown).find(image).unwrap().click_secondary();
            window.harness.run_steps(3);
            window.click(entry);
        };
        menu(window, plot::COPY);
        let start = std::time::Instant::now();
        let image = loop {
            let commands = &window.harness.output().platform_output.commands;
            if let Some(egui::OutputCommand::CopyImage(image)) = commands.first() {
                break image.clone();
            }
            assert!(start.elapsed().as_secs() < 60, "nothing was copied");
            window.harness.step();
        };
        let file = window.folder.path().join("图.svg");
        window.answers.push(&file);
        menu(window, plot::SAVE_SVG);
        window.until("the file", |_| file.exists());
        window.until("rest", |w| !w.app().session.is_busy());
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        (image, text)
    };
    let (shown, text) = copy(&mut window, &name);
    assert!(text.contains(&name), "the chart is that of the unit");
    window.answers.asked.lock().unwrap().clear();
    window.send(ViewCommand::Veil(true));
    let (hidden, text) = copy(&mut window, "（已遮盖）");
    assert!(!secrets.iter().any(|secret| text.contains(secret.as_str())) && text.contains("（已遮盖）"), "{text}");
    assert!(hidden.size == shown.size && hidden.pixels != shown.pixels, "the copied picture is the one with the name");
    let asked = format!("{:?}", window.answers.asked.lock().unwrap());
    assert!(asked.contains("（已遮盖）") && !secrets.iter().any(|secret| asked.contains(secret.as_str())), "{asked}");
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
