//! Figures of a plan as people say them: how often a site is visited, points of a score, whole checks.
//!
//! Duty: one wording each, for window, command line and workbooks. A frequency is said as people say it ([`how_often`])
//! and stands beside its figure ([`per_year`]); a score has one decimal everywhere ([`points`]), except where it is
//! added up ([`exact_points`]); checks that an expectation promises are whole ([`whole_checks`]), the expectation
//! itself ([`expected_checks`]) belongs into a tooltip.
//!
//! Invariants: a value that rounds to none although it is not none is never shown as none.

use super::number::{MINUS, grouped, thousands};

/// Nearer to a whole number than this, an interval or a number of visits is said as that number.
const NEAR: f64 = 0.2;

/// Nearer than this (in parts of it) it is said without 约.
const EXACT: f64 = 0.005;

/// How often a year's frequency λ means a visit: `约每 5–6 年 1 次` (0.179), `每年 1 次`, `每年 1–2 次` (1.6);
/// `不安排` for none, `—` where there is no number.
#[must_use]
pub fn how_often(per_year: f64) -> String {
    if !per_year.is_finite() || per_year < 0.0 {
        return "—".to_owned();
    }
    if per_year == 0.0 {
        return "不安排".to_owned();
    }
    if per_year < 1.0 - EXACT {
        let years = 1.0 / per_year;
        // an interval past a working life is told in round figures
        if years >= 100.0 {
            return format!("约每 {} 年 1 次", thousands(((years / 10.0).round() * 10.0) as i128));
        }
        return match span(years) {
            Span::Exactly(n) => format!("每 {} 年 1 次", thousands(n)),
            // not quite once in one year
            Span::About(1) => "约每年 1 次".to_owned(),
            Span::About(n) => format!("约每 {} 年 1 次", thousands(n)),
            Span::Between(from, to) => format!("约每 {from}–{to} 年 1 次"),
        };
    }
    match span(per_year) {
        Span::Exactly(n) => format!("每年 {} 次", thousands(n)),
        Span::About(n) => format!("每年约 {} 次", thousands(n)),
        Span::Between(from, to) => format!("每年 {from}–{to} 次"),
    }
}

/// A number of years or visits in whole numbers.
enum Span {
    Exactly(i128),
    About(i128),
    Between(i128, i128),
}

fn span(value: f64) -> Span {
    let nearest = value.round();
    let off = (value - nearest).abs();
    if off <= nearest * EXACT {
        Span::Exactly(nearest as i128)
    } else if off <= NEAR || value >= 10.0 {
        Span::About(nearest as i128)
    } else {
        Span::Between(value.floor() as i128, value.ceil() as i128)
    }
}

/// The figure behind it: visits a year with three decimals, more where it would read as none.
#[must_use]
pub fn per_year(lambda: f64) -> String {
    grouped(lambda, if lambda > 0.0 && lambda < 0.0005 { 6 } else { 3 })
}

/// A score or points (thousandths) with one decimal: `10.2`, `14.0`, `20.9` (20 850).
#[must_use]
pub fn points(thousandths: i64) -> String {
    let tenths = (thousandths.unsigned_abs() + 50) / 100;
    let sign = if thousandths < 0 && tenths > 0 { MINUS.to_string() } else { String::new() };
    format!("{sign}{}.{}", thousands(i128::from(tenths / 10)), tenths % 10)
}

/// Points (thousandths) to the last digit, at least one decimal: `8.0`, `20.85`. For sums that must come out.
#[must_use]
pub fn exact_points(thousandths: i64) -> String {
    let (whole, rest) = (thousandths.unsigned_abs() / 1000, thousandths.unsigned_abs() % 1000);
    let sign = if thousandths < 0 { MINUS.to_string() } else { String::new() };
    let digits = format!("{rest:03}");
    let kept = digits.trim_end_matches('0');
    format!("{sign}{}.{}", thousands(i128::from(whole)), if kept.is_empty() { "0" } else { kept })
}

/// An expectation in whole checks: 13.3 is `13`, what is more than none and less than a half `<1`.
#[must_use]
pub fn whole_checks(expected: f64) -> String {
    if expected > 0.0005 && expected < 0.5 { "<1".to_owned() } else { grouped(expected.round(), 0) }
}

/// An expectation with its decimals, for the tooltip of [`whole_checks`]: `预计 13.3 次`.
#[must_use]
pub fn expected_checks(expected: f64) -> String {
    let places = if expected > 0.0005 && expected < 0.05 { 3 } else { 1 };
    format!("预计 {} 次", grouped(expected, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frequency_is_said_as_people_say_it() {
        let said = [
            (0.0, "不安排"),
            (0.0013, "约每 770 年 1 次"),
            (0.05, "每 20 年 1 次"),
            (0.07, "约每 14 年 1 次"),
            (0.1, "每 10 年 1 次"),
            (0.179, "约每 5–6 年 1 次"),
            (0.33, "约每 3 年 1 次"),
            (0.45, "约每 2–3 年 1 次"),
            (0.5, "每 2 年 1 次"),
            (0.8, "约每 1–2 年 1 次"),
            (0.9, "约每年 1 次"),
            (0.999, "每年 1 次"),
            (1.0, "每年 1 次"),
            (1.1, "每年约 1 次"),
            (1.6, "每年 1–2 次"),
            (1.9, "每年约 2 次"),
            (2.0, "每年 2 次"),
            (4.0, "每年 4 次"),
            (12.4, "每年约 12 次"),
            (f64::NAN, "—"),
        ];
        for (lambda, words) in said {
            assert_eq!(how_often(lambda), words, "{lambda}");
        }
    }

    #[test]
    fn the_figure_behind_it_has_three_decimals_and_is_never_a_false_none() {
        assert_eq!([0.0, 0.179, 0.05, 1.6, 0.000_2].map(per_year), ["0.000", "0.179", "0.050", "1.600", "0.000200"]);
    }

    #[test]
    fn a_score_has_one_decimal_and_a_sum_all_of_its_digits() {
        assert_eq!(
            [10_200, 14_000, 20_850, 20_849, 0, 1_234_560].map(points),
            ["10.2", "14.0", "20.9", "20.8", "0.0", "1,234.6"]
        );
        assert_eq!([-40, -60].map(points), ["0.0", "−0.1"]);
        assert_eq!([10_200, 14_000, 20_850, 150, 7].map(exact_points), ["10.2", "14.0", "20.85", "0.15", "0.007"]);
    }

    #[test]
    fn checks_are_whole_and_little_is_not_nothing() {
        assert_eq!([0.0, 0.02, 0.49, 0.5, 13.3, 1408.7].map(whole_checks), ["0", "<1", "<1", "1", "13", "1,409"]);
        assert_eq!([0.0, 0.02, 13.3].map(expected_checks), ["预计 0.0 次", "预计 0.020 次", "预计 13.3 次"]);
    }
}
