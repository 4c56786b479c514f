//! One body's people and checks as a flow network.
//!
//! Duty: who may hold which slot, in bit sets. Checks of one skill share two classes (slot A, slot B);
//! recusals are exceptions per check. Invariants: people ascend by certificate, checks by `unit_id`;
//! people with `checks_max` 0 are in no class; slot number = 2 · check + (0 for A, 1 for B), class
//! number = 2 · kind + (0 for A, 1 for B).

use std::collections::{BTreeMap, BTreeSet};

use super::roster::{Inspector, Need, Needs, Roster, Slot, compute_skill_slot};
use crate::domain::BodyId;

/// No person, no mask.
pub(super) const NONE: u32 = u32::MAX;

/// True where the bit is set.
pub(super) fn has(mask: &[u64], bit: u32) -> bool {
    mask[bit as usize / 64] >> (bit % 64) & 1 == 1
}

/// Sets the bit.
pub(super) fn set(mask: &mut [u64], bit: u32) {
    mask[bit as usize / 64] |= 1 << (bit % 64);
}

/// Clears the bit.
pub(super) fn clear(mask: &mut [u64], bit: u32) {
    mask[bit as usize / 64] &= !(1 << (bit % 64));
}

/// Who may hold what in one body.
#[derive(Debug, Clone)]
pub(super) struct Network {
    /// Number of people.
    pub people: usize,
    /// Number of checks.
    pub checks: usize,
    /// 64-bit words of a mask over the people.
    pub words: usize,
    /// Person → `checks_max`.
    pub checks_max: Vec<u32>,
    /// Person → index of its `checks_max` among the different ones.
    pub size: Vec<u32>,
    /// Number of different `checks_max`.
    pub sizes: usize,
    /// Kinds: the skill (if any) and the slot that it falls on.
    pub kinds: Vec<(Option<String>, Option<Slot>)>,
    /// Check → kind.
    pub kind: Vec<u32>,
    classes: Vec<u64>,
    unions: Vec<u64>,
    recused: Vec<u32>,
    recused_masks: Vec<u64>,
}

impl Network {
    /// Builds the network; `people` ascend by certificate, `needs` by `unit_id`, all of one body.
    pub(super) fn new(people: &[&Inspector], needs: &[&Need]) -> Self {
        let words = people.len().div_ceil(64);
        let skills: BTreeSet<Option<&str>> = needs.iter().map(|need| need.skill.as_deref()).collect();
        let kinds: Vec<(Option<String>, Option<Slot>)> = skills
            .iter()
            .map(|skill| {
                let slot = skill.map(|skill| compute_skill_slot(people.iter().copied(), skill));
                (skill.map(str::to_owned), slot)
            })
            .collect();
        let kind_of: BTreeMap<Option<&str>, u32> = skills.iter().zip(0..).map(|(skill, k)| (*skill, k)).collect();
        let mut classes = vec![0; kinds.len() * 2 * words];
        for (k, (skill, skill_slot)) in kinds.iter().enumerate() {
            for (side, slot) in [Slot::A, Slot::B].into_iter().enumerate() {
                let mask = &mut classes[(2 * k + side) * words..][..words];
                for (person, p) in people.iter().zip(0..) {
                    let skilled = skill.as_ref().is_none_or(|s| *skill_slot != Some(slot) || person.skills.contains(s));
                    if person.checks_max > 0 && (slot == Slot::B || person.lead) && skilled {
                        set(mask, p);
                    }
                }
            }
        }
        let unions = (0..kinds.len() * words)
            .map(|i| {
                let (k, word) = (i / words, i % words);
                classes[2 * k * words + word] | classes[(2 * k + 1) * words + word]
            })
            .collect();
        let mut recused = vec![NONE; needs.len()];
        let mut recused_masks = Vec::new();
        for (person, p) in people.iter().zip(0..) {
            for unit in &person.recusals {
                let Ok(check) = needs.binary_search_by(|need| need.unit_id.cmp(unit)) else { continue };
                if recused[check] == NONE {
                    recused[check] = (recused_masks.len() / words) as u32;
                    recused_masks.resize(recused_masks.len() + words, 0);
                }
                set(&mut recused_masks[recused[check] as usize * words..][..words], p);
            }
        }
        let checks_max: Vec<u32> = people.iter().map(|person| person.checks_max).collect();
        let different: BTreeSet<u32> = checks_max.iter().copied().collect();
        let different: Vec<u32> = different.into_iter().collect();
        let size = checks_max.iter().map(|max| different.partition_point(|d| d < max) as u32).collect();
        let kind = needs.iter().map(|n| kind_of.get(&n.skill.as_deref()).copied().unwrap_or_default()).collect();
        Self {
            people: people.len(),
            checks: needs.len(),
            words,
            checks_max,
            size,
            sizes: different.len(),
            kinds,
            kind,
            classes,
            unions,
            recused,
            recused_masks,
        }
    }

    /// The class of a slot.
    pub(super) fn class_of(&self, slot: u32) -> usize {
        2 * self.kind[slot as usize / 2] as usize + slot as usize % 2
    }

    /// One word of who may hold slots of this class, recusals aside.
    pub(super) fn class_mask(&self, class: usize) -> &[u64] {
        &self.classes[class * self.words..][..self.words]
    }

    /// Who may hold A or B of this kind, recusals aside.
    pub(super) fn union_mask(&self, kind: usize) -> &[u64] {
        &self.unions[kind * self.words..][..self.words]
    }

    /// Who is recused from the check of the slot.
    pub(super) fn recused_mask(&self, slot: u32) -> Option<&[u64]> {
        let at = self.recused[slot as usize / 2];
        (at != NONE).then(|| &self.recused_masks[at as usize * self.words..][..self.words])
    }

    /// One word of who may hold the slot.
    pub(super) fn eligible_word(&self, slot: u32, word: usize) -> u64 {
        let class = self.classes[self.class_of(slot) * self.words + word];
        let at = self.recused[slot as usize / 2];
        if at == NONE { class } else { class & !self.recused_masks[at as usize * self.words + word] }
    }

    /// True where the person may hold the slot.
    pub(super) fn is_eligible(&self, slot: u32, person: u32) -> bool {
        self.eligible_word(slot, person as usize / 64) >> (person % 64) & 1 == 1
    }
}

/// The people and checks of every body that has checks, in the order of body ids.
pub(super) fn split_bodies<'a>(
    roster: &'a Roster,
    needs: &'a Needs,
) -> BTreeMap<&'a BodyId, (Vec<&'a Inspector>, Vec<&'a Need>)> {
    let mut bodies: BTreeMap<&BodyId, (Vec<&Inspector>, Vec<&Need>)> = BTreeMap::new();
    for need in needs.needs() {
        bodies.entry(&need.body).or_default().1.push(need);
    }
    for inspector in roster.inspectors() {
        if let Some((people, _)) = bodies.get_mut(&inspector.body) {
            people.push(inspector);
        }
    }
    bodies
}
