//! What every list can do, held by keys and clicks: search, sorting, filter, columns, selecting, copying, pasting,
//! figures, file, a row's menu, a double click. What the clipboard holds is what the list is taken at.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::{Data, Reader, open_workbook_auto};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::text::figure::whole_checks;
use fairdraw::ui::table::About;
use fairdraw::ui::text::{common, table};
use fairdraw::ui::widgets::thousands;
use pinyin::ToPinyin;

use super::hands::{Column, Hands, nodes};
use super::support::Window;

/// A value that no list holds.
const NOWHERE: &str = "查无此项ｑｑ";

fn counts(values: &[String]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value.as_str()).or_default() += 1;
    }
    counts
}

/// Values one after the other, each once where it stands together.
fn runs(values: &[String]) -> Vec<&str> {
    let mut runs: Vec<&str> = Vec::new();
    for value in values.iter().map(|value| sorting(value)) {
        if runs.last() != Some(&value) {
            runs.push(value);
        }
    }
    runs
}

/// What a cell is sorted by: of a day with a remark the day.
fn sorting(cell: &str) -> &str {
    cell.get(..10).filter(|day| day.parse::<chrono::NaiveDate>().is_ok()).unwrap_or(cell)
}

fn number(text: &str) -> Option<f64> {
    text.trim_start_matches('\'').replace(['−', '+'], "-").replace("--", "-").replace([',', '%'], "").parse().ok()
}

fn is_text(values: &[String]) -> bool {
    // `<1` is a number of whole checks
    let is_number = |value: &str| number(value.trim_start_matches('<')).is_some();
    values.iter().any(|value| !value.is_empty() && !is_number(value))
}

