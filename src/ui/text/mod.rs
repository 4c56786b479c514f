//! Every text of the interface, by screen.

pub mod common;
pub mod data;
pub mod map;
pub mod overview;
pub mod plan;
pub mod plot;
pub mod risk;
pub mod table;
