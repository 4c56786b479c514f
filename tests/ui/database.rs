//! 从数据库导入 by clicks and keys: a server, its tables, their rows and columns, what they would change; every failure
//! as one sentence with its code; no trace of a password.

mod fake;
#[cfg(unix)]
mod real;
mod sharing;

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use fairdraw::registry::TableKind;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::table::ListId;
use fairdraw::ui::text::{data, database as t, refresh, shell};
use fairdraw::workspace::session::ThemeChoice;

use super::access::go_round;
use super::hands::{Hands, rows_of};
use super::layout::faults;
use super::lists::hold;
use super::refresh::next_register;
use super::support::{Begin, LAPTOP, PROJECTOR, Window};
use super::tour::Layout;
use super::words::{Refused, faults_of};
use super::work::name_operator;
use fake::{Copy, Fake, FakeTable, POINT};

const PASSWORD: &str = "测试口令-4711";

fn table(schema: &'static str, name: &'static str, csv: &str) -> FakeTable {
    let mut lines = csv.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let columns = lines.next().unwrap().into_iter().map(|name| (name, "")).collect();
    let rows: Vec<Vec<String>> = lines.collect();
    FakeTable { schema, name, columns, estimate: Some(rows.len() as f64), rows, ..FakeTable::default() }
}

/// The city's register, less its first rows, as a table among others.
fn register(window: &Window) -> FakeTable {
    let folder = next_register(window, 3, 4);
    let csv = fs::read_to_string(folder.join("固定污染源名录.csv")).unwrap();
    FakeTable { comment: "全市固定污染源", ..table("许可", "污染源名录", &csv) }
}

fn others() -> Vec<FakeTable> {
    let penalty = "当事人名称,处罚决定日期,罚款金额（万元）\n新来1厂,2026-05-06,3\n新来2厂,2026-06-07,\n";
    let mut by_words = table("许可", "dwxx", "xkzbh,dwmc,xzq,gllb\n1,甲厂,黄浦区,登记管理\n");
    let said = ["排污许可证编号", "单位名称（全称）", "行政区", "管理类别"];
    by_words.columns.iter_mut().zip(said).for_each(|(column, said)| column.1 = said);
    vec![
        table("执法", "处罚", penalty),
        table("执法", "处罚2025", penalty),
        table("办公", "通讯录", "姓名,电话\n王,1\n"),
        by_words,
    ]
}

pub fn field(window: &mut Window, role: Role, name: &str, text: &str) {
    window.harness.get_by_role_and_label(role, name).focus();
    window.harness.run_steps(2);
    window.key(Modifiers::COMMAND, Key::A);
    window.text(text);
}

pub fn open_page(window: &mut Window) {
    window.key(Modifiers::COMMAND, Key::K);
    window.text("从数据库");
    window.harness.run_steps(3);
    window.key(Modifiers::NONE, Key::Enter);
    window.until("the page", |w| w.app().screen == ScreenId::Data && w.shows(t::ADDRESS));
}

pub fn connect(window: &mut Window, address: &str, password: &str) {
    field(window, Role::TextInput, t::ADDRESS, address);
    if !password.is_empty() {
        field(window, Role::PasswordInput, t::PASSWORD, password);
        assert!(!window.shows(password), "it is masked");
    }
    window.key(Modifiers::NONE, Key::Enter);
}

