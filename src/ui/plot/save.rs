//! A chart as a picture outside the window: a file, or what goes to the clipboard. Pure; the application asks where to.

use egui::ColorImage;

use crate::chart::{Chart, ChartStyle, Drawable, render_pixels, render_png, render_svg};
use crate::diagnostic::AppResult;
use crate::ui::text::plot as text;

/// Least size of a chart as a picture, pixels: a slide's width at 200 dots per inch.
const SIZE: (u32, u32) = (2_000, 1_125);
/// Dots per inch of it, for the text's size.
const DPI: f64 = 200.0;

fn style() -> ChartStyle {
    ChartStyle::print().at(DPI / 96.0)
}

/// As high as its categories need to be read.
fn size_of(chart: &Chart) -> (u32, u32) {
    let needed = f64::from(chart.comfortable_height()) * DPI / 96.0;
    (SIZE.0, SIZE.1.max(needed.ceil() as u32))
}

/// The bytes of a picture: PNG, or SVG where `vector`.
///
/// # Errors
/// Those of the chart room.
pub fn render_file(chart: &Chart, vector: bool) -> AppResult<Vec<u8>> {
    let (width, height) = size_of(chart);
    let drawable = Drawable::Chart(chart);
    if vector {
        Ok(render_svg(drawable, width, height, &style())?.into_bytes())
    } else {
        render_png(drawable, width, height, &style())
    }
}

/// A picture for the clipboard.
///
/// # Errors
/// Those of the chart room.
pub fn render_image(chart: &Chart) -> AppResult<ColorImage> {
    let (width, height) = size_of(chart);
    let pixels = render_pixels(Drawable::Chart(chart), width, height, &style())?;
    Ok(ColorImage::from_rgba_unmultiplied([width as usize, height as usize], &pixels))
}

/// A chart's title as a file name without ending: up to its first clause, without what file systems refuse.
#[must_use]
pub fn file_stem(title: &str) -> String {
    let clause = title.split(['，', '；', '：']).next().unwrap_or(title);
    let stem: String =
        clause.chars().map(|c| if c.is_control() || "\\/:*?\"<>|.".contains(c) { '_' } else { c }).take(40).collect();
    let stem = stem.trim().to_owned();
    if stem.is_empty() { text::CHART.to_owned() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::file_stem;

    #[test]
    fn file_names_hold_nothing_that_file_systems_refuse() {
        assert_eq!(file_stem("A 级 1,204 家，占 3.2%"), "A 级 1,204 家");
        assert_eq!(file_stem("甲/乙: 丙"), "甲_乙_ 丙");
        assert_eq!(file_stem("，"), "图表");
    }
}
