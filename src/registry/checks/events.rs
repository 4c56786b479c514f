//! Checks of the tables of events: credit, violations, complaints, monitoring, past checks.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::super::codes;
use super::super::collect::Collector;
use super::super::intake::Intake;
use super::super::options::RegistryOptions;
use super::super::schema::{TableKind, credit, event, monitoring, past_checks};
use crate::domain::{ResultWords, read_result};
use crate::text::day::{day_number, render_day};
use crate::text::{fold, is_blank_word};

/// How far a written multiple may differ from value / limit − 1.
const MULTIPLE_TOLERANCE: f64 = 0.02;

/// Completes and checks the columns of an event table.
pub(in super::super) fn check_events(intake: &mut Intake<'_>, options: &RegistryOptions, out: &mut Collector) {
    check_future(intake, options, out);
    match intake.layout.kind {
        TableKind::Credit => check_grades(intake, options, out),
        TableKind::Monitoring => check_monitoring(intake, options, out),
        TableKind::PastChecks => complete_checks(intake, options, out),
        _ => {}
    }
}

fn check_future(intake: &Intake<'_>, options: &RegistryOptions, out: &mut Collector) {
    let today = day_number(options.as_of);
    // A check that is only planned lies in the future by nature.
    let planned = |i: usize| intake.get(&past_checks::DONE).is_some_and(|done| done[i] == Some(false));
    let Some(days) = intake.get(&event::DATE) else { return };
    for (i, day) in days.iter().enumerate() {
        if let Some(day) = day
            && *day > today
            && !planned(i)
        {
            intake.report(
                out,
                &codes::DATE_FUTURE,
                i,
                event::DATE.name(),
                &render_day(*day),
                &format!("不晚于 {}", options.as_of),
            );
        }
    }
}

fn check_grades(intake: &mut Intake<'_>, options: &RegistryOptions, out: &mut Collector) {
    let n = intake.len();
    let Some(grades) = intake.get(&credit::GRADE).cloned() else { return };
    let scale = options.credit_index();
    let index: Vec<Option<u8>> = grades
        .iter()
        .map(|grade| grade.and_then(|grade| scale.get(&super::super::credit::grade_key(grade)).copied()))
        .collect();
    if !scale.is_empty() {
        let names: Vec<&str> =
            options.credit_scale.iter().filter_map(|(_, names)| names.first()).map(String::as_str).collect();
        let expected = format!("其中之一：{}", names.join("、"));
        for (i, (grade, index)) in grades.iter().zip(&index).enumerate() {
            if let (Some(grade), None) = (grade, index) {
                intake.report(out, &codes::GRADE_UNKNOWN, i, credit::GRADE.name(), grade, &expected);
            }
        }
    }
    intake.put(&credit::GRADE_INDEX, index);
    // Without a year, the year of the date.
    if let Some(days) = intake.get(&event::DATE) {
        let of_date =
            |i: usize| days[i].and_then(|day| render_day(day).split('-').next().and_then(|year| year.parse().ok()));
        let years = match intake.get(&credit::YEAR) {
            Some(years) => years.iter().enumerate().map(|(i, year)| year.or_else(|| of_date(i))).collect(),
            None => (0..n).map(of_date).collect(),
        };
        intake.put(&credit::YEAR, years);
    }
}

