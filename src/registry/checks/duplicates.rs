//! Duplicate rows: equal ones merged, conflicting ones set aside with both rows named.
//!
//! Of two rows with one unit id the first (by file, then row) is kept: were both set aside, an error in the
//! list would free a unit from inspection.

use polars::prelude::*;
use rayon::prelude::*;

use super::super::codes::{self, Code};
use super::super::collect::{Collector, PART, Places};
use super::super::columns::{Column as Typed, Text};
use super::super::schema::{TableKind, origin, sources};
use super::super::text::{exact_name, heading_key};

/// What the comparison of rows leaves out.
const NOT_COMPARED: [&str; 3] = [origin::ROW.name(), origin::FILE.name(), PART.name()];

/// Sorts the register by unit id, keeps one row of each, reports the others.
pub(in super::super) fn merge_sources(
    frame: &DataFrame,
    places: &Places<'_>,
    out: &mut Collector,
) -> PolarsResult<DataFrame> {
    let keys = sources::UNIT_ID.cells(frame)?;
    let strictly_sorted = keys.iter().zip(keys.iter().skip(1)).all(|(a, b)| a.is_some() && a < b);
    if strictly_sorted {
        return Ok(frame.clone());
    }
    let keep = kept_rows(frame, &sources::UNIT_ID, Some(sources::NUMBER.cells(frame)?), places, out)?;
    frame.take(&IdxCa::from_vec(PlSmallStr::EMPTY, keep))
}

/// Keeps one row of each value of `key` (rows without it all stay), in the order of the files.
pub(in super::super) fn merge_duplicates(
    frame: &DataFrame,
    key: &Typed<Text>,
    places: &Places<'_>,
    out: &mut Collector,
) -> PolarsResult<DataFrame> {
    let mut keep = kept_rows(frame, key, None, places, out)?;
    keep.sort_unstable();
    frame.take(&IdxCa::from_vec(PlSmallStr::EMPTY, keep))
}

/// Row indexes kept, in order of key, then row.
fn kept_rows(
    frame: &DataFrame,
    key: &Typed<Text>,
    numbers: Option<&StringChunked>,
    places: &Places<'_>,
    out: &mut Collector,
) -> PolarsResult<Vec<u32>> {
    let keys = key.cells(frame)?;
    let order = rows_by_text(keys);
    let key_of = |row: u32| keys.get(row as usize);
    let compared: Vec<&Column> = frame.columns().iter().filter(|column| is_compared(column.name().as_str())).collect();
    let mut keep: Vec<u32> = Vec::with_capacity(order.len());
    for group in order.chunk_by(|a, b| a.head == b.head && key_of(a.row).is_some() && key_of(a.row) == key_of(b.row)) {
        let start = keep.len();
        keep.push(group[0].row);
        for other in &group[1..] {
            let (row, value) = (other.row as usize, key_of(other.row));
            let first = keep[start] as usize;
            let earlier = |i: usize| place_words(places, i);
            let mut difference = None;
            let mut equal = None;
            for kept in &keep[start..] {
                match first_difference(&compared, *kept as usize, row)? {
                    None => equal = Some(*kept as usize),
                    Some(column) => difference = difference.or(Some(column)),
                }
            }
            if let Some(kept) = equal {
                out.merged += 1;
                let expected = format!("只出现一次（同{}）", earlier(kept));
                out.row(&codes::DUPLICATE_MERGED, places.at(row), |f| {
                    f.value(value.unwrap_or_default()).expected(expected)
                });
            } else {
                let collides = numbers.is_some_and(|numbers| differ(numbers, first, row));
                let code: &'static Code = if collides { &codes::NUMBER_COLLIDES } else { &codes::DUPLICATE_CONFLICT };
                let shown = numbers.and_then(|numbers| numbers.get(row)).or(value).unwrap_or_default();
                let column = difference.unwrap_or_default();
                out.row(code, places.at(row), |f| {
                    f.column(column_words(&column)).value(shown).expected(format!("与{}一致或编号不同", earlier(first)))
                });
            }
        }
    }
    Ok(keep)
}

/// A row, and how its text begins.
struct Headed {
    /// The first 24 bytes, big-endian, zeros behind a shorter text: it sorts as the text does, and most texts differ in it.
    head: [u64; 3],
    row: u32,
}

