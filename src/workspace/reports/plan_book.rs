//! The internal plan workbook: what each body, district and stratum expects, has drawn and has done, month by month.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::AppResult;
use crate::disclosure::DueCheck;
use crate::domain::{BodyId, Period, PlanMonth};
use crate::export::{
    BookHeader, DistrictRow, MatrixRow, MonthFigures, MonthSheet, MonthState, PlanBook, QuotaRow, suggest_visits,
};
use crate::plan::PlanCell;
use crate::sampling::{SealRegister, SealStratum, to_hex};
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::inputs::due::{ListPlace, OpenedDraw};
use crate::workspace::reports::month_list::{ResultsByCheck, reserves_listed};
use crate::workspace::reports::plan_record::{PlanFiles, PlanRecord};
use crate::workspace::reports::target_rows::{RowMaker, district_name};
use crate::workspace::reports::year_plan::{off_site_lines, population_of};
use crate::workspace::store::project::Project;

/// Notes of a kind on the city's first sheet; a body's book has all of its own.
const MOST_NOTES: usize = 40;

/// What a plan book is made of.
pub struct BookInput<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its plan.
    pub analysis: &'a Analysis,
    /// The opened draws whose lists the book shows.
    pub draws: &'a [OpenedDraw],
    /// The register: a month may be sealed and wait for its opening.
    pub register: &'a SealRegister,
    /// Results by check.
    pub results: &'a ResultsByCheck<'a>,
    /// Makes the rows of the lists.
    pub rows: &'a RowMaker<'a>,
    /// The plans that were kept.
    pub plans: &'a PlanFiles,
}

