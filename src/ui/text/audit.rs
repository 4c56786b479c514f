//! Texts of 审计.

use crate::domain::Period;
use crate::workspace::store::command_id::CommandId;

/// Title.
pub const TITLE: &str = "审计";
/// Pages.
pub const PAGES: [&str; 4] = ["操作日志", "封签登记簿", "核验证书", "人工干预"];
/// Button, and title of its dialog.
pub const INTERFERENCE_BUTTON: &str = "登记过问干预…";
/// Title.
pub const INTERFERENCE: &str = "登记过问干预";
/// Its button.
pub const INTERFERENCE_YES: &str = "记入操作日志";
/// In the dialog.
pub const INTERFERENCE_NOTE: &str =
    "过问、干预执法的，如实记录何人、何时、以何方式、如何处置。只记入操作日志，不对外公开，记入后不能删改。";
/// Field.
pub const ON: &str = "日期";
/// Field.
pub const WHO: &str = "何人";
/// In the empty field.
pub const WHO_HINT: &str = "姓名、单位、职务";
/// Field.
pub const HOW: &str = "方式与内容";
/// In the empty field.
pub const HOW_HINT: &str = "如来电要求推迟对某单位的检查";
/// Field.
pub const HANDLED: &str = "处置";
/// In the empty field.
pub const HANDLED_HINT: &str = "如未予采纳，已向负责人报告";
/// A day that can't be read.
pub const DAY_FORM: &str = "日期写作 2027-03-01";

/// A day that is yet to come.
#[must_use]
pub fn day_ahead(today: chrono::NaiveDate) -> String {
    format!("日期不能晚于今天（{today}）")
}
/// The chain holds.
pub const CHAIN_WHOLE: &str = "日志链完整";
/// The chain is broken.
pub fn chain_broken(count: usize) -> String {
    format!("日志链有 {count} 处问题")
}
/// Columns of the journal.
pub const JOURNAL_COLUMNS: [&str; 5] = ["序号", "时间", "操作人", "操作", "内容"];
/// Exports.
pub const EXPORT_CSV: &str = "导出 CSV";
/// None.
pub const NO_JOURNAL: &str = "还没有操作记录";
/// What to do.
pub const NO_JOURNAL_HINT: &str = "封存、开封、替换、录入结果等操作会逐条记入日志。";
/// Columns of the register.
pub const REGISTER_COLUMNS: [&str; 7] = ["期间", "序号", "承诺值", "状态", "封存时间", "开封或作废时间", "理由"];
/// None.
pub const NO_SEALS: &str = "还没有封存";
/// What to do.
pub const NO_SEALS_HINT: &str = "在「月度抽取」先封存年度种子，再逐月封存。每一次封存、开封、作废都留在登记簿中。";
/// There.
pub const TO_DRAW: &str = "前往月度抽取";
/// Waiting.
pub const PENDING: &str = "等待开封";
/// Copies.
pub const COPY: &str = "复制承诺值";

/// Verify: heading.
pub const OWN: &str = "本项目的抽取";
/// One click.
pub const VERIFY_OWN: &str = "核验";
/// Nothing opened.
pub const NO_DRAWS: &str = "还没有开封的抽取；也可核验外来的证书。";
/// Foreign.
pub const FOREIGN: &str = "外来的证书";
/// Choose.
pub const CHOOSE: &str = "选择 certificate.json";
/// Chosen.
pub const NOT_CHOSEN: &str = "尚未选择";
/// Beside.
pub fn beside(names: &str) -> String {
    format!("同一文件夹中找到：{names}")
}
/// Nothing beside.
pub const ALONE: &str = "同一文件夹中没有抽样框与名册：只能核验证书自身";
/// Commitment.
pub const COMMITMENT: &str = "已公布的承诺值";
/// Hint.
pub const COMMITMENT_HINT: &str = "从公告抄录的 64 位十六进制数字；空格可有可无";
/// Wrong.
pub const E_COMMITMENT: &str = "承诺值应为 64 位十六进制数字";
/// Published value of the changes' chain.
pub const HEAD: &str = "已公布的变更摘要";
/// Hint.
pub const HEAD_HINT: &str = "从结果公示抄录的 64 位十六进制数字；空格可有可无";
/// Wrong.
pub const E_HEAD: &str = "变更摘要应为 64 位十六进制数字";
/// Missing.
pub const NO_HEAD: &str = "不填则不核对开封之后的变更是否齐全";
/// Missing.
pub const NOT_PUBLISHED: &str = "未与公布的承诺值核对";
/// Go.
pub const VERIFY: &str = "开始核验";
/// Running.
pub const VERIFYING: &str = "正在核验";
/// Result.
pub const RESULT: &str = "核验结果";
/// Verified.
pub const VERIFIED: &str = "核验通过";
/// Not verified.
pub fn faults(count: usize) -> String {
    format!("核验不通过：{count} 处问题")
}
/// Some steps weren't checked.
pub const PARTLY: &str = "已核对的步骤均通过，有步骤未核对";
/// Pairing.
pub const PAIRING: &str = "执法人员配对";
/// Pairing passed.
pub const PAIRING_PASSED: &str = "按封存的名册与需求重算，逐字节一致";
/// Pairing not checked.
pub const PAIRING_NOT: &str = "没有名册、需求或配对文件";
/// Nothing verified yet.
pub const NOTHING_YET: &str = "选择一次抽取或一份证书，逐步核验：封签、公开数、种子、抽样框、票号、入选、替换、配对。";
/// Demonstration.
pub const DEMONSTRATION: &str = "演示";
/// Own register.
pub const OWN_COMMITMENT: &str = "与本机登记簿中的承诺值核对";
/// Columns of the steps.
pub const STEP_COLUMNS: [&str; 3] = ["步骤", "结论", "说明"];

