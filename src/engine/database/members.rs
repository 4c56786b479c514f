//! Who takes part in a shared project, and what a body sees and says of it.
//!
//! Invariants, which the server holds (row-level security): a body sees its own targets, and those of others once they
//! are public; it adds results of its own targets alone, under its own name, and changes none; nobody but the offices
//! sees log and files.

use std::collections::BTreeMap;

use super::DatabaseTarget;
use super::session::Session;
use super::shared::SharedLog;
use super::sql::{quoted, text_literal};
use crate::diagnostic::{AppResult, Finding, Progress};

/// Tables, rules and triggers; `{s}` is the project's schema.
pub(super) const TABLES: &str = r"
CREATE TABLE {s}.member (role name PRIMARY KEY, body text);
CREATE TABLE {s}.target (code text PRIMARY KEY, body text NOT NULL, month text NOT NULL, form jsonb NOT NULL,
  is_public boolean NOT NULL);
CREATE TABLE {s}.reported (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL,
  body text NOT NULL, cells jsonb NOT NULL, reported_by name NOT NULL DEFAULT session_user,
  reported_at timestamp with time zone NOT NULL DEFAULT now());
CREATE TABLE {s}.taken (number bigint PRIMARY KEY REFERENCES {s}.reported, line bigint NOT NULL, said text NOT NULL);
COMMENT ON TABLE {s}.member IS '双随机：参加共享项目的用户；没有主体的是办公室';
COMMENT ON TABLE {s}.target IS '双随机：检查任务；各主体只见自己的，公开后可见全部';
COMMENT ON TABLE {s}.reported IS '双随机：各主体填报的检查结果，只能追加';
COMMENT ON TABLE {s}.taken IS '双随机：填报的结果由办公室取入操作日志的哪一行，结论如何';
CREATE FUNCTION {s}.is_office() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT 1 FROM {s}.member m WHERE m.role = session_user AND m.body IS NULL) $$;
CREATE FUNCTION {s}.is_of(whose text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT 1 FROM {s}.member m WHERE m.role = session_user AND (m.body IS NULL OR m.body = whose)) $$;
CREATE FUNCTION {s}.body_of(which text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT t.body FROM {s}.target t WHERE t.code = which $$;
ALTER TABLE {s}.target ENABLE ROW LEVEL SECURITY;
ALTER TABLE {s}.reported ENABLE ROW LEVEL SECURITY;
ALTER TABLE {s}.taken ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON {s}.target FOR SELECT USING (is_public OR {s}.is_of(body));
CREATE POLICY written ON {s}.target FOR ALL USING ({s}.is_office()) WITH CHECK ({s}.is_office());
CREATE POLICY seen ON {s}.reported FOR SELECT USING ({s}.is_of(body));
CREATE POLICY added ON {s}.reported FOR INSERT
  WITH CHECK (reported_by = session_user AND {s}.is_of(body) AND body = {s}.body_of(code));
CREATE POLICY seen ON {s}.taken FOR SELECT
  USING (EXISTS (SELECT 1 FROM {s}.reported r WHERE r.number = taken.number));
CREATE POLICY added ON {s}.taken FOR INSERT WITH CHECK ({s}.is_office());
";

/// What is read of a check.
const TARGET: &str = "SELECT code, body, month, form::text, is_public FROM";

/// A user of the server who takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The server's user.
    pub role: String,
    /// The body it works for; `None` for an office, which sees and does all.
    pub body: Option<String>,
}

/// A check that a body has to do, as the bodies see it.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedTarget {
    /// Plan code.
    pub code: String,
    /// The body.
    pub body: String,
    /// Its month.
    pub month: String,
    /// What its form says beforehand, as JSON.
    pub form: serde_json::Value,
    /// True once everybody may know it.
    pub is_public: bool,
}

/// A result that a body reported and no office has taken in yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// Its number.
    pub number: i64,
    /// Plan code.
    pub code: String,
    /// Heading → text.
    pub cells: BTreeMap<String, String>,
}

