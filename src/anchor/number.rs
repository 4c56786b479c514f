//! The public number as it is typed at an opening: drand's rounds bring their signature, the others their spelling.

use super::beacon::{BeaconEvidence, DrandChain, beacon_faults, pledged_round};
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

/// What has to be typed at an opening: the format, and which of its parts are rounds that come with their signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberAsked {
    /// The sealed format.
    pub format: EntropyFormat,
    /// Its parts in order, one where it isn't mixed; the chain and round of a part that is drand's.
    parts: Vec<(EntropyFormat, Option<(&'static DrandChain, u64)>)>,
}

impl From<EntropyFormat> for NumberAsked {
    /// A number that names no round: a demonstration's, or a seal's of format 1.
    fn from(format: EntropyFormat) -> Self {
        Self { format, parts: vec![(format, None)] }
    }
}

impl NumberAsked {
    /// What a seal asks for; `None` where its format is unknown.
    #[must_use]
    pub fn of(seal: &Seal) -> Option<Self> {
        let format = seal.entropy_format()?;
        let pledge = &seal.entropy;
        let round = |format: EntropyFormat, source: &str, reference: &str| {
            pledged_round(source, reference).filter(|_| format == EntropyFormat::Drand)
        };
        let parts = match format {
            EntropyFormat::Mixed => parts_of(&pledge.source)
                .iter()
                .zip(pledge.reference.split(MIXED_SEPARATOR))
                .map(|((format, source), reference)| (*format, round(*format, source, reference)))
                .collect(),
            _ => vec![(format, round(format, &pledge.source, &pledge.reference))],
        };
        Some(Self { format, parts })
    }

    /// The round that is asked for where the number is drand's alone.
    #[must_use]
    pub fn round(&self) -> Option<u64> {
        self.parts.first().filter(|_| self.format == EntropyFormat::Drand)?.1.map(|(_, round)| round)
    }

    /// How it is spelt, in words.
    #[must_use]
    pub fn spelling(&self) -> String {
        let words = |(chain, round): (&DrandChain, u64)| {
            let alone = if chain.is_unchained() { "，或只粘贴其中 96 位的签名" } else { "" };
            format!("粘贴 drand 公布的第 {round} 轮的 JSON{alone}")
        };
        if self.format != EntropyFormat::Mixed {
            let signed = self.parts.first().and_then(|(_, round)| *round);
            return signed.map_or_else(|| self.format.spelling().to_owned(), words);
        }
        let signed: String =
            self.parts.iter().filter_map(|(_, round)| Some(format!("；「drand=」之后{}", words((*round)?)))).collect();
        format!("{}{signed}", self.format.spelling())
    }

    /// True where this may be typed: the format's spelling, for a round that was pledged its signature, and never the
    /// randomness alone, from which the signature can't be told.
    #[must_use]
    pub fn accepts(&self, typed: &str) -> bool {
        let one = |format: EntropyFormat, signed: Option<(&DrandChain, u64)>, typed: &str| match signed {
            Some((chain, round)) => BeaconEvidence::of_typed(typed, round)
                .is_ok_and(|read| read.round == round && chain.is_unchained() == read.previous_signature.is_empty()),
            None => format.accepts_typed(&format.without_blanks(typed)),
        };
        if self.format != EntropyFormat::Mixed {
            return one(self.format, self.parts.first().and_then(|(_, round)| *round), typed);
        }
        let parts: Vec<&str> = typed.split(MIXED_SEPARATOR).collect();
        // a seal knows its parts; without one any formats may stand together
        let known = !self.parts.is_empty() && self.parts.iter().all(|(format, _)| *format != EntropyFormat::Mixed);
        (2..=4).contains(&parts.len())
            && (!known || parts.len() == self.parts.len())
            && parts.iter().enumerate().all(|(at, part)| {
                part.split_once('=').is_some_and(|(id, number)| {
                    let format = EntropyFormat::from_id(id.trim()).filter(|format| *format != EntropyFormat::Mixed);
                    let sealed = self.parts.get(at).filter(|_| known);
                    format.is_some_and(|format| {
                        sealed.is_none_or(|(of, _)| *of == format)
                            && one(format, sealed.and_then(|(_, round)| *round), number)
                    })
                })
            })
    }
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
