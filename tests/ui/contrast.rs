//! In high contrast every text reads at 7 : 1 on what is painted below it, on every screen and in every dialog.
//!
//! Looked at is what is painted: grounds, meshes and halos in their order, each laid over what was there before.

use std::collections::BTreeSet;

use egui::accesskit::Role;
use egui::epaint::{Mesh, WHITE_UV};
use egui::{Color32, Pos2, Rect, Rgba, Shape};
use egui_kittest::kittest::Queryable;
use fairdraw::workspace::session::ThemeChoice;

use super::support::{Begin, LAPTOP, Window};
use super::tour::{Layout, before_the_draw, the_draw};

const HIGH: Layout = Layout::new(1366.0, 768.0, 1.0).in_theme(ThemeChoice::HighContrast);

/// What is narrower is a line, points.
const LINE: f32 = 3.0;

/// What every text has at least.
const LEAST: f32 = 7.0;

/// Contrast as WCAG 2.x defines it.
fn contrast(a: Color32, b: Color32) -> f32 {
    let luminance = |colour: Color32| {
        let channel = |value: u8| {
            let value = f32::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(colour.r()) + 0.7152 * channel(colour.g()) + 0.0722 * channel(colour.b())
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// A colour that is partly transparent laid over another.
fn over(ground: Color32, colour: Color32) -> Color32 {
    let left = 1.0 - f32::from(colour.a()) / 255.0;
    let mix = |below: u8, above: u8| (f32::from(below) * left + f32::from(above)).round().min(255.0) as u8;
    Color32::from_rgb(mix(ground.r(), colour.r()), mix(ground.g(), colour.g()), mix(ground.b(), colour.b()))
}

/// The colour of a mesh at a place; `None` where it is not.
fn at_mesh(mesh: &Mesh, at: Pos2) -> Option<Color32> {
    mesh.indices.chunks_exact(3).rev().find_map(|corners| {
        let [a, b, c] = [0, 1, 2].map(|i| &mesh.vertices[corners[i] as usize]);
        let side = |p: Pos2, q: Pos2| (q.x - p.x) * (at.y - p.y) - (q.y - p.y) * (at.x - p.x);
        let sides = [side(a.pos, b.pos), side(b.pos, c.pos), side(c.pos, a.pos)];
        let inside = sides.iter().all(|side| *side >= 0.0) || sides.iter().all(|side| *side <= 0.0);
        // a line is no ground
        let size = Rect::from_points(&[a.pos, b.pos, c.pos]).size();
        (inside && size.min_elem() >= LINE && a.uv == WHITE_UV).then_some(a.color)
    })
}

/// Something painted, with what of the window it may show in.
struct Painted<'a> {
    shape: &'a Shape,
    clip: Rect,
}

fn flat<'a>(shape: &'a Shape, clip: Rect, all: &mut Vec<Painted<'a>>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| flat(shape, clip, all)),
        Shape::Noop => {}
        shape => all.push(Painted { shape, clip }),
    }
}

impl Painted<'_> {
    /// The colour that it lays over a place.
    fn at(&self, at: Pos2) -> Option<Color32> {
        if !self.clip.contains(at) {
            return None;
        }
        match self.shape {
            Shape::Rect(rect) if rect.rect.contains(at) && rect.brush.is_none() => Some(rect.fill),
            Shape::Circle(circle) if (circle.center - at).length() <= circle.radius => Some(circle.fill),
            Shape::Mesh(mesh) => at_mesh(mesh, at),
            _ => None,
        }
        .filter(|colour| colour.a() > 0)
    }
}

/// A text with its ink.
struct Text {
    words: String,
    ink: Rect,
    colour: Color32,
}

fn texts_of(painted: &Painted<'_>) -> Vec<Text> {
    let Shape::Text(shape) = painted.shape else { return Vec::new() };
    let mut texts = Vec::new();
    for row in &shape.galley.rows {
        let ink = row.row.visuals.mesh_bounds.translate(shape.pos.to_vec2() + row.pos.to_vec2());
        let words = row.row.text();
        if words.trim().is_empty() || !ink.intersect(painted.clip).is_positive() {
            continue;
        }
        let glyphs = &row.row.visuals.mesh.vertices[row.row.visuals.glyph_vertex_range.clone()];
        let colours: BTreeSet<[u8; 4]> = glyphs.iter().map(|vertex| vertex.color.to_array()).collect();
        for [r, g, b, a] in colours {
            let of_galley = Color32::from_rgba_premultiplied(r, g, b, a);
            let own = if of_galley == Color32::PLACEHOLDER { shape.fallback_color } else { of_galley };
            let colour = shape.override_text_color.unwrap_or(own);
            let colour = Color32::from(Rgba::from(colour) * shape.opacity_factor);
            texts.push(Text { words: words.clone(), ink: ink.intersect(painted.clip), colour });
        }
    }
    texts
}

