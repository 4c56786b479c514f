//! Texts of 年度计划.

mod lights;
mod matrix;
mod record;
mod shortages;
mod trial;
mod values;

use chrono::NaiveDate;

pub use lights::*;
pub use matrix::*;
pub use record::*;
pub use shortages::*;
pub use trial::*;
pub use values::*;

use crate::domain::PlanMonth;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => { $($(#[$doc])* pub const $name: &str = $text;)* };
}

texts! {
    /// Title.
    TITLE = "年度计划";
    /// Way on from a failure.
    SEE_DATA = "查看数据";
    /// Button.
    PLAN_DATES = "批准、备案与公布…";
    /// Why a button is off.
    PLAN_DATES_OFF = "只读打开，或正在处理";
    /// Title.
    PLAN_DATES_TITLE = "年度检查计划的批准、备案与公布";
    /// Button.
    PLAN_DATES_YES = "登记";
    /// What it is for.
    PLAN_DATES_TEXT = "批准时，现在的计划即留存为一版，以后与滚动计划、已抽取、已完成对照。计划调整后再次批准的，填写新的批准日期，即为下一版；备案与公布日期可以以后再登记。";
    /// Button where a plan is approved.
    PLAN_APPROVE_YES = "批准并留存";
    /// Field.
    APPROVED_BY = "批准人或机关";
    /// Hint of a field.
    PLAN_DATES_HINT = "如 2027-03-10";
    /// What the dialog lacks while nothing was entered.
    PLAN_DATES_ANY = "批准、备案、公布至少一项日期";
    /// A text is no day.
    PLAN_DATES_WRONG = "日期应写作 2027-03-10 的形式，且为实有的日期；未定的留空";
    /// The plan is being computed.
    STALE = "正在重新计算";
    /// Tab.
    TAB_MATRIX = "计划矩阵";
    /// Tab.
    TAB_LIGHTS = "下限与上限";
    /// Tab.
    TAB_SHORTAGES = "缺口与办法";
    /// Tab.
    TAB_FREQUENCIES = "频次";
    /// Tab.
    TAB_CALENDAR = "工作日历";
    /// Tab.
    TAB_TRIAL = "多年模拟";
    /// Rows are bodies.
    BY_BODY = "按执法主体";
    /// Rows are districts.
    BY_DISTRICT = "按区";
    /// Switch.
    LOAD_CHART = "负荷图";
    /// Axis.
    MONTH = "月份";
    /// Series.
    NEED = "计划需要";
    /// Series.
    HAVE = "可用";
    /// Row of the city.
    CITY = "全市";
    /// Sources that lie nowhere on the map.
    OFF_MAP = "区划图外";
    /// Column of sums.
    YEAR = "全年";
    /// Second heading row.
    WORKING_DAYS = "工作日（* 暂定）";
    /// What the matrix shows.
    MATRIX_NOTE = "拖动、Shift、Ctrl 多选；Ctrl+C、V 复制粘贴；Ctrl+R、D 向右、向下填充；键入数字或按回车修改；Alt 加拖动增减";
    /// What the districts' sums are.
    DISTRICT_NOTE = "按污染源所在区汇总，只供查看；调整请到「按执法主体」";
    /// Why not.
    READ_ONLY = "项目以只读方式打开，不能更改";
    /// Why not.
    PAST = "该月已经抽取，不能再改";
    /// Why not.
    SEALED = "该月已封存，开封或作废前不能改";
    /// Why a button waits.
    WAIT = "计划正在重新计算，请稍候";
    /// Its field.
    REASON = "调整理由";
    /// In the empty field.
    REASON_HINT = "如：配合专项行动";
    /// How a change works.
    EDIT_HINT = "改动后该类别在本月锁定，差额由同类对象本周期其他月份增减";
    /// Column.
    CATEGORY = "监管类别";
    /// Column.
    DRAWN = "抽查（次）";
    /// Column.
    MANDATORY = "必查";
    /// On a category.
    CHOOSE_CATEGORY = "选中后，在矩阵中上下拖动改的是这一类";
    /// Section.
    LOAD = "力量占用（需要 / 可用）";
    /// Section.
    OTHER_EDITS = "涉及本月的其他调整";
    /// Button.
    TAKE_BACK = "撤回";
    /// Button.
    ONLY_BODY = "其他页面只看此执法主体";
    /// Button.
    ALL_BODIES = "恢复全部执法主体";
    /// Button.
    ONLY_DISTRICT = "其他页面只看此区";
    /// Button.
    ALL_DISTRICTS = "恢复全市";
    /// On these buttons.
    FILTER_HINT = "各页面共用同一筛选";
    /// Resource.
    TEAMS = "执法组";
    /// Resource.
    VEHICLES = "车辆";
    /// Resource.
    MONITORING = "监测";
    /// Resource.
    INSTRUMENTS = "仪器";
    /// Resource.
    BUDGET = "经费";
    /// Filter.
    ONLY_RED = "只看未达到";
    /// State of a light.
    KEPT = "达到";
    /// State of a light.
    NOT_KEPT = "未达到";
    /// No article.
    NO_BASIS = "规则文件没有注明依据";
    /// Nothing chosen.
    CHOOSE_LIGHT = "点选一条规则，这里显示它的条款；数值的更改与确认在「数值与确认」";
    /// Heading.
    SPREAD = "各风险等级的年度频次 λ";
    /// What the figures are.
    SPREAD_NOTE = "λ 为每年预计抽查次数；不含停产、正面清单等不参加抽取的污染源。第二行不计因企业年度上限被压缩的";
    /// Heading.
    OFF_SITE = "非现场检查（正面清单）";
    /// None.
    NO_OFF_SITE = "没有正面清单成员";
    /// Column.
    TIER = "风险等级";
    /// Button.
    TAKE_ALL = "全部采取最省的办法";
    /// Button of the dialog.
    TAKE_THESE = "逐项采取";
    /// The job was stopped.
    STOPPED = "试算已停止";
    /// Mark.
    SHORTAGE = "缺口";
    /// Mark.
    REMARK = "提示";
    /// Link.
    BASIS = "依据";
    /// Button of the first mend.
    TAKE_CHEAPEST = "采取（最省）";
    /// Button.
    TAKE = "采取";
    /// Job.
    TRYING = "正在试算";
    /// On the button.
    MORE_HINT = "逐一试算降低下限等办法，需要几秒";
    /// The shortage is gone.
    GONE = "没有这一项缺口";
    /// Effect.
    EFFECT_MOVE = "在月份间移动，不减少全年次数";
    /// Effect.
    EFFECT_LEND = "借用其他主体的力量";
    /// Effect.
    EFFECT_ADD = "另行增加力量";
    /// Effect.
    EFFECT_TRAIN = "培训本单位人员";
    /// Effect.
    EFFECT_RESERVE = "减少触发式检查的预留";
    /// Effect.
    EFFECT_RULE = "改动规则数值，须有依据";
    /// Heading.
    OVERLOADS = "缺口、封顶与预计超出可用力量的月份";
    /// None.
    NO_OVERLOADS = "没有缺口，也没有超出可用力量的月份";
    /// Mark.
    FULL = "超载";
    /// The calendar is official.
    NOTICED = "按国务院办公厅放假安排";
    /// The calendar is not.
    PROVISIONAL = "暂定";
    /// Legend.
    HOLIDAY = "放假";
    /// Legend.
    MAKE_UP = "调休上班";
    /// Legend.
    REST = "周末";
    /// A working day.
    WORK = "工作日";
    /// Button.
    TRIAL = "开始模拟";
    /// Chooser.
    TRIAL_YEARS = "重复模拟";
    /// Button.
    STOP = "停止";
    /// What it does.
    TRIAL_NOTE = "按当前计划逐月抽取，重复若干年，检验每个等级实际被抽次数是否等于计划、规则有无被突破。只用于检验，不影响任何封存与抽取。";
    /// Not yet simulated.
    TRIAL_EMPTY = "选择年数后点「开始模拟」";
    /// The plan has changed since.
    TRIAL_OLD = "计划已变动，以下是变动前的结果";
    /// Heading.
    TRIAL_RULES = "规则检验";
    /// Heading.
    TRIAL_LOAD = "力量";
    /// Heading.
    TRIAL_BODIES = "各执法主体年均抽查";
    /// Rule.
    CAP_BROKEN = "突破企业年度上限";
    /// Rule.
    WINDOW_BROKEN = "违反两次检查间隔";
    /// Rule.
    SLOT_BROKEN = "同一时段重复抽取";
    /// Rule.
    ABOVE_CEILING = "超过应查次数";
}

/// Columns of what was found: shortages, numbers cut to what is possible, overfull months.
pub const FOUND_COLUMNS: [&str; 7] = ["类别", "执法主体", "月份", "需要", "可用", "说明", "办法（个）"];
/// Columns of the simulation.
pub const TRIAL_COLUMNS: [&str; 6] = ["风险等级", "污染源数", "计划 Σλ（次）", "应抽（次）", "年均实抽（次）", "相差"];
/// Columns of the simulation by body.
pub const BODY_COLUMNS: [&str; 3] = ["执法主体", "计划抽查（次）", "年均实抽（次）"];
/// Heads of the calendar's columns.
pub const WEEKDAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];

/// A month's heading.
#[must_use]
pub fn month(month: usize) -> &'static str {
    const NAMES: [&str; 12] = ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"];
    NAMES.get(month.wrapping_sub(1)).copied().unwrap_or_default()
}

