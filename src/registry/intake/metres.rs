//! Places in metres in the columns of longitude and latitude (X坐标, Y坐标), or both in the one of the point (坐标).

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::super::codes;
use super::super::collect::Collector;
use super::super::districts::DistrictLookup;
use super::super::schema::sources;
use super::Intake;
use super::shown::replace_cells;
use crate::text::{fold, fold_lines};

/// A figure that can only be metres.
fn metres(text: Option<&str>) -> Option<f64> {
    let plain = fold(text?).replace(',', "");
    let plain = plain.trim_end_matches('米').trim_end_matches(['m', 'M']).trim();
    plain.parse::<f64>().ok().filter(|figure| (1_000.0..100_000_000.0).contains(&figure.abs()))
}

/// Two figures of metres in one cell: `637934.794,3476255.335`, `X:637934.794 Y:3476255.335`.
fn metres_pair(text: Option<&str>) -> Option<[f64; 2]> {
    let text = fold_lines(text?);
    let bare = |part: &str| {
        let part = part.trim().trim_matches(['(', ')', '[', ']']).trim_start_matches(['X', 'Y', 'x', 'y']);
        metres(Some(part.trim_start_matches(['坐', '标', ':', '=', ' '])))
    };
    [',', ';', '/', '、', '\n', ' '].into_iter().find_map(|divider| {
        let (a, b) = text.trim().split_once(divider)?;
        Some([bare(a)?, bare(b)?])
    })
}

impl Intake<'_> {
    /// Brings places in metres to degrees where the map tells how, and says so. Others are left to be refused.
    pub(super) fn convert_metres(&mut self, map: &dyn DistrictLookup, out: &mut Collector) {
        let cells = |id: &str| {
            let column = *self.layout.fields.get(id)?;
            self.cells.columns().get(column).and_then(|c| c.str().ok()).cloned().map(|cells| (column, cells))
        };
        let of_rows = |place: &(dyn Fn(usize) -> Option<[f64; 2]> + Sync)| -> Vec<(usize, [f64; 2])> {
            (0..self.len()).into_par_iter().filter_map(|i| Some((i, place(i)?))).collect()
        };
        let mut found = Vec::new();
        if let (Some((x, xs)), Some((y, ys))) = (cells(sources::LON.name()), cells(sources::LAT.name())) {
            found.push((of_rows(&|i| Some([metres(xs.get(i))?, metres(ys.get(i))?])), vec![x, y]));
        }
        if let Some((point, pairs)) = cells(sources::POINT.name()) {
            found.push((of_rows(&|i| metres_pair(pairs.get(i))), vec![point]));
        }
        for (places, columns) in found {
            self.put_degrees(&places, &columns, map, out);
        }
    }

    /// Puts degrees in the place of metres: into two columns, or into one that holds both.
    fn put_degrees(
        &mut self,
        places: &[(usize, [f64; 2])],
        columns: &[usize],
        map: &dyn DistrictLookup,
        out: &mut Collector,
    ) {
        if places.is_empty() {
            return;
        }
        let figures: Vec<[f64; 2]> = places.iter().map(|(_, place)| *place).collect();
        let (degrees, concluded) = map.degrees_of_metres(&figures);
        let found: BTreeMap<usize, [f64; 2]> =
            places.iter().zip(degrees).filter_map(|((i, _), degrees)| Some((*i, degrees?))).collect();
        if found.is_empty() {
            return;
        }
        let written = |place: &[f64; 2], at: usize| match columns {
            [_, _] => format!("{:.7}", place[at]),
            _ => format!("{:.7},{:.7}", place[0], place[1]),
        };
        for (at, column) in columns.iter().enumerate() {
            replace_cells(&mut self.cells, *column, |i| found.get(&i).map(|place| written(place, at)));
        }
        let how = concluded.unwrap_or_else(|| "按带号换算".to_owned());
        let finding = codes::POINT_IN_METRES
            .finding()
            .within(&self.raw.file, self.raw.sheet.as_deref())
            .column(match columns {
                [_, _] => {
                    let (lon, lat) =
                        (self.layout.heading(sources::LON.name()), self.layout.heading(sources::LAT.name()));
                    format!("{lon}、{lat}")
                }
                _ => self.layout.heading(sources::POINT.name()),
            })
            .value(format!("{} 行；{how}", found.len()));
        out.whole(finding);
    }
}
