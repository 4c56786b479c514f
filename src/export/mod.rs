//! Files that leave the product: workbooks, csv, manifests.
//!
//! Duty: one definition of a table ([`SheetSpec`]) drawn as .xlsx and .csv; documents as .pdf and .docx
//! ([`documents`]); the internal plan workbooks, task
//! sheets and the template for results; the public yearly plan and lists; atomic writing with a manifest of
//! SHA-256 beside every export. Column order and headings come from data (`assets/columns.ron`, which a
//! project may override), so that other systems can take the files up.
//!
//! Invariants: the same input gives the same bytes (no clock, no random; the date comes in as a value);
//! text that a spreadsheet would take for a formula is neutralised; text ids stay text; two families,
//! internal and public, never share a folder, and a public file is searched for unvisited targets before it
//! is written (rules.md, "Secrecy"; [`crate::disclosure::PublicTarget`] keeps them out in the first place).

mod calendar;
mod columns;
mod csv_text;
pub mod disk;
pub mod documents;
mod field;
mod file_name;
mod known_columns;
mod ledger;
mod manifest;
mod markup;
pub mod office;
mod pack;
mod pdf_text;
mod plan_book;
mod plan_sheets;
mod proof_code;
mod public;
mod record_sheet;
mod records;
mod scan_file;
mod score_sheet;
mod sheet;
#[cfg(feature = "charts")]
pub mod slides;
mod tasks;
mod web;
mod workbook;
mod write;

pub use crate::text::csv::CsvStyle;
pub use calendar::{CalendarEntry, render_calendar};
pub use columns::{ColumnCatalogue, SheetKind};
pub use csv_text::render_csv;
pub use field::{render_field_files, suggest_visits};
pub use file_name::{FileName, sanitise_file_name};
pub use ledger::{ledger_sheet, ledger_summary, render_ledger};
pub use manifest::{
    ExportFile, ExportInfo, ExportOutcome, MANIFEST_FILE, Manifest, ManifestCheck, ManifestFile, VOIDED_PREFIX,
    check_export, check_manifest, put_exports, write_export,
};
pub(crate) use pack::same_everywhere;
pub use pack::{PackedFolder, render_pack};
pub use pdf_text::pdf_text;
pub use plan_book::{
    BookHeader, DistrictRow, InspectorRef, MatrixRow, MonthFigures, MonthSheet, MonthState, PlanBook, QuotaRow,
    TargetDraw, TargetPlace, TargetRole, TargetRow, TargetStaff, TargetUnit, UnconfirmedNumber, VisitOrder,
};
pub use plan_sheets::render_plan_book;
pub use proof_code::{is_proof_code, proof_qr_text, read_proof};
pub use public::{PublicHeader, ResultTexts, render_result_list, render_year_plan, result_texts};
pub use record_sheet::{RECORD_COLUMNS, RecordFigures, RecordRow, RecordTable};
pub use records::{RecordSheet, record_sheets};
pub use scan_file::scan_public_file;
pub use score_sheet::{ScoreFactor, ScoreSheet, ScoreText, render_score_sheet};
pub use sheet::{Cell, CellKind, CellMark, Emphasis, SheetColumn, SheetSpec, display_width};
pub use tasks::{FormRow, TaskBook, render_off_site_list, render_results_template, render_task_book, results_form};
pub use web::{PublicSite, SiteCertificate, render_site};
pub use workbook::{BookMeta, render_workbook};
pub use write::{is_temporary, write_all_atomic, write_atomic, write_private};
