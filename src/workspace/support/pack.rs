//! The pack that goes to whoever helps: what program and machine are, settings, codes of what was said, logs, reports.
//!
//! It is made of what names nobody, and lists its parts, so that whoever sends it sees what he sends.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;

use chrono::Datelike;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{crash, log};
use crate::diagnostic::{AppError, AppResult, Diagnostics};
use crate::export::same_everywhere;
use crate::workspace::store::clock::Moment;

/// Bytes of one log or report that are taken: its end.
const MOST_BYTES: usize = 2_000_000;

/// What whoever asks for the pack knows of the program's state.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// Graphics, window, zoom: a line each.
    pub program: Vec<String>,
    /// Settings, without names: a line each.
    pub settings: Vec<String>,
    /// Codes of what was found, with how often.
    pub codes: BTreeMap<String, u64>,
}

/// Codes of findings, with how often each.
#[must_use]
pub fn count_codes(findings: &Diagnostics) -> BTreeMap<String, u64> {
    let mut codes = BTreeMap::new();
    for finding in findings.findings() {
        *codes.entry(finding.code.to_owned()).or_insert(0) += 1;
    }
    codes
}

/// A file of the pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Name in the pack.
    pub name: String,
    /// What is in it.
    pub what: &'static str,
    /// Bytes.
    pub bytes: Vec<u8>,
}

/// The pack, before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Its files, the list of them first.
    pub parts: Vec<Part>,
    at: Moment,
}

/// What operating system this is, as it calls itself; empty where it says nothing.
#[cfg(windows)]
fn system() -> String {
    use std::os::windows::process::CommandExt as _;
    // without a console window of its own
    const NO_WINDOW: u32 = 0x0800_0000;
    let said = std::process::Command::new("cmd").args(["/C", "ver"]).creation_flags(NO_WINDOW).output();
    said.map(|said| super::plain(String::from_utf8_lossy(&said.stdout).trim())).unwrap_or_default()
}

/// What operating system this is, as it calls itself; empty where it says nothing.
#[cfg(not(windows))]
fn system() -> String {
    let file = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = file.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.map(|name| name.trim_matches('"').to_owned()).unwrap_or_default()
}

fn program_lines(situation: &Situation) -> Vec<String> {
    let processors = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let mut lines = vec![
        format!("程序版本：{}", env!("CARGO_PKG_VERSION")),
        format!("系统：{} {}（{}）", std::env::consts::OS, std::env::consts::ARCH, system()),
        format!("处理器：{processors} 个"),
    ];
    lines.extend(situation.program.iter().cloned());
    lines
}

fn code_lines(said: &BTreeMap<String, u64>, logged: &BTreeMap<String, u64>) -> Vec<String> {
    let list = |codes: &BTreeMap<String, u64>| -> Vec<String> {
        codes.iter().map(|(code, count)| format!("{code}　{count} 条")).collect()
    };
    let mut lines = vec!["最近一次操作提出的：".to_owned()];
    lines.extend(list(said));
    lines.push("日志中出现的：".to_owned());
    lines.extend(list(logged));
    lines
}

fn text_part(name: &str, what: &'static str, lines: &[String]) -> Part {
    // for the editors of Windows
    Part { name: name.to_owned(), what, bytes: format!("\u{feff}{}\r\n", lines.join("\r\n")).into_bytes() }
}

/// The end of a file; nothing of one that can't be read.
fn tail(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap_or_default();
    bytes.get(bytes.len().saturating_sub(MOST_BYTES)..).unwrap_or_default().to_vec()
}

/// Logs of a folder, the oldest first: the day and the path.
fn logs(folder: &Path) -> BTreeMap<String, std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let named = entries.filter_map(|path| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let day = name.split('.').nth(1)?.to_owned();
        log::is_log(&name).then_some((day, path))
    });
    named.collect()
}

/// Gathers the pack: logs and reports of the folder, and what is told of the situation.
#[must_use]
pub fn gather(folder: &Path, situation: &Situation, at: Moment) -> Pack {
    let mut files = Vec::new();
    let mut logged = BTreeMap::new();
    for (day, path) in logs(folder) {
        let bytes = tail(&path);
        for (code, count) in log::codes_in(&String::from_utf8_lossy(&bytes)) {
            *logged.entry(code).or_insert(0) += count;
        }
        files.push(Part { name: format!("日志/{day}.txt"), what: "程序做了什么、用时与代码", bytes });
    }
    for (number, path) in crash::reports(folder).iter().enumerate() {
        let name = format!("内部错误/{}.txt", number + 1);
        files.push(Part { name, what: "程序内部错误的位置", bytes: tail(path) });
    }
    let mut parts = vec![
        text_part("程序与系统.txt", "版本、系统、显卡、窗口与缩放", &program_lines(situation)),
        text_part("设置.txt", "程序设置，不含姓名与路径", &situation.settings),
        text_part("问题代码.txt", "各类问题的代码与条数，不含内容", &code_lines(&situation.codes, &logged)),
    ];
    parts.extend(files);
    let mut list = vec![
        format!("FairDraw 双随机执法计划工作站的诊断包　{at}"),
        "不含单位名称与编号、执法人员、项目内容、密码和数据库地址。".to_owned(),
        String::new(),
    ];
    list.extend(parts.iter().map(|part| format!("{}　{}", part.name, part.what)));
    parts.insert(0, text_part("说明.txt", "本清单", &list));
    Pack { parts, at }
}

impl Pack {
    /// The name proposed for its file.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("诊断包_{}.zip", self.at.date())
    }

    /// The pack as a zip.
    ///
    /// # Errors
    /// `SUP-001` where it can't be made.
    pub fn render(&self) -> AppResult<Vec<u8>> {
        let failed = |cause: String| AppError::new("SUP-001", "诊断包无法生成").with(|f| f.value(cause));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let options = match time_of(self.at) {
            Some(time) => options.last_modified_time(time),
            None => options,
        };
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for part in &self.parts {
            zip.start_file(part.name.as_str(), options).map_err(|cause| failed(cause.to_string()))?;
            zip.write_all(&part.bytes).map_err(|cause| failed(cause.to_string()))?;
        }
        Ok(same_everywhere(zip.finish().map_err(|cause| failed(cause.to_string()))?.into_inner()))
    }
}

/// A zip knows the years from 1980 on.
fn time_of(at: Moment) -> Option<DateTime> {
    let day = at.date();
    DateTime::from_date_and_time(u16::try_from(day.year()).ok()?, day.month() as u8, day.day() as u8, 0, 0, 0).ok()
}
