//! From the checked registry to the plan of a year, as it stands before a given month.

use std::sync::Arc;

use chrono::NaiveDate;
use polars::prelude::{Column, DataFrame, PolarsError};

use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::disclosure::{CheckResult, Outcome};
use crate::domain::PlanMonth;
use crate::engine::feed::Stayed;
use crate::plan::annual::AnnualPlan;
use crate::plan::capacity::window_months;
use crate::plan::mandatory::{MandatoryDates, MandatoryFacts, compute_mandatory};
use crate::plan::{MonthTargets, PastTargets, PlanInputs, ShortageKind, SiteState, TargetContext};
use crate::policy::Policy;
use crate::registry::schema::past_checks;
use crate::registry::{CheckKind, Registry};
use crate::risk::columns as scored;
use crate::risk::{EventReason, RiskFeatures, RiskInputs, RiskTable, score_risk};
use crate::workspace::inputs::mandatory_facts::mandatory_facts;
use crate::workspace::inputs::past_draws::add_draws;
use crate::workspace::inputs::population::{Population, compute_population};
use crate::workspace::inputs::schedule::compute_plan;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::plan_record::BodyForce;
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::register::load_opened_draws;
use crate::workspace::store::results::load_results;

/// Everything computed for a month: risk, population, plan.
#[derive(Debug)]
pub struct Analysis {
    /// The month that comes next.
    pub month: PlanMonth,
    /// Scores as of its first day.
    pub risk: RiskTable,
    /// Sites, bodies, capacity, history.
    pub population: Population,
    /// The year's plan.
    pub plan: AnnualPlan,
    /// Results so far.
    pub results: Vec<CheckResult>,
    /// What the scores were computed from; serves other weights too.
    pub features: Arc<RiskFeatures>,
    /// What brings mandatory checks about.
    pub facts: Arc<MandatoryFacts>,
    /// Mandatory checks left to the next year, where their term reaches into it, by rule of the policy.
    pub carried: Vec<u32>,
    /// The last opened draw up to the month, where planning goes on.
    earlier: Option<Arc<StoredDraw>>,
}

/// Computes risk and plan before `month`.
///
/// # Errors
/// `FRM-…`, `RSK-…`, `PLN-…`, `WSP-…`, `IO-…`, `JOB-001`.
pub fn compute_analysis(
    project: &Project,
    registry: &Registry,
    month: PlanMonth,
    progress: &Progress,
) -> AppResult<Analysis> {
    let draws: Vec<Arc<StoredDraw>> = load_opened_draws(project, |_| true)?.into_iter().map(Arc::new).collect();
    compute_analysis_beside(project, registry, month, &draws, progress)
}

/// The same beside the year's opened draws, which are in memory already: a nation's take a gigabyte each.
///
/// # Errors
/// As [`compute_analysis`].
pub fn compute_analysis_beside(
    project: &Project,
    registry: &Registry,
    month: PlanMonth,
    draws: &[Arc<StoredDraw>],
    progress: &Progress,
) -> AppResult<Analysis> {
    if month.year() != project.file.year {
        return Err(Finding::error("WSP-003", "月份不在项目的年度之内")
            .value(month.to_string())
            .expected(format!("{} 年的月份", project.file.year))
            .into());
    }
    progress.begin("计算风险评分", 0);
    let results = load_results(project)?;
    let past_checks = with_results(&registry.past_checks, &results, project, month.first_day())?;
    let inputs = risk_inputs(registry, &past_checks);
    let features = RiskFeatures::compute(&inputs, &project.policy, month.first_day())?;
    let features = Arc::new(features.with_stayed(stayed_rows(project)));
    let risk = score_risk(&features, &project.policy)?;
    progress.check()?;
    progress.begin("编制年度计划", 0);
    let mut population = compute_population(project, registry, &risk, month)?;
    let first_open = month.index_in(project.file.year).unwrap_or(0);
    population.inputs.history.next = first_open as u8;
    let (earlier, listed) = add_draws((project, registry), &mut population, &results, (month, draws))?;
    let facts = mandatory_facts(project, registry, &population, &results, (&listed, earlier.as_deref()))?;
    let carried = date_mandatory(&project.policy, &mut population, &facts, first_open);
    let plan = plan_of(project, &population, earlier.as_deref(), first_open)?;
    Ok(Analysis { month, risk, population, plan, results, features, facts: Arc::new(facts), carried, earlier })
}

