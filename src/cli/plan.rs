//! Commands of the plan: plan, export, status, run, simulate.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::Finish;
use super::args::{ExportArgs, PageAddressArgs, PlanArgs, RunArgs, StatusArgs};
use super::database::{source_in, target_in};
use super::deeds::{carry_out, open_to_work};
use super::draw::month_of;
use super::output::{json, line, say};
use super::plan_dates::day_of;
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding};
use crate::district::load_bundled_districts;
use crate::domain::PlanMonth;
use crate::plan::simulate::simulate as simulate_years;
use crate::plan::{PlanCell, Verdict};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::mends::{look_ahead, look_at_choices, mends_of};
use crate::workspace::deeds::pack_password::PackPassword;
use crate::workspace::demo::{DEFAULT_SEED, DEFAULT_YEAR, DemoOptions, write_demo};
use crate::workspace::inputs::analysis::{Analysis, compute_analysis};
use crate::workspace::inputs::month_frame::draw_rules;
use crate::workspace::perform::{Frames, perform_deed};
use crate::workspace::reports::export::Exported;
use crate::workspace::reports::movement::{PlanMovement, compute_plan_movement};
use crate::workspace::reports::status::compute_status_on;
use crate::workspace::reports::year_plan::off_site_lines;
use crate::workspace::run::{DEMONSTRATION_ENTROPY, RunRequest, run as run_job};
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::project::{CommandContext, Project, bundled_calendar};
use crate::workspace::store::quality::QUALITY;
use crate::workspace::store::register::{load_register, next_month};

/// Shortages shown with their mends.
const SHOWN: usize = 12;

/// `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 年数
    #[arg(long, default_value_t = 400)]
    pub years: u32,
}

pub(super) fn plan(args: &PlanArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let changes = args.mend_all || !args.mend.is_empty();
    let mut project = if changes { open_to_work(&args.project, context)? } else { Project::open(&args.project, None)? };
    let (registry, districts) = load_project_data(&project)?;
    let month = next_month(&load_register(&project)?, &project.months())
        .ok_or_else(|| AppError::new("CLI-011", "项目年度不在 2000 至 2100 年之间"))?;
    let mut analysis = Arc::new(compute_analysis(&project, &registry, month, &context.progress)?);
    if changes {
        let (outlook, skipped) = if args.mend_all {
            (look_ahead(&project, &registry, analysis, &context.progress)?, Vec::new())
        } else {
            look_at_choices(&project, &registry, analysis, &args.mend, &context.progress)?
        };
        let frames = Frames::Given(&registry, &districts);
        for step in outlook.steps {
            say(&format!("已采取：{}", step.mend.text));
            let ground = args.ground.clone().unwrap_or_default();
            if ground.trim().is_empty() && step.mend.action.changes_rules() {
                say("  此办法改动规则数值，须有依据：请用 --ground 写明文号与条款，将记入操作日志");
            }
            perform_deed(&mut project, &frames, Deed::Mend(Box::new(step.mend), ground), context)?;
        }
        for text in skipped {
            say(&text);
        }
        if let Some(stuck) = outlook.stuck {
            return Err(Finding::error("PLN-102", "缺口没有可自动采取的办法").value(stuck).into());
        }
        analysis = outlook.analysis;
    }
    let movement = compute_plan_movement(&project, &registry, &analysis)?;
    if as_json {
        json(&plan_json(&analysis, movement.as_ref()))?;
    } else {
        show_plan(&project, &analysis, movement.as_ref())?;
    }
    for finding in &analysis.population.findings {
        say(&finding.to_string());
    }
    Ok(if analysis.plan.is_sealable() { Finish::Done } else { Finish::Flawed })
}

