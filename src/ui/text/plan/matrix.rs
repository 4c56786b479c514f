//! Texts of the matrix: cells, selection, several cells at once.

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => { $($(#[$doc])* pub const $name: &str = $text;)* };
}

texts! {
    /// Heading of the first column.
    BODY = "执法主体";
    /// No figure.
    NOTHING = "—";
    /// Chooser.
    SHOWN_LABEL = "显示";
    /// Chooser.
    CATEGORY_LABEL = "类别";
    /// Choice.
    ALL_CATEGORIES = "全部类别";
    /// Button.
    SAVE_TABLE = "导出表格…";
    /// Title of the dialog that asks for a file.
    SAVE_TABLE_TITLE = "导出计划矩阵";
    /// Kind of file.
    WORKBOOK = "Excel 工作簿";
    /// Mark of both in a low window.
    LEGEND_AND_KEYS = "图例与操作";
    /// Legend.
    LEGEND_COMING = "未抽月份：大字预计，小字";
    /// Legend.
    LEGEND_DISTRICTS = "各区预计检查次数（抽查加必查）";
    /// Legend.
    LEGEND_DRAWN = "抽查";
    /// Legend.
    LEGEND_MANDATORY = "+必查";
    /// Legend.
    LEGEND_PAST = "；已抽月份：大字已抽取，小字";
    /// Legend.
    LEGEND_PLAN = "抽取前计划";
    /// Legend.
    LEGEND_DONE = "已完成";
    /// Legend.
    LEGEND_LOAD = "；横条：最紧的力量占用";
    /// Rows of sums and districts.
    SUMS_STAY = "合计与各区的数由执法主体汇总，不能直接改";
    /// Why not.
    OTHER_SHOWN = "请先把「显示」换回「预计与进度」再改";
    /// Why not.
    NEGATIVE = "次数不能为负";
    /// Title.
    PASTE_TITLE = "粘贴到计划矩阵";
    /// Title.
    FILL_TITLE = "填充所选单元格";
    /// Title.
    TYPE_TITLE = "更改所选单元格";
    /// Field.
    TYPE_FIELD = "检查次数";
    /// What is typed is no number.
    TYPE_NO_NUMBER = "请填写数字，如 12 或 12.5";
    /// What a number means.
    CHANGE_NOTE = "填写的是抽查加必查的合计：必查不变，抽查按现有比例分到各类别并锁定，差额由同类对象本周期其他月份增减。改动为一步，可撤销。";
    /// Kind of document in the file's name.
    TABLE_DOCUMENT = "计划矩阵";
    /// Undo label.
    CLEARED = "清除所选单元格的手工次数";
}

/// What the cells can show.
pub const SHOWN: [&str; 6] = ["预计与进度", "批准计划", "滚动计划", "已抽取", "已完成", "滚动减批准"];

/// Which months are in sight where not all are.
#[must_use]
pub fn months_seen(first: usize, last: usize) -> String {
    format!("显示 {first}–{last} 月，其余月份请左右滚动")
}

/// The same where there is little room.
#[must_use]
pub fn months_in_short(first: usize, last: usize) -> String {
    format!("{first}–{last} 月")
}

/// A cell's name.
#[must_use]
pub fn cell_name(row: &str, month: usize, value: &str, parts: &str) -> String {
    format!("{row} {month}月 {value} 次{parts}")
}

/// Drawn and mandatory checks; nothing where all are drawn ones.
#[must_use]
pub fn two(drawn: &str, mandatory: f64) -> String {
    if mandatory < 0.05 { String::new() } else { format!("（抽查 {drawn}，必查 {mandatory:.0}）") }
}

/// What more a cell's name says.
#[must_use]
pub fn cell_marks(locked: bool, over: bool) -> String {
    format!("{}{}", if locked { "，已锁定" } else { "" }, if over { "，超载" } else { "" })
}

/// A past cell's name.
#[must_use]
pub fn cell_past(row: &str, month: usize, plan: &str, drawn: &str, done: &str) -> String {
    format!("{row} {month}月 计划 {plan} 次，已抽取 {drawn} 项，已完成 {done} 项")
}

/// A cell's name in one of the four columns.
#[must_use]
pub fn cell_of_column(row: &str, month: usize, column: &str, value: &str) -> String {
    format!("{row} {month}月 {column} {value}")
}

/// A pasted text that is no number.
#[must_use]
pub fn paste_no_number(line: usize, column: usize, text: &str) -> String {
    format!("第 {line} 行第 {column} 列「{text}」不是数字")
}

/// A pasted number that can't stand at its place.
#[must_use]
pub fn paste_refused(line: usize, column: usize, text: &str, why: &str) -> String {
    format!("第 {line} 行第 {column} 列「{text}」：{why}")
}

/// A row of no body.
#[must_use]
pub fn paste_unknown_body(line: usize, name: &str) -> String {
    format!("第 {line} 行：没有名为「{name}」的执法主体")
}

/// Past the matrix' edge.
#[must_use]
pub fn paste_outside(line: usize, column: usize, text: &str) -> String {
    format!("第 {line} 行第 {column} 列「{text}」落在矩阵之外")
}

/// A cell that can't be filled.
#[must_use]
pub fn fill_refused(row: &str, month: usize, why: &str) -> String {
    format!("{row} {month}月：{why}")
}

/// Fewer than must be checked.
#[must_use]
pub fn below_mandatory(mandatory: &str) -> String {
    format!("不能少于必查 {mandatory} 次")
}

/// More than can be drawn.
#[must_use]
pub fn above_possible(most: &str, mandatory: &str) -> String {
    format!("只有 {most} 家可抽，最多抽查 {most} 次加必查 {mandatory} 次")
}

/// Button.
#[must_use]
pub fn change_cells(count: usize) -> String {
    format!("更改 {count} 格")
}

/// What a change does to the sum.
#[must_use]
pub fn change_sum(count: usize, before: &str, after: &str) -> String {
    format!("{count} 格合计 {before} → {after} 次")
}

/// Heading of what can't be taken.
#[must_use]
pub fn change_faults(count: usize) -> String {
    format!("以下 {count} 格不能更改：")
}

/// Undo label.
#[must_use]
pub fn changed_cells(count: usize, reason: &str) -> String {
    format!("{count} 格的检查次数（{reason}）")
}

/// What is selected.
#[must_use]
pub fn selected(cells: usize, sum: &str, mean: &str) -> String {
    format!("选中 {cells} 格：合计 {sum} 次，平均 {mean} 次")
}

/// Title of the workbook.
#[must_use]
pub fn table_title(year: i32, shown: &str, drafted: bool) -> String {
    let draft = if drafted { "（草稿，未保存）" } else { "" };
    format!("{year}年度计划矩阵：{shown}{draft}")
}

/// Below the title.
#[must_use]
pub fn table_note(shown: &str) -> String {
    format!("单元格为{shown}的检查次数（抽查加必查，不含触发式检查）")
}
