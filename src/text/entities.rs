//! Characters that web pages and XML write as names or numbers.

/// Resolves entities; what is none stays as it is.
#[must_use]
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let end = behind.char_indices().take(12).find(|(_, c)| *c == ';').map(|(i, _)| i);
        let known = end.and_then(|end| Some((entity(behind.get(..end)?)?, end)));
        if let Some((c, end)) = known {
            out.push(c);
            rest = behind.get(end + 1..).unwrap_or("");
        } else {
            out.push('&');
            rest = behind;
        }
    }
    out.push_str(rest);
    out
}

/// The character of an entity: the five of XML, numbers, and the few that HTML tables are full of.
#[must_use]
pub fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{A0}',
        "ensp" => '\u{2002}',
        "emsp" => '\u{2003}',
        "middot" => '·',
        "times" => '×',
        "deg" => '°',
        "yen" => '¥',
        "copy" => '©',
        "reg" => '®',
        "plusmn" => '±',
        "sup2" => '²',
        "sup3" => '³',
        "micro" => 'µ',
        "ldquo" => '“',
        "rdquo" => '”',
        "lsquo" => '‘',
        "rsquo" => '’',
        "hellip" => '…',
        "mdash" => '—',
        "ndash" => '–',
        "le" => '≤',
        "ge" => '≥',
        _ => return None,
    })
}
