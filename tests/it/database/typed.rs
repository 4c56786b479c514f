//! Every type that is read: what the same table would give as a file.

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::tabular::{RawTable, ReadOptions, load_tables};

use super::server::Server;

/// A snapshot as the import reads it.
fn raw(bytes: &[u8]) -> (RawTable, Diagnostics) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    std::fs::write(&path, bytes).unwrap();
    let mut found = Diagnostics::new();
    let mut tables = load_tables(&path, &ReadOptions::default(), &|_| true, &mut found, &Progress::none()).unwrap();
    (tables.pop().unwrap(), found)
}

fn row(table: &RawTable, at: usize) -> Vec<Option<String>> {
    table.cells.columns().iter().map(|c| c.str().unwrap().get(at).map(str::to_owned)).collect()
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_types_read_as_a_file_would() {
    let server = Server::start(&["timezone = 'America/New_York'", "datestyle = 'German, DMY'"]);
    server.sql(
        "CREATE TYPE colour AS ENUM ('红', '蓝'); CREATE DOMAIN code AS varchar(20); \
         CREATE TABLE t (a text, b varchar(9), c char(6), d smallint, e integer, f bigint, g numeric(20,6), h real, \
            i double precision, j boolean, k date, l timestamp, m timestamptz, n uuid, o json, p jsonb, q colour, r code); \
         INSERT INTO t VALUES \
         ('甲\t\"厂\"', 'DA001', 'x', -1, 2147483647, -9223372036854775808, 1234.500000, 0.1, 1e300, true, '2026-03-01', \
          '2026-03-01 12:30:15', '2026-03-01 00:30:00+00', '12345678-9abc-def0-1234-56789abcdef0', '{\"a\": 1}', '{\"a\": 1}', '蓝', '00123'), \
         ('', NULL, NULL, NULL, NULL, NULL, 0, 'NaN', -0.0, false, '0001-01-01', '2026-03-01 00:00:00', \
          '2026-03-01 23:59:59.6+08', NULL, NULL, NULL, NULL, ''), \
         ('z', NULL, NULL, NULL, NULL, NULL, -0.000001, 'Infinity', 12.25, NULL, 'infinity', '-infinity', 'infinity', NULL, NULL, NULL, NULL, NULL)",
    );
    let snapshot = server.read("select * from t order by a nulls first, i desc").unwrap();
    let (table, _) = raw(&snapshot.bytes);
    let some = |texts: &[&str]| texts.iter().map(|t| (!t.is_empty()).then(|| (*t).to_owned())).collect::<Vec<_>>();
    assert!(table.named);
    let all = [row(&table, 0), row(&table, 1), row(&table, 2)];
    let jia = all.iter().find(|row| row[0].as_deref().is_some_and(|a| a.starts_with('甲'))).unwrap();
    assert_eq!(
        *jia,
        some(&[
            "甲\t\"厂\"",
            "DA001",
            "x",
            "-1",
            "2147483647",
            "-9223372036854775808",
            "1234.5",
            "0.1",
            "1e300",
            "TRUE",
            "2026-03-01",
            "2026-03-01 12:30:15",
            "2026-03-01 08:30:00",
            "12345678-9abc-def0-1234-56789abcdef0",
            "{\"a\": 1}",
            "{\"a\": 1}",
            "蓝",
            "00123"
        ])
    );
    let empty = all.iter().find(|row| row[0].is_none()).unwrap();
    assert_eq!(empty[6..13].to_vec(), some(&["0", "NaN", "0", "FALSE", "0001-01-01", "2026-03-01", "2026-03-02"]));
    assert!(empty[13..].iter().all(Option::is_none));
    let endless = all.iter().find(|row| row[0].as_deref() == Some("z")).unwrap();
    assert_eq!(endless[6].as_deref(), Some("-0.000001"));
    assert!(endless[9..].iter().all(Option::is_none));
    let said: Vec<_> = snapshot.notes.iter().map(|note| (note.code, note.column.as_deref().unwrap())).collect();
    assert_eq!(said, [("DBS-028", "k"), ("DBS-028", "l"), ("DBS-028", "m")]);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_snapshots_have_the_same_bytes_while_the_rows_are_the_same() {
    let server = Server::start(&[]);
    server.sql(
        "CREATE TABLE with_key (b int, a text, v text, PRIMARY KEY (a, b)); \
         INSERT INTO with_key SELECT i % 7, (i % 13)::text, i::text FROM generate_series(1, 91) i; \
         CREATE TABLE without AS SELECT * FROM with_key; CREATE VIEW seen AS SELECT * FROM without",
    );
    let bytes = |from: &str| server.read(from).unwrap().bytes;
    let names = ["with_key", "without", "seen", "select a, b, v from without"];
    let before: Vec<_> = names.iter().map(|name| bytes(name)).collect();
    assert_eq!(server.read("with_key").unwrap().key, ["a", "b"]);
    assert!(server.read("without").unwrap().key.is_empty());
    // the same rows in another order on the server's disk
    server.sql("UPDATE with_key SET v = v WHERE b = 3; UPDATE without SET v = v WHERE a = '5'");
    server.sql("VACUUM FULL without");
    let after: Vec<_> = names.iter().map(|name| bytes(name)).collect();
    assert_eq!(before, after);
    server.sql("UPDATE without SET v = 'other' WHERE a = '5' AND b = 5");
    assert_ne!(bytes("without"), before[1]);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_tables_of_an_import_are_of_one_moment() {
    let server = Server::start(&[]);
    server.sql(
        "CREATE TABLE one (id int PRIMARY KEY, name text); CREATE TABLE two (id int PRIMARY KEY, name text); \
         INSERT INTO one SELECT i, repeat('x', 100) FROM generate_series(1, 300000) i; INSERT INTO two VALUES (1, 'x')",
    );
    let source = server
        .source(&[(fairdraw::registry::TableKind::Sources, "one"), (fairdraw::registry::TableKind::Credit, "two")]);
    let (stop, mut client) = (std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)), server.client());
    let writing = {
        let stop = std::sync::Arc::clone(&stop);
        std::thread::spawn(move || {
            let mut id = 1_000_000;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                id += 1;
                let sql = format!("INSERT INTO one VALUES ({id}, 'y'); INSERT INTO two VALUES ({id}, 'y')");
                client.batch_execute(&sql).unwrap();
            }
        })
    };
    for _ in 0..3 {
        let read = fairdraw::engine::database::read_tables(&source, &Progress::none()).unwrap();
        assert_eq!(read[0].rows - 300_000, read[1].rows - 1, "rows of another moment");
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    writing.join().unwrap();
}
