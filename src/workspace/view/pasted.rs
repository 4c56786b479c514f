//! A column of codes, numbers or names pasted from a spreadsheet, found among the rows of a frame.
//!
//! What spreadsheets put around a value is taken off: line breaks, blanks of either width, quotes (also the hidden
//! apostrophe of a text cell), marks without a width. Full-width and half-width forms, capitals and small letters
//! are one. A value is found where it is the whole of a cell, not a part of it.

use std::collections::HashMap;

use polars::prelude::DataFrame;

use super::{CellFormat, NamedColumn, Values, cell_text, fold_into, values};
use crate::diagnostic::{AppResult, Progress};
use crate::text::is_noise;

/// What became of the pasted values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pasted {
    /// Different values that were pasted.
    pub wanted: usize,
    /// Rows found, ascending.
    pub rows: Vec<u32>,
    /// Values that are in no row, as they were pasted.
    pub missing: Vec<String>,
    /// Values that stand in several rows, and in how many.
    pub several: Vec<(String, usize)>,
}

/// The values of a pasted text: one a line (or a cell); a single line may part them by commas. A cell that a
/// spreadsheet has quoted is one value, with its doubled quotes undone and its line breaks as blanks.
#[must_use]
pub fn pasted_values(text: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((field, after)) = quoted(rest) {
            fields.push((field, true));
            rest = after;
        } else {
            let end = rest.find(SEPARATORS).unwrap_or(rest.len());
            let (field, after) = rest.split_at(end);
            fields.push((field.to_owned(), false));
            rest = after;
        }
        rest = rest.strip_prefix(SEPARATORS).unwrap_or(rest);
    }
    let fields: Vec<(&str, bool)> =
        fields.iter().map(|(field, quoted)| (bare(field), *quoted)).filter(|(field, _)| !field.is_empty()).collect();
    match fields.as_slice() {
        [(line, false)] => {
            let parts = line.split([',', '，', ';', '；', '、']).map(bare).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        }
        _ => fields.into_iter().map(|(field, _)| field.to_owned()).collect(),
    }
}

/// What parts the cells of a pasted block.
const SEPARATORS: [char; 3] = ['\n', '\r', '\t'];

/// A quoted cell at the start of a text, and what follows it; `None` where none stands there whole.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut chars = text.strip_prefix('"')?.char_indices().peekable();
    let mut field = String::new();
    while let Some((at, c)) = chars.next() {
        match (c, chars.peek().map(|(_, next)| *next)) {
            ('"', Some('"')) => {
                chars.next();
                field.push('"');
            }
            ('"', next) => {
                let ends = next.is_none_or(|next| SEPARATORS.contains(&next));
                // the opening quote is one byte, the closing one too
                return ends.then(|| (field, text.get(at + 2..).unwrap_or_default()));
            }
            (c, _) => field.push(if SEPARATORS.contains(&c) { ' ' } else { c }),
        }
    }
    None
}

/// Without what a spreadsheet puts around a value.
fn bare(text: &str) -> &str {
    let around =
        |c: char| c.is_whitespace() || is_noise(c) || matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '＇' | '＂');
    text.trim_matches(around)
}

/// A value for comparing: folded, without blanks.
fn key(text: &str, buffer: &mut String) -> String {
    fold_into(bare(text), buffer);
    buffer.chars().filter(|c| !c.is_whitespace() && !is_noise(*c)).collect()
}

