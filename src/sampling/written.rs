//! Sealed text files that another program has saved anew: other line ends, a byte-order mark, blank lines at the end.
//!
//! The bytes that were sealed have none of these, so that taking them away gives the sealed bytes back where nothing
//! else was changed, and changes no meaning where something was: the hash still tells.

use std::borrow::Cow;

/// The bytes as this program writes them: no mark, lines ended by LF, one LF at the end.
#[must_use]
pub fn as_written(bytes: &[u8]) -> Cow<'_, [u8]> {
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let clean = !body.contains(&b'\r') && body.last() == Some(&b'\n') && !body.ends_with(b"\n\n");
    if clean && body.len() == bytes.len() || bytes.is_empty() {
        return Cow::Borrowed(bytes);
    }
    let mut plain = Vec::with_capacity(body.len() + 1);
    for (i, byte) in body.iter().enumerate() {
        match byte {
            b'\r' if body.get(i + 1) == Some(&b'\n') => {}
            b'\r' => plain.push(b'\n'),
            byte => plain.push(*byte),
        }
    }
    while plain.last() == Some(&b'\n') {
        plain.pop();
    }
    plain.push(b'\n');
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_marks_and_blank_ends_are_taken_away_and_nothing_else() {
        let written = "编号,甲\n1,2\n".as_bytes();
        for changed in
            ["编号,甲\r\n1,2\r\n", "\u{feff}编号,甲\n1,2\n", "编号,甲\r1,2\r", "编号,甲\n1,2", "编号,甲\n1,2\n\n\n"]
        {
            assert_eq!(as_written(changed.as_bytes()), written, "{changed:?}");
        }
        assert!(matches!(as_written(written), Cow::Borrowed(_)));
        for other in ["编号,甲\n\n1,2\n", "编号,甲\n1,2 \n", "编号,甲\n1,3\n"] {
            assert_ne!(as_written(other.as_bytes()), written, "{other:?}");
        }
    }
}
