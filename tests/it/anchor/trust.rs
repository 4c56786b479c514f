//! Signatures of office and witness, the witness's refusals, and the levels of trust.

use std::collections::BTreeSet;

use fairdraw::anchor::beacon::{BeaconEvidence, CHAINS};
use fairdraw::anchor::bundle::Anchors;
use fairdraw::anchor::check::{AnchorCheck, AnchorResult, Found, check_anchors, compute_trust};
use fairdraw::anchor::keys::{KeyAlgorithm, SigningKey};
use fairdraw::anchor::statement::{Role, Subject, sign_statement};
use fairdraw::anchor::witness::WitnessLog;
use fairdraw::anchor::x509::certificates_of;
use fairdraw::policy::{AnchorKey, AnchorRule, TrustLevel};
use fairdraw::sampling::{Opening, Seal, SealRegister, ShanghaiTime, StepState, sha256, to_hex};

use super::numbers::{QUICKNET_123, seal_of};
use super::{failed, fixture};

fn seal() -> Seal {
    Seal::parse(&fixture("seal.json")).unwrap()
}

fn opening() -> Opening {
    Opening::parse(&fixture("../format1/opening.json")).unwrap()
}

fn key(name: &str, algorithm: KeyAlgorithm, secret: u8) -> SigningKey {
    SigningKey::of_secret(name, algorithm, [secret; 32]).unwrap()
}

fn office() -> SigningKey {
    key("市局", KeyAlgorithm::Sm2, 7)
}

fn watcher() -> SigningKey {
    key("驻局纪检组", KeyAlgorithm::Ed25519, 9)
}

fn time(text: &str) -> ShanghaiTime {
    ShanghaiTime::new(text).unwrap()
}

const BEFORE: &str = "2027-02-26T10:00:00+08:00";
const AFTER: &str = "2027-02-28T21:30:00+08:00";

fn bound(key: &SigningKey) -> AnchorKey {
    AnchorKey { name: key.name.clone(), key: key.public().to_text() }
}

fn rule() -> AnchorRule {
    AnchorRule {
        office_keys: vec![bound(&office())],
        witness_keys: vec![bound(&watcher())],
        roots: vec![to_hex(&sha256(&[&certificates_of(&fixture("root_rsa.pem")).unwrap()[0]]))],
        required: vec![TrustLevel::Stamp, TrustLevel::Witness],
        ..AnchorRule::default()
    }
}

/// What a draw with everything has: stamp, root by its hash, office's three signatures, witness's two.
fn whole() -> Anchors {
    let (seal, opening) = (seal(), opening());
    let mut anchors = Anchors::new();
    anchors.add_stamp(&fixture("rsa.tsr"));
    anchors.add_root(&certificates_of(&fixture("root_rsa.pem")).unwrap()[0]);
    for (subject, bytes) in
        [(Subject::Seal, seal.to_json()), (Subject::Opening, opening.to_json()), (Subject::Certificate, b"c".to_vec())]
    {
        let said = sign_statement(&office(), Role::Office, (subject, &bytes), &seal, &time(AFTER)).unwrap();
        anchors.add_statement(said);
    }
    let mut log = WitnessLog::default();
    anchors.add_statement(log.sign_seal(&seal, None, &watcher(), &time(BEFORE)).unwrap());
    anchors.add_statement(log.sign_opening(&opening, &watcher(), &time(AFTER)).unwrap());
    anchors
}

fn check(anchors: &Anchors, rule: Option<&AnchorRule>) -> AnchorResult {
    check_anchors(AnchorCheck {
        seal: &seal(),
        opening: Some(&opening()),
        certificate: Some(b"c"),
        anchors: Some(anchors),
        roots: &[],
        rule,
    })
}

#[test]
fn levels_are_what_was_found() {
    use TrustLevel::{Beacon, OwnWord, Stamp, Witness};
    let levels = |stamp, beacon, witness| compute_trust(Found { stamp, beacon, witness });
    assert_eq!(levels(false, false, false), BTreeSet::from([OwnWord]));
    assert_eq!(levels(true, false, true), BTreeSet::from([OwnWord, Stamp, Witness]));
    assert_eq!(levels(false, true, false), BTreeSet::from([OwnWord, Beacon]));
}

