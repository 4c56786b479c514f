//! Names: the same only after width, blanks and brackets; what is near is suggested.

use fairdraw::registry::TableKind;

use super::support::{cell, found, new_from_both, table, told, uscc};

fn complaint(register: &str, written: &str, see: impl Fn(&fairdraw::registry::Registry)) {
    let (code, number) = (uscc(0), format!("{}001P", uscc(0)));
    let sources = [
        vec!["排污许可证编号", "单位名称", "统一社会信用代码", "行政区", "管理类别"],
        vec![&number, register, &code, "浦东新区", "登记管理"],
    ];
    let events = [vec!["被投诉单位", "投诉日期"], vec![written, "2026-03-01"]];
    new_from_both(&[table("污染源名录", &sources), table("信访投诉", &events)], see);
}

#[test]
fn width_blanks_and_brackets_leave_a_name_the_same() {
    for (register, written) in [
        ("上海虚构（集团）有限公司", "上海虚构(集团)有限公司"),
        ("上海虚构(集团)有限公司", "上海虚构〔集团〕有限公司"),
        ("上海虚构有限公司", "上海 虚构 有限公司"),
        ("ＡＢＣ材料（上海）有限公司", "ABC材料(上海)有限公司"),
        ("上海虚构有限公司", "上海虚构有限公司\u{200b}"),
        ("上海虚构有限公司", "'上海虚构有限公司"),
    ] {
        complaint(register, written, |registry| {
            assert_eq!(
                cell(registry, TableKind::Complaints, "enterprise", 0),
                uscc(0),
                "{written}\n{}",
                told(registry)
            );
        });
    }
}

#[test]
fn another_form_or_factory_is_another_firm_and_is_suggested() {
    for (register, written) in [
        ("上海虚构化工有限公司", "上海虚构化工股份有限公司"),
        ("上海虚构化工有限公司", "上海虚构化工（集团）有限公司"),
        ("上海虚构化工一厂", "上海虚构化工二厂"),
        ("上海虚构化工有限公司", "虚构化工有限公司"),
        ("上海虚构化工有限公司", "上海市虚构化工有限公司"),
        ("上海虚构化工集团有限公司", "上海虚构化工有限责任公司"),
        ("上海虚构化工有限公司第一分公司", "上海虚构化工有限公司第二分公司"),
    ] {
        complaint(register, written, |registry| {
            assert_eq!(cell(registry, TableKind::Complaints, "enterprise", 0), "", "{written}");
            let finding = found(registry, "IMP-060")[0];
            assert_eq!(finding.value.as_deref(), Some(written));
            assert!(finding.expected.as_deref().unwrap_or_default().contains(register), "{finding}");
        });
    }
}
