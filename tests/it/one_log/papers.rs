//! What goes out carries the log's head, so that two papers contradict each other where the log was written anew between
//! them; and what another hand did stands in the certificate of the months that it bears on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fairdraw::domain::{InspectorId, Period, UnitId};
use fairdraw::export::documents::{Fonts, Templates, Typesetter, render_certificate};
use fairdraw::sampling::{AnyCertificate, ClosedCertificate, StepState, to_hex};
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::verify::{VerifyRequest, verify_files};
use fairdraw::workspace::deeds::verify_log::{LogRequest, verify_log};
use fairdraw::workspace::store::draws::StoredDraw;
use fairdraw::workspace::store::project::Project;

use super::{act, fairdraw, forge, lines, named, staged};
use crate::project::{DICE, accepted, month, pledge, proved};
use crate::sampling::reference::run;

fn january() -> Period {
    Period::Month(month("2027-01"))
}

fn certificate(path: &Path) -> ClosedCertificate {
    let AnyCertificate::Second(closed) = AnyCertificate::parse(&fs::read(path).unwrap()).unwrap() else {
        panic!("a closed certificate")
    };
    *closed
}

fn own(root: &Path) -> PathBuf {
    root.join("draws/2027-01/1/certificate.json")
}

/// Replaces the second inspector of the first check whose body has somebody else.
fn replaced(root: &Path, now: &str) {
    let pairs = fs::read_to_string(root.join("draws/2027-01/1/assignment.csv")).unwrap();
    let done = pairs.lines().skip(1).any(|line| {
        let row: Vec<&str> = line.split(',').collect();
        let deed = Deed::ReplaceInspector {
            month: month("2027-01"),
            unit: UnitId::new(row[0]).unwrap(),
            certificate: InspectorId::new(row[3]).unwrap(),
            reason: proved("住院"),
        };
        act(root, deed, now).is_ok()
    });
    assert!(done, "nobody could be replaced");
}

/// The codes of what the log names beside a certificate.
fn against(root: &Path, paper: &Path) -> Vec<&'static str> {
    let request = LogRequest { log: root.to_owned(), certificate: Some(paper.to_owned()), ..LogRequest::default() };
    verify_log(&request).unwrap().report.faults.iter().map(|fault| fault.code).collect()
}

#[test]
fn seal_opening_and_changes_carry_the_heads_of_their_lines_and_a_log_written_anew_contradicts_the_paper() {
    let (place, root) = staged("月开");
    replaced(&root, "2027-01-05T09:00:00");
    let of = |command: &str| lines(&root).into_iter().rfind(|entry| entry.command == command).unwrap().log;
    let told = certificate(&own(&root));
    assert_eq!(told.format, "fairdraw-certificate/3");
    assert_eq!((&told.seal.log, &told.log), (&of("seal"), &of("open")));
    assert_eq!(told.changes[0].log, of("replace-inspector"));
    assert_eq!(told.changes[0].document.as_deref(), Some("检查笔录第7号"));
    assert_eq!(told.interventions.as_deref(), Some(&[][..]));
    assert_eq!(told.log_heads().len(), 3);
    // a paper that went out, and a log that somebody wrote anew afterwards, with all that the folder keeps made to fit
    let paper = place.path().join("证书.json");
    fs::copy(own(&root), &paper).unwrap();
    assert_eq!(against(&root, &paper), Vec::<&str>::new());
    let mut entries = lines(&root);
    entries[1].operator = "王五".to_owned();
    forge(&root, entries);
    for draw in ["2027-00/1", "2027-01/1"] {
        fs::remove_file(root.join("draws").join(draw).join("log.json")).unwrap();
    }
    let request = LogRequest { log: root.join("journal.jsonl"), certificate: Some(paper), ..LogRequest::default() };
    let report = verify_log(&request).unwrap().report;
    let codes: Vec<_> = report.faults.iter().map(|fault| fault.code).collect();
    assert!(codes.len() >= 2 && codes.iter().all(|code| *code == "LOG-016"), "{codes:?}");
    let step = report.steps.iter().find(|step| step.name == "日志根值").unwrap();
    assert_eq!(step.state, StepState::Failed);
}

