//! Texts: another register.

/// Title, and the tab.
pub const TITLE: &str = "更新名录";
/// Nothing chosen: what.
pub const NOTHING: &str = "用新一期的文件更新名录";
/// Nothing chosen: how.
pub const HINT: &str = "选新文件所在的文件夹，或只选一个文件（如只更新信用评价）。文件中没有的表保持不变；先列出差异，确认后才写入，更新前的名录会保留。";
/// Button: a folder.
pub const CHOOSE_FOLDER: &str = "选择文件夹…";
/// Button: a file.
pub const CHOOSE_FILE: &str = "选择一个文件…";
/// Dialog: a file.
pub const PICK_FILE: &str = "选择新的名录或某张表";
/// Button: take it.
pub const CONFIRM: &str = "确认更新";
/// Button: nothing.
pub const LEAVE: &str = "取消";
/// Button: other files.
pub const AGAIN: &str = "另选文件…";
/// Button: the differences as a file.
pub const EXPORT: &str = "导出差异…";
/// Dialog: the differences as a file.
pub const EXPORT_PICK: &str = "导出更新前后的差异";
/// Proposed name.
pub const EXPORT_NAME: &str = "名录更新差异.csv";
/// Button: the columns of files that were not recognised.
pub const COLUMNS: &str = "查看文件与列…";
/// Under way.
pub const LOOKING: &str = "正在读取新文件并比较";
/// Taking.
pub const TAKING: &str = "正在更新名录";
/// Failed.
pub const FAILED: &str = "没有比较成，什么也没有写入";
/// A window that may not write.
pub const READ_ONLY: &str = "项目以只读方式打开";
/// Busy.
pub const BUSY: &str = "上一项操作还在进行";
/// Nothing differs.
pub const SAME: &str = "新文件与现在的数据没有差别，不需要更新。";
/// Section: tables.
pub const TABLES: &str = "各张表";
/// Section: units.
pub const UNITS: &str = "污染源";
/// Section: plan.
pub const PLAN: &str = "对年度计划的影响";
/// Section: findings.
pub const FINDINGS: &str = "新文件的核查结果";
/// No findings.
pub const NO_FINDINGS: &str = "没有发现问题";
/// Section: kept registers.
pub const KEPT: &str = "保留的旧名录";
/// What they are.
pub const KEPT_NOTE: &str = "每次更新前的名录都保留在项目里；此后没有新的封存时可以返回";
/// Button: back.
pub const BACK: &str = "返回";
/// Button: delete.
pub const FORGET: &str = "删除";
/// Why it may not come back.
pub const SEALED_SINCE: &str = "此后已有新的封存，只供查阅";
/// Question: back.
pub const BACK_TITLE: &str = "返回这份名录？";
/// Question: delete.
pub const FORGET_TITLE: &str = "删除这份保留的名录？";
/// What back does.
pub const BACK_WORDS: &str =
    "各张表回到更新之前；现在的名录改为保留，仍可再返回。抽取、结果、规则与计划的调整不受影响。";
/// What delete does.
pub const FORGET_WORDS: &str = "删除后不能再返回到这份名录。删除记入操作日志。";
/// Year's checks.
pub const YEAR: &str = "全年预计检查";
/// Verdict.
pub const VERDICT: &str = "可行性";
/// Shortages that are new.
pub const SHORTAGES_NEW: &str = "新出现的缺口";
/// Shortages that are gone.
pub const SHORTAGES_GONE: &str = "不再有的缺口";
/// Checks by body.
pub const BODIES: &str = "各执法主体全年预计检查";
/// Frequencies that rise.
pub const UP: &str = "频次上升";
/// Frequencies that fall.
pub const DOWN: &str = "频次下降";
/// List: units that come, go, change.
pub const UNITS_LIST: &str = "名录中变化的单位";
/// Its columns.
pub const UNIT_COLUMNS: [&str; 6] = ["变化", "单位名称", "单位编号", "行政区", "更新前", "更新后"];
/// All units that change.
pub const ALL_CHANGES: &str = "全部变化";
/// List: units drawn more or less often.
pub const FREQUENCY_LIST: &str = "频次变化的单位";
/// Its columns.
pub const FREQUENCY_COLUMNS: [&str; 6] = ["变化", "单位名称", "单位编号", "更新前（次/年）", "更新后（次/年）", "增减"];
/// Headings of the tables.
pub const TABLE_COLUMNS: [&str; 3] = ["表", "更新后", "来自文件"];

/// Where the files lie.
#[must_use]
pub fn from(path: &std::path::Path) -> String {
    path.display().to_string()
}

/// Files that the mapping leaves out.
#[must_use]
pub fn left_out(files: &[String]) -> String {
    format!("按列对应的设置未读取：{}", files.join("、"))
}

/// Before and after.
#[must_use]
pub fn change(before: f64, after: f64) -> String {
    let number = |value: f64| crate::ui::widgets::decimal(value, 1);
    // of the figures as they are shown: they and their difference agree
    let tenths = |value: f64| (value * 10.0).round() / 10.0;
    let by = tenths(after) - tenths(before);
    if by.abs() < 0.05 {
        return format!("{} 次，不变", number(after));
    }
    let sign = if by > 0.0 { "+" } else { "−" };
    format!("{} → {} 次（{sign}{}）", number(before), number(after), number(by.abs()))
}

/// How many units, and by how many checks.
#[must_use]
pub fn moved(label: &str, units: usize, sum: f64, up: bool) -> String {
    let sign = if up { "+" } else { "−" };
    let units_text = crate::ui::widgets::thousands(units as u64);
    format!("{label} {units_text} 个，合计 {sign}{} 次", crate::ui::widgets::decimal(sum, 1))
}

/// A kept register in a line.
#[must_use]
pub fn kept(id: &str, at: &str, operator: &str, sources: u64, by: &str) -> String {
    let (day, time) = (at.get(..10).unwrap_or(at), at.get(11..16).unwrap_or_default());
    let why = if by.is_empty() { "返回前".to_owned() } else { format!("更新为「{by}」之前") };
    format!("{id}　{day} {time}　{operator}　{why}　{} 个污染源", crate::ui::widgets::thousands(sources))
}

/// Findings of a kind.
#[must_use]
pub fn finding(found: &crate::workspace::reports::refresh::FindingCount) -> String {
    let count = crate::ui::widgets::thousands(found.count);
    format!("{} {}：{count} 条", found.severity.label(), found.what)
}

/// The next month's checks.
#[must_use]
pub fn month(month: crate::domain::PlanMonth) -> String {
    format!("{month} 预计检查")
}

/// Sources before and after, and what changed.
#[must_use]
pub fn sources(before: usize, after: usize, headline: &str) -> String {
    let number = |count: usize| crate::ui::widgets::thousands(count as u64);
    format!("{} → {} 个：{headline}", number(before), number(after))
}

/// Units whose frequency hardly changes.
#[must_use]
pub fn slight(units: usize, sum: f64) -> String {
    let count = crate::ui::widgets::thousands(units as u64);
    format!("另有 {count} 个频次各变化不足 0.005 次，合计 {sum:+.1} 次")
}
