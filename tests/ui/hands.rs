//! A list in the window and the hands on it: where it stands, its headings, rows and tools, what it copies.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::ui::text::table;
use fairdraw::ui::widgets::thousands;

use super::support::Window;

/// A list in the window: how many rows it says it has, and where they stand.
#[derive(Clone, Copy)]
pub struct Place {
    pub rows: usize,
    pub body: Rect,
}

/// Where the list of this name is.
fn place(window: &Window, name: &str) -> Option<Place> {
    let (some, none) = (format!("{name}，"), format!("{name}："));
    let root = window.harness.root();
    root.children_recursive().find_map(|node| {
        let label = node.accesskit_node().label()?;
        if node.accesskit_node().role() != Role::Table {
            return None;
        }
        let rows = match label.strip_prefix(&some).and_then(|rest| rest.strip_suffix(" 行")) {
            Some(rows) => rows.replace(',', "").parse().ok()?,
            None if label.starts_with(&none) => 0,
            None => return None,
        };
        Some(Place { rows, body: node.rect() })
    })
}

/// Rows that a list of this name says it shows; `None` where it is not in sight.
pub fn rows_of(window: &Window, name: &str) -> Option<usize> {
    place(window, name).map(|place| place.rows)
}

/// Its nodes of a role that stand within a part of the window.
pub fn nodes(window: &Window, within: Rect, fits: impl Fn(&Node<'_>) -> bool) -> Vec<Rect> {
    let root = window.harness.root();
    let mut found: Vec<Rect> = root
        .children_recursive()
        .filter(|node| fits(node))
        .map(|node| node.rect())
        .filter(|rect| within.contains(rect.center()))
        .collect();
    found.sort_by(|a, b| (a.top(), a.left()).partial_cmp(&(b.top(), b.left())).unwrap());
    found
}

/// What is written in a column, row by row.
pub type Column = (String, Vec<String>);

/// A list under test.
pub struct Hands<'w> {
    pub window: &'w mut Window,
    pub name: String,
}

impl<'w> Hands<'w> {
    pub fn on(window: &'w mut Window, name: &str) -> Self {
        Self { window, name: name.to_owned() }
    }

    #[track_caller]
    pub fn place(&self) -> Place {
        place(self.window, &self.name)
            .unwrap_or_else(|| panic!("{} is not in sight: {}", self.name, self.window.shown().join(" | ")))
    }

    pub fn rows(&self) -> usize {
        rows_of(self.window, &self.name).unwrap_or(0)
    }

    /// Waits until what was asked for has been done.
    pub fn rest(&mut self) {
        self.window.harness.run_steps(3);
        self.window.until("a quiet session", |w| {
            let waits = [table::VIEWING, table::COUNTING, table::PIVOTING];
            !w.app().session.is_busy() && !waits.iter().any(|words| w.shows(words))
        });
    }

    pub fn focus(&mut self) {
        let label = table::named(&self.name, &thousands(self.rows() as u64));
        let found = self.window.harness.query_all_by_role_and_label(Role::Table, &label).next();
        let node = found.unwrap_or_else(|| panic!("{}: {}", self.name, self.window.shown().join(" | ")));
        node.focus();
        self.window.harness.run_steps(2);
    }

    pub fn click_at(&mut self, at: Pos2, button: PointerButton, modifiers: Modifiers, times: usize) {
        // all in one frame, as a hand does it: the harness lets a quarter of a second pass between frames
        let mut events = vec![Event::ModifiersChanged(modifiers), Event::PointerMoved(at)];
        for _ in 0..times {
            for pressed in [true, false] {
                events.push(Event::PointerButton { pos: at, button, pressed, modifiers });
            }
        }
        self.window.harness.event(Event::PointerMoved(at));
        self.window.harness.run_steps(1);
        self.window.harness.input_mut().events.extend(events);
        self.window.harness.run_steps(1);
        self.window.harness.input_mut().events.push(Event::ModifiersChanged(Modifiers::NONE));
        self.rest();
    }

