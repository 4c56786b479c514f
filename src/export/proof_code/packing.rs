//! A proof's JSON as bits (`FD2:`): every key, word, text and number in the context of where it stands.
//!
//! One walk writes and reads: `told` is the value where it writes. The model begins with what a sample proof has taught
//! it, so that the first proof is packed as well as the second would be.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::coder::{Coder, Context, Model};
use super::{DEEPEST, LONGEST, WORDS, digits_to_bytes};
use crate::sampling::to_hex;

/// The sample, two proofs in a list, packed by a model that knows nothing. It never changes.
const SAMPLE: &str = include_str!("sample.txt");

/// Fewest and most digits of a text of hexadecimal digits that is held as bytes.
const HEX: std::ops::RangeInclusive<usize> = 8..=510;
/// Most parts of a text.
const PARTS: usize = 16;
/// Most values that are read: next to nothing is needed for a value that is foretold.
const MOST: u32 = 1 << 17;
/// Stands for a key that is no word.
const NO_WORD: u16 = 255;

/// Kinds of contexts.
mod kind {
    pub(super) const TAG: u8 = 0;
    pub(super) const WORD: u8 = 1;
    pub(super) const KEY: u8 = 2;
    pub(super) const HEX_BYTES: u8 = 3;
    pub(super) const NUMBER: u8 = 4;
    pub(super) const ITEM: u8 = 5;
    pub(super) const COUNT: u8 = 6;
    pub(super) const COLUMNS: u8 = 7;
    pub(super) const PARTS: u8 = 8;
    pub(super) const SAME: u8 = 9;
    pub(super) const PART: u8 = 10;
    pub(super) const PREFIX: u8 = 11;
    pub(super) const BYTE: u8 = 12;
    pub(super) const ALL_NUMBERS: u8 = 13;
}

/// What a value is.
mod tag {
    pub(super) const TEXT: u16 = 0;
    pub(super) const HEX: u16 = 1;
    pub(super) const NUMBER: u16 = 2;
    pub(super) const WORD: u16 = 3;
    pub(super) const LIST: u16 = 4;
    pub(super) const MAP: u16 = 5;
    pub(super) const ROWS: u16 = 6;
    pub(super) const NUMBERS: u16 = 7;
}

/// The walk over a value.
struct Walk<'a> {
    coder: Coder<'a>,
    /// Of each part of the texts at a place the last one, and how often it stood there in a row.
    last: BTreeMap<u16, (usize, u16)>,
    left: u32,
}

/// The model as the sample leaves it.
fn primed() -> &'static Model {
    static PRIMED: OnceLock<Model> = OnceLock::new();
    PRIMED.get_or_init(|| {
        let bytes = digits_to_bytes(SAMPLE.trim()).unwrap_or_default();
        let mut walk = Walk::new(Coder::reading(Model::default(), &bytes, true));
        walk.value(0, None, 0);
        walk.coder.finish().1
    })
}

/// The bytes of a value.
pub(super) fn pack(value: &Value) -> Vec<u8> {
    let mut walk = Walk::new(Coder::writing(primed().clone(), false));
    walk.value(0, Some(value), 0);
    walk.coder.finish().0
}

/// The value of such bytes; `None` where they are not whole.
pub(super) fn unpack(bytes: &[u8]) -> Option<Value> {
    let mut walk = Walk::new(Coder::reading(primed().clone(), bytes, false));
    let value = walk.value(0, None, 0)?;
    walk.coder.is_at_end().then_some(value)
}

fn word(text: &str) -> Option<u16> {
    WORDS.iter().position(|word| *word == text).map(|at| at as u16)
}

/// The bytes of a text of lower-case hexadecimal digits.
fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase()).map(|d| d as u8);
    let digits: Vec<u8> = text.as_bytes().iter().map(digit).collect::<Option<_>>()?;
    let fits = HEX.contains(&digits.len()) && digits.len().is_multiple_of(2);
    fits.then(|| digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

/// The keys of a list of objects that all have the same ones, in the same order.
fn shape(items: &[Value]) -> Option<Vec<&String>> {
    let first = items.first()?.as_object()?;
    let same = items.len() > 1
        && !first.is_empty()
        && items.iter().all(|item| item.as_object().is_some_and(|map| map.keys().eq(first.keys())));
    same.then(|| first.keys().collect())
}

/// The numbers of a list that has nothing else in it.
fn numbers_of<'v>(items: impl IntoIterator<Item = &'v Value>) -> Option<Vec<u64>> {
    items.into_iter().map(Value::as_u64).collect::<Option<Vec<_>>>().filter(|numbers| !numbers.is_empty())
}

fn tag_of(value: &Value) -> u16 {
    match value {
        Value::String(text) if hex_bytes(text).is_some() => tag::HEX,
        Value::String(text) if word(text).is_some() => tag::WORD,
        Value::String(_) => tag::TEXT,
        Value::Object(_) => tag::MAP,
        Value::Array(items) if shape(items).is_some() => tag::ROWS,
        Value::Array(items) if numbers_of(items).is_some() => tag::NUMBERS,
        Value::Array(_) => tag::LIST,
        // a proof has whole numbers and nothing else
        _ => tag::NUMBER,
    }
}

