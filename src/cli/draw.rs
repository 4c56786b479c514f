//! Commands of the draw: seal, open, the day after, proof, verify, the bare draw.

use serde_json::Value;

use super::Finish;
use super::anchors::show_envelope;
use super::args::{
    AddCheckArgs, ChangeArgs, CheckManifestArgs, DrawArgs, OpenArgs, PeriodArgs, ProofArgs, ReplaceArgs, SealArgs,
    VoidArgs,
};
use super::deeds::carry_out;
use super::output::{data, json, line, say};
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding};
use crate::domain::{InspectorId, Period, PlanMonth, SubstituteCase, TriggerKind, UnitId};
use crate::export::{ManifestCheck, check_manifest, proof_qr_text};
use crate::sampling::{CheckReport, EntropyFormat, Fault, StepState, check_files, draw_from_files};
use crate::workspace::deeds::change::{Substituted, Triggered, TriggeredRequest, none_opened, opened_draw};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::open::{Opened, SecondEntry, TypedOpening};
use crate::workspace::deeds::seal::{Pledge, Sealed};
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::perform::Pair;
use crate::workspace::reports::find_unit::find_units;
use crate::workspace::reports::project_data::ProjectData;
use crate::workspace::reports::proof::{OwnProof, own_proof};
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::project::{CommandContext, Project, load_bytes};
use crate::workspace::store::results::load_results;

pub(super) fn month_of(text: &str) -> AppResult<PlanMonth> {
    text.parse().map_err(|what: String| AppError::new("CLI-003", what))
}

fn unit_of(text: &str) -> AppResult<UnitId> {
    UnitId::new(text.trim()).map_err(|what| AppError::new("CLI-004", format!("单位编号{what}")))
}

pub(super) fn period_of(args: &PeriodArgs, project: &Project) -> AppResult<Period> {
    match &args.month {
        Some(text) => Ok(Period::Month(month_of(text)?)),
        None => Ok(Period::Year(project.file.year)),
    }
}

pub(super) fn seal(args: &SealArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let format = EntropyFormat::from_id(&args.entropy_format).ok_or_else(|| {
        AppError::from(
            Finding::error("CLI-005", "公开数的格式无法识别")
                .value(&args.entropy_format)
                .expected(" ssq、dice、drand 或 mixed"),
        )
    })?;
    let pledge = Pledge {
        format,
        entropy_source: args.entropy_source.clone(),
        reference: args.reference.clone(),
        available_at: args.available_at.clone(),
        again: args.again.clone(),
        demonstration: false,
    };
    let deed = |project: &Project| {
        Ok(match period_of(&args.period, project)? {
            Period::Month(month) => Deed::SealMonth(month, pledge),
            Period::Year(_) => Deed::SealYear(pledge),
        })
    };
    let finish = carry_out(&args.project, deed, as_json, context)?;
    if args.envelope {
        show_envelope(&args.project)?;
    }
    Ok(finish)
}

pub(super) fn show_sealed(sealed: &Sealed, as_json: bool) -> AppResult<Finish> {
    if as_json {
        json(&serde_json::json!({
            "period": sealed.period, "sequence": sealed.sequence, "commitment": sealed.commitment,
            "frame_size": sealed.frame_size, "draw": sealed.draw,
        }))?;
    } else {
        line(&sealed.commitment)?;
    }
    say(&format!(
        "{} 第 {} 次封存：抽样框 {} 个单位，将抽取 {} 个。",
        sealed.period, sealed.sequence, sealed.frame_size, sealed.draw
    ));
    say("上面是承诺值，请立即公布（并取第三方时间戳）；开封后任何人可据此核验。");
    say(
        "时间戳申请在抽取文件夹的 commitment.tsq（国密：commitment-sm3.tsq），取回后用 stamp 存入；封签 seal.json 可送见证",
    );
    Ok(Finish::Done)
}

pub(super) fn open(args: &OpenArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let second = args
        .second
        .as_ref()
        .map(|entropy| SecondEntry { name: args.second_name.clone().unwrap_or_default(), entropy: entropy.clone() });
    let typed = TypedOpening {
        entropy: args.entropy.clone(),
        secret: args.secret.clone(),
        second,
        source_file: args.source_file.clone(),
    };
    let deed = |project: &Project| Ok(Deed::Open(period_of(&args.period, project)?, typed));
    carry_out(&args.project, deed, as_json, context)
}

pub(super) fn show_opened(period: Period, opened: &Opened, as_json: bool) -> AppResult<Finish> {
    if as_json {
        json(&serde_json::json!({
            "period": opened.period, "sequence": opened.sequence, "seed": opened.seed, "drawn": opened.drawn,
            "pairs": opened.pairs, "off_site": opened.off_site, "unpaired": opened.unpaired, "secret_lost": opened.secret_lost,
        }))?;
    } else {
        let done = match (period, opened.pairs) {
            (Period::Year(_), _) => format!("年度种子 {}", opened.seed),
            (Period::Month(_), Some(pairs)) => format!("抽中 {} 个单位，配对 {pairs} 组", opened.drawn),
            (Period::Month(_), None) => format!("抽中 {} 个单位，未配对执法人员", opened.drawn),
        };
        line(&format!("{} 第 {} 次：{done}", opened.period, opened.sequence))?;
        if opened.off_site > 0 {
            line(&format!("另有正面清单单位非现场检查 {} 家，名单随任务单导出", opened.off_site))?;
        }
    }
    if let Some(why) = &opened.secret_lost {
        say(&format!("秘密取自信封（已与封签核对）；文件不可用：{why}"));
    }
    if let Some(why) = &opened.unpaired {
        say(why);
        return Ok(Finish::Flawed);
    }
    Ok(Finish::Done)
}

