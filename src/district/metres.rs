//! Places in metres, as a register may hold them, brought to longitude and latitude.
//!
//! An easting with its zone's number says all; without it the meridian is the one under which the place lies on the map,
//! where that is a single one. The axes of surveying (X points north) are known by the figures.

use super::crs::Crs;
use super::set::DistrictSet;
use super::zones::{is_easting, is_northing, is_zoned_easting};

/// Degrees around the map within which a place counts as lying on it.
const AROUND: f64 = 0.3;

/// Easting and northing, whichever comes first.
fn turned([x, y]: [f64; 2]) -> Option<[f64; 2]> {
    let east = |x: f64| is_easting(x) || is_zoned_easting(x);
    if is_northing(y) && east(x) {
        Some([x, y])
    } else if is_northing(x) && east(y) {
        Some([y, x])
    } else {
        None
    }
}

/// Longitudes and latitudes of places in metres, `None` for one that can't be known, and the system in words where one
/// was concluded from the map.
#[must_use]
pub fn from_metres(set: &DistrictSet, places: &[[f64; 2]]) -> (Vec<Option<[f64; 2]>>, Option<String>) {
    let bounds = set.bounds();
    let on_map = |p: &[f64; 2]| {
        bounds.is_none_or(|b| {
            (b.west - AROUND..=b.east + AROUND).contains(&p[0]) && (b.south - AROUND..=b.north + AROUND).contains(&p[1])
        })
    };
    let turned: Vec<Option<[f64; 2]>> = places.iter().map(|place| turned(*place)).collect();
    // Places without a zone's number share one meridian: the file is of one office.
    let bare: Vec<[f64; 2]> = turned.iter().flatten().filter(|p| is_easting(p[0])).copied().collect();
    let concluded = bounds.filter(|_| !bare.is_empty()).and_then(|b| {
        let extent = bare.iter().fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |e, p| {
            [e[0].min(p[0]), e[1].min(p[1]), e[2].max(p[0]), e[3].max(p[1])]
        });
        Crs::by_place(extent, (b.west, b.east))
    });
    let to_degrees = |crs: &Crs, place: [f64; 2]| {
        let mut points = [place];
        (crs.to_wgs84(&mut points).ok()? == 0 && on_map(&points[0])).then_some(points[0])
    };
    let degrees = turned
        .iter()
        .map(|place| {
            let place = (*place)?;
            if is_easting(place[0]) {
                return to_degrees(concluded.as_ref()?, place);
            }
            let zone = (place[0] / 1e6).floor();
            // 13 to 23 are zones of six degrees, 25 to 45 of three.
            let meridian = if zone < 24.0 { zone * 6.0 - 3.0 } else { zone * 3.0 };
            to_degrees(&Crs::gauss_kruger(meridian, zone * 1e6 + 500_000.0), place)
        })
        .collect();
    (degrees, concluded.map(|crs| crs.name))
}