/// Rows of monitoring that count nothing and stayed on the engine, as the rules name them. Rows without a date are set
/// aside at an import and are no events at all.
fn stayed_rows(project: &Project) -> Vec<(EventReason, u64)> {
    let reason = |stayed| match stayed {
        Stayed::Hourly => Some(EventReason::Hourly),
        Stayed::Invalid => Some(EventReason::Invalid),
        Stayed::WithinLimit => Some(EventReason::WithinLimit),
        Stayed::NoDate | Stayed::NoHour | Stayed::NoReading => None,
    };
    let stayed = project.file.mapping.feed.iter().flat_map(|feed| &feed.stayed);
    stayed.filter_map(|(id, rows)| Some((Stayed::parse(id).and_then(reason)?, *rows))).collect()
}

/// Dates the mandatory checks of a population; gives back how many are left to the next year, by rule.
fn date_mandatory(policy: &Policy, population: &mut Population, facts: &MandatoryFacts, first_open: usize) -> Vec<u32> {
    let MandatoryDates { visits, carried, waivable } =
        compute_mandatory(policy, &population.inputs, facts, window_months(policy), first_open);
    population.inputs.mandatory = visits;
    population.inputs.waivable = waivable;
    carried
}

fn plan_of(
    project: &Project,
    population: &Population,
    earlier: Option<&StoredDraw>,
    first_open: usize,
) -> AppResult<AnnualPlan> {
    let mut plan = compute_plan(&project.policy, population, earlier, first_open)?;
    if population.people.is_empty() {
        // Without any roster units are drawn and nobody is paired, which every output says: what lacks is the
        // roster, not people.
        plan.shortages
            .retain(|s| !matches!(s.kind, ShortageKind::TooFewInspectors { .. } | ShortageKind::MissingSkill { .. }));
    }
    Ok(plan)
}

/// True where [`recompute_analysis`] may serve a changed policy: only points, thresholds, frequencies, factors
/// and floors differ, which neither counts of events nor capacity nor the history depend on.
#[must_use]
pub fn is_light_change(analysis: &Analysis, before: &Policy, after: &Policy) -> bool {
    let same_shape = before.categories.len() == after.categories.len()
        && before.categories.iter().zip(&after.categories).all(|(a, b)| a.id == b.id && a.any_of == b.any_of);
    let mut rest = before.clone();
    rest.factors.clone_from(&after.factors);
    rest.tiers.clone_from(&after.tiers);
    rest.max_ratio = after.max_ratio;
    rest.floor_overrides.clone_from(&after.floor_overrides);
    rest.special.clone_from(&after.special);
    rest.aggravators.clone_from(&after.aggravators);
    rest.categories.clone_from(&after.categories);
    same_shape && rest == *after && analysis.features.fits(after)
}

/// The analysis for another policy or other edits of the plan, from the same counts and history: tens of
/// milliseconds where the whole takes hundreds. See [`is_light_change`].
///
/// # Errors
/// `RSK-…`, `PLN-…`, `FRM-001`.
pub fn recompute_analysis(project: &Project, analysis: &Analysis) -> AppResult<Analysis> {
    // on a thread of the pool: its many short parallel steps need not be handed over to it one by one
    rayon::join(|| recompute(project, analysis), || ()).0
}

