//! Addresses of persons that are no telephone: e-mail, accounts of messengers, number plates of vehicles.

use super::MaskCounts;
use super::numbers::alnum_runs;

/// Messengers and what an account of theirs is announced by; short Latin ones count as whole words only.
const MESSENGERS: [&str; 27] = [
    "微信",
    "薇信",
    "威信",
    "v信",
    "weixin",
    "wechat",
    "企业微信",
    "qq",
    "扣扣",
    "企鹅号",
    "钉钉",
    "dingtalk",
    "飞书",
    "telegram",
    "whatsapp",
    "skype",
    "抖音",
    "快手",
    "wx",
    "vx",
    "微博",
    "徽信",
    "企微",
    "加微",
    "加v",
    "小红书",
    "陌陌",
];

/// First character of a plate: the province.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领";

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-')
}

fn lower(chars: &[char], at: usize, word: &str) -> bool {
    let mut n = 0;
    for c in word.chars() {
        if chars.get(at + n).is_none_or(|own| own.to_ascii_lowercase() != c) {
            return false;
        }
        n += 1;
    }
    n > 0
}

/// Hides what is found from `from` to `to`, where none of it is hidden yet.
fn hide_span(chars: &[char], hide: &mut [bool], from: usize, to: usize) -> bool {
    let shown = (from..to).any(|i| !hide[i] && chars[i].is_ascii_alphanumeric());
    (from..to).filter(|i| !chars[*i].is_whitespace()).for_each(|i| hide[i] = true);
    shown
}

pub(super) fn hide_contacts(chars: &[char], hide: &mut [bool], counts: &mut MaskCounts) {
    hide_mails(chars, hide, counts);
    hide_accounts(chars, hide, counts);
    hide_plates(chars, hide, counts);
}

/// What is written for the point of a host.
const POINTS: [&str; 5] = [" dot ", "(dot)", "[dot]", "点", "。"];
/// Ends of a host, after which the sign before it may be any.
const HOSTS: [&str; 6] = [".com", ".cn", ".net", ".org", ".edu", ".top"];

/// The host that begins at `tail`: where it ends, its points as points.
fn host_at(chars: &[char], tail: usize) -> (usize, String) {
    let (mut to, mut host) = (tail, String::new());
    loop {
        if let Some(c) = chars.get(to).filter(|c| is_local(**c)) {
            host.push(*c);
            to += 1;
            continue;
        }
        let point = POINTS.iter().find(|point| to > tail && lower(chars, to, point));
        let Some(next) = point.map(|point| to + point.chars().count()) else { break };
        if chars.get(next).is_none_or(|c| !c.is_ascii_alphabetic()) {
            break;
        }
        host.push('.');
        to = next;
    }
    (to, host)
}

/// `name@host.cn`, also written `name (at) host.cn`, `name[at]host.cn`, `name＠host.cn`, `name#host.cn`,
/// `name at host dot cn`.
fn hide_mails(chars: &[char], hide: &mut [bool], counts: &mut MaskCounts) {
    const SIGNS: [&str; 10] = ["@", "(at)", "[at]", "{at}", "【at】", " at ", "艾特", "(a)", "[@]", "#"];
    for at in 0..chars.len() {
        if !matches!(chars[at], '@' | '(' | '[' | '{' | '【' | ' ' | '艾' | '#') {
            continue;
        }
        let Some(sign) = SIGNS.iter().find(|sign| lower(chars, at, sign)) else { continue };
        let (mut from, mut to) = (at, at + sign.chars().count());
        while from > 0 && chars[from - 1] == ' ' && at - from < 2 {
            from -= 1;
        }
        let head = from;
        while from > 0 && is_local(chars[from - 1]) {
            from -= 1;
        }
        while chars.get(to) == Some(&' ') {
            to += 1;
        }
        let tail = to;
        let (to, host) = host_at(chars, tail);
        let host = host.trim_matches('.').to_lowercase();
        let is_host = match *sign {
            "@" => host.len() >= 2,
            // a number sign stands in the names of outlets and workshops too
            "#" => HOSTS.iter().any(|end| host.ends_with(end)),
            _ => host.contains('.'),
        };
        if head > from && is_host && chars[from..head].iter().any(char::is_ascii_alphanumeric) {
            counts.mails += u64::from(hide_span(chars, hide, from, head) | hide_span(chars, hide, tail, to));
        }
    }
}

