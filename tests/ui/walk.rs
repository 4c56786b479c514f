//! A walk over everything that can be opened: every screen, tab, menu, dialog, hover card, as far as a click leads.
//!
//! What is done for good, and what leaves the project, is left out; of rows and cells that are alike some are tried.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, Shape};
use egui_kittest::kittest::NodeT;
use fairdraw::domain::PlanMonth;
use fairdraw::ui::screens::ScreenId;
use fairdraw::workspace::session::ViewCommand;

use super::support::Window;

/// Beginnings of names that are not clicked: they leave the project, do something for good, or turn the walk itself.
const LEFT_OUT: [&str; 25] = [
    "退出",
    "打开演示城市",
    "打开项目",
    "最近的项目",
    "点此导入",
    "导入",
    "更新名录",
    "确认",
    "确定",
    "仍要写入",
    "采取",
    "删除",
    "返回这一份",
    "登记",
    "录入",
    "清空",
    "保密遮盖",
    "取消遮盖",
    "全屏抽取",
    "深色",
    "浅色",
    "放大",
    "缩小",
    "实际大小",
    "保存",
];
/// Of controls that are alike (rows, cells, entries of one size) so many are clicked on a screen.
const ALIKE: [usize; 2] = [3, 40];
/// How many clicks deep: a menu, what it opens, and a tab or menu in that.
const DEEPEST: usize = 4;

/// A text that was painted.
pub struct Painted {
    /// All of it, even where it is cut off.
    pub text: String,
    /// Its parts with their sizes in points.
    pub parts: Vec<(String, f32)>,
}

/// Everything painted as text in the last frame.
pub fn painted_parts(window: &Window) -> Vec<Painted> {
    fn take(shape: &Shape, texts: &mut Vec<Painted>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| take(shape, texts)),
            Shape::Text(shape) => {
                let job = &shape.galley.job;
                let part = |section: &egui::text::LayoutSection| {
                    let range = section.byte_range.start.0..section.byte_range.end.0;
                    (job.text.get(range).unwrap_or_default().to_owned(), section.format.font_id.size)
                };
                let parts = job.sections.iter().map(part).collect();
                texts.push(Painted { text: shape.galley.text().to_owned(), parts });
            }
            _ => {}
        }
    }
    let mut texts = Vec::new();
    for clipped in &window.harness.output().shapes {
        take(&clipped.shape, &mut texts);
    }
    texts
}

/// The texts alone.
pub fn painted(window: &Window) -> Vec<String> {
    painted_parts(window).into_iter().map(|painted| painted.text).collect()
}

/// Something that can be clicked.
#[derive(Debug, Clone, PartialEq)]
struct Control {
    role: Role,
    name: String,
    rect: Rect,
}

impl Control {
    fn key(&self) -> String {
        format!("{:?} {}", self.role, self.name)
    }
}

fn controls(window: &Window) -> Vec<Control> {
    let within = window.harness.ctx.content_rect();
    let clickable = |role: Role| {
        matches!(
            role,
            Role::Button
                | Role::Tab
                | Role::RadioButton
                | Role::CheckBox
                | Role::ComboBox
                | Role::Link
                | Role::Switch
                | Role::Row
                | Role::Image
                | Role::Canvas
        )
    };
    let mut found: Vec<Control> = Vec::new();
    for node in window.harness.root().children_recursive() {
        let at = node.accesskit_node();
        let role = at.role();
        if !clickable(role) || at.is_disabled() || at.bounding_box().is_none() {
            continue;
        }
        let rect = node.rect();
        if within.contains(rect.center()) && rect.is_positive() {
            found.push(Control { role, name: at.label().or_else(|| at.value()).unwrap_or_default(), rect });
        }
    }
    found
}

/// The walk's state on one screen.
struct Walk<'a> {
    screen: ScreenId,
    /// Names of districts, bodies and months: entries of the filters, which only choose.
    choices: &'a BTreeSet<String>,
    seen: BTreeSet<String>,
    alike: BTreeMap<String, usize>,
    /// Clicks left.
    left: usize,
    /// Filters, selection and month as they were.
    reset: &'a dyn Fn(&mut Window),
    look: &'a mut dyn FnMut(&mut Window, &str),
}

