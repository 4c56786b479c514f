//! The paths that a file's code names, resolved from the crate's root, and the packages that it names.

use std::collections::BTreeSet;

use super::scan::{Kind, Source, Token, past_bracket};

/// A name with its line.
pub(crate) type At<T> = (T, usize);

/// What a file names outside itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// Paths below the crate's root: `["plan", "annual", "compute"]`.
    pub(crate) inside: Vec<At<Vec<String>>>,
    /// First segments of all other paths: packages, types, modules in scope.
    pub(crate) outside: Vec<At<String>>,
}

struct Walk<'a> {
    tokens: &'a [Token],
    /// The module's path, and where inline modules around the present token end.
    module: Vec<String>,
    inline: Vec<usize>,
    named: Named,
    /// Names that `use crate::…` and `mod …` bring into scope: no packages.
    scope: BTreeSet<String>,
}

impl Walk<'_> {
    fn resolve(&mut self, path: &[String], line: usize) {
        let Some(first) = path.first() else { return };
        match first.as_str() {
            "crate" => self.named.inside.push((path[1..].to_vec(), line)),
            "self" | "super" => {
                let ups = path.iter().take_while(|p| *p == "super" || *p == "self").count();
                let supers = path.iter().take_while(|p| *p == "super" || *p == "self").filter(|p| *p == "super");
                let keep = self.module.len().saturating_sub(supers.count());
                let whole = self.module[..keep].iter().chain(&path[ups..]).cloned().collect();
                self.named.inside.push((whole, line));
            }
            _ => self.named.outside.push((first.clone(), line)),
        }
    }

    /// A use tree from `at`; gives the index past it.
    fn use_tree(&mut self, mut at: usize, before: &[String]) -> usize {
        let mut path = before.to_vec();
        let line = self.tokens[at].line;
        while let Some(token) = self.tokens.get(at) {
            if token.kind == Kind::Name && token.text == "as" {
                let alias = self.tokens[at + 1].text.clone();
                self.bring(&path, alias);
                self.resolve(&path, line);
                return at + 2;
            } else if token.kind == Kind::Name || token.is("*") {
                path.push(token.text.clone());
                at += 1;
            } else if token.is("::") {
                at += 1;
            } else if token.is("{") {
                let end = past_bracket(self.tokens, at);
                at += 1;
                while at < end - 1 {
                    at = if self.tokens[at].is(",") { at + 1 } else { self.use_tree(at, &path) };
                }
                return end;
            } else {
                break;
            }
        }
        let last = path.iter().rev().find(|p| *p != "self").cloned().unwrap_or_default();
        self.bring(&path, last);
        self.resolve(&path, line);
        at
    }

    fn bring(&mut self, path: &[String], name: String) {
        if matches!(path.first().map(String::as_str), Some("crate" | "self" | "super")) {
            self.scope.insert(name);
        }
    }

    fn run(mut self) -> Named {
        let mut i = 0;
        while i < self.tokens.len() {
            while self.inline.last().is_some_and(|end| i >= *end) {
                self.inline.pop();
                self.module.pop();
            }
            let token = &self.tokens[i];
            let next = |n: usize| self.tokens.get(i + n);
            if token.named("mod") && next(1).is_some_and(|t| t.kind == Kind::Name) {
                let name = self.tokens[i + 1].text.clone();
                self.scope.insert(name.clone());
                if next(2).is_some_and(|t| t.is("{")) {
                    self.inline.push(past_bracket(self.tokens, i + 2));
                    self.module.push(name);
                }
                i += 3;
            } else if token.named("use") && !next(1).is_some_and(|t| t.is("<")) {
                let at = if self.tokens[i + 1].is("::") { i + 2 } else { i + 1 };
                i = self.use_tree(at, &[]);
            } else if token.kind == Kind::Name && next(1).is_some_and(|t| t.is("::")) {
                let mut path = vec![token.text.clone()];
                let mut at = i + 1;
                while self.tokens.get(at).is_some_and(|t| t.is("::"))
                    && self.tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Name)
                {
                    path.push(self.tokens[at + 1].text.clone());
                    at += 2;
                }
                let continues = i > 0 && (self.tokens[i - 1].is("::") || self.tokens[i - 1].is("."));
                if !continues {
                    self.resolve(&path, token.line);
                }
                i = at.max(i + 1);
            } else {
                i += 1;
            }
        }
        let scope = self.scope;
        self.named.outside.retain(|(name, _)| !scope.contains(name));
        self.named
    }
}

/// What the code of this file names.
pub(crate) fn named_by(source: &Source) -> Named {
    let module = source.module().iter().map(|m| (*m).to_owned()).collect();
    let (inline, named, scope) = (Vec::new(), Named::default(), BTreeSet::new());
    Walk { tokens: &source.code, module, inline, named, scope }.run()
}

#[test]
fn paths_are_resolved_through_groups_aliases_and_inline_modules() {
    let text = "use crate::{plan::{self, annual::*}, text::csv};
        use super::model as m; mod csv; use polars::prelude::*; use chrono::{Days, NaiveDate};
        fn f() -> super::super::risk::Table { csv::quote(); geo::area(m::X); a.b::<u8>(); crate::ui::show() }
        mod inner { fn g() { super::h(); super::super::other(); std::fs::read(); } }
        fn k() { self::h(); rfd::open() }";
    let code = super::scan::tokens(text);
    let source = Source { path: "registry/load/deep.rs".to_owned(), code, is_test: false };
    let found = named_by(&source);
    let inside: Vec<String> = found.inside.iter().map(|(p, _)| p.join("::")).collect();
    assert_eq!(
        inside,
        [
            "plan::self",
            "plan::annual::*",
            "text::csv",
            "registry::load::model",
            "registry::risk::Table",
            "ui::show",
            "registry::load::deep::h",
            "registry::load::other",
            "registry::load::deep::h",
        ]
    );
    let outside: Vec<&str> = found.outside.iter().map(|(p, _)| p.as_str()).collect();
    assert_eq!(
        outside,
        ["polars", "chrono", "chrono", "geo", "m", "std", "rfd"]
            .map(|n| n)
            .into_iter()
            .filter(|n| *n != "m")
            .collect::<Vec<_>>()
    );
    assert_eq!(found.inside[5].1, 3, "lines are those of the file");
}
