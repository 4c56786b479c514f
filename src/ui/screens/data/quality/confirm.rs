//! The dialog in which findings are confirmed, with the reason and, of a name, which unit it means.

use egui::Ui;
use polars::prelude::DataFrame;

use crate::registry::confirmed::Standing;
use crate::registry::report::BETWEEN_CANDIDATES;
use crate::registry::schema::quality;
use crate::registry::{FindingKey, FindingKind};
use crate::ui::proof::ProofForm;
use crate::ui::text::data as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets;
use crate::workspace::deeds::confirm::Confirmation;

/// Units named before the others are counted.
const NAMED: usize = 6;

/// Findings about to be confirmed.
pub(super) struct ConfirmDialog {
    what: String,
    keys: Vec<FindingKey>,
    /// Units of the register that the name may mean; empty where that is not asked.
    candidates: Vec<String>,
    same_as: Option<String>,
    reason: String,
    /// Of findings that decide which unit a record counts for.
    proof: Option<ProofForm>,
}

impl ConfirmDialog {
    /// Findings of a kind; `rows` are theirs in the report of the kind.
    pub(super) fn new(kind: &FindingKind, keys: Vec<FindingKey>, whole: &DataFrame, rows: &[u64]) -> Self {
        let mut candidates: Vec<String> = Vec::new();
        // one name at a time can mean a unit
        let one = keys.windows(2).all(|pair| pair[0].value == pair[1].value);
        if kind.standing() == Some(Standing::SameUnit) && one {
            let named = quality::CANDIDATES.of(whole).ok();
            let cell = rows.first().and_then(|row| named.and_then(|cells| cells.get(*row as usize)));
            candidates =
                cell.map(|cell| cell.split(BETWEEN_CANDIDATES).map(str::to_owned).collect()).unwrap_or_default();
        }
        let proof = (kind.standing() == Some(Standing::SameUnit)).then(ProofForm::default);
        Self { what: kind.what.clone(), keys, candidates, same_as: None, reason: String::new(), proof }
    }

    /// Evidence and second person, where they are asked for.
    pub(super) fn proof_mut(&mut self) -> Option<&mut ProofForm> {
        self.proof.as_mut()
    }

    /// Draws it; `None` while it is open, `Some(None)` where it was given up.
    #[allow(clippy::option_option, reason = "still open, given up, or done")]
    pub(super) fn show(&mut self, ui: &Ui) -> Option<Option<Confirmation>> {
        let proved = self.proof.as_ref().is_none_or(ProofForm::is_given);
        let ready = proved && !self.reason.trim().is_empty();
        let answer = widgets::dialog(ui.ctx(), "confirm-findings", t::CONFIRM_TITLE, t::CONFIRM_YES, ready, |ui| {
            ui.add(egui::Label::new(theme::strong(&self.what)).wrap());
            for key in self.keys.iter().take(NAMED) {
                let words = t::about(&key.about, &key.value);
                ui.add(egui::Label::new(theme::note(ui, words)).truncate());
            }
            if self.keys.len() > NAMED {
                ui.label(theme::note(ui, t::others(self.keys.len() - NAMED)));
            }
            ui.add_space(HALF);
            if !self.candidates.is_empty() {
                ui.radio_value(&mut self.same_as, None, t::NO_SUCH_UNIT);
                for name in &self.candidates {
                    ui.radio_value(&mut self.same_as, Some(name.clone()), t::same_as(name));
                }
                ui.add_space(HALF);
            }
            ui.add(egui::Label::new(t::CONFIRM_MEANS).wrap());
            ui.add_space(HALF);
            widgets::field(ui, t::CONFIRM_WHY, 400.0, &mut self.reason, t::CONFIRM_WHY_HINT);
            if let Some(proof) = &mut self.proof {
                proof.show(ui, 320.0);
            }
        });
        if !answer? {
            return Some(None);
        }
        let reason = self.proof.clone().unwrap_or_default().ground(self.reason.trim());
        Some(Some(Confirmation { keys: std::mem::take(&mut self.keys), same_as: self.same_as.take(), reason }))
    }
}
