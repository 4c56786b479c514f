//! What stands on the first sheet of every internal workbook of an export.

use crate::domain::Period;
use crate::export::{BookHeader, UnconfirmedNumber};
use crate::sampling::{SealRegister, sha256, to_hex};
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::reports::export::workbook_date;
use crate::workspace::store::project::{CommandContext, Project};

/// The header of an export's internal workbooks.
#[must_use]
pub(super) fn book_header(
    project: &Project,
    register: &SealRegister,
    context: &CommandContext,
    mark: Option<String>,
) -> BookHeader {
    let policy = &project.policy;
    let year_commitment =
        register.standing(Period::Year(project.file.year)).map(|seal| to_hex(&seal.sealed.commitment));
    let inputs: Vec<String> = project.file.inputs.iter().map(|i| format!("{}\t{}", i.sha256, i.file)).collect();
    let unconfirmed = policy
        .unconfirmed(context.now.date())
        .into_iter()
        .map(|item| UnconfirmedNumber {
            value: if item.path == "cap" { format!("{} 次", policy.cap.visits) } else { String::new() },
            note: if item.articles.is_empty() {
                "请本单位确认后在规则文件中注明".to_owned()
            } else {
                policy.cite(&item.articles, context.now.date())
            },
            label: item.name,
        })
        .collect();
    BookHeader {
        agency: policy.agency_name.clone(),
        body: None,
        year: project.file.year,
        version: 1,
        policy_name: policy.name_in_force(),
        policy_sha256: to_hex(&sha256(&[project.policy_bytes()])),
        inputs_sha256: to_hex(&sha256(&[inputs.join("\n").as_bytes()])),
        cap_rule_set: policy.cap.rule_set.clone(),
        cap_visits: policy.cap.visits,
        cap_confirmed: policy.is_cap_confirmed(),
        year_commitment,
        data_mark: mark,
        unconfirmed,
        notes: Vec::new(),
        program: PROGRAM.to_owned(),
        operator: context.operator.clone(),
        created: workbook_date(context.now),
    }
}
