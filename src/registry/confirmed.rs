//! Findings that a person looked at and confirmed: the value may stay as it is, or a name means that unit.
//!
//! Which kinds may be confirmed stands in [`CONFIRMABLE`] alone. What sets a row aside, what is read as blank and
//! what the law decides (a recusal that meets nobody) can only be mended in the office's own file.
//!
//! A confirmation holds for a finding of the same kind on the same unit with the same value: when the office's files
//! are read again it is not asked anew, and a changed value is.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, StringChunked};
use serde::{Deserialize, Serialize};

use crate::diagnostic::AppResult;

use super::codes;
use super::schema::quality;

/// What confirming a kind of finding says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The value is right, or known and to stay.
    AsItIs,
    /// As [`Standing::AsItIs`], as long as what stands beside it (`expected`) is the same too.
    Beside,
    /// A name of a row means this unit of the register (counts from the next refresh on), or truly none of it.
    SameUnit,
}

/// The kinds that a person may confirm, and what that says.
pub static CONFIRMABLE: &[(&codes::Code, Standing)] = &[
    (&codes::USCC_BAD, Standing::AsItIs),
    (&codes::NUMBER_FORM, Standing::AsItIs),
    (&codes::NUMBER_OLD, Standing::AsItIs),
    (&codes::USCC_DIFFERS, Standing::AsItIs),
    (&codes::DISTRICT_DIFFERS, Standing::Beside),
    (&codes::DISTRICT_NEAR_BORDER, Standing::Beside),
    (&codes::POINT_OUTSIDE, Standing::AsItIs),
    (&codes::POINT_SHARED, Standing::AsItIs),
    (&codes::DISTRICT_FROM_POINT, Standing::AsItIs),
    (&codes::POINT_SYSTEM, Standing::AsItIs),
    (&codes::STATUS_UNKNOWN, Standing::AsItIs),
    (&codes::STATUS_MISSING, Standing::AsItIs),
    (&codes::PERMIT_EXPIRED, Standing::AsItIs),
    (&codes::PERMIT_EXPIRING, Standing::AsItIs),
    (&codes::DATE_FUTURE, Standing::AsItIs),
    (&codes::MONEY_SUSPECT, Standing::AsItIs),
    (&codes::UNIT_UNMATCHED, Standing::SameUnit),
    (&codes::NAME_AMBIGUOUS, Standing::AsItIs),
    (&codes::UNIT_BY_OTHER, Standing::AsItIs),
    (&codes::KEYS_DISAGREE, Standing::Beside),
    (&codes::DAYS_MISSING, Standing::AsItIs),
    (&codes::CERTIFICATE_EXPIRED, Standing::AsItIs),
    (&codes::BODY_SHORT, Standing::AsItIs),
    (&codes::MERGED_HELD, Standing::AsItIs),
    (&codes::EXAMPLE_ROW, Standing::AsItIs),
    (&codes::TEXT_DOUBTFUL, Standing::AsItIs),
    (&codes::PLACE_FROM_NAME, Standing::AsItIs),
    (&codes::MERGED_AMOUNT, Standing::AsItIs),
    (&codes::POINT_IN_METRES, Standing::AsItIs),
    (&codes::NAME_SEVERAL, Standing::AsItIs),
];

/// The same of what is told of a file as it is read, before any table is known: a sheet that is rightly hidden, an entry
/// of the folder that is rightly left out, an encoding, a remark behind a quote. What is lost or set aside there (bytes
/// that could not be decoded, lines run together, formulas without values) is an error, and no one's to decide.
pub static CONFIRMABLE_OF_FILES: &[&str] = &[
    "PRJ-024", "RAW-021", "RAW-022", "RAW-025", "RAW-026", "RAW-028", "RAW-030", "RAW-035", "RAW-037", "RAW-038",
    "RAW-040",
];

/// What confirming a finding of a code says; `None` where it can't be confirmed.
#[must_use]
pub fn standing_of(code: &str) -> Option<Standing> {
    let known = CONFIRMABLE.iter().find(|(known, _)| known.id == code).map(|(_, standing)| *standing);
    known.or_else(|| CONFIRMABLE_OF_FILES.contains(&code).then_some(Standing::AsItIs))
}

