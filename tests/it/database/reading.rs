//! A city whose tables lie in a database: the same features, scores, plan and frame as from its files, and what the
//! commands keep, tell and refresh.

use std::fs;
use std::io::Write;
use std::path::Path;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::domain::PlanMonth;
use fairdraw::engine::RemoteSource;
use fairdraw::engine::database::DatabaseSource;
use fairdraw::registry::{Registry, TableKind};
use fairdraw::sampling::{DrawSeed, Method};
use fairdraw::tabular::{ReadOptions, load_tables};
use fairdraw::workspace::demo::{DemoOptions, write_demo};
use fairdraw::workspace::inputs::analysis::{Analysis, compute_analysis};
use fairdraw::workspace::inputs::month_frame::compute_month_frame;
use fairdraw::workspace::intake::folder::load_folder;
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::intake::reading::{CheckRequest, check_paths};
use fairdraw::workspace::store::clock::Moment;
use fairdraw::workspace::store::project::{CommandContext, Project, bundled_calendar};
use polars::prelude::DataFrame;

use super::server::{PASSWORD, Server, command, fairdraw};
use crate::command_line::{text, walk, words};

pub fn at(time: &str) -> CommandContext {
    CommandContext {
        operator: "测试员".to_owned(),
        now: Moment::parse(&format!("{time}+08:00")).unwrap(),
        progress: Progress::none(),
    }
}

pub fn write_city(folder: &Path, sources: usize) {
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let options = DemoOptions { sources, ..DemoOptions::default() };
    write_demo(folder, options, &districts, &bundled_calendar().unwrap(), &Progress::none()).unwrap();
}

/// The type of a column whose every text is the only spelling of its value.
fn kind_of(cells: &[Option<&str>]) -> &'static str {
    let all =
        |is: &dyn Fn(&str) -> bool| cells.iter().flatten().all(|text| is(text)) && cells.iter().any(Option::is_some);
    let day = |text: &str| {
        chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok_and(|day| day.format("%Y-%m-%d").to_string() == text)
    };
    if all(&day) {
        "date"
    } else if all(&|text| text.len() < 16 && text.parse::<i64>().is_ok_and(|number| number.to_string() == text)) {
        "bigint"
    } else if all(&|text| text.len() < 16 && text.parse::<f64>().is_ok_and(|number| number.to_string() == text)) {
        "double precision"
    } else {
        "text"
    }
}

/// Puts the tables of a folder's files into the schema `permit`, typed, with a running number as key. Returns them, and
/// a folder with the other files.
pub fn load_city(server: &Server, input: &Path, rest: &Path) -> Vec<(TableKind, String)> {
    let mut client = server.client();
    client.batch_execute("CREATE SCHEMA permit").unwrap();
    let contents = load_folder(input).unwrap();
    let mut tables = Vec::new();
    let mut typed = std::collections::BTreeSet::new();
    for path in &contents.tables {
        let request = CheckRequest { paths: vec![path.clone()], ..CheckRequest::default() };
        let known = check_paths(&request, &at("2026-12-20T09:00:00")).unwrap().recognised;
        let raws =
            load_tables(path, &ReadOptions::default(), &|_| true, &mut Diagnostics::new(), &Progress::none()).unwrap();
        for (entry, raw) in known.files.iter().zip(&raws) {
            assert_eq!((entry.sheet.as_deref(), entry.header_rows.unwrap_or(1)), (raw.sheet.as_deref(), 1));
            let heading = raw.rows.binary_search(&entry.header_row.unwrap_or(1)).unwrap();
            let columns: Vec<Vec<Option<&str>>> =
                raw.cells.columns().iter().map(|column| column.str().unwrap().iter().collect()).collect();
            let columns: Vec<&Vec<Option<&str>>> = columns.iter().filter(|cells| cells[heading].is_some()).collect();
            let kinds: Vec<&str> = columns.iter().map(|cells| kind_of(&cells[heading + 1..])).collect();
            typed.extend(kinds.iter().copied());
            let table = entry.table.unwrap();
            let name = format!("permit.{}_{}", table.id(), tables.len());
            let fields: Vec<String> = columns
                .iter()
                .zip(&kinds)
                .map(|(cells, kind)| format!("\"{}\" {kind}", cells[heading].unwrap().replace('"', "\"\"")))
                .collect();
            client
                .batch_execute(&format!("CREATE TABLE {name} (\"行号\" bigint PRIMARY KEY, {})", fields.join(", ")))
                .unwrap();
            let mut writer = client.copy_in(&format!("COPY {name} FROM STDIN")).unwrap();
            for row in heading + 1..raw.rows.len() {
                let escaped = |text: &str| {
                    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
                };
                let cells: Vec<String> =
                    columns.iter().map(|cells| cells[row].map_or_else(|| "\\N".to_owned(), escaped)).collect();
                writer.write_all(format!("{row}\t{}\n", cells.join("\t")).as_bytes()).unwrap();
            }
            writer.finish().unwrap();
            tables.push((table, name));
        }
    }
    assert!(typed.contains("date") && typed.contains("double precision") && typed.contains("bigint"), "{typed:?}");
    fs::create_dir_all(rest).unwrap();
    for entry in fs::read_dir(input).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && !contents.tables.contains(&path) {
            fs::copy(&path, rest.join(path.file_name().unwrap())).unwrap();
        }
    }
    tables
}

