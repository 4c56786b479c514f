//! `pairing-chances`: how likely which pair of inspectors is, by simulation.

use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::draw::month_of;
use super::output::{json, line, say};
use crate::diagnostic::AppResult;
use crate::workspace::reports::pairing::{compute_pairing_chances, last_draw};
use crate::workspace::store::project::Project;

/// `pairing-chances`.
#[derive(Debug, Args)]
pub struct PairingChancesArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 已封存的月份，如 2027-03
    pub month: String,
    /// 模拟的次数
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub draws: u64,
}

/// Tells each body's likeliest pair and who is never used.
pub(super) fn pairing_chances(args: &PairingChancesArgs, as_json: bool) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let draw = last_draw(&project, month_of(&args.month)?)?;
    let order = draw.order();
    let chances = compute_pairing_chances(&project.policy, &draw, order.as_ref(), args.draws)?;
    if as_json {
        json(&chances)?;
        return Ok(Finish::Done);
    }
    line("执法主体,执法人员,每月检查数,一项检查最可能的一对,该对当月至少同组一次,从未用到的人员")?;
    for body in &chances.bodies {
        line(&format!(
            "{} {},{},{:.1},{:.1}%,{:.1}%,{}",
            body.body,
            body.name,
            body.people,
            body.checks,
            body.largest * 100.0,
            body.together * 100.0,
            body.unused
        ))?;
    }
    let units =
        if chances.opened { "按已抽中的检查对象" } else { "按封存的抽样框逐次抽取检查对象" };
    say(&format!("{units}模拟 {} 次配对，所用的种子与封存的无关", chances.draws));
    if chances.unfilled > 0 {
        say(&format!("其中 {} 次按封存的名册排不开", chances.unfilled));
    }
    Ok(Finish::Done)
}
