//! One log: journal, register, changes, certificates, files and exports of a project are held against each other.
//!
//! A journal by itself proves that nobody altered a line and left those after it; whoever has the folder can write all
//! of it anew. That is found by a head that somebody else has: published, in a certificate's evidence, with a witness.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::certificate::public_words;
use super::verify_log_draws::check_draws;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::sampling::{
    AnyCertificate, CheckReport, Fault, Hash32, MerkleTree, compute_log_leaf, hash_from_hex, root_from_path, to_hex,
};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::frames::hash_file;
use crate::workspace::store::journal::{JournalEntry, LogHead, check_journal_file, heads_of, load_log_lines};
use crate::workspace::store::log::{
    HEADS_FILE, Intervention, changed_outside, expected_files, interventions_for, kept_heads, load_heads,
};
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::set_back::CLOCK;

/// What is held against each other.
#[derive(Debug, Clone, Default)]
pub struct LogRequest {
    /// The project's folder, or a journal alone.
    pub log: PathBuf,
    /// Heads that were published or that somebody else keeps.
    pub heads: Vec<LogHead>,
    /// A certificate that went out.
    pub certificate: Option<PathBuf>,
    /// The folder of an export.
    pub export: Option<PathBuf>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct LogVerified {
    /// Steps and contradictions.
    pub report: CheckReport,
    /// The log's head as it stands.
    pub head: LogHead,
    /// Files changed by hand that two people answered for.
    pub interventions: Vec<Intervention>,
}

/// A contradiction.
pub(super) fn fault(code: &'static str, text: impl Into<String>) -> Fault {
    Fault::new(code, text, "the log contradicts itself or what it describes")
}

/// A head as it is written: `SIZE:ROOT`.
///
/// # Errors
/// `LOG-030` where it is none.
pub fn parse_head(text: &str) -> AppResult<LogHead> {
    let wrong = || {
        Finding::error("LOG-030", "日志根值的写法不对")
            .value(text)
            .expected("「行数:64 位十六进制根值」，如公开文件「日志根值.json」所载")
    };
    let (size, root) = text.trim().split_once(':').ok_or_else(wrong)?;
    let size = size.parse().map_err(|_| wrong())?;
    let root = hash_from_hex(root).map(|root| to_hex(&root)).ok_or_else(wrong)?;
    Ok(LogHead { root, size })
}

/// Holds a log against everything that it describes.
///
/// # Errors
/// `IO-…` where a file can't be read; what is wrong is in the report.
pub fn verify_log(request: &LogRequest) -> AppResult<LogVerified> {
    let folder = request.log.is_dir().then(|| request.log.clone());
    let path = folder.as_ref().map_or_else(|| request.log.clone(), |folder| folder.join("journal.jsonl"));
    // a project without a journal had one
    let lost = folder.is_some() && !path.is_file();
    let (entries, mut faults) = if lost { Default::default() } else { check_journal_file(&path)? };
    if lost {
        faults.push("被删除：项目文件夹中没有 journal.jsonl".to_owned());
    } else if entries.is_empty() && faults.is_empty() {
        faults.push("是空的：日志被清空".to_owned());
    }
    let lines = load_log_lines(&path)?;
    let mut report = CheckReport::default();
    let chain = faults.into_iter().map(|what| fault("LOG-010", format!("操作日志：{what}"))).collect();
    report.step("操作日志的链", format!("{} 行，逐行相连", entries.len()), chain);
    report.step("时间顺序", "各行时间不倒退", check_times(&entries));
    check_hashes_go_on(&entries, &mut report);
    let heads = heads_of(&lines);
    let mut known = request.heads.clone();
    if let Some(folder) = &folder {
        known.extend(kept_heads(folder)?);
    }
    if let Some(beside) = request.certificate.as_ref().map(|path| path.with_file_name(HEADS_FILE)) {
        known.extend(noted_heads(&beside)?);
    }
    if let Some(path) = &request.certificate
        && let Ok(AnyCertificate::Second(closed)) = AnyCertificate::parse(&load_bytes(path)?)
    {
        known.extend(closed.log_heads());
    }
    // papers of the same day repeat a head
    known.sort_by(|a, b| (a.size, &a.root).cmp(&(b.size, &b.root)));
    known.dedup();
    if known.is_empty() {
        report.skip("日志根值", "没有给出已公布的根值：日志整体重写或截去末尾看不出来");
    } else {
        let count = known.len();
        let wrong = known.into_iter().filter(|head| heads.get(head.size as usize) != Some(&head.root));
        let faults = wrong.map(|head| {
            let short = head.root.get(..12).unwrap_or_default();
            let why = if head.size as usize >= heads.len() { "日志末尾被截去" } else { "日志被重写" };
            fault(
                "LOG-016",
                format!("日志与第 {} 行处已知的根值 {short}… 不符：{why}，或不是同一项目的日志", head.size),
            )
        });
        report.step("日志根值", format!("与 {count} 个已知根值一致"), faults.collect());
    }
    if let Some(folder) = &folder {
        check_files(folder, &entries, &mut report)?;
        let project = Project::open(folder, None)?;
        check_draws(&project, &entries, &mut report)?;
    } else {
        report.skip("项目文件", "只给出了日志，没有给出项目文件夹");
    }
    match &request.certificate {
        Some(path) => report.step("证书与日志", "封存、开封与替换都在日志中", check_certificate(path, &entries)?),
        None => report.skip("证书与日志", "没有给出对外的证书"),
    }
    match &request.export {
        Some(folder) => check_exported(folder, &entries, &mut report)?,
        None => report.skip("导出的文件", "没有给出导出的文件夹"),
    }
    let head = heads.last().cloned().unwrap_or_default();
    let interventions = interventions_for(&entries, 1);
    Ok(LogVerified { report, head: LogHead { root: head, size: lines.len() as u64 }, interventions })
}

fn check_times(entries: &[JournalEntry]) -> Vec<Fault> {
    // two people answered for a line that was dated too late
    let answered =
        |line: &JournalEntry| CommandId::AcceptChanges.id() == line.command && line.detail[CLOCK].is_object();
    let back = entries.windows(2).filter(|pair| pair[1].at < pair[0].at && !answered(&pair[1]));
    let told = |pair: &[JournalEntry]| {
        format!("操作日志第 {} 行的时间 {} 早于上一行的 {}", pair[1].sequence, pair[1].at, pair[0].at)
    };
    back.map(|pair| fault("LOG-021", told(pair))).collect()
}

/// A program that hashes files never stops to.
fn check_hashes_go_on(entries: &[JournalEntry], report: &mut CheckReport) {
    let name = "日志中的文件校验值";
    let Some(first) = entries.iter().position(|entry| entry.log.is_some()) else {
        report.skip(name, "日志由不记校验值的旧版程序写成");
        return;
    };
    let without = entries.iter().skip(first).filter(|entry| entry.log.is_none());
    let told = |entry: &JournalEntry| format!("操作日志第 {} 行没有校验值与根值，而此前的行有", entry.sequence);
    report.step(name, "", without.map(|entry| fault("LOG-019", told(entry))).collect());
    if first > 0 {
        report.skip(name, format!("前 {first} 行由不记校验值的旧版程序写成，当时的文件无从核对"));
    }
}

fn noted_heads(path: &Path) -> AppResult<Vec<LogHead>> {
    Ok(load_heads(path)?.into_iter().map(|note| note.log).collect())
}

pub(super) fn folders_in(folder: &Path) -> AppResult<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let io = |cause| AppError::io("读取文件夹", folder, cause);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The files of the folder against the hashes of the log.
fn check_files(folder: &Path, entries: &[JournalEntry], report: &mut CheckReport) -> AppResult<()> {
    let name = "项目文件";
    if expected_files(entries).is_empty() {
        report.skip(name, "日志中没有文件的校验值");
        return Ok(());
    }
    let changed = changed_outside(folder, entries)?;
    let faults = changed.iter().map(|file| fault("LOG-015", format!("项目文件在程序之外被改动：{}", file.words())));
    report.step(name, "与日志所记的校验值一致", faults.collect());
    Ok(())
}

/// A JSON file as a value.
///
/// # Errors
/// `LOG-031` where it is none, `IO-…`.
pub(super) fn load_value(path: &Path) -> AppResult<Value> {
    serde_json::from_slice(&load_bytes(path)?).map_err(|cause| {
        AppError::from(Finding::error("LOG-031", "文件不是 JSON 文本").file(path.display().to_string()))
            .caused_by(cause)
    })
}

/// The line of the journal that sealed a commitment.
pub(in crate::workspace) fn sealed_line<'a>(entries: &'a [JournalEntry], commitment: &str) -> Option<&'a JournalEntry> {
    let seal = CommandId::Seal.id();
    entries.iter().find(|entry| entry.command == seal && entry.detail["commitment"] == commitment)
}

