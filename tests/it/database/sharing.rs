//! A project on a server, several desks at work on it: nothing is lost, nothing stands twice, whatever is cut.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fairdraw::workspace::store::journal::{JournalEntry, check_journal_file};
use fairdraw::workspace::store::log::{expected_files, is_held};

use super::server::{PASSWORD, Server, command, fairdraw as with_password};
use crate::command_line::{fairdraw, text, words};

/// A project of a small city.
fn city(folder: &Path) -> PathBuf {
    let (input, root) = (folder.join("输入"), folder.join("甲办"));
    super::reading::write_city(&input, 300);
    let made = fairdraw(&["new", text(&root), "--from", text(&input), "--year", "2027", "--operator", "甲"]);
    assert!(matches!(made.status.code(), Some(0 | 1)), "{}", words(&made));
    root
}

fn known(arguments: &[&str]) -> Output {
    with_password(arguments, Some(PASSWORD))
}

fn entries(root: &Path) -> Vec<JournalEntry> {
    let (entries, faults) = check_journal_file(&root.join("journal.jsonl")).unwrap();
    assert_eq!(faults, Vec::<String>::new());
    entries
}

/// The folder's files are those of its journal, byte for byte.
fn assert_as_journaled(root: &Path) {
    let log = fairdraw(&["verify", "--log", text(root)]);
    assert!(log.status.success(), "{}", words(&log));
    for (path, hash) in expected_files(&entries(root)).iter().filter(|(path, _)| is_held(path)) {
        let found = std::fs::read(root.join(path))
            .ok()
            .map(|bytes| fairdraw::sampling::to_hex(&fairdraw::sampling::sha256(&[&bytes])));
        assert_eq!(&found, hash, "{path}");
    }
}

