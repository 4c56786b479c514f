//! Rust source as tokens: comments gone, strings kept apart from code, items under `#[cfg(test)]` cut out.
//!
//! Not a parser: just enough of the language that a rule about names can't be deceived by a string, a
//! comment or a test, and can't overlook what stands after them.

use std::fs;
use std::path::{Path, PathBuf};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or keyword (`r#type` without its prefix).
    Name,
    /// A string literal; its text is the literal's value.
    Text,
    /// A number or a character literal.
    Literal,
    /// A lifetime or label.
    Lifetime,
    /// One character of punctuation; `::` and `=>` and `->` are one token each.
    Mark,
}

/// One token with the line (from 1) on which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its text.
    pub(crate) text: String,
    /// Its line, from 1.
    pub(crate) line: usize,
}

impl Token {
    /// True for this punctuation.
    pub(crate) fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    /// True for this name.
    pub(crate) fn named(&self, name: &str) -> bool {
        self.kind == Kind::Name && self.text == name
    }
}

struct Reader<'a> {
    chars: Vec<char>,
    at: usize,
    line: usize,
    out: &'a mut Vec<Token>,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn take(&mut self) -> char {
        let c = self.peek(0);
        self.at += 1;
        self.line += usize::from(c == '\n');
        c
    }

    fn put(&mut self, kind: Kind, text: String, line: usize) {
        self.out.push(Token { kind, text, line });
    }

    /// Block comments nest.
    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => (depth, self.at) = (depth + 1, self.at + 2),
                ('*', '/') => {
                    (depth, self.at) = (depth - 1, self.at + 2);
                    if depth == 0 {
                        return;
                    }
                }
                _ => _ = self.take(),
            }
        }
    }

    /// A string in quotes, the opening quote already taken.
    fn quoted(&mut self, line: usize) {
        let mut text = String::new();
        while self.at < self.chars.len() {
            match self.take() {
                '"' => break,
                '\\' => self.escape(&mut text),
                c => text.push(c),
            }
        }
        self.put(Kind::Text, text, line);
    }

    fn escape(&mut self, text: &mut String) {
        match self.take() {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            '0' => text.push('\0'),
            'x' => {
                let digits: String = [self.take(), self.take()].iter().collect();
                text.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            'u' => {
                let mut digits = String::new();
                self.take();
                while !matches!(self.peek(0), '}' | '\0') {
                    digits.push(self.take());
                }
                self.take();
                text.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            // the line goes on below, without its indent
            '\n' => {
                while self.peek(0).is_whitespace() {
                    self.take();
                }
            }
            c => text.push(c),
        }
    }

    /// `r"…"`, `r#"…"#`; false where no raw string stands here.
    fn raw_string(&mut self, prefix: usize) -> bool {
        let hashes = self.chars.iter().skip(self.at + prefix).take_while(|c| **c == '#').count();
        if self.peek(prefix + hashes) != '"' {
            return false;
        }
        let line = self.line;
        self.at += prefix + hashes + 1;
        let mut text = String::new();
        while self.at < self.chars.len() {
            let c = self.take();
            if c == '"' && (0..hashes).all(|i| self.peek(i) == '#') {
                self.at += hashes;
                break;
            }
            text.push(c);
        }
        self.put(Kind::Text, text, line);
        true
    }

    /// A character literal or a lifetime; the quote stands at `at`.
    fn quote(&mut self) {
        let line = self.line;
        self.take();
        if self.peek(0) == '\\' {
            self.take();
            let mut text = String::new();
            self.escape(&mut text);
            self.take();
            self.put(Kind::Literal, text, line);
        } else if self.peek(1) == '\'' {
            let text = self.take().to_string();
            self.take();
            self.put(Kind::Literal, text, line);
        } else {
            let text = self.word();
            self.put(Kind::Lifetime, text, line);
        }
    }

    fn word(&mut self) -> String {
        let mut text = String::new();
        while self.peek(0).is_alphanumeric() || self.peek(0) == '_' {
            text.push(self.take());
        }
        text
    }

    fn run(&mut self) {
        while self.at < self.chars.len() {
            let line = self.line;
            match (self.peek(0), self.peek(1)) {
                ('/', '/') => {
                    while !matches!(self.peek(0), '\n' | '\0') {
                        self.take();
                    }
                }
                ('/', '*') => self.block_comment(),
                ('"', _) => {
                    self.take();
                    self.quoted(line);
                }
                ('\'', _) => self.quote(),
                ('r', '"' | '#') if self.raw_string(1) => {}
                ('b' | 'c', 'r') if self.raw_string(2) => {}
                ('b' | 'c', '"') => self.at += 1,
                ('b', '\'') => {
                    self.at += 1;
                    self.quote();
                }
                ('r', '#') => {
                    self.at += 2;
                    let text = self.word();
                    self.put(Kind::Name, text, line);
                }
                (c, _) if c.is_ascii_digit() => {
                    let mut text = self.word();
                    if self.peek(0) == '.' && self.peek(1).is_ascii_digit() {
                        text.push(self.take());
                        text.push_str(&self.word());
                    }
                    self.put(Kind::Literal, text, line);
                }
                (c, _) if c.is_alphabetic() || c == '_' => {
                    let text = self.word();
                    self.put(Kind::Name, text, line);
                }
                (c, _) if c.is_whitespace() => _ = self.take(),
                (':', ':') | ('=' | '-', '>') => {
                    let text: String = [self.take(), self.take()].iter().collect();
                    self.put(Kind::Mark, text, line);
                }
                _ => {
                    let text = self.take().to_string();
                    self.put(Kind::Mark, text, line);
                }
            }
        }
    }
}

/// All tokens of a source text.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut out = Vec::new();
    Reader { chars: source.chars().collect(), at: 0, line: 1, out: &mut out }.run();
    out
}

