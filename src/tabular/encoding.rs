//! The encoding of a text file: names people use, detection, decoding.
//!
//! Duty: say which encoding a file is in, how that was found and how sure it is; decode without ever
//! turning bytes into U+FFFD unreported.
//!
//! Method: a byte-order mark decides; then the pattern of zero bytes that UTF-16 leaves; then UTF-8
//! validity over the *whole* file (a legacy file passes that test by chance practically never); then
//! GB18030 by the share of characters in the rows of GB 2312 that Chinese text is written with (level 1,
//! rows B0 to D7, and the punctuation rows A1 to A3); what remains goes to chardetng and is called a guess.

use std::borrow::Cow;
use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, GB18030, GBK, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How an encoding was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// The user named it.
    Chosen,
    /// A byte-order mark.
    Mark,
    /// The whole file is valid UTF-8.
    Utf8,
    /// UTF-8 but for a few bytes.
    Utf8Damaged,
    /// Zero bytes fall where UTF-16 puts them.
    Utf16Pattern,
    /// Its characters are those of Chinese text.
    Gb18030,
    /// Statistics only.
    Guess,
}

/// An encoding, how it was found, and how many bytes of byte-order mark to skip.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detected {
    /// The encoding.
    pub(super) encoding: &'static Encoding,
    /// How it was found.
    pub(super) how: How,
    /// False where somebody should look.
    pub(super) sure: bool,
    /// Bytes of byte-order mark.
    pub(super) mark: usize,
}

/// Resolves a name that a user gives: WHATWG labels, code pages, and what people call them in Chinese.
pub(super) fn by_name(name: &str) -> Option<&'static Encoding> {
    let plain: String =
        name.trim().to_lowercase().chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-')).collect();
    let label = match plain.as_str() {
        "utf8" | "utf8sig" | "utf8bom" | "utf8withbom" | "cp65001" | "65001" | "万国码" => "utf-8",
        "gb18030" | "gbk" | "gb2312" | "gb" | "cp936" | "936" | "ms936" | "ansi" | "euccn" | "国标" | "简体中文"
        | "简体" | "中文" => "gb18030",
        "big5" | "big5hkscs" | "cp950" | "950" | "繁体中文" | "繁体" | "大五码" => "big5",
        "unicode" | "utf16" | "utf16le" | "ucs2" | "cp1200" | "1200" => "utf-16le",
        "utf16be" | "cp1201" | "1201" => "utf-16be",
        "macroman" | "mac" | "macintosh" | "xmacroman" | "cp10000" | "10000" | "苹果西文" => "macintosh",
        "maccyrillic" | "xmaccyrillic" | "10007" => "x-mac-cyrillic",
        "latin1" | "iso88591" | "cp1252" | "1252" | "windows1252" | "西欧" | "西文" => "windows-1252",
        "cp1250" | "1250" | "windows1250" => "windows-1250",
        "cp1251" | "1251" | "windows1251" => "windows-1251",
        "cp932" | "932" | "shiftjis" | "sjis" | "日文" => "shift_jis",
        "cp949" | "949" | "euckr" | "韩文" => "euc-kr",
        _ => name.trim(),
    };
    Encoding::for_label_no_replacement(label.as_bytes())
}

