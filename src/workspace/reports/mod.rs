//! What is told: plain values that window, command line and export read.

pub mod backtest;
pub mod card;
pub mod estimate;
pub mod outputs;
pub mod status;
