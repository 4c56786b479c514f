//! The page against a PostgreSQL of the test's own: what it makes is what the command line makes.

#[path = "../../it/database/server.rs"]
#[allow(dead_code)]
pub mod server;

use std::fs;
use std::io::Write;
use std::path::Path;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use fairdraw::registry::TableKind;
use fairdraw::ui::text::{database as t, readings, refresh};

use super::{choose, connect, field, holding, look_at, open_page};
use crate::abilities::searches;
use crate::hands::{Hands, rows_of};
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

/// The command at the desk's hour: the city's log goes on from a day of its own.
fn at_the_desk(arguments: &[&str]) -> std::process::Output {
    at_the_hour("2026-12-21 10:00:00", arguments)
}

/// The command at another hour, in Shanghai.
pub fn at_the_hour(hour: &str, arguments: &[&str]) -> std::process::Output {
    let mut command = server::alone("faketime");
    command
        .env("TZ", "Asia/Shanghai")
        .args(["-f", &format!("@{hour}"), env!("CARGO_BIN_EXE_fairdraw")])
        .args(arguments);
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("FAIRDRAW_DB_PASSWORD", PASSWORD);
    command.output().unwrap()
}

fn bytes(project: &Path, file: &str) -> Vec<u8> {
    fs::read(project.join(file)).unwrap()
}

#[test]
#[ignore = "needs PostgreSQL and faketime"]
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
    let output = at_the_desk(&arguments);
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

#[test]
#[ignore = "needs PostgreSQL and faketime"]
fn database_has_the_readings_that_a_card_asks_for() {
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let root = folder.path().join("项目");
    let mut first = Window::new(LAPTOP, false, Begin::City);
    first.settle();
    copy_folder(&first.project_folder(), &root);
    drop(first);
    let opened = fairdraw::workspace::store::project::Project::open(&root, None).unwrap();
    let (registry, _) = fairdraw::workspace::store::frames::load_project_data(&opened).unwrap();
    drop(opened);
    let unit = fairdraw::registry::schema::sources::UNIT_ID.of(&registry.sources).unwrap().get(7).unwrap().to_owned();
    let server = Server::start(&[]);
    server.sql(&format!(
        "CREATE TABLE readings (\"排污许可证编号\" text, \"监测时间\" timestamptz, \"数据类型\" text, \"排口编号\" text, \
         \"污染因子\" text, \"监测值\" double precision, \"标准限值\" double precision, \"数据标记\" text); \
         INSERT INTO readings VALUES ('{unit}', '2026-10-01 00:00+08', '日', 'DW007', '氨氮', 9.5, 8, NULL), \
         ('{unit}', '2026-10-03 04:00+08', '小时', 'DW007', '氨氮', 1.25, 8, '停产'), \
         ('不是它', '2026-10-02 00:00+08', '日', 'DW009', '总磷', 7, 8, NULL)"
    ));
    let arguments = [
        "refresh",
        root.to_str().unwrap(),
        "--engine",
        &server.address_text(),
        "--table",
        "monitoring=readings",
        "--operator",
        "王",
    ]
    .map(str::to_owned);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = at_the_desk(&arguments);
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));

    // the command says the same
    let output = fairdraw(&["engine", "rows", root.to_str().unwrap(), &unit], Some(PASSWORD));
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.contains("服务器上 2 行"), "{said}{told}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(lines[0].starts_with("监测时间\t排口编号") && lines[1].starts_with("2026-10-03 04:00:00\tDW007"), "{said}");

    let mut window = Window::within(folder, LAPTOP, false, Begin::Folder(root.clone()));
    window.settle();
    window.send(fairdraw::workspace::session::ViewCommand::SelectUnit(Some(7)));
    window.app_mut().go(fairdraw::ui::screens::ScreenId::Data);
    window.until("the card", |w| w.shows(readings::OPEN));
    window.harness.get_by_label(readings::OPEN).scroll_to_me();
    window.harness.run_steps(4);
    window.click(readings::OPEN);
    // nothing knows the password yet
    window.until("that a password is wanted", |w| w.shows(readings::FAILED) && w.shows("DBS-012"));
    field(&mut window, Role::PasswordInput, readings::SECRET, PASSWORD);
    window.click(readings::AGAIN);
    window.until("the readings", |w| rows_of(w, readings::TITLE) == Some(2));
    let shown = window.shown();
    for words in ["2026-10-03 04:00:00", "DW007", "1.25", "停产", "小时", "2026-10-01"] {
        assert!(shown.iter().any(|text| text.contains(words)), "{words}: {shown:?}");
    }
    assert!(!shown.iter().any(|text| text.contains("DW009")), "{shown:?}");
    assert!(window.shows("共 2 行"), "{shown:?}");
    if let Some(pictures) = std::env::var_os("FAIRDRAW_PICTURES") {
        window.picture().save(&Path::new(&pictures).join("服务器上的监测数据.png"));
    }
    searches(&mut Hands::on(&mut window, readings::TITLE));
    window.click("关闭");
    window.until("the card again", |w| !w.shows(readings::AGAIN));
    assert_eq!(holding(window.folder.path(), PASSWORD), Vec::<String>::new());
}
