//! Lines of text files: stray quotes, records broken by line ends, delimiters within the text, no heading at all.

use fairdraw::registry::TableKind;

use super::support::*;

/// Thirty firms.
fn thirty() -> Vec<Vec<String>> {
    let mut rows = register();
    rows.truncate(1);
    for n in 1..=30 {
        let (unit, name) = (format!("HB{n:07}"), format!("上海虚构{n}号材料有限公司"));
        rows.push([unit.as_str(), &name, "", "浦东新区", "登记管理"].map(str::to_owned).to_vec());
        rows.last_mut().unwrap().push(format!("虚构路{n}号"));
    }
    rows[0].push("地址".to_owned());
    rows
}

/// Row and column of a stray quote, and whether it stands at the left of the cell.
type Change = (usize, usize, bool);

#[test]
fn no_row_is_swallowed_by_a_stray_quote() {
    // Rows and columns of stray quotes: which end of the cell, and how many rows are to be set aside at most.
    let left = |cell: &str| format!("\"{cell}");
    let right = |cell: &str| format!("{cell}\"");
    let cases: [&[Change]; 9] = [
        &[(5, 1, true), (20, 1, true)],
        &[(5, 1, true)],
        &[(5, 0, true), (20, 0, true)],
        &[(5, 5, true), (20, 5, true)],
        &[(5, 1, true), (20, 1, false)],
        &[(5, 1, true), (6, 1, false)],
        &[(5, 0, true), (30, 5, false)],
        &[(5, 1, false), (20, 5, false)],
        &[(1, 1, true), (10, 1, true), (11, 1, true), (29, 1, true)],
    ];
    for changes in cases {
        let mut rows = thirty();
        for (row, column, at_left) in changes {
            let cell = rows[*row][*column].clone();
            rows[*row][*column] = if *at_left { left(&cell) } else { right(&cell) };
        }
        let made = made_of(&rows, true);
        let (kept, aside) = (made.kept(TableKind::Sources), made.aside());
        assert_eq!(kept + aside.len(), 30, "{changes:?}: {kept} {aside:?}");
        let changed: Vec<u32> = changes.iter().map(|(row, ..)| *row as u32 + 1).collect();
        assert!(aside.iter().all(|row| changed.contains(row)), "{changes:?}: {aside:?}");
        if changes.iter().any(|(.., left)| *left) {
            assert!(!made.of("RAW-024").is_empty(), "{changes:?}");
        }
    }
}

#[test]
fn what_is_meant_to_reach_over_lines_does() {
    for text in [
        "\"虚构路1号\n2幢\"",
        "\"甲、乙\n丙,丁\n戊\"",
        "\"他说\"\"好\"\"\n然后走了\"",
        "\"\n\n虚构路\"",
        "\"a,b,c,d\ne\"",
    ] {
        let mut rows = thirty();
        rows[7][5] = text.to_owned();
        let made = made_of(&rows, true);
        assert_eq!((made.kept(TableKind::Sources), made.aside().len()), (30, 0), "{text}");
    }
}

#[test]
fn a_record_broken_by_a_line_end_is_set_aside_by_the_numbers_of_its_lines() {
    for (column, pieces) in [
        (1, "上海虚构\n某号有限公司"),
        (1, "上海\n虚构\n某号"),
        (3, "浦东\n新区"),
        (2, "91310115\nMA1K000581"),
        (4, "登记\n管理"),
    ] {
        let mut rows = thirty();
        rows[7][column] = pieces.to_owned();
        let made = made_of(&rows, true);
        let lines = pieces.matches('\n').count() as u32 + 1;
        let expected: Vec<u32> = (8..8 + lines).collect();
        assert_eq!((made.kept(TableKind::Sources), made.aside()), (29, expected), "{pieces:?}");
        assert_eq!(made.of("IMP-092").len(), lines as usize, "{pieces:?}");
    }
    // Behind the last cell a line is no piece of a record that lacks one: it is set aside by itself.
    let mut rows = thirty();
    rows[7][5] = "虚构路\n7号".to_owned();
    let made = made_of(&rows, true);
    assert_eq!((made.kept(TableKind::Sources), made.aside()), (30, vec![9]));
}

