//! Every small alteration of journal, register and changes, each by itself.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{act, forge, lines, named, staged, verified};
use crate::faults::world::World;
use crate::project::{month, proved};

/// What may become of a text.
fn texts(text: &str) -> Vec<String> {
    let mut all = vec![format!("{text}x"), String::new(), format!(" {text}")];
    if let Some((last, first)) = text.char_indices().next_back() {
        let other = if first == '7' { '8' } else { '7' };
        all.push(format!("{}{other}", &text[..last]));
    }
    all.retain(|other| other != text);
    all.dedup();
    all
}

/// A document with one leaf altered, each in turn.
fn altered(value: &Value, whole: &Value, put: &dyn Fn(&Value, Value) -> Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let with = |whole: &Value, new: Value| {
                    let mut map = map.clone();
                    map.insert(key.clone(), new);
                    put(whole, Value::Object(map))
                };
                altered(inner, whole, &with, found);
                let mut less = map.clone();
                less.remove(key);
                found.push(put(whole, Value::Object(less)));
            }
        }
        Value::Array(list) => {
            for (i, inner) in list.iter().enumerate() {
                let with = |whole: &Value, new: Value| {
                    let mut list = list.clone();
                    list[i] = new;
                    put(whole, Value::Array(list))
                };
                altered(inner, whole, &with, found);
                let mut less = list.clone();
                less.remove(i);
                found.push(put(whole, Value::Array(less)));
            }
        }
        Value::String(text) => found.extend(texts(text).into_iter().map(|text| put(whole, text.into()))),
        Value::Number(number) => found.push(put(whole, (number.as_i64().unwrap_or(0) + 1).into())),
        Value::Bool(is) => found.push(put(whole, (!is).into())),
        Value::Null => found.push(put(whole, "x".into())),
    }
}

fn all_altered(value: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    altered(value, value, &|_, new| new, &mut found);
    found.retain(|other| other != value);
    found
}

/// Lets each text stand in a file and asks what is named; how many are not.
fn unseen(root: &Path, name: &str, texts: impl IntoIterator<Item = String>) -> (usize, Vec<String>) {
    let path = root.join(name);
    let good = fs::read(&path).unwrap();
    let (mut count, mut unseen) = (0, Vec::new());
    for text in texts {
        count += 1;
        fs::write(&path, &text).unwrap();
        if named(root, &[]).is_empty() {
            unseen.push(text);
        }
    }
    fs::write(&path, good).unwrap();
    (count, unseen)
}

#[test]
fn every_alteration_of_the_register_is_named() {
    let (_place, root) = staged("公开");
    let text = fs::read_to_string(root.join("register.csv")).unwrap();
    let rows: Vec<&str> = text.lines().collect();
    let mut all = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let whole = |row: Option<String>| {
            let with = rows.iter().enumerate().filter_map(
                |(j, old)| {
                    if i == j { row.clone() } else { Some((*old).to_owned()) }
                },
            );
            with.collect::<Vec<_>>().join("\n") + "\n"
        };
        let cells: Vec<&str> = row.split(',').collect();
        for c in 0..cells.len() {
            for other in texts(cells[c]) {
                let mut cells: Vec<&str> = cells.clone();
                cells[c] = &other;
                all.push(whole(Some(cells.join(","))));
            }
        }
        all.push(whole(None));
        all.push(whole(Some(format!("{row}\n{row}"))));
        all.push(rows[..i].join("\n") + "\n");
    }
    let (count, unseen) = unseen(&root, "register.csv", all);
    println!("register.csv: {count} altered, {} unseen", unseen.len());
    assert!(count > 100 && unseen.is_empty(), "{unseen:?}");
}

