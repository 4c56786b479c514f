//! GPX 1.1: a waypoint a target and a route a team and day, in the order of the visits.

use geo::Point;
use gpx::{Gpx, GpxVersion, Metadata, Route, Waypoint};

use crate::diagnostic::AppResult;

use super::{Stop, failed, same_day, team_name};

fn waypoint(stop: &Stop<'_>) -> Option<Waypoint> {
    let (lon, lat) = stop.place()?;
    let mut point = Waypoint::new(Point::new(lon, lat));
    point.name = Some(format!("{}-{} {}", stop.visit.team, stop.visit.order, stop.row.unit.name));
    point.description = Some(stop.row.place.address.clone()).filter(|text| !text.is_empty());
    point.comment = Some(team_name(stop));
    Some(point)
}

/// The file.
///
/// # Errors
/// `EXP-047`.
pub(super) fn render(title: &str, program: &str, stops: &[Stop<'_>]) -> AppResult<Vec<u8>> {
    let routes = stops.chunk_by(same_day).filter_map(|day| {
        let first = day.first()?;
        let points: Vec<Waypoint> = day.iter().filter_map(waypoint).collect();
        let name = Some(format!("{} 第 {} 天", team_name(first), first.visit.day));
        (!points.is_empty()).then(|| Route { name, points, ..Route::default() })
    });
    let file = Gpx {
        version: GpxVersion::Gpx11,
        creator: Some(program.to_owned()),
        metadata: Some(Metadata { name: Some(title.to_owned()), ..Metadata::default() }),
        waypoints: stops.iter().filter_map(waypoint).collect(),
        routes: routes.collect(),
        ..Gpx::default()
    };
    let mut bytes = Vec::new();
    gpx::write(&file, &mut bytes).map_err(|cause| failed("gpx")(cause.to_string()))?;
    Ok(bytes)
}