/// Lines on a draw by one of these commands.
pub(super) fn lines_on<'a>(
    entries: &'a [JournalEntry],
    (period, sequence): (&'a Value, &'a Value),
    commands: &'a [CommandId],
) -> impl Iterator<Item = &'a JournalEntry> {
    entries.iter().filter(move |entry| {
        commands.iter().any(|command| command.id() == entry.command)
            && entry.detail["period"] == *period
            && entry.detail["sequence"] == *sequence
    })
}

/// A certificate that went out against the log.
fn check_certificate(path: &Path, entries: &[JournalEntry]) -> AppResult<Vec<Fault>> {
    let certificate = load_value(path)?;
    let mut faults = Vec::new();
    let wrong = |what: String| fault("LOG-017", what);
    let (seal, opening) = (&certificate["seal"], &certificate["opening"]);
    let commitment = opening["commitment"].as_str().unwrap_or_default();
    let Some(sealed) = sealed_line(entries, commitment) else {
        return Ok(vec![wrong(format!("日志中没有证书的这次封存（承诺值 {commitment}），不是同一项目的日志"))]);
    };
    let draw = (&sealed.detail["period"], &sealed.detail["sequence"]);
    if seal["sealed_at"] != sealed.at.as_str() {
        faults.push(wrong(format!("证书的封存时间 {} 与日志的 {} 不符", seal["sealed_at"], sealed.at)));
    }
    match lines_on(entries, draw, &[CommandId::Open]).last() {
        None => faults.push(wrong("日志中没有证书的这次开封".to_owned())),
        Some(opened) if opened.detail["entropy"] != opening["entropy_value"] => faults.push(wrong(format!(
            "证书的公开数 {} 与日志的 {} 不符",
            opening["entropy_value"], opened.detail["entropy"]
        ))),
        Some(_) => {}
    }
    let told = lines_on(entries, draw, &[CommandId::Substitute]).map(|entry| &entry.detail["change"]);
    // from format 2 on they stand among the changes, the units as leaves of the frame: known by their time
    let (told, listed): (BTreeSet<String>, BTreeSet<String>) = if certificate["changes"].is_array() {
        let changes = items(&certificate["changes"]).iter().filter(|change| change["kind"] == "substitute");
        let at = |change: &Value| change["at"].as_str().map(str::to_owned);
        (told.filter_map(at).collect(), changes.filter_map(at).collect())
    } else {
        let units = items(&certificate["strata"]).iter().flat_map(|s| items(&s["substitutes"]));
        let listed = units.filter_map(|unit| replaced(&unit["replaces"], &unit["row"][0]));
        (told.filter_map(|change| replaced(&change["unit"], &change["by"])).collect(), listed.collect())
    };
    for one in listed.difference(&told) {
        faults.push(wrong(format!("证书所列的替换（{one}）不在日志中")));
    }
    for one in told.difference(&listed) {
        faults.push(wrong(format!("日志所记的替换（{one}）不在证书中")));
    }
    let earlier = items(&certificate["earlier"]).len() as u64 + 1;
    faults.extend(check_interventions(&certificate, entries, sealed));
    if Some(earlier) != sealed.detail["sequence"].as_u64() {
        faults.push(wrong(format!(
            "证书列有 {} 次先前的封存，日志记这是第 {} 次",
            earlier - 1,
            sealed.detail["sequence"]
        )));
    }
    Ok(faults)
}

