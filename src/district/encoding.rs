//! Text encodings of attribute tables: their names, the dBASE language ids, and the guess.
//!
//! Duty: from the raw bytes of a table's texts and what the file declares (a `.cpg` file, else the DBF's
//! language driver id at header byte 29) to one encoding, with the reason, noticing declarations that are
//! wrong. The order is: chosen by hand, `.cpg`, language id, guess.
//!
//! How a wrong declaration is noticed. UTF-8 is self-checking: Chinese text in GBK is practically never
//! well-formed UTF-8, so texts that are well-formed UTF-8 throughout and declared as something else are
//! UTF-8, unless they are so short that this can be chance. The other way round, bytes pair up as GBK with
//! nearly all pairs among the 3 755 common characters of GB 2312-80 (lead byte B0–D7, trail byte from A1)
//! only where the text is Chinese; Latin texts rarely have two accented letters side by side.
//! Language id 0x57 ("ANSI") and 0 say nothing and lead to the guess.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};

use super::oem;

/// An encoding of 8-bit texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// One of the WHATWG encodings; GBK is read as its superset GB18030.
    Whatwg(&'static Encoding),
    /// A MS-DOS code page: its number and the characters of 0x80–0xFF.
    Oem(u16, &'static str),
}

/// Where an encoding came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodingSource {
    /// Chosen by hand.
    Chosen,
    /// The `.cpg` file.
    Cpg,
    /// The language driver id of the DBF header.
    LanguageId,
    /// Guessed from the texts; nothing was declared.
    Guessed,
    /// Guessed from the texts against a declaration that does not fit them.
    Corrected,
    /// All texts are ASCII, so that nothing depends on the encoding.
    Ascii,
}

impl EncodingSource {
    /// The Chinese words shown to users.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Chosen => "人工指定",
            Self::Cpg => ".cpg 文件",
            Self::LanguageId => "DBF 语言标识",
            Self::Guessed => "按内容推断",
            Self::Corrected => "按内容推断（声明有误）",
            Self::Ascii => "全部为 ASCII 字符",
        }
    }
}

impl TextEncoding {
    /// UTF-8.
    pub const UTF_8: Self = Self::Whatwg(UTF_8);
    /// GB18030, which reads GBK and GB 2312 too.
    pub const GB18030: Self = Self::Whatwg(GB18030);

