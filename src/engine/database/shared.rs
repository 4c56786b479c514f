//! A project's log and files on a server, so that several desks work on one project.
//!
//! Invariants, which the server holds whatever a client does: a line of the log has the next number and carries the
//! SHA-256 of the line before it; lines and bytes once written are neither changed nor removed; a deed is one
//! transaction under one advisory lock, whole or not at all. Bytes are addressed by their SHA-256 and lie in parts of
//! 1 MiB, so that no value comes near the protocol's limits. A seal's secret never comes here: it stays at the desk that
//! sealed, and in its envelope.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::DatabaseTarget;
use super::address::Address;
use super::fault::{self, asking};
use super::members;
use super::session::Session;
use super::sql::{only_grows, quoted, text_literal};
use crate::diagnostic::{AppError, AppResult, Finding, Progress};

/// Bytes of a part of a file.
const PART: usize = 1 << 20;
/// How long a desk waits while another writes.
const WAIT: Duration = Duration::from_secs(20);
/// How often it asks again.
const LOOK: Duration = Duration::from_millis(100);

/// Tables, rules and triggers of a shared project; `{s}` is its schema.
const TABLES: &str = r"
CREATE TABLE {s}.log (sequence bigint PRIMARY KEY, line text NOT NULL,
  written_by name NOT NULL DEFAULT session_user, written_at timestamp with time zone NOT NULL DEFAULT now());
CREATE TABLE {s}.part (sha256 text NOT NULL, at integer NOT NULL, bytes bytea NOT NULL, PRIMARY KEY (sha256, at));
CREATE TABLE {s}.content (sha256 text PRIMARY KEY, bytes bigint NOT NULL, parts integer NOT NULL);
COMMENT ON TABLE {s}.log IS '双随机：操作日志，逐行相链，只能追加';
COMMENT ON TABLE {s}.content IS '双随机：项目文件，以内容的校验值为名，只能追加';
COMMENT ON TABLE {s}.part IS '双随机：项目文件的内容，每份不超过一兆字节';
CREATE FUNCTION {s}.kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '双随机共享项目的日志与文件只能追加，不能更改或删除' USING ERRCODE = '55000'; END $$;
CREATE FUNCTION {s}.chained() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_number bigint; last_hash text;
BEGIN
  SELECT l.sequence, pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(l.line, 'UTF8')), 'hex')
    INTO last_number, last_hash FROM {s}.log l ORDER BY l.sequence DESC LIMIT 1;
  IF NEW.sequence IS DISTINCT FROM COALESCE(last_number, 0) + 1
    OR (NEW.line::json ->> 'sequence')::bigint IS DISTINCT FROM NEW.sequence
    OR COALESCE(NEW.line::json ->> 'previous', '') IS DISTINCT FROM COALESCE(last_hash, '') THEN
    RAISE EXCEPTION '双随机共享项目的日志不能接上：第 % 行', NEW.sequence USING ERRCODE = '55000';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER chained BEFORE INSERT ON {s}.log FOR EACH ROW EXECUTE FUNCTION {s}.chained();
";

/// Tables that only grow.
const GROWING: [&str; 5] = ["log", "part", "content", "reported", "taken"];

/// How a transaction ended whose answer may have been lost.
#[derive(Debug)]
pub enum Ending {
    /// It stands.
    Written,
    /// It does not.
    Refused(AppError),
    /// The connection was cut before the answer came.
    Unknown(AppError),
}

impl Ending {
    /// Whether it stands, for work that can be done again whatever became of it.
    ///
    /// # Errors
    /// Why it does not, or why that can't be known.
    pub fn or_again(self) -> AppResult<()> {
        match self {
            Self::Written => Ok(()),
            Self::Refused(error) | Self::Unknown(error) => Err(error),
        }
    }
}

/// A transaction on a shared project's log, which nobody else writes meanwhile. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct SharedLog(pub(super) Session);

fn damaged(what: &str, address: &Address) -> AppError {
    Finding::error("SHR-006", "共享项目在服务器上的文件不完整")
        .value(what)
        .hint("请管理员用数据库的备份恢复；本机的项目没有改动")
        .file(address.to_string())
        .into()
}

impl SharedLog {
    /// Connects and begins: from here on this desk alone writes, until the end or until it goes.
    ///
    /// # Errors
    /// `SHR-005` while another desk is writing, `DBS-…`, `JOB-001`.
    pub fn begin(target: &DatabaseTarget, progress: &Progress) -> AppResult<Self> {
        let mut session = Session::connect(target, progress)?;
        // the work between two statements is this desk's own and may take its time
        session.run(&format!(
            "BEGIN; SET LOCAL lock_timeout = '{}s'; SET LOCAL idle_in_transaction_session_timeout = 0",
            WAIT.as_secs()
        ))?;
        let name = text_literal(&format!("fairdraw shared {}", session.schema));
        let asked = format!("SELECT pg_try_advisory_xact_lock(hashtext({name}))");
        let begun = Instant::now();
        // asked again and again: whoever waits may give up at any moment
        while !session.query(&asked, &[])?.first().is_some_and(|row| row.get(0)) {
            progress.check()?;
            if begun.elapsed() > WAIT {
                return Err(fault::busy(&session.address));
            }
            progress.begin("等待另一处写完", 0);
            std::thread::sleep(LOOK);
        }
        Ok(Self(session))
    }

    /// True where the schema holds a shared project.
    ///
    /// # Errors
    /// `DBS-…`.
    pub fn is_there(&mut self) -> AppResult<bool> {
        let sql = "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
            WHERE n.nspname = $1::text AND c.relname = 'log'";
        let schema = self.0.schema.clone();
        Ok(!self.0.query(sql, &[&schema])?.is_empty())
    }