/// Columns of the interventions.
pub const HAND_COLUMNS: [&str; 5] = ["时间", "操作人", "类别", "内容", "理由"];
/// None.
pub const NO_HAND: &str = "没有人工干预";
/// What it means.
pub const NO_HAND_HINT: &str =
    "替换、更换执法人员、触发式检查、作废、采取办法、更正结果都会列在这里，附操作人、时间与理由。";

/// Words for a command of the journal.
pub fn command(id: &str) -> &str {
    match CommandId::from_id(id) {
        Some(command) => command.label(),
        None => id,
    }
}

/// A reason at the end of a sentence of the journal.
pub fn because(reason: &str) -> String {
    format!("。原因：{reason}")
}

/// A period of the register: `2027-03` as it is, the year's seed (`2027-00`) in words.
pub fn period(period: Period) -> String {
    if period.month().is_some() { period.to_string() } else { period.label() }
}

/// Before the grounds on which a closed unit is inspected.
pub const ALTHOUGH_CLOSED: &str = "已关闭仍须检查：";

/// Check of the journal.
pub const LOG: &str = "核对操作日志";
/// What it does.
pub const LOG_WHY: &str =
    "逐行核对本项目的操作日志，并与登记簿、变更、证书和各文件对照；填写已公布的日志根值，才能发现整本日志的重写。";
/// Published head.
pub const LOG_HEAD: &str = "已公布的日志根值";
/// Hint.
pub const LOG_HEAD_HINT: &str = "行数:64 位十六进制根值，如公开文件「日志根值」所载";
/// Wrong.
pub const E_LOG_HEAD: &str = "日志根值应为「行数:64 位十六进制数字」";
/// Missing.
pub const NO_LOG_HEAD: &str = "不填则只与文件夹中留存的各处根值核对";
/// Go.
pub const LOG_CHECK: &str = "核对日志";
/// All agrees.
pub const LOG_HOLDS: &str = "日志完整，与已公布的根值一致";
/// All agrees, and no published head was given.
pub const LOG_ALONE: &str = "日志与项目文件相符，未与公布的日志根值核对";
/// It failed.
pub const LOG_FAILED: &str = "未能核对日志";
/// The head as it stands.
pub fn log_head_now(head: &str) -> String {
    format!("现在的日志根值 {head}")
}
/// Files changed by another hand.
pub fn log_interventions(count: usize) -> String {
    format!("经两人采用的外部改动 {count} 处，见「人工干预」")
}
/// Check of an exported folder.
pub const MANIFEST: &str = "核对导出的文件夹";
/// Columns of what does not agree.
pub const MANIFEST_COLUMNS: [&str; 6] = ["代码", "文件", "问题", "实际", "应为", "怎么办"];
/// What it does.
pub const MANIFEST_WHY: &str =
    "按文件夹（及其中各文件夹）里的清单 manifest.json 逐个核对：缺少、改动和清单之外的文件都会指出。";
/// Chooses the folder.
pub const MANIFEST_CHOOSE: &str = "选择导出的文件夹…";
/// It failed.
pub const MANIFEST_FAILED: &str = "未能核对";
/// All agrees.
pub fn manifest_holds(files: usize) -> String {
    format!("{files} 个文件与清单一致")
}
/// Something doesn't.
pub fn manifest_faults(count: usize) -> String {
    format!("与清单有 {count} 处不符")
}
/// What was read.
pub fn manifest_read(manifests: usize, files: usize) -> String {
    format!("{manifests} 份清单，所列 {files} 个文件")
}
