//! The program as a user starts it: the vectors through `draw` and `verify`, the main job, the day after.

mod lookup;
mod main_job;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

pub(crate) fn fairdraw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fairdraw")).args(arguments).output().unwrap()
}

pub(crate) fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Every file of a folder and of those in it.
pub(crate) fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

/// `verify` with every file of an exported draw.
pub(crate) fn verify_evidence(folder: &Path, commitment: &str) -> Output {
    let file = |name: &str| text(&folder.join(name)).to_owned();
    let [certificate, frame, roster, needs, pairs] =
        ["certificate.json", "frame.csv", "roster.csv", "needs.csv", "assignment.csv"].map(file);
    let files = ["--frame", &frame, "--roster", &roster, "--needs", &needs, "--assignment", &pairs];
    fairdraw(&[&["verify", &certificate, "--commitment", commitment], &files[..]].concat())
}

/// `tests/reference/draw.py` with these arguments verifies.
pub(crate) fn reference_verifies(arguments: &[&str]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/draw.py");
    let output = Command::new("python3").arg(script).args(arguments).output().expect("python3");
    assert!(output.status.success(), "{arguments:?}: {}", words(&output));
}

pub(crate) fn vectors() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/vectors.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Writes a vector as the files that the commands read; returns frame, seal, opening, result.
pub(crate) fn write_vector(folder: &Path, vector: &Value) -> [PathBuf; 4] {
    let mut frame = String::from("unit_id,stratum,pi_ppb,rank_ppb,reason,salt\n");
    for row in vector["frame"].as_array().unwrap() {
        let cells: Vec<String> = row
            .as_array()
            .unwrap()
            .iter()
            .map(|cell| cell.as_str().map_or_else(|| cell.to_string(), str::to_owned))
            .collect();
        frame.push_str(&cells.join(","));
        frame.push('\n');
    }
    let paths = ["frame.csv", "seal.json", "opening.json", "result.json"].map(|name| folder.join(name));
    fs::write(&paths[0], frame).unwrap();
    for (path, key) in paths[1..].iter().zip(["seal", "opening", "result"]) {
        fs::write(path, vector[key].to_string()).unwrap();
    }
    paths
}

/// The certificate that somebody with this vector's files would hand out: the good draw's entries (for any
/// unit of its frame), with the seal, the opening and the selection of the vector.
pub(crate) fn certificate(good: &Value, vector: &Value) -> Value {
    use fairdraw::sampling::{Opening, SamplingFrame, Seal, compute_certificate_unit};
    let folder = tempfile::tempdir().unwrap();
    let [frame, seal, opening, _] = write_vector(folder.path(), good);
    let frame = SamplingFrame::parse_csv(&fs::read(frame).unwrap()).unwrap();
    let seal = Seal::parse(&fs::read(seal).unwrap()).unwrap();
    let seed = Opening::parse(&fs::read(opening).unwrap()).unwrap().seed(&seal).unwrap();
    let tree = frame.tree();
    let mut certificate = good["certificate"].clone();
    certificate["seal"] = vector["seal"].clone();
    certificate["opening"] = vector["opening"].clone();
    let strata: Vec<Value> = vector["result"]["strata"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stratum| {
            let selected: Vec<Value> = stratum["selected"]
                .as_array()
                .unwrap()
                .iter()
                .map(|unit| {
                    let row = frame.position(unit.as_str().unwrap()).unwrap();
                    serde_json::to_value(compute_certificate_unit(&frame, &tree, &seed, row).unwrap()).unwrap()
                })
                .collect();
            json!({
                "id": stratum["id"], "threshold": stratum.get("threshold").cloned().unwrap_or_else(|| json!("")),
                "selected": selected, "substitutes": [],
            })
        })
        .collect();
    certificate["strata"] = Value::Array(strata);
    certificate
}

