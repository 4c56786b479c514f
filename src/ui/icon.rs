//! The program's icon, drawn: a die with five pips on the accent's ground, one of them lit.

use super::theme;

/// Side, pixels.
const SIDE: usize = 128;
/// Radius of a pip, in sides.
const PIP: f32 = 0.085;
/// Corner radius, in sides.
const CORNER: f32 = 0.2;

/// How far a point lies inside a shape with this signed distance, 0 to 1 over one pixel.
fn cover(distance: f32) -> f32 {
    (0.5 - distance * SIDE as f32).clamp(0.0, 1.0)
}

/// The icon's pixels.
#[must_use]
pub fn icon() -> egui::IconData {
    let ground = theme::LIGHT.accent;
    let lit = theme::DARK.amber;
    let pips = [(0.28, 0.28), (0.72, 0.28), (0.5, 0.5), (0.28, 0.72), (0.72, 0.72)];
    let mut rgba = Vec::with_capacity(SIDE * SIDE * 4);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (u, v) = ((x as f32 + 0.5) / SIDE as f32, (y as f32 + 0.5) / SIDE as f32);
            let inner = 0.5 - CORNER - 0.02;
            let (dx, dy) = (((u - 0.5).abs() - inner).max(0.0), ((v - 0.5).abs() - inner).max(0.0));
            let opacity = cover(dx.hypot(dy) - CORNER);
            let mut colour = [f32::from(ground.r()), f32::from(ground.g()), f32::from(ground.b())];
            for (i, (px, py)) in pips.iter().enumerate() {
                let share = cover((u - px).hypot(v - py) - PIP);
                let ink = if i == 2 { lit } else { egui::Color32::WHITE };
                for (channel, ink) in colour.iter_mut().zip([ink.r(), ink.g(), ink.b()]) {
                    *channel += (f32::from(ink) - *channel) * share;
                }
            }
            rgba.extend(colour.map(|c| c.round() as u8));
            rgba.push((opacity * 255.0).round() as u8);
        }
    }
    egui::IconData { rgba, width: SIDE as u32, height: SIDE as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_a_rounded_square_with_pips() {
        let icon = icon();
        let at = |x: usize, y: usize| &icon.rgba[(y * SIDE + x) * 4..][..4];
        assert_eq!(icon.rgba.len(), SIDE * SIDE * 4);
        assert_eq!(at(0, 0)[3], 0);
        assert_eq!(at(36, 36), [255, 255, 255, 255]);
        let lit = theme::DARK.amber;
        assert_eq!(at(64, 64), [lit.r(), lit.g(), lit.b(), 255]);
    }
}
