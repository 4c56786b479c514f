//! Every single-field alteration of a JSON document, and the texts that no JSON value has.

use serde_json::{Value, json};

/// A document with one thing changed, and what was changed.
pub(crate) struct Altered {
    pub(crate) what: String,
    pub(crate) text: String,
}

/// All documents that differ from `whole` in one field: its value, its type, its absence, one beside it.
pub(crate) fn alterations(whole: &Value) -> Vec<Altered> {
    let mut out = Vec::new();
    visit(whole, &mut Vec::new(), &mut |path, changed| {
        let mut copy = whole.clone();
        if let Some(at) = copy.pointer_mut(&path.iter().map(|part| format!("/{part}")).collect::<String>()) {
            *at = changed.clone();
        }
        out.push(Altered { what: path.join("."), text: copy.to_string() });
    });
    out
}

fn visit(at: &Value, path: &mut Vec<String>, give: &mut impl FnMut(&[String], &Value)) {
    match at {
        Value::String(text) => {
            let mut last = text.clone();
            match last.pop() {
                None => last.push('0'),
                Some('1') => last.push('2'),
                Some(_) => last.push('1'),
            }
            for other in [last, format!("{text} "), text.to_uppercase(), String::new()] {
                if other != *text {
                    give(path, &json!(other));
                }
            }
            give(path, &json!(7));
        }
        Value::Number(number) => {
            let number = number.as_u64().unwrap();
            for other in [json!(number + 1), json!(number as f64 + 0.5), json!(-1), json!(number.to_string())] {
                give(path, &other);
            }
            if number > 0 {
                give(path, &json!(number - 1));
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                path.push(i.to_string());
                visit(item, path, give);
                path.pop();
            }
            let mut changed = items.clone();
            changed.push(items.last().cloned().unwrap_or(json!("0")));
            give(path, &json!(changed));
            if !items.is_empty() {
                give(path, &json!(items[1..]));
                give(path, &json!(items[..items.len() - 1]));
                changed.clone_from(items);
                changed.reverse();
                if changed != *items {
                    give(path, &json!(changed));
                }
            }
            give(path, &Value::Null);
        }
        Value::Object(map) => {
            for (key, item) in map {
                path.push(key.clone());
                visit(item, path, give);
                path.pop();
                let mut without = map.clone();
                without.remove(key);
                give(path, &json!(without));
            }
            let mut more = map.clone();
            more.insert("note".to_owned(), json!("x"));
            give(path, &json!(more));
            give(path, &json!("x"));
        }
        _ => {}
    }
}

/// Texts that are read differently by readers that are not strict.
pub(crate) fn loose_texts(whole: &Value) -> Vec<Altered> {
    let text = whole.to_string();
    let cut = text.strip_suffix('}').unwrap();
    let cases = [
        ("a key twice", format!("{cut},\"format\":{}}}", whole["format"])),
        ("a number in another spelling", text.replacen("\"index\":", "\"index\":0", 1)),
        ("a number with an exponent", text.replacen("\"sequence\":1", "\"sequence\":1e0", 1)),
        ("a number with a point", text.replacen("\"sequence\":1", "\"sequence\":1.0", 1)),
        ("a number too large", text.replacen("\"sequence\":1", "\"sequence\":9007199254740992", 1)),
        ("minus nothing", text.replacen("\"sequence\":1", "\"sequence\":-0", 1)),
        ("a comma too many", format!("{cut},}}")),
        ("something behind", format!("{text}x")),
        ("cut off", cut.to_owned()),
        ("null", text.replacen("\"previous\":\"\"", "\"previous\":null", 1)),
        ("true", text.replacen("\"previous\":\"\"", "\"previous\":true", 1)),
        ("half a pair", text.replacen("\"previous\":\"\"", "\"previous\":\"\\ud800\"", 1)),
        ("a bare control character", text.replacen("\"previous\":\"\"", "\"previous\":\"\t\"", 1)),
        ("a wrong escape", text.replacen("\"previous\":\"\"", "\"previous\":\"\\x41\"", 1)),
        ("a key that is no ASCII", format!("{cut},\"格式\":1}}")),
        ("a prototype", format!("{cut},\"__proto__\":{{}}}}")),
        ("a comment", format!("/* */{text}")),
        ("single quotes", text.replace('"', "'")),
        ("another kind", "[1,2]".to_owned()),
        ("a bare word", "abc".to_owned()),
        ("deep", "[".repeat(200)),
    ];
    cases.into_iter().map(|(what, text)| Altered { what: what.to_owned(), text }).collect()
}
