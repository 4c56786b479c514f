//! Nothing is printed over anything else or runs under a control, nothing is cut off or sliced at an edge, no column is
//! narrower than its heading, at any size and zoom.
//!
//! Looked at are the shapes that are painted, not what widgets say of themselves: every row of text with the clip that it
//! is painted in, in the order of painting; what an opaque ground covers later is not seen. A text that is covered in part
//! by a ground painted over it (a button, a field) is one that runs under it, unless that ground is a layer of its own: a
//! window, a menu or dialog, what stays in sight while a table scrolls below it.

use egui::accesskit::Role;
use egui::{Rect, Shape};
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::{plan, table};

use super::support::{Begin, LAPTOP, Window};
use super::tour::{Layout, before_the_draw, press, quiet, the_draw};
use super::work::{choose_month, draw_month, name_operator};

/// Overlaps and cuts below this are the shadows of glyphs, points.
const SLACK: f32 = 2.0;

/// A ground from this on is one that what lies below it does not shine through.
const NEARLY_OPAQUE: u8 = 220;

/// Heights of grounds that are controls: what is lower is a bar or mark, what is higher a panel or layer.
const LEAST_CONTROL: f32 = 18.0;
const LARGEST_CONTROL: f32 = 44.0;

/// A row of text as it is painted.
struct Line {
    text: String,
    /// Its ink.
    ink: Rect,
    /// What of the window it may show in.
    clip: Rect,
    /// How many grounds were painted before it.
    order: usize,
    /// It was cut to its room, and ends in an ellipsis.
    elided: bool,
}

impl Line {
    fn seen(&self) -> Rect {
        self.ink.intersect(self.clip)
    }
}

/// What a window paints: rows of text, and the opaque grounds between them.
#[derive(Default)]
struct Painted {
    lines: Vec<Line>,
    grounds: Vec<Rect>,
}

impl Painted {
    fn of(window: &Window) -> Self {
        Self::of_shapes(&window.harness.output().shapes)
    }

    fn of_shapes(shapes: &[egui::epaint::ClippedShape]) -> Self {
        let mut painted = Self::default();
        for clipped in shapes {
            painted.take(&clipped.shape, clipped.clip_rect);
        }
        painted
    }

    fn take(&mut self, shape: &Shape, clip: Rect) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| self.take(shape, clip)),
            Shape::Rect(rect) if rect.fill.a() >= NEARLY_OPAQUE => {
                self.grounds.push(rect.rect.intersect(clip).expand(1.0));
            }
            Shape::Text(shape) if shape.opacity_factor > 0.0 => {
                for row in &shape.galley.rows {
                    let ink = row.row.visuals.mesh_bounds.translate(shape.pos.to_vec2() + row.pos.to_vec2());
                    let line = Line {
                        text: row.row.text(),
                        ink,
                        clip,
                        order: self.grounds.len(),
                        elided: shape.galley.elided,
                    };
                    if !line.text.trim().is_empty() && line.seen().is_positive() {
                        self.lines.push(line);
                    }
                }
            }
            _ => {}
        }
    }

    /// True where the part of an earlier line was covered before (or, without a later one, by the end).
    fn is_covered(&self, part: Rect, earlier: &Line, later: Option<&Line>) -> bool {
        let until = later.map_or(self.grounds.len(), |later| later.order);
        self.grounds[earlier.order..until].iter().any(|ground| ground.contains_rect(part))
    }

    /// The control under which a line runs: a ground as high as one, painted later over a part of the line that was
    /// seen until then.
    fn control_over(&self, line: &Line) -> Option<Rect> {
        let seen = line.seen();
        let over = |(at, ground): &(usize, &Rect)| {
            let both = ground.intersect(seen);
            let control = (LEAST_CONTROL..=LARGEST_CONTROL).contains(&ground.height());
            let part = both.width() > 2.0 * SLACK && both.height() > 2.0 * SLACK && !ground.contains_rect(seen);
            control && part && !self.grounds[line.order..*at].iter().any(|before| before.contains_rect(both))
        };
        self.grounds.iter().enumerate().skip(line.order).find(over).map(|(_, ground)| *ground)
    }
}