/// A cell of a file as the table copies it.
fn text_of(cell: &Data) -> String {
    match cell {
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::DateTime(day) => day.as_datetime().map(|day| day.date().to_string()).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// All that a list must be able to do.
pub fn has_all(window: &mut Window, name: &str, about: About, file: &Path) {
    let mut hands = Hands::on(window, name);
    hands.place();
    assert!(hands.rows() > 0, "{name} is empty");
    searches(&mut hands);
    selects(&mut hands);
    sorts(&mut hands);
    filters_hides_and_exports(&mut hands, file);
    pastes(&mut hands);
    offers(&mut hands, about);
}

/// Ctrl+F, a word, initials; nothing is left of a word that nobody wrote.
pub fn searches(hands: &mut Hands<'_>) {
    let (name, all) = (hands.name.clone(), hands.rows());
    hands.focus();
    hands.window.key(Modifiers::COMMAND, Key::F);
    hands.rest();
    if hands.above(table::SEARCH_NAME).is_none() {
        // the page has a search of its own that Ctrl+F leads to; the list's stands behind the row's menu
        hands.unfold();
    } else {
        hands.window.text(NOWHERE);
        hands.rest();
        assert_eq!(hands.rows(), 0, "{name}: Ctrl+F");
        hands.unsearched();
    }
    assert_eq!(hands.rows(), all, "{name}: Esc ends the search");
    let columns = hands.columns();
    let han = |cell: &str| -> String { cell.chars().filter(|c| c.to_pinyin().is_some()).take(4).collect() };
    let together = |cell: &String| han(cell).chars().count() >= 2 && cell.contains(&han(cell));
    let cell = columns.iter().flat_map(|(_, values)| values).find(|cell| together(cell));
    let Some(word) = cell.map(|cell| han(cell)) else { return };
    let holds = |columns: &[Column], row: usize| columns.iter().any(|(_, values)| values[row].contains(&word));
    let expected = (0..all).filter(|row| holds(&columns, *row)).count();
    hands.searched(&word);
    assert!((expected..=all).contains(&hands.rows()), "{name}: {word} in {} rows, not {expected}", hands.rows());
    let found = hands.columns();
    let kept = (0..hands.rows()).filter(|row| holds(&found, *row)).count();
    assert_eq!(kept, expected, "{name}: {word}");
    hands.focus();
    let shown = hands.rows();
    hands.window.key(Modifiers::COMMAND, Key::F);
    hands.rest();
    hands.searched("");
    hands.window.key(Modifiers::COMMAND, Key::A);
    let initials: String =
        word.chars().filter_map(|c| c.to_pinyin()).filter_map(|pinyin| pinyin.plain().chars().next()).collect();
    hands.window.text(&initials);
    hands.rest();
    assert!((shown..=all).contains(&hands.rows()), "{name}: {initials} finds {} of {shown}", hands.rows());
    let by_initials = hands.columns();
    let kept = (0..hands.rows()).filter(|row| holds(&by_initials, *row)).count();
    assert_eq!(kept, expected, "{name}: {word} by {initials}");
    hands.searched("");
    hands.unsearched();
    assert_eq!(hands.rows(), all, "{name}: the search is over");
}

/// Ranges by keys and by mouse, all, and their figures.
fn selects(hands: &mut Hands<'_>) {
    let (name, all) = (hands.name.clone(), hands.rows());
    let copied = hands.all();
    let few = all.min(3);
    hands.focus();
    hands.window.key(Modifiers::NONE, Key::Home);
    for _ in 1..few {
        hands.window.key(Modifiers::SHIFT, Key::ArrowDown);
    }
    hands.rest();
    assert_eq!(hands.copied(), copied[..=few], "{name}: Shift and arrows");
    if few > 1 {
        let rows = hands.in_sight();
        let at = |rect: Rect| Pos2::new(rect.left() + rect.width() * 0.4, rect.center().y);
        hands.click_at(at(rows[few - 1]), PointerButton::Primary, Modifiers::NONE, 1);
        let rows = hands.in_sight();
        hands.click_at(at(rows[0]), PointerButton::Primary, Modifiers::SHIFT, 1);
        hands.focus();
        assert_eq!(hands.copied(), copied[..=few], "{name}: a range by mouse");
    }
    hands.all();
    if all > 1 {
        assert!(hands.window.shows(&table::selected(&thousands(all as u64))), "{name}: what is selected is counted");
        let sum = hands.window.shown().iter().find_map(|shown| {
            let rest = shown.strip_prefix("合计 ")?;
            number(rest.split('　').next()?)
        });
        if let Some(sum) = sum {
            let sums = (0..copied[0].len()).map(|at| {
                let cells = copied[1..].iter().filter_map(|row| row.get(at)).filter_map(|cell| {
                    number(cell).or_else(|| number(cell.split(|c: char| !c.is_ascii_digit() && c != ',').next()?))
                });
                cells.sum::<f64>()
            });
            let sums: Vec<f64> = sums.collect();
            // cells are rounded, their sum is not
            let near = |own: &f64| (own - sum).abs() <= 0.051 * all as f64;
            assert!(sums.iter().any(near), "{name}: {sum} is the sum of no column: {sums:?}");
        }
    }
}

/// A click on a heading sorts, another one the other way; with Shift a second key is added.
pub fn sorts(hands: &mut Hands<'_>) {
    let name = hands.name.clone();
    let columns = hands.columns();
    let mut by: Vec<(usize, &str)> =
        columns.iter().map(|(heading, values)| (counts(values).len(), heading.as_str())).collect();
    by.retain(|(different, _)| *different > 1);
    by.sort_unstable();
    let Some((_, first)) = by.first() else { return };
    // a list may come sorted
    for _ in 0..3 {
        hands.click_heading(first, Modifiers::NONE);
        if hands.sorting_of(first).contains(table::IS_ASCENDING) {
            break;
        }
    }
    let up = hands.column(first);
    let together = |values: &[String], of: &str| {
        let mut seen = runs(values);
        let whole = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), whole, "{name}: {of} is not sorted");
    };
    together(&up, first);
    hands.click_heading(first, Modifiers::NONE);
    let down = hands.column(first);
    let filled = |values: &[String]| -> Vec<String> {
        runs(values).into_iter().filter(|value| !value.is_empty()).map(str::to_owned).collect()
    };
    let mut turned = filled(&down);
    turned.reverse();
    assert_eq!(filled(&up), turned, "{name}: {first} the other way");
    if let Some((_, second)) = by.get(1) {
        hands.click_heading(second, Modifiers::SHIFT);
        let (one, two) = (hands.column(first), hands.column(second));
        together(&one, first);
        let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (one, two) in one.iter().zip(&two) {
            groups.entry(sorting(one)).or_default().push(two.clone());
        }
        for group in groups.values() {
            together(group, second);
        }
    }
    // a third click takes the key away
    hands.click_heading(first, Modifiers::NONE);
    hands.click_heading(first, Modifiers::NONE);
}

