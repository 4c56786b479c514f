//! Checks that must take place: from permit events, expiries, rectifications and open problems to months.
//!
//! Decree 154 items 5–8: first, renewed and changed permits are checked for quality, permits about to expire and
//! 限期整改 whose date has come are followed up, an open problem returns as a re-check. The decree names no month;
//! each rule's **term** is policy data: from so many months after its cause (`from_months`) to so many
//! (`within_months`); before the last day of application for renewal where a permit expires. A check whose term ran
//! out before the first planned month of the year is **backlog** and is caught up within `catch_up_months` from there.
//!
//! One visit covers all causes of a site whose terms meet (综合查一次). Within the terms the visits of a body are
//! levelled over its capacity (`levelling`); the same inputs give the same months, and a month that was drawn as
//! planned leaves the others as they were: what was said when it was sealed stays, where it still can.

mod levelling;

use std::ops::Range;

use chrono::{Days, NaiveDate};
use rayon::prelude::*;

use self::levelling::{HORIZON, Need, Room, place};
use super::model::{MONTHS, MandatoryVisit, PlanInputs, VisitKind, Waivable};
use super::reason::Exclusion;
use crate::domain::{Category, PermitEvent, PlanMonth};
use crate::policy::{MandatoryRule, MandatoryTrigger, Policy};

/// Dates that bring mandatory checks about, a column each, one entry per site; a short column is empty at its end.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MandatoryFacts {
    /// Management category.
    pub management: Vec<Category>,
    /// Last permit event and its date.
    pub permit_event: Vec<Option<(PermitEvent, NaiveDate)>>,
    /// End of the permit.
    pub expires: Vec<Option<NaiveDate>>,
    /// Date by which a 限期整改 is due.
    pub rectify_by: Vec<Option<NaiveDate>>,
    /// Date of the check that found a problem which is still open and for which no check is on a list yet; the day by
    /// which it is to be mended, where one was set later than that. What closes a problem is not for the plan to say:
    /// it is open as long as it stands here.
    pub open_problem: Vec<Option<NaiveDate>>,
    /// Date of the last finished check; a check on or after a cause has settled it, but for an open problem.
    pub last_done: Vec<Option<NaiveDate>>,
    /// Month of this year, from 0, on whose list a mandatory check stands that is still owed: it is the one for every
    /// cause whose term had begun, and none of these is asked for a second time.
    pub listed: Vec<Option<u8>>,
    /// Months of this year, from 0, for which checks were planned when the last month was sealed, by site, sorted: each
    /// stays there as long as its term and the month's capacity allow.
    pub said: Vec<(u32, u8)>,
    /// Of these, sorted, those that the planner moved there out of a month that is past by now: they stay, whatever room
    /// the month has.
    pub moved: Vec<(u32, u8)>,
}

impl MandatoryFacts {
    /// Enters a check of `site` that stands on the list of `month`, a month of the plan year, and is still owed: what
    /// it will settle is not asked for a second time.
    pub fn enter_listed(&mut self, site: usize, month: PlanMonth, kind: VisitKind) {
        match kind {
            VisitKind::Mandatory(_) => {
                if let Some(listed) = self.listed.get_mut(site) {
                    *listed = (*listed).max(Some(month.month() as u8 - 1));
                }
                // it is the re-check of what was found before it
                if let Some(problem) = self.open_problem.get_mut(site)
                    && problem.is_some_and(|day| day < month.last_day())
                {
                    *problem = None;
                }
            }
            VisitKind::Drawn => {
                if let Some(done) = self.last_done.get_mut(site) {
                    *done = (*done).max(Some(month.first_day()));
                }
            }
            VisitKind::Triggered | VisitKind::OtherDepartment { .. } => {}
        }
    }
}

/// The dated checks of a year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MandatoryDates {
    /// Checks of the year, sorted by site and month.
    pub visits: Vec<MandatoryVisit>,
    /// Checks whose term reaches into the next year and that are left to it, by rule.
    pub carried: Vec<u32>,
    /// Those of the checks that a drawn one before them makes needless, sorted.
    pub waivable: Vec<Waivable>,
}

/// Months of a cause's term, relative to January of the plan year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// First month.
    pub from: i32,
    /// Last month.
    pub to: i32,
}

