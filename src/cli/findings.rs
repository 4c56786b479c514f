//! `findings`: the quality report of a project by kinds; findings confirmed, or such a confirmation taken back.

use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::args::ProofOfGround;
use super::deeds::carry_out;
use super::output::{json, line, say};
use crate::diagnostic::{AppError, AppResult};
use crate::registry::confirmed::keys_of;
use crate::registry::kinds::{place_words, rows_of};
use crate::registry::{FindingKey, kinds_of, tell_kinds};
use crate::workspace::deeds::confirm::Confirmation;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::quality::{QUALITY, load_confirmed, load_report};

/// `findings`.
#[derive(Debug, Args)]
pub struct FindingsArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 只看这一类（代码），如 IMP-033
    #[arg(long, value_name = "代码")]
    pub kind: Option<String>,
    /// 只看这个单位
    #[arg(long, value_name = "单位名称")]
    pub unit: Option<String>,
    /// 确认所列的问题无误，须写明 --reason；更新名录时不再提出
    #[arg(long, requires = "kind", requires = "reason", conflicts_with = "withdraw")]
    pub confirm: bool,
    /// 所列名称就是名录中的这个单位，下次更新名录时生效
    #[arg(long, value_name = "名录中的名称", requires = "confirm")]
    pub same_as: Option<String>,
    /// 理由
    #[arg(long, value_name = "理由")]
    pub reason: Option<String>,
    #[command(flatten)]
    pub proof: ProofOfGround,
    /// 撤回所列问题的确认
    #[arg(long, requires = "kind")]
    pub withdraw: bool,
}

/// Tells, confirms or takes back.
pub(super) fn findings(args: &FindingsArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    if args.confirm {
        let asked = |project: &Project| {
            let keys = keys(args, keys_of(&load_report(project.root())?)?.into_iter().flatten().collect())?;
            let reason = args.proof.ground(args.reason.as_deref().unwrap_or_default());
            Ok(Deed::ConfirmFindings(Confirmation { keys, same_as: args.same_as.clone(), reason }))
        };
        return carry_out(&args.project, asked, as_json, context);
    }
    if args.withdraw {
        let asked = |project: &Project| {
            let known = load_confirmed(project.root())?.into_iter().map(|confirmed| confirmed.key).collect();
            Ok(Deed::WithdrawFindings(keys(args, known)?))
        };
        return carry_out(&args.project, asked, as_json, context);
    }
    let project = Project::open(&args.project, None)?;
    let report = load_report(project.root())?;
    let kinds = kinds_of(&report)?;
    if as_json {
        let values = kinds.iter().map(|kind| {
            serde_json::json!({
                "code": kind.code, "severity": kind.severity, "what": kind.what, "count": kind.count,
                "confirmed": kind.confirmed, "may_be_confirmed": kind.standing().is_some(),
            })
        });
        json(&values.collect::<Vec<_>>())?;
        return Ok(Finish::Done);
    }
    if args.kind.is_none() && args.unit.is_none() {
        for rows in &project.file.rows {
            line(&rows.told())?;
        }
        line(tell_kinds(&report)?.trim_end())?;
    } else {
        for row in rows_of(&report, args.kind.as_deref(), args.unit.as_deref())? {
            line(&place_words(&report, row)?)?;
        }
    }
    say(&format!("全部问题见 {}", project.root().join(QUALITY).display()));
    Ok(Finish::Done)
}

/// The keys of the kind and unit asked for.
fn keys(args: &FindingsArgs, known: Vec<FindingKey>) -> AppResult<Vec<FindingKey>> {
    let is_asked = |key: &FindingKey| {
        args.kind.as_deref().is_none_or(|kind| key.code.eq_ignore_ascii_case(kind))
            && args.unit.as_deref().is_none_or(|unit| key.about == unit)
    };
    let keys: Vec<FindingKey> = known.into_iter().filter(is_asked).collect();
    if keys.is_empty() {
        return Err(AppError::new("CLI-031", "没有这样的数据问题，或这一类问题不能确认")
            .with(|finding| finding.hint("不带选项执行 findings 命令，列出全部各类问题")));
    }
    Ok(keys)
}
