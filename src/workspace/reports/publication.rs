//! When a draw's certificate, and with it the opening, goes out: once every drawn unit was checked, and at the latest on
//! the day that the policy sets. Units that were not checked by then are masked, so that nobody can hold a certificate
//! back by leaving a check open; triggered checks never hold it back.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use crate::diagnostic::AppResult;
use crate::disclosure::{CheckOrigin, CheckResult, unvisited};
use crate::domain::PlanMonth;
use crate::policy::Policy;
use crate::sampling::{AnyCertificate, SealRegister};
use crate::workspace::deeds::certificate::compute_draw_certificate;
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

/// How the certificate of a draw may go out on a day.
#[must_use]
pub fn publication(opened: &OpenedDraw, results: &[CheckResult], policy: &Policy, on: NaiveDate) -> Publication {
    let open = unvisited(&opened.checks, results, on);
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

/// A draw's certificate as it goes out; `None` before its day. Units of its own that were not checked aren't named, nor
/// reserves that wait for a check of any other month.
///
/// # Errors
/// Those of the certificate.
pub fn published_certificate(
    opened: &OpenedDraw,
    (draws, register): (&[OpenedDraw], &SealRegister),
    results: &[CheckResult],
    policy: &Policy,
    on: NaiveDate,
) -> AppResult<Option<AnyCertificate>> {
    let Publication::Now(mut masked) = publication(opened, results, policy, on) else { return Ok(None) };
    let certificate = compute_draw_certificate(&opened.draw, &opened.order, register)?;
    let reserves = certificate.reserves();
    let checks = draws.iter().flat_map(|opened| &opened.checks).filter(|c| reserves.contains(c.unit_id.as_str()));
    masked.extend(unvisited(checks, results, on).into_iter().map(|check| check.unit_id.to_string()));
    Ok(Some(certificate.masked(&masked)))
}
