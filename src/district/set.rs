//! The set of districts: looked up, located, measured, simplified.

use std::collections::HashMap;

use geo::MultiPolygon;
use rayon::prelude::*;

use super::NOWHERE;
use super::geometry::{self, Border, Bounds};
use super::locate::LocateIndex;
use super::simplify::simplify_shapes;
use crate::domain::{DistrictCode, lies_above};
use crate::text::fold_width;

/// A district's name as people may write it, without its ending.
fn short(name: &str) -> String {
    let name: String = fold_width(name).chars().filter(|c| !c.is_whitespace()).collect();
    ["新区", "自治县", "自治州", "自治区", "特别行政区", "地区", "区", "县", "市", "省"]
        .iter()
        .find_map(|end| name.strip_suffix(end).filter(|rest| rest.chars().count() >= 2).map(str::to_owned))
        .unwrap_or(name)
}

/// One district on WGS 84.
#[derive(Debug, Clone)]
pub struct District {
    /// Six-digit code.
    pub code: DistrictCode,
    /// Name; the code's digits where the file has none.
    pub name: String,
    /// Shape in degrees: exteriors counter-clockwise, holes clockwise.
    pub shape: MultiPolygon<f64>,
    /// All columns of its (first) record: name and value.
    pub attributes: Vec<(String, Option<String>)>,
}

/// How a point agrees with the district that its record states.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LocationCheck {
    /// The point lies in the stated district.
    Same,
    /// It lies elsewhere (index, `None` outside all), but this many metres from the stated one, which is
    /// within the map's own uncertainty: a hint only.
    NearBorder(Option<usize>, f64),
    /// It lies in another district (index), this many metres from the stated one.
    Different(usize, f64),
    /// It lies in no district, this many metres from the stated one.
    Outside(f64),
    /// The stated code is not on this map.
    Unknown,
}

/// Districts ascending by code, with their index for locating points.
#[derive(Debug, Clone)]
pub struct DistrictSet {
    districts: Vec<District>,
    /// First district of each name as it is written.
    by_name: HashMap<String, usize>,
    /// Districts of each name without its ending.
    by_short: HashMap<String, Vec<usize>>,
    index: LocateIndex,
    borders: Vec<Border>,
    bounds: Option<Bounds>,
    /// What messages call the file.
    pub file: String,
    /// Encoding of the attributes.
    pub encoding: String,
    /// The coordinate system the file was in, in words.
    pub crs: String,
    /// True for the bundled sketch (示意图).
    pub sketch: bool,
    /// Metres from a border within which a differing district is only a hint: 1 500 for the bundled sketch.
    pub border_hint_m: f64,
}

impl DistrictSet {
    /// A set of districts that are valid already, on WGS 84; they are put in the order of their codes.
    #[must_use]
    pub fn of(mut districts: Vec<District>) -> Self {
        districts.sort_by_key(|d| d.code);
        let shapes: Vec<&MultiPolygon<f64>> = districts.iter().map(|d| &d.shape).collect();
        let index = LocateIndex::new(&shapes);
        let borders = shapes.iter().map(|s| Border::new(s)).collect();
        let bounds = shapes.iter().filter_map(|s| Bounds::of(s)).reduce(Bounds::union);
        let mut by_name = HashMap::with_capacity(districts.len());
        let mut by_short: HashMap<String, Vec<usize>> = HashMap::with_capacity(districts.len());
        for (at, district) in districts.iter().enumerate() {
            by_name.entry(district.name.clone()).or_insert(at);
            by_short.entry(short(&district.name)).or_default().push(at);
        }
        Self {
            by_name,
            by_short,
            index,
            borders,
            bounds,
            districts,
            file: String::new(),
            encoding: String::new(),
            crs: "WGS 84".to_owned(),
            sketch: false,
            border_hint_m: 0.0,
        }
    }

    /// The districts, ascending by code.
    #[must_use]
    pub fn districts(&self) -> &[District] {
        &self.districts
    }

    /// Their number.
    #[must_use]
    pub fn len(&self) -> usize {
        self.districts.len()
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.districts.is_empty()
    }

