//! What the crate `shapefile` refuses or changes, and our reader takes: each case by name.

use std::io::Cursor;

use shapefile::dbase::{FieldValue, Reader, ReaderBuilder};
use shapefile::{ReadableShape, ShapeReader};

use super::*;

/// A table of one record: fields as (name, type, bytes of the value).
fn table(version: u8, fields: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let header = 32 + 32 * fields.len() + 1;
    let record = 1 + fields.iter().map(|f| f.2.len()).sum::<usize>();
    let mut bytes = vec![0; 32];
    bytes[..4].copy_from_slice(&[version, 126, 1, 1]);
    bytes[4] = 1;
    bytes[8..10].copy_from_slice(&u16::try_from(header).unwrap().to_le_bytes());
    bytes[10..12].copy_from_slice(&u16::try_from(record).unwrap().to_le_bytes());
    for (name, kind, value) in fields {
        let mut field = [0; 32];
        field[..name.len()].copy_from_slice(name.as_bytes());
        field[11] = *kind;
        field[16] = u8::try_from(value.len()).unwrap();
        bytes.extend(field);
    }
    bytes.extend([0x0d, b' ']);
    for field in fields {
        bytes.extend(field.2);
    }
    bytes.push(0x1a);
    bytes
}

fn ours(dbf: Vec<u8>) -> Vec<Option<String>> {
    let files = LayerFiles { shown: "t.dbf".to_owned(), dbf: Some(dbf), ..LayerFiles::default() };
    let mut diagnostics = Diagnostics::new();
    check_layer(files, &ShapeOptions::default(), &mut diagnostics).unwrap().records.remove(0)
}

fn theirs(dbf: &[u8]) -> Result<FieldValue, String> {
    let mut reader = Reader::new(Cursor::new(dbf)).map_err(|e| e.to_string())?;
    let mut records = reader.read().map_err(|e| e.to_string())?;
    records.pop().and_then(|record| record.into_iter().next()).map(|(_, value)| value).ok_or_else(String::new)
}

fn one(kind: u8, value: &[u8]) -> Vec<u8> {
    table(3, &[("A", kind, value)])
}

#[test]
fn a_regular_table_is_read_by_both_alike() {
    for (kind, value, text) in [
        (b'C', &b"abc  "[..], "abc"),
        (b'N', b" 12.50", "12.5"),
        (b'D', b"20260301", "2026-03-01"),
        (b'I', &[7, 0, 0, 0], "7"),
    ] {
        let dbf = one(kind, value);
        assert!(theirs(&dbf).is_ok(), "{}", char::from(kind));
        assert_eq!(ours(dbf)[0].as_deref(), Some(text));
    }
}

#[test]
fn a_header_dated_zero_is_refused_by_the_crate() {
    let mut dbf = one(b'C', b"abc");
    dbf[1..4].fill(0);
    assert!(theirs(&dbf).is_err());
    assert_eq!(ours(dbf)[0].as_deref(), Some("abc"));
}

#[test]
fn a_field_of_an_unknown_type_is_refused_by_the_crate() {
    for kind in [b'0', b'V', b'G', b'@', b'+', b'O'] {
        assert!(theirs(&table(3, &[("A", b'C', b"abc"), ("B", kind, b"        ")])).is_err(), "{}", char::from(kind));
        assert_eq!(ours(table(3, &[("A", b'C', b"abc"), ("B", kind, b"        ")]))[0].as_deref(), Some("abc"));
    }
}

#[test]
fn a_number_that_is_none_is_refused_by_the_crate() {
    assert!(theirs(&one(b'N', b"12a")).is_err());
    assert_eq!(ours(one(b'N', b"12a"))[0].as_deref(), Some("12a"));
    assert!(theirs(&one(b'N', b"12,5")).is_err());
    assert_eq!(ours(one(b'N', b"12,5"))[0].as_deref(), Some("12.5"));
}

#[test]
fn a_memo_without_its_file_is_refused_by_the_crate() {
    let dbf = table(0x83, &[("A", b'M', b"         1")]);
    assert!(!matches!(theirs(&dbf), Ok(FieldValue::Memo(text)) if !text.is_empty()));
    assert_eq!(ours(dbf)[0], None);
}

#[test]
fn digits_beyond_a_double_are_lost_by_the_crate() {
    let dbf = one(b'N', b"123456789012345678");
    assert!(matches!(theirs(&dbf), Ok(FieldValue::Numeric(Some(n))) if (n - 123_456_789_012_345_680.0).abs() < 1.0));
    assert_eq!(ours(dbf)[0].as_deref(), Some("123456789012345678"));
}

