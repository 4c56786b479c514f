//! Exports as a set: files, and a manifest with the SHA-256 of each beside them.
//!
//! The manifest is written last, so that it never speaks of a file that isn't there. A folder belongs to one
//! family: internal and public files are never mixed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::{Audience, MaskCounts, PublicScan};
use crate::sampling::{sha256, to_hex};

use super::scan_file::scan_public_file;
use super::write::write_all_atomic;

/// Beginning of the names of the files of seals that were given up: seal, frame, secret.
pub const VOIDED_PREFIX: &str = "作废封签_";
/// Name of the manifest in its folder.
pub const MANIFEST_FILE: &str = "manifest.json";

/// Format of the manifest.
const FORMAT: &str = "fairdraw/manifest/1";

/// A file ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFile {
    /// File name, without folders.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
    /// Who may read it.
    pub audience: Audience,
}

/// What the manifest says of the export as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportInfo {
    /// Agency.
    pub agency: String,
    /// Program and version.
    pub program: String,
    /// Time of the export, given by the caller.
    pub created: NaiveDateTime,
    /// Family.
    pub audience: Audience,
    /// `模拟数据` or `演示`, where it applies.
    pub data_mark: Option<String>,
    /// What was masked in the files, by kind; of public files only.
    pub masked: Option<MaskCounts>,
}

/// A file in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// File name.
    pub name: String,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256, 64 hex digits in lower case.
    pub sha256: String,
}

/// The manifest of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `fairdraw/manifest/1`.
    pub format: String,
    /// Agency.
    pub agency: String,
    /// Program and version.
    pub program: String,
    /// Time of the last export into the folder.
    pub created: String,
    /// Family.
    pub audience: Audience,
    /// Mark of simulated data or demonstration.
    pub data_mark: Option<String>,
    /// Personal data masked in the last export, by kind; of public files only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked: Option<MaskCounts>,
    /// Files by name.
    pub files: Vec<ManifestFile>,
}

impl Manifest {
    /// The manifest of these files.
    #[must_use]
    pub fn of(files: &[ExportFile], info: &ExportInfo) -> Self {
        Self {
            format: FORMAT.to_owned(),
            agency: info.agency.clone(),
            program: info.program.clone(),
            created: info.created.format("%Y-%m-%dT%H:%M:%S").to_string(),
            audience: info.audience,
            data_mark: info.data_mark.clone(),
            masked: info.masked,
            files: files.iter().map(|file| entry(&file.name, &file.bytes)).collect(),
        }
    }

    /// The bytes of `manifest.json`.
    ///
    /// # Errors
    /// `EXP-035`.
    pub fn to_json(&self) -> AppResult<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(self)
            .map_err(|cause| AppError::new("EXP-035", "清单 manifest.json 无法生成").caused_by(cause))?;
        text.push(b'\n');
        Ok(text)
    }
}

/// What an export has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportOutcome {
    /// The manifest written.
    pub manifest: Manifest,
    /// Public files whose kind can't be searched (pictures): their makers take visited targets only.
    pub unsearched: Vec<String>,
}

fn entry(name: &str, bytes: &[u8]) -> ManifestFile {
    ManifestFile { name: name.to_owned(), bytes: bytes.len() as u64, sha256: to_hex(&sha256(&[bytes])) }
}

/// Writes the files into `folder` (made where missing) and the manifest beside them. Entries of an earlier
/// export into the same folder are kept where their file still stands.
///
/// # Errors
/// `EXP-030` two files of one name; `EXP-031` a file of the other family, or a folder that holds the other
/// family; `EXP-032` a public export without a scan; `DIS-044` an unvisited target in a public file;
/// `EXP-034` a file name with a folder in it; `IO-00x` where writing fails. Nothing is written before all
/// checks have passed.
pub fn write_export(
    folder: &Path,
    files: &[ExportFile],
    info: &ExportInfo,
    scan: Option<&PublicScan>,
) -> AppResult<ExportOutcome> {
    let unsearched = check_export(folder, files, info, scan)?;
    let manifest = put_exports(&[(folder, files, info)])?.pop().unwrap_or_else(|| Manifest::of(&[], info));
    Ok(ExportOutcome { manifest, unsearched })
}

