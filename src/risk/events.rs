//! Events of the registry's tables → what counts for which site.
//!
//! Each table is filtered to the rows that count; what counts nothing is counted by reason, so that nobody wonders
//! where events went. The rest is summed by slot ([`super::slots`]): one weight per event factor (millionths of an
//! event: share by age × share if minor), four counters, and the month of the last finished check. An event with a
//! site of the registry counts for that site; one without counts for every site of its enterprise. Sums are of
//! integers, so neither order nor threads matter.

use chrono::NaiveDate;
use polars::prelude::*;
use rayon::prelude::*;

use crate::diagnostic::AppResult;
use crate::policy::EventTable;
use crate::registry::columns::{Column as Typed, Text, Thousandths};
use crate::registry::schema::{complaints, event, monitoring, past_checks, violations};
use crate::registry::{FrameColumn, TableKind};

use super::RiskInputs;
use super::columns::{counted, feature};
use super::features::{EventFactor, FeatureKey, month_of};
use super::input::{failed, month_ordinal, typed_columns};
use super::slots::{NO_SLOT, Slots};
use crate::text::day::day_number;

/// Months within which substantiated complaints make a site special (rules.md: "in 12 months").
pub(super) const COMPLAINT_MONTHS: u32 = 12;

/// Why an event counts nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventReason {
    /// Without a date.
    NoDate,
    /// After the day of reckoning.
    Future,
    /// Neither a site of the registry nor one of its enterprises.
    Unmatched,
    /// A complaint not found to be true.
    Unsubstantiated,
    /// An hourly value.
    Hourly,
    /// A value marked invalid (停产、校准、故障) or not marked at all.
    Invalid,
    /// A value within its limit.
    WithinLimit,
    /// A repaired penalty (信用修复).
    Repaired,
    /// A check that did not take place.
    NotDone,
}

impl EventReason {
    /// Chinese words for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::NoDate => "没有日期",
            Self::Future => "晚于计算日期",
            Self::Unmatched => "未匹配到名录中的单位",
            Self::Unsubstantiated => "未查证属实",
            Self::Hourly => "小时值（只计日均值）",
            Self::Invalid => "标记无效（停产、校准、故障）或未标记",
            Self::WithinLimit => "未超过限值",
            Self::Repaired => "处罚已修复",
            Self::NotDone => "检查未实施",
        }
    }
}

/// How many events of a table count nothing, and why; the first reason that holds is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredEvents {
    /// Name of the table, in Chinese.
    pub table: &'static str,
    /// Why.
    pub reason: EventReason,
    /// How many rows.
    pub rows: u64,
}

/// Counters that every table carries besides the factors' weights.
pub(super) const COUNTERS: [Typed<Thousandths>; 4] =
    [feature::CASES, feature::VIOLATIONS, feature::COMPLAINTS_YEAR, feature::COMPLAINTS];
/// No check known; lower than any month.
pub(super) const NEVER: i32 = i32::MIN;

/// Words of a penalty or result that mark a minor case: 轻微不罚, 首违不罚, 简易程序 (154号 第17项).
const MINOR_WORDS: [&str; 8] =
    ["轻微", "首违", "不予处罚", "不予行政处罚", "免予处罚", "免予行政处罚", "简易程序", "当场处罚"];

/// A table with the condition under which its rows count.
struct Source {
    name: &'static str,
    table: EventTable,
    frame: DataFrame,
    /// Checked in order; a row that meets one counts nothing for this reason.
    ignored: Vec<(EventReason, Expr)>,
}

/// Sums of all events that count, by row of the registry, and what does not count.
pub(super) struct EventSums {
    /// Millionths of an event for each event factor of the key, in its order.
    pub(super) weights: Vec<Vec<i64>>,
    /// The [`COUNTERS`].
    pub(super) counters: [Vec<i64>; 4],
    /// Month of the last finished check, [`NEVER`] where none is known.
    pub(super) last_check: Vec<i32>,
    pub(super) ignored: Vec<IgnoredEvents>,
}

