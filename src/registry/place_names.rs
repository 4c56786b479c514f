//! A district or body that stands in the name of a sheet or file alone: one sheet a district, one file a district.

use crate::diagnostic::Finding;
use crate::tabular::RawTable;

use super::codes;
use super::districts::{DistrictLookup, district_of};
use super::header::Layout;
use super::schema::{capacity, sources};

/// Puts the district (or the body) of the sheet's or the file's name in every row of a table that has no column of it
/// and can't be used without.
pub(super) fn fill_from_name(layout: &mut Layout, raw: &RawTable, map: &dyn DistrictLookup, notes: &mut Vec<Finding>) {
    let groups = layout.kind.required_groups();
    let lacking = groups.iter().find(|group| {
        let of_place = group.contains(&sources::DISTRICT.name()) || group.contains(&capacity::BODY.name());
        of_place && !group.iter().any(|id| layout.has(id))
    });
    let Some(column) = lacking.and_then(|group| layout.kind.column(group[0])) else { return };
    let stem = raw.file.rsplit_once('.').map_or(raw.file.as_str(), |(stem, _)| stem);
    let found = raw.sheet.as_deref().and_then(|sheet| named_in(sheet, map)).or_else(|| named_in(stem, map));
    let Some(code) = found else { return };
    let text = map.name_of(code).unwrap_or_else(|| code.to_string());
    layout.constants.insert(column.id, text.clone());
    let finding = codes::PLACE_FROM_NAME.finding().within(&raw.file, raw.sheet.as_deref());
    notes.push(finding.column(column.name).value(text));
}

/// The only district that a name speaks of: a full name within it, or the whole name in any spelling.
fn named_in(name: &str, map: &dyn DistrictLookup) -> Option<u32> {
    let chars: Vec<char> = name.chars().take(60).collect();
    let mut found: Option<u32> = None;
    let mut start = 0;
    while start < chars.len() {
        // A name ends with its kind; of several readings the longest that is a district's own full name.
        let length = (2..=12.min(chars.len() - start)).rev().find_map(|length| {
            let piece: String = chars[start..start + length].iter().collect();
            let code = map.by_name(&piece).filter(|code| map.name_of(*code).as_deref() == Some(piece.as_str()))?;
            Some((length, code))
        });
        let Some((length, code)) = length else {
            start += 1;
            continue;
        };
        if found.is_some_and(|known| known != code) {
            return None;
        }
        found = Some(code);
        start += length;
    }
    found.or_else(|| district_of(name, map))
}
