//! Blocks of numbers that come from a spreadsheet and go there: tab-separated text, cell by cell.
//!
//! A block may bring headings (months above, bodies in front): its cells then find their places by them, in whatever
//! order they stand. Without headings it is laid down from the selection's top left corner; a single number goes into
//! every selected cell.

use std::collections::BTreeMap;

use super::model::Row;
use super::selection::{At, Selection};
use crate::plan::model::MONTHS;
use crate::text::fold;
use crate::text::number::MINUS;
use crate::ui::text::plan as t;

/// A number and where it goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placed {
    pub(super) at: At,
    pub(super) visits: f64,
}

/// A block laid onto the matrix: numbers with their places, and what could not be placed, in words.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Laid {
    pub(super) placed: Vec<Placed>,
    pub(super) faults: Vec<String>,
}

impl Laid {
    /// Puts a number into a cell, or says by its body and month why it may not stand there.
    fn put(&mut self, rows: &[Row], at: At, visits: f64, check: &dyn Fn(At, f64) -> Result<(), String>) {
        match check(at, visits) {
            Ok(()) => self.placed.push(Placed { at, visits }),
            Err(why) => {
                let name = rows.get(at.0).map_or("", |row| row.name.as_str());
                self.faults.push(t::fill_refused(name, at.1 + 1, &why));
            }
        }
    }
}

