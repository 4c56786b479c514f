//! Lasting ids: a site keeps its id when its number changes.
//!
//! Duty: number → unit id. A number gives its letters and digits, upper case (`[0-9A-Z]{1,40}`); a number in
//! the project's list of predecessors gives the id that the site had before (draw.md: a permit that follows a
//! registration keeps it). Invariants of the list, checked when it is read: each number means one id only
//! after normalising, and an id that others lead to is not itself led elsewhere.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{DataFrame, StringChunked};

use crate::diagnostic::{AppError, AppResult};
use crate::domain::holds_identity;
use crate::text::fold_width;

use super::codes;
use super::schema::sources;

/// Longest unit id, in characters.
pub const LONGEST_ID: usize = 40;

/// A number's letters and digits in half width, upper case; borrowed where it is so already.
#[must_use]
pub fn id_key(number: &str) -> Cow<'_, str> {
    if number.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return Cow::Borrowed(number);
    }
    Cow::Owned(fold_width(number).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect())
}

/// Row of a unit in the sources frame; `None` where the register doesn't have it (or the frame has no ids).
#[must_use]
pub fn row_of_unit(register: &DataFrame, unit: &str) -> Option<u32> {
    row_among(sources::UNIT_ID.of(register).ok()?, unit)
}

/// Row of a unit among the register's ids, which stand in the order of their bytes: a binary search.
#[must_use]
pub fn row_among(units: &StringChunked, unit: &str) -> Option<u32> {
    let (mut low, mut high) = (0, units.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        match units.get(middle).unwrap_or_default().as_bytes().cmp(unit.as_bytes()) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return u32::try_from(middle).ok(),
        }
    }
    None
}

/// Which numbers keep an older id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastingIds {
    map: BTreeMap<String, String>,
    /// Ids with a person's identity number in them that an earlier register has: history hangs on them.
    kept: BTreeSet<String>,
}

/// How an id begins that stands for a number with a person's identity number in it.
const COVER: &str = "GT";