fn interference<'a>(root: &'a str, who: &'a str, how: &'a str) -> Vec<&'a str> {
    vec!["--operator", who, "interference", root, "--who", "某单位", "--how", how, "--handled", "未予采纳"]
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_a_project_is_shared_and_two_desks_work_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let first = city(folder.path());
    let second = folder.path().join("乙办");
    let server = Server::start(&[]);
    let address = server.address_text();
    let place = ["--database", address.as_str(), "--schema", "双随机 项目"];
    let create = [&["--operator", "甲", "shared", "create", text(&first)][..], &place].concat();
    let join = [&["--operator", "乙", "shared", "join", text(&second)][..], &place].concat();

    // nothing is there to be joined, and nothing stays of the attempt
    let refused = known(&join);
    assert!(refused.status.code() == Some(2) && words(&refused).contains("SHR-007"), "{}", words(&refused));
    assert!(!second.join("shared.ron").exists());
    let shared = known(&create);
    assert!(shared.status.success() && words(&shared).contains("已由数据库共享"), "{}", words(&shared));
    let again = known(&create);
    assert!(words(&again).contains("SHR-015"), "{}", words(&again));
    let joined = known(&join);
    assert!(joined.status.success() && words(&joined).contains("已加入共享项目"), "{}", words(&joined));
    let again = known(&join);
    assert!(words(&again).contains("PRJ-001"), "{}", words(&again));
    assert_eq!(entries(&first), entries(&second));
    assert_eq!(entries(&first).last().unwrap().command, "share");
    assert_as_journaled(&second);

    // what one desk does the other has, and each plans from the same register
    let told = known(&interference(text(&first), "甲", "来电"));
    assert!(told.status.success(), "{}", words(&told));
    let page = known(&["--operator", "乙", "page-address", text(&second), "https://a.gov.cn/x/"]);
    assert!(page.status.success() && words(&page).contains("甲「登记过问干预」"), "{}", words(&page));
    let synced = known(&["shared", "sync", text(&first)]);
    assert!(synced.status.success() && words(&synced).contains("乙「保存规则与计划」"), "{}", words(&synced));
    assert_eq!(entries(&first), entries(&second));
    assert!(std::fs::read_to_string(first.join("project.ron")).unwrap().contains("https://a.gov.cn/x/verify.html"));
    let plans =
        [&first, &second].map(|root| String::from_utf8(fairdraw(&["plan", text(root), "--json"]).stdout).unwrap());
    assert!(plans[0].len() > 1000);
    assert_eq!(plans[0], plans[1]);

    // a seal's secret stays at the desk that sealed; the other opens with what the envelope holds
    let soon = chrono::Utc::now() + chrono::Duration::hours(48);
    let soon = soon
        .with_timezone(&chrono::FixedOffset::east_opt(8 * 3600).unwrap())
        .format("%Y-%m-%dT%H:%M:%S%:z")
        .to_string();
    let of = [
        "--entropy-format",
        "dice",
        "--entropy-source",
        "区公证处掷骰",
        "--reference",
        "第一次",
        "--available-at",
        &soon,
    ];
    let seal = [&["--operator", "甲", "seal", text(&first), "--year"][..], &of].concat();
    let sealed = known(&seal);
    assert!(sealed.status.success(), "{}", words(&sealed));
    assert!(known(&["shared", "sync", text(&second)]).status.success());
    let secret = |root: &Path| root.join("draws/2027-00/1/secret.json");
    assert!(secret(&first).exists() && !secret(&second).exists() && second.join("draws/2027-00/1/seal.json").exists());
    let content: i64 = server
        .client()
        .query_one(
            "SELECT count(*) FROM \"双随机 项目\".part WHERE position(convert_to('\"secret\"', 'UTF8') in bytes) > 0",
            &[],
        )
        .unwrap()
        .get(0);
    assert_eq!(content, 0, "the server never has a secret");

    // the server itself keeps the chain
    for (sql, said) in [
        ("UPDATE {s}.log SET line = 'x'", "只能追加"),
        ("DELETE FROM {s}.log", "只能追加"),
        ("TRUNCATE {s}.part", "只能追加"),
        ("DELETE FROM {s}.content", "只能追加"),
        ("INSERT INTO {s}.log (sequence, line) SELECT sequence, line FROM {s}.log LIMIT 1", "不能接上"),
        (
            "INSERT INTO {s}.log (sequence, line) SELECT max(sequence) + 1, '{\"sequence\": ' || max(sequence) + 1 || ', \"previous\": \"0\"}' FROM {s}.log",
            "不能接上",
        ),
    ] {
        let error = server.client().batch_execute(&sql.replace("{s}", "\"双随机 项目\"")).unwrap_err();
        assert!(error.as_db_error().is_some_and(|error| error.message().contains(said)), "{sql}: {error:?}");
    }

    // without the server: what there is can be looked at, nothing can be done
    let before = entries(&first);
    drop(server);
    let looked = fairdraw(&["status", text(&first)]);
    assert!(matches!(looked.status.code(), Some(0 | 1)), "{}", words(&looked));
    let refused = known(&interference(text(&first), "甲", "无人应答"));
    assert!(refused.status.code() == Some(2) && words(&refused).contains("DBS-010"), "{}", words(&refused));
    let synced = known(&["shared", "sync", text(&first)]);
    assert!(synced.status.code() == Some(1) && words(&synced).contains("SHR-012"), "{}", words(&synced));
    assert_eq!(entries(&first), before);
    assert_as_journaled(&first);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_a_file_changed_by_hand_gives_way_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let first = city(folder.path());
    let second = folder.path().join("乙办");
    let server = Server::start(&[]);
    let address = server.address_text();
    for (what, root) in [("create", &first), ("join", &second)] {
        let done = known(&["shared", what, text(root), "--database", &address]);
        assert!(done.status.success(), "{}", words(&done));
    }
    let file = second.join("project.ron");
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap().replace("name: \"", "name: \"自改的")).unwrap();
    // alone it stops the desk's own deeds, as ever
    let refused = known(&interference(text(&second), "乙", "甲"));
    assert!(words(&refused).contains("LOG-001"), "{}", words(&refused));
    let page = known(&["page-address", text(&first), "https://b.gov.cn/"]);
    assert!(page.status.success(), "{}", words(&page));
    let synced = known(&["shared", "sync", text(&second)]);
    assert!(synced.status.success(), "{}", words(&synced));
    assert!(std::fs::read_to_string(second.join("本机改动/1/project.ron")).unwrap().contains("自改的"));
    assert_as_journaled(&second);
    // a copy of another project is told so
    let other = folder.path().join("另");
    std::fs::create_dir(&other).unwrap();
    let third = city(&other);
    std::fs::copy(first.join("shared.ron"), third.join("shared.ron")).unwrap();
    let refused = known(&interference(text(&third), "丙", "丙"));
    assert!(refused.status.code() == Some(2) && words(&refused).contains("SHR-003"), "{}", words(&refused));
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
    let out = folder.path().join("out");
    let run = fairdraw(&["run", "--demo", "--sources", "1500", "--to", text(&out), "--operator", "甲"]);
    assert!(matches!(run.status.code(), Some(0 | 1)), "{}", words(&run));
    let root = out.join("项目");
    let server = Server::start(&[]);
    let roles = ["pudong", "minhang", "second", "stranger"];
    for role in roles {
        server.sql(&format!("CREATE ROLE {role} LOGIN PASSWORD '口令-{role}'"));
    }
    let at = |role: &str| format!("postgresql://{role}@127.0.0.1:{}/postgres", server.port);
    let of = |role: &str, arguments: &[&str]| {
        with_password(&[arguments, &["--database", &at(role)]].concat(), Some(&format!("口令-{role}")))
    };
    let done = known(&["--operator", "甲", "shared", "create", text(&root), "--database", &server.address_text()]);
    assert!(done.status.success(), "{}", words(&done));
    let all =
        |sql: &str| -> Vec<String> { server.client().query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect() };
    let codes =
        |body: &str| all(&format!("SELECT code FROM fairdraw_project.target WHERE body = '{body}' ORDER BY code"));
    let bodies = all("SELECT body FROM fairdraw_project.target GROUP BY body HAVING count(*) > 2 ORDER BY body");
    assert!(bodies.len() > 2, "{bodies:?}");
    let (own, others) = (&bodies[0], &bodies[1]);

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
    let written = of("pudong", &["shared", "form", "--to", text(&form)]);
    assert!(written.status.success() && words(&written).contains(&format!("{} 项", seen.len())), "{}", words(&written));
    let none = of("pudong", &["shared", "report", text(&form)]);
    assert!(none.status.code() == Some(2) && words(&none).contains("SHR-021"), "{}", words(&none));
    let pair = |code: &str| -> Vec<String> {
        let sql = format!(
            "SELECT unnest(ARRAY[form ->> 'first_inspector', form ->> 'second_inspector']) FROM fairdraw_project.target WHERE code = '{code}'"
        );
        all(&sql)
    };
    let today = fairdraw::workspace::store::clock::Moment::now().date();
    let filled = folder.path().join("填好.csv");
    let row = |code: &str, outcome: &str| {
        let pair = pair(code);
        format!("{code},{today},{today},现场检查,排污许可,{outcome},{},{}\n", pair[0], pair[1])
    };
    let heading = "计划编码,检查日期,办结日期,检查方式,检查事项,检查结果,主办执法证号,协办执法证号\n";
    // one of another body among them: none goes
    std::fs::write(
        &filled,
        format!("{heading}{}{}", row(&seen[0], "未发现问题"), row(&codes(others)[0], "未发现问题")),
    )
    .unwrap();
    let refused = of("pudong", &["shared", "report", text(&filled)]);
    assert!(words(&refused).contains("SHR-018") && words(&refused).contains("第 3 行"), "{}", words(&refused));
    assert_eq!(all("SELECT code FROM fairdraw_project.reported"), Vec::<String>::new());
    std::fs::write(&filled, format!("{heading}{}{}", row(&seen[0], "未发现问题"), row(&seen[1], "不知道"))).unwrap();
    let reported = of("pudong", &["shared", "report", text(&filled)]);
    assert!(reported.status.success() && words(&reported).contains("已报送 2 项"), "{}", words(&reported));
    let waits = of("pudong", &["shared", "report"]);
    assert_eq!(words(&waits).matches("待取入").count(), 2, "{}", words(&waits));
    assert_eq!(words(&of("minhang", &["shared", "report"])).trim(), "");

    // the other office takes them in, and each has its answer
    let join = folder.path().join("乙办");
    let joined = of("second", &["--operator", "乙", "shared", "join", text(&join)]);
    assert!(joined.status.success(), "{}", words(&joined));
    let take = with_password(&["--operator", "乙", "shared", "take", text(&join)], Some("口令-second"));
    assert!(words(&take).contains("新增 1 条结果") && take.status.code() == Some(1), "{}", words(&take));
    let again = with_password(&["--operator", "乙", "shared", "take", text(&join)], Some("口令-second"));
    assert!(again.status.success() && words(&again).contains("没有待取入"), "{}", words(&again));
    let said = words(&of("pudong", &["shared", "report"]));
    assert!(
        said.contains(&format!("{}：已采用", seen[0]))
            && said.contains(&format!("{}：未采用：[DIS-019] 检查结果无法识别：「不知道」", seen[1])),
        "{said}"
    );

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

