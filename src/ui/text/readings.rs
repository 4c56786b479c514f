//! Texts: a source's readings where its monitoring is counted.

use crate::ui::widgets::thousands;

/// Link on the card.
pub const OPEN: &str = "查询服务器上的监测数据…";
/// Title, name of the list.
pub const TITLE: &str = "服务器上的监测数据";
/// While asking.
pub const ASKING: &str = "正在查询服务器";
/// It failed.
pub const FAILED: &str = "没有查到";
/// Field.
pub const SECRET: &str = "密码或令牌（服务器要求时）";
/// Ask again.
pub const AGAIN: &str = "重新查询";

/// Whose readings, and where they lie.
pub fn of(unit: &str, address: &str, from: &str) -> String {
    format!("{unit}　{address}　{from}")
}

/// What was found.
pub fn told(rows: usize, more: bool) -> String {
    let number = thousands(rows as u64);
    match (rows, more) {
        (0, _) => "服务器上没有这个单位的监测数据（按编号查找；没有编号的行按名称）".to_owned(),
        (_, true) => format!("最近的 {number} 行，还有更早的。按原样列出，没有核查，不写入项目"),
        (_, false) => format!("共 {number} 行，最近的在前。按原样列出，没有核查，不写入项目"),
    }
}