impl SharedLog {
    /// Lets a user of the server take part.
    ///
    /// # Errors
    /// `SHR-017` where the server has no such user, `DBS-…`.
    pub fn add_member(&mut self, member: &Member) -> AppResult<()> {
        if self.0.query("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1::text", &[&member.role])?.is_empty() {
            return Err(Finding::error("SHR-017", "服务器上没有这个用户")
                .value(&member.role)
                .hint("请数据库管理员先建立用户（CREATE ROLE … LOGIN）")
                .into());
        }
        self.remove_member(&member.role)?;
        let sql = format!("INSERT INTO {} (role, body) VALUES ($1::text, $2)", self.0.table("member")?);
        self.0.query(&sql, &[&member.role, &member.body])?;
        let (schema, role) = (quoted(&self.0.schema)?, quoted(&member.role)?);
        let rights: &[(&str, &str)] = match member.body {
            None => &[
                ("SELECT, INSERT", "log"),
                ("SELECT, INSERT", "part"),
                ("SELECT, INSERT", "content"),
                ("SELECT, INSERT, UPDATE, DELETE", "target"),
                ("SELECT", "reported"),
                ("SELECT, INSERT", "taken"),
                ("SELECT", "member"),
            ],
            Some(_) => &[("SELECT", "target"), ("SELECT, INSERT", "reported"), ("SELECT", "taken")],
        };
        let granted = |(right, table): &(&str, &str)| format!("GRANT {right} ON {schema}.{table} TO {role};");
        let rights: Vec<String> = rights.iter().map(granted).collect();
        self.0.run(&format!("GRANT USAGE ON SCHEMA {schema} TO {role};{}", rights.concat()))
    }

    /// True for the user that is logged in.
    ///
    /// # Errors
    /// `DBS-…`.
    pub fn is_own_role(&mut self, role: &str) -> AppResult<bool> {
        let rows = self.0.query("SELECT session_user = $1::text::name", &[&role])?;
        Ok(rows.first().is_some_and(|row| row.get(0)))
    }

    /// Ends a user's part; true where it had one.
    ///
    /// # Errors
    /// `DBS-…`.
    pub fn remove_member(&mut self, role: &str) -> AppResult<bool> {
        let sql = format!("DELETE FROM {} WHERE role = $1::text RETURNING 1", self.0.table("member")?);
        if self.0.query(&sql, &[&role])?.is_empty() {
            return Ok(false);
        }
        let (schema, role) = (quoted(&self.0.schema)?, quoted(role)?);
        self.0.run(&format!(
            "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}; REVOKE ALL ON SCHEMA {schema} FROM {role}"
        ))?;
        Ok(true)
    }

    /// Who takes part, by user.
    ///
    /// # Errors
    /// `DBS-…`.
    pub fn members(&mut self) -> AppResult<Vec<Member>> {
        let sql = format!("SELECT role::text, body FROM {} ORDER BY role", self.0.table("member")?);
        Ok(self.0.query(&sql, &[])?.iter().map(|row| Member { role: row.get(0), body: row.get(1) }).collect())
    }

    /// Puts the checks there as they stand; gives how many were changed, came or went.
    ///
    /// # Errors
    /// `DBS-…`.
    pub fn put_targets(&mut self, targets: &[SharedTarget]) -> AppResult<usize> {
        let place = self.0.table("target")?;
        let rows = self.0.query(&format!("{TARGET} {place}"), &[])?;
        let mut there: BTreeMap<String, SharedTarget> =
            rows.iter().map(target_of).map(|t| (t.code.clone(), t)).collect();
        let put = format!(
            "INSERT INTO {place} (code, body, month, form, is_public) VALUES ($1, $2, $3, $4::text::jsonb, $5) \
             ON CONFLICT (code) DO UPDATE SET body = $2, month = $3, form = $4::text::jsonb, is_public = $5"
        );
        let mut changed = 0;
        for target in targets {
            self.0.progress.check()?;
            if there.remove(&target.code).as_ref() != Some(target) {
                let form = target.form.to_string();
                self.0.query(&put, &[&target.code, &target.body, &target.month, &form, &target.is_public])?;
                changed += 1;
            }
        }
        let gone: Vec<String> = there.into_keys().collect();
        self.0.query(&format!("DELETE FROM {place} WHERE code = ANY($1)"), &[&gone])?;
        Ok(changed + gone.len())
    }

