//! `docs/draw.md` names every format, hash prefix, heading and key that the draw's code writes.

use std::collections::BTreeSet;

use super::scan::{Kind, sources};
use super::text_of;

/// Texts of the draw's code that a reader of its files meets: formats, prefixes of hashed bytes, csv headings.
fn written() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for source in sources().iter().filter(|s| s.path.starts_with("sampling/") || s.path.starts_with("staffing/")) {
        for token in source.code.iter().filter(|t| t.kind == Kind::Text) {
            let text = token.text.trim_end();
            let is_heading =
                text.matches(',').count() > 1 && text.bytes().all(|b| b.is_ascii_lowercase() || b",_".contains(&b));
            if text.starts_with("fairdraw") || text.starts_with("pareto-pps/") || is_heading {
                found.insert(text.to_owned());
            }
        }
        // lists of keys and headings: const NAME: [&str; 16] = ["format", …]; columns: &["certificate", …]
        for (at, window) in source.code.windows(3).enumerate() {
            if window[0].is("[") && window[1].kind == Kind::Text && window[2].is(",") {
                let list = source.code[at + 1..].iter().take_while(|t| t.kind == Kind::Text || t.is(","));
                let texts: Vec<String> = list.filter(|t| t.kind == Kind::Text).map(|t| t.text.clone()).collect();
                let is_key = |t: &String| t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
                if texts.len() > 2 && texts.iter().all(is_key) {
                    found.extend(texts);
                }
            }
        }
    }
    found
}

#[test]
fn the_page_names_every_format_prefix_and_key() {
    let page = text_of("docs/draw.md");
    let written = written();
    for known in
        ["fairdraw/1/seed", "fairdraw-seal/1", "fairdraw-proof/1", "policy_sha256", "entropy_value", "recusals"]
    {
        assert!(written.contains(known), "{known} is not found in the sources");
    }
    let missing: Vec<&String> = written.iter().filter(|text| !page.contains(text.as_str())).collect();
    assert!(missing.is_empty(), "docs/draw.md does not name {missing:?}");
}
