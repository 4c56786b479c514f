//! The parts of a policy as an office reads and decides them: each value with its label, unit and path, each part with
//! its articles and how it stands.

use chrono::NaiveDate;

use super::super::decision::steps;
use super::super::{Decision, EventTable, FactorRule, Policy, Standing};
use super::path::list_values;
use crate::diagnostic::AppResult;
use crate::domain::Category;

/// A number or switch of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartValue {
    /// Its path, as [`set_value`](super::set_value) takes it.
    pub path: String,
    /// What it is, in Chinese.
    pub label: String,
    /// Its unit; empty for a switch.
    pub unit: &'static str,
    /// The value as it is written.
    pub value: String,
}

/// A part of the policy that is decided as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidablePart {
    /// The part by ids; a decision points at it.
    pub part: String,
    /// The part by place.
    pub placed: String,
    /// What it is, in Chinese.
    pub name: String,
    /// Ids of its articles.
    pub basis: Vec<String>,
    /// How it stands.
    pub standing: Standing,
    /// The decision that holds.
    pub decision: Option<Decision>,
    /// Its numbers and switches.
    pub values: Vec<PartValue>,
}

/// All parts on a day, in the order of the file; those without a number of their own (a skill's list) among them.
///
/// # Errors
/// `POL-007`.
pub fn list_parts(policy: &Policy, date: NaiveDate) -> AppResult<Vec<DecidablePart>> {
    let values = list_values(policy)?;
    let parts = policy.bases().into_iter().zip(policy.standings(date));
    let own = |placed: &str| {
        let of = values.iter().filter(|value| value.part == placed && value.path != "cap.confirmed");
        of.map(|value| {
            let (label, unit) = label(policy, &value.path);
            PartValue { path: value.path.clone(), label, unit, value: value.value.clone() }
        })
        .collect()
    };
    Ok(parts
        .map(|((placed, name, basis), (_, standing, decision))| DecidablePart {
            part: policy.part_id(&placed),
            values: own(&placed),
            decision: decision.cloned(),
            basis: basis.clone(),
            name: name_of(policy, &placed).unwrap_or(name),
            standing,
            placed,
        })
        .collect())
}

/// The name of a body's own floor in words: bodies and categories by their names.
fn name_of(policy: &Policy, placed: &str) -> Option<String> {
    let place = steps(placed.strip_prefix("floor_overrides")?).first()?.parse::<usize>().ok()?;
    let item = policy.floor_overrides.get(place)?;
    let body = policy.body(&item.body).map_or(item.body.as_str(), |body| body.name.as_str());
    let category = policy.category(&item.category).map_or(item.category.as_str(), |rule| rule.name.as_str());
    Some(format!("{body}：{category}最低频次"))
}

const QUARTERS: [&str; 4] = ["第一季度比例", "第二季度比例", "第三季度比例", "第四季度比例"];
const MONTHS: [&str; 3] = ["季度第一个月累计", "季度第二个月累计", "季度第三个月累计"];
const DAYS: &str = "天";
const POINTS: &str = "分";
const TIMES: &str = "倍";
const MONTH: &str = "个月";
const CHECKS: &str = "次";
const OF_STRATUM: &str = "（占本类对象）";

