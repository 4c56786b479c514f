//! Anchors in a project: the request at the sealing, tokens and statements taken back, the beacon at the opening,
//! certificates of format 1, and the commands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fairdraw::anchor::stamp::NOT_PROVED;
use fairdraw::policy::TrustLevel;
use fairdraw::sampling::{Seal, StepState};
use fairdraw::workspace::deeds::anchors::load_anchors;
use fairdraw::workspace::deeds::verify::{VerifyRequest, verify_files};

use super::{failed, folder};

fn format_1() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/format1")
}

/// A copy of the certificate of version 0.1, where files may be laid beside it.
fn certificate(folder: &Path) -> PathBuf {
    let path = folder.join("certificate.json");
    fs::copy(format_1().join("certificate.json"), &path).unwrap();
    path
}

#[test]
fn a_certificate_of_format_1_verifies_and_its_order_is_not_proved() {
    let place = tempfile::tempdir().unwrap();
    let request = VerifyRequest {
        certificate: certificate(place.path()),
        frame: Some(format_1().join("frame.csv")),
        ..VerifyRequest::default()
    };
    let verified = verify_files(&request).unwrap();
    assert!(verified.report.is_verified(), "{:?}", verified.report.faults);
    let anchors = verified.anchors.unwrap();
    assert!(anchors.report.is_verified());
    let step = anchors.report.steps.iter().find(|step| step.name == "封存先于公开数").unwrap();
    assert!(step.state == StepState::NotChecked && step.detail.contains(NOT_PROVED), "{step:?}");
    assert_eq!(anchors.words(), "自证");
    // its issue was drawn on its evening; all else is the office's word
    let passed: Vec<_> = anchors.report.steps.iter().filter(|step| step.state == StepState::Passed).collect();
    assert!(passed.len() == 1 && passed[0].name == "公开数的时间", "{passed:?}");
}

#[test]
fn a_stamp_and_its_root_given_to_verify_prove_the_order() {
    let place = tempfile::tempdir().unwrap();
    let mut request = VerifyRequest {
        certificate: certificate(place.path()),
        stamps: vec![folder().join("sm2.tsr")],
        roots: vec![folder().join("root_sm2.pem")],
        ..VerifyRequest::default()
    };
    let anchors = verify_files(&request).unwrap().anchors.unwrap();
    assert!(anchors.report.is_verified() && anchors.levels.contains(&TrustLevel::Stamp), "{:?}", anchors.report);
    request.roots = vec![folder().join("root_rsa.pem")];
    assert_eq!(failed(&verify_files(&request).unwrap().anchors.unwrap().report), ["时间戳证书链"]);
    request.roots = vec![folder().join("rsa.tsr")];
    assert_eq!(verify_files(&request).unwrap_err().code(), "ANC-042");
    // a policy that is not the sealed one binds nothing, and is named
    fs::write(place.path().join("policy.ron"), "()").unwrap();
    request.roots.clear();
    assert_eq!(failed(&verify_files(&request).unwrap().anchors.unwrap().report), ["规则文件"]);
    fs::remove_file(place.path().join("policy.ron")).unwrap();
    fs::write(place.path().join("anchors.json"), "{}").unwrap();
    assert_eq!(verify_files(&request).unwrap_err().code(), "ANC-040");
}

fn fairdraw(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
        .args(arguments)
        .env("FAIRDRAW_KEY_PASSWORD", "一二三四五六七八九十")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_witness_signs_on_a_machine_of_its_own() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).to_string_lossy().into_owned();
    let (ok, public, _) = fairdraw(&["keys", "new", &at("key.json"), "--name", "驻局纪检组", "--algorithm", "ed25519"]);
    assert!(ok && public.contains("ed25519:"), "{public}");
    let (ok, _, why) = fairdraw(&["keys", "new", &at("key.json"), "--name", "又一人"]);
    assert!(!ok && why.contains("ANC-038"), "{why}");
    assert_eq!(fairdraw(&["keys", "show", &at("key.json")]).1, public);
    let seal = format_1().join("seal.json").to_string_lossy().into_owned();
    let witness = |file: &str, log: &str| {
        let (key, log, out) = (at("key.json"), at(log), at("signed.json"));
        fairdraw(&["witness", file, "--key", &key, "--log", &log, "--out", &out])
    };
    let (ok, told, why) = witness(&seal, "log.jsonl");
    let now_is_before = ok || why.contains("ANC-071");
    assert!(now_is_before, "{told}{why}");
    if ok {
        assert!(told.contains("已见证 2027-03 第 1 次的封签"), "{told}");
        // another seal on the same predecessor is a second history
        let mut fork = Seal::parse(&fs::read(&seal).unwrap()).unwrap();
        fork.frame_root = fork.policy_sha256.clone();
        fs::write(at("fork.json"), fork.to_json()).unwrap();
        let (ok, _, why) = witness(&at("fork.json"), "log.jsonl");
        assert!(!ok && why.contains("ANC-072"), "{why}");
    }
    let (ok, _, why) = witness(&at("key.json"), "log.jsonl");
    assert!(!ok && why.contains("ANC-078"), "{why}");
}

#[test]
fn an_empty_folder_has_no_anchors_and_a_broken_file_is_named() {
    let place = tempfile::tempdir().unwrap();
    assert!(load_anchors(place.path()).unwrap().stamps.is_empty());
    fs::write(place.path().join("anchors.json"), "{\"format\":\"x\"}").unwrap();
    assert_eq!(load_anchors(place.path()).unwrap_err().code(), "ANC-040");
}
