//! The documents of an export: notices, task books, certificates on paper, each only where it is asked for.

use std::path::PathBuf;

use super::{EVIDENCE, ExportRequest, Exported, Exporter, INTERNAL, PUBLIC};
use crate::anchor::check::AnchorResult;
use crate::diagnostic::AppResult;
use crate::disclosure::{Audience, MaskCounts, Masker, ResultList};
use crate::export::documents::{
    DrawRecord, RenderedDocuments, Template, Typesetter, render_certificate, render_notice, render_task_pack,
};
use crate::export::{ExportFile, PublicHeader, SiteCertificate, TaskBook};
use crate::workspace::deeds::anchors::check_draw_anchors;
use crate::workspace::deeds::certificate::compute_draw_certificate;
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::reports::publication::published_certificate;
use crate::workspace::reports::target_rows::RowMaker;
use crate::workspace::reports::task_sheets::TaskSheets;

/// The task books that bodies print, among the internal files.
pub(super) const PACKS: &str = "任务书";

/// The paper of a draw's certificate, in its evidence.
pub(super) const CERTIFICATE_PAPER: &str = "certificate.pdf";

/// Endings of documents.
const DOCUMENTS: [&str; 2] = ["pdf", "docx"];

/// The product's templates as files, to be changed by an office.
pub(super) fn template_files() -> Vec<ExportFile> {
    let file = |template: &Template| ExportFile {
        name: template.file_name().to_owned(),
        bytes: template.text().as_bytes().to_vec(),
        audience: Audience::Internal,
    };
    Template::ALL.iter().map(file).collect()
}

impl Exported {
    pub(super) fn has_documents(&self) -> bool {
        let is_document = |path: &PathBuf| path.extension().is_some_and(|end| DOCUMENTS.iter().any(|d| end == *d));
        self.files.iter().any(is_document)
    }
}

impl ExportRequest {
    /// True where a document (.pdf, .docx) may be among the files wanted.
    pub(super) fn takes_documents(&self) -> bool {
        let takes = |folder: &&str| DOCUMENTS.iter().any(|end| self.takes(folder, &format!("{PACKS}.{end}")));
        // a part of a name may be any document's
        [INTERNAL, EVIDENCE, PUBLIC].iter().any(takes) || self.names_a_part()
    }

    /// Which of .pdf and .docx are wanted of a document in a folder.
    fn kinds(&self, folder: &str, document: &str) -> (bool, bool) {
        let [pdf, docx] = DOCUMENTS.map(|ending| self.takes(folder, &format!("{document}.{ending}")));
        (pdf, docx)
    }
}

impl Exporter<'_> {
    fn typesetter(&self) -> Option<Typesetter<'_>> {
        let (fonts, templates) = self.paper?;
        Some(Typesetter { fonts, templates, program: PROGRAM, created: self.header.created })
    }

    /// What task books are made of; `None` where none is wanted.
    pub(super) fn task_sheets<'r>(
        &'r self,
        rows: &'r RowMaker<'r>,
        request: &ExportRequest,
    ) -> AppResult<Option<TaskSheets<'r>>> {
        if self.paper.is_none() || request.kinds(INTERNAL, PACKS) == (false, false) {
            return Ok(None);
        }
        let of = (self.draws, self.analysis.results.as_slice(), self.context.now.date());
        TaskSheets::new(self.registry, self.districts, rows, &self.project.file.page_address, of).map(Some)
    }

    /// A body's task book of a month.
    pub(super) fn task_pack(
        &self,
        task: TaskBook,
        sheets: &TaskSheets<'_>,
        request: &ExportRequest,
    ) -> AppResult<RenderedDocuments> {
        let Some(typesetter) = self.typesetter() else { return Ok(RenderedDocuments::default()) };
        self.context.progress.check()?;
        let pack = sheets.pack(task);
        render_task_pack(&pack, request.kinds(INTERNAL, PACKS), &typesetter)
    }

    /// The notice of a month's results; the certificates are those that go out.
    pub(super) fn notice(
        &self,
        list: &ResultList,
        header: &PublicHeader,
        certificates: &[SiteCertificate],
        request: &ExportRequest,
    ) -> AppResult<RenderedDocuments> {
        let wanted = request.kinds(PUBLIC, "通告") != (false, false);
        let Some(typesetter) = self.typesetter().filter(|_| wanted) else { return Ok(RenderedDocuments::default()) };
        let policy = &self.project.policy;
        let basis = policy.cite(&policy.disclosure.basis, self.context.now.date());
        let mut record = DrawRecord::default();
        if let Some(opened) = self.draws.iter().find(|opened| opened.draw.period.month() == Some(list.month)) {
            let draw = &opened.draw;
            let own = certificates.iter().find(|c| c.is_of(&draw.period.to_string(), draw.sequence));
            record.head = own.and_then(|certificate| certificate.head.clone());
            record.interventions = draw.seal.has_log().then_some(draw.interventions.len());
        }
        render_notice(list, header, self.catalogue, (&basis, &record), &typesetter)
    }

    /// The paper of a draw's certificate, and what the operator should know of it.
    pub(super) fn certificate(
        &self,
        opened: &OpenedDraw,
        name: String,
        audience: Audience,
    ) -> AppResult<(Option<ExportFile>, Vec<String>)> {
        let Some(typesetter) = self.typesetter() else { return Ok((None, Vec::new())) };
        let policy = &self.project.policy;
        let published = if audience == Audience::Public {
            let (of, today) = ((self.draws, self.register), self.context.now.date());
            published_certificate(opened, of, &self.analysis.results, policy, today)?
        } else {
            None
        };
        let certificate = match published {
            Some(certificate) => certificate,
            None => compute_draw_certificate(&opened.draw, &opened.order, self.register)?,
        };
        let masked = |text: &str| Masker::default().mask_text(text, &mut MaskCounts::default());
        let strata = certificate.seal().strata.iter().map(|stratum| {
            let (body, category) = stratum.id.split_once('/').unwrap_or((&stratum.id, ""));
            let body = policy.bodies.iter().find(|rule| rule.id.as_str() == body).map_or(body, |rule| &rule.name);
            let category = policy.category(category).map_or(category, |rule| &rule.name);
            (stratum.id.clone(), masked(&format!("{body} {category}")))
        });
        let trust = check_draw_anchors(&opened.draw, &[], Some(&certificate.signed_bytes()))?;
        let mut marks: Vec<String> = self.header.data_mark.clone().into_iter().collect();
        marks.push(trust_mark(&trust));
        let set =
            render_certificate(&certificate, &masked(&policy.agency_name), &strata.collect(), marks, &typesetter)?;
        Ok((Some(ExportFile { name, bytes: set.pdf, audience }), set.notes))
    }
}

/// How far a draw can be trusted, as its certificate says it.
fn trust_mark(trust: &AnchorResult) -> String {
    let before = if trust.stamp.is_some() { "" } else { "；未证明封存先于公开数" };
    format!("可信程度：{}{before}", trust.words())
}
