//! GeoJSON: a feature a target; positions in WGS 84, longitude first.

use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, JsonObject};

use crate::diagnostic::AppResult;

use super::attributes::{ATTRIBUTES, NUMBERS};
use super::{Stop, failed};

/// The file.
///
/// # Errors
/// `EXP-047`.
pub(super) fn render(title: &str, stops: &[Stop<'_>]) -> AppResult<Vec<u8>> {
    let features = stops.iter().map(|stop| {
        let mut properties = JsonObject::new();
        for (_, heading, number) in NUMBERS {
            properties.insert(heading.to_owned(), number(stop).into());
        }
        for attribute in &ATTRIBUTES {
            properties.insert(attribute.heading.to_owned(), (attribute.text)(stop).into());
        }
        let geometry = stop.place().map(|(lon, lat)| Geometry::new(GeometryValue::new_point([lon, lat])));
        Feature { geometry, properties: Some(properties), ..Feature::default() }
    });
    let mut members = JsonObject::new();
    members.insert("name".to_owned(), title.into());
    let collection = FeatureCollection { bbox: None, features: features.collect(), foreign_members: Some(members) };
    let mut bytes = serde_json::to_vec(&collection).map_err(|cause| failed("geojson")(cause.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}
