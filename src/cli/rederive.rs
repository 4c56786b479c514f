//! `rederive`: a month's frame built again from its sealed inputs.

use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::draw::month_of;
use super::output::{json, line};
use crate::diagnostic::AppResult;
use crate::workspace::reports::rederive::rederive_month;
use crate::workspace::store::project::{CommandContext, Project};

/// `rederive`.
#[derive(Debug, Args)]
pub struct RederiveArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 月份
    #[arg(long)]
    pub month: String,
    /// 第几次封存（作废的也可以）；不写则为最后一次没有作废的
    #[arg(long, value_name = "次")]
    pub seal: Option<u64>,
}

pub(super) fn rederive(args: &RederiveArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let month = month_of(&args.month)?;
    let told = rederive_month(&project, month, args.seal, &context.progress)?;
    let good = told.missing.is_empty() && told.differs.is_empty();
    if as_json {
        json(&serde_json::json!({
            "month": month.to_string(), "sequence": told.sequence, "same": good, "rows": told.rows,
            "missing": told.missing, "differs": told.differs,
        }))?;
    } else {
        for what in told.missing.iter().chain(&told.differs) {
            line(what)?;
        }
        let state = match (told.missing.is_empty(), good) {
            (false, _) => "未核对",
            (true, true) => "通过",
            (true, false) => "不通过",
        };
        line(&format!("{state}  {month} 第 {} 次封存：抽样框 {} 行由封存的输入重新生成", told.sequence, told.rows))?;
    }
    Ok(if good { Finish::Done } else { Finish::Flawed })
}
