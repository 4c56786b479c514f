//! What an office has decided of the policy's numbers (本单位确认).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The last decision of one part of the policy. It holds as long as the part is what was decided: a number changed
/// afterwards without a decision is open again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The part, by ids (`tiers.A`, `cap`, `categories.key.floor_city`).
    pub part: String,
    /// True where the office stands to the numbers; false where they were changed and are yet to be confirmed.
    pub confirmed: bool,
    /// Document and article, or the meeting, that they rest on.
    pub basis: String,
    /// Why they were changed; empty where they were only confirmed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// The part as it was decided, as one line of JSON without its articles.
    pub value: String,
}
