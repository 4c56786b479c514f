//! Ids → numbers: a slot for each site, then one for each enterprise.
//!
//! Events carry ids as text; sums want small numbers. Slot `i` below the number of sites is the site of row `i`; slots
//! from there on are enterprises in the order in which the registry first names them.

use polars::prelude::{DataFrame, StringChunked};
use rayon::prelude::*;

use crate::diagnostic::AppResult;
use crate::registry::schema::sources;
use crate::registry::{NO_ROW, RowIndex};

use super::input::failed;

/// No slot: neither a site of the registry nor one of its enterprises.
pub(super) const NO_SLOT: u32 = u32::MAX;

pub(super) struct Slots {
    sites: RowIndex,
    enterprises: RowIndex,
    /// Slot of each site's enterprise, [`NO_SLOT`] for a site without.
    enterprise_of: Vec<u32>,
    count: usize,
}

impl Slots {
    /// From the registry's `unit_id` and `enterprise`; of a repeated site the first row has the slot.
    pub(super) fn of(register: &DataFrame) -> AppResult<Self> {
        let units = sources::UNIT_ID.cells(register).map_err(failed)?;
        let names = sources::ENTERPRISE.cells(register).map_err(failed)?;
        let ((sites, _), (enterprises, firsts)) = rayon::join(|| RowIndex::of(&[units]), || RowIndex::of(&[names]));
        let mut count = units.len();
        let mut enterprise_of: Vec<u32> = Vec::with_capacity(firsts.len());
        for (row, first) in firsts.iter().enumerate() {
            enterprise_of.push(match *first {
                NO_ROW => NO_SLOT,
                first if first as usize == row => {
                    count += 1;
                    count as u32 - 1
                }
                first => enterprise_of[first as usize],
            });
        }
        Ok(Self { sites, enterprises, enterprise_of, count })
    }

    /// Sites and enterprises together.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The slot of each event: its site's where the registry has it, else its enterprise's, else [`NO_SLOT`].
    pub(super) fn resolve(&self, units: &StringChunked, enterprises: &StringChunked) -> Vec<u32> {
        (0..units.len())
            .into_par_iter()
            .with_min_len(4096)
            .map(|row| {
                let (unit, enterprise) = (units.get(row), enterprises.get(row));
                let site = unit.and_then(|unit| self.sites.row(unit));
                site.or_else(|| enterprise.and_then(|enterprise| self.enterprise(enterprise))).unwrap_or(NO_SLOT)
            })
            .collect()
    }

    /// The slot of an enterprise.
    pub(super) fn enterprise(&self, name: &str) -> Option<u32> {
        self.enterprises.row(name).map(|row| self.enterprise_of[row as usize])
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