/// The window, connected to a server with the city's register.
fn connected(size: egui::Vec2) -> (Window, Fake) {
    let mut window = Window::new(size, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let mut tables = vec![register(&window)];
    tables.extend(others());
    let fake = Fake::start(tables);
    open_page(&mut window);
    connect(&mut window, &fake.address(), "");
    window.until("the tables", |w| rows_of(w, t::TABLES) == Some(5));
    (window, fake)
}

/// Every file below a folder that holds a text.
pub fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if fs::read(&path).unwrap().windows(text.len()).any(|part| part == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

pub fn choose(window: &mut Window, kind: &str) {
    window.harness.get_by_role_and_label(Role::ComboBox, t::READ_AS).click();
    window.harness.run_steps(3);
    window.harness.get_all_by_role_and_label(Role::Button, kind).last().unwrap().click();
    window.harness.run_steps(3);
}

/// Goes to a table of the list by keys.
pub fn look_at(window: &mut Window, name: &str) {
    let columns = Hands::on(window, t::TABLES).columns();
    let names = &columns.iter().find(|(own, _)| own == t::TABLE_COLUMNS[2]).unwrap().1;
    let at = names.iter().position(|own| own == name).unwrap();
    window.key(Modifiers::NONE, Key::Home);
    for _ in 0..at {
        window.key(Modifiers::NONE, Key::ArrowDown);
    }
}

#[test]
fn a_database_is_looked_at_read_compared_and_taken_and_no_password_is_left_anywhere() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let before = window.app().session.project().unwrap().data.len();
    let mut tables = vec![register(&window)];
    tables.extend(others());
    let fake = Fake::start(tables);
    fake.with(|state| state.password = Some(PASSWORD.to_owned()));
    open_page(&mut window);
    assert!(window.shows(t::NOT_CONNECTED) && !window.enabled(t::READ) && !window.enabled(t::CONNECT));

    // a password in the address is refused and not repeated; one that is missing or wrong is told
    connect(&mut window, &format!("postgresql://fd:{PASSWORD}@127.0.0.1:{}/hjjc", fake.port), "");
    window.until("the refusal", |w| w.shows("DBS-002"));
    connect(&mut window, &fake.address(), "");
    window.until("that a password is wanted", |w| w.shows("DBS-012"));
    assert!(window.shows(t::PASSWORD_UNKNOWN));
    connect(&mut window, &fake.address(), "不对的口令");
    window.until("that it is wrong", |w| w.shows("DBS-011"));
    assert!(!window.shows("不对的口令"));
    connect(&mut window, &fake.address(), PASSWORD);
    window.until("the tables", |w| rows_of(w, t::TABLES) == Some(5));
    assert!(window.shows(t::PASSWORD_TYPED) && window.shows(&t::listed(5, false)));
    // the field is empty, and Ctrl+Z brings nothing back
    let typed = |w: &Window| w.harness.get_by_role_and_label(Role::PasswordInput, t::PASSWORD).value();
    assert_eq!(typed(&window).unwrap_or_default(), "");
    window.harness.get_by_role_and_label(Role::PasswordInput, t::PASSWORD).focus();
    window.harness.run_steps(2);
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(typed(&window).unwrap_or_default(), "");

    // the one register is read as one, of two alike none, an address book neither
    let mut list = Hands::on(&mut window, t::TABLES);
    let columns = list.columns();
    let of = |heading: &str| columns.iter().find(|(own, _)| own == heading).unwrap().1.clone();
    assert_eq!(of(t::TABLE_COLUMNS[2])[0], "污染源名录");
    let read_as = of(t::READ_AS);
    assert_eq!(read_as.iter().filter(|cell| *cell == TableKind::Sources.label()).count(), 0, "{read_as:?}");
    assert_eq!(read_as.iter().filter(|cell| **cell == t::looks_like(TableKind::Sources)).count(), 2, "{read_as:?}");
    assert_eq!(read_as.iter().filter(|cell| **cell == t::looks_like(TableKind::Violations)).count(), 2, "{read_as:?}");
    assert!(read_as.contains(&String::new()));
    assert_eq!(of(t::TABLE_COLUMNS[5])[0], "全市固定污染源");

    // its rows, its columns
    window.until("the rows", |w| rows_of(w, t::ROWS) == Some(100));
    assert!(!window.enabled(t::READ), "nothing is chosen");
    choose(&mut window, TableKind::Sources.label());
    assert!(window.shows(&t::columns(TableKind::Sources, 7, 0)), "{}", window.shown().join(" | "));
    let mut rows = Hands::on(&mut window, t::ROWS);
    let columns = rows.columns();
    let heading = t::heading("生产状态", TableKind::Sources.column("status").unwrap().name);
    assert!(columns.iter().any(|(own, values)| *own == heading && values[0] == "关闭"), "{columns:?}");

    let sources = window.project_folder().join("frames/sources.parquet");
    let bytes = fs::read(&sources).unwrap();
    window.click(t::READ);
    window.until("the differences", |w| w.enabled(refresh::CONFIRM));
    assert!(window.shows("新增 2、消失 3"), "{}", window.shown().join(" | "));
    assert!(window.shows(&t::from(&fake.address())));
    assert_eq!(fs::read(&sources).unwrap(), bytes, "nothing is written yet");
    let logins = fake.with(|state| state.logins);
    window.click(refresh::CONFIRM);
    window.until("the new register", |w| {
        w.app().session.project().is_some_and(|open| open.data.len() == before - 1 && open.is_current())
    });
    window.settle();
    assert_eq!(fake.with(|state| state.logins), logins, "what was looked at is taken: the server is not asked again");

    // address and table stand in project and journal, the snapshot in the project, the password nowhere
    let root = window.project_folder();
    let project = fs::read_to_string(root.join("project.ron")).unwrap();
    assert!(project.contains(&fake.address()) && project.contains("许可.污染源名录"), "{project}");
    let journal = fs::read_to_string(root.join("journal.jsonl")).unwrap();
    let line: serde_json::Value = serde_json::from_str(journal.lines().last().unwrap()).unwrap();
    assert_eq!(line["detail"]["database"], fake.address());
    assert_eq!(line["detail"]["database_tables"][0]["from"], "许可.污染源名录");
    assert!(fs::read_dir(root.join("inputs")).unwrap().count() == 1);
    assert_eq!(holding(window.folder.path(), PASSWORD), Vec::<String>::new());
    window.app_mut().go(ScreenId::Audit);
    let told = format!("从数据库 {} 更新名录", fake.address());
    window.until("the journal", |w| w.shows(&told));

    // next time: the form is filled, one click reads; nobody wants a password
    fake.with(|state| {
        state.password = None;
        state.tables[0].rows.pop();
    });
    open_page(&mut window);
    window.click(t::LEAVE);
    open_page(&mut window);
    assert!(window.shows(t::REMEMBERED) && window.shows(&t::chosen(1)), "{}", window.shown().join(" | "));
    window.click(t::READ);
    window.until("the differences", |w| w.enabled(refresh::CONFIRM));
    assert!(window.shows("消失 1"), "{}", window.shown().join(" | "));
    window.click(refresh::LEAVE);
}

#[test]
fn every_failure_is_one_sentence_with_its_code_in_the_page() {
    let (mut window, fake) = connected(LAPTOP);
    window.until("the rows", |w| rows_of(w, t::ROWS) == Some(100));
    choose(&mut window, TableKind::Sources.label());
    let told = |window: &mut Window, code: &str, words: &str| {
        window.click(t::READ);
        window.until(code, |w| w.shows(code) && w.shows(words));
        assert!(window.enabled(t::READ) && !window.shows(refresh::CONFIRM), "{code}: the page is there");
        let said = window.shown().into_iter().find(|text| text.contains(code)).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
    };
    let sources = fs::read(window.project_folder().join("frames/sources.parquet")).unwrap();
    let whole = fake.with(|state| std::mem::take(&mut state.tables));
    told(&mut window, "DBS-020", "没有这张表");
    fake.with(|state| {
        state.tables.clone_from(&whole);
        state.tables[0].last = Some(POINT);
    });
    told(&mut window, "DBS-023", "类型不能读取");
    fake.with(|state| {
        state.tables[0].last = None;
        state.copy = Copy::Cut;
    });
    told(&mut window, "DBS-017", "中途断开");
    fake.with(|state| state.copy = Copy::TooLong);
    told(&mut window, "DBS-024", "超过 600 秒");
    // stopped: at once in the window, and the server is told
    fake.with(|state| state.copy = Copy::Waits);
    window.click(t::READ);
    window.until("the reading", |w| w.shows("许可.污染源名录") && w.enabled(t::STOP));
    assert_eq!(fake.with(|state| state.cancels), 0);
    window.click(t::STOP);
    assert!(window.shows(t::STOPPED) && window.enabled(t::READ));
    window.until("the cancel at the server", |_| fake.with(|state| state.cancels > 0));
    // no encryption where it is wanted; no service; another word for an address
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/database/ca.pem");
    connect(&mut window, &format!("{}?sslmode=verify-full&sslrootcert={root}", fake.address()), "");
    window.until("DBS-013", |w| w.shows("DBS-013"));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    connect(&mut window, &format!("postgresql://fd@127.0.0.1:{free}/hjjc"), "");
    window.until("DBS-010", |w| w.shows("DBS-010") && w.shows("端口上没有服务"));
    connect(&mut window, "mysql://127.0.0.1/hjjc", "");
    window.until("DBS-001", |w| w.shows("DBS-001"));
    connect(&mut window, "postgresql://fd@db.example.gov.cn/hjjc?sslmode=disable", "");
    window.until("DBS-004", |w| w.shows("DBS-004"));
    assert_eq!(fs::read(window.project_folder().join("frames/sources.parquet")).unwrap(), sources);
}

#[test]
fn a_server_that_says_nothing_keeps_nobody_waiting() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    open_page(&mut window);
    connect(&mut window, &format!("postgresql://fd@127.0.0.1:{}/hjjc", silent.local_addr().unwrap().port()), "");
    let (line, _) = silent.accept().unwrap();
    window.until("the waiting", |w| w.shows(t::CONNECTING));
    // the window goes on: another page and back
    window.app_mut().go(ScreenId::Risk);
    window.harness.run_steps(3);
    window.app_mut().go(ScreenId::Data);
    window.harness.run_steps(3);
    assert!(window.shows(t::CONNECTING));
    window.click(t::STOP);
    assert!(window.shows(t::STOPPED) && window.enabled(t::CONNECT));
    drop(line);
}

