//! What the command line prints of a file.

use super::*;

#[test]
fn the_dump_is_csv_and_json() {
    let (tables, diagnostics) = load_bytes("t.csv", "编号,\"甲,乙\"\n1,\"两\n行\"\n".as_bytes());
    let mut out = Vec::new();
    dump::write_tables(&tables, false, &mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "# 文件 t.csv；编码 UTF-8；分隔符 ,；2 行；2 列\n编号,\"甲,乙\"\r\n1,\"两\n行\"\r\n\n"
    );
    let mut out = Vec::new();
    dump::write_cells(&tables[0], true, &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "1,编号,\"甲,乙\"\r\n2,1,\"两\n行\"\r\n");
    let mut out = Vec::new();
    dump::write_json(&tables, &diagnostics, &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(json["tables"][0]["rows"], 2);
    assert_eq!(json["tables"][0]["cells"], 4);
    assert_eq!(json["tables"][0]["encoding"], "UTF-8");
}
