//! 保密遮盖: while it is on, nothing that leaves the window names a unit.
//!
//! Duty: the last gate before the screen, the screen reader and the clipboard. Whatever a screen paints or says, here
//! its texts are searched for the names, numbers, codes and addresses of all units of the register, and for the
//! inspectors of the roster, and these are replaced. All units, not only the month's: a name that alone were missing
//! from a table would give the drawn away. So no screen has to know of it; only what is shown without words (rings on
//! the map) is left out by its screen, and what leaves the window as a picture (a chart) is asked here before it is
//! drawn: a name that is broken into lines or burnt into pixels can't be found again.
//!
//! Invariants: a text is painted, or handed to assistive technology, only after it was searched; a layer that can't be
//! reached while its texts can still be laid out anew loses the text instead.

mod secrets;

use std::collections::HashMap;
use std::sync::Arc;

use egui::accesskit::{Node, NodeId, Role};
use egui::output::OutputEvent;
use egui::{Context, FullOutput, LayerId, OutputCommand, Shape, Ui, ViewportCommand, WidgetInfo};

use crate::chart::Chart;

pub use secrets::Secrets;

/// Texts remembered at most.
const MOST_KNOWN: usize = 50_000;
/// What a hidden character of a screen reader's run of text is.
const COVER: char = '＊';

/// The gate. Registered as a plugin of the window's context.
#[derive(Default)]
pub struct Veil {
    secrets: Option<Arc<Secrets>>,
    /// Texts looked at, with what is shown instead.
    known: HashMap<String, Option<Arc<str>>>,
}

impl Veil {
    /// Hides these from now on; nothing where there are none.
    pub fn set(&mut self, secrets: Option<&Arc<Secrets>>) {
        let same = match (&self.secrets, secrets) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (None, None) => true,
            _ => false,
        };
        if !same {
            self.secrets = secrets.cloned();
            self.known.clear();
        }
    }

    /// What is shown instead of a text; `None` where it may be shown as it is.
    fn hide(&mut self, text: &str) -> Option<Arc<str>> {
        let secrets = self.secrets.as_ref()?;
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let hidden: Option<Arc<str>> = secrets.hide(text).map(Into::into);
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        self.known.insert(text.to_owned(), hidden.clone());
        hidden
    }

    /// A chart with what names a unit hidden; `None` where it may be shown as it is.
    #[must_use]
    pub fn hide_chart(&self, chart: &Chart) -> Option<Chart> {
        self.secrets.as_ref()?.hide_chart(chart)
    }

    /// Hides in a text what names a unit: for what is burnt into pixels.
    pub fn hide_string(&mut self, text: &mut String) {
        if let Some(hidden) = self.hide(text) {
            *text = hidden.to_string();
        }
    }

    fn hide_info(&mut self, info: &mut WidgetInfo) {
        let texts = [&mut info.label, &mut info.current_text_value, &mut info.prev_text_value, &mut info.hint_text];
        texts.into_iter().flatten().for_each(|text| self.hide_string(text));
    }

    /// Lays texts out anew that name a unit. Without `ctx` they are taken away.
    fn hide_shape(&mut self, shape: &mut Shape, ctx: Option<&Context>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter_mut().for_each(|shape| self.hide_shape(shape, ctx)),
            Shape::Text(text) => {
                let Some(hidden) = self.hide(text.galley.text()) else { return };
                let Some(ctx) = ctx else {
                    *shape = Shape::Noop;
                    return;
                };
                let mut job = (*text.galley.job).clone();
                job.text = hidden.to_string();
                job.sections.truncate(1);
                if let Some(section) = job.sections.first_mut() {
                    section.byte_range.start.0 = 0;
                    section.byte_range.end.0 = job.text.len();
                }
                text.galley = ctx.fonts_mut(|fonts| fonts.layout_job(job));
            }
            _ => {}
        }
    }

    /// Names, values and descriptions of the screen reader's tree, and its runs of text below them.
    fn hide_nodes(&mut self, nodes: &mut [(NodeId, Node)]) {
        let mut runs: HashMap<NodeId, usize> = HashMap::new();
        for (i, (id, node)) in nodes.iter().enumerate() {
            if node.role() == Role::TextRun {
                runs.insert(*id, i);
            }
        }
        let mut covered = Vec::new();
        for (_, node) in nodes.iter_mut() {
            let mut any = false;
            if let Some(hidden) = node.label().and_then(|text| self.hide(text)) {
                node.set_label(&*hidden);
                any = true;
            }
            if let Some(hidden) = node.value().and_then(|text| self.hide(text)) {
                node.set_value(&*hidden);
                any = true;
            }
            if let Some(hidden) = node.description().and_then(|text| self.hide(text)) {
                node.set_description(&*hidden);
                any = true;
            }
            if let Some(hidden) = node.placeholder().and_then(|text| self.hide(text)) {
                node.set_placeholder(&*hidden);
                any = true;
            }
            if any {
                covered.extend(node.children().iter().filter_map(|child| runs.get(child).copied()));
            }
        }
        // a name may be broken over several runs: all of a hidden text's are covered
        for at in covered {
            let Some((_, run)) = nodes.get_mut(at) else { continue };
            let count = run.character_lengths().len();
            run.set_value(COVER.to_string().repeat(count));
            run.set_character_lengths(vec![COVER.len_utf8() as u8; count]);
        }
    }
}

impl egui::Plugin for Veil {
    fn debug_name(&self) -> &'static str {
        "veil"
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        if self.secrets.is_none() {
            return;
        }
        let ctx = ui.ctx().clone();
        let mut layers: Vec<LayerId> = ctx.memory(|memory| memory.layer_ids().collect());
        layers.push(LayerId::background());
        for layer in layers {
            let count = ctx.graphics(|graphics| graphics.get(layer).map_or(0, |list| list.next_idx().0));
            for i in 0..count {
                // taken out while it is worked on: laying out needs the context
                let idx = egui::layers::ShapeIdx(i);
                let mut taken = Shape::Noop;
                ctx.graphics_mut(|graphics| {
                    graphics.entry(layer).mutate_shape(idx, |clipped| std::mem::swap(&mut clipped.shape, &mut taken));
                });
                self.hide_shape(&mut taken, Some(&ctx));
                ctx.graphics_mut(|graphics| {
                    graphics.entry(layer).mutate_shape(idx, |clipped| std::mem::swap(&mut clipped.shape, &mut taken));
                });
            }
        }
    }

    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        if self.secrets.is_none() {
            return;
        }
        for clipped in &mut output.shapes {
            self.hide_shape(&mut clipped.shape, None);
        }
        if let Some(update) = &mut output.platform_output.accesskit_update {
            self.hide_nodes(&mut update.nodes);
        }
        for event in &mut output.platform_output.events {
            let (OutputEvent::Clicked(info)
            | OutputEvent::DoubleClicked(info)
            | OutputEvent::TripleClicked(info)
            | OutputEvent::FocusGained(info)
            | OutputEvent::TextSelectionChanged(info)
            | OutputEvent::ValueChanged(info)) = event;
            self.hide_info(info);
        }
        for command in &mut output.platform_output.commands {
            if let OutputCommand::CopyText(text) | OutputCommand::TextSelectionSettled(text) = command {
                self.hide_string(text);
            }
        }
        for viewport in output.viewport_output.values_mut() {
            for command in &mut viewport.commands {
                if let ViewportCommand::Title(title) = command {
                    self.hide_string(title);
                }
            }
        }
    }
}
