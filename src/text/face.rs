//! The faces that the product brings along: window, charts and documents are set in them.
//!
//! Noto Sans SC, SIL Open Font License (`assets/fonts/OFL.txt`). The bold face holds the common characters only; a
//! character that it lacks is set in regular. Statics: a constant would stand in the program once for each part that uses it.

/// Noto Sans SC Regular, OpenType.
pub static REGULAR: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-Regular.otf");
/// Noto Sans SC Bold, OpenType.
pub static BOLD: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-Bold.otf");
