//! Numbers written as differences, in blocks of small ones; lengths of texts are written so too.

use super::thrift::{varint, zigzag};
use super::{Check, Fault, damaged};

const ODD: Fault = damaged("差值编码有误");
/// Most numbers in a block: writers take some hundred.
const MOST_BLOCK: u64 = 1 << 20;

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Check<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(ODD)?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Check<u64> {
        let (number, length) = varint(self.0).ok_or(ODD)?;
        self.take(length)?;
        Ok(number)
    }
}

/// Who is told the numbers.
pub(super) type Told<'t> = Option<&'t mut dyn FnMut(i64) -> Check<()>>;

/// Makes sure that `count` numbers stand at the start of `bytes`; gives what follows them. Each number is told to `told`, if anybody asks.
pub(super) fn check_delta<'a>(bytes: &'a [u8], count: usize, mut told: Told) -> Check<&'a [u8]> {
    let mut bytes = Bytes(bytes);
    let block = bytes.number()?;
    let minis = bytes.number()?;
    if block == 0
        || block > MOST_BLOCK
        || block % 128 != 0
        || minis == 0
        || block % minis != 0
        || block / minis % 32 != 0
    {
        return Err(ODD);
    }
    let (minis, mini) = (minis as usize, (block / minis) as usize);
    if bytes.number()? != count as u64 {
        return Err(damaged("差值编码的数目与页不符"));
    }
    let mut last = zigzag(bytes.number()?);
    if count == 0 {
        return Ok(bytes.0);
    }
    if let Some(told) = &mut told {
        told(last)?;
    }
    let mut left = count - 1;
    while left > 0 {
        let least = zigzag(bytes.number()?);
        for width in bytes.take(minis)? {
            if left == 0 {
                // the widths of what is not needed may be anything
                break;
            }
            let width = usize::from(*width);
            if width > 64 {
                return Err(ODD);
            }
            let packed = bytes.take(width * mini / 8)?;
            let taken = mini.min(left);
            if let Some(told) = &mut told {
                for at in 0..taken {
                    last = last.wrapping_add(least).wrapping_add(bits(packed, at * width, width) as i64);
                    told(last)?;
                }
            }
            left -= taken;
        }
    }
    Ok(bytes.0)
}

/// `width` bits from the bit `at`.
fn bits(packed: &[u8], at: usize, width: usize) -> u64 {
    let mut sum = 0_u128;
    let bytes = packed.iter().skip(at / 8).take(9);
    for (place, byte) in bytes.enumerate() {
        sum |= u128::from(*byte) << (8 * place);
    }
    let mask = (1_u128 << width) - 1;
    ((sum >> (at % 8)) & mask) as u64
}