/// The account behind the name of a messenger, and the one before it in brackets: `zhang_88（微信）`.
fn hide_accounts(chars: &[char], hide: &mut [bool], counts: &mut MaskCounts) {
    let is_account = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    for at in 0..chars.len() {
        let Some(word) = MESSENGERS.iter().filter(|word| lower(chars, at, word)).max_by_key(|word| word.len()) else {
            continue;
        };
        let end = at + word.chars().count();
        let latin = word.is_ascii();
        if latin && at > 0 && chars[at - 1].is_ascii_alphanumeric() {
            continue;
        }
        let mut from = end;
        while let Some(c) = chars.get(from) {
            let link = c.is_whitespace()
                || matches!(
                    c,
                    ':' | '号'
                        | '码'
                        | '账'
                        | '帐'
                        | '名'
                        | '为'
                        | '是'
                        | '系'
                        | '('
                        | '['
                        | '「'
                        | '"'
                        | '='
                        | '加'
                        | '群'
                        | '、'
                        | ','
                )
                || lower(chars, from, "id") && chars.get(from + 2).is_none_or(|c| !c.is_ascii_alphanumeric());
            if !link || from > end + 6 {
                break;
            }
            from += if lower(chars, from, "id") { 2 } else { 1 };
        }
        // Latin words are names of their own where an account follows without anything between (wxhj2026)
        if word.len() == 2 && latin && from == end && chars.get(end).is_some_and(char::is_ascii_alphabetic) {
            continue;
        }
        let mut to = from;
        while chars.get(to).is_some_and(|c| is_account(*c))
            || chars.get(to) == Some(&' ')
                && chars.get(to + 1).is_some_and(char::is_ascii_digit)
                && to > from
                && chars[from..to].iter().all(|c| c.is_ascii_digit() || *c == ' ')
        {
            to += 1;
        }
        if to - from >= 4 {
            counts.accounts += u64::from(hide_span(chars, hide, from, to));
        }
        // before it, in brackets
        if at >= 2 && chars[at - 1] == '(' {
            let head = at - 1;
            let mut from = head;
            while from > 0 && is_account(chars[from - 1]) {
                from -= 1;
            }
            if head - from >= 5 {
                counts.accounts += u64::from(hide_span(chars, hide, from, head));
            }
        }
    }
}

/// Plates by GA 36: province, letter, five signs (six of vehicles of new energy), the last maybe 挂学警港澳.
fn hide_plates(chars: &[char], hide: &mut [bool], counts: &mut MaskCounts) {
    for (from, to) in alnum_runs(chars) {
        let mut head = from;
        while head > 0 && matches!(chars[head - 1], ' ' | '·' | '•' | '.' | '-') && from - head < 2 {
            head -= 1;
        }
        let (letter, rest) = if head > 0 && PROVINCES.contains(chars[head - 1]) && chars[from].is_ascii_alphabetic() {
            (from, from + 1)
        } else {
            continue;
        };
        // the letter may stand apart: 沪A·12345
        let mut signs: Vec<usize> = (rest..to).collect();
        if signs.is_empty() {
            let mut next = to;
            while chars.get(next).is_some_and(|c| matches!(c, ' ' | '·' | '•' | '.' | '-')) && next < to + 2 {
                next += 1;
            }
            signs = (next..chars.len()).take_while(|i| chars[*i].is_ascii_alphanumeric()).collect();
        }
        let special = signs.last().map_or(letter, |last| last + 1);
        let ended = chars.get(special).is_some_and(|c| "挂学警港澳".contains(*c));
        let figures = signs.iter().filter(|i| chars[**i].is_ascii_digit()).count();
        let whole = matches!(signs.len(), 5 | 6) || ended && signs.len() == 4;
        if whole && figures >= 2 && signs.iter().any(|i| !hide[*i]) {
            counts.plates += 1;
            for sign in signs {
                hide[sign] = true;
            }
        }
    }
}