/// Rows in the order of a column's bytes, then of the rows; those without a text first. A nation's texts lie far apart in
/// memory: all but the equal ones are told by their beginnings alone.
fn rows_by_text(keys: &StringChunked) -> Vec<Headed> {
    let headed = |row: usize| {
        let bytes = keys.get(row).unwrap_or_default().as_bytes();
        let word = |at: usize| {
            let mut word = [0; 8];
            let part = bytes.get(at..).unwrap_or_default();
            let part = part.get(..8).unwrap_or(part);
            word[..part.len()].copy_from_slice(part);
            u64::from_be_bytes(word)
        };
        Headed { head: [word(0), word(8), word(16)], row: row as u32 }
    };
    let mut order: Vec<Headed> = (0..keys.len()).into_par_iter().with_min_len(4096).map(headed).collect();
    order.par_sort_unstable_by(|a, b| {
        let text = |row: u32| keys.get(row as usize);
        a.head.cmp(&b.head).then_with(|| text(a.row).cmp(&text(b.row))).then(a.row.cmp(&b.row))
    });
    order
}

/// A column as people call it.
fn column_words(id: &str) -> String {
    TableKind::ALL.into_iter().find_map(|kind| kind.column(id)).map_or_else(|| id.to_owned(), |c| c.name.to_owned())
}

/// Two numbers that are not the same text, though they give the same id: a collision, unless both are led to
/// the same lasting id on purpose, in which case the rows are compared like any duplicate.
fn differ(numbers: &StringChunked, a: usize, b: usize) -> bool {
    let (Some(a), Some(b)) = (numbers.get(a), numbers.get(b)) else { return false };
    a != b && super::super::ids::id_key(a) == super::super::ids::id_key(b)
}

/// Where a row came from, in words.
pub(super) fn place_words(places: &Places<'_>, i: usize) -> String {
    let place = places.at(i);
    let sheet = place.sheet.map_or_else(String::new, |sheet| format!("工作表「{sheet}」"));
    format!("{}{sheet}第 {} 行", place.file, place.row)
}

/// True for the columns whose cells say whether two rows are equal: not where they came from, nor their number in a
/// list.
pub(super) fn is_compared(name: &str) -> bool {
    !NOT_COMPARED.contains(&name)
        && !matches!(heading_key(name).as_str(), "序号" | "行号" | "编序" | "no" | "no." | "index" | "unnamed:0")
}

/// The name of the first column in which two rows differ.
pub(super) fn first_difference(columns: &[&Column], a: usize, b: usize) -> PolarsResult<Option<String>> {
    for column in columns {
        let (left, right) = (column.get(a)?, column.get(b)?);
        let place = [sources::LON.name(), sources::LAT.name()].contains(&column.name().as_str());
        if left != right && !is_same(&left, &right, place) {
            return Ok(Some(column.name().to_string()));
        }
    }
    Ok(None)
}

/// Degrees less than which two are one place written twice (decimals of seven digits,
/// degrees with seconds): 0.1 m.
const SAME_DEGREES: f64 = 1e-6;

/// True for numbers that differ by what programs lose in writing them (121.4009, 121.4009000000001), also as text, and
/// for texts and names whose width, blanks and brackets alone differ.
fn is_same(left: &AnyValue<'_>, right: &AnyValue<'_>, place: bool) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= if place { SAME_DEGREES } else { 1e-9 * a.abs().max(b.abs()) };
    match (left, right) {
        (AnyValue::Float64(a), AnyValue::Float64(b)) => close(*a, *b),
        (AnyValue::String(a), AnyValue::String(b)) => {
            // Codes have no point; only a figure with a fraction can have lost something.
            let figure = |text: &str| text.contains('.').then(|| text.trim().parse::<f64>().ok()).flatten();
            matches!((figure(a), figure(b)), (Some(a), Some(b)) if close(a, b)) || exact_name(a) == exact_name(b)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_stand_in_the_order_of_their_texts(
            texts in proptest::collection::vec(proptest::option::of("(|abcdefgh|01234567890123456789[ab]{0,8}|[\u{0}a]{0,2})"), 0..60),
        ) {
            let column: StringChunked = texts.iter().map(Option::as_deref).collect();
            let mut expected: Vec<(Option<&str>, u32)> =
                texts.iter().enumerate().map(|(row, text)| (text.as_deref(), row as u32)).collect();
            expected.sort_unstable();
            let found: Vec<u32> = rows_by_text(&column).iter().map(|headed| headed.row).collect();
            prop_assert_eq!(found, expected.into_iter().map(|(_, row)| row).collect::<Vec<u32>>());
        }
    }
}