    /// Reads a name as met in `.cpg` files and in settings: `UTF-8`, `utf8`, `65001`, `GBK`, `936`,
    /// `CP936`, `ANSI 936`, `GB2312`, `Big5`, `ISO-8859-1`, `88591`, `OEM 437`, `LDID/77`, …
    /// `None` where the name is unknown or says nothing (`SYSTEM`, `ANSI`).
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        let plain: String = label
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0' | '"' | '\''))
            .to_ascii_lowercase();
        if let Some(id) = plain.strip_prefix("ldid/").and_then(|id| id.trim().parse().ok()) {
            return Self::from_language_id(id);
        }
        let key: String = plain.chars().filter(char::is_ascii_alphanumeric).collect();
        let digits = key
            .trim_start_matches("windows")
            .trim_start_matches("ansi")
            .trim_start_matches("oem")
            .trim_start_matches("cp")
            .trim_start_matches("ms")
            .trim_start_matches("ibm")
            .trim_start_matches("dos");
        if let Some(page) = digits.parse().ok().and_then(Self::from_code_page) {
            return Some(page);
        }
        let name = match key.as_str() {
            "utf8" | "utf8bom" | "unicode" => "utf-8",
            "gbk" | "gb18030" | "gb2312" | "gb231280" | "euccn" | "gb" | "chinese" | "hzgb2312" => "gb18030",
            "big5" | "big5hkscs" => "big5",
            "latin1" | "l1" | "iso88591" | "88591" | "iso8859" | "usascii" | "ascii" => "windows-1252",
            key => {
                if let Some(part) = key.strip_prefix("iso8859").or_else(|| key.strip_prefix("8859")) {
                    return Encoding::for_label(format!("iso-8859-{part}").as_bytes()).map(Self::Whatwg);
                }
                return Encoding::for_label(plain.as_bytes()).map(Self::Whatwg);
            }
        };
        Encoding::for_label(name.as_bytes()).map(Self::Whatwg)
    }

    /// A Windows or MS-DOS code page by number.
    #[must_use]
    pub fn from_code_page(page: u16) -> Option<Self> {
        let name = match page {
            437 => return Some(Self::Oem(437, oem::CP437)),
            850 => return Some(Self::Oem(850, oem::CP850)),
            852 => return Some(Self::Oem(852, oem::CP852)),
            65001 => "utf-8",
            936 | 54936 => "gb18030",
            950 => "big5",
            932 => "shift_jis",
            949 => "euc-kr",
            866 => "ibm866",
            874 => "windows-874",
            10000 => "macintosh",
            10007 => "x-mac-cyrillic",
            1250..=1258 => return Encoding::for_label(format!("windows-{page}").as_bytes()).map(Self::Whatwg),
            _ => return None,
        };
        Encoding::for_label(name.as_bytes()).map(Self::Whatwg)
    }

    /// The encoding of a DBF language driver id; `None` for ids that name none (0, 0x57) or an unknown one.
    #[must_use]
    pub fn from_language_id(id: u8) -> Option<Self> {
        let page = match id {
            0x01 | 0x09 | 0x0b | 0x0d | 0x0f | 0x11 | 0x15 | 0x18 | 0x19 | 0x1b => 437,
            0x02 | 0x0a | 0x0e | 0x10 | 0x12 | 0x14 | 0x16 | 0x1a | 0x1d | 0x25 | 0x37 => 850,
            0x03 | 0x58 | 0x59 => 1252,
            0x04 => 10000,
            0x13 | 0x7b => 932,
            0x1f | 0x22 | 0x23 | 0x40 | 0x64 | 0x87 => 852,
            0x26 | 0x65 => 866,
            0x4d | 0x7a => 936,
            0x4e | 0x79 => 949,
            0x4f | 0x78 => 950,
            0x50 | 0x7c => 874,
            0x7d => 1255,
            0x7e => 1256,
            0x96 => 10007,
            0xc8 => 1250,
            0xc9 => 1251,
            0xca => 1254,
            0xcb => 1253,
            0xcc => 1257,
            _ => return None,
        };
        Self::from_code_page(page)
    }

    /// The name shown to users, e.g. `UTF-8`, `GB18030`, `CP850`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Whatwg(encoding) if encoding == GB18030 => "GB18030".to_owned(),
            Self::Whatwg(encoding) => encoding.name().to_owned(),
            Self::Oem(page, _) => format!("CP{page}"),
        }
    }

    /// Decodes; the flag is true where bytes could not be read and stand as U+FFFD.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> (String, bool) {
        match self {
            Self::Whatwg(encoding) => {
                let (text, errors) = encoding.decode_without_bom_handling(bytes);
                (text.into_owned(), errors)
            }
            Self::Oem(_, upper) => {
                let text = bytes
                    .iter()
                    .map(|b| {
                        if b.is_ascii() {
                            char::from(*b)
                        } else {
                            upper.chars().nth(usize::from(b - 0x80)).unwrap_or('\u{fffd}')
                        }
                    })
                    .collect();
                (text, false)
            }
        }
    }

    /// Encodes; `None` where a character does not exist in the encoding.
    #[must_use]
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Whatwg(encoding) => {
                let (bytes, _, unmappable) = encoding.encode(text);
                (!unmappable).then(|| bytes.into_owned())
            }
            Self::Oem(_, upper) => text
                .chars()
                .map(|c| {
                    if c.is_ascii() {
                        return u8::try_from(c).ok();
                    }
                    upper.chars().position(|u| u == c).and_then(|i| u8::try_from(i + 0x80).ok())
                })
                .collect(),
        }
    }

    fn is_single_byte(self) -> bool {
        match self {
            Self::Whatwg(encoding) => encoding.is_single_byte(),
            Self::Oem(..) => true,
        }
    }

    /// Decodes a value that its writer may have cut in the middle of a character at the field's width:
    /// an incomplete last character is dropped. Returns text, cut, errors.
    pub(super) fn decode_field(self, bytes: &[u8], full: bool) -> (String, bool, bool) {
        let (text, errors) = self.decode(bytes);
        if !errors || !full || self.is_single_byte() {
            return (text, false, errors);
        }
        // A character has at most four bytes, so that at most three can be left over.
        for short in 1..=3.min(bytes.len()) {
            let (head, tail) = bytes.split_at(bytes.len() - short);
            let (text, errors) = self.decode(head);
            if !errors && tail.first().is_some_and(|b| !b.is_ascii()) {
                return (text, true, false);
            }
        }
        (text, false, true)
    }
}

