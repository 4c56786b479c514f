//! Checks of points: whole degrees, swapped axes, points of geocoders that know nothing, and the coordinate system.

use polars::prelude::*;
use rayon::prelude::*;

use super::super::codes;
use super::super::collect::{Collector, Places};
use super::super::districts::{CoordinateSystem, DistrictLookup};
use super::super::intake::Intake;
use super::super::options::RegistryOptions;
use super::super::parse::{map_values, parse_pair};
use super::super::schema::sources;

/// A point in WGS 84, and what was wrong with it as written.
type Judged = (Option<(f64, f64)>, Option<PointFault>);

#[derive(Clone, Copy, PartialEq)]
enum PointFault {
    Impossible,
    Swapped,
}

/// Fewest points that say anything of a whole file.
const FEWEST_POINTS: usize = 3;
/// Fewest points outside their district before another coordinate system is thought of.
const FEWEST_OUTSIDE: usize = 5;
/// Points looked at for it beside those that lie outside.
const SAMPLE: usize = 2000;

/// Reads the points of the register: two columns, one column, or columns of degrees, minutes and seconds.
pub(super) fn check_points(
    intake: &mut Intake<'_>,
    options: &RegistryOptions,
    map: &dyn DistrictLookup,
    out: &mut Collector,
) {
    let n = intake.len();
    let mut lon = intake.parse_sixtieths(&sources::LON, out);
    let mut lat = intake.parse_sixtieths(&sources::LAT, out);
    if let Some(cells) = intake.text(sources::POINT.name()) {
        let (pairs, faults) = map_values(&cells, parse_pair);
        for (i, ()) in faults {
            intake.report(
                out,
                &codes::POINT_BAD,
                i,
                sources::POINT.name(),
                cells.get(i).unwrap_or_default(),
                "经度,纬度",
            );
        }
        for (i, pair) in pairs.into_iter().enumerate().filter_map(|(i, pair)| pair.map(|pair| (i, pair))) {
            if lon[i].is_none() && lat[i].is_none() {
                (lon[i], lat[i]) = (Some(pair.0), Some(pair.1));
            }
        }
    }
    let whole = |value: &f64| value.fract().abs() <= 0.0;
    let known = lon.iter().zip(&lat).filter(|(lon, lat)| lon.is_some() && lat.is_some()).count();
    if known >= FEWEST_POINTS && lon.iter().chain(&lat).flatten().all(whole) {
        out.whole(
            codes::POINT_WHOLE
                .finding()
                .within(&intake.raw.file, intake.raw.sheet.as_deref())
                .value(format!("{known} 行")),
        );
        (lon, lat) = (vec![None; n], vec![None; n]);
    }
    let system = intake.layout.coordinates.unwrap_or(options.coordinates);
    let bounds = map.bounds();
    let plausible = |lon: f64, lat: f64| {
        let near = bounds.is_some_and(|[west, south, east, north]| {
            (west - 2.0..=east + 2.0).contains(&lon) && (south - 2.0..=north + 2.0).contains(&lat)
        });
        near || (73.0..=136.0).contains(&lon) && (3.0..=54.0).contains(&lat)
    };
    let judged: Vec<Judged> = (0..n)
        .into_par_iter()
        .map(|i| {
            let (lon, lat, fault) = match (lon[i], lat[i]) {
                (None, None) => return (None, None),
                (Some(lon), Some(lat)) if plausible(lon, lat) => (lon, lat, None),
                (Some(lon), Some(lat)) if plausible(lat, lon) => (lat, lon, Some(PointFault::Swapped)),
                _ => return (None, Some(PointFault::Impossible)),
            };
            let point = if system == CoordinateSystem::Wgs84 { (lon, lat) } else { map.to_wgs84(system, lon, lat) };
            (Some(point), fault)
        })
        .collect();
    for (i, (_, fault)) in judged.iter().enumerate() {
        let code = match fault {
            None => continue,
            Some(PointFault::Impossible) => &codes::POINT_BAD,
            Some(PointFault::Swapped) => &codes::POINT_SWAPPED,
        };
        let show = |value: Option<f64>| value.map_or_else(|| "空".to_owned(), |value| value.to_string());
        intake.report(out, code, i, sources::LON.name(), &format!("{}, {}", show(lon[i]), show(lat[i])), "");
    }
    intake.put(&sources::LON, judged.iter().map(|(point, _)| point.map(|(lon, _)| lon)).collect());
    intake.put(&sources::LAT, judged.iter().map(|(point, _)| point.map(|(_, lat)| lat)).collect());
}

