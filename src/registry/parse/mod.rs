//! Text to values: numbers, and the columnar drivers that run a parser over a whole column. (Dates are read by
//! [`crate::text::day`].)
//!
//! Every parser answers one of three: a value, nothing (the cell says "nothing": empty, a dash, 无), or a
//! fault. None guesses.

mod angle;
mod column;
mod money;
mod number;

pub use angle::{parse_angle, parse_pair};
pub use column::{CHUNK, Parsed, collect_text, find_cells, map_repeated, map_text, map_values};
pub use money::parse_money;
pub use number::{Number, parse_number};
