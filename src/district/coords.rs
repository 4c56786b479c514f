//! Chinese coordinate systems: GCJ-02, BD-09, Web Mercator, swapped axes.
//!
//! GCJ-02 (国测局坐标, the offset that Chinese map services must apply) and BD-09 (Baidu's further offset)
//! have no official text; the formulas here are the ones in general use, on the Krasovsky ellipsoid. Their
//! inverses are found by fixed-point iteration to better than 10⁻⁹ degrees. WGS 84 and CGCS2000 differ by
//! less than decimetres and are one system here.
//!
//! These functions use sin, cos, sqrt, atan2, whose last bits may differ between platforms. Their results
//! feed only where a source lies on the map and the hint that compares it with its stated district; nothing
//! that decides a draw hangs on them.

use std::f64::consts::PI;

/// A coordinate system as named in registers and settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoordinateSystem {
    /// WGS 84, CGCS2000: degrees.
    Wgs84,
    /// GCJ-02 (高德、腾讯): degrees.
    Gcj02,
    /// BD-09 (百度): degrees.
    Bd09,
    /// Web Mercator on WGS 84 (EPSG 3857): metres.
    WebMercator,
    /// Web Mercator on GCJ-02, as Chinese map tiles use it: metres.
    WebMercatorGcj02,
}

impl CoordinateSystem {
    /// All systems.
    pub const ALL: [Self; 5] = [Self::Wgs84, Self::Gcj02, Self::Bd09, Self::WebMercator, Self::WebMercatorGcj02];

    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Wgs84 => "WGS 84 / CGCS2000（GPS、天地图）",
            Self::Gcj02 => "GCJ-02（高德、腾讯）",
            Self::Bd09 => "BD-09（百度）",
            Self::WebMercator => "Web 墨卡托（EPSG:3857）",
            Self::WebMercatorGcj02 => "Web 墨卡托（GCJ-02）",
        }
    }

    /// Reads a name as written in registers: `WGS84`, `CGCS2000`, `国家2000`, `高德`, `火星坐标`, `百度`, …
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let key: String = crate::text::fold_width(text)
            .to_lowercase()
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | ':' | '.' | '(' | ')' | '/'))
            .collect();
        let has = |parts: &[&str]| parts.iter().any(|part| key.contains(part));
        let mercator = has(&["3857", "900913", "墨卡托", "mercator"]);
        if has(&["bd09", "百度", "baidu"]) && !mercator {
            return Some(Self::Bd09);
        }
        if has(&["gcj", "高德", "腾讯", "火星", "国测局", "amap", "autonavi"]) {
            return Some(if mercator { Self::WebMercatorGcj02 } else { Self::Gcj02 });
        }
        if mercator {
            return Some(Self::WebMercator);
        }
        has(&["wgs84", "cgcs2000", "国家2000", "2000国家", "大地2000", "4326", "4490", "gps", "天地图"])
            .then_some(Self::Wgs84)
    }

    /// Longitude and latitude on WGS 84, in degrees.
    #[must_use]
    pub fn to_wgs84(self, x: f64, y: f64) -> (f64, f64) {
        match self {
            Self::Wgs84 => (x, y),
            Self::Gcj02 => gcj02_to_wgs84(x, y),
            Self::Bd09 => bd09_to_wgs84(x, y),
            Self::WebMercator => web_mercator_to_lon_lat(x, y),
            Self::WebMercatorGcj02 => {
                let (lon, lat) = web_mercator_to_lon_lat(x, y);
                gcj02_to_wgs84(lon, lat)
            }
        }
    }

    /// The other way: from longitude and latitude on WGS 84.
    #[must_use]
    pub fn from_wgs84(self, lon: f64, lat: f64) -> (f64, f64) {
        match self {
            Self::Wgs84 => (lon, lat),
            Self::Gcj02 => wgs84_to_gcj02(lon, lat),
            Self::Bd09 => wgs84_to_bd09(lon, lat),
            Self::WebMercator => lon_lat_to_web_mercator(lon, lat),
            Self::WebMercatorGcj02 => {
                let (lon, lat) = wgs84_to_gcj02(lon, lat);
                lon_lat_to_web_mercator(lon, lat)
            }
        }
    }
}

