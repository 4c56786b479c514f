//! Texts of 成效.

use crate::ui::widgets::{decimal, thousands};

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => { $($(#[$doc])* pub const $name: &str = $text;)* };
}

texts! {
    /// Title.
    TITLE = "成效";
    /// Under way.
    COMPUTING = "正在计算成效";
    /// It could not be computed.
    FAILED = "成效没有算成";
    /// Button.
    AGAIN = "再算一次";
    /// Button: the workbook could not be written.
    WRITE_AGAIN = "重试";
    /// Nothing to tell yet.
    NOTHING = "还没有检查结果";
    /// What to do.
    NOTHING_HINT = "抽取并在「执行与公开」录入检查结果后，这里给出合规率及其区间、名录失效率、随机的代价与企业行为分析。";
    /// Button.
    GO_RESULTS = "去执行与公开";
    /// Button.
    EXPORT = "导出成效工作簿…";
    /// On it.
    EXPORT_HINT = "全部表格写成一个工作簿（内部资料）";
    /// Dialog.
    PICK_FILE = "成效工作簿写到";
    /// Kind of file.
    WORKBOOK = "工作簿";
    /// While it is written.
    WRITING = "正在写成效工作簿";
    /// Tab and table.
    RATES = "合规率";
    /// Tab and table.
    YEARS = "年度对照";
    /// Tab and table.
    PRICE = "随机的代价";
    /// Tab and table.
    DEAD = "名录失效率";
    /// Tab and table.
    FIRMS = "企业行为分析";
    /// Tab and table.
    PEOPLE = "执法人员影响";
    /// Tab and table.
    COVER = "覆盖范围";
    /// Figure.
    F_CITY = "全市合规率";
    /// Figure.
    F_COVER = "估计覆盖";
    /// Under it.
    F_COVER_NOTE = "在册单位中可能被抽到的比例";
    /// Figure.
    F_DEAD = "名录失效率";
    /// Figure.
    F_PRICE = "随机的代价";
    /// Its unit.
    F_PROBLEMS = "个问题";
    /// Axis.
    AXIS_RATE = "合规率";
    /// Axis.
    AXIS_DEAD = "失效率";
    /// Axis.
    AXIS_YEAR = "年份";
    /// Axis.
    AXIS_FLOOR = "每个单位的最低概率";
    /// Axis.
    AXIS_FOUND = "预计发现问题";
    /// Unit.
    ITEMS = "个";
    /// Axis of rows.
    GROUP = "分组";
    /// Source line of charts.
    SOURCE = "据本年度随机抽取的检查结果，按抽到的概率加权估计；横线为 95% 区间，* 样本少";
    /// Source line of the curve.
    SOURCE_PRICE = "据本年度随机抽取的检查结果，按抽到的概率加权估计；色带为 95% 区间";
    /// Source line of the chart of years.
    SOURCE_YEARS = "历次检查的简单比例，未加权；最后一年另有估计";
    /// Line.
    S_SHARE = "全部检查的简单比例";
    /// Line.
    S_ESTIMATE = "本年度估计";
    /// Line.
    S_CURVE = "按年度频次，设最低概率";
    /// Reference.
    R_ORDER = "只按风险从高到低";
    /// Reference.
    R_FOUND = "实际发现";
    /// Title of the chart of years.
    YEARS_TITLE = "历年检查中未发现问题的比例";
    /// Note.
    PEOPLE_NOTE = "内部资料。按执法证号排列，不得用于排名或考核：两人一组分不开，单人的差别多半是偶然。效应已向平均值收缩，只供培训和统一尺度。";
    /// Note.
    YEARS_NOTE = "历年的比例没有按抽到的概率加权，检查对象历年不同，只看走向。";
    /// Note.
    RATES_NOTE = "每个单位按当年第一次有结果的随机检查计一次，以当年被抽到的概率的倒数加权；替换与触发式检查不参与估计。标「样本少」的只供参考。";
    /// Note.
    PRICE_NOTE = "按本年度结果估计：每个抽到的单位代表概率倒数那么多单位。风险次序取首月封存时的年度频次，不含当年结果。";
    /// Why there is no curve.
    NO_PRICE = "首月的抽取没有留下年度频次，算不出随机的代价";
    /// Tab and table.
    LISTS = "检查表覆盖";
    /// Tab and table.
    ITEMS_LIST = "检查项答复";
    /// Axis.
    AXIS_NOT_MET = "不符合";
    /// Unit.
    TIMES = "次";
    /// Instead of the answers.
    NO_ITEMS = "还没有检查表的逐项答复。在「执行与公开」的结果表单中逐项点选，或在填报表的「检查表答复」一列填写。";
    /// Source line of the chart of items.
    SOURCE_ITEMS = "据有逐项答复的检查，未加权";
    /// All kinds.
    ALL_KINDS = "全部";
}

/// A share in percent with one decimal.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{}%", decimal(share * 100.0, 1))
}

/// An interval of shares.
#[must_use]
pub fn interval((low, high): (f64, f64)) -> String {
    format!("95% 区间 {} 至 {}", percent(low), percent(high))
}

/// Where a file was written.
#[must_use]
pub fn written(path: &str) -> String {
    format!("已写入 {path}")
}

/// The months told of and the checks.
#[must_use]
pub fn span(months: &str, sampled: usize, missing: usize) -> String {
    let sampled = thousands(sampled as u64);
    if missing == 0 {
        format!("{months}，随机抽到 {sampled} 个单位")
    } else {
        format!("{months}，随机抽到 {sampled} 个单位，{} 个尚无结果", thousands(missing as u64))
    }
}

/// A tab with a count.
#[must_use]
pub fn tab(name: &str, count: usize) -> String {
    format!("{name} {}", thousands(count as u64))
}

/// Title of the chart of rates.
#[must_use]
pub fn rates_title(kind: &str, city: &str, low: &str, high: &str) -> String {
    format!("各{kind}的合规率：全市 {city}（{low} 至 {high}）")
}

/// Title of the chart of dead records.
#[must_use]
pub fn dead_title(city: &str) -> String {
    format!("名录中已关闭或搬迁的单位：全市 {city}")
}

/// Title of the curve.
#[must_use]
pub fn price_title(visits: usize, price: f64, low: f64, high: f64) -> String {
    format!(
        "同样查 {} 个单位，随机的代价是 {} 个问题（95% 区间 {} 至 {}）",
        thousands(visits as u64),
        decimal(price, 0),
        decimal(low, 0),
        decimal(high, 0)
    )
}

/// Units seen, as a note.
#[must_use]
pub fn of_units(observed: usize) -> String {
    format!("据 {} 个在产单位", thousands(observed as u64))
}

/// The interval of the price.
#[must_use]
pub fn price_note(low: f64, high: f64) -> String {
    format!("95% 区间 {} 至 {}", decimal(low, 0), decimal(high, 0))
}

/// Under the coverage.
#[must_use]
pub fn cover_note(covered: usize, sources: usize) -> String {
    format!("{} 个在册单位中 {} 个可能被抽到", thousands(sources as u64), thousands(covered as u64))
}

/// Title of the chart of items.
#[must_use]
pub fn items_title(item: &str, times: usize) -> String {
    format!("检查表各项中不符合最多的是「{item}」，{} 次", thousands(times as u64))
}
