//! The text of a code: what was packed comes back, of every format; codes of the first kind, on paper already, are read
//! as before; what is broken is said to be.

use std::fs;

use fairdraw::export::{is_proof_code, proof_qr_text, read_proof};
use fairdraw::sampling::{ProofOutcome, UnitProof, check_proof};

use super::same_words;
use crate::closed::{alterations, closed, closed_2};
use crate::sampling::{SMALL, example, reference};

/// A code of the first kind as the program before printed it: a unit of a city's January, told that it was drawn.
const FIRST: &str = include_str!("../../fixtures/codes/first.txt");

fn all_proofs() -> Vec<UnitProof> {
    let mut all = same_words::proofs(&example(&SMALL));
    all.extend(alterations::proofs(&closed()));
    all.extend(alterations::proofs(&closed_2()));
    all
}

#[test]
fn a_code_gives_the_proof_back_with_and_without_the_address() {
    for proof in all_proofs() {
        for address in [None, Some("https://sthj.example.gov.cn/ssj/verify.html")] {
            let text = proof_qr_text(&proof, address);
            assert!(is_proof_code(text.as_bytes()) && text.is_ascii());
            assert_eq!(read_proof(text.as_bytes()).unwrap(), proof.clone().for_code());
            assert_eq!(read_proof(format!("\u{feff} {text}\r\n").as_bytes()).unwrap(), proof.clone().for_code());
        }
        assert_eq!(read_proof(&proof.to_json()).unwrap(), proof, "a file is read as before");
    }
}

#[test]
fn a_code_of_the_first_kind_is_read_and_takes_less_room_now() {
    let proof = read_proof(FIRST.as_bytes()).unwrap();
    assert!(check_proof(&proof, None).is_verified());
    assert_eq!(proof.outcome(), ProofOutcome::ToldSelected);
    let (address, _) = FIRST.split_once('#').unwrap();
    let text = proof_qr_text(&proof, Some(address));
    assert_eq!(read_proof(text.as_bytes()).unwrap(), proof);
    assert!(text.len() * 3 < FIRST.trim().len() * 2, "{} of {}", text.len(), FIRST.len());
}

#[test]
fn a_broken_code_is_none_and_a_changed_one_does_not_check() {
    let proof = read_proof(FIRST.as_bytes()).unwrap();
    for text in [FIRST.trim().to_owned(), proof_qr_text(&proof, None)] {
        let begin = text.rfind(':').unwrap() + 1;
        for broken in [&text[..text.len() - 1], &text[..begin], &format!("{text}0"), &format!("{text}x")] {
            let said = read_proof(broken.as_bytes()).unwrap_err();
            assert_eq!(said.code, "VER-080", "{broken}");
        }
        for at in (begin + 20..text.len()).step_by(61) {
            let digit = (text.as_bytes()[at] - b'0' + 1) % 10;
            let changed = format!("{}{digit}{}", &text[..at], &text[at + 1..]);
            let Ok(mut read) = read_proof(changed.as_bytes()) else { continue };
            // without what was published the seal's own fields are the office's word, as are head and threshold
            if check_proof(&read, None).is_verified() && read.seal.commitment() == proof.seal.commitment() {
                let (told, was) = (read.told.as_mut().unwrap(), proof.told.as_ref().unwrap());
                (told.entered, told.head, told.threshold) = (was.entered, was.head.clone(), was.threshold.clone());
                assert_eq!(read, proof, "{changed}");
            }
        }
    }
}

#[test]
#[ignore = "needs python3"]
fn the_reference_reads_codes_of_both_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("code.txt");
    let proof = read_proof(FIRST.as_bytes()).unwrap();
    for text in [FIRST.to_owned(), proof_qr_text(&proof, None)] {
        fs::write(&path, &text).unwrap();
        let (good, said) = reference::run(&["proof".as_ref(), path.as_ref()]);
        assert!(good && said.contains("机关告知抽中"), "{said}");
        fs::write(&path, &text.trim()[..text.trim().len() - 1]).unwrap();
        let (good, said) = reference::run(&["proof".as_ref(), path.as_ref()]);
        assert!(!good && said.contains("VER-080"), "{said}");
    }
}
