//! The virtual table.
