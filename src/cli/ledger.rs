//! `ledger`: problems and what became of them, told or entered. `interference`: attempts to interfere, told or entered.

use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::deeds::carry_out;
use super::draw::meant_unit;
use super::output::{json, line, say};
use super::plan_dates::day_of;
use crate::diagnostic::AppResult;
use crate::disclosure::{FollowUp, LedgerState};
use crate::export::{CsvStyle, ledger_sheet, ledger_summary, render_csv};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::follow_up::{FollowUpEntry, Interference};
use crate::workspace::reports::journal_words::JournalWords;
use crate::workspace::reports::status::compute_status;
use crate::workspace::store::columns::load_columns;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::project::{CommandContext, Project};

/// `ledger`.
#[derive(Debug, Args)]
pub struct LedgerArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 截至这一天，不写为今天
    #[arg(long, value_name = "日期")]
    pub today: Option<String>,
    /// 发现问题的检查的计划编码，可写多个；写了即登记，不写为列出台账
    #[arg(long = "code", value_name = "计划编码")]
    pub codes: Vec<String>,
    /// 销号日期
    #[arg(long, value_name = "日期", requires = "codes")]
    pub closed_on: Option<String>,
    /// 销号依据：整改报告、照片、复查记录
    #[arg(long, value_name = "依据", requires = "codes", default_value = "")]
    pub evidence: String,
    /// 销号人
    #[arg(long, value_name = "姓名", requires = "codes", default_value = "")]
    pub closed_by: String,
    /// 整改期限
    #[arg(long, value_name = "日期", requires = "codes")]
    pub rectify_by: Option<String>,
    /// 移送公安日期
    #[arg(long, value_name = "日期", requires = "codes")]
    pub handed_over_on: Option<String>,
    /// 移送文号
    #[arg(long, value_name = "文号", requires = "codes", default_value = "")]
    pub handed_over: String,
    /// 轻微违法免予处罚的依据，如《中华人民共和国行政处罚法》第三十三条
    #[arg(long, value_name = "依据", requires = "codes", default_value = "")]
    pub exempted: String,
    /// 更改已登记内容的原因
    #[arg(long, value_name = "原因", requires = "codes", default_value = "")]
    pub reason: String,
}

/// `interference`.
#[derive(Debug, Args)]
pub struct InterferenceArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 何人：姓名、单位、职务；不写为列出已有记录
    #[arg(long, value_name = "何人", requires = "how", requires = "handled")]
    pub who: Option<String>,
    /// 以何方式过问或干预、要求什么
    #[arg(long, value_name = "方式与内容", requires = "who")]
    pub how: Option<String>,
    /// 如何处置
    #[arg(long, value_name = "处置", requires = "who")]
    pub handled: Option<String>,
    /// 日期，不写为今天
    #[arg(long, value_name = "日期", requires = "who")]
    pub on: Option<String>,
    /// 涉及的单位：编号、统一社会信用代码或名称的一部分
    #[arg(long, value_name = "单位", requires = "who")]
    pub unit: Option<String>,
}

/// Lists the ledger, or enters what became of problems.
pub(super) fn ledger(args: &LedgerArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let day = |text: &Option<String>| text.as_deref().map(day_of).transpose();
    if !args.codes.is_empty() {
        let entry = FollowUpEntry {
            codes: args.codes.clone(),
            rectify_by: day(&args.rectify_by)?,
            closed_on: day(&args.closed_on)?,
            follow_up: FollowUp {
                evidence: args.evidence.clone(),
                closed_by: args.closed_by.clone(),
                handed_over_on: day(&args.handed_over_on)?,
                handed_over: args.handed_over.clone(),
                exempted: args.exempted.clone(),
            },
            reason: args.reason.clone(),
        };
        return carry_out(&args.project, |_| Ok(Deed::FollowUp(Box::new(entry))), as_json, context);
    }
    let project = Project::open(&args.project, None)?;
    let ledger = compute_status(&project, day(&args.today)?.unwrap_or(context.now.date()))?.ledger;
    if as_json {
        json(&ledger)?;
    } else {
        let rows: Vec<_> = ledger.rows.iter().collect();
        let sheet = ledger_sheet(&rows, "", &load_columns(&project)?);
        line(String::from_utf8_lossy(&render_csv(&sheet, CsvStyle::Plain)?).trim_end())?;
        say(&ledger_summary(&ledger));
    }
    Ok(if ledger.count(LedgerState::Overdue) > 0 { Finish::Flawed } else { Finish::Done })
}

/// Lists the attempts on record, or records one.
pub(super) fn interference(args: &InterferenceArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    if args.who.is_some() {
        let on = args.on.as_deref().map(day_of).transpose()?;
        let told = |project: &Project| {
            let unit = match &args.unit {
                Some(unit) => Some(meant_unit(project, unit)?),
                None => None,
            };
            let (who, how, handled) = (text(&args.who), text(&args.how), text(&args.handled));
            Ok(Deed::Interference(Interference { on, who, how, handled, unit }))
        };
        return carry_out(&args.project, told, as_json, context);
    }
    let project = Project::open(&args.project, None)?;
    let (registry, _) = load_project_data(&project)?;
    let words = JournalWords::new(&registry, &project.policy);
    let (entries, faults) = project.journal().check()?;
    let entries: Vec<_> = entries.iter().filter(|entry| entry.command == CommandId::Interference.id()).collect();
    if as_json {
        json(&entries.iter().map(|entry| &entry.detail).collect::<Vec<_>>())?;
    } else {
        for entry in &entries {
            line(&words.sentence(entry))?;
        }
    }
    say(&format!("过问干预记录 {} 条", entries.len()));
    for fault in &faults {
        say(fault);
    }
    Ok(if faults.is_empty() { Finish::Done } else { Finish::Flawed })
}
