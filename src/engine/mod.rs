//! Data that lies in a server of the office's or the agency's, and results that go back there.
//!
//! Duty: the seam between the program and engines outside of it. [`database`] is any server that speaks PostgreSQL's
//! protocol: its tables come in as frames that pass the same checks as files, results go back, offices share a project.
//! [`spark`] is a cluster that speaks Spark Connect. [`feed`] is monitoring that is too much for one machine: it is asked
//! of either, in SQL, and what comes back is a table like any other.
//!
//! Invariants: nothing of a password is shown, kept or journaled; what was read is a snapshot, so that sealing and
//! verifying never need the server again.

pub mod database;
pub mod feed;
pub mod spark;
mod tls;
mod words;

use database::DatabaseSource;
use feed::FeedSource;

/// What is read of servers for one import.
#[derive(Debug, Clone, Default)]
pub struct RemoteSource {
    /// Whole tables of a database.
    pub database: Option<DatabaseSource>,
    /// The feed of monitoring.
    pub feed: Option<FeedSource>,
}
