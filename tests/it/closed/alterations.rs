//! Every single-field alteration of a certificate and a proof of formats 2 and 3, as it is and with everything that a forger
//! can compute made to fit, against the program, and (where Python or Chromium is there) the two other checkers.

use std::collections::BTreeSet;

use fairdraw::sampling::{
    AnyCertificate, CheckReport, ClosedCertificate, EndedSeal, ShownUnit, StepState, TicketMaker, UnitProof,
    check_closed, check_proof, check_proof_with, compute_key, compute_proof, compute_told, key_to_hex, to_hex,
};
use serde_json::Value;

use super::{Closed, closed, closed_2};
use crate::public_page::alterations;

/// The certificate with everything computed that follows from the rest: what a forger does who has the program.
pub(crate) fn refitted(text: &str) -> Option<ClosedCertificate> {
    let Ok(AnyCertificate::Second(mut c)) = AnyCertificate::parse(text.as_bytes()) else { return None };
    c.seal.earlier = Some(c.earlier.iter().map(EndedSeal::sha256).map(|hash| to_hex(&hash)).collect());
    if let (Some(known), Some(listed)) = (&mut c.seal.interventions, &c.interventions) {
        *known = listed.iter().filter(|one| one.after == 0).map(|one| to_hex(&one.sha256())).collect();
    }
    c.opening.commitment = to_hex(&c.seal.commitment());
    if let Some(seed) = c.opening.seed(&c.seal) {
        let maker = TicketMaker::new(&seed);
        for s in &mut c.strata {
            for shown in s.selected.iter_mut().chain(&mut s.reserves) {
                if let ShownUnit::Whole(unit) = shown {
                    unit.ticket = maker.ticket(unit.row.unit_id.as_str());
                    unit.key = key_to_hex(compute_key(unit.ticket, unit.row.rank_ppb.max(1)));
                }
            }
            s.threshold = s.reserves.first().and_then(ShownUnit::whole).map(|u| u.key.clone()).unwrap_or_default();
        }
    }
    Some(c.with_head())
}

/// A forged document and what was altered in it.
pub(crate) struct Forged {
    pub(crate) what: String,
    pub(crate) text: String,
}

/// All forgeries of a certificate that differ from it.
pub(crate) fn certificates(c: &Closed) -> Vec<Forged> {
    let whole = serde_json::to_value(&c.certificate).unwrap();
    let mut list = Vec::new();
    for altered in alterations(&whole) {
        if let Some(fit) = refitted(&altered.text)
            && fit != c.certificate
        {
            let text = String::from_utf8(fit.to_json()).unwrap();
            list.push(Forged { what: format!("{} (refitted)", altered.what), text });
        }
        list.push(Forged { what: altered.what, text: altered.text });
    }
    list
}

#[test]
fn no_alteration_of_a_certificate_passes_beside_the_published_values() {
    for (c, more) in [(closed(), 1_000), (closed_2(), 1_000)] {
        nothing_passes(&c, more);
    }
}

fn nothing_passes(c: &Closed, more: usize) {
    let (published, head) = (c.published(), c.certificate.head.clone());
    let genuine = check_closed(&c.certificate, None, Some(&published), Some(&head));
    let (mut unseen, mut without_head) = (BTreeSet::new(), BTreeSet::new());
    let forged = certificates(c);
    for Forged { what, text } in &forged {
        let Ok(read) = AnyCertificate::parse(text.as_bytes()) else { continue };
        let report = read.check(None, Some(&published), Some(&head));
        // seen: a step fails, or says that something is not named, or came after what was published
        let seen = !report.is_verified() || words(&report) != words(&genuine);
        if !seen {
            unseen.insert(what.clone());
        }
        if read.check(None, Some(&published), None).is_verified() {
            let part = |part: &str| if part.parse::<usize>().is_ok() { "*".to_owned() } else { part.to_owned() };
            without_head.insert(what.split(['.', ' ']).map(part).collect::<Vec<_>>().join("."));
        }
    }
    println!(
        "{}: {} alterations; without the published head these pass: {without_head:#?}",
        c.certificate.format,
        forged.len()
    );
    assert!(unseen.is_empty() && forged.len() > more, "{unseen:?}");
    // only what was done by hand after the opening, and the number itself, need the head, a signature or an anchor
    let known = ["changes", "opening.entropy_value", "added", "interventions", "log"];
    for place in &without_head {
        assert!(known.iter().any(|part| place.starts_with(part)), "{place}");
    }
}

/// What the steps say that are not the chain's own value.
fn words(report: &CheckReport) -> Vec<(&'static str, StepState, String)> {
    report.steps.iter().filter(|s| s.name != "变更摘要").map(|s| (s.name, s.state, s.detail.clone())).collect()
}

/// Proofs of format 2: drawn, left, excluded, before the opening.
pub(crate) fn proofs(c: &Closed) -> Vec<UnitProof> {
    let (e, tree) = (&c.e, c.e.frame.tree());
    let of = |row: u32, opened: bool| {
        let opened = opened.then_some((&e.opening, &e.order));
        compute_proof(&e.frame, &tree, &e.seal, opened, e.frame.unit_id(row as usize)).unwrap()
    };
    let s = &e.order.strata[0];
    let excluded = (0..e.frame.len() as u32).find(|row| e.frame.pi_ppb()[*row as usize] == 0).unwrap();
    let head = to_hex(&c.certificate.heads()[0]);
    let told = |row: u32| {
        let told = compute_told(&e.frame, &e.seal, &e.opening, &e.order, e.frame.unit_id(row as usize), &head);
        UnitProof { told: Some(told.unwrap()), ..of(row, false) }
    };
    let came = c.certificate.changes.iter().find(|change| !change.by.is_empty()).unwrap();
    let came = (0..e.frame.len() as u32).find(|row| c.leaf(*row) == came.by).unwrap();
    vec![
        told(s.selected()[1].row),
        told(came),
        of(s.selected()[1].row, true),
        of(s.reserves()[1].row, true),
        of(excluded, true),
        of(s.selected()[1].row, false),
        of(s.selected()[1].row, true).for_code(),
    ]
}

#[test]
fn no_alteration_of_a_proof_passes_beside_the_certificate() {
    let c = closed();
    let published = c.published();
    let certificate = AnyCertificate::Second(Box::new(c.certificate.clone()));
    let mut words = BTreeSet::new();
    let mut count = 0;
    for proof in proofs(&c) {
        let whole = serde_json::to_value(&proof).unwrap();
        for altered in alterations(&whole) {
            count += 1;
            let Ok(read) = UnitProof::parse(altered.text.as_bytes()) else { continue };
            if !check_proof(&read, Some(&published)).is_verified() {
                continue;
            }
            let held = check_proof_with(&read, &certificate);
            // what a unit was told before the publication is held against the certificate field by field
            assert!(read.told.is_none() || !held.is_verified(), "{} passes", altered.what);
            if let Some(draw) = read.draw.as_ref().filter(|_| held.is_verified()) {
                // what is left out says so: the row of the first reserve
                assert!(draw.reserve.is_none(), "{} passes", altered.what);
            }
            words.insert(altered.what.clone());
        }
    }
    println!("{count} alterations; the office's word without the certificate: {words:?}");
    // dropping the draw or the reserve's row is seen as a step that was not checked
    let known = ["", "draw", "draw.threshold", "told", "told.head", "told.threshold"];
    assert!(words.iter().all(|what| known.contains(&what.as_str())), "{words:?}");
    assert!(serde_json::to_value(&proofs(&c)[2]).unwrap()["draw"]["reserve"] != Value::Null);
}
