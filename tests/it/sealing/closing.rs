//! What a project keeps of a draw that closes its certificate: voided seals give their secrets away, changes carry their
//! evidence, the very next reserve comes in, the certificate goes out on its day.

use std::fs;

use fairdraw::diagnostic::Progress;
use fairdraw::disclosure::{CheckOrigin, CheckResult, Outcome, check_revived};
use fairdraw::domain::{Period, SubstituteCase, UnitId};
use fairdraw::sampling::{
    AnyCertificate, ProofOutcome, SealEnd, StepState, VoidedSeal, check_proof, check_proof_with, is_mandatory, sha256,
    to_hex,
};
use fairdraw::workspace::deeds::change::substitute_unit;
use fairdraw::workspace::deeds::evidence::Ground;
use fairdraw::workspace::deeds::open::void_period;
use fairdraw::workspace::deeds::seal::{Pledge, seal_month};
use fairdraw::workspace::inputs::due::OpenedDraw;
use fairdraw::workspace::reports::proof::{ProofMaker, own_proof};
use fairdraw::workspace::reports::publication::{Publication, publication, publication_day};
use fairdraw::workspace::reports::rederive::rederive_month;
use fairdraw::workspace::store::draws::StoredDraw;
use fairdraw::workspace::store::register::load_register;

use super::{AVAILABLE, DICE, at, drawn, january, open, pledge, project, seal};
use crate::disclosure::result;
use crate::project::drawn_by_chance;
use crate::sampling::reference::run;

#[test]
fn a_voided_seal_gives_its_secret_away_and_the_next_one_binds_how_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let first = seal(&project, &registry);
    let secret = first.envelope.replace(' ', "");
    // a second name of the secret's file: what lies under it afterwards is what was written over it
    let seen = folder.path().join("秘密");
    fs::hard_link(project.draw_folder(first.period, 1).join("secret.json"), &seen).unwrap();
    void_period(&project, Period::Month(january()), "名录有误", &at("2026-12-28T10:00:00")).unwrap();
    let place = project.draw_folder(first.period, 1);
    assert!(!place.join("secret.json").exists(), "the file of the secret is gone");
    let left = fs::read(&seen).unwrap();
    assert!(!left.is_empty() && left.iter().all(|byte| *byte == 0), "and its bytes were written over");
    let voided = VoidedSeal::parse(&fs::read(place.join("voided.json")).unwrap()).unwrap();
    assert_eq!((voided.secret.as_str(), voided.reason.as_str()), (secret.as_str(), "名录有误"));
    assert_eq!(voided.commitment, first.commitment);
    let again = Pledge { again: Some("名录已更正".into()), ..pledge(AVAILABLE) };
    seal_month(&project, &registry, january(), &again, &at("2026-12-28T11:00:00")).unwrap();
    let second = project.draw_folder(first.period, 2);
    fs::remove_file(&seen).unwrap();
    fs::hard_link(second.join("secret.json"), &seen).unwrap();
    open(&project, DICE).unwrap();
    assert!(fs::read(&seen).unwrap().iter().all(|byte| *byte == 0), "at an opening too");
    assert!(!second.join("secret.json").exists() && second.join("opening.json").exists());
    let certificate = AnyCertificate::parse(&fs::read(second.join("certificate.json")).unwrap()).unwrap();
    let AnyCertificate::Second(closed) = &certificate else { panic!("format 2") };
    let entry = &closed.earlier[0];
    assert_eq!(
        (entry.state, entry.secret.as_str(), entry.again.as_str()),
        (SealEnd::Voided, secret.as_str(), "名录已更正")
    );
    let draw = StoredDraw::load(&project, first.period, 2).unwrap();
    let published = to_hex(&draw.seal.commitment());
    let report = certificate.check(Some(&draw.frame), Some(&published), Some(&closed.head));
    assert!(report.is_verified(), "{:?}", report.faults);
    // the program's own hash, and what the quotas were made from, are bound
    assert_eq!(draw.seal.program_sha256.as_deref().unwrap().len(), 64);
    let quotas = fs::read(second.join("quotas.csv")).unwrap();
    let line = format!("{}\tdraws/2027-01/2/quotas.csv", to_hex(&sha256(&[&quotas])));
    let inputs = fs::read(second.join("inputs.txt")).unwrap();
    assert_eq!(to_hex(&sha256(&[&inputs])), draw.seal.inputs_sha256);
    assert!(String::from_utf8(inputs).unwrap().lines().any(|one| one == line));
}

