//! The registry's frames and the map as they lie in a project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use polars::prelude::DataFrame;
use rayon::prelude::*;

use crate::diagnostic::{AppError, AppResult, Diagnostics, Progress};
use crate::district::{DistrictOptions, DistrictSet, load_bundled_districts, load_districts};
use crate::registry::mapping::Mapping;
use crate::registry::{FORMER, FORMER_INSPECTORS, Registry, TableKind, frame_from_bytes, frame_to_bytes};
use crate::sampling::{sha256, sha256_of, to_hex};
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::staged::Change;

/// How the mapping says that the districts file is read; the same when it is read again from the project.
pub(in crate::workspace) fn district_options(mapping: &Mapping) -> DistrictOptions {
    let Some(named) = &mapping.districts else { return DistrictOptions::default() };
    DistrictOptions {
        encoding: named.encoding.clone(),
        code_field: named.code.clone(),
        name_field: named.name.clone(),
        coordinates: named.coordinates.map(|system| match system {
            crate::registry::CoordinateSystem::Wgs84 => crate::district::CoordinateSystem::Wgs84,
            crate::registry::CoordinateSystem::Gcj02 => crate::district::CoordinateSystem::Gcj02,
            crate::registry::CoordinateSystem::Bd09 => crate::district::CoordinateSystem::Bd09,
        }),
        ..DistrictOptions::default()
    }
}

/// Folder of the registry's frames.
pub const FRAMES: &str = "frames";

fn place(name: &str) -> PathBuf {
    Path::new(FRAMES).join(format!("{name}.parquet"))
}

/// Puts the registry's frames among the files of a deed.
///
/// # Errors
/// `FRM-…`, `IO-…`.
pub(in crate::workspace) fn put_registry(
    change: &Change<'_>,
    registry: &Registry,
    progress: &Progress,
) -> AppResult<()> {
    progress.begin("保存核查后的数据", 0);
    for (name, frame) in registry.frames() {
        change.put(&place(name), &frame_to_bytes(frame)?)?;
    }
    put_former(change, registry)
}

/// What is kept of units and inspectors that left: name of the file, table, rows.
fn former_of(registry: &Registry) -> [(&'static str, TableKind, &DataFrame); 2] {
    [
        (FORMER, TableKind::Sources, &registry.former),
        (FORMER_INSPECTORS, TableKind::Inspectors, &registry.former_inspectors),
    ]
}

/// Puts what is kept of units and inspectors that left among the files of a deed, where there are any.
///
/// # Errors
/// `FRM-…`, `IO-…`.
pub(in crate::workspace) fn put_former(change: &Change<'_>, registry: &Registry) -> AppResult<()> {
    for (name, _, frame) in former_of(registry).into_iter().filter(|(_, _, frame)| frame.height() > 0) {
        change.put(&place(name), &frame_to_bytes(frame)?)?;
    }
    Ok(())
}

/// Puts the frames of a project's next state among the files of a deed, in the place of those of before: the file of a
/// frame that is as it was is copied byte for byte.
///
/// # Errors
/// `FRM-…`, `IO-…`.
pub(in crate::workspace) fn put_next_registry(
    project: &Project,
    before: &Registry,
    next: &Registry,
    change: &mut Change<'_>,
    progress: &Progress,
) -> AppResult<()> {
    let old = project.root().join(FRAMES);
    change.replace_folder(FRAMES);
    progress.begin("保存核查后的数据", 0);
    let former = |of| former_of(of).map(|(name, _, frame)| (name, frame));
    let earlier: BTreeMap<&str, &DataFrame> = before.frames().chain(former(before)).collect();
    for (name, frame) in next.frames().chain(former(next)) {
        let kept = old.join(format!("{name}.parquet"));
        let same = earlier.get(name).is_some_and(|before| before.equals_missing(frame)) && kept.exists();
        if same {
            change.put(&place(name), &load_bytes(&kept)?)?;
        } else if ![FORMER, FORMER_INSPECTORS].contains(&name) || frame.height() > 0 {
            change.put(&place(name), &frame_to_bytes(frame)?)?;
        }
        progress.check()?;
    }
    Ok(())
}

/// Reads the registry's frames of a folder.
pub(in crate::workspace) fn load_frames(folder: &Path) -> AppResult<Registry> {
    load_frames_watched(folder, &Progress::none())
}

fn load_frames_watched(folder: &Path, progress: &Progress) -> AppResult<Registry> {
    let mut registry = Registry::empty();
    let names: Vec<&str> = registry.frames().map(|(name, _)| name).collect();
    // side by side: while one waits for the disk or is unpacked by one core, another goes on
    let read = |name: &str| {
        progress.check()?;
        frame_from_bytes(load_bytes(&folder.join(format!("{name}.parquet")))?, name)
    };
    let frames: Vec<AppResult<DataFrame>> = names.par_iter().map(|name| read(name)).collect();
    for (name, frame) in names.into_iter().zip(frames) {
        registry.restore(name, frame?)?;
    }
    // projects whose register was never another one have no such files
    for (name, table) in former_of(&Registry::empty()).map(|(name, table, _)| (name, table)) {
        let path = folder.join(format!("{name}.parquet"));
        if path.exists() {
            registry.restore_former(table, frame_from_bytes(load_bytes(&path)?, name)?)?;
        }
    }
    Ok(registry)
}

/// Reads the registry's frames and the map of a project.
///
/// # Errors
/// `FRM-…`, `IO-…`.
pub fn load_project_data(project: &Project) -> AppResult<(Registry, DistrictSet)> {
    load_project_data_watched(project, &Progress::none())
}

/// [`load_project_data`] that can be cancelled: a large map is checked for seconds.
///
/// # Errors
/// `FRM-…`, `IO-…`, `JOB-001` when cancelled.
pub fn load_project_data_watched(project: &Project, progress: &Progress) -> AppResult<(Registry, DistrictSet)> {
    progress.begin("读取核查后的数据", 0);
    let folder = project.root().join(FRAMES);
    let registry = load_frames_watched(&folder, progress)?;
    progress.begin("读取地图", 0);
    let mut findings = Diagnostics::new();
    let districts = match &project.file.districts {
        Some(path) => load_districts(
            &project.root().join(path),
            &district_options(&project.file.mapping),
            &mut findings,
            progress,
        )?,
        None => load_bundled_districts(&mut findings)?,
    };
    Ok((registry, districts))
}

/// SHA-256 (hexadecimal) of bytes that are at hand.
#[must_use]
pub fn hash_bytes(bytes: &[u8]) -> String {
    to_hex(&sha256(&[bytes]))
}

/// SHA-256 (hexadecimal) and length of a file, read in pieces.
///
/// # Errors
/// `IO-…`.
pub fn hash_file(path: &Path) -> AppResult<(String, u64)> {
    let io = |cause| AppError::io("读取文件", path, cause);
    let (hash, length) = std::fs::File::open(path).and_then(sha256_of).map_err(io)?;
    Ok((to_hex(&hash), length))
}