pub(super) fn compute_events(
    inputs: &RiskInputs<'_>,
    slots: &Slots,
    key: &FeatureKey,
    as_of: NaiveDate,
) -> AppResult<EventSums> {
    let mut weights = vec![vec![0_i64; slots.count()]; key.events.len()];
    let mut counters: [Vec<i64>; 4] = std::array::from_fn(|_| vec![0; slots.count()]);
    let mut last_check = vec![NEVER; slots.count()];
    let mut ignored = Vec::new();
    for source in sources(inputs, as_of)? {
        let (kept, counts) = split(&source, as_of)?;
        ignored.extend(counts);
        let (events, unmatched) = matched(&source, &kept, slots, as_of)?;
        if unmatched > 0 {
            ignored.push(IgnoredEvents { table: source.name, reason: EventReason::Unmatched, rows: unmatched });
        }
        for (factor, sums) in key.events.iter().zip(&mut weights) {
            if factor.table == source.table {
                add_weights(sums, &events, factor);
            }
        }
        let months = [
            (EventTable::Violations, key.case_months),
            (EventTable::Violations, key.aggravator_months),
            (EventTable::Complaints, COMPLAINT_MONTHS),
            (EventTable::Complaints, key.aggravator_months),
        ];
        for ((table, months), sums) in months.into_iter().zip(&mut counters) {
            if table == source.table && months > 0 {
                let recent = events.iter().filter(|event| event.age <= months as i32);
                for event in recent {
                    sums[event.slot as usize] += 1;
                }
            }
        }
        if source.table == EventTable::ProblemsFound {
            for event in &events {
                let last = &mut last_check[event.slot as usize];
                *last = (*last).max(month_ordinal(as_of) - event.age);
            }
        }
    }
    Ok(EventSums {
        weights: weights.iter().map(|sums| slots.spread(sums, |own, shared| own + shared)).collect(),
        counters: counters.map(|sums| slots.spread(&sums, |own, shared| own + shared)),
        last_check: slots.spread(&last_check, Ord::max),
        ignored,
    })
}

fn sources(inputs: &RiskInputs<'_>, as_of: NaiveDate) -> AppResult<Vec<Source>> {
    let read = |frame: &DataFrame, table: TableKind, more: &[FrameColumn]| {
        let site = [event::UNIT_ID.erased(), event::ENTERPRISE.erased(), event::DATE.erased()];
        typed_columns(frame, table, &[&site, more].concat())
    };
    let no = || lit(false);

    let (kind, penalty) = (violations::KIND, violations::PENALTY_KIND);
    let wanted = [violations::REPAIRED_ON.erased(), kind.erased(), penalty.erased()];
    let penalties = with_minor(read(inputs.violations, TableKind::Violations, &wanted)?, &[kind, penalty])?;
    let repaired = violations::REPAIRED_ON.expr().to_physical().lt_eq(lit(day_number(as_of))).fill_null(no());

    let complained = read(inputs.complaints, TableKind::Complaints, &[complaints::SUBSTANTIATED.erased()])?;

    let (value, limit, multiple) = (monitoring::VALUE, monitoring::LIMIT, monitoring::MULTIPLE);
    let wanted = [
        monitoring::HOURLY.erased(),
        monitoring::OUTLET.erased(),
        value.erased(),
        limit.erased(),
        multiple.erased(),
        monitoring::VALID.erased(),
    ];
    let monitored = read(inputs.monitoring, TableKind::Monitoring, &wanted)?;
    // The table lists anomalies: a row without numbers is one; with numbers, they decide.
    let exceeds = when(multiple.expr().is_not_null())
        .then(multiple.expr().gt(lit(0.0)))
        .when(value.expr().is_not_null().and(limit.expr().is_not_null()))
        .then(value.expr().gt(limit.expr()))
        .otherwise(lit(true));

    let result = past_checks::RESULT;
    let wanted = [past_checks::DONE.erased(), past_checks::PROBLEM.erased(), result.erased()];
    let checks = with_minor(read(inputs.past_checks, TableKind::PastChecks, &wanted)?, &[result])?;

    let source = |kind: TableKind, table, frame, ignored| Source { name: kind.label(), table, frame, ignored };
    Ok(vec![
        source(TableKind::Violations, EventTable::Violations, penalties, vec![(EventReason::Repaired, repaired)]),
        source(
            TableKind::Complaints,
            EventTable::Complaints,
            complained,
            vec![(EventReason::Unsubstantiated, complaints::SUBSTANTIATED.expr().fill_null(no()).not())],
        ),
        source(
            TableKind::Monitoring,
            EventTable::Monitoring,
            monitored,
            vec![
                (EventReason::Hourly, monitoring::HOURLY.expr().fill_null(lit(true))),
                (EventReason::Invalid, monitoring::VALID.expr().fill_null(no()).not()),
                (EventReason::WithinLimit, exceeds.not()),
            ],
        ),
        source(
            TableKind::PastChecks,
            EventTable::ProblemsFound,
            checks,
            vec![(EventReason::NotDone, past_checks::DONE.expr().fill_null(lit(true)).not())],
        ),
    ])
}

