//! A unit's own proof as the text of a QR code: read by a company's phone at the gate.
//!
//! The proof's JSON is packed value by value by a coder that knows what proofs look like ([`packing`]) and written in
//! decimal digits, seven bytes in seventeen: a QR code holds digits in a third of the room of letters, and an address's
//! fragment takes them as they are. `assets/web/verify.html`, `fairdraw verify` and `tests/reference/draw.py` read it
//! back into canonical JSON and check that, so that nothing has to be believed of the packing. Codes of the first kind
//! (`FD1:`, deflated) are on paper already and are read for ever. Both are described in `docs/draw.md`, "The proof as a
//! code".

mod coder;
mod packing;

use std::fmt::Write as _;
use std::io::Read as _;

use flate2::read::DeflateDecoder;
use serde_json::{Map, Value};

use crate::sampling::{Fault, UnitProof, to_canonical_json, to_hex};

/// How the text of a code begins, behind the address's `#` too.
const MARK: &str = "FD2:";
/// How that of the first kind begins.
const MARK_1: &str = "FD1:";

/// Words that a code holds by number, in this order for ever.
const WORDS: [&str; 89] = [
    "format",
    "row",
    "index",
    "path",
    "seal",
    "draw",
    "statement",
    "opening",
    "ticket",
    "key",
    "threshold",
    "commitment",
    "secret",
    "entropy_value",
    "agency",
    "period",
    "sequence",
    "previous",
    "sealed_at",
    "method",
    "program",
    "frame_root",
    "frame_size",
    "strata",
    "inputs_sha256",
    "policy_sha256",
    "roster_sha256",
    "secret_sha256",
    "entropy",
    "source",
    "reference",
    "available_at",
    "id",
    "size",
    "fairdraw-proof/1",
    "fairdraw-seal/1",
    "fairdraw-opening/1",
    "pareto-pps/1",
    "ssq",
    "dice",
    "drand",
    "中国福利彩票双色球",
    "演示用公开数（事先已知）",
    "演示：公共数字事先已知，本证书不证明抽取公正",
    "pareto-pps/2",
    "fairdraw-proof/2",
    "fairdraw-seal/2",
    "counts",
    "excluded",
    "mandatory",
    "reason",
    "units",
    "earlier",
    "program_sha256",
    "reserve",
    "closed",
    "moved",
    "stopped",
    "merged",
    "positive_list",
    "no_roster",
    "set_aside",
    "window",
    "offered",
    "no_frequency",
    "no_quota",
    "certain",
    "cap",
    "visited",
    "mandatory_renewal",
    "mandatory_recheck",
    "told",
    "entered",
    "drawn",
    "replacement",
    "head",
    "fairdraw-seal/3",
    "log",
    "root",
    "interventions",
    "grounds",
    "imported",
    "recusal",
    "mandatory_ahead",
    "mandatory_first",
    "mandatory_change",
    "recheck",
    "rectification_due",
    "mixed",
];

/// Bytes that are written as one number.
const CHUNK: usize = 7;
/// Digits that 0 to 7 bytes need.
const DIGITS: [usize; CHUNK + 1] = [0, 3, 5, 8, 10, 13, 15, 17];
/// Most bytes that a code of the first kind is inflated to.
const LARGEST: u64 = 1 << 20;
/// Deepest nesting that is read.
const DEEPEST: u32 = 8;
/// Most rows or members that are read.
const LONGEST: u64 = 1 << 16;

/// The text of a proof's code: `ADDRESS#FD2:…`, where `address` is that of the bureau's page (`https://…/verify.html`),
/// or `FD2:…` alone, to be pasted into the page. ASCII; digits alone behind the mark (`docs/draw.md` has the sizes).
#[must_use]
pub fn proof_qr_text(proof: &UnitProof, address: Option<&str>) -> String {
    // the type has string keys and no fallible parts, so that this can't fail
    let value = serde_json::to_value(proof.clone().for_code()).unwrap_or_default();
    let mut text = address.map(|address| format!("{}#", address.trim())).unwrap_or_default();
    text.push_str(MARK);
    for chunk in packing::pack(&value).chunks(CHUNK) {
        let number = chunk.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        // writing to a text can't fail
        let _ = write!(text, "{number:0width$}", width = DIGITS[chunk.len()]);
    }
    text
}

