//! Time stamps of local authorities (tests/fixtures/anchor/make.sh: openssl), whole, broken and altered.

use std::fs;
use std::path::Path;
use std::process::Command;

use fairdraw::anchor::signature::HashKind;
use fairdraw::anchor::stamp::{NOT_PROVED, STEP_BEFORE, Stamp, check_stamp, compute_request};
use fairdraw::anchor::x509::certificates_of;
use fairdraw::sampling::{CheckReport, StepState, sha256, to_hex};

use super::{failed, fixture, folder};

const AVAILABLE: &str = "2027-02-28T21:15:00+08:00";

fn root_in(folder: &Path, name: &str) -> Vec<Vec<u8>> {
    certificates_of(&fs::read(folder.join(name)).unwrap()).unwrap()
}

fn check(token: &[u8], roots: &[Vec<u8>]) -> (CheckReport, Option<Stamp>) {
    check_stamp(token, &fixture("seal.json"), AVAILABLE, roots)
}

const GOOD: [(&str, &str); 4] = [
    ("rsa.tsr", "root_rsa.pem"),
    ("p256.tsr", "root_rsa.pem"),
    ("p384.tsr", "root_rsa.pem"),
    ("sm2.tsr", "root_sm2.pem"),
];

fn good_ones_pass(folder: &Path) {
    for (token, root) in GOOD {
        let token_bytes = fs::read(folder.join(token)).unwrap();
        let (report, stamp) = check_stamp(&token_bytes, &fixture("seal.json"), AVAILABLE, &root_in(folder, root));
        assert!(report.faults.is_empty(), "{token}: {:?}", report.faults);
        let stamp = stamp.unwrap();
        assert!(stamp.at.as_str() < AVAILABLE && stamp.authority.starts_with("TSA "), "{stamp:?}");
        assert_eq!(stamp.root_sha256, to_hex(&sha256(&[&root_in(folder, root)[0]])));
        assert!(report.steps.iter().all(|step| step.state == StepState::Passed), "{token}: {:?}", report.steps);
    }
}

#[test]
fn answers_of_rsa_ec_and_sm2_authorities_prove_the_time() {
    good_ones_pass(&folder());
}

#[test]
#[ignore = "needs openssl 3 and python3: makes an authority and its answers anew"]
fn openssl_makes_them_anew() {
    let made = tempfile::tempdir().unwrap();
    fs::write(made.path().join("seal.json"), fixture("seal.json")).unwrap();
    let status = Command::new("bash").arg(folder().join("make.sh")).arg(made.path()).status().unwrap();
    assert!(status.success());
    good_ones_pass(made.path());
    // the request that the program writes is one that the authority's own tool reads
    let request = made.path().join("commitment.tsq");
    fs::write(&request, compute_request(&fixture("seal.json"), HashKind::Sha256)).unwrap();
    let read = Command::new("openssl").args(["ts", "-query", "-text", "-in"]).arg(&request).output().unwrap();
    let text = String::from_utf8_lossy(&read.stdout).into_owned();
    assert!(text.contains("Certificate required: yes") && text.contains("Hash Algorithm: sha256"), "{text}");
}

#[test]
fn without_a_root_or_with_another_nothing_is_proved() {
    for (token, _) in GOOD {
        let (report, stamp) = check(&fixture(token), &[]);
        assert!(stamp.is_none() && report.faults.is_empty());
        let last = report.steps.last().unwrap();
        assert_eq!((last.name, last.state, last.detail.as_str()), (STEP_BEFORE, StepState::NotChecked, NOT_PROVED));
        let (report, stamp) = check(&fixture(token), &root_in(&folder(), "root_other.pem"));
        assert!(stamp.is_none());
        assert_eq!(failed(&report), ["时间戳证书链"], "{token}");
        assert!(report.faults[0].code == "ANC-007" && report.faults[0].text.contains("不在所给的根证书之下"));
    }
}

#[test]
fn a_stamp_of_another_seal_or_after_the_number_is_refused() {
    let roots = root_in(&folder(), "root_rsa.pem");
    let (report, stamp) = check_stamp(&fixture("rsa.tsr"), b"{}", AVAILABLE, &roots);
    assert!(stamp.is_none());
    assert_eq!((failed(&report), report.faults[0].code), (vec!["时间戳印记"], "ANC-003"));
    let (_, stamp) = check(&fixture("rsa.tsr"), &roots);
    let at = stamp.unwrap().at;
    // the authority's accuracy counts against the office: the number may not come in that very second
    let (report, stamp) = check_stamp(&fixture("rsa.tsr"), &fixture("seal.json"), at.as_str(), &roots);
    assert!(stamp.is_none());
    assert_eq!((failed(&report), report.faults[0].code), (vec![STEP_BEFORE], "ANC-008"));
}

#[test]
fn broken_answers_say_what_is_wrong() {
    let roots = root_in(&folder(), "root_rsa.pem");
    let cases: [(Vec<u8>, &str, &str); 7] = [
        (fixture("refused.tsr"), "ANC-002", "时间戳机构没有签发"),
        (fixture("wrong_purpose.tsr"), "ANC-007", "不是仅限时间戳"),
        (fixture("not_critical.tsr"), "ANC-007", "没有标为关键"),
        (compute_request(&fixture("seal.json"), HashKind::Sha256), "ANC-001", "时间戳文件无法识别"),
        (b"not a token".to_vec(), "ANC-001", "时间戳文件无法识别"),
        (Vec::new(), "ANC-001", "时间戳文件无法识别"),
        (vec![0x30; 300_000], "ANC-001", "大于 256 KB"),
    ];
    for (token, code, words) in cases {
        let (report, stamp) = check(&token, &roots);
        assert!(stamp.is_none());
        let fault = &report.faults[0];
        assert!(fault.code == code && fault.text.contains(words), "{fault}");
        assert_eq!(report.steps.last().unwrap().name, STEP_BEFORE, "{fault}");
        assert_ne!(report.steps.last().unwrap().state, StepState::Passed);
    }
}

#[test]
fn every_altered_byte_and_every_cut_is_found_at_a_named_step() {
    for (name, root) in GOOD {
        let (token, roots) = (fixture(name), root_in(&folder(), root));
        // our own SM2 in debug takes its time: every thirteenth byte of that token
        let step = if name == "sm2.tsr" { 13 } else { 1 };
        // PKIStatusInfo { granted } opens the answer, behind its four bytes of tag and length
        assert_eq!(token[4..9], [0x30, 3, 2, 1, 0], "{name}");
        for at in (0..token.len()).step_by(step) {
            for flip in [0x01, 0x80] {
                let mut altered = token.clone();
                altered[at] ^= flip;
                let (report, stamp) = check(&altered, &roots);
                // granted (0) altered to granted with changes (1) is granted
                if (at, flip) != (8, 1) {
                    assert!(stamp.is_none(), "{name} byte {at} ^ {flip} of {}", token.len());
                    assert!(!failed(&report).is_empty(), "{name} byte {at}: {:?}", report.steps);
                }
            }
        }
        for cut in (0..token.len()).step_by(7) {
            let (report, stamp) = check(&token[..cut], &roots);
            assert!(stamp.is_none() && report.faults[0].code == "ANC-001", "{name} cut at {cut}");
        }
    }
}
