//! What the registry asks of the districts' map, as a trait, and district names by their many spellings.
//!
//! Duty: keeps the checks free of geometry: the map's owner answers where a point lies and how far the next
//! border is. [`NoMap`] answers "not known" for checking a file alone.

use serde::{Deserialize, Serialize};

use crate::text::fold;

/// Coordinate system of longitude and latitude in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoordinateSystem {
    /// WGS 84, taken as the same as CGCS2000 here.
    #[default]
    Wgs84,
    /// GCJ-02 (高德、腾讯).
    Gcj02,
    /// BD-09 (百度).
    Bd09,
}

/// A point and the district that its record states.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Apart {
    /// Metres from the point to that district.
    pub metres: f64,
    /// So little that the map's own uncertainty explains it: a hint only.
    pub near: bool,
}

/// The districts' map as the registry needs it. Angles in degrees, WGS 84; distances in metres.
pub trait DistrictLookup: Sync {
    /// The district of this exact name.
    fn by_name(&self, name: &str) -> Option<u32>;
    /// The code itself where the map has it.
    fn by_code(&self, code: u32) -> Option<u32>;
    /// The district in which each point lies; both slices have the same length, so has the result.
    fn locate_many(&self, lon: &[f64], lat: &[f64]) -> Vec<Option<u32>>;
    /// How far a point that lies elsewhere is from the district that its record states; `None` where the map can't
    /// tell.
    fn apart(&self, lon: f64, lat: f64, stated: u32) -> Option<Apart>;
    /// The name of a district.
    fn name_of(&self, code: u32) -> Option<String>;
    /// West, south, east, north of the whole map; `None` where there is no map.
    fn bounds(&self) -> Option<[f64; 4]>;
    /// A point of another coordinate system as WGS 84 (longitude, latitude).
    fn to_wgs84(&self, system: CoordinateSystem, lon: f64, lat: f64) -> (f64, f64);
    /// Places in metres (either axis first) as longitude and latitude, `None` where that can't be known, and the
    /// projection in words where it was concluded from the map.
    fn from_metres(&self, places: &[[f64; 2]]) -> (Vec<Option<[f64; 2]>>, Option<String>) {
        (vec![None; places.len()], None)
    }
}

/// No map: every six-digit code is taken as it is, no name is known, no point is located.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMap;

impl DistrictLookup for NoMap {
    fn by_name(&self, _name: &str) -> Option<u32> {
        None
    }
    fn by_code(&self, code: u32) -> Option<u32> {
        (100_000..=999_999).contains(&code).then_some(code)
    }
    fn locate_many(&self, lon: &[f64], _lat: &[f64]) -> Vec<Option<u32>> {
        vec![None; lon.len()]
    }
    fn apart(&self, _lon: f64, _lat: f64, _stated: u32) -> Option<Apart> {
        None
    }
    fn name_of(&self, _code: u32) -> Option<String> {
        None
    }
    fn bounds(&self) -> Option<[f64; 4]> {
        None
    }
    fn to_wgs84(&self, _system: CoordinateSystem, lon: f64, lat: f64) -> (f64, f64) {
        (lon, lat)
    }
}

const ENDINGS: [&str; 9] = ["区", "新区", "县", "市", "省", "自治区", "壮族自治区", "回族自治区", "维吾尔自治区"];

/// The district that a cell names: a code (also with street digits behind), a name with or without its
/// ending, with or without the province or city before it (上海市浦东新区, 上海浦东, 浦东).
#[must_use]
pub fn district_of(text: &str, map: &dyn DistrictLookup) -> Option<u32> {
    let folded = fold(text);
    let text: String = folded.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '/' | '·' | ',')).collect();
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        // 6 digits, or a street's 9 or 12 digits whose first 6 are the district.
        return matches!(text.len(), 6 | 9 | 12)
            .then(|| text.get(..6).and_then(|code| code.parse().ok()))
            .flatten()
            .and_then(|code| map.by_code(code));
    }
    // "310115 浦东新区" and "浦东新区(310115)": the code decides.
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 6
        && let Some(code) = digits.parse().ok().and_then(|code| map.by_code(code))
    {
        return Some(code);
    }
    named(&text, map).or_else(|| {
        // Drop what stands before the district, the shortest first: 上海市|浦东新区, 上海|浦东.
        text.char_indices().skip(2).find_map(|(i, _)| {
            let (before, rest) = text.split_at(i);
            let divides = before.ends_with(['市', '省']) || matches!(before, "上海" | "北京" | "天津" | "重庆");
            (divides && !rest.is_empty()).then(|| named(rest, map)).flatten()
        })
    })
}

fn named(name: &str, map: &dyn DistrictLookup) -> Option<u32> {
    name.chars().nth(1)?;
    map.by_name(name).or_else(|| ENDINGS.iter().find_map(|ending| map.by_name(&format!("{name}{ending}")))).or_else(
        || {
            // "浦东区" for 浦东新区 is met too.
            name.strip_suffix(['区', '县', '市'])
                .filter(|stem| stem.chars().nth(1).is_some())
                .and_then(|stem| ENDINGS.iter().find_map(|ending| map.by_name(&format!("{stem}{ending}"))))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two;
    impl DistrictLookup for Two {
        fn by_name(&self, name: &str) -> Option<u32> {
            match name {
                "浦东新区" => Some(310_115),
                "徐汇区" => Some(310_104),
                "四川省" => Some(510_000),
                _ => None,
            }
        }
        fn by_code(&self, code: u32) -> Option<u32> {
            [310_115, 310_104].contains(&code).then_some(code)
        }
        fn locate_many(&self, lon: &[f64], _lat: &[f64]) -> Vec<Option<u32>> {
            vec![None; lon.len()]
        }
        fn apart(&self, _lon: f64, _lat: f64, _stated: u32) -> Option<Apart> {
            None
        }
        fn name_of(&self, _code: u32) -> Option<String> {
            None
        }
        fn bounds(&self) -> Option<[f64; 4]> {
            None
        }
        fn to_wgs84(&self, _system: CoordinateSystem, lon: f64, lat: f64) -> (f64, f64) {
            (lon, lat)
        }
    }

    #[test]
    fn districts_by_every_spelling() {
        for text in [
            "浦东新区",
            "浦东",
            "上海市浦东新区",
            "上海浦东新区",
            "上海市浦东",
            "浦东区",
            " 浦东 新区 ",
            "310115",
            "３１０１１５",
            "310115001",
            "310115001000",
            "310115 浦东新区",
            "浦东新区(310115)",
        ] {
            assert_eq!(district_of(text, &Two), Some(310_115), "{text}");
        }
        assert_eq!(district_of("徐汇", &Two), Some(310_104));
        assert_eq!(district_of("四川", &Two), Some(510_000));
        for text in ["", "区", "南汇区", "999999", "31011", "上海市"] {
            assert_eq!(district_of(text, &Two), None, "{text}");
        }
    }
}
