//! A connection at work in one schema: statements, each fault as one message.

use std::fmt;

use postgres::Row;
use postgres::types::ToSql;

use super::DatabaseTarget;
use super::address::Address;
use super::connect::{Connection, connect};
use super::fault::answered;
use super::sql::{check_schema, quoted};
use crate::diagnostic::{AppResult, Progress};

/// The connection, and what its statements are about.
pub(super) struct Session {
    connection: Connection,
    pub(super) address: Address,
    pub(super) schema: String,
    pub(super) progress: Progress,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("address", &self.address).field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl Session {
    /// Connects.
    ///
    /// # Errors
    /// `DBS-037` for the name of a schema that is too long, those of [`connect`].
    pub(super) fn connect(target: &DatabaseTarget, progress: &Progress) -> AppResult<Self> {
        check_schema(&target.schema)?;
        let connection = connect(&target.address, target.password.as_ref(), target.ask, progress)?;
        let (address, schema) = (target.address.clone(), target.schema.clone());
        Ok(Self { connection, address, schema, progress: progress.clone() })
    }

    /// A table of the schema, as SQL names it.
    pub(super) fn table(&self, name: &str) -> AppResult<String> {
        Ok(format!("{}.{name}", quoted(&self.schema)?))
    }

    /// Statements without values; the driver's own answer.
    pub(super) fn send(&mut self, sql: &str) -> Result<(), postgres::Error> {
        self.connection.client.batch_execute(sql)
    }

    /// Statements without values.
    pub(super) fn run(&mut self, sql: &str) -> AppResult<()> {
        let done = self.send(sql);
        answered(done, &self.address, Some(&self.schema), &self.progress)
    }

    /// A statement with values, and the rows that it gives.
    pub(super) fn query(&mut self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> AppResult<Vec<Row>> {
        let rows = self.connection.client.query(sql, values);
        answered(rows, &self.address, Some(&self.schema), &self.progress)
    }
}
