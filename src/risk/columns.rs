//! Columns of the risk table.

use crate::registry::columns::column_names;

column_names! {
    /// Site, as in the registry's sources.
    UNIT_ID: Text = "unit_id",
    /// Score: the sum of the factors' points.
    SCORE: Thousandths = "score",
    /// Tier of the policy; 0 is the most urgent.
    TIER: Small = "tier",
    /// Special site (特殊监管对象).
    SPECIAL: Flag = "special",
    /// Aggravators, a bit each ([`super::Aggravator`]).
    AGGRAVATED: Small = "aggravated",
    /// Category of the policy, by id; the stratum of the draw.
    STRATUM: Text = "stratum",
    /// Reasons for the special flag ([`super::SpecialReason`]), ids joined by `;`.
    SPECIAL_REASONS: Text = "special_reasons",
}

/// Column of a factor's points (thousandths); these stand between [`STRATUM`] and [`SPECIAL_REASONS`], in the
/// policy's order.
#[must_use]
pub fn factor(id: &str) -> String {
    format!("f_{id}")
}

/// Columns of the features, from which the table is computed: counts of each site, and the flags that do not lie in the
/// registry.
pub(super) mod feature {
    use super::column_names;

    column_names! {
        /// A 限期整改 is running.
        RECTIFICATION: Flag = "rectification",
        /// A permit event within the last twelve months.
        PERMIT_EVENT_RECENT: Flag = "permit_event_recent",
        /// The permit has expired.
        EXPIRED: Flag = "expired",
        /// Penalties within the months that make a site special.
        CASES: Thousandths = "n_case",
        /// Penalties within the months of the aggravators.
        VIOLATIONS: Thousandths = "n_violations",
        /// Substantiated complaints of the last twelve months.
        COMPLAINTS_YEAR: Thousandths = "n_complaints_year",
        /// Substantiated complaints within the months of the aggravators.
        COMPLAINTS: Thousandths = "n_complaints",
    }

    /// Column of an event factor's weight (millionths of an event).
    pub(crate) fn weight(factor: &str) -> String {
        format!("w_{factor}")
    }

    /// Column of an industry factor: whether the site's industry is one of the factor's.
    pub(crate) fn industry(factor: &str) -> String {
        format!("i_{factor}")
    }
}

/// Columns of the events while they are counted, beside the registry's own.
pub(super) mod counted {
    use super::column_names;

    column_names! {
        /// Months since year 0.
        MONTH: Year = "month",
        /// Days since 1970-01-01.
        DAY: Year = "day",
        /// A minor case.
        MINOR: Flag = "minor",
        /// Why it counts nothing, from 1; 0 where it counts.
        WHY: Year = "why",
    }
}
