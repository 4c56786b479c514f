//! Public numbers: rounds of drand with their signatures, lottery issues and their evenings, gap and entropy.

use fairdraw::anchor::beacon::{BeaconEvidence, CHAINS, beacon_faults};
use fairdraw::anchor::number::{NumberAsked, needs_two_people, settle_number};
use fairdraw::anchor::pledge::{SettledPledge, entropy_bits, settle_pledge};
use fairdraw::diagnostic::AppResult;
use fairdraw::policy::{AnchorRule, LotteryPause};
use fairdraw::sampling::{EntropyFormat, EntropyPledge, Opening, Seal, ShanghaiTime};

use super::fixture;

/// Rounds as drand published them: quicknet 123, the default chain's 72785.
pub(crate) const QUICKNET_123: &str =
    "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";
const DEFAULT_72785: &str = r#"{"round":72785,
"randomness":"8b676484b5fb1f37f9ec5c413d7d29883504e5b669f604a1ce68b3388e9ae3d9",
"signature":"82f5d3d2de4db19d40a6980e8aa37842a0e55d1df06bd68bddc8d60002e8e959eb9cfa368b3c1b77d18f02a54fe047b80f0989315f83b12a74fd8679c4f12aae86eaf6ab5690b34f1fddd50ee3cc6f6cdf59e95526d5a5d82aaa84fa6f181e42",
"previous_signature":"a609e19a03c2fcc559e8dae14900aaefe517cb55c840f6e69bc8e4f66c8d18e8a609685d9917efbfb0c37f058c2de88f13d297c7e19e0ab24813079efe57a182554ff054c7638153f9b26a60e7111f71a0ff63d9571704905d3ca6df0b031747"}"#;

pub(crate) fn seal_of(format: &str, source: &str, reference: &str, available_at: &str) -> Seal {
    let mut seal = Seal::parse(&fixture("seal.json")).unwrap();
    seal.entropy = EntropyPledge {
        format: format.into(),
        source: source.into(),
        reference: reference.into(),
        available_at: available_at.into(),
    };
    seal
}

#[test]
fn rounds_of_both_chains_are_verified_offline() {
    for (typed, i, round) in [(QUICKNET_123, 0, 123), (DEFAULT_72785, 1, 72_785)] {
        let evidence = BeaconEvidence::of_typed(typed, round).unwrap();
        let value = evidence.randomness().unwrap();
        assert!(beacon_faults(&CHAINS[i], round, &value, &evidence).is_empty());
        let seal = seal_of("drand", &CHAINS[i].source(), &round.to_string(), "2027-02-28T21:15:00+08:00");
        let settled = settle_number(&seal, typed).unwrap();
        assert_eq!((settled.value, settled.beacons), (value, vec![evidence]));
        assert!(NumberAsked::of(&seal).unwrap().accepts(typed));
    }
    let evidence = BeaconEvidence::of_typed(DEFAULT_72785, 0).unwrap();
    assert_eq!(evidence.randomness().unwrap(), "8b676484b5fb1f37f9ec5c413d7d29883504e5b669f604a1ce68b3388e9ae3d9");
}

#[test]
fn every_altered_digit_of_a_round_is_found() {
    for (typed, i, round) in [(QUICKNET_123, 0, 123), (DEFAULT_72785, 1, 72_785)] {
        let whole = BeaconEvidence::of_typed(typed, round).unwrap();
        let value = whole.randomness().unwrap();
        let altered = |text: &str, at: usize| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            String::from_utf8(bytes).unwrap()
        };
        for at in 0..whole.signature.len() {
            let evidence = BeaconEvidence { signature: altered(&whole.signature, at), ..whole.clone() };
            // the randomness made anew for the altered signature: only the pairing can find it
            let value = evidence.randomness().unwrap();
            let faults = beacon_faults(&CHAINS[i], round, &value, &evidence);
            assert!(faults.len() == 1 && faults[0].code == "ANC-016", "{at}: {faults:?}");
        }
        for at in (0..whole.previous_signature.len()).step_by(5) {
            let evidence =
                BeaconEvidence { previous_signature: altered(&whole.previous_signature, at), ..whole.clone() };
            assert_eq!(beacon_faults(&CHAINS[i], round, &value, &evidence)[0].code, "ANC-016");
        }
        for other in [round - 1, round + 1, 0, u64::MAX] {
            assert!(beacon_faults(&CHAINS[i], other, &value, &whole)[0].text.contains("封签约定的是"));
            let evidence = BeaconEvidence { round: other, ..whole.clone() };
            assert!(!beacon_faults(&CHAINS[i], other, &value, &evidence).is_empty());
        }
        assert!(!beacon_faults(&CHAINS[1 - i], round, &value, &whole).is_empty(), "another chain");
        assert!(
            !beacon_faults(&CHAINS[i], round, &value.replace(|c: char| c.is_ascii_digit(), "a"), &whole).is_empty()
        );
    }
}

