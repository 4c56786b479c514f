//! Texts: 风险.

use crate::ui::widgets::{decimal, thousands};

/// Title.
pub const TITLE: &str = "风险";
/// Under way.
pub const RECOMPUTING: &str = "正在重算";
/// Takes a preset's scoring.
pub const TAKE_PRESET: &str = "套用预置";
/// Takes a file's scoring.
pub const TAKE_FILE: &str = "套用规则文件…";
/// What is compared.
const AGAINST: &str = "对比";
/// The saved policy.
pub const SAVED_POLICY: &str = "已保存的规则";
/// Another file.
pub const ANOTHER_FILE: &str = "其他规则文件…";
/// Saves.
pub const SAVE: &str = "保存规则";
/// Why it can't be saved.
pub const NOTHING_TO_SAVE: &str = "没有未保存的更改，或规则有误";
/// Throws the draft away.
pub const REVERT: &str = "放弃草稿";
/// The failed state's button.
pub const BACK_TO_SAVED: &str = "回到已保存的规则";
/// Dialog of a policy file.
pub const PICK_POLICY: &str = "选择规则文件";
/// Kind of file.
pub const POLICY_FILES: &str = "规则文件";
/// Factors.
pub const FACTORS: &str = "风险因子";
/// What the sliders beside the factors are.
pub const CAPS: &str = "先改每起（每项）给几分，再改上限；展开看依据、时间折算与其他分值";
/// Tiers.
pub const TIERS: &str = "等级门槛与基准频次";
/// Aggravators.
pub const AGGRAVATORS: &str = "频次加重系数";
/// Resets a part.
pub const RESET: &str = "还原";
/// Whether a cap matters.
#[must_use]
pub fn cap_reached(sites: u64) -> String {
    if sites == 0 {
        "目前无单位达到上限，提高上限没有影响".to_owned()
    } else {
        format!("目前 {} 家达到上限", thousands(sites))
    }
}

/// Articles.
pub const BASIS: &str = "依据";
/// No article.
pub const NO_BASIS: &str = "没有引用条款，数值由本单位确定";
/// The office has yet to confirm.
pub const UNCONFIRMED: &str = "待本单位确认";
/// Read in a secondary source.
pub const SECONDARY: &str = "转引，引用前请核对原文";
/// The policy has faults.
pub const FAULTY: &str = "规则有误，下面仍是上一次的结果：";
/// Points.
pub const POINTS: &str = "分";
/// Figures.
pub const RAISED: &str = "等级提高";
/// Figures.
pub const LOWERED: &str = "等级降低";
/// Figures.
pub const VISITS: &str = "全年计划检查";
/// Figures.
pub const SHORTAGES: &str = "计划缺口";
/// Unit of sites.
pub const SITES: &str = "家";
/// Unit of visits.
pub const CHECKS: &str = "次";
/// Unit of shortages.
pub const ITEMS: &str = "项";
/// Not known yet.
pub const UNKNOWN: &str = "—";
/// Score.
pub const SCORE: &str = "风险得分";
/// Sources.
pub const SOURCES: &str = "污染源";
/// Heading of the matrix.
pub const MATRIX: &str = "等级变动";
/// How the matrix reads.
pub const MATRIX_NOTE: &str = "行为变动前，列为变动后；点选一格看是哪些单位";
/// Sums of the matrix.
pub const SUM: &str = "合计";
/// Heading of the list.
pub const MOVERS: &str = "等级变动的单位";
/// Columns of the movers.
pub const MOVER_COLUMNS: [&str; 6] = ["单位", "区", "原", "现", "原分", "现分"];
/// All movers again.
pub const ALL_MOVERS: &str = "显示全部";
/// Nobody moves.
pub const NO_MOVERS: &str = "没有单位变动等级。拖动左侧的权重或门槛，这里列出变动的单位。";
/// Heading of the contributions.
pub const WHY: &str = "得分构成";
/// Nothing selected.
pub const NO_UNIT: &str = "在左侧列表、地图或数据中点选一个单位，这里说明它的得分由哪些因子构成。";
/// The selected site is not in the table.
pub const NO_SCORE: &str = "所选单位没有风险得分";

