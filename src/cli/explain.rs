//! `explain`: why one unit scores what it scores, as text or as the page that the unit is given.

use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::output::{json, line, say};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::export::{ScoreSheet, render_score_sheet, write_atomic};
use crate::registry::Registry;
use crate::registry::schema::sources;
use crate::text::figure::{exact_points, how_often, per_year, points};
use crate::workspace::inputs::analysis::{Analysis, compute_analysis};
use crate::workspace::reports::explain::{company_sheet, explain_score};
use crate::workspace::reports::frequency::{FrequencyLimit, frequency_limit, frequency_notes};
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::register::{load_register, next_month};

/// Units named where a text fits several.
const NAMED: usize = 5;

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 单位编号、许可证编号、统一社会信用代码或名称
    pub unit: String,
    /// 写成可打印的网页（.html），供交给该单位：个人信息已遮盖，不含其他单位与检查月份
    #[arg(long, value_name = "文件")]
    pub to: Option<PathBuf>,
}

pub(super) fn explain(args: &ExplainArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let (registry, _) = load_project_data(&project)?;
    let row = find(&registry, &args.unit)?;
    let month = next_month(&load_register(&project)?, &project.months())
        .ok_or_else(|| AppError::new("CLI-011", "项目年度不在 2000 至 2100 年之间"))?;
    let analysis = compute_analysis(&project, &registry, month, &context.progress)?;
    let sheet = explain_score(&project, &registry, &analysis, row)?;
    if let Some(to) = &args.to {
        write_atomic(to, &render_score_sheet(&company_sheet(&sheet, &registry)?))?;
        say(&format!("已写入 {}", to.display()));
        return Ok(Finish::Done);
    }
    let frequency = Frequency::of(&project, &analysis, row);
    if as_json {
        let mut value = of_sheet(&sheet);
        value["frequency"] = serde_json::json!({
            "per_year": frequency.lambda, "limited_by": frequency.limit, "notes": frequency.notes,
        });
        json(&value)?;
    } else {
        show(&sheet)?;
        line(&format!("抽查频次：{}（λ = {} 次/年）", how_often(frequency.lambda), per_year(frequency.lambda)))?;
        let limit = Some(frequency.limit).filter(|word| !word.is_empty() && frequency.notes.is_empty());
        for note in limit.into_iter().chain(frequency.notes.iter().map(String::as_str)) {
            line(&format!("  {note}"))?;
        }
    }
    Ok(Finish::Done)
}

/// How often the source is drawn, and what presses that.
struct Frequency {
    lambda: f64,
    limit: &'static str,
    notes: Vec<String>,
}

impl Frequency {
    fn of(project: &Project, analysis: &Analysis, row: usize) -> Self {
        let limit = frequency_limit(&analysis.plan, &analysis.population.inputs, row);
        Self {
            lambda: analysis.plan.frequencies.lambda.get(row).copied().unwrap_or(0.0),
            limit: limit.map_or("", FrequencyLimit::word),
            notes: frequency_notes(&project.policy, analysis, row),
        }
    }
}

fn show(sheet: &ScoreSheet) -> AppResult<()> {
    let (letter, tier) = &sheet.tier;
    line(&format!("{}：{} 分，{letter} {tier}（基准日 {}）", sheet.unit, points(sheet.score), sheet.as_of))?;
    for factor in &sheet.factors {
        line(&format!("{}　{} / {} 分", factor.title(), exact_points(factor.points), exact_points(factor.cap)))?;
        for text in &factor.lines {
            let sum = if text.sum.is_empty() { String::new() } else { format!("　{}", text.sum) };
            let next = if text.next.is_empty() { String::new() } else { format!("　{}", text.next) };
            line(&format!("  {}{sum} = {} 分{next}", text.what, exact_points(text.points)))?;
        }
        for note in [factor.cap_note(), format!("依据：{}", factor.cite)] {
            if !note.is_empty() && !note.ends_with('：') {
                line(&format!("  {note}"))?;
            }
        }
    }
    line(&format!("合计：{}", sheet.sum()))?;
    for text in sheet.falls.iter().chain(&sheet.lower) {
        line(text)?;
    }
    Ok(())
}

fn of_sheet(sheet: &ScoreSheet) -> serde_json::Value {
    let of = |milli: i64| milli as f64 / 1000.0;
    let factors: Vec<serde_json::Value> = sheet
        .factors
        .iter()
        .map(|factor| {
            serde_json::json!({
                "name": factor.name, "words": factor.words, "points": of(factor.points), "cap": of(factor.cap),
                "beyond_cap": of(factor.beyond), "basis": factor.cite,
                "lines": factor.lines.iter().map(|text| serde_json::json!({
                    "what": text.what, "sum": text.sum, "points": of(text.points), "next": text.next,
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    serde_json::json!({
        "unit": sheet.unit, "as_of": sheet.as_of.to_string(), "score": of(sheet.score), "tier": sheet.tier.0,
        "policy": sheet.policy, "factors": factors, "falls": sheet.falls, "lower": sheet.lower,
    })
}

/// The row of the one source that a text means: by number or code, by its whole name, else by a part of it.
pub(super) fn find(registry: &Registry, text: &str) -> AppResult<usize> {
    let text = text.trim();
    let frame = &registry.sources;
    let names = sources::NAME.of(frame)?;
    let columns = [sources::UNIT_ID.of(frame)?, sources::NUMBER.of(frame)?, sources::USCC.of(frame)?];
    let exact = |row: usize| columns.iter().any(|cells| cells.get(row) == Some(text)) || names.get(row) == Some(text);
    let fitting = |fits: &dyn Fn(usize) -> bool| (0..frame.height()).filter(|row| fits(*row)).collect::<Vec<_>>();
    let mut found = fitting(&exact);
    if found.is_empty() && !text.is_empty() {
        found = fitting(&|row| names.get(row).is_some_and(|name| name.contains(text)));
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Finding::error("CLI-017", "名录中没有这个单位")
            .value(text)
            .expected("单位编号、许可证编号、统一社会信用代码或名称")
            .into()),
        several => {
            let words = several.iter().take(NAMED).map(|row| {
                let unit = columns[0].get(*row).unwrap_or_default();
                format!("{}（{unit}）", names.get(*row).unwrap_or_default())
            });
            let words = words.collect::<Vec<_>>().join("、");
            Err(Finding::error("CLI-018", "不止一个单位符合")
                .value(format!("{} 个：{words}", several.len()))
                .expected("一个单位；可改用单位编号")
                .into())
        }
    }
}
