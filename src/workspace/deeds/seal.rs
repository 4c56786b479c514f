//! Sealing a period: the frame is frozen, the commitment computed, the secret kept.
//!
//! Nothing here chooses: the frame follows from registry, policy and history. A draw's files and its line in the
//! register come to be together ([`Change`]): there is never the one without the other.

use std::collections::BTreeMap;

use crate::anchor::pledge::settle_pledge;
use crate::anchor::signature::HashKind;
use crate::anchor::stamp::compute_request;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::check_public_words;
use crate::domain::{BodyId, Period, PlanMonth, StratumId, UnitId};
use crate::registry::Registry;
use crate::registry::schema::sources;
use crate::sampling::{
    BuiltFrame, DrawOrder, DrawSeed, EndedSeal, EntropyFormat, FrameKey, InterventionEntry, Method, ReasonGrounds,
    SamplingFrame, Seal, SealEntry, SealRegister, SealRequest, Secret, SecretFile, StratumOrder, StratumTargets,
    Target, compute_frame, compute_roster_sha256, compute_seal, draw_units, sha256, to_canonical_json, to_hex,
};
use crate::staffing::{Needs, Roster, check_staffing};
use crate::workspace::deeds::accept::interventions_before;
use crate::workspace::deeds::disclose::{EARLIER_FILE, earlier_seals, program_sha256};
use crate::workspace::deeds::plan_record::snapshot;
use crate::workspace::deeds::{pledged_hour, time};
use crate::workspace::inputs::analysis::compute_analysis;
use crate::workspace::inputs::grounds::compute_grounds;
use crate::workspace::inputs::month_frame::{
    MonthFrame, REASON_YEAR_SEED, compute_month_frame, staffing_names, stratum_id, unit_id,
};
use crate::workspace::inputs::quotas::QUOTAS_FILE;
use crate::workspace::inputs::schedule::SCHEDULE_FILE;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::draws::{DrawNotes, INTERVENTIONS_FILE, SECRET_FILE, StoredDraw, json_bytes};
use crate::workspace::store::frames::hash_file;
use crate::workspace::store::log::put_head;
use crate::workspace::store::plan_record::{PLAN_FILE, load_plan_files};
use crate::workspace::store::project::{CommandContext, Project, load_bytes};
use crate::workspace::store::register::load_register;
use crate::workspace::store::staged::Change;

/// Name and version of the program, as sealed.
pub const PROGRAM: &str = concat!("FairDraw ", env!("CARGO_PKG_VERSION"));

/// Folder of the copies of sealed inputs, each under its SHA-256.
pub const SEALED_FOLDER: &str = "sealed";

/// Files of the project's folder that decide what is sealed.
const PROJECT_FILES: [&str; 2] = ["project.ron", "quality.csv"];

/// Draws tried before a month is sealed, to see that the roster can staff what may be drawn.
const STAFFING_TRIALS: u8 = 12;

/// The public number that will open a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// Its format.
    pub format: EntropyFormat,
    /// Whose number it is.
    pub entropy_source: String,
    /// Which issue.
    pub reference: String,
    /// When it becomes known, `2027-02-28T21:15:00+08:00`; may be empty where issue or round has an hour of its own.
    pub available_at: String,
    /// Why a period is sealed again.
    pub again: Option<String>,
    /// The number is known beforehand: the certificate says 演示.
    pub demonstration: bool,
}

/// What a sealing gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Period.
    pub period: Period,
    /// Sequence within the period.
    pub sequence: u64,
    /// The commitment, to be published.
    pub commitment: String,
    /// Units of the frame.
    pub frame_size: usize,
    /// Units to be drawn.
    pub draw: u64,
    /// The secret, for the envelope.
    pub envelope: String,
}

