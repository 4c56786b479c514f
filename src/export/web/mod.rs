//! The public pages: what a bureau puts on any web server, or opens from disk.
//!
//! Plain files with ASCII names, each whole in itself: style, script and data stand in the page, so that nothing is
//! fetched and `file://` works. They are made of the lists that are public already (masked, visited targets only) and
//! of nothing else; [`super::write_export`] searches them as it does every public file.

mod html;
mod lists;
mod seals;

use crate::diagnostic::AppResult;
use crate::disclosure::{Audience, ResultList, YearPlan};
use crate::sampling::SealRegister;

use self::html::{Place, figures, page, put, table};
use super::columns::ColumnCatalogue;
use super::manifest::ExportFile;
use super::markup::escape;
use super::public::{PublicHeader, year_plan_sheets};

/// The page that checks certificates and proofs, alone: no network, no library.
const VERIFY_PAGE: &str = include_str!("../../../assets/web/verify.html");

/// A draw whose certificate may be public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteCertificate {
    /// `2027-03`.
    pub period: String,
    /// From 1 within the period.
    pub sequence: u64,
    /// Bytes of `certificate.json`.
    pub bytes: Vec<u8>,
    /// The last value of its changes' chain; none in format 1.
    pub head: Option<String>,
    /// Units that it does not name yet.
    pub masked: usize,
    /// Levels of trust, in words.
    pub trust: String,
    /// True where the office signed it.
    pub signed: bool,
    /// Bytes of `anchors.json`.
    pub anchors: Vec<u8>,
}

impl SiteCertificate {
    /// True for the certificate of that draw.
    #[must_use]
    pub fn is_of(&self, period: &str, sequence: u64) -> bool {
        self.period == period && self.sequence == sequence
    }

    /// `certificate-2027-03-1`.
    fn stem(&self) -> String {
        format!("certificate-{}-{}", self.period, self.sequence)
    }
}

/// What the pages are made of.
#[derive(Debug, Clone, Copy)]
pub struct PublicSite<'a> {
    /// Agency, program, time, mark.
    pub header: &'a PublicHeader,
    /// The year's plan.
    pub plan: &'a YearPlan,
    /// The lists of the months that have results, in order.
    pub lists: &'a [ResultList],
    /// Every seal.
    pub register: &'a SealRegister,
    /// Certificates of the draws that are closed.
    pub certificates: &'a [SiteCertificate],
    /// Columns and their headings.
    pub catalogue: &'a ColumnCatalogue,
}

fn file(name: impl Into<String>, bytes: Vec<u8>) -> ExportFile {
    ExportFile { name: name.into(), bytes, audience: Audience::Public }
}

/// The folder's files: `index.html`, `plan.html`, `results-MONTH.html`, `seals.html`, `verify.html`, and of each
/// certificate its file, what others say of it, and a page that checks it.
///
/// # Errors
/// `EXP-046` where a certificate is no text.
pub fn render_site(site: &PublicSite<'_>) -> AppResult<Vec<ExportFile>> {
    let mut files = vec![
        file("index.html", index_page(site)),
        file("plan.html", plan_page(site)),
        file("seals.html", seals::seals_page(site)),
        file("verify.html", seals::verify_page(site.header, None)?),
    ];
    files.extend(site.lists.iter().map(|list| file(lists::list_name(list), lists::list_page(site, list))));
    for certificate in site.certificates {
        files.push(file(format!("{}.html", certificate.stem()), seals::verify_page(site.header, Some(certificate))?));
        files.push(file(format!("{}.json", certificate.stem()), certificate.bytes.clone()));
        files.push(file(format!("{}.anchors.json", certificate.stem()), certificate.anchors.clone()));
    }
    Ok(files)
}

fn index_page(site: &PublicSite<'_>) -> Vec<u8> {
    let published: usize = site.lists.iter().map(|list| list.rows.len()).sum();
    let withheld: usize = site.lists.iter().map(|list| list.withheld.len()).sum();
    let late: usize = site.lists.iter().map(lists::late).sum();
    let year: u64 = site.plan.rows.iter().map(|row| row.number).sum();
    let mut body = figures(&[
        ("全年计划检查（次）", year.to_string()),
        ("已公开结果（项）", published.to_string()),
        ("依法不予公开（项）", withheld.to_string()),
        ("逾期公开（项）", late.to_string()),
    ]);
    body.push_str("<h2>每月检查结果</h2>\n");
    body.push_str(&lists::months_table(site));
    put(
        &mut body,
        format_args!(
            "<h2>年度检查计划</h2>\n<p><a href=\"plan.html\">{}年度双随机检查计划（第 {} 版）</a></p>\n<h2>抽取的公开与核验</h2>\n<p>\
         每次抽取之前公布承诺值，公开数产生之后才能开封；全部检查完毕后公布抽取证书。见<a \
         href=\"seals.html\">封签与证书</a>；任何人可以用<a href=\"verify.html\">核验页</a>核对证书与自己的证明，计算在本机完成。\
         </p>\n",
            site.plan.year, site.plan.version
        ),
    );
    page(site.header, Place::Index, &format!("{}年“双随机、一公开”执法检查", site.plan.year), &body)
}

fn plan_page(site: &PublicSite<'_>) -> Vec<u8> {
    let mut body = String::new();
    for sheet in year_plan_sheets(site.plan, site.catalogue) {
        put(&mut body, format_args!("<h2>{}</h2>\n{}", escape(&sheet.name), table(&sheet, "", |_, _| None)));
    }
    let title = format!("{}{}年度双随机检查计划", site.plan.agency, site.plan.year);
    page(site.header, Place::Plan, &title, &body)
}
