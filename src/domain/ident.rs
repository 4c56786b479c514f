//! Identifiers: sites, enterprises, permits, districts, bodies, inspectors, strata.
//!
//! USCC by GB 32100-2015 (alphabet of 31 characters, weights 3^i mod 31) with the organisation code's
//! own digit by GB 11714-1997; permit numbers by HJ 608-2017 (USCC, three digits, one letter that is
//! never computed, pseudo-codes beginning with `H9`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::fold_width;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $rule:expr, $expected:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Validates the text; the error says in Chinese what was expected.
            ///
            /// # Errors
            /// The expected form, in Chinese.
            pub fn new(text: impl Into<String>) -> Result<Self, String> {
                let text = text.into();
                let rule: fn(&str) -> bool = $rule;
                if rule(&text) { Ok(Self(text)) } else { Err(format!("「{text}」应为{}", $expected)) }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

text_id!(
    /// A site's lasting id in the registry: `[0-9A-Za-z]{1,40}`. Ordered by bytes.
    UnitId,
    |t| (1..=40).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric()),
    "1 到 40 位字母或数字"
);
text_id!(
    /// An enforcing body (执法主体): `[0-9a-z_]{1,24}`, e.g. `310115`, `sh_brigade`.
    BodyId,
    |t| (1..=24).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'_'),
    "1 到 24 位小写字母、数字或下划线"
);
text_id!(
    /// An inspector's certificate number (执法证号): 1 to 40 ASCII characters without comma, quote or space.
    InspectorId,
    |t| (1..=40).contains(&t.len())
        && t.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b',' | b'"' | b';' | b'\'')),
    "1 到 40 位字母、数字或连字符"
);
text_id!(
    /// A stratum of a draw: `body/category`, e.g. `310115/key`.
    StratumId,
    |t| {
        let part = |p: &str| {
            (1..=24).contains(&p.len())
                && p.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'_')
        };
        t.split_once('/').is_some_and(|(body, category)| part(body) && part(category))
    },
    "「执法主体/类别」，均为小写字母、数字或下划线"
);

impl StratumId {
    /// The stratum of a body's category.
    ///
    /// # Errors
    /// Where the category is not lower-case letters, digits or underscores.
    pub fn of(body: &BodyId, category: &str) -> Result<Self, String> {
        Self::new(format!("{body}/{category}"))
    }

    /// The body's part.
    #[must_use]
    pub fn body(&self) -> &str {
        self.0.split_once('/').map_or("", |(body, _)| body)
    }

    /// The category's part.
    #[must_use]
    pub fn category(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, category)| category)
    }
}

/// A six-digit administrative division code (GB/T 2260).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DistrictCode(pub u32);

impl DistrictCode {
    /// Six digits, not beginning with 0.
    #[must_use]
    pub fn new(code: u32) -> Option<Self> {
        (100_000..=999_999).contains(&code).then_some(Self(code))
    }
}

impl fmt::Display for DistrictCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl FromStr for DistrictCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("「{text}」不是 6 位行政区划代码");
        if text.len() != 6 {
            return Err(wrong());
        }
        text.parse().ok().and_then(Self::new).ok_or_else(wrong)
    }
}

/// A unified social credit code (统一社会信用代码), 18 characters, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc([u8; 18]);

/// What is wrong with a USCC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UsccFault {
    /// Not 18 characters.
    Length(usize),
    /// A character outside the alphabet (1-based position).
    Character(usize),
    /// The 18th character does not fit the first 17 (GB 32100-2015); the right one is given.
    CheckDigit(char),
    /// The organisation code's digit (position 17) does not fit (GB 11714-1997); the right one is given.
    OrganisationDigit(char),
}

impl fmt::Display for UsccFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(n) => write!(f, "统一社会信用代码应为 18 位，实际 {n} 位"),
            Self::Character(i) => write!(f, "统一社会信用代码第 {i} 位字符不在规定范围（不使用 I、O、S、V、Z）"),
            Self::CheckDigit(c) => write!(f, "统一社会信用代码第 18 位校验码应为 {c}"),
            Self::OrganisationDigit(c) => write!(f, "统一社会信用代码第 17 位（组织机构代码校验码）应为 {c}"),
        }
    }
}

const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const USCC_WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

fn uscc_value(byte: u8) -> Option<u32> {
    USCC_ALPHABET.iter().position(|b| *b == byte).map(|i| i as u32)
}

