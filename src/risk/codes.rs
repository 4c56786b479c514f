//! Codes, flags and bodies of every site as plain numbers, so that scoring is arithmetic over slices.

use chrono::NaiveDate;
use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::columns::feature;
use super::features::{FeatureKey, month_of};
use super::input::{failed, month_ordinal};
use crate::diagnostic::AppResult;
use crate::domain::{Category, Supervision};
use crate::policy::SiteFlag;
use crate::registry::columns::{Column as Typed, Day, Flag, Text};
use crate::registry::schema::sources;
use crate::registry::vocabulary::EnvRisk;
use crate::text::day::day_number;

/// No credit grade known.
pub(super) const NO_GRADE: u8 = u8::MAX;
/// Code of a text that is none of the known ones.
pub(super) const NO_CODE: u8 = u8::MAX;
/// Months since the last check where none is known.
pub(super) const NO_CHECK: i32 = i32::MIN;

/// Months within which a permit event is recent.
const RECENT_MONTHS: i32 = 12;

/// Bit of a flag in [`SiteCodes::flags`].
pub(super) const fn bit(flag: SiteFlag) -> u8 {
    1 << flag as u8
}

/// One entry a site in each list, in the registry's order.
#[derive(Debug, Clone)]
pub(super) struct SiteCodes {
    /// Position of the management category, heaviest first; [`NO_CODE`] without one, as in the two after it.
    pub(super) management: Vec<u8>,
    /// Position of the supervision class.
    pub(super) supervision: Vec<u8>,
    /// Position of the environmental risk level, highest first.
    pub(super) env_risk: Vec<u8>,
    /// On how many lists of key units the site stands.
    pub(super) key_units: Vec<u8>,
    /// Worst grade of the latest graded year, or [`NO_GRADE`].
    pub(super) grade: Vec<u8>,
    /// A bit a flag: see [`bit`].
    pub(super) flags: Vec<u8>,
    /// Months since the last finished check, or [`NO_CHECK`].
    pub(super) unvisited: Vec<i32>,
    /// Place of the site's body among `bodies`; their number where it has none.
    pub(super) body: Vec<u32>,
    /// Bodies in the order of their first site.
    pub(super) bodies: Vec<String>,
    /// For each industry factor, by its column: whether the site's industry is one of the factor's.
    industries: Vec<(String, Vec<bool>)>,
}

impl SiteCodes {
    /// What lies in the sites' own rows, beside grade and months since the last check, which are given.
    ///
    /// # Errors
    /// `RSK-002` where a column is not there.
    pub(super) fn of(
        sites: &DataFrame,
        key: &FeatureKey,
        as_of: NaiveDate,
        (grade, unvisited): (Vec<u8>, Vec<i32>),
    ) -> AppResult<Self> {
        let codes = |column: &Typed<Text>, known: &[&str]| -> AppResult<Vec<u8>> {
            let place = |text: &str| known.iter().position(|known| *known == text).map_or(NO_CODE, |place| place as u8);
            let cells = column.cells(sites).map_err(failed)?;
            Ok(cells.iter().map(|text| text.map_or(NO_CODE, place)).collect())
        };
        let marks = marks_of(sites, key, as_of)?;
        let mut flags = vec![0_u8; sites.height()];
        for flag in SiteFlag::ALL {
            let holds = flag_column(flag).cells(&marks).map_err(failed)?;
            for (bits, holds) in flags.iter_mut().zip(holds.iter()) {
                *bits |= if holds == Some(true) { bit(flag) } else { 0 };
            }
        }
        let mut industries = Vec::with_capacity(key.industries.len());
        for (name, _) in &key.industries {
            let cells = marks.column(name).and_then(|column| column.bool()).map_err(failed)?;
            industries.push((name.clone(), cells.iter().map(|holds| holds == Some(true)).collect()));
        }
        let lists = sources::KEY_UNIT.cells(sites).map_err(failed)?;
        let (body, bodies) = numbered(sources::BODY.cells(sites).map_err(failed)?);
        Ok(Self {
            management: codes(&sources::MANAGEMENT, &Category::ALL.map(Category::id))?,
            supervision: codes(&sources::SUPERVISION, &Supervision::ALL.map(Supervision::id))?,
            env_risk: codes(&sources::ENV_RISK, &EnvRisk::ALL.map(EnvRisk::id))?,
            key_units: lists.iter().map(|list| list.map_or(0, count_entries)).collect(),
            grade,
            flags,
            unvisited,
            body,
            bodies,
            industries,
        })
    }