pub fn source_of(server: &Server, tables: &[(TableKind, String)]) -> DatabaseSource {
    let tables: Vec<(TableKind, &str)> = tables.iter().map(|(table, name)| (*table, name.as_str())).collect();
    server.source(&tables)
}

/// A frame without where its rows stood.
fn placeless(frame: &DataFrame) -> DataFrame {
    let known = ["row", "file", "行号"];
    frame.drop_many(known.into_iter().filter(|name| frame.column(name).is_ok()))
}

fn assert_same_register(files: &Registry, database: &Registry) {
    for ((name, one), (_, other)) in files.frames().zip(database.frames()).filter(|((name, _), _)| *name != "set_aside")
    {
        let (one, other) = (placeless(one), placeless(other));
        let other = other.select(one.get_column_names_owned()).unwrap();
        for (a, b) in one.columns().iter().zip(other.columns()) {
            assert!(a.equals_missing(b), "{name}.{}: {a:?} {b:?}", a.name());
        }
    }
    assert_eq!(files.set_aside.height(), database.set_aside.height());
    let count = |registry: &Registry| {
        registry.summaries.iter().map(|s| (s.kind, s.rows_read, s.kept, s.set_aside, s.merged)).collect::<Vec<_>>()
    };
    assert_eq!(count(files), count(database));
    // what is said of headings (IMP-00x) is another's: the running number is a column more, and no title stands above
    let of_cells = |code: &str| code.starts_with("IMP") && !code.starts_with("IMP-00");
    let codes =
        |registry: &Registry| registry.diagnostics.summary().filter(|(_, code, _)| of_cells(code)).collect::<Vec<_>>();
    assert_eq!(codes(files), codes(database));
}

