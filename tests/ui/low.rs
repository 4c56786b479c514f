//! A laptop of 1366×768 whose system is scaled to 150 % leaves the window some 910×432 points: rows come first there, tabs
//! and tools take one row, and what has no room is a click, a key or a pointer away.
//!
//! With `FAIRDRAW_ROWS` each stop's whole rows are told on stderr.

use std::collections::BTreeSet;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, Shape};
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::registry::TableKind;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::{audit, common, data, effect, plan, results};

use super::plan::PLAN_TABS;
use super::support::{Begin, LAPTOP, Window};
use super::tour::{Layout, before_the_draw, press, quiet, the_draw};

const LOW: Layout = Layout::new(1366.0, 648.0, 1.5);
const HIGH: Layout = Layout::new(1366.0, 768.0, 1.0);

/// Whole rows that a stop of the tour shows at least, where its table has as many; by the beginning of its name.
const ROWS: [(&str, usize); 13] = [
    ("data-card", 7),
    ("data-quality", 6),
    ("data-aside", 6),
    ("data-", 7),
    ("plan-lights", 6),
    ("plan-values", 5),
    ("draw-list", 6),
    ("results-board", 5),
    ("results-entry", 5),
    ("results-lists", 6),
    ("effect-", 5),
    ("audit-0", 6),
    ("audit-", 5),
];

/// Stops whose lists stand in a dialog, in a part of the page, or further down it.
const OTHERS: [&str; 11] = [
    "data-pivot",
    "data-paste",
    "data-refresh",
    "data-database",
    "data-import",
    "data-mapping",
    "results-empty",
    "results-figures",
    "results-form",
    "results-batch",
    "audit-2",
];

/// Stops whose tables have no row yet when the tour passes them, or may have none.
const EMPTY: [&str; 5] = ["data-aside", "results-board", "results-lists", "effect-", "audit-3"];

/// A text as it is painted.
struct Text {
    /// All of it, even where it ends in an ellipsis.
    whole: String,
    ink: Rect,
    clip: Rect,
    elided: bool,
}

impl Text {
    fn seen(&self) -> Rect {
        self.ink.intersect(self.clip)
    }
}

fn texts(window: &Window) -> Vec<Text> {
    fn take(shape: &Shape, clip: Rect, texts: &mut Vec<Text>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| take(shape, clip, texts)),
            Shape::Text(shape) => texts.push(Text {
                whole: shape.galley.job.text.clone(),
                ink: shape.galley.mesh_bounds.translate(shape.pos.to_vec2()),
                clip,
                elided: shape.galley.elided,
            }),
            _ => {}
        }
    }
    let mut texts = Vec::new();
    window.harness.output().shapes.iter().for_each(|clipped| take(&clipped.shape, clipped.clip_rect, &mut texts));
    texts.retain(|text| text.seen().is_positive());
    texts
}

/// How many of these places are seen whole: a text is painted in each, and nothing cuts the place above or below.
fn whole(window: &Window, places: &[Rect]) -> usize {
    let (texts, within) = (texts(window), window.harness.ctx.content_rect());
    let seen = |place: &&Rect| {
        let shows = |text: &Text| {
            let clip = text.clip.intersect(within);
            place.contains(text.seen().center())
                && clip.top() <= place.top() + 1.0
                && clip.bottom() >= place.bottom() - 1.0
        };
        texts.iter().any(shows)
    };
    places.iter().filter(seen).count()
}

/// Whole rows of the table in sight.
fn rows(window: &Window) -> usize {
    // one that can be ticked is a box for those who can't see it
    let ticked = window.harness.query_all_by_role(Role::CheckBox).filter(|row| row.rect().width() > 200.0);
    let rows = window.harness.query_all_by_role(Role::Row).chain(ticked).map(|row| row.rect());
    whole(window, &rows.filter(|row| row.height() >= 24.0).collect::<Vec<_>>())
}

/// Rows that the tables in sight have.
fn all_rows(window: &Window) -> usize {
    let names = window.harness.query_all_by_role(Role::Table).filter_map(|table| table.accesskit_node().label());
    let digits = |name: String| name.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0);
    names.map(digits).sum()
}

/// Whole rows of the plan's matrix in sight.
fn matrix_rows(window: &Window) -> usize {
    let cells = window.harness.query_all_by_role(Role::Button).filter(|cell| {
        let name = cell.accesskit_node().label().unwrap_or_default();
        name.contains("月 ") && name.contains(" 次")
    });
    let cells: Vec<Rect> = cells.map(|cell| cell.rect()).filter(|cell| cell.height() >= 33.0).collect();
    let left = cells.iter().map(Rect::left).fold(f32::MAX, f32::min);
    whole(window, &cells.into_iter().filter(|cell| cell.left() < left + 1.0).collect::<Vec<_>>())
}