#[test]
fn good_vectors_pass_draw_and_verify() {
    let vectors = vectors();
    for good in vectors["good"].as_array().unwrap() {
        let folder = tempfile::tempdir().unwrap();
        let [frame, seal, opening, result] = write_vector(folder.path(), good);
        let published = good["opening"]["commitment"].as_str().unwrap();
        let output = fairdraw(&[
            "draw",
            text(&frame),
            text(&seal),
            text(&opening),
            "--commitment",
            published,
            "--result",
            text(&result),
        ]);
        assert!(output.status.success(), "{}", words(&output));
        let drawn: Value = serde_json::from_slice(&output.stdout).unwrap();
        for (got, want) in drawn["strata"].as_array().unwrap().iter().zip(good["result"]["strata"].as_array().unwrap())
        {
            assert_eq!(got["selected"], want["selected"]);
            let reserves = want["reserves"].as_array().unwrap();
            assert_eq!(&got["reserves"].as_array().unwrap()[..reserves.len()], &reserves[..]);
        }
        if good.get("certificate").is_some() {
            let path = folder.path().join("certificate.json");
            fs::write(&path, good["certificate"].to_string()).unwrap();
            let output = fairdraw(&["verify", text(&path), "--frame", text(&frame), "--commitment", published]);
            assert!(output.status.success(), "{}", words(&output));
            let output = fairdraw(&["verify", text(&path)]);
            assert!(output.status.success() && words(&output).contains("未与公布的承诺值核对"), "{}", words(&output));
        }
    }
}

#[test]
fn must_fail_vectors_are_refused_by_draw_and_verify_with_their_fault() {
    let vectors = vectors();
    let good = &vectors["good"][0];
    for case in vectors["must_fail"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let [frame, seal, opening, result] = write_vector(folder.path(), case);
        let published = case["published"].as_str().unwrap();
        let fault = case["faults"][0].as_str().unwrap();
        let output = fairdraw(&[
            "draw",
            text(&frame),
            text(&seal),
            text(&opening),
            "--commitment",
            published,
            "--result",
            text(&result),
        ]);
        assert_eq!(output.status.code(), Some(2), "{name}: {}", words(&output));
        assert!(output.stdout.is_empty(), "{name}: nothing may be drawn");
        assert!(words(&output).contains(fault), "{name}: {fault} is not in {}", words(&output));

        let path = folder.path().join("certificate.json");
        fs::write(&path, certificate(good, case).to_string()).unwrap();
        let output = fairdraw(&["verify", text(&path), "--frame", text(&frame), "--commitment", published]);
        assert_eq!(output.status.code(), Some(1), "{name}: {}", words(&output));
        // a certificate holds no reserves and no strata beyond the seal's: its fault names the same thing
        let named = words(&output);
        let part = fault.split([':', ' ']).next().unwrap();
        assert!(named.contains(fault) || named.contains(part), "{name}: {fault} is not in {named}");
    }
}

#[test]
fn an_infeasible_plan_is_said_in_words_and_its_mends_make_it_feasible() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    let output = fairdraw(&["demo", text(&input), "--sources", "1500"]);
    assert!(output.status.success(), "{}", words(&output));
    // special units at 100 % a quarter against a yearly cap of 2
    let preset = include_str!("../../assets/policy/shanghai_154.ron");
    let strict = preset.replacen("quarter_ratio: (0.4, 0.4, 0.4, 0.4)", "quarter_ratio: (1, 1, 1, 1)", 1);
    assert_ne!(strict, preset);
    let policy = folder.path().join("strict.ron");
    fs::write(&policy, strict).unwrap();
    let project = folder.path().join("项目");
    let output =
        fairdraw(&["new", text(&project), "--from", text(&input), "--year", "2027", "--policy", text(&policy)]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", words(&output));
    let output = fairdraw(&["plan", text(&project)]);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert!(words(&output).contains("上限") && words(&output).contains("办法"), "{}", words(&output));
    let seal = |period: &[&str]| {
        let mut arguments = vec!["seal", text(&project)];
        arguments.extend(period);
        arguments.extend([
            "--entropy-format",
            "dice",
            "--entropy-source",
            "区公证处掷骰",
            "--reference",
            "第1次",
            "--available-at",
            "2099-01-01T09:00:00+08:00",
        ]);
        fairdraw(&arguments)
    };
    let output = fairdraw(&["plan", text(&project), "--mend-all"]);
    assert!(output.status.success(), "{}", words(&output));
    assert!(words(&output).contains("计划可行"), "{}", words(&output));
    // and a month can't be sealed before the year's own seed is open
    assert!(words(&seal(&["--month", "2027-03"])).contains("SEL-033"));
    assert!(seal(&["--year"]).status.success());
}