#[test]
fn a_substitution_keeps_its_evidence_and_those_passed_over_and_a_mandatory_unit_keeps_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let sealed = seal(&project, &registry);
    open(&project, DICE).unwrap();
    let load = || StoredDraw::load(&project, sealed.period, 1).unwrap();
    let draw = load();
    let order = draw.order().unwrap();
    let row = |unit: &UnitId| draw.frame.to_row(draw.frame.position(unit.as_str()).unwrap()).unwrap();
    let selected: Vec<UnitId> = draw.selected(&order).into_values().flatten().collect();
    let photo = folder.path().join("照片.JPG");
    fs::write(&photo, b"photo").unwrap();
    let ground = || Ground {
        text: "2027-01-04 现场核实".into(),
        evidence: Some(photo.clone()),
        document: String::new(),
        second: "李四".into(),
    };
    let put = |unit: &UnitId| {
        let of = (SubstituteCase::Closed, ground());
        substitute_unit(&project, &registry, january(), unit, of, &at("2027-01-04T09:00:00"))
    };
    let must = selected.iter().find(|unit| is_mandatory(row(unit).pi_ppb, &row(unit).reason)).unwrap();
    assert_eq!(put(must).unwrap_err().code(), "SEL-053");
    let reserves = draw.reserves(&order);
    let by = put(&drawn_by_chance(&draw, 0, 3)[0]).unwrap().by;
    let draw = load();
    let kept = draw.changes[0].evidence().unwrap();
    assert_eq!(
        (kept.sha256.as_str(), fs::read(draw.folder.join(&kept.file)).unwrap()),
        (to_hex(&sha256(&[b"photo"])).as_str(), b"photo".to_vec())
    );
    let certificate = AnyCertificate::parse(&fs::read(draw.folder.join("certificate.json")).unwrap()).unwrap();
    let AnyCertificate::Second(closed) = &certificate else { panic!("format 2") };
    assert_eq!(closed.changes[0].evidence, kept.sha256);
    let list = &reserves[row(&by).stratum.as_str()];
    let place = list.iter().position(|unit| *unit == by).unwrap();
    assert_eq!(closed.changes[0].skipped.len(), place, "everybody before the one that came in is named");
    let report = certificate.check(Some(&draw.frame), None, None);
    assert!(report.is_verified(), "{:?}", report.faults);
}

#[test]
fn a_certificate_goes_out_on_its_day_with_the_unvisited_masked_and_a_triggered_check_never_holds_it() {
    let (_folder, project, registry, draw) = drawn();
    let mut opened = OpenedDraw::of(draw, &registry, &project.policy).unwrap().unwrap();
    let day = publication_day(&project.policy, january());
    assert_eq!(day.to_string(), "2027-04-01");
    let policy = &project.policy;
    let checked: Vec<CheckResult> =
        opened.checks.iter().skip(1).map(|check| result(check, "2027-01-20", None, Outcome::Clear)).collect();
    let left = opened.checks[0].unit_id.clone();
    assert_eq!(publication(&opened, &checked, policy, day.pred_opt().unwrap()), Publication::NotYet);
    let Publication::Now(masked) = publication(&opened, &checked, policy, day) else { panic!("its day has come") };
    assert_eq!(masked.iter().map(String::as_str).collect::<Vec<_>>(), [left.as_str()]);
    let register = load_register(&project).unwrap();
    let whole =
        fairdraw::workspace::deeds::certificate::compute_draw_certificate(&opened.draw, &opened.order, &register)
            .unwrap();
    let out = whole.clone().masked(&masked);
    assert!(!String::from_utf8(out.to_json()).unwrap().contains(left.as_str()) && out.head() == whole.head());
    assert!(out.check(Some(&opened.draw.frame), None, whole.head()).is_verified());
    // the one that is left is not told by its own proof either, the others are
    let told = |unit: &UnitId| own_proof(&opened, &checked, policy, day, unit).unwrap().proof.draw.is_some();
    assert!(!told(&left) && told(&opened.checks[1].unit_id));
    // its inspector's sheet tells it that it was drawn: the office's word, which the certificate binds
    let maker = ProofMaker::new(&opened, &checked, policy, day);
    let sheet = maker.proof_of_visited(&left).unwrap().proof;
    assert_eq!((sheet.outcome(), sheet.draw.is_none()), (ProofOutcome::ToldSelected, true));
    let report = check_proof(&sheet, None);
    let step = report.steps.iter().find(|step| step.name == "机关告知").unwrap();
    assert!(
        report.is_verified() && step.state == StepState::NotChecked && step.detail.contains("机关告知抽中"),
        "{step:?}"
    );
    assert!(check_proof_with(&sheet, &whole).is_verified());
    let mut lied = sheet.clone();
    lied.told.as_mut().unwrap().head = "0".repeat(64);
    assert!(check_proof(&lied, None).is_verified() && !check_proof_with(&lied, &whole).is_verified());
    // neither the secret nor anybody else's ticket is in it
    let text = String::from_utf8(sheet.to_json()).unwrap();
    assert!(!text.contains(&opened.draw.opening.as_ref().unwrap().secret));
    // what is left is a triggered check: nothing waits for it
    opened.checks[0].origin = CheckOrigin::Triggered;
    let early = chrono::NaiveDate::from_ymd_opt(2027, 1, 25).unwrap();
    assert_ne!(publication(&opened, &checked, policy, early), Publication::NotYet);
    assert_eq!(publication(&opened, &[], policy, early), Publication::NotYet);
}

