//! Public items that nothing calls. The compiler can't see them: a library's `pub` is used by whoever comes.
//!
//! By name: an item is used where its name stands anywhere in `src/` outside tests, its definition and `pub
//! use`. An enum's variant is used where it is built; patterns alone don't count, unless a derive builds it.

use std::collections::{BTreeMap, BTreeSet};

use super::scan::{Kind, Source, Token, past_bracket, sources};

/// A public item.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    place: String,
    what: String,
    name: String,
}

/// Derives that build a type's variants from outside.
const BUILDERS: [&str; 5] = ["Deserialize", "ValueEnum", "Subcommand", "Parser", "Args"];

/// Attributes directly above the item at `at` that name a builder.
fn is_built_by_derive(code: &[Token], at: usize) -> bool {
    let mut start = at;
    while start > 0 && !code[start - 1].is(";") && !code[start - 1].is("}") && at - start < 80 {
        start -= 1;
    }
    code[start..at].iter().any(|t| BUILDERS.contains(&t.text.as_str()))
}

fn items(source: &Source) -> Vec<Item> {
    let code = &source.code;
    let mut items = Vec::new();
    let mut put = |what: &str, token: &Token| {
        let place = format!("{}:{}", source.path, token.line);
        items.push(Item { place, what: what.to_owned(), name: token.text.clone() });
    };
    for i in 0..code.len().saturating_sub(2) {
        if !code[i].named("pub") || code[i + 1].is("(") {
            continue;
        }
        let words = code[i + 1..].iter().take(4).take_while(|t| t.kind == Kind::Name).count();
        let keyword = (i + 1..=i + words).find(|j| {
            ["fn", "struct", "enum", "trait", "type", "static", "const"].iter().any(|k| code[*j].named(k))
                && !(code[*j].named("const") && code[*j + 1].named("fn"))
        });
        // a macro's `$name` is no item yet
        let Some(keyword) = keyword.filter(|k| code[k + 1].kind == Kind::Name) else { continue };
        put(&code[keyword].text, &code[keyword + 1]);
        if code[keyword].named("enum") && !is_built_by_derive(code, i) {
            let Some(open) = (keyword..keyword + 12).find(|j| code[*j].is("{")) else { continue };
            let end = past_bracket(code, open) - 1;
            let mut j = open + 1;
            while j < end {
                if code[j].is("#") {
                    j = past_bracket(code, j + 1);
                } else if code[j].kind == Kind::Name {
                    put("variant", &code[j]);
                    while j < end && !code[j].is(",") {
                        j = if code[j].is("(") || code[j].is("{") { past_bracket(code, j) } else { j + 1 };
                    }
                } else {
                    j += 1;
                }
            }
        }
    }
    items
}

/// True where the name at `i` stands in a pattern: `Kind::A(_) =>`, `A | B`, `if let A { .. } =`.
fn is_pattern(code: &[Token], i: usize) -> bool {
    let mut after = i + 1;
    if code.get(after).is_some_and(|t| t.is("(") || t.is("{")) {
        after = past_bracket(code, after);
    }
    let next = |n: usize| code.get(after + n);
    let binds = next(0).is_some_and(|t| t.is("=")) && !next(1).is_some_and(|t| t.is("="));
    let guarded = next(0).is_some_and(|t| t.named("if"));
    next(0).is_some_and(|t| t.is("=>"))
        || (next(0).is_some_and(|t| t.is("|")) && !next(1).is_some_and(|t| t.is("|")))
        || binds
        || guarded
}

