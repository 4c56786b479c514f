//! Coordinate systems of `.prj` files: reading, guessing, writing, to and from WGS 84.
//!
//! Duty: the WKT 1 that `.prj` files hold (ESRI's and OGC's spelling): geographic systems, Transverse
//! Mercator / Gauss–Krüger (CGCS2000 3-degree and 6-degree zones, false easting 500 000 or with the zone
//! number before it, as 40 500 000), Web Mercator, Mercator, Lambert conformal conic, Albers. The projections
//! themselves are those of `proj4rs`. WGS 84, CGCS2000 and every other datum on an ellipsoid of their size
//! agree within a few metres and are taken as one; older datums (北京 54, 西安 80) are off by up to some
//! hundred metres and are taken without a shift, which is noticed.

use proj4rs::Proj;

use super::coords::{lon_lat_to_web_mercator, looks_swapped, web_mercator_to_lon_lat};

/// WKT of geographic WGS 84 in ESRI's spelling.
pub const WGS84_WKT: &str = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],\
PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";

/// A coordinate system that can be brought to WGS 84.
#[derive(Debug, Clone, PartialEq)]
pub struct Crs {
    /// Its name in the file.
    pub name: String,
    /// Name of its geodetic datum.
    pub datum: String,
    /// True where the datum agrees with WGS 84 within a few metres.
    pub agrees_with_wgs84: bool,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// Angles: degrees = value × scale + prime meridian (longitude only).
    Geographic { degrees: f64, prime: f64 },
    /// Web Mercator on the sphere.
    WebMercator,
    /// A projection by its proj string, with the geographic side's string.
    Projected { proj: String, geographic: String },
}

/// A node of WKT.
#[derive(Debug, Default)]
struct Node {
    key: String,
    texts: Vec<String>,
    numbers: Vec<f64>,
    children: Vec<Node>,
}

impl Node {
    fn child(&self, keys: &[&str]) -> Option<&Node> {
        self.children.iter().find(|c| keys.contains(&c.key.as_str()))
    }

    fn name(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    fn number(&self) -> Option<f64> {
        self.numbers.first().copied()
    }
}

/// Deeper nesting than any coordinate system has; keeps a hostile file from exhausting the stack.
const DEEPEST: usize = 24;

struct Parser<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
}

impl Parser<'_> {
    fn blank(&mut self) {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
    }

    fn node(&mut self, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            return None;
        }
        self.blank();
        let mut node = Node::default();
        while let Some(c) = self.rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
            node.key.push(c.to_ascii_uppercase());
        }
        if node.key.is_empty() {
            return None;
        }
        self.blank();
        if self.rest.next_if(|c| matches!(c, '[' | '(')).is_none() {
            // A bare word such as NORTH.
            return Some(node);
        }
        loop {
            self.blank();
            match self.rest.peek()? {
                ']' | ')' => {
                    self.rest.next();
                    return Some(node);
                }
                ',' => {
                    self.rest.next();
                }
                '"' => {
                    self.rest.next();
                    let mut text = String::new();
                    loop {
                        match self.rest.next()? {
                            '"' if self.rest.next_if_eq(&'"').is_some() => text.push('"'),
                            '"' => break,
                            c => text.push(c),
                        }
                    }
                    node.texts.push(text);
                }
                c if c.is_ascii_digit() || matches!(c, '-' | '+' | '.') => {
                    let mut text = String::new();
                    while let Some(c) =
                        self.rest.next_if(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'))
                    {
                        text.push(c);
                    }
                    node.numbers.push(text.parse().ok().filter(|n: &f64| n.is_finite())?);
                }
                _ => {
                    let child = self.node(depth + 1)?;
                    node.children.push(child);
                }
            }
        }
    }
}

