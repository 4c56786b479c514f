//! Checklist inspections (清单式检查, 沪环执法〔2023〕154号, item 9): how far they reach, industry by industry, and which
//! items are not met.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::rates::Places;
use crate::checklist::load_checklists;
use crate::diagnostic::AppResult;
use crate::disclosure::Answer;
use crate::registry::Registry;
use crate::registry::schema::sources;
use crate::workspace::inputs::analysis::Analysis;

/// A checklist's reach among the sources that it is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ListUse {
    /// Name of the list.
    pub list: String,
    /// Beginnings of the industry codes that it is for; empty for all that no other is for.
    pub industries: String,
    /// Sources still alive.
    pub sources: usize,
    /// Those of them checked in operation this year.
    pub visited: usize,
    /// Those of them checked with a checklist.
    pub with_list: usize,
    /// Those of them whose answers were taken down.
    pub answered: usize,
}

/// How an item was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemUse {
    /// Id.
    pub id: String,
    /// Kind of matter.
    pub section: String,
    /// What it is.
    pub item: String,
    /// Answered as met.
    pub met: usize,
    /// Answered as not met.
    pub not_met: usize,
    /// Answered as not applicable.
    pub not_applicable: usize,
}

impl ItemUse {
    /// Share of the checks in which it was not met, of those in which it applied.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        let applied = self.met + self.not_met;
        (applied > 0).then(|| self.not_met as f64 / applied as f64)
    }
}

/// Computes both: lists in their order, the industry's before the general one; items that were answered, most often not
/// met first.
///
/// # Errors
/// `CKL-…`, `FRM-001`.
pub(super) fn compute_checklists(
    registry: &Registry,
    analysis: &Analysis,
    places: &Places,
) -> AppResult<(Vec<ListUse>, Vec<ItemUse>)> {
    let lists = load_checklists()?;
    let industry = sources::INDUSTRY.of(&registry.sources)?;
    let place = |row: usize| {
        let own = lists.of_industry(industry.get(row).unwrap_or_default());
        let at = own.and_then(|own| lists.lists().iter().position(|list| list.id == own.id));
        at.or_else(|| lists.lists().iter().position(|list| list.industries.is_empty())).unwrap_or_default()
    };
    let mut uses: Vec<ListUse> = lists
        .lists()
        .iter()
        .map(|list| ListUse { list: list.name.clone(), industries: list.industries.join("、"), ..ListUse::default() })
        .collect();
    for row in (0..places.len()).filter(|row| places.is_alive(*row)) {
        uses[place(row)].sources += 1;
    }
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut seen: [BTreeSet<u32>; 3] = Default::default();
    for result in &analysis.results {
        let Some(row) = analysis.population.index.row(result.unit_id.as_str()) else { continue };
        if result.outcome.is_inspected() {
            let record = result.checklist.as_ref();
            let told = [true, record.is_some(), record.is_some_and(|record| !record.answers.is_empty())];
            for (rows, _) in seen.iter_mut().zip(told).filter(|(_, told)| *told) {
                rows.insert(row);
            }
        }
        for (item, answer) in result.checklist.iter().flat_map(|record| &record.answers) {
            let [met, not_met, not_applicable] = counts.entry(item).or_default();
            *match answer {
                Answer::Met => met,
                Answer::NotMet => not_met,
                Answer::NotApplicable => not_applicable,
            } += 1;
        }
    }
    let [visited, with_list, answered] = seen;
    for row in visited {
        let own = &mut uses[place(row as usize)];
        own.visited += 1;
        own.with_list += usize::from(with_list.contains(&row));
        own.answered += usize::from(answered.contains(&row));
    }
    uses.sort_by_key(|list| list.industries.is_empty());
    let mut items: Vec<ItemUse> = counts
        .into_iter()
        .map(|(id, [met, not_met, not_applicable])| {
            let (section, item) = lists.item(id).map_or(("", ""), |(section, item)| (section, item.item.as_str()));
            let (section, item) = (section.to_owned(), item.to_owned());
            ItemUse { id: id.to_owned(), section, item, met, not_met, not_applicable }
        })
        .collect();
    items.sort_by(|a, b| b.not_met.cmp(&a.not_met).then_with(|| a.id.cmp(&b.id)));
    Ok((uses, items))
}
