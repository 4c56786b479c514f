//! The common spellings of a day, told by their bytes alone.

use super::{digits, four, two};

/// Year, month and day of 2026年3月1日, 2026-3-1, 2026/03/01, 2026.3.1: the forms that most other cells have.
/// The year 9999 is no year but 长期, however it goes on.
pub(super) fn plain_parts(bytes: &[u8]) -> Option<(i32, u32, u32)> {
    let (year, rest) = bytes.split_at_checked(4).filter(|(year, _)| digits(year) && *year != b"9999")?;
    let chinese = ["年", "月", "日"].map(str::as_bytes);
    let dividers: [&[u8]; 3] = match rest.first()? {
        b'-' => [b"-", b"-", b""],
        b'/' => [b"/", b"/", b""],
        b'.' => [b".", b".", b""],
        _ => chinese,
    };
    let (month, rest) = figure(rest.strip_prefix(dividers[0])?)?;
    let (day, rest) = figure(rest.strip_prefix(dividers[1])?)?;
    (rest == dividers[2]).then(|| (four(year), month, day))
}

/// A figure of one or two digits, and what follows it.
fn figure(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let length = bytes.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    let (figure, rest) = bytes.split_at_checked(length)?;
    match figure {
        [one] => Some((u32::from(one - b'0'), rest)),
        [_, _] => Some((two(figure, 0), rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::DateFault;
    use super::super::written::{Written, at, read_any};
    use super::*;

    #[test]
    fn the_quick_form_of_a_day_means_what_the_long_way_finds() {
        let told = |found: Result<Option<Written>, DateFault>| found.map(|found| found.map(|found| found.day));
        let years = ["2026", "1949", "1900", "1970", "9999", "0001", "2101", "26"];
        let figures = ["0", "1", "3", "01", "12", "13", "29", "30", "31", "031", ""];
        let mut quick = 0;
        for year in years {
            for month in figures {
                for day in figures {
                    for text in [
                        format!("{year}年{month}月{day}日"),
                        format!("{year}年{month}月{day}"),
                        format!("{year}-{month}-{day}"),
                        format!("{year}/{month}/{day}"),
                        format!("{year}.{month}.{day}"),
                        format!("{year}.{month}.{day}."),
                        format!("{year}-{month}/{day}"),
                    ] {
                        if let Some((year, month, day)) = plain_parts(text.as_bytes()) {
                            quick += 1;
                            assert_eq!(told(at(year, month, day, None)), told(read_any(&text)), "{text}");
                        }
                    }
                }
            }
        }
        assert_eq!(quick, 6 * 9 * 9 * 4);
    }
}
