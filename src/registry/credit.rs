//! Credit grades: many spellings, one scale (the policy's).

use super::text::heading_key;

/// A grade in normal form: half width, upper case, without 级, 等, 标, 企业 behind it (`Ａ级` → `A`, 绿标 → 绿).
#[must_use]
pub fn grade_key(grade: &str) -> String {
    let key = heading_key(grade).to_uppercase();
    let mut core = key.as_str();
    for prefix in ["环保信用", "环境信用", "信用"] {
        core = core.strip_prefix(prefix).unwrap_or(core);
    }
    loop {
        let shorter =
            ["企业", "等级", "级", "等", "标", "牌", "色", "类"].iter().find_map(|ending| core.strip_suffix(ending));
        match shorter {
            Some(rest) if !rest.is_empty() => core = rest,
            _ => break,
        }
    }
    core.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet() {
        assert_eq!(grade_key("Ａ级"), grade_key("a"));
        assert_eq!(grade_key("绿标企业"), grade_key("绿色"));
        assert_eq!(grade_key(" 很好 "), "很好");
        assert_ne!(grade_key("好"), grade_key("很好"));
        assert_ne!(grade_key("差"), grade_key("很差"));
    }
}
