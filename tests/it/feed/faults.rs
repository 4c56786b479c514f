//! What goes wrong with a cluster is one message with a code, and leaves nothing behind.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fairdraw::diagnostic::{AppError, Progress};
use fairdraw::engine::RemoteSource;
use fairdraw::engine::database::Password;
use fairdraw::engine::feed::FeedSource;
use fairdraw::registry::TableKind;
use fairdraw::workspace::intake::reading::{CheckRequest, check_paths};
use fairdraw::workspace::store::project::CommandContext;

use super::cluster::{Cluster, free_port};
use super::paths::source;
use super::readings::write_parquet;
use crate::database::reading::at;
use crate::database::server::{command, shown};
use crate::database::sharing::Cutting;

fn read(feed: FeedSource, progress: &Progress) -> Result<u64, AppError> {
    let remote = RemoteSource { database: None, feed: Some(feed) };
    let request = CheckRequest { remote: Some(remote), ..CheckRequest::default() };
    let context = CommandContext { progress: progress.clone(), ..at("2026-12-20T09:00:00") };
    check_paths(&request, &context).map(|found| found.summary(TableKind::Monitoring).map_or(0, |table| table.rows_read))
}

fn refused(feed: FeedSource, code: &str, words: &str) {
    let error = read(feed, &Progress::none()).unwrap_err();
    let told = shown(&error);
    assert_eq!(error.code(), code, "{told}");
    assert!(told.contains(words), "{words} not in {told}");
}

/// Rows made up by the cluster itself, so many that it is at work for long.
const ENDLESS: &str = "select concat('X', cast(id % 1000 as string)) as `排污许可证编号`, \
    timestamp '2026-11-01 00:00:00' as `监测时间`, '日' as `数据类型`, 'DW001' as `排口编号`, 'COD' as `污染因子`, \
    cast(id % 7 as double) as `监测值`, 100.0D as `标准限值`, cast(null as string) as `数据标记` from range(0, 400000000000)";

/// An encrypted line in front of a server: what comes out of it goes on in the clear.
struct Front {
    child: Child,
    port: u16,
}

impl Front {
    fn of(server: u16, certificate: &Path, key: &Path) -> Self {
        let port = free_port();
        let program = "import asyncio, ssl, sys\n\
            c, k, port, server = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])\n\
            t = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); t.load_cert_chain(c, k); t.set_alpn_protocols(['h2'])\n\
            async def go(a, b):\n\
            \x20try:\n\
            \x20 while (d := await a.read(65536)): b.write(d); await b.drain()\n\
            \x20except Exception: pass\n\
            \x20finally: b.close()\n\
            async def line(r, w):\n\
            \x20x, y = await asyncio.open_connection('127.0.0.1', server)\n\
            \x20await asyncio.gather(go(r, y), go(x, w))\n\
            async def main():\n\
            \x20s = await asyncio.start_server(line, '127.0.0.1', port, ssl=t)\n\
            \x20await s.serve_forever()\n\
            asyncio.run(main())\n";
        let arguments = [certificate.to_str().unwrap(), key.to_str().unwrap(), &port.to_string(), &server.to_string()];
        let mut child = Command::new("python3").arg("-").args(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(program.as_bytes()).unwrap();
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() && begun.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(100));
        }
        Self { child, port }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "needs Java, pyspark and openssl"]