impl BookInput<'_> {
    /// The book.
    ///
    /// # Errors
    /// `RSK-…`, `WSP-004`.
    pub fn compute(&self, header: BookHeader) -> AppResult<PlanBook> {
        let (notes, own_notes) = self.notes();
        let plan = &self.analysis.plan;
        let bodies = &self.analysis.population.inputs.bodies;
        let counts = self.district_counts();
        let drawn = self.analysis.population.inputs.history.drawn_months();
        let planned: BTreeMap<(u32, u16), &[f64; 12]> = plan
            .districts
            .iter()
            .map(|((at, body), row)| {
                let code = self.analysis.population.districts.get(usize::from(*at)).copied().unwrap_or(0);
                ((code, *body), row)
            })
            .collect();
        let mut districts = Vec::new();
        for key in planned.keys().chain(counts.keys()).collect::<BTreeSet<_>>() {
            let Some(body) = bodies.get(usize::from(key.1)) else { continue };
            let of = counts.get(key);
            let months = std::array::from_fn(|m| {
                let listed = (drawn >> m & 1 == 1).then(|| of.map_or_else(ListCounts::default, |of| of[m]));
                // of a month drawn what is on its lists, a unit that left the register in the district of its time
                let planned = || planned.get(key).map_or(0.0, |row| row[m]);
                MonthFigures {
                    expected: Some(listed.map_or_else(planned, |listed| f64::from(listed.drawn))),
                    drawn: listed.map(|listed| listed.drawn),
                    done: listed.map(|listed| listed.done),
                    ..MonthFigures::default()
                }
            });
            districts.push(DistrictRow {
                district: district_name(self.rows.districts(), key.0),
                body: body.id.clone(),
                months,
            });
        }
        let mut months = Vec::new();
        for month in self.project.months() {
            months.push(self.sheet(month)?);
        }
        let record = PlanRecord::compute(self.analysis, self.plans, None)?.table();
        let (matrix, quotas) = (self.matrix(), self.quotas());
        Ok(PlanBook { header, notes, own_notes, matrix, districts, record, quotas, months })
    }

    /// Whether the plan can be carried out, what is short, checked off-site, too much or locked: the first of each for
    /// the city, and each body's own.
    fn notes(&self) -> (Vec<String>, BTreeMap<BodyId, Vec<String>>) {
        let plan = &self.analysis.plan;
        let off_site = off_site_lines(self.analysis);
        let shortages: Vec<(u16, &str)> = plan.shortages.iter().map(|s| (s.kind.body(), s.text.as_str())).collect();
        let off_site = off_site.iter().map(|(body, text)| (*body as u16, text.as_str())).collect();
        let overloads = plan.overloads.iter().map(|o| (o.body, o.text.as_str())).collect();
        let locked = plan.locked.iter().map(|l| (l.body, l.text.as_str())).collect();
        let mut city = vec![plan.verdict_text(&self.analysis.population.inputs.bodies)];
        let mut own = BTreeMap::<BodyId, Vec<String>>::new();
        for (what, texts) in [("缺口", shortages), ("非现场检查", off_site), ("超载", overloads), ("锁定", locked)]
        {
            city.extend(texts.iter().take(MOST_NOTES).map(|(_, text)| (*text).to_owned()));
            if texts.len() > MOST_NOTES {
                let more = texts.len() - MOST_NOTES;
                city.push(format!("{what}另有 {more} 条，见各执法主体的计划工作簿"));
            }
            for (body, text) in texts {
                let Some(body) = self.analysis.population.inputs.bodies.get(usize::from(body)) else { continue };
                own.entry(body.id.clone()).or_default().push(text.to_owned());
            }
        }
        (city, own)
    }

    fn sheet(&self, month: PlanMonth) -> AppResult<MonthSheet> {
        let m = month.index_in(self.project.file.year).unwrap_or(0);
        let expected: f64 = self.analysis.plan.matrix.iter().map(|row| row[m].expected()).sum();
        let mut targets = Vec::new();
        let mut state = MonthState::Planned;
        let (mut commitments, mut demonstration) = (Vec::new(), false);
        for opened in self.draws.iter().filter(|opened| opened.month == month) {
            targets.extend(self.rows.rows(opened, self.results)?);
            commitments.push((
                format!("{} 第{}次", self.project.policy.agency_name, opened.draw.sequence),
                to_hex(&opened.draw.seal.commitment()),
            ));
            demonstration |= opened.draw.demonstration;
            state = MonthState::Drawn { commitments: commitments.clone(), demonstration };
        }
        if let (MonthState::Planned, Some(line)) = (&state, self.register.pending())
            && line.period == Period::Month(month)
        {
            let whose = format!("{} 第{}次", self.project.policy.agency_name, line.sequence);
            state = MonthState::Sealed { commitments: vec![(whose, to_hex(&line.commitment))] };
        }
        // what a check of its category takes of a team's day
        let categories = &self.project.policy.categories;
        suggest_visits(&mut targets, |row| {
            let category = categories.iter().find(|category| category.name == row.unit.supervision);
            category.map_or(1.0, |category| category.cost.team_days.to_f64())
        });
        Ok(MonthSheet { month, state, expected: Some(expected), targets })
    }

    fn matrix(&self) -> Vec<MatrixRow> {
        let past = self.analysis.population.inputs.history.drawn_months();
        let mut matrix = Vec::new();
        for (b, body) in self.analysis.population.inputs.bodies.iter().enumerate() {
            let figures: [MonthFigures; 12] = std::array::from_fn(|m| {
                let cell = &self.analysis.plan.matrix[b][m];
                let listed = past >> m & 1 == 1;
                MonthFigures {
                    expected: Some(cell.expected()),
                    mandatory: Some(cell.mandatory_visits()),
                    capacity: capacity_of(cell),
                    drawn: listed.then_some(cell.past_drawn + cell.past_mandatory),
                    done: listed.then_some(cell.past_planned_done),
                }
            });
            if figures.iter().any(|f| f.expected.unwrap_or(0.0) > 0.0 || f.drawn.is_some()) {
                matrix.push(MatrixRow { body: body.id.clone(), body_name: body.name.clone(), months: figures });
            }
        }
        matrix
    }

    fn quotas(&self) -> Vec<QuotaRow> {
        let policy = &self.project.policy;
        let categories = policy.categories.len();
        let population = population_of(self.analysis, categories);
        let places = policy.body_places();
        let mut rows = Vec::new();
        for month in self.project.months() {
            let m = month.index_in(self.project.file.year).unwrap_or(0);
            let opened = self.draws.iter().rfind(|opened| opened.month == month);
            let strata = opened.map(|opened| self.strata_counts(opened));
            let sealed: BTreeMap<&str, &SealStratum> =
                opened.into_iter().flat_map(|o| &o.draw.seal.strata).map(|s| (s.id.as_str(), s)).collect();
            for (b, body) in self.analysis.population.inputs.bodies.iter().enumerate() {
                for (c, category) in policy.categories.iter().enumerate() {
                    let count = population[b * categories + c];
                    if count == 0 {
                        continue;
                    }
                    let cell = &self.analysis.plan.matrix[b][m];
                    let id = format!("{}/{}", body.id, category.id);
                    let rule = places.rule(body.id.as_str());
                    let rule = rule.map(|rule| policy.floor_part(rule, category));
                    let sealed = sealed.get(id.as_str());
                    let of = strata.as_ref().map(|strata| strata.get(&id).copied().unwrap_or_default());
                    rows.push(QuotaRow {
                        month,
                        body: body.id.clone(),
                        body_name: body.name.clone(),
                        category: category.name.clone(),
                        population: count,
                        expected: cell.drawn[c] + f64::from(cell.mandatory[c]),
                        mandatory: cell.mandatory[c],
                        quota: sealed.map(|s| s.draw as u32),
                        reserves: sealed.map(|s| {
                            reserves_listed(policy, s.draw).min((s.size - s.draw.min(s.size)) as usize) as u32
                        }),
                        drawn: of.map(|of| of.drawn),
                        done: of.map(|of| of.done),
                        basis: rule.map(|part| policy.cite_part(&part, month.first_day())).unwrap_or_default(),
                    });
                }
            }
        }
        rows
    }

    /// Planned checks of an opened draw that still stand, where they lie, and whether they are done.
    fn planned_checks<'b>(
        &'b self,
        opened: &'b OpenedDraw,
    ) -> impl Iterator<Item = (&'b DueCheck, &'b ListPlace, bool)> {
        let checks = opened.checks.iter().zip(&opened.places);
        checks.filter(|(check, _)| !check.withdrawn && check.origin.is_planned()).map(|(check, place)| {
            (check, place, self.results.contains_key(&(&check.unit_id, check.month, check.sequence)))
        })
    }

    /// Planned checks and done ones by district's code, body and month of the opened draws.
    fn district_counts(&self) -> BTreeMap<(u32, u16), [ListCounts; 12]> {
        let mut counts: BTreeMap<(u32, u16), [ListCounts; 12]> = BTreeMap::new();
        for opened in self.draws {
            let Some(m) = opened.month.index_in(self.project.file.year) else { continue };
            for (_, place, done) in self.planned_checks(opened) {
                let Some(body) = place.body else { continue };
                counts.entry((place.district.unwrap_or(0), body)).or_default()[m].add(done);
            }
        }
        counts
    }

    /// Planned checks and done ones of each stratum of an opened draw.
    fn strata_counts(&self, opened: &OpenedDraw) -> BTreeMap<String, ListCounts> {
        let mut counts: BTreeMap<String, ListCounts> = BTreeMap::new();
        for (check, _, done) in self.planned_checks(opened) {
            let row = opened.draw.frame.position(check.unit_id.as_str()).and_then(|i| opened.draw.frame.row(i));
            let Some(row) = row.filter(|row| row.stratum.body() == check.body.as_str()) else { continue };
            counts.entry(row.stratum.as_str().to_owned()).or_default().add(done);
        }
        counts
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct ListCounts {
    drawn: u32,
    done: u32,
}

impl ListCounts {
    fn add(&mut self, done: bool) {
        self.drawn += 1;
        self.done += u32::from(done);
    }
}

/// Visits that fit: of every limited resource the fewest, at the month's own mix of checks.
fn capacity_of(cell: &PlanCell) -> Option<f64> {
    let expected = cell.expected();
    cell.have
        .iter()
        .zip(&cell.need)
        .filter_map(|(have, need)| have.filter(|_| *need > 0.0).map(|have| have / need * expected))
        .fold(None, |least: Option<f64>, fits| Some(least.map_or(fits, |l| l.min(fits))))
}
