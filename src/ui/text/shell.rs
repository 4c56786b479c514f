//! Texts of menus, bars and dialogs around the screens.

use crate::workspace::perform::DeedOutcome;
use crate::workspace::session::Outcome;

/// Empties the findings.
pub const CLEAR: &str = "清空";
/// A picture was copied.
pub const COPIED: &str = "图片已复制";
/// Opens the findings.
pub const DETAILS: &str = "详情";
/// Job that draws a picture.
pub const DRAWING: &str = "绘制图片";
/// Help, first line.
pub const HELP_1: &str = "1. 把本单位的文件夹拖到窗口里：名录、信用、处罚、投诉、自动监控、人员、经费等表格，不必改列名；在数据库里的用「从数据库导入」。";
/// Help, second line.
pub const HELP_2: &str =
    "2. 在「数据」看每个文件被认作什么、有哪些问题；在「风险」调权重；在「年度计划」看各月能否排得下。";
/// Help, third line.
pub const HELP_3: &str = "3. 每年先封存并开封一次年度种子，再逐月在「月度抽取」封存、公布承诺值、开封、抽取、配对。";
/// Help, last line.
pub const HELP_4: &str = "4. 检查后在「执行与公开」录入结果，二十个工作日内公开；「审计」可核验任何一次抽取。";
/// Menu of editing.
pub const MENU_EDIT: &str = "编辑";
/// Menu of files.
pub const MENU_FILE: &str = "文件";
/// Menu of help.
pub const MENU_HELP: &str = "帮助";
/// Menu of views.
pub const MENU_VIEW: &str = "查看";
/// Files of the project were changed by another hand: title.
pub const CHANGED_TITLE: &str = "项目文件在程序之外被改动";
/// What that means.
pub const CHANGED_WHY: &str = "下列文件与操作日志所记的不同，操作已停止。最好取消后用备份恢复；确需采用改动后的文件，须由两人具名并写明理由，记入操作日志与抽取存证。";
/// The way on.
pub const CHANGED_ACCEPT: &str = "采用改动后的文件";
/// The other person.
pub const CHANGED_SECOND: &str = "共同负责的另一人";
/// Why.
pub const CHANGED_REASON: &str = "理由";
/// The operator.
pub fn changed_by(operator: &str) -> String {
    format!("操作人：{operator}")
}
/// No operator named yet.
pub const NO_OPERATOR: &str = "操作人未填写";
/// Dialog: calendar.
pub const PICK_CALENDAR: &str = "选择工作日历";
/// Dialog: export.
pub const PICK_EXPORT: &str = "选择导出到的文件夹";
/// Dialog: import.
pub const PICK_IMPORT: &str = "选择本单位数据所在的文件夹";
/// Dialog: map.
pub const PICK_MAP: &str = "选择区划图";
/// Dialog: project.
pub const PICK_PROJECT: &str = "选择项目文件夹";
/// Dialog: refresh.
pub const PICK_REFRESH: &str = "选择新一期名录等文件所在的文件夹";
/// Dialog: results.
pub const PICK_RESULTS: &str = "选择检查结果表";
/// Dialog: a picture.
pub const SAVE_PICTURE: &str = "保存图片";
/// Below the name.
pub const SUBTITLE: &str = "双随机执法计划";
/// Kinds of files: tables.
pub const TABLES: &str = "表格";
/// Switches to dark.
pub const TO_DARK: &str = "深色";
/// Switches to light.
pub const TO_LIGHT: &str = "浅色";

/// The operator's name in the rail.
#[must_use]
pub fn operator(name: &str) -> String {
    format!("操作人 {name}")
}

/// Button of a shared project in the status bar.
pub const SHARED: &str = "共享项目";
/// The same, where the server could not be asked.
pub const SHARED_BEHIND: &str = "共享项目：没有同步";

/// Field.
pub const SHARED_PASSWORD: &str = "数据库密码";

/// Where the project is shared.
#[must_use]
pub fn shared_place(schema: &str, address: &str) -> String {
    format!("由数据库 {address} 的模式 {schema} 共享")
}

/// The same, and what the button does.
#[must_use]
pub fn shared_at(schema: &str, address: &str) -> String {
    format!("{}；点击取得其他办公室的更改", shared_place(schema, address))
}

/// Number of sources in the status bar.
#[must_use]
pub fn sources(count: usize) -> String {
    format!("{} 个污染源", crate::ui::widgets::thousands(count as u64))
}

