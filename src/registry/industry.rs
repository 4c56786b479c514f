//! Industry classes of GB/T 4754-2017, with the classes of 2011 that became them.
//!
//! Duty: code or name → the four-digit class of 2017. A 2011 code is mapped only where it became exactly one
//! class; where the same digits are a class of 2017 they are taken as that. Groups and divisions (3 and 2
//! digits) are not classes; they are refused.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{AppError, AppResult};

use super::codes;
use super::text::heading_key;
use crate::text::fold_lines;

/// What an industry cell means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndustryMatch<'a> {
    /// A class of 2017.
    Class(&'a str),
    /// A class of 2011 that became this one.
    From2011(&'a str),
    /// A class of 2011, or a name, that stands for several classes.
    Ambiguous(Vec<&'a str>),
    /// Several classes in one cell.
    Several(Vec<&'a str>),
    /// Not known.
    Unknown,
}

/// The table of classes.
#[derive(Debug, Clone, Default)]
pub struct IndustryTable {
    names: BTreeMap<String, String>,
    divisions: BTreeMap<String, String>,
    by_name: BTreeMap<String, BTreeSet<String>>,
    from_2011: BTreeMap<String, BTreeSet<String>>,
}

impl IndustryTable {
    /// Codes with their names, ascending.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(code, name)| (code.as_str(), name.as_str()))
    }

    /// Reads `level,code,parent,name` (`gbt4754_2017.csv`) and `code_2011,code_2017,…`
    /// (`gbt4754_2011_to_2017`; may be empty).
    ///
    /// # Errors
    /// `IMP-084` with the line where either can't be read.
    pub fn from_csv(classes: &str, from_2011: &str) -> AppResult<Self> {
        let mut table = Self::default();
        let bad = |line: u64, what: &str| AppError::from(codes::CODES_BAD.finding().row(line).value(what));
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).from_reader(classes.trim_start_matches('\u{feff}').as_bytes());
        for (i, record) in reader.records().enumerate() {
            let line = i as u64 + 2;
            let record = record.map_err(|error| bad(line, &error.to_string()))?;
            let (Some(level), Some(code), Some(name)) = (record.get(0), record.get(1), record.get(3)) else {
                return Err(bad(line, "应有 level,code,parent,name 四列"));
            };
            if level == "division" {
                table.divisions.insert(code.to_owned(), name.to_owned());
            }
            if level == "class" {
                table.names.insert(code.to_owned(), name.to_owned());
                table.by_name.entry(heading_key(name)).or_default().insert(code.to_owned());
            }
        }
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).from_reader(from_2011.trim_start_matches('\u{feff}').as_bytes());
        for (i, record) in reader.records().enumerate() {
            let line = i as u64 + 2;
            let record = record.map_err(|error| bad(line, &error.to_string()))?;
            let (Some(old), Some(new)) = (record.get(0), record.get(1)) else {
                return Err(bad(line, "应有 code_2011,code_2017 两列"));
            };
            if table.names.contains_key(new) {
                table.from_2011.entry(old.to_owned()).or_default().insert(new.to_owned());
            }
        }
        Ok(table)
    }

    /// The classes of 2017 and what became of those of 2011, as shipped.
    ///
    /// # Errors
    /// `IMP-084` where they are damaged.
    pub fn shipped() -> AppResult<Self> {
        Self::from_csv(
            include_str!("../../data/codes/gbt4754_2017.csv"),
            include_str!("../../data/codes/gbt4754_2011_to_2017_MIT.csv"),
        )
    }

    /// True where no table was given: codes are then taken as they are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The name of a class.
    #[must_use]
    pub fn name(&self, code: &str) -> Option<&str> {
        self.names.get(code).map(String::as_str)
    }

    /// The name of a division (大类), by its two digits.
    #[must_use]
    pub fn division(&self, code: &str) -> Option<&str> {
        self.divisions.get(code).map(String::as_str)
    }

    /// What a cell means: `2511`, `C2511`, `2511 原油加工及石油制品制造`, `原油加工及石油制品制造`.
    #[must_use]
    pub fn find(&self, text: &str) -> IndustryMatch<'_> {
        let text = fold_lines(text);
        let text = text.strip_suffix(".0").filter(|bare| bare.len() == 4).unwrap_or(&text);
        let divides = |c: char| c.is_whitespace() || matches!(c, '、' | ',' | '，' | ';' | '/' | '|' | '\\' | '+');
        let figures = |text: &str| text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 4).count();
        // A class's own name may have 、 and 和 in it.
        if (text.contains(divides) || figures(text) > 1) && !self.by_name.contains_key(&heading_key(text)) {
            let mut classes: Vec<&str> = text
                .split(divides)
                .chain(text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 4))
                .filter_map(|part| match self.find_one(part) {
                    IndustryMatch::Class(class) | IndustryMatch::From2011(class) => Some(class),
                    _ => None,
                })
                .collect();
            classes.sort_unstable();
            classes.dedup();
            if classes.len() > 1 {
                return IndustryMatch::Several(classes);
            }
        }
        self.find_one(text)
    }

    fn find_one(&self, text: &str) -> IndustryMatch<'_> {
        let digits: String = text
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        if digits.len() == 4 {
            if let Some((code, _)) = self.names.get_key_value(&digits) {
                return IndustryMatch::Class(code);
            }
            return Self::many(self.from_2011.get(&digits), true);
        }
        let name: String = text
            .chars()
            .filter(|c| !c.is_ascii_digit())
            .collect::<String>()
            .trim_matches(['-', '_', ' ', '/'])
            .to_owned();
        Self::many(self.by_name.get(&heading_key(&name)), false)
    }

    fn many(codes: Option<&BTreeSet<String>>, old: bool) -> IndustryMatch<'_> {
        let codes: Vec<&str> = codes.into_iter().flatten().map(String::as_str).collect();
        match (codes.as_slice(), old) {
            ([], _) => IndustryMatch::Unknown,
            ([one], true) => IndustryMatch::From2011(one),
            ([one], false) => IndustryMatch::Class(one),
            _ => IndustryMatch::Ambiguous(codes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_code_by_name_by_old_code() {
        let classes = "level,code,parent,name\ngroup,251,25,精炼石油产品制造\nclass,2511,251,原油加工及石油制品制造\nclass,3360,336,金属表面处理及热处理加工\nclass,2612,261,a\nclass,2613,261,b\n";
        let old = "code_2011,code_2017,line\n2519,2511,x\n2614,2612,x\n2614,2613,x\n";
        let table = IndustryTable::from_csv(classes, old).unwrap();
        for text in
            ["2511", "C2511", "２５１１", "2511 原油加工及石油制品制造", "原油加工及石油制品制造", "C2511-原油加工"]
        {
            assert_eq!(table.find(text), IndustryMatch::Class("2511"), "{text}");
        }
        assert_eq!(table.find("2519"), IndustryMatch::From2011("2511"));
        assert_eq!(table.find("2614"), IndustryMatch::Ambiguous(vec!["2612", "2613"]));
        assert_eq!(table.find("精炼石油产品制造"), IndustryMatch::Unknown);
        assert_eq!(table.find("251"), IndustryMatch::Unknown);
        assert!(IndustryTable::from_csv("level,code\nclass,1\n", "").is_err());
    }
}