fn check_monitoring(intake: &mut Intake<'_>, options: &RegistryOptions, out: &mut Collector) {
    let n = intake.len();
    let marks = intake.get(&monitoring::MARK);
    let valid: Vec<Option<bool>> = (0..n)
        .map(|i| Some(!marks.and_then(|marks| marks.get(i)).is_some_and(|mark| options.aliases.is_invalid_mark(mark))))
        .collect();
    let ignored = valid.iter().filter(|valid| **valid == Some(false)).count();
    if ignored > 0 {
        out.whole(codes::MONITORING_INVALID.finding().file(intake.raw.file.as_str()).value(format!("{ignored} 行")));
    }
    intake.put(&monitoring::VALID, valid);
    // A time of day other than midnight says that the value is an hour's.
    let written = intake.get(&monitoring::HOURLY).cloned().unwrap_or_else(|| vec![None; n]);
    let hourly = written
        .iter()
        .enumerate()
        .map(|(i, hourly)| {
            hourly.or_else(|| Some(intake.minutes.get(i).copied().flatten().is_some_and(|minute| minute > 0)))
        })
        .collect();
    intake.put(&monitoring::HOURLY, hourly);
    let (Some(values), Some(limits)) = (intake.get(&monitoring::VALUE), intake.get(&monitoring::LIMIT)) else { return };
    let mut multiples = intake.get(&monitoring::MULTIPLE).cloned().unwrap_or_else(|| vec![None; n]);
    for i in 0..n {
        // pH and the like have ranges, not limits; a limit of 0 gives no multiple.
        let (Some(value), Some(limit)) = (values[i], limits[i]) else { continue };
        if limit <= 0.0 {
            continue;
        }
        let computed = value / limit - 1.0;
        if let Some(multiple) = multiples[i]
            && (multiple - computed).abs() > MULTIPLE_TOLERANCE + computed.abs() * MULTIPLE_TOLERANCE
        {
            intake.report(
                out,
                &codes::MULTIPLE_DIFFERS,
                i,
                monitoring::MULTIPLE.name(),
                &multiple.to_string(),
                &format!("{computed:.3}"),
            );
            multiples[i] = None;
        }
        multiples[i] = multiples[i].or(Some(computed));
    }
    intake.put(&monitoring::MULTIPLE, multiples);
}

/// Done or planned, problem or not, where the file does not say it in a column of its own.
fn complete_checks(intake: &mut Intake<'_>, options: &RegistryOptions, out: &mut Collector) {
    let n = intake.len();
    let today = day_number(options.as_of);
    let written = intake.get(&past_checks::DONE).cloned().unwrap_or_else(|| vec![None; n]);
    let days = intake.get(&event::DATE);
    let done = (0..n).map(|i| written[i].or_else(|| days.and_then(|days| days[i]).map(|day| day <= today))).collect();
    let flags = intake.get(&past_checks::PROBLEM).cloned().unwrap_or_else(|| vec![None; n]);
    let results: Option<&StringChunked> = intake.get(&past_checks::RESULT);
    // Few different texts stand in many rows: each is read once.
    let mut read: BTreeMap<&str, Option<ResultWords>> = BTreeMap::new();
    let mut open: BTreeMap<&str, (usize, u64)> = BTreeMap::new();
    let mut problem = flags.clone();
    for (i, text) in results.iter().flat_map(|results| results.iter().enumerate()) {
        let asked = |text: &&str| problem[i].is_none() && written[i] != Some(false) && !is_blank_word(&fold(text));
        let Some(text) = text.filter(asked) else { continue };
        match read.entry(text).or_insert_with(|| read_result(text)) {
            Some(words) => problem[i] = words.has_problem(),
            None => open.entry(text).or_insert((i, 0)).1 += 1,
        }
    }
    let mut open: Vec<(usize, u64, String)> =
        open.into_iter().map(|(text, (first, rows))| (first, rows, text.to_owned())).collect();
    open.sort_unstable();
    for (first, rows, text) in open {
        let expected = format!("能看出是否发现问题的说法（共 {rows} 行这样写）");
        intake.report(out, &codes::RESULT_UNKNOWN, first, past_checks::RESULT.name(), &text, &expected);
    }
    let pending = (0..n).map(|i| results.and_then(|results| results.get(i)).map(is_pending)).collect();
    intake.put(&past_checks::DONE, done);
    intake.put(&past_checks::PROBLEM, problem);
    intake.put(&past_checks::PENDING, pending);
}

/// Whether a result's words leave the problem to be dealt with later (发现问题待后续处理): imported checks have no
/// typed outcome, and this is the one place that reads one out of their words.
pub(in crate::registry) fn is_pending(result: &str) -> bool {
    result.contains("待后续")
}