fn pair_json(pair: Option<&Pair>) -> Value {
    pair.map_or(Value::Null, |(lead, second)| serde_json::json!({ "lead": lead.as_str(), "second": second.as_str() }))
}

/// Units named where a text means several.
const MOST_MEANT: usize = 8;

/// A term of a vocabulary by its name or id.
fn term<T: Copy, const N: usize>(
    typed: &str,
    terms: [(T, &'static str, &'static str); N],
    code: &'static str,
    what: &str,
) -> AppResult<T> {
    let typed = typed.trim();
    let found = terms.iter().find(|(_, id, label)| *id == typed || *label == typed);
    found.map(|(term, ..)| *term).ok_or_else(|| {
        let names = terms.map(|(.., label)| label).join("、");
        Finding::error(code, format!("{what}无法识别")).value(typed).expected(names).into()
    })
}

pub(super) fn substitute(args: &ChangeArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let month = month_of(&args.month)?;
    let case =
        term(&args.case, SubstituteCase::ALL.map(|case| (case, case.id(), case.label())), "CLI-028", "替换的情形")?;
    let deed = |project: &Project| {
        Ok(Deed::Substitute {
            month,
            unit: meant_unit(project, &args.unit)?,
            case,
            reason: args.proof.ground(&args.reason),
        })
    };
    carry_out(&args.project, deed, as_json, context)
}

pub(super) fn show_substituted(
    month: PlanMonth,
    unit: &UnitId,
    done: &Substituted,
    as_json: bool,
) -> AppResult<Finish> {
    if as_json {
        json(&serde_json::json!({
            "month": month.to_string(), "unit": unit, "by": done.by.as_str(), "pair": pair_json(done.pair.as_ref()),
        }))?;
        return Ok(Finish::Done);
    }
    line(&format!("{unit} 由备选 {} 替换", done.by))?;
    if let Some((lead, second)) = &done.pair {
        say(&format!("执法人员：主办 {lead}，协办 {second}"));
    }
    Ok(Finish::Done)
}

pub(super) fn replace(args: &ReplaceArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let certificate = InspectorId::new(args.certificate.trim())
        .map_err(|what| AppError::new("CLI-004", format!("执法证号{what}")))?;
    let month = month_of(&args.month)?;
    let deed = |project: &Project| {
        let unit = meant_unit(project, &args.unit)?;
        Ok(Deed::ReplaceInspector { month, unit, certificate, reason: args.proof.ground(&args.reason) })
    };
    carry_out(&args.project, deed, as_json, context)
}

pub(super) fn show_replaced(month: PlanMonth, unit: &UnitId, pair: &Pair, as_json: bool) -> AppResult<Finish> {
    if as_json {
        json(&serde_json::json!({
            "month": month.to_string(), "unit": unit, "pair": pair_json(Some(pair)),
        }))?;
        return Ok(Finish::Done);
    }
    line(&format!("{unit}：主办 {}，协办 {}", pair.0, pair.1))?;
    Ok(Finish::Done)
}

/// The unit meant by a number, a credit code or a part of a name.
pub(super) fn meant_unit(project: &Project, typed: &str) -> AppResult<UnitId> {
    let (registry, districts) = load_project_data(project)?;
    let data = ProjectData::new(registry, districts, Diagnostics::new(), &project.policy)?;
    let found = find_units(&data, typed, MOST_MEANT + 1)?;
    if let Some(whole) = found.iter().find(|unit| unit.unit_id == typed.trim()) {
        return unit_of(&whole.unit_id);
    }
    match found.as_slice() {
        // not in the register: refused by the deed, with its own words
        [] => unit_of(typed),
        [one] => unit_of(&one.unit_id),
        several => {
            let names: Vec<String> = several
                .iter()
                .take(MOST_MEANT)
                .map(|unit| format!("{} {} {}", unit.unit_id, unit.name, unit.district))
                .collect();
            let more = if several.len() > MOST_MEANT { "等" } else { "" };
            Err(Finding::error("CLI-030", "不止一家单位符合，请改用单位编号")
                .value(typed)
                .expected(format!("以下之一：{}{more}", names.join("；")))
                .into())
        }
    }
}