/// Texts that read on their grounds by less than 7 : 1; and how many texts there were.
fn faults(window: &Window) -> (Vec<String>, usize) {
    let output = window.harness.output();
    let mut all = Vec::new();
    for clipped in &output.shapes {
        flat(&clipped.shape, clipped.clip_rect, &mut all);
    }
    let within = window.harness.ctx.content_rect();
    // letters of points go where the map is moved, and lie over each other where points do
    let maps: Vec<Rect> = window.harness.query_all_by_role(Role::Canvas).map(|map| map.rect()).collect();
    let is_letter = |text: &Text| text.words.len() == 1 && maps.iter().any(|map| map.contains(text.ink.center()));
    let mut texts: Vec<(usize, Text)> = Vec::new();
    for (order, painted) in all.iter().enumerate() {
        texts.extend(texts_of(painted).into_iter().map(|text| (order, text)));
    }
    // the same words of another colour at the same place: what is painted first is the other's halo
    let pair = |a: &Text, b: &Text| {
        a.words == b.words && a.colour != b.colour && (a.ink.center() - b.ink.center()).length() < 4.0
    };
    let (mut faults, mut count) = (Vec::new(), 0);
    for (at, (order, text)) in texts.iter().enumerate() {
        let middle = text.ink.center();
        // what is covered later is not read
        let covered = all[order + 1..].iter().any(|later| later.at(middle).is_some_and(|c| c.a() > 220));
        let is_halo = texts[at + 1..].iter().any(|(of, later)| of != order && pair(text, later));
        if !within.contains(middle) || covered || is_halo || is_letter(text) {
            continue;
        }
        count += 1;
        let halo =
            texts[..at].iter().rev().find(|(of, before)| of != order && pair(before, text)).map(|(_, halo)| halo);
        let edges = [text.ink.left_center() + egui::vec2(1.0, 0.0), middle, text.ink.right_center()];
        let worst = edges.into_iter().map(|at| {
            let grounds = all[..*order].iter().filter_map(|below| below.at(at));
            let ground = grounds.fold(Color32::BLACK, over);
            let ground = halo.map_or(ground, |halo| over(ground, halo.colour));
            (contrast(ground, over(ground, text.colour)), ground)
        });
        let (least, ground) = worst.fold((f32::MAX, Color32::BLACK), |a, b| if b.0 < a.0 { b } else { a });
        if least < LEAST {
            faults.push(format!("「{}」 {:?} on {ground:?} at {middle:?}: {least:.2}", text.words, text.colour));
        }
    }
    (faults, count)
}

#[test]
fn every_text_reads_at_seven_to_one_in_high_contrast() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let (mut found, mut texts, mut known) = (Vec::new(), 0, BTreeSet::new());
    let mut look = |window: &mut Window, stop: &str| {
        HIGH.take(window);
        let (faults, count) = faults(window);
        texts += count;
        // the same words of the same inks are told once
        let told = |fault: &String| known.insert(fault.split(" at [").next().unwrap_or_default().to_owned());
        found.extend(faults.into_iter().filter(told).map(|fault| format!("{stop}: {fault}")));
        Layout::new(LAPTOP.x, LAPTOP.y, 1.0).take(window);
    };
    before_the_draw(&mut window, &mut look);
    the_draw(&mut window, &mut look);
    assert!(found.is_empty(), "{} faults\n{}", found.len(), found.join("\n"));
    assert!(texts > 5_000, "{texts} texts");
}

#[test]
fn a_text_that_does_not_read_is_found() {
    let show = |ink: Color32, ground: Color32| {
        let mut harness = egui_kittest::Harness::builder().with_size(egui::vec2(200.0, 60.0)).build_ui(move |ui| {
            let rect = ui.max_rect();
            ui.painter().rect_filled(rect, 0.0, ground);
            let font = egui::FontId::proportional(14.0);
            ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, "12345", font, ink);
        });
        harness.run();
        let output = harness.output();
        let mut all = Vec::new();
        output.shapes.iter().for_each(|clipped| flat(&clipped.shape, clipped.clip_rect, &mut all));
        let order = all.iter().position(|painted| !texts_of(painted).is_empty()).expect("the text");
        let text = &texts_of(&all[order])[0];
        let ground = all[..order].iter().filter_map(|below| below.at(text.ink.center())).fold(Color32::BLACK, over);
        contrast(ground, over(ground, text.colour))
    };
    assert!((show(Color32::WHITE, Color32::BLACK) - 21.0).abs() < 0.01);
    assert!(show(Color32::from_rgb(0x76, 0x76, 0x76), Color32::WHITE) < LEAST);
}