/// What the raw texts of a table say about their encoding.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Evidence {
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
    pub(super) fn add(&mut self, bytes: &[u8], full: bool) {
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
        let mut i = 0;
        while i < bytes.len() {
            let lead = bytes[i];
            if lead.is_ascii() {
                i += 1;
                continue;
            }
            match bytes.get(i + 1) {
                None if full => break,
                Some(trail) if (0x81..=0xfe).contains(&lead) && matches!(trail, 0x40..=0x7e | 0x80..=0xfe) => {
                    self.pairs += 1;
                    let common = *trail >= 0xa1 && matches!(lead, 0xb0..=0xd7 | 0xa1..=0xa3);
                    self.common += u64::from(common);
                    i += 2;
                }
                // Four-byte forms of GB18030: rare characters, legal all the same.
                Some(b'0'..=b'9')
                    if bytes.get(i + 2).is_some_and(|b| (0x81..=0xfe).contains(b))
                        && bytes.get(i + 3).is_some_and(u8::is_ascii_digit) =>
                {
                    self.pairs += 1;
                    i += 4;
                }
                _ => {
                    self.gbk_bad += 1;
                    break;
                }
            }
        }
    }

    /// All texts are ASCII.
    pub(super) fn is_ascii(&self) -> bool {
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
    pub(super) fn contradicts(&self, declared: TextEncoding) -> bool {
        if self.is_ascii() {
            return false;
        }
        if declared == TextEncoding::UTF_8 {
            return !self.is_utf8();
        }
        if declared.is_single_byte() {
            return self.is_utf8() || self.is_chinese(2, 9) || (declared == WESTERN && self.undefined > 0);
        }
        if self.is_surely_utf8() {
            return true;
        }
        declared == TextEncoding::GB18030 && self.gbk_bad * 10 > self.values
    }
}

/// The best guess at the encoding of these texts (raw bytes, one item a value), where `declared` does not fit.
pub(super) fn guess<'a>(
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
    if declared == Some(WESTERN) && evidence.undefined > 0 {
        return TextEncoding::Oem(850, oem::CP850);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    for text in texts.filter(|t| !t.is_ascii()) {
        detector.feed(text, false);
        detector.feed(b"\n", false);
    }
    detector.feed(b"", true);
    let found = detector.guess(None, Utf8Detection::Deny);
    // chardetng names GBK for Chinese; its superset reads every file that GBK reads.
    if found == encoding_rs::GBK { TextEncoding::GB18030 } else { TextEncoding::Whatwg(found) }
}

