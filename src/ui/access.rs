//! What every control has alike for those who work by keys or by ear: a ring where the keyboard is, unlike anything that
//! the pointer does; what the keyboard goes to comes into sight; a name for the window itself, and Chinese ones for
//! egui's own handles.

use egui::accesskit::{Action, ActionRequest, NodeId, TreeId};
use egui::{Context, Event, FullOutput, Id, RawInput, Stroke, StrokeKind, Ui};

use super::text::common as t;
use super::text::shell as s;
use super::theme;

/// A ring is drawn around what is at most so high: a table or a map marks its own cursor.
const HIGHEST: f32 = 64.0;
/// Or so narrow: the handle of a panel.
const NARROWEST: f32 = 24.0;
/// What egui calls its own handles and buttons, by the beginning of the name, and what they are called here.
const OF_EGUI: [(&str, &str); 5] = [
    ("Resize panel", s::RESIZE),
    ("Resize window", s::RESIZE_WINDOW),
    ("Close window", t::CLOSE),
    ("Hide", s::FOLD_WINDOW),
    ("Show", s::UNFOLD_WINDOW),
];
/// How far the ring lies outside, and how broad it is.
const RING: [f32; 2] = [2.5, 2.0];

/// The window's share in accessibility. Registered as a plugin of its context.
#[derive(Default)]
pub struct Access {
    title: String,
    /// Where the keyboard was in the last pass.
    was: Option<Id>,
    /// What is cut off, or out of sight, and scrolls into it in the next pass.
    scroll_to: Option<Id>,
}

impl Access {
    /// The window's name from now on.
    pub fn set_title(&mut self, title: &str) {
        if self.title != title {
            title.clone_into(&mut self.title);
        }
    }
}

impl Access {
    /// Notes what has to be scrolled to: the keyboard went to it, and not all of it is seen. A click is where it is seen.
    fn follow(&mut self, ctx: &Context) {
        let now = ctx.memory(egui::Memory::focused);
        if self.was == now {
            return;
        }
        self.was = now;
        let by_pointer = ctx.input(|i| i.pointer.any_down() || i.pointer.any_released());
        let place = |id| ctx.viewport(|viewport| viewport.this_pass.widgets.get(id).copied());
        let Some(widget) = now.filter(|_| !by_pointer).and_then(place) else { return };
        let cut = !widget.interact_rect.expand(1.0).contains_rect(widget.rect);
        // what is larger than its room is never seen whole
        if cut && (widget.rect.height() <= HIGHEST || !widget.interact_rect.is_positive()) {
            self.scroll_to = now;
            ctx.request_repaint();
        }
    }
}

impl egui::Plugin for Access {
    fn debug_name(&self) -> &'static str {
        "access"
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx();
        self.follow(ctx);
        // a field that is typed in has its own frame and cursor
        let focused = ctx.memory(egui::Memory::focused).filter(|_| !ctx.text_edit_focused());
        // Its place alone is read: `read_response` would settle the pass's clicks anew, and a table whose row was clicked
        // would lose the focus again to which the row has just given it.
        let place = |id| ctx.viewport(|viewport| viewport.this_pass.widgets.get(id).copied());
        let Some(widget) = focused.and_then(place) else { return };
        let rect = widget.interact_rect;
        if rect.is_positive() && (rect.height() <= HIGHEST || rect.width() <= NARROWEST) {
            let palette = theme::palette(&ctx.global_style().visuals);
            let painter = ctx.layer_painter(widget.layer_id);
            let stroke = Stroke::new(RING[1], palette.accent);
            painter.rect_stroke(rect.expand(RING[0]), theme::RADIUS + 2, stroke, StrokeKind::Middle);
        }
    }

    fn input_hook(&mut self, _: &Context, input: &mut RawInput) {
        if let Some(id) = self.scroll_to.take() {
            input.events.push(Event::AccessKitActionRequest(ActionRequest {
                action: Action::ScrollIntoView,
                target_node: id.accesskit_id(),
                target_tree: TreeId::ROOT,
                data: None,
            }));
        }
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        let Some(update) = &mut output.platform_output.accesskit_update else { return };
        let root = egui::accesskit_root_id().accesskit_id();
        // the title of a window within the window, as egui calls what is clicked there
        let titles: Vec<NodeId> = ctx
            .memory(|memory| memory.layer_ids().map(|layer| layer.id.with("__title_click").accesskit_id()).collect());
        for (id, node) in &mut update.nodes {
            if *id == root {
                node.set_label(self.title.as_str());
                continue;
            }
            if titles.contains(id) && node.label().is_none() {
                node.set_label(s::WINDOW_TITLE);
            }
            let named = |label: &str| OF_EGUI.iter().find(|(begin, _)| label.starts_with(begin)).map(|(_, name)| *name);
            if let Some(name) = node.label().and_then(named) {
                node.set_label(name);
            }
        }
    }
}