impl<'a> Walk<'a> {
    fn new(coder: Coder<'a>) -> Self {
        Self { coder, last: BTreeMap::new(), left: MOST }
    }

    /// A value at a place: the place of its key, 0 for the whole.
    fn value(&mut self, place: u16, told: Option<&Value>, depth: u32) -> Option<Value> {
        self.left = self.left.checked_sub(1).filter(|_| depth <= DEEPEST)?;
        let string = told.and_then(Value::as_str);
        let number = told.map(|told| told.as_u64().unwrap_or_default());
        match self.coder.tree((kind::TAG, place, 0), 3, told.map(tag_of))? {
            tag::TEXT => self.text(place, string).map(Value::String),
            tag::HEX => self.hex(string.and_then(hex_bytes)).map(Value::String),
            tag::NUMBER => self.coder.whole((kind::NUMBER, place, 0), number).map(Value::from),
            tag::WORD => {
                let word = self.coder.tree((kind::WORD, place, 0), 8, string.and_then(word))?;
                WORDS.get(usize::from(word)).map(|word| Value::from(*word))
            }
            tag::MAP => self.map(place, told.and_then(Value::as_object), depth),
            tag => {
                let items = told.and_then(Value::as_array);
                let count = self.count((kind::COUNT, place, 0), items.map(Vec::len))?;
                match tag {
                    tag::ROWS => self.rows(place, count, items, depth),
                    tag::NUMBERS => self.numbers(place, count, items.and_then(numbers_of)),
                    _ => (0..count)
                        .map(|at| self.value(place, items.and_then(|items| items.get(at)), depth + 1))
                        .collect::<Option<_>>(),
                }
                .map(Value::Array)
            }
        }
    }

    fn count(&mut self, context: Context, told: Option<usize>) -> Option<usize> {
        let count = self.coder.whole(context, told.map(|told| told as u64))?;
        (count <= LONGEST).then_some(count as usize)
    }

    fn hex(&mut self, told: Option<Vec<u8>>) -> Option<String> {
        let count = self.coder.tree((kind::HEX_BYTES, 0, 0), 8, told.as_ref().map(|told| told.len() as u16))?;
        let bytes = self.coder.plain(usize::from(count), told.as_deref())?;
        Some(to_hex(&bytes))
    }

    /// A key behind the one at `before`, and its place.
    fn key(&mut self, before: u16, told: Option<&str>) -> Option<(u16, String)> {
        let known = told.map(|told| word(told).unwrap_or(NO_WORD));
        match self.coder.tree((kind::KEY, before, 0), 8, known)? {
            NO_WORD => Some((0, self.text(0, told)?)),
            at => WORDS.get(usize::from(at)).map(|word| (at + 1, (*word).to_owned())),
        }
    }

    fn map(&mut self, place: u16, told: Option<&Map<String, Value>>, depth: u32) -> Option<Value> {
        let count = self.count((kind::COUNT, place, 0), told.map(Map::len))?;
        let (mut map, mut before) = (Map::new(), place);
        let mut entries = told.map(Map::iter);
        for _ in 0..count {
            let entry = entries.as_mut().and_then(Iterator::next);
            let (at, key) = self.key(before, entry.map(|(key, _)| key.as_str()))?;
            let value = self.value(at, entry.map(|(_, value)| value), depth + 1)?;
            map.insert(key, value);
            before = at;
        }
        Some(Value::Object(map))
    }

    /// Objects of one shape, column after column.
    fn rows(&mut self, place: u16, count: usize, told: Option<&Vec<Value>>, depth: u32) -> Option<Vec<Value>> {
        let keys = told.and_then(|items| shape(items));
        let columns = self.count((kind::COLUMNS, place, 0), keys.as_ref().map(Vec::len))?;
        self.left = self.left.checked_sub(u32::try_from(count as u64 * columns as u64).ok()?)?;
        let (mut rows, mut before) = (vec![Map::new(); count], place);
        for column in 0..columns {
            let key = keys.as_ref().and_then(|keys| keys.get(column));
            let (at, name) = self.key(before, key.map(|key| key.as_str()))?;
            let own: Option<Vec<&Value>> =
                told.zip(key).map(|(items, key)| items.iter().filter_map(|item| item.get(key.as_str())).collect());
            let numbers = own.as_ref().map(|own| numbers_of(own.iter().copied()));
            let all = self.coder.bit((kind::ALL_NUMBERS, at, 0), 0, numbers.as_ref().map(Option::is_some))?;
            let values = if all {
                self.numbers(at, count, numbers.flatten())?
            } else {
                let value = |row| self.value(at, own.as_ref().and_then(|own| own.get(row).copied()), depth + 1);
                (0..count).map(value).collect::<Option<_>>()?
            };
            for (row, value) in rows.iter_mut().zip(values) {
                row.insert(name.clone(), value);
            }
            before = at;
        }
        Some(rows.into_iter().map(Value::Object).collect())
    }