/// Undo label of a factor's number.
#[must_use]
pub fn step_factor(name: &str) -> String {
    format!("权重：{name}")
}

/// Undo label of taking a policy.
#[must_use]
pub fn step_adopt(name: &str) -> String {
    format!("套用规则：{name}")
}

/// Undo label of a reset.
#[must_use]
pub fn step_reset(name: &str) -> String {
    format!("还原：{name}")
}

/// What a number is in the saved policy.
#[must_use]
pub fn saved_value(value: f64, unit: &str) -> String {
    format!("已保存：{} {unit}", plain(value))
}

/// Decimals only where there are any.
#[must_use]
pub fn plain(value: f64) -> String {
    let text = decimal(value, 3);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Decay of events in words.
#[must_use]
pub fn decay(rows: &[(u32, f64)]) -> String {
    let words: Vec<String> =
        rows.iter().map(|(months, share)| format!("{months} 个月内计 {}%", plain(share * 100.0))).collect();
    format!("按时间折算：{}", words.join("，"))
}

/// Under a figure: what it is in the policy compared with, whose name stands above.
#[must_use]
pub fn was(value: &str, unit: &str) -> String {
    format!("对比规则：{value} {unit}")
}

/// Under the first figures.
#[must_use]
pub fn of_sites(sites: u64) -> String {
    format!("共 {} 家", thousands(sites))
}

/// Finding of the histogram.
#[must_use]
pub fn histogram_title(top: &str, in_top: u64, sites: u64, moved: u64) -> String {
    let share = if sites > 0 { in_top as f64 / sites as f64 * 100.0 } else { 0.0 };
    let moves = if moved > 0 { format!("，{} 家变动等级", thousands(moved)) } else { String::new() };
    format!("{top} 级 {} 家，占 {}%{moves}", thousands(in_top), decimal(share, 1))
}

/// Finding of the contributions.
#[must_use]
pub fn why_title(name: &str, score: &str, tier: &str, from: &[&str]) -> String {
    if from.is_empty() {
        return format!("{name}：{score} 分，{tier} 级，各因子均未计分");
    }
    format!("{name}：{score} 分，{tier} 级，主要来自{}", from.join("、"))
}

/// Source of the charts.
#[must_use]
pub fn source(project: &str, as_of: &str, policy: &str, drafted: bool) -> String {
    let draft = if drafted { "（草稿）" } else { "" };
    format!("数据：{project}；规则：{policy}{draft}；基准日 {as_of}")
}

/// Accessible name of a cell of the matrix.
#[must_use]
pub fn cell(from: &str, to: &str, count: u64) -> String {
    format!("{from} 到 {to}：{} 家", thousands(count))
}

/// Heading of the filtered list.
#[must_use]
pub fn movers(shown: usize, pair: Option<(&str, &str)>) -> String {
    match pair {
        Some((from, to)) => format!("{MOVERS}：{from} 到 {to}，{} 家", thousands(shown as u64)),
        None => format!("{MOVERS}：{} 家", thousands(shown as u64)),
    }
}

/// Accessible name of a row of the list.
#[must_use]
pub fn mover(name: &str, from: &str, to: &str, before: &str, after: &str) -> String {
    format!("{name}，{from} 到 {to}，{before} 到 {after} 分")
}

/// Compared with.
#[must_use]
pub fn against(name: &str) -> String {
    format!("{AGAINST}：{name}")
}

/// The title's note.
#[must_use]
pub fn note(policy: &str, against: &str) -> String {
    format!("{policy}，与「{against}」对比")
}

/// A change that the policy does not allow.
#[must_use]
pub fn refused(label: &str, why: &str) -> String {
    format!("「{label}」没有更改：{why}")
}
