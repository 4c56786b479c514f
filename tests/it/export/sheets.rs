//! One table as workbook and csv.

use super::*;

pub(super) fn sample() -> SheetSpec {
    let column = |id: &str, kind: CellKind| SheetColumn {
        id: id.into(),
        heading: format!("列{id}"),
        width: 10.0,
        kind,
        choices: Vec::new(),
        input: false,
    };
    let id = "911302307808371268";
    SheetSpec {
        name: "样表".into(),
        title: "标题".into(),
        notes: vec!["注".into()],
        columns: vec![
            column("t", CellKind::Text),
            column("i", CellKind::Id),
            column("n", CellKind::Integer),
            column("d", CellKind::Decimal(2)),
            column("p", CellKind::Percent(1)),
            column("e", CellKind::Date),
        ],
        rows: vec![
            vec![
                Cell::text("上海"),
                Cell::text(id),
                Cell::Integer(-1234),
                Cell::Number(0.1),
                Cell::Number(0.25),
                Cell::Date(day("2026-03-01")),
            ],
            vec![
                Cell::text("=1+1"),
                Cell::text("000123"),
                Cell::Integer(0),
                Cell::Number(f64::NAN),
                Cell::Empty,
                Cell::Date(day("1899-12-31")),
            ],
            vec![
                Cell::text("a\"b,c\nd"),
                Cell::text("@x"),
                Cell::Empty,
                Cell::Number(-12_345.678),
                Cell::Number(1.0),
                Cell::Empty,
            ],
        ],
        marks: vec![CellMark { row: 0, column: Some(2), emphasis: Emphasis::Alert }],
        frozen_columns: 1,
        filter: true,
        spare_rows: 0,
    }
}

pub(super) fn meta() -> BookMeta {
    BookMeta {
        title: "题".into(),
        agency: "机构".into(),
        program: "fairdraw".into(),
        created: created(),
        audience: Audience::Internal,
        data_mark: None,
    }
}

#[test]
fn every_cell_comes_back() {
    let sheet = sample();
    let bytes = render_workbook(std::slice::from_ref(&sheet), &meta()).unwrap();
    let read = rows(&bytes, "样表");
    assert_eq!(read[2].1.iter().map(text).collect::<Vec<_>>(), ["列t", "列i", "列n", "列d", "列p", "列e"]);
    for (row, (_, cells)) in sheet.rows.iter().zip(&read[3..]) {
        for (wanted, got) in row.iter().zip(cells) {
            match wanted {
                Cell::Empty => assert_eq!(got, &Data::Empty),
                Cell::Number(n) if n.is_nan() => assert_eq!(got, &Data::Empty),
                Cell::Text(text) => assert_eq!(got, &Data::String(text.clone())),
                Cell::Integer(n) => assert_eq!(got, &Data::Float(*n as f64)),
                Cell::Number(n) => assert_eq!(got, &Data::Float(*n)),
                Cell::Date(date) => assert_eq!(text(got), date.to_string()),
            }
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let one = render_plan_book(&book(60), &catalogue).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let mut shuffled = book(60);
    shuffled.months[2].targets.reverse();
    let two = render_plan_book(&shuffled, &catalogue).unwrap();
    assert_eq!(one, two, "neither the clock nor the order of the targets may show");
    let mut later = book(60);
    later.header.created += chrono::Duration::days(1);
    assert_ne!(one.bytes, render_plan_book(&later, &catalogue).unwrap().bytes);
}

#[test]
fn faulty_sheets_are_refused_with_their_code() {
    let code = |sheet: SheetSpec| render_workbook(&[sheet], &meta()).unwrap_err().code();
    assert_eq!(render_workbook(&[], &meta()).unwrap_err().code(), "EXP-023");
    assert_eq!(code(SheetSpec { columns: Vec::new(), rows: Vec::new(), ..sample() }), "EXP-023");
    let mut short = sample();
    short.rows[1].pop();
    assert_eq!(code(short), "EXP-022");
    let mut long = sample();
    long.rows[1][0] = Cell::text("污".repeat(32_768));
    assert_eq!(code(long), "EXP-021");
    let mut fits = sample();
    fits.rows[1][0] = Cell::text("污".repeat(32_767));
    assert!(render_workbook(&[fits], &meta()).is_ok());
    assert_eq!(code(SheetSpec { spare_rows: 1_048_576, ..sample() }), "EXP-020");
}

#[test]
fn csv_for_people_and_for_programs() {
    let office = String::from_utf8(render_csv(&sample(), CsvStyle::Office).unwrap()).unwrap();
    assert_eq!(
        office,
        "\u{feff}列t,列i,列n,列d,列p,列e\r\n上海,911302307808371268,-1234,0.10,25.0%,2026-03-01\r\n'=1+1,000123,0,,,1899-12-31\r\n\"a\"\"b,c\nd\",'@x,,-12345.68,100.0%,\r\n"
    );
    let strict = String::from_utf8(render_csv(&sample(), CsvStyle::Strict).unwrap()).unwrap();
    assert!(strict.starts_with("列t,") && strict.contains("\n=1+1,000123,") && !strict.contains('\r'));
    let mut reader = csv::Reader::from_reader(office.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(reader.records().map(|r| r.unwrap().len()).collect::<Vec<_>>(), [6, 6, 6]);
}
