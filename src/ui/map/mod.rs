//! The map widget: districts in classes, sources as points by tier, found by hover, click, box and lasso.
//!
//! Duty: draw [`MapData`] (built once, off the frame thread) as [`MapInput`] says and tell in [`MapOutput`] what
//! the user did; the caller applies it and hands the new selection in with the next frame. The widget keeps
//! its camera, its caches and its worker in [`MapView`]; camera and options can be saved.
//!
//! Invariants: a frame draws at most [`raster::FEW`] points as marks, more are a picture from the worker; a
//! frame walks over no rows; meshes, classes and names are remade only where camera, contents or theme
//! changed. Revisions are the caller's promise: contents of the same revision are the same.

mod camera;
mod controls;
mod data;
mod draw;
mod furniture;
mod labels;
mod print;
mod raster;
mod view;

use std::sync::Arc;

pub use crate::chart::{ClassMethod, Classes, FEWEST_CLASSES, MOST_CLASSES, compute_classes};
pub use camera::Camera;
pub use data::{MapData, PointSet, inside_line};
pub use furniture::scale_length;
pub use labels::{Candidate, place_labels};
pub use print::{PrintTexts, choropleth};
pub use raster::{Contents, Drawn, FEW, Layer, Passing, RasterWorker, Request, compute_layer};
pub use view::{MapView, passing_of};

/// What the districts' colours mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measure {
    /// Name, e.g. `污染源数`.
    pub name: String,
    /// Unit, e.g. `家`; may be empty.
    pub unit: String,
    /// Decimals shown.
    pub decimals: usize,
}

/// One tier of the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierEntry {
    /// Its letter or number.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its sources under the present filter.
    pub count: u64,
    /// Its points are shown.
    pub shown: bool,
}

/// Tiers of all rows.
#[derive(Debug, Clone, Default)]
pub struct TierColumn {
    /// Tier of each row, 0 the most urgent; 255 = none.
    pub of_row: Arc<[u8]>,
    /// The tiers, most urgent first.
    pub entries: Vec<TierEntry>,
    /// Changes with `of_row`.
    pub revision: u64,
}

/// Rows that pass a filter.
#[derive(Debug, Clone)]
pub struct RowFilter {
    /// One a row.
    pub keep: Arc<[bool]>,
    /// Changes with `keep`.
    pub revision: u64,
}

/// Rows, ascending.
#[derive(Debug, Clone, Default)]
pub struct RowList {
    /// The rows.
    pub rows: Arc<Vec<u32>>,
    /// Changes with them.
    pub revision: u64,
}

/// What a hover card says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Card {
    /// Heading.
    pub title: String,
    /// Name and value, a line each.
    pub lines: Vec<(String, String)>,
    /// A muted sentence below; may be empty.
    pub note: String,
}

/// What to draw in this frame.
pub struct MapInput<'a> {
    /// Districts and points.
    pub data: &'a Arc<MapData>,
    /// One a district.
    pub values: &'a [Option<f64>],
    /// Changes with `values`.
    pub values_revision: u64,
    /// What they mean.
    pub measure: &'a Measure,
    /// How they are cut into classes.
    pub method: ClassMethod,
    /// Number of classes.
    pub class_count: usize,
    /// Tiers of the points.
    pub tiers: &'a TierColumn,
    /// Rows that are shown; `None` = all.
    pub filter: Option<&'a RowFilter>,
    /// Selected rows.
    pub selected: &'a RowList,
    /// Rows to light up: the month's drawn units.
    pub highlighted: &'a RowList,
    /// The selected district.
    pub selected_district: Option<usize>,
    /// Show points.
    pub show_points: bool,
    /// Show names.
    pub show_labels: bool,
    /// A sentence that must stand on the map, e.g. `示意图，不作为界线依据`; may be empty.
    pub notice: &'a str,
    /// 审图号; may be empty.
    pub review_number: &'a str,
    /// A mark over the map, e.g. `模拟数据`; may be empty.
    pub mark: &'a str,
    /// Describes a source; called for the hovered one only.
    pub describe_point: &'a dyn Fn(u32) -> Card,
    /// Lines below a district's name and value; called for the hovered one only.
    pub describe_district: &'a dyn Fn(usize) -> Vec<(String, String)>,
}

/// Rows caught by a box or lasso.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caught {
    /// The rows, ascending.
    pub rows: Vec<u32>,
    /// Add them to the selection rather than replace it.
    pub add: bool,
}

/// What the user did in this frame.
#[derive(Debug, Clone, Default)]
pub struct MapOutput {
    /// District under the pointer or the keyboard's cursor.
    pub hovered_district: Option<usize>,
    /// Source under the pointer.
    pub hovered_point: Option<u32>,
    /// District clicked, or chosen by Enter.
    pub clicked_district: Option<usize>,
    /// Source clicked.
    pub clicked_point: Option<u32>,
    /// The click was made with Ctrl: add to the selection.
    pub click_adds: bool,
    /// Sources caught by a box or lasso.
    pub caught: Option<Caught>,
    /// Esc, or a click beside everything: give up the selection.
    pub cleared: bool,
    /// Tier whose legend row was clicked.
    pub toggled_tier: Option<usize>,
}

/// What dragging does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DragMode {
    /// Moves the map.
    #[default]
    Pan,
    /// Selects by a rectangle.
    Box,
    /// Selects by a closed line.
    Lasso,
    /// Measures a distance.
    Measure,
}
