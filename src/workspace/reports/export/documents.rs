//! The documents of an export: notices, task books, certificates on paper, each only where it is asked for.

use std::path::PathBuf;

use super::{ExportRequest, Exported, Exporter, INTERNAL, PUBLIC, TASKS};
use crate::anchor::check::AnchorResult;
use crate::diagnostic::AppResult;
use crate::disclosure::{Audience, MaskCounts, Masker, ResultList};
use crate::export::documents::{
    DrawRecord, Fonts, NOTICE, PACK, RenderedDocuments, Template, Typesetter, render_certificate, render_notice,
    render_task_pack,
};
use crate::export::{ExportFile, PublicHeader, SiteCertificate, TaskBook};
use crate::workspace::deeds::anchors::check_draw_anchors;
use crate::workspace::deeds::certificate::compute_draw_certificate;
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::reports::publication::published_certificate;
use crate::workspace::reports::target_rows::RowMaker;
use crate::workspace::reports::task_sheets::TaskSheets;
use crate::workspace::store::templates::load_templates;

/// The task books that bodies print, among the internal files.
pub(super) const PACKS: &str = "任务书";

/// The paper of a draw's certificate, in its evidence.
pub(super) const CERTIFICATE_PAPER: &str = "certificate.pdf";

/// Most task sheets that an export sets unasked: a city's month has some hundred. A nation's are its counties' to print.
const MOST_SHEETS: usize = 5_000;

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
    /// Which of .pdf and .docx are wanted of a document, by the names that its files get.
    fn kinds(&self, folder: &str, file: impl Fn(&str) -> ExportFile) -> (bool, bool) {
        let [pdf, docx] = DOCUMENTS.map(|ending| self.takes(folder, &file(ending).name));
        (pdf, docx)
    }

    fn kinds_of_pack(&self, task: &TaskBook) -> (bool, bool) {
        self.kinds(INTERNAL, |ending| task.file(PACK, ending, Vec::new()))
    }
}

impl Exporter<'_> {
    /// What documents are set with: read with the first of them.
    fn typesetter(&self) -> AppResult<Typesetter<'_>> {
        let (fonts, templates) = if let Some(paper) = self.paper.get() {
            paper
        } else {
            let paper = (Fonts::of_this_machine(), load_templates(self.project)?);
            self.paper.get_or_init(|| paper)
        };
        Ok(Typesetter { fonts, templates, program: PROGRAM, created: self.header.created })
    }

    /// What task books are made of and set with; `None` where none of them is wanted, or more of them than an export
    /// sets unasked, which is told.
    pub(super) fn task_sheets<'r>(
        &'r self,
        rows: &'r RowMaker<'r>,
        tasks: &[TaskBook],
        request: &ExportRequest,
        notes: &mut Vec<String>,
    ) -> AppResult<Option<(TaskSheets<'r>, Typesetter<'r>)>> {
        if tasks.iter().all(|task| request.kinds_of_pack(task) == (false, false)) {
            return Ok(None);
        }
        let sheets: usize = tasks.iter().map(TaskBook::sheets).sum();
        if request.only.is_empty() && sheets > MOST_SHEETS {
            notes.push(format!(
                "{PACKS}共 {sheets} 份，超过 {MOST_SHEETS} 份，没有随同排印；需要时只选「{TASKS}」导出（命令行用 --only {TASKS}）"
            ));
            return Ok(None);
        }
        let of = (self.draws, self.analysis.results.as_slice(), self.context.now.date());
        let sheets = TaskSheets::new(self.registry, self.districts, rows, &self.project.file.page_address, of)?;
        Ok(Some((sheets, self.typesetter()?)))
    }

    /// A body's task book of a month.
    pub(super) fn task_pack(
        &self,
        task: TaskBook,
        (sheets, typesetter): &(TaskSheets<'_>, Typesetter<'_>),
        request: &ExportRequest,
    ) -> AppResult<RenderedDocuments> {
        self.context.progress.check()?;
        let kinds = request.kinds_of_pack(&task);
        if kinds == (false, false) {
            return Ok(RenderedDocuments::default());
        }
        render_task_pack(&sheets.pack(task), kinds, typesetter)
    }

    /// The notice of a month's results; the certificates are those that go out.
    pub(super) fn notice(
        &self,
        list: &ResultList,
        header: &PublicHeader,
        certificates: &[SiteCertificate],
        request: &ExportRequest,
    ) -> AppResult<RenderedDocuments> {
        let period = list.month.to_string();
        if request.kinds(PUBLIC, |ending| header.file(NOTICE, &period, ending, Vec::new())) == (false, false) {
            return Ok(RenderedDocuments::default());
        }
        let policy = &self.project.policy;
        let basis = policy.cite(&policy.disclosure.basis, self.context.now.date());
        let mut record = DrawRecord::default();
        if let Some(opened) = self.draws.iter().find(|opened| opened.draw.period.month() == Some(list.month)) {
            let draw = &opened.draw;
            let own = certificates.iter().find(|c| c.is_of(&draw.period.to_string(), draw.sequence));
            record.head = own.and_then(|certificate| certificate.head.clone());
            record.interventions = draw.seal.has_log().then_some(draw.interventions.len());
        }
        render_notice(list, header, self.catalogue, (&basis, &record), &self.typesetter()?)
    }

    /// The paper of a draw's certificate, and what the operator should know of it.
    pub(super) fn certificate(
        &self,
        opened: &OpenedDraw,
        name: String,
        audience: Audience,
    ) -> AppResult<(ExportFile, Vec<String>)> {
        let typesetter = self.typesetter()?;
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
        Ok((ExportFile { name, bytes: set.pdf, audience }, set.notes))
    }
}

/// How far a draw can be trusted, as its certificate says it.
fn trust_mark(trust: &AnchorResult) -> String {
    let before = if trust.stamp.is_some() { "" } else { "；未证明封存先于公开数" };
    format!("可信程度：{}{before}", trust.words())
}