/// Finds the values in these columns, and by the names of the values in those, of these rows (all where `within` is
/// none).
///
/// # Errors
/// `VEW-001` for a column that is not there, `JOB-001` where cancelled.
pub fn find_pasted(
    frame: &DataFrame,
    (columns, named): (&[String], &[NamedColumn]),
    within: Option<&[u32]>,
    wanted: &[String],
    progress: &Progress,
) -> AppResult<Pasted> {
    progress.begin("查找粘贴的内容", 0);
    let mut buffer = String::new();
    let mut found: Vec<(String, Vec<u32>)> = Vec::new();
    let mut place: HashMap<String, usize> = HashMap::new();
    for text in wanted {
        place.entry(key(text, &mut buffer)).or_insert_with(|| {
            found.push((text.clone(), Vec::new()));
            found.len() - 1
        });
    }
    for column in columns {
        progress.check()?;
        let Values::Text(cells) = values(frame, column)? else { continue };
        let mut look = |row: u32| {
            let at = cells.get(row as usize).and_then(|cell| place.get(&key(cell, &mut buffer)));
            if let Some((_, rows)) = at.and_then(|at| found.get_mut(*at)) {
                rows.push(row);
            }
        };
        match within {
            Some(rows) => rows.iter().copied().for_each(&mut look),
            None => (0..frame.height() as u32).for_each(&mut look),
        }
    }
    for (column, names) in named {
        progress.check()?;
        // which of the values' names were pasted
        let places: HashMap<&str, usize> = names
            .iter()
            .filter_map(|(value, name)| Some((value.as_str(), *place.get(&key(name, &mut buffer))?)))
            .collect();
        if places.is_empty() {
            continue;
        }
        let cells = super::column_of(frame, column)?;
        let mut look = |row: u32| {
            let text = cell_text(cells, row as usize, &CellFormat::Code);
            for at in text.split(';').filter_map(|part| places.get(part)) {
                if let Some((_, rows)) = found.get_mut(*at) {
                    rows.push(row);
                }
            }
        };
        match within {
            Some(rows) => rows.iter().copied().for_each(&mut look),
            None => (0..frame.height() as u32).for_each(&mut look),
        }
    }
    let mut pasted = Pasted { wanted: found.len(), ..Pasted::default() };
    for (text, mut rows) in found {
        rows.sort_unstable();
        rows.dedup();
        match rows.len() {
            0 => pasted.missing.push(text),
            1 => {}
            several => pasted.several.push((text, several)),
        }
        pasted.rows.extend(rows);
    }
    pasted.rows.sort_unstable();
    pasted.rows.dedup();
    Ok(pasted)
}

#[cfg(test)]
mod tests {
    use polars::prelude::{DataFrame, IntoColumn, NamedFrom, Series};
    use proptest::prelude::*;

    use super::*;

    fn frame(names: &[&str], codes: &[&str]) -> DataFrame {
        let column = |id: &str, cells: &[&str]| Series::new(id.into(), cells).into_column();
        DataFrame::new(names.len(), vec![column("name", names), column("code", codes)]).unwrap()
    }

    fn find(frame: &DataFrame, text: &str) -> Pasted {
        let columns = ["name".to_owned(), "code".to_owned()];
        find_pasted(frame, (&columns, &[]), None, &pasted_values(text), &Progress::none()).unwrap()
    }