pub fn assert_same_plan(files: (&Project, &Registry), database: (&Project, &Registry)) {
    let month: PlanMonth = "2027-01".parse().unwrap();
    let of = |(project, registry): (&Project, &Registry)| {
        let analysis = compute_analysis(project, registry, month, &Progress::none()).unwrap();
        let seed = DrawSeed([7; 32]);
        let method = Method::LATEST;
        let made = compute_month_frame(method, project, registry, &analysis, &seed).unwrap();
        (analysis, made)
    };
    let ((one, frame), (other, again)) = (of(files), of(database));
    assert!(one.risk.frame.equals_missing(&other.risk.frame), "scores differ");
    assert_eq!(one.risk.ignored(), other.risk.ignored());
    // every feature of every site, with what it weighs
    for row in 0..one.risk.len() {
        let told = |analysis: &Analysis, project: &Project| {
            format!("{:?}", analysis.risk.explain(row, &project.policy).unwrap())
        };
        assert_eq!(told(&one, files.0), told(&other, database.0), "row {row}");
    }
    assert_eq!(format!("{:?}", one.plan), format!("{:?}", other.plan));
    // salts are drawn anew for every frame
    let rows = |csv: Vec<u8>| -> Vec<String> {
        let text = String::from_utf8(csv).unwrap();
        text.lines().map(|line| line.rsplit_once(',').unwrap().0.to_owned()).collect()
    };
    assert_eq!(rows(frame.built.frame.to_csv()), rows(again.built.frame.to_csv()));
    assert_eq!(frame.targets, again.targets);
    assert_eq!((frame.schedule, frame.quotas), (again.schedule, again.quotas));
    assert_eq!(frame.roster.write_csv(), again.roster.write_csv());
    assert_eq!(frame.needs.write_csv(), again.needs.write_csv());
    assert!(frame.built.frame.len() > 1_000);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_city_gives_the_same_plan_and_frame_as_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let (input, rest) = (folder.path().join("输入"), folder.path().join("其余"));
    write_city(&input, 20_000);
    let server = Server::start(&[]);
    let tables = load_city(&server, &input, &rest);
    let files = NewProject { from: input, year: Some(2027), ..NewProject::default() };
    let database = NewProject {
        from: rest,
        remote: Some(RemoteSource { database: Some(source_of(&server, &tables)), feed: None }),
        ..files.clone()
    };
    let context = at("2026-12-20T09:00:00");
    let files = create_project(&folder.path().join("文件"), &files, &context).unwrap();
    let root = folder.path().join("库");
    let database = create_project(&root, &database, &context).unwrap();
    // the server may go: nothing needs it any more
    drop(server);
    assert_eq!(files.registry.sources.height(), database.registry.sources.height());
    assert!(files.registry.sources.height() > 19_000);
    assert_same_register(&files.registry, &database.registry);
    assert_same_plan((&files.project, &files.registry), (&database.project, &database.registry));
    // a finding names table and key
    let found = database.registry.diagnostics.findings().iter().find(|finding| finding.key.is_some()).unwrap();
    let told = found.to_string();
    assert!(told.contains("主键「行号=") && told.contains("（数据库表：permit."), "{told}");
    // snapshots are kept under their hashes
    for input in database.project.file.inputs.iter().filter(|input| input.file.ends_with(".parquet")) {
        let kept = root.join("inputs").join(format!("{}_{}", &input.sha256[..16], input.file));
        let (hash, bytes) = fairdraw::workspace::store::frames::hash_file(&kept).unwrap();
        assert_eq!((hash.as_str(), bytes), (input.sha256.as_str(), input.bytes));
        assert!(!input.tables.is_empty());
    }
}