/// What [`write_export`] holds files against before it writes them; nothing is written. Gives the names of public files
/// whose kind can't be searched.
///
/// # Errors
/// Those of [`write_export`].
pub fn check_export(
    folder: &Path,
    files: &[ExportFile],
    info: &ExportInfo,
    scan: Option<&PublicScan>,
) -> AppResult<Vec<String>> {
    let mut unsearched = Vec::new();
    let mut names = std::collections::BTreeSet::new();
    for file in files {
        let lower = file.name.to_lowercase();
        if !is_plain_name(&file.name) || lower == MANIFEST_FILE {
            return Err(Finding::error("EXP-034", "导出文件名不能使用").value(&file.name).into());
        }
        // Windows doesn't tell upper from lower case.
        if !names.insert(lower) {
            return Err(Finding::error("EXP-030", "两个导出文件同名，已停止输出").value(&file.name).into());
        }
        if file.audience != info.audience {
            return Err(Finding::error("EXP-031", "内部文件与公开文件不能放在同一次导出中")
                .value(&file.name)
                .expected(format!("只含{}文件", info.audience.label()))
                .into());
        }
        if info.audience == Audience::Public {
            let scan =
                scan.ok_or_else(|| AppError::new("EXP-032", "公开文件输出前必须核对未检查对象，缺少核对名单"))?;
            // a frame names every unit of the register alike, and no other file of it says who was drawn
            let of_all = file.name.starts_with(VOIDED_PREFIX) && file.name.ends_with("frame.csv");
            if !of_all && !scan_public_file(&file.name, &file.bytes, scan)? {
                unsearched.push(file.name.clone());
            }
        }
    }
    entries_before(folder, info)?;
    Ok(unsearched)
}

/// What the manifest of a folder names of files that still stand.
fn entries_before(folder: &Path, info: &ExportInfo) -> AppResult<BTreeMap<String, ManifestFile>> {
    let mut entries: BTreeMap<String, ManifestFile> = BTreeMap::new();
    if let Some(before) = load_manifest(folder)? {
        if before.audience != info.audience {
            return Err(Finding::error(
                "EXP-031",
                format!("该文件夹存放的是{}文件，不能再放{}文件", before.audience.label(), info.audience.label()),
            )
            .file(folder.display().to_string())
            .hint("请另选文件夹")
            .into());
        }
        let standing = before.files.into_iter().filter(|file| folder.join(&file.name).is_file());
        entries.extend(standing.map(|file| (file.name.clone(), file)));
    }
    Ok(entries)
}

/// A folder of an export: where, its files, what its manifest says.
pub type ExportFolder<'a> = (&'a Path, &'a [ExportFile], &'a ExportInfo);

/// Writes files that were checked by [`check_export`], and the manifest of each folder: all of them, or none where one
/// can't be written (but for a fault while their names move).
///
/// # Errors
/// `EXP-031`, `IO-…`.
pub fn put_exports(folders: &[ExportFolder<'_>]) -> AppResult<Vec<Manifest>> {
    let mut manifests = Vec::new();
    for (folder, files, info) in folders {
        super::disk::make_folder(folder).map_err(|cause| AppError::io("建立导出文件夹失败", folder, cause))?;
        let mut entries = entries_before(folder, info)?;
        let own: Vec<_> = files.par_iter().map(|file| (file.name.clone(), entry(&file.name, &file.bytes))).collect();
        entries.extend(own);
        let manifest = Manifest { files: entries.into_values().collect(), ..Manifest::of(&[], info) };
        manifests.push((manifest.to_json()?, manifest));
    }
    let mut all: Vec<(PathBuf, &[u8])> = Vec::new();
    for ((folder, files, _), (json, _)) in folders.iter().zip(&manifests) {
        all.extend(files.iter().map(|file| (folder.join(&file.name), file.bytes.as_slice())));
        all.push((folder.join(MANIFEST_FILE), json));
    }
    write_all_atomic(&all)?;
    Ok(manifests.into_iter().map(|(_, manifest)| manifest).collect())
}

fn load_manifest(folder: &Path) -> AppResult<Option<Manifest>> {
    let path = folder.join(MANIFEST_FILE);
    let text = match super::disk::read(&path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(AppError::io("读取清单失败", &path, cause)),
    };
    let wrong = || {
        Finding::error("EXP-036", "文件夹中的 manifest.json 不是本软件的清单")
            .file(path.display().to_string())
            .hint("请另选文件夹，或移走该文件")
    };
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|cause| AppError::from(wrong()).caused_by(cause))?;
    if manifest.format == FORMAT { Ok(Some(manifest)) } else { Err(wrong().value(&manifest.format).into()) }
}

/// What the manifests of an exported folder say of its files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ManifestCheck {
    /// Manifests found, in the folder and below it.
    pub manifests: usize,
    /// Files that they name.
    pub files: usize,
    /// What doesn't agree; empty where every file is as it was written.
    pub findings: Vec<Finding>,
}

