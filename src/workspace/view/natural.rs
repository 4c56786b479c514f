//! The order of texts as people read them: runs of digits by their value.

use std::cmp::Ordering;

/// Texts by their characters with runs of digits by their value: `第 2 次` before `第 10 次`, `007` beside `7`.
#[must_use]
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.chars().peekable(), b.chars().peekable());
    loop {
        let (Some(x), Some(y)) = (left.peek().copied(), right.peek().copied()) else {
            return left.next().is_some().cmp(&right.next().is_some());
        };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let order = digits(&mut left).cmp(&digits(&mut right));
            if order.is_ne() {
                return order;
            }
        } else {
            if x != y {
                return x.cmp(&y);
            }
            left.next();
            right.next();
        }
    }
}

/// A run of digits: how many without leading zeros, and the digits; compares as its value.
fn digits(text: &mut std::iter::Peekable<std::str::Chars<'_>>) -> (usize, String) {
    let mut run = String::new();
    while let Some(digit) = text.next_if(char::is_ascii_digit) {
        if digit != '0' || !run.is_empty() {
            run.push(digit);
        }
    }
    (run.len(), run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_stand_by_their_value() {
        let less = |a: &str, b: &str| {
            assert_eq!(natural_order(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(natural_order(b, a), Ordering::Greater, "{b} {a}");
        };
        less("第 2 次", "第 10 次");
        less("2027-02", "2027-10");
        less("甲", "甲乙");
        less("9 家", "10 家");
        assert_eq!(natural_order("007", "7"), Ordering::Equal);
    }
}
