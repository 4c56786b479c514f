//! Masking of personal data in public lists.
//!
//! What is masked: names and codes of individual businesses (个体工商户: code beginning with 92, or told by
//! their name), identity numbers (18 characters by GB 11643-1999, or the older 15 digits) wherever they stand,
//! also inside old registration numbers; telephone numbers; personal names in running text. Basis:
//! 《个人信息保护法》第34、73条, 《政府信息公开条例》第15条. Where in doubt it masks.
//!
//! Companies (code beginning with 91 and others) keep their name and code: these are public by law, also
//! where a company is named after a person.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{PermitForm, PermitNumber, Uscc};
use crate::text::fold_width;

use super::names::{
    AFTER_NAME, AFTER_NAME_WORDS, COMPOUND_SURNAMES, NOT_GIVEN, NOT_NAMES, ORGANISATION_WORDS, ROLES, SMALL_ENDINGS,
    SURNAMES, TITLES, TRADES,
};

/// How many items were masked, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct MaskCounts {
    /// Individual businesses.
    pub individuals: u64,
    /// Identity numbers.
    pub identities: u64,
    /// Telephone numbers.
    pub phones: u64,
    /// Personal names in running text.
    pub names: u64,
}

/// Masks texts; knows the names that must be replaced (inspectors, by their certificate number).
#[derive(Debug, Clone, Default)]
pub struct Masker {
    /// Name → what stands in its place; longest names first when applied.
    known: Vec<(Vec<char>, String)>,
}

impl Masker {
    /// A masker that also replaces the known personal names (name, replacement), e.g. an inspector's name by
    /// the certificate number. Names of fewer than two characters are ignored.
    pub fn new(known: impl IntoIterator<Item = (String, String)>) -> Self {
        let sorted: BTreeMap<String, String> = known.into_iter().filter(|(n, _)| n.chars().count() >= 2).collect();
        let mut known: Vec<(Vec<char>, String)> =
            sorted.into_iter().map(|(name, by)| (name.chars().collect(), by)).collect();
        known.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        Self { known }
    }

    /// True where the unit is, or may be, a natural person's business.
    #[must_use]
    pub fn is_individual(&self, name: &str, uscc: Option<&str>, number: &str) -> bool {
        if let Some(code) = uscc.filter(|code| Uscc::parse(code).is_ok()) {
            return code.starts_with("92");
        }
        let number = PermitNumber::parse(number);
        if let Some(code) = number.as_ref().and_then(PermitNumber::uscc) {
            return code.as_str().starts_with("92");
        }
        let folded: String = fold_width(name).chars().filter(|c| !c.is_whitespace()).collect();
        let code_of_a_person = number.as_ref().is_some_and(|n| {
            (n.form() == PermitForm::Other || n.form() == PermitForm::Standard) && n.as_str().starts_with("92")
                || has_identity(n.as_str())
        });
        if code_of_a_person || folded.contains("个体") {
            return true;
        }
        let chars: Vec<char> = folded.chars().collect();
        if looks_like_a_person(&chars) {
            return true;
        }
        !ORGANISATION_WORDS.iter().any(|word| folded.contains(word))
            && SMALL_ENDINGS.iter().any(|ending| folded.split('(').next().is_some_and(|stem| stem.ends_with(ending)))
    }

    /// The unit's name as it may be published, and whether anything was masked.
    pub fn mask_unit_name(&self, name: &str, individual: bool, counts: &mut MaskCounts) -> String {
        let before = *counts;
        let mut text = self.mask_text(name, counts);
        if individual {
            text = mask_individual_name(&text);
            if *counts == before && text != name {
                counts.individuals += 1;
            }
        } else {
            text = mask_person_in_brackets(&text, counts);
        }
        text
    }

    /// The code as it may be published: an individual's keeps its first eight and last two characters.
    pub fn mask_code(&self, code: &str, individual: bool, counts: &mut MaskCounts) -> String {
        if individual {
            counts.individuals += 1;
            return cover(code, 8, 2);
        }
        if Uscc::parse(code).is_ok() { code.to_owned() } else { self.mask_text(code, counts) }
    }