/// The index just past the bracket that closes the one at `open`.
pub(crate) fn past_bracket(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        if token.kind != Kind::Mark {
            continue;
        }
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return i + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// The index just past the item, field or statement that begins at `at` (its attributes passed already).
fn past_item(tokens: &[Token], at: usize) -> usize {
    let mut words = tokens[at..].iter().take_while(|t| t.kind == Kind::Name || t.is("(") || t.is(")"));
    let item = words.find(|t| !["pub", "crate", "super", "in", "self", "(", ")"].contains(&t.text.as_str()));
    let first = item.map_or("", |t| t.text.as_str());
    let is_function = tokens[at..].iter().take(8).any(|t| t.named("fn"));
    let to_semicolon = ["use", "static", "type"].contains(&first) || (first == "const" && !is_function);
    let items = ["fn", "mod", "impl", "struct", "enum", "trait", "union", "macro_rules", "unsafe", "async", "extern"];
    let is_item = items.contains(&first) || is_function;
    let mut i = at;
    while i < tokens.len() {
        let token = &tokens[i];
        if token.is("}") {
            return i;
        }
        if token.is("{") && !to_semicolon {
            let past = past_bracket(tokens, i);
            if is_item || !tokens.get(past).is_some_and(|t| t.is(",") || t.is(".") || t.is("?")) {
                return past;
            }
            i = past;
        } else if token.is("(") || token.is("[") || token.is("{") {
            i = past_bracket(tokens, i);
        } else if token.is(";") || (token.is(",") && !is_item && !to_semicolon) {
            return i + 1;
        } else {
            i += 1;
        }
    }
    tokens.len()
}

/// True where the attribute whose `[` stands at `open` makes its item one of tests only.
fn is_test_attribute(tokens: &[Token], open: usize) -> bool {
    let inside = &tokens[open + 1..past_bracket(tokens, open)];
    if inside.first().is_some_and(|t| t.named("test")) {
        return true;
    }
    let all = |t: &[Token]| t.len() > 2 && t[0].named("all") && t[2].named("test");
    inside.len() > 3 && inside[0].named("cfg") && (inside[2].named("test") || all(&inside[2..]))
}

/// The tokens without the items under `#[cfg(test)]` and `#[test]`, and the names of test modules in files
/// of their own (`#[cfg(test)] mod tests;`).
pub(crate) fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let (mut kept, mut modules, mut i) = (Vec::new(), Vec::new(), 0);
    while i < tokens.len() {
        let opens = |at: usize| tokens.get(at).is_some_and(|t| t.is("["));
        if tokens[i].is("#") && tokens.get(i + 1).is_some_and(|t| t.is("!")) && opens(i + 2) {
            if is_test_attribute(tokens, i + 2) {
                return (Vec::new(), modules); // the whole file
            }
            kept.push(tokens[i].clone());
            i += 1;
            continue;
        }
        if !(tokens[i].is("#") && opens(i + 1) && is_test_attribute(tokens, i + 1)) {
            kept.push(tokens[i].clone());
            i += 1;
            continue;
        }
        let mut at = past_bracket(tokens, i + 1);
        while tokens.get(at).is_some_and(|t| t.is("#")) && opens(at + 1) {
            at = past_bracket(tokens, at + 1);
        }
        let end = past_item(tokens, at);
        if let [.., word, name, last] = &tokens[at..end]
            && word.named("mod")
            && last.is(";")
        {
            modules.push(name.text.clone());
        }
        i = end;
    }
    (kept, modules)
}

