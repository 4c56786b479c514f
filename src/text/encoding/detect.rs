//! The encoding of a whole text.
//!
//! Duty: say which encoding a text is in, how that was found and how sure it is.
//!
//! Method: a byte-order mark decides; then the pattern of zero bytes that UTF-16 leaves; then UTF-8
//! validity over the *whole* file (a legacy file passes that test by chance practically never); then
//! GB18030 by the share of characters in the rows of GB 2312 that Chinese text is written with (level 1,
//! rows B0 to D7, and the punctuation rows A1 to A3); what remains goes to chardetng and is called a guess.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{EUC_KR, Encoding, MACINTOSH};

use super::TextEncoding;
use super::chinese::ChineseTally;

/// How an encoding was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
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
pub struct Detected {
    /// The encoding.
    pub encoding: TextEncoding,
    /// How it was found.
    pub how: How,
    /// False where somebody should look.
    pub sure: bool,
    /// Bytes of byte-order mark.
    pub mark: usize,
}

/// The byte-order mark at the start of `head`: encoding and length.
#[must_use]
pub fn byte_order_mark(head: &[u8]) -> Option<(TextEncoding, usize)> {
    if head.starts_with(&[0x84, 0x31, 0x95, 0x33]) {
        return Some((TextEncoding::GB18030, 4));
    }
    Encoding::for_bom(head).map(|(encoding, length)| (TextEncoding::Whatwg(encoding), length))
}

/// Bytes that statistics look at.
const SAMPLE: usize = 4 << 20;
/// Bytes read at a time.
const BLOCK: usize = 1 << 20;

/// Finds the encoding of a whole text, read once from start to end.
///
/// # Errors
/// What reading gives.
pub fn detect(mut reader: impl Read) -> io::Result<Detected> {
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
        return Ok(Detected { encoding: TextEncoding::UTF_8, how: How::Utf8, sure: true, mark: 0 });
    }
    if tally.good >= tally.bad.saturating_mul(4) {
        return Ok(Detected { encoding: TextEncoding::UTF_8, how: How::Utf8Damaged, sure: true, mark: 0 });
    }
    Ok(legacy(&sample))
}

/// Chooses among the encodings from before Unicode.
fn legacy(sample: &[u8]) -> Detected {
    let chinese = ChineseTally::of(sample);
    if chinese.plausible() && looks_korean(sample, chinese.pairs) {
        // The syllables of Korean lie in the first rows of common Chinese characters, and in no others.
        let korean = statistics(std::iter::once(sample)) == TextEncoding::Whatwg(EUC_KR);
        let encoding = if korean { TextEncoding::Whatwg(EUC_KR) } else { TextEncoding::GB18030 };
        return Detected { encoding, how: How::Guess, sure: false, mark: 0 };
    }
    if chinese.plausible() {
        return Detected { encoding: TextEncoding::GB18030, how: How::Gb18030, sure: chinese.pairs >= 4, mark: 0 };
    }
    if is_mixed(sample) {
        // Two files put together: each line is told by itself when it is read.
        return Detected { encoding: TextEncoding::GB18030, how: How::Gb18030, sure: true, mark: 0 };
    }
    let guess = statistics(std::iter::once(sample));
    // A guess under which the text is full of holes is none.
    let encoding = if guess.is_single_byte() || holes(guess, sample) {
        western(sample).unwrap_or(if guess.is_single_byte() { guess } else { TextEncoding::WESTERN })
    } else {
        guess
    };
    Detected { encoding, how: How::Guess, sure: false, mark: 0 }
}

/// True where every line is ASCII, UTF-8 or Chinese in GB18030, and there are lines of both.
fn is_mixed(sample: &[u8]) -> bool {
    let (mut utf8, mut chinese) = (0_u32, 0_u32);
    // The last line may be cut off by the end of the sample.
    let whole = sample.iter().rposition(|byte| *byte == b'\n').map_or(sample.len(), |end| end + 1);
    for line in sample[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
        if std::str::from_utf8(line).is_ok() {
            utf8 += 1;
        } else if ChineseTally::of(line).plausible() {
            chinese += 1;
        } else {
            return false;
        }
    }
    utf8 > 0 && chinese > 0
}

/// True where hardly a character stands in the later rows of common Chinese ones (s to z by reading), in which a third
/// of all Chinese text is written.
fn looks_korean(sample: &[u8], pairs: u64) -> bool {
    let mut late = 0_u64;
    let mut at = 0;
    while let Some(&lead) = sample.get(at) {
        late += u64::from((0xC9..=0xD7).contains(&lead));
        at += if lead.is_ascii() { 1 } else { 2 };
    }
    pairs >= 16 && late * 50 < pairs
}

