//! What the screens read: the registry with its columns at hand, and the analysis summed up.
//!
//! Both are made in background jobs and never change afterwards; screens hold them by `Arc`. Frames are
//! rechunked once, so that a cell of any row is one look-up, and nothing of them is copied row by row but the
//! few plain columns that map and filters go through each time.

use std::sync::Arc;

use polars::prelude::{DataFrame, Float64Chunked, PlSmallStr};

use crate::diagnostic::{AppResult, Diagnostics};
use crate::district::DistrictSet;
use crate::domain::{DistrictCode, PlanMonth};
use crate::policy::Policy;
use crate::registry::Registry;
use crate::registry::columns::{Column, Number, column_names};
use crate::registry::schema::sources;
use crate::risk::columns as scored;
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::reports::areas::{AreaFigures, Areas, NOWHERE, Places, compute_area_figures};
use crate::workspace::reports::coming::{ComingChecks, compute_coming};
use crate::workspace::reports::frequency::limit_words;
use crate::workspace::store::project::Project;

/// Registry, map and the plain columns of the sources.
#[derive(Debug)]
pub struct ProjectData {
    /// The checked registry, each frame in one piece.
    pub registry: Registry,
    /// The map.
    pub districts: Arc<DistrictSet>,
    /// Findings on the map, and what the import left.
    pub findings: Diagnostics,
    /// District of each source as an index of `districts`; [`NOWHERE`] where it is not on the map.
    pub district: Arc<[u16]>,
    /// Enforcing body of each source as an index of the policy's bodies; [`NOWHERE`] where unknown.
    pub body: Arc<[u16]>,
    /// Longitude of each source, WGS 84; NaN where unknown.
    pub lon: Arc<[f64]>,
    /// Latitude.
    pub lat: Arc<[f64]>,
}

impl ProjectData {
    /// Takes the frames in one piece and reads the plain columns.
    ///
    /// # Errors
    /// `FRM-001` where a column is not there.
    pub fn new(
        mut registry: Registry,
        districts: DistrictSet,
        findings: Diagnostics,
        policy: &Policy,
    ) -> AppResult<Self> {
        for kind in crate::registry::TableKind::ALL {
            registry.frame_mut(kind).rechunk_mut_par();
        }
        registry.set_aside.rechunk_mut_par();
        let sources = &registry.sources;
        let district = sources::DISTRICT
            .of(sources)?
            .into_iter()
            .map(|code| {
                code.and_then(|code| districts.index_of(DistrictCode(code))).map_or(NOWHERE, |index| index as u16)
            })
            .collect();
        let bodies = policy.body_places();
        let body =
            sources::BODY.of(sources)?.iter().map(|id| id.and_then(|id| bodies.of(id)).unwrap_or(NOWHERE)).collect();
        let plain = |column: Column<Number>| -> AppResult<Arc<[f64]>> {
            Ok(column.of(sources)?.into_iter().map(|v| v.unwrap_or(f64::NAN)).collect())
        };
        let (lon, lat) = (plain(sources::LON)?, plain(sources::LAT)?);
        Ok(Self { district, body, lon, lat, districts: Arc::new(districts), findings, registry })
    }

    /// Number of sources.
    #[must_use]
    pub fn len(&self) -> usize {
        self.registry.sources.height()
    }

