//! The office's database: a real PostgreSQL on this machine, started and stopped by each test, and servers that are
//! none. What needs PostgreSQL is ignored and called `database_…`; `.ci/run` runs it where `initdb` is found.

mod faults;
mod handshake;
mod looking;
pub mod reading;
pub mod server;
pub mod sharing;
mod typed;
mod writing;