/// What the statistics of letters say of these parts of one text; no part but the last ends within a character.
pub(super) fn statistics<'a>(parts: impl Iterator<Item = &'a [u8]>) -> TextEncoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    for part in parts {
        detector.feed(part, false);
    }
    detector.feed(b"", true);
    TextEncoding::whatwg(detector.guess(None, Utf8Detection::Deny))
}

/// True where more than one in fifty of the characters beyond ASCII can't be decoded.
fn holes(encoding: TextEncoding, sample: &[u8]) -> bool {
    let beyond = sample.iter().filter(|byte| !byte.is_ascii()).count();
    let (_, bad) = encoding.decode(sample);
    bad.len() * 100 > beyond
}

/// Mac Roman, if this is Western text with its letters where only the Macintosh had them: 0x80 to 0x9F, which
/// in windows-1252 are signs that don't stand inside words. chardetng doesn't know the encoding.
fn western(sample: &[u8]) -> Option<TextEncoding> {
    let (mut low, mut high) = (0_usize, 0_usize);
    for three in sample.windows(3) {
        if three[0].is_ascii_alphabetic() && three[2].is_ascii_alphabetic() {
            low += usize::from(matches!(three[1], 0x80..=0x9F));
            high += usize::from(three[1] >= 0xA0);
        }
    }
    (low >= 3 && low > high * 2).then_some(TextEncoding::Whatwg(MACINTOSH))
}

/// UTF-16 without a mark: ASCII in it leaves zero bytes on one side of the pairs only.
fn utf16_pattern(sample: &[u8]) -> Option<TextEncoding> {
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
        Some(TextEncoding::UTF_16LE)
    } else if even >= few && odd * 10 <= even && big > 0 {
        Some(TextEncoding::UTF_16BE)
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
            match simdutf8::compat::from_utf8(bytes) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(bytes: &[u8]) -> (String, How, bool) {
        let d = detect(bytes).unwrap();
        (d.encoding.name(), d.how, d.sure)
    }

    const TEXT: &str = "单位名称,地址\n上海某某化工有限公司,宝山区某某路１号\n某某电镀厂,嘉定区\n";

    #[test]
    fn encodings_are_found() {
        assert_eq!(detected(b"a,b\n1,2\n"), ("UTF-8".to_owned(), How::Utf8, true));
        assert_eq!(detected(TEXT.as_bytes()), ("UTF-8".to_owned(), How::Utf8, true));
        let gbk = TextEncoding::GB18030.encode(TEXT).unwrap();
        assert_eq!(detected(&gbk), ("GB18030".to_owned(), How::Gb18030, true));
        let little: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(detected(&little), ("UTF-16LE".to_owned(), How::Utf16Pattern, true));
        let big: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(detected(&big), ("UTF-16BE".to_owned(), How::Utf16Pattern, true));
        let traditional = "公司名稱,地址\n臺北市某某實業股份有限公司,臺北市信義區\n某某電鍍廠,新北市\n";
        let big5 = TextEncoding::from_label("繁体").unwrap().encode(traditional).unwrap();
        let (name, how, sure) = detected(&big5);
        assert_eq!((name.as_str(), how, sure), ("Big5", How::Guess, false));
    }

    #[test]
    fn korean_is_not_taken_for_chinese_with_certainty() {
        let text = "회사명,주소\n서울화학공업주식회사,서울특별시 강남구 테헤란로\n부산도금공장,부산광역시 해운대구\n";
        let bytes = EUC_KR.encode(text).0.into_owned();
        let (name, how, sure) = detected(&bytes);
        assert_eq!((name.as_str(), how, sure), ("EUC-KR", How::Guess, false));
        let chinese = TextEncoding::GB18030.encode(&TEXT.repeat(3)).unwrap();
        assert_eq!(detected(&chinese), ("GB18030".to_owned(), How::Gb18030, true));
    }

    #[test]
    fn a_few_broken_bytes_leave_utf8_utf8() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.truncate(bytes.len() - 2);
        bytes.push(b'\n');
        assert_eq!(detected(&bytes), ("UTF-8".to_owned(), How::Utf8Damaged, true));
        let (text, list) = TextEncoding::UTF_8.decode(&bytes);
        assert_eq!(list.len(), 1);
        assert!(text.get(list[0].offset..).is_some_and(|rest| rest.starts_with('\u{FFFD}')));
    }
}
