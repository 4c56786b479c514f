//! What helps whoever helps the user: a log of what the program did, reports of its faults, the pack of both.
//!
//! Invariant: nothing here names a unit, a person, a project or an account. What is logged are commands and deeds by
//! their ids, durations, codes and counts; [`plain`] takes out of a text of other hands what could be a name.

pub mod crash;
pub mod log;
pub mod pack;
pub mod running;

/// Characters kept of a text of other hands.
const MOST_PLAIN: usize = 300;
/// Digits of a word that could be a number of a unit or a person.
const MOST_DIGITS: usize = 5;
/// Stands for what is left out.
const LEFT_OUT: char = '…';

/// A text of other hands without what could name somebody: what stands in quotes, words that are not ASCII, long
/// numbers. A fault of the program's own reads on ("index out of bounds: the len is 3 but the index is 7").
#[must_use]
pub fn plain(text: &str) -> String {
    let (mut out, mut word, mut quote) = (String::new(), String::new(), None);
    // the end lets the last word go
    for c in text.chars().take(MOST_PLAIN).chain(Some('\n')) {
        if let Some(closing) = quote {
            if c == closing {
                quote = None;
            }
            continue;
        }
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let is_number = word.bytes().filter(u8::is_ascii_digit).count() > MOST_DIGITS;
        let put = if matches!(c, '"' | '`') || !c.is_ascii() { LEFT_OUT } else { c };
        out.push_str(if is_number { "…" } else { &word });
        word.clear();
        if matches!(c, '"' | '`') {
            quote = Some(c);
        }
        if put != LEFT_OUT || !out.ends_with(LEFT_OUT) {
            out.push(if put.is_ascii_control() { ' ' } else { put });
        }
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_plain_text_names_nobody() {
        assert_eq!(
            plain("index out of bounds: the len is 3 but the index is 7"),
            "index out of bounds: the len is 3 but the index is 7"
        );
        let said = plain("byte index 3 is not a char boundary; it is inside '某' (bytes 0..3) of `某某化工有限公司`");
        assert_eq!(said, "byte index 3 is not a char boundary; it is inside '…' (bytes 0..3) of …");
        assert_eq!(plain("called on an Err value: Parse(\"91310000MA1K35\")"), "called on an Err value: Parse(…)");
        assert_eq!(plain("no unit 310115200401 here"), "no unit … here");
        assert_eq!(plain("an open `quote"), "an open …");
    }
}
