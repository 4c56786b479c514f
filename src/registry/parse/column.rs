//! Drivers that run a parser over a whole text column, in parallel, in order.
//!
//! Rows are cut into pieces of [`CHUNK`], whatever the number of threads, and put together in row order: the
//! result never depends on the machine. Nothing is allocated per row beyond the column's own builder.

use std::borrow::Cow;
use std::collections::HashMap;

use polars::prelude::*;
use rayon::prelude::*;

/// Most different texts remembered at a time.
const LONGEST_MEMO: usize = 4096;

/// Rows handled at a time by one thread.
pub const CHUNK: usize = 65_536;

fn pieces(length: usize) -> Vec<(usize, usize)> {
    (0..length).step_by(CHUNK).map(|start| (start, CHUNK.min(length - start))).collect()
}

/// Values in row order, and each fault with its row index.
pub type Parsed<T, E> = (Vec<Option<T>>, Vec<(usize, E)>);

/// Runs `parse` over every non-empty cell: the values, and each fault with its row index, in row order.
pub fn map_values<T, E, F>(column: &StringChunked, parse: F) -> Parsed<T, E>
where
    T: Send,
    E: Send,
    F: Fn(&str) -> Result<Option<T>, E> + Sync,
{
    let parts: Vec<Parsed<T, E>> = pieces(column.len())
        .into_par_iter()
        .map(|(start, length)| {
            let (mut values, mut faults) = (Vec::with_capacity(length), Vec::new());
            for (i, cell) in column.slice(start as i64, length).iter().enumerate() {
                values.push(match cell.map(&parse) {
                    None => None,
                    Some(Ok(value)) => value,
                    Some(Err(fault)) => {
                        faults.push((start + i, fault));
                        None
                    }
                });
            }
            (values, faults)
        })
        .collect();
    let mut values = Vec::with_capacity(column.len());
    let mut faults = Vec::new();
    for (part, part_faults) in parts {
        values.extend(part);
        faults.extend(part_faults);
    }
    (values, faults)
}

/// What `find` sees in the cells, each with its row index, in row order.
pub fn find_cells<T, F>(column: &StringChunked, find: F) -> Vec<(usize, T)>
where
    T: Send,
    F: Fn(&str) -> Option<T> + Sync,
{
    let seen = |(start, length): (usize, usize)| -> Vec<(usize, T)> {
        let part = column.slice(start as i64, length);
        part.iter().enumerate().filter_map(|(i, cell)| Some((start + i, find(cell?)?))).collect()
    };
    pieces(column.len()).into_par_iter().flat_map_iter(seen).collect()
}

/// A piece of a text column where anything in it changed, and its faults.
type Mapped<E> = (Option<StringChunked>, Vec<(usize, E)>);

/// As [`map_values`] for text to text, without a name; a column that `parse` leaves as it is costs no copy.
pub fn map_text<E, F>(column: &StringChunked, parse: F) -> (StringChunked, Vec<(usize, E)>)
where
    E: Send,
    F: for<'a> Fn(&'a str) -> Result<Option<Cow<'a, str>>, E> + Sync,
{
    let parts: Vec<Mapped<E>> = pieces(column.len())
        .into_par_iter()
        .map(|(start, length)| {
            let part = column.slice(start as i64, length);
            let mut faults = Vec::new();
            // First pass: is there anything to change? Most columns have nothing.
            let unchanged = part.iter().all(|cell| {
                cell.is_none_or(|text| matches!(parse(text), Ok(Some(Cow::Borrowed(same))) if same.len() == text.len()))
            });
            if unchanged {
                return (None, faults);
            }
            let mut builder = StringChunkedBuilder::new(PlSmallStr::EMPTY, length);
            for (i, cell) in part.iter().enumerate() {
                match cell.map(&parse) {
                    None | Some(Ok(None)) => builder.append_null(),
                    Some(Ok(Some(text))) => builder.append_value(text),
                    Some(Err(fault)) => {
                        faults.push((start + i, fault));
                        builder.append_null();
                    }
                }
            }
            (Some(builder.finish()), faults)
        })
        .collect();
    if parts.iter().all(|(part, _)| part.is_none()) {
        return (column.clone().with_name(PlSmallStr::EMPTY), Vec::new());
    }
    let mut faults = Vec::new();
    let mut columns = Vec::with_capacity(parts.len());
    for ((part, part_faults), (start, length)) in parts.into_iter().zip(pieces(column.len())) {
        columns.push(part.unwrap_or_else(|| column.slice(start as i64, length)));
        faults.extend(part_faults);
    }
    (concat(columns), faults)
}

