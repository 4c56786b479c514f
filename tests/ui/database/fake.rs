//! A server of the tests' own: as much of PostgreSQL's protocol as the program asks for, with tables from memory. What a
//! real server answers is held by the tests called `database_…`.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Types by their numbers.
const OID: u32 = 26;
const TEXT: u32 = 25;
const FLOAT8: u32 = 701;
const OIDS: u32 = 1028;
/// A point of the plane, which has no place in a table.
pub const POINT: u32 = 600;

/// A table of the server's.
#[derive(Clone, Default)]
pub struct FakeTable {
    pub schema: &'static str,
    pub name: &'static str,
    pub comment: &'static str,
    pub estimate: Option<f64>,
    /// Names and what is said of them.
    pub columns: Vec<(String, &'static str)>,
    /// The type of the last column, where it is no text.
    pub last: Option<u32>,
    pub rows: Vec<Vec<String>>,
}

/// What becomes of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Copy {
    #[default]
    Whole,
    /// Half of the rows, then the line is cut.
    Cut,
    /// Nothing comes until the program cancels.
    Waits,
    /// It takes too long by the server's own limit.
    TooLong,
}

#[derive(Default)]
pub struct State {
    pub tables: Vec<FakeTable>,
    pub password: Option<String>,
    pub copy: Copy,
    pub cancels: usize,
    pub logins: usize,
    /// Every statement that came.
    pub asked: Vec<String>,
}

/// The server; its threads end with the test.
pub struct Fake {
    pub port: u16,
    pub state: Arc<Mutex<State>>,
}

impl Fake {
    pub fn start(tables: Vec<FakeTable>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State { tables, ..State::default() }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // a line that breaks ends its own conversation only
                std::thread::spawn(move || drop(Conversation::new(stream, state).run()));
            }
        });
        Self { port, state }
    }

    pub fn address(&self) -> String {
        format!("postgresql://fd@127.0.0.1:{}/hjjc", self.port)
    }

    pub fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap())
    }
}

struct Conversation {
    stream: TcpStream,
    state: Arc<Mutex<State>>,
    statements: HashMap<String, String>,
    bound: String,
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend((body.len() as i32 + 4).to_be_bytes());
    bytes.extend(body);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    [text.as_bytes(), &[0]].concat()
}

fn error(code: &str, words: &str) -> Vec<u8> {
    let fields = [("S", "ERROR"), ("V", "ERROR"), ("C", code), ("M", words)];
    let mut body: Vec<u8> = fields.iter().flat_map(|(name, value)| [name.as_bytes(), &text(value)].concat()).collect();
    body.push(0);
    message(b'E', &body)
}

fn field(bytes: Option<Vec<u8>>) -> Vec<u8> {
    match bytes {
        None => (-1_i32).to_be_bytes().to_vec(),
        Some(bytes) => [&(bytes.len() as i32).to_be_bytes()[..], &bytes].concat(),
    }
}

fn row(cells: Vec<Option<Vec<u8>>>) -> Vec<u8> {
    let mut body = (cells.len() as i16).to_be_bytes().to_vec();
    for cell in cells {
        body.extend(field(cell));
    }
    body
}

impl Conversation {
    fn new(stream: TcpStream, state: Arc<Mutex<State>>) -> Self {
        Self { stream, state, statements: HashMap::new(), bound: String::new() }
    }

