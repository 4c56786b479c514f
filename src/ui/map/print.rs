//! The map as it stands, as data for print: the same classes, points and notices at any size.

use super::raster::Passing;
use super::{MapInput, MapView, passing_of};
use crate::chart::{ChoroplethMap, MapDistrict, MapLabel, MapPoint};
use crate::chart::{ClassMethod, Classes};
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
    let plane = &input.data.mesh.plane;
    let degrees = |p: [f32; 2]| plane.unproject(f64::from(p[0]), f64::from(p[1]));
    let measure = input.measure;
    let districts = input
        .data
        .set
        .districts()
        .iter()
        .enumerate()
        .map(|(i, d)| {
            let value = input.values.get(i).copied().flatten();
            MapDistrict::of(
                d,
                classes.of.get(i).copied().flatten().map(usize::from),
                value.map_or_else(|| text::NO_DATA.to_owned(), |v| text::value(v, measure.decimals, &measure.unit)),
            )
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
    let mut tiers: Vec<String> =
        input.tiers.entries.iter().map(|t| text::printed_tier(&t.id, &t.name, t.shown)).collect();
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
        highlighted: lit_words(input),
        points,
        window,
        notice: input.notice.to_owned(),
        review_number: input.review_number.trim().to_owned(),
        simulated: !input.mark.is_empty(),
    }
}

/// What the ringed points are: drawn this month, selected, or both, with their numbers.
fn lit_words(input: &MapInput<'_>) -> String {
    let parts = [(text::HIGHLIGHT_MARK, input.highlighted), (text::SELECTED_MARK, input.selected)];
    let shown = parts.into_iter().filter(|(_, list)| !list.rows.is_empty());
    shown.map(|(name, list)| text::lit(name, list.rows.len())).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Card, MapData, Measure, RowFilter, RowList, TierColumn, TierEntry, compute_classes};
    use super::*;
    use crate::chart::{ChartStyle, Drawable, render_png, render_svg};

    #[test]
    fn print_shows_what_the_map_shows() {
        let set = crate::district::load_bundled_districts(&mut crate::diagnostic::Diagnostics::new()).unwrap();
        let b = set.bounds().unwrap();
        let at =
            |i: usize, prime: usize, low: f64, high: f64| low + (high - low) * ((i * prime) % 1009) as f64 / 1009.0;
        let lon: Vec<f64> = (0..900).map(|i| at(i, 617, b.west, b.east)).collect();
        let lat: Vec<f64> = (0..900).map(|i| if i == 7 { f64::NAN } else { at(i, 331, b.south, b.north) }).collect();
        let data = Arc::new(MapData::new(Arc::new(set), &lon, &lat));
        let mut values: Vec<Option<f64>> = (0..data.set.len()).map(|i| Some((i * i) as f64)).collect();
        values[3] = None;
        let entry = |id: &str, shown| TierEntry { id: id.to_owned(), name: "风险".to_owned(), count: 300, shown };
        let tiers = TierColumn {
            of_row: (0..900).map(|i| (i % 3) as u8).collect::<Vec<u8>>().into(),
            entries: vec![entry("A", true), entry("B", true), entry("C", false)],
            revision: 1,
        };
        let filter = RowFilter { keep: (0..900).map(|i| i < 600).collect::<Vec<bool>>().into(), revision: 1 };
        let lit = RowList { rows: Arc::new(vec![0, 4, 5]), revision: 1 };
        let measure = Measure { name: "污染源数".to_owned(), unit: "家".to_owned(), decimals: 0 };
        let input = MapInput {
            data: &data,
            values: &values,
            values_revision: 1,
            measure: &measure,
            method: ClassMethod::Quantile,
            class_count: 5,
            tiers: &tiers,
            filter: Some(&filter),
            selected: &RowList::default(),
            highlighted: &lit,
            selected_district: None,
            show_points: true,
            show_labels: true,
            notice: crate::district::SKETCH_NOTICE,
            review_number: " GS(2024)0650号 ",
            mark: "模拟数据",
            describe_point: &|_| Card::default(),
            describe_district: &|_| vec![],
        };
        let classes = compute_classes(&values, input.method, input.class_count);
        let texts = PrintTexts {
            title: "各区污染源数：浦东新区最高".to_owned(), source: "数据来源：演示".to_owned()
        };
        let map = choropleth(&input, &classes, &passing_of(&input), &texts, None);
        assert_eq!((map.districts.len(), map.classes.len(), map.tiers.len()), (data.set.len(), 5, 3));
        assert_eq!(map.districts.iter().filter(|d| d.class.is_none()).count(), 1);
        // 600 rows pass, a third is hidden by its tier, one has no coordinates
        assert_eq!(map.points.len(), 399);
        assert!(map.points.windows(2).all(|w| w[0].tier >= w[1].tier), "the most urgent lies on top");
        assert_eq!(map.points.iter().filter(|p| p.highlighted).count(), 2);
        assert_eq!((map.review_number.as_str(), map.simulated), ("GS(2024)0650号", true));
        let png = render_png(Drawable::Map(&map), 1123, 794, &ChartStyle::print()).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        let svg = render_svg(Drawable::Map(&map), 1123, 794, &ChartStyle::print()).unwrap();
        for word in ["各区污染源数：浦东新区最高", "GS(2024)0650号", "模拟数据", "本月抽中 3 家"]
        {
            assert!(svg.contains(word), "{word}");
        }
    }
}
