//! What lies on the disk: project file, lock, journal, staged changes, draws, results. Loads and writes, decides
//! nothing.

pub mod briefing;
pub mod changes;
pub mod clock;
pub mod columns;
pub mod command_id;
pub mod door;
pub mod draws;
pub mod frames;
pub mod journal;
pub mod kept;
pub mod lock;
pub mod log;
pub mod plan_dates;
pub mod plan_record;
pub mod project;
pub mod quality;
pub mod register;
pub mod results;
pub mod set_back;
pub mod shared;
pub mod staged;
pub mod templates;
