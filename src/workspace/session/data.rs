//! What the screens read: the registry with its columns at hand, and the analysis summed up.
//!
//! Both are made in background jobs and never change afterwards; screens hold them by `Arc`. Frames are
//! rechunked once, so that a cell of any row is one look-up, and nothing of them is copied row by row but the
//! few plain columns that map and filters go through each time.

use std::sync::Arc;

use polars::prelude::{Column, DataFrame, NamedFrom, Series};

use crate::diagnostic::{AppResult, Diagnostics};
use crate::district::DistrictSet;
use crate::domain::{DistrictCode, PlanMonth};
use crate::plan::model::ByMonth;
use crate::policy::{Milli, Policy};
use crate::registry::Registry;
use crate::registry::columns::{codes, numbers, texts};
use crate::risk::{HistogramBin, RiskTable, TierMoves, compare_risk, compute_histogram, score_risk};
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::store::project::Project;

/// No district or body known.
pub const NOWHERE: u16 = u16::MAX;

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
        let district = codes(sources, "district")?
            .into_iter()
            .map(|code| {
                code.and_then(|code| districts.index_of(DistrictCode(code))).map_or(NOWHERE, |index| index as u16)
            })
            .collect();
        let body = texts(sources, "body")?
            .iter()
            .map(|id| policy.bodies.iter().position(|body| Some(body.id.as_str()) == id).map_or(NOWHERE, |i| i as u16))
            .collect();
        let plain = |name: &str| -> AppResult<Arc<[f64]>> {
            Ok(numbers(sources, name)?.into_iter().map(|v| v.unwrap_or(f64::NAN)).collect())
        };
        let (lon, lat) = (plain("lon")?, plain("lat")?);
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

    /// The `unit_id` of a source's row.
    #[must_use]
    pub fn unit_id(&self, row: u32) -> Option<&str> {
        texts(&self.registry.sources, "unit_id").ok()?.get(row as usize)
    }

    /// The name of a source's row.
    #[must_use]
    pub fn name(&self, row: u32) -> Option<&str> {
        texts(&self.registry.sources, "name").ok()?.get(row as usize)
    }

    /// Name of a district by its index on the map.
    #[must_use]
    pub fn district_name(&self, index: u16) -> Option<&str> {
        self.districts.districts().get(index as usize).map(|d| d.name.as_str())
    }
}

/// Figures of a district, or of the whole city.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AreaFigures {
    /// Sources.
    pub sources: u32,
    /// Sources by tier, the most urgent first.
    pub by_tier: Vec<u32>,
    /// Sources by category of the policy.
    pub by_category: Vec<u32>,
    /// Special sources.
    pub special: u32,
    /// Sum of scores, thousandths.
    pub score_sum: i64,
    /// Sum of λ: drawn visits expected in the year.
    pub lambda: f64,
    /// Expected visits by month, drawn and mandatory.
    pub expected: ByMonth<f64>,
}

