//! Normal forms of headings and names.
//!
//! [`heading_key`]: are these two headings the same? [`exact_name`]: are these two company names the same?
//! [`name_key`]: are they near enough to ask a person? Keys are for comparing, never shown or stored.

use crate::text::{fold_width, half_width, is_noise};

/// A unit of money named in a heading or a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyUnit {
    /// 元.
    Yuan,
    /// 万元.
    Wan,
    /// 亿元.
    Yi,
}

impl MoneyUnit {
    /// The unit that a heading or a cell names.
    #[must_use]
    pub fn named_in(text: &str) -> Option<Self> {
        let text = fold_width(text);
        if text.contains("万") {
            Some(Self::Wan)
        } else if text.contains("亿") {
            Some(Self::Yi)
        } else if text.contains('元') || text.contains('¥') || text.contains('￥') {
            Some(Self::Yuan)
        } else {
            None
        }
    }

    /// The amount in 万元.
    #[must_use]
    pub fn to_wan(self, amount: f64) -> f64 {
        match self {
            Self::Yuan => amount / 10_000.0,
            Self::Wan => amount,
            Self::Yi => amount * 10_000.0,
        }
    }
}

/// Heading in normal form: half width, lower case, no white space, no marks of obligation; brackets stay.
#[must_use]
pub fn heading_key(heading: &str) -> String {
    fold_width(heading)
        .chars()
        .filter(|c| !c.is_whitespace() && !is_noise(*c) && !matches!(c, '*' | ':' | '"' | '\'' | '“' | '”' | '_'))
        .map(|c| match c {
            '【' | '[' | '〔' | '{' => '(',
            '】' | ']' | '〕' | '}' => ')',
            '／' | '、' => '/',
            c => c,
        })
        .collect::<String>()
        .to_lowercase()
}

/// A heading's key without what stands in brackets; `None` where there are none or nothing else is left.
#[must_use]
pub fn without_brackets(key: &str) -> Option<String> {
    let mut out = String::with_capacity(key.len());
    let mut depth = 0_u32;
    for c in key.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    (out.len() < key.len() && !out.is_empty()).then_some(out)
}

/// A name in the form by which two are the same name: half width, no white space, one kind of brackets. 有限公司 and
/// 股份有限公司, one factory and the next are different names.
#[must_use]
pub fn exact_name(name: &str) -> String {
    name.chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace() && !is_noise(*c))
        .map(|c| match c {
            '【' | '[' | '〔' | '{' | '〈' | '﹙' => '(',
            '】' | ']' | '〕' | '}' | '〉' | '﹚' => ')',
            c => c,
        })
        .collect()
}

const COMPANY_SUFFIXES: [&str; 7] =
    ["股份有限公司", "有限责任公司", "有限公司", "股份公司", "责任公司", "股份合作公司", "公司"];

/// Company name in the loose form by which names that are near each other are suggested; it is no match.
///
/// Half width, upper case, no white space, no brackets or punctuation (what stands in brackets stays), the
/// ending 有限公司, 有限责任公司, 股份有限公司 dropped, one of `prefixes` (上海市, 上海) dropped.
#[must_use]
pub fn name_key(name: &str, prefixes: &[String]) -> String {
    let mut key = String::with_capacity(name.len());
    for c in name.chars() {
        let c = half_width(c);
        // nearly all are common ideographs: they need no look at the tables
        if matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphanumeric() && !is_noise(c) {
            key.push(c.to_ascii_uppercase());
        }
    }
    let mut core = key.as_str();
    for suffix in COMPANY_SUFFIXES {
        if let Some(rest) = core.strip_suffix(suffix) {
            core = rest;
            break;
        }
    }
    for prefix in prefixes {
        if let Some(rest) = core.strip_prefix(prefix.as_str()) {
            core = rest;
            break;
        }
    }
    // A name of nothing but endings ("上海有限公司") would match every other one: keep it whole.
    if core.chars().nth(1).is_none() { key } else { core.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_meet_whatever_their_brackets_and_endings() {
        let prefixes = vec!["上海市".to_owned(), "上海".to_owned()];
        let key = |t: &str| name_key(t, &prefixes);
        assert_eq!(key("上海宏达（集团）有限公司"), key("宏达(集团) 有限责任公司"));
        assert_eq!(key("上海市宏达化工股份有限公司"), key("宏达化工公司"));
        assert_eq!(key("ＡＢＢ工程有限公司"), key("abb工程"));
        assert_ne!(key("上海宏达一厂"), key("上海宏达二厂"));
        assert_eq!(key("上海有限公司"), "上海有限公司");
    }

    #[test]
    fn only_width_blanks_and_brackets_leave_a_name_the_same() {
        for same in [
            "上海宏达(集团)有限公司",
            "上海 宏达（集团）有限公司",
            "上海宏达〔集团〕有限公司",
            "上海宏达【集团】有限公司\u{200b}",
        ] {
            assert_eq!(exact_name(same), exact_name("上海宏达（集团）有限公司"), "{same}");
        }
        for other in
            ["上海宏达集团有限公司", "上海宏达（集团）股份有限公司", "宏达（集团）有限公司", "上海宏达（集团）公司"]
        {
            assert_ne!(exact_name(other), exact_name("上海宏达（集团）有限公司"), "{other}");
        }
    }

    #[test]
    fn heading_keys() {
        assert_eq!(heading_key(" *罚款金额（万元）\n"), "罚款金额(万元)");
        assert_eq!(without_brackets("罚款金额(万元)").as_deref(), Some("罚款金额"));
        assert_eq!(MoneyUnit::named_in("罚款金额（元）"), Some(MoneyUnit::Yuan));
    }
}
