//! The one log on the command line: `verify --log`, `log-proof`, `accept-changes`.

use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::args::VerifyArgs;
use super::deeds::carry_out;
use super::output::{json, line};
use super::verify::show_report;
use crate::diagnostic::AppResult;
use crate::export::write_atomic;
use crate::sampling::{CheckReport, to_canonical_json};
use crate::workspace::deeds::accept::Acceptance;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::verify_log::{LogProof, LogRequest, check_log_proof, parse_head, prove_line, verify_log};
use crate::workspace::store::project::{CommandContext, Project, load_bytes};

/// `accept-changes`.
#[derive(Debug, Args)]
pub struct AcceptChangesArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 共同负责的另一人
    #[arg(long, value_name = "姓名")]
    pub second: String,
    /// 理由
    #[arg(long)]
    pub reason: String,
}

/// `log-proof`.
#[derive(Debug, Args)]
pub struct LogProofArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 操作日志的第几行
    #[arg(long, value_name = "行号")]
    pub line: u64,
    /// 证明对应的日志行数（与公布的根值相同）；不写则为现在的行数
    #[arg(long, value_name = "行数")]
    pub size: Option<u64>,
    /// 写入此文件
    #[arg(long)]
    pub to: PathBuf,
}

/// Two people answer for files changed outside the program.
pub(super) fn accept(args: &AcceptChangesArgs, context: &CommandContext) -> AppResult<Finish> {
    let accepted = Acceptance { second: args.second.clone(), reason: args.reason.clone() };
    carry_out(&args.project, |_| Ok(Deed::AcceptChanges(accepted)), false, context)
}

/// Writes the proof that a line stands in the log.
pub(super) fn prove(args: &LogProofArgs) -> AppResult<Finish> {
    let proof = prove_line(&Project::open(&args.project, None)?, args.line, args.size)?;
    write_atomic(&args.to, &to_canonical_json(&proof))?;
    line(&format!(
        "第 {} 行的证明已写入 {}；日志根值 {}:{}",
        args.line,
        args.to.display(),
        proof.log.size,
        proof.log.root
    ))?;
    Ok(Finish::Done)
}

fn finish(report: &CheckReport) -> Finish {
    if report.is_verified() { Finish::Done } else { Finish::Flawed }
}

/// Holds a log against what it describes, or checks the proof of a line.
pub(super) fn verify(log: &std::path::Path, args: &VerifyArgs, as_json: bool) -> AppResult<Finish> {
    let heads = args.log_head.iter().map(|head| parse_head(head)).collect::<AppResult<Vec<_>>>()?;
    if log.is_file()
        && let Ok(proof) = serde_json::from_slice::<LogProof>(&load_bytes(log)?)
    {
        let report = check_log_proof(&proof, &heads);
        if as_json {
            json(&serde_json::json!({ "verified": report.is_verified(), "report": report }))?;
        } else {
            show_report(&report)?;
        }
        return Ok(finish(&report));
    }
    let request =
        LogRequest { log: log.to_owned(), heads, certificate: args.certificate.clone(), export: args.export.clone() };
    let found = verify_log(&request)?;
    if as_json {
        json(&serde_json::json!({
            "verified": found.report.is_verified(), "report": found.report, "log": found.head,
            "interventions": found.interventions,
        }))?;
    } else {
        show_report(&found.report)?;
        for by_hand in &found.interventions {
            let files: Vec<&str> = by_hand.files.iter().map(|file| file.path.as_str()).collect();
            line(&format!(
                "外部改动  第 {} 行 {} {}、{}：{}（{}）",
                by_hand.line,
                by_hand.at,
                by_hand.operator,
                by_hand.second,
                by_hand.reason,
                files.join("、")
            ))?;
        }
        line(&format!("日志根值  {}:{}", found.head.size, found.head.root))?;
    }
    Ok(finish(&found.report))
}
