//! A frame built again: by the seal's own method, by its sequence; and the pairing's chances as a user reads them.

use std::collections::BTreeMap;
use std::fs;

use fairdraw::diagnostic::Progress;
use fairdraw::domain::Period;
use fairdraw::sampling::{
    EntropyFormat, Method, Seal, SealRegister, SealRequest, Secret, ShanghaiTime, compute_roster_sha256, compute_seal,
    hash_from_hex, sha256, to_hex,
};
use fairdraw::workspace::deeds::open::void_period;
use fairdraw::workspace::deeds::seal::{Pledge, seal_month, year_seed};
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::inputs::month_frame::compute_month_frame;
use fairdraw::workspace::reports::rederive::{Rederived, rederive_month};
use fairdraw::workspace::store::draws::StoredDraw;
use fairdraw::workspace::store::project::Project;
use fairdraw::workspace::store::register::load_register;

use super::{AVAILABLE, DICE, at, fairdraw, january, open, pledge, project, seal};

fn made(project: &Project, sequence: Option<u64>) -> Rederived {
    rederive_month(project, january(), sequence, &Progress::none()).unwrap()
}

fn is_same(told: &Rederived) -> bool {
    told.missing.is_empty() && told.differs.is_empty() && told.rows > 1_000
}

#[test]
fn any_seal_of_a_month_is_built_again_by_its_sequence() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    seal(&project, &registry);
    void_period(&project, Period::Month(january()), "名录有误", &at("2026-12-28T10:00:00")).unwrap();
    let again = Pledge { again: Some("名录已更正".into()), ..pledge(AVAILABLE) };
    seal_month(&project, &registry, january(), &again, &at("2026-12-28T11:00:00")).unwrap();
    open(&project, DICE).unwrap();
    for (asked, sequence) in [(None, 2), (Some(2), 2), (Some(1), 1)] {
        let told = made(&project, asked);
        assert!(told.sequence == sequence && is_same(&told), "{told:?}");
    }
    let none = rederive_month(&project, january(), Some(3), &Progress::none()).unwrap_err();
    assert_eq!(none.code(), "SEL-054");
    let root = project.root().to_str().unwrap();
    let (code, words) = fairdraw(&["rederive", root, "--month", "2027-01", "--seal", "1"]);
    assert!(code == Some(0) && words.contains("通过  2027-01 第 1 次封存"), "{words}");
}

/// A month as it was sealed when draws were made by `pareto-pps/1`: seal, frame and quotas by that method in the place of
/// the ones that were made.
fn sealed_by_the_first_method(project: &Project, registry: &fairdraw::registry::Registry) -> Seal {
    let folder = project.draw_folder(Period::Month(january()), 1);
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let was = Seal::parse(&read("seal.json")).unwrap();
    let analysis = compute_analysis(project, registry, january(), &Progress::none()).unwrap();
    let seed = year_seed(project).unwrap();
    let made = compute_month_frame(Method::V1, project, registry, &analysis, &seed).unwrap();
    let frame = made.built.frame;
    let quotas = to_hex(&sha256(&[&read("quotas.csv")]));
    let inputs = String::from_utf8(read("inputs.txt")).unwrap();
    let inputs = inputs.replace(&quotas, &to_hex(&sha256(&[&made.quotas])));
    let mut lines: Vec<&str> = inputs.lines().collect();
    lines.sort_unstable();
    let inputs = lines.join("\n") + "\n";
    let hash = |text: &str| hash_from_hex(text).unwrap();
    let time = |text: &str| ShanghaiTime::new(text).unwrap();
    let request = SealRequest {
        agency: was.agency.clone(),
        period: Period::Month(january()),
        sequence: 1,
        previous: Some(hash(&was.previous)),
        sealed_at: time(&was.sealed_at),
        method: Method::V1,
        program: was.program.clone(),
        inputs_sha256: sha256(&[inputs.as_bytes()]),
        policy_sha256: hash(&was.policy_sha256),
        roster_sha256: compute_roster_sha256(&read("roster.csv"), &read("needs.csv")),
        program_sha256: hash(was.program_sha256.as_deref().unwrap()),
        earlier: Vec::new(),
        log: was.log.clone().unwrap(),
        interventions: Vec::new(),
        grounds: was.grounds.clone().unwrap(),
        entropy_format: EntropyFormat::Dice,
        entropy_source: was.entropy.source.clone(),
        entropy_reference: was.entropy.reference.clone(),
        available_at: time(&was.entropy.available_at),
    };
    let seal = compute_seal(request, &frame, &Secret::from_bytes(sha256(&[b"secret"]))).unwrap();
    for (name, bytes) in [
        ("frame.csv", frame.to_csv()),
        ("quotas.csv", made.quotas),
        ("inputs.txt", inputs.into_bytes()),
        ("seal.json", seal.to_json()),
    ] {
        fs::write(folder.join(name), bytes).unwrap();
    }
    let mut register = SealRegister::new();
    let known = load_register(project).unwrap();
    known.lines().iter().take_while(|line| line.commitment != was.commitment()).for_each(|line| {
        register.append(line.clone()).unwrap();
    });
    register.append_sealed(&seal, "").unwrap();
    fs::write(project.root().join("register.csv"), register.to_csv()).unwrap();
    was
}

