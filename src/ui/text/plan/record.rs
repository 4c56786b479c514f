//! Texts of the plan of record: approval, versions, four columns.

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => { $($(#[$doc])* pub const $name: &str = $text;)* };
}

texts! {
    /// Tab.
    TAB_RECORD = "计划对照";
    /// Chooser.
    VERSION_LABEL = "批准版次";
    /// Column.
    COLUMN_MONTH = "月份";
    /// Column.
    COLUMN_OFF = "滚动减批准";
    /// Row.
    WHOLE_YEAR = "全年";
    /// Heading.
    DIFFERENCES = "差异说明";
    /// Heading.
    MOVEMENT = "全年预计的变动";
    /// Row.
    MOVEMENT_SUM = "合计";
    /// What unfolds the sentences.
    MOVEMENT_WORDS = "逐项说明";
    /// Heading.
    VERSIONS = "批准的各版";
    /// No version yet.
    NO_VERSIONS = "年度计划还没有批准。批准后在这里与滚动计划、已抽取、已完成对照；按右上角「批准、备案与公布…」。";
    /// Axis.
    CHECKS = "检查次数";
    /// Switch.
    COUNT_CHART = "检查次数";
    /// Footnote.
    RECORD_NOTE = "四列均为抽查加必查；已抽月份的滚动计划是抽取前的计划，不再随抽取改变。";
}

/// Columns of the causes: what, what it works on, visits, sites.
pub const MOVEMENT_COLUMNS: [&str; 4] = ["原因", "作用于", "次数", "污染源（家）"];

/// Title of the chart.
#[must_use]
pub fn record_title(name: &str, approved: Option<&str>, rolling: &str, drawn: &str, done: &str) -> String {
    let approved = approved.map_or_else(String::new, |text| format!("批准 {text}、"));
    format!("{name}：{approved}滚动 {rolling} 次，已抽取 {drawn}、已完成 {done}")
}

/// A version in the chooser.
#[must_use]
pub fn version(version: u32) -> String {
    format!("第 {version} 版")
}

/// What an approval keeps.
#[must_use]
pub fn approving(version: u32, visits: &str, drafted: bool) -> String {
    let draft = if drafted { "（含未保存的改动，将一并保存）" } else { "" };
    format!("将把现在的计划{draft}留存为第 {version} 版：全年预计检查 {visits} 次")
}

/// An approval of a plan with faults.
#[must_use]
pub fn approving_flawed(verdict: &str) -> String {
    format!("注意：{verdict}；将如实记入这一版")
}
