//! Districts and their maps: shapefiles in, valid districts on WGS 84 out, points located.
//!
//! Duty: read shapefiles and DBF tables as offices have them (any encoding, missing companions, zips, odd
//! faults), choose code and name columns, bring coordinates to WGS 84, repair shapes, say in which district a
//! point lies and how far the border is, simplify, measure and write. No window, no frames.
//!
//! Invariants: a [`DistrictSet`] is ascending by code with one district a code; its shapes are finite, closed,
//! with exteriors counter-clockwise; [`DistrictSet::locate`] gives each point at most one district, the same on
//! every machine and for every number of threads. Coordinate conversions use platform trigonometry and feed
//! only where things lie on the map and the hints about it; nothing of a draw hangs on them.
//!
//! Finding codes: `GIS-001 … 011` files, `012 … 018` encodings, `020 … 027` attribute tables, `030 … 035`
//! coordinate systems, `040 … 047` layers and columns, `050 … 059` shapes, `060` the sketch, `070 … 072` writing.
//!
//! The bundled map is a generalised sketch (see `data/districts/README.md`): [`SKETCH_NOTICE`] must stand on
//! every screen and export that shows it.

mod bundle;
pub mod coords;
mod crossing;
mod crs;
mod dbf;
mod dbf_value;
mod districts;
mod fields;
mod geometry;
mod layer;
pub mod locate;
mod metres;
mod record;
mod set;
mod shp;
mod simplify;
mod system;
mod table;
mod tessellate;
mod validity;
mod write;
mod zones;

pub use bundle::LayerFiles;
pub use coords::CoordinateSystem;
pub use crs::{Crs, WGS84_WKT};
pub use districts::{DistrictOptions, check_districts, load_bundled_districts, load_districts};
pub use fields::{PROVINCES, parse_district_code};
pub use geometry::{Bounds, LocalPlane, area_km2, pole_of_inaccessibility};
pub use layer::{EncodingSource, FieldDef, Layer, ShapeOptions, check_layer, check_zip_layers, load_layers};
pub use locate::NOWHERE;
pub use metres::from_metres;
pub use set::{District, DistrictSet, LocationCheck};
pub use shp::{Shape, ShapeKind};
pub use simplify::simplify_shapes;
pub use tessellate::{DistrictMesh, LabelPoint, MeshLevel, MeshPart, PlaneKm, PlaneRect};
pub use write::{TextColumn, write_district_files, write_layer_files};

/// What must be said wherever the bundled map is shown.
pub const SKETCH_NOTICE: &str = "内置行政区划为概化示意图，不是标准地图：浦东新区含部分水域，边界局部偏差可达 1.3 千米，不得据以计算密度；请换成本单位的正式文件并注明审图号";

/// Metres from a border of the bundled sketch within which a differing district is only a hint.
pub const SKETCH_BORDER_M: f64 = 1500.0;

static BUNDLED_SHP: &[u8] = include_bytes!("../../data/districts/shanghai_districts_tianditu_simplified.shp");
static BUNDLED_SHX: &[u8] = include_bytes!("../../data/districts/shanghai_districts_tianditu_simplified.shx");
static BUNDLED_DBF: &[u8] = include_bytes!("../../data/districts/shanghai_districts_tianditu_simplified.dbf");
/// Codes and names of provinces, cities and counties: `code,level,parent,name`.
static DIVISIONS_CSV: &str = include_str!("../../data/codes/cn_divisions_level3.csv");
