//! Sizes that a newcomer can take in: files to 500 lines, functions to 120, structs to 20 fields.
//!
//! clippy holds functions too (`too_many_lines`, `.clippy.toml`); here they are counted so that one test lists
//! everything that is too large. A struct may have more fields where its comment says why in a sentence that
//! begins with "Wide:".

use std::fs;

use super::file;
use super::scan::{Kind, Token, past_bracket, rust_files, tokens};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 120;
const STRUCT_FIELDS: usize = 20;

/// Files of `src/` and `tests/`: path below the repository, text.
fn files() -> Vec<(String, String)> {
    let root = file("");
    let folders = ["src", "tests"].into_iter().flat_map(|folder| rust_files(&root.join(folder)));
    let read = |path: std::path::PathBuf| {
        let short = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        (short, fs::read_to_string(&path).unwrap())
    };
    folders.map(read).collect()
}

/// (name, lines of code in the body as clippy counts them: neither blank nor comment) of each function.
fn functions(code: &[Token]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for i in 0..code.len().saturating_sub(1) {
        if !code[i].named("fn") || code[i + 1].kind != Kind::Name {
            continue;
        }
        let mut at = i + 2;
        while at < code.len() && !code[at].is("{") && !code[at].is(";") {
            at = if code[at].is("(") || code[at].is("[") { past_bracket(code, at) } else { at + 1 };
        }
        if at < code.len() && code[at].is("{") {
            let end = past_bracket(code, at);
            let mut lines: Vec<usize> = code[at + 1..end - 1].iter().map(|t| t.line).collect();
            lines.dedup();
            found.push((code[i + 1].text.clone(), lines.len()));
        }
    }
    found
}

/// (name, line, fields) of each struct with named fields.
fn structs(code: &[Token]) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for i in 0..code.len().saturating_sub(1) {
        if !code[i].named("struct") || code[i + 1].kind != Kind::Name {
            continue;
        }
        let mut at = i + 2;
        while at < code.len() && !code[at].is("{") && !code[at].is(";") && !code[at].is("(") {
            at += 1;
        }
        if at == code.len() || !code[at].is("{") {
            continue;
        }
        let (end, mut fields, mut j) = (past_bracket(code, at), 0, at + 1);
        while j < end {
            let opens = code[j].is("(") || code[j].is("[") || code[j].is("{");
            fields += usize::from(code[j].kind == Kind::Name && code[j + 1].is(":"));
            j = if opens { past_bracket(code, j) } else { j + 1 };
        }
        found.push((code[i + 1].text.clone(), code[i].line, fields));
    }
    found
}

/// True where the comment directly above the line gives the reason for many fields.
fn has_reason(text: &str, line: usize) -> bool {
    let above: Vec<&str> = text.lines().take(line - 1).collect();
    let belongs = |l: &&&str| l.trim_start().starts_with("//") || l.trim_start().starts_with("#[");
    above.iter().rev().take_while(belongs).any(|l| l.contains(" Wide: "))
}

/// Everything too large in one file, in words.
fn too_large(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > FILE_LINES {
        found.push(format!("{path}: {lines} lines, at most {FILE_LINES}"));
    }
    let code = tokens(text);
    for (name, lines) in functions(&code).into_iter().filter(|(_, lines)| *lines > FUNCTION_LINES) {
        found.push(format!("{path}: fn {name} has {lines} lines of code, at most {FUNCTION_LINES}"));
    }
    for (name, line, fields) in structs(&code).into_iter().filter(|(_, _, fields)| *fields > STRUCT_FIELDS) {
        if !has_reason(text, line) {
            found.push(format!("{path}: struct {name} has {fields} fields, at most {STRUCT_FIELDS} without a reason"));
        }
    }
    found
}

#[test]
fn files_functions_and_structs_stay_small() {
    let found: Vec<String> = files().iter().flat_map(|(path, text)| too_large(path, text)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn each_size_is_counted() {
    let long = format!("fn long(a: [u8; 2]) -> u8 {{\n{}}}\n", "    work();\n\n    // said\n".repeat(120));
    assert!(too_large("a.rs", &long).is_empty(), "blank lines and comments don't count");
    let longer = format!("fn longer() {{\n{}}}\n", "    work();\n".repeat(121));
    assert_eq!(too_large("a.rs", &longer), ["a.rs: fn longer has 121 lines of code, at most 120"]);
    let fields = |n: usize| (0..n).map(|i| format!("    pub f{i}: Vec<(A, B)>,\n")).collect::<String>();
    let wide = format!("/// One.\npub struct Row<T: Copy> {{\n{}}}\n", fields(21));
    assert_eq!(too_large("a.rs", &wide), ["a.rs: struct Row has 21 fields, at most 20 without a reason"]);
    let reasoned =
        format!("/// One. Wide: a row of the list.\n#[derive(Debug)]\npub struct Row {{\n{}}}\n", fields(21));
    assert!(too_large("a.rs", &reasoned).is_empty());
    assert_eq!(too_large("b.rs", &"\n".repeat(501)), ["b.rs: 501 lines, at most 500"]);
}
