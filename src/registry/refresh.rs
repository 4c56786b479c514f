//! The next state of a registry: which tables stay, how they follow another register, which units and
//! inspectors left it.
//!
//! A table that is given takes the old one's place whole; a table that is not stays. Its rows are led to the new
//! register: a row that names a unit or an enterprise of it is joined to that, as an import of all files would; a
//! row that names none keeps what it was joined to, for the lists of past months still ask for it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use polars::prelude::*;

use crate::diagnostic::{AppError, AppResult};

use super::assemble::empty_frame;
use super::codes;
use super::collect::{Collector, PART, Places};
use super::columns::{Column, Text};
use super::ids::row_among;
use super::joins::{SourceIndex, join_events};
use super::load::{Registry, internal};
use super::options::RegistryOptions;
use super::parse::collect_text;
use super::schema::{TableKind, event, former, inspectors, origin, set_aside, sources};

/// Name of the frame of units that left the register.
pub const FORMER: &str = "former";

/// Name of the frame of inspectors who left the roster.
pub const FORMER_INSPECTORS: &str = "former_inspectors";

/// No unit has left, and nobody the roster: the table's own columns and the day of leaving.
pub(super) fn empty_former(table: TableKind) -> DataFrame {
    let mut frame = empty_frame(table);
    // a frame without rows takes a column without cells
    let _ = frame.with_column(former::LEFT_ON.erased().nulls(0));
    frame
}

/// A table that stays, its rows led to another register.
pub(super) fn rejoin(
    frame: &DataFrame,
    (register, index): (&DataFrame, &SourceIndex<'_>),
    options: &RegistryOptions,
    out: &mut Collector,
) -> PolarsResult<DataFrame> {
    let height = frame.height();
    if height == 0 {
        return Ok(frame.clone());
    }
    let files = origin::FILE.cells(frame)?;
    let names: Vec<String> = files.iter().flatten().collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect();
    let part: UInt32Chunked = files
        .iter()
        .map(|file| file.and_then(|file| names.binary_search_by(|name| name.as_str().cmp(file)).ok()).map(|i| i as u32))
        .collect();
    let names: Vec<(String, Option<String>)> = names.into_iter().map(|name| (name, None)).collect();
    let mut joined = frame.clone();
    joined.with_column(PART.column(part))?;
    let places = Places::of(&joined, &names)?;
    join_events(&mut joined, index, options, &places, out)?;

    let (old_enterprise, new_enterprise) = (event::ENTERPRISE.cells(frame)?, event::ENTERPRISE.cells(&joined)?);
    let (old_unit, new_unit) = (event::UNIT_ID.cells(frame)?, event::UNIT_ID.cells(&joined)?);
    let units = sources::UNIT_ID.cells(register)?;
    let there: HashSet<&str> = sources::ENTERPRISE.cells(register)?.iter().flatten().collect();
    let is_unit = |unit: Option<&str>| unit.is_some_and(|unit| row_among(units, unit).is_some());
    let choose = |i: usize| -> (Option<&str>, Option<&str>) {
        let (old, new) = ((old_enterprise.get(i), old_unit.get(i)), (new_enterprise.get(i), new_unit.get(i)));
        match old.0 {
            _ if is_unit(new.1) => new,
            Some(enterprise) if there.contains(enterprise) => (Some(enterprise), None),
            _ if new.0.is_some() => new,
            _ => old,
        }
    };
    let chosen: Vec<(Option<&str>, Option<&str>)> = (0..height).map(choose).collect();
    let same = (0..height).all(|i| chosen[i] == (old_enterprise.get(i), old_unit.get(i)));
    if same {
        return Ok(frame.clone());
    }
    let mut led = frame.clone();
    led.with_column(event::ENTERPRISE.column(collect_text(height, |i| chosen[i].0.map(Into::into))))?;
    led.with_column(event::UNIT_ID.column(collect_text(height, |i| chosen[i].1.map(Into::into))))?;
    Ok(led)
}

/// The rows set aside: of tables that stay those of before, of tables read the new ones.
pub(super) fn with_kept_asides(
    before: &DataFrame,
    new: DataFrame,
    is_read: impl Fn(TableKind) -> bool,
) -> PolarsResult<DataFrame> {
    if before.height() == 0 {
        return Ok(new);
    }
    let tables = set_aside::TABLE.cells(before)?;
    let stays: BooleanChunked = tables
        .iter()
        .map(|table| {
            let kind = TableKind::ALL.into_iter().find(|kind| Some(kind.id()) == table);
            Some(!kind.is_some_and(&is_read))
        })
        .collect();
    let mut kept = before.filter(&stays)?;
    kept.vstack_mut(&new)?;
    Ok(kept)
}

/// A unit in the register, or in what is kept of those that left it.
#[derive(Debug, Clone, Copy)]
pub struct UnitRow<'a> {
    /// Frame with the columns of the sources.
    pub frame: &'a DataFrame,
    /// Its row.
    pub row: usize,
}

