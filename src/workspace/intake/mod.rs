//! An office's folder comes in: what each file is taken for, import, refresh, quality.

pub mod import;
pub mod inspect;
pub mod map;
pub mod quality;
pub mod reading;
pub mod refresh;
