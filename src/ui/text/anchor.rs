//! Texts of the outside anchors: who typed a number again, how far a draw can be trusted.

/// Who types the number again.
pub const SECOND_NAME: &str = "另一人";
/// Why another person is named.
pub const SECOND_NAME_WHY: &str = "开奖号码由两人分别录入，姓名记入抽取存证";

/// How far a draw can be trusted, and whether the order of seal and number is proved.
#[must_use]
pub fn trust_words(levels: &str, stamped: bool) -> String {
    let stamp = if stamped { "" } else { "；未证明封存先于公开数" };
    format!("可信程度：{levels}{stamp}")
}

/// The same while the seal waits, with what can be done.
#[must_use]
pub fn trust(levels: &str, stamped: bool) -> String {
    let hint = if stamped {
        ""
    } else {
        "（抽取文件夹中的时间戳请求送时间戳机构，取回的应答由命令行存入）"
    };
    format!("{}{hint}", trust_words(levels, stamped))
}