#[test]
fn a_draw_with_stamp_and_witness_reaches_what_the_plan_binds() {
    let result = check(&whole(), Some(&rule()));
    assert!(result.report.faults.is_empty(), "{:?}", result.report.faults);
    assert_eq!(result.words(), "自证＋时间戳＋见证");
    // the same without the sealed policy: keys and roots are nobody's, nothing is reached, nothing is wrong
    let alone = check(&whole(), None);
    assert!(alone.report.faults.is_empty(), "{:?}", alone.report.faults);
    assert_eq!(alone.words(), "自证");
}

#[test]
fn nothing_given_is_said_and_what_the_plan_binds_is_missed() {
    let result = check(&Anchors::new(), None);
    assert!(result.report.faults.is_empty());
    let before = result.report.steps.iter().find(|step| step.name == "封存先于公开数").unwrap();
    assert_eq!(before.state, StepState::NotChecked);
    assert!(before.detail.contains("未证明封存先于公开数"), "{before:?}");
    let result = check(&Anchors::new(), Some(&rule()));
    assert_eq!(failed(&result.report), ["计划约定的可信程度"]);
    assert!(result.report.faults[0].text.contains("缺时间戳＋见证"), "{:?}", result.report.faults);
}

#[test]
fn every_altered_character_of_a_statement_is_found() {
    let whole = whole();
    for signed in &whole.statements {
        // our SM2 in debug is slow: every twenty-ninth character of the office's
        let step = if signed.statement.role == Role::Office { 29 } else { 1 };
        let text = serde_json::to_string(signed).unwrap();
        for at in (0..text.len()).step_by(step).filter(|at| text.is_char_boundary(*at)) {
            let Some(old) = text[at..].chars().next() else { continue };
            let new = if old == '0' { '1' } else { '0' };
            let altered = format!("{}{new}{}", &text[..at], &text[at + old.len_utf8()..]);
            let Ok(altered) = serde_json::from_str(&altered) else { continue };
            let mut anchors = Anchors::new();
            anchors.add_statement(altered);
            let result = check(&anchors, Some(&rule()));
            let step = if signed.statement.role == Role::Office { "本单位的签名" } else { "见证人的签名" };
            assert!(failed(&result.report).contains(&step), "{text} at {at}: {:?}", result.report.steps);
        }
    }
}

#[test]
fn a_foreign_key_or_another_file_is_refused() {
    let mut anchors = whole();
    let foreign = key("别人", KeyAlgorithm::Ed25519, 3);
    let said = sign_statement(&foreign, Role::Witness, (Subject::Seal, &seal().to_json()), &seal(), &time(BEFORE));
    anchors.statements = vec![said.unwrap()];
    let result = check(&anchors, Some(&rule()));
    assert!(result.report.faults.iter().any(|fault| fault.code == "ANC-052"));
    assert!(!result.levels.contains(&TrustLevel::Witness));
    // the certificate changed after the office signed it
    let mut changed = AnchorCheck {
        seal: &seal(),
        opening: Some(&opening()),
        certificate: Some(b"another"),
        anchors: Some(&whole()),
        roots: &[],
        rule: Some(&rule()),
    };
    assert!(check_anchors(changed).report.faults.iter().any(|fault| fault.code == "ANC-051"));
    let other = seal_of("dice", "公证处", "现场", "2027-02-28T21:15:00+08:00");
    changed.seal = &other;
    let codes: BTreeSet<&str> = check_anchors(changed).report.faults.iter().map(|fault| fault.code).collect();
    assert!(codes.contains("ANC-003") && codes.contains("ANC-051"), "{codes:?}");
}

#[test]
fn a_beacon_counts_with_its_signature_alone() {
    let seal = seal_of("drand", &CHAINS[0].source(), "123", CHAINS[0].time_of(123).unwrap().as_str());
    let evidence = BeaconEvidence::of_typed(QUICKNET_123, 123).unwrap();
    let mut opening = opening();
    opening.entropy_value = evidence.randomness().unwrap();
    let mut anchors = Anchors::new();
    let check = |anchors: &Anchors, seal: &Seal| {
        check_anchors(AnchorCheck {
            seal,
            opening: Some(&opening),
            certificate: None,
            anchors: Some(anchors),
            roots: &[],
            rule: None,
        })
    };
    assert_eq!(check(&anchors, &seal).words(), "自证");
    anchors.beacons.push(evidence.clone());
    let result = check(&anchors, &seal);
    assert!(result.report.faults.is_empty() && result.words() == "自证＋信标", "{:?}", result.report);
    anchors.beacons[0].round = 124;
    assert_eq!(failed(&check(&anchors, &seal).report), ["公开数的来源"]);
    anchors.beacons[0].round = 123;
    let mut late = seal;
    late.entropy.available_at = "2027-02-28T21:15:00+08:00".into();
    assert_eq!(failed(&check(&anchors, &late).report), ["公开数的时间"]);
}

