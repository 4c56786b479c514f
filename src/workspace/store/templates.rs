//! The office's own templates of documents: the files of its project's `模板/`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::export::documents::{TEMPLATE_FOLDER, Template, Templates};
use crate::export::write_atomic;
use crate::workspace::store::project::{Project, create_folder, load_bytes};

/// Largest file of a template folder, bytes: a badge's picture is far below.
const LARGEST: u64 = 16 << 20;

/// The project's own templates and the pictures beside them; none where it has no such folder.
///
/// # Errors
/// `EXP-061` a template that is not UTF-8, `EXP-065` a file too large, `IO-…`.
pub fn load_templates(project: &Project) -> AppResult<Templates> {
    let folder = project.root().join(TEMPLATE_FOLDER);
    let failed = |cause| AppError::io("读取模板文件夹失败", &folder, cause);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Templates::default()),
        Err(cause) => return Err(failed(cause)),
    };
    let mut own = BTreeMap::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.metadata().map_err(failed)?;
        // what editors leave behind is no template
        if !kind.is_file() || name.starts_with(['.', '~']) {
            continue;
        }
        if kind.len() > LARGEST {
            return Err(Finding::error("EXP-065", "模板文件夹中的文件过大")
                .value(format!("{} 字节", kind.len()))
                .expected(format!("不超过 {LARGEST} 字节"))
                .file(format!("{TEMPLATE_FOLDER}/{name}"))
                .into());
        }
        own.insert(name, load_bytes(&entry.path())?);
    }
    Templates::with_own(own)
}

/// Writes the product's text of a template into the project's folder, to be changed there; where it was written.
///
/// # Errors
/// `PRJ-011` where the project can't be written to, `EXP-068` where the office has its own already, `IO-…`.
pub fn write_own_template(project: &Project, template: Template) -> AppResult<PathBuf> {
    project.check_writable()?;
    let folder = project.root().join(TEMPLATE_FOLDER);
    let path = folder.join(template.file_name());
    if path.exists() {
        return Err(Finding::error("EXP-068", "本单位已有这个模板，没有覆盖")
            .value(template.file_name())
            .hint("请直接改它；要从程序自带的重新开始，请先移走它")
            .file(format!("{TEMPLATE_FOLDER}/{}", template.file_name()))
            .into());
    }
    create_folder(&folder)?;
    write_atomic(&path, template.text().as_bytes())?;
    Ok(path)
}
