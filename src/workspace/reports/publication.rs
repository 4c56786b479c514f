//! When a draw's certificate, and with it the opening, goes out: once every drawn unit was checked, and at the latest on
//! the day that the policy sets. Units that were not checked by then are masked, so that nobody can hold a certificate
//! back by leaving a check open; triggered checks never hold it back.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use crate::disclosure::{CheckOrigin, CheckResult, DueCheck, check_all_visited};
use crate::domain::PlanMonth;
use crate::policy::Policy;
use crate::sampling::AnyCertificate;
use crate::workspace::inputs::due::OpenedDraw;

/// How a draw's certificate may go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Publication {
    /// Not yet: drawn units have not been checked, and the day has not come.
    NotYet,
    /// These units, by their ids, stay masked; none where everybody was checked.
    Now(BTreeSet<String>),
}

/// The day on which the certificate of a month's draw goes out at the latest.
#[must_use]
pub fn publication_day(policy: &Policy, month: PlanMonth) -> NaiveDate {
    let days = Days::new(u64::from(policy.disclosure.certificate_days));
    month.last_day().checked_add_days(days).unwrap_or(NaiveDate::MAX)
}

/// A certificate as it goes out: `masked` units of its own draw, and its reserves that wait for a check of any other month,
/// aren't named.
#[must_use]
pub fn without_waiting(
    certificate: AnyCertificate,
    mut masked: BTreeSet<String>,
    draws: &[OpenedDraw],
    results: &[CheckResult],
    on: NaiveDate,
) -> AnyCertificate {
    let reserves = certificate.reserves();
    let checks = draws.iter().flat_map(|opened| &opened.checks).filter(|c| reserves.contains(c.unit_id.as_str()));
    let waits = |check: &&DueCheck| check_all_visited(std::slice::from_ref(*check), results, on).is_err();
    masked.extend(checks.filter(waits).map(|check| check.unit_id.to_string()));
    certificate.masked(&masked)
}

/// How the certificate of a draw may go out on a day.
#[must_use]
pub fn publication(opened: &OpenedDraw, results: &[CheckResult], policy: &Policy, on: NaiveDate) -> Publication {
    let is_open = |check: &&DueCheck| check_all_visited(std::slice::from_ref(*check), results, on).is_err();
    let open: Vec<&DueCheck> = opened.checks.iter().filter(is_open).collect();
    let drawn = open.iter().any(|check| check.origin != CheckOrigin::Triggered);
    let masked = || open.iter().map(|check| check.unit_id.to_string()).collect();
    match opened.draw.period.month() {
        _ if !drawn => Publication::Now(masked()),
        // the older format can't leave a name out
        Some(month) if on >= publication_day(policy, month) && !opened.draw.seal.is_format_1() => {
            Publication::Now(masked())
        }
        _ => Publication::NotYet,
    }
}
