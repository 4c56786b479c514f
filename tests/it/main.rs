//! The core's integration tests, one binary.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::print_stdout,
    clippy::float_cmp,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::iter_over_hash_type,
    clippy::needless_range_loop,
    clippy::needless_raw_string_hashes,
    clippy::type_complexity,
    clippy::unnecessary_wraps,
    clippy::manual_checked_ops,
    reason = "tests stop at the first thing that is not as it must be, and say so"
)]

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

mod anchor;
mod architecture;
mod batch;
mod cases;
mod checklists;
mod closed;
mod command_line;
#[cfg(unix)]
mod database;
mod demo;
mod differential;
mod dirty;
mod disclosure;
mod district;
mod effect;
mod export;
mod faults;
#[cfg(unix)]
mod feed;
mod figures;
mod findings;
mod growth;
mod hostile;
mod house;
mod inspectors;
mod journal;
mod ledger;
mod live;
mod mandatory;
mod off_site;
mod office_files;
mod one_log;
mod packaging;
mod places;
mod plan;
mod plan_record;
mod policy;
mod project;
mod public_files;
mod public_page;
mod publishing;
mod raw;
mod refresh;
mod registry;
mod results;
mod risk;
pub(crate) mod sampling;
mod sealing;
mod statistics;
mod support;
mod year;

/// Counts what is asked of it, for `growth`.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;
