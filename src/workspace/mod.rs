//! The application without a window: project folder, stages, commands, journal, background jobs; the demo
//! city, simulated years and the back-test.
//!
//! Everything that the window or the command line does is done here, by the same functions; neither holds
//! logic of its own. Seals, draws, substitutions and publications are append-only and journaled; settings and
//! drafts are files of the project, written atomically.

pub mod deeds;
pub mod demo;
pub mod inputs;
pub mod intake;
pub mod perform;
pub mod reports;
pub mod run;
pub mod session;
pub mod store;
pub mod support;
pub mod view;
