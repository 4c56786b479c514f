//! Arrow's streaming format, as a server sends the rows of a query, into frames.
//!
//! A server may be anything that says it is one: the bytes are read by polars' safe reader, and what it should break on
//! is an answer that can't be used, not the end of the program.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use polars::prelude::{ArrayRef, Column, DataFrame, PolarsResult, Series, polars_err};
use polars_arrow::io::ipc::read::{StreamReader, StreamState, read_stream_metadata};

/// One message's rows; the columns of the schema without any row where it holds none.
///
/// # Errors
/// Why the bytes are no stream, in the reader's words.
pub(super) fn frame_of(bytes: &[u8]) -> Result<DataFrame, String> {
    match catch_unwind(AssertUnwindSafe(|| read(bytes))) {
        Ok(Ok(frame)) => Ok(frame),
        Ok(Err(cause)) => Err(cause.to_string()),
        Err(_) => Err("Arrow 内容已损坏".to_owned()),
    }
}

fn read(bytes: &[u8]) -> PolarsResult<DataFrame> {
    let mut cursor = Cursor::new(bytes);
    let metadata = read_stream_metadata(&mut cursor)?;
    let schema = metadata.schema.clone();
    let mut chunks: Vec<Vec<ArrayRef>> = schema.iter_values().map(|_| Vec::new()).collect();
    let mut rows = 0;
    for state in StreamReader::new(cursor, metadata, None) {
        match state? {
            StreamState::Some(batch) => {
                rows += batch.len();
                for (chunk, array) in chunks.iter_mut().zip(batch.into_arrays()) {
                    chunk.push(array);
                }
            }
            // whole messages are sent: nothing comes behind them
            StreamState::Waiting => break,
        }
    }
    let column = |(field, arrays): (_, Vec<ArrayRef>)| -> PolarsResult<Column> {
        let field: &polars::prelude::ArrowField = field;
        if arrays.is_empty() {
            let empty = polars_arrow::array::new_empty_array(field.dtype().clone());
            return Series::try_from((field, vec![empty])).map(Column::from);
        }
        Series::try_from((field, arrays)).map(Column::from)
    };
    let columns = schema.iter_values().zip(chunks).map(column).collect::<PolarsResult<Vec<_>>>()?;
    if columns.iter().any(|column| column.len() != rows) {
        return Err(polars_err!(ShapeMismatch: "columns of several lengths"));
    }
    DataFrame::new(rows, columns)
}
