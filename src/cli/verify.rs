//! `verify`: certificate, proof or journal, held against what was published.

use serde_json::Value;

use super::Finish;
use super::args::VerifyArgs;
use super::draw::show_steps;
use super::output::{json, line, say};
use crate::diagnostic::{AppError, AppResult};
use crate::export::{is_proof_code, read_proof};
use crate::sampling::{AnyCertificate, CheckReport, ListedUnit, UnitProof, check_proof, check_proof_with};
use crate::workspace::deeds::verify::{VerifyRequest, load_written, verify_files};
use crate::workspace::store::journal::check_journal_file;

const NOT_PUBLISHED_HINT: &str = "未与公布的承诺值核对：请用 --commitment 给出公布的值，否则不能排除事后另行封存";

pub(super) fn show_report(report: &CheckReport) -> AppResult<()> {
    show_steps(report)?;
    for fault in &report.faults {
        say(&format!("[{}] {}（{}）", fault.code, fault.text, fault.detail));
    }
    Ok(())
}

/// What the seal of format 2 says beside the draw: who was left out and why, and which program sealed.
fn show_sealed_facts(certificate: &AnyCertificate) -> AppResult<()> {
    let seal = certificate.seal();
    if let Some(counts) = seal.counts.as_ref().filter(|counts| !counts.excluded.is_empty()) {
        line(&format!("未参加抽取：{}", counts.excluded_words()))?;
    }
    if let Some(hash) = &seal.program_sha256 {
        line(&format!("封存所用程序：{}，SHA-256 {hash}", seal.program))?;
    }
    Ok(())
}

pub(super) fn verify(args: &VerifyArgs, as_json: bool) -> AppResult<Finish> {
    if let Some(log) = &args.log {
        return super::log::verify(log, args, as_json);
    }
    let mut failed = false;
    if let Some(path) = &args.journal {
        let (entries, faults) = check_journal_file(path)?;
        let mut resaved = Vec::new();
        load_written(path, &mut resaved)?;
        for note in &resaved {
            say(note);
        }
        if as_json {
            json(&serde_json::json!({ "journal": entries.len(), "faults": faults }))?;
        } else {
            line(&format!("{}  操作日志：{} 行", if faults.is_empty() { "通过" } else { "不通过" }, entries.len()))?;
        }
        for fault in &faults {
            say(fault);
        }
        failed |= !faults.is_empty();
    }
    let Some(certificate) = &args.certificate else {
        if args.journal.is_none() {
            return Err(AppError::new("CLI-010", "请给出证书文件，或用 --journal 给出操作日志"));
        }
        return Ok(if failed { Finish::Flawed } else { Finish::Done });
    };
    let mut resaved = Vec::new();
    let bytes = load_written(certificate, &mut resaved)?;
    match read_proof(&bytes) {
        Ok(proof) => {
            for note in &resaved {
                say(note);
            }
            return verify_proof(&proof, args, as_json, failed);
        }
        Err(fault) if is_proof_code(&bytes) => return Err(fault.into()),
        // a certificate, then
        Err(_) => {}
    }
    let changes = args.assignment.as_ref().map(|path| path.with_file_name("changes.json")).filter(|path| path.exists());
    let verified = verify_files(&VerifyRequest {
        certificate: certificate.clone(),
        frame: args.frame.clone(),
        roster: args.roster.clone(),
        needs: args.needs.clone(),
        assignment: args.assignment.clone(),
        changes,
        commitment: args.commitment.clone(),
        head: args.head.clone(),
        anchors: args.anchors.clone(),
        policy: args.policy.clone(),
        roots: args.root.clone(),
        stamps: args.stamp.clone(),
    })?;
    for note in &verified.resaved {
        say(note);
    }
    let anchored = verified.anchors.as_ref().is_none_or(|anchors| anchors.report.is_verified());
    let statement = verified.certificate.as_ref().and_then(|c| c.statement().map(str::to_owned));
    let unit = match (&args.unit, &verified.certificate) {
        (Some(unit), Some(certificate)) => Some(find_unit(certificate, unit)),
        _ => None,
    };
    if as_json {
        let steps = serde_json::to_value(&verified.report).unwrap_or(Value::Null);
        json(&serde_json::json!({
            "verified": verified.report.is_verified() && anchored && verified.pairing.as_ref().is_none_or(Vec::is_empty),
            "statement": statement, "report": steps, "pairing": verified.pairing, "unit": unit,
            "trust": verified.anchors.as_ref().map(|anchors| &anchors.levels),
            "anchors": verified.anchors.as_ref().map(|anchors| &anchors.report),
        }))?;
    } else {
        show_report(&verified.report)?;
        if let Some(anchors) = &verified.anchors {
            show_report(&anchors.report)?;
        }
        if let Some(faults) = &verified.pairing {
            line(&format!("{}  执法人员配对", if faults.is_empty() { "通过" } else { "不通过" }))?;
            for fault in faults {
                say(fault);
            }
        }
        if let Some(unit) = unit {
            line(&unit)?;
        }
        if let Some(certificate) = &verified.certificate {
            show_sealed_facts(certificate)?;
        }
        if let Some(statement) = statement {
            line(&format!("声明：{statement}"))?;
        }
        if let Some(anchors) = &verified.anchors {
            line(&format!("可信程度：{}", anchors.words()))?;
        }
    }
    if args.commitment.is_none() {
        say(NOT_PUBLISHED_HINT);
    }
    let closed = verified.certificate.as_ref().is_some_and(|c| !c.seal().is_format_1());
    if closed && args.head.is_none() {
        say("未与公布的变更摘要核对：开封之后的变更是否齐全、理由与时间是否改动，请用 --head 给出结果公示中的值");
    }
    if args.frame.is_none() {
        say("没有抽样框，只核对了证书所列各行；有无遗漏须用 --frame 核对");
    }
    failed |= !verified.report.is_verified() || !anchored || verified.pairing.is_some_and(|faults| !faults.is_empty());
    Ok(if failed { Finish::Flawed } else { Finish::Done })
}

