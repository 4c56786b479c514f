//! `proof-UNIT.json`: one unit's own proof, drawn or not.
//!
//! A company checks with it that its row is in the sealed frame with the probability stated, and after the
//! opening its ticket, its key and whether it was drawn. It shows nothing of any other unit: a salt known to
//! the bureau alone keeps the neighbours' leaves from being guessed.

use serde::{Deserialize, Serialize};

use super::certificate::{CertificateUnit, DEMONSTRATION, check_path, compute_certificate_unit};
use super::draw::DrawOrder;
use super::fault::{CheckReport, Fault};
use super::frame::{FrameRow, SamplingFrame};
use super::hash::{Hash32, to_hex};
use super::json::{parse_value, to_canonical_json, typed};
use super::merkle::MerkleTree;
use super::opening::{DrawSeed, Opening};
use super::probability::agrees;
use super::reading::AnyCertificate;
use super::seal::Seal;
use super::ticket::{TicketMaker, compute_key, key_from_hex, key_to_hex};
use super::told::{ToldDraw, check_told, told_faults};
use super::verify::{check_published, check_statement, commitment_faults, opening_faults, seal_faults, secret_faults};
use crate::diagnostic::{AppError, AppResult};
use crate::domain::PPB;

/// The `format` of a proof of a draw that version 0.1 sealed.
pub const PROOF_FORMAT_1: &str = "fairdraw-proof/1";
/// The `format` of a proof of a seal of format 2.
pub const PROOF_FORMAT: &str = "fairdraw-proof/2";

/// A unit's proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitProof {
    /// [`PROOF_FORMAT`], or [`PROOF_FORMAT_1`] with a seal of format 1.
    pub format: String,
    /// The unit's row.
    pub row: FrameRow,
    /// Its index in the frame, from 0.
    pub index: u64,
    /// Audit path, leaf side first.
    pub path: Vec<String>,
    /// The seal.
    pub seal: Seal,
    /// Present once opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<ProofDraw>,
    /// What a unit on the month's list is told before the opening is published; in format 2, and never beside `draw`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<ToldDraw>,
    /// What a reader must be told; in format 1 alone. That a seal is a demonstration's it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

/// What the opening made of the unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofDraw {
    /// The opening.
    pub opening: Opening,
    /// The unit's ticket.
    pub ticket: u64,
    /// Its key; empty for an excluded unit.
    pub key: String,
    /// Its stratum's threshold; empty without reserves.
    pub threshold: String,
    /// The stratum's first reserve, whose key is the threshold: a sealed unit's, so that it can't be any number. In
    /// format 2, and not in the text of a code, which has no room for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve: Option<CertificateUnit>,
}

/// What a proof says of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofOutcome {
    /// Probability 0, with its reason in the row.
    Excluded,
    /// Selected.
    Selected,
    /// In the draw, not selected.
    NotSelected,
    /// The seal is not opened yet, or its opening not published.
    NotOpened,
    /// The opening is not published; the office says that it was selected.
    ToldSelected,
    /// The opening is not published; the office says that it came in for another unit.
    ToldReplacement,
}

impl ProofOutcome {
    /// The Chinese words shown to users.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Excluded => "本期不参加抽取",
            Self::Selected => "抽中",
            Self::NotSelected => "未抽中",
            Self::NotOpened => "尚未开封",
            Self::ToldSelected => "机关告知抽中",
            Self::ToldReplacement => "机关告知替换列入",
        }
    }
}

