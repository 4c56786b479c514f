//! Text as files hold it and as people write and read it: the lowest floor, which knows no other room.
//!
//! Duty: one answer each to what an encoding is called and which one a file is in ([`encoding`]), what full-width
//! forms and stray marks are worth ([`fold_width`], [`fold`], [`clean`]), which day a text means ([`day`]), how a
//! number reads ([`number`]), how a plan's figures are said ([`figure`]), how a cell of a csv is written so that no
//! spreadsheet takes it for a formula ([`csv`]), which known word a misspelt one was meant to be ([`nearest`]), what a
//! search box finds, by writing and by pinyin ([`search`], [`pinyin`]), and the faces that text is set in ([`face`]).
//!
//! Invariants: pure functions of their arguments, the same on every machine.

pub mod csv;
pub mod day;
pub mod encoding;
pub mod entities;
pub mod face;
pub mod figure;
mod lookalike;
mod nearest;
pub mod number;
pub mod pinyin;
mod ron_layout;
pub mod search;
mod width;

pub use nearest::nearest;
pub use ron_layout::ron_layout;
pub use width::{clean, fold, fold_lines, fold_width, half_width, is_blank_word, is_ditto, is_noise};
