//! Texts of the shell and of what every screen shares.

/// Name of the program.
pub const PROGRAM: &str = "FairDraw 双随机执法计划工作站";
/// While a project opens.
pub const OPENING: &str = "正在打开项目";
/// A project could not be opened.
pub const OPEN_FAILED: &str = "项目没有打开";
/// Opens the demo city.
pub const OPEN_DEMO: &str = "打开演示城市";
/// Opens a project.
pub const OPEN_OTHER: &str = "打开项目…";
/// No project.
pub const NO_PROJECT: &str = "还没有打开项目";
/// What to do without a project.
pub const NO_PROJECT_HINT: &str = "把本单位的名录、信用、处罚、投诉等文件所在的文件夹拖到窗口里，或先看演示城市。";
/// Imports files.
pub const IMPORT: &str = "导入本单位数据";
/// Cancels.
pub const CANCEL: &str = "取消";
/// Why a dialog's button is off.
pub const FILL_IN: &str = "请先填写上面的内容";
/// What a dialog still lacks, by the names of its fields.
#[must_use]
pub fn missing(names: &[&str]) -> String {
    format!("还需填写：{}", names.join("、"))
}
/// Why a question can't be answered yet.
pub const READ_FIRST: &str = "请先看清上面的内容";
/// Confirms.
pub const CONFIRM: &str = "确定";
/// Closes.
pub const CLOSE: &str = "关闭";
/// The menu of what has no room in a row.
pub const MORE: &str = "更多";
/// Its name: what stands in it.
#[must_use]
pub fn more_tabs(names: &str) -> String {
    format!("{MORE}：{names}")
}
/// The whole city.
pub const WHOLE_CITY: &str = "全市";
/// All bodies.
pub const ALL_BODIES: &str = "全部执法主体";
/// District filter.
pub const DISTRICT: &str = "区";
/// Body filter.
pub const BODY: &str = "执法主体";
/// Month filter.
pub const MONTH: &str = "月份";
/// Computation under way.
pub const COMPUTING: &str = "正在计算风险与年度计划";
/// Books under way.
pub const READING_BOOKS: &str = "正在读取抽取与结果";
/// A computation failed.
pub const FAILED: &str = "没有算成";
/// Try again.
pub const AGAIN: &str = "重试";
/// Mark of synthetic data.
pub const SYNTHETIC: &str = "模拟数据";
/// The bar over the demo city.
pub const SYNTHETIC_BAR: &str = "这是模拟数据，单位与人员均为虚构。";
/// Its button.
pub const SYNTHETIC_BUTTON: &str = "点此导入本单位数据";
/// Mark of a read-only project.
pub const READ_ONLY: &str = "只读";
/// Mark of an unsaved draft.
pub const DRAFT: &str = "草稿未保存";
/// Saved.
pub const SAVED: &str = "已保存";
/// Title of the operator's dialog.
pub const OPERATOR_TITLE: &str = "请填写操作人姓名";
/// Why it is asked.
pub const OPERATOR_WHY: &str =
    "封存、开封、替换等操作会连同姓名与时间记入操作日志，只需填写一次，可在「文件」菜单更改。";
/// Its field.
pub const OPERATOR: &str = "操作人";
/// Findings panel.
pub const FINDINGS: &str = "提示与问题";
/// Title of the palette.
pub const PALETTE: &str = "查找与命令";
/// Hint in the palette's field.
pub const PALETTE_HINT: &str = "单位名称或拼音、信用代码、编号、命令、区、月份、术语";
/// Nothing found in the palette.
pub const PALETTE_NONE: &str = "没有找到：可以换一部分名称、拼音首字母，或信用代码、编号里的几位";
/// Keys of the palette.
pub const PALETTE_KEYS: &str = "↑ ↓ 选择，回车打开，退出键关闭";
/// A term in the palette.
pub const TERM: &str = "术语";

/// Beside a source in the palette.
#[must_use]
pub fn unit_note(district: &str, category: &str, unit: &str) -> String {
    [district, category, unit].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}
/// Jobs.
pub const JOB_CANCEL: &str = "停止";
/// Undo in the menu.
pub const UNDO: &str = "撤销";
/// Redo in the menu.
pub const REDO: &str = "重做";
/// Recent projects.
pub const RECENT: &str = "最近的项目";
/// Where files are dropped.
pub const DROP_HERE: &str = "松开鼠标，导入这些文件";

/// On the bundled map.
pub const SKETCH: &str = "示意图，不作为界线依据";

/// Name of an expander that is closed.
#[must_use]
pub fn unfold(name: &str) -> String {
    format!("展开：{name}")
}

/// Name of an expander that is open.
#[must_use]
pub fn fold(name: &str) -> String {
    format!("收起：{name}")
}

/// Units of the positive list whose turn it is; nothing where there are none.
pub fn off_site_of_list(count: usize) -> String {
    if count == 0 {
        String::new()
    } else {
        format!("；另有正面清单非现场检查 {count} 家，在「执行与公开」录入结果")
    }
}

/// How likely the likeliest pair is.
#[must_use]
pub fn pairing_chances(draws: u64, percent: &str, body: &str, people: usize, checks: &str, unused: usize) -> String {
    let unused =
        if unused == 0 { "没有从未用到的人员".to_owned() } else { format!("从未用到 {unused} 人") };
    format!(
        "模拟 {draws} 次配对：一项检查由同一对人员承担的概率最高 {percent}（{body}，{people} 人、{checks} 项）；{unused}"
    )
}
