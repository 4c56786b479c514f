//! The public list of results, told once: what may be known of each check as of a day, for screen, export and
//! command line alike.
//!
//! It brings together the results, the penalties that their handling speaks of (from the register of the day,
//! so that repaired ones can be left out), and the certificates of the draws whose every target was visited.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::diagnostic::AppResult;
use crate::disclosure::{
    CheckResult, DeadlineRule, DueCheck, Masker, PenaltyNote, PublicScan, ResultList, ResultListInput,
    compute_result_list, select_penalties,
};
use crate::domain::PlanMonth;
use crate::export::{ResultTexts, result_texts};
use crate::registry::Registry;
use crate::registry::schema::violations;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::reports::publication::{Publication, publication};
use crate::workspace::store::columns::load_columns;
use crate::workspace::store::project::Project;

/// Everything that the public lists of a project are made of, as of a day.
#[derive(Debug)]
pub struct PublicLists<'a> {
    project: &'a Project,
    /// Checks of every opened draw; those of closed draws name their certificate.
    checks: Vec<DueCheck>,
    /// Results with the penalties that their handling speaks of.
    results: Vec<CheckResult>,
    masker: Masker,
    on: NaiveDate,
}

/// A month's list with its cells as they are exported.
#[derive(Debug, Clone)]
pub struct ShownList {
    /// The list.
    pub list: ResultList,
    /// Its cells.
    pub texts: ResultTexts,
}

/// Name of a draw's certificate among the public files.
#[must_use]
pub fn certificate_name(opened: &OpenedDraw) -> String {
    format!("抽取证书_{}_{}.json", opened.draw.period, opened.draw.sequence)
}

impl<'a> PublicLists<'a> {
    /// Gathers checks, results, penalties and certificates as of `on`.
    ///
    /// # Errors
    /// `FRM-001`.
    pub fn new(
        project: &'a Project,
        registry: &Registry,
        draws: &[OpenedDraw],
        results: &[CheckResult],
        on: NaiveDate,
    ) -> AppResult<Self> {
        let mut checks = Vec::new();
        for opened in draws {
            let out = publication(opened, results, &project.policy, on) != Publication::NotYet;
            let certificate = out.then(|| certificate_name(opened));
            let named = |check: &DueCheck| DueCheck { certificate: certificate.clone(), ..check.clone() };
            checks.extend(opened.checks.iter().map(named));
            checks.extend(opened.off_site.iter().map(|turn| turn.check.clone()));
        }
        let mut results = results.to_vec();
        add_penalties(&mut results, &checks, registry, on)?;
        let people = registry.inspector_names()?;
        let masker = Masker::new(people.into_iter().map(|(id, name)| (name.to_owned(), id.to_owned())));
        Ok(Self { project, checks, results, masker, on })
    }

    /// What hides personal data in every public text, inspectors' names included.
    #[must_use]
    pub fn masker(&self) -> &Masker {
        &self.masker
    }

    /// The list of a month's checks as it goes out on the day.
    ///
    /// # Errors
    /// As [`compute_result_list`].
    pub fn list(&self, month: PlanMonth) -> AppResult<ResultList> {
        compute_result_list(&ResultListInput {
            month,
            body: None,
            checks: &self.checks,
            results: &self.results,
            calendar: &self.project.calendar,
            rule: DeadlineRule::of(&self.project.policy.disclosure),
            published_on: self.on,
            masker: &self.masker,
        })
    }

    /// The list of a month with its cells as text: what is shown before it goes out is what goes out.
    ///
    /// # Errors
    /// As [`PublicLists::list`], `EXP-01x`, `IO-…`.
    pub fn shown(&self, month: PlanMonth) -> AppResult<ShownList> {
        let list = self.list(month)?;
        let texts = result_texts(&list, &load_columns(self.project)?);
        Ok(ShownList { list, texts })
    }

    /// The months that have results.
    #[must_use]
    pub fn months(&self) -> BTreeSet<PlanMonth> {
        self.results.iter().map(|result| result.month).collect()
    }

    /// What public files are searched for before they are written, and how many targets are not visited yet.
    #[must_use]
    pub fn scan(&self) -> (PublicScan, usize) {
        self.scan_beside(&BTreeSet::new())
    }

    /// The same where public certificates name these units as reserves.
    #[must_use]
    pub fn scan_beside(&self, named: &BTreeSet<String>) -> (PublicScan, usize) {
        let visited: BTreeSet<_> = self.results.iter().map(CheckResult::key).collect();
        let (done, open): (Vec<DueCheck>, Vec<DueCheck>) =
            self.checks.iter().cloned().partition(|c| visited.contains(&(&c.unit_id, c.month, c.sequence)));
        let unvisited: Vec<DueCheck> = open.into_iter().filter(|c| !c.withdrawn).collect();
        // none that is to be visited itself
        let mut named = named.clone();
        for check in &unvisited {
            named.remove(check.unit_id.as_str());
        }
        (PublicScan::beside(&unvisited, &done, &named), unvisited.len())
    }
}

/// Gives each result the penalties of its enterprise that its handling speaks of, from the register of today,
/// so that the public list can leave out those repaired or no longer publishable.
fn add_penalties(
    results: &mut [CheckResult],
    checks: &[DueCheck],
    registry: &Registry,
    on: NaiveDate,
) -> AppResult<()> {
    let frame = &registry.violations;
    let (enterprise, document) = (violations::ENTERPRISE.of(frame)?, violations::DOCUMENT.of(frame)?);
    let (kind, penalty) = (violations::KIND.of(frame)?, violations::PENALTY_KIND.of(frame)?);
    let (amount, until, repaired) =
        (violations::AMOUNT_WAN.of(frame)?, violations::PUBLICITY_UNTIL.of(frame)?, violations::REPAIRED_ON.of(frame)?);
    let mut notes: BTreeMap<&str, Vec<PenaltyNote>> = BTreeMap::new();
    for row in 0..frame.height() {
        let word = penalty.get(row).unwrap_or_default();
        let fine = amount[row].filter(|wan| *wan > 0.0);
        // warnings and cases of the simplified procedure are not published
        let warning = (word.contains("警告") || word.contains("通报批评")) && !word.contains("罚款") && fine.is_none();
        let simple = [word, kind.get(row).unwrap_or_default()]
            .iter()
            .any(|text| ["简易程序", "当场处罚"].iter().any(|mark| text.contains(mark)));
        // where the register knows no enterprise, the document's number alone tells
        notes.entry(enterprise.get(row).unwrap_or_default()).or_default().push(PenaltyNote {
            document: document.get(row).unwrap_or_default().to_owned(),
            text: fine.map(|wan| format!("罚款{wan}万元")).unwrap_or_default(),
            publicity_until: until[row],
            repaired_on: repaired[row],
            publishable: !warning && !simple,
        });
    }
    let of_check: BTreeMap<_, &str> =
        checks.iter().map(|c| ((&c.unit_id, c.month, c.sequence), c.enterprise.as_str())).collect();
    for result in results.iter_mut().filter(|r| !r.handling.trim().is_empty()) {
        let enterprise = of_check.get(&result.key()).copied().filter(|e| !e.is_empty());
        let own = enterprise.and_then(|e| notes.get(e)).map_or(&[][..], Vec::as_slice);
        let mut found = select_penalties(&result.handling, own, on);
        let unknown = notes.get("").map_or(&[][..], Vec::as_slice);
        found.extend(unknown.iter().filter(|p| p.is_named_in(&result.handling)).cloned());
        result.penalties = found;
    }
    Ok(())
}
