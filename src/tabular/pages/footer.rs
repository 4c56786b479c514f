//! The footer of a Parquet file: columns, groups of rows, where the chunks of columns are.

use super::thrift::{Kind, Record, Spec, Thrift};
use super::{Check, Fault, damaged};

/// Columns inside columns.
const MOST_DEPTH: usize = 32;

const EMPTY: &Spec = &[];
const UNIT: &Spec = &[(1, Kind::Unkept(EMPTY)), (2, Kind::Unkept(EMPTY)), (3, Kind::Unkept(EMPTY))];
const MOMENT: &Spec = &[(1, Kind::Truth), (2, Kind::Unkept(UNIT))];
const LOGICAL: &Spec = &[
    (1, Kind::Unkept(EMPTY)),
    (2, Kind::Unkept(EMPTY)),
    (3, Kind::Unkept(EMPTY)),
    (4, Kind::Unkept(EMPTY)),
    (5, Kind::Unkept(&[(1, Kind::Number), (2, Kind::Number)])),
    (6, Kind::Unkept(EMPTY)),
    (7, Kind::Unkept(MOMENT)),
    (8, Kind::Unkept(MOMENT)),
    (10, Kind::Unkept(&[(1, Kind::Byte), (2, Kind::Truth)])),
    (11, Kind::Unkept(EMPTY)),
    (12, Kind::Unkept(EMPTY)),
    (13, Kind::Unkept(EMPTY)),
    (14, Kind::Unkept(EMPTY)),
    (15, Kind::Unkept(EMPTY)),
];
const ELEMENT: &Spec = &[
    (1, Kind::Number),
    (2, Kind::Number),
    (3, Kind::Number),
    (4, Kind::Bytes),
    (5, Kind::Number),
    (6, Kind::Number),
    (7, Kind::Number),
    (8, Kind::Number),
    (9, Kind::Number),
    (10, Kind::Unkept(LOGICAL)),
];
/// Least, most and counts of a chunk or a page.
pub(super) const STATISTICS: &Spec = &[
    (1, Kind::Bytes),
    (2, Kind::Bytes),
    (3, Kind::Number),
    (4, Kind::Number),
    (5, Kind::Bytes),
    (6, Kind::Bytes),
    (7, Kind::Truth),
    (8, Kind::Truth),
];
const COLUMN: &Spec = &[
    (1, Kind::Number),
    (2, Kind::Numbers),
    (3, Kind::Texts),
    (4, Kind::Number),
    (5, Kind::Number),
    (6, Kind::Number),
    (7, Kind::Number),
    (9, Kind::Number),
    (10, Kind::Number),
    (11, Kind::Number),
    (12, Kind::Unkept(STATISTICS)),
    (14, Kind::Number),
    (15, Kind::Number),
];
const CHUNK: &Spec = &[
    (1, Kind::Bytes),
    (2, Kind::Number),
    (3, Kind::Record(COLUMN)),
    (4, Kind::Number),
    (5, Kind::Number),
    (6, Kind::Number),
    (7, Kind::Number),
];
const SORTING: &Spec = &[(1, Kind::Number), (2, Kind::Truth), (3, Kind::Truth)];
const GROUP: &Spec = &[
    (1, Kind::Records(CHUNK)),
    (2, Kind::Number),
    (3, Kind::Number),
    (4, Kind::Records(SORTING)),
    (5, Kind::Number),
    (6, Kind::Number),
    (7, Kind::Number),
];
const PAIR: &Spec = &[(1, Kind::Bytes), (2, Kind::Bytes)];
const ORDER: &Spec = &[(1, Kind::Unkept(EMPTY)), (2, Kind::Unkept(EMPTY))];
const FILE: &Spec = &[
    (1, Kind::Number),
    (2, Kind::Records(ELEMENT)),
    (3, Kind::Number),
    (4, Kind::Records(GROUP)),
    (5, Kind::Records(PAIR)),
    (6, Kind::Bytes),
    (7, Kind::Records(ORDER)),
];

/// How the values of a column lie in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Physical {
    Truth,
    /// Numbers of four or eight bytes.
    Number(usize),
    /// The same with a fraction.
    Float(usize),
    /// Bytes of one length for all: with their own length or the old stamps of twelve bytes.
    Fixed(usize),
    Texts,
}

impl Physical {
    /// Bytes of one value, 0 where that differs.
    pub(super) const fn width(self) -> usize {
        match self {
            Self::Number(width) | Self::Float(width) | Self::Fixed(width) => width,
            Self::Truth | Self::Texts => 0,
        }
    }

    fn of(element: &Record) -> Check<Self> {
        Ok(match element.number(1) {
            Some(0) => Self::Truth,
            Some(1) => Self::Number(4),
            Some(2) => Self::Number(8),
            Some(3) => Self::Fixed(12),
            Some(4) => Self::Float(4),
            Some(5) => Self::Float(8),
            Some(6) => Self::Texts,
            Some(7) => {
                let length = element.number(2).and_then(|length| usize::try_from(length).ok());
                Self::Fixed(length.filter(|length| (1..=1 << 20).contains(length)).ok_or(SCHEMA)?)
            }
            _ => return Err(SCHEMA),
        })
    }
}

/// A column that holds values.
pub(super) struct Leaf {
    /// The name of the column that it is, or is in.
    pub(super) name: String,
    /// Not inside another, and one value a row.
    pub(super) flat: bool,
    /// May be blank.
    pub(super) optional: bool,
    pub(super) kind: Physical,
}

