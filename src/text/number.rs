//! Numbers as people read them: groups of three digits, one minus sign.

/// The minus sign of numbers shown to people (U+2212): as wide as a plus, and never taken for a hyphen.
pub const MINUS: char = '−';

/// A whole number with thousands separators: `38,000`, `−1,200`.
#[must_use]
pub fn thousands(value: i128) -> String {
    signed(value < 0, &value.unsigned_abs().to_string(), "")
}

/// A number with thousands separators and so many decimals; trailing zeros stay. What rounds to nothing has no
/// sign; `—` where there is no number.
#[must_use]
pub fn grouped(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "—".to_owned();
    }
    let plain = format!("{:.*}", decimals, value.abs());
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    signed(value < 0.0 && plain.bytes().any(|b| (b'1'..=b'9').contains(&b)), whole, rest)
}

/// A number with thousands separators and at most so many decimals, without trailing zeros; empty for NaN.
#[must_use]
pub fn shortened(value: f64, most: usize) -> String {
    if value.is_nan() {
        return String::new();
    }
    let text = grouped(value, most);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Sign, digits in groups of three, decimals.
fn signed(negative: bool, whole: &str, decimals: &str) -> String {
    let mut text = String::with_capacity(whole.len() * 4 / 3 + decimals.len() + 4);
    if negative {
        text.push(MINUS);
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !decimals.is_empty() {
        text.push('.');
        text.push_str(decimals);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_stand_every_three_digits() {
        assert_eq!([0, 999, 38_000, 4_000_000, -1_200].map(thousands), ["0", "999", "38,000", "4,000,000", "−1,200"]);
        assert_eq!(grouped(38_271.4, 0), "38,271");
        assert_eq!(grouped(-1_000_000.0, 0), "−1,000,000");
        assert_eq!(grouped(-0.2, 0), "0");
        assert_eq!(grouped(1234.5, 1), "1,234.5");
        assert_eq!(grouped(f64::NAN, 0), "—");
    }

    #[test]
    fn trailing_zeros_go_where_at_most_so_many_decimals_are_wanted() {
        assert_eq!(
            [1e15, 0.1 + 0.2, -0.0001, -1234.5].map(|n| shortened(n, 3)),
            ["1,000,000,000,000,000", "0.3", "0", "−1,234.5"]
        );
        assert_eq!(shortened(100.0, 0), "100");
        assert_eq!(shortened(f64::NAN, 3), "");
    }
}
