//! Rows of a frame in the order of a view.

use std::borrow::Cow;
use std::sync::Arc;

use egui::Align;
use polars::prelude::{Column, DataFrame, DataType};

use super::{ColumnDef, Rows, Target};
use crate::registry::schema::{credit, origin, sources};
use crate::workspace::view::{CellFormat, cell_text};

/// How a column of the registry reads, by its name.
#[must_use]
pub fn format_of(name: &str) -> CellFormat {
    const CODES: [&str; 3] = [sources::DISTRICT.name(), origin::ROW.name(), credit::YEAR.name()];
    const DEGREES: [&str; 2] = [sources::LON.name(), sources::LAT.name()];
    if CODES.contains(&name) {
        CellFormat::Code
    } else if DEGREES.contains(&name) {
        CellFormat::Decimals(6)
    } else {
        CellFormat::Plain
    }
}

/// Rows of a frame in the order of a view; cheap to make (handles only), so a screen may make it every frame,
/// but had better keep it as long as frame and view stay the same.
#[derive(Clone)]
pub struct FrameRows {
    rows: Arc<Vec<u32>>,
    defs: Arc<Vec<ColumnDef>>,
    columns: Vec<Option<(Column, CellFormat)>>,
    targets: Option<TargetOf>,
}

/// The unit of a row of the frame.
pub type TargetOf = Arc<dyn Fn(u32) -> Option<Target> + Send + Sync>;

impl FrameRows {
    /// The rows of a frame that a view lists. Columns that the frame lacks stay empty.
    #[must_use]
    pub fn new(frame: &DataFrame, rows: Arc<Vec<u32>>, defs: Arc<Vec<ColumnDef>>) -> Self {
        Self::with_formats(frame, rows, defs, format_of)
    }

    /// The same with formats of one's own.
    #[must_use]
    pub fn with_formats(
        frame: &DataFrame,
        rows: Arc<Vec<u32>>,
        defs: Arc<Vec<ColumnDef>>,
        format: impl Fn(&str) -> CellFormat,
    ) -> Self {
        let of = |id: &str| frame.column(id).ok().map(|column| (column.clone(), even(column, format(id))));
        let columns = defs.iter().map(|def| of(&def.id)).collect();
        Self { rows, defs, columns, targets: None }
    }

    /// With the units that the rows are about.
    #[must_use]
    pub fn targets(mut self, targets: Option<TargetOf>) -> Self {
        self.targets = targets;
        self
    }

    /// Another view of the same frame.
    #[must_use]
    pub fn with_view(&self, rows: Arc<Vec<u32>>) -> Self {
        Self { rows, ..self.clone() }
    }

    /// Row of the frame at a position.
    #[must_use]
    pub fn frame_row(&self, position: usize) -> Option<u32> {
        self.rows.get(position).copied()
    }

    /// A column's definition by its type in the frame: numbers to the right, a fitting width.
    #[must_use]
    pub fn define(frame: &DataFrame, id: &str, heading: &str) -> ColumnDef {
        let dtype = frame.column(id).map_or(DataType::String, |c| c.dtype().clone());
        let heading_width = heading.chars().count() as f32 * 13.0 + 34.0;
        match dtype {
            DataType::String => ColumnDef::text(id.to_owned(), heading.to_owned(), heading_width.max(110.0)),
            DataType::Date => ColumnDef::text(id.to_owned(), heading.to_owned(), heading_width.max(96.0)),
            DataType::Boolean => ColumnDef::text(id.to_owned(), heading.to_owned(), heading_width.max(56.0)),
            _ if format_of(id) == CellFormat::Code => ColumnDef {
                align: Align::Min,
                ..ColumnDef::text(id.to_owned(), heading.to_owned(), heading_width.max(72.0))
            },
            _ => ColumnDef::number(id.to_owned(), heading.to_owned(), heading_width.max(84.0)),
        }
    }
}

/// Rows of a column that are looked at for the decimals that it needs.
const SAMPLE: usize = 2_000;
/// Most decimals of a broken number.
const MOST_DECIMALS: u8 = 3;

/// A column of broken numbers shows as many decimals in every cell as its values need: their points stand under each
/// other.
fn even(column: &Column, format: CellFormat) -> CellFormat {
    let (CellFormat::Plain, Ok(numbers)) = (&format, column.f64()) else { return format };
    let needed = |n: f64| {
        let mut decimals = 0;
        let mut scaled = n.abs();
        while decimals < MOST_DECIMALS && (scaled - scaled.round()).abs() > 1e-6 * scaled.max(1.0) {
            scaled *= 10.0;
            decimals += 1;
        }
        decimals
    };
    let most = numbers.iter().flatten().filter(|n| n.is_finite()).take(SAMPLE).map(needed).max();
    most.map_or(format, CellFormat::Fixed)
}

impl Rows for FrameRows {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn columns(&self) -> &[ColumnDef] {
        &self.defs
    }

    fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        let (Some(row), Some(Some((column, format)))) = (self.rows.get(row), self.columns.get(column)) else {
            return Cow::Borrowed("");
        };
        cell_text(column, *row as usize, format)
    }

    fn key(&self, row: usize) -> u64 {
        self.rows.get(row).copied().map_or(u64::MAX, u64::from)
    }

    fn target(&self, row: usize) -> Option<Target> {
        let targets = self.targets.as_ref()?;
        targets(*self.rows.get(row)?)
    }

    fn position(&self, key: u64) -> Option<usize> {
        let key = u32::try_from(key).ok()?;
        // unsorted, unfiltered views hold each row at its own place
        if self.rows.get(key as usize) == Some(&key) {
            return Some(key as usize);
        }
        self.rows.iter().position(|row| *row == key)
    }
}
