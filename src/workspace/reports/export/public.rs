//! The public files of an export: the yearly plan, the register, certificates of closed draws, lists of results, all of
//! them as pages. Every text that somebody typed goes through the masker, and what it hid is told.

use std::collections::BTreeSet;

use super::CommandContext;
use super::{ExportRequest, Exporter, MOST_REMARKS, PUBLIC};
use crate::anchor::bundle::Anchors;
use crate::diagnostic::{AppResult, Diagnostics, Finding};
use crate::disclosure::{Audience, CheckResult, MaskCounts, MaskLog, Masker, check_year_plan};
use crate::export::{
    ExportFile, PublicHeader, PublicSite, SiteCertificate, VOIDED_PREFIX, render_result_list, render_site,
    render_year_plan,
};
use crate::sampling::{SealEntry, SealRegister};
use crate::text::csv::neutralise;
use crate::workspace::deeds::anchors::{check_draw_anchors, load_anchors};
use crate::workspace::deeds::certificate::public_words;
use crate::workspace::deeds::disclose::VOIDED_FILE;
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::reports::public_list::{PublicLists, certificate_name};
use crate::workspace::reports::publication::published_certificate;
use crate::workspace::reports::year_plan::compute_year_plan;
use crate::workspace::store::changes::DrawChange;
use crate::workspace::store::draws::json_bytes;
use crate::workspace::store::journal::LogHead;
use crate::workspace::store::project::{Project, load_bytes};

/// The public files, with what is to be said of them.
pub(super) struct PublicFiles {
    pub files: Vec<ExportFile>,
    /// The folder of the pages.
    pub pages: Vec<ExportFile>,
    /// Results that they list and that are not entered as public yet.
    pub not_entered: usize,
    pub remarks: Vec<String>,
    /// What was masked.
    pub masked: MaskLog,
}

/// The log's head at the export: with it anybody sees later whether a line was changed, taken out or cut off.
#[derive(serde::Serialize)]
struct PublicHead {
    at: String,
    log: LogHead,
}

impl Exporter<'_> {
    /// The yearly plan, the register, certificates of closed draws and the lists of results; all of them as pages.
    pub(super) fn public_files(
        &self,
        lists: &PublicLists<'_>,
        certificates: &[SiteCertificate],
        request: &ExportRequest,
    ) -> AppResult<PublicFiles> {
        let (masker, mut masked) = (lists.masker(), MaskLog::default());
        let head = self.project.journal().head()?;
        let header = PublicHeader {
            agency: masker.mask_noted(&self.project.policy.agency_name, "机关名称", &mut masked),
            version: 1,
            program: PROGRAM.to_owned(),
            created: self.header.created,
            data_mark: self.header.data_mark.clone(),
            log: Some(head.clone()),
        };
        let (today, policy) = (self.context.now.date(), &self.project.policy);
        let unconfirmed = self.header.unconfirmed.iter().map(|u| format!("{}{}", u.label, u.value)).collect();
        let mark = self.header.data_mark.clone();
        let plan = compute_year_plan(self.project, self.registry, self.planned, today, mark, unconfirmed)?;
        let plan = plan.masked(masker, &mut masked);
        let check = check_year_plan(&plan, policy.disclosure.plan_by, today);
        let of_plan = PublicHeader { version: plan.version, ..header.clone() };
        let register = public_register(self.register, masker, &mut masked);
        let mut files = render_year_plan(&plan, &of_plan, self.catalogue)?;
        let now = self.context.now.to_string();
        files.push(ExportFile {
            name: "日志根值.json".to_owned(),
            bytes: json_bytes(&PublicHead { at: now.clone(), log: head.clone() })?,
            audience: Audience::Public,
        });
        files.push(ExportFile {
            name: "封签登记簿.csv".to_owned(),
            bytes: register.to_published_csv(&now, &policy.agency, &head),
            audience: Audience::Public,
        });
        let mut sealed = Diagnostics::new();
        for opened in self.draws {
            let own = certificates.iter().find(|c| c.is_of(&opened.draw.period.to_string(), opened.draw.sequence));
            files.extend(own.map(|certificate| ExportFile {
                name: certificate_name(opened),
                bytes: certificate.bytes.clone(),
                audience: Audience::Public,
            }));
            if own.is_some() {
                note_certificate(opened, &mut masked, &mut sealed);
            }
            let paper = certificate_name(opened).replace(".json", ".pdf");
            if own.is_some() && request.takes(PUBLIC, &paper) {
                files.push(self.certificate(opened, paper, Audience::Public)?.0);
            }
        }
        files.extend(voided_files(self.project, self.register)?);
        let mut not_entered = 0;
        let said = sealed.findings().iter().chain(check.findings());
        let mut remarks: Vec<String> = said.take(MOST_REMARKS).map(ToString::to_string).collect();
        let told = lists.months().into_iter().map(|month| lists.list(month)).collect::<AppResult<Vec<_>>>()?;
        for list in told.iter().filter(|list| request.wants(list.month)) {
            let mut made = render_result_list(list, &header, self.catalogue)?;
            let notice = self.notice(list, &header, certificates, request)?;
            made.extend(notice.files);
            remarks.extend(notice.notes);
            // only what is written counts
            if made.iter().any(|file| request.takes(PUBLIC, &file.name)) {
                not_entered += list.rows.iter().filter(|row| !row.entered).count();
            }
            remarks.extend(list.diagnostics.findings().iter().take(MOST_REMARKS).map(ToString::to_string));
            files.extend(made);
            masked.append(list.masked.clone());
        }
        let pages = render_site(&PublicSite {
            header: &of_plan,
            plan: &plan,
            lists: &told,
            register: &register,
            certificates,
            catalogue: self.catalogue,
        })?;
        if !masked.counts.is_empty() {
            remarks.push(format!("公开文件已遮盖：{}。请逐条核对后再公布", masked.counts.words()));
        }
        Ok(PublicFiles { files, pages, not_entered, remarks, masked })
    }
}

