//! Which table a file is, and which column is which.

use fairdraw::registry::TableKind;

use super::support::*;

#[test]
fn a_list_of_firms_is_no_table_of_complaints() {
    // Headings of lists that have a name, a code and a day, and nothing of a table's own.
    for (file, headings) in [
        ("企业登记", "企业名称,注册号,统一社会信用代码,登记日期"),
        ("许可受理", "企业名称,统一社会信用代码,受理日期,办结日期"),
        ("企业名单", "单位名称,统一社会信用代码,日期"),
        ("走访安排", "企业名称,信用代码,登记时间"),
        ("培训签到", "名称,统一社会信用代码,受理时间"),
    ] {
        for as_csv in [true, false] {
            let body = format!("{headings}\n");
            let cells: Vec<String> = headings
                .split(',')
                .map(|heading| match heading {
                    "企业名称" | "单位名称" | "名称" => FIRMS[0][1].to_owned(),
                    "统一社会信用代码" | "信用代码" => FIRMS[0][2].to_owned(),
                    "注册号" => String::new(),
                    _ => "2026-05-01".to_owned(),
                })
                .collect();
            let table: Vec<Vec<String>> = vec![body.trim().split(',').map(str::to_owned).collect(), cells];
            let office = Office::new();
            office.file("污染源名录.csv", &csv(&register()));
            if as_csv {
                office.file(&format!("{file}.csv"), &csv(&table));
            } else {
                office.file(&format!("{file}.xlsx"), &xlsx(&table));
            }
            let made = office.make();
            assert_eq!(made.kept(TableKind::Complaints), 0, "{file}");
            for kind in [TableKind::Violations, TableKind::PastChecks, TableKind::Credit] {
                assert_eq!(made.kept(kind), 0, "{file} {kind:?}");
            }
            let asked = made.of("IMP-001").len() + made.of("IMP-002").len();
            assert_eq!(asked, 1, "{file} {:?}", made.findings());
        }
    }
    // With a word of its own, in the heading, the file's or the sheet's name, it is one; and where the mapping says so.
    let complaint = format!("企业名称,统一社会信用代码,受理日期\n{},{},2026-05-01\n", FIRMS[0][1], FIRMS[0][2]);
    for (file, text, mapping) in [
        ("信访投诉.csv", complaint.clone(), None),
        ("2026年12345工单.csv", complaint.clone(), None),
        ("名单.csv", complaint.replace("企业名称", "被投诉单位"), None),
        ("名单.csv", complaint.replace("受理日期", "投诉日期"), None),
        ("名单.csv", complaint.clone(), Some("(files: [(file: \"名单.csv\", table: complaints)])")),
    ] {
        let office = Office::new();
        office.file("污染源名录.csv", &csv(&register())).file(file, text.as_bytes());
        let made = mapping.map_or_else(|| office.make(), |mapping| office.make_mapped(mapping));
        assert_eq!(made.kept(TableKind::Complaints), 1, "{file}");
    }
}

#[test]
fn headings_of_the_publicity_template_are_known() {
    for heading in [
        "行政相对人代码_1(统一社会信用代码)",
        "行政相对人代码_1 (统一社会信用代码)",
        "行政相对人代码-1（统一社会信用代码）",
        "行政相对人代码＿1",
        "行政相对人代码1",
        "行政相对人统一社会信用代码",
        "社会信用代码（纳税人识别号）",
        "统一社会信用代码（18位）",
        "统一社会信用代码/注册号",
        "注册号/统一社会信用代码",
        "信用代码证号",
        "企业统一社会信用代码",
        "当事人统一社会信用代码",
        "被处罚单位统一社会信用代码",
        "纳税人识别号",
        "营业执照号",
        "组织机构代码",
        "统一社会 信用代码",
        "统一社会信用代碼",
        "USCC",
    ] {
        for (day, as_csv) in [("处罚决定日期", true), ("处罚决定书签发日期", false)] {
            let table = rows(&[
                &[heading, day, "罚款金额（万元）", "违法行为类型", "处罚机关", "处罚机关统一社会信用代码"],
                &[FIRMS[1][2], "2026-05-01", "5", "超标排放", "某局", "91310115MA1K09992N"],
            ]);
            let office = Office::new();
            office.file("污染源名录.csv", &csv(&register()));
            if as_csv {
                office.file("行政处罚.csv", &csv(&table));
            } else {
                office.file("行政处罚.xlsx", &xlsx(&table));
            }
            let made = office.make();
            assert_eq!(made.column(TableKind::Violations, "uscc"), [FIRMS[1][2]], "{heading}");
            assert_eq!(made.column(TableKind::Violations, "enterprise"), [FIRMS[1][2]], "{heading}");
        }
    }
}

#[test]
fn mistakes_in_a_mapping_are_told_in_chinese() {
    use fairdraw::registry::Mapping;
    for text in [
        "(files: [(file: \"a.csv\" table: sources)])",
        "(files: [(file: a.csv, table: sources)])",
        "(files: [(file: \"a.csv, table: sources)])",
        "(files: [(file: \"a.csv\", header_row: \"二\")])",
        "(files: [(file: \"a.csv\", ignore: 是)])",
        "(files: (file: \"a.csv\"))",
        "(files: [(file: \"a.csv\")]",
        "（files: []）",
        "(files: [(file: \"a.csv\", columns: {unit_id: \"编号\"})])",
        "(files: [(file：\"a.csv\")])",
    ] {
        let message = Mapping::from_ron(text, "m.ron").unwrap_err().to_string();
        assert!(message.contains("IMP-080") && message.contains("第 1 行"), "{message}");
        // Nothing but names of fields, and what stood there, is in Latin letters.
        for word in ["xpected", "nexpected", "found", "invalid", "end of", "opening"] {
            assert!(!message.contains(word), "{text}: {message}");
        }
    }
}
