//! Words looked for in the cells of a frame, as people read them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use polars::prelude::DataFrame;

use super::{Values, ViewRequest, bits, contains, folded, keep_where, values};
use crate::diagnostic::{AppResult, Progress};
use crate::text::pinyin::PinyinQuery;

/// A column whose values have names (a vocabulary, districts, bodies), and what the names are.
pub type NamedColumn = (String, Arc<BTreeMap<String, String>>);

/// Keeps the rows in which every word stands in some column, as written or by its pinyin.
pub(super) fn search(
    marks: &mut [bool],
    frame: &DataFrame,
    request: &ViewRequest,
    progress: &Progress,
) -> AppResult<()> {
    let words = folded(&request.search);
    for word in words.split_whitespace() {
        let pinyin = PinyinQuery::new(word);
        let fits = |cell: &str| contains(cell, word) || pinyin.as_ref().is_some_and(|pinyin| pinyin.is_in(cell));
        // rows still to be found
        let mut missing = marks.to_vec();
        for name in &request.search_columns {
            if let Values::Text(cells) = values(frame, name)? {
                keep_where(&mut missing, cells, progress, |cell| !cell.is_some_and(fits))?;
            }
        }
        for (name, names) in &request.search_named {
            // few values have names: the word is looked for among these, not in every cell
            let found: HashSet<&str> =
                names.iter().filter(|(_, name)| fits(name)).map(|(value, _)| value.as_str()).collect();
            if !found.is_empty() {
                lose_named(&mut missing, &values(frame, name)?, &found, progress)?;
            }
        }
        for (mark, missing) in marks.iter_mut().zip(missing) {
            *mark = *mark && !missing;
        }
    }
    Ok(())
}

/// Takes the marks of the rows that hold one of these values.
fn lose_named(marks: &mut [bool], values: &Values<'_>, found: &HashSet<&str>, progress: &Progress) -> AppResult<()> {
    match values {
        Values::Text(cells) => keep_where(marks, cells, progress, |cell| {
            !cell.is_some_and(|cell| cell.split(';').any(|part| found.contains(part)))
        }),
        Values::Number(cells) => {
            let found: HashSet<u64> = found.iter().filter_map(|value| Some(bits(value.parse().ok()?))).collect();
            keep_where(marks, cells, progress, |cell| !cell.is_some_and(|cell| found.contains(&bits(cell))))
        }
        Values::Flag(cells) => {
            let (yes, no) = (found.contains("是"), found.contains("否"));
            keep_where(marks, cells, progress, |cell| !cell.is_some_and(|flag| if flag { yes } else { no }))
        }
        Values::Date(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{IntoColumn, NamedFrom, Series};

    use super::super::compute_view;
    use super::*;

    #[test]
    fn a_word_is_found_where_the_cell_shows_it_by_a_name() {
        let column = |series: Series| series.into_column();
        let frame = DataFrame::new(
            3,
            vec![
                column(Series::new("name".into(), ["甲厂", "乙厂", "丙厂"])),
                column(Series::new("body".into(), ["hp", "pd", "hp"])),
                column(Series::new("district".into(), [310_101_u32, 310_115, 310_115])),
                column(Series::new("skills".into(), ["air;water", "", "water"])),
            ],
        )
        .unwrap();
        let names = |pairs: &[(&str, &str)]| {
            Arc::new(pairs.iter().map(|(value, name)| ((*value).to_owned(), (*name).to_owned())).collect())
        };
        let named = vec![
            ("body".to_owned(), names(&[("hp", "黄浦区生态环境局"), ("pd", "浦东新区生态环境局")])),
            ("district".to_owned(), names(&[("310101", "黄浦区"), ("310115", "浦东新区")])),
            ("skills".to_owned(), names(&[("air", "大气"), ("water", "水")])),
        ];
        let rows = |text: &str| {
            let request = ViewRequest {
                search: text.into(),
                search_columns: vec!["name".into()],
                search_named: named.clone(),
                ..ViewRequest::default()
            };
            compute_view(&frame, &request, &Progress::none()).unwrap().rows.to_vec()
        };
        assert_eq!(rows("浦东"), [1, 2], "by the name of its district, or of its body");
        assert_eq!(rows("hpqsthjj"), [0, 2], "by initials");
        assert_eq!(rows("丙 浦东"), [2]);
        assert_eq!(rows("大气"), [0], "one of several values");
        assert_eq!(rows("pd"), [1, 2], "an id that nobody sees is found as pinyin alone");
        assert!(rows("310101").is_empty());
    }
}