/// A proof from its file, or from the text of its code with or without the address before it.
///
/// # Errors
/// As [`UnitProof::parse`]; `VER-080` where the text of a code is not whole.
pub fn read_proof(bytes: &[u8]) -> Result<UnitProof, Fault> {
    match code_of(bytes) {
        None => UnitProof::parse(bytes),
        Some((first, digits)) => {
            let value = digits_to_bytes(digits)
                .and_then(|packed| if first { unpack_1(&packed) } else { packing::unpack(&packed) });
            let broken = || Fault::new("VER-080", "二维码的文字不完整或被改动", "proof: not readable");
            UnitProof::parse(&to_canonical_json(&value.ok_or_else(broken)?))
        }
    }
}

/// True for the text of a code, whole or not.
#[must_use]
pub fn is_proof_code(bytes: &[u8]) -> bool {
    code_of(bytes).is_some()
}

/// The digits of a text that is one of a code, and whether it is of the first kind.
fn code_of(bytes: &[u8]) -> Option<(bool, &str)> {
    let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim();
    // in front of the mark stands nothing, or the address of the page
    let text = text.rsplit_once('#').map_or(text, |(_, code)| code);
    text.strip_prefix(MARK).map(|digits| (false, digits)).or_else(|| Some((true, text.strip_prefix(MARK_1)?)))
}

/// The bytes that digits stand for; `None` where they are none that [`proof_qr_text`] writes.
fn digits_to_bytes(digits: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for part in digits.as_bytes().chunks(DIGITS[CHUNK]) {
        let count = DIGITS.iter().position(|digits| *digits == part.len())?;
        let number = part
            .iter()
            .try_fold(0_u64, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u64::from(digit - b'0')))?;
        if number >> (8 * count) != 0 {
            return None;
        }
        bytes.extend(number.to_be_bytes().get(CHUNK + 1 - count..)?);
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// The value of a code of the first kind.
fn unpack_1(deflated: &[u8]) -> Option<Value> {
    let mut packed = Vec::new();
    DeflateDecoder::new(deflated).take(LARGEST).read_to_end(&mut packed).ok()?;
    let mut left = packed.as_slice();
    let value = take_value(&mut left, 0)?;
    left.is_empty().then_some(value)
}

fn take<'a>(left: &mut &'a [u8], count: u64) -> Option<&'a [u8]> {
    let (taken, rest) = left.split_at_checked(usize::try_from(count).ok()?)?;
    *left = rest;
    Some(taken)
}

fn take_whole(left: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for at in 0..9 {
        let byte = *take(left, 1)?.first()?;
        number |= u64::from(byte & 127) << (7 * at);
        if byte < 128 {
            return Some(number);
        }
    }
    None
}

fn take_count(left: &mut &[u8]) -> Option<usize> {
    take_whole(left).filter(|count| *count <= LONGEST).map(|count| count as usize)
}

fn take_key(left: &mut &[u8], depth: u32) -> Option<String> {
    take_value(left, depth)?.as_str().map(str::to_owned)
}

fn take_value(left: &mut &[u8], depth: u32) -> Option<Value> {
    let tag = *take(left, 1).filter(|_| depth <= DEEPEST)?.first()?;
    Some(match tag {
        0 => {
            let count = take_whole(left)?;
            Value::from(std::str::from_utf8(take(left, count)?).ok()?)
        }
        1 => {
            let count = take_whole(left)?;
            Value::from(to_hex(take(left, count)?))
        }
        2 => Value::from(take_whole(left)?),
        3 => Value::from(*WORDS.get(usize::from(*take(left, 1)?.first()?))?),
        4 => (0..take_count(left)?).map(|_| take_value(left, depth + 1)).collect::<Option<Vec<_>>>()?.into(),
        5 => {
            let mut map = Map::new();
            for _ in 0..take_count(left)? {
                map.insert(take_key(left, depth + 1)?, take_value(left, depth + 1)?);
            }
            Value::Object(map)
        }
        6 => {
            let (rows, columns) = (take_count(left)?, take_count(left)?);
            let mut made = vec![Map::new(); rows];
            for _ in 0..columns {
                let key = take_key(left, depth + 1)?;
                for row in &mut made {
                    row.insert(key.clone(), take_value(left, depth + 1)?);
                }
            }
            made.into_iter().map(Value::Object).collect()
        }
        7 => (0..take_count(left)?).map(|_| take_whole(left).map(Value::from)).collect::<Option<Vec<_>>>()?.into(),
        _ => return None,
    })
}
