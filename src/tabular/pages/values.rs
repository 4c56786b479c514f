//! What is in a page: which rows are blank, and the values of the others.

use polars_parquet::parquet::compression::{Compression, DecompressionContext, decompress};

use super::delta::check_delta;
use super::footer::{Leaf, Physical};
use super::head::{Head, PageKind};
use super::runs::check_runs;
use super::thrift::varint;
use super::{Check, Fault, damaged};

const PLAIN: i64 = 0;
const OLD_DICTIONARY: i64 = 2;
const RUNS: i64 = 3;
const DELTA: i64 = 5;
const DELTA_LENGTHS: i64 = 6;
const DELTA_TEXTS: i64 = 7;
const DICTIONARY: i64 = 8;
const SPLIT: i64 = 9;

const SIZE: Fault = damaged("页内的值与数目不符");

/// Most bytes of a page unpacked.
const MOST_PAGE: usize = 1 << 30;

/// What unpacking needs again and again.
pub(super) struct Scratch {
    bytes: Vec<u8>,
    context: DecompressionContext,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { bytes: Vec::new(), context: DecompressionContext::Unset }
    }
}

/// Makes sure of one page; gives the bytes of texts that its values unfold to beyond its own. A dictionary's count of
/// entries is kept in `dictionary`.
pub(super) fn check_page(
    chunk: &[u8],
    codec: i64,
    head: &Head,
    leaf: &Leaf,
    dictionary: &mut Option<usize>,
    scratch: &mut Scratch,
) -> Check<u64> {
    let body = head.body(chunk);
    let (blank, unpacked) = match head.kind {
        PageKind::Second { levels, packed, .. } => {
            let (blank, values) = body.split_at_checked(levels).ok_or(SIZE)?;
            if !packed && head.unpacked != body.len() {
                return Err(SIZE);
            }
            let size = head.unpacked.checked_sub(levels).ok_or(SIZE)?;
            (blank, unpack(values, if packed { codec } else { 0 }, size, scratch)?)
        }
        _ => (&[][..], unpack(body, codec, head.unpacked, scratch)?),
    };
    match head.kind {
        PageKind::Dictionary => {
            check_dictionary(unpacked, head, leaf)?;
            *dictionary = Some(head.values);
            Ok(0)
        }
        PageKind::First { .. } if !leaf.optional => check_values(unpacked, head, leaf, head.values, *dictionary),
        PageKind::First { levels } => {
            if levels != RUNS {
                return Err(Fault::Strange);
            }
            let (length, rest) = unpacked.split_first_chunk::<4>().ok_or(SIZE)?;
            let (blank, values) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(SIZE)?;
            let present = check_runs(blank, 1, head.values, 2)?;
            check_values(values, head, leaf, present, *dictionary)
        }
        PageKind::Second { blanks, .. } => {
            let present = if leaf.optional { check_runs(blank, 1, head.values, 2)? } else { head.values };
            if head.values - present != blanks {
                return Err(damaged("页首的空值数与页内不符"));
            }
            check_values(unpacked, head, leaf, present, *dictionary)
        }
    }
}

/// The bytes of a page as `codec` packed them: `size` of them.
fn unpack<'a>(packed: &'a [u8], codec: i64, size: usize, scratch: &'a mut Scratch) -> Check<&'a [u8]> {
    let codec = match codec {
        // its size unpacked is asked of nobody
        0 => return Ok(packed),
        1 => Compression::Snappy,
        2 => Compression::Gzip,
        4 => Compression::Brotli,
        5 => Compression::Lz4,
        6 => Compression::Zstd,
        7 => Compression::Lz4Raw,
        _ => return Err(Fault::Strange),
    };
    if size > MOST_PAGE {
        return Err(Fault::Large);
    }
    // what is unpacked short leaves the rest as it was, which polars takes for content
    let told = (codec == Compression::Snappy).then(|| varint(packed).map(|(length, _)| length));
    if told.is_some_and(|length| length != Some(size as u64)) {
        return Err(damaged("页的压缩内容与大小不符"));
    }
    scratch.bytes.clear();
    if packed.is_empty() && size == 0 {
        return Ok(&[]);
    }
    scratch.bytes.resize(size, 0);
    decompress(codec, packed, &mut scratch.bytes, &mut scratch.context).map_err(|_| damaged("页的压缩内容已损坏"))?;
    Ok(&scratch.bytes)
}

