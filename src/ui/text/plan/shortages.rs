//! Sentences of 缺口与办法.

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => { $($(#[$doc])* pub const $name: &str = $text;)* };
}

texts! {
    /// Mark.
    CAPPED = "已封顶";
    /// What the order of the ways out means.
    MENDS_ORDER = "每项缺口的办法按代价由小到大排列：先在月份间移动，再借用、减少预留、另行增加，最后才改动规则数值。";
    /// Button of a way out for several shortages.
    TAKE_FOR_ALL = "采取（全部适用）";
    /// Before the ways out of the first of several shortages.
    FIRST_OF_THEM = "只解决其中第一处的办法：";
    /// Title.
    GROUND_TITLE = "改动规则数值的依据";
    /// What it is for.
    GROUND_TEXT = "此办法改动规则中的数值，须写明依据，将随保存记入操作日志。";
    /// In the empty field.
    GROUND_HINT = "文号、条款，或批准的会议与日期";
}

/// Several shortages of one cause.
#[must_use]
pub fn one_cause(count: usize, first: &str) -> String {
    format!("同一原因共 {count} 处，如：{first}")
}

/// Heading of their list.
#[must_use]
pub fn all_places(count: usize) -> String {
    format!("列出全部 {count} 处")
}

/// What trying has come to.
#[must_use]
pub fn tried(total: usize, added: usize) -> String {
    match (total, added) {
        (0, _) => "试算完毕：没有可自动采取的办法，请调整规则或力量配置".to_owned(),
        (_, 0) => format!("试算完毕：没有其他办法，以上 {total} 项即全部"),
        _ => format!("试算完毕：共 {total} 项办法，其中试算得出 {added} 项"),
    }
}

/// Name of a mend's button.
#[must_use]
pub fn take_name(text: &str) -> String {
    format!("采取：{text}")
}

/// Button for the mends that have to be tried out.
#[must_use]
pub fn more_mends(more: usize) -> String {
    if more == 0 {
        "试算其他办法".to_owned()
    } else {
        format!("其他办法（另有 {more} 项，并试算降低下限）")
    }
}

/// Left out.
#[must_use]
pub fn and_more(count: usize) -> String {
    format!("另有 {count} 项未列出")
}

/// While looking ahead.
#[must_use]
pub fn looking(done: u64, total: u64) -> String {
    format!("正在试算：已找到 {done} 项办法，共约 {total} 项")
}

/// What "all" would do.
#[must_use]
pub fn outlook(count: usize) -> String {
    if count == 0 {
        "没有可自动采取的办法".to_owned()
    } else {
        format!("将依次采取以下 {count} 项办法，各为一步，可逐项撤销；保存后才生效。")
    }
}

/// A shortage without mend.
#[must_use]
pub fn stuck(shortage: &str) -> String {
    format!("此后仍有缺口没有可自动采取的办法：{shortage}")
}

/// What is open beside a plan that can be carried out.
#[must_use]
pub fn still_open(parts: usize) -> String {
    format!("另有 {parts} 项数值待本单位确认，见「数值与确认」")
}
