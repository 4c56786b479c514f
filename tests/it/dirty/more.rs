//! Kinds of trouble met in other programs' bug reports: what data-frame tools write for nothing, ditto marks, two firms in
//! a name, numbers that became days, scores in per cent, characters under another number, text that is struck through.

use fairdraw::registry::TableKind;

use super::super::office_files::support::{FIRMS, Office, sheet_rows, worksheet, xlsx, zip_of};
use super::support::{cell, firm, found, new_from_both, register, rows_of, table, told, uscc};

/// The register with other names.
fn named(names: &[&str]) -> super::support::Table<'static> {
    let mut all = register(&[], &vec![vec![]; names.len()]);
    for (row, name) in all.1.iter_mut().skip(1).zip(names) {
        (*name).clone_into(&mut row[1]);
    }
    all
}

#[test]
fn what_programs_write_for_nothing_is_no_name() {
    let nothing = ["nan", "NaN", "NaT", "<NA>", "(null)", "\\N", "undefined", "None", "NULL", "nil"];
    let ditto = ["同上", "〃", "同前", "如上"];
    let names: Vec<&str> = nothing.iter().chain(&ditto).copied().chain(["上海虚构甲厂"]).collect();
    new_from_both(&[named(&names)], |registry| {
        assert_eq!(registry.sources.height(), 1, "{}", told(registry));
        let rows: Vec<u64> = (2..2 + (names.len() as u64 - 1)).collect();
        assert_eq!(rows_of(registry, "IMP-010"), rows, "{}", told(registry));
        assert_eq!(found(registry, "IMP-010")[0].value.as_deref(), Some("nan"));
    });
    // An event that names nobody is set aside too; where its code holds, the name counts for nothing.
    let code = uscc(0);
    for word in nothing.into_iter().chain(ditto) {
        let fines = [
            vec!["统一社会信用代码", "当事人名称", "决定书文号", "处罚决定日期"],
            vec!["", word, "1号", "2026-03-01"],
            vec![&code, word, "2号", "2026-03-01"],
        ];
        new_from_both(&[register(&[], &[vec![]]), table("行政处罚", &fines)], |registry| {
            assert_eq!(rows_of(registry, "IMP-010"), [2], "{word}\n{}", told(registry));
            assert_eq!(cell(registry, TableKind::Violations, "enterprise", 0), code, "{word}");
        });
    }
}

#[test]
fn two_firms_in_a_name_are_said() {
    let several = [
        "上海甲材料有限公司；上海乙材料有限公司",
        "上海甲材料有限公司、上海乙化工厂",
        "上海甲材料有限公司/上海乙材料有限公司",
        "上海甲加油站,上海乙加油站",
        "上海甲养殖场\n上海乙养殖场",
    ];
    let one = [
        "上海甲、乙材料有限公司",
        "上海甲材料有限公司（原上海乙化工厂）",
        "A/B材料（上海）有限公司",
        "上海甲材料有限公司、仓库",
    ];
    let names: Vec<&str> = several.iter().chain(&one).copied().collect();
    new_from_both(&[named(&names)], |registry| {
        assert_eq!(found(registry, "IMP-128").len(), several.len(), "{}", told(registry));
        assert_eq!(registry.sources.height(), names.len(), "{}", told(registry));
        let said: Vec<&str> = found(registry, "IMP-128").iter().filter_map(|f| f.value.as_deref()).collect();
        assert!(said.contains(&several[0]) && one.iter().all(|name| !said.contains(name)), "{said:?}");
    });
}

