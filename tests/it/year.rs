//! A whole year of an office by commands alone: the real program under a shifted clock. Twelve seals, draws, results
//! and disclosures, and what an auditor then finds.
//!
//! Small by default. The demo city: build the release program, then
//! `FAIRDRAW_YEAR_PROGRAM=target/release/fairdraw FAIRDRAW_YEAR_SOURCES=38000 cargo test --test it -- --ignored
//! a_year_by_commands --nocapture`; with `FAIRDRAW_YEAR_FOLDER` (a new folder) the year is kept to be looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use calamine::{Data, Reader, open_workbook_auto};
use fairdraw::domain::Period;
use fairdraw::sampling::{OffSitePace, compute_off_site};
use fairdraw::workspace::store::draws::StoredDraw;
use fairdraw::workspace::store::project::Project;
use serde_json::Value;

use super::command_line::{reference_verifies, text, verify_evidence, words};
use super::public_page::the_page_says_what_the_program_says;

/// Six dice and their order: nobody knows them before they are thrown.
const DICE: &str = "3 1 4 1 5 2 6 5 3 5 6 6 2 4 1 3 2 2 5 4";

/// The office: the program at a given moment.
struct Office {
    program: String,
    folder: PathBuf,
}

impl Office {
    fn path(&self, name: &str) -> String {
        text(&self.folder.join(name)).to_owned()
    }

    fn run(&self, at: &str, arguments: &[&str]) -> Output {
        Command::new("faketime")
            .env("TZ", "Asia/Shanghai")
            .arg(at)
            .arg(&self.program)
            .args(["--operator", "王芳"])
            .args(arguments)
            .output()
            .expect("faketime")
    }