impl Uscc {
    /// Reads a code that has been trimmed, folded to half width and upper-cased.
    ///
    /// # Errors
    /// The first fault met.
    pub fn parse(text: &str) -> Result<Self, UsccFault> {
        let bytes: [u8; 18] = text.as_bytes().try_into().map_err(|_| UsccFault::Length(text.chars().count()))?;
        for (i, byte) in bytes.iter().enumerate() {
            if uscc_value(*byte).is_none() {
                return Err(UsccFault::Character(i + 1));
            }
        }
        let digit = Self::check_character(&bytes[..17]);
        if bytes[17] != digit {
            return Err(UsccFault::CheckDigit(digit as char));
        }
        let organisation = Self::organisation_character(&bytes[8..16]);
        if bytes[16] != organisation {
            return Err(UsccFault::OrganisationDigit(organisation as char));
        }
        Ok(Self(bytes))
    }

    /// The check character for the first 17 characters, which must be of the alphabet (others count 0).
    #[must_use]
    pub fn check_character(first17: &[u8]) -> u8 {
        let sum: u32 =
            first17.iter().zip(USCC_WEIGHTS).map(|(byte, weight)| uscc_value(*byte).unwrap_or(0) * weight).sum();
        USCC_ALPHABET[((31 - sum % 31) % 31) as usize]
    }

    /// The organisation code's check character for its first 8 characters (GB 11714-1997).
    #[must_use]
    pub fn organisation_character(first8: &[u8]) -> u8 {
        let value = |byte: u8| match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'A'..=b'Z' => u32::from(byte - b'A') + 10,
            _ => 0,
        };
        let sum: u32 = first8.iter().zip(ORGANISATION_WEIGHTS).map(|(byte, weight)| value(*byte) * weight).sum();
        match 11 - sum % 11 {
            10 => b'X',
            11 => b'0',
            digit => b'0' + digit as u8,
        }
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which form a permit or registration number has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PermitForm {
    /// USCC, three digits, a letter (HJ 608-2017).
    Standard,
    /// A pseudo-code that begins with `H9` in place of the USCC.
    Pseudo,
    /// An older registration number of 13 or 15 digits.
    OldRegistration,
    /// None of these: allowed, noticed.
    Other,
}

/// A permit or registration number, trimmed, half width, upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PermitNumber(String);

impl PermitNumber {
    /// Folds and trims the text; `None` where nothing is left.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // as most are written
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
            return Some(Self(text.to_owned()));
        }
        let folded: String =
            fold_width(text).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
        (!folded.is_empty()).then_some(Self(folded))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which form it has.
    #[must_use]
    pub fn form(&self) -> PermitForm {
        let bytes = self.0.as_bytes();
        let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        if matches!(bytes.len(), 13 | 15) && digits(bytes) {
            return PermitForm::OldRegistration;
        }
        let tail = bytes.len() == 22 && digits(&bytes[18..21]) && bytes[21].is_ascii_uppercase();
        if bytes.starts_with(b"H9") && self.0.is_ascii() && tail {
            return PermitForm::Pseudo;
        }
        if tail && bytes[..18].iter().all(|b| uscc_value(*b).is_some()) {
            return PermitForm::Standard;
        }
        PermitForm::Other
    }

    /// The USCC inside a standard number, where it is a good one.
    #[must_use]
    pub fn uscc(&self) -> Option<Uscc> {
        (self.form() == PermitForm::Standard).then(|| self.0.get(..18).and_then(|t| Uscc::parse(t).ok())).flatten()
    }
}

impl fmt::Display for PermitNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_codes_pass_and_every_single_change_is_caught() {
        for good in ["91130200699229617X", "91110000802100433B", "91350100M000100Y43", "911302307808371268"] {
            assert!(Uscc::parse(good).is_ok(), "{good}");
            for i in 0..18 {
                for c in USCC_ALPHABET {
                    let mut bytes = good.as_bytes().to_vec();
                    if bytes[i] == *c {
                        continue;
                    }
                    bytes[i] = *c;
                    assert!(Uscc::parse(std::str::from_utf8(&bytes).unwrap()).is_err());
                }
            }
        }
        assert_eq!(Uscc::parse("9113020069922961"), Err(UsccFault::Length(16)));
    }

    #[test]
    fn permit_forms() {
        let form = |t: &str| PermitNumber::parse(t).unwrap().form();
        assert_eq!(form("91130200699229617X001P"), PermitForm::Standard);
        assert_eq!(form(" ９１130200699229617x001p "), PermitForm::Standard);
        assert_eq!(form("H9310115000000001A001Z"), PermitForm::Pseudo);
        assert_eq!(form("310115000012345"), PermitForm::OldRegistration);
        assert_eq!(form("无"), PermitForm::Other);
        assert!(PermitNumber::parse(" \u{3000}").is_none());
    }

    #[test]
    fn ids_hold_their_alphabet() {
        assert!(UnitId::new("91310A").is_ok());
        assert!(UnitId::new("91-A").is_err());
        assert!(StratumId::new("310115/key").is_ok());
        assert!(StratumId::new("310115/Key").is_err());
        assert!(BodyId::new("sh_brigade").is_ok());
    }
}
