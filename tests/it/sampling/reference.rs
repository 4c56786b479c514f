//! Our own draws held against the independent reference program, `tests/reference/draw.py`.
//!
//! It needs Python, so these tests are ignored unless asked for; the vectors that it made are tested everywhere.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use fairdraw::domain::{StratumId, UnitId};
use fairdraw::sampling::{
    Certificate, DEMONSTRATION, StratumTargets, Substitute, Target, certificate_of, compute_certificate_unit, to_hex,
};

use super::{SMALL, example_of, targets};

pub(crate) fn put(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    File::create(&path).unwrap().write_all(bytes).unwrap();
    path
}

pub(crate) fn run(args: &[&std::ffi::OsStr]) -> (bool, String) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/draw.py");
    let out = Command::new("python3").arg(program).args(args).output().expect("python3");
    (out.status.success(), String::from_utf8_lossy(&out.stdout).into_owned())
}

#[test]
#[ignore = "needs python3"]
fn the_vectors_are_what_the_reference_program_prints() {
    let (good, printed) = run(&["vectors".as_ref()]);
    assert!(good && printed.replace("\r\n", "\n") == include_str!("../../reference/vectors.json"));
}

#[test]
#[ignore = "needs python3"]
fn the_reference_program_verifies_our_files() {
    let temporary = tempfile::tempdir().unwrap();
    let at = temporary.path();
    // Free units, certainties, a whole stratum drawn, one without quota, one with a near-certain unit.
    let mut strata = SMALL.to_vec();
    strata.extend([("310120/general", 7, 7), ("310120/key", 5, 0), ("310120/z", 90, 40), ("310151/one", 2, 1)]);
    strata.extend([("310151/large", 300, 9), ("310151/most", 12, 11)]);
    let mut strata = targets(&strata);
    // One unit at π = 0.998 beside ten at 0.1: the plain fixed point of the ranks stalls there.
    let unit = |i: usize| UnitId::new(format!("LOP{i:03}")).unwrap();
    let weight = |i: usize| Target::Weight(if i == 0 { 9.96 } else { 1.0 });
    let lopsided = (0..11).map(|i| (unit(i), weight(i))).collect();
    strata.push(StratumTargets { id: StratumId::new("310151/lopsided").unwrap(), quota: 2, units: lopsided });
    let e = example_of(strata);
    let result = e.order.to_result(&e.frame, usize::MAX);
    let files = [
        put(at, "frame.csv", &e.frame.to_csv()),
        put(at, "seal.json", &e.seal.to_json()),
        put(at, "opening.json", &e.opening.to_json()),
        put(at, "result.json", &result.to_json()),
    ];
    let commitment = to_hex(&e.seal.commitment());
    let mut args: Vec<&std::ffi::OsStr> = vec!["check".as_ref()];
    args.extend(files.iter().map(|f| f.as_os_str()));
    let published: [&std::ffi::OsStr; 2] = ["--commitment".as_ref(), commitment.as_ref()];
    args.extend(published);
    let (good, said) = run(&args);
    assert!(good && said.contains("bound to the published commitment"), "{said}");

    let tree = e.frame.tree();
    let mut certificate = certificate_of(&e.frame, &tree, &e.seal, &e.opening, &e.seed, &e.order);
    let reserve = e.order.strata[0].reserves()[1].row as usize;
    let unit = compute_certificate_unit(&e.frame, &tree, &e.seed, reserve).unwrap();
    let dead = certificate.strata[0].selected[1].row.unit_id.to_string();
    certificate.strata[0].substitutes.push(Substitute::of(unit, dead, "2027-03-05 现场核实已关闭"));
    let certificate = certificate.with_statement(DEMONSTRATION);
    let file = put(at, "certificate.json", &certificate.to_json());
    let (good, said) = run(&["certificate".as_ref(), file.as_ref(), "--commitment".as_ref(), commitment.as_ref()]);
    assert!(good, "{said}");

    // And it refuses what we refuse.
    let mut wrong = Certificate::parse(&certificate.to_json()).unwrap();
    wrong.strata[0].selected[0].ticket += 1;
    let file = put(at, "wrong.json", &wrong.to_json());
    let (good, said) = run(&["certificate".as_ref(), file.as_ref()]);
    assert!(!good && said.contains("ticket or key"), "{said}");
}