/// A company's own proof.
fn verify_proof(proof: &UnitProof, args: &VerifyArgs, as_json: bool, failed: bool) -> AppResult<Finish> {
    let mut report = check_proof(proof, args.commitment.as_deref());
    if let Some(path) = &args.against {
        let certificate = AnyCertificate::parse(&load_written(path, &mut Vec::new())?)?;
        let more = check_proof_with(proof, &certificate);
        report.steps.extend(more.steps);
        report.faults.extend(more.faults);
    }
    let verified = report.is_verified();
    if as_json {
        let steps = serde_json::to_value(&report).unwrap_or(Value::Null);
        json(&serde_json::json!({ "verified": verified, "statement": proof.statement(), "report": steps }))?;
    } else {
        show_report(&report)?;
        line(&format!("{}：{}", proof.row.unit_id, proof.outcome().label()))?;
    }
    if args.against.is_none() && proof.draw.is_some() {
        say("抽中与否取决于本层的界限值：未与公布的证书核对（--against certificate.json），界限值是机关所述");
    }
    if args.commitment.is_none() {
        say(NOT_PUBLISHED_HINT);
    }
    Ok(if failed || !verified { Finish::Flawed } else { Finish::Done })
}

fn find_unit(certificate: &AnyCertificate, unit: &str) -> String {
    match certificate.listed().iter().find(|listed| listed.unit == unit) {
        Some(ListedUnit { stratum, replaces: Some((whom, reason)), .. }) => {
            format!("{unit}：{stratum} 替换 {whom}，理由 {reason}")
        }
        Some(ListedUnit { stratum, rank, pi_ppb, .. }) => {
            format!("{unit}：{stratum} 第 {rank} 个抽中，入选概率 {:.9}", *pi_ppb as f64 / 1e9)
        }
        None if certificate.masked_count() > 0 => format!("{unit}：不在证书所列单位之中，另有单位尚未检查，已屏蔽"),
        None => format!("{unit}：不在证书所列单位之中"),
    }
}
