//! Codes: scientific notation, marks and points around them, two in a cell, credit codes that fail their check.

use fairdraw::registry::TableKind;

use super::support::{HEAD, Table, cell, firm, found, new_from_both, register, rows_of, table, told, uscc};

/// A register of these numbers and credit codes.
fn numbered(rows: &[(&str, &str)]) -> Table<'static> {
    let mut all = vec![HEAD.map(str::to_owned).to_vec()];
    for (n, (number, code)) in rows.iter().enumerate() {
        all.push([*number, &firm(n), *code, "浦东新区", "登记管理"].map(str::to_owned).to_vec());
    }
    ("污染源名录", all)
}

#[test]
fn a_code_in_scientific_notation_is_no_unit_and_no_duplicate() {
    let destroyed = [
        ("3.10115E+14", ""),
        ("3.10115E+14", ""),
        ("9.13101E+17", "9.13101E+17"),
        ("3.10115000012345E+14", ""),
        ("#310115000012345700", ""),
        ("#310115000012345700", ""),
        ("３．１Ｅ＋１４", ""),
        ("3.10115e+14", ""),
    ];
    let good = [("310115000012345", ""), ("310115202400000", "")];
    let rows: Vec<(&str, &str)> = destroyed.iter().chain(&good).copied().collect();
    new_from_both(&[numbered(&rows)], |registry| {
        let expected: Vec<u64> = (2..2 + destroyed.len() as u64).collect();
        assert_eq!(rows_of(registry, "IMP-110"), expected, "{}", told(registry));
        assert_eq!(registry.sources.height(), good.len(), "{}", told(registry));
        assert!(found(registry, "IMP-028").is_empty() && found(registry, "IMP-027").is_empty(), "{}", told(registry));
        let first = found(registry, "IMP-110")[0];
        assert!(first.what.contains("Excel") && first.hint.as_deref().unwrap().contains("文本"), "{first}");
    });
    // A credit code so spoilt, beside a number that holds: the unit stays, and takes the code inside its number.
    let number = format!("{}001P", uscc(0));
    new_from_both(&[numbered(&[(&number, "#913101150000123400"), ("310115000012345", "9.13101E+17")])], |registry| {
        assert_eq!(rows_of(registry, "IMP-111"), [2, 3], "{}", told(registry));
        assert_eq!(cell(registry, TableKind::Sources, "uscc", 1), uscc(0));
    });
    // Where it is all that names the enterprise, the row can't be used; certificates too.
    let fines = [vec!["统一社会信用代码", "处罚决定日期"], vec!["9.13101E+17", "2026-03-01"]];
    let people = [
        vec!["姓名", "执法证号", "所属执法主体"],
        vec!["张伟", "9.01E+07", "浦东新区"],
        vec!["李伟", "09010001.0", "浦东新区"],
    ];
    new_from_both(
        &[register(&[], &[vec![]]), table("行政处罚", &fines), table("执法人员名录", &people)],
        |registry| {
            assert_eq!(rows_of(registry, "IMP-110"), [2, 2], "{}", told(registry));
            assert_eq!(cell(registry, TableKind::Inspectors, "certificate", 0), "09010001");
        },
    );
}

