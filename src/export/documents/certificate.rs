//! The certificate of a draw on paper: what a wall or a file takes. Verification goes by `certificate.json`.
//!
//! Like that file it names all of the draw's targets, so that it is public only once each was visited.

use std::collections::BTreeMap;

use serde::Serialize;

use super::notice::{PrintColumn, PrintSheet, day_words, grouped};
use super::qr::qr_png;
use super::templates::Template;
use super::typeset::{Typeset, Typesetter};
use crate::diagnostic::AppResult;
use crate::domain::PPB;
use crate::sampling::{AnyCertificate, ChangeKind, ChangedFile, ClosedCertificate, EntropyFormat, LogHead, short_time};
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

/// A column, its width in millimetres of the page's 163.
fn column(heading: &str, width: u32, centred: bool) -> PrintColumn {
    PrintColumn { heading: heading.to_owned(), width, centred }
}

/// The certificate as PDF. `agency` is the agency's name, `strata` the names of the strata by their ids, `marks` stand
/// at the head of every page.
///
/// # Errors
/// As [`Typesetter::typeset`].
pub fn render_certificate(
    certificate: &AnyCertificate,
    agency: &str,
    strata: &BTreeMap<String, String>,
    marks: Vec<String>,
    typesetter: &Typesetter<'_>,
) -> AppResult<Typeset> {
    let (seal, opening) = (certificate.seal(), certificate.opening());
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
    facts.extend(certificate.statement().map(|statement| ("声明".to_owned(), statement.to_owned())));
    facts.extend(certificate.mark().map(|(name, mark)| (name.to_owned(), mark.to_owned())));
    if certificate.masked_count() > 0 {
        facts.push(("屏蔽".to_owned(), format!("{} 个单元尚未检查，已屏蔽", certificate.masked_count())));
    }
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

fn sheets(certificate: &AnyCertificate, named: &dyn Fn(&str) -> String) -> Vec<PrintSheet> {
    let number = |number: u64| thousands(i128::from(number));
    let listed = certificate.listed();
    // by stratum: selected, came in
    let mut chosen: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
    for unit in &listed {
        chosen.entry(unit.stratum.as_str()).or_default()[usize::from(unit.replaces.is_some())] += 1;
    }
    let counts = certificate.seal().strata.iter().map(|stratum| {
        let [selected, came_in] = chosen.get(stratum.id.as_str()).copied().unwrap_or_default();
        vec![named(&stratum.id), number(stratum.size), number(stratum.draw), number(selected), number(came_in)]
    });
    let columns = vec![
        column("层", 50, false),
        column("单元数", 14, true),
        column("应抽", 12, true),
        column("入选", 12, true),
        column("替换", 12, true),
    ];
    let mut sheets = vec![PrintSheet::new("各层数量".to_owned(), columns, counts.collect()).on_paper(FILE)];
    let mut selected = Vec::new();
    let mut substitutes = Vec::new();
    for unit in &listed {
        let (name, ticket) = if unit.named {
            (unit.unit.clone(), unit.ticket.to_string())
        } else {
            (MASKED.to_owned(), "—".to_owned())
        };
        match &unit.replaces {
            None => {
                let chance = if unit.named { chance_words(unit.pi_ppb) } else { "—".to_owned() };
                selected.push(vec![(selected.len() + 1).to_string(), named(&unit.stratum), name, chance, ticket]);
            }
            Some((replaces, reason)) => {
                let whom = if replaces.len() == LEAF_DIGITS { MASKED } else { replaces };
                substitutes.push(vec![name, whom.to_owned(), ticket, reason.clone()]);
            }
        }
    }
    let columns = vec![
        column("序号", 9, true),
        column("层", 52, false),
        column("单元", 47, false),
        column("入选概率", 23, true),
        column("号码", 32, true),
    ];
    sheets.push(PrintSheet::new("入选单元（按层内顺序）".to_owned(), columns, selected).on_paper(FILE));
    if !substitutes.is_empty() {
        let columns = vec![
            column("替换单元", 47, false),
            column("所替换的单元", 47, false),
            column("号码", 32, true),
            column("理由", 37, false),
        ];
        sheets.push(PrintSheet::new("替换".to_owned(), columns, substitutes).on_paper(FILE));
    }
    sheets.extend(other_sheets(certificate));
    sheets
}

const fn change_words(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Substitute => "替换",
        ChangeKind::Replace => "更换执法人员",
        ChangeKind::Add => "触发式检查",
    }
}

