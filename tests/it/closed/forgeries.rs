//! What a forger would aim at: substitutions, reserves passed over, earlier seals, the mark of a demonstration, the
//! threshold, the older format, a draw that never was.

use fairdraw::anchor::bundle::Anchors;
use fairdraw::anchor::check::UNSIGNED;
use fairdraw::domain::PPB;
use fairdraw::sampling::{
    AnyCertificate, ChangeEntry, ChangeKind, ClosedCertificate, DEMONSTRATION, DEMONSTRATION_SOURCE, SEAL_FORMAT,
    SealEnd, ShownUnit, SkippedUnit, StepState, certificate_of, check_certificate, check_closed, check_proof,
    check_proof_with, compute_proof, to_hex,
};
use fairdraw::workspace::deeds::verify::{VerifyRequest, verify_files};

use super::{Closed, closed, closed_of, draw, free, ids};
use crate::sampling::{SMALL, example, log_head};

/// The certificate with other changes, its reserves and chain made to fit.
fn with(c: &Closed, changes: Vec<ChangeEntry>) -> ClosedCertificate {
    let tree = c.e.frame.tree();
    c.certificate.clone().with_changes((&c.e.frame, &tree, &c.e.seed, &c.e.order), changes)
}

fn codes(c: &Closed, forged: &ClosedCertificate, whole: bool) -> Vec<&'static str> {
    // as a file, as it goes out
    let AnyCertificate::Second(forged) = AnyCertificate::parse(&forged.to_json()).unwrap() else { panic!("format 2") };
    let report = check_closed(&forged, whole.then_some(&c.e.frame), Some(&c.published()), None);
    report.faults.iter().map(|fault| fault.code).collect()
}

#[test]
fn a_whole_certificate_passes_and_says_what_it_was_not_held_against() {
    let c = closed();
    let check = |frame, published, head| check_closed(&c.certificate, frame, published, head);
    let grouped: String = c
        .published()
        .to_uppercase()
        .chars()
        .collect::<Vec<_>>()
        .chunks(4)
        .map(|g| g.iter().collect::<String>() + " ")
        .collect();
    let report = check(Some(&c.e.frame), Some(&grouped), Some(&c.certificate.head));
    assert!(report.is_verified(), "{:?}", report.faults);
    let left: Vec<_> = report.steps.iter().filter(|step| step.state != StepState::Passed).collect();
    assert!(left.len() == 2 && left[0].detail == "1 项触发式检查没有列出单元：尚未检查，或不在抽样框", "{left:?}");
    assert!(left[1].name == "外部改动" && left[1].detail.contains("张三、李四 采用程序之外的改动"), "{left:?}");
    let words = |name: &str| report.steps.iter().find(|s| s.name == name).unwrap().detail.clone();
    assert_eq!(words("变更"), "替换 2 次（略过备选 1 个），更换人员 1 次，触发式检查 2 次；其中 1 次没有证据文件");
    assert_eq!(words("以往封存"), "第 1 次 2027-02-26 08:00:00 作废（名录有误）");
    // a value of the chain that was published earlier: what came after it is said
    let before = to_hex(&c.certificate.heads()[3]);
    let report = check(None, None, Some(&before));
    assert!(report.is_verified());
    let of = |name: &str| report.steps.iter().find(|s| s.name == name).unwrap();
    assert_eq!(of("公布的变更摘要").detail, "公布之后另有 3 项变更");
    assert_eq!(of("公布的承诺值").state, StepState::NotChecked);
    assert_eq!(check(None, None, None).steps.iter().filter(|s| s.state == StepState::NotChecked).count(), 5);
}

