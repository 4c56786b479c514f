//! Texts: common.
