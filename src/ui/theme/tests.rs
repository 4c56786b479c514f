//! The palettes: contrast of what is read, ramps that climb.

use super::*;

#[test]
fn text_reads_on_its_ground() {
    for palette in [&LIGHT, &DARK] {
        for ground in [palette.ground, palette.surface, palette.stripe, palette.chrome] {
            for ink in [palette.text, palette.muted, palette.accent, palette.red, palette.amber, palette.green] {
                let c = contrast(ground, ink);
                assert!(c >= 4.5, "{ink:?} on {ground:?}, dark {}: {c:.2}", palette.dark);
            }
        }
        assert!(contrast(palette.accent, palette.on_accent) >= 4.5);
        assert!(contrast(palette.wash, palette.text) >= 4.5);
        assert!(contrast(palette.wash, palette.accent) >= 4.5);
        assert!(contrast(palette.red_wash, palette.red) >= 4.5);
        assert!(contrast(palette.amber_wash, palette.amber) >= 4.5);
    }
}

#[test]
fn high_contrast_is_high_for_every_text_and_border() {
    let p = &CONTRAST;
    let mut pairs = vec![(p.accent, p.on_accent), (p.red_wash, p.red), (p.amber_wash, p.amber)];
    for ground in [p.ground, p.surface, p.stripe, p.chrome, p.wash] {
        pairs.extend([p.text, p.muted, p.accent, p.red, p.amber, p.green].map(|ink| (ground, ink)));
    }
    for (ground, ink) in pairs {
        assert!(contrast(ground, ink) >= 7.0, "{ink:?} on {ground:?}: {:.2}", contrast(ground, ink));
    }
    // figures of the plan's matrix, and a primary button that is off
    for ground in [p.surface, p.chrome, p.stripe, p.wash] {
        assert!(contrast(ground, p.pick) >= 7.0, "{ground:?}: {:.2}", contrast(ground, p.pick));
    }
    assert!(contrast(p.off().0, p.off().1) >= 7.0);
    for part in [p.surface, p.accent, p.red, p.amber, p.green] {
        assert!(contrast(p.track(), part) >= 3.0, "{part:?}: {:.2}", contrast(p.track(), part));
    }
    for line in [p.line, p.edge(), p.border] {
        assert!(contrast(p.surface, line) >= 4.5, "{line:?}: {:.2}", contrast(p.surface, line));
    }
    for (dark, palette) in [(&CONTRAST, &CONTRAST), (&DARK, &DARK), (&LIGHT, &LIGHT)] {
        assert_eq!(super::palette(&visuals(dark)), palette);
    }
}

#[test]
fn ramps_are_monotone_in_lightness() {
    for palette in [&LIGHT, &DARK, &CONTRAST] {
        for count in 2..=5 {
            let steps: Vec<f32> = (0..count).map(|i| luminance(palette.tier(i, count))).collect();
            assert!(steps.windows(2).all(|w| w[1] - w[0] > 0.02), "{steps:?}");
            if palette.dark {
                assert!((0..count).all(|i| contrast(palette.surface, palette.tier(i, count)) >= 3.0));
            }
        }
        for count in 2..=7 {
            for class in [Palette::class, Palette::class_under_points] {
                let steps: Vec<f32> = (0..count).map(|i| luminance(class(palette, i, count))).collect();
                assert!(steps.windows(2).all(|w| (w[0] > w[1]) != palette.dark), "{steps:?}");
            }
        }
    }
}

#[test]
fn in_high_contrast_a_tiers_letter_and_a_districts_name_read_on_every_colour() {
    let p = &CONTRAST;
    let tiers = (1..=5).flat_map(|count| (0..count).map(move |at| p.tier(at, count)));
    let classes = (1..=7).flat_map(|count| {
        (0..count).flat_map(move |at| [p.class(at, count), p.class_under_points(at, count), p.no_data, p.water])
    });
    for ground in tiers.chain(classes) {
        let c = contrast(ground, p.ink_on(ground));
        assert!(c >= 7.0, "{ground:?}: {c:.2}");
    }
    // a tier is seen on the ground of tables and on every class that points lie over
    for tier in (0..5).map(|at| p.tier(at, 5)) {
        for ground in (0..7).map(|at| p.class_under_points(at, 7)).chain([p.surface, p.no_data]) {
            assert!(contrast(tier, ground) >= 3.0, "{tier:?} on {ground:?}: {:.2}", contrast(tier, ground));
        }
    }
}

#[test]
fn what_says_how_things_stand_is_seen_on_its_ground_in_every_theme() {
    for p in [&LIGHT, &DARK, &CONTRAST] {
        for ink in [p.red, p.amber, p.green, p.accent, p.pick] {
            for ground in [p.ground, p.surface, p.stripe, p.chrome] {
                assert!(contrast(ink, ground) >= 3.0, "{ink:?} on {ground:?}: {:.2}", contrast(ink, ground));
            }
        }
    }
}

#[test]
fn bars_and_lines_of_charts_are_seen_on_a_dark_ground() {
    use crate::chart::{Ink, Rgb};
    use crate::ui::plot::chart_style;
    for palette in [&DARK, &CONTRAST] {
        let style = chart_style(palette);
        let inks = [Ink::Accent, Ink::Pale, Ink::Second, Ink::Text, Ink::Muted, Ink::Amber, Ink::Green];
        for ink in inks.into_iter().chain((0..5).map(|tier| Ink::Tier(tier, 5))) {
            let Rgb(r, g, b) = style.ink(ink);
            let c = contrast(Color32::from_rgb(r, g, b), palette.surface);
            assert!(c >= 3.0, "{ink:?}, {:?}: {c:.2}", palette.look());
        }
    }
}

#[test]
fn contrast_is_what_the_guidelines_say() {
    // the worked values of WCAG 2.x: 21 : 1, 1 : 1, and the grey that just passes on white
    assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-3);
    assert!((contrast(Color32::WHITE, Color32::WHITE) - 1.0).abs() < 1e-6);
    assert!((contrast(rgb(0x0076_7676), Color32::WHITE) - 4.54).abs() < 0.01);
}
