//! What the registry asks of the districts' map, as a trait, and district names by their many spellings.
//!
//! Duty: keeps the checks free of geometry: the map's owner answers where a point lies and how far the next
//! border is. [`NoMap`] answers "not known" for checking a file alone.

use serde::{Deserialize, Serialize};

use crate::domain::lies_above;
use crate::text::fold_lines;

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
    fn degrees_of_metres(&self, places: &[[f64; 2]]) -> (Vec<Option<[f64; 2]>>, Option<String>) {
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

/// What a district cell means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DistrictMatch {
    /// One district.
    One(u32),
    /// Several districts.
    Several,
    /// None that is known.
    Unknown,
}

/// The district that a cell names: a code (also with street digits behind), a name with or without its
/// ending, with or without the province or city before it (上海市浦东新区, 上海浦东, 浦东).
#[must_use]
pub fn district_of(text: &str, map: &dyn DistrictLookup) -> Option<u32> {
    match read_district(text, map) {
        DistrictMatch::One(district) => Some(district),
        DistrictMatch::Several | DistrictMatch::Unknown => None,
    }
}

/// As [`district_of`], two districts told from an unknown one. Of several parts only a cascade is taken: province, city,
/// district, in this order.
#[must_use]
pub fn read_district(text: &str, map: &dyn DistrictLookup) -> DistrictMatch {
    let folded = fold_lines(text);
    let whole = folded.strip_suffix(".0").unwrap_or(&folded);
    let divides = |c: char| {
        c.is_whitespace()
            || matches!(c, '-' | '/' | '·' | ',' | '，' | '、' | ';' | '；' | '|' | '>' | '\\' | '—' | '+' | '&')
    };
    let parts: Vec<&str> = whole.split(divides).filter(|part| !part.is_empty()).collect();
    let (Some(last), joined) = (parts.last(), parts.concat()) else { return DistrictMatch::Unknown };
    if parts.len() == 1 {
        return single(last, map);
    }
    let found: Vec<DistrictMatch> = parts.iter().map(|part| single(part, map)).collect();
    let mut districts: Vec<u32> = found
        .iter()
        .filter_map(|found| if let DistrictMatch::One(district) = found { Some(*district) } else { None })
        .collect();
    districts.sort_unstable();
    districts.dedup();
    match districts.as_slice() {
        [] => {}
        // "浦东 新区": a name with a blank in it.
        [_] if found.contains(&DistrictMatch::Unknown) && single(&joined, map) == DistrictMatch::One(districts[0]) => {
            return DistrictMatch::One(districts[0]);
        }
        [district] => {
            let at = found.iter().position(|found| *found == DistrictMatch::One(*district)).unwrap_or(0);
            let cascade = parts[..at].iter().all(|part| lies_above(part, *district))
                && found[at..].iter().all(|found| *found == DistrictMatch::One(*district));
            return if cascade { DistrictMatch::One(*district) } else { DistrictMatch::Unknown };
        }
        _ => return DistrictMatch::Several,
    }
    // Digits of two parts must never make a code together.
    let figures = parts.iter().filter(|part| part.bytes().all(|b| b.is_ascii_digit())).count();
    if figures > 1 { DistrictMatch::Unknown } else { single(&joined, map) }
}

/// One part: a code, a name, or both, with what stands above it before it.
fn single(text: &str, map: &dyn DistrictLookup) -> DistrictMatch {
    let one = |district: Option<u32>| district.map_or(DistrictMatch::Unknown, DistrictMatch::One);
    if text.bytes().all(|b| b.is_ascii_digit()) {
        // 6 digits, or a street's 9 or 12 digits whose first 6 are the district.
        return one(matches!(text.len(), 6 | 9 | 12)
            .then(|| text.get(..6).and_then(|code| code.parse().ok()))
            .flatten()
            .and_then(|code| map.by_code(code)));
    }
    // "310115浦东新区" and "浦东新区(310115)": both must mean the same.
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 6
        && let Some(code) = digits.parse().ok().and_then(|code| map.by_code(code))
    {
        let name: String = text.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '(' | ')')).collect();
        return match by_words(&name, map) {
            Some(other) if other != code => DistrictMatch::Several,
            _ => DistrictMatch::One(code),
        };
    }
    if let Some(district) = by_words(text, map) {
        return DistrictMatch::One(district);
    }
    let names: Vec<u32> = text.split(['和', '与', '及']).filter_map(|part| by_words(part, map)).collect();
    if names.len() > 1 && names.iter().any(|name| *name != names[0]) {
        DistrictMatch::Several
    } else {
        DistrictMatch::Unknown
    }
}

fn by_words(text: &str, map: &dyn DistrictLookup) -> Option<u32> {
    named(text, map).or_else(|| {
        // Drop what stands before the district, the shortest first: 上海市|浦东新区, 上海|浦东.
        text.char_indices().skip(2).find_map(|(i, _)| {
            let (before, rest) = text.split_at(i);
            let divides = before.ends_with(['市', '省', '区']) || matches!(before, "上海" | "北京" | "天津" | "重庆");
            let district = (divides && !rest.is_empty()).then(|| named(rest, map)).flatten()?;
            lies_above(before, district).then_some(district)
        })
    })
}

/// The district of a name, with the endings that people leave out.
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
