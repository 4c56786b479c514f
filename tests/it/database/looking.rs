//! What the window asks of a database before it reads: the list of what may be read, first rows, what each is taken for;
//! then the project that is made of what was read.

use std::fs;
use std::path::Path;

use fairdraw::diagnostic::Progress;
use fairdraw::registry::{DatabaseTable, FileMapping, TableKind};
use fairdraw::workspace::intake::database_look::{ChosenTable, Login, mapping_for};
use fairdraw::workspace::intake::import::{NewProject, create_project_with};

use super::reading::{at, load_city, write_city};
use super::server::{PASSWORD, Server, fairdraw, shown};

fn login(server: &Server) -> Login {
    Login::new(&server.address_text(), PASSWORD.to_owned()).unwrap()
}

fn chosen(table: TableKind, from: &str) -> ChosenTable {
    ChosenTable { table: DatabaseTable { table, from: from.to_owned() }, entry: None }
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_look_lists_what_may_be_read_with_its_first_rows() {
    let server = Server::start(&[]);
    server.sql(
        "CREATE SCHEMA permit; CREATE SCHEMA \"Geheim\"; \
         CREATE TABLE permit.t (id int PRIMARY KEY, \"排污许可证编号\" text, \"单位名称\" text, \"行政区\" text, \"管理类别\" text); \
         INSERT INTO permit.t SELECT i, 'P' || i, '第' || i || '厂', '黄浦区', '登记管理' FROM generate_series(1, 1000) i; \
         COMMENT ON TABLE permit.t IS '名录'; \
         CREATE VIEW permit.v AS SELECT * FROM permit.t; CREATE MATERIALIZED VIEW permit.m AS SELECT * FROM permit.t; \
         CREATE TABLE permit.parts (id int, name text) PARTITION BY RANGE (id); \
         CREATE TABLE permit.parts_1 PARTITION OF permit.parts FOR VALUES FROM (0) TO (500); \
         CREATE TABLE permit.parts_2 PARTITION OF permit.parts FOR VALUES FROM (500) TO (1000); \
         INSERT INTO permit.parts SELECT i, 'x' FROM generate_series(1, 999) i; \
         CREATE TABLE permit.abbr (xkzbh text, dwmc text, xzq text, gllb text); \
         COMMENT ON COLUMN permit.abbr.xkzbh IS '排污许可证编号'; COMMENT ON COLUMN permit.abbr.dwmc IS '单位名称（全称）'; \
         COMMENT ON COLUMN permit.abbr.xzq IS '行政区'; COMMENT ON COLUMN permit.abbr.gllb IS '管理类别'; \
         INSERT INTO permit.abbr VALUES ('P1', '甲厂', '黄浦区', '登记管理'); \
         CREATE TABLE permit.hidden (a int); CREATE TABLE \"Geheim\".\"a b\" (a int); CREATE TABLE permit.odd (name text, at point); \
         ANALYZE; CREATE ROLE reader LOGIN PASSWORD 'lesen-4711'; GRANT USAGE ON SCHEMA permit TO reader; \
         GRANT SELECT ON permit.t, permit.v, permit.m, permit.parts, permit.abbr TO reader",
    );
    let progress = Progress::none();
    let look = login(&server).list(&progress).unwrap();
    let names: Vec<&str> = look.tables.iter().map(|table| table.from.as_str()).collect();
    let own = ["abbr", "hidden", "m", "odd", "parts", "t", "v"].map(|name| format!("permit.{name}"));
    assert_eq!(names[0], "\"Geheim\".\"a b\"");
    assert_eq!(names[1..], own.each_ref().map(String::as_str), "parts of a table are not listed");
    assert!(!look.more);
    let of = |name: &str| look.tables.iter().find(|table| table.name == name).unwrap();
    assert_eq!((of("t").relation, of("t").rows, of("t").comment.as_str()), ("表", Some(1000), "名录"));
    assert_eq!((of("v").relation, of("v").rows), ("视图", None));
    assert_eq!((of("m").relation, of("m").rows), ("物化视图", Some(1000)));
    assert_eq!((of("parts").relation, of("parts").rows), ("分区表", Some(999)));
    assert_eq!(
        (of("t").taken, of("abbr").taken, of("odd").taken),
        (Some(TableKind::Sources), Some(TableKind::Sources), None)
    );
    // who may read less sees less
    let address = format!("postgresql://reader@127.0.0.1:{}/postgres", server.port);
    let reader = Login::new(&address, "lesen-4711".to_owned()).unwrap();
    let names: Vec<String> = reader.list(&progress).unwrap().tables.into_iter().map(|table| table.name).collect();
    assert_eq!(names, ["abbr", "m", "parts", "t", "v"]);
    assert!(!format!("{reader:?}").contains("4711"));

    // a hundred rows, by the words of the keepers or the columns' own names; of a query too
    let sheet = login(&server).first_rows(&chosen(TableKind::Sources, "permit.t"), &progress).unwrap();
    assert_eq!(sheet.sample.cells.height(), 100);
    assert_eq!(sheet.taken.as_ref().unwrap().columns["name"], "单位名称");
    let entry = of("abbr").entry.clone().unwrap();
    let by_words = ChosenTable { entry: Some(entry), ..chosen(TableKind::Sources, "permit.abbr") };
    let sheet = login(&server).first_rows(&by_words, &progress).unwrap();
    assert_eq!(sheet.taken.as_ref().unwrap().columns["name"], "dwmc");
    assert_eq!(sheet.samples("dwmc", 3), ["甲厂"]);
    for query in [
        "select * from permit.t -- mit Bemerkung",
        "with x as (select * from permit.t) select * from x order by id desc",
        "values (1, 'x'), (2, 'y')",
    ] {
        let sheet = login(&server).first_rows(&chosen(TableKind::Sources, query), &progress);
        assert!(sheet.is_ok_and(|sheet| sheet.sample.cells.height() > 0), "{query}");
    }
    for (from, code) in [
        ("permit.none", "DBS-020"),
        ("permit.odd", "DBS-023"),
        ("select 1 as a, 2 as a", "DBS-030"),
        ("select 1/0 as a", "DBS-025"),
        ("select nextval('x')", "DBS-020"),
    ] {
        let error = login(&server).first_rows(&chosen(TableKind::Sources, from), &progress).unwrap_err();
        assert_eq!(error.code(), code, "{from}: {error}");
        assert!(!shown(&error).contains(PASSWORD));
    }
    let wrong = Login::new(&server.address_text(), "falsch".to_owned()).unwrap();
    assert_eq!(wrong.list(&progress).unwrap_err().code(), "DBS-011");
}

fn files_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_read_before_makes_the_project_that_the_command_line_makes() {
    let folder = tempfile::tempdir().unwrap();
    let (input, rest) = (folder.path().join("输入"), folder.path().join("其余"));
    write_city(&input, 800);
    let server = Server::start(&[]);
    let tables = load_city(&server, &input, &rest);
    let of_window = tables.iter().map(|(table, from)| chosen(*table, from)).collect::<Vec<_>>();
    assert_eq!(mapping_for(&of_window, None), None);
    let read =
        login(&server).read(of_window.into_iter().map(|chosen| chosen.table).collect(), &Progress::none()).unwrap();
    let (window, command) = (folder.path().join("窗口"), folder.path().join("命令行"));
    let new = NewProject { read: Some(read), year: Some(2027), ..NewProject::default() };
    create_project_with(&window, &new, None, &at("2026-12-20T09:00:00")).unwrap();
    let mut arguments =
        vec!["new".to_owned(), command.display().to_string(), "--year".into(), "2027".into(), "--database".into()];
    arguments.push(server.address_text());
    for (table, from) in &tables {
        arguments.extend(["--table".to_owned(), format!("{}={from}", table.id())]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = fairdraw(&arguments, Some(PASSWORD));
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    for part in ["frames", "inputs"] {
        assert!(files_of(&window.join(part)) == files_of(&command.join(part)), "{part}");
    }
    for file in ["project.ron", "policy.ron"] {
        assert_eq!(fs::read_to_string(window.join(file)).unwrap(), fs::read_to_string(command.join(file)).unwrap());
    }
    // columns by hand stand under the name of what is kept
    let by_hand = ChosenTable {
        entry: Some(FileMapping {
            constants: [("status".to_owned(), "在产".to_owned())].into(),
            ..FileMapping::default()
        }),
        ..chosen(TableKind::Sources, "permit.sources")
    };
    let mapping = mapping_for(&[by_hand], None).unwrap();
    assert_eq!(mapping.files[0].file, "permit.sources.parquet");
}
