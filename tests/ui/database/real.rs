//! The page against a PostgreSQL of the test's own: what it makes is what the command line makes.

#[path = "../../it/database/server.rs"]
#[allow(dead_code)]
pub mod server;

use std::fs;
use std::io::Write;
use std::path::Path;

use fairdraw::registry::TableKind;
use fairdraw::ui::text::{database as t, refresh};

use super::{choose, connect, holding, look_at, open_page};
use crate::hands::rows_of;
use crate::refresh::next_register;
use crate::support::{Begin, LAPTOP, Window, copy_folder};
use crate::work::name_operator;
use server::{PASSWORD, Server, fairdraw};

/// Puts a csv into a table of texts.
fn load(server: &Server, table: &str, csv: &str) {
    let mut client = server.client();
    let heading = csv.lines().next().unwrap();
    let columns: Vec<String> = heading.split(',').map(|name| format!("\"{name}\" text")).collect();
    client.batch_execute(&format!("CREATE TABLE {table} (id serial PRIMARY KEY, {})", columns.join(", "))).unwrap();
    let names: Vec<String> = heading.split(',').map(|name| format!("\"{name}\"")).collect();
    let copy = format!("COPY {table} ({}) FROM STDIN (FORMAT csv, HEADER)", names.join(", "));
    let mut writer = client.copy_in(&copy).unwrap();
    writer.write_all(csv.as_bytes()).unwrap();
    writer.finish().unwrap();
}

fn bytes(project: &Path, file: &str) -> Vec<u8> {
    fs::read(project.join(file)).unwrap()
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_window_makes_what_the_command_line_makes() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let server = Server::start(&[]);
    let csv = fs::read_to_string(next_register(&window, 3, 4).join("固定污染源名录.csv")).unwrap();
    server.sql("CREATE SCHEMA permit");
    load(&server, "permit.sources", &csv);
    server.sql(
        "CREATE VIEW permit.closed AS SELECT * FROM permit.sources; CREATE TABLE permit.odd (name text, at point); \
         COMMENT ON TABLE permit.sources IS '全市固定污染源'; ANALYZE",
    );
    let project = window.project_folder();
    let other = window.folder.path().join("命令行");
    copy_folder(&project, &other);
    let before = window.app().session.project().unwrap().data.len();

    open_page(&mut window);
    connect(&mut window, &server.address_text(), "不对");
    window.until("that the password is wrong", |w| w.shows("DBS-011"));
    connect(&mut window, &server.address_text(), PASSWORD);
    window.until("the tables", |w| rows_of(w, t::TABLES) == Some(3));
    assert!(window.shows("全市固定污染源"), "{}", window.shown().join(" | "));
    // the view looks alike: the table is chosen by hand; the first rows come by themselves
    look_at(&mut window, "sources");
    window.until("the rows", |w| rows_of(w, t::ROWS) == Some(100) && w.shows("permit.sources"));
    choose(&mut window, TableKind::Sources.label());
    window.click(t::READ);
    window.until("the differences", |w| w.enabled(refresh::CONFIRM));
    assert!(window.shows("新增 2、消失 3"), "{}", window.shown().join(" | "));
    window.click(refresh::CONFIRM);
    window.until("the new register", |w| {
        w.app().session.project().is_some_and(|open| open.data.len() == before - 1 && open.is_current())
    });
    window.settle();

    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let arguments =
        ["refresh", &text(&other), "--database", &server.address_text(), "--table", "sources=permit.sources"]
            .map(str::to_owned);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = fairdraw(&arguments, Some(PASSWORD));
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    for frame in ["sources", "credit", "violations"] {
        let file = format!("frames/{frame}.parquet");
        assert!(bytes(&project, &file) == bytes(&other, &file), "{file}");
    }
    let inputs = |root: &Path| -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(root.join("inputs"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(inputs(&project), inputs(&other));
    assert_eq!(bytes(&project, "project.ron"), bytes(&other, "project.ron"));
    let last = |root: &Path| -> serde_json::Value {
        let journal = fs::read_to_string(root.join("journal.jsonl")).unwrap();
        let line: serde_json::Value = serde_json::from_str(journal.lines().last().unwrap()).unwrap();
        line["detail"].clone()
    };
    let (mut one, mut two) = (last(&project), last(&other));
    assert_eq!(one["database"], server.address_text());
    assert_eq!(one["database_tables"][0]["from"], "permit.sources");
    // the clocks differ
    one["kept"] = two["kept"].take();
    two["kept"] = one["kept"].clone();
    assert_eq!(one, two);
    assert_eq!(holding(window.folder.path(), PASSWORD), Vec::<String>::new());
}
