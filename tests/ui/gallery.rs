//! Pictures of everything that the window can show, for eyes: nothing is compared here.
//!
//! `FAIRDRAW_PICTURES=folder cargo test --test ui gallery:: -- --ignored` writes them, a folder for each size, scaling
//! and theme. `FAIRDRAW_PICTURES_AT` names other sizes (`1366x768@150,1920x1080@100-dark`), `FAIRDRAW_PICTURES_OF` the
//! stops (`plan,map`: their beginnings); with `FAIRDRAW_PICTURES_DEMO` it is the demo city instead of a small one.

use std::path::PathBuf;

use super::support::{Begin, LAPTOP, Window};
use fairdraw::workspace::session::ThemeChoice;

use super::asked::asked_for;
use super::tour::{Layout, before_the_draw, the_draw};

/// What the design is made for.
const LAYOUTS: [Layout; 11] = [
    Layout::new(1366.0, 768.0, 1.0),
    Layout::new(1366.0, 768.0, 1.25),
    // beside the window's frame and the task bar
    Layout::new(1366.0, 648.0, 1.5),
    Layout::new(1920.0, 1080.0, 1.0),
    Layout::new(1920.0, 1080.0, 1.5),
    Layout::new(1920.0, 960.0, 2.0),
    Layout::new(2560.0, 1600.0, 1.5),
    Layout::new(2560.0, 1600.0, 2.0),
    Layout::new(1366.0, 768.0, 1.0).in_theme(ThemeChoice::Dark),
    Layout::new(1920.0, 1080.0, 1.0).in_theme(ThemeChoice::Dark),
    Layout::new(1366.0, 648.0, 1.5).in_theme(ThemeChoice::HighContrast),
];

fn asked(variable: &str) -> Vec<String> {
    std::env::var(variable).map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default()
}

#[test]
#[ignore = "a tool: writes pictures where FAIRDRAW_PICTURES says"]
fn pictures_of_everything() {
    let folder = PathBuf::from(std::env::var_os("FAIRDRAW_PICTURES").expect("FAIRDRAW_PICTURES names a folder"));
    let of = asked("FAIRDRAW_PICTURES_OF");
    let layouts: Vec<Layout> = match asked("FAIRDRAW_PICTURES_AT") {
        names if names.is_empty() => LAYOUTS.to_vec(),
        names => names.iter().map(|name| Layout::named(name)).collect(),
    };
    let begin = if std::env::var_os("FAIRDRAW_PICTURES_DEMO").is_some() { Begin::Program } else { Begin::City };
    let mut window = Window::new(LAPTOP, false, begin);
    window.settle();
    let mut look = |window: &mut Window, name: &str| {
        if !of.is_empty() && !of.iter().any(|start| name.starts_with(start.as_str())) {
            return;
        }
        for layout in &layouts {
            layout.take(window);
            window.picture().save(&folder.join(layout.name()).join(format!("{name}.png")));
        }
        Layout::new(LAPTOP.x, LAPTOP.y, 1.0).take(window);
    };
    before_the_draw(&mut window, &mut look);
    the_draw(&mut window, &mut look);
    asked_for(&mut look);
}
