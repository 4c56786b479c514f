//! Texts: map.
