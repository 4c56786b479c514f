//! The same steps, states and numbers as `fairdraw verify`, over vectors, alterations and codes.

use std::fs;
use std::path::Path;

use fairdraw::export::{proof_qr_text, read_proof};
use fairdraw::sampling::{
    CheckReport, DEMONSTRATION, StepState, Substitute, UnitProof, certificate_of, check_proof,
    compute_certificate_unit, compute_proof, to_hex,
};
use fairdraw::workspace::deeds::verify::{VerifyRequest, verify_files};
use serde_json::{Value, json};

use super::PAGE;
use super::alter::{alterations, loose_texts};
use super::browser::{answer, document, put, serve};
use crate::command_line::{certificate, vectors, write_vector};
use crate::sampling::{Example, SMALL, example, example_of, targets};

/// What is put before the page, with what the program says of it.
struct Case {
    name: String,
    text: String,
    frame: Option<String>,
    published: Option<String>,
    report: CheckReport,
}

/// What `fairdraw verify` finds in the text of a file.
fn verified(folder: &Path, text: &str, frame: Option<&str>, published: Option<&str>) -> CheckReport {
    let path = folder.join("case.json");
    fs::write(&path, text).unwrap();
    if let Ok(proof) = UnitProof::parse(text.as_bytes()) {
        return check_proof(&proof, published);
    }
    let with_frame = frame.map(|frame| {
        let path = folder.join("case.csv");
        fs::write(&path, frame).unwrap();
        path
    });
    let request = VerifyRequest {
        certificate: path,
        frame: with_frame,
        commitment: published.map(str::to_owned),
        ..VerifyRequest::default()
    };
    verify_files(&request).unwrap().report
}

/// What a checker is given.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) text: String,
    pub(crate) frame: Option<String>,
    pub(crate) published: Option<String>,
    pub(crate) head: Option<String>,
    /// A certificate beside a proof.
    pub(crate) against: Option<String>,
}

impl Given {
    /// What `fairdraw verify` finds in a certificate's file.
    pub(crate) fn verified(&self, folder: &Path) -> CheckReport {
        let path = folder.join("given.json");
        fs::write(&path, &self.text).unwrap();
        let frame = self.frame.as_ref().map(|frame| {
            let path = folder.join("given.csv");
            fs::write(&path, frame).unwrap();
            path
        });
        let (commitment, head) = (self.published.clone(), self.head.clone());
        verify_files(&VerifyRequest { certificate: path, frame, commitment, head, ..VerifyRequest::default() })
            .unwrap()
            .report
    }
}

/// The value of a script of the page.
pub(crate) fn the_page_says_of(folder: &Path, expression: &str) -> Value {
    let script = format!(
        "<script>{{ const value = {}; document.body.replaceChildren(make(\"pre\", {{ id: \"answer\" }}, \
         JSON.stringify(value))); }}</script>",
        expression.replace('<', "\\u003c")
    );
    let page = PAGE.replace("</body>", &format!("{script}</body>"));
    serde_json::from_str(&answer(&document(&put(folder, "page.html", &page), 1366))).unwrap()
}

