//! A company's own proof of a month's draw: `proof-UNIT.json`, the same from window and command line.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use chrono::NaiveDate;

use crate::diagnostic::AppResult;
use crate::disclosure::{CheckOrigin, CheckResult, DueCheck};
use crate::domain::UnitId;
use crate::policy::Policy;
use crate::sampling::{
    AnyCertificate, DEMONSTRATION, MerkleTree, SealRegister, UnitProof, compute_proof, compute_told, to_hex,
};
use crate::workspace::deeds::certificate::compute_draw_certificate;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::reports::publication::{Publication, publication};

/// A unit's proof, and whether it says more than the chance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnProof {
    /// The proof.
    pub proof: UnitProof,
    /// True where the certificate may go out and names the unit: the proof holds ticket and outcome.
    pub complete: bool,
}

/// Makes the proofs of a draw's units: what all of them need is computed once.
pub struct ProofMaker<'a> {
    opened: &'a OpenedDraw,
    tree: MerkleTree,
    publication: Publication,
    /// Units that the draw put on the list: a triggered check's unit came onto it by none.
    listed: BTreeSet<&'a UnitId>,
    /// First value of the draw's chain, for those who are told; computed once, when it is first asked for.
    head: OnceLock<String>,
}

impl<'a> ProofMaker<'a> {
    /// For an opened draw as of a day.
    #[must_use]
    pub fn new(opened: &'a OpenedDraw, results: &[CheckResult], policy: &Policy, on: NaiveDate) -> Self {
        let publication = publication(opened, results, policy, on);
        let of_draw = |check: &&DueCheck| matches!(check.origin, CheckOrigin::Drawn | CheckOrigin::Mandatory);
        let listed = opened.checks.iter().filter(of_draw).map(|check| &check.unit_id).collect();
        Self { opened, tree: opened.draw.frame.tree(), publication, listed, head: OnceLock::new() }
    }

    /// The proof on the task sheet of a unit that is visited: before the opening goes out it says that the unit was drawn,
    /// as the office's word which the certificate will bind.
    ///
    /// # Errors
    /// As [`own_proof`]; those of the certificate.
    pub fn proof_of_visited(&self, unit: &UnitId) -> AppResult<OwnProof> {
        let mut own = self.proof(unit)?;
        let draw = &self.opened.draw;
        if let (false, true, Some(opening)) = (own.complete, self.listed.contains(unit), &draw.opening)
            && !draw.seal.is_format_1()
        {
            let head = if let Some(head) = self.head.get() {
                head
            } else {
                let first = self.first_head()?;
                self.head.get_or_init(|| first)
            };
            own.proof.told = compute_told(&draw.frame, &draw.seal, opening, &self.opened.order, unit.as_str(), head);
        }
        Ok(own)
    }

    /// The first value of the draw's chain, 64 hexadecimal digits; a certificate of format 1 has none, and none is asked.
    fn first_head(&self) -> AppResult<String> {
        let (draw, order) = (&self.opened.draw, &self.opened.order);
        Ok(match compute_draw_certificate(draw, order, &SealRegister::default())? {
            AnyCertificate::Second(closed) => closed.heads().first().map(|head| to_hex(head)).unwrap_or_default(),
            AnyCertificate::First(_) => String::new(),
        })
    }

    /// A unit's proof.
    ///
    /// # Errors
    /// As [`own_proof`].
    pub fn proof(&self, unit: &UnitId) -> AppResult<OwnProof> {
        let draw = &self.opened.draw;
        // who has not been checked yet isn't told
        let complete = match &self.publication {
            Publication::NotYet => false,
            Publication::Now(masked) => !masked.contains(unit.as_str()),
        };
        let opening = draw.opening.as_ref().filter(|_| complete).map(|opening| (opening, &self.opened.order));
        let mut proof = compute_proof(&draw.frame, &self.tree, &draw.seal, opening, unit.as_str())?;
        proof.statement = (draw.demonstration && draw.seal.is_format_1()).then(|| DEMONSTRATION.to_owned());
        Ok(OwnProof { proof, complete })
    }
}

/// Makes a unit's proof of an opened draw as it may be handed out on a day: the opening gives everybody's ticket, so
/// it leaves the office only with the certificate; before that the proof holds the chance alone.
///
/// # Errors
/// `SMP-040` where the unit is not in the frame, `VER-…` where the opening is not the seal's.
pub fn own_proof(
    opened: &OpenedDraw,
    results: &[CheckResult],
    policy: &Policy,
    on: NaiveDate,
    unit: &UnitId,
) -> AppResult<OwnProof> {
    ProofMaker::new(opened, results, policy, on).proof(unit)
}
