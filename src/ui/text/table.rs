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
