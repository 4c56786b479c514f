//! Parquet as other programs write it: 96-bit days, half floats, names in GBK. The files are written here byte by byte,
//! as polars writes none of these.

use fairdraw::registry::TableKind;

use super::support::*;

/// The compact protocol of Thrift, as far as a footer needs it.
#[derive(Default)]
struct Thrift {
    bytes: Vec<u8>,
    last: Vec<u8>,
}

impl Thrift {
    fn begin(&mut self) {
        self.last.push(0);
    }

    fn end(&mut self) {
        self.bytes.push(0);
        self.last.pop();
    }

    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn field(&mut self, id: u8, kind: u8) {
        let last = self.last.last_mut().unwrap();
        self.bytes.push((id - *last) << 4 | kind);
        *last = id;
    }

    fn int(&mut self, id: u8, kind: u8, number: i64) {
        self.field(id, kind);
        self.zigzag(number);
    }

    fn zigzag(&mut self, number: i64) {
        self.varint(((number << 1) ^ (number >> 63)) as u64);
    }

    fn i32(&mut self, id: u8, number: i64) {
        self.int(id, 5, number);
    }

    fn i64(&mut self, id: u8, number: i64) {
        self.int(id, 6, number);
    }

    fn binary(&mut self, bytes: &[u8]) {
        self.varint(bytes.len() as u64);
        self.bytes.extend(bytes);
    }

    fn structure(&mut self, id: u8, inside: impl FnOnce(&mut Self)) {
        self.field(id, 12);
        self.begin();
        inside(self);
        self.end();
    }

    fn list(&mut self, id: u8, kind: u8, length: usize) {
        self.field(id, 9);
        self.bytes.push((length as u8) << 4 | kind);
    }
}

/// A column: name in whatever encoding, physical type, length of a fixed array, number of the logical type, cells as
/// they lie in the page.
struct Stored {
    name: Vec<u8>,
    physical: i64,
    length: Option<i64>,
    logical: Option<u8>,
    cells: Vec<Vec<u8>>,
}

fn text(name: &[u8], cells: &[&str]) -> Stored {
    let cells = cells.iter().map(|cell| [&(cell.len() as u32).to_le_bytes()[..], cell.as_bytes()].concat());
    // The logical type 1 is a string.
    Stored { name: name.to_vec(), physical: 6, length: None, logical: Some(1), cells: cells.collect() }
}

/// Days as Impala, Hive and old Spark write them: nanoseconds of the day, then the Julian day.
fn int96(name: &str, cells: &[(u64, u32)]) -> Stored {
    let cells = cells.iter().map(|(nanos, day)| [&nanos.to_le_bytes()[..], &day.to_le_bytes()].concat());
    Stored { name: name.as_bytes().to_vec(), physical: 3, length: None, logical: None, cells: cells.collect() }
}

/// Half floats; the logical type 15.
fn half(name: &str, cells: &[u16]) -> Stored {
    let cells = cells.iter().map(|cell| cell.to_le_bytes().to_vec());
    Stored { name: name.as_bytes().to_vec(), physical: 7, length: Some(2), logical: Some(15), cells: cells.collect() }
}

fn parquet(columns: &[Stored]) -> Vec<u8> {
    let mut file = b"PAR1".to_vec();
    let mut chunks = Vec::new();
    for column in columns {
        let body = column.cells.concat();
        let mut head = Thrift::default();
        head.begin();
        head.i32(1, 0);
        head.i32(2, body.len() as i64);
        head.i32(3, body.len() as i64);
        head.structure(5, |page| {
            page.i32(1, column.cells.len() as i64);
            page.i32(2, 0);
            page.i32(3, 3);
            page.i32(4, 3);
        });
        head.end();
        chunks.push((file.len() as i64, (head.bytes.len() + body.len()) as i64));
        file.extend(head.bytes);
        file.extend(body);
    }
    let rows = columns[0].cells.len() as i64;
    let mut footer = Thrift::default();
    footer.begin();
    footer.i32(1, 1);
    footer.list(2, 12, columns.len() + 1);
    footer.begin();
    footer.field(4, 8);
    footer.binary(b"schema");
    footer.i32(5, columns.len() as i64);
    footer.end();
    for column in columns {
        footer.begin();
        footer.i32(1, column.physical);
        if let Some(length) = column.length {
            footer.i32(2, length);
        }
        footer.i32(3, 0);
        footer.field(4, 8);
        footer.binary(&column.name);
        if let Some(logical) = column.logical {
            footer.structure(10, |union| union.structure(logical, |_| {}));
        }
        footer.end();
    }
    footer.i64(3, rows);
    footer.list(4, 12, 1);
    footer.begin();
    footer.list(1, 12, columns.len());
    for (column, (at, size)) in columns.iter().zip(&chunks) {
        footer.begin();
        footer.i64(2, *at);
        footer.structure(3, |chunk| {
            chunk.i32(1, column.physical);
            chunk.list(2, 5, 1);
            chunk.zigzag(0);
            chunk.list(3, 8, 1);
            chunk.binary(&column.name);
            chunk.i32(4, 0);
            chunk.i64(5, rows);
            chunk.i64(6, *size);
            chunk.i64(7, *size);
            chunk.i64(9, *at);
        });
        footer.end();
    }
    footer.i64(2, chunks.iter().map(|chunk| chunk.1).sum());
    footer.i64(3, rows);
    footer.end();
    footer.end();
    let length = footer.bytes.len() as u32;
    file.extend(footer.bytes);
    file.extend(length.to_le_bytes());
    file.extend(b"PAR1");
    file
}

