//! Bits in as little room as their chances allow: an adaptive binary range coder (as LZMA has it), one walk for both ways.
//!
//! Everything is whole numbers, so that the checkers in other languages read the same bits.

use rustc_hash::FxHashMap;

/// What is counted for a bit that was met, and for one of the sample that the model begins with.
const LEARN: u16 = 4;
const PRIME: u16 = 8;
/// Counts are halved above it.
const LIMIT: u16 = 254;
/// Below it the range takes in a byte.
const LEAST: u32 = 1 << 24;
/// Most bits of a whole number, less one: more than a file's numbers have.
const WIDEST: u16 = 53;
/// Zeros at the end that need not be written.
const SPARED: usize = 4;
/// Where in a context the first and the second bit behind a number's length are counted.
const FIRST_BIT: u16 = 64;
const SECOND_BIT: u16 = 128;

/// What a bit is counted under: a kind of thing, two numbers that say where, and the bit's place in the thing.
pub(super) type Context = (u8, u16, u16);

/// How often which bit was met, by context; and the parts of texts that were met.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    counts: FxHashMap<u64, [u16; 2]>,
    pub(super) parts: Vec<Vec<u8>>,
}

/// Where the bits go, or come from.
enum Way<'a> {
    /// Writing: what was carried, bytes that a carry may still change, the finished ones.
    Out { low: u64, held: Option<u8>, waiting: usize, bytes: Vec<u8> },
    /// Reading.
    In { code: u32, bytes: &'a [u8], at: usize },
}

/// A coder over a model.
pub(super) struct Coder<'a> {
    pub(super) model: Model,
    way: Way<'a>,
    range: u32,
    /// While the model is made from the sample: bits count double, hashes are left out.
    priming: bool,
}

impl<'a> Coder<'a> {
    /// Writes, beginning with this model.
    pub(super) fn writing(model: Model, priming: bool) -> Self {
        let way = Way::Out { low: 0, held: None, waiting: 0, bytes: Vec::new() };
        Self { model, way, range: u32::MAX, priming }
    }

    /// Reads these bytes, beginning with this model.
    pub(super) fn reading(model: Model, bytes: &'a [u8], priming: bool) -> Self {
        let byte = |at: usize| u32::from(bytes.get(at).copied().unwrap_or_default());
        let code = (0..4).fold(0, |code, at| code << 8 | byte(at));
        Self { model, way: Way::In { code, bytes, at: 4 }, range: u32::MAX, priming }
    }

    /// A bit with a chance of `zero` in `all` to be 0; `told` where it is written. `None` where the bytes have run out.
    fn code(&mut self, (zero, all): (u32, u32), told: Option<bool>) -> Option<bool> {
        let bound = self.range / all * zero;
        let bit = match &mut self.way {
            Way::Out { low, .. } => {
                let bit = told.unwrap_or_default();
                if bit {
                    *low += u64::from(bound);
                }
                bit
            }
            Way::In { code, .. } => {
                let bit = *code >= bound;
                if bit {
                    *code -= bound;
                }
                bit
            }
        };
        self.range = if bit { self.range - bound } else { bound };
        while self.range < LEAST {
            self.range <<= 8;
            match &mut self.way {
                Way::Out { .. } => self.shift(),
                Way::In { code, bytes, at } => {
                    *code = *code << 8 | u32::from(bytes.get(*at).copied().unwrap_or_default());
                    *at += 1;
                    if *at > bytes.len() + SPARED {
                        return None;
                    }
                }
            }
        }
        Some(bit)
    }

    /// Moves a byte out: one that a carry can't reach any more.
    fn shift(&mut self) {
        let Way::Out { low, held, waiting, bytes } = &mut self.way else { return };
        if (0xff00_0000..=u64::from(u32::MAX)).contains(low) {
            *waiting += 1;
        } else {
            let carry = (*low >> 32) as u8;
            bytes.extend(held.map(|byte| byte.wrapping_add(carry)));
            bytes.extend(std::iter::repeat_n(0xff_u8.wrapping_add(carry), std::mem::take(waiting)));
            *held = Some((*low >> 24) as u8);
        }
        *low = (*low & 0x00ff_ffff) << 8;
    }

