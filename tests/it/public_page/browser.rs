//! A headless Chromium on a page.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

/// One browser at a time: what is measured in it is not slowed by another.
static ALONE: Mutex<()> = Mutex::new(());

/// The document as it stands after its scripts have run, at a window of `width` pixels.
pub(super) fn document(address: &str, width: u32) -> String {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let profile = tempfile::tempdir().unwrap();
    let out = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--window-size={width},900"))
        .arg(address)
        .output()
        .expect("chromium");
    String::from_utf8(out.stdout).unwrap()
}

/// The `file://` address of a page written into `folder`.
pub(super) fn put(folder: &Path, name: &str, page: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, page).unwrap();
    format!("file://{}", path.display())
}

/// A web server on this machine that knows one page; gives its address and the paths asked for so far.
pub(super) fn serve(page: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut line = String::new();
            if BufReader::new(&stream).read_line(&mut line).is_err() || line.is_empty() {
                continue;
            }
            told.lock().unwrap().push(line.split(' ').nth(1).unwrap_or_default().to_owned());
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: \
                 close\r\n\r\n",
                page.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(page.as_bytes()));
        }
    });
    (address, asked)
}

/// What a script of the page left in the element with the id `answer`.
pub(super) fn answer(document: &str) -> String {
    let (_, rest) = document
        .split_once("id=\"answer\">")
        .unwrap_or_else(|| panic!("no answer: {}", document.chars().take(2000).collect::<String>()));
    rest.split("</pre>").next().unwrap().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
