//! Texts: what is done with a row of any table.

use crate::domain::PlanMonth;

/// The project can't be written.
pub const READ_ONLY: &str = "项目以只读方式打开";
/// Something else is being written.
pub const ACTING: &str = "正在处理上一项操作";
/// The register has the unit no more.
pub const NOT_REGISTERED: &str = "名录中没有这个单位";
/// The unit has no place on the map.
pub const NO_PLACE: &str = "这个单位没有坐标";
/// The row is of no month's list.
pub const NOT_LISTED: &str = "这个单位不在月度名单上";
/// Another unit took its place.
pub const IS_REPLACED: &str = "已由备选单位替换";
/// A triggered check has no reserve.
pub const IS_TRIGGERED: &str = "触发式检查没有备选单位";
/// It was checked.
pub const IS_DONE: &str = "已录入结果，不能再替换";
/// The month has no opened draw.
pub const NO_DRAW: &str = "本月尚未开封";
/// The unit is not in the month's frame.
pub const NOT_IN_FRAME: &str = "本月的抽样框中没有这个单位";
/// Title of the dialog for a proof.
pub const PROOF_TITLE: &str = "抽取证明存为";
/// Job: a table is written.
pub const WRITING: &str = "导出表格";
/// Job: a proof is made.
pub const PROVING: &str = "出具抽取证明";

/// A number was copied.
#[must_use]
pub fn copied(code: &str) -> String {
    format!("已复制 {code}")
}

/// Proposed name of a proof's file.
#[must_use]
pub fn proof_file(name: &str, month: &str) -> String {
    format!("抽取证明-{name}-{month}.json")
}

/// Before all targets were visited a proof holds the chance alone.
#[must_use]
pub fn proof_of_chance(month: PlanMonth) -> String {
    format!("{month} 的检查对象尚未全部检查，证明只含入选概率；全部检查后重新出具，即含票号与是否抽中")
}