#[test]
fn a_substitution_takes_the_very_next_reserve_and_nothing_is_left_out() {
    let c = closed();
    let reserves = c.e.order.strata[0].reserves();
    let good = &c.certificate.changes;
    assert!(codes(&c, &with(&c, good.clone()), true).is_empty());
    // a friend drawn is "substituted" by the fourth, by the seventh reserve
    for far in [3, 6] {
        let mut changes = good.clone();
        changes[0] = ChangeEntry { by: c.leaf(reserves[far].row), skipped: Vec::new(), ..changes[0].clone() };
        changes.truncate(1);
        assert!(codes(&c, &with(&c, changes), false).contains(&"VER-064"), "reserve {far}");
    }
    // one of those passed over is not named, another is named in its place
    let mut changes = good.clone();
    changes[0].skipped.clear();
    assert!(codes(&c, &with(&c, changes.clone()), false).contains(&"VER-064"));
    changes[0].skipped = vec![SkippedUnit { unit: c.leaf(reserves[3].row), ground: "closed".into() }];
    assert!(codes(&c, &with(&c, changes), false).contains(&"VER-064"));
    // a ground that is none
    let mut changes = good.clone();
    changes[0].skipped[0].ground = "disliked".into();
    assert!(codes(&c, &with(&c, changes), false).contains(&"VER-064"));
    // a real substitution dropped: the chain ends elsewhere than it was published
    let dropped = with(&c, good[..4].to_vec());
    let report = check_closed(&dropped, None, Some(&c.published()), Some(&c.certificate.head));
    assert!(report.faults.iter().any(|fault| fault.code == "VER-059"));
    // one that never was, put in behind: the same
    let mut more = good.clone();
    more.push(ChangeEntry { kind: ChangeKind::Replace, ..good[1].clone() });
    more[5].at = "2027-03-09T09:00:00+08:00".into();
    more[5].log = Some(log_head(30));
    let forged = with(&c, more);
    assert!(codes(&c, &forged, true).is_empty());
    let report = check_closed(&forged, None, None, Some(&c.certificate.head));
    assert!(report.steps.iter().any(|step| step.detail == "公布之后另有 1 项变更"));
}

#[test]
fn a_mandatory_unit_keeps_its_place() {
    let c = closed();
    let (drawn, reserves) = (c.e.order.strata[0].selected(), c.e.order.strata[0].reserves());
    let must = drawn.iter().find(|u| u64::from(c.e.frame.pi_ppb()[u.row as usize]) == PPB).unwrap();
    let mut change = c.certificate.changes[4].clone();
    (change.unit, change.by) = (c.leaf(must.row), c.leaf(reserves[0].row));
    assert!(codes(&c, &with(&c, vec![change]), false).contains(&"VER-064"));
}

#[test]
fn earlier_seals_can_neither_be_left_out_nor_reworded() {
    let c = closed();
    let forge = |change: &dyn Fn(&mut ClosedCertificate)| {
        let mut forged = c.certificate.clone();
        change(&mut forged);
        codes(&c, &forged, true)
    };
    assert_eq!(forge(&|f| f.earlier.clear()), ["VER-055"]);
    assert_eq!(
        forge(&|f| f.earlier = vec![f.earlier[0].clone(), f.earlier[0].clone(), f.earlier[0].clone()]),
        ["VER-055"]
    );
    assert_eq!(forge(&|f| f.earlier[0].reason = "笔误".into()), ["VER-055"]);
    assert_eq!(forge(&|f| f.earlier[0].state = SealEnd::Opened), ["VER-055"]);
    assert_eq!(forge(&|f| f.earlier[0].secret = String::new()), ["VER-055"]);
    assert_eq!(forge(&|f| f.earlier[0].seal.sealed_at = "2027-02-24T09:00:00+08:00".into()), ["VER-055"]);
    // and a seal that hides one altogether is another seal
    let mut hidden = c.certificate.clone();
    (hidden.seal.earlier, hidden.seal.sequence, hidden.earlier) = (Some(Vec::new()), 1, Vec::new());
    hidden.opening.commitment = to_hex(&hidden.seal.commitment());
    assert!(codes(&c, &hidden, false).contains(&"VER-013"));
}

#[test]
fn a_demonstration_says_so_whatever_is_written() {
    let c = closed_of(draw(Some(DEMONSTRATION_SOURCE)));
    let report = check_closed(&c.certificate, None, None, None);
    assert!(report.steps.iter().any(|step| step.name == "声明" && step.detail == DEMONSTRATION));
    // format 1: the statement deleted, and its digest made anew
    let mut e = example(&SMALL);
    e.seal.entropy.source = DEMONSTRATION_SOURCE.into();
    e.opening.commitment = to_hex(&e.seal.commitment());
    let seed = e.opening.seed(&e.seal).unwrap();
    let order = fairdraw::sampling::draw_units(&e.frame, &e.seal, &seed);
    let bare = certificate_of(&e.frame, &e.frame.tree(), &e.seal, &e.opening, &seed, &order).with_digest();
    let report = check_certificate(&bare, Some(&e.frame), None);
    assert!(report.is_verified(), "{:?}", report.faults);
    assert!(report.steps.iter().any(|step| step.name == "声明" && step.detail == DEMONSTRATION));
    let proof = compute_proof(&e.frame, &e.frame.tree(), &e.seal, None, e.frame.unit_id(0)).unwrap();
    assert!(check_proof(&proof, None).steps.iter().any(|step| step.detail == DEMONSTRATION));
}

