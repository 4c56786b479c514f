//! The map widget.
