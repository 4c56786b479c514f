//! The policy: every number that decree, rules or office decide, as a RON file with its articles.
//!
//! Duty: read a policy file ([`load_policy`]), say in Chinese and with line and column what is wrong with it
//! ([`check_policy`], [`check_policy_text`]), lift older formats ([`migrate_policy`]), write it in one canonical
//! form ([`write_policy`], whose bytes are hashed into seals), and ship presets ([`presets`]).
//!
//! Invariants: a policy that [`load_policy`] returns has no error findings; writing and reading it gives the
//! same value, and writing that value again the same bytes on every platform. No number of a rule stands in code:
//! the code knows bounds only (a share lies in 0..1, a check takes two inspectors by 行政处罚法 第四十二条).

mod check;
mod decision;
pub mod edit;
mod load;
mod locate;
mod lookup;
mod model;
mod preset;

pub use check::{check_policy, check_policy_text, policy_fault};
pub use decision::Standing;
pub use load::{POLICY_FORMAT, load_policy, migrate_policy, parse_policy, write_policy};
pub use locate::{PolicyMap, TextPlace};
pub use lookup::{BodyPlaces, Unconfirmed};
pub use model::*;
pub use preset::{DEFAULT_PRESET, derive_bodies, load_preset, preset_policies, preset_text, presets};
