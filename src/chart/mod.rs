//! Charts and choropleths as data: one definition drawn on any plotters backend (screen, PNG, SVG).

pub mod font;