impl Walk<'_> {
    fn is_tried(&mut self, control: &Control) -> bool {
        let name = control.name.as_str();
        let rail = ScreenId::ALL.iter().any(|screen| name.starts_with(screen.label()));
        let left_out = LEFT_OUT.iter().any(|begin| name.starts_with(begin));
        if rail || left_out || self.choices.contains(name) || !self.seen.insert(control.key()) {
            return false;
        }
        let row = control.role == Role::Row || name.contains('，') || name.bytes().any(|b| b.is_ascii_digit());
        let size = (control.rect.width().round(), control.rect.height().round());
        let many = self.alike.entry(format!("{:?} {size:?} {row}", control.role)).or_default();
        *many += 1;
        *many <= ALIKE[usize::from(!row)]
    }

    fn find(window: &Window, wanted: &Control) -> Option<Control> {
        let all = controls(window);
        let same = |c: &&Control| c.role == wanted.role && c.name == wanted.name;
        all.iter().rev().find(|c| same(c) && c.rect == wanted.rect).or_else(|| all.iter().rev().find(same)).cloned()
    }

    fn click(window: &mut Window, control: &Control) {
        let button = match control.role {
            // what stands in a menu of its own
            Role::Row | Role::Image => egui::PointerButton::Secondary,
            _ => egui::PointerButton::Primary,
        };
        let pos = control.rect.center();
        for pressed in [true, false] {
            window.harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
        }
        window.harness.run_steps(3);
        if window.app().session.is_busy() {
            window.settle();
            window.harness.run_steps(2);
        }
    }

    /// Back to the screen with nothing over it, then along the way.
    fn reach(&self, window: &mut Window, way: &[Control]) -> bool {
        for _ in 0..3 {
            window.key(Modifiers::NONE, Key::Escape);
        }
        if window.app().screen != self.screen {
            window.app_mut().go(self.screen);
        }
        (self.reset)(window);
        window.settle();
        way.iter().all(|step| {
            let found = Self::find(window, step);
            if let Some(found) = &found {
                Self::click(window, found);
            }
            found.is_some()
        })
    }

    fn visit(&mut self, window: &mut Window, way: &[Control]) {
        let fresh: Vec<Control> = controls(window).into_iter().filter(|control| self.is_tried(control)).collect();
        for wanted in fresh {
            if self.left == 0 {
                return;
            }
            let mut now = Self::find(window, &wanted);
            if now.is_none() && self.reach(window, way) {
                now = Self::find(window, &wanted);
            }
            let Some(control) = now else { continue };
            self.left -= 1;
            let names: Vec<&str> = way.iter().chain([&wanted]).map(|step| step.name.as_str()).collect();
            let place = format!("{} › {}", self.screen.label(), names.join(" › "));
            window.harness.hover_at(control.rect.center());
            window.harness.run_steps(3);
            (self.look)(window, &format!("{place}（指着）"));
            Self::click(window, &control);
            (self.look)(window, &place);
            if way.len() + 1 < DEEPEST && window.app().screen == self.screen {
                let mut further = way.to_vec();
                further.push(wanted.clone());
                self.visit(window, &further);
            }
        }
    }
}

/// Walks over these screens and looks everywhere; gives back how many places it looked at.
pub fn walk(
    window: &mut Window,
    screens: &[ScreenId],
    most: usize,
    reset: &dyn Fn(&mut Window),
    look: &mut dyn FnMut(&mut Window, &str),
) -> usize {
    let mut places = 0;
    let choices: BTreeSet<String> = {
        let open = window.app().session.project().unwrap();
        let bodies = open.project.policy.bodies.iter().map(|body| body.name.clone());
        let districts = open.data.districts.districts().iter().map(|district| district.name.clone());
        bodies.chain(districts).chain(open.saved.months().into_iter().map(|month| month.to_string())).collect()
    };
    // the bars around the screens are walked over once
    let mut seen = BTreeSet::new();
    for screen in screens {
        window.app_mut().go(*screen);
        window.rest();
        let mut counted = |window: &mut Window, place: &str| {
            places += 1;
            look(window, place);
        };
        counted(window, screen.label());
        let mut walk = Walk {
            screen: *screen,
            choices: &choices,
            seen: std::mem::take(&mut seen),
            alike: BTreeMap::new(),
            left: most,
            reset,
            look: &mut counted,
        };
        walk.visit(window, &[]);
        let all = walk.seen;
        for _ in 0..3 {
            window.key(Modifiers::NONE, Key::Escape);
        }
        reset(window);
        window.settle();
        seen = all.into_iter().filter(|key| TOP.iter().any(|name| key.contains(name))).collect();
    }
    places
}

/// Parts of names in the bars around every screen.
const TOP: [&str; 12] =
    ["文件", "编辑", "查看", "帮助", "查找与命令", "操作人", "提示与问题", "全市", "全部执法主体", "Ctrl", "F1", "Alt"];

/// No filter, this month, this unit chosen.
pub fn reset_to(month: PlanMonth, unit: Option<u32>) -> impl Fn(&mut Window) {
    move |window| {
        for command in [
            ViewCommand::SetDistrict(None),
            ViewCommand::SetBody(None),
            ViewCommand::SetMonth(month),
            ViewCommand::SelectRows(Arc::default()),
            ViewCommand::SelectUnit(unit),
        ] {
            window.app_mut().session.apply(command);
        }
        window.harness.run_steps(2);
    }
}
