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
use super::super::text::heading_key;
use crate::text::fold;

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
    let mut order: Vec<(Option<&str>, u32)> = keys.iter().enumerate().map(|(i, key)| (key, i as u32)).collect();
    order.par_sort_unstable();
    let compared: Vec<&Column> = frame.columns().iter().filter(|column| is_compared(column.name().as_str())).collect();
    let mut keep: Vec<u32> = Vec::with_capacity(order.len());
    for group in order.chunk_by(|a, b| a.0.is_some() && a.0 == b.0) {
        let start = keep.len();
        keep.push(group[0].1);
        for (value, other) in &group[1..] {
            let row = *other as usize;
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
                let shown = numbers.and_then(|numbers| numbers.get(row)).or(*value).unwrap_or_default();
                let column = difference.unwrap_or_default();
                out.row(code, places.at(row), |f| {
                    f.column(column_words(&column)).value(shown).expected(format!("与{}一致或编号不同", earlier(first)))
                });
            }
        }
    }
    Ok(keep)
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
        if left != right && !is_same(&left, &right) {
            return Ok(Some(column.name().to_string()));
        }
    }
    Ok(None)
}

/// True for numbers that differ by what programs lose in writing them (121.4009, 121.4009000000001), also as text.
fn is_same(left: &AnyValue<'_>, right: &AnyValue<'_>) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
    match (left, right) {
        (AnyValue::Float64(a), AnyValue::Float64(b)) => close(*a, *b),
        (AnyValue::String(a), AnyValue::String(b)) => {
            // Codes have no point; only a figure with a fraction can have lost something.
            let figure = |text: &str| text.contains('.').then(|| text.trim().parse::<f64>().ok()).flatten();
            matches!((figure(a), figure(b)), (Some(a), Some(b)) if close(a, b)) || fold(a) == fold(b)
        }
        _ => false,
    }
}