    /// Whether each site's industry is one of a factor's.
    pub(super) fn industry(&self, factor: &str) -> &[bool] {
        let name = feature::industry(factor);
        self.industries.iter().find(|(column, _)| *column == name).map_or(&[], |(_, holds)| holds)
    }
}

/// Column of a flag: of the register, or computed here.
fn flag_column(flag: SiteFlag) -> Typed<Flag> {
    match flag {
        SiteFlag::Supervised => sources::SUPERVISED,
        SiteFlag::ReportsOverdue => sources::REPORTS_OVERDUE,
        SiteFlag::SelfMonitoringOverdue => sources::SELF_MONITORING_OVERDUE,
        SiteFlag::Rectification => feature::RECTIFICATION,
        SiteFlag::RecentPermitEvent => feature::PERMIT_EVENT_RECENT,
        SiteFlag::Expired => feature::EXPIRED,
    }
}

/// The flags and the industries of the sites' own rows; null where nothing is known.
fn marks_of(sites: &DataFrame, key: &FeatureKey, as_of: NaiveDate) -> AppResult<DataFrame> {
    let today = lit(day_number(as_of));
    let day = |column: &Typed<Day>| column.expr().to_physical();
    let event_age = lit(month_ordinal(as_of)) - month_of(&sources::PERMIT_EVENT_DATE);
    let recent = sources::PERMIT_EVENT
        .expr()
        .is_not_null()
        .and(day(&sources::PERMIT_EVENT_DATE).lt_eq(today.clone()))
        .and(event_age.lt_eq(lit(RECENT_MONTHS)));
    let mut columns = vec![
        sources::SUPERVISED.expr(),
        sources::REPORTS_OVERDUE.expr(),
        sources::SELF_MONITORING_OVERDUE.expr(),
        day(&sources::RECTIFY_BY).gt_eq(today.clone()).alias(feature::RECTIFICATION.name()),
        recent.alias(feature::PERMIT_EVENT_RECENT.name()),
        day(&sources::EXPIRES).lt(today).alias(feature::EXPIRED.name()),
    ];
    for (name, codes) in &key.industries {
        let mut meets = lit(false);
        for code in codes {
            meets = meets.or(sources::INDUSTRY.expr().str().starts_with(lit(code.as_str())));
        }
        // of no codes it would be one value for all rows
        columns.push(sources::INDUSTRY.expr().is_not_null().and(meets).alias(name.as_str()));
    }
    sites.clone().lazy().select(columns).collect().map_err(failed)
}

/// Entries of a `;`-joined list, each counted once.
fn count_entries(list: &str) -> u8 {
    let mut entries: Vec<&str> = list.split(';').map(str::trim).filter(|entry| !entry.is_empty()).collect();
    entries.sort_unstable();
    entries.dedup();
    entries.len().min(200) as u8
}

/// Names as numbers, and the names in the order of their first mention; their number where a cell has none.
fn numbered(cells: &StringChunked) -> (Vec<u32>, Vec<String>) {
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let mut names: Vec<&str> = Vec::new();
    let mut numbers = Vec::with_capacity(cells.len());
    for name in cells.iter() {
        numbers.push(name.map(|name| {
            *known.entry(name).or_insert_with(|| {
                names.push(name);
                names.len() as u32 - 1
            })
        }));
    }
    let none = names.len() as u32;
    (numbers.into_iter().map(|number| number.unwrap_or(none)).collect(), names.into_iter().map(str::to_owned).collect())
}
