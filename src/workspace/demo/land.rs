//! Where the synthetic sites lie: the city of Shanghai, or a made-up nation of about 3 000 counties.
//!
//! The nation's counties, their names, shapes and places are invented (示意): cells of a jittered lattice that share
//! their borders, each with a bureau of its own. A county has as many sources whatever the nation's size, so that what
//! a stage takes can be held against the number of sources alone.

use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::random::Dice;
use super::vocabulary::{self, CITY, place_name};
use crate::district::{District, DistrictSet, PROVINCES};
use crate::domain::DistrictCode;

/// 执法总队, the first body beyond the 16 district bureaus of the city, whose indices are the districts'.
pub(super) const BODY_BRIGADE: u16 = 16;
/// 临港新片区.
pub(super) const BODY_LINGANG: u16 = 17;
/// 保税区.
pub(super) const BODY_BONDED: u16 = 18;
/// 化工区.
pub(super) const BODY_CHEMICAL: u16 = 19;

/// Sources a county: 4 000 000 in 3 000 counties.
const SOURCES_OF_COUNTY: usize = 1_333;
/// Counties of a nation, at least and at most.
const COUNTIES: (usize, usize) = (2, 3_000);
/// Cities of a province.
const CITIES_OF_PROVINCE: usize = 12;
/// Counties along each side of a city: about 340 cities in all.
const CITY_SIDE: usize = 3;
/// West, south, east, north of the nation, degrees.
const FRAME: [f64; 4] = [85.0, 22.0, 125.0, 47.0];
/// Points between two corners of a border: about 73 000 vertices in the whole nation.
const POINTS: usize = 5;

/// A district.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Six-digit code.
    pub code: u32,
    /// Name.
    pub name: String,
    /// The city that it lies in, as the names of its firms begin.
    pub city: String,
    /// Industrial parks that its sources gather in.
    pub parks: u32,
}

/// Districts and enforcing bodies.
#[derive(Debug, Clone, PartialEq)]
pub struct Land {
    /// Districts.
    pub districts: Vec<Place>,
    /// Names of the bodies as files write them.
    pub bodies: Vec<String>,
    /// The city of Shanghai: no made-up nation.
    pub is_city: bool,
    /// Weights of the districts among all sources; empty where all weigh the same.
    weights: Vec<f64>,
}

impl Land {
    /// Shanghai: 16 districts and 20 bodies.
    #[must_use]
    pub fn city() -> Self {
        let districts = vocabulary::DISTRICTS.iter().map(|own| Place {
            code: own.code,
            name: own.name.to_owned(),
            city: CITY.to_owned(),
            parks: own.parks,
        });
        let districts: Vec<Place> = districts.collect();
        let bureau = |place: &Place| match place.name.as_str() {
            "浦东新区" => "浦东新区综合执法局".to_owned(),
            name => format!("{name}生态环境局"),
        };
        let mut bodies: Vec<String> = districts.iter().map(bureau).collect();
        let others =
            ["上海市生态环境局执法总队", "临港新片区管理委员会", "自贸试验区保税区管理局", "上海化学工业区管理委员会"];
        bodies.extend(others.map(str::to_owned));
        Self { districts, bodies, is_city: true, weights: vocabulary::DISTRICTS.iter().map(|d| d.weight).collect() }
    }

    /// A nation for so many sources, and its map.
    #[must_use]
    pub fn nation(sources: usize, seed: u64) -> (Self, DistrictSet) {
        let counties = (sources / SOURCES_OF_COUNTY).clamp(COUNTIES.0, COUNTIES.1);
        // as many columns as fill the frame with cells about as high as wide
        let columns = (1..=counties).find(|n| n * n * 5 >= counties * 8).unwrap_or(1);
        let rows = counties.div_ceil(columns);
        let lattice = Lattice::new(columns, rows, &mut Dice::new(seed, 3));
        let cities_across = columns.div_ceil(CITY_SIDE);
        let mut taken = vec![0_u32; cities_across * rows.div_ceil(CITY_SIDE)];
        let mut districts = Vec::with_capacity(counties);
        let mut shapes = Vec::with_capacity(counties);
        for county in 0..counties {
            let (column, row) = (county % columns, county / columns);
            let city = row / CITY_SIDE * cities_across + column / CITY_SIDE;
            taken[city] += 1;
            let province = PROVINCES[city / CITIES_OF_PROVINCE % PROVINCES.len()];
            let code = province * 10_000 + (city % CITIES_OF_PROVINCE + 1) as u32 * 100 + taken[city];
            let name = format!("{}{}", place_name(county, 3), ["县", "区", "市"][county % 3]);
            let shape = MultiPolygon::new(vec![lattice.cell(column, row)]);
            shapes.push(District { code: DistrictCode(code), name: name.clone(), shape, attributes: Vec::new() });
            districts.push(Place { code, name, city: place_name(city, 2), parks: 2 });
        }
        let bodies = districts.iter().map(|place| format!("{}生态环境局", place.name)).collect();
        (Self { districts, bodies, is_city: false, weights: Vec::new() }, DistrictSet::of(shapes))
    }

