//! Events that came twice: overlapping exports, copies of a file, a row entered again.
//!
//! Equal rows of every table of events are one event and are merged. Rows that say by their own number that they are
//! the same event (工单编号, 文号, outlet and pollutant and time, body and month) but differ elsewhere are not told
//! apart by a program: the first stays, the others are set aside with both rows named.
//!
//! Method: rows are grouped by a hash of what must be the same text, then compared in full; numbers are compared with
//! a tolerance and are therefore no part of the hash. The order of the files decides, never the hash.

use std::borrow::Cow;
use std::collections::BTreeMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::super::codes;
use super::super::collect::{Collector, MINUTE, Places};
use super::super::schema::{TableKind, capacity, monitoring, violations};
use super::super::text::{exact_name, heading_key};
use super::duplicates::{first_difference, is_compared, place_words};
use crate::text::{fold, is_blank_word};

/// Headings of the number that a complaint has in its own system.
const COMPLAINT_NUMBERS: [&str; 13] = [
    "工单编号",
    "工单号",
    "投诉编号",
    "信访编号",
    "举报编号",
    "受理编号",
    "案件编号",
    "信访件编号",
    "诉求编号",
    "投诉单号",
    "登记编号",
    "受理单号",
    "编号",
];

/// Merges equal rows of a table of events and sets aside rows that contradict an earlier one of the same event.
pub(in super::super) fn merge_events(
    kind: TableKind,
    frame: &DataFrame,
    places: &Places<'_>,
    out: &mut Collector,
) -> PolarsResult<DataFrame> {
    let compared: Vec<&Column> = frame.columns().iter().filter(|column| is_compared(column.name().as_str())).collect();
    let mut keep = vec![true; frame.height()];
    // `shown` is what the two rows have in common.
    let merge = |out: &mut Collector, row: usize, earlier: usize, shown: &str| {
        out.merged += 1;
        let expected = format!("只出现一次（同{}）", place_words(places, earlier));
        out.row(&codes::DUPLICATE_MERGED, places.at(row), |finding| {
            let finding = finding.expected(expected);
            if shown.is_empty() { finding } else { finding.value(shown) }
        });
    };
    for group in groups(&hashes(&compared, frame.height())?) {
        let mut kept: Vec<usize> = Vec::new();
        for row in group {
            let mut equal = None;
            for earlier in &kept {
                if first_difference(&compared, *earlier, row)?.is_none() {
                    equal = Some(*earlier);
                    break;
                }
            }
            match equal {
                None => kept.push(row),
                Some(earlier) => {
                    keep[row] = false;
                    merge(out, row, earlier, "");
                }
            }
        }
    }
    if let Some(keys) = event_keys(kind, frame)? {
        // What the key itself is made of is the same, however it is written.
        let rest: Vec<&Column> = compared
            .iter()
            .copied()
            .filter(|column| !keys.columns.iter().any(|name| name == column.name().as_str()))
            .collect();
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        for (row, key) in keys.cells.iter().enumerate().filter_map(|(row, key)| key.as_deref().map(|key| (row, key))) {
            if !keep[row] {
                continue;
            }
            let Some(earlier) = first.get(key).copied() else {
                first.insert(key, row);
                continue;
            };
            keep[row] = false;
            let shown = keys.shown(row);
            match first_difference(&rest, earlier, row)? {
                None => merge(out, row, earlier, &shown),
                Some(column) => {
                    let place = place_words(places, earlier);
                    let column = kind.column(&column).map_or(column, |spec| spec.name.to_owned());
                    out.row(&codes::EVENT_CONFLICT, places.at(row), |finding| {
                        finding.column(column).value(shown).expected(format!("与{place}一致"))
                    });
                }
            }
        }
    }
    if keep.iter().all(|keep| *keep) {
        return Ok(frame.clone());
    }
    frame.filter(&keep.into_iter().collect::<BooleanChunked>())
}

/// By what a row says which event it is.
struct EventKeys<'a> {
    /// The key of each row; rows without one are events of their own.
    cells: Vec<Option<String>>,
    /// The columns it is made of.
    columns: Vec<Cow<'a, str>>,
    frame: &'a DataFrame,
}

impl EventKeys<'_> {
    fn shown(&self, row: usize) -> String {
        let parts: Vec<String> = self
            .columns
            .iter()
            .filter(|name| **name != MINUTE.name())
            .filter_map(|name| self.frame.column(name).ok()?.get(row).ok())
            .filter(|value| !value.is_null())
            .map(|value| value.str_value().into_owned())
            .collect();
        parts.join(" ")
    }
}