    /// The bytes that were written, and the model as they leave it.
    pub(super) fn finish(mut self) -> (Vec<u8>, Model) {
        let range = u64::from(self.range);
        if let Way::Out { low, .. } = &mut self.way {
            // of the values that say the same, the one with the most zeros at its end
            let rounded = |zeros: u32| low.div_ceil(1 << zeros) << zeros;
            *low = (0..=32).rev().map(rounded).find(|value| *value < *low + range).unwrap_or(*low);
        }
        for _ in 0..5 {
            self.shift();
        }
        let mut bytes = match self.way {
            Way::Out { bytes, .. } => bytes,
            Way::In { .. } => Vec::new(),
        };
        for _ in 0..SPARED {
            if bytes.last() == Some(&0) {
                bytes.pop();
            }
        }
        (bytes, self.model)
    }

    /// True where the bytes that were read are used up.
    pub(super) fn is_at_end(&self) -> bool {
        match &self.way {
            Way::Out { .. } => true,
            Way::In { bytes, at, .. } => *at >= bytes.len(),
        }
    }

    /// A bit in a context.
    pub(super) fn bit(&mut self, (kind, p, q): Context, place: u16, told: Option<bool>) -> Option<bool> {
        let key = u64::from(kind) << 48 | u64::from(p) << 32 | u64::from(q) << 16 | u64::from(place);
        let [zero, one] = *self.model.counts.entry(key).or_insert([1, 1]);
        let bit = self.code((u32::from(zero), u32::from(zero + one)), told)?;
        let more = if self.priming { PRIME } else { LEARN };
        let mut counts = if bit { [zero, one + more] } else { [zero + more, one] };
        if counts[0] + counts[1] > LIMIT {
            counts = counts.map(|count| count.div_ceil(2));
        }
        self.model.counts.insert(key, counts);
        Some(bit)
    }

    /// A number of so many bits, every bit in the context of those before it.
    pub(super) fn tree(&mut self, context: Context, bits: u32, told: Option<u16>) -> Option<u16> {
        let mut place = 1_u16;
        for at in (0..bits).rev() {
            let bit = self.bit(context, place, told.map(|told| told >> at & 1 == 1))?;
            place = place << 1 | u16::from(bit);
        }
        Some(place - (1 << bits))
    }

    /// A whole number below 2⁵³: how many bits it has, one more, and those behind the first.
    pub(super) fn whole(&mut self, context: Context, told: Option<u64>) -> Option<u64> {
        let told = told.map(|told| told + 1);
        let mut bits = 0_u16;
        while self.bit(context, bits, told.map(|told| u32::from(bits) < told.ilog2()))? {
            bits += 1;
            if bits > WIDEST {
                return None;
            }
        }
        let mut number = 1_u64;
        for at in (0..bits).rev() {
            let bit = told.map(|told| told >> at & 1 == 1);
            let bit = match bits - at {
                1 => self.bit(context, FIRST_BIT + bits, bit)?,
                2 => self.bit(context, SECOND_BIT + 2 * bits + (number & 1) as u16, bit)?,
                _ => self.code((1, 2), bit)?,
            };
            number = number << 1 | u64::from(bit);
        }
        Some(number - 1)
    }

    /// So many bytes that nothing foretells; of the sample none, and zeros are read.
    pub(super) fn plain(&mut self, count: usize, told: Option<&[u8]>) -> Option<Vec<u8>> {
        if self.priming {
            return Some(vec![0; count]);
        }
        let mut byte = |at: usize| {
            let told = told.map(|told| told.get(at).copied().unwrap_or_default());
            (0..8_u8).rev().try_fold(0_u8, |byte, at| {
                Some(byte << 1 | u8::from(self.code((1, 2), told.map(|told| told >> at & 1 == 1))?))
            })
        };
        (0..count).map(&mut byte).collect()
    }
}
