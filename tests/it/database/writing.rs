//! Exports into a database: append-only, numbered, inside the gate.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;

use super::server::{PASSWORD, Server};
use crate::command_line::{fairdraw, text, words};

fn export(server: &Server, root: &Path, more: &[&str]) -> Output {
    let address = server.address_text();
    let own = ["--operator", "测试员", "export", text(root), "--database", &address];
    super::server::fairdraw(&[&own[..], more].concat(), Some(PASSWORD))
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_exports_add_rows_and_never_change_them() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = fairdraw(&["run", "--demo", "--sources", "1500", "--to", text(&out), "--operator", "测试员"]);
    assert!(matches!(run.status.code(), Some(0 | 1)), "{}", words(&run));
    let root = out.join("项目");
    let server = Server::start(&[]);
    let first = export(&server, &root, &[]);
    assert!(first.status.success(), "{}", words(&first));
    assert!(
        words(&first).contains("第 1 次导出") && words(&first).contains("fairdraw.month_list"),
        "{}",
        words(&first)
    );
    let mut client = server.client();
    let mut all = |table: &str, number: i64| -> Vec<String> {
        let sql = format!("SELECT t::text FROM {table} t WHERE export_no = $1 ORDER BY row_no");
        client.query(&sql, &[&number]).unwrap().iter().map(|row| row.get(0)).collect()
    };
    let tables = [
        "fairdraw.plan",
        "fairdraw.month_list",
        "fairdraw.results",
        "fairdraw.exports",
        "fairdraw_public.disclosures",
        "fairdraw_public.exports",
    ];
    let before: Vec<Vec<String>> = tables.iter().map(|table| all(table, 1)).collect();
    assert!(before[0].len() > 100 && before[1].len() > 20, "{} {}", before[0].len(), before[1].len());

    // results come in: a second export has them, the first stays as it was
    let listed = server.client().query("SELECT plan_code, lead_certificate, second_certificate FROM fairdraw.month_list WHERE role = '正选' AND lead IS NOT NULL ORDER BY row_no LIMIT 1", &[]).unwrap();
    let cell = |at: usize| listed[0].get::<_, String>(at);
    let results = folder.path().join("结果.csv");
    let today = fairdraw::workspace::store::clock::Moment::now().date();
    let line = format!(
        "计划编码,检查日期,办结日期,检查方式,检查事项,检查结果,主办执法证号,协办执法证号\n{},{today},{today},现场检查,排污许可,未发现问题,{},{}\n",
        cell(0),
        cell(1),
        cell(2)
    );
    std::fs::write(&results, line).unwrap();
    let taken = fairdraw(&["results", text(&root), text(&results)]);
    assert!(matches!(taken.status.code(), Some(0 | 1)), "{}", words(&taken));
    let second = export(&server, &root, &["--schema", "fairdraw"]);
    assert!(words(&second).contains("第 2 次导出"), "{}", words(&second));
    let after: Vec<Vec<String>> = tables.iter().map(|table| all(table, 1)).collect();
    assert_eq!(before, after);
    let recorded = all("fairdraw.results", 2).len();
    assert_eq!((recorded, all("fairdraw_public.disclosures", 2).len()), (1, 1), "{}", words(&taken));

    let one = |sql: &str| -> i64 { server.client().query_one(sql, &[]).unwrap().get(0) };
    assert_eq!(one("SELECT count(DISTINCT export_no) FROM fairdraw.plan_latest"), 1);
    assert_eq!(one("SELECT max(export_no) FROM fairdraw.plan_latest"), 2);
    assert_eq!(one("SELECT count(*) FROM fairdraw.exports"), 2);
    assert_eq!(one("SELECT count(*) FROM fairdraw.results_latest"), recorded as i64);
    assert_eq!(one("SELECT count(*) FROM fairdraw.exports WHERE operator = '测试员' AND data_mark = '模拟数据'"), 2);
    // the server itself refuses to change what was exported
    for sql in
        ["UPDATE fairdraw.plan SET body = 'x'", "DELETE FROM fairdraw.exports", "TRUNCATE fairdraw_public.disclosures"]
    {
        let error = server.client().batch_execute(sql).unwrap_err();
        assert_eq!(error.code().map(|code| code.code().to_owned()).as_deref(), Some("55000"), "{sql}");
    }
    // what names inspectors, or targets not visited, stands in the internal schema alone
    let names: BTreeSet<String> = server
        .client()
        .query(
            "SELECT lead FROM fairdraw.month_list WHERE lead IS NOT NULL UNION SELECT unit_id FROM fairdraw.month_list",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert!(names.len() > 20);
    let public: Vec<String> =
        all("fairdraw_public.disclosures", 2).into_iter().chain(all("fairdraw_public.exports", 2)).collect();
    let visited: String = server
        .client()
        .query_one("SELECT coalesce(min(unit_id), '') FROM fairdraw.results_latest", &[])
        .unwrap()
        .get(0);
    for name in names.iter().filter(|name| **name != visited) {
        assert!(!public.iter().any(|row| row.contains(name.as_str())), "{name} is public");
    }
    assert!(!public.iter().any(|row| row.contains("测试员")));
    let silent = "SELECT count(*) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname LIKE 'fairdraw%' AND c.relkind = 'r' \
        AND a.attnum > 0 AND col_description(c.oid, a.attnum) IS NULL";
    assert_eq!(one(silent), 0, "columns without a comment");
    assert_eq!(
        one(
            "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname LIKE 'fairdraw%' AND c.relkind IN ('r', 'v') AND obj_description(c.oid) IS NULL"
        ),
        0
    );

    // a table of somebody else's is left alone; nothing of such an export is seen
    server.sql("CREATE SCHEMA taken; CREATE TABLE taken.results (id int); INSERT INTO taken.results VALUES (1)");
    let refused = export(&server, &root, &["--schema", "taken"]);
    assert!(words(&refused).contains("DBS-032"), "{}", words(&refused));
    assert_eq!(one("SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname LIKE 'taken%'"), 1);
    // an identifier may be anything
    let odd = export(&server, &root, &["--schema", "市局\"; DROP SCHEMA fairdraw CASCADE; --"]);
    assert!(odd.status.success(), "{}", words(&odd));
    assert_eq!(one("SELECT count(*) FROM fairdraw.exports"), 2);
    // the journal has each of them, and no password
    let journal = std::fs::read_to_string(root.join("journal.jsonl")).unwrap();
    assert_eq!(journal.matches("\"schema\":\"fairdraw\"").count(), 2);
    assert!(!journal.contains(PASSWORD) && !journal.contains("\"schema\":\"taken\""));
    let log = fairdraw(&["verify", "--log", text(&root)]);
    assert!(log.status.success(), "{}", words(&log));

    // the list of exports is public too: a project called as a target not yet visited does not go out
    let target: String = server
        .client()
        .query_one("SELECT name FROM fairdraw.month_list WHERE unit_id <> $1 ORDER BY row_no DESC LIMIT 1", &[&visited])
        .unwrap()
        .get(0);
    let file = root.join("project.ron");
    let named = std::fs::read_to_string(&file).unwrap();
    let (before, after) = named.split_once("name: \"").unwrap();
    let (_, after) = after.split_once('"').unwrap();
    std::fs::write(&file, format!("{before}name: \"{target}\"{after}")).unwrap();
    let accepted = fairdraw(&["accept-changes", text(&root), "--second", "李四", "--reason", "改了项目名称"]);
    assert!(accepted.status.success(), "{}", words(&accepted));
    let refused = export(&server, &root, &[]);
    assert!(words(&refused).contains("DIS-044"), "{}", words(&refused));
    assert_eq!(one("SELECT count(*) FROM fairdraw.exports"), 2);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_two_exports_at_once_have_numbers_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&[]);
    let roots: Vec<_> = (0..2)
        .map(|at| {
            let (input, root) = (folder.path().join(format!("输入{at}")), folder.path().join(format!("项目{at}")));
            super::reading::write_city(&input, 400);
            let made = fairdraw(&["new", text(&root), "--from", text(&input), "--year", "2027"]);
            assert!(matches!(made.status.code(), Some(0 | 1)), "{}", words(&made));
            root
        })
        .collect();
    std::thread::scope(|scope| {
        for root in roots.iter().chain(&roots) {
            let server = &server;
            scope.spawn(move || {
                for _ in 0..20 {
                    let output = export(server, root, &[]);
                    if output.status.success() {
                        return;
                    }
                    // the other window holds the project
                    assert!(words(&output).contains("PRJ-010"), "{}", words(&output));
                    std::thread::sleep(std::time::Duration::from_millis(200));
                }
                panic!("never got its turn");
            });
        }
    });
    let numbers: Vec<i64> = server
        .client()
        .query("SELECT export_no FROM fairdraw.exports ORDER BY 1", &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
}
