//! Texts: table.

/// Name of the vertical scroll bar, for screen readers.
pub const VERTICAL_BAR: &str = "纵向滚动条";
/// Name of the horizontal scroll bar, for screen readers.
pub const HORIZONTAL_BAR: &str = "横向滚动条";
/// Menu: sort from small to large.
pub const ASCENDING: &str = "升序排列";
/// Menu: sort from large to small.
pub const DESCENDING: &str = "降序排列";
/// Menu: no sorting by this column.
pub const UNSORTED: &str = "取消排序";
/// Menu: filter by this column.
pub const FILTER: &str = "按此列筛选…";
/// Menu: hide this column.
pub const HIDE: &str = "隐藏此列";
/// Menu: this and the columns before it stay when scrolling sideways.
pub const FREEZE: &str = "冻结到此列";
/// Menu: no column stays.
pub const UNFREEZE: &str = "取消冻结";
/// Menu: as wide as what is shown.
pub const FIT: &str = "适合内容宽度";
/// Menu and button: which columns are shown.
pub const COLUMNS: &str = "显示的列";
/// Column chooser: show all.
pub const ALL_COLUMNS: &str = "全部显示";
/// Column chooser: as at first.
pub const RESET_COLUMNS: &str = "恢复默认";
/// What a click on a heading does.
pub const HEADER_HINT: &str = "单击排序，按住 Shift 单击追加排序，拖动换位，右键更多";
/// Ascending, for screen readers.
pub const IS_ASCENDING: &str = "升序";
/// Descending, for screen readers.
pub const IS_DESCENDING: &str = "降序";
/// Filtered, for screen readers.
pub const IS_FILTERED: &str = "已筛选";

/// Name of the search field.
pub const SEARCH_NAME: &str = "查找";
/// Clears the search and all filters.
pub const CLEAR_ALL: &str = "清除全部筛选";
/// Only what is selected on the map or in the table.
pub const ONLY_SELECTED: &str = "只看选中的";
/// View under way.
pub const VIEWING: &str = "正在筛选";
/// Empty view: nothing fits.
pub const EMPTY_VIEW: &str = "没有符合条件的行，请放宽筛选或清除查找。";
/// View failed.
pub const VIEW_FAILED: &str = "没有筛选成";
/// Filter popup: contains.
pub const CONTAINS: &str = "包含";
/// Filter popup: from.
pub const FROM: &str = "从";
/// Filter popup: to.
pub const TO: &str = "到";
/// Filter popup: empty cells.
pub const EMPTY_CELLS: &str = "（空）";
/// Filter popup: too many values.
pub const MANY_VALUES: &str = "不同的值太多，请输入文字筛选";
/// Filter popup: not all values.
pub const MORE_VALUES: &str = "只列出最多的 200 个值";
/// Filter popup: counting.
pub const COUNTING: &str = "正在统计";
/// Filter popup: apply.
pub const APPLY: &str = "应用";
/// Filter popup: no filter on this column.
pub const CLEAR: &str = "清除";
/// Dates as they are typed.
pub const DATE_HINT: &str = "2027-03-01";
/// A number or date that was not understood.
pub const BAD_BOUND: &str = "看不懂这个数或日期";

