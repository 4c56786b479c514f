//! A unit's own proof as the text of a QR code: read by a company's phone at the gate.
//!
//! The proof's JSON is packed value by value (known words by number, hexadecimal digits as bytes, rows of one shape
//! column after column), deflated (RFC 1951) and written in decimal digits, seven bytes in seventeen: a QR code holds
//! digits in a third of the room of letters, and an address's fragment takes them as they are. `assets/web/verify.html`
//! reads it back into canonical JSON and checks that, so that nothing has to be believed of the packing. The format is
//! described in `docs/draw.md`, "The proof as a code".

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::Value;

use crate::sampling::UnitProof;

/// How the text of a code begins, behind the address's `#` too.
const PROOF_CODE_MARK: &str = "FD1:";

/// Words that a code holds by number, in this order for ever.
const WORDS: [&str; 83] = [
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
];

/// Shortest text of hexadecimal digits that is held as bytes.
const SHORTEST_HEX: usize = 8;
/// Bytes that are written as one number.
const CHUNK: usize = 7;
/// Digits that 0 to 7 bytes need.
const DIGITS: [usize; CHUNK + 1] = [0, 3, 5, 8, 10, 13, 15, 17];

/// The text of a proof's code: `ADDRESS#FD1:…`, where `address` is that of the bureau's page (`https://…/verify.html`),
/// or `FD1:…` alone, to be pasted into the page. ASCII; digits alone behind the mark, so that a code of version 25 to
/// 33 holds it at error level L or M (`docs/draw.md` has the sizes).
#[must_use]
pub fn proof_qr_text(proof: &UnitProof, address: Option<&str>) -> String {
    let mut packed = Vec::new();
    // the type has string keys and no fallible parts, so that this can't fail
    if let Ok(value) = serde_json::to_value(proof.clone().for_code()) {
        push_value(&value, &mut packed);
    }
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    // a vector takes every byte
    let deflated = encoder.write_all(&packed).and_then(|()| encoder.finish()).unwrap_or_default();
    let mut text = address.map(|address| format!("{}#", address.trim())).unwrap_or_default();
    text.push_str(PROOF_CODE_MARK);
    for chunk in deflated.chunks(CHUNK) {
        let number = chunk.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let _ = write!(text, "{number:0width$}", width = DIGITS[chunk.len()]);
    }
    text
}

fn push_whole(mut number: u64, out: &mut Vec<u8>) {
    while number >= 128 {
        out.push(number as u8 & 127 | 128);
        number >>= 7;
    }
    out.push(number as u8);
}

fn push_text(text: &str, out: &mut Vec<u8>) {
    if let Some(word) = WORDS.iter().position(|word| *word == text) {
        out.extend([3, word as u8]);
        return;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
    let digits: Option<Vec<u32>> = text.bytes().map(digit).collect();
    match digits {
        Some(digits) if digits.len() >= SHORTEST_HEX && digits.len() % 2 == 0 => {
            out.push(1);
            push_whole(digits.len() as u64 / 2, out);
            out.extend(digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8));
        }
        _ => {
            out.push(0);
            push_whole(text.len() as u64, out);
            out.extend(text.as_bytes());
        }
    }
}

/// The keys of a list of objects that all have the same ones, in the same order.
fn shape(items: &[Value]) -> Option<Vec<&String>> {
    let first = items.first()?.as_object()?;
    let same = items.len() > 1
        && !first.is_empty()
        && items.iter().all(|item| item.as_object().is_some_and(|map| map.keys().eq(first.keys())));
    same.then(|| first.keys().collect())
}

fn push_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::String(text) => push_text(text, out),
        Value::Array(items) => {
            if let Some(keys) = shape(items) {
                out.push(6);
                push_whole(items.len() as u64, out);
                push_whole(keys.len() as u64, out);
                for key in keys {
                    push_text(key, out);
                    for item in items {
                        push_value(&item[key], out);
                    }
                }
                return;
            }
            let whole: Option<Vec<u64>> = items.iter().map(Value::as_u64).collect();
            if let Some(numbers) = whole.filter(|numbers| !numbers.is_empty()) {
                out.push(7);
                push_whole(numbers.len() as u64, out);
                for number in numbers {
                    push_whole(number, out);
                }
                return;
            }
            out.push(4);
            push_whole(items.len() as u64, out);
            for item in items {
                push_value(item, out);
            }
        }
        Value::Object(map) => {
            out.push(5);
            push_whole(map.len() as u64, out);
            for (key, item) in map {
                push_text(key, out);
                push_value(item, out);
            }
        }
        // a proof has whole numbers and nothing else
        number => {
            out.push(2);
            push_whole(number.as_u64().unwrap_or_default(), out);
        }
    }
}
