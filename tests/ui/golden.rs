//! Every screen as a picture, compared with the one in `tests/golden/ui`.
//!
//! Where a change is meant: `FAIRDRAW_BLESS=1 cargo test --test ui golden::` writes them anew; look at them before
//! they are committed. A comparison that fails leaves the actual picture and one of the difference under
//! `target/golden` and says so.

use std::path::PathBuf;

use egui::Vec2;
use fairdraw::ui::screens::ScreenId;

use super::picture::Picture;
use super::support::{Begin, LAPTOP, PROJECTOR, Window};

/// A channel that differs by more than this is another colour, not another rounding.
const AMOUNT: u8 = 48;
/// Share of pixels that may be of another colour: less than a short word's.
const SHARE: f64 = 0.000_05;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What is wrong with a picture; `None` where it is as it should be, or is blessed.
fn compare(name: &str, picture: &Picture) -> Option<String> {
    let golden = root().join("tests/golden/ui").join(format!("{name}.png"));
    if std::env::var_os("FAIRDRAW_BLESS").is_some_and(|value| value == "1") {
        picture.save(&golden);
        return None;
    }
    let out = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from).join("golden");
    let actual = out.join(format!("{name}.png"));
    let Some(expected) = Picture::load(&golden) else {
        picture.save(&actual);
        return Some(format!("{name}: no picture at {}; this one is at {}", golden.display(), actual.display()));
    };
    let Some((share, difference)) = expected.differing(picture, AMOUNT) else {
        picture.save(&actual);
        return Some(format!("{name}: of another size; it is at {}", actual.display()));
    };
    if share <= SHARE {
        return None;
    }
    picture.save(&actual);
    let shown = out.join(format!("{name}.difference.png"));
    difference.save(&shown);
    let percent = share * 100.0;
    Some(format!("{name}: {percent:.3} % of the pixels differ; see {} and {}", actual.display(), shown.display()))
}

fn screens(size: Vec2) {
    let mut window = Window::new(size, false, Begin::City);
    window.stop_the_clock();
    window.settle();
    let mut faults = Vec::new();
    for screen in ScreenId::ALL {
        window.app_mut().go(screen);
        window.rest();
        let name = format!("{}-{}", screen.id(), size.x);
        faults.extend(compare(&name, &window.picture()));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_screen_at_a_laptops_size() {
    screens(LAPTOP);
}

#[test]
fn every_screen_at_a_projectors_size() {
    screens(PROJECTOR);
}
