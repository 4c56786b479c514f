//! The pairing itself: every slot in the order of the seed, by the rule of the module above.
//!
//! Duty: [`assign_inspectors`] and the pre-check without a seed. Invariant: bodies are independent, so
//! they run in parallel and the outcome doesn't depend on the number of threads.

use std::cmp::Ordering;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::assignment::{Assignment, PairRow};
use super::flow::{Choice, Flow};
use super::level::fill_at_lowest_level;
use super::network::{Network, split_bodies};
use super::roster::{Inspector, Need, Needs, Roster, Slot};
use super::rule::PairingRule;
use super::shortage::{BodyShortage, Shortage};
use super::window::{Able, Window};

/// Where the order of the checks comes from.
const CHECK_DOMAIN: &[u8] = b"fairdraw/1/check\n";
/// Where the order of equally loaded candidates comes from.
const PAIR_DOMAIN: &[u8] = b"fairdraw/1/pair\n";

/// The hash that orders checks.
pub(super) fn compute_check_hash(seed: &[u8; 32], need: &Need) -> [u8; 32] {
    Sha256::new().chain_update(CHECK_DOMAIN).chain_update(seed).chain_update(need.unit_id.as_str()).finalize().into()
}

/// The hash that orders candidates for a check's slot, but for certificate and slot.
pub(super) fn begin_pair_hash(seed: &[u8; 32], need: &Need) -> Sha256 {
    Sha256::new().chain_update(PAIR_DOMAIN).chain_update(seed).chain_update(need.unit_id.as_str()).chain_update(b"\n")
}

/// The hash that orders candidates for a check's slot.
pub(super) fn finish_pair_hash(begun: &Sha256, inspector: &Inspector, slot: Slot) -> [u8; 32] {
    let hash = begun.clone().chain_update(inspector.certificate.as_str());
    hash.chain_update(b"\n").chain_update(slot.id()).finalize().into()
}

/// Compares load / `checks_max` of two people exactly.
pub(super) fn compare_ratios(a: (u32, u32), b: (u32, u32)) -> Ordering {
    (u64::from(a.0) * u64::from(b.1)).cmp(&(u64::from(b.0) * u64::from(a.1)))
}

/// A body made ready: its network and a full flow, which no seed has touched: the most even one of the first rule, one
/// within the ceilings of the second.
struct BodyStaffing<'a> {
    rule: PairingRule,
    people: Vec<&'a Inspector>,
    needs: Vec<&'a Need>,
    net: Network,
    flow: Flow,
}

/// A month made ready for pairing: filled once, then paired for any number of seeds.
pub struct Staffing<'a>(Vec<BodyStaffing<'a>>);

/// A person who may hold the slot.
struct Candidate {
    person: u32,
    ratio: (u32, u32),
    paired: u32,
}

impl<'a> Staffing<'a> {
    /// Fills every body's slots.
    ///
    /// # Errors
    /// The shortages of all bodies whose slots can't all be filled, with remedies.
    pub fn new(rule: PairingRule, roster: &'a Roster, needs: &'a Needs) -> Result<Self, Shortage> {
        let bodies: Vec<_> = split_bodies(roster, needs).into_iter().collect();
        let filled: Vec<_> = bodies
            .into_par_iter()
            .map(|(body, (people, needs))| {
                let net = Network::new(&people, &needs);
                let mut flow = Flow::new(&net);
                if rule == PairingRule::WithinOne {
                    if fill_at_lowest_level(&mut flow, &net) {
                        return (body, BodyStaffing { rule, people, needs, net, flow }, Vec::new());
                    }
                    flow = Flow::new(&net);
                }
                let empty = flow.fill(&net, Choice::Even);
                (body, BodyStaffing { rule, people, needs, net, flow }, empty)
            })
            .collect();
        let mut ready = Vec::with_capacity(filled.len());
        let mut short = Vec::new();
        for (body, mut staffing, empty) in filled {
            if empty.is_empty() {
                ready.push(staffing);
            } else {
                short.push(BodyShortage::new(body, &staffing.net, &mut staffing.flow, &empty));
            }
        }
        if short.is_empty() { Ok(Self(ready)) } else { Err(Shortage::with_remedies(short, roster, needs)) }
    }

    /// The pairing that a seed gives.
    #[must_use]
    pub fn assign(&self, seed: &[u8; 32]) -> Assignment {
        Assignment::new(self.0.par_iter().flat_map_iter(|body| body.assign(seed)).collect())
    }

    /// As [`Staffing::assign`], on the calling thread.
    pub(super) fn assign_here(&self, seed: &[u8; 32]) -> Assignment {
        Assignment::new(self.0.iter().flat_map(|body| body.assign(seed)).collect())
    }
}