/// By what a finding is known again when the files are read another time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FindingKey {
    /// Code.
    pub code: String,
    /// Chinese name of the table.
    #[serde(default)]
    pub table: String,
    /// Name of the unit as written; the file's name where the finding is about no unit.
    #[serde(default)]
    pub about: String,
    /// Heading of the column.
    #[serde(default)]
    pub column: String,
    /// What stood there.
    #[serde(default)]
    pub value: String,
    /// What it is held against, where that counts ([`Standing::Beside`]).
    #[serde(default)]
    pub beside: String,
}

/// A finding that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedFinding {
    /// Which.
    #[serde(flatten)]
    pub key: FindingKey,
    /// Name of the register that the value means; `None` where it stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// Who.
    pub operator: String,
    /// When, as the journal writes it.
    pub at: String,
    /// Why.
    pub reason: String,
}

impl ConfirmedFinding {
    /// The reason as lists show it, with the unit that the name means.
    #[must_use]
    pub fn why(&self) -> String {
        match &self.same_as {
            Some(name) => format!("与「{name}」为同一单位，下次更新名录时生效；{}", self.reason),
            None => self.reason.clone(),
        }
    }
}

/// Names as written → names of the register that they mean.
#[must_use]
pub fn same_names(confirmed: &[ConfirmedFinding]) -> BTreeMap<String, String> {
    confirmed.iter().filter_map(|c| Some((c.key.value.clone(), c.same_as.clone()?))).collect()
}

/// Keys of the rows of a report; `None` for rows that can't be confirmed.
///
/// # Errors
/// `FRM-001` where the frame is no report.
pub fn keys_of(report: &DataFrame) -> AppResult<Vec<Option<FindingKey>>> {
    let columns = [
        &quality::CODE,
        &quality::TABLE,
        &quality::UNIT,
        &quality::FILE,
        &quality::COLUMN,
        &quality::VALUE,
        &quality::EXPECTED,
    ];
    let cells: Vec<&StringChunked> = columns.into_iter().map(|column| column.of(report)).collect::<AppResult<_>>()?;
    let key = |row: usize| {
        let cell = |at: usize| cells.get(at).and_then(|cells| cells.get(row)).unwrap_or_default();
        let standing = standing_of(cell(0))?;
        let about = if cell(2).is_empty() { cell(3) } else { cell(2) };
        // a line that stands for findings not listed one by one is about nothing
        if about.is_empty() {
            return None;
        }
        Some(FindingKey {
            code: cell(0).to_owned(),
            table: cell(1).to_owned(),
            about: about.to_owned(),
            column: cell(4).to_owned(),
            value: cell(5).to_owned(),
            beside: if standing == Standing::Beside { cell(6).to_owned() } else { String::new() },
        })
    };
    Ok((0..report.height()).map(key).collect())
}

/// The report with its columns of confirmation filled in anew.
///
/// # Errors
/// `FRM-001` where the frame is no report.
pub fn mark_confirmed(report: &DataFrame, confirmed: &[ConfirmedFinding]) -> AppResult<DataFrame> {
    let known: BTreeMap<&FindingKey, &ConfirmedFinding> = confirmed.iter().map(|c| (&c.key, c)).collect();
    let keys = keys_of(report)?;
    let found: Vec<Option<&&ConfirmedFinding>> =
        keys.iter().map(|key| key.as_ref().and_then(|key| known.get(key))).collect();
    let mut marked = report.clone();
    let by = found.iter().map(|found| found.map(|c| c.operator.clone()));
    let at = found.iter().map(|found| found.map(|c| c.at.clone()));
    let why = found.iter().map(|found| found.map(|c| c.why()));
    for column in [
        quality::CONFIRMED_BY.column(by.collect()),
        quality::CONFIRMED_AT.column(at.collect()),
        quality::CONFIRMED_WHY.column(why.collect()),
    ] {
        marked.with_column(column).map_err(|cause| super::load::internal(&cause))?;
    }
    Ok(marked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    #[test]
    fn only_what_sets_no_row_aside_may_be_confirmed() {
        for (code, _) in CONFIRMABLE {
            assert_ne!(code.severity, Severity::Error, "{}", code.id);
        }
    }
}