/// Krasovsky 1940: semi-major axis in metres, first eccentricity squared.
const KRASOVSKY_A: f64 = 6_378_245.0;
const KRASOVSKY_EE: f64 = 0.006_693_421_622_965_943;
/// Sphere of Web Mercator in metres.
const WEB_RADIUS: f64 = 6_378_137.0;
const BD_PI: f64 = PI * 3000.0 / 180.0;

/// The rectangle within which the offset applies (services leave points outside it alone).
fn in_offset_area(lon: f64, lat: f64) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

fn offset(lon: f64, lat: f64) -> (f64, f64) {
    let (x, y) = (lon - 105.0, lat - 35.0);
    let root = x.abs().sqrt();
    let wave = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + wave
        + (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + wave
        + (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let phi = lat / 180.0 * PI;
    let magic = 1.0 - KRASOVSKY_EE * phi.sin() * phi.sin();
    let root = magic.sqrt();
    (
        east * 180.0 / (KRASOVSKY_A / root * phi.cos() * PI),
        north * 180.0 / (KRASOVSKY_A * (1.0 - KRASOVSKY_EE) / (magic * root) * PI),
    )
}

/// WGS 84 to GCJ-02; unchanged outside the area of the offset.
#[must_use]
pub fn wgs84_to_gcj02(lon: f64, lat: f64) -> (f64, f64) {
    if !in_offset_area(lon, lat) {
        return (lon, lat);
    }
    let (dx, dy) = offset(lon, lat);
    (lon + dx, lat + dy)
}

/// Solves `forward(p) = target` from `start`; the maps here are the identity plus a small, slow offset.
fn invert(forward: impl Fn(f64, f64) -> (f64, f64), target: (f64, f64), start: (f64, f64)) -> (f64, f64) {
    let mut p = start;
    for _ in 0..30 {
        let (x, y) = forward(p.0, p.1);
        let (dx, dy) = (target.0 - x, target.1 - y);
        p = (p.0 + dx, p.1 + dy);
        if dx.abs() < 1e-11 && dy.abs() < 1e-11 {
            break;
        }
    }
    p
}

/// GCJ-02 to WGS 84, iterated to better than 10⁻⁹ degrees (0.1 mm).
#[must_use]
pub fn gcj02_to_wgs84(lon: f64, lat: f64) -> (f64, f64) {
    if !in_offset_area(lon, lat) {
        return (lon, lat);
    }
    // The offset is applied without its area here: at the area's very edge the target's origin may lie outside.
    invert(
        |x, y| {
            let (dx, dy) = offset(x, y);
            (x + dx, y + dy)
        },
        (lon, lat),
        (lon, lat),
    )
}

/// GCJ-02 to BD-09.
#[must_use]
pub fn gcj02_to_bd09(lon: f64, lat: f64) -> (f64, f64) {
    let z = (lon * lon + lat * lat).sqrt() + 0.000_02 * (lat * BD_PI).sin();
    let theta = lat.atan2(lon) + 0.000_003 * (lon * BD_PI).cos();
    (z * theta.cos() + 0.0065, z * theta.sin() + 0.006)
}

/// BD-09 to GCJ-02, iterated to better than 10⁻⁹ degrees.
#[must_use]
pub fn bd09_to_gcj02(lon: f64, lat: f64) -> (f64, f64) {
    invert(gcj02_to_bd09, (lon, lat), (lon - 0.0065, lat - 0.006))
}

/// WGS 84 to BD-09.
#[must_use]
pub fn wgs84_to_bd09(lon: f64, lat: f64) -> (f64, f64) {
    let (x, y) = wgs84_to_gcj02(lon, lat);
    gcj02_to_bd09(x, y)
}

/// BD-09 to WGS 84.
#[must_use]
pub fn bd09_to_wgs84(lon: f64, lat: f64) -> (f64, f64) {
    let (x, y) = bd09_to_gcj02(lon, lat);
    gcj02_to_wgs84(x, y)
}

/// Degrees to Web Mercator metres.
#[must_use]
pub fn lon_lat_to_web_mercator(lon: f64, lat: f64) -> (f64, f64) {
    (WEB_RADIUS * lon.to_radians(), WEB_RADIUS * lat.to_radians().tan().asinh())
}

/// Web Mercator metres to degrees.
#[must_use]
pub fn web_mercator_to_lon_lat(x: f64, y: f64) -> (f64, f64) {
    ((x / WEB_RADIUS).to_degrees(), (y / WEB_RADIUS).sinh().atan().to_degrees())
}

/// True where the pair reads as latitude, longitude of a place in China: the first within 3–54, the second
/// within 73–136. Such a pair can't be a place in China the right way round.
#[must_use]
pub fn looks_swapped(lon: f64, lat: f64) -> bool {
    (3.0..=54.0).contains(&lon) && (73.0..=136.0).contains(&lat)
}

/// True where the pair can be a place in China.
#[must_use]
pub fn in_china(lon: f64, lat: f64) -> bool {
    (73.0..=136.0).contains(&lon) && (3.0..=54.0).contains(&lat)
}

/// Metres per degree of longitude and latitude at this latitude on the WGS 84 ellipsoid.
#[must_use]
pub fn metres_per_degree(lat: f64) -> (f64, f64) {
    const A: f64 = 6_378_137.0;
    const EE: f64 = 0.006_694_379_990_141_317;
    let phi = lat.to_radians();
    let magic = 1.0 - EE * phi.sin() * phi.sin();
    let root = magic.sqrt();
    ((A / root * phi.cos()).to_radians(), (A * (1.0 - EE) / (magic * root)).to_radians())
}

/// Distance in metres between two near points (good to 0.1 % within 100 km).
#[must_use]
pub fn distance_m(lon1: f64, lat1: f64, lon2: f64, lat2: f64) -> f64 {
    let (mx, my) = metres_per_degree(f64::midpoint(lat1, lat2));
    let (dx, dy) = ((lon2 - lon1) * mx, (lat2 - lat1) * my);
    (dx * dx + dy * dy).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_returns_to_its_start() {
        for i in 0..400 {
            let (lon, lat) = (75.0 + f64::from(i % 20) * 3.01, 4.0 + f64::from(i / 20) * 2.47);
            for system in CoordinateSystem::ALL {
                let (x, y) = system.from_wgs84(lon, lat);
                let (back_lon, back_lat) = system.to_wgs84(x, y);
                let error = (back_lon - lon).abs().max((back_lat - lat).abs());
                assert!(error < 1e-9, "{system:?} {lon} {lat}: {error:e}");
            }
        }
    }

    #[test]
    fn offsets_are_of_the_known_size_in_shanghai() {
        let (lon, lat) = wgs84_to_gcj02(121.4737, 31.2304);
        let moved = distance_m(121.4737, 31.2304, lon, lat);
        assert!((400.0..700.0).contains(&moved), "{moved}");
        let (lon, lat) = gcj02_to_bd09(lon, lat);
        let moved = distance_m(121.4737, 31.2304, lon, lat);
        assert!((900.0..1700.0).contains(&moved), "{moved}");
        assert_eq!(wgs84_to_gcj02(2.35, 48.86), (2.35, 48.86));
    }

    #[test]
    fn names_of_systems() {
        for (text, system) in [
            ("WGS84", CoordinateSystem::Wgs84),
            ("ＣＧＣＳ２０００", CoordinateSystem::Wgs84),
            ("2000国家大地坐标系", CoordinateSystem::Wgs84),
            ("高德", CoordinateSystem::Gcj02),
            ("GCJ-02", CoordinateSystem::Gcj02),
            ("火星坐标系", CoordinateSystem::Gcj02),
            ("百度坐标 BD-09", CoordinateSystem::Bd09),
            ("EPSG:3857", CoordinateSystem::WebMercator),
            ("GCJ02 墨卡托", CoordinateSystem::WebMercatorGcj02),
        ] {
            assert_eq!(CoordinateSystem::parse(text), Some(system), "{text}");
        }
        assert_eq!(CoordinateSystem::parse("北京54"), None);
    }

    #[test]
    fn swapped_pairs() {
        assert!(looks_swapped(31.23, 121.47) && !looks_swapped(121.47, 31.23) && !looks_swapped(0.0, 0.0));
    }
}
