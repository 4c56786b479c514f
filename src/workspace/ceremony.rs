//! The ceremony: seal, open, and the days after.
//!
//! Nothing here chooses: the frame follows from registry, policy and history, the draw from the seal, the
//! secret and the public number, the pairing from the same seed. Every step is journaled; a draw's files
//! are written before its line in the register, so that a crash between the two leaves a folder that the
//! next sealing overwrites and never a register line without its files.

use std::collections::{BTreeMap, BTreeSet};

use super::analysis::{Analysis, compute_analysis, load_opened_draws, load_register, render_targets};
use super::columns::texts;
use super::draws::{DrawChange, DrawNotes, Period, StoredDraw, TargetOrigin, write_json};
use super::population::{compute_month_roster, compute_recusals};
use super::project::{CommandContext, Project, create_folder, load_bytes};
use super::results::load_results;
use super::schedule::{SCHEDULE_FILE, render_schedule};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::{BodyId, InspectorId, PlanMonth, StratumId, UnitId};
use crate::export::write_atomic;
use crate::plan::inspectors::{Assignment, Names, Need, Needs, Roster, check_staffing};
use crate::plan::{Exclusion, Resource, TargetReason, assign_quotas, compute_strata};
use crate::policy::Policy;
use crate::registry::Registry;
use crate::sampling::{
    BuiltFrame, Certificate, DEMONSTRATION, DrawOrder, DrawSeed, EarlierSeal, EntropyFormat, FrameKey, OpeningClock,
    REASON_CERTAIN, RegisterEvent, SamplingFrame, Seal, SealRegister, SealRequest, Secret, SecretFile, ShanghaiTime,
    StratumOrder, StratumTargets, Substitute, Target, certificate_of, compute_certificate_unit, compute_frame,
    compute_opening, compute_quota_offset, compute_quotas, compute_roster_sha256, compute_seal, draw_units, sha256,
    to_hex,
};

/// Name and version of the program, as sealed.
pub const PROGRAM: &str = concat!("FairDraw ", env!("CARGO_PKG_VERSION"));

/// Source of a public number that is known beforehand. It stands in the seal itself, so that no file beside it can
/// turn a real draw into a demonstration, or hide one.
pub const DEMONSTRATION_SOURCE: &str = "演示用公开数（事先已知）";

/// Draws tried before a month is sealed, to see that the roster can staff what may be drawn.
const STAFFING_TRIALS: u8 = 12;

/// Targets below this are what the rounding of earlier months' targets to 10⁻⁹ leaves.
const LEAST_TARGET: f64 = 1e-8;

/// The public number that will open a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// Its format.
    pub format: EntropyFormat,
    /// Whose number it is.
    pub entropy_source: String,
    /// Which issue.
    pub reference: String,
    /// When it becomes known, `2027-02-28T21:15:00+08:00`.
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
    pub period: String,
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

/// What an opening gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Period.
    pub period: String,
    /// Sequence.
    pub sequence: u64,
    /// Seed, hexadecimal.
    pub seed: String,
    /// Units drawn.
    pub drawn: usize,
    /// Pairs assigned; `None` where there is no roster, or the sealed roster could not staff the draw.
    pub pairs: Option<usize>,
    /// Why nobody was paired, in words.
    pub unpaired: Option<String>,
}

fn time(text: &str) -> AppResult<ShanghaiTime> {
    ShanghaiTime::new(text).map_err(|what| AppError::new("SEL-030", what))
}

/// Names for the pairing's texts.
#[must_use]
pub fn names(policy: &Policy) -> Names {
    Names {
        bodies: policy.bodies.iter().map(|b| (b.id.clone(), b.name.clone())).collect(),
        skills: policy.skills.iter().filter_map(|s| Some((s.id.clone(), s.names.first()?.clone()))).collect(),
    }
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
        return Err(Finding::error("SEL-031", format!("{} 的封存尚未开封，不能再封存", pending.period))
            .hint("请先开封，或写明理由作废")
            .into());
    }
    let opened_after =
        |text: &str| register.lines().iter().any(|l| l.event == RegisterEvent::Opened && l.period.as_str() > text);
    match period {
        Period::Month(month) if opened_after(&month.to_string()) => {
            return Err(Finding::error("SEL-045", format!("{}之后的月份已经开封，不能再封存此月", period.label()))
                .hint("各月按先后抽取；之后新增的检查请用触发式检查")
                .into());
        }
        Period::Year(year) if opened_after(&format!("{year:04}-00")) => {
            return Err(Finding::error("SEL-046", "已有月份开封，年度种子不能更换")
                .hint("各月配额的取整由年度种子决定，换种子等于改已公布的配额")
                .into());
        }
        _ => {}
    }
    let before = !register.seals_of(&period.to_string()).is_empty();
    let reason = pledge.again.as_deref().unwrap_or_default().trim();
    if before && reason.is_empty() {
        return Err(Finding::error("SEL-032", format!("{}已经封存过，再次封存必须写明理由", period.label()))
            .hint("请加 --again 理由；理由会公布在登记簿中")
            .into());
    }
    let available = time(&pledge.available_at)?;
    if context.now.to_string().as_str() >= available.as_str() {
        return Err(Finding::error("VER-010", "公开数的产生时间不晚于现在，不能封存")
            .value(available.as_str())
            .expected(format!("晚于 {}", context.now))
            .hint("请改用下一期公开数")
            .into());
    }
    Ok(())
}