impl Registry {
    /// The unit as today's register has it, else as the last one that had it.
    #[must_use]
    pub fn unit(&self, unit: &str) -> Option<UnitRow<'_>> {
        [&self.sources, &self.former].into_iter().find_map(|frame| {
            let row = super::ids::row_of_unit(frame, unit)? as usize;
            Some(UnitRow { frame, row })
        })
    }

    /// Notes the units and inspectors that `before` had and this register has not, as they stood there; those that came
    /// back are former ones no more.
    ///
    /// # Errors
    /// `IMP-099`, `FRM-001`.
    pub fn note_former(&mut self, before: &Self, left_on: NaiveDate) -> AppResult<()> {
        let units = (TableKind::Sources, sources::UNIT_ID);
        self.former = left(units, &self.sources, (&before.sources, &before.former), left_on)?;
        let people = (TableKind::Inspectors, inspectors::CERTIFICATE);
        self.former_inspectors =
            left(people, &self.inspectors, (&before.inspectors, &before.former_inspectors), left_on)?;
        Ok(())
    }

    /// Puts back what is kept of units, or of inspectors, that left, after checking its columns.
    ///
    /// # Errors
    /// `IMP-083` where a column is missing or of another type.
    pub fn restore_former(&mut self, table: TableKind, frame: DataFrame) -> AppResult<()> {
        let (name, place) = match table {
            TableKind::Inspectors => (FORMER_INSPECTORS, &mut self.former_inspectors),
            _ => (FORMER, &mut self.former),
        };
        for column in empty_former(table).columns() {
            if !frame.column(column.name()).is_ok_and(|stored| stored.dtype() == column.dtype()) {
                let finding = codes::FRAME_UNREADABLE.finding().file(name).column(column.name().as_str());
                return Err(AppError::from(finding));
            }
        }
        *place = frame;
        Ok(())
    }

    /// Names of inspectors by certificate: those of the roster, and as they were known last those who left it, for
    /// pairs and results of past months name them.
    ///
    /// # Errors
    /// `FRM-001`.
    pub fn inspector_names(&self) -> AppResult<BTreeMap<&str, &str>> {
        let mut known = BTreeMap::new();
        // who is back has today's name
        for frame in [&self.former_inspectors, &self.inspectors] {
            let (certificates, names) = (inspectors::CERTIFICATE.of(frame)?, inspectors::NAME.of(frame)?);
            known.extend(certificates.iter().zip(names.iter()).filter_map(|(id, name)| Some((id?, name?))));
        }
        Ok(known)
    }
}

/// The rows of `before` whose id is not in `now`, with the day, and those that were gone already.
fn left(
    (table, id): (TableKind, Column<Text>),
    now: &DataFrame,
    (before, earlier): (&DataFrame, &DataFrame),
    left_on: NaiveDate,
) -> AppResult<DataFrame> {
    let failed = |error: PolarsError| internal(&error);
    let empty = empty_former(table);
    let names: Vec<&str> = empty.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
    let of = |frame: &DataFrame| -> AppResult<HashSet<String>> {
        Ok(id.of(frame)?.iter().flatten().map(str::to_owned).collect())
    };
    let (here, had) = (of(now)?, of(before)?);
    let gone = |frame: &DataFrame, but: Option<&HashSet<String>>| -> AppResult<BooleanChunked> {
        let is_gone = |id: &str| !here.contains(id) && but.is_none_or(|but| !but.contains(id));
        Ok(id.of(frame)?.iter().map(|id| Some(id.is_some_and(is_gone))).collect())
    };
    let mut left = before.filter(&gone(before, None)?).map_err(failed)?;
    let day = Int32Chunked::full(PlSmallStr::EMPTY, left_on.to_epoch_days(), left.height());
    left.with_column(former::LEFT_ON.column(day)).map_err(failed)?;
    let mut all = left.select(names.iter().copied()).map_err(failed)?;
    let earlier = earlier.filter(&gone(earlier, Some(&had))?).map_err(failed)?;
    all.vstack_mut(&earlier.select(names.iter().copied()).map_err(failed)?).map_err(failed)?;
    sorted(&all, id).map_err(failed)
}

/// In the order of the ids' bytes, as the register is.
fn sorted(frame: &DataFrame, id: Column<Text>) -> PolarsResult<DataFrame> {
    let ids = id.cells(frame)?;
    let rows: BTreeMap<&str, IdxSize> = (0..frame.height()).filter_map(|i| Some((ids.get(i)?, i as IdxSize))).collect();
    let order: IdxCa = rows.into_values().map(Some).collect();
    frame.take(&order)
}