/// The interventions that a certificate lists against the log's lines, of a certificate that knows the log.
fn check_interventions(certificate: &Value, entries: &[JournalEntry], sealed: &JournalEntry) -> Vec<Fault> {
    let Some(listed) = certificate["interventions"].as_array() else { return Vec::new() };
    let own = format!(
        "draws/{}/{}/",
        sealed.detail["period"].as_str().unwrap_or_default(),
        sealed.detail["sequence"].as_u64().unwrap_or_default()
    );
    let elsewhere = |one: &Intervention| one.line > sealed.sequence && one.is_of_another_draw(&own);
    let mark = |at: &str, second: &str, files: usize| format!("{at} {second}（{files} 个文件）");
    let told: BTreeSet<String> = interventions_for(entries, sealed.sequence)
        .iter()
        .filter(|one| !elsewhere(one))
        .map(|one| mark(&one.at, &public_words(&one.second), one.files.len()))
        .collect();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let listed: BTreeSet<String> =
        listed.iter().map(|one| mark(&text(one, "at"), &text(one, "second"), items(&one["changed"]).len())).collect();
    let wrong = |what: String| fault("LOG-017", what);
    let lacks = told.difference(&listed).map(|one| wrong(format!("日志所记的外部改动（{one}）不在证书中")));
    let more = listed.difference(&told).map(|one| wrong(format!("证书所列的外部改动（{one}）不在日志中")));
    lacks.chain(more).collect()
}

