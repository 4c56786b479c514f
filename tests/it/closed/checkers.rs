//! The two other checkers beside the program: `tests/reference/draw.py` and `assets/web/verify.html` say of every
//! alteration and forgery what the program says, step by step.

use fairdraw::anchor::bundle::Anchors;
use fairdraw::anchor::keys::{KeyAlgorithm, SigningKey};
use fairdraw::anchor::statement::{Role, Subject, sign_statement};
use fairdraw::export::proof_qr_text;
use fairdraw::sampling::{
    AnyCertificate, CheckReport, ShanghaiTime, StepState, UnitProof, check_proof, check_proof_with,
};
use serde_json::{Value, json};

use super::alterations::{certificates, proofs};
use super::{Closed, closed, closed_2, closed_of, draw, free, ids};
use crate::public_page::{Given, alterations, loose_texts, page_answers, the_page_says_of};
use crate::sampling::reference::{put, run};

/// What is put before a checker.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) given: Given,
    pub(super) steps: Vec<(String, String, String)>,
    pub(super) verified: bool,
}

fn state(state: StepState) -> &'static str {
    match state {
        StepState::Passed => "passed",
        StepState::Failed => "failed",
        StepState::NotChecked => "not_checked",
    }
}

fn case(name: &str, given: Given, report: &CheckReport) -> Case {
    let steps = report.steps.iter().map(|s| (s.name.to_owned(), state(s.state).to_owned(), s.detail.clone()));
    Case { name: name.to_owned(), given, steps: steps.collect(), verified: report.is_verified() }
}

/// Every alteration of certificates and proofs, with what the program says of it.
fn cases() -> Vec<Case> {
    let folder = tempfile::tempdir().unwrap();
    [closed(), closed_2()].iter().flat_map(|c| cases_of(c, folder.path())).collect()
}

fn cases_of(c: &Closed, folder: &std::path::Path) -> Vec<Case> {
    let (published, head, frame) = (c.published(), c.certificate.head.clone(), c.frame());
    let whole = serde_json::to_value(&c.certificate).unwrap();
    let mut list = Vec::new();
    let mut add = |name: &str, text: &str, frame: Option<&str>, published: Option<&str>, head: Option<&str>| {
        let given = Given {
            text: text.into(),
            frame: frame.map(Into::into),
            published: published.map(Into::into),
            head: head.map(Into::into),
            against: None,
        };
        let report = given.verified(folder);
        list.push(case(name, given, &report));
    };
    let masked = c.certificate.clone().masked(&ids(&c.e, [free(&c.e, 0)[1], c.e.order.strata[0].reserves()[2].row]));
    let demonstration = closed_of(draw(Some(fairdraw::sampling::DEMONSTRATION_SOURCE))).certificate;
    for certificate in [&c.certificate, &masked, &demonstration] {
        let text = String::from_utf8(certificate.to_json()).unwrap();
        add("good", &text, None, None, None);
        add(
            "good, whole",
            &text,
            Some(&frame),
            Some(&certificate.opening.commitment.to_uppercase()),
            Some(&certificate.head),
        );
    }
    let forged = certificates(c);
    let loose = loose_texts(&whole);
    for (i, (what, text)) in
        forged.iter().map(|f| (&f.what, &f.text)).chain(loose.iter().map(|f| (&f.what, &f.text))).enumerate()
    {
        let with = (i % 7 == 0).then_some(frame.as_str());
        add(what, text, with, Some(&published), (i % 2 == 0).then_some(head.as_str()));
    }
    for altered in alterations(&serde_json::to_value(&masked).unwrap()).iter().step_by(5) {
        add(&altered.what, &altered.text, None, Some(&published), None);
    }
    list.extend(cases_of_proofs(c));
    list
}

