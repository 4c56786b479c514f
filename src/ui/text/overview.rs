//! Texts of 总览.

use crate::workspace::reports::charts::beside;
pub use crate::workspace::reports::charts::{S_DONE, S_DRAWN, S_MANDATORY, S_PLAN, month_title, progress_title};

/// Title.
pub const TITLE: &str = "总览";
/// Planned visits.
pub const PLANNED: &str = "全年计划检查";
/// Done.
pub const DONE: &str = "已完成";
/// Disclosure.
pub const DISCLOSED: &str = "结果公开率";
/// Whether the plan can be carried out.
pub const VERDICT: &str = "计划能否执行";
/// It can.
pub const FEASIBLE: &str = "可行";
/// It can be sealed, but capacity is short.
pub const OVERLOADED: &str = "超载";
/// It cannot be sealed.
pub const BLOCKED: &str = "不可行";
/// No shortages.
pub const NO_SHORTAGES: &str = "力量与最低频次相符";
/// Nothing to be disclosed yet.
pub const NONE_FINISHED: &str = "尚无应公开的结果";
/// All disclosed or within their time.
pub const IN_TIME: &str = "均未超过公开期限";
/// Chart by month.
pub const BY_MONTH: &str = "按月";
/// Chart by quarter.
pub const BY_QUARTER: &str = "按季度";
/// Why the year's number moved.
pub const MOVEMENT: &str = "全年预计的变动";
/// Unfolds the causes.
pub const MOVEMENT_CAUSES: &str = "变动的原因";
/// How the checks to come are estimated.
pub const COMING_HOW: &str = "预计新增必查：怎样推算";
/// Attention.
pub const ATTENTION: &str = "需要处理";
/// Nothing needs attention.
pub const NO_ATTENTION: &str = "没有需要处理的事项";
/// Next steps.
pub const NEXT: &str = "下一步";
/// Look.
pub const LOOK: &str = "查看";
/// Go and do.
pub const GO: &str = "去办理";
/// Look at the data.
pub const LOOK_AT_DATA: &str = "查看数据";
/// Measure of the small map.
pub const MEASURE: &str = "全年预计检查";

/// Next step: the year's seed.
pub const STEP_YEAR: &str =
    "开年第一步：封存并开封年度种子（一个公开的随机数）。名额算出来有小数，进一还是舍去以后都由它定，谁也不能挑";
/// Next step: a blocked plan.
pub const STEP_SHORTAGE: &str = "年度计划有缺口，先在年度计划中选择办法";

/// Next step: seal a month.
#[must_use]
pub fn step_seal(month: &str) -> String {
    format!("封存 {month} 的抽样框，公布承诺值")
}

/// Next step: open what is sealed.
#[must_use]
pub fn step_open(period: &str, at: &str) -> String {
    format!("{period} 已封存，公开数产生（{at}）后录入并开封")
}

/// More numbers of the planner that pass what can be drawn.
#[must_use]
pub fn more_capped(count: usize) -> String {
    format!("另有 {count} 个人工锁定的数量超过可抽的对象，按可抽数计")
}

/// Drawn and mandatory checks of the year.
#[must_use]
pub fn split(drawn: f64, mandatory: u32) -> String {
    let drawn = crate::ui::widgets::decimal(drawn, 0);
    format!("抽查 {drawn}、必查 {}", crate::ui::widgets::thousands(u64::from(mandatory)))
}

/// Number of overloaded places.
#[must_use]
pub fn overloads(count: usize) -> String {
    format!("{count} 处超载，可以封存但力量不足")
}

/// Number of shortages.
#[must_use]
pub fn shortages(count: usize) -> String {
    format!("{count} 项缺口，须先解决才能封存")
}

/// Unit: visits.
pub const VISITS: &str = "次";
/// Unit: items.
pub const ITEMS: &str = "项";
/// Checks on opened lists, triggered ones beside, and how many of all should be made by today.
#[must_use]
pub fn listed(count: u32, triggered: u32, due: f64) -> String {
    let drawn = crate::ui::widgets::thousands(u64::from(count.saturating_sub(triggered)));
    let due = crate::ui::widgets::decimal(due.floor(), 0);
    format!("已抽取 {drawn} 项{}，按工作日应完成 {due} 项", beside(triggered))
}

/// Number overdue.
#[must_use]
pub fn overdue(count: usize) -> String {
    format!("逾期 {count} 项")
}