fn cluster_faults_are_one_message_each() {
    let mut cluster = Cluster::start();
    let address = cluster.address();
    let units: Vec<(String, Option<String>)> =
        (0..200).map(|n| (format!("U{n:05}"), Some(format!("第{n}厂")))).collect();
    let feed = cluster.path().join("feed");
    write_parquet(&feed, 50_000, 2, &units);
    let table = format!("select * from parquet.`{}`", feed.display());

    // nobody there; no table; no column; a column of another type; too many words; no table of monitoring
    refused(source(&format!("sc://127.0.0.1:{}", free_port()), &table, false), "ENG-005", "端口上没有服务");
    refused(source(&address, "env.没有这张表", false), "ENG-008", "没有这张表");
    refused(source(&address, &format!("select `没有这列` from ({table})"), false), "ENG-009", "写法或列名不对");
    refused(source(&address, "select * frm x", false), "ENG-009", "写法或列名不对");
    let columns = "`排污许可证编号`, `监测时间`, `排口编号`, `污染因子`, `标准限值`";
    let text = format!("select {columns}, cast(`监测值` as string) as `监测值` from ({table})");
    refused(source(&address, &text, false), "ENG-010", "监测值");
    let days = format!("select {columns}, cast(`监测时间` as string) as t, `监测值` from ({table})");
    let days = days.replace("`监测时间`, `排口编号`", "`排口编号`").replace(" as t", " as `监测时间`");
    refused(source(&address, &days, false), "ENG-010", "监测时间");
    let marked = format!(
        "select {columns}, `监测值`, cast(monotonically_increasing_id() as string) as `数据标记` from ({table})"
    );
    refused(source(&address, &marked, false), "ENG-012", "数据标记");
    refused(source(&address, "select 1 as a, 2 as b", false), "ENG-011", "自动监控");
    refused(
        source(&address, &format!("select *, 1/(`监测值` - `监测值`) as x from ({table}) where 1/0 > 1"), false),
        "ENG-016",
        "DIVIDE",
    );
    refused(source(&format!("{address}/;use_ssl=true"), &table, false), "ENG-026", "没有启用加密");
    refused(source(&format!("{address}/;timeout=2"), ENDLESS, false), "ENG-022", "超过 2 秒");

    // given up: at once, and the cluster is free again
    let progress = Progress::none();
    let begun = Instant::now();
    let error = std::thread::scope(|scope| {
        let asked = scope.spawn(|| read(source(&address, ENDLESS, false), &progress).unwrap_err());
        std::thread::sleep(Duration::from_secs(4));
        progress.cancel();
        asked.join().unwrap()
    });
    assert_eq!(error.code(), "JOB-001");
    assert!(begun.elapsed() < Duration::from_secs(14), "{:?}", begun.elapsed());
    let rows = read(source(&address, &table, false), &Progress::none()).unwrap();
    assert!(rows > 50, "{rows}");

    // a line that breaks goes on where it stopped
    let line = Cutting::to(cluster.port);
    for bytes in [0, 200, 900, 3_000, 8_000, 20_000, 60_000, 150_000] {
        line.after.store(bytes, Ordering::SeqCst);
        let through = format!("sc://127.0.0.1:{}", line.port);
        match read(source(&through, &table, false), &Progress::none()) {
            Ok(again) => assert_eq!(again, rows, "cut at {bytes}"),
            // before the session stands there is nothing to take up
            Err(error) => assert!(error.code() == "ENG-005" && bytes < 900, "cut at {bytes}: {}", shown(&error)),
        }
        line.after.store(u64::MAX, Ordering::SeqCst);
    }
    assert!(line.cuts.load(Ordering::SeqCst) >= 6, "{}", line.cuts.load(Ordering::SeqCst));

    // started anew in the middle, now with a token
    let error = std::thread::scope(|scope| {
        let feed = source(&address, ENDLESS, false);
        let asked = scope.spawn(move || read(feed, &Progress::none()).unwrap_err());
        std::thread::sleep(Duration::from_secs(4));
        cluster.kill("server");
        cluster.start_server(Some("token-9f2c"));
        asked.join().unwrap()
    });
    assert!(["ENG-013", "ENG-007", "ENG-014"].contains(&error.code()), "{}", shown(&error));
    refused(source(&address, &table, false), "ENG-007", "令牌");

    // a token goes under encryption only, and nowhere else
    let mut open = source(&address, &table, false);
    open.ask_token = Some(|_| Password::new("token-9f2c".to_owned()));
    refused(open, "ENG-004", "加密");
    let (certificate, key) = certificate(cluster.path());
    let front = Front::of(cluster.port, &certificate, &key);
    let secure = format!("sc://localhost:{}/;sslrootcert={}", front.port, certificate.display());
    let with_token = |token: fn(&fairdraw::engine::spark::SparkAddress) -> Option<Password>| {
        let mut feed = source(&secure, &table, false);
        feed.ask_token = Some(token);
        feed
    };
    refused(with_token(|_| Password::new("错的令牌".to_owned())), "ENG-007", "令牌");
    assert_eq!(
        read(with_token(|_| Password::new("token-9f2c".to_owned())), &Progress::none()).map_err(|e| shown(&e)),
        Ok(rows)
    );
    refused(source(&format!("sc://localhost:{}/;use_ssl=true", front.port), &table, false), "ENG-006", "机构证书");
}

/// A certificate of the test's own for this machine, and its key.
fn certificate(folder: &Path) -> (std::path::PathBuf, std::path::PathBuf) {
    let (certificate, key) = (folder.join("front.pem"), folder.join("front.key"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .arg("-out")
        .arg(&certificate)
        .arg("-keyout")
        .arg(&key)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    (certificate, key)
}

#[test]
fn an_address_with_a_token_or_without_encryption_is_refused_by_the_command() {
    let folder = tempfile::tempdir().unwrap();
    for (address, code) in [
        ("sc://spark.example.gov.cn/;token=hunter2", "ENG-002"),
        ("sc://10.1.2.3:15002/;use_ssl=false", "ENG-003"),
        ("spark://h", "ENG-001"),
    ] {
        let root = folder.path().join("项目");
        let own = ["new", root.to_str().unwrap(), "--engine", address, "--table", "monitoring=env.hours"];
        let done = command(&own).output().unwrap();
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{told}");
        assert!(told.contains(code) && !told.contains("hunter2"), "{told}");
        assert!(!root.exists());
    }
    let done =
        command(&["new", folder.path().join("项目").to_str().unwrap(), "--engine", "sc://127.0.0.1"]).output().unwrap();
    assert!(String::from_utf8_lossy(&done.stderr).contains("CLI-052"));
}