/// Why there is nothing to undo: what was done last is for good, or nothing was changed.
#[must_use]
pub fn no_undo(last: Option<&Outcome>) -> &'static str {
    match last {
        Some(Outcome::Deed(
            DeedOutcome::Recorded | DeedOutcome::RecordedMany(_) | DeedOutcome::Results(_) | DeedOutcome::Reported(_),
        )) => "结果不可撤销，请用更正：在「执行与公开」双击这一项，写明原因",
        Some(Outcome::Deed(DeedOutcome::Published(..) | DeedOutcome::PublicationCorrected(..))) => {
            "公开登记不可撤销，请用更正：在「公开期限」勾选已公开的结果，更正或撤回并写明原因"
        }
        Some(Outcome::Deed(DeedOutcome::FollowedUp(_))) => {
            "整改登记不可撤销，请用更正：在「整改台账」选中这一项再登记，写明原因"
        }
        Some(Outcome::Deed(DeedOutcome::FindingsConfirmed(_))) => {
            "如需撤回：在「数据」的「质量」选中这一条，点「撤回确认」"
        }
        Some(Outcome::Deed(DeedOutcome::Sealed(..))) => "封存不可撤销：只能开封，或公开作废并写明理由",
        Some(Outcome::Deed(
            DeedOutcome::Opened(..) | DeedOutcome::Substituted(..) | DeedOutcome::Replaced(..) | DeedOutcome::Added(..),
        )) => "开封、替换、更换与新增的检查不可撤销，已记入操作日志",
        _ => "没有可撤销的改动",
    }
}

/// On a chip of the filters.
pub const CHIP_HINT: &str = "所有页面只看这一部分；点此恢复";

/// Name of a chip of the filters.
#[must_use]
pub fn clear_filter(name: &str) -> String {
    format!("取消筛选 {name}")
}

/// District and body have nothing in common.
#[must_use]
pub fn nothing_there(district: &str, body: &str) -> String {
    format!("{district}没有{body}的污染源，所以各页都是空的。")
}

/// Number of findings.
#[must_use]
pub fn count(findings: usize) -> String {
    format!("{findings} 条")
}

/// Findings that the panel does not list.
#[must_use]
pub fn more_findings(more: usize) -> String {
    format!("其余 {more} 条见「数据」的质量页")
}
/// The draft can't be written: title of the dialog.
pub const LOSING_TITLE: &str = "草稿未能保存";
/// What that means.
pub const LOSING: &str = "未保存的更改还在草稿里，但草稿文件现在不能写入，退出就会丢失。请留在窗口，腾出磁盘空间或恢复文件夹的写入权限后再退出。";
/// Keeps the window open.
pub const STAY: &str = "留在窗口";
/// Throws the draft away and closes the window.
pub const LOSE: &str = "放弃草稿并退出";
/// Opens the folder that files were written into.
pub const OPEN_FOLDER: &str = "打开所在文件夹";
/// Copies the path of a folder.
pub const COPY_PATH: &str = "复制路径";
/// No file manager.
pub const CANNOT_OPEN_FOLDER: &str = "没能打开文件夹";
/// What to do then.
pub const COPY_PATH_HINT: &str = "请复制路径，在文件管理器中打开";
/// To the quality report.
pub const SHOW_QUALITY: &str = "查看质量报告";

/// What stands for whatever names a unit.
pub const HIDDEN: &str = "（已遮盖）";
/// While the names are gathered that must not be shown.
pub const VEILING: &str = "正在遮盖单位信息";
/// They could not be gathered.
pub const VEIL_FAILED: &str = "单位信息未能遮盖，因此不显示任何画面";
/// The handle of a panel.
pub const RESIZE: &str = "调整面板大小";
/// The edges of a window within the window.
pub const RESIZE_WINDOW: &str = "调整窗口大小";
/// Its title, which moves and folds it.
pub const WINDOW_TITLE: &str = "窗口标题栏";
/// Its arrow while it is open.
pub const FOLD_WINDOW: &str = "收起窗口内容";
/// Its arrow while it is folded.
pub const UNFOLD_WINDOW: &str = "展开窗口内容";
/// The switch.
pub const VEIL: &str = "保密遮盖";
/// Shows everything again.
pub const VEIL_LIFT: &str = "取消遮盖";
/// Mark while the veil is on.
pub const VEILED: &str = "保密遮盖已开";
/// What the veil does.
pub const VEIL_HINT: &str = "隐去所有画面中的单位名称、统一社会信用代码、编号、地址、执法人员和地图上的本月抽中标记";
/// A file is to be written while the veil is on: title.
pub const VEIL_EXPORT: &str = "文件不遮盖";
/// What that means.
pub const VEIL_EXPORT_WHY: &str = "保密遮盖只管画面。要写入的文件是内部材料，含单位名称和编号，不要在投影时打开。";
/// Writes it all the same.
pub const VEIL_EXPORT_ANYWAY: &str = "仍要写入";