/// Refuses before anything is computed: another seal pending, or the sealing too late.
fn check_may_seal(
    project: &Project,
    register: &SealRegister,
    period: Period,
    pledge: &Pledge,
    context: &CommandContext,
) -> AppResult<()> {
    project.check_writable()?;
    if let Some(pending) = register.pending() {
        return Err(Finding::error("SEL-031", format!("{}的封存尚未开封，不能再封存", pending.period.label()))
            .hint("请先开封，或写明理由作废")
            .into());
    }
    let opened_after = register.opened().any(|seal| seal.sealed.period > period);
    match period {
        Period::Month(_) if opened_after => {
            return Err(Finding::error("SEL-045", format!("{}之后的月份已经开封，不能再封存此月", period.label()))
                .hint("各月按先后抽取；之后新增的检查请用触发式检查")
                .into());
        }
        Period::Year(_) if opened_after => {
            return Err(Finding::error("SEL-046", "已有月份开封，年度种子不能更换")
                .hint("各月名额的小数由年度种子取整，换种子等于改已公布的名额")
                .into());
        }
        _ => {}
    }
    let before = register.seals_of(period).next().is_some();
    let reason = pledge.again.as_deref().unwrap_or_default().trim();
    if before && reason.is_empty() {
        return Err(Finding::error("SEL-032", format!("{}已经封存过，再次封存必须写明理由", period.label()))
            .hint("请加 --again 理由；理由会公布在登记簿中")
            .into());
    }
    for (field, text) in
        [("再次封存的理由", reason), ("公开数的来源", &pledge.entropy_source), ("公开数的期号", &pledge.reference)]
    {
        check_public_words(field, text)?;
    }
    if pledge.available_at.is_empty() && !pledge.demonstration {
        return Ok(());
    }
    let available = pledged_hour(&pledge.available_at)?;
    if context.now.to_string().as_str() >= available.as_str() {
        return Err(Finding::error("SEL-047", "公开数的产生时间不晚于现在，不能封存")
            .value(available.as_str())
            .expected(format!("晚于 {}", context.now))
            .hint("请改用下一期公开数")
            .into());
    }
    Ok(())
}

/// The pledge as it is sealed: a demonstration's as it is, another's settled and held against the policy's rule.
fn settled(project: &Project, pledge: &Pledge, context: &CommandContext) -> AppResult<Pledge> {
    if pledge.demonstration {
        return Ok(pledge.clone());
    }
    let told = pledge.available_at.trim();
    let told = if told.is_empty() { None } else { Some(pledged_hour(told)?) };
    let settled = settle_pledge(
        (pledge.format, &pledge.entropy_source, &pledge.reference),
        told.as_ref(),
        &time(&context.now.to_string())?,
        &project.policy.anchors,
    )?;
    Ok(Pledge {
        entropy_source: settled.source,
        reference: settled.reference,
        available_at: settled.available_at.to_string(),
        ..pledge.clone()
    })
}

/// The files that a plan is made from, each with its hash: registry frames, results, earlier certificates.
pub(super) fn render_inputs(project: &Project, register: &SealRegister) -> AppResult<Vec<u8>> {
    Ok(lines_of(input_lines(project, register)?))
}

/// The files that a seal binds as inputs: those of the plan, the project's own, what earlier draws left for this one, and
/// `own` ones of this draw's folder.
fn sealed_inputs(project: &Project, register: &SealRegister, own: &[(String, &[u8])]) -> AppResult<Vec<u8>> {
    let mut lines = input_lines(project, register)?;
    lines.extend(own.iter().map(|(name, bytes)| input_line(&to_hex(&sha256(&[bytes])), name)));
    for name in PROJECT_FILES {
        lines.extend(file_line(project, name)?);
    }
    for seal in register.opened() {
        for name in ["changes.json", "opening.json", SCHEDULE_FILE, "targets.csv"] {
            lines.extend(draw_file_line(project, &seal, name)?);
        }
    }
    Ok(lines_of(lines))
}

/// The files that an `inputs.txt` names: SHA-256, hexadecimal, and path within the project.
pub(in crate::workspace) fn read_inputs(inputs: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(inputs);
    let files = text.lines().filter_map(|line| line.split_once('\t'));
    files.map(|(hash, name)| (hash.to_owned(), name.to_owned())).collect()
}

