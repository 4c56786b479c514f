//! The window: reads the workspace and its frames, changes it only by commands.
//!
//! [`app::Workstation`] is the whole of it; [`run`] puts it into a native window. What a screen may do and how
//! it is written stands in [`screens`].

mod access;
pub mod action;
pub mod app;
mod confirm;
pub mod fonts;
pub mod help;
mod icon;
pub mod map;
mod palette;
mod path_dialog;
pub mod picker;
pub mod plot;
pub mod proof;
mod rows;
pub mod screens;
mod sharing;
mod shell;
pub mod slot;
mod support;
pub mod table;
mod templates;
pub mod text;
pub mod theme;
pub mod veil;
pub mod widgets;
mod window;

pub use window::{WindowOptions, run};
