//! The sketch on a task sheet: the outline of the site's district as SVG, drawn once for all sheets of the district.
//!
//! Equirectangular about the district's middle: true to a metre or so at the size of a hand, which is what a sketch
//! is for. Borders are a sketch and say so.

use std::fmt::Write;

use super::qr::png;

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

/// Rings in the units of a picture.
type Outline = Vec<Vec<(f32, f32)>>;

/// Pixels across of a sketch painted for a Word file: 150 to the inch at the width of a hand.
const PIXELS: usize = 480;
/// Its colours: paper, land, border, the site.
const COLOURS: [[u8; 3]; 4] = [[255, 255, 255], [238, 242, 243], [74, 90, 96], [179, 38, 30]];
/// Radii of the site's ring and of the dot in it, pixels.
const RING: (i64, i64) = (9, 6);
const DOT: i64 = 3;

/// A sketch as pixels, painted once for all sheets of a district.
pub(super) struct Painted {
    high: usize,
    /// Indexes of [`COLOURS`], row by row.
    pixels: Vec<u8>,
}

impl Painted {
    /// The outline, filled and bordered; `None` for another picture than a sketch's.
    pub(super) fn new(svg: &str, aspect: f64) -> Option<Self> {
        let (rings, across) = outline_of(svg)?;
        let high = ((PIXELS as f64 * aspect).round() as usize).clamp(1, 4 * PIXELS);
        let scale = PIXELS as f32 / across;
        let mut painted = Self { high, pixels: vec![0; PIXELS * high] };
        let edges = || {
            rings
                .iter()
                .flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)))
                .map(|((ax, ay), (bx, by))| ((ax * scale, ay * scale), (bx * scale, by * scale)))
        };
        for row in 0..high {
            // land lies between the first and second border that a row meets, the third and fourth, …
            let y = row as f32 + 0.5;
            let crossed = edges().filter(|((_, ay), (_, by))| (*ay <= y) != (*by <= y));
            let mut at: Vec<f32> = crossed.map(|((ax, ay), (bx, by))| ax + (y - ay) / (by - ay) * (bx - ax)).collect();
            at.sort_by(f32::total_cmp);
            for pair in at.chunks_exact(2) {
                for column in (pair[0].max(0.0) as usize)..(pair[1].max(0.0) as usize).min(PIXELS) {
                    painted.set(column as i64, row as i64, 1);
                }
            }
        }
        for ((ax, ay), (bx, by)) in edges() {
            let steps = ((bx - ax).abs().max((by - ay).abs()) * 2.0).ceil().max(1.0) as usize;
            for step in 0..=steps {
                let share = step as f32 / steps as f32;
                let (x, y) = ((ax + share * (bx - ax)) as i64, (ay + share * (by - ay)) as i64);
                for (dx, dy) in [(0, 0), (1, 0), (0, 1)] {
                    painted.set(x + dx, y + dy, 2);
                }
            }
        }
        Some(painted)
    }

    fn set(&mut self, x: i64, y: i64, colour: u8) {
        if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
            && x < PIXELS
            && y < self.high
        {
            self.pixels[y * PIXELS + x] = colour;
        }
    }

    /// As a PNG, with the site at these shares of width and height.
    pub(super) fn png(&self, (x, y): (f64, f64)) -> Option<Vec<u8>> {
        let mut own = Self { high: self.high, pixels: self.pixels.clone() };
        let (x, y) = ((x * PIXELS as f64) as i64, (y * self.high as f64) as i64);
        for dy in -RING.0..=RING.0 {
            for dx in -RING.0..=RING.0 {
                let far = dx * dx + dy * dy;
                if far <= RING.0 * RING.0 && (far >= RING.1 * RING.1 || far <= DOT * DOT) {
                    own.set(x + dx, y + dy, 3);
                }
            }
        }
        let rows: Vec<u8> =
            own.pixels.chunks(PIXELS).flat_map(|row| std::iter::once(0).chain(row.iter().copied())).collect();
        png((PIXELS as u32, self.high as u32), &COLOURS, &rows)
    }
}

/// The rings of a sketch's own picture, and its width, in the picture's units; `None` for another picture.
pub(super) fn outline_of(svg: &str) -> Option<(Outline, f32)> {
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
        let painted = Painted::new(&sketch.svg, sketch.aspect).unwrap();
        let count = |colour| painted.pixels.iter().map(|pixel| usize::from(*pixel == colour)).sum::<usize>();
        // half of the square within its margin is land
        let share = count(1) as f64 / painted.pixels.len() as f64;
        assert!((0.3..0.45).contains(&share) && count(2) > PIXELS, "{share}");
        assert!(painted.png((0.5, 0.5)).unwrap().starts_with(b"\x89PNG"));
        assert_eq!(outline_of("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), None);
    }
}