/// Keeps a copy of every input under its hash, each content once: the frame can be built again when the project has
/// gone on.
fn keep_inputs(change: &Change<'_>, project: &Project, inputs: &[u8]) -> AppResult<()> {
    let folder = project.root().join(SEALED_FOLDER);
    for (hash, name) in read_inputs(inputs) {
        let (from, to) = (project.root().join(name), folder.join(hash));
        if from.is_file() && !to.exists() {
            change.put(&to, &load_bytes(&from)?)?;
        }
    }
    Ok(())
}

fn input_line(hash: &str, name: &str) -> String {
    format!("{hash}\t{name}")
}

/// The line of a file of the project; `None` where it isn't there.
fn file_line(project: &Project, name: &str) -> AppResult<Option<String>> {
    let path = project.root().join(name);
    if path.exists() { Ok(Some(input_line(&hash_file(&path)?.0, name))) } else { Ok(None) }
}

fn draw_file_line(project: &Project, seal: &SealEntry<'_>, name: &str) -> AppResult<Option<String>> {
    file_line(project, &format!("draws/{}/{}/{name}", seal.sealed.period, seal.sealed.sequence))
}

fn lines_of(mut lines: Vec<String>) -> Vec<u8> {
    lines.sort();
    (lines.join("\n") + "\n").into_bytes()
}

fn input_lines(project: &Project, register: &SealRegister) -> AppResult<Vec<String>> {
    let mut lines = Vec::new();
    for folder in ["frames", "results"] {
        for name in list_folder(project, folder)? {
            lines.extend(file_line(project, &format!("{folder}/{name}"))?);
        }
    }
    for seal in register.opened() {
        lines.extend(draw_file_line(project, &seal, "certificate.json")?);
    }
    Ok(lines)
}

fn list_folder(project: &Project, name: &str) -> AppResult<Vec<String>> {
    let folder = project.root().join(name);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let io = |cause| AppError::io("读取文件夹", &folder, cause);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        if entry.path().is_file() {
            names.push(entry.file_name().to_string_lossy().to_string());
        }
    }
    names.sort();
    Ok(names)
}

struct Prepared {
    frame: SamplingFrame,
    roster: Roster,
    needs: Needs,
    targets: Option<Vec<u8>>,
    schedule: Option<Vec<u8>>,
    plan: Option<Vec<u8>>,
    quotas: Option<Vec<u8>>,
    grounds: Vec<ReasonGrounds>,
}