#[test]
fn a_seal_has_no_certificate_of_another_format() {
    let c = closed();
    let e = &c.e;
    let older = certificate_of(&e.frame, &e.frame.tree(), &e.seal, &e.opening, &e.seed, &e.order).with_digest();
    let codes = |frame| check_certificate(&older, frame, None).faults.iter().map(|f| f.code).collect::<Vec<_>>();
    assert_eq!((codes(None), codes(Some(&e.frame))), (vec!["VER-054"], vec!["VER-054"]));
    // nor of format 2: heads and interventions can't be left out by going back
    let mut second = c.certificate.clone();
    second.format = "fairdraw-certificate/2".into();
    assert_eq!(self::codes(&c, &second.clone().with_head(), true), ["VER-054"]);
    (second.log, second.interventions) = (None, None);
    for change in &mut second.changes {
        (change.log, change.document) = (None, None);
    }
    assert_eq!(self::codes(&c, &second.clone().with_head(), true), ["VER-054"]);
    second.format = c.certificate.format.clone();
    assert_eq!(self::codes(&c, &second.with_head(), true), ["VER-075"]);
    let mut seal = e.seal.clone();
    seal.counts = None;
    assert!(fairdraw::sampling::Seal::parse(&seal.to_json()).is_err());
    assert_eq!(seal.format, SEAL_FORMAT);
    let mut proof = compute_proof(&e.frame, &e.frame.tree(), &e.seal, None, e.frame.unit_id(0)).unwrap();
    proof.format = "fairdraw-proof/1".into();
    assert_eq!(check_proof(&proof, None).faults[0].code, "VER-068");
}

#[test]
fn the_threshold_is_the_first_reserves_key_and_the_counts_are_the_frames() {
    let c = closed();
    let mut forged = c.certificate.clone();
    forged.strata[1].threshold = "3f50000000000000".into();
    assert!(codes(&c, &forged.clone().with_head(), false).contains(&"VER-073"));
    // a reserve listed as drawn, the threshold being the next one's: the frame shows it, and so does the chain
    let mut forged = c.certificate.clone();
    let tree = c.e.frame.tree();
    let unit = |row: u32| {
        ShownUnit::Whole(
            fairdraw::sampling::compute_certificate_unit(&c.e.frame, &tree, &c.e.seed, row as usize).unwrap(),
        )
    };
    let order = &c.e.order.strata[1];
    let last = forged.strata[1].selected.len() - 1;
    forged.strata[1].selected[last] = unit(order.reserves()[0].row);
    forged.strata[1].reserves = vec![unit(order.reserves()[1].row)];
    forged.strata[1].threshold = forged.strata[1].reserves[0].whole().unwrap().key.clone();
    let forged = forged.with_head();
    assert!(codes(&c, &forged, true).contains(&"VER-065"));
    let report = check_closed(&forged, None, Some(&c.published()), Some(&c.certificate.head));
    assert!(report.faults.iter().any(|fault| fault.code == "VER-059"));
    // counts of another frame
    let mut forged = c.certificate.clone();
    let counts = forged.seal.counts.as_mut().unwrap();
    counts.excluded[0].units[0] += 1;
    counts.excluded[1].units[0] -= 1;
    forged.opening.commitment = to_hex(&forged.seal.commitment());
    let report = check_closed(&forged, Some(&c.e.frame), None, None);
    assert!(!report.is_verified());
}