#[test]
fn a_pledged_round_is_not_opened_with_randomness_alone() {
    let seal = seal_of("drand", &CHAINS[0].source(), "123", "2023-08-23T23:15:33+08:00");
    let value = BeaconEvidence::of_typed(QUICKNET_123, 123).unwrap().randomness().unwrap();
    assert_eq!(settle_number(&seal, &value).unwrap_err().code(), "ANC-023");
    // the form says so before: what it takes are the signature and the JSON of that round
    let asked = NumberAsked::of(&seal).unwrap();
    let json = |round: u64| format!(r#"{{"round":{round},"randomness":"{value}","signature":"{QUICKNET_123}"}}"#);
    assert!(asked.accepts(QUICKNET_123) && asked.accepts(&json(123)));
    assert!(!asked.accepts(&value) && !asked.accepts(&json(124)) && !asked.accepts(DEFAULT_72785));
    assert!(asked.spelling().contains("第 123 轮") && asked.spelling().contains("96 位"), "{}", asked.spelling());
    let chained =
        NumberAsked::of(&seal_of("drand", &CHAINS[1].source(), "72785", "2020-08-17T05:49:30+08:00")).unwrap();
    assert!(chained.accepts(DEFAULT_72785) && !chained.accepts(QUICKNET_123));
    assert!(!chained.spelling().contains("96"), "its rounds need the round before");
    let mixed = format!("ssq:双色球;{}", CHAINS[0].source());
    let mixed = NumberAsked::of(&seal_of("mixed", &mixed, "第2027025期;123", "2027-03-01T10:00:00+08:00")).unwrap();
    let number = "ssq=03 07 12 18 25 31+09";
    assert!(mixed.accepts(&format!("{number};drand={QUICKNET_123}")), "{}", mixed.spelling());
    assert!(!mixed.accepts(&format!("{number};drand={value}")) && !mixed.accepts(&format!("{number};{number}")));
    assert_eq!(settle_number(&seal, "{").unwrap_err().code(), "ANC-023");
    let another = seal_of("drand", &CHAINS[0].source(), "124", "2023-08-23T23:15:36+08:00");
    assert_eq!(settle_number(&another, QUICKNET_123).unwrap_err().code(), "ANC-016");
    // a seal of format 1 that named its round in free text is opened as it was
    let old = seal_of("drand", "drand quicknet", "第 123 轮", "2023-08-23T23:15:33+08:00");
    assert_eq!(settle_number(&old, &value).unwrap().value, value);
    assert!(NumberAsked::of(&old).unwrap().accepts(&value));
}

fn time(text: &str) -> ShanghaiTime {
    ShanghaiTime::new(text).unwrap()
}

fn settle(
    (format, source, reference): (EntropyFormat, &str, &str),
    available_at: &str,
    rule: &AnchorRule,
) -> AppResult<SettledPledge> {
    let told = (!available_at.is_empty()).then(|| time(available_at));
    settle_pledge((format, source, reference), told.as_ref(), &time("2027-02-26T09:00:00+08:00"), rule)
}

const SSQ: EntropyFormat = EntropyFormat::Ssq;
const DICE: EntropyFormat = EntropyFormat::Dice;

#[test]
fn an_issue_has_its_evening_and_a_round_its_second() {
    let rule = AnchorRule { least_entropy_bits: 24, ..AnchorRule::default() };
    // the 25th evening of 2027 is Sunday, 28 February, without pauses
    for reference in ["第2027025期", "2027-03-02（周二）开奖的一期"] {
        let told = if reference.starts_with('第') { "2027-02-28T21:15:00+08:00" } else { "2027-03-02T21:15:00+08:00" };
        assert_eq!(settle((SSQ, "双色球", reference), "", &rule).unwrap().available_at.as_str(), told, "{reference}");
        assert!(settle((SSQ, "双色球", reference), told, &rule).is_ok());
        let error = settle((SSQ, "双色球", reference), "2027-03-03T20:00:00+08:00", &rule).unwrap_err();
        assert!(error.code() == "ANC-026" && error.to_string().contains(told), "{error}");
    }
    // a pause of three drawings shifts the count
    let day = |text: &str| text.parse().unwrap();
    let pauses = vec![LotteryPause { from: day("2027-02-05"), to: day("2027-02-11") }];
    let paused = AnchorRule { lottery_pauses: pauses, ..rule.clone() };
    let shifted = settle((SSQ, "双色球", "第2027025期"), "", &paused).unwrap();
    assert_eq!(shifted.available_at.as_str(), "2027-03-07T21:15:00+08:00");
    // a year long past, a Wednesday, no issue at all
    for bad in ["第2003001期", "2027-03-03开奖的一期", "第2027400期", "下一期"] {
        let error = settle((SSQ, "双色球", bad), "", &rule).unwrap_err();
        assert!(["ANC-018", "ANC-022", "ANC-028"].contains(&error.code()), "{bad}: {error}");
    }
    let drand =
        settle((EntropyFormat::Drand, "drand quicknet（League of Entropy）", "第 36992000 轮"), "", &rule).unwrap();
    assert_eq!((drand.source.as_str(), drand.reference.as_str()), (CHAINS[0].source().as_str(), "36992000"));
    assert_eq!(drand.available_at, CHAINS[0].time_of(36_992_000).unwrap());
    assert_eq!(settle((EntropyFormat::Drand, "某信标", "1"), "", &rule).unwrap_err().code(), "ANC-020");
    assert_eq!(settle((EntropyFormat::Drand, "quicknet", "下一轮"), "", &rule).unwrap_err().code(), "ANC-021");
}

#[test]
fn what_can_be_foreseen_or_comes_too_soon_is_refused() {
    let rule = AnchorRule::default();
    let later = "2027-02-28T21:15:00+08:00";
    assert!(settle((DICE, "公证处", "现场"), later, &rule).is_ok());
    let refused = |what, at: &str, rule: &AnchorRule| settle(what, at, rule).unwrap_err().code().to_owned();
    assert_eq!(refused((DICE, "公证处", "现场"), "2027-02-27T08:59:59+08:00", &rule), "ANC-028");
    assert!(settle((DICE, "公证处", "现场"), "2027-02-27T09:00:00+08:00", &rule).is_ok());
    assert_eq!(refused((EntropyFormat::Index, "上证", "收盘"), later, &rule), "ANC-025");
    assert_eq!(refused((SSQ, "双色球", "第2027025期"), "", &rule), "ANC-027");
    assert_eq!(refused((DICE, "公证处", "现场"), "", &rule), "ANC-013");
    assert!(entropy_bits(SSQ, "") + entropy_bits(SSQ, "") >= 40);
}

#[test]
fn several_sources_combine_in_their_order() {
    let rule = AnchorRule::default();
    let mixed = EntropyFormat::Mixed;
    let two = settle((mixed, "ssq:双色球;ssq:双色球", "第2027025期;第2027026期"), "", &rule).unwrap();
    assert_eq!(two.available_at.as_str(), "2027-03-02T21:15:00+08:00");
    let with_drand = settle((mixed, "ssq:双色球;drand:quicknet", "第2027025期;36992000"), "", &rule).unwrap();
    assert_eq!(with_drand.source, format!("ssq:双色球;{}", CHAINS[0].source()));
    assert_eq!(with_drand.reference, "第2027025期;36992000");
    // with dice the office names the hour, not before the lottery's
    let dice = (mixed, "ssq:双色球;dice:公证处", "第2027025期;现场");
    assert!(settle(dice, "2027-03-01T10:00:00+08:00", &rule).is_ok());
    assert_eq!(settle(dice, "2027-02-28T10:00:00+08:00", &rule).unwrap_err().code(), "ANC-014");
    for (source, reference) in
        [("ssq:双色球", "第2027025期"), ("双色球;dice:x", "a;b"), ("ssq:a;dice:b", "第2027025期"), ("", "")]
    {
        assert_eq!(settle((mixed, source, reference), "", &rule).unwrap_err().code(), "ANC-029", "{source}");
    }
    let seal = seal_of("mixed", "ssq:双色球;dice:公证处", "第2027025期;现场", "2027-03-01T10:00:00+08:00");
    assert!(needs_two_people(&seal));
    let opening = |value: &str| {
        let mut opening = Opening::parse(
            &std::fs::read(
                std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/format1/opening.json"),
            )
            .unwrap(),
        )
        .unwrap();
        opening.entropy_value = value.into();
        opening.faults(&seal).iter().any(|fault| fault.code == "VER-011")
    };
    assert!(!opening("ssq=03 07 12 18 25 31+09;dice=4162253614235516"));
    for bad in [
        "dice=4162253614235516;ssq=03 07 12 18 25 31+09",
        "ssq=03 07 12 18 25 31+09",
        "ssq=03 07 12 18 25 31+09;dice=4162253614235516;dice=4162253614235516",
        "ssq=03 07 12 18 25 31+09;dice=416",
        "03 07 12 18 25 31+09;4162253614235516",
    ] {
        assert!(opening(bad), "{bad}");
    }
}