/// Label and unit of the value at a path.
fn label(policy: &Policy, path: &str) -> (String, &'static str) {
    let steps = steps(path);
    let place = steps.last().and_then(|step| step.parse::<usize>().ok());
    let field = steps.iter().rev().find(|step| step.parse::<usize>().is_err()).copied().unwrap_or_default();
    let list = steps.first().copied().unwrap_or_default();
    let nth = |words: &[&'static str]| place.and_then(|place| words.get(place)).copied().unwrap_or_default();
    let (label, unit) = match (list, field) {
        (_, "quarter_ratio") => (nth(&QUARTERS), OF_STRATUM),
        (_, "per_inspector") => ("每名执法人员每年检查", CHECKS),
        (_, "per_inspector_max") => ("据此单户每年至多", CHECKS),
        ("factors", _) => return of_factor(policy, &steps, field, place),
        ("categories", "factor") => ("频次系数", TIMES),
        (_, "team_days") => ("每次检查的执法组", DAYS),
        (_, "vehicle_days") => ("每次检查的车辆", DAYS),
        (_, "monitoring_days") => ("每次检查的监测（占比乘天数）", DAYS),
        (_, "instrument_days") => ("每次检查的仪器", DAYS),
        (_, "budget_wan") => ("每次检查的经费", "万元"),
        ("categories", "key_unit") => ("列入环境监管重点单位名录即属本类", ""),
        ("credit", "poor_from") => ("信用较差由第几档起（最好的为 0）", "档"),
        ("tiers", "min_score") => ("得分门槛", POINTS),
        ("tiers", "base_frequency") => ("基准频次", "次/年"),
        ("max_ratio", _) => ("最高频次至多为最低的", TIMES),
        ("special", "case_months") => ("立案处罚计入近", MONTH),
        ("special", "supervised") => ("挂牌督办的列入", ""),
        ("special", "lowest_grades") => ("信用最低的几档列入", "档"),
        ("special", "major_risk") => ("重大环境风险的列入", ""),
        ("special", "complaints") => ("12 个月内属实投诉达到", "件"),
        ("aggravators", "violations") => ("有违法记录的", TIMES),
        ("aggravators", "complaints") => ("群众反映强烈的", TIMES),
        ("aggravators", "high_risk") => ("环境风险高的", TIMES),
        ("aggravators", "poor_credit") => ("信用较差的", TIMES),
        ("aggravators", "months") => ("违法与投诉计入近", MONTH),
        ("aggravators", "min_complaints") => ("属实投诉达到", "件"),
        ("cap", "visits") => ("每户每年至多", CHECKS),
        ("cap", "counts_drawn") => ("随机抽查计入", ""),
        ("cap", "counts_mandatory") => ("必查计入", ""),
        ("cap", "counts_triggered") => ("触发式检查计入", ""),
        ("cap", "counts_other_departments") => ("其他部门的检查计入", ""),
        ("window", "days") => ("两次检查至少相隔", DAYS),
        ("pacing", "cumulative") => (nth(&MONTHS), "（占本季度）"),
        ("positive_list", "exempt_on_site") => ("不参加现场抽查", ""),
        ("positive_list", "off_site_share") => ("每年非现场检查", "（占名单）"),
        ("positive_list", "drop_on_penalty") => ("受处罚即移出", ""),
        ("mandatory", "trigger") => ("到期前", DAYS),
        ("mandatory", "from_months") => ("到期后满几个月起查", MONTH),
        ("mandatory", "within_months") => ("办理期限", MONTH),
        ("mandatory", "catch_up_months") => ("积压分几个月补查", MONTH),
        ("mandatory", "counts_as_slot") => ("计为本时段的检查（综合查一次）", ""),
        ("capacity", "inspectors_per_check") => ("每次检查的执法人员", "人"),
        ("capacity", "default_days_per_month") => ("每人每月外勤（未填报的）", DAYS),
        ("capacity", "triggered_reserve") => ("预留给触发式检查", "（占力量）"),
        ("capacity", "checks_max_per_month") => ("每人每月至多", CHECKS),
        ("capacity", "missing_is_unlimited") => ("未填报的力量视为不限", ""),
        ("periods", "factor") => ("月份额系数（0 为停检）", TIMES),
        ("draw", "reserve_share") => ("备选名单", "（占抽取数）"),
        ("draw", "dead_rate") => ("名录失效（搬迁、关闭）", "（占名录）"),
        ("disclosure", "certificate_days") => ("抽取证书公布期限（当月结束后）", "天"),
        ("disclosure", "working_days") => ("结果公开期限", "个工作日"),
        ("disclosure", "plan_by") if place == Some(0) => ("年度计划公布至迟", "月"),
        ("disclosure", "plan_by") => ("年度计划公布至迟", "日"),
        // a field that has no words yet is called by its own name; a test asks for the words
        (_, other) => (other, ""),
    };
    (label.to_owned(), unit)
}

fn of_factor(policy: &Policy, steps: &[&str], field: &str, place: Option<usize>) -> (String, &'static str) {
    let factor = steps.get(1).and_then(|id| policy.factors.iter().find(|factor| factor.id == *id));
    let grade = |place: usize| policy.credit.grades.get(place).map(|grade| format!("信用等级：{}", grade.name));
    let is = |words: &str, unit| (words.to_owned(), unit);
    match (factor.map(|factor| &factor.rule), field) {
        (_, "cap") => is("得分上限", POINTS),
        (Some(FactorRule::Management(_)), id) => {
            let category = Category::ALL.into_iter().find(|category| category.id() == id);
            (category.map_or_else(|| id.to_owned(), |category| category.label().to_owned()), POINTS)
        }
        (Some(FactorRule::KeyUnit(_)), _) => is("每入一个名录", POINTS),
        (Some(FactorRule::Credit { .. }), "missing") => is("没有信用等级", POINTS),
        (Some(FactorRule::Credit { .. }), _) => (place.and_then(grade).unwrap_or_default(), POINTS),
        (Some(FactorRule::EnvRisk { .. }), "major") => is("重大环境风险", POINTS),
        (Some(FactorRule::EnvRisk { .. }), "larger") => is("较大环境风险", POINTS),
        (Some(FactorRule::EnvRisk { .. }), _) => is("一般环境风险", POINTS),
        (Some(FactorRule::Events { .. }), "minor") => is("轻微情形折算", TIMES),
        (Some(FactorRule::Events { .. }), "months") => (format!("{}以内", stage(steps)), MONTH),
        (Some(FactorRule::Events { .. }), "share") => (format!("{}折算", stage(steps)), TIMES),
        (Some(FactorRule::Events { table, .. }), _) => is(event(*table), POINTS),
        (Some(FactorRule::Unvisited { .. }), "per_month") => is("每月未检查", POINTS),
        (Some(FactorRule::Unvisited { .. }), _) => is("从未检查", POINTS),
        _ => is("符合时", POINTS),
    }
}

/// Words for one event of a table.
fn event(table: EventTable) -> &'static str {
    match table {
        EventTable::Monitoring => "每一超标日",
        EventTable::Complaints => "每件",
        EventTable::ProblemsFound => "每次",
        EventTable::Violations => "每起",
    }
}

/// A stage of the decay by its place.
fn stage(steps: &[&str]) -> String {
    let place = steps.iter().rev().find_map(|step| step.parse::<usize>().ok()).unwrap_or_default();
    format!("时间折算第 {} 段：", place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{load_preset, presets};

    #[test]
    fn every_value_has_its_part_and_its_words() {
        let day = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
        for (id, ..) in presets() {
            let policy = load_preset(id).unwrap();
            let parts = list_parts(&policy, day).unwrap();
            let shown: usize = parts.iter().map(|part| part.values.len()).sum();
            // all but the switch of the cap
            assert_eq!(shown + 1, list_values(&policy).unwrap().len(), "{id}");
            for value in parts.iter().flat_map(|part| &part.values) {
                assert!(!value.label.is_empty() && !value.label.is_ascii(), "{id} {}: {}", value.path, value.label);
                let switch = ["是", "否"].contains(&value.value.as_str());
                assert_eq!(switch, value.unit.is_empty(), "{id} {}", value.path);
            }
            assert_eq!(
                parts.iter().filter(|part| part.standing.is_open()).count(),
                policy.unconfirmed(day).len(),
                "{id}"
            );
        }
    }
}
