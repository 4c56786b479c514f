//! Words of the ledger of problems.

/// Field.
pub const CLOSED_BY: &str = "销号人";
/// Field.
pub const HANDED_OVER_ON: &str = "移送公安";
/// Field.
pub const HANDED_OVER: &str = "移送文号";
/// Field.
pub const EXEMPTED: &str = "免予处罚依据";
/// In the empty field.
pub const EXEMPTED_HINT: &str = "如《中华人民共和国行政处罚法》第三十三条";
/// Tab.
pub const TAB_LEDGER: &str = "整改台账";
/// Filter.
pub const ONLY_OPEN: &str = "只看未销号";
/// Button.
pub const FOLLOW_UP: &str = "登记整改…";
/// Title of the dialog.
pub const FOLLOW_UP_TITLE: &str = "登记整改、移送与免罚";
/// Its button.
pub const FOLLOW_UP_YES: &str = "登记";
/// In the dialog.
pub const FOLLOW_UP_NOTE: &str = "留空的内容不改动；销号须写明依据。登记记入操作日志，不对外公开。";
/// Why the button rests.
pub const SELECT_PROBLEMS: &str = "先在表中选择一项或几项";
/// The list is empty.
pub const NO_PROBLEMS: &str = "尚无发现问题的检查";
/// The filter leaves nothing.
pub const NO_OPEN_PROBLEMS: &str = "没有未销号的问题";
/// Why a reason is asked for.
pub const FOLLOW_UP_REASON: &str = "更改已登记的内容，须写明原因";

/// Columns of the ledger.
pub const LEDGER_COLUMNS: [&str; 13] = [
    "单位",
    "存在问题",
    "发现日期",
    "整改期限",
    "状态",
    "销号",
    "销号依据",
    "移送公安",
    "免予处罚依据",
    "执法主体",
    "计划编码",
    "检查结果",
    "销号人",
];
/// The ledger, for screen readers.
pub const LEDGER: &str = "整改台账";

/// How long a problem is overdue.
#[must_use]
pub fn days_overdue(days: u32) -> String {
    format!("逾期 {days} 天")
}

/// A row of the ledger, for screen readers.
#[must_use]
pub fn problem_name(unit: &str, problem: &str, state: &str) -> String {
    format!("{unit}，{problem}，{state}")
}

/// A day that is yet to come.
#[must_use]
pub fn day_ahead(today: chrono::NaiveDate) -> String {
    format!("日期不能晚于今天（{today}）")
}
