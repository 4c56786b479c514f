//! FairDraw 双随机执法计划工作站: plan, seal, draw, staff and disclose random inspections of pollution sources.
//!
//! The rooms stand in the order in which the data walks through them; each may use those above it only (a test
//! holds the `use` lines to that).

// Text knows no other room; `domain` folds its identifiers by it.
pub mod text;

pub mod domain;
// `diagnostic` uses `domain` only by what others put into it.
pub mod diagnostic;
pub mod policy;

pub mod checklist;

pub mod tabular;

pub mod district;
pub mod engine;
pub mod registry;
pub mod risk;

pub mod anchor;
pub mod sampling;

pub mod plan;
pub mod staffing;

pub mod disclosure;

#[cfg(feature = "charts")]
pub mod chart;
pub mod export;

pub mod workspace;

#[cfg(feature = "gui")]
pub mod ui;

pub mod cli;