/// What the page says of each: `steps` (name, state, detail) and `verified`.
pub(crate) fn page_answers(folder: &Path, given: &[&Given]) -> Vec<Value> {
    let mut frames: Vec<&String> = given.iter().filter_map(|one| one.frame.as_ref()).collect();
    frames.sort();
    frames.dedup();
    let cases: Vec<Value> = given
        .iter()
        .map(|one| {
            let frame = one.frame.as_ref().map(|frame| frames.iter().position(|known| *known == frame).unwrap());
            json!({ "text": one.text, "frame": frame, "published": one.published, "head": one.head, "against": one.against })
        })
        .collect();
    let expression = format!(
        "((cases, frames) => cases.map(one => {{ const or = value => value === null ? undefined : value; const {{ report }} = \
         verify(one.text, {{ frame: one.frame === null ? undefined : frames[one.frame], published: or(one.published), head: \
         or(one.head), against: or(one.against) }}); return {{ steps: report.steps.map(step => [step.name, step.state, \
         step.detail]), verified: report.verified }}; }}))({}, {})",
        Value::from(cases),
        json!(frames)
    );
    the_page_says_of(folder, &expression).as_array().unwrap().clone()
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    fn add(&mut self, folder: &Path, name: &str, text: &str, frame: Option<&str>, published: Option<&str>) -> bool {
        let report = verified(folder, text, frame, published);
        let passed = report.is_verified();
        self.0.push(Case {
            name: name.to_owned(),
            text: text.to_owned(),
            frame: frame.map(str::to_owned),
            published: published.map(str::to_owned),
            report,
        });
        passed
    }

    /// The page's answers: what differs from the program's, by name.
    fn differences(&self, folder: &Path) -> Vec<String> {
        let mut frames: Vec<&String> = self.0.iter().filter_map(|case| case.frame.as_ref()).collect();
        frames.sort();
        frames.dedup();
        let cases: Vec<Value> = self.0.iter().map(|case| {
            let steps: Vec<Value> = case.report.steps.iter().map(|step| {
                let state = match step.state {
                    StepState::Passed => "passed",
                    StepState::Failed => "failed",
                    StepState::NotChecked => "not_checked",
                };
                json!([step.name, state, step.detail])
            }).collect();
            let codes: Vec<&str> = case.report.faults.iter().map(|fault| fault.code).collect();
            let frame = case.frame.as_ref().map(|frame| frames.iter().position(|known| *known == frame).unwrap());
            json!({ "name": case.name, "text": case.text, "frame": frame, "published": case.published, "steps": steps, "codes": codes })
        }).collect();
        let script = format!(
            "<script>{{\nconst cases = {}, frames = {};\n{COMPARE}\n}}</script>",
            Value::from(cases).to_string().replace('<', "\\u003c"),
            json!(frames).to_string().replace('<', "\\u003c"),
        );
        let page = PAGE.replace("</body>", &format!("{script}</body>"));
        let said: Value = serde_json::from_str(&answer(&document(&put(folder, "page.html", &page), 1366))).unwrap();
        assert_eq!(said["checked"].as_u64(), Some(self.0.len() as u64));
        said["different"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }
}

/// Reasons why a file can't be read are worded by each reader; floats in faults may differ in their last digit.
const COMPARE: &str = r#"
const different = [];
for (const one of cases) {
  const { report } = verify(one.text, { frame: one.frame === null ? undefined : frames[one.frame], published: one.published === null ? undefined : one.published });
  const words = steps => steps.map(([name, state, detail]) => name === "读取文件" || name === "实际入选概率" ? [name, state] : [name, state, detail]);
  const got = JSON.stringify(words(report.steps.map(step => [step.name, step.state, step.detail]))), wanted = JSON.stringify(words(one.steps));
  const codes = JSON.stringify(report.faults.map(fault => fault.code)), same = report.steps[0].name === "读取文件" || codes === JSON.stringify(one.codes);
  if (got !== wanted || !same) different.push(`${one.name}: the page says ${got} ${codes}, the program ${wanted} ${JSON.stringify(one.codes)}`);
}
document.body.replaceChildren(make("pre", { id: "answer" }, JSON.stringify({ checked: cases.length, different: different.slice(0, 20) })));
"#;

/// Bytes of cases that one page takes at once.
const PAGE_BYTES: usize = 6 << 20;

fn hold(cases: Cases, folder: &Path) {
    let (mut pages, mut bytes) = (vec![Cases::default()], 0);
    for case in cases.0 {
        if bytes > PAGE_BYTES {
            pages.push(Cases::default());
            bytes = 0;
        }
        bytes += case.text.len();
        pages.last_mut().unwrap().0.push(case);
    }
    for page in &pages {
        let different = page.differences(folder);
        assert!(different.is_empty(), "{} of {} cases:\n{}", different.len(), page.0.len(), different.join("\n"));
    }
}

/// Certificates (name, text, frame, published commitment) on the page: the steps are the program's, word by word, or
/// this panics. Whether all of them verify.
pub(crate) fn the_page_says_what_the_program_says(
    folder: &Path,
    certificates: Vec<(String, String, Option<String>, Option<String>)>,
) -> bool {
    let mut cases = Cases::default();
    let mut verified = true;
    for (name, text, frame, published) in certificates {
        verified &= cases.add(folder, &name, &text, frame.as_deref(), published.as_deref());
    }
    hold(cases, folder);
    verified
}

/// A proof of every kind: drawn, a reserve, excluded, certain, before the opening, of a demonstration.
pub(super) fn proofs(e: &Example) -> Vec<UnitProof> {
    let tree = e.frame.tree();
    let of = |unit: &str, opened: bool| {
        let opened = opened.then_some((&e.opening, &e.order));
        compute_proof(&e.frame, &tree, &e.seal, opened, unit).unwrap()
    };
    let id = |row: u32| e.frame.unit_id(row as usize);
    let first = &e.order.strata[0];
    let (drawn, reserve) = (id(first.selected()[1].row), id(first.reserves()[0].row));
    let with = |pi: u32| id((0..e.frame.len() as u32).find(|i| e.frame.pi_ppb()[*i as usize] == pi).unwrap());
    let mut all = vec![
        of(drawn, true),
        of(reserve, true),
        of(with(0), true),
        of(with(1_000_000_000), true),
        of(drawn, false),
        of(with(0), false),
        of(drawn, true),
    ];
    all.last_mut().unwrap().statement = Some(DEMONSTRATION.to_owned());
    all
}

#[test]
#[ignore = "needs chromium"]
fn vectors_and_alterations_give_the_steps_of_the_program() {
    let (temporary, vectors) = (tempfile::tempdir().unwrap(), vectors());
    let (folder, good) = (temporary.path(), &vectors["good"][0]);
    let mut cases = Cases::default();
    let frame_of = |vector: &Value| fs::read_to_string(&write_vector(folder, vector)[0]).unwrap();

    for (i, vector) in vectors["good"].as_array().unwrap().iter().enumerate() {
        let (frame, published) = (frame_of(vector), vector["opening"]["commitment"].as_str().unwrap());
        let text = vector.get("certificate").cloned().unwrap_or_else(|| large(vector)).to_string();
        for (frame, published) in
            [(None, None), (Some(frame.as_str()), None), (None, Some(published)), (Some(&frame), Some(published))]
        {
            assert!(cases.add(folder, &format!("good vector {i}"), &text, frame, published));
        }
        for saved in [frame.replace('\n', "\r\n"), format!("\u{feff}{frame}\n\n"), frame.trim_end().to_owned()] {
            assert!(cases.add(folder, "a frame that was saved anew", &text, Some(&saved), Some(published)));
        }
    }
    for case in vectors["must_fail"].as_array().unwrap() {
        let (frame, name) = (frame_of(case), case["name"].as_str().unwrap());
        let text = certificate(good, case).to_string();
        assert!(!cases.add(folder, name, &text, Some(&frame), case["published"].as_str()), "{name}");
        cases.add(folder, name, &text, None, case["published"].as_str());
    }

    // a certificate with a substitute, a statement and a digest, and the same without the digest
    let e = example(&SMALL);
    let tree = e.frame.tree();
    let mut own = certificate_of(&e.frame, &tree, &e.seal, &e.opening, &e.seed, &e.order);
    let reserve = e.order.strata[0].reserves()[1].row as usize;
    let unit = compute_certificate_unit(&e.frame, &tree, &e.seed, reserve).unwrap();
    let dead = own.strata[0].selected[1].row.unit_id.to_string();
    own.strata[0].substitutes.push(Substitute::of(unit, dead, "2027-03-05 现场核实已关闭"));
    let (frame, published) = (String::from_utf8(e.frame.to_csv()).unwrap(), to_hex(&e.seal.commitment()));
    let signed = own.clone().with_statement(DEMONSTRATION).with_digest();
    for (document, has_digest) in [(signed, true), (own, false)] {
        let whole = serde_json::to_value(&document).unwrap();
        assert!(cases.add(folder, "own", &whole.to_string(), Some(&frame), Some(&published)));
        let altered: Vec<_> = alterations(&whole).into_iter().chain(loose_texts(&whole)).collect();
        for (i, altered) in altered.iter().enumerate() {
            let frame = (i % 3 == 0).then_some(frame.as_str());
            let passed = cases.add(folder, &altered.what, &altered.text, frame, Some(&published));
            assert!(!passed || !has_digest || altered.what.is_empty(), "{} goes through", altered.what);
        }
    }
    // rows of the frame
    let text = serde_json::to_string(&certificate_of(&e.frame, &tree, &e.seal, &e.opening, &e.seed, &e.order)).unwrap();
    for (i, line) in frame.lines().enumerate() {
        for changed in [line.replacen("0,", "1,", 1), format!("{line},"), String::new(), format!("{line}\n{line}")] {
            let altered = frame.replacen(line, &changed, 1);
            if altered != frame {
                assert!(!cases.add(folder, &format!("row {i}"), &text, Some(&altered), Some(&published)));
            }
        }
    }
    for proof in proofs(&e) {
        let whole = serde_json::to_value(&proof).unwrap();
        assert!(cases.add(folder, "a proof", &whole.to_string(), None, Some(&published)));
        cases.add(folder, "a proof unbound", &whole.to_string(), None, None);
        for altered in alterations(&whole).into_iter().chain(loose_texts(&whole)) {
            let passed = cases.add(folder, &altered.what, &altered.text, None, Some(&published));
            // the statement, and a threshold that is well formed, are the office's word: docs/draw.md says so
            let word = ["statement", "draw.threshold", ""].contains(&altered.what.as_str());
            assert!(!passed || word, "{} goes through: {}", altered.what, altered.text);
        }
        // the code gives back what was packed, and its steps
        let code = proof_qr_text(&proof, None);
        let case = Case {
            name: "the code of a proof".into(),
            text: code.clone(),
            frame: None,
            published: Some(published.clone()),
            report: check_proof(&proof, Some(&published)),
        };
        cases.0.push(case);
        for changed in [code[..code.len() - 1].to_owned(), format!("{code}0"), code.replacen('1', "x", 2)] {
            let fault = read_proof(changed.as_bytes()).unwrap_err();
            assert_eq!(fault.code, "VER-080");
            let mut report = CheckReport::default();
            report.step("读取文件", "", vec![fault]);
            cases.0.push(Case { name: "a broken code".into(), text: changed, frame: None, published: None, report });
        }
    }
    println!("{} cases", cases.0.len());
    hold(cases, folder);
}

/// The certificate of a vector that carries none.
fn large(vector: &Value) -> Value {
    let with_certificate = json!({ "format": "fairdraw-certificate/1", "earlier": [] });
    let mut copy = vector.clone();
    copy["certificate"] = with_certificate;
    certificate(&copy, vector)
}

#[test]
#[ignore = "needs chromium"]
fn a_certificate_of_two_thousand_targets_checks_within_two_seconds() {
    let temporary = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..40).map(|i| format!("3101{i:02}/key")).collect();
    let strata: Vec<(&str, usize, usize)> = names.iter().map(|name| (name.as_str(), 600, 50)).collect();
    let e = example_of(targets(&strata));
    let own = certificate_of(&e.frame, &e.frame.tree(), &e.seal, &e.opening, &e.seed, &e.order).with_digest();
    let text = serde_json::to_string(&own).unwrap();
    let frame = String::from_utf8(e.frame.to_csv()).unwrap();
    let script = format!(
        "<script>{{ const text = {}, frame = {}; let begin, alone, first = Infinity; for (let i = 0; i < 3; \
         i++) {{ begin = performance.now(); alone = verify(text); first = Math.min(first, performance.now() - begin); }} begin = performance.now(); const whole = verify(text, {{ frame }}); const second = \
         performance.now() - begin; document.body.replaceChildren(make('pre', {{ id: 'answer' }}, JSON.stringify({{ first, \
         second, alone: alone.report.verified, whole: whole.report.verified }}))); }}</script>",
        json!(text).to_string().replace('<', "\\u003c"),
        json!(frame)
    );
    let page = PAGE.replace("</body>", &format!("{script}</body>"));
    let said: Value =
        serde_json::from_str(&answer(&document(&put(temporary.path(), "page.html", &page), 1366))).unwrap();
    println!("{said}");
    assert!(said["alone"] == true && said["whole"] == true, "{said}");
    assert!(said["first"].as_f64().unwrap() <= 2000.0, "{said}");
}

