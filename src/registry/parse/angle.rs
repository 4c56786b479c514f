//! Degrees as people write them.
//!
//! Met: 121.4737, 121.4737°, E121°28′12.3″, 121度28分12秒, 121°28.2′, 121-28-12, 121:28:12, 121 28 12, 121.28.12, and every
//! sign that stands for degree, minute and second. Refused: packed figures (1212812), for nothing says what they are,
//! and the southern and western half of the world.

use crate::text::{fold, fold_lines, is_blank_word};

/// Degrees, decimal or in degrees, minutes and seconds.
///
/// # Errors
/// `()` where the text is not an angle.
#[expect(clippy::result_unit_err, reason = "the caller names the column and the value; there is nothing to add")]
pub fn parse_angle(text: &str) -> Result<Option<f64>, ()> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        if let Ok(value) = text.parse() {
            return Ok(Some(value));
        }
    }
    let folded = fold(text);
    let text = folded.trim();
    if is_blank_word(text) {
        return Ok(None);
    }
    let mut bare = text;
    for word in ["东经", "北纬", "经度", "纬度", "E", "N", "e", "n"] {
        bare = bare.strip_prefix(word).unwrap_or(bare);
    }
    let bare = bare
        .trim_start_matches([':', '：'])
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, 'E' | 'N' | 'e' | 'n'))
        .trim();
    if bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'))
        && let Ok(value) = bare.parse()
    {
        return Ok(Some(value));
    }
    // Every sign on one of three: degree, minute, second; two minute signs are a second.
    let plain: String = bare
        .replace("''", "″")
        .replace("′′", "″")
        .replace("’’", "″")
        .replace("´´", "″")
        .chars()
        .map(|c| match c {
            '°' | '度' | 'º' | '˚' | '∘' | '゜' | '℃' | 'd' | 'D' => '°',
            '′' | '\'' | '’' | '‘' | '´' | '`' | 'ʹ' | '分' | 'm' | 'M' => '\'',
            '″' | '"' | '”' | '“' | '˝' | 'ʺ' | '秒' | 's' | 'S' => '"',
            c => c,
        })
        .filter(|c| !c.is_whitespace() || !bare.contains(['°', '度']))
        .collect();
    if plain.contains('°') { by_signs(&plain) } else { by_dividers(plain.trim()) }.map(Some)
}

/// `121°28'12"`: each figure closed by its own sign, in order; the last sign may be missing.
fn by_signs(text: &str) -> Result<f64, ()> {
    let (mut value, mut rest) = (0.0, text);
    for (sign, scale) in [('°', 1.0), ('\'', 60.0), ('"', 3600.0)] {
        if rest.is_empty() {
            break;
        }
        let (figure, behind) = match rest.split_once(sign) {
            Some(parts) => parts,
            // 121°28'12 and 121°28: the last figure without its sign.
            None if !rest.contains(['°', '\'', '"']) => (rest, ""),
            None if scale > 1.0 && scale < 3600.0 => continue, // 121°0" has no minutes
            None => return Err(()),
        };
        value += part(figure, scale)?;
        rest = behind.trim_start_matches('-');
    }
    if rest.is_empty() { Ok(value) } else { Err(()) }
}

/// `121-28-12`, `121:28:12`, `121 28 12`, `121.28.12`: three figures, one kind of divider.
fn by_dividers(text: &str) -> Result<f64, ()> {
    let divider = ['-', ':', ' ', '.'].into_iter().find(|divider| text.contains(*divider)).ok_or(())?;
    let figures: Vec<&str> = text.split(divider).map(str::trim).filter(|figure| !figure.is_empty()).collect();
    // 121.28.12.3: the dot divides and marks the fraction.
    let joined;
    let figures = match (divider, figures.as_slice()) {
        ('.', [degrees, minutes, seconds, fraction]) => {
            joined = format!("{seconds}.{fraction}");
            vec![*degrees, *minutes, joined.as_str()]
        }
        (_, [_, _, _]) => figures,
        _ => return Err(()),
    };
    if figures[0].contains('.') || figures[1].contains('.') || figures[1].len() > 2 {
        return Err(());
    }
    figures.iter().zip([1.0, 60.0, 3600.0]).try_fold(0.0, |sum, (figure, scale)| Ok(sum + part(figure, scale)?))
}

