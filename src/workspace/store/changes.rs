//! What was done by hand after a draw, as `changes.json` keeps it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::{InspectorId, SubstituteCase, TriggerKind, UnitId};
use crate::staffing::{AddRequest, Change, Need, Needs, ReplaceRequest, SubstituteRequest};

/// What was done by hand after a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DrawChange {
    /// A reserve took the place of a drawn unit.
    Substitute {
        /// Who dropped out.
        unit: UnitId,
        /// Who came in.
        by: UnitId,
        /// What was found; closed where an earlier version wrote it.
        #[serde(default, skip_serializing_if = "is_closed")]
        case: SubstituteCase,
        /// Reserves that were passed over before the one that came in, in order; earlier versions did not keep them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        skipped: Vec<SkippedReserve>,
        /// Evidence and date.
        reason: String,
        /// The evidence's file, where one was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Evidence>,
        /// Number of the document that proves it; empty where an earlier version wrote it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        document: String,
        /// Who answers for it beside the operator; empty where an earlier version wrote it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        second: String,
        /// When.
        at: String,
        /// Who did it.
        operator: String,
    },
    /// Another inspector.
    Replace {
        /// The check.
        unit: UnitId,
        /// Who went.
        certificate: InspectorId,
        /// Why.
        reason: String,
        /// The evidence's file, where one was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Evidence>,
        /// Number of the document that proves it; empty where an earlier version wrote it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        document: String,
        /// Who answers for it beside the operator; empty where an earlier version wrote it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        second: String,
        /// When.
        at: String,
        /// Who did it.
        operator: String,
    },
    /// A triggered check.
    Add {
        /// The unit, its body and the skill that its check needs.
        need: Need,
        /// Where it comes from; earlier versions did not ask.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trigger: Option<TriggerKind>,
        /// Why.
        reason: String,
        /// The evidence's file, where one was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Evidence>,
        /// Number of the document that proves it; empty where an earlier version wrote it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        document: String,
        /// Who answers for it beside the operator; empty where an earlier version wrote it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        second: String,
        /// When.
        at: String,
        /// Who did it.
        operator: String,
        /// The enterprise's yearly cap was used up before it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        past_cap: Option<PastCap>,
        /// Why a unit known to be closed is inspected all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        although_closed: Option<String>,
    },
}

/// A reserve that was passed over at a substitution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedReserve {
    /// The unit.
    pub unit: UnitId,
    /// Why, one of [`crate::sampling::SKIP_GROUNDS`].
    pub ground: String,
}

/// A file that proves a change's ground: a copy lies in the draw's folder under `evidence/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its name in that folder.
    pub file: String,
    /// Its SHA-256, 64 hexadecimal digits.
    pub sha256: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_closed(case: &SubstituteCase) -> bool {
    *case == SubstituteCase::Closed
}

/// A triggered check of an enterprise that had no visit left under its yearly cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastCap {
    /// Visits of the year, this one included.
    pub visits: u32,
    /// The cap.
    pub cap: u32,
    /// Whether the policy counts triggered checks towards it.
    pub counts: bool,
}

impl fmt::Display for PastCap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { visits, cap, counts } = self;
        let rule = if *counts { "计入上限" } else { "按规则不计入上限" };
        write!(
            f,
            "该企业年度检查上限为 {cap} 次，已用完；加上这次触发式检查为第 {visits} 次（{rule}）。触发式检查不受上限限制，已记入变更记录与操作日志"
        )
    }
}

impl DrawChange {
    /// Why.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Substitute { reason, .. } | Self::Replace { reason, .. } | Self::Add { reason, .. } => reason,
        }
    }

    /// The evidence's file, where one was kept.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        match self {
            Self::Substitute { evidence, .. } | Self::Replace { evidence, .. } | Self::Add { evidence, .. } => {
                evidence.as_ref()
            }
        }
    }

    /// Number of the document that proves it; empty where there is none.
    #[must_use]
    pub fn document(&self) -> &str {
        match self {
            Self::Substitute { document, .. } | Self::Replace { document, .. } | Self::Add { document, .. } => document,
        }
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> &str {
        match self {
            Self::Substitute { at, .. } | Self::Replace { at, .. } | Self::Add { at, .. } => at,
        }
    }
}

/// A change as the pairing replays it; needs come from the sealed list.
#[must_use]
pub fn pair_change(needs: &Needs, change: &DrawChange) -> Option<Change> {
    Some(match change {
        DrawChange::Substitute { unit, by, reason, .. } => Change::Substitute(SubstituteRequest {
            dropped: unit.clone(),
            substitute: needs.get(by)?.clone(),
            excluded: Vec::new(),
            reason: reason.clone(),
        }),
        DrawChange::Replace { unit, certificate, reason, .. } => Change::Replace(ReplaceRequest {
            unit_id: unit.clone(),
            certificate: certificate.clone(),
            excluded: Vec::new(),
            reason: reason.clone(),
        }),
        DrawChange::Add { need, reason, .. } => {
            Change::Add(AddRequest { need: need.clone(), excluded: Vec::new(), reason: reason.clone() })
        }
    })
}
