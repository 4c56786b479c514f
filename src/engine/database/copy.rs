//! The stream of a binary COPY: signature, flags, rows of fields with their lengths, a trailer.
//!
//! Source: PostgreSQL documentation, "COPY", section "Binary Format". Whatever the bytes, the answer is rows or one
//! fault; no length is trusted before as many bytes have come.

use std::io::{self, BufRead, Read};

use super::value::ColumnBuilder;

const SIGNATURE: [u8; 11] = *b"PGCOPY\n\xff\r\n\0";
/// Flags that change the meaning of what follows; none is known.
const CRITICAL: u32 = 0xFFFF_0000;
/// Longest field: no cell of a table is longer.
const LONGEST: u32 = 64 << 20;
/// Most rows, and bytes of text: as of a Parquet file.
const MOST_ROWS: u64 = 40_000_000;
const MOST_TEXT: u64 = 2 << 30;
/// Rows between two looks at the job.
const STEP: u64 = 1_024;

/// What was wrong with a stream.
#[derive(Debug)]
pub(super) enum CopyFault {
    /// It broke off, or the server said something else.
    Stream(io::Error),
    /// It is no such stream.
    Format(String),
    /// It holds more than can be taken.
    TooLarge(String),
}

impl From<io::Error> for CopyFault {
    fn from(cause: io::Error) -> Self {
        Self::Stream(cause)
    }
}