/// Makes a unit's proof; with the opening and the draw once opened.
///
/// # Errors
/// `SMP-040` where the unit is not in the frame, `VER-014` where the opening is not the seal's.
pub fn compute_proof(
    frame: &SamplingFrame,
    tree: &MerkleTree,
    seal: &Seal,
    opened: Option<(&Opening, &DrawOrder)>,
    unit_id: &str,
) -> AppResult<UnitProof> {
    let missing = || {
        AppError::new("SMP-040", "抽样框中没有这个单元")
            .with(|f| f.value(unit_id).hint("请核对排污许可证编号或登记编号；抽样框含名录中的全部单元"))
    };
    let index = frame.position(unit_id).ok_or_else(missing)?;
    let row = frame.to_row(index).ok_or_else(missing)?;
    let path = tree.path(index).ok_or_else(missing)?.iter().map(|hash| to_hex(hash)).collect();
    let draw = match opened {
        None => None,
        Some((opening, order)) => {
            let seed =
                opening.seed(seal).ok_or_else(|| AppError::new("VER-007", "开封文件中的秘密写法不对，无法出具证明"))?;
            let unit = compute_certificate_unit(frame, tree, &seed, index).ok_or_else(missing)?;
            let stratum = order.strata.iter().find(|s| s.id == row.stratum.as_str());
            Some(ProofDraw {
                opening: opening.clone(),
                ticket: unit.ticket,
                key: unit.key,
                threshold: stratum.map(super::draw::StratumOrder::threshold).unwrap_or_default(),
                reserve: stratum
                    .filter(|_| !seal.is_format_1() && row.pi_ppb > 0)
                    .and_then(|s| s.reserves().first())
                    .and_then(|reserve| compute_certificate_unit(frame, tree, &seed, reserve.row as usize)),
            })
        }
    };
    Ok(UnitProof {
        format: if seal.is_format_1() { PROOF_FORMAT_1 } else { PROOF_FORMAT }.to_owned(),
        row,
        index: index as u64,
        path,
        seal: seal.clone(),
        draw,
        told: None,
        statement: None,
    })
}

impl UnitProof {
    /// Reads `proof-UNIT.json`.
    ///
    /// # Errors
    /// Not readable, unknown fields, wrong types: the fault says which.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        typed(parse_value(bytes, "proof")?, "proof")
    }

    /// The file's bytes.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        to_canonical_json(self)
    }

    /// The proof without the first reserve's row: what fits a code.
    #[must_use]
    pub fn for_code(mut self) -> Self {
        if let Some(draw) = &mut self.draw {
            draw.reserve = None;
        }
        self
    }

    /// What a reader must be told: of a demonstration what its seal says, else what is written.
    #[must_use]
    pub fn statement(&self) -> Option<&str> {
        if self.seal.is_demonstration() { Some(DEMONSTRATION) } else { self.statement.as_deref() }
    }

    /// What the proof says of its unit, provided that it checks.
    #[must_use]
    pub fn outcome(&self) -> ProofOutcome {
        match &self.draw {
            _ if self.row.pi_ppb == 0 => ProofOutcome::Excluded,
            None => self.told.as_ref().map_or(ProofOutcome::NotOpened, ToldDraw::outcome),
            Some(draw) => {
                let limit = key_from_hex(&draw.threshold).unwrap_or(f64::INFINITY);
                match key_from_hex(&draw.key) {
                    Some(key) if key < limit => ProofOutcome::Selected,
                    _ => ProofOutcome::NotSelected,
                }
            }
        }
    }
}

