//! Certificates of formats 2 and 3: closed. Everything after the opening is bound, and the rules that the office had to follow
//! are checked from the certificate alone.

pub(crate) mod alterations;
mod checkers;
mod forgeries;

use std::collections::BTreeSet;

use fairdraw::domain::{PPB, UnitId};
use fairdraw::sampling::{
    ChangeEntry, ChangeKind, ChangedFile, ClosedCertificate, EndedSeal, FrameKey, InterventionEntry, Method, SealEnd,
    Secret, SkippedUnit, closed_certificate_of, compute_frame, compute_seal, outside_mark, sha256, to_hex,
};

use crate::sampling::{Example, SMALL, log_head, of_format_2, opened, request_of, targets};

/// A draw, the second of its period, with a change of every kind; by format 3 with interventions.
pub(crate) struct Closed {
    pub(crate) e: Example,
    pub(crate) certificate: ClosedCertificate,
}

impl Closed {
    pub(crate) fn published(&self) -> String {
        to_hex(&self.e.seal.commitment())
    }

    pub(crate) fn frame(&self) -> String {
        String::from_utf8(self.e.frame.to_csv()).unwrap()
    }

    /// Leaf of a row of the frame.
    pub(crate) fn leaf(&self, row: u32) -> String {
        to_hex(&self.e.frame.to_row(row as usize).unwrap().view().leaf())
    }
}

fn entry(kind: ChangeKind, unit: String, at: &str) -> ChangeEntry {
    ChangeEntry {
        kind,
        unit,
        by: String::new(),
        case: String::new(),
        person: String::new(),
        reason: "2027-03-05 现场核实".into(),
        evidence: to_hex(&sha256(&[b"photo"])),
        at: at.into(),
        skipped: Vec::new(),
        document: None,
        log: None,
    }
}

/// What another hand did to a file, and two people answered for.
fn by_hand(after: u64, size: u64, at: &str) -> InterventionEntry {
    let hash = |text: &[u8]| to_hex(&sha256(&[text]));
    InterventionEntry {
        after,
        at: at.into(),
        changed: vec![ChangedFile {
            expected: hash(b"was"),
            found: String::new(),
            path: "frames/sources.parquet".into(),
        }],
        log: log_head(size),
        operator: "张三".into(),
        reason: "换机器时遗失".into(),
        second: "李四".into(),
    }
}

fn interventions() -> Vec<InterventionEntry> {
    vec![by_hand(0, 5, "2027-02-25T10:00:00+08:00"), by_hand(1, 12, "2027-03-02T09:00:00+08:00")]
}

/// The draw before its certificate: sealed after a first seal of the period was given up.
pub(crate) fn draw(source: Option<&str>) -> (Example, Vec<EndedSeal>) {
    let frame = compute_frame(Method::LATEST, targets(&SMALL), &FrameKey::from_bytes(sha256(&[b"key"]))).unwrap().frame;
    let (first_secret, secret) = (Secret::from_bytes(sha256(&[b"first"])), Secret::from_bytes(sha256(&[b"secret"])));
    let mut first = request_of(&frame);
    first.sealed_at = fairdraw::sampling::ShanghaiTime::new("2027-02-25T09:00:00+08:00").unwrap();
    let voided = compute_seal(first, &frame, &first_secret).unwrap();
    let mut second = request_of(&frame);
    second.interventions = vec![interventions()[0].sha256()];
    second.sequence = 2;
    second.previous = Some(voided.commitment());
    if let Some(source) = source {
        second.entropy_source = source.into();
    }
    let ended = EndedSeal {
        seal: voided,
        state: SealEnd::Voided,
        at: "2027-02-26T08:00:00+08:00".into(),
        reason: "名录有误".into(),
        again: "名录已更正".into(),
        secret: first_secret.to_hex(),
    };
    second.earlier = vec![ended.sha256()];
    let seal = compute_seal(second, &frame, &secret).unwrap();
    (opened(frame, seal, &secret), vec![ended])
}

/// Selected units of a stratum that are no mandatory ones.
pub(crate) fn free(e: &Example, stratum: usize) -> Vec<u32> {
    let pi = e.frame.pi_ppb();
    e.order.strata[stratum].selected().iter().map(|u| u.row).filter(|row| u64::from(pi[*row as usize]) < PPB).collect()
}

pub(crate) fn closed() -> Closed {
    closed_of(draw(None))
}

/// The same sealed by format 2.
pub(crate) fn closed_2() -> Closed {
    let (e, earlier) = draw(None);
    let secret = Secret::from_bytes(sha256(&[b"secret"]));
    closed_of((opened(e.frame, of_format_2(e.seal), &secret), earlier))
}

pub(crate) fn closed_of((e, earlier): (Example, Vec<EndedSeal>)) -> Closed {
    let leaf = |row: u32| to_hex(&e.frame.to_row(row as usize).unwrap().view().leaf());
    let (drawn, reserves) = (free(&e, 0), e.order.strata[0].reserves());
    let skipped = SkippedUnit { unit: leaf(reserves[0].row), ground: "closed".into() };
    let substitute = |unit: u32, by: u32, at: &str, skipped: Vec<SkippedUnit>| ChangeEntry {
        by: leaf(by),
        case: "closed".into(),
        skipped,
        ..entry(ChangeKind::Substitute, leaf(unit), at)
    };
    let excluded = (0..e.frame.len() as u32).find(|row| e.frame.pi_ppb()[*row as usize] == 0).unwrap();
    let changes = vec![
        substitute(drawn[0], reserves[1].row, "2027-03-05T09:00:00+08:00", vec![skipped]),
        ChangeEntry {
            person: "SH0012345".into(),
            evidence: String::new(),
            ..entry(ChangeKind::Replace, leaf(drawn[1]), "2027-03-05T10:00:00+08:00")
        },
        ChangeEntry { case: "report".into(), ..entry(ChangeKind::Add, leaf(excluded), "2027-03-06T09:00:00+08:00") },
        ChangeEntry {
            case: "report".into(),
            ..entry(ChangeKind::Add, outside_mark(&e.seal.commitment(), "NEW1"), "2027-03-06T09:30:00+08:00")
        },
        // who came in was closed too
        substitute(reserves[1].row, reserves[2].row, "2027-03-08T09:00:00+08:00", Vec::new()),
    ];
    let tree = e.frame.tree();
    let certificate = closed_certificate_of(&e.frame, &tree, &e.seal, &e.opening, &e.seed, &e.order)
        .with_changes((&e.frame, &tree, &e.seed, &e.order), changes)
        .with_earlier(earlier);
    let certificate = if e.seal.has_log() { with_log(certificate) } else { certificate };
    Closed { e, certificate }
}

/// With what format 3 adds: heads of the log, numbers of documents, interventions.
pub(crate) fn with_log(mut certificate: ClosedCertificate) -> ClosedCertificate {
    for (change, size) in certificate.changes.iter_mut().zip(20..) {
        change.document = Some("检查笔录第7号".into());
        change.log = Some(log_head(size));
    }
    certificate.with_log(log_head(10), interventions())
}

/// Ids of units, as [`ClosedCertificate::masked`] takes them.
pub(crate) fn ids(e: &Example, rows: impl IntoIterator<Item = u32>) -> BTreeSet<String> {
    rows.into_iter().map(|row| UnitId::new(e.frame.unit_id(row as usize)).unwrap().to_string()).collect()
}
