//! Every message code in the sources: where it is raised, how it reads, what it asks the reader to do.

use std::collections::{BTreeMap, BTreeSet};

use super::scan::{Kind, Source, Token, past_bracket, sources};

/// What the sources say with one code.
#[derive(Debug, Default)]
struct Code {
    /// The severities with which it is raised.
    severities: BTreeSet<&'static str>,
    /// The texts, values replaced by `…`, in the order of the files.
    texts: Vec<String>,
    /// What would have been right and what to do.
    advice: Vec<String>,
    /// Modules that raise it.
    places: BTreeSet<String>,
}

fn is_code(text: &str) -> bool {
    text.split_once('-').is_some_and(|(room, number)| {
        room.len() == 3
            && room.bytes().all(|b| b.is_ascii_uppercase())
            && number.len() == 3
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// `第 {row} 行` → `第 … 行`.
fn plain(text: &str) -> String {
    let (mut out, mut depth) = (String::new(), 0);
    for c in text.replace("{{", "\u{1}").replace("}}", "\u{2}").chars() {
        match c {
            '{' => {
                depth += 1;
                out.push('…');
            }
            '}' => depth -= 1,
            _ if depth > 0 => {}
            c => out.push(c),
        }
    }
    out.replace('\u{1}', "{").replace('\u{2}', "}").replace('\n', " ").replace('|', "\\|")
}

fn texts_in(tokens: &[Token]) -> Vec<String> {
    let texts = tokens.iter().filter(|t| t.kind == Kind::Text && is_chinese(&t.text));
    texts.map(|t| plain(&t.text)).collect()
}

/// Where the argument that begins at `from` ends: its comma or the bracket that closes the call.
fn past_argument(code: &[Token], from: usize) -> usize {
    let mut i = from;
    while i < code.len() {
        if code[i].is(",") || code[i].is(")") || code[i].is("]") || code[i].is("}") {
            return i;
        }
        i = if code[i].is("(") || code[i].is("[") || code[i].is("{") { past_bracket(code, i) } else { i + 1 };
    }
    i
}

/// The texts of `let NAME = …;` nearest above `at`.
fn bound_to(code: &[Token], name: &str, at: usize) -> Vec<String> {
    let Some(start) = (0..at.saturating_sub(1)).rev().find(|i| {
        code[*i].named("let") && code[i + 1..i + 4].iter().any(|t| t.named(name))
    }) else {
        return Vec::new();
    };
    let mut end = start;
    while end < at && !code[end].is(";") {
        end = if code[end].is("(") || code[end].is("[") || code[end].is("{") { past_bracket(code, end) } else { end + 1 };
    }
    texts_in(&code[start..end.min(code.len())])
}

/// The texts of the argument between `from` and `to`: written there, or bound to the name that stands there.
fn argument_texts(code: &[Token], from: usize, to: usize) -> Vec<String> {
    let argument = &code[from..to];
    let found = texts_in(argument);
    let bare: Vec<&Token> = argument.iter().filter(|t| !t.is("&")).collect();
    match bare.as_slice() {
        [name] | [name, _, _, _] if found.is_empty() && name.kind == Kind::Name => bound_to(code, &name.text, from),
        _ => found,
    }
}

/// The opening bracket around the token at `at`.
fn opening(code: &[Token], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for i in (0..at).rev() {
        if code[i].is(")") || code[i].is("]") || code[i].is("}") {
            depth += 1;
        } else if code[i].is("(") || code[i].is("[") || code[i].is("{") {
            if depth == 0 {
                return Some(i);
            }
            depth -= 1;
        }
    }
    None
}

/// The severity that a call gives to its finding.
fn severity(code: &[Token], open: usize, at: usize) -> &'static str {
    let named = |name: &str| code[open..at].iter().any(|t| t.named(name)) || code[open - 1].named(name);
    if named("warning") || named("Warning") {
        "警告"
    } else if named("note") || named("Hint") {
        "提示"
    } else {
        "错误"
    }
}

/// What is said in the chain of methods after a call: `.hint("…")`, `.expected("…")`.
fn chained(code: &[Token], from: usize) -> Vec<String> {
    let (mut advice, mut i) = (Vec::new(), from);
    while i + 1 < code.len() && (code[i].is(".") || code[i].is("?")) {
        if code[i].is("?") {
            i += 1;
            continue;
        }
        let Some(open) = (i + 1..(i + 8).min(code.len())).find(|j| code[*j].is("(")) else { break };
        let end = past_bracket(code, open);
        match code[i + 1].text.as_str() {
            "hint" | "expected" => advice.extend(texts_in(&code[open..end])),
            "with" => {
                for j in open..end {
                    if (code[j].named("hint") || code[j].named("expected")) && code[j + 1].is("(") {
                        advice.extend(argument_texts(code, j + 2, past_bracket(code, j + 1) - 1));
                    }
                }
            }
            _ => {}
        }
        i = end;
    }
    advice
}

fn add<T: PartialEq>(list: &mut Vec<T>, values: Vec<T>) {
    for value in values {
        if !list.contains(&value) {
            list.push(value);
        }
    }
}

/// Reads one raising of a code; false where the code is only asked for (compared, matched).
fn raised(code: &[Token], at: usize, into: &mut Code) -> bool {
    let (before, after) = (&code[at.saturating_sub(2)..at], &code[at + 1..(at + 3).min(code.len())]);
    let compared = before.len() == 2 && (before[0].is("=") || before[0].is("!")) && before[1].is("=");
    if compared || after.first().is_some_and(|t| t.is("=>")) {
        return false;
    }
    // a line of the table of import codes: NAME "IMP-001" Error "what" "what to do";
    if let [level, what, ..] = after
        && level.kind == Kind::Name
        && what.kind == Kind::Text
    {
        let word = ["Error", "Warning", "Hint"].iter().position(|l| level.named(l));
        into.severities.extend(word.map(|w| ["错误", "警告", "提示"][w]));
        add(&mut into.texts, vec![plain(&what.text)]);
        add(&mut into.advice, code.get(at + 3).map(|t| plain(&t.text)).filter(|t| !t.is_empty()).into_iter().collect());
        return true;
    }
    let Some(open) = opening(code, at) else { return true };
    let close = past_bracket(code, open) - 1;
    into.severities.insert(severity(code, open.max(1), at));
    let (mut from, mut arguments) = (past_argument(code, at), Vec::new());
    while from < close {
        let end = past_argument(code, from + 1);
        arguments.push(argument_texts(code, from + 1, end));
        from = end;
    }
    arguments.retain(|texts| !texts.is_empty());
    let mut arguments = arguments.into_iter();
    if let Some(what) = arguments.next() {
        add(&mut into.texts, what);
    }
    add(&mut into.advice, arguments.flatten().collect());
    add(&mut into.advice, chained(code, close + 1));
    true
}

/// All codes, in order.
fn codes() -> BTreeMap<String, Code> {
    let mut codes: BTreeMap<String, Code> = BTreeMap::new();
    for source in sources().iter().filter(|s| !s.is_test) {
        for (at, token) in source.code.iter().enumerate() {
            if token.kind != Kind::Text || !is_code(&token.text) {
                continue;
            }
            let mut code = codes.remove(&token.text).unwrap_or_default();
            if raised(&source.code, at, &mut code) {
                code.places.insert(source.module().join("::"));
            }
            codes.insert(token.text.clone(), code);
        }
    }
    codes
}
#[test] fn show() { for (c, k) in codes() { println!("{c} {:?} {:?} | {:?} | {:?}", k.severities, k.texts, k.advice, k.places); } }