fn recompute(project: &Project, analysis: &Analysis) -> AppResult<Analysis> {
    let policy = &project.policy;
    let risk = score_risk(&analysis.features, policy)?;
    let mut population = analysis.population.clone();
    population.inputs.edits = project.file.edits.clone();
    let sites = Arc::make_mut(&mut population.inputs.sites);
    sites.tier = risk.tiers()?;
    sites.aggravated = scored::AGGRAVATED.of(&risk.frame)?.into_iter().map(Option::unwrap_or_default).collect();
    sites.special = scored::SPECIAL.of(&risk.frame)?.into_iter().map(Option::unwrap_or_default).collect();
    sites.category = risk.strata().to_vec();
    let first_open = analysis.month.index_in(project.file.year).unwrap_or(0);
    let carried = date_mandatory(policy, &mut population, &analysis.facts, first_open);
    let plan = plan_of(project, &population, analysis.earlier.as_deref(), first_open)?;
    Ok(Analysis {
        month: analysis.month,
        risk,
        population,
        plan,
        results: analysis.results.clone(),
        features: Arc::clone(&analysis.features),
        facts: Arc::clone(&analysis.facts),
        carried,
        earlier: analysis.earlier.clone(),
    })
}

/// The population and plan of an analysis with the people and means that the bodies had by `force`; `None` where they
/// have the same.
///
/// # Errors
/// `PLN-…`, `WSP-006`, `IMP-083`.
pub(in crate::workspace) fn with_force(
    project: &Project,
    analysis: &Analysis,
    force: &[BodyForce],
) -> AppResult<Option<(Population, AnnualPlan)>> {
    let mut population = analysis.population.clone();
    let PlanInputs { bodies, capacity, .. } = &mut population.inputs;
    let mut other = false;
    for (body, limits) in bodies.iter_mut().zip(&mut capacity.limits) {
        let Some(had) = force.iter().find(|had| had.body == body.id) else { continue };
        // written as text and read again: the last bit may differ
        let same = |(a, b): (&Option<f64>, &Option<f64>)| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9,
            (a, b) => a == b,
        };
        let people = (body.inspectors, body.leads) == (had.inspectors, had.leads);
        if people && limits.iter().flatten().zip(had.limits.iter().flatten()).all(same) {
            continue;
        }
        other = true;
        (body.inspectors, body.leads, *limits) = (had.inspectors, had.leads, had.limits);
    }
    if !other {
        return Ok(None);
    }
    let first_open = analysis.month.index_in(project.file.year).unwrap_or(0);
    date_mandatory(&project.policy, &mut population, &analysis.facts, first_open);
    let plan = plan_of(project, &population, analysis.earlier.as_deref(), first_open)?;
    Ok(Some((population, plan)))
}

impl Analysis {
    /// The last opened draw up to the month, where planning goes on.
    pub(in crate::workspace) fn earlier(&self) -> Option<&StoredDraw> {
        self.earlier.as_deref()
    }

    /// The month's targets.
    #[must_use]
    pub fn targets(&self, project: &Project, month: PlanMonth) -> MonthTargets {
        let index = month.index_in(project.file.year).unwrap_or(0);
        let inputs = &self.population.inputs;
        let context = TargetContext::new(&project.policy, inputs, &self.plan.shares, &self.plan.schedule);
        let state = SiteState::before(&project.policy, inputs, &self.plan.shares, &self.plan.schedule, index);
        context.compute(&state, index)
    }

    /// `Err(PLN-100)` with every blocking shortage and its cheapest mend, where there is one.
    ///
    /// # Errors
    /// `PLN-100`.
    pub fn check_sealable(&self) -> AppResult<()> {
        let blocking: Vec<_> = self.plan.blocking().collect();
        if blocking.is_empty() {
            return Ok(());
        }
        let words: Vec<String> = blocking
            .iter()
            .take(5)
            .map(|s| match s.mends.first() {
                Some(mend) => format!("{}；可行的办法：{}", s.text, mend.text),
                None => s.text.clone(),
            })
            .collect();
        let more = if blocking.len() > 5 { format!("（另有 {} 项）", blocking.len() - 5) } else { String::new() };
        Err(Finding::error(
            "PLN-100",
            format!("年度计划不可行，共 {} 项缺口，不能封存。{}{more}", blocking.len(), words.join("。")),
        )
        .hint("请先采取办法（plan 命令的 --mend，或在年度计划页面选择），再封存")
        .into())
    }
}