/// Checks a unit's proof. That its threshold is that of the draw the certificate says, or the frame: without either it
/// is the office's word, and a step says so.
#[must_use]
pub fn check_proof(proof: &UnitProof, published: Option<&str>) -> CheckReport {
    let mut report = CheckReport::default();
    let first = proof.format == PROOF_FORMAT_1;
    if proof.format != PROOF_FORMAT && !first {
        let text = format!("证明格式「{}」无法识别，应为 {PROOF_FORMAT} 或 {PROOF_FORMAT_1}", proof.format);
        report.step("证明格式", "", vec![Fault::new("VER-003", text, "format")]);
        return report;
    }
    let has_reserve = proof.draw.as_ref().is_some_and(|draw| draw.reserve.is_some());
    let alien = if first { has_reserve || proof.told.is_some() } else { proof.statement.is_some() };
    let alien = alien || proof.draw.is_some() && proof.told.is_some();
    if first != proof.seal.is_format_1() || alien {
        let text = format!("证明格式「{}」与封签格式「{}」或其字段不相配", proof.format, proof.seal.format);
        report.step("证明格式", "", vec![Fault::new("VER-068", text, "proof: format of another seal")]);
        return report;
    }
    report.step("封签格式", "封签字段齐全、写法正确", seal_faults(&proof.seal));
    if !report.is_verified() {
        return report;
    }
    let commitment = proof.seal.commitment();
    check_published(&mut report, &commitment, published);
    let unit = proof.row.unit_id.as_str();
    let listed = match check_path(&proof.row, proof.index, &proof.path, &proof.seal) {
        Ok(()) => Vec::new(),
        Err(why) => {
            vec![Fault::new(
                "VER-032",
                format!("{unit} 不在封签的抽样框中：{why}"),
                format!("{unit}: not in the sealed frame"),
            )]
        }
    };
    report.step("单元在抽样框中", format!("{unit} 为第 {} 行", proof.index + 1), listed);
    let stratum = proof.seal.strata.iter().find(|s| s.id == proof.row.stratum.as_str());
    let row = if stratum.is_some() && agrees(&proof.row.view()) {
        Vec::new()
    } else {
        vec![Fault::new(
            "VER-017",
            format!("{unit} 的层、概率、排序参数与原因互相矛盾"),
            format!("frame: {unit}: pi, rank and reason do not agree"),
        )]
    };
    report.step("入选概率", describe(&proof.row), row);
    match &proof.draw {
        None => match &proof.told {
            None => report.skip("抽取", "尚未开封"),
            Some(told) => check_told(&mut report, proof, told),
        },
        Some(draw) => check_draw_part(&mut report, proof, draw, &commitment),
    }
    check_statement(&mut report, &proof.seal, proof.statement.as_deref());
    report
}

fn check_draw_part(report: &mut CheckReport, proof: &UnitProof, draw: &ProofDraw, commitment: &Hash32) {
    let unit = proof.row.unit_id.as_str();
    report.step("开封格式", "开封文件写法正确", opening_faults(&draw.opening, &proof.seal));
    report.step("承诺值", to_hex(commitment), commitment_faults(&draw.opening, commitment));
    report.step("秘密", "秘密与封签相符", secret_faults(&draw.opening, &proof.seal));
    let Some(seed) = draw.opening.seed(&proof.seal) else {
        return;
    };
    let ticket = TicketMaker::new(&seed).ticket(unit);
    let key = if proof.row.rank_ppb == 0 || proof.row.rank_ppb > PPB {
        String::new()
    } else {
        key_to_hex(compute_key(ticket, proof.row.rank_ppb))
    };
    let mut faults = Vec::new();
    if ticket != draw.ticket || key != draw.key {
        faults.push(Fault::new(
            "VER-034",
            format!("{unit} 的票号或排序值与重新计算的不一致"),
            format!("{unit}: ticket or key"),
        ));
    }
    if !draw.threshold.is_empty() && key_from_hex(&draw.threshold).is_none() {
        faults.push(Fault::new("VER-035", format!("{unit} 的界限值写法不对"), format!("{unit}: key and threshold")));
    }
    report.step("票号与排序值", format!("票号 {ticket}；{}", proof.outcome().label()), faults);
    check_threshold(report, proof, draw, &seed);
}

