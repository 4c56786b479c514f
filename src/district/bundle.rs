//! The files that make up a layer, from a folder, a zip or memory.
//!
//! Duty: find a layer's parts (`.shp .shx .dbf .cpg .prj .dbt .fpt`) by their common stem, whatever the case
//! of the extensions, and read them within limits. A zip may hold several layers, in folders; its entries
//! are only read into memory, never written anywhere. Names in zips made by Chinese Windows are GBK
//! without saying so.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::tabular::archive::{Archive, ArchiveFault};

/// Longest file read: the format's own offsets end at 2 GiB in common software.
const LONGEST_FILE: u64 = 2 << 30;
/// Longest sum over a zip's entries.
const LONGEST_ZIP: u64 = 4 << 30;

/// The files of one layer, in memory. `name` is the stem; every part may be missing.
#[derive(Debug, Default, Clone)]
pub struct LayerFiles {
    /// The common stem, e.g. `shanghai_districts`.
    pub name: String,
    /// What messages call the file, e.g. `地图.zip/districts.shp`.
    pub shown: String,
    /// Geometry.
    pub shp: Option<Vec<u8>>,
    /// Index of the geometry.
    pub shx: Option<Vec<u8>>,
    /// Attributes.
    pub dbf: Option<Vec<u8>>,
    /// Name of the attributes' encoding.
    pub cpg: Option<Vec<u8>>,
    /// Coordinate system.
    pub prj: Option<Vec<u8>>,
    /// Memo texts of the attributes (`.dbt` or `.fpt`).
    pub memo: Option<Vec<u8>>,
}

impl LayerFiles {
    fn slot(&mut self, extension: &str) -> Option<&mut Option<Vec<u8>>> {
        Some(match extension {
            "shp" => &mut self.shp,
            "shx" => &mut self.shx,
            "dbf" => &mut self.dbf,
            "cpg" | "cst" => &mut self.cpg,
            "prj" => &mut self.prj,
            "dbt" | "fpt" => &mut self.memo,
            _ => return None,
        })
    }
}

fn too_large(shown: &str) -> AppError {
    Finding::error("GIS-004", "文件超过 2 GB，超出 Shapefile 格式的范围")
        .hint("请分幅或简化后再导入")
        .file(shown)
        .into()
}

fn read_file(path: &Path) -> AppResult<Vec<u8>> {
    let io = |e| AppError::io("无法读取文件", path, e);
    let file = File::open(path).map_err(io)?;
    if file.metadata().map_err(io)?.len() > LONGEST_FILE {
        return Err(too_large(&path.display().to_string()));
    }
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes).map_err(io)?;
    Ok(bytes)
}

fn lower_extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

fn shown_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

/// Reads the layer that this file belongs to (`.shp`, `.dbf` or one of their companions), all layers of a
/// zip, or all layers with geometry of a folder, in the order of their names.
///
/// # Errors
/// `IO-…` where files can't be read, `GIS-001` for other kinds of file, `GIS-004` beyond the format's size,
/// `GIS-010` for a zip that can't be opened, `GIS-011` where there is no layer inside.
pub(super) fn load_files(path: &Path) -> AppResult<Vec<LayerFiles>> {
    let io = |e| AppError::io("无法读取文件", path, e);
    let metadata = std::fs::metadata(path).map_err(io)?;
    if metadata.is_dir() {
        return load_folder(path);
    }
    match lower_extension(path).as_str() {
        "zip" => unpack(&read_file(path)?, &shown_name(path)),
        "shp" | "dbf" | "shx" | "prj" | "cpg" => Ok(vec![load_one(path)?]),
        _ => Err(Finding::error("GIS-001", "不是可以识别的矢量文件")
            .expected(".shp（连同 .dbf、.prj、.cpg）、.dbf，或含有它们的 .zip")
            .hint("请选择 .shp 文件或其压缩包")
            .file(path.display().to_string())
            .into()),
    }
}

