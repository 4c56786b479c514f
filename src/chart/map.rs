//! What a map shows: districts by class, points by tier, labels, and what a printed map must carry.

use geo::LineString;

use crate::district::District;

/// One ring or more: the outside first, holes after it; longitude and latitude in degrees.
pub type MapShape = Vec<Vec<(f64, f64)>>;

/// A district.
#[derive(Debug, Clone, PartialEq)]
pub struct MapDistrict {
    /// Its name.
    pub name: String,
    /// Its polygons.
    pub polygons: Vec<MapShape>,
    /// Its class (0 is the lowest); `None` without a value.
    pub class: Option<usize>,
    /// Its value as text with unit, for the hover card.
    pub value: String,
}

impl MapDistrict {
    /// A district with its class and value.
    #[must_use]
    pub fn of(district: &District, class: Option<usize>, value: String) -> Self {
        let ring = |line: &LineString<f64>| line.coords().map(|c| (c.x, c.y)).collect::<Vec<_>>();
        let polygons = district
            .shape
            .iter()
            .map(|p| std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect::<MapShape>())
            .collect();
        Self { name: district.name.clone(), polygons, class, value }
    }
}

/// A label at a point.
#[derive(Debug, Clone, PartialEq)]
pub struct MapLabel {
    /// Text.
    pub text: String,
    /// Longitude, latitude.
    pub at: (f64, f64),
    /// What wins where two labels meet: the greater one.
    pub weight: f64,
}

/// A pollution source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapPoint {
    /// Longitude, latitude.
    pub at: (f64, f64),
    /// Tier, 0 the most urgent.
    pub tier: usize,
    /// Drawn larger and ringed: drawn this month, selected.
    pub highlighted: bool,
}

/// A choropleth with points.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChoroplethMap {
    /// The finding, as a sentence.
    pub title: String,
    /// Where districts and figures come from.
    pub source: String,
    /// The measure with its unit: head of the legend; empty without classes.
    pub measure: String,
    /// How the classes were made: `分位数分级`.
    pub method: String,
    /// Names of the classes (`0 – 120`), from low to high.
    pub classes: Vec<String>,
    /// Head of the tiers in the legend; they are shown where there are points.
    pub tiers_title: String,
    /// Names of the tiers with their letters, from the most urgent.
    pub tiers: Vec<String>,
    /// The districts.
    pub districts: Vec<MapDistrict>,
    /// Labels.
    pub labels: Vec<MapLabel>,
    /// What highlighted points are, for the legend: `本月抽中`.
    pub highlighted: String,
    /// Points; later ones above, highlighted ones on top.
    pub points: Vec<MapPoint>,
    /// The part shown: west, south, east, north in degrees; all districts where `None`.
    pub window: Option<(f64, f64, f64, f64)>,
    /// The sketch notice: 示意图，边界不作为划界依据; empty for none.
    pub notice: String,
    /// Review number of the base map; empty where none was entered.
    pub review_number: String,
    /// True on simulated data: marks the map with 模拟数据.
    pub simulated: bool,
}
