//! Entries of an office's folder that are not read: each is named, with the reason and the way to take it in.

use std::path::{Path, PathBuf};

use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding};
use crate::registry::{Registry, TableKind};
use crate::tabular::archive::names_in;
use crate::workspace::demo::MARKER;
use crate::workspace::intake::folder::{FolderContents, file_name, is_table_file};
use crate::workspace::intake::nested::DEEPEST;
use crate::workspace::intake::reading::REPORT_BESIDE;

/// Names of tables shown of a subfolder or archive.
const SHOWN: usize = 5;

const LOCK: &str = "Excel 或 WPS 打开文件时的临时锁文件";
const SYSTEM: &str = "系统文件";

/// Why a file of a kind that holds no table is not read.
fn reason_of(name: &str, ending: &str) -> &'static str {
    let lower = name.to_lowercase();
    if name.starts_with("~$") || name.starts_with(".~") {
        return LOCK;
    }
    if name.starts_with('.') || matches!(lower.as_str(), "thumbs.db" | "desktop.ini") {
        return SYSTEM;
    }
    match ending {
        "doc" | "docx" | "wps" => "Word 文档，不读其中的表格",
        "ppt" | "pptx" | "dps" => "演示文稿",
        "pdf" | "ofd" => "版式文件（PDF、OFD），不能当作表格读取",
        "rar" | "7z" | "gz" | "tar" | "bz2" | "xz" => "压缩包，不能直接读取",
        "jpg" | "jpeg" | "png" | "gif" | "bmp" | "tif" | "tiff" | "webp" => "图片",
        "db" | "sqlite" | "mdb" | "accdb" => "数据库文件",
        "lnk" | "url" => "快捷方式",
        "bak" | "tmp" | "wbk" | "xlk" => "备份或临时文件",
        "html" | "htm" | "mht" | "xml" | "json" => "网页或数据交换文件",
        "geojson" | "kml" | "kmz" | "gdb" | "dwg" | "dxf" => "不支持的地图格式",
        "dbf" | "shx" | "prj" | "cpg" | "sbn" | "sbx" | "qix" => "缺少同名的 .shp",
        _ => "不是能够读取的表格文件",
    }
}

/// What may be done about a file of this kind; empty where nothing need be.
fn way_in(ending: &str) -> &'static str {
    match ending {
        "doc" | "docx" | "wps" | "pdf" | "ofd" | "html" | "htm" | "mht" | "db" | "sqlite" | "mdb" | "accdb" | "xml"
        | "json" => "若其中有应导入的表，请另存为 xlsx 或 CSV 放入此文件夹",
        "rar" | "7z" | "gz" | "tar" | "bz2" | "xz" => "若其中有应导入的表，请解压后放入此文件夹",
        "geojson" | "kml" | "kmz" | "gdb" | "dwg" | "dxf" => "请转换为 .shp 后放入此文件夹",
        _ => "",
    }
}

/// Names the entries of a folder that are not read.
///
/// # Errors
/// `IO-…` where the folder can't be read.
pub(super) fn left_out(folder: &Path, contents: &FolderContents, findings: &mut Diagnostics) -> AppResult<()> {
    let io = |cause| AppError::io("读取文件夹", folder, cause);
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        entries.push(entry.map_err(io)?.path());
    }
    entries.sort();
    let is_read = |path: &PathBuf| {
        contents.tables.contains(path) || contents.maps.contains(path) || contents.singles().any(|(_, own)| own == path)
    };
    for path in entries.iter().filter(|path| !is_read(path) && !contents.opened.contains(path)) {
        let name = file_name(path);
        let companion = contents.maps.iter().any(|map| map.file_stem() == path.file_stem());
        // the program's own report on the files
        if name == MARKER || name.ends_with(REPORT_BESIDE) || companion && !path.is_dir() {
            continue;
        }
        findings.push(about(path, &name));
    }
    Ok(())
}

/// A file within a subfolder or archive that was opened, and is not read.
pub(super) fn inside(name: &str) -> Finding {
    let ending = Path::new(name).extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    not_read(name, reason_of(name, &ending), way_in(&ending))
}

