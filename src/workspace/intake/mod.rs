//! An office's folder comes in: what each file is taken for, import, refresh, quality.

pub mod database;
pub mod database_look;
mod feed;
pub mod feed_folder;
pub mod feed_unit;
pub mod folder;
pub mod import;
pub mod inspect;
mod left_out;
pub mod map;
mod nested;
pub mod quality;
pub mod reading;
pub mod refresh;