/// A column of a group of rows.
pub(super) struct Chunk {
    pub(super) codec: i64,
    pub(super) values: i64,
    pub(super) start: usize,
    pub(super) length: usize,
}

/// Rows that are stored together.
pub(super) struct Group {
    pub(super) rows: usize,
    pub(super) chunks: Vec<Chunk>,
}

/// What a file says of itself.
pub(super) struct Footer<'a> {
    pub(super) rows: usize,
    /// Columns as the reader of a table sees them: name, and of a plain one the bytes of a value, 0 where that differs.
    pub(super) roots: Vec<(String, Option<usize>)>,
    pub(super) leaves: Vec<Leaf>,
    pub(super) groups: Vec<Group>,
    /// The schema that Arrow's writers add.
    pub(super) arrow: Option<&'a [u8]>,
}

const SCHEMA: Fault = damaged("目录中的列有误");
const NAME: Fault = damaged("列名的文字编码有误");
const PLACE: Fault = damaged("目录中的位置或大小有误");

impl<'a> Footer<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Check<Self> {
        let short = damaged("内容中途断了");
        let length = bytes.len().checked_sub(8).filter(|length| *length >= 4).ok_or(short.clone())?;
        let (front, end) = bytes.split_at(length);
        let (size, magic) = end.split_at(4);
        if magic != b"PAR1" {
            return Err(short);
        }
        let size = size.iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        let start = length.checked_sub(size).filter(|start| *start >= 4).ok_or(PLACE)?;
        let footer = front.get(start..).ok_or(PLACE)?;
        let file = Thrift::new(footer, 0).record(FILE)?;
        let (roots, leaves) = columns(file.records(2))?;
        let mut groups = Vec::new();
        let mut sum = 0_usize;
        for group in file.records(4) {
            let rows = count(group.number(3))?;
            sum = sum.checked_add(rows).ok_or(PLACE)?;
            let chunks = group.records(1).iter().map(|chunk| chunk_of(chunk, start)).collect::<Check<Vec<_>>>()?;
            if chunks.len() != leaves.len() {
                return Err(damaged("目录中的列数不符"));
            }
            groups.push(Group { rows, chunks });
        }
        let rows = count(file.number(3))?;
        if rows != sum {
            return Err(damaged("目录中的行数不符"));
        }
        let mut pairs = file.records(5).iter().filter(|pair| pair.bytes(1) == Some(b"ARROW:schema"));
        let arrow = pairs.next().and_then(|pair| pair.bytes(2));
        if pairs.next().is_some() {
            return Err(damaged("目录附带的列类型有误"));
        }
        Ok(Self { rows, roots, leaves, groups, arrow })
    }
}

fn count(number: Option<i64>) -> Check<usize> {
    number.and_then(|number| u32::try_from(number).ok()).map(|number| number as usize).ok_or(PLACE)
}

fn place(number: Option<i64>) -> Check<usize> {
    number.and_then(|number| usize::try_from(number).ok()).ok_or(PLACE)
}

/// A chunk; all of it lies before `end`.
fn chunk_of(chunk: &Record, end: usize) -> Check<Chunk> {
    let column = chunk.record(3).ok_or(PLACE)?;
    // where both are given the dictionary comes first
    let start = if column.number(11).is_some() { place(column.number(11))? } else { place(column.number(9))? };
    place(column.number(9))?;
    let length = place(column.number(7))?;
    place(column.number(6))?;
    if start.checked_add(length).is_none_or(|stop| stop > end) {
        return Err(PLACE);
    }
    let (codec, values) = column.number(4).zip(column.number(5)).ok_or(PLACE)?;
    Ok(Chunk { codec, values, start, length })
}

type Columns = (Vec<(String, Option<usize>)>, Vec<Leaf>);

/// The columns, out of the list of elements in which a group stands before its members.
fn columns(elements: &[Record]) -> Check<Columns> {
    let (root, rest) = elements.split_first().ok_or(SCHEMA)?;
    let mut rest = rest.iter();
    let (mut roots, mut leaves) = (Vec::new(), Vec::new());
    for _ in 0..members(root)? {
        let element = rest.next().ok_or(SCHEMA)?;
        let name = std::str::from_utf8(element.bytes(4).ok_or(SCHEMA)?).map_err(|_| NAME)?.to_owned();
        let repetition = element.number(3).filter(|number| (0..3).contains(number)).ok_or(SCHEMA)?;
        let inner = members(element)?;
        let flat = inner == 0 && repetition != 2;
        if inner == 0 {
            let kind = Physical::of(element)?;
            roots.push((name.clone(), flat.then_some(kind.width())));
            leaves.push(Leaf { name, flat, optional: repetition == 1, kind });
            continue;
        }
        roots.push((name.clone(), None));
        // how many members are still to come at each depth
        let mut open = vec![inner];
        while let Some(left) = open.last_mut() {
            let Some(less) = left.checked_sub(1) else {
                open.pop();
                continue;
            };
            *left = less;
            let element = rest.next().ok_or(SCHEMA)?;
            match members(element)? {
                0 => {
                    let kind = Physical::of(element)?;
                    leaves.push(Leaf { name: name.clone(), flat: false, optional: true, kind });
                }
                inner if open.len() < MOST_DEPTH => open.push(inner),
                _ => return Err(damaged("列的层次过深")),
            }
        }
    }
    if rest.next().is_some() {
        return Err(SCHEMA);
    }
    Ok((roots, leaves))
}

fn members(element: &Record) -> Check<usize> {
    element.number(5).map_or(Ok(0), |number| usize::try_from(number).map_err(|_| SCHEMA))
}
