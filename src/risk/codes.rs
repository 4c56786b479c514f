//! Codes, flags and bodies of every site as plain numbers, so that scoring is arithmetic over slices.

use polars::prelude::DataFrame;
use rustc_hash::FxHashMap;

use super::columns::feature;
use super::features::{FeatureKey, NO_CODE};
use super::input::failed;
use super::score::flag_column;
use crate::diagnostic::AppResult;
use crate::policy::SiteFlag;
use crate::registry::columns::{Column, Small};

/// Months since the last check where none is known.
pub(super) const UNVISITED: i32 = i32::MIN;

/// Flags in the order of their bits.
const FLAGS: [SiteFlag; 6] = [
    SiteFlag::Supervised,
    SiteFlag::ReportsOverdue,
    SiteFlag::SelfMonitoringOverdue,
    SiteFlag::Rectification,
    SiteFlag::RecentPermitEvent,
    SiteFlag::Expired,
];

/// Bit of a flag.
pub(super) fn bit(flag: SiteFlag) -> u8 {
    FLAGS.iter().position(|known| *known == flag).map_or(0, |place| 1 << place)
}

/// One entry a site in each list, in the registry's order; what the columns of [`feature`] say.
#[derive(Debug, Clone)]
pub(super) struct SiteCodes {
    pub(super) management: Vec<u8>,
    pub(super) supervision: Vec<u8>,
    pub(super) env_risk: Vec<u8>,
    pub(super) key_units: Vec<u8>,
    pub(super) grade: Vec<u8>,
    /// A bit a flag: see [`bit`].
    pub(super) flags: Vec<u8>,
    /// Months since the last check, or [`UNVISITED`].
    pub(super) unvisited: Vec<i32>,
    /// For each industry factor of the key, by its column: whether the site's industry is one of it.
    pub(super) industries: Vec<(String, Vec<bool>)>,
    /// Place of the site's body among `bodies`; their number where it has none.
    pub(super) body: Vec<u32>,
    /// Bodies in the order of their first site.
    pub(super) bodies: Vec<String>,
}

impl SiteCodes {
    /// The columns of the features as plain numbers.
    ///
    /// # Errors
    /// `RSK-002` where a column is not there.
    pub(super) fn of(frame: &DataFrame, key: &FeatureKey) -> AppResult<Self> {
        let codes = |column: &Column<Small>, otherwise: u8| -> AppResult<Vec<u8>> {
            let cells = column.cells(frame).map_err(failed)?;
            Ok(cells.iter().map(|code| code.unwrap_or(otherwise)).collect())
        };
        let mut flags = vec![0_u8; frame.height()];
        for flag in FLAGS {
            for (bits, holds) in flags.iter_mut().zip(flag_column(flag).cells(frame).map_err(failed)?.iter()) {
                *bits |= if holds == Some(true) { bit(flag) } else { 0 };
            }
        }
        let mut industries = Vec::with_capacity(key.industries.len());
        for (name, _) in &key.industries {
            let cells = frame.column(name).and_then(|column| column.bool()).map_err(failed)?;
            industries.push((name.clone(), cells.iter().map(|holds| holds == Some(true)).collect()));
        }
        let unvisited = feature::UNVISITED.cells(frame).map_err(failed)?;
        let unvisited = unvisited.iter().map(|months| months.map_or(UNVISITED, |months| months as i32)).collect();
        let (body, bodies) = numbered(frame)?;
        Ok(Self {
            management: codes(&feature::MANAGEMENT, NO_CODE)?,
            supervision: codes(&feature::SUPERVISION, NO_CODE)?,
            env_risk: codes(&feature::ENV_RISK, NO_CODE)?,
            key_units: codes(&feature::KEY_UNITS, 0)?,
            grade: codes(&feature::GRADE, super::features::NO_GRADE)?,
            flags,
            unvisited,
            industries,
            body,
            bodies,
        })
    }
}

/// The bodies of all sites as numbers.
fn numbered(frame: &DataFrame) -> AppResult<(Vec<u32>, Vec<String>)> {
    let names = feature::BODY.cells(frame).map_err(failed)?;
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let mut bodies: Vec<&str> = Vec::new();
    let mut body = Vec::with_capacity(frame.height());
    for name in names.iter() {
        body.push(name.map(|name| {
            *known.entry(name).or_insert_with(|| {
                bodies.push(name);
                bodies.len() as u32 - 1
            })
        }));
    }
    let none = bodies.len() as u32;
    Ok((body.into_iter().map(|body| body.unwrap_or(none)).collect(), bodies.into_iter().map(str::to_owned).collect()))
}
