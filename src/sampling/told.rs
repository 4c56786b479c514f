//! What an inspector's task sheet says of a draw whose opening has not been published: the office's word, bound.
//!
//! The opening gives everybody's ticket, so it stays in the office until the drawn units were checked. The unit that is
//! visited is told that it was drawn all the same: its ticket, its key and the threshold, and the value that the chain
//! of the draw began with. Nothing of it can be checked against the public number on that day but that key and ticket
//! agree; once the certificate is out, every field is held against it ([`check_told_with`]), so that a wrong word is
//! found by anybody who kept the sheet.

use serde::{Deserialize, Serialize};

use super::draw::DrawOrder;
use super::fault::{CheckReport, Fault};
use super::frame::SamplingFrame;
use super::hash::{hash_from_hex, to_hex};
use super::opening::Opening;
use super::proof::{ProofOutcome, UnitProof};
use super::reading::AnyCertificate;
use super::seal::Seal;
use super::ticket::{TicketMaker, compute_key, key_from_hex, key_to_hex};
use crate::domain::PPB;

/// The step of a proof that says what the office told.
const NAME: &str = "机关告知";

/// How a unit came onto the month's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entered {
    /// Among those selected.
    Drawn,
    /// A reserve that came in for a unit that dropped out.
    Replacement,
}

/// What the office tells a unit on its list before the opening is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldDraw {
    /// How it came onto the list.
    pub entered: Entered,
    /// The first value of the chain over opening, drawn units and changes, 64 hexadecimal digits: a hash, which shows
    /// nothing of the opening and fixes it.
    pub head: String,
    /// The unit's key, 16 hexadecimal digits.
    pub key: String,
    /// Its stratum's threshold; empty without reserves.
    pub threshold: String,
    /// The unit's ticket.
    pub ticket: u64,
}

impl ToldDraw {
    /// What it says of its unit.
    #[must_use]
    pub fn outcome(&self) -> ProofOutcome {
        match self.entered {
            Entered::Drawn => ProofOutcome::ToldSelected,
            Entered::Replacement => ProofOutcome::ToldReplacement,
        }
    }
}

/// What a unit on the list is told; `None` for one that could not be drawn or where the seal is of format 1, which has
/// no chain. `head` is the first value of the draw's chain
/// (`ClosedCertificate::heads`).
#[must_use]
pub fn compute_told(
    frame: &SamplingFrame,
    seal: &Seal,
    opening: &Opening,
    order: &DrawOrder,
    unit_id: &str,
    head: &str,
) -> Option<ToldDraw> {
    let row = frame.to_row(frame.position(unit_id)?)?;
    if seal.is_format_1() || row.pi_ppb == 0 {
        return None;
    }
    let ticket = TicketMaker::new(&opening.seed(seal)?).ticket(unit_id);
    let key = compute_key(ticket, row.rank_ppb);
    let stratum = order.strata.iter().find(|s| s.id == row.stratum.as_str())?;
    let threshold = stratum.threshold();
    let selected = key_from_hex(&threshold).is_none_or(|limit| key < limit);
    Some(ToldDraw {
        entered: if selected { Entered::Drawn } else { Entered::Replacement },
        head: head.to_owned(),
        key: key_to_hex(key),
        threshold,
        ticket,
    })
}

/// Checks what can be checked without the opening, and says that the rest is the office's word.
pub(super) fn check_told(report: &mut CheckReport, proof: &UnitProof, told: &ToldDraw) {
    let unit = proof.row.unit_id.as_str();
    let wrong = |why: &str, what: &str| {
        vec![Fault::new("VER-079", format!("机关告知 {unit} 的结果不成立：{why}"), format!("{unit}: {what}"))]
    };
    let sealed = proof.seal.strata.iter().find(|s| s.id == proof.row.stratum.as_str());
    let has_reserves = sealed.is_some_and(|s| s.size > s.draw);
    let (key, limit) = (key_from_hex(&told.key), key_from_hex(&told.threshold));
    let faults = if proof.row.pi_ppb == 0 || proof.row.rank_ppb == 0 || proof.row.rank_ppb > PPB {
        wrong("不参加抽取，不会列入检查名单", "told of an excluded unit")
    } else if told.key != key_to_hex(compute_key(told.ticket, proof.row.rank_ppb)) {
        wrong("票号与排序值不相符", "ticket or key")
    } else if limit.is_some() != has_reserves || (limit.is_none() && !told.threshold.is_empty()) {
        wrong("界限值的有无与封签的规模、抽取数不符，或写法不对", "threshold")
    } else if (told.entered == Entered::Drawn) != limit.is_none_or(|limit| key.is_some_and(|key| key < limit)) {
        wrong("排序值与界限值相比，不是所告知的结果", "key and threshold")
    } else if hash_from_hex(&told.head).is_none_or(|head| to_hex(&head) != told.head) {
        wrong("变更摘要写法不对", "head")
    } else {
        let words = told.outcome().label();
        report.skip(NAME, format!("{words}，票号 {}；公布证书后与证书核对，不能更改", told.ticket));
        return;
    };
    report.step(NAME, "", faults);
}

/// Holds what was told against the published certificate of the draw: nothing in it is the office's word any more.
pub(super) fn told_faults(proof: &UnitProof, told: &ToldDraw, certificate: &AnyCertificate) -> Option<String> {
    let unit = proof.row.unit_id.as_str();
    let AnyCertificate::Second(closed) = certificate else {
        return Some("证书是第 1 版格式的，与证明不相配".to_owned());
    };
    let Some(seed) = closed.opening.seed(&closed.seal) else {
        return Some("证书中开封文件的秘密写法不对".to_owned());
    };
    let ticket = TicketMaker::new(&seed).ticket(unit);
    let leaf = to_hex(&proof.row.view().leaf());
    let stratum = closed.strata.iter().find(|s| s.id == proof.row.stratum.as_str());
    if ticket != told.ticket {
        Some(format!("{unit} 的票号与由证书的开封文件算出的不一致"))
    } else if stratum.is_none_or(|s| s.threshold != told.threshold) {
        Some("证明中的界限值与证书不同".to_owned())
    } else if closed.heads().first().map(|head| to_hex(head)).as_deref() != Some(told.head.as_str()) {
        Some("告知时的变更摘要不是证书的第一个：开封或抽取结果后来改动过".to_owned())
    } else {
        let selected = stratum.is_some_and(|s| s.selected.iter().any(|shown| shown.leaf() == leaf));
        let came = closed.changes.iter().any(|change| change.by == leaf);
        match told.entered {
            Entered::Drawn if !selected => Some(format!("{unit} 在证明中抽中，证书未列出")),
            Entered::Replacement if selected || !came => Some(format!("{unit} 在证明中为替换列入，证书未列")),
            _ => None,
        }
    }
}
