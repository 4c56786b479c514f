//! Text files: quotes, encodings, characters.

use fairdraw::registry::TableKind;

use super::super::support::{cell, found, rows_of, told};
use super::{case, files};

#[test]
fn no_row_is_swallowed_by_a_quote() {
    for (name, kept, aside, code) in [
        ("a引号在字段首", 30, vec![], Some(("RAW-025", vec![6]))),
        ("b只有左引号", 30, vec![], Some(("RAW-024", vec![6]))),
        ("c字段中引号", 30, vec![], None),
        ("d两处左引号", 30, vec![], Some(("RAW-024", vec![6, 21]))),
        ("e中文引号", 30, vec![], None),
        ("f未加引号换行", 29, vec![6, 7], Some(("IMP-092", vec![6, 7]))),
        ("g字段内逗号", 29, vec![6], Some(("IMP-091", vec![6]))),
    ] {
        let registry = files(&[&format!("dirty/12-quotes/input/污染源名录_{name}.csv")]);
        let set_aside: Vec<u32> = registry.set_aside.column("row").unwrap().u32().unwrap().iter().flatten().collect();
        assert_eq!((registry.sources.height(), set_aside), (kept, aside), "{name} {}", told(&registry));
        if let Some((code, rows)) = code {
            assert_eq!(rows_of(&registry, code), rows, "{name} {}", told(&registry));
        }
    }
}

#[test]
fn destroyed_names_are_errors_and_rare_ones_are_none() {
    let registry = case("dirty/27-rare-chars");
    assert_eq!(rows_of(&registry, "IMP-094"), [2, 3, 4, 5, 6, 7, 8], "{}", told(&registry));
    let names: Vec<String> =
        (0..registry.sources.height()).map(|row| cell(&registry, TableKind::Sources, "name", row)).collect();
    assert_eq!(names.len(), 96);
    for rare in ["上海𬭎虚构有限公司", "上海𠮷虚构有限公司", "上海㛃虚构有限公司", "上海䶮虚构有限公司"]
    {
        assert!(names.iter().any(|name| name == rare), "{rare}");
    }
    assert!(names.iter().all(|name| !name.contains(['?', '\u{fffd}']) && !name.contains("锟")), "{names:?}");
    // Two encodings in one file: every line in its own.
    assert!(names.iter().all(|name| name.starts_with("上海")), "{names:?}");
    assert_eq!(found(&registry, "RAW-021").len(), 3, "{}", told(&registry));
}
