//! What a table must have of its own before it is taken for one: headings that several tables share say nothing.
//!
//! A list of firms with 登记日期 has all that a table of complaints needs, and is none: its every firm would get a
//! complaint. A word of the table's own matter must stand in a heading, or in the name of the sheet or file.

use super::aliases::Aliases;
use super::schema::TableKind;
use super::text::heading_key;
use crate::tabular::RawTable;

/// Words of a table's own matter.
fn words(kind: TableKind) -> &'static [&'static str] {
    match kind {
        TableKind::Sources => &["排污", "许可", "登记编号", "污染源", "管理类别", "管理级别", "监管", "permit"],
        TableKind::Credit => &["信用", "评价", "参评", "评定", "得分", "grade"],
        TableKind::Violations => &[
            "处罚",
            "罚款",
            "罚没",
            "罚金",
            "违法",
            "决定书",
            "决定日期",
            "案由",
            "案号",
            "案件",
            "当事人",
            "相对人",
            "双公示",
        ],
        TableKind::Complaints => {
            &["投诉", "举报", "信访", "来电", "来信", "反映", "工单", "诉求", "12345", "12369", "涉事", "属实"]
        }
        TableKind::Monitoring => {
            &["监测", "监控", "超标", "限值", "浓度", "排口", "排放口", "因子", "污染物", "在线", "采样"]
        }
        TableKind::Inspectors => &["执法", "证号", "证件", "人员", "主办"],
        TableKind::Recusals => &["回避"],
        TableKind::PastChecks => &["检查", "抽查", "巡查", "执法", "受检", "督查", "双随机"],
        TableKind::Capacity => &["车", "仪器", "监测", "经费", "预算", "装备", "力量", "人天", "能力"],
    }
}

/// True where headings, sheet or file name something of the table's own.
pub(super) fn has_own(kind: TableKind, raw: &RawTable, headings: &[String], aliases: &Aliases) -> bool {
    let named = |name: &str| aliases.name_match(kind, name) > 0;
    if named(&raw.file) || raw.sheet.as_deref().is_some_and(named) {
        return true;
    }
    let path = raw.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if named(&path) {
        return true;
    }
    headings.iter().any(|heading| {
        let key = heading_key(heading);
        // An id of the table's own (`amount_wan`) is as good as a word.
        words(kind).iter().any(|word| key.contains(word)) || aliases.weight(kind, heading) >= 3 && key.is_ascii()
    })
}

/// The words, for asking.
pub(super) fn own_words(kind: TableKind) -> String {
    words(kind).iter().take(4).copied().collect::<Vec<_>>().join("、")
}
