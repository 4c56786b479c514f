//! Events with their unit's name where the office's file gives only its number: joined from the register, once.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{DataFrame, IntoColumn, NewChunkedArray, StringChunked};

use crate::diagnostic::{AppResult, Progress};
use crate::registry::schema::event;
use crate::registry::{TableKind, row_of_unit};
use crate::ui::screens::Cx;
use crate::ui::slot::{Same, Slot};
use crate::workspace::session::ProjectData;

/// Rows between two looks whether the work was cancelled.
const STRIDE: usize = 16_384;

/// The tables of events with all names, by table.
#[derive(Default)]
pub(super) struct Joined(BTreeMap<TableKind, Slot<Same<ProjectData>, DataFrame>>);

impl Joined {
    /// The table with the names, once they are there; `None` for tables without units of the register.
    pub(super) fn frame(&mut self, cx: &Cx<'_>, data: &Arc<ProjectData>, kind: TableKind) -> Option<Arc<DataFrame>> {
        if !kind.refers_to_units() {
            return None;
        }
        let slot = self.0.entry(kind).or_default();
        let of = Arc::clone(data);
        slot.ask(cx.session, &Same::of(data), "补全单位名称", move |progress| with_names(&of, kind, progress));
        slot.current().cloned()
    }
}

/// A table's frame with the register's name where a row has a unit and no name.
fn with_names(data: &ProjectData, kind: TableKind, progress: &Progress) -> AppResult<DataFrame> {
    let mut frame = data.registry.frame(kind).clone();
    let (Ok(units), Ok(names)) = (event::UNIT_ID.of(&frame), event::NAME.of(&frame)) else { return Ok(frame) };
    let mut filled: Vec<Option<String>> = Vec::with_capacity(frame.height());
    for (row, (unit, name)) in units.iter().zip(names.iter()).enumerate() {
        if row % STRIDE == 0 {
            progress.check()?;
        }
        let own = name.filter(|name| !name.is_empty());
        let found = || data.name(row_of_unit(&data.registry.sources, unit?)?);
        filled.push(own.or_else(found).map(str::to_owned));
    }
    let column = StringChunked::from_iter_options(event::NAME.name().into(), filled.into_iter());
    // a column as long as the frame takes the place of the one of its name
    let _ = frame.with_column(column.into_column());
    Ok(frame)
}
