//! The second random of the double random: who inspects what.
//!
//! Duty: the sealed inputs `roster.csv` and `needs.csv`, the pairing that the opened seed gives, the
//! shortage where the rules leave a slot empty, and the changes of the days after the draw.
//!
//! # The rule
//! Every check has two slots: A, whose holder is lead-qualified, and B, anyone's. Both are of the
//! check's body, not recused from the unit, two distinct certificates, nobody beyond `checks_max`. A
//! needed skill falls on the slot whose people with it have more `checks_max` in the body (slot A's
//! people are the lead-qualified, slot B's are all; a tie falls on A): with the skill on A its holder
//! is lead-qualified *and* skilled.
//!
//! 1. Checks in the order of SHA-256(`"fairdraw/1/check\n"` ‖ seed ‖ `unit_id`).
//! 2. Slot A, then B: the people who may hold it, by (load so far / `checks_max`, compared exactly;
//!    for slot B how often they are already paired this month with the holder of A, in whichever
//!    roles, for slot A 0; SHA-256(`"fairdraw/1/pair\n"` ‖ seed ‖ `unit_id` ‖ `"\n"` ‖ certificate ‖
//!    `"\n"` ‖ `"A"` or `"B"`)). The first is taken with whom everything still open can be filled
//!    **and the final loads stay as even as the rules allow**.
//! 3. As even as the rules allow: among all complete assignments, the list of load / `checks_max` over
//!    the body's people, sorted from the highest, is lexicographically smallest (so the highest is the
//!    lowest possible, then the second highest, …). Taking the least loaded alone doesn't reach that.
//!
//! # Invariants
//! The outcome is a function of seed, roster and needs alone: which candidates are admissible is defined
//! by the *existence* of a completion, not by the search that finds it; rows' order and thread count
//! don't enter. Nothing is ever assigned outside the rules: an unfillable month is a [`Shortage`].
//!
//! # Method
//! Slots → (person, check) at most once → person → sink at `checks_max` is a flow network, so integral
//! flows are exact, distinctness included. The feasible load vectors are the bases of an integral
//! polymatroid, where the decreasingly minimal vector is the optimum of a separable convex cost
//! (A. Frank, K. Murota, *Decreasing minimization on M-convex sets*, 2021; A. Federgruen, H. Groenevelt,
//! *The greedy procedure for resource allocation problems*, 1986): slots are filled one by one along
//! the cheapest augmenting path, and a tentative choice is admissible exactly when the residual network
//! has a cycle through it that costs nothing.

mod assign;
mod assignment;
mod change;
mod flow;
mod level;
mod network;
mod remedy;
mod remedy_search;
mod roster;
mod rule;
mod shortage;
mod simulate;
mod table;
mod window;

pub use assign::{Staffing, assign_inspectors, check_staffing};
pub use assignment::{Assignment, PairRow, check_assignment, check_rules};
pub use change::{
    AddRequest, Change, PairChange, ReplaceRequest, SubstituteRequest, add_check, apply_change, assign_substitute,
    replace_inspector,
};
pub use remedy::{Grant, Loan, Post, Raise, Remedy, apply_remedy};
pub use roster::{Inspector, Need, Needs, Roster, Slot, compute_skill_slot, roster_sha256};
pub use rule::PairingRule;
pub use shortage::{BodyShortage, Gap, GapKind, Names, Shortage};
pub use simulate::{Pair, PairFrequencies, simulate_draws, simulate_pairs};