    /// Makes the tables of a shared project where there is none, and the schema.
    ///
    /// # Errors
    /// `SHR-008` where the server can't hold one, `DBS-…`.
    pub fn create(&mut self) -> AppResult<()> {
        if self.0.query("SELECT 1 FROM pg_catalog.pg_proc WHERE proname = 'sha256'", &[])?.is_empty() {
            return Err(Finding::error("SHR-008", "服务器的版本不能存放共享项目")
                .expected("PostgreSQL 11 以上，或与其相当（有 sha256 函数）")
                .file(self.0.address.to_string())
                .into());
        }
        let schema = quoted(&self.0.schema)?;
        let words = text_literal("双随机：共享项目，内部使用");
        self.0.run(&format!("CREATE SCHEMA IF NOT EXISTS {schema}; COMMENT ON SCHEMA {schema} IS {words}"))?;
        for tables in [TABLES, members::TABLES] {
            self.0.run(&tables.replace("{s}", &schema))?;
        }
        for table in GROWING {
            self.0.run(&only_grows(&format!("{schema}.{table}"), &format!("{schema}.kept")))?;
        }
        // whoever makes it is an office
        self.0.run(&format!("INSERT INTO {schema}.member (role) VALUES (session_user)"))
    }

    /// Lines of the log behind the first `known`, the last of these in front.
    ///
    /// # Errors
    /// `SHR-007` where there is no shared project, `DBS-…`.
    pub fn lines_from(&mut self, known: u64) -> AppResult<Vec<String>> {
        if !self.is_there()? {
            return Err(Finding::error("SHR-007", "服务器上没有这个共享项目，或此用户无权读取")
                .value(&self.0.schema)
                .file(self.0.address.to_string())
                .into());
        }
        let sql = format!("SELECT line FROM {} WHERE sequence >= $1 ORDER BY sequence", self.0.table("log")?);
        let from = i64::try_from(known).unwrap_or(i64::MAX);
        Ok(self.0.query(&sql, &[&from])?.iter().map(|row| row.get(0)).collect())
    }

    /// Writes the bytes with this hash.
    ///
    /// # Errors
    /// `SHR-006` where the server has not all of them, `DBS-…`, the writer's as `SHR-006`.
    pub fn load(&mut self, sha256: &str, to: &mut dyn Write) -> AppResult<()> {
        let known = format!("SELECT bytes, parts FROM {} WHERE sha256 = $1", self.0.table("content")?);
        let part = format!("SELECT bytes FROM {} WHERE sha256 = $1 AND at = $2", self.0.table("part")?);
        let Some((bytes, parts)) =
            self.0.query(&known, &[&sha256])?.first().map(|row| (row.get::<_, i64>(0), row.get::<_, i32>(1)))
        else {
            return Err(damaged(sha256, &self.0.address));
        };
        let mut written = 0;
        for at in 0..parts {
            self.0.progress.check()?;
            let rows = self.0.query(&part, &[&sha256, &at])?;
            let Some(row) = rows.first() else { return Err(damaged(sha256, &self.0.address)) };
            let part: &[u8] = row.get(0);
            written += part.len() as i64;
            to.write_all(part).map_err(|cause| damaged(sha256, &self.0.address).caused_by(cause))?;
        }
        if written == bytes { Ok(()) } else { Err(damaged(sha256, &self.0.address)) }
    }

    /// Puts bytes with their hash there; nothing happens where they are.
    ///
    /// # Errors
    /// `DBS-…`, the reader's.
    pub fn put(&mut self, sha256: &str, mut from: impl Read) -> AppResult<()> {
        let (content, part) = (self.0.table("content")?, self.0.table("part")?);
        if !self.0.query(&format!("SELECT 1 FROM {content} WHERE sha256 = $1"), &[&sha256])?.is_empty() {
            return Ok(());
        }
        let insert = format!("INSERT INTO {part} (sha256, at, bytes) VALUES ($1, $2, $3)");
        let (mut bytes, mut parts) = (0_i64, 0_i32);
        loop {
            self.0.progress.check()?;
            let mut buffer = Vec::new();
            let read = (&mut from).take(PART as u64).read_to_end(&mut buffer);
            read.map_err(|cause| AppError::new("SHR-026", "写入共享项目时，项目文件不能读取").caused_by(cause))?;
            if buffer.is_empty() {
                break;
            }
            self.0.query(&insert, &[&sha256, &parts, &buffer])?;
            bytes += buffer.len() as i64;
            parts += 1;
        }
        self.0.query(
            &format!("INSERT INTO {content} (sha256, bytes, parts) VALUES ($1, $2, $3)"),
            &[&sha256, &bytes, &parts],
        )?;
        Ok(())
    }

    /// Appends a line.
    ///
    /// # Errors
    /// `DBS-…`: the server refuses one that does not follow the last.
    pub fn append(&mut self, sequence: u64, line: &str) -> AppResult<()> {
        let sql = format!("INSERT INTO {} (sequence, line) VALUES ($1, $2)", self.0.table("log")?);
        self.0.query(&sql, &[&i64::try_from(sequence).unwrap_or(i64::MAX), &line]).map(|_| ())
    }

    /// Ends the transaction: all of it stands, or nothing, or it can't be known.
    #[must_use]
    pub fn commit(mut self) -> Ending {
        match self.0.send("COMMIT") {
            Ok(()) => Ending::Written,
            Err(error) => {
                let told = asking(&error, &self.0.address, Some(&self.0.schema), &Progress::none());
                // a server that is being stopped (class 57P) may have written it already
                let said = error.as_db_error().filter(|said| !said.code().code().starts_with("57P"));
                if said.is_some() { Ending::Refused(told) } else { Ending::Unknown(told) }
            }
        }
    }
}