/// The roster of a demo folder as csv, changed row by row; the workbook goes.
fn change_roster(input: &Path, mut keep: impl FnMut(&mut Vec<String>) -> bool) {
    use calamine::{Reader, open_workbook_auto};
    let path = input.join("执法人员名录.xlsx");
    let mut book = open_workbook_auto(&path).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let mut text = String::new();
    for (i, row) in range.rows().skip(1).enumerate() {
        let mut cells: Vec<String> = row
            .iter()
            .map(|cell| match cell {
                calamine::Data::DateTime(date) => date.as_datetime().unwrap().date().to_string(),
                cell => cell.to_string(),
            })
            .collect();
        if i == 0 || keep(&mut cells) {
            text.push_str(&cells.join(","));
            text.push('\n');
        }
    }
    fs::write(input.join("执法人员名录.csv"), text).unwrap();
    fs::remove_file(path).unwrap();
}

#[test]
fn people_that_lack_are_named_and_nothing_is_sealed_before_the_mend() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    // enough sources that 崇明 has hazardous-waste plants
    let output = fairdraw(&["demo", text(&input), "--sources", "6000"]);
    assert!(output.status.success(), "{}", words(&output));
    let mut alone = 0;
    change_roster(&input, |cells| {
        if cells[2].starts_with("崇明") {
            cells[5] = cells[5].replace("危险废物、", "").replace("危险废物", "");
        }
        if cells[2].starts_with("长宁") {
            alone += 1;
            return alone == 1;
        }
        true
    });
    let project = folder.path().join("项目");
    let output = fairdraw(&["new", text(&project), "--from", text(&input), "--year", "2027"]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", words(&output));
    let output = fairdraw(&["plan", text(&project)]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("长宁") && said.contains("仅有 1 名执法人员"), "{said}");
    assert!(said.contains("崇明") && said.contains("危废"), "{said}");

    let soon = |period: &[&str], again: &[&str]| {
        let mut arguments = vec!["seal", text(&project)];
        arguments.extend(period);
        arguments.extend([
            "--entropy-format",
            "dice",
            "--entropy-source",
            "区公证处掷骰",
            "--reference",
            "第1次",
            "--available-at",
            "2099-01-01T09:00:00+08:00",
        ]);
        arguments.extend(again);
        fairdraw(&arguments)
    };
    let output = fairdraw(&["plan", text(&project), "--mend-all"]);
    let said = words(&output);
    assert!(output.status.success() && said.contains("计划可行"), "{said}");
    assert!(said.contains("已采取"), "{said}");
    // what is sealed then has the people that the mends lent or trained
    assert!(soon(&["--year"], &[]).status.success());
    let journal = fs::read_to_string(project.join("journal.jsonl")).unwrap();
    assert!(journal.matches("\"command\":\"mend\"").count() >= 2, "{journal}");
}

#[test]
fn bad_words_give_one_message_and_exit_2() {
    for (arguments, code) in [
        (vec!["run", "/does/not/exist", "--to", "/tmp/fairdraw-never"], "IO-001"),
        (vec!["plan", "/does/not/exist"], "PRJ-002"),
        (vec!["check", "/does/not/exist.xlsx"], "IO-001"),
        (vec!["verify"], "CLI-010"),
        (vec!["抽取"], "没有这个命令"),
        (vec!["run", "--to"], "后面要写一个值"),
        (vec!["run", "--demo"], "缺少：--to"),
        (vec!["demo", "x", "--sources", "很多"], "写法不对"),
        (vec!["status", "x", "--nothing"], "没有这个选项"),
    ] {
        let output = fairdraw(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", words(&output));
        assert!(words(&output).contains(code), "{arguments:?}: {}", words(&output));
    }
}

#[test]
fn help_is_in_chinese() {
    let under = [vec!["keys", "--help"], vec!["keys", "new", "--help"], vec!["keys", "show", "-h"]];
    for arguments in [vec!["--help"], vec!["seal", "--help"], vec!["run", "-h"]].into_iter().chain(under) {
        let output = fairdraw(&arguments);
        assert!(output.status.success());
        let said = words(&output);
        for english in ["Usage:", "Options:", "Arguments:", "Commands:", "Print help"] {
            assert!(!said.contains(english), "{arguments:?}: {said}");
        }
        assert!(said.contains("用法") && said.contains("选项"), "{said}");
    }
}