/// Says so where points without a stated coordinate system fit their districts clearly better in another one.
pub(super) fn check_system(
    intake: &Intake<'_>,
    options: &RegistryOptions,
    map: &dyn DistrictLookup,
    out: &mut Collector,
) {
    if intake.layout.coordinates.is_some() || map.bounds().is_none() || intake.text(sources::DISTRICT.name()).is_none()
    {
        return;
    }
    let (lon, lat) = (intake.decimals(&sources::LON), intake.decimals(&sources::LAT));
    let Some(districts) = intake.get(&sources::DISTRICT) else { return };
    let points: Vec<(f64, f64, u32)> = lon
        .iter()
        .zip(lat)
        .zip(districts)
        .filter_map(|((lon, lat), district)| Some(((*lon)?, (*lat)?, (*district)?)))
        .collect();
    let outside = |points: &[(f64, f64, u32)]| -> Vec<bool> {
        let lons: Vec<f64> = points.iter().map(|point| point.0).collect();
        let lats: Vec<f64> = points.iter().map(|point| point.1).collect();
        map.locate_many(&lons, &lats).iter().zip(points).map(|(found, point)| *found != Some(point.2)).collect()
    };
    let wrong = outside(&points);
    let count = wrong.iter().filter(|wrong| **wrong).count();
    // Some errors are in every register; a wrong system moves all points by the same way.
    if count < FEWEST_OUTSIDE {
        return;
    }
    let step = (points.len() / SAMPLE).max(1);
    let sample: Vec<(f64, f64, u32)> = points
        .iter()
        .zip(&wrong)
        .enumerate()
        .filter(|(i, (_, wrong))| **wrong || i.is_multiple_of(step))
        .map(|(_, (point, _))| *point)
        .collect();
    let best = [CoordinateSystem::Gcj02, CoordinateSystem::Bd09]
        .into_iter()
        .filter(|system| *system != options.coordinates)
        .map(|system| {
            let moved: Vec<(f64, f64, u32)> = sample
                .iter()
                .map(|(lon, lat, district)| {
                    let (lon, lat) = map.to_wgs84(system, *lon, *lat);
                    (lon, lat, *district)
                })
                .collect();
            (outside(&moved).iter().filter(|wrong| **wrong).count(), system)
        })
        .min_by_key(|(left, _)| *left);
    let Some((left, system)) = best else { return };
    if left * 2 > count {
        return;
    }
    let name = match system {
        CoordinateSystem::Gcj02 => "GCJ-02（高德、腾讯）",
        CoordinateSystem::Bd09 => "BD-09（百度）",
        CoordinateSystem::Wgs84 => "WGS 84",
    };
    let finding = codes::POINT_SYSTEM.finding().within(&intake.raw.file, intake.raw.sheet.as_deref());
    out.whole(
        finding
            .value(format!("{count} 个点不在所填的区内"))
            .expected(format!("{name} 的坐标：按它换算后只有 {left} 个点不在所填的区内")),
    );
}

/// Points on which very many units lie: what geocoders answer when they do not know.
pub(in super::super) fn check_shared_points(
    frame: &DataFrame,
    units: usize,
    places: &Places<'_>,
    out: &mut Collector,
) -> PolarsResult<()> {
    let (lon, lat) = (sources::LON.cells(frame)?, sources::LAT.cells(frame)?);
    let mut points: Vec<(u64, u64, u32)> = lon
        .iter()
        .zip(lat.iter())
        .enumerate()
        .filter_map(|(i, (lon, lat))| Some((lon?.to_bits(), lat?.to_bits(), i as u32)))
        .collect();
    points.par_sort_unstable();
    for group in points.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        if group.len() < units.max(2) {
            continue;
        }
        let (lon, lat, first) = group[0];
        out.row(&codes::POINT_SHARED, places.at(first as usize), |finding| {
            finding.value(format!("{}, {}：{} 个单位", f64::from_bits(lon), f64::from_bits(lat), group.len()))
        });
    }
    Ok(())
}