#[test]
fn a_row_with_a_delimiter_within_its_text_is_set_aside() {
    for (column, text) in [(1, "上海虚构,某号有限公司"), (5, "虚构路,7号"), (5, "a,b,c"), (3, "浦东,新区"), (0, "HB,7")]
    {
        let mut rows = thirty();
        rows[7][column] = text.to_owned();
        let made = made_of(&rows, true);
        assert_eq!((made.kept(TableKind::Sources), made.aside()), (29, vec![8]), "{text}");
        assert!(!made.of("IMP-091").is_empty(), "{text}");
    }
    // A column of its own without a heading is none of that; cells too few are blank.
    let mut rows = thirty();
    for row in &mut rows[1..] {
        row.push("备注".to_owned());
    }
    rows[3].truncate(5);
    let made = made_of(&rows, true);
    assert_eq!((made.kept(TableKind::Sources), made.aside().len()), (30, 0));
}

#[test]
fn a_table_without_headings_is_mapped_by_the_numbers_of_its_columns() {
    let body: Vec<Vec<String>> = register().split_off(1);
    let mapping = |extra: &str, name: &str| {
        format!(
            "(files: [(file: \"*\", table: sources, header_rows: 0, {extra} columns: {{\"unit_id\": \"第 1 列\", \"name\": \"{name}\", \"uscc\": \"第3列\", \"district\": \"第 4 列\", \"management\": \"第 5 列\"}})])"
        )
    };
    for as_csv in [true, false] {
        for (above, extra, name, kept) in [
            (0, "", "第 2 列", 3),
            (0, "", "第2列", 3),
            (2, "header_row: 3,", "第 2 列", 3),
            (0, "header_row: 2,", "第 2 列", 2),
            (0, "header_row: 1,", "第 2 列", 3),
        ] {
            let mut rows = vec![vec!["2027 年名录".to_owned()]; above];
            rows.extend(body.clone());
            let office = Office::new();
            if as_csv {
                office.file("名单.csv", &csv(&rows));
            } else {
                office.file("名单.xlsx", &xlsx(&rows));
            }
            let made = office.make_mapped(&mapping(extra, name));
            assert_eq!(made.kept(TableKind::Sources), kept, "{extra} {as_csv}");
            assert!(made.names().contains(&FIRMS[2][1].to_owned()));
        }
    }
}

/// Where the first cell is broken, the line below has all columns and would be taken for a row of its own, under the
/// rest of the number.
#[test]
fn a_first_cell_broken_by_a_line_end_makes_no_row_of_its_rest() {
    for (row, cell) in
        [(7, "HB00\n00007"), (1, "HB0\n000001"), (30, "HB000000\n30"), (7, "H\nB00\n00007"), (15, "HB00000\n15")]
    {
        let mut rows = thirty();
        rows[row][0] = cell.to_owned();
        let made = made_of(&rows, true);
        let lines = cell.matches('\n').count() as u32 + 1;
        let expected: Vec<u32> = (row as u32 + 1..row as u32 + 1 + lines).collect();
        assert_eq!((made.kept(TableKind::Sources), made.aside()), (29, expected), "{cell:?} {:?}", made.findings());
        assert_eq!(made.of("IMP-092").len(), lines as usize, "{cell:?}");
        assert!(made.column(TableKind::Sources, "unit_id").iter().all(|unit| unit.len() == 9), "{cell:?}");
    }
    // Numbers of every length, as names are: no half is taken for whole.
    let mut rows = thirty();
    for row in &mut rows {
        row.swap(0, 1);
    }
    rows[7][0] = "上海虚构\n7号材料有限公司".to_owned();
    let made = made_of(&rows, true);
    assert_eq!((made.kept(TableKind::Sources), made.aside()), (29, vec![8, 9]), "{:?}", made.findings());
    // The title of a section stands alone on its line, and the row below it is whole.
    for title in ["一、浦东新区", "重点管理单位", "（以下为2026年新增）"] {
        let mut rows = thirty();
        rows.insert(7, vec![title.to_owned()]);
        let made = made_of(&rows, true);
        assert_eq!((made.kept(TableKind::Sources), made.aside()), (30, vec![8]), "{title} {:?}", made.findings());
        assert!(made.of("IMP-092").is_empty(), "{title}");
    }
}
