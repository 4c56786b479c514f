//! Texts: data.
