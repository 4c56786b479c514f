//! Numbers, money, degrees.

use polars::prelude::StringChunked;

use super::super::codes;
use super::super::collect::Collector;
use super::super::parse::{map_values, parse_angle, parse_number};
use super::super::text::MoneyUnit;
use super::Intake;

impl Intake<'_> {
    /// Numbers of either sign.
    pub(super) fn parse_decimals(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> Vec<Option<f64>> {
        let (values, faults) = map_values(cells, |text| parse_number(text).map(|n| n.map(|n| n.value)));
        self.report_all(out, &codes::NUMBER_BAD, &faults, id, cells, "数字");
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
        let (numbers, faults) = map_values(cells, parse_number);
        self.report_all(out, &codes::NUMBER_BAD, &faults, id, cells, "数字");
        let file = |finding: crate::diagnostic::Finding| {
            let finding = finding.file(self.raw.file.as_str()).column(heading.as_str());
            match &self.raw.sheet {
                Some(sheet) => finding.sheet(sheet.as_str()),
                None => finding,
            }
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
