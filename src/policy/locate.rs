//! Where in the text of a RON file a field stands.
//!
//! Duty: one pass over the text that notes line and column of every value under its path
//! (`tiers[1].min_score`), so that a finding about a value can name its place although the typed value no longer
//! knows it. The scanner follows the RON grammar's outline (comments, strings, raw strings, nesting) and never
//! fails: text that it can't follow only leaves places out. Paths: `.field`, `[index]`, a map's entry by its key.

use std::collections::BTreeMap;

/// A place in a text: line and column from 1, columns counted in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextPlace {
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// Byte offset in the text.
    pub offset: usize,
}

/// Places of all values of a RON text by path.
#[derive(Debug, Clone, Default)]
pub struct PolicyMap {
    places: BTreeMap<String, TextPlace>,
    end_of_root: Option<TextPlace>,
}

/// Deeper nesting than any policy has; a hostile file must not exhaust the stack.
const DEEPEST: usize = 64;

impl PolicyMap {
    /// Scans a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut scanner = Scanner { text, offset: 0, line: 1, column: 1, map: Self::default() };
        scanner.skip_blank();
        while scanner.peek() == Some('#') {
            scanner.skip_line();
            scanner.skip_blank();
        }
        scanner.value("", 0);
        scanner.map
    }

    /// The place of the value, or of the nearest value that holds it.
    #[must_use]
    pub fn place(&self, path: &str) -> Option<TextPlace> {
        let mut path = path;
        loop {
            if let Some(place) = self.places.get(path) {
                return Some(*place);
            }
            let cut = path.rfind(['.', '['])?;
            path = path.get(..cut)?;
        }
    }

    /// The place of exactly this path.
    #[must_use]
    pub fn exact(&self, path: &str) -> Option<TextPlace> {
        self.places.get(path).copied()
    }

    /// The place of the bracket that closes the outermost struct.
    #[must_use]
    pub fn end_of_root(&self) -> Option<TextPlace> {
        self.end_of_root
    }
}

