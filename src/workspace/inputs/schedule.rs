//! The slots of a year as they were sealed, month after month, and planning the rest of the year afresh.
//!
//! Each sealed month keeps its schedule (`schedule.parquet`): a site's λ and slots as the month used them. The
//! next month starts from there: sites whose λ changed get new slots for the rest of the year (rules, item 5),
//! the others keep theirs, so that a chance once offered stays counted and an aggravator never takes one away.
//! Where no month was sealed yet, the year is cut whole.

use polars::prelude::{DataFrame, Float64Chunked, PlSmallStr, UInt32Chunked};

use crate::diagnostic::{AppError, AppResult};
use crate::plan::annual::{AnnualPlan, compute_annual_plan, compute_plan_with};
use crate::plan::frequency::compute_frequencies;
use crate::plan::replan::replan;
use crate::plan::schedule::{Crowd, Schedule};
use crate::plan::shares::compute_shares;
use crate::plan::{PlanInputs, SiteState};
use crate::policy::Policy;
use crate::registry::columns::{Code, Column as Typed, Number};
use crate::registry::{frame_from_bytes, frame_to_bytes};
use crate::workspace::inputs::population::Population;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::project::load_bytes;

/// Name of the file in a draw's folder.
pub const SCHEDULE_FILE: &str = "schedule.parquet";

/// No crowd.
const ALONE: u32 = u32::MAX;

fn failed(cause: polars::prelude::PolarsError) -> AppError {
    AppError::new("WSP-006", "年度时段表无法保存").caused_by(cause)
}

/// Columns of the file.
mod column {
    use crate::registry::columns::column_names;

    column_names! {
        /// Site.
        UNIT_ID: Text = "unit_id",
        /// Frequency the schedule was made from.
        LAMBDA: Number = "lambda",
        /// Share of a check in each slot.
        RATE: Number = "rate",
        /// First month, from 0.
        START: Code = "start",
        /// Slots, a bit a month.
        SLOTS: Code = "slots",
        /// Position of the enterprise's crowd; the greatest number for a site alone.
        CROWD: Code = "crowd",
        /// The crowd's rate.
        CROWD_RATE: Number = "crowd_rate",
        /// The crowd's first month.
        CROWD_START: Code = "crowd_start",
        /// The crowd's slots.
        CROWD_SLOTS: Code = "crowd_slots",
        /// Visits expected of the site after the month that was sealed; earlier versions kept none.
        REST: Number = "rest",
    }
}

/// The schedule of a plan as a file, sealed with `month` (0 to 11): a row for each site that has slots or a
/// frequency.
///
/// # Errors
/// `WSP-006`, `IMP-099`.
pub fn render_schedule(units: &[String], plan: &AnnualPlan, month: usize) -> AppResult<Vec<u8>> {
    let schedule = &plan.schedule;
    let lambda = &plan.frequencies.lambda;
    let mut crowd_of = vec![ALONE; units.len()];
    for (at, crowd) in schedule.crowds.iter().enumerate() {
        for site in &crowd.sites {
            crowd_of[*site as usize] = at as u32;
        }
    }
    let rows: Vec<usize> = (0..units.len()).filter(|i| schedule.slots[*i] > 0 || lambda[*i] > 0.0).collect();
    let crowd = |i: usize| schedule.crowds.get(crowd_of[i] as usize);
    let numbers = |column: Typed<Number>, value: &dyn Fn(usize) -> f64| {
        column.column(Float64Chunked::from_vec(PlSmallStr::EMPTY, rows.iter().map(|i| value(*i)).collect()))
    };
    let codes = |column: Typed<Code>, value: &dyn Fn(usize) -> u32| {
        column.column(UInt32Chunked::from_vec(PlSmallStr::EMPTY, rows.iter().map(|i| value(*i)).collect()))
    };
    let columns = vec![
        column::UNIT_ID.column(rows.iter().map(|i| Some(units[*i].as_str())).collect()),
        numbers(column::LAMBDA, &|i| lambda[i]),
        numbers(column::RATE, &|i| schedule.rate[i]),
        codes(column::START, &|i| u32::from(schedule.start[i])),
        codes(column::SLOTS, &|i| u32::from(schedule.slots[i])),
        codes(column::CROWD, &|i| crowd_of[i]),
        numbers(column::CROWD_RATE, &|i| crowd(i).map_or(0.0, |c| c.rate)),
        codes(column::CROWD_START, &|i| crowd(i).map_or(0, |c| u32::from(c.start))),
        codes(column::CROWD_SLOTS, &|i| crowd(i).map_or(0, |c| u32::from(c.slots))),
        numbers(column::REST, &|i| plan.forecast.row_of(i).map_or(0.0, |row| row.iter().skip(month + 1).sum())),
    ];
    frame_to_bytes(&DataFrame::new(rows.len(), columns).map_err(failed)?)
}