/// A line between desks and server that is cut after a number of bytes, in either direction, or never.
struct Cutting {
    port: u16,
    /// Bytes until the next connection is cut; `u64::MAX` for never.
    after: Arc<AtomicU64>,
    cuts: Arc<AtomicU64>,
}

impl Cutting {
    fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (after, cuts) = (Arc::new(AtomicU64::new(u64::MAX)), Arc::new(AtomicU64::new(0)));
        let (limit, counted) = (Arc::clone(&after), Arc::clone(&cuts));
        std::thread::spawn(move || {
            for desk in listener.incoming().flatten() {
                let Ok(there) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                let left = Arc::new(AtomicU64::new(limit.swap(u64::MAX, Ordering::SeqCst)));
                for (from, to) in [(&desk, &there), (&there, &desk)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let (left, counted) = (Arc::clone(&left), Arc::clone(&counted));
                    std::thread::spawn(move || pass(from, to, &left, &counted));
                }
            }
        });
        Self { port, after, cuts }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, left: &AtomicU64, cuts: &AtomicU64) {
    let mut buffer = [0; 512];
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 {
            break;
        }
        let limit = left.load(Ordering::SeqCst);
        if limit != u64::MAX {
            if limit < read as u64 {
                let _ = to.write_all(&buffer[..limit as usize]);
                left.store(0, Ordering::SeqCst);
                cuts.fetch_add(1, Ordering::SeqCst);
                break;
            }
            left.fetch_sub(read as u64, Ordering::SeqCst);
        }
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// Numbers that a run repeats.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn start(arguments: &[&str]) -> Child {
    command(arguments)
        .env("FAIRDRAW_DB_PASSWORD", PASSWORD)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "needs PostgreSQL; takes minutes"]
