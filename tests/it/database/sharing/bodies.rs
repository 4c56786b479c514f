//! Bodies at a shared project: each sees and reports its own checks, the offices take its reports in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::super::server::{PASSWORD, Server, fairdraw as with_password};
use super::{assert_as_journaled, known};
use crate::command_line::{fairdraw, text, words};

/// Columns of a report.
const HEADING: [&str; 8] =
    ["计划编码", "检查日期", "办结日期", "检查方式", "检查事项", "检查结果", "主办执法证号", "协办执法证号"];

/// The first column of what a statement gives.
fn texts(server: &Server, sql: &str) -> Vec<String> {
    server.client().query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

fn codes_of(server: &Server, body: &str) -> Vec<String> {
    texts(server, &format!("SELECT code FROM fairdraw_project.target WHERE body = '{body}' ORDER BY code"))
}

/// Two bodies that have several checks each.
fn two_bodies(server: &Server) -> [String; 2] {
    let sql = "SELECT body FROM fairdraw_project.target GROUP BY body HAVING count(*) > 2 ORDER BY body";
    let bodies = texts(server, sql);
    assert!(bodies.len() > 2, "{bodies:?}");
    [bodies[0].clone(), bodies[1].clone()]
}

/// A check done today by the pair that it was given, in the order of [`HEADING`].
fn filled_row(server: &Server, code: &str, outcome: &str) -> [String; 8] {
    let sql = format!(
        "SELECT unnest(ARRAY[form ->> 'first_inspector', form ->> 'second_inspector']) \
         FROM fairdraw_project.target WHERE code = '{code}'"
    );
    let pair = texts(server, &sql);
    let today = fairdraw::workspace::store::clock::Moment::now().date().to_string();
    [code, &today, &today, "现场检查", "排污许可", outcome, &pair[0], &pair[1]].map(str::to_owned)
}

/// A city whose March is drawn, on a server that has users for two bodies, another office and a stranger.
fn shared_city(folder: &Path) -> (PathBuf, Server) {
    let out = folder.join("out");
    let run = fairdraw(&["run", "--demo", "--sources", "1500", "--to", text(&out), "--operator", "甲"]);
    assert!(matches!(run.status.code(), Some(0 | 1)), "{}", words(&run));
    let (root, server) = (out.join("项目"), Server::start(&[]));
    for role in ["pudong", "minhang", "second", "stranger"] {
        server.sql(&format!("CREATE ROLE {role} LOGIN PASSWORD '口令-{role}'"));
    }
    let done = known(&["--operator", "甲", "shared", "create", text(&root), "--database", &server.address_text()]);
    assert!(done.status.success(), "{}", words(&done));
    (root, server)
}

/// What the program says to a user of the server.
fn of(server: &Server, role: &str, arguments: &[&str]) -> Output {
    let address = format!("postgresql://{role}@127.0.0.1:{}/postgres", server.port);
    with_password(&[arguments, &["--database", &address]].concat(), Some(&format!("口令-{role}")))
}

/// What a role of the server may do with this statement: the code of its refusal, or the rows.
fn asked(server: &Server, role: &str, sql: &str) -> Result<Vec<String>, String> {
    let mut config = postgres::Config::new();
    config.host("127.0.0.1").port(server.port).user(role).password(format!("口令-{role}")).dbname("postgres");
    let mut client = config.connect(postgres::NoTls).unwrap();
    match client.query(sql, &[]) {
        Ok(rows) => Ok(rows.iter().map(|row| row.get(0)).collect()),
        Err(error) => Err(error.code().map(|code| code.code().to_owned()).unwrap_or_default()),
    }
}

/// A role that works for the body `own` sees its checks, nothing of log and files, and reports for nobody else.
fn assert_a_body_sees_its_own(server: &Server, own: &str, own_codes: &[String], others: (&str, &str)) {
    // a body's own checks, nobody else's, and nothing of log and files
    let seen = asked(server, "pudong", "SELECT code FROM fairdraw_project.target ORDER BY code").unwrap();
    assert_eq!(seen, own_codes);
    assert!(!seen.is_empty());
    for (role, sql) in [
        ("pudong", "SELECT line FROM fairdraw_project.log"),
        ("pudong", "SELECT sha256 FROM fairdraw_project.part"),
        ("pudong", "SELECT role::text FROM fairdraw_project.member"),
        ("pudong", "UPDATE fairdraw_project.target SET is_public = true"),
        ("pudong", "DELETE FROM fairdraw_project.reported"),
        ("pudong", "UPDATE fairdraw_project.reported SET cells = '{}'"),
        ("pudong", "INSERT INTO fairdraw_project.taken VALUES (1, 1, 'x')"),
        ("stranger", "SELECT code FROM fairdraw_project.target"),
    ] {
        assert_eq!(asked(server, role, sql), Err("42501".to_owned()), "{role}: {sql}");
    }
    let forged =
        format!("INSERT INTO fairdraw_project.reported (code, body, cells) VALUES ('{}', '{{b}}', '{{}}')", others.1);
    for body in [own, others.0] {
        assert_eq!(asked(server, "pudong", &forged.replace("{b}", body)), Err("42501".to_owned()));
    }
    let name = format!(
        "INSERT INTO fairdraw_project.reported (code, body, cells, reported_by) VALUES ('{}', '{own}', '{{}}', 'minhang')",
        seen[0]
    );
    assert_eq!(asked(server, "pudong", &name), Err("42501".to_owned()));
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_a_body_sees_its_own_checks_reports_them_and_reads_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (root, server) = shared_city(folder.path());
    let all = |sql: &str| texts(&server, sql);
    let codes = |body: &str| codes_of(&server, body);
    let [own, others] = &two_bodies(&server);

    // who takes part: the server's users, the rules' bodies
    let (first, second) = (format!("pudong={own}"), format!("minhang={others}"));
    for (arguments, code) in [(["--body", "nobody=310115"], "SHR-0"), (["--body", "pudong=没有"], "SHR-019")] {
        let refused = known(&[&["shared", "members", text(&root)][..], &arguments].concat());
        assert!(refused.status.code() == Some(2) && words(&refused).contains(code), "{}", words(&refused));
    }
    let members = known(&["shared", "members", text(&root), "--body", &first, "--body", &second, "--office", "second"]);
    assert!(
        words(&members).contains(&format!("pudong：{own}")) && words(&members).contains("second：办公室"),
        "{}",
        words(&members)
    );

    assert_a_body_sees_its_own(&server, own, &codes(own), (others, &codes(others)[0]));
    let seen = codes(own);

    // its form: its own checks, filled in and reported
    let form = folder.path().join("填报.xlsx");
    let written = of(&server, "pudong", &["shared", "form", "--to", text(&form)]);
    assert!(written.status.success() && words(&written).contains(&format!("{} 项", seen.len())), "{}", words(&written));
    let none = of(&server, "pudong", &["shared", "report", text(&form)]);
    assert!(none.status.code() == Some(2) && words(&none).contains("SHR-021"), "{}", words(&none));
    let filled = folder.path().join("填好.csv");
    let row = |code: &str, outcome: &str| filled_row(&server, code, outcome).join(",") + "\n";
    let heading = HEADING.join(",") + "\n";
    // one of another body among them: none goes
    std::fs::write(
        &filled,
        format!("{heading}{}{}", row(&seen[0], "未发现问题"), row(&codes(others)[0], "未发现问题")),
    )
    .unwrap();
    let refused = of(&server, "pudong", &["shared", "report", text(&filled)]);
    assert!(words(&refused).contains("SHR-018") && words(&refused).contains("第 3 行"), "{}", words(&refused));
    assert_eq!(all("SELECT code FROM fairdraw_project.reported"), Vec::<String>::new());
    std::fs::write(&filled, format!("{heading}{}{}", row(&seen[0], "未发现问题"), row(&seen[1], "不知道"))).unwrap();
    let reported = of(&server, "pudong", &["shared", "report", text(&filled)]);
    assert!(reported.status.success() && words(&reported).contains("已报送 2 项"), "{}", words(&reported));
    let waits = of(&server, "pudong", &["shared", "report"]);
    assert_eq!(words(&waits).matches("待取入").count(), 2, "{}", words(&waits));
    assert_eq!(words(&of(&server, "minhang", &["shared", "report"])).trim(), "");

    // the other office takes them in, and each has its answer
    let join = folder.path().join("乙办");
    let joined = of(&server, "second", &["--operator", "乙", "shared", "join", text(&join)]);
    assert!(joined.status.success(), "{}", words(&joined));
    let take = with_password(&["--operator", "乙", "shared", "take", text(&join)], Some("口令-second"));
    assert!(words(&take).contains("新增 1 条结果") && take.status.code() == Some(1), "{}", words(&take));
    let again = with_password(&["--operator", "乙", "shared", "take", text(&join)], Some("口令-second"));
    assert!(again.status.success() && words(&again).contains("没有待取入"), "{}", words(&again));
    let said = words(&of(&server, "pudong", &["shared", "report"]));
    assert!(
        said.contains(&format!("{}：已采用", seen[0]))
            && said.contains(&format!("{}：未采用：[DIS-019] 检查结果无法识别：「不知道」", seen[1])),
        "{said}"
    );

    let as_json = of(&server, "pudong", &["shared", "report", "--json"]);
    let answers: serde_json::Value = serde_json::from_slice(&as_json.stdout).unwrap();
    assert_eq!(answers[0], serde_json::json!({ "code": seen[0], "answer": "已采用" }));

    // until it is public nobody else sees it, and then everybody
    let others_view = || asked(&server, "minhang", "SELECT code FROM fairdraw_project.target ORDER BY code").unwrap();
    assert_eq!(others_view(), codes(others));
    let sync = known(&["--operator", "甲", "shared", "sync", text(&root)]);
    assert!(sync.status.success(), "{}", words(&sync));
    let published = known(&["--operator", "甲", "publish", text(&root), "--code", &seen[0]]);
    assert!(published.status.success(), "{}", words(&published));
    let mut both: Vec<String> = codes(others);
    both.push(seen[0].clone());
    both.sort();
    assert_eq!(others_view(), both);

    // whoever leaves sees nothing more
    let left = known(&["shared", "members", text(&root), "--remove", "pudong"]);
    assert!(left.status.success() && !words(&left).contains("pudong"), "{}", words(&left));
    assert_eq!(asked(&server, "pudong", "SELECT code FROM fairdraw_project.target"), Err("42501".to_owned()));
    for (folder, password) in [(&root, PASSWORD), (&join, "口令-second")] {
        let synced = with_password(&["shared", "sync", text(folder)], Some(password));
        assert!(synced.status.success(), "{}", words(&synced));
        assert_as_journaled(folder);
    }
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_a_report_goes_whole_and_only_for_the_checks_that_are_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (root, server) = shared_city(folder.path());
    let [own, others] = &two_bodies(&server);
    let (codes, foreign) = (codes_of(&server, own), codes_of(&server, others)[0].clone());
    let joined = known(&["shared", "members", text(&root), "--body", &format!("pudong={own}")]);
    assert!(joined.status.success(), "{}", words(&joined));

    // one day and one outcome merged over two checks hold for both
    let path = folder.path().join("合并.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (at, heading) in HEADING.iter().enumerate() {
        sheet.write(0, at as u16, *heading).unwrap();
    }
    for (row, code) in (1..).zip(&codes[..2]) {
        for (at, cell) in (0..).zip(filled_row(&server, code, "未发现问题")) {
            let is_merged = [1, 2, 5].contains(&at);
            if is_merged && row == 1 {
                sheet.merge_range(1, at, 2, at, &cell, &rust_xlsxwriter::Format::new()).unwrap();
            } else if !is_merged {
                sheet.write(row, at, cell).unwrap();
            }
        }
    }
    book.save(&path).unwrap();
    let reported = of(&server, "pudong", &["shared", "report", text(&path)]);
    let said = words(&reported);
    assert!(reported.status.success() && said.contains("已报送 2 项") && said.contains("DIS-034"), "{said}");

    // a row that says another body's code in its cells counts for the check that the server let it be reported for
    let names = [
        "plan_code",
        "inspected_on",
        "completed_on",
        "manner",
        "matters",
        "outcome",
        "first_inspector",
        "second_inspector",
    ];
    let mut cells: BTreeMap<&str, String> =
        names.into_iter().zip(filled_row(&server, &codes[2], "未发现问题")).collect();
    cells.insert("plan_code", foreign.clone());
    let forged = format!(
        "INSERT INTO fairdraw_project.reported (code, body, cells) VALUES ('{}', '{own}', '{}')",
        codes[2],
        serde_json::to_string(&cells).unwrap()
    );
    assert_eq!(asked(&server, "pudong", &forged), Ok(Vec::new()));
    let take = known(&["--operator", "甲", "shared", "take", text(&root)]);
    assert!(take.status.success() && words(&take).contains("新增 3 条结果"), "{}", words(&take));
    let results = std::fs::read_to_string(root.join("results/results.json")).unwrap();
    assert!(codes[..3].iter().all(|code| results.contains(code)) && !results.contains(&foreign), "{results}");
}
