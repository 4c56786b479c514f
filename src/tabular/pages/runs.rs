//! Runs: small numbers, repeated or packed bit by bit. Blanks and the entries of dictionaries are written so.

use super::thrift::varint;
use super::{Check, Fault, damaged};

const CUT: Fault = damaged("行程的内容中途断了");

/// Makes sure that `bytes` holds `count` numbers of `width` bits, those repeated below `below`; gives how many of them
/// are not 0, which is asked where a number is one bit.
pub(super) fn check_runs(bytes: &[u8], width: usize, count: usize, below: u64) -> Check<usize> {
    if width == 0 {
        return Ok(0);
    }
    let (mut rest, mut left, mut set) = (bytes, count, 0);
    while left > 0 {
        let (head, length) = varint(rest).ok_or(CUT)?;
        rest = rest.get(length..).ok_or(CUT)?;
        let size = usize::try_from(head >> 1).ok().filter(|size| *size < 1 << 31).ok_or(LONG)?;
        if head & 1 == 1 {
            // groups of eight; the last may stand for fewer numbers, and be cut
            let taken = size.saturating_mul(8).min(left);
            let end = size.saturating_mul(width).min(rest.len());
            let packed = rest.get(..end).ok_or(CUT)?;
            if (taken * width).div_ceil(8) > end {
                return Err(CUT);
            }
            if width == 1 {
                set += ones(packed, taken);
            }
            rest = rest.get(end..).ok_or(CUT)?;
            left -= taken;
        } else {
            if size > left {
                return Err(LONG);
            }
            let end = width.div_ceil(8);
            let value = rest.get(..end).ok_or(CUT)?.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
            rest = rest.get(end..).ok_or(CUT)?;
            if size > 0 && value >= below {
                return Err(damaged("行程所指的值不存在"));
            }
            set += if value == 0 { 0 } else { size };
            left -= size;
        }
    }
    Ok(set)
}

const LONG: Fault = damaged("行程长于页内的值数");

/// How many of the first `count` bits are set.
fn ones(packed: &[u8], count: usize) -> usize {
    let (whole, rest) = packed.split_at((count / 8).min(packed.len()));
    let mut sum: usize =
        whole.chunks(8).map(|bytes| bytes.iter().map(|byte| byte.count_ones()).sum::<u32>() as usize).sum();
    if let Some(byte) = rest.first() {
        sum += (byte & ((1_u16 << (count % 8)) - 1) as u8).count_ones() as usize;
    }
    sum
}
