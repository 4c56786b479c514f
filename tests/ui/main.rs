//! The window without a screen: every screen in its states, the work by clicks, by keys, by input method.
//!
//! The harness fails by itself where a character has no glyph (tofu) or a control has no accessible name.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests stop at a fault and break files on purpose"
)]

mod abilities;
mod access;
mod asked;
mod briefing;
mod ceremony;
mod contrast;
mod data;
mod database;
mod figures;
mod gallery;
mod golden;
mod hands;
mod helped;
mod idle;
mod job;
mod layout;
mod lists;
mod low;
mod overview;
mod picture;
mod plan;
mod quality;
mod quarter;
mod recovery;
mod refresh;
mod results;
mod risk;
mod scaling;
mod search;
mod shell;
mod stage;
mod states;
mod support;
mod touch;
mod tour;
mod two_desks;
mod values;
mod veil;
mod walk;
mod words;
mod work;