    /// Runs a command that must do what it was told (rows set aside are no failure); its data.
    fn done(&self, at: &str, arguments: &[&str]) -> String {
        let output = self.run(at, arguments);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{at} {arguments:?}: {}", words(&output));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// The rows of all result forms under a folder, as header and cells.
fn forms(folder: &Path) -> Vec<BTreeMap<String, String>> {
    let mut rows = Vec::new();
    for body in fs::read_dir(folder.join("内部")).unwrap() {
        for file in fs::read_dir(body.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if !path.to_string_lossy().contains("检查结果填报表") {
                continue;
            }
            let mut book = open_workbook_auto(&path).unwrap();
            let sheet = book.sheet_names()[0].clone();
            let range = book.worksheet_range(&sheet).unwrap();
            let mut lines = range.rows().skip_while(|row| !row.iter().any(|cell| *cell == "计划编码"));
            let header: Vec<String> = lines.next().unwrap().iter().map(ToString::to_string).collect();
            for line in lines {
                let row: BTreeMap<String, String> =
                    header.iter().cloned().zip(line.iter().map(Data::to_string)).collect();
                if !row["计划编码"].is_empty() {
                    rows.push(row);
                }
            }
        }
    }
    rows
}

/// What the inspectors found: every eighth a problem to rectify, every fortieth gone, the others clear. Two weeks of
/// inspections from the 8th, all days on which people work or not: the law counts from completion.
fn fill(row: &mut BTreeMap<String, String>, at: usize, month: u32) {
    let mut set = |column: &str, value: &str| {
        let old = row.insert(column.to_owned(), value.to_owned());
        assert!(old.is_some(), "the form has no column {column}");
    };
    let day = 8 + at % 12;
    set("检查日期", &format!("2027-{month:02}-{day:02}"));
    set("办结日期", &format!("2027-{month:02}-{:02}", day + 1));
    if at.is_multiple_of(40) {
        set("检查结果", "搬迁或关闭");
    } else if at % 8 == 3 {
        set("检查结果", "发现问题已责令改正");
        set("处理情况", "责令限期改正");
        set("存在问题", "危险废物标识不全");
        set("整改期限", &format!("2027-{month:02}-28"));
    } else {
        set("检查结果", "未发现问题");
    }
    if row["检查方式"] == "非现场检查" && row["检查结果"] == "搬迁或关闭" {
        row.insert("检查结果".to_owned(), "未发现问题".to_owned());
    }
}

fn csv(rows: &[BTreeMap<String, String>]) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let mut text = rows[0].keys().map(quoted).collect::<Vec<_>>().join(",");
    for row in rows {
        write!(text, "\n{}", row.values().map(quoted).collect::<Vec<_>>().join(",")).unwrap();
    }
    text
}

/// Seals, opens, takes the results of and publishes a month; the problems found, to be closed later.
fn month_of_work(office: &Office, month: u32, open_problems: &[String]) -> Vec<String> {
    let (project, of) = (office.path("项目"), format!("2027-{month:02}"));
    let before = if month == 1 { "2026-12".to_owned() } else { format!("2027-{:02}", month - 1) };
    let arguments = ["seal", &project, "--month", &of, "--entropy-format", "dice", "--entropy-source", "现场掷骰"];
    let arguments = [&arguments[..], &["--reference", &of, "--available-at", &format!("{before}-27T15:00:00+08:00")]];
    office.done(&format!("{before}-25 09:00:00"), &arguments.concat());
    office.done(&format!("{before}-27 16:00:00"), &["open", &project, "--month", &of, "--entropy", DICE]);

    let forms_at = office.path(&format!("填报 {month}"));
    let only = ["export", &project, "--to", &forms_at, "--month", &of, "--only", "结果填报表"];
    office.done(&format!("{of}-01 09:00:00"), &only);
    let mut rows = forms(Path::new(&forms_at));
    rows.sort_by(|a, b| a["计划编码"].cmp(&b["计划编码"]));
    assert!(!rows.is_empty(), "nothing to inspect in {of}");
    for (at, row) in rows.iter_mut().enumerate() {
        fill(row, at, month);
    }
    let file = office.path("结果.csv");
    fs::write(&file, csv(&rows)).unwrap();
    let output = office.run(&format!("{of}-22 10:00:00"), &["results", &project, &file]);
    assert!(output.status.success(), "{of}: {}", words(&output));
    if !open_problems.is_empty() {
        let mut arguments = vec!["ledger", &project, "--closed-on"];
        let (on, closed) = (format!("{of}-20"), ["--evidence", "整改报告及现场照片", "--closed-by", "李强"]);
        arguments.push(&on);
        arguments.extend(closed);
        for code in open_problems {
            arguments.extend(["--code", code]);
        }
        office.done(&format!("{of}-22 11:00:00"), &arguments);
    }
    let on = format!("{of}-24");
    office.done(&format!("{on} 10:00:00"), &["publish", &project, "--on", &on]);
    rows.iter().filter(|row| row["检查结果"].contains("责令改正")).map(|row| row["计划编码"].clone()).collect()
}

/// Every certificate by the program, by the independent reference and by the public page.
fn certificates_verify(evidence: &Path) -> usize {
    let temporary = tempfile::tempdir().unwrap();
    let mut cases = Vec::new();
    for entry in fs::read_dir(evidence).unwrap() {
        let folder = entry.unwrap().path();
        let certificate = folder.join("certificate.json");
        if !certificate.exists() {
            continue;
        }
        let text_of = fs::read_to_string(&certificate).unwrap();
        let value: Value = serde_json::from_str(&text_of).unwrap();
        let commitment = value["opening"]["commitment"].as_str().unwrap().to_owned();
        let output = verify_evidence(&folder, &commitment);
        assert!(output.status.success(), "{}: {}", folder.display(), words(&output));
        reference_verifies(&["certificate", text(&certificate), "--commitment", &commitment]);
        let frame = fs::read_to_string(folder.join("frame.csv")).unwrap();
        cases.push((folder.display().to_string(), text_of, Some(frame), Some(commitment)));
    }
    let checked = cases.len();
    assert!(the_page_says_what_the_program_says(temporary.path(), cases), "a certificate fails in the page");
    checked
}

/// Off-site checks of each month as the sealed frames and the year's seed give them, and whether the positive list was the
/// same all the year.
fn turns_of(project: &str) -> (Vec<BTreeSet<String>>, bool) {
    let project = Project::open(Path::new(project), None).unwrap();
    let seed = StoredDraw::load(&project, Period::Year(2027), 1).unwrap().seed().unwrap();
    let share = u32::try_from(project.policy.positive_list.off_site_share.0).unwrap();
    let (mut had, mut turns, mut lists) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    for (month, at) in project.months().into_iter().zip(1..) {
        let frame = StoredDraw::load(&project, Period::Month(month), 1).unwrap().frame;
        let listed = frame.rows().filter(|row| row.reason == "positive_list");
        let members: Vec<(String, String)> =
            listed.map(|row| (row.stratum.body().to_owned(), row.unit_id.to_owned())).collect();
        let of: Vec<(&str, &str)> = members.iter().map(|(body, unit)| (body.as_str(), unit.as_str())).collect();
        let before: BTreeSet<&str> = had.iter().map(String::as_str).collect();
        let turn = compute_off_site(&seed, &of, &before, OffSitePace { share, at, of: 12 });
        let turn: BTreeSet<String> = turn.into_iter().map(str::to_owned).collect();
        had.extend(turn.iter().cloned());
        turns.push(turn);
        lists.insert(members.into_iter().collect::<BTreeSet<_>>());
    }
    (turns, lists.len() == 1)
}

/// Drawn and mandatory checks a month of every body, from the plan of record's json.
fn by_body_and_month(rows: &[Vec<BTreeMap<String, String>>]) -> BTreeMap<String, [usize; 12]> {
    let mut counts: BTreeMap<String, [usize; 12]> = BTreeMap::new();
    for (month, rows) in rows.iter().enumerate() {
        for row in rows.iter().filter(|row| row["检查方式"] == "现场检查") {
            let body = row["计划编码"].split('-').nth(1).unwrap().to_owned();
            counts.entry(body).or_default()[month] += 1;
        }
    }
    counts
}

#[test]
#[ignore = "needs faketime, python3 and chromium"]
fn a_year_by_commands_ends_disclosed_verified_and_whole() {
    let temporary = tempfile::tempdir().unwrap();
    let program = std::env::var("FAIRDRAW_YEAR_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_fairdraw").to_owned());
    let sources = std::env::var("FAIRDRAW_YEAR_SOURCES").unwrap_or_else(|_| "600".to_owned());
    let kept = std::env::var_os("FAIRDRAW_YEAR_FOLDER").map(PathBuf::from);
    let office = Office { program, folder: kept.unwrap_or_else(|| temporary.path().to_owned()) };
    let (project, input) = (office.path("项目"), office.path("输入"));
    office.done("2026-12-18 09:00:00", &["demo", &input, "--sources", &sources]);
    office.done("2026-12-18 10:00:00", &["new", &project, "--from", &input, "--year", "2027"]);
    office.done("2026-12-18 11:00:00", &["plan", &project, "--mend-all", "--ground", "测算后调整"]);
    let year = ["seal", &project, "--year", "--entropy-format", "dice", "--entropy-source", "现场掷骰"];
    let when = ["--reference", "2027年度", "--available-at", "2026-12-21T15:00:00+08:00"];
    office.done("2026-12-19 09:00:00", &[&year[..], &when[..]].concat());
    office.done("2026-12-21 16:00:00", &["open", &project, "--year", "--entropy", DICE]);

