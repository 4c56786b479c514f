//! Charts on the screen.
