//! How the program writes RON.

use ron::ser::PrettyConfig;

/// One value a line, without names of types; lines end alike on every system, so that the same project is the same
/// bytes.
#[must_use]
pub fn ron_layout() -> PrettyConfig {
    PrettyConfig::new().new_line("\n").struct_names(false)
}
