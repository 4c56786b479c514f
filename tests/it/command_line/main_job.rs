//! The main job from the demo city to the months that follow, as a user types it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{fairdraw, reference_verifies, text, verify_evidence, walk, words};

/// A small demo city, run once: everything that follows reads its output.
fn run_small(folder: &Path) -> PathBuf {
    let out = folder.join("out");
    let output = fairdraw(&["run", "--demo", "--sources", "1500", "--to", text(&out), "--operator", "测试员"]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", words(&output));
    out
}

#[test]
#[ignore = "needs python3"]
fn the_independent_reference_verifies_the_main_jobs_files() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = run_small(folder.path()).join("抽取存证/2027-03-1");
    let certificate: Value = serde_json::from_slice(&fs::read(evidence.join("certificate.json")).unwrap()).unwrap();
    let commitment = certificate["opening"]["commitment"].as_str().unwrap();
    let paths: Vec<PathBuf> =
        ["frame.csv", "seal.json", "opening.json", "result.json"].iter().map(|name| evidence.join(name)).collect();
    let mut arguments = vec!["check"];
    arguments.extend(paths.iter().map(|path| text(path)));
    arguments.extend(["--commitment", commitment]);
    reference_verifies(&arguments);
    reference_verifies(&["certificate", text(&evidence.join("certificate.json")), "--commitment", commitment]);

    // and a certificate that names a substitute
    let project = folder.path().join("out/项目");
    substituted(&project, &free_unit(&certificate));
    let changed = project.join("draws/2027-03/1/certificate.json");
    assert!(fs::read_to_string(&changed).unwrap().contains(MOVED_AWAY));
    reference_verifies(&["certificate", text(&changed), "--commitment", commitment]);
}

/// Why a unit is substituted.
const MOVED_AWAY: &str = "2027-03-05 现场核实已搬迁";

/// Substitutes a unit of March, on evidence and with another person.
fn substituted(project: &Path, dead: &str) {
    let of = ["substitute", text(project), "--month", "2027-03", "--unit", dead, "--reason", MOVED_AWAY];
    let output = fairdraw(&[&of[..], &["--document", "检查笔录第7号", "--second", "李四"]].concat());
    assert!(output.status.success(), "{}", words(&output));
}

/// A selected unit that is no certainty, in a stratum with reserves.
fn free_unit(certificate: &Value) -> String {
    let found = certificate["strata"].as_array().unwrap().iter().find_map(|s| {
        let free = s["selected"].as_array().unwrap().iter().find(|u| u["row"][4] == "" && s["threshold"] != "")?;
        Some(free["row"][0].as_str().unwrap().to_owned())
    });
    found.unwrap()
}

fn month_units(book: &Path) -> Vec<(String, String)> {
    use calamine::{Data, Reader, open_workbook_auto};
    let mut book = open_workbook_auto(book).unwrap();
    let sheet = book.sheet_names().into_iter().find(|name| name.contains("3月") || name.contains("03")).unwrap();
    let range = book.worksheet_range(&sheet).unwrap();
    let header = range.rows().position(|row| row.iter().any(|c| *c == "单位标识")).unwrap();
    let column = |name: &str| range.rows().nth(header).unwrap().iter().position(|c| *c == name).unwrap();
    let (unit, role) = (column("单位标识"), column("类别"));
    range
        .rows()
        .skip(header + 1)
        .filter(|row| row[unit] != Data::Empty)
        .map(|row| (row[unit].to_string(), row[role].to_string()))
        .collect()
}

#[test]
fn the_main_job_the_day_after_and_the_results() {
    let folder = tempfile::tempdir().unwrap();
    let out = run_small(folder.path());
    let certificate: Value =
        serde_json::from_slice(&fs::read(out.join("抽取存证/2027-03-1/certificate.json")).unwrap()).unwrap();
    the_main_job(&out, &certificate);
    the_day_after(&out, &folder.path().join("again"), &certificate);
    the_packs(&out.join("项目"), &folder.path().join("packs"));
    the_months_after(&out.join("项目"));
}

