//! How likely a month's pairs are: the pairing of a sealed draw, simulated.
//!
//! The pairing has no formula for a pair's probability, so it is run for seeds that have nothing to do with the sealed one,
//! by the draw's own rule and roster: before the opening with the units that each of them would draw, after it with those
//! that were drawn.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{AppError, AppResult};
use crate::domain::{BodyId, InspectorId, Period, PlanMonth};
use crate::policy::Policy;
use crate::sampling::{DrawOrder, DrawSeed, Hash32, draw_units, sha256};
use crate::staffing::{simulate_draws, simulate_pairs};
use crate::workspace::store::draws::{StoredDraw, pairing_rule};
use crate::workspace::store::project::Project;
use crate::workspace::store::register::load_register;

/// A body's chances.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct BodyPairing {
    /// The body.
    pub body: BodyId,
    /// Its name.
    pub name: String,
    /// Its people who may take checks this month.
    pub people: usize,
    /// Its checks, on average over the simulated draws.
    pub checks: f64,
    /// Chance that a check gets the pair which is the likeliest.
    pub largest: f64,
    /// Chance that this pair stands together in at least one check of the month.
    pub together: f64,
    /// Its people who came into no pair in any of the simulated draws.
    pub unused: usize,
}

/// A month's chances.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PairingChances {
    /// Simulated draws.
    pub draws: u64,
    /// Of these the ones that the sealed roster could not staff.
    pub unfilled: u64,
    /// Whether the units are those that were drawn.
    pub opened: bool,
    /// Bodies with checks, in the order of their ids.
    pub bodies: Vec<BodyPairing>,
}

/// The last draw of a month, opened or waiting.
///
/// # Errors
/// `SEL-055` for a month that was not sealed; those of the register and of the draw's files.
pub fn last_draw(project: &Project, month: PlanMonth) -> AppResult<StoredDraw> {
    let (register, period) = (load_register(project)?, Period::Month(month));
    let Some(seal) = register.standing(period) else {
        return Err(AppError::new("SEL-055", format!("{}尚未封存，没有可以模拟的配对", period.label()))
            .with(|f| f.hint("请先封存这个月（seal）")));
    };
    StoredDraw::load(project, period, seal.sealed.sequence)
}

/// Simulates a draw's pairing; `drawn` are the units that were drawn, where it is opened.
///
/// # Errors
/// A drawn unit without a sealed need (`ROS-013`).
pub fn compute_pairing_chances(
    policy: &Policy,
    draw: &StoredDraw,
    drawn: Option<&DrawOrder>,
    draws: u64,
) -> AppResult<PairingChances> {
    let commitment = draw.seal.commitment();
    let seeds = (0..draws).map(|k| -> Hash32 { sha256(&[b"simulated pairing\n", &commitment, &k.to_be_bytes()]) });
    let rule = pairing_rule(&draw.seal);
    let found = if let Some(order) = drawn {
        simulate_pairs(rule, &draw.roster, &draw.drawn_needs(order)?, seeds, &[])
    } else {
        let needs_of = |seed: &[u8; 32]| draw.drawn_needs(&draw_units(&draw.frame, &draw.seal, &DrawSeed(*seed)));
        simulate_draws(rule, &draw.roster, needs_of, seeds)?
    };
    let body_of = |certificate: &InspectorId| draw.roster.get(certificate).map(|inspector| &inspector.body);
    let paired = (found.draws - found.unfilled).max(1) as f64;
    let mut sums: BTreeMap<&BodyId, (u64, u64, u64)> = BTreeMap::new();
    let mut used: BTreeSet<&InspectorId> = BTreeSet::new();
    for (pair, checks) in &found.checks {
        let Some(body) = body_of(&pair.0) else { continue };
        used.extend([&pair.0, &pair.1]);
        let (all, most, together) = sums.entry(body).or_default();
        *all += checks;
        if *checks > *most {
            (*most, *together) = (*checks, found.together.get(pair).copied().unwrap_or(0));
        }
    }
    let bodies = sums.into_iter().map(|(body, (all, most, together))| {
        let own = || draw.roster.of_body(body).filter(|inspector| inspector.checks_max > 0);
        BodyPairing {
            body: body.clone(),
            name: policy.body(body).map_or_else(|| body.to_string(), |b| b.name.clone()),
            people: own().count(),
            checks: all as f64 / paired,
            largest: most as f64 / all.max(1) as f64,
            together: together as f64 / paired,
            unused: own().filter(|inspector| !used.contains(&inspector.certificate)).count(),
        }
    });
    Ok(PairingChances {
        draws: found.draws,
        unfilled: found.unfilled,
        opened: drawn.is_some(),
        bodies: bodies.collect(),
    })
}