    /// The district of an index.
    ///
    /// Indices come from this land; a foreign one gets the first.
    #[must_use]
    pub fn district(&self, index: u16) -> &Place {
        self.districts.get(usize::from(index)).unwrap_or(&self.districts[0])
    }

    /// The name of a body; empty for an unknown index.
    #[must_use]
    pub fn body_name(&self, index: u16) -> &str {
        self.bodies.get(usize::from(index)).map_or("", String::as_str)
    }

    /// What stands before a district's name where people write it in full.
    #[must_use]
    pub fn above(&self) -> &'static str {
        if self.is_city { "上海市" } else { "" }
    }

    /// A district by weight.
    pub(super) fn some_district(&self, dice: &mut Dice) -> u16 {
        let index =
            if self.is_city { dice.weighted(&self.weights) } else { dice.below(self.districts.len() as u64) as usize };
        index as u16
    }
}

/// A lattice whose corners and borders are moved a little; neighbours share every point.
struct Lattice {
    columns: usize,
    corners: Vec<Coord>,
    /// Points inside the border from a corner to the one east of it, west to east.
    across: Vec<[Coord; POINTS]>,
    /// Points inside the border from a corner to the one north of it, south to north.
    along: Vec<[Coord; POINTS]>,
}

impl Lattice {
    fn new(columns: usize, rows: usize, dice: &mut Dice) -> Self {
        let [west, south, east, north] = FRAME;
        let (width, height) = ((east - west) / columns as f64, (north - south) / rows as f64);
        let mut off = |most: f64| (dice.unit() - 0.5) * 2.0 * most;
        let mut corners = Vec::with_capacity((columns + 1) * (rows + 1));
        for row in 0..=rows {
            for column in 0..=columns {
                let (x, y) = (west + width * column as f64, south + height * row as f64);
                corners.push(Coord { x: x + off(width * 0.22), y: y + off(height * 0.22) });
            }
        }
        let mut between = |from: Coord, to: Coord| {
            std::array::from_fn(|at| {
                let share = (at + 1) as f64 / (POINTS + 1) as f64;
                // a border that strays by less than a tenth of a cell meets no other
                Coord {
                    x: from.x + (to.x - from.x) * share + off(width * 0.03),
                    y: from.y + (to.y - from.y) * share + off(height * 0.03),
                }
            })
        };
        let (mut across, mut along) = (Vec::new(), Vec::new());
        for row in 0..=rows {
            for column in 0..=columns {
                let corner = |column: usize, row: usize| corners[row.min(rows) * (columns + 1) + column.min(columns)];
                let here = corner(column, row);
                across.push(between(here, corner(column + 1, row)));
                along.push(between(here, corner(column, row + 1)));
            }
        }
        Self { columns: columns + 1, corners, across, along }
    }

    /// A cell, counter-clockwise.
    fn cell(&self, column: usize, row: usize) -> Polygon {
        let at = |column: usize, row: usize| row * self.columns + column;
        let mut ring = vec![self.corners[at(column, row)]];
        ring.extend(self.across[at(column, row)]);
        ring.push(self.corners[at(column + 1, row)]);
        ring.extend(self.along[at(column + 1, row)]);
        ring.push(self.corners[at(column + 1, row + 1)]);
        ring.extend(self.across[at(column, row + 1)].into_iter().rev());
        ring.push(self.corners[at(column, row + 1)]);
        ring.extend(self.along[at(column, row)].into_iter().rev());
        Polygon::new(LineString::new(ring), Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use geo::Validation;

    use super::*;
    use crate::district::parse_district_code;

    #[test]
    fn counties_have_names_of_their_own_and_fill_the_nation() {
        let (land, map) = Land::nation(4_000_000, 7);
        assert_eq!((land.districts.len(), land.bodies.len(), map.len()), (3_000, 3_000, 3_000));
        let distinct = |of: fn(&Place) -> String| land.districts.iter().map(of).collect::<BTreeSet<_>>().len();
        assert_eq!((distinct(|p| p.code.to_string()), distinct(|p| p.name.clone())), (3_000, 3_000));
        let cities = distinct(|p| p.city.clone());
        assert!((320..=360).contains(&cities), "{cities}");
        let points: usize = map.districts().iter().flat_map(|d| &d.shape).map(|p| p.exterior().0.len()).sum();
        assert!((70_000..=80_000).contains(&points), "{points}");
        for district in map.districts() {
            assert!(parse_district_code(&district.code.to_string(), false).is_some(), "{}", district.code);
            assert!(district.shape.is_valid(), "{}", district.name);
            assert_eq!(map.index_of_name(&district.name), map.index_of(district.code), "{}", district.name);
        }
        // neighbours leave no room between them
        for (x, y) in [(100.0, 30.0), (95.5, 41.2), (118.123, 25.77)] {
            assert!(map.locate(x, y).is_some());
        }
        assert_eq!(Land::nation(40_000, 7).0.districts.len(), 30);
    }
}