#[test]
fn what_another_hand_did_stands_in_the_certificate_and_is_named_by_every_checker() {
    let (_place, root) = staged("年开");
    // before the seal, while it waits, after the opening, after a change
    let path = root.join("project.ron");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "\n// by hand\n").unwrap();
    fs::write(root.join("frames/多出1.csv"), "x").unwrap();
    accepted(&root, "2026-12-24T09:00:00");
    act(&root, Deed::SealMonth(month("2027-01"), pledge("2026-12-29T20:00:00", "区公证处掷骰")), "2026-12-28T09:00:00")
        .unwrap();
    fs::write(root.join("frames/多出2.csv"), "x").unwrap();
    accepted(&root, "2026-12-28T10:00:00");
    act(&root, Deed::Open(january(), DICE.into()), "2026-12-30T09:00:00").unwrap();
    fs::write(root.join("draws/2027-01/1/多出.txt"), "x").unwrap();
    accepted(&root, "2026-12-31T09:00:00");
    replaced(&root, "2027-01-05T09:00:00");
    fs::create_dir_all(root.join("results")).unwrap();
    fs::write(root.join("results/多出.txt"), "x").unwrap();
    accepted(&root, "2027-01-06T09:00:00");
    // what lies in another draw's folder alone is none of January's
    fs::write(root.join("draws/2027-00/1/多出.txt"), "x").unwrap();
    accepted(&root, "2027-01-07T09:00:00");

    let told = certificate(&own(&root));
    let listed = told.interventions.clone().unwrap();
    assert_eq!(listed.iter().map(|one| one.after).collect::<Vec<_>>(), [0, 0, 1, 2]);
    assert_eq!(told.seal.interventions.as_ref().unwrap(), &[to_hex(&listed[0].sha256())]);
    assert_eq!((listed[0].operator.as_str(), listed[0].second.as_str()), ("测试员", "李四"));
    assert_eq!(
        listed[0].changed.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(),
        ["frames/多出1.csv", "project.ron"]
    );
    assert!(listed[1].changed.iter().any(|file| file.path == "frames/多出2.csv" && file.expected.is_empty()));
    let draw = StoredDraw::load(&Project::open(&root, None).unwrap(), january(), 1).unwrap();
    let published = to_hex(&draw.seal.commitment());
    let request = VerifyRequest {
        certificate: own(&root),
        commitment: Some(published.clone()),
        head: Some(told.head.clone()),
        frame: Some(draw.folder.join("frame.csv")),
        ..VerifyRequest::default()
    };
    let report = verify_files(&request).unwrap().report;
    assert!(report.is_verified(), "{:?}", report.faults);
    let step = report.steps.iter().find(|step| step.name == "外部改动").unwrap();
    assert_eq!(step.state, StepState::NotChecked);
    assert!(
        step.detail.contains("2026-12-28 10:00:00 测试员、李四 采用程序之外的改动（frames/多出2.csv）"),
        "{}",
        step.detail
    );
    let (done, said) = fairdraw(&["verify", own(&root).to_str().unwrap(), "--commitment", &published]);
    assert!(done && said.contains("外部改动 4 次") && said.contains("未核对  外部改动"), "{said}");
    // the log agrees, and knows when one is left out, though the chain is made to fit
    assert_eq!(against(&root, &own(&root)), Vec::<&str>::new());
    assert_eq!(named(&root, &[]), Vec::<&str>::new());
    let mut less = told.clone();
    less.interventions.as_mut().unwrap().pop();
    let paper = root.join("draws/2027-01/1/证书.json");
    fs::write(&paper, less.with_head().to_json()).unwrap();
    assert!(against(&root, &paper).contains(&"LOG-017"));
    // it leaves with the evidence
    fs::remove_file(&paper).unwrap();
    let to = root.parent().unwrap().join("出");
    let only = vec!["抽取存证".to_owned()];
    act(&root, Deed::Export { to: to.clone(), month: None, only }, "2027-06-02T09:00:00").unwrap();
    let out = certificate(&to.join("抽取存证/2027-01-1/certificate.json"));
    assert_eq!((out.interventions, out.head), (Some(listed), told.head));
    // and stands on the certificate's paper, with the log's heads at everything that was done
    let paper = printed(&to.join("抽取存证/2027-01-1/certificate.pdf"));
    for head in [told.seal.log.as_ref(), told.log.as_ref(), told.changes[0].log.as_ref()] {
        let head = head.unwrap();
        assert!(paper.contains(&format!("{}{}", head.size, head.root)), "{paper}");
    }
    assert!(paper.contains("更换执法人员：") && paper.contains("封存、开封与各项变更时的日志根值"), "{paper}");
    for one in ["测试员、李四", "frames/多出1.csv（不是程序写入）；project.ron（内容被改动）", "frames/多出2.csv"]
    {
        assert!(paper.contains(one), "{one}: {paper}");
    }
    assert!(paper.contains("由两人具名采用后抽取才继续") && !paper.contains("没有外部改动"), "{paper}");
}

