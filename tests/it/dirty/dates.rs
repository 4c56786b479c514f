//! Days: zones and midnights, remarks, placeholders, periods, months as decimal numbers.

use fairdraw::registry::TableKind;

use super::support::{cell, found, new_from_both, register, rows_of, table, told, uscc};

/// A date column of every table takes the same spellings.
#[test]
fn a_day_near_midnight_or_in_another_zone_is_the_day_meant() {
    let moved = [
        "2024-02-29 23:59:17",
        "2024-02-29T16:00:00.000Z",
        "2024-02-29T16:00:00Z",
        "#yyyy/m/d#45351.99950231481",
        "#yyyy-mm-dd hh:mm:ss#45351.99950231481",
        "2024-02-29 16:00:00+00:00",
        "Thu, 29 Feb 2024 16:00:00 GMT",
        "1709222400000",
        "2024-02-29T11:00:00-05:00",
    ];
    let as_written = [
        "2024-03-01T00:00:00+08:00",
        "Fri Mar 01 2024 00:00:00 GMT+0800 (中国标准时间)",
        "2024-03-01T00:00:00.000+00:00",
        "2024-03-01 23:59:59",
        "20240301.0",
        "2024年3月1日（星期五）",
        "2024.3.1.",
        "2024/3/1 下午 3:00",
        "#yyyy/m/d#45352",
    ];
    let cells: Vec<Vec<&str>> = moved.iter().chain(&as_written).map(|text| vec![*text]).collect();
    new_from_both(&[register(&["发证日期"], &cells)], |registry| {
        for (i, text) in cells.iter().enumerate() {
            let row = (0..cells.len())
                .find(|row| cell(registry, TableKind::Sources, "name", *row) == super::support::firm(i));
            let day = cell(registry, TableKind::Sources, "issued", row.unwrap());
            assert_eq!(day, "2024-03-01", "{text:?}\n{}", told(registry));
        }
        let rows: Vec<u64> = (2..2 + moved.len() as u64).collect();
        assert_eq!(rows_of(registry, "IMP-119"), rows, "{}", told(registry));
        assert!(found(registry, "IMP-013").is_empty(), "{}", told(registry));
    });
    // The same in a table of events, where the date is required.
    let head = vec!["统一社会信用代码", "决定书文号", "处罚决定日期"];
    let code = uscc(0);
    let numbers: Vec<String> = (0..moved.len()).map(|i| format!("沪环罚〔2024〕{i}号")).collect();
    let mut rows = vec![head];
    rows.extend(moved.iter().zip(&numbers).map(|(text, number)| vec![code.as_str(), number.as_str(), *text]));
    new_from_both(&[register(&[], &[vec![]]), table("行政处罚", &rows)], |registry| {
        for row in 0..moved.len() {
            assert_eq!(cell(registry, TableKind::Violations, "date", row), "2024-03-01", "{}", moved[row]);
        }
    });
}

#[test]
fn what_is_no_day_is_refused_with_its_text() {
    let head = vec!["统一社会信用代码", "工单编号", "投诉日期"];
    let code = uscc(0);
    let texts = [
        "长期",
        "9999-12-31",
        "1970-01-01",
        "1900-01-01",
        "10/3/2027",
        "03/10/2026",
        "2026-03",
        "3月10日",
        "2026-13-01",
        "1709222400",
        "2026-03-10（作废）",
        "26.3.10",
        "2026-02-30",
        "1900/1/1",
        "#yyyy-mm-dd#1",
        "2026-3-5、3-8",
    ];
    let numbers: Vec<String> = (0..texts.len()).map(|i| format!("GD{i:04}")).collect();
    let mut rows = vec![head];
    rows.extend(texts.iter().zip(&numbers).map(|(text, number)| vec![code.as_str(), number.as_str(), *text]));
    new_from_both(&[register(&[], &[vec![]]), table("信访投诉", &rows)], |registry| {
        let expected: Vec<u64> = (2..2 + texts.len() as u64).collect();
        assert_eq!(rows_of(registry, "IMP-014"), expected, "{}", told(registry));
        assert_eq!(registry.frame(TableKind::Complaints).height(), 0);
        let first = &found(registry, "IMP-014")[0];
        assert_eq!((first.value.as_deref(), first.column.as_deref()), (Some("长期"), Some("投诉日期")), "{first}");
    });
    // Where a period may have no end, 长期 is an answer.
    let open = [vec!["长期"], vec!["9999-12-31"], vec!["永久有效"], vec!["9999/12/31"], vec!["无固定期限"]];
    new_from_both(&[register(&["有效期截止"], &open)], |registry| {
        assert!(found(registry, "IMP-013").is_empty(), "{}", told(registry));
    });
}

