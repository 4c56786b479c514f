//! The register of seals, the certificates, and the page that checks them.

use crate::diagnostic::{AppError, AppResult};
use crate::sampling::{SealEntry, short_time, to_hex};

use super::super::markup::escape;
use super::super::public::PublicHeader;
use super::html::{Place, page};
use super::{PublicSite, SiteCertificate, VERIFY_PAGE};

/// Where the page takes the document that stands in it.
const EMBEDDED: &str = "<script type=\"application/json\" id=\"embedded\"></script>";
/// Where it takes the anchors of that document.
const ANCHORS: &str = "<script type=\"application/json\" id=\"embedded-anchors\"></script>";
/// Before what the page takes the agency's name and the way back.
const HEADING: &str = "<h1>双随机抽取核验</h1>";

/// The checking page, with a certificate in it where one is given: it is checked as soon as the page opens.
///
/// # Errors
/// `EXP-046` where the certificate is no text.
pub(super) fn verify_page(header: &PublicHeader, certificate: Option<&SiteCertificate>) -> AppResult<Vec<u8>> {
    let agency = escape(&header.agency);
    let home = format!("<p><a href=\"index.html\">{agency}　首页</a></p>\n{HEADING}");
    let page = VERIFY_PAGE.replacen(HEADING, &home, 1);
    let Some(certificate) = certificate else { return Ok(page.into_bytes()) };
    let mut page = page;
    for (place, bytes) in [(EMBEDDED, &certificate.bytes), (ANCHORS, &certificate.anchors)] {
        let text = std::str::from_utf8(bytes)
            .map_err(|cause| AppError::new("EXP-046", "抽取证书不是文本，无法放入网页").caused_by(cause))?;
        // "<" only stands inside strings of JSON, where this is the same character
        let document = place.replacen("></", &format!(">{}</", text.trim().replace('<', "\\u003c")), 1);
        page = page.replacen(place, &document, 1);
    }
    Ok(page.into_bytes())
}

/// `seals.html`: every seal, the newest first, and the certificates that may be public.
pub(super) fn seals_page(site: &PublicSite<'_>) -> Vec<u8> {
    let mut rows = String::new();
    for entry in site.register.seals().rev() {
        rows.push_str(&row(site, &entry));
    }
    let table = if rows.is_empty() {
        "<p class=\"note\">尚未封存。</p>\n".to_owned()
    } else {
        let headings: String = [
            "期间",
            "序号",
            "状态",
            "封存时间",
            "承诺值",
            "公开数产生时间",
            "开封或作废时间",
            "抽取证书",
            "可信程度",
            "变更摘要",
            "说明",
        ]
        .map(|heading| format!("<th scope=\"col\">{heading}</th>"))
        .concat();
        format!(
            "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"封签登记簿\"><table><thead><tr>{headings}</tr>\
             </thead><tbody>\n{rows}</tbody></table></div>\n"
        )
    };
    let body = format!(
        "<p class=\"note\">承诺值是封签的 SHA-256，在公开数产生之前公布：抽样框、规则、名册都已确定，事后不能更改。抽取证书列出抽中的\
         检查对象与开封之后的各项变更，在抽中的检查对象检查完毕后公布；到规则约定的公布日仍未检查的，屏蔽后公布。变更摘要是核验时\
         与证书核对的值。可信程度“自证”指只有机关自己所述，时间戳、信标、见证由第三方给出。</p>\n{table}<p class=\"note\"><a \
         href=\"verify.html\">核验证书或本单位的证明</a></p>\n"
    );
    page(site.header, Place::Seals, "封签与证书", &body)
}

fn row(site: &PublicSite<'_>, entry: &SealEntry<'_>) -> String {
    let line = entry.sealed;
    let state = entry.end.map_or(line.event, |end| end.event).label();
    let period = line.period.to_string();
    let certificate = site.certificates.iter().find(|c| c.period == period && c.sequence == line.sequence);
    let trust = certificate.map(|c| format!("{}；{}", c.trust, if c.signed { "已签名" } else { "未签名" }));
    let head = certificate.and_then(|c| c.head.clone()).unwrap_or_default();
    let masked = certificate.map_or(0, |c| c.masked);
    let certificate = match certificate {
        Some(certificate) => {
            let stem = certificate.stem();
            let masked =
                if masked > 0 { format!("　{masked} 个单元尚未检查，已屏蔽") } else { String::new() };
            format!("<a href=\"{stem}.html\">查看并核验</a>　<a href=\"{stem}.json\" download>下载</a>{masked}")
        }
        None if entry.is_voided() => "作废，没有证书".to_owned(),
        None if line.period.month().is_none() => "年度种子，不抽取检查对象".to_owned(),
        None => "全部检查完毕后公布".to_owned(),
    };
    let reason = entry.end.map(|end| end.reason.as_str()).filter(|text| !text.is_empty()).unwrap_or(&line.reason);
    format!(
        "<tr><td class=\"d\">{}</td><td class=\"n\">{}</td><td class=\"d\">{state}</td><td class=\"d\">{}</td><td \
         class=\"code\">{}</td><td class=\"d\">{}</td><td class=\"d\">{}</td><td class=\"d\">{certificate}</td><td class=\"d\">{}</td><td class=\"code\">{head}</td><td>{}</td></tr>\n",
        escape(&period),
        line.sequence,
        short_time(line.at.as_str()),
        to_hex(&line.commitment),
        short_time(line.available_at.as_str()),
        entry.end.map(|end| short_time(end.at.as_str())).unwrap_or_default(),
        trust.unwrap_or_default(),
        escape(reason)
    )
}