    /// What bodies reported and nobody has taken in yet, in the order of its coming.
    ///
    /// # Errors
    /// `DBS-…`.
    pub fn reported(&mut self) -> AppResult<Vec<Reported>> {
        let sql = format!(
            "SELECT number, code, cells::text FROM {} r WHERE NOT EXISTS \
             (SELECT 1 FROM {} t WHERE t.number = r.number) ORDER BY number",
            self.0.table("reported")?,
            self.0.table("taken")?
        );
        let of = |row: &postgres::Row| Reported {
            number: row.get(0),
            code: row.get(1),
            cells: serde_json::from_str(row.get(2)).unwrap_or_default(),
        };
        Ok(self.0.query(&sql, &[])?.iter().map(of).collect())
    }

    /// Notes what became of reported results, in which line of the log.
    ///
    /// # Errors
    /// `DBS-…`.
    pub fn put_taken(&mut self, line: u64, said: &[(i64, String)]) -> AppResult<()> {
        let sql = format!(
            "INSERT INTO {} (number, line, said) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING",
            self.0.table("taken")?
        );
        for (number, words) in said {
            self.0.query(&sql, &[number, &i64::try_from(line).unwrap_or(i64::MAX), words])?;
        }
        Ok(())
    }
}

fn target_of(row: &postgres::Row) -> SharedTarget {
    SharedTarget {
        code: row.get(0),
        body: row.get(1),
        month: row.get(2),
        form: serde_json::from_str(row.get(3)).unwrap_or_default(),
        is_public: row.get(4),
    }
}

/// What became of a result that a body reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Plan code.
    pub code: String,
    /// What the office's intake said; `None` while it waits.
    pub said: Option<String>,
}

/// A body's view of a shared project.
#[derive(Debug)]
pub struct BodyDesk(Session);

impl BodyDesk {
    /// Connects.
    ///
    /// # Errors
    /// `DBS-…`, `JOB-001`.
    pub fn connect(target: &DatabaseTarget, progress: &Progress) -> AppResult<Self> {
        Session::connect(target, progress).map(Self)
    }

    /// The checks that the server shows to this user, by code.
    ///
    /// # Errors
    /// `DBS-…`.
    pub fn targets(&mut self) -> AppResult<Vec<SharedTarget>> {
        let sql = format!("{TARGET} {} ORDER BY code", self.0.table("target")?);
        Ok(self.0.query(&sql, &[])?.iter().map(target_of).collect())
    }

    /// Reports results, all or none: plan code, body, heading → text.
    ///
    /// # Errors
    /// `DBS-…`: `DBS-022` where one is another body's.
    pub fn report(&mut self, rows: &[(String, String, BTreeMap<String, String>)]) -> AppResult<()> {
        let place = self.0.table("reported")?;
        let insert = |(code, body, cells): &(String, String, BTreeMap<String, String>)| {
            let cells = serde_json::to_string(cells).unwrap_or_default();
            let values = [code, body, &cells].map(|text| text_literal(text)).join(", ");
            format!(
                "INSERT INTO {place} (code, body, cells) SELECT a, b, c::jsonb FROM (VALUES ({values})) v (a, b, c);"
            )
        };
        let rows: Vec<String> = rows.iter().map(insert).collect();
        self.0.run(&format!("BEGIN;{}COMMIT", rows.concat()))
    }

    /// What became of what this user's body reported, in the order of its coming.
    ///
    /// # Errors
    /// `DBS-…`.
    pub fn answers(&mut self) -> AppResult<Vec<Answer>> {
        let sql = format!(
            "SELECT r.code, t.said FROM {} r LEFT JOIN {} t ON t.number = r.number ORDER BY r.number",
            self.0.table("reported")?,
            self.0.table("taken")?
        );
        Ok(self.0.query(&sql, &[])?.iter().map(|row| Answer { code: row.get(0), said: row.get(1) }).collect())
    }
}
