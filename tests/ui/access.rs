//! Who works by keys: Tab goes through every screen, tab and dialog, and wherever it stands there is a Chinese name and
//! something to be seen.

use std::collections::{BTreeMap, BTreeSet};

use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, Shape};
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::theme;

use super::support::{Begin, LAPTOP, Window};
use super::work::{name_operator, rich_month};

/// Tab presses on a page at most.
const MOST: usize = 160;

struct Stop {
    id: String,
    name: String,
    role: Role,
    rect: Rect,
}

fn focused(window: &Window) -> Option<Stop> {
    let root = window.harness.root();
    let node = root.children_recursive().find(|node| node.accesskit_node().is_focused())?;
    let at = node.accesskit_node();
    at.bounding_box()?;
    let id = format!("{:?}", at.id());
    Some(Stop { id, name: at.label().unwrap_or_default(), role: at.role(), rect: node.rect() })
}

/// Frames in the colour of the focus around this rectangle.
fn rings(window: &Window, rect: Rect) -> usize {
    fn take(shape: &Shape, wanted: &dyn Fn(&egui::epaint::RectShape) -> bool, found: &mut usize) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| take(shape, wanted, found)),
            Shape::Rect(shape) => *found += usize::from(wanted(shape)),
            _ => {}
        }
    }
    let accent = theme::palette(&window.harness.ctx.global_style().visuals).accent;
    let near = |a: f32, b: f32| (a - b).abs() < 8.0;
    let wanted = |shape: &egui::epaint::RectShape| {
        let [a, b] = [shape.rect, rect];
        let around = near(a.left(), b.left()) && near(a.right(), b.right()) && near(a.top(), b.top());
        around && near(a.bottom(), b.bottom()) && shape.stroke.width >= 1.0 && shape.stroke.color == accent
    };
    let mut found = 0;
    for clipped in &window.harness.output().shapes {
        // what is cut away altogether can't be seen
        if clipped.clip_rect.intersects(rect) {
            take(&clipped.shape, &wanted, &mut found);
        }
    }
    found
}

fn is_chinese(name: &str) -> bool {
    name.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) || name.bytes().any(|b| b.is_ascii_digit())
}

/// Tabs once around; faults by what they are at.
pub fn go_round(window: &mut Window, place: &str, faults: &mut BTreeMap<String, String>) -> usize {
    let (mut stops, mut seen) = (0, BTreeSet::new());
    for _ in 0..MOST {
        window.harness.key_press(Key::Tab);
        window.harness.run_steps(4);
        let Some(Stop { id, name, role, rect }) = focused(window) else { continue };
        stops += 1;
        if !seen.insert(id) {
            break;
        }
        let mut fault = |what: &str| {
            faults.entry(format!("{what}: {role:?} 「{name}」")).or_insert_with(|| format!("{place} {rect:?}"));
        };
        if name.trim().is_empty() {
            fault("no name");
        } else if !is_chinese(&name) {
            fault("no Chinese name");
        }
        let visible = window.harness.ctx.content_rect().intersects(rect);
        if !visible {
            fault("out of sight");
        } else if rings(window, rect) == 0 {
            // what marks a place of its own within itself: the look changes with the focus
            let with = window.meshes();
            let ctx = window.harness.ctx.clone();
            let id = ctx.memory(egui::Memory::focused).unwrap();
            ctx.memory_mut(|memory| memory.surrender_focus(id));
            window.harness.step();
            if with == window.meshes() {
                fault("no mark");
            }
            ctx.memory_mut(|memory| memory.request_focus(id));
            window.harness.step();
        }
    }
    stops
}

/// Opens what a control of this name opens, if there is one.
fn open(window: &mut Window, name: &str) -> bool {
    let Some(label) = window.shown().into_iter().find(|shown| shown.starts_with(name)) else { return false };
    let Some(node) = window.harness.get_all_by_label(&label).find(|node| node.accesskit_node().role() != Role::Label)
    else {
        return false;
    };
    if node.accesskit_node().is_disabled() {
        return false;
    }
    node.click();
    window.harness.run_steps(4);
    window.settle();
    window.harness.run_steps(3);
    true
}

/// Tabs and dialogs of each screen: the names to click on, one after the other.
fn parts(screen: ScreenId) -> &'static [&'static [&'static str]] {
    match screen {
        ScreenId::Overview => &[&["按季度"]],
        ScreenId::Data => &[&["质量"], &["搁置"], &["粘贴查找…"], &["透视…"], &["显示的列"]],
        ScreenId::Map => &[&["保存图片"]],
        ScreenId::Risk => &[&["展开：行政处罚"], &["套用预置"]],
        ScreenId::Plan => &[&["缺口与办法"], &["频次"], &["工作日历"], &["数值与确认"], &["批准、备案与公布…"]],
        ScreenId::Draw => &[&["1，", "替换"], &["更换执法人员"], &["新增触发式检查"]],
        ScreenId::Results => &[&["待录入 "], &["公开期限 "], &["公开清单"], &["指标与分主体"]],
        ScreenId::Effect => &[
            &["年度对照"],
            &["随机的代价"],
            &["名录失效率"],
            &["企业行为分析 "],
            &["检查表覆盖"],
            &["检查项答复"],
            &["执法人员影响"],
            &["覆盖范围"],
        ],
        ScreenId::Briefing => &[&["新增自拟页"], &["保存为"], &["文档模板…"]],
        ScreenId::Audit => &[&["封签登记簿"], &["核验证书"], &["人工干预"]],
    }
}

#[test]
fn every_place_of_the_keyboard_is_seen_and_has_a_chinese_name() {
    let mut faults = BTreeMap::new();
    let (mut stops, mut opened) = (0, 0);
    for dark in [false, true] {
        let mut window = Window::new(LAPTOP, dark, Begin::City);
        window.settle();
        name_operator(&mut window, "王晓明");
        if !dark {
            rich_month(&mut window, &mut |_, _| {});
        }
        window.until("no message", |w| w.app().session.toasts().is_empty());
        // the other theme paints its marks by the same hand: one screen with the rail and the bars tells
        for screen in if dark { vec![ScreenId::Overview] } else { ScreenId::ALL.to_vec() } {
            window.app_mut().go(screen);
            window.settle();
            window.harness.run_steps(6);
            stops += go_round(&mut window, screen.label(), &mut faults);
            for part in parts(screen) {
                if part.iter().all(|name| open(&mut window, name)) {
                    opened += 1;
                    let place = format!("{} {}", screen.label(), part.join(" "));
                    stops += go_round(&mut window, &place, &mut faults);
                }
                window.key(Modifiers::NONE, Key::Escape);
            }
        }
        for (modifiers, key) in [(Modifiers::NONE, Key::F1), (Modifiers::COMMAND, Key::K)] {
            window.key(modifiers, key);
            stops += go_round(&mut window, &format!("{key:?}"), &mut faults);
            window.key(Modifiers::NONE, Key::Escape);
        }
    }
    let lines: Vec<String> = faults.iter().map(|(fault, place)| format!("{place}: {fault}")).collect();
    assert!(lines.is_empty(), "{} faults\n{}", lines.len(), lines.join("\n"));
    assert!(stops > 700 && opened > 20, "{stops} stops, {opened} parts");
}