/// What is wrong with what the window shows.
pub fn faults(window: &Window) -> Vec<String> {
    let painted = Painted::of(window);
    let whole = window.harness.ctx.content_rect();
    let buttons: Vec<(Rect, String)> = window
        .harness
        .query_all_by_role(Role::Button)
        .filter_map(|node| Some((node.rect().expand(SLACK), node.accesskit_node().label()?)))
        .collect();
    // columns that a bar can bring into sight
    let bars: Vec<Rect> =
        window.harness.query_all_by_label(table::HORIZONTAL_BAR).map(|bar| bar.rect().expand(SLACK)).collect();
    // a field's text goes on under its caret, and the letters of points go where the map is moved
    let rects = |role: Role| -> Vec<Rect> {
        window.harness.query_all_by_role(role).map(|node| node.rect().expand(SLACK)).collect()
    };
    let (fields, maps) = (rects(Role::TextInput), rects(Role::Canvas));
    let moves = |line: &Line| {
        fields.iter().any(|field| field.contains_rect(line.seen()))
            || line.text.len() == 1 && maps.iter().any(|map| map.contains_rect(line.seen()))
    };
    let mut faults = Vec::new();
    for (i, line) in painted.lines.iter().enumerate() {
        let seen = line.seen();
        if painted.is_covered(seen, line, None) || moves(line) {
            continue;
        }
        for other in &painted.lines[..i] {
            let both = seen.intersect(other.seen());
            // a name's halo is the name itself
            let halo = other.text == line.text && (other.ink.center() - line.ink.center()).length() < 4.0;
            let apart = both.width() <= SLACK || both.height() <= SLACK || moves(other);
            if !apart && !halo && !painted.is_covered(both, other, Some(line)) {
                faults.push(format!("「{}」 over 「{}」 at {both:?}", line.text, other.text));
            }
        }
        let room = line.clip.intersect(whole);
        let cut = line.ink.left() < room.left() - SLACK || line.ink.right() > room.right() + SLACK;
        // a number too long for its column is painted as its beginning and its end, with an ellipsis between
        let both_ends = |other: &Line| {
            other.text == line.text && other.clip != line.clip && (other.ink.top() - line.ink.top()).abs() < 1.0
        };
        if cut && !painted.lines.iter().any(both_ends) {
            faults.push(format!("「{}」 {:?} is cut by {room:?}", line.text, line.ink));
        }
        if let Some(control) = painted.control_over(line) {
            faults.push(format!("「{}」 {:?} runs under {control:?}", line.text, line.ink));
        }
        // a heading, a button or a figure's name that has no room; a column that the edge cuts can be scrolled to
        if let Some(start) = line.text.strip_suffix('…').filter(|_| line.elided) {
            let at_edge = |rect: &Rect| {
                bars.iter()
                    .any(|bar| (bar.right() - rect.right()).abs() < 4.0 || (bar.left() - rect.left()).abs() < 4.0)
            };
            let named = buttons.iter().find(|(rect, name)| {
                rect.contains_rect(seen) && name.len() > line.text.len() && name.starts_with(start) && !at_edge(rect)
            });
            if let Some((rect, name)) = named {
                faults.push(format!("「{name}」 has no room in {rect:?}"));
            }
        }
    }
    faults
}

/// A piece of a screen alone, with the window's fonts and look.
fn piece<'a>(size: egui::Vec2, mut show: impl FnMut(&mut egui::Ui) + 'a) -> egui_kittest::Harness<'a> {
    let mut frames = 0;
    let mut harness = egui_kittest::Harness::builder().with_size(size).build_ui(move |ui| {
        frames += 1;
        if frames == 1 {
            fairdraw::ui::fonts::install(ui.ctx());
            fairdraw::ui::theme::apply(ui.ctx());
            ui.ctx().request_repaint();
            return;
        }
        show(ui);
    });
    harness.run();
    harness
}

