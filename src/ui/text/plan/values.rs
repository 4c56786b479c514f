//! Texts of the policy's numbers: confirmed or changed by the office.

use crate::policy::{Confidence, Decision, Standing};

/// Tab.
pub const TAB_VALUES: &str = "数值与确认";
/// The table, for screen readers.
pub const VALUES: &str = "规则的数值与确认";
/// Columns.
pub const VALUE_COLUMNS: [&str; 4] = ["状态", "项目", "数值", "依据"];
/// Filter.
pub const ONLY_OPEN: &str = "只看待确认";
/// Button.
pub const TICK_OPEN: &str = "全选待确认";
/// Button.
pub const UNTICK: &str = "取消选择";
/// Why the button is off.
pub const TICK_FIRST: &str = "先勾选要确认的项，或在右侧逐项确认";
/// Dialog's title.
pub const CONFIRM_TITLE: &str = "确认数值";
/// Dialog's button, and the panel's.
pub const CONFIRM: &str = "确认";
/// What it does.
pub const CONFIRM_TEXT: &str = "确认后记入规则：何人、何时、依据何文。保存前可撤销；保存时写入操作日志，导出的计划不再列为待确认。此后数值有改动的，须重新确认。";
/// Field.
pub const DECISION_BASIS: &str = "依据";
/// In the empty field.
pub const DECISION_BASIS_HINT: &str = "文件名称与条款，或会议纪要";
/// Field.
pub const DECISION_REASON: &str = "更改理由";
/// In the empty field.
pub const DECISION_REASON_HINT: &str = "更改数值时填写";
/// Field.
pub const DECISION_BY: &str = "确认人";
/// In the empty field.
pub const DECISION_BY_HINT: &str = "姓名";
/// Button.
pub const CHANGE: &str = "更改";
/// Button.
pub const CHANGE_AND_CONFIRM: &str = "更改并确认";
/// Switch.
pub const YES: &str = "是";
/// Switch.
pub const NO: &str = "否";
/// Nothing chosen.
pub const CHOOSE_PART: &str = "点选一项，在这里查看条款、更改数值、逐项确认。";
/// A part without numbers.
pub const NO_NUMBERS: &str = "本项没有数值，只有名称与范围；在规则文件中维护。";
/// Menu.
pub const FLOOR_FOR_BODY: &str = "为一个执法主体另定…";
/// Button.
pub const FLOOR_AS_LEVEL: &str = "取消另定";
/// Note of such a floor.
pub const FLOOR_NOTE: &str = "本主体另定";
/// Heading.
pub const EFFECT: &str = "对计划的影响（已保存 → 现在）";
/// No change.
pub const NO_EFFECT: &str = "与已保存的规则相比，各执法主体的全年次数没有变化。";
/// Under way.
pub const EFFECT_WAIT: &str = "正在重算对计划的影响…";

/// The button for several parts.
#[must_use]
pub fn confirm_ticked(count: usize) -> String {
    format!("确认所选 {count} 项…")
}

/// Above the table.
#[must_use]
pub fn values_sum(all: usize, open: usize) -> String {
    if open == 0 {
        format!("共 {all} 项，均有依据或已由本单位确认")
    } else {
        format!("共 {all} 项，{open} 项待本单位确认")
    }
}

/// How a part stands, in a word.
#[must_use]
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Confirmed => "已确认",
        Standing::Changed => "已改，待确认",
        Standing::Sourced(Confidence::Read) => "有原文",
        Standing::Sourced(Confidence::Secondary) => "转引",
        Standing::Sourced(Confidence::Unconfirmed) => "待确认",
    }
}

/// A decision in words.
#[must_use]
pub fn decision(decision: &Decision) -> String {
    let done = if decision.confirmed { "确认" } else { "更改，待确认" };
    let reason = if decision.reason.is_empty() { String::new() } else { format!("。理由：{}", decision.reason) };
    format!("{} {} {done}。依据：{}{reason}", decision.on, decision.by, decision.basis)
}

/// A row for screen readers.
#[must_use]
pub fn value_row(state: &str, name: &str, values: &str) -> String {
    format!("{state} {name}：{values}")
}

/// Undo label.
#[must_use]
pub fn step_confirm(names: &[&str], basis: &str) -> String {
    match names {
        [one] => format!("确认：{one}（依据：{basis}）"),
        more => format!("确认 {} 项（依据：{basis}）：{}", more.len(), more.join("、")),
    }
}

/// Undo label.
#[must_use]
pub fn step_change(name: &str, changes: &str, basis: &str, reason: &str) -> String {
    format!("更改：{name}，{changes}（依据：{basis}；理由：{reason}）")
}

/// A number's change.
#[must_use]
pub fn value_change(label: &str, before: &str, after: &str) -> String {
    format!("{label} {before} → {after}")
}

/// Undo label.
#[must_use]
pub fn step_floor(body: &str, category: &str) -> String {
    format!("另定最低频次：{body} {category}")
}

/// Undo label.
#[must_use]
pub fn step_floor_back(name: &str) -> String {
    format!("取消另定：{name}")
}

/// The year's visits of a body before and after.
#[must_use]
pub fn effect(name: &str, before: &str, after: &str, change: &str) -> String {
    format!("{name}：{before} → {after} 次（{change}）")
}
