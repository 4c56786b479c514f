//! The application without a window: project folder, stages, commands, journal, background jobs; the demo
//! city, simulated years and the back-test.
//!
//! Everything that the window or the command line does is done here, by the same functions; neither holds
//! logic of its own. Seals, draws, substitutions and publications are append-only and journaled; settings and
//! drafts are files of the project, written atomically.

pub mod analysis;
pub mod backtest;
pub mod card;
pub mod ceremony;
pub mod clock;
pub mod columns;
pub mod demo;
pub mod draws;
pub mod estimate;
pub mod import;
pub mod inspect;
pub mod job;
pub mod journal;
pub mod lock;
pub mod map;
pub mod mends;
pub mod outputs;
pub mod population;
pub mod project;
pub mod quality;
pub mod results;
pub mod run;
pub mod schedule;
pub mod session;
pub mod staged;
pub mod status;
pub mod verify;
pub mod view;
