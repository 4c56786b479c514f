//! What is for good: sealing, opening, changes, results, publication, mends. Each has its operator and its journal
//! line, which comes to be together with all files that follow from it ([`crate::workspace::store::staged`]).

pub mod accept;
pub mod anchors;
pub mod batch;
pub mod bodies;
pub mod certificate;
pub mod change;
pub mod confirm;
pub mod deed;
pub mod disclose;
pub mod evidence;
pub mod follow_up;
pub mod list_file;
pub mod mends;
pub mod open;
pub mod pack_password;
pub mod page_address;
pub mod plan_record;
pub mod publish;
pub mod results;
pub mod seal;
pub mod settings;
pub mod share;
pub mod verify;
pub mod verify_log;
mod verify_log_draws;

use crate::diagnostic::{AppError, AppResult};
use crate::sampling::ShanghaiTime;

fn time(text: &str) -> AppResult<ShanghaiTime> {
    ShanghaiTime::new(text).map_err(|what| AppError::new("SEL-030", what))
}

/// The hour of a public number as it was pledged, in whichever zone it was told.
fn pledged_hour(text: &str) -> AppResult<ShanghaiTime> {
    ShanghaiTime::of_any_zone(text).map_err(|what| AppError::new("SEL-030", what))
}

fn check_reason(reason: &str) -> AppResult<()> {
    if reason.trim().is_empty() {
        return Err(AppError::new("SEL-038", "必须写明理由"));
    }
    Ok(())
}