    let plan: Value = serde_json::from_str(&office.done("2026-12-22 09:00:00", &["plan", &project, "--json"])).unwrap();
    let quotas = plan["off_site"].as_array().unwrap().iter();
    let planned_off_site: u64 = quotas.map(|quota| quota["checks"].as_u64().unwrap()).sum();
    assert!(planned_off_site > 0, "the demo city has a positive list");

    let (mut problems, mut all) = (Vec::new(), Vec::new());
    for month in 1..=12 {
        problems = month_of_work(&office, month, &problems);
        all.push(forms(&office.folder.join(format!("填报 {month}"))));
    }
    let mut closing = vec!["ledger", &project, "--closed-on", "2027-12-29", "--evidence", "整改报告", "--closed-by"];
    closing.push("李强");
    closing.extend(problems.iter().flat_map(|code| ["--code", code.as_str()]));
    office.done("2027-12-30 09:00:00", &closing);

    // the positive list: whose turn it is by frames and seed, nobody twice; while nobody joins or leaves, as many as planned
    let (turns, steady) = turns_of(&project);
    let off_site: Vec<BTreeSet<String>> = all
        .iter()
        .map(|rows| {
            let own = rows.iter().filter(|row| row["检查方式"] == "非现场检查");
            own.inspect(|row| assert!(row["计划编码"].starts_with("FXC"), "{row:?}")).map(|row| row["单位标识"].clone())
        })
        .map(Iterator::collect)
        .collect();
    assert_eq!(off_site, turns);
    let count: usize = off_site.iter().map(BTreeSet::len).sum();
    println!("{count} off-site checks, {planned_off_site} planned, the list the same all the year: {steady}");
    assert_eq!(off_site.iter().flatten().collect::<BTreeSet<_>>().len(), count, "nobody twice");
    assert!(!steady || count as u64 == planned_off_site, "{count} {planned_off_site}");