#[test]
fn units_that_were_not_visited_are_masked_and_the_chain_stays_the_same() {
    let c = closed();
    let drawn = free(&c.e, 0);
    let came_in = c.e.order.strata[0].reserves()[2].row;
    let masked = c.certificate.clone().masked(&ids(&c.e, [drawn[1], came_in]));
    assert_eq!((masked.masked_count(), &masked.head), (2, &c.certificate.head));
    let text = String::from_utf8(masked.to_json()).unwrap();
    for row in [drawn[1], came_in] {
        assert!(!text.contains(c.e.frame.unit_id(row as usize)), "no name of it is left");
    }
    for frame in [None, Some(&c.e.frame)] {
        let report = check_closed(&masked, frame, Some(&c.published()), Some(&c.certificate.head));
        assert!(report.is_verified(), "{:?}", report.faults);
        let step = report.steps.iter().find(|step| step.name == "屏蔽").unwrap();
        assert!(step.state == StepState::NotChecked && step.detail.contains("2 个单元尚未检查，已屏蔽"));
    }
    // another unit's leaf in the masked one's place
    let mut forged = masked.clone();
    let other = c.certificate.strata[0].reserves[0].clone();
    let ShownUnit::Whole(unit) = &other else { panic!("whole") };
    let at = forged.strata[0].selected.iter().position(|unit| unit.whole().is_none()).unwrap();
    forged.strata[0].selected[at] = ShownUnit::Masked(fairdraw::sampling::MaskedUnit {
        index: unit.index,
        leaf: other.leaf(),
        path: unit.path.clone(),
    });
    assert!(!codes(&c, &forged.with_head(), true).is_empty());
}

#[test]
fn a_proof_says_what_is_the_offices_word_and_the_certificate_ends_it() {
    let c = closed();
    let e = &c.e;
    let tree = e.frame.tree();
    let certificate = AnyCertificate::Second(Box::new(c.certificate.clone()));
    let second = &e.order.strata[1];
    let (drawn, left) = (second.selected().last().unwrap().row, second.reserves()[1].row);
    for row in [drawn, left] {
        let proof =
            compute_proof(&e.frame, &tree, &e.seal, Some((&e.opening, &e.order)), e.frame.unit_id(row as usize))
                .unwrap();
        let report = check_proof(&proof, Some(&c.published()));
        assert!(report.is_verified(), "{:?}", report.faults);
        let step = |report: &fairdraw::sampling::CheckReport| {
            report
                .steps
                .iter()
                .find(|step| step.name == "界限值")
                .map(|step| (step.state, step.detail.clone()))
                .unwrap()
        };
        assert_eq!(step(&report).0, StepState::Passed);
        assert!(check_proof_with(&proof, &certificate).is_verified());
        // the threshold moved: any number with the reserve's row, another reserve, no row at all
        let mut moved = proof.clone();
        moved.draw.as_mut().unwrap().threshold = "3f10000000000000".into();
        assert!(!check_proof(&moved, None).is_verified());
        let mut bare = moved.clone().for_code();
        let report = check_proof(&bare, None);
        assert!(
            report.is_verified() && step(&report).0 == StepState::NotChecked && step(&report).1.contains("机关所述")
        );
        assert!(!check_proof_with(&bare, &certificate).is_verified());
        bare.draw.as_mut().unwrap().threshold.clear();
        assert!(!check_proof(&bare, None).is_verified());
        let mut other = proof.clone();
        let draw = other.draw.as_mut().unwrap();
        draw.reserve =
            fairdraw::sampling::compute_certificate_unit(&e.frame, &tree, &e.seed, second.reserves()[2].row as usize);
        draw.threshold = draw.reserve.as_ref().unwrap().key.clone();
        assert!(!check_proof_with(&other, &certificate).is_verified());
    }
}

#[test]
fn an_outsider_without_the_offices_key_is_told_by_the_commitment_and_is_never_called_signed() {
    // a draw that never was, made whole with a secret of one's own
    let c = closed();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("certificate.json");
    std::fs::write(&path, c.certificate.to_json()).unwrap();
    let verify = |commitment: Option<String>| {
        verify_files(&VerifyRequest { certificate: path.clone(), commitment, ..VerifyRequest::default() }).unwrap()
    };
    let verified = verify(None);
    let anchors = verified.anchors.unwrap();
    let signature = anchors.report.steps.iter().find(|step| step.name == "本单位的签名").unwrap();
    assert_eq!((signature.state, signature.detail.as_str()), (StepState::NotChecked, UNSIGNED));
    assert_eq!(Anchors::new().statements.len(), 0);
    let published = to_hex(&example(&SMALL).seal.commitment());
    assert!(verify(Some(published)).report.faults.iter().any(|fault| fault.code == "VER-013"));
}
