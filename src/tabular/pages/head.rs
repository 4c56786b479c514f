//! The head of a page: how many values, how many bytes, how they are written.

use super::footer::STATISTICS;
use super::thrift::{Kind, Record, Spec, Thrift};
use super::{CELL, Check, Fault, damaged};

const FIRST: &Spec =
    &[(1, Kind::Number), (2, Kind::Number), (3, Kind::Number), (4, Kind::Number), (5, Kind::Unkept(STATISTICS))];
const SECOND: &Spec = &[
    (1, Kind::Number),
    (2, Kind::Number),
    (3, Kind::Number),
    (4, Kind::Number),
    (5, Kind::Number),
    (6, Kind::Number),
    (7, Kind::Truth),
    (8, Kind::Unkept(STATISTICS)),
];
const DICTIONARY: &Spec = &[(1, Kind::Number), (2, Kind::Number), (3, Kind::Truth)];
const PAGE: &Spec = &[
    (1, Kind::Number),
    (2, Kind::Number),
    (3, Kind::Number),
    (4, Kind::Number),
    (5, Kind::Record(FIRST)),
    (6, Kind::Unkept(&[])),
    (7, Kind::Record(DICTIONARY)),
    (8, Kind::Record(SECOND)),
];

/// What a page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageKind {
    Dictionary,
    /// Blanks and values packed together; `levels` is how the blanks are written.
    First {
        levels: i64,
    },
    /// The blanks stand unpacked before the values.
    Second {
        blanks: usize,
        levels: usize,
        packed: bool,
    },
}

/// The head of a page in a chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) kind: PageKind,
    pub(super) values: usize,
    pub(super) encoding: i64,
    /// Bytes unpacked.
    pub(super) unpacked: usize,
    start: usize,
    length: usize,
}

const ODD: Fault = damaged("页首的数目有误");

fn count(record: &Record, id: i16) -> Check<usize> {
    let number = record.number(id).and_then(|number| i32::try_from(number).ok());
    number.and_then(|number| usize::try_from(number).ok()).ok_or(ODD)
}

fn number(record: &Record, id: i16) -> Check<i64> {
    record.number(id).ok_or(ODD)
}

impl Head {
    pub(super) fn read(chunk: &[u8], at: usize) -> Check<Self> {
        let mut thrift = Thrift::new(chunk, at);
        let page = thrift.record(PAGE)?;
        let start = thrift.at();
        let (unpacked, length) = (count(&page, 2)?, count(&page, 3)?);
        if length > chunk.len() - start {
            return Err(damaged("页的大小超出所在的列"));
        }
        let (kind, values, encoding) = match number(&page, 1)? {
            0 => {
                let head = page.record(5).ok_or(ODD)?;
                number(head, 4)?;
                (PageKind::First { levels: number(head, 3)? }, count(head, 1)?, number(head, 2)?)
            }
            2 => {
                let head = page.record(7).ok_or(ODD)?;
                (PageKind::Dictionary, count(head, 1)?, number(head, 2)?)
            }
            3 => {
                let head = page.record(8).ok_or(ODD)?;
                count(head, 3)?;
                let (blanks, levels) = (count(head, 2)?, count(head, 5)?);
                // a plain column repeats nothing
                if count(head, 6)? != 0 {
                    return Err(ODD);
                }
                let packed = head.truth(7).unwrap_or(true);
                (PageKind::Second { blanks, levels, packed }, count(head, 1)?, number(head, 4)?)
            }
            _ => return Err(ODD),
        };
        Ok(Self { kind, values, encoding, unpacked, start, length })
    }

    pub(super) const fn end(&self) -> usize {
        self.start + self.length
    }

    /// The page's bytes in its chunk.
    pub(super) fn body<'a>(&self, chunk: &'a [u8]) -> &'a [u8] {
        chunk.get(self.start..self.end()).unwrap_or_default()
    }

    /// Bytes that reading the page takes, its cells left aside.
    pub(super) fn cost(&self) -> u64 {
        let entries = if self.kind == PageKind::Dictionary { self.values as u64 * CELL } else { 0 };
        self.unpacked.max(self.length) as u64 + entries
    }
}