/// The funnel with its counts, a hidden column, and the file of what is then shown.
fn filters_hides_and_exports(hands: &mut Hands<'_>, file: &Path) {
    let (name, all) = (hands.name.clone(), hands.rows());
    let columns = hands.columns();
    let texts =
        columns.iter().filter(|(_, values)| is_text(values) && values.iter().all(|value| value.chars().count() < 40));
    let by = texts.min_by_key(|(_, values)| counts(values).len()).cloned();
    if let Some((heading, values)) = &by {
        let most = counts(values).into_iter().filter(|(value, _)| !value.is_empty()).max_by_key(|(_, count)| *count);
        let (value, count) = most.unwrap();
        let rect = hands.heading(heading).unwrap();
        hands.click_at(rect.center(), PointerButton::Secondary, Modifiers::NONE, 1);
        hands.window.click(table::FILTER);
        hands.rest();
        let value = value.trim_start_matches('\'');
        if let Some(row) = hands.tick(value) {
            let said = thousands(count as u64);
            let beside = |node: &Node<'_>| {
                node.accesskit_node().value().or_else(|| node.accesskit_node().label()) == Some(said.clone())
            };
            let strip = Rect::from_x_y_ranges(row.left()..=row.left() + 280.0, row.y_range());
            assert!(!nodes(hands.window, strip, beside).is_empty(), "{name}: {value} is not counted {said}");
            hands.window.click(table::APPLY);
            hands.rest();
            assert_eq!(hands.rows(), count, "{name}: {heading} filtered by {value}");
            assert!(hands.column(heading).iter().all(|own| own.trim_start_matches('\'') == value), "{name}: {heading}");
        } else {
            // a list of too many values is filtered by what the text contains
            hands.window.text(value);
            hands.window.click(table::APPLY);
            hands.rest();
            assert!(hands.rows() >= count && hands.rows() <= all, "{name}: {heading} contains {value}");
        }
    }
    let other = columns
        .iter()
        .filter(|_| columns.len() > 1)
        .map(|(heading, _)| heading)
        .rfind(|heading| by.as_ref().is_none_or(|(by, _)| by != *heading));
    if let Some(heading) = other {
        hands.tool(table::COLUMNS);
        hands.tick(heading).unwrap_or_else(|| panic!("{name}: {heading} can be hidden"));
        hands.window.key(Modifiers::NONE, Key::Escape);
        hands.rest();
        let shown = hands.all();
        assert!(!shown[0].contains(heading), "{name}: {heading} is hidden");
    }
    exports(hands, file);
    if hands.above(table::CLEAR_ALL).is_some() {
        hands.tool(table::CLEAR_ALL);
    }
    assert_eq!(hands.rows(), all, "{name}: the filter is taken away");
    if other.is_some() {
        hands.tool(table::COLUMNS);
        hands.window.harness.get_all_by_label(table::RESET_COLUMNS).last().unwrap().click();
        hands.rest();
        hands.window.key(Modifiers::NONE, Key::Escape);
        hands.rest();
    }
    let headings: Vec<String> = hands.columns().into_iter().map(|(heading, _)| heading).collect();
    assert_eq!(
        headings,
        columns.iter().map(|(heading, _)| heading.clone()).collect::<Vec<_>>(),
        "{name}: columns as before"
    );
}

/// The file holds what is shown, cell by cell.
fn exports(hands: &mut Hands<'_>, file: &Path) {
    let name = hands.name.clone();
    let lines = hands.all();
    hands.window.answers.push(file);
    hands.tool(table::EXPORT);
    hands.window.until("the file", |_| file.exists());
    hands.rest();
    let mut book = open_workbook_auto(file).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
    let texts = |row: &[Data]| row.iter().map(text_of).collect::<Vec<_>>();
    // a share is a number in a workbook: its heading has the unit
    let bare = |text: String| text.strip_suffix("（%）").map_or_else(|| text.clone(), str::to_owned);
    let head =
        rows.iter().rposition(|row| texts(row).into_iter().map(bare).take(lines[0].len()).eq(lines[0].iter().cloned()));
    let head = head.unwrap_or_else(|| panic!("{name}: no headings {:?} in {:?}", lines[0], &rows[..rows.len().min(8)]));
    assert!(rows[..head].iter().flatten().any(|cell| text_of(cell).contains(&name)), "{name}: title");
    assert_eq!(rows.len() - head - 1, lines.len() - 1, "{name}: rows of the file");
    for (line, row) in lines[1..].iter().zip(&rows[head + 1..]) {
        for (cell, written) in line.iter().zip(row) {
            let (cell, written) = (cell.trim_start_matches('\''), text_of(written));
            match (number(cell), number(&written)) {
                // what is shown as whole checks goes out as the figure that it was made of
                (_, Some(b)) if whole_checks(b) == cell => {}
                (Some(a), Some(b)) => assert!((a - b).abs() < 0.051, "{name}: {cell} {written}"),
                _ => assert!(same(cell, &written), "{name}: {cell:?} {written:?}"),
            }
        }
    }
    // another export of this name may follow
    std::fs::remove_file(file).unwrap();
}

