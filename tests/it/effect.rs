//! 成效: what the year's inspections say, on a real project and against a truth that is known.

mod coverage;
mod year;
