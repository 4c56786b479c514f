//! Encodings: declarations that can't be right, two in one file, text destroyed before it came.

use fairdraw::registry::TableKind;

use super::support::*;

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

fn page(charset: &str) -> String {
    let rows: String = register()
        .iter()
        .map(|row| format!("<tr>{}</tr>", row.iter().map(|cell| format!("<td>{cell}</td>")).collect::<String>()))
        .collect();
    format!("<html><head><meta charset={charset}></head><body><table>{rows}</table></body></html>")
}

#[test]
fn the_bytes_decide_where_the_declared_charset_cant_be_right() {
    for (declared, bytes, said) in [
        ("utf-8", gbk(&page("utf-8")), true),
        ("iso-8859-1", gbk(&page("iso-8859-1")), true),
        ("windows-1252", gbk(&page("windows-1252")), true),
        ("us-ascii", gbk(&page("us-ascii")), true),
        ("gb2312", page("gb2312").into_bytes(), false),
        ("big5", gbk(&page("big5")), true),
        ("gb2312", gbk(&page("gb2312")), false),
        ("utf-8", page("utf-8").into_bytes(), false),
    ] {
        let office = Office::new();
        office.file("污染源名录.xls", &bytes);
        let made = office.make();
        let mut names: Vec<&str> = FIRMS.iter().map(|firm| firm[1]).collect();
        names.sort_unstable();
        assert_eq!(made.names(), names, "{declared}");
        assert_eq!(!made.of("RAW-021").is_empty(), said, "{declared}");
        assert!(made.of("RAW-023").is_empty(), "{declared}");
    }
}

#[test]
fn a_name_destroyed_before_is_an_error_and_a_rare_character_is_none() {
    for (name, whole) in [
        ("上海锟斤拷锟斤拷有限公司", false),
        ("上海烫烫烫有限公司", false),
        ("涓婃捣铏氭瀯鏈夐檺鍏徃", false),
        ("ä¸Šæµ·è™šæž„æœ‰é™å…¬å¸", false),
        ("上海?虚构有限公司", false),
        ("上海\u{fffd}虚构有限公司", false),
        ("ÉÏº£Ðé¹¹¹¤³§", false),
        ("上海𬭎虚构有限公司", true),
        ("上海𠮷虚构有限公司", true),
        ("上海㛃虚构有限公司", true),
        ("上海䶮虚构有限公司", true),
        ("上海⺁虚构有限公司", true),
        ("上海滢鑫磊骐骥有限公司", true),
    ] {
        for as_csv in [true, false] {
            let mut table = register();
            table[2][1] = name.to_owned();
            let made = made_of(&table, as_csv);
            let said = made.of("IMP-094");
            assert_eq!(
                (made.kept(TableKind::Sources), said.len()),
                if whole { (3, 0) } else { (2, 1) },
                "{name} {as_csv}"
            );
            if let [finding] = said.as_slice() {
                assert_eq!((finding.row, finding.value.as_deref()), (Some(3), Some(name)));
                assert_eq!(made.aside(), [3]);
            }
        }
    }
    // In a table of penalties and in a list of people too; elsewhere it is a warning.
    let office = Office::new();
    let fines = rows(&[
        &["当事人名称", "处罚决定日期", "违法行为类型"],
        &["上海?虚构有限公司", "2026-05-01", "超标"],
        &[FIRMS[0][1], "2026-05-02", "瓒呮爣鎺掓斁"],
    ]);
    let people = rows(&[&["执法证号", "姓名", "所属执法主体"], &["XY000001", "王?", "浦东新区"]]);
    office.file("污染源名录.csv", &csv(&register()));
    office.file("行政处罚.csv", &csv(&fines)).file("执法人员.csv", &csv(&people));
    let made = office.make();
    assert_eq!((made.of("IMP-094").len(), made.of("IMP-095").len()), (2, 1));
    assert_eq!((made.kept(TableKind::Violations), made.kept(TableKind::Inspectors)), (1, 0));
}

#[test]
fn headings_destroyed_are_said_as_that() {
    let table: Vec<u8> = csv(&register());
    let wrong = encoding_rs::GB18030.decode(&table).0.into_owned();
    let office = Office::new();
    office.file("名单.csv", &[b"\xEF\xBB\xBF", wrong.as_bytes()].concat());
    office.file("行政处罚.csv", format!("统一社会信用代码,处罚决定日期\n{},2026-05-01\n", FIRMS[0][2]).as_bytes());
    let made = office.make();
    assert_eq!(made.of("IMP-094").len(), 1, "{:?}", made.findings());
}

#[test]
fn two_encodings_in_one_file_are_read_line_by_line() {
    for utf8_first in [true, false] {
        for take in 1..4 {
            let lines: Vec<String> = register().iter().map(|row| row.join(",") + "\n").collect();
            let (head, tail) = lines.split_at(take);
            let (head, tail) = (head.concat(), tail.concat());
            let bytes = if utf8_first {
                [head.into_bytes(), gbk(&tail)].concat()
            } else {
                [gbk(&head), tail.into_bytes()].concat()
            };
            let office = Office::new();
            office.file("污染源名录.csv", &bytes);
            let made = office.make();
            let mut names: Vec<&str> = FIRMS.iter().map(|firm| firm[1]).collect();
            names.sort_unstable();
            assert_eq!(made.names(), names, "{utf8_first} {take}");
            assert!(!made.of("RAW-021").is_empty(), "{utf8_first} {take}");
        }
    }
}

/// Parts of a workbook may be in UTF-16, in either order of bytes, with a mark or without.
#[test]
fn parts_of_a_workbook_in_utf16_are_read() {
    let sheet = worksheet("", &sheet_rows(&register()), "");
    for (marked, big) in [(true, true), (true, false), (false, true), (false, false)] {
        let text = if marked { format!("\u{feff}{sheet}") } else { sheet.clone() };
        let text = text.replace("UTF-8", "UTF-16");
        let wide: Vec<u8> =
            text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect();
        let whole = workbook(&[("名录", "", sheet.clone())], &[]);
        let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(whole)).unwrap();
        let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        for name in names {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut archive.by_name(&name).unwrap(), &mut bytes).unwrap();
            if name.ends_with("sheet1.xml") {
                bytes.clone_from(&wide);
            }
            parts.push((name, bytes));
        }
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let office = Office::new();
        office.file("污染源名录.xlsx", &zip_of(&parts));
        let made = office.make();
        assert_eq!(made.kept(TableKind::Sources), 3, "{marked} {big} {:?}", made.findings());
        assert!(made.names().contains(&FIRMS[0][1].to_owned()));
    }
}
