//! The encoding of many short values, such as those of a dBASE table, against what the file declares.
//!
//! How a wrong declaration is noticed. UTF-8 is self-checking: Chinese text in GBK is practically never
//! well-formed UTF-8, so texts that are well-formed UTF-8 throughout and declared as something else are
//! UTF-8, unless they are so short that this can be chance. The other way round, bytes pair up as GBK with
//! nearly all pairs among the common characters only where the text is Chinese; Latin texts rarely have two
//! accented letters side by side.

use super::chinese::{Unit, units};
use super::{TextEncoding, detect};

/// What the raw texts of a table say about their encoding.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// Values with a byte above 0x7F.
    values: u64,
    /// Of these, well-formed UTF-8 (a character cut at the field's end is forgiven).
    utf8: u64,
    /// UTF-8 sequences of three or more bytes met in those.
    long_sequences: u64,
    /// Values whose bytes do not pair up as GBK.
    gbk_bad: u64,
    /// Values with a byte that Windows-1252 leaves undefined.
    undefined: u64,
    /// GBK pairs, and how many of them are common characters or Chinese punctuation.
    pairs: u64,
    common: u64,
}

impl Evidence {
    /// Takes one value in; `full` says that it fills its field, so that its end may be cut.
    pub fn add(&mut self, bytes: &[u8], full: bool) {
        if bytes.is_ascii() {
            return;
        }
        self.values += 1;
        self.undefined += u64::from(bytes.iter().any(|b| matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)));
        let valid = match std::str::from_utf8(bytes) {
            Ok(_) => bytes.len(),
            Err(e) if full && e.error_len().is_none() && e.valid_up_to() > 0 => e.valid_up_to(),
            Err(_) => 0,
        };
        if valid > 0 {
            self.utf8 += 1;
            self.long_sequences += bytes[..valid].iter().filter(|b| **b >= 0xe0).count() as u64;
        }
        for unit in units(bytes) {
            match unit {
                Unit::Common | Unit::Rare => self.pairs += 1,
                Unit::Cut if full => {}
                Unit::Cut | Unit::Malformed => {
                    self.gbk_bad += 1;
                    break;
                }
            }
            self.common += u64::from(unit == Unit::Common);
        }
    }

    /// All texts are ASCII.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.values == 0
    }

    fn is_utf8(&self) -> bool {
        // One damaged value in a hundred does not make a table another encoding.
        self.values > 0 && (self.values - self.utf8) * 100 <= self.values
    }

    /// Well-formed UTF-8 beyond chance: a three-byte sequence, or at least six two-byte ones in a row of pairs.
    fn is_surely_utf8(&self) -> bool {
        self.is_utf8() && (self.long_sequences > 0 || self.pairs >= 6 || self.common * 10 < self.pairs * 9)
    }

    fn is_chinese(&self, least_pairs: u64, least_tenths: u64) -> bool {
        self.pairs >= least_pairs && self.gbk_bad * 100 <= self.values && self.common * 10 >= self.pairs * least_tenths
    }

    /// True where `declared` can't be what these texts were written in.
    #[must_use]
    pub fn contradicts(&self, declared: TextEncoding) -> bool {
        if self.is_ascii() {
            return false;
        }
        if declared == TextEncoding::UTF_8 {
            return !self.is_utf8();
        }
        if declared.is_single_byte() {
            return self.is_utf8()
                || self.is_chinese(2, 9)
                || (declared == TextEncoding::WESTERN && self.undefined > 0);
        }
        if self.is_surely_utf8() {
            return true;
        }
        declared == TextEncoding::GB18030 && self.gbk_bad * 10 > self.values
    }
}

/// The best guess at the encoding of these texts (raw bytes, one item a value), where `declared` does not fit.
#[must_use]
pub fn guess<'a>(
    evidence: &Evidence,
    declared: Option<TextEncoding>,
    texts: impl Iterator<Item = &'a [u8]>,
) -> TextEncoding {
    if evidence.is_ascii() || evidence.is_utf8() {
        return TextEncoding::UTF_8;
    }
    if evidence.is_chinese(1, if evidence.pairs < 3 { 10 } else { 6 }) {
        return TextEncoding::GB18030;
    }
    // What is declared Windows-1252 and can't be is written in its MS-DOS forerunner.
    if declared == Some(TextEncoding::WESTERN) && evidence.undefined > 0 {
        return TextEncoding::from_code_page(850).unwrap_or(TextEncoding::WESTERN);
    }
    let newline: &[u8] = b"\n";
    detect::statistics(texts.filter(|t| !t.is_ascii()).flat_map(|text| [text, newline]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(texts: &[&[u8]]) -> Evidence {
        let mut e = Evidence::default();
        for t in texts {
            e.add(t, false);
        }
        e
    }

    #[test]
    fn wrong_declarations_are_noticed_both_ways() {
        let names = ["浦东新区", "黄浦区", "崇明区"];
        let gbk: Vec<Vec<u8>> = names.iter().map(|n| TextEncoding::GB18030.encode(n).unwrap()).collect();
        let gbk: Vec<&[u8]> = gbk.iter().map(Vec::as_slice).collect();
        let utf8: Vec<&[u8]> = names.iter().map(|n| n.as_bytes()).collect();
        assert!(evidence(&utf8).contradicts(TextEncoding::GB18030));
        assert!(evidence(&utf8).contradicts(TextEncoding::WESTERN));
        assert!(!evidence(&utf8).contradicts(TextEncoding::UTF_8));
        assert!(evidence(&gbk).contradicts(TextEncoding::UTF_8));
        assert!(evidence(&gbk).contradicts(TextEncoding::WESTERN));
        assert!(!evidence(&gbk).contradicts(TextEncoding::GB18030));
        assert_eq!(guess(&evidence(&gbk), None, gbk.iter().copied()), TextEncoding::GB18030);
        assert_eq!(guess(&evidence(&utf8), None, utf8.iter().copied()), TextEncoding::UTF_8);
        let latin: &[&[u8]] = &[b"caf\xe9", b"Stra\xdfe", b"\xd1and\xfa", b"M\xfcnchen"];
        assert!(!evidence(latin).contradicts(TextEncoding::WESTERN));
        assert_eq!(guess(&evidence(latin), None, latin.iter().copied()), TextEncoding::WESTERN);
    }

    #[test]
    fn one_character_that_reads_both_ways_follows_its_declaration() {
        // "茅" in GBK is C3 A9, which is "é" in UTF-8: too short to overrule anybody.
        let both: &[&[u8]] = &[&[0xc3, 0xa9]];
        assert!(!evidence(both).contradicts(TextEncoding::GB18030));
        assert!(!evidence(both).contradicts(TextEncoding::UTF_8));
    }

    #[test]
    fn undefined_bytes_of_windows_1252_are_ms_dos() {
        let page = TextEncoding::from_code_page(850).unwrap();
        let dos: &[&[u8]] = &[&[0x8e, 0x94, 0x81, b'!', 0xf5]];
        assert!(evidence(dos).contradicts(TextEncoding::WESTERN));
        assert_eq!(guess(&evidence(dos), Some(TextEncoding::WESTERN), dos.iter().copied()), page);
    }
}
