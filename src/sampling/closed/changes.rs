//! What was done after a draw, as its certificate lists it, and the chain over it.
//!
//! Changes name units by their leaves, so that a unit that nobody has visited yet needs no name and the chain stays the
//! same when it gets one.

use serde::{Deserialize, Serialize};

use super::certificate::is_hash;
use super::intervention::{InterventionEntry, Step, steps};
use crate::sampling::frame::is_reason;
use crate::sampling::hash::{Hash32, sha256, to_hex};
use crate::sampling::json::to_canonical_json;
use crate::sampling::log_head::LogHead;
use crate::sampling::opening::Opening;
use crate::sampling::seal::Seal;
use crate::sampling::time::ShanghaiTime;

/// Why a reserve may be passed over: it is excluded (as a frame says it), its enterprise's cap is used up, it stands on
/// the month's list already, it has left the register.
pub const SKIP_GROUNDS: [&str; 10] =
    ["closed", "moved", "stopped", "positive_list", "no_roster", "set_aside", "merged", "cap", "listed", "absent"];
/// What a substituted unit was found to be.
const CASES: [&str; 4] = ["closed", "moved", "merged", "stopped"];
/// Longest reason, in characters.
const LONGEST_TEXT: usize = 2000;

/// The kinds of changes, by their words in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A reserve took a unit's place.
    Substitute,
    /// Another inspector.
    Replace,
    /// A triggered check.
    Add,
}

/// One change. Every field is there in every kind, those of format 3 in no certificate before it; what a kind doesn't use
/// is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeEntry {
    /// What was done.
    pub kind: ChangeKind,
    /// Leaf of the unit that dropped out, whose inspector changed, or that is added; of an added unit that the sealed
    /// frame doesn't have [`outside_mark`].
    pub unit: String,
    /// Leaf of the reserve that came in.
    pub by: String,
    /// What was found (`closed`, `moved`, `merged`, `stopped`), or where a triggered check comes from.
    pub case: String,
    /// Number of the document that proves it; from format 3 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Head of the log before its line; from format 3 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogHead>,
    /// Certificate number of the inspector who went.
    pub person: String,
    /// Why, in words.
    pub reason: String,
    /// SHA-256 of the evidence's file, 64 hexadecimal digits; empty where none was kept.
    pub evidence: String,
    /// When.
    pub at: String,
    /// Reserves that were passed over before `by`, in order.
    pub skipped: Vec<SkippedUnit>,
}

/// A reserve that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkippedUnit {
    /// Its leaf.
    pub unit: String,
    /// One of [`SKIP_GROUNDS`].
    pub ground: String,
}

impl ChangeEntry {
    /// True for a triggered check.
    #[must_use]
    pub fn is_addition(&self) -> bool {
        self.kind == ChangeKind::Add
    }

    /// What is wrong with the entry's form, in Chinese; whether it follows the rules is [`super::check_closed`]'s to say.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        let person =
            self.person.bytes().all(|b| b.is_ascii_graphic() && !b",;\"'".contains(&b)) && self.person.len() <= 40;
        let used = match self.kind {
            ChangeKind::Substitute => {
                is_hash(&self.by) && CASES.contains(&self.case.as_str()) && self.person.is_empty()
            }
            ChangeKind::Replace => {
                self.by.is_empty() && self.case.is_empty() && !self.person.is_empty() && self.skipped.is_empty()
            }
            ChangeKind::Add => {
                self.by.is_empty() && is_reason(&self.case) && self.person.is_empty() && self.skipped.is_empty()
            }
        };
        let skipped = |one: &SkippedUnit| is_hash(&one.unit) && SKIP_GROUNDS.contains(&one.ground.as_str());
        if !used || !person || !is_hash(&self.unit) || !self.skipped.iter().all(skipped) {
            return Some("字段的写法不对");
        }
        if self.reason.trim().is_empty() || self.reason.chars().count() > LONGEST_TEXT {
            return Some("没有写明原因");
        }
        if !self.evidence.is_empty() && !is_hash(&self.evidence) {
            return Some("证据的散列值写法不对");
        }
        if let Some(document) = &self.document {
            if document.chars().count() > LONGEST_TEXT {
                return Some("文书编号过长");
            }
            // who is taken out of the draw, or away from a unit, is so on evidence
            if !self.is_addition() && self.evidence.is_empty() && document.trim().is_empty() {
                return Some("没有证据文件，也没有文书编号");
            }
        }
        ShanghaiTime::new(self.at.as_str()).is_err().then_some("时间的写法不对")
    }
}

/// What stands for an added unit that the sealed frame doesn't have: H(`fairdraw/2/outside\n` ‖ commitment ‖ unit id).
#[must_use]
pub fn outside_mark(commitment: &Hash32, unit_id: &str) -> String {
    to_hex(&sha256(&[b"fairdraw/2/outside\n", commitment, unit_id.as_bytes()]))
}

#[derive(Serialize)]
struct Drawn<'a> {
    id: &'a str,
    selected: &'a [String],
    threshold: &'a str,
}

/// The chain: H(`fairdraw/2/head\n` ‖ commitment ‖ H(opening) ‖ H(drawn)), `drawn` being each stratum's id, leaves of the
/// selected units and threshold; then H(`fairdraw/2/change\n` ‖ the value before ‖ H(change)) for each change. Files are
/// hashed as canonical JSON. From format 3 on the first is H(`fairdraw/3/head\n` ‖ commitment ‖ H(opening) ‖ H(drawn) ‖ H(log) ‖
/// H(interventions before the opening)), and an intervention in its place among the changes makes H(`fairdraw/3/intervention\n`
/// ‖ the value before ‖ H(intervention)). Given back is what is hashed into each value: a signature of a certificate signs
/// the last.
#[must_use]
pub(super) fn head_texts(
    seal: &Seal,
    opening: &Opening,
    strata: &[(&str, Vec<String>, &str)],
    (changes, log, interventions): (&[ChangeEntry], Option<&LogHead>, &[InterventionEntry]),
) -> Vec<Vec<u8>> {
    let drawn: Vec<Drawn<'_>> =
        strata.iter().map(|(id, selected, threshold)| Drawn { id, selected, threshold }).collect();
    let hash = |json: Vec<u8>| sha256(&[&json]);
    let first: [&[u8]; 3] = [&seal.commitment(), &hash(opening.to_json()), &hash(to_canonical_json(&drawn))];
    let first = match log {
        None => [b"fairdraw/2/head\n", first.concat().as_slice()].concat(),
        Some(log) => {
            let before: Vec<&InterventionEntry> = interventions.iter().filter(|one| one.after == 0).collect();
            let beside: [&[u8]; 2] = [&hash(to_canonical_json(log)), &hash(to_canonical_json(&before))];
            [b"fairdraw/3/head\n", first.concat().as_slice(), beside.concat().as_slice()].concat()
        }
    };
    let mut texts = vec![first];
    for step in steps(changes, interventions) {
        let head = texts.last().map(|bytes| sha256(&[bytes])).unwrap_or_default();
        let next: [&[u8]; 3] = match step {
            Step::Change(change) => [b"fairdraw/2/change\n", &head, &hash(to_canonical_json(change))],
            Step::Intervention(one) => [b"fairdraw/3/intervention\n", &head, &hash(to_canonical_json(one))],
        };
        texts.push(next.concat());
    }
    texts
}