impl AreaFigures {
    /// Expected visits of the year.
    #[must_use]
    pub fn expected_year(&self) -> f64 {
        self.expected.iter().sum()
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
    /// Sources frame with `score`, `tier`, `special`, `stratum`, `aggravated`, `special_reasons`, `lambda`
    /// beside it; columns are shared, not copied.
    pub table: DataFrame,
    /// Figures by district, in the map's order.
    pub districts: Vec<AreaFigures>,
    /// Figures of the city, sources outside the map included.
    pub city: AreaFigures,
    /// Figures by body of the policy.
    pub bodies: Vec<AreaFigures>,
    /// Scores in bars.
    pub histogram: Vec<HistogramBin>,
    /// Scores with what is saved, to see who moves.
    pub saved_risk: Arc<RiskTable>,
    /// Moves between tiers from what is saved to the draft.
    pub moves: TierMoves,
    /// True where the draft's policy gives these scores, not the saved one's.
    pub drafted: bool,
}

/// Width of the histogram's bars, points.
pub const HISTOGRAM_WIDTH: Milli = Milli(5000);

impl AnalysisView {
    /// Sums an analysis up. `saved_risk` where it is known from before.
    ///
    /// # Errors
    /// `RSK-…`, `FRM-001`.
    pub fn new(
        project: &Project,
        data: &ProjectData,
        analysis: Arc<Analysis>,
        saved: &Policy,
        saved_risk: Option<Arc<RiskTable>>,
    ) -> AppResult<Self> {
        let policy = &project.policy;
        let drafted = saved.factors != policy.factors
            || saved.tiers != policy.tiers
            || saved.special != policy.special
            || saved.aggravators != policy.aggravators
            || saved.categories != policy.categories;
        let saved_risk = match saved_risk {
            Some(risk) => risk,
            None if !drafted => Arc::new(analysis.risk.clone()),
            None if analysis.features.fits(saved) => Arc::new(score_risk(&analysis.features, saved)?),
            // other decay tables or industries: the counts of what is saved are not at hand
            None => Arc::new(analysis.risk.clone()),
        };
        let moves = compare_risk(&saved_risk, &analysis.risk)?;
        let tiers: Arc<[u8]> = analysis.risk.tiers()?.into();
        let scores: Arc<[i64]> = analysis.risk.scores()?.into();
        let sites = &analysis.population.inputs.sites;
        let lambda = &analysis.plan.frequencies.lambda;
        let empty = || AreaFigures {
            by_tier: vec![0; policy.tiers.len()],
            by_category: vec![0; policy.categories.len()],
            ..AreaFigures::default()
        };
        let mut city = empty();
        let mut districts = vec![empty(); data.districts.len()];
        let mut bodies = vec![empty(); policy.bodies.len()];
        for site in 0..sites.len() {
            let add = |area: &mut AreaFigures| {
                area.sources += 1;
                if let Some(count) = area.by_tier.get_mut(tiers[site] as usize) {
                    *count += 1;
                }
                if let Some(count) = area.by_category.get_mut(sites.category[site] as usize) {
                    *count += 1;
                }
                area.special += u32::from(sites.special[site]);
                area.score_sum += scores[site];
                area.lambda += lambda[site];
            };
            add(&mut city);
            if let Some(district) = districts.get_mut(data.district[site] as usize) {
                add(district);
            }
            if let Some(body) = bodies.get_mut(sites.body[site] as usize) {
                add(body);
            }
        }
        for ((district, body), row) in &analysis.plan.districts {
            let code = analysis.population.districts.get(*district as usize).copied().unwrap_or(0);
            let on_map = data.districts.index_of(DistrictCode(code));
            let areas = [Some(&mut city), on_map.and_then(|i| districts.get_mut(i)), bodies.get_mut(*body as usize)];
            for area in areas.into_iter().flatten() {
                for (sum, visits) in area.expected.iter_mut().zip(row) {
                    *sum += visits;
                }
            }
        }
        let histogram = compute_histogram(&analysis.risk, HISTOGRAM_WIDTH)?;
        let table = join(data, &analysis)?;
        Ok(Self { analysis, tiers, scores, table, districts, city, bodies, histogram, saved_risk, moves, drafted })
    }

    /// The month that comes next: scores and plan are as of its first day.
    #[must_use]
    pub fn month(&self) -> PlanMonth {
        self.analysis.month
    }
}

fn join(data: &ProjectData, analysis: &Analysis) -> AppResult<DataFrame> {
    let mut columns: Vec<Column> = data.registry.sources.columns().to_vec();
    let known: std::collections::BTreeSet<String> = columns.iter().map(|c| c.name().to_string()).collect();
    for name in ["score", "tier", "special", "stratum", "aggravated", "special_reasons"] {
        if let Ok(column) = analysis.risk.frame.column(name)
            && !known.contains(name)
        {
            columns.push(column.clone());
        }
    }
    columns.push(Column::from(Series::new("lambda".into(), analysis.plan.frequencies.lambda.as_slice())));
    let height = data.registry.sources.height();
    DataFrame::new(height, columns).map_err(|cause| {
        crate::diagnostic::AppError::new("FRM-001", "风险表与污染源名录的行数不同，请重新导入").caused_by(cause)
    })
}