/// The Julian day of 2026-03-01.
const MARCH: u32 = 2_461_101;

#[test]
fn days_of_96_bits_are_the_days_meant() {
    let codes: Vec<&str> = FIRMS.iter().map(|firm| firm[2]).collect();
    // Midnight; 16:00 of the day before in UTC, which is midnight in Beijing; far beyond what 64 bits of nanoseconds
    // can hold.
    for (stored, day) in [
        ((0, MARCH), Some("2026-03-01")),
        ((57_600_000_000_000, MARCH - 1), Some("2026-02-28")),
        ((43_200_000_000_000, MARCH), Some("2026-03-01")),
        ((0, 5_373_484), None),
        ((0, 2_415_021), None),
    ] {
        let office = Office::new();
        let name = "统一社会信用代码".as_bytes();
        let good = (0, MARCH);
        let bytes = parquet(&[text(name, &codes), int96("处罚决定日期", &[good, stored, good])]);
        office.file("污染源名录.csv", &csv(&register())).file("行政处罚.parquet", &bytes);
        let made = office.make();
        let days = made.column(TableKind::Violations, "date");
        if let Some(day) = day {
            assert_eq!(days, ["2026-03-01", day, "2026-03-01"], "{stored:?} {:?}", made.findings());
            continue;
        }
        // 9999-12-31 and 1900-01-01 are no days of an event: refused by number, never another day.
        assert_eq!(days, ["2026-03-01", "2026-03-01"], "{stored:?} {:?}", made.findings());
        assert_eq!(made.aside().len(), 1, "{stored:?}");
    }
}

#[test]
fn half_floats_are_read_or_cost_their_column_alone() {
    let codes: Vec<&str> = FIRMS.iter().map(|firm| firm[2]).collect();
    let name = "统一社会信用代码".as_bytes();
    // 12.5, 0.25, 2 as half floats.
    let bytes = parquet(&[
        text(name, &codes),
        int96("处罚决定日期", &[(0, MARCH); 3]),
        half("罚款金额（万元）", &[0x4A40, 0x3400, 0x4000]),
    ]);
    let office = Office::new();
    office.file("污染源名录.csv", &csv(&register())).file("行政处罚.parquet", &bytes);
    let made = office.make();
    assert_eq!(made.kept(TableKind::Violations), 3, "{:?}", made.findings());
    assert_eq!(made.column(TableKind::Violations, "amount_wan"), ["12.5", "0.25", "2.0"], "{:?}", made.findings());
}

#[test]
fn a_table_with_names_in_gbk_is_refused_by_name() {
    let codes: Vec<&str> = FIRMS.iter().map(|firm| firm[2]).collect();
    let gbk = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let mut days = int96("", &[(0, MARCH); 3]);
    days.name = gbk("处罚决定日期");
    let bytes = parquet(&[text(&gbk("统一社会信用代码"), &codes), days]);
    let office = Office::new();
    office.file("污染源名录.csv", &csv(&register())).file("行政处罚.parquet", &bytes);
    let made = office.make();
    // polars refuses such a footer: the file is named, and nothing of it is taken.
    let said: Vec<&str> = made.of("RAW-004").iter().filter_map(|f| f.file.as_deref()).collect();
    assert_eq!((made.kept(TableKind::Violations), said), (0, vec!["行政处罚.parquet"]), "{:?}", made.findings());
}
