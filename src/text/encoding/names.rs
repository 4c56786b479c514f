//! What encodings are called: by people, by standards, by numbers.

use encoding_rs::Encoding;

use super::{TextEncoding, oem};

impl TextEncoding {
    /// Reads a name as met in settings, `.cpg` files and pages, whatever its spelling: `UTF-8`, `utf8`, `65001`,
    /// `GBK`, `936`, `CP936`, `ANSI 936`, `国标`, `Big5`, `ISO-8859-1`, `88591`, `OEM 437`, `LDID/77`, …
    /// `None` where the name is unknown.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        let plain: String = label
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0' | '"' | '\''))
            .to_lowercase();
        if let Some(id) = plain.strip_prefix("ldid/").and_then(|id| id.trim().parse().ok()) {
            return Self::from_language_id(id);
        }
        let key: String = plain.chars().filter(|c| c.is_alphanumeric()).collect();
        let name = match key.as_str() {
            "utf8" | "utf8sig" | "utf8bom" | "utf8withbom" | "万国码" => "utf-8",
            // What a Chinese Windows calls ANSI is GBK.
            "gb18030" | "gbk" | "gb2312" | "gb231280" | "hzgb2312" | "gb" | "euccn" | "chinese" | "ansi" | "国标"
            | "简体中文" | "简体" | "中文" => "gb18030",
            "big5" | "big5hkscs" | "繁体中文" | "繁体" | "大五码" => "big5",
            "unicode" | "utf16" | "utf16le" | "ucs2" => "utf-16le",
            "utf16be" => "utf-16be",
            "macroman" | "mac" | "macintosh" | "xmacroman" | "苹果西文" => "macintosh",
            "maccyrillic" | "xmaccyrillic" => "x-mac-cyrillic",
            "latin1" | "l1" | "iso88591" | "88591" | "iso8859" | "usascii" | "ascii" | "西欧" | "西文" => {
                "windows-1252"
            }
            "shiftjis" | "sjis" | "日文" => "shift_jis",
            "euckr" | "韩文" => "euc-kr",
            key => {
                if let Some(page) = page_number(key).and_then(Self::from_code_page) {
                    return Some(page);
                }
                if let Some(part) = key.strip_prefix("iso8859").or_else(|| key.strip_prefix("8859")) {
                    return of_whatwg_label(&format!("iso-8859-{part}"));
                }
                plain.as_str()
            }
        };
        of_whatwg_label(name)
    }

    /// A code page of Windows, MS-DOS or the Macintosh by number.
    #[must_use]
    pub fn from_code_page(page: u16) -> Option<Self> {
        let page = match page {
            437 => return Some(Self::Oem(437, oem::CP437)),
            850 => return Some(Self::Oem(850, oem::CP850)),
            852 => return Some(Self::Oem(852, oem::CP852)),
            // The Macintosh's pages hold what these of Windows do, but for a few signs.
            10001 => 932,
            10002 => 950,
            10003 => 949,
            10008 => 936,
            10029 => 1250,
            page => page,
        };
        codepage::to_encoding_no_replacement(page).map(Self::whatwg)
    }

    /// The encoding of a dBASE language driver id; `None` for ids that name none (0, 0x57) or an unknown one.
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
}

/// The number of a code page, with or without the word in front.
fn page_number(key: &str) -> Option<u16> {
    let words = ["windows", "ansi", "oem", "cp", "ms", "ibm", "dos"];
    words.iter().fold(key, |rest, word| rest.strip_prefix(word).unwrap_or(rest)).parse().ok()
}

fn of_whatwg_label(label: &str) -> Option<TextEncoding> {
    Encoding::for_label_no_replacement(label.as_bytes()).map(TextEncoding::whatwg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_every_spelling() {
        for label in [
            "GBK",
            "936",
            "CP936",
            "cp936\r\n",
            "ANSI 936",
            "GB2312",
            "gb18030",
            "LDID/77",
            "\u{feff}GBK",
            "ANSI",
            "简体中文",
            "国标",
            "ms936",
            "54936",
        ] {
            assert_eq!(TextEncoding::from_label(label), Some(TextEncoding::GB18030), "{label}");
        }
        for label in ["UTF-8", "utf8", "UTF8\0", "65001", "CP65001", "utf-8-sig"] {
            assert_eq!(TextEncoding::from_label(label), Some(TextEncoding::UTF_8), "{label}");
        }
        for label in ["ISO-8859-1", "88591", "Latin1", "windows-1252", "ANSI 1252"] {
            assert_eq!(TextEncoding::from_label(label), Some(TextEncoding::WESTERN), "{label}");
        }
        for (label, name) in [
            ("utf-16", "UTF-16LE"),
            ("Unicode", "UTF-16LE"),
            ("cp1201", "UTF-16BE"),
            ("macintosh", "macintosh"),
            ("Mac Roman", "macintosh"),
            ("10000", "macintosh"),
            ("10007", "x-mac-cyrillic"),
            ("Big5", "Big5"),
            ("繁体", "Big5"),
            ("koi8-r", "KOI8-R"),
            ("20866", "KOI8-R"),
            ("Shift_JIS", "Shift_JIS"),
            ("OEM 437", "CP437"),
            ("ISO-8859-15", "ISO-8859-15"),
            ("ISO8859_2", "ISO-8859-2"),
            ("windows-1251", "windows-1251"),
            ("IBM866", "IBM866"),
        ] {
            assert_eq!(TextEncoding::from_label(label).map(TextEncoding::name).as_deref(), Some(name), "{label}");
        }
        for label in ["SYSTEM", "", "没有这种编码", "1", "99999"] {
            assert_eq!(TextEncoding::from_label(label), None, "{label}");
        }
    }

    #[test]
    fn language_ids_name_their_pages() {
        for (id, name) in
            [(0x4d, "GB18030"), (0x78, "Big5"), (0x57, ""), (0, ""), (0x02, "CP850"), (0x03, "windows-1252")]
        {
            let found = TextEncoding::from_language_id(id).map(TextEncoding::name).unwrap_or_default();
            assert_eq!(found, name, "{id:#x}");
        }
    }
}
