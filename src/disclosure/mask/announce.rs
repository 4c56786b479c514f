//! Words that say what the number or name behind them is.

/// Characters before a number in which such a word is looked for.
const REACH: usize = 10;

/// What stands before a position, without blanks, in lower case.
pub(super) fn before(chars: &[char], at: usize) -> String {
    let from = at.saturating_sub(REACH);
    chars[from..at].iter().filter(|c| !c.is_whitespace()).flat_map(|c| c.to_lowercase()).collect()
}

fn any(before: &str, words: &[&str]) -> bool {
    words.iter().any(|word| before.contains(word))
}

/// A telephone.
pub(super) fn telephone(before: &str) -> bool {
    any(before, &["电话", "联系方式", "热线", "传真", "座机", "手机", "致电", "拨打", "电联", "tel", "phone", "mobile"])
}

/// A bank account.
pub(super) fn account(before: &str) -> bool {
    any(before, &["账号", "帐号", "账户", "帐户", "卡号", "银行卡", "开户行", "支付宝"])
}

/// A paper of a person.
pub(super) fn paper(before: &str) -> bool {
    any(before, &["护照", "passport", "通行证", "台胞证", "居留证", "居住证", "驾驶证", "军官证", "士兵证", "身份证"])
}
