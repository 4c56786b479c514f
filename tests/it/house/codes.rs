//! Every message code in the sources: where it is raised, how it reads, what it asks the reader to do.

use std::collections::{BTreeMap, BTreeSet};

use super::hold_part;
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
        (2..=3).contains(&room.len())
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
    while out.contains("……") {
        out = out.replace("……", "…");
    }
    out.replace('\u{1}', "{").replace('\u{2}', "}").replace('\n', " ").replace('|', "\\|")
}

fn is_constant(token: &Token) -> bool {
    token.kind == Kind::Name && token.text.len() > 1 && !token.text.chars().any(char::is_lowercase)
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
    let Some(start) = (0..at.saturating_sub(1))
        .rev()
        .find(|i| code[*i].named("let") && code[i + 1..i + 4].iter().any(|t| t.named(name)))
    else {
        return Vec::new();
    };
    let mut end = start;
    while end < at && !code[end].is(";") {
        end =
            if code[end].is("(") || code[end].is("[") || code[end].is("{") { past_bracket(code, end) } else { end + 1 };
    }
    let statement = &code[start..end.min(code.len())];
    if statement.iter().any(|t| t.named("Finding")) { Vec::new() } else { texts_in(statement) }
}

/// The texts of the argument between `from` and `to`: written there, or bound to the name that stands there.
fn argument_texts(code: &[Token], from: usize, to: usize) -> Vec<String> {
    let argument = &code[from..to];
    let found = texts_in(argument);
    let bare: Vec<&Token> = argument.iter().filter(|t| !t.is("&")).collect();
    match bare.as_slice() {
        [.., name] if found.is_empty() && is_constant(name) => vec![format!("{{{}}}", name.text)],
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

/// Where the function or closure with this name begins in the file.
fn definition(code: &[Token], name: &str) -> Option<usize> {
    (1..code.len()).find(|i| code[*i].named(name) && ["fn", "let", "mut"].iter().any(|w| code[i - 1].named(w)))
}

/// The severity that a call gives to its finding.
fn severity(code: &[Token], open: usize, at: usize) -> &'static str {
    let of = |tokens: &[Token]| {
        let named = |name: &str| tokens.iter().any(|t| t.named(name));
        let warns = named("warning") || named("Warning");
        if warns { Some("警告") } else { (named("note") || named("Hint")).then_some("提示") }
    };
    let direct = of(&code[open - 1..at]);
    let helper = || definition(code, &code[open - 1].text).and_then(|d| of(&code[d..(d + 60).min(code.len())]));
    direct.or_else(helper).unwrap_or("错误")
}

/// What the callers of the function or closure around `at` say: its text comes in as an argument.
fn callers_texts(code: &[Token], at: usize) -> Vec<String> {
    let Some(name) = (1..at).rev().find(|i| {
        let closure = code[i - 1].named("let") && code[i + 1].is("=") && code[i + 2].is("|");
        code[i - 1].named("fn") || closure
    }) else {
        return Vec::new();
    };
    let mut texts = Vec::new();
    for call in (0..code.len() - 1).filter(|i| code[*i].text == code[name].text && code[i + 1].is("(") && *i != name) {
        let (end, mut from) = (past_bracket(code, call + 1) - 1, call + 2);
        while from < end {
            let to = past_argument(code, from);
            let found = argument_texts(code, from, to);
            from = to + 1;
            if !found.is_empty() {
                add(&mut texts, found);
                break;
            }
        }
    }
    texts
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
    // (code, Finding::error(code, …)): the second one tells
    if code[open].is("(") && open > 0 && code[open - 1].kind == Kind::Mark {
        let again = code[at + 1..close].iter().any(|t| t.kind == Kind::Text && t.text == code[at].text);
        if again {
            return true;
        }
    }
    into.severities.insert(severity(code, open.max(1), at));
    let (mut from, mut arguments) = (past_argument(code, at), Vec::new());
    while from < close {
        let end = past_argument(code, from + 1);
        arguments.push(argument_texts(code, from + 1, end));
        from = end;
    }
    arguments.retain(|texts| !texts.is_empty());
    let mut arguments = arguments.into_iter();
    add(&mut into.texts, arguments.next().unwrap_or_else(|| callers_texts(code, at)));
    add(&mut into.advice, arguments.flatten().collect());
    add(&mut into.advice, chained(code, close + 1));
    true
}

/// The texts of constants: `const SKETCH_NOTICE: &str = "…";`.
fn constants(sources: &[Source]) -> BTreeMap<String, String> {
    let mut constants = BTreeMap::new();
    for source in sources {
        for i in 1..source.code.len().saturating_sub(1) {
            let [name, is, text] = &source.code[i - 1..=i + 1] else { continue };
            if is.is("=") && text.kind == Kind::Text {
                // `const NAME: &str = "…"`, `const NAME: &'static str = "…"`, `NAME = "…"` in a table of texts
                let near = source.code[i.saturating_sub(5)..i].iter().rev();
                let name = if is_constant(name) { Some(name) } else { near.into_iter().find(|t| is_constant(t)) };
                let known = name.map(|n| (n.text.clone(), plain(&text.text)));
                constants.extend(known);
            }
        }
    }
    constants
}

/// All codes, in order.
fn codes(sources: &[Source]) -> BTreeMap<String, Code> {
    let mut codes: BTreeMap<String, Code> = BTreeMap::new();
    for source in sources.iter().filter(|s| !s.is_test) {
        for (at, token) in source.code.iter().enumerate() {
            if token.kind != Kind::Text || !is_code(&token.text) {
                continue;
            }
            let code = codes.entry(token.text.clone()).or_default();
            if raised(&source.code, at, code) {
                code.places.insert(source.module().join("::"));
            }
        }
    }
    let constants = constants(sources);
    for code in codes.values_mut() {
        for text in code.texts.iter_mut().chain(&mut code.advice) {
            if let Some(name) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
                *text = constants.get(name).cloned().unwrap_or_else(|| "…".to_owned());
            }
        }
    }
    codes
}

