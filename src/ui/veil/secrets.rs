//! Which texts name a unit: found as parts of any text, in one pass over its characters.
//!
//! Kept as hashes of whole texts, with the lengths that begin with each pair of characters: 38 000 units take a few
//! megabytes, a text without a unit costs one look-up a character. A hash that happens to agree hides too much, never
//! too little.

use std::collections::{HashMap, HashSet};

use polars::prelude::DataFrame;

use crate::chart::Chart;
use crate::diagnostic::{AppResult, Progress};
use crate::registry::TableKind;
use crate::registry::schema::{inspectors, sources};
use crate::ui::text::shell as t;
use crate::workspace::session::ProjectData;

/// Characters that a secret is looked up by first.
const HEAD: usize = 2;
/// Characters of a secret that are compared: a longer one is known by its beginning.
const LONGEST: usize = 120;
/// An address says where a unit is from so many characters on, or with a number from fewer on.
const ADDRESS: [usize; 2] = [8, 5];
/// A number of so few letters and digits is no unit's: it would hide ordinary figures.
const SHORTEST_NUMBER: usize = 6;

/// Names, credit codes, numbers and addresses of a register's units, names and certificates of its inspectors.
#[derive(Debug, Default)]
pub struct Secrets {
    /// Lengths, one bit each, of the secrets that begin with these characters.
    lengths: HashMap<u64, u128>,
    /// Hashes of whole secrets.
    whole: HashSet<u64>,
}

/// Full-width signs as half-width ones, letters large: one character stays one.
fn fold(c: char) -> char {
    let c = match c {
        '\u{3000}' => ' ',
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    };
    c.to_ascii_uppercase()
}

fn step(hash: u64, c: char) -> u64 {
    (hash.rotate_left(5) ^ u64::from(u32::from(c))).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Secrets {
    /// Reads what names a unit, or an inspector, out of all tables of a register.
    ///
    /// # Errors
    /// `JOB-001` where the work was given up.
    pub fn of(data: &ProjectData, progress: &Progress) -> AppResult<Self> {
        let mut secrets = Self::default();
        let people = [TableKind::Inspectors, TableKind::Capacity];
        for kind in TableKind::ALL.into_iter().filter(|kind| !people.contains(kind)) {
            secrets.take_frame(data.registry.frame(kind), progress)?;
        }
        // lists and pairs of past months name those that left, too
        secrets.take_frame(&data.registry.former, progress)?;
        for frame in [&data.registry.inspectors, &data.registry.former_inspectors] {
            secrets.take_inspectors(data, frame)?;
        }
        Ok(secrets)
    }

    /// Who will come is told to nobody either. A name that is part of a district's is an ordinary word too: such a
    /// person is known by the certificate alone.
    fn take_inspectors(&mut self, data: &ProjectData, frame: &DataFrame) -> AppResult<()> {
        if frame.height() == 0 {
            return Ok(());
        }
        inspectors::CERTIFICATE.of(frame)?.iter().flatten().for_each(|text| self.add(text));
        let places = data.districts.districts();
        let ordinary = |name: &str| places.iter().any(|district| district.name.contains(name));
        inspectors::NAME.of(frame)?.iter().flatten().filter(|name| !ordinary(name)).for_each(|name| self.add(name));
        Ok(())
    }

    fn take_frame(&mut self, frame: &DataFrame, progress: &Progress) -> AppResult<()> {
        let columns = [sources::UNIT_ID, sources::NUMBER, sources::NAME, sources::USCC, sources::ENTERPRISE];
        for column in columns {
            progress.check()?;
            if frame.column(column.name()).is_ok() {
                column.of(frame)?.iter().flatten().for_each(|text| self.add(text));
            }
        }
        if frame.column(sources::ADDRESS.name()).is_ok() {
            sources::ADDRESS.of(frame)?.iter().flatten().for_each(|text| self.add_address(text));
        }
        Ok(())
    }

    fn add_address(&mut self, text: &str) {
        let (length, digits) = (text.trim().chars().count(), text.chars().any(|c| fold(c).is_ascii_digit()));
        if length >= ADDRESS[0] || (digits && length >= ADDRESS[1]) {
            self.add(text);
        }
    }

    fn add(&mut self, text: &str) {
        let chars: Vec<char> = text.trim().chars().map(fold).take(LONGEST).collect();
        if chars.len() < HEAD || (chars.len() < SHORTEST_NUMBER && chars.iter().all(char::is_ascii)) {
            return;
        }
        let head = chars[..HEAD].iter().fold(0, |hash, c| step(hash, *c));
        let all = chars[HEAD..].iter().fold(head, |hash, c| step(hash, *c));
        *self.lengths.entry(head).or_default() |= 1 << chars.len();
        self.whole.insert(all);
    }

    /// How many characters from the beginning of these name a unit; 0 where they name none.
    fn named(&self, chars: &[char]) -> usize {
        let Some(head) = chars.get(..HEAD) else { return 0 };
        let mut hash = head.iter().fold(0, |hash, c| step(hash, *c));
        let Some(lengths) = self.lengths.get(&hash) else { return 0 };
        let mut longest = 0;
        for length in HEAD..=chars.len().min(LONGEST) {
            if length > HEAD {
                hash = step(hash, chars[length - 1]);
            }
            if lengths >> length & 1 == 1 && self.whole.contains(&hash) {
                longest = length;
            }
        }
        longest
    }

    /// The text with every unit's name, number, code and address hidden; `None` where it names none.
    #[must_use]
    pub fn hide(&self, text: &str) -> Option<String> {
        let chars: Vec<char> = text.chars().map(fold).collect();
        let mut plain = text.chars();
        let (mut at, mut hidden) = (0, String::new());
        let mut any = false;
        while at < chars.len() {
            match self.named(&chars[at..]) {
                0 => {
                    hidden.extend(plain.next());
                    at += 1;
                }
                length => {
                    any = true;
                    hidden.push_str(t::HIDDEN);
                    plain.by_ref().take(length).for_each(drop);
                    at += length;
                }
            }
        }
        any.then_some(hidden)
    }

    /// The same for every text of a chart.
    #[must_use]
    pub fn hide_chart(&self, chart: &Chart) -> Option<Chart> {
        let mut hidden = chart.clone();
        let mut any = false;
        for text in hidden.texts_mut() {
            if let Some(instead) = self.hide(text) {
                *text = instead;
                any = true;
            }
        }
        any.then_some(hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_hidden_wherever_they_stand() {
        let mut secrets = Secrets::default();
        for text in ["上海宏达电子有限公司", "上海宏达电子有限公司嘉定分公司", "91310114MA1GT1234X", "12"]
        {
            secrets.add(text);
        }
        secrets.add_address("嘉定区");
        secrets.add_address("上海市嘉定区沪宜公路1号");
        let hide = |text: &str| secrets.hide(text);
        assert_eq!(hide("嘉定区 12 家"), None);
        assert_eq!(hide("3 上海宏达电子有限公司（重点）").as_deref(), Some("3 （已遮盖）（重点）"));
        // the longer name, not the shorter within it
        assert_eq!(hide("上海宏达电子有限公司嘉定分公司").as_deref(), Some("（已遮盖）"));
        // another width or case of the letters, in the middle of a word
        assert_eq!(hide("x９1310114ma1gt1234x001V").as_deref(), Some("x（已遮盖）001V"));
        assert_eq!(hide("在上海市嘉定区沪宜公路１号").as_deref(), Some("在（已遮盖）"));
        assert_eq!(hide("上海宏达电子"), None);
        assert_eq!(hide(""), None);
    }
}