/// A list's items; none of what is no list.
pub(super) fn items(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn replaced(unit: &Value, by: &Value) -> Option<String> {
    Some(format!("{} → {}", unit.as_str()?, by.as_str()?))
}

/// Files of an exported folder against the last export that wrote each.
fn check_exported(folder: &Path, entries: &[JournalEntry], report: &mut CheckReport) -> AppResult<()> {
    let mut written: BTreeMap<&str, (&str, u64)> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.command == CommandId::Export.id()) {
        let files = entry.detail["written"].as_object();
        for (name, hash) in files.into_iter().flatten() {
            written.insert(name, (hash.as_str().unwrap_or_default(), entry.sequence));
        }
    }
    let (mut faults, mut checked) = (Vec::new(), 0);
    for (name, (hash, line)) in written {
        let path = folder.join(name);
        if !path.is_file() {
            continue;
        }
        checked += 1;
        if hash_file(&path)?.0 != hash {
            faults.push(fault("LOG-018", format!("导出的文件 {name} 不是日志第 {line} 行最后一次导出的那一份")));
        }
    }
    let name = "导出的文件";
    if checked == 0 {
        report.skip(name, "文件夹中没有日志记有校验值的文件");
    } else {
        report.step(name, format!("{checked} 个文件是最后一次导出的那一份"), faults);
    }
    Ok(())
}

/// Format of a proof that a line stands in a log.
pub const LOG_PROOF_FORMAT: &str = "fairdraw-log-proof/1";

/// What shows a stranger who has the head alone that a line stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogProof {
    /// [`LOG_PROOF_FORMAT`].
    pub format: String,
    /// Place of the line, from 0.
    pub index: u64,
    /// The line.
    pub line: String,
    /// The head.
    pub log: LogHead,
    /// Audit path (RFC 6962), leaf side first.
    pub path: Vec<String>,
}

/// The proof of a line (from 1) of a project's log against its head at `size`, the present one for `None`.
///
/// # Errors
/// `LOG-032` where there is no such line, `IO-…`.
pub fn prove_line(project: &Project, line: u64, size: Option<u64>) -> AppResult<LogProof> {
    let mut lines = load_log_lines(&project.root().join("journal.jsonl"))?;
    lines.truncate(size.map_or(lines.len(), |size| size as usize));
    let tree = MerkleTree::from_leaves(lines.iter().map(|line| compute_log_leaf(line)).collect());
    let index = line.checked_sub(1);
    let at = index.and_then(|index| Some((lines.get(index as usize)?, tree.path(index as usize)?)));
    let (Some(index), Some((text, path))) = (index, at) else {
        return Err(Finding::error("LOG-032", "操作日志没有这一行")
            .value(line.to_string())
            .expected(format!("1 至 {}", lines.len()))
            .into());
    };
    Ok(LogProof {
        format: LOG_PROOF_FORMAT.to_owned(),
        index,
        line: String::from_utf8_lossy(text).into_owned(),
        log: LogHead { root: to_hex(&tree.root()), size: lines.len() as u64 },
        path: path.iter().map(|hash: &Hash32| to_hex(hash)).collect(),
    })
}

/// Checks such a proof; with heads that were published also that its head is one of them.
#[must_use]
pub fn check_log_proof(proof: &LogProof, heads: &[LogHead]) -> CheckReport {
    let mut report = CheckReport::default();
    let path: Option<Vec<Hash32>> = proof.path.iter().map(|hash| hash_from_hex(hash)).collect();
    let leaf = compute_log_leaf(proof.line.as_bytes());
    let root = path.and_then(|path| root_from_path(leaf, proof.index, proof.log.size, &path).ok());
    let holds = proof.format == LOG_PROOF_FORMAT && root.is_some_and(|root| to_hex(&root) == proof.log.root);
    let wrong = (!holds).then(|| fault("LOG-022", "这一行不在所列根值的日志中：内容、位置或路径被改动"));
    report.step(
        "日志行",
        format!("第 {} 行在 {} 行的日志中", proof.index + 1, proof.log.size),
        wrong.into_iter().collect(),
    );
    if heads.is_empty() {
        report.skip("日志根值", "没有给出已公布的根值（--log-head）");
    } else {
        let unknown = !heads.contains(&proof.log);
        let wrong = unknown.then(|| fault("LOG-016", "证明所列的根值不是公布的根值"));
        report.step("日志根值", "是公布的根值", wrong.into_iter().collect());
    }
    report
}