/// The page's table for one family of codes.
fn page(codes: &BTreeMap<String, Code>) -> String {
    let mut page = format!("{} codes.\n", codes.len());
    for (family, duty) in FAMILIES {
        page.push_str(&format!("\n## {family} — {duty}\n\n| code | | text | right would be; what to do | raised in |\n|---|---|---|---|---|\n"));
        for (name, code) in codes.iter().filter(|(name, _)| name.starts_with(family)) {
            let join = |list: &[String]| if list.is_empty() { "…".to_owned() } else { list.join("<br>") };
            let severities: Vec<&str> = code.severities.iter().copied().collect();
            let places: Vec<String> = code.places.iter().map(|p| format!("`{p}`")).collect();
            let advice = if code.advice.is_empty() { "–".to_owned() } else { join(&code.advice) };
            let meaning =
                ONE_MEANING.iter().find(|(c, _)| c == name).map(|(_, m)| format!("*{m}*<br>")).unwrap_or_default();
            page.push_str(&format!(
                "| {name} | {} | {meaning}{} | {advice} | {} |\n",
                severities.join("、"),
                join(&code.texts),
                places.join(" ")
            ));
        }
    }
    page
}

/// Codes with several texts but one meaning, said here.
const ONE_MEANING: &[(&str, &str)] = &[
    ("CLI-004", "an identifier on the command line is not in its form"),
    ("DIS-001", "the table of results holds nothing that can be read"),
    ("DIS-012", "the check has no open task"),
    ("DIS-014", "a day or month is missing or can't be read"),
    ("DIS-018", "no outcome is given"),
    ("DIS-022", "fewer than two inspectors"),
    ("DIS-024", "the certificate number is none of the roster's"),
    ("DIS-026", "result and text contradict each other"),
    ("DIS-028", "published without or before completion"),
    ("DRW-001", "the file of changes can't be read"),
    ("EXP-010", "the file of columns is in no form that is read"),
    ("EXP-012", "the file of columns names a column that can't be used"),
    ("EXP-015", "a column's heading or width can't be used"),
    ("EXP-023", "a workbook would be empty"),
    ("EXP-031", "internal and public files would lie in one place"),
    ("FRM-001", "the project's frames are not as they were written"),
    ("GIS-002", "not a .shp file"),
    ("GIS-003", "a shape is cut off or damaged"),
    ("GIS-009", "bytes that belong to no record"),
    ("GIS-011", "no layer where one was looked for"),
    ("GIS-024", "a value does not fit its field and is kept as text"),
    ("GIS-046", "the layer or field that was asked for is not there"),
    ("GIS-059", "a record without any area"),
    ("JOB-002", "the work stopped without an answer"),
    ("PLN-001", "the plan's columns have different lengths"),
    ("LOG-011", "the register and the log contradict each other"),
    ("LOG-013", "a draw's folder and the register contradict each other"),
    ("LOG-014", "a draw's changes and the log contradict each other"),
    ("LOG-016", "not a root that was published"),
    ("LOG-017", "a certificate and the log contradict each other"),
    ("PLN-101", "the shortage or remedy is there no longer"),
    ("POL-004", "a value of another kind than its field takes"),
    ("POL-010", "an id is not in its form"),
    ("POL-012", "a name is empty"),
    ("POL-013", "the same thing is set twice"),
    ("POL-014", "two things have the same name"),
    ("POL-034", "a condition that everything or nothing meets"),
    ("POL-037", "a floor by inspectors out of range"),
    ("POL-038", "the cost of a check out of range"),
    ("POL-042", "a category merged in a way that can't be followed"),
    ("POL-065", "scores that run against the order of their grades"),
    ("POL-066", "a table of decay that does not decay"),
    ("POL-067", "the share of minor cases can't be used"),
    ("POL-095", "the pacing of a quarter can't be followed"),
    ("PRJ-003", "project.ron can't be read"),
    ("PRJ-022", "nothing to read in what was given"),
    ("RAW-002", "not a file of tables"),
    ("RAW-005", "too large"),
    ("RAW-008", "no single table in the archive"),
    ("RAW-009", "a web page without a table in it"),
    ("RAW-020", "how the encoding was known"),
    ("RAW-021", "the encoding is doubtful"),
    ("RAW-023", "bytes that are none in this encoding"),
    ("ROS-001", "not the bytes that the program writes"),
    ("ROS-005", "rows not in strict order"),
    ("RSK-004", "scores and policy don't belong together"),
    ("SEL-020", "the register's lines contradict its rules"),
    ("SMP-010", "not a frame.csv"),
    ("VER-003", "an unknown format"),
    ("VER-007", "a hash or secret is not in its form"),
    ("VER-009", "the seal's public number is not in its form"),
    ("VER-011", "the public number is not in the sealed form"),
    ("VER-014", "the secret is not the sealed one"),
    ("VER-015", "the seal's strata are not in their form"),
    ("VER-017", "probability, rank and reason contradict each other"),
    ("VER-035", "a threshold is not in its form"),
];

