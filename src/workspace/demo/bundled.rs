//! The demo city as it ships: the checked registry of the default demo, so that the first start waits for
//! neither writing nor reading an office's workbooks.
//!
//! Invariant: the files are what `demo` and an import make of the default options; a test makes them afresh
//! and compares (with `FAIRDRAW_UPDATE_DEMO=1` it writes them).

use std::path::Path;

use polars::prelude::DataFrame;

use crate::diagnostic::{AppError, AppResult};
use crate::policy::{DEFAULT_PRESET, preset_text};
use crate::registry::columns::column_names;
use crate::registry::{frame_from_bytes, frame_to_bytes};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project, ProjectFile, load_bytes};
use crate::workspace::store::staged::Change;

/// Name of the file that holds the quality report, a row a line.
const QUALITY: &str = "quality";

column_names! {
    /// A line of the report.
    LINE: Text = "line",
}

const FILES: [(&str, &[u8]); 11] = [
    ("sources", include_bytes!("../../../assets/demo/sources.parquet")),
    ("credit", include_bytes!("../../../assets/demo/credit.parquet")),
    ("violations", include_bytes!("../../../assets/demo/violations.parquet")),
    ("complaints", include_bytes!("../../../assets/demo/complaints.parquet")),
    ("monitoring", include_bytes!("../../../assets/demo/monitoring.parquet")),
    ("inspectors", include_bytes!("../../../assets/demo/inspectors.parquet")),
    ("recusals", include_bytes!("../../../assets/demo/recusals.parquet")),
    ("past_checks", include_bytes!("../../../assets/demo/past_checks.parquet")),
    ("capacity", include_bytes!("../../../assets/demo/capacity.parquet")),
    ("set_aside", include_bytes!("../../../assets/demo/set_aside.parquet")),
    (QUALITY, include_bytes!("../../../assets/demo/quality.parquet")),
];

const PROJECT: &str = include_str!("../../../assets/demo/project.ron");

fn damaged(detail: impl std::fmt::Display) -> AppError {
    AppError::new("DEM-002", "随附的演示城市不完整，请重新安装程序").with(|f| f.value(detail.to_string()))
}

/// Writes the demo city's project into an empty or missing folder.
///
/// # Errors
/// `DEM-002` where the program is damaged, `PRJ-…`, `IO-…`.
pub fn unpack_demo(root: &Path, context: &CommandContext) -> AppResult<()> {
    let mut file: ProjectFile = ron::from_str(PROJECT).map_err(|cause| damaged(cause.code))?;
    // the demo's own shapefile is the bundled sketch
    file.districts = None;
    file.mapping.districts = None;
    let policy = preset_text(DEFAULT_PRESET).ok_or_else(|| damaged(DEFAULT_PRESET))?.as_bytes().to_vec();
    let project = Project::create(root, file, policy, &context.operator)?;
    let frames = root.join("frames");
    let change = Change::begin(&project)?;
    project.put_policy(&change)?;
    for (name, bytes) in FILES {
        if name == QUALITY {
            let report = frame_from_bytes(bytes.to_vec(), name)?;
            let lines: Vec<&str> = LINE.of(&report)?.iter().flatten().collect();
            change.put(&root.join("quality.csv"), lines.join("\r\n").as_bytes())?;
        } else {
            change.put(&frames.join(format!("{name}.parquet")), bytes)?;
        }
    }
    project.put_file(&change)?;
    change.commit(
        context,
        CommandId::Import,
        serde_json::json!({
            "from": "演示数据",
            "year": project.file.year,
            "policy": DEFAULT_PRESET,
            "inputs": project.file.inputs.iter()
                .map(|i| serde_json::json!({"file": i.file, "sha256": i.sha256})).collect::<Vec<_>>(),
        }),
    )?;
    Ok(())
}

/// The files that ship, made of a project that holds the default demo: name and bytes.
///
/// # Errors
/// `IO-…`, `IMP-099`.
pub fn pack_demo(root: &Path) -> AppResult<Vec<(String, Vec<u8>)>> {
    let mut files = vec![("project.ron".to_owned(), load_bytes(&root.join("project.ron"))?)];
    for (name, _) in FILES {
        let bytes = if name == QUALITY {
            let text = String::from_utf8_lossy(&load_bytes(&root.join("quality.csv"))?).into_owned();
            let lines: Vec<&str> = text.split("\r\n").collect();
            let column = LINE.column(lines.into_iter().map(Some).collect());
            let height = column.len();
            frame_to_bytes(&DataFrame::new(height, vec![column]).map_err(damaged)?)?
        } else {
            load_bytes(&root.join("frames").join(format!("{name}.parquet")))?
        };
        files.push((format!("{name}.parquet"), bytes));
    }
    Ok(files)
}
