//! Sealed text files that another program saved anew: other line ends, a mark, blank lines at the end. They are known
//! again and pass with a note; a true alteration still fails.

use std::fs;
use std::path::{Path, PathBuf};

use fairdraw::workspace::deeds::verify::{Verified, VerifyRequest, verify_files};
use fairdraw::workspace::store::journal::{FileHashes, Journal, check_journal_file};

use super::super::results::january;

/// What a program may do to a text file that it saves without changing it.
fn resaved() -> [fn(&str) -> String; 6] {
    [
        |text| text.replace('\n', "\r\n"),
        |text| text.replace('\n', "\r"),
        |text| format!("\u{feff}{text}"),
        |text| format!("{text}\n\n"),
        |text| text.trim_end().to_owned(),
        |text| format!("\u{feff}{}\r\n", text.replace('\n', "\r\n")),
    ]
}

fn request(folder: &Path) -> VerifyRequest {
    let at = |name: &str| Some(folder.join(name));
    VerifyRequest {
        certificate: folder.join("certificate.json"),
        frame: at("frame.csv"),
        roster: at("roster.csv"),
        needs: at("needs.csv"),
        assignment: at("assignment.csv"),
        ..VerifyRequest::default()
    }
}

fn passes(verified: &Verified) -> bool {
    verified.report.is_verified() && verified.pairing.as_ref().is_some_and(Vec::is_empty)
}

fn copy_of(draw: &Path, to: &Path) -> PathBuf {
    let folder = to.join("核验");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    for name in ["certificate.json", "frame.csv", "roster.csv", "needs.csv", "assignment.csv"] {
        fs::copy(draw.join(name), folder.join(name)).unwrap();
    }
    folder
}

#[test]
fn sealed_files_saved_anew_pass_with_a_note_and_altered_ones_fail() {
    let folder = tempfile::tempdir().unwrap();
    let (project, ..) = january(folder.path());
    let draw = project.root().join("draws/2027-01/1");
    let copy = copy_of(&draw, folder.path());
    let verified = verify_files(&request(&copy)).unwrap();
    assert!(passes(&verified) && verified.resaved.is_empty(), "{:?} {:?}", verified.report, verified.resaved);
    for name in ["roster.csv", "needs.csv", "assignment.csv", "frame.csv", "certificate.json"] {
        for (i, change) in resaved().into_iter().enumerate() {
            let copy = copy_of(&draw, folder.path());
            let text = fs::read_to_string(copy.join(name)).unwrap();
            let changed = change(&text);
            if changed == text {
                continue;
            }
            fs::write(copy.join(name), changed).unwrap();
            let verified = verify_files(&request(&copy)).unwrap();
            assert!(passes(&verified), "{name} {i}: {:?} {:?}", verified.report.faults, verified.pairing);
            let one_line = name.ends_with("json") && !text.ends_with('\n') && i == 4;
            assert!(one_line || verified.resaved.iter().any(|note| note.starts_with(name)), "{name} {i}");
        }
    }
    // One digit less, one row less, an empty line within: altered.
    for alter in [
        (|text: &str| text.replacen("31", "32", 1)) as fn(&str) -> String,
        |text| text.lines().skip(2).collect::<Vec<_>>().join("\n") + "\n",
        |text| text.replacen('\n', "\n\n", 1),
    ] {
        let copy = copy_of(&draw, folder.path());
        let text = fs::read_to_string(copy.join("roster.csv")).unwrap();
        fs::write(copy.join("roster.csv"), alter(&text)).unwrap();
        assert!(!verify_files(&request(&copy)).is_ok_and(|verified| passes(&verified)));
    }
}

#[test]
fn a_journal_saved_anew_holds_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let journal = Journal::at(path.clone());
    let append = |n: u32| {
        let place = ("2027-01-01T09:00:00+08:00", "张三", "import");
        let (_, line) = journal.compose(place, serde_json::json!({ "n": n }), FileHashes::new()).unwrap();
        journal.put(&line).unwrap();
    };
    for n in 1..4 {
        append(n);
    }
    let written = fs::read_to_string(&path).unwrap();
    for change in resaved() {
        let changed = change(&written);
        if changed.ends_with('\r') || !changed.ends_with('\n') {
            // A last line that was cut short stays a fault.
            continue;
        }
        fs::write(&path, changed).unwrap();
        let (entries, faults) = check_journal_file(&path).unwrap();
        assert_eq!((entries.len(), faults.len()), (3, 0), "{faults:?}");
        append(4);
        let (entries, faults) = check_journal_file(&path).unwrap();
        assert_eq!((entries.len(), faults.len()), (4, 0), "{faults:?}");
    }
    fs::write(&path, written.replacen("\"n\":2", "\"n\":5", 1).replace('\n', "\r\n")).unwrap();
    assert!(!check_journal_file(&path).unwrap().1.is_empty());
}