#[test]
fn columns_by_hand_and_a_query_go_the_way_of_files() {
    let (mut window, fake) = connected(LAPTOP);
    // what the database's keepers say of columns names them
    look_at(&mut window, "dwxx");
    window.until("its rows", |w| rows_of(w, t::ROWS) == Some(1));
    choose(&mut window, TableKind::Sources.label());
    let heading = t::heading("dwmc", TableKind::Sources.column("name").unwrap().name);
    window.until("the column's meaning", |w| w.shows(&heading));
    choose(&mut window, t::NOT_READ);
    window.until("no meaning", |w| !w.shows(&heading));
    // a query of one's own, looked at like a table
    window.click(t::ADD_QUERY);
    assert!(!window.enabled(t::QUERY_USE));
    window.harness.get_by_role_and_label(Role::MultilineTextInput, t::QUERY_TEXT).focus();
    window.harness.run_steps(2);
    window.text("delete from 许可.污染源名录");
    window.until("that it is none", |w| w.shows(t::QUERY_NOT));
    window.key(Modifiers::COMMAND, Key::A);
    let query = "select * from 许可.污染源名录";
    window.text(query);
    window.harness.get_all_by_role_and_label(Role::ComboBox, t::READ_AS).last().unwrap().click();
    window.harness.run_steps(3);
    window.harness.get_all_by_role_and_label(Role::Button, TableKind::Sources.label()).last().unwrap().click();
    window.harness.run_steps(3);
    window.click(t::QUERY_USE);
    window.until("its rows", |w| rows_of(w, t::TABLES) == Some(6) && rows_of(w, t::ROWS) == Some(100));
    // its columns by hand: the status is what no column says
    window.click(t::MAP_COLUMNS);
    window.harness.run_steps(4);
    assert!(window.shows(data::MAPPING_TITLE));
    let status = TableKind::Sources.column("status").unwrap().name;
    // further down than the dialog shows
    window.harness.get_by_label(&data::heading_of(status)).click_accesskit();
    window.harness.run_steps(3);
    window.harness.get_all_by_role_and_label(Role::Button, data::NOT_THERE).last().unwrap().click_accesskit();
    window.harness.run_steps(3);
    field(&mut window, Role::TextInput, &data::constant_of(status), "在产");
    window.click(data::USE_MAPPING);
    window.harness.run_steps(4);
    assert!(!window.shows(data::MAPPING_TITLE));
    window.click(t::READ);
    window.until("the differences", |w| w.enabled(refresh::CONFIRM));
    window.click(refresh::CONFIRM);
    window.until("the new register", |w| {
        let project = fs::read_to_string(w.project_folder().join("project.ron")).unwrap();
        project.contains(query) && !w.app().session.is_acting()
    });
    window.settle();
    let open = window.app().session.project().unwrap();
    let status = open.data.registry.sources.column("status").unwrap().str().unwrap();
    assert!(status.iter().all(|status| status == Some("active")), "the constant counts, closed sites or not");
    let entry = open.saved.file.mapping.find("sources.query.parquet", None).unwrap().1;
    assert_eq!(entry.constants["status"], "在产");
    assert!(fake.with(|state| state.asked.iter().any(|asked| asked.starts_with(&format!("COPY ({query}")))));
}

