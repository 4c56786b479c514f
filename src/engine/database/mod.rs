//! The office's database: tables read by binary COPY, results written back.
//!
//! Duty: one connection, encrypted unless it stays on this machine, with one read-only snapshot for all tables of an
//! import; each table as a Parquet file whose bytes depend on its rows alone. Everything that can go wrong is one
//! message with a code (`fault`).
//!
//! Method: PostgreSQL's frontend/backend protocol 3.0 through the `postgres` package; rows come as `COPY … (FORMAT
//! BINARY)` and are decoded here (`copy`, `value`), since a server may be anything that says it is one.

mod address;
mod browse;
mod connect;
mod copy;
mod fault;
mod members;
mod pgpass;
mod read;
mod secret;
mod session;
mod shared;
mod sql;
mod tls;
mod value;
mod write;

pub use address::{Address, Encryption};
pub use browse::{ListedColumn, ListedTable, Relation, list_tables};
pub use members::{Answer, BodyDesk, Member, Reported, SharedTarget};
pub use read::{Snapshot, read_first, read_tables, with_queries};
pub use secret::{Password, PasswordPlace, find_password, keep_typed, password_place};
pub use shared::{Ending, SharedLog};
pub use sql::{is_query, parts_of_name, quoted, quoted_name, snapshot_names, text_literal};
pub use write::{OutCell, OutColumn, OutKind, OutTable, Written, write_tables};

use crate::registry::mapping::DatabaseTable;

/// Asks whoever sits at the machine for the password, once the server wants one.
pub type Ask = Option<fn(&Address) -> Option<Password>>;

/// Which tables of which server.
#[derive(Debug, Clone)]
pub struct DatabaseSource {
    /// The server.
    pub address: Address,
    /// The tables, or queries, and what they are here.
    pub tables: Vec<DatabaseTable>,
    /// The password, where one is known beforehand.
    pub password: Option<Password>,
    /// Asks for one that is not.
    pub ask: Ask,
}

/// A server to write to.
#[derive(Debug, Clone)]
pub struct DatabaseTarget {
    /// The server.
    pub address: Address,
    /// Schema of the internal tables; that of the public ones has `_public` behind it.
    pub schema: String,
    /// The password, where one is known beforehand.
    pub password: Option<Password>,
    /// Asks for one that is not.
    pub ask: Ask,
}