fn part(figure: &str, scale: f64) -> Result<f64, ()> {
    let figure = figure.trim();
    if figure.is_empty() || !figure.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return Err(());
    }
    let number: f64 = figure.parse().map_err(|_| ())?;
    if scale > 1.0 && number >= 60.0 { Err(()) } else { Ok(number / scale) }
}

/// Longitude and latitude in one cell, in this order, divided by a comma, semicolon, slash or space.
///
/// # Errors
/// `()` where the text is not a pair of angles.
#[expect(clippy::result_unit_err, reason = "the caller names the column and the value; there is nothing to add")]
pub fn parse_pair(text: &str) -> Result<Option<(f64, f64)>, ()> {
    let folded = fold_lines(text);
    let text = folded.trim().trim_matches(['(', ')', '[', ']']).trim();
    if is_blank_word(text) {
        return Ok(None);
    }
    // 北纬 first: the words say which is which.
    let latitude_first = text.starts_with("北纬") || text.starts_with("纬度") || text.starts_with(['N', 'n']);
    for divider in [',', '，', ';', '/', '、', '\n', ' '] {
        let Some((a, b)) = text.split_once(divider) else { continue };
        if let (Ok(Some(first)), Ok(Some(second))) = (parse_angle(a.trim()), parse_angle(b.trim())) {
            return Ok(Some(if latitude_first { (second, first) } else { (first, second) }));
        }
    }
    let north = text.find("北纬").or_else(|| text.find("纬度")).filter(|i| *i > 0);
    if let Some((a, b)) = north.map(|i| text.split_at(i))
        && let (Ok(Some(lon)), Ok(Some(lat))) = (parse_angle(a.trim().trim_end_matches([',', '，'])), parse_angle(b))
    {
        return Ok(Some((lon, lat)));
    }
    Err(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles() {
        assert_eq!(parse_angle("121.47").unwrap(), Some(121.47));
        for text in [
            "121°28′12″",
            "121度28分12秒",
            "E121°28'12\"",
            "东经121°28′12″",
            "121º28´12˝",
            "121°28'12''",
            "121-28-12",
            "121:28:12",
            "121 28 12",
            "121.28.12",
            "121°28.2′",
            "121° 28′ 12″ E",
            "121°28′12",
            "121°28’12”",
            "121.47°",
            "121.47度",
            "121.47E",
            "121d28m12s",
            "１２１°２８′１２″",
            "121.28.12.0",
            "121°28分12秒",
            "东经：121°28′12″",
        ] {
            let angle = parse_angle(text).unwrap_or_else(|()| panic!("{text}")).unwrap();
            assert!((angle - 121.47).abs() < 1e-9, "{text}: {angle}");
        }
        for text in [
            "121°78′",
            "上海",
            "121,47",
            "°",
            "121°28′12″W",
            "121-28",
            "121.78.12",
            "121°28′12″3",
            "12-1.28-12",
            "121°28″12′",
        ] {
            assert!(parse_angle(text).is_err(), "{text}");
        }
    }

    #[test]
    fn pairs() {
        for text in [
            "121.47,31.2",
            "121.47，31.2",
            "(121.47 31.2)",
            "121°28′12″,31°12′",
            "121°28′12″ 31°12′0″",
            "东经121°28′12″北纬31°12′",
            "北纬31°12′，东经121°28′12″",
            "E121.47/N31.2",
        ] {
            let (lon, lat) = parse_pair(text).unwrap_or_else(|()| panic!("{text}")).unwrap();
            assert!((lon - 121.47).abs() < 1e-9 && (lat - 31.2).abs() < 1e-9, "{text}: {lon} {lat}");
        }
        assert!(parse_pair("121.47").is_err());
    }
}