#[test]
fn a_leave_is_read_in_every_spelling_and_refused_without_its_year() {
    let head = vec!["姓名", "执法证号", "所属执法主体", "可任主办", "每月可用天数", "请假"];
    let good = [
        "2027-03-01至03-05",
        "2027年3月1日至5日",
        "2027.3.1-3.5",
        "2027-03-01 至 2027-03-05（年假）",
        "产假：2027-03-01至2027-03-05",
        "2027/3/1～3/5",
        "2027-03-01/2027-03-05",
    ];
    let bad = ["3月1日-3月5日", "2027-03-01起", "2027-12-30至01-03", "年假", "2027-03-05至2027-03-01"];
    let certificates: Vec<String> = (0..good.len() + bad.len()).map(|i| format!("0901{i:04}")).collect();
    let mut rows = vec![head];
    for (text, certificate) in good.iter().chain(&bad).zip(&certificates) {
        rows.push(vec!["张伟", certificate.as_str(), "浦东新区", "是", "10", text]);
    }
    new_from_both(&[table("执法人员名录", &rows)], |registry| {
        for (row, text) in good.iter().enumerate() {
            let leave = cell(registry, TableKind::Inspectors, "leave", row);
            assert_eq!(leave, "2027-03-01/2027-03-05", "{text}\n{}", told(registry));
        }
        let expected: Vec<u64> = (0..bad.len() as u64).map(|i| 2 + good.len() as u64 + i).collect();
        assert_eq!(rows_of(registry, "IMP-122"), expected, "{}", told(registry));
        assert_eq!(found(registry, "IMP-122")[0].value.as_deref(), Some("3月1日-3月5日"));
    });
}

fn months(texts: &[(&str, &str)]) -> super::support::Table<'static> {
    let mut rows = vec![vec!["执法主体", "月份", "执法车辆"]];
    rows.extend(texts.iter().enumerate().map(|(i, (body, month))| {
        vec![*body, *month, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"][i % 13]]
    }));
    table("力量装备经费", &rows)
}

/// 2027.10 typed as a number is 2027.1.
#[test]
fn a_month_that_lost_its_zero_is_told_by_its_neighbours_or_refused() {
    let year = |body: &'static str, padded: bool| -> Vec<(String, String)> {
        (1..=12)
            .map(|month| {
                let text = match (month, padded) {
                    (10, _) => "2027.1".to_owned(),
                    (_, true) => format!("2027.{month:02}"),
                    (_, false) => format!("2027.{month}"),
                };
                (body.to_owned(), format!("#{text}"))
            })
            .collect()
    };
    for padded in [true, false] {
        let mut all = year("浦东新区", padded);
        all.extend(year("宝山区", padded));
        let texts: Vec<(&str, &str)> = all.iter().map(|(body, month)| (body.as_str(), month.as_str())).collect();
        new_from_both(&[months(&texts)], |registry| {
            for row in 0..24 {
                let month = format!("2027-{:02}", row % 12 + 1);
                assert_eq!(cell(registry, TableKind::Capacity, "month", row), month, "{padded} {}", told(registry));
            }
            assert_eq!(found(registry, "IMP-121").len(), if padded { 2 } else { 4 });
        });
    }
    for (texts, refused) in [
        (vec![("浦东新区", "#2027.1")], vec![2]),
        (vec![("浦东新区", "#2027.9"), ("浦东新区", "#2027.1"), ("浦东新区", "#2027.12")], vec![3]),
        (vec![("浦东新区", "#2027.5"), ("浦东新区", "#2027.1"), ("浦东新区", "#2027.3")], vec![3]),
        (vec![("浦东新区", "2027.13"), ("浦东新区", "2月")], vec![2, 3]),
        (vec![("浦东新区", "2027.9"), ("宝山区", "2027.1"), ("浦东新区", "2027.11")], vec![3]),
    ] {
        new_from_both(&[months(&texts)], |registry| {
            assert_eq!(rows_of(registry, "IMP-014"), refused, "{texts:?}\n{}", told(registry));
        });
    }
    // Two rows for one body and month.
    new_from_both(
        &[months(&[("浦东新区", "2027-01"), ("浦东新区", "2027年1月"), ("浦东新区", "202702.0")])],
        |registry| {
            assert_eq!(rows_of(registry, "IMP-123"), [3], "{}", told(registry));
            assert_eq!(cell(registry, TableKind::Capacity, "month", 1), "2027-02");
        },
    );
}
