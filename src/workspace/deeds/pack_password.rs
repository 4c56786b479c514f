//! The password of packed folders.

use std::fmt;

use crate::diagnostic::{AppResult, Finding};

/// Shortest password that is taken, in characters.
const SHORTEST: usize = 8;

/// A password as the operator typed it; never shown, never journaled.
#[derive(Clone, PartialEq, Eq)]
pub struct PackPassword(String);

impl fmt::Debug for PackPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PackPassword(…)")
    }
}

impl PackPassword {
    /// The password itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a password.
    ///
    /// # Errors
    /// `EXP-048` where it is too short.
    pub fn new(typed: &str) -> AppResult<Self> {
        let length = typed.chars().count();
        if length >= SHORTEST {
            return Ok(Self(typed.to_owned()));
        }
        Err(Finding::error("EXP-048", "压缩包的密码太短")
            .value(format!("{length} 位"))
            .expected(format!("至少 {SHORTEST} 位"))
            .hint("请另设密码，并以另外的方式告知收件单位")
            .into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_password_is_refused_and_none_is_shown() {
        assert_eq!(PackPassword::new("1234567").unwrap_err().code(), "EXP-048");
        let password = PackPassword::new("口令口令口令口令").unwrap();
        assert!(!format!("{password:?}").contains("口令") && password.as_str().chars().count() == 8);
    }
}