/// One file of `src/`.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Path below `src/`, with `/`.
    pub(crate) path: String,
    /// Code without tests.
    pub(crate) code: Vec<Token>,
    /// True for files that belong to tests as a whole.
    pub(crate) is_test: bool,
}

impl Source {
    /// The module's path, outermost first: `["plan", "annual"]`.
    pub(crate) fn module(&self) -> Vec<&str> {
        let mut parts: Vec<&str> = self.path.trim_end_matches(".rs").split('/').collect();
        if matches!(parts.last(), Some(&"mod" | &"lib" | &"main")) {
            parts.pop();
        }
        parts
    }
}

/// All Rust files below a folder, sorted.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

/// The whole of `src/`.
pub(crate) fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut test_modules: Vec<String> = Vec::new();
    let mut sources = Vec::new();
    for file in rust_files(&root) {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        let text = fs::read_to_string(&file).unwrap();
        let (code, modules) = without_tests(&tokens(&text));
        let source = Source { path, code, is_test: false };
        let folder = source.module().join("/");
        test_modules.extend(modules.iter().map(|m| format!("{folder}/{m}").trim_start_matches('/').to_owned()));
        sources.push(source);
    }
    for source in &mut sources {
        let module = source.module().join("/");
        source.is_test = test_modules.iter().any(|t| module == *t || module.starts_with(&format!("{t}/")));
    }
    assert!(sources.len() > 100, "the sources were not found");
    sources
}

#[test]
fn code_after_a_test_is_read_and_strings_and_comments_are_not() {
    let source = r##"
        use polars::prelude::*; // use calamine::Xls
        #[cfg(test)]
        #[allow(clippy::panic)]
        mod tests { fn a() { let s = "}"; let c = '}'; zip::open(); } /* } */ }
        const A: &str = "egui::Context"; /* rfd::x /* nested */ geo::y */
        #[cfg(test)]
        const B: [u8; 2] = { [1; 2] };
        struct S<'a> { #[cfg(test)] hidden: rstar::RTree<u8>, seen: &'a str }
        #[cfg(test)]
        mod far;
        #[test]
        fn t() { clap::x(); }
        fn after() -> char { let r = r#"rfd::"quoted""#; csv::Reader::new(); '\'' }
    "##;
    let (code, modules) = without_tests(&tokens(source));
    assert_eq!(modules, ["far"]);
    let names: Vec<&str> = code.iter().filter(|t| t.kind == Kind::Name).map(|t| t.text.as_str()).collect();
    for seen in ["polars", "csv", "after", "seen", "A"] {
        assert!(names.contains(&seen), "{seen} is overlooked");
    }
    for unseen in ["calamine", "zip", "egui", "rfd", "geo", "clap", "rstar", "B", "hidden", "nested"] {
        assert!(!names.contains(&unseen), "{unseen} is not code");
    }
    let texts: Vec<&str> = code.iter().filter(|t| t.kind == Kind::Text).map(|t| t.text.as_str()).collect();
    assert_eq!(texts, ["egui::Context", "rfd::\"quoted\""]);
    assert_eq!(code.iter().find(|t| t.named("after")).map(|t| t.line), Some(14));
}

#[test]
fn lines_are_counted_through_strings_and_escapes_are_resolved() {
    let found = tokens("\"a\\\n   b\\u{6c61}\\\"\" x\n'\\n' 'l 1.5e3 b\"z\"");
    let short: Vec<(Kind, &str, usize)> = found.iter().map(|t| (t.kind, t.text.as_str(), t.line)).collect();
    assert_eq!(
        short,
        [
            (Kind::Text, "ab污\"", 1),
            (Kind::Name, "x", 2),
            (Kind::Literal, "\n", 3),
            (Kind::Lifetime, "l", 3),
            (Kind::Literal, "1.5e3", 3),
            (Kind::Text, "z", 3),
        ]
    );
}
