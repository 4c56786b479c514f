//! Sentences of 缺口与办法.

/// Shortages that block.
#[must_use]
pub fn blocking(count: usize) -> String {
    format!("{count} 项缺口，解决之前不能封存")
}

/// Name of a mend's button.
#[must_use]
pub fn take_name(text: &str) -> String {
    format!("采取：{text}")
}

/// Effect and cost of a mend.
#[must_use]
pub fn cost(effect: &str, cost: &str) -> String {
    format!("{effect}；代价 {cost}")
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
