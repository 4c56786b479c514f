//! The map as it stands, as data for print: the same classes, points and notices at any size.

use geo::LineString;

use super::classes::{ClassMethod, Classes};
use super::raster::Passing;
use super::{MapInput, MapView, passing_of};
use crate::chart::{ChoroplethMap, MapDistrict, MapLabel, MapPoint, MapShape};
use crate::ui::text::map as text;

/// Points on a printed map at most; the most urgent tiers first.
const MOST_POINTS: usize = 60_000;

/// Texts of a printed map that its contents don't say.
#[derive(Debug, Clone, Default)]
pub struct PrintTexts {
    /// The finding, as a sentence.
    pub title: String,
    /// Where districts and figures come from.
    pub source: String,
}

impl MapView {
    /// The map for print: all of it, or the part in sight (west, south, east, north in degrees). Walks over all
    /// rows: for the moment of exporting, not for a frame.
    #[must_use]
    pub fn choropleth(
        &mut self,
        input: &MapInput<'_>,
        texts: &PrintTexts,
        window: Option<(f64, f64, f64, f64)>,
    ) -> ChoroplethMap {
        let (classes, passing) = (self.classes(input), passing_of(input));
        choropleth(input, &classes, &passing, texts, window)
    }
}

/// A map for print from what a map shows; see [`MapView::choropleth`].
#[must_use]
pub fn choropleth(
    input: &MapInput<'_>,
    classes: &Classes,
    passing: &Passing,
    texts: &PrintTexts,
    window: Option<(f64, f64, f64, f64)>,
) -> ChoroplethMap {
    let ring = |line: &LineString<f64>| line.coords().map(|c| (c.x, c.y)).collect::<Vec<_>>();
    let plane = &input.data.mesh.plane;
    let degrees = |p: [f32; 2]| plane.unproject(f64::from(p[0]), f64::from(p[1]));
    let measure = input.measure;
    let districts = input
        .data
        .set
        .districts()
        .iter()
        .enumerate()
        .map(|(i, d)| MapDistrict {
            name: d.name.clone(),
            polygons: d
                .shape
                .iter()
                .map(|p| std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect::<MapShape>())
                .collect(),
            class: classes.of.get(i).copied().flatten().map(usize::from),
            value: input
                .values
                .get(i)
                .copied()
                .flatten()
                .map_or_else(|| text::NO_DATA.to_owned(), |v| text::value(v, measure.decimals, &measure.unit)),
        })
        .collect();
    let labels = input
        .data
        .mesh
        .labels
        .iter()
        .enumerate()
        .filter_map(|(i, label)| {
            let label = label.filter(|_| input.show_labels)?;
            let text = input.data.name(i).to_owned();
            Some(MapLabel { text, at: degrees(label.at), weight: f64::from(label.radius) })
        })
        .collect();
    let mut rows: Vec<(usize, u32)> = if input.show_points {
        (0..input.data.points.len() as u32)
            .filter(|row| passing.passes(*row))
            .map(|row| (passing.tier(row), row))
            .collect()
    } else {
        input.highlighted.rows.iter().map(|row| (passing.tier(*row), *row)).collect()
    };
    let all = rows.len();
    if all > MOST_POINTS {
        rows.sort_unstable();
        rows.truncate(MOST_POINTS);
    }
    // The most urgent on top.
    rows.sort_unstable_by(|a, b| b.cmp(a));
    let lit = |row: u32| [input.highlighted, input.selected].iter().any(|l| l.rows.binary_search(&row).is_ok());
    let points: Vec<MapPoint> = rows
        .into_iter()
        .filter_map(|(tier, row)| {
            let at = degrees(input.data.points.place(row)?);
            Some(MapPoint { at, tier, highlighted: lit(row) })
        })
        .collect();
    let part = if all > MOST_POINTS { text::printed_part(MOST_POINTS, all) } else { String::new() };
    let mut tiers: Vec<String> = input.tiers.entries.iter().map(|t| format!("{} {}", t.id, t.name)).collect();
    if points.iter().any(|p| p.tier >= tiers.len()) {
        tiers.push(text::NO_TIER.to_owned());
    }
    ChoroplethMap {
        title: texts.title.clone(),
        source: format!("{}{part}", texts.source),
        measure: if classes.is_empty() { String::new() } else { text::measure(&measure.name, &measure.unit) },
        method: match input.method {
            ClassMethod::Quantile => text::QUANTILE,
            ClassMethod::EqualInterval => text::EQUAL,
        }
        .to_owned(),
        classes: classes.ranges.iter().map(|(from, to)| text::range(*from, *to, measure.decimals)).collect(),
        tiers_title: text::POINTS.to_owned(),
        tiers: if points.is_empty() { vec![] } else { tiers },
        districts,
        labels,
        points,
        window,
        notice: input.notice.to_owned(),
        review_number: input.review_number.trim().to_owned(),
        simulated: !input.mark.is_empty(),
    }
}