/// The files that a seal binds as inputs, each with its hash: registry frames, results, earlier seals.
fn render_inputs(project: &Project, register: &SealRegister) -> AppResult<Vec<u8>> {
    let mut lines = Vec::new();
    let mut add = |name: String, bytes: &[u8]| lines.push(format!("{}\t{name}", to_hex(&sha256(&[bytes]))));
    for name in list_folder(project, "frames")? {
        add(format!("frames/{name}"), &load_bytes(&project.root().join("frames").join(&name))?);
    }
    for name in list_folder(project, "results")? {
        add(format!("results/{name}"), &load_bytes(&project.root().join("results").join(&name))?);
    }
    for line in register.lines().iter().filter(|l| l.event == RegisterEvent::Opened) {
        let folder = project.draw_folder(&line.period, line.sequence);
        let path = folder.join("certificate.json");
        if path.exists() {
            add(format!("draws/{}/{}/certificate.json", line.period, line.sequence), &load_bytes(&path)?);
        }
    }
    lines.sort();
    Ok((lines.join("\n") + "\n").into_bytes())
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
}

fn seal_prepared(
    project: &Project,
    period: Period,
    prepared: Prepared,
    pledge: &Pledge,
    context: &CommandContext,
) -> AppResult<Sealed> {
    let mut register = load_register(project)?;
    let period_text = period.to_string();
    let sequence = register.next_sequence(&period_text);
    let inputs = render_inputs(project, &register)?;
    let (roster_csv, needs_csv) = (prepared.roster.write_csv(), prepared.needs.write_csv());
    let secret = Secret::generate()?;
    let seal = compute_seal(
        SealRequest {
            agency: project.policy.agency.clone(),
            period: period_text.clone(),
            sequence,
            previous: register.last_commitment(),
            sealed_at: time(&context.now.to_string())?,
            program: PROGRAM.to_owned(),
            inputs_sha256: sha256(&[&inputs]),
            policy_sha256: sha256(&[project.policy_bytes()]),
            roster_sha256: compute_roster_sha256(&roster_csv, &needs_csv),
            entropy_format: pledge.format,
            entropy_source: pledge.entropy_source.clone(),
            entropy_reference: pledge.reference.clone(),
            available_at: time(&pledge.available_at)?,
        },
        &prepared.frame,
        &secret,
    )?;
    check_trial_draws(project, period, &prepared, &seal)?;
    let commitment = seal.commitment();
    let secret_file = SecretFile { commitment, secret };
    let folder = project.draw_folder(&period_text, sequence);
    create_folder(&folder)?;
    let put = |name: &str, bytes: &[u8]| write_atomic(&folder.join(name), bytes);
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
    put("secret.json", &secret_file.to_json())?;
    write_json(
        &folder.join("notes.json"),
        &DrawNotes { demonstration: pledge.demonstration, opened_at: None, voided_at: None },
    )?;
    put("seal.json", &seal.to_json())?;
    register.append_sealed(&seal, pledge.again.as_deref().unwrap_or_default())?;
    write_atomic(&project.root().join("register.csv"), &register.to_csv())?;
    let sealed = Sealed {
        period: period_text,
        sequence,
        commitment: to_hex(&commitment),
        frame_size: prepared.frame.len(),
        draw: seal.strata.iter().map(|s| s.draw).sum(),
        envelope: secret_file.secret.envelope_text(),
    };
    project.log(
        context,
        "seal",
        serde_json::json!({
            "period": sealed.period, "sequence": sealed.sequence, "commitment": sealed.commitment,
            "frame_size": sealed.frame_size, "draw": sealed.draw, "demonstration": pledge.demonstration,
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
            return Err(shortage.to_error(month, &names(&project.policy)));
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

fn stratum_id(body: &BodyId, category: &str) -> AppResult<StratumId> {
    StratumId::of(body, category).map_err(|what| AppError::new("WSP-004", what))
}

fn unit_id(text: &str) -> AppResult<UnitId> {
    UnitId::new(text).map_err(|what| AppError::new("WSP-005", what))
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
    let category = project.policy.categories.last().map_or("all", |c| c.id.as_str());
    let mut strata: BTreeMap<StratumId, Vec<(UnitId, Target)>> = BTreeMap::new();
    let (units, bodies) = (texts(&registry.sources, "unit_id")?, texts(&registry.sources, "body")?);
    for (unit, body) in units.iter().zip(bodies.iter()) {
        let body = BodyId::new(body.unwrap_or_default()).map_err(|what| AppError::new("WSP-004", what))?;
        strata
            .entry(stratum_id(&body, category)?)
            .or_default()
            .push((unit_id(unit.unwrap_or_default())?, Target::Excluded("year_seed".to_owned())));
    }
    let strata = strata.into_iter().map(|(id, units)| StratumTargets { id, quota: 0, units }).collect();
    let BuiltFrame { frame, .. } = compute_frame(strata, &FrameKey::generate()?)?;
    let prepared =
        Prepared { frame, roster: Roster::default(), needs: Needs::default(), targets: None, schedule: None };
    seal_prepared(project, period, prepared, pledge, context)
}

/// The seed of the year's last opened seal.
///
/// # Errors
/// `SEL-033` where the year was not sealed and opened yet.
pub fn year_seed(project: &Project) -> AppResult<DrawSeed> {
    let period = Period::Year(project.file.year).to_string();
    let register = load_register(project)?;
    let opened = register
        .seals_of(&period)
        .into_iter()
        .rfind(|(_, end)| end.is_some_and(|end| end.event == RegisterEvent::Opened))
        .map(|(line, _)| line.sequence);
    let missing = || {
        AppError::from(
            Finding::error("SEL-033", format!("{} 年度种子尚未封存并开封，不能封存月份", project.file.year))
                .hint("请先执行 seal --year 与 open --year；各月配额的取整由年度种子决定"),
        )
    };
    let sequence = opened.ok_or_else(missing)?;
    StoredDraw::load(project, &period, sequence)?.seed().ok_or_else(missing)
}

/// A month's frame with its roster and needs, ready to be sealed.
#[derive(Debug)]
pub struct MonthFrame {
    /// The frame with a report on each stratum.
    pub built: BuiltFrame,
    /// People of the month.
    pub roster: Roster,
    /// What each unit that may be drawn needs.
    pub needs: Needs,
    /// Targets for the months after.
    pub targets: Vec<u8>,
    /// Slots for the months after.
    pub schedule: Vec<u8>,
}

/// Builds the month's frame from the plan.
///
/// # Errors
/// `PLN-100` while the plan is not feasible, `SMP-…`, `ROS-…`, `FRM-…`.
pub fn compute_month_frame(
    project: &Project,
    registry: &Registry,
    analysis: &Analysis,
    year_seed: &DrawSeed,
) -> AppResult<MonthFrame> {
    analysis.check_sealable()?;
    let policy = &project.policy;
    let month = analysis.month;
    let inputs = &analysis.population.inputs;
    let mut targets = analysis.targets(project, month);
    let earlier = load_opened_draws(project, |m| m == month)?;
    if !earlier.is_empty() {
        // the month's chances were offered by its earlier draw: another one only takes what must be checked
        for (p, reason) in targets.p.iter_mut().zip(&mut targets.reason) {
            if *reason == TargetReason::Free {
                (*p, *reason) = (0.0, TargetReason::Offered);
            }
        }
    }
    let mut strata = compute_strata(policy, inputs, &targets);
    let period = Period::Month(month).to_string();
    assign_quotas(&mut strata, |body, expected| {
        let offset = compute_quota_offset(&inputs.bodies[body as usize].id, &period, year_seed);
        compute_quotas(expected, offset)
    });
    let units: Vec<String> =
        texts(&registry.sources, "unit_id")?.iter().map(|u| u.unwrap_or_default().to_owned()).collect();
    let mut needs = Vec::new();
    let mut of_strata = Vec::with_capacity(strata.len());
    for stratum in &strata {
        let body = &inputs.bodies[stratum.body as usize].id;
        let category = &policy.categories[stratum.category as usize].id;
        let mut list = Vec::with_capacity(stratum.certain.len() + stratum.units.len() + stratum.excluded.len());
        for site in &stratum.certain {
            let reason = match targets.reason[*site as usize] {
                TargetReason::Mandatory(_) => targets.reason[*site as usize].id(policy),
                _ => REASON_CERTAIN,
            };
            list.push((unit_id(&units[*site as usize])?, Target::Certain(reason.to_owned())));
        }
        let mut free = 0;
        for (site, p) in stratum.units.iter().zip(&stratum.p) {
            // what rounding leaves of a chance that was offered in full is no chance (`SMP-024` would refuse it)
            let target = if *p < LEAST_TARGET { Target::Excluded("offered".to_owned()) } else { Target::Weight(*p) };
            free += usize::from(matches!(target, Target::Weight(_)));
            list.push((unit_id(&units[*site as usize])?, target));
        }
        for site in &stratum.excluded {
            let reason = match targets.reason[*site as usize].id(policy) {
                "" => "no_frequency",
                reason => reason,
            };
            list.push((unit_id(&units[*site as usize])?, Target::Excluded(reason.to_owned())));
        }
        for site in stratum.certain.iter().chain(&stratum.units) {
            needs.push(need_of(
                policy,
                inputs.sites.skill.get(*site as usize).copied(),
                unit_id(&units[*site as usize])?,
                body,
            ));
        }
        of_strata.push(StratumTargets {
            id: stratum_id(body, category)?,
            quota: (stratum.draw as usize).min(free),
            units: list,
        });
    }
    let built = compute_frame(of_strata, &FrameKey::generate()?)?;
    let recusals = compute_recusals(registry)?;
    let cost = mean_cost(analysis, month.month() as usize - 1);
    let roster = compute_month_roster(project, &analysis.population.people, &recusals, month, &cost)?;
    let roster = less_assigned(roster, &earlier)?;
    Ok(MonthFrame {
        built,
        roster,
        needs: Needs::new(needs)?,
        targets: render_targets(&units, &targets),
        schedule: render_schedule(&units, &analysis.plan)?,
    })
}

/// A roster less the checks that its people have from the month's earlier draws.
fn less_assigned(roster: Roster, earlier: &[StoredDraw]) -> AppResult<Roster> {
    let mut loads: BTreeMap<InspectorId, u32> = BTreeMap::new();
    for draw in earlier {
        let Some(order) = draw.order() else { continue };
        let Some(assignment) = draw.assignment(&order)? else { continue };
        for (certificate, load) in assignment.loads() {
            *loads.entry(certificate.clone()).or_insert(0) += load;
        }
    }
    if loads.is_empty() {
        return Ok(roster);
    }
    let left = roster.inspectors().iter().cloned().filter_map(|mut inspector| {
        inspector.checks_max =
            inspector.checks_max.saturating_sub(loads.get(&inspector.certificate).copied().unwrap_or(0));
        (inspector.checks_max > 0).then_some(inspector)
    });
    Roster::new(left.collect())
}

/// Team-days that a check of each body takes in a month (0 to 11) at the plan's own mix of checks; 0 where the
/// plan has none.
fn mean_cost(analysis: &Analysis, month: usize) -> Vec<f64> {
    analysis
        .plan
        .matrix
        .iter()
        .map(|cells| {
            let expected = cells[month].expected();
            if expected > 0.0 { cells[month].need[Resource::TeamDays.index()] / expected } else { 0.0 }
        })
        .collect()
}

fn need_of(policy: &Policy, skill: Option<u8>, unit_id: UnitId, body: &BodyId) -> Need {
    let skill = skill.filter(|s| *s > 0).and_then(|s| policy.skills.get(s as usize - 1)).map(|s| s.id.clone());
    Need { unit_id, body: body.clone(), skill }
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
    let seed = year_seed(project)?;
    let analysis = compute_analysis(project, registry, month, &context.progress)?;
    context.progress.begin("冻结抽样框", 0);
    let MonthFrame { built, roster, needs, targets, schedule } =
        compute_month_frame(project, registry, &analysis, &seed)?;
    if built.strata.iter().all(|s| s.draw == 0) {
        return Err(Finding::error("SEL-044", format!("{}没有可抽取的对象", period.label()))
            .hint("本月的机会已由先前的抽取给出，也没有新增的必查对象；触发式检查请用 add-check")
            .into());
    }
    let prepared = Prepared { frame: built.frame, roster, needs, targets: Some(targets), schedule: Some(schedule) };
    seal_prepared(project, period, prepared, pledge, context)
}

/// The seal of a period that waits for its opening.
fn pending_draw(project: &Project, register: &SealRegister, period: Period) -> AppResult<StoredDraw> {
    match register.pending() {
        Some(line) if line.period == period.to_string() => StoredDraw::load(project, &line.period, line.sequence),
        Some(line) => {
            Err(Finding::error("SEL-034", format!("等待开封的是 {}，不是{}", line.period, period.label())).into())
        }
        None => Err(Finding::error("SEL-035", format!("{}没有等待开封的封存", period.label())).hint("请先封存").into()),
    }
}

/// Refuses to open where a file is not the one that was sealed: an opening can't be taken back.
fn check_sealed_files(draw: &StoredDraw, register: &SealRegister) -> AppResult<()> {
    let changed = |name: &str| -> AppResult<()> {
        Err(Finding::error("SEL-043", format!("{} 的 {name} 不是封存时的文件，不能开封", draw.period))
            .hint("请用备份恢复抽取文件夹；无法恢复的，写明理由作废后重新封存")
            .file(draw.folder.join(name).display().to_string())
            .into())
    };
    if register.pending().is_none_or(|line| line.commitment != draw.seal.commitment()) {
        return changed("seal.json");
    }
    if to_hex(&draw.frame.root()) != draw.seal.frame_root {
        return changed("frame.csv");
    }
    let bytes = |name: &str| load_bytes(&draw.folder.join(name));
    if to_hex(&compute_roster_sha256(&bytes("roster.csv")?, &bytes("needs.csv")?)) != draw.seal.roster_sha256 {
        return changed("roster.csv");
    }
    Ok(())
}

/// Opens a pending seal with the public number and draws units and inspectors.
///
/// # Errors
/// `SEL-043` a file is not the sealed one, `SEL-011` too early, `VER-011` the number's spelling, `SEL-034`/`SEL-035` nothing to open, `IO-…`.
pub fn open_period(project: &Project, period: Period, entropy: &str, context: &CommandContext) -> AppResult<Opened> {
    project.check_writable()?;
    let mut register = load_register(project)?;
    let mut draw = pending_draw(project, &register, period)?;
    check_sealed_files(&draw, &register)?;
    let secret = draw.load_secret()?;
    let clock = if draw.demonstration {
        OpeningClock::Demonstration
    } else {
        OpeningClock::At(time(&context.now.to_string())?)
    };
    let (opening, seed) = compute_opening(&draw.seal, &secret.secret, entropy, &clock)?;
    write_atomic(&draw.folder.join("opening.json"), &opening.to_json())?;
    draw.opening = Some(opening);
    let at = if draw.demonstration { draw.seal.entropy.available_at.clone() } else { context.now.to_string() };
    register.append_opened(&draw.seal.commitment(), time(&at)?)?;
    let order = draw_units(&draw.frame, &draw.seal, &seed);
    let drawn: usize = order.strata.iter().map(|s| s.selected().len()).sum();
    let mut unpaired = None;
    let mut pairs = None;
    if let Period::Month(month) = period {
        if draw.roster.inspectors().is_empty() {
            unpaired = Some("没有执法人员名册，已抽取检查对象，未配对执法人员".to_owned());
        } else if let Some(assignment) = draw.assignment(&order)? {
            pairs = Some(assignment.rows().len());
            write_atomic(&draw.folder.join("assignment.csv"), &assignment.write_csv())?;
        } else if let Err(shortage) = check_staffing(&draw.roster, &draw.drawn_needs(&order)?) {
            unpaired = Some(shortage.to_error(month, &names(&project.policy)).to_string());
        }
        write_certificate(&draw, &order, &register)?;
        let result = order.to_result(&draw.frame, usize::MAX);
        write_atomic(&draw.folder.join("result.json"), &result.to_json())?;
    }
    write_json(
        &draw.folder.join("notes.json"),
        &DrawNotes { demonstration: draw.demonstration, opened_at: Some(at), voided_at: None },
    )?;
    // The register's line comes last: before it the period is still waiting, and opening it again writes the
    // same files.
    write_atomic(&project.root().join("register.csv"), &register.to_csv())?;
    let opened =
        Opened { period: draw.period.clone(), sequence: draw.sequence, seed: to_hex(&seed.0), drawn, pairs, unpaired };
    project.log(
        context,
        "open",
        serde_json::json!({
            "period": opened.period, "sequence": opened.sequence, "entropy": entropy, "seed": opened.seed,
            "drawn": opened.drawn, "pairs": opened.pairs, "unpaired": opened.unpaired,
        }),
    )?;
    Ok(opened)
}

/// The certificate of a draw as it stands, substitutions included.
///
/// # Errors
/// `SEL-…`, `IO-…`.
pub fn compute_draw_certificate(
    draw: &StoredDraw,
    order: &DrawOrder,
    register: &SealRegister,
) -> AppResult<Certificate> {
    let (Some(opening), Some(seed)) = (&draw.opening, draw.seed()) else {
        return Err(AppError::new("SEL-036", "尚未开封，没有证书"));
    };
    let tree = draw.frame.tree();
    let mut certificate = certificate_of(&draw.frame, &tree, &draw.seal, opening, &seed, order);
    for change in &draw.changes {
        let DrawChange::Substitute { unit, by, reason, .. } = change else { continue };
        let Some(row) = draw.frame.position(by.as_str()) else { continue };
        let Some(entry) = compute_certificate_unit(&draw.frame, &tree, &seed, row) else { continue };
        let id = entry.row.stratum.as_str().to_owned();
        if let Some(stratum) = certificate.strata.iter_mut().find(|s| s.id == id) {
            stratum.substitutes.push(Substitute::of(entry, unit.as_str(), reason.clone()));
        }
    }
    for (line, end) in register.seals_of(&draw.period) {
        if line.sequence >= draw.sequence {
            continue;
        }
        certificate.earlier.push(EarlierSeal {
            sequence: line.sequence,
            commitment: to_hex(&line.commitment),
            state: end.map_or("sealed", |end| end.event.id()).to_owned(),
            reason: end.map(|e| e.reason.clone()).filter(|r| !r.is_empty()).unwrap_or_else(|| line.reason.clone()),
        });
    }
    if draw.demonstration {
        certificate = certificate.with_statement(DEMONSTRATION);
    }
    Ok(certificate)
}

fn write_certificate(draw: &StoredDraw, order: &DrawOrder, register: &SealRegister) -> AppResult<()> {
    let certificate = compute_draw_certificate(draw, order, register)?;
    write_atomic(&draw.folder.join("certificate.json"), &certificate.to_json())
}

/// The last opened draw of a month with its order.
///
/// # Errors
/// `SEL-037` where the month has none.
pub fn opened_draw(project: &Project, month: PlanMonth) -> AppResult<(StoredDraw, DrawOrder)> {
    opened_draws(project, month)?.pop().ok_or_else(|| none_opened(month))
}

fn none_opened(month: PlanMonth) -> AppError {
    Finding::error("SEL-037", format!("{month} 还没有开封的抽取")).hint("请先封存并开封").into()
}

/// Every opened draw of a month with its order, in the register's order; at least one.
fn opened_draws(project: &Project, month: PlanMonth) -> AppResult<Vec<(StoredDraw, DrawOrder)>> {
    let mut draws = Vec::new();
    for draw in load_opened_draws(project, |m| m == month)? {
        let order = draw.order().ok_or_else(|| none_opened(month))?;
        draws.push((draw, order));
    }
    if draws.is_empty() { Err(none_opened(month)) } else { Ok(draws) }
}

/// Takes the draw out whose list holds the unit now; the last one where none does. What is left are the
/// month's other draws.
fn take_draw_of(draws: &mut Vec<(StoredDraw, DrawOrder)>, unit: &UnitId) -> Option<(StoredDraw, DrawOrder)> {
    let holds = |(draw, order): &(StoredDraw, DrawOrder)| {
        draw.targets(order).iter().any(|t| t.unit_id == *unit && t.replaced_by.is_none())
    };
    let at = draws.iter().rposition(holds).or_else(|| draws.len().checked_sub(1))?;
    Some(draws.remove(at))
}

fn check_reason(reason: &str) -> AppResult<()> {
    if reason.trim().is_empty() {
        return Err(AppError::new("SEL-038", "必须写明理由"));
    }
    Ok(())
}

/// Which reserve came in, and who inspects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Substituted {
    /// The reserve.
    pub by: UnitId,
    /// Its pair; `None` where nobody is paired in this draw.
    pub pair: Option<(InspectorId, InspectorId)>,
}

/// Replaces a drawn unit that was found closed, moved or merged by the next reserve that is alive.
///
/// # Errors
/// `SEL-037`, `SEL-038`, `SEL-039` where the unit is not on the list or was visited, `SEL-040` where no
/// reserve is left, `ROS-…` where nobody can inspect it.
pub fn substitute_unit(
    project: &Project,
    registry: &Registry,
    month: PlanMonth,
    unit: &UnitId,
    reason: &str,
    context: &CommandContext,
) -> AppResult<Substituted> {
    project.check_writable()?;
    check_reason(reason)?;
    let mut draws = opened_draws(project, month)?;
    let (mut draw, order) = take_draw_of(&mut draws, unit).ok_or_else(|| none_opened(month))?;
    let targets = draw.targets(&order);
    let target = targets
        .iter()
        .find(|t| t.unit_id == *unit && t.replaced_by.is_none() && t.origin != TargetOrigin::Triggered)
        .ok_or_else(|| {
            AppError::from(
                Finding::error("SEL-039", format!("单位不在 {month} 的检查对象之列，或已被替换")).value(unit.as_str()),
            )
        })?;
    let visited = load_results(project)?.iter().any(|r| r.unit_id == *unit && r.month == month && !r.outcome.is_dead());
    if visited {
        return Err(Finding::error("SEL-039", "单位已有检查结果，不能替换").value(unit.as_str()).into());
    }
    let analysis = compute_analysis(project, registry, month, &context.progress)?;
    let inputs = &analysis.population.inputs;
    let meter = crate::plan::ledger::compute_cap_meter(&project.policy, inputs, month.month() as usize - 1);
    // The dead unit's visit no longer counts for its own enterprise.
    let freed = analysis.population.index.row(unit.as_str()).map(|site| inputs.sites.enterprise[site as usize]);
    let elsewhere: Vec<_> = draws.iter().flat_map(|(other, order)| other.targets(order)).collect();
    let used: BTreeSet<&UnitId> = targets.iter().chain(&elsewhere).map(|t| &t.unit_id).collect();
    let reserves = draw.reserves(&order);
    let taken: BTreeSet<&UnitId> = draw
        .changes
        .iter()
        .filter_map(|change| if let DrawChange::Substitute { by, .. } = change { Some(by) } else { None })
        .collect();
    // Reserves come in order: one that was passed over stays so, as the certificate's checkers ask.
    let next = reserves.get(&target.stratum).and_then(|list| list.iter().rposition(|u| taken.contains(u)));
    let alive = |candidate: &UnitId| {
        let Some(site) = analysis.population.index.row(candidate.as_str()) else { return false };
        let enterprise = inputs.sites.enterprise[site as usize];
        let left = meter[enterprise as usize].left() + u32::from(freed == Some(enterprise));
        inputs.sites.exclusion[site as usize] == Exclusion::None
            && !used.contains(candidate)
            && (left > 0 || !project.policy.cap.counts_drawn)
    };
    let by = reserves
        .get(&target.stratum)
        .into_iter()
        .flatten()
        .skip(next.map_or(0, |last| last + 1))
        .find(|candidate| alive(candidate))
        .cloned()
        .ok_or_else(|| {
            AppError::from(
                Finding::error("SEL-040", format!("层 {} 没有可用的备选单位", target.stratum))
                    .value(unit.as_str())
                    .hint("备选已全部使用、关闭或达到频次上限；请在结果表中把该单位填为「搬迁或关闭」"),
            )
        })?;
    let change = DrawChange::Substitute {
        unit: unit.clone(),
        by: by.clone(),
        reason: reason.trim().to_owned(),
        at: context.now.to_string(),
        operator: context.operator.clone(),
    };
    let pair = draw.try_change(&order, &change)?.map(|p| (p.after.lead, p.after.second));
    commit_change(project, &mut draw, &order, change, "substitute", context)?;
    Ok(Substituted { by, pair })
}

/// Replaces an inspector of a check by the same rule.
///
/// # Errors
/// `SEL-037`, `SEL-041` without a pairing, `ROS-…`.
pub fn replace_inspector(
    project: &Project,
    month: PlanMonth,
    unit: &UnitId,
    certificate: &InspectorId,
    reason: &str,
    context: &CommandContext,
) -> AppResult<(InspectorId, InspectorId)> {
    project.check_writable()?;
    check_reason(reason)?;
    let mut draws = opened_draws(project, month)?;
    let (mut draw, order) = take_draw_of(&mut draws, unit).ok_or_else(|| none_opened(month))?;
    let change = DrawChange::Replace {
        unit: unit.clone(),
        certificate: certificate.clone(),
        reason: reason.trim().to_owned(),
        at: context.now.to_string(),
        operator: context.operator.clone(),
    };
    let pair = draw
        .try_change(&order, &change)?
        .map(|p| (p.after.lead, p.after.second))
        .ok_or_else(|| AppError::new("SEL-041", format!("{month} 没有配对执法人员，无从更换")))?;
    commit_change(project, &mut draw, &order, change, "replace-inspector", context)?;
    Ok(pair)
}

/// Adds a triggered check to a month's list and pairs it.
///
/// # Errors
/// `SEL-037`, `SEL-042` where the unit is on the list already or not in the register, `ROS-…`.
pub fn add_triggered_check(
    project: &Project,
    registry: &Registry,
    month: PlanMonth,
    unit: &UnitId,
    reason: &str,
    context: &CommandContext,
) -> AppResult<Option<(InspectorId, InspectorId)>> {
    project.check_writable()?;
    check_reason(reason)?;
    let mut draws = opened_draws(project, month)?;
    let listed = |(draw, order): &(StoredDraw, DrawOrder)| {
        draw.targets(order).iter().any(|t| t.unit_id == *unit && t.replaced_by.is_none())
    };
    let already = draws.iter().any(listed);
    let (mut draw, order) = draws.pop().ok_or_else(|| none_opened(month))?;
    if already {
        return Err(Finding::error("SEL-042", format!("单位已在 {month} 的检查对象之列")).value(unit.as_str()).into());
    }
    let analysis = compute_analysis(project, registry, month, &context.progress)?;
    let inputs = &analysis.population.inputs;
    let site = analysis.population.index.row(unit.as_str()).ok_or_else(|| {
        AppError::from(Finding::error("SEL-042", "单位不在名录之列").value(unit.as_str()).hint("请核对单位编号"))
    })?;
    let body = &inputs.bodies[inputs.sites.body[site as usize] as usize].id;
    let need = need_of(&project.policy, inputs.sites.skill.get(site as usize).copied(), unit.clone(), body);
    let change = DrawChange::Add {
        need,
        reason: reason.trim().to_owned(),
        at: context.now.to_string(),
        operator: context.operator.clone(),
    };
    let pair = draw.try_change(&order, &change)?.map(|p| (p.after.lead, p.after.second));
    commit_change(project, &mut draw, &order, change, "add-check", context)?;
    Ok(pair)
}

fn commit_change(
    project: &Project,
    draw: &mut StoredDraw,
    order: &DrawOrder,
    change: DrawChange,
    command: &str,
    context: &CommandContext,
) -> AppResult<()> {
    let detail = serde_json::to_value(&change)
        .map_err(|cause| AppError::new("DRW-002", "无法写成 JSON 文本").caused_by(cause))?;
    draw.push_change(change)?;
    let assignment: Option<Assignment> = draw.assignment(order)?;
    if let Some(assignment) = assignment {
        write_atomic(&draw.folder.join("assignment.csv"), &assignment.write_csv())?;
    }
    write_certificate(draw, order, &load_register(project)?)?;
    project.log(
        context,
        command,
        serde_json::json!({ "period": draw.period, "sequence": draw.sequence, "change": detail }),
    )?;
    Ok(())
}

/// Gives up a pending seal.
///
/// # Errors
/// `SEL-034`, `SEL-035`, `SEL-038`, `IO-…`.
pub fn void_period(project: &Project, period: Period, reason: &str, context: &CommandContext) -> AppResult<()> {
    project.check_writable()?;
    check_reason(reason)?;
    let mut register = load_register(project)?;
    let draw = pending_draw(project, &register, period)?;
    register.append_voided(&draw.seal.commitment(), time(&context.now.to_string())?, reason.trim())?;
    write_atomic(&project.root().join("register.csv"), &register.to_csv())?;
    write_json(
        &draw.folder.join("notes.json"),
        &DrawNotes { demonstration: draw.demonstration, opened_at: None, voided_at: Some(context.now.to_string()) },
    )?;
    project.log(
        context,
        "void",
        serde_json::json!({ "period": draw.period, "sequence": draw.sequence, "reason": reason.trim() }),
    )?;
    Ok(())
}
