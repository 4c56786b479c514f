//! The evidence of a draw: what a checker needs, internal until every target was visited.

use crate::diagnostic::AppResult;
use crate::disclosure::Audience;
use crate::export::ExportFile;
use crate::sampling::SealRegister;
use crate::workspace::deeds::certificate::compute_draw_certificate;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::inputs::quotas::QUOTAS_FILE;
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::quality::QUALITY;

/// The evidence of a draw: everything that a checker needs, in the bytes that were sealed.
///
/// Result, pairing and certificate are computed afresh from the draw and its changes, so that they agree even
/// where a crash came between the files of a change.
///
/// # Errors
/// `IO-…`, `SEL-…`, `ROS-…`.
pub fn evidence_files(project: &Project, opened: &OpenedDraw, register: &SealRegister) -> AppResult<Vec<ExportFile>> {
    let draw = &opened.draw;
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
    push("register.csv", load_bytes(&project.root().join("register.csv"))?);
    Ok(files)
}