fn load_folder(path: &Path) -> AppResult<Vec<LayerFiles>> {
    let io = |e| AppError::io("无法读取文件夹", path, e);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(io)? {
        let entry = entry.map_err(io)?.path();
        if lower_extension(&entry) == "shp" {
            found.push(entry);
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(Finding::error("GIS-011", "文件夹中没有 .shp 文件")
            .hint("请选择含有行政区划 .shp 的文件夹，或直接选择 .shp 文件")
            .file(path.display().to_string())
            .into());
    }
    found.iter().map(|p| load_one(p)).collect()
}

fn load_one(path: &Path) -> AppResult<LayerFiles> {
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let io = |e| AppError::io("无法读取文件夹", folder, e);
    let mut files = LayerFiles { name: stem.clone(), shown: shown_name(path), ..LayerFiles::default() };
    let mut companions = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?.path();
        let same = entry.file_stem().is_some_and(|s| s.to_string_lossy().to_lowercase() == stem.to_lowercase());
        if same && entry.is_file() {
            // An exact stem goes before one that differs by case only.
            let exact = entry.file_stem().is_some_and(|s| s.to_string_lossy() == stem);
            companions.push((!exact, entry));
        }
    }
    companions.sort();
    for (_, companion) in companions {
        if let Some(slot) = files.slot(&lower_extension(&companion))
            && slot.is_none()
        {
            *slot = Some(read_file(&companion)?);
        }
    }
    if files.shp.is_none() && files.dbf.is_none() {
        return Err(Finding::error("GIS-011", "旁边没有同名的 .shp 或 .dbf 文件")
            .hint("Shapefile 由多个同名文件组成，请一并提供")
            .file(path.display().to_string())
            .into());
    }
    Ok(files)
}

/// Reads all layers of a zip held in memory.
pub(super) fn unpack(bytes: &[u8], shown: &str) -> AppResult<Vec<LayerFiles>> {
    let bad = |why: String, fault: ArchiveFault| {
        if matches!(fault, ArchiveFault::TooLarge) {
            return too_large(shown);
        }
        AppError::from(
            Finding::error("GIS-010", format!("压缩包无法读取：{why}"))
                .expected("未加密、未损坏的 .zip")
                .hint("请重新压缩或解压后选择 .shp 文件")
                .file(shown),
        )
        .caused_by(fault)
    };
    let mut archive = Archive::open(bytes).map_err(|e| bad("不是有效的 zip 文件".to_owned(), e))?;
    let mut layers: BTreeMap<String, LayerFiles> = BTreeMap::new();
    let mut left = LONGEST_ZIP;
    for i in 0..archive.len() {
        let name = archive.name(i).map_err(|e| bad(format!("第 {} 个条目打不开", i + 1), e))?;
        let Some(name) = name else { continue };
        let file = name.rsplit('/').next().unwrap_or_default();
        if name.starts_with("__MACOSX/") || file.starts_with("._") {
            continue;
        }
        let Some((stem, extension)) = file.rsplit_once('.') else { continue };
        let key = name.rsplit_once('.').map_or("", |(key, _)| key).to_lowercase();
        let mut probe = LayerFiles::default();
        if probe.slot(&extension.to_ascii_lowercase()).is_none() {
            continue;
        }
        let content =
            archive.read(i, LONGEST_FILE.min(left)).map_err(|e| bad(format!("条目「{name}」解压失败（{e}）"), e))?;
        left -= content.len() as u64;
        let layer = layers.entry(key).or_insert_with(|| LayerFiles {
            name: stem.to_owned(),
            shown: format!("{shown}/{stem}"),
            ..LayerFiles::default()
        });
        if let Some(slot) = layer.slot(&extension.to_ascii_lowercase())
            && slot.is_none()
        {
            *slot = Some(content);
        }
    }
    let layers: Vec<LayerFiles> = layers.into_values().filter(|l| l.shp.is_some() || l.dbf.is_some()).collect();
    if layers.is_empty() {
        return Err(Finding::error("GIS-011", "压缩包中没有 .shp 或 .dbf 文件")
            .hint("请确认压缩包内含完整的 Shapefile（.shp .shx .dbf .prj）")
            .file(shown)
            .into());
    }
    Ok(layers)
}