#[test]
fn a_new_project_is_made_of_a_database_alone() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let mut tables = vec![register(&window)];
    tables.extend(others().into_iter().take(1));
    let rows = tables[0].rows.len();
    drop(window);
    let fake = Fake::start(tables);
    let mut window = Window::new(LAPTOP, false, Begin::Nothing);
    window.app_mut().go(ScreenId::Data);
    window.harness.run_steps(3);
    window.click(t::OPEN);
    connect(&mut window, &fake.address(), "");
    window.until("the tables", |w| rows_of(w, t::TABLES) == Some(2));
    // each of ours that one alone looks like is read
    assert!(window.shows(&t::chosen(2)) && !window.shows(t::READ), "{}", window.shown().join(" | "));
    window.answers.push(window.folder.path());
    window.click(t::READ_NEW);
    window.until("the project", |w| w.app().session.project().is_some());
    window.settle();
    assert_eq!(window.app().screen, ScreenId::Plan);
    let open = window.app().session.project().unwrap();
    assert_eq!(open.data.len(), rows);
    assert!(open.saved.root().starts_with(window.folder.path()));
    assert_eq!(open.saved.file.mapping.database.as_ref().unwrap().tables.len(), 2);
    window.until("the first plan", |w| w.shows("第一版年度计划"));
    // what stands above may still move
    window.harness.get_by_label(shell::SHOW_QUALITY).click_accesskit();
    window.harness.run_steps(3);
    window.until("the quality report", |w| w.app().screen == ScreenId::Data && w.shows(data::EXPORT_CSV));
}