/// As [`map_values`] for columns of few different cells (districts, categories): each text is parsed once per
/// piece, however slow the parser.
pub fn map_repeated<T, E, F>(column: &StringChunked, parse: F) -> Parsed<T, E>
where
    T: Send + Clone,
    E: Send + Clone,
    F: Fn(&str) -> Result<Option<T>, E> + Sync,
{
    let parts: Vec<Parsed<T, E>> = pieces(column.len())
        .into_par_iter()
        .map(|(start, length)| {
            let part = column.slice(start as i64, length);
            let (mut values, mut faults) = (Vec::with_capacity(length), Vec::new());
            let mut known: HashMap<&str, Result<Option<T>, E>> = HashMap::new();
            for (i, cell) in part.iter().enumerate() {
                let Some(text) = cell else {
                    values.push(None);
                    continue;
                };
                if known.len() > LONGEST_MEMO {
                    known.clear();
                }
                match known.entry(text).or_insert_with(|| parse(text)) {
                    Ok(value) => values.push(value.clone()),
                    Err(fault) => {
                        faults.push((start + i, fault.clone()));
                        values.push(None);
                    }
                }
            }
            (values, faults)
        })
        .collect();
    let mut values = Vec::with_capacity(column.len());
    let mut faults = Vec::new();
    for (part, part_faults) in parts {
        values.extend(part);
        faults.extend(part_faults);
    }
    (values, faults)
}

/// Builds a text column of `length` rows, without a name, from a function of the row index, in parallel.
pub fn collect_text<'a, F>(length: usize, value: F) -> StringChunked
where
    F: Fn(usize) -> Option<Cow<'a, str>> + Sync,
{
    let parts: Vec<StringChunked> = pieces(length)
        .into_par_iter()
        .map(|(start, length)| {
            let mut builder = StringChunkedBuilder::new(PlSmallStr::EMPTY, length);
            for i in start..start + length {
                builder.append_option(value(i));
            }
            builder.finish()
        })
        .collect();
    concat(parts)
}

fn concat(parts: Vec<StringChunked>) -> StringChunked {
    let mut parts = parts.into_iter();
    let Some(mut whole) = parts.next() else { return StringChunked::full_null(PlSmallStr::EMPTY, 0) };
    for part in parts {
        // Appending text to text only fails past the index type's limit, which one file cannot reach.
        if whole.append(&part).is_err() {
            break;
        }
    }
    whole.rechunk().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_faults_keep_their_rows_over_many_pieces() {
        let n = CHUNK * 2 + 17;
        let cells: StringChunked = (0..n).map(|i| if i % 1000 == 7 { None } else { Some(i.to_string()) }).collect();
        let parse =
            |t: &str| t.parse::<usize>().map_err(|_| ()).and_then(|v| if v % 500 == 3 { Err(()) } else { Ok(Some(v)) });
        let (values, faults) = map_values(&cells, parse);
        assert_eq!(values.len(), n);
        assert_eq!(values[CHUNK + 5], Some(CHUNK + 5));
        assert_eq!(values[7], None);
        assert!(faults.iter().all(|(row, ())| row % 500 == 3) && faults.len() == n.div_ceil(500));
        let (same, none) = map_text::<(), _>(&cells, |t| Ok(Some(Cow::Borrowed(t))));
        assert!(none.is_empty() && same.len() == n && same.get(CHUNK + 1) == cells.get(CHUNK + 1));
        let (changed, bad) =
            map_text(&cells, |t| if t == "9" { Err(()) } else { Ok(Some(Cow::Owned(format!("{t}!")))) });
        assert_eq!((changed.get(8), changed.get(9), bad.len()), (Some("8!"), None, 1));
    }
}