/// The workbook names the units drawn, the evidence verifies, nothing public names an unvisited target.
fn the_main_job(out: &Path, certificate: &Value) {
    let evidence = out.join("抽取存证/2027-03-1");
    let mut drawn: Vec<String> = certificate["strata"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|s| s["selected"].as_array().unwrap().iter().map(|u| u["row"][0].as_str().unwrap().to_owned()))
        .collect();
    drawn.sort();
    assert!(drawn.len() > 5, "{} drawn", drawn.len());
    assert!(certificate["seal"]["entropy"]["source"].as_str().unwrap().contains("演示"));

    // the workbook names exactly the units drawn
    let book = fs::read_dir(out.join("内部")).unwrap().map(|e| e.unwrap().path()).find(|p| {
        let name = p.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("上海市")
            && name.contains("年度计划")
            && !name.contains("执法总队")
            && !name.contains("管理委员会")
    });
    let rows = month_units(&book.unwrap());
    let mut listed: Vec<String> = rows.iter().filter(|(_, role)| role == "正选").map(|(u, _)| u.clone()).collect();
    listed.sort();
    assert_eq!(listed, drawn);
    assert!(rows.iter().any(|(_, role)| role.starts_with("备选")));

    // the exported files verify
    let output = verify_evidence(&evidence, certificate["opening"]["commitment"].as_str().unwrap());
    assert!(output.status.success(), "{}", words(&output));
    assert!(words(&output).contains("演示"));

    // nothing public names an unvisited target
    let public = walk(&out.join("公开"));
    for path in &public {
        let bytes = fs::read(path).unwrap();
        for unit in &drawn {
            assert!(!bytes.windows(unit.len()).any(|w| w == unit.as_bytes()));
        }
    }
    let names: Vec<String> = public.iter().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect();
    for page in ["index.html", "plan.html", "seals.html", "verify.html"] {
        assert!(names.iter().any(|name| name == page), "{page}: {names:?}");
    }
    // a body's folder holds what it needs, of its own targets alone
    let body = out.join("内部/浦东新区综合执法局");
    let own: Vec<String> = walk(&body).iter().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect();
    for part in [
        "年度计划",
        "检查任务单",
        "检查结果填报表",
        ".geojson",
        ".kml",
        ".gpx",
        ".shp",
        ".dbf",
        ".ics",
        "manifest.json",
    ] {
        assert!(own.iter().any(|name| name.contains(part)), "{part}: {own:?}");
    }
    let points = walk(&body).into_iter().find(|path| path.extension().is_some_and(|end| end == "geojson")).unwrap();
    let points: Value = serde_json::from_slice(&fs::read(points).unwrap()).unwrap();
    let ids: Vec<&str> =
        points["features"].as_array().unwrap().iter().map(|f| f["properties"]["单位标识"].as_str().unwrap()).collect();
    let of_body =
        certificate["strata"].as_array().unwrap().iter().filter(|s| s["id"].as_str().unwrap().starts_with("310115/"));
    let wanted: usize = of_body.map(|s| s["selected"].as_array().unwrap().len()).sum();
    assert!(ids.len() == wanted && wanted > 0 && ids.iter().all(|id| drawn.iter().any(|unit| unit == id)), "{ids:?}");
    let output = fairdraw(&["check-manifest", text(out)]);
    assert!(words(&output).contains("0 处不符"), "{}", words(&output));
}

