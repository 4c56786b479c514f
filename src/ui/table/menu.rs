//! The menu of a row: what the screen offers, what the program offers for every unit, copying.

use egui::{Align, Popup, PopupKind, SetOpenCommand, Ui};

use super::desk::{Desk, Offer, RowAct, TableAsk, Target};
use super::tools::Tools;
use super::{TableInput, TableOutput, TableState, text as t};

/// An item that a screen adds to a row's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowItem {
    /// What comes back.
    pub id: &'static str,
    /// Its words.
    pub label: String,
    /// Why it can't be had; `None` where it can.
    pub why_not: Option<String>,
}

impl RowItem {
    /// An item that may be had.
    #[must_use]
    pub fn new(id: &'static str, label: impl Into<String>) -> Self {
        Self { id, label: label.into(), why_not: None }
    }

    /// One that may not be had, where there is a reason.
    #[must_use]
    pub fn unless(mut self, why_not: Option<impl Into<String>>) -> Self {
        self.why_not = why_not.map(Into::into);
        self
    }
}

/// The menu that is open.
#[derive(Debug, Clone)]
struct RowMenu {
    row: usize,
    at: egui::Pos2,
    own: Vec<RowItem>,
    target: Option<(Target, Vec<Offer>)>,
    /// It was asked for in this frame.
    fresh: bool,
}

/// What was chosen in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    /// An item of the screen's own.
    Own(usize, &'static str),
    /// The selected rows are to be copied.
    Copy,
    /// The tools that are folded away are to be shown.
    Tools,
}

fn label(act: RowAct) -> &'static str {
    match act {
        RowAct::Card => t::CARD,
        RowAct::Map => t::ON_MAP,
        RowAct::Copy => t::COPY_CODE,
        RowAct::Substitute => t::SUBSTITUTE,
        RowAct::Result => t::RESULT,
        RowAct::Proof => t::PROOF,
    }
}

impl RowMenu {
    /// The menu of a row, as things stand now.
    fn open(ui: &Ui, row: usize, at: egui::Pos2, own: Vec<RowItem>, target: Option<Target>) -> Self {
        let target = target.map(|target| {
            let offers = Desk::offers(ui.ctx(), &target);
            (target, offers)
        });
        Self { row, at, own, target, fresh: true }
    }

    /// Draws it: whether it stays open, and what was chosen.
    fn ui(&mut self, ui: &Ui, id: egui::Id, folded: bool) -> (bool, Option<Chosen>) {
        let mut chosen = None;
        let open = std::mem::take(&mut self.fresh).then_some(SetOpenCommand::Bool(true));
        let popup = Popup::new(id.with("menu"), ui.ctx().clone(), self.at, ui.layer_id())
            .kind(PopupKind::Menu)
            .layout(egui::Layout::top_down_justified(Align::Min))
            .gap(0.0)
            .open_memory(open);
        let shown = popup.show(|ui| {
            ui.set_min_width(160.0);
            let item = |ui: &mut Ui, words: &str, why_not: Option<&str>| {
                let button = ui.add_enabled(why_not.is_none(), egui::Button::new(words));
                let clicked = button.clicked();
                button.on_disabled_hover_text(why_not.unwrap_or_default());
                if clicked {
                    ui.close();
                }
                clicked
            };
            for own in &self.own {
                if item(ui, &own.label, own.why_not.as_deref()) {
                    chosen = Some(Chosen::Own(self.row, own.id));
                }
            }
            if let Some((target, offers)) = self.target.as_ref().filter(|(_, offers)| !offers.is_empty()) {
                if !self.own.is_empty() {
                    ui.separator();
                }
                for offer in offers {
                    if item(ui, label(offer.act), offer.why_not.as_deref()) {
                        Desk::ask(ui.ctx(), TableAsk::Act(offer.act, target.clone()));
                    }
                }
                ui.separator();
            } else if !self.own.is_empty() {
                ui.separator();
            }
            if item(ui, t::COPY_ROWS, None) {
                chosen = Some(Chosen::Copy);
            }
            if folded && item(ui, t::SHOW_TOOLS, None) {
                chosen = Some(Chosen::Tools);
            }
        });
        (shown.is_some(), chosen)
    }
}

/// The menu of a table's rows.
#[derive(Debug, Default)]
pub struct TableMenu(Option<RowMenu>);

impl TableMenu {
    /// Closes it.
    pub(super) fn close(&mut self) {
        self.0 = None;
    }

    /// Opens, draws and answers the menu, and does what a double click asks for. Positions in `out` are those of the
    /// rows of `input`.
    pub fn ui(
        &mut self,
        ui: &Ui,
        table: &mut TableState,
        tools: &mut Tools,
        input: &TableInput<'_>,
        out: &mut TableOutput,
    ) {
        let own = |row: usize| input.items.map(|items| items(row)).unwrap_or_default();
        if let Some((row, at)) = out.menu {
            self.0 = Some(RowMenu::open(ui, row, at, own(row), input.rows.target(row)));
        }
        if let Some(row) = out.activated {
            match own(row).into_iter().next() {
                Some(first) => out.item = first.why_not.is_none().then_some((row, first.id)),
                None => {
                    if let Some(target) = input.rows.target(row) {
                        activate(ui, target, input.first);
                    }
                }
            }
        }
        let Some(menu) = &mut self.0 else { return };
        let (open, chosen) = menu.ui(ui, input.id, input.folded && !tools.unfolded);
        if !open {
            self.0 = None;
        }
        match chosen {
            Some(Chosen::Own(row, id)) => out.item = Some((row, id)),
            Some(Chosen::Copy) => {
                table.copy = true;
                ui.ctx().request_repaint();
            }
            Some(Chosen::Tools) => tools.find(),
            None => {}
        }
    }
}

/// A double click: one thing of what every unit offers, where it may be had.
fn activate(ui: &Ui, target: Target, act: RowAct) {
    let first = Desk::offers(ui.ctx(), &target).into_iter().find(|offer| offer.act == act);
    if let Some(offer) = first.filter(|offer| offer.why_not.is_none()) {
        Desk::ask(ui.ctx(), TableAsk::Act(offer.act, target));
    }
}