fn cases_of_proofs(c: &Closed) -> Vec<Case> {
    let certificate = AnyCertificate::Second(Box::new(c.certificate.clone()));
    let against = String::from_utf8(c.certificate.to_json()).unwrap();
    let mut list = Vec::new();
    for proof in proofs(c) {
        let whole = serde_json::to_value(&proof).unwrap();
        let altered = alterations(&whole).into_iter().map(|altered| (altered.what, altered.text));
        for (name, text) in std::iter::once(("a proof".to_owned(), whole.to_string())).chain(altered) {
            let Ok(read) = UnitProof::parse(text.as_bytes()) else { continue };
            let mut report = check_proof(&read, Some(&c.published()));
            let more = check_proof_with(&read, &certificate);
            report.steps.extend(more.steps);
            report.faults.extend(more.faults);
            let given =
                Given { text, frame: None, published: Some(c.published()), head: None, against: Some(against.clone()) };
            list.push(case(&name, given, &report));
        }
    }
    list
}

/// Names and states; why a file can't be read is each reader's own.
fn held(cases: &[Case], answers: &[Value], with_words: bool) {
    assert_eq!(cases.len(), answers.len());
    let mut different = Vec::new();
    for (case, answer) in cases.iter().zip(answers) {
        let steps: Vec<Value> = case
            .steps
            .iter()
            .map(|(name, state, detail)| {
                let plain = !with_words || ["读取文件", "实际入选概率"].contains(&name.as_str());
                if plain { json!([name, state]) } else { json!([name, state, detail]) }
            })
            .collect();
        let said: Vec<Value> = answer["steps"]
            .as_array()
            .unwrap()
            .iter()
            .zip(&steps)
            .map(|(said, wanted)| {
                let parts = said.as_array().unwrap();
                Value::from(parts[..wanted.as_array().unwrap().len().min(parts.len())].to_vec())
            })
            .collect();
        let all = answer["steps"].as_array().unwrap().len() == steps.len();
        if !all || said != steps || answer["verified"] != case.verified {
            different.push(format!("{}: said {}, the program {}", case.name, answer["steps"], Value::from(steps)));
        }
    }
    different.truncate(12);
    assert!(different.is_empty(), "{} cases:\n{}", cases.len(), different.join("\n"));
}

#[test]
#[ignore = "needs python3"]
fn the_reference_says_of_every_alteration_what_the_program_says() {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases();
    let mut frames: Vec<&String> = cases.iter().filter_map(|case| case.given.frame.as_ref()).collect();
    frames.sort();
    frames.dedup();
    let list: Vec<Value> = cases
        .iter()
        .map(|case| {
            let g = &case.given;
            let frame = g.frame.as_ref().map(|frame| frames.iter().position(|known| *known == frame).unwrap());
            json!({ "text": g.text, "frame": frame, "published": g.published, "head": g.head, "against": g.against })
        })
        .collect();
    let file = put(folder.path(), "cases.json", json!({ "cases": list, "frames": frames }).to_string().as_bytes());
    let (good, said) = run(&["batch".as_ref(), file.as_ref()]);
    assert!(good, "{said}");
    let answers: Vec<Value> = serde_json::from_str(&said).unwrap();
    println!("{} cases, {} pass", cases.len(), cases.iter().filter(|case| case.verified).count());
    held(&cases, &answers, false);
}

#[test]
#[ignore = "needs chromium"]
fn the_page_says_of_every_alteration_what_the_program_says() {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases();
    for part in cases.chunks(400) {
        let given: Vec<&Given> = part.iter().map(|case| &case.given).collect();
        held(part, &page_answers(folder.path(), &given), true);
    }
    // from the code on a task sheet as from the file
    let c = closed();
    let codes: Vec<Case> = proofs(&c)
        .into_iter()
        .map(|proof| {
            let proof = proof.for_code();
            let text = proof_qr_text(&proof, None);
            let given = Given { text, frame: None, published: Some(c.published()), head: None, against: None };
            case("a code", given, &check_proof(&proof, Some(&c.published())))
        })
        .collect();
    let given: Vec<&Given> = codes.iter().map(|case| &case.given).collect();
    held(&codes, &page_answers(folder.path(), &given), true);
    assert!(codes.iter().filter(|case| case.steps.iter().any(|step| step.0 == "机关告知")).count() == 2);
}

