//! The column catalogue of a project's exports.

use crate::diagnostic::AppResult;
use crate::export::ColumnCatalogue;
use crate::workspace::store::project::{Project, load_bytes};

/// The column catalogue of a project: its own `columns.ron` over the product's.
///
/// # Errors
/// `EXP-01x`, `IO-…`.
pub fn load_columns(project: &Project) -> AppResult<ColumnCatalogue> {
    let catalogue = ColumnCatalogue::built_in()?;
    let path = project.root().join("columns.ron");
    if !path.exists() {
        return Ok(catalogue);
    }
    let text = String::from_utf8_lossy(&load_bytes(&path)?).into_owned();
    catalogue.with_override(&text, "columns.ron")
}