    /// The bounds of all; `None` where the set is empty.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        self.bounds
    }

    /// Index of a code.
    #[must_use]
    pub fn index_of(&self, code: DistrictCode) -> Option<usize> {
        self.districts.binary_search_by_key(&code, |d| d.code).ok()
    }

    /// Index of a name as people write it: `浦东新区`, `浦东`, `上海市浦东新区`, with or without its ending.
    /// `None` where no or more than one district fits.
    #[must_use]
    pub fn index_of_name(&self, name: &str) -> Option<usize> {
        if let Some(at) = self.by_name.get(name) {
            return Some(*at);
        }
        let wanted = short(name);
        if wanted.is_empty() {
            return None;
        }
        if let Some([one]) = self.by_short.get(&wanted).map(Vec::as_slice) {
            return Some(*one);
        }
        // 上海市浦东: what stands before must be the district's own province or city, never another district.
        let mut fitting = wanted.char_indices().map(|(at, _)| wanted.split_at(at)).flat_map(|(before, own)| {
            let named = if own.chars().count() >= 2 { self.by_short.get(own) } else { None };
            named.into_iter().flatten().filter(move |i| lies_above(before, self.districts[**i].code.0))
        });
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Some(*one),
            _ => None,
        }
    }

    /// The district of a point (degrees on WGS 84) by the rule of [`super::locate`].
    #[must_use]
    pub fn locate(&self, lon: f64, lat: f64) -> Option<usize> {
        self.index.locate(lon, lat)
    }

    /// The districts of many points, in parallel; [`NOWHERE`] for none. Slices of different length are taken
    /// up to the shorter one, the rest is [`NOWHERE`].
    #[must_use]
    pub fn locate_many(&self, lon: &[f64], lat: &[f64]) -> Vec<u32> {
        let mut found = self.index.locate_many(lon, lat);
        found.resize(lon.len().max(lat.len()), NOWHERE);
        found
    }

    /// Metres from a point to the border of a district, from inside or outside; infinite for an index that
    /// does not exist and for coordinates that are no numbers.
    #[must_use]
    pub fn distance_to_border_m(&self, lon: f64, lat: f64, index: usize) -> f64 {
        if !(lon.is_finite() && lat.is_finite()) {
            return f64::INFINITY;
        }
        self.borders.get(index).map_or(f64::INFINITY, |b| b.distance_m(lon, lat))
    }

    /// The district in which a point lies (0 metres) or else the nearest, with the distance in metres.
    #[must_use]
    pub fn nearest(&self, lon: f64, lat: f64) -> Option<(usize, f64)> {
        if let Some(i) = self.locate(lon, lat) {
            return Some((i, 0.0));
        }
        (0..self.len())
            .map(|i| (i, self.distance_to_border_m(lon, lat, i)))
            .filter(|(_, d)| d.is_finite())
            .min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Compares a point with its stated district.
    #[must_use]
    pub fn check_location(&self, lon: f64, lat: f64, stated: DistrictCode) -> LocationCheck {
        let Some(index) = self.index_of(stated) else { return LocationCheck::Unknown };
        let found = self.locate(lon, lat);
        if found == Some(index) {
            return LocationCheck::Same;
        }
        let metres = self.distance_to_border_m(lon, lat, index);
        if metres <= self.border_hint_m {
            return LocationCheck::NearBorder(found, metres);
        }
        found.map_or(LocationCheck::Outside(metres), |other| LocationCheck::Different(other, metres))
    }

    /// Areas in km² on the ellipsoid, one a district. No densities may be computed from the bundled sketch.
    #[must_use]
    pub fn areas_km2(&self) -> Vec<f64> {
        self.districts.par_iter().map(|d| geometry::area_km2(&d.shape)).collect()
    }

    /// Label points: longitude, latitude, metres to the border; one a district.
    #[must_use]
    pub fn label_points(&self) -> Vec<Option<(f64, f64, f64)>> {
        self.districts.par_iter().map(|d| geometry::pole_of_inaccessibility(&d.shape)).collect()
    }

    /// Shapes simplified for drawing, shared borders staying shared; one a district.
    #[must_use]
    pub fn simplified(&self, tolerance_m: f64) -> Vec<MultiPolygon<f64>> {
        let shapes: Vec<&MultiPolygon<f64>> = self.districts.iter().map(|d| &d.shape).collect();
        simplify_shapes(&shapes, tolerance_m)
    }
}