/// A certificate signed by the office and a witness, with a key of each kind.
fn signed(c: &Closed, algorithm: KeyAlgorithm) -> Anchors {
    let time = |text: &str| ShanghaiTime::new(text).unwrap();
    let (office, witness) =
        (SigningKey::generate("执法总队", algorithm).unwrap(), SigningKey::generate("公证处", algorithm).unwrap());
    let mut anchors = Anchors::new();
    let files = [
        (&office, Role::Office, Subject::Certificate, c.certificate.signed_bytes(), "2027-03-20T09:00:00+08:00"),
        (&witness, Role::Witness, Subject::Seal, c.e.seal.to_json(), "2027-02-27T09:00:00+08:00"),
        (&witness, Role::Witness, Subject::Opening, c.e.opening.to_json(), "2027-03-01T09:00:00+08:00"),
    ];
    for (key, role, subject, bytes, at) in files {
        anchors.add_statement(sign_statement(key, role, (subject, &bytes), &c.e.seal, &time(at)).unwrap());
    }
    anchors
}

#[test]
#[ignore = "needs python3"]
fn the_reference_reads_signatures_and_refuses_altered_ones() {
    let folder = tempfile::tempdir().unwrap();
    let c = closed();
    let certificate = put(folder.path(), "certificate.json", &c.certificate.to_json());
    for algorithm in [KeyAlgorithm::Ed25519, KeyAlgorithm::Sm2] {
        let anchors = signed(&c, algorithm);
        let said = |anchors: &Anchors| {
            let file = put(folder.path(), "anchors.json", &anchors.to_json());
            run(&["certificate".as_ref(), certificate.as_ref(), "--anchors".as_ref(), file.as_ref()])
        };
        let (good, words) = said(&anchors);
        assert!(good && words.contains("执法总队于 2027-03-20T09:00:00+08:00 签 certificate"), "{words}");
        let mut altered = anchors.clone();
        altered.statements[0].statement.at = "2027-03-21T09:00:00+08:00".into();
        let (good, words) = said(&altered);
        assert!(!good && words.contains("ANC-050"), "{words}");
    }
    let (_, words) = run(&[
        "certificate".as_ref(),
        certificate.as_ref(),
        "--anchors".as_ref(),
        put(folder.path(), "none.json", &Anchors::new().to_json()).as_ref(),
    ]);
    assert!(words.contains("未核对  本单位的签名：未签名"), "{words}");
}

#[test]
#[ignore = "needs chromium"]
fn the_page_reads_signatures_and_never_calls_an_unsigned_one_signed() {
    let folder = tempfile::tempdir().unwrap();
    let c = closed();
    let text = String::from_utf8(c.certificate.to_json()).unwrap();
    let mut altered = signed(&c, KeyAlgorithm::Ed25519);
    let other = if altered.statements[0].signature.starts_with('0') { "1" } else { "0" };
    altered.statements[0].signature.replace_range(0..1, other);
    for (anchors, wanted) in [
        (signed(&c, KeyAlgorithm::Ed25519), ["not_checked", "not_checked"]),
        (signed(&c, KeyAlgorithm::Sm2), ["not_checked", "not_checked"]),
        (altered, ["failed", "not_checked"]),
    ] {
        let anchors = String::from_utf8(anchors.to_json()).unwrap();
        let script = format!(
            "checkAnchors(parseStrict({0}, 'c'), {0}, {1}, undefined).report.steps.filter(step => step.name.endsWith('签名'))",
            json!(text),
            json!(anchors)
        );
        let said = the_page_says_of(folder.path(), &script);
        let states: Vec<&str> = said.as_array().unwrap().iter().map(|step| step["state"].as_str().unwrap()).collect();
        assert_eq!(states, wanted, "{said}");
        assert!(said[0]["detail"].as_str().unwrap().contains("执法总队"), "{said}");
    }
    let none = the_page_says_of(
        folder.path(),
        &format!("checkAnchors(parseStrict({0}, 'c'), {0}, undefined, undefined).report.steps", json!(text)),
    );
    let office = none.as_array().unwrap().iter().find(|step| step["name"] == "本单位的签名").unwrap();
    assert_eq!((office["state"].as_str(), office["detail"].as_str()), (Some("not_checked"), Some("未签名")));
}