/// Whether the threshold is the key of a sealed unit of the stratum, and not of one of those selected.
fn check_threshold(report: &mut CheckReport, proof: &UnitProof, draw: &ProofDraw, seed: &DrawSeed) {
    const NAME: &str = "界限值";
    if proof.row.pi_ppb == 0 {
        if draw.reserve.is_some() {
            let text = "不参加抽取的单元没有界限可比，不应有第一备选".to_owned();
            report.step(NAME, "", vec![Fault::new("VER-069", text, "reserve of an excluded unit")]);
        }
        return;
    }
    let sealed = proof.seal.strata.iter().find(|s| s.id == proof.row.stratum.as_str());
    let has_reserves = sealed.is_some_and(|s| s.size > s.draw);
    if proof.format == PROOF_FORMAT && draw.threshold.is_empty() == has_reserves {
        let text = "界限值的有无与封签的规模、抽取数不符".to_owned();
        report.step(NAME, "", vec![Fault::new("VER-070", text, "threshold")]);
        return;
    }
    if !has_reserves && draw.reserve.is_none() {
        report.step(NAME, "本层全部抽取，没有备选", Vec::new());
        return;
    }
    let Some(reserve) = &draw.reserve else {
        report.skip(NAME, "界限值是机关所述：抽中与否请与公布的证书核对");
        return;
    };
    let (row, seal) = (&reserve.row, &proof.seal);
    let unit = row.unit_id.as_str();
    let bad = |text: String| vec![Fault::new("VER-071", text, format!("{unit}: first reserve"))];
    let ticket = TicketMaker::new(seed).ticket(unit);
    let faults = if let Err(why) = check_path(row, reserve.index, &reserve.path, seal) {
        bad(format!("第一备选 {unit} 不在封签的抽样框中：{why}"))
    } else if row.stratum != proof.row.stratum || row.rank_ppb == 0 || !agrees(&row.view()) {
        bad(format!("第一备选 {unit} 不是本层可抽的单元"))
    } else if reserve.ticket != ticket || reserve.key != key_to_hex(compute_key(ticket, row.rank_ppb)) {
        bad(format!("第一备选 {unit} 的票号或排序值与重新计算的不一致"))
    } else if reserve.key != draw.threshold {
        bad(format!("界限值不是第一备选 {unit} 的排序值"))
    } else {
        Vec::new()
    };
    let words = format!("为 {unit} 的排序值；它是第一备选，由公布的证书或抽样框核对");
    report.step(NAME, words, faults);
}

/// Holds a proof against the certificate of its draw: with it nothing in the proof is the office's word.
#[must_use]
pub fn check_proof_with(proof: &UnitProof, certificate: &AnyCertificate) -> CheckReport {
    const NAME: &str = "与证书一致";
    let mut report = CheckReport::default();
    let unit = proof.row.unit_id.as_str();
    let bad = |text: String| vec![Fault::new("VER-060", text, format!("{unit}: proof and certificate"))];
    if *certificate.seal() != proof.seal {
        report.step(NAME, "", bad("证明与证书不是同一次封存的".to_owned()));
        return report;
    }
    let Some(draw) = &proof.draw else {
        match &proof.told {
            None => report.skip(NAME, "证明不含抽取结果；证书已公布的，请重新索取证明"),
            Some(told) => {
                let faults = told_faults(proof, told, certificate).map_or_else(Vec::new, bad);
                report.step(NAME, format!("{unit} {}，证书也是", told.outcome().label()), faults);
            }
        }
        return report;
    };
    let leaf = to_hex(&proof.row.view().leaf());
    let listed = certificate
        .listed()
        .iter()
        .any(|listed| listed.replaces.is_none() && (listed.unit == unit || (!listed.named && listed.unit == leaf)));
    let selected = proof.outcome() == ProofOutcome::Selected;
    let faults = if draw.opening != *certificate.opening() {
        bad("证明中的开封与证书不同".to_owned())
    } else if certificate.threshold(proof.row.stratum.as_str()) != Some(draw.threshold.as_str()) {
        bad("证明中的界限值与证书不同".to_owned())
    } else if listed != selected {
        let (proved, held) = if selected { ("抽中", "未列出") } else { ("未抽中", "列为抽中") };
        bad(format!("{unit} 在证明中{proved}，证书{held}"))
    } else {
        Vec::new()
    };
    report.step(NAME, format!("{unit} {}，证书也是", proof.outcome().label()), faults);
    report
}

fn describe(row: &FrameRow) -> String {
    let percent = format!("{}.{:07} %", row.pi_ppb / 10_000_000, row.pi_ppb % 10_000_000);
    if row.reason.is_empty() { percent } else { format!("{percent}，原因 {}", row.reason) }
}
