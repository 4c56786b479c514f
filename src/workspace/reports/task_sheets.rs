//! What a task sheet tells beyond its row of the list: earlier findings, limits, checklist, place, the unit's proof.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::checklist::{Checklists, load_checklists};
use crate::diagnostic::AppResult;
use crate::disclosure::CheckResult;
use crate::district::DistrictSet;
use crate::domain::{Category, PlanMonth};
use crate::export::documents::{PrintChecklist, Sketch, SketchShape, TaskDetail, TaskPack};
use crate::export::{TargetRow, TaskBook, proof_qr_text};
use crate::registry::Registry;
use crate::registry::schema::monitoring;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::reports::proof::ProofMaker;
use crate::workspace::reports::target_rows::RowMaker;

/// Findings of earlier checks on a sheet; the card of the source has them all.
const MOST_EARLIER: usize = 4;
/// Limits on a sheet.
const MOST_LIMITS: usize = 12;
/// Metres by which a sketch's outline may depart from the map: less than the width of its line.
const SKETCH_TOLERANCE_M: f64 = 120.0;

/// Limits by outlet and pollutant, each with the day of the record that it comes from.
type Limits<'a> = BTreeMap<(&'a str, &'a str), (NaiveDate, f64)>;

/// Makes the task packs of a project's months.
pub struct TaskSheets<'a> {
    rows: &'a RowMaker<'a>,
    /// Where the public page lies that codes lead to; empty where it lies nowhere.
    address: &'a str,
    checklists: Checklists,
    /// Of each unit with records of automatic monitoring: outlet and pollutant with the limit of the latest record.
    limits: BTreeMap<&'a str, Limits<'a>>,
    /// Outlines by name of the district.
    sketches: BTreeMap<String, Sketch>,
    /// Proofs of each draw's units, by its month: what all of a draw need is computed once, whatever the bodies.
    proofs: Vec<(PlanMonth, ProofMaker<'a>)>,
}

impl<'a> TaskSheets<'a> {
    /// Takes what the sheets are made of; the draws are those whose proofs they carry, as of a day.
    ///
    /// # Errors
    /// `FRM-001`, `CKL-…`.
    pub fn new(
        registry: &'a Registry,
        districts: &DistrictSet,
        rows: &'a RowMaker<'a>,
        address: &'a str,
        (draws, results, on): (&'a [OpenedDraw], &[CheckResult], NaiveDate),
    ) -> AppResult<Self> {
        let frame = &registry.monitoring;
        let (unit, outlet) = (monitoring::UNIT_ID.of(frame)?, monitoring::OUTLET.of(frame)?);
        let (pollutant, limit) = (monitoring::POLLUTANT.of(frame)?, monitoring::LIMIT.of(frame)?);
        let days = monitoring::DATE.of(frame)?;
        let mut limits: BTreeMap<&str, Limits<'_>> = BTreeMap::new();
        for (row, unit) in unit.iter().enumerate() {
            let (Some(unit), Some(pollutant)) = (unit, pollutant.get(row)) else { continue };
            let (Some(limit), Some(day)) = (limit.get(row).copied().flatten(), days.get(row).copied().flatten()) else {
                continue;
            };
            let key = (outlet.get(row).unwrap_or_default(), pollutant);
            let known = limits.entry(unit).or_default().entry(key).or_insert((day, limit));
            if known.0 < day {
                *known = (day, limit);
            }
        }
        let outlines = districts.simplified(SKETCH_TOLERANCE_M);
        let mut sketches = BTreeMap::new();
        for (district, shape) in districts.districts().iter().zip(&outlines) {
            let rings = shape.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
            let rings: SketchShape = rings.map(|ring| ring.coords().map(|c| (c.x, c.y)).collect()).collect();
            if let Some(sketch) = Sketch::new(&rings) {
                sketches.insert(district.name.clone(), sketch);
            }
        }
        let proofs =
            draws.iter().map(|opened| (opened.month, ProofMaker::new(opened, results, rows.policy, on))).collect();
        Ok(Self { rows, address, checklists: load_checklists()?, limits, sketches, proofs })
    }

    /// The pack of a body's month.
    #[must_use]
    pub fn pack(&self, book: TaskBook) -> TaskPack {
        let mut pack = TaskPack { book, details: Vec::new(), checklists: Vec::new(), sketches: Vec::new() };
        let (mut lists, mut maps) = (BTreeMap::new(), BTreeMap::new());
        let (day, address) = (pack.book.month.first_day(), self.address);
        for row in &pack.book.targets {
            let checklist = {
                let category = Category::ALL.into_iter().find(|category| category.label() == row.unit.management);
                let code = row.unit.industry.split_whitespace().next().unwrap_or_default();
                let group = self.checklists.of_industry(code).map(|list| list.id.clone());
                *lists.entry((group, category)).or_insert_with(|| {
                    let (names, note) = self.checklists.names(code);
                    pack.checklists.push(PrintChecklist {
                        names: names.join("、"),
                        note: note.to_owned(),
                        rows: self.checklists.rows(code, category, day),
                    });
                    pack.checklists.len() - 1
                })
            };
            let sketch = self.sketches.get(&row.place.district).map(|sketch| {
                *maps.entry(row.place.district.clone()).or_insert_with(|| {
                    pack.sketches.push(sketch.clone());
                    pack.sketches.len() - 1
                })
            });
            let mut earlier = self.rows.earlier_findings(&row.unit.unit_id, row.draw.month);
            earlier.truncate(MOST_EARLIER);
            let mut makers = self.proofs.iter().filter(|(month, _)| *month == pack.book.month);
            let proof = makers.find_map(|(_, maker)| maker.proof_of_visited(&row.unit.unit_id).ok());
            pack.details.push(TaskDetail {
                earlier,
                limits: self.limits_of(row),
                checklist,
                sketch,
                proof: proof.map(|own| proof_qr_text(&own.proof, Some(address).filter(|address| !address.is_empty()))),
            });
        }
        pack
    }

    fn limits_of(&self, row: &TargetRow) -> Vec<String> {
        let Some(limits) = self.limits.get(row.unit.unit_id.as_str()) else { return Vec::new() };
        let words = |((outlet, pollutant), (_, limit)): (&(&str, &str), &(NaiveDate, f64))| {
            let outlet = if outlet.is_empty() { String::new() } else { format!("{outlet} ") };
            format!("{outlet}{pollutant} {limit}")
        };
        limits.iter().take(MOST_LIMITS).map(words).collect()
    }
}
