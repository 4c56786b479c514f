//! The pages for leadership as files.

use std::sync::Arc;

use super::{BRIEFING, ExportRequest};
use crate::diagnostic::AppResult;
use crate::district::DistrictSet;
use crate::export::documents::RenderedDocuments;
use crate::registry::Registry;
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::store::project::{CommandContext, Project};

#[cfg(feature = "charts")]
pub use files::{BRIEFING_ENDINGS, briefing_files};

impl ExportRequest {
    /// True where the briefing is among the files wanted.
    pub(super) fn takes_briefing(&self) -> bool {
        ["pdf", "pptx", "png"].iter().any(|ending| self.takes(BRIEFING, &format!("{BRIEFING}.{ending}")))
    }
}

/// The briefing of a project as it stands, in the endings asked for; `planned` is the plan from the next month on.
///
/// # Errors
/// Those of computing it and of setting it.
#[cfg(feature = "charts")]
pub(super) fn of_project(
    project: &Project,
    (registry, districts): (&Registry, &DistrictSet),
    planned: Arc<Analysis>,
    request: &ExportRequest,
    context: &CommandContext,
) -> AppResult<RenderedDocuments> {
    use crate::diagnostic::Diagnostics;
    use crate::export::documents::{Fonts, Typesetter};
    use crate::workspace::deeds::seal::PROGRAM;
    use crate::workspace::reports::books::Books;
    use crate::workspace::reports::briefing::{compute_briefing, deck_of};
    use crate::workspace::reports::project_data::{AnalysisView, ProjectData};
    use crate::workspace::store::templates::load_templates;

    let data = ProjectData::new(registry.clone(), districts.clone(), Diagnostics::new(), &project.policy)?;
    let books = Books::load(project, &data, context.now.date(), &context.progress)?;
    let view = AnalysisView::new(project, &data, planned)?;
    let briefing = compute_briefing(project, &data, &view, &books, &context.progress)?;
    let deck = deck_of(&briefing, &project.file.briefing);
    let (fonts, templates) = (Fonts::of_this_machine(), load_templates(project)?);
    let created = super::workbook_date(context.now);
    let typesetter = Typesetter { fonts: &fonts, templates: &templates, program: PROGRAM, created };
    let wanted = |ending: &str| request.takes(BRIEFING, &format!("{BRIEFING}.{ending}"));
    let mut made = briefing_files(&deck, &typesetter, wanted)?;
    made.notes.extend(templates.note());
    Ok(made)
}

/// Without charts there is no briefing.
///
/// # Errors
/// `EXP-069`.
#[cfg(not(feature = "charts"))]
pub(super) fn of_project(
    _: &Project,
    _: (&Registry, &DistrictSet),
    _: Arc<Analysis>,
    _: &ExportRequest,
    _: &CommandContext,
) -> AppResult<RenderedDocuments> {
    Err(crate::diagnostic::AppError::new("EXP-069", "本程序不带图表功能，不能生成简报，请用带窗口的程序"))
}

#[cfg(feature = "charts")]
mod files {
    use crate::diagnostic::AppResult;
    use crate::disclosure::Audience;
    use crate::export::documents::{RenderedDocuments, Typesetter};
    use crate::export::slides::{Deck, render_deck_pdf, render_deck_pngs, render_pptx};
    use crate::export::{ExportFile, FileName};
    use crate::workspace::reports::export::BRIEFING;

    /// What a briefing can be saved as.
    pub const BRIEFING_ENDINGS: [&str; 3] = ["pdf", "pptx", "png"];

    /// A deck as files, those of the endings wanted; a picture a page.
    ///
    /// # Errors
    /// `EXP-060`, `EXP-063`, `EXP-066`, `CHT-002`.
    pub fn briefing_files(
        deck: &Deck,
        typesetter: &Typesetter<'_>,
        wanted: impl Fn(&str) -> bool,
    ) -> AppResult<RenderedDocuments> {
        let period = typesetter.created.format("%Y-%m-%d").to_string();
        let file = |document: &str, extension: &str, bytes: Vec<u8>| {
            let mark = deck.mark.as_deref();
            let audience = Audience::Internal;
            let name =
                FileName { agency: &deck.agency, document, period: &period, version: 1, audience, mark, extension };
            ExportFile { name: name.render(), bytes, audience }
        };
        let mut made = RenderedDocuments::default();
        if wanted("pdf") {
            let (pdf, notes) = render_deck_pdf(deck, typesetter)?;
            made.files.push(file(BRIEFING, "pdf", pdf));
            made.notes.extend(notes);
        }
        if wanted("pptx") {
            let pptx = render_pptx(deck, typesetter.program, typesetter.created)?;
            made.files.push(file(BRIEFING, "pptx", pptx));
        }
        if wanted("png") {
            let pages = render_deck_pngs(deck, typesetter)?;
            let page = |(at, png)| file(&format!("{BRIEFING}第{:02}页", at + 1), "png", png);
            made.files.extend(pages.into_iter().enumerate().map(page));
        }
        Ok(made)
    }
}
