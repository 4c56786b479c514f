//! The yearly public plan: what it says of each body and category, by month and by key industry.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::diagnostic::AppResult;
use crate::disclosure::{CapStatement, KeyIndustry, MonthCount, YearPlan, YearPlanRow, compute_industry_coverage};
use crate::domain::UnitId;
use crate::plan::annual::WholeRow;
use crate::registry::Registry;
use crate::registry::schema::sources;
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::store::plan_dates::load_plan_dates;
use crate::workspace::store::project::Project;

/// The off-site checks of each body's positive list, in words, by body index.
#[must_use]
pub fn off_site_lines(analysis: &Analysis) -> BTreeMap<usize, String> {
    let line = |quota: &crate::plan::OffSiteQuota| {
        let body = analysis.population.inputs.bodies.get(usize::from(quota.body))?;
        let text = format!("{}非现场检查：名单内 {} 家，全年 {} 次", body.name, quota.members, quota.checks);
        Some((usize::from(quota.body), text))
    };
    analysis.plan.off_site.iter().filter_map(line).collect()
}

/// Units of each body and category: `body * categories + category`.
pub(super) fn population_of(analysis: &Analysis, categories: usize) -> Vec<u64> {
    let inputs = &analysis.population.inputs;
    let mut population = vec![0_u64; inputs.bodies.len() * categories];
    for (body, category) in inputs.sites.body.iter().zip(&inputs.sites.category) {
        population[*body as usize * categories + *category as usize] += 1;
    }
    population
}

/// The plan as it is published on a day. `mark` stands on simulated data, `unconfirmed` are the numbers that the
/// office has yet to confirm, in words.
///
/// # Errors
/// `FRM-001`, `RES-008`, `IO-…`.
pub fn compute_year_plan(
    project: &Project,
    registry: &Registry,
    analysis: &Analysis,
    on: NaiveDate,
    mark: Option<String>,
    unconfirmed: Vec<String>,
) -> AppResult<YearPlan> {
    let policy = &project.policy;
    let (rows, months) = plan_rows(project, analysis, on);
    let dates = load_plan_dates(project)?;
    let industries: Vec<KeyIndustry> = policy
        .key_industries
        .codes
        .iter()
        .map(|(prefix, name)| KeyIndustry { prefix: prefix.clone(), name: name.clone() })
        .collect();
    let (units, codes) = (sources::UNIT_ID.of(&registry.sources)?, sources::INDUSTRY.of(&registry.sources)?);
    let listed: Vec<(UnitId, String)> = units
        .iter()
        .zip(codes.iter())
        .filter_map(|(unit, code)| {
            let code = code?;
            industries
                .iter()
                .any(|i| code.starts_with(&i.prefix))
                .then(|| Some((UnitId::new(unit?).ok()?, code.to_owned())))
                .flatten()
        })
        .collect();
    Ok(YearPlan {
        agency: policy.agency_name.clone(),
        year: project.file.year,
        version: dates.version(),
        prepared_on: Some(on),
        approved_on: dates.standing().approved_on,
        filed_on: dates.standing().filed_on,
        published_on: dates.published_on(),
        first_published_on: dates.first_published_on(),
        cap: CapStatement {
            visits: policy.cap.visits,
            rule_set: policy.cap.rule_set.clone(),
            confirmed: policy.is_cap_confirmed(),
        },
        rows,
        months,
        industries: compute_industry_coverage(&industries, &listed, &analysis.results, project.file.year, on),
        data_mark: mark,
        unconfirmed,
    })
}

/// The plan's lines and its counts by body and month: whole numbers that add up.
fn plan_rows(project: &Project, analysis: &Analysis, on: NaiveDate) -> (Vec<YearPlanRow>, Vec<MonthCount>) {
    let policy = &project.policy;
    let year = project.file.year;
    let plan = &analysis.plan;
    let categories = policy.categories.len();
    let population = population_of(analysis, categories);
    let whole = plan.whole();
    let places = policy.body_places();
    let mut rows_of: Vec<Vec<&WholeRow>> = vec![Vec::new(); plan.matrix.len()];
    for row in &whole {
        rows_of[row.body].push(row);
    }
    let past = analysis.population.inputs.history.drawn_months();
    let mut off_site = off_site_lines(analysis);
    let (mut rows, mut months) = (Vec::new(), Vec::new());
    for (b, body) in analysis.population.inputs.bodies.iter().enumerate() {
        let own = &rows_of[b];
        if plan.matrix[b].iter().any(|cell| cell.expected() > 0.0) {
            months.extend(project.months().into_iter().enumerate().map(|(m, month)| MonthCount {
                body_name: body.name.clone(),
                month,
                drawn: own.iter().map(|row| row.drawn[m]).sum(),
                mandatory: own.iter().map(|row| row.mandatory[m]).sum(),
                listed: past >> m & 1 == 1,
            }));
        }
        for (c, category) in policy.categories.iter().enumerate() {
            let count = population[b * categories + c];
            let (drawn, mandatory) = own
                .iter()
                .find(|row| row.category == c)
                .map_or((0, 0), |row| (row.drawn.iter().sum::<u64>(), row.mandatory.iter().sum::<u64>()));
            let number = drawn + mandatory;
            if count == 0 && number == 0 {
                continue;
            }
            let rule = places.rule(body.id.as_str());
            let rule = rule.map(|rule| policy.floor_part(rule, category));
            rows.push(YearPlanRow {
                body_name: body.name.clone(),
                plan_name: format!("{year}年度{}双随机检查", category.name),
                plan_code: format!("SSJ{year:04}-{}-{}", body.id.as_str().to_uppercase(), c + 1),
                scope: format!("{}辖区内{}", body.name, category.name),
                population: count,
                manner: policy.disclosure.manners.join("、"),
                matters: policy.disclosure.matters.join("、"),
                ratio_ppm: (u128::from(number) * 1_000_000 / u128::from(count.max(1))) as u64,
                number,
                mandatory,
                period: format!("{year}年1月至12月，按月抽取"),
                basis: rule.map(|part| policy.cite_part(&part, on)).unwrap_or_default(),
                // once a body, on its first row
                remark: off_site.remove(&b).unwrap_or_default(),
            });
        }
    }
    (rows, months)
}
