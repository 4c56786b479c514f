//! Bytes taken for GB18030, and whether Chinese text looks like that.

/// What a run of bytes beyond ASCII is if this is GB18030.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// A character of level 1 of GB 2312-80 (the 3 755 common ones, lead byte B0–D7) or of the rows of
    /// punctuation that Chinese text is written with (A1–A3).
    Common,
    /// Another character of two or four bytes.
    Rare,
    /// The first byte of a character that the text ends in.
    Cut,
    /// A byte that begins no character.
    Malformed,
}

/// The characters beyond ASCII, one after another.
pub(super) fn units(bytes: &[u8]) -> impl Iterator<Item = Unit> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii()).count();
        let lead = *bytes.get(at)?;
        let (unit, length) = match (lead, bytes.get(at + 1)) {
            (0x81..=0xFE, Some(&trail @ (0x40..=0x7E | 0x80..=0xFE))) => {
                let common = trail >= 0xA1 && matches!(lead, 0xA1..=0xA3 | 0xB0..=0xD7);
                (if common { Unit::Common } else { Unit::Rare }, 2)
            }
            (0x81..=0xFE, Some(0x30..=0x39))
                if matches!(bytes.get(at + 2..at + 4), Some([0x81..=0xFE, 0x30..=0x39])) =>
            {
                (Unit::Rare, 4)
            }
            (_, None) => (Unit::Cut, 1),
            _ => (Unit::Malformed, 1),
        };
        at += length;
        Some(unit)
    })
}

/// Counts of the characters beyond ASCII in one text.
#[derive(Debug, Default)]
pub(super) struct ChineseTally {
    /// Characters of two or four bytes.
    pub(super) pairs: u64,
    /// Those of level 1 and the punctuation that Chinese text is written with.
    pub(super) common: u64,
    /// Sequences that are no GB18030.
    pub(super) malformed: u64,
}

impl ChineseTally {
    /// Counts.
    pub(super) fn of(sample: &[u8]) -> Self {
        let mut tally = Self::default();
        for unit in units(sample) {
            match unit {
                Unit::Common | Unit::Rare => tally.pairs += 1,
                Unit::Cut | Unit::Malformed => tally.malformed += 1,
            }
            tally.common += u64::from(unit == Unit::Common);
        }
        tally
    }

    /// True where this is how Chinese text looks.
    pub(super) fn plausible(&self) -> bool {
        self.pairs > 0 && self.malformed * 10 <= self.pairs && self.common * 10 >= self.pairs * 7
    }
}

/// True where bytes from a file without a declared encoding are Chinese text in GB18030.
#[must_use]
pub fn looks_chinese(bytes: &[u8]) -> bool {
    ChineseTally::of(bytes).plausible()
}