fn plan_json(analysis: &Analysis, movement: Option<&PlanMovement>) -> serde_json::Value {
    let plan = &analysis.plan;
    let year = plan.year_cell();
    let bodies: Vec<serde_json::Value> = analysis
        .population
        .inputs
        .bodies
        .iter()
        .zip(&plan.matrix)
        .map(|(body, cells)| {
            serde_json::json!({
                "body": body.id.as_str(), "name": body.name,
                "expected": cells.iter().map(PlanCell::expected).collect::<Vec<f64>>(),
                "drawn": cells.iter().map(PlanCell::drawn_visits).collect::<Vec<f64>>(),
                "mandatory": cells.iter().map(PlanCell::mandatory_visits).collect::<Vec<f64>>(),
                "team_days": cells.iter().map(|c| c.need[0]).collect::<Vec<f64>>(),
                "team_days_available": cells.iter().map(|c| c.have[0]).collect::<Vec<Option<f64>>>(),
            })
        })
        .collect();
    serde_json::json!({
        "year": plan.year, "next_month": analysis.month.to_string(), "expected_visits": year.expected(),
        "drawn_visits": year.drawn_visits(), "mandatory_visits": year.mandatory_visits(),
        "feasible": plan.verdict() == Verdict::Feasible, "sealable": plan.is_sealable(),
        "verdict": plan.verdict_text(&analysis.population.inputs.bodies), "bodies": bodies,
        "locked": plan.locked.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(),
        "overloads": plan.overloads.iter().map(|o| o.text.as_str()).collect::<Vec<_>>(),
        "movement": movement.map(|m| serde_json::json!({
            "month": m.month.to_string(), "before": m.before, "after": m.after, "text": m.sentence,
            "causes": m.causes.iter().map(|c| serde_json::json!({
                "visits": c.visits, "sites": c.sites, "text": c.sentence,
            })).collect::<Vec<_>>(),
        })),
        "lights": plan.lights.iter().map(|l| serde_json::json!({"kept": l.kept, "text": l.text, "basis": l.basis})).collect::<Vec<_>>(),
        "off_site": plan.off_site.iter().map(|q| serde_json::json!({
            "body": analysis.population.inputs.bodies.get(usize::from(q.body)).map(|b| b.id.as_str()),
            "members": q.members, "checks": q.checks,
        })).collect::<Vec<_>>(),
        "shortages": plan.shortages.iter().map(|s| serde_json::json!({
            "text": s.text, "blocking": s.blocking, "mends": s.mends.iter().map(|m| m.text.clone()).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

/// The year's figures in one line: `2027 年预计检查 8612.0 次（抽查 7244.0，必查 1368.0）`.
fn year_line(analysis: &Analysis) -> String {
    let year = analysis.plan.year_cell();
    format!(
        "{} 年预计检查 {:.1} 次（抽查 {:.1}，必查 {:.1}）",
        analysis.plan.year,
        year.expected(),
        year.drawn_visits(),
        year.mandatory_visits()
    )
}

fn show_plan(project: &Project, analysis: &Analysis, movement: Option<&PlanMovement>) -> AppResult<()> {
    let plan = &analysis.plan;
    line(&format!("{}；下一个月份 {}", year_line(analysis), analysis.month))?;
    if let Some(movement) = movement {
        line(&movement.sentence)?;
    }
    line("执法主体,1月,2月,3月,4月,5月,6月,7月,8月,9月,10月,11月,12月,全年,其中抽查,其中必查")?;
    let row = |name: &str, cells: &[PlanCell], year: &PlanCell| {
        let months: Vec<String> = cells.iter().map(|c| format!("{:.1}", c.expected())).collect();
        line(&format!(
            "{name},{},{:.1},{:.1},{:.1}",
            months.join(","),
            year.expected(),
            year.drawn_visits(),
            year.mandatory_visits()
        ))
    };
    for (body, cells) in analysis.population.inputs.bodies.iter().zip(&plan.matrix) {
        row(&body.name, cells, &PlanCell::sum(cells.iter()))?;
    }
    // the very sum of the first line: added up in another order a tie would be rounded the other way
    row("合计", &plan.city_cells(), &plan.year_cell())?;
    for locked in &plan.locked {
        line(&locked.text)?;
    }
    for text in off_site_lines(analysis).values() {
        line(text)?;
    }
    for text in plan.pressed_texts() {
        say(&text);
    }
    let red = plan.not_kept().count();
    say(&format!("频次下限与上限 {} 项，未满足 {red} 项", plan.lights.len()));
    for light in plan.not_kept().take(20) {
        say(&light.text);
    }
    // the floors' cuts are tried out one by one: only for the first few
    for (i, shortage) in plan.shortages.iter().take(SHOWN).enumerate() {
        say(&format!("缺口 {}：{}", i + 1, shortage.text));
        // numbered as `--mend` reads them
        let mends = mends_of(project, analysis, shortage);
        for (k, mend) in mends.iter().take(3).enumerate() {
            say(&format!("  办法 {}.{}：{}", i + 1, k + 1, mend.text));
        }
    }
    if plan.shortages.len() > SHOWN {
        say(&format!("……另有 {} 项缺口", plan.shortages.len() - SHOWN));
    }
    for overload in plan.overloads.iter().take(10) {
        say(&overload.text);
    }
    say(&plan.verdict_text(&analysis.population.inputs.bodies));
    Ok(())
}

/// Shows or sets where the public pages stand.
pub(super) fn page_address(args: &PageAddressArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    if let Some(address) = &args.address {
        let address = address.clone();
        carry_out(&args.project, |_| Ok(Deed::PageAddress(address)), as_json, context)?;
    }
    let project = Project::open(&args.project, None)?;
    let address = project.file.page_address.as_str();
    if as_json {
        json(&serde_json::json!({ "page_address": address }))?;
    } else {
        line(if address.is_empty() { "没有公开网页的地址：二维码只带文字" } else { address })?;
    }
    Ok(Finish::Done)
}

pub(super) fn export(args: &ExportArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    if let Some(address) = &args.database {
        let deed = Deed::ExportDatabase(Box::new(target_in(args, address)?));
        return carry_out(&args.project, |_| Ok(deed), as_json, context);
    }
    let month = args.month.as_deref().map(month_of).transpose()?;
    let to = args.to.clone().unwrap_or_default();
    let deed = if args.pack {
        let password = if args.encrypt { Some(pack_password()?) } else { None };
        Deed::PackBodies { to, month, password }
    } else {
        Deed::Export { to, month, only: args.only.clone() }
    };
    carry_out(&args.project, |_| Ok(deed), as_json, context)
}

/// Where the packs' password may stand; never among the arguments, which others on the machine can see.
const PASSWORD_VARIABLE: &str = "FAIRDRAW_PACK_PASSWORD";

/// The password from the environment, or a line typed.
fn pack_password() -> AppResult<PackPassword> {
    if let Ok(password) = std::env::var(PASSWORD_VARIABLE) {
        return PackPassword::new(&password);
    }
    say("请输入压缩包的密码并回车：");
    let mut typed = String::new();
    std::io::stdin()
        .read_line(&mut typed)
        .map_err(|cause| AppError::new("CLI-032", "密码读取失败").caused_by(cause))?;
    PackPassword::new(typed.trim_end_matches(['\r', '\n']))
}

/// Masked texts listed one by one on the terminal.
const MOST_MASKED: usize = 100;

pub(super) fn show_exported(exported: &Exported, as_json: bool) -> AppResult<Finish> {
    if as_json {
        json(&serde_json::json!({
            "files": exported.files.iter().map(|p| p.display().to_string()).collect::<Vec<_>>(),
            "open_first": exported.main.as_ref().map(|p| p.display().to_string()), "notes": exported.notes,
            "masked": exported.masked.counts,
            "masked_texts": exported.masked.found.iter().map(|text| {
                serde_json::json!({ "place": text.place, "before": text.before, "after": text.after })
            }).collect::<Vec<_>>(),
        }))?;
        return Ok(Finish::Done);
    }
    for file in &exported.files {
        line(&file.display().to_string())?;
    }
    for note in &exported.notes {
        say(note);
    }
    for text in exported.masked.found.iter().take(MOST_MASKED) {
        say(&format!("  {}：{} → {}", text.place, text.before, text.after));
    }
    let rest = exported.masked.found.len().saturating_sub(MOST_MASKED);
    if rest > 0 {
        say(&format!("  另有 {rest} 条；加 --json 列出全部"));
    }
    Ok(Finish::Done)
}

pub(super) fn status(args: &StatusArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let today = match &args.today {
        None => context.now.date(),
        Some(text) => day_of(text)?,
    };
    let (registry, _) = load_project_data(&project)?;
    let status = compute_status_on(&project, &registry, today)?;
    let month = next_month(&load_register(&project)?, &project.months())
        .ok_or_else(|| AppError::new("CLI-011", "项目年度不在 2000 至 2100 年之间"))?;
    let analysis = compute_analysis(&project, &registry, month, &context.progress)?;
    let year = analysis.plan.year_cell();
    let verdict = analysis.plan.verdict_text(&analysis.population.inputs.bodies);
    let complete = &status.board.completeness;
    if as_json {
        json(&serde_json::json!({
            "today": status.today.to_string(), "expected_visits": year.expected(),
            "drawn_visits": year.drawn_visits(), "mandatory_visits": year.mandatory_visits(), "verdict": verdict,
            "finished": complete.finished, "published": complete.published,
            "withheld": complete.withheld, "published_late": complete.published_late,
            "figures": serde_json::to_value(&status.figures).unwrap_or_default(),
            "open_problems": status.ledger.open().count(), "plan_published_on": status.plan_dates.published_on(),
            "open_checks": status.open_checks.iter().map(|(m, n)| (m.to_string(), *n)).collect::<Vec<_>>(),
            "attention": status.attention.iter().map(|a| a.text.as_str()).collect::<Vec<_>>(),
        }))?;
        return Ok(Finish::Done);
    }
    line(&format!(
        "截至 {}：办结 {} 项，已公开 {} 项，依法不公开 {} 项，公开率 {}",
        status.today,
        complete.finished,
        complete.published,
        complete.withheld,
        complete.share().percent_text()
    ))?;
    let f = &status.figures;
    line(&format!(
        "计划内占比 {}，非现场占比 {}，联合占比 {}，问题发现率 {}，按期公开率 {}",
        f.planned.percent_text(),
        f.off_site.percent_text(),
        f.joint.percent_text(),
        f.problem_found.percent_text(),
        f.disclosed_in_time.percent_text()
    ))?;
    line(&format!("{}；{verdict}", year_line(&analysis)))?;
    for (month, count) in &status.open_checks {
        line(&format!("{month}：{count} 个检查对象尚无结果"))?;
    }
    for attention in &status.attention {
        say(&attention.text);
    }
    Ok(Finish::Done)
}

pub(super) fn run(args: &RunArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let month = run_month(args)?;
    let remote = source_in(&args.database, args.mapping.as_deref(), None)?;
    let from = if let Some(dir) = &args.dir {
        dir.clone()
    } else if remote.is_some() {
        PathBuf::new()
    } else {
        let folder = args.to.join("输入（模拟城市）");
        let districts = load_bundled_districts(&mut Diagnostics::new())?;
        let options = DemoOptions { sources: args.sources, seed: DEFAULT_SEED, year: month.year(), nation: false };
        write_demo(&folder, options, &districts, &bundled_calendar()?, &context.progress)?;
        folder
    };
    let request = RunRequest {
        from,
        remote,
        to: args.to.clone(),
        month,
        entropy: args.entropy.clone().unwrap_or_else(|| DEMONSTRATION_ENTROPY.to_owned()),
        policy: args.policy.clone(),
        mapping: args.mapping.clone(),
    };
    let outcome = run_job(&request, context)?;
    let main = outcome.exported.main.clone();
    if as_json {
        json(&serde_json::json!({
            "project": outcome.project.display().to_string(), "sources": outcome.sources,
            "set_aside": outcome.set_aside, "errors": outcome.errors, "commitment": outcome.sealed.commitment, "drawn": outcome.opened.drawn,
            "pairs": outcome.opened.pairs, "unpaired": outcome.opened.unpaired,
            "files": outcome.exported.files.iter().map(|p| p.display().to_string()).collect::<Vec<_>>(),
            "open_first": main.as_ref().map(|p| p.display().to_string()),
        }))?;
    } else {
        line(&outcome.summary)?;
        line(&format!(
            "污染源 {} 家；{} 抽样框 {} 个单位，抽中 {} 个，配对 {} 组",
            outcome.sources,
            month,
            outcome.sealed.frame_size,
            outcome.opened.drawn,
            outcome.opened.pairs.unwrap_or(0)
        ))?;
        line(&format!("承诺值 {}（演示：公开数事先已知）", outcome.sealed.commitment))?;
        line(&format!("共导出 {} 个文件。请先打开：", outcome.exported.files.len()))?;
        line(&format!("  {}", show_path(main.as_deref(), &args.to)))?;
        line(&format!("  证书与核验材料：{}", args.to.join(format!("抽取存证/{month}-1")).display()))?;
        line(&format!("  可公开的文件：{}", args.to.join("公开").display()))?;
    }
    for note in &outcome.exported.notes {
        say(note);
    }
    if let Some(why) = &outcome.opened.unpaired {
        say(why);
    }
    say(&format!("全部问题见 {}", outcome.project.join(QUALITY).display()));
    if outcome.set_aside > 0 {
        say(&format!("{} 行因错误被搁置，没有采用", outcome.set_aside));
    }
    Ok(if outcome.set_aside > 0 || outcome.errors > 0 { Finish::Flawed } else { Finish::Done })
}

fn show_path(path: Option<&Path>, fallback: &Path) -> String {
    path.unwrap_or(fallback).display().to_string()
}

fn run_month(args: &RunArgs) -> AppResult<PlanMonth> {
    let year = args.year.unwrap_or(DEFAULT_YEAR);
    match &args.month {
        None => month_of(&format!("{year:04}-03")),
        Some(text) => match text.parse::<u32>() {
            Ok(month) => month_of(&format!("{year:04}-{month:02}")),
            Err(_) => month_of(text),
        },
    }
}

pub(super) fn simulate(args: &SimulateArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let (registry, _) = load_project_data(&project)?;
    let first = project
        .months()
        .first()
        .copied()
        .ok_or_else(|| AppError::new("CLI-011", "项目年度不在 2000 至 2100 年之间"))?;
    let analysis = compute_analysis(&project, &registry, first, &context.progress)?;
    let inputs = &analysis.population.inputs;
    let report = simulate_years(
        &project.policy,
        inputs,
        &analysis.plan,
        draw_rules(),
        args.years,
        DEFAULT_SEED,
        &context.progress,
    )?;
    if as_json {
        json(&serde_json::json!({
            "years": report.years,
            "tiers": report.tiers.iter().zip(&project.policy.tiers).map(|(t, rule)| serde_json::json!({
                "tier": rule.id, "sites": t.sites, "lambda": t.lambda, "expected": t.expected, "realised": t.realised,
            })).collect::<Vec<_>>(),
            "cap_broken": report.cap_broken, "window_broken": report.window_broken, "slot_broken": report.slot_broken,
            "above_ceiling": report.above_ceiling, "whole_missed": report.whole_missed,
            "worst_overshoot_units": report.worst_overshoot_units, "deferred": report.deferred, "lost": report.lost,
        }))?;
    } else {
        line("等级,污染源数,计划次数(Σλ),应抽次数,年均实抽次数,相差")?;
        for (tier, rule) in report.tiers.iter().zip(&project.policy.tiers) {
            let off = tier.off_percent();
            line(&format!(
                "{} {},{},{:.1},{:.1},{:.1},{off:+.2}%",
                rule.id, rule.name, tier.sites, tier.lambda, tier.expected, tier.realised
            ))?;
        }
        line(&format!(
            "违反上限 {} 次，违反间隔 {} 次，同一时段重复 {} 次，超过次数 {} 次，λ=1 未恰好一次 {} 次",
            report.cap_broken, report.window_broken, report.slot_broken, report.above_ceiling, report.whole_missed
        ))?;
        line(&format!(
            "力量超出最多 {:.2} 个取整单位；每年顺延 {:.1} 次，因力量放弃 {:.2} 次",
            report.worst_overshoot_units, report.deferred, report.lost
        ))?;
    }
    Ok(if report.broken() > 0 { Finish::Flawed } else { Finish::Done })
}