    /// Numbers, each in the context of the one three before it: strata come body by body, in the same categories.
    fn numbers(&mut self, place: u16, count: usize, told: Option<Vec<u64>>) -> Option<Vec<Value>> {
        self.left = self.left.checked_sub(u32::try_from(count).ok()?)?;
        let mut numbers: Vec<u64> = Vec::with_capacity(count);
        for at in 0..count {
            let third = at.checked_sub(3).and_then(|at| numbers.get(at)).copied().unwrap_or_default();
            let context: Context = (kind::ITEM, place, (64 - third.leading_zeros()).min(3) as u16);
            numbers.push(self.coder.whole(context, told.as_ref().and_then(|told| told.get(at)).copied())?);
        }
        Some(numbers.into_iter().map(Value::from).collect())
    }

    /// A text, in parts between strokes: `310115/key`.
    fn text(&mut self, place: u16, told: Option<&str>) -> Option<String> {
        let parts: Option<Vec<&str>> = told.map(|told| told.splitn(PARTS, '/').collect());
        let count = self.coder.whole((kind::PARTS, place, 0), parts.as_ref().map(|parts| parts.len() as u64 - 1))? + 1;
        let mut text = Vec::new();
        if count > PARTS as u64 {
            return None;
        }
        for at in 0..count as usize {
            if at > 0 {
                text.push(b'/');
            }
            let own = parts.as_ref().and_then(|parts| parts.get(at)).map(|part| part.as_bytes());
            text.extend(self.part(place * PARTS as u16 + at as u16, own)?);
        }
        String::from_utf8(text).ok()
    }

    /// A part: the last one at its place again, one that was met before, or the last one's beginning and new bytes.
    fn part(&mut self, place: u16, told: Option<&[u8]>) -> Option<Vec<u8>> {
        self.left = self.left.checked_sub(1)?;
        let (last, run) = self.last.get(&place).copied().unwrap_or_default();
        let old = last.checked_sub(1).and_then(|at| self.coder.model.parts.get(at)).cloned().unwrap_or_default();
        if last > 0 && self.coder.bit((kind::SAME, place, 0), run.min(3), told.map(|told| told == old))? {
            self.last.insert(place, (last, run.saturating_add(1)));
            return Some(old);
        }
        let known = told.map(|told| self.coder.model.parts.iter().position(|part| part == told).map_or(0, |at| at + 1));
        let found = self.coder.whole((kind::PART, place, last as u16), known.map(|known| known as u64))? as usize;
        if found > 0 {
            self.last.insert(place, (found, 1));
            return self.coder.model.parts.get(found - 1).cloned();
        }
        let mut kept = 0;
        if last > 0 {
            let same = told.map(|told| told.iter().zip(&old).take_while(|(a, b)| a == b).count());
            kept = self.coder.whole((kind::PREFIX, place, 0), same.map(|same| same as u64))? as usize;
        }
        let mut part: Vec<u8> = old.get(..kept)?.to_vec();
        loop {
            let before = u16::from(part.last().copied().unwrap_or_default());
            let own = told.map(|told| u16::from(told.get(part.len()).copied().unwrap_or_default()));
            match self.coder.tree((kind::BYTE, before, 0), 8, own)? {
                0 => break,
                byte => part.push(byte as u8),
            }
            self.left = self.left.checked_sub(1)?;
        }
        self.coder.model.parts.push(part.clone());
        self.last.insert(place, (self.coder.model.parts.len(), 1));
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_what_its_own_coder_writes() {
        let bytes = digits_to_bytes(SAMPLE.trim()).unwrap();
        let mut walk = Walk::new(Coder::reading(Model::default(), &bytes, true));
        let sample = walk.value(0, None, 0).unwrap();
        assert!(walk.coder.is_at_end() && sample.as_array().is_some_and(|proofs| proofs.len() == 2));
        let mut walk = Walk::new(Coder::writing(Model::default(), true));
        walk.value(0, Some(&sample), 0);
        assert_eq!(walk.coder.finish().0, bytes);
    }

    #[test]
    fn what_is_packed_comes_back() {
        let texts = ["", "a/b//c", "310115/key", "双色球", "0a1b2c3d", "0A1B2C3D", "/////////////////////x/y"];
        let value = serde_json::json!({
            "seal": texts, "未知": { "x": 0, "row": [1, 9_007_199_254_740_991_u64, 3] },
            "strata": [{ "id": "a", "n": 1 }, { "id": "a", "n": 2 }], "path": [], "draw": [{ "id": ["a", 1] }],
        });
        let bytes = pack(&value);
        assert_eq!(unpack(&bytes), Some(value));
        for end in 0..bytes.len().saturating_sub(4) {
            // cut short it is another value or none, and never without an end
            let _ = unpack(&bytes[..end]);
        }
        assert_eq!(unpack(&[bytes.as_slice(), &[1; 8]].concat()), None, "bytes that nobody reads");
        let noise: Vec<u8> = (0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for at in 0..200 {
            let _ = unpack(&noise[at * 10..]);
        }
    }
}
