//! Names of persons in running text, and the names of individuals' businesses.

use super::MaskCounts;
use crate::disclosure::names::{
    AFTER_NAME, AFTER_NAME_WORDS, COMPOUND_SURNAMES, NOT_GIVEN, NOT_NAMES, ORGANISATION_WORDS, ROLES, SMALL_ENDINGS,
    SURNAMES, TITLES, TRADES,
};
use crate::text::fold_width;

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
pub(super) fn looks_like_a_person(chars: &[char]) -> bool {
    let surname = surname_length(chars);
    surname > 0
        && (surname + 1..=surname + 2).contains(&chars.len())
        && chars.iter().all(|c| is_han(*c))
        && !is_no_name(chars)
        && !ORGANISATION_WORDS.iter().chain(&SMALL_ENDINGS).any(|w| chars.iter().collect::<String>().ends_with(w))
}

pub(super) fn hide_names(chars: &[char], hide: &mut [bool], counts: &mut MaskCounts) {
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
    (given..to).filter(|i| chars[*i] != ' ').for_each(|i| hide[i] = true);
}

/// The name that stands after a role at `at`: its place.
fn name_after(chars: &[char], at: usize) -> Option<(usize, usize)> {
    let mut from = at;
    while chars.get(from).is_some_and(|c| {
        matches!(
            c,
            ':' | ' ' | '为' | '是' | '系' | '(' | '「' | '“' | '"' | '姓' | '名' | '\'' | '[' | '【' | '=' | '·' | '-'
        )
    }) {
        from += 1;
    }
    let rest = &chars[from..];
    // a name of several parts: 买买提·吐尔逊
    let parts = rest.iter().take_while(|c| is_han(**c)).count().min(16);
    if let Some(dot) = rest[..parts].iter().position(|c| *c == '·').filter(|dot| *dot > 0) {
        let end = (dot + 1..=parts)
            .find(|n| rest.get(*n).is_none_or(|c| !is_han(*c) || *n > dot + 1 && AFTER_NAME.contains(*c)));
        return Some((from, from + end.unwrap_or(parts)));
    }
    let surname = surname_length(rest);
    if surname == 0 || is_no_name(rest) || rest.get(surname).is_some_and(|c| NOT_GIVEN.contains(*c)) {
        return None;
    }
    // the parts may stand apart: 张 三
    let apart = rest[surname..].iter().take_while(|c| **c == ' ').count();
    let given = surname + if rest.get(surname + apart).is_some_and(|c| is_han(*c)) { apart } else { 0 };
    let longest = given + 2;
    let end = (given..=longest)
        .find(|n| {
            rest.get(*n).is_none_or(|c| !is_han(*c))
                || (*n > given && rest.get(*n).is_some_and(|c| AFTER_NAME.contains(*c)))
                || (*n > given && AFTER_NAME_WORDS.iter().any(|w| begins_with(&rest[*n..], w)))
                || (*n > given && TITLES.iter().any(|w| begins_with(&rest[*n..], w)))
        })
        .unwrap_or(longest);
    (end > given).then_some((from, from + end))
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

pub(super) fn mask_individual_name(name: &str) -> String {
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
pub(super) fn mask_person_in_brackets(name: &str, counts: &mut MaskCounts) -> String {
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