/// The encoding of a Windows or Macintosh code page.
pub(super) fn by_code_page(page: u16) -> Option<&'static Encoding> {
    let label = match page {
        367 | 1252 | 0x8001 => "windows-1252",
        866 => "ibm866",
        874 => "windows-874",
        932 | 10001 => "shift_jis",
        936 | 10008 | 54936 => "gb18030",
        949 | 10003 => "euc-kr",
        950 | 10002 => "big5",
        1200 => "utf-16le",
        1201 => "utf-16be",
        1250 | 10029 => "windows-1250",
        1251 => "windows-1251",
        1253 => "windows-1253",
        1254 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        10000 | 0x8000 => "macintosh",
        10007 => "x-mac-cyrillic",
        20866 => "koi8-r",
        65001 => "utf-8",
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

/// The byte-order mark at the start of `head`: encoding and length.
pub(super) fn byte_order_mark(head: &[u8]) -> Option<(&'static Encoding, usize)> {
    if head.starts_with(&[0x84, 0x31, 0x95, 0x33]) {
        return Some((GB18030, 4));
    }
    Encoding::for_bom(head)
}

/// Bytes that statistics look at.
const SAMPLE: usize = 4 << 20;
/// Bytes read at a time.
const BLOCK: usize = 1 << 20;

/// Finds the encoding of a whole text, read once from start to end.
///
/// # Errors
/// What reading gives.
pub(super) fn detect(mut reader: impl Read) -> io::Result<Detected> {
    let mut sample = Vec::new();
    reader.by_ref().take(SAMPLE as u64).read_to_end(&mut sample)?;
    if let Some((encoding, mark)) = byte_order_mark(&sample) {
        return Ok(Detected { encoding, how: How::Mark, sure: true, mark });
    }
    if let Some(encoding) = utf16_pattern(&sample) {
        return Ok(Detected { encoding, how: How::Utf16Pattern, sure: true, mark: 0 });
    }
    let mut tally = Utf8Tally::default();
    tally.feed(&sample);
    let mut block = Vec::with_capacity(BLOCK);
    while !tally.hopeless() {
        block.clear();
        reader.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
        if block.is_empty() {
            break;
        }
        tally.feed(&block);
        if sample.is_ascii() {
            // Statistics need what is not ASCII, wherever it begins.
            sample.clone_from(&block);
        }
    }
    tally.finish();
    if tally.bad == 0 {
        return Ok(Detected { encoding: UTF_8, how: How::Utf8, sure: true, mark: 0 });
    }
    if tally.good >= tally.bad.saturating_mul(4) {
        return Ok(Detected { encoding: UTF_8, how: How::Utf8Damaged, sure: true, mark: 0 });
    }
    Ok(legacy(&sample))
}

/// Chooses among the encodings from before Unicode.
pub(super) fn legacy(sample: &[u8]) -> Detected {
    let chinese = ChineseTally::of(sample);
    if chinese.plausible() {
        return Detected { encoding: GB18030, how: How::Gb18030, sure: chinese.pairs >= 4, mark: 0 };
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let guess = if guess == GBK { GB18030 } else { guess };
    // A guess under which the text is full of holes is none.
    let encoding = if guess.is_single_byte() || holes(guess, sample) {
        western(sample).unwrap_or(if guess.is_single_byte() { guess } else { WINDOWS_1252 })
    } else {
        guess
    };
    Detected { encoding, how: How::Guess, sure: false, mark: 0 }
}

/// True where more than one in fifty of the characters beyond ASCII can't be decoded.
fn holes(encoding: &'static Encoding, sample: &[u8]) -> bool {
    let beyond = sample.iter().filter(|byte| !byte.is_ascii()).count();
    let (_, bad) = decode(encoding, sample);
    bad.len() * 100 > beyond
}

/// Mac Roman, if this is Western text with its letters where only the Macintosh had them: 0x80 to 0x9F, which
/// in windows-1252 are signs that don't stand inside words. chardetng doesn't know the encoding.
fn western(sample: &[u8]) -> Option<&'static Encoding> {
    let (mut low, mut high) = (0_usize, 0_usize);
    for three in sample.windows(3) {
        if three[0].is_ascii_alphabetic() && three[2].is_ascii_alphabetic() {
            low += usize::from(matches!(three[1], 0x80..=0x9F));
            high += usize::from(three[1] >= 0xA0);
        }
    }
    (low >= 3 && low > high * 2).then_some(MACINTOSH)
}

/// UTF-16 without a mark: ASCII in it leaves zero bytes on one side of the pairs only.
fn utf16_pattern(sample: &[u8]) -> Option<&'static Encoding> {
    let head = &sample[..sample.len().min(1 << 16)];
    let (mut even, mut odd, mut pairs) = (0_usize, 0_usize, 0_usize);
    let (mut little, mut big) = (0_usize, 0_usize);
    for pair in head.chunks_exact(2) {
        pairs += 1;
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
        little += usize::from(matches!(pair, [b'\n' | b'\r' | b',' | b'\t' | b';', 0]));
        big += usize::from(matches!(pair, [0, b'\n' | b'\r' | b',' | b'\t' | b';']));
    }
    let few = (pairs / 50).max(2);
    if odd >= few && even * 10 <= odd && little > 0 {
        Some(UTF_16LE)
    } else if even >= few && odd * 10 <= even && big > 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Counts characters beyond ASCII and malformed sequences over blocks of any size.
#[derive(Debug, Default)]
struct Utf8Tally {
    good: u64,
    bad: u64,
    rest: Vec<u8>,
}

impl Utf8Tally {
    fn feed(&mut self, block: &[u8]) {
        let mut joined;
        let mut bytes: &[u8] = block;
        if !self.rest.is_empty() {
            joined = std::mem::take(&mut self.rest);
            joined.extend_from_slice(block);
            bytes = &joined;
        }
        loop {
            match std::str::from_utf8(bytes) {
                Ok(_) => {
                    self.good += leads(bytes);
                    return;
                }
                Err(error) => {
                    let (valid, after) = bytes.split_at(error.valid_up_to());
                    self.good += leads(valid);
                    let Some(length) = error.error_len() else {
                        self.rest = after.to_vec();
                        return;
                    };
                    self.bad += 1;
                    if self.hopeless() {
                        return;
                    }
                    bytes = &after[length..];
                }
            }
        }
    }

    fn finish(&mut self) {
        // A character cut off by the end of the file.
        self.bad += u64::from(!self.rest.is_empty());
    }

    /// Enough seen to know that this isn't UTF-8.
    fn hopeless(&self) -> bool {
        self.bad > 2_000 && self.good < self.bad.saturating_mul(4)
    }
}

/// Bytes that begin a character of more than one byte.
fn leads(valid: &[u8]) -> u64 {
    valid.chunks(1 << 16).map(|part| part.iter().filter(|&&b| b >= 0xC0).count() as u64).sum()
}

/// What the bytes beyond ASCII are if this is GB18030.
#[derive(Debug, Default)]
struct ChineseTally {
    /// Characters of two or four bytes.
    pairs: u64,
    /// Those of level 1 and the punctuation that Chinese text is written with.
    common: u64,
    /// Sequences that are no GB18030.
    malformed: u64,
}

impl ChineseTally {
    fn of(sample: &[u8]) -> Self {
        let mut tally = Self::default();
        let mut i = 0;
        while i < sample.len() {
            let lead = sample[i];
            if lead < 0x80 {
                i += 1;
                continue;
            }
            match (lead, sample.get(i + 1).copied()) {
                (0x81..=0xFE, Some(trail @ (0x40..=0x7E | 0x80..=0xFE))) => {
                    tally.pairs += 1;
                    let common = trail >= 0xA1 && matches!(lead, 0xA1..=0xA3 | 0xB0..=0xD7);
                    tally.common += u64::from(common);
                    i += 2;
                }
                (0x81..=0xFE, Some(0x30..=0x39))
                    if matches!(sample.get(i + 2..i + 4), Some([0x81..=0xFE, 0x30..=0x39])) =>
                {
                    tally.pairs += 1;
                    i += 4;
                }
                _ => {
                    tally.malformed += 1;
                    i += 1;
                }
            }
        }
        tally
    }

    fn plausible(&self) -> bool {
        self.pairs > 0 && self.malformed * 10 <= self.pairs && self.common * 10 >= self.pairs * 7
    }
}

/// True where bytes from a file without a declared encoding are Chinese text.
pub(super) fn looks_chinese(bytes: &[u8]) -> bool {
    ChineseTally::of(bytes).plausible()
}

/// A sequence that could not be decoded.
#[derive(Debug, Clone)]
pub(super) struct Undecodable {
    /// Where the U+FFFD that stands for it lies in the decoded text.
    pub(super) offset: usize,
    /// Its bytes in hexadecimal.
    pub(super) bytes: String,
}

/// Decodes bytes; each malformed sequence becomes one U+FFFD and an entry in the list.
pub(super) fn decode<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> (Cow<'a, str>, Vec<Undecodable>) {
    if encoding == UTF_8 {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return (Cow::Borrowed(text), Vec::new());
        }
    } else if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return (text, Vec::new());
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2 + 16);
    let mut list = Vec::new();
    let mut read = 0;
    loop {
        let (result, used) = decoder.decode_to_string_without_replacement(&bytes[read..], &mut text, true);
        read += used;
        match result {
            DecoderResult::InputEmpty => return (Cow::Owned(text), list),
            DecoderResult::OutputFull => text.reserve(bytes.len() - read + 64),
            DecoderResult::Malformed(length, after) => {
                let end = read.saturating_sub(usize::from(after));
                let start = end.saturating_sub(usize::from(length));
                let hex: Vec<String> = bytes[start..end].iter().map(|b| format!("{b:02X}")).collect();
                list.push(Undecodable { offset: text.len(), bytes: hex.join(" ") });
                text.push('\u{FFFD}');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(bytes: &[u8]) -> (&'static str, How, bool) {
        let d = detect(bytes).unwrap();
        (d.encoding.name(), d.how, d.sure)
    }

    const TEXT: &str = "单位名称,地址\n上海某某化工有限公司,宝山区某某路１号\n某某电镀厂,嘉定区\n";

    #[test]
    fn encodings_are_found() {
        assert_eq!(detected(b"a,b\n1,2\n"), ("UTF-8", How::Utf8, true));
        assert_eq!(detected(TEXT.as_bytes()), ("UTF-8", How::Utf8, true));
        let gbk = GB18030.encode(TEXT).0;
        assert_eq!(detected(&gbk), ("gb18030", How::Gb18030, true));
        let little: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(detected(&little), ("UTF-16LE", How::Utf16Pattern, true));
        let big: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(detected(&big), ("UTF-16BE", How::Utf16Pattern, true));
        let traditional = "公司名稱,地址\n臺北市某某實業股份有限公司,臺北市信義區\n某某電鍍廠,新北市\n";
        let big5 = by_name("繁体").unwrap().encode(traditional).0;
        let (name, how, sure) = detected(&big5);
        assert_eq!((name, how, sure), ("Big5", How::Guess, false));
    }

    #[test]
    fn a_few_broken_bytes_leave_utf8_utf8() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.truncate(bytes.len() - 2);
        bytes.push(b'\n');
        assert_eq!(detected(&bytes), ("UTF-8", How::Utf8Damaged, true));
        let (text, list) = decode(UTF_8, &bytes);
        assert_eq!(list.len(), 1);
        assert!(text.get(list[0].offset..).is_some_and(|rest| rest.starts_with('\u{FFFD}')));
    }

    #[test]
    fn names_that_people_use() {
        for (name, label) in [
            ("GBK", "gb18030"),
            ("ANSI", "gb18030"),
            ("cp936", "gb18030"),
            ("简体中文", "gb18030"),
            ("UTF8", "UTF-8"),
            ("utf-16", "UTF-16LE"),
            ("macintosh", "macintosh"),
            ("Mac Roman", "macintosh"),
            ("Big5", "Big5"),
            ("windows-1252", "windows-1252"),
            ("koi8-r", "KOI8-R"),
        ] {
            assert_eq!(by_name(name).map(Encoding::name), Some(label), "{name}");
        }
        assert!(by_name("没有这种编码").is_none());
    }

    #[test]
    fn malformed_bytes_are_listed() {
        let (text, list) = decode(GB18030, b"\xC9\xCF\xFF\xBA\xA3");
        assert_eq!(text, "上\u{FFFD}海");
        assert_eq!(list.len(), 1);
        assert_eq!(list[0].bytes, "FF");
    }
}
