//! What goes wrong with a server that is there: one message each, and nothing of a password in any.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use fairdraw::diagnostic::{AppError, Progress};
use fairdraw::engine::database::{DatabaseSource, Password, read_tables};
use fairdraw::registry::TableKind;

use super::server::{PASSWORD, Server, shown, source_at};

fn fault(server: &Server, from: &str) -> AppError {
    let error = server.read(from).unwrap_err();
    assert!(!shown(&error).contains(PASSWORD), "{error}");
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    error
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_faults_are_one_message_each() {
    let server = Server::start(&[]);
    server.sql(
        "CREATE SCHEMA permit; CREATE TABLE permit.t (id int PRIMARY KEY, name text); \
         INSERT INTO permit.t SELECT i, 'x' FROM generate_series(1, 100) i; \
         CREATE TABLE permit.odd (name text, at point); \
         CREATE ROLE reader LOGIN PASSWORD 'lesen-4711'; GRANT USAGE ON SCHEMA permit TO reader; \
         SET password_encryption = 'md5'; CREATE ROLE older LOGIN PASSWORD 'alt-4711'; GRANT USAGE ON SCHEMA permit TO older; \
         GRANT SELECT ON permit.t TO older",
    );
    for (from, code, words) in [
        ("permit.none", "DBS-020", "permit.none"),
        ("nowhere.t", "DBS-020", "nowhere"),
        ("select name, permit_no from permit.t", "DBS-021", "permit_no"),
        ("permit.odd", "DBS-023", "point"),
        ("select id, name, id from permit.t", "DBS-030", "id"),
        ("select id frm permit.t", "DBS-025", "42601"),
        ("select 1 as a; drop table permit.t", "DBS-025", "42601"),
        ("select 1/0 as a from permit.t", "DBS-025", "22012"),
        ("with gone as (delete from permit.t returning *) select * from gone", "DBS-031", ""),
        ("select * into permit.copy from permit.t", "DBS-033", ""),
        ("permit;t", "DBS-003", "permit;t"),
    ] {
        let error = fault(&server, from);
        assert!(error.to_string().contains(words), "{from}: {error}");
        assert_eq!(error.code(), code, "{from}: {error}");
    }
    let odd = fault(&server, "permit.odd");
    assert_eq!(odd.finding().column.as_deref(), Some("at"));
    assert_eq!(server.read("permit.t").unwrap().rows, 100, "nothing was deleted");

    let of = |user: &str, database: &str, password: Option<&str>| {
        let address = format!("postgresql://{user}@127.0.0.1:{}/{database}?statement_timeout=1", server.port);
        let password = password.and_then(|text| Password::new(text.to_owned()));
        let source = DatabaseSource { password, ..source_at(&address, &[(TableKind::Sources, "permit.t")]) };
        read_tables(&source, &Progress::none())
    };
    let code = |user: &str, database: &str, password: Option<&str>| {
        let error = of(user, database, password).unwrap_err();
        assert!(password.is_none_or(|password| !shown(&error).contains(password)), "{error}");
        error.code()
    };
    assert_eq!(code("fairdraw", "postgres", Some("wrong-secret")), "DBS-011");
    assert_eq!(code("nobody", "postgres", Some("wrong-secret")), "DBS-011");
    assert_eq!(code("fairdraw", "postgres", None), "DBS-012");
    assert_eq!(code("fairdraw", "elsewhere", Some(PASSWORD)), "DBS-016");
    assert_eq!(code("reader", "postgres", Some("lesen-4711")), "DBS-022");
    // md5, as older servers and their relatives have it: the server's list of who may come in asks for it by user
    let hba = server.data().join("pg_hba.conf");
    let lines = std::fs::read_to_string(&hba).unwrap();
    let first =
        "host all older 127.0.0.1/32 md5\nhost all reader 127.0.0.1/32 reject\nhostssl all ssl_only 127.0.0.1/32 md5\n";
    std::fs::write(&hba, format!("{first}{lines}")).unwrap();
    server.reload();
    assert_eq!(of("older", "postgres", Some("alt-4711")).unwrap()[0].rows, 100);
    assert_eq!(code("older", "postgres", Some("neu-4711")), "DBS-011");
    assert_eq!(code("reader", "postgres", Some("lesen-4711")), "DBS-019");

    let address = format!("{}?statement_timeout=1", server.address_text());
    let slow = source_at(&address, &[(TableKind::Sources, "select pg_sleep(20)::text as name, 1 as id")]);
    assert_eq!(read_tables(&slow, &Progress::none()).unwrap_err().code(), "DBS-024");
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_connection_cut_in_the_middle_takes_nothing() {
    let server = Server::start(&[]);
    let rows = "select i as id, repeat('厂', 200) as name from generate_series(1, 3000000) i";
    let killer = |pause: u64| {
        let mut client = server.client();
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_millis(pause));
                let killed = client
                    .query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY (%' AND pid <> pg_backend_pid()", &[])
                    .unwrap();
                if !killed.is_empty() {
                    return;
                }
            }
        })
    };
    for pause in [20, 150, 400] {
        let killing = killer(pause);
        let error = fault(&server, rows);
        killing.join().unwrap();
        assert_eq!(error.code(), "DBS-017", "{error}");
    }
    // the wire itself, cut after so many bytes
    for most in [0, 300, 700, 5_000, 2_000_000] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, to) = (listener.local_addr().unwrap().port(), server.port);
        let wire = std::thread::spawn(move || {
            let (client, _) = listener.accept().unwrap();
            let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
            let (mut from, mut back) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            let up = std::thread::spawn(move || {
                let _ = std::io::copy(&mut from, &mut back);
            });
            let (mut server, mut client) = (server, client);
            let mut left: usize = most;
            let mut buffer = [0; 4_096];
            while left > 0 {
                let want = buffer.len().min(left);
                let Ok(read @ 1..) = server.read(&mut buffer[..want]) else { break };
                if client.write_all(&buffer[..read]).is_err() {
                    break;
                }
                left -= read;
            }
            let _ = client.shutdown(std::net::Shutdown::Both);
            let _ = server.shutdown(std::net::Shutdown::Both);
            let _ = up.join();
        });
        let address = format!("postgresql://fairdraw@127.0.0.1:{port}/postgres");
        let error = read_tables(&source_at(&address, &[(TableKind::Sources, rows)]), &Progress::none()).unwrap_err();
        wire.join().unwrap();
        let code = error.code();
        assert!(["DBS-010", "DBS-017", "DBS-035"].contains(&code), "after {most} bytes: {error}");
        assert!(most < 5_000 || code == "DBS-017", "after {most} bytes: {error}");
    }
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_cancel_reaches_the_server() {
    let server = Server::start(&[]);
    for query in [
        "select pg_sleep(60)::text as name, 1 as id",
        "select i as id, repeat('厂', 200) as name from generate_series(1, 30000000) i",
    ] {
        let progress = Progress::none();
        let stopper = {
            let (progress, mut client) = (progress.clone(), server.client());
            std::thread::spawn(move || {
                let active = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY (%' AND state = 'active'";
                while client.query(active, &[]).unwrap().is_empty() {
                    std::thread::sleep(Duration::from_millis(20));
                }
                std::thread::sleep(Duration::from_millis(100));
                progress.cancel();
            })
        };
        let error = server.read_watched(query, &progress).unwrap_err();
        stopper.join().unwrap();
        assert_eq!(error.code(), "JOB-001", "{error}");
        let mut client = server.client();
        let still = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY (%' AND state = 'active' AND pid <> pg_backend_pid()";
        for _ in 0..100 {
            if client.query(still, &[]).unwrap().is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(client.query(still, &[]).unwrap().is_empty(), "the server still works at it");
    }
}

fn openssl(folder: &std::path::Path, arguments: &str) {
    let output = Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output().expect("openssl");
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "needs PostgreSQL and openssl"]
fn database_encrypted_connections_check_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let fresh = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30";
    openssl(at, &format!("req {fresh} -keyout ca.key -out ca.pem -subj /CN=Authority"));
    openssl(
        at,
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr -subj /CN=db.office",
    );
    std::fs::write(at.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    openssl(
        at,
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile names -out server.pem",
    );
    openssl(at, &format!("req {fresh} -keyout other.key -out other.pem -subj /CN=Other"));
    openssl(at, &format!("req {fresh} -keyout self.key -out self.pem -subj /CN=whatever"));
    let server = Server::start(&[]);
    server.sql("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
    let use_certificate = |name: &str| {
        let text = |ending: &str| std::fs::read_to_string(at.join(format!("{name}.{ending}"))).unwrap();
        let (certificate, key) = (server.file("tls.pem", &text("pem")), server.file("tls.key", &text("key")));
        let path = server.data().join("postgresql.auto.conf");
        let mut lines = std::fs::read_to_string(&path).unwrap();
        if !lines.contains("ssl = on") {
            lines +=
                &format!("ssl = on\nssl_cert_file = '{}'\nssl_key_file = '{}'\n", certificate.display(), key.display());
            std::fs::write(&path, lines).unwrap();
        }
        server.reload();
    };
    let read = |host: &str, mode: &str, root: &str| {
        let root = at.join(root);
        let address = format!(
            "postgresql://fairdraw@{host}:{}/postgres?sslmode={mode}&sslrootcert={}",
            server.port,
            root.display()
        );
        read_tables(&source_at(&address, &[(TableKind::Sources, "t")]), &Progress::none())
            .map(|found| found[0].rows)
            .map_err(|error| error.code())
    };
    assert_eq!(read("localhost", "verify-full", "ca.pem"), Err("DBS-013"), "not switched on yet");
    use_certificate("server");
    assert_eq!(read("localhost", "verify-full", "ca.pem"), Ok(2));
    assert_eq!(read("localhost", "require", "ca.pem"), Ok(2));
    assert_eq!(read("localhost", "verify-full", "other.pem"), Err("DBS-014"));
    assert_eq!(read("localhost", "verify-ca", "other.pem"), Err("DBS-014"));
    assert_eq!(read("127.0.0.1", "verify-full", "ca.pem"), Err("DBS-014"), "the certificate is of another name");
    assert_eq!(read("127.0.0.1", "verify-ca", "ca.pem"), Ok(2));
    assert_eq!(read("localhost", "verify-full", "none.pem"), Err("IO-001"));
    // a certificate that no authority signed, as openssl makes it: trusted by whoever has that very one
    use_certificate("self");
    assert_eq!(read("127.0.0.1", "verify-full", "self.pem"), Ok(2));
    assert_eq!(read("127.0.0.1", "verify-full", "ca.pem"), Err("DBS-014"));
    let system = format!("postgresql://fairdraw@localhost:{}/postgres?sslmode=verify-full", server.port);
    let error = read_tables(&source_at(&system, &[(TableKind::Sources, "t")]), &Progress::none()).unwrap_err();
    assert!(["DBS-014", "DBS-005"].contains(&error.code()), "{error}");
    // the password's proof is bound to the certificate, however that was signed
    let bound = |root: &str, rest: &str| {
        let address = format!(
            "postgresql://fairdraw@localhost:{}/postgres?sslmode=verify-ca&sslrootcert={}&{rest}",
            server.port,
            at.join(root).display()
        );
        read_tables(&source_at(&address, &[(TableKind::Sources, "t")]), &Progress::none())
            .map(|found| found[0].rows)
            .map_err(|error| error.code())
    };
    let kinds = [
        ("ec -pkeyopt ec_paramgen_curve:prime256v1 -sha256", Ok(2)),
        ("ec -pkeyopt ec_paramgen_curve:secp384r1 -sha384", Ok(2)),
        ("ec -pkeyopt ec_paramgen_curve:prime256v1 -sha512", Ok(2)),
        ("rsa:2048 -sha256", Ok(2)),
        ("rsa:2048 -sha384", Ok(2)),
        ("rsa:2048 -sha512", Ok(2)),
        // a signature without a hash of its own binds nothing
        ("ed25519", Err("DBS-038")),
    ];
    for (kind, required) in kinds {
        openssl(at, &format!("req -x509 -newkey {kind} -nodes -days 30 -keyout kind.key -out kind.pem -subj /CN=kind"));
        use_certificate("kind");
        assert_eq!(bound("kind.pem", "channel_binding=require"), required, "{kind}");
        assert_eq!(bound("kind.pem", "channel_binding=prefer"), Ok(2), "{kind}");
        assert_eq!(bound("kind.pem", "channel_binding=disable"), Ok(2), "{kind}");
    }
    use_certificate("self");
    // md5 binds nothing
    server.sql("SET password_encryption = 'md5'; CREATE USER older PASSWORD 'alt-4711'; GRANT SELECT ON t TO older");
    let older = |rest: &str| {
        let address = format!(
            "postgresql://older@127.0.0.1:{}/postgres?sslmode=verify-ca&sslrootcert={}{rest}",
            server.port,
            at.join("self.pem").display()
        );
        let password = Password::new("alt-4711".to_owned());
        let source = DatabaseSource { password, ..source_at(&address, &[(TableKind::Sources, "t")]) };
        read_tables(&source, &Progress::none()).map(|found| found[0].rows).map_err(|error| error.code())
    };
    let hba = server.data().join("pg_hba.conf");
    let lines = std::fs::read_to_string(&hba).unwrap();
    std::fs::write(&hba, format!("hostssl all older 127.0.0.1/32 md5\n{lines}")).unwrap();
    server.reload();
    assert_eq!(older(""), Ok(2));
    assert_eq!(older("&channel_binding=require"), Err("DBS-038"));
    // and the cancel goes by the encrypted road too
    std::fs::write(&hba, format!("hostnossl all all 127.0.0.1/32 reject\n{lines}")).unwrap();
    server.reload();
    let error = server.read("t").unwrap_err();
    assert_eq!(error.code(), "DBS-019", "{error}");
}
