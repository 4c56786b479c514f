//! Events that came twice: overlapping exports and copies are one event, contradictions are an error.

use fairdraw::registry::TableKind;

use super::support::{Table, cell, found, new_from_both, register, rows_of, table, told, uscc};

/// Each table of events with two rows of it.
fn exports(code: &str, number: &str) -> Vec<(TableKind, &'static str, Vec<Vec<String>>)> {
    let rows = |rows: &[&[&str]]| -> Vec<Vec<String>> {
        rows.iter()
            .map(|row| row.iter().map(|cell| cell.replace("CODE", code).replace("UNIT", number)).collect())
            .collect()
    };
    vec![
        (
            TableKind::Complaints,
            "信访投诉",
            rows(&[
                &["工单编号", "统一社会信用代码", "投诉日期", "污染类型", "是否属实"],
                &["XF2026-00001", "CODE", "2026-01-11", "恶臭", "属实"],
                &["XF2026-00002", "CODE", "2026-02-11", "恶臭", "属实"],
            ]),
        ),
        (
            TableKind::Violations,
            "行政处罚",
            rows(&[
                &["统一社会信用代码", "决定书文号", "处罚决定日期", "罚款金额（万元）"],
                &["CODE", "沪浦环罚〔2026〕5号", "2026-05-06", "5"],
                &["CODE", "", "2026-06-06", "5"],
            ]),
        ),
        (
            TableKind::Monitoring,
            "自动监控",
            rows(&[
                &["排污许可证编号", "监测时间", "数据类型", "排口编号", "污染因子", "监测值", "标准限值"],
                &["UNIT", "2026-09-01 13:00", "小时", "DA001", "氮氧化物", "220", "100"],
                &["UNIT", "2026-09-01 14:00", "小时", "DA001", "氮氧化物", "220", "100"],
            ]),
        ),
        (
            TableKind::PastChecks,
            "历次检查",
            rows(&[
                &["统一社会信用代码", "检查日期", "检查部门", "检查类型", "检查结果"],
                &["CODE", "2026-05-06", "市生态环境局", "日常检查", "未发现问题"],
                &["CODE", "2026-06-06", "市生态环境局", "日常检查", "未发现问题"],
            ]),
        ),
        (
            TableKind::Credit,
            "信用评价",
            rows(&[&["统一社会信用代码", "评价年度", "评价等级"], &["CODE", "2024", "好"], &["CODE", "2025", "好"]]),
        ),
        (
            TableKind::Capacity,
            "力量装备经费",
            rows(&[&["执法主体", "月份", "执法车辆"], &["浦东新区", "2027-01", "3"], &["浦东新区", "2027-02", "3"]]),
        ),
    ]
}

#[test]
fn equal_rows_of_every_table_are_one_event() {
    let (code, number) = (uscc(0), format!("{}001P", uscc(0)));
    for (kind, name, rows) in exports(&code, &number) {
        let copy = format!("{name} - 副本");
        let second = vec![rows[0].clone(), rows[2].clone()];
        let tables: Vec<Table<'_>> = vec![register(&[], &[vec![]]), (name, rows.clone()), (&copy, second)];
        new_from_both(&tables, |registry| {
            assert_eq!(registry.frame(kind).height(), 2, "{name}\n{}", told(registry));
            let merged = registry.summary(kind).unwrap().merged;
            assert_eq!((merged, found(registry, "IMP-027").len()), (1, 1), "{name}\n{}", told(registry));
            assert!(found(registry, "IMP-123").is_empty(), "{name}");
        });
        // A number in the list of its own is no part of the event.
        let numbered = |rows: &[Vec<String>], from: usize| -> Vec<Vec<String>> {
            rows.iter()
                .enumerate()
                .map(|(i, row)| {
                    let first = if i == 0 { "序号".to_owned() } else { (from + i).to_string() };
                    std::iter::once(first).chain(row.iter().cloned()).collect()
                })
                .collect()
        };
        let tables: Vec<Table<'_>> =
            vec![register(&[], &[vec![]]), (name, numbered(&rows, 0)), (&copy, numbered(&rows, 100))];
        new_from_both(&tables, |registry| {
            assert_eq!(registry.frame(kind).height(), 2, "{name}\n{}", told(registry));
        });
    }
}

#[test]
fn one_event_with_two_contents_is_an_error_of_the_later_row() {
    let (code, number) = (uscc(0), format!("{}001P", uscc(0)));
    let change = [
        (TableKind::Complaints, 2, "2026-01-12"),
        (TableKind::Complaints, 4, "不属实"),
        (TableKind::Violations, 3, "50"),
        (TableKind::Violations, 2, "2026-05-07"),
        (TableKind::Monitoring, 5, "221"),
        (TableKind::Capacity, 2, "4"),
    ];
    for (kind, column, text) in change {
        let (_, name, rows) = exports(&code, &number).into_iter().find(|(own, _, _)| *own == kind).unwrap();
        let later = format!("{name}(1)");
        let mut second = vec![rows[0].clone(), rows[1].clone()];
        second[1][column] = text.to_owned();
        if kind == TableKind::Violations {
            second[1][1] = "沪浦环罚[2026] 5号".to_owned();
        }
        new_from_both(&[register(&[], &[vec![]]), (name, rows.clone()), (&later, second)], |registry| {
            assert_eq!(rows_of(registry, "IMP-123").len(), 1, "{name} {text}\n{}", told(registry));
            assert_eq!(registry.frame(kind).height(), 2, "{name} {text}");
            assert_eq!(registry.summary(kind).unwrap().set_aside, 1, "{name} {text}");
            let finding = found(registry, "IMP-123")[0];
            assert!(finding.expected.as_deref().unwrap().contains("第 2 行"), "{finding}");
        });
    }
    // Different hours, outlets and pollutants are different values; so are penalties without a number.
    let rows = [
        vec!["统一社会信用代码", "决定书文号", "处罚决定日期", "罚款金额（万元）"],
        vec![&code, "/", "2026-05-06", "5"],
        vec![&code, "/", "2026-05-06", "6"],
        vec![&code, "无", "2026-05-06", "7"],
    ];
    new_from_both(&[register(&[], &[vec![]]), table("行政处罚", &rows)], |registry| {
        assert_eq!(registry.violations.height(), 3, "{}", told(registry));
        assert_eq!(cell(registry, TableKind::Violations, "amount_wan", 2), "7.0");
    });
}