    /// Where the heading of a column stands.
    pub fn heading(&self, heading: &str) -> Option<Rect> {
        let body = self.place().body;
        let header = Rect::from_min_max(Pos2::new(body.left(), body.top() - 30.0), Pos2::new(body.right(), body.top()));
        let is = |node: &Node<'_>| {
            node.accesskit_node().role() == Role::Button && node.accesskit_node().label().as_deref() == Some(heading)
        };
        nodes(self.window, header, is).into_iter().next()
    }

    /// How a column is sorted, as its heading says it.
    pub fn sorting_of(&self, heading: &str) -> String {
        let is = |node: &Node<'_>| node.accesskit_node().label().as_deref() == Some(heading);
        let root = self.window.harness.root();
        root.children_recursive().filter(is).find_map(|node| node.accesskit_node().description()).unwrap_or_default()
    }

    pub fn click_heading(&mut self, heading: &str, modifiers: Modifiers) {
        let rect = self.heading(heading).unwrap();
        // left of the handle that makes it wider
        self.click_at(rect.center(), PointerButton::Primary, modifiers, 1);
    }

    /// Rows in sight, from the top.
    pub fn in_sight(&self) -> Vec<Rect> {
        let body = self.place().body;
        let is = |node: &Node<'_>| {
            matches!(node.accesskit_node().role(), Role::Row | Role::CheckBox)
                && node.rect().width() > body.width() * 0.8
        };
        nodes(self.window, body, is)
    }

    /// A tool that stands nearest above the list, or in the tools' menu, or is folded away behind a row's menu.
    pub fn tool(&mut self, label: &str) {
        if self.above(label).is_none() && self.above(table::TOOLS).is_none() {
            self.unfold();
        }
        if self.above(label).is_none() {
            let at = self.above(table::TOOLS).unwrap_or_else(|| panic!("{}: no {label}", self.name)).center();
            self.click_at(at, PointerButton::Primary, Modifiers::NONE, 1);
            self.window.harness.get_all_by_label(label).last().unwrap().click();
        } else {
            let at = self.above(label).unwrap().center();
            self.click_at(at, PointerButton::Primary, Modifiers::NONE, 1);
        }
        self.rest();
    }

    pub fn unfold(&mut self) {
        self.row_menu(0);
        self.window.click(table::SHOW_TOOLS);
        self.rest();
    }

    /// The control of this name nearest above the list's rows.
    pub fn above(&self, label: &str) -> Option<Rect> {
        let body = self.place().body;
        let strip = Rect::from_min_max(Pos2::new(body.left() - 4.0, body.top() - 110.0), body.right_top());
        let is = |node: &Node<'_>| {
            node.accesskit_node().role() != Role::Label && node.accesskit_node().label().as_deref() == Some(label)
        };
        nodes(self.window, strip, is).into_iter().next_back()
    }

    /// Ticks a box of a popup, and says where it stands.
    pub fn tick(&mut self, label: &str) -> Option<Rect> {
        let boxes = || self.window.harness.query_all_by_role_and_label(Role::CheckBox, label);
        boxes().last()?.scroll_to_me();
        self.window.harness.run_steps(3);
        let boxes = || self.window.harness.query_all_by_role_and_label(Role::CheckBox, label);
        let node = boxes().last()?;
        let rect = node.rect();
        node.click();
        self.rest();
        Some(rect)
    }

    /// Opens a row's menu with the mouse.
    pub fn row_menu(&mut self, row: usize) {
        let rect = self.in_sight()[row];
        let at = Pos2::new(rect.left() + rect.width() * 0.4, rect.center().y);
        self.click_at(at, PointerButton::Secondary, Modifiers::NONE, 1);
    }

    /// What Ctrl+C gives now.
    pub fn copied(&mut self) -> Vec<Vec<String>> {
        self.window.harness.event(Event::Copy);
        self.window.harness.step();
        let output = self.window.harness.output();
        let copied = output.platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        self.window.harness.run_steps(2);
        let text = copied.unwrap_or_default();
        text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
    }

    /// All rows shown, by Ctrl+A and Ctrl+C, with their headings.
    pub fn all(&mut self) -> Vec<Vec<String>> {
        self.focus();
        self.window.key(Modifiers::COMMAND, Key::A);
        let rows = self.rows();
        let copied = self.copied();
        assert_eq!(copied.len(), rows + 1, "{}: a heading and every row that is shown", self.name);
        copied
    }

    /// The columns whose headings are in sight.
    pub fn columns(&mut self) -> Vec<Column> {
        let copied = self.all();
        let column = |at: usize| copied[1..].iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect();
        let all: Vec<Column> = (0..copied[0].len()).map(|at| (copied[0][at].clone(), column(at))).collect();
        all.into_iter().filter(|(heading, _)| self.heading(heading).is_some()).collect()
    }

    pub fn column(&mut self, heading: &str) -> Vec<String> {
        let copied = self.all();
        let at = copied[0].iter().position(|own| own == heading).expect("the column");
        copied[1..].iter().map(|row| row[at].clone()).collect()
    }

    pub fn searched(&mut self, text: &str) {
        let body = self.place().body;
        let strip = Rect::from_min_max(Pos2::new(body.left() - 4.0, body.top() - 110.0), body.right_top());
        let is = |node: &Node<'_>| {
            node.accesskit_node().role() == Role::TextInput
                && node.accesskit_node().label().as_deref() == Some(table::SEARCH_NAME)
        };
        let field = nodes(self.window, strip, is).into_iter().next_back().expect("the search field");
        self.click_at(field.center(), PointerButton::Primary, Modifiers::NONE, 1);
        self.window.text(text);
        self.rest();
    }

    pub fn unsearched(&mut self) {
        self.window.key(Modifiers::NONE, Key::Escape);
        self.rest();
    }
}
