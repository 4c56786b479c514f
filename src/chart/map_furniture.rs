//! What stands beside the districts: legend, scale bar, north arrow, marks of origin.

use plotters_backend::DrawingBackend;

use super::Drawn;
use super::map::ChoroplethMap;
use super::pen::{Hold, LABEL, Pen, PxBox, SMALL, TITLE};
use crate::text::number::grouped;

/// An entry of the legend.
enum Entry<'a> {
    Head(&'a str),
    Note(&'a str),
    Class(&'a str, super::Rgb),
    Tier(&'a str, super::Rgb),
    Lit(&'a str),
}

fn entries<'a, DB: DrawingBackend>(map: &'a ChoroplethMap, pen: &Pen<'_, DB>) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    if !map.classes.is_empty() {
        entries.push(Entry::Head(&map.measure));
        if !map.method.is_empty() {
            entries.push(Entry::Note(&map.method));
        }
        let n = map.classes.len();
        // High on top, as on the ramp.
        entries.extend(map.classes.iter().enumerate().rev().map(|(i, c)| Entry::Class(c, pen.style.class(i, n))));
        if map.districts.iter().any(|d| d.class.is_none()) {
            entries.push(Entry::Class("无数据", pen.style.no_data));
        }
    }
    if !map.points.is_empty() && !map.tiers.is_empty() {
        entries.push(Entry::Head(&map.tiers_title));
        let n = map.tiers.len();
        entries.extend(map.tiers.iter().enumerate().map(|(i, t)| Entry::Tier(t, pen.style.tier(i, n))));
    }
    if !map.highlighted.is_empty() && map.points.iter().any(|p| p.highlighted) {
        entries.push(Entry::Lit(&map.highlighted));
    }
    entries
}

/// Width of a legend that stands at the side; 0 without entries.
pub(super) fn legend_width<DB: DrawingBackend>(map: &ChoroplethMap, most: i32, pen: &Pen<'_, DB>) -> i32 {
    entries(map, pen)
        .iter()
        .map(|e| match e {
            Entry::Head(t) => pen.width(t, LABEL, true).min(most),
            Entry::Note(t) => pen.width(t, SMALL, false).min(most),
            Entry::Class(t, _) | Entry::Tier(t, _) | Entry::Lit(t) => pen.width(t, SMALL, false) + pen.px(26.0),
        })
        .max()
        .unwrap_or(0)
        .min(most)
}

/// Draws the legend from the top of a room, in one column or flowing over the width; gives back its bottom. With
/// `dry` it only measures.
pub(super) fn legend<DB: DrawingBackend>(
    map: &ChoroplethMap,
    room: PxBox,
    flowing: bool,
    dry: bool,
    pen: &Pen<'_, DB>,
) -> Drawn<i32, DB> {
    let row = pen.px(18.0);
    let (mut x, mut top) = (room.left, room.top);
    let mut first = true;
    for entry in entries(map, pen) {
        let middle = top + row / 2;
        match entry {
            Entry::Head(text) | Entry::Note(text) => {
                let head = matches!(entry, Entry::Head(_));
                if head && !first {
                    top += if flowing && x > room.left { row } else { 0 } + pen.px(8.0);
                }
                x = room.left;
                let (size, ink) = if head { (LABEL, pen.style.text) } else { (SMALL, pen.style.muted) };
                for line in pen.wrapped(text, (size, head), room.width(), 3) {
                    if !dry {
                        pen.text(&line, (x, top + row / 2), (size, head), ink, Hold::Left)?;
                    }
                    top += row;
                }
            }
            Entry::Class(text, _) | Entry::Tier(text, _) | Entry::Lit(text) => {
                let width = pen.px(26.0) + pen.width(text, SMALL, false);
                if flowing && x > room.left && x + width > room.right {
                    x = room.left;
                    top += row;
                }
                let middle = if flowing { top + row / 2 } else { middle };
                if !dry {
                    swatch(&entry, (x, middle), pen)?;
                    let shown = pen.shortened(text, SMALL, false, room.right - x - pen.px(26.0));
                    pen.text(&shown, (x + pen.px(26.0), middle), (SMALL, false), pen.style.text, Hold::Left)?;
                }
                if flowing {
                    x += width + pen.px(14.0);
                } else {
                    top += row;
                }
            }
        }
        first = false;
    }
    Ok(if flowing && x > room.left { top + row } else { top })
}

/// The mark of a legend's entry, its left end at a point.
fn swatch<DB: DrawingBackend>(entry: &Entry<'_>, (x, middle): (i32, i32), pen: &Pen<'_, DB>) -> Drawn<(), DB> {
    let at = (x + pen.px(9.0), middle);
    match entry {
        Entry::Tier(_, ink) => pen.dot(at, 5.0, *ink),
        Entry::Class(_, ink) => {
            let place =
                PxBox { left: x, right: x + pen.px(18.0), top: middle - pen.px(6.0), bottom: middle + pen.px(6.0) };
            pen.rect(place, *ink, 1.0)?;
            pen.frame(place, 0.75, pen.style.border)
        }
        // as on the map: a dark rim around the tier's colour
        Entry::Lit(_) => {
            pen.dot(at, 5.0, pen.style.text)?;
            pen.dot(at, 3.75, pen.style.ground)
        }
        Entry::Head(_) | Entry::Note(_) => Ok(()),
    }
}

/// A round length of at most so many metres: 1, 2 or 5 times a power of ten.
fn round_length(most: f64) -> f64 {
    let mut power = 1.0;
    while power * 10.0 <= most {
        power *= 10.0;
    }
    [5.0, 2.0, 1.0].into_iter().map(|f| f * power).find(|v| *v <= most).unwrap_or(power)
}

/// Draws the scale bar with its left bottom corner at a point; gives back what it covers.
pub(super) fn scale_bar<DB: DrawingBackend>(
    (left, bottom): (i32, i32),
    metres_per_pixel: f64,
    room: i32,
    pen: &Pen<'_, DB>,
) -> Drawn<PxBox, DB> {
    let metres = round_length(metres_per_pixel * f64::from(room).min(f64::from(pen.px(110.0))));
    let width = (metres / metres_per_pixel).round() as i32;
    let label = if metres >= 1000.0 {
        format!("{} 千米", grouped(metres / 1000.0, 0))
    } else {
        format!("{} 米", grouped(metres, 0))
    };
    let height = pen.px(5.0);
    let text = pen.width(&label, SMALL, false);
    let cover = PxBox { left, right: left + width + pen.px(6.0) + text, top: bottom - pen.px(14.0), bottom };
    let halo = PxBox {
        left: cover.left - pen.px(5.0),
        right: cover.right + pen.px(5.0),
        top: cover.top - pen.px(3.0),
        bottom: cover.bottom + pen.px(3.0),
    };
    pen.rect(halo, pen.style.ground, 0.8)?;
    let middle = bottom - pen.px(7.0);
    let bar = PxBox { left, right: left + width, top: middle - height / 2, bottom: middle - height / 2 + height };
    pen.rect(bar, pen.style.ground, 1.0)?;
    pen.frame(bar, 1.0, pen.style.text)?;
    pen.rect(PxBox { right: left + width / 2, ..bar }, pen.style.text, 1.0)?;
    pen.text(&label, (bar.right + pen.px(6.0), middle), (SMALL, false), pen.style.text, Hold::Left)?;
    Ok(halo)
}

/// Draws the north arrow with its right top corner at a point; gives back what it covers.
pub(super) fn north_arrow<DB: DrawingBackend>((right, top): (i32, i32), pen: &Pen<'_, DB>) -> Drawn<PxBox, DB> {
    let (width, height) = (pen.px(16.0), pen.px(24.0));
    let letter = pen.px(14.0);
    let cover = PxBox { left: right - width, right, top, bottom: top + letter + height };
    let x = right - width / 2;
    pen.text("北", (x, top + letter / 2), (SMALL, true), pen.style.text, Hold::Middle)?;
    let (tip, foot) = ((x, top + letter), top + letter + height);
    let notch = (x, foot - pen.px(6.0));
    pen.polygon(vec![tip, (x - width / 2, foot), notch], pen.style.text, 1.0)?;
    pen.polygon(vec![tip, notch, (x + width / 2, foot)], pen.style.muted, 1.0)?;
    Ok(cover)
}

/// Draws the mark of simulated data, right of a point; gives back what it covers.
pub(super) fn simulated_mark<DB: DrawingBackend>((left, top): (i32, i32), pen: &Pen<'_, DB>) -> Drawn<PxBox, DB> {
    let text = "模拟数据";
    let width = pen.width(text, LABEL, true) + pen.px(16.0);
    let at = PxBox { left, right: left + width, top, bottom: top + pen.px(22.0) };
    pen.rect(at, pen.style.ground, 0.9)?;
    pen.frame(at, 1.25, pen.style.amber)?;
    let middle = i32::midpoint(at.top, at.bottom);
    pen.text(text, (left + width / 2, middle), (LABEL, true), pen.style.amber, Hold::Middle)?;
    Ok(at)
}

/// The lines at the foot: notice, review number, source.
pub(super) fn foot<DB: DrawingBackend>(map: &ChoroplethMap, room: PxBox, pen: &Pen<'_, DB>) -> Drawn<i32, DB> {
    let review = if map.review_number.trim().is_empty() {
        "审图号：未填写".to_owned()
    } else {
        format!("审图号：{}", map.review_number.trim())
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in [map.notice.as_str(), review.as_str(), map.source.as_str()] {
        if !part.trim().is_empty() {
            parts.push(part);
        }
    }
    let row = pen.px(15.0);
    let lines = pen.wrapped(&parts.join("　"), (SMALL, false), room.width(), 3);
    let top = room.bottom - row * lines.len() as i32;
    for (i, line) in lines.iter().enumerate() {
        let middle = top + row * i as i32 + row / 2;
        pen.text(line, (room.left, middle), (SMALL, false), pen.style.muted, Hold::Left)?;
    }
    Ok(top - pen.px(4.0))
}

/// The title; gives back where the map may begin.
pub(super) fn head<DB: DrawingBackend>(map: &ChoroplethMap, room: PxBox, pen: &Pen<'_, DB>) -> Drawn<i32, DB> {
    let row = pen.px(20.0);
    let mut top = room.top;
    for line in pen.wrapped(&map.title, (TITLE, true), room.width(), 2) {
        pen.text(&line, (room.left, top + row / 2), (TITLE, true), pen.style.text, Hold::Left)?;
        top += row;
    }
    Ok(top + pen.px(6.0))
}
