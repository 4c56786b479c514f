//! Strict JSON in, canonical JSON out.
//!
//! Duty: read JSON so that nothing has two meanings (duplicate keys, fractions and numbers beyond 2^53
//! are refused), and write the canonical form of RFC 8785 for the values used here: objects with ASCII
//! keys, arrays, strings, whole numbers. Under that restriction RFC 8785 is "keys sorted, no white space,
//! shortest escapes", which is how `serde_json` escapes strings.

use std::fmt;

use serde::Serialize;
use serde::de::{self, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::fault::Fault;

/// Largest whole number of interoperable JSON (RFC 7493).
pub(super) const LARGEST: u64 = (1 << 53) - 1;

/// A JSON value read strictly.
struct Strict(Value);

impl<'de> de::Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("对象、数组、字符串或整数")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        if number > LARGEST {
            return Err(E::custom(format!("数 {number} 超出范围")));
        }
        Ok(Value::from(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        Err(E::custom(format!("不允许负数 {number}")))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
        Err(E::custom(format!("只允许整数，不允许 {number}")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let Strict(value) = entries.next_value()?;
            if !key.is_ascii() {
                return Err(de::Error::custom(format!("字段名「{key}」不是 ASCII")));
            }
            if map.contains_key(&key) {
                return Err(de::Error::custom(format!("字段「{key}」重复")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

/// Reads one JSON value; `what` is the file's kind, for the message ("seal", "opening", …).
///
/// # Errors
/// `VER-050` with line, column and reason.
pub(super) fn parse_value(bytes: &[u8], what: &str) -> Result<Value, Fault> {
    serde_json::from_slice::<Strict>(bytes).map(|Strict(value)| value).map_err(|error| {
        Fault::new(
            "VER-050",
            format!("{what} 不是可读的 JSON：第 {} 行第 {} 列，{error}", error.line(), error.column()),
            format!("{what}: not readable"),
        )
    })
}

/// Turns a value into its type; unknown fields and wrong types are refused.
///
/// # Errors
/// `VER-051` with the reason.
pub(super) fn typed<T: DeserializeOwned>(value: Value, what: &str) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(|error| {
        Fault::new("VER-051", format!("{what} 的字段或类型不对：{error}"), format!("{what}: field types"))
    })
}

/// The names that an object has too many or too few of, against the wanted ones; `None` where it fits.
pub(super) fn key_difference(value: &Value, wanted: &[&str]) -> Option<String> {
    let Value::Object(map) = value else {
        return Some("不是对象".to_owned());
    };
    let extra: Vec<&str> = map.keys().map(String::as_str).filter(|key| !wanted.contains(key)).collect();
    let missing: Vec<&str> = wanted.iter().copied().filter(|key| !map.contains_key(*key)).collect();
    match (extra.is_empty(), missing.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("多出字段 {}", extra.join("、"))),
        (true, false) => Some(format!("缺少字段 {}", missing.join("、"))),
        (false, false) => Some(format!("多出字段 {}，缺少字段 {}", extra.join("、"), missing.join("、"))),
    }
}

/// Canonical JSON (RFC 8785 for strings, whole numbers, arrays, objects with ASCII keys).
#[must_use]
pub fn to_canonical_json<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // The types given here have string keys and no fallible parts, so that this can't fail.
    if let Ok(value) = serde_json::to_value(value) {
        push_canonical(&value, &mut bytes);
    }
    bytes
}

fn push_canonical(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                push_canonical(item, out);
            }
            out.push(b']');
        }
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
            out.push(b'{');
            for (i, (key, item)) in entries.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                push_scalar(&Value::String(key.clone()), out);
                out.push(b':');
                push_canonical(item, out);
            }
            out.push(b'}');
        }
        scalar => push_scalar(scalar, out),
    }
}

fn push_scalar(value: &Value, out: &mut Vec<u8>) {
    out.extend_from_slice(value.to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn canonical_form_sorts_keys_and_keeps_text() {
        let value = json!({"b": [1, "x\u{1}\n\"\\/污\u{7f}"], "a": {"z": 2, "Z": 3}});
        assert_eq!(
            String::from_utf8(to_canonical_json(&value)).unwrap(),
            "{\"a\":{\"Z\":3,\"z\":2},\"b\":[1,\"x\\u0001\\n\\\"\\\\/污\u{7f}\"]}"
        );
    }

    #[test]
    fn ambiguous_json_is_refused_with_its_reason() {
        for (text, why) in [
            (r#"{"a":1,"a":2}"#, "重复"),
            (r#"{"a":1.0}"#, "只允许整数"),
            (r#"{"a":-1}"#, "负数"),
            (r#"{"a":9007199254740992}"#, "超出范围"),
            (r#"{"a":null}"#, "null"),
            (r#"{"a":true}"#, "true"),
            (r#"{"a":1}x"#, "trailing"),
            ("", "EOF"),
        ] {
            let fault = parse_value(text.as_bytes(), "seal").unwrap_err();
            assert!(fault.code == "VER-050" && fault.text.contains(why), "{fault}");
        }
        assert!(parse_value(&[0x22, 0xff, 0x22], "seal").is_err());
        assert!(parse_value("[".repeat(100_000).as_bytes(), "seal").is_err());
    }
}