    #[test]
    fn cells_come_out_of_whatever_a_spreadsheet_gives() {
        for (text, values) in [
            ("甲厂\r\n乙厂\r\n\r\n", vec!["甲厂", "乙厂"]),
            ("甲厂\t91310115MA1K35X77T\n乙厂\t\n", vec!["甲厂", "91310115MA1K35X77T", "乙厂"]),
            ("  甲厂　\n'乙厂\n\u{feff}丙厂\u{200b}", vec!["甲厂", "乙厂", "丙厂"]),
            ("\"上海\n某厂\"\r\n乙厂", vec!["上海 某厂", "乙厂"]),
            ("\"甲\"\"好\"\"厂\"\t乙厂", vec!["甲\"好\"厂", "乙厂"]),
            ("\"甲, 乙厂\"", vec!["甲, 乙厂"]),
            ("\"甲厂\",\"乙厂\"", vec!["甲厂", "乙厂"]),
            ("甲厂，乙厂；丙厂、丁厂", vec!["甲厂", "乙厂", "丙厂", "丁厂"]),
            ("\"没有收尾的引号\n乙厂", vec!["没有收尾的引号", "乙厂"]),
            (" \r\n\t\r\n", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(pasted_values(text), values, "{text:?}");
        }
    }

    #[test]
    fn codes_and_names_of_either_width_are_found_and_what_is_not_is_said() {
        let frame = frame(
            &["上海甲化工有限公司", "Ａ乙（上海）厂", "上海 丙 厂", "上海 丙 厂"],
            &["91310115MA1K35X77T", "91310000607220456K", "X1", "X2"],
        );
        let found = find(
            &frame,
            "９１３１０１１５ｍａ１Ｋ３５Ｘ７７Ｔ\r\na乙(上海)厂\r\n上海丙厂\r\n查无此厂\r\n上海甲\r\n\r\n",
        );
        assert_eq!(found.rows, [0, 1, 2, 3]);
        assert_eq!(found.wanted, 5);
        // a part of a name is not the name
        assert_eq!(found.missing, ["查无此厂", "上海甲"]);
        assert_eq!(found.several, [("上海丙厂".to_owned(), 2)]);
        // the same value in another writing is one value; its row is found once, by code or by name
        let twice = find(&frame, "91310000607220456K\n91310000607220456k\nＡ乙（上海）厂");
        assert_eq!((twice.wanted, twice.rows), (2, vec![1]));
        let within =
            find_pasted(&frame, (&["name".to_owned()], &[]), Some(&[3]), &["上海丙厂".to_owned()], &Progress::none());
        assert_eq!(within.unwrap().rows, [3]);
        // a value that the table shows by its name
        let names = [("X1", "甲类"), ("X2", "乙类")].map(|(value, name)| (value.to_owned(), name.to_owned()));
        let named = [("code".to_owned(), std::sync::Arc::new(names.into()))];
        let wanted = ["乙类".to_owned(), "丙类".to_owned()];
        let found = find_pasted(&frame, (&[], &named), None, &wanted, &Progress::none()).unwrap();
        assert_eq!((found.rows, found.missing), (vec![3], vec!["丙类".to_owned()]));
    }

    #[test]
    fn ten_thousand_lines_among_as_many_rows_are_each_found() {
        let names: Vec<String> = (0..38_000).map(|i| format!("上海第{i}号金属制品有限公司")).collect();
        let codes: Vec<String> = (0..38_000).map(|i| format!("91310115{i:010}")).collect();
        let refs = |texts: &[String]| texts.iter().map(String::as_str).collect::<Vec<_>>().join("\u{0}");
        let (names, codes) = (refs(&names), refs(&codes));
        let (names, codes): (Vec<&str>, Vec<&str>) = (names.split('\u{0}').collect(), codes.split('\u{0}').collect());
        let frame = frame(&names, &codes);
        let lines: Vec<String> = (0..10_000)
            .map(|i| if i % 2 == 0 { names[i * 3].to_owned() } else { format!("\"{}\"", codes[i * 3]) })
            .chain(["没有的".to_owned()])
            .collect();
        let found = find(&frame, &lines.join("\r\n"));
        assert_eq!(found.wanted, 10_001);
        assert_eq!(found.missing, ["没有的"]);
        assert_eq!(found.rows, (0..10_000).map(|i| i * 3).collect::<Vec<u32>>());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever is copied out of a table in the manner of a spreadsheet finds its own rows again.
        #[test]
        fn what_is_written_as_a_column_is_read_back(
            cells in proptest::collection::vec("[a-zA-Z0-9上海（）\"， \n]{1,8}", 2..12),
            crlf in any::<bool>(),
        ) {
            // one line alone may be a list divided by commas
            prop_assume!(cells.iter().filter(|cell| !cell.trim().is_empty()).count() > 1);
            let written = |cell: &str| {
                if cell.contains(['"', '\n', '\t']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
            };
            let text = cells.iter().map(|cell| written(cell)).collect::<Vec<_>>().join(if crlf { "\r\n" } else { "\n" });
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let frame = frame(&cells, &cells);
            let mut buffer = String::new();
            let expected: Vec<u32> = (0..cells.len() as u32)
                .filter(|row| !key(cells[*row as usize], &mut buffer).is_empty())
                .collect();
            let values = pasted_values(&text);
            // a single value may be parted by commas
            prop_assume!(expected.len() != 1);
            let found = find_pasted(&frame, (&["name".to_owned()], &[]), None, &values, &Progress::none()).unwrap();
            prop_assert_eq!(found.rows, expected);
            prop_assert!(found.missing.is_empty(), "{:?}", found.missing);
        }
    }
}