/// Adds [`counted::MINOR`]: true where one of the columns has a word for it.
fn with_minor(mut frame: DataFrame, columns: &[Typed<Text>]) -> AppResult<DataFrame> {
    let mut minor = vec![false; frame.height()];
    for column in columns {
        // A register has few different texts here, each many times.
        let mut known: PlHashMap<&str, bool> = PlHashMap::default();
        let texts = column.cells(&frame).map_err(failed)?;
        for (flag, text) in minor.iter_mut().zip(texts.iter()) {
            if let Some(text) = text {
                let says = || MINOR_WORDS.iter().any(|word| text.contains(word));
                *flag |= *known.entry(text).or_insert_with(says);
            }
        }
    }
    frame.with_column(counted::MINOR.column(minor.into_iter().collect())).map_err(failed)?;
    Ok(frame)
}

/// All rows with their month and day and why they count nothing, and the reasons in the order of their numbers.
fn judge(source: &Source, as_of: NaiveDate) -> AppResult<(DataFrame, Vec<EventReason>)> {
    let day = || event::DATE.expr().to_physical();
    let mut reasons = vec![
        (EventReason::NoDate, event::DATE.expr().is_null()),
        (EventReason::Future, day().gt(lit(day_number(as_of))).fill_null(lit(false))),
    ];
    reasons.extend(source.ignored.iter().cloned());
    let mut why = lit(0);
    for (i, (_, condition)) in reasons.iter().enumerate().rev() {
        why = when(condition.clone()).then(lit(i as i32 + 1)).otherwise(why);
    }
    let mut kept_columns = vec![event::UNIT_ID.expr(), event::ENTERPRISE.expr()];
    kept_columns.push(month_of(&event::DATE).alias(counted::MONTH.name()));
    kept_columns.push(day().alias(counted::DAY.name()));
    if monitoring::OUTLET.cells(&source.frame).is_ok() {
        kept_columns.push(monitoring::OUTLET.expr());
    }
    for flag in [counted::MINOR, past_checks::PROBLEM] {
        let has = flag.cells(&source.frame).is_ok();
        kept_columns.push(if has { flag.expr() } else { lit(false).alias(flag.name()) });
    }
    kept_columns.push(why.cast(DataType::Int32).alias(counted::WHY.name()));
    let frame = source.frame.clone().lazy().select(kept_columns).collect().map_err(failed)?;
    Ok((frame, reasons.into_iter().map(|(reason, _)| reason).collect()))
}

/// The rows that count, and how many do not.
fn split(source: &Source, as_of: NaiveDate) -> AppResult<(DataFrame, Vec<IgnoredEvents>)> {
    let (frame, reasons) = judge(source, as_of)?;
    let mut counts = vec![0_u64; reasons.len() + 1];
    for why in counted::WHY.cells(&frame).map_err(failed)?.iter().flatten() {
        if let Some(count) = counts.get_mut(why as usize) {
            *count += 1;
        }
    }
    let ignored = reasons
        .iter()
        .zip(counts.iter().skip(1))
        .filter(|(_, rows)| **rows > 0)
        .map(|(reason, rows)| IgnoredEvents { table: source.name, reason: *reason, rows: *rows })
        .collect();
    let kept = frame.lazy().filter(counted::WHY.expr().eq(lit(0))).collect().map_err(failed)?;
    Ok((kept, ignored))
}

/// An event at its slot.
struct Event {
    slot: u32,
    /// Whole months.
    age: i32,
    minor: bool,
    problem: bool,
}

/// The rows with a slot, those that mean the same thing once, and how many rows have none.
fn matched(source: &Source, kept: &DataFrame, slots: &Slots, as_of: NaiveDate) -> AppResult<(Vec<Event>, u64)> {
    let text = |column: &Typed<Text>| column.cells(kept).map_err(failed);
    let found = slots.resolve(text(&event::UNIT_ID)?, text(&event::ENTERPRISE)?);
    let unmatched = found.iter().filter(|slot| **slot == NO_SLOT).count() as u64;
    let months = counted::MONTH.cells(kept).map_err(failed)?;
    let ages = months.iter().map(|month| month_ordinal(as_of) - month.unwrap_or_default());
    if source.table == EventTable::Monitoring {
        let days = counted::DAY.cells(kept).map_err(failed)?;
        return Ok((days_and_outlets(&found, ages, days, text(&monitoring::OUTLET)?), unmatched));
    }
    let minor = counted::MINOR.cells(kept).map_err(failed)?;
    let problem = past_checks::PROBLEM.cells(kept).map_err(failed)?;
    let rows = found.into_iter().zip(ages).zip(minor.iter().zip(problem.iter()));
    let events = rows
        .filter(|((slot, _), _)| *slot != NO_SLOT)
        .map(|((slot, age), (minor, problem))| Event {
            slot,
            age,
            minor: minor.unwrap_or(false),
            problem: problem.unwrap_or(false),
        })
        .collect();
    Ok((events, unmatched))
}