/// Selected cells with headings as tab-separated text; cells between them that are not selected stay empty. Whole
/// rows bring their year.
pub(super) fn copied(rows: &[Row], selection: &Selection) -> String {
    let cells = selection.cells();
    let months: Vec<usize> = (0..MONTHS).filter(|m| cells.iter().any(|at| at.1 == *m)).collect();
    let with_year = months.len() == MONTHS;
    let number = |value: f64| format!("{:.1}", (value * 10.0).round() / 10.0);
    let mut lines = Vec::new();
    let mut head = vec![t::BODY.to_owned()];
    head.extend(months.iter().map(|m| t::month(m + 1).to_owned()));
    head.extend(with_year.then(|| t::YEAR.to_owned()));
    lines.push(head.join("\t"));
    for (r, row) in rows.iter().enumerate().filter(|(r, _)| cells.range((*r, 0)..(*r + 1, 0)).next().is_some()) {
        let mut line = vec![row.name.clone()];
        for m in &months {
            let value = row.cells.get(*m).and_then(|cell| cell.value).filter(|_| cells.contains(&(r, *m)));
            line.push(value.map_or_else(String::new, number));
        }
        line.extend(with_year.then(|| row.year_value.map_or_else(String::new, number)));
        lines.push(line.join("\t"));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// A text as a number of visits; `None` for what is none.
fn number(text: &str) -> Option<f64> {
    let text = fold(text).replace(MINUS, "-").replace([',', ' ', '\u{a0}'], "");
    let text = text.strip_suffix('次').unwrap_or(&text);
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The month that a heading names.
fn month_of(text: &str) -> Option<usize> {
    let text = fold(text).replace(' ', "");
    (0..MONTHS).find(|m| t::month(m + 1) == text || text.ends_with(&format!("-{:02}", m + 1)) && text.len() == 7)
}

/// Lays a block down. `check` says why a number may not stand at a place.
pub(super) fn lay(
    text: &str,
    rows: &[Row],
    selection: &Selection,
    check: &dyn Fn(At, f64) -> Result<(), String>,
) -> Laid {
    let lines: Vec<Vec<&str>> =
        text.trim_end_matches(['\r', '\n']).lines().map(|line| line.split('\t').map(str::trim).collect()).collect();
    let mut laid = Laid::default();
    let mut taken: BTreeMap<At, f64> = BTreeMap::new();
    let mut put = |laid: &mut Laid, place: (usize, usize), at: At, cell: &str| {
        let fault = match number(cell) {
            _ if cell.is_empty() => return,
            None => Some(t::paste_no_number(place.0, place.1, cell)),
            Some(visits) => match check(at, visits) {
                Ok(()) => {
                    taken.insert(at, visits);
                    None
                }
                Err(why) => Some(t::paste_refused(place.0, place.1, cell, &why)),
            },
        };
        laid.faults.extend(fault);
    };
    let headed: Vec<(usize, usize)> = lines
        .first()
        .map(|head| head.iter().enumerate().filter_map(|(c, cell)| Some((c, month_of(cell)?))).collect())
        .unwrap_or_default();
    let row_of = |name: &str| rows.iter().position(|row| row.name == name);
    let body = usize::from(!headed.is_empty());
    let named = lines.iter().skip(body).all(|line| line.first().is_some_and(|cell| number(cell).is_none()))
        && lines.iter().skip(body).any(|line| line.first().is_some_and(|name| row_of(name).is_some()));
    let corner = selection.first();
    if let ([line], true) = (lines.as_slice(), headed.is_empty() && !named)
        && let [cell] = line.as_slice()
    {
        for at in selection.cells() {
            put(&mut laid, (1, 1), at, cell);
        }
    } else {
        for (l, line) in lines.iter().enumerate().skip(body) {
            let row = if named {
                let Some(row) = line.first().and_then(|name| row_of(name)) else {
                    laid.faults.push(t::paste_unknown_body(l + 1, line.first().copied().unwrap_or_default()));
                    continue;
                };
                row
            } else {
                corner.0 + l - body
            };
            for (c, cell) in line.iter().enumerate().skip(usize::from(named)) {
                let month = if headed.is_empty() {
                    Some(corner.1 + c - usize::from(named))
                } else {
                    // 全年 and other columns without a month are sums
                    headed.iter().find(|(column, _)| *column == c).map(|(_, month)| *month)
                };
                let Some(month) = month else { continue };
                if row >= rows.len() || month >= MONTHS {
                    if !cell.is_empty() {
                        laid.faults.push(t::paste_outside(l + 1, c + 1, cell));
                    }
                    continue;
                }
                put(&mut laid, (l + 1, c + 1), (row, month), cell);
            }
        }
    }
    laid.placed = taken.into_iter().map(|(at, visits)| Placed { at, visits }).collect();
    laid
}

/// What a filling puts where: each row's first selected month into the others, or each month's first selected row.
pub(super) fn filled(
    rows: &[Row],
    selection: &Selection,
    right: bool,
    check: &dyn Fn(At, f64) -> Result<(), String>,
) -> Laid {
    let mut laid = Laid::default();
    let mut source: BTreeMap<usize, At> = BTreeMap::new();
    for at in selection.cells() {
        let line = if right { at.0 } else { at.1 };
        let from = *source.entry(line).or_insert(at);
        let value = rows.get(from.0).and_then(|row| row.cells.get(from.1)).and_then(|cell| cell.value);
        let (true, Some(visits)) = (from != at, value) else { continue };
        let visits = (visits * 10.0).round() / 10.0;
        laid.put(rows, at, visits, check);
    }
    laid
}

/// The same number for every selected cell.
pub(super) fn everywhere(
    rows: &[Row],
    selection: &Selection,
    visits: f64,
    check: &dyn Fn(At, f64) -> Result<(), String>,
) -> Laid {
    let mut laid = Laid::default();
    for at in selection.cells() {
        laid.put(rows, at, visits, check);
    }
    laid
}

/// A sum over categories in proportion to `weights`, none above its `most`; in tenths of a visit. What no category can
/// take is left out.
pub(super) fn spread(total: f64, weights: &[f64], most: &[f64]) -> Vec<f64> {
    let tenths = |value: f64| (value * 10.0).round().max(0.0) as u64;
    let most: Vec<u64> = most.iter().map(|m| tenths(m.floor())).collect();
    let any: f64 = weights.iter().sum();
    let weights: Vec<f64> = if any > 0.0 { weights.to_vec() } else { most.iter().map(|m| *m as f64).collect() };
    let mut share = vec![0_u64; weights.len()];
    let mut left = tenths(total);
    // each round fills at least one category, or spends what is left
    for _ in 0..=weights.len() {
        let room = |at: usize, share: &[u64]| weights[at] > 0.0 && share[at] < most[at];
        let sum: f64 = (0..weights.len()).filter(|at| room(*at, &share)).map(|at| weights[at]).sum();
        if left == 0 || sum <= 0.0 {
            break;
        }
        let whole = left;
        for at in 0..weights.len() {
            if room(at, &share) {
                let give = ((whole as f64 * weights[at] / sum).floor() as u64).min(most[at] - share[at]).min(left);
                share[at] += give;
                left -= give;
            }
        }
        let mut order: Vec<usize> = (0..weights.len()).filter(|at| room(*at, &share)).collect();
        order.sort_by(|a, b| weights[*b].total_cmp(&weights[*a]));
        // what rounding down has left over, a tenth each
        for at in order {
            if left > 0 && left <= weights.len() as u64 {
                share[at] += 1;
                left -= 1;
            }
        }
    }
    share.into_iter().map(|tenths| tenths as f64 / 10.0).collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::{Cell, RowKey};
    use super::*;

    fn rows() -> Vec<Row> {
        let row = |i: usize| {
            let cell = |m: usize| Cell { value: Some((i * 100 + m) as f64), ..Cell::default() };
            let key = if i == 0 { RowKey::City } else { RowKey::Body(i - 1) };
            let name = if i == 0 { "全市".to_owned() } else { format!("第{i}局") };
            Row { key, name, cells: (0..MONTHS).map(cell).collect(), year_value: Some(66.0), ..Row::default() }
        };
        (0..4).map(row).collect()
    }

    fn check(at: At, visits: f64) -> Result<(), String> {
        if at.0 == 0 {
            Err("合计不能改".to_owned())
        } else if visits > 500.0 {
            Err("最多 500 次".to_owned())
        } else {
            Ok(())
        }
    }

    #[test]
    fn what_is_copied_comes_back_to_its_place() {
        let rows = rows();
        let mut chosen = Selection::at((1, 2));
        chosen.extend((2, 3));
        let text = copied(&rows, &chosen);
        assert_eq!(text, "执法主体\t3月\t4月\n第1局\t102.0\t103.0\n第2局\t202.0\t203.0\n");
        // wherever the cursor stands: the headings say where it belongs
        let laid = lay(&text, &rows, &Selection::at((3, 9)), &check);
        assert_eq!(laid.placed.len(), 4);
        assert!(laid.faults.is_empty());
        assert_eq!((laid.placed[0].at, laid.placed[3].at), ((1, 2), (2, 3)));
        chosen.add((3, 11));
        assert_eq!(copied(&rows, &chosen).lines().last(), Some("第3局\t\t\t311.0"));
        let whole = copied(&rows, &Selection::all(4, (0, 0)));
        assert!(whole.starts_with("执法主体\t1月") && whole.lines().next().is_some_and(|l| l.ends_with("\t全年")));
    }

    #[test]
    fn a_block_is_taken_cell_by_cell_and_says_what_it_can_not_take() {
        let rows = rows();
        let laid = lay("12\t约20\t\r\n1,234.5\t１０ 次\r\n", &rows, &Selection::at((2, 0)), &check);
        assert_eq!(laid.placed, [Placed { at: (2, 0), visits: 12.0 }, Placed { at: (3, 1), visits: 10.0 }]);
        assert_eq!(laid.faults.len(), 2);
        assert!(laid.faults[0].contains("第 1 行第 2 列") && laid.faults[0].contains("约20"), "{:?}", laid.faults);
        assert!(
            laid.faults[1].contains("第 2 行第 1 列") && laid.faults[1].contains("最多 500 次"),
            "{:?}",
            laid.faults
        );
        let outside = lay("1\t2\t3", &rows, &Selection::at((1, 10)), &check);
        assert_eq!((outside.placed.len(), outside.faults.len()), (2, 1));
        let unknown = lay("执法主体\t2027-02\t全年\n第9局\t1\t1\n第2局\t5\t5", &rows, &Selection::at((1, 1)), &check);
        assert_eq!(unknown.placed, [Placed { at: (2, 1), visits: 5.0 }]);
        assert!(unknown.faults[0].contains("第9局"));
        let names = lay("第3局\t7\t8", &rows, &Selection::at((1, 4)), &check);
        assert_eq!(names.placed.iter().map(|p| p.at).collect::<Vec<_>>(), [(3, 4), (3, 5)]);
    }

    #[test]
    fn one_number_goes_everywhere_and_fills_run_along_rows_and_columns() {
        let rows = rows();
        let mut chosen = Selection::at((1, 1));
        chosen.extend((2, 3));
        assert_eq!(lay("9", &rows, &chosen, &check).placed.len(), 6);
        let right = filled(&rows, &chosen, true, &check).placed;
        assert_eq!(
            right.iter().map(|p| (p.at, p.visits as u32)).collect::<Vec<_>>(),
            [((1, 2), 101), ((1, 3), 101), ((2, 2), 201), ((2, 3), 201)]
        );
        let down = filled(&rows, &chosen, false, &check).placed;
        assert_eq!(
            down.iter().map(|p| (p.at, p.visits as u32)).collect::<Vec<_>>(),
            [((2, 1), 101), ((2, 2), 102), ((2, 3), 103)]
        );
        chosen.extend((0, 1));
        let laid = everywhere(&rows, &chosen, 3.0, &check);
        assert_eq!((laid.placed.len(), laid.faults.len()), (1, 1));
        assert!(laid.faults[0].contains("全市 2月"), "{:?}", laid.faults);
    }

    #[test]
    fn a_sum_is_spread_within_what_is_possible() {
        let near = |a: &[f64], b: &[f64]| {
            assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9), "{a:?} {b:?}");
        };
        near(&spread(10.0, &[1.0, 3.0], &[50.0, 50.0]), &[2.5, 7.5]);
        near(&spread(10.0, &[1.0, 1.0, 1.0], &[50.0, 50.0, 50.0]), &[3.4, 3.3, 3.3]);
        near(&spread(30.0, &[1.0, 1.0], &[4.0, 100.0]), &[4.0, 26.0]);
        near(&spread(6.0, &[0.0, 0.0], &[10.0, 20.0]), &[2.0, 4.0]);
        near(&spread(0.0, &[2.0, 1.0], &[10.0, 20.0]), &[0.0, 0.0]);
        near(&spread(99.0, &[1.0, 1.0], &[4.0, 5.0]), &[4.0, 5.0]);
    }
}
