//! Numbers, money, degrees.

use polars::prelude::StringChunked;

use super::super::codes;
use super::super::collect::Collector;
use super::super::columns::{Column as Typed, Number};
use super::super::parse::{map_values, parse_angle, parse_money, parse_number};
use super::super::schema::{credit, sources};
use super::super::text::{MoneyUnit, heading_key};
use super::Intake;

impl Intake<'_> {
    /// Numbers of either sign.
    pub(super) fn parse_decimals(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> Vec<Option<f64>> {
        // A score is points: 95% may be 95 of 100, or 0.95.
        let points = id == credit::SCORE.name();
        let (values, faults) = map_values(cells, |text| match parse_number(text) {
            Ok(Some(_)) if points && text.trim_end().ends_with(['%', '％']) => Err(()),
            read => read.map(|number| number.map(|number| number.value)),
        });
        self.report_all(out, &codes::NUMBER_BAD, &faults, id, cells, if points { "分数，不带百分号" } else { "数字" });
        values
    }

    /// Numbers from 0.
    pub(super) fn parse_amounts(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> Vec<Option<f64>> {
        let mut values = self.parse_decimals(id, cells, out);
        self.refuse_negative(id, cells, &mut values, out);
        values
    }

    /// Degrees, decimal or in degrees, minutes, seconds.
    pub(super) fn parse_degrees(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> Vec<Option<f64>> {
        let (values, faults) = map_values(cells, parse_angle);
        self.report_all(out, &codes::NUMBER_BAD, &faults, id, cells, "度数，如 121.4737");
        values
    }

    /// The degrees of an axis, with the minutes and seconds of the columns beside them (经度（度）, 经度（分）, 经度（秒）).
    pub(in crate::registry) fn parse_sixtieths(&self, axis: &Typed<Number>, out: &mut Collector) -> Vec<Option<f64>> {
        let alone = || self.get(axis).cloned().unwrap_or_else(|| vec![None; self.len()]);
        let word = if axis.name() == sources::LAT.name() { "纬" } else { "经" };
        let column = |unit: &str| {
            let ends = |heading: &str| {
                let key: String =
                    heading_key(heading).chars().filter(|c| !matches!(c, '(' | ')' | '-' | '.')).collect();
                let before = key.strip_suffix(unit)?;
                // 经度 ends with 度 too: the column of degrees says 度 once more.
                let is_axis = ["经度", "纬度", "东经", "北纬"].iter().any(|axis| before.ends_with(axis));
                (before.contains(word) && is_axis).then_some(())
            };
            let at = self.layout.headings.iter().position(|heading| ends(heading).is_some())?;
            self.cells.columns().get(at)?.str().ok().cloned()
        };
        let (Some(degrees), Some(minutes)) = (column("度"), column("分")) else { return alone() };
        let seconds = column("秒");
        let part = |cell: Option<&str>| match cell {
            None => Ok(None),
            Some(text) => parse_number(text.trim_end_matches(['°', '′', '″'])).map(|n| n.map(|n| n.value)),
        };
        let id = axis.name();
        (0..self.len())
            .map(|i| {
                let cells = [degrees.get(i), minutes.get(i), seconds.as_ref().and_then(|column| column.get(i))];
                let [degree, minute, second] = cells.map(part);
                let value = match (degree, minute, second) {
                    (Ok(None), Ok(None), Ok(None)) => return None,
                    (Ok(Some(degree)), Ok(minute), Ok(second)) => {
                        let (minute, second) = (minute.unwrap_or(0.0), second.unwrap_or(0.0));
                        let possible = (0.0..60.0).contains(&minute)
                            && (0.0..60.0).contains(&second)
                            && degree >= 0.0
                            // Decimal degrees beside minutes say the place twice.
                            && (degree.fract().abs() <= 0.0 || minute + second <= 0.0);
                        possible.then(|| degree + minute / 60.0 + second / 3600.0)
                    }
                    _ => None,
                };
                if value.is_none() {
                    let written: Vec<&str> = cells.iter().map(|cell| cell.unwrap_or("空")).collect();
                    self.report(out, &codes::NUMBER_BAD, i, id, &written.join("、"), "度、分、秒，分与秒小于 60");
                }
                value
            })
            .collect()
    }

    fn refuse_negative(&self, id: &str, cells: &StringChunked, values: &mut [Option<f64>], out: &mut Collector) {
        for (i, value) in values.iter_mut().enumerate() {
            if value.is_some_and(|value| value < 0.0) {
                *value = None;
                self.report(out, &codes::NUMBER_NEGATIVE, i, id, cells.get(i).unwrap_or_default(), "0 或正数");
            }
        }
    }

    /// Money in 万元.
    pub(super) fn parse_money(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> Vec<Option<f64>> {
        let heading = self.layout.heading(id);
        let mapped = self.layout.fields.contains_key(id);
        let (numbers, faults) = map_values(cells, parse_money);
        self.report_all(out, &codes::NUMBER_BAD, &faults, id, cells, "一个金额，如 2 或 2万元");
        let file = |finding: crate::diagnostic::Finding| {
            finding.within(&self.raw.file, self.raw.sheet.as_deref()).column(heading.as_str())
        };
        let named = if mapped { MoneyUnit::named_in(&heading) } else { Some(MoneyUnit::Wan) };
        let unit = named.unwrap_or_else(|| {
            // No unit in the heading: fines are mostly 0.5–100 万元, so a median of 1 000 or more is 元.
            let mut bare: Vec<f64> =
                numbers.iter().flatten().filter(|n| n.unit.is_none() && n.value > 0.0).map(|n| n.value).collect();
            bare.sort_by(f64::total_cmp);
            let guess = match bare.get(bare.len() / 2) {
                Some(median) if *median >= 1000.0 => MoneyUnit::Yuan,
                _ => MoneyUnit::Wan,
            };
            if !bare.is_empty() {
                let read = if guess == MoneyUnit::Yuan { "按元读取" } else { "按万元读取" };
                out.whole(file(codes::MONEY_NO_UNIT.finding().value(read)));
            }
            guess
        });
        if named.is_some_and(|unit| unit != MoneyUnit::Wan) {
            out.whole(file(codes::MONEY_YUAN.finding()));
        }
        let mut values: Vec<Option<f64>> =
            numbers.iter().map(|n| n.map(|n| n.unit.unwrap_or(unit).to_wan(n.value))).collect();
        self.refuse_negative(id, cells, &mut values, out);
        for (i, value) in values.iter().enumerate() {
            // 1 亿元: more than any single fine or a district brigade's yearly budget; most likely 元 in a 万元 column.
            if value.is_some_and(|value| value >= 10_000.0) {
                self.report(out, &codes::MONEY_SUSPECT, i, id, cells.get(i).unwrap_or_default(), "");
            }
        }
        values
    }
}