/// Beside the title.
#[must_use]
pub fn title_note(year: i32, expected: &str, next: PlanMonth) -> String {
    format!("{year} 年预计检查 {expected} 次；下一个抽取月份 {next}")
}

/// A tab with its count.
#[must_use]
pub fn tab(name: &str, count: usize) -> String {
    if count == 0 { name.to_owned() } else { format!("{name} {count}") }
}

/// Working days under a month.
#[must_use]
pub fn days(days: u32, noticed: bool) -> String {
    if noticed { format!("{days} 天") } else { format!("{days} 天*") }
}

/// Month and its working days.
#[must_use]
pub fn month_days(month: PlanMonth, days: u32, noticed: bool) -> String {
    let note = if noticed { "" } else { "（暂定，放假安排未发布）" };
    format!("{month}，{days} 个工作日{note}")
}

/// The year's working days.
#[must_use]
pub fn year_days(year: i32, days: u32) -> String {
    format!("{year} 年共 {days} 个工作日")
}

/// The notice is not there yet.
#[must_use]
pub fn not_noticed(last: Option<i32>) -> String {
    let known = last.map_or_else(String::new, |year| format!("（已知至 {year} 年）"));
    format!("本年放假安排尚未发布{known}，发布后请在「文件」菜单更换工作日历")
}