#[test]
fn a_frame_is_built_again_by_the_method_of_its_own_seal() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    seal(&project, &registry);
    let was = sealed_by_the_first_method(&project, &registry);
    let draw = StoredDraw::load(&project, Period::Month(january()), 1).unwrap();
    assert_eq!((was.method.as_str(), draw.seal.method.as_str()), ("pareto-pps/2", "pareto-pps/1"));
    assert_ne!(was.strata, draw.seal.strata, "the first method rounds quotas otherwise");
    let told = made(&project, None);
    assert!(is_same(&told), "{told:?}");
}

/// The rows of `pairing-chances`, by body, and all that was said.
fn chances(root: &str, more: &[&str]) -> (BTreeMap<String, Vec<String>>, String) {
    let mut arguments = vec!["pairing-chances", root, "2027-01", "--draws", "60"];
    arguments.extend(more);
    let (code, words) = fairdraw(&arguments);
    assert_eq!(code, Some(0), "{words}");
    let mut lines = words.lines();
    assert_eq!(
        lines.next().unwrap(),
        "执法主体,执法人员,每月检查数,一项检查最可能的一对,该对当月至少同组一次,从未用到的人员"
    );
    let rows = lines.filter(|line| line.split(',').count() == 6);
    let rows = rows.map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    (rows.map(|row| (row[0].split(' ').next().unwrap().to_owned(), row)).collect(), words)
}

#[test]
fn a_user_reads_how_likely_the_likeliest_pair_of_each_body_is() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let root = project.root().to_str().unwrap();
    let (code, words) = fairdraw(&["pairing-chances", root, "2027-01"]);
    assert!(code == Some(2) && words.contains("SEL-055") && words.contains("2027年1月尚未封存"), "{words}");
    seal(&project, &registry);
    let (before, words) = chances(root, &[]);
    assert!(words.contains("按封存的抽样框逐次抽取检查对象模拟 60 次配对"), "{words}");
    open(&project, DICE).unwrap();
    let (after, words) = chances(root, &[]);
    assert!(words.contains("按已抽中的检查对象模拟 60 次配对，所用的种子与封存的无关"), "{words}");
    assert!(!before.is_empty() && after.len() <= before.len());
    // people and checks are those of roster and assignment
    let draw = StoredDraw::load(&project, Period::Month(january()), 1).unwrap();
    let assignment = draw.assignment(&draw.order().unwrap()).unwrap().unwrap();
    let mut checks: BTreeMap<String, usize> = BTreeMap::new();
    for row in assignment.rows() {
        *checks.entry(row.body.to_string()).or_default() += 1;
    }
    assert_eq!(after.keys().collect::<Vec<_>>(), checks.keys().collect::<Vec<_>>());
    for (body, row) in &after {
        let people = draw.roster.inspectors().iter().filter(|one| one.body.as_str() == body && one.checks_max > 0);
        let people = people.count();
        assert_eq!((row[1].parse(), row[2].parse()), (Ok(people), Ok(checks[body] as f64)), "{row:?}");
        let percent = |cell: &String| cell.strip_suffix('%').unwrap().parse::<f64>().unwrap();
        let (likeliest, together) = (percent(&row[3]), percent(&row[4]));
        assert!(likeliest > 0.0 && likeliest <= together + 0.1 && together <= 100.0, "{row:?}");
        // no pair is certain where others could go
        assert!(people < 6 || likeliest < 100.0, "{row:?}");
        assert!(row[5].parse::<usize>().unwrap() <= people, "{row:?}");
    }
    // the same figures for programs
    let (code, json) = fairdraw(&["--json", "pairing-chances", root, "2027-01", "--draws", "60"]);
    assert_eq!(code, Some(0), "{json}");
    let told: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&told["draws"], &told["opened"]), (&60.into(), &true.into()));
    for body in told["bodies"].as_array().unwrap() {
        let row = &after[body["body"].as_str().unwrap()];
        assert_eq!(row[3], format!("{:.1}%", body["largest"].as_f64().unwrap() * 100.0));
    }
}