fn seal_prepared(
    project: &Project,
    period: Period,
    prepared: Prepared,
    pledge: &Pledge,
    context: &CommandContext,
) -> AppResult<Sealed> {
    let mut register = load_register(project)?;
    let sequence = register.next_sequence(period);
    let at = |name: &str| format!("draws/{period}/{sequence}/{name}");
    let own = [
        ("targets.csv", &prepared.targets),
        (SCHEDULE_FILE, &prepared.schedule),
        (PLAN_FILE, &prepared.plan),
        (QUOTAS_FILE, &prepared.quotas),
    ];
    let own: Vec<(String, &[u8])> =
        own.iter().filter_map(|(name, bytes)| Some((at(name), bytes.as_deref()?))).collect();
    let inputs = sealed_inputs(project, &register, &own)?;
    let (roster_csv, needs_csv) = (prepared.roster.write_csv(), prepared.needs.write_csv());
    let secret = Secret::generate()?;
    let again = pledge.again.as_deref().unwrap_or_default();
    let earlier = earlier_seals(project, &register, period, again)?;
    let log = project.journal().standing()?;
    let by_hand = interventions_before(&log);
    let seal = compute_seal(
        SealRequest {
            agency: project.policy.agency.clone(),
            period,
            sequence,
            previous: register.last_commitment(),
            sealed_at: time(&context.now.to_string())?,
            method: Method::LATEST,
            program: PROGRAM.to_owned(),
            inputs_sha256: sha256(&[&inputs]),
            policy_sha256: sha256(&[project.policy_bytes()]),
            roster_sha256: compute_roster_sha256(&roster_csv, &needs_csv),
            program_sha256: program_sha256()?,
            earlier: earlier.iter().map(EndedSeal::sha256).collect(),
            log: log.head(),
            interventions: by_hand.iter().map(InterventionEntry::sha256).collect(),
            grounds: prepared.grounds.clone(),
            entropy_format: pledge.format,
            entropy_source: pledge.entropy_source.clone(),
            entropy_reference: pledge.reference.clone(),
            available_at: pledged_hour(&pledge.available_at)?,
        },
        &prepared.frame,
        &secret,
    )?;
    check_trial_draws(project, period, &prepared, &seal)?;
    let commitment = seal.commitment();
    let secret_file = SecretFile { commitment, secret };
    let folder = project.draw_folder(period, sequence);
    let change = Change::begin(project)?;
    let put = |name: &str, bytes: &[u8]| change.put(&folder.join(name), bytes);
    put("frame.csv", &prepared.frame.to_csv())?;
    put("roster.csv", &roster_csv)?;
    put("needs.csv", &needs_csv)?;
    put("inputs.txt", &inputs)?;
    put("policy.ron", project.policy_bytes())?;
    if let Some(targets) = &prepared.targets {
        put("targets.csv", targets)?;
    }
    if let Some(schedule) = &prepared.schedule {
        put(SCHEDULE_FILE, schedule)?;
    }
    if let Some(plan) = &prepared.plan {
        put(PLAN_FILE, plan)?;
    }
    if let Some(quotas) = &prepared.quotas {
        put(QUOTAS_FILE, quotas)?;
    }
    if !earlier.is_empty() {
        put(EARLIER_FILE, &to_canonical_json(&earlier))?;
    }
    if !by_hand.is_empty() {
        put(INTERVENTIONS_FILE, &json_bytes(&by_hand)?)?;
    }
    keep_inputs(&change, project, &inputs)?;
    change.put_private(&folder.join(SECRET_FILE), &secret_file.to_json())?;
    put("commitment.tsq", &compute_request(&seal.to_json(), HashKind::Sha256))?;
    put("commitment-sm3.tsq", &compute_request(&seal.to_json(), HashKind::Sm3))?;
    put("commitment.txt", (seal.commitment_text() + "\n").as_bytes())?;
    put("notes.json", &json_bytes(&DrawNotes::default())?)?;
    put("seal.json", &seal.to_json())?;
    put_head(&change, project, &folder, CommandId::Seal, context)?;
    register.append_sealed(&seal, again)?;
    change.put(&project.root().join("register.csv"), &register.to_csv())?;
    let sealed = Sealed {
        period,
        sequence,
        commitment: to_hex(&commitment),
        frame_size: prepared.frame.len(),
        draw: seal.total_draw(),
        envelope: secret_file.secret.envelope_text(),
    };
    change.commit(
        context,
        CommandId::Seal,
        serde_json::json!({
            "period": sealed.period, "sequence": sealed.sequence, "commitment": sealed.commitment,
            "frame_size": sealed.frame_size, "draw": sealed.draw, "demonstration": seal.is_demonstration(),
            "again": pledge.again,
        }),
    )?;
    Ok(sealed)
}

/// Draws a few times with seeds of no consequence: where the sealed roster could not staff one of them, the
/// sealing is refused with the shortage and its mends.
fn check_trial_draws(project: &Project, period: Period, prepared: &Prepared, seal: &Seal) -> AppResult<()> {
    let Period::Month(month) = period else { return Ok(()) };
    if prepared.roster.inspectors().is_empty() {
        return Ok(());
    }
    for trial in 0..STAFFING_TRIALS {
        let seed = DrawSeed(sha256(&[b"fairdraw/trial\n", seal.frame_root.as_bytes(), &[trial]]));
        let order = draw_units(&prepared.frame, seal, &seed);
        let needs = prepared.needs.only(selected_units(&prepared.frame, &order).iter())?;
        if let Err(shortage) = check_staffing(&prepared.roster, &needs) {
            return Err(shortage.to_error(month, &staffing_names(&project.policy)));
        }
    }
    Ok(())
}

fn selected_units(frame: &SamplingFrame, order: &DrawOrder) -> Vec<UnitId> {
    order
        .strata
        .iter()
        .flat_map(StratumOrder::selected)
        .filter_map(|unit| UnitId::new(frame.unit_id(unit.row as usize)).ok())
        .collect()
}

