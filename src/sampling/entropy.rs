//! Public entropy: the forms in which a public number may be sealed and typed, each with one spelling.
//!
//! The format is sealed before the number exists; at opening the number is taken in that spelling alone,
//! so that nobody can choose among several readings of one public event.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The form of a public number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntropyFormat {
    /// 双色球: six red numbers ascending, a plus, the blue one: `03 07 12 18 25 31+09`.
    Ssq,
    /// A share index's closing value with two decimals: `3412.07`.
    Index,
    /// 16 to 64 dice thrown in order by a third party: `4162253614235516`.
    Dice,
    /// The randomness of a round of drand: 64 lower-case hexadecimal digits.
    Drand,
    /// Two to four of the others in their sealed order: `ssq=03 07 12 18 25 31+09;dice=4162253614235516`.
    Mixed,
}

/// What stands between the parts of a mixed source, reference and number.
pub const MIXED_SEPARATOR: &str = ";";

impl EntropyFormat {
    /// All formats.
    pub const ALL: [Self; 5] = [Self::Ssq, Self::Index, Self::Dice, Self::Drand, Self::Mixed];

    /// The name in the seal.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Ssq => "ssq",
            Self::Index => "index",
            Self::Dice => "dice",
            Self::Drand => "drand",
            Self::Mixed => "mixed",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.id() == id)
    }

    /// The Chinese name shown to users.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Ssq => "双色球开奖号码",
            Self::Index => "股票指数收盘点位",
            Self::Dice => "第三方掷骰",
            Self::Drand => "drand 随机信标",
            Self::Mixed => "几种公开数合用",
        }
    }

    /// How the number is written, in Chinese, with an example.
    #[must_use]
    pub fn spelling(self) -> &'static str {
        match self {
            Self::Ssq => "六个红球升序、各两位、以一个空格分隔，加号后为蓝球，如「03 07 12 18 25 31+09」",
            Self::Index => "点位保留两位小数，如「3412.07」",
            Self::Dice => "16 至 64 个 1 到 6 的数字，按掷出的顺序，如「4162253614235516」（可分组加空格）",
            Self::Drand => "64 位小写十六进制数字",
            Self::Mixed => {
                "按封存的次序写明各种的格式与号码，以分号分隔，如「ssq=03 07 12 18 25 31+09;dice=4162253614235516」"
            }
        }
    }

    /// True where `value` has this format's spelling, as every checker of a draw decides it.
    #[must_use]
    pub fn accepts(self, value: &str) -> bool {
        let bytes = value.as_bytes();
        match self {
            Self::Ssq => is_ssq(bytes),
            Self::Index => match bytes {
                [whole @ .., b'.', a, b] => {
                    (1..=5).contains(&whole.len()) && whole.iter().chain([a, b]).all(u8::is_ascii_digit)
                }
                _ => false,
            },
            Self::Dice => (16..=64).contains(&bytes.len()) && bytes.iter().all(|b| (b'1'..=b'6').contains(b)),
            Self::Drand => super::hash::hash_from_hex(value).is_some(),
            Self::Mixed => mixed_formats(value).is_some(),
        }
    }

    /// A number as it was typed or read aloud, without the blanks around it and, of dice and digits, between them: they
    /// are no part of the number, and one reading is left.
    #[must_use]
    pub fn without_blanks(self, typed: &str) -> String {
        match self {
            Self::Dice | Self::Drand => typed.chars().filter(|c| !c.is_whitespace()).collect(),
            Self::Ssq | Self::Index | Self::Mixed => typed.trim().to_owned(),
        }
    }

    /// True where `value` may be typed at an opening: as [`Self::accepts`], and an index without leading
    /// zeros, since its public value has none.
    #[must_use]
    pub fn accepts_typed(self, value: &str) -> bool {
        let padded = self == Self::Index && value.starts_with('0') && !value.starts_with("0.");
        self.accepts(value) && !padded
    }
}

impl fmt::Display for EntropyFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The formats of a mixed number in their order; `None` where a part isn't in its spelling. The name before each part
/// keeps apart what the seed hashes.
#[must_use]
pub fn mixed_formats(value: &str) -> Option<Vec<EntropyFormat>> {
    let formats: Option<Vec<EntropyFormat>> = value
        .split(MIXED_SEPARATOR)
        .map(|part| {
            let (id, number) = part.split_once('=')?;
            let format = EntropyFormat::from_id(id).filter(|format| *format != EntropyFormat::Mixed)?;
            format.accepts(number).then_some(format)
        })
        .collect();
    formats.filter(|formats| (2..=4).contains(&formats.len()))
}

/// `dd dd dd dd dd dd+dd`: red 1 to 33 strictly ascending, blue 1 to 16.
fn is_ssq(bytes: &[u8]) -> bool {
    let number = |at: usize| -> Option<u8> {
        let (tens, ones) = (bytes.get(at)?, bytes.get(at + 1)?);
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
    };
    if bytes.len() != 20 {
        return false;
    }
    let mut last = 0;
    for ball in 0..6 {
        let separator = bytes[ball * 3 + 2];
        let Some(red) = number(ball * 3) else { return false };
        if red <= last || red > 33 || separator != if ball == 5 { b'+' } else { b' ' } {
            return false;
        }
        last = red;
    }
    number(18).is_some_and(|blue| (1..=16).contains(&blue))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_each() {
        let cases: [(EntropyFormat, &[&str], &[&str]); 4] = [
            (
                EntropyFormat::Ssq,
                &["03 07 12 18 25 31+09", "01 02 03 04 05 33+16"],
                &[
                    "07 03 12 18 25 31+09",
                    "03 03 12 18 25 31+09",
                    "00 07 12 18 25 31+09",
                    "03 07 12 18 25 34+09",
                    "03 07 12 18 25 31+00",
                    "03 07 12 18 25 31+17",
                    "03、07、12、18、25、31+09",
                    "3 7 12 18 25 31+9",
                    "03 07 12 18 25 31+09 ",
                    "03 07 12 18 25 31 09",
                    "０３ 07 12 18 25 31+09",
                    "",
                ],
            ),
            (
                EntropyFormat::Index,
                &["3412.07", "0.05", "99999.99"],
                &["3412.7", "3412,07", "123456.00", ".07", "-3.00"],
            ),
            (EntropyFormat::Dice, &["4162253614235516"], &["416225361423551", "4162253614235517", "4162 253614235516"]),
            (
                EntropyFormat::Drand,
                &["1f20851f0654488261429834d2f695bbc90b714dcceac0dc746bb1dd84087135"],
                &["1F20851f0654488261429834d2f695bbc90b714dcceac0dc746bb1dd84087135", "1f20"],
            ),
        ];
        for (format, good, bad) in cases {
            assert!(good.iter().all(|v| format.accepts(v) && format.accepts_typed(v)), "{format}");
            assert!(bad.iter().all(|v| !format.accepts(v)), "{format}");
        }
        assert!(EntropyFormat::Index.accepts("03412.07") && !EntropyFormat::Index.accepts_typed("03412.07"));
        assert!(EntropyFormat::ALL.into_iter().all(|f| EntropyFormat::from_id(f.id()) == Some(f)));
    }
}
