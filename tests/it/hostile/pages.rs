//! Parquet files in which a byte is another: each is read or refused by name.
//!
//! The files of `tests/fixtures/parquet` hold three small tables, each written in several ways (pages of both versions, plain,
//! by dictionary, by differences; unpacked, snappy, gzip, zstd, brotli, lz4), and the program's own writer adds its. A
//! length or a count that is believed ends the whole process here, and the test with it.

use std::path::Path;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::registry::frame_from_bytes;
use fairdraw::tabular::{RawTable, ReadOptions, load_raw};
use polars::prelude::*;

use super::generate::good_parquet;
use super::{Folder, MOST_TIME, full, peak_mb, timed};

/// Name and bytes of each file.
pub(super) fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/parquet");
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// A frame as the program writes its own: texts that repeat, days, truths, numbers, blanks.
fn own_frame() -> Vec<u8> {
    let count = 40_i32;
    let mut frame = df!(
        "编号" => (0..count).map(|i| format!("U{i:03}")).collect::<Vec<_>>(),
        "名称" => (0..count).map(|i| (i % 4 != 1).then(|| ["甲公司", "乙厂", "丙化工有限公司"][(i % 3) as usize])).collect::<Vec<_>>(),
        "数" => (0..count).map(|i| (i % 5 != 2).then(|| f64::from(i) / 3.0)).collect::<Vec<_>>(),
        "整" => (0..count).map(|i| i64::from(i) * 1_000_003).collect::<Vec<_>>(),
        "真" => (0..count).map(|i| (i % 7 != 3).then_some(i % 2 == 0)).collect::<Vec<_>>(),
        "日" => (0..count).map(|i| (i % 6 != 5).then_some(20_000 + i)).collect::<Vec<_>>(),
        "空" => vec![None::<&str>; count as usize],
    )
    .unwrap();
    let day = frame.column("日").unwrap().cast(&DataType::Date).unwrap();
    frame.with_column(day).unwrap();
    fairdraw::registry::frame_to_bytes(&frame).unwrap()
}

fn cells(table: &RawTable) -> Vec<Vec<Option<String>>> {
    let columns = table.cells.columns().iter();
    columns.map(|column| column.str().unwrap().iter().map(|cell| cell.map(str::to_owned)).collect()).collect()
}

#[test]
fn the_same_table_reads_the_same_however_it_is_written() {
    let folder = Folder::new();
    let mut seen: Vec<(String, Vec<Vec<Option<String>>>)> = Vec::new();
    for (name, bytes) in fixtures() {
        let mut diagnostics = Diagnostics::new();
        let path = folder.file("a.parquet", &bytes);
        let tables = load_raw(&path, &ReadOptions::default(), &mut diagnostics, &Progress::none());
        let table = tables.unwrap_or_else(|error| panic!("{name}: {error}")).remove(0);
        // a list has no form as text and costs itself alone
        assert_eq!(diagnostics.count_code("RAW-034"), u64::from(name.starts_with("odd")), "{name}");
        assert_eq!(table.cells.height(), 30, "{name}");
        let kind = name.split('_').next().unwrap().to_owned();
        let cells = cells(&table);
        match seen.iter().find(|(own, _)| *own == kind) {
            Some((_, first)) => assert_eq!(*first, cells, "{name}"),
            None => seen.push((kind, cells)),
        }
    }
    assert_eq!(seen.len(), 3);
    let odd = &seen[1].1;
    assert_eq!((odd[0][0].as_deref(), odd[4][2].as_deref()), (Some("2027-01-01"), Some("丙化工有限公司")));
}

/// What a byte is altered to.
fn others(byte: u8) -> [u8; 7] {
    [0, 0xFF, byte ^ 0x80, byte ^ 1, byte.wrapping_add(1), 0x7F, byte ^ 0x10]
}

