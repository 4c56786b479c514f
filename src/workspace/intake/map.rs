//! The project's districts as the registry asks for them.

use std::sync::OnceLock;

use crate::district::{CoordinateSystem as MapSystem, DistrictSet, LocationCheck, from_metres};
use crate::domain::DistrictCode;
use crate::registry::{Apart, CoordinateSystem, DistrictLookup, NoMap};

/// A district set seen through the registry's questions.
#[derive(Debug, Clone, Copy)]
pub struct ProjectMap<'a>(pub &'a DistrictSet);

impl ProjectMap<'_> {
    fn code(self, index: usize) -> Option<u32> {
        self.0.districts().get(index).map(|district| district.code.0)
    }
}

impl DistrictLookup for ProjectMap<'_> {
    fn by_name(&self, name: &str) -> Option<u32> {
        self.0.index_of_name(name).and_then(|index| self.code(index))
    }

    fn by_code(&self, code: u32) -> Option<u32> {
        self.0.index_of(DistrictCode(code)).and_then(|index| self.code(index))
    }

    fn locate_many(&self, lon: &[f64], lat: &[f64]) -> Vec<Option<u32>> {
        self.0.locate_many(lon, lat).into_iter().map(|index| self.code(index as usize)).collect()
    }

    fn apart(&self, lon: f64, lat: f64, stated: u32) -> Option<Apart> {
        match self.0.check_location(lon, lat, DistrictCode(stated)) {
            LocationCheck::NearBorder(_, metres) => Some(Apart { metres, near: true }),
            LocationCheck::Different(_, metres) | LocationCheck::Outside(metres) => Some(Apart { metres, near: false }),
            LocationCheck::Same | LocationCheck::Unknown => None,
        }
    }

    fn name_of(&self, code: u32) -> Option<String> {
        let index = self.0.index_of(DistrictCode(code))?;
        self.0.districts().get(index).map(|district| district.name.clone())
    }

    fn bounds(&self) -> Option<[f64; 4]> {
        self.0.bounds().map(|b| [b.west, b.south, b.east, b.north])
    }

    fn degrees_of_metres(&self, places: &[[f64; 2]]) -> (Vec<Option<[f64; 2]>>, Option<String>) {
        from_metres(self.0, places)
    }

    fn to_wgs84(&self, system: CoordinateSystem, lon: f64, lat: f64) -> (f64, f64) {
        let system = match system {
            CoordinateSystem::Wgs84 => return (lon, lat),
            CoordinateSystem::Gcj02 => MapSystem::Gcj02,
            CoordinateSystem::Bd09 => MapSystem::Bd09,
        };
        system.to_wgs84(lon, lat)
    }
}

/// A district set that is read once something is asked of it: most files say all themselves.
pub(super) struct LazyMap<'a> {
    load: &'a (dyn Fn() -> Option<DistrictSet> + Sync),
    set: OnceLock<Option<DistrictSet>>,
}

impl<'a> LazyMap<'a> {
    /// The set that `load` gives; where that gives none, no map at all.
    pub(super) fn new(load: &'a (dyn Fn() -> Option<DistrictSet> + Sync)) -> Self {
        Self { load, set: OnceLock::new() }
    }

    fn ask<T>(&self, question: impl Fn(&dyn DistrictLookup) -> T) -> T {
        match self.set.get_or_init(self.load) {
            Some(set) => question(&ProjectMap(set)),
            None => question(&NoMap),
        }
    }
}

impl DistrictLookup for LazyMap<'_> {
    fn by_name(&self, name: &str) -> Option<u32> {
        self.ask(|map| map.by_name(name))
    }

    fn by_code(&self, code: u32) -> Option<u32> {
        self.ask(|map| map.by_code(code))
    }

    fn locate_many(&self, lon: &[f64], lat: &[f64]) -> Vec<Option<u32>> {
        self.ask(|map| map.locate_many(lon, lat))
    }

    fn apart(&self, lon: f64, lat: f64, stated: u32) -> Option<Apart> {
        self.ask(|map| map.apart(lon, lat, stated))
    }

    fn name_of(&self, code: u32) -> Option<String> {
        self.ask(|map| map.name_of(code))
    }

    fn bounds(&self) -> Option<[f64; 4]> {
        self.ask(|map| map.bounds())
    }

    fn degrees_of_metres(&self, places: &[[f64; 2]]) -> (Vec<Option<[f64; 2]>>, Option<String>) {
        self.ask(|map| map.degrees_of_metres(places))
    }

    fn to_wgs84(&self, system: CoordinateSystem, lon: f64, lat: f64) -> (f64, f64) {
        self.ask(|map| map.to_wgs84(system, lon, lat))
    }
}