#[test]
fn every_alteration_of_the_changes_is_named() {
    let (_place, root) = staged("月开");
    let checks = &World::shared().checks;
    for (check, now) in [(&checks[1], "2027-01-05T09:00:00"), (&checks[2], "2027-01-06T09:00:00")] {
        let deed = fairdraw::workspace::deeds::deed::Deed::ReplaceInspector {
            month: month("2027-01"),
            unit: check.unit_id.clone(),
            certificate: check.inspectors[1].clone(),
            reason: proved("住院"),
        };
        act(&root, deed, now).unwrap();
    }
    assert_eq!(named(&root, &[]), Vec::<&str>::new());
    let name = "draws/2027-01/1/changes.json";
    let value: Value = serde_json::from_slice(&fs::read(root.join(name)).unwrap()).unwrap();
    let mut all = all_altered(&value);
    let mut swapped = value.as_array().unwrap().clone();
    swapped.swap(0, 1);
    all.push(swapped.into());
    let (count, unseen) = unseen(&root, name, all.iter().map(Value::to_string));
    println!("changes.json: {count} altered, {} unseen", unseen.len());
    assert!(count > 40 && unseen.is_empty(), "{unseen:?}");
}

#[test]
fn every_alteration_of_the_journal_is_named_with_a_head_that_is_known() {
    let (_place, root) = staged("公开");
    let head = verified(&root, &[]).head;
    let good = fs::read_to_string(root.join("journal.jsonl")).unwrap();
    let all: Vec<&str> = good.lines().collect();
    let (mut count, mut without) = (0, 0);
    let mut look = |text: &str| {
        count += 1;
        fs::write(root.join("journal.jsonl"), text).unwrap();
        without += usize::from(named(&root, &[]).is_empty());
        assert!(!named(&root, std::slice::from_ref(&head)).is_empty(), "{text}");
    };
    // a sample of the leaves of each line: the lines hold many hashes alike
    for (i, line) in all.iter().enumerate() {
        let value: Value = serde_json::from_str(line).unwrap();
        let others = all_altered(&value);
        let stride = (others.len() / 12).max(1);
        for other in others.iter().step_by(stride) {
            let mut lines: Vec<String> = all.iter().map(|line| (*line).to_owned()).collect();
            lines[i] = other.to_string();
            look(&(lines.join("\n") + "\n"));
        }
        // the tail cut off, a line taken out
        look(&(all[..i].join("\n") + if i == 0 { "" } else { "\n" }));
        let mut less = all.clone();
        less.remove(i);
        look(&(less.join("\n") + "\n"));
    }
    println!("journal.jsonl: {count} altered, 0 unseen with a known head, {without} by the folder alone");
    assert!(count > 80);
    // a forger who makes the chain anew
    fs::write(root.join("journal.jsonl"), &good).unwrap();
    for i in 0..all.len() {
        let mut entries = lines(&root);
        entries[i].operator = "王五".to_owned();
        forge(&root, entries);
        assert_eq!(named(&root, std::slice::from_ref(&head))[0], "LOG-016");
        fs::write(root.join("journal.jsonl"), &good).unwrap();
    }
    // another project's journal
    let (_place, other) = staged("结果");
    let mut entries = lines(&other);
    entries[0].operator = "别的单位".to_owned();
    forge(&other, entries);
    fs::copy(other.join("journal.jsonl"), root.join("journal.jsonl")).unwrap();
    assert!(!named(&root, &[]).is_empty());
}

/// The frame can be built again from these copies alone once the project has gone on.
#[test]
fn a_kept_input_that_is_altered_or_gone_is_named() {
    let (_place, root) = staged("公开");
    let mut kept: Vec<_> = fs::read_dir(root.join("sealed")).unwrap().map(|entry| entry.unwrap().path()).collect();
    kept.sort();
    assert!(kept.len() > 5, "{kept:?}");
    for path in kept.iter().step_by(4) {
        let good = fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        fs::remove_file(path).unwrap();
        assert!(named(&root, &[]).contains(&"LOG-015"), "{name} gone");
        fs::write(path, [&good[..], b"x"].concat()).unwrap();
        assert!(named(&root, &[]).contains(&"LOG-015"), "{name} altered");
        fs::write(path, good).unwrap();
    }
    // one laid there for a seal to come, which would take it for the input's copy
    fs::write(root.join("sealed").join("a".repeat(64)), b"x").unwrap();
    assert!(named(&root, &[]).contains(&"LOG-015"), "planted");
}
