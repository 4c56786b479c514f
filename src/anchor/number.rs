//! The public number as it is typed at an opening: drand's rounds bring their signature, the others their spelling.

use super::beacon::{BeaconEvidence, beacon_faults, pledged_round};
use super::pledge::parts_of;
use crate::diagnostic::{AppError, AppResult};
use crate::sampling::{EntropyFormat, MIXED_SEPARATOR, Seal};

/// A number in its sealed spelling, and the rounds that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledNumber {
    /// As it goes into the opening.
    pub value: String,
    /// Signed rounds in the order of the seal's parts.
    pub beacons: Vec<BeaconEvidence>,
}

/// Turns what was typed into the sealed spelling. A round of drand that the seal names must come with its signature,
/// which is checked here; the randomness follows from it.
///
/// # Errors
/// `ANC-023` without a signature, `ANC-024` where it isn't that round's. Other spellings are judged by the opening.
pub fn settle_number(seal: &Seal, typed: &str) -> AppResult<SettledNumber> {
    let mut beacons = Vec::new();
    let mut one = |format: EntropyFormat, source: &str, reference: &str, typed: &str| -> AppResult<String> {
        let Some((chain, round)) = pledged_round(source, reference).filter(|_| format == EntropyFormat::Drand) else {
            return Ok(format.without_blanks(typed));
        };
        let evidence = BeaconEvidence::of_typed(typed, round).map_err(AppError::from)?;
        let value = evidence.randomness().unwrap_or_default();
        if let Some(fault) = beacon_faults(chain, round, &value, &evidence).into_iter().next() {
            return Err(AppError::from(fault).with(|f| f.hint("请粘贴该轮公布的 JSON，不要改动")));
        }
        beacons.push(evidence);
        Ok(value)
    };
    let pledge = &seal.entropy;
    let value = match seal.entropy_format() {
        Some(EntropyFormat::Mixed) => {
            let parts = parts_of(&pledge.source);
            let references = pledge.reference.split(MIXED_SEPARATOR);
            let mut values = Vec::new();
            let mut rest = typed.trim().split(MIXED_SEPARATOR);
            for ((format, source), reference) in parts.iter().zip(references) {
                let Some((id, number)) = rest.next().and_then(|part| part.split_once('=')) else {
                    // another number of parts: the opening says what was expected
                    return Ok(SettledNumber { value: typed.trim().to_owned(), beacons });
                };
                values.push(format!("{}={}", id.trim(), one(*format, source, reference, number)?));
            }
            values.extend(rest.map(str::to_owned));
            values.join(MIXED_SEPARATOR)
        }
        Some(format) => one(format, &pledge.source, &pledge.reference, typed)?,
        None => typed.to_owned(),
    };
    Ok(SettledNumber { value, beacons })
}

/// True where a number may be typed at an opening of this format: its spelling, or a round's signature in the place of
/// drand's randomness.
#[must_use]
pub fn accepts_number(format: EntropyFormat, typed: &str) -> bool {
    let one = |format: EntropyFormat, typed: &str| {
        let signed = || format == EntropyFormat::Drand && BeaconEvidence::of_typed(typed, 0).is_ok();
        format.accepts_typed(&format.without_blanks(typed)) || signed()
    };
    if format != EntropyFormat::Mixed {
        return one(format, typed);
    }
    let parts: Vec<&str> = typed.split(MIXED_SEPARATOR).collect();
    (2..=4).contains(&parts.len())
        && parts.iter().all(|part| {
            part.split_once('=').is_some_and(|(id, number)| {
                let format = EntropyFormat::from_id(id.trim()).filter(|format| *format != EntropyFormat::Mixed);
                format.is_some_and(|format| one(format, number))
            })
        })
}

/// True where somebody reads the number off a page: it is typed by two people.
#[must_use]
pub fn needs_two_people(seal: &Seal) -> bool {
    let is_read = |format: EntropyFormat| format == EntropyFormat::Ssq;
    !seal.is_demonstration()
        && match seal.entropy_format() {
            Some(EntropyFormat::Mixed) => parts_of(&seal.entropy.source).iter().any(|(format, _)| is_read(*format)),
            Some(format) => is_read(format),
            None => false,
        }
}
