//! Files → checked frames: the registry.
//!
//! Duty: whatever an office has (csv in any encoding, workbooks, parquet; title rows, merged headings, a dozen
//! spellings of a date) becomes nine typed polars frames, each row either kept, merged into an equal one, or
//! set aside with a reason: nothing is dropped in silence. The way through:
//!
//! `raw` (cells as text) → `header` (which table, which column) → `intake` (one column at a time) → `checks`
//! (columns and rows against each other) → `assemble` (frames) → `joins` (events to enterprises) → `report`.
//!
//! Invariants: columnar throughout, no struct per row; the same files give the same frames and findings on every
//! machine and with any number of threads; a fault of an attribute never removes a unit from the population.

pub mod aliases;
mod assemble;
mod checks;
pub mod codes;
mod collect;
pub mod columns;
pub mod confirmed;
pub mod credit;
pub mod districts;
mod files;
pub mod header;
pub mod ids;
pub mod industry;
mod intake;
mod joins;
pub mod kinds;
pub mod load;
pub mod mapping;
pub mod options;
mod own;
pub mod parse;
mod place_names;
mod refresh;
pub mod report;
mod row_index;
mod row_words;
pub mod schema;
pub mod store;
pub mod text;
pub mod vocabulary;

pub use aliases::Aliases;
pub use columns::Column;
pub use confirmed::{ConfirmedFinding, FindingKey, Standing, mark_confirmed};
pub use districts::{Apart, CoordinateSystem, DistrictLookup, NoMap};
pub use files::InputTable;
pub use ids::{LastingIds, row_among, row_of_unit};
pub use industry::IndustryTable;
pub use kinds::{FindingKind, kinds_of, tell_kinds};
pub use load::{Registry, TableSummary, check_tables, load_registry, load_registry_onto};
pub use mapping::{
    BodyRule, DatabaseMapping, DatabaseTable, DistrictRule, DistrictsFile, FeedMapping, FileMapping, Mapping,
};
pub use options::{BodyName, InputFile, NamedId, RegistryOptions};
pub use refresh::{FORMER, FORMER_INSPECTORS, UnitRow};
pub use report::{
    read_report_csv, render_findings, render_next_report, render_report, render_rows, render_set_aside_csv,
    render_summary, report_csv, summary_of,
};
pub use row_index::{NO_ROW, RowIndex};
pub use schema::{ColumnKind, ColumnSpec, FrameColumn, FrameType, TableKind};
pub use store::{frame_from_bytes, frame_to_bytes};
pub use vocabulary::{CheckKind, EnvRisk, KeyUnit, SiteStatus, VocabularyKind};