/// How often each name is used: (anywhere, built).
fn uses(sources: &[Source]) -> BTreeMap<&str, (usize, usize)> {
    let mut uses: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for source in sources.iter().filter(|s| !s.is_test) {
        let code = &source.code;
        let mut i = 0;
        while i < code.len() {
            if code[i].named("pub") && code.get(i + 1).is_some_and(|t| t.named("use")) {
                while i < code.len() && !code[i].is(";") {
                    i += 1;
                }
            }
            // names inside format strings
            if i < code.len() && code[i].kind == Kind::Text {
                for part in code[i].text.split('{').skip(1) {
                    let end = part.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(part.len());
                    let entry = uses.entry(&part[..end]).or_default();
                    *entry = (entry.0 + 1, entry.1 + 1);
                }
            }
            if i < code.len() && code[i].kind == Kind::Name {
                let entry = uses.entry(&code[i].text).or_default();
                entry.0 += 1;
                entry.1 += usize::from(!is_pattern(code, i));
            }
            i += 1;
        }
    }
    uses
}

fn unused(sources: &[Source]) -> Vec<Item> {
    let uses = uses(sources);
    let mut all: Vec<Item> = sources.iter().filter(|s| !s.is_test).flat_map(items).collect();
    all.sort();
    let mut defined: BTreeMap<&str, usize> = BTreeMap::new();
    for item in &all {
        *defined.entry(&item.name).or_default() += 1;
    }
    let idle: BTreeSet<usize> = (0..all.len())
        .filter(|i| {
            let (used, built) = uses.get(all[*i].name.as_str()).copied().unwrap_or_default();
            let count = if all[*i].what == "variant" { built } else { used };
            count <= defined[all[*i].name.as_str()]
        })
        .collect();
    all.into_iter().enumerate().filter(|(i, _)| idle.contains(i)).map(|(_, item)| item).collect()
}

/// Items without a caller that stay, each with its reason.
const KEPT: &[(&str, &str)] = &[
    ("count_code", "what the tests ask of findings"),
    ("from_wgs84", "makes the projected files of the tests, the inverse of what is read"),
    ("check_zip_layers", "archives from memory, cut at every byte"),
    ("areas_km2", "held against an independent reader"),
    ("compute_inclusion", "the plain case, held against the reference"),
    ("from_bytes", "fixed secrets and keys of tests"),
    ("check_draw", "the whole check at once, held against the vectors"),
    ("simulate_pairs", "evidence: how often each pair comes; benches and tests run it"),
    ("with_view", "the table's test looks at another order"),
    ("pack_demo", "makes assets/demo; the test compares it"),
    ("write_export", "check and writing at once, as the tests of manifests want them"),
    ("watch_disk", "stops at a step of the disk: a kill, a full disk"),
];

#[test]
fn public_items_have_callers() {
    let found = unused(&sources());
    let idle: Vec<String> = found
        .iter()
        .filter(|item| !KEPT.iter().any(|(name, _)| *name == item.name))
        .map(|item| format!("{} {} {}", item.place, item.what, item.name))
        .collect();
    assert!(idle.is_empty(), "{} public items that nothing calls:\n{}", idle.len(), idle.join("\n"));
    let superfluous: Vec<_> = KEPT.iter().filter(|(name, _)| !found.iter().any(|i| i.name == *name)).collect();
    assert!(superfluous.is_empty(), "called, or gone: {superfluous:?}");
}

#[test]
fn a_use_is_told_from_a_definition_a_pattern_and_a_re_export() {
    let code = super::scan::tokens(
        "pub fn called() {} pub fn idle() {} pub use x::idle; fn f() { called(); }
         pub enum Kind { Built, Matched(u8), #[doc = \"x\"] Never { a: u8 } }
         fn g(k: Kind) { let k = Kind::Built; match k { Kind::Built => 1, Kind::Matched(x) if x > 1 => 2,
           Kind::Matched(_) | Kind::Never { .. } => 3 } }
         #[derive(Debug, Deserialize)] pub enum Read { One } pub const fn g2(r: Read) {} g2()",
    );
    let source = Source { path: "a.rs".to_owned(), code, is_test: false };
    let names: Vec<String> = unused(&[source]).into_iter().map(|i| format!("{} {}", i.what, i.name)).collect();
    assert_eq!(names, ["fn idle", "variant Matched", "variant Never"]);
}
