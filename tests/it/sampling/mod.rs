//! The sealed draw: vectors of the independent reference, properties, statistics.

#![allow(clippy::unwrap_used, reason = "a test stops at a fault")]

mod properties;
pub(crate) mod reference;
mod statistics;
mod vectors;

use fairdraw::domain::{StratumId, UnitId};
use fairdraw::sampling::{
    DrawOrder, DrawSeed, EntropyFormat, FrameKey, FrameRow, LogHead, Method, Opening, OpeningClock, ReasonGrounds,
    SEAL_FORMAT_1, SEAL_FORMAT_2, SamplingFrame, Seal, SealRequest, Secret, ShanghaiTime, StratumTargets, Target,
    compute_frame, compute_opening, compute_seal, draw_units, from_hex, sha256, to_hex,
};
use serde_json::Value;

/// The vectors as the reference made them.
fn vectors() -> Value {
    serde_json::from_slice(include_bytes!("../../reference/vectors.json")).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn row_of(value: &Value) -> FrameRow {
    FrameRow {
        unit_id: UnitId::new(text(&value[0])).unwrap(),
        stratum: StratumId::new(text(&value[1])).unwrap(),
        pi_ppb: value[2].as_u64().unwrap(),
        rank_ppb: value[3].as_u64().unwrap(),
        reason: text(&value[4]).to_owned(),
        salt: from_hex(text(&value[5]).as_bytes()).unwrap(),
    }
}

fn frame_of(value: &Value) -> SamplingFrame {
    SamplingFrame::from_rows(value.as_array().unwrap().iter().map(row_of).collect()).unwrap()
}

fn bytes_of(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn time(text: &str) -> ShanghaiTime {
    ShanghaiTime::new(text).unwrap()
}

/// A draw of our own from end to end.
pub(crate) struct Example {
    pub(crate) frame: SamplingFrame,
    pub(crate) seal: Seal,
    pub(crate) opening: Opening,
    pub(crate) seed: DrawSeed,
    pub(crate) order: DrawOrder,
}

pub(crate) fn request() -> SealRequest {
    SealRequest {
        agency: "310000".into(),
        period: "2027-03".parse().unwrap(),
        sequence: 1,
        previous: None,
        sealed_at: time("2027-02-26T09:00:00+08:00"),
        method: Method::LATEST,
        program: "fairdraw 测试 \"0.1\"\t\u{1}".into(),
        inputs_sha256: sha256(&[b"inputs"]),
        policy_sha256: sha256(&[b"policy"]),
        roster_sha256: sha256(&[b"roster"]),
        program_sha256: sha256(&[b"program"]),
        earlier: Vec::new(),
        log: log_head(9),
        interventions: Vec::new(),
        grounds: Vec::new(),
        entropy_format: EntropyFormat::Ssq,
        entropy_source: "中国福利彩票双色球".into(),
        entropy_reference: "第2027025期".into(),
        available_at: time("2027-02-28T21:15:00+08:00"),
    }
}

/// A request for this frame: the grounds are those of its closed units, one of them found in the program.
pub(crate) fn request_of(frame: &SamplingFrame) -> SealRequest {
    let closed = frame.rows().filter(|row| row.pi_ppb == 0 && row.reason == "closed").count() as u64;
    let of = |closed: u64| ReasonGrounds { entered: 1, imported: closed - 1, reason: "closed".into() };
    SealRequest { grounds: (closed > 0).then(|| of(closed)).into_iter().collect(), ..request() }
}

/// Strata of (name, units, quota), with two excluded and one mandatory unit each.
pub(crate) fn targets(strata: &[(&str, usize, usize)]) -> Vec<StratumTargets> {
    strata
        .iter()
        .enumerate()
        .map(|(s, (id, size, quota))| {
            let unit = |i: usize, tail: &str| UnitId::new(format!("9131{s:02}{i:07}{tail}P")).unwrap();
            let mut units: Vec<(UnitId, Target)> =
                (0..*size).map(|i| (unit(i, "001"), Target::Weight(0.1 + ((i * 37 + s) % 23) as f64 / 7.0))).collect();
            units.push((unit(1, "002"), Target::Excluded("closed".into())));
            units.push((unit(2, "002"), Target::Excluded("window".into())));
            units.push((unit(3, "002"), Target::Certain("mandatory_renewal".into())));
            StratumTargets { id: StratumId::new(*id).unwrap(), quota: *quota, units }
        })
        .collect()
}

pub(crate) fn example(strata: &[(&str, usize, usize)]) -> Example {
    example_of(targets(strata))
}

/// The seal as version 0.1 made it.
pub(crate) fn of_format_1(seal: Seal) -> Seal {
    let format = SEAL_FORMAT_1.into();
    Seal { format, counts: None, earlier: None, program_sha256: None, ..of_format_2(seal) }
}

/// The seal as it was made before it knew the log.
pub(crate) fn of_format_2(seal: Seal) -> Seal {
    Seal { format: SEAL_FORMAT_2.into(), log: None, interventions: None, grounds: None, ..seal }
}

/// A head of a log that nobody has.
pub(crate) fn log_head(size: u64) -> LogHead {
    LogHead { root: to_hex(&sha256(&[b"log", &size.to_be_bytes()])), size }
}

/// A draw that was sealed by version 0.1: its certificate is of format 1.
pub(crate) fn example_of(strata: Vec<StratumTargets>) -> Example {
    let frame = compute_frame(Method::LATEST, strata, &FrameKey::from_bytes(sha256(&[b"key"]))).unwrap().frame;
    let secret = Secret::from_bytes(sha256(&[b"secret"]));
    let seal = of_format_1(compute_seal(request_of(&frame), &frame, &secret).unwrap());
    opened(frame, seal, &secret)
}

pub(crate) fn opened(frame: SamplingFrame, seal: Seal, secret: &Secret) -> Example {
    let clock = OpeningClock::At(time("2027-02-28T21:20:00+08:00"));
    let (opening, seed) = compute_opening(&seal, secret, "03 07 12 18 25 31+09", &clock).unwrap();
    let order = draw_units(&frame, &seal, &seed);
    Example { frame, seal, opening, seed, order }
}

pub(crate) const SMALL: [(&str, usize, usize); 3] =
    [("310115/key", 14, 3), ("310115/simplified", 11, 4), ("310151/key", 6, 1)];