/// The term of a rule's cause.
#[must_use]
pub fn term_of(rule: &MandatoryRule, cause: NaiveDate, year: i32) -> Option<Term> {
    let at = PlanMonth::of(cause)?.ordinal() - PlanMonth::nth_of(year, 0).ordinal();
    let months = |n: u32| n.min(1200).cast_signed();
    let (after, within) = (months(rule.from_months), months(rule.within_months));
    Some(match rule.trigger {
        // Before the line, so that what the check finds can still go into the application.
        MandatoryTrigger::Expiring(_) => Term { from: at - within, to: at - after.clamp(1, within.max(1)) },
        _ => Term { from: at + after.min(within), to: at + within },
    })
}

/// Computes the mandatory checks of a plan year from `first_open` (0 to 11) on: the first month that can still be
/// planned.
///
/// Every check whose term meets the year's rest is in the result or, where its term reaches into the next year, may be
/// left to that. A check later than its term ([`MandatoryVisit::is_late`]) means that no month of the term had capacity.
#[must_use]
pub fn compute_mandatory(
    policy: &Policy,
    inputs: &PlanInputs,
    facts: &MandatoryFacts,
    window: u8,
    first_open: usize,
) -> MandatoryDates {
    let mut dates = MandatoryDates { carried: vec![0; policy.mandatory.len()], ..MandatoryDates::default() };
    if first_open >= MONTHS {
        return dates;
    }
    // Where the catching up of backlog began: with the first month drawn.
    let drawn = inputs.history.past_targets.iter().map(|t| usize::from(t.month)).min();
    let anchor = drawn.map_or(first_open, |m| m.min(first_open)) as i32;
    let needs = collect_needs(policy, inputs, facts, (anchor, first_open as i32));
    if needs.is_empty() {
        return dates;
    }
    let room = Room::of(policy, inputs, &needs, window, first_open);
    for placed in place(&room, needs) {
        let need = &placed.need;
        if placed.month >= MONTHS {
            dates.carried[usize::from(need.rule)] += 1;
            continue;
        }
        if usize::from(need.waived_from) < placed.month {
            dates.waivable.push(Waivable { site: need.site, month: placed.month as u8, from: need.waived_from });
        }
        dates.visits.push(MandatoryVisit {
            site: need.site,
            month: placed.month as u8,
            rule: need.rule,
            overdue: need.due < first_open as i32,
            by: need.by.clamp(0, HORIZON as i32 - 1) as u8,
        });
    }
    dates.visits.sort_unstable();
    dates.waivable.sort_unstable();
    dates
}

/// A cause with its term, before causes of a site are merged.
struct Cause {
    rule: u8,
    since: NaiveDate,
    term: Term,
    /// Month by which it is to be made, that of its term or of the catching up.
    by: i32,
    /// The rule's own last month, before backlog got more time.
    due: i32,
    /// First month of a drawn check that settles it.
    waived_from: u8,
}

/// Sites whose causes a thread looks through at a time.
const PIECE: usize = 4096;

/// The visits that the causes of all sites ask for, in site order; of one site those with meeting terms are one.
fn collect_needs(policy: &Policy, inputs: &PlanInputs, facts: &MandatoryFacts, months: (i32, i32)) -> Vec<Need> {
    let n = inputs.sites.len();
    let pieces: Vec<usize> = (0..n).step_by(PIECE).collect();
    pieces
        .into_par_iter()
        .flat_map_iter(|first| needs_among(policy, inputs, facts, months, first..(first + PIECE).min(n)))
        .collect()
}