fn database_rounds_of_two_desks_with_cut_lines_and_kills_lose_and_double_nothing() {
    let rounds: u64 = std::env::var("FAIRDRAW_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let folder = tempfile::tempdir().unwrap();
    let first = city(folder.path());
    let second = folder.path().join("乙办");
    let server = Server::start(&[]);
    let line = Cutting::to(server.port);
    let address = format!("postgresql://fairdraw@127.0.0.1:{}/postgres", line.port);
    for (what, root) in [("create", &first), ("join", &second)] {
        let done = known(&["shared", what, text(root), "--database", &address]);
        assert!(done.status.success(), "{}", words(&done));
    }
    let (outside, mut dice) = (folder.path().join("导出"), Dice(20_261_129));
    // what each deed's own program said of it: done, not done, or that it can't know
    let mut said: BTreeMap<String, &str> = BTreeMap::new();
    let mut kills = 0;
    for round in 0..rounds {
        if dice.throw(2) == 0 {
            line.after.store(dice.throw(8_000), Ordering::SeqCst);
        }
        let mut running: Vec<(String, Child)> = Vec::new();
        for (desk, root) in [("甲", &first), ("乙", &second)] {
            let mark = format!("{desk}第{round}轮");
            let (folder, page) = (
                text(root).to_owned(),
                format!("https://a.gov.cn/{desk}{round}/").replace('甲', "a").replace('乙', "b"),
            );
            let to = outside.join(&mark);
            let arguments: Vec<&str> = match dice.throw(8) {
                0 | 1 => vec!["--operator", &mark, "page-address", &folder, &page],
                2 => vec!["--operator", &mark, "export", &folder, "--to", text(&to), "--only", "计划,xlsx"],
                _ => interference(&folder, &mark, "来电"),
            };
            running.push((mark.clone(), start(&arguments)));
        }
        let killed = dice.throw(8);
        for (at, (mark, mut child)) in running.into_iter().enumerate() {
            if at as u64 == killed {
                std::thread::sleep(Duration::from_millis(dice.throw(250)));
                let _ = child.kill();
                kills += 1;
            }
            let output = child.wait_with_output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            let outcome = match output.status.code() {
                Some(0) => "done",
                Some(2) if told.contains("SHR-004") || told.contains("PRJ-033") => "unknown",
                Some(2) => "not done",
                None => "unknown",
                other => panic!("{mark}: {other:?} {told}"),
            };
            assert!(!told.contains("panicked"), "{told}");
            said.insert(mark, outcome);
        }
    }
    line.after.store(u64::MAX, Ordering::SeqCst);
    for root in [&first, &second] {
        let synced = known(&["shared", "sync", text(root)]);
        assert!(synced.status.success(), "{}", words(&synced));
        assert_as_journaled(root);
    }
    let journal = entries(&first);
    assert_eq!(journal, entries(&second));
    let rows = server.client().query("SELECT line FROM fairdraw_project.log ORDER BY sequence", &[]).unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let own = std::fs::read_to_string(first.join("journal.jsonl")).unwrap();
    assert_eq!(own.lines().map(str::to_owned).collect::<Vec<_>>(), lines);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (mark, outcome) in &said {
        let times = journal.iter().filter(|entry| entry.operator == *mark).count();
        let right = match *outcome {
            "done" => times == 1,
            "not done" => times == 0,
            _ => times <= 1,
        };
        assert!(right, "{mark}: {outcome}, and it stands {times} times");
        *counts.entry(outcome).or_default() += 1;
    }
    let cuts = line.cuts.load(Ordering::SeqCst);
    assert!(counts["done"] as u64 > rounds / 2 && cuts > rounds / 8, "{counts:?}, {cuts} cuts");
    println!("{rounds} rounds, {cuts} lines cut, {kills} programs killed: {counts:?}; {} lines", journal.len());
}