/// Visits that an earlier month's plan expected after it, of the units that `gone` tells: `None` where that version
/// kept none.
///
/// # Errors
/// `IMP-083`, `IO-…`.
pub(in crate::workspace) fn load_rest_of(
    draw: &StoredDraw,
    gone: impl Fn(&str) -> bool,
) -> AppResult<Option<(usize, f64)>> {
    let path = draw.folder.join(SCHEDULE_FILE);
    if !path.exists() {
        return Ok(None);
    }
    let frame = frame_from_bytes(load_bytes(&path)?, SCHEDULE_FILE)?;
    let (unit, Ok(rest)) = (column::UNIT_ID.of(&frame)?, column::REST.of(&frame)) else { return Ok(None) };
    let of = unit.iter().zip(&rest).filter(|(unit, _)| unit.is_some_and(&gone));
    Ok(Some(of.fold((0, 0.0), |(units, sum), (_, rest)| (units + 1, sum + rest.unwrap_or(0.0)))))
}

/// The schedule of an earlier month on today's sites, with the λ it was made from. Sites that are new have
/// λ 0, so they are planned afresh; those that vanished are gone.
pub(in crate::workspace) fn load_schedule(
    draw: &StoredDraw,
    policy: &Policy,
    population: &Population,
) -> AppResult<Option<(Schedule, Vec<f64>)>> {
    let path = draw.folder.join(SCHEDULE_FILE);
    if !path.exists() {
        return Ok(None);
    }
    let frame = frame_from_bytes(load_bytes(&path)?, SCHEDULE_FILE)?;
    let inputs = &population.inputs;
    let n = inputs.sites.len();
    let mut before = vec![0.0; n];
    // lays out nothing but the enterprises' lists of sites, which follow from today's register
    let mut schedule = Schedule::of_year(policy, inputs, &before);
    let (unit, lambda, rate) = (column::UNIT_ID.of(&frame)?, column::LAMBDA.of(&frame)?, column::RATE.of(&frame)?);
    let (start, slots, crowd) = (column::START.of(&frame)?, column::SLOTS.of(&frame)?, column::CROWD.of(&frame)?);
    let crowd_rate = column::CROWD_RATE.of(&frame)?;
    let (crowd_start, crowd_slots) = (column::CROWD_START.of(&frame)?, column::CROWD_SLOTS.of(&frame)?);
    let byte = |value: Option<u32>| value.unwrap_or(0).min(u32::from(u8::MAX)) as u8;
    for row in 0..frame.height() {
        let Some(site) = unit.get(row).and_then(|u| population.index.row(u)) else { continue };
        let i = site as usize;
        before[i] = lambda[row].unwrap_or(0.0);
        schedule.rate[i] = rate[row].unwrap_or(0.0);
        schedule.start[i] = byte(start[row]);
        schedule.slots[i] = byte(slots[row]);
        if crowd[row].is_none_or(|c| c == ALONE) {
            continue;
        }
        let enterprise = inputs.sites.enterprise[i];
        schedule.crowded[i] = true;
        match schedule.crowds.binary_search_by_key(&enterprise, |c| c.enterprise) {
            Ok(at) => schedule.crowds[at].sites.push(site),
            Err(at) => schedule.crowds.insert(
                at,
                Crowd {
                    enterprise,
                    sites: vec![site],
                    start: byte(crowd_start[row]),
                    slots: byte(crowd_slots[row]),
                    rate: crowd_rate[row].unwrap_or(0.0),
                },
            ),
        }
    }
    for crowd in &mut schedule.crowds {
        crowd.sites.sort_unstable();
    }
    Ok(Some((schedule, before)))
}

/// The plan before `month` (0 to 11): of the whole year, or from the last sealed month's slots on.
///
/// # Errors
/// `PLN-…`, `WSP-006`, `IMP-083`.
pub fn compute_plan(
    policy: &Policy,
    population: &Population,
    earlier: Option<&StoredDraw>,
    month: usize,
) -> AppResult<AnnualPlan> {
    let inputs: &PlanInputs = &population.inputs;
    let stored = match earlier {
        Some(draw) => load_schedule(draw, policy, population)?,
        None => None,
    };
    let Some((mut schedule, before)) = stored else {
        return compute_annual_plan(policy, inputs);
    };
    inputs.check(policy)?;
    let shares = compute_shares(policy, inputs);
    let mut frequencies = compute_frequencies(policy, inputs, &shares);
    let state = SiteState::before(policy, inputs, &shares, &schedule, month);
    replan(policy, inputs, &shares, &mut schedule, &state, (&before, &mut frequencies), month);
    Ok(compute_plan_with(policy, inputs, shares, frequencies, schedule))
}
