//! Ids → numbers: a slot for each site, then one for each enterprise.
//!
//! Events carry ids as text; sums want small numbers. Slot `i` below the number of sites is the site of row `i`; slots
//! from there on are enterprises in the order in which the registry first names them. Hash maps are only looked up,
//! never walked, so results do not depend on their order.

use polars::prelude::{DataFrame, InitHashMaps, PlHashMap, StringChunked};
use rayon::prelude::*;

use crate::diagnostic::AppResult;
use crate::registry::schema::sources;

use super::input::failed;

/// No slot: neither a site of the registry nor one of its enterprises.
pub(super) const NO_SLOT: u32 = u32::MAX;

pub(super) struct Slots<'a> {
    sites: PlHashMap<&'a str, u32>,
    enterprises: PlHashMap<&'a str, u32>,
    /// Slot of each site's enterprise, [`NO_SLOT`] for a site without.
    enterprise_of: Vec<u32>,
    count: usize,
}

impl<'a> Slots<'a> {
    /// From the registry's `unit_id` and `enterprise`; of a repeated site the first row has the slot.
    pub(super) fn of(register: &'a DataFrame) -> AppResult<Self> {
        let units = sources::UNIT_ID.cells(register).map_err(failed)?;
        let names = sources::ENTERPRISE.cells(register).map_err(failed)?;
        let mut sites = PlHashMap::with_capacity(units.len());
        for (row, unit) in units.iter().enumerate() {
            if let Some(unit) = unit {
                sites.entry(unit).or_insert(row as u32);
            }
        }
        let mut enterprises = PlHashMap::with_capacity(names.len());
        let mut count = units.len();
        let mut enterprise_of = Vec::with_capacity(names.len());
        for name in names.iter() {
            let slot = name.map_or(NO_SLOT, |name| {
                *enterprises.entry(name).or_insert_with(|| {
                    count += 1;
                    count as u32 - 1
                })
            });
            enterprise_of.push(slot);
        }
        Ok(Self { sites, enterprises, enterprise_of, count })
    }

    /// Sites and enterprises together.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The slot of each event: its site's where the registry has it, else its enterprise's, else [`NO_SLOT`].
    pub(super) fn resolve(&self, units: &StringChunked, enterprises: &StringChunked) -> Vec<u32> {
        let ids: Vec<(Option<&str>, Option<&str>)> = units.iter().zip(enterprises.iter()).collect();
        ids.par_iter()
            .with_min_len(4096)
            .map(|(unit, enterprise)| {
                let site = unit.and_then(|unit| self.sites.get(unit));
                let slot = site.or_else(|| enterprise.and_then(|enterprise| self.enterprises.get(enterprise)));
                slot.copied().unwrap_or(NO_SLOT)
            })
            .collect()
    }

    /// The slot of an enterprise.
    pub(super) fn enterprise(&self, name: &str) -> Option<u32> {
        self.enterprises.get(name).copied()
    }

    /// Values by slot → values by row of the registry, the site's own joined with its enterprise's.
    pub(super) fn spread<T: Copy>(&self, by_slot: &[T], join: impl Fn(T, T) -> T) -> Vec<T> {
        self.enterprise_of
            .iter()
            .zip(by_slot)
            .map(|(enterprise, own)| match by_slot.get(*enterprise as usize) {
                Some(shared) => join(*own, *shared),
                None => *own,
            })
            .collect()
    }
}