/// The register as it may go out: reasons without personal data, and none that a spreadsheet takes for a formula. The
/// project's own register stays as it was written.
fn public_register(register: &SealRegister, masker: &Masker, log: &mut MaskLog) -> SealRegister {
    register.with_reasons(|line| {
        let place = format!("封签登记簿 {} 第 {} 次 原因", line.period, line.sequence);
        neutralise(&masker.mask_noted(&line.reason, &place, log)).into_owned()
    })
}

/// Seal, frame and secret of every seal that was given up: what was thrown away can be drawn by anybody.
fn voided_files(project: &Project, register: &SealRegister) -> AppResult<Vec<ExportFile>> {
    let mut files = Vec::new();
    for entry in register.seals().filter(SealEntry::is_voided) {
        let (period, sequence) = (entry.sealed.period, entry.sealed.sequence);
        let folder = project.draw_folder(period, sequence);
        if !folder.join(VOIDED_FILE).exists() {
            continue;
        }
        for name in ["seal.json", "frame.csv", VOIDED_FILE] {
            let bytes = load_bytes(&folder.join(name))?;
            let name = format!("{VOIDED_PREFIX}{period}_{sequence}_{name}");
            files.push(ExportFile { name, bytes, audience: Audience::Public });
        }
    }
    Ok(files)
}

/// What the certificate of a draw hides, and what is sealed so that it can't be hidden any more.
fn note_certificate(opened: &OpenedDraw, log: &mut MaskLog, sealed: &mut Diagnostics) {
    let (draw, masker) = (&opened.draw, Masker::default());
    for change in &draw.changes {
        let DrawChange::Substitute { unit, reason, .. } = change else { continue };
        masker.mask_noted(reason, &format!("抽取证书 {} {unit} 替换理由", draw.period), log);
    }
    let entropy = &draw.seal.entropy;
    let texts = [entropy.source.as_str(), &entropy.reference];
    let units = opened.checks.iter().map(|check| check.unit_id.as_str());
    for text in texts.into_iter().chain(units) {
        let mut counts = MaskCounts::default();
        let shown = masker.mask_text(text, &mut counts);
        if !counts.is_empty() {
            sealed.push(
                Finding::warning("EXP-067", format!("{} 的抽取证书含有个人信息，封存时已写入，不能遮盖", draw.period))
                    .value(shown)
                    .expected(format!("不含个人信息（发现：{}）", counts.words()))
                    .hint("公布这份证书之前请报负责人决定；以后封存的不会再出现"),
            );
        }
    }
}

/// What others said of a draw, with nothing about a person in the names of those who typed its number.
fn public_anchors(mut anchors: Anchors) -> Anchors {
    if let Some(number) = &mut anchors.number {
        number.first = public_words(&number.first);
        number.second = public_words(&number.second);
    }
    anchors
}

/// The certificates that may be public: of draws whose every drawn target was visited or withdrawn, and of those whose
/// day has come, units without a result being masked.
pub(super) fn public_certificates(
    project: &Project,
    draws: &[OpenedDraw],
    register: &SealRegister,
    results: &[CheckResult],
    context: &CommandContext,
) -> AppResult<(Vec<SiteCertificate>, BTreeSet<String>)> {
    let (mut list, mut named) = (Vec::new(), BTreeSet::new());
    for opened in draws {
        let today = context.now.date();
        let certificate = published_certificate(opened, (draws, register), results, &project.policy, today)?;
        let Some(certificate) = certificate else { continue };
        let bytes = certificate.to_json();
        named.extend(certificate.reserves());
        let trust = check_draw_anchors(&opened.draw, &[], Some(&certificate.signed_bytes()))?;
        list.push(SiteCertificate {
            period: opened.draw.period.to_string(),
            sequence: opened.draw.sequence,
            head: certificate.head().map(str::to_owned),
            masked: certificate.masked_count(),
            trust: trust.words(),
            signed: trust.is_signed(),
            anchors: public_anchors(load_anchors(&opened.draw.folder)?).to_json(),
            bytes,
        });
    }
    Ok((list, named))
}
