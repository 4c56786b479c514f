//! The window: reads the workspace and its frames, changes it only by commands.

pub mod fonts;
pub mod map;
pub mod plot;
pub mod screens;
pub mod table;
pub mod text;
pub mod theme;
