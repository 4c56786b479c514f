//! Texts of 总览.

/// Title.
pub const TITLE: &str = "总览";
/// Planned visits.
pub const PLANNED: &str = "全年计划检查";
/// Done.
pub const DONE: &str = "已完成";
/// Disclosure.
pub const DISCLOSED: &str = "结果公开率";
/// Shortages.
pub const SHORTAGES: &str = "计划缺口";
/// What shortages mean.
pub const SHORTAGES_NOTE: &str = "须先解决才能封存";
/// No shortages.
pub const NO_SHORTAGES: &str = "力量与最低频次相符";
/// Attention.
pub const ATTENTION: &str = "需要处理";
/// Nothing needs attention.
pub const NO_ATTENTION: &str = "没有需要处理的事项";
/// Next steps.
pub const NEXT: &str = "下一步";
/// Look.
pub const LOOK: &str = "查看";
/// Go and do.
pub const GO: &str = "去办理";
/// Look at the data.
pub const LOOK_AT_DATA: &str = "查看数据";
/// Source line of charts.
pub const SOURCE: &str = "数据来源：本项目的年度计划与抽取记录";
/// Measure of the small map.
pub const MEASURE: &str = "全年预计检查";

/// Next step: the year's seed.
pub const STEP_YEAR: &str =
    "开年第一步：封存并开封年度种子（一个公开的随机数）。名额算出来有小数，进一还是舍去以后都由它定，谁也不能挑";
/// Next step: a blocked plan.
pub const STEP_SHORTAGE: &str = "年度计划有缺口，先在年度计划中选择办法";

/// Next step: seal a month.
#[must_use]
pub fn step_seal(month: &str) -> String {
    format!("封存 {month} 的抽样框，公布承诺值")
}

/// Next step: open what is sealed.
#[must_use]
pub fn step_open(period: &str, at: &str) -> String {
    format!("{period} 已封存，公开数产生（{at}）后录入并开封")
}

/// Title of the chart by month: what it finds.
#[must_use]
pub fn month_title(done: u32, listed: u32, planned: f64) -> String {
    let planned = crate::ui::widgets::decimal(planned, 0);
    if listed == 0 {
        format!("全年计划 {planned} 次，尚未抽取")
    } else {
        let [listed, done] = [listed, done].map(|n| crate::ui::widgets::thousands(u64::from(n)));
        format!("全年计划 {planned} 次，已抽取 {listed} 项、完成 {done} 项")
    }
}

/// Title of the chart by district.
#[must_use]
pub fn district_title(behind: usize) -> String {
    match behind {
        0 => "已抽取的检查对象均已完成".to_owned(),
        n => format!("{n} 个区还有检查对象没有完成"),
    }
}

/// Title of the chart by district before the first draw.
#[must_use]
pub fn load_title(name: &str, load: f64) -> String {
    format!("{name}的检查任务最重，全年 {} 次", crate::ui::widgets::decimal(load, 0))
}

/// Unit: visits.
pub const VISITS: &str = "次";
/// Unit: items.
pub const ITEMS: &str = "项";
/// Axis: checks.
pub const CHECKS: &str = "检查";
/// Axis: months.
pub const MONTH: &str = "月份";
/// Series: planned.
pub const S_PLAN: &str = "计划";
/// Series: drawn.
pub const S_DRAWN: &str = "已抽取";
/// Series: done.
pub const S_DONE: &str = "已完成";
/// Series: not done.
pub const S_OPEN: &str = "未完成";
/// Series: expected in the year.
pub const S_EXPECTED: &str = "全年预计";
/// Axis: districts.
pub const DISTRICT: &str = "区";

/// Number of bodies.
#[must_use]
pub fn bodies(count: usize) -> String {
    format!("{count} 个执法主体")
}

/// Number of checks on opened lists.
#[must_use]
pub fn listed(count: u32) -> String {
    format!("已抽取 {} 项", crate::ui::widgets::thousands(u64::from(count)))
}

/// Number overdue.
#[must_use]
pub fn overdue(count: usize) -> String {
    format!("逾期 {count} 项")
}

/// A month's name on an axis.
#[must_use]
pub fn month(month: u32) -> String {
    format!("{month}月")
}
