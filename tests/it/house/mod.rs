//! The house held to its own rules: sizes, codes, words, packages, what nobody calls.
//!
//! Pages that are made from the sources are compared with what the sources give; `FAIRDRAW_BLESS=1` writes
//! them anew.

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) mod paths;
pub(crate) mod scan;

mod codes;
mod draw_page;
mod glossary;
mod packages;
mod sizes;
mod unused;

/// A file of the repository.
pub(crate) fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The text of a file of the repository, line ends as on Unix.
pub(crate) fn text_of(path: &str) -> String {
    let text = fs::read_to_string(file(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.replace("\r\n", "\n")
}

/// Compares the part of a page between `<!-- name -->` and `<!-- /name -->` with what it should be; under
/// `FAIRDRAW_BLESS=1` writes it.
pub(crate) fn hold_part(path: &str, name: &str, part: &str) {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let page = text_of(path);
    let (before, rest) = page.split_once(&open).unwrap_or_else(|| panic!("{path} has no {open}"));
    let (old, after) = rest.split_once(&close).unwrap_or_else(|| panic!("{path} has no {close}"));
    if std::env::var_os("FAIRDRAW_BLESS").is_some() {
        fs::write(file(path), format!("{before}{open}{part}{close}{after}")).unwrap();
        return;
    }
    let differs = old.lines().zip(part.lines()).find(|(a, b)| a != b);
    assert!(
        old == part,
        "{path}, part {name}: not what the sources give ({} lines, they give {}); first difference: {differs:?}. \
         FAIRDRAW_BLESS=1 cargo test --test it house writes it.",
        old.lines().count(),
        part.lines().count()
    );
}