/// The frames that scores are computed from.
pub(in crate::workspace) fn risk_inputs<'a>(registry: &'a Registry, past_checks: &'a DataFrame) -> RiskInputs<'a> {
    RiskInputs {
        sources: &registry.sources,
        credit: &registry.credit,
        violations: &registry.violations,
        complaints: &registry.complaints,
        monitoring: &registry.monitoring,
        past_checks,
    }
}

/// The imported checks with the project's own results before a day, so that what a check found counts in the
/// scores of the months after.
pub(in crate::workspace) fn with_results(
    past_checks: &DataFrame,
    results: &[CheckResult],
    project: &Project,
    before: NaiveDate,
) -> AppResult<DataFrame> {
    let known: Vec<&CheckResult> = results.iter().filter(|r| r.inspected_on < before).collect();
    if known.is_empty() {
        return Ok(past_checks.clone());
    }
    let failed = |cause: PolarsError| AppError::new("WSP-008", "检查结果无法并入历次检查").caused_by(cause);
    let each = |value: fn(&CheckResult) -> &str| known.iter().map(move |r| Some(value(r)));
    let always = |flag: bool| known.iter().map(move |_| Some(flag)).collect();
    let agency = project.policy.agency_name.as_str();
    let mut own = vec![
        past_checks::UNIT_ID.column(each(|r| r.unit_id.as_str()).collect()),
        past_checks::KIND.column(each(|_| CheckKind::Routine.id()).collect()),
        past_checks::MATTERS.column(each(|r| r.matters.as_str()).collect()),
        past_checks::RESULT.column(each(|r| r.outcome.label()).collect()),
        past_checks::DEPARTMENT.column(known.iter().map(|_| Some(agency)).collect()),
        past_checks::PLANNED.column(always(true)),
        past_checks::DONE.column(always(true)),
        past_checks::JOINT.column(always(false)),
        past_checks::PROBLEM.column(known.iter().map(|r| Some(r.outcome.is_problem())).collect()),
        past_checks::PENDING.column(known.iter().map(|r| Some(r.outcome == Outcome::Pending)).collect()),
        past_checks::DATE.column(known.iter().map(|r| Some(r.inspected_on.to_epoch_days())).collect()),
    ];
    let columns: Vec<Column> = past_checks
        .columns()
        .iter()
        .map(|column| match own.iter().position(|c| c.name() == column.name() && c.dtype() == column.dtype()) {
            Some(at) => own.swap_remove(at),
            None => Column::full_null(column.name().clone(), known.len(), column.dtype()),
        })
        .collect();
    let mut all = past_checks.clone();
    all.vstack_mut_owned(DataFrame::new(known.len(), columns).map_err(failed)?).map_err(failed)?;
    Ok(all)
}

/// `targets.csv`: the month's target of each unit in parts per billion, kept for the months after.
pub(in crate::workspace) fn load_targets(
    path: &std::path::Path,
    month: u8,
    population: &Population,
) -> AppResult<PastTargets> {
    let bytes = load_bytes(path)?;
    let mut own_ppb = vec![0; population.inputs.sites.len()];
    for (i, line) in bytes.split(|b| *b == b'\n').enumerate().skip(1) {
        if line.is_empty() {
            continue;
        }
        let fields = std::str::from_utf8(line).ok().and_then(|line| line.split_once(','));
        let Some((unit, value)) = fields.and_then(|(unit, value)| Some((unit, value.parse::<u32>().ok()?))) else {
            return Err(AppError::new("DRW-004", "往月目标文件无法识别")
                .with(|f| f.row(i as u64 + 1).file(path.display().to_string())));
        };
        if let Some(site) = population.index.row(unit) {
            own_ppb[site as usize] = value;
        }
    }
    Ok(PastTargets { month, own_ppb })
}

/// Writes `targets.csv`.
#[must_use]
pub fn render_targets(units: &[String], targets: &MonthTargets) -> Vec<u8> {
    let mut text = String::from("unit_id,target_ppb\n");
    for (unit, ppb) in units.iter().zip(targets.own_ppb()) {
        if ppb > 0 {
            text.push_str(unit);
            text.push(',');
            text.push_str(&ppb.to_string());
            text.push('\n');
        }
    }
    text.into_bytes()
}
