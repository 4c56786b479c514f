//! Texts: table.
