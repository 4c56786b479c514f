//! Text to values: dates, numbers, ranges, and the columnar drivers that run a parser over a whole column.
//!
//! Every parser answers one of three: a value, nothing (the cell says "nothing": empty, a dash, 无), or a
//! fault. None guesses: two-digit years, day-first dates and months without a day are faults.

mod column;
mod date;
mod number;

pub use column::{CHUNK, Parsed, collect_text, map_repeated, map_text, map_values};
pub use date::{
    DateFault, DateTime, Range, day_number, parse_date, parse_month, parse_range, parse_ranges, render_day,
};
pub use number::{Number, parse_angle, parse_number};
