//! Gauss–Krüger zones over China: which meridian figures in metres belong to.

use super::crs::Crs;

/// West and east end of a province in degrees, by the first two digits of its code: an easting without the zone's number
/// fits one meridian only.
fn province_span(province: u32) -> Option<(f64, f64)> {
    const SPANS: [(u32, f64, f64); 34] = [
        (11, 115.4, 117.6),
        (12, 116.6, 118.1),
        (13, 113.4, 119.9),
        (14, 110.2, 114.6),
        (15, 97.1, 126.1),
        (21, 118.8, 125.8),
        (22, 121.6, 131.4),
        (23, 121.1, 135.1),
        (31, 120.8, 122.3),
        (32, 116.3, 122.0),
        (33, 118.0, 123.2),
        (34, 114.8, 119.7),
        (35, 115.8, 120.8),
        (36, 113.5, 118.5),
        (37, 114.7, 122.8),
        (41, 110.3, 116.7),
        (42, 108.3, 116.2),
        (43, 108.7, 114.3),
        (44, 109.6, 117.4),
        (45, 104.4, 112.1),
        (46, 108.5, 111.2),
        (50, 105.2, 110.3),
        (51, 97.3, 108.6),
        (52, 103.6, 109.6),
        (53, 97.5, 106.3),
        (54, 78.3, 99.2),
        (61, 105.4, 111.3),
        (62, 92.3, 108.8),
        (63, 89.4, 103.1),
        (64, 104.2, 107.7),
        (65, 73.4, 96.5),
        (71, 119.3, 122.1),
        (81, 113.8, 114.5),
        (82, 113.5, 113.6),
    ];
    SPANS.iter().find(|(code, ..)| *code == province).map(|(_, west, east)| (*west, *east))
}

/// Central meridians of 3-degree and 6-degree zones over China.
fn meridians() -> impl Iterator<Item = f64> {
    let wide = (13..=23).map(|zone| f64::from(zone) * 6.0 - 3.0);
    let narrow = (25..=45).map(|zone| f64::from(zone) * 3.0);
    narrow.chain(wide.filter(|meridian| meridian.rem_euclid(6.0) > 0.0 && (meridian / 3.0).fract() > 0.0))
}

impl Crs {
    /// The Gauss–Krüger system without the zone's number under which bounds in metres lie between two longitudes; `None`
    /// where none or several do.
    #[must_use]
    pub fn by_place(bounds: [f64; 4], (west, east): (f64, f64)) -> Option<Self> {
        let [x0, y0, x1, y1] = bounds;
        if !is_easting(x0) || !is_easting(x1) || !is_northing(y0) || !is_northing(y1) {
            return None;
        }
        let mut fitting = meridians().map(|meridian| Self::gauss_kruger(meridian, 500_000.0)).filter(|crs| {
            let mut corners = [[x0, y0], [x1, y1], [x0, y1], [x1, y0]];
            crs.to_wgs84(&mut corners).is_ok_and(|lost| lost == 0)
                && corners.iter().all(|p| (west - 0.3..=east + 0.3).contains(&p[0]))
        });
        let found = fitting.next()?;
        fitting.next().is_none().then_some(found)
    }

    /// As [`Crs::guess`], and by the province that the districts' codes name where the bounds alone don't tell.
    #[must_use]
    pub fn guess_in(bounds: [f64; 4], province: Option<u32>) -> Option<Self> {
        Self::guess(bounds).or_else(|| Self::by_place(bounds, province_span(province?)?))
    }
}

/// An easting in metres without the zone's number.
#[must_use]
pub fn is_easting(x: f64) -> bool {
    (100_000.0..900_000.0).contains(&x)
}

/// An easting in metres with the number of a zone of China before it.
#[must_use]
pub fn is_zoned_easting(x: f64) -> bool {
    let zone = (x / 1e6).floor();
    (13.0..=45.0).contains(&zone) && is_easting(x - zone * 1e6)
}

/// A northing in metres of a place in China.
#[must_use]
pub fn is_northing(y: f64) -> bool {
    (1_500_000.0..6_000_000.0).contains(&y)
}

/// True where a pair in metres reads as northing, easting: the axes of surveying, where X points north.
#[must_use]
pub fn looks_surveyed(x: f64, y: f64) -> bool {
    is_northing(x) && (is_easting(y) || is_zoned_easting(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_easting_without_its_zone_fits_one_meridian_of_its_province() {
        let name = |bounds, province| Crs::guess_in(bounds, province).map(|crs| crs.name);
        for (bounds, province, meridian) in [
            ([580_000.0, 3_390_000.0, 720_000.0, 3_530_000.0], Some(31), Some("120°")),
            ([295_000.0, 3_390_000.0, 430_000.0, 3_530_000.0], Some(31), Some("123°")),
            ([440_000.0, 4_380_000.0, 500_000.0, 4_480_000.0], Some(11), Some("117°")),
            ([580_000.0, 3_390_000.0, 720_000.0, 3_530_000.0], None, None),
            ([580_000.0, 3_390_000.0, 720_000.0, 3_530_000.0], Some(11), None),
            ([400_000.0, 5_300_000.0, 600_000.0, 5_400_000.0], Some(15), None),
        ] {
            let found = name(bounds, province);
            assert_eq!(found.as_deref().and_then(|name| name.rsplit(' ').next()), meridian, "{bounds:?} {found:?}");
        }
    }
}
