//! A project on a server, several desks at work on it: nothing is lost, nothing stands twice, whatever is cut.

mod bodies;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fairdraw::diagnostic::Progress;
use fairdraw::engine::database::{Address, DatabaseTarget, Password, SharedLog};
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

/// Puts the first folder's project on a server and makes the second a copy of it.
fn share(address: &str, first: &Path, second: &Path) {
    for (what, root) in [("create", first), ("join", second)] {
        let done = known(&["shared", what, text(root), "--database", address]);
        assert!(done.status.success(), "{}", words(&done));
    }
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
    share(&address, &first, &second);
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

/// A line between desks and server that is cut after a number of bytes, in either direction, or never.
pub struct Cutting {
    pub port: u16,
    /// Bytes until the next connection is cut; `u64::MAX` for never.
    pub after: Arc<AtomicU64>,
    pub cuts: Arc<AtomicU64>,
}

impl Cutting {
    pub fn to(server: u16) -> Self {
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
    share(&address, &first, &second);
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

#[test]
#[ignore = "needs PostgreSQL"]
fn database_whoever_waits_for_another_desk_may_give_up() {
    let server = Server::start(&[]);
    let target = DatabaseTarget {
        address: Address::parse(&server.address_text()).unwrap(),
        schema: "project".to_owned(),
        password: Password::new(PASSWORD.to_owned()),
        ask: None,
    };
    let writing = SharedLog::begin(&target, &Progress::none()).unwrap();
    let (progress, begun) = (Progress::none(), Instant::now());
    let given_up = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| SharedLog::begin(&target, &progress).map(|_| ()).unwrap_err());
        std::thread::sleep(Duration::from_secs(1));
        assert!(!waiting.is_finished(), "it waits its turn");
        progress.cancel();
        waiting.join().unwrap()
    });
    assert_eq!(given_up.code(), "JOB-001");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    // the turn comes as soon as the other has ended
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| SharedLog::begin(&target, &Progress::none()).is_ok());
        std::thread::sleep(Duration::from_millis(300));
        drop(writing);
        assert!(waiting.join().unwrap());
    });
    let still = SharedLog::begin(&target, &Progress::none()).unwrap();
    let refused = SharedLog::begin(&target, &Progress::none()).map(|_| ()).unwrap_err();
    assert_eq!(refused.code(), "SHR-005");
    drop(still);
}
