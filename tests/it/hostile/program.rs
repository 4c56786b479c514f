//! The program itself before files that unpack to too much, and before honest large ones.
//!
//! ```text
//! cargo build --release
//! FAIRDRAW_PROGRAM=target/release/fairdraw cargo test --test it -- --ignored --nocapture hostile::program
//! ```
//!
//! prints a row a file: what was done, how long it took, the most memory that it held, how it ended.
//! `FAIRDRAW_ONLY=word` runs the files whose names hold the word.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::tabular::{ReadOptions, load_raw};

use super::bombs::{LEAST, NS, Part, hollow_columns, strings, workbook};
use super::borders::{Record, comb, random_corners, rings_apart, rings_inside, spiral, write_layer};
use super::{Folder, Numbers};

/// Longer than this a run is ended and counts as a hang.
const HANG: Duration = Duration::from_mins(2);

/// How a run went.
struct Run {
    took: Duration,
    peak_mb: u64,
    /// Exit code; `None` where it was ended.
    code: Option<i32>,
    said: String,
}

/// Most memory that a process has held so far.
fn held(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb / 1024)
}

fn run(folder: &Path, args: &[&str]) -> Run {
    let own = env!("CARGO_BIN_EXE_fairdraw").to_owned();
    let program = std::env::var("FAIRDRAW_PROGRAM").unwrap_or(own);
    let (out, error) = (folder.join("out.txt"), folder.join("error.txt"));
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&error).unwrap())
        .spawn()
        .unwrap();
    let mut peak_mb = 0;
    let code = loop {
        peak_mb = held(child.id()).unwrap_or(0).max(peak_mb);
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if start.elapsed() > HANG {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let took = start.elapsed();
    // findings of an import stand in what it prints, what ends it in its errors
    let said = [error, out].map(|path| std::fs::read_to_string(path).unwrap_or_default()).concat();
    Run { took, peak_mb, code, said }
}

/// What is expected of a run.
#[derive(Clone, Copy)]
enum End {
    /// This code in what is said, and nothing taken in.
    Refused(&'static str),
    /// Read or refused, whichever: in bounds.
    Any,
    /// Honest: nothing of it may be called too large. No bound but the hang: its time and memory are told.
    Read,
}

/// A file and what is done with it.
struct Case {
    name: &'static str,
    args: &'static [&'static str],
    end: End,
    make: fn(&Path),
}

fn csv_lines(path: &Path, block: &str, mb: usize) {
    let mut file = File::create(path).unwrap();
    let block = block.repeat((1 << 20) / block.len());
    for _ in 0..mb {
        file.write_all(block.as_bytes()).unwrap();
    }
}

fn sheet(folder: &Path, head: String, again: &str, count: usize, packed: bool) {
    let tail = "</row></sheetData></worksheet>";
    let part = Part { name: "xl/worksheets/sheet1.xml", head, again, count, tail };
    workbook(&folder.join("a.xlsx"), 1, &[part], packed);
}

/// Headings that an office might write, each a little another, over ten rows.
fn heading(i: usize) -> String {
    const WORDS: [&str; 8] =
        ["单位名称", "统一社会信用代码", "排污许可证编号", "所在区", "管理类别", "经度", "纬度", "联系电话"];
    format!("{}（{i}）", WORDS[i % WORDS.len()])
}

fn wide_sheet(folder: &Path) {
    let mut rows = String::new();
    for row in 1..=10 {
        let _ = write!(rows, r#"<row r="{row}">"#);
        for i in 0..16_384 {
            let text = if row == 1 { heading(i) } else { format!("{}", row * i) };
            let _ = write!(rows, r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#);
        }
        rows += "</row>";
    }
    sheet(folder, format!("<worksheet {NS}><sheetData>{rows}<row>"), "", 0, true);
}

fn wide_csv(folder: &Path) {
    let line = |row: usize| -> String {
        let cell = |i| if row == 0 { heading(i) } else { format!("{}", row * i) };
        (0..16_384).map(cell).collect::<Vec<_>>().join(",") + "\n"
    };
    std::fs::write(folder.join("a.csv"), (0..10).map(line).collect::<String>()).unwrap();
}

/// A register of one row beside a map.
fn map(folder: &Path, records: &[Record]) {
    write_layer(&folder.join("a.shp"), records);
    let row = "排污许可证编号,单位名称,所在区,管理类别\n91310115MA1K4TX00A001P,上海甲有限公司,310101,重点管理\n";
    std::fs::write(folder.join("名录.csv"), row).unwrap();
}

const RAW_XLSX: &[&str] = &["check", "--raw", "a.xlsx"];
const XLSX: &[&str] = &["check", "a.xlsx"];
const RAW_CSV: &[&str] = &["check", "--raw", "a.csv"];
const CSV: &[&str] = &["check", "a.csv"];
const MAP: &[&str] = &["check", "名录.csv", "a.shp"];

fn bombs() -> Vec<Case> {
    let case = |name, args, end, make| Case { name, args, end, make };
    let refused = End::Refused("RAW-005");
    vec![
        case("xlsx：700 MB 空的共享字符串", XLSX, refused, |f| {
            workbook(&f.join("a.xlsx"), 1, &[strings((700 << 20) / 5)], true);
        }),
        case("xlsx：4 000 万个空的共享字符串，不压缩", XLSX, refused, |f| {
            workbook(&f.join("a.xlsx"), 1, &[strings(40_000_000)], false);
        }),
        case("xlsx：700 MB 样式", XLSX, refused, |f| {
            let head = format!("<styleSheet {NS}><cellXfs>");
            let tail = "</cellXfs></styleSheet>";
            let part = Part { name: "xl/styles.xml", head, again: "<xf/>", count: (700 << 20) / 5, tail };
            workbook(&f.join("a.xlsx"), 1, &[part], true);
        }),
        case("xlsx：2 000 张表用同一部件", XLSX, End::Any, |f| {
            let head = format!("<worksheet {NS}><sheetData>");
            let again = "<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>";
            let tail = "</sheetData></worksheet>";
            let part = Part { name: "xl/worksheets/sheet1.xml", head, again, count: 20_000, tail };
            workbook(&f.join("a.xlsx"), 2_000, &[part], true);
        }),
        case("xlsx：表头 16 384 列", XLSX, End::Any, wide_sheet),
        case("csv：表头 16 384 列", CSV, End::Any, wide_csv),
        case("xlsx：6 000 万个空单元格", XLSX, refused, |f| {
            let head = format!(r#"<worksheet {NS}><sheetData>{LEAST}<row r="2">"#);
            sheet(f, head, r#"<c r="B2"/>"#, 60_000_000, true);
        }),
        case("xlsx：6 000 万个空单元格，不压缩", RAW_XLSX, refused, |f| {
            let head = format!(r#"<worksheet {NS}><sheetData>{LEAST}<row r="2">"#);
            sheet(f, head, r#"<c r="B2"/>"#, 60_000_000, false);
        }),
        case("xlsx：2 000 万层嵌套", RAW_XLSX, End::Any, |f| {
            let head = format!("<worksheet {NS}><sheetData>{LEAST}</sheetData>");
            sheet(f, head, "<a>", 20_000_000, false);
        }),
        case("parquet：20 列、2 000 万行空值", &["check", "a.parquet"], refused, |f| {
            hollow_columns(&f.join("a.parquet"), 20_000_000);
        }),
        case("csv：500 MB 一个字段", RAW_CSV, refused, |f| csv_lines(&f.join("a.csv"), "x", 500)),
        case("csv：500 MB 一行、2.6 亿个字段", RAW_CSV, refused, |f| csv_lines(&f.join("a.csv"), "x,", 500)),
        case("csv：500 MB 引号", RAW_CSV, refused, |f| csv_lines(&f.join("a.csv"), "\"", 500)),
        case("地图：20 000 个顶点的螺旋", MAP, End::Any, |f| map(f, &[vec![spiral(20_000, 200.0)]])),
        case("地图：5 000 个随机顶点相交", MAP, End::Any, |f| {
            map(f, &[vec![random_corners(5_000, &mut Numbers(5))]]);
        }),
        case("地图：20 000 个并列的环", MAP, End::Any, |f| map(f, &[rings_apart(20_000)])),
        case("地图：20 000 个层层嵌套的环", MAP, End::Any, |f| map(f, &[rings_inside(20_000)])),
        case("地图：5 000 个斜齿", MAP, End::Any, |f| map(f, &[vec![comb(5_000, 0.5)]])),
    ]
}

/// The register of a simulated city, as the program's own command writes it.
fn register(folder: &Path, sources: usize) -> PathBuf {
    let made = run(folder, &["demo", "城市", "--sources", &sources.to_string()]);
    assert_eq!(made.code, Some(0), "{}", made.said);
    let ending = if sources > 1_000_000 { "csv" } else { "xlsx" };
    folder.join(format!("城市/固定污染源名录.{ending}"))
}

fn register_csv(folder: &Path) {
    std::fs::rename(register(folder, 1_000_001), folder.join("a.csv")).unwrap();
}

fn register_xlsx(folder: &Path) {
    std::fs::rename(register(folder, 38_000), folder.join("a.xlsx")).unwrap();
}

/// The same as text.
fn small_register_csv(folder: &Path) {
    let path = register(folder, 38_000);
    let read = load_raw(&path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none()).unwrap();
    let columns = read[0].cells.columns();
    let mut text = String::new();
    for row in 0..read[0].cells.height() {
        let cells = columns.iter().map(|c| c.str().unwrap().get(row).unwrap_or_default().replace('"', ""));
        text += &(cells.map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",") + "\n");
    }
    std::fs::write(folder.join("a.csv"), text).unwrap();
}

fn honest() -> Vec<Case> {
    let case = |name, args, make| Case { name, args, end: End::Read, make };
    vec![
        case("名录 38 000 行 csv", CSV, small_register_csv),
        case("名录 38 000 行 xlsx", XLSX, register_xlsx),
        case("名录 1 000 001 行 csv", CSV, register_csv),
    ]
}

/// What is wrong with a run; empty where nothing is.
fn wrong(case: &Case, run: &Run) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |holds: bool, what: String| faults.extend((!holds).then_some(what));
    fault(run.code.is_some(), "hangs".to_owned());
    fault(!run.said.contains("panicked"), "panics".to_owned());
    if matches!(case.end, End::Read) {
        fault(!run.said.contains("RAW-005") && !run.said.contains("GIS-062"), "refused".to_owned());
    } else {
        fault(run.took < Duration::from_secs(10), format!("{:.1?}", run.took));
        fault(run.peak_mb < 1_024, format!("{} MB", run.peak_mb));
    }
    if let End::Refused(code) = case.end {
        fault(run.said.contains(code), format!("{code} is not said: {}", run.said));
    }
    faults
}

#[test]
#[ignore = "files of hundreds of megabytes before the program built for release take minutes"]
fn large_files_before_the_program() {
    let only = std::env::var("FAIRDRAW_ONLY").unwrap_or_default();
    let mut faults = Vec::new();
    println!("| 文件 | 大小 | 用时 | 峰值内存 | 说法 |\n|---|---|---|---|---|");
    for case in bombs().into_iter().chain(honest()).filter(|case| case.name.contains(&only)) {
        let folder = Folder::new();
        (case.make)(folder.path());
        let largest = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).max();
        let run = run(folder.path(), case.args);
        let first =
            run.said.lines().find(|line| line.contains("RAW-0") || line.contains("GIS-")).unwrap_or("（无）").trim();
        let kb = largest.unwrap_or(0) / 1024;
        println!("| {} | {kb} KB | {:.1} s | {} MB | {first} |", case.name, run.took.as_secs_f64(), run.peak_mb);
        faults.extend(wrong(&case, &run).into_iter().map(|what| format!("{}: {what}", case.name)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