impl BodyStaffing<'_> {
    /// Decides slot by slot.
    fn assign(&self, seed: &[u8; 32]) -> Vec<PairRow> {
        let net = &self.net;
        let mut flow = self.flow.clone();
        let mut order: Vec<([u8; 32], u32)> =
            self.needs.iter().zip(0..).map(|(need, check)| (compute_check_hash(seed, need), check)).collect();
        order.sort_unstable();
        let mut loads = vec![0_u32; net.people];
        let mut partners: Vec<Vec<u32>> = vec![Vec::new(); net.people];
        let mut paired = vec![0_u32; net.people];
        let mut candidates = Vec::with_capacity(net.people);
        for (_, check) in order {
            for slot in [Slot::A, Slot::B] {
                let number = 2 * check + u32::from(slot == Slot::B);
                let lead = (slot == Slot::B).then(|| flow.holder[2 * check as usize]);
                let need = self.needs[check as usize];
                let earlier = lead.map_or(&[][..], |lead| &partners[lead as usize]);
                for partner in earlier {
                    paired[*partner as usize] += 1;
                }
                candidates.clear();
                for word in 0..net.words {
                    let mut bits = net.eligible_word(number, word);
                    while bits != 0 {
                        let person = word as u32 * 64 + bits.trailing_zeros();
                        bits &= bits - 1;
                        let p = person as usize;
                        if lead != Some(person) && loads[p] < flow.limit[p] {
                            let ratio = (loads[p], net.checks_max[p]);
                            candidates.push(Candidate { person, ratio, paired: paired[p] });
                        }
                    }
                }
                for partner in earlier {
                    paired[*partner as usize] = 0;
                }
                flow.begin_decision(number);
                match self.rule {
                    PairingRule::LeastLoad => {
                        self.decide(&mut flow, number, slot, &mut candidates, &begin_pair_hash(seed, need));
                    }
                    PairingRule::WithinOne => {
                        self.decide_by_window(&mut flow, number, Window::new(seed, need, slot), &mut candidates);
                    }
                }
                loads[flow.holder[number as usize] as usize] += 1;
            }
            let (a, b) = (flow.holder[2 * check as usize], flow.holder[2 * check as usize + 1]);
            partners[a as usize].push(b);
            partners[b as usize].push(a);
        }
        let certificate = |slot: usize| self.people[flow.holder[slot] as usize].certificate.clone();
        self.needs
            .iter()
            .enumerate()
            .map(|(check, need)| PairRow {
                unit_id: need.unit_id.clone(),
                body: need.body.clone(),
                lead: certificate(2 * check),
                second: certificate(2 * check + 1),
                skill: need.skill.clone(),
                skill_slot: net.kinds[net.kind[check] as usize].1,
            })
            .collect()
    }

    /// Gives the slot to the first candidate with whom the rest stays fillable and even. Hashes are
    /// computed only among those that load and earlier pairings leave equal.
    fn decide(&self, flow: &mut Flow, number: u32, slot: Slot, candidates: &mut [Candidate], begun: &Sha256) {
        let compare = |a: &Candidate, b: &Candidate| compare_ratios(a.ratio, b.ratio).then(a.paired.cmp(&b.paired));
        candidates.sort_unstable_by(compare);
        let mut hashed: Vec<([u8; 32], u32)> = Vec::new();
        for group in candidates.chunk_by(|a, b| compare(a, b).is_eq()) {
            hashed.clear();
            hashed.extend(group.iter().map(|c| c.person).filter(|p| !flow.is_ruled_out(number, *p)).map(|person| {
                let hash = if group.len() == 1 {
                    [0; 32]
                } else {
                    finish_pair_hash(begun, self.people[person as usize], slot)
                };
                (hash, person)
            }));
            hashed.sort_unstable();
            if hashed.iter().any(|(_, person)| flow.decide(&self.net, number, *person)) {
                return;
            }
        }
        // Not reached: the flow's own holder is a candidate and always admissible.
        debug_assert!(false, "the flow's holder is a candidate");
    }

    /// Gives the slot to the first choice of the window with whom everything still open can be filled within the
    /// ceilings.
    fn decide_by_window(&self, flow: &mut Flow, number: u32, mut window: Window<'_>, left: &mut Vec<Candidate>) {
        let mut able: Vec<Able> =
            left.iter().map(|c| Able { load: c.ratio.0, max: c.ratio.1, paired: c.paired }).collect();
        while let Some(place) = window.choose(&able) {
            if flow.decide_within_limits(&self.net, number, left[place].person) {
                return;
            }
            able.remove(place);
            left.remove(place);
        }
        // Not reached: the flow's own holder is a candidate and always admissible.
        debug_assert!(false, "the flow's holder is a candidate");
    }
}

/// Pairs inspectors with every check of `needs`.
///
/// # Errors
/// The shortages of all bodies whose slots can't all be filled, with remedies; nothing is assigned then.
pub fn assign_inspectors(
    rule: PairingRule,
    seed: &[u8; 32],
    roster: &Roster,
    needs: &Needs,
) -> Result<Assignment, Shortage> {
    Ok(Staffing::new(rule, roster, needs)?.assign(seed))
}

/// Whether every slot can be filled, before there is a seed; the rules of all versions fill the same months.
///
/// # Errors
/// The shortages, with remedies.
pub fn check_staffing(roster: &Roster, needs: &Needs) -> Result<(), Shortage> {
    Staffing::new(PairingRule::LATEST, roster, needs).map(|_| ())
}
