//! The screens, in the order of the rail.
