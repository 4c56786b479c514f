//! Money in words and figures; numbers that are equal but for what programs lose.

use fairdraw::registry::TableKind;

use super::support::{cell, found, new_from_both, register, rows_of, table, told, uscc};

#[test]
fn an_amount_is_read_in_words_and_figures_or_refused() {
    let good = [
        ("贰万元整", "2.0"),
        ("罚款2万元", "2.0"),
        ("罚款人民币20,000元", "2.0"),
        ("2w", "2.0"),
        ("20000元（已缴）", "2.0"),
        ("人民币贰万伍仟元整", "2.5"),
        ("2万5000元", "2.5"),
        ("2万", "2.0"),
        ("罚款：贰万元（￥20000元）", "2.0"),
        ("2", "2.0"),
        ("#2.5", "2.5"),
    ];
    let bad = ["罚款2万元，没收违法所得3万元", "2-3万元", "约2万元", "5000美元", "若干", "2万元（3万元）"];
    let code = uscc(0);
    let numbers: Vec<String> = (0..good.len() + bad.len()).map(|i| format!("沪环罚〔2026〕{i}号")).collect();
    let mut rows = vec![vec!["统一社会信用代码", "决定书文号", "处罚决定日期", "罚款金额（万元）"]];
    for (text, number) in good.iter().map(|good| good.0).chain(bad).zip(&numbers) {
        rows.push(vec![&code, number, "2026-03-01", text]);
    }
    new_from_both(&[register(&[], &[vec![]]), table("行政处罚", &rows)], |registry| {
        for (row, (text, wan)) in good.iter().enumerate() {
            assert_eq!(cell(registry, TableKind::Violations, "amount_wan", row), *wan, "{text}\n{}", told(registry));
        }
        let expected: Vec<u64> = (0..bad.len() as u64).map(|i| 2 + good.len() as u64 + i).collect();
        assert_eq!(rows_of(registry, "IMP-015"), expected, "{}", told(registry));
        assert_eq!(found(registry, "IMP-015")[0].value.as_deref(), Some(bad[0]));
    });
    // A column in yuan: a bare figure is in yuan, one with its own unit keeps it.
    let mut rows = vec![vec!["统一社会信用代码", "决定书文号", "处罚决定日期", "罚款金额（元）"]];
    for (text, number) in ["20000（已缴）", "20,000", "2万元", "贰万元整", "#20000"].iter().zip(&numbers) {
        rows.push(vec![&code, number, "2026-03-01", text]);
    }
    new_from_both(&[register(&[], &[vec![]]), table("行政处罚", &rows)], |registry| {
        for row in 0..5 {
            assert_eq!(cell(registry, TableKind::Violations, "amount_wan", row), "2.0", "{row}\n{}", told(registry));
        }
    });
}

#[test]
fn figures_that_differ_by_rounding_alone_make_no_conflict() {
    for (a, b) in [
        ("121.4009", "121.4009000000001"),
        ("121.40090000000001", "121.4009"),
        ("#121.4009", "#121.40090000000001"),
        ("121.4009", "121.40090"),
        ("121.4009", " 121.4009 "),
    ] {
        let mut twice = register(&["经度", "纬度"], &[vec![a, "31.2"], vec![b, "31.2"]]);
        let first = twice.1[1][..5].to_vec();
        twice.1[2][..5].clone_from_slice(&first);
        new_from_both(&[twice], |registry| {
            assert_eq!(registry.sources.height(), 1, "{a} {b}");
            assert_eq!(rows_of(registry, "IMP-027"), [3], "{a} {b}\n{}", told(registry));
        });
    }
}
