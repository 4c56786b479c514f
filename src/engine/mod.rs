//! Data that lies in a server of the office's, and results that go back there.
//!
//! Duty: the seam between the program and engines outside of it. Today one of them: [`database`], any server that
//! speaks PostgreSQL's protocol. Tables come in as frames that pass the same checks as files; what an engine may be
//! asked to count later (features of events that are too many for one machine) belongs here too, beside it, as another
//! module with the same answer.
//!
//! Invariants: nothing of a password is shown, kept or journaled; what was read is a snapshot, so that sealing and
//! verifying never need the server again.

pub mod database;