/// Seals the year's own seed: every site stands in its frame, none is drawn.
///
/// # Errors
/// `SEL-…`, `VER-010`, `WSP-…`, `FRM-…`, `IO-…`.
pub fn seal_year(
    project: &Project,
    registry: &Registry,
    pledge: &Pledge,
    context: &CommandContext,
) -> AppResult<Sealed> {
    let period = Period::Year(project.file.year);
    check_may_seal(project, &load_register(project)?, period, pledge, context)?;
    let pledge = &settled(project, pledge, context)?;
    let category = project.policy.categories.last().map_or("all", |c| c.id.as_str());
    let mut strata: BTreeMap<StratumId, Vec<(UnitId, Target)>> = BTreeMap::new();
    let (units, bodies) = (sources::UNIT_ID.of(&registry.sources)?, sources::BODY.of(&registry.sources)?);
    for (unit, body) in units.iter().zip(bodies.iter()) {
        let body = BodyId::new(body.unwrap_or_default()).map_err(|what| AppError::new("WSP-004", what))?;
        strata
            .entry(stratum_id(&body, category)?)
            .or_default()
            .push((unit_id(unit.unwrap_or_default())?, Target::Excluded(REASON_YEAR_SEED.to_owned())));
    }
    let strata = strata.into_iter().map(|(id, units)| StratumTargets { id, quota: 0, units }).collect();
    let BuiltFrame { frame, .. } = compute_frame(Method::LATEST, strata, &FrameKey::generate()?)?;
    let prepared = Prepared {
        frame,
        roster: Roster::default(),
        needs: Needs::default(),
        targets: None,
        schedule: None,
        plan: None,
        quotas: None,
        grounds: Vec::new(),
    };
    seal_prepared(project, period, prepared, pledge, context)
}

/// The seed of the year's last opened seal.
///
/// # Errors
/// `SEL-033` where the year was not sealed and opened yet.
pub fn year_seed(project: &Project) -> AppResult<DrawSeed> {
    let period = Period::Year(project.file.year);
    let missing = || {
        AppError::from(
            Finding::error("SEL-033", format!("{} 年度种子尚未封存并开封，不能封存月份", project.file.year))
                .hint("请先执行 seal --year 与 open --year；名额的小数怎样取整由年度种子决定"),
        )
    };
    let sequence = load_register(project)?.last_opened_of(period).ok_or_else(missing)?;
    StoredDraw::load(project, period, sequence)?.seed().ok_or_else(missing)
}

/// Seals a month.
///
/// # Errors
/// `SEL-…`, `VER-010`, `PLN-100`, `SMP-…`, `ROS-…` (the roster can't staff what may be drawn), `IO-…`.
pub fn seal_month(
    project: &Project,
    registry: &Registry,
    month: PlanMonth,
    pledge: &Pledge,
    context: &CommandContext,
) -> AppResult<Sealed> {
    let period = Period::Month(month);
    check_may_seal(project, &load_register(project)?, period, pledge, context)?;
    let pledge = &settled(project, pledge, context)?;
    let seed = year_seed(project)?;
    let analysis = compute_analysis(project, registry, month, &context.progress)?;
    context.progress.begin("冻结抽样框", 0);
    let MonthFrame { built, roster, needs, targets, schedule, basis, quotas } =
        compute_month_frame(Method::LATEST, project, registry, &analysis, &seed)?;
    if built.strata.iter().all(|s| s.draw == 0) {
        return Err(Finding::error("SEL-044", format!("{}没有可抽取的对象", period.label()))
            .hint("本月的机会已由先前的抽取给出，也没有新增的必查对象；触发式检查请用 add-check")
            .into());
    }
    let plan = Some(snapshot(project, &analysis, &load_plan_files(project)?, None, Some(basis))?.to_json()?);
    let (targets, schedule) = (Some(targets), Some(schedule));
    let quotas = Some(quotas);
    let grounds = compute_grounds(&built.frame, &roster, &analysis.population);
    let prepared = Prepared { frame: built.frame, roster, needs, targets, schedule, plan, quotas, grounds };
    seal_prepared(project, period, prepared, pledge, context)
}
