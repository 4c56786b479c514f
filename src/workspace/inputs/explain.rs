//! Why one source scores what it scores: the analysis' own counting, for one row.

use polars::prelude::DataFrame;

use super::analysis::{Analysis, risk_inputs, with_results};
use crate::diagnostic::AppResult;
use crate::registry::Registry;
use crate::risk::{SiteExplanation, explain_site};
use crate::workspace::store::project::Project;

/// Explains the source of a row, and gives the checks that were counted: those imported and the project's own results,
/// in the order that the explanation's rows mean.
///
/// # Errors
/// `RSK-…`, `WSP-008`.
pub fn explain_source(
    project: &Project,
    registry: &Registry,
    analysis: &Analysis,
    row: usize,
) -> AppResult<(SiteExplanation, DataFrame)> {
    let first = analysis.month.first_day();
    let past_checks = with_results(&registry.past_checks, &analysis.results, project, first)?;
    let inputs = risk_inputs(registry, &past_checks);
    let explained = explain_site(&inputs, &analysis.features, &analysis.risk, &project.policy, row)?;
    Ok((explained, past_checks))
}
