//! Frames as parquet bytes, for `frames/*.parquet` of a project. Writing the files is the workspace's duty.

use polars::prelude::*;

use crate::diagnostic::{AppError, AppResult};

use super::checks::is_pending;
use super::codes;
use super::load::{Registry, internal};
use super::parse::find_cells;
use super::schema::{ColumnKind, TableKind, past_checks};

/// Name of the frame of rows set aside.
pub const SET_ASIDE: &str = "set_aside";

/// A frame as parquet (zstd).
///
/// # Errors
/// `IMP-099` where it can't be encoded.
pub fn frame_to_bytes(frame: &DataFrame) -> AppResult<Vec<u8>> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame.clone()).map_err(|error| internal(&error))?;
    Ok(bytes)
}

/// A frame from parquet; `name` is for messages.
///
/// # Errors
/// `IMP-083` where the bytes are no parquet, damaged, or unpack to too much.
pub fn frame_from_bytes(bytes: Vec<u8>, name: &str) -> AppResult<DataFrame> {
    crate::tabular::read_frame(bytes, name).map_err(|error| {
        AppError::from(codes::FRAME_UNREADABLE.finding().file(name).value(error.finding().what.clone()))
    })
}

/// Projects of version 0.1 kept past checks without the flag of what is pending: it is read from their words as the
/// import does now. The file itself stays as it was sealed.
fn add_pending(frame: &mut DataFrame) -> AppResult<()> {
    if frame.column(past_checks::PENDING.name()).is_ok() || frame.column(past_checks::RESULT.name()).is_err() {
        return Ok(());
    }
    let flags = past_checks::RESULT.of(frame)?.iter().map(|result| result.map(is_pending)).collect();
    frame.with_column(past_checks::PENDING.column(flags)).map_err(|error| internal(&error))?;
    Ok(())
}

impl Registry {
    /// Every frame with its name, tables first, then the rows set aside.
    pub fn frames(&self) -> impl Iterator<Item = (&'static str, &DataFrame)> {
        TableKind::ALL
            .into_iter()
            .map(|kind| (kind.id(), self.frame(kind)))
            .chain(std::iter::once((SET_ASIDE, &self.set_aside)))
    }

    /// Puts a stored frame back under its name, after checking that it has the columns of its table.
    ///
    /// # Errors
    /// `IMP-083` for an unknown name, a missing column or one of another type, a word that its vocabulary has not.
    pub fn restore(&mut self, name: &str, mut frame: DataFrame) -> AppResult<()> {
        let kind = TableKind::ALL.into_iter().find(|kind| kind.id() == name);
        if kind == Some(TableKind::PastChecks) {
            add_pending(&mut frame)?;
        }
        let template = match kind {
            Some(kind) => super::assemble::empty_frame(kind),
            None if name == SET_ASIDE => super::assemble::render_set_aside(&[]),
            None => return Err(AppError::from(codes::FRAME_UNREADABLE.finding().file(name))),
        };
        for column in template.columns() {
            let stored = frame.column(column.name()).map(Column::dtype);
            if !stored.as_ref().is_ok_and(|dtype| *dtype == column.dtype()) {
                return Err(AppError::from(
                    codes::FRAME_UNREADABLE
                        .finding()
                        .file(name)
                        .column(column.name().as_str())
                        .value(stored.map_or_else(|_| "缺少该列".to_owned(), ToString::to_string))
                        .expected(column.dtype().to_string()),
                ));
            }
        }
        if let Some(kind) = kind {
            check_words(kind, &frame)?;
        }
        match kind {
            Some(kind) => *self.frame_mut(kind) = frame,
            None => self.set_aside = frame,
        }
        Ok(())
    }
}

/// `IMP-083` where a column of a fixed choice of words holds another: readers would take it for none of them.
fn check_words(kind: TableKind, frame: &DataFrame) -> AppResult<()> {
    for spec in kind.columns() {
        let (ColumnKind::Choice(words) | ColumnKind::Choices(words)) = spec.kind else { continue };
        let Some(cells) = frame.column(spec.id).ok().and_then(|column| column.str().ok()) else { continue };
        let terms = words.terms();
        let unknown = |word: &&str| !terms.iter().any(|(id, _)| id == word);
        let found = find_cells(cells, |cell| cell.split(';').find(unknown).map(str::to_owned));
        if let Some((_, word)) = found.into_iter().next() {
            let ids: Vec<&str> = terms.iter().map(|(id, _)| *id).collect();
            let finding = codes::FRAME_UNREADABLE.finding().file(kind.id()).column(spec.id);
            return Err(finding.value(word).expected(ids.join("、")).into());
        }
    }
    Ok(())
}
