//! Text that was destroyed before it came here: bytes once read in a wrong encoding and saved so.
//!
//! Method: text read wrongly can be turned back into the bytes that it came from; where those are Chinese in another
//! encoding and the text itself is none, it was read wrongly. Bytes that no encoding had were replaced by U+FFFD,
//! whose own bytes read as GBK give 锟斤拷; memory that was never filled reads 烫烫 or 屯屯. Rare characters that are
//! meant survive: turned back, they are no Chinese text.

use std::sync::LazyLock;

use encoding_rs::{GB18030, UTF_8, WINDOWS_1252};
use rustc_hash::FxHashSet;

use super::looks_chinese;

/// The characters with which Chinese in UTF-8 begins when it is read as GBK: those of the bytes by which its own
/// characters begin.
static FIRSTS: LazyLock<FxHashSet<char>> = LazyLock::new(|| {
    let pairs = (0xE2..=0xE9_u8).flat_map(|lead| (0x80..=0xBF_u8).map(move |trail| [lead, trail]));
    pairs
        .filter_map(|pair| GB18030.decode_without_bom_handling_and_without_replacement(&pair)?.chars().next())
        .collect()
});

/// What a text was before it was destroyed, or that nothing is known of it; `None` for text that is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruin {
    /// Characters that stand for lost bytes.
    Lost,
    /// UTF-8 read as GBK.
    Utf8AsGbk,
    /// UTF-8 or GBK read as a Western encoding.
    AsWestern,
}

/// Says how a text was destroyed; `None` where it is whole.
#[must_use]
pub fn ruin_of(text: &str) -> Option<Ruin> {
    if text.is_ascii() {
        return None;
    }
    if text.contains(['锟', '\u{fffd}', '烫', '屯'])
        && ["锟斤拷", "锟絤", "\u{fffd}", "烫烫", "屯屯屯"].iter().any(|lost| text.contains(lost))
    {
        return Some(Ruin::Lost);
    }
    if is_utf8_as_gbk(text) {
        return Some(Ruin::Utf8AsGbk);
    }
    is_western(text).then_some(Ruin::AsWestern)
}

/// True where the text's GBK bytes are UTF-8 of Chinese.
fn is_utf8_as_gbk(text: &str) -> bool {
    // The quick look: most text ends here.
    if !text.chars().find(|c| !c.is_ascii()).is_some_and(|first| FIRSTS.contains(&first)) {
        return false;
    }
    // A character that was cut in two left a question mark or a lost one.
    let (bytes, _, unmappable) = GB18030.encode(text);
    if unmappable {
        return false;
    }
    let mut good = String::new();
    let mut bad = 0_usize;
    let mut rest: &[u8] = &bytes;
    while !rest.is_empty() {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                good.push_str(text);
                break;
            }
            Err(error) => {
                let (valid, after) = rest.split_at(error.valid_up_to());
                good.push_str(std::str::from_utf8(valid).unwrap_or_default());
                bad += 1;
                rest = after.get(error.error_len().unwrap_or(after.len())..).unwrap_or_default();
            }
        }
    }
    let hanzi = good.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    hanzi >= 2 && bad * 3 <= hanzi && chinese(&good)
}

/// True where the text's Western bytes are Chinese in UTF-8 or GBK.
fn is_western(text: &str) -> bool {
    let beyond = text.chars().filter(|c| !c.is_ascii());
    if beyond.clone().any(|c| ('\u{2e80}'..).contains(&c)) || beyond.count() < 4 {
        return false;
    }
    // Windows-1252 leaves five bytes empty; as control characters they come from Latin 1.
    let bytes: Vec<u8> = text
        .chars()
        .filter_map(|c| {
            let mut buffer = [0; 4];
            let (bytes, _, unmappable) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
            if unmappable { u8::try_from(u32::from(c)).ok() } else { bytes.first().copied() }
        })
        .collect();
    let (utf8, _, _) = UTF_8.decode(&bytes);
    let hanzi = utf8.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    let lost = utf8.chars().filter(|c| *c == '\u{fffd}').count();
    hanzi >= 2 && lost * 2 <= hanzi || looks_chinese(&bytes)
}

fn chinese(text: &str) -> bool {
    looks_chinese(&GB18030.encode(text).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destroyed_text_is_told_from_rare_characters() {
        for (text, ruin) in [
            ("上海锟斤拷锟斤拷有限公司", Ruin::Lost),
            ("上海烫烫烫有限公司", Ruin::Lost),
            ("上海\u{fffd}有限公司", Ruin::Lost),
            ("涓婃捣铏氭瀯鏈夐檺鍏徃", Ruin::Utf8AsGbk),
            ("娴︿笢鏂板尯", Ruin::Utf8AsGbk),
            ("ä¸Šæµ·è™šæž„æœ‰é™\u{90}å…¬å\u{8f}¸", Ruin::AsWestern),
            ("ÉÏº£Ðé¹¹¹¤³§", Ruin::AsWestern),
        ] {
            assert_eq!(ruin_of(text), Some(ruin), "{text}");
        }
        for text in [
            "上海𬭎虚构有限公司",
            "上海𠮷虚构有限公司",
            "上海㛃虚构有限公司",
            "上海䶮虚构有限公司",
            "上海⺁虚构有限公司",
            "上海龴虚构有限公司",
            "上海堃镕虚构有限公司",
            "滢滢服饰厂",
            "骐骥汽车配件厂",
            "鑫鑫磊磊建材",
            "喆颖餐饮",
            "浜海化工有限公司",
            "娴雅饭店",
            "鏊江",
            "Café Zürich",
            "Größe",
            "91310115MA1K00509B",
            "№ 12",
        ] {
            assert_eq!(ruin_of(text), None, "{text}");
        }
    }
}