fn event_keys(kind: TableKind, frame: &DataFrame) -> PolarsResult<Option<EventKeys<'_>>> {
    let columns: Vec<Cow<'_, str>> = match kind {
        TableKind::Violations => vec![Cow::Borrowed(violations::DOCUMENT.name())],
        TableKind::Capacity => vec![Cow::Borrowed(capacity::BODY.name()), Cow::Borrowed(capacity::MONTH.name())],
        TableKind::Monitoring => [
            monitoring::UNIT_ID.name(),
            monitoring::DATE.name(),
            MINUTE.name(),
            monitoring::HOURLY.name(),
            monitoring::OUTLET.name(),
            monitoring::POLLUTANT.name(),
        ]
        .map(Cow::Borrowed)
        .to_vec(),
        TableKind::Complaints => {
            let number = frame
                .get_column_names()
                .into_iter()
                .find(|name| COMPLAINT_NUMBERS.contains(&heading_key(name.as_str()).as_str()));
            match number {
                Some(name) => vec![Cow::Borrowed(name.as_str())],
                None => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    let held: Vec<&Column> = columns.iter().map(|name| frame.column(name)).collect::<PolarsResult<_>>()?;
    let texts: Vec<Option<&StringChunked>> = held.iter().map(|column| column.str().ok()).collect();
    let cells = (0..frame.height())
        .into_par_iter()
        .map(|row| {
            let mut key = String::new();
            let mut empty = 0;
            for (column, text) in held.iter().zip(&texts) {
                match text {
                    Some(text) => match text.get(row).filter(|text| !is_blank_word(&fold(text))) {
                        Some(text) => key.push_str(&exact_name(text)),
                        None => empty += 1,
                    },
                    None => match column.get(row) {
                        Ok(AnyValue::Null) | Err(_) => {}
                        Ok(value) => key.push_str(&value.str_value()),
                    },
                }
                key.push('\u{1f}');
            }
            // A measured value needs its unit, and its outlet or its pollutant; 编号 alone may be a row's number in its
            // list, which begins anew in each.
            let known = match kind {
                TableKind::Complaints if columns[0] == "编号" => {
                    key.chars().filter(char::is_ascii_digit).count() >= 8
                }
                TableKind::Monitoring => texts[0].is_some_and(|units| units.get(row).is_some()) && empty <= 1,
                _ => empty == 0,
            };
            known.then_some(key)
        })
        .collect();
    Ok(Some(EventKeys { cells, columns, frame }))
}

/// Rows of the same hash, in the order of the rows; only groups of two or more.
fn groups(hashes: &[u64]) -> Vec<Vec<usize>> {
    let mut order: Vec<(u64, usize)> = hashes.iter().copied().zip(0..).collect();
    order.par_sort_unstable();
    let mut groups: Vec<Vec<usize>> = order
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|group| group.len() > 1)
        .map(|group| group.iter().map(|(_, row)| *row).collect())
        .collect();
    groups.sort_unstable_by_key(|group| group[0]);
    groups
}

fn hashes(columns: &[&Column], height: usize) -> PolarsResult<Vec<u64>> {
    let mut hashes = vec![0xcbf2_9ce4_8422_2325_u64; height];
    let mix = |hash: &mut u64, bytes: &[u8]| {
        for byte in bytes {
            *hash = (*hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        *hash = (*hash ^ 0x1f).wrapping_mul(0x0100_0000_01b3);
    };
    for column in columns {
        match column.dtype() {
            DataType::Float64 => {}
            DataType::String => {
                for (hash, cell) in hashes.iter_mut().zip(column.str()?.iter()) {
                    match cell {
                        // Texts that may be equal though they are not the same bytes: figures, and other widths.
                        Some(text) if !text.is_ascii() => mix(hash, fold(text).as_bytes()),
                        Some(text) if text.contains('.') && text.trim().parse::<f64>().is_ok() => {}
                        Some(text) => mix(hash, text.as_bytes()),
                        None => mix(hash, &[0xff]),
                    }
                }
            }
            _ => {
                let whole = column.as_materialized_series().to_physical_repr().cast(&DataType::Int64)?;
                for (hash, cell) in hashes.iter_mut().zip(whole.i64()?.iter()) {
                    match cell {
                        Some(value) => mix(hash, &value.to_le_bytes()),
                        None => mix(hash, &[0xff]),
                    }
                }
            }
        }
    }
    Ok(hashes)
}