/// `--database … --table …` for a city's tables, one of them as a query.
fn options(address: &str, tables: &[(TableKind, String)]) -> Vec<String> {
    let mut options = vec!["--database".to_owned(), address.to_owned()];
    for (table, name) in tables {
        let query = format!("select * from {name} order by \"行号\" -- 全部");
        let from = if *table == TableKind::Monitoring { &query } else { name };
        options.extend(["--table".to_owned(), format!("{}={from}", table.id())]);
    }
    options
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_main_job_and_a_project_need_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out, root) = (folder.path().join("输入"), folder.path().join("out"), folder.path().join("项目"));
    write_city(&input, 1_000);
    let server = Server::start(&[]);
    let tables = load_city(&server, &input, &folder.path().join("其余"));
    let own = options(&server.address_text(), &tables);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let run = fairdraw(&[&["run", "--to", text(&out)], &own[..]].concat(), Some(PASSWORD));
    assert!(matches!(run.status.code(), Some(0 | 1)), "{}", words(&run));
    assert!(words(&run).contains("承诺值") && out.join("项目/inputs").is_dir(), "{}", words(&run));
    let made = fairdraw(&[&["new", text(&root)], &own[..]].concat(), Some(PASSWORD));
    assert!(matches!(made.status.code(), Some(0 | 1)), "{}", words(&made));
    drop(server);
    let derived = fairdraw(&["rederive", text(&out.join("项目")), "--month", "2027-03"], None);
    assert!(derived.status.success(), "{}", words(&derived));
    let log = fairdraw(&["verify", "--log", text(&out.join("项目"))], None);
    assert!(log.status.success(), "{}", words(&log));
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_commands_import_check_refresh_and_keep_no_password() {
    let folder = tempfile::tempdir().unwrap();
    let (input, rest, root) = (folder.path().join("输入"), folder.path().join("其余"), folder.path().join("项目"));
    write_city(&input, 1_500);
    let server = Server::start(&[]);
    let tables = load_city(&server, &input, &rest);
    let address = server.address_text();
    let own = options(&address, &tables);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let secret = Some(PASSWORD);

    let checked = fairdraw(&[&["check", "--report", text(&folder.path().join("报告.csv"))], &own[..]].concat(), secret);
    assert!(matches!(checked.status.code(), Some(0 | 1)), "{}", words(&checked));
    let made = fairdraw(&[&["new", text(&root), "--from", text(&rest), "--year", "2027"], &own[..]].concat(), secret);
    assert!(matches!(made.status.code(), Some(0 | 1)), "{}", words(&made));
    let project = fs::read_to_string(root.join("project.ron")).unwrap();
    assert!(
        project.contains(&address) && project.contains("permit.sources_") && project.contains("order by"),
        "{project}"
    );

    // nothing changed: refreshed by what the project has kept, with the same hashes
    let inputs = |root: &Path| Project::open(root, None).unwrap().file.inputs;
    let before = inputs(&root);
    let again = fairdraw(&["refresh", text(&root), "--from", text(&rest), "--database"], secret);
    assert!(matches!(again.status.code(), Some(0 | 1)), "{}", words(&again));
    let again = fairdraw(&["refresh", text(&root), "--database", "--dry-run"], secret);
    assert!(matches!(again.status.code(), Some(0 | 1)), "{}", words(&again));
    let again = fairdraw(&["refresh", text(&root), "--database"], secret);
    assert!(matches!(again.status.code(), Some(0 | 1)), "{}", words(&again));
    let hashes = |inputs: Vec<fairdraw::workspace::store::project::InputRecord>| {
        let mut hashes: Vec<String> =
            inputs.into_iter().filter(|i| i.file.ends_with("parquet")).map(|i| i.sha256).collect();
        hashes.sort();
        hashes
    };
    assert_eq!(hashes(before), hashes(inputs(&root)));
    // a unit more in the table is a unit more in the project
    let sources = tables.iter().find(|(table, _)| *table == TableKind::Sources).unwrap().1.clone();
    let columns = "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns WHERE table_schema || '.' || table_name = $1 AND column_name <> '行号' AND column_name NOT IN ('单位名称', '排污许可证编号')";
    let columns: String = server.client().query_one(columns, &[&sources]).unwrap().get(0);
    server.sql(&format!(
        "INSERT INTO {sources} (\"行号\", \"单位名称\", \"排污许可证编号\", {columns}) SELECT 999999, '新来的化工厂', '91310115MA1K4B2L7X001V', {columns} FROM {sources} ORDER BY \"行号\" LIMIT 1"
    ));
    let one_table = format!("sources={sources}");
    let more = fairdraw(&["--json", "refresh", text(&root), "--database", &address, "--table", &one_table], secret);
    assert!(matches!(more.status.code(), Some(0 | 1)), "{}", words(&more));
    let (registry, _) =
        fairdraw::workspace::store::frames::load_project_data(&Project::open(&root, None).unwrap()).unwrap();
    let names: Vec<_> = fairdraw::registry::schema::sources::NAME
        .of(&registry.sources)
        .unwrap()
        .iter()
        .flatten()
        .map(str::to_owned)
        .collect();
    assert!(names.iter().any(|name| name == "新来的化工厂"));

    // a password in the address is refused and not repeated; without one the way to give it is told
    let with_password = address.replace("fairdraw@", "fairdraw:hunter2@");
    let refused = fairdraw(&["check", "--database", &with_password, "--table", &one_table], None);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("DBS-002") && !words(&refused).contains("hunter2"), "{}", words(&refused));
    let missing = fairdraw(&["check", "--database", &address, "--table", &one_table], None);
    assert!(words(&missing).contains("DBS-012"), "{}", words(&missing));
    let no_tables = fairdraw(&["check", "--database", &address], secret);
    assert!(words(&no_tables).contains("CLI-034"), "{}", words(&no_tables));
    let unknown = fairdraw(&["check", "--database", &address, "--table", "nothing=a.b"], secret);
    assert!(words(&unknown).contains("CLI-002"), "{}", words(&unknown));
    // .pgpass as every PostgreSQL client reads it
    let pass = server.file(
        "pgpass",
        &format!("127.0.0.1:{}:*:fairdraw:{}\n", server.port, PASSWORD.replace('\\', "\\\\").replace(':', "\\:")),
    );
    let mut by_file = command(&["check", "--database", &address, "--table", &one_table]);
    let by_file = by_file.env("PGPASSFILE", &pass).current_dir(folder.path()).output().unwrap();
    assert!(matches!(by_file.status.code(), Some(0 | 1)), "{}", words(&by_file));

    for output in [&checked, &made, &again, &more, &missing, &by_file] {
        assert!(!words(output).contains(PASSWORD));
    }
    for path in walk(&root) {
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes()), "{}", path.display());
    }
    let log = fairdraw(&["verify", "--log", text(&root)], None);
    assert!(log.status.success(), "{}", words(&log));
}
