//! Thrift's compact form, read within bounds: the footer and the heads of pages are written in it.
//!
//! polars reads a field by its number alone and takes the length of a list for what it allocates. Here a known field must
//! have its own type and a list no more members than bytes are left, so both readers see the same.

use super::{Check, damaged};

/// Most members of a list of records: each takes polars some hundred bytes.
const MOST_RECORDS: usize = 1 << 20;
/// Records in records that nothing here asks for.
const MOST_DEPTH: usize = 32;

/// The type of a known field.
pub(super) enum Kind {
    Number,
    Byte,
    Truth,
    Bytes,
    Numbers,
    Texts,
    /// Read as such, not kept.
    Unkept(&'static Spec),
    Record(&'static Spec),
    Records(&'static Spec),
}

/// The known fields of a record.
pub(super) type Spec = [(i16, Kind)];

#[derive(Debug)]
enum Value<'a> {
    Number(i64),
    Truth(bool),
    Bytes(&'a [u8]),
    Record(Record<'a>),
    Records(Vec<Record<'a>>),
}

/// The fields of a record that were kept.
#[derive(Debug, Default)]
pub(super) struct Record<'a>(Vec<(i16, Value<'a>)>);

impl<'a> Record<'a> {
    fn get(&self, id: i16) -> Option<&Value<'a>> {
        self.0.iter().find(|(own, _)| *own == id).map(|(_, value)| value)
    }

    pub(super) fn number(&self, id: i16) -> Option<i64> {
        match self.get(id)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn truth(&self, id: i16) -> Option<bool> {
        match self.get(id)? {
            Value::Truth(truth) => Some(*truth),
            _ => None,
        }
    }

    pub(super) fn bytes(&self, id: i16) -> Option<&'a [u8]> {
        match self.get(id)? {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn record(&self, id: i16) -> Option<&Self> {
        match self.get(id)? {
            Value::Record(record) => Some(record),
            _ => None,
        }
    }

    pub(super) fn records(&self, id: i16) -> &[Self] {
        match self.get(id) {
            Some(Value::Records(records)) => records,
            _ => &[],
        }
    }
}

/// A reader of bytes.
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

const CUT: super::Fault = damaged("目录或页首的内容中途断了");
const ODD: super::Fault = damaged("目录或页首的写法有误");

impl<'a> Thrift<'a> {
    pub(super) const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    fn take(&mut self, length: usize) -> Check<&'a [u8]> {
        let end = self.at.checked_add(length).ok_or(CUT)?;
        let bytes = self.bytes.get(self.at..end).ok_or(CUT)?;
        self.at = end;
        Ok(bytes)
    }

    fn byte(&mut self) -> Check<u8> {
        self.take(1)?.first().copied().ok_or(CUT)
    }

    fn varint(&mut self) -> Check<u64> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (number, length) = varint(rest).ok_or(CUT)?;
        self.at += length;
        Ok(number)
    }

    fn number(&mut self) -> Check<i64> {
        Ok(zigzag(self.varint()?))
    }

    fn binary(&mut self) -> Check<&'a [u8]> {
        let length = usize::try_from(self.varint()?).map_err(|_| CUT)?;
        self.take(length)
    }

    /// The type of a list's members and how many there are.
    fn list(&mut self) -> Check<(u8, usize)> {
        let head = self.byte()?;
        let length = match head >> 4 {
            15 => usize::try_from(self.varint()?).map_err(|_| CUT)?,
            short => usize::from(short),
        };
        if length > self.bytes.len() - self.at {
            return Err(CUT);
        }
        Ok((head & 15, length))
    }

    fn members(&mut self, kind: &[u8]) -> Check<usize> {
        match self.list()? {
            (_, 0) => Ok(0),
            (own, length) if kind.contains(&own) => Ok(length),
            _ => Err(ODD),
        }
    }

    /// A record of known fields; those that are not known are passed over.
    pub(super) fn record(&mut self, spec: &'static Spec) -> Check<Record<'a>> {
        let mut record = Record::default();
        let mut last = 0_i16;
        loop {
            let head = self.byte()?;
            let kind = head & 15;
            if kind == 0 {
                return Ok(record);
            }
            last = match head >> 4 {
                0 => i16::try_from(self.number()?).map_err(|_| ODD)?,
                step => last.checked_add(i16::from(step)).ok_or(ODD)?,
            };
            let Some((_, known)) = spec.iter().find(|(id, _)| *id == last) else {
                self.pass(kind, MOST_DEPTH)?;
                continue;
            };
            let value = match (known, kind) {
                (Kind::Number, 4..=6) => Value::Number(self.number()?),
                (Kind::Byte, 3) => Value::Number(i64::from(self.byte()?)),
                (Kind::Truth, 1 | 2) => Value::Truth(kind == 1),
                (Kind::Bytes, 8) => Value::Bytes(self.binary()?),
                (Kind::Record(spec), 12) => Value::Record(self.record(spec)?),
                (Kind::Records(spec), 9) => Value::Records(self.records(spec)?),
                (Kind::Numbers, 9) => {
                    for _ in 0..self.members(&[4, 5, 6])? {
                        self.varint()?;
                    }
                    continue;
                }
                (Kind::Texts, 9) => {
                    for _ in 0..self.members(&[8])? {
                        self.binary()?;
                    }
                    continue;
                }
                (Kind::Unkept(spec), 12) => {
                    self.record(spec)?;
                    continue;
                }
                _ => return Err(ODD),
            };
            if record.get(last).is_some() {
                return Err(ODD);
            }
            record.0.push((last, value));
        }
    }

    fn records(&mut self, spec: &'static Spec) -> Check<Vec<Record<'a>>> {
        let length = self.members(&[12])?;
        if length > MOST_RECORDS {
            return Err(ODD);
        }
        (0..length).map(|_| self.record(spec)).collect()
    }

    fn pass(&mut self, kind: u8, depth: usize) -> Check<()> {
        let depth = depth.checked_sub(1).ok_or(ODD)?;
        match kind {
            1 | 2 => {}
            3 => drop(self.byte()?),
            4..=6 => drop(self.varint()?),
            7 => drop(self.take(8)?),
            8 => drop(self.binary()?),
            9 => {
                let (own, length) = self.list()?;
                // whether a truth in a list takes a byte is read both ways
                if length > 0 && own < 3 {
                    return Err(ODD);
                }
                for _ in 0..length {
                    self.pass(own, depth)?;
                }
            }
            12 => loop {
                let head = self.byte()?;
                let kind = head & 15;
                if kind == 0 {
                    break;
                }
                if head >> 4 == 0 {
                    self.varint()?;
                }
                self.pass(kind, depth)?;
            },
            _ => return Err(ODD),
        }
        Ok(())
    }
}

/// A number in groups of seven bits, and the bytes that it takes.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().take(10).enumerate() {
        let part = u64::from(byte & 0x7F);
        if at == 9 && part > 1 {
            return None;
        }
        number |= part << (7 * at);
        if byte & 0x80 == 0 {
            return Some((number, at + 1));
        }
    }
    None
}

pub(super) const fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}