/// Hint of the search field.
pub const SEARCH_HINT: &str = "查找（Ctrl+F）";
/// Menu of the tools where there is no room for them.
pub const TOOLS: &str = "表格";
/// Button and job: find a pasted column.
pub const PASTE: &str = "粘贴查找…";
/// What pasting does.
pub const PASTE_HINT: &str = "按粘贴的一列信用代码、编号或名称选中或筛选（Ctrl+V）";
/// Window: title.
pub const PASTE_TITLE: &str = "按粘贴的内容查找";
/// Window: what it does.
pub const PASTE_WHY: &str = "每行一个信用代码、编号或名称，可直接粘贴表格中的一列；空格、引号、全角半角、大小写不计。";
/// Window: nothing pasted.
pub const PASTE_EMPTY: &str = "在此粘贴（Ctrl+V）";
/// Window: name of the field.
pub const PASTE_FIELD: &str = "粘贴的内容";
/// Window: show them alone.
pub const PASTE_ONLY: &str = "只看这些";
/// Window: select them.
pub const PASTE_SELECT: &str = "选中这些";
/// Window: nothing was found.
pub const PASTE_NOTHING: &str = "表中没有这些内容";
/// Window: copy what was not found.
pub const COPY_MISSING: &str = "复制未找到的";
/// Button: pivot.
pub const PIVOT: &str = "透视…";
/// What a pivot does.
pub const PIVOT_HINT: &str = "按任意两列汇总当前显示的行";
/// Pivot: rows by.
pub const PIVOT_ROWS: &str = "行";
/// Pivot: columns by.
pub const PIVOT_COLUMNS: &str = "列";
/// Pivot: what is counted or summed.
pub const PIVOT_FIGURE: &str = "数值";
/// Pivot: no second column.
pub const PIVOT_NONE: &str = "（不分列）";
/// Pivot: rows are counted.
pub const PIVOT_COUNT: &str = "行数";
/// Pivot: sums.
pub const PIVOT_SUM: &str = "合计";
/// Pivot: cells without a value.
pub const PIVOT_EMPTY: &str = "（空）";
/// Pivot: the rarest values.
pub const PIVOT_OTHERS: &str = "其余";
/// Pivot: the table has no column to group by.
pub const PIVOT_NOTHING: &str = "这张表没有可以分组的列。";
/// Pivot: under way.
pub const PIVOTING: &str = "正在汇总";
/// Button: export what is shown.
pub const EXPORT: &str = "导出 Excel…";
/// What the export holds.
pub const EXPORT_HINT: &str = "把当前显示的行和列（筛选、排序后）存为 .xlsx，仅供内部使用";
/// Title of the file dialog.
pub const EXPORT_TITLE: &str = "把表格存为";
/// Which column's figures are shown.
pub const FIGURES_OF: &str = "统计哪一列";
/// Menu of a row: copy the selected rows.
pub const COPY_ROWS: &str = "复制选中的行（含表头）";
/// Menu of a row: show the tools that are folded away.
pub const SHOW_TOOLS: &str = "查找、筛选、导出…";
/// Menu of a row: the unit's card.
pub const CARD: &str = "卡片";
/// Menu of a row: the unit on the map.
pub const ON_MAP: &str = "地图上看";
/// Menu of a row: its number.
pub const COPY_CODE: &str = "复制编号";
/// Menu of a row: a reserve takes its place.
pub const SUBSTITUTE: &str = "替换…";
/// Menu of a row: its result.
pub const RESULT: &str = "录入结果";
/// Menu of a row: its proof.
pub const PROOF: &str = "出具本单位抽取证明…";
/// Sum of the rows shown, where not all are.
pub const SHOWN_SUM: &str = "合计（所显示）";

/// Name of the handle that makes a column wider.
#[must_use]
pub fn resize(heading: &str) -> String {
    format!("调整列宽：{heading}")
}

/// Name of a table with its rows.
#[must_use]
pub fn named(name: &str, rows: &str) -> String {
    format!("{name}，{rows} 行")
}

/// `显示 x / y 行`.
#[must_use]
pub fn rows_shown(shown: &str, total: &str) -> String {
    if shown == total { format!("{total} 行") } else { format!("显示 {shown} / {total} 行") }
}

/// How many are selected.
#[must_use]
pub fn selected(count: &str) -> String {
    format!("已选 {count} 行")
}

/// What was searched for.
#[must_use]
pub fn searched(text: &str) -> String {
    format!("查找“{text}”")
}

/// So many rows are shown alone.
#[must_use]
pub fn only(count: &str) -> String {
    format!("只看选中的 {count} 行")
}

/// How many of the pasted values were found, and in how many rows.
#[must_use]
pub fn pasted(wanted: &str, hits: &str, rows: &str) -> String {
    format!("粘贴 {wanted} 个，找到 {hits} 个，共 {rows} 行")
}

/// How many pasted values were not found.
#[must_use]
pub fn missing(count: &str) -> String {
    format!("未找到 {count} 个")
}

/// How many pasted values stand in several rows.
#[must_use]
pub fn several(count: &str) -> String {
    format!("{count} 个对应多行，已全部选入，请核对")
}

/// A value and the rows that it stands in.
#[must_use]
pub fn in_rows(text: &str, rows: &str) -> String {
    format!("{text}：{rows} 行")
}

/// Figures of what is selected.
#[must_use]
pub fn figures(sum: &str, count: &str, mean: &str, least: &str, greatest: &str) -> String {
    format!("合计 {sum}　计数 {count}　平均 {mean}　最小 {least}　最大 {greatest}")
}

/// Title of a pivot.
#[must_use]
pub fn pivot_title(name: &str, figure: &str) -> String {
    format!("{name}透视：{figure}")
}

/// A column that is summed.
#[must_use]
pub fn sum_of(heading: &str) -> String {
    format!("{heading}合计")
}

/// What a pivot's chart shows first.
#[must_use]
pub fn pivot_finding(heading: &str, largest: &str, figure: &str, value: &str) -> String {
    format!("按{heading}：{largest}最多，{figure} {value}")
}

/// The bar of all groups that have none of their own.
#[must_use]
pub fn pivot_rest(groups: usize) -> String {
    format!("其余 {} 项合计", crate::ui::widgets::thousands(groups as u64))
}