/// A seal that follows another, and one beside it.
fn next(before: &Seal, mark: &str) -> Seal {
    let mut seal = before.clone();
    seal.previous = to_hex(&before.commitment());
    seal.sequence = if before.period == "2027-04" { before.sequence + 1 } else { 1 };
    seal.period = "2027-04".into();
    seal.inputs_sha256 = to_hex(&sha256(&[mark.as_bytes()]));
    seal
}

#[test]
fn a_witness_follows_one_history() {
    let key = watcher();
    let now = time(BEFORE);
    let mut log = WitnessLog::default();
    let first = seal();
    let signed = log.sign_seal(&first, None, &key, &now).unwrap();
    assert_eq!(log.sign_seal(&first, None, &key, &time(AFTER)).unwrap(), signed, "the same again");
    let (a, b) = (next(&first, "a"), next(&first, "b"));
    let mut fork = first.clone();
    fork.inputs_sha256 = to_hex(&sha256(&[b"fork"]));
    assert_eq!(log.sign_seal(&fork, None, &key, &now).unwrap_err().code(), "ANC-072");
    assert_eq!(log.sign_seal(&a, None, &key, &time(AFTER)).unwrap_err().code(), "ANC-071");
    log.sign_seal(&a, None, &key, &now).unwrap();
    assert_eq!(log.sign_seal(&b, None, &key, &now).unwrap_err().code(), "ANC-072");
    // a seal whose predecessor was not seen needs the register, and one that leads there
    let (c, d) = (next(&a, "c"), next(&next(&a, "c"), "d"));
    assert_eq!(log.sign_seal(&d, None, &key, &now).unwrap_err().code(), "ANC-073");
    assert_eq!(log.sign_seal(&d, Some(&SealRegister::new()), &key, &now).unwrap_err().code(), "ANC-073");
    let mut register = SealRegister::new();
    for seal in [&first, &a, &c, &d] {
        register.append_sealed(seal, "再次封存").unwrap();
        register.append_voided(&seal.commitment(), time("2027-02-26T09:00:00+08:00"), "试").unwrap();
    }
    log.sign_seal(&d, Some(&register), &key, &now).unwrap();
    // another agency has a history of its own
    let mut other = first.clone();
    other.agency = "320000".into();
    log.sign_seal(&other, None, &key, &now).unwrap();
    // openings: of a seal that was seen, after its number, one only
    assert_eq!(log.sign_opening(&opening(), &key, &now).unwrap_err().code(), "ANC-075");
    let signed = log.sign_opening(&opening(), &key, &time(AFTER)).unwrap();
    assert_eq!(log.sign_opening(&opening(), &key, &time(AFTER)).unwrap(), signed);
    let mut second = opening();
    second.entropy_value = "01 02 03 04 05 06+01".into();
    assert_eq!(log.sign_opening(&second, &key, &time(AFTER)).unwrap_err().code(), "ANC-076");
    let mut foreign = opening();
    foreign.commitment = to_hex(&sha256(&[b"x"]));
    assert_eq!(log.sign_opening(&foreign, &key, &time(AFTER)).unwrap_err().code(), "ANC-074");
    // the log comes back as it is, and not altered, cut in the middle, or with another key
    let bytes = log.to_bytes();
    assert_eq!(WitnessLog::parse(&bytes, &key).unwrap(), log);
    assert_eq!(WitnessLog::parse(&bytes, &office()).unwrap_err().code(), "ANC-070");
    for at in (0..bytes.len()).step_by(13) {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        let read = WitnessLog::parse(&altered, &key);
        assert!(read.as_ref().map_or(true, |read| *read == log || read.to_bytes() != bytes), "{at}");
        let last = bytes.trim_ascii_end().iter().rposition(|b| *b == b'\n').unwrap();
        assert!(read.is_err() || at > last, "{at}");
    }
    let without_first = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
    assert_eq!(WitnessLog::parse(&bytes[without_first..], &key).unwrap_err().code(), "ANC-070");
}