/// The log beside the draw, in certificates of format 3: its heads at the sealing, the opening and each change, and what
/// another hand did to the project's files.
fn log_sheets(closed: &ClosedCertificate, named: &dyn Fn(&str) -> String) -> Vec<PrintSheet> {
    let (Some(sealed), Some(opened), Some(interventions)) = (&closed.seal.log, &closed.log, &closed.interventions)
    else {
        return Vec::new();
    };
    let row = |what: String, at: &str, head: &LogHead| {
        vec![what, short_time(at), thousands(i128::from(head.size)), grouped(&head.root, 8)]
    };
    let mut rows = vec![row("封存".to_owned(), &closed.seal.sealed_at, sealed), row("开封".to_owned(), "—", opened)];
    for change in &closed.changes {
        let Some(head) = &change.log else { continue };
        rows.push(row(format!("{}：{}", change_words(change.kind), named(&change.unit)), &change.at, head));
    }
    let columns = vec![
        column("事项", 44, false),
        column("时间", 33, true),
        column("日志行数", 15, true),
        column("日志根值", 71, false),
    ];
    let heads = PrintSheet::new("封存、开封与各项变更时的日志根值".to_owned(), columns, rows);
    let columns = vec![
        column("采用时间", 33, true),
        column("采用人、共同负责人", 32, false),
        column("被改动的文件", 54, false),
        column("理由", 44, false),
    ];
    let file = |file: &ChangedFile| {
        let what = match (file.expected.is_empty(), file.found.is_empty()) {
            (true, _) => "不是程序写入",
            (false, true) => "被删除",
            (false, false) => "内容被改动",
        };
        format!("{}（{what}）", file.path)
    };
    let rows: Vec<Vec<String>> = interventions
        .iter()
        .map(|one| {
            let files = one.changed.iter().map(file).collect::<Vec<_>>().join("；");
            vec![short_time(&one.at), format!("{}、{}", one.operator, one.second), files, one.reason.clone()]
        })
        .collect();
    let none = rows.is_empty();
    let mut by_hand = PrintSheet::new("外部改动".to_owned(), columns, rows);
    by_hand.notes = vec![
        if none {
            "没有外部改动：项目文件都由本程序写入。"
        } else {
            "以上文件在程序之外被改动，由两人具名采用后抽取才继续；其散列值见 certificate.json。"
        }
        .to_owned(),
    ];
    vec![heads, by_hand]
}

/// Where the rows are that paper doesn't hold.
const FILE: &str = " certificate.json";
/// What stands for a unit that is not named yet.
const MASKED: &str = "尚未检查，已屏蔽";
/// A leaf's digits; an id is shorter.
const LEAF_DIGITS: usize = 64;

/// Reserves passed over, other inspectors, triggered checks, earlier seals: in certificates from format 2 on; the log, in
/// those of format 3.
fn other_sheets(certificate: &AnyCertificate) -> Vec<PrintSheet> {
    let AnyCertificate::Second(closed) = certificate else { return Vec::new() };
    let names = closed.names();
    let named = |leaf: &str| names.get(leaf).cloned().unwrap_or_else(|| MASKED.to_owned());
    let mut sheets = Vec::new();
    let changes = closed.changes.iter().filter(|change| change.kind != ChangeKind::Substitute);
    let rows: Vec<Vec<String>> = changes
        .map(|change| {
            let what = change_words(change.kind).to_owned();
            vec![what, named(&change.unit), change.person.clone(), change.reason.clone(), short_time(&change.at)]
        })
        .collect();
    if !rows.is_empty() {
        let columns = vec![
            column("变更", 20, false),
            column("单元", 44, false),
            column("执法证号", 22, false),
            column("理由", 44, false),
            column("时间", 33, true),
        ];
        sheets.push(PrintSheet::new("其他变更".to_owned(), columns, rows).on_paper(FILE));
    }
    let skipped = closed.changes.iter().flat_map(|change| &change.skipped);
    let rows: Vec<Vec<String>> = skipped.map(|one| vec![named(&one.unit), one.ground.clone()]).collect();
    if !rows.is_empty() {
        let columns = vec![column("略过的备选", 60, false), column("原因", 30, false)];
        sheets.push(PrintSheet::new("略过的备选".to_owned(), columns, rows).on_paper(FILE));
    }
    let rows: Vec<Vec<String>> = closed
        .earlier
        .iter()
        .map(|entry| {
            vec![
                entry.seal.sequence.to_string(),
                short_time(&entry.seal.sealed_at),
                format!("{} {}", short_time(&entry.at), entry.state.label()),
                format!("{}；{}", entry.reason, entry.again).trim_start_matches('；').to_owned(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let columns = vec![
            column("次", 6, true),
            column("封存时间", 26, false),
            column("结束", 32, false),
            column("作废与再次封存的理由", 40, false),
        ];
        sheets.push(PrintSheet::new("本期以往的封存".to_owned(), columns, rows));
    }
    sheets.extend(log_sheets(closed, &named));
    sheets
}
