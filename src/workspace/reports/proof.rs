//! A company's own proof of a month's draw: `proof-UNIT.json`, the same from window and command line.

use chrono::NaiveDate;

use crate::diagnostic::AppResult;
use crate::disclosure::{CheckResult, check_all_visited};
use crate::domain::UnitId;
use crate::sampling::{DEMONSTRATION, UnitProof, compute_proof};
use crate::workspace::inputs::due::OpenedDraw;

/// A unit's proof, and whether it says more than the chance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnProof {
    /// The proof.
    pub proof: UnitProof,
    /// True where every target of the draw was visited: the proof holds ticket and outcome.
    pub complete: bool,
}

/// Makes a unit's proof of an opened draw as it may be handed out on a day: the opening gives everybody's ticket, so
/// it leaves the office only once every target was visited; before that the proof holds the chance alone.
///
/// # Errors
/// `SMP-040` where the unit is not in the frame, `VER-…` where the opening is not the seal's.
pub fn own_proof(opened: &OpenedDraw, results: &[CheckResult], on: NaiveDate, unit: &UnitId) -> AppResult<OwnProof> {
    let draw = &opened.draw;
    let complete = check_all_visited(&opened.checks, results, on).is_ok();
    let opening = draw.opening.as_ref().filter(|_| complete).map(|opening| (opening, &opened.order));
    let mut proof = compute_proof(&draw.frame, &draw.frame.tree(), &draw.seal, opening, unit.as_str())?;
    proof.statement = draw.demonstration.then(|| DEMONSTRATION.to_owned());
    Ok(OwnProof { proof, complete })
}