fn check_dictionary(entries: &[u8], head: &Head, leaf: &Leaf) -> Check<()> {
    if head.encoding != PLAIN && head.encoding != OLD_DICTIONARY {
        return Err(Fault::Strange);
    }
    match leaf.kind {
        Physical::Truth => Err(Fault::Strange),
        Physical::Texts => check_texts(entries, head.values),
        kind => same(entries.len(), head.values.checked_mul(kind.width())),
    }
}

fn same(length: usize, expected: Option<usize>) -> Check<()> {
    if expected == Some(length) { Ok(()) } else { Err(SIZE) }
}

/// `present` values without blanks.
fn check_values(values: &[u8], head: &Head, leaf: &Leaf, present: usize, dictionary: Option<usize>) -> Check<u64> {
    match (head.encoding, leaf.kind) {
        (PLAIN, Physical::Truth) if values.len().saturating_mul(8) >= present => {}
        (PLAIN, Physical::Truth) => return Err(SIZE),
        (PLAIN, Physical::Texts) => check_texts(values, present)?,
        (PLAIN, kind) => same(values.len(), present.checked_mul(kind.width()))?,
        (RUNS, Physical::Truth) => {
            let (length, rest) = values.split_first_chunk::<4>().ok_or(SIZE)?;
            // polars reads on past the length
            if u32::from_le_bytes(*length) as usize != rest.len() {
                return Err(SIZE);
            }
            check_runs(rest, 1, present, 2)?;
        }
        (OLD_DICTIONARY | DICTIONARY, _) => {
            let entries = dictionary.ok_or(damaged("缺少字典页"))?;
            match values.split_first() {
                None if present == 0 => {}
                Some((width, rest)) if *width <= 32 => {
                    check_runs(rest, usize::from(*width), present, entries as u64)?;
                    if present > 0 && entries == 0 {
                        return Err(damaged("行程所指的值不存在"));
                    }
                }
                _ => return Err(SIZE),
            }
        }
        (DELTA, Physical::Number(_)) => drop(check_delta(values, present, None)?),
        (DELTA_LENGTHS, Physical::Texts) => {
            let mut sum = 0_u64;
            let rest = check_delta(values, present, Some(&mut |length| add(&mut sum, length)))?;
            if sum > rest.len() as u64 {
                return Err(SIZE);
            }
        }
        (DELTA_TEXTS, Physical::Texts) => return check_prefixed(values, present),
        (SPLIT, Physical::Number(width) | Physical::Float(width)) => {
            same(values.len(), present.checked_mul(width))?;
        }
        _ => return Err(Fault::Strange),
    }
    Ok(0)
}

fn add(sum: &mut u64, length: i64) -> Check<()> {
    *sum = u64::try_from(length).ok().and_then(|length| sum.checked_add(length)).ok_or(SIZE)?;
    Ok(())
}

/// Texts, each behind its length, and nothing after them.
fn check_texts(bytes: &[u8], count: usize) -> Check<()> {
    let mut rest = bytes;
    for _ in 0..count {
        let (length, text) = rest.split_first_chunk::<4>().ok_or(SIZE)?;
        rest = text.get(u32::from_le_bytes(*length) as usize..).ok_or(SIZE)?;
    }
    if rest.is_empty() { Ok(()) } else { Err(SIZE) }
}

/// Texts that begin as the one before: how much of it each takes over, the lengths of the rests, the rests. Gives the
/// bytes that they unfold to.
fn check_prefixed(values: &[u8], present: usize) -> Check<u64> {
    let mut taken = Vec::new();
    let rest = check_delta(
        values,
        present,
        Some(&mut |length| {
            taken.push(u64::try_from(length).map_err(|_| SIZE)?);
            Ok(())
        }),
    )?;
    let (mut own, mut whole, mut last, mut at) = (0_u64, 0_u64, 0_u64, 0);
    let rest = check_delta(
        rest,
        present,
        Some(&mut |length| {
            let prefix = taken.get(at).copied().filter(|prefix| *prefix <= last).ok_or(SIZE)?;
            at += 1;
            add(&mut own, length)?;
            last = prefix.checked_add(u64::try_from(length).map_err(|_| SIZE)?).ok_or(SIZE)?;
            whole = whole.checked_add(last).ok_or(SIZE)?;
            Ok(())
        }),
    )?;
    if own > rest.len() as u64 { Err(SIZE) } else { Ok(whole) }
}