#[test]
fn marks_and_points_around_a_code_are_no_part_of_it() {
    for number in [
        "310115000012345.0",
        "'310115000012345",
        "`310115000012345",
        "=\"310115000012345\"",
        "310115000012345&nbsp;",
        "\u{202a}310115000012345\u{202c}",
        "３１０１１５０００１２３４５".replace("０００１", "００００１").as_str(),
    ] {
        let events = [vec!["排污许可证编号", "投诉日期"], vec![number, "2026-03-01"]];
        new_from_both(&[numbered(&[(number, "")]), table("信访投诉", &events)], |registry| {
            assert_eq!(cell(registry, TableKind::Sources, "unit_id", 0), "310115000012345", "{number}");
            assert_eq!(cell(registry, TableKind::Complaints, "unit_id", 0), "310115000012345", "{number}");
            assert_eq!(cell(registry, TableKind::Complaints, "enterprise", 0), "310115000012345", "{number}");
        });
    }
    let cells = [vec!["310115.0", "3360.0", "1.0"], vec!["'310115", "'3360", "'1"], vec!["310115", "C3360", "是"]];
    let mut all = register(&["行政区划代码", "行业代码", "挂牌督办"], &cells);
    for row in &mut all.1 {
        row.remove(3);
    }
    new_from_both(&[all], |registry| {
        for row in 0..3 {
            let of = |column: &str| cell(registry, TableKind::Sources, column, row);
            assert_eq!(
                (of("district"), of("industry"), of("supervised")),
                ("310115".into(), "3360".into(), "true".into())
            );
        }
    });
    let code = uscc(0);
    let years =
        [vec!["统一社会信用代码", "评价年度", "评价等级"], vec![&code, "2025.0", "好"], vec![&code, "#2024", "好"]];
    new_from_both(&[register(&[], &[vec![]]), table("信用评价", &years)], |registry| {
        assert_eq!(cell(registry, TableKind::Credit, "year", 0), "2025", "{}", told(registry));
    });
}

#[test]
fn two_codes_in_a_cell_are_an_error() {
    let (a, b) = (uscc(1), uscc(2));
    let cells = [
        "310115000012345、310115000012346".to_owned(),
        "310115000012345/310115000012346".to_owned(),
        "310115000012345 310115000012346".to_owned(),
        format!("{a}001P\n{b}001P"),
        format!("{a}001P（310115000012345）"),
        format!("{a}001P和{b}001P"),
    ];
    let rows: Vec<(&str, &str)> = cells.iter().map(|cell| (cell.as_str(), "")).collect();
    new_from_both(&[numbered(&rows)], |registry| {
        // A cell of two lines takes two physical rows of a csv.
        assert_eq!(rows_of(registry, "IMP-112").len(), cells.len(), "{}", told(registry));
        assert_eq!(registry.sources.height(), 0);
    });
    let both = format!("{a}、{b}");
    let fines = [vec!["统一社会信用代码", "处罚决定日期"], vec![&both, "2026-03-01"]];
    new_from_both(&[register(&[], &[vec![], vec![]]), table("行政处罚", &fines)], |registry| {
        assert_eq!(rows_of(registry, "IMP-112"), [2], "{}", told(registry));
    });
}

#[test]
fn a_credit_code_that_fails_its_check_stays_and_matches() {
    let good = uscc(7);
    let wrong = |at: usize, with: &str| format!("{}{with}{}", &good[..at], &good[at + 1..]);
    let cases = [
        (wrong(9, "O"), "第 10 位「O」不用于信用代码"),
        (wrong(9, "І"), "第 10 位「І」是西里尔字母"),
        (wrong(9, "Ζ"), "第 10 位「Ζ」是希腊字母"),
        (wrong(17, if good.ends_with('7') { "8" } else { "7" }), "第 18 位校验码应为"),
        (wrong(10, "S"), "第 11 位「S」不用于信用代码"),
        (good[..17].to_owned(), "应为 18 位，实际 17 位"),
    ];
    for (code, words) in cases {
        let fines = [vec!["统一社会信用代码", "处罚决定日期"], vec![code.as_str(), "2026-03-01"]];
        new_from_both(&[numbered(&[("310115000012345", &code)]), table("行政处罚", &fines)], |registry| {
            assert_eq!(cell(registry, TableKind::Sources, "uscc", 0), code, "{}", told(registry));
            assert_eq!(cell(registry, TableKind::Sources, "enterprise", 0), code);
            assert_eq!(cell(registry, TableKind::Violations, "enterprise", 0), code, "{}", told(registry));
            let first = found(registry, "IMP-020")[0];
            assert!(first.expected.as_deref().unwrap().contains(words), "{first}");
        });
    }
    for text in ["正在办理", "无证", "见附件", "123", "三证合一"] {
        new_from_both(&[numbered(&[("310115000012345", text)])], |registry| {
            assert_eq!(cell(registry, TableKind::Sources, "uscc", 0), "");
            assert_eq!(found(registry, "IMP-113")[0].value.as_deref(), Some(text), "{}", told(registry));
        });
    }
}