impl LastingIds {
    /// From (number, lasting id) pairs; `file` is for messages.
    ///
    /// # Errors
    /// `IMP-082`: an empty or too long side, a number with two ids, an id that is led elsewhere itself.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, file: &str) -> AppResult<Self> {
        let refuse = |row: usize, value: &str, expected: String| {
            AppError::from(codes::LASTING_BAD.finding().file(file).row(row as u64).value(value).expected(expected))
        };
        let mut map: BTreeMap<String, String> = BTreeMap::new();
        for (i, (number, id)) in pairs.into_iter().enumerate() {
            let (key, id_norm) = (id_key(number).into_owned(), id_key(id).into_owned());
            for (text, given) in [(&key, number), (&id_norm, id)] {
                if text.is_empty() || text.len() > LONGEST_ID {
                    return Err(refuse(i + 2, given, "1 到 40 位字母或数字".to_owned()));
                }
            }
            if key == id_norm {
                continue;
            }
            if let Some(known) = map.get(&key)
                && *known != id_norm
            {
                return Err(refuse(i + 2, number, format!("只对应一个标识（前面已对应 {known}）")));
            }
            map.insert(key, id_norm);
        }
        for id in map.values() {
            if let Some(next) = map.get(id) {
                return Err(refuse(1, id, format!("最终的标识，但它又被换成 {next}")));
            }
        }
        Ok(Self { map, kept: BTreeSet::new() })
    }

    /// From csv text with the heading `number,unit_id` (or 编号,标识).
    ///
    /// # Errors
    /// `IMP-082` as [`LastingIds::new`], and where a line has not two fields.
    pub fn from_csv(text: &str, file: &str) -> AppResult<Self> {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let mut pairs = Vec::new();
        for (i, record) in reader.records().enumerate() {
            let bad = |value: &str| {
                AppError::from(
                    codes::LASTING_BAD
                        .finding()
                        .file(file)
                        .row(i as u64 + 2)
                        .value(value)
                        .expected("「编号,标识」两列"),
                )
            };
            let record = record.map_err(|error| bad(&error.to_string()))?;
            match (record.get(0), record.get(1)) {
                (Some(number), Some(id)) => pairs.push((number.to_owned(), id.to_owned())),
                _ => return Err(bad(record.get(0).unwrap_or_default())),
            }
        }
        Self::new(pairs.iter().map(|(number, id)| (number.as_str(), id.as_str())), file)
    }

    /// Adds what an earlier register knew: pairs that say nothing against those known here.
    pub fn add_earlier<'a>(&mut self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let mut ids: BTreeSet<String> = self.map.values().cloned().collect();
        for (number, id) in pairs {
            let (key, id) = (id_key(number), id_key(id));
            if key == id && holds_identity(&key) {
                self.kept.insert(key.clone().into_owned());
            }
            let known = self.map.contains_key(key.as_ref()) || self.map.contains_key(id.as_ref());
            if !known && !ids.contains(key.as_ref()) && !key.is_empty() && !id.is_empty() && key != id {
                ids.insert(id.clone().into_owned());
                self.map.insert(key.into_owned(), id.into_owned());
            }
        }
    }

    /// As csv text, in order of number.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = "number,unit_id\n".to_owned();
        for (number, id) in &self.map {
            text.extend([number.as_str(), ",", id.as_str(), "\n"]);
        }
        text
    }

    /// The lasting id of a number in normal form, where it is listed.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.map.get(key).map(String::as_str)
    }

    /// Ids for numbers (in normal form, one a row) that hold a person's identity number: an id stands in every sealed
    /// frame and on every certificate, where it can't be masked. Each gets the next free number behind [`COVER`], in
    /// the order of the rows, which tells nothing of the person. `taken`: the other ids of the table.
    pub(super) fn cover<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k str>,
        taken: impl IntoIterator<Item = &'k str>,
    ) -> BTreeMap<&'k str, String> {
        let ordinal = |id: &str| id.strip_prefix(COVER).and_then(|digits| digits.parse::<u64>().ok());
        let known = self.map.values().map(String::as_str).filter_map(ordinal).max();
        let mut last = taken.into_iter().filter_map(ordinal).max().max(known).unwrap_or(0);
        let mut covers = BTreeMap::new();
        for key in keys.into_iter().filter(|key| holds_identity(key) && !self.kept.contains(*key)) {
            covers.entry(key).or_insert_with(|| {
                last += 1;
                format!("{COVER}{last:07}")
            });
        }
        covers
    }

    /// How many numbers are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// True where none is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_ids() {
        assert_eq!(id_key("91130200699229617X001P"), "91130200699229617X001P");
        assert_eq!(id_key(" ９113-0200 x（1）"), "91130200X1");
        assert_eq!(id_key("无"), "");
    }

    #[test]
    fn a_unit_is_found_in_its_row() {
        let frame = |ids: &[&str]| {
            let column = sources::UNIT_ID.column(ids.iter().copied().map(Some).collect());
            DataFrame::new(ids.len(), vec![column]).unwrap()
        };
        let register = frame(&["310101A", "310101B", "31010AB", "Z9"]);
        for (unit, row) in [("310101A", Some(0)), ("31010AB", Some(2)), ("Z9", Some(3)), ("310101", None), ("ZZ", None)]
        {
            assert_eq!(row_of_unit(&register, unit), row, "{unit}");
        }
        assert_eq!(row_of_unit(&frame(&[]), "Z9"), None);
    }

    #[test]
    fn the_list_is_checked_after_normalising() {
        let ids =
            LastingIds::from_csv("number,unit_id\n91130200699229617x001p,3101-15000012345\n", "沿用.csv").unwrap();
        assert_eq!(ids.get("91130200699229617X001P"), Some("310115000012345"));
        assert_eq!(LastingIds::from_csv(&ids.to_csv(), "x").unwrap(), ids);
        for (pairs, why) in [
            (vec![("A-1", "X"), ("a1", "Y")], "两个标识"),
            (vec![("A1", "B1"), ("B1", "C1")], "再被替换"),
            (vec![("A1", "B1"), ("B1", "A1")], "循环"),
            (vec![("无", "B1")], "空"),
        ] {
            assert_eq!(LastingIds::new(pairs, "x").unwrap_err().code(), "IMP-082", "{why}");
        }
        assert!(LastingIds::new([("A1", "A-1")], "x").unwrap().is_empty());
    }
}