#[test]
fn numbers_that_became_days_are_said() {
    let code = uscc(0);
    let number = format!("{code}001P");
    let odd = ["2026-01-02", "2026/1/2", "1月2日", "2026年1月2日", "2026-03-05"];
    for text in odd {
        let fines = [
            vec!["统一社会信用代码", "决定书文号", "处罚决定日期"],
            vec![&code, "沪环罚〔2026〕5号", "2026-03-01"],
            vec![&code, text, "2026-03-02"],
        ];
        let values = [
            vec!["排污许可证编号", "监测时间", "排口编号", "监测值"],
            vec![&number, "2026-03-01 13:00", "DA001", "1"],
            vec![&number, "2026-03-01 14:00", text, "1"],
        ];
        let tables = [register(&[], &[vec![]]), table("行政处罚", &fines), table("自动监控", &values)];
        new_from_both(&tables, |registry| {
            assert_eq!(rows_of(registry, "IMP-129"), [3, 3], "{text}\n{}", told(registry));
            assert_eq!(registry.violations.height() + registry.monitoring.height(), 4, "{text}");
        });
    }
    for text in ["1-2", "2026-5", "DA-001", "20260102", "W3/1"] {
        let values = [vec!["排污许可证编号", "监测时间", "排口编号"], vec![&number, "2026-03-01 13:00", text]];
        new_from_both(&[register(&[], &[vec![]]), table("自动监控", &values)], |registry| {
            assert!(found(registry, "IMP-129").is_empty(), "{text}\n{}", told(registry));
        });
    }
}

#[test]
fn a_score_in_per_cent_is_refused_and_a_multiple_is_read() {
    let (code, number) = (uscc(0), format!("{}001P", uscc(0)));
    let years = ["2020", "2021", "2022", "2023", "2024", "2025", "2026"];
    let scores = ["95%", "95％", "95 %", "95", "95分", "−5", "1 234"];
    let mut rows = vec![vec!["统一社会信用代码", "评价年度", "评价等级", "评价得分"]];
    rows.extend(years.iter().zip(scores).map(|(year, score)| vec![code.as_str(), *year, "A", score]));
    let values = [
        vec!["排污许可证编号", "监测时间", "监测值", "标准限值", "超标倍数"],
        vec![&number, "2026-03-01 13:00", "147.5", "100", "47.5%"],
    ];
    let tables = [register(&[], &[vec![]]), table("环保信用评价", &rows), table("自动监控", &values)];
    new_from_both(&tables, |registry| {
        assert_eq!(rows_of(registry, "IMP-015"), [2, 3, 4], "{}", told(registry));
        let held: Vec<String> = (0..7).map(|row| cell(registry, TableKind::Credit, "score", row)).collect();
        assert_eq!(held, ["", "", "", "95.0", "95.0", "-5.0", "1234.0"]);
        assert_eq!(cell(registry, TableKind::Monitoring, "multiple", 0), "0.475");
    });
}

/// Radicals and compatibility ideographs, as copies out of PDFs have them; names of characters, as web pages have them.
#[test]
fn characters_under_another_number_are_the_same() {
    for (written, plain) in [
        ("上海⾦属⾼科有限公司", "上海金属高科有限公司"),
        ("上海⽅⽴材料厂", "上海方立材料厂"),
        ("上海\u{f90a}\u{f98a}材料厂", "上海金力材料厂"),
        ("A&amp;B材料（上海）有限公司", "A&B材料(上海)有限公司"),
        ("上海&#40;虚构&#41;材料厂", "上海(虚构)材料厂"),
        ("上海虚构\u{b}材料厂", "上海虚构材料厂"),
    ] {
        let events = [vec!["被投诉单位", "投诉日期"], vec![plain, "2026-03-01"]];
        new_from_both(&[named(&[written]), table("信访投诉", &events)], |registry| {
            assert_eq!(
                cell(registry, TableKind::Complaints, "enterprise", 0),
                uscc(0),
                "{written}\n{}",
                told(registry)
            );
        });
    }
    // In headings and in the name of a district.
    let mut odd = named(&["上海虚构甲厂"]);
    odd.1[0][3] = "⾏政区".to_owned();
    new_from_both(&[odd], |registry| {
        assert_eq!(cell(registry, TableKind::Sources, "district", 0), "310115", "{}", told(registry));
    });
}

