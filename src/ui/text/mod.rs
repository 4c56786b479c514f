//! Every text of the interface, by screen.

pub mod anchor;
pub mod audit;
pub mod briefing;
pub mod common;
pub mod data;
pub mod database;
pub mod draw;
pub mod effect;
pub mod help;
pub mod map;
pub mod overview;
pub mod path;
pub mod plan;
pub mod plot;
pub mod proof;
pub mod readings;
pub mod refresh;
pub mod results;
pub mod risk;
pub mod rows;
pub mod sharing;
pub mod shell;
pub mod support;
pub mod table;
pub mod templates;
