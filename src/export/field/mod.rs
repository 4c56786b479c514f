//! Field files: a month's targets of a body by team, in the suggested order of visits, for maps and navigation.
//!
//! GeoJSON (RFC 7946), KML 2.2, GPX 1.1 and shapefiles (UTF-8 with .cpg, WGS 84 with .prj). Internal: they name
//! targets. A target without coordinates stands last in its team's round, in GeoJSON and KML without a place; the
//! other two can't hold it, and the note beside them names it.

mod attributes;
mod geojson;
mod gpx;
mod kml;
mod route;
mod shape;

use std::collections::BTreeMap;

use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::Audience;
use crate::domain::{BodyId, PlanMonth};

use self::route::{Place, short_way};
use super::file_name::FileName;
use super::manifest::ExportFile;
use super::plan_book::{BookHeader, InspectorRef, TargetRole, TargetRow, VisitOrder};

/// Longest day of a team, in team-days; a little more than 1, so that 0.6 + 0.4 fits.
const DAY: f64 = 1.000_001;

/// A target at its place in a team's round.
#[derive(Clone, Copy)]
struct Stop<'a> {
    visit: VisitOrder,
    row: &'a TargetRow,
}

impl Stop<'_> {
    /// Where it lies; `None` without good coordinates.
    fn place(&self) -> Option<Place> {
        place_of(self.row)
    }
}

fn place_of(row: &TargetRow) -> Option<Place> {
    let place = (row.place.lon?, row.place.lat?);
    (place.0.abs() <= 180.0 && place.1.abs() <= 90.0).then_some(place)
}

/// The pair that inspects a target in the order of certificates, so that both ways round are one team.
fn pair(row: &TargetRow) -> Option<[&InspectorRef; 2]> {
    let mut pair = [row.staff.lead.as_ref()?, row.staff.second.as_ref()?];
    pair.sort_by(|a, b| a.certificate.cmp(&b.certificate));
    Some(pair)
}

/// An inspector's name; the certificate where no name is known.
fn person(person: &InspectorRef) -> String {
    if person.name.is_empty() { person.certificate.clone() } else { person.name.clone() }
}

/// Names of a team, for a heading.
fn team_name(stop: &Stop<'_>) -> String {
    match pair(stop.row) {
        Some([a, b]) => format!("第{}组 {}、{}", stop.visit.team, person(a), person(b)),
        None => "未配对".to_owned(),
    }
}

/// Puts each team's targets of a month into a short round, cut into days by what a check takes (`team_days`, in days
/// of a team), and writes each target's place in it into its row. Teams are numbered within their body; reserves and
/// withdrawn units get no place. A target without coordinates stands last.
pub fn suggest_visits(rows: &mut [TargetRow], team_days: impl Fn(&TargetRow) -> f64) {
    let mut teams: BTreeMap<(BodyId, Option<[String; 2]>), Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        if matches!(row.draw.role, TargetRole::Selected | TargetRole::Substitute { .. }) {
            let pair = pair(row).map(|pair| pair.map(|person| person.certificate.clone()));
            teams.entry((row.staff.body.clone(), pair)).or_default().push(at);
        }
    }
    let mut numbers: BTreeMap<BodyId, u32> = BTreeMap::new();
    for ((body, pair), mut own) in teams {
        own.sort_by(|a, b| rows[*a].unit.unit_id.cmp(&rows[*b].unit.unit_id));
        let (placed, unplaced): (Vec<usize>, Vec<usize>) =
            own.into_iter().partition(|at| place_of(&rows[*at]).is_some());
        let places: Vec<Place> = placed.iter().filter_map(|at| place_of(&rows[*at])).collect();
        let number = numbers.entry(body).or_insert(0);
        *number += u32::from(pair.is_some());
        let team = if pair.is_some() { *number } else { 0 };
        let (mut day, mut spent) = (1, 0.0);
        for (order, at) in (1..).zip(short_way(&places).into_iter().map(|i| placed[i]).chain(unplaced)) {
            let cost = team_days(&rows[at]);
            if spent > 0.0 && spent + cost > DAY {
                day += 1;
                spent = 0.0;
            }
            spent += cost;
            rows[at].staff.visit = Some(VisitOrder { team, order, day });
        }
    }
}

/// The stops of the header's body (of all bodies without one) in a month, by team and order.
fn stops<'a>(header: &BookHeader, month: PlanMonth, rows: &'a [TargetRow]) -> Vec<Stop<'a>> {
    let own = |row: &&TargetRow| {
        row.draw.month == month && header.body.as_ref().is_none_or(|(body, _)| *body == row.staff.body)
    };
    let mut stops: Vec<Stop<'a>> =
        rows.iter().filter(own).filter_map(|row| Some(Stop { visit: row.staff.visit?, row })).collect();
    stops.sort_by_key(|stop| (&stop.row.staff.body, stop.visit, &stop.row.unit.unit_id));
    stops
}

fn same_team(a: &Stop<'_>, b: &Stop<'_>) -> bool {
    a.row.staff.body == b.row.staff.body && a.visit.team == b.visit.team
}

fn same_day(a: &Stop<'_>, b: &Stop<'_>) -> bool {
    same_team(a, b) && a.visit.day == b.visit.day
}

/// A part of a format's failure as one of ours.
fn failed(format: &'static str) -> impl Fn(String) -> AppError {
    move |cause| AppError::new("EXP-047", format!("外业文件（{format}）无法生成")).with(|f| f.value(cause))
}

/// The month's field files of the header's body, of rows that have their place ([`suggest_visits`]): `.geojson`, `.kml`, `.gpx`, the parts of a shapefile and the note of
/// its names. None where there is nothing to visit.
///
/// # Errors
/// `EXP-047` where a format refuses what it is given.
pub fn render_field_files(header: &BookHeader, month: PlanMonth, rows: &[TargetRow]) -> AppResult<Vec<ExportFile>> {
    let stops = stops(header, month, rows);
    if stops.is_empty() {
        return Ok(Vec::new());
    }
    let whose = header.body.as_ref().map_or(header.agency.as_str(), |(_, name)| name.as_str());
    let title = format!("{whose}{}年{}月检查对象", month.year(), month.month());
    let named = |document: &str, extension: &str, bytes: Vec<u8>| {
        let name = FileName {
            agency: whose,
            document,
            period: &month.to_string(),
            version: header.version,
            audience: Audience::Internal,
            mark: header.data_mark.as_deref(),
            extension,
        };
        ExportFile { name: name.render(), bytes, audience: Audience::Internal }
    };
    let mut files = vec![
        named("检查对象位置", "geojson", geojson::render(&title, &stops)?),
        named("检查对象位置", "kml", kml::render(&title, &stops)?),
        named("检查路线", "gpx", gpx::render(&title, &header.program, &stops)?),
    ];
    files.extend(
        shape::render(&stops, header.created.date())?
            .into_iter()
            .map(|(ending, bytes)| named("检查对象位置", ending, bytes)),
    );
    files.push(named("外业文件说明", "csv", attributes::note(&stops)?));
    Ok(files)
}