/// The bodies' packs, closed by a password that never stands among the arguments.
fn the_packs(project: &Path, to: &Path) {
    let pack = |password: &str| {
        Command::new(env!("CARGO_BIN_EXE_fairdraw"))
            .args(["export", text(project), "--month", "2027-03", "--to", text(to), "--pack", "--encrypt"])
            .env("FAIRDRAW_PACK_PASSWORD", password)
            .output()
            .unwrap()
    };
    let short = pack("1234567");
    assert!(short.status.code() == Some(2) && words(&short).contains("EXP-048") && !to.exists(), "{}", words(&short));
    let output = pack("一二三四五六七八");
    assert!(output.status.success() && words(&output).contains("已加密"), "{}", words(&output));
    let packs = walk(&to.join("打包发送"));
    let own = packs.iter().find(|path| path.to_string_lossy().contains("浦东新区综合执法局_2027-03")).unwrap();
    let mut zip = zip::ZipArchive::new(fs::File::open(own).unwrap()).unwrap();
    assert!(zip.len() > 8 && zip.by_index(0).is_err(), "not without the password");
    let sealed = zip.by_index_decrypt(0, "一二三四五六七八".as_bytes()).unwrap();
    assert!(sealed.name().unwrap().starts_with("浦东新区综合执法局/"));
    let journal = fs::read_to_string(project.join("journal.jsonl")).unwrap();
    assert!(journal.contains("\"encrypted\":true") && !journal.contains("一二三四五六七八"));

    // the address of the pages, and a proof's code that leads to it
    let address = |args: &[&str]| fairdraw(&[&["page-address", text(project)], args].concat());
    assert!(words(&address(&["环保.cn"])).contains("EXP-051"));
    assert!(address(&["https://sthj.example.gov.cn/ssj/"]).status.success());
    assert!(words(&address(&[])).starts_with("https://sthj.example.gov.cn/ssj/verify.html"));
    let frame = fs::read_to_string(project.join("draws/2027-03/1/frame.csv")).unwrap();
    let unit = frame.lines().nth(1).unwrap().split(',').next().unwrap();
    let code = fairdraw(&["proof", text(project), "--month", "2027-03", "--unit", unit, "--code"]);
    let code = String::from_utf8(code.stdout).unwrap();
    let (page, digits) = code.trim().split_once("#FD2:").unwrap();
    assert!(page == "https://sthj.example.gov.cn/ssj/verify.html" && digits.bytes().all(|b| b.is_ascii_digit()));
    // what a phone reads of the paper is checked like the file; cut short it is said to be no whole code
    let read = to.with_file_name("二维码.txt");
    fs::write(&read, format!("{}\n", code.trim())).unwrap();
    let output = fairdraw(&["verify", text(&read)]);
    assert!(output.status.success() && words(&output).contains("通过  单元在抽样框中"), "{}", words(&output));
    fs::write(&read, &code.trim()[..code.trim().len() - 1]).unwrap();
    let output = fairdraw(&["verify", text(&read)]);
    assert!(output.status.code() == Some(2) && words(&output).contains("VER-080"), "{}", words(&output));
}