fn needs_among(
    policy: &Policy,
    inputs: &PlanInputs,
    facts: &MandatoryFacts,
    (anchor, open): (i32, i32),
    among: Range<usize>,
) -> Vec<Need> {
    let sites = &*inputs.sites;
    let mut needs: Vec<Need> = Vec::new();
    let mut causes: Vec<Cause> = Vec::new();
    for site in among {
        if !matches!(sites.exclusion[site], Exclusion::None | Exclusion::PositiveList) {
            continue;
        }
        causes.clear();
        let done = facts.last_done.get(site).copied().flatten();
        for (index, rule) in policy.mandatory.iter().enumerate() {
            let fits =
                facts.management.get(site).is_some_and(|m| rule.management.is_empty() || rule.management.contains(m));
            let Some(since) = cause_of(facts, rule.trigger, site).filter(|_| fits) else { continue };
            if rule.trigger != MandatoryTrigger::Recheck && is_settled(rule, since, done) {
                continue;
            }
            let Some(own) = term_of(rule, since, inputs.year).filter(|t| t.from < MONTHS as i32) else { continue };
            let listed = facts.listed.get(site).copied().flatten().map(i32::from);
            if rule.trigger != MandatoryTrigger::Recheck && listed.is_some_and(|m| m >= own.from) {
                continue;
            }
            let term = if own.to < anchor {
                Term { from: anchor, to: anchor + rule.catch_up().cast_signed() - 1 }
            } else {
                Term { from: own.from.max(anchor), to: own.to }
            };
            // What was not made in its time comes with the first month that is open.
            let to = term.to.max(open).min(HORIZON as i32 - 1);
            let (rule, months) = (index as u8, Term { from: term.from.min(to), to });
            let waived_from = waived_from(&policy.mandatory[usize::from(rule)], since, inputs.year);
            causes.push(Cause { rule, since, term: months, by: term.to, due: own.to, waived_from });
        }
        causes.sort_by_key(|c| (c.term.to, c.term.from, c.rule));
        let begun = needs.len();
        for cause in &causes {
            let last = needs.len().checked_sub(1).filter(|i| *i >= begun);
            match last.map(|i| &mut needs[i]).filter(|need| cause.term.from <= need.to) {
                Some(need) => {
                    need.from = need.from.max(cause.term.from);
                    need.rule = need.rule.min(cause.rule);
                    need.since = need.since.min(cause.since);
                    need.by = need.by.min(cause.by);
                    need.due = need.due.min(cause.due);
                    need.waived_from = need.waived_from.max(cause.waived_from);
                }
                None => needs.push(Need {
                    site: site as u32,
                    rule: cause.rule,
                    since: cause.since,
                    from: cause.term.from,
                    to: cause.term.to,
                    by: cause.by,
                    due: cause.due,
                    alone: true,
                    waived_from: cause.waived_from,
                    said: None,
                    moved: false,
                }),
            }
        }
        let alone = needs.len() - begun == 1;
        let first = facts.said.partition_point(|(of, _)| (*of as usize) < site);
        let said = facts.said[first..].iter().take_while(|(of, _)| *of as usize == site);
        let mut said = said.map(|(_, month)| i32::from(*month)).filter(|month| *month >= open);
        for at in begun..needs.len() {
            // one that was late already, or that the planner moved, stays late rather than that others go; the site's
            // next visit keeps its own term
            let last = needs.get(at + 1).map_or(MONTHS as i32 - 1, |next| next.from - 1);
            let need = &mut needs[at];
            need.alone = alone;
            let months = need.from..=last.max(need.to);
            need.said = said.by_ref().find(|month| months.contains(month)).map(|month| month as usize);
            need.moved = need.said.is_some_and(|said| facts.moved.binary_search(&(site as u32, said as u8)).is_ok());
        }
    }
    needs
}

/// A check made on or after the cause has settled it; of a permit that expires, one made within the term before.
fn is_settled(rule: &MandatoryRule, cause: NaiveDate, done: Option<NaiveDate>) -> bool {
    let since = match rule.trigger {
        MandatoryTrigger::Expiring(_) => cause.checked_sub_months(chrono::Months::new(rule.within_months)),
        _ => Some(cause),
    };
    done.zip(since).is_some_and(|(done, since)| done >= since)
}

/// First month of the year, from 0, whose drawn checks settle a cause; 12 where none does.
fn waived_from(rule: &MandatoryRule, cause: NaiveDate, year: i32) -> u8 {
    if rule.trigger == MandatoryTrigger::Recheck {
        return MONTHS as u8;
    }
    let settles = |m: &usize| is_settled(rule, cause, Some(PlanMonth::nth_of(year, *m).first_day()));
    (0..MONTHS).find(settles).unwrap_or(MONTHS) as u8
}

/// The day from which a rule's term counts; `None` where nothing brings the rule about at the site.
fn cause_of(facts: &MandatoryFacts, trigger: MandatoryTrigger, site: usize) -> Option<NaiveDate> {
    let event = |wanted: &[PermitEvent]| {
        facts.permit_event.get(site).copied().flatten().filter(|(kind, _)| wanted.contains(kind)).map(|(_, date)| date)
    };
    match trigger {
        MandatoryTrigger::FirstPermit => event(&[PermitEvent::First]),
        MandatoryTrigger::ChangedPermit => event(&[PermitEvent::Reapplied, PermitEvent::Changed]),
        MandatoryTrigger::RenewedPermit => event(&[PermitEvent::Renewed]),
        MandatoryTrigger::Expiring(days) => {
            facts.expires.get(site).copied().flatten().and_then(|d| d.checked_sub_days(Days::new(u64::from(days))))
        }
        MandatoryTrigger::RectificationDue => facts.rectify_by.get(site).copied().flatten(),
        MandatoryTrigger::Recheck => facts.open_problem.get(site).copied().flatten(),
    }
}
