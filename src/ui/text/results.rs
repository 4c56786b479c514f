//! Texts of 执行与公开.

use chrono::NaiveDate;

use crate::diagnostic::Finding;

use crate::disclosure::DeadlineState;
use crate::domain::PlanMonth;
use crate::ui::widgets::thousands;

mod for_good;
mod ledger;
mod masked;

pub use for_good::*;
pub use ledger::*;
pub use masked::*;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => { $($(#[$doc])* pub const $name: &str = $text;)* };
}

texts! {
    /// Title.
    TITLE = "执行与公开";
    /// The books could not be read.
    BOOKS_FAILED = "抽取与结果没有读成";
    /// Way on.
    OPEN_AGAIN = "重新打开项目";
    /// No draw yet.
    NO_DRAW = "还没有抽取";
    /// What to do.
    NO_DRAW_HINT = "先在「月度抽取」封存并开封一个月份，检查对象随即列入，检查后在这里录入或导入结果、登记公开。";
    /// What to do while a seal waits.
    PENDING_HINT = "已有封存在等待开封。开封抽取后，检查对象随即列入，检查后在这里录入或导入结果、登记公开。";
    /// Button.
    GO_DRAW = "去月度抽取";
    /// Why not.
    READ_ONLY = "项目以只读方式打开，不能更改";
    /// Why not.
    ACTING = "有操作正在进行，请稍候";
    /// Button.
    IMPORT = "导入检查结果";
    /// On it.
    IMPORT_HINT = "填好的结果模板或其他结果表（xlsx、xls、csv、ods）";
    /// Button, on a shared project.
    TAKE_REPORTED = "取入各主体报送";
    /// On it.
    TAKE_REPORTED_HINT = "取入各主体在共享项目中报送的检查结果，按与导入相同的规则核对，逐项给出结论";
    /// Button.
    EXPORT_TASKS = "导出本月清单与填报模板";
    /// On it.
    EXPORT_TASKS_HINT = "只写内部文件：计划、各主体任务清单、检查任务书（PDF、Word）与结果填报模板；不登记公开";
    /// Button.
    PACK = "打包发送…";
    /// On it.
    PACK_HINT = "每个执法主体一个压缩包：任务单、填报表、外业文件与期限日历，内有清单";
    /// Title of the dialog.
    PACK_TITLE = "打包发送";
    /// In it.
    PACK_TEXT = "先写出各执法主体的文件夹，再各打成一个压缩包，放在所选文件夹的「打包发送」中。包内只有该主体自己的检查对象。";
    /// Box to tick.
    PACK_ENCRYPT = "加密，打开时须输入密码";
    /// Field.
    PACK_PASSWORD = "密码";
    /// Field.
    PACK_AGAIN = "再输一次";
    /// Why not.
    PACK_DIFFER = "两次输入的密码不同";
    /// Below the fields.
    PACK_NOTE = "密码不保存、不写入日志，请以另外的方式告知收件单位；遗失后无法打开。";
    /// Button.
    ADDRESS_SET = "公开网页地址…";
    /// Title of the dialog.
    ADDRESS_TITLE = "公开网页地址";
    /// In it.
    ADDRESS_TEXT = "导出的「公开/网页」放在哪里：任务单上的二维码带本单位的证明，扫码后打开这个地址的核验页。不填时二维码只带文字，可粘贴到核验页。";
    /// Field.
    ADDRESS = "地址";
    /// In the field.
    ADDRESS_HINT = "https://…/verify.html";
    /// Its button.
    ADDRESS_YES = "保存";
    /// Dialog of files.
    PICK_RESULTS = "选择检查结果表";
    /// Kind of files.
    SHEETS = "表格";
    /// Dialog of files.
    PICK_FOLDER = "选择导出到的文件夹";
    /// Unit.
    ITEMS = "项";
    /// Figure.
    PUBLISHED = "结果公开率";
    /// Beside its figure.
    PUBLISHED_OUGHT = "应为 100%";
    /// Figure.
    OVERDUE = "逾期未公开";
    /// Figure.
    SOON = "即将到期";
    /// Under it.
    SOON_NOTE = "5 个工作日以内";
    /// Figure.
    TO_CHECK = "待检查或待录入";
    /// Figure.
    PROBLEMS = "问题发现率";
    /// Tab.
    TAB_BOARD = "公开期限";
    /// Tab.
    TAB_ENTRY = "待录入";
    /// Tab.
    TAB_LISTS = "公开清单";
    /// Tab.
    TAB_FIGURES = "指标与分主体";
    /// Filter.
    ALL_STATES = "全部";
    /// Filter.
    ONLY_MONTH = "只看所选月份";
    /// Why a button is off.
    SELECT_FIRST = "请先勾选已办结、尚未公开的结果";
    /// Button.
    SELECT_SHOWN = "全选所列未公开的";
    /// On it.
    SELECT_SHOWN_HINT = "勾选列表中已办结、尚未公开的全部结果";
    /// Button.
    SELECT_NONE = "取消勾选";
    /// What the board does.
    BOARD_NOTE = "点一行勾选，双击更正；期限自办结次日起算";
    /// Nothing recorded.
    NO_RESULTS = "还没有检查结果：请导入结果表，或在「待录入」逐条录入";
    /// Nothing fits the filter.
    NO_ROWS = "没有符合筛选的结果";
    /// Menu.
    CORRECT = "更正此结果";
    /// Title of the confirmation.
    PUBLISH_TITLE = "登记公开";
    /// Title of a correction.
    PUBLISH_CORRECT_TITLE = "更正公开登记";
    /// Its button.
    PUBLISH_CORRECT_YES = "更正日期";
    /// Its button where the publication is taken back.
    PUBLISH_WITHDRAW_YES = "撤回登记";
    /// Another day.
    OTHER_DAY = "公开日期有误";
    /// It did not go out.
    NOT_PUBLISHED = "其实没有公开，撤回登记";
    /// Field.
    PUBLISHED_ON = "公开日期";
    /// Menu.
    CORRECT_PUBLICATION = "更正或撤回公开登记…";
    /// Search field of the checks.
    SEARCH_CHECKS = "查找检查对象";
    /// In it.
    SEARCH_CHECKS_HINT = "单位、拼音、计划编码、编号或执法主体";
    /// Nothing found.
    NONE_FOUND = "没有符合查找的检查对象";
    /// Button.
    TICK_LISTED = "全选所列";
    /// On it.
    TICK_LISTED_HINT = "勾选左侧所列（按当前筛选与查找）的全部检查对象";
    /// Why a button is off.
    TICK_FIRST = "请先勾选检查对象";
    /// Title of the batch.
    BATCH_TITLE = "成批录入：未发现问题";
    /// Below its fields.
    BATCH_NOTE = "检查事项、检查方式与执法人员按各项检查自己的安排录入；有问题的请取消勾选，逐条录入。录入后可以逐条更正。";
    /// Its button.
    PUBLISH_YES = "确已公开，登记";
    /// Title of the confirmation.
    EXPORT_TITLE = "导出公开清单";
    /// Its button.
    EXPORT_YES = "选择文件夹并导出";
    /// List.
    OPEN = "待录入";
    /// List.
    RECORDED = "已录入";
    /// Nothing to list.
    MONTH_NOT_DRAWN = "所选月份还没有抽取";
    /// Nothing to list.
    ALL_RECORDED = "本月（按当前筛选）的检查对象都已录入结果";
    /// Nothing to list.
    NONE_RECORDED = "本月（按当前筛选）还没有录入结果";
    /// Nothing chosen.
    CHOOSE_CHECK = "在左侧选择一个检查对象，录入或更正它的结果";
    /// Mark.
    CORRECTION = "更正";
    /// Field.
    INSPECTED = "检查日期";
    /// Field.
    COMPLETED = "办结日期";
    /// In the empty field.
    COMPLETED_HINT = "未办结可空";
    /// In the empty field.
    DAY_HINT = "如 2027-03-05";
    /// Field.
    MANNER = "检查方式";
    /// Field.
    OUTCOME = "检查结果";
    /// Nothing is chosen yet.
    CHOOSE_OUTCOME = "请选择";
    /// No outcome.
    NO_OUTCOME = "没有填写检查结果";
    /// Field.
    PROBLEM = "发现的问题";
    /// Field.
    RECTIFY = "整改期限";
    /// Field.
    CLOSED = "销号日期";
    /// In the empty field.
    CLOSED_HINT = "未销号可空";
    /// Field.
    EVIDENCE = "销号依据";
    /// In the empty field.
    EVIDENCE_HINT = "整改报告、照片、复查记录";
    /// Field.
    MATTERS = "检查事项";
    /// Field.
    HANDLING = "处理情况";
    /// In the empty field.
    HANDLING_HINT = "如：责令改正；处罚决定书文号";
    /// Field.
    INSPECTORS = "执法人员";
    /// In the empty field.
    INSPECTORS_HINT = "两个以上证号，用顿号分开";
    /// Field.
    CHECKLIST = "检查表";
    /// Button.
    REST_MET = "其余符合";
    /// Button.
    NO_ANSWERS = "清除答复";
    /// In the empty field.
    CHECKLIST_HINT = "所用检查表名称，未用可空";
    /// Switch.
    RECHECK = "本次为复查";
    /// Switch.
    WITHHELD = "依法不予公开";
    /// Field.
    GROUND = "不公开依据";
    /// In the empty field.
    GROUND_HINT = "《政府信息公开条例》第十五条";
    /// Field.
    REASON = "更正原因";
    /// In the empty field.
    REASON_HINT = "记入操作日志";
    /// Button.
    RECORD = "录入";
    /// Button.
    RECORD_CORRECTION = "更正";
    /// Button.
    RESET = "还原";
    /// Why a button is off.
    MEND_FIRST = "请先改正标红的各项";
    /// Why a button is off.
    NOTHING_CHANGED = "没有改动";
    /// Message.
    DAY_FORM = "日期写作 2027-03-05";
    /// Job.
    LIST_JOB = "汇总公开清单";
    /// Button.
    EXPORT_PUBLIC = "导出公开文件";
    /// Why a button is off.
    NOTHING_READY = "本月还没有已办结、可公开的结果";
    /// What the list is.
    LIST_NOTE = "以下为今天导出时公开文件所列内容：已办结的才列入，个人信息已遮盖，未检查的对象绝不出现";
    /// No rows.
    NO_PUBLIC_ROWS = "本月还没有可公开的结果";
    /// Heading.
    FIGURES = "报送指标";
    /// Heading.
    BY_BODY = "各执法主体进度";
    /// Total of the bodies.
    ALL_BODIES = "合计";
    /// Menu of a body's row.
    ONLY_BODY = "只看此执法主体";
    /// Figure.
    F_DISCLOSED = "结果公开率";
    /// Figure.
    F_IN_TIME = "按期公开率";
    /// Figure.
    F_DONE = "计划完成率（已过月份）";
    /// Figure.
    F_PLANNED = "计划内检查占比";
    /// Figure.
    F_OFF_SITE = "非现场检查占比";
    /// Figure.
    F_JOINT = "联合检查占比";
    /// Figure.
    F_PROBLEM = "问题发现率";
    /// Figure.
    F_CHECKLIST = "使用检查表占比";
    /// Figure.
    F_GONE = "搬迁或关闭占比";
    /// Figure.
    F_STOPPED = "停产占比";
    /// Figure.
    F_VISITS = "平均每家企业被查";
    /// Figure.
    F_LATE = "最长逾期";
}

/// Columns of the board.
pub const BOARD_COLUMNS: [&str; 8] = ["计划编码", "单位", "执法主体", "月份", "办结日期", "公开期限", "剩余", "状态"];
/// The deadline board, for screen readers.
pub const BOARD: &str = "公开期限";
/// The public list, for screen readers.
pub const PUBLIC_LIST: &str = "拟公开清单";
/// The checks to be entered or corrected, for screen readers.
pub const CHECKS: &str = "检查对象";
/// Columns of the checks that are hidden at first.
pub const CHECK_COLUMNS: [&str; 4] = ["单位名称", "计划编码", "来源", "执法主体"];
/// Columns by body.
pub const BODY_COLUMNS: [&str; 7] = ["执法主体", "已列入", "已查", "已办结", "已公开", "逾期", "公开率"];

/// Beside the title.
#[must_use]
pub fn as_of(day: NaiveDate) -> String {
    format!("截至 {day}")
}

/// A tab or filter with its count.
#[must_use]
pub fn tab(name: &str, count: usize) -> String {
    format!("{name} {}", thousands(count as u64))
}

/// Published of those that must be.
#[must_use]
pub fn published_of(published: u64, due: u64) -> String {
    format!("已公开 {} / 应公开 {} 项", thousands(published), thousands(due))
}

/// The longest lateness.
#[must_use]
pub fn longest(days: u32) -> String {
    if days == 0 {
        "已公开的均未逾期".to_owned()
    } else {
        format!("已公开的最长逾期 {days} 个工作日")
    }
}

/// Of the month.
#[must_use]
pub fn of_month(month: Option<PlanMonth>, count: usize) -> String {
    month.map_or_else(String::new, |month| format!("其中 {month} 有 {} 项", thousands(count as u64)))
}

/// A part of a whole.
#[must_use]
pub fn part_of(part: u64, whole: u64) -> String {
    format!("{} / {} 项", thousands(part), thousands(whole))
}

/// Visits of enterprises.
#[must_use]
pub fn visits_of(visits: u64, enterprises: u64) -> String {
    format!("{visits} 次 / {enterprises} 家")
}

/// Times.
#[must_use]
pub fn times(n: &str) -> String {
    format!("{n} 次")
}

/// Working days.
#[must_use]
pub fn working_days(days: u32) -> String {
    format!("{days} 个工作日")
}

/// Name of a body's meter.
#[must_use]
pub fn body_meter(body: &str, share: &str) -> String {
    format!("{body} 公开率 {share}")
}

/// Left out.
#[must_use]
pub fn and_more(count: usize) -> String {
    format!("另有 {count} 项")
}

/// Due day.
#[must_use]
pub fn due(day: NaiveDate, provisional: bool) -> String {
    if provisional { format!("{day} 暂定") } else { day.to_string() }
}

/// Working days left.
#[must_use]
pub fn days_left(state: DeadlineState, days: Option<i32>) -> String {
    match (state, days) {
        (DeadlineState::Published, Some(days)) if days < 0 => format!("逾期 {} 日公开", -days),
        (DeadlineState::Published, _) => "按期公开".to_owned(),
        (_, Some(days)) if days < 0 => format!("逾期 {} 个工作日", -days),
        (_, Some(0)) => "今天到期".to_owned(),
        (_, Some(days)) => format!("{days} 个工作日"),
        _ => String::new(),
    }
}

/// Name of a row of the board.
#[must_use]
pub fn row_name(code: &str, name: &str, state: &str, left: &str) -> String {
    format!("{code} {name} {state} {left}")
}

/// Month of the list.
#[must_use]
pub fn month_label(month: Option<PlanMonth>) -> String {
    month.map_or_else(String::new, |month| format!("{month} 的检查对象"))
}

/// Button to a month.
#[must_use]
pub fn go_month(month: PlanMonth) -> String {
    format!("看 {month}")
}

/// A check's line.
#[must_use]
pub fn check_line(code: &str, body: &str, origin: &str, on: NaiveDate) -> String {
    format!("{code}  {body}  {origin}  {on} 列入")
}

/// What is on record.
#[must_use]
pub fn record_line(on: NaiveDate, outcome: &str, disclosed: Option<NaiveDate>) -> String {
    let disclosed = disclosed.map_or_else(|| "尚未公开".to_owned(), |day| format!("{day} 公开"));
    format!("已录入：{on} {outcome}，{disclosed}")
}

/// What is to be said under a field of the form: what, what was expected, what to do.
#[must_use]
pub fn field_message(finding: &Finding) -> String {
    let expected = finding.expected.as_ref().map_or_else(String::new, |expected| format!("，应为{expected}"));
    let hint = finding.hint.as_ref().map_or_else(String::new, |hint| format!("。{hint}"));
    format!("{}{expected}{hint}", finding.what)
}

/// Title of the list.
#[must_use]
pub fn list_title(month: PlanMonth, rows: usize) -> String {
    format!("{month} 公开清单：{rows} 项列入")
}

/// Not finished.
#[must_use]
pub fn running(count: u64) -> String {
    format!("检查未办结、暂不列入：{count} 项")
}

/// Penalties left out.
#[must_use]
pub fn penalties_left_out(count: u64) -> String {
    format!("已修复或已过公示期、不再列出的处罚：{count} 条")
}

/// Withheld.
#[must_use]
pub fn withheld(count: usize) -> String {
    format!("依法不予公开：{count} 项，只计数并列明依据")
}

/// A withheld row.
#[must_use]
pub fn withheld_row(number: u32, body: &str, month: PlanMonth, ground: &str) -> String {
    format!("{number}. {body} {month}：{ground}")
}

/// Column of the list: how late a row is.
pub const LATE: &str = "逾期";

/// A cell of the exported list under its heading.
#[must_use]
pub fn cell_line(heading: &str, text: &str) -> String {
    format!("{heading}：{text}")
}

/// Late.
#[must_use]
pub fn late(days: u32) -> String {
    format!("逾期 {days} 个工作日")
}

/// What will be kept of the address typed.
pub fn address_kept(address: &str) -> String {
    if address.is_empty() { "没有地址".to_owned() } else { format!("二维码将打开 {address}") }
}

/// How many items of the checklist have an answer.
#[must_use]
pub fn answered(answered: usize, items: usize) -> String {
    format!("逐项答复（{answered} / {items} 项）")
}
