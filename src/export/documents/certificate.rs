//! The certificate of a draw on paper: what a wall or a file takes. Verification goes by `certificate.json`.
//!
//! Like that file it names all of the draw's targets, so that it is public only once each was visited.

use std::collections::BTreeMap;

use serde::Serialize;

use super::notice::{PrintColumn, PrintSheet, day_words};
use super::qr::qr_png;
use super::templates::Template;
use super::typeset::{Typeset, Typesetter};
use crate::diagnostic::AppResult;
use crate::domain::PPB;
use crate::sampling::{Certificate, EntropyFormat};
use crate::text::number::{shortened, thousands};

#[derive(Serialize)]
struct Document {
    title: String,
    agency: String,
    day: String,
    marks: Vec<String>,
    facts: Vec<(String, String)>,
    sheets: Vec<PrintSheet>,
    qr: Option<String>,
    note: String,
}

/// A probability as a share of hundred.
#[must_use]
pub(super) fn chance_words(ppb: u64) -> String {
    if ppb == PPB { "1（全数检查）".to_owned() } else { format!("{}%", shortened(ppb as f64 / 1e7, 4)) }
}

fn column(heading: &str, width: u32, centred: bool) -> PrintColumn {
    PrintColumn { heading: heading.to_owned(), width, centred }
}

/// The certificate as PDF. `agency` is the agency's name, `strata` the names of the strata by their ids, `marks` stand
/// at the head of every page.
///
/// # Errors
/// As [`Typesetter::typeset`].
pub fn render_certificate(
    certificate: &Certificate,
    agency: &str,
    strata: &BTreeMap<String, String>,
    marks: Vec<String>,
    typesetter: &Typesetter<'_>,
) -> AppResult<Typeset> {
    let (seal, opening) = (&certificate.seal, &certificate.opening);
    let named = |id: &str| strata.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let format =
        EntropyFormat::from_id(&seal.entropy.format).map_or(seal.entropy.format.as_str(), |format| format.label());
    let facts = [
        ("组织抽取机关", agency.to_owned()),
        ("期次", format!("{} 第 {} 次", seal.period, seal.sequence)),
        ("承诺值", opening.commitment.clone()),
        ("封存时间", seal.sealed_at.clone()),
        ("公开数", format!("{}，{}，{}", seal.entropy.source, seal.entropy.reference, format)),
        ("公开数产生时间", seal.entropy.available_at.clone()),
        ("公开数的值", opening.entropy_value.clone()),
        ("秘密", opening.secret.clone()),
        ("抽样框", format!("{} 个单元", thousands(i128::from(seal.frame_size)))),
        ("抽样框根", seal.frame_root.clone()),
        ("规则文件", seal.policy_sha256.clone()),
        ("名册", seal.roster_sha256.clone()),
        ("抽取方法", seal.method.clone()),
    ];
    let mut facts: Vec<(String, String)> = facts.map(|(label, text)| (label.to_owned(), text)).to_vec();
    facts.extend(certificate.statement.clone().map(|statement| ("声明".to_owned(), statement)));
    facts.extend(certificate.digest.clone().map(|digest| ("证书摘要".to_owned(), digest)));
    let mut files = BTreeMap::new();
    let qr = qr_png(&seal.commitment_text()).map(|png| {
        files.insert("qr.png".to_owned(), png);
        "qr.png".to_owned()
    });
    let document = Document {
        title: format!("{agency}双随机抽取证书"),
        agency: agency.to_owned(),
        day: day_words(typesetter.created.date()),
        marks,
        facts,
        sheets: sheets(certificate, &named),
        qr,
        note: "本件是 certificate.json 的纸质件，核验以该文件为准：用核验网页或本程序的「核验」可重算每一步。"
            .to_owned(),
    };
    let name = format!("抽取证书 {} 第 {} 次", seal.period, seal.sequence);
    typesetter.typeset(Template::Certificate, &name, &document, files)
}

fn sheets(certificate: &Certificate, named: &dyn Fn(&str) -> String) -> Vec<PrintSheet> {
    let quota = |id: &str| certificate.seal.strata.iter().find(|stratum| stratum.id == id);
    let number = |number: Option<u64>| number.map_or_else(|| "—".to_owned(), |n| thousands(i128::from(n)));
    let counts = certificate.strata.iter().map(|stratum| {
        vec![
            named(&stratum.id),
            number(quota(&stratum.id).map(|s| s.size)),
            number(quota(&stratum.id).map(|s| s.draw)),
            number(Some(stratum.selected.len() as u64)),
            number(Some(stratum.substitutes.len() as u64)),
        ]
    });
    let columns = vec![
        column("层", 50, false),
        column("单元数", 14, true),
        column("应抽", 12, true),
        column("入选", 12, true),
        column("替换", 12, true),
    ];
    let mut sheets = vec![PrintSheet::new("各层数量".to_owned(), columns, counts.collect())];
    let mut selected = Vec::new();
    let mut substitutes = Vec::new();
    for stratum in &certificate.strata {
        for unit in &stratum.selected {
            selected.push(vec![
                (selected.len() + 1).to_string(),
                named(&stratum.id),
                unit.row.unit_id.to_string(),
                chance_words(unit.row.pi_ppb),
                unit.ticket.to_string(),
            ]);
        }
        for unit in &stratum.substitutes {
            substitutes.push(vec![
                unit.row.unit_id.to_string(),
                unit.replaces.clone(),
                unit.ticket.to_string(),
                unit.reason.clone(),
            ]);
        }
    }
    let columns = vec![
        column("序号", 7, true),
        column("层", 36, false),
        column("单元", 32, false),
        column("入选概率", 15, true),
        column("号码", 22, true),
    ];
    sheets.push(PrintSheet::new("入选单元（按层内顺序）".to_owned(), columns, selected));
    if !substitutes.is_empty() {
        let columns = vec![
            column("替换单元", 30, false),
            column("所替换的单元", 30, false),
            column("号码", 20, true),
            column("理由", 34, false),
        ];
        sheets.push(PrintSheet::new("替换".to_owned(), columns, substitutes));
    }
    sheets
}