#[test]
fn a_unit_given_out_as_gone_and_found_at_work_is_told() {
    let (_folder, project, registry, draw) = drawn();
    let opened = OpenedDraw::of(draw, &registry, &project.policy).unwrap().unwrap();
    let (one, other) = (&opened.checks[0], &opened.checks[1]);
    let results = [
        result(one, "2027-01-10", None, Outcome::Gone),
        result(one, "2027-03-10", None, Outcome::Clear),
        result(other, "2027-01-10", None, Outcome::Clear),
        result(other, "2027-03-10", None, Outcome::Gone),
    ];
    let found = check_revived(&opened.checks, &results);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].code == "DIS-067" && found[0].to_string().contains(one.unit_id.as_str()), "{}", found[0]);
}

/// From what was sealed and the year's seed anybody can recompute how many are drawn in each stratum.
#[test]
#[ignore = "needs python3"]
fn the_reference_recomputes_every_quota_of_a_seal() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let sealed = seal(&project, &registry);
    let (month, year) = (project.draw_folder(sealed.period, 1), project.draw_folder(Period::Year(2027), 1));
    let said = |quotas: &std::path::Path| {
        let files = [
            quotas.to_owned(),
            month.join("seal.json"),
            month.join("inputs.txt"),
            year.join("seal.json"),
            year.join("opening.json"),
        ];
        let mut args: Vec<&std::ffi::OsStr> = vec!["quotas".as_ref()];
        args.extend(files.iter().map(|file| file.as_os_str()));
        run(&args)
    };
    let (good, words) = said(&month.join("quotas.csv"));
    assert!(good && words.contains("通过  名额取整"), "{words}");
    let altered = fs::read_to_string(month.join("quotas.csv")).unwrap().replacen(",0.", ",1.", 1);
    let path = folder.path().join("quotas.csv");
    fs::write(&path, altered).unwrap();
    assert!(!said(&path).0);
}

#[test]
fn a_frame_is_built_again_from_the_inputs_that_its_seal_binds() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let sealed = seal(&project, &registry);
    open(&project, DICE).unwrap();
    let made = || rederive_month(&project, january(), None, &Progress::none()).unwrap();
    // what is entered later, and another register, change nothing: the inputs were kept
    fs::write(project.root().join("project.ron"), fs::read(project.root().join("project.ron")).unwrap()).unwrap();
    let told = made();
    assert!(told.missing.is_empty() && told.differs.is_empty() && told.rows > 1_000, "{told:?}");
    // a frame that does not follow from them
    let place = project.draw_folder(sealed.period, 1);
    let frame = fs::read_to_string(place.join("frame.csv")).unwrap();
    let other = frame.replacen(",closed,", ",moved,", 1);
    assert_ne!(frame, other);
    fs::write(place.join("frame.csv"), other).unwrap();
    let told = made();
    assert!(told.differs.len() == 1 && told.differs[0].contains("moved"), "{told:?}");
    fs::write(place.join("frame.csv"), frame).unwrap();
    // an input that was not kept, and isn't what it was
    let inputs = fs::read_to_string(place.join("inputs.txt")).unwrap();
    let hash =
        inputs.lines().find(|line| line.ends_with("frames/sources.parquet")).unwrap().split('\t').next().unwrap();
    fs::remove_file(project.root().join("sealed").join(hash)).unwrap();
    fs::write(project.root().join("frames/sources.parquet"), b"x").unwrap();
    let told = made();
    assert!(told.missing.len() == 1 && told.missing[0].contains("frames/sources.parquet"), "{told:?}");
}