pub(super) fn add(args: &AddCheckArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    if args.origin != "triggered" {
        return Err(Finding::error("CLI-006", "检查来源无法识别").value(&args.origin).expected(" triggered").into());
    }
    let month = month_of(&args.month)?;
    let kind = term(&args.kind, TriggerKind::ALL.map(|kind| (kind, kind.id(), kind.label())), "CLI-029", "触发来源")?;
    let deed = |project: &Project| {
        let (reason, although_closed) = (args.proof.ground(&args.reason), args.although_closed.clone());
        let unit = meant_unit(project, &args.unit)?;
        Ok(Deed::AddCheck(month, TriggeredRequest { unit, kind, reason, although_closed }))
    };
    carry_out(&args.project, deed, as_json, context)
}

pub(super) fn show_added(month: PlanMonth, unit: &UnitId, added: &Triggered, as_json: bool) -> AppResult<Finish> {
    if let Some(past) = &added.past_cap {
        say(&past.to_string());
    }
    if as_json {
        json(&serde_json::json!({
            "month": month.to_string(), "unit": unit, "pair": pair_json(added.pair.as_ref()),
            "past_cap": added.past_cap,
        }))?;
        return Ok(Finish::Done);
    }
    line(&format!("{unit} 已列入 {month} 的触发式检查"))?;
    if let Some((lead, second)) = &added.pair {
        say(&format!("执法人员：主办 {lead}，协办 {second}"));
    }
    Ok(Finish::Done)
}

pub(super) fn void(args: &VoidArgs, context: &CommandContext) -> AppResult<Finish> {
    let deed = |project: &Project| Ok(Deed::Void(period_of(&args.period, project)?, args.reason.clone()));
    carry_out(&args.project, deed, false, context)
}

pub(super) fn proof(args: &ProofArgs, context: &CommandContext) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let month = month_of(&args.month)?;
    let (draw, _) = opened_draw(&project, month)?;
    let (registry, _) = load_project_data(&project)?;
    let opened = OpenedDraw::of(draw, &registry, &project.policy)?;
    let Some(opened) = opened else { return Err(none_opened(month)) };
    let results = load_results(&project)?;
    let OwnProof { proof, complete } =
        own_proof(&opened, &results, &project.policy, context.now.date(), &meant_unit(&project, &args.unit)?)?;
    if complete {
        say(&format!("{}：{}", args.unit, proof.outcome().label()));
    } else {
        say(&format!("{month} 的检查对象尚未全部检查，证明只含入选概率；全部检查后重新出具，即含票号与是否抽中"));
    }
    if args.code {
        let address = Some(project.file.page_address.as_str()).filter(|address| !address.is_empty());
        line(&proof_qr_text(&proof, address))?;
        return Ok(Finish::Done);
    }
    data(|out| out.write_all(&proof.to_json()).and_then(|()| out.write_all(b"\n")))?;
    Ok(Finish::Done)
}

/// Holds an exported folder against its manifest.
pub(super) fn manifest(args: &CheckManifestArgs, as_json: bool) -> AppResult<Finish> {
    let ManifestCheck { manifests, files, findings } = check_manifest(&args.dir)?;
    if as_json {
        let words: Vec<String> = findings.iter().map(ToString::to_string).collect();
        json(&serde_json::json!({ "manifests": manifests, "files": files, "findings": words }))?;
    } else {
        let state = if findings.is_empty() { "通过" } else { "不通过" };
        line(&format!("{state}  {manifests} 份清单所列 {files} 个文件，{} 处不符", findings.len()))?;
        for finding in &findings {
            say(&finding.to_string());
        }
    }
    Ok(if findings.is_empty() { Finish::Done } else { Finish::Flawed })
}

/// Each step in a line.
pub(super) fn show_steps(report: &CheckReport) -> AppResult<()> {
    for step in &report.steps {
        line(&format!("{}  {}：{}", step.state.label(), step.name, step.detail))?;
    }
    Ok(())
}

fn show_faults(faults: &[Fault]) -> AppResult<()> {
    for fault in faults {
        say(&format!("[{}] {}（{}）", fault.code, fault.text, fault.detail));
    }
    Err(Finding::error("VER-099", format!("核验未通过，共 {} 处，没有给出结果", faults.len())).into())
}

pub(super) fn bare(args: &DrawArgs) -> AppResult<Finish> {
    let (frame, seal, opening) = (load_bytes(&args.frame)?, load_bytes(&args.seal)?, load_bytes(&args.opening)?);
    let published = args.commitment.as_deref();
    if let Some(path) = &args.result {
        let report = check_files(&frame, &seal, &opening, &load_bytes(path)?, published);
        for step in report.steps.iter().filter(|s| s.state == StepState::NotChecked) {
            say(&format!("{}：{}", step.name, step.detail));
        }
        if !report.is_verified() {
            show_faults(&report.faults)?;
        }
    }
    match draw_from_files(&frame, &seal, &opening, published) {
        Ok(drawn) => {
            for step in drawn.report.steps.iter().filter(|s| s.state == StepState::NotChecked) {
                say(&format!("{}：{}", step.name, step.detail));
            }
            data(|out| out.write_all(&drawn.result.to_json()).and_then(|()| out.write_all(b"\n")))?;
            Ok(Finish::Done)
        }
        Err(faults) => {
            show_faults(&faults)?;
            Ok(Finish::Flawed)
        }
    }
}