#[test]
#[ignore = "needs chromium"]
fn a_code_opens_the_page_from_disk_and_from_a_server_and_nothing_else_is_asked_for() {
    let temporary = tempfile::tempdir().unwrap();
    let e = example(&SMALL);
    let proof = proofs(&e).remove(0);
    let unit = proof.row.unit_id.to_string();
    let from_disk = put(temporary.path(), "verify.html", PAGE);
    let (server, asked) = serve(PAGE.to_owned());
    for address in [from_disk, format!("{server}/verify.html")] {
        let shown = document(&proof_qr_text(&proof, Some(&address)), 390);
        assert!(shown.contains("data-checked=\"passed\"") && shown.contains(&format!("{unit} 抽中")), "{address}");
        let wrong = document(&format!("{address}#FD2:123"), 390);
        assert!(wrong.contains("data-checked=\"failed\"") && wrong.contains("二维码的文字不完整"), "{address}");
        assert!(!document(&address, 390).contains("data-checked"), "{address}");
    }
    let asked = asked.lock().unwrap();
    assert!(asked.iter().all(|path| path == "/verify.html") && asked.len() == 3, "{asked:?}");
}

#[test]
#[ignore = "needs chromium"]
fn a_phone_shows_a_whole_result_without_a_sideways_scroll() {
    let temporary = tempfile::tempdir().unwrap();
    let e = example(&SMALL);
    let own = certificate_of(&e.frame, &e.frame.tree(), &e.seal, &e.opening, &e.seed, &e.order).with_digest();
    let texts = [proof_qr_text(&proofs(&e)[0], None), serde_json::to_string(&own).unwrap()];
    for text in texts {
        let script = format!(
            "<script>$('text').value = {}; run(); document.body.style.width = '360px'; const wide = \
             [...document.querySelectorAll('main *')].filter(e => !e.closest('.table') && \
             e.getBoundingClientRect().right > 360).map(e => e.outerHTML.slice(0, 80)); document.body.append(make('pre', \
             {{ id: 'answer' }}, JSON.stringify(wide)));</script>",
            json!(text)
        );
        let page = PAGE.replace("</body>", &format!("{script}</body>"));
        assert_eq!(answer(&document(&put(temporary.path(), "page.html", &page), 500)), "[]");
    }
}