/// A row of words from the left, and a button over its end or beside it.
fn words_and_button(beside: bool) -> Painted {
    let harness = piece(egui::vec2(400.0, 60.0), move |ui| {
        let words = ui.label("56 家，配对 56 组；其中必定抽取 8 家").rect;
        let left = if beside { words.right() + 8.0 } else { words.right() - 40.0 };
        let place = Rect::from_min_size(egui::pos2(left, words.top() - 4.0), egui::vec2(90.0, 28.0));
        ui.put(place, egui::Button::new("重放抽取"));
    });
    Painted::of_shapes(&harness.output().shapes)
}

#[test]
fn words_that_run_under_a_button_are_found() {
    let under = |painted: &Painted| painted.lines.iter().filter(|line| painted.control_over(line).is_some()).count();
    assert_eq!(under(&words_and_button(false)), 1, "the words, not the button's own");
    assert_eq!(under(&words_and_button(true)), 0);
}

#[test]
fn a_term_and_its_mark_stay_together_in_a_row_of_any_width() {
    use fairdraw::ui::help::help_marks;
    use fairdraw::ui::text::help::Term;
    for width in (200..640).step_by(9) {
        let width = width as f32;
        let harness = piece(egui::vec2(900.0, 200.0), move |ui| {
            ui.set_max_width(width);
            ui.horizontal_wrapped(|ui| {
                ui.label("各层名额已按年度种子取整，合计 1,617 家");
                help_marks(ui, &[Term::SamplingFrame, Term::Stratum, Term::InclusionProbability, Term::Rounding]);
            });
        });
        let marks: Vec<Rect> = harness.get_all_by_role(Role::Button).map(|mark| mark.rect()).collect();
        assert_eq!(marks.len(), 4);
        let left =
            Painted::of_shapes(&harness.output().shapes).lines.iter().map(|l| l.ink.left()).fold(f32::MAX, f32::min);
        for mark in marks {
            assert!(mark.right() <= left + width + SLACK, "{mark:?} passes {width} points");
            assert!(mark.left() > left + SLACK, "{mark:?} begins a row without its word");
        }
    }
}

