//! Sentences of 多年模拟.

use crate::ui::widgets::thousands;

/// Years.
#[must_use]
pub fn years(years: u32) -> String {
    format!("{years} 年")
}

/// Progress of the simulation.
#[must_use]
pub fn trial_progress(done: u64, total: u64) -> String {
    format!("已模拟 {done} / {total} 年")
}

/// Heading of the simulation.
#[must_use]
pub fn trial_title(years: u32) -> String {
    format!("模拟 {years} 年：各风险等级实抽与计划")
}

/// A rule broken so often.
#[must_use]
pub fn broken(rule: &str, count: u64) -> String {
    format!("{rule}：{count} 次")
}

/// Coverage of sites that are due once.
#[must_use]
pub fn whole(all: u64, missed: u64) -> String {
    format!("λ = 1 的污染源共 {} 个年次，未恰好查一次的 {} 个", thousands(all), thousands(missed))
}

/// Deferred and lost.
#[must_use]
pub fn deferred(deferred: &str, lost: &str) -> String {
    format!("每年因力量顺延 {deferred} 次，因力量放弃 {lost} 次")
}

/// Overshoot.
#[must_use]
pub fn overshoot(units: &str) -> String {
    format!("各月用量超出可用力量最多 {units} 个取整单位（抽取数须为整数所致）")
}

/// Overshoot of a resource.
#[must_use]
pub fn over_resource(name: &str, over: &str, unit: &str) -> String {
    format!("{name}：单月最多超出 {over} {unit}")
}
