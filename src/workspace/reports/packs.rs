//! 打包发送: what each body gets as one file, a zip with its manifest, encrypted where a password is given.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::Audience;
use crate::district::DistrictSet;
use crate::domain::PlanMonth;
use crate::export::{ExportFile, PackedFolder, check_export, render_pack};
use crate::registry::Registry;
use crate::workspace::deeds::pack_password::PackPassword;
use crate::workspace::reports::export::{
    ExportPart, ExportRequest, Exported, INTERNAL, commit_parts, export_info, export_project, written_detail,
};
use crate::workspace::store::project::{CommandContext, Project, load_bytes};

/// Folder of the packs.
pub const PACKS: &str = "打包发送";

/// What to pack.
#[derive(Debug, Clone)]
pub struct PackRequest {
    /// Target folder: the bodies' folders are written into it too.
    pub to: PathBuf,
    /// Month; all where `None`.
    pub month: Option<PlanMonth>,
    /// Encrypts the packs.
    pub password: Option<PackPassword>,
}

/// Exports the bodies' folders and packs each into a zip of its own in `打包发送`.
///
/// # Errors
/// As [`export_project`]; `EXP-049` where a pack can't be made, `EXP-052` where there is nothing to pack.
pub fn pack_bodies(
    project: &Project,
    registry: &Registry,
    districts: &DistrictSet,
    request: &PackRequest,
    context: &CommandContext,
) -> AppResult<Exported> {
    let wanted = ExportRequest { month: request.month, only: vec![INTERNAL.to_owned()] };
    let written = export_project(project, registry, districts, &request.to, &wanted, context)?;
    let within = request.to.join(INTERNAL);
    let mut bodies: BTreeMap<String, Vec<ExportFile>> = BTreeMap::new();
    for path in &written.files {
        // a body's file lies in the body's folder; the agency's own beside the folders
        let Ok(inside) = path.strip_prefix(&within) else { continue };
        let (Some(body), Some(name)) = (inside.parent().and_then(|p| p.to_str()), inside.file_name()) else { continue };
        if !body.is_empty() {
            let name = name.to_string_lossy().into_owned();
            let file = ExportFile { name, bytes: load_bytes(path)?, audience: Audience::Internal };
            bodies.entry(body.to_owned()).or_default().push(file);
        }
    }
    if bodies.is_empty() {
        return Err(
            AppError::new("EXP-052", "没有可以打包的文件").with(|f| f.hint("请先抽取一个月，或另选已抽取的月份"))
        );
    }
    let info = export_info(project, context, written.mark.clone(), Audience::Internal);
    let period = request.month.map_or_else(|| project.file.year.to_string(), |month| month.to_string());
    let password = request.password.as_ref().map(PackPassword::as_str);
    let packs = bodies
        .iter()
        .map(|(body, files)| render_pack(&PackedFolder { body, period: &period, files, info: &info }, password))
        .collect::<AppResult<Vec<_>>>()?;
    let folder = request.to.join(PACKS);
    check_export(&folder, &packs, &info, None)?;
    let parts = [ExportPart { family: PACKS.to_owned(), folder, files: packs, info }];
    let mut detail = written_detail(&parts);
    detail["packed"] = parts[0].files.len().into();
    detail["encrypted"] = password.is_some().into();
    detail["month"] = request.month.map(|month| month.to_string()).into();
    commit_parts(project, &parts, detail, context)?;
    let packed = parts[0].files.len();
    let mut notes = written.notes;
    notes.push(match password {
        Some(_) => format!("{packed} 个压缩包已加密；密码请以另外的方式告知收件单位，遗失后无法打开"),
        None => format!("{packed} 个压缩包没有加密，只能在内部网络传送"),
    });
    let files = parts.iter().flat_map(ExportPart::paths).collect();
    Ok(Exported { files, notes, mark: written.mark, ..Exported::default() })
}