    /// The permit or registration number as it may be published.
    pub fn mask_number(&self, number: &str, individual: bool, counts: &mut MaskCounts) -> String {
        let masked = self.mask_text(number, counts);
        if individual && masked == number {
            // Standard numbers keep their tail (site number and letter); others only their beginning.
            let tail = if number.chars().count() == 22 { 4 } else { 0 };
            return cover(number, 8, tail);
        }
        masked
    }

    /// Running text without identity numbers, telephone numbers and personal names.
    pub fn mask_text(&self, text: &str, counts: &mut MaskCounts) -> String {
        let original: Vec<char> = text.chars().collect();
        let folded: Vec<char> = fold_width(text).chars().collect();
        let mut hide = vec![false; original.len()];
        hide_numbers(&folded, &mut hide, counts);
        hide_names(&folded, &mut hide, counts);
        let mut out = String::with_capacity(text.len());
        let mut i = 0;
        while i < original.len() {
            // Known names go first: they are replaced by what stands for them, not starred out.
            if let Some((name, by)) = self.known.iter().find(|(name, _)| folded[i..].starts_with(name)) {
                counts.names += 1;
                out.push_str(by);
                i += name.len();
                continue;
            }
            out.push(if hide[i] { '*' } else { original[i] });
            i += 1;
        }
        out
    }
}

/// Keeps the first `head` and the last `tail` characters, stars between; a short text is starred whole.
fn cover(text: &str, head: usize, tail: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (head, tail) = if chars.len() > head + tail + 3 { (head, tail) } else { (0, 0) };
    chars.iter().enumerate().map(|(i, c)| if i < head || i + tail >= chars.len() { *c } else { '*' }).collect()
}