/// One event for each slot, day and outlet, however many pollutants exceeded there.
fn days_and_outlets(
    found: &[u32],
    ages: impl Iterator<Item = i32>,
    days: &Int32Chunked,
    outlets: &StringChunked,
) -> Vec<Event> {
    let mut numbers: PlHashMap<&str, u32> = PlHashMap::default();
    let mut seen: Vec<(u32, i32, u32, i32)> = Vec::with_capacity(found.len());
    for (((slot, age), day), outlet) in found.iter().zip(ages).zip(days.iter()).zip(outlets.iter()) {
        let next = numbers.len() as u32 + 1;
        let outlet = outlet.map_or(0, |outlet| *numbers.entry(outlet).or_insert(next));
        if *slot != NO_SLOT {
            seen.push((*slot, day.unwrap_or_default(), outlet, age));
        }
    }
    seen.par_sort_unstable();
    seen.dedup();
    seen.into_iter().map(|(slot, _, _, age)| Event { slot, age, minor: false, problem: false }).collect()
}

/// Adds each event's millionths: share by age (thousandths) × share if minor (thousandths).
fn add_weights(sums: &mut [i64], events: &[Event], factor: &EventFactor) {
    for event in events {
        if let Some(stage) = stage_of(event.age, event.problem, factor) {
            sums[event.slot as usize] += factor.millionths(stage, event.minor);
        }
    }
}

/// The stage of the decay that an event is in; `None` for one that weighs nothing. Of past checks only those that
/// found a problem weigh; the others tell when the last one was.
fn stage_of(age: i32, problem: bool, factor: &EventFactor) -> Option<usize> {
    if factor.table == EventTable::ProblemsFound && !problem {
        return None;
    }
    factor.decay.iter().position(|row| age <= row.months as i32)
}

impl EventFactor {
    /// Millionths of an event in a stage of the decay.
    pub(super) fn millionths(&self, stage: usize, minor: bool) -> i64 {
        let share = self.decay.get(stage).map_or(0, |row| row.share.0);
        share * if minor { self.minor } else { 1000 }
    }
}

/// An event that counts for the one site that the inputs were narrowed to.
pub(super) struct OwnEvent {
    /// Row of the table as it was given; a day of monitoring, of which many rows may tell, has none.
    pub(super) row: Option<u32>,
    /// Whole months.
    pub(super) age: i32,
    pub(super) minor: bool,
    pub(super) problem: bool,
}

impl OwnEvent {
    /// The stage of a factor's decay that the event is in.
    pub(super) fn stage(&self, factor: &EventFactor) -> Option<usize> {
        stage_of(self.age, self.problem, factor)
    }
}

/// The events of one site, table by table: inputs and slots hold nothing but what concerns it.
pub(super) fn own_events(
    inputs: &RiskInputs<'_>,
    slots: &Slots,
    as_of: NaiveDate,
) -> AppResult<Vec<(EventTable, Vec<OwnEvent>)>> {
    let mut found = Vec::new();
    for source in sources(inputs, as_of)? {
        let (judged, _) = judge(&source, as_of)?;
        let why = counted::WHY.cells(&judged).map_err(failed)?;
        let counting = (0_u32..).zip(why.iter()).filter(|(_, why)| *why == Some(0)).map(|(row, _)| row);
        let mut rows: Vec<u32> = counting.collect();
        if source.table == EventTable::Monitoring {
            rows.clear();
        }
        let (kept, _) = split(&source, as_of)?;
        let (events, _) = matched(&source, &kept, slots, as_of)?;
        let events = events.into_iter().enumerate().map(|(at, event)| OwnEvent {
            row: rows.get(at).copied(),
            age: event.age,
            minor: event.minor,
            problem: event.problem,
        });
        found.push((source.table, events.collect()));
    }
    Ok(found)
}