/// The families of codes, and what they are about.
const FAMILIES: &[(&str, &str)] = &[
    ("ANC", "outside anchors of a draw"),
    ("BCK", "back-test"),
    ("CAL", "calendar of working days"),
    ("CHT", "charts"),
    ("CKL", "checklists"),
    ("CLI", "command line"),
    ("DBS", "the office's database"),
    ("DEM", "the bundled demo city"),
    ("DFT", "the draft of an open project"),
    ("DIS", "results, deadlines, public lists"),
    ("DRW", "the files of a draw"),
    ("ENG", "engines that count monitoring where it lies"),
    ("EXP", "exports"),
    ("FRM", "the project's frames"),
    ("GIS", "vector files and districts"),
    ("IMP", "import of an office's tables"),
    ("IO-", "reading and writing of files"),
    ("JOB", "background work"),
    ("JRN", "the journal"),
    ("LOG", "one log: files, register, changes and exports against it"),
    ("MAP", "mapping of columns"),
    ("PIC", "pictures for publication"),
    ("PLN", "the year's plan"),
    ("POL", "the policy"),
    ("POS", "pictures of the window"),
    ("PRF", "settings of the program"),
    ("PRJ", "the project folder"),
    ("QLT", "the quality report"),
    ("RAW", "files as text tables"),
    ("RES", "results on the disk"),
    ("ROS", "roster and pairing"),
    ("RSK", "risk"),
    ("RUN", "the whole job in one call"),
    ("SEL", "sealing, opening, changes, register"),
    ("SHR", "a project shared on a server"),
    ("SES", "the open session"),
    ("SMP", "frame and probabilities"),
    ("SUP", "diagnostics for support"),
    ("VER", "verification of seal, opening, result, certificate"),
    ("VEW", "the table's view"),
    ("WIN", "the window"),
    ("WSP", "from frames to the plan's columns"),
];

#[test]
fn each_code_has_one_meaning() {
    let sources = sources();
    let codes = codes(&sources);
    let mut faults = Vec::new();
    for (name, code) in &codes {
        let explained = ONE_MEANING.iter().any(|(c, _)| c == name);
        if code.texts.len() > 1 && !explained {
            faults.push(format!(
                "{name} has {} texts: {:?}; give one a new code, or say the one meaning",
                code.texts.len(),
                code.texts
            ));
        } else if code.texts.len() < 2 && explained {
            faults.push(format!("{name} has one text: it needs no explanation"));
        }
        if !FAMILIES.iter().any(|(family, _)| name.starts_with(family)) {
            faults.push(format!("{name}: its family is not in the list"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_page_of_codes_is_what_the_sources_say() {
    hold_part("docs/codes.md", "codes", &page(&codes(&sources())));
}

#[test]
fn texts_are_found_in_calls_helpers_bindings_and_tables() {
    let code = super::scan::tokens(
        r#"
        const NOTE: &str = "概略图";
        fn broken(what: &str) -> AppError { AppError::new("TST-001", what) }
        fn f() {
            broken("第一种");
            broken(&format!("第 {n} 种"));
            let what = if a { "太长" } else { "太短" };
            list.push(Finding::warning("TST-002", what).row(3).hint("请改短").expected("{数}"));
            error.with(|f| f.hint("无关"));
            if error.code() == "TST-003" { return Err(AppError::new("TST-004", "坏").with(|f| f.hint("修"))); }
            Finding::note("TST-005", NOTE);
        }
        codes! { UNKNOWN "TST-006" Warning "无法识别" "请改正"; }
        "#,
    );
    let source = Source { path: "test.rs".to_owned(), code, is_test: false };
    let found: Vec<String> = codes(&[source])
        .into_iter()
        .map(|(name, c)| format!("{name} {:?} {:?} {:?}", c.severities, c.texts, c.advice))
        .collect();
    assert_eq!(
        found,
        [
            r#"TST-001 {"错误"} ["第一种", "第 … 种"] []"#,
            r#"TST-002 {"警告"} ["太长", "太短"] ["请改短", "…"]"#,
            r#"TST-003 {} [] []"#,
            r#"TST-004 {"错误"} ["坏"] ["修"]"#,
            r#"TST-005 {"提示"} ["概略图"] []"#,
            r#"TST-006 {"警告"} ["无法识别"] ["请改正"]"#,
        ]
    );
}
