//! The sketch on a task sheet: the outline of the site's district as SVG, drawn once for all sheets of the district.
//!
//! Equirectangular about the district's middle: true to a metre or so at the size of a hand, which is what a sketch
//! is for. Borders are a sketch and say so.

use std::fmt::Write;

/// Rings of a district, outside first and holes after it: longitude, latitude in degrees.
pub type SketchShape = Vec<Vec<(f64, f64)>>;

/// The outline of a district, with what is needed to place a point on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    /// The picture.
    pub svg: String,
    /// Height through width.
    pub aspect: f64,
    /// Kilometres that the width stands for.
    pub width_km: f64,
    west: f64,
    north: f64,
    /// Degrees of longitude and latitude over the whole picture.
    span: (f64, f64),
}

/// Kilometres of a degree of latitude.
const KM_OF_DEGREE: f64 = 111.2;

/// Width of the picture in its own units.
const UNITS: f64 = 1000.0;

impl Sketch {
    /// The outline of these rings; `None` without any point.
    #[must_use]
    pub fn new(rings: &SketchShape) -> Option<Self> {
        let points = || rings.iter().flatten();
        let bound = |of: fn(&(f64, f64)) -> f64, pick: fn(f64, f64) -> f64| points().map(of).reduce(pick);
        let (west, east) = (bound(|p| p.0, f64::min)?, bound(|p| p.0, f64::max)?);
        let (south, north) = (bound(|p| p.1, f64::min)?, bound(|p| p.1, f64::max)?);
        let shrink = f64::midpoint(south, north).to_radians().cos().max(0.05);
        // a margin of a twentieth on every side
        let (wide, high) = (((east - west) * 1.1).max(1e-6), ((north - south) * 1.1).max(1e-6));
        let (west, north) = (west - (east - west) / 20.0, north + (north - south) / 20.0);
        let aspect = high / (wide * shrink);
        let mut path = String::new();
        for ring in rings {
            for (at, (lon, lat)) in ring.iter().enumerate() {
                let (x, y) = ((lon - west) / wide * UNITS, (north - lat) / high * UNITS * aspect);
                // writing to a text can't fail
                let _ = write!(path, "{}{x:.0} {y:.0}", if at == 0 { "M" } else { "L" });
            }
            path.push('Z');
        }
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {UNITS:.0} {:.0}\"><path d=\"{path}\" \
             fill=\"#eef2f3\" fill-rule=\"evenodd\" stroke=\"#4a5a60\" stroke-width=\"4\"/></svg>",
            UNITS * aspect
        );
        Some(Self { svg, aspect, width_km: wide * shrink * KM_OF_DEGREE, west, north, span: (wide, high) })
    }

    /// Where a point lies on the picture, as shares of its width and height; `None` outside of it.
    #[must_use]
    pub fn place(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        let (x, y) = ((lon - self.west) / self.span.0, (self.north - lat) / self.span.1);
        ((0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y)).then_some((x, y))
    }
}

/// The rings of a sketch's own picture, and its width, in the picture's units; `None` for another picture.
#[cfg(feature = "charts")]
pub(super) fn outline_of(svg: &str) -> Option<(Vec<Vec<(f32, f32)>>, f32)> {
    let across: f32 = svg.split_once("viewBox=\"0 0 ")?.1.split_once(' ')?.0.parse().ok()?;
    let path = svg.split_once("<path d=\"")?.1.split_once('"')?.0;
    let point = |text: &str| {
        let (x, y) = text.split_once(' ')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    };
    let ring = |text: &str| text.trim_start_matches('M').split('L').map(point).collect::<Option<Vec<_>>>();
    let rings: Option<Vec<_>> = path.split('Z').filter(|ring| !ring.is_empty()).map(ring).collect();
    Some((rings?, across))
}

#[cfg(test)]
#[cfg(feature = "charts")]
mod tests {
    use super::*;

    #[test]
    fn a_sketch_is_read_back() {
        let rings =
            vec![vec![(121.0, 31.0), (122.0, 31.0), (122.0, 32.0)], vec![(121.5, 31.2), (121.6, 31.2), (121.6, 31.3)]];
        let sketch = Sketch::new(&rings).unwrap();
        let (read, across) = outline_of(&sketch.svg).unwrap();
        assert_eq!((read.len(), read[0].len(), across), (2, 3, 1000.0));
        assert!(read.iter().flatten().all(|(x, y)| (0.0..=1000.0).contains(x) && *y > 0.0));
        assert_eq!(outline_of("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), None);
    }
}