#[test]
fn a_field_of_type_f_is_single_precision_to_the_crate() {
    let dbf = one(b'F', b"121.473712345");
    assert!(matches!(theirs(&dbf), Ok(FieldValue::Float(Some(n))) if (f64::from(n) - 121.473_712_345).abs() > 1e-7));
    assert_eq!(ours(dbf)[0].as_deref(), Some("121.473712345"));
}

#[test]
fn money_is_a_double_to_the_crate() {
    let dbf = table(3, &[("A", b'Y', &12_500_i64.to_le_bytes())]);
    assert!(matches!(theirs(&dbf), Ok(FieldValue::Currency(n)) if n < 1e-300));
    assert_eq!(ours(dbf)[0].as_deref(), Some("1.25"));
}

#[test]
fn an_unknown_truth_value_is_nothing_to_the_crate() {
    let dbf = one(b'L', b"x");
    assert_eq!(theirs(&dbf), Ok(FieldValue::Logical(None)));
    assert_eq!(ours(dbf)[0].as_deref(), Some("x"));
}

#[test]
fn a_day_that_does_not_exist_is_one_to_the_crate() {
    let dbf = one(b'D', b"20260230");
    assert!(matches!(theirs(&dbf), Ok(FieldValue::Date(Some(_)))));
    assert_eq!(ours(dbf)[0].as_deref(), Some("20260230"));
}

#[test]
fn a_text_ends_at_a_nul_for_the_crate() {
    let dbf = one(b'C', b"ab\0cd");
    assert_eq!(theirs(&dbf), Ok(FieldValue::Character(Some("ab".to_owned()))));
    assert_eq!(ours(dbf)[0].as_deref(), Some("ab\0cd"));
}

#[test]
fn undecodable_bytes_are_replaced_without_a_word_by_the_crate() {
    let encoding = shapefile::dbase::encoding::EncodingRs::from(encoding_rs::GB18030);
    let mut dbf = one(b'C', b"\xC9\xCF\xFF\xBA\xA3 ");
    dbf[29] = 0x4d;
    let mut reader = ReaderBuilder::new().with_encoding(encoding).build(Cursor::new(&dbf)).unwrap();
    let record = reader.read().unwrap().pop().unwrap();
    assert!(matches!(record.get("A"), Some(FieldValue::Character(Some(text))) if text.contains('\u{fffd}')));
    let files = LayerFiles { shown: "t.dbf".to_owned(), dbf: Some(dbf), ..LayerFiles::default() };
    let mut diagnostics = Diagnostics::new();
    check_layer(files, &ShapeOptions { encoding: Some("GBK".to_owned()) }, &mut diagnostics).unwrap();
    assert_eq!(diagnostics.count_code("GIS-014"), 1);
}

#[test]
fn deleted_records_are_left_out_by_the_crate_and_kept_in_step_here() {
    let mut dbf = one(b'C', b"abc");
    let record = dbf.len() - 5;
    dbf[record] = b'*';
    assert!(Reader::new(Cursor::new(&dbf)).unwrap().read().unwrap().is_empty());
    assert_eq!(ours(dbf)[0].as_deref(), Some("abc"));
}

#[test]
fn a_record_without_any_content_is_refused_by_the_crate() {
    assert!(shapefile::Shape::read_from(&mut Cursor::new(&[][..]), 0).is_err());
    let mut shp = vec![0; 100];
    shp[..4].copy_from_slice(&9994_u32.to_be_bytes());
    shp[24..28].copy_from_slice(&54_u32.to_be_bytes());
    shp[28..32].copy_from_slice(&1000_u32.to_le_bytes());
    shp[32] = 5;
    shp.extend([0, 0, 0, 1, 0, 0, 0, 0]);
    assert!(ShapeReader::new(Cursor::new(&shp)).unwrap().read().is_err());
    let files = LayerFiles { shown: "t.shp".to_owned(), shp: Some(shp), ..LayerFiles::default() };
    let layer = check_layer(files, &ShapeOptions::default(), &mut Diagnostics::new()).unwrap();
    assert_eq!(layer.shapes, [Shape::null()]);
}

#[test]
fn without_an_index_bytes_behind_the_last_record_stop_the_crate() {
    let whole = files_of(&two(), &[("adcode", vec!["310101", "310104"])], "UTF-8");
    let mut shp = whole.shp.clone().unwrap();
    // The header's length covers them, as some writers leave it.
    shp.extend([0xff; 20]);
    let words = u32::try_from(shp.len() / 2).unwrap();
    shp[24..28].copy_from_slice(&words.to_be_bytes());
    assert!(ShapeReader::new(Cursor::new(&shp)).unwrap().read().is_err());
    let files = LayerFiles { shp: Some(shp), ..whole };
    let mut diagnostics = Diagnostics::new();
    let layer = check_layer(files, &ShapeOptions::default(), &mut diagnostics).unwrap();
    assert_eq!((layer.shapes.len(), diagnostics.count_code("GIS-009")), (2, 1));
}