#[test]
fn the_databases_lists_can_all_that_a_table_can() {
    let (mut window, _fake) = connected(PROJECTOR);
    window.until("the rows", |w| rows_of(w, t::ROWS) == Some(100));
    for list in [ListId::DatabaseRows, ListId::DatabaseTables] {
        hold(&mut window, list);
    }
}

#[test]
fn the_page_speaks_chinese_fits_and_is_worked_by_keys() {
    let (mut window, fake) = connected(LAPTOP);
    window.until("the rows", |w| rows_of(w, t::ROWS) == Some(100));
    choose(&mut window, TableKind::Sources.label());
    window.until("no message", |w| w.app().session.toasts().is_empty());
    let refused = Refused::read();
    let mut found = Vec::new();
    let mut look = |window: &mut Window, name: &str| {
        for (zoom, dark) in [(1.0, false), (1.3, false), (1.5, true)] {
            let layout = Layout::new(LAPTOP.x, LAPTOP.y, zoom);
            if dark { layout.in_theme(ThemeChoice::Dark) } else { layout }.take(window);
            found.extend(faults(window).into_iter().map(|fault| format!("{name} at {zoom}: {fault}")));
        }
        Layout::new(LAPTOP.x, LAPTOP.y, 1.0).take(window);
        let address = fake.address();
        // names of the office's own, and what an address is written with
        let own = ["xkzbh", "dwmc", "xzq", "gllb", "dwxx", "sslmode", &address];
        let words = faults_of(window, &refused).into_iter().filter(|fault| !own.iter().any(|own| fault.contains(own)));
        found.extend(words.map(|fault| format!("{name}: {fault}")));
    };
    look(&mut window, "tables");
    window.click(t::ADD_QUERY);
    look(&mut window, "query");
    window.key(Modifiers::NONE, Key::Escape);
    window.click(t::LEAVE);
    open_page(&mut window);
    look(&mut window, "empty");
    connect(&mut window, "postgresql://fd@127.0.0.1/", "");
    window.until("DBS-001", |w| w.shows("DBS-001"));
    look(&mut window, "failed");
    assert!(found.is_empty(), "{}", found.join("\n"));
    connect(&mut window, &fake.address(), "");
    window.until("the rows", |w| rows_of(w, t::ROWS) == Some(100));
    let mut marks = std::collections::BTreeMap::new();
    let stops = go_round(&mut window, t::TITLE, &mut marks);
    assert!(marks.is_empty() && stops > 20, "{stops} {marks:?}");
}