    /// True without sources.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the sources lie.
    #[must_use]
    pub fn places(&self) -> Places<'_> {
        Places { map: &self.districts, district: &self.district, body: &self.body }
    }

    /// The `unit_id` of a source's row.
    #[must_use]
    pub fn unit_id(&self, row: u32) -> Option<&str> {
        sources::UNIT_ID.of(&self.registry.sources).ok()?.get(row as usize)
    }

    /// The name of a source's row.
    #[must_use]
    pub fn name(&self, row: u32) -> Option<&str> {
        sources::NAME.of(&self.registry.sources).ok()?.get(row as usize)
    }

    /// The name of a unit, be it in the register still or not.
    #[must_use]
    pub fn unit_name(&self, unit: &str) -> Option<&str> {
        let known = self.registry.unit(unit)?;
        sources::NAME.of(known.frame).ok()?.get(known.row)
    }

    /// The district of a unit, be it in the register still or not, as an index of the map.
    #[must_use]
    pub fn unit_district(&self, unit: &str) -> Option<u16> {
        let known = self.registry.unit(unit)?;
        let code = sources::DISTRICT.cells(known.frame).ok()?.get(known.row)?;
        self.districts.index_of(DistrictCode(code)).map(|index| index as u16)
    }

    /// The address of a source's row.
    #[must_use]
    pub fn address(&self, row: u32) -> Option<&str> {
        sources::ADDRESS.of(&self.registry.sources).ok()?.get(row as usize)
    }

    /// Name of a district by its index on the map.
    #[must_use]
    pub fn district_name(&self, index: u16) -> Option<&str> {
        self.districts.districts().get(index as usize).map(|d| d.name.as_str())
    }
}

/// The analysis with everything that screens ask of it.
#[derive(Debug)]
pub struct AnalysisView {
    /// Scores, population, plan.
    pub analysis: Arc<Analysis>,
    /// Tier of each source; 0 is the most urgent.
    pub tiers: Arc<[u8]>,
    /// Score of each source, thousandths.
    pub scores: Arc<[i64]>,
    /// Sources frame with the scores ([`scored`]) and [`LAMBDA`] beside it; columns are shared, not copied.
    pub table: DataFrame,
    /// Figures of the city, its districts and bodies.
    pub areas: Areas<AreaFigures>,
    /// Mandatory checks that the rest of the year may still bring.
    pub coming: ComingChecks,
}

column_names! {
    /// Drawn visits expected in the year, in the table of sources with their scores.
    LAMBDA: Number = "lambda",
    /// What presses it, in a word; empty where nothing does.
    LIMIT: Text = "frequency_limit",
}

/// Columns of the risk table that stand beside the sources.
const SCORED: [&str; 6] = [
    scored::SCORE.name(),
    scored::TIER.name(),
    scored::SPECIAL.name(),
    scored::STRATUM.name(),
    scored::AGGRAVATED.name(),
    scored::SPECIAL_REASONS.name(),
];

impl AnalysisView {
    /// Sums an analysis up.
    ///
    /// # Errors
    /// `RSK-…`, `FRM-001`.
    pub fn new(project: &Project, data: &ProjectData, analysis: Arc<Analysis>) -> AppResult<Self> {
        let tiers: Arc<[u8]> = analysis.risk.tiers()?.into();
        let scores: Arc<[i64]> = analysis.risk.scores()?.into();
        let places = data.places();
        let (areas, (table, coming)) = rayon::join(
            || compute_area_figures(&analysis, &project.policy, (&tiers, &scores), &places, None),
            || (join(data, &analysis), compute_coming(&project.policy, &data.registry, &analysis)),
        );
        let (table, coming) = (table?, coming?);
        Ok(Self { analysis, tiers, scores, table, areas, coming })
    }

    /// The month that comes next: scores and plan are as of its first day.
    #[must_use]
    pub fn month(&self) -> PlanMonth {
        self.analysis.month
    }
}

fn join(data: &ProjectData, analysis: &Analysis) -> AppResult<DataFrame> {
    let register = &data.registry.sources;
    let mut columns = register.columns().to_vec();
    for name in SCORED {
        if let Ok(column) = analysis.risk.frame.column(name)
            && register.column(name).is_err()
        {
            columns.push(column.clone());
        }
    }
    let lambda = analysis.plan.frequencies.lambda.clone();
    columns.push(LAMBDA.column(Float64Chunked::from_vec(PlSmallStr::EMPTY, lambda)));
    let limits = limit_words(&analysis.plan, &analysis.population.inputs);
    columns.push(LIMIT.column(limits.into_iter().collect()));
    let height = register.height();
    DataFrame::new(height, columns).map_err(|cause| {
        crate::diagnostic::AppError::new("FRM-001", "风险表与污染源名录的行数不同，请重新导入").caused_by(cause)
    })
}