/// Windows-1252, the last resort for names that nothing else reads.
pub(super) const WESTERN: TextEncoding = TextEncoding::Whatwg(WINDOWS_1252);

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
    fn labels_of_every_spelling() {
        for label in ["GBK", "936", "CP936", "cp936\r\n", "ANSI 936", "GB2312", "gb18030", "LDID/77", "\u{feff}GBK"] {
            assert_eq!(TextEncoding::from_label(label), Some(TextEncoding::GB18030), "{label}");
        }
        for label in ["UTF-8", "utf8", "UTF8\0", "65001", "CP65001"] {
            assert_eq!(TextEncoding::from_label(label), Some(TextEncoding::UTF_8), "{label}");
        }
        for label in ["ISO-8859-1", "88591", "Latin1", "windows-1252", "ANSI 1252"] {
            assert_eq!(TextEncoding::from_label(label), Some(WESTERN), "{label}");
        }
        assert_eq!(TextEncoding::from_label("OEM 437").map(TextEncoding::name), Some("CP437".to_owned()));
        assert_eq!(TextEncoding::from_label("ISO-8859-15").map(TextEncoding::name), Some("ISO-8859-15".to_owned()));
        assert_eq!(TextEncoding::from_label("SYSTEM"), None);
        assert_eq!(TextEncoding::from_label(""), None);
    }

    #[test]
    fn wrong_declarations_are_noticed_both_ways() {
        let names = ["浦东新区", "黄浦区", "崇明区"];
        let gbk: Vec<Vec<u8>> = names.iter().map(|n| TextEncoding::GB18030.encode(n).unwrap()).collect();
        let gbk: Vec<&[u8]> = gbk.iter().map(Vec::as_slice).collect();
        let utf8: Vec<&[u8]> = names.iter().map(|n| n.as_bytes()).collect();
        assert!(evidence(&utf8).contradicts(TextEncoding::GB18030));
        assert!(evidence(&utf8).contradicts(WESTERN));
        assert!(!evidence(&utf8).contradicts(TextEncoding::UTF_8));
        assert!(evidence(&gbk).contradicts(TextEncoding::UTF_8));
        assert!(evidence(&gbk).contradicts(WESTERN));
        assert!(!evidence(&gbk).contradicts(TextEncoding::GB18030));
        assert_eq!(guess(&evidence(&gbk), None, gbk.iter().copied()), TextEncoding::GB18030);
        assert_eq!(guess(&evidence(&utf8), None, utf8.iter().copied()), TextEncoding::UTF_8);
        let latin: &[&[u8]] = &[b"caf\xe9", b"Stra\xdfe", b"\xd1and\xfa", b"M\xfcnchen"];
        assert!(!evidence(latin).contradicts(WESTERN));
        assert_eq!(guess(&evidence(latin), None, latin.iter().copied()), WESTERN);
    }

    #[test]
    fn one_character_that_reads_both_ways_follows_its_declaration() {
        // "茅" in GBK is C3 A9, which is "é" in UTF-8: too short to overrule anybody.
        let both: &[&[u8]] = &[&[0xc3, 0xa9]];
        assert!(!evidence(both).contradicts(TextEncoding::GB18030));
        assert!(!evidence(both).contradicts(TextEncoding::UTF_8));
    }

    #[test]
    fn a_character_cut_at_the_width_is_dropped_whole() {
        let bytes = "浦东新区".as_bytes();
        assert_eq!(TextEncoding::UTF_8.decode_field(&bytes[..10], true), ("浦东新".to_owned(), true, false));
        let gbk = TextEncoding::GB18030.encode("浦东新区").unwrap();
        assert_eq!(TextEncoding::GB18030.decode_field(&gbk[..5], true), ("浦东".to_owned(), true, false));
        assert!(TextEncoding::UTF_8.decode_field(&bytes[..10], false).2);
    }

    #[test]
    fn ms_dos_pages_go_both_ways() {
        let page = TextEncoding::from_code_page(850).unwrap();
        let dos: &[&[u8]] = &[&[0x8e, 0x94, 0x81, b'!', 0xf5]];
        assert!(evidence(dos).contradicts(WESTERN));
        assert_eq!(guess(&evidence(dos), Some(WESTERN), dos.iter().copied()), page);
        assert_eq!(page.decode(&[0x8e, 0x94, 0x81, b'!']), ("Äöü!".to_owned(), false));
        assert_eq!(page.encode("Äöü!"), Some(vec![0x8e, 0x94, 0x81, b'!']));
        assert_eq!(page.encode("浦"), None);
    }
}
