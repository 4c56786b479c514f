//! `publish`: results entered as public with their day, or such an entry corrected or taken back.

use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::deeds::carry_out;
use super::plan_dates::day_of;
use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::DeadlineState;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::publish::{Publication, PublicationCorrection};
use crate::workspace::reports::status::compute_status;
use crate::workspace::store::project::CommandContext;

/// `publish`.
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 计划编码，可写多个；都不写时为全部已办结、尚未公开的结果
    #[arg(long = "code", value_name = "计划编码")]
    pub codes: Vec<String>,
    /// 公开日期，如 2027-03-05；不写为今天
    #[arg(long, value_name = "日期")]
    pub on: Option<String>,
    /// 更正已登记的公开日期，须写明 --reason
    #[arg(long, conflicts_with = "withdraw")]
    pub correct: bool,
    /// 其实没有公开：撤回登记，须写明 --reason
    #[arg(long, conflicts_with = "on")]
    pub withdraw: bool,
    /// 更正或撤回的原因
    #[arg(long, value_name = "原因", default_value = "")]
    pub reason: String,
}

/// Enters results as public, or corrects such entries.
pub(super) fn publish(args: &PublishArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let on = args.on.as_deref().map(day_of).transpose()?;
    let correction = args.correct || args.withdraw;
    if correction && args.codes.is_empty() || args.correct && on.is_none() {
        let what = "更正须用 --code 指明计划编码，并用 --on 写明公开日期；撤回只用 --code";
        return Err(AppError::new("CLI-015", what));
    }
    carry_out(
        &args.project,
        |project| {
            if correction {
                let (codes, reason) = (args.codes.clone(), args.reason.clone());
                return Ok(Deed::CorrectPublication(PublicationCorrection { codes, on, reason }));
            }
            let mut codes = args.codes.clone();
            if codes.is_empty() {
                let status = compute_status(project, context.now.date())?;
                let due = [DeadlineState::Overdue, DeadlineState::Soon, DeadlineState::InTime];
                let rows = status.board.rows.into_iter().filter(|row| due.contains(&row.state));
                codes = rows.map(|row| row.plan_code).collect();
            }
            Ok(Deed::Publish(Publication { codes, on }))
        },
        as_json,
        context,
    )
}