fn at(layouts: &[Layout]) {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let mut found = Vec::new();
    let mut look = |window: &mut Window, name: &str| {
        for layout in layouts {
            layout.take(window);
            found.extend(faults(window).into_iter().map(|fault| format!("{name} {}: {fault}", layout.name())));
        }
        Layout::new(LAPTOP.x, LAPTOP.y, 1.0).take(window);
    };
    before_the_draw(&mut window, &mut look);
    the_draw(&mut window, &mut look);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn nothing_overlaps_and_nothing_is_cut_on_a_laptop() {
    let beside_the_task_bar = [1.25, 1.5].map(|scaling| Layout::new(LAPTOP.x, 648.0, scaling));
    at(&[&[1.0, 1.25, 1.5].map(|scaling| Layout::new(LAPTOP.x, LAPTOP.y, scaling)), &beside_the_task_bar[..]].concat());
}

#[test]
fn nothing_overlaps_and_nothing_is_cut_on_a_projector() {
    let screens = [(1920.0, 1080.0, 1.0), (1920.0, 1080.0, 1.5), (1920.0, 960.0, 2.0), (2560.0, 1600.0, 1.5)];
    at(&screens.map(|(width, height, scaling)| Layout::new(width, height, scaling)));
}

#[test]
fn no_name_of_the_map_lies_under_what_lies_over_it_wherever_it_is_moved() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    Layout::new(1920.0, 1080.0, 1.5).take(&mut window);
    super::tour::go(&mut window, ScreenId::Map);
    let map = window.harness.get_by_role(Role::Canvas).rect();
    let mut found = Vec::new();
    let mut named = 0;
    // a click chooses the district under it, whose name moves aside; the pointer stays, so its coordinate is shown
    for at in [map.center(), map.center() + map.size() * egui::vec2(0.12, -0.1)] {
        for _ in 0..2 {
            window.harness.drag_at(at);
            window.harness.drop_at(at);
            window.harness.hover_at(at);
            window.settle();
            window.key(egui::Modifiers::NONE, egui::Key::Plus);
        }
        for arrow in [egui::Key::ArrowLeft, egui::Key::ArrowUp, egui::Key::ArrowRight, egui::Key::ArrowRight] {
            for step in 0..7 {
                window.key(egui::Modifiers::NONE, arrow);
                window.settle();
                let painted = Painted::of(&window);
                assert!(painted.lines.iter().any(|line| line.text.starts_with("东经")), "the coordinate is shown");
                named += usize::from(painted.lines.iter().any(|line| line.text.ends_with('区')));
                found.extend(faults(&window).into_iter().map(|fault| format!("{at:?} {arrow:?} {step}: {fault}")));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(named > 40, "names are shown in {named} of 56 places");
}

#[test]
fn nothing_that_asks_overlaps_or_is_cut_on_the_least_laptop() {
    let mut found = Vec::new();
    let least = Layout::new(LAPTOP.x, 648.0, 1.5);
    super::asked::asked_for(&mut |window: &mut Window, name: &str| {
        least.take(window);
        found.extend(faults(window).into_iter().map(|fault| format!("{name} {}: {fault}", least.name())));
        Layout::new(LAPTOP.x, LAPTOP.y, 1.0).take(window);
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_rail_the_bar_and_the_years_sums_stay_in_sight_at_every_zoom() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    for zoom in [1.0, 1.3, 1.5, 2.0] {
        Layout::new(LAPTOP.x, LAPTOP.y, zoom).take(&mut window);
        let whole = window.harness.ctx.content_rect();
        let controls = ["总览", "审计", "深色", "文件", "帮助", "保密遮盖", "查找与命令"];
        // at twice the size the rail scrolls
        for name in controls.iter().filter(|name| zoom < 2.0 || !["总览", "审计"].contains(*name)) {
            let seen = window.harness.query_all_by_label(name).any(|node| whole.contains_rect(node.rect()));
            assert!(seen, "{name} at {zoom}: outside {whole}");
        }
        let month = window.harness.get_by_role_and_label(Role::ComboBox, "月份").rect();
        let veil = window.harness.get_by_label("保密遮盖").rect();
        assert!(whole.contains_rect(month) && !month.intersects(veil), "{zoom}: {month} {veil}");
        window.app_mut().go(ScreenId::Plan);
        quiet(&mut window);
        let year = Painted::of(&window).lines.into_iter().find(|line| line.text == plan::YEAR);
        // at twice the size the matrix stands further down the page
        assert!(year.is_some() || zoom > 1.9, "{zoom}: {:?}", window.shown());
        if let Some(year) = year {
            assert!(whole.contains_rect(year.ink) && year.clip.contains_rect(year.ink), "{zoom}: {:?}", year.ink);
        }
        assert_eq!(faults(&window), Vec::<String>::new(), "{zoom}");
        window.app_mut().go(ScreenId::Overview);
    }
}

#[test]
fn a_fault_under_a_field_moves_no_other_field() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    draw_month(&mut window);
    window.settle();
    press(&mut window, "执行与公开");
    choose_month(&mut window, "2027-01");
    press(&mut window, "待录入 ");
    let books = window.app().session.project().unwrap().books.value().unwrap().clone();
    let check = books.draws[0].checks[0].clone();
    window.click(&format!("{} {}", check.name, check.plan_code));
    let fields = ["检查日期", "办结日期", "处理情况", "执法人员"];
    let places =
        |window: &Window| fields.map(|name| window.harness.get_by_role_and_label(Role::TextInput, name).rect());
    let before = places(&window);
    window.harness.get_by_role_and_label(Role::TextInput, "检查日期").focus();
    window.harness.run_steps(2);
    window.key(egui::Modifiers::COMMAND, egui::Key::A);
    window.text("三月五日");
    window.until("the fault", |w| w.shows("日期"));
    assert_eq!(places(&window), before);
}
