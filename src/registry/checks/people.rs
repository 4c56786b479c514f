//! Checks of inspectors: certificates, days, bodies with fewer than two (行政处罚法 art. 42).

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, PolarsResult};

use super::super::codes;
use super::super::collect::Collector;
use super::super::columns::{Column, Day};
use super::super::intake::Intake;
use super::super::options::RegistryOptions;
use super::super::schema::{inspectors as roster, sources as register};
use crate::text::day::{day_number, render_day};

/// Checks the roster's rows.
pub(in super::super) fn check_inspectors(intake: &mut Intake<'_>, options: &RegistryOptions, out: &mut Collector) {
    let today = day_number(options.as_of);
    for i in 0..intake.len() {
        if intake.get(&roster::DAYS_PER_MONTH).is_none_or(|days| days[i].is_none()) {
            intake.report(out, &codes::DAYS_MISSING, i, roster::DAYS_PER_MONTH.name(), "", "每月可用于检查的天数");
        }
        let day = |column: &Column<Day>| intake.get(column).and_then(|days| days[i]);
        if let Some(to) = day(&roster::VALID_TO) {
            if to < today {
                intake.report(
                    out,
                    &codes::CERTIFICATE_EXPIRED,
                    i,
                    roster::VALID_TO.name(),
                    &render_day(to),
                    &format!("不早于 {}", options.as_of),
                );
            }
            if let Some(from) = day(&roster::VALID_FROM)
                && to < from
            {
                intake.report(
                    out,
                    &codes::PERIOD_REVERSED,
                    i,
                    roster::VALID_TO.name(),
                    &render_day(to),
                    &format!("不早于 {}", render_day(from)),
                );
            }
        }
    }
}

/// Bodies of which the roster has fewer than two valid inspectors, though the register gives them units.
pub(in super::super) fn check_bodies(
    sources: &DataFrame,
    inspectors: &DataFrame,
    options: &RegistryOptions,
    out: &mut Collector,
) -> PolarsResult<()> {
    if inspectors.height() == 0 {
        return Ok(());
    }
    let today = day_number(options.as_of);
    let valid_to = roster::VALID_TO.cells(inspectors)?;
    let mut staff: BTreeMap<&str, u32> = BTreeMap::new();
    for (body, to) in roster::BODY.cells(inspectors)?.iter().zip(valid_to.iter()) {
        if let Some(body) = body
            && to.is_none_or(|to| to >= today)
        {
            *staff.entry(body).or_insert(0) += 1;
        }
    }
    let mut bodies: BTreeMap<&str, u64> = BTreeMap::new();
    for body in register::BODY.cells(sources)?.iter().flatten() {
        match bodies.get_mut(body) {
            Some(units) => *units += 1,
            None => {
                bodies.insert(body, 1);
            }
        }
    }
    for (body, units) in bodies {
        let count = staff.get(body).copied().unwrap_or(0);
        if count < 2 {
            out.whole(
                codes::BODY_SHORT
                    .finding()
                    .column("执法主体")
                    .value(format!("{body}：{units} 个单位，{count} 人"))
                    .expected("至少两人"),
            );
        }
    }
    Ok(())
}
