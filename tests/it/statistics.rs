//! What the draw's chances are, before and after the second method (`pareto-pps/2`): the table of `tests/README.md`.
//!
//! Each figure has a small version that runs with the suite and can fail, and one over the whole demo city:
//! `cargo test --release --test it -- --ignored --nocapture statistics::` prints the rows of the table.

mod realised;