/// Beginnings of the names of a stop's tabs.
fn tabs_of(stop: &str) -> Vec<&'static str> {
    let screen = stop.trim_start_matches("drawn-").split('-').next().unwrap_or_default();
    match screen {
        "data" => TableKind::ALL.into_iter().map(data::tab).chain([data::QUALITY, data::SET_ASIDE]).collect(),
        "plan" => PLAN_TABS.to_vec(),
        "results" if stop != "results-empty" => {
            vec![results::TAB_BOARD, results::TAB_ENTRY, results::TAB_LEDGER, results::TAB_LISTS, results::TAB_FIGURES]
        }
        "effect" => vec![
            effect::RATES,
            effect::YEARS,
            effect::PRICE,
            effect::DEAD,
            effect::FIRMS,
            effect::LISTS,
            effect::ITEMS_LIST,
            effect::PEOPLE,
            effect::COVER,
        ],
        "audit" => audit::PAGES.to_vec(),
        _ => Vec::new(),
    }
}

/// What the menu of tabs without room has, where there is one.
fn folded(window: &Window) -> Vec<String> {
    let name = window.shown().into_iter().find_map(|name| Some(name.strip_prefix(&common::more_tabs(""))?.to_owned()));
    name.map(|names| names.split('、').map(str::to_owned).collect()).unwrap_or_default()
}

/// What is wrong with the tabs of a stop.
fn tabs(window: &Window, stop: &str) -> Vec<String> {
    let (mut faults, mut middles) = (Vec::new(), Vec::new());
    let hidden = folded(window);
    // a figure on a card of the same name has more to say than a tab with its count
    let count = |c: char| c == ' ' || c == ',' || c.is_ascii_digit();
    for name in tabs_of(stop) {
        let begins = |label: &str| label.strip_prefix(name).is_some_and(|rest| rest.chars().all(count));
        let shown = window.harness.query_all_by_role(Role::Button).find(|node| {
            let whole = window.harness.ctx.content_rect().contains_rect(node.rect());
            whole && node.accesskit_node().label().is_some_and(|label| begins(&label))
        });
        match shown {
            Some(tab) => middles.push(tab.rect().center().y),
            None if hidden.iter().any(|label| begins(label)) => {}
            None => faults.push(format!("{stop}: no tab {name}")),
        }
    }
    let (top, bottom) = middles.iter().fold((f32::MAX, f32::MIN), |(a, b), y| (a.min(*y), b.max(*y)));
    if bottom - top > 1.0 {
        faults.push(format!("{stop}: tabs from {top} to {bottom}"));
    }
    faults
}

/// Texts that end in an ellipsis and are not told in full where the pointer is on them.
fn untold(window: &mut Window, stop: &str, known: &mut BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let within = window.harness.ctx.content_rect();
    let cut = texts(window).into_iter().filter(|text| text.elided && within.contains(text.seen().center()));
    let cut: Vec<(String, egui::Pos2)> = cut.map(|text| (text.whole.clone(), text.seen().center())).collect();
    for (text, at) in cut {
        if !known.insert(text.clone()) {
            continue;
        }
        window.harness.hover_at(at);
        window.harness.run_steps(4);
        let told = |shown: &Text| !shown.elided && shown.whole.contains(text.trim());
        if !texts(window).iter().any(told) {
            faults.push(format!("{stop}: 「{text}」 at {at:?}"));
        }
    }
    window.harness.hover_at(within.min);
    window.harness.run_steps(2);
    faults
}

/// Turns the wheel over the head of a screen, where nothing but the page scrolls.
fn wheel(window: &mut Window, points: f32) {
    if points == 0.0 {
        return;
    }
    window.harness.hover_at(egui::pos2(300.0, 110.0));
    window.harness.run_steps(2);
    window.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, points),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    window.harness.run_steps(20);
}

/// What of a stop of the tour is not as a low window has it.
fn faults(window: &mut Window, stop: &str, known: &mut BTreeSet<String>) -> Vec<String> {
    let mut faults = tabs(window, stop);
    if stop == "plan" || stop == "drawn-plan" {
        let rows = matrix_rows(window);
        if rows < 6 {
            faults.push(format!("{stop}: {rows} rows of the matrix"));
        }
    } else if !OTHERS.iter().any(|other| stop.starts_with(other))
        && let Some((_, least)) = ROWS.iter().find(|(begin, _)| stop.starts_with(begin))
    {
        // the table of an effect stands below its chart
        let down = if stop.starts_with("effect-") { -2_000.0 } else { 0.0 };
        wheel(window, down);
        let (shown, all) = (rows(window), all_rows(window));
        wheel(window, -down);
        if shown < all.min(*least) || all == 0 && !EMPTY.iter().any(|empty| stop.starts_with(empty)) {
            faults.push(format!("{stop}: {shown} whole rows of {all}"));
        }
    }
    faults.extend(untold(window, stop, known));
    faults
}

