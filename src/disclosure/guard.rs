//! Words that become public for ever are looked at before they are sealed.
//!
//! What stands in a seal, a register or a certificate is hashed or printed as it is: it can't be masked afterwards, and
//! a certificate that was given out can't be called back. So a reason or a source with personal data in it is refused
//! while it is still being typed, with what was found.

use super::mask::{MaskCounts, Masker};
use crate::diagnostic::{AppResult, Finding};
use crate::text::csv::is_formula;
use crate::text::{fold_width, is_noise};

/// Most characters of such a text.
const LONGEST: usize = 500;

/// Refuses a text that would stand in the public register or on certificates: `field` says what it is.
///
/// # Errors
/// `DIS-063` personal data in it, `DIS-064` a form that a spreadsheet takes for a formula, marks that nobody sees, or
/// more than 500 characters.
pub fn check_public_words(field: &str, text: &str) -> AppResult<()> {
    let text = text.trim();
    let mut counts = MaskCounts::default();
    let masked = Masker::default().mask_text(text, &mut counts);
    let marks = std::mem::take(&mut counts.marks);
    if !counts.is_empty() {
        return Err(Finding::error("DIS-063", format!("「{field}」含有个人信息，会随登记簿与抽取证书公开，不能采用"))
            .value(masked)
            .expected(format!("不含个人信息的文字（发现：{}）", counts.words()))
            .hint("请改写，如「企业来电说明已停产，材料见某号卷宗」；姓名与号码请留在卷宗内")
            .into());
    }
    let wrong = if marks > 0 || text.chars().any(char::is_control) {
        "换行、改变书写方向或不可见的字符"
    } else if is_formula(text) {
        "会被电子表格当作公式的开头（= + - @）"
    } else if text.chars().count() > LONGEST {
        "过多的文字"
    } else {
        return Ok(());
    };
    Err(Finding::error("DIS-064", format!("「{field}」含有{wrong}，会随登记簿与抽取证书公开，不能采用"))
        .value(masked)
        .expected(format!("{LONGEST} 字以内的普通文字，一行"))
        .hint("请重新录入，不要从网页或表格中粘贴")
        .into())
}

/// True where both names are one person's: however they are spaced, in either width.
#[must_use]
pub fn is_same_person(a: &str, b: &str) -> bool {
    let plain = |name: &str| -> String {
        fold_width(name).chars().filter(|c| !c.is_whitespace() && !is_noise(*c)).flat_map(char::to_lowercase).collect()
    };
    plain(a) == plain(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_stay_public_carry_nobody_s_data_and_no_formula() {
        let code = |text: &str| check_public_words("理由", text).err().map(|error| error.code());
        for bad in ["联系人张三来电", "请联系138 1234 5678", "身份证310113197503021234", "zhang@qq.com"] {
            assert_eq!(code(bad), Some("DIS-063"), "{bad}");
        }
        let formula = ["=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x.cn\")", "+1", "@SUM(A1)", "-2+3"];
        for bad in formula.into_iter().chain(["说明\u{202e}文", "甲\u{200b}乙", "甲\n乙"]) {
            assert_eq!(code(bad), Some("DIS-064"), "{bad:?}");
        }
        assert_eq!(code(&"长".repeat(501)), Some("DIS-064"));
        let said = check_public_words("理由", "联系人张三来电").unwrap_err().to_string();
        assert!(said.contains("张*") && !said.contains("张三"), "{said}");
        for good in [
            "",
            "数据有误，重新封存",
            "已注销（2027-01-20 市场监管局函〔2027〕3 号）",
            "中国福利彩票双色球",
            "第2027001期",
        ] {
            assert_eq!(code(good), None, "{good}");
        }
    }
}
