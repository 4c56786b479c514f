//! Places in metres in the columns of longitude and latitude (X坐标, Y坐标).

use std::collections::BTreeMap;

use super::super::codes;
use super::super::collect::Collector;
use super::super::districts::DistrictLookup;
use super::super::schema::sources;
use super::Intake;
use super::shown::replace_cells;
use crate::text::fold;

/// A figure that can only be metres.
fn metres(text: Option<&str>) -> Option<f64> {
    let plain = fold(text?).replace(',', "");
    let plain = plain.trim_end_matches('米').trim_end_matches(['m', 'M']).trim();
    plain.parse::<f64>().ok().filter(|figure| (1_000.0..100_000_000.0).contains(&figure.abs()))
}

impl Intake<'_> {
    /// Brings places in metres to degrees where the map tells how, and says so. Others are left to be refused.
    pub(super) fn convert_metres(&mut self, map: &dyn DistrictLookup, out: &mut Collector) {
        let columns = (self.layout.fields.get(sources::LON.name()), self.layout.fields.get(sources::LAT.name()));
        let (Some(&x), Some(&y)) = columns else { return };
        let cells = |column: usize| self.cells.columns().get(column).and_then(|c| c.str().ok()).cloned();
        let (Some(xs), Some(ys)) = (cells(x), cells(y)) else { return };
        let places: Vec<(usize, [f64; 2])> =
            (0..self.len()).filter_map(|i| Some((i, [metres(xs.get(i))?, metres(ys.get(i))?]))).collect();
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
        for (column, part) in [(x, 0), (y, 1)] {
            replace_cells(&mut self.cells, column, |i| found.get(&i).map(|place| format!("{:.7}", place[part])));
        }
        let how = concluded.unwrap_or_else(|| "按带号换算".to_owned());
        let finding = codes::POINT_IN_METRES
            .finding()
            .within(&self.raw.file, self.raw.sheet.as_deref())
            .column(format!(
                "{}、{}",
                self.layout.heading(sources::LON.name()),
                self.layout.heading(sources::LAT.name())
            ))
            .value(format!("{} 行；{how}", found.len()));
        out.whole(finding);
    }
}
