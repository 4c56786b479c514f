//! The bytes of roster, needs and assignment.

use fairdraw::staffing::{Assignment, Needs, PairingRule, Roster, assign_inspectors, roster_sha256};
use sha2::{Digest, Sha256};

use super::brute::large_month;
use super::{need, person, unit};

#[test]
fn files_are_exact_and_faults_are_placed() {
    let roster = "certificate,body,lead,skills,checks_max,recusals\nA-1,b,1,haz;rad,12,U1;U2\nA-2,b,0,,0,\n";
    let needs = "unit_id,body,skill\nU1,b,haz\nU2,b,\n";
    assert_eq!(Roster::parse(roster.as_bytes()).unwrap().write_csv(), roster.as_bytes());
    assert_eq!(Needs::parse(needs.as_bytes()).unwrap().write_csv(), needs.as_bytes());
    let whole = [roster, needs].concat();
    assert_eq!(roster_sha256(roster.as_bytes(), needs.as_bytes())[..], Sha256::digest(whole.as_bytes())[..]);
    let head = "certificate,body,lead,skills,checks_max,recusals\n";
    let bad = |text: &str, code: &str, row: u64, column: Option<&str>| {
        let error = Roster::parse(text.as_bytes()).unwrap_err();
        let got = (error.code(), error.finding().row, error.finding().column.as_deref());
        assert_eq!(got, (code, Some(row), column), "{text:?}");
    };
    bad("", "ROS-001", 1, None);
    bad(&format!("\u{feff}{roster}"), "ROS-001", 1, None);
    bad(&roster.replace('\n', "\r\n"), "ROS-001", 1, None);
    bad(roster.trim_end(), "ROS-001", 3, None);
    bad("certificate,body\n", "ROS-002", 1, None);
    bad(&format!("{head}A-1,b,1\n"), "ROS-003", 2, None);
    bad(&format!("{head}\n"), "ROS-003", 2, None);
    bad(&format!("{head}A 1,b,1,,1,\n"), "ROS-004", 2, Some("certificate"));
    bad(&format!("{head}A-1,B,1,,1,\n"), "ROS-004", 2, Some("body"));
    bad(&format!("{head}A-1,b,2,,1,\n"), "ROS-004", 2, Some("lead"));
    bad(&format!("{head}A-1,b,1,a b,1,\n"), "ROS-004", 2, Some("skills"));
    for max in ["", "01", "+1", "-1", "1.0", "4294967296", "１"] {
        bad(&format!("{head}A-1,b,1,,{max},\n"), "ROS-004", 2, Some("checks_max"));
    }
    bad(&format!("{head}A-1,b,1,,1,U-1\n"), "ROS-004", 2, Some("recusals"));
    bad(&format!("{head}A-1,b,1,,1,U1;\n"), "ROS-004", 2, Some("recusals"));
    bad(&format!("{head}A-2,b,1,,1,\nA-1,b,1,,1,\n"), "ROS-005", 3, Some("certificate"));
    bad(&format!("{head}A-1,b,1,,1,\nA-1,b,1,,1,\n"), "ROS-005", 3, Some("certificate"));
    bad(&format!("{head}A-1,b,1,rad;haz,1,\n"), "ROS-006", 2, Some("skills"));
    bad(&format!("{head}A-1,b,1,,1,U1;U1\n"), "ROS-006", 2, Some("recusals"));
    assert_eq!(Roster::parse(&[head.as_bytes(), b"\xff,b,1,,1,\n"].concat()).unwrap_err().code(), "ROS-001");
    for (text, code) in [
        ("unit_id,body,skill\nU-1,b,\n", "ROS-004"),
        ("unit_id,body,skill\nU1,b,x;y\n", "ROS-004"),
        ("unit_id,body,skill\nU1,b,\nU1,b,\n", "ROS-005"),
        ("unit_id,body\nU1,b\n", "ROS-002"),
    ] {
        assert_eq!(Needs::parse(text.as_bytes()).unwrap_err().code(), code);
    }
    let twice = vec![person("1", "b", true, &[], 1, &[]), person("1", "c", true, &[], 1, &[])];
    assert_eq!(Roster::new(twice).unwrap_err().code(), "ROS-010");
    assert_eq!(Needs::new(vec![need("U", "b", None), need("U", "c", None)]).unwrap_err().code(), "ROS-011");
    assert_eq!(Needs::new(vec![need("U", "b", Some("a,b"))]).unwrap_err().code(), "ROS-012");
    let table = Needs::parse(needs.as_bytes()).unwrap();
    assert_eq!(table.only([&unit("U2")]).unwrap().needs().len(), 1);
    assert_eq!(table.only([&unit("U9")]).unwrap_err().code(), "ROS-013");
}

/// A month with room to spare, its pairing, and everything that goes with it.
pub(super) fn paired_month() -> (Roster, Needs, Assignment, [u8; 32]) {
    let (people, needs) = large_month(11, 2, 20, 30);
    let (roster, needs) = (Roster::new(people).unwrap(), Needs::new(needs).unwrap());
    let seed = [9; 32];
    let assignment = assign_inspectors(PairingRule::LATEST, &seed, &roster, &needs).unwrap();
    (roster, needs, assignment, seed)
}