/// On a day.
#[must_use]
pub fn day_hint(date: NaiveDate, word: &str, name: &str, provisional: bool) -> String {
    let name = if name.is_empty() { String::new() } else { format!("（{name}）") };
    format!("{date} {word}{name}{}", if provisional { "，暂定" } else { "" })
}

/// Visits.
#[must_use]
pub fn visits(n: &str) -> String {
    format!("{n} 次")
}

/// Expected visits of a month.
#[must_use]
pub fn expected(n: &str) -> String {
    format!("本月预计检查 {n} 次（抽查加必查）")
}

/// Items.
#[must_use]
pub fn items(n: u32) -> String {
    format!("{n} 项")
}

/// What was drawn and done in a month past.
#[must_use]
pub fn past_line(drawn: u32, mandatory: u32, triggered: u32, done: u32) -> String {
    format!("已抽 {drawn} 项，必查 {mandatory} 项，触发式 {triggered} 项；已查 {done} 项")
}

/// A district's progress.
#[must_use]
pub fn district_line(listed: u32, done: u32, overdue: u32) -> String {
    format!("全年至今：已列入 {listed} 项，已查 {done} 项，逾期未公开 {overdue} 项")
}

/// Need and capacity.
#[must_use]
pub fn need_have(name: &str, need: &str, have: Option<&str>, unit: &str) -> String {
    match have {
        Some(have) => format!("{name} {need} / {have} {unit}"),
        None => format!("{name} {need} {unit} / 不限"),
    }
}

/// Name of a stepper.
#[must_use]
pub fn less(name: &str) -> String {
    format!("{name} 减一次")
}

/// Name of a stepper.
#[must_use]
pub fn more(name: &str) -> String {
    format!("{name} 加一次")
}

/// Name of the lock.
#[must_use]
pub fn lock_name(name: &str, locked: bool) -> String {
    if locked { format!("{name} 已锁定，点此解锁") } else { format!("{name} 锁定为当前次数") }
}