/// A substitute, another inspector, a triggered check, each with its reason.
fn the_day_after(out: &Path, again: &Path, certificate: &Value) {
    let evidence = out.join("抽取存证/2027-03-1");
    let commitment = certificate["opening"]["commitment"].as_str().unwrap();
    let project = out.join("项目");
    let dead = free_unit(certificate);
    let output = fairdraw(&["substitute", text(&project), "--month", "2027-03", "--unit", &dead, "--reason", ""]);
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output).contains("SEL-038"), "{}", words(&output));
    substituted(&project, &dead);
    let assignment = fs::read_to_string(project.join("draws/2027-03/1/assignment.csv")).unwrap();
    assert!(!assignment.contains(&format!("{dead},")));
    let line: Vec<&str> = assignment.lines().nth(1).unwrap().split(',').collect();
    let output = fairdraw(&[
        "replace-inspector",
        text(&project),
        "--month",
        "2027-03",
        "--unit",
        line[0],
        "--certificate",
        line[3],
        "--reason",
        "当日因病",
        "--document",
        "检查笔录第7号",
        "--second",
        "李四",
    ]);
    assert!(output.status.success(), "{}", words(&output));
    let frame = fs::read_to_string(evidence.join("frame.csv")).unwrap();
    let other = frame
        .lines()
        .skip(1)
        .map(|l| l.split(',').next().unwrap())
        .find(|u| !assignment.contains(&format!("{u},")))
        .unwrap();
    let output = fairdraw(&[
        "add-check",
        text(&project),
        "--month",
        "2027-03",
        "--unit",
        other,
        "--kind",
        "举报",
        "--reason",
        "12345 热线投诉属实",
    ]);
    assert!(output.status.success(), "{}", words(&output));

    // a proof for any unit, drawn or not; export again; all of it verifies
    let output = fairdraw(&["proof", text(&project), "--month", "2027-03", "--unit", other]);
    assert!(output.status.success(), "{}", words(&output));
    let output = fairdraw(&["export", text(&project), "--month", "2027-03", "--to", text(again)]);
    assert!(output.status.success(), "{}", words(&output));
    let evidence = again.join("抽取存证/2027-03-1");
    let file = |name: &str| evidence.join(name);
    let output = fairdraw(&[
        "verify",
        text(&file("certificate.json")),
        "--frame",
        text(&file("frame.csv")),
        "--commitment",
        commitment,
        "--roster",
        text(&file("roster.csv")),
        "--needs",
        text(&file("needs.csv")),
        "--assignment",
        text(&file("assignment.csv")),
        "--journal",
        text(&project.join("journal.jsonl")),
    ]);
    assert!(output.status.success(), "{}", words(&output));
}

/// A lottery's number and dice, as the months after are sealed with.
const NUMBER: &str = "ssq=03 07 12 18 25 31+09;dice=4162253614235516";

/// Seals, openings and voidings of the months that follow.
fn the_months_after(project: &Path) {
    // nothing else opens while a seal waits; a month is not sealed twice without a reason
    let seal = |month: &str, extra: &[&str]| {
        let mut arguments = vec![
            "seal",
            text(project),
            "--month",
            month,
            "--entropy-format",
            "mixed",
            "--entropy-source",
            "ssq:中国福利彩票双色球;dice:区公证处",
            "--reference",
            "2099-02-26开奖的一期;现场",
            "--available-at",
            "2099-02-28T21:15:00+08:00",
        ];
        arguments.extend(extra);
        fairdraw(&arguments)
    };
    assert!(words(&seal("2027-03", &[])).contains("SEL-032"));
    assert!(words(&seal("2027-02", &[])).contains("SEL-045"));
    let output = seal("2027-04", &[]);
    assert!(output.status.success(), "{}", words(&output));
    assert!(words(&seal("2027-05", &[])).contains("SEL-031"));
    let open = || fairdraw(&["open", text(project), "--month", "2027-04", "--entropy", NUMBER]);
    assert!(words(&open()).contains("SEL-011"), "{}", words(&open()));
    let output = fairdraw(&["void", text(project), "--month", "2027-04", "--reason", "名录季度更新"]);
    assert!(output.status.success(), "{}", words(&output));
    assert!(words(&seal("2027-04", &[])).contains("SEL-032"));
    let output = seal("2027-04", &["--again", "名录已更新"]);
    assert!(output.status.success(), "{}", words(&output));
    let output = fairdraw(&["void", text(project), "--month", "2027-04", "--reason", "演练结束"]);
    assert!(output.status.success(), "{}", words(&output));
    let status = fairdraw(&["status", text(project), "--today", "2027-04-20"]);
    assert!(status.status.success() && words(&status).contains("尚无结果"), "{}", words(&status));

    // a changed line of the journal is found
    let journal = project.join("journal.jsonl");
    let changed = fs::read_to_string(&journal).unwrap().replacen("测试员", "别人", 1);
    fs::write(&journal, changed).unwrap();
    assert_eq!(fairdraw(&["verify", "--journal", text(&journal)]).status.code(), Some(1));
}