/// Offices strike out what is to go: it is still in the file.
#[test]
fn rows_that_are_struck_through_are_said() {
    let rows: Vec<Vec<String>> = super::super::office_files::support::register();
    let struck = |row: usize, cells: &[usize]| {
        let mut rows = rows.clone();
        for at in cells {
            rows[row][*at] = format!("<c s=\"1\" t=\"inlineStr\"><is><t>{}</t></is></c>", rows[row][*at]);
        }
        rows
    };
    let book = |rows: &[Vec<String>], font: &str| {
        let whole = xlsx(rows);
        let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(whole)).unwrap();
        let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        for name in names {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut archive.by_name(&name).unwrap(), &mut bytes).unwrap();
            match name.as_str() {
                "xl/styles.xml" => {
                    bytes = format!("<styleSheet><fonts><font><sz val=\"11\"/></font><font>{font}</font></fonts><cellXfs><xf fontId=\"0\"/><xf fontId=\"1\"/></cellXfs></styleSheet>").into_bytes();
                }
                "xl/worksheets/sheet1.xml" => bytes = worksheet("", &sheet_rows(rows), "").into_bytes(),
                _ => {}
            }
            parts.push((name, bytes));
        }
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        zip_of(&parts)
    };
    for (cells, font, said) in [
        (vec![0, 1, 2, 3, 4], "<strike/>", 1),
        (vec![0, 1, 2], "<strike/>", 1),
        (vec![0, 1, 2, 3, 4], "<strike val=\"1\"/>", 1),
        (vec![1], "<strike/>", 0),
        (vec![0, 1, 2, 3, 4], "<strike val=\"0\"/>", 0),
        (vec![0, 1, 2, 3, 4], "<b/>", 0),
    ] {
        let office = Office::new();
        office.file("污染源名录.xlsx", &book(&struck(2, &cells), font));
        let made = office.make();
        let found = made.of("RAW-040");
        assert_eq!((made.kept(TableKind::Sources), found.len()), (3, said), "{cells:?} {font}");
        if let [finding] = found.as_slice() {
            assert!(finding.row == Some(3) && finding.what.contains("1 行"), "{finding}");
        }
    }
    assert!(FIRMS.len() == 3 && firm(0).starts_with("上海"));
}

/// Found to be right already, and held: a lone quote above the headings, a mark of order amid the file, an index column,
/// doubled headings, a row of units, dates of no calendar.
#[test]
fn what_other_readers_lose_is_kept_or_said() {
    let csv = |rows: &[Vec<String>]| -> String { rows.iter().map(|row| row.join(",") + "\n").collect() };
    let plain = super::super::office_files::support::register();
    for (name, text, kept) in [
        ("quote alone", format!("\"\n{}", csv(&plain)), 3),
        ("quote in a title", format!("\"上海市污染源名录\n{}", csv(&plain)), 3),
        ("mark amid", format!("\u{feff}{}\u{feff}{}", csv(&plain[..3]), csv(&[plain[0].clone(), plain[3].clone()])), 3),
        ("hash", csv(&plain).replace("\n9131", "\n#9131"), 3),
    ] {
        let office = Office::new();
        office.file("污染源名录.csv", text.as_bytes());
        let made = office.make();
        assert_eq!(made.kept(TableKind::Sources), kept, "{name} {:?}", made.findings());
    }
    let index: Vec<Vec<String>> = plain
        .iter()
        .enumerate()
        .map(|(i, row)| {
            let (first, twice) = if i == 0 { ("", "单位名称.1") } else { ("7", "旧名称") };
            let mut row = row.clone();
            row.insert(2, twice.to_owned());
            row.insert(0, first.to_owned());
            row
        })
        .collect();
    let office = Office::new();
    office.file("污染源名录.csv", csv(&index).as_bytes());
    let made = office.make();
    assert!(made.names().iter().all(|name| name.starts_with("上海虚构")), "{:?}", made.names());
    let code = uscc(0);
    let texts = ["1905-07-07", "2015", "26年3月1日", "01-3月 -26", "/Date(1709222400000)/", "2026-W10", "0026-03-01"];
    let numbers: Vec<String> = (0..texts.len()).map(|i| format!("沪环罚〔2026〕{i}号")).collect();
    let mut rows = vec![vec!["统一社会信用代码", "决定书文号", "处罚决定日期"]];
    rows.extend(texts.iter().zip(&numbers).map(|(text, number)| vec![code.as_str(), number.as_str(), *text]));
    new_from_both(&[register(&[], &[vec![]]), table("行政处罚", &rows)], |registry| {
        assert_eq!(registry.violations.height(), 0, "{}", told(registry));
        assert_eq!(rows_of(registry, "IMP-014").len(), texts.len(), "{}", told(registry));
    });
}
