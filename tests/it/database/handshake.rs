//! Servers that are none, or that greet in a way that no stock client knows. Ordinary tests: a listener on loopback.

use std::io::{Read, Write};
use std::net::TcpListener;

use fairdraw::diagnostic::{AppError, Progress};
use fairdraw::engine::database::read_tables;
use fairdraw::registry::TableKind;

use super::server::{PASSWORD, shown, source_at};

/// What a client says of a server that answers its greeting with these bytes and then closes.
fn greeted(answer: &'static [u8]) -> AppError {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut greeting = [0; 1024];
        let _ = stream.read(&mut greeting);
        let _ = stream.write_all(answer);
        // what a client says to that is not waited for long
        stream.set_read_timeout(Some(std::time::Duration::from_millis(300))).unwrap();
        let _ = stream.read(&mut greeting);
    });
    let source = source_at(&format!("postgresql://fd@127.0.0.1:{port}/d"), &[(TableKind::Sources, "a.b")]);
    let error = read_tables(&source, &Progress::none()).unwrap_err();
    server.join().unwrap();
    assert!(!shown(&error).contains(PASSWORD), "{error}");
    error
}

/// An authentication request with this code and body.
macro_rules! request {
    ($code:expr, $body:expr) => {{
        const BODY: &[u8] = $body;
        const LENGTH: usize = BODY.len() + 9;
        const BYTES: [u8; LENGTH] = {
            let mut bytes = [0; LENGTH];
            bytes[0] = b'R';
            bytes[4] = (LENGTH - 1) as u8;
            bytes[8] = $code;
            let mut at = 0;
            while at < BODY.len() {
                bytes[9 + at] = BODY[at];
                at += 1;
            }
            bytes
        };
        &BYTES
    }};
}

#[test]
fn an_unknown_handshake_is_one_sentence_for_the_administrator() {
    for answer in [
        // openGauss: SHA256, its own body behind the code of SASL
        &request!(10, b"\0\0\0\x02abcdefghijklmnopqrstuvwxyz0123456789")[..],
        &request!(10, b"SHA256-ONLY\0\0")[..],
        // GaussDB's MD5_SHA256, SM3, GSSAPI, SSPI, a code of nobody's
        request!(11, b"salt"),
        request!(13, b"\0\0\0\x01"),
        request!(7, b""),
        request!(9, b""),
        request!(99, b""),
    ] {
        let error = greeted(answer);
        assert_eq!(error.code(), "DBS-015", "{answer:?}: {error}");
        let text = error.to_string();
        assert!(text.contains("password_encryption_type = 1") && text.contains("SM3"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }
}

#[test]
fn what_is_no_server_is_told() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let source = source_at(&format!("postgresql://fd@127.0.0.1:{free}/d"), &[(TableKind::Sources, "a.b")]);
    let error = read_tables(&source, &Progress::none()).unwrap_err();
    assert_eq!(error.code(), "DBS-010");
    assert!(error.to_string().contains("端口上没有服务"), "{error}");
    for answer in
        [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"", b"R\0\0", b"\x16\x03\x01", &[b'R', 0xFF, 0xFF, 0xFF, 0xFF, 0]]
    {
        let code = greeted(answer).code();
        assert!(["DBS-010", "DBS-015", "DBS-035", "DBS-017", "DBS-026"].contains(&code), "{answer:?}: {code}");
    }
}

#[test]
fn a_job_that_waits_for_a_silent_server_can_be_cancelled() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let progress = Progress::none();
    let stopper = {
        let progress = progress.clone();
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            progress.cancel();
            stream
        })
    };
    let source = source_at(&format!("postgresql://fd@127.0.0.1:{port}/d"), &[(TableKind::Sources, "a.b")]);
    assert_eq!(read_tables(&source, &progress).unwrap_err().code(), "JOB-001");
    drop(stopper.join().unwrap());
}

#[test]
fn a_server_without_encryption_is_refused_where_it_is_wanted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut greeting = [0; 8];
        stream.read_exact(&mut greeting).unwrap();
        stream.write_all(b"N").unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        rest
    });
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("ca.pem");
    std::fs::write(&root, include_str!("../../fixtures/database/ca.pem")).unwrap();
    let address = format!("postgresql://fd@127.0.0.1:{port}/d?sslmode=verify-full&sslrootcert={}", root.display());
    let error = read_tables(&source_at(&address, &[(TableKind::Sources, "a.b")]), &Progress::none()).unwrap_err();
    assert_eq!(error.code(), "DBS-013", "{error}");
    assert!(heard.join().unwrap().is_empty(), "nothing was said in the clear");
    std::fs::write(&root, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    let error = read_tables(&source_at(&address, &[(TableKind::Sources, "a.b")]), &Progress::none()).unwrap_err();
    assert_eq!(error.code(), "DBS-005", "{error}");
}
