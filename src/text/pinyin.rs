//! Chinese words found by their pinyin: whole syllables, initials, or both mixed, as people type them.
//!
//! Method: every character has a set of readings (polyphones have several; about 2 000 different sets in all). For a
//! query each set is compiled once into a table "from this letter of the query to that one", as bits; a name is then
//! walked character by character with one word of state, beginning anew at every character. So a search needs no
//! index of the names, reads each of them once and allocates nothing: 38 000 names take about 2 ms.
//!
//! A character is matched by its first letter or by a whole reading; the last one also by the beginning of a reading
//! (`shangh` finds 上海). Letters and digits of the name stand for themselves. `ü` is typed as `v` or `u`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use pinyin::ToPinyinMulti;

use super::half_width;

/// Longest query, letters: the state is one word.
const LONGEST: usize = 60;
/// First and last character that the table holds: the basic plane's Han characters.
const FROM: u32 = 0x3400;
const TO: u32 = 0x9fff;

/// The readings of every character.
struct Readings {
    /// Set of each character from [`FROM`] to [`TO`]; 0 is the empty one.
    set_of: Vec<u16>,
    sets: Vec<Vec<String>>,
}

fn readings() -> &'static Readings {
    static READINGS: OnceLock<Readings> = OnceLock::new();
    READINGS.get_or_init(|| {
        let mut known: BTreeMap<Vec<String>, u16> = BTreeMap::from([(Vec::new(), 0)]);
        let mut sets = vec![Vec::new()];
        let set_of = (FROM..=TO)
            .map(|code| {
                let set = char::from_u32(code).map_or_else(Vec::new, readings_of);
                *known.entry(set).or_insert_with_key(|set| {
                    sets.push(set.clone());
                    (sets.len() - 1) as u16
                })
            })
            .collect();
        Readings { set_of, sets }
    })
}

/// All readings of a character in plain letters, sorted.
fn readings_of(c: char) -> Vec<String> {
    let mut set = Vec::new();
    for reading in c.to_pinyin_multi().into_iter().flatten() {
        let plain = reading.plain();
        if plain.contains('ü') {
            set.push(plain.replace('ü', "v"));
            set.push(plain.replace('ü', "u"));
        } else if plain.is_ascii() {
            set.push(plain.to_owned());
        }
    }
    set.sort();
    set.dedup();
    set
}

/// A query in letters, ready to be looked for in many names.
#[derive(Debug, Clone)]
pub struct PinyinQuery {
    letters: Vec<u8>,
    /// For each set of readings and each letter of the query: the letters that the walk may go on from, as bits; the
    /// bit past the last letter says that all is found.
    moves: Vec<u64>,
}

impl PinyinQuery {
    /// A query; `None` where it can't be pinyin: fewer than two letters, or anything else than letters and `'`.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let mut letters = Vec::with_capacity(text.len());
        for c in text.chars().map(half_width) {
            match c {
                '\'' | '’' => {}
                'ü' | 'Ü' => letters.push(b'v'),
                c if c.is_ascii_alphabetic() => letters.push(c.to_ascii_lowercase() as u8),
                _ => return None,
            }
        }
        if !(2..=LONGEST).contains(&letters.len()) {
            return None;
        }
        let n = letters.len();
        let mut moves = Vec::with_capacity(readings().sets.len() * n);
        for set in &readings().sets {
            for from in 0..n {
                let rest = &letters[from..];
                let mut to = 0_u64;
                for reading in set.iter().map(String::as_bytes) {
                    if reading.first() == rest.first() {
                        to |= 1 << (from + 1);
                    }
                    if rest.starts_with(reading) {
                        to |= 1 << (from + reading.len());
                    } else if reading.starts_with(rest) {
                        to |= 1 << n;
                    }
                }
                moves.push(to);
            }
        }
        Some(Self { letters, moves })
    }

    /// True where the query is in the name, or at its start.
    fn walk(&self, text: &str, only_from_start: bool) -> bool {
        let table = readings();
        let n = self.letters.len();
        let whole = 1_u64 << n;
        let mut at = 1_u64;
        for c in text.chars() {
            let code = u32::from(c);
            let mut next = 0_u64;
            if (FROM..=TO).contains(&code) {
                let set = usize::from(table.set_of[(code - FROM) as usize]);
                let row = &self.moves[set * n..(set + 1) * n];
                let mut left = at;
                while left != 0 {
                    next |= row[left.trailing_zeros() as usize];
                    left &= left - 1;
                }
            } else {
                let c = half_width(c);
                if c.is_ascii_alphanumeric() {
                    let letter = c.to_ascii_lowercase() as u8;
                    let mut left = at;
                    while left != 0 {
                        let from = left.trailing_zeros() as usize;
                        next |= u64::from(self.letters[from] == letter) << (from + 1);
                        left &= left - 1;
                    }
                } else {
                    // brackets, dots and blanks between two characters stand in nobody's way
                    next = at;
                }
            }
            if next & whole != 0 {
                return true;
            }
            if only_from_start && next == 0 {
                return false;
            }
            at = if only_from_start { next } else { next | 1 };
        }
        false
    }

    /// True where the name has the query's pinyin, beginning at any character.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.walk(text, false)
    }

    /// True where the name begins with the query's pinyin.
    #[must_use]
    pub fn begins(&self, text: &str) -> bool {
        self.walk(text, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(query: &str, text: &str) -> bool {
        PinyinQuery::new(query).is_some_and(|query| query.is_in(text))
    }

    #[test]
    fn initials_syllables_and_both_mixed_are_found() {
        let name = "上海石油化工股份有限公司";
        for query in ["shsy", "shanghai", "shiyou", "SHIYOUHG", "syhuagong", "shangh", "yxgs", "shi'you", "hgg"] {
            assert!(is_in(query, name), "{query}");
        }
        for query in ["bjh", "shiyouu", "shangx", "yougongsi"] {
            assert!(!is_in(query, name), "{query}");
        }
        assert!(is_in("bjh", "宝山宝金环保科技有限公司"));
        assert!(is_in("pdxq", "上海（浦东）新区") && is_in("pudongxq", "上海（浦东）新区"));
    }

    #[test]
    fn every_reading_of_a_polyphone_is_found() {
        for query in ["cq", "zq", "chongqing", "zhongqing"] {
            assert!(is_in(query, "重庆"), "{query}");
        }
        assert!(is_in("changning", "长宁") && is_in("zn", "长宁"));
        assert!(is_in("lvye", "绿叶") && is_in("luye", "绿叶"));
    }

    #[test]
    fn letters_of_a_name_stand_for_themselves_and_other_queries_are_no_pinyin() {
        assert!(is_in("abhb", "ＡＢ环保") && is_in("huanm", "环M"));
        for query in ["", "b", "b1", "上海", "a b"] {
            assert!(PinyinQuery::new(query).is_none(), "{query}");
        }
        assert!(PinyinQuery::new(&"a".repeat(200)).is_none());
        let query = PinyinQuery::new("hg").unwrap();
        assert!(query.begins("化工厂") && !query.begins("石化工厂") && query.is_in("石化工厂"));
    }
}
