//! Texts of the outside anchors: who typed a number again, how far a draw can be trusted.

/// Who types the number again.
pub const SECOND_NAME: &str = "另一人";
/// Why another person is named.
pub const SECOND_NAME_WHY: &str = "开奖号码由两人分别录入，姓名记入抽取存证";

/// What is typed of a round at the opening.
pub const ROUND_SPELLING: &str = "该轮公布的 JSON 或签名，开封时粘贴；随机数由程序算出，签名当场核对";
/// The operator's own name in the place of the second.
pub const SECOND_NAME_SAME: &str = "所写的就是操作人，须由另一人录入";
/// What the second person does.
pub const TWICE_BY_TWO: &str = "另一人对照公布的页面再录一遍，并写明姓名。";
/// What is still to be done.
pub const TWO_NOT_YET: &str = "请先按封存的格式录入，再由另一人录一遍并写明姓名";
/// Before the opening: how the number was made sure.
pub const TYPED_BY_TWO: &str = "两人录入一致";
/// The page that a number was read from.
pub const SOURCE: &str = "公布的原件";
/// Choose it.
pub const SOURCE_CHOOSE: &str = "选择页面或图片…";
/// Why.
pub const SOURCE_WHY: &str = "留存一份，校验值写入抽取存证；不超过二十兆字节";
/// None after all.
pub const SOURCE_NONE: &str = "不附";

/// Chain or round can't be told from what is typed.
pub const E_ROUND: &str = "来源须写明链（quicknet 或 default），期次须写明轮次";
/// The number is there: a seal can't be given up any more.
pub const VOID_OFF: &str = "公开数已经产生，只能开封，不能作废";
/// What is to be done then.
pub const DUE_WHY: &str = "承诺值须在此之前已经公布；现在只能开封，不能作废。";
/// When a round comes.
#[must_use]
pub fn round_at(at: &str) -> String {
    format!("{at}（由轮次算出）")
}
/// A round of drand.
#[must_use]
pub fn round(round: u64) -> String {
    format!("第 {round} 轮")
}
/// What is typed for a round.
#[must_use]
pub fn signature_of_round(round: u64) -> String {
    format!("第 {round} 轮的签名")
}

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