/// Levels of folders below the chosen one in which manifests are looked for: an export puts each family and each
/// draw's evidence into a folder of its own.
const LEVELS: usize = 3;

/// Holds the files of an exported folder, and of the folders in it, against their manifests: `EXP-037` missing,
/// `EXP-038` changed, `EXP-044` a file that its manifest doesn't name (nor another's, in a folder put into an exported
/// one), `EXP-045` a name that is no file's.
///
/// # Errors
/// `EXP-043` where there is no manifest at all, `EXP-036` where one can't be read, `IO-…`.
pub fn check_manifest(folder: &Path) -> AppResult<ManifestCheck> {
    let mut check = ManifestCheck::default();
    check_folder(folder, "", LEVELS, false, &mut check)?;
    if check.manifests == 0 {
        return Err(Finding::error("EXP-043", format!("文件夹中没有清单 {MANIFEST_FILE}，无法核对"))
            .file(folder.display().to_string())
            .hint("请选择导出时写出的文件夹：清单与文件放在一起")
            .into());
    }
    Ok(check)
}

/// Checks one folder, named `within` in messages (empty, or ending in `/`), and those in it. `exported`: it lies in
/// a folder that has a manifest, so that what it holds was written by an export or put there since.
fn check_folder(
    folder: &Path,
    within: &str,
    levels: usize,
    exported: bool,
    check: &mut ManifestCheck,
) -> AppResult<()> {
    let io = |cause| AppError::io("读取文件夹", folder, cause);
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for other in std::fs::read_dir(folder).map_err(io)? {
        let other = other.map_err(io)?;
        let (name, kind) = (other.file_name().to_string_lossy().to_string(), other.file_type().map_err(io)?);
        if kind.is_dir() {
            folders.push(name);
        } else {
            files.push(name);
        }
    }
    files.sort();
    folders.sort();
    let manifest = load_manifest(folder)?;
    let exported = exported || manifest.is_some();
    if let Some(manifest) = manifest {
        check.manifests += 1;
        check.files += manifest.files.len();
        check_files(folder, within, &manifest, &files, &mut check.findings)?;
    } else if exported {
        check.findings.extend(files.iter().map(|name| unnamed(within, name)));
    }
    for name in &folders {
        if levels > 0 {
            check_folder(&folder.join(name), &format!("{within}{name}/"), levels - 1, exported, check)?;
        } else if exported {
            check.findings.push(unnamed(within, name));
        }
    }
    Ok(())
}

/// `EXP-044`: what no manifest names.
fn unnamed(within: &str, name: &str) -> Finding {
    Finding::error("EXP-044", "文件不在清单之列")
        .file(format!("{within}{name}"))
        .hint("不是导出时写出的文件，请移走后再核对")
}

fn check_files(
    folder: &Path,
    within: &str,
    manifest: &Manifest,
    there: &[String],
    findings: &mut Vec<Finding>,
) -> AppResult<()> {
    for file in &manifest.files {
        let shown = format!("{within}{}", file.name);
        // a manifest from elsewhere must not make us read outside its folder
        if !is_plain_name(&file.name) {
            findings.push(Finding::error("EXP-045", "清单中的文件名不能使用").value(shown));
            continue;
        }
        let path = folder.join(&file.name);
        let changed = |now: String| {
            Finding::error("EXP-038", "文件与清单不符，导出后被改动").file(&shown).value(now).expected(&file.sha256)
        };
        // an export writes plain files: a link, a folder or a pipe in the place of one is not followed
        match std::fs::symlink_metadata(&path) {
            Ok(kind) if !kind.is_file() => findings.push(changed("不是普通文件".to_owned())),
            Ok(kind) if kind.len() != file.bytes => findings.push(changed(format!("{} 字节", kind.len()))),
            Ok(_) => {
                let bytes = std::fs::read(&path).map_err(|cause| AppError::io("读取导出文件失败", &path, cause))?;
                let now = entry(&file.name, &bytes);
                if now != *file {
                    findings.push(changed(now.sha256));
                }
            }
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                findings.push(Finding::error("EXP-037", "清单中的文件不存在").file(shown));
            }
            Err(cause) => return Err(AppError::io("读取导出文件失败", &path, cause)),
        }
    }
    let named = |name: &String| name == MANIFEST_FILE || manifest.files.iter().any(|file| file.name == *name);
    findings.extend(there.iter().filter(|name| !named(name)).map(|name| unnamed(within, name)));
    Ok(())
}

/// A name without a folder in it.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\']) && name != ".." && name != "."
}
