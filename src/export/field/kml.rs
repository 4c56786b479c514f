//! KML 2.2: a folder a team, in it the targets by order and a line a day.

use std::collections::HashMap;

use kml::types::{Coord, Element, Folder, Geometry, KmlDocument, LineString, Placemark, Point};
use kml::{Kml, KmlVersion, KmlWriter};

use crate::diagnostic::AppResult;

use super::attributes::ATTRIBUTES;
use super::route::{Place, length};
use super::{Stop, failed, same_team, team_name};

fn element(name: &str, content: Option<String>, children: Vec<Element>) -> Element {
    Element { name: name.to_owned(), attrs: HashMap::new(), content, children }
}

fn placemark(stop: &Stop<'_>) -> Kml {
    let data = ATTRIBUTES.iter().map(|attribute| {
        let mut data = element("Data", None, vec![element("value", Some((attribute.text)(stop)), Vec::new())]);
        data.attrs.insert("name".to_owned(), attribute.heading.to_owned());
        data
    });
    let children = vec![element("ExtendedData", None, data.collect())];
    Kml::Placemark(Placemark {
        name: Some(format!("{}. {}", stop.visit.order, stop.row.unit.name)),
        description: Some(format!("第 {} 天；{}", stop.visit.day, stop.row.place.address)),
        geometry: stop.place().map(|(lon, lat)| Geometry::Point(Point::new(lon, lat, None))),
        style_url: None,
        attrs: HashMap::new(),
        children,
    })
}

/// The way of a day; `None` with fewer than two places.
fn way(day: &[Stop<'_>]) -> Option<Kml> {
    let places: Vec<Place> = day.iter().filter_map(Stop::place).collect();
    let coords: Vec<Coord> = places.iter().map(|(lon, lat)| Coord::new(*lon, *lat, None)).collect();
    let first = day.first().filter(|_| coords.len() > 1)?;
    Some(Kml::Placemark(Placemark {
        name: Some(format!("第 {} 天路线，直线约 {:.1} 公里", first.visit.day, length(&places))),
        geometry: Some(Geometry::LineString(LineString::from(coords))),
        ..Placemark::default()
    }))
}

/// The file.
///
/// # Errors
/// `EXP-047`.
pub(super) fn render(title: &str, stops: &[Stop<'_>]) -> AppResult<Vec<u8>> {
    let mut elements = vec![Kml::Element(element("name", Some(title.to_owned()), Vec::new()))];
    for team in stops.chunk_by(same_team) {
        let mut inside: Vec<Kml> = team.iter().map(placemark).collect();
        inside.extend(team.chunk_by(|a, b| a.visit.day == b.visit.day).filter_map(way));
        elements.push(Kml::Folder(Folder { name: team.first().map(team_name), elements: inside, ..Folder::default() }));
    }
    let document = Kml::Document { attrs: HashMap::new(), elements };
    let mut attrs = HashMap::new();
    attrs.insert("xmlns".to_owned(), "http://www.opengis.net/kml/2.2".to_owned());
    let whole = Kml::KmlDocument(KmlDocument { version: KmlVersion::V22, attrs, elements: vec![document] });
    let mut bytes = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec();
    KmlWriter::from_writer(&mut bytes).write(&whole).map_err(|cause| failed("kml")(cause.to_string()))?;
    Ok(bytes)
}
