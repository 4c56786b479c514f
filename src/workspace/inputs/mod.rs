//! From frames to the plan's columns: population, risk and plan before a month, the month's frame, checks due.
//! Pure but for what `store` loads.

pub mod analysis;
pub mod due;
pub mod explain;
pub mod first_phase;
pub mod grounds;
mod mandatory_facts;
pub mod month_frame;
mod past_draws;
pub mod people;
pub mod plan_record;
pub mod population;
pub mod quotas;
pub mod schedule;
