//! What presses a site's frequency below what its tier and floors ask: the cap of its enterprise, its body's people.
//!
//! The plan's own figures in words (`crate::plan::frequency`); the table of sources, a source's card and `explain`
//! read them here.

use crate::plan::frequency::ScaledEnterprise;
use crate::plan::ledger::compute_cap_meter;
use crate::plan::replan::LEAST_CHANGE;
use crate::plan::{AnnualPlan, Exclusion, PlanInputs};
use crate::policy::Policy;
use crate::text::figure::per_year;
use crate::text::number::grouped;
use crate::workspace::inputs::analysis::Analysis;

/// Nearer to 1 than this, a body's factor leaves the frequencies as they are.
const NEAR: f64 = 1e-9;

/// What presses a site's frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FrequencyLimit<'a> {
    /// Out of the on-site draw.
    Out(Exclusion),
    /// Its enterprise's sites were scaled down to the yearly cap.
    Cap(&'a ScaledEnterprise),
    /// Its body's means leave only so much of what lies above the floors.
    Shrunk(f64),
}

impl FrequencyLimit<'_> {
    /// In a word, for a column.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Out(Exclusion::PositiveList) => "正面清单",
            Self::Out(Exclusion::Closed) => "已关闭",
            Self::Out(Exclusion::Moved) => "已搬迁",
            Self::Out(Exclusion::Stopped) => "停产",
            Self::Out(Exclusion::NoRoster) => "没有名册",
            Self::Out(Exclusion::SetAside) => "已搁置",
            Self::Out(Exclusion::Merged) => "已并入",
            Self::Out(Exclusion::None) => "",
            Self::Cap(_) => "企业上限",
            Self::Shrunk(_) => "力量折减",
        }
    }
}

/// What presses the frequency of a site most; `None` where nothing does.
#[must_use]
pub fn frequency_limit<'a>(plan: &'a AnnualPlan, inputs: &PlanInputs, site: usize) -> Option<FrequencyLimit<'a>> {
    let sites = &inputs.sites;
    let exclusion = sites.exclusion.get(site).copied().unwrap_or_default();
    if exclusion != Exclusion::None {
        return Some(FrequencyLimit::Out(exclusion));
    }
    let scaled = &plan.frequencies.scaled;
    let enterprise = sites.enterprise.get(site)?;
    if let Ok(at) = scaled.binary_search_by_key(enterprise, |scaled| scaled.enterprise) {
        return scaled.get(at).map(FrequencyLimit::Cap);
    }
    let factor = plan.frequencies.shrink.get(usize::from(*sites.body.get(site)?)).copied().unwrap_or(1.0);
    (factor < 1.0 - NEAR).then_some(FrequencyLimit::Shrunk(factor))
}

/// The words of all sites, in their order, as [`frequency_limit`] has it for each.
#[must_use]
pub fn limit_words(plan: &AnnualPlan, inputs: &PlanInputs) -> Vec<Option<&'static str>> {
    (0..inputs.sites.len()).map(|site| frequency_limit(plan, inputs, site).map(FrequencyLimit::word)).collect()
}

/// Why the frequency of a site is lower than its tier asks, in sentences; empty where it is not.
#[must_use]
pub fn frequency_notes(policy: &Policy, analysis: &Analysis, site: usize) -> Vec<String> {
    let (plan, inputs) = (&analysis.plan, &analysis.population.inputs);
    let lambda = plan.frequencies.lambda.get(site).copied().unwrap_or(0.0);
    let mut notes = Vec::new();
    match frequency_limit(plan, inputs, site) {
        Some(FrequencyLimit::Cap(scaled)) => notes.push(capped(policy, scaled, lambda)),
        Some(FrequencyLimit::Shrunk(factor)) => notes.push(format!(
            "执法主体力量不足：高于最低频次的部分只安排 {} %，本单位 {} 次/年",
            grouped(factor * 100.0, 0),
            per_year(lambda)
        )),
        Some(FrequencyLimit::Out(_)) => return notes,
        None if lambda == 0.0 => notes.push("所属等级与类别的年度频次为零".to_owned()),
        None => {}
    }
    let kept = &plan.frequencies.kept;
    if let Some((_, fresh)) = kept.binary_search_by_key(&(site as u32), |(of, _)| *of).ok().and_then(|at| kept.get(at))
    {
        notes.push(format!(
            "按现有资料应为 {} 次/年，与年内已安排的相差不足 {} %，沿用已安排的 {} 次/年",
            per_year(*fresh),
            grouped(LEAST_CHANGE * 100.0, 0),
            per_year(lambda)
        ));
    }
    let next = usize::from(inputs.history.next);
    let reading = inputs
        .sites
        .enterprise
        .get(site)
        .and_then(|e| compute_cap_meter(policy, inputs, next).get(*e as usize).copied())
        .filter(|reading| reading.counted + reading.ahead > 0);
    if let Some(reading) = reading {
        notes.push(format!(
            "所属企业本年度已列入 {} 次、必查待做 {} 次，上限 {} 次，抽查还可 {} 次",
            reading.counted,
            reading.ahead,
            reading.cap,
            reading.left()
        ));
    }
    notes
}

/// What the cap of an enterprise left of its sites' frequencies.
fn capped(policy: &Policy, scaled: &ScaledEnterprise, lambda: f64) -> String {
    let reserved = f64::from(policy.cap.visits) - scaled.cap;
    let taken = if reserved > 0.0 { format!("，必查占 {} 次", grouped(reserved, 0)) } else { String::new() };
    let left = if scaled.cap > 0.0 {
        format!(
            "余 {} 次，其 {} 个污染源应抽查合计 {} 次，按比例压缩",
            grouped(scaled.cap, 0),
            scaled.sites,
            grouped(scaled.wanted, 2)
        )
    } else {
        format!("已占满，其 {} 个污染源不再抽查", scaled.sites)
    };
    let floor = if scaled.below_floor { "（低于最低频次）" } else { "" };
    format!("企业年度频次上限 {} 次{taken}，{left}：本单位 {} 次/年{floor}", policy.cap.visits, per_year(lambda))
}
