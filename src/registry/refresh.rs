//! The next state of a registry: which tables stay, how they follow another register, which units left it.
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
use super::ids::row_among;
use super::joins::{SourceIndex, join_events};
use super::load::{Registry, internal};
use super::options::RegistryOptions;
use super::parse::collect_text;
use super::schema::{TableKind, event, former, origin, set_aside, sources};

/// Name of the frame of units that left the register.
pub const FORMER: &str = "former";

/// No unit has left.
pub(super) fn empty_former() -> DataFrame {
    let mut frame = empty_frame(TableKind::Sources);
    // a frame without rows takes a column without cells
    let _ = frame.with_column(former::LEFT_ON.erased().nulls(0));
    frame
}

/// A table that stays, its rows led to another register.
pub(super) fn rejoin(
    frame: &DataFrame,
    register: &DataFrame,
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
    let index = SourceIndex::new(register, &options.name_prefixes)?;
    join_events(&mut joined, &index, options, &places, out)?;

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

    /// Notes the units that `before` had and this register has not, as they stood there; those that came back are
    /// former ones no more.
    ///
    /// # Errors
    /// `IMP-099`, `FRM-001`.
    pub fn note_former(&mut self, before: &Self, left_on: NaiveDate) -> AppResult<()> {
        let failed = |error: PolarsError| internal(&error);
        let known = empty_former();
        let names: Vec<&str> = known.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
        let gone = |frame: &DataFrame, but: &DataFrame| -> AppResult<BooleanChunked> {
            let (now, but) = (sources::UNIT_ID.of(&self.sources)?, sources::UNIT_ID.of(but)?);
            let units = sources::UNIT_ID.of(frame)?;
            let is_gone = |unit: &str| row_among(now, unit).is_none() && row_among(but, unit).is_none();
            Ok(units.iter().map(|unit| Some(unit.is_some_and(is_gone))).collect())
        };
        let mut left = before.sources.filter(&gone(&before.sources, &known)?).map_err(failed)?;
        let day = Int32Chunked::full(PlSmallStr::EMPTY, left_on.to_epoch_days(), left.height());
        left.with_column(former::LEFT_ON.column(day)).map_err(failed)?;
        let mut all = left.select(names.iter().copied()).map_err(failed)?;
        let earlier = before.former.filter(&gone(&before.former, &before.sources)?).map_err(failed)?;
        all.vstack_mut(&earlier.select(names.iter().copied()).map_err(failed)?).map_err(failed)?;
        self.former = sorted(&all).map_err(failed)?;
        Ok(())
    }

    /// Puts back what is kept of units that left the register, after checking its columns.
    ///
    /// # Errors
    /// `IMP-083` where a column is missing or of another type.
    pub fn restore_former(&mut self, frame: DataFrame) -> AppResult<()> {
        for column in empty_former().columns() {
            if !frame.column(column.name()).is_ok_and(|stored| stored.dtype() == column.dtype()) {
                let finding = codes::FRAME_UNREADABLE.finding().file(FORMER).column(column.name().as_str());
                return Err(AppError::from(finding));
            }
        }
        self.former = frame;
        Ok(())
    }
}

/// In the order of the ids' bytes, as the register is.
fn sorted(frame: &DataFrame) -> PolarsResult<DataFrame> {
    let ids = sources::UNIT_ID.cells(frame)?;
    let rows: BTreeMap<&str, IdxSize> = (0..frame.height()).filter_map(|i| Some((ids.get(i)?, i as IdxSize))).collect();
    let order: IdxCa = rows.into_values().map(Some).collect();
    frame.take(&order)
}
