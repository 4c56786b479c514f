//! How the journal's lines on a register read: where it came from, what it changed.

use serde_json::Value;

use super::{join, number, text};
use crate::engine::database::is_query;
use crate::registry::schema::TableKind;

fn list<'a>(detail: &'a Value, key: &str) -> &'a [Value] {
    detail.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The files of an import.
pub(super) fn files(detail: &Value) -> String {
    let names: Vec<&str> =
        list(detail, "inputs").iter().map(|file| text(file, "file")).filter(|name| !name.is_empty()).collect();
    if names.is_empty() { String::new() } else { format!("输入文件：{}", names.join("、")) }
}

/// The servers of an import and what was read of them; empty where all came from files.
pub(super) fn database(detail: &Value) -> String {
    let database = match text(detail, "database") {
        "" => String::new(),
        address => join([format!("数据库 {address}"), database_tables(detail)]),
    };
    join([database, feed(detail)])
}

/// The feed of monitoring that was counted on an engine.
fn feed(detail: &Value) -> String {
    let Some(feed) = detail.get("feed").filter(|feed| feed.is_object()) else { return String::new() };
    let from = text(feed, "from");
    let from = if is_query(from) { "自动监控的查询" } else { from };
    let hours = if feed.get("hours").and_then(Value::as_bool) == Some(true) { "，按日求均值" } else { "" };
    let rows = |key: &str| number(feed, key).unwrap_or(0);
    let (seen, taken) = (rows("seen"), rows("taken"));
    format!("在计算引擎 {} 上统计 {from}{hours}：{seen} 行中取回 {taken} 行", text(feed, "address"))
}

/// The tables that were read of a database, with what each is here; a query by its table alone.
fn database_tables(detail: &Value) -> String {
    let named = list(detail, "database_tables").iter().filter_map(|table| {
        let (kind, from) = (TableKind::parse(text(table, "table"))?.label(), text(table, "from"));
        Some(if is_query(from) { format!("{kind}的查询") } else { format!("{from}（{kind}）") })
    });
    let named: Vec<String> = named.collect();
    if named.is_empty() { String::new() } else { format!("读取 {}", named.join("、")) }
}

/// Another register: where it came from, the tables that it changed with their rows, and where the one before is kept.
pub(super) fn refreshed(detail: &Value) -> String {
    let rows = |table: &Value| -> Option<String> {
        let kind = TableKind::parse(text(table, "table"))?;
        let (before, after) = (number(table, "before")?, number(table, "after")?);
        (before != after).then(|| format!("{} {before} 行变为 {after} 行", kind.label()))
    };
    let from = text(detail, "from");
    let mut parts = vec![match (from, text(detail, "database")) {
        ("", "") => "更新名录".to_owned(),
        (from, "") => format!("从「{from}」更新名录"),
        (from, database) if from.is_empty() || from == database => format!("从数据库 {database} 更新名录"),
        (from, database) => format!("从「{from}」与数据库 {database} 更新名录"),
    }];
    parts.push(database_tables(detail));
    parts.push(feed(detail));
    parts.extend(list(detail, "tables").iter().filter_map(rows));
    parts.push(number(detail, "set_aside").filter(|n| *n > 0).map(|n| format!("搁置 {n} 行")).unwrap_or_default());
    parts.push(format!("此前的名录留存为 {}", text(detail, "kept")));
    join(parts)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_register_of_a_database_names_server_and_tables() {
        let query = "select * from env.day where day > '2024-01-01'";
        let tables = json!([{"table": "sources", "from": "permit.sources"}, {"table": "monitoring", "from": query}]);
        let address = "postgresql://fd@db/hjjc";
        let detail = json!({"from": address, "database": address, "database_tables": tables, "kept": "2027-03-12-1"});
        let (register, monitoring) = (TableKind::Sources.label(), TableKind::Monitoring.label());
        let said = format!("读取 permit.sources（{register}）、{monitoring}的查询");
        let kept = "，此前的名录留存为 2027-03-12-1";
        assert_eq!(refreshed(&detail), format!("从数据库 {address} 更新名录，{said}{kept}"));
        assert_eq!(database(&detail), format!("数据库 {address}，{said}"));
        // lines of before: a file's name, or an address in its place
        let old = json!({"from": "新名录", "kept": "2027-03-12-1"});
        assert_eq!(refreshed(&old), format!("从「新名录」更新名录{kept}"));
        let old = json!({"from": address, "kept": "2027-03-12-1"});
        assert_eq!(refreshed(&old), format!("从「{address}」更新名录{kept}"));
        assert_eq!(database(&json!({"database": address})), format!("数据库 {address}"));
        let feed = json!({"address": "sc://h", "from": "env.hours", "hours": true, "seen": 5_000_000, "taken": 31});
        let said = "在计算引擎 sc://h 上统计 env.hours，按日求均值：5000000 行中取回 31 行";
        assert_eq!(database(&json!({"feed": feed})), said);
        assert!(refreshed(&json!({"from": "sc://h", "feed": feed, "kept": "1"})).contains(said));
        assert_eq!(database(&json!({"database": null})), "");
    }
}