    // all disclosed, none late, no problem open
    let status: Value =
        serde_json::from_str(&office.done("2027-12-31 09:00:00", &["status", &project, "--json"])).unwrap();
    let checks: usize = all.iter().map(Vec::len).sum();
    let figures = &status["figures"];
    println!("{checks} checks; {figures}");
    assert_eq!(status["finished"].as_u64(), Some(checks as u64), "{status}");
    assert_eq!(status["published"], status["finished"], "{status}");
    assert_eq!(status["published_late"].as_u64(), Some(0), "{status}");
    assert_eq!(status["open_problems"].as_u64(), Some(0), "{status}");
    assert_eq!(figures["disclosed"]["part"], figures["disclosed"]["whole"]);
    assert_eq!(figures["disclosed_in_time"]["part"], figures["disclosed_in_time"]["whole"]);

    // the evidence of twelve draws and of the year's seed, by three checkers; the journal and the folder whole
    let out = office.path("导出");
    office.done("2027-12-31 10:00:00", &["export", &project, "--to", &out, "--only", "抽取存证"]);
    assert_eq!(certificates_verify(&Path::new(&out).join("抽取存证")), 12);
    let journal =
        office.run("2027-12-31 11:00:00", &["verify", "--journal", text(&Path::new(&project).join("journal.jsonl"))]);
    assert!(journal.status.success(), "{}", words(&journal));
    let manifest = office.run("2027-12-31 11:10:00", &["check-manifest", &out]);
    assert!(manifest.status.success() && words(&manifest).contains("0 处不符"), "{}", words(&manifest));

    // no month above 1.35 × the mean: over the city, and in each body whose numbers are not chance alone
    for (body, months) in by_body_and_month(&all) {
        let (most, total) = (*months.iter().max().unwrap(), months.iter().sum::<usize>());
        println!("{body}: {months:?}, {total} in all, {:.2} × the mean at most", most as f64 * 12.0 / total as f64);
        if total >= 12 * 100 {
            assert!(most as f64 <= 1.35 * total as f64 / 12.0, "{body}: {months:?}");
        }
    }
    let months: Vec<usize> = all.iter().map(Vec::len).collect();
    println!("city: {months:?}");
    assert!(*months.iter().max().unwrap() as f64 <= 1.35 * checks as f64 / 12.0, "{months:?}");
}