#[test]
fn rows_come_first_tabs_take_one_row_and_what_is_cut_is_told_in_full() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let (mut found, mut stops, mut known) = (Vec::new(), 0, BTreeSet::new());
    let mut look = |window: &mut Window, stop: &str| {
        if stop.starts_with("stage") {
            return;
        }
        LOW.take(window);
        if std::env::var_os("FAIRDRAW_ROWS").is_some() {
            eprintln!("{stop}: {} of {}, matrix {}", rows(window), all_rows(window), matrix_rows(window));
        }
        stops += 1;
        found.extend(faults(window, stop, &mut known));
        HIGH.take(window);
    };
    before_the_draw(&mut window, &mut look);
    the_draw(&mut window, &mut look);
    window.app_mut().go(ScreenId::Results);
    quiet(&mut window);
    press(&mut window, &format!("{} ", results::TAB_BOARD));
    LOW.take(&mut window);
    let board = rows(&window);
    if board < 5 {
        found.push(format!("{board} rows of {} on the board", all_rows(&window)));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(stops > 60, "{stops}");
}

/// Name of what has the keyboard.
fn focused(window: &Window) -> Option<String> {
    let node = window.harness.root().children_recursive().find(|node| node.accesskit_node().is_focused())?;
    node.accesskit_node().label().or_else(|| node.accesskit_node().value())
}

/// Tabs once around from the top, or to the first name that is looked for; the names on the way.
fn go_round(window: &mut Window, to: Option<&str>) -> Vec<String> {
    let mut names = Vec::new();
    for _ in 0..160 {
        window.key(Modifiers::NONE, Key::Tab);
        let Some(name) = focused(window) else { continue };
        let found = to.is_some_and(|to| name.starts_with(to));
        names.push(name);
        if found {
            break;
        }
    }
    names
}

#[test]
fn every_tab_and_tool_is_reached_by_keys_in_a_low_window() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let tools: [(ScreenId, &str, &[&str]); 2] = [
        (ScreenId::Data, "data", &[data::IMPORT_FILES, data::IMPORT_FOLDER, "说明：", "查找", "透视"]),
        (ScreenId::Plan, "plan", &[plan::BY_BODY, plan::BY_DISTRICT, plan::LOAD_CHART, plan::SAVE_TABLE, "图例与操作"]),
    ];
    for (screen, stop, tools) in tools {
        window.app_mut().go(screen);
        LOW.take(&mut window);
        let (hidden, names) = (folded(&window), go_round(&mut window, None));
        let reached = |name: &str| names.iter().any(|known| known.starts_with(name));
        for name in tabs_of(stop) {
            assert!(reached(name) || hidden.iter().any(|label| label.starts_with(name)), "{stop}: {name}: {names:?}");
        }
        for tool in tools {
            assert!(reached(tool), "{stop}: {tool}: {names:?}");
        }
        for name in hidden {
            let on_the_way = go_round(&mut window, Some(common::MORE));
            assert!(on_the_way.last().is_some_and(|last| last.starts_with(common::MORE)), "{on_the_way:?}");
            window.key(Modifiers::NONE, Key::Enter);
            quiet(&mut window);
            let in_menu = go_round(&mut window, Some(&name));
            assert_eq!(in_menu.last(), Some(&name), "{stop}: {in_menu:?}");
            window.key(Modifiers::NONE, Key::Enter);
            quiet(&mut window);
            assert!(!folded(&window).contains(&name), "{stop}: {name} is chosen and stands in the row");
        }
    }
}

#[test]
fn what_is_folded_away_is_a_click_away() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().go(ScreenId::Data);
    LOW.take(&mut window);
    // the way to one's own data stands in the status bar
    assert!(window.enabled(common::SYNTHETIC_BUTTON));
    let mark = window.shown().into_iter().find(|name| name.starts_with("说明：")).expect("the rows' sentence");
    let sentence = mark.strip_prefix("说明：").unwrap().to_owned();
    assert!(!texts(&window).iter().any(|text| text.whole == sentence));
    window.click(&mark);
    assert!(texts(&window).iter().any(|text| text.whole == sentence && !text.elided), "{sentence}");
    window.key(Modifiers::NONE, Key::Escape);
    HIGH.take(&mut window);
    assert!(texts(&window).iter().any(|text| text.whole == sentence), "a higher window says it below the tabs");
    assert_eq!(folded(&window), Vec::<String>::new());
}