fn word<const N: usize>(stream: &mut dyn BufRead) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads `length` bytes; the buffer grows as they come.
fn take(stream: &mut dyn BufRead, length: u32, into: &mut Vec<u8>) -> io::Result<()> {
    into.clear();
    let read = stream.take(u64::from(length)).read_to_end(into)?;
    if read == length as usize { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Reads all rows into the columns; `step` is called every so many rows, with how many.
pub(super) fn read_rows(
    stream: &mut dyn BufRead,
    columns: &mut [ColumnBuilder],
    step: &mut dyn FnMut(u64) -> Result<(), CopyFault>,
) -> Result<u64, CopyFault> {
    let foreign = |what: &str| CopyFault::Format(what.to_owned());
    if word::<11>(stream)? != SIGNATURE {
        return Err(foreign("开头不是二进制 COPY"));
    }
    if u32::from_be_bytes(word(stream)?) & CRITICAL != 0 {
        return Err(foreign("标志无法识别"));
    }
    let mut field = Vec::new();
    let extension = u32::from_be_bytes(word(stream)?);
    if extension > 1 << 16 {
        return Err(foreign("附加头过长"));
    }
    take(stream, extension, &mut field)?;
    let mut rows = 0_u64;
    loop {
        let count = i16::from_be_bytes(word(stream)?);
        if count == -1 {
            // nothing may follow the trailer
            return if stream.fill_buf()?.is_empty() { Ok(rows) } else { Err(foreign("结尾之后还有内容")) };
        }
        if usize::try_from(count) != Ok(columns.len()) {
            return Err(CopyFault::Format(format!("第 {} 行有 {count} 列，应为 {} 列", rows + 1, columns.len())));
        }
        for (at, column) in columns.iter_mut().enumerate() {
            let length = i32::from_be_bytes(word(stream)?);
            let value = match u32::try_from(length) {
                Ok(length) if length <= LONGEST => {
                    take(stream, length, &mut field)?;
                    Some(field.as_slice())
                }
                Ok(length) => return Err(CopyFault::TooLarge(format!("第 {} 行有 {length} 字节的单元格", rows + 1))),
                Err(_) if length == -1 => None,
                Err(_) => return Err(foreign("单元格的长度为负")),
            };
            column
                .push(value)
                .map_err(|what| CopyFault::Format(format!("第 {} 行第 {} 列：{what}", rows + 1, at + 1)))?;
        }
        rows += 1;
        // after every row: a thousand of the longest cells are more than any memory
        let text: u64 = columns.iter().map(|column| column.bytes).sum();
        if rows > MOST_ROWS || text > MOST_TEXT {
            return Err(CopyFault::TooLarge(format!("{rows} 行，文字 {} MB", text >> 20)));
        }
        if rows.is_multiple_of(STEP) {
            step(STEP)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::value::Coding;
    use super::*;

    fn stream(rows: &[&[Option<&[u8]>]]) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([0; 8]);
        for row in rows {
            bytes.extend((row.len() as i16).to_be_bytes());
            for field in *row {
                bytes.extend(field.map_or(-1, |f| f.len() as i32).to_be_bytes());
                bytes.extend(field.unwrap_or_default());
            }
        }
        bytes.extend((-1_i16).to_be_bytes());
        bytes
    }

    fn columns() -> Vec<ColumnBuilder> {
        vec![ColumnBuilder::new("a", Coding::Text), ColumnBuilder::new("b", Coding::Integer(4))]
    }

    fn read(bytes: &[u8]) -> Result<u64, CopyFault> {
        read_rows(&mut &*bytes, &mut columns(), &mut |_| Ok(()))
    }

    fn good() -> Vec<u8> {
        stream(&[&[Some("甲厂".as_bytes()), Some(&[0, 0, 0, 7])], &[None, None], &[Some(b""), Some(&[255; 4])]])
    }

    #[test]
    fn rows_come_as_they_were_sent() {
        let mut built = columns();
        assert_eq!(read_rows(&mut good().as_slice(), &mut built, &mut |_| Ok(())).unwrap(), 3);
        let built: Vec<_> = built.into_iter().map(|c| c.finish().unwrap()).collect();
        assert_eq!(built[0].str().unwrap().iter().collect::<Vec<_>>(), [Some("甲厂"), None, None]);
        assert_eq!(built[1].i64().unwrap().iter().collect::<Vec<_>>(), [Some(7), None, Some(-1)]);
    }

    #[test]
    fn a_stream_cut_anywhere_is_a_fault() {
        let whole = good();
        for cut in 0..whole.len() {
            assert!(matches!(read(&whole[..cut]), Err(CopyFault::Stream(_))), "{cut}");
        }
        let longer = [whole.as_slice(), b"x"].concat();
        assert!(matches!(read(&longer), Err(CopyFault::Format(_))));
    }

    #[test]
    fn lengths_are_not_trusted() {
        let head = |rest: &[u8]| [&SIGNATURE[..], &[0; 8], rest].concat();
        // two gigabytes promised, none there
        assert!(matches!(read(&head(&[0, 2, 0x7F, 0xFF, 0xFF, 0xFF])), Err(CopyFault::TooLarge(_))));
        assert!(matches!(read(&head(&[0, 2, 0x03, 0xFF, 0xFF, 0xFF, b'x'])), Err(CopyFault::Stream(_))));
        assert!(matches!(read(&head(&[0, 2, 0xFF, 0xFF, 0xFF, 0xFE])), Err(CopyFault::Format(_))));
        assert!(matches!(read(&head(&[0, 3])), Err(CopyFault::Format(_))));
        assert!(matches!(read(&head(&[0x80, 0])), Err(CopyFault::Format(_))));
        let flags = [&SIGNATURE[..], &[0, 1, 0, 0, 0, 0, 0, 0]].concat();
        assert!(matches!(read(&flags), Err(CopyFault::Format(_))));
        let extension = [&SIGNATURE[..], &[0, 0, 0, 0, 0xFF, 0, 0, 0]].concat();
        assert!(matches!(read(&extension), Err(CopyFault::Format(_))));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in 0_usize..60, change in any::<[u8; 4]>(), tail in any::<Vec<u8>>()) {
            let mut bytes = good();
            for (offset, byte) in change.into_iter().enumerate() {
                if let Some(place) = bytes.get_mut(at + offset) {
                    *place = byte;
                }
            }
            bytes.extend(tail.iter());
            let _ = read(&bytes);
            let _ = read(&[SIGNATURE.as_slice(), &tail].concat());
            let _ = super::super::value::numeric_text(&tail);
        }
    }
}