/// A run of ASCII letters and digits: positions from, to (exclusive).
fn alnum_runs(chars: &[char]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (i, c) in chars.iter().chain(std::iter::once(&' ')).enumerate() {
        match (c.is_ascii_alphanumeric(), start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                runs.push((from, i));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

fn hide_numbers(chars: &[char], hide: &mut [bool], counts: &mut MaskCounts) {
    let runs = alnum_runs(chars);
    for first in 0..runs.len() {
        // Groups joined by one blank, hyphen, dot or closing bracket may be one number: 138-0000-0000.
        let mut last = first;
        while last + 1 < runs.len() && last < first + 5 {
            let gap = &chars[runs[last].1..runs[last + 1].0];
            if !matches!(gap, [' ' | '-' | '‑' | '–' | '—' | '.' | '·' | ')']) {
                break;
            }
            last += 1;
        }
        // The longest first, so that no tail of a number is left over.
        for last in (first..=last).rev() {
            let positions: Vec<usize> = runs[first..=last].iter().flat_map(|(from, to)| *from..*to).collect();
            let digits: String = positions.iter().map(|i| chars[*i].to_ascii_uppercase()).collect();
            if positions.iter().any(|i| hide[*i]) {
                continue;
            }
            if let Some((from, to)) = find_identity(&digits, last == first) {
                counts.identities += 1;
                positions[from..to].iter().skip(6).for_each(|i| hide[*i] = true);
            } else if let Some(kept) = find_phone(&digits, chars, &runs[first..=last]) {
                counts.phones += 1;
                positions.iter().skip(kept).for_each(|i| hide[*i] = true);
            }
        }
    }
}

fn has_identity(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let chars: Vec<char> = upper.chars().collect();
    alnum_runs(&chars).iter().any(|(from, to)| {
        let run: String = chars[*from..*to].iter().collect();
        find_identity(&run, true).is_some()
    })
}

/// Where an identity number stands in a run of letters and digits (upper case). `single`: the run is one
/// group, so that a number inside a longer one is looked for as well.
fn find_identity(run: &str, single: bool) -> Option<(usize, usize)> {
    let bytes = run.as_bytes();
    let exact = |from: usize, to: usize| bytes.get(from..to);
    // Letters before the first digit are a prefix of the number's kind (hb…, L…).
    let start = bytes.iter().position(u8::is_ascii_digit)?;
    let rest = bytes.len() - start;
    if rest == 18 || (single && rest > 18) {
        let part = exact(start, start + 18)?;
        if is_identity_18(part) && (identity_check(part) || !is_uscc(part)) {
            return Some((start, start + 18));
        }
    }
    if rest == 15 || (single && (16..=17).contains(&rest)) {
        let part = exact(start, start + 15)?;
        if is_identity_15(part) {
            return Some((start, start + 15));
        }
    }
    if single && rest > 18 && !exact(start, start + 18).is_some_and(is_uscc) {
        return (start + 1..=bytes.len() - 18)
            .find(|from| exact(*from, from + 18).is_some_and(|part| is_identity_18(part) && identity_check(part)))
            .map(|from| (from, from + 18));
    }
    None
}

fn is_uscc(part: &[u8]) -> bool {
    std::str::from_utf8(part).is_ok_and(|text| Uscc::parse(text).is_ok())
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |n, b| n * 10 + u32::from(b.wrapping_sub(b'0')))
}

fn is_province(part: &[u8]) -> bool {
    matches!(number(&part[..2]), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81 | 82 | 83)
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    (1900..=2099).contains(&year) && chrono::NaiveDate::from_ymd_opt(year.cast_signed(), month, day).is_some()
}

fn is_identity_18(part: &[u8]) -> bool {
    part.len() == 18
        && part[..17].iter().all(u8::is_ascii_digit)
        && (part[17].is_ascii_digit() || part[17] == b'X')
        && is_province(part)
        && is_date(number(&part[6..10]), number(&part[10..12]), number(&part[12..14]))
}

fn is_identity_15(part: &[u8]) -> bool {
    part.len() == 15
        && part.iter().all(u8::is_ascii_digit)
        && is_province(part)
        && is_date(1900 + number(&part[6..8]), number(&part[8..10]), number(&part[10..12]))
}

/// Check character of an identity number (GB 11643-1999: ISO 7064 MOD 11-2).
fn identity_check(part: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = part.iter().zip(WEIGHTS).map(|(b, w)| u32::from(b.wrapping_sub(b'0')) * w).sum();
    part.get(17) == b"10X98765432".get((sum % 11) as usize)
}

/// How many characters of a telephone number may stay; `None` where the groups are no telephone number.
fn find_phone(digits: &str, chars: &[char], runs: &[(usize, usize)]) -> Option<usize> {
    let bytes = digits.as_bytes();
    if !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // An amount is no telephone number.
    let after = runs.last().and_then(|run| chars.get(run.1));
    if after.is_some_and(|c| matches!(c, '元' | '万' | '吨' | '%' | '㎡')) {
        return None;
    }
    let mobile = |b: &[u8]| b.len() == 11 && b[0] == b'1' && (b'3'..=b'9').contains(&b[1]);
    for prefix in ["", "86", "0086"] {
        if digits.strip_prefix(prefix).is_some_and(|rest| mobile(rest.as_bytes())) {
            return Some(prefix.len() + 3);
        }
    }
    let first = runs[0].1 - runs[0].0;
    let area = |n: usize| {
        bytes[0] == b'0' && (n == 3 && matches!(bytes[1], b'1' | b'2') || n == 4 && matches!(bytes[1], b'3'..=b'9'))
    };
    let land = (3..=4).contains(&first) && area(first) && matches!(bytes.len() - first, 7..=8) && runs.len() <= 3
        || runs.len() == 1
            && bytes.len() > 1
            && (area(3) && bytes.len() == 11 || area(4) && matches!(bytes.len(), 11 | 12));
    if land {
        return Some(if area(3) { 3 } else { 4 });
    }
    // A local number of 7 or 8 digits, or an account, only where a word announces it: otherwise it may be a
    // date or a count.
    let before: String = chars[runs[0].0.saturating_sub(6)..runs[0].0].iter().collect::<String>().to_ascii_lowercase();
    let announced = |words: &[&str]| words.iter().any(|word| before.contains(word));
    let local = announced(&["电话", "联系方式", "热线", "传真", "座机", "tel"]) && matches!(bytes.len(), 7 | 8);
    let account = announced(&["qq", "微信"]) && (5..=12).contains(&bytes.len());
    (local || account).then_some(0)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2ffff}' | '·')
}

fn begins_with(chars: &[char], word: &str) -> bool {
    let mut n = 0;
    for c in word.chars() {
        if chars.get(n) != Some(&c) {
            return false;
        }
        n += 1;
    }
    n > 0
}

/// Length of the surname with which the text begins; 0 where it begins with none.
fn surname_length(chars: &[char]) -> usize {
    if COMPOUND_SURNAMES.iter().any(|s| begins_with(chars, s)) {
        2
    } else {
        usize::from(chars.first().is_some_and(|c| SURNAMES.contains(*c)))
    }
}

fn is_no_name(chars: &[char]) -> bool {
    NOT_NAMES.iter().any(|word| begins_with(chars, word))
}

/// A whole text of two to four characters that is a person's name.
fn looks_like_a_person(chars: &[char]) -> bool {
    let surname = surname_length(chars);
    surname > 0
        && (surname + 1..=surname + 2).contains(&chars.len())
        && chars.iter().all(|c| is_han(*c))
        && !is_no_name(chars)
        && !ORGANISATION_WORDS.iter().chain(&SMALL_ENDINGS).any(|w| chars.iter().collect::<String>().ends_with(w))
}

fn hide_names(chars: &[char], hide: &mut [bool], counts: &mut MaskCounts) {
    let mut i = 0;
    while i < chars.len() {
        if let Some(role) = ROLES.iter().find(|role| begins_with(&chars[i..], role)) {
            let mut at = i + role.chars().count();
            i = at;
            // Several names may follow, joined by 、 or 和.
            while let Some((from, to)) = name_after(chars, at) {
                hide_name(from, to, chars, hide, counts);
                at = to;
                i = at;
                let joined = chars.get(at).is_some_and(|c| matches!(c, '、' | '和' | '及' | '与' | ','));
                if !joined {
                    break;
                }
                at += 1;
            }
            continue;
        }
        if let Some(title) = TITLES.iter().find(|title| begins_with(&chars[i..], title)) {
            if let Some(from) = name_before(chars, i) {
                hide_name(from, i, chars, hide, counts);
            }
            i += title.chars().count();
            continue;
        }
        i += 1;
    }
}

fn hide_name(from: usize, to: usize, chars: &[char], hide: &mut [bool], counts: &mut MaskCounts) {
    let given = from + surname_length(&chars[from..]).max(1);
    // 张某, 李某某: hidden by the writer already.
    if given >= to || chars[given..to].iter().all(|c| matches!(c, '某' | '*' | '×' | 'X')) || hide[given] {
        return;
    }
    counts.names += 1;
    hide[given..to].iter_mut().for_each(|h| *h = true);
}

/// The name that stands after a role at `at`: its place.
fn name_after(chars: &[char], at: usize) -> Option<(usize, usize)> {
    let mut from = at;
    while chars
        .get(from)
        .is_some_and(|c| matches!(c, ':' | ' ' | '为' | '是' | '系' | '(' | '「' | '“' | '"' | '姓' | '名'))
    {
        from += 1;
    }
    let rest = &chars[from..];
    let surname = surname_length(rest);
    if surname == 0 || is_no_name(rest) || rest.get(surname).is_some_and(|c| NOT_GIVEN.contains(*c)) {
        return None;
    }
    let longest = surname + 2;
    let end = (surname..=longest)
        .find(|n| {
            rest.get(*n).is_none_or(|c| !is_han(*c))
                || (*n > surname && rest.get(*n).is_some_and(|c| AFTER_NAME.contains(*c)))
                || (*n > surname && AFTER_NAME_WORDS.iter().any(|w| begins_with(&rest[*n..], w)))
                || (*n > surname && TITLES.iter().any(|w| begins_with(&rest[*n..], w)))
        })
        .unwrap_or(longest);
    (end > surname).then_some((from, from + end))
}

/// Where the name that ends at `to` (before a title) begins.
fn name_before(chars: &[char], to: usize) -> Option<usize> {
    // The nearest boundary decides; without one, the longest that begins with a surname.
    let candidates = (1..=4usize).filter_map(|n| to.checked_sub(n)).filter(|from| {
        let part = &chars[*from..to];
        let surname = surname_length(part);
        part.iter().all(|c| is_han(*c))
            && surname > 0
            && part.len() <= surname + 2
            && part.len() > surname
            && !is_no_name(part)
    });
    let mut best = None;
    for from in candidates {
        best = Some(from);
        let bounded = from == 0 || !is_han(chars[from - 1]) || AFTER_NAME.contains(chars[from - 1]);
        if bounded {
            break;
        }
    }
    best
}

/// Length of the place with which a business name begins (上海市宝山区).
fn place_length(chars: &[char]) -> usize {
    let mut at = 0;
    for place in ["上海市", "上海"] {
        if begins_with(chars, place) {
            at = place.chars().count();
            break;
        }
    }
    // A further 市, 区 or 县 of at most four characters: no given name ends in one of these.
    while let Some(n) = (2..=4).find(|n| chars.get(at + n - 1).is_some_and(|c| matches!(c, '市' | '区' | '县'))) {
        if chars[at..at + n].iter().all(|c| is_han(*c)) {
            at += n;
        } else {
            break;
        }
    }
    at
}

fn mask_individual_name(name: &str) -> String {
    let folded: Vec<char> = fold_width(name).chars().filter(|c| !c.is_whitespace()).collect();
    let (mut body, mut brackets) = (folded.clone(), String::new());
    if let (Some(open), Some(close)) = (folded.iter().position(|c| *c == '('), folded.iter().rposition(|c| *c == ')'))
        && open < close
    {
        let inside: String = folded[open + 1..close].iter().collect();
        let keep = inside.contains("个体")
            || (!inside.is_empty() && place_length(&folded[open + 1..close]) == close - open - 1);
        brackets = format!("（{}）", if keep { inside.as_str() } else { "**" });
        body = folded[..open].iter().chain(&folded[close + 1..]).copied().collect();
    }
    let marker = "个体工商户";
    let mut lead = String::new();
    if begins_with(&body, marker) {
        marker.clone_into(&mut lead);
        body.drain(..marker.chars().count());
    }
    let place = place_length(&body);
    let (head, rest) = body.split_at(place);
    let head: String = head.iter().collect();
    if looks_like_a_person(rest) || (rest.len() <= 4 && surname_length(rest) > 0 && !ends_small(rest)) {
        let shown: String = rest.iter().take(surname_length(rest)).collect();
        let stars = "*".repeat(rest.len() - surname_length(rest));
        return format!("{lead}{head}{shown}{stars}{brackets}");
    }
    // The descriptive part: from the first word of trade; else the ending alone.
    let trade = (0..rest.len()).find(|i| TRADES.iter().any(|word| begins_with(&rest[*i..], word)));
    let ending = SMALL_ENDINGS
        .iter()
        .chain(&["厂", "中心", "站", "场"])
        .filter(|ending| {
            let n = ending.chars().count();
            rest.len() > n && begins_with(&rest[rest.len() - n..], ending)
        })
        .map(|ending| ending.chars().count())
        .max();
    let from = trade.unwrap_or_else(|| rest.len() - ending.unwrap_or(0));
    let tail: String = rest[from..].iter().collect();
    let stars = if from == 0 { "" } else { "**" };
    format!("{lead}{head}{stars}{tail}{brackets}")
}

fn ends_small(chars: &[char]) -> bool {
    let text: String = chars.iter().collect();
    SMALL_ENDINGS.iter().chain(&["厂", "站", "场"]).any(|ending| text.ends_with(ending))
}

/// A person's name in brackets at the end of an organisation's name.
fn mask_person_in_brackets(name: &str, counts: &mut MaskCounts) -> String {
    let original: Vec<char> = name.chars().collect();
    let folded: Vec<char> = fold_width(name).chars().collect();
    let Some(open) = folded.iter().rposition(|c| *c == '(') else { return name.to_owned() };
    let inside = &folded[open + 1..folded.len().saturating_sub(1).max(open + 1)];
    if folded.last() != Some(&')') || !looks_like_a_person(inside) {
        return name.to_owned();
    }
    counts.names += 1;
    let given = open + 1 + surname_length(inside);
    original.iter().enumerate().map(|(i, c)| if i >= given && i + 1 < original.len() { '*' } else { *c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(input: &str) -> String {
        Masker::default().mask_text(input, &mut MaskCounts::default())
    }

    #[test]
    fn identity_numbers_go_wherever_they_stand() {
        for (input, wanted) in [
            ("身份证310113197503021234。", "身份证310113************。"),
            ("３１０１１３１９７５０３０２１２３Ｘ", "３１０１１３************"),
            ("310113 19750302 1234", "310113 ******** ****"),
            ("310113197503021234001W", "310113************001W"),
            ("hb310113197503021234", "hb310113************"),
            ("310113750302123", "310113*********"),
            ("31011375030212301", "310113*********01"),
            ("L310113750302123", "L310113*********"),
        ] {
            assert_eq!(text(input), wanted, "{input}");
        }
        // No identity numbers: a registration number without a date inside, codes of organisations.
        for same in [
            "310115000012345",
            "91310000802100433B",
            "911302307808371268",
            "91130200699229617X001P",
            "12310120425006133D",
            "2026-03-05",
            "沪环罚〔2026〕310115号",
            "合计 123456789012 元",
        ] {
            assert_eq!(text(same), same);
        }
    }

    #[test]
    fn telephone_numbers_go() {
        for (input, wanted) in [
            ("电话13812345678", "电话138********"),
            ("+86 138-1234-5678", "+86 138-****-****"),
            ("１３８１２３４５６７８", "１３８********"),
            ("8613812345678", "86138********"),
            ("021-62345678", "021-********"),
            ("(021)62345678", "(021)********"),
            ("0512-6234567", "0512-*******"),
            ("联系电话：62345678", "联系电话：********"),
            ("电话：(021)6234 5678", "电话：(021)**** ****"),
            ("QQ 12345678", "QQ ********"),
        ] {
            let masked = text(input);
            assert!(!masked.contains("345678") && !masked.contains("234567"), "{input}: {masked}");
            assert_eq!(masked, wanted, "{input}");
        }
        for same in ["20260305", "2026-03-05 14:30", "62345678 吨", "计划编码 202703-310115-0012", "GB 18597-2023"]
        {
            assert_eq!(text(same), same);
        }
    }

    #[test]
    fn personal_names_in_running_text_go() {
        for (input, wanted) in [
            ("现场负责人张三丰承认未安装", "现场负责人张**承认未安装"),
            ("法定代表人：李四", "法定代表人：李*"),
            ("联系人王五 13800000000", "联系人王* 138********"),
            ("经营者为欧阳锋，已责令改正", "经营者为欧阳*，已责令改正"),
            ("执法人员张三、李四到场", "执法人员张*、李*到场"),
            ("由赵六先生陪同", "由赵*先生陪同"),
            ("负责人（钱七）签字", "负责人（钱*）签字"),
            ("法人代表系王芳", "法人代表系王*"),
            ("员工张伟称", "员工张*称"),
            ("当事人王某某拒绝签字", "当事人王某某拒绝签字"),
        ] {
            assert_eq!(text(input), wanted, "{input}");
        }
        for same in [
            "负责人不在现场",
            "负责人于现场确认",
            "检查人员查阅台账",
            "执法人员全程录像",
            "车间主任已签收",
            "责令改正，限期三十日",
            "法人单位已变更",
            "项目经理",
            "废气处理设施管理不善",
            "负责人应当及时改正",
            "已告知当事人陈述申辩权利",
            "业主方已整改",
            "负责人任命文件缺失",
            "罚款13800000000元",
        ] {
            assert_eq!(text(same), same);
        }
    }

    #[test]
    fn individual_businesses_keep_place_and_trade_only() {
        let masker = Masker::default();
        let name = |n: &str| masker.mask_unit_name(n, true, &mut MaskCounts::default());
        assert_eq!(name("上海市宝山区张三五金加工店"), "上海市宝山区**五金加工店");
        assert_eq!(name("张三"), "张*");
        assert_eq!(name("欧阳锋"), "欧阳*");
        assert_eq!(name("上海市崇明区李长镇豆制品加工坊"), "上海市崇明区**豆制品加工坊");
        assert_eq!(name("王五（个体工商户）"), "王*（个体工商户）");
        assert_eq!(name("青浦区老街餐饮店（李四）"), "青浦区**餐饮店（**）");
        assert_eq!(name("奉贤区阿珍便利店"), "奉贤区**店");
        assert_eq!(name("奉贤区汽车修理店"), "奉贤区汽车修理店");
    }

    #[test]
    fn individuals_are_told_by_code_then_by_name() {
        let masker = Masker::default();
        let mut code = b"92310113MA1HK4TX0".to_vec();
        code[16] = Uscc::organisation_character(&code[8..16]);
        code.push(Uscc::check_character(&code));
        let code = String::from_utf8(code).unwrap();
        assert!(Uscc::parse(&code).is_ok());
        assert!(masker.is_individual("上海某某有限公司", Some(&code), ""));
        assert!(masker.is_individual("某某汽修", None, &format!("{code}001W")));
        assert!(
            !masker.is_individual("张三", Some("91310000802100433B"), "") || Uscc::parse("91310000802100433B").is_err()
        );
        assert!(!masker.is_individual("张小泉剪刀店", Some("91110000802100433B"), ""));
        assert!(masker.is_individual("张小泉剪刀店", None, "310115000012345"));
        assert!(masker.is_individual("某某加工厂", None, "310113197503021234001W"));
        assert!(masker.is_individual("李四", None, ""));
        assert!(masker.is_individual("上海阿明电器修理部（王明）", None, ""));
        assert!(!masker.is_individual("上海石化", None, ""));
        assert!(!masker.is_individual("上海张小泉刀剪有限公司", None, ""));
        let mut counts = MaskCounts::default();
        assert_eq!(masker.mask_code(&code, true, &mut counts), format!("92310113********{}", code.get(16..).unwrap()));
        let number = masker.mask_number(&format!("{code}001W"), true, &mut counts);
        assert!(number.starts_with("92310113**********") && number.ends_with("001W"), "{number}");
        assert_eq!(masker.mask_code("91110000802100433B", false, &mut counts), "91110000802100433B");
    }

    #[test]
    fn organisations_keep_their_names() {
        let masker = Masker::default();
        for same in
            ["上海张小泉刀剪有限公司", "江南造船（集团）有限责任公司", "上海某某化工厂（金山）", "某某企业（有限合伙）"]
        {
            assert_eq!(masker.mask_unit_name(same, false, &mut MaskCounts::default()), same);
        }
        assert_eq!(
            masker.mask_unit_name("上海某某服装厂（张三）", false, &mut MaskCounts::default()),
            "上海某某服装厂（张*）"
        );
    }

    #[test]
    fn known_names_become_certificate_numbers() {
        let masker = Masker::new([("诸星团".to_owned(), "沪-31011501".to_owned()), ("刚".to_owned(), "x".to_owned())]);
        let mut counts = MaskCounts::default();
        assert_eq!(masker.mask_text("由诸星团刚检查", &mut counts), "由沪-31011501刚检查");
        assert_eq!(counts.names, 1);
    }
}
