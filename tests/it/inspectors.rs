//! The pairing of inspectors against exhaustive search, and everything around it.
#![allow(clippy::similar_names, reason = "needs and need, changes and changed are what they are")]

mod brute;
mod changes;
mod even;
mod files;
mod shortage;
mod window;

use fairdraw::domain::{BodyId, InspectorId, PlanMonth, UnitId};
use fairdraw::staffing::{Inspector, Names, Need};
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

fn person(certificate: &str, body: &str, lead: bool, skills: &[&str], checks_max: u32, recusals: &[&str]) -> Inspector {
    Inspector {
        certificate: InspectorId::new(certificate).unwrap(),
        body: BodyId::new(body).unwrap(),
        lead,
        skills: skills.iter().map(|s| (*s).to_owned()).collect(),
        checks_max,
        recusals: recusals.iter().map(|u| UnitId::new(*u).unwrap()).collect(),
    }
}

fn need(unit: &str, body: &str, skill: Option<&str>) -> Need {
    Need { unit_id: UnitId::new(unit).unwrap(), body: BodyId::new(body).unwrap(), skill: skill.map(str::to_owned) }
}

fn unit(text: &str) -> UnitId {
    UnitId::new(text).unwrap()
}

fn names() -> Names {
    Names {
        bodies: [("310151", "崇明"), ("310115", "浦东")].map(|(b, n)| (BodyId::new(b).unwrap(), n.to_owned())).into(),
        skills: [("haz".to_owned(), "危废".to_owned())].into(),
    }
}

fn march() -> PlanMonth {
    "2027-03".parse().unwrap()
}

fn seed_of(rng: &mut ChaCha8Rng) -> [u8; 32] {
    let mut seed = [0; 32];
    rng.fill_bytes(&mut seed);
    seed
}

/// A small random month of one body; tight on purpose, so that about half can't be filled.
fn random_month(rng: &mut ChaCha8Rng, people: usize, checks: usize) -> (Vec<Inspector>, Vec<Need>) {
    let units: Vec<String> = (0..checks).map(|i| format!("U{i}")).collect();
    let lead = rng.random_range(0.3..1.0);
    let skilled = rng.random_range(0.2..0.9);
    let recused = rng.random_range(0.0..0.3);
    let most = rng.random_range(1..=5);
    let roster = (0..people)
        .map(|i| {
            let skills: Vec<&str> = ["haz", "rad"].into_iter().filter(|_| rng.random_bool(skilled)).collect();
            let recusals: Vec<&str> = units.iter().map(String::as_str).filter(|_| rng.random_bool(recused)).collect();
            let least = u32::from(!rng.random_bool(0.05));
            let max = rng.random_range(least..=most);
            person(&format!("P{i}"), "b", rng.random_bool(lead), &skills, max, &recusals)
        })
        .collect();
    let needy = rng.random_range(0.0..1.0);
    let needs = units
        .iter()
        .map(|u| {
            let skill = rng.random_bool(needy).then(|| if rng.random_bool(0.7) { "haz" } else { "rad" });
            need(u, "b", skill)
        })
        .collect();
    (roster, needs)
}

// ---- exhaustive search, written from the rule alone ----