    fn say(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes)
    }

    fn ready(&mut self) -> std::io::Result<()> {
        self.say(&message(b'Z', b"I"))
    }

    fn hear(&mut self, with_kind: bool) -> std::io::Result<(u8, Vec<u8>)> {
        let mut kind = [0];
        if with_kind {
            self.stream.read_exact(&mut kind)?;
        }
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let mut body = vec![0; i32::from_be_bytes(length) as usize - 4];
        self.stream.read_exact(&mut body)?;
        Ok((kind[0], body))
    }

    fn run(mut self) -> std::io::Result<()> {
        let (_, greeting) = self.hear(false)?;
        match u32::from_be_bytes(greeting[..4].try_into().unwrap()) {
            80_877_102 => {
                self.state.lock().unwrap().cancels += 1;
                return Ok(());
            }
            80_877_103 => return self.say(b"N"),
            _ => {}
        }
        let wanted = self.state.lock().unwrap().password.clone();
        if let Some(wanted) = wanted {
            self.say(&message(b'R', &3_i32.to_be_bytes()))?;
            let (_, given) = self.hear(true)?;
            if given != text(&wanted) {
                return self.say(&error("28P01", "password authentication failed for user \"fd\""));
            }
        }
        self.state.lock().unwrap().logins += 1;
        self.say(&message(b'R', &0_i32.to_be_bytes()))?;
        self.say(&message(b'K', &[0, 0, 0, 7, 0, 0, 0, 9]))?;
        self.ready()?;
        let mut failed = false;
        loop {
            let (kind, body) = self.hear(true)?;
            let answer = match kind {
                b'X' => return Ok(()),
                b'Q' => [message(b'C', &text("OK")), message(b'Z', b"I")].concat(),
                b'S' => {
                    failed = false;
                    message(b'Z', b"I")
                }
                _ if failed => continue,
                b'P' => {
                    let mut parts = body.split(|byte| *byte == 0);
                    let mut part = || String::from_utf8(parts.next().unwrap().to_vec()).unwrap();
                    let (name, query) = (part(), part());
                    self.state.lock().unwrap().asked.push(query.clone());
                    self.statements.insert(name, query);
                    message(b'1', b"")
                }
                b'D' => self.describe(&String::from_utf8_lossy(&body[1..body.len() - 1])),
                b'B' => {
                    let mut parts = body.split(|byte| *byte == 0);
                    let name = String::from_utf8(parts.nth(1).unwrap().to_vec()).unwrap();
                    self.bound = self.statements[&name].clone();
                    message(b'2', b"")
                }
                b'E' => match self.execute()? {
                    Some(answer) => answer,
                    None => return Ok(()),
                },
                b'C' => message(b'3', b""),
                _ => continue,
            };
            failed |= answer.first() == Some(&b'E');
            self.say(&answer)?;
        }
    }

    /// The table that a query reads.
    fn table(&self, query: &str) -> Option<FakeTable> {
        let state = self.state.lock().unwrap();
        let found =
            state.tables.iter().find(|table| query.contains(&format!("\"{}\".\"{}\"", table.schema, table.name)));
        // a query of the user's own reads the first
        found.or_else(|| state.tables.first().filter(|_| query.contains("select "))).cloned()
    }

    fn describe(&self, name: &str) -> Vec<u8> {
        let query = &self.statements[name];
        let (mut parameters, mut columns): (Vec<u32>, Vec<(String, u32)>) = (Vec::new(), Vec::new());
        let named = |kinds: &[u32]| kinds.iter().enumerate().map(|(at, kind)| (format!("c{at}"), *kind)).collect();
        if query.contains("FROM pg_catalog.pg_class c JOIN") {
            columns = named(&[OID, TEXT, TEXT, TEXT, FLOAT8, TEXT]);
        } else if query.contains("FROM pg_catalog.pg_attribute a WHERE") {
            (parameters, columns) = (vec![OIDS], named(&[OID, TEXT, TEXT]));
        } else if query.contains("pg_index") {
            (parameters, columns) = (vec![TEXT], named(&[TEXT]));
        } else if !query.starts_with("COPY") {
            let Some(table) = self.table(query) else { return error("42P01", "relation does not exist") };
            let last = table.columns.len() - 1;
            let kind = |at: usize| if at == last { table.last.unwrap_or(TEXT) } else { TEXT };
            columns = table.columns.iter().enumerate().map(|(at, (name, _))| (name.clone(), kind(at))).collect();
        }
        let mut body = (parameters.len() as i16).to_be_bytes().to_vec();
        for kind in parameters {
            body.extend(kind.to_be_bytes());
        }
        let mut answer = message(b't', &body);
        if columns.is_empty() {
            answer.extend(message(b'n', b""));
            return answer;
        }
        let mut body = (columns.len() as i16).to_be_bytes().to_vec();
        for (name, kind) in columns {
            body.extend(text(&name));
            body.extend([0; 6]);
            body.extend(kind.to_be_bytes());
            body.extend((-1_i16).to_be_bytes());
            body.extend((-1_i32).to_be_bytes());
            body.extend([0; 2]);
        }
        answer.extend(message(b'T', &body));
        answer
    }

    /// The answer to what is bound; `None` where the line is cut.
    fn execute(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let query = self.bound.clone();
        let done = message(b'C', &text("SELECT 1"));
        let bytes = |text: &str| Some(text.as_bytes().to_vec());
        let tables = self.state.lock().unwrap().tables.clone();
        let oid = |at: usize| Some((at as u32 + 100).to_be_bytes().to_vec());
        let mut answer = Vec::new();
        if query.contains("FROM pg_catalog.pg_class c JOIN") {
            for (at, table) in tables.iter().enumerate() {
                let estimate = table.estimate.map(|rows| rows.to_be_bytes().to_vec());
                let cells =
                    vec![oid(at), bytes(table.schema), bytes(table.name), bytes("r"), estimate, bytes(table.comment)];
                answer.extend(message(b'D', &row(cells)));
            }
        } else if query.contains("FROM pg_catalog.pg_attribute a WHERE") {
            for (at, table) in tables.iter().enumerate() {
                for (name, comment) in &table.columns {
                    answer.extend(message(b'D', &row(vec![oid(at), bytes(name), bytes(comment)])));
                }
            }
        } else if query.starts_with("COPY") {
            return self.copy(&query).map(Some).or_else(|cut| match cut.kind() {
                std::io::ErrorKind::ConnectionAborted => Ok(None),
                _ => Err(cut),
            });
        }
        answer.extend(done);
        Ok(Some(answer))
    }

    fn copy(&mut self, query: &str) -> std::io::Result<Vec<u8>> {
        let how = self.state.lock().unwrap().copy;
        let Some(table) = self.table(query) else { return Ok(error("42P01", "relation does not exist")) };
        if how == Copy::TooLong {
            return Ok(error("57014", "canceling statement due to statement timeout"));
        }
        self.say(&message(b'H', &[1, 0, 0]))?;
        if how == Copy::Waits {
            while self.state.lock().unwrap().cancels == 0 {
                std::thread::sleep(Duration::from_millis(5));
            }
            return Ok(error("57014", "canceling statement due to user request"));
        }
        let mut data = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
        let most = if query.contains(" LIMIT 100") { 100 } else { usize::MAX };
        for cells in table.rows.iter().take(most) {
            let cells = cells.iter().map(|cell| Some(cell.as_bytes().to_vec()).filter(|cell| !cell.is_empty()));
            data.extend(row(cells.collect()));
        }
        if how == Copy::Cut {
            data.truncate(data.len() / 2);
            self.say(&message(b'd', &data))?;
            self.stream.shutdown(std::net::Shutdown::Both)?;
            return Err(std::io::ErrorKind::ConnectionAborted.into());
        }
        data.extend((-1_i16).to_be_bytes());
        Ok([message(b'd', &data), message(b'c', b""), message(b'C', &text("COPY"))].concat())
    }
}