/// The text of a .pdf, without what its lines and columns put between words.
fn printed(path: &Path) -> String {
    fairdraw::export::pdf_text(&fs::read(path).unwrap()).unwrap().split_whitespace().collect()
}

#[test]
fn a_paper_without_other_hands_says_so_and_one_from_before_the_log_prints_none_of_it() {
    let (place, root) = staged("月开");
    let to = place.path().join("出");
    let only = vec!["抽取存证".to_owned()];
    act(&root, Deed::Export { to: to.clone(), month: None, only }, "2027-01-02T09:00:00").unwrap();
    let paper = printed(&to.join("抽取存证/2027-01-1/certificate.pdf"));
    assert!(paper.contains("没有外部改动：项目文件都由本程序写入。"), "{paper}");
    let told = certificate(&own(&root));
    assert!(paper.contains(&told.seal.log.unwrap().root) && paper.contains(&told.log.unwrap().root), "{paper}");
    // a draw of format 2
    let (fonts, templates) = (Fonts::bundled(), Templates::default());
    let created = chrono::NaiveDate::from_ymd_opt(2027, 1, 2).unwrap().and_hms_opt(9, 0, 0).unwrap();
    let typesetter = Typesetter { fonts: &fonts, templates: &templates, program: "fairdraw 0.1.0", created };
    let old = AnyCertificate::Second(Box::new(crate::closed::closed_2().certificate));
    let set = render_certificate(&old, "某局", &BTreeMap::new(), Vec::new(), &typesetter).unwrap();
    let text: String = fairdraw::export::pdf_text(&set.pdf).unwrap().split_whitespace().collect();
    assert!(text.contains("其他变更") && text.contains("变更摘要"), "{text}");
    assert!(!text.contains("日志根值") && !text.contains("外部改动"), "{text}");
}

#[test]
#[ignore = "needs python3"]
fn the_reference_names_what_another_hand_did() {
    let (_place, root) = staged("月开");
    fs::write(root.join("frames/多出.csv"), "x").unwrap();
    accepted(&root, "2027-01-06T09:00:00");
    let head = certificate(&own(&root)).head;
    let path = own(&root);
    let (good, said) = run(&["certificate".as_ref(), path.as_ref(), "--head".as_ref(), head.as_ref()]);
    assert!(good && said.contains("未核对  外部改动") && said.contains("frames/多出.csv"), "{said}");
    assert!(said.contains("通过  日志与外部改动"), "{said}");
}

#[test]
fn a_project_whose_draws_knew_no_log_goes_on_with_certificates_of_its_own_format() {
    // what an earlier program sealed stays what it is: see `closed` for format 2 and `sampling` for format 1
    let c = crate::closed::closed_2();
    assert_eq!(c.certificate.format, "fairdraw-certificate/2");
    let published = c.published();
    let report =
        fairdraw::sampling::check_closed(&c.certificate, Some(&c.e.frame), Some(&published), Some(&c.certificate.head));
    assert!(report.is_verified(), "{:?}", report.faults);
    assert!(report.steps.iter().all(|step| step.name != "日志与外部改动"));
}
