//! The record layer of .xls files (MS-XLS 2.1.4): records, strings spread over them, packed numbers.
//!
//! Invariants: nothing is read past the end of a record; what is missing is `None`, never a guess.

/// Two bytes, little-endian; 0 past the end.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

/// Four bytes, little-endian; 0 past the end.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

/// A record: type and body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    /// Its type.
    pub(super) kind: u16,
    /// Its bytes.
    pub(super) body: &'a [u8],
    /// Where the next record starts in the stream.
    pub(super) next: usize,
}

/// Records of a stream from a place on.
pub(super) struct Records<'a> {
    /// The whole stream.
    pub(super) stream: &'a [u8],
    /// Where the next record starts.
    pub(super) at: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let head = self.stream.get(self.at..self.at + 4)?;
        let start = self.at + 4;
        let end = start + usize::from(u16_at(head, 2));
        let body = self.stream.get(start..end.min(self.stream.len()))?;
        self.at = end;
        Some(Record { kind: u16_at(head, 0), body, next: end })
    }
}

/// An error code as a spreadsheet shows it.
pub(super) fn error_text(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        0x2B => "#GETTING_DATA",
        _ => "#UNKNOWN!",
    }
}

/// An RK number: 30 bits of an integer or of a double, perhaps in hundredths.
pub(super) fn rk(raw: u32) -> f64 {
    let number =
        if raw & 2 != 0 { f64::from((raw as i32) >> 2) } else { f64::from_bits(u64::from(raw & 0xFFFF_FFFC) << 32) };
    if raw & 1 != 0 { number / 100.0 } else { number }
}

/// Eight bytes of a double at `at`.
pub(super) fn double(body: &[u8], at: usize) -> f64 {
    f64::from_bits(u64::from(u32_at(body, at)) | u64::from(u32_at(body, at + 4)) << 32)
}

/// The bytes of a string whose length is one byte at `at`.
pub(super) fn short_bytes(body: &[u8], at: usize) -> &[u8] {
    let length = usize::from(body.get(at).copied().unwrap_or(0));
    let rest = body.get(at + 1..).unwrap_or_default();
    &rest[..length.min(rest.len())]
}

/// `count` characters of one or two bytes each; fewer where the bytes end before.
pub(super) fn characters(bytes: &[u8], count: usize, wide: bool) -> String {
    if wide {
        let units: Vec<u16> = bytes.chunks_exact(2).take(count).map(|b| u16_at(b, 0)).collect();
        String::from_utf16_lossy(&units)
    } else {
        bytes.iter().take(count).map(|&b| char::from(b)).collect()
    }
}

/// A string of BIFF8 with a length of two bytes; `None` where its bytes are missing.
pub(super) fn unicode(body: &[u8]) -> Option<String> {
    let count = usize::from(u16_at(body, 0));
    if count == 0 {
        return Some(String::new());
    }
    let flags = *body.get(2)?;
    let mut at = 3;
    at += if flags & 0x08 != 0 { 2 } else { 0 };
    at += if flags & 0x04 != 0 { 4 } else { 0 };
    let wide = flags & 1 != 0;
    let bytes = body.get(at..at + count * if wide { 2 } else { 1 })?;
    Some(characters(bytes, count, wide))
}

/// Bytes spread over a record and the CONTINUE records behind it.
pub(super) struct Spread<'a> {
    blocks: Vec<&'a [u8]>,
    block: usize,
    at: usize,
}

impl<'a> Spread<'a> {
    /// The record and what continues it.
    pub(super) fn of(record: Record<'a>, stream: &'a [u8]) -> Self {
        let mut blocks = vec![record.body];
        let following = Records { stream, at: record.next };
        blocks.extend(following.take_while(|r| r.kind == 0x003C).map(|r| r.body));
        Self { blocks, block: 0, at: 0 }
    }

    /// Moves on to where there are bytes.
    pub(super) fn settle(&mut self) -> Option<()> {
        while self.at >= self.blocks.get(self.block)?.len() {
            self.block += 1;
            self.at = 0;
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        self.settle()?;
        let byte = self.blocks.get(self.block)?.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self, bytes: u32) -> Option<u32> {
        let mut number = 0;
        for i in 0..bytes {
            number |= u32::from(self.byte()?) << (8 * i);
        }
        Some(number)
    }

    /// Passes over bytes.
    pub(super) fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            self.settle()?;
            let step = bytes.min(self.blocks.get(self.block)?.len() - self.at);
            self.at += step;
            bytes -= step;
        }
        Some(())
    }

    /// Characters; a string cut by a record border says anew how wide its characters are.
    fn characters(&mut self, mut count: usize, mut wide: bool) -> Option<String> {
        let mut units: Vec<u16> = Vec::with_capacity(count);
        while count > 0 {
            if self.at >= self.blocks.get(self.block)?.len() {
                self.settle()?;
                wide = self.byte()? & 1 != 0;
                continue;
            }
            let rest = self.blocks.get(self.block)?.get(self.at..)?;
            let width = if wide { 2 } else { 1 };
            let here = (rest.len() / width).min(count);
            if here == 0 {
                return None;
            }
            if wide {
                units.extend(rest.chunks_exact(2).take(here).map(|b| u16_at(b, 0)));
            } else {
                units.extend(rest.iter().take(here).map(|&b| u16::from(b)));
            }
            self.at += here * width;
            count -= here;
        }
        Some(String::from_utf16_lossy(&units))
    }

    /// A string with formatting runs and phonetic data, which are passed over.
    pub(super) fn rich(&mut self) -> Option<String> {
        let count = self.number(2)? as usize;
        let flags = self.byte()?;
        let runs = if flags & 0x08 != 0 { self.number(2)? as usize } else { 0 };
        let extra = if flags & 0x04 != 0 { self.number(4)? as usize } else { 0 };
        let text = self.characters(count, flags & 1 != 0)?;
        // Missing at the very end of a file cut short: the text is whole all the same.
        let _ = self.skip(runs * 4).and_then(|()| self.skip(extra));
        Some(text)
    }
}