/// A name reduced to lower-case letters and digits.
fn plain(name: &str) -> String {
    name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

impl Crs {
    /// Geographic WGS 84.
    #[must_use]
    pub fn wgs84() -> Self {
        Self {
            name: "WGS 84".to_owned(),
            datum: "WGS 84".to_owned(),
            agrees_with_wgs84: true,
            kind: Kind::Geographic { degrees: 1.0, prime: 0.0 },
        }
    }

    /// Web Mercator (EPSG 3857).
    #[must_use]
    pub fn web_mercator() -> Self {
        Self { name: "Web 墨卡托".to_owned(), kind: Kind::WebMercator, ..Self::wgs84() }
    }

    /// CGCS2000 Gauss–Krüger: central meridian in degrees, false easting in metres (500 000, or with the
    /// zone number before it).
    #[must_use]
    pub fn gauss_kruger(central_meridian: f64, false_easting: f64) -> Self {
        let geographic = "+proj=longlat +a=6378137 +rf=298.257222101 +no_defs".to_owned();
        Self {
            name: format!("CGCS2000 高斯-克吕格，中央经线 {central_meridian}°"),
            datum: "CGCS2000".to_owned(),
            agrees_with_wgs84: true,
            kind: Kind::Projected {
                proj: format!(
                    "+proj=tmerc +lat_0=0 +lon_0={central_meridian} +k_0=1 +x_0={false_easting} +y_0=0 \
                     +a=6378137 +rf=298.257222101 +no_defs"
                ),
                geographic,
            },
        }
    }

    /// Reads the WKT 1 of a `.prj`.
    ///
    /// # Errors
    /// What could not be understood, in Chinese.
    pub fn parse_wkt(text: &str) -> Result<Self, String> {
        let mut parser = Parser { rest: text.trim_start_matches('\u{feff}').chars().peekable() };
        let mut root = parser.node(0).ok_or("文本不是完整的 WKT")?;
        if root.key == "COMPD_CS" {
            let at = root.children.iter().position(|c| matches!(c.key.as_str(), "PROJCS" | "GEOGCS"));
            root = root.children.swap_remove(at.ok_or("复合坐标系中没有平面部分")?);
        }
        let geographic = match root.key.as_str() {
            "GEOGCS" => &root,
            "PROJCS" => root.child(&["GEOGCS"]).ok_or("投影坐标系中没有 GEOGCS")?,
            "GEOGCRS" | "PROJCRS" | "GEODCRS" => return Err("这是 WKT 2 格式，.prj 应为 WKT 1（ESRI）".to_owned()),
            key => return Err(format!("不支持的坐标系类型 {key}")),
        };
        let datum = geographic.child(&["DATUM"]).ok_or("缺少 DATUM")?;
        let spheroid = datum.child(&["SPHEROID", "ELLIPSOID"]).ok_or("缺少 SPHEROID")?;
        let [axis, inverse, ..] = spheroid.numbers.as_slice() else { return Err("椭球参数不全".to_owned()) };
        let (axis, inverse) = (*axis, *inverse);
        if !(6_000_000.0..7_000_000.0).contains(&axis) || !(inverse.abs() < 1e-9 || (250.0..350.0).contains(&inverse)) {
            return Err(format!("椭球参数不合理：长半轴 {axis}，扁率倒数 {inverse}"));
        }
        let radians = geographic.child(&["UNIT", "ANGLEUNIT"]).and_then(Node::number).unwrap_or(1f64.to_radians());
        let degrees = radians.to_degrees();
        // The factor of degrees is written with 15 to 17 digits; only another unit is another factor.
        let degrees = if (degrees - 1.0).abs() < 1e-9 { 1.0 } else { degrees };
        if degrees <= 0.0 {
            return Err("角度单位不合理".to_owned());
        }
        let prime = geographic.child(&["PRIMEM"]).and_then(Node::number).unwrap_or(0.0) * degrees;
        let crs = Self {
            name: root.name().to_owned(),
            datum: datum.name().to_owned(),
            agrees_with_wgs84: (axis - 6_378_137.0).abs() < 0.5 && (inverse - 298.2572).abs() < 0.01,
            kind: Kind::Geographic { degrees, prime },
        };
        if root.key == "GEOGCS" {
            return Ok(crs);
        }
        let kind = check_projection(&root, axis, inverse, prime)?;
        Ok(Self { kind, ..crs })
    }

    /// True for degrees, false for metres or other lengths.
    #[must_use]
    pub fn is_geographic(&self) -> bool {
        matches!(self.kind, Kind::Geographic { .. })
    }

    /// Brings points to longitude and latitude in degrees, in place. Points that have no place on the globe
    /// become NaN and are counted; pairs of degrees that only make sense the other way round are left as they
    /// are.
    ///
    /// # Errors
    /// Where the projection can't be set up: what is wrong, in Chinese.
    pub fn to_wgs84(&self, points: &mut [[f64; 2]]) -> Result<usize, String> {
        self.apply(points, false)
    }

    /// The other way, from longitude and latitude in degrees.
    ///
    /// # Errors
    /// As [`Crs::to_wgs84`].
    pub fn from_wgs84(&self, points: &mut [[f64; 2]]) -> Result<usize, String> {
        self.apply(points, true)
    }

    fn apply(&self, points: &mut [[f64; 2]], forward: bool) -> Result<usize, String> {
        match &self.kind {
            Kind::Geographic { degrees, prime } => {
                for p in points.iter_mut() {
                    *p = if forward {
                        [(p[0] - prime) / degrees, p[1] / degrees]
                    } else {
                        [p[0] * degrees + prime, p[1] * degrees]
                    };
                }
            }
            Kind::WebMercator => {
                for p in points.iter_mut() {
                    let (x, y) =
                        if forward { lon_lat_to_web_mercator(p[0], p[1]) } else { web_mercator_to_lon_lat(p[0], p[1]) };
                    *p = [x, y];
                }
            }
            Kind::Projected { proj, geographic } => {
                let set_up = |text: &str| Proj::from_proj_string(text).map_err(|_| "投影参数不能使用".to_owned());
                let (plane, globe) = (set_up(proj)?, set_up(geographic)?);
                for p in points.iter_mut() {
                    let mut q = if forward { (p[0].to_radians(), p[1].to_radians(), 0.0) } else { (p[0], p[1], 0.0) };
                    let done = if forward {
                        proj4rs::transform::transform(&globe, &plane, &mut q)
                    } else {
                        proj4rs::transform::transform(&plane, &globe, &mut q)
                    };
                    *p = match done {
                        Err(_) => [f64::NAN; 2],
                        Ok(()) if forward => [q.0, q.1],
                        Ok(()) => [q.0.to_degrees(), q.1.to_degrees()],
                    };
                }
            }
        }
        // Degrees may still be the wrong way round; whoever loads them turns such pairs.
        let highest = if self.is_geographic() { 180.0 } else { 90.0 };
        let valid = |p: &[f64; 2]| {
            p[0].is_finite() && p[1].is_finite() && (forward || (p[0].abs() <= 360.0 && p[1].abs() <= highest))
        };
        let mut lost = 0;
        for p in points.iter_mut().filter(|p| !valid(p)) {
            *p = [f64::NAN; 2];
            lost += 1;
        }
        Ok(lost)
    }

    /// The system that bounds `[min x, min y, max x, max y]` without a `.prj` point to: degrees, Web
    /// Mercator over China, or Gauss–Krüger with the zone number before the easting. `None` where nothing can
    /// be told (an easting around 500 000 does not name its meridian).
    #[must_use]
    pub fn guess(bounds: [f64; 4]) -> Option<Self> {
        let [x0, y0, x1, y1] = bounds;
        if x0 >= -180.0 && x1 <= 180.0 && y0 >= -90.0 && y1 <= 90.0 {
            return Some(Self::wgs84());
        }
        if looks_swapped(x0, y0) && looks_swapped(x1, y1) {
            return Some(Self::wgs84());
        }
        let north = y0 > 300_000.0 && y1 < 6_000_000.0;
        let zone = (x0 / 1e6).floor();
        let one_zone =
            (zone - (x1 / 1e6).floor()).abs() < 0.5 && x0 > zone * 1e6 + 100_000.0 && x1 < zone * 1e6 + 900_000.0;
        if north && one_zone && (25.0..=45.0).contains(&zone) {
            return Some(Self::gauss_kruger(zone * 3.0, zone * 1e6 + 500_000.0));
        }
        // Eastings of Web Mercator over China (8.1–15.1 million) overlap 6-degree zones 13 to 15, which lie
        // in the far west, where nobody keeps 6-degree data of a city.
        let mercator = x0 > 8_100_000.0 && x1 < 15_100_000.0 && y0 > 350_000.0 && y1 < 7_100_000.0;
        if mercator {
            return Some(Self::web_mercator());
        }
        if north && one_zone && (16.0..=23.0).contains(&zone) {
            return Some(Self::gauss_kruger(zone * 6.0 - 3.0, zone * 1e6 + 500_000.0));
        }
        None
    }
}

fn check_projection(root: &Node, axis: f64, inverse: f64, prime: f64) -> Result<Kind, String> {
    let method = root.child(&["PROJECTION"]).map(|n| plain(n.name())).ok_or("缺少 PROJECTION")?;
    let unit = root.child(&["UNIT", "LENGTHUNIT"]).and_then(Node::number).unwrap_or(1.0);
    if unit <= 0.0 {
        return Err("长度单位不合理".to_owned());
    }
    let parameter = |names: &[&str]| {
        root.children
            .iter()
            .filter(|c| c.key == "PARAMETER")
            .find(|c| names.contains(&plain(c.name()).as_str()))
            .and_then(Node::number)
    };
    let named = plain(root.name());
    if method == "mercatorauxiliarysphere"
        || method == "popularvisualisationpseudomercator"
        || (method.starts_with("mercator") && (named.contains("pseudomercator") || named.contains("webmercator")))
    {
        return Ok(Kind::WebMercator);
    }
    let east = parameter(&["falseeasting"]).unwrap_or(0.0) * unit;
    let north = parameter(&["falsenorthing"]).unwrap_or(0.0) * unit;
    let meridian = parameter(&["centralmeridian", "longitudeofcenter", "longitudeoforigin"]).unwrap_or(0.0) + prime;
    let origin = parameter(&["latitudeoforigin", "latitudeofcenter"]).unwrap_or(0.0);
    let scale = parameter(&["scalefactor"]).unwrap_or(1.0);
    let first = parameter(&["standardparallel1"]);
    let second = parameter(&["standardparallel2"]);
    let own = match method.as_str() {
        "transversemercator" | "gausskruger" | "gaussboaga" | "transversemercatorcomplex" => {
            format!("+proj=tmerc +lat_0={origin} +k_0={scale}")
        }
        "mercator" | "mercator1sp" | "mercator2sp" => match first {
            Some(parallel) => format!("+proj=merc +lat_ts={parallel}"),
            None => format!("+proj=merc +k_0={scale}"),
        },
        "lambertconformalconic" | "lambertconformalconic1sp" | "lambertconformalconic2sp" => match (first, second) {
            (Some(a), Some(b)) => format!("+proj=lcc +lat_1={a} +lat_2={b} +lat_0={origin}"),
            (a, _) => format!("+proj=lcc +lat_1={} +lat_0={origin} +k_0={scale}", a.unwrap_or(origin)),
        },
        "albers" | "albersconicequalarea" | "albersequalareaconic" => {
            let a = first.ok_or("Albers 投影缺少标准纬线")?;
            format!("+proj=aea +lat_1={a} +lat_2={} +lat_0={origin}", second.unwrap_or(a))
        }
        _ => return Err(format!("不支持的投影「{}」", root.child(&["PROJECTION"]).map_or("", Node::name))),
    };
    let ellipsoid =
        if inverse.abs() < 1e-9 { format!("+a={axis} +b={axis}") } else { format!("+a={axis} +rf={inverse}") };
    Ok(Kind::Projected {
        proj: format!("{own} +lon_0={meridian} +x_0={east} +y_0={north} {ellipsoid} +to_meter={unit} +no_defs"),
        geographic: format!("+proj=longlat {ellipsoid} +no_defs"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE_40: &str = r#"PROJCS["CGCS2000_3_Degree_GK_Zone_40",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",40500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;

    #[test]
    fn wkt_of_the_usual_systems() {
        let crs = Crs::parse_wkt(WGS84_WKT).unwrap();
        assert!(crs.is_geographic() && crs.agrees_with_wgs84);
        let crs = Crs::parse_wkt(ZONE_40).unwrap();
        assert!(!crs.is_geographic() && crs.agrees_with_wgs84);
        assert_eq!(crs.name, "CGCS2000_3_Degree_GK_Zone_40");
        let old = ZONE_40.replace("6378137.0,298.257222101", "6378245.0,298.3");
        assert!(!Crs::parse_wkt(&old).unwrap().agrees_with_wgs84);
        for bad in ["", "GEOGCS[", "PROJCS[\"x\"]", "GEODCRS[\"x\"]", "LOCAL_CS[\"x\"]", "GEOGCS[\"x\",DATUM[\"y\"]]"] {
            assert!(Crs::parse_wkt(bad).is_err(), "{bad}");
        }
        assert!(Crs::parse_wkt(&"A[".repeat(100_000)).is_err());
    }

    #[test]
    fn guesses_by_bounds() {
        let name = |b| Crs::guess(b).map(|c| c.name);
        assert_eq!(name([120.8, 30.6, 122.2, 31.9]).as_deref(), Some("WGS 84"));
        assert_eq!(
            name([40_580_000.0, 3_390_000.0, 40_720_000.0, 3_530_000.0]).as_deref(),
            Some("CGCS2000 高斯-克吕格，中央经线 120°")
        );
        assert_eq!(
            name([21_300_000.0, 3_390_000.0, 21_420_000.0, 3_530_000.0]).as_deref(),
            Some("CGCS2000 高斯-克吕格，中央经线 123°")
        );
        assert_eq!(name([13_450_000.0, 3_590_000.0, 13_610_000.0, 3_750_000.0]).as_deref(), Some("Web 墨卡托"));
        assert_eq!(name([-50_000.0, -50_000.0, 50_000.0, 50_000.0]), None);
        assert_eq!(name([580_000.0, 3_390_000.0, 720_000.0, 3_530_000.0]), None);
    }
}