/// Undo label.
#[must_use]
pub fn quota(body: &str, month: PlanMonth, category: &str) -> String {
    format!("{body} {month} {category}次数")
}

/// Undo label.
#[must_use]
pub fn locked(body: &str, month: PlanMonth, category: &str) -> String {
    format!("锁定 {body} {month} {category}")
}

/// Undo label.
#[must_use]
pub fn unlocked(body: &str, month: PlanMonth, category: &str) -> String {
    format!("解锁 {body} {month} {category}")
}

/// Undo label.
#[must_use]
pub fn reason_changed(body: &str, month: PlanMonth) -> String {
    format!("{body} {month} 调整理由")
}

/// Undo label.
#[must_use]
pub fn taken_back(text: &str) -> String {
    format!("撤回：{text}")
}

/// Beside the pointer.
#[must_use]
pub fn drag_hint(category: &str, from: &str, to: &str) -> String {
    format!("{category} {from} → {to} 次")
}

/// A loan.
#[must_use]
pub fn loan(from: Option<&str>, to: &str, amount: &str, unit: &str) -> String {
    match from {
        Some(from) => format!("{to}从{from}借 {amount} {unit}"),
        None => format!("{to}另行增加 {amount} {unit}"),
    }
}

/// Visits moved.
#[must_use]
pub fn moved(from: PlanMonth, to: PlanMonth, percent: &str) -> String {
    format!("{from} 抽查量的 {percent}% 移到 {to}")
}

/// Mandatory checks moved.
#[must_use]
pub fn mandatory_moved(from: PlanMonth, to: PlanMonth, checks: u32) -> String {
    format!("{from} 的 {checks} 项必查移到 {to}")
}

/// A move out of a month that was drawn since.
#[must_use]
pub fn move_settled(moved: &str) -> String {
    format!("{moved}（移出的月份已抽取，不能收回，仍在移入的月份检查）")
}

/// Sites, and how often they are seen on the whole.
#[must_use]
pub fn spread(sites: &str, often: &str) -> String {
    format!("{sites} 个，平均{often}")
}

/// The figures behind it.
#[must_use]
pub fn spread_figures(least: &str, mean: &str, most: &str) -> String {
    format!("λ {least} 至 {most}，平均 {mean}")
}

/// What the enterprises' cap takes.
#[must_use]
pub fn spread_capped(sites: u32, least: &str, used_up: u32) -> String {
    let used =
        if used_up > 0 { format!("，{used_up} 个的名额已由本企业的必查用完") } else { String::new() };
    format!("其中 {sites} 个因企业年度上限压缩，最低 λ {least}{used}")
}

/// Enterprises scaled down.
#[must_use]
pub fn scaled(count: usize, below: usize, cap: u32) -> String {
    if count == 0 {
        return format!("没有企业因年度上限（{cap} 次）被压缩");
    }
    let below =
        if below > 0 { format!("，其中 {below} 家的最低频次之和已超过上限") } else { String::new() };
    format!("{count} 家有多个污染源的企业按年度上限（{cap} 次）等比压缩{below}")
}

/// Members of the positive list.
#[must_use]
pub fn members(count: u32) -> String {
    format!("名单内 {count} 家")
}

/// Off-site checks.
#[must_use]
pub fn off_site_checks(count: u32) -> String {
    format!("全年非现场检查 {count} 次")
}

/// Title of the load chart where something limits.
#[must_use]
pub fn load_title(name: &str, resource: &str, over: usize, fullest: usize, percent: f64) -> String {
    let percent = format!("{percent:.0}%");
    if over == 0 {
        format!("{name} {resource}：各月都在可用力量之内，最紧 {fullest}月（{percent}）")
    } else {
        format!("{name} {resource}：{over} 个月超出可用力量，最紧 {fullest}月（{percent}）")
    }
}

/// Title of the load chart where nothing limits.
#[must_use]
pub fn load_open(name: &str, resource: &str) -> String {
    format!("{name} {resource}：可用力量未填写，视为不限")
}

/// Source of the chart.
#[must_use]
pub fn source(project: &str, drafted: bool) -> String {
    format!("来源：{project}年度计划{}", if drafted { "（草稿）" } else { "" })
}

/// Fields of the yearly plan's days.
pub const PLAN_DATES_FIELDS: [&str; 3] = ["批准日期", "备案日期", "公布日期"];
