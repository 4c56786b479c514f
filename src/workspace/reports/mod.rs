//! What is told: plain values that window, command line and export read.

pub mod areas;
pub mod backtest;
pub mod books;
pub mod card;
pub mod coming;
pub mod estimate;
pub mod evidence;
pub mod explain;
pub mod export;
pub mod find_unit;
pub mod frequency;
pub mod journal_words;
pub mod mandatory;
pub mod month_list;
pub mod movement;
pub mod next_step;
pub mod plan_book;
pub mod plan_record;
pub mod preview;
pub mod project_data;
pub mod proof;
pub mod public_list;
pub mod refresh;
pub mod status;
pub mod target_rows;
pub mod year_plan;
