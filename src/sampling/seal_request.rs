//! Making a seal: what the office decides, and what follows from frame and secret.

use super::counts::{ReasonGrounds, SealCounts};
use super::entropy::EntropyFormat;
use super::fault::Fault;
use super::frame::SamplingFrame;
use super::hash::{Hash32, to_hex};
use super::log_head::LogHead;
use super::method::Method;
use super::probability::check_frame;
use super::seal::{EntropyPledge, SEAL_FORMAT, Seal};
use super::secret::Secret;
use super::time::ShanghaiTime;
use crate::diagnostic::{AppError, AppResult};
use crate::domain::Period;

/// What the office decides when it seals; the rest of the seal follows from the frame and the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealRequest {
    /// The body that draws, `[0-9A-Z]{2,18}`.
    pub agency: String,
    /// A month, or the year for the year's own seal.
    pub period: Period,
    /// From 1 within the period.
    pub sequence: u64,
    /// Commitment of the body's preceding seal.
    pub previous: Option<Hash32>,
    /// Now.
    pub sealed_at: ShanghaiTime,
    /// By which rules the frame was made and the draw will be.
    pub method: Method,
    /// Name and version of the program.
    pub program: String,
    /// Hash over registry, history and earlier certificates.
    pub inputs_sha256: Hash32,
    /// Hash of the bytes of `policy.ron`.
    pub policy_sha256: Hash32,
    /// SHA-256(roster.csv ‖ needs.csv).
    pub roster_sha256: Hash32,
    /// SHA-256 of the running program's file.
    pub program_sha256: Hash32,
    /// Hashes of the period's earlier seals, as [`super::EndedSeal::sha256`] gives them.
    pub earlier: Vec<Hash32>,
    /// Head of the log as it stands.
    pub log: LogHead,
    /// Hashes of the interventions that concern the draw, as [`super::InterventionEntry::sha256`] gives them.
    pub interventions: Vec<Hash32>,
    /// On what ground units are out and inspectors kept away.
    pub grounds: Vec<ReasonGrounds>,
    /// The form of the public number.
    pub entropy_format: EntropyFormat,
    /// Whose number it is.
    pub entropy_source: String,
    /// Which issue, day or round.
    pub entropy_reference: String,
    /// When it becomes known; must be after `sealed_at`.
    pub available_at: ShanghaiTime,
}

/// Seals a frame. The seal is checked in full before it is given out, the realised probabilities included.
///
/// # Errors
/// `SEL-010` where a stratum's probabilities are no whole number; the first fault (`VER-…`) of the seal or
/// the frame otherwise, such as `VER-010` where it is sealed after the public number is known.
pub fn compute_seal(request: SealRequest, frame: &SamplingFrame, secret: &Secret) -> AppResult<Seal> {
    let seal = Seal {
        format: SEAL_FORMAT.to_owned(),
        agency: request.agency,
        period: request.period.to_string(),
        sequence: request.sequence,
        previous: request.previous.map(|hash| to_hex(&hash)).unwrap_or_default(),
        sealed_at: request.sealed_at.to_string(),
        method: request.method.id().to_owned(),
        program: request.program,
        frame_root: to_hex(&frame.root()),
        frame_size: frame.len() as u64,
        strata: frame.seal_strata()?,
        inputs_sha256: to_hex(&request.inputs_sha256),
        policy_sha256: to_hex(&request.policy_sha256),
        roster_sha256: to_hex(&request.roster_sha256),
        secret_sha256: to_hex(&secret.sha256()),
        entropy: EntropyPledge {
            format: request.entropy_format.id().to_owned(),
            source: request.entropy_source,
            reference: request.entropy_reference,
            available_at: request.available_at.to_string(),
        },
        counts: None,
        earlier: Some(request.earlier.iter().map(|hash| to_hex(hash)).collect()),
        program_sha256: Some(to_hex(&request.program_sha256)),
        log: Some(request.log),
        interventions: Some(request.interventions.iter().map(|hash| to_hex(hash)).collect()),
        grounds: Some(request.grounds),
    };
    let seal = Seal { counts: Some(SealCounts::of(frame, &seal.strata)), ..seal };
    let first = |faults: Vec<Fault>| faults.into_iter().next().map_or(Ok(()), |fault| Err(AppError::from(fault)));
    first(seal.faults())?;
    first(seal.strata_faults())?;
    first(check_frame(frame, &seal))?;
    Ok(seal)
}