/// A cell of the clipboard and one of a file: units stand in the file's headings, line breaks are blanks.
fn same(cell: &str, written: &str) -> bool {
    let (cell, written) = (cell.trim(), written.trim().trim_end_matches(" 00:00:00"));
    // a figure that there is not
    cell == written
        || (cell == "—" && written.is_empty())
        || (!written.is_empty() && cell.starts_with(written))
        || number(written).is_some_and(|value| {
            let digits: String = cell.chars().take_while(|c| c.is_ascii_digit() || ".,−-+".contains(*c)).collect();
            number(&digits).is_some_and(|own| (own - value).abs() < 0.051)
        })
}

/// Values of a column with one that is nowhere: found, told, selected, shown alone.
fn pastes(hands: &mut Hands<'_>) {
    let name = hands.name.clone();
    let columns = hands.columns();
    let is_day = |value: &str| value.parse::<chrono::NaiveDate>().is_ok();
    let plain = |value: &str| {
        !value.is_empty() && !is_day(value) && !value.contains(['"', '\'', ',', '，', '；', '、', '\n', ' '])
    };
    let texts = columns.iter().filter(|(_, values)| is_text(values));
    let best = texts.max_by_key(|(_, values)| counts(values).iter().filter(|(value, _)| plain(value)).count());
    let values: Vec<String> = best
        .map(|(_, values)| {
            counts(values).keys().filter(|value| plain(value)).take(2).map(|value| (*value).to_owned()).collect()
        })
        .unwrap_or_default();
    hands.focus();
    let mut lines: Vec<String> = values.iter().map(|value| format!("\"{value}\" ")).collect();
    lines.push(NOWHERE.to_owned());
    lines.push(String::new());
    hands.window.harness.event(Event::Paste(lines.join("\r\n")));
    hands.rest();
    let said = format!("粘贴 {} 个，找到 {} 个", values.len() + 1, values.len());
    hands.window.until(&format!("{name}: {said}"), |w| w.shows(&said));
    assert!(hands.window.shows(&table::missing("1")) && hands.window.shows(NOWHERE), "{name}: what is missing is told");
    if let (Some((heading, _)), false) = (best, values.is_empty()) {
        hands.window.click(table::PASTE_SELECT);
        hands.rest();
        hands.focus();
        let copied = hands.copied();
        let at = copied[0].iter().position(|own| own == heading).unwrap();
        let chosen: Vec<String> = copied[1..].iter().map(|row| row[at].clone()).collect();
        assert!(values.iter().all(|value| chosen.contains(value)), "{name}: {values:?} of {chosen:?}");
        hands.all();
    } else {
        hands.window.click(common::CANCEL);
    }
}

/// A row's menu by mouse and by key, and what a double click does.
fn offers(hands: &mut Hands<'_>, about: About) {
    let name = hands.name.clone();
    hands.row_menu(0);
    assert!(hands.window.shows(table::COPY_ROWS), "{name}: the row's menu");
    let acts = [table::CARD, table::ON_MAP, table::COPY_CODE, table::SUBSTITUTE, table::RESULT, table::PROOF];
    if about == About::Units {
        for act in acts {
            assert!(hands.window.shows(act), "{name}: {act}: {}", hands.window.shown().join(" | "));
        }
    }
    hands.window.key(Modifiers::NONE, Key::Escape);
    hands.rest();
    hands.focus();
    hands.window.key(Modifiers::NONE, Key::Home);
    hands.window.key(Modifiers::SHIFT, Key::F10);
    hands.rest();
    assert!(hands.window.shows(table::COPY_ROWS), "{name}: the row's menu by key");
    hands.window.key(Modifiers::NONE, Key::Escape);
    hands.rest();
}

/// A double click on the first row.
pub fn double_click(window: &mut Window, name: &str) {
    let mut hands = Hands::on(window, name);
    let rect = hands.in_sight()[0];
    let at = Pos2::new(rect.left() + rect.width() * 0.4, rect.center().y);
    hands.click_at(at, PointerButton::Primary, Modifiers::NONE, 2);
}
