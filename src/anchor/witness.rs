//! The witness's own log: what it signed, by agency, each line chained to the one before; and its refusals.
//!
//! A witness signs a seal that follows from the last one that it saw of the agency, before the seal's number exists,
//! and one opening of it. A second seal on the same predecessor, a seal whose predecessors it can't follow, a second
//! opening are refused: that is what makes a second history evident.

use serde::{Deserialize, Serialize};

use super::keys::SigningKey;
use super::statement::{Role, SignedStatement, Subject, sign_statement};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::sampling::{Opening, Seal, SealRegister, ShanghaiTime, sha256, to_canonical_json, to_hex};

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LogLine {
    /// SHA-256 of the line before, hexadecimal; empty for the first.
    chain: String,
    /// What was signed.
    signed: SignedStatement,
    /// The seal, where it was one: openings are checked against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seal: Option<Seal>,
}

/// The log of a witness.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WitnessLog {
    lines: Vec<LogLine>,
}

fn refused(code: &'static str, what: String, hint: &str) -> AppError {
    Finding::error(code, what).hint(hint).into()
}

impl WitnessLog {
    /// Reads a log; every line must chain to the one before and be signed by `key`.
    ///
    /// # Errors
    /// `ANC-070` with the line.
    pub fn parse(bytes: &[u8], key: &SigningKey) -> AppResult<Self> {
        let own = key.public().to_text();
        let mut lines = Vec::new();
        let mut chain = String::new();
        for (i, text) in bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty()).enumerate() {
            let line: Option<LogLine> = serde_json::from_slice(text).ok();
            let whole = line.filter(|l| l.chain == chain && l.signed.is_signed() && l.signed.statement.key == own);
            let Some(line) = whole else {
                return Err(refused(
                    "ANC-070",
                    format!("见证日志第 {} 行被改动、不完整，或不是这把密钥签的", i + 1),
                    "请用备份恢复见证日志；不要在残缺的日志上继续见证",
                ));
            };
            chain = to_hex(&sha256(&[text]));
            lines.push(line);
        }
        Ok(Self { lines })
    }

    /// The bytes of the log.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for line in &self.lines {
            out.extend(to_canonical_json(line));
            out.push(b'\n');
        }
        out
    }

    fn push(&mut self, signed: SignedStatement, seal: Option<Seal>) {
        let chain = self.lines.last().map_or_else(String::new, |line| to_hex(&sha256(&[&to_canonical_json(line)])));
        self.lines.push(LogLine { chain, signed, seal });
    }

    fn seals_of<'a>(&'a self, agency: &'a str) -> impl DoubleEndedIterator<Item = &'a Seal> {
        self.lines.iter().filter_map(|line| line.seal.as_ref()).filter(move |seal| seal.agency == agency)
    }

    /// Signs a seal. `register` is needed where seals lie between the last one seen and this.
    ///
    /// # Errors
    /// The seal's own faults (`VER-…`), `ANC-071` after its number, `ANC-072` a second branch, `ANC-073` the way from
    /// the last seal seen isn't shown.
    pub fn sign_seal(
        &mut self,
        seal: &Seal,
        register: Option<&SealRegister>,
        key: &SigningKey,
        now: &ShanghaiTime,
    ) -> AppResult<SignedStatement> {
        if let Some(fault) = seal.faults().into_iter().next() {
            return Err(fault.into());
        }
        let seen = |line: &&LogLine| line.seal.as_ref() == Some(seal);
        if let Some(line) = self.lines.iter().find(seen) {
            return Ok(line.signed.clone());
        }
        if now.as_str() >= seal.entropy.available_at.as_str() {
            return Err(refused(
                "ANC-071",
                format!("公开数已于 {} 产生，此后的见证不能证明封存在先", seal.entropy.available_at),
                "封存之后请立即送见证",
            ));
        }
        let commitment = seal.commitment();
        let branch = |other: &str| {
            refused(
                "ANC-072",
                format!("这份封签与已见证的 {other} 出自同一上级：同一单位出现了第二条记录，拒绝见证"),
                "请要求该单位说明；两份封签都请保存",
            )
        };
        let last = self.seals_of(&seal.agency).next_back();
        if let Some(fork) = self.seals_of(&seal.agency).find(|old| old.previous == seal.previous) {
            return Err(branch(&to_hex(&fork.commitment())));
        }
        if let Some(last) = last {
            let last_commitment = last.commitment();
            if seal.previous != to_hex(&last_commitment) {
                let previous = if seal.previous.is_empty() { "（无）" } else { seal.previous.as_str() };
                let place = |hash| register.and_then(|r| r.seals().position(|entry| entry.sealed.commitment == hash));
                let (from, to) = (place(last_commitment), place(commitment));
                if from.zip(to).is_none_or(|(from, to)| from >= to) {
                    return Err(refused(
                        "ANC-073",
                        format!(
                            "这份封签的上一份是 {}，不是已见证的 {}：看不出它接在已见证的记录之后",
                            previous,
                            to_hex(&last_commitment)
                        ),
                        "中间另有封存的，请用 --register 给出登记簿 register.csv；登记簿也接不上的，拒绝见证",
                    ));
                }
            }
        }
        let signed = sign_statement(key, Role::Witness, (Subject::Seal, &seal.to_json()), seal, now)?;
        self.push(signed.clone(), Some(seal.clone()));
        Ok(signed)
    }

    /// Signs the opening of a seal that it signed.
    ///
    /// # Errors
    /// `ANC-074` the seal wasn't seen, `ANC-079` the opening isn't its, `ANC-075` before the number, `ANC-076` another opening
    /// was signed.
    pub fn sign_opening(
        &mut self,
        opening: &Opening,
        key: &SigningKey,
        now: &ShanghaiTime,
    ) -> AppResult<SignedStatement> {
        let seals = self.lines.iter().filter_map(|line| line.seal.as_ref());
        let Some(seal) = seals.rev().find(|seal| to_hex(&seal.commitment()) == opening.commitment).cloned() else {
            return Err(refused(
                "ANC-074",
                "没有见证过这次封存，不能见证它的开封".to_owned(),
                "封签要在公开数产生之前送见证",
            ));
        };
        if let Some(fault) = opening.faults(&seal).into_iter().next() {
            return Err(refused("ANC-079", format!("开封文件不是这份封签的：{}", fault.text), "请核对送来的文件"));
        }
        if now.as_str() < seal.entropy.available_at.as_str() {
            return Err(refused(
                "ANC-075",
                format!("公开数要到 {} 才产生，现在的开封不可能是真的", seal.entropy.available_at),
                "请核对本机的时间与送来的文件",
            ));
        }
        let bytes = opening.to_json();
        let hash = to_hex(&sha256(&[&bytes]));
        let opened = self.lines.iter().find(|line| {
            line.signed.statement.subject == Subject::Opening && line.signed.statement.commitment == opening.commitment
        });
        match opened {
            Some(line) if line.signed.statement.sha256 == hash => return Ok(line.signed.clone()),
            Some(_) => {
                return Err(refused(
                    "ANC-076",
                    "这次封存已见证过另一份开封，拒绝见证第二份".to_owned(),
                    "请要求该单位说明；两份开封都请保存",
                ));
            }
            None => {}
        }
        let signed = sign_statement(key, Role::Witness, (Subject::Opening, &bytes), &seal, now)?;
        self.push(signed.clone(), None);
        Ok(signed)
    }
}
