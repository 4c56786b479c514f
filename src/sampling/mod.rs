//! The sealed draw, format 1: frame, probabilities, seal, opening, tickets, draw, certificate, checks, estimates.
//!
//! Duty: from the month's targets to a frame whose inclusion probabilities are fixed before the draw, sealed
//! under a published commitment, drawn from a secret and a public number that nobody could know, and checkable
//! by anybody from the certificate. Slices and values in, values and bytes out: no I/O but the operating
//! system's randomness for secrets, no clock (times come in as values).
//!
//! Invariants: every number that decides is an integer or comes from + − × ÷, square roots and comparisons of
//! doubles in a fixed order; results depend neither on the thread count nor on the order of rows.
//!
//! The way through: [`draw_quotas`] → [`compute_frame`] → [`compute_seal`] (and [`SealRegister`]) →
//! [`compute_opening`] → [`draw_units`] → [`certificate_of`], [`compute_proof`] → [`check_draw`],
//! [`check_certificate`], [`check_proof`] → [`compute_estimate`].

mod bare;
mod build;
mod calibrate;
mod certificate;
mod closed;
mod counts;
mod draw;
mod entropy;
mod estimate;
mod fault;
mod frame;
mod frame_csv;
mod hash;
mod inclusion;
mod json;
mod log_head;
mod merkle;
mod method;
mod nodes;
mod off_site;
mod opening;
mod probability;
mod proof;
mod reading;
mod realised;
mod register;
mod rounding;
mod seal;
mod seal_request;
mod secret;
mod substitution;
mod ticket;
mod time;
mod told;
mod verify;
mod written;

pub use bare::{BareDraw, check_files, draw_from_files};
pub use build::{
    BuiltFrame, REASON_CERTAIN, REASON_NO_QUOTA, StratumReport, StratumTargets, Target, UnsaltedFrame, compute_frame,
    compute_unsalted_frame,
};
pub use calibrate::{Calibration, compute_calibrated_ranks};
pub use certificate::{
    CERTIFICATE_FORMAT, Certificate, CertificateStratum, CertificateUnit, DEMONSTRATION, EarlierSeal, Substitute,
    certificate_of, compute_certificate_unit,
};
pub use closed::{
    AddedUnit, CLOSED_FORMAT, CLOSED_FORMAT_2, ChangeEntry, ChangeKind, ChangedFile, ClosedCertificate, ClosedStratum,
    EndedSeal, InterventionEntry, MaskedUnit, NOT_HEAD, SECRET_LOST, SKIP_GROUNDS, SealEnd, ShownUnit, SkippedUnit,
    VoidedSeal, check_closed, closed_certificate_of, outside_mark, parse_earlier,
};
pub use counts::{GROUNDED, ReasonGrounds, ReasonUnits, SealCounts, is_mandatory};
pub use draw::{DrawOrder, DrawResult, RankedUnit, StratumOrder, StratumResult, draw_units};
pub use entropy::{EntropyFormat, MIXED_SEPARATOR, mixed_formats};
pub use estimate::{
    Estimate, LEAST_EFFECTIVE, Outcome, SampledUnit, compute_estimate, compute_rosen_variance, wilson_interval,
};
pub use fault::{CheckReport, CheckStep, Fault, StepState};
pub use frame::{FrameRow, RowView, SamplingFrame};
pub use frame_csv::FRAME_HEADER;
pub use hash::{Hash32, compute_roster_sha256, from_hex, hash_from_hex, hmac_sha256, sha256, sha256_of, to_hex};
pub use inclusion::{
    CERTAIN_ABOVE, compute_inclusion, compute_inclusion_of_quota, compute_inclusion_with_certainties, compute_ppb,
};
pub use json::to_canonical_json;
pub use log_head::LogHead;
pub use merkle::{GrowingTree, MerkleTree, PathFault, compute_log_leaf, compute_merkle_root, root_from_path};
pub use method::Method;
pub use off_site::{OffSitePace, compute_off_site, off_site_ticket};
pub use opening::{DrawSeed, OPENING_FORMAT, Opening, OpeningClock, compute_opening, compute_seed};
pub use probability::check_frame;
pub use proof::{
    PROOF_FORMAT, PROOF_FORMAT_1, ProofDraw, ProofOutcome, UnitProof, check_proof, check_proof_with, compute_proof,
};
pub use reading::{AnyCertificate, ListedUnit};
pub use realised::compute_realised;
pub use register::{RegisterEvent, RegisterLine, SealEntry, SealRegister};
pub use rounding::{
    compute_quota_offset, compute_quotas, draw_quotas, round_apart, settle_near_certain, settle_target,
};
pub use seal::{DEMONSTRATION_SOURCE, EntropyPledge, SEAL_FORMAT, SEAL_FORMAT_1, SEAL_FORMAT_2, Seal, SealStratum};
pub use seal_request::{SealRequest, compute_seal};
pub use secret::{FROM_ENVELOPE, FrameKey, Secret, SecretFile};
pub use substitution::{compute_next_reserve, passed_over};
pub use ticket::{TicketMaker, compute_key, key_from_hex, key_to_hex};
pub use time::{ShanghaiTime, short_time};
pub use told::{Entered, ToldDraw, compute_told};
pub use verify::{NOT_PUBLISHED, as_typed, check_certificate, check_draw, check_draw_steps};
pub use written::as_written;