/// Tries a file with each of its bytes altered; how many were tried, read and refused.
fn altered(name: &str, good: &[u8], step: usize, read: &dyn Fn(&[u8]) -> Result<(), String>) -> [usize; 3] {
    let mut counts = [0; 3];
    let mut bytes = good.to_vec();
    for at in 0..good.len() {
        for (n, other) in others(good[at]).into_iter().enumerate() {
            if other == good[at] || (at + n) % step != 0 {
                continue;
            }
            bytes[at] = other;
            let (outcome, took) = timed(|| read(&bytes));
            assert!(took < MOST_TIME, "{name}, byte {at} as {other}: {took:?}");
            counts[0] += 1;
            match outcome {
                Ok(()) => counts[1] += 1,
                Err(code) => {
                    let known = code.starts_with("RAW-0") || code == "IMP-083";
                    assert!(known, "{name}, byte {at} as {other}: {code}");
                    counts[2] += 1;
                }
            }
        }
        bytes[at] = good[at];
    }
    println!("{name}: {} alterations of {} bytes, {} read, {} refused", counts[0], good.len(), counts[1], counts[2]);
    counts
}

#[test]
fn an_altered_byte_is_read_or_refused() {
    let folder = Folder::new();
    let before = peak_mb().unwrap_or(0);
    let raw = |bytes: &[u8]| {
        let path = folder.file("a.parquet", bytes);
        let tables = load_raw(&path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none());
        tables.map(drop).map_err(|error| error.code().to_owned())
    };
    let own =
        |bytes: &[u8]| frame_from_bytes(bytes.to_vec(), "sources").map(drop).map_err(|error| error.code().to_owned());
    let mut files = fixtures();
    if let Ok(more) = std::env::var("FAIRDRAW_PARQUET") {
        for entry in std::fs::read_dir(more).unwrap() {
            let path = entry.unwrap().path();
            files.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    let (step, own_step) = if full() { (1, 1) } else { (29, 11) };
    let mut sum = [0; 3];
    let mut add = |counts: [usize; 3]| sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    for (name, bytes) in &files {
        add(altered(name, bytes, step, &raw));
        add(altered(&format!("{name}, as a frame"), bytes, step, &own));
    }
    for (name, bytes) in [("own frame", own_frame()), ("own small frame", good_parquet())] {
        add(altered(name, &bytes, own_step, &own));
        add(altered(name, &bytes, step, &raw));
    }
    let peak = peak_mb().unwrap_or(0);
    println!("{} alterations, {} read, {} refused, peak {peak} MB (before {before})", sum[0], sum[1], sum[2]);
    assert!(sum[1] > 0 && sum[2] > 0 && peak.saturating_sub(before) < 1_024, "{sum:?}, {before} to {peak} MB");
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Three bytes as four digits of base64.
fn digits(bytes: &[u8]) -> [u8; 4] {
    let sum = bytes.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    [sum >> 18, sum >> 12, sum >> 6, sum].map(|part| DIGITS[part & 63])
}

#[test]
fn an_altered_byte_of_the_schema_within_is_read_or_refused() {
    // pyarrow's own schema stands in the footer, in base64: a byte of it is no byte of the file
    let good = fixtures().into_iter().find(|(name, _)| name == "odd_schema_none").unwrap().1;
    let at = good.windows(12).position(|part| part == b"ARROW:schema").unwrap();
    let start = at + good[at..].windows(8).position(|part| part.starts_with(b"/////")).unwrap();
    let length = good[start..].iter().take_while(|byte| DIGITS.contains(byte)).count() / 4 * 4;
    assert!(length > 400, "{length}");
    let folder = Folder::new();
    let before = peak_mb().unwrap_or(0);
    let (mut read, mut refused) = (0, 0);
    for group in (start..start + length).step_by(4) {
        let value = |byte: &u8| DIGITS.iter().position(|digit| digit == byte).unwrap();
        let sum = good[group..group + 4].iter().map(value).fold(0, |sum, part| sum << 6 | part);
        for place in 0..3 {
            for other in [0, 1, 3, 0x10, 0x7F, 0x80, 0xFF] {
                let mut three = [(sum >> 16) as u8, (sum >> 8) as u8, sum as u8];
                three[place] = other;
                let mut bytes = good.clone();
                bytes[group..group + 4].copy_from_slice(&digits(&three));
                let path = folder.file("a.parquet", &bytes);
                match load_raw(&path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none()) {
                    Ok(_) => read += 1,
                    Err(error) => {
                        assert!(error.code().starts_with("RAW-0"), "{group} {place} {other}: {error}");
                        refused += 1;
                    }
                }
            }
        }
    }
    let peak = peak_mb().unwrap_or(0);
    println!("{read} read, {refused} refused, peak {peak} MB (before {before})");
    assert!(read > 0 && refused > 0 && peak.saturating_sub(before) < 1_024, "{before} to {peak} MB");
}

/// A file that is nothing but a footer.
fn footer_alone(footer: &[u8]) -> Vec<u8> {
    [b"PAR1", footer, &(footer.len() as u32).to_le_bytes(), b"PAR1"].concat()
}

fn refused(bytes: Vec<u8>) -> String {
    let error = frame_from_bytes(bytes, "sources").unwrap_err();
    assert_eq!(error.code(), "IMP-083");
    error.to_string()
}

#[test]
fn a_list_is_no_longer_than_the_bytes_that_are_left() {
    // a version, then a list of two thousand million columns
    let said = refused(footer_alone(&[0x15, 2, 0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 7, 0, 0, 0]));
    assert!(said.contains("文件不完整或已损坏"), "{said}");
}

#[test]
fn columns_inside_columns_are_counted_before_they_are_entered() {
    // a hundred thousand groups, each in the one before, at last a number
    let mut footer = vec![0x15, 2, 0x19, 0xFC];
    let count = 100_001_u32;
    footer.extend([(count & 0x7F) as u8 | 0x80, (count >> 7 & 0x7F) as u8 | 0x80, (count >> 14) as u8]);
    for _ in 1..count {
        // required, named "a", one member
        footer.extend([0x35, 0, 0x18, 1, b'a', 0x15, 2, 0]);
    }
    footer.extend([0x15, 2, 0x25, 0, 0x18, 1, b'a', 0]);
    // no rows, no groups of rows
    footer.extend([0x16, 0, 0x19, 0x0C, 0]);
    let said = refused(footer_alone(&footer));
    assert!(said.contains("文件不完整或已损坏"), "{said}");
}

#[test]
fn what_is_damaged_is_said_with_its_column() {
    let good = own_frame();
    let folder = Folder::new();
    let mut named = 0;
    for at in (4..good.len() / 3).step_by(7) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x5A;
        let path = folder.file("a.parquet", &bytes);
        let read = load_raw(&path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none());
        let Err(error) = read else { continue };
        let finding = error.finding();
        assert!(finding.file.is_some() && !finding.what.is_empty(), "{error}");
        named += usize::from(finding.column.is_some());
    }
    assert!(named > 0);
}

/// What the check costs beside the reading; told, not held.
#[test]
#[ignore = "times a large file; a figure for tests/README.md"]
fn the_check_beside_the_reading() {
    let folder = Folder::new();
    let path = folder.path().join("a.parquet");
    let count = 1_000_000_u64;
    let mut frame = df!(
        "编号" => (0..count).map(|i| format!("91310115MA1K4{i:06}X")).collect::<Vec<_>>(),
        "名称" => (0..count).map(|i| format!("上海第{}有限公司", i * 7_919 % 99_991)).collect::<Vec<_>>(),
        "区" => (0..count).map(|i| ["浦东新区", "黄浦区", "崇明区"][(i % 3) as usize]).collect::<Vec<_>>(),
        "经度" => (0..count).map(|i| 121.0 + i as f64 / 1e6).collect::<Vec<_>>(),
        "次数" => (0..count).map(|i| (i % 11 != 0).then_some(i * i % 1_000)).collect::<Vec<_>>(),
    )
    .unwrap();
    ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for _ in 0..3 {
        let (_, bare) = timed(|| ParquetReader::new(std::io::Cursor::new(&bytes)).finish().unwrap());
        let (_, own) = timed(|| frame_from_bytes(bytes.clone(), "sources").unwrap());
        let (_, raw) =
            timed(|| load_raw(&path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none()).unwrap());
        println!("{} MB: polars alone {bare:.0?}, a frame {own:.0?}, a table {raw:.0?}", bytes.len() >> 20);
    }
}
