//! The evidence of a draw: what a checker needs, internal until every target was visited.

use crate::diagnostic::{AppResult, Finding};
use crate::disclosure::Audience;
use crate::export::ExportFile;
use crate::sampling::{SealRegister, to_hex};
use crate::workspace::deeds::certificate::compute_draw_certificate;
use crate::workspace::deeds::open::unbound_file;
use crate::workspace::deeds::verify_log::sealed_line;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::inputs::quotas::QUOTAS_FILE;
use crate::workspace::store::draws::{INTERVENTIONS_FILE, json_bytes};
use crate::workspace::store::journal::JournalEntry;
use crate::workspace::store::log::{HEADS_FILE, interventions_for};
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::quality::QUALITY;

/// The evidence of a draw: everything that a checker needs, in the bytes that were sealed.
///
/// Result, pairing and certificate are computed afresh from the draw and its changes, so that they agree even
/// where a crash came between the files of a change.
///
/// # Errors
/// `IO-…`, `SEL-…`, `ROS-…`.
pub fn evidence_files(
    project: &Project,
    opened: &OpenedDraw,
    register: &SealRegister,
    journal: &[JournalEntry],
) -> AppResult<Vec<ExportFile>> {
    let draw = &opened.draw;
    if let Some(name) = unbound_file(draw)? {
        return Err(Finding::error("LOG-006", format!("{} 的 {name} 不是封存时的文件，不能作为存证导出", draw.period))
            .hint("请用备份恢复抽取文件夹")
            .file(draw.folder.join(name).display().to_string())
            .into());
    }
    let mut files = Vec::new();
    for name in [
        "frame.csv",
        "roster.csv",
        "needs.csv",
        "inputs.txt",
        "policy.ron",
        "seal.json",
        "opening.json",
        "changes.json",
        "anchors.json",
        HEADS_FILE,
        "earlier.json",
        QUOTAS_FILE,
    ] {
        let path = draw.folder.join(name);
        if path.exists() {
            files.push(ExportFile { name: name.to_owned(), bytes: load_bytes(&path)?, audience: Audience::Internal });
        }
    }
    let mut push = |name: &str, bytes: Vec<u8>| {
        files.push(ExportFile { name: name.to_owned(), bytes, audience: Audience::Internal });
    };
    push("result.json", opened.order.to_result(&draw.frame, usize::MAX).to_json());
    if let Some(assignment) = &opened.assignment {
        push("assignment.csv", assignment.write_csv());
    }
    push("certificate.json", compute_draw_certificate(draw, &opened.order, register)?.to_json());
    // what was known of the data, and what of it a person confirmed
    let quality = project.root().join(QUALITY);
    if quality.exists() {
        push(QUALITY, load_bytes(&quality)?);
    }
    // files changed by hand that two people answered for
    if draw.seal.has_log() {
        if !draw.interventions.is_empty() {
            push(INTERVENTIONS_FILE, json_bytes(&draw.interventions)?);
        }
    } else {
        let sealed = sealed_line(journal, &to_hex(&draw.seal.commitment()));
        let interventions = interventions_for(journal, sealed.map_or(1, |entry| entry.sequence));
        if !interventions.is_empty() {
            push(INTERVENTIONS_FILE, json_bytes(&interventions)?);
        }
    }
    push("register.csv", load_bytes(&project.root().join("register.csv"))?);
    Ok(files)
}