/// What may hold a table of the office's is a warning.
fn not_read(name: &str, reason: &str, hint: &str) -> Finding {
    let what = format!("文件夹里的这一项没有读取：{reason}");
    let finding =
        if hint.is_empty() { Finding::note("PRJ-024", what) } else { Finding::warning("PRJ-024", what).hint(hint) };
    finding.file(name)
}

/// One of several files of which one can be used, and was not; `used` is the one that was.
pub(super) fn not_used(what: &str, path: &Path, used: &Path) -> Finding {
    // two of one name lie in different folders: only the paths tell them apart
    let same = file_name(path) == file_name(used);
    let told = |path: &Path| if same { path.display().to_string() } else { file_name(path) };
    Finding::warning("PRJ-048", format!("{what}不止一份，这一份没有采用"))
        .file(told(path))
        .value(format!("已采用「{}」", told(used)))
        .hint("请核对采用的是否为应采用的一份；不是的，请移走它，或只给出应采用的一份")
}

/// Says that the folder holds no register, without which there is nothing to plan.
pub(super) fn note_no_register(registry: &mut Registry) {
    if registry.summary(TableKind::Sources).is_none() {
        registry.diagnostics.push(
            Finding::error("PRJ-025", "没有污染源名录，不能编制计划")
                .expected("含排污许可证编号、单位名称、行政区、管理类别的表")
                .hint("请把污染源名录放入输入文件夹后重新导入；若已在其中，请在列对应中指明它是哪一个文件"),
        );
    }
}

/// An entry that is not read, under the name that it is told by.
pub(super) fn about(path: &Path, name: &str) -> Finding {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let ending = ending.as_str();
    let inside = if path.is_dir() {
        let mut tables = Vec::new();
        collect(path, Path::new(""), DEEPEST, &mut tables);
        Some(("子文件夹，不读其中的文件", "若应导入其中的表，请把它们移到上一级，或另以该文件夹导入", tables))
    } else if ending == "zip" {
        let hint = "若应导入其中的表，请解压后放入此文件夹，或另以该压缩包导入";
        Some(("压缩包，不读其中的文件", hint, tables_in(path)))
    } else {
        None
    };
    let (reason, hint, tables) = match inside {
        Some((reason, hint, tables)) if !tables.is_empty() => (reason, hint, tables),
        Some((reason, _, _)) => (reason, "", Vec::new()),
        None => {
            let reason = reason_of(name, ending);
            let nothing = reason == SYSTEM || reason == LOCK;
            (reason, if nothing { "" } else { way_in(ending) }, Vec::new())
        }
    };
    let finding = not_read(name, reason, hint);
    if tables.is_empty() {
        return finding;
    }
    let more = if tables.len() > SHOWN { format!(" 等 {} 个", tables.len()) } else { String::new() };
    let shown: Vec<&str> = tables.iter().take(SHOWN).map(String::as_str).collect();
    finding.value(format!("其中有：{}{more}", shown.join("、")))
}

/// Tables below a folder, as paths within it; folders that can't be read have none.
fn collect(folder: &Path, within: &Path, depth: usize, tables: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = file_name(&path);
        if name.starts_with('.') || name.starts_with("~$") {
            continue;
        }
        let shown = within.join(&name);
        if path.is_dir() && depth > 0 {
            collect(&path, &shown, depth - 1, tables);
        } else if is_table_file(&path) || is_map(&path) {
            tables.push(shown.display().to_string().replace('\\', "/"));
        }
    }
}

fn is_map(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("shp"))
}

/// Tables and maps in an archive; one that can't be read has none.
pub(super) fn tables_in(path: &Path) -> Vec<String> {
    let names = names_in(path).unwrap_or_default();
    let holds = |name: &String| {
        let path = Path::new(name);
        (is_table_file(path) || is_map(path)) && !name.starts_with("__MACOSX")
    };
    names.into_iter().filter(holds).collect()
}
