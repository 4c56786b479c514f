//! The head of an office's log: how many lines it has, and the root of the tree over them (RFC 6962, section 2.1).

use serde::{Deserialize, Serialize};

use super::hash::hash_from_hex;

/// The log at some size: the number of its lines and the root of the tree over them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogHead {
    /// Root, hexadecimal.
    pub root: String,
    /// Lines.
    pub size: u64,
}

impl LogHead {
    /// True where the root is one: 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn is_written(&self) -> bool {
        hash_from_hex(&self.root).is_some()
    }

    /// As it is published: `SIZE:ROOT`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}:{}", self.size, self.root)
    }
}