struct Scanner<'a> {
    text: &'a str,
    offset: usize,
    line: u64,
    column: u64,
    map: PolicyMap,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.offset += c.len_utf8();
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn place(&self) -> TextPlace {
        TextPlace { line: self.line, column: self.column, offset: self.offset }
    }

    fn skip_line(&mut self) {
        while let Some(c) = self.next() {
            if c == '\n' {
                break;
            }
        }
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            if rest.starts_with("//") {
                self.skip_line();
            } else if rest.starts_with("/*") {
                self.skip_block_comment();
            } else if self.peek().is_some_and(|c| c.is_whitespace() || c == '\u{feff}') {
                self.next();
            } else {
                return;
            }
        }
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0_u32;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                depth += 1;
                self.next();
                self.next();
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.next();
                self.next();
                if depth == 0 {
                    return;
                }
            } else if self.next().is_none() {
                return;
            }
        }
    }

    fn string(&mut self) -> String {
        let mut text = String::new();
        self.next();
        while let Some(c) = self.next() {
            match c {
                '"' => break,
                '\\' => {
                    text.extend(self.next());
                }
                _ => text.push(c),
            }
        }
        text
    }

    /// A raw string `r#"…"#`; false where none begins here.
    fn raw_string(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix('r') else { return false };
        let hashes = rest.chars().take_while(|c| *c == '#').count();
        if rest.chars().nth(hashes) != Some('"') {
            return false;
        }
        let end = format!("\"{}", "#".repeat(hashes));
        for _ in 0..hashes + 2 {
            self.next();
        }
        while !self.rest().starts_with(&end) {
            if self.next().is_none() {
                return true;
            }
        }
        for _ in 0..=hashes {
            self.next();
        }
        true
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '#' | '.' | '+' | '-')) {
            word.push(c);
            self.next();
        }
        word
    }

    /// One value with its place under `path`; ends behind it.
    fn value(&mut self, path: &str, depth: usize) {
        let place = self.place();
        self.map.places.insert(path.to_owned(), place);
        if depth > DEEPEST {
            self.offset = self.text.len();
            return;
        }
        match self.peek() {
            Some('"') => {
                self.string();
            }
            Some('[') => self.list(path, depth),
            Some('{') => self.entries(path, depth),
            Some('(') => self.fields(path, depth),
            Some('\'') => {
                self.next();
                if self.next() == Some('\\') {
                    self.next();
                }
                self.next();
            }
            Some(_) => {
                if self.raw_string() {
                    return;
                }
                if self.word().is_empty() {
                    self.next();
                    return;
                }
                // A struct's or variant's name; its content has the same path.
                self.skip_blank();
                if self.peek() == Some('(') {
                    self.fields(path, depth);
                }
            }
            None => {}
        }
    }

    /// True while another element follows; steps over commas and the closing bracket.
    fn more(&mut self, close: char) -> bool {
        self.skip_blank();
        if self.peek() == Some(',') {
            self.next();
            self.skip_blank();
        }
        match self.peek() {
            None => false,
            Some(c) if c == close => {
                self.next();
                false
            }
            Some(_) => true,
        }
    }

    fn list(&mut self, path: &str, depth: usize) {
        self.next();
        let mut index = 0;
        while self.more(']') {
            self.value(&format!("{path}[{index}]"), depth + 1);
            index += 1;
        }
    }

    fn entries(&mut self, path: &str, depth: usize) {
        self.next();
        while self.more('}') {
            let key = if self.peek() == Some('"') { self.string() } else { self.word() };
            self.skip_blank();
            if self.peek() == Some(':') {
                self.next();
                self.skip_blank();
                self.value(&format!("{path}.{key}"), depth + 1);
            } else if key.is_empty() {
                self.next();
            }
        }
    }

    /// The inside of round brackets: named fields, or the elements of a tuple (a single one keeps the path).
    fn fields(&mut self, path: &str, depth: usize) {
        self.next();
        let mut index = 0;
        loop {
            self.skip_blank();
            if self.peek() == Some(',') {
                self.next();
                self.skip_blank();
            }
            let before = self.place();
            match self.next() {
                None => return,
                Some(')') => {
                    if path.is_empty() {
                        self.map.end_of_root = Some(before);
                    }
                    return;
                }
                Some(_) => (self.offset, self.line, self.column) = (before.offset, before.line, before.column),
            }
            let start = (self.offset, self.line, self.column);
            let name = self.word();
            self.skip_blank();
            if self.peek() == Some(':') && !name.is_empty() {
                self.next();
                self.skip_blank();
                let child = if path.is_empty() { name } else { format!("{path}.{name}") };
                self.value(&child, depth + 1);
            } else {
                (self.offset, self.line, self.column) = start;
                let child = if index == 0 { path.to_owned() } else { format!("{path}[{index}]") };
                let own = self.map.places.get(path).copied();
                self.value(&child, depth + 1);
                if let (0, Some(own)) = (index, own) {
                    self.map.places.insert(path.to_owned(), own);
                }
                index += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_nested_values() {
        let text = "// 说明 (\nPolicy(\n  id: \"a,(b\", /* { */ n: 3,\n  tiers: [\n    (id: r#\"A\"\"#, min: 1.5),\n    (min: 2, who: Some(Events(months: 7))),\n  ],\n  rule: Management({\"重\": 1, \"简\": 2}), pair: (3, 4),\n)";
        let map = PolicyMap::of(text);
        let at = |path: &str| map.exact(path).map(|p| (p.line, p.column));
        assert_eq!(at("id"), Some((3, 7)));
        assert_eq!(at("n"), Some((3, 26)));
        assert_eq!(at("tiers[0].min"), Some((5, 24)));
        assert_eq!(at("tiers[1].who.months"), Some((6, 39)));
        assert_eq!(at("rule.简"), Some((8, 34)));
        assert_eq!(at("pair[1]"), Some((8, 49)));
        assert_eq!(map.place("tiers[1].nothing.here"), map.exact("tiers[1]"));
        assert_eq!(map.end_of_root().map(|p| p.line), Some(9));
    }

    #[test]
    fn any_text_ends() {
        for text in
            ["", "(", "((((", "[[\"", "(a:(b:", "r#\"", "{,,,}", "(a b c)", "/* /* */", "\u{feff}(a:1)", "'\\", "(]"]
        {
            let _ = PolicyMap::of(text);
        }
        let _ = PolicyMap::of(&"(".repeat(100_000));
        let _ = PolicyMap::of(&"[".repeat(100_000));
    }
}
